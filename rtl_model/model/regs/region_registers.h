// SPDX-License-Identifier: Apache-2.0
//
// The table of memory regions. Entry 0, the kernel's unrestricted region, has no registers.

#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "configuration.h"

namespace cce::model {

/// Model of region_registers.sv.
class RegionRegisters {
public:
    using Addresses = std::array<std::uint64_t, Configuration::region_count>;
    using Accesses = std::array<std::uint32_t, Configuration::region_count>;

    struct Inputs {
        bool write = false;
        std::uint32_t offset = 0;
        std::uint32_t data = 0;
    };

    void reset() {
        base_ = size_ = {};
        access_ = {};
    }
    void clock(const Inputs& inputs);

    /// Content of a register; nothing if there is none at `offset`.
    [[nodiscard]] std::optional<std::uint32_t> read(std::uint32_t offset) const;
    [[nodiscard]] const Addresses& base() const { return base_; }
    [[nodiscard]] const Addresses& size() const { return size_; }
    [[nodiscard]] const Accesses& access() const { return access_; }

private:
    Addresses base_{};
    Addresses size_{};
    Accesses access_{};
};

}  // namespace cce::model
