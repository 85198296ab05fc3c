// SPDX-License-Identifier: Apache-2.0
//
// The NIST CAVP vectors for GCM, CCM, KW and KWP and the CMAC examples of SP 800-38B, as the Debian package
// python3-cryptography-vectors holds them, on the engine, both directions, every key size. Each good vector also breeds
// bad ones: with a bit changed in the tag, in the text or in the associated data.

#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "support.h"
#include "vector_file.h"

namespace cce::test {
namespace {

using contract::CipherMode;

const std::filesystem::path vectors_of_aes(CCE_VECTORS);
const std::filesystem::path vectors_root = vectors_of_aes.parent_path().parent_path();
constexpr std::array<unsigned, 3> key_bits = {128, 192, 256};
constexpr std::size_t semiblock_bytes = 8;

class CavpAuthenticated : public EngineTest {
protected:
    CavpAuthenticated() : machine_(options()), runner_(machine_), sampler_(engine()), random_(test_seed() + 1) {}

    void submit(const CipherInput& input, Oracle::Answer expected, const std::string& name) {
        runner_.add(Exchange(machine_, input, std::move(expected)).name(name));
    }
    void refuse(const CipherInput& input, const std::string& name) {
        Oracle::Answer expected;
        expected.match = false;
        submit(input, std::move(expected), name);
    }
    void flip_bit(Bytes& bytes) {
        const std::uint32_t bit = below(random_, static_cast<std::uint32_t>(8 * bytes.size()));
        bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    }

    /// One good vector: sealed, opened, and refused with a bit changed here and there. `input` is the encryption.
    void both_ways(CipherInput input, const Bytes& cipher_text, const Bytes& tag, const std::string& name) {
        Oracle::Answer sealed;
        sealed.text = cipher_text;
        sealed.tag = tag;
        input.tag_length = tag.size();
        submit(input, sealed, name + ", sealed");

        CipherInput opened = input;
        opened.decrypt = true;
        opened.tag = tag;
        if (input.mode != CipherMode::cmac) opened.text = cipher_text;
        Oracle::Answer answer;
        if (input.mode != CipherMode::cmac) answer.text = input.text;
        submit(opened, answer, name + ", opened");

        CipherInput bad = opened;
        flip_bit(bad.tag);
        refuse(bad, name + ", tag changed");
        if (!opened.text.empty()) {
            bad = opened;
            flip_bit(bad.text);
            refuse(bad, name + ", text changed");
        }
        if (!opened.aad.empty()) {
            bad = opened;
            flip_bit(bad.aad);
            refuse(bad, name + ", associated data changed");
        }
    }

    void finish(unsigned expected_vectors) {
        runner_.finish();
        EXPECT_EQ(sampler_.offered(), expected_vectors);
        std::cout << sampler_.taken() << " of " << sampler_.offered() << " vectors\n";
        RecordProperty("vectors", static_cast<int>(sampler_.taken()));
    }

    sim::Machine machine_;
    BulkRunner runner_;
    Sampler sampler_;
    std::mt19937_64 random_;
};

TEST_P(CavpAuthenticated, Gcm) {
    sampler_ = Sampler(engine(), 20);
    for (const unsigned bits : key_bits) {
        for (const bool decrypt : {false, true}) {
            const auto path =
                vectors_of_aes / "GCM" / ((decrypt ? "gcmDecrypt" : "gcmEncryptExtIV") + std::to_string(bits) + ".rsp");
            for (Vector& vector : read_vectors(path)) {
                if (!sampler_.take()) continue;
                const std::string sizes = "key " + vector.take("Keylen") + ", IV " + vector.take("IVlen") + ", text " +
                                          vector.take("PTlen") + ", AAD " + vector.take("AADlen") + ", tag " +
                                          vector.take("Taglen") + " bits";
                const std::string name = path.filename().string() + " [" + sizes + "] Count = " + vector.take("COUNT");
                SCOPED_TRACE(name);
                CipherInput input;
                input.mode = CipherMode::gcm;
                input.key = from_hex(vector.take("Key"));
                input.iv = from_hex(vector.take("IV"));
                input.aad = from_hex(vector.take("AAD"));
                const Bytes cipher_text = from_hex(vector.take("CT"));
                const Bytes tag = from_hex(vector.take("Tag"));
                // Also an IV of 12 bytes may stand in the source.
                input.iv_in_source = input.iv.size() == 12 && below(random_, 4) == 0;
                if (vector.has("FAIL")) {
                    (void)vector.take("FAIL");
                    input.decrypt = true;
                    input.text = cipher_text;
                    input.tag = tag;
                    refuse(input, name + ", FAIL");
                } else {
                    input.text = from_hex(vector.take("PT"));
                    both_ways(input, cipher_text, tag, name);
                }
                ASSERT_EQ(vector.unread(), "") << "this test does not look at the field";
                ASSERT_FALSE(HasFailure());
            }
        }
    }
    finish(47'250);
}

TEST_P(CavpAuthenticated, Ccm) {
    for (const unsigned bits : key_bits) {
        for (const std::string test : {"DVPT", "VADT", "VNT", "VPT", "VTT"}) {
            const auto path = vectors_of_aes / "CCM" / (test + std::to_string(bits) + ".rsp");
            for (Vector& vector : read_vectors(path)) {
                if (!sampler_.take()) continue;
                const std::string name = path.filename().string() + " Count = " + vector.take("COUNT");
                SCOPED_TRACE(name);
                // A field of no bytes is printed as 00: the lengths decide.
                const auto sized = [&](const std::string& field, const std::string& length) {
                    Bytes bytes = from_hex(vector.take(field));
                    bytes.resize(std::min<std::size_t>(bytes.size(), vector.take_number(length)));
                    EXPECT_EQ(bytes.size(), vector.take_number(length)) << field;
                    return bytes;
                };
                CipherInput input;
                input.mode = CipherMode::ccm;
                input.key = from_hex(vector.take("Key"));
                input.iv = sized("Nonce", "Nlen");
                input.aad = sized("Adata", "Alen");
                const std::size_t tag_bytes = vector.take_number("Tlen");
                Bytes cipher_text = from_hex(vector.take("CT"));
                ASSERT_GE(cipher_text.size(), tag_bytes);
                const Bytes tag(cipher_text.end() - static_cast<std::ptrdiff_t>(tag_bytes), cipher_text.end());
                cipher_text.resize(cipher_text.size() - tag_bytes);
                ASSERT_EQ(cipher_text.size(), vector.take_number("Plen"));
                if (vector.has("Result") && vector.take("Result") == "Fail") {
                    input.decrypt = true;
                    input.text = cipher_text;
                    input.tag = tag;
                    refuse(input, name + ", Fail");
                } else {
                    input.text = sized("Payload", "Plen");
                    both_ways(input, cipher_text, tag, name);
                }
                ASSERT_EQ(vector.unread(), "") << "this test does not look at the field";
                ASSERT_FALSE(HasFailure());
            }
        }
    }
    finish(3 * (240 + 330 + 70 + 250 + 70));
}

TEST_P(CavpAuthenticated, Cmac) {
    unsigned count = 0;
    for (const unsigned bits : key_bits) {
        const auto path = vectors_root / "CMAC" / ("nist-800-38b-aes" + std::to_string(bits) + ".txt");
        for (Vector& vector : read_vectors(path)) {
            const std::string name = path.filename().string() + " COUNT = " + vector.take("COUNT");
            SCOPED_TRACE(name);
            CipherInput input;
            input.mode = CipherMode::cmac;
            input.key = from_hex(vector.take("KEY"));
            input.text = from_hex(vector.take("MESSAGE"));
            const Bytes mac = from_hex(vector.take("OUTPUT"));
            ASSERT_EQ(mac.size(), 16U);
            ASSERT_EQ(vector.unread(), "") << "this test does not look at the field";
            // A shorter MAC is the front of the longest one: SP 800-38B, 6.2, step 7.
            for (std::size_t length = 1; length <= mac.size(); ++length) {
                const Bytes tag(mac.begin(), mac.begin() + static_cast<std::ptrdiff_t>(length));
                both_ways(input, {}, tag, name + ", " + std::to_string(length) + " bytes");
                ASSERT_FALSE(HasFailure());
            }
            ++count;
        }
    }
    runner_.finish();
    EXPECT_EQ(count, 12U);
    RecordProperty("vectors", static_cast<int>(count));
}

/// What the engine says to a wrapped key, and to that key with a bit changed.
class CavpKeyWrap : public CavpAuthenticated {
protected:
    /// Which share of the vectors of a kind runs. Long keys take time: 6 steps of the cipher for 8 bytes.
    unsigned every(std::size_t bytes) {
        const bool is_long = bytes > 64;
        if (engine() == "rtl") return is_long ? 200 : 100;
        return is_long ? 10 : 1;
    }

    void wrap_and_unwrap(CipherMode mode, bool inverse, const Bytes& key, const Bytes& plain, const Bytes& wrapped,
                         const std::string& name) {
        CipherInput input;
        input.mode = mode;
        input.inverse_cipher = inverse;
        input.key = key;
        input.text = plain;
        Oracle::Answer answer;
        answer.text = wrapped;
        submit(input, answer, name + ", wrapped");

        input.decrypt = true;
        input.text = wrapped;
        answer.text = plain;
        if (mode == CipherMode::kwp) {
            answer.next_iv.assign(16, 0);
            for (unsigned i = 0; i < sizeof(std::uint32_t); ++i) {
                answer.next_iv[i] = static_cast<std::uint8_t>(plain.size() >> 8 * i);
            }
            answer.text.resize(wrapped.size() - semiblock_bytes);
        }
        submit(input, answer, name + ", unwrapped");
        // With the other function as the designated one it is a forgery.
        refuse_unwrapping(mode, !inverse, key, wrapped, name + ", unwrapped by the other function");
        flip_bit(input.text);
        refuse(input, name + ", changed");
    }
    void refuse_unwrapping(CipherMode mode, bool inverse, const Bytes& key, const Bytes& wrapped,
                           const std::string& name) {
        CipherInput input;
        input.mode = mode;
        input.inverse_cipher = inverse;
        input.decrypt = true;
        input.key = key;
        input.text = wrapped;
        refuse(input, name);
    }
};

TEST_P(CavpKeyWrap, KnownAnswers) {
    for (const CipherMode mode : {CipherMode::kw, CipherMode::kwp}) {
        for (const unsigned bits : key_bits) {
            for (const std::string direction : {"AE", "AD"}) {
                // The sets named "inv" are made with the inverse cipher as the designated one (SP 800-38F, 5.1).
                for (const bool inverse : {false, true}) {
                    const std::string family = mode == CipherMode::kw ? "KW_" : "KWP_";
                    const std::string end = "_" + std::to_string(bits) + (inverse ? "_inv" : "") + ".txt";
                    const std::string file = family + direction + end;
                    for (Vector& vector : read_vectors(vectors_root / "keywrap" / "kwtestvectors" / file)) {
                        const unsigned plain_bits = vector.take_number("PLAINTEXT LENGTH");
                        // Of both directions' files 180 are good and 20 not; the good ones are wrapped and unwrapped.
                        const std::string kind =
                            family + end + std::to_string(plain_bits) + (vector.has("FAIL") ? " FAIL" : "");
                        if (!sampler_.take(kind, every(plain_bits / 8))) continue;
                        const std::string name =
                            file + " " + std::to_string(plain_bits) + " bits COUNT = " + vector.take("COUNT");
                        SCOPED_TRACE(name);
                        const Bytes key = from_hex(vector.take("K"));
                        const Bytes wrapped = from_hex(vector.take("C"));
                        if (vector.has("FAIL")) {
                            (void)vector.take("FAIL");
                            refuse_unwrapping(mode, inverse, key, wrapped, name + ", FAIL");
                        } else {
                            const Bytes plain = from_hex(vector.take("P"));
                            ASSERT_EQ(plain.size() * 8, plain_bits);
                            wrap_and_unwrap(mode, inverse, key, plain, wrapped, name);
                        }
                        ASSERT_EQ(vector.unread(), "") << "this test does not look at the field";
                        ASSERT_FALSE(HasFailure());
                    }
                }
            }
        }
    }
    finish(2 * 3 * 2 * 2 * 500);
}

TEST_P(CavpKeyWrap, Rfc5649) {
    for (Vector& vector : read_vectors(vectors_root / "keywrap" / "kwp_botan.txt")) {
        const std::string name = "kwp_botan.txt COUNT = " + vector.take("COUNT");
        SCOPED_TRACE(name);
        const Bytes key = from_hex(vector.take("Key"));
        const Bytes plain = from_hex(vector.take("Input"));
        // A number that is prime to 8: with every remainder of the length.
        if (!sampler_.take(std::to_string(key.size()), engine() == "rtl" ? 5 : 1)) continue;
        wrap_and_unwrap(CipherMode::kwp, false, key, plain, from_hex(vector.take("Output")), name);
        ASSERT_EQ(vector.unread(), "") << "this test does not look at the field";
        ASSERT_FALSE(HasFailure());
    }
    finish(129);
}

INSTANTIATE_TEST_SUITE_P(All, CavpAuthenticated, testing::ValuesIn(default_targets()), EngineTest::name);
INSTANTIATE_TEST_SUITE_P(All, CavpKeyWrap, testing::ValuesIn(default_targets()), EngineTest::name);

}  // namespace
}  // namespace cce::test
