// SPDX-License-Identifier: Apache-2.0
//
// Queue pairs: rings, phases, interrupts, pause, drain, reset, counters, fences.

#include <gtest/gtest.h>

#include <set>

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

class Queue : public testing::TestWithParam<unsigned> {
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
    static unsigned queue_of_vector(unsigned vector) { return vector - 1; }

    sim::Machine machine_{machine_options(GetParam())};
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
            sim::QueuePair queue(machine_, 2, options);
            queue.start();
            std::uint32_t next = 0;
            std::uint32_t expected = 0;
            while (expected < 100) {
                while (queue.free_slots() != 0) queue.post(nop(next++));
                queue.ring_submission();
                ASSERT_EQ(queue.wait().cookie, expected++);
            }
            (void)queue.drain();
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
    std::uint32_t expected = 0;
    constexpr std::uint32_t total = 0x10000 + 1500;
    while (expected < total) {
        while (queue.free_slots() != 0 && next < total) queue.post(nop(next++));
        queue.ring_submission();
        machine_.run(20'000);
        while (const auto done = queue.poll()) ASSERT_EQ(done->cookie, expected++);
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
    sim::QueuePair queue(machine_, 1, options);
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
    for (std::uint32_t i = 0; i < 4; ++i) {
        EXPECT_EQ(machine_.memory().load<Completion>(queue.completion_address(static_cast<std::uint16_t>(i))).cookie,
                  100 + i);
    }
    // Room for one: exactly one more.
    ASSERT_EQ(queue.poll()->cookie, 100U);
    queue.ring_completion();
    machine_.run(2000);
    EXPECT_EQ(queue.read_register(page::completion_tail), 5U);
    EXPECT_TRUE(queue.status().stalled);
    for (std::uint32_t i = 1; i < 16; ++i) ASSERT_EQ(queue.wait().cookie, 100 + i);
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
            EXPECT_EQ(beats, GetParam() == 128 ? 2U : 1U);
        }
        machine_.set_observer(nullptr);
        queue.reset();
    }
}

TEST_P(Queue, PauseAndResumeLeaveOthersAlone) {
    sim::QueuePair paused(machine_, 0);
    sim::QueuePair other(machine_, 1);
    paused.start();
    other.start();
    for (unsigned i = 0; i < 10; ++i) {
        paused.post(request_.descriptor());
        other.post(request_.descriptor());
    }
    paused.ring_submission();
    other.ring_submission();
    machine_.run(700);
    paused.pause();
    EXPECT_EQ(paused.status().state, QueueState::paused);
    EXPECT_FALSE(paused.status().busy);
    const auto head = paused.read_register(page::submission_head);
    EXPECT_LT(head, 10U);
    EXPECT_EQ(other.drain().size(), 10U);
    EXPECT_EQ(paused.read_register(page::submission_head), head);
    EXPECT_EQ(paused.read_register(page::completion_tail), head) << "what was fetched has completed";
    paused.resume();
    EXPECT_EQ(paused.drain().size(), 10U);
}

TEST_P(Queue, ResetInFlightEndsAllDma) {
    sim::QueuePair victim(machine_, 0);
    sim::QueuePair other(machine_, 1);
    CipherRequest mine(machine_, CipherMode::ctr);
    mine.key(test_key).text(Bytes(2048, 0x99));
    other.start();
    std::mt19937_64 random(test_seed());
    for (unsigned round = 0; round < 60; ++round) {
        SCOPED_TRACE("round " + std::to_string(round));
        machine_.set_timing(round % 2 == 0 ? sim::MemoryTiming::ideal() : sim::MemoryTiming::random(random()));
        victim.start();
        for (unsigned i = 0; i < 3; ++i) victim.post(mine.descriptor());
        for (unsigned i = 0; i < 3; ++i) other.post(request_.descriptor());
        victim.ring_submission();
        other.ring_submission();
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
        for (const Completion& done : other.drain()) ASSERT_EQ(done.status, Status::ok);
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
    sim::QueuePair first(machine_, 0);
    sim::QueuePair second(machine_, 3);
    first.start();
    second.start();
    Descriptor load;
    load.opcode = contract::Opcode::context_load;
    load.context_reference = 7;
    load.source = request_.context_address();
    ASSERT_EQ(first.run(load).status, Status::ok);
    const auto loaded = [&] {
        return machine_.read_register(contract::context_page::at(contract::context_page::valid_low));
    };
    EXPECT_EQ(loaded(), 0x80U);
    for (unsigned i = 0; i < 4; ++i) {
        first.post(request_.descriptor());
        second.post(request_.descriptor());
    }
    first.ring_submission();
    second.ring_submission();
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
    EXPECT_EQ(first.status().state, QueueState::disabled);
    EXPECT_EQ(second.status().state, QueueState::disabled);
    EXPECT_EQ(machine_.read_register(global::at(global::engine_status)), 1U);
    second.start();
    EXPECT_EQ(second.run(request_.descriptor()).status, Status::ok);
}

TEST_P(Queue, InterruptAtEachCompletion) {
    sim::QueueOptions options;
    options.interrupt_enable = true;
    sim::QueuePair queue(machine_, 2, options);
    queue.start();
    for (unsigned i = 0; i < 5; ++i) {
        queue.submit(nop());
        machine_.run(500);
        const auto raised = machine_.take_interrupts();
        ASSERT_EQ(raised.size(), 1U);
        EXPECT_EQ(queue_of_vector(raised[0].vector), 2U);
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
    sim::QueuePair queue(machine_, 1, options);
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
        sim::QueuePair queue(machine_, round % 4, options);
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
    queue.start();
    // Each request decrypts what the one before it has encrypted, in place: only order makes the text come back.
    const Bytes text(512, 0xd7);
    CipherRequest stream(machine_, CipherMode::cbc);
    stream.key(test_key).text_in_place(text, sim::Shape::direct(512));
    for (unsigned i = 0; i < 10; ++i) {
        stream.decrypt(i % 2 == 1).fence(true).cookie(i);
        queue.post(stream.descriptor());
    }
    queue.ring_submission();
    std::uint32_t last_end = 0;
    for (const Completion& done : queue.drain()) {
        EXPECT_EQ(done.status, Status::ok);
        EXPECT_GE(done.start_cycle, last_end);
        last_end = done.end_cycle;
    }
    EXPECT_EQ(stream.output(), text);
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
        sim::Machine machine(machine_options(GetParam(), sim::MemoryTiming::random(99)));
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

INSTANTIATE_TEST_SUITE_P(All, Queue, testing::Values(128U, 256U), testing::PrintToStringParamName());

}  // namespace
}  // namespace cce::test
