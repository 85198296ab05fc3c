// SPDX-License-Identifier: Apache-2.0
//
// Fetches the source text of all requests in flight into the source buffer.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "common/motion.h"
#include "common/round_robin_arbiter.h"
#include "common/stream_fifo.h"
#include "configuration.h"
#include "dma/segment_walker.h"
#include "dma/source_buffer.h"
#include "types.h"

namespace cce::model {

/// Model of source_reader.sv. A burst takes three cycles of choice: a slot (select), the burst (compute), the read port
/// (request). Blocks of the stream are counted modulo 2 * stream_blocks, bytes of its ring modulo 16 times that.
class SourceReader {
public:
    struct Inputs {
        bool start = false;
        unsigned start_slot = 0;
        const CipherRequest* start_request{};  ///< with start
        unsigned start_prefix = 0;
        SlotMask abort = 0;
        SlotMask segment_ready = 0;
        const Segment& segment;  ///< of segment_slot
        bool request_ready = false;
        bool denied = false;  ///< two cycles after it was taken
        unsigned denied_slot = 0;
        bool beat_valid = false;
        ReadTag beat_tag = 0;
        const Beat* beat_data{};  ///< with beat_valid
        unsigned beat_lane = 0;
        bool beat_first = false;
        bool beat_last = false;
        unsigned stream_consumed = 0;  ///< blocks whose room is free again
        bool stream_skip = false;      ///< the stream's blocks up to stream_consumed are given up
        bool lane_take = false;        ///< a block of the lane is taken
        unsigned lane_take_slot = 0;
        bool lane_clear = false;  ///< forgets the lane's blocks, none pending
        unsigned lane_clear_slot = 0;
    };

    explicit SourceReader(unsigned data_bytes) : data_bytes_(data_bytes) {}

    void reset();
    void clock(const Inputs& inputs);

    /// The slot whose segment is looked at.
    [[nodiscard]] unsigned segment_slot() const { return slot_; }
    [[nodiscard]] unsigned segment_take_bytes() const { return next_.burst.bytes; }
    [[nodiscard]] bool segment_take_more() const { return !next_.source_ends; }

    [[nodiscard]] bool request_valid() const { return state_ == State::request; }
    [[nodiscard]] DmaRequest request() const { return request_of(next_); }
    [[nodiscard]] ReadTag request_tag() const;
    /// A beat's tag says that it is of the stream.
    [[nodiscard]] static bool is_stream(ReadTag tag) { return (tag & 1) != 0; }
    /// The slot that a beat's tag names.
    [[nodiscard]] static unsigned slot_of(ReadTag tag) { return static_cast<unsigned>(tag >> 8 & 0xff); }

    /// The piece that goes into the source buffer.
    [[nodiscard]] const SourceBuffer::Piece& write() const { return write_; }

    [[nodiscard]] SlotMask active() const { return active_; }
    [[nodiscard]] SlotMask ended() const { return ended_; }
    [[nodiscard]] unsigned end_block(unsigned slot) const { return end_block_[slot]; }
    [[nodiscard]] unsigned stream_requested() const { return stream_requested_; }
    [[nodiscard]] unsigned stream_arrived() const { return stream_arrived_; }
    /// Slots of lanes with blocks in the buffer that are not taken.
    [[nodiscard]] SlotMask lane_available() const { return lane_available_mask_; }
    /// Bursts of the slot are under way.
    [[nodiscard]] SlotMask pending() const { return pending_; }

    /// What the other blocks do in each cycle of a bulk advance.
    struct SteadyInputs {
        SlotMask abort = 0;
        SlotMask segment_ready = 0;
        unsigned stream_consumed = 0;
        bool consuming = false;  ///< a block's room becomes free in every cycle
        bool beats = false;      ///< a beat of one burst of the stream comes in every cycle
        bool first = false;      ///< beginning with its first one
        unsigned lane = 0;       ///< of its first byte
        ReadTag tag = 0;
    };
    /// A block or more arrives in every cycle, if beats come in every cycle.
    [[nodiscard]] bool arriving() const {
        return write_.valid && write_.stream && (write_.bytes == data_bytes_ || write_ends_);
    }
    /// What the choice of bursts does in the next cycles.
    struct SteadyChoice {
        std::uint64_t cycles = 0;  ///< it can be foreseen for so many
        std::uint64_t begin = 0;   ///< in so many of them it has nothing to do
        bool asks = false;         ///< in the last of them the read port is asked for a burst
    };
    [[nodiscard]] SteadyChoice steady_choice(const SteadyInputs& inputs) const;
    /// Cycles in which nothing happens but that beats come, not looking at the choice.
    [[nodiscard]] std::uint64_t steady_cycles(const SteadyInputs& inputs) const;
    /// The choice in so many cycles. True if it was asked for a burst in the last of them, which the read port takes.
    bool advance_choice(const SteadyInputs& inputs, const SteadyChoice& choice, std::uint64_t cycles,
                        SegmentWalker& walker);
    /// `data`: the beats of these cycles; empty if none come. True if the burst's last beat is among them.
    bool advance(const SteadyInputs& inputs, std::span<const std::uint8_t> data, SourceBuffer& buffer);

    /// What a bulk advance may change, but for the text.
    void visit(Motion& motion);
    static void visit_tag(Motion& motion, ReadTag& tag);
    /// Bytes of text not asked for yet; 0 if `slot` is not the one that is asked for, or asks for something else.
    [[nodiscard]] std::uint32_t text_left(unsigned slot) const {
        const bool in_text =
            slot == slot_ && stream_turn_ && !has(fresh_, slot) && progress_[slot].phase == Phase::text;
        return in_text ? progress_[slot].left : 0;
    }
    /// Bytes asked for that have not come.
    [[nodiscard]] unsigned on_the_way() const { return (progress_[slot_].position - place_) % place_modulus; }
    /// Bytes that have come, from this block on.
    [[nodiscard]] unsigned held(unsigned block) const { return (place_ - 16 * block) % place_modulus; }
    /// The last one of them goes to the buffer at once: nobody looks there before its time.
    void settle(SourceBuffer& buffer) const {
        if (write_.valid) buffer.write(true, 0, write_.position, write_data_.data() + write_.lane, write_.bytes);
    }
    /// The text of some periods has come; its last `held` bytes are still wanted. Before `visit` moves on.
    void repeat(std::span<const std::uint8_t> text, std::size_t held, SourceBuffer& buffer);

private:
    enum class State : std::uint8_t { select, compute, request };
    enum class Phase : std::uint8_t { iv, aad, text, tag };

    static constexpr unsigned block_modulus = 2 * Configuration::stream_blocks;
    static constexpr unsigned place_modulus = 16 * block_modulus;
    static constexpr unsigned stream_room_needed = Configuration::stream_burst_bytes / 16 + 1;
    static constexpr unsigned stream_most_used = Configuration::stream_blocks - stream_room_needed;
    static constexpr unsigned lane_room_needed = Configuration::lane_burst_bytes / 16;
    static constexpr int balance_limit = 4096;

    /// What a request's phases are.
    struct Lengths {
        bool lane = false;
        std::uint8_t prefix = 0;
        std::uint8_t tag = 0;
        std::uint32_t iv = 0;
        std::uint32_t aad = 0;
        std::uint32_t text = 0;
    };
    /// Where a request stands.
    struct Progress {
        Phase phase = Phase::tag;
        std::uint16_t position = 0;
        std::uint32_t left = 0;
    };
    /// What travels with a burst; its tag's fields.
    struct BurstTag {
        bool stream = false;
        std::uint8_t slot = 0;
        bool phase_ends = false;
        std::uint16_t position = 0;
        std::uint16_t bytes = 0;
    };

    /// A burst to be asked for, and the place behind it.
    struct Next {
        Progress behind;
        BurstTag burst;
        bool source_ends = false;
        unsigned requested = 0;
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
        SlotMask segment_ready = 0;
        const Segment& segment;
        bool request_ready = false;
        bool refused = false;  ///< the slot's burst before was
        unsigned stream_consumed = 0;
    };

    static void visit(Motion& motion, Progress& progress);
    static void visit(Motion& motion, BurstTag& burst);
    [[nodiscard]] static ReadTag pack(const BurstTag& burst);
    [[nodiscard]] static BurstTag unpack(ReadTag tag);
    [[nodiscard]] static DmaRequest request_of(const Next& next);
    [[nodiscard]] Pick pick(SlotMask abort, SlotMask segment_ready, unsigned stream_consumed) const;
    [[nodiscard]] Next compute(unsigned slot, const Segment& segment) const;
    void choose(const ChoiceInputs& inputs);
    void take_beat(const Inputs& inputs);
    void count_lane(unsigned slot, int used, int available);

    unsigned data_bytes_;
    std::array<Lengths, Configuration::slot_count> lengths_{};
    std::array<Progress, Configuration::slot_count> progress_{};
    SlotMask fresh_ = 0;   ///< nothing in progress_ yet
    SlotMask active_ = 0;  ///< not ended
    SlotMask lane_ = 0;
    SlotMask empty_ = 0;  ///< nothing to fetch
    SlotMask ended_ = 0;
    std::array<std::uint16_t, Configuration::slot_count> end_block_{};
    std::array<std::uint8_t, Configuration::slot_count> lane_used_{};  ///< blocks asked for, not taken
    std::array<std::uint8_t, Configuration::slot_count> lane_available_{};
    std::array<std::uint8_t, Configuration::slot_count> bursts_{};
    SlotMask lane_room_ = ~SlotMask{0};  ///< lanes with room for a burst
    SlotMask lane_available_mask_ = 0;
    SlotMask pending_ = 0;
    unsigned stream_requested_ = 0;
    unsigned stream_arrived_ = 0;

    State state_ = State::select;
    unsigned slot_ = 0;
    bool stream_turn_ = false;
    int balance_ = 0;  ///< bytes that the stream is ahead of the lanes
    StreamFifo<std::uint8_t, Configuration::slot_count> order_;
    RoundRobinArbiter<Configuration::slot_count> lanes_;

    Next next_;

    // From beats to the buffer
    unsigned place_ = 0;
    unsigned left_ = 0;
    SourceBuffer::Piece write_;
    bool write_ends_ = false;
    bool write_last_ = false;
    unsigned write_place_ = 0;
    Beat write_data_{};
};

}  // namespace cce::model
