// SPDX-License-Identifier: Apache-2.0
//
// Hash functions, HMAC, cSHAKE and KMAC on every backend that can be opened here, as far as it offers them: known
// answers, random messages against OpenSSL, in one piece and in random ones; streams that move between backends; wrong
// lengths, keys, states and calls.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>

#include "backends.h"
#include "cce/cce.hpp"
#include "cce_contract.hpp"
#include "expect_status.h"
#include "reference.h"

namespace {

namespace reference = cce::reference;
using cce::test::expect_status;
using reference::Bytes;
using reference::bytes_of;

struct Function {
    cce_hash hash;
    const char* name;  ///< OpenSSL's; null: it has none
};
constexpr std::array functions{
    Function{CCE_HASH_SHA_224, "SHA224"},         Function{CCE_HASH_SHA_256, "SHA256"},
    Function{CCE_HASH_SHA_384, "SHA384"},         Function{CCE_HASH_SHA_512, "SHA512"},
    Function{CCE_HASH_SHA_512_224, "SHA512-224"}, Function{CCE_HASH_SHA_512_256, "SHA512-256"},
    Function{CCE_HASH_SHA3_224, "SHA3-224"},      Function{CCE_HASH_SHA3_256, "SHA3-256"},
    Function{CCE_HASH_SHA3_384, "SHA3-384"},      Function{CCE_HASH_SHA3_512, "SHA3-512"},
    Function{CCE_HASH_SHAKE_128, "SHAKE128"},     Function{CCE_HASH_SHAKE_256, "SHAKE256"},
    Function{CCE_HASH_CSHAKE_128, nullptr},       Function{CCE_HASH_CSHAKE_256, nullptr}};

/// A session's key and names, and what OpenSSL makes of a message with them.
struct Case {
    Function function{};
    cce_hash_kind kind = CCE_HASH_PLAIN;
    Bytes key{};
    Bytes function_name{};
    Bytes customization{};

    [[nodiscard]] cce_hash_options options(cce_direction direction = CCE_ENCRYPT) const {
        cce_hash_options result = CCE_HASH_OPTIONS_INIT;
        result.kind = kind;
        result.direction = direction;
        result.key = key.data();
        result.key_length = key.size();
        result.function_name = function_name.data();
        result.function_name_length = function_name.size();
        result.customization = customization.data();
        result.customization_length = customization.size();
        return result;
    }
    [[nodiscard]] std::size_t block() const { return cce_hash_block_bytes(function.hash); }
    [[nodiscard]] std::size_t longest(std::size_t xof) const {
        const std::size_t digest = cce_hash_digest_bytes(function.hash);
        return digest != 0 ? digest : xof;
    }
    [[nodiscard]] bool squeezes() const { return cce_hash_digest_bytes(function.hash) == 0 && kind != CCE_HASH_KMAC; }
    [[nodiscard]] Bytes expected(const Bytes& message, std::size_t length) const {
        const unsigned bits = function.hash == CCE_HASH_CSHAKE_128 ? 128 : 256;
        if (kind == CCE_HASH_HMAC) return reference::hmac(function.name, key, message, length);
        if (kind != CCE_HASH_PLAIN) {
            return reference::kmac(bits, key, customization, message, length, kind == CCE_HASH_KMAC_XOF);
        }
        if (function.name != nullptr) return reference::digest(function.name, message, length);
        if (function_name.empty() && customization.empty()) {
            return reference::digest(bits == 128 ? "SHAKE128" : "SHAKE256", message, length);
        }
        return reference::cshake(bits, function_name, customization, message, length);
    }
};

std::string describe(const Case& one) {
    return std::string(cce_hash_name(one.function.hash)) + " kind " + std::to_string(one.kind) + " key " +
           std::to_string(one.key.size()) + " names " + std::to_string(one.function_name.size()) + " " +
           std::to_string(one.customization.size());
}

unsigned seed() {
    const char* const chosen = std::getenv("CCE_TEST_SEED");
    return chosen != nullptr ? static_cast<unsigned>(std::strtoul(chosen, nullptr, 10)) : 20261126U;
}

cce_options options_for(const std::string& backend) {
    cce_options options = CCE_OPTIONS_INIT;
    options.backend = backend.c_str();
    options.engine = std::getenv("CCE_ENGINE") != nullptr ? nullptr : "model";
    options.cpu_below = 0;
    return options;
}

class Hashes : public ::testing::TestWithParam<std::string> {
protected:
    Hashes() {
        RecordProperty("seed", static_cast<int>(seed()));
        const std::array<std::size_t, 6> key_lengths{0, 1, 32, 64, 136, 300};
        for (const Function& function : functions) {
            if (information.hash_supported[function.hash] == 0) continue;
            const bool cshake = function.name == nullptr;
            cases.push_back({function});
            if (information.hmac_supported[function.hash] != 0) {
                for (const std::size_t length : key_lengths) {
                    cases.push_back({function, CCE_HASH_HMAC, random_bytes(length)});
                }
            }
            if (!cshake) continue;
            cases.push_back({function, CCE_HASH_PLAIN, {}, random_bytes(3), random_bytes(200)});
            cases.push_back({function, CCE_HASH_PLAIN, {}, {}, random_bytes(40)});
            cases.push_back({function, CCE_HASH_PLAIN, {}, random_bytes(31), {}});
            for (const cce_hash_kind kind : {CCE_HASH_KMAC, CCE_HASH_KMAC_XOF}) {
                cases.push_back({function, kind, random_bytes(4), {}, {}});
                cases.push_back({function, kind, random_bytes(200), {}, random_bytes(100)});
            }
        }
    }

    /// Simulated engines are slow.
    [[nodiscard]] bool slow() const { return GetParam() != "software"; }
    /// Their states can be had.
    [[nodiscard]] bool states() const { return information.hash_states_supported != 0; }

    Bytes random_bytes(std::size_t length) {
        Bytes bytes(length);
        std::generate(bytes.begin(), bytes.end(), [this] { return static_cast<std::uint8_t>(random()); });
        return bytes;
    }
    std::size_t below(std::size_t limit) { return random() % limit; }
    /// Around blocks, or any.
    std::size_t random_length(std::size_t block) {
        if (below(2) == 0) return below(5 * block);
        const std::size_t length = block * below(4) + below(20);
        return length - std::min<std::size_t>(length, 18);
    }

    /// What a stream does with a message and `length` bytes of output: random pieces of both; now and then it is
    /// copied, or goes on from its exported state in a stream of one of `sessions`.
    Bytes by_stream(const Case& one, const std::vector<const cce::Session*>& sessions, const Bytes& message,
                    std::size_t length) {
        cce::HashStream stream(*sessions[0]);
        const auto move = [&] {
            if (below(4) == 0) stream = stream.copy();
            if (states() && below(3) == 0) {
                const Bytes state = stream.export_state();
                cce::HashStream other(*sessions[below(sessions.size())]);
                other.update(random_bytes(below(300)));
                other.import_state(state);
                EXPECT_EQ(other.length(), stream.length());
                EXPECT_EQ(other.export_state(), state);
                stream = std::move(other);
            }
        };
        for (std::size_t place = 0; place < message.size();) {
            move();
            const std::size_t piece = below(3) == 0 ? below(message.size() - place + 1)
                                                    : std::min(message.size() - place, below(2 * one.block()));
            stream.update(std::span(message).subspan(place, piece));
            place += piece;
            EXPECT_EQ(stream.length(), place);
        }
        move();
        Bytes out(length);
        if (!one.squeezes() || below(4) == 0) {
            stream.finish(out);
            return out;
        }
        for (std::size_t place = 0; place < length;) {
            const std::size_t piece = std::min(length - place, below(4) == 0 ? 0 : below(3 * one.block()));
            stream.squeeze(std::span(out).subspan(place, piece));
            place += piece;
            move();
            EXPECT_EQ(stream.length(), message.size());
        }
        return out;
    }

    std::mt19937 random{seed()};
    cce::Device device{options_for(GetParam())};
    cce::Information information = device.information();
    std::vector<Case> cases;
};

TEST_P(Hashes, WhatIsNotOfferedIsRefusedByName) {
    for (int number = 0; number < CCE_HASH_COUNT; ++number) {
        const auto hash = static_cast<cce_hash>(number);
        EXPECT_EQ(information.hash_supported[number] != 0, information.hash_driver[number][0] != 0);
        EXPECT_EQ(information.hmac_supported[number] != 0, information.hmac_driver[number][0] != 0);
        cce_session* session = nullptr;
        const cce_status status = cce_hash_session_create(&session, device.get(), hash, nullptr);
        if (cce_hash_name(hash) == nullptr) {
            EXPECT_EQ(status, CCE_ERROR_ARGUMENT);
            EXPECT_EQ(information.hash_supported[number], 0);
            continue;
        }
        EXPECT_EQ(status, information.hash_supported[number] != 0 ? CCE_OK : CCE_ERROR_UNSUPPORTED);
        if (status != CCE_OK) {
            const std::string message = cce_error_message(device.get());
            EXPECT_NE(message.find(GetParam()), std::string::npos) << message;
        }
        EXPECT_EQ(cce_session_destroy(session), CCE_OK);
    }
}

/// What a backend has lost would else only be left out below.
TEST_P(Hashes, AreAllOffered) {
    const bool af_alg = GetParam() == "af_alg";
    for (const Function& function : functions) {
        const bool fixed = cce_hash_digest_bytes(function.hash) != 0;
        const bool kernel_has = fixed && function.hash != CCE_HASH_SHA_512_224 && function.hash != CCE_HASH_SHA_512_256;
        EXPECT_EQ(information.hash_supported[function.hash] != 0, !af_alg || kernel_has)
            << cce_hash_name(function.hash);
        EXPECT_EQ(information.hmac_supported[function.hash] != 0, af_alg ? kernel_has : fixed)
            << cce_hash_name(function.hash);
    }
    EXPECT_NE(information.hash_streams_supported, 0);
    EXPECT_EQ(states(), !af_alg);
}

/// SP 800-185's own examples, which OpenSSL had no part in.
TEST_P(Hashes, KnownAnswers) {
    if (information.hash_supported[CCE_HASH_CSHAKE_128] == 0) GTEST_SKIP() << "no cSHAKE";
    const Bytes email{'E', 'm', 'a', 'i', 'l', ' ', 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e'};
    const Bytes tagged{'M', 'y', ' ', 'T', 'a', 'g', 'g', 'e', 'd', ' ', 'A',
                       'p', 'p', 'l', 'i', 'c', 'a', 't', 'i', 'o', 'n'};
    const Bytes key = bytes_of("404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f");
    const Bytes message = bytes_of("00010203");
    const Function cshake_128{CCE_HASH_CSHAKE_128, nullptr}, cshake_256{CCE_HASH_CSHAKE_256, nullptr};
    const std::vector<std::pair<Case, Bytes>> answers{
        {{cshake_128, CCE_HASH_PLAIN, {}, {}, email},
         bytes_of("c1c36925b6409a04f1b504fcbca9d82b4017277cb5ed2b2065fc1d3814d5aaf5")},
        {{cshake_256, CCE_HASH_PLAIN, {}, {}, email},
         bytes_of("d008828e2b80ac9d2218ffee1d070c48b8e4c87bff32c9699d5b6896eee0edd1"
                  "64020e2be0560858d9c00c037e34a96937c561a74c412bb4c746469527281c8c")},
        {{cshake_128, CCE_HASH_KMAC, key, {}, {}},
         bytes_of("e5780b0d3ea6f7d3a429c5706aa43a00fadbd7d49628839e3187243f456ee14e")},
        {{cshake_128, CCE_HASH_KMAC, key, {}, tagged},
         bytes_of("3b1fba963cd8b0b59e8c1a6d71888b7143651af8ba0a7070c0979e2811324aa5")},
        {{cshake_128, CCE_HASH_KMAC_XOF, key, {}, {}},
         bytes_of("cd83740bbd92ccc8cf032b1481a0f4460e7ca9dd12b08a0c4031178bacd6ec35")}};
    for (const auto& [one, answer] : answers) {
        SCOPED_TRACE(describe(one));
        Bytes out(answer.size());
        cce::Session(device, one.function.hash, one.options()).digest(message, out);
        EXPECT_EQ(out, answer);
    }
}

TEST_P(Hashes, RandomMessages) {
    for (const Case& one : cases) {
        cce::Session session(device, one.function.hash, one.options());
        cce::Session verifier(device, one.function.hash, one.options(CCE_DECRYPT));
        for (unsigned round = 0; round < (slow() ? 4U : 40U); ++round) {
            const Bytes message = random_bytes(round == 0 ? 0 : random_length(one.block()));
            const std::size_t length = 1 + below(one.longest(700));
            SCOPED_TRACE(describe(one) + ", " + std::to_string(message.size()) + " bytes to " + std::to_string(length));
            Bytes expected = one.expected(message, length);
            Bytes out(length + 1, 0xa5);
            cce::Completion completion{};
            session.digest(message, std::span(out).first(length), &completion);
            EXPECT_EQ(completion.output_length, length);
            EXPECT_EQ(completion.executed_by, GetParam() == "software" ? CCE_EXECUTOR_CPU : CCE_EXECUTOR_BACKEND);
            EXPECT_EQ(out.back(), 0xa5);
            out.pop_back();
            ASSERT_EQ(out, expected);
            verifier.verify_digest(message, expected, &completion);
            EXPECT_EQ(completion.output_length, 0U);
            expected[below(length)] ^= static_cast<std::uint8_t>(1U << below(8));
            expect_status(CCE_ERROR_TAG, [&] { verifier.verify_digest(message, expected); });
        }
    }
}

TEST_P(Hashes, StreamsInRandomPieces) {
    for (const Case& one : cases) {
        const cce::Session session(device, one.function.hash, one.options());
        for (unsigned round = 0; round < (slow() ? 2U : 20U); ++round) {
            const Bytes message = random_bytes(below(6) == 0 && !slow() ? below(20000) : random_length(one.block()));
            const std::size_t length = 1 + below(one.longest(2000));
            SCOPED_TRACE(describe(one) + ", " + std::to_string(message.size()) + " bytes to " + std::to_string(length));
            ASSERT_EQ(by_stream(one, {&session}, message, length), one.expected(message, length));
        }
    }
}

/// States are the same wherever they come from, and go on anywhere.
TEST_P(Hashes, StreamsMoveBetweenBackends) {
    if (!states() || GetParam() == "software") GTEST_SKIP() << "nothing to move between";
    cce::Device software("software");
    for (const Case& one : cases) {
        const cce::Session session(device, one.function.hash, one.options());
        const cce::Session other(software, one.function.hash, one.options());
        SCOPED_TRACE(describe(one));
        const Bytes message = random_bytes(5000 + below(3000));
        const std::size_t length = one.longest(1000);
        ASSERT_EQ(by_stream(one, {&session, &other}, message, length), one.expected(message, length));
        cce::HashStream here(session), there(other);
        EXPECT_EQ(here.export_state(), there.export_state());
        here.update(message);
        there.update(message);
        EXPECT_EQ(here.export_state(), there.export_state());
        if (!one.squeezes()) continue;
        Bytes output(100);
        here.squeeze(output);
        there.squeeze(output);
        EXPECT_EQ(here.export_state(), there.export_state());
    }
}

TEST_P(Hashes, StreamsAreManyAndInterleave) {
    const std::size_t count = slow() ? 60 : 3000;
    std::vector<std::unique_ptr<cce::Session>> sessions;
    for (const Case& one : cases) {
        sessions.push_back(std::make_unique<cce::Session>(device, one.function.hash, one.options()));
    }
    struct Running {
        std::size_t number;
        cce::HashStream stream;
        Bytes message{};
    };
    std::vector<Running> all;
    for (std::size_t i = 0; i < count; ++i)
        all.push_back({i % cases.size(), cce::HashStream(*sessions[i % cases.size()])});
    for (unsigned round = 0; round < 4; ++round) {
        for (Running& one : all) {
            const Bytes piece = random_bytes(below(slow() ? 200 : 3000));
            one.stream.update(piece);
            one.message.insert(one.message.end(), piece.begin(), piece.end());
        }
    }
    EXPECT_EQ(cce_session_destroy(sessions[0]->get()), CCE_ERROR_BUSY);
    for (Running& one : all) {
        const Case& its = cases[one.number];
        Bytes out(its.longest(40));
        one.stream.finish(out);
        ASSERT_EQ(out, its.expected(one.message, out.size())) << describe(its);
    }
}

/// Longer than what goes to an engine at once, and as output.
TEST_P(Hashes, LongMessagesAndOutputs) {
    const std::size_t bytes = slow() ? (std::size_t{1} << 20) + 77 : (std::size_t{9} << 20) + 77;
    const Bytes message = random_bytes(bytes);
    const std::vector<Case> some{{{CCE_HASH_SHA3_256, "SHA3-256"}},
                                 {{CCE_HASH_SHA_512, "SHA512"}, CCE_HASH_HMAC, random_bytes(20)},
                                 {{CCE_HASH_CSHAKE_128, nullptr}, CCE_HASH_KMAC, random_bytes(20)}};
    for (const Case& one : some) {
        if (information.hash_supported[one.function.hash] == 0) continue;
        if (one.kind == CCE_HASH_HMAC && information.hmac_supported[one.function.hash] == 0) continue;
        SCOPED_TRACE(describe(one));
        cce::Session session(device, one.function.hash, one.options());
        Bytes out(one.longest(32));
        session.digest(message, out);
        EXPECT_EQ(out, one.expected(message, out.size()));
    }
    const Case shake{{CCE_HASH_SHAKE_128, "SHAKE128"}};
    if (information.hash_supported[CCE_HASH_SHAKE_128] == 0) return;
    cce::Session session(device, CCE_HASH_SHAKE_128);
    Bytes out(bytes);
    const Bytes seed_text = random_bytes(1000);
    session.digest(seed_text, out);
    EXPECT_EQ(out, shake.expected(seed_text, bytes));
}

TEST_P(Hashes, SubmittedInPieces) {
    struct Waiting {
        Bytes message;
        Bytes out;
        Bytes expected;
        std::vector<cce::Segment> source{};
        std::vector<cce::Segment> destination{};
    };
    std::vector<std::unique_ptr<cce::Session>> sessions;
    std::vector<Waiting> all;
    all.reserve(cases.size());
    std::vector<cce::Operation> operations;
    const auto cut = [this](Bytes& bytes) {
        const std::size_t place = below(bytes.size() + 1);
        const std::span<std::uint8_t> all_bytes(bytes);
        return std::vector<cce::Segment>{cce::segment(all_bytes.first(place)), cce::segment(all_bytes.subspan(place))};
    };
    for (const Case& one : cases) {
        const bool verifies = below(2) == 0;
        sessions.push_back(std::make_unique<cce::Session>(device, one.function.hash,
                                                          one.options(verifies ? CCE_DECRYPT : CCE_ENCRYPT)));
        Waiting waiting{random_bytes(random_length(one.block())), {}, {}};
        const std::size_t length = 1 + below(one.longest(500));
        waiting.expected = one.expected(waiting.message, length);
        if (verifies) {
            waiting.message.insert(waiting.message.end(), waiting.expected.begin(), waiting.expected.end());
            waiting.expected.clear();
        } else {
            waiting.out.assign(length, 0);
        }
        all.push_back(std::move(waiting));
        Waiting& last = all.back();
        last.source = cut(last.message);
        if (!verifies) last.destination = cut(last.out);
        operations.push_back(cce::operation(*sessions.back(), {}, last.source, last.destination, {}, length));
        operations.back().cookie = all.size() - 1;
    }
    std::size_t sent = 0;
    std::size_t done = 0;
    while (done < operations.size()) {
        sent += device.submit(std::span(operations).subspan(sent));
        std::array<cce::Completion, 16> completions{};
        for (const cce::Completion& completion : device.poll(completions, std::chrono::milliseconds(-1))) {
            EXPECT_EQ(completion.status, CCE_OK) << describe(cases[completion.cookie]);
            EXPECT_EQ(all[completion.cookie].out, all[completion.cookie].expected)
                << describe(cases[completion.cookie]);
            EXPECT_EQ(completion.output_length, all[completion.cookie].out.size());
            ++done;
        }
    }
    // And cce_submit_digest, to be verified and wrong.
    const Case& one = cases[0];
    cce::Session verifier(device, one.function.hash, one.options(CCE_DECRYPT));
    const Bytes message = random_bytes(100);
    Bytes wrong = one.expected(message, 20);
    wrong[19] ^= 0x80;
    verifier.submit(cce::DigestRequest{7, message.data(), message.size(), nullptr, wrong.data(), wrong.size()});
    EXPECT_EQ(device.wait(7, std::chrono::milliseconds(-1)).status, CCE_ERROR_TAG);
    cce::Session maker(device, one.function.hash, one.options());
    Bytes out(20);
    maker.submit(cce::DigestRequest{8, message.data(), message.size(), out.data(), nullptr, out.size()});
    EXPECT_EQ(device.wait(8, std::chrono::milliseconds(-1)).status, CCE_OK);
    wrong[19] ^= 0x80;
    EXPECT_EQ(out, wrong);
}

TEST_P(Hashes, ShortMessagesBelowTheThreshold) {
    if (GetParam() == "software") GTEST_SKIP() << "the CPU does them all";
    cce_options options = options_for(GetParam());
    options.cpu_below = 300;
    cce::Device other(options);
    for (const Case& one : cases) {
        cce::Session session(other, one.function.hash, one.options());
        for (const std::size_t length : {0U, 299U, 300U}) {
            const Bytes message = random_bytes(length);
            Bytes out(20);
            cce::Completion completion{};
            session.digest(message, out, &completion);
            EXPECT_EQ(completion.executed_by, length < 300 ? CCE_EXECUTOR_CPU : CCE_EXECUTOR_BACKEND);
            EXPECT_EQ(out, one.expected(message, 20)) << describe(one);
        }
        // The state goes to and fro.
        const Bytes message = random_bytes(9000);
        Bytes out(20);
        cce::HashStream stream(session);
        stream.update(std::span(message).first(4300));
        stream.update(std::span(message).subspan(4300, 50));
        if (states()) static_cast<void>(stream.export_state());
        stream.update(std::span(message).subspan(4350));
        stream.finish(out);
        EXPECT_EQ(out, one.expected(message, 20)) << describe(one);
    }
}

TEST_P(Hashes, WrongOptions) {
    const auto refused = [this](cce_status wanted, cce_hash hash, const cce_hash_options& options) {
        expect_status(wanted, [&] { const cce::Session session(device, hash, options); });
    };
    const Bytes key(16);
    cce_hash_options options = CCE_HASH_OPTIONS_INIT;
    refused(CCE_ERROR_ARGUMENT, static_cast<cce_hash>(6), options);
    options.struct_bytes = 8;
    refused(CCE_ERROR_ARGUMENT, CCE_HASH_SHA_256, options);
    options = CCE_HASH_OPTIONS_INIT;
    options.key = key.data();
    options.key_length = key.size();
    refused(CCE_ERROR_ARGUMENT, CCE_HASH_SHA_256, options);
    options.kind = CCE_HASH_HMAC;
    refused(CCE_ERROR_ARGUMENT, CCE_HASH_SHAKE_128, options);
    refused(CCE_ERROR_ARGUMENT, CCE_HASH_CSHAKE_128, options);
    options.customization = key.data();
    options.customization_length = 1;
    refused(CCE_ERROR_ARGUMENT, CCE_HASH_SHA_256, options);
    options.customization_length = 0;
    options.key_length = std::size_t{CCE_HASH_STRING_BYTES_MAX} + 1;
    refused(CCE_ERROR_KEY_LENGTH, CCE_HASH_SHA_256, options);
    options.key = nullptr;
    options.key_length = 1;
    refused(CCE_ERROR_ARGUMENT, CCE_HASH_SHA_256, options);
    options.key = key.data();
    options.kind = CCE_HASH_KMAC;
    refused(CCE_ERROR_ARGUMENT, CCE_HASH_SHA3_256, options);
    refused(CCE_ERROR_ARGUMENT, CCE_HASH_SHAKE_256, options);
    options.function_name = key.data();
    options.function_name_length = 1;
    refused(CCE_ERROR_ARGUMENT, CCE_HASH_CSHAKE_256, options);
    EXPECT_EQ(cce_hash_session_create(nullptr, device.get(), CCE_HASH_SHA_256, nullptr), CCE_ERROR_ARGUMENT);
    cce_session* session = nullptr;
    EXPECT_EQ(cce_hash_session_create(&session, nullptr, CCE_HASH_SHA_256, nullptr), CCE_ERROR_ARGUMENT);
}

TEST_P(Hashes, WrongCalls) {
    cce::Session hash(device, CCE_HASH_SHA_256);
    cce::Session cipher(device, CCE_MODE_CTR, CCE_ENCRYPT, Bytes(16));
    Bytes text(100);
    Bytes out(64);
    expect_status(CCE_ERROR_DIGEST_LENGTH, [&] { hash.digest(text, std::span(out).first(33)); });
    expect_status(CCE_ERROR_DIGEST_LENGTH, [&] { hash.digest(text, std::span(out).first(0)); });
    expect_status(CCE_ERROR_OVERLAP, [&] { hash.digest(text, std::span(text).subspan(90, 10)); });
    expect_status(CCE_ERROR_SESSION, [&] { cipher.digest(text, out); });
    expect_status(CCE_ERROR_SESSION, [&] { const cce::HashStream stream(cipher); });
    cce::Iv iv{};
    expect_status(CCE_ERROR_SESSION, [&] { hash.run(iv, text, text); });
    expect_status(CCE_ERROR_SESSION, [&] { hash.generate_mac({}, text, std::span(out).first(16)); });
    expect_status(CCE_ERROR_SESSION, [&] { hash.seal(Bytes(12), {}, std::span(text).first(10), text); });
    expect_status(CCE_ERROR_SESSION, [&] { hash.wrap(std::span(text).first(16), out); });
    cce_digest_request request{0, nullptr, 1, out.data(), nullptr, 32};
    EXPECT_EQ(cce_digest(hash.get(), &request, nullptr), CCE_ERROR_ARGUMENT);
    request.message = text.data();
    request.message_length = std::size_t{1} << 60;
    EXPECT_EQ(cce_digest(hash.get(), &request, nullptr), CCE_ERROR_LENGTH);
    request.message_length = std::size_t{CCE_SUBMIT_BYTES_MAX} + 1;
    EXPECT_EQ(cce_submit_digest(hash.get(), &request), CCE_ERROR_LENGTH);
    request.message_length = 10;
    request.digest = nullptr;
    EXPECT_EQ(cce_digest(hash.get(), &request, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_digest(hash.get(), nullptr, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_digest(nullptr, &request, nullptr), CCE_ERROR_ARGUMENT);
    const std::array<cce::Segment, 1> source{cce::segment(std::span<std::uint8_t>(text))};
    const std::array<cce::Segment, 1> destination{cce::segment(std::span(out).first(31))};
    cce::Operation operation = cce::operation(hash, {}, source, destination, {}, 32);
    EXPECT_EQ(cce_run(&operation, nullptr), CCE_ERROR_BUFFER);
    operation = cce::operation(hash, {}, source, source, {}, 32);
    EXPECT_EQ(cce_run(&operation, nullptr), CCE_ERROR_OVERLAP);
    operation = cce::operation(hash, iv, source, destination, {}, 20);
    EXPECT_EQ(cce_run(&operation, nullptr), CCE_ERROR_ARGUMENT);
    std::size_t accepted = 1;
    operation = cce::operation(hash, {}, source, destination, {}, std::size_t{CCE_SUBMIT_BYTES_MAX} + 1);
    EXPECT_EQ(cce_submit_batch(device.get(), &operation, 1, &accepted), CCE_ERROR_DIGEST_LENGTH);
    EXPECT_EQ(accepted, 0U);
    cce_hash_options options = CCE_HASH_OPTIONS_INIT;
    options.direction = CCE_DECRYPT;
    cce::Session verifier(device, CCE_HASH_SHA_256, options);
    operation = cce::operation(verifier, {}, source, {}, {}, 101);
    EXPECT_EQ(cce_run(&operation, nullptr), CCE_ERROR_LENGTH);
    request.digest_length = 32;
    EXPECT_EQ(cce_digest(verifier.get(), &request, nullptr), CCE_ERROR_ARGUMENT);
}

TEST_P(Hashes, WrongCallsOfStreams) {
    cce::Session hash(device, CCE_HASH_SHA_256);
    cce::HashStream stream(hash);
    Bytes out(64);
    const Bytes text = random_bytes(100);
    const auto digest = std::span(out).first(32);
    stream.update(text);
    expect_status(CCE_ERROR_SESSION, [&] { stream.squeeze(out); });
    expect_status(CCE_ERROR_SESSION, [&] { stream.verify(digest); });
    expect_status(CCE_ERROR_DIGEST_LENGTH, [&] { stream.finish(out); });
    EXPECT_EQ(cce_hash_stream_update(stream.get(), nullptr, 1), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_hash_stream_update(stream.get(), text.data(), std::size_t{1} << 60), CCE_ERROR_LENGTH);
    std::size_t num = 0;
    EXPECT_EQ(cce_hash_stream_export(stream.get(), out.data(), out.size(), &num),
              states() ? CCE_ERROR_BUFFER : CCE_ERROR_UNSUPPORTED);
    if (!states()) expect_status(CCE_ERROR_UNSUPPORTED, [&] { stream.import_state(Bytes(100)); });
    // None of that did anything.
    EXPECT_EQ(stream.length(), 100U);
    stream.finish(digest);
    EXPECT_EQ(Bytes(digest.begin(), digest.end()), reference::digest("SHA256", text, 32));
    expect_status(CCE_ERROR_STREAM, [&] { stream.update(text); });
    expect_status(CCE_ERROR_STREAM, [&] { stream.finish(digest); });
    if (states()) expect_status(CCE_ERROR_STREAM, [&] { static_cast<void>(stream.export_state()); });
    stream.reset();
    stream.finish(digest);
    EXPECT_EQ(Bytes(digest.begin(), digest.end()), reference::digest("SHA256", {}, 32));

    // Begun anew at the end of a message, and in its middle.
    stream.reset();
    stream.update(text);
    stream.reset();
    EXPECT_EQ(stream.length(), 0U);
    stream.update(text);
    stream.finish(digest);
    EXPECT_EQ(Bytes(digest.begin(), digest.end()), reference::digest("SHA256", text, 32));

    if (information.hash_supported[CCE_HASH_SHAKE_256] != 0) {
        cce::Session shake(device, CCE_HASH_SHAKE_256);
        cce::HashStream squeezed(shake);
        squeezed.squeeze(out);
        expect_status(CCE_ERROR_STREAM, [&] { squeezed.update(text); });
        expect_status(CCE_ERROR_STREAM, [&] { squeezed.finish(out); });
        cce::HashStream finished(shake);
        finished.finish(out);
        expect_status(CCE_ERROR_STREAM, [&] { finished.squeeze(out); });
    }
    EXPECT_EQ(cce_hash_stream_create(nullptr, hash.get()), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_hash_stream_update(nullptr, text.data(), 1), CCE_ERROR_ARGUMENT);

    cce_hash_options options = CCE_HASH_OPTIONS_INIT;
    options.direction = CCE_DECRYPT;
    cce::Session verifier(device, CCE_HASH_SHA_256, options);
    cce::HashStream verified(verifier);
    verified.update(text);
    expect_status(CCE_ERROR_SESSION, [&] { verified.finish(digest); });
    const Bytes good = reference::digest("SHA256", text, 32);
    verified.copy().verify(good);
    Bytes bad = good;
    bad[31] ^= 1;
    expect_status(CCE_ERROR_TAG, [&] { verified.verify(bad); });
    expect_status(CCE_ERROR_STREAM, [&] { verified.verify(good); });
}

TEST_P(Hashes, WrongStates) {
    if (!states()) GTEST_SKIP() << "no states of streams";
    const Case hmac{{CCE_HASH_SHA_256, "SHA256"}, CCE_HASH_HMAC, random_bytes(10)};
    const Case kmac{{CCE_HASH_CSHAKE_128, nullptr}, CCE_HASH_KMAC, random_bytes(10)};
    const Case kmac_xof{{CCE_HASH_CSHAKE_128, nullptr}, CCE_HASH_KMAC_XOF, random_bytes(10)};
    const Case sha2{{CCE_HASH_SHA_256, "SHA256"}}, sha3{{CCE_HASH_SHA3_256, "SHA3-256"}};
    const Case shake{{CCE_HASH_SHAKE_128, "SHAKE128"}};
    using Context = cce::contract::HashContext;
    constexpr std::size_t format = offsetof(Context, format), mode = offsetof(Context, mode),
                          squeezing = offsetof(Context, squeezing), reserved = offsetof(Context, reserved),
                          length_first = offsetof(Context, length),
                          length_last = length_first + sizeof(Context::length) - 1;
    for (const Case& one : {sha2, sha3, shake, hmac, kmac, kmac_xof}) {
        SCOPED_TRACE(describe(one));
        const cce::Session session(device, one.function.hash, one.options());
        cce::HashStream stream(session);
        const Bytes text = random_bytes(one.block() + 5);
        stream.update(text);
        const Bytes good = stream.export_state();
        const auto refused = [&](const std::function<void(Bytes&)>& change) {
            Bytes state = good;
            change(state);
            expect_status(CCE_ERROR_STATE, [&] { stream.import_state(state); });
            EXPECT_EQ(stream.export_state(), good);
        };
        refused([](Bytes& state) { state.clear(); });
        refused([](Bytes& state) { state.resize(15); });
        refused([&](Bytes& state) { state.resize(state.size() - 6); });
        refused([&](Bytes& state) { state.resize(state.size() - 5 + one.block()); });
        refused([](Bytes& state) { state[format] ^= 1; });
        refused([](Bytes& state) { state[mode] ^= 1; });
        refused([](Bytes& state) { state[mode] = 6; });
        refused([](Bytes& state) { state[mode] = 0xff; });
        refused([](Bytes& state) { state[squeezing] = 2; });
        refused([](Bytes& state) { state[reserved + sizeof(Context::reserved) - 1] = 1; });
        refused([](Bytes& state) { state[length_first] += 1; });
        refused([](Bytes& state) { state[length_last] = 0x10; });
        if (!one.squeezes()) refused([](Bytes& state) { state[squeezing] = 1; });
        if (cce_hash_block_bytes(one.function.hash) > 128 && one.function.hash >= CCE_HASH_SHA3_224) {
            refused([](Bytes& state) { state[sizeof(Context) + 200] = 1; });
        }
        if (one.kind != CCE_HASH_PLAIN) {
            refused([](Bytes& state) {
                std::fill_n(state.begin() + length_first, sizeof(Context::length), std::uint8_t{0});
            });
        }
        // A message that would become too long.
        Bytes state = good;
        const std::uint64_t length = ((std::uint64_t{1} << 60) - 1) / one.block() * one.block();
        for (unsigned i = 0; i < 8; ++i) state[length_first + i] = static_cast<std::uint8_t>(length >> (8 * i));
        stream.import_state(state);
        expect_status(CCE_ERROR_LENGTH, [&] { stream.update(text); });
        // And it went on all the time.
        stream.import_state(good);
        Bytes out(20);
        stream.finish(out);
        EXPECT_EQ(out, one.expected(text, 20));
    }
}

INSTANTIATE_TEST_SUITE_P(Backends, Hashes, ::testing::ValuesIn(cce::test::backends()), cce::test::name_of);

}  // namespace
