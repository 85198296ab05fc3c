// SPDX-License-Identifier: Apache-2.0
//
// The model's strides: three machines do the same work, one cycle by cycle, one in bulk advances up to the events of
// bursts, one in whole periods of a stream. Every completion, every interrupt, every byte of memory and the cycle of
// each must be the same, wherever the calls end. Prints its seed; CCE_TEST_SEED repeats a run, CCE_TEST_ALL=1 runs
// longer. (That the first machine is the RTL, cycle by cycle, is what cce_lockstep tests.)

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "support.h"

namespace cce::test {
namespace {

using contract::CipherMode;
using contract::Completion;
using contract::Descriptor;
using sim::CipherRequest;
using sim::Machine;
using sim::MachineOptions;
using sim::MemoryTiming;
using sim::QueueOptions;
using sim::QueuePair;
using sim::Shape;
using sim::Stride;

constexpr std::array strides = {Stride::cycle, Stride::burst, Stride::periods};

/// What is wrong with a request's memory.
enum class Fault : std::uint8_t { none, read, write, region };

/// A request's text, and where it lies.
struct Plan {
    CipherInput input;
    unsigned queue = 0;
    bool in_place = false;
    Shape source;
    Shape destination;
    /// Not 0: the destination begins so many bytes behind the source (a negative number: in front of it).
    int overlap = 0;
    Fault fault = Fault::none;
    std::uint32_t fault_at = 0;  ///< bytes of source or destination that come before it
};

/// A shape of `length` bytes: aligned or not, in one piece or in several.
Shape random_shape(std::mt19937_64& random, std::uint32_t length) {
    constexpr std::array<std::uint32_t, 6> gaps = {0, 16, 4096 - 64, 1, 13, 4000};
    const auto gap = [&] { return below(random, 2) == 0 ? 0 : gaps[below(random, gaps.size())]; };
    if (below(random, 3) != 0) return Shape::direct(length, gap());
    Shape shape;
    shape.list = true;
    for (std::uint32_t done = 0; done < length;) {
        // Long pieces, with periods in them, and now and then short ones between.
        const std::uint32_t most = below(random, 4) == 0 ? 5000 : 200'000;
        const std::uint32_t piece = std::min(length - done, 1 + below(random, most));
        shape.pieces.push_back({gap(), piece});
        done += piece;
    }
    return shape;
}

/// A stream's request of up to `longest` bytes.
Plan random_plan(std::mt19937_64& random, std::uint32_t longest) {
    constexpr std::array modes = {CipherMode::gcm, CipherMode::ctr, CipherMode::ecb, CipherMode::cbc, CipherMode::xts};
    Plan plan;
    CipherInput& input = plan.input;
    input.mode = modes[below(random, modes.size())];
    input.decrypt = input.mode == CipherMode::cbc || below(random, 2) == 0;
    input.key = random_bytes(random, 16 + 8 * below(random, 3));
    std::uint32_t length = 32 + (below(random, 4) == 0 ? below(random, 20'000) : below(random, longest));
    if (input.mode == CipherMode::ecb || input.mode == CipherMode::cbc || below(random, 2) == 0) length &= ~15U;
    input.text = random_bytes(random, length);
    if (input.mode == CipherMode::xts) input.tweak_key = random_bytes(random, input.key.size());
    if (input.mode != CipherMode::ecb) input.iv = random_bytes(random, input.mode == CipherMode::gcm ? 12 : 16);
    // Counters that overflow in the text, in 32 bits and in all of them.
    if (input.mode == CipherMode::ctr && below(random, 2) == 0) {
        std::fill(input.iv.begin() + (below(random, 2) == 0 ? 0 : 12), input.iv.end(), 0xff);
        input.iv[14] = static_cast<std::uint8_t>(below(random, 256));
    }
    if (input.mode == CipherMode::gcm) {
        input.aad = random_bytes(random, below(random, 2) == 0 ? 0 : below(random, 40));
        if (below(random, 8) == 0) input.aad = random_bytes(random, below(random, 40'000));
        input.iv_in_source = below(random, 4) == 0;
        input.tag_length = 16;
        // A decryption's is wrong now and then, so that its text is wiped.
        if (input.decrypt) {
            CipherInput encryption = input;
            encryption.decrypt = false;
            const Oracle::Answer sealed = Oracle::run(encryption);
            input.text = sealed.text;
            input.tag = sealed.tag;
            if (below(random, 8) == 0) input.tag[3] ^= 1;
        }
    }
    plan.queue = below(random, 4);
    plan.in_place = below(random, 3) == 0;
    const std::uint32_t front = static_cast<std::uint32_t>(input.aad.size()) + (input.iv_in_source ? 12 : 0);
    const auto tag = static_cast<std::uint32_t>(input.tag_length);
    plan.source = random_shape(random, front + length + (input.decrypt || plan.in_place ? tag : 0));
    plan.destination = random_shape(random, length + (input.decrypt ? 0 : tag));
    if (!plan.in_place && below(random, 4) == 0) {
        constexpr std::array faults = {Fault::read, Fault::write, Fault::region, Fault::region};
        plan.fault = faults[below(random, faults.size())];
        // Nearer to the end: there are periods in front of it.
        plan.fault_at = length - 1 - below(random, std::min(length, 60'000U));
        plan.source = Shape::direct(plan.source.length(), below(random, 64));
        plan.destination = Shape::direct(plan.destination.length(), below(random, 64));
    } else if (below(random, 4) == 0) {
        constexpr std::array distances = {1, 16, 64, 1000, 4096, 8192, 12'000, 20'000, 40'000};
        plan.overlap = distances[below(random, distances.size())] * (below(random, 2) == 0 ? 1 : -1);
    }
    return plan;
}

/// The work of one run: requests, and where the calls of the engine end.
struct Work {
    unsigned data_width = 128;
    unsigned latency = 20;
    bool interrupts = false;
    bool timing_changes = false;
    std::vector<Plan> plans;
    std::uint64_t seed = 0;  ///< of how long the engine runs at a time
};

/// What is seen of a completion.
struct Seen {
    std::uint64_t cycle = 0;  ///< of the end of the run after which it was there
    unsigned queue = 0;
    Completion completion;
};

/// One machine at its work.
class Worker {
public:
    Worker(const Work& work, Stride stride) : work_(work), machine_(options(work, stride)), random_(work.seed) {
        for (unsigned queue = 0; queue < 4; ++queue) {
            QueueOptions queue_options;
            queue_options.interrupt_enable = work.interrupts;
            queue_options.interrupt_count = static_cast<std::uint16_t>(2 * queue);
            queue_options.interrupt_time = 3000 * queue;
            queues_.push_back(std::make_unique<QueuePair>(machine_, queue, queue_options));
            queues_.back()->start();
        }
        for (std::size_t i = 0; i < work.plans.size(); ++i) prepare_request(work.plans[i], i);
    }

    /// Does all of it: a few requests are posted at a time.
    void run() {
        while (seen_.size() < descriptors_.size()) {
            ASSERT_LT(machine_.cycle(), cycle_limit) << "requests without completion";
            post_some();
            // Runs that end anywhere, of all lengths.
            const unsigned long_one = below(random_, 4) == 0 ? 40'000 : 3000;
            machine_.run(1 + below(random_, below(random_, 3) == 0 ? 300 : long_one));
            if (work_.timing_changes && below(random_, 8) == 0) change_timing();
            take();
        }
        machine_.run(5000);
    }

    /// Expects the same of `other`.
    void expect_same(Worker& other) {
        ASSERT_EQ(seen_.size(), other.seen_.size());
        for (std::size_t i = 0; i < seen_.size(); ++i) {
            EXPECT_EQ(seen_[i].cycle, other.seen_[i].cycle) << "completion " << i;
            EXPECT_EQ(seen_[i].queue, other.seen_[i].queue) << "completion " << i;
            EXPECT_EQ(std::memcmp(&seen_[i].completion, &other.seen_[i].completion, sizeof(Completion)), 0)
                << "completion " << i << ": request " << seen_[i].completion.cookie << " from cycle "
                << seen_[i].completion.start_cycle << " to " << seen_[i].completion.end_cycle << ", request "
                << other.seen_[i].completion.cookie << " from cycle " << other.seen_[i].completion.start_cycle << " to "
                << other.seen_[i].completion.end_cycle;
        }
        EXPECT_EQ(machine_.cycle(), other.machine_.cycle());
        EXPECT_EQ(machine_.engine().simulated_cycles(), other.machine_.engine().simulated_cycles());
        const auto& interrupts = machine_.interrupts();
        const auto& others = other.machine_.interrupts();
        EXPECT_TRUE(std::ranges::equal(interrupts, others, [](const auto& left, const auto& right) {
            return left.vector == right.vector && left.cycle == right.cycle;
        }));
        for (std::size_t i = 0; i < work_.plans.size(); ++i) {
            EXPECT_TRUE(memory_of(i) == other.memory_of(i))
                << "memory of request " << i << ", " << describe(work_.plans[i].input);
        }
    }
    /// Expects of each request what OpenSSL says, unless its text overlaps.
    void expect_right() {
        for (const Seen& seen : seen_) {
            ASSERT_LT(seen.completion.cookie, work_.plans.size());
            const Plan& plan = work_.plans[seen.completion.cookie];
            if (plan.overlap == 0 && plan.fault == Fault::none)
                exchanges_[seen.completion.cookie]->check(seen.completion);
        }
        EXPECT_EQ(machine_.memory().stray_access(), nullptr);
    }
    [[nodiscard]] sim::CyclesByStride cycles() { return machine_.engine().cycles_by_stride(); }

private:
    static constexpr std::uint64_t cycle_limit = 10'000'000;
    static constexpr unsigned region_index = 1;
    static constexpr std::uint16_t region_key = region_index;  ///< with tag 0
    /// Room in front of and behind a text that overlaps with its result.
    static constexpr std::uint32_t margin = 65'536;

    static MachineOptions options(const Work& work, Stride stride) {
        MachineOptions options = machine_options(work.data_width, MemoryTiming::ideal(work.latency), "model");
        options.engine_options.stride = stride;
        return options;
    }

    void prepare_request(const Plan& plan, std::size_t number) {
        auto request = std::make_unique<CipherRequest>(machine_, plan.input.mode);
        prepare(*request, plan.input);
        if (plan.input.mode == CipherMode::xts) {
            request->key_pair(plan.input.key, plan.input.tweak_key);
        } else {
            request->key(plan.input.key);
        }
        request->cookie(static_cast<std::uint32_t>(number));
        if (plan.in_place && plan.overlap == 0) {
            request->text_in_place(plan.input.text, Shape::direct(request->in_place_length(plan.input.text.size()),
                                                                  plan.source.pieces.front().gap));
        } else if (plan.in_place || plan.overlap != 0) {
            request->text(plan.input.text);
        } else {
            request->text(plan.input.text, plan.source, plan.destination);
        }
        Descriptor descriptor = request->descriptor();
        std::uint64_t buffer = 0;
        if (plan.overlap != 0) {
            // The same source, in the middle of a buffer that the result lies in, too.
            const auto& stream = request->source_stream();
            buffer = machine_.memory().allocate(stream.size() + 2 * std::size_t{margin});
            machine_.memory().write(buffer + margin, stream);
            descriptor.source = buffer + margin;
            descriptor.destination = buffer + margin + static_cast<std::uint64_t>(std::int64_t{plan.overlap});
        }
        switch (plan.fault) {
            case Fault::read:
                machine_.memory().inject_error(sim::Direction::read, descriptor.source + plan.fault_at, 1);
                break;
            case Fault::write:
                machine_.memory().inject_error(sim::Direction::write, descriptor.destination + plan.fault_at, 1);
                break;
            case Fault::region:
                // The region, if it is this request's, ends in the middle of the destination.
                if (region_used_) break;
                region_used_ = true;
                open_region(plan.queue, descriptor.destination, plan.fault_at);
                descriptor.destination_region = region_key;
                break;
            default:
                break;
        }
        buffers_.push_back(buffer);
        descriptors_.push_back(descriptor);
        exchanges_.push_back(std::make_unique<Exchange>(std::move(request), plan.input, Oracle::run(plan.input)));
    }

    void open_region(unsigned queue, std::uint64_t base, std::uint64_t size) {
        namespace page = contract::region_page;
        machine_.write_register64(page::at(page::base_low, region_index), base);
        machine_.write_register64(page::at(page::size_low, region_index), size);
        machine_.write_register(page::at(page::access, region_index),
                                page::access_valid.put(1) | page::access_read.put(1) | page::access_write.put(1) |
                                    page::access_owner_queue.put(queue) | page::access_tag.put(0));
    }

    void post_some() {
        std::array<bool, 4> posted{};
        while (posted_ < descriptors_.size() && posted_ - seen_.size() < 6) {
            const unsigned queue = work_.plans[posted_].queue;
            queues_[queue]->post(descriptors_[posted_++]);
            posted[queue] = true;
        }
        for (unsigned queue = 0; queue < 4; ++queue) {
            if (posted[queue]) queues_[queue]->ring_submission();
        }
    }

    void take() {
        for (unsigned queue = 0; queue < 4; ++queue) {
            bool any = false;
            while (const auto completion = queues_[queue]->poll()) {
                seen_.push_back({machine_.cycle(), queue, *completion});
                any = true;
            }
            if (any) queues_[queue]->ring_completion();
        }
    }

    /// Now and then to a latency that the bursts under way don't hide.
    void change_timing() {
        machine_.set_timing(MemoryTiming::ideal(below(random_, below(random_, 2) == 0 ? 200 : 3000)));
    }

    /// All bytes that a request could have changed.
    [[nodiscard]] Bytes memory_of(std::size_t number) {
        const std::uint64_t buffer = buffers_[number];
        const CipherRequest& request = exchanges_[number]->request();
        if (buffer != 0) {
            return machine_.memory().read(buffer, request.source_stream().size() + 2 * std::size_t{margin});
        }
        EXPECT_TRUE(request.surroundings_untouched());
        Bytes bytes = request.source().gather();
        const Bytes output = request.output();
        bytes.insert(bytes.end(), output.begin(), output.end());
        return bytes;
    }

    const Work& work_;
    Machine machine_;
    std::mt19937_64 random_;
    std::vector<std::unique_ptr<QueuePair>> queues_;
    std::vector<std::unique_ptr<Exchange>> exchanges_;
    std::vector<Descriptor> descriptors_;
    std::vector<std::uint64_t> buffers_;
    bool region_used_ = false;
    std::size_t posted_ = 0;
    std::vector<Seen> seen_;
};

/// All strides at the same work; the cycles of the longest one.
sim::CyclesByStride compare(const Work& work) {
    std::vector<std::unique_ptr<Worker>> workers;
    for (const Stride stride : strides) {
        workers.push_back(std::make_unique<Worker>(work, stride));
        workers.back()->run();
    }
    workers[0]->expect_right();
    workers[0]->expect_same(*workers[1]);
    workers[0]->expect_same(*workers[2]);
    EXPECT_EQ(workers[0]->cycles().burst + workers[0]->cycles().periods, 0U);
    EXPECT_EQ(workers[1]->cycles().periods, 0U);
    return workers[2]->cycles();
}

class StrideTest : public testing::TestWithParam<unsigned> {};

TEST_P(StrideTest, RandomStreams) {
    std::mt19937_64 random(test_seed() + GetParam());
    const unsigned rounds = all_tests() ? 400 : 12;
    constexpr unsigned requests = 10;
    constexpr std::uint32_t longest = 300'000;
    sim::CyclesByStride total;
    for (unsigned round = 0; round < rounds; ++round) {
        Work work;
        work.data_width = GetParam();
        work.latency = below(random, 3) == 0 ? below(random, 400) : 20;
        work.interrupts = below(random, 2) == 0;
        work.timing_changes = below(random, 2) == 0;
        for (unsigned i = 0; i < requests; ++i) work.plans.push_back(random_plan(random, longest));
        work.seed = random();
        SCOPED_TRACE("round " + std::to_string(round));
        const sim::CyclesByStride cycles = compare(work);
        total.periods += cycles.periods;
        total.burst += cycles.burst;
        total.cycle += cycles.cycle;
        if (testing::Test::HasFailure()) break;
    }
    RecordProperty("cycles_in_periods", std::to_string(total.periods));
    RecordProperty("cycles_in_bursts", std::to_string(total.burst));
    RecordProperty("cycles_alone", std::to_string(total.cycle));
    EXPECT_GT(total.periods, 0U);
    EXPECT_GT(total.burst, 0U);
}

/// Each mode alone, in long requests one behind the other: nearly all of it must be done in periods.
TEST_P(StrideTest, LongStreamsAreDoneInPeriods) {
    std::mt19937_64 random(test_seed() + GetParam());
    struct Kind {
        CipherMode mode;
        bool decrypt;
    };
    constexpr std::array kinds = {Kind{CipherMode::gcm, false}, Kind{CipherMode::gcm, true},
                                  Kind{CipherMode::ctr, false}, Kind{CipherMode::ecb, false},
                                  Kind{CipherMode::cbc, true},  Kind{CipherMode::xts, false},
                                  Kind{CipherMode::xts, true}};
    for (const Kind& kind : kinds) {
        Work work;
        work.data_width = GetParam();
        for (unsigned i = 0; i < 3; ++i) {
            Plan plan = random_plan(random, 1);
            while (plan.input.mode != kind.mode || plan.input.decrypt != kind.decrypt) plan = random_plan(random, 1);
            plan.overlap = 0;
            plan.fault = Fault::none;
            plan.in_place = i == 1;
            plan.input.text = random_bytes(random, 1 << 20);
            plan.input.aad.clear();
            plan.input.iv_in_source = false;
            if (kind.mode == CipherMode::gcm && kind.decrypt) {
                CipherInput encryption = plan.input;
                encryption.decrypt = false;
                const Oracle::Answer sealed = Oracle::run(encryption);
                plan.input.text = sealed.text;
                plan.input.tag = sealed.tag;
            }
            const auto tag = static_cast<std::uint32_t>(plan.input.tag_length);
            plan.source = Shape::direct((1 << 20) + (kind.decrypt ? tag : 0), 13);
            plan.destination = Shape::direct((1 << 20) + (kind.decrypt ? 0 : tag), 5);
            work.plans.push_back(plan);
        }
        work.seed = random();
        SCOPED_TRACE(std::string(contract::name_of(kind.mode)) + (kind.decrypt ? ", decryption" : ""));
        const sim::CyclesByStride cycles = compare(work);
        EXPECT_GT(cycles.periods, 2 * (cycles.burst + cycles.cycle));
    }
}

INSTANTIATE_TEST_SUITE_P(Widths, StrideTest, testing::ValuesIn(data_widths),
                         [](const auto& parameter) { return "data_" + std::to_string(parameter.param); });

}  // namespace
}  // namespace cce::test
