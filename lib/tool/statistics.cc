// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <ctime>
#include <numeric>

#include "tool.h"

namespace cce::tool {

std::uint64_t monotonic_nanoseconds() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

nlohmann::json Latencies::summary() const {
    std::vector<std::uint64_t> sorted = values_;
    std::sort(sorted.begin(), sorted.end());
    // Nearest rank: the smallest value that at least `percent` percent of all do not exceed.
    const auto rank = [&sorted](std::size_t percent) -> std::uint64_t {
        return sorted.empty() ? 0 : sorted[(sorted.size() * percent + 99) / 100 - 1];
    };
    return {{"count", sorted.size()},
            {"min", sorted.empty() ? 0 : sorted.front()},
            {"p50", rank(50)},
            {"p99", rank(99)},
            {"max", sorted.empty() ? 0 : sorted.back()},
            {"total", std::accumulate(sorted.begin(), sorted.end(), std::uint64_t{0})}};
}

}  // namespace cce::tool
