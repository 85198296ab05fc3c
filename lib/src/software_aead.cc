// SPDX-License-Identifier: Apache-2.0
//
// GCM and CCM on the CPU, by OpenSSL. It takes GCM IVs of up to 128 bytes; for longer ones GCM is done here, after
// SP 800-38D, on OpenSSL's AES, slowly: nobody should use them, but the standard allows them and so does the engine.

#include <openssl/err.h>

#include "secret.h"
#include "software.h"

namespace cce::internal::software {

namespace {

using Block = Iv;

void ensure(int result, const char* what) {
    if (result != 1) {
        fail(what);
    }
}

void store_big_endian(std::span<std::uint8_t> out, std::uint64_t value) {
    for (std::size_t i = out.size(); i-- > 0; value >>= 8) {
        out[i] = static_cast<std::uint8_t>(value);
    }
}

std::uint64_t load_big_endian(std::span<const std::uint8_t> bytes) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes) {
        value = (value << 8) | byte;
    }
    return value;
}

/// GHASH, SP 800-38D, 6.4: bit by bit, without branches or indices that depend on data.
class Ghash {
public:
    explicit Ghash(const Block& key) : key_(halves(key)) {}
    ~Ghash() {
        OPENSSL_cleanse(&key_, sizeof(key_));
        OPENSSL_cleanse(&sum_, sizeof(sum_));
    }
    Ghash(const Ghash&) = delete;
    Ghash& operator=(const Ghash&) = delete;

    /// Adds bytes, and zeros up to a whole block.
    void add_padded(std::span<const std::uint8_t> bytes) {
        for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), sizeof(Block)))) {
            Block block{};
            std::copy_n(bytes.begin(), std::min(bytes.size(), sizeof(Block)), block.begin());
            add(block);
        }
    }
    /// Adds the block of two lengths, given in bytes, and returns the sum.
    [[nodiscard]] Block finish(std::uint64_t first_bytes, std::uint64_t second_bytes) {
        Block block{};
        store_big_endian(std::span(block).first(8), 8 * first_bytes);
        store_big_endian(std::span(block).last(8), 8 * second_bytes);
        add(block);
        store_big_endian(std::span(block).first(8), sum_.high);
        store_big_endian(std::span(block).last(8), sum_.low);
        return block;
    }

private:
    /// Bit 0 of the standard is the highest bit of `high`.
    struct Element {
        std::uint64_t high = 0;
        std::uint64_t low = 0;
    };
    static Element halves(const Block& block) {
        return {load_big_endian(std::span(block).first(8)), load_big_endian(std::span(block).last(8))};
    }

    /// SP 800-38D, 6.3, algorithm 1.
    void add(const Block& block) {
        const Element in = halves(block);
        const Element x{sum_.high ^ in.high, sum_.low ^ in.low};
        Element product;
        Element shifted = key_;
        for (unsigned i = 0; i < 128; ++i) {
            const std::uint64_t word = i < 64 ? x.high : x.low;
            const std::uint64_t chosen = 0U - ((word >> (63 - i % 64)) & 1U);
            product.high ^= shifted.high & chosen;
            product.low ^= shifted.low & chosen;
            const std::uint64_t carry = 0U - (shifted.low & 1U);
            shifted.low = (shifted.low >> 1) | (shifted.high << 63);
            shifted.high = (shifted.high >> 1) ^ (carry & 0xe100'0000'0000'0000U);
        }
        sum_ = product;
    }

    Element key_;
    Element sum_{};
};

class Gcm final : public Cipher {
public:
    explicit Gcm(const CipherParameters& parameters)
        : encrypt_(parameters.direction == CCE_ENCRYPT),
          context_(make_context(cipher_of(makers, parameters.key.bytes().size()), parameters.key.bytes(), encrypt_)),
          block_cipher_(make_block_cipher(parameters.key.bytes(), true)) {}

    Result run(const Text& text) override {
        if (text.iv.size() > evp_iv_bytes_max) {
            run_long_iv(text);
        } else {
            run_evp(text);
        }
        return {};
    }

private:
    static constexpr Makers makers{EVP_aes_128_gcm, EVP_aes_192_gcm, EVP_aes_256_gcm};
    static constexpr std::size_t evp_iv_bytes_max = 128;

    void run_evp(const Text& text) {
        EVP_CIPHER_CTX* context = context_.get();
        ensure(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(text.iv.size()), nullptr),
               "the IV's length was not accepted");
        ensure(EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, text.iv.data(), -1), "the IV was not accepted");
        if (!text.aad.empty()) {
            update(*context, nullptr, text.aad);
        }
        if (!text.source.empty()) {
            update(*context, text.destination.data(), text.source);
        }
        int written = 0;
        Block nothing{};
        if (encrypt_) {
            ensure(EVP_CipherFinal_ex(context, nothing.data(), &written), "a request failed");
            Block tag{};
            ensure(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data()),
                   "there is no tag");
            std::copy_n(tag.begin(), text.tag.size(), text.tag.begin());
            return;
        }
        Block expected{};
        std::copy(text.expected_tag.begin(), text.expected_tag.end(), expected.begin());
        ensure(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(text.expected_tag.size()),
                                   expected.data()),
               "the tag was not accepted");
        if (EVP_CipherFinal_ex(context, nothing.data(), &written) != 1) {
            ERR_clear_error();
            throw tag_mismatch();
        }
    }

    void run_long_iv(const Text& text) {
        Block hash_key{};
        run_blocks(*block_cipher_, hash_key, hash_key);
        Ghash of_iv(hash_key);
        of_iv.add_padded(text.iv);
        const Block first_counter = of_iv.finish(0, text.iv.size());
        if (encrypt_) {
            add_keystream(first_counter, text);
            const Block tag = tag_of(hash_key, first_counter, text.aad, text.destination);
            std::copy_n(tag.begin(), text.tag.size(), text.tag.begin());
        } else {
            const Block tag = tag_of(hash_key, first_counter, text.aad, text.source);
            // The answer is the request's.
            if (released(CRYPTO_memcmp(tag.data(), text.expected_tag.data(), text.expected_tag.size()) != 0)) {
                throw tag_mismatch();
            }
            add_keystream(first_counter, text);
        }
        wipe(hash_key);
    }

    Block tag_of(const Block& hash_key, const Block& first_counter, std::span<const std::uint8_t> aad,
                 std::span<const std::uint8_t> ciphertext) {
        Ghash hash(hash_key);
        hash.add_padded(aad);
        hash.add_padded(ciphertext);
        const Block sum = hash.finish(aad.size(), ciphertext.size());
        Block tag = first_counter;
        run_blocks(*block_cipher_, tag, tag);
        for (std::size_t i = 0; i < tag.size(); ++i) {
            tag[i] = static_cast<std::uint8_t>(tag[i] ^ sum[i]);
        }
        return tag;
    }

    /// GCTR from the counter behind the first one; only its last 32 bits count, SP 800-38D, 6.2.
    void add_keystream(const Block& first_counter, const Text& text) {
        std::array<std::uint8_t, 4096> keystream{};
        Block counter = first_counter;
        const auto last_word = std::span(counter).last(4);
        for (std::size_t done = 0; done < text.source.size();) {
            const std::size_t bytes = std::min(keystream.size(), text.source.size() - done);
            const auto blocks = std::span(keystream).first((bytes + sizeof(Block) - 1) / sizeof(Block) * sizeof(Block));
            for (std::size_t i = 0; i < blocks.size(); i += sizeof(Block)) {
                store_big_endian(last_word, load_big_endian(last_word) + 1);
                std::copy(counter.begin(), counter.end(), blocks.begin() + static_cast<std::ptrdiff_t>(i));
            }
            run_blocks(*block_cipher_, blocks, blocks);
            for (std::size_t i = 0; i < bytes; ++i) {
                text.destination[done + i] = static_cast<std::uint8_t>(text.source[done + i] ^ keystream[i]);
            }
            done += bytes;
        }
        wipe(keystream);
    }

    bool encrypt_;
    Context context_;
    Context block_cipher_;
};

class Ccm final : public Cipher {
public:
    explicit Ccm(const CipherParameters& parameters)
        : encrypt_(parameters.direction == CCE_ENCRYPT), context_(make_context()), key_(parameters.key.bytes()) {}

    Result run(const Text& text) override {
        static constexpr Makers makers{EVP_aes_128_ccm, EVP_aes_192_ccm, EVP_aes_256_ccm};
        EVP_CIPHER_CTX* context = context_.get();
        const std::size_t tag_length = encrypt_ ? text.tag.size() : text.expected_tag.size();
        Block expected{};
        std::copy(text.expected_tag.begin(), text.expected_tag.end(), expected.begin());
        // EVP takes the lengths of nonce and tag into account when the key is set: so everything anew each time.
        ensure(EVP_CipherInit_ex(context, cipher_of(makers, key_.bytes().size()), nullptr, nullptr, nullptr,
                                 encrypt_ ? 1 : 0),
               "the mode was not accepted");
        ensure(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(text.iv.size()), nullptr),
               "the nonce's length was not accepted");
        ensure(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag_length),
                                   encrypt_ ? nullptr : expected.data()),
               "the tag was not accepted");
        ensure(EVP_CipherInit_ex(context, nullptr, nullptr, key_.bytes().data(), text.iv.data(), -1),
               "the key was not accepted");
        int written = 0;
        const auto bytes = static_cast<int>(text.source.size());
        ensure(EVP_CipherUpdate(context, nullptr, &written, nullptr, bytes), "the length was not accepted");
        if (!text.aad.empty()) {
            update(*context, nullptr, text.aad);
        }
        // An empty text must be given, too, and not by a null pointer.
        Block nothing{};
        const std::uint8_t* source = text.source.empty() ? nothing.data() : text.source.data();
        std::uint8_t* destination = text.source.empty() ? nothing.data() : text.destination.data();
        if (EVP_CipherUpdate(context, destination, &written, source, bytes) != 1) {
            if (encrypt_) {
                fail("a request failed");
            }
            ERR_clear_error();
            throw tag_mismatch();
        }
        if (encrypt_) {
            ensure(
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(text.tag.size()), text.tag.data()),
                "there is no tag");
        }
        return {};
    }

private:
    bool encrypt_;
    Context context_;
    SecretKey key_;
};

}  // namespace

std::unique_ptr<Cipher> make_gcm(const CipherParameters& parameters) {
    return std::make_unique<Gcm>(parameters);
}

std::unique_ptr<Cipher> make_ccm(const CipherParameters& parameters) {
    return std::make_unique<Ccm>(parameters);
}

}  // namespace cce::internal::software
