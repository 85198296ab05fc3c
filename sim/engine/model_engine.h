// SPDX-License-Identifier: Apache-2.0
//
// The Engine interface on the C++ model.

#pragma once

#include <memory>

#include "engine/engine.h"

namespace cce::sim {

/// The engine of rtl_model/model. Throws std::invalid_argument for a width that it does not model, and for waves.
std::unique_ptr<Engine> make_model_engine(EngineHost& host, const EngineOptions& options);

}  // namespace cce::sim
