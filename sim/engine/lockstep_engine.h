// SPDX-License-Identifier: Apache-2.0
//
// The Verilated RTL and the C++ model side by side: the same inputs, all outputs compared in every cycle.

#pragma once

#include <memory>

#include "engine/engine.h"

namespace cce::sim {

/// An engine that throws EngineFault at the first cycle in which the model is not the RTL. Waves are the RTL's.
std::unique_ptr<Engine> make_lockstep_engine(EngineHost& host, const EngineOptions& options);

}  // namespace cce::sim
