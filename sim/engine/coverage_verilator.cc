// SPDX-License-Identifier: Apache-2.0

#include <unistd.h>
#include <verilated_cov.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "Vcce_top_128.h"
#include "Vcce_top_128__Syms.h"
#include "Vcce_top_128___024root.h"
#include "Vcce_top_256.h"
#include "Vcce_top_small.h"
#include "Vcce_top_small__Syms.h"
#include "Vcce_top_small___024root.h"
#include "engine/coverage.h"

namespace cce::sim {

namespace {

/// A bit that only takes its first value has changed once in each simulation, so two changes are asked for: what has
/// happened twice or more in one simulation is summed up apart.
///
/// The sums of one class of models. Verilator writes the counters of a living model only, and one file for each would
/// be thousands; so the sums are put into a last model when the process ends.
template <class Model>
class Sums {
public:
    static Sums& get() {
        static Sums sums;
        return sums;
    }

    void add(const Model& model) {
        const auto& counters = model.rootp->vlSymsp->__Vcoverage;
        if (all_.empty()) {
            all_.resize(std::size(counters));
            twice_.resize(std::size(counters));
            std::atexit([] { get().write(); });
        }
        for (std::size_t i = 0; i < all_.size(); ++i) {
            const std::uint32_t count = counters[i].load(std::memory_order_relaxed);
            all_[i] += count;
            if (count > 1) twice_[i] += count;
        }
    }

private:
    void write() const {
        const char* const folder = std::getenv("CCE_COVERAGE_FOLDER");
        if (folder == nullptr) return;
        VerilatedContext context;
        Model model(&context, "cce");
        const std::string path = std::string(folder) + "/" + model.modelName() + "." + std::to_string(getpid());
        write(context, model, all_, path + ".all.dat");
        write(context, model, twice_, path + ".twice.dat");
    }
    static void write(VerilatedContext& context, Model& model, const std::vector<std::uint64_t>& sums,
                      const std::string& path) {
        auto& counters = model.rootp->vlSymsp->__Vcoverage;
        for (std::size_t i = 0; i < sums.size(); ++i) {
            counters[i] =
                static_cast<std::uint32_t>(std::min<std::uint64_t>(sums[i], std::numeric_limits<std::uint32_t>::max()));
        }
        context.coveragep()->write(path.c_str());
    }

    std::vector<std::uint64_t> all_;
    std::vector<std::uint64_t> twice_;
};

}  // namespace

template <class Model>
void collect_coverage(const Model& model) {
    Sums<Model>::get().add(model);
}

// Not counted: see rtl_model/rtl/CMakeLists.txt.
template <>
void collect_coverage<Vcce_top_256>(const Vcce_top_256& /*model*/) {}

template void collect_coverage<Vcce_top_128>(const Vcce_top_128&);
template void collect_coverage<Vcce_top_small>(const Vcce_top_small&);

}  // namespace cce::sim
