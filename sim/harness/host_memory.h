// SPDX-License-Identifier: Apache-2.0
//
// Host memory as the engine's DMA sees it: buffers at 64-bit addresses in a sparse space, with nothing in between.
// Tested by tests/harness_test.cc.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/engine.h"

namespace cce::sim {

/// A sparse 64-bit address space. Buffers never touch each other and no address is ever handed out twice, so an access
/// through a stale or a wrong address hits nothing and is recorded as a fault.
///
/// Software accesses (`view`, `read`, `write`, `load`, `store`) are checked to the byte and throw std::out_of_range.
/// Device accesses (`device_read`, `device_write`) answer with a bus error instead. A device read may reach into the
/// guard zone around a buffer as long as it touches the buffer too, since AXI reads have no strobes: it sees the guard
/// pattern there. A device write may not.
class HostMemory {
public:
    /// Bytes in front of and behind each buffer that belong to it alone: the widest beat.
    static constexpr std::size_t guard_bytes = 64;
    /// What the guard zones hold.
    static constexpr std::uint8_t guard_pattern = 0xa5;

    /// A device access that was answered with a bus error.
    struct Fault {
        Direction direction = Direction::read;
        std::uint64_t address = 0;  ///< first byte that was refused
        bool injected = false;      ///< asked for by `inject_error`; else the address belongs to no buffer
    };

    /// Makes a zeroed buffer at an address of this class's choice. `alignment` is a power of two.
    std::uint64_t allocate(std::size_t bytes, std::size_t alignment = 64, std::string name = {});
    /// Makes a zeroed buffer at `address`. Throws std::invalid_argument if it would touch another one.
    void allocate_at(std::uint64_t address, std::size_t bytes, std::string name = {});
    /// Gives up the buffer that begins at `address`.
    void release(std::uint64_t address);

    /// The bytes themselves; valid until the buffer is released.
    [[nodiscard]] std::span<std::uint8_t> view(std::uint64_t address, std::size_t bytes);
    [[nodiscard]] std::span<const std::uint8_t> view(std::uint64_t address, std::size_t bytes) const;

    void write(std::uint64_t address, std::span<const std::uint8_t> data);
    [[nodiscard]] std::vector<std::uint8_t> read(std::uint64_t address, std::size_t bytes) const;

    /// Copies an object of plain bytes out of or into memory.
    template <typename T>
    requires std::is_trivially_copyable_v<T>
    [[nodiscard]] T load(std::uint64_t address) const {
        T object;
        std::memcpy(&object, view(address, sizeof(T)).data(), sizeof(T));
        return object;
    }
    template <typename T>
    requires std::is_trivially_copyable_v<T>
    void store(std::uint64_t address, const T& object) {
        std::memcpy(view(address, sizeof(T)).data(), &object, sizeof(T));
    }

    /// From now on device accesses of this direction that touch the range are answered with a bus error.
    void inject_error(Direction direction, std::uint64_t address, std::size_t bytes);
    void clear_errors();

    [[nodiscard]] bool device_read(std::uint64_t address, std::span<std::uint8_t> data);
    [[nodiscard]] bool device_write(std::uint64_t address, std::span<const std::uint8_t> data,
                                    std::span<const std::uint8_t> strobe);

    /// The bytes that device accesses would reach one by one; nothing if one of them would be refused, or is in a guard
    /// zone.
    [[nodiscard]] std::span<std::uint8_t> device_view(Direction direction, std::uint64_t address, std::size_t bytes);

    /// Refused device accesses, oldest first.
    [[nodiscard]] const std::vector<Fault>& faults() const { return faults_; }
    /// Of these, the first one that was not asked for; nullptr if there is none.
    [[nodiscard]] const Fault* stray_access() const;
    void clear_faults();

    /// Name and distance of the buffer nearest below `address`, for messages.
    [[nodiscard]] std::string describe(std::uint64_t address) const;

private:
    struct Block {
        std::size_t bytes = 0;
        std::vector<std::uint8_t> storage;  ///< guard, buffer, guard
        std::string name;
    };
    struct ErrorRange {
        Direction direction;
        std::uint64_t address;
        std::size_t bytes;
    };

    using Blocks = std::map<std::uint64_t, Block>;

    [[nodiscard]] Blocks::const_iterator find(std::uint64_t address, bool with_guard) const;
    /// Nothing lies there, or so near that guard zones would touch.
    [[nodiscard]] bool is_free(std::uint64_t address, std::size_t bytes) const;
    [[nodiscard]] bool error_injected(Direction direction, std::uint64_t address, std::size_t bytes) const;

    Blocks blocks_;
    std::vector<ErrorRange> errors_;
    std::vector<Fault> faults_;
    std::uint64_t next_ = 0x450'0000;  ///< place in a window, see `allocate`
    std::uint64_t windows_ = 0;
};

}  // namespace cce::sim
