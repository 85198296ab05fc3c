// SPDX-License-Identifier: Apache-2.0
//
// CMAC on the CPU, by OpenSSL.

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "secret.h"
#include "software.h"

namespace cce::internal::software {

namespace {

struct FreeMac {
    void operator()(EVP_MAC* mac) const noexcept { EVP_MAC_free(mac); }
    void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};

class Cmac final : public Cipher {
public:
    explicit Cmac(const CipherParameters& parameters) {
        const std::unique_ptr<EVP_MAC, FreeMac> mac(EVP_MAC_fetch(library()->context(), OSSL_MAC_NAME_CMAC, nullptr));
        if (!mac) {
            fail("there is no CMAC");
        }
        context_.reset(EVP_MAC_CTX_new(mac.get()));
        if (!context_) {
            throw std::bad_alloc();
        }
        const std::span<const std::uint8_t> key = parameters.key.bytes();
        std::string cipher = "AES-" + std::to_string(8 * key.size()) + "-CBC";
        const std::array<OSSL_PARAM, 2> options{
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher.data(), 0), OSSL_PARAM_construct_end()};
        if (EVP_MAC_init(context_.get(), key.data(), key.size(), options.data()) != 1) {
            fail("the key was not accepted");
        }
    }

    Result run(const Text& text) override {
        std::array<std::uint8_t, CCE_TAG_BYTES_MAX> mac{};
        std::size_t length = 0;
        // Without a key: begin again with the one that is set.
        if (EVP_MAC_init(context_.get(), nullptr, 0, nullptr) != 1 ||
            (!text.source.empty() && EVP_MAC_update(context_.get(), text.source.data(), text.source.size()) != 1) ||
            EVP_MAC_final(context_.get(), mac.data(), &length, mac.size()) != 1) {
            fail("a request failed");
        }
        std::copy_n(mac.begin(), text.tag.size(), text.tag.begin());
        // The answer is the request's.
        const bool good = text.expected_tag.empty() ||
                          released(CRYPTO_memcmp(mac.data(), text.expected_tag.data(), text.expected_tag.size()) == 0);
        wipe(mac);
        if (!good) {
            throw Failure(CCE_ERROR_TAG, "the MAC does not match");
        }
        return {};
    }

private:
    std::unique_ptr<EVP_MAC_CTX, FreeMac> context_;
};

}  // namespace

std::unique_ptr<Cipher> make_cmac(const CipherParameters& parameters) {
    return std::make_unique<Cmac>(parameters);
}

}  // namespace cce::internal::software
