// SPDX-License-Identifier: Apache-2.0

#include "device/engine_identity.h"

#include <stdexcept>
#include <string>

#include "cce_contract.hpp"

namespace cce::sim::device {

unsigned identified_queue_pairs(Engine& engine) {
    namespace page = contract::global_page;
    const RegisterValue identification = engine.read_register(page::base + page::identification);
    if (identification.error || identification.value != contract::identification_value) {
        throw std::runtime_error("the engine does not identify itself as a Core Crypto Engine");
    }
    const RegisterValue geometry = engine.read_register(page::base + page::geometry);
    const unsigned queues = page::geometry_queue_count.get(geometry.value);
    if (geometry.error || queues == 0 || queues > contract::queue_limit) {
        throw std::runtime_error("the engine has " + std::to_string(queues) + " queue pairs");
    }
    return queues;
}

}  // namespace cce::sim::device
