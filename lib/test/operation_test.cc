// SPDX-License-Identifier: Apache-2.0
//
// cce_run() and scatter lists: every mode, cut at random places, against the same request in one piece and against
// OpenSSL; what must not be touched; overlaps; and every wrong argument of a list.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "backends.h"
#include "cce/cce.hpp"
#include "reference.h"

namespace {

namespace reference = cce::reference;
using reference::Bytes;
using List = std::vector<cce::Segment>;

constexpr std::uint8_t untouched = 0xa5;

std::mt19937& generator() {
    static std::mt19937 engine = [] {
        const char* chosen = std::getenv("CCE_TEST_SEED");
        const unsigned seed = chosen != nullptr ? static_cast<unsigned>(std::strtoul(chosen, nullptr, 10)) : 20260703U;
        std::printf("CCE_TEST_SEED=%u\n", seed);
        return std::mt19937(seed);
    }();
    return engine;
}
std::size_t below(std::size_t limit) {
    return generator()() % limit;
}
Bytes random_bytes(std::size_t length) {
    Bytes bytes(length);
    std::generate(bytes.begin(), bytes.end(), [] { return static_cast<std::uint8_t>(generator()()); });
    return bytes;
}

/// A string in pieces that lie apart, with guards between them.
class Pieces {
public:
    explicit Pieces(const Bytes& content) {
        std::size_t left = content.size();
        std::vector<std::size_t> lengths;
        for (std::size_t pieces = 1 + below(6); pieces > 1; --pieces) {
            lengths.push_back(below(4) == 0 ? 0 : below(left + 1));
            left -= lengths.back();
        }
        lengths.push_back(left);
        std::size_t total = guard;
        for (const std::size_t length : lengths) total += length + guard;
        memory_.assign(total, untouched);
        std::size_t place = guard;
        auto from = content.begin();
        for (const std::size_t length : lengths) {
            std::copy_n(from, length, memory_.begin() + static_cast<std::ptrdiff_t>(place));
            from += static_cast<std::ptrdiff_t>(length);
            list_.push_back({memory_.data() + place, length});
            place += length + guard;
        }
    }
    [[nodiscard]] const List& list() const { return list_; }
    [[nodiscard]] Bytes content() const {
        Bytes result;
        for (const cce::Segment& piece : list_) {
            const auto* bytes = static_cast<const std::uint8_t*>(piece.data);
            result.insert(result.end(), bytes, bytes + piece.length);
        }
        return result;
    }
    [[nodiscard]] bool guards_are_whole() const {
        Bytes copy = memory_;
        for (const cce::Segment& piece : list_) {
            const auto offset = static_cast<const std::uint8_t*>(piece.data) - memory_.data();
            std::fill_n(copy.begin() + offset, piece.length, untouched);
        }
        return std::all_of(copy.begin(), copy.end(), [](std::uint8_t byte) { return byte == untouched; });
    }

private:
    static constexpr std::size_t guard = 8;
    Bytes memory_;
    List list_;
};

struct Case {
    cce_mode mode;
    Bytes key;
    Bytes iv;
    Bytes aad;
    Bytes plain;
    Bytes cipher;  ///< with the tag; CMAC: the MAC
    std::size_t tag_length;
};

Case random_case(cce_mode mode) {
    Case one{mode, random_bytes(mode == CCE_MODE_XTS ? 64 : 32), {}, {}, random_bytes(16 * (1 + below(20))), {}, 0};
    switch (mode) {
        case CCE_MODE_ECB:
            one.cipher = reference::ecb(one.key, one.plain);
            break;
        case CCE_MODE_CBC:
        case CCE_MODE_CTR:
            one.iv = random_bytes(16);
            one.cipher = reference::cbc_or_ctr(mode == CCE_MODE_CTR, one.key, one.iv, one.plain, true);
            break;
        case CCE_MODE_XTS:
            one.iv = random_bytes(16);
            one.plain = random_bytes(16 + below(300));
            one.cipher = reference::xts(one.key, one.iv, one.plain, true);
            break;
        case CCE_MODE_GCM:
        case CCE_MODE_CCM:
            one.iv = random_bytes(12);
            one.aad = random_bytes(below(60));
            one.plain = random_bytes(below(300));
            one.tag_length = 12 + 2 * below(3);
            one.cipher = mode == CCE_MODE_GCM ? reference::gcm(one.key, one.iv, one.aad, one.plain, one.tag_length)
                                              : reference::ccm(one.key, one.iv, one.aad, one.plain, one.tag_length);
            break;
        case CCE_MODE_CMAC:
            one.plain = random_bytes(below(300));
            one.tag_length = 1 + below(16);
            one.cipher = reference::cmac(one.key, one.plain, one.tag_length);
            break;
        case CCE_MODE_KW:
        case CCE_MODE_KWP:
            one.cipher = reference::key_wrap(one.key, one.plain, mode == CCE_MODE_KWP);
            break;
    }
    return one;
}

class Operations : public ::testing::TestWithParam<std::string> {
protected:
    [[nodiscard]] bool offers(cce_mode mode) { return device.information().mode_supported[mode] != 0; }
    [[nodiscard]] unsigned rounds() const { return GetParam() == "in-process" ? 6 : 60; }

    static cce_operation operation_of(const cce::Session& session, const Case& one, const List& source,
                                      const List& destination, const List& aad) {
        return cce::operation(session, one.iv, source, destination, aad, one.tag_length);
    }

    cce::Device device{GetParam()};
};

TEST_P(Operations, EveryModeCutAtRandom) {
    for (int number = 0; number < CCE_MODE_COUNT; ++number) {
        const auto mode = static_cast<cce_mode>(number);
        if (!offers(mode)) continue;
        SCOPED_TRACE(cce_mode_name(mode));
        for (unsigned round = 0; round < rounds(); ++round) {
            const Case one = random_case(mode);
            cce::Session encryptor(device, mode, CCE_ENCRYPT, one.key);
            cce::Session decryptor(device, mode, CCE_DECRYPT, one.key);
            const Pieces aad(one.aad);
            const Pieces plain(one.plain);
            const Pieces sealed(Bytes(one.cipher.size()));
            cce_completion completion{};
            cce_operation operation = operation_of(encryptor, one, plain.list(), sealed.list(), aad.list());
            if (one.aad.empty()) operation.aad_count = 0;
            ASSERT_EQ(cce_run(&operation, &completion), CCE_OK) << cce_error_message(device.get());
            EXPECT_EQ(sealed.content(), one.cipher);
            EXPECT_EQ(completion.output_length, one.cipher.size());
            EXPECT_EQ(plain.content(), one.plain);
            EXPECT_TRUE(sealed.guards_are_whole() && plain.guards_are_whole());

            Bytes source = one.cipher;
            if (mode == CCE_MODE_CMAC) source.insert(source.begin(), one.plain.begin(), one.plain.end());
            const Pieces cut(source);
            const Pieces opened(mode == CCE_MODE_CMAC ? Bytes() : Bytes(one.plain.size()));
            operation = operation_of(decryptor, one, cut.list(), opened.list(), aad.list());
            if (one.aad.empty()) operation.aad_count = 0;
            ASSERT_EQ(cce_run(&operation, nullptr), CCE_OK) << cce_error_message(device.get());
            EXPECT_EQ(opened.content(), mode == CCE_MODE_CMAC ? Bytes() : one.plain);
            EXPECT_TRUE(opened.guards_are_whole());
        }
    }
}

TEST_P(Operations, InPlaceThoughCutDifferently) {
    const Bytes key = random_bytes(32);
    const Bytes iv = random_bytes(16);
    cce::Session session(device, CCE_MODE_CTR, CCE_ENCRYPT, key);
    for (unsigned round = 0; round < rounds(); ++round) {
        Bytes text = random_bytes(100);
        const Bytes expected = reference::cbc_or_ctr(true, key, iv, text, true);
        const std::size_t cut = below(101);
        const std::size_t other = below(101);
        const List source{{text.data(), cut}, {text.data() + cut, 100 - cut}};
        const List destination{{text.data(), other}, {text.data() + other, 100 - other}};
        const cce_operation operation = cce::operation(session, iv, source, destination);
        ASSERT_EQ(cce_run(&operation, nullptr), CCE_OK) << cce_error_message(device.get());
        EXPECT_EQ(text, expected);
    }
}

TEST_P(Operations, ForgeryLeavesZerosInEveryPiece) {
    if (!offers(CCE_MODE_GCM)) GTEST_SKIP() << "not offered";
    Case one = random_case(CCE_MODE_GCM);
    one.plain = random_bytes(100);
    one.cipher = reference::gcm(one.key, one.iv, {}, one.plain, one.tag_length);
    one.cipher.back() ^= 1;
    cce::Session session(device, CCE_MODE_GCM, CCE_DECRYPT, one.key);
    for (unsigned round = 0; round < 4; ++round) {
        const Pieces cut(one.cipher);
        const Pieces opened(Bytes(100, 0xee));
        cce_operation operation = operation_of(session, one, cut.list(), opened.list(), {});
        EXPECT_EQ(cce_run(&operation, nullptr), CCE_ERROR_TAG);
        EXPECT_EQ(opened.content(), Bytes(100));
        EXPECT_TRUE(opened.guards_are_whole());
    }
}

TEST_P(Operations, Overlaps) {
    const Bytes iv(16);
    Bytes text(256);
    cce::Session session(device, CCE_MODE_CTR, CCE_ENCRYPT, Bytes(16));
    const auto run = [&](const List& source, const List& destination) {
        const cce_operation operation = cce::operation(session, iv, source, destination);
        return cce_run(&operation, nullptr);
    };
    std::uint8_t* const at = text.data();
    EXPECT_EQ(run({{at, 32}}, {{at, 32}}), CCE_OK);
    EXPECT_EQ(run({{at, 32}}, {{at + 1, 32}}), CCE_ERROR_OVERLAP);
    // The same bytes, but at other places.
    EXPECT_EQ(run({{at, 16}, {at + 16, 16}}, {{at + 16, 16}, {at, 16}}), CCE_ERROR_OVERLAP);
    // The second piece of each is in place, the first ones are apart.
    EXPECT_EQ(run({{at, 16}, {at + 32, 16}}, {{at + 64, 16}, {at + 32, 16}}), CCE_OK);
    EXPECT_EQ(run({{at + 128, 32}}, {{at, 16}, {at + 8, 16}}), CCE_ERROR_OVERLAP);
    EXPECT_EQ(run({{at, 16}, {at, 16}}, {{at + 64, 32}}), CCE_OK);  // read twice
}

TEST_P(Operations, WrongArguments) {
    const Bytes iv(16);
    Bytes text(64);
    cce::Session session(device, CCE_MODE_CTR, CCE_ENCRYPT, Bytes(16));
    const List list{cce::segment(std::span<std::uint8_t>(text))};
    const auto status = [&](auto change) {
        cce_operation operation = cce::operation(session, iv, list, list);
        change(operation);
        const cce_status result = cce_run(&operation, nullptr);
        std::size_t accepted = 7;
        EXPECT_EQ(cce_submit_batch(device.get(), &operation, 1, &accepted),
                  operation.session == nullptr ? CCE_ERROR_ARGUMENT : result);
        EXPECT_EQ(accepted, 0U);
        return result;
    };
    EXPECT_EQ(cce_run(nullptr, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(status([](cce_operation& o) { o.session = nullptr; }), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(status([](cce_operation& o) { o.source = nullptr; }), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(status([](cce_operation& o) { o.destination = nullptr; }), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(status([](cce_operation& o) { o.aad_count = 1; }), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(status([&](cce_operation& o) { o.aad = list.data(), o.aad_count = 1; }), CCE_ERROR_LENGTH);
    EXPECT_EQ(status([](cce_operation& o) { o.iv = nullptr; }), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(status([](cce_operation& o) { o.iv_length = 15; }), CCE_ERROR_IV_LENGTH);
    EXPECT_EQ(status([](cce_operation& o) { o.tag_length = 16; }), CCE_ERROR_TAG_LENGTH);
    const List null_piece{{nullptr, 16}};
    EXPECT_EQ(status([&](cce_operation& o) { o.source = null_piece.data(); }), CCE_ERROR_ARGUMENT);
    const List shorter{{text.data(), 63}};
    EXPECT_EQ(status([&](cce_operation& o) { o.destination = shorter.data(); }), CCE_ERROR_BUFFER);
    const List many(CCE_SEGMENTS_MAX + 1, cce::Segment{nullptr, 0});
    EXPECT_EQ(status([&](cce_operation& o) { o.source = many.data(), o.source_count = many.size(); }),
              CCE_ERROR_ARGUMENT);
    EXPECT_EQ(device.outstanding(), 0U);
}

INSTANTIATE_TEST_SUITE_P(All, Operations, ::testing::ValuesIn(cce::test::backends()), cce::test::name_of);

}  // namespace
