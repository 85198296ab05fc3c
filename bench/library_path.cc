// SPDX-License-Identifier: Apache-2.0
//
// cce_bench_library: requests per second through libcce, by backend, size and requests in flight. One thread submits
// and collects. AES-256-CTR.
//
// The time is that of the clock where the program runs. On a host that is the host's. In a guest whose clock the
// simulated engine keeps, it is the engine's time, and what the CPU does takes none; the counter of host cycles then
// tells what the simulation cost, not what hardware would, and is left out. The two are never mixed in one figure.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cce/cce.hpp>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t cycles_now() {
#if defined(__x86_64__)
    return __rdtsc();
#else
    return 0;
#endif
}

struct Row {
    std::size_t bytes = 0;
    std::size_t depth = 0;
    std::uint64_t requests = 0;
    std::uint64_t by_cpu = 0;
    double seconds = 0;
    std::uint64_t cycles = 0;
};

/// `depth` requests of `bytes` bytes in flight for `seconds`, each with a buffer of its own.
Row measure(cce::Device& device, std::size_t bytes, std::size_t depth, double seconds) {
    const std::vector<std::uint8_t> key(32, 1);
    const cce::Iv iv{};
    cce::Session session(device, CCE_MODE_CTR, CCE_ENCRYPT, key);
    std::vector<std::vector<std::uint8_t>> texts(depth, std::vector<std::uint8_t>(bytes));
    std::vector<cce::Segment> segments;
    for (auto& text : texts) segments.push_back(cce::segment(std::span(text)));
    std::vector<cce::Operation> operations;
    for (std::size_t i = 0; i < depth; ++i) {
        operations.push_back(cce::operation(session, iv, {&segments[i], 1}, {&segments[i], 1}));
        operations.back().cookie = i;
    }
    Row row{bytes, depth};
    const std::uint64_t cpu_before = device.information().cpu_requests;
    std::vector<cce::Completion> done(depth);
    std::vector<cce::Operation> next = operations;
    const auto start = Clock::now();
    const std::uint64_t start_cycles = cycles_now();
    const auto end = start + std::chrono::duration<double>(seconds);
    // At least one round, however slow.
    do {
        if (device.submit(next) != next.size())
            throw std::runtime_error("the device takes fewer requests than it said");
        next.clear();
        for (const cce::Completion& one : device.poll(done, std::chrono::milliseconds(-1))) {
            if (one.status != CCE_OK) throw cce::Error(one.status, cce_error_message(device.get()));
            next.push_back(operations[one.cookie]);
            ++row.requests;
        }
    } while (Clock::now() < end);
    while (device.outstanding() != 0) {
        row.requests += device.poll(done, std::chrono::milliseconds(-1)).size();
    }
    row.cycles = cycles_now() - start_cycles;
    row.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    row.by_cpu = device.information().cpu_requests - cpu_before;
    return row;
}

}  // namespace

int main(int argc, char** argv) {
    std::string backend = "auto";
    std::string engine = "model";
    std::vector<std::size_t> sizes{64, 1024, 16384, 65536};
    std::vector<std::size_t> depths{1, 16, 128};
    double seconds = 0.2;
    std::int64_t cpu_below = 0;
    bool guest = false;
    bool as_json = false;
    CLI::App app{"Requests per second through libcce, by size and requests in flight: AES-256-CTR, one thread."};
    app.add_option("--backend", backend, "as for cce_open()")->capture_default_str();
    app.add_option("--engine", engine, "what backend in-process simulates")->capture_default_str();
    app.add_option("--sizes", sizes, "bytes of a request")->delimiter(',')->capture_default_str();
    app.add_option("--depths", depths, "requests in flight")->delimiter(',')->capture_default_str();
    app.add_option("--seconds", seconds, "for each figure")->capture_default_str();
    app.add_option("--cpu-below", cpu_below, "the threshold")->capture_default_str();
    app.add_flag("--guest", guest, "the clock is a simulated engine's: leave out host cycles");
    app.add_flag("--json", as_json, "for programs");
    CLI11_PARSE(app, argc, argv);
    try {
        cce::Options options = CCE_OPTIONS_INIT;
        options.backend = backend.c_str();
        options.engine = engine.c_str();
        options.cpu_below = cpu_below;
        options.queue_depth = *std::max_element(depths.begin(), depths.end());
        cce::Device device(options);
        const cce::Information information = device.information();
        // In this process the simulation runs on the same CPU: its cycles say nothing either.
        const bool cycles = !guest && std::string(information.backend) != "in-process";
        nlohmann::ordered_json rows = nlohmann::ordered_json::array();
        if (!as_json) {
            std::cout << information.backend << ": " << information.description << '\n'
                      << "  bytes  in flight  requests/s (" << (guest ? "engine's" : "host's") << " time)"
                      << (cycles ? "  host cycles a request" : "") << '\n';
        }
        for (const std::size_t bytes : sizes) {
            for (const std::size_t depth : depths) {
                const Row row = measure(device, bytes, depth, seconds);
                const double rate = static_cast<double>(row.requests) / row.seconds;
                const double per_request = static_cast<double>(row.cycles) / static_cast<double>(row.requests);
                if (as_json) {
                    rows.push_back({{"bytes", bytes},
                                    {"in_flight", depth},
                                    {"requests", row.requests},
                                    {"by_cpu", row.by_cpu},
                                    {"seconds", row.seconds},
                                    {"requests_per_second", rate}});
                    if (cycles) rows.back()["host_cycles_per_request"] = per_request;
                } else {
                    std::cout << std::setw(7) << bytes << std::setw(11) << depth << std::setw(20) << std::fixed
                              << std::setprecision(0) << rate;
                    if (cycles) std::cout << std::setw(29) << per_request;
                    std::cout << '\n';
                }
            }
        }
        if (as_json) {
            std::cout << nlohmann::ordered_json{{"backend", information.backend},
                                                {"description", information.description},
                                                {"clock", guest ? "engine" : "host"},
                                                {"rows", rows}}
                             .dump(2)
                      << '\n';
        }
    } catch (const cce::Error& error) {
        std::cerr << "cce_bench_library: error: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
