// SPDX-License-Identifier: Apache-2.0

#include "harness/crafted_inputs.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>

namespace cce::sim {

namespace {

using Block = std::array<std::uint8_t, 16>;

/// AES in the forward direction on single blocks.
class BlockCipher {
public:
    explicit BlockCipher(std::span<const std::uint8_t> key) : context_(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free) {
        const EVP_CIPHER* cipher = nullptr;
        switch (key.size()) {
            case 16:
                cipher = EVP_aes_128_ecb();
                break;
            case 24:
                cipher = EVP_aes_192_ecb();
                break;
            case 32:
                cipher = EVP_aes_256_ecb();
                break;
            default:
                throw std::invalid_argument("an AES key has no " + std::to_string(key.size()) + " bytes");
        }
        if (EVP_EncryptInit_ex(context_.get(), cipher, nullptr, key.data(), nullptr) != 1) {
            throw std::runtime_error("OpenSSL has no AES");
        }
    }

    [[nodiscard]] Block encrypt(const Block& block) const {
        Block result{};
        int bytes = 0;
        if (EVP_EncryptUpdate(context_.get(), result.data(), &bytes, block.data(), 16) != 1 || bytes != 16) {
            throw std::runtime_error("OpenSSL does not encrypt");
        }
        return result;
    }

private:
    std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context_;
};

/// Product in the field of GHASH (SP 800-38D, 6.3).
Block multiply(const Block& x, const Block& y) {
    Block product{};
    Block v = y;
    for (unsigned i = 0; i < 128; ++i) {
        if ((x[i / 8] >> (7 - i % 8) & 1) != 0) {
            for (unsigned k = 0; k < 16; ++k) product[k] ^= v[k];
        }
        const bool low = (v[15] & 1) != 0;
        for (unsigned k = 15; k > 0; --k) v[k] = static_cast<std::uint8_t>(v[k] >> 1 | v[k - 1] << 7);
        v[0] = static_cast<std::uint8_t>(v[0] >> 1 ^ (low ? 0xe1 : 0));
    }
    return product;
}

/// x^(2^128 - 2), the inverse of x.
Block invert(const Block& x) {
    Block result{0x80};
    Block power = x;
    for (unsigned i = 1; i < 128; ++i) {
        power = multiply(power, power);
        result = multiply(result, power);
    }
    return result;
}

}  // namespace

std::array<std::uint8_t, 16> gcm_iv_for_counter(std::span<const std::uint8_t> key,
                                                std::span<const std::uint8_t, 16> counter) {
    const Block inverse = invert(BlockCipher(key).encrypt({}));
    Block iv{};
    std::ranges::copy(counter, iv.begin());
    iv = multiply(iv, inverse);
    iv[15] ^= 128;  // bits of the IV
    return multiply(iv, inverse);
}

std::vector<std::uint8_t> kwp_wrapped(std::span<const std::uint8_t> key, std::span<const std::uint8_t> text,
                                      std::span<const std::uint8_t> padding) {
    if (text.empty() || (text.size() + padding.size()) % 8 != 0 || padding.size() >= 8) {
        throw std::invalid_argument("KWP: text and padding have " + std::to_string(text.size()) + " and " +
                                    std::to_string(padding.size()) + " bytes");
    }
    const BlockCipher cipher(key);
    // ICV2, length, text, padding
    std::vector<std::uint8_t> data{0xa6, 0x59, 0x59, 0xa6};
    for (unsigned shift = 32; shift != 0;) {
        shift -= 8;
        data.push_back(static_cast<std::uint8_t>(text.size() >> shift));
    }
    data.insert(data.end(), text.begin(), text.end());
    data.insert(data.end(), padding.begin(), padding.end());
    Block block{};
    const std::size_t semiblocks = data.size() / 8 - 1;
    if (semiblocks == 1) {
        std::ranges::copy(data, block.begin());
        block = cipher.encrypt(block);
        return {block.begin(), block.end()};
    }
    // W (SP 800-38F, 6.1, algorithm 1)
    std::copy_n(data.begin(), 8, block.begin());
    std::uint64_t step = 0;
    for (unsigned round = 0; round < 6; ++round) {
        for (std::size_t i = 1; i <= semiblocks; ++i) {
            const auto place = data.begin() + static_cast<std::ptrdiff_t>(8 * i);
            std::copy_n(place, 8, block.begin() + 8);
            block = cipher.encrypt(block);
            ++step;
            for (unsigned k = 0; k < 8; ++k) block[k] ^= static_cast<std::uint8_t>(step >> (56 - 8 * k));
            std::copy_n(block.begin() + 8, 8, place);
        }
    }
    std::copy_n(block.begin(), 8, data.begin());
    return data;
}

}  // namespace cce::sim
