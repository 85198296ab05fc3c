// SPDX-License-Identifier: Apache-2.0

#include "device/msix.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "device/pci_function.h"

namespace cce::sim::device {
namespace {

constexpr unsigned vectors = 40;

class MsixTest : public testing::Test {
protected:
    void program(unsigned vector, std::uint32_t data, bool masked) {
        const std::array<std::uint32_t, 4> entry{0xfee0'0000, 0, data, masked ? 1U : 0U};
        ASSERT_TRUE(msix_.write(16ULL * vector, std::as_bytes(std::span(entry))));
    }
    void mask(unsigned vector, bool masked) {
        const std::uint32_t control = masked ? 1 : 0;
        ASSERT_TRUE(msix_.write(16ULL * vector + 12, std::as_bytes(std::span(&control, 1))));
    }
    std::uint32_t read(std::uint64_t offset) {
        std::uint32_t value = 0;
        msix_.read(offset, std::as_writable_bytes(std::span(&value, 1)));
        return value;
    }
    const MsixMessage message_{0xfee0'0000, 77};
    Msix msix_{vectors};
};

TEST_F(MsixTest, EveryVectorIsMaskedAfterReset) {
    for (unsigned i = 0; i < vectors; ++i) EXPECT_EQ(read(16ULL * i + 12), 1U);
}

TEST_F(MsixTest, AnUnmaskedEdgeIsOneMessage) {
    msix_.set_gates(true, true);
    program(3, 77, false);
    msix_.raise(3);
    EXPECT_EQ(msix_.take_messages(), std::vector{message_});
    EXPECT_TRUE(msix_.take_messages().empty());
}

TEST_F(MsixTest, EdgesOfAMaskedVectorWaitAsOnePendingBit) {
    msix_.set_gates(true, true);
    program(35, 77, true);
    msix_.raise(35);
    msix_.raise(35);
    EXPECT_TRUE(msix_.take_messages().empty());
    EXPECT_EQ(read(PciFunction::msix_pending_offset), 0U);
    EXPECT_EQ(read(PciFunction::msix_pending_offset + 4), 1U << 3U);
    mask(35, false);
    EXPECT_EQ(msix_.take_messages(), std::vector{message_});
    EXPECT_FALSE(msix_.pending(35));
}

TEST_F(MsixTest, TheFunctionMaskHoldsEverythingBack) {
    msix_.set_gates(true, false);
    program(0, 77, false);
    msix_.raise(0);
    EXPECT_TRUE(msix_.take_messages().empty());
    msix_.set_gates(true, true);
    EXPECT_EQ(msix_.take_messages(), std::vector{message_});
}

TEST_F(MsixTest, AnEdgeWithoutMsixEnabledIsLost) {
    program(0, 77, false);
    msix_.raise(0);
    msix_.set_gates(true, true);
    EXPECT_TRUE(msix_.take_messages().empty());
    EXPECT_EQ(msix_.lost(), 1U);
}

TEST_F(MsixTest, PendingBitsAreReadOnlyAndPartialWordsAreRefused) {
    const std::uint32_t ones = 0xffff'ffff;
    EXPECT_TRUE(msix_.write(PciFunction::msix_pending_offset, std::as_bytes(std::span(&ones, 1))));
    EXPECT_EQ(read(PciFunction::msix_pending_offset), 0U);
    EXPECT_FALSE(msix_.write(2, std::as_bytes(std::span(&ones, 1))));
    EXPECT_FALSE(msix_.write(0, std::as_bytes(std::span(&ones, 1)).first(2)));
}

}  // namespace
}  // namespace cce::sim::device
