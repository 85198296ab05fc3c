// SPDX-License-Identifier: Apache-2.0

#include "systemc/interrupt_lines.h"

#include <algorithm>

namespace cce::sim::systemc {

InterruptLines::InterruptLines(const sc_core::sc_module_name& name, unsigned count, const sc_core::sc_time& period)
    : sc_core::sc_module(name), lines("line", count), period_(period) {
    SC_HAS_PROCESS(InterruptLines);
    SC_METHOD(drive);
    sensitive << change_;
}

void InterruptLines::pulse(unsigned vector, const sc_core::sc_time& begin) {
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    const sc_core::sc_time start = std::max(begin, now);
    pulses_.emplace(start, vector);
    change_.notify(start - now);
}

void InterruptLines::drive() {
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    std::erase_if(pulses_, [&](const auto& pulse) { return pulse.first + period_ <= now; });
    std::vector<bool> level(lines.size());
    sc_core::sc_time next = sc_core::sc_max_time();
    for (const auto& [begin, vector] : pulses_) {
        if (begin <= now) level[vector] = true;
        next = std::min(next, begin <= now ? begin + period_ : begin);
    }
    for (unsigned vector = 0; vector < lines.size(); ++vector) lines[vector].write(level[vector]);
    if (!pulses_.empty()) change_.notify(next - now);
}

}  // namespace cce::sim::systemc
