// SPDX-License-Identifier: Apache-2.0

#include "device/vfio_function.h"

#include <fmt/format.h>
#include <linux/vfio.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cce_contract.hpp"
#include "device/errors.h"

namespace cce::sim::device {

std::uint64_t VfioFunction::region_bytes(std::uint32_t region) {
    switch (region) {
        case VFIO_PCI_BAR0_REGION_INDEX:
            return contract::register_space_bytes;
        case VFIO_PCI_BAR2_REGION_INDEX:
            return PciFunction::msix_bar_bytes;
        case VFIO_PCI_CONFIG_REGION_INDEX:
            return PciFunction::bytes;
        default:
            return 0;
    }
}

void VfioFunction::read(std::uint32_t region, std::uint64_t offset, std::span<std::byte> data) {
    std::fill(data.begin(), data.end(), std::byte{0xff});
    if (region == VFIO_PCI_CONFIG_REGION_INDEX) {
        ++statistics_.configuration_accesses;
        if (!window_.vanished()) function_.read(offset, data);
    } else if (region == VFIO_PCI_BAR0_REGION_INDEX) {
        if (decodes(offset)) window_.read(offset, data);
    } else if (!window_.vanished()) {
        // The table is the client's; what it asks for is the pending bits.
        for (std::size_t i = 0; i < data.size(); ++i) {
            unsigned bits = 0;
            const std::uint64_t at = offset + i;
            for (unsigned bit = 0; bit < 8 && at >= PciFunction::msix_pending_offset; ++bit) {
                const std::uint64_t vector = (at - PciFunction::msix_pending_offset) * 8 + bit;
                if (vector < vectors_.size() && vectors_[vector].pending) bits |= 1U << bit;
            }
            data[i] = static_cast<std::byte>(bits);
        }
    }
}

void VfioFunction::write(std::uint32_t region, std::uint64_t offset, std::span<const std::byte> data) {
    if (region == VFIO_PCI_CONFIG_REGION_INDEX) {
        ++statistics_.configuration_accesses;
        if (!window_.vanished()) function_.write(offset, data);
        update_gates();
    } else if (region == VFIO_PCI_BAR0_REGION_INDEX) {
        if (decodes(offset)) window_.write(offset, data);
    }
}

bool VfioFunction::decodes(std::uint64_t offset) {
    if (window_.vanished() || function_.memory_enabled()) return true;
    faults_.record(fmt::format("access to BAR 0 at {:#x}: memory space is not enabled", offset));
    return false;
}

void VfioFunction::update_gates() {
    host_.set_bus_master(function_.bus_master());
    if (!function_.msix_enabled()) {
        // A function whose MSI-X is off has no pending interrupts.
        for (Vector& vector : vectors_) vector.pending = false;
    }
    release();
}

void VfioFunction::set_events(unsigned first, std::vector<FileDescriptor> events) {
    for (std::size_t i = 0; i < events.size(); ++i) vectors_.at(first + i).event = std::move(events[i]);
    release();
}

void VfioFunction::clear_events(unsigned first, unsigned count) {
    for (unsigned i = 0; i < count; ++i) vectors_.at(first + i).event = FileDescriptor();
}

void VfioFunction::trigger(unsigned first, const std::vector<bool>& chosen) {
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (chosen[i]) vectors_.at(first + i).pending = true;
    }
    release();
}

void VfioFunction::raise(unsigned vector) {
    if (!function_.msix_enabled() || vector >= vectors_.size() || window_.vanished()) {
        ++lost_;
        return;
    }
    vectors_[vector].pending = true;
    release();
}

void VfioFunction::release() {
    // An MSI-X message is a write to memory: it needs bus mastering, and waits for it.
    if (!function_.msix_enabled() || !function_.bus_master() || function_.msix_function_masked()) return;
    for (Vector& vector : vectors_) {
        if (!vector.pending || !vector.event.valid()) continue;
        vector.pending = false;
        ++statistics_.interrupt_messages;
        if (::eventfd_write(vector.event.get(), 1) != 0) {
            throw ProtocolError(fmt::format("the descriptor of an interrupt takes no event: {}", std::strerror(errno)));
        }
    }
}

void VfioFunction::reset() {
    function_ = PciFunction(vectors());
    for (Vector& vector : vectors_) vector = Vector();
    update_gates();
}

}  // namespace cce::sim::device
