// SPDX-License-Identifier: Apache-2.0
//
// The monitor notices each broken rule, and says where.

#include "engine/axi_monitor.h"

#include <gtest/gtest.h>

#include <functional>

namespace cce::sim {
namespace {

constexpr unsigned bytes = 16;

AddressPins address(std::uint64_t where, unsigned beats, bool ready = true) {
    AddressPins pins;
    pins.valid = true;
    pins.ready = ready;
    pins.address = where;
    pins.length = static_cast<std::uint8_t>(beats - 1);
    pins.size = 4;
    return pins;
}

WriteDataPins data(bool last, bool ready = true, std::uint64_t strobe = 0xffff) {
    WriteDataPins pins;
    pins.valid = true;
    pins.ready = ready;
    pins.last = last;
    pins.strobe = strobe;
    return pins;
}

/// Runs the cycles one after another; the text of the fault, or an empty text.
std::string verdict(const std::vector<AxiPins>& cycles) {
    AxiMonitor monitor(bytes);
    try {
        for (std::size_t i = 0; i < cycles.size(); ++i) monitor.check(100 + i, cycles[i]);
    } catch (const EngineFault& fault) {
        return fault.what();
    }
    return monitor.quiet() ? "" : "not quiet";
}

TEST(AxiMonitor, AcceptsGoodTraffic) {
    EXPECT_EQ(
        verdict({{.aw = address(0x1003, 2), .w = {}, .b = {}, .ar = address(0x2000, 1), .r = {}},
                 {.aw = {}, .w = data(false, true, 0xfff8), .b = {}, .ar = {}, .r = {.valid = true, .ready = true}},
                 {.aw = {}, .w = data(true, false), .b = {}, .ar = {}, .r = {}},
                 {.aw = {}, .w = data(true), .b = {}, .ar = {}, .r = {}},
                 {.aw = {}, .w = {}, .b = {.valid = true, .ready = true}, .ar = {}, .r = {}}}),
        "");
    // A burst up to the very end of its page.
    EXPECT_EQ(verdict({{.aw = {}, .w = {}, .b = {}, .ar = address(0x1f80, 8, false), .r = {}}}), "not quiet");
}

TEST(AxiMonitor, NamesEachBrokenRule) {
    AxiPins none;
    const auto ar = [](const AddressPins& pins) {
        AxiPins all;
        all.ar = pins;
        return all;
    };
    const auto aw = [](const AddressPins& pins) {
        AxiPins all;
        all.aw = pins;
        return all;
    };
    const auto w = [](const WriteDataPins& pins) {
        AxiPins all;
        all.w = pins;
        return all;
    };
    const auto b = [](std::uint8_t id) {
        AxiPins all;
        all.b = {.valid = true, .ready = true, .id = id};
        return all;
    };
    const auto r = [](bool last, std::uint8_t id) {
        AxiPins all;
        all.r = {.valid = true, .ready = true, .last = last, .id = id};
        return all;
    };
    EXPECT_EQ(verdict({ar(address(0, 1, false)), none}), "AXI: cycle 101, channel AR: valid fell before ready");
    EXPECT_EQ(verdict({aw(address(0, 1, false)), aw(address(64, 1))}),
              "AXI: cycle 101, channel AW: the payload changed before ready");
    EXPECT_EQ(verdict({ar(address(0x1ff1, 2))}), "AXI: cycle 100, channel AR: the burst crosses a 4 KiB boundary");
    AddressPins wrong = address(0, 1);
    wrong.burst = 2;
    EXPECT_EQ(verdict({aw(wrong)}), "AXI: cycle 100, channel AW: the burst type is not INCR");
    wrong = address(0, 1);
    wrong.size = 3;
    EXPECT_EQ(verdict({ar(wrong)}), "AXI: cycle 100, channel AR: the size of a beat is not the width of the bus");
    EXPECT_EQ(verdict({w(data(true))}), "AXI: cycle 100, channel W: data without an address");
    EXPECT_EQ(verdict({aw(address(0, 2)), w(data(true))}), "AXI: cycle 101, channel W: WLAST too early");
    EXPECT_EQ(verdict({aw(address(0, 1)), w(data(false))}), "AXI: cycle 101, channel W: WLAST missing");
    EXPECT_EQ(verdict({aw(address(3, 1)), w(data(true))}),
              "AXI: cycle 101, channel W: a strobe in front of the start address");
    EXPECT_EQ(verdict({aw(address(0, 1)), w(data(true, false)), w(data(true, false, 1))}),
              "AXI: cycle 102, channel W: the payload changed before ready");
    EXPECT_EQ(verdict({aw(address(0, 1)), w(data(true, false)), none}),
              "AXI: cycle 102, channel W: valid fell before ready");
    EXPECT_EQ(verdict({aw(address(0, 1)), b(0)}), "AXI: cycle 101, channel B: a response that belongs to no burst");
    EXPECT_EQ(verdict({aw(address(0, 1)), w(data(true)), b(3)}),
              "AXI: cycle 102, channel B: a response that belongs to no burst");
    EXPECT_EQ(verdict({aw(address(0, 1)), w(data(true)), b(0), b(0)}),
              "AXI: cycle 103, channel B: a response that belongs to no burst");
    EXPECT_EQ(verdict({ar(address(0, 2)), r(true, 0)}), "AXI: cycle 101, channel R: RLAST is not on the last beat");
    EXPECT_EQ(verdict({ar(address(0, 1)), r(true, 1)}), "AXI: cycle 101, channel R: a beat that belongs to no burst");
}

}  // namespace
}  // namespace cce::sim
