// SPDX-License-Identifier: Apache-2.0
//
// cce_engine_sweep: measures an engine at points that it reads from its standard input, a JSON object a line, and
// answers each with one line of JSON at once, so that whoever reads them knows how far it is and keeps what is done.
// Cycles of the engine's clock; every output is compared with OpenSSL's. scripts/bench.sh asks the questions.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cycles_measurement.h"
#include "engine/engine.h"

namespace {

using cce::bench::Measurement;
using cce::bench::RequestTimes;
using cce::bench::Throughput;
using cce::bench::Workload;
using cce::contract::CipherMode;
using cce::contract::HashMode;
using nlohmann::json;

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;
constexpr std::uint32_t bytes_maximum = 1 << 20;
constexpr unsigned depth_maximum = 256;
constexpr unsigned sessions_maximum = 1 << 17;
constexpr unsigned window_maximum = 1024;  ///< requests: enough for the 99.9th percentile
constexpr unsigned window_minimum = 1;
constexpr double block_bytes = 16;
constexpr double lane_cycles = 32;          ///< until a lane's block is back: docs/architecture.md
constexpr double key_wrap_passes = 6;       ///< SP 800-38F, 6.1: of each semiblock
constexpr double hash_cycles_a_block = 18;  ///< of 16 bytes, in one lane
constexpr double hash_lanes = 4;
constexpr double overhead_cycles = 20;  ///< of a small request

constexpr std::array modes{CipherMode::ecb, CipherMode::cbc,  CipherMode::ctr, CipherMode::xts, CipherMode::gcm,
                           CipherMode::ccm, CipherMode::cmac, CipherMode::kw,  CipherMode::kwp};

struct Options {
    std::string engine = "model";
    unsigned memory_latency = 20;
    unsigned data_width = 128;
    std::string configuration = "default";
    std::uint64_t window_cycles = 300'000;
};

struct Point {
    Workload workload;
    unsigned queues = 1;
    unsigned requests = 0;  ///< of the window; 0: as many as fit into Options::window_cycles, within limits
};

constexpr std::array hashes{HashMode::sha_224,     HashMode::sha_256,     HashMode::sha_384,   HashMode::sha_512,
                            HashMode::sha_512_224, HashMode::sha_512_256, HashMode::sha3_224,  HashMode::sha3_256,
                            HashMode::sha3_384,    HashMode::sha3_512,    HashMode::shake_128, HashMode::shake_256};

CipherMode mode_of(const std::string& name) {
    for (const CipherMode mode : modes) {
        if (name == cce::contract::name_of(mode)) return mode;
    }
    throw std::invalid_argument("there is no mode '" + name + "'");
}

unsigned in_range(const json& object, const char* name, unsigned least, unsigned most) {
    const auto value = object.at(name).get<std::int64_t>();
    if (value < least || value > most) {
        throw std::invalid_argument(std::string(name) + " must be from " + std::to_string(least) + " to " +
                                    std::to_string(most));
    }
    return static_cast<unsigned>(value);
}

void read_cipher(const json& object, const std::string& name, Workload& work) {
    work.mode = mode_of(name);
    work.key_bits = in_range(object, "key_bits", 128, 256);
    if (work.key_bits % 64 != 0) throw std::invalid_argument("key_bits must be 128, 192 or 256");
    work.decrypt = object.at("decrypt").get<bool>();
    const bool wraps = work.mode == CipherMode::kw || work.mode == CipherMode::kwp;
    const auto wrap_limit = static_cast<unsigned>(cce::contract::key_wrap_limit_bytes);
    work.text_bytes = in_range(object, "bytes", 16, wraps ? wrap_limit : bytes_maximum);
    if (work.mode == CipherMode::gcm || work.mode == CipherMode::ccm || work.mode == CipherMode::cmac) {
        work.tag_bytes = 16;
    }
    work.held = object.value("held", false);
}

Point point_of(const json& object) {
    Point point;
    Workload& work = point.workload;
    const auto name = object.at("mode").get<std::string>();
    const auto hash = std::ranges::find(hashes, name, [](HashMode mode) { return cce::contract::name_of(mode); });
    if (hash != hashes.end()) {
        work.hash = *hash;
        work.keyed = object.value("keyed", false);
        work.text_bytes = in_range(object, "bytes", 16, bytes_maximum);
    } else {
        read_cipher(object, name, work);
    }
    work.depth = in_range(object, "depth", 1, depth_maximum);
    if (object.contains("sessions")) work.sessions = in_range(object, "sessions", 1, sessions_maximum);
    point.queues = in_range(object, "queues", 1, cce::contract::queue_limit);
    point.requests = object.contains("requests") ? in_range(object, "requests", 1, 1 << 20) : 0;
    return point;
}

/// What a request adds to a window, roughly: decides how many of them there are, and nothing else.
double expected_cycles(const Point& point) {
    const Workload& work = point.workload;
    const double blocks = work.text_bytes / block_bytes;
    const double together = std::min<double>(work.depth * point.queues, lane_cycles);
    double cycles = blocks;
    switch (work.mode) {
        case CipherMode::cbc:
            if (!work.decrypt) cycles = blocks * lane_cycles / together;
            break;
        case CipherMode::cmac:
            cycles = blocks * lane_cycles / together;
            break;
        case CipherMode::ccm:
            cycles = 2 * blocks * lane_cycles / together;
            break;
        case CipherMode::kw:
        case CipherMode::kwp:
            cycles = 2 * blocks * key_wrap_passes * lane_cycles;
            break;
        default:
            break;
    }
    if (work.hash) cycles = hash_cycles_a_block * blocks / std::min<double>(work.depth * point.queues, hash_lanes);
    const double alone = work.depth * point.queues == 1 ? 10 * overhead_cycles : 0;
    return cycles + overhead_cycles + alone;
}

unsigned window_of(const Point& point, std::uint64_t window_cycles) {
    if (point.requests != 0) return point.requests;
    const double fit = static_cast<double>(window_cycles) / expected_cycles(point);
    const auto requests = static_cast<unsigned>(std::clamp<double>(fit, window_minimum, window_maximum));
    // Requests that were posted together may end together, so a window has whole turns of all that are in flight.
    const unsigned turn = point.workload.depth * point.queues;
    return (requests + turn - 1) / turn * turn;
}

constexpr std::array<std::pair<const char*, double>, 7> percentiles{
    {{"p10", 0.1}, {"p25", 0.25}, {"p50", 0.5}, {"p75", 0.75}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}};

/// The smallest value that at least `share` of them do not exceed.
std::uint64_t percentile(const std::vector<std::uint64_t>& sorted, double share) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

json latency_of(const std::vector<RequestTimes>& times) {
    std::vector<std::uint64_t> sorted;
    for (const RequestTimes& one : times) sorted.push_back(one.completion - one.doorbell);
    std::ranges::sort(sorted);
    json latency = {{"min", sorted.front()}, {"max", sorted.back()}};
    for (const auto& [name, share] : percentiles) latency[name] = percentile(sorted, share);
    return latency;
}

/// Means over the requests.
json stages_of(const std::vector<RequestTimes>& times) {
    double wait = 0;
    double fetch = 0;
    double process = 0;
    double write_back = 0;
    for (const RequestTimes& one : times) {
        if (one.fetch < one.doorbell || one.source < one.fetch || one.destination < one.source ||
            one.completion < one.destination) {
            throw std::runtime_error("a request's stages are not in order");
        }
        // Where a request's key is asked for, it has its slot; its text is asked for when it is its turn.
        const std::uint64_t ready = one.record != 0 ? std::min(one.record, one.source) : one.source;
        wait += static_cast<double>(one.fetch - one.doorbell + one.source - ready);
        fetch += static_cast<double>(ready - one.fetch);
        process += static_cast<double>(one.destination - one.source);
        write_back += static_cast<double>(one.completion - one.destination);
    }
    const auto count = static_cast<double>(times.size());
    return {{"wait", wait / count},
            {"fetch", fetch / count},
            {"process", process / count},
            {"write_back", write_back / count}};
}

json measure(const Point& point, const Options& options) {
    Measurement measurement(options.engine, options.memory_latency, point.workload, point.queues, options.data_width,
                            options.configuration);
    const Throughput found = measurement.throughput(window_of(point, options.window_cycles));
    const auto cycles = static_cast<double>(found.cycles);
    char digest[17];
    std::snprintf(digest, sizeof(digest), "%016llx", static_cast<unsigned long long>(found.digest));
    return {{"cycles", found.cycles},
            {"requests", found.requests},
            {"bytes", found.bytes},
            {"verified", found.verified},
            {"cycles_per_request", cycles / static_cast<double>(found.requests)},
            {"bytes_per_cycle", static_cast<double>(found.bytes) / cycles},
            {"latency", latency_of(found.times)},
            {"stages", stages_of(found.times)},
            {"bus",
             {{"read", static_cast<double>(found.read_beats) / cycles},
              {"write", static_cast<double>(found.write_beats) / cycles}}},
            {"lowest_share", found.lowest_share},
            {"digest", digest},
            {"simulated", {{"cycles", measurement.speed().cycles}, {"seconds", measurement.speed().seconds}}}};
}

int run(const Options& options) {
    const auto known = cce::sim::engine_names();
    if (std::ranges::find(known, options.engine) == known.end()) {
        std::fprintf(stderr, "cce_engine_sweep: this build has no engine '%s'\n", options.engine.c_str());
        return exit_usage;
    }
    int result = 0;
    std::string line;
    for (unsigned number = 1; std::getline(std::cin, line); ++number) {
        Point point;
        json answer = {{"engine", options.engine}};
        try {
            answer["point"] = json::parse(line);
            point = point_of(answer["point"]);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "cce_engine_sweep: line %u: %s\n", number, error.what());
            return exit_usage;
        }
        try {
            answer.update(measure(point, options));
        } catch (const std::exception& error) {
            answer["failure"] = error.what();
            result = exit_failed;
        }
        std::printf("%s\n", answer.dump().c_str());
        std::fflush(stdout);
    }
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{
        "Measures an engine at points read from standard input, JSON a line, as\n"
        R"({"mode":"gcm","key_bits":256,"decrypt":false,"bytes":4096,"depth":8,"queues":1})"
        "\n(optional: held, requests, sessions; hashes: keyed); prints a line of JSON for each",
        "cce_engine_sweep"};
    app.add_option("--engine", options.engine, "rtl or model")->capture_default_str();
    app.add_option("--latency", options.memory_latency, "Cycles of the memory's latency")
        ->check(CLI::Range(0U, 9999U))
        ->capture_default_str();
    app.add_option("--data-width", options.data_width, "Bits of the DMA bus")
        ->check(CLI::IsMember({128U, 256U}))
        ->capture_default_str();
    app.add_option("--configuration", options.configuration,
                   "default, or (engine rtl) small: one queue, four slots, a "
                   "cipher that takes a block at a time")
        ->check(CLI::IsMember({"default", "small"}))
        ->capture_default_str();
    app.add_option("--window", options.window_cycles, "Cycles of a window, roughly, where `requests` is not given")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : exit_usage;
    }
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cce_engine_sweep: %s\n", error.what());
        return exit_failed;
    }
}
