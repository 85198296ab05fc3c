// SPDX-License-Identifier: Apache-2.0
//
// The software side of one queue pair: what a driver does, without an operating system.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cce_contract.hpp"
#include "harness/machine.h"

namespace cce::sim {

struct QueueOptions {
    unsigned submission_log2 = 6;  ///< log2 of the submission ring's entries
    unsigned completion_log2 = 6;  ///< log2 of the completion ring's entries
    bool unrestricted = true;      ///< descriptors may use the unrestricted region
    bool interrupt_enable = false;
    std::uint16_t interrupt_count = 0;
    std::uint32_t interrupt_time = 0;
};

/// What the engine counted for a queue since power-on.
struct QueueCounters {
    std::uint64_t completed = 0;
    std::uint64_t failed = 0;
    std::uint64_t bytes = 0;
};

/// A queue's last refused DMA access.
struct QueueFault {
    std::uint64_t address = 0;
    contract::FaultReason reason = contract::FaultReason::none;
    bool write = false;
};

/// What the status register says.
struct QueueStatus {
    contract::QueueState state = contract::QueueState::disabled;
    bool busy = false;
    bool empty = false;
    bool stalled = false;
    contract::QueueError error = contract::QueueError::none;
};

/// Rings in the machine's memory and the indices that go with them. One per hardware queue at a time.
class QueuePair {
public:
    /// Allocates both rings; does not touch the engine.
    QueuePair(Machine& machine, unsigned index, const QueueOptions& options = {});

    /// Writes the queue's registers, clears the rings and enables it. After a reset of the queue or the engine, again.
    void start();

    [[nodiscard]] unsigned index() const { return index_; }
    [[nodiscard]] unsigned submission_entries() const { return 1U << options_.submission_log2; }
    [[nodiscard]] unsigned completion_entries() const { return 1U << options_.completion_log2; }
    [[nodiscard]] std::uint64_t submission_base() const { return submission_base_; }
    [[nodiscard]] std::uint64_t completion_base() const { return completion_base_; }
    /// The address of an entry, by its free-running index.
    [[nodiscard]] std::uint64_t slot_address(std::uint16_t position) const;
    [[nodiscard]] std::uint64_t completion_address(std::uint16_t position) const;
    [[nodiscard]] const QueueOptions& options() const { return options_; }

    /// Slots that may be written, by what completions have said of the ring's head.
    [[nodiscard]] unsigned free_slots() const;
    /// Descriptors posted and not answered yet.
    [[nodiscard]] unsigned outstanding() const { return outstanding_; }

    /// Writes the next slot of the submission ring; the engine learns of it by `ring_submission`.
    /// Throws MachineError if the ring is full.
    void post(const contract::Descriptor& descriptor);
    void ring_submission();
    /// `post` and `ring_submission`.
    void submit(const contract::Descriptor& descriptor);

    /// Takes the next completion if it is there (by its phase). Memory only, no register.
    [[nodiscard]] std::optional<contract::Completion> poll();
    /// Tells the engine which completions were taken.
    void ring_completion();
    /// Advances the machine until a completion is there, takes it and rings the completion doorbell.
    contract::Completion wait(std::uint64_t limit = 1'000'000);
    /// `submit` and `wait`. Nothing else may be outstanding.
    contract::Completion run(const contract::Descriptor& descriptor, std::uint64_t limit = 1'000'000);

    /// Pauses and waits until no request of this queue is in flight.
    void pause(std::uint64_t limit = 1'000'000);
    void resume();
    /// Waits until every posted request is answered; their completions are returned in the order of the ring.
    std::vector<contract::Completion> drain(std::uint64_t limit = 10'000'000);
    /// Resets the queue and waits until no DMA of it can follow. `start` puts it to work again.
    void reset(std::uint64_t limit = 1'000'000);

    [[nodiscard]] QueueStatus status();
    [[nodiscard]] QueueCounters counters();
    [[nodiscard]] QueueFault fault();

    /// Register `offset` (of contract::queue_page) of this queue.
    [[nodiscard]] std::uint32_t read_register(std::uint32_t offset);
    void write_register(std::uint32_t offset, std::uint32_t value);

    /// Free-running indices of the software side.
    [[nodiscard]] std::uint16_t submission_tail() const { return submission_tail_; }
    [[nodiscard]] std::uint16_t completion_head() const { return completion_head_; }

private:
    [[nodiscard]] std::uint32_t control_value() const;

    Machine& machine_;
    unsigned index_;
    QueueOptions options_;
    std::uint64_t submission_base_;
    std::uint64_t completion_base_;
    std::uint16_t submission_tail_ = 0;
    std::uint16_t submission_head_ = 0;
    std::uint16_t completion_head_ = 0;
    unsigned outstanding_ = 0;
};

}  // namespace cce::sim
