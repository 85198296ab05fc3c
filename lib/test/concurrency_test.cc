// SPDX-License-Identifier: Apache-2.0
//
// Many requests and many threads: depth, batches, the descriptor, callbacks, futures, threads that share sessions, the
// threshold. On every backend that can be opened here.

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <set>
#include <thread>

#include "backends.h"
#include "cce/cce.hpp"
#include "reference.h"

namespace {

namespace reference = cce::reference;
using reference::Bytes;
using std::chrono::milliseconds;

constexpr milliseconds forever{-1};

bool readable(int descriptor, int timeout_ms) {
    pollfd one{descriptor, POLLIN, 0};
    return poll(&one, 1, timeout_ms) == 1 && (one.revents & POLLIN) != 0;
}

cce_options options_for(const std::string& backend) {
    cce_options options = CCE_OPTIONS_INIT;
    options.backend = backend.c_str();
    options.engine = "model";
    return options;
}

/// Requests in CTR mode, each with a counter block and a text of its own.
class Load {
public:
    Load(const Bytes& key, std::size_t count, std::size_t bytes) : ivs_(count), texts_(count), expected_(count) {
        for (std::size_t i = 0; i < count; ++i) {
            ivs_[i].assign(16, 0);
            for (std::size_t j = 0; j < 4; ++j) ivs_[i][j] = static_cast<std::uint8_t>(i >> (8 * j));
            texts_[i].assign(bytes, static_cast<std::uint8_t>(i));
            expected_[i] = reference::cbc_or_ctr(true, key, ivs_[i], texts_[i], true);
            segments_.push_back(cce::segment(std::span<std::uint8_t>(texts_[i])));
        }
    }
    [[nodiscard]] cce_operation operation(const cce::Session& session, std::size_t i) const {
        cce_operation result = cce::operation(session, ivs_[i], {&segments_[i], 1}, {&segments_[i], 1});
        result.cookie = i;
        return result;
    }
    [[nodiscard]] std::size_t count() const { return texts_.size(); }
    [[nodiscard]] bool is_right(std::size_t i) const { return texts_[i] == expected_[i]; }
    [[nodiscard]] std::size_t wrong() const {
        std::size_t result = 0;
        for (std::size_t i = 0; i < count(); ++i) result += is_right(i) ? 0 : 1;
        return result;
    }

private:
    std::vector<Bytes> ivs_;
    std::vector<Bytes> texts_;
    std::vector<Bytes> expected_;
    std::vector<cce::Segment> segments_;
};

class Concurrency : public ::testing::TestWithParam<std::string> {
protected:
    [[nodiscard]] bool is_slow() const { return GetParam() == "in-process"; }
    const Bytes key = Bytes(32, 7);
};

TEST_P(Concurrency, ThousandsInFlightFromOneThread) {
    cce_options options = options_for(GetParam());
    options.queue_depth = CCE_QUEUE_DEPTH_MAX;
    cce::Device device(options);
    EXPECT_EQ(device.information().queue_depth, static_cast<std::size_t>(CCE_QUEUE_DEPTH_MAX));
    cce::Session session(device, CCE_MODE_CTR, CCE_ENCRYPT, key);
    const Load load(key, CCE_QUEUE_DEPTH_MAX + 10, 64);
    std::vector<cce_operation> all;
    for (std::size_t i = 0; i < load.count(); ++i) all.push_back(load.operation(session, i));
    EXPECT_EQ(device.submit(all), static_cast<std::size_t>(CCE_QUEUE_DEPTH_MAX));
    EXPECT_EQ(device.outstanding(), static_cast<std::size_t>(CCE_QUEUE_DEPTH_MAX));
    const std::string message = cce_error_message(device.get());
    EXPECT_NE(message.find("4096"), std::string::npos) << message;
    std::set<std::uint64_t> cookies;
    std::array<cce_completion, 100> done{};
    std::size_t next = CCE_QUEUE_DEPTH_MAX;
    while (device.outstanding() > 0) {
        for (const cce_completion& one : device.poll(done, forever)) {
            EXPECT_EQ(one.status, CCE_OK);
            EXPECT_TRUE(load.is_right(one.cookie));
            EXPECT_TRUE(cookies.insert(one.cookie).second);
        }
        next += device.submit(std::span(all).subspan(next));
    }
    EXPECT_EQ(cookies.size(), load.count());
}

TEST_P(Concurrency, BatchStopsAtTheFirstWrongRequest) {
    cce::Device device(options_for(GetParam()));
    cce::Device other("software");
    cce::Session session(device, CCE_MODE_CTR, CCE_ENCRYPT, key);
    cce::Session foreign(other, CCE_MODE_CTR, CCE_ENCRYPT, key);
    const Load load(key, 5, 32);
    std::vector<cce_operation> batch;
    for (std::size_t i = 0; i < 5; ++i) batch.push_back(load.operation(session, i));
    batch[3].iv_length = 3;
    std::size_t accepted = 0;
    EXPECT_EQ(cce_submit_batch(device.get(), batch.data(), 5, &accepted), CCE_ERROR_IV_LENGTH);
    EXPECT_EQ(accepted, 3U);
    batch[4].session = foreign.get();
    EXPECT_EQ(cce_submit_batch(device.get(), &batch[4], 1, &accepted), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(accepted, 0U);
    EXPECT_EQ(cce_submit_batch(device.get(), nullptr, 1, &accepted), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_submit_batch(device.get(), batch.data(), 5, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_submit_batch(nullptr, batch.data(), 5, &accepted), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_submit_batch(device.get(), nullptr, 0, &accepted), CCE_OK);
    std::array<cce_completion, 8> done{};
    std::size_t seen = 0;
    while (device.outstanding() > 0) seen += device.poll(done, forever).size();
    EXPECT_EQ(seen, 3U);
    EXPECT_EQ(load.wrong(), 2U);
}

TEST_P(Concurrency, WaitForOneOfMany) {
    cce::Device device(options_for(GetParam()));
    cce::Session session(device, CCE_MODE_CTR, CCE_ENCRYPT, key);
    const Load load(key, 10, 48);
    std::vector<cce_operation> batch;
    for (std::size_t i = 0; i < 10; ++i) batch.push_back(load.operation(session, i));
    EXPECT_EQ(device.submit(batch), 10U);
    for (const std::size_t i : {7U, 0U, 9U}) {
        EXPECT_EQ(device.wait(i, forever).cookie, i);
        EXPECT_TRUE(load.is_right(i));
    }
    cce_completion completion{};
    EXPECT_EQ(cce_wait(device.get(), 7, -1, &completion), CCE_ERROR_ARGUMENT);  // collected
    EXPECT_EQ(cce_wait(device.get(), 99, 0, &completion), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_wait(device.get(), 1, -1, nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_wait(nullptr, 1, -1, &completion), CCE_ERROR_ARGUMENT);
    std::array<cce_completion, 16> done{};
    std::size_t seen = 0;
    while (device.outstanding() > 0) seen += device.poll(done, forever).size();
    EXPECT_EQ(seen, 7U);
}

TEST_P(Concurrency, DescriptorIsReadableWhenThereIsSomething) {
    cce::Device device(options_for(GetParam()));
    const int descriptor = device.descriptor();
    EXPECT_EQ(device.descriptor(), descriptor);
    EXPECT_FALSE(readable(descriptor, 0));
    cce::Session session(device, CCE_MODE_CTR, CCE_ENCRYPT, key);
    const Load load(key, 200, 64);
    std::array<cce_completion, 3> done{};
    std::size_t next = 0;
    std::size_t seen = 0;
    // As an event loop does it: only what the descriptor announced is collected, without waiting.
    while (seen < load.count()) {
        while (next < load.count() && device.outstanding() < 50) {
            const cce_operation one = load.operation(session, next++);
            ASSERT_EQ(device.submit({&one, 1}), 1U);
        }
        ASSERT_TRUE(readable(descriptor, 20'000)) << "nothing announced, " << seen << " collected";
        seen += device.poll(done, milliseconds(0)).size();
    }
    EXPECT_EQ(load.wrong(), 0U);
    EXPECT_FALSE(readable(descriptor, 0));

    // Requests that end at once are announced as well.
    cce_request empty{};
    ASSERT_EQ(cce_submit(session.get(), &empty), CCE_OK);
    EXPECT_TRUE(readable(descriptor, 0));
    EXPECT_EQ(device.poll(done, milliseconds(0)).size(), 1U);
    EXPECT_FALSE(readable(descriptor, 0));
    EXPECT_EQ(cce_descriptor(device.get(), nullptr), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_descriptor(nullptr, nullptr), CCE_ERROR_ARGUMENT);
}

struct Called {
    cce_device* device = nullptr;
    std::thread::id thread{};
    std::vector<cce_completion> completions{};
    static void call(void* argument, const cce_completion* completion) {
        auto* const self = static_cast<Called*>(argument);
        self->thread = std::this_thread::get_id();
        self->completions.push_back(*completion);
        // No lock is held.
        static_cast<void>(cce_outstanding(self->device));
    }
};

TEST_P(Concurrency, CallbacksComeInPollAndNowhereElse) {
    cce::Device device(options_for(GetParam()));
    cce::Session session(device, CCE_MODE_CTR, CCE_ENCRYPT, key);
    const Load load(key, 6, 64);
    Called called{device.get()};
    std::vector<cce_operation> batch;
    for (std::size_t i = 0; i < 6; ++i) {
        batch.push_back(load.operation(session, i));
        if (i % 2 == 0) {
            batch.back().callback = &Called::call;
            batch.back().callback_argument = &called;
        }
    }
    static_cast<void>(device.descriptor());  // a worker thread, where there is one, must not call
    EXPECT_EQ(device.submit(batch), 6U);
    EXPECT_TRUE(readable(device.descriptor(), 20'000));
    std::this_thread::sleep_for(milliseconds(20));
    EXPECT_TRUE(called.completions.empty());
    std::size_t num = 9;
    while (called.completions.size() < 3) {
        ASSERT_EQ(cce_poll(device.get(), nullptr, 0, -1, &num), CCE_OK);
        EXPECT_EQ(num, 0U);
    }
    EXPECT_EQ(called.thread, std::this_thread::get_id());
    // Nothing with a callback is left: returns at once.
    ASSERT_EQ(cce_poll(device.get(), nullptr, 0, -1, &num), CCE_OK);
    EXPECT_EQ(device.outstanding(), 3U);
    std::array<cce_completion, 8> done{};
    std::size_t seen = 0;
    while (device.outstanding() > 0) {
        for (const cce_completion& one : device.poll(done, forever)) {
            EXPECT_EQ(one.cookie % 2, 1U);
            ++seen;
        }
    }
    EXPECT_EQ(seen, 3U);
    EXPECT_EQ(load.wrong(), 0U);
    EXPECT_EQ(cce_poll(device.get(), done.data(), 0, 0, &num), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(cce_poll(device.get(), nullptr, 1, 0, &num), CCE_ERROR_ARGUMENT);
}

TEST_P(Concurrency, Futures) {
    cce::Device device(options_for(GetParam()));
    cce::Session sealer(device, CCE_MODE_CTR, CCE_ENCRYPT, key);
    const Load load(key, 20, 64);
    std::vector<std::future<cce::Completion>> futures;
    {
        cce::Dispatcher dispatcher(device);
        for (std::size_t i = 0; i < load.count(); ++i) futures.push_back(dispatcher.submit(load.operation(sealer, i)));
        EXPECT_EQ(futures[3].get().cookie, 3U);
        cce_operation wrong = load.operation(sealer, 0);
        wrong.iv_length = 1;
        EXPECT_THROW(static_cast<void>(dispatcher.submit(wrong)), cce::Error);
        // One that fails later: a forged MAC.
        if (device.information().mode_supported[CCE_MODE_CMAC] != 0) {
            cce::Session verifier(device, CCE_MODE_CMAC, CCE_DECRYPT, key);
            Bytes forged(40, 1);
            std::future<cce::Completion> failing = dispatcher.submit(verifier, {}, forged, {}, {}, 16);
            try {
                static_cast<void>(failing.get());
                ADD_FAILURE() << "a forgery was taken";
            } catch (const cce::Error& error) {
                EXPECT_EQ(error.status(), CCE_ERROR_TAG);
                EXPECT_STRNE(error.what(), "");
            }
        }
        // The dispatcher goes when all has ended.
    }
    for (std::size_t i = 0; i < futures.size(); ++i) {
        if (i == 3) continue;
        ASSERT_EQ(futures[i].wait_for(milliseconds(0)), std::future_status::ready);
        EXPECT_EQ(futures[i].get().cookie, i);
    }
    EXPECT_EQ(load.wrong(), 0U);
}

/// Four threads in calls that wait, and one that submits and collects: waiting for it, or as an event loop does.
void share_a_device(const std::string& backend, bool as_event_loop, bool is_slow, const Bytes& key) {
    cce::Device device(options_for(backend));
    cce::Session shared(device, CCE_MODE_CBC, CCE_ENCRYPT, key);
    const unsigned rounds = is_slow ? 8 : 200;
    std::atomic<unsigned> wrong{0};
    const auto work = [&](unsigned number) {
        const Bytes own_key(16, static_cast<std::uint8_t>(number));
        for (unsigned round = 0; round < rounds; ++round) {
            Bytes text(16 * (1 + (number + round) % 8), static_cast<std::uint8_t>(round));
            cce::Iv iv{static_cast<std::uint8_t>(number), static_cast<std::uint8_t>(round)};
            const Bytes start(iv.begin(), iv.end());
            const bool own = round % 2 == 0;
            const Bytes expected = reference::cbc_or_ctr(false, own ? own_key : key, start, text, true);
            if (own) {
                cce::Session session(device, CCE_MODE_CBC, CCE_ENCRYPT, own_key);
                session.run(iv, text, text);
            } else {
                shared.run(iv, text, text);
            }
            if (text != expected || !std::equal(iv.begin(), iv.end(), expected.end() - 16)) ++wrong;
        }
    };
    // One more submits and polls meanwhile.
    const Load load(key, is_slow ? 30 : 400, 80);
    cce::Session submitter(device, CCE_MODE_CTR, CCE_ENCRYPT, key);
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 4; ++i) threads.emplace_back(work, i);
    threads.emplace_back([&] {
        std::array<cce_completion, 5> done{};
        std::size_t next = 0;
        for (std::size_t seen = 0; seen < load.count();) {
            while (next < load.count() && next - seen < 16) {
                const cce_operation one = load.operation(submitter, next++);
                if (device.submit({&one, 1}) != 1) ++wrong;
            }
            if (as_event_loop) {
                static_cast<void>(readable(device.descriptor(), 20'000));
                seen += device.poll(done, milliseconds(0)).size();
            } else {
                seen += device.poll(done, forever).size();
            }
        }
    });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0U);
    EXPECT_EQ(load.wrong(), 0U);
    EXPECT_EQ(device.outstanding(), 0U);
}

TEST_P(Concurrency, ThreadsShareADeviceAndASession) {
    share_a_device(GetParam(), false, is_slow(), key);
}

TEST_P(Concurrency, AnEventLoopBesideThreadsThatWait) {
    share_a_device(GetParam(), true, is_slow(), key);
}

TEST_P(Concurrency, SeveralThreadsCollect) {
    for (const unsigned workers : {0U, 1U}) {
        if (GetParam() == "dev" && workers != 0) continue;
        SCOPED_TRACE(workers);
        cce_options options = options_for(GetParam());
        options.workers = workers;
        options.queue_depth = 200;
        cce::Device device(options);
        EXPECT_EQ(device.information().workers, workers);
        cce::Session session(device, CCE_MODE_CTR, CCE_ENCRYPT, key);
        const Load load(key, 200, 64);
        std::vector<cce_operation> batch;
        for (std::size_t i = 0; i < load.count(); ++i) batch.push_back(load.operation(session, i));
        ASSERT_EQ(device.submit(batch), load.count());
        std::atomic<std::size_t> seen{0};
        std::vector<std::thread> threads;
        for (unsigned i = 0; i < 3; ++i) {
            threads.emplace_back([&] {
                std::array<cce_completion, 4> done{};
                while (true) {
                    const std::size_t num = device.poll(done, forever).size();
                    if (num == 0) return;  // nothing is outstanding
                    seen += num;
                }
            });
        }
        for (std::thread& thread : threads) thread.join();
        EXPECT_EQ(seen, load.count());
        EXPECT_EQ(load.wrong(), 0U);
    }
}

TEST_P(Concurrency, BusySessionsAreNotDestroyed) {
    cce::Device device(options_for(GetParam()));
    cce::Session session(device, CCE_MODE_CTR, CCE_ENCRYPT, key);
    const Load load(key, 1, 64);
    const cce_operation one = load.operation(session, 0);
    ASSERT_EQ(device.submit({&one, 1}), 1U);
    EXPECT_EQ(cce_session_destroy(session.get()), CCE_ERROR_BUSY);
    EXPECT_STRNE(cce_error_message(device.get()), "");
    // Another thread has failed in nothing.
    std::thread([&] { EXPECT_STREQ(cce_error_message(device.get()), ""); }).join();
    EXPECT_EQ(device.wait(0, forever).status, CCE_OK);
}

TEST_P(Concurrency, ThresholdDecidesAndIsReported) {
    cce_options options = options_for(GetParam());
    options.cpu_below = 64;
    cce::Device device(options);
    const bool offloads = GetParam() != "software";
    EXPECT_EQ(device.information().cpu_below, offloads ? 64U : 0U);
    cce::Session session(device, CCE_MODE_CTR, CCE_ENCRYPT, key);
    cce::Session sealer(device, CCE_MODE_CBC, CCE_ENCRYPT, key);
    const auto executor = [&](std::size_t bytes) {
        Bytes text(bytes, 3);
        cce::Iv iv{};
        cce::Completion completion{};
        session.run(iv, text, text, &completion);
        EXPECT_EQ(text, reference::cbc_or_ctr(true, key, Bytes(16), Bytes(bytes, 3), true));
        cce_request request{};
        request.source = request.destination = text.data();
        request.length = bytes;
        EXPECT_EQ(cce_submit(session.get(), &request), CCE_OK);
        EXPECT_EQ(device.wait(0, forever).executed_by, completion.executed_by);
        EXPECT_EQ(text, Bytes(bytes, 3));
        return completion.executed_by;
    };
    EXPECT_EQ(executor(63), CCE_EXECUTOR_CPU);
    EXPECT_EQ(executor(16), CCE_EXECUTOR_CPU);
    EXPECT_EQ(executor(64), offloads ? CCE_EXECUTOR_BACKEND : CCE_EXECUTOR_CPU);
    EXPECT_EQ(executor(0), CCE_EXECUTOR_NONE);
    EXPECT_EQ(device.information().cpu_requests, offloads ? 4U : 6U);
    EXPECT_EQ(device.information().backend_requests, offloads ? 2U : 0U);
}

TEST(Options, WhatTheySayIsChecked) {
    const auto status = [](auto change) {
        static const std::string software = "software";
        cce_options options = options_for(software);
        change(options);
        cce_device* device = nullptr;
        cce_error error{};
        const cce_status result = cce_open(&device, &options, &error);
        EXPECT_EQ(result == CCE_OK, device != nullptr);
        EXPECT_EQ(result != CCE_OK, error.message[0] != 0);
        EXPECT_EQ(cce_close(device), CCE_OK);
        return result;
    };
    EXPECT_EQ(status([](cce_options&) {}), CCE_OK);
    EXPECT_EQ(status([](cce_options& o) { o.queue_depth = CCE_QUEUE_DEPTH_MAX + 1; }), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(status([](cce_options& o) { o.workers = CCE_WORKERS_MAX; }), CCE_OK);
    EXPECT_EQ(status([](cce_options& o) { o.workers = CCE_WORKERS_MAX + 1; }), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(status([](cce_options& o) { o.transport = "pigeon"; }), CCE_ERROR_ARGUMENT);
    EXPECT_EQ(status([](cce_options& o) { o.struct_bytes = sizeof(o) + 8; }), CCE_ERROR_ARGUMENT);
    // As a program gives them that was built when the structure had three members.
    EXPECT_EQ(status([](cce_options& o) {
                  o.struct_bytes = offsetof(cce_options, queue_depth);
                  o.queue_depth = ~std::size_t{0};
              }),
              CCE_OK);
}

TEST(Options, EnvironmentSaysTheThreshold) {
    ASSERT_EQ(setenv("CCE_CPU_BELOW", "12x", 1), 0);
    EXPECT_THROW(cce::Device("software"), cce::Error);
    ASSERT_EQ(setenv("CCE_CPU_BELOW", "4096", 1), 0);
    EXPECT_EQ(cce::Device("software").information().cpu_below, 0U);  // it is the CPU
    if (cce_probe("in-process", nullptr) == CCE_OK) {
        EXPECT_EQ(cce::Device("in-process", "model").information().cpu_below, 4096U);
        const std::string backend = "in-process";
        cce_options options = options_for(backend);
        options.cpu_below = 0;
        EXPECT_EQ(cce::Device(options).information().cpu_below, 0U);
    }
    ASSERT_EQ(unsetenv("CCE_CPU_BELOW"), 0);
}

/// A variable of the environment is not set for a while.
class WithoutVariable {
public:
    explicit WithoutVariable(const char* name) : name_(name) {
        if (const char* const value = std::getenv(name)) value_ = value;
        unsetenv(name);
    }
    ~WithoutVariable() {
        if (value_) setenv(name_, value_->c_str(), 1);
    }
    WithoutVariable(const WithoutVariable&) = delete;
    WithoutVariable& operator=(const WithoutVariable&) = delete;

private:
    const char* name_;
    std::optional<std::string> value_;
};

TEST(Dev, IsThereOrItsAbsenceIsExplained) {
    cce_error error{};
    const cce_status status = cce_probe("dev", &error);
    if (status == CCE_OK) {
        const WithoutVariable no_transport("CCE_DEV_TRANSPORT");
        const std::string backend = "dev";
        cce_options options = options_for(backend);
        options.transport = "ioctl";
        const std::string by_ioctl = cce::Device(options).information().description;
        EXPECT_NE(by_ioctl.find("ioctl"), std::string::npos) << by_ioctl;
        // By io_uring where the kernel has it; else the reason is told.
        const std::string by_itself = cce::Device(options_for(backend)).information().description;
        EXPECT_NE(by_itself.find("io_uring"), std::string::npos) << by_itself;
        options.transport = "io_uring";
        try {
            EXPECT_EQ(cce::Device(options).information().description, by_itself);
        } catch (const cce::Error& failure) {
            EXPECT_EQ(failure.status(), CCE_ERROR_BACKEND_UNAVAILABLE);
            EXPECT_NE(by_itself.find("ioctl"), std::string::npos) << by_itself;
            EXPECT_NE(by_itself.find(failure.what()), std::string::npos) << by_itself;
        }
        return;
    }
    EXPECT_TRUE(status == CCE_ERROR_BACKEND_UNAVAILABLE || status == CCE_ERROR_PERMISSION);
    EXPECT_NE(std::string(error.message).find("/dev/cce"), std::string::npos) << error.message;
    try {
        cce::Device device("dev");
        FAIL() << "a named backend must not be replaced";
    } catch (const cce::Error& failure) {
        EXPECT_EQ(failure.status(), status);
    }
    EXPECT_NE(std::string(cce::Device("auto").information().choice).find("/dev/cce"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(All, Concurrency, ::testing::ValuesIn(cce::test::backends()), cce::test::name_of);

}  // namespace
