// SPDX-License-Identifier: Apache-2.0
//
// The guest's memory, as the vhost-user memory table gives it to us. Every access is checked against the table.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "device/dma_memory.h"
#include "device/unix_socket.h"

namespace cce::sim::device {

/// One entry of the memory table.
struct MemoryRegion {
    std::uint64_t guest_address = 0;
    std::uint64_t size = 0;
    std::uint64_t user_address = 0;  ///< the guest's own name for the same bytes; ring addresses use it
    std::uint64_t map_offset = 0;    ///< where in the descriptor's file the region begins
};

/// The regions of guest memory that are mapped here.
class GuestMemory final : public DmaMemory {
public:
    /// Maps one more region. Throws ProtocolError if it wraps around, overlaps another one or cannot be mapped.
    void add(const MemoryRegion& region, const FileDescriptor& file);
    /// Forgets all regions; earlier views become invalid.
    void clear() { regions_.clear(); }

    /// The bytes at a guest physical address, or an empty span if not all of them lie in one region.
    [[nodiscard]] std::span<std::byte> view(std::uint64_t address, std::uint64_t bytes) const;
    [[nodiscard]] std::span<std::byte> view(Direction, std::uint64_t address, std::uint64_t bytes) const override {
        return view(address, bytes);
    }
    /// The same for an address in the guest's user address space.
    [[nodiscard]] std::span<std::byte> user_view(std::uint64_t address, std::uint64_t bytes) const;

private:
    /// Owns one mapping.
    class Mapping {
    public:
        Mapping(const MemoryRegion& region, const FileDescriptor& file);
        Mapping(Mapping&& other) noexcept : region(other.region), mapped_(std::exchange(other.mapped_, {})) {}
        Mapping& operator=(Mapping&&) = delete;
        Mapping(const Mapping&) = delete;
        Mapping& operator=(const Mapping&) = delete;
        ~Mapping();
        [[nodiscard]] std::span<std::byte> bytes() const {
            return mapped_.subspan(static_cast<std::size_t>(region.map_offset));
        }

        MemoryRegion region;

    private:
        std::span<std::byte> mapped_;
    };

    std::vector<Mapping> regions_;
};

}  // namespace cce::sim::device
