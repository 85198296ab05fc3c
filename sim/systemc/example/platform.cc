// SPDX-License-Identifier: Apache-2.0

#include "platform.h"

#include "cce_contract.hpp"

namespace cce::example {

Platform::Platform(const sc_core::sc_module_name& name, const PlatformOptions& options)
    : sc_core::sc_module(name),
      engine("engine", options.engine),
      memory("memory", options.memory),
      interconnect("interconnect"),
      processor("processor", registers_base, static_cast<unsigned>(engine.interrupts.size())),
      monitor("monitor", static_cast<unsigned>(engine.interrupts.size()), options.engine.clock_period,
              options.monitor_lets_dmi_pass),
      reset_n("reset_n", true),
      gate("gate", false),
      interrupts_("interrupt", engine.interrupts.size()) {
    processor.socket.bind(interconnect.initiators);
    engine.dma.bind(monitor.from_engine);
    monitor.to_interconnect.bind(interconnect.initiators);
    interconnect.connect(memory.socket, memory_base, options.memory.bytes);
    interconnect.connect(monitor.from_interconnect, registers_base, contract::register_space_bytes);
    monitor.to_engine.bind(engine.registers);
    engine.reset_n.bind(reset_n);
    engine.gate.bind(gate);
    engine.interrupts.bind(interrupts_);
    processor.interrupts.bind(interrupts_);
    monitor.interrupts.bind(interrupts_);
}

}  // namespace cce::example
