// SPDX-License-Identifier: Apache-2.0
//
// The program that runs on the example's processor: requests one by one, then all at once; every answer compared with
// OpenSSL's.

#pragma once

#include <cstdint>
#include <string>
#include <systemc>
#include <vector>

#include "aes_job.h"
#include "processor.h"

namespace cce::example {

/// What came of a request.
struct Outcome {
    std::string name;
    bool together = false;      ///< it was one of several under one doorbell
    std::uint32_t start = 0;    ///< cycles from the reading of the counter in front of the doorbell
    std::uint32_t end = 0;      ///< likewise
    contract::Status status{};  ///< as the completion entry says
    bool as_openssl = false;    ///< the result is OpenSSL's
    [[nodiscard]] bool good() const { return status == contract::Status::ok && as_openssl; }
};

/// Jobs of every mode of the example, the same for the same seed.
[[nodiscard]] std::vector<AesJob> example_jobs(std::uint64_t seed);

/// Runs jobs on queue 0: each alone, then all together. `memory`: where rings and data may lie.
[[nodiscard]] std::vector<Outcome> run_jobs(Bus& bus, std::uint64_t memory, const std::vector<AesJob>& jobs);

class TrafficGenerator : public sc_core::sc_module {
public:
    TrafficGenerator(const sc_core::sc_module_name& name, Processor& processor, std::uint64_t memory,
                     std::vector<AesJob> jobs);

    /// Complete once the simulation has ended.
    [[nodiscard]] const std::vector<Outcome>& outcomes() const { return outcomes_; }

private:
    void run();

    Processor& processor_;
    std::uint64_t memory_;
    std::vector<AesJob> jobs_;
    std::vector<Outcome> outcomes_;
};

}  // namespace cce::example
