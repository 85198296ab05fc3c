// SPDX-License-Identifier: Apache-2.0
//
// Fetches descriptors ahead, a few for each queue pair, and shows the oldest of each queue to the dispatcher.

#pragma once

#include <array>
#include <cstdint>

#include "cce_contract.hpp"
#include "common/round_robin_arbiter.h"
#include "configuration.h"
#include "types.h"

namespace cce::model {

/// Model of descriptor_fetcher.sv.
class DescriptorFetcher {
public:
    struct Inputs {
        std::uint32_t timestamp = 0;
        QueueMask ready = 0;
        bool request_ready = false;
        bool beat_valid = false;
        ReadTag beat_tag = 0;
        const Beat* beat_data{};  ///< with beat_valid
        bool beat_first = false;
        bool beat_last = false;
        bool beat_error = false;
        bool take = false;
        unsigned queue = 0;  ///< with take
    };

    explicit DescriptorFetcher(unsigned data_bytes) : data_bytes_(data_bytes) {}

    void reset();
    void clock(const Inputs& inputs);

    [[nodiscard]] bool request_valid(QueueMask ready) const { return (ready & room_) != 0; }
    /// The queue whose descriptor is asked for. Defined only with request_valid.
    [[nodiscard]] unsigned request_queue(QueueMask ready) const { return queues_.index(ready & room_); }
    [[nodiscard]] static DmaRequest request(unsigned queue, std::uint64_t address);
    [[nodiscard]] ReadTag request_tag(unsigned queue) const { return queue * depth + asked_[queue] % depth; }
    /// The queue that a beat belongs to.
    [[nodiscard]] static unsigned beat_queue(ReadTag tag) {
        return static_cast<unsigned>(tag / depth) % Configuration::queue_count;
    }

    [[nodiscard]] QueueMask valid() const { return valid_; }
    [[nodiscard]] QueueMask failed() const { return oldest_of(failed_); }  ///< with valid: could not be read
    [[nodiscard]] QueueMask fence() const { return oldest_of(fence_); }    ///< with valid: ordered before and behind
    /// The oldest descriptor of a queue.
    [[nodiscard]] const contract::Descriptor& descriptor(unsigned queue) const { return oldest(queue).descriptor; }
    /// When its fetch began.
    [[nodiscard]] std::uint32_t start_cycle(unsigned queue) const { return oldest(queue).start_cycle; }

private:
    static constexpr unsigned depth = Configuration::fetch_depth;
    static constexpr unsigned count = 2 * depth;  ///< descriptors are counted modulo twice their number

    struct Entry {
        contract::Descriptor descriptor;
        std::uint32_t start_cycle = 0;
    };
    using Counters = std::array<std::uint8_t, Configuration::queue_count>;

    [[nodiscard]] const Entry& oldest(unsigned queue) const { return entries_[queue * depth + taken_[queue] % depth]; }
    [[nodiscard]] QueueMask oldest_of(std::uint32_t entries) const;
    void update_masks(unsigned queue);

    unsigned data_bytes_;
    Counters asked_{};
    Counters arrived_{};
    Counters taken_{};
    std::uint32_t fence_ = 0;   ///< bit queue * depth + entry
    std::uint32_t failed_ = 0;  ///< the same
    QueueMask room_ = 0;        ///< queues for which another descriptor may be asked for
    QueueMask valid_ = 0;
    unsigned beat_ = 0;
    std::array<Entry, Configuration::queue_count * depth> entries_{};
    RoundRobinArbiter<Configuration::queue_count> queues_;

    static_assert(Configuration::queue_count * depth <= 32);
};

}  // namespace cce::model
