// SPDX-License-Identifier: Apache-2.0

#include "systemc/tlm_host.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace cce::sim::systemc {

namespace {

constexpr std::uint8_t enabled = TLM_BYTE_ENABLED;
constexpr std::uint8_t disabled = TLM_BYTE_DISABLED;

}  // namespace

TlmHost::TlmHost(Socket& socket, const EngineClock& clock, InterruptLines& interrupts, const Options& options)
    : socket_(socket), clock_(clock), interrupts_(interrupts), options_(options) {
    socket_.register_invalidate_direct_mem_ptr(this, &TlmHost::invalidate);
}

void TlmHost::reset() {
    reads_.clear();
    writes_.clear();
}

TlmHost::Staged TlmHost::stage(const Burst& burst) {
    Staged staged;
    staged.base = burst.beat_address(0);
    staged.skip = static_cast<std::size_t>(burst.address - staged.base);
    staged.data.resize(std::size_t{burst.beats} * burst.bytes_per_beat);
    if (burst.direction == Direction::write) staged.enable.resize(staged.data.size(), disabled);
    return staged;
}

std::uint64_t TlmHost::wait_cycles(const Answer& answer, const Burst& burst) const {
    const std::uint64_t transfer = burst.beats - 1;
    if (options_.annotated_delay == AnnotatedDelay::latency) return answer.cycles;
    return answer.cycles > transfer ? answer.cycles - transfer : 0;
}

BurstSchedule TlmHost::schedule(const Burst& burst) {
    BurstSchedule schedule;
    Staged staged = stage(burst);
    if (burst.direction == Direction::read) {
        const std::span data = std::span(staged.data).subspan(staged.skip);
        const Answer answer = access(Direction::read, burst.address, data, {}, burst.valid_cycle);
        staged.ok = answer.ok;
        const std::uint64_t wait = wait_cycles(answer, burst);
        constexpr std::uint64_t longest = std::numeric_limits<std::uint16_t>::max();
        schedule.beat_wait[0] = static_cast<std::uint16_t>(std::min(wait, longest));
        // More than a beat's wait can hold: the address waits for the rest.
        schedule.address_wait = static_cast<unsigned>(wait - schedule.beat_wait[0]);
        reads_.push_back(std::move(staged));
    } else {
        writes_.push_back(std::move(staged));
    }
    return schedule;
}

bool TlmHost::read(std::uint64_t address, std::span<std::uint8_t> data) {
    const Staged& staged = reads_.front();
    if (!staged.ok) return false;
    std::ranges::copy(std::span(staged.data).subspan(address - staged.base, data.size()), data.begin());
    return true;
}

bool TlmHost::write(std::uint64_t address, std::span<const std::uint8_t> data, std::span<const std::uint8_t> strobe) {
    Staged& staged = writes_.front();
    const std::size_t offset = address - staged.base;
    std::ranges::copy(data, staged.data.begin() + static_cast<std::ptrdiff_t>(offset));
    for (std::size_t i = 0; i < strobe.size(); ++i) staged.enable[offset + i] = strobe[i] != 0 ? enabled : disabled;
    return true;
}

std::span<std::uint8_t> TlmHost::direct(Direction direction, std::uint64_t address, std::size_t bytes) {
    // Not the memory itself but what of it is under way; `write` may still come for the same beats and sets them anew.
    Staged& staged = direction == Direction::read ? reads_.front() : writes_.front();
    const std::size_t offset = address - staged.base;
    if (!staged.ok || offset < staged.skip) return {};
    if (direction == Direction::write) {
        std::ranges::fill(std::span(staged.enable).subspan(offset, bytes), enabled);
    }
    return std::span(staged.data).subspan(offset, bytes);
}

void TlmHost::read_ended(const Burst&) {
    reads_.pop_front();
}

WriteAnswer TlmHost::write_ended(const Burst& burst, const BurstSchedule&, std::uint64_t cycle) {
    Staged staged = std::move(writes_.front());
    writes_.pop_front();
    // Only the bytes between the first and the last one written, so that byte enables are needed only for holes.
    const auto first = std::ranges::find(staged.enable, enabled);
    if (first == staged.enable.end()) return {};
    const auto end = std::find(staged.enable.rbegin(), staged.enable.rend(), enabled).base();
    const auto offset = static_cast<std::size_t>(first - staged.enable.begin());
    const auto bytes = static_cast<std::size_t>(end - first);
    const bool whole = std::all_of(first, end, [](std::uint8_t byte) { return byte == enabled; });
    const Answer answer =
        access(Direction::write, staged.base + offset, std::span(staged.data).subspan(offset, bytes),
               whole ? std::span<std::uint8_t>() : std::span(staged.enable).subspan(offset, bytes), cycle);
    return {static_cast<unsigned>(wait_cycles(answer, burst)), !answer.ok};
}

void TlmHost::interrupt(unsigned vector, std::uint64_t cycle) {
    // As the clock edge at the end of the cycle finds it.
    interrupts_.pulse(vector, clock_.begin_of(cycle + 1));
}

/// The access begins with the clock edge at the end of `cycle`. No `enable`: all bytes.
TlmHost::Answer TlmHost::access(Direction direction, std::uint64_t address, std::span<std::uint8_t> data,
                                std::span<std::uint8_t> enable, std::uint64_t cycle) {
    if (const auto piece = dmi_.find(direction, address, data.size())) {
        ++counts_.direct;
        if (direction == Direction::read) {
            std::ranges::copy(piece->bytes, data.begin());
        } else {
            for (std::size_t i = 0; i < data.size(); ++i) {
                if (enable.empty() || enable[i] == enabled) piece->bytes[i] = data[i];
            }
        }
        return {true, clock_.cycles(piece->latency)};
    }

    const sc_core::sc_time called = sc_core::sc_time_stamp();
    const sc_core::sc_time begin = std::max(clock_.begin_of(cycle + 1), called);
    sc_core::sc_time delay = begin - called;
    tlm::tlm_generic_payload transaction;
    transaction.set_command(direction == Direction::read ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND);
    transaction.set_address(address);
    transaction.set_data_ptr(data.data());
    transaction.set_data_length(static_cast<unsigned>(data.size()));
    transaction.set_streaming_width(static_cast<unsigned>(data.size()));
    transaction.set_byte_enable_ptr(enable.empty() ? nullptr : enable.data());
    transaction.set_byte_enable_length(static_cast<unsigned>(enable.size()));
    transaction.set_dmi_allowed(false);
    transaction.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    socket_->b_transport(transaction, delay);
    ++counts_.transactions;
    const bool ok = transaction.is_response_ok();
    if (!ok) ++counts_.errors;
    if (ok && options_.use_dmi && transaction.is_dmi_allowed()) ask_for_dmi(address, direction);
    // A target may annotate its time or spend it.
    const sc_core::sc_time end = sc_core::sc_time_stamp() + delay;
    return {ok, end > begin ? clock_.cycles(end - begin) : 0};
}

void TlmHost::ask_for_dmi(std::uint64_t address, Direction direction) {
    tlm::tlm_generic_payload request;
    request.set_command(direction == Direction::read ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND);
    request.set_address(address);
    tlm::tlm_dmi grant;
    if (socket_->get_direct_mem_ptr(request, grant)) dmi_.add(grant);
}

void TlmHost::invalidate(sc_dt::uint64 first, sc_dt::uint64 last) {
    dmi_.invalidate(first, last);
}

}  // namespace cce::sim::systemc
