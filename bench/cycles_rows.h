// SPDX-License-Identifier: Apache-2.0
//
// The rows of the speed table: what is measured, and what it must reach.

#pragma once

#include <string>
#include <vector>

#include "cycles_measurement.h"

namespace cce::bench {

enum class Figure : std::uint8_t {
    bytes_per_cycle,     ///< of text, in steady state; more is better
    cycles_per_request,  ///< in steady state; less is better
    latency,             ///< cycles of a request that is alone; less is better
    cycles_per_block,    ///< of one long hash: what a text of twice the length takes more; less is better
    bus_bytes,           ///< over the bus, both ways, for each byte of text, in steady state; less is better
    cycles_over_plain,   ///< of a request that is alone, over the same without a key; less is better
};

[[nodiscard]] const char* unit(Figure figure);

struct Row {
    unsigned group = 0;  ///< rows of one group have one heading
    std::string name{};  ///< for --rows and for JSON
    std::string text{};  ///< what a reader of the table sees
    Figure figure = Figure::bytes_per_cycle;
    Workload workload{};
    double goal = 0;          ///< 0: none, the figure is there to be compared
    unsigned requests = 128;  ///< measured ones

    /// True if the value is at the goal or better.
    [[nodiscard]] bool reached(double value) const {
        return figure == Figure::bytes_per_cycle ? value >= goal : value <= goal;
    }
    /// True if the rings are kept full.
    [[nodiscard]] bool steady() const {
        return figure == Figure::bytes_per_cycle || figure == Figure::cycles_per_request || figure == Figure::bus_bytes;
    }
    /// True if the row is also measured with several queue pairs.
    [[nodiscard]] bool sharable() const { return workload.both == Workload::Both::no && steady(); }
};

/// The group of the measurements with several queue pairs.
inline constexpr unsigned sharing_group = 10;
/// Queue pairs that share the engine there.
inline constexpr unsigned sharing_queues = 4;
/// How much worse all of them together may be than one alone, in percent.
inline constexpr double sharing_loss_percent = 2;
/// What each of them must get, in percent of an equal share.
inline constexpr double sharing_lowest_percent = 90;
/// Requests whose latency is measured, one after the other; the longest counts.
inline constexpr unsigned latency_runs = 4;
/// The memory latency for which the goals are stated.
inline constexpr unsigned default_memory_latency = 20;

/// All rows but those of the sharing group, in the order of the table.
[[nodiscard]] const std::vector<Row>& rows();
/// The heading of a group of rows.
[[nodiscard]] std::string heading(unsigned group);

}  // namespace cce::bench
