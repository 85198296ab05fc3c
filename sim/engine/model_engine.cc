// SPDX-License-Identifier: Apache-2.0

#include "engine/model_engine.h"

#include "engine/model_pins.h"
#include "engine/pin_engine.h"

namespace cce::sim {

std::unique_ptr<Engine> make_model_engine(EngineHost& host, const EngineOptions& options) {
    if (options.data_width != 128 && options.data_width != 256) {
        throw std::invalid_argument("the model has data widths of 128 and 256 bits, not " +
                                    std::to_string(options.data_width));
    }
    if (!options.trace_path.empty()) throw std::invalid_argument("the model writes no waves; use engine rtl");
    const unsigned data_bytes = options.data_width / 8;
    auto engine = std::make_unique<PinEngine<ModelPins>>(host, data_bytes, data_bytes);
    engine->limit_stride(options.stride);
    return engine;
}

}  // namespace cce::sim
