// SPDX-License-Identifier: Apache-2.0
//
// The Core Crypto Engine as a TLM-2.0 module: a target socket for its registers, an initiator socket for its DMA, its
// interrupts, reset and gate. Loosely timed outside, cycle-accurate inside. docs/systemc.md says how to use it, and
// what of its timing is exact.
// Tested by test/.

#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>

#include "engine/engine.h"
#include "systemc/engine_clock.h"
#include "systemc/interrupt_lines.h"
#include "systemc/tlm_host.h"

namespace cce::sim::systemc {

struct EngineModuleOptions {
    std::string engine = "model";  ///< see make_engine
    EngineOptions engine_options{};
    sc_core::sc_time clock_period = sc_core::sc_time(4, sc_core::SC_NS);
    /// The farthest that the engine runs ahead of SystemC's time, even if nobody can notice. Zero: the global quantum,
    /// or a thousand clock periods if that is zero too.
    sc_core::sc_time quantum{};
    AnnotatedDelay annotated_delay = AnnotatedDelay::latency;
    bool use_dmi = true;  ///< take memory that a target lends
};

/// How many times the module has done what.
struct EngineModuleCounts {
    DmaCounts dma;
    std::uint64_t register_accesses = 0;  ///< that reached the engine
    std::uint64_t activations = 0;        ///< times that SystemC's kernel has run the engine's process
};

/// One process owns the engine: it runs it ahead of SystemC's time up to the next moment at which any other process of
/// the simulation can do something, and does for the others what they ask of it: register accesses, gate, reset. While
/// the engine is idle, the process sleeps.
class EngineModule : public sc_core::sc_module {
public:
    explicit EngineModule(const sc_core::sc_module_name& name, const EngineModuleOptions& options = {});

    /// The register space, from address 0. b_transport only (the socket turns nb_transport into it); accesses of 4
    /// aligned bytes. Waits for the caller's time, and annotates how long the access took.
    tlm_utils::simple_target_socket<EngineModule> registers;
    /// DMA. As wide as sockets are by default (the type's BUSWIDTH is no more than a name): bursts are as wide as the
    /// engine's data bus.
    TlmHost::Socket dma;
    /// Active low, as the engine's rst_ni. While it is low, register accesses end with TLM_GENERIC_ERROR_RESPONSE.
    sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND> reset_n;
    /// High: every datapath is closed, as by the engine's gate_i.
    sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND> gate;

private:
    // Here because the ports below belong to it.
    InterruptLines interrupt_lines_;

public:
    /// [v]: vector v. High for one clock period an interrupt. Vector 0: queue errors; 1 + q: queue pair q.
    sc_core::sc_vector<sc_core::sc_out<bool>>& interrupts;

    /// The engine's cycle: it may be ahead of SystemC's time, or behind it while the engine is idle.
    [[nodiscard]] std::uint64_t cycle() const { return engine_->cycle(); }
    [[nodiscard]] bool idle() const { return engine_->idle(); }
    [[nodiscard]] const EngineClock& clock() const { return clock_; }
    [[nodiscard]] EngineModuleCounts counts() const;
    /// Which engine it is, by its name.
    [[nodiscard]] std::string engine_name() const { return engine_->name(); }

private:
    /// What another process asks of the engine's.
    struct Command {
        enum class Kind : std::uint8_t { read, write, gate, reset } kind;
        std::uint32_t offset = 0;  ///< of the register
        std::uint32_t value = 0;   ///< to be written; not 0: gate closed, reset
        sc_core::sc_time time;     ///< when it was asked for
        RegisterValue answer;
        bool in_reset = false;  ///< not done: the engine is in reset
        bool done = false;
        sc_core::sc_event finished;
    };

    void start_of_simulation() override;
    void end_of_elaboration() override;
    void access_register(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay);
    void watch_gate();
    void watch_reset();
    std::shared_ptr<Command> ask(Command::Kind kind, std::uint32_t offset, std::uint32_t value);

    void run();
    void serve(Command& command);
    void catch_up(std::uint64_t cycle);
    void run_ahead();
    [[nodiscard]] sc_core::sc_time quantum() const;

    EngineClock clock_;
    sc_core::sc_time quantum_;
    TlmHost host_;
    std::unique_ptr<Engine> engine_;
    std::deque<std::shared_ptr<Command>> commands_;
    sc_core::sc_event asked_;
    sc_core::sc_process_handle process_;
    bool in_reset_ = false;
    std::uint64_t register_accesses_ = 0;
    std::uint64_t activations_ = 0;
};

}  // namespace cce::sim::systemc
