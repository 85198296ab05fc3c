// SPDX-License-Identifier: Apache-2.0
//
// A memory: a latency, byte enables, debug accesses, and DMI if it lends itself.

#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <systemc>
#include <tlm>
#include <vector>

namespace cce::example {

class Memory : public sc_core::sc_module {
public:
    struct Options {
        std::size_t bytes = std::size_t{1} << 20U;
        sc_core::sc_time read_latency = sc_core::sc_time(80, sc_core::SC_NS);
        sc_core::sc_time write_latency = sc_core::sc_time(80, sc_core::SC_NS);
        bool lends = false;        ///< grants DMI
        bool spends_time = false;  ///< waits for its latency itself, instead of annotating it
    };

    Memory(const sc_core::sc_module_name& name, const Options& options);

    tlm_utils::simple_target_socket<Memory> socket;

    /// Grants DMI from now on, or takes all of it back.
    void lend(bool on);

private:
    void access(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
    unsigned debug_access(tlm::tlm_generic_payload& transaction);
    bool grant(tlm::tlm_generic_payload& transaction, tlm::tlm_dmi& dmi);
    [[nodiscard]] tlm::tlm_response_status check(const tlm::tlm_generic_payload& transaction) const;
    void move(const tlm::tlm_generic_payload& transaction);

    Options options_;
    std::vector<std::uint8_t> bytes_;
};

}  // namespace cce::example
