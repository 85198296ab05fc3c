// SPDX-License-Identifier: Apache-2.0
//
// Chooses among requesters in turn: one that waits is served after at most one grant of each other one.

#pragma once

#include <bit>
#include <cassert>
#include <cstdint>

namespace cce::model {

/// Model of round_robin_choice.sv, which is round_robin_arbiter.sv too. Requesters are the bits of a mask.
template <unsigned Count>
class RoundRobinArbiter {
    static_assert(std::has_single_bit(Count) && Count <= 32);

public:
    void reset() { turn_ = 0; }

    [[nodiscard]] static constexpr bool valid(std::uint32_t request) { return request != 0; }

    /// The requester whose turn it is. Defined only if there is one.
    [[nodiscard]] unsigned index(std::uint32_t request) const {
        const std::uint32_t later = request >> turn_ << turn_;
        return static_cast<unsigned>(std::countr_zero(later != 0 ? later : request));
    }

    /// The clock edge of a cycle in which `chosen` was taken; needs no call in other cycles.
    void take(unsigned chosen) { turn_ = (chosen + 1) % Count; }

private:
    unsigned turn_ = 0;  // looked at first
};

}  // namespace cce::model
