// SPDX-License-Identifier: Apache-2.0

#include "aes/key_wrap.h"

#include "aes/block_functions.h"

namespace cce::model {

namespace {

// SP 800-38F, 6.2 and 6.3, first byte lowest.
constexpr std::uint64_t integrity_value_1 = 0xa6a6a6a6a6a6a6a6;
constexpr std::uint32_t integrity_value_2 = 0xa65959a6;

/// Ones in the bytes from number `bytes` to 7, where 0 stands for 8.
std::uint64_t bytes_beyond(unsigned bytes) {
    return bytes % 8 == 0 ? 0 : ~std::uint64_t{0} << 8 * (bytes % 8);
}

}  // namespace

void KeyWrap::reset() {
    state_ = State::erase;
    request_ = waiting_ = outstanding_ = dropped_ = match_ = false;
    whole_ = true;
    key_length_ = 0;
    index_ = 0;
}

unsigned KeyWrap::cyclic_index() const {
    if (!unwrap_) return last_index() ? 0 : index_ + 1;
    return index_ == 0 ? semiblocks_ - 1 : index_ - 1;
}

Block KeyWrap::cipher_block() const {
    return block_of({unwrap_ ? a_ ^ step_bytes() : a_, read_});
}

Block KeyWrap::out_word() const {
    return block_of({half_, second_ ? read_ : 0});
}

/// The integrity check (SP 800-38F, 6.2, step 3 of KW-AD; 6.3, steps 3 to 7 of KWP-AD).
bool KeyWrap::integrity() const {
    if (!padded_) return a_ == integrity_value_1;
    const std::uint32_t key_length = __builtin_bswap32(static_cast<std::uint32_t>(a_ >> 32));
    const std::uint32_t key_semiblocks = key_length / 8 + (key_length % 8 != 0 ? 1 : 0);
    return static_cast<std::uint32_t>(a_) == integrity_value_2 && key_semiblocks == semiblocks_ &&
           (read_ & bytes_beyond(key_length % 8)) == 0;
}

/// Stores a semiblock of the text; bytes beyond the length are zero.
void KeyWrap::store(std::uint64_t semiblock) {
    const bool cut = last_index() && !unwrap_;
    memory_[index_ % depth] = semiblock & ~(cut ? bytes_beyond(length_) : 0);
}

void KeyWrap::erase_step(bool accept) {
    const unsigned count = whole_ ? depth : semiblocks_;
    memory_[index_ % depth] = 0;
    read_ = 0;
    a_ = 0;
    half_ = 0;
    const bool waits = waiting_ || accept;
    if (accept) request_ = waiting_ = true;
    if (index_ + 1 != count) {
        ++index_;
    } else if (!outstanding_) {
        index_ = 0;
        whole_ = false;
        waiting_ = false;
        if (waits) {
            state_ = State::load;
        } else {
            state_ = request_ ? State::done : State::idle;
        }
    }
}

void KeyWrap::await_result(const Inputs& inputs) {
    // The next semiblock is read already. It is another one than that which is written, unless m = 1: then nothing of
    // it is needed.
    read_ = memory_[cyclic_index() % depth];
    if (!inputs.result_valid) return;
    const BlockWords result = words_of(inputs.result_block);
    memory_[index_ % depth] = result.second;
    a_ = unwrap_ ? result.first : result.first ^ step_bytes();
    const bool last = last_step();
    index_ = cyclic_index();
    step_ = unwrap_ ? step_ - 1 : step_ + 1;
    if (!last) {
        state_ = State::offer;
    } else if (unwrap_) {
        state_ = State::fetch_last;
    } else {
        index_ = 0;
        first_ = true;
        state_ = State::output_second;
    }
}

void KeyWrap::load_done() {
    state_ = State::fetch;
    if (unwrap_) {
        step_ = 6 * semiblocks_;
        index_ = semiblocks_ - 1;
    } else {
        step_ = 1;
        index_ = 0;
        match_ = true;
        a_ = integrity_value_1;
        if (padded_) {
            a_ = std::uint64_t{__builtin_bswap32(length_)} << 32 | integrity_value_2;
        }
    }
    if (single()) step_ = 0;
}

/// Aborted in a cycle that began in state `before`.
void KeyWrap::stop(State before, bool cipher_ready) {
    waiting_ = false;
    match_ = false;
    key_length_ = 0;
    if (before == State::offer && !cipher_ready) {
        dropped_ = true;
    } else if (before != State::erase) {
        index_ = 0;
        state_ = State::erase;
    } else if (state_ == State::load) {
        state_ = State::done;
    }
}

void KeyWrap::clock(const Inputs& inputs) {
    if (state_ == State::idle && !inputs.start) return;
    const State before = state_;
    const bool accept = inputs.start && (before == State::idle || (before == State::erase && !request_));
    const bool stopped = inputs.abort && (accept || (request_ && before != State::done));
    const bool outstanding = (before == State::offer && inputs.cipher_ready) || (outstanding_ && !inputs.result_valid);
    switch (before) {
        case State::erase:
            erase_step(accept);
            break;
        case State::idle:
            if (accept) {
                request_ = true;
                state_ = State::load;
            }
            break;
        case State::load:
            if (!inputs.in_valid) break;
            half_ = words_of(inputs.in_word).second;
            state_ = State::load_second;
            if (unwrap_ && index_ == 0) {  // the first semiblock of all is A
                a_ = words_of(inputs.in_word).first;
                break;
            }
            store(words_of(inputs.in_word).first);
            if (last_index()) {
                load_done();
            } else {
                ++index_;
            }
            break;
        case State::load_second:
            store(half_);
            state_ = State::load;
            if (last_index()) {
                load_done();
            } else {
                ++index_;
            }
            break;
        case State::fetch:
            read_ = memory_[index_ % depth];
            state_ = State::offer;
            break;
        case State::offer:
            if (!inputs.cipher_ready) break;
            state_ = State::await;
            if (dropped_) {
                index_ = 0;
                state_ = State::erase;
            }
            break;
        case State::await:
            await_result(inputs);
            break;
        case State::fetch_last:
            read_ = memory_[index_ % depth];
            state_ = State::check;
            break;
        case State::check: {
            match_ = integrity();
            const std::uint32_t length = __builtin_bswap32(static_cast<std::uint32_t>(a_ >> 32));
            key_length_ = match_ && padded_ ? length : 0;
            index_ = 0;
            first_ = false;
            state_ = State::checked;
            break;
        }
        case State::checked:
            state_ = match_ ? State::output_first : State::erase;
            break;
        case State::output_first:
            read_ = memory_[index_ % depth];
            ++index_;
            state_ = State::output_second;
            break;
        case State::output_second:
            half_ = first_ ? a_ : read_;
            first_ = false;
            second_ = !all_put_out();
            if (second_) {
                read_ = memory_[index_ % depth];
                ++index_;
            }
            state_ = State::output_show;
            break;
        case State::output_show:
            if (!inputs.out_ready) break;
            state_ = State::output_first;
            if (all_put_out()) {
                index_ = 0;
                state_ = State::erase;
            }
            break;
        case State::done:
            request_ = false;
            match_ = false;
            key_length_ = 0;
            dropped_ = false;
            state_ = State::idle;
            break;
    }
    if (accept) {
        unwrap_ = inputs.unwrap;
        padded_ = inputs.padded;
        length_ = inputs.length;
        semiblocks_ = inputs.unwrap ? inputs.length / 8 - 1 : (inputs.length + 7) / 8;
    }
    outstanding_ = outstanding;
    if (stopped) stop(before, inputs.cipher_ready);
}

}  // namespace cce::model
