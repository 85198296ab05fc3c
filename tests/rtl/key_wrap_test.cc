// SPDX-License-Identifier: Apache-2.0
//
// The module key_wrap against OpenSSL, NIST's CAVP vectors and SP 800-38F's algorithms. The block cipher is OpenSSL's.

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <verilated.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "Vkey_wrap_40.h"
#include "Vkey_wrap_4096.h"
#include "Vkey_wrap_4096___024root.h"
#include "Vkey_wrap_40___024root.h"

namespace cce::test {
namespace {

using Block = std::array<std::uint8_t, 16>;
using Bytes = std::vector<std::uint8_t>;

[[nodiscard]] Bytes from_hex(std::string_view text) {
    Bytes bytes(text.size() / 2);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(std::stoi(std::string(text.substr(2 * i, 2)), nullptr, 16));
    }
    return bytes;
}

/// AES on single blocks, by OpenSSL.
class BlockCipher {
public:
    BlockCipher(std::span<const std::uint8_t> key, bool inverse)
        : context_(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free) {
        const EVP_CIPHER* cipher = EVP_aes_128_ecb();
        if (key.size() == 24) cipher = EVP_aes_192_ecb();
        if (key.size() == 32) cipher = EVP_aes_256_ecb();
        if (EVP_CipherInit_ex(context_.get(), cipher, nullptr, key.data(), nullptr, inverse ? 0 : 1) != 1 ||
            EVP_CIPHER_CTX_set_padding(context_.get(), 0) != 1) {
            throw std::runtime_error("OpenSSL: AES");
        }
    }

    [[nodiscard]] Block operator()(const Block& block) const {
        Block result;
        int length = 0;
        if (EVP_CipherUpdate(context_.get(), result.data(), &length, block.data(), 16) != 1 || length != 16) {
            throw std::runtime_error("OpenSSL: block");
        }
        return result;
    }

private:
    std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context_;
};

/// OpenSSL's own key wrap. Nothing if the integrity check fails.
[[nodiscard]] std::optional<Bytes> openssl_key_wrap(std::span<const std::uint8_t> key, bool unwrap, bool padded,
                                                    std::span<const std::uint8_t> text) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                  &EVP_CIPHER_CTX_free);
    const EVP_CIPHER* cipher = padded ? EVP_aes_128_wrap_pad() : EVP_aes_128_wrap();
    if (key.size() == 24) cipher = padded ? EVP_aes_192_wrap_pad() : EVP_aes_192_wrap();
    if (key.size() == 32) cipher = padded ? EVP_aes_256_wrap_pad() : EVP_aes_256_wrap();
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    if (EVP_CipherInit_ex(context.get(), cipher, nullptr, key.data(), nullptr, unwrap ? 0 : 1) != 1) {
        throw std::runtime_error("OpenSSL: key wrap");
    }
    Bytes result(text.size() + 16);
    int length = 0;
    if (EVP_CipherUpdate(context.get(), result.data(), &length, text.data(), static_cast<int>(text.size())) != 1) {
        return std::nullopt;
    }
    result.resize(static_cast<std::size_t>(length));
    return result;
}

/// SP 800-38F, 6.1, Algorithm 1: W, for making texts whose integrity value is whatever a test wants.
[[nodiscard]] Bytes wrapping_function(const BlockCipher& cipher, Bytes text) {
    const std::size_t semiblocks = text.size() / 8 - 1;
    Block block;
    if (semiblocks == 1) {  // 6.3, KWP-AE, step 6
        std::copy(text.begin(), text.end(), block.begin());
        block = cipher(block);
        return {block.begin(), block.end()};
    }
    for (std::uint64_t t = 1; t <= 6 * semiblocks; ++t) {
        std::copy_n(text.begin(), 8, block.begin());
        std::copy_n(text.begin() + 8, 8, block.begin() + 8);
        block = cipher(block);
        for (std::size_t k = 0; k < 8; ++k) block[k] ^= static_cast<std::uint8_t>(t >> (56 - 8 * k));
        std::rotate(text.begin() + 8, text.begin() + 16, text.end());
        std::copy_n(block.begin(), 8, text.begin());
        std::copy_n(block.begin() + 8, 8, text.end() - 8);
    }
    return text;
}

struct Small {
    using Model = Vkey_wrap_40;
    static constexpr std::size_t limit = 40;
    [[nodiscard]] static std::span<const QData> memory(const Model& model) {
        return model.rootp->key_wrap__DOT__memory.m_storage;
    }
};

struct Usual {
    using Model = Vkey_wrap_4096;
    static constexpr std::size_t limit = 4096;
    [[nodiscard]] static std::span<const QData> memory(const Model& model) {
        return model.rootp->key_wrap__DOT__memory.m_storage;
    }
};

struct Request {
    bool unwrap = false;
    bool padded = false;
    Bytes text;
};

struct Answer {
    bool match = false;
    std::uint32_t key_length = 0;
    Bytes output;
    std::uint64_t cycles = 0;  // from start_i to done_o
};

struct Timing {
    unsigned cipher_latency = 29;  // from a block taken to its result
    bool stalls = false;           // random pauses at every interface
};

struct Abort {
    std::uint64_t cycle = 0;  // counted from start_i
    bool held = true;         // until done_o, else for one cycle
};

/// The module with its clock, its text streams and a block cipher.
template <typename Version>
class Unit {
public:
    Unit() {
        context_.randReset(2);  // the memory begins with random bits
        context_.randSeed(1);
        model_ = std::make_unique<typename Version::Model>(&context_);
        noise();
        reset();
    }

    void reset() {
        model_->rst_ni = 0;
        model_->start_i = 0;
        model_->abort_i = 0;
        for (int i = 0; i < 3; ++i) tick();
        model_->rst_ni = 1;
    }

    /// Lets the erasure after a reset end; the number of cycles it took.
    std::uint64_t settle() {
        std::uint64_t cycles = 0;
        for (; model_->busy_o; ++cycles) {
            if (cycles > 10000) throw std::runtime_error("busy for ever");
            tick();
        }
        check_erased();
        return cycles;
    }

    /// One request, from start_i to the cycle after done_o. The cycle of an abort may come too late: then nothing is
    /// aborted.
    [[nodiscard]] Answer run(const BlockCipher& cipher, const Request& request, const Timing& timing = {},
                             std::optional<Abort> abort = std::nullopt) {
        Answer answer;
        std::size_t taken = 0;
        std::optional<Block> offered;  // a block that the cipher did not take in the cycle before
        bool in_cipher = false;
        unsigned result_in = 0;  // cycles until the result of the block in the cipher
        Block result{};
        bool done = false;
        for (std::uint64_t cycle = 0; !done; ++cycle) {
            if (cycle > 1'000'000) throw std::runtime_error("no end");
            noise();
            model_->start_i = cycle == 0;
            if (cycle == 0) {
                model_->unwrap_i = request.unwrap;
                model_->padded_i = request.padded;
                model_->length_i = static_cast<std::uint16_t>(request.text.size());
            }
            model_->abort_i = abort && (cycle == abort->cycle || (abort->held && cycle > abort->cycle));
            model_->in_valid_i = taken < request.text.size() && !stall(timing);
            if (model_->in_valid_i) {
                Block word = random_block();  // what is beyond the text
                std::copy_n(request.text.begin() + static_cast<std::ptrdiff_t>(taken),
                            std::min<std::size_t>(16, request.text.size() - taken), word.begin());
                std::memcpy(&model_->in_word_i, word.data(), 16);
            }
            model_->cipher_ready_i = !stall(timing);
            model_->out_ready_i = !stall(timing);
            model_->result_valid_i = in_cipher && result_in == 0;
            if (model_->result_valid_i) {
                std::memcpy(&model_->result_block_i, result.data(), 16);
                in_cipher = false;
            } else if (in_cipher) {
                --result_in;
            }

            if (model_->in_valid_i && model_->in_ready_o) taken += 16;
            Block block;
            std::memcpy(block.data(), &model_->cipher_block_o, 16);
            if (offered) {
                EXPECT_TRUE(model_->cipher_valid_o) << "an offered block was withdrawn";
                EXPECT_EQ(block, *offered);
                offered.reset();
            }
            if (model_->cipher_valid_o && !model_->cipher_ready_i) offered = block;
            if (model_->cipher_valid_o && model_->cipher_ready_i) {
                EXPECT_FALSE(in_cipher) << "two blocks at once";
                result = cipher(block);
                in_cipher = true;
                result_in = timing.cipher_latency - 1 + (timing.stalls ? static_cast<unsigned>(random_() % 4) : 0);
            }
            if (model_->out_valid_o && model_->out_ready_i) {
                Block word;
                std::memcpy(word.data(), &model_->out_word_o, 16);
                answer.output.insert(answer.output.end(), word.begin(), word.end());
            }
            if (model_->done_o) {
                done = true;
                answer.match = model_->match_o != 0;
                answer.key_length = model_->key_length_o;
                answer.cycles = cycle;
                EXPECT_FALSE(in_cipher) << "a result is still to come";
            } else {
                EXPECT_FALSE(model_->match_o);
                EXPECT_EQ(model_->key_length_o, 0U);
                EXPECT_TRUE(cycle == 0 || model_->busy_o);
            }
            tick();
        }
        EXPECT_FALSE(model_->busy_o);
        EXPECT_FALSE(model_->done_o);
        model_->abort_i = 0;
        check_erased();
        return answer;
    }

    /// Begins a request whose text is noise, and leaves it after some cycles.
    void begin(bool unwrap, std::size_t length, unsigned cycles) {
        noise();
        model_->start_i = 1;
        model_->unwrap_i = unwrap;
        model_->padded_i = 0;
        model_->length_i = static_cast<std::uint16_t>(length);
        for (; cycles > 0; --cycles) {
            tick();
            noise();
            model_->in_valid_i = 1;
        }
        EXPECT_TRUE(model_->busy_o);
        EXPECT_TRUE(std::ranges::any_of(Version::memory(*model_), [](QData semiblock) { return semiblock != 0; }));
    }

    /// A cycle without a request.
    void idle_cycle(bool abort) {
        noise();
        model_->abort_i = abort;
        EXPECT_FALSE(model_->in_ready_o || model_->cipher_valid_o || model_->out_valid_o || model_->done_o);
        tick();
        model_->abort_i = 0;
    }

    [[nodiscard]] Bytes random_bytes(std::size_t count) {
        Bytes bytes(count);
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_());
        return bytes;
    }
    [[nodiscard]] std::uint64_t random(std::uint64_t below) { return random_() % below; }

private:
    [[nodiscard]] bool stall(const Timing& timing) { return timing.stalls && random_() % 3 == 0; }

    [[nodiscard]] Block random_block() {
        const std::array<std::uint64_t, 2> halves{random_(), random_()};
        Block block;
        std::memcpy(block.data(), halves.data(), 16);
        return block;
    }

    /// All inputs that are not valid.
    void noise() {
        model_->start_i = 0;
        model_->in_valid_i = 0;
        model_->result_valid_i = 0;
        model_->unwrap_i = random_() & 1;
        model_->padded_i = random_() & 1;
        model_->length_i = random_() & 0x1fff;
        std::memcpy(&model_->in_word_i, random_block().data(), 16);
        std::memcpy(&model_->result_block_i, random_block().data(), 16);
    }

    void tick() {
        model_->clk_i = 0;
        model_->eval();
        model_->clk_i = 1;
        model_->eval();
    }

    /// The scratch memory; the assertions of the module itself see to its registers.
    void check_erased() const {
        for (const QData semiblock : Version::memory(*model_)) ASSERT_EQ(semiblock, 0U);
    }

    std::mt19937_64 random_{2025};
    VerilatedContext context_;
    std::unique_ptr<typename Version::Model> model_;
};

/// What a request that passes its check must answer.
void expect_answer(const Answer& answer, const Request& request, const Bytes& expected) {
    ASSERT_TRUE(answer.match);
    const std::size_t semiblocks = (expected.size() + 7) / 8;
    Bytes padded = expected;
    padded.resize((semiblocks + 1) / 2 * 16);
    ASSERT_EQ(answer.output, padded) << request.text.size();
    ASSERT_EQ(answer.key_length, request.unwrap && request.padded ? expected.size() : 0U);
}

void expect_refusal(const Answer& answer) {
    ASSERT_FALSE(answer.match);
    ASSERT_TRUE(answer.output.empty());
    ASSERT_EQ(answer.key_length, 0U);
}

/// Wraps a text and unwraps it again, with OpenSSL as the judge.
template <typename Version>
void round_trip(Unit<Version>& unit, bool padded, std::size_t length, const Timing& timing) {
    const Bytes key = unit.random_bytes(16 + 8 * unit.random(3));
    const Request wrap{.unwrap = false, .padded = padded, .text = unit.random_bytes(length)};
    const auto wrapped = openssl_key_wrap(key, false, padded, wrap.text);
    ASSERT_TRUE(wrapped);
    ASSERT_NO_FATAL_FAILURE(expect_answer(unit.run(BlockCipher(key, false), wrap, timing), wrap, *wrapped));
    const Request unwrap{.unwrap = true, .padded = padded, .text = *wrapped};
    ASSERT_NO_FATAL_FAILURE(expect_answer(unit.run(BlockCipher(key, true), unwrap, timing), unwrap, wrap.text));
}

template <typename Version>
class KeyWrap : public testing::Test {
protected:
    Unit<Version> unit_;
};

struct VersionNames {
    template <typename Version>
    static std::string GetName(int) {
        return std::is_same_v<Version, Small> ? "Small" : "Usual";
    }
};
using Versions = testing::Types<Small, Usual>;
TYPED_TEST_SUITE(KeyWrap, Versions, VersionNames);

TYPED_TEST(KeyWrap, MemoryIsErasedAfterReset) {
    EXPECT_EQ(this->unit_.settle(), TypeParam::limit / 8);
    // An abort without a request does nothing.
    this->unit_.idle_cycle(true);
    this->unit_.idle_cycle(false);
    // Again, with a request cut off by the reset.
    for (const bool unwrap : {false, true}) {
        this->unit_.begin(unwrap, 40, 9);
        this->unit_.reset();
        EXPECT_EQ(this->unit_.settle(), TypeParam::limit / 8);
    }
}

TYPED_TEST(KeyWrap, RequestWaitsForTheErasureAfterReset) {
    for (std::uint64_t wait = 0; wait <= TypeParam::limit / 8; ++wait) {
        this->unit_.reset();
        for (std::uint64_t i = 0; i < wait; ++i) this->unit_.idle_cycle(false);
        ASSERT_NO_FATAL_FAILURE(round_trip(this->unit_, true, 1 + this->unit_.random(40), {.cipher_latency = 1}));
        // And aborted in each of the cycles that are left.
        this->unit_.reset();
        const Bytes key = this->unit_.random_bytes(16);
        const Request request{.unwrap = false, .padded = false, .text = this->unit_.random_bytes(16)};
        const auto answer = this->unit_.run(BlockCipher(key, false), request, {.cipher_latency = 1},
                                            Abort{.cycle = wait, .held = false});
        ASSERT_NO_FATAL_FAILURE(expect_refusal(answer));
    }
}

TYPED_TEST(KeyWrap, EveryLength) {
    for (std::size_t length = 1; length <= std::min<std::size_t>(TypeParam::limit, 130); ++length) {
        for (const Timing& timing :
             {Timing{}, Timing{.cipher_latency = 1}, Timing{.cipher_latency = 7, .stalls = true}}) {
            ASSERT_NO_FATAL_FAILURE(round_trip(this->unit_, true, length, timing));
            if (length % 8 == 0 && length >= 16) {
                ASSERT_NO_FATAL_FAILURE(round_trip(this->unit_, false, length, timing));
            }
        }
    }
}

TYPED_TEST(KeyWrap, LongestTexts) {
    for (std::size_t less = 0; less <= 24; ++less) {
        const std::size_t length = TypeParam::limit - less;
        const Timing timing{.cipher_latency = less == 0 ? 29U : 2U};
        ASSERT_NO_FATAL_FAILURE(round_trip(this->unit_, true, length, timing));
        if (length % 8 == 0) {
            ASSERT_NO_FATAL_FAILURE(round_trip(this->unit_, false, length, timing));
        }
    }
}

// The formula of the module's header; and equal texts of one length take equal time, whatever they hold.
TYPED_TEST(KeyWrap, Cycles) {
    this->unit_.settle();
    for (const std::size_t semiblocks : {1U, 2U, 3U, 4U, 5U}) {
        for (const bool padded : {true, false}) {
            if (semiblocks == 1 && !padded) continue;
            std::map<bool, std::uint64_t> cycles;
            for (int round = 0; round < 10; ++round) {
                const Bytes key = this->unit_.random_bytes(16);
                const Request wrap{false, padded, this->unit_.random_bytes(8 * semiblocks)};
                const Answer wrapped = this->unit_.run(BlockCipher(key, false), wrap);
                const Request unwrap{true, padded,
                                     Bytes(wrapped.output.begin(),
                                           wrapped.output.begin() + static_cast<std::ptrdiff_t>(8 * semiblocks + 8))};
                const Answer unwrapped = this->unit_.run(BlockCipher(key, true), unwrap);
                const std::uint64_t steps = semiblocks == 1 ? 1 : 6 * semiblocks;
                for (const auto& [direction, answer] : {std::pair{false, &wrapped}, std::pair{true, &unwrapped}}) {
                    ASSERT_TRUE(answer->match);
                    EXPECT_EQ(cycles.emplace(direction, answer->cycles).first->second, answer->cycles);
                    EXPECT_LT(answer->cycles, steps * 30 + 4 * semiblocks + 10);
                }
            }
        }
    }
}

// Every single flipped bit is found, and at the same time.
TYPED_TEST(KeyWrap, FlippedBits) {
    for (const bool padded : {false, true}) {
        for (const std::size_t length : {8U, 13U, 16U, 29U, 40U}) {
            if (!padded && (length % 8 != 0 || length < 16)) continue;
            const Bytes key = this->unit_.random_bytes(32);
            const auto wrapped = openssl_key_wrap(key, false, padded, this->unit_.random_bytes(length));
            ASSERT_TRUE(wrapped);
            std::optional<std::uint64_t> cycles;
            for (std::size_t bit = 0; bit < 8 * wrapped->size(); ++bit) {
                Request request{true, padded, *wrapped};
                request.text[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
                const Answer answer = this->unit_.run(BlockCipher(key, true), request, {.cipher_latency = 2});
                ASSERT_NO_FATAL_FAILURE(expect_refusal(answer));
                ASSERT_FALSE(openssl_key_wrap(key, true, padded, request.text));
                if (bit == 0) {  // a request that waited for the erasure after the reset took longer
                    cycles = this->unit_.run(BlockCipher(key, true), request, {.cipher_latency = 2}).cycles;
                } else {
                    ASSERT_EQ(answer.cycles, cycles);
                }
            }
        }
    }
}

// Texts that someone with the key made, with an integrity value, a length or a padding that is wrong in one place.
TYPED_TEST(KeyWrap, ForgedIntegrityValues) {
    auto& unit = this->unit_;
    const Bytes key = unit.random_bytes(16);
    const BlockCipher cipher(key, false);
    const BlockCipher inverse(key, true);
    const auto answer = [&](bool padded, const Bytes& plain) {
        return unit.run(inverse, {true, padded, wrapping_function(cipher, plain)}, {.cipher_latency = 2});
    };
    for (const std::size_t semiblocks : {1U, 2U, 3U, 5U}) {
        // KW: the value is right, then wrong in each of its bits.
        if (semiblocks > 1) {
            for (std::size_t bit = 0; bit <= 64; ++bit) {
                Bytes plain = unit.random_bytes(8 * semiblocks + 8);
                std::fill_n(plain.begin(), 8, std::uint8_t{0xa6});
                if (bit < 64) {
                    plain[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
                    ASSERT_NO_FATAL_FAILURE(expect_refusal(answer(false, plain)));
                } else {
                    ASSERT_TRUE(answer(false, plain).match);
                }
            }
        }
        // KWP: each length around the right ones, and with each single bit set besides; zeros in the last bytes.
        const auto padded_text = [&](std::uint32_t length, std::size_t zeros) {
            Bytes plain = unit.random_bytes(8 * semiblocks + 8);
            for (auto& byte : plain) byte |= 1;
            const std::array<std::uint8_t, 4> value{0xa6, 0x59, 0x59, 0xa6};
            std::copy(value.begin(), value.end(), plain.begin());
            for (std::size_t k = 0; k < 4; ++k) plain[4 + k] = static_cast<std::uint8_t>(length >> (24 - 8 * k));
            std::fill_n(plain.end() - static_cast<std::ptrdiff_t>(zeros), zeros, std::uint8_t{0});
            return plain;
        };
        const auto limit = static_cast<std::uint32_t>(8 * semiblocks);
        for (std::size_t zeros = 0; zeros <= 8; ++zeros) {
            std::vector<std::uint32_t> lengths;
            for (std::uint32_t length = 0; length <= limit + 9; ++length) lengths.push_back(length);
            for (unsigned bit = 0; bit < 32; ++bit)
                lengths.push_back((limit - static_cast<std::uint32_t>(zeros)) ^ (1U << bit));
            for (std::uint32_t length = 0xfffffff0; length != 0; ++length) lengths.push_back(length);
            for (const std::uint32_t length : lengths) {
                const Answer found = answer(true, padded_text(length, zeros));
                const bool right = length <= limit && length + 8 > limit && limit - length <= zeros;
                ASSERT_EQ(found.match, right) << semiblocks << " semiblocks, length " << length << ", zeros " << zeros;
                ASSERT_EQ(found.key_length, right ? length : 0U);
                ASSERT_EQ(found.output.empty(), !right);
            }
        }
        for (std::size_t bit = 0; bit < 32; ++bit) {
            Bytes plain = padded_text(limit, 0);
            plain[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
            ASSERT_NO_FATAL_FAILURE(expect_refusal(answer(true, plain)));
        }
        for (std::size_t bit = 0; bit < 8 * 7; ++bit) {
            Bytes plain = padded_text(limit - 7, 7);
            *(plain.end() - 1 - static_cast<std::ptrdiff_t>(bit / 8)) ^= static_cast<std::uint8_t>(1U << bit % 8);
            ASSERT_NO_FATAL_FAILURE(expect_refusal(answer(true, plain)));
        }
    }
}

// An abort in every cycle of a request, for one cycle or until the end; then the unit works as before.
TYPED_TEST(KeyWrap, AbortInEveryCycle) {
    auto& unit = this->unit_;
    unit.settle();
    const Bytes key = unit.random_bytes(24);
    for (const bool padded : {false, true}) {
        const Bytes text = unit.random_bytes(padded ? 19 : 24);
        const auto wrapped = openssl_key_wrap(key, false, padded, text);
        ASSERT_TRUE(wrapped);
        for (const bool unwrap : {false, true}) {
            for (const bool stalls : {false, true}) {
                const BlockCipher cipher(key, unwrap);
                const Request request{unwrap, padded, unwrap ? *wrapped : text};
                const Timing timing{.cipher_latency = 5, .stalls = stalls};
                const std::uint64_t cycles = unit.run(cipher, request, timing).cycles;
                for (const bool held : {false, true}) {
                    for (std::uint64_t cycle = 0; cycle < (stalls ? cycles / 2 : cycles); ++cycle) {
                        const Answer answer = unit.run(cipher, request, timing, Abort{cycle, held});
                        ASSERT_FALSE(answer.match) << cycle;
                        ASSERT_EQ(answer.key_length, 0U);
                        ASSERT_LT(answer.cycles, cycle + 5 + 4 + (stalls ? 30 : 8)) << "the end comes soon";
                        ASSERT_NO_FATAL_FAILURE(
                            expect_answer(unit.run(cipher, request, timing), request, unwrap ? text : *wrapped));
                    }
                }
                if (!stalls) {
                    // In the cycle of done_o it is too late.
                    ASSERT_NO_FATAL_FAILURE(expect_answer(unit.run(cipher, request, timing, Abort{cycles, true}),
                                                          request, unwrap ? text : *wrapped));
                }
            }
        }
    }
}

// NIST's vectors, all of them. In the _inv files wrapping uses the inverse cipher.
class KeyWrapVectors : public testing::TestWithParam<std::string> {};

TEST_P(KeyWrapVectors, All) {
    const std::string& name = GetParam();
    const bool padded = name.starts_with("KWP");
    const bool unwrap = name.find("_AD_") != std::string::npos;
    const bool inverse = name.ends_with("_inv");
    std::ifstream file(std::filesystem::path(CCE_KEY_WRAP_VECTORS) / (name + ".txt"));
    ASSERT_TRUE(file) << name;
    Unit<Usual> unit;
    std::size_t count = 0;
    std::size_t refused = 0;
    std::map<std::string, std::string> fields;
    const auto finish = [&] {
        if (fields.empty()) return;
        SCOPED_TRACE(name + " " + std::to_string(count));
        const Bytes key = from_hex(fields.at("K"));
        const Request request{unwrap, padded, from_hex(fields.at(unwrap ? "C" : "P"))};
        const Answer answer = unit.run(BlockCipher(key, inverse != unwrap), request, {.cipher_latency = 1});
        if (fields.contains("FAIL")) {
            ASSERT_TRUE(unwrap);
            ASSERT_EQ(fields.size(), 3U);
            ASSERT_NO_FATAL_FAILURE(expect_refusal(answer));
            ++refused;
        } else {
            ASSERT_EQ(fields.size(), 3U);
            ASSERT_NO_FATAL_FAILURE(expect_answer(answer, request, from_hex(fields.at(unwrap ? "P" : "C"))));
        }
        ++count;
        fields.clear();
    };
    for (std::string line; std::getline(file, line);) {
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
        if (line.empty()) {
            ASSERT_NO_FATAL_FAILURE(finish());
        } else if (line == "FAIL") {
            fields.emplace("FAIL", "");
        } else if (!line.starts_with("#") && !line.starts_with("[") && !line.starts_with("COUNT")) {
            const std::size_t equals = line.find(" = ");
            ASSERT_NE(equals, std::string::npos) << line;
            ASSERT_TRUE(fields.emplace(line.substr(0, equals), line.substr(equals + 3)).second) << line;
        }
    }
    ASSERT_NO_FATAL_FAILURE(finish());
    EXPECT_EQ(count, 500U);
    EXPECT_EQ(refused, unwrap ? 100U : 0U);
}

[[nodiscard]] std::vector<std::string> vector_files() {
    std::vector<std::string> names;
    for (const char* mode : {"KW", "KWP"}) {
        for (const char* direction : {"_AE", "_AD"}) {
            for (const char* size : {"_128", "_192", "_256"}) {
                for (const char* cipher : {"", "_inv"}) {
                    names.push_back(std::string(mode) + direction + size + cipher);
                }
            }
        }
    }
    return names;
}

INSTANTIATE_TEST_SUITE_P(Cavp, KeyWrapVectors, testing::ValuesIn(vector_files()),
                         [](const auto& information) { return information.param; });

}  // namespace
}  // namespace cce::test
