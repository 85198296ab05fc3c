// SPDX-License-Identifier: Apache-2.0
//
// The pins of the Verilated RTL and of the model at once: the same inputs, all outputs compared in every cycle.

#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "engine/model_pins.h"
#include "top/engine_pins.h"

namespace cce::sim {

/// Rtl: an RtlPins. Throws EngineFault at the first cycle in which the model is not the RTL.
template <class Rtl>
class LockstepPins {
public:
    LockstepPins(unsigned data_bytes, const std::string& trace_path)
        : data_bytes_(data_bytes), rtl_(trace_path), model_(data_bytes) {}

    [[nodiscard]] std::string name() const { return "lockstep"; }

    void settle(const model::EngineInputs& inputs, model::EngineOutputs& outputs) {
        cycle_ = inputs.timestamp;
        rtl_.settle(inputs, outputs);
        model_.settle(inputs, modelled_);
        if (ahead()) recall(inputs);
        compare(outputs, modelled_);
    }

    void clock(const model::EngineInputs& inputs) {
        rtl_.clock(inputs);
        if (ahead()) {
            ++recorded_.now;
            recorded_.end = inputs.timestamp;
            return;
        }
        model_.clock(inputs);
        compare("idle, after the clock edge", rtl_.at_rest(), model_.at_rest());
    }

    [[nodiscard]] model::AddressOutputs ar() const { return ahead() ? model::AddressOutputs{} : model_.ar(); }
    [[nodiscard]] model::AddressOutputs aw() const { return ahead() ? model::AddressOutputs{} : model_.aw(); }

    // The model's bulk advance: the model makes it at once and is then ahead, while the RTL goes through its cycles one
    // by one and is compared with what the model said of them.

    [[nodiscard]] model::CceTop::Steady steady(const model::EngineInputs& inputs, model::CceTop::SteadyBus bus) {
        if (ahead()) return {};
        bus.cycles = std::min(bus.cycles, next_limit());
        return model_.steady(inputs, bus);
    }

    bool advance(const model::CceTop::Steady& steady, std::span<const std::uint8_t> rdata, std::span<std::uint8_t>) {
        recorded_.now = 0;
        recorded_.ar = model_.ar();
        recorded_.aw = model_.aw();
        recorded_.beats = 0;
        recorded_.wvalid.clear();
        model_.steady_beats(steady, [&](bool wvalid) { recorded_.wvalid.push_back(wvalid); });
        compare("cycles of a bulk advance", steady.cycles, recorded_.wvalid.size());
        recorded_.rdata.assign(rdata.begin(), rdata.end());
        recorded_.wdata.resize(std::size_t{steady.write_beats} * data_bytes_);
        model_.advance(steady, recorded_.rdata, recorded_.wdata);
        recorded_.cycles = steady.cycles;
        recorded_.write_last = steady.write_last;
        return false;
    }

    void clock_in_reset(const model::EngineInputs& inputs) {
        rtl_.clock_in_reset(inputs);
        model_.clock_in_reset(inputs);
    }

    [[nodiscard]] bool at_rest() const { return rtl_.at_rest(); }

private:
    /// Cycles that the model has done in bulk, and how far the RTL is in them.
    struct Recorded {
        std::uint64_t cycles = 0;
        std::uint64_t now = 0;
        model::AddressOutputs ar;  ///< in the first of them; later no address is shown
        model::AddressOutputs aw;
        std::uint64_t end = 0;
        std::vector<bool> wvalid;
        std::vector<std::uint8_t> rdata;
        std::vector<std::uint8_t> wdata;
        bool write_last = false;  ///< the last beat of wdata is its burst's last
        std::size_t beats = 0;    ///< of wdata, that have been taken
    };

    [[nodiscard]] bool ahead() const { return recorded_.now < recorded_.cycles; }

    /// Many advances are cut short at some cycle, so that all kinds of them occur.
    [[nodiscard]] std::uint64_t next_limit() {
        constexpr std::uint64_t factor = 6364136223846793005;
        constexpr std::uint64_t summand = 1442695040888963407;
        random_ = random_ * factor + summand;
        const std::uint64_t number = random_ >> 33;
        return number % 4 != 0 ? ~std::uint64_t{0} : 2 + number / 4 % 64;
    }

    /// What the model said of this cycle. Its registers and its idle output stay as they are in a bulk advance.
    void recall(const model::EngineInputs& inputs) {
        modelled_.ar = recorded_.now == 0 ? recorded_.ar : model::AddressOutputs{};
        modelled_.aw = recorded_.now == 0 ? recorded_.aw : model::AddressOutputs{};
        modelled_.interrupt = 0;
        modelled_.idle = false;
        modelled_.wvalid = recorded_.wvalid[recorded_.now];
        // A beat that is shown and not taken in any of these cycles is still shown by the model.
        const std::size_t at = recorded_.beats * data_bytes_;
        if (modelled_.wvalid && at < recorded_.wdata.size()) {
            modelled_.wlast = recorded_.write_last && at + data_bytes_ == recorded_.wdata.size();
            modelled_.wstrb = static_cast<std::uint32_t>((std::uint64_t{1} << data_bytes_) - 1);
            std::copy_n(recorded_.wdata.begin() + static_cast<std::ptrdiff_t>(at), data_bytes_,
                        modelled_.wdata.begin());
        }
        if (modelled_.wvalid && inputs.wready) ++recorded_.beats;
        if (!recorded_.rdata.empty()) compare("m_axi_rvalid_i foreseen", inputs.rvalid, true);
    }

    void compare(std::string_view signal, std::uint64_t rtl, std::uint64_t modelled) const {
        if (rtl == modelled) return;
        std::ostringstream text;
        text << "lockstep: cycle " << cycle_ << ", signal " << signal << std::hex << ": RTL 0x" << rtl << ", model 0x"
             << modelled;
        if (ahead()) {
            text << std::dec << ", in cycle " << recorded_.now << " of " << recorded_.cycles << " of a bulk advance";
        } else if (recorded_.cycles != 0) {
            text << std::dec << "; the last bulk advance was one of " << recorded_.cycles << " cycles to cycle "
                 << recorded_.end;
        }
        throw EngineFault(text.str());
    }

    void compare(std::string_view channel, const model::AddressOutputs& rtl,
                 const model::AddressOutputs& modelled) const {
        const std::string name = "m_axi_" + std::string(channel);
        compare(name + "valid_o", rtl.valid, modelled.valid);
        if (!rtl.valid) return;
        compare(name + "addr_o", rtl.address, modelled.address);
        compare(name + "len_o", rtl.length, modelled.length);
        compare(name + "id_o", rtl.id, modelled.id);
        compare(name + "size_o", rtl.size, modelled.size);
        compare(name + "burst_o", rtl.burst, modelled.burst);
        compare(name + "cache_o", rtl.cache, modelled.cache);
        compare(name + "prot_o", rtl.protection, modelled.protection);
    }

    /// Payloads count only with their valid signals, write data only in the lanes that are written.
    void compare(const model::EngineOutputs& rtl, const model::EngineOutputs& modelled) const {
        compare("s_axil_awready_o", rtl.registers.awready, modelled.registers.awready);
        compare("s_axil_wready_o", rtl.registers.wready, modelled.registers.wready);
        compare("s_axil_arready_o", rtl.registers.arready, modelled.registers.arready);
        compare("s_axil_bvalid_o", rtl.registers.bvalid, modelled.registers.bvalid);
        if (rtl.registers.bvalid) compare("s_axil_bresp_o", rtl.registers.bresp, modelled.registers.bresp);
        compare("s_axil_rvalid_o", rtl.registers.rvalid, modelled.registers.rvalid);
        if (rtl.registers.rvalid) {
            compare("s_axil_rresp_o", rtl.registers.rresp, modelled.registers.rresp);
            compare("s_axil_rdata_o", rtl.registers.rdata, modelled.registers.rdata);
        }
        compare("ar", rtl.ar, modelled.ar);
        compare("aw", rtl.aw, modelled.aw);
        compare("m_axi_bready_o", rtl.bready, modelled.bready);
        compare("m_axi_rready_o", rtl.rready, modelled.rready);
        compare("m_axi_wvalid_o", rtl.wvalid, modelled.wvalid);
        if (rtl.wvalid) {
            compare("m_axi_wlast_o", rtl.wlast, modelled.wlast);
            compare("m_axi_wstrb_o", rtl.wstrb, modelled.wstrb);
            for (unsigned i = 0; i < data_bytes_; ++i) {
                if ((rtl.wstrb >> i & 1) != 0 && rtl.wdata[i] != modelled.wdata[i]) {
                    compare("m_axi_wdata_o, byte " + std::to_string(i), rtl.wdata[i], modelled.wdata[i]);
                }
            }
        }
        compare("interrupt_o", rtl.interrupt, modelled.interrupt);
        compare("idle_o", rtl.idle, modelled.idle);
    }

    unsigned data_bytes_;
    Rtl rtl_;
    ModelPins model_;
    model::EngineOutputs modelled_;
    std::uint64_t cycle_ = 0;
    Recorded recorded_;
    std::uint64_t random_ = 1;
};

}  // namespace cce::sim
