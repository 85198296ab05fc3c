// SPDX-License-Identifier: Apache-2.0
//
// The modes in which each block needs the one before: CBC encryption (SP 800-38A, 6.2), CMAC (SP 800-38B), CCM
// (SP 800-38C).

#pragma once

#include <array>
#include <cstdint>

#include "common/round_robin_arbiter.h"
#include "configuration.h"
#include "types.h"

namespace cce::model {

/// Model of lane_unit.sv. A lane's turn: L0 it is chosen, L1 its text is read, L2 its block goes to the cipher; in the
/// cycle after its result it can be chosen again. A lane has one block on this way at a time, so that what the RTL
/// carries along from L1 to L2 is still found in the lane's own registers.
class LaneUnit {
public:
    struct Inputs {
        bool start = false;
        unsigned start_slot = 0;
        const CipherRequest* start_request{};  ///< with start
        unsigned start_prefix = 0;             ///< CCM: bytes of the AAD's length in front of it
        SlotMask abort = 0;
        SlotMask key_usable = 0;
        SlotMask hash_key_valid = 0;
        SlotMask mask_valid = 0;
        const Block& hash_key;  ///< of cipher_slot()
        const Block& mask;      ///< of result_slot
        SlotMask ended = 0;
        SlotMask pending = 0;
        SlotMask available = 0;  ///< slots with blocks in the source buffer
        const Block& read_data;
        bool clear_possible = false;
        bool result_valid = false;
        unsigned result_slot = 0;
        std::uint8_t result_step = 0;
        const Block& result_block;
        SlotMask room = 0;  ///< slots with room for two more blocks in the destination buffer
    };

    /// What depends on this cycle's inputs.
    struct Signals {
        bool fault = false;    ///< status tag, of result_slot
        bool release = false;  ///< done with release_slot
        bool clear = false;    ///< forgets what is left in the source ring of release_slot
        unsigned release_slot = 0;
        Block cipher_block{};  ///< L2
    };

    void reset();

    /// The signals of this cycle; then `clock` with the same inputs.
    const Signals& evaluate(const Inputs& inputs);
    void clock(const Inputs& inputs);

    /// Takes a block of the source in this cycle.
    [[nodiscard]] bool read() const { return l1_ && has(needs_text_, l1_slot_); }
    [[nodiscard]] unsigned read_slot() const { return l1_slot_; }
    [[nodiscard]] unsigned read_block() const { return has(fresh_, l1_slot_) ? 0 : progress_[l1_slot_].block; }

    /// L1: a block goes to the cipher in the next cycle.
    [[nodiscard]] bool chosen() const { return l1_; }
    /// L2
    [[nodiscard]] bool cipher_valid() const { return l2_; }
    [[nodiscard]] unsigned cipher_slot() const { return l2_slot_; }
    [[nodiscard]] std::uint8_t cipher_step() const { return static_cast<std::uint8_t>(place(l2_slot_).step); }

    /// No lane is at work: no outputs, and a clock edge without start changes nothing.
    [[nodiscard]] bool idle() const { return active_ == 0 && !l1_ && !l2_ && !write_; }
    /// A clock edge without start and result changes nothing.
    [[nodiscard]] bool at_rest(const Inputs& inputs) const {
        return !l1_ && !l2_ && !write_ && (active_ == 0 || (candidates(inputs) == 0 && drained(inputs) == 0));
    }

    [[nodiscard]] bool write() const { return write_; }
    [[nodiscard]] unsigned write_slot() const { return write_slot_; }
    [[nodiscard]] unsigned write_block() const { return write_at_; }
    [[nodiscard]] const Block& write_data() const { return write_data_; }

    /// CBC: the last block of ciphertext, else 0.
    [[nodiscard]] Block next_iv(unsigned slot) const {
        return requests_[slot].mode == Mode::cbc ? chains_[slot] : Block{};
    }

private:
    enum class Mode : std::uint8_t { cbc, cmac, ccm };
    enum class Step : std::uint8_t {
        first,   ///< CCM: B0
        aad,     ///< CCM: AAD
        text,    ///< CBC, CMAC: text; CCM: the counter of a block of text
        mac,     ///< CCM: that block of text
        tag,     ///< writes the tag
        compare  ///< compares it
    };

    struct Request {
        Mode mode = Mode::cbc;
        bool decrypt = false;
        std::uint8_t tag_length = 0;
        std::uint8_t prefix = 0;
        std::uint32_t aad_length = 0;
        std::uint32_t text_length = 0;
        Block iv{};
    };
    /// Where a lane stands.
    struct Progress {
        Step step = Step::first;
        std::uint8_t block = 0;  ///< of the source ring
        std::uint32_t text_left = 0;
        std::uint64_t aad_left = 0;
    };
    /// Text of the block in the cipher.
    struct Text {
        Block block{};
        std::uint8_t bytes = 0;
    };

    /// Lanes that can be chosen.
    [[nodiscard]] SlotMask candidates(const Inputs& inputs) const {
        return active_ & ~in_flight_ & ~inputs.abort & inputs.key_usable & (~needs_hash_key_ | inputs.hash_key_valid) &
               (~needs_mask_ | inputs.mask_valid) & (~needs_text_ | inputs.available) & (~gives_text_ | inputs.room);
    }
    /// Aborted lanes of which nothing more comes, from the next cycle on.
    [[nodiscard]] SlotMask drained(const Inputs& inputs) const {
        return active_ & ~in_flight_ & inputs.abort & inputs.ended & ~inputs.pending;
    }
    [[nodiscard]] Progress place(unsigned slot) const;
    [[nodiscard]] static unsigned text_bytes(const Progress& progress) {
        return progress.text_left <= 16 ? progress.text_left : 16;
    }
    [[nodiscard]] Block chain_of(unsigned slot) const;
    [[nodiscard]] static Block padded(const Progress& progress, const Block& text, const Block& subkey);
    [[nodiscard]] static Block ccm_block(const Request& request, std::uint32_t number);
    [[nodiscard]] static Block aad_block(const Request& request, const Progress& progress, const Block& text);
    [[nodiscard]] Block cipher_block(const Block& read_data, const Block& hash_key) const;
    void send(const Block& read_data);
    void take_result(const Inputs& inputs);

    std::array<Request, Configuration::slot_count> requests_{};
    std::array<Progress, Configuration::slot_count> progress_{};
    std::array<Text, Configuration::slot_count> texts_{};
    std::array<Block, Configuration::slot_count> chains_{};
    std::array<std::uint8_t, Configuration::slot_count> write_blocks_{};
    SlotMask active_ = 0;
    SlotMask fresh_ = 0;    ///< nothing in progress_ yet
    SlotMask chained_ = 0;  ///< something in chains_
    SlotMask in_flight_ = 0;
    SlotMask drained_ = 0;     ///< aborted, nothing more comes
    SlotMask final_ = 0;       ///< its last block is in flight
    SlotMask needs_text_ = 0;  ///< the next block needs a block of the source
    SlotMask gives_text_ = 0;  ///< and gives one
    SlotMask needs_hash_key_ = 0;
    SlotMask needs_mask_ = 0;
    RoundRobinArbiter<Configuration::slot_count> lanes_;
    RoundRobinArbiter<Configuration::slot_count> drains_;

    bool l1_ = false;
    unsigned l1_slot_ = 0;
    bool l2_ = false;
    unsigned l2_slot_ = 0;

    bool write_ = false;
    unsigned write_slot_ = 0;
    unsigned write_at_ = 0;
    Block write_data_{};

    // This cycle
    Signals signals_;
    bool drain_ = false;
    bool output_ = false;  ///< the result gives a block
    Block output_block_{};
    Block new_chain_{};
};

}  // namespace cce::model
