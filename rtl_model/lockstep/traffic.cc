// SPDX-License-Identifier: Apache-2.0

#include "traffic.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <sstream>
#include <utility>

#include "harness/crafted_inputs.h"

namespace cce::lockstep {

using contract::CipherMode;
using contract::Descriptor;
using contract::Opcode;
using contract::Status;
using sim::CipherRequest;
using sim::QueuePair;
using sim::Shape;

namespace global = contract::global_page;
namespace region = contract::region_page;
namespace page = contract::queue_page;
namespace doorbell = contract::doorbell_page;

namespace {

constexpr std::uint64_t no_progress_limit = 4'000'000;
constexpr std::uint8_t region_index = 1;

bool authenticated(CipherMode mode) {
    return mode == CipherMode::gcm || mode == CipherMode::ccm;
}

}  // namespace

Traffic::Traffic(sim::Machine& machine, std::uint64_t seed) : machine_(machine), random_(seed) {
    restart_all();
}

std::vector<std::uint8_t> Traffic::bytes(std::size_t count) {
    std::vector<std::uint8_t> data(count);
    for (auto& byte : data) byte = static_cast<std::uint8_t>(random_());
    return data;
}

// ---------------------------------------------------------------------------------------------------------- requests

std::size_t Traffic::text_length(CipherMode mode, bool decrypt) {
    std::size_t length = 0;
    const std::size_t semiblocks = chance(20) ? 80 : 40;  // from 43 on the steps of key wrap need more than a byte
    switch (below(10)) {
        case 0:
            length = 1 + below(16);
            break;
        case 1:
            length = 16 * (1 + below(4));
            break;
        case 2:
            length = below(20'000);
            break;
        case 3:
            length = 4096 + below(200);
            break;
        default:
            length = below(1200);
            break;
    }
    switch (mode) {
        case CipherMode::ecb:
        case CipherMode::cbc:
            return std::max<std::size_t>(16, length / 16 * 16);
        case CipherMode::ctr:
            return std::max<std::size_t>(1, length);
        case CipherMode::xts:
            return std::max<std::size_t>(16, length);
        case CipherMode::kw:
            return 8 * ((decrypt ? 3 : 2) + below(semiblocks));
        case CipherMode::kwp:
            return decrypt ? 8 * (2 + below(semiblocks)) : 1 + below(8 * semiblocks);
        default:
            return chance(10) ? 0 : length;
    }
}

Traffic::Plan Traffic::make_plan() {
    Plan plan;
    plan.mode = static_cast<CipherMode>(below(9));
    if (chance(20)) plan.mode = CipherMode::gcm;
    plan.decrypt = chance(40);
    plan.key = bytes(16 + 8 * below(3));
    if (plan.mode == CipherMode::xts) {
        plan.second_key = bytes(plan.key.size());
        if (chance(35)) {
            plan.second_key = plan.key;
            if (chance(50)) plan.second_key[chance(50) ? 0 : plan.key.size() - 1] ^= 1;
        }
    }
    switch (plan.mode) {
        case CipherMode::cbc:
        case CipherMode::xts:
            plan.iv = bytes(16);
            break;
        case CipherMode::ctr:
            plan.iv = bytes(16);
            // Counters that carry into the upper half, and around.
            if (chance(30)) std::fill(plan.iv.begin() + static_cast<std::ptrdiff_t>(below(15)), plan.iv.end(), 0xff);
            break;
        case CipherMode::gcm:
            plan.iv = bytes(chance(75) ? 12 : 1 + below(100));
            if (chance(10)) {
                // The 32 bits of the counter wrap.
                std::vector<std::uint8_t> counter = bytes(16);
                std::fill(counter.begin() + 12, counter.end() - 1, std::uint8_t{0xff});
                counter.back() |= 0xc0;
                const auto iv = sim::gcm_iv_for_counter(plan.key, std::span(counter).first<16>());
                plan.iv.assign(iv.begin(), iv.end());
            }
            break;
        case CipherMode::ccm:
            plan.iv = bytes(7 + below(7));
            break;
        default:
            break;
    }
    if (authenticated(plan.mode) && chance(70)) plan.aad = bytes(chance(80) ? below(64) : below(3000));
    if (plan.mode == CipherMode::gcm) plan.tag = bytes(chance(70) ? 16 : 12 + below(5));
    if (plan.mode == CipherMode::ccm) plan.tag = bytes(4 + 2 * below(7));
    if (plan.mode == CipherMode::cmac) plan.tag = bytes(1 + below(16));
    plan.text = bytes(text_length(plan.mode, plan.decrypt));
    if (plan.mode == CipherMode::kwp && plan.decrypt && chance(50)) {
        // Good but for a byte of the padding, sometimes.
        const std::vector<std::uint8_t> text = bytes(1 + below(60));
        std::vector<std::uint8_t> padding((8 - text.size() % 8) % 8);
        if (!padding.empty() && chance(70)) padding[below(padding.size())] = 1;
        plan.text = sim::kwp_wrapped(plan.key, text, padding);
    }
    if (plan.mode == CipherMode::ccm && plan.iv.size() == 13) {
        plan.text.resize(std::min<std::size_t>(plan.text.size(), 0xffff));
    }
    return plan;
}

Shape Traffic::shape(std::uint32_t length) {
    if (length == 0) return Shape::direct(0);
    if (chance(50)) return Shape::direct(length, chance(50) ? 0 : static_cast<std::uint32_t>(below(64)));
    if (chance(15)) return Shape::direct(length, static_cast<std::uint32_t>(below(4096)));
    Shape list;
    list.list = true;
    list.list_gap = static_cast<unsigned>(below(4));
    while (length != 0) {
        std::uint64_t piece = chance(60) ? 1 + below(64) : 1 + below(2000);
        if (list.pieces.size() > 40) piece = length;
        const auto part = static_cast<std::uint32_t>(std::min<std::uint64_t>(piece, length));
        list.pieces.push_back({static_cast<std::uint32_t>(below(64)), part});
        length -= part;
    }
    return list;
}

std::uint16_t Traffic::region_key() {
    if (chance(2)) return static_cast<std::uint16_t>(random_());
    if (chance(2)) return static_cast<std::uint16_t>(region_index | (region_tag_ ^ 1U << below(8)) << 8);
    return static_cast<std::uint16_t>(region_index | region_tag_ << 8);
}

/// Makes something in memory wrong: a list, or a place that answers with a bus error.
void Traffic::spoil_memory(const sim::ScatteredText& source, const sim::ScatteredText& destination) {
    sim::HostMemory& memory = machine_.memory();
    const auto spoil_list = [&](const sim::ScatteredText& text) {
        if (!text.is_list()) return;
        const std::uint64_t entry = text.list_address() + sizeof(contract::ListEntry) * below(text.segments().size());
        auto item = memory.load<contract::ListEntry>(entry);
        switch (below(4)) {
            case 0:
                item.length = 0;
                break;
            case 1:
                item.flags ^= contract::ListEntry::flags_last;
                break;
            case 2:
                item.flags |= static_cast<std::uint16_t>(2U << below(15));
                break;
            default:
                item.region = static_cast<std::uint16_t>(random_());
                break;
        }
        memory.store(entry, item);
    };
    const auto error_in = [&](sim::Direction direction, const sim::ScatteredText& text) {
        const auto& segment = text.segments()[below(text.segments().size())];
        if (segment.length != 0) memory.inject_error(direction, segment.address + below(segment.length), 1);
    };
    switch (below(5)) {
        case 0:
            spoil_list(source);
            break;
        case 1:
            spoil_list(destination);
            break;
        case 2:
            error_in(sim::Direction::read, source);
            break;
        case 3:
            error_in(sim::Direction::write, destination);
            break;
        default:
            if (source.is_list()) memory.inject_error(sim::Direction::read, source.list_address(), 1);
            break;
    }
}

/// Makes something in the context record wrong, or lets the bus refuse it.
void Traffic::spoil_context(const CipherRequest& request) {
    sim::HostMemory& memory = machine_.memory();
    if (request.context_address() == 0) return;
    if (chance(50)) {
        memory.inject_error(sim::Direction::read, request.context_address() + below(request.context_bytes()), 1);
    } else if (chance(20)) {
        const std::uint64_t place = request.context_address() + offsetof(contract::ContextRecord, units);
        memory.store(place, static_cast<std::uint8_t>(below(4)));
    } else {
        const std::uint64_t place = request.context_address() + below(chance(70) ? 16 : request.context_bytes());
        memory.store(place, static_cast<std::uint8_t>(memory.load<std::uint8_t>(place) ^ 1U << below(8)));
    }
}

/// Makes something in the descriptor just wrong, or just not wrong.
void Traffic::spoil_at_an_edge(Descriptor& descriptor) {
    static constexpr std::array<std::uint32_t, 12> text_lengths{0, 1, 8, 15, 16, 17, 23, 24, 4088, 4096, 4104, 4112};
    static constexpr std::array<std::uint8_t, 10> tag_lengths{0, 3, 4, 5, 7, 8, 11, 12, 16, 17};
    const bool wraps = descriptor.mode >= static_cast<std::uint8_t>(CipherMode::kw);
    // What the mode is most particular about, more often than the rest.
    std::uint64_t edge = below(6);
    if (wraps && chance(70)) edge = 0;
    if (authenticated(static_cast<CipherMode>(descriptor.mode)) && chance(40)) edge = 1;
    switch (edge) {
        case 0:
            descriptor.text_length = text_lengths[below(text_lengths.size())];
            // 16 bytes are the fewest to be wrapped, and too few to be unwrapped.
            if (wraps) descriptor.text_length = chance(50) ? 16 : static_cast<std::uint32_t>(8 * below(5));
            break;
        case 1:
            descriptor.tag_length = tag_lengths[below(tag_lengths.size())];
            break;
        case 2:
            descriptor.iv[(static_cast<CipherMode>(descriptor.mode) == CipherMode::gcm ? 12 : 0) + below(4)] ^=
                static_cast<std::uint8_t>(1);
            break;
        case 3:
            descriptor.context_reference ^= std::uint64_t{1} << below(6);
            break;
        case 4:
            (chance(50) ? descriptor.source : descriptor.destination) ^= std::uint64_t{1} << below(4);
            break;
        default: {
            // The text is as long as the nonce leaves no room for (SP 800-38C, A.1).
            const auto length_bytes = static_cast<unsigned>(2 + below(2));
            descriptor.mode = static_cast<std::uint8_t>(CipherMode::ccm);
            descriptor.iv = {static_cast<std::uint8_t>(length_bytes - 1)};
            descriptor.text_length = std::uint32_t{1} << 8 * length_bytes;
            break;
        }
    }
}

/// Makes something in the descriptor wrong, or just different.
void Traffic::spoil(Descriptor& descriptor) {
    if (chance(60)) {
        spoil_at_an_edge(descriptor);
        return;
    }
    auto* const bytes = reinterpret_cast<std::uint8_t*>(&descriptor);
    switch (below(5)) {
        case 0:
            descriptor.text_length = static_cast<std::uint32_t>(below(64));
            break;
        case 1:
            descriptor.tag_length = static_cast<std::uint8_t>(below(20));
            break;
        case 2:
            descriptor.flags ^= static_cast<std::uint16_t>(1U << below(16));
            break;
        case 3:
            descriptor.mode = static_cast<std::uint8_t>(below(10));
            break;
        default: {
            // Any bit but the cookie's and the lengths' upper ones: megabytes of text would take too long.
            const unsigned place = static_cast<unsigned>(below(sizeof(Descriptor)));
            if ((place < 4 || place >= 8) && place != 50 && place != 51 && place != 54 && place != 55) {
                bytes[place] = static_cast<std::uint8_t>(bytes[place] ^ 1U << below(8));
            }
            break;
        }
    }
}

void Traffic::post(Queue& queue, Descriptor descriptor, Pending pending) {
    descriptor.cookie = ++cookie_;
    queue.pair->post(descriptor);
    queue.pending.emplace(descriptor.cookie, std::move(pending));
    if (chance(1)) {
        machine_.memory().inject_error(
            chance(50) ? sim::Direction::read : sim::Direction::write,
            chance(50) ? queue.pair->slot_address(queue.pair->submission_tail())
                       : queue.pair->completion_address(static_cast<std::uint16_t>(queue.pair->completion_head() + 1)),
            1);
    }
    if (chance(80)) queue.pair->ring_submission();
}

void Traffic::submit_plan(Queue& queue, const Plan& plan, bool spoil_it) {
    auto request = std::make_unique<CipherRequest>(machine_, plan.mode);
    request->decrypt(plan.decrypt);
    if (plan.mode == CipherMode::xts) {
        request->key_pair(plan.key, plan.second_key);
        request->distinct_keys(chance(50));
    } else {
        request->key(plan.key, chance(93) ? sim::all_cipher_rights : static_cast<std::uint32_t>(random_() & 0x1ff03));
    }
    if (chance(20)) request->held_context(static_cast<unsigned>(below(context_count)));
    if (!plan.iv.empty()) request->iv(plan.iv);
    if (authenticated(plan.mode)) request->aad(plan.aad);
    if (!plan.tag.empty()) request->tag(plan.tag);
    if (chance(queue.pair->options().unrestricted ? 10 : 97))
        request->regions(region_key(), region_key(), region_key());
    request->fence(chance(5));
    const sim::StreamLengths lengths = request->lengths(plan.text.size());
    if (chance(25)) {
        request->text_in_place(plan.text, shape(request->in_place_length(plan.text.size())));
    } else {
        request->text(plan.text, shape(lengths.source), shape(lengths.destination));
    }
    Descriptor descriptor = request->descriptor();
    if (plan.mode == CipherMode::kw || plan.mode == CipherMode::kwp) {
        if (chance(20)) descriptor.flags |= Descriptor::flags_inverse_cipher;
    }
    Pending pending;
    pending.kind = std::string(name_of(plan.mode)) + (plan.decrypt ? " decrypt" : " encrypt");
    if (spoil_it) {
        if (chance(50)) {
            spoil(descriptor);
        } else {
            if (chance(70)) {
                spoil_memory(request->source(), request->destination());
            } else {
                spoil_context(*request);
            }
        }
        pending.kind = "spoilt";
    } else {
        pending.plan = plan;
        if (queue.pair->index() == region_owner_ && !queue.pair->options().unrestricted && chance(15)) {
            tighten_region(*request);
        }
    }
    pending.request = std::move(request);
    post(queue, descriptor, std::move(pending));
}

/// nop, context_load, context_invalidate.
void Traffic::submit_control(Queue& queue) {
    Pending pending;
    Descriptor descriptor;
    const auto index = static_cast<unsigned>(below(chance(95) ? context_count : 64));
    switch (below(4)) {
        case 0:
            descriptor.opcode = Opcode::nop;
            pending.kind = "nop";
            if (chance(20)) descriptor.flags |= Descriptor::flags_fence;
            break;
        case 1:
            descriptor = sim::context_invalidate(index);
            pending.kind = "context_invalidate";
            break;
        default: {
            const std::vector<std::uint8_t> key = bytes(16 + 8 * below(3));
            const std::uint32_t rights =
                chance(80) ? sim::all_cipher_rights : static_cast<std::uint32_t>(random_() & 0x1ff03);
            sim::KeyPairRecord record = sim::cipher_pair_context(key, bytes(key.size()), rights);
            std::size_t size = sizeof record;
            if (chance(70)) {
                record.first = sim::cipher_context(key, rights);
                size = sizeof record.first;
            }
            pending.record = machine_.memory().allocate(sizeof record, contract::context_alignment_bytes, "record");
            machine_.memory().store(pending.record, record);
            const std::uint16_t key_of_region = queue.pair->options().unrestricted ? std::uint16_t{0} : region_key();
            descriptor = sim::context_load(index, pending.record, size, key_of_region);
            pending.kind = "context_load";
            break;
        }
    }
    if (chance(5)) spoil(descriptor);
    post(queue, descriptor, std::move(pending));
}

void Traffic::submit(Queue& queue) {
    if (queue.resetting || queue.pair->free_slots() == 0) return;
    if (chance(15)) {
        submit_control(queue);
    } else if (chance(30)) {
        submit_hash(queue);
    } else if (chance(25)) {
        submit_pass(queue, make_pass(), chance(20));
    } else {
        submit_plan(queue, make_plan(), chance(20));
    }
}

// ----------------------------------------------------------------------------------------------------------- answers

void Traffic::answered(Queue& queue, const contract::Completion& entry) {
    const auto found = queue.pending.find(entry.cookie);
    if (found == queue.pending.end()) {
        ++endings_["unknown"][entry.status];
        return;
    }
    Pending pending = std::move(found->second);
    queue.pending.erase(found);
    ++endings_[pending.kind][entry.status];
    if (pending.record != 0) machine_.memory().release(pending.record);
    if (pending.continues && entry.status == Status::ok) {
        auto& states = states_[*pending.continues];
        if (states.size() > 8) states.erase(states.begin());
        states.push_back(pending.hash->continuation());
    }
    if (pending.pass && entry.status == Status::ok) answer_pass(queue, pending);
    // What was encrypted is decrypted again, sometimes with a wrong tag.
    if (pending.plan && !pending.plan->decrypt && entry.status == Status::ok && queue.pair->free_slots() != 0 &&
        !queue.resetting && chance(60)) {
        Plan plan = *pending.plan;
        plan.decrypt = true;
        if (plan.mode != CipherMode::cmac) plan.text = pending.request->output_text();
        if (!plan.tag.empty()) plan.tag = pending.request->output_tag();
        if (!plan.tag.empty() && chance(25)) {
            const std::size_t place = chance(50) ? plan.tag.size() - 1 : below(plan.tag.size());
            plan.tag[place] ^= static_cast<std::uint8_t>(1U << below(8));
        }
        submit_plan(queue, plan, false);
    }
}

void Traffic::collect(Queue& queue) {
    if (queue.resetting) return;
    bool any = false;
    while (const auto entry = queue.pair->poll()) {
        any = true;
        answered(queue, *entry);
        if (queue.pair->outstanding() == 0) break;
    }
    if (any || chance(5)) queue.pair->ring_completion();
}

void Traffic::forget(Queue& queue) {
    for (auto& [cookie, pending] : queue.pending) {
        if (pending.record != 0) machine_.memory().release(pending.record);
    }
    queue.pending.clear();
}

// ------------------------------------------------------------------------------------------------ resets and the rest

void Traffic::start_reset(Queue& queue) {
    queue.pair->write_register(page::control, page::control_reset.put(1));
    queue.resetting = true;
    ++resets_;
}

/// Ends a reset that is over, begins one where a queue has stopped.
void Traffic::look_after(Queue& queue) {
    const unsigned index = queue.pair->index();
    if (queue.resetting) {
        if (page::control_reset.get(queue.pair->read_register(page::control)) != 0) return;
        forget(queue);
        sim::QueueOptions options;
        options.submission_log2 = static_cast<unsigned>(1 + below(6));
        options.completion_log2 = static_cast<unsigned>(1 + below(6));
        options.unrestricted = chance(index == region_owner_ ? 50 : 95);
        options.interrupt_enable = chance(70);
        options.interrupt_count = static_cast<std::uint16_t>(below(6));
        options.interrupt_time = static_cast<std::uint32_t>(below(2000));
        machine_.memory().release(queue.pair->submission_base());
        machine_.memory().release(queue.pair->completion_base());
        queue.pair = std::make_unique<QueuePair>(machine_, index, options);
        queue.pair->start();
        queue.resetting = false;
        queue.paused = false;
        return;
    }
    const contract::QueueState state = queue.pair->status().state;
    if (state == contract::QueueState::error || state == contract::QueueState::disabled) start_reset(queue);
}

void Traffic::restart_all() {
    for (unsigned i = 0; i < queue_count; ++i) {
        Queue& queue = queues_[i];
        forget(queue);
        if (queue.pair) {
            machine_.memory().release(queue.pair->submission_base());
            machine_.memory().release(queue.pair->completion_base());
        }
        queue.pair = std::make_unique<QueuePair>(machine_, i);
        queue.pair->start();
        queue.resetting = queue.paused = false;
    }
    machine_.engine().set_gate(false);
    machine_.write_register(global::gate, 0);
    set_up_region();
}

/// Lets the region end with what the request writes, or a byte before.
void Traffic::tighten_region(const CipherRequest& request) {
    const auto& last = request.destination().segments().back();
    machine_.write_register64(region::at(region::base_low, region_index), 0);
    machine_.write_register64(region::at(region::size_low, region_index), last.address + last.length - below(2));
    region_tight_ = true;
}

void Traffic::set_up_region() {
    region_tight_ = false;
    region_tag_ = static_cast<std::uint8_t>(random_());
    if (chance(20)) region_owner_ = static_cast<unsigned>(below(queue_count));
    // Mostly it is a queue's that may go nowhere else: of any other the region decides nothing.
    for (const Queue& queue : queues_) {
        if (!queue.pair->options().unrestricted && chance(70)) region_owner_ = queue.pair->index();
    }
    machine_.write_register64(region::at(region::base_low, region_index),
                              chance(90) ? 0 : 0x12'3450'0000 + below(1U << 20));
    machine_.write_register64(region::at(region::size_low, region_index), std::uint64_t{1} << 44);
    machine_.write_register(region::at(region::access, region_index),
                            region::access_valid.put(chance(95)) | region::access_read.put(chance(90)) |
                                region::access_write.put(chance(80)) | region::access_owner_queue.put(region_owner_) |
                                region::access_tag.put(region_tag_));
}

void Traffic::change_memory() {
    if (chance(50)) {
        machine_.set_timing(sim::MemoryTiming::ideal(static_cast<unsigned>(below(4)) * 20));
    } else {
        machine_.set_timing(
            sim::MemoryTiming::random(random_(), chance(80) ? static_cast<unsigned>(1 + below(40)) : 300));
    }
    machine_.memory().clear_errors();
    machine_.memory().clear_faults();
    machine_.take_interrupts();
}

/// A doorbell that promises one descriptor more than the ring holds: it stops the queue.
void Traffic::ring_beyond(Queue& queue) {
    if (queue.resetting) return;
    const std::uint32_t ring = std::uint32_t{1} << queue.pair->options().submission_log2;
    const std::uint32_t head = queue.pair->read_register(page::submission_head);
    machine_.write_register(doorbell::at(doorbell::submission_tail, queue.pair->index()), (head + ring + 1) & 0xffff);
}

void Traffic::random_register_access() {
    static constexpr std::array<std::uint32_t, 8> pages{0x00000, 0x01000, 0x02000, 0x03000,
                                                        0x40000, 0x41000, 0x80000, 0x44000};
    const auto offset = static_cast<std::uint32_t>(pages[below(pages.size())] + 4 * below(chance(90) ? 28 : 1024));
    static_cast<void>(machine_.engine().read_register(offset));
    if (!chance(10)) return;
    Queue& queue = queues_[below(queue_count)];
    const auto value = static_cast<std::uint32_t>(random_());
    switch (below(8)) {
        case 0:
            queue.pair->write_register(page::interrupt_count, value & 7);
            break;
        case 1:
            queue.pair->write_register(page::interrupt_time, value & 0xfff);
            break;
        case 2:
            machine_.write_register(global::event_low, value);
            break;
        case 3:  // read-only and unknown registers
            static_cast<void>(machine_.engine().write_register(4 * static_cast<std::uint32_t>(below(3)), value));
            break;
        case 4:
            static_cast<void>(machine_.engine().write_register(0x03000 + (value & 0x3fc), value));
            break;
        case 5:
            static_cast<void>(machine_.engine().write_register(
                page::at(static_cast<std::uint32_t>(page::submission_base_low + 4 * below(5)), queue.pair->index()),
                value));
            break;
        case 6:
            ring_beyond(queue);
            break;
        default:  // a doorbell beyond the ring stops the queue
            if (chance(20)) {
                machine_.write_register(doorbell::at(static_cast<std::uint32_t>(4 * below(2)), queue.pair->index()),
                                        value);
            }
            break;
    }
}

void Traffic::reset_engine() {
    ++engine_resets_;
    if (chance(40)) {
        machine_.engine().reset();
    } else {
        machine_.write_register(global::control, global::control_reset.put(1));
        machine_.run_until([&] { return global::control_reset.get(machine_.read_register(global::control)) == 0; },
                           "end of the engine's reset", no_progress_limit);
    }
    restart_all();
}

void Traffic::gate_for_a_while() {
    const bool by_pin = chance(50);
    const bool aes = chance(70);
    const bool hash = chance(70);
    const auto close = [&](bool closed) {
        if (by_pin) {
            machine_.engine().set_gate(closed);
        } else {
            const std::uint32_t value = global::gate_aes.put(aes) | global::gate_hash.put(hash);
            machine_.write_register(global::gate, closed ? value : 0);
        }
    };
    close(true);
    if (chance(50)) submit(queues_[below(queue_count)]);
    machine_.run(below(400));
    close(false);
}

void Traffic::act() {
    Queue& queue = queues_[below(queue_count)];
    switch (below(40)) {
        case 0:
        case 1:
            for (auto& each : queues_) look_after(each);
            break;
        case 2:
            random_register_access();
            break;
        case 3:
            if (chance(30)) change_memory();
            break;
        case 4:
            if (!queue.resetting && (queue.paused || chance(10))) {
                queue.paused = !queue.paused;
                queue.pair->write_register(page::control, page::control_enable.put(1) |
                                                              page::control_pause.put(queue.paused) |
                                                              page::control_interrupt_enable.put(chance(70)));
            }
            break;
        case 5:
            if (!queue.resetting && chance(20)) start_reset(queue);
            break;
        case 6:
            if (chance(5)) gate_for_a_while();
            break;
        case 7:
            if (chance(2)) reset_engine();
            break;
        case 8:
            if (chance(region_tight_ ? 50 : 30)) set_up_region();
            break;
        case 9:
            machine_.run(below(chance(50) ? 3000 : 300));
            break;
        case 10:
        case 11:
        case 12:
            machine_.run(below(300));
            break;
        case 13:
        case 14:
        case 15:
        case 16:
            for (auto& each : queues_) collect(each);
            break;
        case 17:
            if (!queue.resetting) queue.pair->ring_submission();
            break;
        default:
            submit(queue);
            break;
    }
}

void Traffic::run(std::uint64_t cycles) {
    change_memory();
    while (machine_.cycle() < cycles) act();
}

std::string Traffic::summary() const {
    std::ostringstream text;
    for (const auto& [kind, statuses] : endings_) {
        text << kind << ":";
        for (const auto& [status, count] : statuses) text << ' ' << name_of(status) << ' ' << count;
        text << '\n';
    }
    text << resets_ << " queue resets, " << engine_resets_ << " engine resets\n";
    return text.str();
}

}  // namespace cce::lockstep
