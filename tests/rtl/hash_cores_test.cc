// SPDX-License-Identifier: Apache-2.0
//
// sha2_core and keccak_core against OpenSSL: messages of many lengths, with and without gaps between their beats; the
// cycles of a block; erasure.

// OpenSSL's structures with the state words are the oracle for those, and are marked as old.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <verilated.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "Vkeccak_core_1.h"
#include "Vkeccak_core_2.h"
#include "Vsha2_core_1.h"
#include "Vsha2_core_2.h"

namespace cce::test {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Beat = std::array<std::uint8_t, 16>;

Bytes random_bytes(std::mt19937& random, std::size_t count) {
    Bytes bytes(count);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    return bytes;
}

Bytes openssl_digest(const char* name, const Bytes& message, std::size_t output_bytes) {
    const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{EVP_MD_fetch(nullptr, name, nullptr), &EVP_MD_free};
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    Bytes digest(output_bytes);
    EXPECT_EQ(EVP_DigestInit_ex(context.get(), algorithm.get(), nullptr), 1);
    EXPECT_EQ(EVP_DigestUpdate(context.get(), message.data(), message.size()), 1);
    if ((EVP_MD_get_flags(algorithm.get()) & EVP_MD_FLAG_XOF) != 0) {
        EXPECT_EQ(EVP_DigestFinalXOF(context.get(), digest.data(), digest.size()), 1);
    } else {
        EXPECT_EQ(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr), 1);
    }
    return digest;
}

template <typename Model>
class Core {
public:
    Core() {
        model.clk_i = 0;
        model.rst_ni = 0;
        tick();
        model.rst_ni = 1;
    }
    ~Core() { model.final(); }
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    void tick() {
        model.clk_i = 0;
        model.eval();
        model.clk_i = 1;
        model.eval();
        ++cycle;
    }
    void clear() {
        model.clear_i = 1;
        tick();
        model.clear_i = 0;
        tick();
    }
    void write_state(std::uint8_t index, const Beat& beat) {
        model.state_write_i = 1;
        model.state_index_i = index;
        std::memcpy(model.state_data_i.m_storage, beat.data(), beat.size());
        tick();
        model.state_write_i = 0;
    }
    [[nodiscard]] Beat read_state(std::uint8_t index) {
        model.state_index_i = index;
        model.eval();
        Beat beat;
        std::memcpy(beat.data(), model.state_data_o.m_storage, beat.size());
        return beat;
    }
    /// Gives a beat; waits until it is taken.
    void give(std::span<const std::uint8_t> bytes) {
        Beat beat{};
        std::memcpy(beat.data(), bytes.data(), bytes.size());
        model.valid_i = 1;
        std::memcpy(model.data_i.m_storage, beat.data(), beat.size());
        for (;;) {
            model.clk_i = 0;
            model.eval();
            const bool taken = model.ready_o != 0;
            tick();
            if (taken) break;
        }
        model.valid_i = 0;
    }
    void wait() {
        model.eval();
        while (model.busy_o != 0) tick();
    }

    VerilatedContext context;
    Model model{&context};
    std::uint64_t cycle = 0;
};

// ----------------------------------------------------------------------------------------------------------- SHA-2

struct Sha2 {
    const char* name;
    bool wide;
    std::size_t digest_bytes;
    std::vector<std::uint64_t> initial;
};

std::vector<Sha2> sha2_functions() {
    const auto narrow = [](auto init) {
        SHA256_CTX context;
        init(&context);
        return std::vector<std::uint64_t>(context.h, context.h + 8);
    };
    const auto wide = [](auto init) {
        SHA512_CTX context;
        init(&context);
        return std::vector<std::uint64_t>(context.h, context.h + 8);
    };
    return {{"SHA224", false, 28, narrow(SHA224_Init)},
            {"SHA256", false, 32, narrow(SHA256_Init)},
            {"SHA384", true, 48, wide(SHA384_Init)},
            {"SHA512", true, 64, wide(SHA512_Init)}};
}

// FIPS 180-4, 5.1: the length has 8 bytes, or 16 of which the first 8 are zero here.
Bytes pad(const Sha2& function, Bytes message) {
    const std::size_t block = function.wide ? 128 : 64;
    const std::uint64_t bits = 8 * message.size();
    message.push_back(0x80);
    while (message.size() % block != block - (function.wide ? 16 : 8)) message.push_back(0);
    if (function.wide) message.insert(message.end(), 8, 0);
    for (int shift = 56; shift >= 0; shift -= 8) message.push_back(static_cast<std::uint8_t>(bits >> shift));
    return message;
}

Bytes to_little_endian(const Sha2& function) {
    Bytes bytes;
    for (const std::uint64_t word : function.initial) {
        for (std::uint8_t i = 0; i < (function.wide ? 8U : 4U); ++i)
            bytes.push_back(static_cast<std::uint8_t>(word >> 8 * i));
    }
    return bytes;
}

template <typename Model>
class Sha2Core : public testing::Test, public Core<Model> {
public:
    Bytes digest(const Sha2& function, const Bytes& message, std::mt19937* gaps) {
        this->model.wide_i = function.wide;
        const Bytes initial = to_little_endian(function);
        for (std::uint8_t i = 0; i < initial.size() / 16; ++i) {
            Beat beat;
            std::memcpy(beat.data(), &initial[16 * i], 16);
            this->write_state(i, beat);
        }
        const Bytes padded = pad(function, message);
        for (std::size_t i = 0; i < padded.size(); i += 16) {
            while (gaps != nullptr && (*gaps)() % 4 == 0) this->tick();
            this->give(std::span(padded).subspan(i, 16));
        }
        this->wait();
        Bytes state;
        for (std::uint8_t i = 0; i < initial.size() / 16; ++i) {
            const Beat beat = this->read_state(i);
            state.insert(state.end(), beat.begin(), beat.end());
        }
        const std::size_t word = function.wide ? 8 : 4;
        for (std::size_t i = 0; i < state.size(); i += word) std::reverse(state.begin() + i, state.begin() + i + word);
        state.resize(function.digest_bytes);
        return state;
    }
};

template <typename Model>
struct Rounds;
template <>
struct Rounds<Vsha2_core_1> : std::integral_constant<unsigned, 1> {};
template <>
struct Rounds<Vsha2_core_2> : std::integral_constant<unsigned, 2> {};
template <>
struct Rounds<Vkeccak_core_1> : std::integral_constant<unsigned, 1> {};
template <>
struct Rounds<Vkeccak_core_2> : std::integral_constant<unsigned, 2> {};

using Sha2Cores = testing::Types<Vsha2_core_1, Vsha2_core_2>;
TYPED_TEST_SUITE(Sha2Core, Sha2Cores, );

TYPED_TEST(Sha2Core, EqualsOpenSsl) {
    std::mt19937 random{1};
    for (const Sha2& function : sha2_functions()) {
        for (std::size_t length = 0; length < 300; length += length < 140 ? 1 : 13) {
            const Bytes message = random_bytes(random, length);
            const Bytes expected = openssl_digest(function.name, message, function.digest_bytes);
            ASSERT_EQ(this->digest(function, message, nullptr), expected) << function.name << ", " << length;
            ASSERT_EQ(this->digest(function, message, &random), expected) << function.name << ", gaps, " << length;
        }
    }
}

TYPED_TEST(Sha2Core, CyclesOfABlock) {
    for (const Sha2& function : sha2_functions()) {
        const auto cycles = [&](std::size_t blocks) {
            const std::uint64_t begin = this->cycle;
            (void)this->digest(function, Bytes(blocks * (function.wide ? 128 : 64)), nullptr);
            return this->cycle - begin;
        };
        const std::uint64_t expected = (function.wide ? 80 : 64) / Rounds<TypeParam>::value + 1;
        EXPECT_EQ(cycles(11) - cycles(1), 10 * expected) << function.name;
    }
}

TYPED_TEST(Sha2Core, ClearedHoldsNothing) {
    std::mt19937 random{2};
    (void)this->digest(sha2_functions()[3], random_bytes(random, 1000), nullptr);
    this->clear();
    for (std::uint8_t i = 0; i < 4; ++i) EXPECT_EQ(this->read_state(i), Beat{});
}

// ---------------------------------------------------------------------------------------------------------- Keccak

struct Keccak {
    const char* name;
    std::uint8_t rate;    // lanes
    std::uint8_t suffix;  // FIPS 202, 6.1 and 6.2, with the first bit of the padding
    std::size_t digest_bytes;
};

constexpr std::array keccak_functions{Keccak{"SHA3-224", 18, 0x06, 28},  Keccak{"SHA3-256", 17, 0x06, 32},
                                      Keccak{"SHA3-384", 13, 0x06, 48},  Keccak{"SHA3-512", 9, 0x06, 64},
                                      Keccak{"SHAKE128", 21, 0x1f, 500}, Keccak{"SHAKE256", 17, 0x1f, 500}};

template <typename Model>
class KeccakCore : public testing::Test, public Core<Model> {
public:
    void absorb(const Keccak& function, Bytes message, std::mt19937* gaps) {
        const std::size_t block = 8 * function.rate;
        this->model.rate_i = function.rate;
        this->clear();
        message.push_back(function.suffix);
        while (message.size() % block != 0) message.push_back(0);
        message.back() |= 0x80;
        for (std::size_t i = 0; i < message.size(); i += 16) {
            while (gaps != nullptr && (*gaps)() % 4 == 0) this->tick();
            const std::size_t count = std::min<std::size_t>(16, message.size() - i);
            this->model.half_i = count == 8;
            this->give(std::span(message).subspan(i, count));
        }
        this->model.half_i = 0;
        this->wait();
    }
    Bytes digest(const Keccak& function, const Bytes& message, std::mt19937* gaps) {
        absorb(function, message, gaps);
        Bytes digest;
        for (;;) {
            for (std::uint8_t i = 0; i < (function.rate + 1) / 2; ++i) {
                const Beat beat = this->read_state(i);
                digest.insert(digest.end(), beat.begin(), beat.begin() + (2 * i + 1 == function.rate ? 8 : 16));
            }
            if (digest.size() >= function.digest_bytes) break;
            this->model.permute_i = 1;
            this->tick();
            this->model.permute_i = 0;
            this->wait();
        }
        digest.resize(function.digest_bytes);
        return digest;
    }
};

using KeccakCores = testing::Types<Vkeccak_core_1, Vkeccak_core_2>;
TYPED_TEST_SUITE(KeccakCore, KeccakCores, );

TYPED_TEST(KeccakCore, EqualsOpenSsl) {
    std::mt19937 random{3};
    for (const Keccak& function : keccak_functions) {
        for (std::size_t length = 0; length < 700; length += length < 180 ? 1 : 17) {
            const Bytes message = random_bytes(random, length);
            const Bytes expected = openssl_digest(function.name, message, function.digest_bytes);
            ASSERT_EQ(this->digest(function, message, nullptr), expected) << function.name << ", " << length;
            ASSERT_EQ(this->digest(function, message, &random), expected) << function.name << ", gaps, " << length;
        }
    }
}

TYPED_TEST(KeccakCore, CyclesOfABlock) {
    for (const Keccak& function : keccak_functions) {
        const auto cycles = [&](std::size_t blocks) {
            const std::uint64_t begin = this->cycle;
            this->absorb(function, Bytes(8 * blocks * function.rate), nullptr);
            return this->cycle - begin;
        };
        // The next block is absorbed in the last cycle of the permutation.
        EXPECT_EQ(cycles(13) - cycles(3), 10 * 24 / Rounds<TypeParam>::value) << function.name;
    }
}

TYPED_TEST(KeccakCore, StateIsReadAndWritten) {
    std::mt19937 random{4};
    this->model.rate_i = 17;
    this->clear();
    std::array<Beat, 13> beats{};
    for (std::uint8_t i = 0; i < beats.size(); ++i) {
        const Bytes bytes = random_bytes(random, i == 12 ? 8 : 16);
        std::copy(bytes.begin(), bytes.end(), beats[i].begin());
        this->write_state(i, beats[i]);
    }
    for (std::uint8_t i = 0; i < beats.size(); ++i) EXPECT_EQ(this->read_state(i), beats[i]) << i;
    this->clear();
    for (std::uint8_t i = 0; i < beats.size(); ++i) EXPECT_EQ(this->read_state(i), Beat{}) << i;
}

}  // namespace
}  // namespace cce::test
