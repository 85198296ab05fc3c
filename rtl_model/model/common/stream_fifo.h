// SPDX-License-Identifier: Apache-2.0
//
// First-in first-out buffer, first word falls through: a word pushed in one cycle is visible in the next.

#pragma once

#include <array>
#include <bit>
#include <cassert>

namespace cce::model {

/// Model of stream_fifo.sv. `push` and `pop` are what the clock edge does; a block calls them after it has looked at
/// everything it needs of the cycle.
template <class Word, unsigned Depth>
class StreamFifo {
    static_assert(std::has_single_bit(Depth));

public:
    /// Reset or clear_i.
    void clear() { head_ = count_ = 0; }

    [[nodiscard]] bool valid() const { return count_ != 0; }
    [[nodiscard]] const Word& data() const { return memory_[head_]; }
    [[nodiscard]] unsigned count() const { return count_; }
    /// The word behind `index` others.
    [[nodiscard]] const Word& at(unsigned index) const { return memory_[(head_ + index) % Depth]; }
    [[nodiscard]] Word& at(unsigned index) { return memory_[(head_ + index) % Depth]; }

    /// Pop before push, if both happen at one edge of a full FIFO.
    void pop() {
        assert(count_ != 0);
        head_ = (head_ + 1) % Depth;
        --count_;
    }
    void push(const Word& word) {
        assert(count_ != Depth);
        memory_[(head_ + count_) % Depth] = word;
        ++count_;
    }

private:
    std::array<Word, Depth> memory_{};
    unsigned head_ = 0;
    unsigned count_ = 0;
};

}  // namespace cce::model
