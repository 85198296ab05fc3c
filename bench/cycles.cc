// SPDX-License-Identifier: Apache-2.0
//
// The speed table of the engine: cycles of its own clock, measured in simulation, beside their goals and beside what
// other engines publish. Exit status: 0 all goals reached, 1 some row is below its goal or failed, 2 wrong usage.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cycles_measurement.h"
#include "cycles_rows.h"
#include "cycles_stream.h"
#include "engine/engine.h"

namespace {

using cce::bench::Figure;
using cce::bench::Measurement;
using cce::bench::Row;
using cce::bench::SimulatorSpeed;
using cce::bench::StreamSpeed;
using cce::bench::Throughput;
using nlohmann::json;

constexpr int exit_below = 1;
constexpr int exit_usage = 2;
constexpr unsigned memory_latency_limit = 9999;

class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Options {
    std::string engine;  ///< rtl, model, both; empty: all that this build has
    std::string json_path;
    std::string anchors_path = CCE_ANCHORS;
    std::vector<std::string> rows;
    unsigned memory_latency = cce::bench::default_memory_latency;
};

/// One figure of one engine.
struct Result {
    std::string failure;  ///< empty: measured
    double value = 0;
    bool reached = false;
    // Throughput
    std::uint64_t cycles = 0;
    std::uint64_t requests = 0;
    std::uint64_t bytes = 0;
    std::uint64_t verified = 0;
    // Several queue pairs
    double change_percent = 0;  ///< of the value with one queue pair
    double share_percent = 0;
};

/// A line of the table: a row, with one queue pair or with several.
struct Line {
    const Row* row = nullptr;
    bool shared = false;
    std::map<std::string, Result> results;  ///< by engine

    [[nodiscard]] std::string name() const {
        return shared ? row->name + "/" + std::to_string(cce::bench::sharing_queues) : row->name;
    }
};

struct Selection {
    std::set<std::string> rows;
    bool shared = false;
};

Selection select(const std::vector<std::string>& wanted) {
    Selection selection;
    const auto add_if = [&](const auto& condition) {
        bool any = false;
        for (const Row& row : cce::bench::rows()) {
            if (!condition(row)) continue;
            selection.rows.insert(row.name);
            any = true;
        }
        return any;
    };
    for (const std::string& item : wanted) {
        if (item == std::to_string(cce::bench::sharing_group)) {
            selection.shared = true;
        } else if (!add_if([&](const Row& row) { return item == row.name || item == std::to_string(row.group); })) {
            throw UsageError("there is no row '" + item + "'; --help lists them");
        }
    }
    if (wanted.empty()) selection.shared = true;
    if (selection.rows.empty()) {
        // Nothing, or nothing but the sharing of rows: their own figures are what sharing is compared with.
        add_if([&](const Row& row) { return wanted.empty() || row.sharable(); });
    }
    return selection;
}

std::vector<std::string> select_engines(const std::string& wanted) {
    const std::vector<std::string> known = cce::sim::engine_names();  // the RTL first
    if (wanted.empty()) return known;
    std::vector<std::string> engines{wanted};
    if (wanted == "both") engines = {"rtl", "model"};
    for (const std::string& engine : engines) {
        if (std::ranges::find(known, engine) == known.end()) {
            throw UsageError("this build has no engine '" + engine + "'");
        }
    }
    return engines;
}

/// Two decimals for bytes per cycle and cycles per request, none for a number of cycles.
std::string number(double value, Figure figure = Figure::bytes_per_cycle) {
    char text[32];
    const bool whole = figure == Figure::latency || figure == Figure::cycles_over_plain;
    std::snprintf(text, sizeof(text), "%.*f", whole ? 0 : 2, value);
    return text;
}

void measure_throughput(const Row& row, bool shared, Measurement& measurement, const Result* alone, Result& result) {
    const Throughput found = measurement.throughput(row.requests);
    result.cycles = found.cycles;
    result.requests = found.requests;
    result.bytes = found.bytes;
    result.verified = found.verified;
    const auto cycles = static_cast<double>(found.cycles);
    if (row.figure == Figure::bus_bytes) {
        const std::uint64_t beats = found.read_beats + found.write_beats;
        result.value =
            static_cast<double>(beats * (cce::sim::EngineOptions{}.data_width / 8)) / static_cast<double>(found.bytes);
        result.reached = row.reached(result.value);
        return;
    }
    result.value = row.figure == Figure::bytes_per_cycle ? static_cast<double>(found.bytes) / cycles
                                                         : cycles / static_cast<double>(found.requests);
    if (!shared) {
        result.reached = row.reached(result.value);
        return;
    }
    if (alone == nullptr || !alone->failure.empty()) {
        throw std::runtime_error("there is no figure of one queue pair to compare with");
    }
    result.change_percent = 100 * (result.value / alone->value - 1);
    result.share_percent = 100 * found.lowest_share;
    const double loss = row.figure == Figure::bytes_per_cycle ? -result.change_percent : result.change_percent;
    result.reached =
        loss <= cce::bench::sharing_loss_percent && result.share_percent >= cce::bench::sharing_lowest_percent;
}

/// Makes the value of what the same work takes with twice the text, or without a key.
void compare_latency(const Row& row, const std::string& engine, unsigned memory_latency, Result& result,
                     SimulatorSpeed& speed) {
    cce::bench::Workload other = row.workload;
    if (row.figure == Figure::cycles_per_block) {
        other.text_bytes *= 2;
    } else {
        other.keyed = false;
    }
    Measurement measurement(engine, memory_latency, other, 1);
    const auto latencies = measurement.latencies(row.requests);
    const auto cycles = static_cast<double>(*std::ranges::max_element(latencies));
    if (row.figure == Figure::cycles_per_block) {
        const auto blocks = row.workload.text_bytes / cce::sim::hash_block_bytes(*row.workload.hash);
        result.value = (cycles - result.value) / static_cast<double>(blocks);
    } else {
        result.value -= cycles;
    }
    result.requests += latencies.size();
    result.verified += latencies.size();
    speed.cycles += measurement.speed().cycles;
    speed.seconds += measurement.speed().seconds;
}

Result measure(const Row& row, bool shared, const std::string& engine, unsigned memory_latency, const Result* alone,
               SimulatorSpeed& speed) {
    Result result;
    try {
        Measurement measurement(engine, memory_latency, row.workload, shared ? cce::bench::sharing_queues : 1);
        if (row.steady()) {
            measure_throughput(row, shared, measurement, alone, result);
        } else {
            const auto latencies = measurement.latencies(row.requests);
            result.cycles = *std::ranges::max_element(latencies);
            result.value = static_cast<double>(result.cycles);
            result.requests = result.verified = latencies.size();
            result.bytes = row.workload.text_bytes;
            if (row.figure != Figure::latency) compare_latency(row, engine, memory_latency, result, speed);
            result.reached = row.reached(result.value);
        }
        speed.cycles += measurement.speed().cycles;
        speed.seconds += measurement.speed().seconds;
    } catch (const std::exception& error) {
        result.failure = error.what();
    }
    return result;
}

void report_progress(const Line& line, const std::string& engine, double seconds) {
    const Result& result = line.results.at(engine);
    std::string text = result.failure;
    if (text.empty()) {
        text =
            number(result.value, line.row->figure) + " " + unit(line.row->figure) + (result.reached ? "" : ", below");
    } else {
        text = "failed: " + text;
    }
    std::fprintf(stderr, "cce_cycles: %s, %s: %s (%.1f s)\n", engine.c_str(), line.name().c_str(), text.c_str(),
                 seconds);
}

std::vector<Line> measure_all(const Selection& selection, const std::vector<std::string>& engines,
                              unsigned memory_latency, std::map<std::string, SimulatorSpeed>& speeds) {
    std::vector<Line> lines;
    for (const Row& row : cce::bench::rows()) {
        if (!selection.rows.contains(row.name)) continue;
        lines.push_back({&row, false, {}});
        if (selection.shared && row.sharable()) lines.push_back({&row, true, {}});
    }
    for (const std::string& engine : engines) {
        for (std::size_t i = 0; i < lines.size(); ++i) {
            Line& line = lines[i];
            const auto start = std::chrono::steady_clock::now();
            // A shared line stands behind the line of its row.
            const Result* alone = line.shared ? &lines[i - 1].results.at(engine) : nullptr;
            line.results[engine] = measure(*line.row, line.shared, engine, memory_latency, alone, speeds[engine]);
            report_progress(line, engine,
                            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        }
    }
    return lines;
}

// ------------------------------------------------------------------------------------------------------- the table

constexpr int name_width = 54;
constexpr int goal_width = 20;
constexpr int engine_width = 32;

std::string goal_text(const Line& line) {
    if (line.shared) {
        const std::string sign = line.row->figure == Figure::bytes_per_cycle ? "-" : "+";
        return sign + number(cce::bench::sharing_loss_percent, Figure::latency) + " %, share " +
               number(cce::bench::sharing_lowest_percent, Figure::latency) + " %";
    }
    if (line.row->goal == 0) return "-";
    return std::string(line.row->figure == Figure::bytes_per_cycle ? ">= " : "<= ") +
           number(line.row->goal, line.row->figure);
}

std::string result_text(const Line& line, const Result& result) {
    if (!result.failure.empty()) return "failed";
    std::string text = number(result.value, line.row->figure);
    if (line.shared) {
        char extra[48];
        std::snprintf(extra, sizeof(extra), " (%+.1f %%, %.0f %%)", result.change_percent, result.share_percent);
        text += extra;
    }
    return text + (result.reached ? " ok   " : " below");
}

void print_table(const std::vector<Line>& lines, const std::vector<std::string>& engines, unsigned memory_latency) {
    std::printf("ENGINE TIME, in cycles of the engine's clock (1)\n");
    std::printf("%-*s%*s", name_width, "", goal_width, "goal");
    for (const std::string& engine : engines) std::printf("%*s", engine_width, (engine + "      ").c_str());
    std::printf("\n");
    unsigned group = 0;
    for (const Line& line : lines) {
        if (line.row->group != group) {
            group = line.row->group;
            std::printf("%2u %s\n", group, cce::bench::heading(group).c_str());
        }
        const std::string name =
            line.shared ? "       shared by " + std::to_string(cce::bench::sharing_queues) + " queue pairs (2)"
                        : "     " + line.row->text;
        std::printf("%-*s%*s", name_width, name.c_str(), goal_width, goal_text(line).c_str());
        for (const std::string& engine : engines) {
            std::printf("%*s", engine_width, result_text(line, line.results.at(engine)).c_str());
        }
        std::printf("\n");
    }
    std::printf(
        "(1) DMA bus of 128 bits each way into an ideal memory: a beat a cycle, the first read beat and the write\n"
        "    response %u cycles after the address or the last beat; reads and writes at once. Other buffers for\n"
        "    source and destination, at multiples of 64 bytes where nothing else is said; a key of its own in memory\n"
        "    for each request where nothing else is said; hashes without. Steady state: the rings are kept full, the "
        "window lies\n"
        "    between two completions after the warm-up, doorbells cost engine cycles as well. Row 9: page-aligned\n"
        "    buffers; from the cycle in which the doorbell's write is first shown on the register port (which takes\n"
        "    it in that cycle if it is idle) to the cycle of the last write beat of the completion entry; the longest\n"
        "    of %u. Every output was compared with OpenSSL.\n",
        memory_latency, cce::bench::latency_runs);
    if (memory_latency != cce::bench::default_memory_latency) {
        std::printf("    The goals are stated for a memory latency of %u cycles, not for this one.\n",
                    cce::bench::default_memory_latency);
    }
    if (std::ranges::any_of(lines, &Line::shared)) {
        std::printf(
            "(2) as many requests posted on each queue pair as above on one; in brackets the change from one queue\n"
            "    pair, and what the queue pair with the fewest requests got of an equal share.\n");
    }
    for (const Line& line : lines) {
        for (const auto& [engine, result] : line.results) {
            if (result.failure.empty()) continue;
            std::printf("FAILED: %s, %s: %s\n", engine.c_str(), line.name().c_str(), result.failure.c_str());
        }
    }
}

/// What `figure` of anchors.json says about the row, beside what was measured.
void print_anchors(const json& anchors, const std::vector<Line>& lines, const std::vector<std::string>& engines) {
    std::vector<std::string> sources;
    bool any = false;
    for (const Line& line : lines) {
        if (line.shared) continue;
        bool first = true;
        for (const json& figure : anchors.at("figures")) {
            const auto names = figure.at("rows").get<std::vector<std::string>>();
            if (std::ranges::find(names, line.row->name) == names.end()) continue;
            if (!std::exchange(any, true)) {
                std::printf("\nOTHER ENGINES, as published, in cycles of their own clocks (3)\n");
            }
            if (std::exchange(first, false)) {
                std::string own;
                for (const std::string& engine : engines) {
                    own += (own.empty() ? "" : ", ") + engine + " " +
                           (line.results.at(engine).failure.empty()
                                ? number(line.results.at(engine).value, line.row->figure)
                                : "failed");
                }
                std::printf("   %s: %s; this engine: %s\n", line.row->name.c_str(), unit(line.row->figure),
                            own.c_str());
            }
            const auto source = figure.at("source").get<std::string>();
            auto found = std::ranges::find(sources, source);
            if (found == sources.end()) found = sources.insert(sources.end(), source);
            std::printf("     %10s  %s: %s [%d]\n", number(figure.at("value"), line.row->figure).c_str(),
                        figure.at("engine").get<std::string>().c_str(),
                        figure.at("published").get<std::string>().c_str(),
                        static_cast<int>(found - sources.begin()) + 1);
        }
    }
    if (!any) return;
    std::printf("(3) %s\n", anchors.at("note").get<std::string>().c_str());
    for (std::size_t i = 0; i < sources.size(); ++i)
        std::printf("[%d] %s\n", static_cast<int>(i) + 1, sources[i].c_str());
}

using StreamSpeeds = std::map<std::string, StreamSpeed>;

/// How many times the RTL's speed this one is; nothing without the RTL.
std::optional<double> times_rtl(const StreamSpeeds& streams, const StreamSpeed& speed) {
    const auto rtl = streams.find("rtl");
    if (rtl == streams.end()) return std::nullopt;
    return speed.cycles_per_second() / rtl->second.cycles_per_second();
}

void print_streams(const StreamSpeeds& streams) {
    std::printf("   long requests: AES-256-GCM, %u KiB of text each, %u in flight; host CPU time of one core\n",
                cce::bench::stream_text_bytes / 1024, cce::bench::stream_depth);
    for (const auto& [engine, speed] : streams) {
        const auto cycles = static_cast<double>(speed.cycles);
        std::printf("   %-10s %12.0f simulated cycles per second (%.2f million in %.1f s", engine.c_str(),
                    speed.cycles_per_second(), cycles / 1e6, speed.cpu_seconds);
        if (speed.strides.burst + speed.strides.periods != 0) {
            std::printf(", %.1f %% of them in whole periods, %.1f %% in parts of bursts",
                        100 * static_cast<double>(speed.strides.periods) / cycles,
                        100 * static_cast<double>(speed.strides.burst) / cycles);
        }
        std::printf(")");
        if (const auto times = times_rtl(streams, speed); times && engine != "rtl") {
            std::printf(", %.0f times the RTL's", *times);
        }
        std::printf("\n");
    }
}

void print_speeds(const std::map<std::string, SimulatorSpeed>& speeds, const StreamSpeeds& streams) {
    std::printf("\nSIMULATOR SPEED, host time on this machine: says nothing about the engine\n");
    std::printf("   the rows above, cycle by cycle, the comparison with OpenSSL included\n");
    for (const auto& [engine, speed] : speeds) {
        if (speed.seconds <= 0) continue;
        std::printf("   %-10s %12.0f simulated cycles per second (%.2f million in %.1f s)\n", engine.c_str(),
                    static_cast<double>(speed.cycles) / speed.seconds, static_cast<double>(speed.cycles) / 1e6,
                    speed.seconds);
    }
    print_streams(streams);
}

// -------------------------------------------------------------------------------------------------------- the JSON

json conditions_json(const Line& line, unsigned memory_latency) {
    const cce::bench::Workload& work = line.row->workload;
    const char* key = work.held ? "engine-held context" : "in memory, one for each request";
    if (work.both != cce::bench::Workload::Both::no) {
        key = "in memory, one for each request; HMAC's key blocks hashed before";
    } else if (work.hash)
        key = work.keyed ? "HMAC, both key blocks hashed before" : "none";
    const char* counted =
        "from the cycle in which the doorbell's write is first shown on the register port to that of the last write "
        "beat of the completion entry; the longest of all requests";
    if (line.row->steady()) counted = "between the last write beats of two completion entries, rings kept full";
    if (line.row->figure == Figure::cycles_per_block)
        counted = "what a message of twice the length takes more, by block";
    if (line.row->figure == Figure::cycles_over_plain) counted = "what it takes more than the hash of the same message";
    return {{"mode", work.hash ? cce::contract::name_of(*work.hash) : cce::contract::name_of(work.mode)},
            {"decrypt", work.decrypt},
            {"key_bits", work.hash ? 0 : work.key_bits},
            {"key", key},
            {"text_bytes", work.text_bytes},
            {"aad_bytes", work.aad_bytes},
            {"tag_bytes", work.tag_bytes},
            {"source_offsets", work.source},
            {"destination_offsets", work.destination},
            {"requests_posted_per_queue_pair", work.depth},
            {"queue_pairs", line.shared ? cce::bench::sharing_queues : 1},
            {"memory", "ideal: a beat a cycle each way"},
            {"memory_latency_cycles", memory_latency},
            {"data_width_bits", cce::sim::EngineOptions{}.data_width},
            {"counted", counted}};
}

json goal_json(const Line& line) {
    const bool more_is_better = line.row->figure == Figure::bytes_per_cycle;
    if (line.shared) {
        return {
            {"change_percent", more_is_better ? -cce::bench::sharing_loss_percent : cce::bench::sharing_loss_percent},
            {"kind", more_is_better ? "at least" : "at most"},
            {"lowest_share_percent", cce::bench::sharing_lowest_percent}};
    }
    return {{"value", line.row->goal}, {"kind", more_is_better ? "at least" : "at most"}};
}

json result_json(const Line& line, const Result& result) {
    if (!result.failure.empty()) return {{"failure", result.failure}, {"reached", false}};
    json object{{"value", result.value},
                {"reached", result.reached},
                {"cycles", result.cycles},
                {"requests", result.requests},
                {"verified_requests", result.verified}};
    if (line.row->sharable()) object["text_bytes"] = result.bytes;
    if (line.shared) {
        object["change_percent"] = result.change_percent;
        object["lowest_share_percent"] = result.share_percent;
    }
    return object;
}

json streams_json(const StreamSpeeds& streams, unsigned memory_latency) {
    json object{{"conditions",
                 {{"mode", "gcm"},
                  {"decrypt", false},
                  {"key_bits", 256},
                  {"text_bytes", cce::bench::stream_text_bytes},
                  {"requests_posted", cce::bench::stream_depth},
                  {"memory_latency_cycles", memory_latency},
                  {"data_width_bits", cce::sim::EngineOptions{}.data_width},
                  {"time", "host CPU seconds of one core, verification not included"}}},
                {"engines", json::object()}};
    for (const auto& [engine, speed] : streams) {
        json& entry = object["engines"][engine];
        entry = {
            {"cycles", speed.cycles},
            {"host_cpu_seconds", speed.cpu_seconds},
            {"cycles_per_host_cpu_second", speed.cycles_per_second()},
            {"cycles_by_stride",
             {{"cycle", speed.strides.cycle}, {"burst", speed.strides.burst}, {"periods", speed.strides.periods}}}};
        if (const auto times = times_rtl(streams, speed)) entry["times_rtl"] = *times;
    }
    return object;
}

json report_json(const std::vector<Line>& lines, const json& anchors,
                 const std::map<std::string, SimulatorSpeed>& speeds, const StreamSpeeds& streams,
                 unsigned memory_latency) {
    json report{{"rows", json::array()},
                {"other_engines", anchors},
                {"simulator", json::object()},
                {"simulator_long_requests", streams_json(streams, memory_latency)}};
    for (const Line& line : lines) {
        json object{{"group", line.shared ? cce::bench::sharing_group : line.row->group},
                    {"name", line.name()},
                    {"text", line.row->text},
                    {"unit", unit(line.row->figure)},
                    {"goal", goal_json(line)},
                    {"conditions", conditions_json(line, memory_latency)},
                    {"engines", json::object()}};
        for (const auto& [engine, result] : line.results) object["engines"][engine] = result_json(line, result);
        report["rows"].push_back(std::move(object));
    }
    for (const auto& [engine, speed] : speeds) {
        report["simulator"][engine] = {
            {"cycles", speed.cycles},
            {"host_seconds", speed.seconds},
            {"cycles_per_host_second", speed.seconds > 0 ? static_cast<double>(speed.cycles) / speed.seconds : 0}};
    }
    return report;
}

json read_anchors(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw UsageError("cannot read '" + path + "'");
    try {
        return json::parse(file);
    } catch (const json::exception& error) {
        throw UsageError("'" + path + "': " + error.what());
    }
}

int run(const Options& options) {
    const Selection selection = select(options.rows);
    const std::vector<std::string> engines = select_engines(options.engine);
    const json anchors = read_anchors(options.anchors_path);
    std::ofstream json_file;
    if (!options.json_path.empty()) {
        json_file.open(options.json_path);
        if (!json_file) throw UsageError("cannot write '" + options.json_path + "'");
    }

    std::map<std::string, SimulatorSpeed> speeds;
    const std::vector<Line> lines = measure_all(selection, engines, options.memory_latency, speeds);
    print_table(lines, engines, options.memory_latency);
    print_anchors(anchors, lines, engines);
    StreamSpeeds streams;
    for (const std::string& engine : engines) {
        streams[engine] = cce::bench::measure_stream(engine, options.memory_latency);
    }
    print_speeds(speeds, streams);
    if (json_file.is_open()) {
        json_file << report_json(lines, anchors, speeds, streams, options.memory_latency).dump(2) << '\n';
        json_file.close();
        if (!json_file) throw std::runtime_error("cannot write '" + options.json_path + "'");
    }

    unsigned figures = 0;
    unsigned below = 0;
    for (const Line& line : lines) {
        for (const auto& [engine, result] : line.results) {
            ++figures;
            if (!result.reached) ++below;
        }
    }
    std::printf("\n%u of %u figures reach their goals\n", figures - below, figures);
    return below == 0 ? 0 : exit_below;
}

std::string row_list() {
    std::string text = "Rows, by number or by name:\n";
    unsigned group = 0;
    for (const Row& row : cce::bench::rows()) {
        if (row.group != group) {
            group = row.group;
            text += "\n  " + std::to_string(group) + "  " + cce::bench::heading(group) + "\n     ";
        }
        text += " " + row.name;
    }
    text += "\n  " + std::to_string(cce::bench::sharing_group) +
            "  the chosen ones of rows 1 to 8, 12 and 13 (alone: all of them) with " +
            std::to_string(cce::bench::sharing_queues) + " queue pairs as well\n";
    return text;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Measures the engine's speed in its own cycles and compares it with goals and with other engines.");
    app.footer(row_list());
    app.add_option("--engine", options.engine, "rtl, model or both (default: all that this build has)");
    app.add_option("--json", options.json_path, "file for every figure with unit, conditions and goal");
    app.add_option("--rows", options.rows, "rows to measure (default: all)")->delimiter(',');
    app.add_option("--latency", options.memory_latency,
                   "cycles of the memory's latency (default: 20, for which the goals are)")
        ->check(CLI::Range(0U, memory_latency_limit));
    app.add_option("--anchors", options.anchors_path, "file with the figures of other engines");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : exit_usage;
    }
    try {
        return run(options);
    } catch (const UsageError& error) {
        std::fprintf(stderr, "cce_cycles: %s\n", error.what());
        return exit_usage;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cce_cycles: %s\n", error.what());
        return exit_below;
    }
}
