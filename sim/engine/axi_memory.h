// SPDX-License-Identifier: Apache-2.0
//
// The memory side of the engine's AXI4 manager port: turns pins into the burst-level calls of EngineHost.

#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <optional>
#include <span>

#include "common/motion.h"
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
            shown.b_id = responses_.front().id;
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
            waiting->constant_schedule = host_.constant_schedule();
            waiting->next = cycle + waiting->schedule.address_wait;
        }
        return cycle >= waiting->next || host_.ends_address_wait(cycle);
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

    /// The next cycles, if the engine shows no address meanwhile.
    struct Steady {
        std::uint64_t cycles = 0;  ///< so many, in which all of the following holds
        bool r_valid = false;      ///< a read beat of one burst is shown in each of them; else in none
        bool w_ready = false;      ///< write beats are taken in each of them; else in none
        unsigned w_beats = 0;      ///< but not more than so many: then the burst ends, or there is a wait
        /// A response without error is shown in this one, the first one being 0; else in none.
        std::uint64_t b_cycle = ~std::uint64_t{0};
    };
    [[nodiscard]] Steady steady(std::uint64_t cycle) const {
        Steady steady;
        if (aw_ || ar_) return steady;
        std::uint64_t cycles = ~std::uint64_t{0};
        if (!responses_.empty()) {
            const Response& response = responses_.front();
            const std::uint64_t wait = until(cycle, response.next);
            if (response.error) {
                cycles = wait;
            } else {
                steady.b_cycle = wait;
                if (responses_.size() > 1) cycles = std::max(until(cycle, responses_[1].next), wait + 1);
            }
        }
        if (!reads_.empty()) {
            const std::uint64_t wait = until(cycle, reads_.front().next);
            steady.r_valid = wait == 0;
            cycles = std::min(cycles, wait == 0 ? beats_without_wait(reads_.front()) : wait);
        }
        if (!writes_.empty()) {
            const std::uint64_t wait = until(cycle, writes_.front().next);
            steady.w_ready = wait == 0;
            if (wait == 0) {
                steady.w_beats = beats_without_wait(writes_.front());
            } else {
                cycles = std::min(cycles, wait);
            }
        }
        steady.cycles = cycles;
        return steady;
    }
    /// After `accept`: cycles, this one included, before the first beat of the read burst that was accepted.
    [[nodiscard]] std::uint64_t before_first_beat() const {
        return reads_.empty() ? std::uint64_t{1} + ar_->schedule.beat_wait[0] : ~std::uint64_t{0};
    }
    /// Addresses of the next beat of the oldest bursts.
    [[nodiscard]] std::uint64_t read_address() const { return reads_.front().burst.beat_address(reads_.front().done); }
    [[nodiscard]] std::uint64_t write_address() const {
        return writes_.front().burst.beat_address(writes_.front().done);
    }
    /// What happens in some cycles of `steady`. A write burst's last beat, and one behind which there is a wait, is
    /// given in the last of them; response and addresses come in the first.
    struct Moved {
        unsigned read_beats = 0;
        unsigned write_beats = 0;
        bool response = false;
        bool read_accepted = false;
        bool write_accepted = false;
    };
    void advance(std::uint64_t cycle, std::uint64_t cycles, const Moved& moved) {
        const std::uint64_t last_cycle = cycle + cycles - 1;
        if (moved.response) responses_.pop_front();
        if (moved.read_accepted) begin(ar_, reads_, cycle);
        if (moved.write_accepted) begin(aw_, writes_, cycle);
        if (moved.write_beats != 0) {
            writes_.front().done += moved.write_beats - 1;
            end_write_beat(last_cycle);
        }
        if (moved.read_beats != 0) {
            reads_.front().done += moved.read_beats - 1;
            if (end_read_beat(last_cycle)) ++reads_ended_;
        }
    }

    /// What `advance` may change, see model::Motion; `schedule`: EngineHost::constant_schedule.
    void visit(model::Motion& motion, std::uint64_t schedule) {
        const auto transfer = [&](Transfer& visited) {
            motion.bytes(visited.burst.address);
            motion.constant(visited.burst.beats);
            motion.constant(visited.burst.id);
            motion.expect(visited.constant_schedule == schedule && !visited.error);
            motion.constant(visited.done);
            motion.time(visited.next);
        };
        for (std::deque<Transfer>* list : {&reads_, &writes_}) {
            motion.constant(list->size());
            for (Transfer& visited : *list) transfer(visited);
        }
        for (std::optional<Transfer>* waiting : {&ar_, &aw_}) {
            motion.constant(waiting->has_value());
            if (waiting->has_value()) transfer(**waiting);
        }
        motion.constant(responses_.size());
        for (Response& response : responses_) {
            motion.constant(response.id);
            motion.expect(!response.error);
            motion.time(response.next);
        }
    }
    /// Read bursts that have ended in bulk advances.
    [[nodiscard]] std::uint64_t reads_ended() const { return reads_ended_; }

    /// The clock edge at the end of `cycle`, which finds `pins`.
    void finish(std::uint64_t cycle, const AxiPins& pins) {
        if (pins.r.valid && pins.r.ready) end_read_beat(cycle);
        if (pins.b.valid && pins.b.ready) responses_.pop_front();
        if (pins.w.valid && pins.w.ready) end_write_beat(cycle);
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
        std::uint64_t constant_schedule = 0;  ///< EngineHost::constant_schedule at that time
        mutable unsigned flow_end = 0;  ///< the next beat behind which there is a wait, or the last one; once known
    };
    /// A write burst whose response is still to be shown.
    struct Response {
        std::uint64_t next = 0;  ///< earliest cycle
        std::uint8_t id = 0;
        bool error = false;
    };

    /// Cycles from `cycle` on that come before `next`.
    static std::uint64_t until(std::uint64_t cycle, std::uint64_t next) { return next > cycle ? next - cycle : 0; }

    /// Beats that follow one another without a wait, the next one first.
    static unsigned beats_without_wait(const Transfer& transfer) {
        if (transfer.done > transfer.flow_end || transfer.done == 0) {
            const auto& wait = transfer.schedule.beat_wait;
            unsigned next = transfer.done + 1;
            // Four at once, as long as there are four.
            for (std::uint64_t four = 0; next + 4 <= transfer.burst.beats; next += 4) {
                std::memcpy(&four, &wait[next], sizeof four);
                if (four != 0) break;
            }
            while (next < transfer.burst.beats && wait[next] == 0) ++next;
            transfer.flow_end = next - 1;
        }
        return transfer.flow_end - transfer.done + 1;
    }

    static void begin(std::optional<Transfer>& waiting, std::deque<Transfer>& list, std::uint64_t cycle) {
        list.push_back(*waiting);
        list.back().next = cycle + 1 + list.back().schedule.beat_wait[0];
        waiting.reset();
    }

    /// True if the burst has ended.
    bool end_read_beat(std::uint64_t cycle) {
        const Transfer& read = reads_.front();
        if (read.done + 1 == read.burst.beats) host_.read_ended(read.burst);
        return step(reads_, cycle);
    }

    void end_write_beat(std::uint64_t cycle) {
        const Transfer& write = writes_.front();
        if (write.done + 1 == write.burst.beats) {
            const WriteAnswer answer = host_.write_ended(write.burst, write.schedule, cycle);
            responses_.push_back({cycle + 1 + answer.response_wait, write.burst.id, write.error || answer.error});
        }
        step(writes_, cycle);
    }

    /// True if the burst has ended.
    static bool step(std::deque<Transfer>& list, std::uint64_t cycle) {
        Transfer& front = list.front();
        ++front.done;
        if (front.done == front.burst.beats) {
            list.pop_front();
            return true;
        }
        front.next = cycle + 1 + front.schedule.beat_wait[front.done];
        return false;
    }

    EngineHost& host_;
    unsigned bytes_per_beat_;
    std::optional<Transfer> aw_;  ///< shown, not accepted
    std::optional<Transfer> ar_;
    std::deque<Transfer> reads_;
    std::deque<Transfer> writes_;
    std::deque<Response> responses_;
    std::uint64_t reads_ended_ = 0;
};

}  // namespace cce::sim
