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
    for (int status = CCE_OK; status <= CCE_ERROR_INTERNAL; ++status) {
        sentences.insert(cce_strerror(static_cast<cce_status>(status)));
    }
    EXPECT_EQ(sentences.size(), static_cast<std::size_t>(CCE_ERROR_INTERNAL) + 1);
    EXPECT_EQ(sentences.count("unknown status"), 0U);
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
    const std::array<std::uint8_t, 33> bytes{};
    for (std::size_t length = 0; length <= bytes.size(); ++length) {
        const bool good = length == 16 || length == 24 || length == 32;
        EXPECT_EQ(create(CCE_MODE_ECB, CCE_ENCRYPT, bytes.data(), length), good ? CCE_OK : CCE_ERROR_KEY_LENGTH);
    }
    EXPECT_EQ(create(CCE_MODE_ECB, CCE_ENCRYPT, nullptr, 16), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(create(static_cast<cce_mode>(3), CCE_ENCRYPT, bytes.data(), 16), CCE_ERROR_ARGUMENT);
    EXPECT_STRNE(cce_error_message(device.get()), "");
    EXPECT_EQ(cce_session_create(nullptr, device.get(), CCE_MODE_ECB, CCE_ENCRYPT, bytes.data(), 16),
              CCE_ERROR_ARGUMENT);
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

TEST(Null, EveryFunctionAnswersANullDevice) {
    std::size_t num = 0;
    cce_completion done{};
    cce_information information{};
    EXPECT_EQ(cce_query(nullptr, &information), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_poll(nullptr, &done, 1, 0, &num), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_submit(nullptr, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_probe(nullptr, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_outstanding(nullptr), 0U);
}

}  // namespace
