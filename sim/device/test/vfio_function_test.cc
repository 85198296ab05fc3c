// SPDX-License-Identifier: Apache-2.0

#include "device/vfio_function.h"

#include <gtest/gtest.h>
#include <linux/vfio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fake_engine.h"
#include "test_memory.h"

namespace cce::sim::device {
namespace {

constexpr std::uint32_t config = VFIO_PCI_CONFIG_REGION_INDEX;
constexpr std::uint32_t registers = VFIO_PCI_BAR0_REGION_INDEX;
constexpr std::uint32_t msix_bar = VFIO_PCI_BAR2_REGION_INDEX;
constexpr std::uint64_t offset_command = 0x04;
constexpr std::uint64_t offset_msix = 0x40;

class VfioFunctionTest : public testing::Test {
protected:
    void write(std::uint32_t region, std::uint64_t offset, std::uint32_t value) {
        function_.write(region, offset, std::as_bytes(std::span(&value, 1)));
    }
    std::uint32_t read(std::uint32_t region, std::uint64_t offset) {
        std::uint32_t value = 0;
        function_.read(region, offset, std::as_writable_bytes(std::span(&value, 1)));
        return value;
    }
    /// Memory, bus master; MSI-X.
    void enable(std::uint32_t command = 0x6, std::uint32_t msix = 0x8000'0000) {
        write(config, offset_command, command);
        write(config, offset_msix, msix);
    }
    void listen(unsigned vector) {
        events_.resize(5);
        events_[vector] = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        std::vector<FileDescriptor> copy;
        copy.emplace_back(::dup(events_[vector].get()));
        function_.set_events(vector, std::move(copy));
    }
    std::uint64_t told(unsigned vector) {
        eventfd_t count = 0;
        return ::eventfd_read(events_[vector].get(), &count) == 0 ? count : 0;
    }

    TestMemory memory_;
    FaultInjection injection_;
    FaultLog faults_;
    Statistics statistics_;
    DmaHost host_{memory_.memory(), injection_, faults_, statistics_, 0};
    FakeEngine engine_{host_};
    RegisterWindow window_{engine_, injection_, faults_, statistics_};
    VfioFunction function_{window_, host_, faults_, statistics_, 5};
    std::vector<FileDescriptor> events_;
};

TEST_F(VfioFunctionTest, RegionsAreThoseOfTheFunction) {
    EXPECT_EQ(VfioFunction::region_bytes(registers), contract::register_space_bytes);
    EXPECT_EQ(VfioFunction::region_bytes(msix_bar), PciFunction::msix_bar_bytes);
    EXPECT_EQ(VfioFunction::region_bytes(config), 256U);
    EXPECT_EQ(VfioFunction::region_bytes(VFIO_PCI_ROM_REGION_INDEX), 0U);
    EXPECT_EQ(read(config, 0), contract::pci_device << 16U | contract::pci_vendor);
}

TEST_F(VfioFunctionTest, RegistersAnswerOnceMemoryIsEnabled) {
    write(registers, FakeEngine::scratch, 1);
    EXPECT_EQ(read(registers, 0), 0xffff'ffff);
    EXPECT_EQ(faults_.count(), 2U);
    enable();
    write(registers, FakeEngine::scratch, 42);
    EXPECT_EQ(read(registers, FakeEngine::scratch), 42U);
    EXPECT_EQ(faults_.count(), 2U);
}

TEST_F(VfioFunctionTest, AnInterruptIsAnEvent) {
    enable();
    listen(1);
    function_.raise(1);
    function_.raise(1);
    EXPECT_EQ(told(1), 2U);
    EXPECT_EQ(statistics_.interrupt_messages, 2U);
}

TEST_F(VfioFunctionTest, WithoutMsixAnInterruptIsLost) {
    listen(1);
    write(config, offset_command, 6);
    function_.raise(1);
    EXPECT_EQ(function_.lost_interrupts(), 1U);
    enable();
    EXPECT_EQ(told(1), 0U);
}

TEST_F(VfioFunctionTest, AnInterruptWaitsForBusMastering) {
    enable(0x2);
    listen(3);
    function_.raise(3);
    EXPECT_EQ(told(3), 0U);
    EXPECT_EQ(read(msix_bar, PciFunction::msix_pending_offset), 8U);
    write(config, offset_command, 6);
    EXPECT_EQ(told(3), 1U);
    EXPECT_EQ(read(msix_bar, PciFunction::msix_pending_offset), 0U);
}

TEST_F(VfioFunctionTest, AnInterruptWaitsForSomebodyToTell) {
    enable();
    function_.raise(2);
    listen(2);
    EXPECT_EQ(told(2), 1U);
    function_.clear_events(0, 5);
    function_.raise(2);
    EXPECT_EQ(told(2), 0U);
    EXPECT_EQ(function_.lost_interrupts(), 0U);
}

TEST_F(VfioFunctionTest, AMaskedFunctionKeepsItsInterrupts) {
    enable(0x6, 0xc000'0000);
    listen(1);
    function_.raise(1);
    EXPECT_EQ(told(1), 0U);
    enable();
    EXPECT_EQ(told(1), 1U);
}

TEST_F(VfioFunctionTest, AResetIsPowerOn) {
    enable();
    listen(1);
    function_.reset();
    EXPECT_EQ(read(config, offset_command) & 0xffff, 0U);
    function_.raise(1);
    EXPECT_EQ(told(1), 0U);
    EXPECT_EQ(function_.lost_interrupts(), 1U);
}

TEST_F(VfioFunctionTest, AVanishedDeviceIsOnes) {
    injection_.add("vanish@1");
    enable();
    listen(1);
    EXPECT_EQ(read(registers, 0), 0xffff'ffff);
    EXPECT_EQ(read(config, 0), 0xffff'ffff);
    EXPECT_EQ(read(msix_bar, PciFunction::msix_pending_offset), 0xffff'ffff);
    function_.raise(1);
    EXPECT_EQ(told(1), 0U);
    EXPECT_EQ(faults_.count(), 0U);
}

}  // namespace
}  // namespace cce::sim::device
