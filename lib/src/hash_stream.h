// SPDX-License-Identifier: Apache-2.0
//
// A message that comes in pieces: gathers them to whole blocks, and keeps the state between the requests. Who does the
// requests is somebody else's matter.

#pragma once

#include <functional>

#include "hash_pieces.h"

namespace cce::internal {

/// One thread at a time. Everything throws Failure; after a request has failed, the stream is as it was before it.
class HashStream final : public MessageStream {
public:
    /// Does one request and waits for it; throws Failure.
    using Run = std::function<void(const Text&)>;

    /// `parameters` outlive it.
    HashStream(const HashParameters& parameters, Run run);

    void update(std::span<const std::uint8_t> bytes) override;
    void finish(std::span<std::uint8_t> digest) override;
    void squeeze(std::span<std::uint8_t> output) override;
    void reset() override;
    [[nodiscard]] std::unique_ptr<MessageStream> copy() override;
    [[nodiscard]] std::size_t export_to(std::span<std::uint8_t> out) override;
    void import_from(std::span<const std::uint8_t> state) override;
    [[nodiscard]] std::uint64_t length() const override { return length_; }

private:
    enum class Phase { message, squeezing, finished };

    [[nodiscard]] Text request() const;
    void require_message(const char* call) const;
    void append(std::span<const std::uint8_t> bytes);
    /// Hashes whole blocks.
    void absorb(std::span<const std::uint8_t> blocks);
    /// Hashes the buffer's whole blocks.
    void absorb_buffered();
    void end_message();
    /// As many pairs of blocks into `output`.
    void squeeze_pairs(std::span<std::uint8_t> output, Text text);

    const HashParameters& parameters_;
    Run run_;
    std::size_t block_;
    Phase phase_ = Phase::message;
    bool begun_ = false;  ///< the state is in running_; else it is where the session has it
    RunningState running_;
    SecretBytes buffer_;
    /// What of the buffer is used: the message's last bytes, or output that was not asked for yet.
    std::size_t buffered_ = 0;
    std::uint64_t length_ = 0;
};

}  // namespace cce::internal
