// SPDX-License-Identifier: Apache-2.0

#include "hash/hash_lane.h"

#include <algorithm>
#include <cstring>

#include "aes/block_functions.h"

namespace cce::model {

namespace {

constexpr unsigned lane_blocks = Configuration::lane_blocks;
constexpr std::uint64_t length_limit = std::uint64_t{1} << 60;
constexpr std::uint64_t total_mask = (std::uint64_t{1} << 61) - 1;

Block take_half(const std::array<std::uint8_t, 8>& first, const Block& second) {
    Block block;
    std::copy(first.begin(), first.end(), block.begin());
    std::copy_n(second.begin(), 8, block.begin() + 8);
    return block;
}

}  // namespace

bool HashLane::context_bad(const contract::HashContext& context) const {
    if (context.format != contract::ContextFormat::hash_state || context.mode != request_.mode) return true;
    if (context.squeezing > 1 || context.length >= length_limit) return true;
    if (std::any_of(context.reserved.begin(), context.reserved.end(), [](std::uint8_t byte) { return byte != 0; })) {
        return true;
    }
    if (!sponge_ && context.length % hash_function::block_bytes(request_.mode) != 0) return true;
    return context.squeezing != 0 && (!hash_function::extendable(request_.mode) || message_left_ != 0 || !finishes());
}

/// pad10*1 (FIPS 202, 5.1): its last bit is the last one of the block in which the message ends.
void HashLane::pad_sponge(Message& message) const {
    const bool first_half_last = place_ == rate() - 1;
    const bool second_half_last = place_ + 2 == rate();
    const bool ends_in_first = first_half_last && (padded_ || (message.pads && message.bytes < 8));
    const bool ends = ends_in_first || (second_half_last && (padded_ || message.pads));
    message.half = ends_in_first || (first_half_last && message_left_ == 8 && !finishes());
    message.block_ends = message.half || second_half_last;
    message.place_after = first_half_last ? 1 : place_ + 2;
    message.ends = finishes() ? ends : message_left_ <= 16;
    if (message.pads) message.beat[message.bytes] = hash_function::suffix(request_.mode);
    if (ends_in_first) {
        message.beat[7] |= 0x80;
    } else if (ends) {
        message.beat[15] |= 0x80;
    }
}

/// FIPS 180-4, 5.1: a 1, zeros, and the length in bits at the end of the block, big-endian.
void HashLane::pad_sha2(Message& message) const {
    const bool wide = hash_function::wide(request_.mode);
    const bool last_beat = place_ == (wide ? 7U : 3U);
    const bool ends = last_beat && (padded_ || (message.pads && !wide && message.bytes < 8));
    message.block_ends = last_beat;
    message.place_after = place_ + 1;
    message.ends = finishes() ? ends : message_left_ <= 16;
    if (message.pads) message.beat[message.bytes] = 0x80;
    if (!ends) return;
    const std::uint64_t bits = total_ << 3;
    for (unsigned i = 0; i < 8; ++i) message.beat[8 + i] = static_cast<std::uint8_t>(bits >> (56 - 8 * i));
}

HashLane::Message HashLane::message(const View& view) const {
    Message message;
    message.valid = state_ == State::message && !aborting(view) && (message_left_ == 0 || fifo_.valid());
    if (!message.valid) return message;
    message.bytes = std::min<std::uint32_t>(message_left_, 16);
    message.pads = finishes() && message.bytes != 16 && !padded_;
    if (message.bytes != 0) std::copy_n(fifo_.data().begin(), message.bytes, message.beat.begin());
    if (sponge_) {
        pad_sponge(message);
    } else {
        pad_sha2(message);
    }
    return message;
}

Block HashLane::write_data() const {
    return text_.result_valid() ? text_.result() : output_piece();
}

Block HashLane::output_piece() const {
    if (state_ == State::save) {
        if (!save_context_) return core_piece();
        const contract::HashContext context{.format = contract::ContextFormat::hash_state,
                                            .mode = request_.mode,
                                            .squeezing = static_cast<std::uint8_t>(request_.squeeze ? 1 : 0),
                                            .reserved = {},
                                            .length = total_};
        Block block;
        std::memcpy(block.data(), &context, sizeof block);
        return block;
    }
    const Block digest = hash_function::digest_piece(request_.mode, core_piece());
    return held_valid_ ? take_half(held_, digest) : digest;
}

void HashLane::clock_core(const Message& message, bool permute) {
    const bool state_write =
        state_ == State::initial || (state_ == State::state && fifo_.valid()) || state_ == State::restore;
    Block piece{};
    if (state_ == State::initial) {
        if (!sponge_) piece = hash_function::initial_piece(request_.mode, index_);
    } else if (state_ == State::restore) {
        piece = outer_state_[index_];
    } else if (state_write) {
        piece = fifo_.data();
    }
    if (sponge_) {
        keccak_.clock({.rate = rate(),
                       .clear = state_ == State::erase,
                       .state_write = state_write,
                       .state_index = index_,
                       .state_data = &piece,
                       .valid = message.valid,
                       .data = &message.beat,
                       .half = message.half,
                       .permute = permute});
    } else {
        sha2_.clock({.wide = hash_function::wide(request_.mode),
                     .clear = state_ == State::erase,
                     .state_write = state_write,
                     .state_index = index_,
                     .state_data = &piece,
                     .valid = message.valid,
                     .data = &message.beat});
    }
}

void HashLane::start(const Inputs& inputs) {
    request_ = *inputs.start_request;
    slot_ = inputs.start_slot;
    const unsigned front = hash_function::front_bytes(request_.mode, request_.first, request_.keyed);
    state_ = front != 0 ? State::context : State::initial;
    reads_left_ = front + (request_.cipher ? request_.aad_length
                                           : (std::uint64_t{request_.text_length} + 15) & ~std::uint64_t{15});
    read_block_ = 0;
    index_ = 0;
    squeezing_ = outer_ = false;
    total_ = message_left_ = request_.text_length + (request_.cipher ? request_.aad_length : 0);
    fault_tag_ = differs_ = false;
    text_.start(request_);
    padded_ = false;
    place_ = 0;
    // Behind what is squeezed stand hash_context and state.
    const auto saved = static_cast<std::uint32_t>(sizeof(contract::HashContext) + 16 * pieces());
    output_left_ = request_.output_length - (request_.squeeze ? saved : 0);
    held_valid_ = false;
    save_context_ = true;
    write_block_ = 0;
}

/// What goes to the FIFO in this cycle: AAD and text are one message. Results come behind all of the AAD, for the text
/// is read behind it.
std::optional<Block> HashLane::packed(const Inputs& inputs) {
    const bool result_take = inputs.write_grant && text_.result_valid();
    if (result_take && !hashes_source()) return packer_.join(text_.result(), text_.result_bytes());
    if (read_ && (!text_.text_valid() || hashes_source())) {
        return packer_.join(inputs.read_data, text_.text_valid() ? text_.text_bytes() : read_bytes_);
    }
    const bool flush =
        reads_left_ == 0 && !read_ && (hashes_source() ? text_.all_read() : text_.all_given()) && fifo_room();
    return flush ? packer_.flush() : std::nullopt;
}

void HashLane::clock_text(const Inputs& inputs, bool text_grant) {
    text_.clock({.stop = aborting(inputs.view),
                 .drop = state_ == State::drain,
                 .read_grant = text_grant,
                 .read_data = inputs.read_data,
                 .cipher_grant = inputs.cipher_grant,
                 .result_valid = inputs.result_valid,
                 .result_block = inputs.result_block,
                 .result_take = inputs.write_grant && text_.result_valid()});
}

void HashLane::clock(const Inputs& inputs) {
    if (state_ == State::free) {
        if (inputs.start) start(inputs);
        return;
    }
    const bool abort = aborting(inputs.view);
    const Message beat = message(inputs.view);
    const bool taken =
        beat.valid && (sponge_ ? keccak_.ready(rate()) : sha2_.ready(hash_function::wide(request_.mode), beat.valid));
    const bool output_step = state_ == State::output && !abort && !busy() && output_left_ != 0 && text_.all_given() &&
                             (held_only() || (verifies() ? fifo_.valid() : inputs.write_grant));
    const bool permute = output_step && block_used() && (request_.squeeze || held_only() || output_left_ > 16);

    // The FIFO's edge comes behind everything that looks at its first word.
    const bool keyed_erase = state_ == State::erase && request_.keyed;
    const bool pop =
        fifo_.valid() && (state_ == State::erase || state_ == State::release ||
                          (!abort && (state_ == State::context || state_ == State::state || state_ == State::outer ||
                                      (taken && message_left_ != 0) || (output_step && verifies()))));
    const std::optional<Block> packed = request_.cipher ? this->packed(inputs) : std::nullopt;
    const bool push =
        (request_.cipher ? packed.has_value() : read_) || (state_ == State::inner && !abort) || keyed_erase;
    Block pushed{};
    if (state_ == State::inner) {
        pushed = hash_function::digest_piece(request_.mode, core_piece());
    } else if (packed) {
        pushed = *packed;
    } else if (!keyed_erase) {
        pushed = inputs.read_data;
    }
    const bool flush = state_ == State::drain;
    const bool text_grant = inputs.read_grant && text_request(inputs.view);
    const bool begins_tag = begins_output() && verifies();
    const bool differs =
        output_step && verifies() &&
        !is_zero(keep_bytes(exclusive_or(output_piece(), fifo_.data()), std::min<std::uint32_t>(output_left_, 16)));
    const State state = state_;
    const Core core{busy(), core_piece()};

    if (request_.cipher) clock_text(inputs, text_grant);
    clock_core(beat, permute);
    clock_sequence(inputs, core, beat, taken, output_step);

    if (flush) {
        fifo_.clear();
    } else {
        if (pop) fifo_.pop();
        if (push) fifo_.push(pushed);
    }
    read_ = inputs.read_grant;
    if (inputs.read_grant) {
        read_block_ = (read_block_ + 1) % lane_blocks;
        read_bytes_ = static_cast<unsigned>(std::min<std::uint64_t>(reads_left_, 16));
        if (!text_grant) reads_left_ -= read_bytes_;
    }
    // The tag, with what is behind it in its last block.
    if (begins_tag) reads_left_ = (output_left_ + 15) & ~15U;
    if (state == State::drain) reads_left_ = 0;
    if (state == State::drain || state == State::erase) packer_.clear();
    differs_ = differs_ || differs;
    if (inputs.write_grant) write_block_ = (write_block_ + 1) % lane_blocks;
    if (abort) state_ = state == State::drain ? state_ : State::drain;
}

void HashLane::clock_sequence(const Inputs& inputs, const Core& core, const Message& beat, bool taken,
                              bool output_step) {
    const bool last_piece = index_ == pieces() - 1;
    const auto next_piece = [&] { index_ = last_piece ? 0 : index_ + 1; };
    switch (state_) {
        case State::free:
            break;
        case State::initial:
            index_ = (index_ + 1) % 16;
            if (sponge_ || last_piece) state_ = State::message;
            break;
        case State::context:
            if (fifo_.valid()) {
                contract::HashContext context;
                std::memcpy(&context, fifo_.data().data(), sizeof context);
                total_ = (total_ + context.length % length_limit) & total_mask;
                squeezing_ = context.squeezing % 2 != 0;
                fault_length_ = false;
                state_ = context_bad(context) ? State::fault : State::state;
            }
            break;
        case State::state:
            if (fifo_.valid()) {
                if (last_piece && request_.keyed) {
                    state_ = State::outer;
                } else if (last_piece) {
                    state_ = squeezing_ ? State::settle : State::message;
                }
                next_piece();
            }
            break;
        case State::outer:
            if (fifo_.valid()) {
                outer_state_[index_] = fifo_.data();
                if (last_piece) state_ = State::message;
                next_piece();
            }
            break;
        case State::message:
            if (taken) {
                // What goes on later is whole blocks: its last beat is full, or is the half that ends the block.
                const bool whole = beat.block_ends && (finishes() || beat.half || message_left_ == 16);
                message_left_ -= beat.bytes;
                padded_ = padded_ || beat.pads;
                place_ = beat.block_ends ? 0 : beat.place_after;
                if (beat.ends) {
                    fault_length_ = true;
                    index_ = 0;
                    state_ = whole ? State::settle : State::fault;
                }
            }
            break;
        case State::settle:
            if (!core.busy) {
                if (request_.keyed && request_.last && !outer_) {
                    state_ = State::inner;
                } else {
                    state_ = finishes() ? State::output : State::save;
                }
            }
            break;
        case State::inner: {
            const unsigned bytes = hash_function::digest_bytes(request_.mode);
            const bool ends = 16 * index_ + 16 >= bytes;
            outer_ = true;
            message_left_ = bytes;
            padded_ = false;
            total_ = bytes + hash_function::block_bytes(request_.mode);
            index_ = ends ? 0 : index_ + 1;
            if (ends) state_ = State::restore;
            break;
        }
        case State::restore:
            if (last_piece) state_ = State::message;
            next_piece();
            break;
        case State::output:
            if (output_left_ == 0) {
                fault_length_ = !request_.cipher;
                fault_tag_ = request_.cipher;
                if (!request_.squeeze) {
                    state_ = differs_ ? State::fault : State::erase;
                } else {
                    const bool whole_pairs = index_ == 0 && !held_valid_ && request_.output_length % 16 == 0;
                    state_ = whole_pairs ? State::save : State::fault;
                }
                index_ = 0;
            } else if (output_step) {
                const bool only = held_only();
                if (!only) output_left_ -= std::min<std::uint32_t>(output_left_, 16);
                if (sponge_) {
                    std::copy_n(core.piece.begin() + (only ? 0 : 8), 8, held_.begin());
                    if (block_used() && rate() % 2 != 0) held_valid_ = only;
                }
                index_ = block_used() ? 0 : index_ + 1;
            }
            break;
        case State::save:
            if (inputs.write_grant) {
                if (!save_context_) {
                    if (last_piece) state_ = State::erase;
                    next_piece();
                }
                save_context_ = false;
            }
            break;
        case State::fault:
            if (inputs.fault_grant) state_ = State::drain;
            break;
        case State::drain:
            index_ = 0;
            if (inputs.clear_grant) state_ = State::erase;
            break;
        case State::erase: {
            const unsigned cycles = sponge_ ? 16 : fifo_depth;
            held_ = {};
            total_ = 0;
            outer_state_[index_] = {};
            if (!request_.keyed || index_ == cycles - 1) state_ = State::release;
            index_ = (index_ + 1) % 16;
            break;
        }
        case State::release:
            if (inputs.release_grant) state_ = State::free;
            break;
    }
}

}  // namespace cce::model
