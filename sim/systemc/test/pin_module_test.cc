// SPDX-License-Identifier: Apache-2.0
//
// The engine driven pin by pin: results, and every cycle that software can see, as in the in-process machine.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <systemc>
#include <vector>

#include "aes_job.h"
#include "machine_bus.h"
#include "pin_bench.h"
#include "queue_driver.h"
#include "simulation.h"
#include "traffic_generator.h"

namespace cce::example {
namespace {

constexpr unsigned latency_cycles = 20;
constexpr std::uint64_t memory_base = 0x8000'0000;
constexpr std::size_t memory_bytes = std::size_t{1} << 20U;
constexpr std::uint64_t nowhere = 0x1'0000'0000;

std::optional<PinBench<128>> bench_128;
std::optional<PinBench<256>> bench_256;

/// What software sees of three requests under way at once, and of one that fails.
struct Seen {
    std::vector<contract::Completion> completions;
    std::vector<Bytes> results;
    std::uint64_t interrupt_cycle = 0;
};

template <class SomeBus>
Seen run(SomeBus& bus, const std::vector<AesJob>& jobs) {
    Seen seen;
    QueueDriver driver(bus, 0, memory_base);
    driver.start();
    std::vector<PlacedJob> placed;
    std::vector<contract::Descriptor> descriptors;
    std::uint64_t address = memory_base + 0x1000;
    for (const AesJob& job : jobs) {
        const auto gap = static_cast<unsigned>(placed.size() * 3);
        placed.emplace_back(bus, job, address, gap);
        address = placed.back().end();
        descriptors.push_back(placed.back().descriptor(static_cast<std::uint32_t>(placed.size() - 1)));
    }
    driver.submit(descriptors);
    seen.completions = driver.wait(jobs.size());
    seen.interrupt_cycle = bus.interrupt_cycle();
    for (const PlacedJob& job : placed) seen.results.push_back(job.result());
    for (const bool write : {false, true}) {
        contract::Descriptor wrong = placed.front().descriptor(99);
        (write ? wrong.destination : wrong.source) = nowhere;
        driver.submit({wrong});
        seen.completions.push_back(driver.wait(1).front());
    }
    return seen;
}

template <class Bench>
void compare_with_machine(Bench& bench, unsigned data_width) {
    const auto jobs = example_jobs(data_width);
    bench.wait_for_reset();
    bench.tick();
    // The machine's first access is in the cycle behind its reset; an idle engine does not mind when it comes.
    const std::uint64_t since = bench.cycle() - Bench::reset_cycles;
    const Seen pins = run(bench, jobs);
    MachineBus machine("rtl", latency_cycles, memory_base, memory_bytes, data_width);
    const Seen expected = run(machine, jobs);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        EXPECT_EQ(pins.results[i], answer_of_openssl(jobs[i])) << jobs[i].name();
    }
    EXPECT_EQ(pins.interrupt_cycle, expected.interrupt_cycle + since);
    ASSERT_EQ(pins.completions.size(), expected.completions.size());
    for (std::size_t i = 0; i < pins.completions.size(); ++i) {
        EXPECT_EQ(pins.completions[i].cookie, expected.completions[i].cookie);
        EXPECT_EQ(pins.completions[i].status, expected.completions[i].status);
        EXPECT_EQ(pins.completions[i].start_cycle, expected.completions[i].start_cycle + since) << "completion " << i;
        EXPECT_EQ(pins.completions[i].end_cycle, expected.completions[i].end_cycle + since) << "completion " << i;
    }
    EXPECT_EQ(pins.completions[jobs.size()].status, contract::Status::source_access);
    EXPECT_EQ(pins.completions[jobs.size() + 1].status, contract::Status::destination_access);
    for (unsigned i = 0; i < 2 * latency_cycles; ++i) bench.tick();
    EXPECT_TRUE(bench.idle());

    // The gate, and a register that does not exist.
    QueueDriver driver(bench, 0, memory_base);
    const PlacedJob placed(bench, jobs.front(), memory_base + 0x1000);
    bench.write_register(contract::queue_page::at(contract::queue_page::control, 0),
                         contract::queue_page::control_reset.put(1));
    for (unsigned i = 0; i < latency_cycles; ++i) bench.tick();
    driver.start();
    bench.set_gate(true);
    driver.submit({placed.descriptor(0)});
    EXPECT_EQ(driver.wait(1).front().status, contract::Status::gated);
    bench.set_gate(false);
    EXPECT_THROW((void)bench.read_register(0x4000), std::runtime_error);
    EXPECT_THROW(bench.write_register(0x4000, 0), std::runtime_error);
}

TEST(PinModule, Width128IsTheMachineInEveryCycle) {
    compare_with_machine(*bench_128, 128);
}

TEST(PinModule, Width256IsTheMachineInEveryCycle) {
    compare_with_machine(*bench_256, 256);
}

}  // namespace
}  // namespace cce::example

int sc_main(int argc, char** argv) {
    using namespace cce::example;
    testing::InitGoogleTest(&argc, argv);
    const sc_core::sc_time period(4, sc_core::SC_NS);
    bench_128.emplace("bench_128", period, latency_cycles, memory_base, memory_bytes);
    bench_256.emplace("bench_256", period, latency_cycles, memory_base, memory_bytes);
    const int result = run_tests_in_simulation();
    bench_128.reset();
    bench_256.reset();
    return result;
}
