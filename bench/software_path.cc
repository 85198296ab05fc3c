// SPDX-License-Identifier: Apache-2.0
//
// The software path, measured on the host: OpenSSL's EVP AES-256-CTR and AES-256-CBC encryption, one request after
// another with a new IV each, key set up beforehand, and SHA-256. Prints JSON. Host time only; nothing here knows the
// engine.

#include <openssl/crypto.h>
#include <openssl/evp.h>
#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

/// OPENSSL_ia32cap without AES-NI (57), PCLMULQDQ (33), SHA (64 + 29), VAES (64 + 41), VPCLMULQDQ (64 + 42).
constexpr const char* mask_without_crypto = "~0x0200000200000000:~0x0000060020000000";

using Clock = std::chrono::steady_clock;

/// The time stamp counter, if it runs at one rate in all states of the CPU; its ticks are at the nominal frequency.
bool tsc_is_invariant() {
#if defined(__x86_64__)
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d & (1U << 8)) != 0;
#else
    return false;
#endif
}

std::uint64_t tsc() {
#if defined(__x86_64__)
    return __rdtsc();
#else
    return 0;
#endif
}

void check(int result) {
    if (result != 1) throw std::runtime_error("OpenSSL failed");
}

/// What is done with a text, one request at a time.
class Operation {
public:
    Operation() = default;
    virtual ~Operation() = default;
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    virtual void run(std::vector<std::uint8_t>& text) = 0;
};

class Encryptor final : public Operation {
public:
    explicit Encryptor(const EVP_CIPHER* cipher) : context_(EVP_CIPHER_CTX_new()) {
        std::array<std::uint8_t, 32> key{};
        key.fill(0x5a);
        check(EVP_EncryptInit_ex(context_.get(), cipher, nullptr, key.data(), nullptr));
        check(EVP_CIPHER_CTX_set_padding(context_.get(), 0));
    }
    /// New IV, one update.
    void run(std::vector<std::uint8_t>& text) override {
        ++iv_[0];
        int written = 0;
        check(EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, iv_.data()));
        check(EVP_EncryptUpdate(context_.get(), text.data(), &written, text.data(), static_cast<int>(text.size())));
    }

private:
    struct Free {
        void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
    };
    std::unique_ptr<EVP_CIPHER_CTX, Free> context_;
    std::array<std::uint8_t, 16> iv_{};
};

class Hasher final : public Operation {
public:
    Hasher() : context_(EVP_MD_CTX_new()) {}
    void run(std::vector<std::uint8_t>& text) override {
        std::array<std::uint8_t, 32> digest{};
        check(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
        check(EVP_DigestUpdate(context_.get(), text.data(), text.size()));
        check(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr));
    }

private:
    struct Free {
        void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context_;
};

std::unique_ptr<Operation> make_operation(const std::string& mode) {
    if (mode == "sha256") return std::make_unique<Hasher>();
    return std::make_unique<Encryptor>(mode == "ctr" ? EVP_aes_256_ctr() : EVP_aes_256_cbc());
}

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Sample {
    double ns = 0;      ///< per request
    double cycles = 0;  ///< TSC ticks per request
};

Sample measure(Operation& operation, std::vector<std::uint8_t>& text, std::uint64_t requests) {
    const std::uint64_t tsc_start = tsc();
    const auto start = Clock::now();
    for (std::uint64_t i = 0; i < requests; ++i) operation.run(text);
    const double seconds = seconds_since(start);
    const auto ticks = static_cast<double>(tsc() - tsc_start);
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

nlohmann::json measure_point(const std::string& mode, std::size_t bytes, double seconds, unsigned repetitions) {
    const std::unique_ptr<Operation> operation = make_operation(mode);
    std::vector<std::uint8_t> text(bytes, 0xa5);
    // Warm-up, and how many requests fill a repetition.
    const double share = seconds / repetitions;
    std::uint64_t requests = 1;
    while (true) {
        const auto start = Clock::now();
        static_cast<void>(measure(*operation, text, requests));
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
        const Sample sample = measure(*operation, text, requests);
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
    if (tsc_is_invariant()) point["tsc_cycles_per_byte"] = quantile(cycles, 0.5) / static_cast<double>(bytes);
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
    app.footer(
        "Which code OpenSSL uses is decided when it is loaded, by the environment variable OPENSSL_ia32cap:\n"
        "  (unset)                                         all of the CPU's instructions\n"
        "  OPENSSL_ia32cap=~0x0200000200000000:~0x0000060020000000\n"
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
    for (const std::string mode : {"ctr", "cbc", "sha256"}) {
        for (const std::size_t bytes : sizes)
            result["points"].push_back(measure_point(mode, bytes, seconds, repetitions));
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
