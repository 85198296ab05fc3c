// SPDX-License-Identifier: Apache-2.0
//
// When the memory behind the engine's manager port takes addresses, gives and takes beats, and answers.

#pragma once

#include <cstdint>
#include <random>

#include "engine/engine.h"

namespace cce::sim {

/// A model of the memory's timing; deterministic for a given way of making it.
class MemoryTiming {
public:
    /// Every burst flows at a beat a cycle; first read beat and write response come `latency` cycles after the address
    /// or the last beat.
    [[nodiscard]] static MemoryTiming ideal(unsigned latency = 20);
    /// Random back-pressure on every channel: most waits are short, a few long, none above `longest`.
    [[nodiscard]] static MemoryTiming random(std::uint64_t seed, unsigned longest = 40);
    /// No address is ever accepted: a hung bus.
    [[nodiscard]] static MemoryTiming stalled();

    [[nodiscard]] BurstSchedule schedule(const Burst& burst);
    /// Bursts that differ in address and time alone get the same schedule.
    [[nodiscard]] bool constant() const { return kind_ == Kind::ideal; }

private:
    enum class Kind : std::uint8_t { ideal, random, stalled };

    MemoryTiming(Kind kind, unsigned figure, std::uint64_t seed) : kind_(kind), figure_(figure), random_(seed) {}
    [[nodiscard]] unsigned wait();

    Kind kind_;
    unsigned figure_;
    std::mt19937_64 random_;
};

}  // namespace cce::sim
