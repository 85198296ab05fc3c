// SPDX-License-Identifier: Apache-2.0
//
// AES key wrap, KW and KWP (SP 800-38F, 6.2 and 6.3), one request at a time, with a block cipher that stands elsewhere.

#pragma once

#include <array>
#include <cstdint>

#include "cce_contract.hpp"
#include "types.h"

namespace cce::model {

/// Model of key_wrap.sv; see there for the algorithm. A cycle in each state, unless it waits for a word, the cipher or
/// the output. Semiblocks are numbers whose lowest byte is the first.
class KeyWrap {
public:
    struct Inputs {
        bool start = false;
        bool unwrap = false;
        bool padded = false;
        unsigned length = 0;
        bool abort = false;
        bool in_valid = false;
        const Block& in_word;
        bool cipher_ready = false;
        bool result_valid = false;
        const Block& result_block;
        bool out_ready = false;
    };

    void reset();
    void clock(const Inputs& inputs);

    [[nodiscard]] bool busy() const { return state_ != State::idle; }
    [[nodiscard]] bool done() const { return state_ == State::done; }
    [[nodiscard]] bool match() const { return match_ && done(); }
    [[nodiscard]] std::uint32_t key_length() const { return done() ? key_length_ : 0; }
    [[nodiscard]] bool in_ready() const { return state_ == State::load; }
    [[nodiscard]] bool cipher_valid() const { return state_ == State::offer; }
    [[nodiscard]] Block cipher_block() const;
    [[nodiscard]] bool out_valid() const { return state_ == State::output_show; }
    [[nodiscard]] Block out_word() const;

private:
    enum class State : std::uint8_t {
        erase,  ///< the semiblocks are erased, after a reset all of the memory
        idle,
        load,         ///< a word is taken, and its first semiblock stored
        load_second,  ///< its second one is stored
        fetch,        ///< the first R[i] is read
        offer,        ///< a block is offered to the cipher
        await,        ///< its result is awaited, the next R[i] is read
        fetch_last,   ///< R[m] is read, for the check
        check,
        checked,        ///< whether there is an output
        output_first,   ///< the first semiblock of an output word is read
        output_second,  ///< the second one is read
        output_show,    ///< the word is shown
        done
    };

    static constexpr unsigned depth = contract::key_wrap_limit_bytes / 8;

    [[nodiscard]] bool single() const { return padded_ && semiblocks_ == 1; }
    [[nodiscard]] bool last_index() const { return index_ + 1 == semiblocks_; }
    [[nodiscard]] bool all_put_out() const { return index_ == semiblocks_; }
    [[nodiscard]] unsigned cyclic_index() const;
    [[nodiscard]] bool last_step() const { return single() || (unwrap_ ? step_ == 1 : step_ == 6 * semiblocks_); }
    /// [t]64 (SP 800-38F, 6.1)
    [[nodiscard]] std::uint64_t step_bytes() const { return __builtin_bswap64(std::uint64_t{step_}); }
    [[nodiscard]] bool integrity() const;
    void store(std::uint64_t semiblock);
    void erase_step(bool accept);
    void await_result(const Inputs& inputs);
    void load_done();
    void stop(State before, bool cipher_ready);

    std::array<std::uint64_t, depth> memory_{};
    State state_ = State::erase;
    bool request_ = false;      ///< a request is under way; not so while erasing after a reset
    bool waiting_ = false;      ///< a request that came while erasing after a reset waits
    bool whole_ = true;         ///< erasing after a reset
    bool outstanding_ = false;  ///< a block is in the cipher
    bool dropped_ = false;      ///< aborted while a block was offered, which still is
    bool match_ = false;
    bool first_ = false;   ///< the output word begins with A
    bool second_ = false;  ///< the output word has a second semiblock
    bool unwrap_ = false;
    bool padded_ = false;
    unsigned length_ = 0;
    unsigned key_length_ = 0;
    unsigned semiblocks_ = 0;  ///< m
    unsigned index_ = 0;       ///< i - 1
    unsigned step_ = 0;        ///< t, or 0 for one block without t
    std::uint64_t a_ = 0;
    std::uint64_t half_ = 0;  ///< the semiblock of a word that waits for its turn
    std::uint64_t read_ = 0;  ///< the memory's output
};

}  // namespace cce::model
