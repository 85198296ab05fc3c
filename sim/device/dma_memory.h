// SPDX-License-Identifier: Apache-2.0
//
// Memory as the engine's DMA reaches it, whatever stands behind it: one address space, parts of which are mapped.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "engine/engine.h"

namespace cce::sim::device {

class DmaMemory {
public:
    virtual ~DmaMemory() = default;

    /// The bytes themselves, or an empty span if they do not lie here in one piece, or must not be accessed in this
    /// direction. Used at once, and not kept.
    [[nodiscard]] virtual std::span<std::byte> view(Direction direction, std::uint64_t address,
                                                    std::uint64_t bytes) const = 0;

    /// A burst whose beats come later: `read` and `write` are then called for its beats, in the order of bursts; if not
    /// `allowed`, they will not. Returns cycles from the address to the first beat that a read needs at least.
    virtual std::uint16_t announced(const Burst& burst, bool allowed) {
        static_cast<void>(burst);
        static_cast<void>(allowed);
        return 0;
    }
    /// The last beat of the oldest read burst has been asked for.
    virtual void read_ended() {}

    /// Copies from memory; false if not all of it may be read.
    [[nodiscard]] virtual bool read(std::uint64_t address, std::span<std::uint8_t> data) {
        const std::span<std::byte> memory = view(Direction::read, address, data.size());
        if (memory.empty()) return false;
        std::memcpy(data.data(), memory.data(), data.size());
        return true;
    }
    /// Copies to memory, lower addresses first; false if not all of it may be written.
    [[nodiscard]] virtual bool write(std::uint64_t address, std::span<const std::uint8_t> data) {
        const std::span<std::byte> memory = view(Direction::write, address, data.size());
        if (memory.empty()) return false;
        std::memcpy(memory.data(), data.data(), data.size());
        return true;
    }
};

}  // namespace cce::sim::device
