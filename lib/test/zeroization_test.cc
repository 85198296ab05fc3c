// SPDX-License-Identifier: Apache-2.0
//
// No memory that the library gives back holds a key or a text: every block is looked through when it is deleted. (What
// OpenSSL allocates is its own matter.) For a program into which the library is compiled.

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

#include "cce/cce.hpp"
#include "cce_contract.hpp"

namespace {

constexpr std::size_t pattern_bytes = 16;
/// What must not be found; no heap memory of its own.
struct Watched {
    std::array<std::array<std::uint8_t, pattern_bytes>, 3> patterns{};
    std::atomic<bool> armed{false};
    std::atomic<unsigned> blocks{0};
    std::atomic<unsigned> found{0};
};
Watched watched;

void look_through(void* block) {
    if (!watched.armed || block == nullptr) return;
    ++watched.blocks;
    const auto* const bytes = static_cast<const std::uint8_t*>(block);
    const std::size_t size = malloc_usable_size(block);
    for (const auto& pattern : watched.patterns) {
        if (std::search(bytes, bytes + size, pattern.begin(), pattern.end()) != bytes + size) ++watched.found;
    }
}

}  // namespace

// NOLINTBEGIN: these replace the language's own.
void* operator new(std::size_t size) {
    if (void* const block = std::calloc(1, size == 0 ? 1 : size)) return block;
    throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
    look_through(block);
    std::free(block);
}
void operator delete(void* block, std::size_t /*size*/) noexcept {
    look_through(block);
    std::free(block);
}
// NOLINTEND

namespace {

class Zeroization : public ::testing::Test {
protected:
    void SetUp() override {
        for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(0x91 + 7 * i);
        for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<std::uint8_t>(0x13 + 11 * i);
        std::copy_n(key.begin(), pattern_bytes, watched.patterns[0].begin());
        std::copy_n(key.begin() + 32, pattern_bytes, watched.patterns[1].begin());
        std::copy_n(text.begin() + 8, pattern_bytes, watched.patterns[2].begin());
        watched.blocks = watched.found = 0;
        watched.armed = true;
    }
    void TearDown() override { watched.armed = false; }

    std::array<std::uint8_t, 64> key{};
    std::array<std::uint8_t, 64> text{};
};

TEST_F(Zeroization, TheTestFindsWhatIsLeft) {
    auto left = std::make_unique<std::array<std::uint8_t, 64>>(text);
    ASSERT_NE((*left)[8], 0);
    left.reset();
    EXPECT_EQ(watched.found, 1U);
}

TEST_F(Zeroization, KeysAndTextsOfEveryMode) {
    cce::Device device("software");
    const std::array<std::uint8_t, 16> iv{1};
    for (int number = 0; number < CCE_MODE_COUNT; ++number) {
        const auto mode = static_cast<cce_mode>(number);
        SCOPED_TRACE(cce_mode_name(mode));
        const bool aead = mode == CCE_MODE_GCM || mode == CCE_MODE_CCM;
        const std::size_t iv_length = aead ? 12 : mode >= CCE_MODE_CBC && mode <= CCE_MODE_XTS ? 16 : 0;
        const std::size_t tag_length = aead || mode == CCE_MODE_CMAC ? 16 : 0;
        const auto key_of_mode = std::span<const std::uint8_t>(key).first(mode == CCE_MODE_XTS ? 64 : 32);
        std::array<std::uint8_t, 96> sealed{};
        std::array<std::uint8_t, 96> opened{};
        const auto in_pieces = [](std::span<std::uint8_t> bytes) {
            return std::array<cce::Segment, 2>{cce::segment(bytes.first(3)), cce::segment(bytes.subspan(3))};
        };
        {
            // Encryption in pieces, waiting and submitted: the text lies in a buffer of the library.
            cce::Session session(device, mode, CCE_ENCRYPT, key_of_mode);
            const auto source = in_pieces(text);
            const auto destination = in_pieces(sealed);
            const cce::Operation operation =
                cce::operation(session, std::span(iv).first(iv_length), source, destination, {}, tag_length);
            cce::Completion completion{};
            ASSERT_EQ(cce_run(&operation, &completion), CCE_OK) << cce_error_message(device.get());
            ASSERT_EQ(device.submit({&operation, 1}), 1U);
            ASSERT_EQ(device.wait(0, std::chrono::milliseconds(-1)).status, CCE_OK);
            if (mode == CCE_MODE_CMAC) continue;
            // And back.
            cce::Session opener(device, mode, CCE_DECRYPT, key_of_mode);
            const auto back = in_pieces(std::span(sealed).first(completion.output_length));
            const auto plain = in_pieces(opened);
            cce::Operation opening =
                cce::operation(opener, std::span(iv).first(iv_length), back, plain, {}, tag_length);
            ASSERT_EQ(cce_run(&opening, nullptr), CCE_OK) << cce_error_message(device.get());
            EXPECT_TRUE(std::equal(text.begin(), text.end(), opened.begin()));
            if (mode > CCE_MODE_XTS) {
                sealed[completion.output_length - 1] ^= 1;
                EXPECT_EQ(cce_run(&opening, nullptr), CCE_ERROR_TAG);
                EXPECT_TRUE(std::all_of(opened.begin(), opened.begin() + 64, [](std::uint8_t b) { return b == 0; }));
            }
        }
    }
    EXPECT_GT(watched.blocks, 50U);
    EXPECT_EQ(watched.found, 0U);
}

/// Keys, messages and states of hash functions, in one piece and in streams. What an HMAC's key has become (the states
/// behind its blocks) and its key block with ipad must not be found either.
TEST_F(Zeroization, HashFunctions) {
    cce::Device device("software");
    for (int number = 0; number < CCE_HASH_COUNT; ++number) {
        const auto hash = static_cast<cce_hash>(number);
        if (cce_hash_name(hash) == nullptr) continue;
        SCOPED_TRACE(cce_hash_name(hash));
        const bool extendable = cce_hash_digest_bytes(hash) == 0;
        const bool cshake = hash >= CCE_HASH_CSHAKE_128;
        for (const cce_hash_kind kind : {CCE_HASH_PLAIN, CCE_HASH_HMAC, CCE_HASH_KMAC, CCE_HASH_KMAC_XOF}) {
            if (kind == CCE_HASH_HMAC ? extendable : kind != CCE_HASH_PLAIN && !cshake) continue;
            cce::HashOptions options = CCE_HASH_OPTIONS_INIT;
            options.kind = kind;
            if (kind != CCE_HASH_PLAIN) {
                options.key = key.data();
                options.key_length = key.size();
            }
            watched.patterns[1] = watched.patterns[0];
            if (kind == CCE_HASH_HMAC) {
                for (std::uint8_t& byte : watched.patterns[1]) byte ^= 0x36;
            }
            cce::Session session(device, hash, options);
            cce::HashStream stream(session);
            std::array<std::uint8_t, 28> digest{};
            session.digest(text, digest);
            const std::array<cce::Segment, 2> source{cce::segment(std::span(text).first(3)),
                                                     cce::segment(std::span(text).subspan(3))};
            const std::array<cce::Segment, 1> destination{cce::segment(std::span<std::uint8_t>(digest))};
            const cce::Operation operation = cce::operation(session, {}, source, destination, {}, digest.size());
            ASSERT_EQ(cce_run(&operation, nullptr), CCE_OK) << cce_error_message(device.get());
            // Text in the buffer, states in it and behind it.
            for (unsigned i = 0; i < 100; ++i) stream.update(text);
            std::array<std::uint8_t, CCE_HASH_STATE_BYTES_MAX> state{};
            std::size_t num = 0;
            ASSERT_EQ(cce_hash_stream_export(stream.get(), state.data(), state.size(), &num), CCE_OK);
            // The state that the stream has now is as secret as the key.
            std::copy_n(state.begin() + sizeof(cce::contract::HashContext), pattern_bytes, watched.patterns[0].begin());
            cce::HashStream copy = stream.copy();
            copy.update(text);
            copy.finish(digest);
            if (extendable && kind != CCE_HASH_KMAC) stream.squeeze(digest);
        }
        std::copy_n(key.begin(), pattern_bytes, watched.patterns[0].begin());
    }
    EXPECT_GT(watched.blocks, 200U);
    EXPECT_EQ(watched.found, 0U);
}

}  // namespace
