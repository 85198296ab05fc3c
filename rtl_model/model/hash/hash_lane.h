// SPDX-License-Identifier: Apache-2.0
//
// One hash function core with all that takes a request through it: state from memory or initial value, message,
// padding, HMAC's outer hash, output.

#pragma once

#include <array>
#include <cstdint>

#include "cce_contract.hpp"
#include "common/stream_fifo.h"
#include "configuration.h"
#include "hash/hash_functions.h"
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
        bool fault_grant = false;
        bool release_grant = false;
    };

    explicit HashLane(bool sponge) : sponge_(sponge) {}
    void reset() { *this = HashLane(sponge_); }
    void clock(const Inputs& inputs);

    [[nodiscard]] bool free() const { return state_ == State::free; }
    [[nodiscard]] unsigned slot() const { return slot_; }
    [[nodiscard]] bool read_request(const View& view) const {
        return reads_left_ != 0 && view.available && !aborting(view) && fifo_.count() + (read_ ? 1 : 0) < fifo_depth;
    }
    [[nodiscard]] unsigned read_block() const { return read_block_; }
    [[nodiscard]] bool clear_request(const View& view) const {
        return state_ == State::drain && view.ended && !view.pending && !read_;
    }
    [[nodiscard]] bool write_request(const View& view) const {
        return !aborting(view) && view.room && !busy() &&
               ((state_ == State::output && output_left_ != 0 && !held_only()) || state_ == State::save);
    }
    [[nodiscard]] unsigned write_block() const { return write_block_; }
    [[nodiscard]] Block write_data() const;
    [[nodiscard]] bool fault_request(const View& view) const { return state_ == State::fault && !view.abort; }
    [[nodiscard]] bool fault_length() const { return fault_length_; }
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

    std::uint64_t reads_left_ = 0;  ///< bytes, in whole blocks
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

    std::uint32_t output_left_ = 0;
    std::array<std::uint8_t, 8> held_{};  ///< SHA-3: a lane that waits for the next block's first one
    bool held_valid_ = false;
    bool save_context_ = false;
    unsigned write_block_ = 0;
};

}  // namespace cce::model
