// SPDX-License-Identifier: Apache-2.0
//
// The processor as its programs see it: loads, stores, interrupts. Temporally decoupled by the global quantum.

#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/tlm_quantumkeeper.h>

#include <cstdint>
#include <span>
#include <systemc>
#include <tlm>
#include <vector>

#include "bus.h"

namespace cce::example {

/// Calls of Bus come from one process at a time, a thread.
class Processor : public sc_core::sc_module, public Bus {
public:
    /// `registers`: address of the engine's registers.
    Processor(const sc_core::sc_module_name& name, std::uint64_t registers, unsigned interrupt_count);

    tlm_utils::simple_initiator_socket<Processor> socket;
    sc_core::sc_vector<sc_core::sc_in<bool>> interrupts;

    std::uint32_t read_register(std::uint32_t offset) override;
    void write_register(std::uint32_t offset, std::uint32_t value) override;
    void load(std::uint64_t address, std::span<std::uint8_t> bytes) override;
    void store(std::uint64_t address, std::span<const std::uint8_t> bytes) override;
    void wait_interrupt(unsigned vector) override;

    /// The program computes for so long.
    void compute(const sc_core::sc_time& time);
    /// Lets SystemC's time catch up with the program's.
    void synchronize() { keeper_.sync(); }
    /// The program's time.
    [[nodiscard]] sc_core::sc_time time() const { return keeper_.get_current_time(); }
    /// When the last interrupt of this vector came.
    [[nodiscard]] sc_core::sc_time interrupt_time(unsigned vector) const { return lines_[vector].time; }

private:
    struct Line {
        bool raised = false;  ///< and not waited for yet
        sc_core::sc_time time;
    };

    void see_interrupts();
    void access(tlm::tlm_command command, std::uint64_t address, std::uint8_t* data, std::size_t bytes);

    std::uint64_t registers_;
    tlm_utils::tlm_quantumkeeper keeper_;
    std::vector<Line> lines_;
    sc_core::sc_event interrupted_;
};

}  // namespace cce::example
