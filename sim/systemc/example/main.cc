// SPDX-License-Identifier: Apache-2.0
//
// The example platform as a program. docs/systemc.md walks through it.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <systemc>
#include <tlm>

#include "platform.h"
#include "traffic_generator.h"

namespace {

using cce::example::Outcome;
using cce::example::Platform;

struct Arguments {
    cce::example::PlatformOptions platform;
    double clock_ns = 4;
    double latency_ns = 80;
    double quantum_ns = 0;
    std::uint64_t seed = 1;
    std::string timeline;
};

void print(const Outcome& outcome) {
    const auto status = cce::contract::name_of(outcome.status);
    std::printf("%-28s %-9s %6u %6u  %.*s, %s\n", outcome.name.c_str(), outcome.together ? "together" : "alone",
                outcome.start, outcome.end, static_cast<int>(status.size()), status.data(),
                outcome.as_openssl ? "as OpenSSL" : "NOT AS OPENSSL");
}

int run(Arguments& arguments) {
    const auto nanoseconds = [](double count) { return sc_core::sc_time(count, sc_core::SC_NS); };
    tlm::tlm_global_quantum::instance().set(nanoseconds(arguments.quantum_ns));
    arguments.platform.engine.clock_period = nanoseconds(arguments.clock_ns);
    arguments.platform.memory.read_latency = nanoseconds(arguments.latency_ns);
    arguments.platform.memory.write_latency = nanoseconds(arguments.latency_ns);
    arguments.platform.monitor_lets_dmi_pass = arguments.platform.memory.lends;

    const auto jobs = cce::example::example_jobs(arguments.seed);
    Platform platform("platform", arguments.platform);
    cce::example::TrafficGenerator traffic("traffic", platform.processor, Platform::memory_base, jobs);
    sc_core::sc_start();

    if (!arguments.timeline.empty()) {
        if (arguments.timeline == "-") {
            platform.monitor.timeline().print(std::cout, platform.engine.clock());
        } else {
            std::ofstream file(arguments.timeline);
            platform.monitor.timeline().print(file, platform.engine.clock());
            if (!file.flush()) throw std::runtime_error("cannot write the timeline to '" + arguments.timeline + "'");
        }
    }
    std::printf("%-28s %-9s %6s %6s  cycles from the doorbell\n", "request", "", "start", "end");
    bool good = traffic.outcomes().size() == 2 * jobs.size();
    if (!good) std::printf("ERROR: only %zu of %zu requests ended\n", traffic.outcomes().size(), 2 * jobs.size());
    for (const Outcome& outcome : traffic.outcomes()) {
        print(outcome);
        good = good && outcome.good();
    }
    for (const std::string& violation : platform.monitor.violations()) {
        std::printf("RULE BROKEN: %s\n", violation.c_str());
        good = false;
    }
    const auto counts = platform.engine.counts();
    std::printf("engine %s: %.1f ns, %llu transactions by b_transport, %llu by DMI, %llu activations\n",
                platform.engine.engine_name().c_str(), sc_core::sc_time_stamp().to_seconds() * 1e9,
                static_cast<unsigned long long>(counts.dma.transactions),
                static_cast<unsigned long long>(counts.dma.direct),
                static_cast<unsigned long long>(counts.activations));
    return good ? 0 : 1;
}

}  // namespace

int sc_main(int argc, char** argv) {
    CLI::App app(
        "Runs AES requests on the engine in a SystemC platform (processor, interconnect, memory, monitor) and compares "
        "the answers with OpenSSL's. Ends with 1 if one differs, or if the monitor has seen a rule broken.");
    Arguments arguments;
    app.add_option("--engine", arguments.platform.engine.engine, "model, rtl or lockstep (default: model)");
    app.add_option("--data-width", arguments.platform.engine.engine_options.data_width, "bits of the DMA data bus")
        ->check(CLI::IsMember({128U, 256U}));
    app.add_option("--clock", arguments.clock_ns, "clock period in ns (default: 4)")->check(CLI::PositiveNumber);
    app.add_option("--latency", arguments.latency_ns, "latency of the memory in ns (default: 80)")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--quantum", arguments.quantum_ns, "global quantum in ns: how far the processor runs ahead")
        ->check(CLI::NonNegativeNumber);
    app.add_flag("--dmi", arguments.platform.memory.lends, "the memory grants DMI, and the monitor lets it pass");
    app.add_option("--seed", arguments.seed, "of keys and texts (default: 1)");
    app.add_option("--timeline", arguments.timeline, "file for the timeline; - is the standard output");
    CLI11_PARSE(app, argc, argv);
    try {
        return run(arguments);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cce_systemc_example: %s\n", error.what());
        return 2;
    }
}
