// SPDX-License-Identifier: Apache-2.0
//
// Messages of vfio-user, version 0.x (QEMU, docs/interop/vfio-user.rst). The structures behind them are those of
// <linux/vfio.h>, which this file does not repeat. All numbers are in the host's byte order.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace cce::sim::device::vfio_user {

enum class Command : std::uint16_t {
    version = 1,
    dma_map = 2,
    dma_unmap = 3,
    device_get_info = 4,
    device_get_region_info = 5,
    device_get_region_io_fds = 6,
    device_get_irq_info = 7,
    device_set_irqs = 8,
    region_read = 9,
    region_write = 10,
    dma_read = 11,
    dma_write = 12,
    device_reset = 13,
    region_write_multi = 15,
};

/// The command's name, or "command N".
[[nodiscard]] std::string name_of(std::uint16_t command);

struct Header {
    std::uint16_t id;
    std::uint16_t command;
    std::uint32_t size;  ///< of the whole message, this header included
    std::uint32_t flags;
    std::uint32_t error;  ///< an errno, in replies with flag_error
};
static_assert(sizeof(Header) == 16);

inline constexpr std::uint32_t flag_type_mask = 0xf;
inline constexpr std::uint32_t type_command = 0;
inline constexpr std::uint32_t type_reply = 1;
inline constexpr std::uint32_t flag_no_reply = 1U << 4U;
inline constexpr std::uint32_t flag_error = 1U << 5U;

/// In front of the JSON text of `version`.
struct Version {
    std::uint16_t major;
    std::uint16_t minor;
};

struct DmaMap {
    std::uint32_t argsz;
    std::uint32_t flags;
    std::uint64_t offset;  ///< in the file whose descriptor comes along
    std::uint64_t address;
    std::uint64_t size;
};
static_assert(sizeof(DmaMap) == 32);
inline constexpr std::uint32_t dma_map_read = 1;
inline constexpr std::uint32_t dma_map_write = 2;

struct DmaUnmap {
    std::uint32_t argsz;
    std::uint32_t flags;
    std::uint64_t address;
    std::uint64_t size;
};
static_assert(sizeof(DmaUnmap) == 24);
inline constexpr std::uint32_t dma_unmap_dirty_bitmap = 1;
inline constexpr std::uint32_t dma_unmap_all = 2;

/// In front of the data of `region_read` and `region_write`.
struct RegionAccess {
    std::uint64_t offset;
    std::uint32_t region;
    std::uint32_t count;
};
static_assert(sizeof(RegionAccess) == 16);

/// In front of the data of `dma_read` and `dma_write`.
struct DmaAccess {
    std::uint64_t address;
    std::uint64_t count;
};
static_assert(sizeof(DmaAccess) == 16);

/// Bytes of data that a message may have at most if the other side says nothing else.
inline constexpr std::uint32_t data_default = 1'048'576;

}  // namespace cce::sim::device::vfio_user
