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
    Bytes source;  // to decrypt: text and tag; to unwrap: the wrapped key
    size_t tag_bytes{};
};

// Text and tag, text, or MAC; wrapped key, or key. Nothing if the tag, or a wrapped key, is not intact.
[[nodiscard]] std::optional<Bytes> reference_answer(const ReferenceRequest& request);

}  // namespace cce::dev
