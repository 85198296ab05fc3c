// SPDX-License-Identifier: Apache-2.0
//
// Is what stands behind the Engine interface an engine of this contract?

#pragma once

#include "engine/engine.h"

namespace cce::sim::device {

/// Its number of queue pairs. Throws std::runtime_error if it is no Core Crypto Engine, or one with an impossible
/// number.
[[nodiscard]] unsigned identified_queue_pairs(Engine& engine);

}  // namespace cce::sim::device
