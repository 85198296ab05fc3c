// SPDX-License-Identifier: Apache-2.0

#include "support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace cce::test {

namespace {

constexpr std::size_t block_bytes = 16;
constexpr std::uint64_t default_seed = 20'260'729;

std::uint8_t nibble(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
    if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
    throw std::invalid_argument(std::string("not a hexadecimal digit: '") + digit + "'");
}

const EVP_CIPHER* cipher_of(contract::CipherMode mode, std::size_t key_bytes) {
    using contract::CipherMode;
    switch (key_bytes) {
        case 16:
            return mode == CipherMode::ecb   ? EVP_aes_128_ecb()
                   : mode == CipherMode::cbc ? EVP_aes_128_cbc()
                                             : EVP_aes_128_ctr();
        case 24:
            return mode == CipherMode::ecb   ? EVP_aes_192_ecb()
                   : mode == CipherMode::cbc ? EVP_aes_192_cbc()
                                             : EVP_aes_192_ctr();
        case 32:
            return mode == CipherMode::ecb   ? EVP_aes_256_ecb()
                   : mode == CipherMode::cbc ? EVP_aes_256_cbc()
                                             : EVP_aes_256_ctr();
        default:
            throw std::invalid_argument("no AES key has " + std::to_string(key_bytes) + " bytes");
    }
}

/// `counter` + `blocks`, modulo 2^128, big-endian.
Bytes advance_counter(std::span<const std::uint8_t> counter, std::uint64_t blocks) {
    Bytes result(counter.begin(), counter.end());
    for (std::size_t i = result.size(); i-- > 0 && blocks != 0;) {
        const std::uint64_t sum = result[i] + (blocks & 0xff);
        result[i] = static_cast<std::uint8_t>(sum);
        blocks = (blocks >> 8) + (sum >> 8);
    }
    return result;
}

}  // namespace

Bytes from_hex(std::string_view text) {
    if (text.size() % 2 != 0) throw std::invalid_argument("an odd number of hexadecimal digits");
    Bytes bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        bytes.push_back(static_cast<std::uint8_t>(nibble(text[i]) << 4 | nibble(text[i + 1])));
    }
    return bytes;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 0xf];
    }
    return text;
}

Bytes random_bytes(std::mt19937_64& random, std::size_t count) {
    Bytes bytes(count);
    std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(random()); });
    return bytes;
}

std::uint32_t below(std::mt19937_64& random, std::uint32_t limit) {
    return static_cast<std::uint32_t>((random() >> 32) % limit);
}

std::uint64_t test_seed() {
    const char* const text = std::getenv("CCE_TEST_SEED");
    const std::uint64_t seed = text == nullptr ? default_seed : std::strtoull(text, nullptr, 0);
    std::cout << "seed " << seed << " (repeat with CCE_TEST_SEED=" << seed << ")\n";
    testing::Test::RecordProperty("seed", std::to_string(seed));
    return seed;
}

bool all_tests() {
    const char* const text = std::getenv("CCE_TEST_ALL");
    return text != nullptr && std::string_view(text) != "0";
}

Oracle::Oracle(contract::CipherMode mode, bool decrypt, std::span<const std::uint8_t> key,
               std::span<const std::uint8_t> iv)
    : context_(EVP_CIPHER_CTX_new()) {
    const bool has_iv = mode != contract::CipherMode::ecb;
    if (EVP_CipherInit_ex(context_.get(), cipher_of(mode, key.size()), nullptr, key.data(),
                          has_iv ? iv.data() : nullptr, decrypt ? 0 : 1) != 1 ||
        EVP_CIPHER_CTX_set_padding(context_.get(), 0) != 1) {
        throw std::runtime_error("OpenSSL: cannot set up the cipher");
    }
}

Bytes Oracle::process(std::span<const std::uint8_t> text) {
    Bytes result(text.size() + block_bytes);
    int length = 0;
    if (EVP_CipherUpdate(context_.get(), result.data(), &length, text.data(), static_cast<int>(text.size())) != 1) {
        throw std::runtime_error("OpenSSL: cannot process the text");
    }
    result.resize(static_cast<std::size_t>(length));
    return result;
}

Oracle::Answer Oracle::run(contract::CipherMode mode, bool decrypt, std::span<const std::uint8_t> key,
                           std::span<const std::uint8_t> iv, std::span<const std::uint8_t> text) {
    Answer answer;
    answer.text = Oracle(mode, decrypt, key, iv).process(text);
    if (answer.text.size() != text.size()) throw std::runtime_error("OpenSSL: the answer has another length");
    switch (mode) {
        case contract::CipherMode::cbc: {
            const std::span<const std::uint8_t> cipher_text =
                decrypt ? text : std::span<const std::uint8_t>(answer.text);
            answer.next_iv = bytes_of(cipher_text.last(block_bytes));
            break;
        }
        case contract::CipherMode::ctr:
            answer.next_iv = advance_counter(iv, (text.size() + block_bytes - 1) / block_bytes);
            break;
        default:
            answer.next_iv.assign(block_bytes, 0);
            break;
    }
    return answer;
}

sim::MachineOptions machine_options(unsigned data_width, const sim::MemoryTiming& timing) {
    sim::MachineOptions options;
    options.engine_options.data_width = data_width;
    if (const char* const path = std::getenv("CCE_TEST_TRACE"); path != nullptr) {
        options.engine_options.trace_path = path;
    }
    options.timing = timing;
    return options;
}

}  // namespace cce::test
