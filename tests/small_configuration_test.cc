// SPDX-License-Identifier: Apache-2.0
//
// The small configuration of the engine: what it says of itself, how it is asked for, and its throughput. That it does
// the same as the default one is tested by the suites themselves, which run on it too (rtl_small in their names):
// length_test, random_test, status_test, queue_test.

#include <gtest/gtest.h>

#include <iostream>
#include <stdexcept>
#include <utility>

#include "support.h"

namespace cce::test {
namespace {

using contract::CipherMode;
using contract::Completion;
using contract::Status;

namespace global = contract::global_page;

class SmallConfiguration : public testing::Test {
protected:
    static inline const Target target = {"rtl", 128, "small"};

    /// Engine cycles of one request, from the fetch of its descriptor to its completion.
    std::uint32_t cycles_of(const CipherInput& input) {
        const Exchange exchange(machine_, input, Oracle::run(input));
        const Completion done = queue_.run(exchange.request().descriptor());
        exchange.check(done);
        return done.end_cycle - done.start_cycle;
    }

    sim::Machine machine_{machine_options(target)};
    sim::QueuePair queue_{machine_, 0};
    std::mt19937_64 random_{test_seed()};
};

TEST_F(SmallConfiguration, SaysSo) {
    const std::uint32_t geometry = machine_.read_register(global::at(global::geometry));
    EXPECT_EQ(global::geometry_queue_count.get(geometry), 1U);
    EXPECT_EQ(global::geometry_context_count.get(geometry), 4U);
    EXPECT_EQ(global::geometry_data_bytes.get(geometry), 16U);
    const std::uint32_t capacity = machine_.read_register(global::at(global::capacity));
    EXPECT_EQ(global::capacity_request_count.get(capacity), 4U);
    // Queue 1 does not exist: neither its page nor its doorbells.
    EXPECT_THROW((void)machine_.read_register(contract::queue_page::at(contract::queue_page::status, 1)),
                 sim::MachineError);
    EXPECT_THROW(machine_.write_register(contract::doorbell_page::at(contract::doorbell_page::submission_tail, 1), 1),
                 sim::MachineError);
}

TEST_F(SmallConfiguration, OtherOptionsAreRefused) {
    sim::MachineOptions options = machine_options(target);
    options.engine_options.data_width = 256;
    EXPECT_THROW(sim::Machine{options}, std::invalid_argument);
    options = machine_options(target);
    options.engine_options.configuration = "tiny";
    EXPECT_THROW(sim::Machine{options}, std::invalid_argument);
}

TEST_F(SmallConfiguration, GcmTakesNoMoreThan16CyclesForABlock) {
    queue_.start();
    for (const std::size_t key_bytes : {16U, 24U, 32U}) {
        for (const bool decrypt : {false, true}) {
            const auto measure = [&](std::size_t text_bytes) {
                CipherInput input;
                input.mode = CipherMode::gcm;
                input.key = random_bytes(random_, key_bytes);
                input.iv = random_bytes(random_, 12);
                input.text = random_bytes(random_, text_bytes);
                input.tag_length = 16;
                if (decrypt) {
                    Oracle::Answer sealed = Oracle::run(input);
                    input.text = std::move(sealed.text);
                    input.tag = std::move(sealed.tag);
                    input.decrypt = true;
                }
                return cycles_of(input);
            };
            constexpr unsigned blocks = 1024;
            // Fetch of the descriptor, key, hash key, the first bytes of the text, the last ones of the tag.
            constexpr unsigned around = 160;
            const std::uint32_t one = measure(blocks * 16);
            const std::uint32_t two = measure(2 * blocks * 16);
            ASSERT_FALSE(HasFailure());
            EXPECT_LE(two - one, 16 * blocks);
            // The lengths are one block more (SP 800-38D, 7.1, step 5).
            EXPECT_LE(one, 16 * (blocks + 1) + around);
            std::cout << "GCM-" << 8 * key_bytes << (decrypt ? " decrypt: " : " encrypt: ")
                      << static_cast<double>(two - one) / blocks << " cycles a block; " << one
                      << " cycles for 16 KiB\n";
        }
    }
}

}  // namespace
}  // namespace cce::test
