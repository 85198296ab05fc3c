// SPDX-License-Identifier: Apache-2.0
//
// Chunks of a sealed file under way: many are submitted, and taken back in the order of their numbers.

#pragma once

#include <deque>
#include <optional>

#include "sealed_format.h"
#include "timeline.h"
#include "tool.h"

namespace cce::tool::sealed {

struct Chunk {
    std::uint64_t number = 0;
    bool last = false;
    bool comparing = false;  ///< nothing is to be written: an interrupted run has done this chunk
    std::size_t text_length = 0;
    SecretBytes text;    ///< room for the text
    SecretBytes sealed;  ///< room for ciphertext and tag
    SecretBytes opened;  ///< room for a second text, if asked for
    std::optional<Completion> completion;

    [[nodiscard]] std::span<std::uint8_t> text_bytes() { return text.bytes().first(text_length); }
    [[nodiscard]] std::span<std::uint8_t> sealed_bytes() { return sealed.bytes().first(text_length + tag_bytes); }
    [[nodiscard]] std::span<std::uint8_t> opened_bytes() { return opened.bytes().first(text_length); }
};

class ChunkPipeline {
public:
    /// Up to `depth` chunks of `chunk_bytes`; `opened`: with room for a second text. Not so many that their buffers
    /// would take more than a quarter of a GiB.
    ChunkPipeline(Device& device, std::size_t depth, std::size_t chunk_bytes, bool opened);
    /// Waits for what is under way: the buffers go now.
    ~ChunkPipeline();
    ChunkPipeline(const ChunkPipeline&) = delete;
    ChunkPipeline& operator=(const ChunkPipeline&) = delete;

    [[nodiscard]] std::size_t depth() const { return chunks_.size(); }
    [[nodiscard]] bool full() const { return under_way_ == chunks_.size(); }
    [[nodiscard]] bool empty() const { return under_way_ == 0; }

    /// The chunk to fill next, numbered; there is one unless full().
    [[nodiscard]] Chunk& next();
    /// Submits it: from text to sealed, or from sealed to `opened`.
    void submit_seal(Session& session);
    void submit_open(Session& session, std::span<const std::uint8_t> sealed, std::span<std::uint8_t> text);

    /// The oldest chunk, once it is complete. Its status is CCE_OK or CCE_ERROR_TAG; others throw.
    [[nodiscard]] Chunk& wait_for_oldest();
    /// Its buffers may be used again.
    void release_oldest();

    /// Engine cycles from the first request's start to the last one's end, if the engine tells.
    [[nodiscard]] std::optional<std::uint64_t> engine_cycles() const;
    /// Every completion as an event, if not null.
    void set_timeline(Timeline* timeline) { timeline_ = timeline; }

private:
    void submit(Session& session, std::span<const std::uint8_t> source, std::span<std::uint8_t> destination);
    void collect();

    Device& device_;
    std::deque<Chunk> chunks_;
    std::size_t under_way_ = 0;
    std::uint64_t next_number_ = 0;  ///< chunk n has the buffers n modulo depth
    std::optional<std::uint64_t> first_cycle_;
    std::uint64_t last_cycle_ = 0;
    Timeline* timeline_ = nullptr;
};

}  // namespace cce::tool::sealed
