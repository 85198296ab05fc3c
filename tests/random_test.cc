// SPDX-License-Identifier: Apache-2.0
//
// Random requests on every queue at once against OpenSSL: modes, keys, directions, lengths of text, AAD, IV and tag,
// good tags and bad ones, alignments, scatter lists, in and out of place, contexts in memory and held ones that are
// loaded anew meanwhile, ring sizes, and random back-pressure on the bus. Prints its seed; CCE_TEST_SEED repeats a run,
// CCE_TEST_ALL=1 runs longer.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>

#include "harness/crafted_inputs.h"
#include "support.h"

namespace cce::test {
namespace {

using contract::CipherMode;
using contract::Completion;
using contract::Status;
using sim::CipherRequest;
using sim::Shape;

constexpr unsigned mode_count = 9;

class Random : public testing::TestWithParam<std::tuple<Target, unsigned>> {};

std::uint32_t up_to_multiple(std::uint32_t number, std::uint32_t of) {
    return (number + of - 1) / of * of;
}

/// Lengths that matter: mostly short, sometimes a few KiB; at least `least`.
std::uint32_t random_size(std::mt19937_64& random, std::uint32_t least) {
    switch (below(random, 8)) {
        case 0:
            return least + below(random, 6000);
        case 1:
        case 2:
            return least + below(random, 700);
        default:
            return least + below(random, 100);
    }
}

/// Bytes of text that are legal for the mode; for key wrap, bytes of the key.
std::uint32_t random_length(std::mt19937_64& random, CipherMode mode) {
    switch (mode) {
        case CipherMode::ecb:
        case CipherMode::cbc:
            return up_to_multiple(random_size(random, 1), 16);
        case CipherMode::ctr:
            return random_size(random, 1);
        case CipherMode::xts:
            return random_size(random, 16);
        case CipherMode::kw:
            return std::min(up_to_multiple(random_size(random, 16), 8), contract::key_wrap_limit_bytes);
        case CipherMode::kwp:
            return std::min(random_size(random, 1), contract::key_wrap_limit_bytes);
        default:
            return random_size(random, 0);
    }
}

template <std::size_t Count>
std::uint32_t one_of(std::mt19937_64& random, const std::array<std::uint32_t, Count>& values) {
    return values[below(random, Count)];
}

/// IV, AAD, tag and text of an encryption, or of a decryption: of what OpenSSL has encrypted, now and then changed.
CipherInput random_input(std::mt19937_64& random, CipherMode mode, bool decrypt, const Bytes& key,
                         const Bytes& tweak_key) {
    CipherInput input;
    input.mode = mode;
    input.key = key;
    if (mode == CipherMode::xts) input.tweak_key = tweak_key;
    input.text = random_bytes(random, random_length(random, mode));
    switch (mode) {
        case CipherMode::cbc:
        case CipherMode::xts:
            input.iv = random_bytes(random, 16);
            break;
        case CipherMode::ctr:
            input.iv = random_bytes(random, 16);
            // A counter about to carry through many bytes, or to wrap.
            if (below(random, 3) == 0) {
                std::fill(input.iv.begin() + below(random, 15), input.iv.end(), std::uint8_t{0xff});
            }
            break;
        case CipherMode::gcm: {
            const bool standard = below(random, 2) == 0;
            input.iv = random_bytes(random, standard ? 12 : 1 + below(random, 128));
            if (below(random, 8) == 0) {
                // The counter's 32 bits wrap within the text, and nothing carries into the others.
                Bytes counter = random_bytes(random, 16);
                std::fill(counter.begin() + 12, counter.end() - 1, std::uint8_t{0xff});
                const auto iv = sim::gcm_iv_for_counter(key, std::span(counter).first<16>());
                input.iv.assign(iv.begin(), iv.end());
            }
            input.iv_in_source = input.iv.size() != 12 || below(random, 3) == 0;
            input.tag_length = one_of<7>(random, {4, 8, 12, 13, 14, 15, 16});
            break;
        }
        case CipherMode::ccm:
            input.iv = random_bytes(random, 7 + below(random, 7));
            input.tag_length = 4 + 2 * below(random, 7);
            break;
        case CipherMode::cmac:
            input.tag_length = 1 + below(random, 16);
            break;
        case CipherMode::kw:
        case CipherMode::kwp:
            input.inverse_cipher = below(random, 3) == 0;
            break;
        default:
            break;
    }
    if ((mode == CipherMode::gcm || mode == CipherMode::ccm) && below(random, 4) != 0) {
        input.aad = random_bytes(random, random_size(random, 0));
    }
    if (!decrypt) return input;

    // What is decrypted must fit its tag, so it is encrypted first.
    const Oracle::Answer sealed = Oracle::run(input);
    input.decrypt = true;
    if (mode != CipherMode::cmac) input.text = sealed.text;
    input.tag = sealed.tag;
    input.tag_length = 0;
    if (below(random, 5) == 0) {
        const std::array<Bytes*, 3> parts = {&input.tag, &input.aad, &input.text};
        Bytes& part = *parts[below(random, parts.size())];
        if (!part.empty()) {
            part[below(random, static_cast<std::uint32_t>(part.size()))] ^=
                static_cast<std::uint8_t>(1U << below(random, 8));
        }
    }
    return input;
}

Shape random_shape(std::mt19937_64& random, std::uint32_t length) {
    const auto gap = [&] {
        // Mostly any alignment of the beat; sometimes just in front of a page's end.
        switch (below(random, 4)) {
            case 0:
                return 0U;
            case 1:
                return 4096 - 64 - below(random, 80);
            default:
                return below(random, 64);
        }
    };
    Shape shape;
    shape.list = below(random, 2) == 0;
    shape.list_gap = below(random, contract::list_fetch_bytes / sizeof(contract::ListEntry));
    if (!shape.list) return Shape::direct(length, gap());
    // Cut at random places; now and then into single bytes.
    const std::uint32_t longest = below(random, 4) == 0 ? 3 : 1 + below(random, 900);
    while (length != 0) {
        std::uint32_t piece = std::min(length, 1 + below(random, longest));
        if (shape.pieces.size() == 60) piece = length;
        shape.pieces.push_back({gap(), piece});
        length -= piece;
    }
    return shape;
}

/// What an engine-held context holds, and who counts on it.
struct Held {
    Bytes key;
    Bytes tweak_key;  ///< not empty: a pair
    unsigned users = 0;
    bool loading = false;
};

TEST_P(Random, AgreesWithOpenSsl) {
    const auto& [target, run] = GetParam();
    const std::uint64_t seed = test_seed() + run;
    std::mt19937_64 random(seed);
    const auto timing = run == 0 ? sim::MemoryTiming::ideal() : sim::MemoryTiming::random(seed, run == 1 ? 6 : 60);
    sim::Machine machine(machine_options(target, timing));

    std::vector<std::unique_ptr<sim::QueuePair>> queues;
    for (unsigned i = 0; i < queue_count(machine); ++i) {
        sim::QueueOptions options;
        options.submission_log2 = 1 + below(random, 5);
        options.completion_log2 = 1 + below(random, 5);
        queues.push_back(std::make_unique<sim::QueuePair>(machine, i, options));
        queues.back()->start();
    }
    std::vector<Held> held(context_count(machine));
    ASSERT_GE(held.size(), 2U);
    // Half of the contexts hold pairs. Each has its own place in memory, so that several loads may be under way.
    std::vector<std::uint64_t> records;
    const auto load = [&](unsigned index) {
        Held& context = held[index];
        const std::size_t key_bytes = 16 + 8 * below(random, 3);
        context.key = random_bytes(random, key_bytes);
        if (index % 2 == 0) {
            context.tweak_key.clear();
            machine.memory().store(records[index], sim::cipher_context(context.key));
            return sim::context_load(index, records[index], sizeof(contract::ContextRecord));
        }
        context.tweak_key = random_bytes(random, key_bytes);
        machine.memory().store(records[index], sim::cipher_pair_context(context.key, context.tweak_key));
        return sim::context_load(index, records[index], sizeof(sim::KeyPairRecord));
    };
    for (unsigned i = 0; i < held.size(); ++i) {
        records.push_back(machine.memory().allocate(sizeof(sim::KeyPairRecord)));
        ASSERT_EQ(queues[0]->run(load(i)).status, Status::ok);
    }
    machine.run(500);  // the last write's response
    const auto counters = [&] {
        sim::QueueCounters sum;
        for (auto& queue : queues) {
            const sim::QueueCounters one = queue->counters();
            sum.completed += one.completed;
            sum.failed += one.failed;
            sum.bytes += one.bytes;
        }
        return sum;
    };
    const sim::QueueCounters before = counters();

    const unsigned total = all_tests() ? 20'000 : rounds_on(target, target.engine == "rtl" ? 500 : 2000);
    unsigned made = 0;
    unsigned answered = 0;
    bool wrong_tag = false;
    sim::QueueCounters expected;
    /// A request on its way; or, without an exchange, the load of a held context.
    struct Pending {
        std::unique_ptr<Exchange> exchange;
        std::optional<unsigned> context;
    };
    std::map<std::uint32_t, Pending> pending;
    const auto make = [&](std::uint32_t cookie) {
        const auto mode = static_cast<CipherMode>(below(random, mode_count));
        const bool decrypt = below(random, 2) == 1;
        const bool pair = mode == CipherMode::xts;
        Pending entry;
        const unsigned index = below(random, static_cast<std::uint32_t>(held.size()));
        if (below(random, 2) == 1 && !held[index].loading && held[index].tweak_key.empty() != pair) {
            entry.context = index;
            ++held[index].users;
        }
        const std::size_t key_bytes = 16 + 8 * below(random, 3);
        const Bytes key = entry.context ? held[index].key : random_bytes(random, key_bytes);
        const Bytes tweak_key = entry.context           ? held[index].tweak_key
                                : below(random, 8) == 0 ? key
                                                        : random_bytes(random, key_bytes);
        CipherInput input = random_input(random, mode, decrypt, key, tweak_key);
        // About one in 25 has a bad tag. One has it for sure, since of the few requests of a short run it may be none.
        if (decrypt && !input.tag.empty() && !wrong_tag) {
            input.tag.front() ^= 0xff;
            wrong_tag = true;
        }
        auto request = std::make_unique<CipherRequest>(machine, mode);
        prepare(*request, input);
        request->cookie(cookie).fence(below(random, 10) == 0);
        if (entry.context) {
            request->held_context(index);
        } else if (pair) {
            request->key_pair(key, tweak_key);
        } else {
            request->key(key);
        }
        const bool in_place = below(random, 2) == 1;
        if (in_place) {
            request->text_in_place(input.text, random_shape(random, request->in_place_length(input.text.size())));
        } else {
            const sim::StreamLengths lengths = request->lengths(input.text.size());
            request->text(input.text, random_shape(random, lengths.source), random_shape(random, lengths.destination));
        }
        const std::string name = "request " + std::to_string(cookie) + (in_place ? ", in place" : ", out of place") +
                                 ", source " + std::to_string(request->source().segments().size()) + " destination " +
                                 std::to_string(request->destination().segments().size()) + " segments" +
                                 (entry.context ? ", held context" : "");
        Oracle::Answer answer = Oracle::run(input);
        entry.exchange =
            std::make_unique<Exchange>(Exchange(std::move(request), std::move(input), std::move(answer)).name(name));
        return entry;
    };
    const auto check = [&](const Completion& done) {
        const auto found = pending.find(done.cookie);
        ASSERT_NE(found, pending.end()) << "a cookie that was not asked for, or twice: " << done.cookie;
        const Pending& entry = found->second;
        if (!entry.exchange) {
            ASSERT_EQ(done.status, Status::ok) << "load of a context: " << contract::text_of(done.status);
            held[*entry.context].loading = false;
            ++expected.completed;
        } else {
            entry.exchange->check(done);
            ASSERT_FALSE(HasFailure());
            if (entry.context) --held[*entry.context].users;
            if (entry.exchange->succeeds()) {
                ++expected.completed;
                expected.bytes += entry.exchange->input().text.size();
            } else {
                ++expected.failed;
            }
        }
        pending.erase(found);
        ++answered;
    };

    while (answered < total) {
        for (auto& queue : queues) {
            // A burst of requests under one doorbell, sometimes none.
            bool posted = false;
            for (unsigned n = below(random, 10); n != 0 && made < total && queue->free_slots() != 0; --n) {
                const unsigned index = below(random, static_cast<std::uint32_t>(held.size()));
                if (below(random, 30) == 0 && held[index].users == 0 && !held[index].loading) {
                    contract::Descriptor descriptor = load(index);
                    descriptor.cookie = made;
                    held[index].loading = true;
                    pending.emplace(made, Pending{nullptr, index});
                    queue->post(descriptor);
                } else {
                    const auto [place, fresh] = pending.emplace(made, make(made));
                    queue->post(place->second.exchange->request().descriptor());
                }
                ++made;
                posted = true;
            }
            if (posted) queue->ring_submission();
        }
        machine.run(below(random, 2000));
        for (auto& queue : queues) {
            bool taken = false;
            while (const auto done = queue->poll()) {
                ASSERT_NO_FATAL_FAILURE(check(*done));
                ASSERT_FALSE(HasFailure());
                taken = true;
            }
            if (taken) queue->ring_completion();
        }
        ASSERT_LT(machine.cycle(), 400'000'000U) << "requests do not end";
    }
    machine.run(500);  // the last write's response
    const sim::QueueCounters after = counters();
    EXPECT_EQ(after.completed - before.completed, expected.completed);
    EXPECT_EQ(after.failed - before.failed, expected.failed);
    EXPECT_EQ(after.bytes - before.bytes, expected.bytes);  // a record that was loaded is no text
    EXPECT_GT(expected.failed, total / 200) << "suspiciously few bad tags";
    const auto* const stray = machine.memory().stray_access();
    EXPECT_EQ(stray, nullptr) << machine.memory().describe(stray->address);
}

std::string name_of_run(const testing::TestParamInfo<Random::ParamType>& parameter) {
    const auto& [target, run] = parameter.param;
    return target.name() + "_run" + std::to_string(run);
}

INSTANTIATE_TEST_SUITE_P(All, Random, testing::Combine(testing::ValuesIn(all_targets()), testing::Range(0U, 4U)),
                         name_of_run);

}  // namespace
}  // namespace cce::test
