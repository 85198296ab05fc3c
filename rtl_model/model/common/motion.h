// SPDX-License-Identifier: Apache-2.0
//
// Periods of the stream: how thousands of cycles become one step.
//
// In the middle of a long request the engine does the same again and again: with each burst of 4096 bytes that it
// reads, it writes another one, and is then as it was before, but for motion: addresses are 4096 higher, counters of
// the rings 256 blocks further, 4096 bytes fewer are left, and the text is another one. The engine's next state depends
// on its state alone, on the memory's timing, and on nothing in the text. So if
//   - the states at the beginning and at the end of a period are the same but for motion,
//   - nothing but text moved in between (no clock edge was worked out in full, only bulk advances were made),
//   - the memory times all bursts alike, wherever they are (EngineHost::constant_schedule), and
//   - no count of bytes left has come so low that somebody looks at more of it than that it is not,
// then the next periods are like that one too, from whatever cycle of it they are counted: n of them are n times the
// motion, and the text's way through the cipher.
//
// What a bulk advance may change is listed once, by each block in its function `visit`. The list is used to look for
// periods (`watch`) and to move on by some (`move`). What is not listed is not changed by a bulk advance, or is made
// from the text, which is moved by itself: see CceTop::repeat.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "configuration.h"

namespace cce::model {

/// What visits the state of all blocks, in the same order every time.
class Motion {
public:
    /// A period: a burst's worth of text.
    static constexpr std::uint64_t period_bytes = Configuration::stream_burst_bytes;
    static constexpr std::uint64_t period_blocks = period_bytes / 16;

    /// Begins a visit that compares the state with that of the visit before, which was at the beginning of the period
    /// that has just ended, and keeps it for the next one.
    void watch(std::uint64_t cycle) {
        cycles_ = cycle - cycle_;
        cycle_ = cycle;
        periods_ = 0;
        begin(known_);
    }
    /// Ends it.
    void watched() {
        values_.resize(index_);
        known_ = true;
        found_ = same_;
    }
    /// Begins a visit that changes the state to that after so many periods more, at least one. What `watch` kept is
    /// then of no use, but that there are periods.
    void move(std::uint64_t periods) {
        periods_ = periods;
        known_ = false;
        begin(false);
    }
    /// Something else happened than that text moved.
    void forget() { known_ = found_ = false; }

    /// There are periods.
    [[nodiscard]] bool found() const { return found_; }
    /// Cycles of one.
    [[nodiscard]] std::uint64_t cycles() const { return cycles_; }

    // What a block says of its registers. All of them have values without a sign.

    /// The same in every period.
    template <class Value>
    void constant(const Value& value) {
        if (periods_ == 0) compare(static_cast<std::uint64_t>(value), 0, ~std::uint64_t{0});
    }
    /// True, or there are no periods.
    void expect(bool holds) { same_ = same_ && holds; }
    /// Counts bytes, blocks or cycles; `modulus` is a power of two.
    template <class Value>
    void bytes(Value& value, std::uint64_t modulus = 0) {
        moves(value, period_bytes, modulus);
    }
    template <class Value>
    void blocks(Value& value, std::uint64_t modulus) {
        moves(value, period_blocks, modulus);
    }
    template <class Value>
    void cycles(Value& value, std::uint64_t modulus) {
        moves(value, cycles_, modulus);
    }
    /// Bytes that are left.
    template <class Value>
    void bytes_left(Value& value) {
        moves(value, std::uint64_t{0} - period_bytes, std::uint64_t{std::numeric_limits<Value>::max()} + 1);
    }
    /// A cycle that is waited for: if it is over, it does not matter for how long.
    void time(std::uint64_t& cycle) {
        if (periods_ == 0) {
            compare(cycle > cycle_ ? cycle - cycle_ : 0, 0, ~std::uint64_t{0});
        } else {
            cycle += periods_ * cycles_;
        }
    }

private:
    void begin(bool same) {
        same_ = same;
        index_ = 0;
    }
    void compare(std::uint64_t value, std::uint64_t step, std::uint64_t mask) {
        if (index_ == values_.size()) {
            values_.push_back(value);
            same_ = false;
        } else {
            same_ = same_ && ((values_[index_] + step) & mask) == value;
            values_[index_] = value;
        }
        ++index_;
    }
    template <class Value>
    void moves(Value& value, std::uint64_t step, std::uint64_t modulus) {
        const std::uint64_t mask = modulus - 1;
        if (periods_ == 0) {
            compare(value & mask, step, mask);
        } else {
            value = static_cast<Value>((value + periods_ * step) & mask);
        }
    }

    std::vector<std::uint64_t> values_;  ///< of the last watch, in the order of the visit
    std::size_t index_ = 0;
    std::uint64_t cycle_ = 0;    ///< of the last watch
    std::uint64_t cycles_ = 0;   ///< of a period
    std::uint64_t periods_ = 0;  ///< to be moved by; 0: watching
    bool known_ = false;         ///< values_ are of a time since which only text has moved
    bool same_ = false;
    bool found_ = false;
};

}  // namespace cce::model
