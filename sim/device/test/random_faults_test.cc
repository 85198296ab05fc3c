// SPDX-License-Identifier: Apache-2.0

#include "device/random_faults.h"

#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>
#include <vector>

namespace cce::sim::device {
namespace {

/// Bursts of all kinds in turn, with an interrupt and an access after each; the fates of the bursts.
std::vector<unsigned> run(RandomFaults& faults, unsigned bursts, std::uint64_t cycles_a_burst = 1000) {
    std::vector<unsigned> fates;
    for (unsigned i = 0; i < bursts; ++i) {
        const RandomFaults::Fate fate = faults.burst(static_cast<AccessKind>(i % 6), i * cycles_a_burst, true);
        fates.push_back(fate.stall * 2 + (fate.bus_error ? 1 : 0));
        (void)faults.drop_interrupt();
        (void)faults.spurious_interrupt(5);
    }
    return fates;
}

std::uint64_t total(const RandomFaults& faults) {
    return std::accumulate(faults.counts().begin(), faults.counts().end(), std::uint64_t{0});
}

TEST(RandomFaultsTest, AllKindsComeAtTheMeanRate) {
    RandomFaults faults(RandomFaultOptions::parse("seed=3,mean=20,long=5000,stuck=9000"));
    (void)run(faults, 100'000);
    EXPECT_NEAR(static_cast<double>(total(faults)), 5000, 300);
    for (std::size_t i = 0; i < fault_kinds; ++i)
        EXPECT_GT(faults.counts().at(i), 0U) << name_of(static_cast<FaultKind>(i));
}

TEST(RandomFaultsTest, TheSeedDecides) {
    RandomFaults first(RandomFaultOptions::parse("seed=3,mean=5"));
    RandomFaults same(RandomFaultOptions::parse("seed=3,mean=5"));
    RandomFaults other(RandomFaultOptions::parse("seed=4,mean=5"));
    const std::vector<unsigned> fates = run(first, 1000);
    EXPECT_EQ(run(same, 1000), fates);
    EXPECT_NE(run(other, 1000), fates);
}

TEST(RandomFaultsTest, EndsAtItsCount) {
    RandomFaults faults(RandomFaultOptions::parse("mean=1,count=50,long=10,stuck=20"));
    (void)run(faults, 10'000, 100'000);
    EXPECT_EQ(total(faults), 50U);
}

TEST(RandomFaultsTest, LongStallsKeepTheirDistance) {
    RandomFaults faults(RandomFaultOptions::parse("mean=1,long=60000,stuck=60000,long-weight=900,stuck-weight=900"));
    std::uint64_t end = 0;
    unsigned stalls = 0;
    for (std::uint64_t cycle = 0; cycle < 2'000'000; cycle += 100) {
        const RandomFaults::Fate fate = faults.burst(AccessKind::source, cycle, false);
        EXPECT_FALSE(fate.bus_error);
        if (fate.stall < 60000) continue;
        EXPECT_GE(cycle, end);
        end = cycle + fate.stall;
        ++stalls;
    }
    EXPECT_GT(stalls, 5U);
}

TEST(RandomFaultsTest, LongStallsEndAfterTheirReset) {
    for (const ResetScope scope : {ResetScope::queue_pair, ResetScope::engine}) {
        for (const bool stuck : {false, true}) {
            RandomFaults faults(RandomFaultOptions::parse(
                stuck ? "mean=1,long=60000,stuck=60000,release=70,long-weight=0,stuck-weight=100000"
                      : "mean=1,long=60000,stuck=60000,release=70,long-weight=100000,stuck-weight=0"));
            EXPECT_FALSE(faults.ends_stall(0)) << "there is none";
            faults.reset_begins(ResetScope::engine);
            unsigned stall = 0;
            std::uint64_t cycle = 1000;
            while (stall < 60000 && cycle < 100'000) stall = faults.burst(AccessKind::source, cycle += 10, false).stall;
            ASSERT_EQ(stall, 60000U);
            EXPECT_FALSE(faults.ends_stall(cycle + 1)) << "the reset was before";
            faults.reset_begins(scope);
            // The reset of a queue pair is not enough for one that is stuck.
            const bool ends = scope == ResetScope::engine || !stuck;
            EXPECT_FALSE(faults.ends_stall(cycle + 10));
            EXPECT_FALSE(faults.ends_stall(cycle + 79));
            EXPECT_EQ(faults.ends_stall(cycle + 80), ends);
            EXPECT_FALSE(faults.ends_stall(cycle + 60000)) << "that is past its end";
        }
    }
}

TEST(RandomFaultsTest, WithoutReleaseAResetEndsNoStall) {
    RandomFaults faults(RandomFaultOptions::parse("mean=1,long=60000,stuck=60000,long-weight=100000"));
    unsigned stall = 0;
    std::uint64_t cycle = 0;
    while (stall < 60000 && cycle < 100'000) stall = faults.burst(AccessKind::source, cycle += 10, false).stall;
    ASSERT_EQ(stall, 60000U);
    faults.reset_begins(ResetScope::engine);
    EXPECT_FALSE(faults.ends_stall(cycle + 50'000));
}

TEST(RandomFaultsTest, NonsenseIsRefused) {
    for (const char* text : {"mean=0", "mean", "mean=", "seed=x", "seed=1x", "unknown=1", ",", "=1"}) {
        EXPECT_THROW((void)RandomFaultOptions::parse(text), std::invalid_argument) << text;
    }
}

}  // namespace
}  // namespace cce::sim::device
