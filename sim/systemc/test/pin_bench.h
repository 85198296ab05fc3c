// SPDX-License-Identifier: Apache-2.0
//
// Everything around a PinModule: clock, reset, cycle counter, an AXI4 memory and an AXI4-Lite manager, pin by pin.

#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <stdexcept>
#include <systemc>
#include <vector>

#include "bus.h"
#include "systemc/pin_module.h"

namespace cce::example {

/// The memory takes an address or a beat in each cycle, and answers `latency` cycles later. Calls of Bus come from one
/// process, a thread; loads and stores take no time.
template <int DataWidth>
class PinBench : public sc_core::sc_module, public Bus {
public:
    static constexpr unsigned reset_cycles = 8;

    PinBench(const sc_core::sc_module_name& name, const sc_core::sc_time& period, unsigned latency,
             std::uint64_t memory_base, std::size_t memory_bytes)
        : sc_core::sc_module(name),
          clock_("clock", period, 0.5, period),
          latency_(latency),
          base_(memory_base),
          memory_(memory_bytes) {
        top_.clk_i.bind(clock_);
        SC_HAS_PROCESS(PinBench);
        SC_METHOD(rising_edge);
        sensitive << clock_.posedge_event();
        dont_initialize();
    }

    [[nodiscard]] bool idle() const { return idle_.read(); }
    void set_gate(bool closed) { gate_.write(closed); }
    /// Until the next clock edge, where signals are as it finds them, and the bench has done its part.
    void tick() { sc_core::wait(edge_); }
    void wait_for_reset() {
        if (!rst_n_.read()) sc_core::wait(rst_n_.posedge_event());
    }
    /// The cycle that comes before the next clock edge.
    [[nodiscard]] std::uint64_t cycle() const { return cycle_; }
    /// The cycle of the last interrupt waited for.
    [[nodiscard]] std::uint64_t interrupt_cycle() const { return interrupt_cycle_; }

    std::uint32_t read_register(std::uint32_t offset) override {
        axil_araddr_.write(offset);
        axil_arvalid_.write(true);
        axil_rready_.write(true);
        for (;;) {
            tick();
            if (axil_arready_.read()) axil_arvalid_.write(false);
            if (axil_rvalid_.read()) break;
        }
        axil_rready_.write(false);
        if (axil_rresp_.read() != okay) throw std::runtime_error("bus error at the read of a register");
        return static_cast<std::uint32_t>(axil_rdata_.read().to_uint());
    }

    void write_register(std::uint32_t offset, std::uint32_t value) override {
        axil_awaddr_.write(offset);
        axil_awvalid_.write(true);
        axil_wdata_.write(value);
        axil_wstrb_.write(all_bytes);
        axil_wvalid_.write(true);
        axil_bready_.write(true);
        for (;;) {
            tick();
            if (axil_awready_.read()) axil_awvalid_.write(false);
            if (axil_wready_.read()) axil_wvalid_.write(false);
            if (axil_bvalid_.read()) break;
        }
        axil_bready_.write(false);
        if (axil_bresp_.read() != okay) throw std::runtime_error("bus error at the write of a register");
    }

    void load(std::uint64_t address, std::span<std::uint8_t> bytes) override {
        for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = memory_.at(address - base_ + i);
    }
    void store(std::uint64_t address, std::span<const std::uint8_t> bytes) override {
        for (std::size_t i = 0; i < bytes.size(); ++i) memory_.at(address - base_ + i) = bytes[i];
    }

    void wait_interrupt(unsigned vector) override {
        while ((raised_ >> vector & 1) == 0) tick();
        raised_ &= ~(std::uint64_t{1} << vector);
    }

private:
    using Top = sim::systemc::PinModule<DataWidth>;
    static constexpr unsigned beat_bytes = DataWidth / 8;
    static constexpr unsigned okay = 0;
    static constexpr unsigned slave_error = 2;
    static constexpr unsigned all_bytes = 0xf;

    struct Burst {
        std::uint64_t address;
        unsigned beats;
        std::uint64_t id;
        std::uint64_t next;  ///< the first cycle of its next step
        bool error = false;
    };

    /// A signal at a port of the engine.
    template <class Port>
    sc_core::sc_signal<typename Port::data_type>& wire(Port& port) {
        auto signal =
            std::make_shared<sc_core::sc_signal<typename Port::data_type>>(sc_core::sc_gen_unique_name("wire"));
        auto& reference = *signal;
        port.bind(reference);
        wires_.push_back(std::move(signal));
        return reference;
    }

    [[nodiscard]] bool in_memory(std::uint64_t address) const {
        return address >= base_ && address - base_ + beat_bytes <= memory_.size();
    }

    static Burst burst_of(std::uint64_t address, std::uint64_t length, std::uint64_t id, std::uint64_t next) {
        return {address & ~std::uint64_t{beat_bytes - 1}, static_cast<unsigned>(length) + 1, id, next};
    }

    /// The clock edge at the end of cycle `cycle_`: first the handshakes that it finds, then what is shown in the next.
    void rising_edge() {
        if (cycle_ + 1 >= reset_cycles) rst_n_.write(true);
        if (rst_n_.read()) {
            see_interrupts();
            end_read_beat();
            end_response();
            end_write_beat();
            take_addresses();
        }
        ++cycle_;
        timestamp_.write(cycle_);
        aw_ready_.write(true);
        ar_ready_.write(true);
        show();
        edge_.notify();
    }

    void see_interrupts() {
        const std::uint64_t now = interrupt_.read().to_uint64();
        if (now != 0) interrupt_cycle_ = cycle_;
        raised_ |= now;
    }

    void end_read_beat() {
        if (!r_valid_.read() || !r_ready_.read()) return;
        Burst& read = reads_.front();
        read.address += beat_bytes;
        if (--read.beats == 0) reads_.pop_front();
    }

    void end_response() {
        if (b_valid_.read() && b_ready_.read()) responses_.pop_front();
    }

    void end_write_beat() {
        if (!w_valid_.read() || !w_ready_.read()) return;
        Burst& write = writes_.front();
        const auto data = w_data_.read();
        const std::uint64_t strobe = w_strb_.read().to_uint64();
        for (unsigned i = 0; i < beat_bytes; ++i) {
            if ((strobe >> i & 1) == 0) continue;
            if (!in_memory(write.address)) {
                write.error = true;
                continue;
            }
            memory_[write.address - base_ + i] =
                static_cast<std::uint8_t>(data.range(static_cast<int>(8 * i + 7), static_cast<int>(8 * i)).to_uint());
        }
        write.address += beat_bytes;
        if (--write.beats != 0) return;
        if (!w_last_.read()) throw std::runtime_error("WLAST is missing at the last beat");
        write.next = cycle_ + 1 + latency_;
        responses_.push_back(write);
        writes_.pop_front();
    }

    void take_addresses() {
        if (ar_valid_.read() && ar_ready_.read()) {
            reads_.push_back(burst_of(ar_addr_.read().to_uint64(), ar_len_.read().to_uint64(),
                                      ar_id_.read().to_uint64(), cycle_ + 1 + latency_));
        }
        if (aw_valid_.read() && aw_ready_.read()) {
            writes_.push_back(burst_of(aw_addr_.read().to_uint64(), aw_len_.read().to_uint64(),
                                       aw_id_.read().to_uint64(), cycle_ + 1));
        }
    }

    void show() {
        const bool read = !reads_.empty() && cycle_ >= reads_.front().next;
        r_valid_.write(read);
        if (read) {
            const Burst& burst = reads_.front();
            r_id_.write(burst.id);
            r_last_.write(burst.beats == 1);
            r_resp_.write(in_memory(burst.address) ? okay : slave_error);
            sc_dt::sc_bv<DataWidth> data;
            for (unsigned i = 0; in_memory(burst.address) && i < beat_bytes; ++i) {
                data.range(static_cast<int>(8 * i + 7), static_cast<int>(8 * i)) = memory_[burst.address - base_ + i];
            }
            r_data_.write(data);
        }
        w_ready_.write(!writes_.empty() && cycle_ >= writes_.front().next);
        const bool response = !responses_.empty() && cycle_ >= responses_.front().next;
        b_valid_.write(response);
        if (response) {
            b_id_.write(responses_.front().id);
            b_resp_.write(responses_.front().error ? slave_error : okay);
        }
    }

    sc_core::sc_clock clock_;
    Top top_{"top"};
    std::vector<std::shared_ptr<void>> wires_;  ///< signals of any type
    sc_core::sc_signal<bool>& rst_n_ = wire(top_.rst_ni);
    sc_core::sc_signal<sc_dt::sc_uint<64>>& timestamp_ = wire(top_.timestamp_i);
    sc_core::sc_signal<bool>& gate_ = wire(top_.gate_i);
    sc_core::sc_signal<bool>& idle_ = wire(top_.idle_o);
    sc_core::sc_signal<sc_dt::sc_uint<Top::interrupt_width>>& interrupt_ = wire(top_.interrupt_o);
    sc_core::sc_signal<bool>& axil_awvalid_ = wire(top_.s_axil_awvalid_i);
    sc_core::sc_signal<bool>& axil_awready_ = wire(top_.s_axil_awready_o);
    sc_core::sc_signal<sc_dt::sc_uint<20>>& axil_awaddr_ = wire(top_.s_axil_awaddr_i);
    sc_core::sc_signal<bool>& axil_wvalid_ = wire(top_.s_axil_wvalid_i);
    sc_core::sc_signal<bool>& axil_wready_ = wire(top_.s_axil_wready_o);
    sc_core::sc_signal<sc_dt::sc_uint<32>>& axil_wdata_ = wire(top_.s_axil_wdata_i);
    sc_core::sc_signal<sc_dt::sc_uint<4>>& axil_wstrb_ = wire(top_.s_axil_wstrb_i);
    sc_core::sc_signal<bool>& axil_bvalid_ = wire(top_.s_axil_bvalid_o);
    sc_core::sc_signal<bool>& axil_bready_ = wire(top_.s_axil_bready_i);
    sc_core::sc_signal<sc_dt::sc_uint<2>>& axil_bresp_ = wire(top_.s_axil_bresp_o);
    sc_core::sc_signal<bool>& axil_arvalid_ = wire(top_.s_axil_arvalid_i);
    sc_core::sc_signal<bool>& axil_arready_ = wire(top_.s_axil_arready_o);
    sc_core::sc_signal<sc_dt::sc_uint<20>>& axil_araddr_ = wire(top_.s_axil_araddr_i);
    sc_core::sc_signal<bool>& axil_rvalid_ = wire(top_.s_axil_rvalid_o);
    sc_core::sc_signal<bool>& axil_rready_ = wire(top_.s_axil_rready_i);
    sc_core::sc_signal<sc_dt::sc_uint<32>>& axil_rdata_ = wire(top_.s_axil_rdata_o);
    sc_core::sc_signal<sc_dt::sc_uint<2>>& axil_rresp_ = wire(top_.s_axil_rresp_o);
    sc_core::sc_signal<bool>& aw_valid_ = wire(top_.m_axi_awvalid_o);
    sc_core::sc_signal<bool>& aw_ready_ = wire(top_.m_axi_awready_i);
    sc_core::sc_signal<sc_dt::sc_uint<4>>& aw_id_ = wire(top_.m_axi_awid_o);
    sc_core::sc_signal<sc_dt::sc_uint<64>>& aw_addr_ = wire(top_.m_axi_awaddr_o);
    sc_core::sc_signal<sc_dt::sc_uint<8>>& aw_len_ = wire(top_.m_axi_awlen_o);
    sc_core::sc_signal<sc_dt::sc_uint<3>>& aw_size_ = wire(top_.m_axi_awsize_o);
    sc_core::sc_signal<sc_dt::sc_uint<2>>& aw_burst_ = wire(top_.m_axi_awburst_o);
    sc_core::sc_signal<sc_dt::sc_uint<4>>& aw_cache_ = wire(top_.m_axi_awcache_o);
    sc_core::sc_signal<sc_dt::sc_uint<3>>& aw_prot_ = wire(top_.m_axi_awprot_o);
    sc_core::sc_signal<bool>& w_valid_ = wire(top_.m_axi_wvalid_o);
    sc_core::sc_signal<bool>& w_ready_ = wire(top_.m_axi_wready_i);
    sc_core::sc_signal<sc_dt::sc_bv<DataWidth>>& w_data_ = wire(top_.m_axi_wdata_o);
    sc_core::sc_signal<sc_dt::sc_uint<Top::strobe_width>>& w_strb_ = wire(top_.m_axi_wstrb_o);
    sc_core::sc_signal<bool>& w_last_ = wire(top_.m_axi_wlast_o);
    sc_core::sc_signal<bool>& b_valid_ = wire(top_.m_axi_bvalid_i);
    sc_core::sc_signal<bool>& b_ready_ = wire(top_.m_axi_bready_o);
    sc_core::sc_signal<sc_dt::sc_uint<4>>& b_id_ = wire(top_.m_axi_bid_i);
    sc_core::sc_signal<sc_dt::sc_uint<2>>& b_resp_ = wire(top_.m_axi_bresp_i);
    sc_core::sc_signal<bool>& ar_valid_ = wire(top_.m_axi_arvalid_o);
    sc_core::sc_signal<bool>& ar_ready_ = wire(top_.m_axi_arready_i);
    sc_core::sc_signal<sc_dt::sc_uint<4>>& ar_id_ = wire(top_.m_axi_arid_o);
    sc_core::sc_signal<sc_dt::sc_uint<64>>& ar_addr_ = wire(top_.m_axi_araddr_o);
    sc_core::sc_signal<sc_dt::sc_uint<8>>& ar_len_ = wire(top_.m_axi_arlen_o);
    sc_core::sc_signal<sc_dt::sc_uint<3>>& ar_size_ = wire(top_.m_axi_arsize_o);
    sc_core::sc_signal<sc_dt::sc_uint<2>>& ar_burst_ = wire(top_.m_axi_arburst_o);
    sc_core::sc_signal<sc_dt::sc_uint<4>>& ar_cache_ = wire(top_.m_axi_arcache_o);
    sc_core::sc_signal<sc_dt::sc_uint<3>>& ar_prot_ = wire(top_.m_axi_arprot_o);
    sc_core::sc_signal<bool>& r_valid_ = wire(top_.m_axi_rvalid_i);
    sc_core::sc_signal<bool>& r_ready_ = wire(top_.m_axi_rready_o);
    sc_core::sc_signal<sc_dt::sc_uint<4>>& r_id_ = wire(top_.m_axi_rid_i);
    sc_core::sc_signal<sc_dt::sc_bv<DataWidth>>& r_data_ = wire(top_.m_axi_rdata_i);
    sc_core::sc_signal<sc_dt::sc_uint<2>>& r_resp_ = wire(top_.m_axi_rresp_i);
    sc_core::sc_signal<bool>& r_last_ = wire(top_.m_axi_rlast_i);

    unsigned latency_;
    std::uint64_t base_;
    std::vector<std::uint8_t> memory_;
    std::uint64_t cycle_ = 0;
    sc_core::sc_event edge_;
    std::deque<Burst> reads_;
    std::deque<Burst> writes_;
    std::deque<Burst> responses_;
    std::uint64_t raised_ = 0;
    std::uint64_t interrupt_cycle_ = 0;
};

}  // namespace cce::example
