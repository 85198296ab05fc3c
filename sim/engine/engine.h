// SPDX-License-Identifier: Apache-2.0
//
// The one interface between the engine (Verilated RTL or C++ model) and everything that stands around it: harness,
// device servers, SystemC, the library's in-process backend. Nothing in sim/ knows more of an engine than this.
//
// Time is counted in engine clock cycles from reset. All calls come from one thread.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace cce::sim {

/// Largest number of beats of an AXI4 INCR burst.
inline constexpr unsigned burst_beats_maximum = 256;

enum class Direction : std::uint8_t { read, write };

/// One AXI burst on the engine's manager port, as its address channel announced it.
struct Burst {
    Direction direction = Direction::read;
    std::uint64_t address = 0;      ///< address of the first byte; need not be aligned to the beat
    unsigned beats = 0;             ///< 1 to burst_beats_maximum
    unsigned bytes_per_beat = 0;    ///< width of the data bus in bytes
    std::uint8_t id = 0;            ///< AXI ID
    std::uint64_t valid_cycle = 0;  ///< cycle on which the engine first showed the address

    /// Address of the beat's first byte lane (aligned to the width of the bus).
    [[nodiscard]] std::uint64_t beat_address(unsigned beat) const {
        const std::uint64_t aligned = address & ~static_cast<std::uint64_t>(bytes_per_beat - 1);
        return aligned + static_cast<std::uint64_t>(beat) * bytes_per_beat;
    }
};

/// When the memory side takes or gives each part of one burst. All figures are numbers of cycles in which the memory
/// side makes the engine wait; an engine that is itself not ready may wait longer.
struct BurstSchedule {
    /// Cycles the address is shown before it is accepted; 0: in the cycle in which it is first shown.
    unsigned address_wait = 0;
    /// [0]: cycles between the address and the first beat; [i]: idle cycles between beats i-1 and i. A read beat is
    /// offered, a write beat accepted, after the wait; 0 means the very next cycle.
    std::array<std::uint16_t, burst_beats_maximum> beat_wait{};
    /// Writes: cycles between the last beat and the response.
    unsigned response_wait = 0;
};

/// How a write burst is answered.
struct WriteAnswer {
    unsigned response_wait = 0;  ///< cycles between the last beat and the response
    bool error = false;          ///< bus error, as if a beat had been refused
};

/// What an engine needs from the world around it.
class EngineHost {
public:
    virtual ~EngineHost() = default;

    /// Called once for each burst when its address is first shown; fixes the burst's timing.
    virtual BurstSchedule schedule(const Burst& burst) = 0;

    /// Asked in each cycle in which the address of a burst waits: does the wait end now, although `schedule` said
    /// something longer?
    [[nodiscard]] virtual bool ends_address_wait(std::uint64_t cycle) {
        static_cast<void>(cycle);
        return false;
    }

    /// Not 0: as long as this number stays the same, bursts that differ in address and time alone get the same
    /// schedule, and `schedule`, `read_ended` and `write_ended` need not be called for all of them. (An engine may then
    /// do many bursts in one step.)
    [[nodiscard]] virtual std::uint64_t constant_schedule() const { return 0; }

    /// Fills `data` from memory at `address`, at the cycle at which the beat is transferred. An implementation that
    /// handles a burst in one step may ask for many beats at once.
    /// Returns false for a bus error (SLVERR); `data` is then ignored.
    virtual bool read(std::uint64_t address, std::span<std::uint8_t> data) = 0;

    /// Writes the bytes of `data` whose `strobe` is not 0 to memory at `address`, at the cycle at which the beat is
    /// transferred. Returns false for a bus error, which the engine sees in the burst's response.
    virtual bool write(std::uint64_t address, std::span<const std::uint8_t> data,
                       std::span<const std::uint8_t> strobe) = 0;

    /// The memory behind `bytes` bytes from `address` on, for an engine that moves many beats in one step: only if they
    /// may be read or written there without calls of `read` or `write`, and would be without error. Else nothing; an
    /// engine does not need it. What is returned is used at once, and not kept.
    virtual std::span<std::uint8_t> direct(Direction direction, std::uint64_t address, std::size_t bytes) {
        static_cast<void>(direction);
        static_cast<void>(address);
        static_cast<void>(bytes);
        return {};
    }

    /// So many bytes were read or written through what `direct` returned last for this direction.
    virtual void moved_directly(Direction direction, std::size_t bytes) {
        static_cast<void>(direction);
        static_cast<void>(bytes);
    }

    /// The last beat of a read burst has been transferred: the bursts of a direction end in the order in which
    /// `schedule` was called for them.
    virtual void read_ended(const Burst& burst) { static_cast<void>(burst); }

    /// The last beat of a write burst was transferred in cycle `cycle`. For a host that learns only now how the write
    /// is answered; others leave it at what `schedule` said.
    virtual WriteAnswer write_ended(const Burst& burst, const BurstSchedule& schedule, std::uint64_t cycle) {
        static_cast<void>(burst);
        static_cast<void>(cycle);
        return {schedule.response_wait, false};
    }

    /// The engine raised interrupt `vector` (an edge) in cycle `cycle`. Must not call back into the engine.
    virtual void interrupt(unsigned vector, std::uint64_t cycle) = 0;
};

/// Answer of a register access.
struct RegisterValue {
    std::uint32_t value = 0;
    bool error = false;  ///< the engine answered with a bus error: no such register
};

/// The engine did something that its bus protocol forbids, or stopped answering on its register port.
class EngineFault : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// How many cycles an engine does in one step. What happens in them is the same.
enum class Stride : std::uint8_t {
    cycle,   ///< one
    burst,   ///< as long as nothing but text moves: up to where a burst begins, ends or is asked for
    periods  ///< whole periods of a stream's bursts; see rtl_model/model/common/motion.h
};

/// Cycles simulated, by the stride in which they were.
struct CyclesByStride {
    std::uint64_t cycle = 0;
    std::uint64_t burst = 0;
    std::uint64_t periods = 0;
};

/// The pins in one cycle: pin_observer.h.
struct ObservedPins;
using PinObserver = std::function<void(const ObservedPins&)>;

/// A Core Crypto Engine, seen from its bus.
class Engine {
public:
    virtual ~Engine() = default;

    /// Short name of the implementation, as for make_engine.
    [[nodiscard]] virtual std::string name() const = 0;

    /// Cycles since reset; also the value of the engine's cycle counter.
    [[nodiscard]] virtual std::uint64_t cycle() const = 0;

    /// True when nothing will happen until the next register access: time may be skipped at no cost.
    [[nodiscard]] virtual bool idle() const = 0;

    /// Hard reset. The cycle counter goes on.
    virtual void reset() = 0;

    /// One register read or write of 32 bits. Takes a few engine cycles; other work of the engine goes on meanwhile.
    /// `offset` must be a multiple of 4 and lie in the register space. Throws EngineFault if the engine does not
    /// answer.
    virtual RegisterValue read_register(std::uint32_t offset) = 0;
    virtual RegisterValue write_register(std::uint32_t offset, std::uint32_t value) = 0;

    /// Advances to cycle `limit`, or to the end of the first cycle in which an interrupt was raised, whichever is
    /// first. Returns true if an interrupt ended it. Does nothing if `limit` is not in the future.
    virtual bool advance(std::uint64_t limit) = 0;

    /// Level of the gate input: true closes every datapath from the next cycle on.
    virtual void set_gate(bool closed) = 0;

    /// Calls `observer` in each simulated cycle from now on, before the clock edge that ends it; the engine then does
    /// all cycles one by one. An empty one ends that. The observer must not call the engine. Throws std::logic_error if
    /// the engine has no pins.
    virtual void observe_pins(PinObserver observer) {
        static_cast<void>(observer);
        throw std::logic_error("engine " + name() + " has no pins that could be observed");
    }

    /// Number of clock cycles really simulated (skipped idle time not counted).
    [[nodiscard]] virtual std::uint64_t simulated_cycles() const = 0;
    /// The same, by stride.
    [[nodiscard]] virtual CyclesByStride cycles_by_stride() const { return {.cycle = simulated_cycles()}; }
};

/// How to build an engine.
struct EngineOptions {
    unsigned data_width = 128;  ///< bits of the DMA data bus: 128 or 256
    /// "default" or "small": see rtl_model/rtl/CMakeLists.txt. Engine rtl alone has the small one, at 128 bits alone.
    std::string configuration = "default";
    std::string trace_path;  ///< where to write waves (FST); empty: none
    /// The longest stride. Engine model alone has more than one.
    Stride stride = Stride::periods;
};

/// The engines that can be chosen by name.
std::vector<std::string> engine_names();

/// Builds the engine named `name`: one of engine_names(), or "lockstep", which is both of them side by side, compared
/// in every cycle. The host must outlive it. Throws std::invalid_argument for a name or an option that this build does
/// not know.
std::unique_ptr<Engine> make_engine(const std::string& name, EngineHost& host, const EngineOptions& options = {});

}  // namespace cce::sim
