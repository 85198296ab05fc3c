// SPDX-License-Identifier: Apache-2.0

#include "hash_stream.h"

#include "checks.h"
#include "hash_session.h"
#include "hash_state.h"

namespace cce::internal {

using namespace hash_function;

namespace {

/// Shorter pieces are gathered: a request to an engine is worth some blocks.
constexpr std::size_t buffer_bytes = 4096;
/// Output that is squeezed at once.
constexpr std::size_t output_bytes = 64 * 1024;

}  // namespace

HashStream::HashStream(const HashParameters& parameters, Run run)
    : parameters_(parameters),
      run_(std::move(run)),
      block_(block_bytes(parameters.hash)),
      running_(parameters),
      buffer_(buffer_bytes / block_ * block_) {}

std::unique_ptr<MessageStream> HashStream::copy() {
    auto other = std::make_unique<HashStream>(parameters_, run_);
    other->phase_ = phase_;
    other->begun_ = begun_;
    other->buffered_ = buffered_;
    other->length_ = length_;
    other->running_.assign(running_.state());
    std::ranges::copy(buffer_.bytes().first(buffered_), other->buffer_.bytes().begin());
    return other;
}

Text HashStream::request() const {
    Text text = text_of_message(parameters_, 0);
    text.behind.clear();
    if (begun_) {
        text.aad = running_.front();
        text.part.first = false;
    }
    return text;
}

void HashStream::require_message(const char* call) const {
    if (phase_ != Phase::message) {
        throw Failure(CCE_ERROR_STREAM, std::string(call) + ": the stream's message has ended");
    }
}

void HashStream::append(std::span<const std::uint8_t> bytes) {
    std::ranges::copy(bytes, buffer_.bytes().subspan(buffered_).begin());
    buffered_ += bytes.size();
    length_ += bytes.size();
}

void HashStream::absorb(std::span<const std::uint8_t> blocks) {
    Text text = request();
    text.source = blocks;
    text.part.last = false;
    text.destination = running_.next();
    run_(text);
    running_.advance();
    begun_ = true;
}

void HashStream::absorb_buffered() {
    const std::size_t whole = buffered_ / block_ * block_;
    if (whole == 0) return;
    absorb(buffer_.bytes().first(whole));
    std::ranges::copy(buffer_.bytes().subspan(whole, buffered_ - whole), buffer_.bytes().begin());
    buffered_ -= whole;
}

void HashStream::update(std::span<const std::uint8_t> bytes) {
    require_message("update");
    require(bytes.size() < length_limit, CCE_ERROR_LENGTH, "a piece has fewer than 2^60 bytes");
    check_message_room(parameters_, length_ + bytes.size());
    while (!bytes.empty()) {
        const std::size_t room = buffer_.bytes().size() - buffered_;
        if (buffered_ == 0 && bytes.size() > room) {
            // The buffer keeps nothing back that is worth a request, and the last block only if it is not whole.
            const std::size_t whole = bytes.size() / block_ * block_;
            absorb(bytes.first(whole));
            length_ += whole;
            bytes = bytes.subspan(whole);
            continue;
        }
        const auto piece = bytes.first(std::min(bytes.size(), room));
        append(piece);
        bytes = bytes.subspan(piece.size());
        // A full buffer waits: the message may end here, and then one request does it.
        if (!bytes.empty()) absorb_buffered();
    }
}

void HashStream::finish(std::span<std::uint8_t> digest) {
    require_message("finish");
    check_digest_length(parameters_, digest.size());
    Text text = request();
    text.source = buffer_.bytes().first(buffered_);
    text.behind = end_of_message(parameters_, digest.size());
    text.destination = digest;
    run_(text);
    phase_ = Phase::finished;
}

void HashStream::squeeze_pairs(std::span<std::uint8_t> output, Text text) {
    const std::size_t state = running_.next().size();
    SecretBytes made(output.size() + state);
    text.part.last = false;
    text.part.squeeze = true;
    text.destination = made.bytes();
    run_(text);
    std::ranges::copy(made.bytes().first(output.size()), output.begin());
    std::ranges::copy(made.bytes().last(state), running_.next().begin());
    running_.advance();
    begun_ = true;
}

void HashStream::end_message() {
    Text text = request();
    text.source = buffer_.bytes().first(buffered_);
    text.behind = end_of_message(parameters_, 0);
    squeeze_pairs({}, text);
    wipe(buffer_.bytes());
    buffered_ = 0;
    phase_ = Phase::squeezing;
}

void HashStream::squeeze(std::span<std::uint8_t> output) {
    require(is_extendable(parameters_.hash) && parameters_.kind != CCE_HASH_KMAC, CCE_ERROR_SESSION,
            "only XOFs and KMAC as an XOF can be squeezed");
    require(phase_ != Phase::finished, CCE_ERROR_STREAM, "squeeze: the stream has been finished");
    const std::size_t pair = pair_bytes(parameters_.hash);
    if (phase_ == Phase::message) end_message();
    while (!output.empty()) {
        const std::size_t ready = std::min(buffered_, output.size());
        std::ranges::copy(buffer_.bytes().first(ready), output.begin());
        std::ranges::copy(buffer_.bytes().subspan(ready, buffered_ - ready), buffer_.bytes().begin());
        buffered_ -= ready;
        output = output.subspan(ready);
        if (output.size() >= pair) {
            const auto pairs = output.first(std::min(output.size(), output_bytes) / pair * pair);
            squeeze_pairs(pairs, request());
            output = output.subspan(pairs.size());
        } else if (!output.empty()) {
            squeeze_pairs(buffer_.bytes().first(pair), request());
            buffered_ = pair;
        }
    }
}

void HashStream::reset() {
    wipe(buffer_.bytes());
    phase_ = Phase::message;
    begun_ = false;
    buffered_ = 0;
    length_ = 0;
}

std::size_t HashStream::export_to(std::span<std::uint8_t> out) {
    require(phase_ != Phase::finished, CCE_ERROR_STREAM, "export: the stream has been finished");
    if (phase_ == Phase::message) absorb_buffered();
    const std::size_t state = state_bytes(parameters_.hash);
    if (out.size() < state + buffered_) {
        throw Failure(CCE_ERROR_BUFFER, "the stream's state has " + std::to_string(state + buffered_) +
                                            " bytes; there is room for " + std::to_string(out.size()));
    }
    if (begun_) {
        std::ranges::copy(running_.state(), out.begin());
    } else if (parameters_.front.bytes().empty()) {
        HashState(parameters_.hash).save(out.first(state));
    } else {
        std::ranges::copy(parameters_.front.bytes().first(state), out.begin());
    }
    std::ranges::copy(buffer_.bytes().first(buffered_), out.subspan(state).begin());
    return state + buffered_;
}

void HashStream::import_from(std::span<const std::uint8_t> state) {
    const StateHeader header = load_header(state, parameters_.hash);
    const std::size_t words_end = state_bytes(parameters_.hash);
    const std::size_t most = header.squeezing ? pair_bytes(parameters_.hash) : block_;
    require(state.size() >= words_end && state.size() - words_end < most, CCE_ERROR_STATE,
            "the state is corrupted: it is too short or too long");
    const std::span<const std::uint8_t> rest = state.subspan(words_end);
    if (is_sponge(parameters_.hash)) {
        const auto padding = state.first(words_end).subspan(context_bytes + Keccak::state_bytes);
        require(std::all_of(padding.begin(), padding.end(), [](std::uint8_t byte) { return byte == 0; }),
                CCE_ERROR_STATE, "the state is corrupted: the bytes behind its words are not zero");
    }
    require(!header.squeezing || parameters_.kind != CCE_HASH_KMAC, CCE_ERROR_STATE,
            "the state squeezes, which this session cannot");
    // right_encode(0) of KMAC as an XOF is part of the message only for the function.
    const std::uint64_t around =
        bytes_in_front(parameters_) + (header.squeezing ? end_of_message(parameters_, 0).size() : 0);
    require(header.length >= around, CCE_ERROR_STATE,
            "the state does not begin with the session's key or names: its length is too small");
    const std::uint64_t length = header.length - around + (header.squeezing ? 0 : rest.size());
    phase_ = header.squeezing ? Phase::squeezing : Phase::message;
    begun_ = true;
    running_.assign(state.first(words_end));
    wipe(buffer_.bytes());
    std::ranges::copy(rest, buffer_.bytes().begin());
    buffered_ = rest.size();
    length_ = length;
}

}  // namespace cce::internal
