// SPDX-License-Identifier: Apache-2.0
//
// Random traffic for an engine: requests of every kind, good and bad, on all queue pairs; register accesses; resets,
// gates and pauses; memory that is fast, slow or answers with errors. What comes is a function of the seed alone.

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "cce_contract.hpp"
#include "harness/cipher_hash_request.h"
#include "harness/cipher_request.h"
#include "harness/hash_request.h"
#include "harness/machine.h"
#include "harness/queue_pair.h"

namespace cce::lockstep {

class Traffic {
public:
    Traffic(sim::Machine& machine, std::uint64_t seed);

    /// Runs until the engine's cycle counter is at `cycles` or behind it.
    void run(std::uint64_t cycles);

    /// How requests ended: by mode (or opcode) and status.
    [[nodiscard]] std::string summary() const;

private:
    static constexpr unsigned queue_count = 4;
    static constexpr unsigned context_count = 32;

    /// A request as a program would describe it.
    struct Plan {
        contract::CipherMode mode{};
        bool decrypt = false;
        std::vector<std::uint8_t> key;
        std::vector<std::uint8_t> second_key;  ///< XTS
        std::vector<std::uint8_t> iv;
        std::vector<std::uint8_t> aad;
        std::vector<std::uint8_t> tag;  ///< to be made: its length counts
        std::vector<std::uint8_t> text;
    };

    /// A request of cipher and hash in one pass.
    struct Pass {
        contract::CipherMode cipher{};
        contract::HashMode hash{};
        bool decrypt = false;
        bool over_plaintext = false;
        std::vector<std::uint8_t> key;
        std::vector<std::uint8_t> iv;
        std::optional<sim::HashFront> front;
        std::vector<std::uint8_t> aad;
        std::vector<std::uint8_t> tag;  ///< to be made: its length counts
        std::vector<std::uint8_t> text;
    };

    /// A request on its way.
    struct Pending {
        std::string kind;
        std::optional<Plan> plan;
        std::unique_ptr<sim::CipherRequest> request;
        std::unique_ptr<sim::HashRequest> hash;
        std::optional<Pass> pass;
        std::unique_ptr<sim::CipherHashRequest> cipher_hash;
        std::optional<contract::HashMode> continues;  ///< the hash request leaves a state to go on from
        std::uint64_t record = 0;                     ///< buffer of a context record that belongs to no request
    };

    struct Queue {
        std::unique_ptr<sim::QueuePair> pair;
        std::map<std::uint32_t, Pending> pending;  ///< by cookie
        bool paused = false;
        bool resetting = false;
    };

    [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
    [[nodiscard]] bool chance(unsigned percent) { return below(100) < percent; }
    [[nodiscard]] std::vector<std::uint8_t> bytes(std::size_t count);

    void act();
    void submit(Queue& queue);
    void submit_plan(Queue& queue, const Plan& plan, bool spoil);
    void submit_hash(Queue& queue);
    void submit_pass(Queue& queue, const Pass& pass, bool spoil);
    void answer_pass(Queue& queue, const Pending& pending);
    [[nodiscard]] Pass make_pass();
    void spoil_pass(contract::Descriptor& descriptor);
    void submit_control(Queue& queue);
    void post(Queue& queue, contract::Descriptor descriptor, Pending pending);
    [[nodiscard]] Plan make_plan();
    [[nodiscard]] std::size_t text_length(contract::CipherMode mode, bool decrypt);
    [[nodiscard]] sim::Shape shape(std::uint32_t length);
    void spoil_memory(const sim::ScatteredText& source, const sim::ScatteredText& destination);
    void spoil_context(const sim::CipherRequest& request);
    void spoil_hash(contract::Descriptor& descriptor);
    [[nodiscard]] std::optional<sim::HashFront> hash_front(contract::HashMode mode);
    void spoil(contract::Descriptor& descriptor);
    void spoil_at_an_edge(contract::Descriptor& descriptor);
    void ring_beyond(Queue& queue);
    void tighten_region(const sim::CipherRequest& request);
    [[nodiscard]] std::uint16_t region_key();

    void collect(Queue& queue);
    void answered(Queue& queue, const contract::Completion& entry);
    void forget(Queue& queue);
    void look_after(Queue& queue);
    void start_reset(Queue& queue);
    void restart_all();
    void set_up_region();
    void change_memory();
    void random_register_access();
    void gate_for_a_while();
    void reset_engine();

    sim::Machine& machine_;
    std::mt19937_64 random_;
    std::array<Queue, queue_count> queues_;
    std::map<contract::HashMode, std::vector<sim::HashFront>> states_;  ///< to go on from
    std::uint32_t cookie_ = 0;
    std::uint8_t region_tag_ = 0;
    unsigned region_owner_ = 0;
    bool region_tight_ = false;  ///< it ends where some request does
    std::map<std::string, std::map<contract::Status, std::uint64_t>> endings_;
    std::uint64_t resets_ = 0;
    std::uint64_t engine_resets_ = 0;
};

}  // namespace cce::lockstep
