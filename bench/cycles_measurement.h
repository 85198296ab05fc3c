// SPDX-License-Identifier: Apache-2.0
//
// Measures an engine in its own cycles: throughput with rings kept full, latency of a request that is alone.

#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "cce_contract.hpp"
#include "cycles_oracle.h"
#include "harness/cipher_hash_request.h"
#include "harness/cipher_request.h"
#include "harness/hash_request.h"
#include "harness/machine.h"
#include "harness/queue_pair.h"

namespace cce::bench {

/// Where a stream's segments lie: bytes behind a 64-byte boundary, one figure a segment. One segment is a direct
/// buffer, several are a list.
using Placement = std::vector<std::uint32_t>;

/// A segment that begins a page.
inline constexpr std::uint32_t page_aligned = 4096 - 64;

/// What every request of a row is like. Source and destination are different buffers; each request has its own.
struct Workload {
    contract::CipherMode mode = contract::CipherMode::ecb;
    std::optional<contract::HashMode> hash;  ///< a digest of the text instead; nothing of ciphers counts then
    bool keyed = false;                      ///< HMAC, its session open: both key blocks have been hashed
    /// Cipher and HMAC of the ciphertext over the same text.
    enum class Both : std::uint8_t {
        no,
        one_pass,      ///< opcode cipher_hash
        two_requests,  ///< a cipher request and a hash request, the second when the first has been answered
    };
    Both both = Both::no;
    bool decrypt = false;
    unsigned key_bits = 256;  ///< XTS: of each of the two keys
    bool held = false;        ///< one engine-held context a queue; else a key in memory for each request
    std::uint32_t text_bytes = 0;
    std::uint32_t aad_bytes = 0;
    std::uint32_t tag_bytes = 0;
    Placement source = {0};
    Placement destination = {0};
    unsigned depth = 8;  ///< requests posted and unanswered, of each queue
    /// Requests that take turns in each queue, each with buffers and a key of its own; at least `depth`.
    unsigned sessions = 0;
};

/// When a request was where, in cycles; all on the machine's bus, none inside the engine.
struct RequestTimes {
    std::uint64_t doorbell = 0;     ///< the doorbell that announced it was written
    std::uint64_t fetch = 0;        ///< the engine began to fetch its descriptor
    std::uint64_t record = 0;       ///< the address of its context record was shown; 0: the context is engine-held
    std::uint64_t source = 0;       ///< the first address of its source was shown
    std::uint64_t destination = 0;  ///< the last beat of its result was written; of a request without one: its entry's
                                    ///< first beat was about to be
    std::uint64_t completion = 0;   ///< the last beat of its completion entry was written
};

/// What one throughput measurement found. All figures are of the window between two completions.
struct Throughput {
    std::uint64_t cycles = 0;
    std::uint64_t requests = 0;
    std::uint64_t bytes = 0;     ///< of text
    double lowest_share = 1;     ///< requests of the queue that got the fewest, relative to an equal share
    std::uint64_t verified = 0;  ///< requests whose whole output was compared with OpenSSL, the window's and others
    std::vector<RequestTimes> times{};  ///< of the window's requests, in the order of their completions
    std::uint64_t read_beats = 0;       ///< of bursts whose address was shown in the window
    std::uint64_t write_beats = 0;      ///< written in the window
    std::uint64_t digest = 0;           ///< of all that is in `times`: equal for engines that do the same when
};

/// How fast an engine was simulated: host time, not engine time.
struct SimulatorSpeed {
    std::uint64_t cycles = 0;
    double seconds = 0;
};

/// A machine with the requests of a workload in its memory. Throws std::runtime_error if the engine answers anything
/// but what OpenSSL does.
class Measurement {
public:
    Measurement(const std::string& engine, unsigned memory_latency, const Workload& workload, unsigned queues,
                unsigned data_width = 128, const std::string& configuration = "default");
    Measurement(const Measurement&) = delete;
    Measurement& operator=(const Measurement&) = delete;

    /// Keeps `depth` requests posted on each queue, and measures from the last completion of the warm-up (as many
    /// requests as are posted at once) over the next `requests` completions; the rings stay full until then.
    [[nodiscard]] Throughput throughput(unsigned requests);
    /// Cycles of `runs` requests, one after the other, each alone in an idle engine: from the cycle in which the
    /// doorbell's write is shown on the register port to the cycle of the last beat of the completion entry.
    [[nodiscard]] std::vector<std::uint64_t> latencies(unsigned runs);

    [[nodiscard]] const SimulatorSpeed& speed() const { return speed_; }

private:
    struct Job {
        std::unique_ptr<sim::CipherRequest> cipher;           ///< either this
        std::unique_ptr<sim::HashRequest> hash;               ///< or this
        std::unique_ptr<sim::CipherHashRequest> cipher_hash;  ///< or this
        std::optional<std::size_t> next{};   ///< the job that is posted when this one is answered; only the last counts
        std::optional<std::size_t> first{};  ///< the job with which those that follow each other begin
        contract::Descriptor descriptor;
        Bytes expected;
        unsigned queue = 0;
        bool outstanding = false;
        RequestTimes times{};

        [[nodiscard]] const sim::ScatteredText& source() const {
            if (cipher_hash) return cipher_hash->source();
            return cipher ? cipher->source() : hash->source();
        }
        [[nodiscard]] const sim::ScatteredText& destination() const {
            if (cipher_hash) return cipher_hash->destination();
            return cipher ? cipher->destination() : hash->destination();
        }
        [[nodiscard]] bool surroundings_untouched() const {
            if (cipher_hash) return cipher_hash->surroundings_untouched();
            return cipher ? cipher->surroundings_untouched() : hash->surroundings_untouched();
        }
    };
    struct Arrival {
        std::uint64_t cycle = 0;
        unsigned queue = 0;
        RequestTimes times{};
        std::uint64_t read_beats = 0;  ///< so far
        std::uint64_t write_beats = 0;
    };
    enum class Content : std::uint8_t { record, source, destination };
    /// What lies in the machine's memory, by address.
    struct Place {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        std::size_t job = 0;
        Content content = Content::source;
    };
    struct Queue {
        std::unique_ptr<sim::QueuePair> pair;
        std::uint64_t arrived = 0;
        std::uint64_t taken = 0;
        std::vector<std::size_t> posted{};  ///< jobs that no doorbell has announced yet
        std::deque<std::size_t> idle{};     ///< jobs that are not posted, the one that has waited longest first
    };

    void prepare_keys();
    void prepare_job(unsigned queue);
    void prepare_cipher(Job& job);
    void prepare_hash(Job& job);
    void prepare_both(Job& job);
    void add_job(Job job);
    [[nodiscard]] sim::HashFront session(const Bytes& key);
    void map_jobs();
    [[nodiscard]] const Place* place_of(std::uint64_t address);
    void watch(const sim::WriteBeat& beat);
    void watch(const sim::Burst& burst);
    void arrive(unsigned queue, std::span<const std::uint8_t> entry_end);
    void ring(Queue& queue);
    void advance(std::uint64_t cycles);
    void post_next(Queue& queue);
    void post(Job& job);
    void take(Queue& queue, bool post_again);
    void serve(unsigned batch, bool post_again);
    void expect_no_trace_outside() const;

    Workload workload_;
    std::mt19937_64 random_;
    sim::Machine machine_;
    std::vector<Queue> queues_;
    std::vector<Bytes> held_keys_;  ///< by engine-held context: the key, and for XTS the tweak's behind it
    std::vector<Job> jobs_;
    std::vector<Arrival> arrivals_;
    std::vector<Place> places_;  ///< by address
    std::size_t last_place_ = 0;
    std::uint64_t read_beats_ = 0;
    std::uint64_t write_beats_ = 0;
    std::uint64_t last_arrival_ = 0;
    std::uint64_t verified_ = 0;
    SimulatorSpeed speed_;
};

}  // namespace cce::bench
