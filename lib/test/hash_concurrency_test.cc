// SPDX-License-Identifier: Apache-2.0
//
// Hash sessions and streams shared by threads, on every backend that can be opened here: digests, streams of one
// session, copies of one stream, futures, and sessions that must not go while they have streams.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "backends.h"
#include "cce/cce.hpp"
#include "reference.h"

namespace {

using cce::reference::Bytes;

constexpr unsigned threads = 4;

class HashThreads : public ::testing::TestWithParam<std::string> {
protected:
    HashThreads() {
        cce_options options = CCE_OPTIONS_INIT;
        options.backend = GetParam().c_str();
        options.engine = "model";
        device = std::make_unique<cce::Device>(options);
        information = device->information();
    }
    [[nodiscard]] unsigned rounds() const { return GetParam() == "software" ? 200 : 20; }

    static Bytes message(unsigned thread, unsigned round) {
        Bytes bytes(1 + (thread * 977 + round * 131) % 6000);
        for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i + 7 * thread + round);
        return bytes;
    }
    template <typename Work>
    static void in_threads(Work work) {
        std::vector<std::thread> all;
        for (unsigned thread = 0; thread < threads; ++thread) all.emplace_back([=] { work(thread); });
        for (std::thread& one : all) one.join();
    }

    std::unique_ptr<cce::Device> device;
    cce::Information information{};
};

TEST_P(HashThreads, OneSession) {
    const Bytes key(20, 3);
    cce::Session session = cce::Session::hmac(*device, CCE_HASH_SHA_256, key);
    std::atomic<unsigned> wrong{0};
    in_threads([&](unsigned thread) {
        for (unsigned round = 0; round < rounds(); ++round) {
            const Bytes text = message(thread, round);
            Bytes mac(32);
            session.digest(text, mac);
            if (mac != cce::reference::hmac("SHA256", key, text, 32)) ++wrong;
        }
    });
    EXPECT_EQ(wrong, 0U);
}

TEST_P(HashThreads, StreamsOfOneSession) {
    cce::Session session(*device, CCE_HASH_SHA3_256);
    cce::HashStream shared(session);
    const Bytes start(5000, 9);
    shared.update(start);
    std::atomic<unsigned> wrong{0};
    in_threads([&](unsigned thread) {
        for (unsigned round = 0; round < rounds(); ++round) {
            const Bytes text = message(thread, round);
            // Copies are made by several threads of one stream, and the states come from the stream itself.
            cce::HashStream stream = shared.copy();
            if (round % 3 == 0 && information.hash_states_supported != 0) stream.import_state(shared.export_state());
            stream.update(text);
            Bytes digest(32);
            stream.finish(digest);
            Bytes all = start;
            all.insert(all.end(), text.begin(), text.end());
            if (digest != cce::reference::digest("SHA3-256", all, 32)) ++wrong;
        }
    });
    EXPECT_EQ(wrong, 0U);
    EXPECT_EQ(cce_session_destroy(session.get()), CCE_ERROR_BUSY);
}

/// All append to one stream: nothing is lost, whatever the order.
TEST_P(HashThreads, OneStream) {
    cce::Session session(*device, CCE_HASH_SHA_512);
    cce::HashStream stream(session);
    in_threads([&](unsigned) {
        for (unsigned round = 0; round < rounds(); ++round) stream.update(Bytes(777, 1));
    });
    const Bytes all(std::size_t{777} * threads * rounds(), 1);
    EXPECT_EQ(stream.length(), all.size());
    Bytes digest(64);
    stream.finish(digest);
    EXPECT_EQ(digest, cce::reference::digest("SHA512", all, 64));
}

TEST_P(HashThreads, Futures) {
    cce::Session session(*device, CCE_HASH_SHA_256);
    std::vector<Bytes> texts, digests(60, Bytes(32));
    for (unsigned i = 0; i < digests.size(); ++i) texts.push_back(message(1, i));
    std::vector<std::future<cce::Completion>> futures;
    {
        cce::Dispatcher dispatcher(*device);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const std::array<cce::Segment, 1> source{cce::segment(std::span<const std::uint8_t>(texts[i]))};
            const std::array<cce::Segment, 1> destination{cce::segment(std::span<std::uint8_t>(digests[i]))};
            futures.push_back(dispatcher.submit(cce::operation(session, {}, source, destination, {}, 32)));
        }
        for (auto& future : futures) EXPECT_EQ(future.get().output_length, 32U);
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
        EXPECT_EQ(digests[i], cce::reference::digest("SHA256", texts[i], 32));
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, HashThreads, ::testing::ValuesIn(cce::test::backends()), cce::test::name_of);

}  // namespace
