// SPDX-License-Identifier: Apache-2.0
//
// Parts of the software backend, one file for each family of modes; software.cc chooses among them.

#pragma once

#include <openssl/evp.h>

#include "backend.h"
#include "software_library.h"

namespace cce::internal::software {

struct FreeContext {
    /// Overwrites the key in it, too.
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

/// Ends the request with OpenSSL's own words.
[[noreturn]] void fail(const std::string& what);

/// EVP's maker of a cipher for each AES key length. Only its name is taken: the code is OpenSSL's own, whatever the
/// application has configured (software_library.h).
using Makers = std::array<const EVP_CIPHER* (*)(), 3>;
[[nodiscard]] inline const EVP_CIPHER* cipher_of(const Makers& makers, std::size_t key_bytes) {
    return library()->cipher(EVP_CIPHER_get0_name(makers.at(key_bytes / 8 - 2)()));
}

[[nodiscard]] Context make_context();
/// A context with cipher and key set and no padding.
[[nodiscard]] Context make_context(const EVP_CIPHER* cipher, std::span<const std::uint8_t> key, bool encrypt);
/// AES itself, for modes that EVP does not have: ECB.
[[nodiscard]] Context make_block_cipher(std::span<const std::uint8_t> key, bool encrypt);
/// Whole blocks; in place is allowed.
void run_blocks(EVP_CIPHER_CTX& context, std::span<const std::uint8_t> source, std::span<std::uint8_t> destination);
/// Data of up to 2^31 - 1 bytes into EVP, also none; returns what came out.
std::size_t update(EVP_CIPHER_CTX& context, std::uint8_t* destination, std::span<const std::uint8_t> source);

[[nodiscard]] inline Failure tag_mismatch() {
    return Failure(CCE_ERROR_TAG, "OpenSSL: the authentication tag does not match");
}

[[nodiscard]] std::unique_ptr<Cipher> make_xts(const CipherParameters& parameters);
[[nodiscard]] std::unique_ptr<Cipher> make_gcm(const CipherParameters& parameters);
[[nodiscard]] std::unique_ptr<Cipher> make_ccm(const CipherParameters& parameters);
[[nodiscard]] std::unique_ptr<Cipher> make_cmac(const CipherParameters& parameters);
[[nodiscard]] std::unique_ptr<Cipher> make_key_wrap(const CipherParameters& parameters);
[[nodiscard]] std::unique_ptr<Cipher> make_hash(const HashParameters& parameters);
/// What serves the hash functions.
void describe_hashes(cce_information& out);

}  // namespace cce::internal::software
