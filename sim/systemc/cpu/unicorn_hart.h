// SPDX-License-Identifier: Apache-2.0
//
// Unicorn (https://www.unicorn-engine.org, Debian's libunicorn-dev) as a RISC-V hart of rv64imac without time,
// interrupts and traps: it executes instructions until there is something that RiscvCpu has to do. Knows nothing of
// SystemC.
//
// Unicorn 2.0.1 takes no interrupt and enters no trap by itself, and its counters count the host's time. So what
// depends on these is not left to it: instructions that read counters or mip, wfi, mret, ecall and ebreak end a run
// before they are executed.

#pragma once

#include <unicorn/unicorn.h>

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace cce::sim::systemc {

/// The world that loads and stores reach if they are not in memory that was lent. May take time.
class HartBus {
public:
    virtual ~HartBus() = default;
    /// Little-endian; nothing: refused. 1, 2, 4 or 8 bytes.
    virtual std::optional<std::uint64_t> load(std::uint64_t address, unsigned bytes) = 0;
    /// False: refused.
    virtual bool store(std::uint64_t address, unsigned bytes, std::uint64_t value) = 0;
};

/// Machine-mode registers, by their numbers (privileged specification, 2.2).
enum class Csr : std::uint16_t {
    mstatus = 0x300,
    mie = 0x304,
    mtvec = 0x305,
    mepc = 0x341,
    mcause = 0x342,
    mtval = 0x343,
    mip = 0x344,
    mcycle = 0xb00,
    minstret = 0xb02,
    cycle = 0xc00,
    time = 0xc01,
    instret = 0xc02,
};

class UnicornHart {
public:
    enum class Stop : std::uint8_t {
        budget,     ///< as many instructions as were asked for have been executed
        requested,  ///< `stop` was called, or mstatus or mie were written
        special,    ///< the instruction at pc is one that the caller executes: see `instruction`
        exception,  ///< the instruction at pc has raised the exception `cause`, and done nothing
    };
    struct Outcome {
        Stop stop = Stop::budget;
        std::uint64_t cause = 0;        ///< exception: mcause
        std::uint64_t value = 0;        ///< exception: mtval
        std::uint32_t instruction = 0;  ///< special: its bits; 16 of them if it is a compressed one
    };

    explicit UnicornHart(HartBus& bus);
    ~UnicornHart();
    UnicornHart(const UnicornHart&) = delete;
    UnicornHart& operator=(const UnicornHart&) = delete;

    /// The hart may read, write and execute these bytes without asking. Whole pages of 4096 bytes; not while it runs.
    void map_memory(std::uint64_t address, std::span<std::uint8_t> bytes);
    /// Loads and stores go to the bus; nothing can be executed there.
    void map_bus(std::uint64_t address, std::uint64_t bytes);
    void unmap(std::uint64_t address, std::uint64_t bytes);

    /// Executes up to `budget` instructions.
    [[nodiscard]] Outcome run(std::uint64_t budget);
    /// From within a call of the bus: ends the run behind the instruction that has made the call.
    void stop() { stop_ = true; }

    /// Instructions that `run` has executed and completed, so far; within a call of the bus without the one that made
    /// it.
    [[nodiscard]] std::uint64_t executed() const { return executed_; }
    /// The caller has executed an instruction itself.
    void count_instruction() { ++executed_; }

    [[nodiscard]] std::uint64_t pc() const { return pc_; }
    void set_pc(std::uint64_t pc) { pc_ = pc; }
    /// x0 to x31.
    [[nodiscard]] std::uint64_t x(unsigned number) const;
    void set_x(unsigned number, std::uint64_t value);
    /// Registers that Unicorn keeps: those up to mtval.
    [[nodiscard]] std::uint64_t csr(Csr number) const;
    void set_csr(Csr number, std::uint64_t value);

private:
    struct Memory {
        std::uint64_t address;
        std::span<std::uint8_t> bytes;
    };
    /// A range of bus, whose address Unicorn does not tell its callbacks.
    struct BusRange {
        UnicornHart* hart;
        std::uint64_t address;
        std::uint64_t bytes;
    };

    static void on_instruction(uc_engine*, std::uint64_t address, std::uint32_t size, void* self);
    static void on_exception(uc_engine*, std::uint32_t number, void* self);
    static bool on_invalid(uc_engine*, void* self);
    static bool on_bad_access(uc_engine*, uc_mem_type type, std::uint64_t address, int size, std::int64_t value,
                              void* self);
    static std::uint64_t on_load(uc_engine*, std::uint64_t offset, unsigned size, void* range);
    static void on_store(uc_engine*, std::uint64_t offset, unsigned size, std::uint64_t value, void* range);

    template <typename Access>
    void guarded(Access access);
    [[nodiscard]] std::uint32_t fetch(std::uint64_t address) const;
    void raise(std::uint64_t cause, std::uint64_t value);
    void end(Stop stop);

    HartBus& bus_;
    uc_engine* unicorn_ = nullptr;
    std::vector<Memory> memory_;
    std::vector<std::unique_ptr<BusRange>> ranges_;
    mutable const Memory* code_ = nullptr;  ///< where the last instruction was found

    std::uint64_t pc_ = 0;
    std::uint64_t executed_ = 0;
    std::uint64_t end_ = 0;      ///< value of `executed_` at which the run ends
    std::uint64_t current_ = 0;  ///< address of the instruction under way
    bool under_way_ = false;     ///< there is one, not yet counted
    bool stop_ = false;          ///< the run ends before the next instruction
    bool ended_ = false;         ///< `outcome_` says why
    Outcome outcome_;
    std::exception_ptr failure_;         ///< thrown by the bus
    std::optional<std::uint64_t> half_;  ///< of an access of 8 bytes: loaded and not yet taken, or not yet stored
};

}  // namespace cce::sim::systemc
