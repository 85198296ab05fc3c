// SPDX-License-Identifier: Apache-2.0
//
// A computer that runs firmware with an engine in it:
//
//     cpu (rv64imac) --+                +-- memory, 4 MiB at 0x8000'0000
//                      +- interconnect -+-- engine.registers at 0x4000'0000
//     engine.dma ------+                +-- console, interrupt controller, timer
//     engine.interrupts --> interrupt controller --> cpu.external_interrupt;  timer --> cpu.timer_interrupt
//
// One clock for all. lib/firmware/example/computer.h has the addresses for the firmware.

#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <systemc>

#include "devices.h"
#include "interconnect.h"
#include "memory.h"
#include "systemc/cpu/elf_file.h"
#include "systemc/cpu/riscv_cpu.h"
#include "systemc/engine_module.h"

namespace cce::computer {

struct ComputerOptions {
    sim::systemc::EngineModuleOptions engine;
    sc_core::sc_time memory_latency = sc_core::sc_time(80, sc_core::SC_NS);  ///< of the engine's DMA
    sc_core::sc_time quantum = sc_core::sc_time(1, sc_core::SC_US);          ///< of the processor
};

class Computer : public sc_core::sc_module {
public:
    static constexpr std::uint64_t memory_base = 0x8000'0000;
    static constexpr std::uint64_t memory_bytes = std::uint64_t{4} << 20U;
    static constexpr std::uint64_t engine_base = 0x4000'0000;
    static constexpr std::uint64_t console_base = 0x1000'0000;
    static constexpr std::uint64_t interrupt_controller_base = 0x0c00'0000;
    static constexpr std::uint64_t timer_base = 0x0200'0000;
    static constexpr std::uint64_t device_bytes = 0x1000;

    /// Throws std::runtime_error if a segment of the program lies outside the memory.
    Computer(const sc_core::sc_module_name& name, const sim::systemc::Program& program, std::ostream& output,
             const ComputerOptions& options);

    sim::systemc::EngineModule engine;
    example::Memory memory;
    example::Interconnect interconnect;
    InterruptController interrupt_controller;
    Timer timer;
    Console console;
    sim::systemc::RiscvCpu cpu;

private:
    void start_of_simulation() override;

    sim::systemc::Program program_;
    sc_core::sc_vector<sc_core::sc_signal<bool>> interrupts_;
    sc_core::sc_signal<bool> external_;
    sc_core::sc_signal<bool> timer_signal_;
};

}  // namespace cce::computer
