// SPDX-License-Identifier: Apache-2.0
//
// Ends the requests whose slots are finished: writes their completion entries, several under way at once.

#pragma once

#include <array>
#include <cstdint>

#include "cce_contract.hpp"
#include "common/round_robin_arbiter.h"
#include "common/stream_fifo.h"
#include "configuration.h"
#include "queue/request_dispatcher.h"
#include "queue/slot_table.h"
#include "types.h"

namespace cce::model {

/// Model of completion_writer.sv. On a bus of 16 bytes an entry takes two beats, else one.
class CompletionWriter {
public:
    struct Inputs {
        std::uint32_t timestamp = 0;
        bool start = false;
        unsigned start_slot = 0;
        const RequestDispatcher::Start* start_request{};  ///< with start
        SlotMask finished = 0;
        QueueMask reset_pending = 0;
        const SlotTable* slots{};
        bool request_ready = false;
        const contract::Completion* entry{};  ///< with request_ready: see `entry`
        bool beat_ready = false;
        bool done = false;
        unsigned done_slot = 0;
    };

    /// A request leaves the engine.
    struct Finish {
        bool valid = false;
        unsigned slot = 0;
        bool written = false;  ///< its entry is written
        bool failed = false;   ///< its entry could not be written
    };

    explicit CompletionWriter(unsigned data_bytes) : data_bytes_(data_bytes) {}

    void reset();
    void clock(const Inputs& inputs);

    [[nodiscard]] bool request_valid() const { return request_ && entries_.count() != entry_depth; }
    /// The queue that the request belongs to, while one is shown.
    [[nodiscard]] unsigned request_queue() const { return queue_; }
    [[nodiscard]] DmaRequest request(std::uint64_t address) const;
    [[nodiscard]] unsigned request_tag() const { return slot_; }
    /// Whose next IV is wanted.
    [[nodiscard]] unsigned next_iv_slot() const { return slot_; }
    /// From whom it is wanted; all false: it is zero.
    struct NextIvSource {
        bool stream = false;
        bool lane = false;
        bool key_wrap = false;
        bool hash = false;
    };
    [[nodiscard]] NextIvSource next_iv_source(contract::Status status) const;
    /// The entry without its next IV.
    [[nodiscard]] contract::Completion entry(contract::Status status, std::uint16_t submission_head, bool phase) const;

    [[nodiscard]] bool beat_valid() const { return entries_.valid(); }
    /// Defined only with beat_valid. All its lanes are written.
    void beat_data(Beat& beat) const;

    /// Same cycle: the request that leaves, by an answer of the write port or without an entry. An answer goes first.
    [[nodiscard]] Finish finish(bool done, unsigned done_slot, bool done_error) const {
        if (done) return {true, done_slot, !done_error, done_error};
        return {discard_, slot_, false, false};
    }
    [[nodiscard]] std::uint32_t bytes(unsigned slot) const { return requests_[slot].bytes; }
    /// A clock edge without start, an answer and a beat taken changes nothing.
    [[nodiscard]] bool at_rest(SlotMask finished) const {
        return !discard_ && !look_ && ((finished & ~writing_) == 0 || request_);
    }
    [[nodiscard]] bool idle() const { return !request_ && !entries_.valid() && writing_ == 0; }

private:
    static constexpr unsigned entry_depth = 8;

    struct Request {
        std::uint32_t cookie = 0;
        std::uint32_t start_cycle = 0;
        std::uint32_t bytes = 0;
        bool cipher = false;
        bool stream = false;
        bool key_wrap = false;
        bool hash = false;
    };

    unsigned data_bytes_;
    std::array<Request, Configuration::slot_count> requests_{};
    SlotMask writing_ = 0;  ///< its entry is on its way
    bool request_ = false;
    unsigned slot_ = 0;
    unsigned queue_ = 0;
    std::uint32_t end_cycle_ = 0;
    StreamFifo<contract::Completion, entry_depth> entries_;  ///< whose beats are still to be given
    bool second_ = false;                                    ///< the second of two beats is to be given
    bool look_ = false;  ///< it is to be seen whether the request leaves without an entry
    bool discard_ = false;
    RoundRobinArbiter<Configuration::slot_count> slots_;
};

}  // namespace cce::model
