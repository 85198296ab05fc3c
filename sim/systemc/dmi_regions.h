// SPDX-License-Identifier: Apache-2.0
//
// The memory that targets have lent by the direct memory interface (DMI; IEEE 1666-2011, 11.2).

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <systemc>
#include <tlm>
#include <vector>

#include "engine/engine.h"

namespace cce::sim::systemc {

class DmiRegions {
public:
    /// A piece of lent memory.
    struct Piece {
        std::span<std::uint8_t> bytes;
        sc_core::sc_time latency;  ///< of a transaction
    };

    /// What a target has granted. Replaces older grants that it overlaps: there is one truth about an address.
    void add(const tlm::tlm_dmi& grant);
    /// Takes back every grant that touches the addresses from `first` to `last`.
    void invalidate(std::uint64_t first, std::uint64_t last);
    /// The memory behind an access, if it was lent for this direction as a whole. Use at once, do not keep.
    [[nodiscard]] std::optional<Piece> find(Direction direction, std::uint64_t address, std::size_t bytes) const;

private:
    std::vector<tlm::tlm_dmi> grants_;
};

}  // namespace cce::sim::systemc
