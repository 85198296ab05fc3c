// SPDX-License-Identifier: Apache-2.0
//
// CMAC, KW and KWP on the CPU, by OpenSSL.

#include <openssl/core_names.h>
#include <openssl/err.h>
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
        const std::unique_ptr<EVP_MAC, FreeMac> mac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_CMAC, nullptr));
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
        const bool good = text.expected_tag.empty() ||
                          CRYPTO_memcmp(mac.data(), text.expected_tag.data(), text.expected_tag.size()) == 0;
        wipe(mac);
        if (!good) {
            throw Failure(CCE_ERROR_TAG, "the MAC does not match");
        }
        return {};
    }

private:
    std::unique_ptr<EVP_MAC_CTX, FreeMac> context_;
};

class KeyWrap final : public Cipher {
public:
    explicit KeyWrap(const CipherParameters& parameters)
        : wrap_(parameters.direction == CCE_ENCRYPT),
          padded_(parameters.mode == CCE_MODE_KWP),
          context_(make_context(cipher_of(padded_ ? kwp : kw, parameters.key.bytes().size()), parameters.key.bytes(),
                                wrap_)) {}

    Result run(const Text& text) override {
        // OpenSSL overwrites as many bytes as went in when the check fails, which is more than a destination has.
        const auto out = std::span(scratch_).first(text.source.size() + std::size_t{2} * CCE_KEY_WRAP_OVERHEAD);
        int written = 0;
        const bool good = EVP_CipherUpdate(context_.get(), out.data(), &written, text.source.data(),
                                           static_cast<int>(text.source.size())) == 1;
        const auto bytes = static_cast<std::size_t>(written);
        if (good && bytes <= text.destination.size()) {
            std::copy_n(out.begin(), bytes, text.destination.begin());
            wipe(text.destination.subspan(bytes));
        }
        wipe(out);
        if (!good && wrap_) {
            fail("a request failed");
        }
        if (!good) {
            ERR_clear_error();
            throw Failure(CCE_ERROR_TAG, "OpenSSL: the integrity check of the wrapped key does not match");
        }
        const bool shorter = padded_ && !wrap_;
        if (bytes > text.destination.size() || (bytes != text.destination.size() && !shorter)) {
            throw Failure(CCE_ERROR_INTERNAL, "OpenSSL wrote " + std::to_string(bytes) + " bytes of " +
                                                  std::to_string(text.destination.size()));
        }
        Result result;
        if (shorter) {
            result.key_length = bytes;
        }
        return result;
    }

private:
    static constexpr Makers kw{EVP_aes_128_wrap, EVP_aes_192_wrap, EVP_aes_256_wrap};
    static constexpr Makers kwp{EVP_aes_128_wrap_pad, EVP_aes_192_wrap_pad, EVP_aes_256_wrap_pad};
    bool wrap_;
    bool padded_;
    Context context_;
    std::array<std::uint8_t, CCE_KEY_WRAP_BYTES_MAX + 3 * CCE_KEY_WRAP_OVERHEAD> scratch_{};
};

}  // namespace

std::unique_ptr<Cipher> make_cmac(const CipherParameters& parameters) {
    return std::make_unique<Cmac>(parameters);
}

std::unique_ptr<Cipher> make_key_wrap(const CipherParameters& parameters) {
    return std::make_unique<KeyWrap>(parameters);
}

}  // namespace cce::internal::software
