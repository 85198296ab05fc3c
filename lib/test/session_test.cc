// SPDX-License-Identifier: Apache-2.0
//
// ECB, CBC, CTR and XTS on every backend that can be opened here: known answers, pieces, counters that carry, many at
// once.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "backends.h"
#include "cce/cce.hpp"
#include "known_answers.h"
#include "reference.h"

namespace {

using cce::reference::Bytes;
using cce::reference::bytes_of;
using cce::tool::KnownAnswer;

/// How `dev` is to talk to the driver, as the program was called: no test may change that for those behind it.
std::string transport_asked() {
    const char* const transport = std::getenv("CCE_DEV_TRANSPORT");
    return transport == nullptr ? "" : transport;
}
const std::string transport = transport_asked();

class Backend : public ::testing::TestWithParam<std::string> {
protected:
    cce::Device device{GetParam()};
};

TEST_P(Backend, KnownAnswers) {
    for (const KnownAnswer& answer : cce::tool::known_answers) {
        if (device.information().mode_supported[answer.mode] == 0) continue;
        for (const cce_direction direction : {CCE_ENCRYPT, CCE_DECRYPT}) {
            SCOPED_TRACE(std::string(answer.name) + (direction == CCE_ENCRYPT ? ", encrypt" : ", decrypt"));
            const Bytes from = bytes_of(direction == CCE_ENCRYPT ? answer.plain : answer.cipher);
            const Bytes to = bytes_of(direction == CCE_ENCRYPT ? answer.cipher : answer.plain);
            const Bytes iv_bytes = bytes_of(answer.iv);
            cce::Iv iv{};
            std::copy(iv_bytes.begin(), iv_bytes.end(), iv.begin());
            cce::Session session(device, answer.mode, direction, bytes_of(answer.key), answer.flags);
            Bytes out(from.size());
            session.run(iv, from, out);
            EXPECT_EQ(out, to);
        }
    }
}

TEST_P(Backend, PiecesContinueTheStream) {
    for (const cce_mode mode : {CCE_MODE_ECB, CCE_MODE_CBC, CCE_MODE_CTR}) {
        for (const cce_direction direction : {CCE_ENCRYPT, CCE_DECRYPT}) {
            Bytes text(160);
            for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<std::uint8_t>(i * 7);
            const Bytes key(24, 0x42);
            cce::Session session(device, mode, direction, key);
            cce::Iv whole_iv{};
            whole_iv.fill(0xff);  // the counter carries through all of its bytes
            cce::Iv iv = whole_iv;
            Bytes whole(text.size());
            session.run(whole_iv, text, whole);
            const std::span<std::uint8_t> in_place(text);
            session.run(iv, in_place.first(16), in_place.first(16));
            session.run(iv, in_place.subspan(16, 112), in_place.subspan(16, 112));
            session.run(iv, in_place.subspan(128), in_place.subspan(128));
            EXPECT_EQ(text, whole);
            EXPECT_EQ(iv, whole_iv);
        }
    }
}

TEST_P(Backend, CounterAfterAPartialBlock) {
    cce::Session session(device, CCE_MODE_CTR, CCE_ENCRYPT, Bytes(16, 1));
    cce::Iv iv{};
    iv[15] = 0xff;
    Bytes text(17);
    session.run(iv, text, text);
    cce::Iv expected{};
    expected[14] = 1;
    expected[15] = 1;
    EXPECT_EQ(iv, expected);
}

TEST_P(Backend, ManyRequestsOfTwoSessions) {
    const Bytes key(32, 9);
    cce::Session ctr(device, CCE_MODE_CTR, CCE_ENCRYPT, key);
    cce::Session cbc(device, CCE_MODE_CBC, CCE_ENCRYPT, key);
    constexpr std::size_t count = 20;
    std::vector<Bytes> texts(count);
    std::vector<Bytes> expected(count);
    std::vector<cce::Iv> next(count);
    for (std::size_t i = 0; i < count; ++i) {
        cce::Session& session = i % 2 == 0 ? ctr : cbc;
        texts[i].assign(16 * (1 + i % 5), static_cast<std::uint8_t>(i));
        expected[i].resize(texts[i].size());
        next[i] = {static_cast<std::uint8_t>(i)};
        cce_request request{};
        request.cookie = i;
        std::copy(next[i].begin(), next[i].end(), request.iv);
        request.source = texts[i].data();
        request.destination = texts[i].data();
        request.length = texts[i].size();
        // The synchronous call in between must not disturb what is outstanding.
        session.run(next[i], texts[i], expected[i]);
        session.submit(request);
    }
    std::array<cce_completion, 6> done{};
    std::size_t seen = 0;
    while (device.outstanding() > 0) {
        for (const cce_completion& one : device.poll(done, std::chrono::milliseconds(-1))) {
            EXPECT_EQ(one.status, CCE_OK);
            EXPECT_EQ(texts.at(one.cookie), expected.at(one.cookie));
            EXPECT_TRUE(std::equal(next.at(one.cookie).begin(), next.at(one.cookie).end(), one.next_iv));
            ++seen;
        }
    }
    EXPECT_EQ(seen, count);
}

TEST_P(Backend, SaysWhatItIs) {
    const cce::Information information = device.information();
    EXPECT_EQ(information.backend, GetParam());
    EXPECT_STRNE(information.driver[CCE_MODE_CTR], "");
    for (const cce_mode mode : {CCE_MODE_ECB, CCE_MODE_CBC, CCE_MODE_CTR})
        EXPECT_EQ(information.mode_supported[mode], 1);
    EXPECT_EQ(information.engine_known != 0, GetParam() == "in-process");
    if (GetParam() == "dev" && !transport.empty()) {
        EXPECT_NE(std::string(information.description).find(" by " + transport + ";"), std::string::npos)
            << information.description;
    }
    if (information.engine_known != 0) {
        EXPECT_EQ(information.key_bytes_supported[2], 1);
        EXPECT_GE(information.queue_pairs, 4U);
        EXPECT_EQ(information.data_bytes, 16U);
    }
}

TEST_P(Backend, CyclesWhereTheEngineTells) {
    cce::Session session(device, CCE_MODE_ECB, CCE_ENCRYPT, Bytes(16));
    cce::Iv iv{};
    Bytes text(64);
    cce::Completion completion{};
    session.run(iv, text, text, &completion);
    EXPECT_EQ(completion.cycles_known != 0, GetParam() == "in-process");
    if (completion.cycles_known != 0) {
        EXPECT_GT(completion.end_cycle, completion.start_cycle);
        EXPECT_LT(completion.end_cycle - completion.start_cycle, 10'000U);
    }
}

INSTANTIATE_TEST_SUITE_P(All, Backend, ::testing::ValuesIn(cce::test::backends()), cce::test::name_of);

}  // namespace
