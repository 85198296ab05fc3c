// SPDX-License-Identifier: Apache-2.0
//
// aes_cipher in every variant, on its own: FIPS 197 appendix C, random blocks under many keys at once against OpenSSL,
// cycle counts, key reload, erasure; and every S-box on every byte in both directions.
//
// Prints its seed; CCE_TEST_SEED repeats a run.

#include <Vaes_iterative_0.h>
#include <Vaes_pipelined_0_1.h>
#include <Vaes_pipelined_0_1___024root.h>
#include <Vaes_pipelined_1_2.h>
#include <Vaes_pipelined_1_2___024root.h>
#include <Vaes_pipelined_2_2.h>
#include <Vaes_pipelined_2_2___024root.h>
#include <Vaes_sub_bytes_0.h>
#include <Vaes_sub_bytes_1.h>
#include <Vaes_sub_bytes_2.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <verilated.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace cce::test {
namespace {

using Block = std::array<std::uint8_t, 16>;

constexpr unsigned key_count = 16;
/// The header of aes_cipher promises that nothing of an erased key is left after so many cycles.
constexpr unsigned erasure_cycles = 20;

struct Key {
    std::vector<std::uint8_t> bytes;  // 16, 24 or 32
    bool inverse = false;

    [[nodiscard]] unsigned rounds() const { return static_cast<unsigned>(bytes.size()) / 4 + 6; }
    /// cce_pkg::key_length_e
    [[nodiscard]] std::uint8_t length_code() const { return static_cast<std::uint8_t>(bytes.size() / 8 - 2); }
};

/// What the block becomes under the key, by OpenSSL.
Block reference(const Key& key, const Block& block) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                  EVP_CIPHER_CTX_free);
    const EVP_CIPHER* cipher = key.bytes.size() == 16   ? EVP_aes_128_ecb()
                               : key.bytes.size() == 24 ? EVP_aes_192_ecb()
                                                        : EVP_aes_256_ecb();
    Block result{};
    int length = 0;
    if (EVP_CipherInit_ex(context.get(), cipher, nullptr, key.bytes.data(), nullptr, key.inverse ? 0 : 1) != 1 ||
        EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
        EVP_CipherUpdate(context.get(), result.data(), &length, block.data(), 16) != 1 || length != 16) {
        throw std::runtime_error("OpenSSL refuses an AES block");
    }
    return result;
}

std::uint8_t multiply(std::uint8_t a, std::uint8_t b) {
    // FIPS 197, 4.2
    unsigned product = 0;
    for (unsigned i = 0; i < 8; ++i) {
        if ((b >> i & 1) != 0) product ^= static_cast<unsigned>(a) << i;
    }
    for (unsigned i = 15; i >= 8; --i) {
        if ((product >> i & 1) != 0) product ^= 0x11bU << (i - 8);
    }
    return static_cast<std::uint8_t>(product);
}

/// SBOX() by its definition (FIPS 197, 5.1.1).
std::uint8_t sbox(std::uint8_t x) {
    std::uint8_t inverse = 0;
    for (unsigned candidate = 1; candidate < 256; ++candidate) {
        if (multiply(x, static_cast<std::uint8_t>(candidate)) == 1) inverse = static_cast<std::uint8_t>(candidate);
    }
    std::uint8_t result = 0x63;
    for (int i = 0; i < 5; ++i) result ^= std::rotl(inverse, i);
    return result;
}

/// The cipher of AES-128 with round keys that are all zero: what is left of a key whose round keys are erased.
Block without_key(Block state) {
    for (unsigned round = 1; round <= 10; ++round) {
        Block shifted{};
        for (unsigned i = 0; i < 16; ++i) shifted[i] = sbox(state[(i + 4 * (i % 4)) % 16]);
        state = shifted;
        if (round == 10) break;
        for (unsigned i = 0; i < 16; ++i) {
            const auto at = [&](unsigned row) { return shifted[i / 4 * 4 + (i + row) % 4]; };
            state[i] = multiply(at(0), 2) ^ multiply(at(1), 3) ^ at(2) ^ at(3);
        }
    }
    return state;
}

struct Result {
    std::uint64_t cycle;
    Block block;
    unsigned tag;
    bool operator==(const Result&) const = default;
};

std::ostream& operator<<(std::ostream& stream, const Result& result) {
    stream << "cycle " << result.cycle << " tag " << result.tag << " block" << std::hex;
    for (const std::uint8_t byte : result.block) stream << ' ' << unsigned{byte};
    return stream << std::dec;
}

/// One variant, cycle by cycle. What is set holds for the cycle in progress; step() ends it.
template <typename Variant>
class Cipher {
public:
    Cipher() {
        model_.rst_ni = 0;
        for (int i = 0; i < 3; ++i) tick();
        model_.rst_ni = 1;
        // After reset all keys are erased.
        while (!idle()) {
            step();
            if (cycle_ > 4 * key_count) throw std::runtime_error("not idle after reset");
        }
    }
    Cipher(const Cipher&) = delete;
    Cipher& operator=(const Cipher&) = delete;
    ~Cipher() { model_.final(); }

    void offer_key(unsigned index, const Key& key) {
        model_.key_valid_i = 1;
        model_.key_index_i = static_cast<std::uint8_t>(index);
        model_.key_inverse_i = key.inverse ? 1 : 0;
        model_.key_length_i = key.length_code();
        for (std::size_t i = 0; i < 8; ++i) model_.key_i[i] = 0;
        for (std::size_t i = 0; i < key.bytes.size(); ++i) {
            model_.key_i[i / 4] |= std::uint32_t{key.bytes[i]} << (8 * (i % 4));
        }
    }
    void offer_erasure(unsigned index) {
        model_.erase_valid_i = 1;
        model_.erase_index_i = static_cast<std::uint8_t>(index);
    }
    void offer_block(unsigned index, const Block& block, unsigned tag) {
        model_.valid_i = 1;
        model_.key_select_i = static_cast<std::uint8_t>(index);
        model_.tag_i = static_cast<std::uint16_t>(tag);
        for (std::size_t i = 0; i < 4; ++i) model_.block_i[i] = 0;
        for (std::size_t i = 0; i < 16; ++i) model_.block_i[i / 4] |= std::uint32_t{block[i]} << (8 * (i % 4));
    }

    [[nodiscard]] bool key_taken() { return settle() && model_.key_valid_i != 0 && model_.key_ready_o != 0; }
    [[nodiscard]] bool erasure_taken() { return settle() && model_.erase_valid_i != 0 && model_.erase_ready_o != 0; }
    [[nodiscard]] bool block_taken() { return settle() && model_.valid_i != 0 && model_.ready_o != 0; }
    [[nodiscard]] bool ready() { return settle() && model_.ready_o != 0; }
    [[nodiscard]] bool idle() { return settle() && model_.idle_o != 0; }
    [[nodiscard]] std::optional<unsigned> usable() {
        settle();
        if (model_.key_usable_o == 0) return std::nullopt;
        return model_.key_usable_index_o;
    }
    [[nodiscard]] std::optional<Result> result() {
        settle();
        if (model_.valid_o == 0) return std::nullopt;
        Result value{cycle_, {}, model_.tag_o};
        for (std::size_t i = 0; i < 16; ++i) {
            value.block[i] = static_cast<std::uint8_t>(model_.block_o[i / 4] >> (8 * (i % 4)));
        }
        return value;
    }
    [[nodiscard]] std::uint64_t cycle() const { return cycle_; }

    /// Ends the cycle; the next one begins with nothing offered.
    void step() {
        tick();
        model_.key_valid_i = 0;
        model_.erase_valid_i = 0;
        model_.valid_i = 0;
    }

    /// True if no position of the pipeline holds anything for this index.
    [[nodiscard]] bool erased(unsigned index) {
        bool zero = true;
        Variant::for_each_memory(model_, [&](const auto& memory) {
            for (std::size_t i = 0; i < 4; ++i) zero = zero && memory[index][i] == 0;
        });
        return zero;
    }

    /// Loads a key and waits for the pulse; the current cycle is the first in which blocks may use it.
    void load(unsigned index, const Key& key) {
        do {
            offer_key(index, key);
            if (key_taken()) break;
            step();
        } while (true);
        step();
        while (usable() != index) step();
        step();
    }
    void erase(unsigned index) {
        do {
            offer_erasure(index);
            if (erasure_taken()) break;
            step();
        } while (true);
        for (unsigned i = 0; i < erasure_cycles; ++i) step();
    }
    /// One block; nothing else may be inside.
    Result run(unsigned index, const Block& block, unsigned tag) {
        do {
            offer_block(index, block, tag);
            if (block_taken()) break;
            step();
        } while (true);
        const std::uint64_t taken = cycle_;
        while (true) {
            step();
            if (auto value = result()) {
                value->cycle -= taken;
                return *value;
            }
            if (cycle_ > taken + 100) throw std::runtime_error("no result");
        }
    }

private:
    bool settle() {
        model_.eval();
        return true;
    }
    void tick() {
        model_.eval();
        model_.clk_i = 1;
        model_.eval();
        model_.clk_i = 0;
        model_.eval();
        ++cycle_;
    }

    VerilatedContext context_;
    typename Variant::Model model_{&context_, "aes_cipher"};
    std::uint64_t cycle_ = 0;
};

template <typename M, unsigned stages_per_round>
struct Pipelined {
    using Model = M;
    static constexpr bool pipelined = true;
    static constexpr unsigned latency(const Key& /*key*/) { return 1 + 14 * stages_per_round; }
    /// Cycles from a key taken to the pulse.
    static constexpr unsigned usable_delay(const Key& key) { return key.inverse ? key.rounds() + 1 : 1; }
    static constexpr unsigned key_interval(const Key& key) { return key.rounds() + 1; }
    static constexpr unsigned block_interval(const Key& /*key*/) { return 1; }
    static Block erased_block(const Block& block) { return without_key(block); }

    template <typename Function>
    static void for_each_memory(Model& model, Function function) {
#define AES_MEMORY(position) \
    function(                \
        model.rootp          \
            ->aes_cipher__DOT__gen_pipelined__DOT__u_cipher__DOT__gen_position__BRA__##position##__KET____DOT__u_round_keys__DOT__gen_memory__DOT__memory)
        AES_MEMORY(0);
        AES_MEMORY(1);
        AES_MEMORY(2);
        AES_MEMORY(3);
        AES_MEMORY(4);
        AES_MEMORY(5);
        AES_MEMORY(6);
        AES_MEMORY(7);
        AES_MEMORY(8);
        AES_MEMORY(9);
        AES_MEMORY(10);
        AES_MEMORY(11);
        AES_MEMORY(12);
        AES_MEMORY(13);
        AES_MEMORY(14);
#undef AES_MEMORY
    }
};

template <typename M>
struct Iterative {
    using Model = M;
    static constexpr bool pipelined = false;
    static constexpr unsigned latency(const Key& key) { return key.rounds(); }
    static constexpr unsigned usable_delay(const Key& key) { return key.inverse ? key.rounds() + 2 : 1; }
    static constexpr unsigned key_interval(const Key& key) { return key.inverse ? key.rounds() + 2 : 1; }
    static constexpr unsigned block_interval(const Key& key) { return key.rounds() + 1; }
    /// The store holds the key itself: what is left is AES-128 under a key of zero.
    static Block erased_block(const Block& block) {
        return reference(Key{std::vector<std::uint8_t>(16), false}, block);
    }
    template <typename Function>
    static void for_each_memory(Model& /*model*/, Function /*function*/) {}
};

template <typename Variant>
class AesCipher : public testing::Test {};

using Variants = testing::Types<Pipelined<Vaes_pipelined_1_2, 2>, Pipelined<Vaes_pipelined_0_1, 1>,
                                Pipelined<Vaes_pipelined_2_2, 2>, Iterative<Vaes_iterative_0>>;

struct VariantNames {
    template <typename T>
    static std::string GetName(int index) {
        static constexpr std::array<const char*, 4> names = {"TablePipelinedTwoStages", "CompositePipelinedOneStage",
                                                             "MemoryPipelinedTwoStages", "CompositeIterative"};
        return names.at(static_cast<std::size_t>(index));
    }
};
TYPED_TEST_SUITE(AesCipher, Variants, VariantNames);

std::mt19937_64 seeded() {
    const char* text = std::getenv("CCE_TEST_SEED");
    const std::uint64_t seed = text != nullptr ? std::strtoull(text, nullptr, 0) : std::random_device{}();
    std::cout << "CCE_TEST_SEED=" << seed << '\n';
    return std::mt19937_64(seed);
}

unsigned below(std::mt19937_64& random, unsigned limit) {
    return static_cast<unsigned>(random() % limit);
}

Block random_block(std::mt19937_64& random) {
    Block block{};
    std::ranges::generate(block, [&] { return static_cast<std::uint8_t>(random()); });
    return block;
}

Key random_key(std::mt19937_64& random) {
    Key key{std::vector<std::uint8_t>(16 + 8 * below(random, 3)), below(random, 2) == 0};
    std::ranges::generate(key.bytes, [&] { return static_cast<std::uint8_t>(random()); });
    return key;
}

TYPED_TEST(AesCipher, Fips197AppendixC) {
    Cipher<TypeParam> cipher;
    const Block plaintext = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                             0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    const std::array<Block, 3> ciphertexts = {
        Block{0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30, 0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a},
        Block{0xdd, 0xa9, 0x7c, 0xa4, 0x86, 0x4c, 0xdf, 0xe0, 0x6e, 0xaf, 0x70, 0xa0, 0xec, 0x0d, 0x71, 0x91},
        Block{0x8e, 0xa2, 0xb7, 0xca, 0x51, 0x67, 0x45, 0xbf, 0xea, 0xfc, 0x49, 0x90, 0x4b, 0x49, 0x60, 0x89}};
    for (unsigned i = 0; i < 3; ++i) {
        Key key{std::vector<std::uint8_t>(16 + 8 * i), false};
        for (std::size_t byte = 0; byte < key.bytes.size(); ++byte) key.bytes[byte] = static_cast<std::uint8_t>(byte);
        cipher.load(i, key);
        EXPECT_EQ(cipher.run(i, plaintext, i), (Result{TypeParam::latency(key), ciphertexts[i], i}));
        key.inverse = true;
        cipher.load(i + 3, key);
        EXPECT_EQ(cipher.run(i + 3, ciphertexts[i], 77), (Result{TypeParam::latency(key), plaintext, 77}));
    }
}

// Keys as close together as they are taken, every pair of lengths and directions in turn: the cycles of the interval
// and of the pulse, and the first block in the first cycle that is allowed.
TYPED_TEST(AesCipher, KeysBackToBack) {
    std::mt19937_64 random = seeded();
    for (unsigned pair = 0; pair < 36; ++pair) {
        Cipher<TypeParam> cipher;
        std::array<Key, 2> keys;
        for (unsigned i = 0; i < 2; ++i) {
            const unsigned kind = i == 0 ? pair / 6 : pair % 6;
            keys[i] = Key{std::vector<std::uint8_t>(16 + 8 * (kind / 2)), kind % 2 == 1};
            std::ranges::generate(keys[i].bytes, [&] { return static_cast<std::uint8_t>(random()); });
        }
        std::array<std::optional<std::uint64_t>, 2> taken;
        unsigned offered = 0, results = 0;
        std::optional<unsigned> next;  // a key that became usable in the last cycle
        std::deque<Result> expected;
        const Block block = random_block(random);
        while (results < 2) {
            ASSERT_LT(cipher.cycle(), 300U);
            if (offered < 2) cipher.offer_key(offered, keys[offered]);
            if (TypeParam::pipelined && next) {
                cipher.offer_block(*next, block, *next);
                ASSERT_TRUE(cipher.block_taken());
                expected.push_back(
                    {cipher.cycle() + TypeParam::latency(keys[*next]), reference(keys[*next], block), *next});
            }
            // An iterative cipher takes no key while a block is inside: both keys first.
            const unsigned index = results + static_cast<unsigned>(expected.size());
            if (!TypeParam::pipelined && offered == 2 && index < 2 &&
                cipher.cycle() > *taken[1] + TypeParam::usable_delay(keys[1])) {
                cipher.offer_block(index, block, index);
                if (cipher.block_taken()) {
                    expected.push_back(
                        {cipher.cycle() + TypeParam::latency(keys[index]), reference(keys[index], block), index});
                }
            }
            if (offered < 2 && cipher.key_taken()) taken[offered++] = cipher.cycle();
            next = cipher.usable();
            if (next) {
                ASSERT_TRUE(taken[*next]);
                EXPECT_EQ(cipher.cycle() - *taken[*next], TypeParam::usable_delay(keys[*next]));
            }
            if (const auto result = cipher.result()) {
                ASSERT_FALSE(expected.empty());
                EXPECT_EQ(*result, expected.front());
                expected.pop_front();
                ++results;
            }
            cipher.step();
        }
        EXPECT_EQ(*taken[1] - *taken[0], TypeParam::key_interval(keys[0]));
    }
}

// Everything at once: blocks of any key that may be used, keys loaded and loaded again, keys erased. Every result in
// its cycle; an erased key leaves nothing.
TYPED_TEST(AesCipher, RandomTraffic) {
    std::mt19937_64 random = seeded();
    Cipher<TypeParam> cipher;
    enum class Use { erased, offered, expanding, usable, erasing };
    struct Slot {
        Use use = Use::erased;
        Key key;
        unsigned inside = 0;          // blocks
        std::uint64_t erased_by = 0;  // cycle
    };
    std::array<Slot, key_count> slots;
    std::deque<std::pair<Result, unsigned>> expected;  // with the index of the key
    constexpr unsigned none = key_count;
    unsigned key_offer = none, erase_offer = none, block_offer = none;  // indices
    unsigned fresh = none;                                              // a key that became usable in the last cycle
    Block block{};
    unsigned tag = 0, blocks = 0, keys = 0, erasures = 0;

    const std::uint64_t end = cipher.cycle() + (TypeParam::pipelined ? 20'000 : 60'000);
    unsigned density = 0;
    while (cipher.cycle() < end || !expected.empty() || block_offer != none) {
        if (cipher.cycle() % 512 == 0) density = below(random, 9);
        const bool more = cipher.cycle() < end;

        // A key or an erasure for an index without blocks inside. An offer stays until it is taken.
        if (more && key_offer == none && below(random, 12) == 0) {
            const unsigned index = below(random, key_count);
            Slot& slot = slots[index];
            if (slot.inside == 0 && (slot.use == Use::erased || slot.use == Use::usable) && erase_offer != index &&
                block_offer != index) {
                key_offer = index;
                slot.use = Use::offered;
                slot.key = random_key(random);
            }
        }
        if (more && erase_offer == none && below(random, 30) == 0) {
            const unsigned index = below(random, key_count);
            Slot& slot = slots[index];
            if (slot.inside == 0 && (slot.use == Use::usable || slot.use == Use::expanding) && block_offer != index) {
                erase_offer = index;
                slot.use = Use::erasing;
            }
        }
        if (more && block_offer == none && below(random, 8) < density) {
            // Just after the pulse if possible: the earliest moment.
            const unsigned index = fresh != none ? fresh : below(random, key_count);
            if (slots[index].use == Use::usable || slots[index].use == Use::erased) {
                block_offer = index;
                block = random_block(random);
            }
        }
        fresh = none;

        if (key_offer != none) cipher.offer_key(key_offer, slots[key_offer].key);
        if (erase_offer != none) cipher.offer_erasure(erase_offer);
        if (block_offer != none) cipher.offer_block(block_offer, block, tag);

        const auto result = cipher.result();
        if (!expected.empty() && expected.front().first.cycle == cipher.cycle()) {
            ASSERT_TRUE(result);
            ASSERT_EQ(*result, expected.front().first);
            --slots[expected.front().second].inside;
            expected.pop_front();
        } else {
            ASSERT_FALSE(result);
        }
        if (!expected.empty()) {
            ASSERT_FALSE(cipher.idle());
        }

        if (TypeParam::pipelined) {
            ASSERT_TRUE(cipher.ready());
        }
        if (block_offer != none && cipher.block_taken()) {
            Slot& slot = slots[block_offer];
            const bool erased = slot.use == Use::erased;
            const Key blank{std::vector<std::uint8_t>(16), false};
            expected.push_back({{cipher.cycle() + TypeParam::latency(erased ? blank : slot.key),
                                 erased ? TypeParam::erased_block(block) : reference(slot.key, block), tag},
                                block_offer});
            ++slot.inside;
            tag = (tag + 1) % 4096;
            ++blocks;
            block_offer = none;
        }
        ASSERT_FALSE(cipher.key_taken() && cipher.erasure_taken());
        if (const auto index = cipher.usable()) {
            // An erasure may already be waiting for this expansion.
            if (slots[*index].use == Use::expanding) {
                slots[*index].use = Use::usable;
                fresh = *index;
            }
        }
        if (key_offer != none && cipher.key_taken()) {
            slots[key_offer].use = Use::expanding;
            ++keys;
            key_offer = none;
        }
        if (erase_offer != none && cipher.erasure_taken()) {
            slots[erase_offer].erased_by = cipher.cycle() + erasure_cycles;
            ++erasures;
            erase_offer = none;
        }
        cipher.step();
        for (unsigned i = 0; i < key_count; ++i) {
            if (slots[i].use == Use::erasing && erase_offer != i && cipher.cycle() == slots[i].erased_by) {
                ASSERT_TRUE(cipher.erased(i)) << i;
                slots[i].use = Use::erased;
            }
        }
    }
    for (unsigned i = 0; i < 2 * erasure_cycles; ++i) cipher.step();
    EXPECT_TRUE(cipher.idle());
    std::cout << blocks << " blocks, " << keys << " keys, " << erasures << " erasures\n";
    EXPECT_GT(blocks, 1000U);
    EXPECT_GT(keys, 200U);
    EXPECT_GT(erasures, 100U);
}

// A key leaves all positions when it is erased, for every length and direction, and its neighbours stay.
TYPED_TEST(AesCipher, Erasure) {
    std::mt19937_64 random = seeded();
    Cipher<TypeParam> cipher;
    for (unsigned kind = 0; kind < 6; ++kind) {
        Key key{std::vector<std::uint8_t>(16 + 8 * (kind / 2)), kind % 2 == 1};
        std::ranges::generate(key.bytes, [&] { return static_cast<std::uint8_t>(random()); });
        const Key neighbour = random_key(random);
        cipher.load(6, neighbour);
        cipher.load(5, key);
        const Block block = random_block(random);
        EXPECT_EQ(cipher.run(5, block, 1).block, reference(key, block));
        if (TypeParam::pipelined) {
            EXPECT_FALSE(cipher.erased(5));
        }
        cipher.erase(5);
        EXPECT_TRUE(cipher.erased(5));
        EXPECT_EQ(cipher.run(5, block, 2).block, TypeParam::erased_block(block));
        EXPECT_EQ(cipher.run(6, block, 3).block, reference(neighbour, block));
    }
}

// Back-to-back blocks: a pipelined engine takes one a cycle, an iterative one the next after a result has left.
TYPED_TEST(AesCipher, Throughput) {
    std::mt19937_64 random = seeded();
    for (unsigned kind = 0; kind < 6; ++kind) {
        Cipher<TypeParam> cipher;
        Key key{std::vector<std::uint8_t>(16 + 8 * (kind / 2)), kind % 2 == 1};
        std::ranges::generate(key.bytes, [&] { return static_cast<std::uint8_t>(random()); });
        cipher.load(0, key);
        std::deque<Block> expected;
        std::optional<std::uint64_t> first;
        constexpr unsigned blocks = 50;
        for (unsigned sent = 0, received = 0; received < blocks;) {
            if (sent < blocks) {
                const Block block = random_block(random);
                cipher.offer_block(0, block, sent);
                if (cipher.block_taken()) {
                    expected.push_back(reference(key, block));
                    ++sent;
                }
            }
            if (const auto result = cipher.result()) {
                if (!first) first = cipher.cycle();
                EXPECT_EQ(cipher.cycle() - *first, received * TypeParam::block_interval(key));
                EXPECT_EQ(result->block, expected.front());
                expected.pop_front();
                ++received;
            }
            cipher.step();
        }
    }
}

template <typename Model>
void check_sub_bytes() {
    VerilatedContext context;
    Model model{&context, "aes_sub_bytes"};
    const auto look_up = [&](unsigned word, bool inverse) {
        model.data_i = static_cast<std::uint16_t>(word);
        model.inverse_i = inverse ? 1 : 0;
        for (int clock = 0; clock < 2; ++clock) {
            model.clk_i = static_cast<std::uint8_t>(clock);
            model.eval();
        }
        return model.data_o;
    };
    for (unsigned x = 0; x < 256; ++x) {
        const unsigned other = x * 167 % 256;
        const unsigned y = sbox(static_cast<std::uint8_t>(x)), z = sbox(static_cast<std::uint8_t>(other));
        EXPECT_EQ(look_up(x | other << 8, false), y | z << 8);
        EXPECT_EQ(look_up(y | z << 8, true), x | other << 8);
    }
    model.final();
}

TEST(AesSubBytes, CompositeOnEveryByte) {
    check_sub_bytes<Vaes_sub_bytes_0>();
}
TEST(AesSubBytes, TableOnEveryByte) {
    check_sub_bytes<Vaes_sub_bytes_1>();
}
TEST(AesSubBytes, MemoryOnEveryByte) {
    check_sub_bytes<Vaes_sub_bytes_2>();
}

}  // namespace
}  // namespace cce::test
