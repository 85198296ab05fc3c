// SPDX-License-Identifier: Apache-2.0
//
// cce wrap, cce unwrap: a key under another key. Nothing is written before the integrity check.

#include <openssl/crypto.h>

#include <cctype>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "tool.h"

namespace cce::tool {

namespace {

/// The file's bytes, or what its hexadecimal digits say.
SecretBytes read_source(const KeyWrapOptions& options, int descriptor, const std::string& name) {
    const std::size_t limit = CCE_KEY_WRAP_BYTES_MAX + CCE_KEY_WRAP_OVERHEAD;
    if (!options.hex) {
        return read_all(descriptor, name, limit);
    }
    const SecretBytes file = read_all(descriptor, name, 2 * limit + 2);
    auto digits = file.bytes();
    while (!digits.empty() && std::isspace(digits.back()) != 0) {
        digits = digits.first(digits.size() - 1);
    }
    std::string text(digits.begin(), digits.end());
    try {
        SecretBytes result = parse_hex(text, name);
        OPENSSL_cleanse(text.data(), text.size());
        return result;
    } catch (const ToolError& error) {
        throw ToolError(exit_failure, error.what());  // the file is wrong, not the command line
    }
}

}  // namespace

int run_key_wrap(KeyWrapOptions& options) {
    const cce_mode mode = mode_of(options.mode);
    const SecretBytes key = read_key(options.key, false);
    const std::string input_name = options.input.empty() ? "standard input" : options.input;
    const Descriptor input = open_input(options.input);
    Device device = open_device(options.device, options.quiet);
    Session session(device, mode, options.unwrap ? CCE_DECRYPT : CCE_ENCRYPT, key.bytes());
    OutputFile output(options.output);
    const SecretBytes source = read_source(options, input.get(), input_name);
    // Wrapping adds at most a semiblock and the padding of one.
    SecretBytes destination(source.bytes().size() + std::size_t{2} * CCE_KEY_WRAP_OVERHEAD);

    Completion completion{};
    Latencies latencies;
    std::size_t bytes = 0;
    const std::uint64_t start = monotonic_nanoseconds();
    try {
        bytes = options.unwrap ? session.unwrap(source.bytes(), destination.bytes(), &completion)
                               : session.wrap(source.bytes(), destination.bytes(), &completion);
    } catch (const Error& error) {
        if (error.status() == CCE_ERROR_TAG) {
            throw ToolError(exit_failure, input_name +
                                              ": the integrity check does not match: wrong key or mode, or damaged "
                                              "input; nothing was written");
        }
        if (error.status() == CCE_ERROR_LENGTH) {
            throw ToolError(exit_failure, input_name + ": " + error.what());
        }
        throw;
    }
    latencies.add(monotonic_nanoseconds() - start);
    if (options.hex) {
        std::string text = to_hex(destination.bytes().first(bytes)) + "\n";
        output.write({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
        OPENSSL_cleanse(text.data(), text.size());
    } else {
        output.write(destination.bytes().first(bytes));
    }
    output.finish();
    if (options.json) {
        nlohmann::json result =
            statistics_of(options.unwrap ? "unwrap" : "wrap", mode, key.bytes().size(), device.information());
        result["bytes_in"] = source.bytes().size();
        result["bytes_out"] = bytes;
        result["latency_ns"] = latencies.summary();
        if (completion.cycles_known != 0) {
            result["engine_cycles"] = completion.end_cycle - completion.start_cycle;
        }
        // Standard output may carry the key; then the figures go to standard error.
        std::fprintf(options.output.empty() ? stderr : stdout, "%s\n", result.dump(2).c_str());
    }
    return 0;
}

}  // namespace cce::tool
