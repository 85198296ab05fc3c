// SPDX-License-Identifier: Apache-2.0
//
// Long requests of the modes that stream, on a memory that is ideal most of the time: what the model does in bulk (see
// model::CceTop::Steady), with all kinds of lengths, alignments, lists, and with other things in between.

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "cce_contract.hpp"
#include "harness/cipher_request.h"
#include "harness/machine.h"
#include "harness/queue_pair.h"

namespace cce::lockstep {

class Streams {
public:
    Streams(sim::Machine& machine, std::uint64_t seed);

    /// Runs until the engine's cycle counter is at `cycles` or behind it.
    void run(std::uint64_t cycles);

    /// How requests ended: by mode and status.
    [[nodiscard]] std::string summary() const;

private:
    static constexpr unsigned queue_count = 2;
    static constexpr std::size_t most_outstanding = 6;

    struct Pending {
        std::string kind;
        std::unique_ptr<sim::CipherRequest> request;
    };
    struct Queue {
        std::unique_ptr<sim::QueuePair> pair;
        std::map<std::uint32_t, Pending> pending;  ///< by cookie
    };

    [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
    [[nodiscard]] bool chance(unsigned percent) { return below(100) < percent; }
    [[nodiscard]] std::vector<std::uint8_t> bytes(std::size_t count);
    [[nodiscard]] std::size_t text_length();
    [[nodiscard]] sim::Shape shape(std::uint32_t length);
    [[nodiscard]] Pending make_request();
    void submit(Queue& queue);
    void collect(Queue& queue);
    void change_memory();
    void disturb(Queue& queue);

    sim::Machine& machine_;
    std::mt19937_64 random_;
    std::array<Queue, queue_count> queues_;
    std::uint32_t cookie_ = 0;
    std::map<std::string, std::map<contract::Status, std::uint64_t>> endings_;
};

}  // namespace cce::lockstep
