// SPDX-License-Identifier: Apache-2.0
//
// Everything between source buffer and destination buffer: the cipher and the units that use it.

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aes/aes_cipher.h"
#include "aes/cipher_arbiter.h"
#include "aes/key_wrap_lane.h"
#include "aes/lane_unit.h"
#include "aes/stream_issue.h"
#include "aes/stream_retire.h"
#include "aes/subkey_unit.h"
#include "dma/source_buffer.h"
#include "keyslot/key_eraser.h"
#include "types.h"

namespace cce::model {

/// Model of aes_engine.sv.
///
/// A cycle is `evaluate`, which settles everything that depends on this cycle's inputs, then `clock`. Vectors over
/// slots of which only one element is looked at are inputs of that element, for the slots that the accessors name.
class AesEngine {
public:
    struct Inputs {
        bool start_stream = false;
        bool start_lane = false;
        bool start_key_wrap = false;
        bool start_hash = false;  ///< the hash engine's, with a key
        unsigned start_slot = 0;
        const CipherRequest* start_request{};  ///< with any of them
        unsigned start_prefix = 0;
        SlotMask abort = 0;
        SlotMask erase_wanted = 0;
        bool key_valid = false;
        unsigned key_index = 0;
        bool key_inverse = false;
        KeyLength key_length = KeyLength::aes_128;
        const Key* key{};  ///< with key_valid
        SlotMask text_key_usable = 0;
        SlotMask source_ended = 0;
        SlotMask source_pending = 0;
        unsigned issue_end_block = 0;   ///< source_end_block of issue_slot()
        unsigned retire_end_block = 0;  ///< source_end_block of retire_slot()
        unsigned stream_requested = 0;
        unsigned stream_arrived = 0;
        SlotMask lane_available = 0;  ///< slots with blocks in the source buffer
        const SourceBuffer& source;
        unsigned stream_freed = 0;
        SlotMask lane_room = 0;  ///< slots with room for two more blocks in the destination buffer
        bool hash_request = false;
        unsigned hash_slot = 0;     ///< in the cycle after its grant
        const Block* hash_block{};  ///< likewise
    };

    /// The outputs that depend on this cycle's inputs.
    struct Outputs {
        bool lane_take = false;
        unsigned lane_take_slot = 0;
        unsigned lane_take_block = 0;  ///< of the slot's ring in the source buffer, read in this cycle
        bool lane_clear = false;
        unsigned lane_clear_slot = 0;
        bool write = false;
        bool write_stream = false;
        unsigned write_slot = 0;
        unsigned write_block = 0;
        Block write_data{};
        std::array<bool, 3> fault{};  ///< status tag: stream, lane, key wrap
        std::array<unsigned, 3> fault_slot{};
        std::array<bool, 3> release{};
        std::array<unsigned, 3> release_slot{};

        /// A slot's text ends, well or not.
        [[nodiscard]] bool any_end() const {
            return fault[0] || fault[1] || fault[2] || release[0] || release[1] || release[2];
        }
    };

    void reset();
    const Outputs& evaluate(const Inputs& inputs);
    /// Reads a block of the source in this cycle, which has been evaluated.
    [[nodiscard]] bool reads() const {
        return outputs_.lane_take || retire_signals_->read || issue_.read(arbiter_.stream_grant(requests_));
    }
    /// The hash engine's block is next, in this cycle, which has been evaluated; and a block of its comes out.
    [[nodiscard]] bool hash_grant() const { return arbiter_.hash_grant(requests_); }
    [[nodiscard]] bool hash_result_valid() const { return result_hash_; }
    [[nodiscard]] unsigned hash_result_slot() const { return result_tag_.slot; }
    [[nodiscard]] const Block& hash_result_block() const { return result_block_; }
    void clock(const Inputs& inputs);

    /// Bulk advance: what the units do in every cycle, so long as they do the same.
    struct Steady {
        std::uint64_t cycles = 0;
        bool granted = false;  ///< the stream sends a block in every cycle
        AesCipher::SteadyInput input;
        StreamRetire::Steady retire;
    };
    /// `arriving`: a block or more of the stream's source arrives in every cycle; `arrives`: blocks may arrive.
    [[nodiscard]] Steady steady(const Inputs& inputs, bool arriving, bool arrives);
    void advance(const Steady& steady, std::uint64_t cycles, const SourceBuffer& source,
                 DestinationBuffer& destination);

    /// What a bulk advance may change, but for what is made from the text.
    void visit(Motion& motion) {
        cipher_.visit(motion);
        arbiter_.visit(motion);
        issue_.visit(motion);
        retire_.visit(motion);
    }
    /// Bytes of text that both halves of the stream have before them; 0 if not both are in the text of one request.
    [[nodiscard]] std::uint32_t text_left() const {
        return issue_.slot() == retire_.slot() ? std::min(issue_.text_left(), retire_.text_left()) : 0;
    }
    /// See StreamRetire.
    [[nodiscard]] unsigned stream_first_block() const { return retire_.first_block(); }
    void repeat(std::span<const std::uint8_t> in, std::size_t held, std::span<std::uint8_t> out, bool staged,
                const SourceBuffer& source, DestinationBuffer& destination) {
        retire_.repeat(in, held, out, staged, source, cipher_, destination);
    }

    /// A lane's block is on its way between the buffers and the cipher.
    [[nodiscard]] bool lanes_work() const { return lanes_.chosen() || lanes_.cipher_valid() || lanes_.write(); }
    [[nodiscard]] bool key_ready() const { return cipher_.key_ready(eraser_.cipher_valid()); }
    [[nodiscard]] bool key_usable() const { return cipher_.key_usable(); }
    [[nodiscard]] unsigned key_usable_index() const { return cipher_.key_usable_index(); }

    [[nodiscard]] unsigned issue_slot() const { return issue_.slot(); }
    [[nodiscard]] unsigned retire_slot() const { return retire_.slot(); }
    [[nodiscard]] unsigned stream_consumed() const { return retire_.consumed(); }
    [[nodiscard]] bool stream_skip() const { return retire_.skip(); }
    [[nodiscard]] unsigned stream_produced() const { return retire_.produced(); }
    [[nodiscard]] unsigned stream_end_block(unsigned slot) const { return retire_.end_block(slot); }

    [[nodiscard]] bool erased() const { return eraser_.release(); }
    [[nodiscard]] unsigned erased_slot() const { return eraser_.release_slot(); }
    [[nodiscard]] const Block& stream_next_iv(unsigned slot) const { return retire_.next_iv(slot); }
    [[nodiscard]] Block lane_next_iv(unsigned slot) const { return lanes_.next_iv(slot); }
    [[nodiscard]] std::uint32_t key_length(unsigned slot) const { return wrap_.key_length(slot); }
    [[nodiscard]] bool idle() const { return cipher_.idle() && wrap_.idle() && subkeys_.busy() == 0; }

private:
    [[nodiscard]] StreamRetire::Inputs retire_inputs(const Inputs& inputs) const;
    [[nodiscard]] LaneUnit::Inputs lane_inputs(const Inputs& inputs) const;
    void evaluate_ports(const Inputs& inputs, const StreamRetire::Signals& retire);
    void clock_cipher(const Inputs& inputs);

    AesCipher cipher_;
    CipherArbiter arbiter_;
    SubkeyUnit subkeys_;
    StreamIssue issue_;
    StreamRetire retire_;
    LaneUnit lanes_;
    KeyWrapLane wrap_;
    KeyEraser eraser_;

    // This cycle
    Outputs outputs_;
    CipherArbiter::Requests requests_;
    bool result_lane_ = false;
    bool result_key_wrap_ = false;
    bool result_subkey_ = false;
    bool result_stream_ = false;
    bool result_hash_ = false;
    bool lanes_work_ = false;
    bool wrap_works_ = false;
    bool wrap_clear_ = false;
    bool wrap_read_possible_ = false;
    bool wrap_write_possible_ = false;
    CipherTag result_tag_;
    Block result_block_{};
    Block read_data_{};  ///< of a lane, from the source buffer
    const StreamRetire::Signals* retire_signals_{};
    const LaneUnit::Signals* lane_signals_{};
};

}  // namespace cce::model
