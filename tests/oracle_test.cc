// SPDX-License-Identifier: Apache-2.0
//
// The oracle itself: what support.cc builds on top of OpenSSL against OpenSSL and against published examples.

#include <gtest/gtest.h>

#include "support.h"

namespace cce::test {
namespace {

using contract::CipherMode;

/// XTS by OpenSSL, which has it for 128- and 256-bit keys.
Bytes xts_of_openssl(const CipherInput& input) {
    Bytes keys = input.key;
    keys.insert(keys.end(), input.tweak_key.begin(), input.tweak_key.end());
    EVP_CIPHER_CTX* const context = EVP_CIPHER_CTX_new();
    Bytes result(input.text.size());
    int length = 0;
    const bool good =
        EVP_CipherInit_ex(context, input.key.size() == 16 ? EVP_aes_128_xts() : EVP_aes_256_xts(), nullptr, keys.data(),
                          input.iv.data(), input.decrypt ? 0 : 1) == 1 &&
        EVP_CipherUpdate(context, result.data(), &length, input.text.data(), static_cast<int>(input.text.size())) == 1;
    EVP_CIPHER_CTX_free(context);
    EXPECT_TRUE(good);
    return result;
}

TEST(Oracle, XtsIsThatOfOpenSsl) {
    std::mt19937_64 random(test_seed());
    for (const std::size_t key_bytes : {16U, 32U}) {
        for (std::size_t length = 16; length < 100; ++length) {
            CipherInput input;
            input.mode = CipherMode::xts;
            input.key = random_bytes(random, key_bytes);
            input.tweak_key = random_bytes(random, key_bytes);
            input.iv = random_bytes(random, 16);
            input.text = random_bytes(random, length);
            for (const bool decrypt : {false, true}) {
                input.decrypt = decrypt;
                ASSERT_EQ(to_hex(Oracle::run(input).text), to_hex(xts_of_openssl(input))) << length;
            }
        }
    }
}

TEST(Oracle, EveryModeComesBack) {
    std::mt19937_64 random(test_seed());
    for (unsigned mode = 0; mode < 9; ++mode) {
        for (const std::size_t key_bytes : {16U, 24U, 32U}) {
            CipherInput input;
            input.mode = static_cast<CipherMode>(mode);
            SCOPED_TRACE(contract::name_of(input.mode));
            input.key = random_bytes(random, key_bytes);
            if (input.mode == CipherMode::xts) input.tweak_key = input.key;
            input.iv = random_bytes(random, input.mode == CipherMode::ccm ? 9 : 16);
            input.text = random_bytes(random, 48);
            if (input.mode == CipherMode::gcm || input.mode == CipherMode::ccm) input.aad = random_bytes(random, 33);
            if (input.mode >= CipherMode::gcm && input.mode <= CipherMode::cmac) input.tag_length = 10;
            if (input.mode == CipherMode::gcm) input.tag_length = 13;
            const Oracle::Answer sealed = Oracle::run(input);
            ASSERT_TRUE(sealed.match);
            ASSERT_EQ(sealed.tag.size(), input.tag_length);
            CipherInput back = input;
            back.decrypt = true;
            if (input.mode != CipherMode::cmac) back.text = sealed.text;
            back.tag = sealed.tag;
            const Oracle::Answer opened = Oracle::run(back);
            ASSERT_TRUE(opened.match);
            if (input.mode != CipherMode::cmac) {
                EXPECT_EQ(to_hex(opened.text), to_hex(input.text));
            }
            // What has a check notices a changed bit of its text, its tag, its AAD.
            if (input.mode < CipherMode::gcm) continue;
            CipherInput bad = back;
            bad.text[7] ^= 1;
            EXPECT_FALSE(Oracle::run(bad).match);
            if (!back.tag.empty()) {
                bad = back;
                bad.tag.back() ^= 1;
                EXPECT_FALSE(Oracle::run(bad).match);
            }
            if (!back.aad.empty()) {
                bad = back;
                bad.aad[0] ^= 1;
                EXPECT_FALSE(Oracle::run(bad).match);
            }
        }
    }
}

TEST(Oracle, WrapsAsRfc3394AndRfc5649) {
    CipherInput input;
    input.mode = CipherMode::kw;
    input.key = from_hex("000102030405060708090a0b0c0d0e0f");
    input.text = from_hex("00112233445566778899aabbccddeeff");
    EXPECT_EQ(to_hex(Oracle::run(input).text), "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5");
    input.mode = CipherMode::kwp;
    input.key = from_hex("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8");
    input.text = from_hex("466f7250617369");
    EXPECT_EQ(to_hex(Oracle::run(input).text), "afbeb0f07dfbf5419200f2ccb50bb24f");
    input.text = Oracle::run(input).text;
    input.decrypt = true;
    const Oracle::Answer answer = Oracle::run(input);
    EXPECT_EQ(to_hex(answer.text), "466f725061736900");
    EXPECT_EQ(to_hex(answer.next_iv), "07000000000000000000000000000000");
}

TEST(Oracle, CountersWrap) {
    const Bytes key(16, 1);
    const Bytes iv = from_hex("00ffffffffffffffffffffffffffffff");
    EXPECT_EQ(to_hex(Oracle::run(CipherMode::ctr, false, key, iv, Bytes(17)).next_iv),
              "01000000000000000000000000000001");
}

}  // namespace
}  // namespace cce::test
