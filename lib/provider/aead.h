// SPDX-License-Identifier: Apache-2.0
//
// What GCM and CCM share: room for a text with its tag behind it, as libcce's AEAD calls have it, and TLS records.

#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <span>

#include "cipher.h"

namespace cce::provider {

inline constexpr std::size_t tls_aad_bytes = 13;         ///< RFC 5246, 6.2.3.3
inline constexpr std::size_t tls_explicit_iv_bytes = 8;  ///< RFC 5288, 3; RFC 6655, 3
inline constexpr std::size_t tls_fixed_iv_bytes = 4;

using TlsAad = std::array<std::uint8_t, tls_aad_bytes>;

/// The AAD of a record of TLS 1.2. Its length field, which counts explicit IV and (opening) tag, is put right.
[[nodiscard]] inline TlsAad tls_aad(std::span<const std::uint8_t> given, bool encrypt, std::size_t tag_bytes,
                                    Reason reason) {
    require(given.size() == tls_aad_bytes, reason, "the AAD of a TLS record has 13 bytes");
    TlsAad aad;
    std::copy(given.begin(), given.end(), aad.begin());
    const std::size_t extra = tls_explicit_iv_bytes + (encrypt ? 0 : tag_bytes);
    std::size_t length = static_cast<std::size_t>(aad[tls_aad_bytes - 2]) << 8 | aad[tls_aad_bytes - 1];
    require(length >= extra, reason, "the TLS record is shorter than its IV and tag");
    length -= extra;
    aad[tls_aad_bytes - 2] = static_cast<std::uint8_t>(length >> 8);
    aad[tls_aad_bytes - 1] = static_cast<std::uint8_t>(length);
    return aad;
}

/// Room for a ciphertext with its tag behind it. Never holds text, so that it need not be overwritten.
class SealedText {
public:
    SealedText() = default;
    SealedText(const SealedText& other) : length_(other.length_) {
        if (length_ != 0) {
            const std::span<std::uint8_t> bytes = reserve(other.length_);
            std::copy_n(other.bytes_.get(), bytes.size(), bytes.begin());
        }
    }
    SealedText& operator=(const SealedText&) = delete;

    [[nodiscard]] std::span<std::uint8_t> reserve(std::size_t length) {
        if (length > room_ || room_ > small_bytes) {
            bytes_ = std::make_unique_for_overwrite<std::uint8_t[]>(std::max(length, small_bytes));
            room_ = std::max(length, small_bytes);
        }
        length_ = length;
        return {bytes_.get(), length_};
    }
    /// What was reserved last.
    [[nodiscard]] std::span<std::uint8_t> bytes() const { return {bytes_.get(), length_}; }

private:
    /// A record of TLS and more; larger ones are given back.
    static constexpr std::size_t small_bytes = 32768;

    std::unique_ptr<std::uint8_t[]> bytes_;
    std::size_t room_ = 0;
    std::size_t length_ = 0;
};

}  // namespace cce::provider
