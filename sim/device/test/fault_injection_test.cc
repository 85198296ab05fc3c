// SPDX-License-Identifier: Apache-2.0

#include "device/fault_injection.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "cce_contract.hpp"

namespace cce::sim::device {
namespace {

TEST(FaultInjectionTest, NothingHappensUnasked) {
    const FaultInjection none;
    EXPECT_EQ(none.memory_stall(1), 0U);
    EXPECT_FALSE(none.bus_error(1));
    EXPECT_FALSE(none.drop_interrupt(1));
    EXPECT_FALSE(none.vanished(1));
}

TEST(FaultInjectionTest, FaultsAddUp) {
    FaultInjection injection;
    for (const char* text : {"stall-memory@3+100", "drop-interrupt@2", "bus-error@5", "vanish@9"}) injection.add(text);
    EXPECT_EQ(injection.memory_stall(2), 0U);
    EXPECT_EQ(injection.memory_stall(3), 100U);
    EXPECT_EQ(injection.memory_stall(4), 100U);
    EXPECT_TRUE(injection.drop_interrupt(2));
    EXPECT_FALSE(injection.drop_interrupt(3));
    EXPECT_TRUE(injection.bus_error(5));
    EXPECT_FALSE(injection.bus_error(6));
    EXPECT_FALSE(injection.vanished(8));
    EXPECT_TRUE(injection.vanished(9));
    EXPECT_TRUE(injection.vanished(10));
}

TEST(FaultInjectionTest, AStallWithoutCyclesIsForEver) {
    FaultInjection injection;
    injection.add("stall-memory@1");
    EXPECT_EQ(injection.memory_stall(1), std::numeric_limits<unsigned>::max());
}

TEST(FaultInjectionTest, AStallMayHitOneBurstAlone) {
    FaultInjection injection;
    injection.add("stall-once@3+100");
    EXPECT_EQ(injection.memory_stall(2), 0U);
    EXPECT_EQ(injection.memory_stall(3), 100U);
    EXPECT_EQ(injection.memory_stall(4), 0U);
}

TEST(FaultInjectionTest, FaultsAtRandomAreThereOnlyIfAskedFor) {
    FaultInjection injection;
    EXPECT_EQ(injection.random(), nullptr);
    injection.add("random:seed=2,mean=10");
    EXPECT_NE(injection.random(), nullptr);
    EXPECT_THROW(injection.add("random:mean=0"), std::invalid_argument);
}

TEST(FaultInjectionTest, RegistersMayAnswerOtherwise) {
    FaultInjection injection;
    namespace global = contract::global_page;
    injection.add("answer:algorithms=aes_ecb+aes_256");
    injection.add("answer:geometry=0xffffffff");
    injection.add("answer:version=12");
    EXPECT_EQ(injection.answer(global::at(global::algorithms)),
              global::algorithms_aes_ecb.put(1) | global::algorithms_aes_256.put(1));
    EXPECT_EQ(injection.answer(global::at(global::geometry)), 0xffffffffU);
    EXPECT_EQ(injection.answer(global::at(global::version)), 12U);
    EXPECT_EQ(injection.answer(global::at(global::identification)), std::nullopt);
    for (const char* text : {"answer:", "answer:version", "answer:version=", "answer:=8", "answer:unknown=1",
                             "answer:version=0x", "answer:version=1x", "answer:algorithms=aes_ecb+", "answer:version=-1"}) {
        EXPECT_THROW(injection.add(text), std::invalid_argument) << text;
    }
}

TEST(FaultInjectionTest, NonsenseIsRefused) {
    for (const char* text : {"", "@", "vanish", "vanish@", "vanish@0", "vanish@x", "vanish@1x", "vanish@-1",
                             "vanish@1+2", "stall-memory@1+", "stall-memory@1+0", "stall-memory@+1", "unknown@1"}) {
        EXPECT_THROW(FaultInjection().add(text), std::invalid_argument) << text;
    }
}

}  // namespace
}  // namespace cce::sim::device
