// SPDX-License-Identifier: Apache-2.0

#include "systemc/dmi_regions.h"

namespace cce::sim::systemc {

void DmiRegions::add(const tlm::tlm_dmi& grant) {
    invalidate(grant.get_start_address(), grant.get_end_address());
    grants_.push_back(grant);
}

void DmiRegions::invalidate(std::uint64_t first, std::uint64_t last) {
    std::erase_if(grants_, [&](const tlm::tlm_dmi& grant) {
        return grant.get_start_address() <= last && first <= grant.get_end_address();
    });
}

std::optional<DmiRegions::Piece> DmiRegions::find(Direction direction, std::uint64_t address, std::size_t bytes) const {
    const std::uint64_t last = address + bytes - 1;
    for (const tlm::tlm_dmi& grant : grants_) {
        if (address < grant.get_start_address() || last > grant.get_end_address() || last < address) continue;
        if (direction == Direction::read ? !grant.is_read_allowed() : !grant.is_write_allowed()) continue;
        return Piece{{grant.get_dmi_ptr() + (address - grant.get_start_address()), bytes},
                     direction == Direction::read ? grant.get_read_latency() : grant.get_write_latency()};
    }
    return std::nullopt;
}

}  // namespace cce::sim::systemc
