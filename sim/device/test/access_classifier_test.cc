// SPDX-License-Identifier: Apache-2.0

#include "device/access_classifier.h"

#include <gtest/gtest.h>

#include "cce_contract.hpp"
#include "test_memory.h"

namespace cce::sim::device {
namespace {

class AccessClassifierTest : public testing::Test {
protected:
    static constexpr std::uint64_t base = TestMemory::guest_base;
    static constexpr std::uint64_t submission = 0x1000;  // these are offsets
    static constexpr std::uint64_t completion = 0x2000;
    static constexpr std::uint64_t context = 0x3000;
    static constexpr std::uint64_t source_list = 0x4000;
    static constexpr std::uint64_t destination = 0x5000;
    static constexpr std::uint64_t text = 0x6000;

    void SetUp() override {
        namespace page = contract::queue_page;
        classifier_.register_written(page::at(page::submission_base_low, 1), base + submission);
        classifier_.register_written(page::at(page::completion_base_low, 1), base + completion);
        classifier_.register_written(page::at(page::ring_size, 1), 2 | 3 << 8);
        contract::Descriptor descriptor;
        descriptor.context_reference = base + context;
        descriptor.flags = contract::Descriptor::flags_source_list;
        descriptor.source = base + source_list;
        descriptor.destination = base + destination;
        memory_.store(submission + 64, descriptor);
        for (std::uint64_t i = 0; i < 5; ++i) {
            contract::ListEntry entry{.address = base + text, .length = 16};
            if (i == 4) entry.flags = contract::ListEntry::flags_last;
            memory_.store(source_list + i * sizeof entry, entry);
        }
    }

    AccessKind read(std::uint64_t offset, unsigned beats = 4) {
        return classifier_.classify({Direction::read, base + offset, beats, 16, 0, 0});
    }
    AccessKind write(std::uint64_t offset) {
        return classifier_.classify({Direction::write, base + offset, 2, 16, 0, 0});
    }

    TestMemory memory_;
    AccessClassifier classifier_{memory_.memory()};
};

TEST_F(AccessClassifierTest, RingsAreWhereTheRegistersSay) {
    EXPECT_EQ(read(submission), AccessKind::descriptor);
    EXPECT_EQ(read(submission + 3 * 64), AccessKind::descriptor);
    EXPECT_EQ(read(submission + 4 * 64), AccessKind::source) << "behind the ring";
    EXPECT_EQ(write(completion + 7 * 32), AccessKind::completion);
    EXPECT_EQ(write(completion + 8 * 32), AccessKind::destination) << "behind the ring";
    EXPECT_EQ(write(submission), AccessKind::destination);
}

TEST_F(AccessClassifierTest, DescriptorsTellTheRest) {
    EXPECT_EQ(read(context), AccessKind::source) << "no descriptor has been read yet";
    EXPECT_EQ(read(submission + 64), AccessKind::descriptor);
    EXPECT_EQ(read(context), AccessKind::context);
    EXPECT_EQ(read(context + 64), AccessKind::context) << "second unit";
    EXPECT_EQ(read(source_list), AccessKind::list);
    EXPECT_EQ(read(source_list + 64), AccessKind::list) << "the unit of the fifth entry";
    EXPECT_EQ(read(source_list + 128), AccessKind::source);
    EXPECT_EQ(read(text), AccessKind::source);
    EXPECT_EQ(write(destination), AccessKind::destination);
}

TEST_F(AccessClassifierTest, OneBurstMayReadSeveralDescriptors) {
    EXPECT_EQ(read(submission, 8), AccessKind::descriptor);
    EXPECT_EQ(read(context), AccessKind::context);
}

TEST_F(AccessClassifierTest, AResetQueuePairHasForgottenItsDescriptors) {
    namespace page = contract::queue_page;
    EXPECT_EQ(read(submission + 64), AccessKind::descriptor);
    classifier_.register_written(page::at(page::control, 1), page::control_reset.put(1));
    EXPECT_EQ(read(context), AccessKind::source);
}

}  // namespace
}  // namespace cce::sim::device
