// SPDX-License-Identifier: Apache-2.0

#include "timeline.h"

#include <algorithm>
#include <iomanip>

namespace cce::example {

void Timeline::add(const sc_core::sc_time& begin, const sc_core::sc_time& end, std::string actor, std::string text) {
    entries_.push_back({begin, end, std::move(actor), std::move(text)});
}

void Timeline::print(std::ostream& stream, const sim::systemc::EngineClock& clock) const {
    std::vector<Entry> sorted = entries_;
    std::ranges::stable_sort(sorted, {}, &Entry::begin);
    stream << "        ns   cycle    end  who\n";
    for (const Entry& entry : sorted) {
        stream << std::setw(10) << std::fixed << std::setprecision(1) << entry.begin.to_seconds() * 1e9 << std::setw(8)
               << clock.cycle_at(entry.begin) << std::setw(7) << clock.cycle_at(entry.end) << "  " << std::left
               << std::setw(10) << entry.actor << std::right << entry.text << '\n';
    }
}

}  // namespace cce::example
