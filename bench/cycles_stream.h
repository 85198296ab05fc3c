// SPDX-License-Identifier: Apache-2.0
//
// How fast an engine is simulated when it does what a simulator is fastest at: long requests, one behind the other.

#pragma once

#include <cstdint>
#include <string>

#include "engine/engine.h"

namespace cce::bench {

/// AES-256-GCM, encryption.
inline constexpr std::uint32_t stream_text_bytes = 1 << 20;
inline constexpr unsigned stream_depth = 8;  ///< requests posted and unanswered

/// Host time of one core, not engine time.
struct StreamSpeed {
    std::uint64_t cycles = 0;
    sim::CyclesByStride strides;
    double cpu_seconds = 0;

    [[nodiscard]] double cycles_per_second() const { return static_cast<double>(cycles) / cpu_seconds; }
};

/// Simulates for about half a second of CPU time, all that there is between a descriptor and its completion included.
/// The outputs are compared with OpenSSL's afterwards. Throws std::runtime_error if they are wrong.
[[nodiscard]] StreamSpeed measure_stream(const std::string& engine, unsigned memory_latency);

}  // namespace cce::bench
