// SPDX-License-Identifier: Apache-2.0
//
// The firmware driver against a simulated engine: set-up, errors, resets, interrupts. Modes: modes_test.cc.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <set>
#include <string>

#include "cce/cce.h"
#include "cce_contract.hpp"
#include "station.h"

namespace cce::firmware {
namespace {

namespace global = contract::global_page;

// The numbers are those of the library's header.
static_assert(int{CCE_MMIO_OK} == CCE_OK && int{CCE_MMIO_ERROR_ARGUMENT} == CCE_ERROR_ARGUMENT &&
              int{CCE_MMIO_ERROR_KEY_LENGTH} == CCE_ERROR_KEY_LENGTH &&
              int{CCE_MMIO_ERROR_LENGTH} == CCE_ERROR_LENGTH && int{CCE_MMIO_ERROR_OVERLAP} == CCE_ERROR_OVERLAP &&
              int{CCE_MMIO_ERROR_UNAVAILABLE} == CCE_ERROR_BACKEND_UNAVAILABLE &&
              int{CCE_MMIO_ERROR_MEMORY} == CCE_ERROR_MEMORY &&
              int{CCE_MMIO_ERROR_QUEUE_FULL} == CCE_ERROR_QUEUE_FULL && int{CCE_MMIO_ERROR_BUSY} == CCE_ERROR_BUSY &&
              int{CCE_MMIO_ERROR_REFUSED} == CCE_ERROR_REFUSED && int{CCE_MMIO_ERROR_TIMEOUT} == CCE_ERROR_TIMEOUT &&
              int{CCE_MMIO_ERROR_INTERNAL} == CCE_ERROR_INTERNAL && int{CCE_MMIO_ERROR_TAG} == CCE_ERROR_TAG &&
              int{CCE_MMIO_ERROR_TAG_LENGTH} == CCE_ERROR_TAG_LENGTH &&
              int{CCE_MMIO_ERROR_IV_LENGTH} == CCE_ERROR_IV_LENGTH &&
              int{CCE_MMIO_ERROR_EQUAL_KEYS} == CCE_ERROR_EQUAL_KEYS &&
              int{CCE_MMIO_ERROR_BUFFER} == CCE_ERROR_BUFFER && int{CCE_MMIO_ERROR_SESSION} == CCE_ERROR_SESSION &&
              int{CCE_MMIO_ERROR_UNSUPPORTED} == CCE_ERROR_UNSUPPORTED);
static_assert(int{CCE_MMIO_ECB} == CCE_MODE_ECB && int{CCE_MMIO_CBC} == CCE_MODE_CBC &&
              int{CCE_MMIO_CTR} == CCE_MODE_CTR && int{CCE_MMIO_XTS} == CCE_MODE_XTS &&
              int{CCE_MMIO_GCM} == CCE_MODE_GCM && int{CCE_MMIO_CCM} == CCE_MODE_CCM &&
              int{CCE_MMIO_CMAC} == CCE_MODE_CMAC && int{CCE_MMIO_KW} == CCE_MODE_KW &&
              int{CCE_MMIO_KWP} == CCE_MODE_KWP);

bool all_zero(std::span<const std::uint8_t> bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

class Mmio : public ::testing::TestWithParam<std::string> {
protected:
    Station station_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(, Mmio, ::testing::Values("rtl", "model"),
                         [](const auto& instance) { return instance.param; });

TEST(MmioStatus, EveryStatusHasASentenceOfItsOwn) {
    std::set<std::string> sentences;
    for (int status = 0; status <= CCE_MMIO_ERROR_STALLED; ++status) {
        sentences.insert(cce_mmio_strerror(static_cast<cce_mmio_status>(status)));
    }
    EXPECT_EQ(sentences.size(), 22U) << "21 statuses and one sentence for unknown ones";
    EXPECT_STREQ(cce_mmio_strerror(static_cast<cce_mmio_status>(5)), "unknown status");
    EXPECT_STREQ(cce_mmio_device_status_name(12), "source_access");
    EXPECT_STREQ(cce_mmio_device_status_name(200), "unknown");
}

/// A value of the register `version`.
std::uint32_t version_of(std::uint32_t major, std::uint32_t minor) {
    return major << global::version_major.shift | minor << global::version_minor.shift;
}

TEST_P(Mmio, TheEngineSaysWhatItCanDo) {
    const cce_mmio_engine& engine = station_.engine();
    EXPECT_EQ(engine.version_major, contract::version_major);
    EXPECT_EQ(engine.version_minor, contract::version_minor);
    for (const auto& offered : {global::algorithms_aes_ecb, global::algorithms_aes_cbc, global::algorithms_aes_ctr,
                                global::algorithms_aes_xts, global::algorithms_aes_gcm, global::algorithms_aes_ccm,
                                global::algorithms_aes_cmac, global::algorithms_aes_kw, global::algorithms_aes_kwp,
                                global::algorithms_aes_128, global::algorithms_aes_192, global::algorithms_aes_256}) {
        EXPECT_EQ(offered.get(engine.algorithms), 1U);
    }
    EXPECT_EQ(engine.queue_count, 4);
    EXPECT_GT(engine.context_count, 0);
    EXPECT_GT(engine.region_count, 1);
    EXPECT_EQ(engine.data_bytes, 16);
    EXPECT_EQ(engine.request_count, 32);
    const std::uint64_t cycle = cce_mmio_engine_cycle(&engine);
    EXPECT_LE(cycle, station_.machine().time());
    EXPECT_GT(cycle + 100, station_.machine().time());
}

TEST_P(Mmio, WhatIsNoEngineIsRefused) {
    cce_mmio_engine engine{};
    engine.queue_count = 77;
    EXPECT_EQ(cce_mmio_engine_open(nullptr, SimulatedMachine::registers), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mmio_engine_open(&engine, SimulatedMachine::registers + 2), CCE_MMIO_ERROR_ARGUMENT);
    auto& replaced = station_.machine().replaced_reads;
    replaced = {{global::at(global::identification), 0xffff'ffff}};
    EXPECT_EQ(cce_mmio_engine_open(&engine, SimulatedMachine::registers), CCE_MMIO_ERROR_UNAVAILABLE);
    replaced = {{global::at(global::version), version_of(contract::version_major + 1U, contract::version_minor)}};
    EXPECT_EQ(cce_mmio_engine_open(&engine, SimulatedMachine::registers), CCE_MMIO_ERROR_UNAVAILABLE);
    replaced = {{global::at(global::version), version_of(contract::version_major, contract::version_minor - 1U)}};
    EXPECT_EQ(cce_mmio_engine_open(&engine, SimulatedMachine::registers), CCE_MMIO_ERROR_UNAVAILABLE);
    EXPECT_EQ(engine.queue_count, 77) << "touched by a call that failed";
    replaced = {{global::at(global::version), version_of(contract::version_major, contract::version_minor + 1U)}};
    EXPECT_EQ(cce_mmio_engine_open(&engine, SimulatedMachine::registers), CCE_MMIO_OK);
}

TEST_P(Mmio, WhatTheEngineDoesNotOfferIsUnsupported) {
    station_.machine().replaced_reads = {{global::at(global::algorithms), global::algorithms_aes_ecb.mask |
                                                                              global::algorithms_aes_128.mask |
                                                                              global::algorithms_aes_192.mask}};
    cce_mmio_engine engine{};
    ASSERT_EQ(cce_mmio_engine_open(&engine, SimulatedMachine::registers), CCE_MMIO_OK);
    cce_mmio_queue queue{};
    ASSERT_EQ(station_.open(queue, engine, 1, 2), CCE_MMIO_OK);
    const std::array<std::uint8_t, 32> bytes{1, 2, 3};
    for (const std::size_t length : {16U, 24U, 32U}) {
        auto& key = station_.key(CCE_MMIO_ECB, std::span(bytes).first(length));
        auto request = station_.request(key, 16);
        EXPECT_EQ(cce_mmio_submit(&queue, &request), length == 32 ? CCE_MMIO_ERROR_UNSUPPORTED : CCE_MMIO_OK);
    }
    auto& key = station_.key(CCE_MMIO_CMAC, std::span(bytes).first(16));
    auto request = station_.request(key, 16);
    request.tag_length = 16;
    EXPECT_EQ(cce_mmio_submit(&queue, &request), CCE_MMIO_ERROR_UNSUPPORTED);
}

TEST_P(Mmio, QueuesAreCheckedBeforeTheyAreOpened) {
    cce_mmio_queue queue{};
    const auto memory = station_.machine().allocate(CCE_MMIO_QUEUE_BYTES(3), 64);
    cce_mmio_queue_config config{};
    config.memory = memory.data();
    config.memory_bytes = memory.size();
    config.log2 = 3;
    cce_mmio_engine* engine = &station_.engine();
    EXPECT_EQ(cce_mmio_queue_open(nullptr, engine, 1, &config), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mmio_queue_open(&queue, nullptr, 1, &config), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mmio_queue_open(&queue, engine, 1, nullptr), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mmio_queue_open(&queue, engine, 4, &config), CCE_MMIO_ERROR_UNSUPPORTED);
    const auto with = [&](auto change) {
        cce_mmio_queue_config changed = config;
        change(changed);
        return cce_mmio_queue_open(&queue, engine, 1, &changed);
    };
    EXPECT_EQ(with([](auto& c) { c.memory = nullptr; }), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(with([&](auto& c) { c.memory = memory.data() + 32; }), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(with([](auto& c) { c.log2 = 0; }), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(with([](auto& c) { c.log2 = 9; }), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(with([](auto& c) { --c.memory_bytes; }), CCE_MMIO_ERROR_MEMORY);
    EXPECT_EQ(queue.engine, nullptr) << "touched by a call that failed";
    EXPECT_EQ(with([](auto&) {}), CCE_MMIO_OK);
    cce_mmio_queue second{};
    EXPECT_EQ(cce_mmio_queue_open(&second, engine, 1, &config), CCE_MMIO_ERROR_BUSY) << "the queue runs";

    // A queue that was never opened, or was closed, takes nothing.
    EXPECT_EQ(cce_mmio_wait(&second, 1), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mmio_queue_reset(&second, 1), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mmio_queue_close(&queue, 1000), CCE_MMIO_OK);
    EXPECT_TRUE(all_zero(memory));
    auto request = station_.request(station_.ecb_key(), 16);
    EXPECT_EQ(cce_mmio_submit(&queue, &request), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(with([](auto&) {}), CCE_MMIO_OK) << "and can be opened again";
}

TEST_P(Mmio, BadKeysAreRefused) {
    auto& key = station_.machine().make<cce_mmio_key>();
    const std::array<std::uint8_t, 66> bytes{};
    constexpr unsigned both = CCE_MMIO_MAY_ENCRYPT | CCE_MMIO_MAY_DECRYPT;
    const auto* data = bytes.data();
    EXPECT_EQ(cce_mmio_key_set(nullptr, CCE_MMIO_ECB, both, data, 16), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mmio_key_set(&key, CCE_MMIO_ECB, both, nullptr, 16), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mmio_key_set(&key, static_cast<cce_mmio_mode>(9), both, data, 16), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mmio_key_set(&key, CCE_MMIO_ECB, 0, data, 16), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mmio_key_set(&key, CCE_MMIO_ECB, both | 8U, data, 16), CCE_MMIO_ERROR_ARGUMENT);
    for (std::size_t length = 0; length <= bytes.size(); ++length) {
        const bool good = length == 16 || length == 24 || length == 32;
        const bool good_pair = length == 32 || length == 48 || length == 64;
        EXPECT_EQ(cce_mmio_key_set(&key, CCE_MMIO_GCM, both, data, length),
                  good ? CCE_MMIO_OK : CCE_MMIO_ERROR_KEY_LENGTH);
        EXPECT_EQ(cce_mmio_key_set(&key, CCE_MMIO_XTS, both, data, length),
                  good_pair ? CCE_MMIO_OK : CCE_MMIO_ERROR_KEY_LENGTH);
    }
}

TEST_P(Mmio, AKeyDoesWhatItMayAndNothingMore) {
    auto& key = station_.key(CCE_MMIO_ECB, std::array<std::uint8_t, 16>{7}, CCE_MMIO_MAY_ENCRYPT);
    auto request = station_.request(key, 16);
    EXPECT_EQ(station_.run(request), CCE_MMIO_OK);
    request.direction = CCE_MMIO_DECRYPT;
    EXPECT_EQ(station_.run(request), CCE_MMIO_ERROR_SESSION);
    // The engine refuses it too.
    key.flags |= CCE_MMIO_MAY_DECRYPT;
    EXPECT_EQ(station_.run(request), CCE_MMIO_ERROR_REFUSED);
    EXPECT_STREQ(cce_mmio_device_status_name(station_.last().device_status), "key_rights");
    cce_mmio_key_wipe(&key);
    EXPECT_TRUE(all_zero({reinterpret_cast<const std::uint8_t*>(&key), sizeof key}));
    request.direction = CCE_MMIO_ENCRYPT;
    EXPECT_EQ(station_.run(request), CCE_MMIO_ERROR_SESSION);
}

TEST_P(Mmio, TheEngineHoldsAKey) {
    auto& key = station_.key(CCE_MMIO_ECB, std::array<std::uint8_t, 16>{7});
    auto request = station_.request(key, 64);
    ASSERT_EQ(station_.run(request), CCE_MMIO_OK);
    const std::vector<std::uint8_t> expected(request.destination, request.destination + 64);
    std::fill_n(request.destination, 64, std::uint8_t{0});

    cce_mmio_queue& queue = station_.queue();
    EXPECT_EQ(cce_mmio_key_hold(&queue, &key, station_.engine().context_count, 10'000), CCE_MMIO_ERROR_UNSUPPORTED);
    EXPECT_EQ(cce_mmio_key_release(&queue, &key, 10'000), CCE_MMIO_ERROR_SESSION);
    ASSERT_EQ(cce_mmio_key_hold(&queue, &key, 3, 10'000), CCE_MMIO_OK);
    EXPECT_TRUE(all_zero(key.record)) << "the copy in memory";
    EXPECT_EQ(cce_mmio_key_hold(&queue, &key, 3, 10'000), CCE_MMIO_ERROR_SESSION) << "there is no key to load any more";
    ASSERT_EQ(station_.run(request), CCE_MMIO_OK);
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), request.destination));

    ASSERT_EQ(cce_mmio_submit(&queue, &request), CCE_MMIO_OK);
    EXPECT_EQ(cce_mmio_key_release(&queue, &key, 10'000), CCE_MMIO_ERROR_BUSY);
    EXPECT_EQ(station_.drain().size(), 1U);
    const cce_mmio_key copy = key;
    ASSERT_EQ(cce_mmio_key_release(&queue, &key, 10'000), CCE_MMIO_OK);
    EXPECT_EQ(station_.run(request), CCE_MMIO_ERROR_SESSION) << "wiped";
    request.key = &copy;
    EXPECT_EQ(station_.run(request), CCE_MMIO_ERROR_REFUSED);
    EXPECT_STREQ(cce_mmio_device_status_name(station_.last().device_status), "context_empty");
}

TEST_P(Mmio, AFullQueueSaysSo) {
    cce_mmio_queue queue{};
    ASSERT_EQ(station_.open(queue, station_.engine(), 1, 2), CCE_MMIO_OK);
    auto request = station_.request(station_.ecb_key(), 64);
    for (std::uint32_t round = 0; round < 5; ++round) {
        for (std::uint32_t i = 0; i < 4; ++i) {
            request.cookie = 100 * round + i;
            ASSERT_EQ(cce_mmio_submit(&queue, &request), CCE_MMIO_OK);
        }
        EXPECT_EQ(cce_mmio_submit(&queue, &request), CCE_MMIO_ERROR_QUEUE_FULL);
        EXPECT_EQ(cce_mmio_run(&queue, &request, nullptr, 1000), CCE_MMIO_ERROR_BUSY);
        EXPECT_EQ(cce_mmio_outstanding(&queue), 4U);
        std::multiset<std::uint32_t> cookies;
        for (const auto& completion : Station::drain(queue)) {
            EXPECT_EQ(completion.status, CCE_MMIO_OK);
            EXPECT_EQ(completion.output_length, 64U);
            EXPECT_LT(completion.start_cycle, completion.end_cycle);
            cookies.insert(completion.cookie);
        }
        EXPECT_EQ(cookies,
                  (std::multiset<std::uint32_t>{100 * round, 100 * round + 1, 100 * round + 2, 100 * round + 3}));
    }
    EXPECT_EQ(cce_mmio_wait(&queue, 1000), CCE_MMIO_OK) << "nothing is outstanding";
}

TEST_P(Mmio, PollTakesNoMoreThanItMay) {
    auto request = station_.request(station_.ecb_key(), 16);
    for (int i = 0; i < 5; ++i) ASSERT_EQ(cce_mmio_submit(&station_.queue(), &request), CCE_MMIO_OK);
    station_.machine().machine().run(2000);
    std::array<cce_mmio_completion, 8> out{};
    EXPECT_EQ(cce_mmio_poll(&station_.queue(), out.data(), 0), 0U);
    EXPECT_EQ(cce_mmio_poll(&station_.queue(), out.data(), 2), 2U);
    const unsigned reads = station_.machine().register_reads;
    const unsigned writes = station_.machine().register_writes;
    EXPECT_EQ(cce_mmio_poll(&station_.queue(), out.data(), out.size()), 3U);
    EXPECT_EQ(cce_mmio_poll(&station_.queue(), out.data(), out.size()), 0U);
    EXPECT_EQ(station_.machine().register_reads, reads);
    EXPECT_EQ(station_.machine().register_writes, writes + 1) << "one doorbell";
}

// An engine that writes entries for nobody, always one more: each call ends all the same.
TEST_P(Mmio, PollEndsWhateverTheEngineWrites) {
    cce_mmio_queue& queue = station_.queue();
    unsigned written = 0;
    station_.machine().before_invalidate = [&] {
        if (++written > 1000) return;
        contract::Completion entry{};
        entry.cookie = 0xffff'ffff;
        entry.phase = ((queue.completion_head >> queue.log2) & 1) == 0 ? 1 : 0;
        const std::size_t position = queue.completion_head & ((1U << queue.log2) - 1);
        std::memcpy(queue.completions + position * sizeof entry, &entry, sizeof entry);
    };
    std::array<cce_mmio_completion, 8> out{};
    EXPECT_EQ(cce_mmio_poll(&queue, out.data(), out.size()), 0U);
    EXPECT_EQ(written, 1U << queue.log2);
    station_.machine().before_invalidate = nullptr;
    ASSERT_EQ(cce_mmio_queue_reset(&queue, 10'000), CCE_MMIO_OK);
    EXPECT_EQ(station_.run(station_.request(station_.ecb_key(), 64)), CCE_MMIO_OK);
}

// Indices are 16 bits, and so is the count of a slot's uses.
TEST(MmioModel, AllIndicesWrap) {
    Station station("model");
    auto& key = station.ecb_key();
    ASSERT_EQ(cce_mmio_key_hold(&station.queue(), &key, 0, 10'000), CCE_MMIO_OK);
    auto request = station.request(key, 16);
    ASSERT_EQ(station.run(request), CCE_MMIO_OK);
    const std::vector<std::uint8_t> expected(request.destination, request.destination + 16);
    std::uint32_t sent = 0;
    std::uint32_t taken = 0;
    std::array<cce_mmio_completion, 32> out{};
    while (taken < 70'000) {
        request.cookie = sent;
        while (cce_mmio_submit(&station.queue(), &request) == CCE_MMIO_OK) request.cookie = ++sent;
        ASSERT_EQ(cce_mmio_wait(&station.queue(), 10'000), CCE_MMIO_OK);
        const std::size_t count = cce_mmio_poll(&station.queue(), out.data(), out.size());
        for (std::size_t i = 0; i < count; ++i) {
            ASSERT_EQ(out.at(i).status, CCE_MMIO_OK);
            ASSERT_LT(out.at(i).cookie, sent);
        }
        taken += static_cast<std::uint32_t>(count);
    }
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), request.destination));
}

TEST_P(Mmio, InterruptsEndTheSleep) {
    cce_mmio_queue queue{};
    ASSERT_EQ(station_.open(queue, station_.engine(), 2, 4, true), CCE_MMIO_OK);
    station_.machine().queues[2] = &queue;
    auto request = station_.request(station_.ecb_key(), 4096);
    cce_mmio_completion completion{};
    const unsigned reads = station_.machine().register_reads;
    ASSERT_EQ(cce_mmio_run(&queue, &request, &completion, 1'000'000), CCE_MMIO_OK);
    EXPECT_EQ(station_.machine().interrupts, 1U);
    EXPECT_EQ(station_.machine().sleeps, 1U) << "slept once, until the interrupt";
    EXPECT_EQ(station_.machine().register_reads, reads + 1) << "the status, before the sleep";
}

TEST_P(Mmio, WithoutInterruptsWaitingPolls) {
    auto request = station_.request(station_.ecb_key(), 4096);
    ASSERT_EQ(station_.run(request), CCE_MMIO_OK);
    EXPECT_EQ(station_.machine().interrupts, 0U);
    EXPECT_GE(station_.machine().sleeps, 1U);
}

TEST_P(Mmio, EngineStatusesAreToldAndTheQueueGoesOn) {
    auto& memory = station_.machine().machine().memory();
    auto request = station_.request(station_.ecb_key(), 64);
    memory.inject_error(sim::Direction::read, station_.machine().bus_address(request.source), 64);
    EXPECT_EQ(station_.run(request), CCE_MMIO_ERROR_REFUSED);
    EXPECT_STREQ(cce_mmio_device_status_name(station_.last().device_status), "source_access");
    EXPECT_EQ(station_.last().output_length, 0U);
    cce_mmio_queue_state state{};
    ASSERT_EQ(cce_mmio_queue_query(&station_.queue(), &state), CCE_MMIO_OK);
    EXPECT_EQ(state.state, 1);
    EXPECT_EQ(state.fault_reason, 1);
    EXPECT_FALSE(state.fault_write);
    EXPECT_EQ(state.fault_address / 64, station_.machine().bus_address(request.source) / 64);
    EXPECT_EQ(state.failed, 1U);
    memory.clear_errors();
    EXPECT_EQ(station_.run(request), CCE_MMIO_OK);
    ASSERT_EQ(cce_mmio_queue_query(&station_.queue(), &state), CCE_MMIO_OK);
    EXPECT_EQ(state.completed, 1U);
    EXPECT_EQ(state.bytes, 64U);
}

TEST_P(Mmio, AStoppedQueueIsToldAndResetSetsItGoing) {
    station_.machine().events = &station_.engine();
    auto request = station_.request(station_.ecb_key(), 64);
    auto& memory = station_.machine().machine().memory();
    memory.inject_error(sim::Direction::read, station_.machine().bus_address(station_.queue().submissions), 64);
    request.cookie = 5;
    ASSERT_EQ(cce_mmio_submit(&station_.queue(), &request), CCE_MMIO_OK);
    EXPECT_EQ(cce_mmio_wait(&station_.queue(), 100'000), CCE_MMIO_ERROR_REFUSED);
    EXPECT_EQ(station_.machine().stopped_queues, 1U);
    EXPECT_EQ(cce_mmio_event_interrupt(&station_.engine()), 0U) << "cleared by the handler";
    cce_mmio_queue_state state{};
    ASSERT_EQ(cce_mmio_queue_query(&station_.queue(), &state), CCE_MMIO_OK);
    EXPECT_EQ(state.state, static_cast<int>(contract::QueueState::error));
    EXPECT_EQ(state.error, static_cast<int>(contract::QueueError::descriptor_access));

    memory.clear_errors();
    ASSERT_EQ(cce_mmio_queue_reset(&station_.queue(), 10'000), CCE_MMIO_OK);
    const auto lost = station_.drain();
    ASSERT_EQ(lost.size(), 1U);
    EXPECT_EQ(lost[0].cookie, 5U);
    EXPECT_EQ(lost[0].status, CCE_MMIO_ERROR_RESET);
    EXPECT_EQ(station_.run(request), CCE_MMIO_OK);

    // And so does the call that waits, by itself.
    memory.inject_error(sim::Direction::read, station_.machine().bus_address(station_.queue().submissions), 4096);
    EXPECT_EQ(station_.run(request), CCE_MMIO_ERROR_REFUSED);
    memory.clear_errors();
    EXPECT_EQ(station_.run(request), CCE_MMIO_OK);
}

TEST_P(Mmio, AQueuesResetEndsEveryRequestOnce) {
    auto request = station_.request(station_.ecb_key(), 4096);
    for (std::uint32_t i = 0; i < 10; ++i) {
        request.cookie = i;
        ASSERT_EQ(cce_mmio_submit(&station_.queue(), &request), CCE_MMIO_OK);
    }
    station_.machine().machine().run(1200);  // some are done
    std::array<cce_mmio_completion, 4> out{};
    const std::size_t before = cce_mmio_poll(&station_.queue(), out.data(), out.size());
    ASSERT_GT(before, 0U);
    ASSERT_EQ(cce_mmio_queue_reset(&station_.queue(), 10'000), CCE_MMIO_OK);
    std::set<std::uint32_t> cookies;
    for (std::size_t i = 0; i < before; ++i) cookies.insert(out.at(i).cookie);
    request.cookie = 77;
    ASSERT_EQ(cce_mmio_submit(&station_.queue(), &request), CCE_MMIO_OK) << "the queue works again";
    unsigned good = 0;
    for (const auto& completion : station_.drain()) {
        EXPECT_TRUE(cookies.insert(completion.cookie).second) << completion.cookie << " twice";
        EXPECT_EQ(completion.status, completion.cookie == 77 ? CCE_MMIO_OK : CCE_MMIO_ERROR_RESET);
        if (completion.status == CCE_MMIO_OK) ++good;
    }
    EXPECT_EQ(cookies.size(), 11U);
    EXPECT_EQ(good, 1U);
}

TEST_P(Mmio, AnEngineResetStopsAllQueues) {
    auto& key = station_.ecb_key();
    ASSERT_EQ(cce_mmio_key_hold(&station_.queue(), &key, 1, 10'000), CCE_MMIO_OK);
    auto request = station_.request(key, 4096);
    request.cookie = 1;
    ASSERT_EQ(cce_mmio_submit(&station_.queue(), &request), CCE_MMIO_OK);
    ASSERT_EQ(cce_mmio_engine_reset(&station_.engine(), 10'000), CCE_MMIO_OK);
    EXPECT_EQ(cce_mmio_submit(&station_.queue(), &request), CCE_MMIO_ERROR_RESET);
    EXPECT_EQ(cce_mmio_wait(&station_.queue(), 100), CCE_MMIO_ERROR_RESET);
    ASSERT_EQ(cce_mmio_queue_restart(&station_.queue()), CCE_MMIO_OK);
    ASSERT_EQ(cce_mmio_queue_restart(&station_.queue()), CCE_MMIO_OK) << "does nothing";
    const auto lost = station_.drain();
    ASSERT_EQ(lost.size(), 1U);
    EXPECT_EQ(lost[0].status, CCE_MMIO_ERROR_RESET);
    EXPECT_EQ(station_.run(request), CCE_MMIO_ERROR_REFUSED) << "the engine has erased the key";
    EXPECT_STREQ(cce_mmio_device_status_name(station_.last().device_status), "context_empty");
}

TEST_P(Mmio, WhatTakesTooLongIsResetAndTimesOut) {
    auto request = station_.request(station_.ecb_key(), 64);
    station_.machine().machine().set_timing(sim::MemoryTiming::ideal(3000));
    const std::uint64_t begin = station_.machine().time();
    request.cookie = 9;
    EXPECT_EQ(station_.run(request, 4000), CCE_MMIO_ERROR_TIMEOUT);
    EXPECT_GE(station_.machine().time() - begin, 4000U);
    EXPECT_LT(station_.machine().time() - begin, 9000U);
    EXPECT_EQ(station_.last().cookie, 9U);
    EXPECT_EQ(station_.last().status, CCE_MMIO_ERROR_TIMEOUT);
    EXPECT_EQ(cce_mmio_outstanding(&station_.queue()), 0U);
    EXPECT_EQ(station_.run(request, 100'000), CCE_MMIO_OK) << "slow, and good";
}

TEST_P(Mmio, AHungBusIsToldApart) {
    auto request = station_.request(station_.ecb_key(), 64);
    station_.machine().machine().set_timing(sim::MemoryTiming::stalled());
    EXPECT_EQ(station_.run(request, 2000), CCE_MMIO_ERROR_STALLED);
    EXPECT_EQ(station_.run(request, 2000), CCE_MMIO_ERROR_STALLED) << "nothing is handed over to such a queue";
    EXPECT_EQ(cce_mmio_wait(&station_.queue(), 100), CCE_MMIO_ERROR_STALLED);
    EXPECT_EQ(cce_mmio_queue_reset(&station_.queue(), 500), CCE_MMIO_ERROR_STALLED);
    EXPECT_EQ(cce_mmio_queue_close(&station_.queue(), 500), CCE_MMIO_ERROR_STALLED);
    EXPECT_EQ(cce_mmio_engine_reset(&station_.engine(), 500), CCE_MMIO_ERROR_STALLED);
    EXPECT_EQ(cce_mmio_queue_restart(&station_.queue()), CCE_MMIO_ERROR_STALLED);
}

TEST_P(Mmio, ARegionBoundsAQueue) {
    SimulatedMachine& machine = station_.machine();
    const auto area = machine.allocate(16'384, 4096);
    cce_mmio_region region{};
    region.base = area.data();
    region.bytes = area.size();
    region.read = region.write = true;
    region.owner_queue = 3;
    region.tag = 0x5a;
    std::uint16_t key_of_region = 0;
    EXPECT_EQ(cce_mmio_region_set(&station_.engine(), 0, &region, &key_of_region), CCE_MMIO_ERROR_UNSUPPORTED);
    EXPECT_EQ(cce_mmio_region_set(&station_.engine(), station_.engine().region_count, &region, &key_of_region),
              CCE_MMIO_ERROR_UNSUPPORTED);
    ASSERT_EQ(cce_mmio_region_set(&station_.engine(), 1, &region, &key_of_region), CCE_MMIO_OK);
    contract::RegionKey expected_key;
    expected_key.index = 1;
    expected_key.tag = region.tag;
    EXPECT_EQ(key_of_region, std::bit_cast<std::uint16_t>(expected_key));

    cce_mmio_queue_config config{};
    config.memory = area.data();
    config.memory_bytes = CCE_MMIO_QUEUE_BYTES(2);
    config.log2 = 2;
    config.region = key_of_region;
    cce_mmio_queue queue{};
    ASSERT_EQ(cce_mmio_queue_open(&queue, &station_.engine(), 3, &config), CCE_MMIO_OK);
    auto* key = new (area.data() + 4096) cce_mmio_key{};
    const std::array<std::uint8_t, 16> bytes{9};
    ASSERT_EQ(cce_mmio_key_set(key, CCE_MMIO_GCM, CCE_MMIO_MAY_ENCRYPT, bytes.data(), bytes.size()), CCE_MMIO_OK);
    cce_mmio_request request{};
    request.key = key;
    request.iv = area.data() + 5000;
    request.iv_length = 12;
    request.aad = area.data() + 6000;
    request.aad_length = 20;
    request.source = area.data() + 7000;
    request.source_length = 100;
    request.destination = area.data() + 8000;
    request.destination_length = 116;
    request.tag_length = 16;
    EXPECT_EQ(cce_mmio_run(&queue, &request, nullptr, 10'000), CCE_MMIO_OK) << "with lists in the region";
    cce_mmio_completion completion{};
    request.source = machine.allocate(100).data();
    EXPECT_EQ(cce_mmio_run(&queue, &request, &completion, 10'000), CCE_MMIO_ERROR_REFUSED);
    EXPECT_STREQ(cce_mmio_device_status_name(completion.device_status), "source_access");
    cce_mmio_queue_state state{};
    ASSERT_EQ(cce_mmio_queue_query(&queue, &state), CCE_MMIO_OK);
    EXPECT_EQ(state.fault_reason, static_cast<int>(contract::FaultReason::region));
    request.source = area.data() + 7000;
    ASSERT_EQ(cce_mmio_region_set(&station_.engine(), 1, nullptr, nullptr), CCE_MMIO_OK);
    EXPECT_EQ(cce_mmio_run(&queue, &request, &completion, 10'000), CCE_MMIO_ERROR_REFUSED) << "the region is gone";
}

}  // namespace
}  // namespace cce::firmware
