// SPDX-License-Identifier: Apache-2.0
//
// cce enc, cce dec: streams a file through one session, chunk by chunk, compatible with `openssl enc -K -iv`.
// The padding (PKCS#7, ECB and CBC) is made and checked here; the library only knows whole blocks.

#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>

#include "tool.h"

namespace cce::tool {

namespace {

constexpr std::size_t block = CCE_BLOCK_BYTES;

SecretBytes key_of(CipherOptions& options) {
    const int given =
        (options.key_file.empty() ? 0 : 1) + (options.key_descriptor < 0 ? 0 : 1) + (options.key_hex.empty() ? 0 : 1);
    if (given != 1) {
        throw ToolError(exit_usage, given == 0 ? "no key: give one of --key-file, --key-fd, -K"
                                               : "--key-file, --key-fd and -K exclude each other");
    }
    if (!options.key_hex.empty()) {
        SecretBytes key = parse_hex(options.key_hex, "-K");
        OPENSSL_cleanse(options.key_hex.data(), options.key_hex.size());
        if (const std::size_t bytes = key.bytes().size(); bytes != 16 && bytes != 24 && bytes != 32) {
            throw ToolError(exit_usage, "-K: an AES key has 16, 24 or 32 bytes (32, 48 or 64 digits), not " +
                                            std::to_string(bytes));
        }
        return key;
    }
    if (!options.key_file.empty()) {
        const Descriptor file = open_input(options.key_file);
        return read_key(file.get(), options.key_file);
    }
    return read_key(options.key_descriptor, "--key-fd " + std::to_string(options.key_descriptor));
}

Iv iv_of(const CipherOptions& options) {
    Iv iv{};
    if (options.mode == "ecb") {
        if (!options.iv_hex.empty()) {
            throw ToolError(exit_usage, "--iv: mode ecb has no IV");
        }
        return iv;
    }
    if (options.iv_hex.empty()) {
        throw ToolError(exit_usage, "--iv is missing: mode " + options.mode + " needs one (32 hexadecimal digits)");
    }
    const SecretBytes bytes = parse_hex(options.iv_hex, "--iv", iv.size());
    std::copy(bytes.bytes().begin(), bytes.bytes().end(), iv.begin());
    return iv;
}

/// A line on a terminal that is rewritten, at most ten times a second, for files that take more than a second.
class Progress {
public:
    Progress(bool wanted, int descriptor)
        : wanted_(wanted), start_(monotonic_nanoseconds()), next_(start_ + 1'000'000'000U) {
        struct stat status {};
        if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
            total_ = static_cast<std::uint64_t>(status.st_size);
        }
    }
    ~Progress() {
        if (shown_) {
            std::fputc('\n', stderr);
        }
    }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void show(std::uint64_t done) {
        const std::uint64_t now = monotonic_nanoseconds();
        if (!wanted_ || now < next_) {
            return;
        }
        next_ = now + 100'000'000U;
        shown_ = true;
        const double rate = static_cast<double>(done) / 1024.0 / (static_cast<double>(now - start_) * 1e-9);
        if (total_ > 0) {
            std::fprintf(stderr, "\rcce: %3u %% of %llu KiB, %.0f KiB/s ",
                         static_cast<unsigned>(std::min<std::uint64_t>(100, done * 100 / total_)),
                         static_cast<unsigned long long>(total_ / 1024), rate);
        } else {
            std::fprintf(stderr, "\rcce: %llu KiB, %.0f KiB/s ", static_cast<unsigned long long>(done / 1024), rate);
        }
        std::fflush(stderr);
    }

private:
    bool wanted_;
    std::uint64_t start_;
    std::uint64_t next_;
    std::uint64_t total_ = 0;
    bool shown_ = false;
};

/// Number of padding bytes at the end of the last block. Throws if they are not PKCS#7's.
std::size_t padding_of(std::span<const std::uint8_t> last_block) {
    const std::size_t count = last_block.back();
    const bool good = count >= 1 && count <= block &&
                      std::all_of(last_block.end() - static_cast<std::ptrdiff_t>(std::min(count, block)),
                                  last_block.end(), [count](std::uint8_t byte) { return byte == count; });
    if (!good) {
        throw ToolError(exit_failure,
                        "bad padding at the end of the text: wrong key or IV, damaged input, or a text "
                        "that was not padded (--no-padding)");
    }
    return count;
}

}  // namespace

int run_cipher(CipherOptions& options) {
    static const std::map<std::string, cce_mode> modes{
        {"ecb", CCE_MODE_ECB}, {"cbc", CCE_MODE_CBC}, {"ctr", CCE_MODE_CTR}};
    const cce_mode mode = modes.at(options.mode);
    if (options.chunk == 0 || options.chunk % block != 0 || options.chunk > (1U << 30)) {
        throw ToolError(exit_usage, "--chunk: a multiple of 16 bytes up to 1 GiB is needed");
    }
    Iv iv = iv_of(options);
    const SecretBytes key = key_of(options);
    const bool padded = mode != CCE_MODE_CTR && !options.no_padding;
    const std::string input_name = options.input.empty() ? "standard input" : options.input;
    const Descriptor input = open_input(options.input);

    Device device(options.backend);
    const Information information = device.information();
    if (!options.quiet) {
        std::fprintf(stderr, "cce: backend %s (%s)\n", information.backend, information.choice);
    }
    Session session(device, mode, options.decrypt ? CCE_DECRYPT : CCE_ENCRYPT, key.bytes());
    OutputFile output(options.output);
    Progress progress(!options.quiet && (options.progress || isatty(STDERR_FILENO) != 0), input.get());

    Latencies latencies;
    std::uint64_t bytes_processed = 0;
    std::optional<std::uint64_t> first_cycle;
    std::uint64_t last_cycle = 0;
    // Two buffers, so that it is known of each chunk, when it is processed, whether it is the last.
    SecretBytes current(options.chunk + block);
    SecretBytes following(options.chunk + block);
    auto chunk = current.bytes();
    auto next = following.bytes();
    std::size_t bytes = read_fully(input.get(), chunk.first(options.chunk), input_name);
    std::uint64_t bytes_in = bytes;
    for (bool last = false; !last;) {
        std::size_t next_bytes = 0;
        if (bytes == options.chunk) {
            next_bytes = read_fully(input.get(), next.first(options.chunk), input_name);
            bytes_in += next_bytes;
        }
        last = next_bytes == 0;
        if (last && padded && !options.decrypt) {
            const std::size_t count = block - bytes % block;
            std::fill_n(chunk.begin() + static_cast<std::ptrdiff_t>(bytes), count, static_cast<std::uint8_t>(count));
            bytes += count;
        }
        if (mode != CCE_MODE_CTR && bytes % block != 0) {
            throw ToolError(exit_failure, input_name + ": " + std::to_string(bytes_in) +
                                              " bytes are not whole blocks of 16, which mode " + options.mode +
                                              (options.decrypt ? " needs to decrypt" : " needs without padding"));
        }
        if (last && padded && options.decrypt && bytes == 0) {
            throw ToolError(exit_failure, input_name + " is empty: a padded text has at least one block");
        }
        if (bytes > 0) {
            Completion completion{};
            const auto text = chunk.first(bytes);
            const std::uint64_t start = monotonic_nanoseconds();
            session.run(iv, text, text, &completion);
            latencies.add(monotonic_nanoseconds() - start);
            bytes_processed += bytes;
            if (completion.cycles_known != 0) {
                first_cycle = first_cycle.value_or(completion.start_cycle);
                last_cycle = completion.end_cycle;
            }
        }
        std::size_t bytes_out = bytes;
        if (last && padded && options.decrypt) {
            bytes_out -= padding_of(chunk.first(bytes).last(block));
        }
        output.write(chunk.first(bytes_out));
        progress.show(bytes_processed);
        std::swap(chunk, next);
        bytes = next_bytes;
    }

    nlohmann::json statistics{{"operation", options.decrypt ? "dec" : "enc"},
                              {"mode", options.mode},
                              {"key_bits", key.bytes().size() * 8},
                              {"backend", information.backend},
                              {"choice", information.choice},
                              {"driver", information.driver[mode]},
                              {"chunk_bytes", options.chunk},
                              {"bytes", bytes_processed},
                              {"clock", "CLOCK_MONOTONIC"},
                              {"latency_ns", latencies.summary()}};
    if (first_cycle) {
        statistics["engine_cycles"] = last_cycle - *first_cycle;
    }
    if (!options.statistics.empty()) {
        OutputFile file(options.statistics);
        const std::string text = statistics.dump(2) + "\n";
        file.write(std::vector<std::uint8_t>(text.begin(), text.end()));
        output.finish();
        file.finish();
    } else {
        output.finish();
    }
    if (options.json) {
        // Standard output may carry the text; then the figures go to standard error.
        std::fprintf(options.output.empty() ? stderr : stdout, "%s\n", statistics.dump(2).c_str());
    }
    return 0;
}

}  // namespace cce::tool
