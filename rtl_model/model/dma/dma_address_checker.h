// SPDX-License-Identifier: Apache-2.0
//
// Decides whether a queue may make a DMA access. Model of dma_address_checker.sv.

#pragma once

#include <array>
#include <cstdint>

#include "configuration.h"
#include "types.h"

namespace cce::model {

/// The region table; entry 0, the unrestricted region, is not used.
struct RegionTable {
    const std::array<std::uint64_t, Configuration::region_count>& base;
    const std::array<std::uint64_t, Configuration::region_count>& size;
    const std::array<std::uint32_t, Configuration::region_count>& access;
};

class DmaAddressChecker {
public:
    /// True if the access may be made. A range that leaves its 4 KiB page is refused for everybody.
    [[nodiscard]] static bool allowed(const DmaRequest& request, bool write, const RegionTable& regions);
};

}  // namespace cce::model
