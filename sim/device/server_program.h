// SPDX-License-Identifier: Apache-2.0
//
// What the two device servers' programs share: options, signals, the report at the end.

#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "device/fault_injection.h"
#include "device/fault_log.h"
#include "device/statistics.h"
#include "device/unix_socket.h"
#include "engine/engine.h"

namespace cce::sim::device {

inline constexpr int status_ok = 0;
inline constexpr int status_usage = 2;
inline constexpr int status_faults = 3;
inline constexpr int status_protocol = 4;

struct ProgramOptions {
    std::string engine = "rtl";
    EngineOptions engine_options;
    std::uint16_t memory_latency = 20;
    std::vector<std::string> injections;
    std::string statistics;
    std::string log_level = "warn";
    int ready_fd = -1;

    /// The faults to inject. Throws std::invalid_argument.
    [[nodiscard]] FaultInjection injection() const;
};

/// Adds the options, and what --help says of faults and exit status.
void describe(CLI::App& app, ProgramOptions& options);

/// Parses, sets up logging and calls `serve`; what it throws becomes a message and an exit status.
int run_program(CLI::App& app, int argc, char** argv, const ProgramOptions& options, const std::function<int()>& serve);

/// SIGTERM and SIGINT as a descriptor: nothing here is ever interrupted half-way.
[[nodiscard]] FileDescriptor make_stop_descriptor();

/// Calls `run`; a broken protocol becomes a message and its exit status.
int run_reporting(const std::string& program, const std::function<void()>& run);

/// Writes "ready" to the descriptor, and closes it; or to the standard output.
void announce_ready(int fd);

/// The counters that every server has.
[[nodiscard]] nlohmann::ordered_json common_statistics(const Engine& engine, const Statistics& statistics,
                                                       std::uint64_t lost_interrupts, const FaultLog& faults);
/// Adds how often each kind of fault was injected at random, if any were to be; all are there, so that none is missed
/// for its name.
void add_injected(nlohmann::ordered_json& json, const FaultInjection& injection);
/// Adds how long it took, and writes the file.
void write_statistics(const std::string& path, nlohmann::ordered_json json, const Engine& engine, double seconds);

/// Prints what was collected, if anything; `what` names it in the plural. True if there was something.
bool report(const std::string& program, const FaultLog& log, const std::string& what);

}  // namespace cce::sim::device
