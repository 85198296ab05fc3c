// SPDX-License-Identifier: Apache-2.0

#include "aes/stream_issue.h"

#include <algorithm>
#include <limits>

#include "aes/block_functions.h"
#include "cce_contract.hpp"

namespace cce::model {

void StreamIssue::reset() {
    state_ = State::idle;
    slot_ = 0;
    block_ = 0;
    issued_ = 0;
    retired_ = 0;
    order_.clear();
    ends_.clear();
}

bool StreamIssue::cipher_request(SlotMask abort, unsigned requested, unsigned arrived, bool read_possible) const {
    if (state_ != State::run && state_ != State::stolen && state_ != State::first_counter) return false;
    if (has(abort, slot_) || (issued_ - retired_) % result_modulus >= result_count) return false;
    if (state_ == State::first_counter) return true;
    // Blocks asked for, or there, beyond the next one; a negative number if that is not. Counter blocks need no text.
    const unsigned ahead = ((counting_ ? requested : arrived) - block_ - 1) % block_modulus;
    return ahead < Configuration::stream_blocks && (counting_ || read_possible);
}

void StreamIssue::clock(const Inputs& inputs) {
    if (inputs.start && inputs.start_request->stream) {
        const CipherRequest& request = *inputs.start_request;
        requests_[inputs.start_slot] = {request.mode, request.iv_length, request.aad_length, request.text_length};
    }
    if (inputs.retired) retired_ = (retired_ + 1) % result_modulus;
    if (inputs.end_take) ends_.pop();
    const State state = state_;
    switch (state) {
        case State::idle:
            if (order_.valid()) {
                slot_ = order_.data();
                request_ = requests_[slot_];
                left_ = request_.text_length;
                const auto mode = static_cast<contract::CipherMode>(request_.mode);
                gcm_ = mode == contract::CipherMode::gcm;
                xts_ = mode == contract::CipherMode::xts;
                counting_ = gcm_ || mode == contract::CipherMode::ctr;
                state_ = State::key;
            }
            break;
        case State::key:
            if (has(inputs.key_usable, slot_) && (!xts_ || has(inputs.tweak_valid, slot_))) {
                block_ = (block_ + (request_.iv_length + 15) / 16 + (request_.aad_length + 15) / 16) % block_modulus;
                if (gcm_ && request_.iv_length != 0) {
                    state_ = State::counter;
                } else {
                    state_ = left_ == 0 ? State::end : State::run;
                }
            }
            break;
        case State::counter:
            if (inputs.counter_valid) {
                counter_ = *inputs.counter;
                state_ = State::first_counter;
            }
            break;
        case State::first_counter:
            if (inputs.cipher_grant) {
                issue_step_ = stream_step_first_counter;
                issue_block_ = counter_;
                state_ = left_ == 0 ? State::end : State::run;
            }
            break;
        case State::run:
            if (inputs.cipher_grant) {
                issue_step_ = stealing() ? stream_step_steal : stream_step_text;
                if (stealing()) {
                    state_ = State::steal;
                } else if (left_ <= 16) {
                    state_ = State::end;
                }
                left_ = left_ <= 16 ? 0 : left_ - 16;
                block_ = (block_ + 1) % block_modulus;
            }
            break;
        case State::steal:
            if (inputs.steal_valid) {
                steal_ = *inputs.steal;
                steal_tweak_ = *inputs.steal_tweak;
                state_ = State::stolen;
            }
            break;
        case State::stolen:
            if (inputs.cipher_grant) {
                // The partial block and the tail of the one before it (IEEE 1619, 5.3.2).
                Block joined = steal_;
                const Block& partial = inputs.source.stream_block(block_);
                for (unsigned i = 0; i < left_ % 16; ++i) joined[i] = partial[i];
                issue_step_ = stream_step_stolen;
                issue_block_ = exclusive_or(joined, steal_tweak_);
                block_ = (block_ + 1) % block_modulus;
                state_ = State::end;
            }
            break;
        case State::end:
            if (has(inputs.ended, slot_)) {
                block_ = inputs.end_block;
                ends_.push(static_cast<std::uint8_t>(issued_));
                order_.pop();
                state_ = State::idle;
            }
            break;
    }
    if (inputs.cipher_grant) {
        issue_slot_ = slot_;
        issued_ = (issued_ + 1) % result_modulus;
    }
    if (state != State::idle && state != State::end && has(inputs.abort, slot_)) state_ = State::end;
    if (inputs.start && inputs.start_request->stream) order_.push(static_cast<std::uint8_t>(inputs.start_slot));
}

std::uint64_t StreamIssue::steady_cycles(const SteadyInputs& inputs) const {
    constexpr std::uint64_t forever = std::numeric_limits<std::uint64_t>::max();
    if (state_ != State::idle && state_ != State::end && has(inputs.abort, slot_)) return 0;
    switch (state_) {
        case State::idle:
            return order_.valid() ? 0 : forever;
        case State::key:
            return has(inputs.key_usable, slot_) && (!xts_ || has(inputs.tweak_valid, slot_)) ? 0 : forever;
        case State::counter:
            return forever;  // stream_retire gives the counter at the end of its steady work
        case State::end:
            return has(inputs.ended, slot_) ? 0 : forever;
        case State::run:
            break;
        default:
            return 0;
    }
    const unsigned in_flight = (issued_ - retired_) % result_modulus;
    const unsigned there = ((counting_ ? inputs.requested : inputs.arrived) - block_) % block_modulus;
    const bool some_there = there != 0 && there <= Configuration::stream_blocks;
    if (inputs.granted) {
        // Not the last block, nor that which lends its tail, which must not have less than a whole one behind it.
        std::uint64_t cycles = xts_ ? left_ / 16 - std::min(left_ / 16, 1U) : (left_ - 1) / 16;
        if (counting_ || !inputs.arriving) cycles = std::min<std::uint64_t>(cycles, there);
        if (!inputs.retiring) cycles = std::min<std::uint64_t>(cycles, result_count - in_flight);
        return cycles;
    }
    if (in_flight >= result_count) return inputs.retiring ? 0 : forever;
    if (!some_there) return !counting_ && inputs.arrives ? 0 : forever;
    return inputs.read_possible ? 0 : forever;
}

void StreamIssue::advance(std::uint64_t issued, std::uint64_t retired) {
    if (issued != 0) {
        const auto count = static_cast<unsigned>(issued);
        issue_slot_ = slot_;
        issue_step_ = stream_step_text;
        issued_ = (issued_ + count) % result_modulus;
        block_ = (block_ + count) % block_modulus;
        left_ -= 16 * count;
    }
    retired_ = static_cast<unsigned>((retired_ + retired) % result_modulus);
}

}  // namespace cce::model
