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
    bool decrypt = false;  ///< MACs, digests: verify; kw, kwp: unwrap
    std::size_t key_bits = 128;
    std::size_t bytes = 0;  ///< of text, message or key to be wrapped
    std::size_t depth = 1;
};

/// What a name of request_modes means.
struct RequestKind {
    std::optional<cce_mode> mode;  ///< of AES; none: a hash function
    cce_hash hash = CCE_HASH_SHA_256;
    bool hmac = false;

    [[nodiscard]] bool is(cce_mode wanted) const { return mode == wanted; }
    [[nodiscard]] bool is_aead() const { return is(CCE_MODE_GCM) || is(CCE_MODE_CCM); }
    [[nodiscard]] bool is_key_wrap() const { return is(CCE_MODE_KW) || is(CCE_MODE_KWP); }
    [[nodiscard]] bool offered(const Information& information) const;
};
[[nodiscard]] RequestKind request_kind(const std::string& name);

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
    [[nodiscard]] Session session(Device& device, cce_direction direction) const;
    void prepare();
    void submit(std::size_t slot);

    Device& device_;
    Work work_;
    RequestKind kind_;
    SecretBytes key_;
    std::optional<Session> session_;
    Iv iv_{};
    std::vector<std::uint8_t> source_;
    std::vector<std::uint8_t> mac_;
    std::vector<std::vector<std::uint8_t>> destinations_;
};

/// Empty, or why the mode has no texts of that length.
[[nodiscard]] std::string refusal_of(const std::string& name, std::size_t bytes);

}  // namespace cce::tool
