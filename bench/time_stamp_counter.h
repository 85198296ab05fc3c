// SPDX-License-Identifier: Apache-2.0
//
// The host's time stamp counter.

#pragma once

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

#include <cstdint>

namespace cce::bench {

/// The time stamp counter; 0 on processors that have none.
[[nodiscard]] inline std::uint64_t time_stamp() {
#if defined(__x86_64__)
    return __rdtsc();
#else
    return 0;
#endif
}

/// True if it runs at one rate in all states of the CPU; its ticks are at the nominal frequency.
[[nodiscard]] inline bool time_stamp_is_invariant() {
#if defined(__x86_64__)
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d & (1U << 8)) != 0;
#else
    return false;
#endif
}

}  // namespace cce::bench
