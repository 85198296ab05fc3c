// SPDX-License-Identifier: Apache-2.0
//
// Writes the results of all requests in flight from the destination buffer to memory.

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "common/motion.h"
#include "common/round_robin_arbiter.h"
#include "common/stream_fifo.h"
#include "configuration.h"
#include "dma/destination_buffer.h"
#include "dma/segment_walker.h"
#include "types.h"

namespace cce::model {

/// Model of destination_writer.sv. A burst takes three cycles of choice: a slot (select), the burst (compute), the
/// write port (request); then it waits in a FIFO for the feeder, which reads a piece of the buffer a cycle.
class DestinationWriter {
public:
    struct Inputs {
        bool start = false;
        unsigned start_slot = 0;
        const CipherRequest* start_request{};  ///< with start
        SlotMask abort = 0;
        SlotMask discard = 0;      ///< nothing more may be written, zeros neither
        SlotMask cipher_done = 0;  ///< all that will come is in the buffer
        SlotMask segment_ready = 0;
        SlotMask segment_busy = 0;
        const Segment& segment;  ///< of segment_slot
        bool segment_error = false;
        unsigned segment_error_slot = 0;
        bool request_ready = false;
        bool granted = false;  ///< the request taken in the cycle before
        bool denied = false;   ///< the one taken two cycles before
        unsigned denied_slot = 0;
        bool beat_ready = false;
        bool done = false;
        unsigned done_slot = 0;
        const Beat& read_data;         ///< destination buffer
        unsigned stream_produced = 0;  ///< blocks of the stream in the buffer
        unsigned tail_end_block = 0;   ///< where the ended stream request of tail_slot ends
        unsigned end_block = 0;        ///< where the ended stream request of segment_slot ends
        bool lane_write = false;       ///< a block of a lane enters the buffer
        unsigned lane_write_slot = 0;
    };

    /// A piece to be read from the destination buffer.
    struct Read {
        bool valid = false;
        bool stream = false;
        unsigned slot = 0;
        unsigned position = 0;
        unsigned lane = 0;
    };

    explicit DestinationWriter(unsigned data_bytes) : data_bytes_(data_bytes) {}

    void reset();
    void clock(const Inputs& inputs);

    /// Wiping that ends early stops the list at once.
    [[nodiscard]] SlotMask segment_stop(SlotMask abort, SlotMask discard) const {
        return abort & ~(wiping_ & ~wipe_failed_ & ~discard);
    }
    [[nodiscard]] unsigned segment_slot() const { return slot_; }
    [[nodiscard]] unsigned tail_slot() const { return tail_slot_; }
    [[nodiscard]] unsigned segment_take_bytes() const { return next_.burst.bytes; }
    [[nodiscard]] bool segment_take_more() const { return !next_.request_ends; }

    [[nodiscard]] bool request_valid(SlotMask abort, unsigned stream_produced) const {
        return state_ == State::request && !waiting(next_, stream_produced) && !give_up(abort) &&
               bursts_.count() != burst_depth;
    }
    [[nodiscard]] DmaRequest request() const { return request_of(next_); }
    [[nodiscard]] unsigned request_tag() const { return slot_; }

    [[nodiscard]] bool beat_valid() const { return beats_.valid(); }
    [[nodiscard]] const Beat& beat_data() const { return beats_.data().data; }
    [[nodiscard]] std::uint32_t beat_strobe() const { return beats_.data().strobe; }

    /// What the feeder reads in this cycle; before `clock`, which does it.
    [[nodiscard]] Read read(SlotMask abort, unsigned stream_produced);

    [[nodiscard]] unsigned stream_freed() const { return stream_freed_; }
    /// Lanes whose ring has room for two more blocks.
    [[nodiscard]] SlotMask lane_room() const { return lane_room_; }

    /// A slot whose writing is over.
    struct Finish {
        bool valid = false;
        bool wipe = false;  ///< its text is overwritten first; else the slot is released
        unsigned slot = 0;
    };
    [[nodiscard]] Finish finish(SlotMask abort, SlotMask discard) const {
        return {finished_, finished_ && has(wipe_ & abort & ~discard & ~wiped_, finished_slot_), finished_slot_};
    }

    /// What the other blocks do in each cycle of a bulk advance.
    struct SteadyInputs {
        SlotMask abort = 0;
        SlotMask discard = 0;
        SlotMask cipher_done = 0;
        SlotMask segment_ready = 0;
        SlotMask segment_busy = 0;
        unsigned stream_produced = 0;
        bool producing_first = false;  ///< a block of the stream is produced in the first cycle
        bool producing = false;        ///< and in all later ones
        bool beat_wanted = false;      ///< the write port's burst is this block's
        bool beat_ready = false;
        unsigned beats_left = 0;  ///< of that burst: not more can be given, nothing more is done when they are
        bool done = false;        ///< a response comes
        unsigned done_slot = 0;
    };
    /// A bulk advance: the feeder's and the beats' counts after it.
    struct Steady {
        std::uint64_t cycles = 0;
        unsigned beats = 0;   ///< given to the write port
        unsigned feeds = 0;   ///< pieces read from the buffer
        unsigned bursts = 0;  ///< whose last piece was among them
        bool first = true;
        unsigned place = 0;
        unsigned left = 0;
        unsigned freed = 0;
        bool fetched = false;
        bool fetched_before = false;
        bool granted = false;  ///< advance_choice was asked for a burst
    };
    /// The slot waits for one response.
    [[nodiscard]] bool last_response(unsigned slot) const { return bursts_of_[slot] == 1; }
    /// What the choice of bursts does in the next cycles.
    struct SteadyChoice {
        std::uint64_t cycles = 0;  ///< it can be foreseen for so many
        bool asks = false;         ///< in the last of them the write port is asked for a burst
    };
    [[nodiscard]] SteadyChoice steady_choice(const SteadyInputs& inputs, const SegmentWalker& walker) const;
    /// The choice in so many cycles, before `advance`. True if it was asked for a burst in the last of them, which the
    /// write port takes.
    bool advance_choice(const SteadyInputs& inputs, std::uint64_t cycles, SegmentWalker& walker);
    /// Cycles in which, but for the choice, nothing happens but that full beats of the stream leave the buffer; `most`
    /// at most. `shown` tells for each of these cycles whether a beat is shown, unless it is empty.
    [[nodiscard]] Steady steady(const SteadyInputs& inputs, std::uint64_t most) const;
    /// Calls `show` for each of these cycles with whether a beat is shown on the bus.
    template <class Show>
    void steady_beats(const SteadyInputs& inputs, std::uint64_t cycles, Show&& show) const {
        (void)feed_steadily(inputs, cycles, show);
    }
    /// `out`: where the beats given go, one behind the other.
    void advance(const SteadyInputs& inputs, const Steady& steady, DestinationBuffer& buffer,
                 std::span<std::uint8_t> out);

    /// What a bulk advance may change, but for the text.
    void visit(Motion& motion);
    /// Bytes of text no burst was asked for yet; 0 if `slot` is not the one that is asked for, or its text is over.
    [[nodiscard]] std::uint32_t text_left(unsigned slot) const {
        const bool in_text = slot == slot_ && stream_turn_ && !has(fresh_, slot) && !progress_[slot].in_tag;
        return in_text ? progress_[slot].left : 0;
    }
    /// Bytes asked for that have not been given.
    [[nodiscard]] unsigned on_the_way() const { return (stream_place_ - given_place()) % place_modulus; }
    /// Bytes that are there and have not been given.
    [[nodiscard]] unsigned held(unsigned stream_produced) const {
        return (16 * stream_produced - given_place()) % place_modulus;
    }
    /// Bulk advance by some periods: first those bytes are given, `out` takes them all. When there are new ones in the
    /// buffer, and before `visit` moves on, some of those are fetched instead.
    void give_held(const DestinationBuffer& buffer, std::span<std::uint8_t> out) const;
    void fetch_again(DestinationBuffer& buffer, std::uint64_t periods);

private:
    enum class State : std::uint8_t { select, compute, request };

    static constexpr unsigned block_modulus = 2 * Configuration::stream_blocks;
    static constexpr unsigned place_modulus = 16 * block_modulus;
    static constexpr unsigned start_blocks = 4;  ///< blocks of the stream that must be there before its burst begins
    static constexpr unsigned lane_ready_needed = Configuration::lane_burst_bytes / 16 + 1;
    static constexpr unsigned burst_depth = 16;
    static constexpr unsigned beat_depth = 4;
    static constexpr int balance_limit = 4096;
    static constexpr std::uint64_t most_steady_cycles = 1024;  ///< in which the feeder has something to do

    struct Lengths {
        bool lane = false;
        std::uint8_t tag = 0;
        std::uint32_t text = 0;
    };
    struct Progress {
        bool in_tag = false;
        std::uint16_t place = 0;
        std::uint32_t left = 0;
    };
    struct Burst {
        bool stream = false;
        bool zero = false;  ///< overwrites with zeros
        bool phase_ends = false;
        std::uint8_t slot = 0;
        std::uint8_t lane = 0;
        std::uint16_t place = 0;
        std::uint16_t bytes = 0;
    };
    struct OutBeat {
        Beat data{};
        std::uint32_t strobe = 0;
    };
    /// What the choice of a burst came to in a cycle.
    struct Choice {
        bool granted = false;
        bool ending = false;  ///< the slot ends without a burst
    };
    /// The feeder's next beat.
    struct Feed {
        bool valid = false;
        bool silent = false;  ///< of an aborted request: no strobes
        bool last = false;
        unsigned place = 0;
        unsigned left = 0;
        unsigned lane = 0;
        unsigned count = 0;
    };

    /// What decides how the feeder goes on, and what it has done.
    struct Repeated {
        unsigned waiting = 0;
        bool fetched = false;
        bool first = false;
        unsigned margin = 0;  ///< blocks of the stream in front of the next piece
        unsigned beats = 0;
        unsigned feeds = 0;
    };
    /// A burst to be asked for, and the place behind it.
    struct Next {
        Progress behind;
        Burst burst;
        bool request_ends = false;
        unsigned blocks_needed = 0;
        unsigned lane_blocks = 0;
        Segment segment;
    };
    /// A slot that is chosen.
    struct Pick {
        bool valid = false;
        bool stream = false;
        unsigned slot = 0;
    };
    /// What the choice looks at.
    struct ChoiceInputs {
        SlotMask abort = 0;
        SlotMask discard = 0;
        SlotMask cipher_done = 0;
        SlotMask segment_ready = 0;
        const Segment& segment;
        bool request_ready = false;
        bool refused = false;  ///< the slot's burst before was
        unsigned stream_produced = 0;
    };

    [[nodiscard]] unsigned stream_ready(unsigned stream_produced) const {
        return (stream_produced - stream_place_ / 16) % block_modulus;
    }
    /// stream_ready() from which bursts may be announced ahead of their data: a quarter of the buffer.
    static constexpr unsigned nearest_advance = block_modulus - Configuration::stream_blocks / 4;
    /// Bursts have been announced so far ahead of their data that no more may be.
    [[nodiscard]] bool stream_far(unsigned stream_produced) const {
        const unsigned ready = stream_ready(stream_produced);
        return ready >= Configuration::stream_blocks && ready < nearest_advance;
    }
    /// The stream's burst waits for its first blocks, and gives way to a lane meanwhile.
    [[nodiscard]] bool waiting(const Next& next, unsigned stream_produced) const {
        const unsigned ready = stream_ready(stream_produced);
        return next.burst.stream &&
               (stream_far(stream_produced) || (ready < next.blocks_needed && ready < start_blocks));
    }
    [[nodiscard]] static DmaRequest request_of(const Next& next);
    [[nodiscard]] Pick pick(SlotMask abort, SlotMask discard, SlotMask cipher_done, SlotMask segment_ready,
                            unsigned stream_produced) const;
    [[nodiscard]] bool ends_without_burst(unsigned slot, bool stream, SlotMask abort, SlotMask discard,
                                          SlotMask cipher_done) const;
    /// Slots whose writing is over, of which one is chosen.
    [[nodiscard]] SlotMask finish_requests(SlotMask cipher_done, SlotMask segment_busy) const {
        return finishing_ & ~bursts_mask_ & cipher_done & ~segment_busy;
    }
    /// Nothing is to be read from the buffer for the bus.
    [[nodiscard]] bool feeder_idle() const { return !bursts_.valid() && !asked_; }
    [[nodiscard]] Next compute(unsigned slot, bool stream, const Segment& segment) const;
    void grant();
    [[nodiscard]] bool give_up(SlotMask abort) const { return has(abort & ~wiping_, slot_); }
    [[nodiscard]] SlotMask lane_requests(SlotMask abort, SlotMask discard, SlotMask cipher_done,
                                         SlotMask segment_ready) const;
    [[nodiscard]] bool beats_steady() const;
    static void visit(Motion& motion, Burst& burst);
    /// Of the next piece that is read from the buffer.
    [[nodiscard]] unsigned feed_place() const { return first_ && bursts_.valid() ? bursts_.data().place : beat_place_; }
    /// Bytes in front of it that were read and not given.
    [[nodiscard]] unsigned fetched_bytes() const { return (beats_.count() + (fetched_ ? 1U : 0U)) * data_bytes_; }
    /// Of the next byte that is given.
    [[nodiscard]] unsigned given_place() const { return (feed_place() - fetched_bytes()) % place_modulus; }
    template <class Show>
    [[nodiscard]] Steady feed_steadily(const SteadyInputs& inputs, std::uint64_t most, Show&& show) const;
    [[nodiscard]] std::uint32_t full_strobe() const {
        return static_cast<std::uint32_t>((std::uint64_t{1} << data_bytes_) - 1);
    }
    [[nodiscard]] Feed feed(SlotMask abort, unsigned stream_produced) const;
    Choice choose(const ChoiceInputs& inputs);
    void feed_beat(const Feed& beat, bool frees);
    void count_lane(unsigned slot, int filled, int ready);
    void start(const Inputs& inputs);

    unsigned data_bytes_;
    std::array<Lengths, Configuration::slot_count> lengths_{};
    std::array<Progress, Configuration::slot_count> progress_{};
    SlotMask fresh_ = 0;   ///< nothing in progress_ yet
    SlotMask active_ = 0;  ///< bursts are still to be made
    SlotMask lane_ = 0;
    SlotMask empty_ = 0;  ///< nothing to write
    SlotMask wipe_ = 0;   ///< a failure must be followed by overwriting the text
    SlotMask wiping_ = 0;
    SlotMask wiped_ = 0;
    SlotMask wipe_failed_ = 0;
    SlotMask finishing_ = 0;  ///< waits for responses
    std::array<std::uint8_t, Configuration::slot_count> bursts_of_{};
    SlotMask bursts_mask_ = 0;  ///< slots with bursts that have no response yet
    std::array<std::uint8_t, Configuration::slot_count> lane_filled_{};  ///< blocks in the buffer
    std::array<std::uint8_t, Configuration::slot_count> lane_ready_{};   ///< of these not given to a burst
    SlotMask lane_room_ = ~SlotMask{0};
    SlotMask lane_ready_mask_ = 0;  ///< lanes with all blocks of a burst
    unsigned stream_place_ = 0;     ///< where the stream's next burst begins
    unsigned stream_freed_ = 0;

    State state_ = State::select;
    unsigned slot_ = 0;
    bool stream_turn_ = false;
    bool yield_ = false;      ///< the stream waited in vain: a lane first
    bool tail_ = false;       ///< the stream's last burst may end beyond what its request will give
    unsigned tail_slot_ = 0;  ///< that request
    int balance_ = 0;         ///< bytes that the stream is ahead of the lanes
    StreamFifo<std::uint8_t, Configuration::slot_count> order_;
    RoundRobinArbiter<Configuration::slot_count> lanes_;
    RoundRobinArbiter<Configuration::slot_count> finishes_;

    Next next_;

    bool finished_ = false;  ///< a slot was chosen in the cycle before
    unsigned finished_slot_ = 0;
    bool asked_ = false;       ///< a burst was taken in the cycle before
    bool unanswered_ = false;  ///< or in the one before that
    Burst asked_burst_;

    // From the buffer to beats
    StreamFifo<Burst, burst_depth> bursts_;
    bool first_ = true;
    unsigned beat_place_ = 0;
    unsigned beat_left_ = 0;
    bool fetched_ = false;
    bool zero_data_ = false;
    std::uint32_t strobe_ = 0;
    StreamFifo<OutBeat, beat_depth> beats_;
    Feed feed_;  ///< this cycle's
};

/// The feeder cycle by cycle, as counts alone: whether a piece can be fed depends on what has been produced and on the
/// room in the beats' FIFO. It ends before a piece that is not a whole beat.
template <class Show>
DestinationWriter::Steady DestinationWriter::feed_steadily(const SteadyInputs& inputs, std::uint64_t most,
                                                           Show&& show) const {
    constexpr bool counts_only = std::is_same_v<std::remove_cvref_t<Show>, std::nullptr_t>;
    const unsigned bytes = data_bytes_;
    // With fewer bursts the next one is asked for.
    const bool bursts_full = state_ == State::request && bursts_.count() == burst_depth;
    Steady result;
    result.fetched_before = fetched_;
    bool first = first_;
    unsigned place = beat_place_;
    unsigned left = beat_left_;
    unsigned waiting = beats_.count();
    bool fetched = fetched_;
    unsigned produced = inputs.stream_produced;
    unsigned beats_left = inputs.beats_left;
    std::uint64_t cycle = 0;
    Repeated before;
    while (cycle < most) {
        bool feed = false;
        if (result.bursts < bursts_.count() && waiting + (fetched ? 1U : 0U) < beat_depth) {
            const Burst& burst = bursts_.at(result.bursts);
            if (!burst.stream || burst.zero || has(inputs.abort, burst.slot)) break;
            const unsigned lane = first ? burst.lane : 0;
            if (first) {
                if (result.feeds != 0 && burst.place != place) break;  // not behind the piece before
                place = burst.place;
                left = burst.bytes;
            }
            const unsigned count = std::min(bytes - lane, left);
            const unsigned last_block = (place + count - 1) % place_modulus / sizeof(Block);
            feed = (produced - last_block - 1) % block_modulus < Configuration::stream_blocks;
            if (feed && count != bytes) break;
        }
        const bool given = waiting != 0 && inputs.beat_wanted && inputs.beat_ready;
        if (given && beats_left == 0) break;
        if constexpr (!counts_only) show(waiting != 0 && inputs.beat_wanted);
        if (given) {
            --beats_left;
            --waiting;
            ++result.beats;
        }
        if (fetched) ++waiting;
        fetched = feed;
        if (feed) {
            place = (place + bytes) % place_modulus;
            left -= bytes;
            ++result.feeds;
            const bool phase_ends = left == 0 && bursts_.at(result.bursts).phase_ends;
            result.freed = (place + (phase_ends ? 15 : 0)) / sizeof(Block) % block_modulus;
            first = left == 0;
            if (first) ++result.bursts;
        }
        if (cycle == 0 ? inputs.producing_first : inputs.producing) ++produced;
        ++cycle;
        if ((given && beats_left == 0) || (bursts_full && result.bursts != 0)) break;
        if constexpr (counts_only) {
            // What happens in two cycles happens again and again, as long as no burst begins or ends: on a bus of a
            // block a beat in each of them, on one of two a beat in one of them.
            if (cycle % 2 != 0) continue;
            const Repeated now{waiting, fetched, first, produced - place / 16, result.beats, result.feeds};
            const unsigned beats = now.beats - before.beats;
            const unsigned feeds = now.feeds - before.feeds;
            const bool same = cycle > 2 && now.waiting == before.waiting && now.fetched == before.fetched &&
                              now.first == before.first && (!now.first || feeds == 0) &&
                              (now.margin - before.margin) % block_modulus == 0;
            before = now;
            if (!same) continue;
            std::uint64_t times = (most - cycle) / 2;
            if (beats != 0) times = std::min<std::uint64_t>(times, (beats_left - 1) / beats);
            // The piece behind the last one of these is still a whole one: a shorter one needs less to be there.
            if (feeds != 0) times = std::min<std::uint64_t>(times, left < bytes ? 0 : (left - bytes) / bytes / feeds);
            const auto count = static_cast<unsigned>(times);
            cycle += 2 * times;
            beats_left -= beats * count;
            result.beats += beats * count;
            result.feeds += feeds * count;
            place = (place + feeds * bytes * count) % place_modulus;
            left -= feeds * bytes * count;
            if (inputs.producing) produced += 2 * count;
            if (feeds != 0) result.freed = place / sizeof(Block);
            before.margin = produced - place / 16;
            before.beats = result.beats;
            before.feeds = result.feeds;
        }
    }
    result.cycles = cycle;
    result.fetched = fetched;
    result.first = first;
    result.place = place;
    result.left = left;
    return result;
}

}  // namespace cce::model
