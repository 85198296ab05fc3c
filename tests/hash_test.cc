// SPDX-License-Identifier: Apache-2.0
//
// Hash, XOF, HMAC and KMAC by the engine against OpenSSL: all functions, message lengths around blocks, random ones in
// random pieces with the state in memory between them, scatter lists, many requests at once. RFC 4231, the samples of
// SP 800-185, messages of more than 2^32 bits.

// OpenSSL's structures with the state words and lengths are the oracle for long messages, and are marked as old.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <numeric>
#include <optional>

#include "harness/hash_request.h"
#include "hash_support.h"
#include "support.h"
#include "vector_file.h"

namespace cce::test {
namespace {

using contract::Completion;
using contract::HashMode;
using contract::Status;
using sim::HashFront;
using sim::HashRequest;

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
            if (front) request.front(*front).first(first && !front->outer.empty());
            put(request, Bytes(message.begin() + static_cast<std::ptrdiff_t>(place),
                               message.begin() + static_cast<std::ptrdiff_t>(place + blocks * block)));
            EXPECT_EQ(run(request).status, Status::ok);
            front = request.continuation();
            place += blocks * block;
            first = false;
        }
        HashRequest request(machine_, mode);
        if (front) request.front(*front).first(first && !front->outer.empty());
        request.last(static_cast<std::uint32_t>(output_bytes));
        put(request, Bytes(message.begin() + static_cast<std::ptrdiff_t>(place), message.end()));
        EXPECT_EQ(run(request).status, Status::ok);
        return request.output();
    }
    HashFront hmac_session(const HashFunction& function, const Bytes& key) {
        const bool longer = key.size() > sim::hash_block_bytes(function.mode);
        return sim::hmac_session(machine_, queue_, function.mode,
                                 longer ? digest(function.name, key, sim::hash_digest_bytes(function.mode)) : key);
    }

    std::mt19937_64 random_{test_seed()};
    sim::Machine machine_{machine_options(GetParam())};
    sim::QueuePair queue_{machine_, 0};

    void SetUp() override { queue_.start(); }
};

TEST_P(Hash, LengthsAroundBlocks) {
    for (const HashFunction& function : hash_functions) {
        const std::size_t block = sim::hash_block_bytes(function.mode);
        const std::size_t bytes = sim::hash_extendable(function.mode) ? 41 : sim::hash_digest_bytes(function.mode);
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
        for (const HashFunction& function : hash_functions) {
            const Bytes message = random_bytes(random_, below(random_, 2000));
            const std::size_t bytes =
                sim::hash_extendable(function.mode)
                    ? 1 + below(random_, 700)
                    : 1 + below(random_, static_cast<std::uint32_t>(sim::hash_digest_bytes(function.mode)));
            ASSERT_EQ(in_pieces(function.mode, message, 1 + below(random_, 5), bytes),
                      digest(function.name, message, bytes))
                << function.name << " of " << message.size() << " bytes, " << bytes << " of output, round " << round;
        }
    }
}

TEST_P(Hash, SqueezedInPieces) {
    for (const HashFunction& function : hash_functions) {
        if (!sim::hash_extendable(function.mode)) continue;
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
    for (const HashFunction& function : hash_functions) {
        if (sim::hash_extendable(function.mode)) continue;
        const std::size_t bytes = sim::hash_digest_bytes(function.mode);
        for (const std::size_t key_bytes : {0, 1, 20, 64, 72, 144, 200}) {
            const Bytes key = random_bytes(random_, key_bytes);
            const HashFront session = hmac_session(function, key);
            for (const std::size_t length : {0U, 50U, below(random_, 1500)}) {
                const Bytes message = random_bytes(random_, length);
                ASSERT_EQ(in_pieces(function.mode, message, 1 + below(random_, 3), bytes, session),
                          mac("HMAC", function.name, key, message, bytes))
                    << function.name << ", key of " << key_bytes << ", " << length << " bytes";
            }
        }
    }
}

TEST_P(Hash, Rfc4231) {
    const std::filesystem::path folder = std::filesystem::path(CCE_VECTORS).parent_path().parent_path() / "HMAC";
    unsigned vectors = 0;
    for (const HashFunction& function : hash_functions) {
        const std::string name = function.name;
        if (name.size() != 6 || !name.starts_with("SHA") || name[3] == 'K') continue;  // SHA224, SHA256, SHA384, SHA512
        const auto path = folder / ("rfc-4231-sha" + name.substr(3) + ".txt");
        for (Vector& vector : read_vectors(path, "Len")) {
            ++vectors;
            Bytes message = from_hex(vector.take("Msg"));
            message.resize(vector.take_number("Len") / 8);
            const Bytes expected = from_hex(vector.take("MD"));
            const HashFront session = hmac_session(function, from_hex(vector.take("Key")));
            EXPECT_EQ(in_pieces(function.mode, message, 1 + below(random_, 2), expected.size(), session), expected)
                << path << ", " << vectors;
        }
    }
    EXPECT_EQ(vectors, 24U);
}

/// More than 2^32 bits, and up to the end of what the counter may hold: the message before is a state and a length.
TEST_P(Hash, LongBefore) {
    for (const std::uint64_t before :
         {std::uint64_t{1} << 29, (std::uint64_t{1} << 32) - 128, std::uint64_t{1} << 32,
          (std::uint64_t{1} << 35) + 128, std::uint64_t{1} << 53, (std::uint64_t{1} << 60) - 128}) {
        for (const std::size_t length : {0U, 1U, 119U, 128U, 1 + below(random_, 500)}) {
            const Bytes message = random_bytes(random_, length);
            SHA256_CTX narrow;
            SHA256_Init(&narrow);
            SHA512_CTX wide;
            SHA512_Init(&wide);
            for (std::size_t i = 0; i < 8; ++i) {
                narrow.h[i] = static_cast<std::uint32_t>(random_());
                wide.h[i] = random_();
            }
            narrow.Nl = static_cast<std::uint32_t>(before << 3);
            narrow.Nh = static_cast<std::uint32_t>(before >> 29);
            wide.Nl = before << 3;
            wide.Nh = before >> 61;
            for (const HashMode mode : {HashMode::sha_256, HashMode::sha_512}) {
                const bool is_wide = mode == HashMode::sha_512;
                HashFront front{};
                front.context.format = contract::ContextFormat::hash_state;
                front.context.mode = mode;
                front.context.length = before;
                const auto* const words = is_wide ? reinterpret_cast<const std::uint8_t*>(wide.h)
                                                  : reinterpret_cast<const std::uint8_t*>(narrow.h);
                front.state.assign(words, words + sim::hash_state_bytes(mode));
                Bytes expected(is_wide ? 64 : 32);
                if (is_wide) {
                    SHA512_Update(&wide, message.data(), message.size());
                    SHA512_Final(expected.data(), &wide);
                } else {
                    SHA256_Update(&narrow, message.data(), message.size());
                    SHA256_Final(expected.data(), &narrow);
                }
                // A piece more must still be possible: its length is the new one's.
                const bool room = before + message.size() < std::uint64_t{1} << 60;
                EXPECT_EQ(in_pieces(mode, message, room ? 1 + below(random_, 3) : 1, expected.size(), front), expected)
                    << before << " bytes before " << length;
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

/// SP 800-185, 3.3 and 4.3: what cSHAKE absorbs in front of a message, and KMAC's key.
Bytes cshake_front(HashMode mode, const std::string& name, const std::string& customization) {
    Bytes names = encode_string(Bytes(name.begin(), name.end()));
    const Bytes custom = encode_string(Bytes(customization.begin(), customization.end()));
    names.insert(names.end(), custom.begin(), custom.end());
    return bytepad(names, sim::hash_block_bytes(mode));
}
Bytes kmac_message(HashMode mode, const std::string& customization, const Bytes& key, const Bytes& text,
                   std::size_t output_bytes) {
    Bytes message = cshake_front(mode, "KMAC", customization);
    for (const Bytes& part :
         {bytepad(encode_string(key), sim::hash_block_bytes(mode)), text, encode(8 * output_bytes, false)}) {
        message.insert(message.end(), part.begin(), part.end());
    }
    return message;
}

TEST_P(Hash, Kmac) {
    for (const HashMode mode : {HashMode::cshake_128, HashMode::cshake_256}) {
        for (const std::size_t length : {0, 7, 400}) {
            const Bytes key = random_bytes(random_, 32);
            const Bytes text = random_bytes(random_, length);
            const std::size_t bytes = 48;
            ASSERT_EQ(in_pieces(mode, kmac_message(mode, "", key, text, bytes), 2, bytes),
                      mac(mode == HashMode::cshake_128 ? "KMAC128" : "KMAC256", nullptr, key, text, bytes))
                << length;
        }
    }
}

/// The samples that NIST published with SP 800-185 (cSHAKE_samples.pdf, KMAC_samples.pdf), in pieces and not.
TEST_P(Hash, Sp800185Samples) {
    Bytes key(32), shortest(4), longest(200);
    std::iota(key.begin(), key.end(), std::uint8_t{0x40});
    std::iota(shortest.begin(), shortest.end(), std::uint8_t{0});
    std::iota(longest.begin(), longest.end(), std::uint8_t{0});
    const std::string tagged = "My Tagged Application";
    struct Sample {
        bool kmac;
        HashMode mode;
        const Bytes* data;
        std::string customization;
        const char* output;
    };
    const std::array samples{Sample{false, HashMode::cshake_128, &shortest, "Email Signature",
                                    "C1C36925B6409A04F1B504FCBCA9D82B4017277CB5ED2B2065FC1D3814D5AAF5"},
                             Sample{false, HashMode::cshake_128, &longest, "Email Signature",
                                    "C5221D50E4F822D96A2E8881A961420F294B7B24FE3D2094BAED2C6524CC166B"},
                             Sample{false, HashMode::cshake_256, &shortest, "Email Signature",
                                    "D008828E2B80AC9D2218FFEE1D070C48B8E4C87BFF32C9699D5B6896EEE0EDD1"
                                    "64020E2BE0560858D9C00C037E34A96937C561A74C412BB4C746469527281C8C"},
                             Sample{false, HashMode::cshake_256, &longest, "Email Signature",
                                    "07DC27B11E51FBAC75BC7B3C1D983E8B4B85FB1DEFAF218912AC864302730917"
                                    "27F42B17ED1DF63E8EC118F04B23633C1DFB1574C8FB55CB45DA8E25AFB092BB"},
                             Sample{true, HashMode::cshake_128, &shortest, "",
                                    "E5780B0D3EA6F7D3A429C5706AA43A00FADBD7D49628839E3187243F456EE14E"},
                             Sample{true, HashMode::cshake_128, &shortest, tagged,
                                    "3B1FBA963CD8B0B59E8C1A6D71888B7143651AF8BA0A7070C0979E2811324AA5"},
                             Sample{true, HashMode::cshake_128, &longest, tagged,
                                    "1F5B4E6CCA02209E0DCB5CA635B89A15E271ECC760071DFD805FAA38F9729230"},
                             Sample{true, HashMode::cshake_256, &shortest, tagged,
                                    "20C570C31346F703C9AC36C61C03CB64C3970D0CFC787E9B79599D273A68D2F7"
                                    "F69D4CC3DE9D104A351689F27CF6F5951F0103F33F4F24871024D9C27773A8DD"},
                             Sample{true, HashMode::cshake_256, &longest, "",
                                    "75358CF39E41494E949707927CEE0AF20A3FF553904C86B08F21CC414BCFD691"
                                    "589D27CF5E15369CBBFF8B9A4C2EB17800855D0235FF635DA82533EC6B759B69"},
                             Sample{true, HashMode::cshake_256, &longest, tagged,
                                    "B58618F71F92E1D56C1B8C55DDD7CD188B97B4CA4D99831EB2699A837DA2E4D9"
                                    "70FBACFDE50033AEA585F1A2708510C32D07880801BD182898FE476876FC8965"}};
    for (const Sample& sample : samples) {
        const Bytes expected = from_hex(sample.output);
        Bytes message;
        if (sample.kmac) {
            message = kmac_message(sample.mode, sample.customization, key, *sample.data, expected.size());
        } else {
            message = cshake_front(sample.mode, "", sample.customization);
            message.insert(message.end(), sample.data->begin(), sample.data->end());
        }
        for (const unsigned pieces : {1U, 2U, 3U}) {
            EXPECT_EQ(in_pieces(sample.mode, message, pieces, expected.size()), expected) << sample.output;
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
            const HashFunction& function = hash_functions[below(random_, hash_functions.size())];
            const Bytes message = random_bytes(random_, below(random_, 800));
            const std::size_t bytes =
                sim::hash_extendable(function.mode) ? 1 + below(random_, 1000) : sim::hash_digest_bytes(function.mode);
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

/// What is under way ends with its status; the engine goes on when the gate is open again.
TEST_P(Hash, GateClosedInTheMiddle) {
    namespace global = contract::global_page;
    const auto gate = [&](std::uint32_t value) { machine_.write_register(global::at(global::gate), value); };
    const Bytes message = random_bytes(random_, 4096);
    for (const HashFunction& function : hash_functions) {
        const std::size_t bytes = sim::hash_extendable(function.mode) ? 64 : sim::hash_digest_bytes(function.mode);
        std::vector<std::unique_ptr<HashRequest>> requests;
        for (unsigned i = 0; i < 8; ++i) {
            requests.push_back(std::make_unique<HashRequest>(machine_, function.mode));
            requests.back()->last(static_cast<std::uint32_t>(bytes)).message(message);
            queue_.post(requests.back()->descriptor());
        }
        queue_.ring_submission();
        machine_.run(300 + below(random_, 1200));
        gate(global::gate_hash.put(1));
        // As many have ended as the lanes can do in that time; what waited may be answered before them.
        unsigned ended = 0;
        for (std::size_t i = 0; i < requests.size(); ++i) {
            const Completion done = queue_.wait();
            ASSERT_TRUE(done.status == Status::gated || done.status == Status::ok) << function.name;
            if (done.status == Status::ok) ++ended;
        }
        EXPECT_LE(ended, 4U) << function.name;
        EXPECT_EQ(run(*requests[0]).status, Status::gated);
        // One gate leaves the other engine alone.
        gate(global::gate_aes.put(1));
        EXPECT_EQ(run(*requests[0]).status, Status::ok);
        EXPECT_EQ(requests[0]->output(), digest(function.name, message, bytes));
        gate(0);
    }
}

/// Wrong contexts and lengths, each with its status; the engine goes on.
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
    for (unsigned mode = 0; mode < 256; ++mode) {
        const bool known = contract::name_of(static_cast<HashMode>(mode)) != "unknown";
        const Status answer = status([&](Descriptor& d) { d.mode = static_cast<std::uint8_t>(mode); });
        EXPECT_EQ(answer != Status::mode, known) << mode;
    }
    EXPECT_EQ(status([](Descriptor& d) { d.flags |= Descriptor::flags_decrypt; }), Status::flags);
    EXPECT_EQ(status([](Descriptor& d) { d.flags |= Descriptor::flags_context_held; }), Status::flags);
    EXPECT_EQ(status([](Descriptor& d) { d.flags |= Descriptor::flags_squeeze; }), Status::flags);
    EXPECT_EQ(status([](Descriptor& d) { d.context_reference = 64; }), Status::flags);
    EXPECT_EQ(status([](Descriptor& d) { d.context_region = 1; }), Status::flags);
    EXPECT_EQ(status([](Descriptor& d) { d.aad_length = 16; }), Status::length);
    EXPECT_EQ(status([](Descriptor& d) { d.flags |= Descriptor::flags_keyed; }), Status::length);
    EXPECT_EQ(status([](Descriptor& d) { d.tag_length = 4; }), Status::tag_length);
    EXPECT_EQ(status([](Descriptor& d) { d.set_hash_output({.length = 33}); }), Status::iv);
    EXPECT_EQ(status([](Descriptor& d) { d.set_hash_output({}); }), Status::iv);
    EXPECT_EQ(status([](Descriptor& d) { d.iv[offsetof(contract::HashOutput, reserved)] = 1; }), Status::iv);
    EXPECT_EQ(status([](Descriptor& d) {
                  d.flags = Descriptor::flags_stream_first;
                  d.set_hash_output({});
                  d.text_length = 0;
              }),
              Status::length_zero);
    // Squeezing is for shake and cshake, without a key, and in whole pairs of blocks.
    const auto squeezing = [](Descriptor& d) {
        d.mode = static_cast<std::uint8_t>(HashMode::shake_128);
        d.flags = Descriptor::flags_stream_first | Descriptor::flags_squeeze;
    };
    EXPECT_EQ(status([&](Descriptor& d) {
                  squeezing(d);
                  d.mode = static_cast<std::uint8_t>(HashMode::sha3_256);
              }),
              Status::flags);
    EXPECT_EQ(status([&](Descriptor& d) {
                  squeezing(d);
                  d.flags |= Descriptor::flags_stream_last;
              }),
              Status::flags);
    EXPECT_EQ(status([&](Descriptor& d) {
                  squeezing(d);
                  d.flags |= Descriptor::flags_keyed;
              }),
              Status::flags);
    EXPECT_EQ(status([&](Descriptor& d) {
                  squeezing(d);
                  d.set_hash_output({.length = 0xffff'ff00});
              }),
              Status::iv);
    for (const HashMode mode : {HashMode::shake_128, HashMode::shake_256}) {
        const auto block = static_cast<std::uint32_t>(sim::hash_block_bytes(mode));
        for (const std::uint32_t bytes : {1U, block, 2 * block - 1, 2 * block, 2 * block + 1, 3 * block, 4 * block}) {
            HashRequest squeezed(machine_, mode);
            squeezed.squeeze(bytes).message(Bytes(10));
            EXPECT_EQ(run(squeezed).status, bytes % (2 * block) == 0 ? Status::ok : Status::length)
                << static_cast<unsigned>(mode) << ", " << bytes;
        }
    }
    EXPECT_EQ(status([](Descriptor& d) { d.source = 0x7777'0000'0000; }), Status::source_access);
    EXPECT_EQ(status([](Descriptor& d) { d.destination = 0x7777'0000'0000; }), Status::destination_access);
    EXPECT_EQ(status([](Descriptor&) {}), Status::ok);
}

INSTANTIATE_TEST_SUITE_P(Engines, Hash, testing::ValuesIn(all_targets()), EngineTest::name);

}  // namespace
}  // namespace cce::test
