// SPDX-License-Identifier: Apache-2.0
//
// The API's edges: opening, wrong arguments, what is outstanding.

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <string>

#include "cce/cce.hpp"

namespace {

const std::array<std::uint8_t, 16> key{};

TEST(Open, UnknownBackendIsNamedWithTheKnownOnes) {
    try {
        cce::Device device("hardware");
        FAIL();
    } catch (const cce::Error& error) {
        EXPECT_EQ(error.status(), CCE_ERROR_BACKEND_UNKNOWN);
        EXPECT_NE(std::string(error.what()).find("\"hardware\""), std::string::npos);
        EXPECT_NE(std::string(error.what()).find("in-process"), std::string::npos);
    }
}

TEST(Open, EnvironmentChoosesAndArgumentWins) {
    ASSERT_EQ(setenv("CCE_BACKEND", "nonsense", 1), 0);
    EXPECT_THROW(cce::Device(), cce::Error);
    EXPECT_STREQ(cce::Device("software").information().choice, "named by the caller");
    ASSERT_EQ(setenv("CCE_BACKEND", "software", 1), 0);
    EXPECT_STREQ(cce::Device().information().choice, "named by CCE_BACKEND");
    ASSERT_EQ(unsetenv("CCE_BACKEND"), 0);
}

TEST(Open, AutomaticNeverSimulates) {
    const cce::Device device("auto");
    EXPECT_STRNE(device.information().backend, "in-process");
    EXPECT_EQ(std::string(device.information().choice).rfind("automatic choice", 0), 0U);
}

TEST(Open, AfAlgIsThereOrItsAbsenceIsExplained) {
    cce_error error{};
    if (cce_probe("af_alg", &error) == CCE_OK) {
        EXPECT_STREQ(cce::Device("af_alg").information().backend, "af_alg");
        return;
    }
    EXPECT_EQ(error.status, CCE_ERROR_BACKEND_UNAVAILABLE);
    EXPECT_NE(std::string(error.message).find("-aes-cce"), std::string::npos) << error.message;
    try {
        cce::Device device("af_alg");
        FAIL() << "a named backend must not be replaced";
    } catch (const cce::Error& failure) {
        EXPECT_EQ(failure.status(), CCE_ERROR_BACKEND_UNAVAILABLE);
    }
}

TEST(Open, OptionsOfAnotherSizeAreRefused) {
    cce_options options = CCE_OPTIONS_INIT;
    options.struct_bytes = 1;
    cce_device* device = nullptr;
    EXPECT_EQ(cce_open(&device, &options, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(device, nullptr);
}

TEST(Strerror, EveryStatusHasItsOwnSentence) {
    std::set<std::string> sentences;
    for (int status = CCE_OK; status <= CCE_ERROR_DEVICE_GONE; ++status) {
        sentences.insert(cce_strerror(static_cast<cce_status>(status)));
    }
    EXPECT_EQ(sentences.size(), static_cast<std::size_t>(CCE_ERROR_DEVICE_GONE) + 1);
    EXPECT_EQ(sentences.count("unknown status"), 0U);
}

/// Buffers for requests that differ from a good one in one thing.
class Room {
public:
    [[nodiscard]] cce_aead_request aead(cce_mode mode, cce_direction direction) const {
        const std::size_t tag_length = 16;
        return {0,
                bytes_->data(),
                mode == CCE_MODE_GCM ? 12U : 13U,
                bytes_->data() + 64,
                8,
                bytes_->data() + 128,
                32,
                bytes_->data() + 256,
                direction == CCE_ENCRYPT ? 32 + tag_length : 32,
                tag_length};
    }
    [[nodiscard]] cce_mac_request mac(cce_mode mode) const {
        return {0,
                bytes_->data(),
                mode == CCE_MODE_GCM ? 12U : 0U,
                bytes_->data() + 64,
                8,
                bytes_->data() + 128,
                bytes_->data() + 256,
                16};
    }
    [[nodiscard]] cce_key_wrap_request key_wrap(cce_direction direction) const {
        return {0, bytes_->data(), direction == CCE_ENCRYPT ? 16U : 24U, bytes_->data() + 128, 64};
    }

private:
    std::unique_ptr<std::array<std::uint8_t, 512>> bytes_ = std::make_unique<std::array<std::uint8_t, 512>>();
};

TEST(ModeName, EveryModeHasItsOwn) {
    std::set<std::string> names;
    for (int mode = 0; mode < CCE_MODE_COUNT; ++mode) {
        ASSERT_NE(cce_mode_name(static_cast<cce_mode>(mode)), nullptr);
        names.insert(cce_mode_name(static_cast<cce_mode>(mode)));
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(CCE_MODE_COUNT));
    EXPECT_EQ(cce_mode_name(static_cast<cce_mode>(CCE_MODE_COUNT)), nullptr);
}

class Api : public ::testing::Test {
protected:
    cce_status create(cce_mode mode, cce_direction direction, const std::uint8_t* bytes, std::size_t length) {
        cce_session* session = nullptr;
        const cce_status status = cce_session_create(&session, device.get(), mode, direction, bytes, length);
        EXPECT_EQ(cce_session_destroy(session), CCE_OK);
        return status;
    }
    cce::Device device{"software"};
    std::array<std::uint8_t, 64> text{};
    cce::Iv iv{};
};

TEST_F(Api, SessionArguments) {
    std::array<std::uint8_t, 130> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes.at(i) = static_cast<std::uint8_t>(i);
    for (int i = 0; i < CCE_MODE_COUNT; ++i) {
        const auto mode = static_cast<cce_mode>(i);
        const std::size_t keys = mode == CCE_MODE_XTS ? 2 : 1;
        for (std::size_t length = 0; length <= bytes.size(); ++length) {
            const bool good = length == 16 * keys || length == 24 * keys || length == 32 * keys;
            EXPECT_EQ(create(mode, CCE_ENCRYPT, bytes.data(), length), good ? CCE_OK : CCE_ERROR_KEY_LENGTH);
        }
    }
    EXPECT_EQ(create(CCE_MODE_ECB, CCE_ENCRYPT, nullptr, 16), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(create(static_cast<cce_mode>(CCE_MODE_COUNT), CCE_ENCRYPT, bytes.data(), 16), CCE_ERROR_ARGUMENT);
    EXPECT_STRNE(cce_error_message(device.get()), "");
    EXPECT_EQ(cce_session_create(nullptr, device.get(), CCE_MODE_ECB, CCE_ENCRYPT, bytes.data(), 16),
              CCE_ERROR_ARGUMENT);
    cce_session* session = nullptr;
    EXPECT_EQ(cce_session_create_with(&session, device.get(), CCE_MODE_ECB, CCE_ENCRYPT, bytes.data(), 16, 2),
              CCE_ERROR_ARGUMENT);
    EXPECT_EQ(session, nullptr);
}

TEST_F(Api, RunArguments) {
    cce::Session session(device, CCE_MODE_CBC, CCE_ENCRYPT, key);
    const auto run = [&](std::uint8_t* iv_bytes, const std::uint8_t* from, std::uint8_t* to, std::size_t length) {
        return cce_cipher_run(session.get(), iv_bytes, from, to, length, nullptr);
    };
    EXPECT_EQ(run(nullptr, text.data(), text.data(), 16), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(run(iv.data(), nullptr, text.data(), 16), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(run(iv.data(), text.data(), nullptr, 16), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(run(iv.data(), text.data(), text.data(), 17), CCE_ERROR_LENGTH);
    EXPECT_EQ(run(iv.data(), text.data(), text.data() + 1, 16), CCE_ERROR_OVERLAP);
    EXPECT_EQ(run(iv.data(), text.data() + 15, text.data(), 16), CCE_ERROR_OVERLAP);
    EXPECT_EQ(iv, cce::Iv{});
    EXPECT_EQ(run(iv.data(), text.data() + 16, text.data(), 16), CCE_OK);
    EXPECT_EQ(run(iv.data(), nullptr, nullptr, 0), CCE_OK);
}

TEST_F(Api, QueueFillsAndEmpties) {
    cce::Session session(device, CCE_MODE_CTR, CCE_ENCRYPT, key);
    cce_request request{};
    request.source = text.data();
    request.destination = text.data();
    request.length = text.size();
    for (request.cookie = 0; request.cookie < CCE_QUEUE_DEPTH; ++request.cookie) {
        request.length = request.cookie % 2 == 0 ? text.size() : 0;
        ASSERT_EQ(cce_submit(session.get(), &request), CCE_OK);
    }
    EXPECT_EQ(cce_submit(session.get(), &request), CCE_ERROR_QUEUE_FULL);
    EXPECT_EQ(cce_session_destroy(session.get()), CCE_ERROR_BUSY);
    std::set<std::uint64_t> cookies;
    std::array<cce_completion, 7> done{};
    while (device.outstanding() > 0) {
        for (const cce_completion& one : device.poll(done, std::chrono::milliseconds(-1))) {
            EXPECT_EQ(one.status, CCE_OK);
            EXPECT_TRUE(cookies.insert(one.cookie).second);
        }
    }
    EXPECT_EQ(cookies.size(), static_cast<std::size_t>(CCE_QUEUE_DEPTH));
    EXPECT_TRUE(device.poll(done, std::chrono::milliseconds(-1)).empty());
}

TEST_F(Api, SubmitAndPollArguments) {
    cce::Session session(device, CCE_MODE_CBC, CCE_ENCRYPT, key);
    cce_request request{};
    EXPECT_EQ(cce_submit(session.get(), nullptr), CCE_ERROR_ARGUMENT);
    request.length = 16;
    EXPECT_EQ(cce_submit(session.get(), &request), CCE_ERROR_ARGUMENT);
    request.length = std::size_t{CCE_SUBMIT_BYTES_MAX} + 16;
    EXPECT_EQ(cce_submit(session.get(), &request), CCE_ERROR_LENGTH);
    std::size_t num = 0;
    cce_completion done{};
    EXPECT_EQ(cce_poll(device.get(), nullptr, 1, 0, &num), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_poll(device.get(), &done, 0, 0, &num), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_poll(device.get(), &done, 1, 0, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(device.outstanding(), 0U);
}

TEST_F(Api, CallsAndSessionsMustAgree) {
    const std::array<std::uint8_t, 32> pair{1};
    const Room room;
    cce_aead_request aead = room.aead(CCE_MODE_GCM, CCE_ENCRYPT);
    cce_mac_request mac = room.mac(CCE_MODE_CMAC);
    cce_key_wrap_request wrap = room.key_wrap(CCE_ENCRYPT);
    cce_request request{};
    request.source = text.data();
    request.destination = text.data();
    request.length = 16;
    std::size_t num = 0;
    for (int i = 0; i < CCE_MODE_COUNT; ++i) {
        const auto mode = static_cast<cce_mode>(i);
        SCOPED_TRACE(cce_mode_name(mode));
        const std::span<const std::uint8_t> bytes =
            mode == CCE_MODE_XTS ? std::span<const std::uint8_t>(pair) : std::span<const std::uint8_t>(key);
        const bool is_aead = mode == CCE_MODE_GCM || mode == CCE_MODE_CCM;
        const bool is_mac = mode == CCE_MODE_GCM || mode == CCE_MODE_CMAC;
        const bool is_wrap = mode == CCE_MODE_KW || mode == CCE_MODE_KWP;
        const auto expect = [](bool fits, cce_status status) {
            EXPECT_EQ(status == CCE_ERROR_SESSION, !fits) << cce_strerror(status);
        };
        cce::Session encryptor(device, mode, CCE_ENCRYPT, bytes);
        cce::Session decryptor(device, mode, CCE_DECRYPT, bytes);
        for (cce::Session* session : {&encryptor, &decryptor}) {
            const bool encrypts = session == &encryptor;
            expect(mode <= CCE_MODE_XTS,
                   cce_cipher_run(session->get(), iv.data(), text.data(), text.data(), 16, nullptr));
            expect(is_aead && encrypts, cce_aead_seal(session->get(), &aead, nullptr));
            expect(is_aead && !encrypts, cce_aead_open(session->get(), &aead, nullptr));
            expect(is_mac && encrypts, cce_mac_generate(session->get(), &mac, nullptr));
            expect(is_mac && !encrypts, cce_mac_verify(session->get(), &mac, nullptr));
            expect(is_wrap && encrypts, cce_key_wrap(session->get(), &wrap, &num, nullptr));
            expect(is_wrap && !encrypts, cce_key_unwrap(session->get(), &wrap, &num, nullptr));
            if (mode > CCE_MODE_XTS) {
                EXPECT_EQ(cce_submit(session->get(), &request), CCE_ERROR_SESSION);
            }
            if (!is_aead) {
                EXPECT_EQ(cce_submit_aead(session->get(), &aead), CCE_ERROR_SESSION);
            }
            if (!is_mac) {
                EXPECT_EQ(cce_submit_mac(session->get(), &mac), CCE_ERROR_SESSION);
            }
            if (!is_wrap) {
                EXPECT_EQ(cce_submit_key_wrap(session->get(), &wrap), CCE_ERROR_SESSION);
            }
        }
    }
    EXPECT_EQ(device.outstanding(), 0U);
}

TEST_F(Api, XtsLengths) {
    std::array<std::uint8_t, 32> pair{1};
    cce::Session session(device, CCE_MODE_XTS, CCE_ENCRYPT, pair);
    std::vector<std::uint8_t> bytes(std::size_t{CCE_XTS_BYTES_MAX} + 16);
    const auto run = [&](std::size_t length) {
        return cce_cipher_run(session.get(), iv.data(), bytes.data(), bytes.data(), length, nullptr);
    };
    for (std::size_t length = 0; length < 40; ++length) {
        EXPECT_EQ(run(length), length < 16 ? CCE_ERROR_LENGTH : CCE_OK) << length;
    }
    EXPECT_EQ(run(CCE_XTS_BYTES_MAX), CCE_OK);
    EXPECT_EQ(run(std::size_t{CCE_XTS_BYTES_MAX} + 1), CCE_ERROR_LENGTH);
    cce_request request{};
    request.source = bytes.data();
    request.destination = bytes.data();
    request.length = 15;
    EXPECT_EQ(cce_submit(session.get(), &request), CCE_ERROR_LENGTH);
}

TEST_F(Api, AeadLengths) {
    for (const cce_mode mode : {CCE_MODE_GCM, CCE_MODE_CCM}) {
        const bool gcm = mode == CCE_MODE_GCM;
        for (const cce_direction direction : {CCE_ENCRYPT, CCE_DECRYPT}) {
            cce::Session session(device, mode, direction, key);
            const Room room;
            const auto call = [&](const cce_aead_request& request) {
                const cce_status status = direction == CCE_ENCRYPT ? cce_aead_seal(session.get(), &request, nullptr)
                                                                   : cce_aead_open(session.get(), &request, nullptr);
                if (status != CCE_OK) {
                    EXPECT_STRNE(cce_error_message(device.get()), "");
                }
                // A tag of zeros is wrong, but only after all lengths were right.
                return status == CCE_ERROR_TAG ? CCE_OK : status;
            };
            cce_aead_request request = room.aead(mode, direction);
            EXPECT_EQ(call(request), CCE_OK);
            for (std::size_t length = 0; length <= 20; ++length) {
                request = room.aead(mode, direction);
                request.tag_length = length;
                const bool good = gcm ? length == 4 || length == 8 || (length >= 12 && length <= 16)
                                      : length >= 4 && length <= 16 && length % 2 == 0;
                EXPECT_EQ(call(request), good ? CCE_OK : CCE_ERROR_TAG_LENGTH) << length;
            }
            for (std::size_t length = 0; length <= 40; ++length) {
                request = room.aead(mode, direction);
                request.iv_length = length;
                const bool good = gcm ? length >= 1 : length >= 7 && length <= 13;
                EXPECT_EQ(call(request), good ? CCE_OK : CCE_ERROR_IV_LENGTH) << length;
            }
            const std::size_t needed = direction == CCE_ENCRYPT ? 32 + 16 : 32 - 16;
            for (std::size_t length = 0; length <= 64; ++length) {
                request = room.aead(mode, direction);
                request.destination_length = length;
                EXPECT_EQ(call(request), length < needed ? CCE_ERROR_BUFFER : CCE_OK) << length;
            }
            for (std::size_t length = 0; length <= 20; ++length) {
                request = room.aead(mode, direction);
                request.source_length = length;
                const bool good = direction == CCE_ENCRYPT || length >= 16;
                EXPECT_EQ(call(request), good ? CCE_OK : CCE_ERROR_LENGTH) << length;
            }
            request = room.aead(mode, direction);
            request.aad_length = std::size_t{CCE_MESSAGE_BYTES_MAX} + 1;
            EXPECT_EQ(call(request), CCE_ERROR_LENGTH);
            request = room.aead(mode, direction);
            request.source_length = std::size_t{CCE_MESSAGE_BYTES_MAX} + 17;
            EXPECT_EQ(call(request), CCE_ERROR_LENGTH);
            for (const auto member : {&cce_aead_request::iv, &cce_aead_request::aad, &cce_aead_request::source}) {
                request = room.aead(mode, direction);
                request.*member = nullptr;
                EXPECT_EQ(call(request), CCE_ERROR_ARGUMENT);
            }
            request = room.aead(mode, direction);
            request.destination = nullptr;
            EXPECT_EQ(call(request), CCE_ERROR_ARGUMENT);
            request = room.aead(mode, direction);
            request.source = request.destination + 1;
            EXPECT_EQ(call(request), CCE_ERROR_OVERLAP);
            request = room.aead(mode, direction);
            request.aad = request.destination;
            EXPECT_EQ(call(request), CCE_ERROR_OVERLAP);
            EXPECT_EQ(cce_submit_aead(session.get(), nullptr), CCE_ERROR_ARGUMENT);
            request = room.aead(mode, direction);
            request.aad_length = CCE_SUBMIT_BYTES_MAX;
            EXPECT_EQ(cce_submit_aead(session.get(), &request), CCE_ERROR_LENGTH);
        }
    }
    EXPECT_EQ(device.outstanding(), 0U);
}

TEST_F(Api, CcmTextMustFitBehindTheNonce) {
    cce::Session session(device, CCE_MODE_CCM, CCE_ENCRYPT, key);
    std::vector<std::uint8_t> bytes(65536 + 16);
    const std::array<std::uint8_t, 13> nonce{};
    const auto seal = [&](std::size_t nonce_length, std::size_t length) {
        const cce_aead_request request{0,      nonce.data(), nonce_length, nullptr, 0, bytes.data(),
                                       length, bytes.data(), bytes.size(), 16};
        return cce_aead_seal(session.get(), &request, nullptr);
    };
    EXPECT_EQ(seal(13, 65535), CCE_OK);
    EXPECT_EQ(seal(13, 65536), CCE_ERROR_LENGTH);
    EXPECT_EQ(seal(12, 65536), CCE_OK);
}

TEST_F(Api, MacLengths) {
    for (const cce_mode mode : {CCE_MODE_CMAC, CCE_MODE_GCM}) {
        const bool gmac = mode == CCE_MODE_GCM;
        cce::Session generator(device, mode, CCE_ENCRYPT, key);
        cce::Session verifier(device, mode, CCE_DECRYPT, key);
        const Room room;
        for (std::size_t length = 0; length <= 20; ++length) {
            cce_mac_request request = room.mac(mode);
            request.mac_length = length;
            const bool good =
                gmac ? length == 4 || length == 8 || (length >= 12 && length <= 16) : length >= 1 && length <= 16;
            EXPECT_EQ(cce_mac_generate(generator.get(), &request, nullptr), good ? CCE_OK : CCE_ERROR_TAG_LENGTH);
            EXPECT_EQ(cce_mac_verify(verifier.get(), &request, nullptr), good ? CCE_ERROR_TAG : CCE_ERROR_TAG_LENGTH);
        }
        cce_mac_request request = room.mac(mode);
        request.iv_length = gmac ? 0 : 1;
        EXPECT_EQ(cce_mac_generate(generator.get(), &request, nullptr), CCE_ERROR_IV_LENGTH);
        request = room.mac(mode);
        request.message = nullptr;
        EXPECT_EQ(cce_mac_generate(generator.get(), &request, nullptr), CCE_ERROR_ARGUMENT);
        request.message_length = 0;
        EXPECT_EQ(cce_mac_generate(generator.get(), &request, nullptr), CCE_OK);
        request = room.mac(mode);
        request.mac = nullptr;
        EXPECT_EQ(cce_mac_generate(generator.get(), &request, nullptr), CCE_ERROR_ARGUMENT);
        request = room.mac(mode);
        request.expected = nullptr;
        EXPECT_EQ(cce_mac_verify(verifier.get(), &request, nullptr), CCE_ERROR_ARGUMENT);
        request.message_length = std::size_t{CCE_MESSAGE_BYTES_MAX} + 1;
        EXPECT_EQ(cce_mac_verify(verifier.get(), &request, nullptr), CCE_ERROR_LENGTH);
        EXPECT_EQ(cce_mac_verify(verifier.get(), nullptr, nullptr), CCE_ERROR_ARGUMENT);
    }
}

TEST_F(Api, KeyWrapLengths) {
    for (const cce_mode mode : {CCE_MODE_KW, CCE_MODE_KWP}) {
        const bool padded = mode == CCE_MODE_KWP;
        cce::Session wrapper(device, mode, CCE_ENCRYPT, key);
        cce::Session unwrapper(device, mode, CCE_DECRYPT, key);
        std::vector<std::uint8_t> source(5000);
        std::vector<std::uint8_t> destination(5000);
        std::size_t num = 0;
        for (std::size_t length = 0; length <= 4200; length += length < 80 || length >= 4080 ? 1 : 8) {
            cce_key_wrap_request request{0, source.data(), length, destination.data(), destination.size()};
            const std::size_t result = (length + 7) / 8 * 8 + 8;
            const bool wraps = length <= 4096 && (padded ? length >= 1 : length >= 16 && length % 8 == 0);
            EXPECT_EQ(cce_key_wrap(wrapper.get(), &request, &num, nullptr), wraps ? CCE_OK : CCE_ERROR_LENGTH);
            if (wraps) {
                EXPECT_EQ(num, result);
                request.destination_length = result - 1;
                EXPECT_EQ(cce_key_wrap(wrapper.get(), &request, &num, nullptr), CCE_ERROR_BUFFER);
            }
            const bool unwraps = length % 8 == 0 && length <= 4104 && length >= (padded ? 16U : 24U);
            request.destination_length = destination.size();
            EXPECT_EQ(cce_key_unwrap(unwrapper.get(), &request, &num, nullptr),
                      unwraps ? CCE_ERROR_TAG : CCE_ERROR_LENGTH);
            if (unwraps) {
                request.destination_length = length - 9;
                EXPECT_EQ(cce_key_unwrap(unwrapper.get(), &request, &num, nullptr), CCE_ERROR_BUFFER);
            }
        }
        cce_key_wrap_request request{0, source.data(), 16, source.data() + 8, 24};
        EXPECT_EQ(cce_key_wrap(wrapper.get(), &request, &num, nullptr), CCE_ERROR_OVERLAP);
        request.destination = source.data();
        EXPECT_EQ(cce_key_wrap(wrapper.get(), &request, nullptr, nullptr), CCE_ERROR_ARGUMENT);
        request.source = nullptr;
        EXPECT_EQ(cce_key_wrap(wrapper.get(), &request, &num, nullptr), CCE_ERROR_ARGUMENT);
        EXPECT_EQ(cce_key_wrap(wrapper.get(), nullptr, &num, nullptr), CCE_ERROR_ARGUMENT);
    }
}

TEST(Null, EveryFunctionAnswersANullDevice) {
    std::size_t num = 0;
    cce_completion done{};
    cce_information information{};
    EXPECT_EQ(cce_query(nullptr, &information), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_poll(nullptr, &done, 1, 0, &num), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_submit(nullptr, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_submit_aead(nullptr, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_submit_mac(nullptr, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_submit_key_wrap(nullptr, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_aead_seal(nullptr, nullptr, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_aead_open(nullptr, nullptr, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mac_generate(nullptr, nullptr, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_mac_verify(nullptr, nullptr, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_key_wrap(nullptr, nullptr, &num, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_key_unwrap(nullptr, nullptr, &num, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_probe(nullptr, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_outstanding(nullptr), 0U);
}

}  // namespace
