// SPDX-License-Identifier: Apache-2.0
//
// The pins of cce_top. `registers` is the AXI4-Lite subordinate, everything else the AXI4 manager.

#pragma once

#include <cstdint>

#include "regs/axi_lite_subordinate.h"
#include "types.h"

namespace cce::model {

/// What is driven from outside.
struct EngineInputs {
    std::uint64_t timestamp = 0;
    bool gate = false;
    RegisterPortInputs registers;
    bool awready = false;
    bool wready = false;
    bool bvalid = false;
    std::uint8_t bid = 0;
    std::uint8_t bresp = 0;
    bool arready = false;
    bool rvalid = false;
    bool rlast = false;
    std::uint8_t rid = 0;
    std::uint8_t rresp = 0;
    Beat rdata{};
};

/// What the engine answers on its register port.
struct RegisterPortOutputs {
    bool awready = false;
    bool wready = false;
    bool bvalid = false;
    std::uint8_t bresp = 0;
    bool arready = false;
    bool rvalid = false;
    std::uint32_t rdata = 0;
    std::uint8_t rresp = 0;
};

/// An address channel of the manager.
struct AddressOutputs {
    bool valid = false;
    std::uint8_t id = 0;
    std::uint64_t address = 0;
    std::uint8_t length = 0;
    std::uint8_t size = 0;
    std::uint8_t burst = 1;       ///< INCR
    std::uint8_t cache = 3;       ///< normal, non-cacheable, bufferable
    std::uint8_t protection = 0;  ///< unprivileged, secure, data
};

/// What the engine drives. Payloads are defined only with their valid signals.
struct EngineOutputs {
    bool idle = false;
    std::uint32_t interrupt = 0;
    RegisterPortOutputs registers;
    AddressOutputs aw;
    bool wvalid = false;
    bool wlast = false;
    std::uint32_t wstrb = 0;
    Beat wdata{};
    bool bready = true;
    AddressOutputs ar;
    bool rready = true;
};

}  // namespace cce::model
