// SPDX-License-Identifier: Apache-2.0
//
// Cycles depend on public lengths, modes and the bus alone: runs with different keys, IVs, texts and tags, but of the
// same shape, show the same on every pin in every cycle, the data themselves excepted. What a check tells (a tag, the
// integrity of an unwrapped key, equal keys) is told by its request's end and not before, and nothing more is told. All
// answers are compared with OpenSSL, so that the runs have really done their work.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "harness/cipher_hash_request.h"
#include "harness/hash_request.h"
#include "pin_trace.h"
#include "support.h"

namespace cce::test {
namespace {

using contract::CipherMode;
using contract::Completion;
using contract::HashMode;
using contract::Status;
using sim::CipherRequest;
using sim::HashFront;
using sim::HashRequest;
using sim::Shape;

constexpr unsigned mode_count = 9;

/// Where keys, IVs, texts and the places of damaged bits come from. Extreme values are what a shortcut would look for.
class Secrets {
public:
    enum class Kind : std::uint8_t { random, zeros, ones };

    explicit Secrets(std::uint64_t seed) : random_(seed) {}
    explicit Secrets(Kind kind) : kind_(kind) {}

    Bytes bytes(std::size_t count) {
        switch (kind_) {
            case Kind::zeros:
                return Bytes(count);
            case Kind::ones:
                return Bytes(count, 0xff);
            default:
                return random_bytes(random_, count);
        }
    }
    /// Changes one bit of `bytes`.
    void damage(Bytes& bytes) {
        const auto place = below(random_, static_cast<std::uint32_t>(bytes.size()));
        bytes[place] ^= static_cast<std::uint8_t>(1U << below(random_, 8));
    }

private:
    Kind kind_ = Kind::random;
    std::mt19937_64 random_;
};

/// All about a request that is public.
struct Plan {
    CipherMode mode = CipherMode::ecb;
    bool decrypt = false;
    std::size_t key_bytes = 16;
    std::size_t iv_bytes = 0;
    bool iv_in_source = false;
    std::size_t aad_bytes = 0;
    std::size_t text_bytes = 0;  ///< of plaintext
    std::size_t tag_bytes = 0;
    bool inverse_cipher = false;
    bool bad = false;  ///< decrypting: tag, text or AAD has been changed
};

bool has_tag(CipherMode mode) {
    return mode == CipherMode::gcm || mode == CipherMode::ccm || mode == CipherMode::cmac;
}
bool wraps_keys(CipherMode mode) {
    return mode == CipherMode::kw || mode == CipherMode::kwp;
}
bool is_checked(const Plan& plan) {
    return plan.decrypt && (has_tag(plan.mode) || wraps_keys(plan.mode));
}

struct Keys {
    Bytes key;
    Bytes tweak_key;
};
Keys make_keys(Secrets& secrets, std::size_t bytes, bool pair) {
    return {secrets.bytes(bytes), pair ? secrets.bytes(bytes) : Bytes()};
}

/// A request of this plan.
CipherInput fill(const Plan& plan, const Keys& keys, Secrets& secrets) {
    CipherInput input;
    input.mode = plan.mode;
    input.key = keys.key;
    input.tweak_key = keys.tweak_key;
    input.iv = secrets.bytes(plan.iv_bytes);
    input.iv_in_source = plan.iv_in_source;
    input.aad = secrets.bytes(plan.aad_bytes);
    input.text = secrets.bytes(plan.text_bytes);
    input.tag_length = plan.tag_bytes;
    input.inverse_cipher = plan.inverse_cipher;
    if (!plan.decrypt) return input;
    const Oracle::Answer sealed = Oracle::run(input);
    input.decrypt = true;
    if (plan.mode != CipherMode::cmac) input.text = sealed.text;
    input.tag = sealed.tag;
    input.tag_length = 0;
    if (plan.bad) secrets.damage(input.tag.empty() ? input.text : input.tag);
    return input;
}

/// Plans that cover a mode: both directions, all key lengths, a part of a block, more than a block, some KiB.
std::vector<Plan> plans_of(CipherMode mode) {
    std::vector<Plan> plans;
    for (const bool decrypt : {false, true}) {
        for (const std::size_t key_bytes : {16U, 24U, 32U}) {
            for (const std::size_t text_bytes : {16U, 40U, 1040U}) {
                Plan plan;
                plan.mode = mode;
                plan.decrypt = decrypt;
                plan.key_bytes = key_bytes;
                plan.text_bytes = text_bytes;
                switch (mode) {
                    case CipherMode::ecb:
                        plan.text_bytes = text_bytes / 16 * 16;
                        break;
                    case CipherMode::cbc:
                        plan.text_bytes = text_bytes / 16 * 16;
                        plan.iv_bytes = 16;
                        break;
                    case CipherMode::ctr:
                    case CipherMode::xts:
                        plan.iv_bytes = 16;
                        break;
                    case CipherMode::gcm:
                        plan.iv_bytes = text_bytes == 40 ? 61 : 12;
                        plan.iv_in_source = text_bytes == 40;
                        plan.aad_bytes = text_bytes == 16 ? 0 : 21;
                        plan.tag_bytes = 16;
                        break;
                    case CipherMode::ccm:
                        plan.iv_bytes = 7 + text_bytes % 7;
                        plan.aad_bytes = text_bytes == 16 ? 0 : 21;
                        plan.tag_bytes = text_bytes == 40 ? 8 : 16;
                        break;
                    case CipherMode::cmac:
                        plan.tag_bytes = text_bytes == 40 ? 7 : 16;
                        break;
                    case CipherMode::kw:
                    case CipherMode::kwp:
                        plan.text_bytes = text_bytes == 1040 ? 104 : text_bytes;
                        plan.inverse_cipher = text_bytes == 40;
                        break;
                }
                plans.push_back(plan);
                if (is_checked(plan) && key_bytes == 16) {
                    plan.bad = true;
                    plans.push_back(plan);
                }
            }
        }
    }
    return plans;
}

class ConstantTime : public EngineTest {
protected:
    /// What the pins show while `work` is done on a new machine.
    PinTrace trace_of(const sim::MemoryTiming& timing, const std::function<void(sim::Machine&)>& work) {
        sim::Machine machine(options(timing));
        PinTrace trace;
        trace.record(machine.engine());
        work(machine);
        machine.run(500);  // the last write's response
        PinTrace::stop(machine.engine());
        const auto* const stray = machine.memory().stray_access();
        EXPECT_EQ(stray, nullptr) << machine.memory().describe(stray->address);
        return trace;
    }

    /// One request after the other, each alone; so the first difference names its request.
    PinTrace run_alone(const std::vector<CipherInput>& inputs, bool distinct_keys = false,
                       const sim::MemoryTiming& timing = sim::MemoryTiming::ideal()) {
        return trace_of(timing, [&](sim::Machine& machine) {
            sim::QueuePair queue(machine, 0);
            queue.start();
            for (const CipherInput& input : inputs) {
                Exchange exchange(machine, input, Oracle::run(input));
                exchange.request().distinct_keys(distinct_keys);
                const Completion done = queue.run(exchange.request().descriptor());
                if (distinct_keys && input.key == input.tweak_key) {
                    EXPECT_EQ(done.status, Status::equal_keys);
                } else {
                    exchange.check(done);
                }
            }
        });
    }
    PinTrace run_plans(const std::vector<Plan>& plans, Secrets secrets) {
        std::vector<CipherInput> inputs;
        for (const Plan& plan : plans) {
            inputs.push_back(fill(plan, make_keys(secrets, plan.key_bytes, plan.mode == CipherMode::xts), secrets));
        }
        return run_alone(inputs);
    }

    static void expect_same(const PinTrace& a, const PinTrace& b, const std::string& what) {
        EXPECT_GT(a.changes(), 20U) << "a trace of nothing";
        const auto difference = a.difference(b);
        EXPECT_FALSE(difference) << what << ": " << difference->text;
    }

    const std::uint64_t seed_ = test_seed();
};

TEST_P(ConstantTime, EachModeAlone) {
    for (unsigned mode = 0; mode < mode_count; ++mode) {
        SCOPED_TRACE(contract::name_of(static_cast<CipherMode>(mode)));
        const std::vector<Plan> plans = plans_of(static_cast<CipherMode>(mode));
        const PinTrace first = run_plans(plans, Secrets(seed_));
        expect_same(first, run_plans(plans, Secrets(seed_ + 1)), "other secrets");
        expect_same(first, run_plans(plans, Secrets(Secrets::Kind::zeros)), "all secrets zero");
        expect_same(first, run_plans(plans, Secrets(Secrets::Kind::ones)), "all secrets ones");
    }
}

/// The hash functions: whole messages, messages in pieces with the state in memory, HMAC with a state that comes from a
/// secret key, XOF output in pieces. States that are given back are secrets of the next request.
TEST_P(ConstantTime, EachHashAlone) {
    const auto run = [&](HashMode mode, std::size_t length, Secrets secrets) {
        return trace_of(sim::MemoryTiming::ideal(), [&](sim::Machine& machine) {
            sim::QueuePair queue(machine, 0);
            queue.start();
            const std::size_t block = sim::hash_block_bytes(mode);
            const auto output = static_cast<std::uint32_t>(sim::hash_digest_bytes(mode));
            const auto ask = [&](HashRequest& request, std::size_t bytes) {
                request.message(secrets.bytes(bytes));
                EXPECT_EQ(queue.run(request.descriptor()).status, Status::ok);
                EXPECT_TRUE(request.surroundings_untouched());
            };
            const auto begin = [&](std::size_t bytes) {
                HashRequest request(machine, mode);
                ask(request, bytes);
                return request.continuation();
            };
            const auto end = [&](const std::optional<HashFront>& front, bool first, std::uint32_t bytes) {
                HashRequest request(machine, mode);
                if (front) request.front(*front).first(first);
                request.last(bytes);
                ask(request, length);
            };
            end({}, true, output != 0 ? output : 300);
            HashFront front = begin(2 * block);
            end(front, false, output != 0 ? output : 300);
            if (output != 0) {  // HMAC: the key blocks as any, of secrets
                front = begin(block);
                front.outer = begin(block).state;
                end(front, true, output);
                HashRequest piece(machine, mode);
                piece.front(front).first();
                ask(piece, block);
                HashFront next = piece.continuation();
                next.outer = front.outer;
                end(next, false, output);
            } else {
                HashRequest squeezed(machine, mode);
                squeezed.front(front).squeeze(static_cast<std::uint32_t>(2 * block));
                ask(squeezed, length);
                HashRequest more(machine, mode);
                more.front(squeezed.continuation()).last(99);
                ask(more, 0);
            }
        });
    };
    for (const HashMode mode : {HashMode::sha_224, HashMode::sha_256, HashMode::sha_512, HashMode::sha_512_256,
                                HashMode::sha3_256, HashMode::sha3_512, HashMode::shake_128, HashMode::cshake_256}) {
        for (const std::size_t length : {0, 61, 300}) {
            SCOPED_TRACE(std::string(contract::name_of(mode)) + ", " + std::to_string(length) + " bytes");
            const PinTrace first = run(mode, length, Secrets(seed_));
            expect_same(first, run(mode, length, Secrets(seed_ + 1)), "other secrets");
            expect_same(first, run(mode, length, Secrets(Secrets::Kind::zeros)), "all secrets zero");
            expect_same(first, run(mode, length, Secrets(Secrets::Kind::ones)), "all secrets ones");
            EXPECT_TRUE(first.difference(run(mode, length + 64, Secrets(seed_)))) << "64 bytes more do not show";
        }
    }
}

/// Cipher and hash in one pass: both ways, with the tag that was made and with one that was damaged somewhere.
TEST_P(ConstantTime, EachOnePassAlone) {
    const auto run = [&](CipherMode cipher, HashMode hash, bool over_plaintext, std::size_t length, Secrets secrets) {
        return trace_of(sim::MemoryTiming::ideal(), [&](sim::Machine& machine) {
            sim::QueuePair queue(machine, 0);
            queue.start();
            const auto state_behind = [&] {
                HashRequest request(machine, hash);
                request.message(secrets.bytes(sim::hash_block_bytes(hash)));
                EXPECT_EQ(queue.run(request.descriptor()).status, Status::ok);
                return request.continuation();
            };
            HashFront front = state_behind();
            front.outer = state_behind().state;
            const Bytes key = secrets.bytes(32), iv = secrets.bytes(16), aad = secrets.bytes(21);
            const auto ask = [&](bool decrypt, const Bytes& text, const Bytes& tag, Status status) {
                sim::CipherHashRequest request(machine, cipher, hash);
                request.decrypt(decrypt).over_plaintext(over_plaintext).key(key).iv(iv).front(front).aad(aad).tag(tag);
                request.text(text);
                EXPECT_EQ(queue.run(request.descriptor()).status, status);
                EXPECT_TRUE(request.surroundings_untouched());
                return std::pair{request.output_text(), request.output_tag()};
            };
            const std::size_t tag_bytes = sim::hash_digest_bytes(hash);
            const auto [text, tag] = ask(false, secrets.bytes(length), Bytes(tag_bytes), Status::ok);
            ask(true, text, tag, Status::ok);
            Bytes damaged = tag;
            secrets.damage(damaged);
            ask(true, text, damaged, Status::tag);
        });
    };
    for (const CipherMode cipher : {CipherMode::cbc, CipherMode::ctr}) {
        for (const HashMode hash : {HashMode::sha_256, HashMode::sha_512, HashMode::sha3_384}) {
            for (const bool over_plaintext : {false, true}) {
                const std::size_t length = 320;
                SCOPED_TRACE(std::string(contract::name_of(cipher)) + ", " + std::string(contract::name_of(hash)));
                const PinTrace first = run(cipher, hash, over_plaintext, length, Secrets(seed_));
                const auto again = [&](Secrets secrets) {
                    return run(cipher, hash, over_plaintext, length, std::move(secrets));
                };
                expect_same(first, again(Secrets(seed_ + 1)), "other secrets");
                expect_same(first, again(Secrets(Secrets::Kind::zeros)), "all secrets zero");
                expect_same(first, again(Secrets(Secrets::Kind::ones)), "all secrets ones");
                EXPECT_TRUE(first.difference(run(cipher, hash, over_plaintext, length + 64, Secrets(seed_))))
                    << "64 bytes more do not show";
            }
        }
    }
}

/// What is public does change the trace: the comparison would see it.
TEST_P(ConstantTime, PublicThingsShow) {
    Plan plan;
    plan.mode = CipherMode::gcm;
    plan.decrypt = true;
    plan.iv_bytes = 12;
    plan.aad_bytes = 20;
    plan.text_bytes = 300;
    plan.tag_bytes = 16;
    const PinTrace trace = run_plans({plan}, Secrets(seed_));
    const auto expect_other = [&](const char* what, const std::function<void(Plan&)>& change) {
        Plan other = plan;
        change(other);
        EXPECT_TRUE(trace.difference(run_plans({other}, Secrets(seed_)))) << what << " does not show";
    };
    expect_other("a byte more of text", [](Plan& other) { ++other.text_bytes; });
    expect_other("a block more of text", [](Plan& other) { other.text_bytes += 16; });
    expect_other("a byte more of AAD", [](Plan& other) { ++other.aad_bytes; });
    expect_other("the direction", [](Plan& other) { other.decrypt = false; });
    expect_other("another mode", [](Plan& other) { other.mode = CipherMode::ccm; });
    expect_other("a bad tag", [](Plan& other) { other.bad = true; });

    // A single cycle, too.
    Secrets secrets(seed_);
    const std::vector<CipherInput> inputs = {fill(plan, make_keys(secrets, plan.key_bytes, false), secrets)};
    EXPECT_FALSE(trace.difference(run_alone(inputs)));
    EXPECT_TRUE(trace.difference(run_alone(inputs, false, sim::MemoryTiming::ideal(21))));
}

/// A wrong tag shows when the request ends, not while text is still being read; and where it is wrong never shows.
TEST_P(ConstantTime, TagsTellOneBit) {
    for (const CipherMode mode :
         {CipherMode::gcm, CipherMode::ccm, CipherMode::cmac, CipherMode::kw, CipherMode::kwp}) {
        SCOPED_TRACE(contract::name_of(mode));
        Plan plan;
        plan.mode = mode;
        plan.decrypt = true;
        plan.iv_bytes = has_tag(mode) && mode != CipherMode::cmac ? 12 : 0;
        plan.aad_bytes = plan.iv_bytes;
        plan.text_bytes = 128;
        plan.tag_bytes = has_tag(mode) ? 16 : 0;
        Secrets secrets(seed_);
        const CipherInput good = fill(plan, make_keys(secrets, plan.key_bytes, false), secrets);
        const PinTrace right = run_alone({good});
        std::optional<PinTrace> wrong;
        const auto try_damage = [&](const std::string& what, const std::function<void(Bytes&)>& damage) {
            CipherInput bad = good;
            damage(has_tag(mode) ? bad.tag : bad.text);
            PinTrace trace = run_alone({bad});
            const auto difference = right.difference(trace);
            if (mode == CipherMode::cmac) {
                // Nothing has been written that must be wiped, so only the completion entry tells.
                EXPECT_FALSE(difference) << what << ": " << difference->text;
            } else {
                ASSERT_TRUE(difference) << what << ": a request that fails looks like one that does not";
                EXPECT_GT(difference->cycle, right.last_read_end()) << what << " shows too early: " << difference->text;
            }
            if (!wrong) {
                wrong.emplace(std::move(trace));
            } else {
                expect_same(*wrong, trace, what);
            }
        };
        try_damage("first bit", [](Bytes& bytes) { bytes.front() ^= 0x80; });
        try_damage("last bit", [](Bytes& bytes) { bytes.back() ^= 1; });
        try_damage("a bit in the middle", [](Bytes& bytes) { bytes[bytes.size() / 2] ^= 0x10; });
        try_damage("all bits", [](Bytes& bytes) {
            for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(~byte);
        });
    }
}

/// A wrapped key is as long as its padding makes it; how long the key in it is shows nowhere but in the answer.
TEST_P(ConstantTime, LengthOfUnwrappedKeyDoesNotShow) {
    Plan plan;
    plan.mode = CipherMode::kwp;
    plan.decrypt = true;
    plan.text_bytes = 24;
    const PinTrace whole = run_plans({plan}, Secrets(seed_));
    for (const std::size_t bytes : {17U, 20U, 23U}) {
        plan.text_bytes = bytes;
        expect_same(whole, run_plans({plan}, Secrets(seed_)), std::to_string(bytes) + " bytes");
    }
}

/// Equal keys show only to the request that asks, once the key has been read.
TEST_P(ConstantTime, EqualKeysTellOneBit) {
    Secrets secrets(seed_);
    const auto input = [&](bool equal) {
        CipherInput result;
        result.mode = CipherMode::xts;
        result.key = secrets.bytes(32);
        result.tweak_key = equal ? result.key : secrets.bytes(32);
        result.iv = secrets.bytes(16);
        result.text = secrets.bytes(64);
        return result;
    };
    const PinTrace distinct = run_alone({input(false)});
    expect_same(distinct, run_alone({input(true)}), "equal keys without being asked");

    CipherInput last_bit = input(true);
    last_bit.tweak_key.back() ^= 1;
    const PinTrace accepted = run_alone({input(false)}, true);
    expect_same(accepted, run_alone({last_bit}, true), "keys that differ in a bit");
    const PinTrace refused = run_alone({input(true)}, true);
    expect_same(refused, run_alone({input(true)}, true), "other equal keys");
    EXPECT_TRUE(accepted.difference(refused));
}

/// How a request of some length lies in memory.
Shape random_shape(std::mt19937_64& random, std::uint32_t length) {
    if (length == 0 || below(random, 2) == 0) return Shape::direct(length, below(random, 64));
    Shape shape;
    shape.list = true;
    while (length != 0) {
        const std::uint32_t piece = shape.pieces.size() == 20 ? length : std::min(length, 1 + below(random, 200));
        shape.pieces.push_back({below(random, 64), piece});
        length -= piece;
    }
    return shape;
}

Plan random_plan(std::mt19937_64& random) {
    Plan plan;
    plan.mode = static_cast<CipherMode>(below(random, mode_count));
    plan.decrypt = below(random, 2) == 1;
    plan.key_bytes = 16 + 8 * below(random, 3);
    plan.text_bytes = 16 + below(random, below(random, 4) == 0 ? 2000 : 150);
    switch (plan.mode) {
        case CipherMode::ecb:
        case CipherMode::cbc:
            plan.text_bytes = plan.text_bytes / 16 * 16;
            plan.iv_bytes = plan.mode == CipherMode::cbc ? 16 : 0;
            break;
        case CipherMode::ctr:
        case CipherMode::xts:
            plan.iv_bytes = 16;
            break;
        case CipherMode::gcm:
            plan.iv_in_source = below(random, 3) == 0;
            plan.iv_bytes = plan.iv_in_source ? 1 + below(random, 60) : 12;
            plan.aad_bytes = below(random, 60);
            plan.tag_bytes = 12 + below(random, 5);
            break;
        case CipherMode::ccm:
            plan.iv_bytes = 7 + below(random, 7);
            plan.aad_bytes = below(random, 60);
            plan.tag_bytes = 4 + 2 * below(random, 7);
            break;
        case CipherMode::cmac:
            plan.tag_bytes = 8 + below(random, 9);
            break;
        case CipherMode::kw:
        case CipherMode::kwp:
            plan.text_bytes = std::min<std::size_t>(plan.text_bytes, 120) / 8 * 8;
            plan.inverse_cipher = below(random, 3) == 0;
            break;
    }
    plan.bad = is_checked(plan) && below(random, 4) == 0;
    return plan;
}

/// Requests of all kinds on all queues at once, with memory that makes the engine wait: everything public comes from
/// one source of random numbers, everything secret from another.
TEST_P(ConstantTime, MixedTraffic) {
    const unsigned total = rounds_on(GetParam(), all_tests() ? 4000 : 400);
    const auto traffic = [&](sim::Machine& machine, Secrets secrets) {
        std::mt19937_64 random(seed_);
        std::vector<std::unique_ptr<sim::QueuePair>> queues;
        for (unsigned i = 0; i < queue_count(machine); ++i) {
            queues.push_back(std::make_unique<sim::QueuePair>(machine, i));
            queues.back()->start();
        }
        // Engine-held contexts; every other one holds a pair.
        std::vector<Keys> held;
        for (unsigned i = 0; i < 4; ++i) {
            held.push_back(make_keys(secrets, 16 + 8 * below(random, 3), i % 2 == 1));
            const std::uint64_t record = machine.memory().allocate(sizeof(sim::KeyPairRecord));
            std::size_t bytes = sizeof(contract::ContextRecord);
            if (held[i].tweak_key.empty()) {
                machine.memory().store(record, sim::cipher_context(held[i].key));
            } else {
                machine.memory().store(record, sim::cipher_pair_context(held[i].key, held[i].tweak_key));
                bytes = sizeof(sim::KeyPairRecord);
            }
            ASSERT_EQ(queues[0]->run(sim::context_load(i, record, bytes)).status, Status::ok);
        }

        const auto make = [&] {
            const Plan plan = random_plan(random);
            const bool pair = plan.mode == CipherMode::xts;
            const unsigned context = 2 * below(random, 2) + (pair ? 1 : 0);
            const bool uses_held = below(random, 2) == 0;
            const Keys keys = uses_held ? held[context] : make_keys(secrets, plan.key_bytes, pair);
            const CipherInput input = fill(plan, keys, secrets);
            auto request = std::make_unique<CipherRequest>(machine, plan.mode);
            prepare(*request, input);
            request->fence(below(random, 16) == 0);
            if (uses_held) {
                request->held_context(context);
            } else if (pair) {
                request->key_pair(keys.key, keys.tweak_key);
            } else {
                request->key(keys.key);
            }
            if (below(random, 2) == 0) {
                request->text_in_place(input.text, random_shape(random, request->in_place_length(input.text.size())));
            } else {
                const sim::StreamLengths lengths = request->lengths(input.text.size());
                const Shape source = random_shape(random, lengths.source);
                request->text(input.text, source, random_shape(random, lengths.destination));
            }
            return Exchange(std::move(request), input, Oracle::run(input));
        };

        std::map<std::uint32_t, Exchange> pending;
        unsigned made = 0;
        unsigned answered = 0;
        while (answered < total) {
            for (auto& queue : queues) {
                bool posted = false;
                for (unsigned n = below(random, 6); n != 0 && made < total && queue->free_slots() != 0; --n, ++made) {
                    Exchange exchange = make();
                    exchange.request().cookie(made);
                    queue->post(exchange.request().descriptor());
                    pending.emplace(made, std::move(exchange));
                    posted = true;
                }
                if (posted) queue->ring_submission();
            }
            machine.run(below(random, 800));
            for (auto& queue : queues) {
                bool taken = false;
                while (const auto done = queue->poll()) {
                    const auto found = pending.find(done->cookie);
                    ASSERT_NE(found, pending.end());
                    found->second.check(*done);
                    pending.erase(found);
                    ++answered;
                    taken = true;
                }
                if (taken) queue->ring_completion();
            }
            ASSERT_LT(machine.cycle(), 40'000'000U) << "requests do not end";
        }
    };
    const auto run = [&](const Secrets& secrets) {
        return trace_of(sim::MemoryTiming::random(seed_, 12),
                        [&](sim::Machine& machine) { traffic(machine, secrets); });
    };
    const PinTrace first = run(Secrets(seed_ + 1));
    std::cout << first.cycles() << " cycles, " << first.changes() << " of them with a change on some pin\n";
    expect_same(first, run(Secrets(seed_ + 2)), "other secrets");
}

INSTANTIATE_TEST_SUITE_P(All, ConstantTime, testing::ValuesIn(all_targets()), EngineTest::name);

}  // namespace
}  // namespace cce::test
