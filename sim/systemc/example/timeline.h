// SPDX-License-Identifier: Apache-2.0
//
// What happened when. Entries may come in any order, as they do in a loosely timed simulation; they are printed in
// that of their times.

#pragma once

#include <ostream>
#include <string>
#include <systemc>
#include <vector>

#include "systemc/engine_clock.h"

namespace cce::example {

class Timeline {
public:
    void add(const sc_core::sc_time& begin, const sc_core::sc_time& end, std::string actor, std::string text);
    /// A line each: begin in nanoseconds, begin and end in engine cycles, who, what.
    void print(std::ostream& stream, const sim::systemc::EngineClock& clock) const;
    void clear() { entries_.clear(); }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        sc_core::sc_time begin;
        sc_core::sc_time end;
        std::string actor;
        std::string text;
    };
    std::vector<Entry> entries_;
};

}  // namespace cce::example
