// SPDX-License-Identifier: Apache-2.0
//
// The pins of the C++ model.

#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "top/cce_top.h"
#include "top/engine_pins.h"

namespace cce::sim {

class ModelPins {
public:
    explicit ModelPins(unsigned data_bytes) : engine_(data_bytes) {}

    [[nodiscard]] std::string name() const { return "model"; }

    void settle(const model::EngineInputs& inputs, model::EngineOutputs& outputs) { engine_.settle(inputs, outputs); }

    void clock(const model::EngineInputs& inputs) {
        engine_.clock(inputs);
        last_ = inputs.registers;
    }

    void clock_in_reset(const model::EngineInputs& inputs) {
        engine_.reset();
        last_ = inputs.registers;
    }

    [[nodiscard]] model::AddressOutputs ar() const { return engine_.ar(); }
    [[nodiscard]] model::AddressOutputs aw() const { return engine_.aw(); }
    // The bulk advance, see CceTop.
    [[nodiscard]] model::CceTop::Steady steady(const model::EngineInputs& inputs, const model::CceTop::SteadyBus& bus) {
        return engine_.steady(inputs, bus);
    }
    template <class Show>
    void steady_beats(const model::CceTop::Steady& steady, Show&& show) const {
        engine_.steady_beats(steady, show);
    }
    /// True: the cycles are over. (False: they are still to be run through, see LockstepPins.)
    bool advance(const model::CceTop::Steady& steady, std::span<const std::uint8_t> rdata,
                 std::span<std::uint8_t> wdata) {
        engine_.advance(steady, rdata, wdata);
        return true;
    }

    // The bulk advance by periods, see CceTop.
    [[nodiscard]] std::uint64_t periods_left() const { return engine_.periods_left(); }
    void visit(model::Motion& motion) { engine_.visit(motion); }
    [[nodiscard]] std::uint64_t periods_possible(std::uint64_t periods, std::uint64_t cycles_of_one) const {
        return engine_.periods_possible(periods, cycles_of_one);
    }
    [[nodiscard]] model::CceTop::Way way() const { return engine_.way(); }
    void repeat(model::Motion& motion, std::uint64_t periods, std::span<const std::uint8_t> from,
                std::span<std::uint8_t> to, bool staged) {
        engine_.repeat(motion, periods, from, to, staged);
    }

    [[nodiscard]] bool at_rest() const { return engine_.idle(last_) && engine_.interrupt() == 0; }

private:
    model::CceTop engine_;
    model::RegisterPortInputs last_;  ///< at the last clock edge
};

}  // namespace cce::sim
