// SPDX-License-Identifier: Apache-2.0
//
// cce selftest: known answers in both directions, then random requests against the software backend: all modes, key
// sizes and directions, in place and out of place, in two pieces with the IV carried over.

#include <cstdio>
#include <random>

#include "known_answers.h"
#include "tool.h"

namespace cce::tool {

namespace {

struct Tally {
    unsigned passed = 0;
    nlohmann::json failures = nlohmann::json::array();

    void note(bool good, const std::string& name) {
        if (good) {
            ++passed;
        } else {
            failures.push_back(name);
        }
    }
};

void known_answer(Device& device, const KnownAnswer& answer, cce_direction direction, Tally& tally) {
    const std::string name = std::string(answer.name) + (direction == CCE_ENCRYPT ? ", encrypt" : ", decrypt");
    const SecretBytes key = parse_hex(answer.key, "known answer");
    SecretBytes plain = parse_hex(answer.plain, "known answer");
    SecretBytes cipher = parse_hex(answer.cipher, "known answer");
    SecretBytes& from = direction == CCE_ENCRYPT ? plain : cipher;
    SecretBytes& to = direction == CCE_ENCRYPT ? cipher : plain;
    Iv iv{};
    const SecretBytes iv_bytes = parse_hex(answer.iv, "known answer");
    std::copy(iv_bytes.bytes().begin(), iv_bytes.bytes().end(), iv.begin());
    std::vector<std::uint8_t> out(from.bytes().size());
    try {
        Session session(device, answer.mode, direction, key.bytes());
        session.run(iv, from.bytes(), out);
        tally.note(std::equal(out.begin(), out.end(), to.bytes().begin()), name + ": wrong answer");
    } catch (const Error& error) {
        tally.note(false, name + ": " + error.what());
    }
}

void random_comparison(Device& device, Device& software, std::mt19937& random, Tally& tally) {
    static constexpr std::array<const char*, 3> mode_names{"ecb", "cbc", "ctr"};
    for (const cce_mode mode : {CCE_MODE_ECB, CCE_MODE_CBC, CCE_MODE_CTR}) {
        for (const std::size_t key_bytes : {16U, 24U, 32U}) {
            for (const cce_direction direction : {CCE_ENCRYPT, CCE_DECRYPT}) {
                const auto byte = [&random] { return static_cast<std::uint8_t>(random()); };
                std::vector<std::uint8_t> key(key_bytes);
                std::vector<std::uint8_t> text(16 * (2 + random() % 40) + (mode == CCE_MODE_CTR ? random() % 16 : 0));
                Iv iv{};
                std::generate(key.begin(), key.end(), byte);
                std::generate(text.begin(), text.end(), byte);
                std::generate(iv.begin(), iv.end(), byte);
                const std::string name = std::string("random ") + mode_names.at(static_cast<std::size_t>(mode)) + ", " +
                                         std::to_string(key_bytes * 8) + " bits, " + std::to_string(text.size()) +
                                         " bytes, " + (direction == CCE_ENCRYPT ? "encrypt" : "decrypt");
                std::vector<std::uint8_t> expected(text.size());
                Iv expected_iv = iv;
                Session oracle(software, mode, direction, key);
                oracle.run(expected_iv, text, expected);
                try {
                    Session session(device, mode, direction, key);
                    const std::size_t first = 16 * (1 + random() % (text.size() / 16 - 1));
                    const std::span<std::uint8_t> all(text);
                    std::vector<std::uint8_t> out(first);
                    session.run(iv, all.first(first), out);
                    session.run(iv, all.subspan(first), all.subspan(first));
                    std::copy(out.begin(), out.end(), text.begin());
                    tally.note(text == expected, name + ": differs from software");
                    tally.note(mode == CCE_MODE_ECB || iv == expected_iv, name + ": next IV differs from software");
                } catch (const Error& error) {
                    tally.note(false, name + ": " + error.what());
                }
            }
        }
    }
}

}  // namespace

int run_selftest(const std::string& backend, bool json) {
    Device device(backend);
    Device software("software");
    const Information information = device.information();
    Tally tally;
    for (const KnownAnswer& answer : known_answers) {
        known_answer(device, answer, CCE_ENCRYPT, tally);
        known_answer(device, answer, CCE_DECRYPT, tally);
    }
    const auto seed = static_cast<std::uint32_t>(std::random_device{}());
    std::mt19937 random(seed);
    random_comparison(device, software, random, tally);

    const bool good = tally.failures.empty();
    if (json) {
        const nlohmann::json result{{"backend", information.backend}, {"choice", information.choice},
                                    {"passed", tally.passed},         {"failed", tally.failures.size()},
                                    {"failures", tally.failures},     {"seed", seed}};
        std::printf("%s\n", result.dump(2).c_str());
    } else {
        std::printf("backend %s (%s)\n", information.backend, information.choice);
        for (const auto& failure : tally.failures) {
            std::printf("FAILED %s\n", failure.get<std::string>().c_str());
        }
        std::printf("%s: %u checks passed, %zu failed (seed %u)\n", good ? "ok" : "FAILED", tally.passed,
                    tally.failures.size(), seed);
    }
    return good ? 0 : exit_failure;
}

}  // namespace cce::tool
