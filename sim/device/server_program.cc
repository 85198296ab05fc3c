// SPDX-License-Identifier: Apache-2.0

#include "device/server_program.h"

#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iostream>
#include <system_error>

#include "device/errors.h"

namespace cce::sim::device {

FaultInjection ProgramOptions::injection() const {
    FaultInjection injection;
    for (const std::string& specification : injections) injection.add(specification);
    return injection;
}

void describe(CLI::App& app, ProgramOptions& options) {
    app.footer("Faults to inject (counted from 1):\n" + FaultInjection::help() +
               "\n\nExit status: 0 ok, 2 usage or set-up, 3 the driver did something wrong (see the messages),\n"
               "4 the guest or the engine broke a protocol.");
    app.add_option("--engine", options.engine, "which engine")->capture_default_str();
    app.add_option("--data-width", options.engine_options.data_width, "bits of the DMA data bus")
        ->check(CLI::IsMember({128, 256}))
        ->capture_default_str();
    app.add_option("--trace", options.engine_options.trace_path, "file for waves (FST)");
    app.add_option("--memory-latency", options.memory_latency,
                   "cycles to a read's first beat and to a write's response")
        ->capture_default_str();
    app.add_option("--inject", options.injections, "a fault to inject (repeatable), see below")
        ->allow_extra_args(false);
    app.add_option("--statistics", options.statistics,
                   "file for counters (JSON), written at the end; `marks`: DMA's bytes at "
                   "each read of the first queue's COMPLETED_LOW");
    app.add_option("--ready-fd", options.ready_fd, "descriptor that gets a line when the server listens; else stdout");
    app.add_option("--log-level", options.log_level, "what to log on standard error")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
        ->capture_default_str();
}

int run_program(CLI::App& app, int argc, char** argv, const ProgramOptions& options,
                const std::function<int()>& serve) {
    try {
        app.parse(argc, argv);
        spdlog::set_default_logger(spdlog::stderr_color_mt(app.get_name()));
        spdlog::set_level(spdlog::level::from_str(options.log_level));
        return serve();
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? status_ok : status_usage;
    } catch (const std::exception& error) {
        std::cerr << app.get_name() << ": " << error.what() << '\n';
        return status_usage;
    }
}

FileDescriptor make_stop_descriptor() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    FileDescriptor descriptor(::signalfd(-1, &signals, SFD_CLOEXEC));
    if (!descriptor.valid() || ::sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) {
        throw std::system_error(errno, std::generic_category(), "signalfd");
    }
    return descriptor;
}

int run_reporting(const std::string& program, const std::function<void()>& run) {
    try {
        run();
    } catch (const ProtocolError& error) {
        std::cerr << program << ": " << error.what() << '\n';
        return status_protocol;
    } catch (const EngineFault& error) {
        std::cerr << program << ": engine fault: " << error.what() << '\n';
        return status_protocol;
    }
    return status_ok;
}

void announce_ready(int fd) {
    constexpr std::string_view line = "ready\n";
    const int target = fd >= 0 ? fd : STDOUT_FILENO;
    if (::write(target, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        throw std::system_error(errno, std::generic_category(), "cannot write to the ready descriptor");
    }
    if (fd >= 0) ::close(fd);
}

nlohmann::ordered_json common_statistics(const Engine& engine, const Statistics& statistics,
                                         std::uint64_t lost_interrupts, const FaultLog& faults) {
    nlohmann::ordered_json marks = nlohmann::ordered_json::array();
    for (const Statistics::Mark& mark : statistics.marks) {
        marks.push_back({{"dma_bytes_read", mark.read}, {"dma_bytes_written", mark.written}});
    }
    return {{"engine", engine.name()},
            {"engine_cycles", engine.cycle()},
            {"engine_cycles_simulated", engine.simulated_cycles()},
            {"register_reads", statistics.register_reads},
            {"register_writes", statistics.register_writes},
            {"doorbell_writes", statistics.doorbell_writes},
            {"configuration_accesses", statistics.configuration_accesses},
            {"interrupt_edges", statistics.interrupt_edges},
            {"interrupts", statistics.interrupt_messages},
            {"interrupts_lost", lost_interrupts},
            {"dma_read_bursts", statistics.read_bursts},
            {"dma_write_bursts", statistics.write_bursts},
            {"dma_bytes_read", statistics.bytes_read},
            {"dma_bytes_written", statistics.bytes_written},
            {"marks", std::move(marks)},
            {"faults", faults.count()}};
}

void add_injected(nlohmann::ordered_json& json, const FaultInjection& injection) {
    const RandomFaults* random = injection.random();
    if (random == nullptr) return;
    nlohmann::ordered_json& injected = json["injected"] = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < fault_kinds; ++i)
        injected[std::string(name_of(static_cast<FaultKind>(i)))] = random->counts().at(i);
}

void write_statistics(const std::string& path, nlohmann::ordered_json json, const Engine& engine, double seconds) {
    json["host_seconds"] = seconds;
    json["simulated_cycles_per_host_second"] =
        seconds > 0 ? static_cast<double>(engine.simulated_cycles()) / seconds : 0.0;
    std::ofstream file(path);
    file << json.dump(2) << '\n';
    if (!file.flush()) throw std::runtime_error("cannot write '" + path + "'");
}

bool report(const std::string& program, const FaultLog& log, const std::string& what) {
    if (log.count() == 0) return false;
    std::cerr << program << ": " << log.count() << ' ' << what << '\n';
    for (const std::string& text : log.first()) std::cerr << "  " << text << '\n';
    if (log.count() > log.first().size()) std::cerr << "  ...\n";
    return true;
}

}  // namespace cce::sim::device
