// SPDX-License-Identifier: Apache-2.0

#include "device/pci_function.h"

#include <gtest/gtest.h>

#include "cce_contract.hpp"

namespace cce::sim::device {
namespace {

class PciFunctionTest : public testing::Test {
protected:
    template <typename T>
    T read(std::uint64_t offset) const {
        T value{};
        function_.read(offset, std::as_writable_bytes(std::span(&value, 1)));
        return value;
    }
    template <typename T>
    void write(std::uint64_t offset, T value) {
        function_.write(offset, std::as_bytes(std::span(&value, 1)));
    }
    PciFunction function_{5};
};

TEST_F(PciFunctionTest, SaysWhatItIs) {
    EXPECT_EQ(read<std::uint16_t>(0), contract::pci_vendor);
    EXPECT_EQ(read<std::uint16_t>(2), contract::pci_device);
    EXPECT_EQ(read<std::uint8_t>(0xb), 0x10) << "encryption controller";
    EXPECT_EQ(read<std::uint8_t>(0x3d), 0) << "no interrupt pin";
    EXPECT_EQ(read<std::uint32_t>(0x100), 0xffff'ffff) << "no extended space";
    EXPECT_EQ(read<std::uint64_t>(~std::uint64_t{3}), ~std::uint64_t{0});
}

TEST_F(PciFunctionTest, BarsAreSizedByWritingOnes) {
    for (std::uint64_t bar = 0x10; bar <= 0x24; bar += 4) write<std::uint32_t>(bar, 0xffff'ffff);
    EXPECT_EQ(read<std::uint32_t>(0x10), 0xfff0'0000);
    EXPECT_EQ(read<std::uint32_t>(0x14), 0U);
    EXPECT_EQ(read<std::uint32_t>(0x18), 0xffff'f000);
    EXPECT_EQ(read<std::uint32_t>(0x1c), 0U);
    write<std::uint32_t>(0x10, 0xf010'0000);
    EXPECT_EQ(read<std::uint32_t>(0x10), 0xf010'0000);
}

TEST_F(PciFunctionTest, TheCommandRegisterGates) {
    EXPECT_FALSE(function_.memory_enabled());
    EXPECT_FALSE(function_.bus_master());
    write<std::uint16_t>(4, 0x6);
    EXPECT_TRUE(function_.memory_enabled());
    EXPECT_TRUE(function_.bus_master());
    write<std::uint16_t>(4, 0x1);
    EXPECT_EQ(read<std::uint16_t>(4), 0) << "there is no I/O space to enable";
}

TEST_F(PciFunctionTest, TheMsixCapabilityNamesItsVectors) {
    const auto at = read<std::uint8_t>(0x34);
    EXPECT_EQ(read<std::uint8_t>(at), 0x11);
    EXPECT_EQ(read<std::uint8_t>(at + 1), 0) << "the only capability";
    EXPECT_EQ(read<std::uint16_t>(at + 2), 4) << "vectors - 1";
    EXPECT_EQ(read<std::uint32_t>(at + 4), PciFunction::msix_table_offset | 2);
    EXPECT_EQ(read<std::uint32_t>(at + 8), PciFunction::msix_pending_offset | 2);
    write<std::uint16_t>(at + 2, 0xffff);
    EXPECT_EQ(read<std::uint16_t>(at + 2), 0xc004);
    EXPECT_TRUE(function_.msix_enabled());
    EXPECT_TRUE(function_.msix_function_masked());
}

}  // namespace
}  // namespace cce::sim::device
