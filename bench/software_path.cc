// SPDX-License-Identifier: Apache-2.0
//
// The software path, measured on the host: OpenSSL's EVP AES-256-CTR and AES-256-CBC encryption, one request after
// another with a new IV each, key set up beforehand, and SHA-256. Prints JSON. Host time only; nothing here knows the
// engine.

#include <openssl/crypto.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "openssl_operations.h"
#include "time_stamp_counter.h"

namespace {

using cce::bench::HostAlgorithm;
using cce::bench::HostOperation;
using cce::bench::time_stamp;
using cce::bench::time_stamp_is_invariant;

/// OPENSSL_ia32cap without AES-NI (57), PCLMULQDQ (33), SHA (64 + 29), VAES (64 + 41), VPCLMULQDQ (64 + 42).
constexpr const char* mask_without_crypto = "~0x0200000200000000:~0x0000060020000000";

using Clock = std::chrono::steady_clock;

/// What is measured, by its name in the JSON.
const std::vector<std::pair<std::string, HostAlgorithm>>& modes() {
    static const std::vector<std::pair<std::string, HostAlgorithm>> list{
        {"ctr", {"aes-256-ctr", "encrypt"}}, {"cbc", {"aes-256-cbc", "encrypt"}}, {"sha256", {"sha-256", ""}}};
    return list;
}

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Sample {
    double ns = 0;      ///< per request
    double cycles = 0;  ///< TSC ticks per request
};

Sample measure(HostOperation& operation, std::uint64_t requests) {
    const std::uint64_t tsc_start = time_stamp();
    const auto start = Clock::now();
    for (std::uint64_t i = 0; i < requests; ++i) operation.run();
    const double seconds = seconds_since(start);
    const auto ticks = static_cast<double>(time_stamp() - tsc_start);
    const auto count = static_cast<double>(requests);
    return {seconds * 1e9 / count, ticks / count};
}

/// Linear interpolation in sorted values.
double quantile(const std::vector<double>& sorted, double q) {
    const double position = q * static_cast<double>(sorted.size() - 1);
    const auto low = static_cast<std::size_t>(position);
    const std::size_t high = std::min(low + 1, sorted.size() - 1);
    return sorted[low] + (sorted[high] - sorted[low]) * (position - static_cast<double>(low));
}

nlohmann::json measure_point(const std::string& mode, const HostAlgorithm& algorithm, std::size_t bytes, double seconds,
                             unsigned repetitions) {
    const auto operation = cce::bench::make_host_operation(algorithm, bytes);
    // Warm-up, and how many requests fill a repetition.
    const double share = seconds / repetitions;
    std::uint64_t requests = 1;
    while (true) {
        const auto start = Clock::now();
        static_cast<void>(measure(*operation, requests));
        const double took = seconds_since(start);
        if (took > share / 4) {
            requests =
                std::max<std::uint64_t>(1, static_cast<std::uint64_t>(static_cast<double>(requests) * share / took));
            break;
        }
        requests *= 2;
    }
    std::vector<double> ns;
    std::vector<double> cycles;
    for (unsigned i = 0; i < repetitions; ++i) {
        const Sample sample = measure(*operation, requests);
        ns.push_back(sample.ns);
        cycles.push_back(sample.cycles);
    }
    std::sort(ns.begin(), ns.end());
    std::sort(cycles.begin(), cycles.end());
    const double median = quantile(ns, 0.5);
    nlohmann::json point{
        {"mode", mode},
        {"bytes", bytes},
        {"requests_per_repetition", requests},
        {"ns_per_request", {{"q1", quantile(ns, 0.25)}, {"median", median}, {"q3", quantile(ns, 0.75)}}},
        {"bytes_per_second", static_cast<double>(bytes) * 1e9 / median}};
    if (time_stamp_is_invariant()) point["tsc_cycles_per_byte"] = quantile(cycles, 0.5) / static_cast<double>(bytes);
    return point;
}

int run(int argc, char** argv) {
    CLI::App app{"Measures AES-256-CTR and AES-256-CBC encryption and SHA-256 by OpenSSL on this CPU; prints JSON",
                 "cce_bench_software"};
    std::vector<std::size_t> sizes{16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576};
    double seconds = 0.2;
    unsigned repetitions = 9;
    bool quick = false;
    bool print_mask = false;
    app.add_flag("--quick", quick, "As --seconds 0.05 --repetitions 5");
    app.add_flag("--print-mask", print_mask,
                 "Print the value of OPENSSL_ia32cap that masks the instructions for AES and SHA, and exit");
    app.add_option("--sizes", sizes, "Bytes of a request, a list with commas (multiples of 16)")->delimiter(',');
    app.add_option("--seconds", seconds, "Time for each point")->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--repetitions", repetitions, "Repetitions in that time, for median and quartiles")
        ->check(CLI::Range(1U, 1000U))
        ->capture_default_str();
    app.footer(std::string("Which code OpenSSL uses is decided when it is loaded, by the environment variable "
                           "OPENSSL_ia32cap:\n"
                           "  (unset)                                         all of the CPU's instructions\n"
                           "  OPENSSL_ia32cap=") +
               mask_without_crypto +
               "\n"
               "      without AES-NI (bit 57), PCLMULQDQ (33), SHA (64+29), VAES (64+41), VPCLMULQDQ (64+42):\n"
               "      leaves bit-sliced and vector-permute AES, which need SSSE3\n"
               "  OPENSSL_ia32cap=~0x0200020200000000:~0x0000060020000000\n"
               "      without SSSE3 (bit 41) as well: leaves table-based AES (not constant-time)");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    for (const std::size_t bytes : sizes) {
        if (bytes == 0 || bytes % 16 != 0 || bytes > (std::size_t{1} << 30)) {
            std::fprintf(stderr, "cce_bench_software: --sizes: %zu is not a multiple of 16 up to 1 GiB\n", bytes);
            return 2;
        }
    }
    if (print_mask) {
        std::puts(mask_without_crypto);
        return 0;
    }
    if (quick) {
        seconds = 0.05;
        repetitions = 5;
    }
    const char* mask = std::getenv("OPENSSL_ia32cap");
    nlohmann::json result{{"program", "cce_bench_software"},
                          {"openssl", OpenSSL_version(OPENSSL_VERSION)},
                          {"cpu_features", OPENSSL_info(OPENSSL_INFO_CPU_SETTINGS)},
                          {"OPENSSL_ia32cap", mask == nullptr ? "" : mask},
                          {"key_bits", 256},
                          {"repetitions", repetitions},
                          {"seconds_per_point", seconds},
                          {"clock", "host steady clock"},
                          {"points", nlohmann::json::array()}};
    for (const auto& [mode, algorithm] : modes()) {
        for (const std::size_t bytes : sizes)
            result["points"].push_back(measure_point(mode, algorithm, bytes, seconds, repetitions));
    }
    std::printf("%s\n", result.dump(2).c_str());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cce_bench_software: %s\n", error.what());
        return 1;
    }
}
