// SPDX-License-Identifier: Apache-2.0

#include "dma/source_reader.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace cce::model {

void SourceReader::reset() {
    fresh_ = active_ = lane_ = empty_ = ended_ = 0;
    end_block_.fill(0);
    lane_used_.fill(0);
    lane_available_.fill(0);
    bursts_.fill(0);
    lane_room_ = ~SlotMask{0};
    lane_available_mask_ = 0;
    pending_ = 0;
    stream_requested_ = 0;
    stream_arrived_ = 0;
    state_ = State::select;
    slot_ = 0;
    stream_turn_ = false;
    balance_ = 0;
    order_.clear();
    lanes_.reset();
    write_.valid = false;
}

DmaRequest SourceReader::request_of(const Next& next) {
    DmaRequest request;
    request.unrestricted = next.segment.unrestricted;
    request.queue_index = next.segment.queue_index;
    request.region = next.segment.region;
    request.address = next.segment.address;
    request.bytes = next.burst.bytes;
    return request;
}

ReadTag SourceReader::request_tag() const {
    BurstTag burst = next_.burst;
    burst.stream = stream_turn_;
    burst.slot = static_cast<std::uint8_t>(slot_);
    return pack(burst);
}

ReadTag SourceReader::pack(const BurstTag& burst) {
    return (burst.stream ? 1U : 0U) | (burst.phase_ends ? 2U : 0U) | ReadTag{burst.slot} << 8 |
           ReadTag{burst.position} << 16 | ReadTag{burst.bytes} << 32;
}

SourceReader::BurstTag SourceReader::unpack(ReadTag tag) {
    return {(tag & 1) != 0, static_cast<std::uint8_t>(tag >> 8), (tag & 2) != 0, static_cast<std::uint16_t>(tag >> 16),
            static_cast<std::uint16_t>(tag >> 32)};
}

/// The next burst of a slot, from its progress and its segment.
SourceReader::Next SourceReader::compute(unsigned slot, const Segment& segment) const {
    const Lengths& lengths = lengths_[slot];
    const bool fresh = has(fresh_, slot);
    Phase phase = progress_[slot].phase;
    std::uint32_t left = progress_[slot].left;
    unsigned position = progress_[slot].position;
    if (fresh) {
        phase = Phase::tag;
        left = lengths.tag;
        if (lengths.iv != 0) {
            phase = Phase::iv;
            left = lengths.iv;
        } else if (lengths.aad != 0) {
            phase = Phase::aad;
            left = lengths.aad;
        } else if (lengths.text != 0) {
            phase = Phase::text;
            left = lengths.text;
        }
        // A stream's request goes on where the one before ended.
        if (lengths.lane) {
            position = phase == Phase::aad ? lengths.prefix : 0;
        } else {
            position = 16 * stream_requested_;
        }
    }
    Phase next_phase = Phase::tag;
    std::uint32_t next_left = lengths.tag;
    if (phase == Phase::iv && lengths.aad != 0) {
        next_phase = Phase::aad;
        next_left = lengths.aad;
    } else if (phase <= Phase::aad && lengths.text != 0) {
        next_phase = Phase::text;
        next_left = lengths.text;
    }
    if (phase == Phase::tag) next_left = 0;

    const unsigned longest = lengths.lane ? Configuration::lane_burst_bytes : Configuration::stream_burst_bytes;
    const unsigned to_boundary = longest - (static_cast<unsigned>(segment.address) & (longest - 1));
    const unsigned bytes = std::min({to_boundary, segment.left, left});
    const bool phase_ends = left == bytes;
    const unsigned after = (position + bytes) % place_modulus;
    const unsigned after_blocks = (after + 15) / 16 % block_modulus;
    // Blocks already counted: at the beginning of a phase none of it, else also the begun one.
    const bool first_of_phase = position % 16 == 0 || fresh;
    const unsigned before_blocks = (position + (first_of_phase ? 0 : 15)) / 16 % block_modulus;

    Next next;
    next.behind.phase = phase_ends ? next_phase : phase;
    next.behind.left = phase_ends ? next_left : left - bytes;
    next.behind.position = static_cast<std::uint16_t>(phase_ends ? 16 * after_blocks : after);
    next.burst.position = static_cast<std::uint16_t>(position);
    next.burst.bytes = static_cast<std::uint16_t>(bytes);
    next.burst.phase_ends = phase_ends;
    next.source_ends = phase_ends && next_left == 0;
    next.requested = after_blocks;
    next.lane_blocks = (after_blocks - before_blocks) % (2 * Configuration::lane_blocks);
    next.segment = segment;
    return next;
}

void SourceReader::count_lane(unsigned slot, int used, int available) {
    constexpr unsigned modulus = 2 * Configuration::lane_blocks;
    lane_used_[slot] = static_cast<std::uint8_t>((lane_used_[slot] + static_cast<unsigned>(used)) % modulus);
    lane_available_[slot] =
        static_cast<std::uint8_t>((lane_available_[slot] + static_cast<unsigned>(available)) % modulus);
    const bool room = lane_used_[slot] <= Configuration::lane_blocks - lane_room_needed;
    lane_room_ = room ? lane_room_ | bit(slot) : lane_room_ & ~bit(slot);
    lane_available_mask_ =
        lane_available_[slot] != 0 ? lane_available_mask_ | bit(slot) : lane_available_mask_ & ~bit(slot);
}

/// The slot that is chosen, if any asks for it.
SourceReader::Pick SourceReader::pick(SlotMask abort, SlotMask segment_ready, unsigned stream_consumed) const {
    bool stream_candidate = false;
    if (order_.valid()) {
        const SlotMask first = bit(order_.data());
        const unsigned used = (stream_requested_ - stream_consumed) % block_modulus;
        stream_candidate =
            ((empty_ | abort) & first) != 0 || ((segment_ready & first) != 0 && used <= stream_most_used);
    }
    const SlotMask requests = active_ & lane_ & (empty_ | abort | (segment_ready & lane_room_));
    if (stream_candidate && (requests == 0 || balance_ <= 0)) return {true, true, order_.data()};
    if (requests != 0) return {true, false, lanes_.index(requests)};
    return {};
}

/// The choice of a slot and of its burst, up to the request.
void SourceReader::choose(const ChoiceInputs& inputs) {
    bool ends = false;
    unsigned end_block = stream_requested_;
    switch (state_) {
        case State::select: {
            const Pick picked = pick(inputs.abort, inputs.segment_ready, inputs.stream_consumed);
            if (!picked.valid) break;
            slot_ = picked.slot;
            stream_turn_ = picked.stream;
            if (!picked.stream) lanes_.take(slot_);
            state_ = State::compute;
            break;
        }
        case State::compute:
            next_ = compute(slot_, inputs.segment);
            ends = has(empty_ | inputs.abort, slot_) || inputs.refused;
            state_ = ends ? State::select : State::request;
            break;
        case State::request:
            if (!inputs.request_ready) break;
            state_ = State::select;
            fresh_ &= ~bit(slot_);
            progress_[slot_] = next_.behind;
            ++bursts_[slot_];
            pending_ |= bit(slot_);
            if (stream_turn_) {
                stream_requested_ = next_.requested;
                if (balance_ < balance_limit) balance_ += next_.burst.bytes;
            } else {
                if (balance_ > -balance_limit) balance_ -= next_.burst.bytes;
                count_lane(slot_, static_cast<int>(next_.lane_blocks), 0);
            }
            ends = next_.source_ends;
            end_block = next_.requested;
            break;
    }
    if (ends) {
        active_ &= ~bit(slot_);
        ended_ |= bit(slot_);
        end_block_[slot_] = static_cast<std::uint16_t>(end_block);
        if (stream_turn_) order_.pop();
    }
}

/// A beat becomes the piece that is written in the next cycle.
void SourceReader::take_beat(const Inputs& inputs) {
    const BurstTag tag = unpack(inputs.beat_tag);
    const unsigned place = inputs.beat_first ? tag.position : place_;
    const unsigned left = inputs.beat_first ? tag.bytes : left_;
    const unsigned lane = inputs.beat_first ? inputs.beat_lane : 0;
    const unsigned count = std::min(data_bytes_ - lane, left);
    place_ = (place + count) % place_modulus;
    left_ = left - count;
    write_.valid = true;
    write_.stream = tag.stream;
    write_.slot = tag.slot;
    write_.lane = static_cast<std::uint8_t>(lane);
    write_.bytes = static_cast<std::uint8_t>(count);
    write_.position = static_cast<std::uint16_t>(place % (16 * Configuration::stream_blocks));
    write_.data = &write_data_;
    write_place_ = place;
    write_ends_ = inputs.beat_last && tag.phase_ends;
    write_last_ = inputs.beat_last;
    write_data_ = *inputs.beat_data;
}

void SourceReader::clock(const Inputs& inputs) {
    if (state_ != State::select || active_ != 0) {  // first: it sees the room as it is before the edge
        choose({.abort = inputs.abort,
                .segment_ready = inputs.segment_ready,
                .segment = inputs.segment,
                .request_ready = inputs.request_ready,
                .refused = inputs.denied && inputs.denied_slot == slot_,
                .stream_consumed = inputs.stream_consumed});
    }
    if (inputs.denied && --bursts_[inputs.denied_slot] == 0) pending_ &= ~bit(inputs.denied_slot);

    // What was written in this cycle counts from the next one on. A block is there when all its bytes are, or when its
    // phase ends in it.
    if (write_.valid) {
        const unsigned after = ((write_place_ + write_.bytes + (write_ends_ ? 15 : 0)) / 16) % block_modulus;
        if (write_.stream) {
            stream_arrived_ = after;
        } else {
            count_lane(write_.slot, 0, static_cast<int>((after - write_place_ / 16) % block_modulus));
        }
        if (write_last_ && --bursts_[write_.slot] == 0) pending_ &= ~bit(write_.slot);
    }
    if (inputs.stream_skip && !(write_.valid && write_.stream)) {
        // Negative: the stream has not come as far as the blocks that are given up.
        const unsigned distance = (stream_arrived_ - inputs.stream_consumed) % block_modulus;
        if (distance >= Configuration::stream_blocks) stream_arrived_ = inputs.stream_consumed;
    }
    if (inputs.lane_take) count_lane(inputs.lane_take_slot, -1, -1);
    write_.valid = false;
    if (inputs.beat_valid) take_beat(inputs);

    if (inputs.lane_clear) {
        const unsigned slot = inputs.lane_clear_slot;
        count_lane(slot, -static_cast<int>(lane_used_[slot]), -static_cast<int>(lane_available_[slot]));
    }
    if (inputs.start) {
        const CipherRequest& request = *inputs.start_request;
        const SlotMask slot = bit(inputs.start_slot);
        const unsigned tag = request.decrypt ? request.tag_length : 0;
        fresh_ |= slot;
        active_ |= slot;
        lane_ = request.stream ? lane_ & ~slot : lane_ | slot;
        const bool empty = request.iv_length == 0 && request.aad_length == 0 && request.text_length == 0 && tag == 0;
        empty_ = empty ? empty_ | slot : empty_ & ~slot;
        ended_ &= ~slot;
        lengths_[inputs.start_slot] = {!request.stream,
                                       static_cast<std::uint8_t>(inputs.start_prefix),
                                       static_cast<std::uint8_t>(tag),
                                       request.iv_length,
                                       request.aad_length,
                                       request.text_length};
        if (request.stream) order_.push(static_cast<std::uint8_t>(inputs.start_slot));
    }
}

std::uint64_t SourceReader::steady_cycles(const SteadyInputs& inputs) const {
    std::uint64_t cycles = std::numeric_limits<std::uint64_t>::max();
    if (write_.valid) {
        if (!write_.stream) return 0;
        // What depends on this piece being written is seen in the next cycle.
        if (!inputs.beats || (write_last_ && has(inputs.abort, write_.slot))) cycles = 1;
    }
    if (inputs.beats) {
        if (inputs.first && inputs.lane != 0) return 0;
        const unsigned bytes = inputs.first ? unpack(inputs.tag).bytes : left_;
        cycles = std::min<std::uint64_t>(cycles, (bytes + data_bytes_ - 1) >> std::countr_zero(data_bytes_));
    }
    return cycles;
}

SourceReader::SteadyChoice SourceReader::steady_choice(const SteadyInputs& inputs) const {
    SteadyChoice choice;
    const auto ends = [&](unsigned slot) { return has(empty_ | inputs.abort, slot); };
    switch (state_) {
        case State::select: {
            Pick picked = pick(inputs.abort, inputs.segment_ready, inputs.stream_consumed);
            if (!picked.valid) {
                choice.begin = choice.cycles = std::numeric_limits<std::uint64_t>::max();
                if (!order_.valid() || !has(inputs.segment_ready, order_.data()) || !inputs.consuming) return choice;
                // Later the stream will be chosen, when room becomes free.
                choice.begin = (stream_requested_ - inputs.stream_consumed) % block_modulus - stream_most_used;
                picked = {true, true, order_.data()};
            }
            choice.cycles = choice.begin + 2;
            if (ends(picked.slot)) return choice;
            choice.cycles = choice.begin + 3;
            break;
        }
        case State::compute:
            choice.cycles = 1;
            if (ends(slot_)) return choice;
            choice.cycles = 2;
            break;
        case State::request:
            choice.cycles = 1;
            break;
    }
    choice.asks = true;
    return choice;
}

bool SourceReader::advance_choice(const SteadyInputs& inputs, const SteadyChoice& choice, std::uint64_t cycles,
                                  SegmentWalker& walker) {
    const std::uint64_t begin = choice.begin;
    if (begin >= cycles) return false;
    auto consumed = static_cast<unsigned>(inputs.stream_consumed + (inputs.consuming ? begin : 0)) % block_modulus;
    for (std::uint64_t cycle = begin; cycle < cycles; ++cycle) {
        const bool asked = state_ == State::request;
        choose({.abort = inputs.abort,
                .segment_ready = inputs.segment_ready,
                .segment = walker.query(slot_),
                .request_ready = true,
                .stream_consumed = consumed});
        if (asked) {
            walker.clock({.stop = inputs.abort,
                          .query_slot = slot_,
                          .take = true,
                          .take_bytes = segment_take_bytes(),
                          .take_more = segment_take_more()});
            return true;
        }
        if (inputs.consuming) ++consumed;
    }
    return false;
}

bool SourceReader::advance(const SteadyInputs& inputs, std::span<const std::uint8_t> data, SourceBuffer& buffer) {
    if (write_.valid) {
        buffer.write(true, 0, write_.position, write_data_.data() + write_.lane, write_.bytes);
        stream_arrived_ = ((write_place_ + write_.bytes + (write_ends_ ? 15 : 0)) / 16) % block_modulus;
        if (write_last_ && --bursts_[write_.slot] == 0) pending_ &= ~bit(write_.slot);
        write_.valid = false;
    }
    if (data.empty()) return false;
    const BurstTag tag = unpack(inputs.tag);
    if (inputs.first) {
        place_ = tag.position;
        left_ = tag.bytes;
    }
    // All beats but the last one, which is a piece that is written in the next cycle.
    const auto whole = static_cast<unsigned>(data.size()) - data_bytes_;
    if (whole != 0) {
        buffer.write(true, 0, place_, data.data(), whole);
        place_ = (place_ + whole) % place_modulus;
        left_ -= whole;
        stream_arrived_ = place_ / 16;
    }
    const unsigned count = std::min(data_bytes_, left_);
    const bool last = left_ == count;
    std::copy_n(data.end() - data_bytes_, data_bytes_, write_data_.begin());
    write_.valid = true;
    write_.stream = true;
    write_.slot = tag.slot;
    write_.lane = 0;
    write_.bytes = static_cast<std::uint8_t>(count);
    write_.position = static_cast<std::uint16_t>(place_ % (16 * Configuration::stream_blocks));
    write_.data = &write_data_;
    write_place_ = place_;
    write_ends_ = last && tag.phase_ends;
    write_last_ = last;
    place_ = (place_ + count) % place_modulus;
    left_ -= count;
    return last;
}

void SourceReader::visit(Motion& motion, Progress& progress) {
    motion.constant(progress.phase);
    motion.bytes(progress.position, place_modulus);
    motion.bytes_left(progress.left);
}

void SourceReader::visit(Motion& motion, BurstTag& burst) {
    motion.constant(burst.stream);
    motion.constant(burst.slot);
    motion.constant(burst.phase_ends);
    motion.bytes(burst.position, place_modulus);
    motion.constant(burst.bytes);
}

void SourceReader::visit_tag(Motion& motion, ReadTag& tag) {
    BurstTag burst = unpack(tag);
    visit(motion, burst);
    tag = pack(burst);
}

void SourceReader::visit(Motion& motion) {
    motion.constant(state_);
    motion.constant(slot_);
    motion.constant(stream_turn_);
    motion.constant(static_cast<std::uint64_t>(balance_));
    motion.constant(fresh_);
    motion.constant(active_);
    motion.constant(ended_);
    motion.constant(pending_);
    motion.constant(bursts_[slot_]);
    motion.blocks(stream_requested_, block_modulus);
    motion.blocks(stream_arrived_, block_modulus);
    visit(motion, progress_[slot_]);
    visit(motion, next_.behind);
    visit(motion, next_.burst);
    motion.constant(next_.source_ends);
    motion.blocks(next_.requested, block_modulus);
    motion.constant(next_.lane_blocks);
    motion.bytes(next_.segment.address);
    motion.bytes(place_, place_modulus);
    motion.constant(left_);
    motion.constant(write_.valid);
    motion.constant(write_.stream);
    motion.constant(write_.slot);
    motion.constant(write_.lane);
    motion.constant(write_.bytes);
    motion.bytes(write_.position, 16 * Configuration::stream_blocks);
    motion.constant(write_ends_);
    motion.constant(write_last_);
    motion.bytes(write_place_, place_modulus);
}

void SourceReader::repeat(std::span<const std::uint8_t> text, std::size_t held, SourceBuffer& buffer) {
    const auto first = static_cast<unsigned>(place_ + text.size() - held);
    buffer.write(true, 0, first, text.last(held).data(), held);
    if (write_.valid) std::ranges::copy(text.last(write_.bytes), write_data_.begin() + write_.lane);
}

}  // namespace cce::model
