// SPDX-License-Identifier: Apache-2.0
//
// NIST's CAVP sets for SHA-2, SHA-3 and SHAKE (short and long messages, variable output, Monte Carlo) and RFC 4231 for
// HMAC, as Debian's python3-cryptography-vectors has them, on every backend that can be opened here. A simulated engine
// does each eighth message, and a part of the Monte Carlo sets, unless CCE_TEST_ALL is set. Messages go in one piece
// and through a stream.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "backends.h"
#include "cce/cce.hpp"
#include "reference.h"

namespace {

using cce::reference::Bytes;
using cce::reference::bytes_of;
using Paragraph = std::map<std::string, std::string>;

struct Set {
    cce_hash hash;
    const char* folder;
    const char* prefix;  ///< of the files
    std::size_t short_count, long_count;
};
constexpr std::array sets{
    Set{CCE_HASH_SHA_224, "SHA2", "SHA224", 65, 64},
    Set{CCE_HASH_SHA_256, "SHA2", "SHA256", 65, 64},
    Set{CCE_HASH_SHA_384, "SHA2", "SHA384", 129, 128},
    Set{CCE_HASH_SHA_512, "SHA2", "SHA512", 129, 128},
    Set{CCE_HASH_SHA_512_224, "SHA2", "SHA512_224", 129, 128},
    Set{CCE_HASH_SHA_512_256, "SHA2", "SHA512_256", 129, 128},
    Set{CCE_HASH_SHA3_224, "SHA3", "SHA3_224", 145, 100},
    Set{CCE_HASH_SHA3_256, "SHA3", "SHA3_256", 137, 100},
    Set{CCE_HASH_SHA3_384, "SHA3", "SHA3_384", 105, 100},
    Set{CCE_HASH_SHA3_512, "SHA3", "SHA3_512", 73, 100},
    Set{CCE_HASH_SHAKE_128, "SHAKE", "SHAKE128", 337, 100},
    Set{CCE_HASH_SHAKE_256, "SHAKE", "SHAKE256", 273, 100},
};

/// The paragraphs of `NAME = value`; fields in brackets become a paragraph, too.
std::vector<Paragraph> read(const std::filesystem::path& path) {
    std::ifstream file(path);
    if (!file) {
        throw std::runtime_error("cannot read " + path.string() +
                                 " (Debian: apt-get install python3-cryptography-vectors)");
    }
    std::vector<Paragraph> result(1);
    for (std::string line; std::getline(file, line);) {
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == ']')) line.pop_back();
        if (line.empty() && !result.back().empty()) result.emplace_back();
        if (!line.empty() && line.front() == '[') line.erase(0, 1);
        const std::size_t equals = line.find(" = ");
        if (line.empty() || line.front() == '#' || equals == std::string::npos) continue;
        result.back()[line.substr(0, equals)] = line.substr(equals + 3);
    }
    if (result.back().empty()) result.pop_back();
    return result;
}

std::size_t number_of(const Paragraph& paragraph, const std::string& name) {
    return std::stoul(paragraph.at(name));
}

Bytes message_of(const Paragraph& paragraph, std::size_t bits) {
    Bytes message = bytes_of(paragraph.at("Msg"));
    // "00" stands for nothing.
    message.resize(bits / 8);
    return message;
}

class HashVectors : public ::testing::TestWithParam<std::string> {
protected:
    HashVectors() {
        cce_options options = CCE_OPTIONS_INIT;
        options.backend = GetParam().c_str();
        options.engine = std::getenv("CCE_ENGINE") != nullptr ? nullptr : "model";
        options.cpu_below = 0;
        device = std::make_unique<cce::Device>(options);
        information = device->information();
    }
    static std::filesystem::path file(const Set& set, const char* name) {
        return std::filesystem::path(CCE_HASH_VECTORS) / "hashes" / set.folder / (std::string(set.prefix) + name);
    }
    [[nodiscard]] bool offers(const Set& set) const { return information.hash_supported[set.hash] != 0; }
    [[nodiscard]] bool everything() const { return GetParam() == "software" || std::getenv("CCE_TEST_ALL") != nullptr; }
    /// Every message, or each 8th.
    [[nodiscard]] std::size_t step() const { return everything() ? 1 : 8; }
    [[nodiscard]] std::size_t monte_carlo_rounds() const { return everything() ? 100 : 1; }
    /// Of each family one function has its turn where an engine is simulated.
    [[nodiscard]] bool has_monte_carlo(const Set& set) const {
        return offers(set) && (everything() || set.hash == CCE_HASH_SHA_256 || set.hash == CCE_HASH_SHA3_256 ||
                               set.hash == CCE_HASH_SHAKE_128);
    }

    Bytes hash(cce::Session& session, const Bytes& message, std::size_t length) {
        Bytes digest(length);
        session.digest(message, digest);
        Bytes again(length);
        cce::HashStream stream(session);
        const std::size_t cut = message.size() / 3;
        stream.update(std::span(message).first(cut));
        stream.update(std::span(message).subspan(cut));
        stream.finish(again);
        EXPECT_EQ(again, digest);
        return digest;
    }

    std::unique_ptr<cce::Device> device;
    cce::Information information{};
};

TEST_P(HashVectors, ShortAndLongMessages) {
    for (const Set& set : sets) {
        if (!offers(set)) continue;
        cce::Session session(*device, set.hash);
        for (const bool is_short : {true, false}) {
            std::size_t output = cce_hash_digest_bytes(set.hash);
            std::size_t count = 0;
            for (const Paragraph& one : read(file(set, is_short ? "ShortMsg.rsp" : "LongMsg.rsp"))) {
                if (one.contains("Outputlen")) output = number_of(one, "Outputlen") / 8;
                if (!one.contains("Msg")) continue;
                if (count++ % step() != 0) continue;
                const Bytes message = message_of(one, number_of(one, "Len"));
                EXPECT_EQ(hash(session, message, output),
                          bytes_of(one.at(output != 0 && one.contains("MD") ? "MD" : "Output")))
                    << set.prefix << ", " << message.size() << " bytes";
            }
            EXPECT_EQ(count, is_short ? set.short_count : set.long_count) << set.prefix;
        }
    }
}

TEST_P(HashVectors, VariableOutput) {
    for (const Set& set : sets) {
        if (!offers(set) || cce_hash_digest_bytes(set.hash) != 0) continue;
        cce::Session session(*device, set.hash);
        std::size_t count = 0;
        for (const Paragraph& one : read(file(set, "VariableOut.rsp"))) {
            if (!one.contains("Msg")) continue;
            if (count++ % step() != 0) continue;
            const Bytes message = bytes_of(one.at("Msg"));
            EXPECT_EQ(hash(session, message, number_of(one, "Outputlen") / 8), bytes_of(one.at("Output")));
        }
        EXPECT_GT(count, 1000U) << set.prefix;
    }
}

/// SHAVS, 6.4, and SHA3VS, 6.2.3.
TEST_P(HashVectors, MonteCarlo) {
    for (const Set& set : sets) {
        const std::size_t length = cce_hash_digest_bytes(set.hash);
        if (!has_monte_carlo(set) || length == 0) continue;
        cce::Session session(*device, set.hash);
        const bool chains_three = set.hash < CCE_HASH_SHA3_224;
        Bytes seed;
        std::size_t count = 0;
        for (const Paragraph& one : read(file(set, "Monte.rsp"))) {
            if (one.contains("Seed")) seed = bytes_of(one.at("Seed"));
            if (!one.contains("COUNT")) continue;
            if (count++ == monte_carlo_rounds()) break;
            Bytes message;
            for (unsigned i = 0; i < (chains_three ? 3U : 1U); ++i)
                message.insert(message.end(), seed.begin(), seed.end());
            for (unsigned i = 0; i < 1000; ++i) {
                session.digest(message, seed);
                message.erase(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(length));
                message.insert(message.end(), seed.begin(), seed.end());
            }
            ASSERT_EQ(seed, bytes_of(one.at("MD"))) << set.prefix << ", " << one.at("COUNT");
        }
        EXPECT_GE(count, monte_carlo_rounds());
    }
}

/// SHA3VS, 6.3.3: the output's last 16 bits tell how long the next one is.
TEST_P(HashVectors, MonteCarloOfXofs) {
    for (const Set& set : sets) {
        if (!has_monte_carlo(set) || cce_hash_digest_bytes(set.hash) != 0) continue;
        cce::Session session(*device, set.hash);
        std::size_t shortest = 0, longest = 0, length = 0, count = 0;
        Bytes output;
        for (const Paragraph& one : read(file(set, "Monte.rsp"))) {
            if (one.contains("Minimum Output Length (bits)")) {
                shortest = (number_of(one, "Minimum Output Length (bits)") + 7) / 8;
            }
            if (one.contains("Maximum Output Length (bits)")) {
                length = longest = number_of(one, "Maximum Output Length (bits)") / 8;
            }
            if (one.contains("Msg")) output = bytes_of(one.at("Msg"));
            if (!one.contains("COUNT")) continue;
            if (count++ == monte_carlo_rounds()) break;
            std::size_t used = length;
            for (unsigned i = 0; i < 1000; ++i) {
                output.resize(16);
                const Bytes message = output;
                used = length;
                output.resize(used);
                session.digest(message, output);
                const std::size_t last = std::size_t{output[used - 2]} << 8 | output[used - 1];
                length = shortest + last % (longest - shortest + 1);
            }
            EXPECT_EQ(8 * used, number_of(one, "Outputlen"));
            ASSERT_EQ(output, bytes_of(one.at("Output"))) << set.prefix << ", " << one.at("COUNT");
        }
        EXPECT_GE(count, monte_carlo_rounds());
    }
}

TEST_P(HashVectors, Rfc4231) {
    const std::map<std::string, cce_hash> files{{"sha224", CCE_HASH_SHA_224},
                                                {"sha256", CCE_HASH_SHA_256},
                                                {"sha384", CCE_HASH_SHA_384},
                                                {"sha512", CCE_HASH_SHA_512}};
    for (const auto& [name, function] : files) {
        if (information.hmac_supported[function] == 0) continue;
        std::size_t count = 0;
        const std::filesystem::path folder = std::filesystem::path(CCE_HASH_VECTORS) / "HMAC";
        for (const Paragraph& one : read(folder / ("rfc-4231-" + name + ".txt"))) {
            if (!one.contains("Key")) continue;
            const Bytes mac = bytes_of(one.at("MD"));
            cce::Session session = cce::Session::hmac(*device, function, bytes_of(one.at("Key")));
            cce::Session verifier = cce::Session::hmac(*device, function, bytes_of(one.at("Key")), CCE_DECRYPT);
            EXPECT_EQ(hash(session, bytes_of(one.at("Msg")), mac.size()), mac);
            verifier.verify_digest(bytes_of(one.at("Msg")), mac);
            ++count;
        }
        EXPECT_EQ(count, 6U) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, HashVectors, ::testing::ValuesIn(cce::test::backends()), cce::test::name_of);

}  // namespace
