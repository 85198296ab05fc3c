// SPDX-License-Identifier: Apache-2.0
//
// Sends the blocks of the stream's requests into the cipher, one request after the other.

#pragma once

#include <array>
#include <cstdint>

#include "common/motion.h"
#include "common/stream_fifo.h"
#include "configuration.h"
#include "dma/source_buffer.h"
#include "types.h"

namespace cce::model {

/// Model of stream_issue.sv. A block is chosen in one cycle and goes to the cipher in the next.
///
/// Of the blocks it knows only when and which: what text becomes is computed by StreamRetire. Blocks that are not made
/// from one block of text alone are shown here: E(J0) of GCM and the last block of XTS with ciphertext stealing.
class StreamIssue {
public:
    struct Inputs {
        bool start = false;
        unsigned start_slot = 0;
        const CipherRequest* start_request{};  ///< with start
        SlotMask abort = 0;
        SlotMask key_usable = 0;
        SlotMask tweak_valid = 0;
        SlotMask ended = 0;
        unsigned end_block = 0;  ///< of slot()
        const SourceBuffer& source;
        bool cipher_grant = false;
        bool retired = false;
        bool end_take = false;
        bool counter_valid = false;
        const Block* counter{};  ///< J0, with counter_valid
        bool steal_valid = false;
        const Block* steal{};        ///< the block that lends its tail, with steal_valid
        const Block* steal_tweak{};  ///< the tweak of the block made with it
    };

    void reset();
    void clock(const Inputs& inputs);

    [[nodiscard]] unsigned slot() const { return slot_; }
    [[nodiscard]] bool cipher_request(SlotMask abort, unsigned requested, unsigned arrived, bool read_possible) const;
    /// The source buffer's port is used in this cycle.
    [[nodiscard]] bool read(bool cipher_grant) const {
        return cipher_grant && (state_ == State::run || state_ == State::stolen) && !counting_;
    }
    /// The block chosen in the cycle before.
    [[nodiscard]] unsigned cipher_slot() const { return issue_slot_; }
    [[nodiscard]] std::uint8_t cipher_step() const { return issue_step_; }
    /// Not of text, see AesCipher::is_stream_text.
    [[nodiscard]] const Block& cipher_block() const { return issue_block_; }

    /// This unit's part of the oldest request is done, and how many blocks were issued up to its end.
    [[nodiscard]] bool end_valid() const { return ends_.valid(); }
    [[nodiscard]] unsigned end_count() const { return ends_.data(); }

    /// What the other blocks do in each cycle of a bulk advance.
    struct SteadyInputs {
        SlotMask abort = 0;
        SlotMask key_usable = 0;
        SlotMask tweak_valid = 0;
        SlotMask ended = 0;
        unsigned requested = 0;
        unsigned arrived = 0;
        bool read_possible = false;
        bool arriving = false;  ///< a block or more arrives in every cycle
        bool arrives = false;   ///< blocks may arrive
        bool retiring = false;  ///< a result is taken in every cycle
        bool granted = false;   ///< cipher_request, which is granted in every cycle
    };
    /// Cycles in which this unit does the same as in this one.
    [[nodiscard]] std::uint64_t steady_cycles(const SteadyInputs& inputs) const;
    /// So many blocks were issued, and results taken.
    void advance(std::uint64_t issued, std::uint64_t retired);
    /// What a bulk advance may change.
    void visit(Motion& motion) {
        motion.constant(state_);
        motion.constant(slot_);
        motion.constant(ends_.count());
        motion.bytes_left(left_);
        motion.blocks(block_, block_modulus);
        motion.blocks(issued_, result_modulus);
        motion.blocks(retired_, result_modulus);
        motion.constant(issue_slot_);
        motion.constant(issue_step_);
    }
    /// Bytes of text not yet issued; 0 if something else is.
    [[nodiscard]] std::uint32_t text_left() const { return state_ == State::run ? left_ : 0; }
    /// The block chosen in the cycle before is text.
    [[nodiscard]] bool issues_text() const { return issue_step_ == stream_step_text; }

private:
    enum class State : std::uint8_t { idle, key, counter, first_counter, run, steal, stolen, end };

    static constexpr unsigned block_modulus = 2 * Configuration::stream_blocks;
    static constexpr unsigned result_count = 64;
    static constexpr unsigned result_modulus = 2 * result_count;

    struct Request {
        std::uint8_t mode = 0;
        std::uint32_t iv_length = 0;
        std::uint32_t aad_length = 0;
        std::uint32_t text_length = 0;
    };

    /// The block in front of a partial one lends its tail (XTS).
    [[nodiscard]] bool stealing() const { return xts_ && left_ > 16 && left_ < 32; }

    std::array<Request, Configuration::slot_count> requests_{};
    State state_ = State::idle;
    unsigned slot_ = 0;
    Request request_;
    bool counting_ = false;
    bool gcm_ = false;
    bool xts_ = false;
    std::uint32_t left_ = 0;  ///< bytes of text not yet issued
    unsigned block_ = 0;      ///< next block of the ring
    unsigned issued_ = 0;
    unsigned retired_ = 0;
    Block counter_{};  ///< J0
    Block steal_{};
    Block steal_tweak_{};
    unsigned issue_slot_ = 0;
    std::uint8_t issue_step_ = stream_step_text;
    Block issue_block_{};
    StreamFifo<std::uint8_t, Configuration::slot_count> order_;
    StreamFifo<std::uint8_t, Configuration::slot_count> ends_;
};

}  // namespace cce::model
