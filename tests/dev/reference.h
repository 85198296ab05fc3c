// SPDX-License-Identifier: Apache-2.0
//
// What a request of /dev/cce must answer, by OpenSSL.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cce::dev {

using Bytes = std::vector<uint8_t>;

struct ReferenceRequest {
    uint32_t mode{};  // CCE_UAPI_MODE_...
    bool decrypt{};
    Bytes key;
    Bytes iv;
    Bytes aad;
    Bytes source;  // to decrypt: text and tag
    size_t tag_bytes{};
};

// Text and tag, text, or MAC. Nothing if the tag does not match.
[[nodiscard]] std::optional<Bytes> reference_answer(const ReferenceRequest& request);

}  // namespace cce::dev
