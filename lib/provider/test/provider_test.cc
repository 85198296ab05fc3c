// SPDX-License-Identifier: Apache-2.0
//
// The provider as such: what it says of itself and of errors, thresholds, asynchronous jobs, threads, forks, its end.

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/rand.h>
#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "library.h"

namespace cce::provider::test {

namespace {

const Bytes key32(32, 0x42);
const Bytes iv16(16, 0x17);

/// AES-256-CTR of `text`, whose CPU result is known to the caller.
Bytes counter_text(const EVP_CIPHER* cipher, const Bytes& text) {
    const Context context(EVP_CIPHER_CTX_new());
    Bytes out(text.size());
    int length = 0;
    if (EVP_EncryptInit_ex(context.get(), cipher, nullptr, key32.data(), iv16.data()) != 1 ||
        EVP_EncryptUpdate(context.get(), out.data(), &length, text.data(), static_cast<int>(text.size())) != 1) {
        return {};
    }
    return out;
}

std::size_t entries_of(const char* folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(Provider, SaysWhatItIs) {
    const Library library(0);
    ASSERT_TRUE(library.good());
    std::unique_ptr<OSSL_PROVIDER, Free> provider(OSSL_PROVIDER_load(library.context(), "cce"));
    const char* name = nullptr;
    const char* version = nullptr;
    int status = 0;
    std::array<OSSL_PARAM, 4> params{
        OSSL_PARAM_construct_utf8_ptr(OSSL_PROV_PARAM_NAME, const_cast<char**>(&name), 0),
        OSSL_PARAM_construct_utf8_ptr(OSSL_PROV_PARAM_VERSION, const_cast<char**>(&version), 0),
        OSSL_PARAM_construct_int(OSSL_PROV_PARAM_STATUS, &status), OSSL_PARAM_construct_end()};
    ASSERT_EQ(OSSL_PROVIDER_get_params(provider.get(), params.data()), 1);
    EXPECT_STREQ(name, "Core Crypto Engine provider");
    EXPECT_NE(version, nullptr);
    EXPECT_EQ(status, 1);
    EXPECT_NE(library.report().find("\"engine_requests\": 0"), std::string::npos);
}

/// OpenSSL goes on without a provider that does not load, and says nothing; so the provider says it.
TEST(Provider, WrongConfigurationIsRefusedWithItsName) {
    ::testing::internal::CaptureStderr();
    const Library library(0, "no-such-backend");
    const std::string said = ::testing::internal::GetCapturedStderr();
    EXPECT_FALSE(library.good());
    EXPECT_NE(said.find("cce provider: not loaded: backend 'no-such-backend'"), std::string::npos) << said;
    ERR_clear_error();
}

TEST(Provider, ThresholdDecides) {
    const Library library(1000);
    const Cipher cipher = library.cipher("AES-256-CTR", "cce");
    EXPECT_FALSE(counter_text(cipher.get(), Bytes(992)).empty());
    EXPECT_EQ(library.engine_requests(), 0U);
    EXPECT_EQ(library.cpu_requests(), 1U);
    EXPECT_FALSE(counter_text(cipher.get(), Bytes(1008)).empty());
    EXPECT_EQ(library.engine_requests(), 1U);
    EXPECT_EQ(library.count("cce-engine-bytes"), 1008U);
    EXPECT_EQ(library.cpu_requests(), 1U);
    EXPECT_EQ(library.count("cce-cpu-bytes"), 992U);
}

TEST(Provider, LongTextsComeInPieces) {
    const Library library(0, "software");
    Bytes text((std::size_t{33} << 20) + 5, 0x3c);
    EXPECT_EQ(counter_text(library.cipher("AES-256-CTR", "cce").get(), text),
              counter_text(library.cipher("AES-256-CTR", "default").get(), text));
    EXPECT_GE(library.engine_requests(), 3U);
}

/// Encrypted by AES-256-GCM, with the tag behind it.
Bytes gcm_text(const EVP_CIPHER* cipher, const Bytes& text) {
    constexpr int tag_bytes = 16;
    const std::array<std::uint8_t, 32> key{1};
    const std::array<std::uint8_t, 12> iv{2};
    Bytes out(text.size() + tag_bytes);
    int length = 0;
    const Context context(EVP_CIPHER_CTX_new());
    EXPECT_EQ(EVP_EncryptInit_ex(context.get(), cipher, nullptr, key.data(), iv.data()), 1);
    EXPECT_EQ(EVP_EncryptUpdate(context.get(), out.data(), &length, text.data(), static_cast<int>(text.size())), 1)
        << last_error();
    EXPECT_EQ(length, static_cast<int>(text.size()));
    EXPECT_EQ(EVP_EncryptFinal_ex(context.get(), nullptr, &length), 1);
    EXPECT_EQ(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_bytes, &out[text.size()]), 1);
    return out;
}

/// Just what a way to the engine may take, and more: nobody notices.
TEST(Provider, TextsOfEveryLengthAreTaken) {
    const Library library(0);
    for (const std::size_t length : {65520U, 65536U, (1U << 20) - 16, 1U << 20, (1U << 20) + 1}) {
        const Bytes text(length, 0x3c);
        EXPECT_EQ(gcm_text(library.cipher("AES-256-GCM", "cce").get(), text),
                  gcm_text(library.cipher("AES-256-GCM", "default").get(), text))
            << length;
    }
    EXPECT_GE(library.engine_requests(), 1U);
}

/// A context of a cipher of the provider, for the errors below.
struct Faulty {
    explicit Faulty(const char* name) : cipher(library.cipher(name, "cce")), context(EVP_CIPHER_CTX_new()) {}
    int init(bool encrypt, const std::uint8_t* key, const std::uint8_t* iv) {
        return EVP_CipherInit_ex(context.get(), cipher.get(), nullptr, key, iv, encrypt ? 1 : 0);
    }
    int update(int bytes) { return EVP_CipherUpdate(context.get(), buffer.data(), &length, buffer.data(), bytes); }
    int finish() { return EVP_CipherFinal_ex(context.get(), buffer.data(), &length); }

    Library library{0};
    Cipher cipher;
    Context context;
    Bytes buffer = Bytes(1024);
    int length = 0;
};

TEST(Errors, HaveTheReasonsOfOpenSsl) {
    {
        Faulty ecb("AES-256-ECB");
        ASSERT_EQ(ecb.init(true, nullptr, nullptr), 1);
        EXPECT_NE(ecb.update(16), 1);
        EXPECT_EQ(last_reason(), "no key set");
    }
    {
        Faulty cbc("AES-256-CBC");
        ASSERT_EQ(cbc.init(false, key32.data(), iv16.data()), 1);
        ASSERT_EQ(cbc.update(17), 1);
        EXPECT_NE(cbc.finish(), 1);
        EXPECT_EQ(last_reason(), "wrong final block length");
    }
    {
        Faulty cbc("AES-256-CBC");
        ASSERT_EQ(cbc.init(false, key32.data(), iv16.data()), 1);
        ASSERT_EQ(cbc.update(32), 1);
        EXPECT_NE(cbc.finish(), 1);  // what zeros decrypt to is no padding
        EXPECT_EQ(last_reason(), "bad decrypt");
    }
    {
        Faulty xts("AES-128-XTS");
        EXPECT_NE(xts.init(true, key32.data(), iv16.data()), 1);
        EXPECT_EQ(last_reason(), "xts duplicated keys");
        Bytes key = key32;
        key[0] = 1;
        ASSERT_EQ(xts.init(true, key.data(), iv16.data()), 1);
        EXPECT_NE(xts.update(15), 1);
        EXPECT_EQ(last_reason(), "cipher operation failed");
    }
    {
        Faulty gcm("AES-256-GCM");
        ASSERT_EQ(gcm.init(false, key32.data(), iv16.data()), 1);
        ASSERT_EQ(gcm.update(100), 1);
        EXPECT_NE(gcm.finish(), 1);
        EXPECT_EQ(last_reason(), "tag not set");
        EXPECT_NE(EVP_CIPHER_CTX_ctrl(gcm.context.get(), EVP_CTRL_AEAD_GET_TAG, 16, gcm.buffer.data()), 1);
        EXPECT_EQ(last_reason(), "invalid tag");
        EXPECT_NE(EVP_CIPHER_CTX_ctrl(gcm.context.get(), EVP_CTRL_AEAD_SET_IVLEN, 129, nullptr), 1);
        EXPECT_EQ(last_reason(), "invalid iv length");
        Bytes aad(13);  // of a record of no bytes
        EXPECT_LE(EVP_CIPHER_CTX_ctrl(gcm.context.get(), EVP_CTRL_AEAD_TLS1_AAD, 13, aad.data()), 0);
        EXPECT_EQ(last_reason(), "invalid aad");
    }
    {
        Faulty gcm("AES-256-GCM");  // an IV is for one text
        ASSERT_EQ(gcm.init(true, key32.data(), iv16.data()), 1);
        ASSERT_EQ(gcm.update(100), 1);
        ASSERT_EQ(gcm.finish(), 1);
        EXPECT_NE(gcm.update(100), 1);
        EXPECT_EQ(last_reason(), "no iv set");
    }
    {
        Faulty ccm("AES-256-CCM");
        ASSERT_EQ(ccm.init(true, nullptr, nullptr), 1);
        EXPECT_NE(EVP_CIPHER_CTX_ctrl(ccm.context.get(), EVP_CTRL_AEAD_SET_TAG, 16, ccm.buffer.data()), 1);
        EXPECT_EQ(last_reason(), "tag not needed");
    }
    {
        Faulty wrap("AES-256-WRAP");
        EVP_CIPHER_CTX_set_flags(wrap.context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
        ASSERT_EQ(wrap.init(true, key32.data(), nullptr), 1);
        EXPECT_NE(wrap.update(17), 1);
        EXPECT_EQ(last_reason(), "invalid input length");
    }
    {
        const Library library(0);
        const MacContext cmac = library.mac("CMAC", "cce");
        std::string name = "AES-256-GCM";
        std::array<OSSL_PARAM, 2> params{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, name.data(), 0),
                                         OSSL_PARAM_construct_end()};
        EXPECT_NE(EVP_MAC_init(cmac.get(), key32.data(), key32.size(), params.data()), 1);
        EXPECT_EQ(last_reason(), "invalid mode");
    }
}

// ---- asynchronous jobs ----------------------------------------------------------------------------------------------

/// 64 jobs in one thread: each is paused while the engine works, and wakes by its descriptor.
TEST(Async, ManyJobsInOneThread) {
    constexpr std::size_t jobs = 64;
    const Library library(0);
    const Cipher ours = library.cipher("AES-256-CTR", "cce");
    const Cipher theirs = library.cipher("AES-256-CTR", "default");
    struct Slot {
        AsyncTask task;
        AsyncTask* argument = nullptr;
        Bytes text;
        ASYNC_JOB* job = nullptr;
        ASYNC_WAIT_CTX* wait = nullptr;
        bool done = false;
    };
    std::vector<Slot> slots(jobs);
    ASSERT_EQ(ASYNC_init_thread(jobs, jobs), 1);
    std::size_t pauses = 0;
    std::size_t finished = 0;
    const auto start = [&](Slot& slot) {
        int result = 0;
        switch (ASYNC_start_job(&slot.job, slot.wait, &result, run_task, &slot.argument, sizeof(AsyncTask*))) {
            case ASYNC_PAUSE:
                ++pauses;
                break;
            case ASYNC_FINISH:
                EXPECT_EQ(result, 1);
                slot.done = true;
                ++finished;
                break;
            default:
                ADD_FAILURE() << "a job did not start";
                slot.done = true;
                ++finished;
        }
    };
    for (std::size_t i = 0; i < jobs; ++i) {
        Slot& slot = slots[i];
        slot.text.assign(2048 + 16 * i, static_cast<std::uint8_t>(i));
        slot.task = {[&] { return counter_text(ours.get(), slot.text); }};
        slot.argument = &slot.task;
        slot.wait = ASYNC_WAIT_CTX_new();
        start(slot);
    }
    EXPECT_GE(pauses, 1U);
    while (finished < jobs) {
        std::vector<pollfd> waiting;
        std::vector<std::size_t> owners;
        for (std::size_t i = 0; i < jobs; ++i) {
            if (slots[i].done) {
                continue;
            }
            waiting.push_back({descriptor_of(slots[i].wait), POLLIN, 0});
            owners.push_back(i);
        }
        ASSERT_GT(::poll(waiting.data(), waiting.size(), 60'000), 0) << "no job was woken";
        for (std::size_t i = 0; i < waiting.size(); ++i) {
            if ((waiting[i].revents & POLLIN) != 0) {
                start(slots[owners[i]]);
            }
        }
    }
    for (Slot& slot : slots) {
        EXPECT_EQ(slot.task.out, counter_text(theirs.get(), slot.text));
        ASYNC_WAIT_CTX_free(slot.wait);
    }
    ASYNC_cleanup_thread();
    EXPECT_EQ(library.engine_requests(), jobs);
    EXPECT_GE(library.count("cce-async-pauses"), 1U);
    EXPECT_GT(library.count("cce-most-in-flight"), 1U) << library.report();
}

/// What is submitted without waiting can't be cut by the library.
TEST(Async, ALongText) {
    const Library library(0);
    const Cipher ours = library.cipher("AES-256-CTR", "cce");
    const Bytes text((1U << 20) + 5, 7);
    AsyncTask task{[&] { return counter_text(ours.get(), text); }};
    run_as_job(task);
    EXPECT_EQ(task.out, counter_text(library.cipher("AES-256-CTR", "default").get(), text));
}

/// An application may keep a job from being paused: then the call waits.
int run_blocked(void* argument) {
    ASYNC_block_pause();
    const int result = run_task(argument);
    ASYNC_unblock_pause();
    return result;
}

TEST(Async, BlockedJobsWait) {
    const Library library(0);
    const Cipher cipher = library.cipher("AES-256-CTR", "cce");
    const Bytes text(4096, 7);
    AsyncTask task{[&] { return counter_text(cipher.get(), text); }};
    AsyncTask* argument = &task;
    ASYNC_JOB* job = nullptr;
    ASYNC_WAIT_CTX* wait = ASYNC_WAIT_CTX_new();
    int result = 0;
    EXPECT_EQ(ASYNC_start_job(&job, wait, &result, run_blocked, &argument, sizeof(argument)), ASYNC_FINISH);
    EXPECT_EQ(result, 1);
    ASYNC_WAIT_CTX_free(wait);
    ASYNC_cleanup_thread();
}

// ---- threads and processes ------------------------------------------------------------------------------------------

TEST(Threads, ShareAProvider) {
    const Library library(0);
    const Cipher ours = library.cipher("AES-256-CTR", "cce");
    const Cipher theirs = library.cipher("AES-256-CTR", "default");
    std::atomic<unsigned> wrong = 0;
    std::vector<std::thread> threads;
    for (unsigned number = 0; number < 8; ++number) {
        threads.emplace_back([&, number] {
            for (std::size_t round = 0; round < 25; ++round) {
                const Bytes text(100 + 37 * round + number, static_cast<std::uint8_t>(number));
                if (counter_text(ours.get(), text) != counter_text(theirs.get(), text)) {
                    ++wrong;
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(wrong, 0U);
}

TEST(Processes, AForkedChildHasADeviceOfItsOwn) {
    const Library library(0);
    const Cipher ours = library.cipher("AES-256-GCM", "cce");
    const Cipher counter = library.cipher("AES-256-CTR", "cce");
    const Bytes text(3000, 9);
    const Bytes expected = counter_text(library.cipher("AES-256-CTR", "default").get(), text);
    ASSERT_EQ(counter_text(counter.get(), text), expected);
    // A key that has a session with the parent's device.
    const Context context(EVP_CIPHER_CTX_new());
    Bytes out(text.size());
    int length = 0;
    ASSERT_EQ(EVP_EncryptInit_ex(context.get(), counter.get(), nullptr, key32.data(), iv16.data()), 1);
    ASSERT_EQ(EVP_EncryptUpdate(context.get(), out.data(), &length, text.data(), static_cast<int>(text.size())), 1);
    const pid_t child = ::fork();
    if (child == 0) {
        bool good = counter_text(counter.get(), text) == expected;
        good = good && EVP_EncryptInit_ex(context.get(), nullptr, nullptr, nullptr, iv16.data()) == 1;
        good = good &&
               EVP_EncryptUpdate(context.get(), out.data(), &length, text.data(), static_cast<int>(text.size())) == 1;
        ::_exit(good && out == expected ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    EXPECT_EQ(counter_text(counter.get(), text), expected);
}

TEST(Processes, UnloadingLeavesNothingBehind) {
    const auto use = [] {
        const Library library(0);
        EXPECT_FALSE(counter_text(library.cipher("AES-256-CTR", "cce").get(), Bytes(500)).empty());
    };
    use();
    const std::size_t threads = entries_of("/proc/self/task");
    const std::size_t descriptors = entries_of("/proc/self/fd");
    for (unsigned round = 0; round < 5; ++round) {
        use();
    }
    EXPECT_EQ(entries_of("/proc/self/task"), threads);
    EXPECT_EQ(entries_of("/proc/self/fd"), descriptors);
}

/// Contexts hold their provider: it goes with the last of them.
TEST(Processes, ContextsMayOutliveTheApplicationsReference) {
    Context context(EVP_CIPHER_CTX_new());
    Library library(0);
    {
        const Cipher cipher = library.cipher("AES-256-CTR", "cce");
        ASSERT_EQ(EVP_EncryptInit_ex(context.get(), cipher.get(), nullptr, key32.data(), iv16.data()), 1);
    }
    Bytes buffer(256);
    int length = 0;
    EXPECT_EQ(EVP_EncryptUpdate(context.get(), buffer.data(), &length, buffer.data(), 256), 1);
    context.reset();
}

/// The engine as the CPU's place: with the provider preferred for everything, libcce's software backend must not end up
/// in the provider that it stands under.
TEST(Provider, IsNotItsOwnBackend) {
    const Library library(0, "software", "provider=cce");
    const Cipher cipher(EVP_CIPHER_fetch(library.context(), "AES-256-CTR", nullptr));
    ASSERT_NE(cipher, nullptr);
    EXPECT_FALSE(counter_text(cipher.get(), Bytes(1000)).empty());
    EXPECT_EQ(library.engine_requests(), 2U);  // whole blocks, and a rest
}

}  // namespace

}  // namespace cce::provider::test
