// SPDX-License-Identifier: Apache-2.0
//
// Secrets for valgrind, as ctgrind marks them: bytes that count as uninitialised, so that memcheck complains about
// every branch and every address that depends on them. Without valgrind all of this does nothing.

#pragma once

#include <valgrind/memcheck.h>

#include <cstdint>
#include <span>
#include <vector>

namespace cce::constant_time {

using Bytes = std::vector<std::uint8_t>;

/// From here on a secret, and so is whatever is made of it.
inline void mark_secret(std::span<const std::uint8_t> bytes) {
    static_cast<void>(VALGRIND_MAKE_MEM_UNDEFINED(bytes.data(), bytes.size()));
}
/// No secret any more.
inline void declassify(std::span<const std::uint8_t> bytes) {
    static_cast<void>(VALGRIND_MAKE_MEM_DEFINED(bytes.data(), bytes.size()));
}
/// Memcheck complains if a byte is a secret.
inline void require_public(std::span<const std::uint8_t> bytes) {
    static_cast<void>(VALGRIND_CHECK_MEM_IS_DEFINED(bytes.data(), bytes.size()));
}
/// True if every bit of every byte is a secret; also without valgrind, which could not tell.
[[nodiscard]] inline bool all_secret(std::span<const std::uint8_t> bytes) {
    if (RUNNING_ON_VALGRIND == 0) return true;
    for (const std::uint8_t& byte : bytes) {
        std::uint8_t marks = 0;
        static_cast<void>(VALGRIND_GET_VBITS(&byte, &marks, 1));
        if (marks != 0xff) return false;
    }
    return true;
}

}  // namespace cce::constant_time
