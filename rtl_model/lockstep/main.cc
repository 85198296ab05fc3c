// SPDX-License-Identifier: Apache-2.0
//
// cce_lockstep: drives the Verilated RTL and the C++ model with the same random traffic and compares every pin in every
// cycle. Both see one memory: as every write beat is compared on its way there, its contents can't differ.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "harness/machine.h"
#include "register_port.h"
#include "streams.h"
#include "traffic.h"

namespace {

constexpr int exit_mismatch = 1;
constexpr std::uint64_t default_cycles = 2'000'000;
constexpr std::uint64_t plain_cycles = 500'000;
constexpr std::uint64_t register_port_share =
    10;  // the register port's pins have a tenth of the cycles, before the rest

struct Arguments {
    std::uint64_t seed = 1;
    std::uint64_t cycles = default_cycles;
    unsigned width = 128;
    std::string waves;
    std::string engine = "lockstep";
    std::string traffic = "mixed";
    bool plain = false;
};

/// Drives `machine` with traffic of this kind, and says what came of it. `reached`: the cycle in which it failed.
template <class Traffic>
void run(cce::sim::Machine& machine, const Arguments& arguments, std::uint64_t& reached) {
    Traffic traffic(machine, arguments.seed);
    try {
        traffic.run(arguments.cycles);
    } catch (const std::exception&) {
        reached = machine.cycle();
        std::cerr << traffic.summary();
        throw;
    }
    std::cout << traffic.summary();
}

}  // namespace

int main(int argc, char** argv) {
    Arguments arguments;
    CLI::App app("The RTL and the model of the engine side by side, under random traffic");
    app.add_option("--seed", arguments.seed, "What the traffic is made from")->capture_default_str();
    const CLI::Option* const cycles = app.add_option("--cycles", arguments.cycles, "Engine cycles")
                                          ->envname("CCE_LOCKSTEP_CYCLES")
                                          ->capture_default_str();
    app.add_option("--width", arguments.width, "Bits of the DMA bus")
        ->check(CLI::IsMember({128, 256}))
        ->capture_default_str();
    app.add_option("--waves", arguments.waves, "File for the RTL's waves (FST); needs a build with CCE_TRACE");
    app.add_option("--engine", arguments.engine, "Run the traffic on one engine alone, without comparison")
        ->check(CLI::IsMember({"lockstep", "rtl", "model"}))
        ->capture_default_str();
    app.add_option("--traffic", arguments.traffic,
                   "Everything, errors too, or long texts, which the model does in bulk")
        ->check(CLI::IsMember({"mixed", "streams"}))
        ->capture_default_str();
    app.add_flag("--plain", arguments.plain,
                 "Unless CCE_TEST_ALL is set or cycles are asked for: " + std::to_string(plain_cycles) + " cycles");
    CLI11_PARSE(app, argc, argv);
    if (arguments.plain && cycles->count() == 0 && std::getenv("CCE_TEST_ALL") == nullptr) {
        arguments.cycles = plain_cycles;
    }

    std::uint64_t reached = 0;
    try {
        if (arguments.engine == "lockstep") {
            cce::lockstep::run_register_port(arguments.seed, arguments.cycles / register_port_share);
        }
        cce::sim::MachineOptions options;
        options.engine = arguments.engine;
        options.engine_options.data_width = arguments.width;
        options.engine_options.trace_path = arguments.waves;
        cce::sim::Machine machine(options);
        if (arguments.traffic == "streams") {
            run<cce::lockstep::Streams>(machine, arguments, reached);
        } else {
            run<cce::lockstep::Traffic>(machine, arguments, reached);
        }
        std::cout << machine.cycle() << " cycles (" << machine.engine().simulated_cycles() << " simulated), seed "
                  << arguments.seed << ", " << arguments.width << " bits"
                  << (arguments.engine == "lockstep" ? ": no difference\n" : "\n");
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\nseed " << arguments.seed << ", " << arguments.width
                  << " bits. Waves (in a build with -DCCE_TRACE=ON):\n  " << argv[0] << " --seed " << arguments.seed
                  << " --width " << arguments.width << " --traffic " << arguments.traffic << " --cycles " << reached + 1
                  << " --waves lockstep.fst\n";
        return exit_mismatch;
    }
    return 0;
}
