// SPDX-License-Identifier: Apache-2.0

#include "aes/aes_cipher.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace cce::model {

void AesCipher::reset() {
    for (HostAes& key : keys_) key.clear();
    expanding_ = false;
    usable_ = false;
    expanding_index_ = 0;
    erase_pending_ = all_positions;
    erase_index_ = 0;
    erase_all_ = true;
    valid_ = 0;
    special_ = 0;
}

void AesCipher::clock_keys(const Inputs& inputs) {
    const bool load = inputs.key_valid && key_ready(inputs.erase_valid);
    // The position of the pipeline that takes a round key in this cycle: the initial AddRoundKey is position 0, the
    // last round always position 14; an inverse key's round keys come in the opposite order.
    std::uint16_t written = 0;
    if (expanding_) {
        const bool last = round_ == rounds_;
        const unsigned position = inverse_ ? rounds_ - round_ : (last ? rounds_maximum : round_);
        written = static_cast<std::uint16_t>(1U << position);
    }
    if (inputs.erase_valid && erase_ready()) {
        erase_pending_ = all_positions;
        erase_index_ = inputs.erase_index;
        keys_[erase_index_].clear();
    } else if (erase_all_) {
        ++erase_index_;
        if (erase_index_ == key_count) {
            erase_index_ = 0;
            erase_all_ = false;
            erase_pending_ = 0;
        }
    } else if (!(expanding_ && expanding_index_ == erase_index_)) {
        erase_pending_ &= written;
    }

    usable_ = false;
    if (load) {
        expanding_ = true;
        usable_ = !inputs.key_inverse;
        inverse_ = inputs.key_inverse;
        expanding_index_ = inputs.key_index;
        round_ = 1;
        rounds_ = 10 + 2 * static_cast<unsigned>(inputs.key_length);
        const std::size_t bytes = 16 + 8 * static_cast<std::size_t>(inputs.key_length);
        keys_[inputs.key_index].set_key(std::span(*inputs.key).first(bytes), inputs.key_inverse);
    } else if (expanding_) {
        if (round_ == rounds_) {
            expanding_ = false;
            usable_ = inverse_;
        }
        ++round_;
    }
}

void AesCipher::clock_blocks(const Inputs& inputs) {
    const bool special = inputs.valid && (inputs.tag.user != CipherUser::stream || inputs.tag.step != stream_step_text);
    valid_ = (valid_ << 1 | (inputs.valid ? 1U : 0U)) & all_stages;
    special_ = (special_ << 1 | (special ? 1U : 0U)) & all_stages;
    if (special) {
        Stage& stage = stages_[next_ % ring_size];
        stage.tag = inputs.tag;
        if (!is_stream_text(inputs.tag)) stage.block = keys_[inputs.key_select].apply(*inputs.block);
    }
    ++next_;
}

void AesCipher::clock(const Inputs& inputs) {
    if (inputs.key_valid || inputs.erase_valid || expanding_ || usable_ || erase_pending_ != 0) clock_keys(inputs);
    if (inputs.valid || valid_ != 0) clock_blocks(inputs);
}

std::uint64_t AesCipher::steady_cycles() const {
    if (expanding_ || usable_ || erase_pending_ != 0) return 0;
    if (special_ == 0) return std::numeric_limits<std::uint64_t>::max();
    return latency - static_cast<unsigned>(std::bit_width(special_));
}

std::uint64_t AesCipher::steady_results(SteadyInput input, bool valid) const {
    const std::uint32_t other = valid ? ~valid_ & all_stages : valid_;
    if (other != 0) return latency - static_cast<unsigned>(std::bit_width(other));
    if (input.first != valid) return latency;
    return input.later != valid ? latency + 1 : std::numeric_limits<std::uint64_t>::max();
}

std::uint32_t AesCipher::entered(unsigned cycles, SteadyInput input) {
    const std::uint32_t first = 1U << (cycles - 1);
    return (input.first ? first : 0) | (input.later ? first - 1 : 0);
}

unsigned AesCipher::results(std::uint64_t cycles, SteadyInput input) const {
    if (cycles <= latency) return static_cast<unsigned>(std::popcount(valid_ >> (latency - cycles)));
    const auto more = static_cast<unsigned>(cycles - latency - 1);
    return static_cast<unsigned>(std::popcount(valid_)) + (input.first ? 1U : 0U) + (input.later ? more : 0U);
}

void AesCipher::advance(std::uint64_t cycles, SteadyInput input) {
    if (cycles < latency) {
        const auto count = static_cast<unsigned>(cycles);
        valid_ = (valid_ << count | entered(count, input)) & all_stages;
        special_ = special_ << count & all_stages;
    } else {
        valid_ = cycles == latency ? entered(latency, input) : (input.later ? all_stages : 0);
        special_ = 0;
    }
    next_ += static_cast<unsigned>(cycles);
}

}  // namespace cce::model
