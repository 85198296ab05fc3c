// SPDX-License-Identifier: Apache-2.0
//
// The example's programs on the in-process machine: what the SystemC platform is compared with.

#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "bus.h"
#include "harness/machine.h"

namespace cce::example {

/// Loads and stores take no time.
class MachineBus final : public Bus {
public:
    MachineBus(const std::string& engine, unsigned latency_cycles, std::uint64_t memory, std::size_t bytes,
               unsigned data_width = 128)
        : machine_(options(engine, latency_cycles, data_width)) {
        machine_.memory().allocate_at(memory, bytes);
    }

    std::uint32_t read_register(std::uint32_t offset) override { return machine_.read_register(offset); }
    void write_register(std::uint32_t offset, std::uint32_t value) override { machine_.write_register(offset, value); }
    void load(std::uint64_t address, std::span<std::uint8_t> bytes) override {
        std::ranges::copy(machine_.memory().view(address, bytes.size()), bytes.begin());
    }
    void store(std::uint64_t address, std::span<const std::uint8_t> bytes) override {
        machine_.memory().write(address, bytes);
    }
    void wait_interrupt(unsigned vector) override {
        const auto raised = [&] {
            return std::ranges::any_of(machine_.interrupts(), [&](const auto& edge) { return edge.vector == vector; });
        };
        machine_.run_until(raised, "interrupt " + std::to_string(vector));
        last_interrupt_ = machine_.take_interrupts().back().cycle;
    }

    void run(std::uint64_t cycles) { machine_.run(cycles); }
    /// The cycle of the last interrupt waited for.
    [[nodiscard]] std::uint64_t interrupt_cycle() const { return last_interrupt_; }

private:
    static sim::MachineOptions options(const std::string& engine, unsigned latency_cycles, unsigned data_width) {
        sim::MachineOptions options;
        options.engine = engine;
        options.engine_options.data_width = data_width;
        options.timing = sim::MemoryTiming::ideal(latency_cycles);
        return options;
    }

    sim::Machine machine_;
    std::uint64_t last_interrupt_ = 0;
};

}  // namespace cce::example
