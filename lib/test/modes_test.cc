// SPDX-License-Identifier: Apache-2.0
//
// XTS, AEAD, MACs and key wrap on every backend that can be opened here, as far as it offers them: known answers,
// random requests against OpenSSL, forgeries, in place, and all modes in flight together.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "backends.h"
#include "cce/cce.hpp"
#include "expect_status.h"
#include "known_answers.h"
#include "reference.h"

namespace {

namespace reference = cce::reference;
using cce::test::expect_status;
using reference::Bytes;
using reference::bytes_of;

class Modes : public ::testing::TestWithParam<std::string> {
protected:
    [[nodiscard]] bool offers(cce_mode mode) const { return information.mode_supported[mode] != 0; }
    /// The kernel's interfaces take GCM IVs of 12 bytes only.
    [[nodiscard]] bool takes_iv(cce_mode mode, std::size_t length) const {
        return mode != CCE_MODE_GCM || length == 12 || GetParam() == "in-process" || GetParam() == "software";
    }
    [[nodiscard]] std::size_t gcm_iv_length(std::size_t length) const {
        return takes_iv(CCE_MODE_GCM, length) ? length : 12;
    }
    /// The simulated engine is slow.
    [[nodiscard]] unsigned rounds(unsigned many) const { return GetParam() == "in-process" ? many / 20 + 1 : many; }

    Bytes random_bytes(std::size_t length) {
        Bytes bytes(length);
        std::generate(bytes.begin(), bytes.end(), [this] { return static_cast<std::uint8_t>(random()); });
        return bytes;
    }
    std::size_t below(std::size_t limit) { return random() % limit; }
    template <std::size_t N>
    std::size_t one_of(const std::array<std::size_t, N>& values) {
        return values.at(below(N));
    }
    Bytes random_key() { return random_bytes(one_of(key_lengths)); }

    static constexpr std::array<std::size_t, 3> key_lengths{16, 24, 32};
    static constexpr std::array<std::size_t, 7> gcm_tag_lengths{4, 8, 12, 13, 14, 15, 16};
    static constexpr std::array<std::size_t, 7> ccm_tag_lengths{4, 6, 8, 10, 12, 14, 16};
    cce::Device device{GetParam()};
    cce::Information information = device.information();
    std::mt19937 random{20260101};
};

TEST_P(Modes, WhatIsNotOfferedIsRefusedByName) {
    for (int i = 0; i < CCE_MODE_COUNT; ++i) {
        const auto mode = static_cast<cce_mode>(i);
        const Bytes key =
            bytes_of(mode == CCE_MODE_XTS ? "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                                          : "000102030405060708090a0b0c0d0e0f");
        EXPECT_EQ(std::string(information.driver[i]).empty(), !offers(mode));
        cce_session* session = nullptr;
        const cce_status status = cce_session_create(&session, device.get(), mode, CCE_ENCRYPT, key.data(), key.size());
        EXPECT_EQ(status, offers(mode) ? CCE_OK : CCE_ERROR_UNSUPPORTED);
        if (!offers(mode)) {
            const std::string message = cce_error_message(device.get());
            EXPECT_NE(message.find(cce_mode_name(mode)), std::string::npos) << message;
            EXPECT_NE(message.find(GetParam()), std::string::npos) << message;
        }
        EXPECT_EQ(cce_session_destroy(session), CCE_OK);
    }
}

TEST_P(Modes, AeadKnownAnswers) {
    for (const cce::tool::AeadAnswer& answer : cce::tool::aead_answers) {
        const Bytes iv = bytes_of(answer.iv);
        if (!offers(answer.mode) || !takes_iv(answer.mode, iv.size())) continue;
        SCOPED_TRACE(answer.name);
        const Bytes key = bytes_of(answer.key);
        const Bytes aad = bytes_of(answer.aad);
        const Bytes plain = bytes_of(answer.plain);
        const Bytes sealed = bytes_of(answer.sealed);
        Bytes out(sealed.size());
        cce::Completion completion{};
        cce::Session sealer(device, answer.mode, CCE_ENCRYPT, key);
        EXPECT_EQ(sealer.seal(iv, aad, plain, out, answer.tag_length, &completion), sealed.size());
        EXPECT_EQ(out, sealed);
        EXPECT_EQ(completion.output_length, sealed.size());
        out.assign(plain.size(), 0);
        cce::Session opener(device, answer.mode, CCE_DECRYPT, key);
        EXPECT_EQ(opener.open(iv, aad, sealed, out, answer.tag_length), plain.size());
        EXPECT_EQ(out, plain);
    }
}

TEST_P(Modes, MacKnownAnswers) {
    for (const cce::tool::MacAnswer& answer : cce::tool::mac_answers) {
        if (!offers(answer.mode) || !takes_iv(answer.mode, bytes_of(answer.iv).size())) continue;
        SCOPED_TRACE(answer.name);
        const Bytes mac = bytes_of(answer.mac);
        cce::Session generator(device, answer.mode, CCE_ENCRYPT, bytes_of(answer.key));
        cce::Session verifier(device, answer.mode, CCE_DECRYPT, bytes_of(answer.key));
        for (const std::size_t length : {std::size_t{4}, std::size_t{8}, std::size_t{15}, mac.size()}) {
            Bytes expected(mac.begin(), mac.begin() + static_cast<std::ptrdiff_t>(length));
            Bytes out(length);
            generator.generate_mac(bytes_of(answer.iv), bytes_of(answer.message), out);
            EXPECT_EQ(out, expected);
            verifier.verify_mac(bytes_of(answer.iv), bytes_of(answer.message), expected);
            expected.back() ^= 1;
            expect_status(CCE_ERROR_TAG,
                          [&] { verifier.verify_mac(bytes_of(answer.iv), bytes_of(answer.message), expected); });
        }
    }
}

TEST_P(Modes, KeyWrapKnownAnswers) {
    for (const cce::tool::KeyWrapAnswer& answer : cce::tool::key_wrap_answers) {
        if (!offers(answer.mode)) continue;
        SCOPED_TRACE(answer.name);
        const Bytes plain = bytes_of(answer.plain);
        const Bytes wrapped = bytes_of(answer.wrapped);
        Bytes out(wrapped.size());
        cce::Session wrapper(device, answer.mode, CCE_ENCRYPT, bytes_of(answer.key));
        EXPECT_EQ(wrapper.wrap(plain, out), wrapped.size());
        EXPECT_EQ(out, wrapped);
        cce::Session unwrapper(device, answer.mode, CCE_DECRYPT, bytes_of(answer.key));
        out.assign(wrapped.size() - 8, 0xff);
        EXPECT_EQ(unwrapper.unwrap(wrapped, out), plain.size());
        EXPECT_TRUE(std::all_of(out.begin() + static_cast<std::ptrdiff_t>(plain.size()), out.end(),
                                [](std::uint8_t byte) { return byte == 0; }));
        out.resize(plain.size());
        EXPECT_EQ(out, plain);
    }
}

TEST_P(Modes, XtsAgainstReferenceAllLengths) {
    if (!offers(CCE_MODE_XTS)) GTEST_SKIP() << "not offered";
    for (unsigned round = 0; round < rounds(100); ++round) {
        const std::size_t length = 16 + (GetParam() == "in-process" ? below(100) : round);
        for (const std::size_t key_length : key_lengths) {
            const Bytes key = random_bytes(2 * key_length);
            const Bytes tweak = random_bytes(16);
            const Bytes text = random_bytes(length);
            for (const cce_direction direction : {CCE_ENCRYPT, CCE_DECRYPT}) {
                SCOPED_TRACE(std::to_string(key_length) + " bytes of key, " + std::to_string(length) + " of text");
                const Bytes expected = reference::xts(key, tweak, text, direction == CCE_ENCRYPT);
                if (key_length != 24) {
                    ASSERT_EQ(expected, reference::xts_of_openssl(key, tweak, text, direction == CCE_ENCRYPT));
                }
                cce::Session session(device, CCE_MODE_XTS, direction, key);
                cce::Session tolerant(device, CCE_MODE_XTS, direction, key, CCE_SESSION_EQUAL_KEYS);
                cce::Iv iv{};
                std::copy(tweak.begin(), tweak.end(), iv.begin());
                const cce::Iv before = iv;
                Bytes out(length);
                session.run(iv, text, out);
                EXPECT_EQ(out, expected);
                EXPECT_EQ(iv, before);
                out = text;
                tolerant.run(iv, out, out);
                EXPECT_EQ(out, expected);
            }
        }
    }
}

TEST_P(Modes, XtsLongTexts) {
    if (!offers(CCE_MODE_XTS)) GTEST_SKIP() << "not offered";
    for (const std::size_t length : {4096U, 4097U, 8191U, 8192U + 15U}) {
        const Bytes key = random_bytes(48);
        const Bytes text = random_bytes(length);
        cce::Iv iv{};
        Bytes out(length);
        cce::Session(device, CCE_MODE_XTS, CCE_ENCRYPT, key).run(iv, text, out);
        EXPECT_EQ(out, reference::xts(key, Bytes(16), text, true));
        cce::Session(device, CCE_MODE_XTS, CCE_DECRYPT, key).run(iv, out, out);
        EXPECT_EQ(out, text);
    }
}

TEST_P(Modes, XtsEqualKeysOnlyWhereAllowed) {
    if (!offers(CCE_MODE_XTS)) GTEST_SKIP() << "not offered";
    const Bytes half = random_bytes(32);
    Bytes key = half;
    key.insert(key.end(), half.begin(), half.end());
    expect_status(CCE_ERROR_EQUAL_KEYS, [&] { cce::Session session(device, CCE_MODE_XTS, CCE_ENCRYPT, key); });
    cce::Session session(device, CCE_MODE_XTS, CCE_ENCRYPT, key, CCE_SESSION_EQUAL_KEYS);
    const Bytes text = random_bytes(50);
    cce::Iv iv{};
    Bytes out(text.size());
    session.run(iv, text, out);
    EXPECT_EQ(out, reference::xts(key, Bytes(16), text, true));
    // OpenSSL decrypts with such keys.
    EXPECT_EQ(reference::xts_of_openssl(key, Bytes(16), out, false), text);
}

TEST_P(Modes, AeadAgainstReference) {
    for (const cce_mode mode : {CCE_MODE_GCM, CCE_MODE_CCM}) {
        if (!offers(mode)) continue;
        for (unsigned round = 0; round < rounds(300); ++round) {
            const bool gcm = mode == CCE_MODE_GCM;
            const Bytes key = random_key();
            // 12 bytes are a case of their own; beyond 128 bytes OpenSSL does not go.
            const Bytes iv = random_bytes(gcm ? gcm_iv_length(round % 3 == 0 ? 12 : 1 + below(300)) : 7 + below(7));
            const Bytes aad = random_bytes(round % 5 == 0 ? 0 : below(100));
            const Bytes text = random_bytes(round % 7 == 0 ? 0 : below(400));
            const std::size_t tag_length = one_of(gcm ? gcm_tag_lengths : ccm_tag_lengths);
            SCOPED_TRACE(std::string(cce_mode_name(mode)) + ", IV " + std::to_string(iv.size()) + ", AAD " +
                         std::to_string(aad.size()) + ", text " + std::to_string(text.size()) + ", tag " +
                         std::to_string(tag_length));
            Bytes expected = gcm ? (iv.size() > 128 ? reference::gcm_by_parts(key, iv, aad, text, tag_length)
                                                    : reference::gcm(key, iv, aad, text, tag_length))
                                 : reference::ccm(key, iv, aad, text, tag_length);
            if (gcm && iv.size() != 12) {
                ASSERT_EQ(expected, reference::gcm_by_parts(key, iv, aad, text, tag_length));
            }
            cce::Session sealer(device, mode, CCE_ENCRYPT, key);
            cce::Session opener(device, mode, CCE_DECRYPT, key);
            Bytes out(text.size() + tag_length);
            sealer.seal(iv, aad, text, out, tag_length);
            ASSERT_EQ(out, expected);

            Bytes in_place = text;
            in_place.resize(text.size() + tag_length);
            const std::span<std::uint8_t> all(in_place);
            sealer.seal(iv, aad, all.first(text.size()), all, tag_length);
            ASSERT_EQ(in_place, expected);
            ASSERT_EQ(opener.open(iv, aad, all, all.first(text.size()), tag_length), text.size());
            ASSERT_TRUE(std::equal(text.begin(), text.end(), in_place.begin()));

            // Each part forged.
            const auto expect_forgery = [&](const Bytes& bad_iv, const Bytes& bad_aad, const Bytes& bad_sealed) {
                Bytes opened(text.size() + 8, 0xee);
                expect_status(CCE_ERROR_TAG, [&] { opener.open(bad_iv, bad_aad, bad_sealed, opened, tag_length); });
                EXPECT_TRUE(std::all_of(opened.begin(), opened.end() - 8, [](std::uint8_t b) { return b == 0; }));
                EXPECT_TRUE(std::all_of(opened.end() - 8, opened.end(), [](std::uint8_t b) { return b == 0xee; }));
            };
            Bytes bad = expected;
            bad.at(below(bad.size())) ^= static_cast<std::uint8_t>(1U << below(8));
            expect_forgery(iv, aad, bad);
            bad = iv;
            bad.at(below(bad.size())) ^= 1;
            expect_forgery(bad, aad, expected);
            bad = aad;
            bad.push_back(0);
            expect_forgery(iv, bad, expected);
        }
    }
}

TEST_P(Modes, IvsThatTheBackendDoesNotTakeAreRefusedByName) {
    if (!offers(CCE_MODE_GCM) || takes_iv(CCE_MODE_GCM, 16)) GTEST_SKIP() << "takes all";
    cce::Session session(device, CCE_MODE_GCM, CCE_ENCRYPT, random_key());
    Bytes out(16);
    expect_status(CCE_ERROR_IV_LENGTH, [&] { session.seal(random_bytes(16), {}, {}, out); });
    EXPECT_NE(std::string(cce_error_message(device.get())).find(GetParam()), std::string::npos);
    EXPECT_EQ(device.outstanding(), 0U);
}

TEST_P(Modes, CcmAadOfEveryEncoding) {
    if (!offers(CCE_MODE_CCM)) GTEST_SKIP() << "not offered";
    // SP 800-38C, A.2.2: the length takes 2 bytes below 2^16 - 2^8, else 6.
    for (const std::size_t length : {1U, 13U, 14U, 15U, 0xfeffU, 0xff00U, 0xff01U}) {
        const Bytes key = random_key();
        const Bytes nonce = random_bytes(13);
        const Bytes aad = random_bytes(length);
        const Bytes text = random_bytes(33);
        Bytes out(text.size() + 16);
        cce::Session(device, CCE_MODE_CCM, CCE_ENCRYPT, key).seal(nonce, aad, text, out);
        EXPECT_EQ(out, reference::ccm(key, nonce, aad, text, 16)) << length;
    }
}

TEST_P(Modes, MacAgainstReference) {
    for (const cce_mode mode : {CCE_MODE_CMAC, CCE_MODE_GCM}) {
        if (!offers(mode)) continue;
        for (unsigned round = 0; round < rounds(200); ++round) {
            const Bytes key = random_key();
            const Bytes message = random_bytes(round % 8 == 0 ? 16 * below(5) : below(300));
            const Bytes iv = random_bytes(mode == CCE_MODE_GCM ? gcm_iv_length(1 + below(140)) : 0);
            const std::size_t length = mode == CCE_MODE_GCM ? one_of(gcm_tag_lengths) : 1 + below(16);
            Bytes expected = mode == CCE_MODE_CMAC ? reference::cmac(key, message, length)
                             : iv.size() > 128     ? reference::gcm_by_parts(key, iv, message, {}, length)
                                                   : reference::gcm(key, iv, message, {}, length);
            Bytes out(length);
            cce::Session(device, mode, CCE_ENCRYPT, key).generate_mac(iv, message, out);
            ASSERT_EQ(out, expected) << cce_mode_name(mode) << ", " << message.size() << " bytes";
            cce::Session verifier(device, mode, CCE_DECRYPT, key);
            verifier.verify_mac(iv, message, expected);
            expected.at(below(length)) ^= static_cast<std::uint8_t>(1U << below(8));
            expect_status(CCE_ERROR_TAG, [&] { verifier.verify_mac(iv, message, expected); });
        }
    }
}

TEST_P(Modes, KeyWrapAgainstReference) {
    for (const cce_mode mode : {CCE_MODE_KW, CCE_MODE_KWP}) {
        if (!offers(mode)) continue;
        const bool padded = mode == CCE_MODE_KWP;
        for (unsigned round = 0; round < rounds(200); ++round) {
            const Bytes key = random_key();
            const std::size_t longest = round % 20 == 1 ? CCE_KEY_WRAP_BYTES_MAX : 100;
            std::size_t length = padded ? 1 + below(longest) : 8 * (2 + below(longest / 8 - 1));
            if (round == 0) length = CCE_KEY_WRAP_BYTES_MAX;
            SCOPED_TRACE(std::string(cce_mode_name(mode)) + ", " + std::to_string(length) + " bytes");
            const Bytes plain = random_bytes(length);
            const Bytes expected = reference::key_wrap(key, plain, padded);
            cce::Session wrapper(device, mode, CCE_ENCRYPT, key);
            cce::Session unwrapper(device, mode, CCE_DECRYPT, key);
            Bytes in_place = plain;
            in_place.resize(expected.size());
            ASSERT_EQ(wrapper.wrap(std::span(in_place).first(length), in_place), expected.size());
            ASSERT_EQ(in_place, expected);
            ASSERT_EQ(unwrapper.unwrap(in_place, in_place), length);
            ASSERT_TRUE(std::equal(plain.begin(), plain.end(), in_place.begin()));

            Bytes bad = expected;
            bad.at(below(bad.size())) ^= static_cast<std::uint8_t>(1U << below(8));
            Bytes out(bad.size(), 0xee);
            expect_status(CCE_ERROR_TAG, [&] { static_cast<void>(unwrapper.unwrap(bad, out)); });
            EXPECT_TRUE(std::all_of(out.begin(), out.end() - 8, [](std::uint8_t b) { return b == 0; }));
            EXPECT_TRUE(std::all_of(out.end() - 8, out.end(), [](std::uint8_t b) { return b == 0xee; }));
        }
    }
}

/// SP 800-38F, 6.3, steps 3 to 7 of KWP-AD: what is wrapped correctly, but is no padded key.
TEST_P(Modes, PaddingIsChecked) {
    if (!offers(CCE_MODE_KWP)) return;
    const Bytes key = random_key();
    cce::Session unwrapper(device, CCE_MODE_KWP, CCE_DECRYPT, key);
    const auto unwrap = [&](const Bytes& first, const Bytes& padded) {
        Bytes out(padded.size());
        return unwrapper.unwrap(reference::key_wrap_with(key, first, padded), out);
    };
    const auto first_semiblock = [](std::uint32_t length) {
        Bytes first{0xa6, 0x59, 0x59, 0xa6};
        for (unsigned shift = 32; shift != 0; shift -= 8) {
            first.push_back(static_cast<std::uint8_t>(length >> (shift - 8)));
        }
        return first;
    };
    for (const std::uint32_t room : {16U, 40U}) {
        for (std::uint32_t length = 0; length <= room + 9; ++length) {
            SCOPED_TRACE(std::to_string(length) + " of " + std::to_string(room));
            Bytes padded = random_bytes(room);
            for (std::uint32_t i = length; i < room; ++i) padded[i] = 0;
            if (length > room - 8 && length <= room) {
                EXPECT_EQ(unwrap(first_semiblock(length), padded), length);
            } else {
                expect_status(CCE_ERROR_TAG, [&] { static_cast<void>(unwrap(first_semiblock(length), padded)); });
            }
            for (std::uint32_t i = std::max(length, room - 7); i < room; ++i) {
                Bytes bad = padded;
                bad[i] = static_cast<std::uint8_t>(1U << i % 8);
                expect_status(CCE_ERROR_TAG, [&] { static_cast<void>(unwrap(first_semiblock(length), bad)); });
            }
        }
        Bytes padded = random_bytes(room);
        padded.back() = 0;
        for (const std::uint32_t length : {0x8000'0000U + room - 1, 0xffff'ffffU, 0x0100'0000U + room - 1}) {
            expect_status(CCE_ERROR_TAG, [&] { static_cast<void>(unwrap(first_semiblock(length), padded)); });
        }
        for (std::size_t i = 0; i < 4; ++i) {
            Bytes first = first_semiblock(room - 1);
            EXPECT_EQ(unwrap(first, padded), room - 1);
            first[i] ^= 1;
            expect_status(CCE_ERROR_TAG, [&] { static_cast<void>(unwrap(first, padded)); });
        }
    }
}

/// A request of any mode with its buffers and what must come of it.
struct Flight {
    std::unique_ptr<cce::Session> session;
    Bytes iv;
    Bytes aad;
    Bytes source;
    Bytes destination;
    Bytes expected;
    cce_status status = CCE_OK;
    std::size_t output_length = 0;
};

TEST_P(Modes, AllModesInFlightTogether) {
    std::vector<std::unique_ptr<Flight>> flights;
    for (unsigned i = 0; i < CCE_QUEUE_DEPTH; ++i) {
        const auto mode = static_cast<cce_mode>(i % CCE_MODE_COUNT);
        if (!offers(mode)) continue;
        const bool encrypt = below(2) == 0;
        const bool forged = !encrypt && below(3) == 0;
        const cce_direction direction = encrypt ? CCE_ENCRYPT : CCE_DECRYPT;
        auto flight = std::make_unique<Flight>();
        const Bytes key = random_bytes(one_of(key_lengths) * (mode == CCE_MODE_XTS ? 2 : 1));
        Bytes text = random_bytes(16 * (2 + below(10)));
        const std::uint64_t cookie = flights.size();
        flight->session = std::make_unique<cce::Session>(device, mode, direction, key);
        if (mode <= CCE_MODE_XTS) {
            flight->iv = random_bytes(16);
            flight->source = text;
            flight->expected = mode == CCE_MODE_ECB ? reference::ecb(key, text, encrypt)
                               : mode == CCE_MODE_XTS
                                   ? reference::xts(key, flight->iv, text, encrypt)
                                   : reference::cbc_or_ctr(mode == CCE_MODE_CTR, key, flight->iv, text, encrypt);
        } else if (mode == CCE_MODE_GCM || mode == CCE_MODE_CCM) {
            flight->iv = random_bytes(mode == CCE_MODE_GCM ? gcm_iv_length(1 + below(40)) : 7 + below(7));
            flight->aad = random_bytes(below(40));
            const Bytes sealed = mode == CCE_MODE_GCM ? reference::gcm(key, flight->iv, flight->aad, text, 16)
                                                      : reference::ccm(key, flight->iv, flight->aad, text, 16);
            flight->source = encrypt ? text : sealed;
            flight->expected = encrypt ? sealed : text;
        } else if (mode == CCE_MODE_CMAC) {
            flight->source = text;
            flight->aad = reference::cmac(key, text, 16);  // to compare with
            flight->expected = encrypt ? flight->aad : Bytes();
        } else {
            const Bytes wrapped = reference::key_wrap(key, text, mode == CCE_MODE_KWP);
            flight->source = encrypt ? text : wrapped;
            flight->expected = encrypt ? wrapped : text;
        }
        if (forged && mode > CCE_MODE_XTS) {
            flight->status = CCE_ERROR_TAG;
            flight->source.at(below(flight->source.size())) ^= 1;
            std::fill(flight->expected.begin(), flight->expected.end(), std::uint8_t{0});
        }
        flight->output_length = flight->status == CCE_OK ? flight->expected.size() : 0;
        flight->destination.assign(flight->expected.size(), 0xee);
        Bytes& source = flight->source;
        Bytes& destination = flight->destination;
        if (mode <= CCE_MODE_XTS) {
            cce::Request request{cookie, {}, source.data(), destination.data(), source.size()};
            std::copy(flight->iv.begin(), flight->iv.end(), request.iv);
            flight->session->submit(request);
        } else if (mode == CCE_MODE_GCM || mode == CCE_MODE_CCM) {
            Bytes iv = flight->iv;  // copied by the call
            flight->session->submit(cce::AeadRequest{cookie, iv.data(), iv.size(), flight->aad.data(),
                                                     flight->aad.size(), source.data(), source.size(),
                                                     destination.data(), destination.size(), 16});
            std::fill(iv.begin(), iv.end(), std::uint8_t{0});
        } else if (mode == CCE_MODE_CMAC) {
            flight->session->submit(cce::MacRequest{cookie, nullptr, 0, source.data(), source.size(),
                                                    destination.data(), flight->aad.data(), 16});
        } else {
            flight->session->submit(
                cce::KeyWrapRequest{cookie, source.data(), source.size(), destination.data(), destination.size()});
        }
        flights.push_back(std::move(flight));
    }
    std::array<cce_completion, 5> done{};
    std::size_t seen = 0;
    while (device.outstanding() > 0) {
        for (const cce_completion& one : device.poll(done, std::chrono::milliseconds(-1))) {
            const Flight& flight = *flights.at(one.cookie);
            EXPECT_EQ(one.status, flight.status) << one.cookie;
            EXPECT_EQ(one.output_length, flight.output_length) << one.cookie;
            EXPECT_EQ(flight.destination, flight.expected) << one.cookie;
            ++seen;
        }
    }
    EXPECT_EQ(seen, flights.size());
    EXPECT_GT(seen, 10U);
}

INSTANTIATE_TEST_SUITE_P(All, Modes, ::testing::ValuesIn(cce::test::backends()), cce::test::name_of);

}  // namespace
