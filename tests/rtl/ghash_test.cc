// SPDX-License-Identifier: Apache-2.0
//
// The module ghash against SP 800-38D's algorithms bit by bit, and against OpenSSL's GCM.

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <verilated.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "Vghash_pipelined.h"
#include "Vghash_pipelined___024root.h"
#include "Vghash_serial.h"
#include "Vghash_serial___024root.h"

namespace cce::test {
namespace {

using Block = std::array<std::uint8_t, 16>;

/// SP 800-38D, 6.3, Algorithm 1, bit by bit: bit 0 is the most significant bit of byte 0.
[[nodiscard]] Block multiply(const Block& x, const Block& y) {
    Block z{};
    Block v = y;
    for (std::size_t i = 0; i < 128; ++i) {
        if ((x[i / 8] >> (7 - i % 8)) & 1) {
            for (std::size_t k = 0; k < 16; ++k) z[k] ^= v[k];
        }
        const bool carry = (v[15] & 1) != 0;
        for (std::size_t k = 15; k > 0; --k) v[k] = static_cast<std::uint8_t>((v[k] >> 1) | (v[k - 1] << 7));
        v[0] = static_cast<std::uint8_t>(v[0] >> 1);
        if (carry) v[0] ^= 0xe1;
    }
    return z;
}

/// SP 800-38D, 6.4, Algorithm 2.
[[nodiscard]] Block ghash(const Block& hash_key, std::span<const Block> blocks) {
    Block y{};
    for (const Block& block : blocks) {
        for (std::size_t k = 0; k < 16; ++k) y[k] ^= block[k];
        y = multiply(y, hash_key);
    }
    return y;
}

[[nodiscard]] Block from_hex(std::string_view text) {
    Block block{};
    for (std::size_t k = 0; k < 16; ++k) {
        block[k] = static_cast<std::uint8_t>(std::stoi(std::string(text.substr(2 * k, 2)), nullptr, 16));
    }
    return block;
}

[[nodiscard]] Block unit(std::size_t bit) {
    Block block{};
    block[bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
    return block;
}

struct Pipelined {
    using Model = Vghash_pipelined;
    static constexpr unsigned cycles_per_block = 1;
    static constexpr unsigned result_latency = 3;
    static constexpr unsigned near_latency = 2;
    static constexpr unsigned erase_latency = 2;
    [[nodiscard]] static bool erased(const Model& model) {
        const auto* root = model.rootp;
        bool zero = true;
        for (const auto& word : {std::span(root->ghash__DOT__g_pipelined__DOT__u_ghash__DOT__hash_key_q.m_storage),
                                 std::span(root->ghash__DOT__g_pipelined__DOT__u_ghash__DOT__square_q.m_storage),
                                 std::span(root->ghash__DOT__g_pipelined__DOT__u_ghash__DOT__power_q.m_storage),
                                 std::span(root->ghash__DOT__g_pipelined__DOT__u_ghash__DOT__block_q.m_storage),
                                 std::span(root->ghash__DOT__g_pipelined__DOT__u_ghash__DOT__first_sum_q.m_storage),
                                 std::span(root->ghash__DOT__g_pipelined__DOT__u_ghash__DOT__second_sum_q.m_storage)}) {
            for (const auto part : word) zero = zero && part == 0;
        }
        for (const auto part :
             root->ghash__DOT__g_pipelined__DOT__u_ghash__DOT__u_multiplier__DOT__products_q.m_storage) {
            zero = zero && part == 0;
        }
        return zero;
    }
};

struct Serial {
    using Model = Vghash_serial;
    static constexpr unsigned cycles_per_block = 16;
    static constexpr unsigned result_latency = 16;
    static constexpr unsigned near_latency = 16;
    static constexpr unsigned erase_latency = 16;
    [[nodiscard]] static bool erased(const Model& model) {
        const auto* root = model.rootp;
        bool zero = true;
        for (const auto& word : {std::span(root->ghash__DOT__g_serial__DOT__u_ghash__DOT__hash_key_q.m_storage),
                                 std::span(root->ghash__DOT__g_serial__DOT__u_ghash__DOT__sum_q.m_storage),
                                 std::span(root->ghash__DOT__g_serial__DOT__u_ghash__DOT__rest_q.m_storage)}) {
            for (const auto part : word) zero = zero && part == 0;
        }
        return zero;
    }
};

/// The module, a clock and a count of its cycles. A cycle's inputs are set, its outputs read, then comes tick().
template <typename Version>
class Unit {
public:
    Unit() {
        context_.randReset(2);
        context_.randSeed(1);
        model_ = std::make_unique<typename Version::Model>(&context_);
        model_->rst_ni = 0;
        set(model_->block_i, random_block());
        set(model_->hash_key_i, random_block());
        for (int i = 0; i < 3; ++i) tick();
        model_->rst_ni = 1;
    }

    /// Ends the cycle. What is not valid is noise in the next one.
    void tick() {
        model_->clk_i = 0;
        model_->eval();
        model_->clk_i = 1;
        model_->eval();
        ++cycle_;
        model_->start_i = 0;
        model_->clear_i = 0;
        model_->valid_i = 0;
        model_->last_i = random_() & 1;
        set(model_->block_i, random_block());
        set(model_->hash_key_i, random_block());
    }

    void start(const Block& hash_key) {
        model_->start_i = 1;
        set(model_->hash_key_i, hash_key);
        tick();
    }

    void clear() {
        model_->clear_i = 1;
        tick();
    }

    /// Gives a block; false if it was not taken in this cycle.
    [[nodiscard]] bool offer(const Block& block, bool last) {
        model_->valid_i = 1;
        model_->last_i = last;
        set(model_->block_i, block);
        const bool taken = model_->ready_o != 0;
        tick();
        return taken;
    }

    /// Gives blocks as fast as they are taken, with a pause of up to `pause` cycles in front of each.
    void push(std::span<const Block> blocks, unsigned pause = 0) {
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            for (std::uint64_t wait = random_() % (pause + 1); wait > 0; --wait) tick();
            unsigned tries = 0;
            while (!offer(blocks[i], i + 1 == blocks.size())) {
                ASSERT_LT(++tries, 100U) << "never ready";
            }
        }
    }

    /// Waits for the result, which must come `result_latency` cycles after the last block was taken.
    [[nodiscard]] Block result() {
        for (unsigned i = 1; i < Version::result_latency; ++i) {
            EXPECT_FALSE(result_now()) << "too early, in cycle " << i;
            EXPECT_EQ(model_->result_near_o != 0, i >= Version::near_latency) << "in cycle " << i;
            tick();
        }
        const auto found = result_now();
        if (!found) throw std::runtime_error("no result in time");
        EXPECT_NE(model_->result_near_o, 0);
        return *found;
    }

    [[nodiscard]] Block hash(const Block& hash_key, std::span<const Block> blocks, unsigned pause = 0) {
        start(hash_key);
        push(blocks, pause);
        return result();
    }

    [[nodiscard]] std::optional<Block> result_now() const {
        if (!model_->result_valid_o) return std::nullopt;
        Block block;
        std::memcpy(block.data(), &model_->result_o, 16);
        return block;
    }

    [[nodiscard]] bool ready() const { return model_->ready_o != 0; }
    [[nodiscard]] bool erased() const { return Version::erased(*model_); }
    [[nodiscard]] std::uint64_t cycle() const { return cycle_; }
    [[nodiscard]] std::uint64_t random() { return random_(); }

    [[nodiscard]] Block random_block() {
        const std::array<std::uint64_t, 2> halves{random_(), random_()};
        Block block;
        std::memcpy(block.data(), halves.data(), 16);
        return block;
    }

    [[nodiscard]] std::vector<Block> random_blocks(std::size_t count) {
        std::vector<Block> blocks(count);
        for (Block& block : blocks) block = random_block();
        return blocks;
    }

private:
    template <typename Word>
    static void set(Word& word, const Block& block) {
        static_assert(sizeof(word) == 16);
        std::memcpy(&word, block.data(), 16);  // byte 0 is in bits 7:0, as in the memory of a little-endian machine
    }

    std::mt19937_64 random_{2025};
    VerilatedContext context_;
    std::unique_ptr<typename Version::Model> model_;
    std::uint64_t cycle_ = 0;
};

template <typename Version>
class Ghash : public testing::Test {
protected:
    Unit<Version> unit_;
};

struct VersionNames {
    template <typename Version>
    static std::string GetName(int) {
        return std::is_same_v<Version, Pipelined> ? "Pipelined" : "Serial";
    }
};
using Versions = testing::Types<Pipelined, Serial>;
TYPED_TEST_SUITE(Ghash, Versions, VersionNames);

// Test case 2 of McGrew and Viega's specification of GCM: intermediate values H and GHASH.
TYPED_TEST(Ghash, KnownAnswer) {
    const Block hash_key = from_hex("66e94bd4ef8a2c3b884cfa59ca342b2e");
    const std::vector<Block> blocks{from_hex("0388dace60b6a392f328c2b971b2fe78"),
                                    from_hex("00000000000000000000000000000080")};
    const Block expected = from_hex("f38cbb1ad69223dcc3457ae5b6b0f885");
    EXPECT_EQ(ghash(hash_key, blocks), expected) << "the reference itself";
    EXPECT_EQ(this->unit_.hash(hash_key, blocks), expected);
}

// A product is bilinear, so all pairs of unit vectors show every term of it.
TYPED_TEST(Ghash, AllProductsOfUnitVectors) {
    for (std::size_t i = 0; i < 128; ++i) {
        for (std::size_t j = 0; j < 128; ++j) {
            const std::vector<Block> blocks{unit(i)};
            ASSERT_EQ(this->unit_.hash(unit(j), blocks), multiply(unit(i), unit(j))) << i << " " << j;
        }
    }
}

// The hash key's square is used from the third block on: all squares of unit vectors, in both sums.
TYPED_TEST(Ghash, AllSquaresOfUnitVectors) {
    for (std::size_t j = 0; j < 128; ++j) {
        std::vector<Block> blocks(4);
        for (const std::size_t place : {0U, 1U}) {
            blocks.assign(4, Block{});
            blocks[place] = unit(0);
            ASSERT_EQ(this->unit_.hash(unit(j), blocks), ghash(unit(j), blocks)) << j << " " << place;
        }
    }
}

TYPED_TEST(Ghash, EveryNumberOfBlocks) {
    for (std::size_t count = 1; count <= 40; ++count) {
        for (const unsigned pause : {0U, 1U, 3U, 20U}) {
            const Block hash_key = this->unit_.random_block();
            const auto blocks = this->unit_.random_blocks(count);
            ASSERT_EQ(this->unit_.hash(hash_key, blocks, pause), ghash(hash_key, blocks)) << count << " " << pause;
        }
    }
}

TYPED_TEST(Ghash, ExtremeHashKeys) {
    const auto blocks = this->unit_.random_blocks(9);
    Block ones;
    ones.fill(0xff);
    for (const Block& hash_key : {Block{}, ones, unit(7), unit(120)}) {
        EXPECT_EQ(this->unit_.hash(hash_key, blocks), ghash(hash_key, blocks));
    }
}

TYPED_TEST(Ghash, Throughput) {
    const Block hash_key = this->unit_.random_block();
    const auto blocks = this->unit_.random_blocks(100);
    this->unit_.start(hash_key);
    const std::uint64_t begin = this->unit_.cycle();
    this->unit_.push(blocks);
    // push() returns in the cycle after the last block was taken.
    EXPECT_EQ(this->unit_.cycle() - begin, 99 * TypeParam::cycles_per_block + 1);
    EXPECT_FALSE(this->unit_.ready()) << "not ready from the last block on";
    EXPECT_EQ(this->unit_.result(), ghash(hash_key, blocks));
    for (int i = 0; i < 50; ++i) {
        this->unit_.tick();
        EXPECT_FALSE(this->unit_.ready());
        ASSERT_EQ(this->unit_.result_now(), ghash(hash_key, blocks)) << "the result stands";
    }
}

// Nothing is taken and nothing shown before the first start.
TYPED_TEST(Ghash, Idle) {
    for (int i = 0; i < 40; ++i) {
        EXPECT_FALSE(this->unit_.offer(this->unit_.random_block(), true));
        EXPECT_FALSE(this->unit_.result_now());
    }
}

// hash() starts in the very cycle that shows the last result; here all other moments.
TYPED_TEST(Ghash, StartAtAnyTime) {
    for (unsigned wait = 0; wait < 40; ++wait) {
        for (const bool finished : {false, true}) {
            // Some blocks, of which the last one may have been given, then a start after `wait` cycles.
            this->unit_.start(this->unit_.random_block());
            const auto forgotten = this->unit_.random_blocks(1 + wait % 3);
            for (std::size_t i = 0; i < forgotten.size(); ++i) {
                while (!this->unit_.offer(forgotten[i], finished && i + 1 == forgotten.size())) {
                }
            }
            for (unsigned i = 0; i < wait; ++i) this->unit_.tick();
            const Block hash_key = this->unit_.random_block();
            const auto blocks = this->unit_.random_blocks(1 + wait % 4);
            ASSERT_EQ(this->unit_.hash(hash_key, blocks), ghash(hash_key, blocks)) << wait << " " << finished;
        }
    }
    // Starts with nothing between them.
    for (int i = 0; i < 3; ++i) this->unit_.start(this->unit_.random_block());
    const Block hash_key = this->unit_.random_block();
    const auto blocks = this->unit_.random_blocks(2);
    EXPECT_EQ(this->unit_.hash(hash_key, blocks), ghash(hash_key, blocks));
}

TYPED_TEST(Ghash, ClearAtAnyTime) {
    for (unsigned wait = 0; wait < 40; ++wait) {
        for (const bool finished : {false, true}) {
            this->unit_.start(this->unit_.random_block());
            const auto forgotten = this->unit_.random_blocks(1 + wait % 3);
            for (std::size_t i = 0; i < forgotten.size(); ++i) {
                while (!this->unit_.offer(forgotten[i], finished && i + 1 == forgotten.size())) {
                }
            }
            for (unsigned i = 0; i < wait; ++i) this->unit_.tick();
            EXPECT_FALSE(this->unit_.erased()) << "the check itself";
            this->unit_.clear();
            EXPECT_FALSE(this->unit_.ready());
            for (unsigned i = 1; i < TypeParam::erase_latency; ++i) {
                EXPECT_FALSE(this->unit_.result_now());
                this->unit_.tick();
            }
            ASSERT_TRUE(this->unit_.erased()) << wait << " " << finished;
            // Nothing comes back.
            for (int i = 0; i < 20; ++i) {
                EXPECT_FALSE(this->unit_.offer(this->unit_.random_block(), true));
                EXPECT_FALSE(this->unit_.result_now());
                ASSERT_TRUE(this->unit_.erased());
            }
        }
    }
    // A start as soon as possible after a clear, which may have blocks under way.
    for (unsigned wait = 0; wait < 20; ++wait) {
        this->unit_.start(this->unit_.random_block());
        EXPECT_TRUE(this->unit_.offer(this->unit_.random_block(), false));
        for (unsigned i = 0; i < wait; ++i) this->unit_.tick();
        this->unit_.clear();
        const Block hash_key = this->unit_.random_block();
        const auto blocks = this->unit_.random_blocks(3);
        ASSERT_EQ(this->unit_.hash(hash_key, blocks), ghash(hash_key, blocks)) << wait;
    }
}

// The tag of AES-256-GCM is GHASH of AAD, ciphertext and lengths, plus the encrypted first counter block
// (SP 800-38D, 7.1): OpenSSL makes all of it.
TYPED_TEST(Ghash, OpenSslGcm) {
    using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
    auto& unit = this->unit_;
    for (int round = 0; round < 200; ++round) {
        std::array<std::uint8_t, 32> key;
        std::array<std::uint8_t, 12> iv;
        for (auto& byte : key) byte = static_cast<std::uint8_t>(unit.random());
        for (auto& byte : iv) byte = static_cast<std::uint8_t>(unit.random());
        std::vector<std::uint8_t> aad(unit.random() % 70);
        std::vector<std::uint8_t> text(unit.random() % 130);
        for (auto& byte : aad) byte = static_cast<std::uint8_t>(unit.random());
        for (auto& byte : text) byte = static_cast<std::uint8_t>(unit.random());

        int length = 0;
        const Context gcm(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
        ASSERT_EQ(EVP_EncryptInit_ex(gcm.get(), EVP_aes_256_gcm(), nullptr, key.data(), iv.data()), 1);
        std::vector<std::uint8_t> ciphertext(text.size() + 16);
        ASSERT_EQ(EVP_EncryptUpdate(gcm.get(), nullptr, &length, aad.data(), static_cast<int>(aad.size())), 1);
        ASSERT_EQ(EVP_EncryptUpdate(gcm.get(), ciphertext.data(), &length, text.data(), static_cast<int>(text.size())),
                  1);
        ciphertext.resize(text.size());
        Block tag{};
        ASSERT_EQ(EVP_EncryptFinal_ex(gcm.get(), tag.data(), &length), 1);
        ASSERT_EQ(EVP_CIPHER_CTX_ctrl(gcm.get(), EVP_CTRL_AEAD_GET_TAG, 16, tag.data()), 1);

        const Context ecb(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
        ASSERT_EQ(EVP_EncryptInit_ex(ecb.get(), EVP_aes_256_ecb(), nullptr, key.data(), nullptr), 1);
        Block hash_key{};
        Block mask{};
        std::copy(iv.begin(), iv.end(), mask.begin());
        mask[15] = 1;
        ASSERT_EQ(EVP_EncryptUpdate(ecb.get(), hash_key.data(), &length, Block{}.data(), 16), 1);
        ASSERT_EQ(EVP_EncryptUpdate(ecb.get(), mask.data(), &length, Block(mask).data(), 16), 1);

        std::vector<Block> blocks;
        for (const auto* part : {&aad, &ciphertext}) {
            for (std::size_t at = 0; at < part->size(); at += 16) {
                blocks.emplace_back();
                std::memcpy(blocks.back().data(), part->data() + at, std::min<std::size_t>(16, part->size() - at));
            }
        }
        Block lengths{};
        for (std::size_t k = 0; k < 8; ++k) {
            lengths[k] = static_cast<std::uint8_t>(8 * aad.size() >> (56 - 8 * k));
            lengths[8 + k] = static_cast<std::uint8_t>(8 * text.size() >> (56 - 8 * k));
        }
        blocks.push_back(lengths);
        Block result = unit.hash(hash_key, blocks, round % 2 == 0 ? 0 : 3);
        for (std::size_t k = 0; k < 16; ++k) result[k] ^= mask[k];
        ASSERT_EQ(result, tag) << round;
    }
}

}  // namespace
}  // namespace cce::test
