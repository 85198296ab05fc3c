// SPDX-License-Identifier: Apache-2.0
//
// One queue pair: its privileged registers, its doorbells, its ring indices, its state and its interrupt.

#pragma once

#include <cstdint>
#include <optional>

#include "cce_contract.hpp"
#include "queue/interrupt_moderator.h"
#include "types.h"

namespace cce::model {

/// Model of queue_pair.sv.
class QueuePair {
public:
    struct Inputs {
        bool engine_reset = false;
        bool write = false;
        bool doorbell_write = false;
        std::uint32_t offset = 0;
        std::uint32_t data = 0;
        bool fetch = false;
        bool read = false;
        bool drop = false;
        bool drop_failed = false;
        bool issue = false;
        bool finish = false;
        bool finish_written = false;
        bool finish_ok = false;
        std::uint32_t finish_bytes = 0;
        bool finish_failed = false;
        DmaFault fault;
    };

    void reset();
    void clock(const Inputs& inputs);
    /// A clock edge without inputs changes nothing.
    [[nodiscard]] bool at_rest() const {
        return !reset_ && !written_.valid && !completion_failed_ && !error_found() && moderator_.at_rest();
    }

    /// Cycles in which nothing but time happens, without inputs.
    [[nodiscard]] std::uint64_t steady_cycles() const {
        return reset_ || written_.valid || completion_failed_ || error_found()
                   ? 0
                   : moderator_.steady_cycles(moderator_inputs());
    }
    void advance(std::uint64_t cycles) { moderator_.advance(cycles); }

    /// Content of a register of the privileged page; nothing if there is none at `offset`.
    [[nodiscard]] std::optional<std::uint32_t> read(std::uint32_t offset) const;
    [[nodiscard]] static bool doorbell_known(std::uint32_t offset) {
        return offset == contract::doorbell_page::submission_tail || offset == contract::doorbell_page::completion_head;
    }

    [[nodiscard]] bool ready() const { return running() && work() && room() && in_flight_ != in_flight_maximum; }
    [[nodiscard]] bool reset_pending() const { return reset_; }
    [[nodiscard]] bool stopped() const { return error_ != contract::QueueError::none; }
    [[nodiscard]] std::uint64_t descriptor_address() const;
    [[nodiscard]] std::uint64_t completion_address() const;
    [[nodiscard]] bool completion_phase() const { return (completion_tail_ >> (completion_log2_ & 0xf) & 1) == 0; }
    [[nodiscard]] std::uint16_t submission_head() const { return submission_head_; }
    [[nodiscard]] bool unrestricted() const { return unrestricted_; }

    [[nodiscard]] bool interrupt() const { return moderator_.interrupt(moderator_inputs()); }
    /// The queue stops with an error in this cycle.
    [[nodiscard]] bool event() const { return !stopped() && !reset_ && error_found(); }
    [[nodiscard]] bool idle() const {
        return in_flight_ == 0 && !ready() && !reset_ && !completion_failed_ && !error_found() &&
               moderator_.idle(interrupt_enable_);
    }

private:
    static constexpr std::uint8_t in_flight_maximum = 0xff;

    [[nodiscard]] static std::uint16_t difference(std::uint16_t a, std::uint16_t b) {
        return static_cast<std::uint16_t>(a - b);
    }
    [[nodiscard]] std::uint16_t submission_size() const {
        return static_cast<std::uint16_t>(1U << (submission_log2_ & 0xf));
    }
    [[nodiscard]] std::uint16_t completion_size() const {
        return static_cast<std::uint16_t>(1U << (completion_log2_ & 0xf));
    }
    [[nodiscard]] bool work() const { return fetch_head_ != submission_tail_; }
    [[nodiscard]] bool room() const {
        return static_cast<std::uint16_t>(difference(completion_tail_, completion_head_) + owed_) < completion_size();
    }
    [[nodiscard]] bool running() const { return enable_ && !stopped() && !pause_ && !reset_; }
    [[nodiscard]] bool error_found() const { return new_error_ != contract::QueueError::none; }
    [[nodiscard]] bool busy() const { return in_flight_ != 0; }
    [[nodiscard]] bool enable_write(const Inputs& inputs) const;
    [[nodiscard]] bool ring_aligned() const;
    [[nodiscard]] bool ring_sized() const;
    [[nodiscard]] bool doorbell_counts() const { return enable_ && !stopped() && !reset_; }
    [[nodiscard]] bool submission_good(std::uint16_t value) const {
        return difference(value, submission_head_) <= submission_size();
    }
    [[nodiscard]] bool completion_good(std::uint16_t value) const {
        return difference(completion_tail_, value) <= difference(completion_tail_, completion_head_);
    }
    [[nodiscard]] contract::QueueError new_error(const Inputs& inputs) const;
    [[nodiscard]] InterruptModerator::Inputs moderator_inputs() const;
    void write_register(const Inputs& inputs);

    bool enable_ = false;
    bool pause_ = false;
    bool reset_ = false;
    bool interrupt_enable_ = false;
    std::uint8_t in_flight_ = 0;  ///< fetched, and not yet dropped or finished
    std::uint8_t owed_ = 0;       ///< of these without a completion entry being written
    contract::QueueError error_ = contract::QueueError::none;
    bool completion_failed_ = false;  ///< a completion entry could not be written, in the cycle before
    contract::QueueError new_error_ = contract::QueueError::none;  ///< found in the cycle before
    std::uint64_t submission_base_ = 0;
    std::uint64_t completion_base_ = 0;
    std::uint8_t submission_log2_ = 0;
    std::uint8_t completion_log2_ = 0;
    bool unrestricted_ = false;
    std::uint16_t interrupt_count_ = 0;
    std::uint32_t interrupt_time_ = 0;
    std::uint16_t fetch_head_ = 0;  ///< next descriptor to fetch; submission_head_: first one not read yet
    std::uint16_t submission_head_ = 0;
    std::uint16_t submission_tail_ = 0;
    std::uint16_t completion_head_ = 0;
    std::uint16_t completion_tail_ = 0;
    /// A completion entry was written in the cycle before: it is counted in this one.
    struct Written {
        bool valid = false;
        bool ok = false;
        std::uint32_t bytes = 0;
    };

    DmaFault fault_;
    Written written_;
    std::uint64_t completed_ = 0;
    std::uint64_t failed_ = 0;
    std::uint64_t bytes_ = 0;
    InterruptModerator moderator_;
};

}  // namespace cce::model
