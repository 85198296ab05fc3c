// SPDX-License-Identifier: Apache-2.0
//
// cce_kernel_vectors: requests to the engine behind a Linux driver, through libcce's backend af_alg, and what they must
// answer. Runs in the guest. Prints one JSON object with its counts; exit status 0 if no answer was wrong.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cce/cce.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "support.h"
#include "vector_file.h"

namespace {

using cce::contract::CipherMode;
using cce::test::below;
using cce::test::Bytes;
using cce::test::from_hex;
using cce::test::Oracle;
using cce::test::random_bytes;

constexpr std::size_t block_bytes = CCE_BLOCK_BYTES;
constexpr std::uint8_t untouched = 0xa5;

CipherMode contract_mode(cce_mode mode) {
    switch (mode) {
        case CCE_MODE_ECB:
            return CipherMode::ecb;
        case CCE_MODE_CBC:
            return CipherMode::cbc;
        default:
            return CipherMode::ctr;
    }
}

/// Counts of one process. Lies in shared memory: children fill it in. No pointers.
struct Counts {
    std::uint64_t requests = 0;
    std::uint64_t bytes = 0;
    std::uint64_t ok = 0;
    std::uint64_t wrong = 0;           ///< the text, the next IV, or bytes beside the destination
    std::uint64_t failed = 0;          ///< requests that ended with an errno
    std::uint64_t partial_output = 0;  ///< of these: with output in the destination
    std::uint64_t wiped = 0;           ///< of these: with zeros in the destination
    std::array<std::uint32_t, 134> errors{};

    void add(const Counts& other) {
        requests += other.requests;
        bytes += other.bytes;
        ok += other.ok;
        wrong += other.wrong;
        failed += other.failed;
        partial_output += other.partial_output;
        wiped += other.wiped;
        for (std::size_t i = 0; i < errors.size(); ++i) errors[i] += other.errors[i];
    }

    [[nodiscard]] nlohmann::ordered_json json() const {
        nlohmann::ordered_json by_errno = nlohmann::ordered_json::object();
        for (std::size_t i = 0; i < errors.size(); ++i) {
            if (errors[i] != 0) by_errno[std::to_string(i)] = errors[i];
        }
        return {{"requests", requests}, {"bytes", bytes},     {"ok", ok},       {"wrong", wrong},
                {"failed", failed},     {"errors", by_errno}, {"wiped", wiped}, {"partial_output", partial_output}};
    }
};

struct Case {
    cce_mode mode = CCE_MODE_ECB;
    bool decrypt = false;
    Bytes key;
    Bytes iv;
    Bytes source;
    Bytes expected;
    Bytes next_iv;  ///< empty: not looked at
    unsigned source_offset = 0;
    unsigned destination_offset = 0;
    std::string name;
};

/// Bytes for a request: anywhere in their pages, as the heap has it, or from a page's start on.
class Buffer {
public:
    Buffer(std::size_t size, std::uint8_t value, bool page_aligned)
        : memory_(size + (page_aligned ? page_bytes() : 0), value), bytes_(memory_) {
        void* start = memory_.data();
        std::size_t space = memory_.size();
        if (page_aligned) bytes_ = {static_cast<std::uint8_t*>(std::align(page_bytes(), size, start, space)), size};
    }

    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;

    [[nodiscard]] std::span<std::uint8_t> bytes() const { return bytes_; }

private:
    static std::size_t page_bytes() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

    Bytes memory_;
    std::span<std::uint8_t> bytes_;
};

/// True if each byte is `value`.
bool all_are(std::span<const std::uint8_t> bytes, std::uint8_t value) {
    return std::ranges::all_of(bytes, [value](std::uint8_t byte) { return byte == value; });
}

class Client {
public:
    Client(Counts& counts, bool verbose, bool page_aligned = false)
        : counts_(counts), verbose_(verbose), page_aligned_(page_aligned), device_("af_alg") {}

    /// One request, judged. A session for itself, as most users have one per file.
    void run(const Case& test) {
        constexpr std::size_t guard = 64;
        const Buffer source_buffer(test.source_offset + test.source.size(), 0, page_aligned_);
        const std::span<std::uint8_t> source = source_buffer.bytes().subspan(test.source_offset);
        std::ranges::copy(test.source, source.begin());
        const Buffer buffer(guard + test.destination_offset + test.source.size() + guard, untouched, page_aligned_);
        const std::span<std::uint8_t> memory = buffer.bytes();
        const std::span<std::uint8_t> destination = memory.subspan(guard + test.destination_offset, test.source.size());
        cce::Iv iv{};
        std::ranges::copy(test.iv, iv.begin());
        cce::Completion completion{};

        ++counts_.requests;
        counts_.bytes += test.source.size();
        try {
            cce::Session session(device_, test.mode, test.decrypt ? CCE_DECRYPT : CCE_ENCRYPT, test.key);
            session.run(iv, source, destination, &completion);
        } catch (const cce::Error& error) {
            judge_failure(test, error, completion, destination);
            return;
        }
        const auto before = memory.first(guard + test.destination_offset);
        const auto after = memory.last(guard);
        if (!std::ranges::equal(destination, test.expected)) {
            complain(test, "wrong text");
        } else if (!test.next_iv.empty() && !std::ranges::equal(iv, test.next_iv)) {
            complain(test, "wrong next IV");
        } else if (!all_are(before, untouched) || !all_are(after, untouched)) {
            complain(test, "bytes beside the destination are overwritten");
        } else {
            ++counts_.ok;
        }
    }

    [[nodiscard]] bool failed() const { return counts_.failed != 0; }

private:
    void complain(const Case& test, const std::string& what) {
        ++counts_.wrong;
        std::cerr << test.name << ": " << what << '\n';
    }

    void judge_failure(const Case& test, const cce::Error& error, const cce::Completion& completion,
                       std::span<const std::uint8_t> destination) {
        ++counts_.failed;
        ++counts_.errors.at(std::min<std::size_t>(completion.device_status, counts_.errors.size() - 1));
        if (all_are(destination, 0)) {
            ++counts_.wiped;
        } else if (!all_are(destination, untouched)) {
            ++counts_.partial_output;
            std::cerr << test.name << ": failed and left output\n";
        }
        if (verbose_) std::cerr << test.name << ": " << error.what() << '\n';
    }

    Counts& counts_;
    bool verbose_;
    bool page_aligned_;
    cce::Device device_;
};

/// The cases of a file of CAVP vectors: each vector yields one of either direction.
std::vector<Case> read_cases(const std::filesystem::path& path, cce_mode mode) {
    std::vector<Case> cases;
    for (cce::test::Vector& vector : cce::test::read_vectors(path)) {
        Case test;
        test.mode = mode;
        test.name = path.filename().string() + " COUNT " + vector.take("COUNT");
        test.key = from_hex(vector.take("KEY"));
        test.iv = mode == CCE_MODE_ECB ? Bytes(block_bytes) : from_hex(vector.take("IV"));
        test.source = from_hex(vector.take("PLAINTEXT"));
        test.expected = from_hex(vector.take("CIPHERTEXT"));
        if (const std::string name = vector.unread(); !name.empty()) {
            throw std::runtime_error(test.name + ": nobody looks at the field " + name);
        }
        cases.push_back(test);
        std::swap(test.source, test.expected);
        test.decrypt = true;
        test.name += " decrypt";
        cases.push_back(test);
    }
    if (cases.empty()) throw std::runtime_error(path.string() + " holds no vector");
    return cases;
}

struct VectorOptions {
    std::filesystem::path folder = CCE_VECTORS;
    std::size_t every = 1;
};

/// One case in `every` of each file; all of the short files (MMT, GFSbox, CTR).
void run_vectors(Client& client, const VectorOptions& options, nlohmann::ordered_json& files) {
    constexpr std::size_t short_file = 60;
    const auto run_file = [&](const std::filesystem::path& path, cce_mode mode) {
        const std::vector<Case> cases = read_cases(path, mode);
        const std::size_t step = cases.size() <= short_file ? 1 : options.every;
        std::size_t count = 0;
        for (std::size_t i = 0; i < cases.size(); i += step, ++count) client.run(cases[i]);
        files[path.filename().string()] = count;
    };
    for (const char* bits : {"128", "192", "256"}) {
        for (const char* set : {"GFSbox", "KeySbox", "VarKey", "VarTxt", "MMT"}) {
            const std::string rest = std::string(set) + bits + ".rsp";
            run_file(options.folder / "ECB" / ("ECB" + rest), CCE_MODE_ECB);
            run_file(options.folder / "CBC" / ("CBC" + rest), CCE_MODE_CBC);
        }
        run_file(options.folder / "CTR" / (std::string("aes-") + bits + "-ctr.txt"), CCE_MODE_CTR);
    }
}

struct RandomOptions {
    std::uint64_t seed = 1;
    std::uint64_t requests = 100;
    std::uint32_t bytes = 4096;
    bool exact = false;
    unsigned processes = 1;
    std::string until;
    bool tolerate = false;
    bool stop = false;
    bool verbose = false;
    bool page_aligned = false;
};

Case random_case(std::mt19937_64& random, const RandomOptions& options) {
    Case test;
    test.mode = static_cast<cce_mode>(below(random, 3));
    test.decrypt = below(random, 2) != 0;
    test.key = random_bytes(random, 16 + 8 * below(random, 3));
    test.iv = random_bytes(random, block_bytes);
    // Mostly short ones: they have more ways to lie across pages and cache lines per byte that the engine must chew.
    const std::uint32_t limit = below(random, 4) == 0 ? options.bytes : std::min(options.bytes, 600U);
    std::uint32_t length = options.exact ? options.bytes : 1 + below(random, limit);
    if (test.mode != CCE_MODE_CTR) length = (length + 15) / 16 * 16;
    test.source = random_bytes(random, length);
    test.source_offset = below(random, 64);
    test.destination_offset = below(random, 64);
    Oracle::Answer answer = Oracle::run(contract_mode(test.mode), test.decrypt, test.key, test.iv, test.source);
    test.expected = std::move(answer.text);
    if (test.mode != CCE_MODE_ECB) test.next_iv = std::move(answer.next_iv);
    return test;
}

void run_random(Client& client, const RandomOptions& options, unsigned process) {
    std::mt19937_64 random(options.seed + 1000 * process);
    for (std::uint64_t i = 0; options.until.empty() ? i < options.requests : access(options.until.c_str(), F_OK) != 0;
         ++i) {
        Case test = random_case(random, options);
        test.name = "process " + std::to_string(process) + ", request " + std::to_string(i);
        client.run(test);
        if (options.stop && client.failed()) return;
        // Guest time stands still while the guest computes: without a pause now and then, requests that run on the CPU
        // would never let another process have it.
        if (!options.until.empty() && i % 4 == 0) std::this_thread::sleep_for(std::chrono::microseconds(20));
    }
}

/// Runs `options.processes` children; adds up what they counted. False if one of them did not end well.
bool run_processes(const RandomOptions& options, Counts& total) {
    void* const memory =
        mmap(nullptr, options.processes * sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    const std::span counts(new (memory) Counts[options.processes], options.processes);
    std::vector<pid_t> children;
    for (unsigned process = 0; process < options.processes; ++process) {
        const pid_t child = fork();
        if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
        if (child == 0) {
            try {
                Client client(counts[process], options.verbose, options.page_aligned);
                run_random(client, options, process);
                std::cerr.flush();
                _exit(0);
            } catch (const std::exception& error) {
                std::cerr << "process " << process << ": " << error.what() << std::endl;
                _exit(1);
            }
        }
        children.push_back(child);
    }
    bool good = true;
    for (const pid_t child : children) {
        int status = 0;
        good = waitpid(child, &status, 0) == child && status == 0 && good;
    }
    for (const Counts& one : counts) total.add(one);
    return good;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Requests to the engine behind a Linux driver, and what they must answer.");
    app.require_subcommand(1);
    VectorOptions vectors;
    RandomOptions random;
    CLI::App* const vectors_command = app.add_subcommand("vectors", "NIST CAVP and RFC 3686 vectors, both directions");
    vectors_command->add_option("--folder", vectors.folder, "where they are")->capture_default_str();
    vectors_command->add_option("--every", vectors.every, "of long files, one case in so many")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    CLI::App* const random_command = app.add_subcommand("random", "random requests, compared with OpenSSL");
    random_command->add_option("--seed", random.seed)->capture_default_str();
    random_command->add_option("--requests", random.requests, "of each process")->capture_default_str();
    random_command->add_option("--bytes", random.bytes, "longest request")->capture_default_str();
    random_command->add_flag("--exact", random.exact, "each request is that long");
    random_command->add_option("--processes", random.processes, "at the same time")->check(CLI::Range(1, 64));
    random_command->add_option("--until", random.until, "go on until this file exists");
    random_command->add_flag("--tolerate", random.tolerate, "failed requests are no failure, wrong ones are");
    random_command->add_flag("--stop-at-failure", random.stop, "end with the first failed request");
    random_command->add_flag("--verbose", random.verbose, "print what failed");
    random_command->add_flag("--page-aligned", random.page_aligned,
                             "memory begins with a page: a short request lies in one");
    try {
        app.parse(argc, argv);
        Counts counts;
        nlohmann::ordered_json files = nlohmann::ordered_json::object();
        bool good = true;
        if (vectors_command->parsed()) {
            Client client(counts, true);
            run_vectors(client, vectors, files);
        } else {
            good = run_processes(random, counts);
        }
        nlohmann::ordered_json json = counts.json();
        if (!files.empty()) json["files"] = files;
        std::cout << json.dump() << '\n';
        good = good && counts.wrong == 0 && counts.partial_output == 0 && (random.tolerate || counts.failed == 0);
        return good ? 0 : 1;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const std::exception& error) {
        std::cerr << "cce_kernel_vectors: " << error.what() << '\n';
        return 2;
    }
}
