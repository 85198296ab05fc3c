// SPDX-License-Identifier: Apache-2.0

#include "systemc/verilated_top.h"

#include <stdexcept>
#include <string>

#include "Vcce_top_128.h"
#include "Vcce_top_256.h"
#include "engine/rtl_pins.h"

namespace cce::sim::systemc {

namespace {

template <class Pins>
class Top final : public VerilatedTop {
public:
    void show(bool clock, bool reset_n, const model::EngineInputs& inputs, model::EngineOutputs& outputs) override {
        pins_.show(clock, reset_n, inputs, outputs);
    }

private:
    Pins pins_{""};
};

}  // namespace

std::unique_ptr<VerilatedTop> make_verilated_top(int data_width) {
    switch (data_width) {
        case 128:
            return std::make_unique<Top<RtlPins<Vcce_top_128, 16>>>();
        case 256:
            return std::make_unique<Top<RtlPins<Vcce_top_256, 32>>>();
        default:
            throw std::invalid_argument("the Verilated engine is built for data widths of 128 and 256 bits, not " +
                                        std::to_string(data_width));
    }
}

}  // namespace cce::sim::systemc
