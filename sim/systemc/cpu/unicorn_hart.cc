// SPDX-License-Identifier: Apache-2.0

#include "systemc/cpu/unicorn_hart.h"

#include <unicorn/riscv.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace cce::sim::systemc {

namespace {

constexpr std::uint64_t page_bytes = 4096;

// Causes of traps: privileged specification, table 3.6.
constexpr std::uint64_t cause_fetch_access = 1;
constexpr std::uint64_t cause_illegal = 2;
constexpr std::uint64_t cause_load_access = 5;
constexpr std::uint64_t cause_store_access = 7;

constexpr std::uint32_t opcode_mask = 0x7f;
constexpr std::uint32_t opcode_load = 0x03;
constexpr std::uint32_t opcode_store = 0x23;
constexpr std::uint32_t opcode_atomic = 0x2f;
constexpr std::uint32_t opcode_system = 0x73;
constexpr std::uint32_t compressed_ebreak = 0x9002;

void check(uc_err error, const std::string& what) {
    if (error != UC_ERR_OK) throw std::runtime_error("Unicorn: " + what + ": " + uc_strerror(error));
}

int register_of(Csr number) {
    switch (number) {
        case Csr::mstatus:
            return UC_RISCV_REG_MSTATUS;
        case Csr::mie:
            return UC_RISCV_REG_MIE;
        case Csr::mtvec:
            return UC_RISCV_REG_MTVEC;
        case Csr::mepc:
            return UC_RISCV_REG_MEPC;
        case Csr::mcause:
            return UC_RISCV_REG_MCAUSE;
        case Csr::mtval:
            return UC_RISCV_REG_MTVAL;
        default:
            throw std::logic_error("UnicornHart: Unicorn does not keep this register");
    }
}

enum class Kind : std::uint8_t { common, special, changes_interrupts };

/// What an instruction means for the run.
Kind kind_of(std::uint32_t instruction) {
    if ((instruction & 0xffffU) == compressed_ebreak) return Kind::special;
    if ((instruction & opcode_mask) != opcode_system) return Kind::common;
    if ((instruction >> 12U & 7U) == 0) return Kind::special;  // ecall, ebreak, mret, wfi and their like
    switch (static_cast<Csr>(instruction >> 20U)) {
        case Csr::mip:
        case Csr::mcycle:
        case Csr::minstret:
        case Csr::cycle:
        case Csr::time:
        case Csr::instret:
            return Kind::special;
        case Csr::mstatus:
        case Csr::mie:
            return Kind::changes_interrupts;
        default:
            return Kind::common;
    }
}

/// Whether an instruction loads or stores 8 bytes: ld, sd, lr.d and its like, and their compressed forms.
bool is_double_word(std::uint32_t instruction) {
    const std::uint32_t opcode = instruction & opcode_mask;
    if ((instruction & 3U) == 3) {
        return (opcode == opcode_load || opcode == opcode_store || opcode == opcode_atomic) &&
               (instruction >> 12U & 7U) == 3;
    }
    const std::uint32_t quadrant = instruction & 3U;
    const std::uint32_t function = instruction >> 13U & 7U;
    return (quadrant == 0 || quadrant == 2) && (function == 3 || function == 7);
}

template <typename Function>
void* as_pointer(Function* function) {
    return reinterpret_cast<void*>(function);  // the way that Unicorn takes its callbacks
}

}  // namespace

UnicornHart::UnicornHart(HartBus& bus) : bus_(bus) {
    check(uc_open(UC_ARCH_RISCV, UC_MODE_RISCV64, &unicorn_), "cannot make a RISC-V hart");
    uc_hook hook = 0;
    const auto add = [&](int type, void* callback) {
        check(uc_hook_add(unicorn_, &hook, type, callback, this, 1, 0), "cannot add a hook");
    };
    add(UC_HOOK_CODE, as_pointer(&UnicornHart::on_instruction));
    add(UC_HOOK_INTR, as_pointer(&UnicornHart::on_exception));
    add(UC_HOOK_INSN_INVALID, as_pointer(&UnicornHart::on_invalid));
    add(UC_HOOK_MEM_INVALID, as_pointer(&UnicornHart::on_bad_access));
}

UnicornHart::~UnicornHart() {
    uc_close(unicorn_);
}

void UnicornHart::map_memory(std::uint64_t address, std::span<std::uint8_t> bytes) {
    check(uc_mem_map_ptr(unicorn_, address, bytes.size(), UC_PROT_ALL, bytes.data()), "cannot map memory");
    memory_.push_back({address, bytes});
    code_ = nullptr;
}

void UnicornHart::map_bus(std::uint64_t address, std::uint64_t bytes) {
    ranges_.push_back(std::make_unique<BusRange>(BusRange{this, address, bytes}));
    check(uc_mmio_map(unicorn_, address, bytes, &UnicornHart::on_load, ranges_.back().get(), &UnicornHart::on_store,
                      ranges_.back().get()),
          "cannot map a range of the bus");
}

void UnicornHart::unmap(std::uint64_t address, std::uint64_t bytes) {
    check(uc_mem_unmap(unicorn_, address, bytes), "cannot take a range away");
    std::erase_if(memory_, [&](const Memory& memory) { return memory.address == address; });
    std::erase_if(ranges_, [&](const auto& range) { return range->address == address; });
    code_ = nullptr;
}

std::uint64_t UnicornHart::x(unsigned number) const {
    std::uint64_t value = 0;
    if (number != 0) check(uc_reg_read(unicorn_, UC_RISCV_REG_X0 + static_cast<int>(number), &value), "x register");
    return value;
}

void UnicornHart::set_x(unsigned number, std::uint64_t value) {
    if (number != 0) check(uc_reg_write(unicorn_, UC_RISCV_REG_X0 + static_cast<int>(number), &value), "x register");
}

std::uint64_t UnicornHart::csr(Csr number) const {
    std::uint64_t value = 0;
    check(uc_reg_read(unicorn_, register_of(number), &value), "control register");
    return value;
}

void UnicornHart::set_csr(Csr number, std::uint64_t value) {
    check(uc_reg_write(unicorn_, register_of(number), &value), "control register");
}

/// The instruction at an address that Unicorn has found executable: it lies in mapped memory.
std::uint32_t UnicornHart::fetch(std::uint64_t address) const {
    const auto holds = [&](const Memory& memory) {
        return address >= memory.address && address - memory.address + 2 <= memory.bytes.size();
    };
    if (code_ == nullptr || !holds(*code_)) {
        const auto found = std::ranges::find_if(memory_, holds);
        if (found == memory_.end()) return 0;
        code_ = &*found;
    }
    const std::uint64_t offset = address - code_->address;
    std::uint32_t instruction = 0;
    std::memcpy(&instruction, code_->bytes.data() + offset,
                std::min<std::size_t>(sizeof instruction, code_->bytes.size() - offset));
    return (instruction & 3U) == 3 ? instruction : instruction & 0xffffU;
}

void UnicornHart::end(Stop stop) {
    if (!ended_) {
        ended_ = true;
        outcome_.stop = stop;
    }
    uc_emu_stop(unicorn_);
}

/// The instruction under way has failed.
void UnicornHart::raise(std::uint64_t cause, std::uint64_t value) {
    if (ended_) return;
    outcome_.cause = cause;
    outcome_.value = value;
    end(Stop::exception);
}

void UnicornHart::on_instruction(uc_engine*, std::uint64_t address, std::uint32_t, void* self) {
    auto& hart = *static_cast<UnicornHart*>(self);
    if (hart.ended_) {
        uc_emu_stop(hart.unicorn_);
        return;
    }
    // Unicorn has come here: the instruction before is done.
    if (hart.under_way_) ++hart.executed_;
    hart.under_way_ = false;
    hart.half_.reset();
    hart.current_ = address;
    if (hart.stop_ || hart.executed_ >= hart.end_) {
        hart.end(hart.stop_ ? Stop::requested : Stop::budget);
        return;
    }
    const std::uint32_t instruction = hart.fetch(address);
    const Kind kind = kind_of(instruction);
    if (kind == Kind::special) {
        hart.outcome_.instruction = instruction;
        hart.end(Stop::special);
        return;
    }
    if (kind == Kind::changes_interrupts) hart.stop_ = true;
    hart.under_way_ = true;
}

void UnicornHart::on_exception(uc_engine*, std::uint32_t number, void* self) {
    auto& hart = *static_cast<UnicornHart*>(self);
    hart.raise(number, number == cause_illegal ? hart.fetch(hart.current_) : 0);
}

bool UnicornHart::on_invalid(uc_engine*, void* self) {
    auto& hart = *static_cast<UnicornHart*>(self);
    hart.raise(cause_illegal, hart.fetch(hart.current_));
    return false;
}

bool UnicornHart::on_bad_access(uc_engine*, uc_mem_type type, std::uint64_t address, int, std::int64_t, void* self) {
    auto& hart = *static_cast<UnicornHart*>(self);
    switch (type) {
        case UC_MEM_FETCH_UNMAPPED:
        case UC_MEM_FETCH_PROT:
            // The jump there is done.
            if (hart.under_way_) ++hart.executed_;
            hart.under_way_ = false;
            hart.current_ = address;
            hart.raise(cause_fetch_access, address);
            break;
        case UC_MEM_WRITE_UNMAPPED:
        case UC_MEM_WRITE_PROT:
            hart.raise(cause_store_access, address);
            break;
        default:
            hart.raise(cause_load_access, address);
            break;
    }
    return false;
}

/// Does an access of the bus for Unicorn. No C++ exception may pass Unicorn: `run` throws it again.
template <typename Access>
void UnicornHart::guarded(Access access) {
    if (ended_) return;
    try {
        access();
    } catch (...) {
        failure_ = std::current_exception();
        end(Stop::requested);
    }
}

// Unicorn 2.0.1 makes two accesses of 4 bytes out of one of 8, the lower half first: here they become one again.

std::uint64_t UnicornHart::on_load(uc_engine*, std::uint64_t offset, unsigned size, void* opaque) {
    const auto& range = *static_cast<const BusRange*>(opaque);
    UnicornHart& hart = *range.hart;
    const std::uint64_t address = range.address + offset;
    const bool wide = size == 4 && is_double_word(hart.fetch(hart.current_));
    if (wide && address % 8 == 4 && hart.half_) return *std::exchange(hart.half_, std::nullopt);
    std::uint64_t result = 0;
    hart.guarded([&] {
        const bool whole = wide && address % 8 == 0;
        const auto value = hart.bus_.load(address, whole ? 8 : size);
        if (!value) {
            hart.raise(cause_load_access, address);
            return;
        }
        result = *value;
        if (!whole) return;
        hart.half_ = *value >> 32U;
        result &= 0xffff'ffffU;
    });
    return result;
}

void UnicornHart::on_store(uc_engine*, std::uint64_t offset, unsigned size, std::uint64_t value, void* opaque) {
    const auto& range = *static_cast<const BusRange*>(opaque);
    UnicornHart& hart = *range.hart;
    std::uint64_t address = range.address + offset;
    if (size == 4 && is_double_word(hart.fetch(hart.current_))) {
        if (address % 8 == 0) {
            hart.half_ = value & 0xffff'ffffU;
            return;
        }
        if (hart.half_) {
            value = value << 32U | *std::exchange(hart.half_, std::nullopt);
            address -= 4;
            size = 8;
        }
    }
    hart.guarded([&] {
        if (!hart.bus_.store(address, size, value)) hart.raise(cause_store_access, address);
    });
}

UnicornHart::Outcome UnicornHart::run(std::uint64_t budget) {
    outcome_ = {};
    ended_ = stop_ = under_way_ = false;
    end_ = executed_ + budget;
    current_ = pc_;
    if (budget == 0) return outcome_;
    constexpr std::uint64_t nowhere = ~std::uint64_t{0};
    const uc_err error = uc_emu_start(unicorn_, pc_, nowhere, 0, 0);
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    if (!ended_) {
        // Unicorn has ended without a hook: what it cannot execute (compressed instructions that are none, for one).
        if (error == UC_ERR_INSN_INVALID || error == UC_ERR_EXCEPTION) {
            raise(cause_illegal, fetch(current_));
        } else if (error == UC_ERR_FETCH_UNMAPPED || error == UC_ERR_FETCH_PROT) {
            raise(cause_fetch_access, current_);
        } else {
            throw std::runtime_error("Unicorn ended at pc " + std::to_string(current_) + ": " + uc_strerror(error));
        }
    }
    // Unicorn's own pc may already be behind an instruction that has failed.
    pc_ = current_;
    return outcome_;
}

}  // namespace cce::sim::systemc
