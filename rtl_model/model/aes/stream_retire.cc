// SPDX-License-Identifier: Apache-2.0

#include "aes/stream_retire.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "aes/block_functions.h"

namespace cce::model {

namespace {

/// Blocks that a bulk advance works on at once: few enough to stay in the host's first cache.
constexpr unsigned steady_chunk = 64;

/// Bits, as a big-endian number of 64 bits (SP 800-38D, 7.1), in memory order.
std::uint64_t bit_length(std::uint32_t bytes) {
    return __builtin_bswap64(std::uint64_t{bytes} * 8);
}

}  // namespace

void StreamRetire::reset() {
    state_ = State::idle;
    slot_ = 0;
    consumed_ = 0;
    produced_ = 0;
    end_block_.fill(0);
    head_ = 0;
    tail_ = 0;
    b_ = false;
    mask_known_ = false;
    order_.clear();
    ghash_.reset();
}

/// Step A: takes a result, or a block of the source.
void StreamRetire::step_a(const Inputs& inputs) {
    a_ = {};
    const bool aborted = has(inputs.abort, slot_);
    if (aborted) {
        if (state_ == State::drain) {
            a_.take_result = head_ != tail_ && !(inputs.end_valid && head_ == inputs.end_count);
        }
        return;
    }
    const unsigned ahead = (inputs.arrived - consumed_ - 1) % block_modulus;
    const bool can_read = ahead < Configuration::stream_blocks && !inputs.lane_reads;
    // Room for this block and for the one in step B; lanes write when their results come, and have the port then.
    const unsigned filled = (produced_ - inputs.freed) % block_modulus;
    const bool room = filled < Configuration::stream_blocks - 2 && !inputs.lane_result;
    switch (state_) {
        case State::iv:
        case State::aad:
            a_.valid = can_read && ghash_.ready();
            a_.take_source = a_.valid;
            break;
        case State::text:
            if (head_ == tail_) break;
            if (head().step == stream_step_first_counter) {
                a_.valid = true;
                a_.kind = Kind::mask;
            } else if (counting()) {
                a_.valid = can_read && room && (!is_gcm() || ghash_.ready());
                a_.kind = Kind::text;
                a_.take_source = a_.valid;
            } else {
                a_.valid = room;
                a_.kind = head().step == stream_step_steal ? Kind::steal : Kind::text;
                a_.take_source = a_.valid;
            }
            a_.take_result = a_.valid;
            break;
        case State::steal:
            a_.valid = room;
            a_.kind = Kind::head;
            break;
        case State::tag:
            if (!ghash_.result_near() || !mask_known_ || b_) break;
            if (request_.decrypt) {
                a_.valid = can_read;
                a_.kind = Kind::compare;
                a_.take_source = a_.valid;
            } else {
                a_.valid = room;
                a_.kind = Kind::tag;
            }
            break;
        default:
            break;
    }
}

/// A block of text through the cipher and with what it is combined with.
void StreamRetire::combine(const Inputs& inputs, const Block& source) {
    const HostAes& key = inputs.cipher.key(slot_);
    Block combined;
    switch (request_.mode) {
        case contract::CipherMode::gcm:
            combined = exclusive_or(key.apply(counter_), source);
            next_counter_ = increment_counter(counter_, false);
            break;
        case contract::CipherMode::ctr:
            combined = exclusive_or(key.apply(chain_), source);
            next_chain_ = increment_counter(chain_, true);
            break;
        case contract::CipherMode::cbc:
            combined = exclusive_or(key.apply(source), chain_);
            next_chain_ = source;
            break;
        case contract::CipherMode::xts: {
            // Decryption uses the last two tweaks in the opposite order.
            const bool opposite = b_kind_ == Kind::steal && request_.decrypt;
            const Block tweak = opposite ? next_tweak(chain_) : chain_;
            next_chain_ = opposite ? chain_ : next_tweak(chain_);
            combined = exclusive_or(b_stolen_ ? b_result_ : key.apply(exclusive_or(source, tweak)), tweak);
            break;
        }
        default:
            combined = key.apply(source);
            break;
    }
    if (b_kind_ == Kind::steal) {
        signals_.steal_valid = true;
        signals_.steal = combined;
        signals_.steal_tweak = next_chain_;
    } else {
        signals_.write = true;
        signals_.write_data = keep_bytes(combined, b_bytes_);  // keystream beyond the text must not leave
    }
}

/// Step B: combines what step A took in the cycle before.
void StreamRetire::step_b(const Inputs& inputs) {
    const Block& source = inputs.source.stream_block(consumed_ - 1);
    switch (b_kind_) {
        case Kind::hash:
            source_ = keep_bytes(source, b_bytes_);
            ghash_valid_ = true;
            ghash_block_ = source_;
            break;
        case Kind::text:
        case Kind::steal:
            combine(inputs, source);
            if (is_gcm()) {
                ghash_valid_ = true;
                ghash_block_ = request_.decrypt ? keep_bytes(source, b_bytes_) : signals_.write_data;
            }
            break;
        case Kind::head:
            signals_.write = true;
            signals_.write_data = keep_bytes(steal_, b_bytes_);
            break;
        case Kind::mask:
            break;
        case Kind::tag:
            signals_.write = true;
            signals_.write_data = keep_bytes(exclusive_or(ghash_.result(), mask_), request_.tag_length);
            break;
        case Kind::compare: {
            const Block difference = exclusive_or(source, exclusive_or(ghash_.result(), mask_));
            signals_.fault = !is_zero(keep_bytes(difference, request_.tag_length));
            break;
        }
    }
}

const StreamRetire::Signals& StreamRetire::evaluate(const Inputs& inputs) {
    signals_.retired = signals_.end_take = signals_.read = signals_.write = signals_.fault = false;
    signals_.counter_valid = signals_.steal_valid = false;
    ghash_start_ = ghash_valid_ = hash_lengths_ = false;
    a_ = {};
    if (state_ == State::idle) return signals_;
    step_a(inputs);
    signals_.retired = a_.take_result;
    // The source is read where it is combined at this end; text that went through the cipher is only counted.
    signals_.read = a_.take_source && (state_ != State::text || counting());
    if (b_) step_b(inputs);
    const bool aborted = has(inputs.abort, slot_);
    hash_lengths_ = (state_ == State::length || state_ == State::iv_length) && !b_ && ghash_.ready() && !aborted;
    if (hash_lengths_) {
        ghash_valid_ = true;
        ghash_block_ = state_ == State::iv_length
                           ? block_of({0, bit_length(request_.iv_length)})
                           : block_of({bit_length(request_.aad_length), bit_length(request_.text_length)});
    }
    ghash_start_ = state_ == State::start && is_gcm() && has(inputs.hash_key_valid, slot_) && !aborted;
    if (state_ == State::iv_result && ghash_.result_valid()) {
        ghash_start_ = true;
        signals_.counter_valid = true;
        // An IV of 96 bits is not hashed, wherever it stands (SP 800-38D, 7.1, step 2).
        signals_.counter = request_.iv_length == 12 ? first_gcm_counter(hashed_) : ghash_.result();
    }
    signals_.end_take = state_ == State::end && !b_ && inputs.end_valid && (aborted || has(inputs.ended, slot_));
    return signals_;
}

/// The state machine's clock edge, with the registers of the request.
void StreamRetire::next_state(const Inputs& inputs) {
    const State state = state_;
    const std::uint8_t head_step = head().step;
    switch (state) {
        case State::idle:
            mask_known_ = false;
            if (order_.valid()) {
                slot_ = order_.data();
                request_ = requests_[slot_];
                chain_ = request_.iv;
                counter_ = increment_counter(first_gcm_counter(request_.iv), false);
                enter(State::start);
            }
            break;
        case State::start:
            if (is_xts()) chain_ = inputs.hash_key;
            left_ = request_.text_length;
            if (request_.aad_length != 0) left_ = request_.aad_length;
            if (request_.iv_length != 0) left_ = request_.iv_length;
            if (is_gcm()) {
                if (!has(inputs.hash_key_valid, slot_)) break;
                if (request_.iv_length != 0) {
                    enter(State::iv);
                } else if (request_.aad_length != 0) {
                    enter(State::aad);
                } else {
                    enter(request_.text_length != 0 ? State::text : State::length);
                }
            } else if (!is_xts() || has(inputs.hash_key_valid, slot_)) {
                enter(State::text);
            }
            break;
        case State::iv:
            if (a_.valid && last()) enter(State::iv_length);
            break;
        case State::iv_length:
            if (hash_lengths_) enter(State::iv_result);
            break;
        case State::iv_result:
            left_ = request_.aad_length != 0 ? request_.aad_length : request_.text_length;
            if (signals_.counter_valid) {
                counter_ = increment_counter(signals_.counter, false);
                enter(request_.aad_length != 0 ? State::aad : State::text);  // for E(J0), if for nothing else
            }
            break;
        case State::aad:
            if (a_.valid && last()) {
                enter(request_.text_length != 0 || request_.iv_length != 0 ? State::text : State::length);
            }
            break;
        case State::text:
            if (!a_.valid) break;
            if (a_.kind == Kind::mask) {
                mask_known_ = true;
                if (request_.text_length == 0) enter(State::length);
            } else if (head_step == stream_step_stolen) {
                enter(State::steal);
            } else if (last() && a_.kind != Kind::steal) {
                enter(is_gcm() ? State::length : State::end);
            }
            break;
        case State::steal:
            if (a_.valid) enter(State::end);
            break;
        case State::length:
            if (hash_lengths_) enter(State::tag);
            break;
        case State::tag:
            if (request_.iv_length == 0) {
                if (has(inputs.mask_valid, slot_)) mask_known_ = true;
                mask_ = inputs.mask;
            }
            if (a_.valid) enter(State::end);
            break;
        case State::end:
            if (signals_.end_take) {
                end_block_[slot_] = static_cast<std::uint16_t>(produced_);
                next_iv_[slot_] = is_ctr() || is_cbc() ? chain_ : Block{};
                order_.pop();
                enter(State::idle);
            }
            break;
        case State::drain:
            if (inputs.end_valid && head_ == inputs.end_count && has(inputs.ended, slot_) &&
                !has(inputs.pending, slot_) && !b_) {
                consumed_ = inputs.source_end_block;
                enter(State::skip);
            }
            break;
        case State::skip:
            enter(State::end);
            break;
    }
    if (has(inputs.abort, slot_) && state != State::idle && state != State::drain && state != State::skip &&
        state != State::end) {
        enter(State::drain);
    }
    if (!a_.valid) return;
    // The block goes to step B. Of a stolen block and the whole one before it the places are changed: the partial one's
    // length is kept.
    const bool stolen = state == State::text && a_.kind != Kind::mask && head_step == stream_step_stolen;
    const unsigned bytes = last() ? left_ % 32 : 16;
    b_kind_ = a_.kind;
    b_stolen_ = stolen;
    b_result_ = head().block;
    b_bytes_ = bytes;
    if (a_.kind == Kind::head) {
        b_bytes_ = left_ % 16;
    } else if (a_.kind == Kind::tag || (stolen && is_xts())) {
        b_bytes_ = 16;
    }
    if (state == State::iv || state == State::aad) {
        left_ = last() ? request_.text_length : left_ - 16;
    } else if ((a_.kind == Kind::text || a_.kind == Kind::steal) && !stolen) {
        left_ = last() ? 0 : left_ - 16;
    }
}

/// What step B leaves in the registers.
void StreamRetire::finish_b() {
    switch (b_kind_) {
        case Kind::mask:
            mask_ = b_result_;
            break;
        case Kind::hash:
            hashed_ = source_;
            break;
        case Kind::steal:
            steal_ = signals_.steal;
            chain_ = next_chain_;
            break;
        case Kind::text:
            if (is_gcm()) {
                counter_ = next_counter_;
            } else if (request_.mode != contract::CipherMode::ecb) {
                chain_ = next_chain_;
            }
            break;
        default:
            break;
    }
    if (signals_.write) produced_ = (produced_ + 1) % block_modulus;
}

void StreamRetire::clock(const Inputs& inputs) {
    const bool was_idle = state_ == State::idle;
    ghash_.clock({ghash_start_, &inputs.hash_key, was_idle, ghash_valid_, &ghash_block_, hash_lengths_});
    if (b_) finish_b();
    if (!was_idle || order_.valid()) next_state(inputs);
    b_ = a_.valid;
    if (a_.take_source) consumed_ = (consumed_ + 1) % block_modulus;
    if (a_.take_result) head_ = (head_ + 1) % result_modulus;
    if (inputs.result_valid) {
        Result& result = results_[tail_ % result_count];
        result.step = inputs.result_step;
        const std::uint64_t index = std::uint64_t{1} << tail_ % result_count;
        special_ = result.step == stream_step_text ? special_ & ~index : special_ | index;
        if (result.step == stream_step_stolen || result.step == stream_step_first_counter) {
            result.block = inputs.result_block;
        }
        tail_ = (tail_ + 1) % result_modulus;
    }
    if (inputs.start && inputs.start_request->stream) {
        const CipherRequest& request = *inputs.start_request;
        requests_[inputs.start_slot] = {static_cast<contract::CipherMode>(request.mode),
                                        request.decrypt,
                                        request.tag_length,
                                        request.iv,
                                        request.iv_length,
                                        request.aad_length,
                                        request.text_length};
        order_.push(static_cast<std::uint8_t>(inputs.start_slot));
    }
}

StreamRetire::Steady StreamRetire::steady(const Inputs& inputs, bool arriving, bool arrives) {
    constexpr std::uint64_t forever = std::numeric_limits<std::uint64_t>::max();
    Steady steady;
    // Step B must have a whole block of text, or to be hashed.
    if (b_ && (b_kind_ > Kind::text || b_stolen_ || b_bytes_ != 16)) return steady;
    steady.producing = b_ && b_kind_ == Kind::text;
    const bool aborted = has(inputs.abort, slot_);
    switch (state_) {
        case State::idle:
            steady.cycles = order_.valid() || b_ ? 0 : forever;
            return steady;
        case State::start:
            steady.cycles = (is_gcm() || is_xts()) && !has(inputs.hash_key_valid, slot_) && !aborted ? forever : 0;
            return steady;
        case State::end:
            steady.cycles = b_ || (inputs.end_valid && (aborted || has(inputs.ended, slot_))) ? 0 : forever;
            return steady;
        case State::iv:
        case State::aad:
        case State::text:
            break;
        default:
            return steady;
    }
    const bool text = state_ == State::text;
    if (aborted || (b_ && (b_kind_ == Kind::text) != text)) return steady;
    step_a(inputs);
    const bool source_needed = !text || counting();
    const unsigned there = (inputs.arrived - consumed_) % block_modulus;
    const unsigned filled = (produced_ - inputs.freed) % block_modulus;
    if (a_.valid) {
        if (a_.kind > Kind::text) return steady;
        steady.taking = true;
        steady.retiring = text;
        steady.reading = source_needed;
        steady.cycles = (left_ - 1) / 16;  // not the last block
        if (source_needed && !arriving) steady.cycles = std::min<std::uint64_t>(steady.cycles, there);
        if (text) {
            // Room as if nothing became free meanwhile: then no block is overwritten before it has left.
            constexpr unsigned most_filled = Configuration::stream_blocks - 3;
            steady.cycles = std::min<std::uint64_t>(steady.cycles, filled < most_filled ? most_filled - filled : 0);
        }
        return steady;
    }
    if (!text || head_ != tail_) {
        const bool waits_for_source = source_needed && (there == 0 || there > Configuration::stream_blocks);
        steady.cycles = waits_for_source && !arrives ? forever : 0;
        return steady;
    }
    steady.cycles = forever;  // but see steady_results
    return steady;
}

std::uint64_t StreamRetire::steady_results(const Steady& steady, const AesCipher& cipher,
                                           AesCipher::SteadyInput input) const {
    const unsigned waiting = (tail_ - head_) % result_modulus;
    if (steady.retiring) {
        // All that wait must be plain text.
        const unsigned first = head_ % result_count;
        const std::uint64_t ones = waiting == result_count ? ~std::uint64_t{0} : (std::uint64_t{1} << waiting) - 1;
        if ((std::rotr(special_, static_cast<int>(first)) & ones) != 0) return 0;
        const std::uint64_t more = cipher.steady_results(input, true);
        return more > ~std::uint64_t{0} - waiting ? more : more + waiting;
    }
    // A result that comes is seen in the next cycle.
    if (state_ == State::text && waiting == 0) {
        const std::uint64_t gap = cipher.steady_results(input, false);
        return gap == ~std::uint64_t{0} ? gap : gap + 1;
    }
    return ~std::uint64_t{0};
}

unsigned StreamRetire::produced_in(const Steady& steady, std::uint64_t cycles) const {
    const unsigned more = steady.retiring ? static_cast<unsigned>(cycles - 1) : 0;
    return (steady.producing ? 1U : 0U) + more;
}

/// Text through the cipher, many blocks at once; see `combine`.
void StreamRetire::transform(const HostAes& key, std::span<const Block> in, std::span<Block> out) {
    switch (request_.mode) {
        case contract::CipherMode::gcm:
            key.count(counter_, false, in, out);
            ghash_.advance(request_.decrypt ? in : std::span<const Block>(out));
            break;
        case contract::CipherMode::ctr:
            key.count(chain_, true, in, out);
            break;
        case contract::CipherMode::cbc:
            key.apply(in, out);
            for (std::size_t i = 0; i < in.size(); ++i) {
                out[i] = exclusive_or(out[i], chain_);
                chain_ = in[i];
            }
            break;
        case contract::CipherMode::xts: {
            std::array<Block, steady_chunk> tweaks;
            for (std::size_t i = 0; i < in.size(); ++i) {
                tweaks[i] = chain_;
                out[i] = exclusive_or(in[i], chain_);
                chain_ = next_tweak(chain_);
            }
            key.apply(out, out);
            for (std::size_t i = 0; i < in.size(); ++i) out[i] = exclusive_or(out[i], tweaks[i]);
            break;
        }
        default:
            key.apply(in, out);
            break;
    }
}

void StreamRetire::advance(const Steady& steady, std::uint64_t cycles, unsigned results, const SourceBuffer& source,
                           const AesCipher& cipher, DestinationBuffer& destination) {
    // Step B in these cycles: that which waits, and all but the last of those which step A takes.
    const auto taken = static_cast<unsigned>(steady.taking ? cycles : 0);
    unsigned blocks = (b_ ? 1U : 0U) + (taken != 0 ? taken - 1 : 0);
    unsigned from = (consumed_ - (b_ ? 1U : 0U)) % block_modulus;
    const bool text = state_ == State::text;
    while (blocks != 0) {
        constexpr unsigned ring = Configuration::stream_blocks;
        unsigned count = std::min({blocks, steady_chunk, ring - from % ring});
        if (text) count = std::min(count, ring - produced_ % ring);
        const std::span<const Block> in(&source.stream_block(from), count);
        if (text) {
            transform(cipher.key(slot_), in, std::span(destination.stream_blocks(produced_), count));
            produced_ = (produced_ + count) % block_modulus;
        } else {
            ghash_.advance(in);
            hashed_ = in.back();
        }
        from = (from + count) % block_modulus;
        blocks -= count;
    }
    consumed_ = (consumed_ + taken) % block_modulus;
    left_ -= 16 * taken;
    b_ = steady.taking;
    if (b_) {
        b_kind_ = text ? Kind::text : Kind::hash;
        b_bytes_ = 16;
        b_stolen_ = false;
    }
    if (steady.retiring) head_ = (head_ + taken) % result_modulus;
    // Of the results that came nothing is to be known but that they are there.
    for (unsigned i = 0; i < std::min(results, result_count); ++i) {
        results_[(tail_ + i) % result_count].step = stream_step_text;
    }
    if (results >= result_count) {
        special_ = 0;
    } else if (results != 0) {
        const std::uint64_t ones = (std::uint64_t{1} << results) - 1;
        special_ &= ~std::rotl(ones, static_cast<int>(tail_ % result_count));
    }
    tail_ = (tail_ + results) % result_modulus;
}

void StreamRetire::visit(Motion& motion) {
    motion.constant(state_);
    motion.constant(slot_);
    motion.bytes_left(left_);
    motion.blocks(consumed_, block_modulus);
    motion.blocks(produced_, block_modulus);
    motion.blocks(head_, result_modulus);
    motion.blocks(tail_, result_modulus);
    motion.constant(special_);
    motion.constant(b_);
    motion.constant(b_kind_);
    motion.constant(b_bytes_);
    motion.constant(b_stolen_);
}

void StreamRetire::repeat(std::span<const std::uint8_t> in, std::size_t held, std::span<std::uint8_t> out, bool staged,
                          const SourceBuffer& source, const AesCipher& cipher, DestinationBuffer& destination) {
    constexpr unsigned ring = Configuration::stream_blocks;
    constexpr std::size_t block = sizeof(Block);
    const HostAes& key = cipher.key(slot_);
    const unsigned first = first_block();
    const std::size_t total = in.size() / block;
    std::array<Block, steady_chunk> stage;
    for (std::size_t done = 0; done < total;) {
        const std::size_t at = done * block;
        std::size_t count = std::min<std::size_t>(steady_chunk, total - done);
        // Where these blocks come from: the ring, both (then it is one block), memory.
        const auto from = static_cast<unsigned>((first + done) % ring);
        const bool both = at < held && at + block > held;
        const Block* blocks = nullptr;
        if (at + block <= held) {
            count = std::min({count, (held - at) / block, static_cast<std::size_t>(ring - from)});
            blocks = &source.stream_block(from);
        } else if (both) {
            count = 1;
            const auto middle = static_cast<std::ptrdiff_t>(held - at);
            std::copy_n(source.stream_block(from).begin(), middle, stage[0].begin());
            std::copy_n(in.begin(), static_cast<std::ptrdiff_t>(block) - middle, stage[0].begin() + middle);
            blocks = stage.data();
        } else {
            blocks = reinterpret_cast<const Block*>(&in[at - held]);
        }
        // Where they go to: memory, or the ring, of whose first block a part may go to memory.
        const auto to = static_cast<unsigned>((produced_ + done) % ring);
        std::size_t part = 0;
        Block* results = nullptr;
        if (at + block <= out.size()) {
            count = std::min(count, (out.size() - at) / block);
            results = reinterpret_cast<Block*>(&out[at]);
        } else {
            part = at < out.size() ? out.size() - at : 0;
            count = part != 0 ? 1 : std::min(count, static_cast<std::size_t>(ring - to));
            results = destination.stream_blocks(to);
        }
        if (staged && !both) {
            std::copy_n(blocks, count, stage.begin());
            blocks = stage.data();
        }
        transform(key, {blocks, count}, {results, count});
        if (part != 0) std::copy_n(results->begin(), part, out.end() - static_cast<std::ptrdiff_t>(part));
        done += count;
    }
}

}  // namespace cce::model
