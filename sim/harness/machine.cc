// SPDX-License-Identifier: Apache-2.0

#include "harness/machine.h"

#include <algorithm>
#include <sstream>
#include <utility>

namespace cce::sim {

namespace {

std::string register_text(const char* kind, std::uint32_t offset) {
    std::ostringstream text;
    text << "bus error at the " << kind << " of register 0x" << std::hex << offset;
    return text.str();
}

}  // namespace

Machine::Machine(MachineOptions options)
    : timing_(std::move(options.timing)),
      engine_(options.factory ? options.factory(*this) : make_engine(options.engine, *this, options.engine_options)) {}

std::uint32_t Machine::read_register(std::uint32_t offset) {
    const RegisterValue answer = engine_->read_register(offset);
    if (answer.error) throw MachineError(register_text("read", offset));
    return answer.value;
}

void Machine::write_register(std::uint32_t offset, std::uint32_t value) {
    if (engine_->write_register(offset, value).error) throw MachineError(register_text("write", offset));
}

std::uint64_t Machine::read_register64(std::uint32_t offset_low) {
    std::uint32_t high = read_register(offset_low + 4);
    for (;;) {
        const std::uint32_t low = read_register(offset_low);
        const std::uint32_t again = read_register(offset_low + 4);
        if (again == high) return std::uint64_t{high} << 32 | low;
        high = again;
    }
}

void Machine::write_register64(std::uint32_t offset_low, std::uint64_t value) {
    write_register(offset_low, static_cast<std::uint32_t>(value));
    write_register(offset_low + 4, static_cast<std::uint32_t>(value >> 32));
}

void Machine::run(std::uint64_t cycles) {
    const std::uint64_t end = engine_->cycle() + cycles;
    while (engine_->cycle() < end) engine_->advance(end);
}

void Machine::run_until(const std::function<bool()>& condition, const std::string& what, std::uint64_t limit,
                        unsigned step) {
    const std::uint64_t end = engine_->cycle() + limit;
    while (!condition()) {
        if (engine_->cycle() >= end) {
            throw MachineError("no " + what + " within " + std::to_string(limit) + " cycles" +
                               (engine_->idle() ? " (the engine is idle)" : ""));
        }
        // Once the engine is idle only software could change anything: the rest of the time passes at once.
        const std::uint64_t target = engine_->idle() ? end : engine_->cycle() + step;
        engine_->advance(std::min(target, end));
    }
}

std::vector<Interrupt> Machine::take_interrupts() {
    return std::exchange(interrupts_, {});
}

BurstSchedule Machine::schedule(const Burst& burst) {
    if (burst_observer_) burst_observer_(burst);
    return timing_.schedule(burst);
}

std::uint64_t Machine::constant_schedule() const {
    // An observer wants to see each burst, or each beat.
    return timing_.constant() && !burst_observer_ && !observer_ ? timings_ : 0;
}

bool Machine::read(std::uint64_t address, std::span<std::uint8_t> data) {
    return memory_.device_read(address, data);
}

bool Machine::write(std::uint64_t address, std::span<const std::uint8_t> data, std::span<const std::uint8_t> strobe) {
    const bool done = memory_.device_write(address, data, strobe);
    if (observer_) observer_({address, data, strobe});
    return done;
}

std::span<std::uint8_t> Machine::direct(Direction direction, std::uint64_t address, std::size_t bytes) {
    if (observer_) return {};  // it wants to see each beat
    return memory_.device_view(direction, address, bytes);
}

void Machine::interrupt(unsigned vector, std::uint64_t cycle) {
    interrupts_.push_back({vector, cycle});
}

}  // namespace cce::sim
