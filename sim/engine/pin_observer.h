// SPDX-License-Identifier: Apache-2.0
//
// What an observer of an engine's pins sees, see Engine::observe_pins.

#pragma once

#include <cstdint>

#include "engine/axi_monitor.h"

namespace cce::sim {

/// The register port's outputs. Responses and data count only with their valid signals.
struct RegisterPortPins {
    bool aw_ready = false;
    bool w_ready = false;
    bool b_valid = false;
    std::uint8_t b_response = 0;
    bool ar_ready = false;
    bool r_valid = false;
    std::uint8_t r_response = 0;
    std::uint32_t r_data = 0;
};

/// One cycle, as the rising edge that ends it finds the pins.
struct ObservedPins {
    std::uint64_t cycle;
    const AxiPins& manager;
    RegisterPortPins registers;
    std::uint32_t interrupt;  ///< bit v: vector v
    bool idle;
};

}  // namespace cce::sim
