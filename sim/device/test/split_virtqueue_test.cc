// SPDX-License-Identifier: Apache-2.0

#include "device/split_virtqueue.h"

#include <gtest/gtest.h>

#include "device/errors.h"
#include "test_memory.h"

namespace cce::sim::device {
namespace {

struct Descriptor {
    std::uint64_t address;
    std::uint32_t length;
    std::uint16_t flags;
    std::uint16_t next;
};

constexpr std::uint16_t next = 1;
constexpr std::uint16_t device_writes = 2;
constexpr std::uint16_t indirect = 4;

class SplitVirtqueueTest : public testing::Test {
protected:
    static constexpr std::uint16_t size = 4;
    static constexpr std::uint64_t available = 0x1000;
    static constexpr std::uint64_t used = 0x2000;
    static constexpr std::uint64_t buffers = TestMemory::guest_base + 0x4000;

    void SetUp() override {
        queue_.set_size(size);
        queue_.set_addresses(TestMemory::user_base, TestMemory::user_base + available, TestMemory::user_base + used);
        queue_.set_enabled(true);
    }
    void describe(unsigned index, const Descriptor& descriptor) { memory_.store(16ULL * index, descriptor); }
    void offer(std::uint16_t head) {
        memory_.store(available + 4 + 2 * (offered_ % size), head);
        memory_.store(available + 2, ++offered_);
    }
    void expect_refused(const char* text) {
        try {
            (void)queue_.take();
            FAIL() << "not refused";
        } catch (const ProtocolError& error) {
            EXPECT_NE(std::string(error.what()).find(text), std::string::npos) << error.what();
        }
    }

    TestMemory memory_;
    SplitVirtqueue queue_{memory_.memory(), "test"};
    std::uint16_t offered_ = 0;
};

TEST_F(SplitVirtqueueTest, AChainGoesThereAndBack) {
    memory_.store(0x4000, std::uint32_t{0x1234});
    describe(2, {buffers, 4, next, 0});
    describe(0, {buffers + 8, 2, next | device_writes, 3});
    describe(3, {buffers + 16, 2, device_writes, 0});
    EXPECT_FALSE(queue_.take());
    offer(2);
    const auto chain = queue_.take();
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->request.size(), 4U);
    EXPECT_EQ(chain->answer_bytes, 4U);
    const std::uint32_t answer = 0xaabb'ccdd;
    chain->write(std::as_bytes(std::span(&answer, 1)));
    queue_.put(*chain, 4);
    EXPECT_EQ(memory_.load<std::uint16_t>(0x4008), 0xccdd);
    EXPECT_EQ(memory_.load<std::uint16_t>(0x4010), 0xaabb);
    EXPECT_EQ(memory_.load<std::uint16_t>(used + 2), 1);
    EXPECT_EQ(memory_.load<std::uint32_t>(used + 4), 2U);
    EXPECT_EQ(memory_.load<std::uint32_t>(used + 8), 4U);
    EXPECT_FALSE(queue_.take());
}

TEST_F(SplitVirtqueueTest, IndicesWrap) {
    queue_.set_base(0xfffe);
    offered_ = 0xfffe;
    memory_.store(available + 2, offered_);
    describe(0, {buffers, 4, 0, 0});
    for (int i = 0; i < 5; ++i) {
        offer(0);
        EXPECT_TRUE(queue_.take());
    }
    EXPECT_EQ(queue_.base(), 3);
}

TEST_F(SplitVirtqueueTest, AnAnswerMustFit) {
    describe(0, {buffers, 2, device_writes, 0});
    offer(0);
    const auto chain = queue_.take();
    ASSERT_TRUE(chain);
    EXPECT_THROW(chain->write(std::vector<std::byte>(3)), ProtocolError);
}

TEST_F(SplitVirtqueueTest, RefusesALoop) {
    describe(0, {buffers, 4, next, 1});
    describe(1, {buffers, 4, next, 0});
    offer(0);
    expect_refused("loops");
}

TEST_F(SplitVirtqueueTest, RefusesAHeadOrALinkBeyondTheTable) {
    offer(size);
    expect_refused("beyond the table");
    describe(1, {buffers, 4, next, 0xffff});
    offer(1);
    expect_refused("beyond the table");
}

TEST_F(SplitVirtqueueTest, RefusesBuffersOutsideMemory) {
    constexpr std::uint64_t end = TestMemory::guest_base + TestMemory::bytes;
    constexpr std::uint64_t top = ~std::uint64_t{0};
    for (const Descriptor& bad :
         {Descriptor{0, 4, 0, 0}, Descriptor{end - 2, 4, 0, 0}, Descriptor{end, 1, 0, 0}, Descriptor{top - 1, 4, 0, 0},
          Descriptor{buffers, 0xffff'ffff, 0, 0}, Descriptor{buffers, 0, 0, 0}}) {
        describe(0, bad);
        offer(0);
        expect_refused("outside the guest's memory");
    }
}

TEST_F(SplitVirtqueueTest, RefusesWhatWasNotNegotiated) {
    describe(0, {buffers, 16, indirect, 0});
    offer(0);
    expect_refused("indirect");
    describe(0, {buffers, 4, next | device_writes, 1});
    describe(1, {buffers, 4, 0, 0});
    offer(0);
    expect_refused("behind a writable");
}

TEST_F(SplitVirtqueueTest, RefusesARunawayIndex) {
    memory_.store(available + 2, std::uint16_t{size + 1});
    expect_refused("more than the ring ahead");
}

TEST_F(SplitVirtqueueTest, RefusesBadRings) {
    SplitVirtqueue queue(memory_.memory(), "bad");
    EXPECT_THROW(queue.set_addresses(TestMemory::user_base, TestMemory::user_base, TestMemory::user_base),
                 ProtocolError);
    for (const std::uint32_t entries : {0U, 3U, 65536U}) EXPECT_THROW(queue.set_size(entries), ProtocolError);
    EXPECT_THROW(queue.set_base(0x1'0000), ProtocolError);
    queue.set_size(size);
    constexpr std::uint64_t good = TestMemory::user_base;
    constexpr std::uint64_t end = good + TestMemory::bytes;
    EXPECT_THROW(queue.set_addresses(good + 8, good, good), ProtocolError);
    EXPECT_THROW(queue.set_addresses(good, good + 1, good), ProtocolError);
    EXPECT_THROW(queue.set_addresses(good, good, good + 2), ProtocolError);
    EXPECT_THROW(queue.set_addresses(end - 48, good, good), ProtocolError);
    EXPECT_THROW(queue.set_addresses(good, end - 4, good), ProtocolError);
    EXPECT_THROW(queue.set_addresses(good, good, ~std::uint64_t{3}), ProtocolError);
}

TEST_F(SplitVirtqueueTest, StopsWhenTheMemoryTableGoes) {
    describe(0, {buffers, 4, 0, 0});
    offer(0);
    queue_.forget();
    EXPECT_FALSE(queue_.take());
}

}  // namespace
}  // namespace cce::sim::device
