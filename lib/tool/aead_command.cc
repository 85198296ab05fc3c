// SPDX-License-Identifier: Apache-2.0
//
// cce enc, cce dec with GCM and CCM: the whole text in one request. The output of enc is the ciphertext and behind it
// the tag; dec writes nothing before the tag was checked.

#include <cstdio>
#include <nlohmann/json.hpp>

#include "tool.h"

namespace cce::tool {

namespace {

void check_options(const CipherOptions& options) {
    const auto refuse = [&options](bool given, const char* option, const char* reason) {
        if (given) {
            throw ToolError(exit_usage, std::string(option) + ": mode " + options.mode + " " + reason);
        }
    };
    refuse(options.chunk.has_value(), "--chunk", "takes the text in one piece");
    refuse(options.data_unit.has_value(), "--data-unit", "has no data units");
    refuse(options.equal_keys, "--allow-equal-keys", "has only one key");
    if (options.iv_hex.empty()) {
        throw ToolError(exit_usage, "--iv is missing: mode " + options.mode + " needs one" +
                                        (options.mode == "gcm" ? ", best of 12 bytes" : " of 7 to 13 bytes"));
    }
    if (!options.aad_hex.empty() && !options.aad_file.empty()) {
        throw ToolError(exit_usage, "--aad and --aad-file exclude each other");
    }
}

SecretBytes aad_of(const CipherOptions& options) {
    if (!options.aad_file.empty()) {
        const Descriptor file = open_input(options.aad_file);
        return read_all(file.get(), options.aad_file, CCE_MESSAGE_BYTES_MAX);
    }
    return parse_hex(options.aad_hex, "--aad");
}

}  // namespace

int run_aead(CipherOptions& options) {
    check_options(options);
    const cce_mode mode = mode_of(options.mode);
    const SecretBytes iv = parse_hex(options.iv_hex, "--iv");
    const SecretBytes aad = aad_of(options);
    const std::size_t tag_length = options.tag_length.value_or(CCE_TAG_BYTES_MAX);
    const SecretBytes key = read_key(options.key, false);
    const std::string input_name = options.input.empty() ? "standard input" : options.input;
    const Descriptor input = open_input(options.input);

    Device device = open_device(options.device, options.quiet);
    Session session(device, mode, options.decrypt ? CCE_DECRYPT : CCE_ENCRYPT, key.bytes());
    OutputFile output(options.output);
    const SecretBytes source =
        read_all(input.get(), input_name, std::size_t{CCE_MESSAGE_BYTES_MAX} + (options.decrypt ? tag_length : 0));
    SecretBytes destination(source.bytes().size() + (options.decrypt ? 0 : tag_length));

    Completion completion{};
    Latencies latencies;
    std::size_t bytes = 0;
    const std::uint64_t start = monotonic_nanoseconds();
    try {
        bytes =
            options.decrypt
                ? session.open(iv.bytes(), aad.bytes(), source.bytes(), destination.bytes(), tag_length, &completion)
                : session.seal(iv.bytes(), aad.bytes(), source.bytes(), destination.bytes(), tag_length, &completion);
    } catch (const Error& error) {
        if (error.status() == CCE_ERROR_TAG) {
            throw ToolError(exit_failure, input_name +
                                              ": the tag does not match: wrong key, IV, AAD or tag length, or damaged "
                                              "input; nothing was written");
        }
        if (error.status() == CCE_ERROR_LENGTH) {
            throw ToolError(exit_failure, input_name + ": " + error.what());
        }
        throw;
    }
    latencies.add(monotonic_nanoseconds() - start);
    output.write(destination.bytes().first(bytes));

    nlohmann::json statistics =
        statistics_of(options.decrypt ? "dec" : "enc", mode, key.bytes().size(), device.information());
    statistics["bytes"] = options.decrypt ? bytes : source.bytes().size();
    statistics["aad_bytes"] = aad.bytes().size();
    statistics["tag_bytes"] = tag_length;
    statistics["latency_ns"] = latencies.summary();
    if (completion.cycles_known != 0) {
        statistics["engine_cycles"] = completion.end_cycle - completion.start_cycle;
    }
    report(options, statistics, output);
    return 0;
}

}  // namespace cce::tool
