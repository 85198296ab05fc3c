// SPDX-License-Identifier: Apache-2.0
//
// What a program spends in system calls: their number, and cycles of the time stamp counter from call to return.
//
// The calls that libcce makes for requests are counted: this program's functions of their names stand before the C
// library's and liburing's, and call them. One thread.

#pragma once

#include <cstdint>

namespace cce::bench {

struct SystemCalls {
    std::uint64_t count = 0;
    std::uint64_t cycles = 0;
};

/// Since the program's start.
[[nodiscard]] SystemCalls system_calls();

/// Cycles of a system call that does nothing.
[[nodiscard]] std::uint64_t empty_system_call();

}  // namespace cce::bench
