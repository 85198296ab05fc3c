// SPDX-License-Identifier: Apache-2.0
//
// What cce seal and cce open share.

#pragma once

#include <functional>

#include "chunk_pipeline.h"
#include "resumable_file.h"
#include "seal.h"

namespace cce::tool::sealed {

/// Reads a file piece by piece and knows of each whether it is the last one: it is always one byte ahead.
class PieceReader {
public:
    PieceReader(int descriptor, std::string name);
    /// Bytes of the next piece, which fills `buffer` unless it is the last.
    [[nodiscard]] std::size_t read(std::span<std::uint8_t> buffer);
    /// After read(): the file ended with that piece.
    [[nodiscard]] bool ended() const { return !ahead_; }

private:
    void look();

    int descriptor_;
    std::string name_;
    std::optional<std::uint8_t> ahead_;
};

/// The key of the user, 32 bytes. A context string that is too long is refused here, too.
[[nodiscard]] SecretBytes read_master_key(SealOptions& options);

/// Does `work`, and adds to the message of its failure what remains of `output`.
void with_remains(const ResumableFile& output, const std::function<void()>& work);

/// What a run did, for --json, --statistics and --trace.
struct Account {
    std::uint64_t start_ns = monotonic_nanoseconds();
    std::uint64_t text_bytes = 0;
    std::uint64_t chunks = 0;
    std::uint64_t resumed_bytes = 0;  ///< of the text, found done and verified
};
void report(const SealOptions& options, const char* operation, const Account& account, const ChunkPipeline& pipeline,
            std::size_t chunk_bytes, const Information& information, const Timeline& timeline);

/// Most bytes of a chunk for the device, by default and at all: AF_ALG carries no more than 64 KiB, with the tag.
[[nodiscard]] std::size_t default_chunk(const Information& information);
void check_chunk(const Information& information, std::size_t chunk_bytes);

/// The device that the options name, which must have GCM; for --trace it must tell its cycles.
[[nodiscard]] Device open_gcm_device(const SealOptions& options);

}  // namespace cce::tool::sealed
