// SPDX-License-Identifier: Apache-2.0
//
// The memory side of the engine's AXI4 manager port: turns pins into the burst-level calls of EngineHost.

#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>

#include "engine/axi_monitor.h"
#include "engine/engine.h"

namespace cce::sim {

/// An AXI4 subordinate with the timing that EngineHost::schedule declares. Several bursts may be outstanding; reads
/// and write responses come in the order in which the addresses were accepted.
///
/// A cycle is three calls: `drive` fixes what the subordinate shows on its own, `answer` fixes the readys that may
/// depend on the engine's valids and moves the data of the handshakes of this cycle, `finish` is the clock edge.
class AxiMemory {
public:
    AxiMemory(EngineHost& host, unsigned bytes_per_beat) : host_(host), bytes_per_beat_(bytes_per_beat) {}

    /// What the subordinate shows on R and B besides the data.
    struct Shown {
        bool r_valid = false;
        bool r_last = false;
        std::uint8_t r_id = 0;
        bool b_valid = false;
        bool b_error = false;
        std::uint8_t b_id = 0;
        bool w_ready = false;
    };

    void reset() {
        reads_.clear();
        writes_.clear();
        responses_.clear();
        aw_ = {};
        ar_ = {};
    }

    /// True when no burst is under way.
    [[nodiscard]] bool quiet() const { return reads_.empty() && writes_.empty() && responses_.empty() && !aw_ && !ar_; }

    [[nodiscard]] Shown drive(std::uint64_t cycle) const {
        Shown shown;
        if (!reads_.empty() && cycle >= reads_.front().next) {
            shown.r_valid = true;
            shown.r_last = reads_.front().done + 1 == reads_.front().burst.beats;
            shown.r_id = reads_.front().burst.id;
        }
        if (!responses_.empty() && cycle >= responses_.front().next) {
            shown.b_valid = true;
            shown.b_error = responses_.front().error;
            shown.b_id = responses_.front().burst.id;
        }
        shown.w_ready = !writes_.empty() && cycle >= writes_.front().next;
        return shown;
    }

    /// Decides whether the address shown by the engine is accepted in this cycle.
    [[nodiscard]] bool accept(std::uint64_t cycle, Direction direction, const AddressPins& pins) {
        std::optional<Transfer>& waiting = direction == Direction::read ? ar_ : aw_;
        if (!pins.valid) return false;
        if (!waiting) {
            waiting.emplace();
            waiting->burst = {direction, pins.address, pins.length + 1U, bytes_per_beat_, pins.id, cycle};
            waiting->schedule = host_.schedule(waiting->burst);
            waiting->next = cycle + waiting->schedule.address_wait;
        }
        return cycle >= waiting->next;
    }

    /// The read beat shown in this cycle is being taken. Fills `data` (all lanes); false: bus error.
    [[nodiscard]] bool take_read_beat(std::span<std::uint8_t> data) {
        const Transfer& read = reads_.front();
        const auto gap = read.done == 0 ? static_cast<std::size_t>(read.burst.address % bytes_per_beat_) : 0;
        return host_.read(read.burst.beat_address(read.done) + gap, data.subspan(gap));
    }

    /// A write beat is being transferred in this cycle.
    void put_write_beat(std::span<const std::uint8_t> data, std::span<const std::uint8_t> strobe) {
        Transfer& write = writes_.front();
        if (!host_.write(write.burst.beat_address(write.done), data, strobe)) write.error = true;
    }

    /// The clock edge at the end of `cycle`, which finds `pins`.
    void finish(std::uint64_t cycle, const AxiPins& pins) {
        if (pins.r.valid && pins.r.ready) step(reads_, cycle);
        if (pins.b.valid && pins.b.ready) responses_.pop_front();
        if (pins.w.valid && pins.w.ready) {
            const bool last = writes_.front().done + 1 == writes_.front().burst.beats;
            if (last) {
                responses_.push_back(writes_.front());
                responses_.back().next = cycle + 1 + responses_.back().schedule.response_wait;
            }
            step(writes_, cycle);
        }
        if (pins.ar.valid && pins.ar.ready) begin(ar_, reads_, cycle);
        if (pins.aw.valid && pins.aw.ready) begin(aw_, writes_, cycle);
    }

private:
    /// A burst on its way.
    struct Transfer {
        Burst burst;
        BurstSchedule schedule;
        unsigned done = 0;       ///< beats transferred
        std::uint64_t next = 0;  ///< earliest cycle of the next step
        bool error = false;
    };

    static void begin(std::optional<Transfer>& waiting, std::deque<Transfer>& list, std::uint64_t cycle) {
        list.push_back(*waiting);
        list.back().next = cycle + 1 + list.back().schedule.beat_wait[0];
        waiting.reset();
    }

    static void step(std::deque<Transfer>& list, std::uint64_t cycle) {
        Transfer& front = list.front();
        ++front.done;
        if (front.done == front.burst.beats) {
            list.pop_front();
        } else {
            front.next = cycle + 1 + front.schedule.beat_wait[front.done];
        }
    }

    EngineHost& host_;
    unsigned bytes_per_beat_;
    std::optional<Transfer> aw_;  ///< shown, not accepted
    std::optional<Transfer> ar_;
    std::deque<Transfer> reads_;
    std::deque<Transfer> writes_;
    std::deque<Transfer> responses_;
};

}  // namespace cce::sim
