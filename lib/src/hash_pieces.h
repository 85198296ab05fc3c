// SPDX-License-Identifier: Apache-2.0
//
// Long messages and long outputs as several requests, each of which goes on from the state that the one before left.

#pragma once

#include <algorithm>

#include "backend.h"
#include "hash_functions.h"

namespace cce::internal {

/// A state to go on from, with what stands behind it in every request of an HMAC: in two buffers, since a request reads
/// one and writes the next.
class RunningState {
public:
    explicit RunningState(const HashParameters& parameters)
        : state_bytes_(hash_function::state_bytes(parameters.hash)) {
        const std::span<const std::uint8_t> front = parameters.front.bytes();
        const auto outer = front.subspan(std::min(front.size(), state_bytes_));
        for (SecretBytes& buffer : buffers_) {
            buffer = SecretBytes(state_bytes_ + outer.size());
            std::ranges::copy(outer, buffer.bytes().last(outer.size()).begin());
        }
    }

    /// What a request has in front of its text.
    [[nodiscard]] std::span<const std::uint8_t> front() const { return buffers_[now_].bytes(); }
    /// hash_context and words.
    [[nodiscard]] std::span<const std::uint8_t> state() const { return buffers_[now_].bytes().first(state_bytes_); }
    /// Where a request writes the state that it leaves, and after that.
    [[nodiscard]] std::span<std::uint8_t> next() { return buffers_[1 - now_].bytes().first(state_bytes_); }
    void advance() { now_ = 1 - now_; }
    /// Another state to go on from.
    void assign(std::span<const std::uint8_t> state) {
        std::ranges::copy(state, next().begin());
        advance();
    }

private:
    std::size_t state_bytes_;
    std::array<SecretBytes, 2> buffers_;
    std::size_t now_ = 0;
};

/// Runs `step` (Text -> Result) over a request in pieces of about `piece_bytes`.
template <typename Step>
Result hash_in_pieces(const HashParameters& parameters, const Text& text, std::size_t piece_bytes, Step step) {
    using namespace hash_function;
    const std::size_t blocks = std::max(piece_bytes / block_bytes(parameters.hash), std::size_t{2});
    const std::size_t piece = blocks / 2 * pair_bytes(parameters.hash);
    const bool long_output = text.part.last && text.destination.size() > piece;
    if (text.source.size() <= piece && !long_output) return step(text);

    RunningState running(parameters);
    std::optional<Cycles> cycles;
    const auto run = [&](const Text& part) {
        const Result result = step(part);
        if (result.cycles) cycles = Cycles{cycles ? cycles->start : result.cycles->start, result.cycles->end};
    };
    Text rest = text;
    while (rest.source.size() > piece) {
        Text part = rest;
        part.source = rest.source.first(piece);
        part.behind.clear();
        part.destination = running.next();
        part.part.last = part.part.squeeze = false;
        run(part);
        running.advance();
        rest.source = rest.source.subspan(piece);
        rest.aad = running.front();
        rest.part.first = false;
    }
    if (long_output) {
        SecretBytes output(piece + running.next().size());
        while (rest.destination.size() > piece) {
            Text part = rest;
            part.destination = output.bytes();
            part.part.last = false;
            part.part.squeeze = true;
            run(part);
            std::ranges::copy(output.bytes().first(piece), rest.destination.begin());
            std::ranges::copy(output.bytes().subspan(piece), running.next().begin());
            running.advance();
            rest.destination = rest.destination.subspan(piece);
            rest.source = {};
            rest.behind.clear();
            rest.aad = running.front();
            rest.part.first = false;
        }
    }
    run(rest);
    Result result;
    result.cycles = cycles;
    return result;
}

}  // namespace cce::internal
