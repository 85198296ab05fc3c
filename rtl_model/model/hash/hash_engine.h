// SPDX-License-Identifier: Apache-2.0
//
// Hash functions between source buffer and destination buffer: some lanes for SHA-2, some for SHA-3.

#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "common/round_robin_arbiter.h"
#include "configuration.h"
#include "hash/hash_lane.h"
#include "types.h"

namespace cce::model {

/// Model of hash_engine.sv. A cycle is `evaluate`, which settles everything that depends on this cycle's inputs, then
/// `clock`. Both may be left out while it is idle and nothing starts.
class HashEngine {
public:
    struct Inputs {
        bool start = false;
        unsigned start_slot = 0;
        const HashRequest* start_request{};  ///< with start
        SlotMask abort = 0;
        SlotMask source_ended = 0;
        SlotMask source_pending = 0;
        SlotMask available = 0;      ///< slots with blocks in the source buffer
        bool read_possible = false;  ///< nobody else reads in this cycle
        const Block& read_data;
        bool clear_possible = false;
        SlotMask room = 0;            ///< slots with room for two more blocks in the destination buffer
        bool write_possible = false;  ///< nobody else writes in this cycle
        SlotMask key_usable = 0;
        bool cipher_grant = false;
        bool result_valid = false;  ///< a block comes out of the cipher
        unsigned result_slot = 0;
        const Block* result_block{};  ///< with result_valid
    };
    struct Outputs {
        bool read = false;  ///< takes a block
        unsigned read_slot = 0;
        unsigned read_block = 0;
        bool clear = false;
        unsigned clear_slot = 0;
        bool write = false;
        unsigned write_slot = 0;
        unsigned write_block = 0;
        Block write_data{};
        bool context_fault = false;  ///< status context_format
        bool length_fault = false;   ///< status length
        bool tag_fault = false;      ///< status tag
        unsigned fault_slot = 0;
        bool release = false;
        unsigned release_slot = 0;
    };

    void reset();
    const Outputs& evaluate(const Inputs& inputs);
    void clock(const Inputs& inputs);

    /// A lane has a block for the cipher: known before everything else of the cycle.
    [[nodiscard]] bool cipher_request(SlotMask abort, SlotMask key_usable) const;
    /// In the cycle after its grant.
    [[nodiscard]] unsigned cipher_slot() const { return lanes_[cipher_lane_].slot(); }
    [[nodiscard]] const Block& cipher_block() const { return lanes_[cipher_lane_].cipher_block(); }
    [[nodiscard]] const Block& next_iv(unsigned slot) const { return next_iv_[slot]; }

    [[nodiscard]] bool idle() const { return waiting_ == 0 && lanes_busy_ == 0; }

private:
    static constexpr unsigned lane_count = Configuration::sha2_lanes + Configuration::sha3_lanes;
    using Turns = RoundRobinArbiter<std::bit_ceil(lane_count)>;
    using LaneMask = std::uint32_t;

    [[nodiscard]] static bool is_sponge(unsigned lane) { return lane >= Configuration::sha2_lanes; }
    [[nodiscard]] HashLane::View view(const Inputs& inputs, unsigned lane) const;
    [[nodiscard]] LaneMask cipher_requests(SlotMask abort, SlotMask key_usable) const;
    void choose(const Inputs& inputs);

    template <std::size_t... Index>
    static std::array<HashLane, lane_count> make_lanes(std::index_sequence<Index...>) {
        return {HashLane{is_sponge(Index)}...};
    }

    std::array<HashLane, lane_count> lanes_ = make_lanes(std::make_index_sequence<lane_count>{});
    std::array<HashRequest, Configuration::slot_count> requests_{};
    SlotMask waiting_ = 0;
    SlotMask sponge_ = 0;
    LaneMask lanes_busy_ = 0;
    std::array<RoundRobinArbiter<Configuration::slot_count>, 2> slots_;  ///< SHA-2, SHA-3
    Turns reads_;
    Turns writes_;
    Turns ciphers_;
    unsigned cipher_lane_ = 0;  ///< granted last
    std::array<Block, Configuration::slot_count> next_iv_{};

    // This cycle
    struct Choice {
        bool valid = false;
        unsigned slot = 0;
        unsigned lane = 0;
    };
    std::array<Choice, 2> chosen_;
    Outputs outputs_;
    LaneMask read_lane_ = 0, write_lane_ = 0, clear_lane_ = 0, fault_lane_ = 0, release_lane_ = 0;  ///< granted
};

}  // namespace cce::model
