// SPDX-License-Identifier: Apache-2.0

#include "device/pci_function.h"

#include <cstring>

#include "cce_contract.hpp"

namespace cce::sim::device {

namespace {

// PCI Local Bus Specification 3.0, section 6.1 (header) and 6.8.2 (MSI-X).
constexpr std::size_t offset_id = 0x00;
constexpr std::size_t offset_command = 0x04;
constexpr std::size_t offset_class = 0x08;
constexpr std::size_t offset_bar0 = 0x10;
constexpr std::size_t offset_bar2 = 0x18;
constexpr std::size_t offset_subsystem = 0x2c;
constexpr std::size_t offset_capabilities = 0x34;
constexpr std::size_t offset_interrupt_line = 0x3c;
constexpr std::size_t offset_msix = 0x40;

constexpr std::uint32_t status_capability_list = 0x0010'0000;
constexpr std::uint16_t command_memory = 1U << 1U;
constexpr std::uint16_t command_bus_master = 1U << 2U;
/// Memory, bus master, parity and system error response, interrupt disable. No I/O space.
constexpr std::uint32_t command_writable = 0x0546;
/// Encryption controller, other.
constexpr std::uint32_t class_code = 0x10'8000;
constexpr std::uint32_t capability_msix = 0x11;
constexpr std::uint16_t msix_enable = 1U << 15U;
constexpr std::uint16_t msix_function_mask = 1U << 14U;
constexpr unsigned control_shift = 16;

}  // namespace

PciFunction::PciFunction(unsigned vectors) {
    const std::uint32_t id = contract::pci_device << 16U | contract::pci_vendor;
    set(offset_id, id, 0);
    set(offset_command, status_capability_list, command_writable);
    set(offset_class, class_code << 8U | contract::version_minor, 0);
    // The writable bits of a BAR tell its size.
    set(offset_bar0, 0, ~(contract::register_space_bytes - 1));
    set(offset_bar2, 0, ~(msix_bar_bytes - 1));
    set(offset_subsystem, contract::pci_subsystem_simulated << 16U | contract::pci_vendor, 0);
    set(offset_capabilities, offset_msix, 0);
    set(offset_interrupt_line, 0, 0xff);
    set(offset_msix, (vectors - 1) << control_shift | capability_msix,
        std::uint32_t{msix_enable | msix_function_mask} << control_shift);
    set(offset_msix + 4, msix_table_offset | msix_bar, 0);
    set(offset_msix + 8, msix_pending_offset | msix_bar, 0);
}

void PciFunction::set(std::size_t offset, std::uint32_t value, std::uint32_t writable) {
    std::memcpy(&values_[offset], &value, sizeof value);
    std::memcpy(&writable_[offset], &writable, sizeof writable);
}

std::uint16_t PciFunction::word(std::size_t offset) const {
    std::uint16_t value = 0;
    std::memcpy(&value, &values_[offset], sizeof value);
    return value;
}

void PciFunction::read(std::uint64_t offset, std::span<std::byte> data) const {
    for (std::size_t i = 0; i < data.size(); ++i) {
        data[i] = offset < bytes && i < bytes - offset ? values_[offset + i] : std::byte{0xff};
    }
}

void PciFunction::write(std::uint64_t offset, std::span<const std::byte> data) {
    for (std::size_t i = 0; i < data.size() && offset < bytes && i < bytes - offset; ++i) {
        std::byte& value = values_[offset + i];
        const std::byte writable = writable_[offset + i];
        value = (value & ~writable) | (data[i] & writable);
    }
}

bool PciFunction::memory_enabled() const {
    return (word(offset_command) & command_memory) != 0;
}
bool PciFunction::bus_master() const {
    return (word(offset_command) & command_bus_master) != 0;
}
bool PciFunction::msix_enabled() const {
    return (word(offset_msix + 2) & msix_enable) != 0;
}
bool PciFunction::msix_function_masked() const {
    return (word(offset_msix + 2) & msix_function_mask) != 0;
}

}  // namespace cce::sim::device
