// SPDX-License-Identifier: Apache-2.0
//
// Forced into the library's sources for the test that must fail: a comparison that ends at the first difference, in
// place of OpenSSL's.

#pragma once

#include <openssl/crypto.h>

#include <cstddef>
#include <cstdint>

namespace cce::constant_time {

inline int compare_until_different(const void* a, const void* b, std::size_t length) {
    const auto* const left = static_cast<const std::uint8_t*>(a);
    const auto* const right = static_cast<const std::uint8_t*>(b);
    for (std::size_t i = 0; i < length; ++i) {
        if (left[i] != right[i]) return 1;
    }
    return 0;
}

}  // namespace cce::constant_time

#define CRYPTO_memcmp(a, b, length) cce::constant_time::compare_until_different(a, b, length)
