// SPDX-License-Identifier: Apache-2.0

#include "cycles_oracle.h"

#include <openssl/hmac.h>

#include <stdexcept>
#include <string>

#include "openssl_handles.h"

namespace cce::bench {

namespace {

using contract::CipherMode;

constexpr std::size_t block_bytes = 16;

const char* cipher_name(CipherMode mode) {
    switch (mode) {
        case CipherMode::ecb:
            return "ECB";
        case CipherMode::cbc:
            return "CBC";
        case CipherMode::ctr:
            return "CTR";
        case CipherMode::xts:
            return "XTS";
        case CipherMode::gcm:
            return "GCM";
        case CipherMode::ccm:
            return "CCM";
        case CipherMode::kw:
            return "WRAP";
        case CipherMode::kwp:
            return "WRAP-PAD";
        default:
            throw std::invalid_argument("no OpenSSL cipher for this mode");
    }
}

Bytes cmac(const PlainInput& input) {
    Bytes tag(block_bytes);
    std::size_t length = 0;
    const std::string cipher = "AES-" + std::to_string(8 * input.key.size()) + "-CBC";
    if (EVP_Q_mac(nullptr, "CMAC", nullptr, cipher.c_str(), nullptr, input.key.data(), input.key.size(),
                  input.text.data(), input.text.size(), tag.data(), tag.size(), &length) == nullptr ||
        length != tag.size()) {
        throw std::runtime_error("OpenSSL: CMAC failed");
    }
    tag.resize(input.tag_length);
    return tag;
}

constexpr std::size_t shake_output_bytes = 32;

const char* digest_name(contract::HashMode mode) {
    using contract::HashMode;
    switch (mode) {
        case HashMode::sha_224:
            return "SHA2-224";
        case HashMode::sha_256:
            return "SHA2-256";
        case HashMode::sha_384:
            return "SHA2-384";
        case HashMode::sha_512:
            return "SHA2-512";
        case HashMode::sha_512_224:
            return "SHA2-512/224";
        case HashMode::sha_512_256:
            return "SHA2-512/256";
        case HashMode::sha3_224:
            return "SHA3-224";
        case HashMode::sha3_256:
            return "SHA3-256";
        case HashMode::sha3_384:
            return "SHA3-384";
        case HashMode::sha3_512:
            return "SHA3-512";
        case HashMode::shake_128:
            return "SHAKE128";
        case HashMode::shake_256:
            return "SHAKE256";
        default:
            throw std::invalid_argument("no OpenSSL digest for this mode");
    }
}

}  // namespace

Bytes digest(contract::HashMode mode, const Bytes& text) {
    const Digest function(EVP_MD_fetch(nullptr, digest_name(mode), nullptr));
    const DigestContext context(EVP_MD_CTX_new());
    if (!function || !context) throw std::runtime_error(std::string("OpenSSL has no ") + digest_name(mode));
    demand(EVP_DigestInit_ex2(context.get(), function.get(), nullptr), "digest");
    demand(EVP_DigestUpdate(context.get(), text.data(), text.size()), "text");
    const bool extendable = (EVP_MD_get_flags(function.get()) & EVP_MD_FLAG_XOF) != 0;
    Bytes output(extendable ? shake_output_bytes : static_cast<std::size_t>(EVP_MD_get_size(function.get())));
    demand(extendable ? EVP_DigestFinalXOF(context.get(), output.data(), output.size())
                      : EVP_DigestFinal_ex(context.get(), output.data(), nullptr),
           "end of a digest");
    return output;
}

Bytes hmac(contract::HashMode mode, const Bytes& key, const Bytes& text) {
    const Digest function(EVP_MD_fetch(nullptr, digest_name(mode), nullptr));
    if (!function) throw std::runtime_error(std::string("OpenSSL has no ") + digest_name(mode));
    Bytes output(EVP_MAX_MD_SIZE);
    unsigned length = 0;
    if (HMAC(function.get(), key.data(), static_cast<int>(key.size()), text.data(), text.size(), output.data(),
             &length) == nullptr) {
        throw std::runtime_error("OpenSSL: HMAC failed");
    }
    output.resize(length);
    return output;
}

SealedOutput seal(const PlainInput& input) {
    if (input.mode == CipherMode::cmac) return {{}, cmac(input)};
    const std::string name = "AES-" + std::to_string(8 * input.key.size()) + "-" + cipher_name(input.mode);
    const Cipher cipher(EVP_CIPHER_fetch(nullptr, name.c_str(), nullptr));
    const CipherContext context(EVP_CIPHER_CTX_new());
    if (!cipher || !context) throw std::runtime_error("OpenSSL has no " + name);

    const bool ccm = input.mode == CipherMode::ccm;
    const bool wraps = input.mode == CipherMode::kw || input.mode == CipherMode::kwp;
    const bool authenticated = ccm || input.mode == CipherMode::gcm;
    const int text_length = static_cast<int>(input.text.size());
    const int tag_length = static_cast<int>(input.tag_length);
    int length = 0;

    if (wraps) EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    demand(EVP_EncryptInit_ex(context.get(), cipher.get(), nullptr, nullptr, nullptr), "cipher");
    if (authenticated) {
        demand(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(input.iv.size()), nullptr),
               "IV length");
        if (ccm) {
            demand(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_length, nullptr), "tag length");
        }
    }
    Bytes keys = input.key;  // XTS: both keys, that of the data first
    keys.insert(keys.end(), input.tweak_key.begin(), input.tweak_key.end());
    demand(
        EVP_EncryptInit_ex(context.get(), nullptr, nullptr, keys.data(), input.iv.empty() ? nullptr : input.iv.data()),
        "key");
    demand(EVP_CIPHER_CTX_set_padding(context.get(), 0), "padding");
    // CCM must know the length of the text before the AAD.
    if (ccm) demand(EVP_EncryptUpdate(context.get(), nullptr, &length, nullptr, text_length), "length");
    if (!input.aad.empty()) {
        demand(EVP_EncryptUpdate(context.get(), nullptr, &length, input.aad.data(), static_cast<int>(input.aad.size())),
               "AAD");
    }
    SealedOutput output;
    output.text.resize(input.text.size() + block_bytes);
    demand(EVP_EncryptUpdate(context.get(), output.text.data(), &length, input.text.data(), text_length), "text");
    int rest = 0;
    demand(EVP_EncryptFinal_ex(context.get(), output.text.data() + length, &rest), "end");
    // A wrapped key is longer than its text, by what the mode says.
    if (!wraps && length + rest != text_length) {
        throw std::runtime_error("OpenSSL: " + name + " left part of the text");
    }
    output.text.resize(static_cast<std::size_t>(length + rest));
    if (authenticated) {
        output.tag.resize(input.tag_length);
        demand(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_length, output.tag.data()), "tag");
    }
    return output;
}

}  // namespace cce::bench
