// SPDX-License-Identifier: Apache-2.0
//
// The in-process machine itself: memory, timing, options.

#include <gtest/gtest.h>

#include <numeric>

#include "support.h"

namespace cce::test {
namespace {

using sim::Direction;
using sim::HostMemory;

TEST(HostMemory, SoftwareAccessIsCheckedToTheByte) {
    HostMemory memory;
    const std::uint64_t base = memory.allocate(100, 4096, "buffer");
    EXPECT_EQ(base % 4096, 0U);
    EXPECT_GT(base, std::uint64_t{1} << 32) << "addresses need more than 32 bits";
    EXPECT_NO_THROW((void)memory.view(base, 100));
    EXPECT_THROW((void)memory.view(base, 101), std::out_of_range);
    EXPECT_THROW((void)memory.view(base + 100, 1), std::out_of_range);
    EXPECT_THROW((void)memory.view(base - 1, 1), std::out_of_range);
    EXPECT_THROW(memory.allocate_at(base + 50, 8), std::invalid_argument);
    EXPECT_THROW(memory.allocate_at(~std::uint64_t{0} - 10, 8), std::invalid_argument);
    memory.release(base);
    EXPECT_THROW((void)memory.view(base, 1), std::out_of_range);
    EXPECT_NE(memory.allocate(100, 4096), base) << "no address twice";
}

TEST(HostMemory, DeviceAccess) {
    HostMemory memory;
    const std::uint64_t base = memory.allocate(24);
    Bytes beat(16);
    const Bytes all(16, 1);
    Bytes half(16, 0);
    std::fill_n(half.begin(), 8, std::uint8_t{1});
    // A read may reach over the end, a write may not, but for bytes without a strobe.
    EXPECT_TRUE(memory.device_read(base + 16, beat));
    EXPECT_EQ(beat[7], 0U);
    EXPECT_EQ(beat[8], HostMemory::guard_pattern);
    EXPECT_TRUE(memory.device_write(base + 16, beat, half));
    EXPECT_TRUE(memory.faults().empty());
    EXPECT_FALSE(memory.device_write(base + 16, beat, all));
    EXPECT_FALSE(memory.device_read(base + 32, beat));
    EXPECT_FALSE(memory.device_read(base - 64, beat));
    ASSERT_EQ(memory.faults().size(), 3U);
    EXPECT_EQ(memory.faults()[1].address, base + 32);
    EXPECT_NE(memory.stray_access(), nullptr);
    memory.clear_faults();
    memory.inject_error(Direction::write, base + 3, 1);
    EXPECT_TRUE(memory.device_read(base, beat));
    EXPECT_FALSE(memory.device_write(base, beat, all));
    EXPECT_EQ(memory.stray_access(), nullptr);
    memory.clear_errors();
    EXPECT_TRUE(memory.device_write(base, beat, all));
}

TEST(MemoryTiming, SameSeedSameTiming) {
    auto first = sim::MemoryTiming::random(5);
    auto second = sim::MemoryTiming::random(5);
    sim::Burst burst;
    burst.beats = 16;
    unsigned waits = 0;
    for (unsigned i = 0; i < 200; ++i) {
        const auto a = first.schedule(burst);
        const auto b = second.schedule(burst);
        EXPECT_EQ(a.address_wait, b.address_wait);
        EXPECT_EQ(a.beat_wait, b.beat_wait);
        EXPECT_EQ(a.response_wait, b.response_wait);
        waits += a.address_wait + std::accumulate(a.beat_wait.begin(), a.beat_wait.end(), 0U);
    }
    EXPECT_GT(waits, 100U);
}

TEST(Machine, UnknownEngineAndWidth) {
    sim::MachineOptions options;
    options.engine = "steam";
    EXPECT_THROW(sim::Machine{options}, std::invalid_argument);
    sim::MachineOptions narrow;
    narrow.engine_options.data_width = 64;
    EXPECT_THROW(sim::Machine{narrow}, std::invalid_argument);
}

TEST(Machine, WavesOnRequest) {
    sim::MachineOptions options;
    options.engine_options.trace_path = testing::TempDir() + "cce_harness_test.fst";
    try {
        sim::Machine machine(options);
        machine.run(10);
    } catch (const std::invalid_argument& error) {
        EXPECT_STREQ(error.what(), "this build has no wave tracing; configure with -DCCE_TRACE=ON");
    }
}

TEST(Machine, WaitingForeverIsAnError) {
    sim::Machine machine;
    EXPECT_THROW(machine.run_until([] { return false; }, "miracle", 1000), sim::MachineError);
}

TEST(QueuePair, FullRingIsAnError) {
    sim::Machine machine;
    sim::QueueOptions options;
    options.submission_log2 = 1;
    sim::QueuePair queue(machine, 0, options);
    queue.start();
    queue.post({});
    queue.post({});
    EXPECT_EQ(queue.free_slots(), 0U);
    EXPECT_THROW(queue.post({}), sim::MachineError);
}

}  // namespace
}  // namespace cce::test
