// SPDX-License-Identifier: Apache-2.0
//
// Lengths one by one around the edges of blocks, in every mode and both directions, against OpenSSL; and the lengths at
// which the encoding of the associated data changes in CCM.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "support.h"

namespace cce::test {
namespace {

using contract::CipherMode;

class Length : public EngineTest {
protected:
    Length() : machine_(options()), runner_(machine_), random_(test_seed()) {}

    /// The encryption that `input` is, and its way back.
    void both_ways(CipherInput input) {
        const Oracle::Answer sealed = Oracle::run(input);
        runner_.add(Exchange(machine_, input, sealed));
        CipherInput back = input;
        back.decrypt = true;
        if (input.mode != CipherMode::cmac) back.text = sealed.text;
        back.tag = sealed.tag;
        Oracle::Answer opened = Oracle::run(back);
        if (input.mode != CipherMode::cmac && input.mode != CipherMode::kwp) {
            ASSERT_EQ(opened.text, input.text);
        }
        runner_.add(Exchange(machine_, back, std::move(opened)));
    }
    CipherInput input(CipherMode mode, std::size_t iv_bytes, std::size_t aad_bytes, std::size_t text_bytes,
                      std::size_t tag_bytes) {
        CipherInput result;
        result.mode = mode;
        result.key = random_bytes(random_, 16 + 8 * below(random_, 3));
        if (mode == CipherMode::xts) result.tweak_key = random_bytes(random_, result.key.size());
        result.iv = random_bytes(random_, iv_bytes);
        result.aad = random_bytes(random_, aad_bytes);
        result.text = random_bytes(random_, text_bytes);
        result.tag_length = tag_bytes;
        return result;
    }

    sim::Machine machine_;
    BulkRunner runner_;
    std::mt19937_64 random_;
};

TEST_P(Length, TextAlone) {
    constexpr std::size_t longest = 100;
    for (std::size_t length = 0; length <= longest; ++length) {
        if (length != 0 && length % 16 == 0) {
            both_ways(input(CipherMode::ecb, 0, 0, length, 0));
            both_ways(input(CipherMode::cbc, 16, 0, length, 0));
        }
        if (length != 0) both_ways(input(CipherMode::ctr, 16, 0, length, 0));
        if (length >= 16) both_ways(input(CipherMode::xts, 16, 0, length, 0));
        for (const bool inverse : {false, true}) {
            CipherInput wrap = input(CipherMode::kw, 0, 0, length, 0);
            wrap.inverse_cipher = inverse;
            if (length >= 16 && length % 8 == 0) both_ways(wrap);
            wrap.mode = CipherMode::kwp;
            if (length != 0) both_ways(wrap);
        }
        both_ways(input(CipherMode::cmac, 0, 0, length, 16));
        ASSERT_FALSE(HasFailure());
    }
    runner_.finish();
}

TEST_P(Length, TextAndAad) {
    for (std::size_t aad = 0; aad <= 34; ++aad) {
        for (std::size_t text = 0; text <= 34; text += aad % 16 < 2 || aad % 16 > 13 ? 1 : 5) {
            both_ways(input(CipherMode::gcm, 12, aad, text, 16));
            both_ways(input(CipherMode::ccm, 7 + (aad + text) % 7, aad, text, 4 + 2 * (text % 7)));
            ASSERT_FALSE(HasFailure());
        }
    }
    runner_.finish();
}

TEST_P(Length, IvsOfGcm) {
    for (std::size_t iv = 1; iv <= 128; iv += iv < 40 ? 1 : 11) {
        for (const std::size_t aad : {0U, 3U, 16U, 29U}) {
            CipherInput sealed = input(CipherMode::gcm, iv, aad, iv % 37, 16);
            sealed.iv_in_source = true;
            both_ways(sealed);
            ASSERT_FALSE(HasFailure());
        }
    }
    runner_.finish();
}

TEST_P(Length, LimitsOfKeyWrap) {
    both_ways(input(CipherMode::kw, 0, 0, 4096, 0));
    for (const std::size_t length : {4089U, 4096U}) both_ways(input(CipherMode::kwp, 0, 0, length, 0));
    runner_.finish();
}

TEST_P(Length, LongAad) {
    // SP 800-38C, A.2.2: from 65,280 bytes on the length of the associated data takes six bytes, not two.
    for (const std::size_t aad : {0xfeffU, 0xff00U, 0xff01U}) {
        both_ways(input(CipherMode::ccm, 13, aad, 20, 16));
        both_ways(input(CipherMode::gcm, 12, aad, 20, 16));
    }
    // SP 800-38C, example 4.
    CipherInput example;
    example.mode = CipherMode::ccm;
    example.key = from_hex("404142434445464748494a4b4c4d4e4f");
    example.iv = from_hex("101112131415161718191a1b1c");
    example.aad.resize(65'536);
    std::iota(example.aad.begin(), example.aad.end(), std::uint8_t{0});
    example.text = from_hex("202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f");
    example.tag_length = 14;
    Oracle::Answer expected;
    expected.text = from_hex("69915dad1e84c6376a68c2967e4dab615ae0fd1faec44cc484828529463ccf72");
    expected.tag = from_hex("b4ac6bec93e8598e7f0dadbcea5b");
    runner_.add(Exchange(machine_, example, expected));
    both_ways(example);
    runner_.finish();
}

TEST_P(Length, LongerThanTheBuffers) {
    // Written in tiny segments and read at full speed, a text fills the engine's buffers (16 KiB of the stream, 512
    // bytes of a lane), and its parts wrap around in them.
    constexpr std::uint32_t length = 18'000;
    constexpr std::uint32_t piece = 3;
    for (const CipherMode mode :
         {CipherMode::ecb, CipherMode::cbc, CipherMode::ctr, CipherMode::xts, CipherMode::gcm, CipherMode::ccm}) {
        const bool authenticates = mode == CipherMode::gcm || mode == CipherMode::ccm;
        const std::size_t iv_bytes = mode == CipherMode::ecb ? 0 : authenticates ? 12 : 16;
        CipherInput sealed = input(mode, iv_bytes, 0, length, authenticates ? 16 : 0);
        if (mode == CipherMode::cbc) sealed.decrypt = true;  // the direction whose blocks do not wait for each other
        Oracle::Answer answer = Oracle::run(sealed);
        auto request = std::make_unique<sim::CipherRequest>(machine_, mode);
        prepare(*request, sealed);
        if (sealed.tweak_key.empty()) {
            request->key(sealed.key);
        } else {
            request->key_pair(sealed.key, sealed.tweak_key);
        }
        const sim::StreamLengths lengths = request->lengths(length);
        sim::Shape destination;
        destination.list = true;
        for (std::uint32_t left = lengths.destination; left != 0;) {
            const std::uint32_t bytes = std::min(piece, left);
            destination.pieces.push_back({0, bytes});
            left -= bytes;
        }
        request->text(sealed.text, sim::Shape::direct(lengths.source), destination);
        runner_.add(Exchange(std::move(request), sealed, std::move(answer)));
        both_ways(input(CipherMode::ctr, 16, 0, 3000, 0));
    }
    runner_.finish();
}

INSTANTIATE_TEST_SUITE_P(All, Length, testing::ValuesIn(all_targets()), EngineTest::name);

}  // namespace
}  // namespace cce::test
