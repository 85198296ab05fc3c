// SPDX-License-Identifier: Apache-2.0
//
// Who did what: every request is counted, by the engine's mode or hash function, or by the reason why the CPU did it.

#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "cce/cce.h"

namespace cce::provider {

/// Why a request was done by the CPU.
enum class OnCpu : std::size_t {
    below_threshold,  ///< fewer bytes than `cpu-below`
    not_offered,      ///< the engine has no such mode, key length, tag length or initial value
    too_long,         ///< more than one request to the engine can take
    streamed,         ///< GCM: the text comes in several updates, the engine takes it whole
    tag_late,         ///< GCM: the tag to compare with comes after the text, the engine needs it before
    tag_mismatch,     ///< GCM: the tag did not match the text so far: more may come, or it is forged
    tls_padding,      ///< CBC records of TLS: MAC and padding are checked in constant time together
    count
};

class Report {
public:
    void on_engine(cce_mode mode, std::size_t bytes) noexcept;
    void on_engine(cce_hash hash, std::size_t bytes) noexcept;
    void on_cpu(OnCpu reason, std::size_t bytes) noexcept;
    void engine_failed() noexcept { failures_.fetch_add(1, relaxed); }
    void paused() noexcept { pauses_.fetch_add(1, relaxed); }
    void in_flight(std::size_t requests) noexcept;
    /// What is behind the engine; told once it was opened.
    void set_device(const cce_information& information) noexcept;

    [[nodiscard]] std::uint64_t engine_requests() const noexcept;
    [[nodiscard]] std::uint64_t engine_bytes() const noexcept { return engine_bytes_.load(relaxed); }
    [[nodiscard]] std::uint64_t cpu_requests() const noexcept;
    [[nodiscard]] std::uint64_t cpu_bytes() const noexcept { return cpu_bytes_.load(relaxed); }
    [[nodiscard]] std::uint64_t failures() const noexcept { return failures_.load(relaxed); }
    [[nodiscard]] std::uint64_t pauses() const noexcept { return pauses_.load(relaxed); }
    [[nodiscard]] std::uint64_t most_in_flight() const noexcept { return most_in_flight_.load(relaxed); }
    /// All of it as one line of JSON.
    [[nodiscard]] std::string json() const;
    /// Appends the line to `file`, "-" is stderr. One write: lines of several processes do not mix.
    void write(const std::string& file) const noexcept;

private:
    static constexpr auto relaxed = std::memory_order_relaxed;

    std::array<std::atomic<std::uint64_t>, CCE_MODE_COUNT> engine_{};
    std::array<std::atomic<std::uint64_t>, CCE_HASH_COUNT> engine_hashes_{};  ///< HMAC, KMAC: of the function
    std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(OnCpu::count)> cpu_{};
    std::atomic<std::uint64_t> engine_bytes_ = 0;
    std::atomic<std::uint64_t> cpu_bytes_ = 0;
    std::atomic<std::uint64_t> failures_ = 0;
    std::atomic<std::uint64_t> pauses_ = 0;
    std::atomic<std::uint64_t> most_in_flight_ = 0;
    std::atomic<const char*> backend_ = "not opened";
};

}  // namespace cce::provider
