// SPDX-License-Identifier: Apache-2.0
//
// Queue pairs: rings, phases, interrupts, pause, drain, reset, counters, fences. The requests of a queue are in flight
// together and complete in any order; only fences and the loads of contexts keep order.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

#include "support.h"

namespace cce::test {
namespace {

using contract::CipherMode;
using contract::Completion;
using contract::Descriptor;
using contract::QueueState;
using contract::Status;
using sim::CipherRequest;
using sim::Direction;

namespace global = contract::global_page;
namespace page = contract::queue_page;

const Bytes test_key = from_hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");

class Queue : public EngineTest {
protected:
    Queue() { request_.key(test_key).text(Bytes(256, 0x42)); }

    /// A nop with this cookie.
    static Descriptor nop(std::uint32_t cookie = 0, bool fence = false) {
        Descriptor descriptor;
        descriptor.cookie = cookie;
        if (fence) descriptor.flags = Descriptor::flags_fence;
        return descriptor;
    }
    /// A completion entry can be seen before the bus has answered its write; counters count behind that.
    void settle(sim::QueuePair& queue) {
        machine_.run_until([&] { return !queue.status().busy; }, "end of the request");
    }
    /// Requests that the engine can have in flight.
    unsigned request_count() {
        return global::capacity_request_count.get(machine_.read_register(global::at(global::capacity)));
    }
    static unsigned queue_of_vector(unsigned vector) { return vector - 1; }
    /// This queue, or the last one that the engine has.
    unsigned at_most(unsigned index) { return std::min(index, queue_count(machine_) - 1); }
    /// Queue 1, started; nothing if the engine has but one queue.
    std::unique_ptr<sim::QueuePair> other_queue() {
        if (queue_count(machine_) < 2) return nullptr;
        auto queue = std::make_unique<sim::QueuePair>(machine_, 1);
        queue->start();
        return queue;
    }

    sim::Machine machine_{options()};
    CipherRequest request_{machine_, CipherMode::cbc};
};

TEST_P(Queue, NopTouchesOnlyItsCompletion) {
    sim::QueuePair queue(machine_, 0);
    queue.start();
    std::set<std::uint64_t> written;
    machine_.set_observer([&](const sim::WriteBeat& beat) { written.insert(beat.address); });
    const Completion done = queue.run(nop(0xfeedbeef));
    EXPECT_EQ(done.status, Status::ok);
    EXPECT_EQ(done.cookie, 0xfeedbeefU);
    EXPECT_EQ(done.submission_head, 1U);
    EXPECT_EQ(bytes_of(done.next_iv), Bytes(16));
    for (const std::uint64_t address : written) {
        EXPECT_GE(address, queue.completion_base());
        EXPECT_LT(address, queue.completion_base() + sizeof(Completion));
    }
}

TEST_P(Queue, RingsWrapManyTimes) {
    for (unsigned submission = 1; submission <= 3; ++submission) {
        for (unsigned completion = 1; completion <= 3; ++completion) {
            sim::QueueOptions options;
            options.submission_log2 = submission;
            options.completion_log2 = completion;
            sim::QueuePair queue(machine_, at_most(2), options);
            queue.start();
            std::uint32_t next = 0;
            std::set<std::uint32_t> seen;
            while (seen.size() < 100) {
                while (queue.free_slots() != 0) queue.post(nop(next++));
                queue.ring_submission();
                const std::uint32_t cookie = queue.wait().cookie;
                ASSERT_LT(cookie, next);
                ASSERT_TRUE(seen.insert(cookie).second) << "twice: " << cookie;
            }
            for (const Completion& done : queue.drain()) ASSERT_TRUE(seen.insert(done.cookie).second);
            ASSERT_EQ(seen.size(), next);
            queue.reset();
        }
    }
}

TEST_P(Queue, IndicesWrapAt16Bits) {
    sim::QueueOptions options;
    options.submission_log2 = 10;
    options.completion_log2 = 9;
    sim::QueuePair queue(machine_, 0, options);
    machine_.set_timing(sim::MemoryTiming::ideal(0));
    queue.start();
    std::uint32_t next = 0;
    std::uint32_t answered = 0;
    constexpr std::uint32_t total = 0x10000 + 1500;
    std::vector<bool> seen(total);
    while (answered < total) {
        while (queue.free_slots() != 0 && next < total) queue.post(nop(next++));
        queue.ring_submission();
        machine_.run(20'000);
        while (const auto done = queue.poll()) {
            ASSERT_LT(done->cookie, next);
            ASSERT_FALSE(seen[done->cookie]) << "twice: " << done->cookie;
            seen[done->cookie] = true;
            ++answered;
        }
        queue.ring_completion();
    }
    EXPECT_EQ(queue.read_register(page::submission_head), total & 0xffff);
    EXPECT_EQ(queue.read_register(page::completion_tail), total & 0xffff);
    settle(queue);
    EXPECT_EQ(queue.counters().completed, total);
}

TEST_P(Queue, LargestRings) {
    sim::QueueOptions options;
    options.submission_log2 = contract::ring_log2_maximum;
    options.completion_log2 = contract::ring_log2_maximum;
    sim::QueuePair queue(machine_, at_most(1), options);
    queue.start();
    for (std::uint32_t i = 0; i < 5; ++i) ASSERT_EQ(queue.run(nop(i)).cookie, i);
}

TEST_P(Queue, FullCompletionRingStallsAndOverwritesNothing) {
    sim::QueueOptions options;
    options.submission_log2 = 4;
    options.completion_log2 = 2;
    sim::QueuePair queue(machine_, 0, options);
    queue.start();
    for (std::uint32_t i = 0; i < 16; ++i) queue.post(nop(100 + i));
    queue.ring_submission();
    machine_.run(5000);
    EXPECT_TRUE(queue.status().stalled);
    EXPECT_FALSE(queue.status().busy);
    EXPECT_EQ(queue.read_register(page::completion_tail), 4U);
    unsigned writes = 0;
    machine_.set_observer([&](const sim::WriteBeat&) { ++writes; });
    machine_.run(5000);
    EXPECT_EQ(writes, 0U);
    machine_.set_observer(nullptr);
    std::set<std::uint32_t> seen;
    const auto see = [&](std::uint32_t cookie) {
        EXPECT_GE(cookie, 100U);
        EXPECT_LT(cookie, 116U);
        EXPECT_TRUE(seen.insert(cookie).second) << "twice: " << cookie;
    };
    // Room for one: exactly one more.
    const auto first = queue.poll();
    ASSERT_TRUE(first.has_value());
    see(first->cookie);
    queue.ring_completion();
    machine_.run(2000);
    EXPECT_EQ(queue.read_register(page::completion_tail), 5U);
    EXPECT_TRUE(queue.status().stalled);
    for (std::uint32_t i = 1; i < 16; ++i) see(queue.wait().cookie);
    EXPECT_EQ(seen.size(), 16U);
    EXPECT_FALSE(queue.status().stalled);
    EXPECT_TRUE(queue.status().empty);
}

TEST_P(Queue, PhaseIsWrittenLast) {
    sim::QueueOptions options;
    options.completion_log2 = 1;
    sim::QueuePair queue(machine_, 0, options);
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        machine_.set_timing(sim::MemoryTiming::random(seed));
        queue.start();
        std::uint32_t cookie = 0;
        bool seen = false;
        unsigned beats = 0;
        // Looks between any two beats: as soon as the phase is new, everything else must be too.
        machine_.set_observer([&](const sim::WriteBeat& beat) {
            if (beat.address < queue.completion_base() ||
                beat.address >= queue.completion_base() + 2 * sizeof(Completion))
                return;
            ++beats;
            const auto entry = machine_.memory().load<Completion>(queue.completion_address(queue.completion_head()));
            const unsigned expected = (queue.completion_head() >> 1 & 1) ^ 1;
            if (entry.phase != expected || seen) return;
            seen = true;
            EXPECT_EQ(entry.cookie, cookie);
            EXPECT_EQ(entry.submission_head, cookie + 1);
            const Bytes text = request_.output();
            EXPECT_EQ(to_hex(entry.next_iv), to_hex(std::span(text).last(16)));
        });
        for (; cookie < 12; ++cookie) {
            Descriptor descriptor = request_.descriptor();
            descriptor.cookie = cookie;
            descriptor.iv[0] = static_cast<std::uint8_t>(cookie);
            seen = false;
            beats = 0;
            ASSERT_EQ(queue.run(descriptor).status, Status::ok);
            EXPECT_TRUE(seen);
            EXPECT_EQ(beats, data_width() == 128 ? 2U : 1U);
        }
        machine_.set_observer(nullptr);
        queue.reset();
    }
}

TEST_P(Queue, PauseAndResumeLeaveOthersAlone) {
    sim::QueuePair paused(machine_, 0);
    const auto other = other_queue();
    paused.start();
    // More than the engine can have fetched at once.
    constexpr unsigned count = 60;
    ASSERT_LT(request_count(), count);
    for (unsigned i = 0; i < count; ++i) {
        paused.post(request_.descriptor());
        if (other) other->post(request_.descriptor());
    }
    paused.ring_submission();
    if (other) other->ring_submission();
    machine_.run(200);
    paused.pause();
    EXPECT_EQ(paused.status().state, QueueState::paused);
    EXPECT_FALSE(paused.status().busy);
    const auto head = paused.read_register(page::submission_head);
    EXPECT_LT(head, count);
    if (other) {
        EXPECT_EQ(other->drain().size(), count);
    } else {
        machine_.run(5000);
    }
    EXPECT_EQ(paused.read_register(page::submission_head), head);
    EXPECT_EQ(paused.read_register(page::completion_tail), head) << "what was fetched has completed";
    paused.resume();
    EXPECT_EQ(paused.drain().size(), count);
}

// What a driver must know before it does requests itself that a stuck engine holds.
TEST_P(Queue, NothingBehindFetchHeadBeginsWhilePaused) {
    sim::QueuePair queue(machine_, 0);
    constexpr unsigned count = 60;
    ASSERT_LT(request_count(), count);
    std::mt19937_64 random(test_seed());
    unsigned ahead = 0;
    for (unsigned round = 0; round < 40; ++round) {
        SCOPED_TRACE("round " + std::to_string(round));
        machine_.set_timing(sim::MemoryTiming::random(random()));
        queue.start();
        for (unsigned i = 0; i < count; ++i) queue.post(request_.descriptor());
        queue.ring_submission();
        machine_.run(random() % 600);
        const auto control = queue.read_register(page::control);
        queue.write_register(page::control, control | page::control_pause.put(1));
        const auto fetched = queue.read_register(page::fetch_head);
        // What is being read meanwhile is fetched, but not yet behind the other head.
        ahead += fetched != queue.read_register(page::submission_head) ? 1 : 0;
        machine_.run(20000);
        EXPECT_EQ(queue.read_register(page::fetch_head), fetched);
        EXPECT_EQ(queue.read_register(page::submission_head), fetched);
        EXPECT_EQ(queue.read_register(page::completion_tail), fetched) << "what was fetched has completed, and no more";
        queue.reset();
    }
    EXPECT_GT(ahead, 0U) << "no round saw a descriptor that was being read";
    machine_.set_timing(sim::MemoryTiming::ideal());
}

TEST_P(Queue, ResetInFlightEndsAllDma) {
    sim::QueuePair victim(machine_, 0);
    const auto other = other_queue();
    CipherRequest mine(machine_, CipherMode::ctr);
    mine.key(test_key).text(Bytes(2048, 0x99));
    std::mt19937_64 random(test_seed());
    for (unsigned round = 0; round < 60; ++round) {
        SCOPED_TRACE("round " + std::to_string(round));
        machine_.set_timing(round % 2 == 0 ? sim::MemoryTiming::ideal() : sim::MemoryTiming::random(random()));
        victim.start();
        for (unsigned i = 0; i < 6; ++i) victim.post(mine.descriptor());
        for (unsigned i = 0; other && i < 6; ++i) other->post(request_.descriptor());
        victim.ring_submission();
        if (other) other->ring_submission();
        machine_.run(1 + below(random, 2500));
        victim.reset();
        // From here on nothing of the victim: neither its rings nor its buffers.
        unsigned stray = 0;
        machine_.set_burst_observer([&](const sim::Burst& burst) {
            const auto within = [&](std::uint64_t base, std::uint64_t bytes) {
                return burst.address >= base && burst.address < base + bytes;
            };
            if (within(victim.submission_base(), 64 * 64) || within(victim.completion_base(), 64 * 32) ||
                within(mine.source().address(), 2048) || within(mine.destination().address(), 2048)) {
                ++stray;
            }
        });
        machine_.set_observer([&](const sim::WriteBeat& beat) {
            if (beat.address + 16 > mine.destination().address() && beat.address < mine.destination().address() + 2048)
                ++stray;
        });
        if (other) {
            for (const Completion& done : other->drain()) ASSERT_EQ(done.status, Status::ok);
        }
        machine_.run(3000);
        EXPECT_EQ(stray, 0U);
        EXPECT_EQ(victim.status().state, QueueState::disabled);
        EXPECT_EQ(victim.read_register(page::submission_tail), 0U);
        EXPECT_EQ(victim.read_register(page::completion_tail), 0U);
        machine_.set_burst_observer(nullptr);
        machine_.set_observer(nullptr);
    }
    victim.start();
    EXPECT_EQ(victim.run(mine.descriptor()).status, Status::ok);
}

TEST_P(Queue, ResetWaitsForAHungBus) {
    sim::QueuePair queue(machine_, 0);
    queue.start();
    machine_.set_timing(sim::MemoryTiming::stalled());
    queue.submit(request_.descriptor());
    machine_.run(1000);
    EXPECT_TRUE(queue.status().busy);
    queue.write_register(page::control, page::control_reset.put(1));
    machine_.run(10'000);
    EXPECT_EQ(page::control_reset.get(queue.read_register(page::control)), 1U);
    // Only a hard reset helps; after it everything is as new.
    machine_.engine().reset();
    machine_.set_timing(sim::MemoryTiming::ideal());
    queue.start();
    EXPECT_EQ(queue.run(request_.descriptor()).status, Status::ok);
}

TEST_P(Queue, WholeEngineReset) {
    std::vector<std::unique_ptr<sim::QueuePair>> queues;
    for (const unsigned index : std::set<unsigned>{0, at_most(3)}) {
        queues.push_back(std::make_unique<sim::QueuePair>(machine_, index));
        queues.back()->start();
    }
    const unsigned context = std::min(7U, context_count(machine_) - 1);
    ASSERT_EQ(queues.front()->run(sim::context_load(context, request_.context_address())).status, Status::ok);
    const auto loaded = [&] {
        return machine_.read_register(contract::context_page::at(contract::context_page::valid_low));
    };
    EXPECT_EQ(loaded(), 1U << context);
    CipherRequest longer(machine_, CipherMode::cbc);
    longer.key(test_key).text(Bytes(4096, 0x17));
    for (auto& queue : queues) {
        for (unsigned i = 0; i < 4; ++i) queue->post(longer.descriptor());
        queue->ring_submission();
    }
    machine_.run(400);
    EXPECT_EQ(machine_.read_register(global::at(global::engine_status)), 0U);
    machine_.write_register(global::at(global::control), global::control_reset.put(1));
    machine_.run_until([&] { return machine_.read_register(global::at(global::control)) == 0; },
                       "end of the engine's reset");
    unsigned bursts = 0;
    machine_.set_burst_observer([&](const sim::Burst&) { ++bursts; });
    machine_.run(5000);
    EXPECT_EQ(bursts, 0U);
    EXPECT_EQ(loaded(), 0U);
    for (auto& queue : queues) EXPECT_EQ(queue->status().state, QueueState::disabled);
    EXPECT_EQ(machine_.read_register(global::at(global::engine_status)), 1U);
    queues.back()->start();
    EXPECT_EQ(queues.back()->run(request_.descriptor()).status, Status::ok);
}

TEST_P(Queue, InterruptAtEachCompletion) {
    sim::QueueOptions options;
    options.interrupt_enable = true;
    sim::QueuePair queue(machine_, at_most(2), options);
    queue.start();
    for (unsigned i = 0; i < 5; ++i) {
        queue.submit(nop());
        machine_.run(500);
        const auto raised = machine_.take_interrupts();
        ASSERT_EQ(raised.size(), 1U);
        EXPECT_EQ(queue_of_vector(raised[0].vector), queue.index());
        (void)queue.wait();
    }
}

TEST_P(Queue, InterruptByCount) {
    sim::QueueOptions options;
    options.interrupt_enable = true;
    options.interrupt_count = 4;
    options.interrupt_time = 0xffff'ffff;
    sim::QueuePair queue(machine_, 0, options);
    queue.start();
    for (unsigned i = 0; i < 11; ++i) queue.post(nop());
    queue.ring_submission();
    machine_.run(5000);
    EXPECT_EQ(machine_.take_interrupts().size(), 2U);
    // One more makes the third group full.
    queue.submit(nop());
    machine_.run(1000);
    EXPECT_EQ(machine_.take_interrupts().size(), 1U);
    while (queue.poll()) {
    }
    queue.ring_completion();
    machine_.run(1000);
    EXPECT_TRUE(machine_.take_interrupts().empty());
}

TEST_P(Queue, InterruptByTime) {
    sim::QueueOptions options;
    options.interrupt_enable = true;
    options.interrupt_count = 100;
    options.interrupt_time = 3000;
    sim::QueuePair queue(machine_, at_most(1), options);
    queue.start();
    for (unsigned i = 0; i < 3; ++i) queue.post(nop());
    queue.ring_submission();
    machine_.run(10'000);
    const auto raised = machine_.take_interrupts();
    ASSERT_EQ(raised.size(), 1U);
    const auto first = machine_.memory().load<Completion>(queue.completion_address(0));
    const auto delay = static_cast<std::uint32_t>(raised[0].cycle) - first.end_cycle;
    EXPECT_GE(delay, 3000U);
    EXPECT_LE(delay, 3000U + 60);
}

TEST_P(Queue, CaughtUpMeansNoInterrupt) {
    sim::QueueOptions options;
    options.interrupt_enable = true;
    options.interrupt_count = 100;
    options.interrupt_time = 2000;
    sim::QueuePair queue(machine_, 0, options);
    queue.start();
    for (unsigned i = 0; i < 10; ++i) {
        (void)queue.run(nop());  // rings the completion doorbell well before the time is over
        machine_.run(500);
    }
    machine_.run(10'000);
    EXPECT_TRUE(machine_.take_interrupts().empty());
}

TEST_P(Queue, NoInterruptIsLost) {
    // Software that sleeps until the interrupt whenever it has found the ring empty after its doorbell.
    std::mt19937_64 random(test_seed());
    for (unsigned round = 0; round < 6; ++round) {
        machine_.set_timing(sim::MemoryTiming::random(random()));
        sim::QueueOptions options;
        options.interrupt_enable = true;
        options.interrupt_count = static_cast<std::uint16_t>(below(random, 5));
        options.interrupt_time = below(random, 400);
        options.completion_log2 = 2;
        sim::QueuePair queue(machine_, round % queue_count(machine_), options);
        queue.start();
        (void)machine_.take_interrupts();
        unsigned answered = 0;
        unsigned posted = 0;
        while (answered < 60) {
            while (posted < 60 && queue.free_slots() != 0 && below(random, 3) != 0) {
                queue.post(nop());
                ++posted;
            }
            if (posted == answered) continue;
            queue.ring_submission();
            const std::uint64_t deadline = machine_.cycle() + 20'000;
            while (machine_.take_interrupts().empty()) {
                ASSERT_LT(machine_.cycle(), deadline)
                    << "a lost interrupt: " << posted << " posted, " << answered << " answered";
                machine_.engine().advance(deadline);
            }
            do {
                while (queue.poll()) ++answered;
                queue.ring_completion();
                machine_.run(below(random, 30));
                // Looked at once more behind the doorbell, as a driver does before it sleeps.
            } while (machine_.memory().load<Completion>(queue.completion_address(queue.completion_head())).phase ==
                     ((queue.completion_head() >> 2 & 1) ^ 1));
        }
        queue.reset();
    }
}

TEST_P(Queue, DisabledInterruptIsSilent) {
    sim::QueuePair queue(machine_, 0);
    queue.start();
    for (unsigned i = 0; i < 3; ++i) (void)queue.run(nop());
    machine_.run(1000);
    EXPECT_TRUE(machine_.take_interrupts().empty());
}

TEST_P(Queue, FenceKeepsOrder) {
    sim::QueuePair queue(machine_, 0);
    // A fence waits for all before it and holds all behind it, so one at every second request orders all of them.
    for (const unsigned distance : {1U, 2U}) {
        SCOPED_TRACE(distance);
        queue.start();
        // Each request decrypts what the one before it has encrypted, in place: only order makes the text come back.
        const Bytes text(512, 0xd7);
        CipherRequest stream(machine_, CipherMode::cbc);
        stream.key(test_key).text_in_place(text, sim::Shape::direct(512));
        for (unsigned i = 0; i < 10; ++i) {
            stream.decrypt(i % 2 == 1).fence(i % distance == 0).cookie(i);
            queue.post(stream.descriptor());
        }
        queue.ring_submission();
        std::uint32_t expected = 0;
        std::uint32_t last_end = 0;
        for (const Completion& done : queue.drain()) {
            EXPECT_EQ(done.status, Status::ok);
            EXPECT_EQ(done.cookie, expected++);
            EXPECT_GT(done.end_cycle, last_end);
            last_end = done.end_cycle;
        }
        EXPECT_EQ(stream.output(), text);
        queue.reset();
    }
}

TEST_P(Queue, FencesLeaveOtherQueuesAlone) {
    sim::QueuePair fenced(machine_, 0);
    const auto other = other_queue();
    if (!other) GTEST_SKIP() << "an engine with one queue";
    fenced.start();
    CipherRequest longer(machine_, CipherMode::cbc);
    longer.key(test_key).text(Bytes(8192, 0x17));
    fenced.post(longer.descriptor());
    fenced.post(nop(1, true));
    fenced.post(nop(2));
    fenced.ring_submission();
    machine_.run(200);
    EXPECT_EQ(other->run(nop()).status, Status::ok);
    EXPECT_FALSE(fenced.poll().has_value());
    const auto done = fenced.drain();
    ASSERT_EQ(done.size(), 3U);
    EXPECT_EQ(done[1].cookie, 1U);
    EXPECT_EQ(done[2].cookie, 2U);
}

TEST_P(Queue, LoadsOfContextsKeepOrder) {
    // No fence flag anywhere: a request must see the key that was loaded last before it, and none loaded behind it.
    sim::QueuePair queue(machine_, 0);
    queue.start();
    std::mt19937_64 random(test_seed());
    const Bytes text(160, 0x35);
    constexpr unsigned rounds = 12;
    std::vector<Bytes> expected;
    std::vector<std::unique_ptr<CipherRequest>> requests;
    for (unsigned i = 0; i < rounds; ++i) {
        const Bytes key = random_bytes(random, 16 + 8 * (i % 3));
        const std::uint64_t record = machine_.memory().allocate(sizeof(contract::ContextRecord));
        machine_.memory().store(record, sim::cipher_context(key));
        queue.post(sim::context_load(3, record));
        for (unsigned n = 0; n < 3; ++n) {
            requests.push_back(std::make_unique<CipherRequest>(machine_, CipherMode::cbc));
            requests.back()->held_context(3).text(text);
            queue.post(requests.back()->descriptor());
            expected.push_back(Oracle::run(CipherMode::cbc, false, key, Bytes(16), text).text);
        }
    }
    queue.post(sim::context_invalidate(3));
    queue.ring_submission();
    for (const Completion& done : queue.drain()) EXPECT_EQ(done.status, Status::ok);
    for (std::size_t i = 0; i < requests.size(); ++i) EXPECT_EQ(to_hex(requests[i]->output()), to_hex(expected[i]));
}

TEST_P(Queue, ShortRequestsPassALongOne) {
    if (request_count() < 2) GTEST_SKIP() << "an engine that does one request at a time";
    sim::QueuePair queue(machine_, 0);
    queue.start();
    CipherRequest longer(machine_, CipherMode::cbc);
    longer.key(test_key).cookie(1000).text(Bytes(16'384, 0x17));
    queue.post(longer.descriptor());
    for (unsigned i = 0; i < 8; ++i) {
        request_.cookie(i);
        queue.post(request_.descriptor());
    }
    queue.ring_submission();
    const auto done = queue.drain();
    ASSERT_EQ(done.size(), 9U);
    EXPECT_EQ(done.back().cookie, 1000U);
}

TEST_P(Queue, CountersGoOnThroughReset) {
    sim::QueuePair queue(machine_, 0);
    queue.start();
    ASSERT_EQ(queue.run(request_.descriptor()).status, Status::ok);
    Descriptor bad = request_.descriptor();
    bad.text_length = 1;
    ASSERT_EQ(queue.run(bad).status, Status::length);
    queue.reset();
    queue.start();
    ASSERT_EQ(queue.run(request_.descriptor()).status, Status::ok);
    settle(queue);
    const auto counters = queue.counters();
    EXPECT_EQ(counters.completed, 2U);
    EXPECT_EQ(counters.failed, 1U);
    EXPECT_EQ(counters.bytes, 512U);
}

TEST_P(Queue, IdleTimePassesAtNoCost) {
    sim::QueuePair queue(machine_, 0);
    queue.start();
    (void)queue.run(nop());
    machine_.run(1000);
    const auto simulated = machine_.engine().simulated_cycles();
    const auto before = machine_.cycle();
    machine_.run(1'000'000'000);
    EXPECT_EQ(machine_.cycle(), before + 1'000'000'000);
    EXPECT_LE(machine_.engine().simulated_cycles(), simulated + 10);
    EXPECT_GE(machine_.read_register64(global::at(global::cycle_low)), before + 1'000'000'000);
    const Completion done = queue.run(nop());
    EXPECT_GE(done.start_cycle, static_cast<std::uint32_t>(before + 1'000'000'000));
}

TEST_P(Queue, RunsAreReproducible) {
    std::vector<std::vector<std::uint32_t>> runs;
    for (unsigned i = 0; i < 2; ++i) {
        sim::Machine machine(options(sim::MemoryTiming::random(99)));
        sim::QueuePair queue(machine, 0);
        queue.start();
        CipherRequest request(machine, CipherMode::ctr);
        request.key(test_key).text(Bytes(1000, 1));
        std::vector<std::uint32_t> cycles;
        for (unsigned n = 0; n < 10; ++n) {
            const Completion done = queue.run(request.descriptor());
            cycles.push_back(done.start_cycle);
            cycles.push_back(done.end_cycle);
        }
        runs.push_back(cycles);
    }
    EXPECT_EQ(runs[0], runs[1]);
}

INSTANTIATE_TEST_SUITE_P(All, Queue, testing::ValuesIn(all_targets()), EngineTest::name);

}  // namespace
}  // namespace cce::test
