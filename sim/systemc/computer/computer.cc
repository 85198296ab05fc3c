// SPDX-License-Identifier: Apache-2.0

#include "computer.h"

#include <sstream>
#include <stdexcept>

#include "cce_contract.hpp"

namespace cce::computer {

namespace {

example::Memory::Options memory_options(const ComputerOptions& options) {
    example::Memory::Options memory;
    memory.bytes = Computer::memory_bytes;
    memory.read_latency = memory.write_latency = options.memory_latency;
    memory.lends = true;
    return memory;
}

sim::systemc::RiscvCpuOptions cpu_options(const sim::systemc::Program& program, const ComputerOptions& options) {
    sim::systemc::RiscvCpuOptions cpu;
    cpu.clock_period = options.engine.clock_period;
    cpu.quantum = options.quantum;
    cpu.reset_address = program.entry;
    cpu.memory = {{Computer::memory_base, Computer::memory_bytes}};
    cpu.devices = {{Computer::engine_base, contract::register_space_bytes},
                   {Computer::console_base, Computer::device_bytes},
                   {Computer::interrupt_controller_base, Computer::device_bytes},
                   {Computer::timer_base, Computer::device_bytes}};
    return cpu;
}

}  // namespace

Computer::Computer(const sc_core::sc_module_name& name, const sim::systemc::Program& program, std::ostream& output,
                   const ComputerOptions& options)
    : sc_core::sc_module(name),
      engine("engine", options.engine),
      memory("memory", memory_options(options)),
      interconnect("interconnect"),
      interrupt_controller("interrupt_controller", static_cast<unsigned>(engine.interrupts.size()),
                           options.engine.clock_period),
      timer("timer", options.engine.clock_period, options.engine.clock_period),
      console("console", output, options.engine.clock_period),
      cpu("cpu", cpu_options(program, options)),
      program_(program),
      interrupts_("interrupt", engine.interrupts.size()),
      external_("external"),
      timer_signal_("timer_signal") {
    cpu.socket.bind(interconnect.initiators);
    engine.dma.bind(interconnect.initiators);
    interconnect.connect(memory.socket, memory_base, memory_bytes);
    interconnect.connect(engine.registers, engine_base, contract::register_space_bytes);
    interconnect.connect(console.socket, console_base, device_bytes);
    interconnect.connect(interrupt_controller.socket, interrupt_controller_base, device_bytes);
    interconnect.connect(timer.socket, timer_base, device_bytes);
    engine.interrupts.bind(interrupts_);
    interrupt_controller.lines.bind(interrupts_);
    interrupt_controller.output.bind(external_);
    timer.output.bind(timer_signal_);
    cpu.external_interrupt.bind(external_);
    cpu.timer_interrupt.bind(timer_signal_);
    for (const sim::systemc::Program::Segment& segment : program.segments) {
        if (segment.address < memory_base || segment.address - memory_base > memory_bytes ||
            segment.bytes.size() > memory_bytes - (segment.address - memory_base)) {
            std::ostringstream text;
            text << "the program has a segment of " << segment.bytes.size() << " bytes at 0x" << std::hex
                 << segment.address << ", outside the computer's memory";
            throw std::runtime_error(text.str());
        }
    }
}

void Computer::start_of_simulation() {
    for (sim::systemc::Program::Segment& segment : program_.segments) {
        tlm::tlm_generic_payload transaction;
        transaction.set_command(tlm::TLM_WRITE_COMMAND);
        transaction.set_address(segment.address);
        transaction.set_data_ptr(segment.bytes.data());
        transaction.set_data_length(static_cast<unsigned>(segment.bytes.size()));
        cpu.socket->transport_dbg(transaction);
    }
}

}  // namespace cce::computer
