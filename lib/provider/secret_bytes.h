// SPDX-License-Identifier: Apache-2.0
//
// Bytes that are overwritten before their memory is given back.

#pragma once

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cce::provider {

inline constexpr std::size_t block_bytes = 16;
using Block = std::array<std::uint8_t, block_bytes>;

inline void cleanse(std::span<std::uint8_t> bytes) {
    if (!bytes.empty()) {
        OPENSSL_cleanse(bytes.data(), bytes.size());
    }
}

/// A growing string of bytes; growing, too, leaves no copy behind.
class SecretBytes {
public:
    SecretBytes() = default;
    explicit SecretBytes(std::span<const std::uint8_t> bytes) : bytes_(bytes.begin(), bytes.end()) {}
    ~SecretBytes() { clear(); }
    SecretBytes(const SecretBytes&) = default;
    SecretBytes& operator=(const SecretBytes& other) {
        if (this != &other) {
            clear();
            append(other.bytes());
        }
        return *this;
    }

    void append(std::span<const std::uint8_t> more) {
        if (bytes_.capacity() - bytes_.size() < more.size()) {
            std::vector<std::uint8_t> larger;
            larger.reserve(std::max(2 * bytes_.capacity(), bytes_.size() + more.size()));
            larger.assign(bytes_.begin(), bytes_.end());
            cleanse(bytes_);
            bytes_.swap(larger);
        }
        bytes_.insert(bytes_.end(), more.begin(), more.end());
    }
    void clear() {
        cleanse(bytes_);
        bytes_.clear();
    }

    [[nodiscard]] std::span<const std::uint8_t> bytes() const { return bytes_; }
    [[nodiscard]] std::span<std::uint8_t> bytes() { return bytes_; }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

private:
    std::vector<std::uint8_t> bytes_;
};

/// Two ranges that share bytes without beginning at the same one.
[[nodiscard]] inline bool overlap_in_part(const std::uint8_t* a, const std::uint8_t* b, std::size_t length) {
    const auto from_a = reinterpret_cast<std::uintptr_t>(a);
    const auto from_b = reinterpret_cast<std::uintptr_t>(b);
    return from_a != from_b && (from_a > from_b ? from_a - from_b : from_b - from_a) < length;
}

}  // namespace cce::provider
