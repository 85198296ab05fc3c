// SPDX-License-Identifier: Apache-2.0
//
// The NIST CAVP known answers for ECB and CBC (KAT, MMT) and for XTS (XTSGen), and the vectors of RFC 3686 for CTR, as
// the Debian package python3-cryptography-vectors holds them, on the engine, both directions, every key size. And the
// CAVP Monte-Carlo procedure (AESAVS, 6.4) for ECB and CBC, with OpenSSL as the oracle.
// The authenticated modes: cavp_authenticated_test.cc.

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <iostream>

#include "support.h"
#include "vector_file.h"

namespace cce::test {
namespace {

using contract::CipherMode;
using contract::Status;
using sim::CipherRequest;

struct VectorSet {
    CipherMode mode;
    std::string folder;
    std::string prefix;
    std::string suffix;
    unsigned least;  ///< vectors of all key sizes together; fewer are suspicious
};

void PrintTo(const VectorSet& set, std::ostream* out) {
    *out << set.folder << '/' << set.prefix;
}

class Cavp : public testing::TestWithParam<std::tuple<std::string, unsigned, VectorSet>> {};

TEST_P(Cavp, KnownAnswers) {
    const auto& [engine, width, set] = GetParam();
    sim::Machine machine(machine_options(width, sim::MemoryTiming::ideal(), engine));
    BulkRunner runner(machine);
    unsigned count = 0;
    for (const unsigned bits : {128U, 192U, 256U}) {
        const auto path =
            std::filesystem::path(CCE_VECTORS) / set.folder / (set.prefix + std::to_string(bits) + set.suffix);
        for (Vector& vector : read_vectors(path)) {
            const std::string name = path.filename().string() + (vector.decrypt() ? " decrypt" : " encrypt") +
                                     ", COUNT = " + vector.take("COUNT");
            SCOPED_TRACE(name);
            CipherInput input;
            input.mode = set.mode;
            input.key = from_hex(vector.take("KEY"));
            ASSERT_EQ(input.key.size() * 8, bits);
            if (set.mode != CipherMode::ecb) {
                input.iv = from_hex(vector.take("IV"));
            } else if (vector.has("IV")) {
                (void)vector.take("IV");
            }
            const Bytes plain = from_hex(vector.take("PLAINTEXT"));
            const Bytes cipher = from_hex(vector.take("CIPHERTEXT"));
            ASSERT_EQ(vector.unread(), "") << "this test does not look at the field";
            // Each vector serves in both directions, whichever section it stands in.
            for (const bool decrypt : {false, true}) {
                input.decrypt = decrypt;
                input.text = decrypt ? cipher : plain;
                Oracle::Answer expected;
                expected.text = decrypt ? plain : cipher;
                // The vectors say nothing of the IV that follows.
                expected.next_iv = Oracle::run(input).next_iv;
                runner.add(Exchange(machine, input, expected).name(name));
                ASSERT_FALSE(HasFailure());
            }
            ++count;
        }
    }
    runner.finish();
    EXPECT_GE(count, set.least);
    RecordProperty("vectors", static_cast<int>(count));
}

std::vector<VectorSet> vector_sets() {
    std::vector<VectorSet> sets;
    const std::map<std::string, unsigned> least = {
        {"GFSbox", 30}, {"KeySbox", 100}, {"VarKey", 1100}, {"VarTxt", 700}, {"MMT", 60}};
    for (const auto& [name, count] : least) {
        sets.push_back({CipherMode::ecb, "ECB", "ECB" + name, ".rsp", count});
        sets.push_back({CipherMode::cbc, "CBC", "CBC" + name, ".rsp", count});
    }
    sets.push_back({CipherMode::ctr, "CTR", "aes-", "-ctr.txt", 9});
    return sets;
}

std::string name_of_vectors(const testing::TestParamInfo<Cavp::ParamType>& parameter) {
    const auto& [engine, width, set] = parameter.param;
    return engine + "_" + std::to_string(width) + "_" + set.folder +
           (set.mode == CipherMode::ctr ? "Rfc3686" : set.prefix.substr(3));
}

INSTANTIATE_TEST_SUITE_P(All, Cavp,
                         testing::Combine(testing::ValuesIn(engine_names()), testing::ValuesIn(data_widths),
                                          testing::ValuesIn(vector_sets())),
                         name_of_vectors);

class CavpXts : public EngineTest {};

TEST_P(CavpXts, KnownAnswers) {
    sim::Machine machine(options());
    BulkRunner runner(machine);
    Sampler sampler(engine());
    unsigned skipped = 0;
    for (const std::string folder : {"tweak-128hexstr", "tweak-dataunitseqno"}) {
        for (const unsigned bits : {128U, 256U}) {
            const auto path =
                std::filesystem::path(CCE_VECTORS) / "XTS" / folder / ("XTSGenAES" + std::to_string(bits) + ".rsp");
            for (Vector& vector : read_vectors(path)) {
                const std::string name = folder + "/" + path.filename().string() +
                                         (vector.decrypt() ? " decrypt" : " encrypt") +
                                         ", COUNT = " + vector.take("COUNT");
                SCOPED_TRACE(name);
                const unsigned unit_bits = vector.take_number("DataUnitLen");
                if (unit_bits % 8 != 0) {
                    ++skipped;
                    continue;
                }
                if (!sampler.take()) continue;
                CipherInput input;
                input.mode = CipherMode::xts;
                const Bytes keys = from_hex(vector.take("Key"));
                ASSERT_EQ(keys.size() * 8, 2 * bits);
                input.key.assign(keys.begin(), keys.begin() + bits / 8);
                input.tweak_key.assign(keys.begin() + bits / 8, keys.end());
                if (vector.has("i")) {
                    input.iv = from_hex(vector.take("i"));
                } else {
                    // IEEE 1619, 5.1: the number of the data unit as a little-endian number.
                    const unsigned number = vector.take_number("DataUnitSeqNumber");
                    input.iv.assign(16, 0);
                    for (unsigned i = 0; i < sizeof(number); ++i) {
                        input.iv[i] = static_cast<std::uint8_t>(number >> 8 * i);
                    }
                }
                const Bytes plain = from_hex(vector.take("PT"));
                const Bytes cipher = from_hex(vector.take("CT"));
                ASSERT_EQ(plain.size() * 8, unit_bits);
                ASSERT_EQ(vector.unread(), "") << "this test does not look at the field";
                for (const bool decrypt : {false, true}) {
                    input.decrypt = decrypt;
                    input.text = decrypt ? cipher : plain;
                    Oracle::Answer expected;
                    expected.text = decrypt ? plain : cipher;
                    runner.add(Exchange(machine, input, expected).name(name));
                    ASSERT_FALSE(HasFailure());
                }
            }
        }
    }
    runner.finish();
    EXPECT_EQ(sampler.offered(), 2800U);
    EXPECT_EQ(skipped, 1200U);
    std::cout << sampler.taken() << " of " << sampler.offered() << " vectors; " << skipped
              << " more skipped: their data units are no whole bytes, the engine's are\n";
    RecordProperty("vectors", static_cast<int>(sampler.taken()));
    RecordProperty("skipped", static_cast<int>(skipped));
}

INSTANTIATE_TEST_SUITE_P(All, CavpXts, testing::ValuesIn(default_targets()), EngineTest::name);

/// The functions under the Monte-Carlo procedure: one call per inner step.
using Step = std::function<Bytes(const Bytes& key, const Bytes& iv, const Bytes& text)>;

/// AESAVS 6.4.1 (ECB) and 6.4.2 (CBC), encryption and decryption. Returns the last text of each outer round.
std::vector<Bytes> monte_carlo(CipherMode mode, bool decrypt, Bytes key, Bytes iv, Bytes text, unsigned rounds,
                               const Step& step) {
    constexpr unsigned inner = 1000;
    std::vector<Bytes> results;
    for (unsigned round = 0; round < rounds; ++round) {
        Bytes previous;
        Bytes output;
        Bytes chain = iv;
        for (unsigned i = 0; i < inner; ++i) {
            previous = output;
            output = step(key, chain, text);
            if (mode == CipherMode::ecb) {
                text = output;
            } else if (decrypt) {
                // PT[j] = CBC-D(CT[j]): the ciphertext is the next IV; the next ciphertext is the IV, then PT[j-1].
                const Bytes next_text = i == 0 ? iv : previous;
                chain = text;
                text = next_text;
            } else {
                const Bytes next_text = i == 0 ? iv : previous;
                chain = output;
                text = next_text;
            }
        }
        results.push_back(output);
        // The key is changed by the last outputs: its last bytes by the last one, the bytes before by the one before.
        Bytes mask = previous;
        mask.insert(mask.end(), output.begin(), output.end());
        for (std::size_t i = 0; i < key.size(); ++i) {
            key[i] = static_cast<std::uint8_t>(key[i] ^ mask[mask.size() - key.size() + i]);
        }
        if (mode == CipherMode::ecb) {
            text = output;
        } else {
            iv = output;
            text = previous;
        }
    }
    return results;
}

class MonteCarlo : public testing::TestWithParam<std::tuple<std::string, CipherMode, unsigned, bool>> {};

TEST_P(MonteCarlo, AgreesWithOpenSsl) {
    const auto& [engine_name, mode, key_bytes, decrypt] = GetParam();
    const unsigned rounds = all_tests() ? 100 : engine_name == "rtl" ? 1 : 2;
    std::mt19937_64 random(test_seed());
    const Bytes key = random_bytes(random, key_bytes);
    const Bytes iv = mode == CipherMode::ecb ? Bytes(16) : random_bytes(random, 16);
    const Bytes text = random_bytes(random, 16);

    sim::Machine machine(machine_options(128, sim::MemoryTiming::ideal(), engine_name));
    sim::QueuePair queue(machine, 0);
    queue.start();
    const Step engine = [&](const Bytes& k, const Bytes& v, const Bytes& t) {
        CipherRequest request(machine, mode);
        request.key(k).iv(v).decrypt(decrypt).text(t);
        if (queue.run(request.descriptor()).status != Status::ok) throw std::runtime_error("the request failed");
        return request.output();
    };
    const Step oracle = [&](const Bytes& k, const Bytes& v, const Bytes& t) {
        return Oracle(mode, decrypt, k, v).process(t);
    };
    const auto expected = monte_carlo(mode, decrypt, key, iv, text, rounds, oracle);
    const auto seen = monte_carlo(mode, decrypt, key, iv, text, rounds, engine);
    ASSERT_EQ(expected.size(), rounds);
    EXPECT_EQ(seen, expected);
}

std::string name_of_run(const testing::TestParamInfo<MonteCarlo::ParamType>& parameter) {
    const auto& [engine, mode, key_bytes, decrypt] = parameter.param;
    return engine + "_" + std::string(contract::name_of(mode)) + std::to_string(8 * key_bytes) +
           (decrypt ? "Decrypt" : "Encrypt");
}

INSTANTIATE_TEST_SUITE_P(All, MonteCarlo,
                         testing::Combine(testing::ValuesIn(engine_names()),
                                          testing::Values(CipherMode::ecb, CipherMode::cbc),
                                          testing::Values(16U, 24U, 32U), testing::Bool()),
                         name_of_run);

}  // namespace
}  // namespace cce::test
