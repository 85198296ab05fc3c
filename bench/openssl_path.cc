// SPDX-License-Identifier: Apache-2.0
//
// cce_bench_openssl: what OpenSSL takes for a request on this CPU, by Google Benchmark and by the time stamp counter.
// Prints Google Benchmark's JSON, a row for each repetition; the order of all repetitions is shuffled. Which of the
// CPU's instructions OpenSSL uses is decided when it is loaded, so each class of them is a process of its own:
// --print-mask.

#include <benchmark/benchmark.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sched.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "openssl_handles.h"
#include "openssl_operations.h"
#include "time_stamp_counter.h"

namespace {

using cce::bench::HostAlgorithm;
using cce::bench::time_stamp;
using cce::bench::time_stamp_is_invariant;

constexpr int exit_usage = 2;

/// Values of OPENSSL_ia32cap (OPENSSL_ia32cap(3)): CPUID leaf 1 (EDX, ECX), then leaf 7 (EBX, ECX).
const std::map<std::string, std::string>& masks() {
    static const std::map<std::string, std::string> list{
        {"all", ""},
        // Without AVX512F, DQ, IFMA, CD, BW, VL (leaf 7 EBX 16, 17, 21, 28, 30, 31), VAES, VPCLMULQDQ (ECX 9, 10).
        {"aes-ni", "~0x0:~0x00000600d0230000"},
        // Without any instruction that is not in every x86-64 CPU.
        {"plain", "0x0:0x0"}};
    return list;
}

/// Of a request's output: two classes of instructions that differ in it show that one of them is wrong. By OpenSSL's
/// own code, whatever other provider is measured.
std::string digest_of(const std::vector<std::uint8_t>& output) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    const cce::bench::Digest sha256(EVP_MD_fetch(nullptr, "SHA2-256", "provider=default"));
    if (!sha256 || EVP_Digest(output.data(), output.size(), digest, nullptr, sha256.get(), nullptr) != 1) {
        throw std::runtime_error("OpenSSL: digest failed");
    }
    char text[17];
    std::snprintf(text, sizeof(text), "%02x%02x%02x%02x%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3],
                  digest[4], digest[5], digest[6], digest[7]);
    return text;
}

void time_requests(benchmark::State& state, const HostAlgorithm& algorithm, std::size_t bytes) {
    const auto operation = cce::bench::make_host_operation(algorithm, bytes);
    operation->run();
    state.SetLabel(digest_of(operation->output()));
    const std::uint64_t start = time_stamp();
    for (auto _ : state) operation->run();
    const auto ticks = static_cast<double>(time_stamp() - start);
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
    if (time_stamp_is_invariant()) {
        state.counters["tsc_cycles"] = benchmark::Counter(ticks, benchmark::Counter::kAvgIterations);
    }
}

std::string name_of(const HostAlgorithm& algorithm) {
    return algorithm.name + (algorithm.direction.empty() ? "" : "/" + algorithm.direction);
}

void pin(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<unsigned>(core), &set);
    if (sched_setaffinity(0, sizeof(set), &set) != 0) {
        throw std::runtime_error("cannot run on core " + std::to_string(core) + " alone: is there one?");
    }
}

int run(int argc, char** argv) {
    CLI::App app{"Times OpenSSL on this CPU with Google Benchmark; prints its JSON", "cce_bench_openssl"};
    std::vector<std::size_t> sizes{16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576};
    std::vector<std::string> wanted;
    unsigned repetitions = 10;
    double seconds = 0.01;
    unsigned iterations = 0;
    std::string direction;
    int core = -1;
    std::string mask_name;
    bool list = false;
    app.add_option("--algorithms", wanted, "Algorithms, a list with commas (default: all)")->delimiter(',');
    app.add_option("--sizes", sizes, "Bytes of a request, a list with commas (multiples of 16)")->delimiter(',');
    app.add_option("--repetitions", repetitions, "Repetitions of each, in shuffled order")
        ->check(CLI::Range(1U, 1000U))
        ->capture_default_str();
    app.add_option("--seconds", seconds, "Time of a repetition")->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--iterations", iterations,
                   "Requests of a repetition, instead of its time: for a clock that the CPU's "
                   "work does not move")
        ->check(CLI::PositiveNumber);
    app.add_option("--direction", direction, "Of ciphers, this one alone")
        ->check(CLI::IsMember({"encrypt", "decrypt"}));
    app.add_option("--core", core, "Run on this core alone")->check(CLI::Range(0, CPU_SETSIZE - 1));
    app.add_option("--print-mask", mask_name,
                   "Print the value of OPENSSL_ia32cap for a class of instructions, and exit: all, aes-ni (neither\n"
                   "AVX-512 nor VAES), plain (what every x86-64 CPU has: table-based AES, not constant-time)");
    app.add_flag("--list", list, "Print the names of all algorithms, and exit");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : exit_usage;
    }
    const auto usage_error = [](const std::string& text) {
        std::fprintf(stderr, "cce_bench_openssl: %s\n", text.c_str());
        return exit_usage;
    };
    if (!mask_name.empty()) {
        const auto found = masks().find(mask_name);
        if (found == masks().end()) return usage_error("there is no class '" + mask_name + "': all, aes-ni, plain");
        std::puts(found->second.c_str());
        return 0;
    }
    const auto& known = cce::bench::host_algorithms();
    if (list) {
        for (const HostAlgorithm& algorithm : known) std::printf("%s\n", name_of(algorithm).c_str());
        return 0;
    }
    for (const std::string& name : wanted) {
        if (std::ranges::none_of(known, [&](const HostAlgorithm& one) { return one.name == name; })) {
            return usage_error("there is no algorithm '" + name + "'; --list prints them");
        }
    }
    for (const std::size_t bytes : sizes) {
        if (bytes == 0 || bytes % 16 != 0 || bytes > (std::size_t{1} << 30)) {
            return usage_error("--sizes: " + std::to_string(bytes) + " is not a multiple of 16 up to 1 GiB");
        }
    }
    if (core >= 0) pin(core);

    for (const HostAlgorithm& algorithm : known) {
        if (!wanted.empty() && std::ranges::find(wanted, algorithm.name) == wanted.end()) continue;
        if (!direction.empty() && !algorithm.direction.empty() && algorithm.direction != direction) continue;
        for (const std::size_t bytes : sizes) {
            if (algorithm.bytes_maximum != 0 && bytes > algorithm.bytes_maximum) continue;
            benchmark::internal::Benchmark* made =
                benchmark::RegisterBenchmark(
                    (name_of(algorithm) + "/" + std::to_string(bytes)).c_str(),
                    [algorithm, bytes](benchmark::State& state) { time_requests(state, algorithm, bytes); })
                    ->Repetitions(static_cast<int>(repetitions));
            if (iterations != 0) {
                made->Iterations(iterations);
            } else {
                made->MinTime(seconds);
            }
        }
    }
    benchmark::AddCustomContext("openssl", OpenSSL_version(OPENSSL_VERSION));
    benchmark::AddCustomContext("cpu_features", OPENSSL_info(OPENSSL_INFO_CPU_SETTINGS));
    benchmark::AddCustomContext("core", std::to_string(core));
    // Google Benchmark takes what it does from a command line.
    std::vector<std::string> arguments{"cce_bench_openssl", "--benchmark_format=json",
                                       "--benchmark_enable_random_interleaving=true"};
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    int count = static_cast<int>(pointers.size());
    pointers.push_back(nullptr);
    benchmark::Initialize(&count, pointers.data());
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cce_bench_openssl: %s\n", error.what());
        return 1;
    }
}
