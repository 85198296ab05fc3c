// SPDX-License-Identifier: Apache-2.0
//
// The two 32-bit registers of a 64-bit value.

#pragma once

#include <cstdint>

namespace cce::model {

[[nodiscard]] constexpr std::uint32_t low(std::uint64_t value) {
    return static_cast<std::uint32_t>(value);
}
[[nodiscard]] constexpr std::uint32_t high(std::uint64_t value) {
    return static_cast<std::uint32_t>(value >> 32);
}

constexpr void set_low(std::uint64_t& value, std::uint32_t half) {
    value = (value >> 32 << 32) | half;
}
constexpr void set_high(std::uint64_t& value, std::uint32_t half) {
    value = static_cast<std::uint64_t>(half) << 32 | low(value);
}

}  // namespace cce::model
