// SPDX-License-Identifier: Apache-2.0
//
// What requests must answer, by OpenSSL directly; and where OpenSSL cannot (XTS with 192-bit keys or equal keys, GCM
// with IVs of more than 128 bytes), from its AES and GHASH by other ways than the library's.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cce::reference {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

[[nodiscard]] Bytes bytes_of(const std::string& hex);

/// Whole blocks.
[[nodiscard]] Bytes ecb(View key, View text, bool encrypt = true);
/// CBC of whole blocks, or CTR.
[[nodiscard]] Bytes cbc_or_ctr(bool ctr, View key, View iv, View text, bool encrypt);
/// From the standard, block by block. `key` is both keys.
[[nodiscard]] Bytes xts(View key, View tweak, View text, bool encrypt);
/// OpenSSL's, for keys that it takes.
[[nodiscard]] Bytes xts_of_openssl(View key, View tweak, View text, bool encrypt);
/// Ciphertext and tag.
[[nodiscard]] Bytes gcm(View key, View iv, View aad, View text, std::size_t tag_length);
/// The same for IVs of any length but 12 bytes, from AES and the GHASH inside OpenSSL's GCM.
[[nodiscard]] Bytes gcm_by_parts(View key, View iv, View aad, View text, std::size_t tag_length);
[[nodiscard]] Bytes ccm(View key, View nonce, View aad, View text, std::size_t tag_length);
[[nodiscard]] Bytes cmac(View key, View message, std::size_t length);
[[nodiscard]] Bytes key_wrap(View key, View plain, bool padded);
/// KW's wrapping function on another first semiblock: for keys that nobody would wrap like that.
[[nodiscard]] Bytes key_wrap_with(View key, View first_semiblock, View plain);

/// The first `length` bytes of OpenSSL's digest, by its name of it ("SHA256", "SHA3-256", "SHAKE128").
[[nodiscard]] Bytes digest(const std::string& name, View message, std::size_t length);
[[nodiscard]] Bytes hmac(const std::string& name, View key, View message, std::size_t length);
/// KMAC128 or 256 (`bits`).
[[nodiscard]] Bytes kmac(unsigned bits, View key, View customization, View message, std::size_t length, bool xof);
/// cSHAKE128 or 256 with names: OpenSSL's Keccak with KMAC's suffix, the names encoded here.
[[nodiscard]] Bytes cshake(unsigned bits, View function, View customization, View message, std::size_t length);

}  // namespace cce::reference
