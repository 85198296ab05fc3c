// SPDX-License-Identifier: Apache-2.0
//
// Random pins on the register port, which the traffic of the other part, by whole accesses, never shows.

#pragma once

#include <cstdint>

namespace cce::lockstep {

/// Drives the register port of both engines for so many cycles: addresses and data in any order, late readys, partial
/// strobes, unaligned and unknown addresses. The manager's addresses are accepted and never answered.
/// Throws sim::EngineFault if they differ.
void run_register_port(std::uint64_t seed, std::uint64_t cycles);

}  // namespace cce::lockstep
