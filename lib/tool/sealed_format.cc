// SPDX-License-Identifier: Apache-2.0

#include "sealed_format.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace cce::tool::sealed {

namespace {

// Offsets in the header; 11 to 15 are zero.
constexpr std::size_t at_version = 8;
constexpr std::size_t at_algorithm = 9;
constexpr std::size_t at_chunk_log2 = 10;
constexpr std::size_t at_reserved = 11;
constexpr std::size_t at_salt = 16;

constexpr const char* kdf_label = "cce sealed file 1";

struct Freed {
    void operator()(EVP_KDF* kdf) const noexcept { EVP_KDF_free(kdf); }
    void operator()(EVP_KDF_CTX* context) const noexcept { EVP_KDF_CTX_free(context); }
};

}  // namespace

FileKeys derive(std::span<const std::uint8_t> master_key, std::span<const std::uint8_t> covered,
                const std::string& context) {
    const std::unique_ptr<EVP_KDF, Freed> kdf(EVP_KDF_fetch(nullptr, "KBKDF", nullptr));
    const std::unique_ptr<EVP_KDF_CTX, Freed> call(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
    std::string mode = "counter";
    std::string mac = "CMAC";
    std::string cipher = "AES-256-CBC";  // of which CMAC takes the block cipher
    std::string label = kdf_label;
    std::vector<std::uint8_t> info(covered.begin(), covered.end());
    info.insert(info.end(), context.begin(), context.end());
    // OpenSSL takes pointers to what it does not change as pointers to what it may change.
    auto* key = const_cast<std::uint8_t*>(master_key.data());
    const std::array<OSSL_PARAM, 7> parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MODE, mode.data(), 0),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MAC, mac.data(), 0),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_CIPHER, cipher.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key, master_key.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, label.data(), label.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
        OSSL_PARAM_construct_end()};
    SecretBytes derived(32 + tag_bytes);
    if (!call || EVP_KDF_derive(call.get(), derived.bytes().data(), derived.bytes().size(), parameters.data()) != 1) {
        throw ToolError(exit_failure, "OpenSSL can't derive keys (KBKDF with CMAC)");
    }
    FileKeys keys;
    std::copy_n(derived.bytes().begin(), 32, keys.chunk_key.bytes().begin());
    std::copy_n(derived.bytes().begin() + 32, tag_bytes, keys.header_tag.begin());
    return keys;
}

HeaderBytes new_header(unsigned chunk_log2) {
    HeaderBytes header{};
    std::copy(magic.begin(), magic.end(), header.begin());
    header[at_version] = version;
    header[at_algorithm] = algorithm_aes_256_gcm;
    header[at_chunk_log2] = static_cast<std::uint8_t>(chunk_log2);
    if (RAND_bytes(header.data() + at_salt, salt_bytes) != 1) {
        throw ToolError(exit_failure, "there are no random bytes for a salt");
    }
    return header;
}

unsigned check_header(std::span<const std::uint8_t> header, const std::string& name) {
    const auto refuse = [&name](const std::string& what) { throw ToolError(exit_failure, name + " " + what); };
    const std::size_t compared = std::min(header.size(), magic_bytes);
    if (!std::equal(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(compared), magic.begin())) {
        const bool begins = header.size() >= 4 && std::equal(magic.begin() + 1, magic.begin() + 4, header.begin() + 1);
        refuse(begins ? "was changed as if it were text (line ends, or the eighth bit): transfer it as binary"
                      : "is no file that cce seal has written");
    }
    if (header.size() < header_bytes) {
        refuse("is cut off: " + std::to_string(header.size()) + " bytes, of which the header alone needs " +
               std::to_string(header_bytes));
    }
    if (header[at_version] != version) {
        refuse("has version " + std::to_string(header[at_version]) + " of the format; this program reads version 1");
    }
    if (header[at_algorithm] != algorithm_aes_256_gcm) {
        refuse("has the unknown algorithm " + std::to_string(header[at_algorithm]) +
               "; this program knows 1, AES-256-GCM");
    }
    if (header[at_chunk_log2] < chunk_log2_minimum || header[at_chunk_log2] > chunk_log2_maximum) {
        refuse("has chunks of 2^" + std::to_string(header[at_chunk_log2]) + " bytes; legal are 2^10 to 2^23");
    }
    if (std::any_of(header.begin() + at_reserved, header.begin() + at_salt, [](std::uint8_t b) { return b != 0; })) {
        refuse("has a reserved byte of the header that is not zero");
    }
    return header[at_chunk_log2];
}

Nonce nonce_of(std::uint64_t number, bool last) {
    Nonce nonce{};
    for (unsigned i = 0; i < 8; ++i) {
        nonce.at(3 + i) = static_cast<std::uint8_t>(number >> (56 - 8 * i));
    }
    nonce.back() = last ? 1 : 0;
    return nonce;
}

}  // namespace cce::tool::sealed
