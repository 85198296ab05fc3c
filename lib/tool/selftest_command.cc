// SPDX-License-Identifier: Apache-2.0
//
// cce selftest: known answers in both directions, then random requests against the software backend: all modes, key
// sizes and directions, in place and out of place, streams in two pieces; and forgeries, which must be noticed. Hash
// functions are in hash_selftest.cc.

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>

#include "hash_selftest.h"
#include "known_answers.h"
#include "tool.h"

namespace cce::tool {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t gcm_iv_bytes = 12;

class Selftest {
public:
    Selftest(Device& device, std::uint32_t seed) : device_(device), random_(seed) {
        const Information information = device.information();
        const std::string backend = information.backend;
        short_ivs_only_ = backend == "dev" || backend == "af_alg";
        for (int mode = 0; mode < CCE_MODE_COUNT; ++mode) {
            offered_.at(static_cast<std::size_t>(mode)) = information.mode_supported[mode] != 0;
        }
    }

    void known_answers_of_all() {
        for (const cce_direction direction : {CCE_ENCRYPT, CCE_DECRYPT}) {
            for (const KnownAnswer& answer : known_answers) {
                check(answer.mode, answer.name, direction, [&] { return known_answer(answer, direction); });
            }
            for (const AeadAnswer& answer : aead_answers) {
                if (!takes_iv(answer.mode, bytes_of(answer.iv).size())) continue;
                check(answer.mode, answer.name, direction, [&] { return known_answer(answer, direction); });
            }
            for (const MacAnswer& answer : mac_answers) {
                check(answer.mode, answer.name, direction, [&] { return known_answer(answer, direction); });
            }
            for (const KeyWrapAnswer& answer : key_wrap_answers) {
                check(answer.mode, answer.name, direction, [&] { return known_answer(answer, direction); });
            }
        }
    }

    void random_comparison() {
        Device software("software");
        for (const std::size_t key_bytes : {16U, 24U, 32U}) {
            for (const cce_direction direction : {CCE_ENCRYPT, CCE_DECRYPT}) {
                for (const cce_mode mode : {CCE_MODE_ECB, CCE_MODE_CBC, CCE_MODE_CTR, CCE_MODE_XTS}) {
                    compare_cipher(software, mode, key_bytes, direction);
                }
            }
            for (const cce_mode mode : {CCE_MODE_GCM, CCE_MODE_CCM}) {
                compare_aead(software, mode, key_bytes);
            }
            for (const cce_mode mode : {CCE_MODE_CMAC, CCE_MODE_GCM}) {
                compare_mac(software, mode, key_bytes);
            }
            for (const cce_mode mode : {CCE_MODE_KW, CCE_MODE_KWP}) {
                compare_key_wrap(software, mode, key_bytes);
            }
        }
    }

    [[nodiscard]] unsigned passed() const { return passed_; }
    [[nodiscard]] const nlohmann::json& failures() const { return failures_; }
    /// Names of the modes that were left out.
    [[nodiscard]] nlohmann::json not_offered() const {
        nlohmann::json names = nlohmann::json::array();
        for (std::size_t mode = 0; mode < offered_.size(); ++mode) {
            if (!offered_.at(mode)) names.push_back(cce_mode_name(static_cast<cce_mode>(mode)));
        }
        if (short_ivs_only_) names.push_back("gcm with IVs of other lengths than 12 bytes");
        return names;
    }

private:
    /// The kernel's GCM has IVs of 12 bytes only.
    [[nodiscard]] bool takes_iv(cce_mode mode, std::size_t length) const {
        return mode != CCE_MODE_GCM || length == gcm_iv_bytes || !short_ivs_only_;
    }

    /// Counts one check, unless the device does not offer the mode. `judge` returns what is wrong, or nothing.
    template <typename Judge>
    void check(cce_mode mode, const std::string& name, cce_direction direction, Judge judge) {
        if (!offered_.at(static_cast<std::size_t>(mode))) {
            return;
        }
        std::string wrong;
        try {
            wrong = judge();
        } catch (const Error& error) {
            wrong = error.what();
        }
        if (wrong.empty()) {
            ++passed_;
        } else {
            failures_.push_back(name + (direction == CCE_ENCRYPT ? ", encrypt: " : ", decrypt: ") + wrong);
        }
    }

    static Bytes bytes_of(const char* hex) {
        const SecretBytes bytes = parse_hex(hex, "known answer");
        return {bytes.bytes().begin(), bytes.bytes().end()};
    }
    static std::string equal(const Bytes& got, const Bytes& wanted) { return got == wanted ? "" : "wrong answer"; }

    std::string known_answer(const KnownAnswer& answer, cce_direction direction) {
        const Bytes from = bytes_of(direction == CCE_ENCRYPT ? answer.plain : answer.cipher);
        const Bytes to = bytes_of(direction == CCE_ENCRYPT ? answer.cipher : answer.plain);
        const Bytes iv_bytes = bytes_of(answer.iv);
        Iv iv{};
        std::copy(iv_bytes.begin(), iv_bytes.end(), iv.begin());
        Session session(device_, answer.mode, direction, bytes_of(answer.key), answer.flags);
        Bytes out(from.size());
        session.run(iv, from, out);
        return equal(out, to);
    }

    std::string known_answer(const AeadAnswer& answer, cce_direction direction) {
        Session session(device_, answer.mode, direction, bytes_of(answer.key));
        const Bytes plain = bytes_of(answer.plain);
        const Bytes sealed = bytes_of(answer.sealed);
        if (direction == CCE_ENCRYPT) {
            Bytes out(sealed.size());
            session.seal(bytes_of(answer.iv), bytes_of(answer.aad), plain, out, answer.tag_length);
            return equal(out, sealed);
        }
        Bytes out(plain.size());
        session.open(bytes_of(answer.iv), bytes_of(answer.aad), sealed, out, answer.tag_length);
        return equal(out, plain);
    }

    std::string known_answer(const MacAnswer& answer, cce_direction direction) {
        Session session(device_, answer.mode, direction, bytes_of(answer.key));
        const Bytes mac = bytes_of(answer.mac);
        Bytes out = mac;
        if (direction == CCE_ENCRYPT) {
            std::fill(out.begin(), out.end(), std::uint8_t{0});
            session.generate_mac(bytes_of(answer.iv), bytes_of(answer.message), out);
        } else {
            session.verify_mac(bytes_of(answer.iv), bytes_of(answer.message), mac);
        }
        return equal(out, mac);
    }

    std::string known_answer(const KeyWrapAnswer& answer, cce_direction direction) {
        Session session(device_, answer.mode, direction, bytes_of(answer.key));
        const Bytes plain = bytes_of(answer.plain);
        const Bytes wrapped = bytes_of(answer.wrapped);
        Bytes out(wrapped.size());
        out.resize(direction == CCE_ENCRYPT ? session.wrap(plain, out) : session.unwrap(wrapped, out));
        return equal(out, direction == CCE_ENCRYPT ? wrapped : plain);
    }

    Bytes random_bytes(std::size_t length) {
        Bytes bytes(length);
        std::generate(bytes.begin(), bytes.end(), [this] { return static_cast<std::uint8_t>(random_()); });
        return bytes;
    }
    std::size_t random_below(std::size_t limit) { return random_() % limit; }

    static std::string name_of(cce_mode mode, std::size_t key_bytes, std::size_t bytes) {
        return std::string("random ") + cce_mode_name(mode) + ", " + std::to_string(key_bytes * 8) + " bits, " +
               std::to_string(bytes) + " bytes";
    }

    void compare_cipher(Device& software, cce_mode mode, std::size_t key_bytes, cce_direction direction) {
        const bool whole_blocks = mode == CCE_MODE_ECB || mode == CCE_MODE_CBC;
        const Bytes key = random_bytes(mode == CCE_MODE_XTS ? 2 * key_bytes : key_bytes);
        Bytes text = random_bytes(16 * (2 + random_below(40)) + (whole_blocks ? 0 : random_below(16)));
        const Bytes iv_bytes = random_bytes(CCE_BLOCK_BYTES);
        check(mode, name_of(mode, key_bytes, text.size()), direction, [&]() -> std::string {
            Iv iv{};
            std::copy(iv_bytes.begin(), iv_bytes.end(), iv.begin());
            Iv expected_iv = iv;
            Bytes expected(text.size());
            Session(software, mode, direction, key).run(expected_iv, text, expected);
            Session session(device_, mode, direction, key);
            const std::span<std::uint8_t> all(text);
            if (mode == CCE_MODE_XTS) {
                session.run(iv, all, all);
            } else {
                const std::size_t first = 16 * (1 + random_below(text.size() / 16 - 1));
                Bytes out(first);
                session.run(iv, all.first(first), out);
                session.run(iv, all.subspan(first), all.subspan(first));
                std::copy(out.begin(), out.end(), text.begin());
            }
            return text != expected                            ? "differs from software"
                   : iv != expected_iv && mode != CCE_MODE_ECB ? "next IV differs from software"
                                                               : "";
        });
    }

    void compare_aead(Device& software, cce_mode mode, std::size_t key_bytes) {
        static constexpr std::array<std::size_t, 4> tag_lengths{4, 8, 12, 16};
        const std::size_t tag_length = tag_lengths.at(random_below(tag_lengths.size()));
        const Bytes key = random_bytes(key_bytes);
        const Bytes text = random_bytes(random_below(600));
        const Bytes aad = random_bytes(random_below(80));
        std::size_t iv_length = mode == CCE_MODE_GCM ? 1 + random_below(40) : 7 + random_below(7);
        if (!takes_iv(mode, iv_length)) iv_length = gcm_iv_bytes;
        const Bytes iv = random_bytes(iv_length);
        const std::string name = name_of(mode, key_bytes, text.size()) + ", AAD " + std::to_string(aad.size()) +
                                 ", IV " + std::to_string(iv.size()) + ", tag " + std::to_string(tag_length);
        Bytes sealed(text.size() + tag_length);
        Session(software, mode, CCE_ENCRYPT, key).seal(iv, aad, text, sealed, tag_length);
        check(mode, name, CCE_ENCRYPT, [&]() -> std::string {
            Bytes out = text;
            out.resize(sealed.size());
            const std::span<std::uint8_t> all(out);
            Session(device_, mode, CCE_ENCRYPT, key).seal(iv, aad, all.first(text.size()), all, tag_length);
            return out == sealed ? "" : "differs from software";
        });
        check(mode, name, CCE_DECRYPT, [&]() -> std::string {
            Bytes out(text.size());
            Session(device_, mode, CCE_DECRYPT, key).open(iv, aad, sealed, out, tag_length);
            return out == text ? "" : "differs from software";
        });
        sealed.at(random_below(sealed.size())) ^= 1U;
        check(mode, name + ", forged", CCE_DECRYPT, [&]() -> std::string {
            Bytes out(text.size(), 0xff);
            try {
                Session(device_, mode, CCE_DECRYPT, key).open(iv, aad, sealed, out, tag_length);
            } catch (const Error& error) {
                if (error.status() != CCE_ERROR_TAG) throw;
                return out == Bytes(text.size()) ? "" : "the destination was not wiped";
            }
            return "accepted";
        });
    }

    void compare_mac(Device& software, cce_mode mode, std::size_t key_bytes) {
        const Bytes key = random_bytes(key_bytes);
        const Bytes message = random_bytes(random_below(600));
        const Bytes iv = random_bytes(mode == CCE_MODE_GCM ? 12 : 0);
        Bytes mac(mode == CCE_MODE_GCM ? 16 : 1 + random_below(16));
        Session(software, mode, CCE_ENCRYPT, key).generate_mac(iv, message, mac);
        const std::string name = name_of(mode, key_bytes, message.size()) + ", MAC of " + std::to_string(mac.size());
        check(mode, name, CCE_ENCRYPT, [&]() -> std::string {
            Bytes out(mac.size());
            Session(device_, mode, CCE_ENCRYPT, key).generate_mac(iv, message, out);
            return out == mac ? "" : "differs from software";
        });
        check(mode, name, CCE_DECRYPT, [&]() -> std::string {
            Session session(device_, mode, CCE_DECRYPT, key);
            session.verify_mac(iv, message, mac);
            mac.at(random_below(mac.size())) ^= 0x80U;
            try {
                session.verify_mac(iv, message, mac);
            } catch (const Error& error) {
                if (error.status() != CCE_ERROR_TAG) throw;
                return "";
            }
            return "a forgery was accepted";
        });
    }

    void compare_key_wrap(Device& software, cce_mode mode, std::size_t key_bytes) {
        const Bytes key = random_bytes(key_bytes);
        const Bytes plain = random_bytes(mode == CCE_MODE_KW ? 8 * (2 + random_below(8)) : 1 + random_below(64));
        Bytes wrapped(plain.size() + 16);
        wrapped.resize(Session(software, mode, CCE_ENCRYPT, key).wrap(plain, wrapped));
        const std::string name = name_of(mode, key_bytes, plain.size());
        check(mode, name, CCE_ENCRYPT, [&]() -> std::string {
            Bytes out(wrapped.size());
            Session(device_, mode, CCE_ENCRYPT, key).wrap(plain, out);
            return out == wrapped ? "" : "differs from software";
        });
        check(mode, name, CCE_DECRYPT, [&]() -> std::string {
            Session session(device_, mode, CCE_DECRYPT, key);
            Bytes out(wrapped.size() - 8);
            out.resize(session.unwrap(wrapped, out));
            if (out != plain) {
                return "differs from software";
            }
            wrapped.at(random_below(wrapped.size())) ^= 1U;
            Bytes wiped(wrapped.size() - 8, 0xff);
            try {
                static_cast<void>(session.unwrap(wrapped, wiped));
            } catch (const Error& error) {
                if (error.status() != CCE_ERROR_TAG) throw;
                return wiped == Bytes(wiped.size()) ? "" : "the destination was not wiped";
            }
            return "a forgery was accepted";
        });
    }

    Device& device_;
    std::mt19937 random_;
    std::array<bool, CCE_MODE_COUNT> offered_{};
    bool short_ivs_only_ = false;
    unsigned passed_ = 0;
    nlohmann::json failures_ = nlohmann::json::array();
};

}  // namespace

int run_selftest(const DeviceOptions& options, bool json) {
    Device device = open_device(options, true);
    const Information information = device.information();
    const auto seed = static_cast<std::uint32_t>(std::random_device{}());
    Selftest selftest(device, seed);
    selftest.known_answers_of_all();
    selftest.random_comparison();
    const HashSelftest hashes = test_hashes(device, seed);

    const unsigned passed = selftest.passed() + hashes.passed;
    nlohmann::json failures = selftest.failures();
    for (const std::string& failure : hashes.failures) failures.push_back(failure);
    nlohmann::json not_offered = selftest.not_offered();
    for (const std::string& name : hashes.not_offered) not_offered.push_back(name);
    if (json) {
        const nlohmann::json result{{"backend", information.backend},
                                    {"choice", information.choice},
                                    {"passed", passed},
                                    {"failed", failures.size()},
                                    {"failures", failures},
                                    {"not_offered", not_offered},
                                    {"seed", seed}};
        std::printf("%s\n", result.dump(2).c_str());
    } else {
        std::printf("backend %s (%s)\n", information.backend, information.choice);
        if (!not_offered.empty()) {
            std::string names;
            for (const auto& name : not_offered) {
                names += (names.empty() ? " " : ", ") + name.get<std::string>();
            }
            std::printf("not offered by this backend:%s\n", names.c_str());
        }
        for (const auto& failure : failures) {
            std::printf("FAILED %s\n", failure.get<std::string>().c_str());
        }
        std::printf("%s: %u checks passed, %zu failed (seed %u)\n", failures.empty() ? "ok" : "FAILED", passed,
                    failures.size(), seed);
    }
    return failures.empty() ? 0 : exit_failure;
}

}  // namespace cce::tool
