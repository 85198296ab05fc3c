// SPDX-License-Identifier: Apache-2.0

#include "device/pci_endpoint.h"

#include <fmt/format.h>
#include <linux/virtio_pcidev.h>

#include <algorithm>
#include <cstring>

#include "cce_contract.hpp"
#include "device/errors.h"

namespace cce::sim::device {

namespace {

/// struct virtio_pcidev_msg without its data.
struct Command {
    std::uint8_t operation;
    std::uint8_t bar;
    std::uint16_t reserved;
    std::uint32_t size;
    std::uint64_t address;
};
static_assert(sizeof(Command) == sizeof(virtio_pcidev_msg));

}  // namespace

std::vector<std::byte> PciEndpoint::execute(std::span<const std::byte> bytes, std::size_t answer_bytes) {
    Command command{};
    if (bytes.size() < sizeof command) throw ProtocolError("virtio_pcidev: a command without its header");
    std::memcpy(&command, bytes.data(), sizeof command);
    const std::span<const std::byte> data = bytes.subspan(sizeof command);

    const bool reads =
        command.operation == VIRTIO_PCIDEV_OP_CFG_READ || command.operation == VIRTIO_PCIDEV_OP_MMIO_READ;
    const bool sets = command.operation == VIRTIO_PCIDEV_OP_MMIO_MEMSET;
    if (reads ? command.size > answer_bytes : data.size() < (sets ? 1 : command.size)) {
        throw ProtocolError(
            fmt::format("virtio_pcidev: operation {} of {} bytes with {} bytes of data and {} for the answer",
                        command.operation, command.size, data.size(), answer_bytes));
    }
    if (command.size > contract::register_space_bytes) {
        throw ProtocolError(fmt::format("virtio_pcidev: an access of {} bytes", command.size));
    }
    std::vector<std::byte> answer(reads ? command.size : 0, std::byte{0xff});
    switch (command.operation) {
        case VIRTIO_PCIDEV_OP_CFG_READ:
            ++statistics_.configuration_accesses;
            if (!window_.vanished()) function_.read(command.address, answer);
            break;
        case VIRTIO_PCIDEV_OP_CFG_WRITE:
            ++statistics_.configuration_accesses;
            if (!window_.vanished()) function_.write(command.address, data.first(command.size));
            update_gates();
            break;
        case VIRTIO_PCIDEV_OP_MMIO_READ:
            read_bar(command.bar, command.address, answer);
            break;
        case VIRTIO_PCIDEV_OP_MMIO_WRITE:
            write_bar(command.bar, command.address, data.first(command.size));
            break;
        case VIRTIO_PCIDEV_OP_MMIO_MEMSET:
            write_bar(command.bar, command.address, std::vector<std::byte>(command.size, data.front()));
            break;
        default:
            throw ProtocolError(fmt::format("virtio_pcidev: unknown operation {}", command.operation));
    }
    return answer;
}

bool PciEndpoint::decodes(unsigned bar, std::uint64_t offset, std::size_t bytes) {
    const bool known =
        bar == PciFunction::register_bar || (bar == PciFunction::msix_bar && offset < PciFunction::msix_bar_bytes &&
                                             bytes <= PciFunction::msix_bar_bytes - offset);
    if (known && function_.memory_enabled()) return true;
    faults_.record(fmt::format("access to BAR {} at {:#x}: {}", bar, offset,
                               known ? "memory space is not enabled" : "there is nothing"));
    return false;
}

void PciEndpoint::read_bar(unsigned bar, std::uint64_t offset, std::span<std::byte> data) {
    if (!window_.vanished() && !decodes(bar, offset, data.size())) return;
    if (bar == PciFunction::register_bar) {
        window_.read(offset, data);
    } else if (!window_.vanished()) {
        msix_.read(offset, data);
    }
}

void PciEndpoint::write_bar(unsigned bar, std::uint64_t offset, std::span<const std::byte> data) {
    if (!window_.vanished() && !decodes(bar, offset, data.size())) return;
    if (bar == PciFunction::register_bar) {
        window_.write(offset, data);
    } else if (!window_.vanished() && !msix_.write(offset, data)) {
        faults_.record(fmt::format("write of {} bytes to the MSI-X table at {:#x}", data.size(), offset));
    }
}

void PciEndpoint::update_gates() {
    host_.set_bus_master(function_.bus_master());
    // An MSI-X message is a write to memory: it needs bus mastering, and waits for it.
    msix_.set_gates(function_.msix_enabled(), function_.bus_master() && !function_.msix_function_masked());
}

std::vector<std::vector<std::byte>> PciEndpoint::take_interrupt_commands() {
    std::vector<std::vector<std::byte>> commands;
    for (const MsixMessage& message : msix_.take_messages()) {
        if (window_.vanished()) continue;
        const Command header{VIRTIO_PCIDEV_OP_MSI, 0, 0, sizeof message.data, message.address};
        std::vector<std::byte> command(sizeof header + sizeof message.data);
        std::memcpy(command.data(), &header, sizeof header);
        std::memcpy(command.data() + sizeof header, &message.data, sizeof message.data);
        commands.push_back(std::move(command));
    }
    return commands;
}

}  // namespace cce::sim::device
