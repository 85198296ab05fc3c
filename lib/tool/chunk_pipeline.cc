// SPDX-License-Identifier: Apache-2.0

#include "chunk_pipeline.h"

#include <algorithm>
#include <array>

namespace cce::tool::sealed {

namespace {

constexpr std::size_t buffers_limit = std::size_t{256} << 20;

}  // namespace

ChunkPipeline::ChunkPipeline(Device& device, std::size_t depth, std::size_t chunk_bytes, bool opened)
    : device_(device) {
    const std::size_t each = (opened ? 3 : 2) * chunk_bytes + tag_bytes;
    const std::size_t count = std::clamp<std::size_t>(buffers_limit / each, 1, depth);
    for (std::size_t i = 0; i < count; ++i) {
        Chunk& chunk = chunks_.emplace_back(Chunk{0, false, false, 0, SecretBytes(chunk_bytes),
                                                  SecretBytes(chunk_bytes + tag_bytes),
                                                  SecretBytes(opened ? chunk_bytes : 0), std::nullopt});
        chunk.number = i;
    }
}

ChunkPipeline::~ChunkPipeline() {
    std::array<Completion, 8> done{};
    try {
        while (device_.outstanding() > 0) {
            static_cast<void>(device_.poll(done, std::chrono::milliseconds(-1)));
        }
    } catch (const Error&) {
        // A device that can't even be asked: its sessions stay behind, as cce.hpp says.
    }
}

Chunk& ChunkPipeline::next() {
    Chunk& chunk = chunks_.at(next_number_ % chunks_.size());
    chunk.number = next_number_;
    chunk.completion.reset();
    return chunk;
}

void ChunkPipeline::submit_seal(Session& session) {
    Chunk& chunk = next();
    submit(session, chunk.text_bytes(), chunk.sealed_bytes());
}

void ChunkPipeline::submit_open(Session& session, std::span<const std::uint8_t> sealed, std::span<std::uint8_t> text) {
    submit(session, sealed, text);
}

void ChunkPipeline::submit(Session& session, std::span<const std::uint8_t> source,
                           std::span<std::uint8_t> destination) {
    const Chunk& chunk = next();
    const Nonce nonce = nonce_of(chunk.number, chunk.last);
    session.submit(AeadRequest{chunk.number, nonce.data(), nonce.size(), nullptr, 0, source.data(), source.size(),
                               destination.data(), destination.size(), tag_bytes});
    ++under_way_;
    ++next_number_;
}

Chunk& ChunkPipeline::wait_for_oldest() {
    Chunk& oldest = chunks_.at((next_number_ - under_way_) % chunks_.size());
    while (!oldest.completion) {
        collect();
    }
    if (const cce_status status = oldest.completion->status; status != CCE_OK && status != CCE_ERROR_TAG) {
        std::string message = "chunk " + std::to_string(oldest.number) + ": " + cce_strerror(status);
        if (const std::string particulars = cce_error_message(device_.get()); !particulars.empty()) {
            message += " (" + particulars + ")";
        }
        throw ToolError(exit_failure, message);
    }
    return oldest;
}

void ChunkPipeline::release_oldest() {
    --under_way_;
}

std::optional<std::uint64_t> ChunkPipeline::engine_cycles() const {
    return first_cycle_ ? std::optional(last_cycle_ - *first_cycle_) : std::nullopt;
}

void ChunkPipeline::collect() {
    std::array<Completion, 16> done{};
    const std::span<Completion> found = device_.poll(done, std::chrono::milliseconds(-1));
    if (found.empty()) {
        throw ToolError(exit_failure, "the device forgot a request");
    }
    for (const Completion& completion : found) {
        // The oldest may be released only when complete, so this chunk still has its buffers.
        Chunk& chunk = chunks_.at(completion.cookie % chunks_.size());
        chunk.completion = completion;
        if (completion.cycles_known != 0) {
            first_cycle_ = std::min(first_cycle_.value_or(completion.start_cycle), completion.start_cycle);
            last_cycle_ = std::max(last_cycle_, completion.end_cycle);
            if (timeline_ != nullptr) {
                timeline_->add_request("chunk " + std::to_string(chunk.number), completion,
                                       {{"chunk", chunk.number}, {"bytes", chunk.text_length}});
            }
        }
    }
}

}  // namespace cce::tool::sealed
