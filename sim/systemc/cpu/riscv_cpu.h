// SPDX-License-Identifier: Apache-2.0
//
// A RISC-V processor for SystemC platforms that run firmware: one hart of rv64imac, machine mode alone, loosely timed.
// Unicorn executes the instructions (unicorn_hart.h); this module adds time, the bus, interrupts and traps.
//
// Time     Every instruction takes one period of the clock. That is an assumption, not a measurement: no pipeline, no
//          cache, no latency of memory that lends itself. Accesses by b_transport take what their targets say.
// Memory   Ranges said to be memory are asked for DMI; without it every load and store is a transaction, and nothing
// can
//          be executed there. Everything else is reached by transactions of 1 to 8 bytes.
// Quantum  The hart runs ahead of SystemC's time by the global quantum at most, or, if that is zero, by `quantum`.
// Interrupts
//          Levels. They are looked at when SystemC's time has caught up (at the end of a quantum, in wfi, and behind
//          each transaction to a device, whose effects on the lines are seen by the next instruction) and when mstatus
//          or mie were written: so an interrupt is late by a quantum at the most. wfi waits in SystemC's time for one
//          that is enabled in mie.
// Counters mcycle, cycle and time count periods of the clock since the simulation began, waiting included; minstret
// counts
//          instructions.
// Traps    As the privileged specification has them for a hart without other modes: mepc, mcause, mtval, mstatus.MIE
// and
//          MPIE, mtvec direct and vectored, mret. MPP is always machine mode.
//
// Tested by test/riscv_cpu_test.cc.

#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/tlm_quantumkeeper.h>

#include <cstdint>
#include <optional>
#include <systemc>
#include <tlm>
#include <vector>

#include "systemc/cpu/unicorn_hart.h"

namespace cce::sim::systemc {

/// Begins and ends at multiples of 4096.
struct AddressRange {
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
};

struct RiscvCpuOptions {
    sc_core::sc_time clock_period = sc_core::sc_time(4, sc_core::SC_NS);
    sc_core::sc_time quantum = sc_core::sc_time(1, sc_core::SC_US);  ///< if the global one is zero
    std::uint64_t reset_address = 0;                                 ///< of the first instruction
    std::vector<AddressRange> memory;
    std::vector<AddressRange> devices;
};

/// Throws std::invalid_argument if a processor can't be like that.
void check(const RiscvCpuOptions& options);

struct RiscvCpuCounts {
    std::uint64_t instructions = 0;
    std::uint64_t interrupts = 0;  ///< taken
    std::uint64_t exceptions = 0;  ///< taken
    std::uint64_t sleeps = 0;      ///< wfi that had to wait
    std::uint64_t transactions = 0;
};

class RiscvCpu : public sc_core::sc_module, private HartBus {
public:
    RiscvCpu(const sc_core::sc_module_name& name, const RiscvCpuOptions& options);

    tlm_utils::simple_initiator_socket<RiscvCpu> socket;
    using Line = sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;
    Line external_interrupt;  ///< mip.MEIP
    Line timer_interrupt;     ///< mip.MTIP
    Line software_interrupt;  ///< mip.MSIP

    [[nodiscard]] RiscvCpuCounts counts() const;
    [[nodiscard]] std::uint64_t pc() const { return hart_.pc(); }

private:
    /// As the library's, but with a quantum even if there is no global one.
    class Keeper : public tlm_utils::tlm_quantumkeeper {
    public:
        explicit Keeper(const sc_core::sc_time& quantum) : quantum_(quantum) {}
        /// Until the next synchronization.
        [[nodiscard]] sc_core::sc_time remaining() const;

    protected:
        sc_core::sc_time compute_local_quantum() override;

    private:
        sc_core::sc_time quantum_;
    };
    struct MemoryRange {
        AddressRange range;
        bool lent = false;
        bool changed = false;  ///< ask again
    };

    void start_of_simulation() override;
    void end_of_elaboration() override;
    void run();
    void handle(const UnicornHart::Outcome& outcome);
    void execute(std::uint32_t instruction);
    void execute_csr(std::uint32_t instruction);
    void wait_for_interrupt();
    bool take_interrupt();
    void enter_trap(bool interrupt, std::uint64_t cause, std::uint64_t value);
    void raise(std::uint64_t cause, std::uint64_t value);
    void account();
    [[nodiscard]] std::uint64_t cycles() const;
    [[nodiscard]] std::uint64_t pending() const;
    void find_memory();
    void invalidate(sc_dt::uint64 first, sc_dt::uint64 last);

    std::optional<std::uint64_t> load(std::uint64_t address, unsigned bytes) override;
    bool store(std::uint64_t address, unsigned bytes, std::uint64_t value) override;
    bool transport(tlm::tlm_command command, std::uint64_t address, std::uint8_t* data, unsigned bytes);

    RiscvCpuOptions options_;
    UnicornHart hart_;
    Keeper keeper_;
    std::vector<MemoryRange> memory_;
    sc_core::sc_event lines_changed_;
    bool synchronize_ = false;     ///< before the next instruction
    std::uint64_t accounted_ = 0;  ///< instructions whose time has passed
    std::uint64_t mcycle_offset_ = 0;
    std::uint64_t minstret_offset_ = 0;
    std::uint64_t instructions_at_exception_ = ~std::uint64_t{0};
    RiscvCpuCounts counts_;
};

}  // namespace cce::sim::systemc
