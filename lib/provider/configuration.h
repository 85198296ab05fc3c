// SPDX-License-Identifier: Apache-2.0
//
// How the provider was told to work: by its section of the configuration file, else by the environment.

#pragma once

#include <cstddef>
#include <string>

#include "core.h"

namespace cce::provider {

/// From this many bytes on, the engine takes less of the CPU's time than AES instructions would (README, break-even).
inline constexpr std::size_t default_cpu_below = 16384;

struct Configuration {
    std::string backend;                        ///< `backend`; empty: CCE_BACKEND, else libcce's automatic choice
    std::string engine;                         ///< `engine`; empty: CCE_ENGINE, else libcce's default
    std::size_t cpu_below = default_cpu_below;  ///< `cpu-below`, CCE_CPU_BELOW: requests of fewer bytes stay on the CPU
    std::string report;  ///< `report`, CCE_PROVIDER_REPORT: file that gets a line at the end; "-": stderr; empty: none

    /// Throws Fault, which names what is wrong.
    [[nodiscard]] static Configuration read(const Core& core);
};

}  // namespace cce::provider
