// SPDX-License-Identifier: Apache-2.0
//
// The machine under the firmware driver in its unit tests: an in-process engine, memory that both sides see, and the
// functions of host_port/cce_mmio_port.h. Caches are simulated where it matters: after make_incoherent(), what the
// driver does not clean or invalidate is not seen on the other side.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "cce_mmio.h"
#include "harness/machine.h"

namespace cce::firmware {

/// One at a time: the port's functions are global.
class SimulatedMachine {
public:
    /// Where the engine's registers are, for the driver.
    static constexpr std::uintptr_t registers = 0x4000'0000;
    static constexpr std::size_t arena_bytes = std::size_t{2} << 20U;
    static constexpr std::size_t cache_line = 64;

    explicit SimulatedMachine(const std::string& engine);
    ~SimulatedMachine();
    SimulatedMachine(const SimulatedMachine&) = delete;
    SimulatedMachine& operator=(const SimulatedMachine&) = delete;

    [[nodiscard]] sim::Machine& machine() { return machine_; }

    /// Zeroed memory that the engine sees too; never given back.
    [[nodiscard]] std::span<std::uint8_t> allocate(std::size_t bytes, std::size_t alignment = 1);
    template <typename T>
    [[nodiscard]] T& make() {
        return *new (allocate(sizeof(T), alignof(T)).data()) T{};
    }
    [[nodiscard]] std::uint64_t bus_address(const volatile void* pointer) const;

    /// Interrupts of queue pair q go to queues[q].
    std::map<unsigned, cce_mmio_queue*> queues;
    cce_mmio_engine* events = nullptr;  ///< whose event interrupts are handled
    std::uint64_t stopped_queues = 0;   ///< what they said
    unsigned interrupts = 0;            ///< handled
    unsigned sleeps = 0;                ///< calls of cce_port_wait_for_interrupt
    unsigned register_reads = 0;
    unsigned register_writes = 0;
    std::map<std::uint32_t, std::uint32_t> replaced_reads;  ///< registers that read as something else
    std::function<void()> before_invalidate;                ///< what an engine may do just before the processor looks

    /// From now on the caches are not coherent: the engine's memory and the processor's are two, and move by cleaning
    /// and invalidating alone.
    void make_incoherent();

    // The port.
    [[nodiscard]] std::uint64_t time() { return machine_.cycle(); }
    std::uint32_t read(std::uintptr_t address);
    void write(std::uintptr_t address, std::uint32_t value);
    void clean(const volatile void* pointer, std::size_t bytes);
    void invalidate(const volatile void* pointer, std::size_t bytes);
    void sleep(const volatile std::uint32_t* count, std::uint32_t seen, std::uint64_t deadline);

private:
    void move(const volatile void* pointer, std::size_t bytes, bool to_engine);
    void deliver_interrupts();

    sim::Machine machine_;
    std::uint64_t arena_address_;
    std::span<std::uint8_t> arena_;              ///< as the engine sees it
    std::vector<std::uint8_t> processor_arena_;  ///< as the processor sees it, if that is not the same
    std::span<std::uint8_t> seen_;               ///< what the processor sees
    std::size_t used_ = 0;
};

}  // namespace cce::firmware
