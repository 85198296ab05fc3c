// SPDX-License-Identifier: Apache-2.0
//
// Inputs that chance does not bring: made backwards from what they are to lead to.

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace cce::sim {

/// The IV of 16 bytes from which GCM with this key (16, 24 or 32 bytes) makes the counter block J0 (SP 800-38D, 7.1,
/// step 2): J0 = (IV * H + length) * H. Throws std::invalid_argument for another length of the key.
[[nodiscard]] std::array<std::uint8_t, 16> gcm_iv_for_counter(std::span<const std::uint8_t> key,
                                                              std::span<const std::uint8_t, 16> counter);

/// What KWP would make of `text` (1 or more bytes), had it been padded with `padding` instead of zeros (SP 800-38F,
/// 6.3): unwrapping refuses it if a byte of the padding is not zero. `padding`: as many bytes as are missing to a
/// multiple of 8. Throws std::invalid_argument for other lengths.
[[nodiscard]] std::vector<std::uint8_t> kwp_wrapped(std::span<const std::uint8_t> key,
                                                    std::span<const std::uint8_t> text,
                                                    std::span<const std::uint8_t> padding);

}  // namespace cce::sim
