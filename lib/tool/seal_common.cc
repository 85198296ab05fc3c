// SPDX-License-Identifier: Apache-2.0

#include "seal_common.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

namespace cce::tool::sealed {

PieceReader::PieceReader(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {
    look();
}

void PieceReader::look() {
    std::uint8_t byte = 0;
    ahead_ = read_fully(descriptor_, {&byte, 1}, name_) == 1 ? std::optional(byte) : std::nullopt;
}

std::size_t PieceReader::read(std::span<std::uint8_t> buffer) {
    if (!ahead_ || buffer.empty()) {
        return 0;
    }
    buffer.front() = *ahead_;
    const std::size_t bytes = 1 + read_fully(descriptor_, buffer.subspan(1), name_);
    if (bytes == buffer.size()) {
        look();
    } else {
        ahead_.reset();
    }
    return bytes;
}

SecretBytes read_master_key(SealOptions& options) {
    if (options.context.size() > context_limit) {
        throw ToolError(exit_usage, "--context: " + std::to_string(options.context.size()) + " bytes; at most " +
                                        std::to_string(context_limit) + " are possible");
    }
    const bool on_command_line = !options.key.hex.empty();
    SecretBytes key = read_key(options.key, false);
    if (key.bytes().size() != master_key_bytes) {
        throw ToolError(
            on_command_line ? exit_usage : exit_failure,
            "sealed files need a key of 32 bytes (AES-256); this one has " + std::to_string(key.bytes().size()));
    }
    return key;
}

void with_remains(const ResumableFile& output, const std::function<void()>& work) {
    const auto added = [&output](const char* message) {
        const std::string remains = output.remains();
        return std::string(message) + (remains.empty() ? "" : "; " + remains);
    };
    try {
        work();
    } catch (const ToolError& error) {
        throw ToolError(error.exit_status(), added(error.what()));
    } catch (const Error& error) {
        throw ToolError(exit_failure, added(error.what()));
    }
}

void report(const SealOptions& options, const char* operation, const Account& account, const ChunkPipeline& pipeline,
            std::size_t chunk_bytes, const Information& information, const Timeline& timeline) {
    nlohmann::json statistics{{"operation", operation},
                              {"algorithm", "AES-256-GCM"},
                              {"backend", information.backend},
                              {"choice", information.choice},
                              {"driver", information.driver[CCE_MODE_GCM]},
                              {"bytes", account.text_bytes},
                              {"chunks", account.chunks},
                              {"chunk_bytes", chunk_bytes},
                              {"depth", pipeline.depth()},
                              {"resumed_bytes", account.resumed_bytes},
                              {"clock", "CLOCK_MONOTONIC"},
                              {"wall_ns", monotonic_nanoseconds() - account.start_ns}};
    if (const auto cycles = pipeline.engine_cycles()) {
        statistics["engine_cycles"] = *cycles;
    }
    if (!options.trace.empty()) {
        timeline.write(options.trace, {{"command", std::string("cce ") + operation}, {"backend", information.backend}});
    }
    const std::string text = statistics.dump(2) + "\n";
    if (!options.statistics.empty()) {
        OutputFile file(options.statistics);
        file.write({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
        file.finish();
    }
    if (options.json) {
        // Standard output may carry the text; then the figures go to standard error.
        std::fputs(text.c_str(), options.output.empty() ? stderr : stdout);
    }
}

namespace {

constexpr std::size_t af_alg_bytes = 65536;
constexpr std::size_t af_alg_chunk = 32768;

}  // namespace

std::size_t default_chunk(const Information& information) {
    return std::string(information.backend) == "af_alg" ? af_alg_chunk : default_seal_chunk;
}

void check_chunk(const Information& information, std::size_t chunk_bytes) {
    if (std::string(information.backend) == "af_alg" && chunk_bytes + tag_bytes > af_alg_bytes) {
        throw ToolError(exit_failure, "backend af_alg carries at most 64 KiB with the tag, less than chunks of " +
                                          std::to_string(chunk_bytes / 1024) +
                                          " KiB: take --backend dev or software, or seal with --chunk 32KiB");
    }
}

Device open_gcm_device(const SealOptions& options) {
    Device device = open_device(options.device, options.quiet);
    const Information information = device.information();
    if (information.mode_supported[CCE_MODE_GCM] == 0) {
        throw ToolError(exit_failure, std::string("backend ") + information.backend +
                                          " does not offer GCM, which sealed files need: --backend software does");
    }
    if (!options.trace.empty() && information.engine_known == 0) {
        throw ToolError(exit_usage, std::string("--trace: backend ") + information.backend +
                                        " tells no engine cycles; in-process does");
    }
    return device;
}

}  // namespace cce::tool::sealed
