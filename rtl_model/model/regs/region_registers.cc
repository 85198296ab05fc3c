// SPDX-License-Identifier: Apache-2.0

#include "regs/region_registers.h"

#include "cce_contract.hpp"
#include "common/halves.h"

namespace cce::model {

namespace page = contract::region_page;

void RegionRegisters::clock(const Inputs& inputs) {
    const std::uint32_t index = inputs.offset / page::stride;
    if (!inputs.write || index == 0 || index >= Configuration::region_count) return;
    switch (inputs.offset % page::stride) {
        case page::base_low:
            set_low(base_[index], inputs.data);
            break;
        case page::base_high:
            set_high(base_[index], inputs.data);
            break;
        case page::size_low:
            set_low(size_[index], inputs.data);
            break;
        case page::size_high:
            set_high(size_[index], inputs.data);
            break;
        case page::access:
            // Reserved bits stay 0.
            access_[index] = inputs.data & (page::access_valid.mask | page::access_read.mask | page::access_write.mask |
                                            page::access_owner_queue.mask | page::access_tag.mask);
            break;
        default:
            break;
    }
}

std::optional<std::uint32_t> RegionRegisters::read(std::uint32_t offset) const {
    const std::uint32_t index = offset / page::stride;
    if (index == 0 || index >= Configuration::region_count) return std::nullopt;
    switch (offset % page::stride) {
        case page::base_low:
            return low(base_[index]);
        case page::base_high:
            return high(base_[index]);
        case page::size_low:
            return low(size_[index]);
        case page::size_high:
            return high(size_[index]);
        case page::access:
            return access_[index];
        default:
            return std::nullopt;
    }
}

}  // namespace cce::model
