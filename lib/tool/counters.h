// SPDX-License-Identifier: Apache-2.0
//
// The driver's counters, as its debugfs files give them: lines of "name: value" (driver/cce_debugfs.c); and its
// engines' health, in sysfs (driver/cce_sysfs.c).

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cce::tool {

/// Counters and texts of one file.
struct Counters {
    std::map<std::string, std::uint64_t> numbers;
    std::map<std::string, std::string> texts;

    [[nodiscard]] std::uint64_t number(const std::string& name) const;
    [[nodiscard]] std::string text(const std::string& name) const;
};

/// What is known of one engine. A part whose file could not be read has the reason in `unread`.
struct DeviceCounters {
    std::string name;
    std::vector<Counters> queues;
    std::optional<Counters> engine;
    Counters health;
    Counters fallbacks;
    std::map<std::string, std::string> unread;
};

struct Sample {
    std::uint64_t time_ns = 0;  ///< CLOCK_MONOTONIC
    Counters module_fallbacks;
    std::vector<DeviceCounters> devices;
};

/// Reads everything below `root`, and the health of its engines from the buses' folders in `sysfs`. Throws ToolError
/// naming what is missing: debugfs, rights, the driver.
[[nodiscard]] Sample read_sample(const std::string& root, const std::string& sysfs);

}  // namespace cce::tool
