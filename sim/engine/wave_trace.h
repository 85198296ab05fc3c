// SPDX-License-Identifier: Apache-2.0
//
// Waves of the Verilated engine. Built from wave_trace_fst.cc or, without CCE_TRACE, from wave_trace_none.cc.

#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace cce::sim {

/// Writes the pins and registers of a Verilated model to an FST file.
class WaveTrace {
public:
    virtual ~WaveTrace() = default;
    /// The state of the model at `time` (two units for each cycle: clock high, clock low).
    virtual void dump(std::uint64_t time) = 0;
};

/// Opens the trace; the model must not have been evaluated before. Throws std::invalid_argument if this build has no
/// wave tracing or the file can't be written.
template <class Model>
std::unique_ptr<WaveTrace> make_wave_trace(Model& model, const std::string& path);

}  // namespace cce::sim
