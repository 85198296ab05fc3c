// SPDX-License-Identifier: Apache-2.0

#include "device/pci_endpoint.h"

#include <gtest/gtest.h>
#include <linux/virtio_pcidev.h>

#include <algorithm>
#include <cstring>

#include "device/errors.h"
#include "device/guest_memory.h"
#include "fake_engine.h"

namespace cce::sim::device {
namespace {

class PciEndpointTest : public testing::Test {
protected:
    static std::vector<std::byte> command(std::uint8_t operation, std::uint8_t bar, std::uint64_t address,
                                          std::uint32_t size, std::span<const std::byte> data = {}) {
        std::vector<std::byte> bytes(sizeof(virtio_pcidev_msg) + data.size());
        bytes[0] = std::byte{operation};
        bytes[1] = std::byte{bar};
        std::memcpy(&bytes[4], &size, sizeof size);
        std::memcpy(&bytes[8], &address, sizeof address);
        std::copy(data.begin(), data.end(), bytes.begin() + sizeof(virtio_pcidev_msg));
        return bytes;
    }
    std::uint32_t read(std::uint8_t operation, std::uint8_t bar, std::uint64_t address) {
        std::uint32_t value = 0;
        const auto answer = endpoint_.execute(command(operation, bar, address, sizeof value), sizeof value);
        EXPECT_EQ(answer.size(), sizeof value);
        std::memcpy(&value, answer.data(), sizeof value);
        return value;
    }
    void write(std::uint8_t operation, std::uint8_t bar, std::uint64_t address, std::uint32_t value) {
        const auto data = std::as_bytes(std::span(&value, 1));
        EXPECT_TRUE(endpoint_.execute(command(operation, bar, address, sizeof value, data), 0).empty());
    }
    void enable() { write(VIRTIO_PCIDEV_OP_CFG_WRITE, 0, 4, 0x6); }

    GuestMemory memory_;
    FaultInjection injection_;
    FaultLog faults_;
    Statistics statistics_;
    DmaHost host_{memory_, injection_, faults_, statistics_, 0};
    FakeEngine engine_{host_};
    RegisterWindow window_{engine_, injection_, faults_, statistics_};
    PciEndpoint endpoint_{window_, host_, faults_, statistics_, 5};
};

TEST_F(PciEndpointTest, RegistersAnswerOnceMemoryIsEnabled) {
    EXPECT_EQ(read(VIRTIO_PCIDEV_OP_MMIO_READ, 0, 0), 0xffff'ffff);
    EXPECT_EQ(faults_.count(), 1U);
    enable();
    EXPECT_EQ(read(VIRTIO_PCIDEV_OP_MMIO_READ, 0, 0), contract::identification_value);
    EXPECT_EQ(faults_.count(), 1U);
}

TEST_F(PciEndpointTest, ThereIsNothingElse) {
    enable();
    EXPECT_EQ(read(VIRTIO_PCIDEV_OP_MMIO_READ, 1, 0), 0xffff'ffff);
    EXPECT_EQ(read(VIRTIO_PCIDEV_OP_MMIO_READ, 2, PciFunction::msix_bar_bytes - 2), 0xffff'ffff);
    EXPECT_EQ(read(VIRTIO_PCIDEV_OP_MMIO_READ, 2, ~std::uint64_t{1}), 0xffff'ffff);
    EXPECT_EQ(faults_.count(), 3U);
}

TEST_F(PciEndpointTest, AnInterruptBecomesACommand) {
    enable();
    write(VIRTIO_PCIDEV_OP_MMIO_WRITE, 2, 16 + 8, 42);
    write(VIRTIO_PCIDEV_OP_MMIO_WRITE, 2, 16 + 12, 0);
    write(VIRTIO_PCIDEV_OP_CFG_WRITE, 0, 0x40, 0x8000'0000);
    endpoint_.raise(1);
    const auto commands = endpoint_.take_interrupt_commands();
    ASSERT_EQ(commands.size(), 1U);
    ASSERT_EQ(commands[0].size(), 20U);
    EXPECT_EQ(commands[0][0], std::byte{VIRTIO_PCIDEV_OP_MSI});
    EXPECT_EQ(commands[0][16], std::byte{42});
}

TEST_F(PciEndpointTest, InterruptsWaitForBusMastering) {
    enable();
    write(VIRTIO_PCIDEV_OP_MMIO_WRITE, 2, 12, 0);
    write(VIRTIO_PCIDEV_OP_CFG_WRITE, 0, 0x40, 0x8000'0000);
    write(VIRTIO_PCIDEV_OP_CFG_WRITE, 0, 4, 0x2);
    endpoint_.raise(0);
    EXPECT_TRUE(endpoint_.take_interrupt_commands().empty());
    enable();
    EXPECT_EQ(endpoint_.take_interrupt_commands().size(), 1U);
}

TEST_F(PciEndpointTest, MemsetFillsRegisters) {
    enable();
    const std::byte fill{0x5a};
    (void)endpoint_.execute(command(VIRTIO_PCIDEV_OP_MMIO_MEMSET, 0, FakeEngine::scratch, 4, std::span(&fill, 1)), 0);
    EXPECT_EQ(read(VIRTIO_PCIDEV_OP_MMIO_READ, 0, FakeEngine::scratch), 0x5a5a'5a5aU);
}

TEST_F(PciEndpointTest, AVanishedDeviceIsOnesEverywhere) {
    enable();
    injection_.add("vanish@1");
    EXPECT_EQ(read(VIRTIO_PCIDEV_OP_MMIO_READ, 0, 0), 0xffff'ffff);
    EXPECT_EQ(read(VIRTIO_PCIDEV_OP_MMIO_READ, 2, 0), 0xffff'ffff);
    EXPECT_EQ(read(VIRTIO_PCIDEV_OP_CFG_READ, 0, 0), 0xffff'ffff);
    write(VIRTIO_PCIDEV_OP_CFG_WRITE, 0, 4, 0);
    EXPECT_EQ(faults_.count(), 0U);
}

TEST_F(PciEndpointTest, RefusesMalformedCommands) {
    EXPECT_THROW((void)endpoint_.execute(std::vector<std::byte>(15), 0), ProtocolError);
    EXPECT_THROW((void)endpoint_.execute(command(VIRTIO_PCIDEV_OP_MMIO_READ, 0, 0, 8), 4), ProtocolError);
    EXPECT_THROW((void)endpoint_.execute(command(VIRTIO_PCIDEV_OP_MMIO_WRITE, 0, 0, 8), 0), ProtocolError);
    EXPECT_THROW((void)endpoint_.execute(command(VIRTIO_PCIDEV_OP_MMIO_MEMSET, 0, 0, 8), 0), ProtocolError);
    EXPECT_THROW((void)endpoint_.execute(command(VIRTIO_PCIDEV_OP_PME, 0, 0, 0), 0), ProtocolError);
    const std::byte fill{};
    EXPECT_THROW(
        (void)endpoint_.execute(command(VIRTIO_PCIDEV_OP_MMIO_MEMSET, 0, 0, 0xffff'ffff, std::span(&fill, 1)), 0),
        ProtocolError);
}

}  // namespace
}  // namespace cce::sim::device
