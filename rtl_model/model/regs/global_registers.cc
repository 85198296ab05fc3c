// SPDX-License-Identifier: Apache-2.0

#include "regs/global_registers.h"

#include "cce_contract.hpp"

namespace cce::model {

namespace page = contract::global_page;

void GlobalRegisters::reset() {
    state_ = State::idle;
    gate_aes_ = gate_hash_ = false;
    event_ = 0;
    interrupt_ = false;
}

void GlobalRegisters::clock(const Inputs& inputs) {
    switch (state_) {
        case State::idle:
            if (inputs.write && inputs.offset == page::control && page::control_reset.get(inputs.data) != 0) {
                state_ = State::request;
            }
            break;
        case State::request:
            state_ = State::wait;
            break;
        case State::wait:
            if (inputs.queue_reset_pending == 0) state_ = State::erase;
            break;
        case State::erase:
            state_ = State::erasing;
            break;
        case State::erasing:
            if (!inputs.erasing_contexts) state_ = State::idle;
            break;
    }
    if (inputs.write && inputs.offset == page::gate) {
        gate_aes_ = page::gate_aes.get(inputs.data) != 0;
        gate_hash_ = page::gate_hash.get(inputs.data) != 0;
    }
    // A new event is not lost to the write that clears older ones.
    if (inputs.write && inputs.offset == page::event_low) event_ &= ~inputs.data;
    event_ |= inputs.queue_event;
    interrupt_ = inputs.queue_event != 0;
}

std::optional<std::uint32_t> GlobalRegisters::read(std::uint32_t offset, std::uint64_t timestamp,
                                                   bool engine_idle) const {
    switch (offset) {
        case page::identification:
            return contract::identification_value;
        case page::version:
            return page::version_major.put(contract::version_major) | page::version_minor.put(contract::version_minor);
        case page::algorithms:
            return page::algorithms_aes_ecb.mask | page::algorithms_aes_cbc.mask | page::algorithms_aes_ctr.mask |
                   page::algorithms_aes_xts.mask | page::algorithms_aes_gcm.mask | page::algorithms_aes_ccm.mask |
                   page::algorithms_aes_cmac.mask | page::algorithms_aes_kw.mask | page::algorithms_aes_kwp.mask |
                   page::algorithms_aes_128.mask | page::algorithms_aes_192.mask | page::algorithms_aes_256.mask |
                   page::algorithms_sha2.mask | page::algorithms_sha3.mask | page::algorithms_cipher_hash.mask;
        case page::geometry:
            return page::geometry_queue_count.put(Configuration::queue_count) |
                   page::geometry_context_count.put(Configuration::context_count) |
                   page::geometry_region_count.put(Configuration::region_count) |
                   page::geometry_data_bytes.put(data_bytes_);
        case page::control:
            return page::control_reset.put(state_ != State::idle ? 1 : 0);
        case page::engine_status:
            return page::engine_status_idle.put(engine_idle ? 1 : 0);
        case page::cycle_low:
            return static_cast<std::uint32_t>(timestamp);
        case page::cycle_high:
            return static_cast<std::uint32_t>(timestamp >> 32);
        case page::gate:
            return page::gate_aes.put(gate_aes_ ? 1 : 0) | page::gate_hash.put(gate_hash_ ? 1 : 0);
        case page::capacity:
            return page::capacity_request_count.put(Configuration::slot_count);
        case page::event_low:
            return event_;
        case page::event_high:
            return 0;
        default:
            return std::nullopt;
    }
}

}  // namespace cce::model
