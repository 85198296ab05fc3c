// SPDX-License-Identifier: Apache-2.0
//
// Bytes that are overwritten before their memory is given back.

#pragma once

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "cce/cce.h"

#ifdef CCE_WATCH_SECRETS  // lib/test/constant_time
#include <valgrind/memcheck.h>
#endif

namespace cce::internal {

/// Overwrites `bytes`; not removed by the compiler.
inline void wipe(std::span<std::uint8_t> bytes) {
    if (!bytes.empty()) {
        OPENSSL_cleanse(bytes.data(), bytes.size());
    }
}

/// What may be told of secrets: that a tag does not match, for one. Whoever branches on something secret must have it
/// from here; each call says why that may be known. Does nothing but where valgrind watches secrets.
template <typename T>
requires std::is_arithmetic_v<T>
[[nodiscard]] T released(T told) {
#ifdef CCE_WATCH_SECRETS
    static_cast<void>(VALGRIND_MAKE_MEM_DEFINED(&told, sizeof(told)));
#endif
    return told;
}

/// A copy of a key of up to CCE_KEY_BYTES_MAX bytes.
class SecretKey {
public:
    explicit SecretKey(std::span<const std::uint8_t> key) : length_(std::min(key.size(), bytes_.size())) {
        std::copy_n(key.begin(), length_, bytes_.begin());
    }
    ~SecretKey() { wipe(bytes_); }
    SecretKey(const SecretKey&) = delete;
    SecretKey& operator=(const SecretKey&) = delete;

    [[nodiscard]] std::span<const std::uint8_t> bytes() const { return std::span(bytes_).first(length_); }

private:
    std::array<std::uint8_t, CCE_KEY_BYTES_MAX> bytes_{};
    std::size_t length_;
};

/// Bytes of any number, which stay where they are.
class SecretBytes {
public:
    SecretBytes() = default;
    explicit SecretBytes(std::size_t count) : bytes_(count) {}
    explicit SecretBytes(std::span<const std::uint8_t> bytes) : bytes_(bytes.begin(), bytes.end()) {}
    ~SecretBytes() { wipe(bytes_); }
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    SecretBytes(SecretBytes&& other) noexcept { std::swap(bytes_, other.bytes_); }
    SecretBytes& operator=(SecretBytes&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        return *this;
    }

    [[nodiscard]] std::span<std::uint8_t> bytes() { return bytes_; }
    [[nodiscard]] std::span<const std::uint8_t> bytes() const { return bytes_; }

private:
    std::vector<std::uint8_t> bytes_;
};

}  // namespace cce::internal
