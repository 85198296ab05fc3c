// SPDX-License-Identifier: Apache-2.0

#include <stdexcept>

#include "Vcce_top_128.h"
#include "Vcce_top_256.h"
#include "Vcce_top_small.h"
#include "engine/wave_trace.h"

namespace cce::sim {

template <class Model>
std::unique_ptr<WaveTrace> make_wave_trace(Model& /*model*/, const std::string& /*path*/) {
    throw std::invalid_argument("this build has no wave tracing; configure with -DCCE_TRACE=ON");
}

template std::unique_ptr<WaveTrace> make_wave_trace<Vcce_top_128>(Vcce_top_128&, const std::string&);
template std::unique_ptr<WaveTrace> make_wave_trace<Vcce_top_256>(Vcce_top_256&, const std::string&);
template std::unique_ptr<WaveTrace> make_wave_trace<Vcce_top_small>(Vcce_top_small&, const std::string&);

}  // namespace cce::sim
