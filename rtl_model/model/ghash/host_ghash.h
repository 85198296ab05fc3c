// SPDX-License-Identifier: Apache-2.0
//
// GHASH (SP 800-38D, 6.4) with the host's carry-less multiplication where it has one.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "types.h"

namespace cce::model {

/// A hash key and the sum over the blocks so far.
class HostGhash {
public:
    /// Powers that blocks are multiplied with at once, on a host with wide registers, and on any other.
    static constexpr std::size_t power_count = 16;
    static constexpr std::size_t narrow_power_count = 8;

    /// Takes hash key H and forgets all blocks.
    void start(const Block& hash_key);

    /// Adds blocks.
    void update(std::span<const Block> blocks);

    /// The sum over all blocks so far: X_1 H^m + ... + X_m H.
    [[nodiscard]] Block sum() const;

    /// Forgets hash key and sum.
    void clear();

private:
    alignas(16) std::array<Block, power_count> powers_{};  ///< H^1 to H^16, in the form that the multiplier wants
    alignas(16) Block sum_{};                              ///< in that form, too
    bool more_powers_ = false;                             ///< powers from the second on are there
};

}  // namespace cce::model
