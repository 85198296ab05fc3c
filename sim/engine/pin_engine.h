// SPDX-License-Identifier: Apache-2.0
//
// The Engine interface on something with the pins of cce_top: all that the Verilated engine, the model and both in
// lockstep have in common.
//
// A cycle:
//   1. inputs that do not depend on the engine's outputs of this cycle are set, and its outputs settle;
//   2. readys and read data that depend on them are set;
//   3. the monitor looks at the pins as the clock edge will find them;
//   4. clock edge.
// A read beat's data are fetched in the cycle of its handshake; until then the bus shows a filler.

#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

#include "common/motion.h"
#include "engine/axi_memory.h"
#include "engine/axi_monitor.h"
#include "engine/engine.h"
#include "engine/model_pins.h"
#include "engine/pin_observer.h"
#include "top/cce_top.h"
#include "top/engine_pins.h"

namespace cce::sim {

/// Something with the pins of cce_top.
template <class Pins>
concept EnginePins = requires(Pins pins, const Pins& constant, const model::EngineInputs& inputs,
                              model::EngineOutputs& outputs) {
    { constant.name() } -> std::convertible_to<std::string>;
    /// The outputs while the inputs are as they are.
    pins.settle(inputs, outputs);
    /// The clock edge that finds these inputs. awready, arready and the read data may have changed since `settle`.
    pins.clock(inputs);
    /// A clock edge in reset.
    pins.clock_in_reset(inputs);
    /// idle_o and no interrupt, with the inputs of the last clock edge.
    { constant.at_rest() } -> std::convertible_to<bool>;
};

/// Pins of something that can do many cycles in one step, see model::CceTop::Steady.
template <class Pins>
concept BulkPins = requires(Pins pins, const model::EngineInputs& inputs, const model::CceTop::SteadyBus& bus,
                            std::span<const std::uint8_t> rdata, std::span<std::uint8_t> wdata) {
    { pins.advance(pins.steady(inputs, bus), rdata, wdata) } -> std::convertible_to<bool>;
};

/// Pins of something that can do many periods of a stream in one step, see model::Motion.
template <class Pins>
concept PeriodicPins = BulkPins<Pins> &&
    requires(Pins pins, model::Motion& motion, std::span<const std::uint8_t> from, std::span<std::uint8_t> to) {
    pins.visit(motion);
    pins.repeat(motion, pins.periods_possible(pins.periods_left(), motion.cycles()), from, to, true);
};

template <EnginePins Pins>
class PinEngine final : public Engine {
public:
    /// `arguments`: for the constructor of Pins.
    template <class... Arguments>
    PinEngine(EngineHost& host, unsigned data_bytes, Arguments&&... arguments)
        : host_(host),
          data_bytes_(data_bytes),
          pins_(std::forward<Arguments>(arguments)...),
          memory_(host, data_bytes),
          monitor_(data_bytes) {
        reset();
    }

    [[nodiscard]] std::string name() const override { return pins_.name(); }
    [[nodiscard]] std::uint64_t cycle() const override { return cycle_; }
    [[nodiscard]] std::uint64_t simulated_cycles() const override {
        return simulated_.cycle + simulated_.burst + simulated_.periods;
    }
    [[nodiscard]] CyclesByStride cycles_by_stride() const override { return simulated_; }
    /// No strides longer than this one from now on.
    void limit_stride(Stride stride) { stride_ = stride; }

    [[nodiscard]] bool idle() const override {
        return pins_.at_rest() && busy_cycles_ == 0 && memory_.quiet() && monitor_.quiet();
    }

    void reset() override {
        const bool gate = inputs_.gate;
        inputs_ = {};
        inputs_.gate = gate;
        register_access_ = {};
        memory_.reset();
        monitor_.reset();
        motion_.forget();
        for (unsigned i = 0; i < reset_cycles; ++i) {
            inputs_.timestamp = cycle_;
            pins_.clock_in_reset(inputs_);
            ++cycle_;
            ++simulated_.cycle;
        }
        busy_cycles_ = 1;
    }

    RegisterValue read_register(std::uint32_t offset) override {
        inputs_.registers.araddr = offset;
        inputs_.registers.arvalid = true;
        inputs_.registers.rready = true;
        register_access_ = {.reading = true};
        finish_access("read", offset);
        inputs_.registers.rready = false;
        return {register_access_.value, register_access_.response != response_okay};
    }

    RegisterValue write_register(std::uint32_t offset, std::uint32_t value) override {
        inputs_.registers.awaddr = offset;
        inputs_.registers.awvalid = true;
        inputs_.registers.wdata = value;
        inputs_.registers.wstrb = all_bytes;
        inputs_.registers.wvalid = true;
        inputs_.registers.bready = true;
        register_access_ = {.writing = true};
        finish_access("write", offset);
        inputs_.registers.bready = false;
        return {value, register_access_.response != response_okay};
    }

    bool advance(std::uint64_t limit) override {
        while (cycle_ < limit) {
            if (idle()) {
                cycle_ = limit;
                return false;
            }
            if constexpr (PeriodicPins<Pins>) {
                if (stride_ >= Stride::periods && !observer_ && repeat(limit)) continue;
            }
            if constexpr (BulkPins<Pins>) {
                if (stride_ >= Stride::burst && leap(limit)) continue;
            }
            if (tick()) return true;
        }
        return false;
    }

    void observe_pins(PinObserver observer) override { observer_ = std::move(observer); }

    void set_gate(bool closed) override {
        inputs_.gate = closed;
        busy_cycles_ = cycles_after_gate;
    }

private:
    static constexpr unsigned reset_cycles = 8;
    static constexpr std::uint64_t shortest_leap = 1;
    /// The model's pins are the RTL's, see LockstepPins, whose pins are watched.
    static constexpr bool monitored = !std::is_same_v<Pins, ModelPins>;
    static constexpr unsigned register_timeout = 100'000;
    static constexpr unsigned cycles_after_gate = 4;
    static constexpr unsigned cycles_after_access = 2;
    static constexpr std::uint8_t response_okay = 0;
    static constexpr std::uint8_t response_error = 2;
    static constexpr std::uint8_t all_bytes = 0xf;
    static constexpr std::uint8_t filler = 0xbd;

    /// A register access on its way.
    struct RegisterAccess {
        bool reading = false;
        bool writing = false;
        bool done = false;
        std::uint8_t response = response_okay;
        std::uint32_t value = 0;
    };

    [[noreturn]] void fail(const std::string& text) const {
        throw EngineFault("cycle " + std::to_string(cycle_) + ": " + text);
    }

    void finish_access(const char* kind, std::uint32_t offset) {
        for (unsigned i = 0; !register_access_.done; ++i) {
            if (i == register_timeout) {
                std::ostringstream text;
                text << "register port: no answer to the " << kind << " of register 0x" << std::hex << offset;
                fail(text.str());
            }
            tick();
        }
        register_access_.reading = false;
        register_access_.writing = false;
        busy_cycles_ = std::max(busy_cycles_, cycles_after_access);
    }

    static void copy_address(AddressPins& to, const model::AddressOutputs& from) {
        to.valid = from.valid;
        if (!from.valid) return;
        to.address = from.address;
        to.length = from.length;
        to.size = from.size;
        to.burst = from.burst;
        to.id = from.id;
        to.cache = from.cache;
        to.protection = from.protection;
    }

    void sample_manager() {
        copy_address(bus_.aw, outputs_.aw);
        copy_address(bus_.ar, outputs_.ar);
        bus_.w.valid = outputs_.wvalid;
        if (outputs_.wvalid) {
            bus_.w.last = outputs_.wlast;
            bus_.w.strobe = outputs_.wstrb;
            std::memcpy(bus_.w.data.data(), outputs_.wdata.data(), data_bytes_);
        }
        bus_.b.ready = outputs_.bready;
        bus_.r.ready = outputs_.rready;
    }

    void move_data() {
        if (bus_.r.valid && bus_.r.ready) {
            const auto beat = std::span(inputs_.rdata).first(data_bytes_);
            std::ranges::fill(beat, filler);
            const bool ok = memory_.take_read_beat(beat);
            if (!ok) std::ranges::fill(beat, filler);
            inputs_.rresp = ok ? response_okay : response_error;
        }
        if (bus_.w.valid && bus_.w.ready) {
            std::array<std::uint8_t, sizeof(model::Beat)> strobe{};
            for (unsigned i = 0; i < data_bytes_; ++i) strobe[i] = static_cast<std::uint8_t>(bus_.w.strobe >> i & 1);
            memory_.put_write_beat(std::span(bus_.w.data).first(data_bytes_), std::span(strobe).first(data_bytes_));
        }
    }

    /// The register port's handshakes in this cycle; called with settled outputs, before the clock edge.
    void sample_register_port() {
        const model::RegisterPortInputs& in = inputs_.registers;
        const model::RegisterPortOutputs& out = outputs_.registers;
        clear_aw_ = in.awvalid && out.awready;
        clear_w_ = in.wvalid && out.wready;
        clear_ar_ = in.arvalid && out.arready;
        if (out.bvalid) {
            if (!register_access_.writing || in.awvalid || in.wvalid) {
                fail("register port, channel B: a response without a write");
            }
            register_access_.done = true;
            register_access_.response = out.bresp;
        }
        if (out.rvalid) {
            if (!register_access_.reading || in.arvalid) fail("register port, channel R: data without a read");
            register_access_.done = true;
            register_access_.response = out.rresp;
            register_access_.value = out.rdata;
        }
    }

    void show_pins() const {
        const model::RegisterPortOutputs& out = outputs_.registers;
        observer_({.cycle = cycle_,
                   .manager = bus_,
                   .registers = {.aw_ready = out.awready,
                                 .w_ready = out.wready,
                                 .b_valid = out.bvalid,
                                 .b_response = out.bresp,
                                 .ar_ready = out.arready,
                                 .r_valid = out.rvalid,
                                 .r_response = out.rresp,
                                 .r_data = out.rdata},
                   .interrupt = outputs_.interrupt,
                   .idle = outputs_.idle});
    }

    /// Is an address shown, and accepted, in this cycle? May be asked for again in it.
    bool accept_early(Direction direction, const model::AddressOutputs& shown) {
        if (!shown.valid) return false;
        AddressPins address;
        copy_address(address, shown);
        return memory_.accept(cycle_, direction, address);
    }

    /// Does some cycles in one step, if nothing happens in them but that text moves; see model::CceTop::Steady. False
    /// if that can't be, or is not worth it.
    bool leap(std::uint64_t limit) {
        if (limit - cycle_ < shortest_leap || busy_cycles_ != 0 || observer_) return false;
        const AxiMemory::Steady memory = memory_.steady(cycle_);
        if (memory.cycles < shortest_leap) return false;
        std::uint64_t most = std::min(memory.cycles, limit - cycle_);
        const bool write_accepted = accept_early(Direction::write, pins_.aw());
        const bool read_accepted = accept_early(Direction::read, pins_.ar());
        if (read_accepted) most = std::min(most, memory_.before_first_beat());
        inputs_.timestamp = cycle_;
        const auto plan = pins_.steady(inputs_, {.cycles = most,
                                                 .rvalid = memory.r_valid,
                                                 .wready = memory.w_ready,
                                                 .write_beats = memory.w_beats,
                                                 .response_cycle = memory.b_cycle,
                                                 .arready = read_accepted,
                                                 .awready = write_accepted});
        if (plan.cycles < shortest_leap) return false;
        const auto read_beats = static_cast<unsigned>(memory.r_valid ? plan.cycles : 0);
        const std::size_t read_bytes = std::size_t{read_beats} * data_bytes_;
        const std::size_t write_bytes = std::size_t{plan.write_beats} * data_bytes_;
        std::span<std::uint8_t> from;
        std::span<std::uint8_t> to;
        if (read_bytes != 0) {
            from = host_.direct(Direction::read, memory_.read_address(), read_bytes);
            if (from.empty()) return false;
        }
        if (write_bytes != 0) {
            to = host_.direct(Direction::write, memory_.write_address(), write_bytes);
            if (to.empty()) return false;
        }
        // All is read before anything is written: right only if no beat is written before it is read.
        if (read_bytes != 0 && write_bytes != 0 && memory_.write_address() > memory_.read_address() &&
            memory_.write_address() - memory_.read_address() < read_bytes) {
            return false;
        }
        if (!pins_.advance(plan, from, to)) return false;
        if (read_bytes != 0) host_.moved_directly(Direction::read, read_bytes);
        if (write_bytes != 0) host_.moved_directly(Direction::write, write_bytes);
        memory_.advance(cycle_, plan.cycles,
                        {read_beats, plan.write_beats, plan.response, read_accepted, write_accepted});
        cycle_ += plan.cycles;
        simulated_.burst += plan.cycles;
        return true;
    }

    /// Looks for periods of the stream when a read burst has ended; if there are some, does as many as it can in one
    /// step. False if that is none.
    bool repeat(std::uint64_t limit) {
        const std::uint64_t schedule = host_.constant_schedule();
        if (schedule == 0) {
            motion_.forget();
            return false;
        }
        if (reads_watched_ != memory_.reads_ended()) {
            reads_watched_ = memory_.reads_ended();
            if (pins_.periods_left() == 0) {
                motion_.forget();
                return false;
            }
            motion_.watch(cycle_);
            motion_.constant(schedule);
            pins_.visit(motion_);
            memory_.visit(motion_, schedule);
            motion_.watched();
            schedule_watched_ = schedule;
        }
        if (!motion_.found()) return false;
        std::uint64_t periods = pins_.periods_left();
        if (periods == 0 || schedule != schedule_watched_) {
            motion_.forget();
            return false;
        }
        periods = std::min(periods, (limit - cycle_) / motion_.cycles());
        if (periods == 0 || busy_cycles_ != 0) return false;
        periods = pins_.periods_possible(periods, motion_.cycles());
        if (periods == 0) return false;
        const std::size_t bytes = periods * model::Motion::period_bytes;
        const model::CceTop::Way way = pins_.way();
        const std::uint64_t written = way.write_address + way.destination_held;
        const std::uint64_t worked_on = way.read_address - way.source_held;
        const bool apart =
            way.write_address + bytes <= way.read_address || way.read_address + bytes <= way.write_address;
        // Else nothing may be written before it is read, neither in these cycles nor here.
        if (!apart && (way.write_address > way.read_address || written > worked_on)) return false;
        const std::span<std::uint8_t> from = host_.direct(Direction::read, way.read_address, bytes);
        if (from.empty()) return false;
        const std::span<std::uint8_t> to = host_.direct(Direction::write, way.write_address, bytes);
        if (to.empty()) return false;
        pins_.repeat(motion_, periods, from, to, !apart);
        host_.moved_directly(Direction::read, bytes);
        host_.moved_directly(Direction::write, bytes);
        memory_.visit(motion_, schedule);
        cycle_ += periods * motion_.cycles();
        simulated_.periods += periods * motion_.cycles();
        return true;
    }

    /// One clock cycle. True if an interrupt was raised in it.
    bool tick() {
        motion_.forget();
        const AxiMemory::Shown shown = memory_.drive(cycle_);
        bus_.r.valid = inputs_.rvalid = shown.r_valid;
        bus_.r.last = inputs_.rlast = shown.r_last;
        bus_.r.id = inputs_.rid = shown.r_id;
        bus_.b.valid = inputs_.bvalid = shown.b_valid;
        bus_.b.id = inputs_.bid = shown.b_id;
        inputs_.bresp = shown.b_error ? response_error : response_okay;
        bus_.w.ready = inputs_.wready = shown.w_ready;
        inputs_.awready = false;
        inputs_.arready = false;
        inputs_.timestamp = cycle_;
        pins_.settle(inputs_, outputs_);

        sample_manager();
        bus_.aw.ready = inputs_.awready = memory_.accept(cycle_, Direction::write, bus_.aw);
        bus_.ar.ready = inputs_.arready = memory_.accept(cycle_, Direction::read, bus_.ar);
        if constexpr (monitored) monitor_.check(cycle_, bus_);
        move_data();
        sample_register_port();
        if (observer_) show_pins();
        const std::uint32_t raised = outputs_.interrupt;

        pins_.clock(inputs_);
        memory_.finish(cycle_, bus_);
        if (clear_aw_) inputs_.registers.awvalid = false;
        if (clear_w_) inputs_.registers.wvalid = false;
        if (clear_ar_) inputs_.registers.arvalid = false;
        for (std::uint32_t rest = raised; rest != 0; rest &= rest - 1) {
            host_.interrupt(static_cast<unsigned>(std::countr_zero(rest)), cycle_);
        }
        if (busy_cycles_ > 0) --busy_cycles_;
        ++cycle_;
        ++simulated_.cycle;
        return raised != 0;
    }

    EngineHost& host_;
    unsigned data_bytes_;
    Pins pins_;
    AxiMemory memory_;
    AxiMonitor monitor_;
    model::EngineInputs inputs_;
    model::EngineOutputs outputs_;
    AxiPins bus_;
    PinObserver observer_;
    RegisterAccess register_access_;
    bool clear_aw_ = false;
    bool clear_w_ = false;
    bool clear_ar_ = false;
    model::Motion motion_;
    std::uint64_t reads_watched_ = 0;     ///< AxiMemory::reads_ended at the last look for periods
    std::uint64_t schedule_watched_ = 0;  ///< EngineHost::constant_schedule at that time
    unsigned busy_cycles_ = 0;            ///< cycles that must be simulated even if the engine says that it is idle
    std::uint64_t cycle_ = 0;
    CyclesByStride simulated_;
    Stride stride_ = Stride::periods;
};

}  // namespace cce::sim
