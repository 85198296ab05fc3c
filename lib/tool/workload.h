// SPDX-License-Identifier: Apache-2.0
//
// Requests that are all alike, a stated number of them under way: what cce bench measures and cce trace run shows.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tool.h"

namespace cce::tool {

struct Work {
    std::string name;      ///< of request_modes (watch.h)
    bool decrypt = false;  ///< MACs: verify; kw, kwp: unwrap
    std::size_t key_bits = 128;
    std::size_t bytes = 0;  ///< of text, message or key to be wrapped
    std::size_t depth = 1;
};

class Workload {
public:
    /// With a random key and text. Throws ToolError if `work.bytes` is not legal for the mode; see refusal_of().
    Workload(Device& device, const Work& work);
    ~Workload();
    Workload(const Workload&) = delete;
    Workload& operator=(const Workload&) = delete;

    /// Keeps `depth` requests under way while `more(number of requests submitted)` says so, and calls `done` for each
    /// completion, with the time of its submission (monotonic_nanoseconds()). Throws if a request fails.
    void run(const std::function<bool(std::size_t)>& more,
             const std::function<void(const Completion&, std::uint64_t submitted_ns)>& done);

private:
    void prepare();
    void submit(std::size_t slot);

    Device& device_;
    Work work_;
    cce_mode mode_;
    SecretBytes key_;
    std::optional<Session> session_;
    Iv iv_{};
    std::vector<std::uint8_t> source_;
    std::vector<std::uint8_t> mac_;
    std::vector<std::vector<std::uint8_t>> destinations_;
};

/// Empty, or why the mode has no texts of that length.
[[nodiscard]] std::string refusal_of(const std::string& name, std::size_t bytes);
/// The library's mode for a name of request_modes.
[[nodiscard]] cce_mode workload_mode(const std::string& name);

}  // namespace cce::tool
