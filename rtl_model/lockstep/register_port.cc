// SPDX-License-Identifier: Apache-2.0

#include "register_port.h"

#include <array>
#include <random>
#include <string>

#include "Vcce_top_128.h"
#include "cce_contract.hpp"
#include "engine/lockstep_pins.h"
#include "engine/rtl_pins.h"

namespace cce::lockstep {

namespace {

constexpr unsigned data_bytes = 16;
constexpr unsigned reset_cycles = 8;

class Driver {
public:
    explicit Driver(std::uint64_t seed) : random_(seed) {}

    void drive(model::EngineInputs& inputs, const model::RegisterPortOutputs& before) {
        model::RegisterPortInputs& port = inputs.registers;
        // A valid signal stays until its ready (AXI4, A3.2.1).
        if (!port.awvalid || before.awready) {
            port.awvalid = chance(30);
            port.awaddr = address();
        }
        if (!port.wvalid || before.wready) {
            port.wvalid = chance(30);
            port.wdata = data();
            port.wstrb = static_cast<std::uint8_t>(chance(90) ? 0xf : random_() & 0xf);
        }
        if (!port.arvalid || before.arready) {
            port.arvalid = chance(20);
            port.araddr = address();
        }
        port.bready = chance(60);
        port.rready = chance(60);
        inputs.awready = inputs.wready = chance(50);
        inputs.arready = chance(50);
        if (chance(1)) inputs.gate = !inputs.gate;
    }

private:
    [[nodiscard]] bool chance(unsigned percent) { return random_() % 100 < percent; }

    [[nodiscard]] std::uint32_t address() {
        static constexpr std::array<std::uint32_t, 12> pages{0x00000, 0x01000, 0x02000, 0x03000, 0x40000, 0x41000,
                                                             0x43000, 0x44000, 0x80000, 0x81000, 0x83000, 0x84000};
        if (chance(2)) return static_cast<std::uint32_t>(random_() % contract::register_space_bytes);
        const auto offset = static_cast<std::uint32_t>(random_() % (chance(95) ? 0x68 : 0x1000));
        return pages[random_() % pages.size()] + (chance(97) ? offset & ~3U : offset);
    }

    /// Values that set a queue up are likely.
    [[nodiscard]] std::uint32_t data() {
        switch (random_() % 4) {
            case 0:
                return static_cast<std::uint32_t>(random_());
            case 1:
                return static_cast<std::uint32_t>(random_() & 0xffff'ffc0);
            case 2:
                return 0x0303;
            default:
                return static_cast<std::uint32_t>(random_() & 0xf);
        }
    }

    std::mt19937_64 random_;
};

}  // namespace

void run_register_port(std::uint64_t seed, std::uint64_t cycles) {
    sim::LockstepPins<sim::RtlPins<Vcce_top_128, data_bytes>> pins(data_bytes, std::string());
    model::EngineInputs inputs;
    model::EngineOutputs outputs;
    for (unsigned i = 0; i < reset_cycles; ++i) pins.clock_in_reset(inputs);
    Driver driver(seed);
    for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
        inputs.timestamp = cycle << 20 | cycle;  // so that the upper half is not always zero
        driver.drive(inputs, outputs.registers);
        pins.settle(inputs, outputs);
        pins.clock(inputs);
    }
}

}  // namespace cce::lockstep
