// SPDX-License-Identifier: Apache-2.0
//
// The engine's interrupts as ports.

#pragma once

#include <cstdint>
#include <map>
#include <systemc>
#include <vector>

namespace cce::sim::systemc {

/// Drives a port for each vector: high for one clock period an interrupt, from a time that may lie in the future.
///
/// Like the engine's own output, a line on which interrupts follow one another without a cycle between stays high.
class InterruptLines : public sc_core::sc_module {
public:
    InterruptLines(const sc_core::sc_module_name& name, unsigned count, const sc_core::sc_time& period);

    sc_core::sc_vector<sc_core::sc_out<bool>> lines;

    /// Raises the line of `vector` at `begin`, or now if that has passed.
    void pulse(unsigned vector, const sc_core::sc_time& begin);

private:
    void drive();

    sc_core::sc_time period_;
    std::multimap<sc_core::sc_time, unsigned> pulses_;  ///< by their begin; the past is taken out
    sc_core::sc_event change_;
};

}  // namespace cce::sim::systemc
