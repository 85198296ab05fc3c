// SPDX-License-Identifier: Apache-2.0
//
// A library context of OpenSSL with the provider in it, set up by a configuration file, and what the tests ask of it.

#pragma once

#include <gtest/gtest.h>
#include <openssl/async.h>
#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace cce::provider::test {

using Bytes = std::vector<std::uint8_t>;

struct Free {
    void operator()(OSSL_LIB_CTX* context) const noexcept { OSSL_LIB_CTX_free(context); }
    void operator()(OSSL_PROVIDER* provider) const noexcept { OSSL_PROVIDER_unload(provider); }
    void operator()(EVP_CIPHER* cipher) const noexcept { EVP_CIPHER_free(cipher); }
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
    void operator()(EVP_MAC* mac) const noexcept { EVP_MAC_free(mac); }
    void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER, Free>;
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Free>;

/// A backend to test with: "software", or "in-process:model".
[[nodiscard]] inline std::string backend_under_test() {
    const char* name = std::getenv("CCE_PROVIDER_TEST_BACKEND");
    return name == nullptr ? "software" : name;
}

class Library {
public:
    explicit Library(std::size_t cpu_below, const std::string& backend = backend_under_test(),
                     const std::string& properties = "") {
        std::array<char, 32> name{"/tmp/cce-provider-test-XXXXXX"};
        const int descriptor = ::mkstemp(name.data());
        EXPECT_GE(descriptor, 0);
        ::close(descriptor);
        const std::size_t colon = backend.find(':');
        std::ofstream(name.data()) << "openssl_conf = init\n[init]\nproviders = providers\nalg_section = algorithms\n"
                                      "[providers]\ndefault = default_provider\ncce = cce_provider\n"
                                      "[default_provider]\nactivate = 1\n"
                                      "[cce_provider]\nactivate = 1\nmodule = "
                                   << CCE_PROVIDER_MODULE << "\nbackend = " << backend.substr(0, colon) << "\nengine = "
                                   << (colon == std::string::npos ? "model" : backend.substr(colon + 1))
                                   << "\ncpu-below = " << cpu_below << "\n[algorithms]\n"
                                   << (properties.empty() ? "" : "default_properties = " + properties + "\n");
        context_.reset(OSSL_LIB_CTX_new());
        good_ = OSSL_LIB_CTX_load_config(context_.get(), name.data()) == 1 &&
                OSSL_PROVIDER_available(context_.get(), "cce") == 1;
        ::unlink(name.data());
        if (good_) {
            provider_.reset(OSSL_PROVIDER_try_load(context_.get(), "cce", 1));
        }
    }

    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] OSSL_LIB_CTX* context() const { return context_.get(); }

    [[nodiscard]] Cipher cipher(const std::string& name, const std::string& provider) const {
        Cipher cipher(EVP_CIPHER_fetch(context_.get(), name.c_str(), ("provider=" + provider).c_str()));
        EXPECT_NE(cipher, nullptr) << name << " of " << provider;
        return cipher;
    }

    [[nodiscard]] MacContext mac(const std::string& name, const std::string& provider) const {
        const std::unique_ptr<EVP_MAC, Free> mac(
            EVP_MAC_fetch(context_.get(), name.c_str(), ("provider=" + provider).c_str()));
        EXPECT_NE(mac, nullptr) << name << " of " << provider;
        return MacContext(EVP_MAC_CTX_new(mac.get()));
    }

    /// One of the provider's counts.
    [[nodiscard]] std::uint64_t count(const char* name) const {
        std::uint64_t value = 0;
        std::array<OSSL_PARAM, 2> params{OSSL_PARAM_construct_uint64(name, &value), OSSL_PARAM_construct_end()};
        EXPECT_EQ(OSSL_PROVIDER_get_params(provider_.get(), params.data()), 1);
        return value;
    }
    [[nodiscard]] std::uint64_t engine_requests() const { return count("cce-engine-requests"); }
    [[nodiscard]] std::uint64_t cpu_requests() const { return count("cce-cpu-requests"); }

    [[nodiscard]] std::string report() const {
        std::array<char, 4096> text{};
        std::array<OSSL_PARAM, 2> params{OSSL_PARAM_construct_utf8_string("cce-report", text.data(), text.size()),
                                         OSSL_PARAM_construct_end()};
        EXPECT_EQ(OSSL_PROVIDER_get_params(provider_.get(), params.data()), 1);
        return text.data();
    }

private:
    std::unique_ptr<OSSL_LIB_CTX, Free> context_;
    std::unique_ptr<OSSL_PROVIDER, Free> provider_;
    bool good_ = false;
};

/// The reason of the last error, and an empty queue.
[[nodiscard]] inline std::string last_reason() {
    const unsigned long code = ERR_peek_last_error();
    const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
    ERR_clear_error();
    return text == nullptr ? "" : text;
}

/// All of the last error, for messages.
[[nodiscard]] inline std::string last_error() {
    const char* data = nullptr;
    int flags = 0;
    const unsigned long code = ERR_peek_last_error_data(&data, &flags);
    const char* reason = ERR_reason_error_string(code);
    return std::string(reason == nullptr ? "no error" : reason) + ((flags & ERR_TXT_STRING) != 0 ? ": " : "") +
           ((flags & ERR_TXT_STRING) != 0 ? data : "");
}

/// Work as an asynchronous job. The job's argument is a pointer to it.
struct AsyncTask {
    std::function<Bytes()> work;  ///< nothing: it failed
    Bytes out{};
};
inline int run_task(void* argument) {
    AsyncTask& task = **static_cast<AsyncTask**>(argument);
    task.out = task.work();
    return task.out.empty() ? 0 : 1;
}

/// The one descriptor by which a paused job is woken.
[[nodiscard]] inline OSSL_ASYNC_FD descriptor_of(ASYNC_WAIT_CTX* wait) {
    OSSL_ASYNC_FD descriptor = -1;
    std::size_t number = 0;
    EXPECT_EQ(ASYNC_WAIT_CTX_get_all_fds(wait, nullptr, &number), 1);
    EXPECT_EQ(number, 1U);
    if (number == 1) {
        EXPECT_EQ(ASYNC_WAIT_CTX_get_all_fds(wait, &descriptor, &number), 1);
    }
    return descriptor;
}

/// Runs a job to its end, and sleeps while it is paused.
inline void run_as_job(AsyncTask& task) {
    AsyncTask* argument = &task;
    ASYNC_JOB* job = nullptr;
    ASYNC_WAIT_CTX* wait = ASYNC_WAIT_CTX_new();
    int result = 0;
    int state = ASYNC_PAUSE;
    while ((state = ASYNC_start_job(&job, wait, &result, run_task, static_cast<void*>(&argument), sizeof(argument))) ==
           ASYNC_PAUSE) {
        pollfd waiting{descriptor_of(wait), POLLIN, 0};
        ASSERT_GT(::poll(&waiting, 1, 60'000), 0) << "the job was not woken";
    }
    EXPECT_EQ(state, ASYNC_FINISH);
    EXPECT_EQ(result, 1);
    ASYNC_WAIT_CTX_free(wait);
    ASYNC_cleanup_thread();
}

/// Random choices; the seed is printed, CCE_TEST_SEED takes it.
class Dice {
public:
    Dice() : seed_(seed()), engine_(seed_) { ::testing::Test::RecordProperty("seed", std::to_string(seed_)); }

    [[nodiscard]] std::size_t below(std::size_t end) {
        return std::uniform_int_distribution<std::size_t>(0, end - 1)(engine_);
    }
    [[nodiscard]] bool coin() { return below(2) == 0; }
    [[nodiscard]] Bytes bytes(std::size_t length) {
        Bytes result(length);
        for (std::uint8_t& byte : result) {
            byte = static_cast<std::uint8_t>(engine_());
        }
        return result;
    }
    /// Lengths of pieces that make up `length`; some are 0.
    [[nodiscard]] std::vector<std::size_t> split(std::size_t length) {
        std::vector<std::size_t> pieces;
        const bool whole = below(3) == 0;
        while (length > 0) {
            const std::size_t piece = whole ? length : std::min(length, below(3) == 0 ? below(40) : below(length + 1));
            pieces.push_back(piece);
            length -= piece;
        }
        return pieces;
    }
    [[nodiscard]] unsigned long value() const { return seed_; }

private:
    static unsigned long seed() {
        const char* text = std::getenv("CCE_TEST_SEED");
        const unsigned long value = text == nullptr ? std::random_device{}() : std::strtoul(text, nullptr, 0);
        std::printf("CCE_TEST_SEED=%lu\n", value);
        return value;
    }
    unsigned long seed_;
    std::mt19937_64 engine_;
};

}  // namespace cce::provider::test
