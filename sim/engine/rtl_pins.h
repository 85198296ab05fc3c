// SPDX-License-Identifier: Apache-2.0
//
// The pins of the Verilated cce_top.

#pragma once

#include <verilated.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "engine/coverage.h"
#include "engine/wave_trace.h"
#include "top/engine_pins.h"

namespace cce::sim {

/// Model: one of the classes that rtl_model/rtl/CMakeLists.txt has made.
template <class Model, unsigned DataBytes>
class RtlPins {
public:
    /// `trace_path`: where to write waves; empty: none.
    explicit RtlPins(const std::string& trace_path) : model_(prepare(context_), "cce") {
        if (!trace_path.empty()) trace_ = make_wave_trace(model_, trace_path);
        model_.clk_i = 0;
    }

    ~RtlPins() {
        Verilated::threadContextp(&context_);  // another engine of this thread may have left its own, now gone
        model_.final();
        collect_coverage(model_);
    }
    RtlPins(const RtlPins&) = delete;
    RtlPins& operator=(const RtlPins&) = delete;

    [[nodiscard]] std::string name() const { return "rtl"; }

    void settle(const model::EngineInputs& inputs, model::EngineOutputs& outputs) {
        model_.rst_ni = 1;
        drive(inputs);
        model_.clk_i = 0;
        evaluate(inputs.timestamp, 0);
        sample(outputs);
    }

    void clock(const model::EngineInputs& inputs) {
        model_.m_axi_awready_i = inputs.awready;
        model_.m_axi_arready_i = inputs.arready;
        if (inputs.rvalid) {
            model_.m_axi_rresp_i = inputs.rresp;
            std::memcpy(model_.m_axi_rdata_i.data(), inputs.rdata.data(), DataBytes);
        }
        model_.clk_i = 1;
        evaluate(inputs.timestamp, 1);
    }

    void clock_in_reset(const model::EngineInputs& inputs) {
        model_.rst_ni = 0;
        drive(inputs);
        model_.clk_i = 0;
        evaluate(inputs.timestamp, 0);
        model_.clk_i = 1;
        evaluate(inputs.timestamp, 1);
    }

    /// All pins as they are, the clock's level among them: for those who make their own clock. Writes no waves.
    void show(bool clock, bool reset_n, const model::EngineInputs& inputs, model::EngineOutputs& outputs) {
        model_.clk_i = clock;
        model_.rst_ni = reset_n;
        drive(inputs);
        model_.m_axi_rresp_i = inputs.rresp;
        std::memcpy(model_.m_axi_rdata_i.data(), inputs.rdata.data(), DataBytes);
        Verilated::threadContextp(&context_);
        model_.eval();
        sample(outputs);
        std::memcpy(outputs.wdata.data(), model_.m_axi_wdata_o.data(), DataBytes);
    }

    [[nodiscard]] bool at_rest() const { return model_.idle_o != 0 && model_.interrupt_o == 0; }

private:
    static constexpr int random_bits = 2;
    static constexpr int random_seed = 20'231'124;

    /// Registers that nothing resets begin with random bits, the same in each run.
    static VerilatedContext* prepare(VerilatedContext& context) {
        context.randReset(random_bits);
        context.randSeed(random_seed);
        context.traceEverOn(true);
        return &context;
    }

    void drive(const model::EngineInputs& inputs) {
        model_.timestamp_i = inputs.timestamp;
        model_.gate_i = inputs.gate;
        model_.s_axil_awvalid_i = inputs.registers.awvalid;
        model_.s_axil_awaddr_i = inputs.registers.awaddr;
        model_.s_axil_wvalid_i = inputs.registers.wvalid;
        model_.s_axil_wdata_i = inputs.registers.wdata;
        model_.s_axil_wstrb_i = inputs.registers.wstrb;
        model_.s_axil_bready_i = inputs.registers.bready;
        model_.s_axil_arvalid_i = inputs.registers.arvalid;
        model_.s_axil_araddr_i = inputs.registers.araddr;
        model_.s_axil_rready_i = inputs.registers.rready;
        model_.m_axi_awready_i = inputs.awready;
        model_.m_axi_wready_i = inputs.wready;
        model_.m_axi_bvalid_i = inputs.bvalid;
        model_.m_axi_bid_i = inputs.bid;
        model_.m_axi_bresp_i = inputs.bresp;
        model_.m_axi_arready_i = inputs.arready;
        model_.m_axi_rvalid_i = inputs.rvalid;
        model_.m_axi_rid_i = inputs.rid;
        model_.m_axi_rlast_i = inputs.rlast;
    }

    void sample(model::EngineOutputs& outputs) const {
        outputs.idle = model_.idle_o != 0;
        outputs.interrupt = model_.interrupt_o;
        outputs.registers.awready = model_.s_axil_awready_o != 0;
        outputs.registers.wready = model_.s_axil_wready_o != 0;
        outputs.registers.bvalid = model_.s_axil_bvalid_o != 0;
        outputs.registers.bresp = model_.s_axil_bresp_o;
        outputs.registers.arready = model_.s_axil_arready_o != 0;
        outputs.registers.rvalid = model_.s_axil_rvalid_o != 0;
        outputs.registers.rdata = model_.s_axil_rdata_o;
        outputs.registers.rresp = model_.s_axil_rresp_o;
        outputs.aw = {model_.m_axi_awvalid_o != 0, model_.m_axi_awid_o,   model_.m_axi_awaddr_o,
                      model_.m_axi_awlen_o,        model_.m_axi_awsize_o, model_.m_axi_awburst_o,
                      model_.m_axi_awcache_o,      model_.m_axi_awprot_o};
        outputs.wvalid = model_.m_axi_wvalid_o != 0;
        outputs.wlast = model_.m_axi_wlast_o != 0;
        outputs.wstrb = model_.m_axi_wstrb_o;
        if (outputs.wvalid) std::memcpy(outputs.wdata.data(), model_.m_axi_wdata_o.data(), DataBytes);
        outputs.bready = model_.m_axi_bready_o != 0;
        outputs.ar = {model_.m_axi_arvalid_o != 0, model_.m_axi_arid_o,   model_.m_axi_araddr_o,
                      model_.m_axi_arlen_o,        model_.m_axi_arsize_o, model_.m_axi_arburst_o,
                      model_.m_axi_arcache_o,      model_.m_axi_arprot_o};
        outputs.rready = model_.m_axi_rready_o != 0;
    }

    void evaluate(std::uint64_t cycle, unsigned phase) {
        Verilated::threadContextp(&context_);
        model_.eval();
        if (trace_) trace_->dump(2 * cycle + phase);
    }

    VerilatedContext context_;
    Model model_;
    std::unique_ptr<WaveTrace> trace_;
};

}  // namespace cce::sim
