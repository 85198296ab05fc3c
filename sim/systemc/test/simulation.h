// SPDX-License-Identifier: Apache-2.0
//
// GoogleTest within SystemC: all modules are made before the simulation starts, as SystemC wants it, and the tests run
// in a process of the simulation, one after the other. So a test may wait, and call sockets.

#pragma once

#include <systemc>

namespace cce::example {

/// Runs all tests in a process of the simulation; returns what main() returns. Modules that the tests use must exist.
[[nodiscard]] int run_tests_in_simulation();

}  // namespace cce::example
