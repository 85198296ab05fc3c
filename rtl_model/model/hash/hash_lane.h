// SPDX-License-Identifier: Apache-2.0
//
// One hash function core with all that takes a request through it: state from memory or initial value, message,
// padding, HMAC's outer hash, output.

#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "cce_contract.hpp"
#include "common/stream_fifo.h"
#include "configuration.h"
#include "hash/byte_packer.h"
#include "hash/hash_functions.h"
#include "hash/text_cipher.h"
#include "sha2/sha2_core.h"
#include "sha3/keccak_core.h"
#include "types.h"

namespace cce::model {

/// Model of hash_lane.sv.
class HashLane {
public:
    /// What the other blocks say of the lane's slot in this cycle.
    struct View {
        bool abort = false;
        bool ended = false;
        bool pending = false;
        bool key_usable = false;
        bool available = false;  ///< blocks in the source buffer
        bool room = false;       ///< for two more blocks in the destination buffer
    };
    struct Inputs {
        View view;
        bool start = false;
        unsigned start_slot = 0;
        const HashRequest* start_request{};  ///< with start
        bool read_grant = false;
        const Block& read_data;
        bool clear_grant = false;
        bool write_grant = false;
        bool cipher_grant = false;
        bool result_valid = false;  ///< of this lane's
        const Block* result_block{};
        bool fault_grant = false;
        bool release_grant = false;
    };

    explicit HashLane(bool sponge) : sponge_(sponge), text_(sponge ? 32 : 16) {}
    void reset() { *this = HashLane(sponge_); }
    void clock(const Inputs& inputs);

    [[nodiscard]] bool free() const { return state_ == State::free; }
    [[nodiscard]] unsigned slot() const { return slot_; }
    [[nodiscard]] bool read_request(const View& view) const { return own_request(view) || text_request(view); }
    [[nodiscard]] unsigned read_block() const { return read_block_; }
    [[nodiscard]] bool clear_request(const View& view) const {
        return state_ == State::drain && view.ended && !view.pending && !read_ && text_.quiet();
    }
    [[nodiscard]] bool write_request(const View& view) const {
        return !aborting(view) && view.room &&
               (output_write() || (text_.result_valid() && (hashes_source() || fifo_room())));
    }
    [[nodiscard]] bool cipher_request(const View& view) const {
        return text_.cipher_request(view.key_usable, aborting(view));
    }
    [[nodiscard]] const Block& cipher_block() const { return text_.cipher_block(); }
    /// With release.
    [[nodiscard]] const Block& next_iv() const { return text_.next_iv(); }
    [[nodiscard]] unsigned write_block() const { return write_block_; }
    [[nodiscard]] Block write_data() const;
    [[nodiscard]] bool fault_request(const View& view) const { return state_ == State::fault && !view.abort; }
    [[nodiscard]] bool fault_length() const { return fault_length_; }
    [[nodiscard]] bool fault_tag() const { return fault_tag_; }
    [[nodiscard]] bool release_request() const { return state_ == State::release; }

private:
    static constexpr unsigned fifo_depth = 8;

    enum class State : std::uint8_t {
        free,
        initial,
        context,
        state,
        outer,
        message,
        settle,
        inner,
        restore,
        output,
        save,
        fault,
        drain,
        erase,
        release
    };

    /// The beat for the core, and what is known of it.
    struct Message {
        bool valid = false;
        Block beat{};
        bool half = false;
        bool pads = false;  ///< the padding begins in it
        bool block_ends = false;
        bool ends = false;   ///< the message ends with it
        unsigned bytes = 0;  ///< of the message
        unsigned place_after = 0;
    };

    /// What the core shows before its clock edge.
    struct Core {
        bool busy = false;
        Block piece{};
    };

    [[nodiscard]] bool aborting(const View& view) const {
        return view.abort && state_ != State::free && state_ != State::erase && state_ != State::release;
    }
    [[nodiscard]] bool busy() const { return sponge_ ? keccak_.busy() : sha2_.busy(); }
    [[nodiscard]] bool fifo_room() const { return fifo_.count() + (read_ ? 1 : 0) < fifo_depth; }
    [[nodiscard]] bool own_request(const View& view) const {
        return reads_left_ != 0 && view.available && !aborting(view) && fifo_room();
    }
    [[nodiscard]] bool text_request(const View& view) const {
        return text_.read_request(view.available && !aborting(view) && reads_left_ == 0 &&
                                  (!hashes_source() || fifo_room()));
    }
    /// What is hashed of the cipher's text is as it is in the source.
    [[nodiscard]] bool hashes_source() const { return request_.decrypt != request_.over_plaintext; }
    /// The tag is compared.
    [[nodiscard]] bool verifies() const { return request_.cipher && request_.decrypt; }
    /// A tag stands behind all of the text's results.
    [[nodiscard]] bool output_write() const {
        if (busy()) return false;
        return (state_ == State::output && output_left_ != 0 && !held_only() && !verifies() && text_.all_given()) ||
               state_ == State::save;
    }
    [[nodiscard]] bool begins_output() const {
        return state_ == State::settle && !busy() && !(request_.keyed && request_.last && !outer_);
    }
    [[nodiscard]] Block output_piece() const;
    [[nodiscard]] std::optional<Block> packed(const Inputs& inputs);
    void clock_text(const Inputs& inputs, bool text_grant);
    [[nodiscard]] bool finishes() const { return request_.last || request_.squeeze; }
    [[nodiscard]] unsigned rate() const { return hash_function::rate(request_.mode); }
    [[nodiscard]] unsigned pieces() const { return hash_function::state_pieces(request_.mode); }
    [[nodiscard]] Block core_piece() const {
        return sponge_ ? keccak_.state(index_) : sha2_.state(hash_function::wide(request_.mode), index_ % 4);
    }
    /// SHA-3: the piece is the block's last one.
    [[nodiscard]] bool block_used() const { return sponge_ && index_ == (rate() - 1) / 2; }
    [[nodiscard]] bool held_only() const { return sponge_ && !held_valid_ && index_ == rate() / 2 && rate() % 2 != 0; }
    [[nodiscard]] bool context_bad(const contract::HashContext& context) const;
    [[nodiscard]] Message message(const View& view) const;
    void pad_sponge(Message& message) const;
    void pad_sha2(Message& message) const;
    void clock_core(const Message& message, bool permute);
    void clock_sequence(const Inputs& inputs, const Core& core, const Message& message, bool taken, bool output_step);
    void start(const Inputs& inputs);

    bool sponge_;
    Sha2Core sha2_;
    KeccakCore keccak_;

    State state_ = State::free;
    unsigned slot_ = 0;
    HashRequest request_;
    unsigned index_ = 0;  ///< piece of a state
    bool fault_length_ = false;
    bool fault_tag_ = false;

    std::uint64_t reads_left_ = 0;  ///< bytes of what is not the cipher's text
    unsigned read_bytes_ = 0;
    unsigned read_block_ = 0;
    bool read_ = false;  ///< a block comes in this cycle
    StreamFifo<Block, fifo_depth> fifo_;

    bool squeezing_ = false;
    bool outer_ = false;
    std::uint64_t total_ = 0;              ///< bytes of the message, all that is in the state included
    std::array<Block, 16> outer_state_{};  ///< behind the outer key block

    std::uint32_t message_left_ = 0;
    bool padded_ = false;
    unsigned place_ = 0;  ///< in the block: beat (SHA-2), or lane of 8 bytes (SHA-3)

    TextCipher text_;
    BytePacker packer_;
    bool differs_ = false;  ///< the tag is another one

    std::uint32_t output_left_ = 0;
    std::array<std::uint8_t, 8> held_{};  ///< SHA-3: a lane that waits for the next block's first one
    bool held_valid_ = false;
    bool save_context_ = false;
    unsigned write_block_ = 0;
};

}  // namespace cce::model
