// SPDX-License-Identifier: Apache-2.0
//
// cce_bench_library: requests per second through libcce, and cycles of the host for a request, by backend, size and
// requests in flight. One thread submits and collects. AES-256-CTR, or a hash function or MAC (--work).
//
// There are three clocks, and a table has one of them:
//
//     host      this machine's: requests a second, and by its time stamp counter cycles for a request
//     guest     that of a guest whose clock a simulated engine keeps (--guest): it is the engine's time; what the CPU
//               does takes none
//     engine    of backend in-process: the engine's cycles, at a clock that is stated

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cce/cce.hpp>
#include <chrono>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "system_calls.h"
#include "time_stamp_counter.h"

namespace {

using Clock = std::chrono::steady_clock;
using cce::bench::time_stamp;

enum class Kind : std::uint8_t { host, guest, engine };

/// What the requests do. A hash function's session has `hash`, with or without a key.
struct Work {
    const char* name;
    std::optional<cce_hash> hash{};
    cce_hash_kind kind = CCE_HASH_PLAIN;
};
constexpr std::array works{Work{"aes-256-ctr"},
                           Work{"sha256", CCE_HASH_SHA_256},
                           Work{"sha512", CCE_HASH_SHA_512},
                           Work{"sha3-256", CCE_HASH_SHA3_256},
                           Work{"hmac-sha256", CCE_HASH_SHA_256, CCE_HASH_HMAC},
                           Work{"kmac128", CCE_HASH_CSHAKE_128, CCE_HASH_KMAC}};
constexpr std::size_t digest_bytes = 32;

cce::Session session_of(cce::Device& device, const Work& work, std::span<const std::uint8_t> key) {
    if (!work.hash) return {device, CCE_MODE_CTR, CCE_ENCRYPT, key};
    cce::HashOptions options = CCE_HASH_OPTIONS_INIT;
    options.kind = work.kind;
    if (work.kind != CCE_HASH_PLAIN) {
        options.key = key.data();
        options.key_length = key.size();
    }
    return {device, *work.hash, options};
}

struct Plan {
    Work work = works[0];
    std::vector<std::size_t> sizes{64, 1024, 16384, 65536};
    std::vector<std::size_t> depths{1, 16, 128};
    double seconds = 0.2;
    std::size_t samples = 200;
    double clock_mhz = 250;
    std::string engine_cycles;  ///< file; empty: the engine takes none of the host's
    Kind kind = Kind::host;
};

/// Sums since some beginning, or what lies between two of them.
struct Reading {
    std::uint64_t requests = 0;
    std::uint64_t cycles = 0;
    std::uint64_t engine = 0;
    cce::bench::SystemCalls calls;
};

/// Of a request, in cycles of the host; medians. The engine's are in none but its own.
struct Cost {
    double all = 0;
    double program = 0;       ///< outside of system calls
    double system_calls = 0;  ///< within them
    double calls = 0;         ///< how many
    double empty_call = 0;    ///< of one that does nothing, under the same circumstances
    double engine = 0;
};

struct Row {
    std::size_t bytes = 0;
    std::size_t depth = 0;
    std::uint64_t requests = 0;
    std::uint64_t by_cpu = 0;
    double seconds = 0;
    Cost cost;
};

/// `depth` requests in flight, each with a buffer of its own.
class Load {
public:
    Load(cce::Device& device, const Work& work, std::size_t bytes, std::size_t depth)
        : device_(device),
          session_(session_of(device, work, key_)),
          texts_(depth, std::vector<std::uint8_t>(bytes)),
          digests_(depth),
          done_(depth) {
        for (auto& text : texts_) segments_.push_back(cce::segment(std::span(text)));
        for (auto& digest : digests_) {
            digest_segments_.push_back(cce::segment(std::span<std::uint8_t>(digest)));
        }
        for (std::size_t i = 0; i < depth; ++i) {
            const std::span<const cce::Segment> text(&segments_[i], 1);
            const std::span<const cce::Segment> digest(&digest_segments_[i], 1);
            operations_.push_back(work.hash ? cce::operation(session_, {}, text, digest, {}, digest_bytes)
                                            : cce::operation(session_, iv_, text, text));
            operations_.back().cookie = i;
        }
        next_ = operations_;
    }

    /// A turn: submits what can be, waits, and collects what there is.
    void step() {
        if (device_.submit(next_) != next_.size())
            throw std::runtime_error("the device takes fewer requests than it said");
        next_.clear();
        collect();
    }
    /// Waits for what is in flight.
    void finish() {
        while (device_.outstanding() != 0) collect();
    }

    [[nodiscard]] std::uint64_t requests() const { return requests_; }
    /// From the first descriptor's fetch to the last completion, if the device tells.
    [[nodiscard]] std::uint64_t engine_cycles() const { return last_cycle_ - first_cycle_; }

private:
    void collect() {
        for (const cce::Completion& one : device_.poll(done_, std::chrono::milliseconds(-1))) {
            if (one.status != CCE_OK) throw cce::Error(one.status, cce_error_message(device_.get()));
            next_.push_back(operations_[one.cookie]);
            ++requests_;
            if (one.cycles_known != 0) {
                first_cycle_ = std::min(first_cycle_, one.start_cycle);
                last_cycle_ = std::max(last_cycle_, one.end_cycle);
            }
        }
    }

    cce::Device& device_;
    const std::vector<std::uint8_t> key_ = std::vector<std::uint8_t>(32, 1);
    const cce::Iv iv_{};
    cce::Session session_;
    std::vector<std::vector<std::uint8_t>> texts_;
    std::vector<std::array<std::uint8_t, digest_bytes>> digests_;
    std::vector<cce::Segment> segments_;
    std::vector<cce::Segment> digest_segments_;
    std::vector<cce::Operation> operations_;
    std::vector<cce::Operation> next_;
    std::vector<cce::Completion> done_;
    std::uint64_t requests_ = 0;
    std::uint64_t first_cycle_ = ~std::uint64_t{0};
    std::uint64_t last_cycle_ = 0;
};

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

std::uint64_t engine_cycles(const Plan& plan) {
    if (plan.engine_cycles.empty()) return 0;
    std::ifstream file(plan.engine_cycles);
    std::uint64_t cycles = 0;
    if (!(file >> cycles)) throw std::runtime_error("can't read the engine's cycles from " + plan.engine_cycles);
    return cycles;
}

/// A turn. Short, so that few have something else of the machine's in them.
Reading sample(Load& load, const Plan& plan) {
    const std::uint64_t requests = load.requests();
    const std::uint64_t engine = engine_cycles(plan);
    const cce::bench::SystemCalls calls = cce::bench::system_calls();
    const std::uint64_t start = time_stamp();
    load.step();
    const std::uint64_t cycles = time_stamp() - start;
    const cce::bench::SystemCalls calls_after = cce::bench::system_calls();
    return {load.requests() - requests,
            cycles,
            engine_cycles(plan) - engine,
            {calls_after.count - calls.count, calls_after.cycles - calls.cycles}};
}

/// Of a request. Not a median: the engine does in one turn what it finds, and finds nothing in the next.
double mean_engine_cycles(std::span<const Reading> samples) {
    double cycles = 0;
    double requests = 0;
    for (const Reading& one : samples) {
        cycles += static_cast<double>(one.engine);
        requests += static_cast<double>(one.requests);
    }
    return cycles / requests;
}

Cost measure_cost(Load& load, const Plan& plan) {
    std::vector<Reading> samples;
    std::vector<double> empty;
    // Caches, and the driver's moderation of interrupts, are as they are for long.
    for (std::size_t i = 0; i < plan.samples / 10 + 1; ++i) load.step();
    for (std::size_t i = 0; i < plan.samples; ++i) {
        samples.push_back(sample(load, plan));
        empty.push_back(static_cast<double>(cce::bench::empty_system_call()));
    }
    const auto of_a_request = [&samples](auto get) {
        std::vector<double> values;
        for (const Reading& one : samples) {
            values.push_back(static_cast<double>(get(one)) / static_cast<double>(one.requests));
        }
        return median(std::move(values));
    };
    Cost cost;
    cost.all = of_a_request([](const Reading& one) { return one.cycles - one.engine; });
    cost.program = of_a_request([](const Reading& one) { return one.cycles - one.calls.cycles; });
    // The engine works while the program waits in a call.
    cost.system_calls = of_a_request([](const Reading& one) { return one.calls.cycles - one.engine; });
    cost.calls = of_a_request([](const Reading& one) { return one.calls.count; });
    cost.engine = mean_engine_cycles(samples);
    cost.empty_call = median(std::move(empty));
    return cost;
}

Row measure(cce::Device& device, const Plan& plan, std::size_t bytes, std::size_t depth) {
    Load load(device, plan.work, bytes, depth);
    Row row;
    row.bytes = bytes;
    row.depth = depth;
    const std::uint64_t cpu_before = device.information().cpu_requests;
    const auto start = Clock::now();
    if (plan.kind == Kind::host) {
        row.cost = measure_cost(load, plan);
    } else {
        const auto end = start + std::chrono::duration<double>(plan.seconds);
        // At least one round, however slow.
        do load.step();
        while (Clock::now() < end);
    }
    load.finish();
    row.requests = load.requests();
    row.seconds = plan.kind == Kind::engine ? static_cast<double>(load.engine_cycles()) / (plan.clock_mhz * 1e6)
                                            : std::chrono::duration<double>(Clock::now() - start).count();
    row.by_cpu = device.information().cpu_requests - cpu_before;
    return row;
}

constexpr std::array<const char*, 3> kind_names{"host", "guest", "engine"};

nlohmann::ordered_json json_of(const Row& row, const Plan& plan) {
    nlohmann::ordered_json out{
        {"bytes", row.bytes},       {"in_flight", row.depth},
        {"requests", row.requests}, {"by_cpu", row.by_cpu},
        {"seconds", row.seconds},   {"requests_per_second", static_cast<double>(row.requests) / row.seconds}};
    if (plan.kind == Kind::host) {
        out["host_cycles"] = {{"all", row.cost.all},
                              {"program", row.cost.program},
                              {"system_calls", row.cost.system_calls},
                              {"beside_empty_calls", row.cost.system_calls - row.cost.calls * row.cost.empty_call},
                              {"empty_call", row.cost.empty_call},
                              {"engine_left_out", row.cost.engine}};
        out["system_calls"] = row.cost.calls;
    }
    return out;
}

void print_head(const cce::Information& information, const Plan& plan) {
    std::cout << information.backend << ": " << information.description << ": " << plan.work.name << '\n';
    std::cout << "  bytes  in flight  requests/s (";
    if (plan.kind == Kind::engine) {
        std::cout << "engine's cycles at " << plan.clock_mhz << " MHz)\n";
    } else if (plan.kind == Kind::guest) {
        std::cout << "engine's time)\n";
    } else {
        std::cout << "host's time)   host cycles of a request: in program, in system calls; calls\n";
    }
}

void print(const Row& row, const Plan& plan) {
    std::cout << std::setw(7) << row.bytes << std::setw(11) << row.depth << std::fixed << std::setprecision(0)
              << std::setw(20) << static_cast<double>(row.requests) / row.seconds;
    if (plan.kind == Kind::host) {
        std::cout << std::setw(32) << row.cost.all << std::setw(12) << row.cost.program << std::setw(17)
                  << row.cost.system_calls << std::setw(7) << std::setprecision(2) << row.cost.calls;
    }
    std::cout << std::endl;
}

const Work& work_named(const std::string& name) {
    for (const Work& work : works) {
        if (name == work.name) return work;
    }
    throw std::runtime_error("no such work: " + name);
}

void run(const cce::Options& options, Plan plan, bool guest, bool as_json) {
    cce::Device device(options);
    const cce::Information information = device.information();
    // In this process the simulation runs on the same CPU: only the engine's cycles mean something.
    plan.kind = std::string(information.backend) == "in-process" ? Kind::engine : guest ? Kind::guest : Kind::host;
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    if (!as_json) print_head(information, plan);
    for (const std::size_t bytes : plan.sizes) {
        for (const std::size_t depth : plan.depths) {
            const Row row = measure(device, plan, bytes, depth);
            if (as_json) {
                rows.push_back(json_of(row, plan));
            } else {
                print(row, plan);
            }
        }
    }
    if (!as_json) return;
    nlohmann::ordered_json out{{"backend", information.backend},
                               {"description", information.description},
                               {"work", plan.work.name},
                               {"clock", kind_names.at(static_cast<std::size_t>(plan.kind))}};
    if (plan.kind == Kind::engine) out["clock_mhz"] = plan.clock_mhz;
    out["rows"] = std::move(rows);
    std::cout << out.dump(2) << '\n';
}

}  // namespace

int main(int argc, char** argv) {
    std::string backend = "auto";
    std::string engine = "model";
    std::int64_t cpu_below = 0;
    bool guest = false;
    bool as_json = false;
    Plan plan;
    std::string work = works[0].name;
    CLI::App app{"Requests per second through libcce, and host cycles of a request; one thread."};
    app.add_option("--backend", backend, "as for cce_open()")->capture_default_str();
    app.add_option("--engine", engine, "what backend in-process simulates")->capture_default_str();
    app.add_option("--work", work, "what the requests do")
        ->check(CLI::IsMember([] {
            std::vector<std::string> names;
            for (const Work& one : works) names.emplace_back(one.name);
            return names;
        }()))
        ->capture_default_str();
    app.add_option("--sizes", plan.sizes, "bytes of a request")->delimiter(',')->capture_default_str();
    app.add_option("--depths", plan.depths, "requests in flight")->delimiter(',')->capture_default_str();
    app.add_option("--samples", plan.samples,
                   "host's clock: turns of submitting, waiting, collecting; the median counts")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--seconds", plan.seconds, "other clocks: for each figure")->capture_default_str();
    app.add_option("--clock-mhz", plan.clock_mhz, "of the engine in this process")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--cpu-below", cpu_below, "the threshold")->capture_default_str();
    app.add_option("--engine-cycles", plan.engine_cycles,
                   "a file that tells the host's cycles that the engine has taken: they are left out");
    app.add_flag("--guest", guest, "the clock is a simulated engine's: leave out host cycles");
    app.add_flag("--json", as_json, "for programs");
    CLI11_PARSE(app, argc, argv);
    try {
        plan.work = work_named(work);
        cce::Options options = CCE_OPTIONS_INIT;
        options.backend = backend.c_str();
        options.engine = engine.c_str();
        options.cpu_below = cpu_below;
        options.queue_depth = *std::max_element(plan.depths.begin(), plan.depths.end());
        run(options, plan, guest, as_json);
    } catch (const std::exception& error) {
        std::cerr << "cce_bench_library: error: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
