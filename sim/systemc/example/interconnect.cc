// SPDX-License-Identifier: Apache-2.0

#include "interconnect.h"

#include <algorithm>

namespace cce::example {

Interconnect::Interconnect(const sc_core::sc_module_name& name)
    : sc_core::sc_module(name), initiators("initiators"), targets_("targets") {
    initiators.register_b_transport(this, &Interconnect::transport);
    initiators.register_transport_dbg(this, &Interconnect::debug);
    initiators.register_get_direct_mem_ptr(this, &Interconnect::direct);
    targets_.register_invalidate_direct_mem_ptr(this, &Interconnect::invalidate);
}

int Interconnect::decode(const tlm::tlm_generic_payload& transaction) const {
    const std::uint64_t address = transaction.get_address();
    for (std::size_t i = 0; i < ranges_.size(); ++i) {
        if (address >= ranges_[i].base && address - ranges_[i].base < ranges_[i].bytes) return static_cast<int>(i);
    }
    return nobody;
}

void Interconnect::transport(int, tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
    const int target = decode(transaction);
    if (target == nobody) {
        transaction.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    const std::uint64_t address = transaction.get_address();
    transaction.set_address(address - ranges_[static_cast<std::size_t>(target)].base);
    targets_[target]->b_transport(transaction, delay);
    transaction.set_address(address);
}

unsigned Interconnect::debug(int, tlm::tlm_generic_payload& transaction) {
    const int target = decode(transaction);
    if (target == nobody) return 0;
    const std::uint64_t address = transaction.get_address();
    transaction.set_address(address - ranges_[static_cast<std::size_t>(target)].base);
    const unsigned bytes = targets_[target]->transport_dbg(transaction);
    transaction.set_address(address);
    return bytes;
}

bool Interconnect::direct(int, tlm::tlm_generic_payload& transaction, tlm::tlm_dmi& dmi) {
    const int target = decode(transaction);
    if (target == nobody) return false;
    const Range& range = ranges_[static_cast<std::size_t>(target)];
    const std::uint64_t address = transaction.get_address();
    transaction.set_address(address - range.base);
    const bool granted = targets_[target]->get_direct_mem_ptr(transaction, dmi);
    transaction.set_address(address);
    // A target may be larger than its range.
    dmi.set_start_address(dmi.get_start_address() + range.base);
    dmi.set_end_address(std::min<std::uint64_t>(dmi.get_end_address(), range.bytes - 1) + range.base);
    return granted;
}

void Interconnect::invalidate(int target, sc_dt::uint64 first, sc_dt::uint64 last) {
    const Range& range = ranges_[static_cast<std::size_t>(target)];
    if (first >= range.bytes) return;
    for (unsigned i = 0; i < initiators.size(); ++i) {
        initiators[static_cast<int>(i)]->invalidate_direct_mem_ptr(
            first + range.base, std::min<std::uint64_t>(last, range.bytes - 1) + range.base);
    }
}

}  // namespace cce::example
