// SPDX-License-Identifier: Apache-2.0
//
// Knows for each slot where its text goes on in memory: the current segment of its buffer or of its scatter-gather
// list.

#pragma once

#include <array>
#include <cstdint>

#include "cce_contract.hpp"
#include "common/motion.h"
#include "common/round_robin_arbiter.h"
#include "configuration.h"
#include "types.h"

namespace cce::model {

/// Where a slot's text goes on.
struct Segment {
    std::uint64_t address = 0;
    std::uint32_t left = 0;  ///< bytes left in the segment
    std::uint16_t region = 0;
    bool unrestricted = false;
    std::uint8_t queue_index = 0;
};

/// Model of segment_walker.sv. One list is worked on at a time: an entry of a cached unit is looked at two
/// cycles after its slot was chosen, so it is ready three cycles after it was wanted.
class SegmentWalker {
public:
    struct Inputs {
        bool start = false;
        unsigned start_slot = 0;
        bool start_needed = false;  ///< there is text at all
        bool start_list = false;
        std::uint64_t start_address = 0;
        std::uint16_t start_region = 0;
        bool start_unrestricted = false;
        std::uint8_t start_queue = 0;
        bool restart = false;  ///< begin again, as at the slot's start
        unsigned restart_slot = 0;
        SlotMask stop = 0;  ///< slots whose text is no longer wanted
        unsigned query_slot = 0;
        bool take = false;  ///< from query_slot
        unsigned take_bytes = 0;
        bool take_more = false;  ///< the text goes on behind these bytes
        bool request_ready = false;
        bool denied = false;  ///< two cycles after it was taken
        bool beat_valid = false;
        ReadTag beat_tag = 0;
        const Beat* beat_data{};  ///< with beat_valid
        bool beat_first = false;
        bool beat_last = false;
        bool beat_error = false;
    };

    SegmentWalker(unsigned data_bytes, contract::Status list_access, contract::Status list_format)
        : data_bytes_(data_bytes), list_access_(list_access), list_format_(list_format) {}

    void reset();
    void clock(const Inputs& inputs);

    /// A segment with bytes left is known.
    [[nodiscard]] SlotMask ready() const { return ready_; }
    /// A list of the slot is being worked on.
    [[nodiscard]] SlotMask busy() const { return fetching_ | (state_ != State::idle ? bit(slot_) : 0); }
    [[nodiscard]] Segment query(unsigned slot) const;

    /// A list is wrong: told a cycle after it was found.
    [[nodiscard]] bool error() const { return error_; }
    [[nodiscard]] unsigned error_slot() const { return error_slot_; }
    [[nodiscard]] contract::Status error_status() const { return error_status_; }

    /// A clock edge without start, restart, take and beats changes nothing.
    [[nodiscard]] bool at_rest(SlotMask stop) const {
        return state_ == State::idle && !error_ && (want_ & ~fetching_ & ~stop) == 0;
    }

    /// What a bulk advance may change: where the text of `slot` goes on.
    void visit(Motion& motion, unsigned slot) {
        motion.constant(fresh_);
        motion.constant(ready_);
        motion.constant(want_);
        motion.constant(start_[slot].list);
        motion.bytes(progress_[slot].address);
        motion.bytes_left(progress_[slot].left);  // of a buffer, which has no end of its own, nobody looks at it
    }

    [[nodiscard]] bool request_valid() const { return state_ == State::fetch; }
    [[nodiscard]] DmaRequest request() const;
    [[nodiscard]] ReadTag request_tag() const { return slot_; }

private:
    enum class State : std::uint8_t { idle, read, look, fetch, asked, answer };

    static constexpr unsigned unit_bytes = contract::list_fetch_bytes;
    static constexpr unsigned entry_bytes = sizeof(contract::ListEntry);
    static constexpr unsigned unit_entries = unit_bytes / entry_bytes;

    /// What a slot was started with.
    struct Start {
        bool list = false;
        std::uint64_t address = 0;
        std::uint16_t region = 0;
        bool unrestricted = false;
        std::uint8_t queue_index = 0;
    };
    struct Progress {
        std::uint64_t address = 0;
        std::uint32_t left = 0;
        std::uint16_t region = 0;
        bool last = false;
        std::uint64_t list_address = 0;  ///< of the next entry
    };
    struct CachedEntry {
        contract::ListEntry entry;
        bool failed = false;
    };

    [[nodiscard]] std::uint64_t work_address() const {
        return has(fresh_, slot_) ? start_[slot_].address : progress_[slot_].list_address;
    }
    [[nodiscard]] unsigned entry_index() const {
        return static_cast<unsigned>(work_address() / entry_bytes) % unit_entries;
    }
    [[nodiscard]] const CachedEntry& entry() const { return units_[slot_][entry_index()]; }
    /// What is wrong with the entry looked at; ok if nothing is or if it is not there yet.
    [[nodiscard]] contract::Status look_error() const;
    void tell(contract::Status status) {
        error_ = true;
        error_slot_ = slot_;
        error_status_ = status;
    }

    unsigned data_bytes_;
    contract::Status list_access_;
    contract::Status list_format_;
    std::array<Start, Configuration::slot_count> start_{};
    std::array<Progress, Configuration::slot_count> progress_{};
    std::array<std::array<CachedEntry, unit_entries>, Configuration::slot_count> units_{};
    SlotMask fresh_ = 0;  ///< nothing in progress_ yet
    SlotMask ready_ = 0;
    SlotMask want_ = 0;      ///< waits for the next entry of its list
    SlotMask cached_ = 0;    ///< the unit of the next entry is in units_
    SlotMask fetching_ = 0;  ///< that unit is on its way
    State state_ = State::idle;
    unsigned slot_ = 0;
    bool error_ = false;
    unsigned error_slot_ = 0;
    contract::Status error_status_{};
    unsigned beat_ = 0;  ///< beats of the unit that have come
    RoundRobinArbiter<Configuration::slot_count> wanting_;
};

}  // namespace cce::model
