// SPDX-License-Identifier: Apache-2.0
//
// Every mode of the firmware driver against OpenSSL: random keys, lengths, places; forgeries; what is not legal.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <tuple>

#include "random_requests.h"
#include "reference.h"

namespace cce::firmware {
namespace {

using reference::Bytes;

constexpr std::array<const char*, 9> mode_names{"ecb", "cbc", "ctr", "xts", "gcm", "ccm", "cmac", "kw", "kwp"};

/// One request's inputs and what must come out.
struct Case {
    Bytes key, iv, aad, text, result, tag;
    std::size_t tag_length = 0;
};

class Modes : public ::testing::TestWithParam<std::tuple<std::string, int, bool>>, protected RandomRequests {
protected:
    Modes() : RandomRequests(std::get<0>(GetParam()), std::get<2>(GetParam())) {}

    [[nodiscard]] static cce_mmio_mode mode() { return static_cast<cce_mmio_mode>(std::get<1>(GetParam())); }

    Case make() {
        Case c;
        const std::size_t key_bytes = 16 + 8 * below(3);
        c.key = bytes(key_bytes * (mode() == CCE_MMIO_XTS ? 2 : 1));
        switch (mode()) {
            case CCE_MMIO_ECB:
                c.text = bytes(16 * (1 + below(30)));
                c.result = reference::ecb(c.key, c.text);
                break;
            case CCE_MMIO_CBC:
            case CCE_MMIO_CTR:
                c.iv = bytes(16);
                c.text = bytes(mode() == CCE_MMIO_CBC ? 16 * (1 + below(30)) : 1 + below(500));
                c.result = reference::cbc_or_ctr(mode() == CCE_MMIO_CTR, c.key, c.iv, c.text, true);
                break;
            case CCE_MMIO_XTS:
                c.iv = bytes(16);
                c.text = bytes(16 + below(500));
                c.result = reference::xts(c.key, c.iv, c.text, true);
                break;
            case CCE_MMIO_GCM: {
                static constexpr std::array<std::size_t, 7> lengths{4, 8, 12, 13, 14, 15, 16};
                c.tag_length = lengths.at(below(lengths.size()));
                c.iv = bytes(coin() ? 12 : 1 + below(100));
                c.aad = bytes(coin() ? 0 : below(100));
                c.text = bytes(coin() ? 0 : below(500));
                seal(c, reference::gcm(c.key, c.iv, c.aad, c.text, c.tag_length));
                break;
            }
            case CCE_MMIO_CCM:
                c.tag_length = 4 + 2 * below(7);
                c.iv = bytes(7 + below(7));
                c.aad = bytes(coin() ? 0 : below(100));
                c.text = bytes(coin() ? 0 : below(500));
                seal(c, reference::ccm(c.key, c.iv, c.aad, c.text, c.tag_length));
                break;
            case CCE_MMIO_CMAC:
                c.tag_length = 1 + below(16);
                c.text = bytes(coin() ? 0 : below(500));
                c.tag = reference::cmac(c.key, c.text, c.tag_length);
                break;
            case CCE_MMIO_KW:
            case CCE_MMIO_KWP:
                c.text = bytes(mode() == CCE_MMIO_KW ? 16 + 8 * below(20) : 1 + below(200));
                c.result = reference::key_wrap(c.key, c.text, mode() == CCE_MMIO_KWP);
                break;
        }
        return c;
    }

    Placed prepare(const Case& c, const cce_mmio_key& key, bool decrypt) {
        const bool mac = mode() == CCE_MMIO_CMAC;
        Inputs inputs;
        inputs.decrypt = decrypt;
        inputs.may_be_in_place = !mac;
        inputs.iv = c.iv;
        inputs.aad = c.aad;
        inputs.source = decrypt && !mac ? c.result : c.text;
        inputs.tag = c.tag;
        inputs.text_out = c.result.size();
        if (decrypt && (mode() == CCE_MMIO_KWP || mode() == CCE_MMIO_KW)) inputs.text_out -= 8;
        return place_request(key, inputs);
    }

private:
    static void seal(Case& c, const Bytes& sealed) {
        const auto end = sealed.end() - static_cast<std::ptrdiff_t>(c.tag_length);
        c.result.assign(sealed.begin(), end);
        c.tag.assign(end, sealed.end());
    }
};

/// Modes that protect integrity, those that withhold a text, those of a stream, those with the text as long as the
/// result.
class ModesWithIntegrity : public Modes {};
class ModesThatWithhold : public Modes {};
class ChainedModes : public Modes {};
class ModesInPlace : public Modes {};
class Xts : public Modes {};

std::string name_of(const ::testing::TestParamInfo<Modes::ParamType>& instance) {
    const auto& [engine, mode, coherent] = instance.param;
    return engine + "_" + mode_names.at(static_cast<std::size_t>(mode)) + (coherent ? "" : "_incoherent");
}

template <typename... Mode>
auto each(Mode... modes) {
    return ::testing::Combine(::testing::Values("rtl", "model"), ::testing::Values(int{modes}...), ::testing::Bool());
}

INSTANTIATE_TEST_SUITE_P(, Modes,
                         each(CCE_MMIO_ECB, CCE_MMIO_CBC, CCE_MMIO_CTR, CCE_MMIO_XTS, CCE_MMIO_GCM, CCE_MMIO_CCM,
                              CCE_MMIO_CMAC, CCE_MMIO_KW, CCE_MMIO_KWP),
                         name_of);
INSTANTIATE_TEST_SUITE_P(, ModesWithIntegrity,
                         each(CCE_MMIO_GCM, CCE_MMIO_CCM, CCE_MMIO_CMAC, CCE_MMIO_KW, CCE_MMIO_KWP), name_of);
INSTANTIATE_TEST_SUITE_P(, ModesThatWithhold, each(CCE_MMIO_GCM, CCE_MMIO_CCM, CCE_MMIO_KW, CCE_MMIO_KWP), name_of);
INSTANTIATE_TEST_SUITE_P(, ChainedModes, each(CCE_MMIO_CBC, CCE_MMIO_CTR), name_of);
INSTANTIATE_TEST_SUITE_P(, ModesInPlace,
                         each(CCE_MMIO_ECB, CCE_MMIO_CBC, CCE_MMIO_CTR, CCE_MMIO_XTS, CCE_MMIO_GCM, CCE_MMIO_CCM),
                         name_of);
INSTANTIATE_TEST_SUITE_P(, Xts, each(CCE_MMIO_XTS), name_of);

TEST_P(Modes, AsOpenSSL) {
    SCOPED_TRACE("CCE_TEST_SEED=" + std::to_string(seed()));
    for (int round = 0; round < 40; ++round) {
        const Case c = make();
        auto& key = station_.key(mode(), c.key);
        const Placed encryption = prepare(c, key, false);
        ASSERT_EQ(station_.run(encryption.request), CCE_MMIO_OK)
            << cce_mmio_device_status_name(station_.last().device_status);
        Bytes out = copy(encryption.destination);
        out.insert(out.end(), encryption.tag.begin(), encryption.tag.end());
        Bytes expected = c.result;
        expected.insert(expected.end(), c.tag.begin(), c.tag.end());
        ASSERT_EQ(out, expected);
        EXPECT_EQ(station_.last().cookie, encryption.request.cookie);
        EXPECT_EQ(station_.last().output_length, encryption.destination.size());

        const Placed decryption = prepare(c, key, true);
        ASSERT_EQ(station_.run(decryption.request), CCE_MMIO_OK)
            << cce_mmio_device_status_name(station_.last().device_status);
        const bool mac = mode() == CCE_MMIO_CMAC;
        ASSERT_EQ(station_.last().output_length, mac ? 0 : c.text.size());
        if (!mac) {
            out = copy(decryption.destination.first(c.text.size()));
            ASSERT_EQ(out, c.text);
        }
    }
}

// What has no tag can't be forged; what has one, or an integrity check of its own, is refused and wiped.
TEST_P(ModesWithIntegrity, ForgeriesAreRefusedAndWiped) {
    for (int round = 0; round < 20; ++round) {
        Case c = make();
        auto& key = station_.key(mode(), c.key);
        // CMACs of a byte or two would be right by chance.
        if (c.tag_length != 0 && c.tag_length < 4) continue;
        Bytes& forged = c.tag.empty() || (!c.result.empty() && coin()) ? c.result : c.tag;
        forged.at(below(forged.size())) ^= static_cast<std::uint8_t>(1U << below(8));
        const Placed decryption = prepare(c, key, true);
        ASSERT_EQ(station_.run(decryption.request), CCE_MMIO_ERROR_TAG);
        EXPECT_EQ(copy(decryption.destination), Bytes(decryption.destination.size()));
        EXPECT_EQ(station_.last().output_length, 0U);
    }
}

// Of a decryption that fails for another reason nothing may be seen either.
TEST_P(ModesThatWithhold, FailedDecryptionsAreWiped) {
    for (int round = 0; round < 10; ++round) {
        Case c = make();
        if (c.text.empty()) continue;
        auto& key = station_.key(mode(), c.key);
        const Placed decryption = prepare(c, key, true);
        auto& memory = station_.machine().machine().memory();
        memory.inject_error(sim::Direction::write, station_.machine().bus_address(decryption.destination.data()), 1);
        ASSERT_EQ(station_.run(decryption.request), CCE_MMIO_ERROR_REFUSED);
        EXPECT_STREQ(cce_mmio_device_status_name(station_.last().device_status), "destination_access");
        EXPECT_EQ(copy(decryption.destination), Bytes(decryption.destination.size()));
        memory.clear_errors();
    }
}

// A stream in pieces: each completion brings the IV of the next one.
TEST_P(ChainedModes, TheNextIvContinuesTheStream) {
    const Bytes key_bytes = bytes(32);
    const Bytes iv = bytes(16);
    const Bytes text = bytes(320);
    auto& key = station_.key(mode(), key_bytes);
    Bytes result;
    Bytes next = iv;
    for (std::size_t begin = 0; begin < text.size(); begin += 64) {
        Case piece;
        piece.iv = next;
        piece.text.assign(text.begin() + static_cast<std::ptrdiff_t>(begin),
                          text.begin() + static_cast<std::ptrdiff_t>(begin + 64));
        piece.result = piece.text;
        const Placed placed = prepare(piece, key, false);
        ASSERT_EQ(station_.run(placed.request), CCE_MMIO_OK);
        result.insert(result.end(), placed.destination.begin(), placed.destination.end());
        next = copy(station_.last().next_iv);
    }
    EXPECT_EQ(result, reference::cbc_or_ctr(mode() == CCE_MMIO_CTR, key_bytes, iv, text, true));
}

// As many as the queue holds, of all shapes, each with its key.
TEST_P(Modes, ManyInFlight) {
    std::vector<Case> cases;
    std::vector<Placed> placed;
    for (std::uint32_t i = 0; i < 32; ++i) {
        cases.push_back(make());
        placed.push_back(prepare(cases.back(), station_.key(mode(), cases.back().key), i % 2 != 0));
        placed.back().request.cookie = i;
        ASSERT_EQ(cce_mmio_submit(&station_.queue(), &placed.back().request), CCE_MMIO_OK);
    }
    unsigned ended = 0;
    for (const auto& completion : station_.drain()) {
        ASSERT_EQ(completion.status, CCE_MMIO_OK) << completion.cookie;
        const Case& c = cases.at(completion.cookie);
        const auto out = placed.at(completion.cookie).destination;
        ++ended;
        if (completion.cookie % 2 != 0) {
            if (mode() != CCE_MMIO_CMAC) {
                EXPECT_EQ(copy(out.first(c.text.size())), c.text);
            }
        } else {
            EXPECT_TRUE(std::equal(c.result.begin(), c.result.end(), out.begin()));
        }
    }
    EXPECT_EQ(ended, 32U);
}

// Each argument that is not legal is told by its own status, and nothing is handed over.
TEST_P(Modes, BadRequestsAreRefused) {
    const Case c = make();
    auto& key = station_.key(mode(), c.key);
    cce_mmio_queue& queue = station_.queue();
    for (const bool decrypt : {false, true}) {
        const cce_mmio_request good = prepare(c, key, decrypt).request;
        const auto with = [&](auto change) {
            cce_mmio_request changed = good;
            change(changed);
            const cce_mmio_status status = cce_mmio_submit(&queue, &changed);
            if (status == CCE_MMIO_OK) station_.drain();
            return status;
        };
        EXPECT_EQ(with([](auto& r) { r.key = nullptr; }), CCE_MMIO_ERROR_ARGUMENT);
        const volatile int neither = 2;  // a value that the compiler knows not to be of the enum would be a warning
        EXPECT_EQ(with([&](auto& r) { r.direction = static_cast<cce_mmio_direction>(neither); }),
                  CCE_MMIO_ERROR_ARGUMENT);
        if (good.source_length != 0) {
            EXPECT_EQ(with([](auto& r) { r.source = nullptr; }), CCE_MMIO_ERROR_ARGUMENT);
        }
        if (good.iv_length != 0) {
            EXPECT_EQ(with([](auto& r) { r.iv = nullptr; }), CCE_MMIO_ERROR_ARGUMENT);
        }
        if (good.destination_length != 0) {
            EXPECT_EQ(with([](auto& r) { r.destination = nullptr; }), CCE_MMIO_ERROR_ARGUMENT);
            EXPECT_EQ(with([](auto& r) { --r.destination_length; }), CCE_MMIO_ERROR_BUFFER);
        }
        for (unsigned length = 0; length <= 20; ++length) {
            bool legal = false;
            switch (mode()) {
                case CCE_MMIO_CBC:
                case CCE_MMIO_CTR:
                case CCE_MMIO_XTS:
                    legal = length == 16;
                    break;
                case CCE_MMIO_GCM:
                    legal = length >= 1;
                    break;
                case CCE_MMIO_CCM:
                    legal = length >= 7 && length <= 13;
                    break;
                default:
                    legal = length == 0;
                    break;
            }
            if (legal) continue;
            EXPECT_EQ(with([&](auto& r) { r.iv_length = length; }), CCE_MMIO_ERROR_IV_LENGTH) << length;
        }
        for (unsigned length = 0; length <= 20; ++length) {
            bool legal = length == 0;
            if (mode() == CCE_MMIO_GCM) legal = length == 4 || length == 8 || (length >= 12 && length <= 16);
            if (mode() == CCE_MMIO_CCM) legal = length >= 4 && length <= 16 && length % 2 == 0;
            if (mode() == CCE_MMIO_CMAC) legal = length >= 1 && length <= 16;
            if (legal) continue;
            EXPECT_EQ(with([&](auto& r) { r.tag_length = static_cast<std::uint8_t>(length); }),
                      CCE_MMIO_ERROR_TAG_LENGTH)
                << length;
        }
        if (mode() != CCE_MMIO_GCM && mode() != CCE_MMIO_CCM) {
            EXPECT_EQ(with([](auto& r) {
                          r.aad = r.source;
                          r.aad_length = 16;
                      }),
                      CCE_MMIO_ERROR_LENGTH);
        }
        const auto text_of = [&](std::uint32_t length) {
            return with([&](auto& r) {
                r.tag = nullptr;
                r.source_length = length + (decrypt ? r.tag_length : 0U);
                r.destination_length = 0;  // had the length been legal, the room would not do
            });
        };
        switch (mode()) {
            case CCE_MMIO_ECB:
            case CCE_MMIO_CBC:
                EXPECT_EQ(text_of(0), CCE_MMIO_ERROR_LENGTH);
                EXPECT_EQ(text_of(17), CCE_MMIO_ERROR_LENGTH);
                EXPECT_EQ(text_of(32), CCE_MMIO_ERROR_BUFFER);
                break;
            case CCE_MMIO_CTR:
                EXPECT_EQ(text_of(0), CCE_MMIO_ERROR_LENGTH);
                EXPECT_EQ(text_of(1), CCE_MMIO_ERROR_BUFFER);
                break;
            case CCE_MMIO_XTS:
                EXPECT_EQ(text_of(15), CCE_MMIO_ERROR_LENGTH);
                EXPECT_EQ(text_of(CCE_MMIO_XTS_BYTES_MAX + 1), CCE_MMIO_ERROR_LENGTH);
                EXPECT_EQ(text_of(CCE_MMIO_XTS_BYTES_MAX), CCE_MMIO_ERROR_BUFFER);
                break;
            case CCE_MMIO_GCM:
                EXPECT_EQ(text_of(CCE_MMIO_MESSAGE_BYTES_MAX + 1), CCE_MMIO_ERROR_LENGTH);
                EXPECT_EQ(text_of(CCE_MMIO_MESSAGE_BYTES_MAX), CCE_MMIO_ERROR_BUFFER);
                break;
            case CCE_MMIO_CCM: {
                const auto nonce_of_13 = [&](std::uint32_t length) {
                    return with([&](auto& r) {
                        r.tag = nullptr;
                        r.iv_length = 13;
                        r.iv = r.aad;
                        if (r.iv == nullptr) r.iv = r.source;
                        r.source_length = length + (decrypt ? r.tag_length : 0U);
                        r.destination_length = 0;
                    });
                };
                EXPECT_EQ(nonce_of_13(65'536), CCE_MMIO_ERROR_LENGTH);
                EXPECT_EQ(nonce_of_13(65'535), CCE_MMIO_ERROR_BUFFER);
                break;
            }
            case CCE_MMIO_CMAC:
                EXPECT_EQ(text_of(CCE_MMIO_MESSAGE_BYTES_MAX + 1), CCE_MMIO_ERROR_LENGTH);
                break;
            case CCE_MMIO_KW:
                EXPECT_EQ(text_of(decrypt ? 16 : 8), CCE_MMIO_ERROR_LENGTH);
                EXPECT_EQ(text_of(33), CCE_MMIO_ERROR_LENGTH);
                EXPECT_EQ(text_of(decrypt ? 4112 : 4104), CCE_MMIO_ERROR_LENGTH);
                EXPECT_EQ(text_of(decrypt ? 4104 : 4096), CCE_MMIO_ERROR_BUFFER);
                break;
            case CCE_MMIO_KWP:
                EXPECT_EQ(text_of(decrypt ? 8 : 0), CCE_MMIO_ERROR_LENGTH);
                EXPECT_EQ(text_of(decrypt ? 4112 : 4097), CCE_MMIO_ERROR_LENGTH);
                EXPECT_EQ(text_of(decrypt ? 4104 : 4096), CCE_MMIO_ERROR_BUFFER);
                break;
        }
        if (decrypt && mode() >= CCE_MMIO_GCM && mode() <= CCE_MMIO_CMAC) {
            EXPECT_EQ(with([](auto& r) {
                          r.tag = nullptr;
                          r.source_length = r.tag_length - 1U;
                      }),
                      CCE_MMIO_ERROR_LENGTH)
                << "shorter than its tag";
        }
    }
    EXPECT_EQ(cce_mmio_submit(nullptr, nullptr), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mmio_submit(&queue, nullptr), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mmio_outstanding(&queue), 0U);
}

TEST_P(ModesInPlace, OverlapsAreRefused) {
    auto& key = station_.key(mode(), bytes(mode() == CCE_MMIO_XTS ? 64 : 32));
    const auto area = station_.machine().allocate(512, 64);
    cce_mmio_request request{};
    request.key = &key;
    request.iv = area.data() + 400;
    request.iv_length = mode() == CCE_MMIO_ECB ? 0 : mode() == CCE_MMIO_GCM || mode() == CCE_MMIO_CCM ? 12 : 16;
    request.source = area.data() + 64;
    request.source_length = 64;
    const bool tagged = mode() == CCE_MMIO_GCM || mode() == CCE_MMIO_CCM;
    request.tag_length = tagged ? 16 : 0;
    request.destination_length = tagged ? 80 : 64;
    const auto at = [&](std::size_t position) {
        request.destination = area.data() + position;
        return station_.run(request);
    };
    EXPECT_EQ(at(64), CCE_MMIO_OK) << "in place";
    EXPECT_EQ(at(65), CCE_MMIO_ERROR_OVERLAP);
    EXPECT_EQ(at(127), CCE_MMIO_ERROR_OVERLAP);
    EXPECT_EQ(at(128), CCE_MMIO_OK);
    EXPECT_EQ(at(tagged ? 0 : 1), CCE_MMIO_ERROR_OVERLAP);
    if (!tagged) return;
    request.aad = area.data() + 200;
    request.aad_length = 10;
    EXPECT_EQ(at(128), CCE_MMIO_ERROR_OVERLAP) << "AAD in the destination's tag";
    request.aad = area.data() + 208;
    EXPECT_EQ(at(128), CCE_MMIO_OK);
    request.tag = area.data() + 191;
    EXPECT_EQ(at(128), CCE_MMIO_ERROR_OVERLAP) << "a tag in the text that comes out";
    request.tag = area.data() + 210;
    EXPECT_EQ(at(128), CCE_MMIO_ERROR_OVERLAP) << "a tag that overwrites AAD";
    request.tag = area.data() + 60;
    EXPECT_EQ(at(128), CCE_MMIO_ERROR_OVERLAP) << "a tag that overwrites the source";
    request.tag = area.data() + 192;
    EXPECT_EQ(at(128), CCE_MMIO_OK);
}

TEST_P(Xts, EqualXtsKeysNeedLeave) {
    const Bytes half = bytes(32);
    Bytes both = half;
    both.insert(both.end(), half.begin(), half.end());
    Case c;
    c.key = both;
    c.iv = bytes(16);
    c.text = bytes(100);
    c.result = reference::xts(c.key, c.iv, c.text, true);
    auto& refused = station_.key(mode(), both);
    EXPECT_EQ(station_.run(prepare(c, refused, false).request), CCE_MMIO_ERROR_EQUAL_KEYS);
    auto& allowed = station_.key(mode(), both, CCE_MMIO_MAY_ENCRYPT | CCE_MMIO_EQUAL_KEYS);
    const Placed placed = prepare(c, allowed, false);
    ASSERT_EQ(station_.run(placed.request), CCE_MMIO_OK);
    EXPECT_EQ(copy(placed.destination), c.result);
}

}  // namespace
}  // namespace cce::firmware
