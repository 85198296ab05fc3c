// SPDX-License-Identifier: Apache-2.0

#include "cycles_stream.h"

#include <bit>
#include <ctime>
#include <memory>
#include <random>
#include <stdexcept>
#include <vector>

#include "cycles_oracle.h"
#include "harness/cipher_request.h"
#include "harness/machine.h"
#include "harness/queue_pair.h"

namespace cce::bench {

namespace {

constexpr double seconds_wanted = 0.5;
constexpr std::uint64_t polling_cycles = 2000;  ///< between two looks at the completion ring
constexpr std::uint64_t seed = 20'260'901;
constexpr std::size_t key_bytes = 32;
constexpr std::size_t iv_bytes = 12;
constexpr std::size_t tag_bytes = 16;

Bytes random_bytes(std::mt19937_64& random, std::size_t count) {
    Bytes bytes(count);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    return bytes;
}

/// CPU time of this process, which has one thread.
double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct Job {
    std::unique_ptr<sim::CipherRequest> request;
    PlainInput plain;
    bool done = false;
};

Job make_job(sim::Machine& machine, std::mt19937_64& random, std::size_t number) {
    Job job;
    job.plain.mode = contract::CipherMode::gcm;
    job.plain.key = random_bytes(random, key_bytes);
    job.plain.iv = random_bytes(random, iv_bytes);
    job.plain.text = random_bytes(random, stream_text_bytes);
    job.plain.tag_length = tag_bytes;
    job.request = std::make_unique<sim::CipherRequest>(machine, job.plain.mode);
    job.request->cookie(static_cast<std::uint32_t>(number)).key(job.plain.key).iv(job.plain.iv);
    job.request->tag_length(tag_bytes).text(job.plain.text);
    return job;
}

/// Takes completions and posts their requests again. Throws if one failed.
void serve(sim::QueuePair& queue, std::vector<Job>& jobs) {
    bool any = false;
    while (const auto completion = queue.poll()) {
        if (completion->status != contract::Status::ok) {
            throw std::runtime_error("a long request: status " + std::string(contract::name_of(completion->status)));
        }
        Job& job = jobs.at(completion->cookie);
        job.done = true;
        queue.post(job.request->descriptor());
        any = true;
    }
    if (!any) return;
    queue.ring_submission();
    queue.ring_completion();
}

}  // namespace

StreamSpeed measure_stream(const std::string& engine, unsigned memory_latency) {
    sim::MachineOptions options;
    options.engine = engine;
    options.timing = sim::MemoryTiming::ideal(memory_latency);
    sim::Machine machine(options);
    const auto ring_log2 = static_cast<unsigned>(std::bit_width(stream_depth));
    sim::QueuePair queue(machine, 0, {.submission_log2 = ring_log2, .completion_log2 = ring_log2});
    queue.start();
    std::mt19937_64 random(seed);
    std::vector<Job> jobs;
    for (unsigned i = 0; i < stream_depth; ++i) jobs.push_back(make_job(machine, random, i));
    for (const Job& job : jobs) queue.post(job.request->descriptor());

    StreamSpeed speed;
    const std::uint64_t first_cycle = machine.cycle();
    const sim::CyclesByStride before = machine.engine().cycles_by_stride();
    const double start = cpu_seconds();
    queue.ring_submission();
    while (speed.cpu_seconds < seconds_wanted) {
        machine.run(polling_cycles);
        serve(queue, jobs);
        speed.cpu_seconds = cpu_seconds() - start;
    }
    speed.cycles = machine.cycle() - first_cycle;
    const sim::CyclesByStride after = machine.engine().cycles_by_stride();
    speed.strides = {after.cycle - before.cycle, after.burst - before.burst, after.periods - before.periods};

    // What is right may be written again by then, with the same bytes.
    for (const Job& job : jobs) {
        if (!job.done) continue;
        SealedOutput sealed = seal(job.plain);
        sealed.text.insert(sealed.text.end(), sealed.tag.begin(), sealed.tag.end());
        if (job.request->output() != sealed.text) throw std::runtime_error("a long request: OpenSSL's text differs");
    }
    return speed;
}

}  // namespace cce::bench
