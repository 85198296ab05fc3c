// SPDX-License-Identifier: Apache-2.0

#include "Vcce_top_128.h"
#include "Vcce_top_256.h"
#include "Vcce_top_small.h"
#include "engine/coverage.h"

namespace cce::sim {

template <class Model>
void collect_coverage(const Model& /*model*/) {}

template void collect_coverage<Vcce_top_128>(const Vcce_top_128&);
template void collect_coverage<Vcce_top_256>(const Vcce_top_256&);
template void collect_coverage<Vcce_top_small>(const Vcce_top_small&);

}  // namespace cce::sim
