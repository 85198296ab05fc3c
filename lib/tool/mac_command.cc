// SPDX-License-Identifier: Apache-2.0
//
// cce mac: the CMAC or GMAC of a file, printed or compared. HMAC and KMAC are in hash_mac_command.cc.

#include <cstdio>
#include <nlohmann/json.hpp>

#include "tool.h"

namespace cce::tool {

int run_mac(MacOptions& options) {
    if (!options.hmac.empty() || !options.kmac.empty()) {
        return run_hash_mac(options);
    }
    if (options.mac.empty()) {
        throw ToolError(exit_usage, "which MAC: give one of --mac, --hmac, --kmac");
    }
    const bool gmac = options.mac == "gmac";
    const cce_mode mode = gmac ? CCE_MODE_GCM : CCE_MODE_CMAC;
    const bool verify = !options.verify_hex.empty();
    if (gmac && options.iv_hex.empty()) {
        throw ToolError(exit_usage, "--iv is missing: gmac needs one, best of 12 bytes, and never twice with one key");
    }
    if (!gmac && !options.iv_hex.empty()) {
        throw ToolError(exit_usage, "--iv: cmac has no IV");
    }
    const SecretBytes iv = parse_hex(options.iv_hex, "--iv");
    const SecretBytes expected = parse_hex(options.verify_hex, "--verify");
    const std::size_t length = options.tag_length.value_or(verify ? expected.bytes().size() : CCE_TAG_BYTES_MAX);
    if (verify && expected.bytes().size() != length) {
        throw ToolError(exit_usage, "--verify has " + std::to_string(expected.bytes().size()) +
                                        " bytes, --tag-length says " + std::to_string(length));
    }
    const SecretBytes key = read_key(options.key, false);
    const std::string input_name = options.input.empty() ? "standard input" : options.input;
    const Descriptor input = open_input(options.input);
    Device device = open_device(options.device, options.quiet);
    Session session(device, mode, verify ? CCE_DECRYPT : CCE_ENCRYPT, key.bytes());
    const SecretBytes message = read_all(input.get(), input_name, CCE_MESSAGE_BYTES_MAX);

    SecretBytes mac(length);
    Completion completion{};
    bool matches = true;
    Latencies latencies;
    const std::uint64_t start = monotonic_nanoseconds();
    try {
        if (verify) {
            session.verify_mac(iv.bytes(), message.bytes(), expected.bytes(), &completion);
        } else {
            session.generate_mac(iv.bytes(), message.bytes(), mac.bytes(), &completion);
        }
    } catch (const Error& error) {
        if (error.status() != CCE_ERROR_TAG) {
            throw;
        }
        matches = false;
    }
    latencies.add(monotonic_nanoseconds() - start);

    if (options.json) {
        nlohmann::json result =
            statistics_of(verify ? "verify" : "mac", mode, key.bytes().size(), device.information());
        result["mac"] = options.mac;
        result["bytes"] = message.bytes().size();
        result["tag_bytes"] = length;
        if (verify) {
            result["matches"] = matches;
        } else {
            result["value"] = to_hex(mac.bytes());
        }
        result["latency_ns"] = latencies.summary();
        if (completion.cycles_known != 0) {
            result["engine_cycles"] = completion.end_cycle - completion.start_cycle;
        }
        std::printf("%s\n", result.dump(2).c_str());
    } else if (!verify) {
        std::printf("%s\n", to_hex(mac.bytes()).c_str());
    }
    if (!matches) {
        throw ToolError(exit_failure, input_name + ": the MAC does not match: wrong key" + (gmac ? ", IV" : "") +
                                          " or MAC, or damaged input");
    }
    if (std::fflush(stdout) != 0) {
        throw ToolError(exit_failure, "can't write standard output");
    }
    return 0;
}

}  // namespace cce::tool
