// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
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

Device open_device(const DeviceOptions& options, bool quiet) {
    Device device(options.backend, options.engine);
    const Information information = device.information();
    if (!options.engine.empty() && std::string(information.backend) != "in-process") {
        throw ToolError(exit_usage, "--engine: only backend in-process has one, and this is " +
                                        std::string(information.backend) + " (" + information.choice + ")");
    }
    if (!quiet) {
        std::fprintf(stderr, "cce: backend %s (%s)\n", information.backend, information.choice);
    }
    return device;
}

nlohmann::json statistics_of(const std::string& operation, cce_mode mode, std::size_t key_bytes,
                             const Information& information) {
    return {{"operation", operation},
            {"mode", cce_mode_name(mode)},
            {"key_bits", key_bytes * 8 / (mode == CCE_MODE_XTS ? 2 : 1)},
            {"backend", information.backend},
            {"choice", information.choice},
            {"driver", information.driver[mode]},
            {"clock", "CLOCK_MONOTONIC"}};
}

void report(const CipherOptions& options, const nlohmann::json& statistics, OutputFile& output) {
    if (!options.statistics.empty()) {
        OutputFile file(options.statistics);
        const std::string text = statistics.dump(2) + "\n";
        file.write(std::vector<std::uint8_t>(text.begin(), text.end()));
        output.finish();
        file.finish();
    } else {
        output.finish();
    }
    if (options.json) {
        // Standard output may carry the text; then the figures go to standard error.
        std::fprintf(options.output.empty() ? stderr : stdout, "%s\n", statistics.dump(2).c_str());
    }
}

}  // namespace cce::tool
