// SPDX-License-Identifier: Apache-2.0
//
// Hash functions on the CPU. Whole messages of SHA-3 and SHAKE are OpenSSL's, whose Keccak is the quicker one; for all
// else the state is needed: hash_state.h.

#include "backends.h"
#include "hash_state.h"
#include "software.h"

namespace cce::internal::software {

using namespace hash_function;

namespace {

struct FreeDigest {
    /// Overwrites the state, too.
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

/// OpenSSL's name; null: not for messages of this function.
const char* evp_name(cce_hash hash) {
    switch (hash) {
        case CCE_HASH_SHA3_224:
            return "SHA3-224";
        case CCE_HASH_SHA3_256:
            return "SHA3-256";
        case CCE_HASH_SHA3_384:
            return "SHA3-384";
        case CCE_HASH_SHA3_512:
            return "SHA3-512";
        case CCE_HASH_SHAKE_128:
            return "SHAKE128";
        case CCE_HASH_SHAKE_256:
            return "SHAKE256";
        default:
            return nullptr;
    }
}

class SoftwareHash final : public Cipher {
public:
    explicit SoftwareHash(const HashParameters& parameters)
        : hash_(parameters.hash), keyed_(parameters.kind == CCE_HASH_HMAC) {
        const char* const name = evp_name(hash_);
        if (name == nullptr || parameters.kind != CCE_HASH_PLAIN) return;
        digest_ = library()->digest(name);
        context_.reset(EVP_MD_CTX_new());
        if (!context_) throw std::bad_alloc();
    }

    Result run(const Text& text) override {
        if (context_ && text.part.first && text.part.last) {
            run_whole(text);
            return {};
        }
        HashState state = text.aad.empty() ? HashState(hash_) : HashState(hash_, text.aad.first(state_bytes(hash_)));
        state.update(text.source);
        state.update(text.behind);
        const std::span<std::uint8_t> out = text.destination;
        if (text.part.squeeze) {
            const std::size_t output = out.size() - state_bytes(hash_);
            state.squeeze(out.first(output));
            state.save(out.subspan(output));
        } else if (!text.part.last) {
            state.save(out);
        } else if (keyed_) {
            finish_hmac(state, text.aad.subspan(state_bytes(hash_)), out);
        } else {
            state.finish(out);
        }
        return {};
    }

private:
    void run_whole(const Text& text) {
        std::array<std::uint8_t, EVP_MAX_MD_SIZE> whole{};
        EVP_MD_CTX* const context = context_.get();
        bool good = EVP_DigestInit_ex2(context, digest_, nullptr) == 1 &&
                    (text.source.empty() || EVP_DigestUpdate(context, text.source.data(), text.source.size()) == 1);
        if (is_extendable(hash_)) {
            good = good && EVP_DigestFinalXOF(context, text.destination.data(), text.destination.size()) == 1;
        } else {
            good = good && EVP_DigestFinal_ex(context, whole.data(), nullptr) == 1;
            std::copy_n(whole.begin(), text.destination.size(), text.destination.begin());
            wipe(whole);
        }
        // The state of the message must not wait for the next one.
        EVP_MD_CTX_reset(context);
        if (!good) fail("a request failed");
    }

    /// FIPS 198-1, 4: the hash of the outer key block and the inner digest.
    void finish_hmac(HashState& inner, std::span<const std::uint8_t> outer_words, std::span<std::uint8_t> out) {
        std::array<std::uint8_t, CCE_DIGEST_BYTES_MAX> digest{};
        const auto inner_digest = std::span(digest).first(digest_bytes(hash_));
        inner.finish(inner_digest);
        SecretBytes state(state_bytes(hash_));
        store_header(state.bytes(), {hash_, false, block_bytes(hash_)});
        std::ranges::copy(outer_words, state.bytes().subspan(context_bytes).begin());
        HashState outer(hash_, state.bytes());
        outer.update(inner_digest);
        outer.finish(out);
        wipe(digest);
    }

    cce_hash hash_;
    bool keyed_;
    const EVP_MD* digest_ = nullptr;
    std::unique_ptr<EVP_MD_CTX, FreeDigest> context_;
};

}  // namespace

std::unique_ptr<Cipher> make_hash(const HashParameters& parameters) {
    return std::make_unique<SoftwareHash>(parameters);
}

void describe_hashes(cce_information& out) {
    for (std::size_t number = 0; number < CCE_HASH_COUNT; ++number) {
        const auto hash = static_cast<cce_hash>(number);
        if (cce_hash_name(hash) == nullptr) continue;
        const char* const whole = evp_name(hash) != nullptr ? "openssl, libcce" : "libcce";
        copy_text(out.hash_driver[number], is_sponge(hash) ? whole : "openssl");
        out.hash_supported[number] = 1;
        if (is_extendable(hash)) continue;
        copy_text(out.hmac_driver[number], is_sponge(hash) ? "libcce" : "openssl");
        out.hmac_supported[number] = 1;
    }
}

}  // namespace cce::internal::software
