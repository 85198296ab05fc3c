// SPDX-License-Identifier: Apache-2.0
//
// An address decoder between any number of initiators and targets.

#pragma once

#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/multi_passthrough_target_socket.h>

#include <cstdint>
#include <systemc>
#include <tlm>
#include <vector>

namespace cce::example {

/// Takes no time and arbitrates nothing. What no target answers for gets TLM_ADDRESS_ERROR_RESPONSE.
class Interconnect : public sc_core::sc_module {
public:
    explicit Interconnect(const sc_core::sc_module_name& name);

    /// Bind every initiator to this one.
    tlm_utils::multi_passthrough_target_socket<Interconnect> initiators;

    /// The target sees addresses from 0 on.
    template <class Socket>
    void connect(Socket& target, std::uint64_t base, std::uint64_t bytes) {
        targets_.bind(target);
        ranges_.push_back({base, bytes});
    }

private:
    struct Range {
        std::uint64_t base;
        std::uint64_t bytes;
    };
    static constexpr int nobody = -1;

    /// The target's index.
    [[nodiscard]] int decode(const tlm::tlm_generic_payload& transaction) const;
    void transport(int initiator, tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
    unsigned debug(int initiator, tlm::tlm_generic_payload& transaction);
    bool direct(int initiator, tlm::tlm_generic_payload& transaction, tlm::tlm_dmi& dmi);
    void invalidate(int target, sc_dt::uint64 first, sc_dt::uint64 last);

    tlm_utils::multi_passthrough_initiator_socket<Interconnect> targets_;
    std::vector<Range> ranges_;
};

}  // namespace cce::example
