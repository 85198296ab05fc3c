// SPDX-License-Identifier: Apache-2.0
//
// cce_vfio_user_server: the Core Crypto Engine as a PCI function of a virtual machine, over vfio-user, in real time.

#include <chrono>

#include "device/server_program.h"
#include "device/vfio_user_server.h"

namespace {

using namespace cce::sim;          // NOLINT(google-build-using-namespace): the program is about nothing else
using namespace cce::sim::device;  // NOLINT(google-build-using-namespace)

constexpr const char* program = "cce_vfio_user_server";

struct Arguments {
    std::string socket;
    bool serve_many = false;
    std::uint32_t cycle_ns = 0;
    ProgramOptions common;
};

nlohmann::ordered_json statistics_of(const VfioUserServer& server) {
    nlohmann::ordered_json json =
        common_statistics(server.engine(), server.statistics(), server.lost_interrupts(), server.faults());
    json["refusals"] = server.refusals().count();
    json["dma_maps_at_once"] = server.maps().count_peak();
    json["dma_read_messages"] = server.maps().reads_sent();
    json["dma_write_messages"] = server.maps().writes_sent();
    json["vfio_user_messages"] = server.counts();
    add_injected(json, server.injection());
    return json;
}

int serve(const Arguments& arguments) {
    const ProgramOptions& common = arguments.common;
    const FileDescriptor stop = make_stop_descriptor();
    const VfioUserServerOptions options{common.memory_latency, common.injection(), arguments.serve_many, stop.get(),
                                        std::chrono::nanoseconds(arguments.cycle_ns)};
    VfioUserServer server(options,
                          [&](EngineHost& host) { return make_engine(common.engine, host, common.engine_options); });
    const UnixListener listener(arguments.socket);
    announce_ready(common.ready_fd);

    const auto start = std::chrono::steady_clock::now();
    int status = run_reporting(program, [&] { server.run(listener); });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (!common.statistics.empty()) {
        write_statistics(common.statistics, statistics_of(server), server.engine(), seconds.count());
    }
    if (report(program, server.refusals(), "commands of the client were refused") && status == status_ok) {
        status = status_protocol;
    }
    const bool faults = report(program, server.faults(), "faults of the driver");
    return status == status_ok && faults ? status_faults : status;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("The Core Crypto Engine as a PCI function of a virtual machine (vfio-user), in real time.", program);
    Arguments arguments;
    app.add_option("--socket", arguments.socket, "vfio-user socket to make")->required();
    app.add_flag("--serve-many", arguments.serve_many,
                 "when a client has gone, wait for the next one (until SIGTERM); else end with the first");
    app.add_option("--cycle-ns", arguments.cycle_ns,
                   "real nanoseconds that an engine cycle takes at least; 0: as fast as can be")
        ->capture_default_str();
    describe(app, arguments.common);
    return run_program(app, argc, argv, arguments.common, [&] { return serve(arguments); });
}
