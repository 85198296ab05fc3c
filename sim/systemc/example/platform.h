// SPDX-License-Identifier: Apache-2.0
//
// A computer with an engine in it:
//
//     processor --+                             +-- memory
//                 +--> initiators interconnect --+
//     engine.dma --> monitor -+                 +-- monitor --> engine.registers
//     engine.interrupts --> monitor, processor

#pragma once

#include <cstdint>
#include <systemc>

#include "interconnect.h"
#include "memory.h"
#include "monitor.h"
#include "processor.h"
#include "systemc/engine_module.h"

namespace cce::example {

struct PlatformOptions {
    sim::systemc::EngineModuleOptions engine;
    Memory::Options memory;
    bool monitor_lets_dmi_pass = false;
};

class Platform : public sc_core::sc_module {
public:
    static constexpr std::uint64_t memory_base = 0x8000'0000;
    static constexpr std::uint64_t registers_base = 0x4000'0000;

    explicit Platform(const sc_core::sc_module_name& name, const PlatformOptions& options = {});

    sim::systemc::EngineModule engine;
    Memory memory;
    Interconnect interconnect;
    Processor processor;
    Monitor monitor;
    sc_core::sc_signal<bool> reset_n;
    sc_core::sc_signal<bool> gate;

private:
    sc_core::sc_vector<sc_core::sc_signal<bool>> interrupts_;
};

}  // namespace cce::example
