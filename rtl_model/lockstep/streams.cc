// SPDX-License-Identifier: Apache-2.0

#include "streams.h"

#include <algorithm>
#include <sstream>
#include <utility>

namespace cce::lockstep {

using contract::CipherMode;
using sim::CipherRequest;
using sim::MemoryTiming;
using sim::Shape;

Streams::Streams(sim::Machine& machine, std::uint64_t seed) : machine_(machine), random_(seed) {
    for (unsigned i = 0; i < queue_count; ++i) {
        const bool interrupts = chance(50);
        const sim::QueueOptions options{.interrupt_enable = interrupts,
                                        .interrupt_count = static_cast<std::uint16_t>(below(4)),
                                        .interrupt_time = static_cast<std::uint32_t>(below(2000))};
        queues_[i].pair = std::make_unique<sim::QueuePair>(machine_, i, options);
        queues_[i].pair->start();
    }
    change_memory();
}

std::vector<std::uint8_t> Streams::bytes(std::size_t count) {
    std::vector<std::uint8_t> data(count);
    for (auto& byte : data) byte = static_cast<std::uint8_t>(random_());
    return data;
}

std::size_t Streams::text_length() {
    switch (below(6)) {
        case 0:
            return 16 + below(500);
        case 1:
            return 16 * (1 + below(600));
        case 2:
            return 4096 * (1 + below(8));
        default:
            return 16 + below(60'000);
    }
}

/// Often one buffer, sometimes pages, sometimes pieces that divide blocks.
Shape Streams::shape(std::uint32_t length) {
    if (length == 0) return Shape::direct(0);
    if (chance(60)) return Shape::direct(length, chance(50) ? 0 : static_cast<std::uint32_t>(below(4096)));
    Shape list;
    list.list = true;
    const bool pages = chance(50);
    while (length != 0) {
        const auto piece = static_cast<std::uint32_t>(pages ? 4096 : 1 + below(6000));
        const std::uint32_t part = std::min(piece, length);
        list.pieces.push_back({pages ? 0 : static_cast<std::uint32_t>(below(64)), part});
        length -= part;
    }
    return list;
}

Streams::Pending Streams::make_request() {
    static constexpr std::array<CipherMode, 6> modes{CipherMode::gcm, CipherMode::ctr, CipherMode::ecb,
                                                     CipherMode::cbc, CipherMode::xts, CipherMode::gcm};
    const CipherMode mode = modes[below(modes.size())];
    // Encryption in mode CBC does not stream: a few of these as company.
    const bool decrypt = mode == CipherMode::cbc ? chance(85) : chance(40);
    const std::size_t key_bytes = 16 + 8 * below(3);
    Pending pending;
    pending.kind = std::string(contract::name_of(mode)) + (decrypt ? " decrypt" : " encrypt");
    pending.request = std::make_unique<CipherRequest>(machine_, mode);
    CipherRequest& request = *pending.request;
    request.decrypt(decrypt).cookie(cookie_++);
    if (mode == CipherMode::xts) {
        request.key_pair(bytes(key_bytes), bytes(key_bytes));
    } else {
        request.key(bytes(key_bytes));
    }
    std::size_t length = text_length();
    if (mode == CipherMode::ecb || mode == CipherMode::cbc) length = length / 16 * 16;
    if (mode == CipherMode::gcm) {
        request.iv(bytes(chance(75) ? 12 : 1 + below(100)));
        if (chance(70)) request.aad(bytes(chance(60) ? below(64) : below(9000)));
        request.tag(bytes(16));
    } else if (mode != CipherMode::ecb) {
        std::vector<std::uint8_t> iv = bytes(16);
        // Counters whose last 32 bits overflow on the way.
        if (chance(30)) std::fill(iv.begin() + 12, iv.begin() + 14, std::uint8_t{0xff});
        request.iv(iv);
    }
    const std::vector<std::uint8_t> text = bytes(length);
    if (chance(25)) {
        request.text_in_place(text, shape(request.in_place_length(length)));
    } else {
        const sim::StreamLengths lengths = request.lengths(length);
        request.text(text, shape(lengths.source), shape(lengths.destination));
    }
    return pending;
}

void Streams::submit(Queue& queue) {
    if (queue.pending.size() >= most_outstanding || queue.pair->free_slots() == 0) return;
    Pending pending = make_request();
    const contract::Descriptor descriptor = pending.request->descriptor();
    queue.pair->submit(descriptor);
    queue.pending.emplace(descriptor.cookie, std::move(pending));
}

void Streams::collect(Queue& queue) {
    bool any = false;
    while (const auto entry = queue.pair->poll()) {
        any = true;
        const auto found = queue.pending.find(entry->cookie);
        if (found == queue.pending.end()) continue;
        ++endings_[found->second.kind][entry->status];
        queue.pending.erase(found);
    }
    if (any) queue.pair->ring_completion();
}

void Streams::change_memory() {
    switch (below(4)) {
        case 0:
            machine_.set_timing(MemoryTiming::random(random_(), static_cast<unsigned>(1 + below(6))));
            break;
        case 1:
            machine_.set_timing(MemoryTiming::ideal(static_cast<unsigned>(below(200))));
            break;
        default:
            machine_.set_timing(MemoryTiming::ideal(20));
            break;
    }
}

/// What cuts a stream short, or only takes the register port for some cycles.
void Streams::disturb(Queue& queue) {
    switch (below(12)) {
        case 0:
            queue.pair->reset();
            queue.pending.clear();
            queue.pair->start();
            break;
        case 1:
            machine_.engine().set_gate(true);
            machine_.run(below(100));
            machine_.engine().set_gate(false);
            break;
        case 2:
            queue.pair->pause();
            queue.pair->resume();
            break;
        case 3:
        case 4:
            change_memory();
            break;
        default:
            static_cast<void>(queue.pair->status());
            break;
    }
}

void Streams::run(std::uint64_t cycles) {
    while (machine_.cycle() < cycles) {
        Queue& queue = queues_[below(queue_count)];
        submit(queue);
        machine_.run(1 + below(chance(70) ? 6000 : 100));
        collect(queue);
        if (chance(15)) disturb(queue);
    }
}

std::string Streams::summary() const {
    std::ostringstream text;
    for (const auto& [kind, statuses] : endings_) {
        text << kind << ":";
        for (const auto& [status, count] : statuses) text << ' ' << name_of(status) << ' ' << count;
        text << '\n';
    }
    return text.str();
}

}  // namespace cce::lockstep
