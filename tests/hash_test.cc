// SPDX-License-Identifier: Apache-2.0
//
// Hash, XOF, HMAC and KMAC by the engine against OpenSSL: all functions, message lengths around blocks, random ones in
// random pieces with the state in memory between them, scatter lists, many requests at once.

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "harness/hash_request.h"
#include "support.h"

namespace cce::test {
namespace {

using contract::Completion;
using contract::HashMode;
using contract::Status;
using sim::HashFront;
using sim::HashRequest;
using sim::Shape;

struct Function {
    HashMode mode;
    const char* name;  ///< OpenSSL's
};
constexpr std::array functions{
    Function{HashMode::sha_224, "SHA224"},         Function{HashMode::sha_256, "SHA256"},
    Function{HashMode::sha_384, "SHA384"},         Function{HashMode::sha_512, "SHA512"},
    Function{HashMode::sha_512_224, "SHA512-224"}, Function{HashMode::sha_512_256, "SHA512-256"},
    Function{HashMode::sha3_224, "SHA3-224"},      Function{HashMode::sha3_256, "SHA3-256"},
    Function{HashMode::sha3_384, "SHA3-384"},      Function{HashMode::sha3_512, "SHA3-512"},
    Function{HashMode::shake_128, "SHAKE128"},     Function{HashMode::shake_256, "SHAKE256"}};

Bytes digest(const char* name, const Bytes& message, std::size_t bytes) {
    const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{EVP_MD_fetch(nullptr, name, nullptr), &EVP_MD_free};
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    const bool extendable = (EVP_MD_get_flags(algorithm.get()) & EVP_MD_FLAG_XOF) != 0;
    Bytes result(extendable ? bytes : static_cast<std::size_t>(EVP_MD_get_size(algorithm.get())));
    EXPECT_EQ(EVP_DigestInit_ex(context.get(), algorithm.get(), nullptr), 1);
    EXPECT_EQ(EVP_DigestUpdate(context.get(), message.data(), message.size()), 1);
    if (extendable) {
        EXPECT_EQ(EVP_DigestFinalXOF(context.get(), result.data(), result.size()), 1);
    } else {
        EXPECT_EQ(EVP_DigestFinal_ex(context.get(), result.data(), nullptr), 1);
    }
    result.resize(bytes);
    return result;
}

Bytes mac(const char* name, const char* digest_name, const Bytes& key, const Bytes& message, std::size_t bytes) {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> algorithm{EVP_MAC_fetch(nullptr, name, nullptr),
                                                                      &EVP_MAC_free};
    const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context{EVP_MAC_CTX_new(algorithm.get()),
                                                                            &EVP_MAC_CTX_free};
    std::vector<OSSL_PARAM> parameters;
    std::string text = digest_name != nullptr ? digest_name : "";
    if (digest_name != nullptr) {
        parameters.push_back(OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, text.data(), 0));
    } else {
        parameters.push_back(OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &bytes));
    }
    parameters.push_back(OSSL_PARAM_construct_end());
    Bytes result(std::max<std::size_t>(bytes, 64));
    std::size_t length = 0;
    // No pointer means no key to OpenSSL, not an empty one.
    const std::uint8_t none = 0;
    EXPECT_EQ(EVP_MAC_init(context.get(), key.empty() ? &none : key.data(), key.size(), parameters.data()), 1);
    EXPECT_EQ(EVP_MAC_update(context.get(), message.data(), message.size()), 1);
    EXPECT_EQ(EVP_MAC_final(context.get(), result.data(), &length, result.size()), 1);
    result.resize(bytes);
    return result;
}

bool extendable(HashMode mode) {
    return sim::hash_digest_bytes(mode) == 0;
}

/// A stream of `length` bytes, in one buffer or in a list of some.
Shape random_shape(std::mt19937_64& random, std::uint32_t length) {
    if (length == 0 || below(random, 3) == 0) return Shape::direct(length, below(random, 64));
    Shape shape;
    shape.list = true;
    shape.list_gap = below(random, 4);
    while (length != 0) {
        const std::uint32_t piece = 1 + below(random, std::min<std::uint32_t>(length, 1 + below(random, 300)));
        shape.pieces.push_back({below(random, 64), piece});
        length -= piece;
    }
    return shape;
}

class Hash : public testing::TestWithParam<Target> {
protected:
    Completion run(const HashRequest& request) {
        const Completion done = queue_.run(request.descriptor());
        EXPECT_TRUE(request.surroundings_untouched());
        return done;
    }
    void put(HashRequest& request, const Bytes& message) {
        const sim::StreamLengths lengths = request.lengths(message.size());
        request.message(message, random_shape(random_, lengths.source), random_shape(random_, lengths.destination));
    }
    /// The message in as many pieces; the first one goes on from `front`, if there is one.
    Bytes in_pieces(HashMode mode, const Bytes& message, unsigned pieces, std::size_t output_bytes,
                    std::optional<HashFront> front = {}) {
        const std::size_t block = sim::hash_block_bytes(mode);
        std::size_t place = 0;
        bool first = true;
        for (; pieces > 1 && message.size() - place >= block; --pieces) {
            const std::size_t blocks = 1 + below(random_, static_cast<std::uint32_t>((message.size() - place) / block));
            HashRequest request(machine_, mode);
            if (front) request.front(*front).first(first);
            put(request, Bytes(message.begin() + static_cast<std::ptrdiff_t>(place),
                               message.begin() + static_cast<std::ptrdiff_t>(place + blocks * block)));
            EXPECT_EQ(run(request).status, Status::ok);
            front = keep_outer(request.continuation(), front);
            place += blocks * block;
            first = false;
        }
        HashRequest request(machine_, mode);
        if (front) request.front(*front).first(first);
        request.last(static_cast<std::uint32_t>(output_bytes));
        put(request, Bytes(message.begin() + static_cast<std::ptrdiff_t>(place), message.end()));
        EXPECT_EQ(run(request).status, Status::ok);
        return request.output();
    }
    static HashFront keep_outer(HashFront next, const std::optional<HashFront>& before) {
        if (before) next.outer = before->outer;
        return next;
    }
    /// What one block does to the initial state.
    HashFront state_behind(HashMode mode, const Bytes& block) {
        HashRequest request(machine_, mode);
        request.message(block);
        EXPECT_EQ(run(request).status, Status::ok);
        return request.continuation();
    }
    /// The states behind both key blocks (FIPS 198-1).
    HashFront hmac_session(HashMode mode, const char* name, Bytes key) {
        const std::size_t block = sim::hash_block_bytes(mode);
        if (key.size() > block) key = digest(name, key, sim::hash_digest_bytes(mode));
        key.resize(block);
        Bytes inner = key, outer = key;
        for (auto& byte : inner) byte ^= 0x36;
        for (auto& byte : outer) byte ^= 0x5c;
        HashFront front = state_behind(mode, inner);
        front.outer = state_behind(mode, outer).state;
        return front;
    }

    std::mt19937_64 random_{test_seed()};
    sim::Machine machine_{machine_options(GetParam())};
    sim::QueuePair queue_{machine_, 0};

    void SetUp() override { queue_.start(); }
};

TEST_P(Hash, LengthsAroundBlocks) {
    for (const Function& function : functions) {
        const std::size_t block = sim::hash_block_bytes(function.mode);
        const std::size_t bytes = extendable(function.mode) ? 41 : sim::hash_digest_bytes(function.mode);
        std::vector<std::size_t> lengths{0, 1, 3, 8, 15, 16, 17, 55, 56, 63, 64, 111, 112, 119, 120, 127, 128};
        for (const std::size_t back : {18, 17, 16, 9, 8, 7, 1, 0}) {
            lengths.push_back(block - back);
            lengths.push_back(2 * block - back);
        }
        for (const std::size_t length : lengths) {
            const Bytes message = random_bytes(random_, length);
            ASSERT_EQ(in_pieces(function.mode, message, 1, bytes), digest(function.name, message, bytes))
                << function.name << " of " << length << " bytes";
        }
    }
}

TEST_P(Hash, RandomPieces) {
    const unsigned rounds = rounds_on(GetParam(), 30);
    for (unsigned round = 0; round < rounds; ++round) {
        for (const Function& function : functions) {
            const Bytes message = random_bytes(random_, below(random_, 2000));
            const std::size_t bytes =
                extendable(function.mode)
                    ? 1 + below(random_, 700)
                    : 1 + below(random_, static_cast<std::uint32_t>(sim::hash_digest_bytes(function.mode)));
            ASSERT_EQ(in_pieces(function.mode, message, 1 + below(random_, 5), bytes),
                      digest(function.name, message, bytes))
                << function.name << " of " << message.size() << " bytes, " << bytes << " of output, round " << round;
        }
    }
}

TEST_P(Hash, SqueezedInPieces) {
    for (const Function& function : functions) {
        if (!extendable(function.mode)) continue;
        const auto pair = static_cast<std::uint32_t>(2 * sim::hash_block_bytes(function.mode));
        const Bytes message = random_bytes(random_, 333);
        Bytes all;
        std::optional<HashFront> front;
        for (const std::uint32_t bytes : {pair, 0U, 3 * pair, pair}) {
            HashRequest request(machine_, function.mode);
            if (front) request.front(*front);
            request.squeeze(bytes);
            put(request, front ? Bytes{} : message);
            ASSERT_EQ(run(request).status, Status::ok) << function.name << ", " << bytes << ", " << all.size();
            const Bytes output = request.output();
            all.insert(all.end(), output.begin(), output.begin() + bytes);
            front = request.continuation();
        }
        HashRequest request(machine_, function.mode);
        request.front(*front).last(99).message({});
        ASSERT_EQ(run(request).status, Status::ok);
        const Bytes output = request.output();
        all.insert(all.end(), output.begin(), output.end());
        EXPECT_EQ(all, digest(function.name, message, all.size())) << function.name;
    }
}

TEST_P(Hash, Hmac) {
    for (const Function& function : functions) {
        if (extendable(function.mode)) continue;
        const std::size_t bytes = sim::hash_digest_bytes(function.mode);
        for (const std::size_t key_bytes : {0, 1, 20, 64, 72, 144, 200}) {
            const Bytes key = random_bytes(random_, key_bytes);
            const HashFront session = hmac_session(function.mode, function.name, key);
            for (const std::size_t length : {0U, 50U, below(random_, 1500)}) {
                const Bytes message = random_bytes(random_, length);
                ASSERT_EQ(in_pieces(function.mode, message, 1 + below(random_, 3), bytes, session),
                          mac("HMAC", function.name, key, message, bytes))
                    << function.name << ", key of " << key_bytes << ", " << length << " bytes";
            }
        }
    }
}

/// SP 800-185, 2.3.1 and 2.3.2.
Bytes encode(std::uint64_t number, bool left) {
    Bytes bytes;
    for (std::uint64_t rest = number; rest != 0 || bytes.empty(); rest >>= 8) {
        bytes.insert(bytes.begin(), static_cast<std::uint8_t>(rest));
    }
    const auto count = static_cast<std::uint8_t>(bytes.size());
    bytes.insert(left ? bytes.begin() : bytes.end(), count);
    return bytes;
}
Bytes encode_string(const Bytes& string) {
    Bytes bytes = encode(8 * string.size(), true);
    bytes.insert(bytes.end(), string.begin(), string.end());
    return bytes;
}
Bytes bytepad(const Bytes& string, std::size_t width) {
    Bytes bytes = encode(width, true);
    bytes.insert(bytes.end(), string.begin(), string.end());
    while (bytes.size() % width != 0) bytes.push_back(0);
    return bytes;
}

TEST_P(Hash, Kmac) {
    for (const HashMode mode : {HashMode::cshake_128, HashMode::cshake_256}) {
        const std::size_t rate = sim::hash_block_bytes(mode);
        const Bytes name{'K', 'M', 'A', 'C'};
        for (const std::size_t length : {0, 7, 400}) {
            const Bytes key = random_bytes(random_, 32);
            const Bytes text = random_bytes(random_, length);
            const std::size_t bytes = 48;
            // SP 800-185, 4.3: KMAC is cSHAKE of the padded key, the text and the length of the output.
            Bytes names = encode_string(name);
            const Bytes empty = encode_string({});
            names.insert(names.end(), empty.begin(), empty.end());
            Bytes message = bytepad(names, rate);
            for (const Bytes& part : {bytepad(encode_string(key), rate), text, encode(8 * bytes, false)}) {
                message.insert(message.end(), part.begin(), part.end());
            }
            ASSERT_EQ(in_pieces(mode, message, 2, bytes),
                      mac(mode == HashMode::cshake_128 ? "KMAC128" : "KMAC256", nullptr, key, text, bytes))
                << length;
        }
    }
}

/// More requests than lanes, all functions mixed, on a bus that makes them wait.
TEST_P(Hash, ManyAtOnce) {
    machine_.set_timing(sim::MemoryTiming::random(random_(), 30));
    struct Waiting {
        std::unique_ptr<HashRequest> request;
        Bytes expected;
    };
    std::map<std::uint32_t, Waiting> waiting;
    std::uint32_t cookie = 0;
    const unsigned rounds = rounds_on(GetParam(), 200);
    for (unsigned round = 0; round < rounds || !waiting.empty();) {
        while (round < rounds && queue_.free_slots() != 0) {
            const Function& function = functions[below(random_, functions.size())];
            const Bytes message = random_bytes(random_, below(random_, 800));
            const std::size_t bytes =
                extendable(function.mode) ? 1 + below(random_, 1000) : sim::hash_digest_bytes(function.mode);
            auto request = std::make_unique<HashRequest>(machine_, function.mode);
            request->last(static_cast<std::uint32_t>(bytes));
            put(*request, message);
            contract::Descriptor descriptor = request->descriptor();
            descriptor.cookie = ++cookie;
            waiting.emplace(cookie, Waiting{std::move(request), digest(function.name, message, bytes)});
            queue_.post(descriptor);
            ++round;
        }
        queue_.ring_submission();
        machine_.run(200);
        while (const auto done = queue_.poll()) {
            const auto found = waiting.find(done->cookie);
            ASSERT_NE(found, waiting.end());
            ASSERT_EQ(done->status, Status::ok);
            ASSERT_EQ(found->second.request->output(), found->second.expected);
            ASSERT_TRUE(found->second.request->surroundings_untouched());
            waiting.erase(found);
            if (queue_.outstanding() == 0) break;
        }
        queue_.ring_completion();
        ASSERT_LT(machine_.cycle(), 50'000'000U);
    }
    EXPECT_EQ(machine_.memory().stray_access(), nullptr);
}

/// Wrong contexts and lengths, each with its status; the engine goes on.
TEST_P(Hash, GateClosedInTheMiddle) {
    namespace global = contract::global_page;
    const auto gate = [&](std::uint32_t value) { machine_.write_register(global::at(global::gate), value); };
    const Bytes message = random_bytes(random_, 4096);
    for (const Function& function : functions) {
        const std::size_t bytes = extendable(function.mode) ? 64 : sim::hash_digest_bytes(function.mode);
        std::vector<std::unique_ptr<HashRequest>> requests;
        for (unsigned i = 0; i < 8; ++i) {
            requests.push_back(std::make_unique<HashRequest>(machine_, function.mode));
            requests.back()->last(static_cast<std::uint32_t>(bytes)).message(message);
            queue_.post(requests.back()->descriptor());
        }
        queue_.ring_submission();
        machine_.run(300 + below(random_, 1500));
        gate(global::gate_hash.put(1));
        for (unsigned i = 0; i < requests.size(); ++i) {
            const Completion done = queue_.wait();
            ASSERT_TRUE(done.status == Status::gated || done.status == Status::ok) << function.name;
            EXPECT_TRUE(done.status == Status::gated || i < 4) << function.name;
        }
        EXPECT_EQ(run(*requests[0]).status, Status::gated);
        // One gate leaves the other engine alone.
        gate(global::gate_aes.put(1));
        EXPECT_EQ(run(*requests[0]).status, Status::ok);
        EXPECT_EQ(requests[0]->output(), digest(function.name, message, bytes));
        gate(0);
    }
}

TEST_P(Hash, BadInput) {
    const auto context_of = [&](HashMode mode) {
        HashRequest request(machine_, mode);
        request.message(random_bytes(random_, sim::hash_block_bytes(mode)));
        EXPECT_EQ(run(request).status, Status::ok);
        return request.continuation();
    };
    for (const HashMode mode : {HashMode::sha_256, HashMode::sha_512, HashMode::sha3_256, HashMode::shake_128}) {
        const HashFront good = context_of(mode);
        const auto status = [&](const HashFront& front, std::size_t length = 10) {
            HashRequest request(machine_, mode);
            request.front(front).last(20).message(Bytes(length));
            return run(request).status;
        };
        EXPECT_EQ(status(good), Status::ok);
        HashFront front = good;
        front.context.format = contract::ContextFormat::cipher_key;
        EXPECT_EQ(status(front), Status::context_format);
        front = good;
        front.context.mode = mode == HashMode::sha_256 ? HashMode::sha_224 : HashMode::sha_256;
        EXPECT_EQ(status(front), Status::context_format);
        front = good;
        front.context.reserved[3] = 1;
        EXPECT_EQ(status(front), Status::context_format);
        front = good;
        front.context.length = std::uint64_t{1} << 60;
        EXPECT_EQ(status(front), Status::context_format);
        front = good;
        front.context.squeezing = 1;
        EXPECT_EQ(status(front), Status::context_format);
        front = good;
        front.context.squeezing = 2;
        EXPECT_EQ(status(front), Status::context_format);
        // A piece that is not whole blocks, also where its last beat is the block's last one, but not full.
        for (const std::size_t blocks : {1, 2, 3}) {
            for (const std::ptrdiff_t beyond : {-17, -16, -15, -9, -8, -7, -1, 0, 1, 7, 8, 9, 15, 16, 17}) {
                HashRequest request(machine_, mode);
                const std::size_t whole = blocks * sim::hash_block_bytes(mode);
                request.message(Bytes(whole + static_cast<std::size_t>(beyond)));
                EXPECT_EQ(run(request).status, beyond == 0 ? Status::ok : Status::length)
                    << static_cast<unsigned>(mode) << ", " << blocks << " blocks and " << beyond;
            }
        }
        EXPECT_EQ(status(good), Status::ok);
    }
    HashRequest request(machine_, HashMode::sha_256);
    request.last(32).message(Bytes(100));
    const contract::Descriptor good = request.descriptor();
    const auto status = [&](auto&& change) {
        contract::Descriptor descriptor = good;
        change(descriptor);
        return queue_.run(descriptor).status;
    };
    using contract::Descriptor;
    EXPECT_EQ(status([](Descriptor&) {}), Status::ok);
    for (const unsigned mode : {6U, 7U, 16U, 255U}) {
        EXPECT_EQ(status([&](Descriptor& d) { d.mode = static_cast<std::uint8_t>(mode); }), Status::mode) << mode;
    }
    EXPECT_EQ(status([](Descriptor& d) { d.flags |= Descriptor::flags_decrypt; }), Status::flags);
    EXPECT_EQ(status([](Descriptor& d) { d.flags |= Descriptor::flags_context_held; }), Status::flags);
    EXPECT_EQ(status([](Descriptor& d) { d.flags |= Descriptor::flags_squeeze; }), Status::flags);
    EXPECT_EQ(status([](Descriptor& d) { d.context_reference = 64; }), Status::flags);
    EXPECT_EQ(status([](Descriptor& d) { d.context_region = 1; }), Status::flags);
    EXPECT_EQ(status([](Descriptor& d) { d.aad_length = 16; }), Status::length);
    EXPECT_EQ(status([](Descriptor& d) { d.flags |= Descriptor::flags_keyed; }), Status::length);
    EXPECT_EQ(status([](Descriptor& d) { d.tag_length = 4; }), Status::tag_length);
    EXPECT_EQ(status([](Descriptor& d) { d.iv[0] = 33; }), Status::iv);
    EXPECT_EQ(status([](Descriptor& d) { d.iv[0] = 0; }), Status::iv);
    EXPECT_EQ(status([](Descriptor& d) { d.iv[4] = 1; }), Status::iv);
    EXPECT_EQ(status([](Descriptor& d) {
                  d.flags = Descriptor::flags_stream_first;
                  d.iv = {};
                  d.text_length = 0;
              }),
              Status::length_zero);
    EXPECT_EQ(status([](Descriptor& d) { d.source = 0x7777'0000'0000; }), Status::source_access);
    EXPECT_EQ(status([](Descriptor& d) { d.destination = 0x7777'0000'0000; }), Status::destination_access);
    EXPECT_EQ(status([](Descriptor&) {}), Status::ok);
}

INSTANTIATE_TEST_SUITE_P(Engines, Hash, testing::ValuesIn(all_targets()),
                         [](const auto& info) { return info.param.name(); });

}  // namespace
}  // namespace cce::test
