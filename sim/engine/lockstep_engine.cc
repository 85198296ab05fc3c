// SPDX-License-Identifier: Apache-2.0

#include "engine/lockstep_engine.h"

#include "Vcce_top_128.h"
#include "Vcce_top_256.h"
#include "engine/lockstep_pins.h"
#include "engine/pin_engine.h"
#include "engine/rtl_pins.h"

namespace cce::sim {

std::unique_ptr<Engine> make_lockstep_engine(EngineHost& host, const EngineOptions& options) {
    switch (options.data_width) {
        case 128:
            return std::make_unique<PinEngine<LockstepPins<RtlPins<Vcce_top_128, 16>>>>(host, 16U, 16U,
                                                                                        options.trace_path);
        case 256:
            return std::make_unique<PinEngine<LockstepPins<RtlPins<Vcce_top_256, 32>>>>(host, 32U, 32U,
                                                                                        options.trace_path);
        default:
            throw std::invalid_argument("lockstep is built for data widths of 128 and 256 bits, not " +
                                        std::to_string(options.data_width));
    }
}

}  // namespace cce::sim
