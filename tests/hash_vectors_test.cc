// SPDX-License-Identifier: Apache-2.0
//
// The NIST CAVP vectors for SHA-2, SHA-3 and SHAKE (byte-oriented: short and long messages, Monte-Carlo, variable
// output), as the Debian package python3-cryptography-vectors holds them, on the engine.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>

#include "harness/hash_request.h"
#include "support.h"
#include "vector_file.h"

namespace cce::test {
namespace {

using contract::HashMode;
using contract::Status;
using sim::HashRequest;

const std::filesystem::path vectors_of_hashes =
    std::filesystem::path(CCE_VECTORS).parent_path().parent_path() / "hashes";

struct Function {
    HashMode mode;
    const char* files;  ///< what their names begin with
};
constexpr std::array sha2_functions{
    Function{HashMode::sha_224, "SHA2/SHA224"},         Function{HashMode::sha_256, "SHA2/SHA256"},
    Function{HashMode::sha_384, "SHA2/SHA384"},         Function{HashMode::sha_512, "SHA2/SHA512"},
    Function{HashMode::sha_512_224, "SHA2/SHA512_224"}, Function{HashMode::sha_512_256, "SHA2/SHA512_256"}};
constexpr std::array sha3_functions{
    Function{HashMode::sha3_224, "SHA3/SHA3_224"}, Function{HashMode::sha3_256, "SHA3/SHA3_256"},
    Function{HashMode::sha3_384, "SHA3/SHA3_384"}, Function{HashMode::sha3_512, "SHA3/SHA3_512"}};
constexpr std::array shake_functions{Function{HashMode::shake_128, "SHAKE/SHAKE128"},
                                     Function{HashMode::shake_256, "SHAKE/SHAKE256"}};

std::filesystem::path file_of(const Function& function, const char* end) {
    return vectors_of_hashes / (function.files + std::string(end) + ".rsp");
}

/// Hashes one after the other, each message made of the answers before: a chain of one or more.
class Chain {
public:
    struct Step {
        Bytes message;
        std::size_t output_bytes;
    };

    Chain(HashMode mode, std::string name) : mode_(mode), name_(std::move(name)) {}
    virtual ~Chain() = default;
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;

    [[nodiscard]] HashMode mode() const { return mode_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] virtual Step step() const = 0;
    /// Takes what the step gave; true if the chain goes on.
    virtual bool answer(Bytes output) = 0;

private:
    HashMode mode_;
    std::string name_;
};

class Single : public Chain {
public:
    Single(HashMode mode, std::string name, Bytes message, Bytes expected)
        : Chain(mode, std::move(name)), message_(std::move(message)), expected_(std::move(expected)) {}
    [[nodiscard]] Step step() const override { return {message_, expected_.size()}; }
    bool answer(Bytes output) override {
        EXPECT_EQ(output, expected_) << name();
        return false;
    }

private:
    Bytes message_;
    Bytes expected_;
};

/// 1,000 hashes of a Monte-Carlo test, from one of its results (the seed) to the next.
class MonteCarlo : public Chain {
public:
    MonteCarlo(HashMode mode, std::string name, Bytes expected)
        : Chain(mode, std::move(name)), expected_(std::move(expected)) {}
    bool answer(Bytes output) override {
        take(std::move(output));
        if (++done_ != rounds) return true;
        EXPECT_EQ(last(), expected_) << name();
        return false;
    }

protected:
    virtual void take(Bytes output) = 0;
    [[nodiscard]] virtual const Bytes& last() const = 0;

private:
    static constexpr unsigned rounds = 1000;
    Bytes expected_;
    unsigned done_ = 0;
};

/// SHAVS, 6.4: each message is the last three digests.
class Sha2MonteCarlo : public MonteCarlo {
public:
    Sha2MonteCarlo(HashMode mode, std::string name, const Bytes& seed, Bytes expected)
        : MonteCarlo(mode, std::move(name), std::move(expected)), digests_{seed, seed, seed} {}
    [[nodiscard]] Step step() const override {
        Bytes message;
        for (const Bytes& digest : digests_) message.insert(message.end(), digest.begin(), digest.end());
        return {message, digests_[2].size()};
    }

protected:
    void take(Bytes output) override {
        std::rotate(digests_.begin(), digests_.begin() + 1, digests_.end());
        digests_[2] = std::move(output);
    }
    [[nodiscard]] const Bytes& last() const override { return digests_[2]; }

private:
    std::array<Bytes, 3> digests_;
};

/// SHA3VS, 6.2.3: each message is the digest before.
class Sha3MonteCarlo : public MonteCarlo {
public:
    Sha3MonteCarlo(HashMode mode, std::string name, Bytes seed, Bytes expected)
        : MonteCarlo(mode, std::move(name), std::move(expected)), digest_(std::move(seed)) {}
    [[nodiscard]] Step step() const override { return {digest_, digest_.size()}; }

protected:
    void take(Bytes output) override { digest_ = std::move(output); }
    [[nodiscard]] const Bytes& last() const override { return digest_; }

private:
    Bytes digest_;
};

/// SHA3VS, 6.3.3: each message is the first 128 bits of the output before, whose last 16 bits say how long the next is.
class ShakeMonteCarlo : public MonteCarlo {
public:
    /// Bytes of output, as the file says.
    struct Range {
        std::size_t least;
        std::size_t most;

        [[nodiscard]] std::size_t behind(const Bytes& output) const {
            const std::size_t last = std::size_t{output[output.size() - 2]} << 8 | output.back();
            return least + last % (most - least + 1);
        }
    };

    ShakeMonteCarlo(HashMode mode, std::string name, Bytes seed, Range range, std::size_t output_bytes, Bytes expected)
        : MonteCarlo(mode, std::move(name), std::move(expected)),
          range_(range),
          output_(std::move(seed)),
          output_bytes_(output_bytes) {}
    [[nodiscard]] Step step() const override {
        Bytes message = output_;
        message.resize(16);
        return {message, output_bytes_};
    }

protected:
    void take(Bytes output) override {
        output_ = std::move(output);
        output_bytes_ = range_.behind(output_);
    }
    [[nodiscard]] const Bytes& last() const override { return output_; }

private:
    Range range_;
    Bytes output_;
    std::size_t output_bytes_;
};

class HashVectors : public EngineTest {
protected:
    void SetUp() override { queue_.start(); }

    /// Runs the chain, beside others, as soon as there is room; `finish` waits for all.
    void add(std::unique_ptr<Chain> chain) {
        while (waiting_.size() >= most_at_once) collect();
        post(std::move(chain));
        queue_.ring_submission();
    }
    void finish() {
        while (!waiting_.empty()) collect();
        EXPECT_EQ(machine_.memory().stray_access(), nullptr);
    }
    /// Files of Len, Msg and MD or Output.
    void messages(const Function& function, const char* end, Sampler& sampler) {
        unsigned number = 0;
        for (Vector& vector : read_vectors(file_of(function, end), "Len")) {
            ++number;
            if (!sampler.take()) continue;
            Bytes message = from_hex(vector.take("Msg"));
            message.resize(vector.take_number("Len") / 8);  // an empty one is written as a zero
            add(std::make_unique<Single>(
                function.mode, file_of(function, end).filename().string() + ", " + std::to_string(number),
                std::move(message), from_hex(vector.take(vector.has("MD") ? "MD" : "Output"))));
        }
    }
    /// A share of a file's Monte-Carlo results: each is the seed of the next, so any of them can be made by itself.
    template <class Make>
    void monte_carlo(const Function& function, const char* seed_name, const char* result_name, Make make) {
        std::vector<Vector> vectors = read_vectors(file_of(function, "Monte"));
        ASSERT_EQ(vectors.size(), 100U);
        Bytes seed = from_hex(vectors.front().take(seed_name));
        const std::uint32_t share = all_tests() ? 1 : engine() == "model" ? 10 : 100;
        const std::uint32_t chosen = below(random_, share);
        for (std::uint32_t count = 0; count < vectors.size(); ++count) {
            const Bytes result = from_hex(vectors[count].take(result_name));
            if (count % share == chosen) {
                add(make(file_of(function, "Monte").filename().string() + ", " + std::to_string(count), seed,
                         count == 0, result));
            }
            seed = result;
        }
    }

    std::mt19937_64 random_{test_seed()};

private:
    static constexpr std::size_t most_at_once = 24;

    struct Waiting {
        std::unique_ptr<Chain> chain;
        std::unique_ptr<HashRequest> request;
    };

    void post(std::unique_ptr<Chain> chain) {
        const Chain::Step step = chain->step();
        auto request = std::make_unique<HashRequest>(machine_, chain->mode());
        request->last(static_cast<std::uint32_t>(step.output_bytes)).message(step.message);
        contract::Descriptor descriptor = request->descriptor();
        descriptor.cookie = ++cookie_;
        waiting_.emplace(cookie_, Waiting{std::move(chain), std::move(request)});
        queue_.post(descriptor);
    }
    void collect() {
        machine_.run(50);
        bool posted = false;
        while (queue_.outstanding() != 0) {
            const auto done = queue_.poll();
            if (!done) break;
            const auto found = waiting_.find(done->cookie);
            if (found == waiting_.end()) throw std::runtime_error("an answer to no request");
            Waiting waiting = std::move(found->second);
            waiting_.erase(found);
            if (done->status != Status::ok) throw std::runtime_error(waiting.chain->name() + ": refused");
            if (waiting.chain->answer(waiting.request->output())) {
                post(std::move(waiting.chain));
                posted = true;
            }
        }
        queue_.ring_completion();
        if (posted) queue_.ring_submission();
    }

    sim::Machine machine_{options()};
    sim::QueuePair queue_{machine_, 0};
    std::map<std::uint32_t, Waiting> waiting_;
    std::uint32_t cookie_ = 0;
};

void told(const Sampler& sampler, unsigned expected) {
    EXPECT_EQ(sampler.offered(), expected);
    std::cout << sampler.taken() << " of " << sampler.offered() << " vectors\n";
}

TEST_P(HashVectors, ShortMessages) {
    Sampler sampler(engine(), 10);
    for (const Function& function : sha2_functions) messages(function, "ShortMsg", sampler);
    for (const Function& function : sha3_functions) messages(function, "ShortMsg", sampler);
    for (const Function& function : shake_functions) messages(function, "ShortMsg", sampler);
    finish();
    told(sampler, 1'716);
}

TEST_P(HashVectors, LongMessages) {
    Sampler sampler(engine(), 25);
    for (const Function& function : sha2_functions) messages(function, "LongMsg", sampler);
    for (const Function& function : sha3_functions) messages(function, "LongMsg", sampler);
    for (const Function& function : shake_functions) messages(function, "LongMsg", sampler);
    finish();
    told(sampler, 1'240);
}

TEST_P(HashVectors, VariableOutput) {
    Sampler sampler(engine(), 25);
    for (const Function& function : shake_functions) {
        for (Vector& vector : read_vectors(file_of(function, "VariableOut"))) {
            if (!sampler.take()) continue;
            const Bytes output = from_hex(vector.take("Output"));
            EXPECT_EQ(vector.take_number("Outputlen"), 8 * output.size());
            add(std::make_unique<Single>(
                function.mode, file_of(function, "VariableOut").filename().string() + ", " + vector.take("COUNT"),
                from_hex(vector.take("Msg")), output));
        }
    }
    finish();
    told(sampler, 2'372);
}

TEST_P(HashVectors, MonteCarlo) {
    for (const Function& function : sha2_functions) {
        monte_carlo(function, "Seed", "MD", [&](std::string name, const Bytes& seed, bool, const Bytes& result) {
            return std::make_unique<Sha2MonteCarlo>(function.mode, std::move(name), seed, result);
        });
    }
    for (const Function& function : sha3_functions) {
        monte_carlo(function, "Seed", "MD", [&](std::string name, const Bytes& seed, bool, const Bytes& result) {
            return std::make_unique<Sha3MonteCarlo>(function.mode, std::move(name), seed, result);
        });
    }
    for (const Function& function : shake_functions) {
        Vector file = read_vectors(file_of(function, "Monte")).front();
        const ShakeMonteCarlo::Range range{file.take_number("Minimum Output Length (bits)") / 8,
                                           file.take_number("Maximum Output Length (bits)") / 8};
        monte_carlo(function, "Msg", "Output",
                    [&](std::string name, const Bytes& seed, bool first, const Bytes& result) {
                        return std::make_unique<ShakeMonteCarlo>(function.mode, std::move(name), seed, range,
                                                                 first ? range.most : range.behind(seed), result);
                    });
    }
    finish();
}

INSTANTIATE_TEST_SUITE_P(Engines, HashVectors, testing::ValuesIn(all_targets()), EngineTest::name);

}  // namespace
}  // namespace cce::test
