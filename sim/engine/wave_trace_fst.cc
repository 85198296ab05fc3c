// SPDX-License-Identifier: Apache-2.0

#include <verilated_fst_c.h>

#include <fstream>
#include <stdexcept>

#include "Vcce_top_128.h"
#include "Vcce_top_256.h"
#include "Vcce_top_small.h"
#include "engine/wave_trace.h"

namespace cce::sim {

namespace {

constexpr int every_level = 99;

class FstTrace final : public WaveTrace {
public:
    template <class Model>
    FstTrace(Model& model, const std::string& path) {
        if (!std::ofstream(path)) throw std::invalid_argument("cannot write waves to '" + path + "'");
        model.trace(&file_, every_level);
        file_.open(path.c_str());
    }
    ~FstTrace() override { file_.close(); }
    FstTrace(const FstTrace&) = delete;
    FstTrace& operator=(const FstTrace&) = delete;

    void dump(std::uint64_t time) override { file_.dump(time); }

private:
    VerilatedFstC file_;
};

}  // namespace

template <class Model>
std::unique_ptr<WaveTrace> make_wave_trace(Model& model, const std::string& path) {
    return std::make_unique<FstTrace>(model, path);
}

template std::unique_ptr<WaveTrace> make_wave_trace<Vcce_top_128>(Vcce_top_128&, const std::string&);
template std::unique_ptr<WaveTrace> make_wave_trace<Vcce_top_256>(Vcce_top_256&, const std::string&);
template std::unique_ptr<WaveTrace> make_wave_trace<Vcce_top_small>(Vcce_top_small&, const std::string&);

}  // namespace cce::sim
