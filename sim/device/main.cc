// SPDX-License-Identifier: Apache-2.0
//
// cce_device_server: the Core Crypto Engine as a PCI function of a User Mode Linux guest, and the guest's calendar.

#include <linux/um_timetravel.h>
#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "device/device_server.h"
#include "device/errors.h"

namespace {

using namespace cce::sim;          // NOLINT(google-build-using-namespace): the program is about nothing else
using namespace cce::sim::device;  // NOLINT(google-build-using-namespace)

constexpr int status_ok = 0;
constexpr int status_usage = 2;
constexpr int status_faults = 3;
constexpr int status_protocol = 4;

struct Arguments {
    std::string socket;
    std::string calendar;
    std::string engine = "rtl";
    EngineOptions engine_options;
    DeviceServerOptions server_options;
    std::vector<std::string> injections;
    std::string statistics;
    std::string log_level = "warn";
    int ready_fd = -1;
};

void describe(CLI::App& app, Arguments& arguments) {
    app.footer("Faults to inject (counted from 1):\n" + FaultInjection::help() +
               "\n\nExit status: 0 ok, 2 usage or set-up, 3 the driver did something wrong (see the messages),\n"
               "4 the guest or the engine broke a protocol.");
    app.add_option("--socket", arguments.socket, "vhost-user socket to make")->required();
    app.add_option("--calendar", arguments.calendar, "time-travel socket to make")->required();
    app.add_option("--engine", arguments.engine, "which engine")->capture_default_str();
    app.add_option("--data-width", arguments.engine_options.data_width, "bits of the DMA data bus")
        ->check(CLI::IsMember({128, 256}))
        ->capture_default_str();
    app.add_option("--trace", arguments.engine_options.trace_path, "file for waves (FST)");
    app.add_option("--cycle-ns", arguments.server_options.cycle_ns, "guest nanoseconds of an engine cycle")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}))
        ->capture_default_str();
    app.add_option("--memory-latency", arguments.server_options.memory_latency,
                   "cycles to a read's first beat and to a write's response")
        ->capture_default_str();
    app.add_option("--inject", arguments.injections, "a fault to inject (repeatable), see below")
        ->allow_extra_args(false);
    app.add_option("--statistics", arguments.statistics, "file for counters (JSON), written at the end");
    app.add_option("--ready-fd", arguments.ready_fd,
                   "descriptor that gets a line when both sockets listen; else stdout");
    app.add_option("--log-level", arguments.log_level, "what to log on standard error")
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
        ->capture_default_str();
}

/// SIGTERM and SIGINT as a descriptor: nothing here is ever interrupted half-way.
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

void announce_ready(int fd) {
    constexpr std::string_view line = "ready\n";
    const int target = fd >= 0 ? fd : STDOUT_FILENO;
    if (::write(target, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        throw std::system_error(errno, std::generic_category(), "cannot write to the ready descriptor");
    }
    if (fd >= 0) ::close(fd);
}

nlohmann::ordered_json messages(const TimeTravelCalendar::Counts& counts) {
    constexpr std::array<const char*, 9> names{"ack",    "start", "request",    "wait",   "get",
                                               "update", "run",   "free_until", "get_tod"};
    nlohmann::ordered_json result = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] != 0) result[names[i]] = counts[i];
    }
    return result;
}

void write_statistics(const std::string& path, const DeviceServer& server, double seconds) {
    const Statistics& s = server.statistics();
    const std::uint64_t cycles = server.engine().simulated_cycles();
    nlohmann::ordered_json json{
        {"engine", server.engine().name()},
        {"engine_cycles", server.engine().cycle()},
        {"engine_cycles_simulated", cycles},
        {"guest_nanoseconds", server.calendar().now()},
        {"register_reads", s.register_reads},
        {"register_writes", s.register_writes},
        {"doorbell_writes", s.doorbell_writes},
        {"configuration_accesses", s.configuration_accesses},
        {"interrupt_edges", s.interrupt_edges},
        {"interrupts", s.interrupt_messages},
        {"interrupts_lost", server.lost_interrupts()},
        {"dma_read_bursts", s.read_bursts},
        {"dma_write_bursts", s.write_bursts},
        {"dma_bytes_read", s.bytes_read},
        {"dma_bytes_written", s.bytes_written},
        {"faults", server.faults().count()},
        {"vhost_user_messages", server.vhost_user().counts()},
        {"calendar_messages_received", messages(server.calendar().received())},
        {"calendar_messages_sent", messages(server.calendar().sent())},
        {"host_seconds", seconds},
        {"simulated_cycles_per_host_second", seconds > 0 ? static_cast<double>(cycles) / seconds : 0.0}};
    std::ofstream file(path);
    file << json.dump(2) << '\n';
    if (!file.flush()) throw std::runtime_error("cannot write '" + path + "'");
}

int report_faults(const FaultLog& faults) {
    if (faults.count() == 0) return status_ok;
    std::cerr << "cce_device_server: " << faults.count() << " faults of the driver\n";
    for (const std::string& text : faults.first()) std::cerr << "  " << text << '\n';
    if (faults.count() > faults.first().size()) std::cerr << "  ...\n";
    return status_faults;
}

int serve(Arguments& arguments) {
    const FileDescriptor stop = make_stop_descriptor();
    arguments.server_options.stop_fd = stop.get();
    for (const std::string& injection : arguments.injections) arguments.server_options.injection.add(injection);
    DeviceServer server(arguments.server_options, [&](EngineHost& host) {
        return make_engine(arguments.engine, host, arguments.engine_options);
    });
    const UnixListener device(arguments.socket);
    const UnixListener calendar(arguments.calendar);
    announce_ready(arguments.ready_fd);

    const auto start = std::chrono::steady_clock::now();
    int status = status_ok;
    try {
        server.run(device, calendar);
    } catch (const ProtocolError& error) {
        std::cerr << "cce_device_server: " << error.what() << '\n';
        status = status_protocol;
    } catch (const EngineFault& error) {
        std::cerr << "cce_device_server: engine fault: " << error.what() << '\n';
        status = status_protocol;
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (!arguments.statistics.empty()) write_statistics(arguments.statistics, server, seconds.count());
    const int faults = report_faults(server.faults());
    return status == status_ok ? faults : status;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("The Core Crypto Engine as a PCI function of a User Mode Linux guest, and the guest's calendar.");
    try {
        Arguments arguments;
        describe(app, arguments);
        app.parse(argc, argv);
        spdlog::set_default_logger(spdlog::stderr_color_mt("cce_device_server"));
        spdlog::set_level(spdlog::level::from_str(arguments.log_level));
        return serve(arguments);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? status_ok : status_usage;
    } catch (const std::exception& error) {
        std::cerr << "cce_device_server: " << error.what() << '\n';
        return status_usage;
    }
}
