// SPDX-License-Identifier: Apache-2.0
//
// The library with its keys and texts marked as secrets, to be run under valgrind: no branch and no address may depend
// on them. Every mode, direction and key length, the calls that wait and those that do not, good and bad tags, both
// backends that do the work in this process. What comes out is compared with what must come out, after it was
// declassified.
//
// The test program itself gives no secret away: GoogleTest's comparisons are for declassified bytes only.

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>

#include "blind_engine.h"
#include "cce/cce.h"
#include "secrets.h"

namespace cce::constant_time {
namespace {

/// Bytes of no particular value, marked.
Bytes secret(std::size_t count, std::uint8_t first = 1) {
    Bytes bytes(count);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(first + 7 * i);
    mark_secret(bytes);
    return bytes;
}

constexpr std::array<cce_mode, CCE_MODE_COUNT> modes{CCE_MODE_ECB,  CCE_MODE_CBC, CCE_MODE_CTR,
                                                     CCE_MODE_XTS,  CCE_MODE_GCM, CCE_MODE_CCM,
                                                     CCE_MODE_CMAC, CCE_MODE_KW,  CCE_MODE_KWP};

class Library : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        BlindEngine::answer_with(contract::Status::ok);
        cce_options options = CCE_OPTIONS_INIT;
        options.backend = GetParam().c_str();
        cce_error error{};
        ASSERT_EQ(cce_open(&device_, &options, &error), CCE_OK) << error.message;
    }
    void TearDown() override { EXPECT_EQ(cce_close(device_), CCE_OK); }

    /// The blind engine does no cryptography, so only the other backend's results mean anything.
    [[nodiscard]] static bool computes() { return GetParam() == "software"; }

    cce_session* open(cce_mode mode, cce_direction direction, std::size_t key_bytes, unsigned flags = 0) {
        Bytes key = secret(mode == CCE_MODE_XTS ? 2 * key_bytes : key_bytes, 3);
        cce_session* session = nullptr;
        EXPECT_EQ(cce_session_create_with(&session, device_, mode, direction, key.data(), key.size(), flags), CCE_OK)
            << cce_error_message(device_);
        return session;
    }

    /// Both directions: the text must come back.
    void there_and_back(cce_mode mode, std::size_t key_bytes, std::size_t text_bytes, std::size_t iv_bytes,
                        std::size_t aad_bytes, std::size_t tag_bytes, unsigned flags = 0) {
        SCOPED_TRACE(std::string(cce_mode_name(mode)) + " " + std::to_string(8 * key_bytes) + " " +
                     std::to_string(text_bytes));
        const Bytes plain = secret(text_bytes);
        Bytes sealed(text_bytes + 64);
        Bytes opened(text_bytes + 64);
        cce_session* const encrypt = open(mode, CCE_ENCRYPT, key_bytes, flags);
        const std::size_t length =
            run(encrypt, mode, CCE_ENCRYPT, plain, sealed, iv_bytes, aad_bytes, tag_bytes, CCE_OK);
        EXPECT_EQ(cce_session_destroy(encrypt), CCE_OK);
        cce_session* const decrypt = open(mode, CCE_DECRYPT, key_bytes, flags);
        const Bytes from = mode == CCE_MODE_CMAC ? plain : Bytes(sealed.begin(), sealed.begin() + difference(length));
        mac_.assign(sealed.begin(), sealed.begin() + difference(tag_bytes));
        // Ciphertext and tag are for everybody to see.
        if (mode != CCE_MODE_CMAC) declassify(from);
        declassify(mac_);
        const std::size_t back = run(decrypt, mode, CCE_DECRYPT, from, opened, iv_bytes, aad_bytes, tag_bytes, CCE_OK);
        EXPECT_EQ(cce_session_destroy(decrypt), CCE_OK);
        if (!computes() || mode == CCE_MODE_CMAC) return;
        declassify(opened);
        declassify(plain);
        opened.resize(back);
        EXPECT_EQ(opened, plain);
    }

    /// One request; returns the length of what came out.
    std::size_t run(cce_session* session, cce_mode mode, cce_direction direction, const Bytes& source,
                    Bytes& destination, std::size_t iv_bytes, std::size_t aad_bytes, std::size_t tag_bytes,
                    cce_status expected) {
        cce_completion completion{};
        cce_status status = CCE_ERROR_INTERNAL;
        const Bytes iv(std::max<std::size_t>(iv_bytes, CCE_BLOCK_BYTES), 0x42);
        const Bytes aad = secret(aad_bytes, 9);
        if (mode <= CCE_MODE_XTS) {
            Bytes running = iv;
            status =
                cce_cipher_run(session, running.data(), source.data(), destination.data(), source.size(), &completion);
        } else if (mode == CCE_MODE_CMAC) {
            cce_mac_request request{};
            request.message = source.data();
            request.message_length = source.size();
            request.mac = destination.data();
            request.expected = mac_.data();
            request.mac_length = tag_bytes;
            status = direction == CCE_ENCRYPT ? cce_mac_generate(session, &request, &completion)
                                              : cce_mac_verify(session, &request, &completion);
        } else if (mode <= CCE_MODE_CCM) {
            cce_aead_request request{};
            request.iv = iv.data();
            request.iv_length = iv_bytes;
            request.aad = aad.data();
            request.aad_length = aad.size();
            request.source = source.data();
            request.source_length = source.size();
            request.destination = destination.data();
            request.destination_length = destination.size();
            request.tag_length = tag_bytes;
            status = direction == CCE_ENCRYPT ? cce_aead_seal(session, &request, &completion)
                                              : cce_aead_open(session, &request, &completion);
        } else {
            cce_key_wrap_request request{};
            request.source = source.data();
            request.source_length = source.size();
            request.destination = destination.data();
            request.destination_length = destination.size();
            std::size_t length = 0;
            status = direction == CCE_ENCRYPT ? cce_key_wrap(session, &request, &length, &completion)
                                              : cce_key_unwrap(session, &request, &length, &completion);
        }
        EXPECT_EQ(status, expected) << cce_error_message(device_);
        return completion.output_length;
    }

    static std::ptrdiff_t difference(std::size_t bytes) { return static_cast<std::ptrdiff_t>(bytes); }

    cce_device* device_ = nullptr;
    Bytes mac_;
};

TEST_P(Library, EveryMode) {
    for (const std::size_t key_bytes : {16U, 24U, 32U}) {
        for (const std::size_t blocks : {1U, 5U}) {
            const std::size_t whole = 16 * blocks;
            there_and_back(CCE_MODE_ECB, key_bytes, whole, 0, 0, 0);
            there_and_back(CCE_MODE_CBC, key_bytes, whole, 16, 0, 0);
            there_and_back(CCE_MODE_CTR, key_bytes, whole + 3, 16, 0, 0);
            there_and_back(CCE_MODE_XTS, key_bytes, whole + 3, 16, 0, 0);
            there_and_back(CCE_MODE_XTS, key_bytes, whole, 16, 0, 0);
            there_and_back(CCE_MODE_XTS, key_bytes, whole + 3, 16, 0, 0, CCE_SESSION_EQUAL_KEYS);
            there_and_back(CCE_MODE_GCM, key_bytes, whole + 3, 12, 20, 16);
            there_and_back(CCE_MODE_GCM, key_bytes, whole + 3, 200, 20, 12);
            there_and_back(CCE_MODE_CCM, key_bytes, whole + 3, 13, 20, 8);
            there_and_back(CCE_MODE_CMAC, key_bytes, whole + 3, 0, 0, 16);
            there_and_back(CCE_MODE_KW, key_bytes, whole + 16, 0, 0, 0);
            // The length of an unwrapped key is no secret once it is told: see the blind engine.
            there_and_back(CCE_MODE_KWP, key_bytes, whole + 8, 0, 0, 0);
        }
    }
    // A backend that hands no key over would pass the rest.
    if (!computes()) {
        EXPECT_GT(BlindEngine::requests(), 100U);
        EXPECT_GT(BlindEngine::secret_key_bytes(), 100U * 16);
    }
}

TEST_P(Library, BadTags) {
    if (!computes()) BlindEngine::answer_with(contract::Status::tag);
    struct Case {
        cce_mode mode;
        std::size_t iv_bytes;
        std::size_t source_bytes;
        std::size_t tag_bytes;
    };
    for (const Case& one :
         {Case{CCE_MODE_GCM, 12, 48, 16}, Case{CCE_MODE_GCM, 200, 48, 16}, Case{CCE_MODE_CCM, 12, 48, 16},
          Case{CCE_MODE_CMAC, 0, 48, 16}, Case{CCE_MODE_KW, 0, 48, 0}, Case{CCE_MODE_KWP, 0, 48, 0}}) {
        SCOPED_TRACE(cce_mode_name(one.mode));
        const Bytes source = secret(one.source_bytes);
        // Ciphertext is public; the message of a MAC need not be.
        if (one.mode != CCE_MODE_CMAC) declassify(source);
        mac_.assign(one.tag_bytes, 0x33);
        Bytes destination(64, 0x77);
        cce_session* const session = open(one.mode, CCE_DECRYPT, 16);
        run(session, one.mode, CCE_DECRYPT, source, destination, one.iv_bytes, 20, one.tag_bytes, CCE_ERROR_TAG);
        EXPECT_EQ(cce_session_destroy(session), CCE_OK);
        // What was not authenticated is gone, and no mark of it is left.
        if (one.mode != CCE_MODE_CMAC) {
            const auto text = std::span(destination).first(one.source_bytes - (one.tag_bytes == 0 ? 8 : one.tag_bytes));
            require_public(text);
            EXPECT_EQ(Bytes(text.begin(), text.end()), Bytes(text.size()));
        }
    }
}

/// Every function with every kind of key; `call` gets the session.
template <typename Call>
void with_hash_sessions(cce_device* device, cce_direction direction, Call call) {
    for (int number = 0; number < CCE_HASH_COUNT; ++number) {
        const auto hash = static_cast<cce_hash>(number);
        if (cce_hash_name(hash) == nullptr) continue;
        const bool extendable = cce_hash_digest_bytes(hash) == 0;
        for (const cce_hash_kind kind : {CCE_HASH_PLAIN, CCE_HASH_HMAC, CCE_HASH_KMAC, CCE_HASH_KMAC_XOF}) {
            const bool has =
                kind == CCE_HASH_PLAIN || (kind == CCE_HASH_HMAC ? !extendable : hash >= CCE_HASH_CSHAKE_128);
            // Longer than a block, too.
            for (const std::size_t key_bytes : {20U, 200U}) {
                if (!has || (kind == CCE_HASH_PLAIN && key_bytes == 200)) continue;
                SCOPED_TRACE(std::string(cce_hash_name(hash)) + ", kind " + std::to_string(kind));
                const Bytes key = secret(key_bytes, 3);
                cce_hash_options options = CCE_HASH_OPTIONS_INIT;
                options.kind = kind;
                options.direction = direction;
                if (kind != CCE_HASH_PLAIN) {
                    options.key = key.data();
                    options.key_length = key.size();
                }
                cce_session* session = nullptr;
                ASSERT_EQ(cce_hash_session_create(&session, device, hash, &options), CCE_OK)
                    << cce_error_message(device);
                call(session, extendable && kind != CCE_HASH_KMAC);
                EXPECT_EQ(cce_session_destroy(session), CCE_OK);
            }
        }
    }
}

TEST_P(Library, Hashes) {
    with_hash_sessions(device_, CCE_ENCRYPT, [this](cce_session* session, bool squeezes) {
        const Bytes message = secret(777);
        Bytes whole(28), digest(28);
        const cce_digest_request request{0, message.data(), message.size(), whole.data(), nullptr, whole.size()};
        EXPECT_EQ(cce_digest(session, &request, nullptr), CCE_OK);
        cce_hash_stream* stream = nullptr;
        cce_hash_stream* copy = nullptr;
        ASSERT_EQ(cce_hash_stream_create(&stream, session), CCE_OK);
        EXPECT_EQ(cce_hash_stream_update(stream, message.data(), 300), CCE_OK);
        Bytes state(CCE_HASH_STATE_BYTES_MAX);
        std::size_t length = 0;
        EXPECT_EQ(cce_hash_stream_export(stream, state.data(), state.size(), &length), CCE_OK);
        EXPECT_EQ(cce_hash_stream_copy(&copy, stream), CCE_OK);
        EXPECT_EQ(cce_hash_stream_import(copy, state.data(), length), CCE_OK) << cce_error_message(device_);
        EXPECT_EQ(cce_hash_stream_update(copy, message.data() + 300, message.size() - 300), CCE_OK);
        if (squeezes) {
            EXPECT_EQ(cce_hash_stream_squeeze(copy, digest.data(), 5), CCE_OK);
            EXPECT_EQ(cce_hash_stream_squeeze(copy, digest.data() + 5, digest.size() - 5), CCE_OK);
        } else {
            EXPECT_EQ(cce_hash_stream_finish(copy, digest.data(), digest.size()), CCE_OK);
        }
        cce_hash_stream_destroy(copy);
        cce_hash_stream_destroy(stream);
        if (!computes()) return;
        declassify(whole);
        declassify(digest);
        EXPECT_EQ(digest, whole);
    });
    if (!computes()) {
        EXPECT_GT(BlindEngine::secret_key_bytes(), 1000U);
    }
}

TEST_P(Library, BadDigests) {
    with_hash_sessions(device_, CCE_DECRYPT, [](cce_session* session, bool) {
        const Bytes message = secret(99);
        const Bytes expected(28, 0x33);
        const cce_digest_request request{0, message.data(), message.size(), nullptr, expected.data(), expected.size()};
        EXPECT_EQ(cce_digest(session, &request, nullptr), CCE_ERROR_TAG);
        cce_hash_stream* stream = nullptr;
        ASSERT_EQ(cce_hash_stream_create(&stream, session), CCE_OK);
        EXPECT_EQ(cce_hash_stream_update(stream, message.data(), message.size()), CCE_OK);
        EXPECT_EQ(cce_hash_stream_verify(stream, expected.data(), expected.size()), CCE_ERROR_TAG);
        cce_hash_stream_destroy(stream);
    });
}

TEST_P(Library, EqualKeysAreRefused) {
    Bytes key = secret(32);
    key.insert(key.end(), key.begin(), key.end());
    cce_session* session = nullptr;
    EXPECT_EQ(cce_session_create(&session, device_, CCE_MODE_XTS, CCE_ENCRYPT, key.data(), key.size()),
              CCE_ERROR_EQUAL_KEYS);
}

TEST_P(Library, ManyAtOnce) {
    std::array<cce_session*, CCE_MODE_COUNT> sessions{};
    const Bytes text = secret(32);
    std::vector<Bytes> results(modes.size(), Bytes(96));
    const Bytes iv(12, 0x42);
    for (std::size_t i = 0; i < modes.size(); ++i) {
        sessions[i] = open(modes[i], CCE_ENCRYPT, 32);
        cce_status status = CCE_ERROR_INTERNAL;
        if (modes[i] <= CCE_MODE_XTS) {
            cce_request request{};
            request.cookie = i;
            request.source = text.data();
            request.destination = results[i].data();
            request.length = text.size();
            status = cce_submit(sessions[i], &request);
        } else if (modes[i] <= CCE_MODE_CCM) {
            cce_aead_request request{};
            request.cookie = i;
            request.iv = iv.data();
            request.iv_length = iv.size();
            request.source = text.data();
            request.source_length = text.size();
            request.destination = results[i].data();
            request.destination_length = results[i].size();
            request.tag_length = 16;
            status = cce_submit_aead(sessions[i], &request);
        } else if (modes[i] == CCE_MODE_CMAC) {
            cce_mac_request request{};
            request.cookie = i;
            request.message = text.data();
            request.message_length = text.size();
            request.mac = results[i].data();
            request.mac_length = 16;
            status = cce_submit_mac(sessions[i], &request);
        } else {
            cce_key_wrap_request request{};
            request.cookie = i;
            request.source = text.data();
            request.source_length = text.size();
            request.destination = results[i].data();
            request.destination_length = results[i].size();
            status = cce_submit_key_wrap(sessions[i], &request);
        }
        EXPECT_EQ(status, CCE_OK) << cce_error_message(device_);
    }
    std::size_t done = 0;
    while (cce_outstanding(device_) != 0) {
        std::array<cce_completion, 4> completions{};
        std::size_t num = 0;
        ASSERT_EQ(cce_poll(device_, completions.data(), completions.size(), -1, &num), CCE_OK);
        for (std::size_t i = 0; i < num; ++i) EXPECT_EQ(completions[i].status, CCE_OK);
        done += num;
    }
    EXPECT_EQ(done, modes.size());
    for (cce_session* const session : sessions) EXPECT_EQ(cce_session_destroy(session), CCE_OK);
}

INSTANTIATE_TEST_SUITE_P(Backends, Library, testing::Values("software", "in-process"), [](const auto& parameter) {
    return parameter.param == "software" ? "software" : "in_process";
});

// ---- What memcheck must complain about; run by name, each in a run of its own.

volatile int sink = 0;

TEST(Planted, DISABLED_Branch) {
    const Bytes key = secret(16);
    if ((key[3] & 1) != 0) sink = 1;
}

TEST(Planted, DISABLED_Index) {
    const Bytes key = secret(16);
    static const std::array<std::uint8_t, 256> table{1, 2, 3};
    sink = table[key[3]];
}

TEST(Planted, DISABLED_SecretInDescriptor) {
    contract::Descriptor descriptor;
    const Bytes key = secret(16);
    descriptor.cookie = key[0];
    require_public({reinterpret_cast<const std::uint8_t*>(&descriptor), sizeof(descriptor)});
}

}  // namespace
}  // namespace cce::constant_time
