// SPDX-License-Identifier: Apache-2.0
//
// Every digest, HMAC and KMAC of the provider beside OpenSSL's own: the same calls to both, the same answers; contexts
// copied in the middle of a message, long messages as streams, jobs, forks, errors.

#include <openssl/core_names.h>
#include <sys/wait.h>

#include <algorithm>

#include "library.h"

namespace cce::provider::test {

namespace {

struct FreeDigest {
    void operator()(EVP_MD* digest) const noexcept { EVP_MD_free(digest); }
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using Digest = std::unique_ptr<EVP_MD, FreeDigest>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

Digest digest_of(const Library& library, const std::string& name, const std::string& provider) {
    Digest digest(EVP_MD_fetch(library.context(), name.c_str(), ("provider=" + provider).c_str()));
    EXPECT_NE(digest, nullptr) << name << " of " << provider;
    return digest;
}

/// The message at once; empty if a call fails.
Bytes digest_text(const EVP_MD* digest, const Bytes& text) {
    Bytes out(static_cast<std::size_t>(EVP_MD_get_size(digest)));
    unsigned length = 0;
    const bool good = EVP_Digest(text.data(), text.size(), out.data(), &length, digest, nullptr) == 1;
    return good && length == out.size() ? out : Bytes();
}

/// Of messages: whatever is long is a stream.
constexpr std::size_t gathered_at_most = std::size_t{1} << 20;

constexpr std::array<std::size_t, 2> thresholds{0, 1000};
/// A simulated engine takes its time: fewer rounds, and one long message for each function.
bool simulated() {
    return backend_under_test() != "software";
}
unsigned rounds() {
    return simulated() ? 8 : 25;
}

class Hashes : public ::testing::TestWithParam<const char*> {
protected:
    /// Mostly short; now and then longer than what is gathered.
    Bytes message() {
        return dice.bytes(!simulated() && dice.below(12) == 0 ? gathered_at_most + dice.below(200'000)
                                                              : dice.below(5000));
    }
    Dice dice;
};

std::string test_name(const ::testing::TestParamInfo<const char*>& info) {
    std::string name = info.param;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '-' || c == '/'; }, '_');
    return name;
}

/// With threshold 0 the engine has done everything, with another one both have done something.
void expect_by_threshold(const Library& library, std::size_t threshold) {
    EXPECT_GT(library.engine_requests(), 0U) << library.report();
    if (threshold == 0) {
        EXPECT_EQ(library.cpu_requests(), 0U) << library.report();
    } else {
        EXPECT_GT(library.cpu_requests(), 0U) << library.report();
    }
    EXPECT_NE(library.report().find("\"engine_failures\": 0"), std::string::npos) << library.report();
}

class Digests : public Hashes {};

TEST_P(Digests, SayOfThemselvesWhatOpenSslSays) {
    const Library library(0);
    const Digest ours = digest_of(library, GetParam(), "cce");
    const Digest theirs = digest_of(library, GetParam(), "default");
    EXPECT_EQ(EVP_MD_get_size(ours.get()), EVP_MD_get_size(theirs.get()));
    EXPECT_EQ(EVP_MD_get_block_size(ours.get()), EVP_MD_get_block_size(theirs.get()));
    EXPECT_EQ(EVP_MD_get_flags(ours.get()), EVP_MD_get_flags(theirs.get()));
    EXPECT_EQ(EVP_MD_get_type(ours.get()), EVP_MD_get_type(theirs.get()));
}

TEST_P(Digests, AsOpenSsl) {
    for (const std::size_t threshold : thresholds) {
        const Library library(threshold);
        const std::array<Digest, 2> digests{digest_of(library, GetParam(), "cce"),
                                            digest_of(library, GetParam(), "default")};
        const bool xof = (EVP_MD_get_flags(digests[0].get()) & EVP_MD_FLAG_XOF) != 0;
        std::array<DigestContext, 2> contexts{DigestContext(EVP_MD_CTX_new()), DigestContext(EVP_MD_CTX_new())};
        for (unsigned round = 0; round < rounds() && !HasFailure(); ++round) {
            const Bytes text = message();
            const auto pieces = dice.split(text.size());
            const std::size_t copied_at = dice.below(6);
            const std::size_t length =
                xof && dice.coin() ? 1 + dice.below(1000) : static_cast<std::size_t>(EVP_MD_get_size(digests[0].get()));
            std::array<Bytes, 2> results;
            std::array<Bytes, 2> of_copies;
            for (std::size_t i = 0; i < contexts.size(); ++i) {
                EVP_MD_CTX* context = contexts.at(i).get();
                ASSERT_EQ(EVP_DigestInit_ex2(context, digests.at(i).get(), nullptr), 1) << last_error();
                const DigestContext copy(EVP_MD_CTX_new());
                std::size_t position = 0;
                std::size_t number = 0;
                for (const std::size_t piece : pieces) {
                    ASSERT_EQ(EVP_DigestUpdate(context, &text[position], piece), 1) << last_error();
                    position += piece;
                    if (number++ == copied_at) {
                        ASSERT_EQ(EVP_MD_CTX_copy_ex(copy.get(), context), 1) << last_error();
                    }
                }
                const auto finish = [&](EVP_MD_CTX* which, Bytes& out) {
                    out.resize(length);
                    ASSERT_EQ(xof ? EVP_DigestFinalXOF(which, out.data(), length)
                                  : EVP_DigestFinal_ex(which, out.data(), nullptr),
                              1)
                        << last_error();
                };
                finish(context, results.at(i));
                if (number > copied_at) {
                    // The copy goes its own way.
                    ASSERT_EQ(EVP_DigestUpdate(copy.get(), "another end", 11), 1);
                    finish(copy.get(), of_copies.at(i));
                }
            }
            EXPECT_EQ(results[0], results[1]) << text.size() << " bytes";
            EXPECT_EQ(of_copies[0], of_copies[1]) << text.size() << " bytes";
        }
        // One of each kind, whatever the dice have said.
        for (const std::size_t bytes : {std::size_t{10}, std::size_t{2000}, gathered_at_most + 5}) {
            if (simulated() && threshold != 0 && bytes > gathered_at_most) {
                continue;
            }
            const Bytes text(bytes, 0x5a);
            EXPECT_EQ(digest_text(digests[0].get(), text), digest_text(digests[1].get(), text)) << bytes;
        }
        expect_by_threshold(library, threshold);
    }
}

INSTANTIATE_TEST_SUITE_P(All, Digests,
                         ::testing::Values("SHA2-224", "SHA2-256", "SHA2-384", "SHA2-512", "SHA2-512/224",
                                           "SHA2-512/256", "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512", "SHAKE-128",
                                           "SHAKE-256"),
                         test_name);

class HashMacs : public Hashes {};

/// A MAC's parameters, as the application gives them.
struct Params {
    std::string digest;
    Bytes customization;
    int xof = 0;
    std::size_t size = 0;

    [[nodiscard]] std::vector<OSSL_PARAM> list() {
        std::vector<OSSL_PARAM> params;
        if (!digest.empty()) {
            params.push_back(OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0));
        } else {
            params.push_back(OSSL_PARAM_construct_int(OSSL_MAC_PARAM_XOF, &xof));
            params.push_back(OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size));
            params.push_back(
                OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_CUSTOM, customization.data(), customization.size()));
        }
        params.push_back(OSSL_PARAM_construct_end());
        return params;
    }
};

TEST_P(HashMacs, AsOpenSsl) {
    const std::string name = GetParam();
    const bool kmac = name.starts_with("KMAC");
    for (const std::size_t threshold : thresholds) {
        const Library library(threshold);
        const std::string algorithm = kmac ? name : "HMAC";
        std::array<MacContext, 2> contexts{library.mac(algorithm, "cce"), library.mac(algorithm, "default")};
        for (unsigned round = 0; round < rounds() && !HasFailure(); ++round) {
            // OpenSSL takes keys of 4 to 512 bytes for KMAC.
            const Bytes key = dice.bytes(kmac ? 4 + dice.below(300) : dice.below(300));
            const bool stream = !simulated() || threshold == 0;
            const Bytes text = round == 0   ? Bytes(stream ? gathered_at_most + 17 : 3000, 3)
                               : round == 1 ? Bytes(2000, 4)
                               : round == 2 ? Bytes(20, 5)
                                            : message();
            const auto pieces = dice.split(text.size());
            const std::size_t copied_at = dice.below(6);
            const bool same_key = round % 4 == 3;
            Params params{kmac ? "" : name, dice.bytes(1 + dice.below(40)), dice.coin() ? 1 : 0, 1 + dice.below(300)};
            std::array<Bytes, 2> macs;
            for (std::size_t i = 0; i < contexts.size(); ++i) {
                MacContext& context = contexts.at(i);
                const std::uint8_t nothing = 0;
                ASSERT_EQ(EVP_MAC_init(context.get(),
                                       same_key      ? nullptr
                                       : key.empty() ? &nothing
                                                     : key.data(),
                                       same_key ? 0 : key.size(), params.list().data()),
                          1)
                    << last_error();
                std::size_t position = 0;
                std::size_t number = 0;
                for (const std::size_t piece : pieces) {
                    ASSERT_EQ(EVP_MAC_update(context.get(), &text[position], piece), 1) << last_error();
                    position += piece;
                    if (number++ == copied_at) {
                        MacContext copy(EVP_MAC_CTX_dup(context.get()));
                        ASSERT_NE(copy, nullptr) << last_error();
                        context.swap(copy);
                    }
                }
                const std::size_t size = EVP_MAC_CTX_get_mac_size(context.get());
                macs.at(i).resize(size);
                std::size_t written = 0;
                ASSERT_EQ(EVP_MAC_final(context.get(), macs.at(i).data(), &written, size), 1) << last_error();
                EXPECT_EQ(written, size);
            }
            EXPECT_EQ(macs[0], macs[1]) << text.size() << " bytes, key of " << key.size() << ", xof " << params.xof;
            EXPECT_EQ(EVP_MAC_CTX_get_block_size(contexts[0].get()), EVP_MAC_CTX_get_block_size(contexts[1].get()));
        }
        expect_by_threshold(library, threshold);
    }
}

INSTANTIATE_TEST_SUITE_P(All, HashMacs,
                         ::testing::Values("SHA2-224", "SHA2-256", "SHA2-384", "SHA2-512", "SHA2-512/224",
                                           "SHA2-512/256", "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512", "KMAC-128",
                                           "KMAC-256"),
                         test_name);

/// KMAC's length and kind are encoded behind the message: they may be set until its end.
TEST(HashMac, LengthAndXofMayComeLate) {
    for (const std::size_t threshold : {std::size_t{0}, std::size_t{1000}}) {
        const Library library(threshold);
        std::array<Bytes, 2> macs;
        std::size_t i = 0;
        for (const char* provider : {"cce", "default"}) {
            const MacContext context = library.mac("KMAC-256", provider);
            const Bytes key(32, 1);
            ASSERT_EQ(EVP_MAC_init(context.get(), key.data(), key.size(), nullptr), 1);
            ASSERT_EQ(EVP_MAC_update(context.get(), key.data(), key.size()), 1);
            int xof = 1;
            std::size_t size = 77;
            const std::array<OSSL_PARAM, 3> late{OSSL_PARAM_construct_int(OSSL_MAC_PARAM_XOF, &xof),
                                                 OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
                                                 OSSL_PARAM_construct_end()};
            ASSERT_EQ(EVP_MAC_CTX_set_params(context.get(), late.data()), 1) << last_error();
            macs.at(i).resize(size);
            std::size_t written = 0;
            ASSERT_EQ(EVP_MAC_final(context.get(), macs.at(i).data(), &written, size), 1) << last_error();
            ++i;
        }
        EXPECT_EQ(macs[0], macs[1]);
    }
}

TEST(HashMac, OtherFunctionsAreTheCpus) {
    const Library library(0);
    std::array<Bytes, 2> macs;
    std::size_t i = 0;
    for (const char* provider : {"cce", "default"}) {
        const MacContext context = library.mac("HMAC", provider);
        std::string digest = "SHA1";
        const std::array<OSSL_PARAM, 2> params{
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()};
        const Bytes text(5000, 2);
        ASSERT_EQ(EVP_MAC_init(context.get(), text.data(), 20, params.data()), 1) << last_error();
        ASSERT_EQ(EVP_MAC_update(context.get(), text.data(), text.size()), 1);
        macs.at(i).resize(20);
        std::size_t written = 0;
        ASSERT_EQ(EVP_MAC_final(context.get(), macs.at(i).data(), &written, 20), 1) << last_error();
        ++i;
    }
    EXPECT_EQ(macs[0], macs[1]);
    EXPECT_EQ(library.engine_requests(), 0U);
    EXPECT_NE(library.report().find("\"not_offered\": 1"), std::string::npos) << library.report();
}

TEST(HashErrors, HaveTheReasonsOfOpenSsl) {
    const Library library(0);
    const Bytes key(32, 1);
    const MacContext hmac = library.mac("HMAC", "cce");
    ERR_clear_error();
    EXPECT_NE(EVP_MAC_init(hmac.get(), key.data(), key.size(), nullptr), 1);
    EXPECT_EQ(last_reason(), "no digest set");
    std::string name = "no-such-digest";
    std::array<OSSL_PARAM, 2> params{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
                                     OSSL_PARAM_construct_end()};
    EXPECT_NE(EVP_MAC_init(hmac.get(), key.data(), key.size(), params.data()), 1);
    EXPECT_EQ(last_reason(), "invalid digest");
    name = "SHAKE-128";
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0);
    EXPECT_NE(EVP_MAC_init(hmac.get(), key.data(), key.size(), params.data()), 1);
    EXPECT_EQ(last_reason(), "invalid digest");
    name = "SHA256";
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0);
    EXPECT_EQ(EVP_MAC_init(hmac.get(), nullptr, 0, params.data()), 1);
    EXPECT_NE(EVP_MAC_update(hmac.get(), key.data(), key.size()), 1);
    EXPECT_EQ(last_reason(), "no key set");

    const MacContext kmac = library.mac("KMAC-128", "cce");
    EXPECT_NE(EVP_MAC_init(kmac.get(), nullptr, 0, nullptr), 1);
    EXPECT_EQ(last_reason(), "no key set");
    EXPECT_NE(EVP_MAC_init(kmac.get(), key.data(), 3, nullptr), 1);
    EXPECT_EQ(last_reason(), "invalid key length");
    std::size_t size = std::size_t{1} << 30;
    params[0] = OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size);
    EXPECT_NE(EVP_MAC_init(kmac.get(), key.data(), key.size(), params.data()), 1);
    EXPECT_EQ(last_reason(), "invalid output length");
    Bytes custom(513);
    params[0] = OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_CUSTOM, custom.data(), custom.size());
    EXPECT_NE(EVP_MAC_init(kmac.get(), key.data(), key.size(), params.data()), 1);
    EXPECT_EQ(last_reason(), "invalid custom length");
}

TEST(HashThreshold, Decides) {
    const Library library(1000);
    const Digest digest = digest_of(library, "SHA2-256", "cce");
    EXPECT_FALSE(digest_text(digest.get(), Bytes(999)).empty());
    EXPECT_EQ(library.engine_requests(), 0U);
    EXPECT_EQ(library.count("cce-cpu-bytes"), 999U);
    EXPECT_FALSE(digest_text(digest.get(), Bytes(1000)).empty());
    EXPECT_EQ(library.engine_requests(), 1U);
    EXPECT_EQ(library.count("cce-engine-bytes"), 1000U);
    EXPECT_NE(library.report().find("\"sha256\": 1"), std::string::npos) << library.report();
}

/// Above what is gathered for one request: below it the CPU's, from there on a stream.
TEST(HashThreshold, MayBeLong) {
    constexpr std::size_t threshold = gathered_at_most + 300'000;
    const Library library(threshold);
    const std::array<Digest, 2> digests{digest_of(library, "SHA3-256", "cce"),
                                        digest_of(library, "SHA3-256", "default")};
    std::uint64_t engine = 0;
    for (const std::size_t bytes : {threshold - 1, threshold}) {
        const Bytes text(bytes, 0x5a);
        std::array<Bytes, 2> results;
        for (std::size_t i = 0; i < results.size(); ++i) {
            const DigestContext context(EVP_MD_CTX_new());
            ASSERT_EQ(EVP_DigestInit_ex2(context.get(), digests.at(i).get(), nullptr), 1);
            ASSERT_EQ(EVP_DigestUpdate(context.get(), text.data(), bytes - 10), 1);
            ASSERT_EQ(EVP_DigestUpdate(context.get(), text.data(), 10), 1);
            results.at(i).resize(32);
            ASSERT_EQ(EVP_DigestFinal_ex(context.get(), results.at(i).data(), nullptr), 1) << last_error();
        }
        EXPECT_EQ(results[0], results[1]);
        EXPECT_EQ(library.engine_requests(), engine) << library.report();
        ++engine;
    }
}

/// The provider preferred for everything: libcce's software backend must not end up in it.
TEST(HashProvider, IsNotItsOwnBackend) {
    const Library library(0, "software", "provider=cce");
    const Digest digest(EVP_MD_fetch(library.context(), "SHA3-256", nullptr));
    ASSERT_NE(digest, nullptr);
    EXPECT_FALSE(digest_text(digest.get(), Bytes(1000)).empty());
    EXPECT_EQ(library.engine_requests(), 1U) << library.report();
}

/// A message that is one request pauses its job; a stream's calls wait.
TEST(Async, DigestsPauseTheirJobs) {
    for (const std::size_t bytes : {std::size_t{5000}, gathered_at_most + 100}) {
        const Library library(0);
        const Digest ours = digest_of(library, "SHA2-512", "cce");
        const Bytes text(bytes, 7);
        AsyncTask task{[&] { return digest_text(ours.get(), text); }};
        run_as_job(task);
        EXPECT_EQ(task.out, digest_text(digest_of(library, "SHA2-512", "default").get(), text));
        EXPECT_EQ(library.count("cce-async-pauses") > 0, bytes <= gathered_at_most) << library.report();
    }
}

/// A stream is the process's that began it: its child is told so, and may hash something else.
TEST(HashProcesses, AForkedChildHasStreamsOfItsOwn) {
    const Library library(0);
    const Digest digest = digest_of(library, "SHA2-256", "cce");
    const Bytes text(gathered_at_most + 100, 9);
    const Bytes expected = digest_text(digest_of(library, "SHA2-256", "default").get(), text);
    DigestContext context(EVP_MD_CTX_new());
    ASSERT_EQ(EVP_DigestInit_ex2(context.get(), digest.get(), nullptr), 1);
    ASSERT_EQ(EVP_DigestUpdate(context.get(), text.data(), text.size()), 1) << last_error();
    const pid_t child = ::fork();
    if (child == 0) {
        ERR_clear_error();
        bool good =
            EVP_DigestUpdate(context.get(), text.data(), 1) != 1 &&
            last_error() == "crypto engine failed the request: the process was forked while the message was under way";
        context.reset();
        good = good && digest_text(digest.get(), text) == expected;
        ::_exit(good ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    Bytes out(32);
    ASSERT_EQ(EVP_DigestFinal_ex(context.get(), out.data(), nullptr), 1) << last_error();
    EXPECT_EQ(out, expected);
}

}  // namespace

}  // namespace cce::provider::test
