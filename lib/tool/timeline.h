// SPDX-License-Identifier: Apache-2.0
//
// A timeline in the Trace Event Format, JSON, which Perfetto (https://ui.perfetto.dev) and chrome://tracing open.

#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cce/cce.hpp"

namespace cce::tool {

/// Spans of time in rows. Spans of one group that overlap get rows of their own, as few as possible: a viewer would
/// draw them on top of each other otherwise. Every group is a "process" of the viewer, every row a "thread".
class Timeline {
public:
    /// `clock_mhz` turns engine cycles into the viewer's microseconds.
    explicit Timeline(double clock_mhz) : clock_mhz_(clock_mhz) {}

    /// A request by its engine cycles, which become arguments of the span, too.
    void add_request(const std::string& name, const Completion& completion, nlohmann::json arguments);
    /// A span in engine cycles.
    void add_cycles(const std::string& group, const std::string& name, std::uint64_t start_cycle,
                    std::uint64_t end_cycle, nlohmann::json arguments);
    /// A span in microseconds of whatever clock the group's name says.
    void add_span(const std::string& group, const std::string& name, double start_us, double end_us,
                  nlohmann::json arguments);

    [[nodiscard]] std::size_t spans() const;
    /// The whole, each group beginning at 0. `other` goes in as "otherData".
    [[nodiscard]] nlohmann::json to_json(nlohmann::json other) const;
    /// The same as text, written to `path`; standard output for an empty one.
    void write(const std::string& path, nlohmann::json other) const;

private:
    struct Span {
        std::string name;
        double start;
        double end;
        nlohmann::json arguments;
    };
    double clock_mhz_;
    std::map<std::string, std::vector<Span>> groups_;
};

}  // namespace cce::tool
