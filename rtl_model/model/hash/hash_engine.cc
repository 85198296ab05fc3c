// SPDX-License-Identifier: Apache-2.0

#include "hash/hash_engine.h"

namespace cce::model {

void HashEngine::reset() {
    for (HashLane& lane : lanes_) lane.reset();
    waiting_ = sponge_ = 0;
    lanes_busy_ = 0;
    for (auto& slots : slots_) slots.reset();
    reads_.reset();
    writes_.reset();
    ciphers_.reset();
    cipher_lane_ = 0;
}

HashEngine::LaneMask HashEngine::cipher_requests(SlotMask abort, SlotMask key_usable) const {
    LaneMask requests = 0;
    for (LaneMask rest = lanes_busy_; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<unsigned>(std::countr_zero(rest));
        const unsigned slot = lanes_[lane].slot();
        HashLane::View seen;
        seen.abort = has(abort, slot);
        seen.key_usable = has(key_usable, slot);
        if (lanes_[lane].cipher_request(seen)) requests |= bit(lane);
    }
    return requests;
}

bool HashEngine::cipher_request(SlotMask abort, SlotMask key_usable) const {
    return cipher_requests(abort, key_usable) != 0;
}

HashLane::View HashEngine::view(const Inputs& inputs, unsigned lane) const {
    const unsigned slot = lanes_[lane].slot();
    return {.abort = has(inputs.abort, slot),
            .ended = has(inputs.source_ended, slot),
            .pending = has(inputs.source_pending, slot),
            .key_usable = has(inputs.key_usable, slot),
            .available = has(inputs.available, slot),
            .room = has(inputs.room, slot)};
}

/// Requests to lanes: of each kind one slot that waits, and the lowest free lane.
void HashEngine::choose(const Inputs& inputs) {
    constexpr LaneMask sha2_lanes = bit(Configuration::sha2_lanes) - 1;
    constexpr LaneMask all_lanes = bit(lane_count) - 1;
    for (unsigned kind = 0; kind < 2; ++kind) {
        const LaneMask free = ~lanes_busy_ & (kind == 0 ? sha2_lanes : all_lanes & ~sha2_lanes);
        const SlotMask candidates =
            waiting_ & (kind == 0 ? ~sponge_ : sponge_) & (inputs.available | inputs.source_ended | inputs.abort);
        Choice& choice = chosen_[kind];
        choice.valid = candidates != 0 && free != 0;
        if (!choice.valid) continue;
        choice.slot = slots_[kind].index(candidates);
        choice.lane = static_cast<unsigned>(std::countr_zero(free));
    }
}

const HashEngine::Outputs& HashEngine::evaluate(const Inputs& inputs) {
    choose(inputs);
    LaneMask reads = 0, writes = 0, clears = 0, faults = 0, releases = 0;
    for (LaneMask rest = lanes_busy_; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<unsigned>(std::countr_zero(rest));
        const HashLane& one = lanes_[lane];
        const HashLane::View seen = view(inputs, lane);
        if (one.read_request(seen)) reads |= bit(lane);
        if (one.write_request(seen)) writes |= bit(lane);
        if (one.clear_request(seen)) clears |= bit(lane);
        if (one.fault_request(seen)) faults |= bit(lane);
        if (one.release_request()) releases |= bit(lane);
    }
    const auto lowest = [](LaneMask mask) { return mask & (~mask + 1); };
    read_lane_ = reads != 0 && inputs.read_possible ? bit(reads_.index(reads)) : 0;
    write_lane_ = writes != 0 && inputs.write_possible ? bit(writes_.index(writes)) : 0;
    clear_lane_ = inputs.clear_possible ? lowest(clears) : 0;
    fault_lane_ = lowest(faults);
    release_lane_ = lowest(releases);

    const auto lane_of = [this](LaneMask mask) -> const HashLane& {
        return lanes_[static_cast<unsigned>(std::countr_zero(mask))];
    };
    outputs_.read = read_lane_ != 0;
    if (outputs_.read) {
        outputs_.read_slot = lane_of(read_lane_).slot();
        outputs_.read_block = lane_of(read_lane_).read_block();
    }
    outputs_.write = write_lane_ != 0;
    if (outputs_.write) {
        outputs_.write_slot = lane_of(write_lane_).slot();
        outputs_.write_block = lane_of(write_lane_).write_block();
        outputs_.write_data = lane_of(write_lane_).write_data();
    }
    outputs_.clear = clear_lane_ != 0;
    if (outputs_.clear) outputs_.clear_slot = lane_of(clear_lane_).slot();
    outputs_.context_fault = outputs_.length_fault = outputs_.tag_fault = false;
    if (fault_lane_ != 0) {
        outputs_.length_fault = lane_of(fault_lane_).fault_length();
        outputs_.tag_fault = lane_of(fault_lane_).fault_tag();
        outputs_.context_fault = !outputs_.length_fault && !outputs_.tag_fault;
        outputs_.fault_slot = lane_of(fault_lane_).slot();
    }
    outputs_.release = release_lane_ != 0;
    if (outputs_.release) outputs_.release_slot = lane_of(release_lane_).slot();
    return outputs_;
}

void HashEngine::clock(const Inputs& inputs) {
    if (read_lane_ != 0) reads_.take(static_cast<unsigned>(std::countr_zero(read_lane_)));
    if (write_lane_ != 0) writes_.take(static_cast<unsigned>(std::countr_zero(write_lane_)));
    if (release_lane_ != 0) {
        const HashLane& lane = lanes_[static_cast<unsigned>(std::countr_zero(release_lane_))];
        next_iv_[lane.slot()] = lane.next_iv();
    }
    LaneMask cipher_grant = 0;
    if (inputs.cipher_grant) {
        cipher_lane_ = ciphers_.index(cipher_requests(inputs.abort, inputs.key_usable));
        ciphers_.take(cipher_lane_);
        cipher_grant = bit(cipher_lane_);
    }
    LaneMask starting = 0;
    for (unsigned kind = 0; kind < 2; ++kind) {
        const Choice& choice = chosen_[kind];
        if (!choice.valid) continue;
        slots_[kind].take(choice.slot);
        waiting_ &= ~bit(choice.slot);
        starting |= bit(choice.lane);
    }
    for (LaneMask rest = lanes_busy_ | starting; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<unsigned>(std::countr_zero(rest));
        const bool starts = has(starting, lane);
        const unsigned slot = starts ? chosen_[is_sponge(lane) ? 1 : 0].slot : 0;
        lanes_[lane].clock({.view = view(inputs, lane),
                            .start = starts,
                            .start_slot = slot,
                            .start_request = &requests_[slot],
                            .read_grant = has(read_lane_, lane),
                            .read_data = inputs.read_data,
                            .clear_grant = has(clear_lane_, lane),
                            .write_grant = has(write_lane_, lane),
                            .cipher_grant = has(cipher_grant, lane),
                            .result_valid = inputs.result_valid && lanes_[lane].slot() == inputs.result_slot,
                            .result_block = inputs.result_block,
                            .fault_grant = has(fault_lane_, lane),
                            .release_grant = has(release_lane_, lane)});
        lanes_busy_ = lanes_[lane].free() ? lanes_busy_ & ~bit(lane) : lanes_busy_ | bit(lane);
    }
    if (!inputs.start) return;
    const SlotMask slot = bit(inputs.start_slot);
    waiting_ |= slot;
    sponge_ = hash_function::sponge(inputs.start_request->mode) ? sponge_ | slot : sponge_ & ~slot;
    requests_[inputs.start_slot] = *inputs.start_request;
}

}  // namespace cce::model
