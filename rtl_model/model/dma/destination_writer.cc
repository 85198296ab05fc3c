// SPDX-License-Identifier: Apache-2.0

#include "dma/destination_writer.h"

#include <algorithm>
#include <limits>

#include "cce_contract.hpp"

namespace cce::model {

void DestinationWriter::reset() {
    fresh_ = active_ = lane_ = empty_ = wipe_ = wiping_ = wiped_ = wipe_failed_ = finishing_ = 0;
    bursts_of_.fill(0);
    bursts_mask_ = 0;
    lane_filled_.fill(0);
    lane_ready_.fill(0);
    lane_room_ = ~SlotMask{0};
    lane_ready_mask_ = 0;
    stream_place_ = 0;
    stream_freed_ = 0;
    state_ = State::select;
    slot_ = 0;
    stream_turn_ = false;
    yield_ = false;
    tail_ = false;
    tail_slot_ = 0;
    balance_ = 0;
    order_.clear();
    lanes_.reset();
    finishes_.reset();
    finished_ = false;
    asked_ = unanswered_ = false;
    bursts_.clear();
    first_ = true;
    fetched_ = false;
    beats_.clear();
}

DmaRequest DestinationWriter::request_of(const Next& next) {
    DmaRequest request;
    request.unrestricted = next.segment.unrestricted;
    request.queue_index = next.segment.queue_index;
    request.region = next.segment.region;
    request.address = next.segment.address;
    request.bytes = next.burst.bytes;
    return request;
}

SlotMask DestinationWriter::lane_requests(SlotMask abort, SlotMask discard, SlotMask cipher_done,
                                          SlotMask segment_ready) const {
    const SlotMask wiping = segment_ready | wipe_failed_ | discard;
    const SlotMask aborted = cipher_done & ~bursts_mask_;
    const SlotMask running = segment_ready & (lane_ready_mask_ | cipher_done);
    const SlotMask not_wiping = empty_ | (abort & aborted) | (~abort & running);
    return active_ & (lane_ | wiping_) & ((wiping_ & wiping) | (~wiping_ & not_wiping));
}

/// The next burst of a slot, from its progress and its segment.
DestinationWriter::Next DestinationWriter::compute(unsigned slot, bool stream, const Segment& segment) const {
    const Lengths& lengths = lengths_[slot];
    const bool fresh = has(fresh_, slot);
    const bool wiping = has(wiping_, slot);
    const bool in_tag = fresh ? lengths.text == 0 : progress_[slot].in_tag;
    const std::uint32_t left = !fresh ? progress_[slot].left : (lengths.text != 0 ? lengths.text : lengths.tag);
    unsigned place = fresh ? 0 : progress_[slot].place;
    if (stream) place = stream_place_;

    // Zeros go out in long bursts: they need no buffer.
    const unsigned longest =
        lengths.lane && !wiping ? Configuration::lane_burst_bytes : Configuration::stream_burst_bytes;
    const unsigned to_boundary = longest - (static_cast<unsigned>(segment.address) & (longest - 1));
    const unsigned bytes = std::min({to_boundary, segment.left, left});
    const bool phase_ends = left == bytes;
    const unsigned after = (place + bytes) % place_modulus;
    const unsigned after_block = (after + (phase_ends ? 15 : 0)) / 16 % block_modulus;

    Next next;
    next.behind.in_tag = phase_ends || in_tag;
    next.behind.left = phase_ends ? lengths.tag : left - bytes;
    next.behind.place = static_cast<std::uint16_t>(phase_ends ? 16 * after_block : after);
    next.burst.stream = stream;
    next.burst.zero = wiping;
    next.burst.phase_ends = phase_ends;
    next.burst.slot = static_cast<std::uint8_t>(slot);
    next.burst.lane = static_cast<std::uint8_t>(segment.address & (data_bytes_ - 1));
    next.burst.place = static_cast<std::uint16_t>(place);
    next.burst.bytes = static_cast<std::uint16_t>(bytes);
    // Zeros overwrite the text alone; the tag of a decryption is not in the destination.
    next.request_ends = phase_ends && (in_tag || lengths.tag == 0 || wiping);
    next.blocks_needed = ((after + 15) / 16 - place / 16) % block_modulus;
    next.lane_blocks = wiping ? 0 : (after_block - place / 16) % (2 * Configuration::lane_blocks);
    next.segment = segment;
    return next;
}

void DestinationWriter::count_lane(unsigned slot, int filled, int ready) {
    constexpr unsigned modulus = 2 * Configuration::lane_blocks;
    lane_filled_[slot] = static_cast<std::uint8_t>((lane_filled_[slot] + static_cast<unsigned>(filled)) % modulus);
    lane_ready_[slot] = static_cast<std::uint8_t>((lane_ready_[slot] + static_cast<unsigned>(ready)) % modulus);
    const bool room = lane_filled_[slot] < Configuration::lane_blocks - 1;
    lane_room_ = room ? lane_room_ | bit(slot) : lane_room_ & ~bit(slot);
    const bool whole = lane_ready_[slot] >= lane_ready_needed;
    lane_ready_mask_ = whole ? lane_ready_mask_ | bit(slot) : lane_ready_mask_ & ~bit(slot);
}

DestinationWriter::Feed DestinationWriter::feed(SlotMask abort, unsigned stream_produced) const {
    if (!bursts_.valid() || beats_.count() + (fetched_ ? 1U : 0U) >= beat_depth) return {};
    const Burst& burst = bursts_.data();
    Feed beat;
    beat.place = first_ ? burst.place : beat_place_;
    beat.left = first_ ? burst.bytes : beat_left_;
    beat.lane = first_ ? burst.lane : 0;
    beat.count = std::min(data_bytes_ - beat.lane, beat.left);
    beat.last = beat.left == beat.count;
    beat.silent = has(abort, burst.slot) && !burst.zero;
    beat.valid = burst.zero || beat.silent || !burst.stream;
    if (!beat.valid) {
        // Blocks in the buffer behind the last one of this beat; a negative number if it is not there.
        const unsigned last_block = (beat.place + beat.count - 1) % place_modulus / 16;
        beat.valid = (stream_produced - last_block - 1) % block_modulus < Configuration::stream_blocks;
    }
    return beat;
}

DestinationWriter::Read DestinationWriter::read(SlotMask abort, unsigned stream_produced) {
    feed_ = feed(abort, stream_produced);
    if (!feed_.valid) return {};
    const Burst& burst = bursts_.data();
    return {true, burst.stream, burst.slot, feed_.place % (16 * Configuration::stream_blocks), feed_.lane};
}

/// The slot that is chosen, if any asks for it.
DestinationWriter::Pick DestinationWriter::pick(SlotMask abort, SlotMask discard, SlotMask cipher_done,
                                                SlotMask segment_ready, unsigned stream_produced) const {
    bool stream_candidate = false;
    bool stream_waiting = false;
    if (order_.valid() && !tail_) {
        const unsigned first = order_.data();
        if (has(empty_, first)) {
            stream_candidate = true;
        } else if (has(abort, first)) {
            stream_candidate = has(cipher_done, first) && feeder_idle();
        } else {
            stream_waiting = has(segment_ready, first);
            stream_candidate = stream_waiting && stream_ready(stream_produced) != 0 && !stream_far(stream_produced);
        }
    }
    const SlotMask requests = lane_requests(abort, discard, cipher_done, segment_ready);
    // With nothing else to do the stream's next burst is prepared before its data are there.
    const bool choose_stream =
        requests != 0 ? stream_candidate && balance_ <= 0 && !yield_ : stream_candidate || stream_waiting;
    if (choose_stream) return {true, true, order_.data()};
    if (requests != 0) return {true, false, lanes_.index(requests)};
    return {};
}

/// The slot ends instead of giving another burst.
bool DestinationWriter::ends_without_burst(unsigned slot, bool stream, SlotMask abort, SlotMask discard,
                                           SlotMask cipher_done) const {
    if (has(wiping_, slot)) return has(wipe_failed_ | discard, slot);
    // Nothing more of an aborted request will come, and nothing of it, or before it, is still to leave the buffer.
    const bool drained = has(cipher_done, slot) && (stream ? feeder_idle() : !has(bursts_mask_, slot));
    return has(empty_, slot) || (has(abort, slot) && drained);
}

/// The choice of a slot and of its burst, up to the request.
DestinationWriter::Choice DestinationWriter::choose(const ChoiceInputs& inputs) {
    bool ends = false;
    Choice choice;
    switch (state_) {
        case State::select: {
            const Pick picked =
                pick(inputs.abort, inputs.discard, inputs.cipher_done, inputs.segment_ready, inputs.stream_produced);
            if (!picked.valid) break;
            slot_ = picked.slot;
            stream_turn_ = picked.stream;
            if (!picked.stream) lanes_.take(slot_);
            yield_ = false;
            state_ = State::compute;
            break;
        }
        case State::compute:
            choice.ending = ends_without_burst(slot_, stream_turn_, inputs.abort, inputs.discard, inputs.cipher_done) ||
                            (inputs.refused && has(wiping_, slot_));
            next_ = compute(slot_, stream_turn_, inputs.segment);
            ends = choice.ending;
            state_ = choice.ending || inputs.refused || give_up(inputs.abort) ? State::select : State::request;
            break;
        case State::request: {
            const bool valid = request_valid(inputs.abort, inputs.stream_produced);
            const bool waits =
                waiting(next_, inputs.stream_produced) &&
                lane_requests(inputs.abort, inputs.discard, inputs.cipher_done, inputs.segment_ready) != 0;
            if (waits) yield_ = true;
            if (give_up(inputs.abort) || (valid && inputs.request_ready) || waits) state_ = State::select;
            if (!valid || !inputs.request_ready) break;
            choice.granted = true;
            ends = next_.request_ends;
            fresh_ &= ~bit(slot_);
            progress_[slot_] = next_.behind;
            if (stream_turn_) {
                stream_place_ = next_.behind.place;
                if (balance_ < balance_limit) balance_ += next_.burst.bytes;
            } else if (balance_ > -balance_limit) {
                balance_ -= next_.burst.bytes;
            }
            break;
        }
    }
    if (ends) {
        active_ &= ~bit(slot_);
        finishing_ |= bit(slot_);
        if (stream_turn_) order_.pop();
    }
    return choice;
}

/// The burst asked for is taken by the write port.
void DestinationWriter::grant() {
    if (next_.request_ends && stream_turn_) {
        tail_ = true;
        tail_slot_ = slot_;
    }
    if (!stream_turn_) count_lane(slot_, 0, -static_cast<int>(next_.lane_blocks));
    asked_ = true;
    asked_burst_ = next_.burst;
    ++bursts_of_[slot_];
    bursts_mask_ |= bit(slot_);
}

/// A piece is being read from the buffer.
void DestinationWriter::feed_beat(const Feed& beat, bool frees) {
    const Burst& burst = bursts_.data();
    const unsigned after = (beat.place + beat.count) % place_modulus;
    const unsigned freed = (after + (beat.last && burst.phase_ends ? 15 : 0)) / 16 % block_modulus;
    if (!burst.zero) {
        if (!burst.stream) {
            count_lane(burst.slot, -static_cast<int>((freed - beat.place / 16) % block_modulus), 0);
        } else if (frees) {
            stream_freed_ = freed;
        }
    }
    const std::uint32_t ones = beat.count == 32 ? ~std::uint32_t{0} : bit(beat.count) - 1;
    strobe_ = beat.silent ? 0 : ones << beat.lane;
    zero_data_ = burst.zero || beat.silent;
    beat_place_ = after;
    beat_left_ = beat.left - beat.count;
    first_ = beat.last;
    if (beat.last) bursts_.pop();
}

void DestinationWriter::start(const Inputs& inputs) {
    const CipherRequest& request = *inputs.start_request;
    const SlotMask slot = bit(inputs.start_slot);
    const std::uint32_t text = request.output_length;
    const std::uint8_t tag = request.decrypt ? 0 : request.tag_length;
    fresh_ |= slot;
    active_ |= slot;
    lane_ = request.stream ? lane_ & ~slot : lane_ | slot;
    empty_ = text == 0 && tag == 0 ? empty_ | slot : empty_ & ~slot;
    wipe_ = request.decrypt && text != 0 && request.authenticated ? wipe_ | slot : wipe_ & ~slot;
    wiping_ &= ~slot;
    wiped_ &= ~slot;
    wipe_failed_ &= ~slot;
    lengths_[inputs.start_slot] = {!request.stream, tag, text};
    // Blocks of a last burst that was refused are still counted when their request is over.
    const unsigned s = inputs.start_slot;
    count_lane(s, -static_cast<int>(lane_filled_[s]), -static_cast<int>(lane_ready_[s]));
    if (request.stream) order_.push(static_cast<std::uint8_t>(inputs.start_slot));
}

void DestinationWriter::clock(const Inputs& inputs) {
    if ((active_ | finishing_) == 0 && !tail_ && !inputs.start && !inputs.lane_write && !fetched_ && !bursts_.valid() &&
        !beats_.valid() && !inputs.done && !inputs.denied && !asked_ && !unanswered_ && !finished_ &&
        state_ == State::select) {
        return;
    }
    // What the outputs said in this cycle, from the registers before the edge.
    const Feed beat = feed_;
    const Finish finished = finish(inputs.abort, inputs.discard);
    const SlotMask finishing = finish_requests(inputs.cipher_done, inputs.segment_busy);
    const SlotMask wiping = wiping_;

    // The beats' FIFO; what is pushed was read in the cycle before.
    if (beats_.valid() && inputs.beat_ready) beats_.pop();
    if (fetched_) {
        beats_.push({zero_data_ ? Beat{} : inputs.read_data, strobe_});
    }
    fetched_ = beat.valid;

    // Of an aborted request all beats must have left first: only then is it known what they have not freed.
    const bool tail_aborted = has(inputs.abort, tail_slot_);
    const bool tail_end = tail_ && has(inputs.cipher_done, tail_slot_) && !asked_ && !unanswered_ &&
                          (!tail_aborted || bursts_of_[tail_slot_] == 0);
    // A silent beat may stand for a block that never came, unless its request had given all before it was aborted.
    const bool frees = !beat.silent || (beat.valid && has(finishing_, bursts_.data().slot) &&
                                        !(tail_ && tail_slot_ == bursts_.data().slot));
    const Choice choice = choose({.abort = inputs.abort,
                                  .discard = inputs.discard,
                                  .cipher_done = inputs.cipher_done,
                                  .segment_ready = inputs.segment_ready,
                                  .segment = inputs.segment,
                                  .request_ready = inputs.request_ready,
                                  .refused = inputs.denied && inputs.denied_slot == slot_,
                                  .stream_produced = inputs.stream_produced});
    if (tail_end) {
        // The next request's place in the buffer is known when the request in front of it has given all of its own,
        // which is less than announced if it is aborted.
        tail_ = false;
        stream_place_ = 16 * inputs.tail_end_block;
        if (tail_aborted) stream_freed_ = inputs.tail_end_block;
    }
    if (beat.valid) feed_beat(beat, frees);
    if (inputs.lane_write) count_lane(inputs.lane_write_slot, 1, 1);
    // A burst is given to the feeder when it is known that it is not refused.
    if (inputs.granted) bursts_.push(asked_burst_);
    unanswered_ = asked_;
    asked_ = false;
    if (choice.granted) grant();
    if (choice.ending && stream_turn_ && !has(empty_, slot_)) {
        stream_place_ = 16 * inputs.end_block;
        stream_freed_ = inputs.end_block;  // what an aborted request left in the buffer
    } else if (choice.ending && !stream_turn_ && !has(wiping, slot_)) {
        count_lane(slot_, -static_cast<int>(lane_filled_[slot_]), -static_cast<int>(lane_ready_[slot_]));
    }

    if (inputs.done && --bursts_of_[inputs.done_slot] == 0) bursts_mask_ &= ~bit(inputs.done_slot);
    if (inputs.denied) {
        if (--bursts_of_[inputs.denied_slot] == 0) bursts_mask_ &= ~bit(inputs.denied_slot);
        if (has(wiping, inputs.denied_slot)) wipe_failed_ |= bit(inputs.denied_slot);
    }
    if (inputs.segment_error && has(wiping, inputs.segment_error_slot)) wipe_failed_ |= bit(inputs.segment_error_slot);
    if (finished.valid) {
        const SlotMask slot = bit(finished.slot);
        wiping_ &= ~slot;
        if (finished.wipe) {
            wiping_ |= slot;
            wiped_ |= slot;
            active_ |= slot;
            fresh_ |= slot;
        }
    }
    finished_ = finishing != 0;
    if (finished_) {
        finished_slot_ = finishes_.index(finishing);
        finishes_.take(finished_slot_);
        finishing_ &= ~bit(finished_slot_);
    }
    if (inputs.start) start(inputs);
}

DestinationWriter::SteadyChoice DestinationWriter::steady_choice(const SteadyInputs& inputs,
                                                                 const SegmentWalker& walker) const {
    SteadyChoice choice;
    if (tail_ && has(inputs.cipher_done, tail_slot_)) return choice;
    Next next = next_;
    std::uint64_t cycle = 0;  // in which the burst is asked for, if it is not already
    switch (state_) {
        case State::select: {
            const Pick picked =
                pick(inputs.abort, inputs.discard, inputs.cipher_done, inputs.segment_ready, inputs.stream_produced);
            if (!picked.valid) {
                // An aborted request of the stream is chosen when the feeder is done.
                const bool aborted = order_.valid() && !tail_ && has(inputs.abort, order_.data());
                choice.cycles = aborted ? 0 : std::numeric_limits<std::uint64_t>::max();
                return choice;
            }
            choice.cycles = 1;
            if (has(inputs.abort | empty_ | wiping_, picked.slot)) return choice;
            next = compute(picked.slot, picked.stream, walker.query(picked.slot));
            cycle = 2;
            break;
        }
        case State::compute:
            if (has(inputs.abort | empty_ | wiping_, slot_)) return choice;
            next = compute(slot_, stream_turn_, walker.query(slot_));
            cycle = 1;
            break;
        case State::request:
            if (give_up(inputs.abort)) return choice;
            break;
    }
    unsigned produced = inputs.stream_produced;
    if (cycle != 0 && inputs.producing_first) ++produced;
    if (cycle == 2 && inputs.producing) ++produced;
    choice.cycles = cycle;
    if (waiting(next, produced)) {
        if (state_ != State::request) return choice;
        if (lane_requests(inputs.abort, inputs.discard, inputs.cipher_done, inputs.segment_ready) != 0) return choice;
        choice.cycles = std::numeric_limits<std::uint64_t>::max();
        if (inputs.producing_first || inputs.producing) {
            const unsigned enough = stream_far(produced) ? nearest_advance : std::min(next.blocks_needed, start_blocks);
            choice.cycles = enough - stream_ready(produced);
        }
        return choice;
    }
    if (bursts_.count() == burst_depth) {
        if (state_ != State::request) return choice;
        // Until one leaves; but when production comes to where the burst begins, it waits for its first blocks again.
        choice.cycles = std::numeric_limits<std::uint64_t>::max();
        const unsigned ready = stream_ready(produced);
        if (next.burst.stream && ready >= Configuration::stream_blocks) choice.cycles = block_modulus - ready;
        return choice;
    }
    choice.cycles = cycle + 1;
    choice.asks = true;
    return choice;
}

bool DestinationWriter::advance_choice(const SteadyInputs& inputs, std::uint64_t cycles, SegmentWalker& walker) {
    unsigned produced = inputs.stream_produced;
    for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
        if (state_ == State::select &&
            !pick(inputs.abort, inputs.discard, inputs.cipher_done, inputs.segment_ready, produced).valid) {
            return false;
        }
        if (state_ == State::request && !request_valid(inputs.abort, produced)) return false;
        const Choice choice = choose({.abort = inputs.abort,
                                      .discard = inputs.discard,
                                      .cipher_done = inputs.cipher_done,
                                      .segment_ready = inputs.segment_ready,
                                      .segment = walker.query(slot_),
                                      .request_ready = true,
                                      .stream_produced = produced});
        if (choice.granted) {
            walker.clock({.stop = segment_stop(inputs.abort, 0),
                          .query_slot = slot_,
                          .take = true,
                          .take_bytes = segment_take_bytes(),
                          .take_more = segment_take_more()});
            return true;
        }
        if (cycle == 0 ? inputs.producing_first : inputs.producing) ++produced;
    }
    return false;
}

/// What waits to be given are whole beats of the stream's text.
bool DestinationWriter::beats_steady() const {
    for (unsigned i = 0; i < beats_.count(); ++i) {
        if (beats_.at(i).strobe != full_strobe()) return false;
    }
    return !fetched_ || (!zero_data_ && strobe_ == full_strobe());
}

DestinationWriter::Steady DestinationWriter::steady(const SteadyInputs& inputs, std::uint64_t most) const {
    if (finished_ || finish_requests(inputs.cipher_done, inputs.segment_busy) != 0) return {};
    // A burst enters the feeder's queue in the first cycle.
    if (asked_) most = std::min<std::uint64_t>(most, 1);
    if (most == 0 || !beats_steady()) return {};
    if (!fetched_ && !bursts_.valid() && !(beats_.valid() && inputs.beat_wanted && inputs.beat_ready)) {
        Steady nothing;
        nothing.cycles = most;
        return nothing;
    }
    return feed_steadily(inputs, std::min(most, most_steady_cycles), nullptr);
}

void DestinationWriter::advance(const SteadyInputs& inputs, const Steady& steady, DestinationBuffer& buffer,
                                std::span<std::uint8_t> out) {
    if (inputs.done && --bursts_of_[inputs.done_slot] == 0) bursts_mask_ &= ~bit(inputs.done_slot);
    if (asked_) bursts_.push(asked_burst_);
    unanswered_ = asked_;
    asked_ = false;
    if (steady.granted) grant();
    if (steady.beats == 0 && steady.feeds == 0 && !steady.fetched_before) return;
    // The beats in their order: those in the FIFO, the piece that was read, the pieces read meanwhile. As many as were
    // given leave, one more may stay in the buffer's output, the others fill the FIFO.
    const unsigned old_beats = beats_.count() + (steady.fetched_before ? 1U : 0U);
    const unsigned total = old_beats + steady.feeds;
    const std::size_t bytes = data_bytes_;
    StreamFifo<OutBeat, beat_depth> waiting;
    unsigned beat = 0;
    for (; beat < old_beats; ++beat) {
        const Beat& data = beat < beats_.count() ? beats_.at(beat).data : buffer.read_data();
        if (beat < steady.beats) {
            std::copy_n(data.begin(), bytes, out.begin() + static_cast<std::ptrdiff_t>(beat * bytes));
        } else {
            waiting.push({data, full_strobe()});
        }
    }
    unsigned place = feed_place();
    if (steady.beats > beat) {
        const unsigned count = steady.beats - beat;
        buffer.copy_stream(place, out.subspan(beat * bytes, count * bytes));
        place = (place + count * data_bytes_) % place_modulus;
        beat = steady.beats;
    }
    for (; beat < total; ++beat) {
        OutBeat next{{}, full_strobe()};
        buffer.copy_stream(place, std::span(next.data).first(bytes));
        place = (place + data_bytes_) % place_modulus;
        if (beat + 1 == total && steady.fetched) {
            buffer.set_read_data(next.data);
        } else {
            waiting.push(next);
        }
    }
    beats_ = waiting;
    fetched_ = steady.fetched;
    if (steady.feeds != 0) {
        for (unsigned i = 0; i < steady.bursts; ++i) bursts_.pop();
        first_ = steady.first;
        beat_place_ = steady.place;
        beat_left_ = steady.left;
        strobe_ = full_strobe();
        zero_data_ = false;
        stream_freed_ = steady.freed;
    }
}

void DestinationWriter::visit(Motion& motion, Burst& burst) {
    motion.constant(burst.stream);
    motion.constant(burst.zero);
    motion.constant(burst.phase_ends);
    motion.constant(burst.slot);
    motion.constant(burst.lane);
    motion.bytes(burst.place, place_modulus);
    motion.constant(burst.bytes);
}

void DestinationWriter::visit(Motion& motion) {
    motion.expect(beats_steady());
    motion.constant(state_);
    motion.constant(slot_);
    motion.constant(stream_turn_);
    motion.constant(yield_);
    motion.constant(tail_);
    motion.constant(static_cast<std::uint64_t>(balance_));
    motion.constant(fresh_);
    motion.constant(active_);
    motion.constant(finishing_);
    motion.constant(bursts_mask_);
    motion.constant(bursts_of_[slot_]);
    motion.bytes(stream_place_, place_modulus);
    motion.blocks(stream_freed_, block_modulus);
    motion.constant(progress_[slot_].in_tag);
    motion.bytes(progress_[slot_].place, place_modulus);
    motion.bytes_left(progress_[slot_].left);
    motion.constant(next_.behind.in_tag);
    motion.bytes(next_.behind.place, place_modulus);
    motion.bytes_left(next_.behind.left);
    visit(motion, next_.burst);
    motion.constant(next_.request_ends);
    motion.constant(next_.blocks_needed);
    motion.constant(next_.lane_blocks);
    motion.bytes(next_.segment.address);
    motion.constant(finished_);
    motion.constant(unanswered_);
    motion.constant(asked_);
    if (asked_) {
        motion.expect(asked_burst_.stream && !asked_burst_.zero && asked_burst_.lane == 0);
        visit(motion, asked_burst_);
    }
    motion.constant(bursts_.count());
    for (unsigned i = 0; i < bursts_.count(); ++i) {
        motion.expect(bursts_.at(i).stream && !bursts_.at(i).zero && bursts_.at(i).lane == 0);
        visit(motion, bursts_.at(i));
    }
    motion.constant(first_);
    motion.bytes(beat_place_, place_modulus);
    motion.constant(beat_left_);
    motion.constant(fetched_);
    motion.constant(zero_data_);
    motion.constant(strobe_);
    motion.constant(beats_.count());
}

void DestinationWriter::give_held(const DestinationBuffer& buffer, std::span<std::uint8_t> out) const {
    const auto give = [&](const Beat& beat) {
        std::copy_n(beat.begin(), data_bytes_, out.begin());
        out = out.subspan(data_bytes_);
    };
    for (unsigned i = 0; i < beats_.count(); ++i) give(beats_.at(i).data);
    if (fetched_) give(buffer.read_data());
    buffer.copy_stream(feed_place(), out);
}

void DestinationWriter::fetch_again(DestinationBuffer& buffer, std::uint64_t periods) {
    unsigned place = static_cast<unsigned>(given_place() + periods * Motion::period_bytes) % place_modulus;
    Beat beat{};
    const auto fetch = [&] {
        buffer.copy_stream(place, std::span(beat).first(data_bytes_));
        place += data_bytes_;
    };
    for (unsigned i = 0; i < beats_.count(); ++i) {
        fetch();
        beats_.at(i).data = beat;
    }
    if (!fetched_) return;
    fetch();
    buffer.set_read_data(beat);
}

}  // namespace cce::model
