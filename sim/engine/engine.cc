// SPDX-License-Identifier: Apache-2.0

#include "engine/engine.h"

#include "engine/lockstep_engine.h"
#include "engine/model_engine.h"
#include "engine/rtl_engine.h"

namespace cce::sim {

std::vector<std::string> engine_names() {
    return {"rtl", "model"};
}

std::unique_ptr<Engine> make_engine(const std::string& name, EngineHost& host, const EngineOptions& options) {
    if (name == "rtl") return make_rtl_engine(host, options);
    if (options.configuration != "default") {
        throw std::invalid_argument("configuration '" + options.configuration +
                                    "': only engine rtl has others than default");
    }
    if (name == "model") return make_model_engine(host, options);
    if (name == "lockstep") return make_lockstep_engine(host, options);
    throw std::invalid_argument("unknown engine '" + name + "'; this build knows: rtl, model, lockstep");
}

}  // namespace cce::sim
