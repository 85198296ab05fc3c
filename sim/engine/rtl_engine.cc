// SPDX-License-Identifier: Apache-2.0

#include "engine/rtl_engine.h"

#include "Vcce_top_128.h"
#include "Vcce_top_256.h"
#include "Vcce_top_small.h"
#include "engine/pin_engine.h"
#include "engine/rtl_pins.h"

namespace cce::sim {

std::unique_ptr<Engine> make_rtl_engine(EngineHost& host, const EngineOptions& options) {
    if (options.configuration == "small") {
        if (options.data_width != 128) {
            throw std::invalid_argument("the small configuration is built for a data width of 128 bits, not " +
                                        std::to_string(options.data_width));
        }
        return std::make_unique<PinEngine<RtlPins<Vcce_top_small, 16>>>(host, 16U, options.trace_path);
    }
    if (options.configuration != "default") {
        throw std::invalid_argument("unknown configuration '" + options.configuration +
                                    "'; this build knows: default, small");
    }
    switch (options.data_width) {
        case 128:
            return std::make_unique<PinEngine<RtlPins<Vcce_top_128, 16>>>(host, 16U, options.trace_path);
        case 256:
            return std::make_unique<PinEngine<RtlPins<Vcce_top_256, 32>>>(host, 32U, options.trace_path);
        default:
            throw std::invalid_argument("the Verilated engine is built for data widths of 128 and 256 bits, not " +
                                        std::to_string(options.data_width));
    }
}

}  // namespace cce::sim

// What the RTL's assertions and system tasks end in. Verilator's own versions end the process.

void vl_stop(const char* filename, int linenum, const char* hier) {
    throw cce::sim::EngineFault(std::string("RTL: an assertion failed or $stop at ") + filename + ":" +
                                std::to_string(linenum) + " in " + hier);
}

void vl_fatal(const char* filename, int linenum, const char* hier, const char* msg) {
    throw cce::sim::EngineFault(std::string("RTL: ") + msg + " at " + filename + ":" + std::to_string(linenum) +
                                " in " + hier);
}

void vl_finish(const char* filename, int linenum, const char* hier) {
    throw cce::sim::EngineFault(std::string("RTL: $finish at ") + filename + ":" + std::to_string(linenum) + " in " +
                                hier);
}
