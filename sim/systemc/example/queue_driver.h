// SPDX-License-Identifier: Apache-2.0
//
// The software side of one queue pair: rings in memory, doorbells, interrupts.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bus.h"
#include "cce_contract.hpp"

namespace cce::example {

class QueueDriver {
public:
    static constexpr unsigned ring_log2 = 4;
    static constexpr std::uint64_t submission_bytes = sizeof(contract::Descriptor) << ring_log2;
    static constexpr std::uint64_t completion_bytes = sizeof(contract::Completion) << ring_log2;
    /// Memory for both rings.
    static constexpr std::uint64_t ring_bytes = submission_bytes + completion_bytes;

    /// The rings lie at `rings`, which is a multiple of contract::ring_alignment_bytes.
    QueueDriver(Bus& bus, unsigned queue, std::uint64_t rings);

    /// Clears the rings and enables the queue and its interrupt.
    void start();
    /// Writes descriptors into the ring and rings the doorbell once, for all of them. At most a ring full.
    void submit(const std::vector<contract::Descriptor>& descriptors);
    /// Sleeps until so many completions have come; in their order.
    [[nodiscard]] std::vector<contract::Completion> wait(std::size_t count);

    /// The engine's cycle counter (low half) just before the last doorbell.
    [[nodiscard]] std::uint32_t doorbell_cycle() const { return doorbell_cycle_; }

private:
    [[nodiscard]] std::optional<contract::Completion> poll();

    Bus& bus_;
    unsigned queue_;
    std::uint64_t submission_base_;
    std::uint64_t completion_base_;
    std::uint16_t submission_tail_ = 0;
    std::uint16_t completion_head_ = 0;
    std::uint32_t doorbell_cycle_ = 0;
};

}  // namespace cce::example
