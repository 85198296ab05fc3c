// SPDX-License-Identifier: Apache-2.0
//
// All that an engine's pins show but the data that move: handshakes, addresses, lengths, strobes, responses,
// interrupts, cycle by cycle.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "engine/pin_observer.h"

namespace cce::test {

class PinTrace {
public:
    /// Records all that `engine` does from now on. Both must stay where they are until `stop`.
    void record(sim::Engine& engine) {
        engine.observe_pins([this](const sim::ObservedPins& pins) { add(pins); });
    }
    static void stop(sim::Engine& engine) { engine.observe_pins({}); }

    /// The first cycle in which two traces are not the same, and what is different there.
    struct Difference {
        std::uint64_t cycle = 0;
        std::string text;
    };
    [[nodiscard]] std::optional<Difference> difference(const PinTrace& other) const {
        // The same changes at the same times; then the same number of cycles.
        for (std::size_t i = 0;; ++i) {
            if (i == changes_.size() || i == other.changes_.size()) {
                if (changes_.size() == other.changes_.size()) break;
                const Change& more = changes_.size() > i ? changes_[i] : other.changes_[i];
                return Difference{more.cycle,
                                  "cycle " + std::to_string(more.cycle) + ": only one trace goes on changing"};
            }
            const Change& a = changes_[i];
            const Change& b = other.changes_[i];
            if (a.cycle != b.cycle || a.signals != b.signals) return describe(i, other);
        }
        if (cycles_ != other.cycles_) {
            return Difference{std::min(last_cycle_, other.last_cycle_), "the traces are not equally long"};
        }
        return std::nullopt;
    }

    /// Of the handshakes on the read data channel that end a burst, the last one.
    [[nodiscard]] std::uint64_t last_read_end() const { return last_read_end_; }
    [[nodiscard]] std::uint64_t cycles() const { return cycles_; }
    /// Cycles in which anything was different from the cycle before.
    [[nodiscard]] std::size_t changes() const { return changes_.size(); }

private:
    static constexpr std::array names = {"m_axi_awvalid_o",
                                         "m_axi_awready_i",
                                         "m_axi_awaddr_o",
                                         "m_axi_awlen_o",
                                         "m_axi_awid_o",
                                         "m_axi_awsize/burst/cache/prot_o",
                                         "m_axi_wvalid_o",
                                         "m_axi_wready_i",
                                         "m_axi_wlast_o",
                                         "m_axi_wstrb_o",
                                         "m_axi_bvalid_i",
                                         "m_axi_bready_o",
                                         "m_axi_bid_i",
                                         "m_axi_arvalid_o",
                                         "m_axi_arready_i",
                                         "m_axi_araddr_o",
                                         "m_axi_arlen_o",
                                         "m_axi_arid_o",
                                         "m_axi_arsize/burst/cache/prot_o",
                                         "m_axi_rvalid_i",
                                         "m_axi_rready_o",
                                         "m_axi_rid_i",
                                         "m_axi_rlast_i",
                                         "s_axil_awready_o",
                                         "s_axil_wready_o",
                                         "s_axil_bvalid_o",
                                         "s_axil_bresp_o",
                                         "s_axil_arready_o",
                                         "s_axil_rvalid_o",
                                         "s_axil_rresp_o",
                                         "s_axil_rdata_o",
                                         "interrupt_o",
                                         "idle_o"};
    using Signals = std::array<std::uint64_t, names.size()>;
    struct Change {
        std::uint64_t cycle;
        Signals signals;
    };

    static std::uint64_t attributes(const sim::AddressPins& pins) {
        return std::uint64_t{pins.size} | std::uint64_t{pins.burst} << 8 | std::uint64_t{pins.cache} << 16 |
               std::uint64_t{pins.protection} << 24;
    }
    /// Payloads count only with their valid signals.
    static std::uint64_t with(bool valid, std::uint64_t payload) { return valid ? payload : 0; }

    static Signals signals_of(const sim::ObservedPins& pins) {
        const auto& [aw, w, b, ar, r] = pins.manager;
        const sim::RegisterPortPins& registers = pins.registers;
        return {aw.valid,
                aw.ready,
                with(aw.valid, aw.address),
                with(aw.valid, aw.length),
                with(aw.valid, aw.id),
                with(aw.valid, attributes(aw)),
                w.valid,
                w.ready,
                with(w.valid, w.last ? 1 : 0),
                with(w.valid, w.strobe),
                b.valid,
                b.ready,
                with(b.valid, b.id),
                ar.valid,
                ar.ready,
                with(ar.valid, ar.address),
                with(ar.valid, ar.length),
                with(ar.valid, ar.id),
                with(ar.valid, attributes(ar)),
                r.valid,
                r.ready,
                with(r.valid, r.id),
                with(r.valid, r.last ? 1 : 0),
                registers.aw_ready,
                registers.w_ready,
                registers.b_valid,
                with(registers.b_valid, registers.b_response),
                registers.ar_ready,
                registers.r_valid,
                with(registers.r_valid, registers.r_response),
                with(registers.r_valid, registers.r_data),
                pins.interrupt,
                pins.idle};
    }

    void add(const sim::ObservedPins& pins) {
        const Signals signals = signals_of(pins);
        if (changes_.empty() || changes_.back().signals != signals) changes_.push_back({pins.cycle, signals});
        const sim::ResponsePins& r = pins.manager.r;
        if (r.valid && r.ready && r.last) last_read_end_ = pins.cycle;
        last_cycle_ = pins.cycle;
        ++cycles_;
    }

    [[nodiscard]] Difference describe(std::size_t index, const PinTrace& other) const {
        const Change& a = changes_[index];
        const Change& b = other.changes_[index];
        const std::uint64_t cycle = std::min(a.cycle, b.cycle);
        // Where only one changes in this cycle, the other still is as it was.
        const Signals& first = a.cycle == cycle ? a.signals : changes_[index - 1].signals;
        const Signals& second = b.cycle == cycle ? b.signals : other.changes_[index - 1].signals;
        std::ostringstream text;
        text << "cycle " << cycle << std::hex;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (first[i] != second[i]) text << ", " << names[i] << " 0x" << first[i] << " and 0x" << second[i];
        }
        return {cycle, text.str()};
    }

    std::vector<Change> changes_;
    std::uint64_t cycles_ = 0;
    std::uint64_t last_cycle_ = 0;
    std::uint64_t last_read_end_ = 0;
};

}  // namespace cce::test
