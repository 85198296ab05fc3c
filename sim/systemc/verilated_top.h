// SPDX-License-Identifier: Apache-2.0
//
// The Verilated cce_top behind plain types: Verilator's headers change when SystemC's are there too, and must not meet
// them.

#pragma once

#include <memory>

#include "top/engine_pins.h"

namespace cce::sim::systemc {

class VerilatedTop {
public:
    virtual ~VerilatedTop() = default;

    /// The outputs with these inputs; a change of `clock` from low to high is the clock edge.
    virtual void show(bool clock, bool reset_n, const model::EngineInputs& inputs, model::EngineOutputs& outputs) = 0;
};

/// `data_width`: 128 or 256.
[[nodiscard]] std::unique_ptr<VerilatedTop> make_verilated_top(int data_width);

}  // namespace cce::sim::systemc
