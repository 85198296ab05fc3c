// SPDX-License-Identifier: Apache-2.0
//
// The software backend: OpenSSL 3's EVP ciphers on the CPU.

#include "software.h"

#include <openssl/err.h>

#include "backends.h"
#include "block_mode.h"

namespace cce::internal {

namespace software {

void fail(const std::string& what) {
    std::array<char, 160> text{};
    const unsigned long code = ERR_get_error();
    ERR_error_string_n(code, text.data(), text.size());
    ERR_clear_error();
    throw Failure(CCE_ERROR_REFUSED, "OpenSSL: " + what + ": " + text.data());
}

Context make_context() {
    Context context(EVP_CIPHER_CTX_new());
    if (!context) {
        throw std::bad_alloc();
    }
    return context;
}

Context make_context(const EVP_CIPHER* cipher, std::span<const std::uint8_t> key, bool encrypt) {
    Context context = make_context();
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    if (EVP_CipherInit_ex(context.get(), cipher, nullptr, key.data(), nullptr, encrypt ? 1 : 0) != 1 ||
        EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1) {
        fail("the key was not accepted");
    }
    return context;
}

Context make_block_cipher(std::span<const std::uint8_t> key, bool encrypt) {
    static constexpr Makers makers{EVP_aes_128_ecb, EVP_aes_192_ecb, EVP_aes_256_ecb};
    return make_context(cipher_of(makers, key.size()), key, encrypt);
}

std::size_t update(EVP_CIPHER_CTX& context, std::uint8_t* destination, std::span<const std::uint8_t> source) {
    int written = 0;
    if (EVP_CipherUpdate(&context, destination, &written, source.data(), static_cast<int>(source.size())) != 1) {
        fail("a request failed");
    }
    return static_cast<std::size_t>(written);
}

void run_blocks(EVP_CIPHER_CTX& context, std::span<const std::uint8_t> source, std::span<std::uint8_t> destination) {
    if (const std::size_t written = update(context, destination.data(), source); written != source.size()) {
        throw Failure(CCE_ERROR_INTERNAL,
                      "OpenSSL wrote " + std::to_string(written) + " bytes of " + std::to_string(source.size()));
    }
}

}  // namespace software

namespace {

using namespace software;

/// EVP counts in int.
constexpr std::size_t piece_bytes = std::size_t{1} << 30;

/// ECB, CBC and CTR.
class SoftwareCipher final : public Cipher {
public:
    explicit SoftwareCipher(const CipherParameters& parameters)
        : mode_(parameters.mode),
          direction_(parameters.direction),
          context_(make_context(cipher_of(makers.at(static_cast<std::size_t>(mode_)), parameters.key.bytes().size()),
                                parameters.key.bytes(), direction_ == CCE_ENCRYPT)) {}

    Result run(const Text& text) override {
        return run_in_pieces(text, piece_bytes, [this](const Text& piece) {
            NextIv next(mode_, direction_, piece);
            if (EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr,
                                  mode_ == CCE_MODE_ECB ? nullptr : piece.iv.data(), -1) != 1) {
                fail("the IV was not accepted");
            }
            run_blocks(*context_, piece.source, piece.destination);
            return Result{next.get()};
        });
    }

private:
    static constexpr std::array<Makers, 3> makers{{
        {EVP_aes_128_ecb, EVP_aes_192_ecb, EVP_aes_256_ecb},
        {EVP_aes_128_cbc, EVP_aes_192_cbc, EVP_aes_256_cbc},
        {EVP_aes_128_ctr, EVP_aes_192_ctr, EVP_aes_256_ctr},
    }};
    cce_mode mode_;
    cce_direction direction_;
    Context context_;
};

class Software final : public SynchronousBackend {
public:
    [[nodiscard]] cce_executor executor() const override { return CCE_EXECUTOR_CPU; }

    void describe(cce_information& out) override {
        copy_text(out.backend, "software");
        copy_text(out.description, OpenSSL_version(OPENSSL_VERSION));
        for (std::size_t mode = 0; mode < CCE_MODE_COUNT; ++mode) {
            copy_text(out.driver[mode], "openssl-evp");
            out.mode_supported[mode] = 1;
        }
        describe_hashes(out);
    }

    std::unique_ptr<Cipher> make_cipher(const CipherParameters& parameters) override {
        switch (parameters.mode) {
            case CCE_MODE_ECB:
            case CCE_MODE_CBC:
            case CCE_MODE_CTR:
                return std::make_unique<SoftwareCipher>(parameters);
            case CCE_MODE_XTS:
                return make_xts(parameters);
            case CCE_MODE_GCM:
                return make_gcm(parameters);
            case CCE_MODE_CCM:
                return make_ccm(parameters);
            case CCE_MODE_CMAC:
                return make_cmac(parameters);
            case CCE_MODE_KW:
            case CCE_MODE_KWP:
                return make_key_wrap(parameters);
        }
        throw Failure(CCE_ERROR_UNSUPPORTED, "backend software does not offer this mode");
    }

    std::unique_ptr<Cipher> make_hash(const HashParameters& parameters) override {
        return software::make_hash(parameters);
    }

private:
    std::shared_ptr<Library> library_ = library();
};

}  // namespace

std::unique_ptr<SynchronousBackend> make_software() {
    return std::make_unique<Software>();
}

}  // namespace cce::internal
