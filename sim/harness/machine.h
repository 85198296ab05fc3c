// SPDX-License-Identifier: Apache-2.0
//
// The in-process machine: one engine, its memory, its interrupts. Software (tests, the library's in-process backend)
// talks to it as to a computer with the engine in it; QueuePair (queue_pair.h) is the driver's side of one queue.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "harness/host_memory.h"
#include "harness/memory_timing.h"

namespace cce::sim {

/// The machine did not do what its user counted on: a register that answers a bus error, a wait that took too long.
class MachineError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct MachineOptions {
    std::string engine = "rtl";  ///< see make_engine
    EngineOptions engine_options;
    /// Makes the engine instead, if set.
    std::function<std::unique_ptr<Engine>(EngineHost&)> factory;
    MemoryTiming timing = MemoryTiming::ideal();
};

/// An interrupt edge.
struct Interrupt {
    unsigned vector = 0;
    std::uint64_t cycle = 0;
};

/// A write beat that has just reached memory.
struct WriteBeat {
    std::uint64_t address = 0;             ///< of the first byte of `data`
    std::span<const std::uint8_t> data;    ///< bytes of the beat
    std::span<const std::uint8_t> strobe;  ///< not 0: the byte was written
};

class Machine final : public EngineHost {
public:
    Machine() : Machine(MachineOptions()) {}
    explicit Machine(MachineOptions options);

    [[nodiscard]] Engine& engine() { return *engine_; }
    [[nodiscard]] HostMemory& memory() { return memory_; }
    [[nodiscard]] std::uint64_t cycle() const { return engine_->cycle(); }

    /// Changes the timing of bursts not yet begun.
    void set_timing(const MemoryTiming& timing) {
        timing_ = timing;
        ++timings_;
    }

    /// One register. A bus error throws MachineError.
    [[nodiscard]] std::uint32_t read_register(std::uint32_t offset);
    void write_register(std::uint32_t offset, std::uint32_t value);
    /// A pair of registers, low and high, read high, low, high.
    [[nodiscard]] std::uint64_t read_register64(std::uint32_t offset_low);
    void write_register64(std::uint32_t offset_low, std::uint64_t value);

    /// Advances by `cycles`, through any interrupt.
    void run(std::uint64_t cycles);
    /// Advances until `condition` holds, looking every `step` cycles; throws MachineError naming `what` after `limit`.
    void run_until(const std::function<bool()>& condition, const std::string& what, std::uint64_t limit = 1'000'000,
                   unsigned step = 16);

    /// Interrupts so far, oldest first, and forgets them.
    std::vector<Interrupt> take_interrupts();
    [[nodiscard]] const std::vector<Interrupt>& interrupts() const { return interrupts_; }

    /// Called after each write beat has reached memory, within the engine's cycle: may look at memory, must not call
    /// the engine.
    void set_observer(std::function<void(const WriteBeat&)> observer) { observer_ = std::move(observer); }
    /// Called for each burst when its address first appears.
    void set_burst_observer(std::function<void(const Burst&)> observer) { burst_observer_ = std::move(observer); }

    BurstSchedule schedule(const Burst& burst) override;
    [[nodiscard]] std::uint64_t constant_schedule() const override;
    bool read(std::uint64_t address, std::span<std::uint8_t> data) override;
    bool write(std::uint64_t address, std::span<const std::uint8_t> data,
               std::span<const std::uint8_t> strobe) override;
    std::span<std::uint8_t> direct(Direction direction, std::uint64_t address, std::size_t bytes) override;
    void interrupt(unsigned vector, std::uint64_t cycle) override;

private:
    HostMemory memory_;
    MemoryTiming timing_;
    std::uint64_t timings_ = 1;  ///< how many there have been
    std::vector<Interrupt> interrupts_;
    std::function<void(const WriteBeat&)> observer_;
    std::function<void(const Burst&)> burst_observer_;
    std::unique_ptr<Engine> engine_;
};

}  // namespace cce::sim
