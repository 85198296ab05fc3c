// SPDX-License-Identifier: Apache-2.0
//
// cce mac --hmac, --kmac: MACs made of hash functions, of files of any length, printed or compared.

#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "hash_input.h"
#include "hash_names.h"

namespace cce::tool {

namespace {

struct Kind {
    cce_hash hash;
    cce_hash_kind kind;
    std::string name;            ///< for people
    std::size_t default_length;  ///< of the MAC
};

Kind kind_of(const MacOptions& options) {
    if (!options.hmac.empty()) {
        const cce_hash hash = hash_of(options.hmac, "--hmac");
        if (is_xof(hash)) {
            throw ToolError(exit_usage, std::string("--hmac: ") + cce_hash_name(hash) +
                                            " is no hash function of fixed length; --kmac is what it has for MACs");
        }
        return {hash, CCE_HASH_HMAC, std::string("hmac-") + cce_hash_name(hash), cce_hash_digest_bytes(hash)};
    }
    // The lengths are OpenSSL's, twice the strength in bits.
    const bool weaker = options.kmac == "128";
    return {weaker ? CCE_HASH_CSHAKE_128 : CCE_HASH_CSHAKE_256, options.xof ? CCE_HASH_KMAC_XOF : CCE_HASH_KMAC,
            std::string(options.xof ? "kmacxof" : "kmac") + options.kmac, weaker ? std::size_t{32} : std::size_t{64}};
}

void check_options(const MacOptions& options) {
    const auto refuse = [](bool given, const char* option, const char* reason) {
        if (given) throw ToolError(exit_usage, std::string(option) + ": " + reason);
    };
    refuse(!options.iv_hex.empty(), "--iv", "HMAC and KMAC have no IV");
    refuse(options.kmac.empty() && !options.customization.empty(), "--customization", "HMAC has none, KMAC has");
    refuse(options.kmac.empty() && options.xof, "--xof", "HMAC is none, KMAC may be");
}

bool verifies(HashStream& hash, std::span<const std::uint8_t> mac) {
    try {
        hash.verify(mac);
    } catch (const Error& error) {
        if (error.status() != CCE_ERROR_TAG) throw;
        return false;
    }
    return true;
}

}  // namespace

int run_hash_mac(MacOptions& options) {
    check_options(options);
    const Kind kind = kind_of(options);
    const bool verify = !options.verify_hex.empty();
    const SecretBytes expected = parse_hex(options.verify_hex, "--verify");
    const std::size_t length = options.tag_length.value_or(verify ? expected.bytes().size() : kind.default_length);
    if (verify && expected.bytes().size() != length) {
        throw ToolError(exit_usage, "--verify has " + std::to_string(expected.bytes().size()) +
                                        " bytes, --tag-length says " + std::to_string(length));
    }
    const std::size_t most = kind.kind == CCE_HASH_HMAC ? kind.default_length : CCE_HASH_OUTPUT_BYTES_MAX;
    if (length == 0 || length > most) {
        throw ToolError(exit_usage, std::string(verify ? "--verify" : "--tag-length") + ": " + kind.name +
                                        " has 1 to " + std::to_string(most) + " bytes, not " + std::to_string(length));
    }
    const SecretBytes key = read_key_of_any_length(options.key, options.key_as_is, options.quiet);
    const std::string input_name = options.input.empty() ? "standard input" : options.input;
    const Descriptor input = open_input(options.input);
    Device device = open_device(options.device, options.quiet);
    const Information information = device.information();

    HashOptions with = CCE_HASH_OPTIONS_INIT;
    with.kind = kind.kind;
    with.direction = verify ? CCE_DECRYPT : CCE_ENCRYPT;
    with.key = key.bytes().data();
    with.key_length = key.bytes().size();
    with.customization = reinterpret_cast<const std::uint8_t*>(options.customization.data());
    with.customization_length = options.customization.size();
    Session session(device, kind.hash, with);

    const std::uint64_t start = monotonic_nanoseconds();
    HashStream hash(session);
    const bool progress = !options.quiet && (options.progress || isatty(STDERR_FILENO) != 0);
    const std::uint64_t bytes = take_in(hash, input.get(), input_name, progress);
    SecretBytes mac(length);
    bool matches = true;
    if (verify) {
        matches = verifies(hash, expected.bytes());
    } else {
        hash.finish(mac.bytes());
    }
    if (options.json) {
        nlohmann::json result{{"operation", verify ? "verify" : "mac"},
                              {"mac", kind.name},
                              {"hash", cce_hash_name(kind.hash)},
                              {"key_bits", 8 * key.bytes().size()},
                              {"backend", information.backend},
                              {"choice", information.choice},
                              {"driver", kind.kind == CCE_HASH_HMAC ? information.hmac_driver[kind.hash]
                                                                    : information.hash_driver[kind.hash]},
                              {"bytes", bytes},
                              {"tag_bytes", length},
                              {"clock", "CLOCK_MONOTONIC"},
                              {"wall_ns", monotonic_nanoseconds() - start}};
        if (verify) {
            result["matches"] = matches;
        } else {
            result["value"] = to_hex(mac.bytes());
        }
        std::printf("%s\n", result.dump(2).c_str());
    } else if (!verify) {
        std::printf("%s\n", to_hex(mac.bytes()).c_str());
    }
    if (!matches) {
        throw ToolError(exit_failure, input_name + ": the MAC does not match: wrong key" +
                                          (kind.kind == CCE_HASH_HMAC ? "" : ", customization") +
                                          " or MAC, or damaged input");
    }
    return 0;
}

}  // namespace cce::tool
