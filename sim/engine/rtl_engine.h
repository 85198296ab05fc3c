// SPDX-License-Identifier: Apache-2.0
//
// The Engine interface on the Verilated RTL.

#pragma once

#include <memory>

#include "engine/engine.h"

namespace cce::sim {

/// The engine of rtl_model/rtl, Verilated. Throws std::invalid_argument for a width that was not built.
std::unique_ptr<Engine> make_rtl_engine(EngineHost& host, const EngineOptions& options);

}  // namespace cce::sim
