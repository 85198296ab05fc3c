// SPDX-License-Identifier: Apache-2.0
//
// What the suites share: the oracle (OpenSSL), text in hexadecimal, seeds, ready-made machines.

#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <ostream>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "cce_contract.hpp"
#include "harness/cipher_request.h"
#include "harness/machine.h"
#include "harness/queue_pair.h"

namespace cce::test {

using Bytes = std::vector<std::uint8_t>;

/// Bytes of a hexadecimal text. Throws std::invalid_argument for anything else.
Bytes from_hex(std::string_view text);
std::string to_hex(std::span<const std::uint8_t> bytes);

/// Bytes from `random`.
Bytes random_bytes(std::mt19937_64& random, std::size_t count);
/// A number from 0 to `limit` - 1.
std::uint32_t below(std::mt19937_64& random, std::uint32_t limit);

/// The seed of this run: CCE_TEST_SEED, or a fixed one; printed and recorded.
std::uint64_t test_seed();
/// True if the long form of the tests was asked for (CCE_TEST_ALL=1).
bool all_tests();

/// What a suite runs on.
struct Target {
    std::string engine;                     ///< see sim::make_engine
    unsigned data_width = 128;              ///< of the DMA bus
    std::string configuration = "default";  ///< see sim::EngineOptions

    /// For the names of tests.
    [[nodiscard]] std::string name() const;
};
/// Prints a target's name in messages of GoogleTest.
std::ostream& operator<<(std::ostream& stream, const Target& target);

/// The engines that the suites run on.
const std::vector<std::string>& engine_names();
/// The widths of the DMA bus that the suites run at.
inline constexpr std::array<unsigned, 2> data_widths = {128, 256};
/// Every engine at every width, in the default configuration.
const std::vector<Target>& default_targets();
/// These, and the small configuration.
const std::vector<Target>& all_targets();

/// What one cipher request is about, without where it lies. Fields that the mode does not use are empty.
struct CipherInput {
    contract::CipherMode mode = contract::CipherMode::ecb;
    bool decrypt = false;  ///< or verify, or unwrap
    Bytes key;
    Bytes tweak_key;  ///< XTS: the second key
    Bytes iv;         ///< as sim::CipherRequest::iv takes it
    Bytes aad;
    Bytes text;
    Bytes tag;                    ///< decrypting: to be verified
    std::size_t tag_length = 0;   ///< encrypting: to be made
    bool iv_in_source = false;    ///< GCM: also an IV of 12 bytes
    bool inverse_cipher = false;  ///< KW, KWP: the designated cipher function is the inverse cipher
};

/// One line that tells such an input from others.
std::string describe(const CipherInput& input);

/// AES by OpenSSL, without padding; the next IV by SP 800-38A.
class Oracle {
public:
    /// ECB, CBC, CTR, piece by piece.
    Oracle(contract::CipherMode mode, bool decrypt, std::span<const std::uint8_t> key,
           std::span<const std::uint8_t> iv);
    Bytes process(std::span<const std::uint8_t> text);

    /// What one request must answer.
    struct Answer {
        bool match = true;  ///< the tag or the integrity check; if not, there is no text
        Bytes text;         ///< KWP, unwrapping: with its padding
        Bytes tag;          ///< of its length; encrypting only
        Bytes next_iv;
    };
    /// Every mode. XTS is built here on OpenSSL's AES, since OpenSSL has no XTS with 192-bit or with equal keys.
    static Answer run(const CipherInput& input);
    /// The modes that need no more than this.
    static Answer run(contract::CipherMode mode, bool decrypt, std::span<const std::uint8_t> key,
                      std::span<const std::uint8_t> iv, std::span<const std::uint8_t> text);

private:
    struct Free {
        void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
    };
    std::unique_ptr<EVP_CIPHER_CTX, Free> context_;
};

/// A request in the machine's memory, and the answer it must give.
class Exchange {
public:
    /// Direct buffers, aligned, out of place; the key in memory.
    Exchange(sim::Machine& machine, CipherInput input, Oracle::Answer expected);
    /// A request made by the caller, its text in memory.
    Exchange(std::unique_ptr<sim::CipherRequest> request, CipherInput input, Oracle::Answer expected);

    /// Expects of memory and of `done` what the answer says. A request whose check fails leaves its destination zero
    /// (GCM, CCM) or as it was (key wrap); never is anything around it touched.
    void check(const contract::Completion& done) const;
    [[nodiscard]] sim::CipherRequest& request() { return *request_; }
    [[nodiscard]] const sim::CipherRequest& request() const { return *request_; }
    [[nodiscard]] const CipherInput& input() const { return input_; }
    [[nodiscard]] bool succeeds() const { return expected_.match; }
    /// Put in front of each message about this request.
    [[nodiscard]] Exchange name(std::string text) &&;

private:
    std::unique_ptr<sim::CipherRequest> request_;
    CipherInput input_;
    Oracle::Answer expected_;
    Bytes before_;
    std::string name_;
};

/// Gives `request` all of `input` but key and text.
void prepare(sim::CipherRequest& request, const CipherInput& input);

/// Many requests at once: keeps the rings of several queues filled, and checks the answers in whatever order they
/// come.
class BulkRunner {
public:
    /// On as many queues, or on all that the engine has.
    explicit BulkRunner(sim::Machine& machine, unsigned queues = 4);

    /// Takes a request, waiting for room if there is none.
    void add(Exchange exchange);
    /// Waits for all answers; compares the queues' counters with what was asked.
    void finish();

private:
    void ring();
    void collect();

    static constexpr unsigned batch = 16;  ///< requests under one doorbell

    sim::Machine& machine_;
    std::vector<std::unique_ptr<sim::QueuePair>> queues_;
    std::map<std::uint32_t, Exchange> pending_;
    std::uint32_t next_cookie_ = 0;
    std::size_t current_ = 0;
    unsigned posted_ = 0;
    std::uint64_t completed_ = 0;
    std::uint64_t failed_ = 0;
    std::uint64_t bytes_ = 0;
};

/// How many of `many` rounds a test does on this target: all on a fast engine or if the long form was asked for; else a
/// share that the Verilated engine can afford.
unsigned rounds_on(const Target& target, unsigned many);

/// Decides which vectors run on an engine: all on a fast one, a share on the Verilated one unless the long form was
/// asked for.
class Sampler {
public:
    /// On the Verilated engine, a random one of `share` vectors runs.
    explicit Sampler(const std::string& engine, unsigned share = 10);
    bool take();
    /// A share of every kind, on any engine: of the vectors of this kind the first, and each `every`th behind it.
    bool take(const std::string& kind, unsigned every);
    [[nodiscard]] unsigned taken() const { return taken_; }
    [[nodiscard]] unsigned offered() const { return offered_; }

private:
    bool all_;
    unsigned share_;
    std::mt19937_64 random_;
    std::map<std::string, unsigned> seen_;  ///< vectors of a kind
    unsigned taken_ = 0;
    unsigned offered_ = 0;
};

/// A machine with the engine at this width of the DMA bus.
sim::MachineOptions machine_options(unsigned data_width, const sim::MemoryTiming& timing = sim::MemoryTiming::ideal(),
                                    const std::string& engine = "rtl");
sim::MachineOptions machine_options(const Target& target, const sim::MemoryTiming& timing = sim::MemoryTiming::ideal());

/// Queue pairs of the machine's engine.
unsigned queue_count(sim::Machine& machine);
/// Engine-held contexts of the machine's engine.
unsigned context_count(sim::Machine& machine);

/// A suite that runs on several targets.
class EngineTest : public testing::TestWithParam<Target> {
public:
    /// The last parameter of INSTANTIATE_TEST_SUITE_P.
    static std::string name(const testing::TestParamInfo<ParamType>& parameter);

protected:
    [[nodiscard]] static sim::MachineOptions options(const sim::MemoryTiming& timing = sim::MemoryTiming::ideal());
    [[nodiscard]] static unsigned data_width() { return GetParam().data_width; }
    [[nodiscard]] static const std::string& engine() { return GetParam().engine; }
};

/// The bits of `iv` or `next_iv` as a container that compares with Bytes.
template <typename Array>
Bytes bytes_of(const Array& array) {
    return Bytes(array.begin(), array.end());
}

}  // namespace cce::test
