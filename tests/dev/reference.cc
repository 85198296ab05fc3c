// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "cce_uapi.h"

namespace cce::dev {
namespace {

void must(bool condition, const char* what) {
    if (!condition) throw std::runtime_error{std::string{"OpenSSL refuses: "} + what};
}

using Cipher = std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)>;

Cipher cipher_of(uint32_t mode, size_t key_bytes) {
    const size_t bits = 8 * (mode == CCE_UAPI_MODE_XTS ? key_bytes / 2 : key_bytes);
    static constexpr const char* names[] = {"ECB", "CBC", "CTR", "XTS", "GCM", "CCM"};
    const std::string name = "AES-" + std::to_string(bits) + "-" + names[mode];
    return {EVP_CIPHER_fetch(nullptr, name.c_str(), nullptr), EVP_CIPHER_free};
}

Bytes cmac(const ReferenceRequest& request) {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> algorithm{EVP_MAC_fetch(nullptr, "CMAC", nullptr),
                                                                      EVP_MAC_free};
    const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context{EVP_MAC_CTX_new(algorithm.get()),
                                                                            EVP_MAC_CTX_free};
    std::string cipher = "AES-" + std::to_string(8 * request.key.size()) + "-CBC";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher.data(), 0),
                                     OSSL_PARAM_construct_end()};
    Bytes mac(16);
    size_t length = 0;
    must(EVP_MAC_init(context.get(), request.key.data(), request.key.size(), parameters) == 1, "CMAC key");
    must(EVP_MAC_update(context.get(), request.source.data(), request.source.size()) == 1, "CMAC text");
    must(EVP_MAC_final(context.get(), mac.data(), &length, mac.size()) == 1, "CMAC");
    mac.resize(request.tag_bytes);
    return mac;
}

std::optional<Bytes> key_wrap(const ReferenceRequest& request) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context{EVP_CIPHER_CTX_new(),
                                                                                  EVP_CIPHER_CTX_free};
    const std::string name =
        "AES-" + std::to_string(8 * request.key.size()) + "-WRAP" + (request.mode == CCE_UAPI_MODE_KWP ? "-PAD" : "");
    const Cipher cipher{EVP_CIPHER_fetch(nullptr, name.c_str(), nullptr), EVP_CIPHER_free};
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    must(cipher && EVP_CipherInit_ex(context.get(), cipher.get(), nullptr, request.key.data(), nullptr,
                                     request.decrypt ? 0 : 1) == 1,
         "key wrap");
    Bytes answer(request.source.size() + 16);
    int length = 0;
    if (EVP_CipherUpdate(context.get(), answer.data(), &length, request.source.data(),
                         static_cast<int>(request.source.size())) != 1)
        return std::nullopt;
    answer.resize(static_cast<size_t>(length));
    return answer;
}

}  // namespace

std::optional<Bytes> reference_answer(const ReferenceRequest& request) {
    if (request.mode == CCE_UAPI_MODE_CMAC) return cmac(request);
    if (request.mode == CCE_UAPI_MODE_KW || request.mode == CCE_UAPI_MODE_KWP) return key_wrap(request);
    const bool authenticated = request.mode == CCE_UAPI_MODE_GCM || request.mode == CCE_UAPI_MODE_CCM;
    const bool ccm = request.mode == CCE_UAPI_MODE_CCM;
    const size_t tag_bytes = authenticated ? request.tag_bytes : 0;
    const size_t text_bytes = request.source.size() - (request.decrypt ? tag_bytes : 0);
    Bytes tag(request.source.end() - static_cast<ptrdiff_t>(request.decrypt ? tag_bytes : 0), request.source.end());
    tag.resize(tag_bytes);

    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context{EVP_CIPHER_CTX_new(),
                                                                                  EVP_CIPHER_CTX_free};
    EVP_CIPHER_CTX* c = context.get();
    const Cipher cipher = cipher_of(request.mode, request.key.size());
    must(cipher && EVP_CipherInit_ex(c, cipher.get(), nullptr, nullptr, nullptr, !request.decrypt) == 1, "cipher");
    EVP_CIPHER_CTX_set_padding(c, 0);
    if (authenticated) {
        must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(request.iv.size()), nullptr) == 1,
             "IV length");
        if (ccm || request.decrypt)
            must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag_bytes),
                                     request.decrypt ? tag.data() : nullptr) == 1,
                 "tag length");
    }
    must(EVP_CipherInit_ex(c, nullptr, nullptr, request.key.data(), request.iv.empty() ? nullptr : request.iv.data(),
                           !request.decrypt) == 1,
         "key");
    int length = 0;
    if (ccm) must(EVP_CipherUpdate(c, nullptr, &length, nullptr, static_cast<int>(text_bytes)) == 1, "CCM length");
    if (!request.aad.empty())
        must(EVP_CipherUpdate(c, nullptr, &length, request.aad.data(), static_cast<int>(request.aad.size())) == 1,
             "AAD");
    Bytes answer(text_bytes + tag_bytes + 16);
    const uint8_t none = 0;
    length = 0;
    // CCM says here whether the tag matches, and must be asked even if there is no text.
    if (text_bytes > 0 || ccm) {
        if (EVP_CipherUpdate(c, answer.data(), &length, text_bytes ? request.source.data() : &none,
                             static_cast<int>(text_bytes)) != 1)
            return std::nullopt;
    }
    if (!ccm) {
        int more = 0;
        if (EVP_CipherFinal_ex(c, answer.data() + length, &more) != 1) return std::nullopt;
    }
    answer.resize(text_bytes);
    if (authenticated && !request.decrypt) {
        must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag_bytes), tag.data()) == 1, "tag");
        answer.insert(answer.end(), tag.begin(), tag.end());
    }
    return answer;
}

}  // namespace cce::dev
