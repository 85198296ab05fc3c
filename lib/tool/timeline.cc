// SPDX-License-Identifier: Apache-2.0

#include "timeline.h"

#include <algorithm>
#include <numeric>

#include "tool.h"

namespace cce::tool {

void Timeline::add_request(const std::string& name, const Completion& completion, nlohmann::json arguments) {
    arguments["start_cycle"] = completion.start_cycle;
    arguments["end_cycle"] = completion.end_cycle;
    arguments["cycles"] = completion.end_cycle - completion.start_cycle;
    if (completion.status != CCE_OK) {
        arguments["status"] = cce_strerror(completion.status);
    }
    add_cycles("engine", name, completion.start_cycle, completion.end_cycle, std::move(arguments));
}

void Timeline::add_cycles(const std::string& group, const std::string& name, std::uint64_t start_cycle,
                          std::uint64_t end_cycle, nlohmann::json arguments) {
    add_span(group, name, static_cast<double>(start_cycle) / clock_mhz_, static_cast<double>(end_cycle) / clock_mhz_,
             std::move(arguments));
}

void Timeline::add_span(const std::string& group, const std::string& name, double start_us, double end_us,
                        nlohmann::json arguments) {
    groups_[group].push_back({name, start_us, end_us, std::move(arguments)});
}

std::size_t Timeline::spans() const {
    return std::accumulate(groups_.begin(), groups_.end(), std::size_t{0},
                           [](std::size_t sum, const auto& group) { return sum + group.second.size(); });
}

nlohmann::json Timeline::to_json(nlohmann::json other) const {
    nlohmann::json events = nlohmann::json::array();
    int process = 0;
    for (const auto& [group, unsorted] : groups_) {
        ++process;
        std::vector<Span> spans = unsorted;
        std::stable_sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.start < b.start; });
        const double origin = spans.front().start;
        events.push_back({{"ph", "M"}, {"name", "process_name"}, {"pid", process}, {"args", {{"name", group}}}});
        // First fit: a span goes into the first row whose last span has ended.
        std::vector<double> ends;
        for (Span& span : spans) {
            const auto free = std::find_if(ends.begin(), ends.end(), [&span](double end) { return end <= span.start; });
            const auto row = free - ends.begin();
            if (free == ends.end()) {
                ends.push_back(span.end);
                events.push_back({{"ph", "M"},
                                  {"name", "thread_name"},
                                  {"pid", process},
                                  {"tid", row + 1},
                                  {"args", {{"name", "row " + std::to_string(row + 1)}}}});
            } else {
                *free = span.end;
            }
            events.push_back({{"ph", "X"},
                              {"name", span.name},
                              {"cat", "request"},
                              {"pid", process},
                              {"tid", row + 1},
                              {"ts", span.start - origin},
                              {"dur", span.end - span.start},
                              {"args", span.arguments}});
        }
    }
    other["clock_mhz"] = clock_mhz_;
    return {{"traceEvents", events}, {"displayTimeUnit", "ns"}, {"otherData", other}};
}

void Timeline::write(const std::string& path, nlohmann::json other) const {
    OutputFile file(path);
    const std::string text = to_json(std::move(other)).dump(1) + "\n";
    file.write({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    file.finish();
}

}  // namespace cce::tool
