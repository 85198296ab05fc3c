// SPDX-License-Identifier: Apache-2.0

#include "systemc/cpu/riscv_cpu.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <sstream>
#include <stdexcept>

namespace cce::sim::systemc {

namespace {

static_assert(std::endian::native == std::endian::little, "loads and stores are little-endian");

/// Unicorn translates on the stack of the process that calls it.
constexpr std::size_t stack_bytes = 4U << 20U;
/// What Unicorn maps.
constexpr std::uint64_t page_bytes = 4096;

// Privileged specification, 3.1.6, 3.1.9, table 3.6.
constexpr std::uint64_t mstatus_mie = 1U << 3U;
constexpr std::uint64_t mstatus_mpie = 1U << 7U;
constexpr std::uint64_t mstatus_mpp = 3U << 11U;
constexpr unsigned software = 3;
constexpr unsigned timer = 7;
constexpr unsigned external = 11;
constexpr std::uint64_t cause_is_interrupt = std::uint64_t{1} << 63U;
constexpr std::uint64_t cause_fetch_access = 1;
constexpr std::uint64_t cause_illegal = 2;
constexpr std::uint64_t cause_breakpoint = 3;
constexpr std::uint64_t cause_ecall = 11;

constexpr std::uint32_t instruction_ecall = 0x0000'0073;
constexpr std::uint32_t instruction_ebreak = 0x0010'0073;
constexpr std::uint32_t instruction_compressed_ebreak = 0x9002;
constexpr std::uint32_t instruction_wfi = 0x1050'0073;
constexpr std::uint32_t instruction_mret = 0x3020'0073;

std::string hexadecimal(std::uint64_t value) {
    std::ostringstream text;
    text << "0x" << std::hex << value;
    return text.str();
}

}  // namespace

void check(const RiscvCpuOptions& options) {
    if (options.clock_period == sc_core::SC_ZERO_TIME || options.quantum < options.clock_period) {
        throw std::invalid_argument("RiscvCpu: the clock period is zero, or the quantum shorter than it");
    }
    for (const auto* ranges : {&options.memory, &options.devices}) {
        for (const AddressRange& range : *ranges) {
            if (range.address % page_bytes == 0 && range.bytes % page_bytes == 0 && range.bytes != 0) continue;
            throw std::invalid_argument("RiscvCpu: the range at " + hexadecimal(range.address) + " of " +
                                        std::to_string(range.bytes) +
                                        " bytes is not made of whole pages of 4096 bytes");
        }
    }
}

sc_core::sc_time RiscvCpu::Keeper::compute_local_quantum() {
    return tlm::tlm_global_quantum::instance().get() == sc_core::SC_ZERO_TIME
               ? quantum_
               : tlm_quantumkeeper::compute_local_quantum();
}

sc_core::sc_time RiscvCpu::Keeper::remaining() const {
    const sc_core::sc_time now = get_current_time();
    return m_next_sync_point > now ? m_next_sync_point - now : sc_core::SC_ZERO_TIME;
}

RiscvCpu::RiscvCpu(const sc_core::sc_module_name& name, const RiscvCpuOptions& options)
    : sc_core::sc_module(name),
      socket("socket"),
      external_interrupt("external_interrupt"),
      timer_interrupt("timer_interrupt"),
      software_interrupt("software_interrupt"),
      options_(options),
      hart_(*this),
      keeper_(options.quantum) {
    check(options);
    hart_.set_pc(options.reset_address);
    socket.register_invalidate_direct_mem_ptr(this, &RiscvCpu::invalidate);
    SC_HAS_PROCESS(RiscvCpu);
    SC_THREAD(run);
    set_stack_size(stack_bytes);
}

RiscvCpuCounts RiscvCpu::counts() const {
    RiscvCpuCounts counts = counts_;
    counts.instructions = hart_.executed();
    return counts;
}

void RiscvCpu::end_of_elaboration() {
    for (Line* line : {&external_interrupt, &timer_interrupt, &software_interrupt}) {
        if (line->size() == 0) continue;
        sc_core::sc_spawn_options spawn;
        spawn.spawn_method();
        spawn.dont_initialize();
        spawn.set_sensitivity(&(*line)->value_changed_event());
        sc_core::sc_spawn([this] { lines_changed_.notify(); }, sc_core::sc_gen_unique_name("see_line"), &spawn);
    }
}

void RiscvCpu::start_of_simulation() {
    for (const AddressRange& range : options_.devices) hart_.map_bus(range.address, range.bytes);
    for (const AddressRange& range : options_.memory) {
        hart_.map_bus(range.address, range.bytes);
        memory_.push_back({range, false, true});
    }
}

// Memory.

void RiscvCpu::invalidate(sc_dt::uint64 first, sc_dt::uint64 last) {
    for (MemoryRange& memory : memory_) {
        if (memory.lent && first < memory.range.address + memory.range.bytes && last >= memory.range.address) {
            memory.changed = true;
            hart_.stop();
        }
    }
}

/// Asks for the memory whose state has changed, as a whole and for both directions.
void RiscvCpu::find_memory() {
    for (MemoryRange& memory : memory_) {
        if (!memory.changed) continue;
        memory.changed = false;
        tlm::tlm_generic_payload transaction;
        transaction.set_command(tlm::TLM_READ_COMMAND);
        transaction.set_address(memory.range.address);
        tlm::tlm_dmi grant;
        const bool lent = socket->get_direct_mem_ptr(transaction, grant) && grant.is_read_write_allowed() &&
                          grant.get_start_address() <= memory.range.address &&
                          grant.get_end_address() >= memory.range.address + memory.range.bytes - 1;
        if (!lent && !memory.lent) continue;
        hart_.unmap(memory.range.address, memory.range.bytes);
        memory.lent = lent;
        if (lent) {
            hart_.map_memory(memory.range.address,
                             {grant.get_dmi_ptr() + (memory.range.address - grant.get_start_address()),
                              static_cast<std::size_t>(memory.range.bytes)});
        } else {
            hart_.map_bus(memory.range.address, memory.range.bytes);
        }
    }
}

bool RiscvCpu::transport(tlm::tlm_command command, std::uint64_t address, std::uint8_t* data, unsigned bytes) {
    account();
    ++counts_.transactions;
    tlm::tlm_generic_payload transaction;
    transaction.set_command(command);
    transaction.set_address(address);
    transaction.set_data_ptr(data);
    transaction.set_data_length(bytes);
    transaction.set_streaming_width(bytes);
    sc_core::sc_time delay = keeper_.get_local_time();
    socket->b_transport(transaction, delay);
    keeper_.set(delay);
    const auto memory = std::ranges::find_if(memory_, [&](const MemoryRange& candidate) {
        return address >= candidate.range.address && address - candidate.range.address < candidate.range.bytes;
    });
    if (memory == memory_.end()) {
        // A device: what it does to the lines of interrupts, the next instruction sees.
        synchronize_ = true;
        hart_.stop();
    } else if (transaction.is_dmi_allowed() && !memory->lent) {
        memory->changed = true;
        hart_.stop();
    }
    if (keeper_.need_sync()) hart_.stop();
    return transaction.is_response_ok();
}

std::optional<std::uint64_t> RiscvCpu::load(std::uint64_t address, unsigned bytes) {
    std::uint64_t value = 0;
    std::uint8_t data[sizeof value] = {};
    if (!transport(tlm::TLM_READ_COMMAND, address, data, bytes)) return std::nullopt;
    std::memcpy(&value, data, sizeof value);
    return value;
}

bool RiscvCpu::store(std::uint64_t address, unsigned bytes, std::uint64_t value) {
    std::uint8_t data[sizeof value];
    std::memcpy(data, &value, sizeof value);
    return transport(tlm::TLM_WRITE_COMMAND, address, data, bytes);
}

// Time.

/// Lets the instructions executed since the last call take their time.
void RiscvCpu::account() {
    keeper_.inc(sc_core::sc_time::from_value((hart_.executed() - accounted_) * options_.clock_period.value()));
    accounted_ = hart_.executed();
}

std::uint64_t RiscvCpu::cycles() const {
    return keeper_.get_current_time().value() / options_.clock_period.value();
}

// Interrupts and traps.

std::uint64_t RiscvCpu::pending() const {
    const auto level = [](const Line& line, unsigned bit) {
        return line.size() != 0 && line->read() ? std::uint64_t{1} << bit : 0;
    };
    return level(external_interrupt, external) | level(timer_interrupt, timer) | level(software_interrupt, software);
}

void RiscvCpu::enter_trap(bool interrupt, std::uint64_t cause, std::uint64_t value) {
    const std::uint64_t vector = hart_.csr(Csr::mtvec);
    if (vector == 0) {
        throw std::runtime_error(std::string(name()) + ": " + (interrupt ? "interrupt " : "exception ") +
                                 std::to_string(cause) + " at pc " + hexadecimal(hart_.pc()) + ", mtval " +
                                 hexadecimal(value) + ", and mtvec is 0: the firmware has no trap handler");
    }
    std::uint64_t status = hart_.csr(Csr::mstatus);
    status = (status & ~(mstatus_mie | mstatus_mpie)) | ((status & mstatus_mie) != 0 ? mstatus_mpie : 0) | mstatus_mpp;
    hart_.set_csr(Csr::mstatus, status);
    hart_.set_csr(Csr::mepc, hart_.pc());
    hart_.set_csr(Csr::mcause, cause | (interrupt ? cause_is_interrupt : 0));
    hart_.set_csr(Csr::mtval, value);
    const bool vectored = (vector & 3U) == 1;
    hart_.set_pc((vector & ~std::uint64_t{3}) + (vectored && interrupt ? 4 * cause : 0));
}

bool RiscvCpu::take_interrupt() {
    const std::uint64_t ready = pending() & hart_.csr(Csr::mie);
    if (ready == 0 || (hart_.csr(Csr::mstatus) & mstatus_mie) == 0) return false;
    // In this order: privileged specification, 3.1.9.
    for (const unsigned number : {external, software, timer}) {
        if ((ready >> number & 1U) == 0) continue;
        ++counts_.interrupts;
        enter_trap(true, number, 0);
        return true;
    }
    return false;
}

void RiscvCpu::raise(std::uint64_t cause, std::uint64_t value) {
    if (cause == cause_fetch_access) {
        for (const MemoryRange& memory : memory_) {
            if (!memory.lent && hart_.pc() - memory.range.address < memory.range.bytes) {
                throw std::runtime_error(std::string(name()) + ": the memory at pc " + hexadecimal(hart_.pc()) +
                                         " does not lend itself (DMI): Unicorn can execute nothing there");
            }
        }
    }
    // A trap handler whose first instruction traps would do so for ever.
    if (instructions_at_exception_ == hart_.executed()) {
        throw std::runtime_error(std::string(name()) + ": exception " + std::to_string(cause) + " at pc " +
                                 hexadecimal(hart_.pc()) + ", the first instruction of the trap handler");
    }
    instructions_at_exception_ = hart_.executed();
    ++counts_.exceptions;
    enter_trap(false, cause, value);
}

void RiscvCpu::wait_for_interrupt() {
    const auto woken = [this] { return (pending() & hart_.csr(Csr::mie)) != 0; };
    keeper_.sync();
    if (!woken()) ++counts_.sleeps;
    while (!woken()) sc_core::wait(lines_changed_);
    keeper_.reset();
}

// Instructions that Unicorn does not execute.

void RiscvCpu::execute_csr(std::uint32_t instruction) {
    const auto number = static_cast<Csr>(instruction >> 20U);
    const unsigned source = instruction >> 15U & 31U;
    const unsigned function = instruction >> 12U & 7U;
    const std::uint64_t operand = (function & 4U) != 0 ? source : hart_.x(source);
    const bool writes = (function & 3U) == 1 || source != 0;  // csrrs and csrrc of x0 or 0 write nothing
    const bool read_only = number == Csr::cycle || number == Csr::time || number == Csr::instret;
    if ((function & 3U) == 0 || (writes && read_only)) {
        raise(cause_illegal, instruction);
        return;
    }
    std::uint64_t value = 0;
    std::uint64_t* offset = nullptr;
    switch (number) {
        case Csr::mip:
            value = pending();
            break;
        case Csr::mcycle:
            offset = &mcycle_offset_;
            value = cycles() + mcycle_offset_;
            break;
        case Csr::minstret:
            offset = &minstret_offset_;
            value = hart_.executed() + minstret_offset_;
            break;
        case Csr::instret:
            value = hart_.executed() + minstret_offset_;
            break;
        default:
            value = cycles() + (number == Csr::cycle ? mcycle_offset_ : 0);
            break;
    }
    if (writes && offset != nullptr) {
        const unsigned operation = function & 3U;
        const std::uint64_t next = operation == 1 ? operand : operation == 2 ? value | operand : value & ~operand;
        *offset += next - value;
    }
    hart_.set_x(instruction >> 7U & 31U, value);
    hart_.count_instruction();
    hart_.set_pc(hart_.pc() + 4);
}

void RiscvCpu::execute(std::uint32_t instruction) {
    if (instruction == instruction_ecall) {
        raise(cause_ecall, 0);
    } else if (instruction == instruction_ebreak || instruction == instruction_compressed_ebreak) {
        raise(cause_breakpoint, hart_.pc());
    } else if (instruction == instruction_mret) {
        std::uint64_t status = hart_.csr(Csr::mstatus);
        status =
            (status & ~mstatus_mie) | ((status & mstatus_mpie) != 0 ? mstatus_mie : 0) | mstatus_mpie | mstatus_mpp;
        hart_.set_csr(Csr::mstatus, status);
        hart_.set_pc(hart_.csr(Csr::mepc));
        hart_.count_instruction();
    } else if (instruction == instruction_wfi) {
        wait_for_interrupt();
        hart_.set_pc(hart_.pc() + 4);
        hart_.count_instruction();
    } else if ((instruction >> 12U & 7U) != 0) {
        execute_csr(instruction);
    } else {
        raise(cause_illegal, instruction);  // other modes' instructions: there are no other modes
    }
}

void RiscvCpu::handle(const UnicornHart::Outcome& outcome) {
    switch (outcome.stop) {
        case UnicornHart::Stop::special:
            execute(outcome.instruction);
            account();
            break;
        case UnicornHart::Stop::exception:
            raise(outcome.cause, outcome.value);
            break;
        case UnicornHart::Stop::budget:
        case UnicornHart::Stop::requested:
            break;
    }
}

void RiscvCpu::run() {
    keeper_.reset();
    for (;;) {
        find_memory();
        take_interrupt();
        const std::uint64_t budget =
            std::max<std::uint64_t>(1, keeper_.remaining().value() / options_.clock_period.value());
        const UnicornHart::Outcome outcome = hart_.run(budget);
        account();
        handle(outcome);
        if (synchronize_ || keeper_.need_sync()) keeper_.sync();
        synchronize_ = false;
    }
}

}  // namespace cce::sim::systemc
