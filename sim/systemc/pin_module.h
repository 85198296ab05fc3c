// SPDX-License-Identifier: Apache-2.0
//
// The Verilated cce_top as a module with its pins: the same ports under the same names, in the default configuration.
//
// Between two edges of clk_i the outputs follow the inputs in delta cycles, as in any RTL. An input must not change in
// the delta cycle of a rising edge: whoever drives it from a process that waits for the clock does that right.
// Tested by test/pin_module_test.cc.

#pragma once

#include <cstdint>
#include <memory>
#include <systemc>

#include "systemc/verilated_top.h"

namespace cce::sim::systemc {

/// DataWidth: 128 or 256.
template <int DataWidth>
class PinModule : public sc_core::sc_module {
public:
    static constexpr int strobe_width = DataWidth / 8;
    static constexpr int interrupt_width = 5;  ///< queue pairs of the default configuration, and one

    explicit PinModule(const sc_core::sc_module_name& name);

    sc_core::sc_in<bool> clk_i{"clk_i"};
    sc_core::sc_in<bool> rst_ni{"rst_ni"};
    sc_core::sc_in<sc_dt::sc_uint<64>> timestamp_i{"timestamp_i"};
    sc_core::sc_in<bool> gate_i{"gate_i"};
    sc_core::sc_out<bool> idle_o{"idle_o"};
    sc_core::sc_out<sc_dt::sc_uint<interrupt_width>> interrupt_o{"interrupt_o"};

    // AXI4-Lite subordinate: registers
    sc_core::sc_in<bool> s_axil_awvalid_i{"s_axil_awvalid_i"};
    sc_core::sc_out<bool> s_axil_awready_o{"s_axil_awready_o"};
    sc_core::sc_in<sc_dt::sc_uint<20>> s_axil_awaddr_i{"s_axil_awaddr_i"};
    sc_core::sc_in<bool> s_axil_wvalid_i{"s_axil_wvalid_i"};
    sc_core::sc_out<bool> s_axil_wready_o{"s_axil_wready_o"};
    sc_core::sc_in<sc_dt::sc_uint<32>> s_axil_wdata_i{"s_axil_wdata_i"};
    sc_core::sc_in<sc_dt::sc_uint<4>> s_axil_wstrb_i{"s_axil_wstrb_i"};
    sc_core::sc_out<bool> s_axil_bvalid_o{"s_axil_bvalid_o"};
    sc_core::sc_in<bool> s_axil_bready_i{"s_axil_bready_i"};
    sc_core::sc_out<sc_dt::sc_uint<2>> s_axil_bresp_o{"s_axil_bresp_o"};
    sc_core::sc_in<bool> s_axil_arvalid_i{"s_axil_arvalid_i"};
    sc_core::sc_out<bool> s_axil_arready_o{"s_axil_arready_o"};
    sc_core::sc_in<sc_dt::sc_uint<20>> s_axil_araddr_i{"s_axil_araddr_i"};
    sc_core::sc_out<bool> s_axil_rvalid_o{"s_axil_rvalid_o"};
    sc_core::sc_in<bool> s_axil_rready_i{"s_axil_rready_i"};
    sc_core::sc_out<sc_dt::sc_uint<32>> s_axil_rdata_o{"s_axil_rdata_o"};
    sc_core::sc_out<sc_dt::sc_uint<2>> s_axil_rresp_o{"s_axil_rresp_o"};

    // AXI4 manager: DMA
    sc_core::sc_out<bool> m_axi_awvalid_o{"m_axi_awvalid_o"};
    sc_core::sc_in<bool> m_axi_awready_i{"m_axi_awready_i"};
    sc_core::sc_out<sc_dt::sc_uint<4>> m_axi_awid_o{"m_axi_awid_o"};
    sc_core::sc_out<sc_dt::sc_uint<64>> m_axi_awaddr_o{"m_axi_awaddr_o"};
    sc_core::sc_out<sc_dt::sc_uint<8>> m_axi_awlen_o{"m_axi_awlen_o"};
    sc_core::sc_out<sc_dt::sc_uint<3>> m_axi_awsize_o{"m_axi_awsize_o"};
    sc_core::sc_out<sc_dt::sc_uint<2>> m_axi_awburst_o{"m_axi_awburst_o"};
    sc_core::sc_out<sc_dt::sc_uint<4>> m_axi_awcache_o{"m_axi_awcache_o"};
    sc_core::sc_out<sc_dt::sc_uint<3>> m_axi_awprot_o{"m_axi_awprot_o"};
    sc_core::sc_out<bool> m_axi_wvalid_o{"m_axi_wvalid_o"};
    sc_core::sc_in<bool> m_axi_wready_i{"m_axi_wready_i"};
    sc_core::sc_out<sc_dt::sc_bv<DataWidth>> m_axi_wdata_o{"m_axi_wdata_o"};
    sc_core::sc_out<sc_dt::sc_uint<strobe_width>> m_axi_wstrb_o{"m_axi_wstrb_o"};
    sc_core::sc_out<bool> m_axi_wlast_o{"m_axi_wlast_o"};
    sc_core::sc_in<bool> m_axi_bvalid_i{"m_axi_bvalid_i"};
    sc_core::sc_out<bool> m_axi_bready_o{"m_axi_bready_o"};
    sc_core::sc_in<sc_dt::sc_uint<4>> m_axi_bid_i{"m_axi_bid_i"};
    sc_core::sc_in<sc_dt::sc_uint<2>> m_axi_bresp_i{"m_axi_bresp_i"};
    sc_core::sc_out<bool> m_axi_arvalid_o{"m_axi_arvalid_o"};
    sc_core::sc_in<bool> m_axi_arready_i{"m_axi_arready_i"};
    sc_core::sc_out<sc_dt::sc_uint<4>> m_axi_arid_o{"m_axi_arid_o"};
    sc_core::sc_out<sc_dt::sc_uint<64>> m_axi_araddr_o{"m_axi_araddr_o"};
    sc_core::sc_out<sc_dt::sc_uint<8>> m_axi_arlen_o{"m_axi_arlen_o"};
    sc_core::sc_out<sc_dt::sc_uint<3>> m_axi_arsize_o{"m_axi_arsize_o"};
    sc_core::sc_out<sc_dt::sc_uint<2>> m_axi_arburst_o{"m_axi_arburst_o"};
    sc_core::sc_out<sc_dt::sc_uint<4>> m_axi_arcache_o{"m_axi_arcache_o"};
    sc_core::sc_out<sc_dt::sc_uint<3>> m_axi_arprot_o{"m_axi_arprot_o"};
    sc_core::sc_in<bool> m_axi_rvalid_i{"m_axi_rvalid_i"};
    sc_core::sc_out<bool> m_axi_rready_o{"m_axi_rready_o"};
    sc_core::sc_in<sc_dt::sc_uint<4>> m_axi_rid_i{"m_axi_rid_i"};
    sc_core::sc_in<sc_dt::sc_bv<DataWidth>> m_axi_rdata_i{"m_axi_rdata_i"};
    sc_core::sc_in<sc_dt::sc_uint<2>> m_axi_rresp_i{"m_axi_rresp_i"};
    sc_core::sc_in<bool> m_axi_rlast_i{"m_axi_rlast_i"};

private:
    void evaluate();

    std::unique_ptr<VerilatedTop> top_;
};

}  // namespace cce::sim::systemc
