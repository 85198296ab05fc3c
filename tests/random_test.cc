// SPDX-License-Identifier: Apache-2.0
//
// Random requests on every queue at once against OpenSSL: modes, keys, directions, lengths, alignments, scatter lists,
// in and out of place, contexts in memory and held, ring sizes, and random back-pressure on the bus.
// Prints its seed; CCE_TEST_SEED repeats a run, CCE_TEST_ALL=1 runs longer.

#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "support.h"

namespace cce::test {
namespace {

using contract::CipherMode;
using contract::Completion;
using contract::Descriptor;
using contract::Status;
using sim::CipherRequest;
using sim::Shape;

constexpr unsigned queue_count = 4;
constexpr unsigned held_contexts = 8;

class Random : public testing::TestWithParam<std::tuple<unsigned, unsigned>> {};

/// Lengths that matter: mostly short, sometimes a few KiB.
std::uint32_t random_length(std::mt19937_64& random, CipherMode mode) {
    std::uint32_t length = 1;
    switch (below(random, 8)) {
        case 0:
            length = 1 + below(random, 6000);
            break;
        case 1:
        case 2:
            length = 1 + below(random, 700);
            break;
        default:
            length = 1 + below(random, 100);
            break;
    }
    return mode == CipherMode::ctr ? length : (length + 15) / 16 * 16;
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

/// A request on its way, with the answer it must give.
struct Pending {
    std::unique_ptr<CipherRequest> request;
    Oracle::Answer expected;
    Bytes source;
    bool in_place = false;
    std::string text;
};

TEST_P(Random, AgreesWithOpenSsl) {
    const auto& [width, run] = GetParam();
    const std::uint64_t seed = test_seed() + run;
    std::mt19937_64 random(seed);
    const auto timing = run == 0 ? sim::MemoryTiming::ideal() : sim::MemoryTiming::random(seed, run == 1 ? 6 : 60);
    sim::Machine machine(machine_options(width, timing));

    std::vector<std::unique_ptr<sim::QueuePair>> queues;
    for (unsigned i = 0; i < queue_count; ++i) {
        sim::QueueOptions options;
        options.submission_log2 = 1 + below(random, 5);
        options.completion_log2 = 1 + below(random, 5);
        queues.push_back(std::make_unique<sim::QueuePair>(machine, i, options));
        queues.back()->start();
    }
    std::vector<Bytes> held;
    const std::uint64_t record = machine.memory().allocate(sizeof(contract::ContextRecord));
    for (unsigned i = 0; i < held_contexts; ++i) {
        held.push_back(random_bytes(random, 16 + 8 * below(random, 3)));
        machine.memory().store(record, sim::cipher_context(held.back()));
        Descriptor load;
        load.opcode = contract::Opcode::context_load;
        load.context_reference = i;
        load.source = record;
        ASSERT_EQ(queues[0]->run(load).status, Status::ok);
    }

    const unsigned total = all_tests() ? 20'000 : 2000;
    unsigned made = 0;
    unsigned answered = 0;
    std::uint64_t bytes = 0;
    std::map<std::uint32_t, Pending> pending;
    const auto make = [&](std::uint32_t cookie) {
        const auto mode = static_cast<CipherMode>(below(random, 3));
        const bool decrypt = below(random, 2) == 1;
        const bool use_held = below(random, 2) == 1;
        const unsigned index = below(random, held_contexts);
        const Bytes key = use_held ? held[index] : random_bytes(random, 16 + 8 * below(random, 3));
        Bytes iv = mode == CipherMode::ecb ? Bytes(16) : random_bytes(random, 16);
        // A counter about to carry through many bytes, or to wrap.
        if (mode == CipherMode::ctr && below(random, 3) == 0) {
            std::fill(iv.begin() + below(random, 15), iv.end(), std::uint8_t{0xff});
        }
        Pending entry;
        entry.source = random_bytes(random, random_length(random, mode));
        entry.expected = Oracle::run(mode, decrypt, key, iv, entry.source);
        entry.in_place = below(random, 2) == 1;
        const auto length = static_cast<std::uint32_t>(entry.source.size());
        entry.request = std::make_unique<CipherRequest>(machine, mode);
        entry.request->iv(iv).decrypt(decrypt).cookie(cookie).fence(below(random, 10) == 0);
        if (use_held) {
            entry.request->held_context(index);
        } else {
            entry.request->key(key);
        }
        const Shape source = random_shape(random, length);
        if (entry.in_place) {
            entry.request->text_in_place(entry.source, source);
        } else {
            entry.request->text(entry.source, source, random_shape(random, length));
        }
        entry.text = "request " + std::to_string(cookie) + ": " + std::string(contract::name_of(mode)) + "-" +
                     std::to_string(8 * key.size()) + (decrypt ? " decrypt " : " encrypt ") + std::to_string(length) +
                     " bytes, " + (entry.in_place ? "in place" : "out of place") + ", source " +
                     std::to_string(entry.request->source().segments().size()) + " destination " +
                     std::to_string(entry.request->destination().segments().size()) + " segments";
        return entry;
    };
    const auto check = [&](const Completion& done) {
        const auto found = pending.find(done.cookie);
        ASSERT_NE(found, pending.end()) << "a cookie that was not asked for, or twice: " << done.cookie;
        const Pending& entry = found->second;
        SCOPED_TRACE(entry.text);
        ASSERT_EQ(done.status, Status::ok) << contract::text_of(done.status);
        ASSERT_EQ(to_hex(entry.request->output()), to_hex(entry.expected.text));
        ASSERT_EQ(to_hex(done.next_iv), to_hex(entry.expected.next_iv));
        ASSERT_TRUE(entry.request->surroundings_untouched());
        if (!entry.in_place) {
            ASSERT_EQ(entry.request->source().gather(), entry.source);
        }
        ASSERT_LT(done.start_cycle, done.end_cycle);
        bytes += entry.source.size();
        pending.erase(found);
        ++answered;
    };

    while (answered < total) {
        for (auto& queue : queues) {
            // A burst of requests under one doorbell, sometimes none.
            bool posted = false;
            for (unsigned n = below(random, 4); n != 0 && made < total && queue->free_slots() != 0; --n) {
                auto [place, fresh] = pending.emplace(made, make(made));
                queue->post(place->second.request->descriptor());
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
                taken = true;
            }
            if (taken) queue->ring_completion();
        }
        ASSERT_LT(machine.cycle(), 400'000'000U) << "requests do not end";
    }
    machine.run(500);  // the last write's response
    std::uint64_t completed = 0;
    std::uint64_t counted = 0;
    for (auto& queue : queues) {
        completed += queue->counters().completed;
        counted += queue->counters().bytes;
        EXPECT_EQ(queue->counters().failed, 0U);
    }
    EXPECT_EQ(completed, total + held_contexts);
    EXPECT_EQ(counted, bytes);
    const auto* const stray = machine.memory().stray_access();
    EXPECT_EQ(stray, nullptr) << machine.memory().describe(stray->address);
}

std::string name_of_run(const testing::TestParamInfo<Random::ParamType>& parameter) {
    const auto& [width, run] = parameter.param;
    return std::to_string(width) + "_run" + std::to_string(run);
}

INSTANTIATE_TEST_SUITE_P(All, Random, testing::Combine(testing::Values(128U, 256U), testing::Range(0U, 4U)),
                         name_of_run);

}  // namespace
}  // namespace cce::test
