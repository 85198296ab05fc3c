// SPDX-License-Identifier: Apache-2.0
//
// The firmware driver's requests of cipher and hash in one pass, against OpenSSL: both ciphers, every hash, HMAC and
// not, over ciphertext and plaintext, both ways; wrong tags; sessions of HMAC and what is left of their keys; what is
// not legal; engines without it.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <new>
#include <string>
#include <tuple>
#include <vector>

#include "cce/cce.h"
#include "cce_contract.hpp"
#include "random_requests.h"
#include "reference.h"

namespace cce::firmware {
namespace {

using reference::Bytes;
namespace global = contract::global_page;

struct Function {
    cce_mmio_hash_function value;
    const char* name;  ///< OpenSSL's
    std::size_t digest;
    std::size_t block;
};
// FIPS 180-4, figure 1; FIPS 202, 6.1.
constexpr std::array functions{
    Function{CCE_MMIO_SHA_224, "SHA224", 28, 64},          Function{CCE_MMIO_SHA_256, "SHA256", 32, 64},
    Function{CCE_MMIO_SHA_384, "SHA384", 48, 128},         Function{CCE_MMIO_SHA_512, "SHA512", 64, 128},
    Function{CCE_MMIO_SHA_512_224, "SHA512-224", 28, 128}, Function{CCE_MMIO_SHA_512_256, "SHA512-256", 32, 128},
    Function{CCE_MMIO_SHA3_224, "SHA3-224", 28, 144},      Function{CCE_MMIO_SHA3_256, "SHA3-256", 32, 136},
    Function{CCE_MMIO_SHA3_384, "SHA3-384", 48, 104},      Function{CCE_MMIO_SHA3_512, "SHA3-512", 64, 72}};
static_assert(int{CCE_MMIO_SHA_224} == CCE_HASH_SHA_224 && int{CCE_MMIO_SHA_256} == CCE_HASH_SHA_256 &&
              int{CCE_MMIO_SHA_384} == CCE_HASH_SHA_384 && int{CCE_MMIO_SHA_512} == CCE_HASH_SHA_512 &&
              int{CCE_MMIO_SHA_512_224} == CCE_HASH_SHA_512_224 && int{CCE_MMIO_SHA_512_256} == CCE_HASH_SHA_512_256 &&
              int{CCE_MMIO_SHA3_224} == CCE_HASH_SHA3_224 && int{CCE_MMIO_SHA3_256} == CCE_HASH_SHA3_256 &&
              int{CCE_MMIO_SHA3_384} == CCE_HASH_SHA3_384 && int{CCE_MMIO_SHA3_512} == CCE_HASH_SHA3_512);
constexpr const Function& sha_256 = functions[1];
constexpr const Function& sha3_224 = functions[6];

/// One request's inputs and what must come out.
struct Case {
    const Function* hash = &sha_256;
    bool over_plaintext = false;
    Bytes key, mac_key, iv, aad, text, ciphertext, tag, next_iv;
};

class OnePass : public ::testing::TestWithParam<std::tuple<std::string, int, bool>>, protected RandomRequests {
protected:
    OnePass() : RandomRequests(std::get<0>(GetParam()), std::get<2>(GetParam())) {}

    [[nodiscard]] static cce_mmio_mode mode() { return static_cast<cce_mmio_mode>(std::get<1>(GetParam())); }

    /// The IV behind the text: CBC: the last block; CTR: a block further for each begun one, modulo 2^128.
    static Bytes iv_behind(const Case& c) {
        if (mode() == CCE_MMIO_CBC) return {c.ciphertext.end() - 16, c.ciphertext.end()};
        Bytes counter = c.iv;
        for (std::size_t block = 0; block < c.text.size(); block += 16) {
            for (std::size_t i = 16; i-- != 0 && ++counter[i] == 0;) {
            }
        }
        return counter;
    }

    Case make(const Function& hash, bool keyed, bool over_plaintext) {
        Case c;
        c.hash = &hash;
        c.over_plaintext = over_plaintext;
        c.key = bytes(16 + 8 * below(3));
        if (keyed) c.mac_key = bytes(coin() ? 1 + below(hash.block) : hash.block);
        c.iv = bytes(16);
        if (below(4) == 0) std::fill(c.iv.begin() + 1, c.iv.end(), std::uint8_t{0xff});  // carries
        c.aad = bytes(coin() ? 0 : 1 + below(100));
        c.text = bytes(mode() == CCE_MMIO_CBC ? 16 * (1 + below(30)) : 1 + below(500));
        c.ciphertext = reference::cbc_or_ctr(mode() == CCE_MMIO_CTR, c.key, c.iv, c.text, true);
        Bytes message = c.aad;
        const Bytes& hashed = over_plaintext ? c.text : c.ciphertext;
        message.insert(message.end(), hashed.begin(), hashed.end());
        const std::size_t tag_bytes = coin() ? hash.digest : 8 + below(hash.digest - 7);
        c.tag = keyed ? reference::hmac(hash.name, c.mac_key, message, tag_bytes)
                      : reference::digest(hash.name, message, tag_bytes);
        c.next_iv = iv_behind(c);
        return c;
    }

    cce_mmio_hash& hash_of(const Function& function, const Bytes& key) {
        auto& hash = station_.machine().make<cce_mmio_hash>();
        EXPECT_EQ(cce_mmio_hash_set(&station_.queue(), &hash, function.value, key.empty() ? nullptr : key.data(),
                                    key.size(), Station::patience),
                  CCE_MMIO_OK);
        return hash;
    }

    Placed prepare(const Case& c, const cce_mmio_key& key, const cce_mmio_hash& hash, bool decrypt) {
        Inputs inputs;
        inputs.decrypt = decrypt;
        inputs.iv = c.iv;
        inputs.aad = c.aad;
        inputs.source = decrypt ? c.ciphertext : c.text;
        inputs.tag = c.tag;
        inputs.text_out = c.text.size();
        Placed placed = place_request(key, inputs);
        placed.request.hash = &hash;
        placed.request.tag_over_plaintext = c.over_plaintext;
        return placed;
    }

    static void expect_answer(const Case& c, const Placed& placed, const cce_mmio_completion& done, bool decrypt) {
        ASSERT_EQ(done.status, CCE_MMIO_OK) << cce_mmio_device_status_name(done.device_status);
        Bytes out = copy(placed.destination);
        Bytes expected = decrypt ? c.text : c.ciphertext;
        if (!decrypt) {
            out.insert(out.end(), placed.tag.begin(), placed.tag.end());
            expected.insert(expected.end(), c.tag.begin(), c.tag.end());
        }
        EXPECT_EQ(out, expected) << c.hash->name << (decrypt ? ", decryption" : "");
        EXPECT_EQ(copy(done.next_iv), c.next_iv);
        EXPECT_EQ(done.cookie, placed.request.cookie);
        EXPECT_EQ(done.output_length, placed.destination.size());
    }

    /// What processor and engine see of an object.
    template <typename T>
    std::array<Bytes, 2> views(const T& object) {
        const auto* const begin = reinterpret_cast<const std::uint8_t*>(&object);
        const std::uint64_t address = station_.machine().bus_address(begin);
        return {Bytes(begin, begin + sizeof object),
                copy(station_.machine().machine().memory().view(address, sizeof object))};
    }
    void expect_wiped(const cce_mmio_hash& hash) {
        for (const Bytes& view : views(hash)) EXPECT_EQ(view, Bytes(sizeof hash));
    }
};

std::string name_of(const ::testing::TestParamInfo<OnePass::ParamType>& instance) {
    const auto& [engine, mode, coherent] = instance.param;
    return engine + (mode == CCE_MMIO_CBC ? "_cbc" : "_ctr") + (coherent ? "" : "_incoherent");
}

INSTANTIATE_TEST_SUITE_P(, OnePass,
                         ::testing::Combine(::testing::Values("rtl", "model"),
                                            ::testing::Values(int{CCE_MMIO_CBC}, int{CCE_MMIO_CTR}), ::testing::Bool()),
                         name_of);

TEST_P(OnePass, AsOpenSSL) {
    SCOPED_TRACE("CCE_TEST_SEED=" + std::to_string(seed()));
    for (const Function& function : functions) {
        for (unsigned shape = 0; shape < 4; ++shape) {
            const Case c = make(function, (shape & 1U) != 0, (shape & 2U) != 0);
            auto& key = station_.key(mode(), c.key);
            auto& hash = hash_of(function, c.mac_key);
            for (const bool decrypt : {false, true}) {
                const Placed placed = prepare(c, key, hash, decrypt);
                ASSERT_EQ(station_.run(placed.request), CCE_MMIO_OK)
                    << cce_mmio_device_status_name(station_.last().device_status);
                expect_answer(c, placed, station_.last(), decrypt);
            }
            if (HasFailure()) return;
        }
    }
}

TEST_P(OnePass, ForgeriesAreRefusedAndWiped) {
    for (int round = 0; round < 24; ++round) {
        const Function& function = functions.at(below(functions.size()));
        Case c = make(function, coin(), coin());
        std::vector<Bytes*> parts{&c.ciphertext, &c.tag};
        if (!c.aad.empty()) parts.push_back(&c.aad);
        Bytes& forged = *parts.at(static_cast<std::size_t>(round) % parts.size());
        forged.at(below(forged.size())) ^= static_cast<std::uint8_t>(1U << below(8));
        const Placed placed = prepare(c, station_.key(mode(), c.key), hash_of(function, c.mac_key), true);
        ASSERT_EQ(station_.run(placed.request), CCE_MMIO_ERROR_TAG);
        EXPECT_STREQ(cce_mmio_device_status_name(station_.last().device_status), "tag");
        for (const auto& view : {copy(placed.destination),
                                 copy(station_.machine().machine().memory().view(
                                     station_.machine().bus_address(placed.destination.data()), c.text.size()))}) {
            EXPECT_EQ(view, Bytes(c.text.size()));
        }
        EXPECT_EQ(station_.last().output_length, 0U);
        EXPECT_EQ(copy(station_.last().next_iv), Bytes(16));
    }
}

// HMAC with another key is another tag, and so is the hash without one.
TEST_P(OnePass, OnlyTheSessionsOwnKeyVerifies) {
    const Case c = make(sha_256, true, false);
    auto& key = station_.key(mode(), c.key);
    EXPECT_EQ(station_.run(prepare(c, key, hash_of(sha_256, c.mac_key), true).request), CCE_MMIO_OK);
    Bytes other = c.mac_key;
    other.front() ^= 1;
    EXPECT_EQ(station_.run(prepare(c, key, hash_of(sha_256, other), true).request), CCE_MMIO_ERROR_TAG);
    EXPECT_EQ(station_.run(prepare(c, key, hash_of(sha_256, {}), true).request), CCE_MMIO_ERROR_TAG);
}

// Of a decryption that fails for another reason nothing may be seen either; a reset is one.
TEST_P(OnePass, FailedDecryptionsAreWiped) {
    for (int round = 0; round < 6; ++round) {
        const Function& function = functions.at(below(functions.size()));
        const Case c = make(function, coin(), coin());
        const Placed placed = prepare(c, station_.key(mode(), c.key), hash_of(function, c.mac_key), true);
        if (round == 0) {
            // Before the engine has the descriptor: what is zero then is so by the driver.
            sim::Machine& machine = station_.machine().machine();
            machine.set_timing(sim::MemoryTiming::ideal(3000));
            ASSERT_EQ(cce_mmio_submit(&station_.queue(), &placed.request), CCE_MMIO_OK);
            ASSERT_EQ(cce_mmio_queue_reset(&station_.queue(), Station::patience), CCE_MMIO_OK);
            machine.set_timing(sim::MachineOptions{}.timing);
            const auto lost = station_.drain();
            ASSERT_EQ(lost.size(), 1U);
            EXPECT_EQ(lost[0].status, CCE_MMIO_ERROR_RESET);
        } else {
            auto& memory = station_.machine().machine().memory();
            memory.inject_error(sim::Direction::write, station_.machine().bus_address(placed.destination.data()), 1);
            ASSERT_EQ(station_.run(placed.request), CCE_MMIO_ERROR_REFUSED);
            EXPECT_STREQ(cce_mmio_device_status_name(station_.last().device_status), "destination_access");
            memory.clear_errors();
        }
        EXPECT_EQ(copy(placed.destination), Bytes(placed.destination.size()));
    }
}

// As many as the queue holds; every third one is of the cipher alone, with the same key.
TEST_P(OnePass, ManyInFlight) {
    std::vector<Case> cases;
    std::vector<Placed> placed;
    std::array<cce_mmio_hash*, functions.size()> hashes{};
    const Bytes mac_key = bytes(64);
    for (std::size_t i = 0; i < hashes.size(); ++i) hashes.at(i) = &hash_of(functions.at(i), mac_key);
    for (std::uint32_t i = 0; i < 32; ++i) {
        const std::size_t chosen = below(functions.size());
        Case c = make(functions.at(chosen), true, coin());
        c.mac_key = mac_key;
        Bytes message = c.aad;
        const Bytes& hashed = c.over_plaintext ? c.text : c.ciphertext;
        message.insert(message.end(), hashed.begin(), hashed.end());
        c.tag = reference::hmac(c.hash->name, mac_key, message, c.tag.size());
        const bool alone = i % 3 == 2;
        if (alone) {
            c.tag.clear();
            c.aad.clear();
        }
        Placed one = prepare(c, station_.key(mode(), c.key), *hashes.at(chosen), i % 2 != 0);
        if (alone) {
            one.request.hash = nullptr;
            one.request.tag_over_plaintext = false;
        }
        one.request.cookie = i;
        cases.push_back(std::move(c));
        placed.push_back(one);
        ASSERT_EQ(cce_mmio_submit(&station_.queue(), &placed.back().request), CCE_MMIO_OK);
    }
    const auto all = station_.drain();
    EXPECT_EQ(all.size(), 32U);
    for (const auto& completion : all) {
        expect_answer(cases.at(completion.cookie), placed.at(completion.cookie), completion,
                      completion.cookie % 2 != 0);
    }
}

TEST_P(OnePass, WithAKeyThatTheEngineHolds) {
    const Case c = make(sha3_224, true, false);
    auto& key = station_.key(mode(), c.key);
    ASSERT_EQ(cce_mmio_key_hold(&station_.queue(), &key, 2, Station::patience), CCE_MMIO_OK);
    auto& hash = hash_of(sha3_224, c.mac_key);
    for (const bool decrypt : {false, true}) {
        const Placed placed = prepare(c, key, hash, decrypt);
        ASSERT_EQ(station_.run(placed.request), CCE_MMIO_OK);
        expect_answer(c, placed, station_.last(), decrypt);
    }
}

// The states go on for as long as the session; the key's block does not, and the end leaves nothing.
TEST_P(OnePass, OfASessionsKeyNothingIsLeft) {
    for (const Function* function : {&sha_256, &sha3_224}) {
        const Bytes mac_key = bytes(32);
        auto& hash = hash_of(*function, mac_key);
        const auto holds = [](const Bytes& view, const Bytes& wanted) {
            return std::search(view.begin(), view.end(), wanted.begin(), wanted.end()) != view.end();
        };
        for (const Bytes& view : views(hash)) {
            EXPECT_NE(view, Bytes(sizeof hash)) << "states";
            for (const std::uint8_t pad : {std::uint8_t{0x00}, std::uint8_t{0x36}, std::uint8_t{0x5c}}) {
                Bytes padded = mac_key;
                for (auto& byte : padded) byte = static_cast<std::uint8_t>(byte ^ pad);
                EXPECT_FALSE(holds(view, padded)) << function->name << ", pad " << int{pad};
            }
        }
        cce_mmio_hash_wipe(&hash);
        expect_wiped(hash);

        auto& memory = station_.machine().machine().memory();
        for (const auto direction : {sim::Direction::read, sim::Direction::write}) {
            const std::uint8_t* const at = direction == sim::Direction::read ? hash.block : hash.front;
            memory.inject_error(direction, station_.machine().bus_address(at), 1);
            EXPECT_EQ(cce_mmio_hash_set(&station_.queue(), &hash, function->value, mac_key.data(), mac_key.size(),
                                        Station::patience),
                      CCE_MMIO_ERROR_REFUSED);
            memory.clear_errors();
            expect_wiped(hash);
        }
        sim::Machine& machine = station_.machine().machine();
        machine.set_timing(sim::MemoryTiming::ideal(3000));
        EXPECT_EQ(cce_mmio_hash_set(&station_.queue(), &hash, function->value, mac_key.data(), mac_key.size(), 4000),
                  CCE_MMIO_ERROR_TIMEOUT);
        machine.set_timing(sim::MachineOptions{}.timing);
        expect_wiped(hash);
        EXPECT_EQ(cce_mmio_outstanding(&station_.queue()), 0U);
    }
}

TEST_P(OnePass, BadHashesAreRefused) {
    cce_mmio_queue& queue = station_.queue();
    auto& hash = station_.machine().make<cce_mmio_hash>();
    const Bytes key(200, 7);
    const auto set = [&](unsigned function, const std::uint8_t* bytes, std::size_t length) {
        return cce_mmio_hash_set(&queue, &hash, static_cast<cce_mmio_hash_function>(function), bytes, length,
                                 Station::patience);
    };
    for (const unsigned none : {6U, 7U, 12U, 13U, 14U, 15U}) {
        EXPECT_EQ(set(none, key.data(), 32), CCE_MMIO_ERROR_ARGUMENT) << none;
    }
    EXPECT_EQ(set(CCE_MMIO_SHA_256, nullptr, 1), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mmio_hash_set(nullptr, &hash, CCE_MMIO_SHA_256, key.data(), 32, 1), CCE_MMIO_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mmio_hash_set(&queue, nullptr, CCE_MMIO_SHA_256, key.data(), 32, 1), CCE_MMIO_ERROR_ARGUMENT);
    cce_mmio_queue closed{};
    EXPECT_EQ(cce_mmio_hash_set(&closed, &hash, CCE_MMIO_SHA_256, key.data(), 32, 1), CCE_MMIO_ERROR_ARGUMENT);
    const auto area = station_.machine().allocate(2 * sizeof hash, 64);
    auto* const odd = reinterpret_cast<cce_mmio_hash*>(area.data() + 16);
    EXPECT_EQ(cce_mmio_hash_set(&queue, odd, CCE_MMIO_SHA_256, key.data(), 32, 1), CCE_MMIO_ERROR_ARGUMENT);
    for (const Function& function : functions) {
        EXPECT_EQ(set(function.value, key.data(), 0), CCE_MMIO_ERROR_KEY_LENGTH) << function.name;
        EXPECT_EQ(set(function.value, key.data(), function.block + 1), CCE_MMIO_ERROR_KEY_LENGTH) << function.name;
        EXPECT_EQ(set(function.value, key.data(), function.block), CCE_MMIO_OK) << function.name;
    }

    const auto other = station_.request(station_.ecb_key(), 64);
    ASSERT_EQ(cce_mmio_submit(&queue, &other), CCE_MMIO_OK);
    EXPECT_EQ(set(CCE_MMIO_SHA_256, key.data(), 32), CCE_MMIO_ERROR_BUSY);
    EXPECT_EQ(set(CCE_MMIO_SHA_256, nullptr, 0), CCE_MMIO_OK) << "without a key nothing is sent";
    station_.drain();
}

// Each argument that is not legal is told by its own status, and nothing is handed over.
TEST_P(OnePass, BadRequestsAreRefused) {
    cce_mmio_queue& queue = station_.queue();
    Case c = make(sha_256, true, false);
    c.aad = bytes(20);
    auto& key = station_.key(mode(), c.key);
    auto& hash = hash_of(sha_256, c.mac_key);
    const auto& none = station_.machine().make<cce_mmio_hash>();
    const auto& gcm = station_.key(CCE_MMIO_GCM, c.key);
    const auto& encryption_only = station_.key(mode(), c.key, CCE_MMIO_MAY_ENCRYPT);
    for (const bool decrypt : {false, true}) {
        const cce_mmio_request good = prepare(c, key, hash, decrypt).request;
        const auto with = [&](auto change) {
            cce_mmio_request changed = good;
            change(changed);
            const cce_mmio_status status = cce_mmio_submit(&queue, &changed);
            if (status == CCE_MMIO_OK) station_.drain();
            return status;
        };
        EXPECT_EQ(with([&](auto& r) { r.hash = &none; }), CCE_MMIO_ERROR_SESSION) << "never made, or wiped";
        EXPECT_EQ(with([&](auto& r) { r.key = &gcm; }), CCE_MMIO_ERROR_ARGUMENT);
        EXPECT_EQ(with([&](auto& r) { r.key = &encryption_only; }), decrypt ? CCE_MMIO_ERROR_SESSION : CCE_MMIO_OK);
        EXPECT_EQ(with([](auto& r) { r.hash = nullptr; }), CCE_MMIO_ERROR_TAG_LENGTH);
        EXPECT_EQ(with([](auto& r) {
                      r.hash = nullptr;
                      r.tag_over_plaintext = true;
                  }),
                  CCE_MMIO_ERROR_ARGUMENT);
        EXPECT_EQ(with([](auto& r) { r.tag_length = 0; }), CCE_MMIO_ERROR_TAG_LENGTH);
        EXPECT_EQ(with([](auto& r) { r.tag_length = 33; }), CCE_MMIO_ERROR_TAG_LENGTH);
        EXPECT_EQ(with([](auto& r) { r.iv_length = 12; }), CCE_MMIO_ERROR_IV_LENGTH);
        EXPECT_EQ(with([](auto& r) { r.aad = nullptr; }), CCE_MMIO_ERROR_ARGUMENT);
        EXPECT_EQ(with([](auto& r) { r.source = nullptr; }), CCE_MMIO_ERROR_ARGUMENT);
        EXPECT_EQ(with([](auto& r) { r.destination = nullptr; }), CCE_MMIO_ERROR_ARGUMENT);
        EXPECT_EQ(with([](auto& r) { --r.destination_length; }), CCE_MMIO_ERROR_BUFFER);
        EXPECT_EQ(with([](auto& r) { r.aad = r.destination; }), CCE_MMIO_ERROR_OVERLAP);
        EXPECT_EQ(with([](auto& r) { r.aad_length = CCE_MMIO_MESSAGE_BYTES_MAX + 1; }), CCE_MMIO_ERROR_LENGTH);
        const auto text_of = [&](std::uint32_t length) {
            return with([&](auto& r) {
                r.tag = nullptr;
                r.source_length = length + (decrypt ? r.tag_length : 0U);
                r.destination_length = 0;  // had the length been legal, the room would not do
            });
        };
        EXPECT_EQ(text_of(0), CCE_MMIO_ERROR_LENGTH);
        EXPECT_EQ(text_of(17), mode() == CCE_MMIO_CBC ? CCE_MMIO_ERROR_LENGTH : CCE_MMIO_ERROR_BUFFER);
        EXPECT_EQ(text_of(CCE_MMIO_MESSAGE_BYTES_MAX), CCE_MMIO_ERROR_BUFFER);
        EXPECT_EQ(text_of(CCE_MMIO_MESSAGE_BYTES_MAX + 16), CCE_MMIO_ERROR_LENGTH);
        if (decrypt) {
            EXPECT_EQ(with([](auto& r) {
                          r.tag = nullptr;
                          r.source_length = r.tag_length - 1U;
                      }),
                      CCE_MMIO_ERROR_LENGTH)
                << "shorter than its tag";
        }
    }
    EXPECT_EQ(cce_mmio_outstanding(&queue), 0U);
}

// An engine may be built without lanes of one family, or of both; then there is no cipher and hash in one pass.
TEST_P(OnePass, WhatTheEngineDoesNotOfferIsUnsupported) {
    auto& sha2 = hash_of(sha_256, bytes(32));
    auto& sha3 = hash_of(sha3_224, bytes(32));
    Case c = make(sha_256, true, false);
    auto& key = station_.key(mode(), c.key);
    const std::uint32_t all = station_.engine().algorithms;
    struct Lack {
        std::uint32_t mask;
        bool sha2, sha3;  ///< what is left
    };
    for (const Lack& lack :
         {Lack{0, true, true}, Lack{global::algorithms_sha2.mask, false, true},
          Lack{global::algorithms_sha3.mask, true, false}, Lack{global::algorithms_cipher_hash.mask, false, false}}) {
        station_.machine().replaced_reads = {{global::at(global::algorithms), all & ~lack.mask}};
        cce_mmio_engine engine{};
        ASSERT_EQ(cce_mmio_engine_open(&engine, SimulatedMachine::registers), CCE_MMIO_OK);
        station_.machine().replaced_reads.clear();
        cce_mmio_queue queue{};
        ASSERT_EQ(station_.open(queue, engine, 1, 2), CCE_MMIO_OK);
        for (const bool sponge : {false, true}) {
            const cce_mmio_status expected =
                (sponge ? lack.sha3 : lack.sha2) ? CCE_MMIO_OK : CCE_MMIO_ERROR_UNSUPPORTED;
            auto& made = station_.machine().make<cce_mmio_hash>();
            EXPECT_EQ(cce_mmio_hash_set(&queue, &made, sponge ? CCE_MMIO_SHA3_256 : CCE_MMIO_SHA_256, c.key.data(), 16,
                                        Station::patience),
                      expected)
                << lack.mask;
            Placed placed = prepare(c, key, sponge ? sha3 : sha2, false);
            placed.request.tag_length = 8;
            EXPECT_EQ(cce_mmio_run(&queue, &placed.request, nullptr, Station::patience), expected) << lack.mask;
        }
        ASSERT_EQ(cce_mmio_queue_close(&queue, Station::patience), CCE_MMIO_OK);
    }
}

// Key blocks, states and everything else are found by a queue that may use one region only.
TEST_P(OnePass, ARegionBoundsIt) {
    const auto area = station_.machine().allocate(16'384, 4096);
    cce_mmio_region region{};
    region.base = area.data();
    region.bytes = area.size();
    region.read = region.write = true;
    region.owner_queue = 3;
    region.tag = 0x33;
    cce_mmio_queue_config config{};
    ASSERT_EQ(cce_mmio_region_set(&station_.engine(), 1, &region, &config.region), CCE_MMIO_OK);
    config.memory = area.data();
    config.memory_bytes = CCE_MMIO_QUEUE_BYTES(2);
    config.log2 = 2;
    cce_mmio_queue queue{};
    ASSERT_EQ(cce_mmio_queue_open(&queue, &station_.engine(), 3, &config), CCE_MMIO_OK);

    const Case c = make(sha_256, true, false);
    auto* const key = new (area.data() + 4096) cce_mmio_key{};
    ASSERT_EQ(cce_mmio_key_set(key, mode(), CCE_MMIO_MAY_DECRYPT, c.key.data(), c.key.size()), CCE_MMIO_OK);
    auto* const hash = new (area.data() + 4352) cce_mmio_hash{};
    ASSERT_EQ(cce_mmio_hash_set(&queue, hash, CCE_MMIO_SHA_256, c.mac_key.data(), c.mac_key.size(), Station::patience),
              CCE_MMIO_OK);
    cce_mmio_request request = prepare(c, *key, *hash, true).request;
    std::ranges::copy(c.aad, area.begin() + 6016);
    request.aad = area.data() + 6016;
    Bytes source = c.ciphertext;
    source.insert(source.end(), c.tag.begin(), c.tag.end());
    std::ranges::copy(source, area.begin() + 7040);
    request.source = area.data() + 7040;
    request.source_length = static_cast<std::uint32_t>(source.size());
    request.tag = nullptr;
    request.destination = area.data() + 8064;
    ASSERT_EQ(cce_mmio_run(&queue, &request, nullptr, Station::patience), CCE_MMIO_OK);
    EXPECT_EQ(copy(area.subspan(8064, c.text.size())), c.text);

    auto& outside = hash_of(sha_256, c.mac_key);
    request.hash = &outside;
    EXPECT_EQ(cce_mmio_run(&queue, &request, nullptr, Station::patience), CCE_MMIO_ERROR_REFUSED);
    EXPECT_EQ(
        cce_mmio_hash_set(&queue, &outside, CCE_MMIO_SHA_256, c.mac_key.data(), c.mac_key.size(), Station::patience),
        CCE_MMIO_ERROR_REFUSED);
    expect_wiped(outside);
}

}  // namespace
}  // namespace cce::firmware
