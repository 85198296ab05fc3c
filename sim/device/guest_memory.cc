// SPDX-License-Identifier: Apache-2.0

#include "device/guest_memory.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <string>

#include "device/errors.h"

namespace cce::sim::device {

namespace {

bool wraps(std::uint64_t begin, std::uint64_t size) {
    return size > std::numeric_limits<std::uint64_t>::max() - begin;
}

/// Position of [address, address + bytes) in [begin, begin + size); false if it is not inside.
bool inside(std::uint64_t address, std::uint64_t bytes, std::uint64_t begin, std::uint64_t size) {
    return address >= begin && bytes <= size && address - begin <= size - bytes;
}

}  // namespace

GuestMemory::Mapping::Mapping(const MemoryRegion& wanted, const FileDescriptor& file) : region(wanted) {
    // From the file's beginning: the offset of a region need not be a multiple of our page size.
    const auto length = static_cast<std::size_t>(region.map_offset + region.size);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0 || static_cast<std::uint64_t>(status.st_size) < length) {
        throw ProtocolError("memory table: a region is larger than its file");
    }
    void* start = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (start == MAP_FAILED) {
        throw ProtocolError(std::string("memory table: a region cannot be mapped: ") + std::strerror(errno));
    }
    mapped_ = {static_cast<std::byte*>(start), length};
}

GuestMemory::Mapping::~Mapping() {
    if (!mapped_.empty()) ::munmap(mapped_.data(), mapped_.size());
}

void GuestMemory::add(const MemoryRegion& region, const FileDescriptor& file) {
    if (region.size == 0 || wraps(region.guest_address, region.size) || wraps(region.user_address, region.size) ||
        wraps(region.map_offset, region.size)) {
        throw ProtocolError("memory table: a region is empty or wraps around");
    }
    for (const Mapping& other : regions_) {
        if (region.guest_address < other.region.guest_address + other.region.size &&
            other.region.guest_address < region.guest_address + region.size) {
            throw ProtocolError("memory table: two regions overlap");
        }
    }
    regions_.emplace_back(region, file);
}

std::span<std::byte> GuestMemory::view(std::uint64_t address, std::uint64_t bytes) const {
    for (const Mapping& mapping : regions_) {
        const MemoryRegion& region = mapping.region;
        if (inside(address, bytes, region.guest_address, region.size)) {
            return mapping.bytes().subspan(static_cast<std::size_t>(address - region.guest_address),
                                           static_cast<std::size_t>(bytes));
        }
    }
    return {};
}

std::span<std::byte> GuestMemory::user_view(std::uint64_t address, std::uint64_t bytes) const {
    for (const Mapping& mapping : regions_) {
        const MemoryRegion& region = mapping.region;
        if (inside(address, bytes, region.user_address, region.size)) {
            return mapping.bytes().subspan(static_cast<std::size_t>(address - region.user_address),
                                           static_cast<std::size_t>(bytes));
        }
    }
    return {};
}

}  // namespace cce::sim::device
