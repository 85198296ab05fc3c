// SPDX-License-Identifier: Apache-2.0
//
// What the simple devices of the computer have in common: a few registers behind a target socket.

#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <optional>
#include <systemc>
#include <tlm>

namespace cce::computer {

/// Accesses of 4 or 8 bytes, aligned, without byte enables; others get the response that IEEE 1666 has for it. Waits
/// for the caller's time, so that the device is seen as it is then; an access takes `latency`.
class RegisterTarget : public sc_core::sc_module {
public:
    RegisterTarget(const sc_core::sc_module_name& name, const sc_core::sc_time& latency);

    tlm_utils::simple_target_socket<RegisterTarget> socket;

protected:
    /// Nothing: no such register. `bytes`: 4 or 8.
    virtual std::optional<std::uint64_t> read_register(std::uint64_t offset, unsigned bytes) = 0;
    /// False: no such register.
    virtual bool write_register(std::uint64_t offset, unsigned bytes, std::uint64_t value) = 0;

private:
    void access(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);

    sc_core::sc_time latency_;
};

}  // namespace cce::computer
