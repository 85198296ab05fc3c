// SPDX-License-Identifier: Apache-2.0
//
// cce enc, cce dec: streams a file through one session, chunk by chunk, compatible with `openssl enc -K -iv`.
// The padding (PKCS#7, ECB and CBC) is made and checked here; the library only knows whole blocks. XTS goes by data
// units, whose tweaks count up. GCM and CCM, which go in one piece, are in aead_command.cc.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "progress.h"
#include "tool.h"

namespace cce::tool {

namespace {

constexpr std::size_t block = CCE_BLOCK_BYTES;

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

/// Options that this mode does not know are refused, not ignored.
void check_options(const CipherOptions& options) {
    const auto refuse = [&options](bool given, const char* option, const char* reason) {
        if (given) {
            throw ToolError(exit_usage, std::string(option) + ": mode " + options.mode + " " + reason);
        }
    };
    const bool xts = options.mode == "xts";
    refuse(!options.aad_hex.empty(), "--aad", "authenticates nothing");
    refuse(!options.aad_file.empty(), "--aad-file", "authenticates nothing");
    refuse(options.tag_length.has_value(), "--tag-length", "has no tag");
    refuse(!xts && options.data_unit.has_value(), "--data-unit", "has no data units");
    refuse(!xts && options.equal_keys, "--allow-equal-keys", "has only one key");
    refuse(xts && options.chunk.has_value(), "--chunk", "goes by --data-unit");
    if (options.chunk && (*options.chunk == 0 || *options.chunk % block != 0 || *options.chunk > (1U << 30))) {
        throw ToolError(exit_usage, "--chunk: a multiple of 16 bytes up to 1 GiB is needed");
    }
    if (options.data_unit && (*options.data_unit < block || *options.data_unit > CCE_XTS_BYTES_MAX)) {
        throw ToolError(exit_usage, "--data-unit: 16 bytes to 16 MiB are needed");
    }
}

/// The tweak of the next data unit: its number is little-endian, IEEE 1619, 5.1.
void count_up(Iv& tweak) {
    for (std::uint8_t& byte : tweak) {
        if (++byte != 0) {
            break;
        }
    }
}

}  // namespace

int run_cipher(CipherOptions& options) {
    const cce_mode mode = mode_of(options.mode);
    if (mode == CCE_MODE_GCM || mode == CCE_MODE_CCM) {
        return run_aead(options);
    }
    check_options(options);
    const bool xts = mode == CCE_MODE_XTS;
    const std::size_t chunk_bytes = xts ? options.data_unit.value_or(CCE_XTS_BYTES_MAX) : options.chunk.value_or(65536);
    Iv iv = iv_of(options);
    const SecretBytes key = read_key(options.key, xts);
    const bool whole_blocks = mode == CCE_MODE_ECB || mode == CCE_MODE_CBC;
    const bool padded = whole_blocks && !options.no_padding;
    const std::string input_name = options.input.empty() ? "standard input" : options.input;
    const Descriptor input = open_input(options.input);

    Device device = open_device(options.device, options.quiet);
    const Information information = device.information();
    Session session(device, mode, options.decrypt ? CCE_DECRYPT : CCE_ENCRYPT, key.bytes(),
                    options.equal_keys ? unsigned{CCE_SESSION_EQUAL_KEYS} : 0U);
    OutputFile output(options.output);
    Progress progress(!options.quiet && (options.progress || isatty(STDERR_FILENO) != 0), input.get());

    Latencies latencies;
    std::uint64_t bytes_processed = 0;
    std::optional<std::uint64_t> first_cycle;
    std::uint64_t last_cycle = 0;
    // Two buffers, so that it is known of each chunk, when it is processed, whether it is the last.
    SecretBytes current(chunk_bytes + block);
    SecretBytes following(chunk_bytes + block);
    auto chunk = current.bytes();
    auto next = following.bytes();
    std::size_t bytes = read_fully(input.get(), chunk.first(chunk_bytes), input_name);
    std::uint64_t bytes_in = bytes;
    for (bool last = false; !last;) {
        std::size_t next_bytes = 0;
        if (bytes == chunk_bytes) {
            next_bytes = read_fully(input.get(), next.first(chunk_bytes), input_name);
            bytes_in += next_bytes;
        }
        last = next_bytes == 0;
        if (last && padded && !options.decrypt) {
            const std::size_t count = block - bytes % block;
            std::fill_n(chunk.begin() + static_cast<std::ptrdiff_t>(bytes), count, static_cast<std::uint8_t>(count));
            bytes += count;
        }
        if (xts && !options.data_unit && !last) {
            throw ToolError(exit_failure, input_name + " is longer than 16 MiB, the most that mode xts takes as one " +
                                              "data unit: cut it by --data-unit");
        }
        if (xts && bytes < block) {
            throw ToolError(exit_failure, input_name + ": " + std::to_string(bytes_in) +
                                              " bytes leave a last data unit of " + std::to_string(bytes) +
                                              "; mode xts needs at least 16");
        }
        if (whole_blocks && bytes % block != 0) {
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
            if (xts) {
                count_up(iv);
            }
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

    nlohmann::json statistics = statistics_of(options.decrypt ? "dec" : "enc", mode, key.bytes().size(), information);
    statistics["chunk_bytes"] = chunk_bytes;
    statistics["bytes"] = bytes_processed;
    statistics["latency_ns"] = latencies.summary();
    if (first_cycle) {
        statistics["engine_cycles"] = last_cycle - *first_cycle;
    }
    report(options, statistics, output);
    return 0;
}

}  // namespace cce::tool
