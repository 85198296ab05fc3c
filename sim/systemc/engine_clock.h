// SPDX-License-Identifier: Apache-2.0
//
// Engine cycles and SystemC time.

#pragma once

#include <cstdint>
#include <systemc>

namespace cce::sim::systemc {

/// Cycle n lasts from `begin_of(n)` to `begin_of(n + 1)`. Counted in SystemC's time units, without rounding.
class EngineClock {
public:
    explicit EngineClock(const sc_core::sc_time& period) : period_(period) {}

    /// `cycle` begins at `time`; all others follow from that.
    void start(std::uint64_t cycle, const sc_core::sc_time& time) {
        first_cycle_ = cycle;
        first_time_ = time;
    }

    [[nodiscard]] const sc_core::sc_time& period() const { return period_; }

    /// When the cycle begins; not before the clock started.
    [[nodiscard]] sc_core::sc_time begin_of(std::uint64_t cycle) const {
        const std::uint64_t since = cycle > first_cycle_ ? cycle - first_cycle_ : 0;
        return sc_core::sc_time::from_value(first_time_.value() + since * period_.value());
    }

    /// The first cycle that begins at `time` or later: what happens at `time` counts from it on.
    [[nodiscard]] std::uint64_t cycle_at(const sc_core::sc_time& time) const {
        return first_cycle_ + (time > first_time_ ? cycles(time - first_time_) : 0);
    }

    /// A duration in cycles, rounded up.
    [[nodiscard]] std::uint64_t cycles(const sc_core::sc_time& duration) const {
        const std::uint64_t whole = duration.value() / period_.value();
        return whole + (duration.value() % period_.value() != 0 ? 1 : 0);
    }

private:
    sc_core::sc_time period_;
    std::uint64_t first_cycle_ = 0;
    sc_core::sc_time first_time_;
};

}  // namespace cce::sim::systemc
