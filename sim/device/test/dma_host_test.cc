// SPDX-License-Identifier: Apache-2.0

#include "device/dma_host.h"

#include <gtest/gtest.h>

#include <array>

#include "cce_contract.hpp"
#include "test_memory.h"

namespace cce::sim::device {
namespace {

class DmaHostTest : public testing::Test {
protected:
    static constexpr std::uint64_t inside = TestMemory::guest_base + 0x100;
    static constexpr std::uint64_t end = TestMemory::guest_base + TestMemory::bytes;
    static constexpr std::uint16_t latency = 7;

    void SetUp() override { host_.set_bus_master(true); }

    TestMemory memory_;
    FaultInjection injection_;
    FaultLog faults_;
    Statistics statistics_;
    DmaHost host_{memory_.memory(), injection_, faults_, statistics_, latency};
    std::array<std::uint8_t, 16> beat_{};
};

TEST_F(DmaHostTest, WritesOnlyStrobedBytes) {
    beat_.fill(0xaa);
    std::array<std::uint8_t, 16> strobe{};
    strobe[1] = strobe[2] = strobe[15] = 1;
    EXPECT_TRUE(host_.write(inside, beat_, strobe));
    EXPECT_TRUE(host_.read(inside, beat_));
    EXPECT_EQ(beat_, (std::array<std::uint8_t, 16>{0, 0xaa, 0xaa, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xaa}));
    EXPECT_EQ(statistics_.bytes_written, 3U);
    EXPECT_EQ(faults_.count(), 0U);
}

TEST_F(DmaHostTest, OutsideMemoryIsAFaultUnlessNotStrobed) {
    std::array<std::uint8_t, 16> strobe{};
    strobe[0] = 1;
    EXPECT_TRUE(host_.write(end - 8, beat_, strobe));
    strobe[15] = 1;
    EXPECT_FALSE(host_.write(end - 8, beat_, strobe));
    EXPECT_FALSE(host_.read(end - 8, beat_));
    EXPECT_EQ(faults_.count(), 2U);
    EXPECT_NE(faults_.first()[0].find("write of 1 bytes"), std::string::npos) << faults_.first()[0];
}

TEST_F(DmaHostTest, WithoutBusMasteringNothingMoves) {
    host_.set_bus_master(false);
    EXPECT_FALSE(host_.read(inside, beat_));
    EXPECT_EQ(faults_.count(), 1U);
}

TEST_F(DmaHostTest, AnInjectedBusErrorHitsItsBurstAndIsNoFault) {
    injection_.add("bus-error@2");
    const Burst first{Direction::read, inside, 2, 16, 0, 0};
    const Burst second{Direction::read, inside + 32, 2, 16, 0, 0};
    EXPECT_EQ(host_.schedule(first).beat_wait[0], latency);
    (void)host_.schedule(second);
    EXPECT_TRUE(host_.read(inside, beat_));
    EXPECT_TRUE(host_.read(inside + 16, beat_));
    EXPECT_FALSE(host_.read(inside + 32, beat_));
    EXPECT_FALSE(host_.read(inside + 48, beat_));
    EXPECT_TRUE(host_.read(inside + 32, beat_)) << "the same address in a later burst";
    EXPECT_EQ(faults_.count(), 0U);
}

TEST_F(DmaHostTest, GivesMemoryItselfOnlyWhereNoBeatWouldFail) {
    const std::span<std::uint8_t> memory = host_.direct(Direction::write, inside, 64);
    ASSERT_EQ(memory.size(), 64U);
    memory[17] = 0x5a;
    EXPECT_TRUE(host_.read(inside + 16, beat_));
    EXPECT_EQ(beat_[1], 0x5a);
    EXPECT_TRUE(host_.direct(Direction::read, end - 63, 64).empty());
    EXPECT_EQ(statistics_.bytes_read, beat_.size());
    host_.moved_directly(Direction::read, 64);
    host_.moved_directly(Direction::write, 32);
    EXPECT_EQ(statistics_.bytes_read, beat_.size() + 64);
    EXPECT_EQ(statistics_.bytes_written, 32U);

    host_.set_bus_master(false);
    EXPECT_TRUE(host_.direct(Direction::read, inside, 64).empty());
    host_.set_bus_master(true);
    injection_.add("bus-error@1");
    (void)host_.schedule({Direction::read, inside, 2, 16, 0, 0});
    EXPECT_TRUE(host_.direct(Direction::read, inside, 32).empty());
    EXPECT_FALSE(host_.read(inside, beat_));
    EXPECT_FALSE(host_.read(inside + 16, beat_));
    EXPECT_FALSE(host_.direct(Direction::read, inside, 32).empty());
    EXPECT_EQ(faults_.count(), 0U);
}

TEST_F(DmaHostTest, RandomFaultsHitTheKindsOfAccess) {
    injection_.add("random:mean=2,long=3000,stuck=4000");
    const Burst burst{Direction::write, inside, 1, 16, 0, 0};
    std::array<std::uint8_t, 16> strobe{};
    strobe.fill(1);
    unsigned failed = 0;
    for (unsigned i = 0; i < 2000; ++i) {
        (void)host_.schedule(burst);
        failed += host_.write(inside, beat_, strobe) ? 0 : 1;
        host_.interrupt(1, i);
        host_.guest_acted(i, 5);
    }
    const auto count = [&](FaultKind kind) { return injection_.random()->counts().at(static_cast<std::size_t>(kind)); };
    EXPECT_EQ(failed, count(FaultKind::bus_error_destination));
    EXPECT_GT(failed, 50U);
    EXPECT_EQ(count(FaultKind::bus_error_source), 0U) << "there was no read";
    EXPECT_GT(count(FaultKind::interrupt_lost), 50U);
    EXPECT_EQ(host_.edges().size(), 2000 - count(FaultKind::interrupt_lost) + count(FaultKind::interrupt_spurious));
    EXPECT_EQ(faults_.count(), 0U);
}

TEST_F(DmaHostTest, AResetEndsTheStallThatItIsMeantFor) {
    namespace page = contract::queue_page;
    injection_.add("random:mean=1,long=60000,stuck=70000,release=5,long-weight=0,stuck-weight=100000");
    const Burst burst{Direction::read, inside, 1, 16, 0, 0};
    unsigned wait = 0;
    for (unsigned i = 0; wait < 70000 && i < 10000; ++i) wait = host_.schedule(burst).address_wait;
    ASSERT_GE(wait, 70000U);
    host_.register_written(page::at(page::control, 1), page::control_reset.put(1));
    EXPECT_FALSE(host_.ends_address_wait(10));
    EXPECT_FALSE(host_.ends_address_wait(20)) << "the reset of a queue pair is not enough";
    host_.register_written(contract::global_page::control, 0);
    EXPECT_FALSE(host_.ends_address_wait(30)) << "that was none";
    host_.register_written(contract::global_page::control, contract::global_page::control_reset.put(1));
    EXPECT_FALSE(host_.ends_address_wait(40));
    EXPECT_FALSE(host_.ends_address_wait(44));
    EXPECT_TRUE(host_.ends_address_wait(45));
}

TEST_F(DmaHostTest, StallsAndDropsOnRequest) {
    injection_.add("stall-memory@2+9");
    injection_.add("drop-interrupt@1");
    const Burst burst{Direction::write, inside, 1, 16, 0, 0};
    EXPECT_EQ(host_.schedule(burst).address_wait, 0U);
    EXPECT_EQ(host_.schedule(burst).address_wait, 9U);
    EXPECT_EQ(host_.schedule(burst).response_wait, latency);
    host_.interrupt(1, 10);
    host_.interrupt(2, 20);
    ASSERT_EQ(host_.edges().size(), 1U);
    EXPECT_EQ(host_.edges().front().vector, 2U);
}

}  // namespace
}  // namespace cce::sim::device
