// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cce::sim {

/// Puts `bytes` behind what is in `stream`.
inline void append(std::vector<std::uint8_t>& stream, std::span<const std::uint8_t> bytes) {
    stream.insert(stream.end(), bytes.begin(), bytes.end());
}

}  // namespace cce::sim
