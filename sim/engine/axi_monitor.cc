// SPDX-License-Identifier: Apache-2.0

#include "engine/axi_monitor.h"

#include <algorithm>
#include <bit>
#include <sstream>

namespace cce::sim {

namespace {

constexpr std::uint8_t burst_incr = 1;
constexpr std::uint64_t boundary = 4096;

bool same_payload(const AddressPins& a, const AddressPins& b) {
    return a.address == b.address && a.length == b.length && a.size == b.size && a.burst == b.burst && a.id == b.id &&
           a.cache == b.cache && a.protection == b.protection;
}

}  // namespace

void AxiMonitor::reset() {
    before_ = {};
    writes_.clear();
    unanswered_.clear();
    reads_.clear();
}

bool AxiMonitor::quiet() const {
    return writes_.empty() && unanswered_.empty() && reads_.empty() && !before_.aw.valid && !before_.w.valid &&
           !before_.ar.valid;
}

void AxiMonitor::fail(std::string_view channel, std::string_view rule) const {
    std::ostringstream text;
    text << "AXI: cycle " << cycle_ << ", channel " << channel << ": " << rule;
    throw EngineFault(text.str());
}

void AxiMonitor::check_address(std::string_view channel, const AddressPins& now, const AddressPins& before) const {
    if (before.valid && !before.ready) {
        if (!now.valid) fail(channel, "valid fell before ready");
        if (!same_payload(now, before)) fail(channel, "the payload changed before ready");
        return;  // the rest was checked when it first appeared
    }
    if (!now.valid) return;
    if (now.burst != burst_incr) fail(channel, "the burst type is not INCR");
    if (now.size != std::countr_zero(bytes_per_beat_)) fail(channel, "the size of a beat is not the width of the bus");
    const std::uint64_t offset = now.address & (boundary - 1) & ~std::uint64_t{bytes_per_beat_ - 1};
    const std::uint64_t bytes = (std::uint64_t{now.length} + 1) * bytes_per_beat_;
    if (offset + bytes > boundary) fail(channel, "the burst crosses a 4 KiB boundary");
}

void AxiMonitor::check_data(const WriteDataPins& now) {
    const WriteDataPins& before = before_.w;
    if (before.valid && !before.ready) {
        if (!now.valid) fail("W", "valid fell before ready");
        const auto count = static_cast<std::ptrdiff_t>(bytes_per_beat_);
        if (now.last != before.last || now.strobe != before.strobe ||
            !std::equal(now.data.begin(), now.data.begin() + count, before.data.begin())) {
            fail("W", "the payload changed before ready");
        }
    }
    if (!now.valid || !now.ready) return;
    if (writes_.empty()) fail("W", "data without an address");
    Open& burst = writes_.front();
    const auto gap = burst.done == 0 ? static_cast<unsigned>(burst.address % bytes_per_beat_) : 0U;
    if ((now.strobe & ((std::uint64_t{1} << gap) - 1)) != 0) fail("W", "a strobe in front of the start address");
    ++burst.done;
    if (now.last != (burst.done == burst.beats)) fail("W", now.last ? "WLAST too early" : "WLAST missing");
    if (now.last) {
        unanswered_.push_back(burst);
        writes_.pop_front();
    }
}

void AxiMonitor::check_write_response(const ResponsePins& now) {
    const ResponsePins& before = before_.b;
    if (before.valid && !before.ready && (!now.valid || now.id != before.id)) fail("B", "valid fell before ready");
    if (!now.valid || !now.ready) return;
    const auto burst =
        std::find_if(unanswered_.begin(), unanswered_.end(), [&](const Open& o) { return o.id == now.id; });
    if (burst == unanswered_.end()) fail("B", "a response that belongs to no burst");
    unanswered_.erase(burst);
}

void AxiMonitor::check_read_data(const ResponsePins& now) {
    const ResponsePins& before = before_.r;
    if (before.valid && !before.ready && (!now.valid || now.id != before.id)) fail("R", "valid fell before ready");
    if (!now.valid || !now.ready) return;
    const auto burst = std::find_if(reads_.begin(), reads_.end(), [&](const Open& o) { return o.id == now.id; });
    if (burst == reads_.end()) fail("R", "a beat that belongs to no burst");
    ++burst->done;
    if (now.last != (burst->done == burst->beats)) fail("R", "RLAST is not on the last beat");
    if (now.last) reads_.erase(burst);
}

void AxiMonitor::check(std::uint64_t cycle, const AxiPins& pins) {
    cycle_ = cycle;
    check_address("AW", pins.aw, before_.aw);
    check_address("AR", pins.ar, before_.ar);
    // Responses and data first: an address accepted in this cycle can have neither yet.
    check_write_response(pins.b);
    check_read_data(pins.r);
    check_data(pins.w);
    if (pins.aw.valid && pins.aw.ready) writes_.push_back({pins.aw.address, pins.aw.length + 1U, 0, pins.aw.id});
    if (pins.ar.valid && pins.ar.ready) reads_.push_back({pins.ar.address, pins.ar.length + 1U, 0, pins.ar.id});
    before_ = pins;
}

}  // namespace cce::sim
