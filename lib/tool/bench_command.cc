// SPDX-License-Identifier: Apache-2.0
//
// cce bench: a quick look at speed. An engine that tells its cycles is measured in cycles and in nothing else; whatever
// else there is, in time of the host's clock and in nothing else.

#include <algorithm>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>

#include "watch.h"
#include "workload.h"

namespace cce::tool {

namespace {

constexpr const char* engine_meaning =
    "Engine time, in cycles: from the first request's descriptor fetch to the last one's completion entry, by the "
    "engine's own counter. Requests come through the library and a simulated memory; how long the simulation takes "
    "on this host is not in any figure.";
constexpr const char* host_meaning =
    "Host time, by CLOCK_MONOTONIC of this machine: from the first submission to the last completion, the library's "
    "and the kernel's work included. In a virtual machine with a clock of its own, it is that clock's time.";

/// One row in engine cycles.
nlohmann::json measure_engine(Device& device, const Work& work, const BenchOptions& options) {
    const std::size_t requests = options.requests.value_or(std::max<std::size_t>(2 * work.depth, 8));
    std::uint64_t first = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t last = 0;
    std::uint64_t sum = 0;
    Workload workload(device, work);
    workload.run([requests](std::size_t submitted) { return submitted < requests; },
                 [&](const Completion& completion, std::uint64_t) {
                     first = std::min(first, completion.start_cycle);
                     last = std::max(last, completion.end_cycle);
                     sum += completion.end_cycle - completion.start_cycle;
                 });
    const auto cycles = static_cast<double>(last - first);
    const double rate = static_cast<double>(requests * work.bytes) / cycles;
    return {{"requests", requests},
            {"engine_cycles", last - first},
            {"cycles_per_request", cycles / static_cast<double>(requests)},
            {"latency_cycles_mean", static_cast<double>(sum) / static_cast<double>(requests)},
            {"bytes_per_cycle", rate},
            {"mb_per_s_at_clock", rate * options.clock_mhz}};
}

/// One row in host time.
nlohmann::json measure_host(Device& device, const Work& work, const BenchOptions& options) {
    Workload workload(device, work);
    Latencies latencies;
    std::size_t requests = 0;
    const std::uint64_t start = monotonic_nanoseconds();
    const std::uint64_t end = start + static_cast<std::uint64_t>(options.seconds * 1e9);
    workload.run(
        [&](std::size_t submitted) {
            return options.requests ? submitted < *options.requests
                                    : submitted < work.depth || monotonic_nanoseconds() < end;
        },
        [&](const Completion&, std::uint64_t submitted_ns) {
            ++requests;
            latencies.add(monotonic_nanoseconds() - submitted_ns);
        });
    const std::uint64_t elapsed = std::max<std::uint64_t>(monotonic_nanoseconds() - start, 1);
    const auto bytes = static_cast<double>(requests * work.bytes);
    return {{"requests", requests},
            {"wall_ns", elapsed},
            {"mb_per_s", bytes * 1e3 / static_cast<double>(elapsed)},
            {"latency_ns", latencies.summary()}};
}

void print_heading(bool engine, double clock_mhz) {
    if (engine) {
        std::printf("%-13s %9s %6s %9s %12s %14s %12s   MB/s at %g MHz\n", "mode", "bytes", "depth", "requests",
                    "cycles", "cycles/request", "bytes/cycle", clock_mhz);
    } else {
        std::printf("%-13s %9s %6s %9s %12s %12s %12s\n", "mode", "bytes", "depth", "requests", "MB/s", "p50 ns",
                    "p99 ns");
    }
}

void print_row(bool engine, const nlohmann::json& row) {
    std::printf("%-13s %9zu %6zu %9zu ", row["mode"].get<std::string>().c_str(), row["bytes"].get<std::size_t>(),
                row["depth"].get<std::size_t>(), row["requests"].get<std::size_t>());
    if (engine) {
        std::printf("%12llu %14.1f %12.3f %14.1f\n",
                    static_cast<unsigned long long>(row["engine_cycles"].get<std::uint64_t>()),
                    row["cycles_per_request"].get<double>(), row["bytes_per_cycle"].get<double>(),
                    row["mb_per_s_at_clock"].get<double>());
    } else {
        std::printf("%12.1f %12llu %12llu\n", row["mb_per_s"].get<double>(),
                    static_cast<unsigned long long>(row["latency_ns"]["p50"].get<std::uint64_t>()),
                    static_cast<unsigned long long>(row["latency_ns"]["p99"].get<std::uint64_t>()));
    }
    std::fflush(stdout);
}

/// Empty, or why there is no such row.
std::string skipped(const Information& information, const std::string& mode, std::uint64_t size) {
    if (!request_kind(mode).offered(information)) {
        return std::string("backend ") + information.backend + " does not offer it";
    }
    return refusal_of(mode, size);
}

}  // namespace

int run_bench(BenchOptions& options) {
    Device device = open_device(options.device, options.quiet || options.json);
    const Information information = device.information();
    const bool engine = information.engine_known != 0;
    nlohmann::json result{{"backend", information.backend},
                          {"choice", information.choice},
                          {"description", information.description},
                          {"time", engine ? "engine cycles" : "host"},
                          {"meaning", engine ? engine_meaning : host_meaning},
                          {"key_bits", options.key_bits},
                          {"direction", options.decrypt ? "decrypt" : "encrypt"},
                          {"rows", nlohmann::json::array()},
                          {"skipped", nlohmann::json::array()}};
    if (engine) {
        result["engine"] = information.engine;
        result["clock_mhz"] = options.clock_mhz;
    }
    if (!options.json) {
        std::printf("AES-%zu and hash functions, %s, backend %s%s%s: %s\n\n", options.key_bits,
                    options.decrypt ? "decryption" : "encryption", information.backend, engine ? ", engine " : "",
                    information.engine, information.description);
        print_heading(engine, options.clock_mhz);
    }
    for (const std::string& mode : options.modes) {
        for (const std::uint64_t size : options.sizes) {
            if (const std::string reason = skipped(information, mode, size); !reason.empty()) {
                result["skipped"].push_back({{"mode", mode}, {"bytes", size}, {"reason", reason}});
                continue;
            }
            for (const std::size_t depth : options.depths) {
                const Work work{mode, options.decrypt, options.key_bits, size, depth};
                nlohmann::json row =
                    engine ? measure_engine(device, work, options) : measure_host(device, work, options);
                row["mode"] = mode;
                row["bytes"] = size;
                row["depth"] = depth;
                if (!options.json) {
                    print_row(engine, row);
                }
                result["rows"].push_back(std::move(row));
            }
        }
    }
    if (options.json) {
        std::printf("%s\n", result.dump(2).c_str());
    } else {
        for (const auto& row : result["skipped"]) {
            std::printf("%-13s %9zu left out: %s\n", row["mode"].get<std::string>().c_str(),
                        row["bytes"].get<std::size_t>(), row["reason"].get<std::string>().c_str());
        }
        std::printf("\n%s\n", engine ? engine_meaning : host_meaning);
    }
    return 0;
}

}  // namespace cce::tool
