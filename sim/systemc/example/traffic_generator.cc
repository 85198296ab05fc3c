// SPDX-License-Identifier: Apache-2.0

#include "traffic_generator.h"

#include <algorithm>
#include <random>

#include "queue_driver.h"

namespace cce::example {

namespace {

using contract::CipherMode;

constexpr std::size_t stack_bytes = 1U << 20U;
constexpr std::uint64_t jobs_offset = 0x1000;
constexpr std::size_t block_bytes = 16;
constexpr std::size_t gcm_iv_bytes = 12;
constexpr std::size_t gcm_tag_bytes = 16;

Bytes random_bytes(std::mt19937_64& random, std::size_t count) {
    Bytes bytes(count);
    std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(random()); });
    return bytes;
}

Outcome judge(const PlacedJob& placed, const AesJob& job, const contract::Completion& done, std::uint32_t doorbell) {
    return {.name = job.name(),
            .start = done.start_cycle - doorbell,
            .end = done.end_cycle - doorbell,
            .status = done.status,
            .as_openssl = placed.result() == answer_of_openssl(job)};
}

}  // namespace

std::vector<AesJob> example_jobs(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<AesJob> jobs;
    jobs.push_back({.mode = CipherMode::ctr,
                    .key = random_bytes(random, 16),
                    .iv = random_bytes(random, block_bytes),
                    .text = random_bytes(random, 1000)});
    jobs.push_back({.mode = CipherMode::xts,
                    .key = random_bytes(random, 32),
                    .tweak_key = random_bytes(random, 32),
                    .iv = random_bytes(random, block_bytes),
                    .text = random_bytes(random, 4096)});
    AesJob gcm{.mode = CipherMode::gcm,
               .key = random_bytes(random, 32),
               .iv = random_bytes(random, gcm_iv_bytes),
               .aad = random_bytes(random, 20),
               .text = random_bytes(random, 1420),
               .tag = Bytes(gcm_tag_bytes)};
    jobs.push_back(gcm);
    // And back.
    const Bytes sealed = answer_of_openssl(gcm);
    const auto end_of_text = sealed.end() - static_cast<std::ptrdiff_t>(gcm_tag_bytes);
    gcm.decrypt = true;
    gcm.text = Bytes(sealed.begin(), end_of_text);
    gcm.tag = Bytes(end_of_text, sealed.end());
    jobs.push_back(gcm);
    return jobs;
}

std::vector<Outcome> run_jobs(Bus& bus, std::uint64_t memory, const std::vector<AesJob>& jobs) {
    std::vector<Outcome> outcomes;
    QueueDriver driver(bus, 0, memory);
    driver.start();

    std::vector<PlacedJob> placed;
    std::uint64_t address = memory + jobs_offset;
    for (unsigned gap = 0; const AesJob& job : jobs) {
        placed.emplace_back(bus, job, address, gap);
        address = placed.back().end();
        gap += 5;  // source and destination of all but the first are not aligned
    }

    for (std::uint32_t i = 0; i < jobs.size(); ++i) {
        driver.submit({placed[i].descriptor(i)});
        outcomes.push_back(judge(placed[i], jobs[i], driver.wait(1).front(), driver.doorbell_cycle()));
    }

    std::vector<contract::Descriptor> descriptors;
    for (std::uint32_t i = 0; i < jobs.size(); ++i) {
        // So that no result of before is taken for one of now.
        bus.store(placed[i].destination(), Bytes(placed[i].result().size()));
        descriptors.push_back(placed[i].descriptor(i));
    }
    driver.submit(descriptors);
    for (const contract::Completion& done : driver.wait(jobs.size())) {
        outcomes.push_back(judge(placed.at(done.cookie), jobs.at(done.cookie), done, driver.doorbell_cycle()));
        outcomes.back().together = true;
    }
    return outcomes;
}

TrafficGenerator::TrafficGenerator(const sc_core::sc_module_name& name, Processor& processor, std::uint64_t memory,
                                   std::vector<AesJob> jobs)
    : sc_core::sc_module(name), processor_(processor), memory_(memory), jobs_(std::move(jobs)) {
    SC_HAS_PROCESS(TrafficGenerator);
    SC_THREAD(run);
    set_stack_size(stack_bytes);
}

void TrafficGenerator::run() {
    outcomes_ = run_jobs(processor_, memory_, jobs_);
    processor_.synchronize();
}

}  // namespace cce::example
