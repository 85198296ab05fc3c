// SPDX-License-Identifier: Apache-2.0

#include "systemc/engine_module.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>

#include "cce_contract.hpp"

namespace cce::sim::systemc {

namespace {

namespace page = contract::global_page;

constexpr unsigned default_quantum_cycles = 1000;
constexpr std::size_t register_bytes = 4;
/// The Verilated engine needs more stack than SystemC gives a process.
constexpr std::size_t stack_bytes = 1U << 20U;

static_assert(std::endian::native == std::endian::little, "the bytes of a register are little-endian");

/// For an engine that does no DMA.
class NoHost final : public EngineHost {
public:
    BurstSchedule schedule(const Burst&) override { return {}; }
    bool read(std::uint64_t, std::span<std::uint8_t>) override { return false; }
    bool write(std::uint64_t, std::span<const std::uint8_t>, std::span<const std::uint8_t>) override { return false; }
    void interrupt(unsigned, std::uint64_t) override {}
};

/// Asks an engine of this kind how many queue pairs it has. Not the module's own: that would cost it cycles.
unsigned interrupt_count(const EngineModuleOptions& options) {
    NoHost host;
    EngineOptions engine_options = options.engine_options;
    engine_options.trace_path.clear();
    const auto engine = make_engine(options.engine, host, engine_options);
    return 1 + page::geometry_queue_count.get(engine->read_register(page::at(page::geometry)).value);
}

const EngineModuleOptions& checked(const EngineModuleOptions& options) {
    if (options.clock_period == sc_core::SC_ZERO_TIME) {
        throw std::invalid_argument("EngineModule: the clock period is zero");
    }
    return options;
}

/// What is wrong with an access as such, whatever register it is for.
tlm::tlm_response_status check(const tlm::tlm_generic_payload& transaction) {
    if (!transaction.is_read() && !transaction.is_write()) return tlm::TLM_COMMAND_ERROR_RESPONSE;
    const std::uint64_t address = transaction.get_address();
    if (address >= contract::register_space_bytes || address % register_bytes != 0) {
        return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    }
    if (transaction.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    if (transaction.get_data_length() != register_bytes || transaction.get_streaming_width() < register_bytes) {
        return tlm::TLM_BURST_ERROR_RESPONSE;
    }
    return tlm::TLM_OK_RESPONSE;
}

}  // namespace

EngineModule::EngineModule(const sc_core::sc_module_name& name, const EngineModuleOptions& options)
    : sc_core::sc_module(name),
      registers("registers"),
      dma("dma"),
      reset_n("reset_n"),
      gate("gate"),
      interrupt_lines_("interrupts", interrupt_count(checked(options)), options.clock_period),
      interrupts(interrupt_lines_.lines),
      clock_(options.clock_period),
      quantum_(options.quantum),
      host_(dma, clock_, interrupt_lines_, {options.annotated_delay, options.use_dmi}),
      engine_(make_engine(options.engine, host_, options.engine_options)) {
    registers.register_b_transport(this, &EngineModule::access_register);
    SC_HAS_PROCESS(EngineModule);
    SC_THREAD(run);
    set_stack_size(stack_bytes);
    process_ = sc_core::sc_get_current_process_handle();
}

EngineModuleCounts EngineModule::counts() const {
    return {host_.counts(), register_accesses_, activations_};
}

void EngineModule::end_of_elaboration() {
    const auto watch = [this](auto& port, auto method, const char* name) {
        if (port.size() == 0) return;
        sc_core::sc_spawn_options spawn;
        spawn.spawn_method();
        spawn.set_sensitivity(&port->value_changed_event());
        sc_core::sc_spawn([this, method] { (this->*method)(); }, name, &spawn);
    };
    watch(gate, &EngineModule::watch_gate, "watch_gate");
    watch(reset_n, &EngineModule::watch_reset, "watch_reset");
}

void EngineModule::start_of_simulation() {
    clock_.start(engine_->cycle(), sc_core::sc_time_stamp());
}

// What other processes ask for.

std::shared_ptr<EngineModule::Command> EngineModule::ask(Command::Kind kind, std::uint32_t offset,
                                                         std::uint32_t value) {
    auto command = std::make_shared<Command>();
    command->kind = kind;
    command->offset = offset;
    command->value = value;
    command->time = sc_core::sc_time_stamp();
    commands_.push_back(command);
    asked_.notify();
    return command;
}

void EngineModule::watch_gate() {
    ask(Command::Kind::gate, 0, gate->read() ? 1 : 0);
}

void EngineModule::watch_reset() {
    ask(Command::Kind::reset, 0, reset_n->read() ? 0 : 1);
}

void EngineModule::access_register(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
    transaction.set_response_status(check(transaction));
    if (!transaction.is_response_ok()) return;
    if (sc_core::sc_get_current_process_handle() == process_) {
        // The engine's own DMA; the engine cannot answer before the access that waits for the answer.
        SC_REPORT_WARNING("/cce/systemc", "DMA of the engine into its own registers: answered with an error");
        transaction.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return;
    }
    // The caller's time becomes everybody's, so that the access finds the engine as it is then.
    if (delay != sc_core::SC_ZERO_TIME) {
        sc_core::wait(delay);
        delay = sc_core::SC_ZERO_TIME;
    }
    std::uint32_t value = 0;
    if (transaction.is_write()) std::memcpy(&value, transaction.get_data_ptr(), sizeof value);
    const auto command = ask(transaction.is_read() ? Command::Kind::read : Command::Kind::write,
                             static_cast<std::uint32_t>(transaction.get_address()), value);
    while (!command->done) sc_core::wait(command->finished);
    if (command->in_reset) {
        transaction.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return;
    }
    if (command->answer.error) {
        transaction.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    } else if (transaction.is_read()) {
        std::memcpy(transaction.get_data_ptr(), &command->answer.value, sizeof command->answer.value);
    }
    const sc_core::sc_time end = clock_.begin_of(engine_->cycle());
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    if (end > now) delay = end - now;
}

// The process that owns the engine.

sc_core::sc_time EngineModule::quantum() const {
    if (quantum_ != sc_core::SC_ZERO_TIME) return quantum_;
    const sc_core::sc_time global = tlm::tlm_global_quantum::instance().get();
    return global != sc_core::SC_ZERO_TIME ? global : default_quantum_cycles * clock_.period();
}

void EngineModule::run() {
    if (reset_n.size() != 0) in_reset_ = !reset_n->read();
    if (gate.size() != 0 && gate->read()) engine_->set_gate(true);
    for (;;) {
        ++activations_;
        while (!commands_.empty()) {
            const auto command = commands_.front();
            commands_.pop_front();
            serve(*command);
            command->done = true;
            command->finished.notify();
        }
        if (!in_reset_) run_ahead();
        if (!commands_.empty()) continue;  // a DMA target has let time pass
        if (in_reset_ || engine_->idle()) {
            wait(asked_);
        } else {
            const sc_core::sc_time now = sc_core::sc_time_stamp();
            wait(std::max(clock_.begin_of(engine_->cycle()), now + clock_.period()) - now, asked_);
        }
    }
}

void EngineModule::serve(Command& command) {
    if (!in_reset_) catch_up(clock_.cycle_at(command.time));
    switch (command.kind) {
        case Command::Kind::read:
        case Command::Kind::write:
            command.in_reset = in_reset_;
            if (in_reset_) return;
            ++register_accesses_;
            command.answer = command.kind == Command::Kind::read
                                 ? engine_->read_register(command.offset)
                                 : engine_->write_register(command.offset, command.value);
            break;
        case Command::Kind::gate:
            engine_->set_gate(command.value != 0);
            break;
        case Command::Kind::reset:
            in_reset_ = command.value != 0;
            if (in_reset_) {
                engine_->reset();
                host_.reset();
            }
            break;
    }
}

/// Through any interrupt.
void EngineModule::catch_up(std::uint64_t cycle) {
    while (engine_->cycle() < cycle) engine_->advance(cycle);
}

/// A cycle is run no later than at its end, and no sooner than when nothing can happen any more before it begins.
void EngineModule::run_ahead() {
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    // What has yet to happen now counts from the next cycle on; those before are certain.
    catch_up(clock_.cycle_at(now));
    // An interrupt or a target may wake others at any time that the engine has reached: look again after each.
    while (!engine_->idle() && commands_.empty()) {
        const sc_core::sc_time time = sc_core::sc_time_stamp();
        // Zero if something has yet to happen now.
        const sc_core::sc_time ahead = std::min(sc_core::sc_time_to_pending_activity(), quantum());
        const std::uint64_t limit = clock_.cycle_at(time + ahead);
        if (engine_->cycle() >= limit) break;
        engine_->advance(limit);
    }
}

}  // namespace cce::sim::systemc
