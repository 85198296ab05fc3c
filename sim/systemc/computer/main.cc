// SPDX-License-Identifier: Apache-2.0
//
// The computer as a program: runs a firmware. docs/firmware.md walks through the one in lib/firmware/example.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <systemc>
#include <tlm>

#include "computer.h"

namespace {

struct Arguments {
    cce::computer::ComputerOptions computer;
    std::string program;
    double clock_ns = 4;
    double latency_ns = 80;
    double quantum_ns = 1000;
    bool json = false;
};

int run(Arguments& arguments) {
    const auto nanoseconds = [](double count) { return sc_core::sc_time(count, sc_core::SC_NS); };
    arguments.computer.engine.clock_period = nanoseconds(arguments.clock_ns);
    arguments.computer.memory_latency = nanoseconds(arguments.latency_ns);
    arguments.computer.quantum = nanoseconds(arguments.quantum_ns);

    cce::computer::Computer computer("computer", cce::sim::systemc::read_elf(arguments.program), std::cout,
                                     arguments.computer);
    sc_core::sc_start();
    std::cout.flush();

    const auto cpu = computer.cpu.counts();
    const auto engine = computer.engine.counts();
    const auto status = computer.console.exit_status();
    const auto count = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
    const std::uint64_t cycles = sc_core::sc_time_stamp().value() / arguments.computer.engine.clock_period.value();
    if (arguments.json) {
        std::printf(
            "{\"engine\": \"%s\", \"cycles\": %llu, \"instructions\": %llu, \"interrupts\": %llu, "
            "\"exceptions\": %llu, \"sleeps\": %llu, \"transactions\": %llu, \"dma\": %llu, \"exit\": %lld}\n",
            computer.engine.engine_name().c_str(), count(cycles), count(cpu.instructions), count(cpu.interrupts),
            count(cpu.exceptions), count(cpu.sleeps), count(cpu.transactions),
            count(engine.dma.transactions + engine.dma.direct), status ? static_cast<long long>(*status) : -1LL);
    } else {
        std::printf(
            "computer: engine %s; %llu cycles, %llu instructions, %llu interrupts, %llu sleeps, "
            "%llu transactions, %llu DMA bursts\n",
            computer.engine.engine_name().c_str(), count(cycles), count(cpu.instructions), count(cpu.interrupts),
            count(cpu.sleeps), count(cpu.transactions), count(engine.dma.transactions + engine.dma.direct));
    }
    if (!status) {
        std::fprintf(stderr,
                     "cce_firmware_computer: the firmware waits for an interrupt that will never come, at pc 0x%llx\n",
                     count(computer.cpu.pc()));
        return 2;
    }
    return *status == 0 ? 0 : 1;
}

}  // namespace

int sc_main(int argc, char** argv) {
    CLI::App app(
        "Runs firmware on a RISC-V processor (rv64imac, machine mode, a cycle an instruction) in a SystemC platform "
        "with "
        "the engine. Ends with 0 if the firmware does, with 1 if its exit status is another one, with 2 if it or the "
        "platform fails.");
    Arguments arguments;
    app.add_option("program", arguments.program, "ELF file")->required();
    app.add_option("--engine", arguments.computer.engine.engine, "model, rtl or lockstep (default: model)");
    app.add_option("--clock", arguments.clock_ns, "clock period in ns (default: 4)")->check(CLI::PositiveNumber);
    app.add_option("--latency", arguments.latency_ns, "latency of the memory for DMA in ns (default: 80)")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--quantum", arguments.quantum_ns, "how far the processor runs ahead, in ns (default: 1000)")
        ->check(CLI::PositiveNumber);
    app.add_flag("--json", arguments.json, "print the counts as JSON, behind the firmware's own output");
    CLI11_PARSE(app, argc, argv);
    try {
        return run(arguments);
    } catch (const std::exception& error) {
        std::cout.flush();
        std::fprintf(stderr, "cce_firmware_computer: %s\n", error.what());
        return 2;
    }
}
