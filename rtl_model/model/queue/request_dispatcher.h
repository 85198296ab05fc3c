// SPDX-License-Identifier: Apache-2.0
//
// Takes descriptors, one queue in turn, checks them against the contract, and hands each to the blocks that work on it.

#pragma once

#include <array>
#include <cstdint>

#include "cce_contract.hpp"
#include "common/round_robin_arbiter.h"
#include "configuration.h"
#include "hash/hash_functions.h"
#include "types.h"

namespace cce::model {

/// Model of request_dispatcher.sv. Three cycles a descriptor: take it, check it, hand it over;
/// two if it is dropped.
class RequestDispatcher {
public:
    /// Which descriptors could be taken, and which of them are only dropped.
    struct Offers {
        QueueMask valid = 0;
        QueueMask failed = 0;
        QueueMask fence = 0;
        QueueMask reset_pending = 0;
        QueueMask stopped = 0;
        bool free_valid = false;
    };

    /// What is taken in a cycle.
    struct Taken {
        bool take = false;
        unsigned queue = 0;
        bool drop = false;         ///< with take: not handed on
        bool drop_failed = false;  ///< with drop: because it could not be read
        bool fence = false;
    };

    struct Inputs {
        Taken taken;
        const contract::Descriptor* descriptor{};  ///< with taken
        std::uint32_t start_cycle = 0;
        QueueMask freed = 0;  ///< a request of the queue left its slot
        Gates gates;
    };

    /// A request handed over.
    struct Start {
        unsigned queue = 0;
        contract::Status status{};
        std::uint32_t cookie = 0;
        std::uint32_t cycle = 0;
        std::uint32_t bytes = 0;
        bool text = false;    ///< there is text to work on
        bool cipher = false;  ///< with a key
        bool hash = false;
        bool stream = false;  ///< by whom the text is done
        bool lane = false;
        bool key_wrap = false;
        bool key = false;         ///< the key loader works on it
        std::uint8_t prefix = 0;  ///< CCM: bytes of the AAD's length in front of it
        CipherRequest cipher_request;
        HashRequest hash_request;
        KeyRequest key_request;
    };

    void reset();
    void clock(const Inputs& inputs);

    /// Same cycle: what is taken of what is offered.
    [[nodiscard]] Taken take(const Offers& offers) const;

    /// A slot is taken in this cycle.
    [[nodiscard]] bool start() const { return hand_over_; }
    /// A descriptor is being looked at, or was dropped in the cycle before: none is taken.
    [[nodiscard]] bool working() const { return check_ || hand_over_ || dropped_; }
    [[nodiscard]] unsigned start_queue() const { return queue_; }
    /// Same cycle, with `start`. `unrestricted`: queues that may use the unrestricted region.
    void describe_start(QueueMask unrestricted, Start& start) const;

    [[nodiscard]] bool idle(QueueMask valid) const { return !working() && valid == 0; }

private:
    [[nodiscard]] contract::Status check(Gates gates) const;

    bool check_ = false;
    bool hand_over_ = false;
    bool dropped_ = false;
    contract::Status status_{};  ///< with hand_over_
    unsigned queue_ = 0;
    std::array<std::uint8_t, Configuration::queue_count> in_flight_{};
    QueueMask waiting_for_nobody_ = ~QueueMask{0};  ///< queues without a request in flight
    QueueMask barrier_ = 0;                         ///< a fenced request is in flight
    contract::Descriptor descriptor_;
    std::uint32_t start_cycle_ = 0;
    RoundRobinArbiter<Configuration::queue_count> queues_;
};

}  // namespace cce::model
