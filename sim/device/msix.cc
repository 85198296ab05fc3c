// SPDX-License-Identifier: Apache-2.0

#include "device/msix.h"

#include <cstring>
#include <utility>

#include "device/pci_function.h"

namespace cce::sim::device {

namespace {

constexpr std::uint64_t word_bytes = 4;
constexpr std::uint64_t entry_bytes = 16;
constexpr std::uint64_t word_bits = 32;
constexpr std::uint64_t low_half = 0xffff'ffff;

}  // namespace

Msix::Msix(unsigned vectors) : entries_(vectors) {}

std::uint32_t Msix::read_word(std::uint64_t offset) const {
    if (offset >= PciFunction::msix_pending_offset) {
        const std::uint64_t first = (offset - PciFunction::msix_pending_offset) / word_bytes * word_bits;
        std::uint32_t bits = 0;
        for (std::uint64_t i = 0; i < word_bits && first + i < entries_.size(); ++i) {
            if (entries_[first + i].pending) bits |= 1U << i;
        }
        return bits;
    }
    const std::uint64_t index = (offset - PciFunction::msix_table_offset) / entry_bytes;
    if (index >= entries_.size()) return 0;
    const Entry& entry = entries_[index];
    switch (offset % entry_bytes / word_bytes) {
        case 0:
            return static_cast<std::uint32_t>(entry.message.address & low_half);
        case 1:
            return static_cast<std::uint32_t>(entry.message.address >> word_bits);
        case 2:
            return entry.message.data;
        default:
            return entry.masked ? 1 : 0;
    }
}

void Msix::write_word(std::uint64_t offset, std::uint32_t value) {
    const std::uint64_t index = (offset - PciFunction::msix_table_offset) / entry_bytes;
    if (offset >= PciFunction::msix_pending_offset || index >= entries_.size()) return;
    Entry& entry = entries_[index];
    switch (offset % entry_bytes / word_bytes) {
        case 0:
            entry.message.address = (entry.message.address & ~low_half) | value;
            break;
        case 1:
            entry.message.address = (entry.message.address & low_half) | std::uint64_t{value} << word_bits;
            break;
        case 2:
            entry.message.data = value;
            break;
        default:
            entry.masked = (value & 1) != 0;
            break;
    }
}

void Msix::read(std::uint64_t offset, std::span<std::byte> data) const {
    for (std::size_t i = 0; i < data.size(); ++i) {
        const std::uint64_t position = offset + i;
        const std::uint32_t word = read_word(position - position % word_bytes);
        data[i] = static_cast<std::byte>(word >> (8 * (position % word_bytes)) & 0xff);
    }
}

bool Msix::write(std::uint64_t offset, std::span<const std::byte> data) {
    if (offset % word_bytes != 0 || data.size() % word_bytes != 0) return false;
    for (std::size_t i = 0; i < data.size(); i += word_bytes) {
        std::uint32_t value = 0;
        std::memcpy(&value, &data[i], sizeof value);
        write_word(offset + i, value);
    }
    release();
    return true;
}

void Msix::set_gates(bool enabled, bool open) {
    enabled_ = enabled;
    open_ = enabled && open;
    // A function whose MSI-X is off has no pending interrupts.
    if (!enabled) {
        for (Entry& entry : entries_) entry.pending = false;
    }
    release();
}

void Msix::raise(unsigned vector) {
    if (!enabled_ || vector >= entries_.size()) {
        ++lost_;
        return;
    }
    entries_[vector].pending = true;
    release();
}

void Msix::release() {
    if (!open_) return;
    for (Entry& entry : entries_) {
        if (!entry.pending || entry.masked) continue;
        entry.pending = false;
        outgoing_.push_back(entry.message);
    }
}

std::vector<MsixMessage> Msix::take_messages() {
    return std::exchange(outgoing_, {});
}

}  // namespace cce::sim::device
