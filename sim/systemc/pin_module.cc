// SPDX-License-Identifier: Apache-2.0

#include "systemc/pin_module.h"

#include <cstdint>
#include <cstring>

namespace cce::sim::systemc {

namespace {

constexpr int word_bits = 32;
constexpr std::size_t word_bytes = 4;

template <int Width>
sc_dt::sc_bv<Width> vector_of(const model::Beat& beat) {
    sc_dt::sc_bv<Width> vector;
    for (int i = 0; i < Width / word_bits; ++i) {
        std::uint32_t word = 0;
        std::memcpy(&word, beat.data() + static_cast<std::size_t>(i) * word_bytes, word_bytes);
        vector.set_word(i, word);
    }
    return vector;
}

template <int Width>
void copy(const sc_dt::sc_bv<Width>& vector, model::Beat& beat) {
    for (int i = 0; i < Width / word_bits; ++i) {
        const auto word = static_cast<std::uint32_t>(vector.get_word(i));
        std::memcpy(beat.data() + static_cast<std::size_t>(i) * word_bytes, &word, word_bytes);
    }
}

template <class To, int Width>
void copy(const sc_core::sc_in<sc_dt::sc_uint<Width>>& port, To& to) {
    to = static_cast<To>(port.read().to_uint64());
}

}  // namespace

template <int DataWidth>
PinModule<DataWidth>::PinModule(const sc_core::sc_module_name& name)
    : sc_core::sc_module(name), top_(make_verilated_top(DataWidth)) {
    SC_HAS_PROCESS(PinModule);
    SC_METHOD(evaluate);
    sensitive << clk_i << rst_ni << timestamp_i << gate_i << s_axil_awvalid_i << s_axil_awaddr_i << s_axil_wvalid_i
              << s_axil_wdata_i << s_axil_wstrb_i << s_axil_bready_i << s_axil_arvalid_i << s_axil_araddr_i
              << s_axil_rready_i << m_axi_awready_i << m_axi_wready_i << m_axi_bvalid_i << m_axi_bid_i << m_axi_bresp_i
              << m_axi_arready_i << m_axi_rvalid_i << m_axi_rid_i << m_axi_rdata_i << m_axi_rresp_i << m_axi_rlast_i;
}

template <int DataWidth>
void PinModule<DataWidth>::evaluate() {
    model::EngineInputs in;
    copy(timestamp_i, in.timestamp);
    in.gate = gate_i.read();
    in.registers.awvalid = s_axil_awvalid_i.read();
    copy(s_axil_awaddr_i, in.registers.awaddr);
    in.registers.wvalid = s_axil_wvalid_i.read();
    copy(s_axil_wdata_i, in.registers.wdata);
    copy(s_axil_wstrb_i, in.registers.wstrb);
    in.registers.bready = s_axil_bready_i.read();
    in.registers.arvalid = s_axil_arvalid_i.read();
    copy(s_axil_araddr_i, in.registers.araddr);
    in.registers.rready = s_axil_rready_i.read();
    in.awready = m_axi_awready_i.read();
    in.wready = m_axi_wready_i.read();
    in.bvalid = m_axi_bvalid_i.read();
    copy(m_axi_bid_i, in.bid);
    copy(m_axi_bresp_i, in.bresp);
    in.arready = m_axi_arready_i.read();
    in.rvalid = m_axi_rvalid_i.read();
    copy(m_axi_rid_i, in.rid);
    copy(m_axi_rresp_i, in.rresp);
    in.rlast = m_axi_rlast_i.read();
    copy<DataWidth>(m_axi_rdata_i.read(), in.rdata);

    model::EngineOutputs out;
    top_->show(clk_i.read(), rst_ni.read(), in, out);

    idle_o.write(out.idle);
    interrupt_o.write(out.interrupt);
    s_axil_awready_o.write(out.registers.awready);
    s_axil_wready_o.write(out.registers.wready);
    s_axil_bvalid_o.write(out.registers.bvalid);
    s_axil_bresp_o.write(out.registers.bresp);
    s_axil_arready_o.write(out.registers.arready);
    s_axil_rvalid_o.write(out.registers.rvalid);
    s_axil_rdata_o.write(out.registers.rdata);
    s_axil_rresp_o.write(out.registers.rresp);
    m_axi_awvalid_o.write(out.aw.valid);
    m_axi_awid_o.write(out.aw.id);
    m_axi_awaddr_o.write(out.aw.address);
    m_axi_awlen_o.write(out.aw.length);
    m_axi_awsize_o.write(out.aw.size);
    m_axi_awburst_o.write(out.aw.burst);
    m_axi_awcache_o.write(out.aw.cache);
    m_axi_awprot_o.write(out.aw.protection);
    m_axi_arvalid_o.write(out.ar.valid);
    m_axi_arid_o.write(out.ar.id);
    m_axi_araddr_o.write(out.ar.address);
    m_axi_arlen_o.write(out.ar.length);
    m_axi_arsize_o.write(out.ar.size);
    m_axi_arburst_o.write(out.ar.burst);
    m_axi_arcache_o.write(out.ar.cache);
    m_axi_arprot_o.write(out.ar.protection);
    m_axi_wvalid_o.write(out.wvalid);
    m_axi_wdata_o.write(vector_of<DataWidth>(out.wdata));
    m_axi_wstrb_o.write(out.wstrb);
    m_axi_wlast_o.write(out.wlast);
    m_axi_bready_o.write(out.bready);
    m_axi_rready_o.write(out.rready);
}

template class PinModule<128>;
template class PinModule<256>;

}  // namespace cce::sim::systemc
