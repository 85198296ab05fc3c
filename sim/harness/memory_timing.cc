// SPDX-License-Identifier: Apache-2.0

#include "harness/memory_timing.h"

#include <algorithm>
#include <limits>

namespace cce::sim {

MemoryTiming MemoryTiming::ideal(unsigned latency) {
    return {Kind::ideal, latency, 0};
}

MemoryTiming MemoryTiming::random(std::uint64_t seed, unsigned longest) {
    return {Kind::random, longest, seed};
}

MemoryTiming MemoryTiming::stalled() {
    return {Kind::stalled, 0, 0};
}

unsigned MemoryTiming::wait() {
    // Half of all waits are 0, a quarter up to 3, the rest anything: enough of each to meet the others in every order.
    const std::uint64_t draw = random_();
    const auto figure = static_cast<unsigned>(draw >> 32);
    switch (draw & 3) {
        case 0:
        case 1:
            return 0;
        case 2:
            return figure % (std::min(figure_, 3U) + 1);
        default:
            return figure % (figure_ + 1);
    }
}

BurstSchedule MemoryTiming::schedule(const Burst& burst) {
    BurstSchedule schedule;
    switch (kind_) {
        case Kind::ideal:
            if (burst.direction == Direction::read) {
                schedule.beat_wait[0] = static_cast<std::uint16_t>(figure_);
            } else {
                schedule.response_wait = figure_;
            }
            break;
        case Kind::random: {
            schedule.address_wait = wait();
            // One burst in four is slow from beat to beat, the others only at their first one.
            const bool slow = (random_() & 3) == 0;
            schedule.beat_wait[0] = static_cast<std::uint16_t>(wait());
            for (unsigned beat = 1; slow && beat < burst.beats; ++beat) {
                schedule.beat_wait[beat] = static_cast<std::uint16_t>(wait() % 8);
            }
            schedule.response_wait = wait();
            break;
        }
        case Kind::stalled:
            schedule.address_wait = std::numeric_limits<unsigned>::max();
            break;
    }
    return schedule;
}

}  // namespace cce::sim
