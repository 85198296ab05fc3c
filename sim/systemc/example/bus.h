// SPDX-License-Identifier: Apache-2.0
//
// What the engine's software needs of the computer that it runs on.

#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace cce::example {

/// Calls may take simulated time. An access that the computer answers with an error throws std::runtime_error.
class Bus {
public:
    virtual ~Bus() = default;

    /// A register of the engine, by its offset in the register space.
    virtual std::uint32_t read_register(std::uint32_t offset) = 0;
    virtual void write_register(std::uint32_t offset, std::uint32_t value) = 0;

    virtual void load(std::uint64_t address, std::span<std::uint8_t> bytes) = 0;
    virtual void store(std::uint64_t address, std::span<const std::uint8_t> bytes) = 0;

    /// Returns once the engine has raised the interrupt since the last call.
    virtual void wait_interrupt(unsigned vector) = 0;

    template <typename T>
    requires std::is_trivially_copyable_v<T>
    void store_object(std::uint64_t address, const T& object) {
        store(address, {reinterpret_cast<const std::uint8_t*>(&object), sizeof object});
    }
    template <typename T>
    requires std::is_trivially_copyable_v<T>
    [[nodiscard]] T load_object(std::uint64_t address) {
        T object;
        load(address, {reinterpret_cast<std::uint8_t*>(&object), sizeof object});
        return object;
    }
};

}  // namespace cce::example
