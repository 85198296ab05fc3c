// SPDX-License-Identifier: Apache-2.0
//
// cce_device_server: the Core Crypto Engine as a PCI function of a User Mode Linux guest, and the guest's calendar.

#include <linux/um_timetravel.h>

#include <chrono>

#include "device/device_server.h"
#include "device/server_program.h"

namespace {

using namespace cce::sim;          // NOLINT(google-build-using-namespace): the program is about nothing else
using namespace cce::sim::device;  // NOLINT(google-build-using-namespace)

constexpr const char* program = "cce_device_server";

struct Arguments {
    std::string socket;
    std::string calendar;
    std::uint64_t cycle_ns = 4;
    ProgramOptions common;
};

nlohmann::ordered_json messages(const TimeTravelCalendar::Counts& counts) {
    constexpr std::array<const char*, 9> names{"ack",    "start", "request",    "wait",   "get",
                                               "update", "run",   "free_until", "get_tod"};
    nlohmann::ordered_json result = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] != 0) result[names[i]] = counts[i];
    }
    return result;
}

nlohmann::ordered_json statistics_of(const DeviceServer& server, std::uint64_t cycle_ns) {
    nlohmann::ordered_json json =
        common_statistics(server.engine(), server.statistics(), server.lost_interrupts(), server.faults());
    json["guest_nanoseconds"] = server.calendar().now();
    json["cycle_ns"] = cycle_ns;
    json["vhost_user_messages"] = server.vhost_user().counts();
    json["calendar_messages_received"] = messages(server.calendar().received());
    json["calendar_messages_sent"] = messages(server.calendar().sent());
    add_injected(json, server.injection());
    return json;
}

int serve(const Arguments& arguments) {
    const ProgramOptions& common = arguments.common;
    const FileDescriptor stop = make_stop_descriptor();
    const DeviceServerOptions options{arguments.cycle_ns, common.memory_latency, common.injection(), stop.get()};
    DeviceServer server(options,
                        [&](EngineHost& host) { return make_engine(common.engine, host, common.engine_options); });
    const UnixListener device(arguments.socket);
    const UnixListener calendar(arguments.calendar);
    announce_ready(common.ready_fd);

    const auto start = std::chrono::steady_clock::now();
    const int status = run_reporting(program, [&] { server.run(device, calendar); });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (!common.statistics.empty()) {
        write_statistics(common.statistics, statistics_of(server, arguments.cycle_ns), server.engine(),
                         seconds.count());
    }
    const bool faults = report(program, server.faults(), "faults of the driver");
    return status == status_ok && faults ? status_faults : status;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("The Core Crypto Engine as a PCI function of a User Mode Linux guest, and the guest's calendar.",
                 program);
    Arguments arguments;
    app.add_option("--socket", arguments.socket, "vhost-user socket to make")->required();
    app.add_option("--calendar", arguments.calendar, "time-travel socket to make")->required();
    app.add_option("--cycle-ns", arguments.cycle_ns, "guest nanoseconds of an engine cycle")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}))
        ->capture_default_str();
    describe(app, arguments.common);
    return run_program(app, argc, argv, arguments.common, [&] { return serve(arguments); });
}
