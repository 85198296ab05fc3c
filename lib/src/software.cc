// SPDX-License-Identifier: Apache-2.0
//
// The software backend: OpenSSL 3's EVP ciphers on the CPU.

#include <openssl/err.h>
#include <openssl/evp.h>

#include "backends.h"
#include "block_mode.h"

namespace cce::internal {

namespace {

/// EVP counts in int.
constexpr std::size_t piece_bytes = std::size_t{1} << 30;

[[noreturn]] void fail(const std::string& what) {
    std::array<char, 160> text{};
    const unsigned long code = ERR_get_error();
    ERR_error_string_n(code, text.data(), text.size());
    ERR_clear_error();
    throw Failure(CCE_ERROR_REFUSED, "OpenSSL: " + what + ": " + text.data());
}

const EVP_CIPHER* cipher_of(cce_mode mode, std::size_t key_bytes) {
    using Maker = const EVP_CIPHER* (*)();
    static constexpr std::array<std::array<Maker, 3>, 3> makers{{
        {EVP_aes_128_ecb, EVP_aes_192_ecb, EVP_aes_256_ecb},
        {EVP_aes_128_cbc, EVP_aes_192_cbc, EVP_aes_256_cbc},
        {EVP_aes_128_ctr, EVP_aes_192_ctr, EVP_aes_256_ctr},
    }};
    return makers.at(static_cast<std::size_t>(mode)).at(key_bytes / 8 - 2)();
}

class SoftwareCipher final : public Cipher {
public:
    explicit SoftwareCipher(const CipherParameters& parameters)
        : mode_(parameters.mode), direction_(parameters.direction), context_(EVP_CIPHER_CTX_new()) {
        if (!context_) {
            throw std::bad_alloc();
        }
        const std::span<const std::uint8_t> key = parameters.key.bytes();
        // The context holds the key from here on; EVP_CIPHER_CTX_free overwrites it.
        if (EVP_CipherInit_ex(context_.get(), cipher_of(mode_, key.size()), nullptr, key.data(), nullptr,
                              direction_ == CCE_ENCRYPT ? 1 : 0) != 1 ||
            EVP_CIPHER_CTX_set_padding(context_.get(), 0) != 1) {
            fail("the key was not accepted");
        }
    }

    Result run(const Text& text) override {
        return run_in_pieces(text, piece_bytes, [this](const Text& piece) {
            NextIv next(mode_, direction_, piece);
            int written = 0;
            if (EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr,
                                  mode_ == CCE_MODE_ECB ? nullptr : piece.iv.data(), -1) != 1 ||
                EVP_CipherUpdate(context_.get(), piece.destination.data(), &written, piece.source.data(),
                                 static_cast<int>(piece.source.size())) != 1) {
                fail("a request failed");
            }
            if (static_cast<std::size_t>(written) != piece.source.size()) {
                throw Failure(CCE_ERROR_INTERNAL, "OpenSSL wrote " + std::to_string(written) + " bytes of " +
                                                      std::to_string(piece.source.size()));
            }
            return Result{next.get(), std::nullopt};
        });
    }

private:
    struct Free {
        void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
    };
    cce_mode mode_;
    cce_direction direction_;
    std::unique_ptr<EVP_CIPHER_CTX, Free> context_;
};

class Software final : public SynchronousBackend {
public:
    void describe(cce_information& out) override {
        copy_text(out.backend, "software");
        copy_text(out.description, OpenSSL_version(OPENSSL_VERSION));
        for (auto& driver : out.driver) {
            copy_text(driver, "openssl-evp");
        }
    }

    std::unique_ptr<Cipher> make_cipher(const CipherParameters& parameters) override {
        return std::make_unique<SoftwareCipher>(parameters);
    }
};

}  // namespace

std::unique_ptr<Backend> make_software() {
    return std::make_unique<Software>();
}

}  // namespace cce::internal
