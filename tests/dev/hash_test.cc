// SPDX-License-Identifier: Apache-2.0
//
// Hash functions through /dev/cce: SHA-2, SHA-3, HMAC, XOFs and KMAC against OpenSSL; messages in pieces, whose states
// lie in this program's memory; what is refused. Jobs below tests/kernel/jobs/ choose: Asleep expects an engine that
// sleeps, Removal one that comes and goes. With a threshold (module parameter cpu_below_hash) the same tests run on the
// CPU, or partly.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <liburing.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "device_file.h"
#include "hash_functions.h"
#include "reference.h"
#include "removal.h"

namespace cce::dev {
namespace {

constexpr int64_t patience_ns = 60'000'000'000;
constexpr size_t page = 4096;
constexpr uint8_t untouched = 0xa5;
constexpr size_t guard_bytes = 32;

using Function = HashFunction;
constexpr std::span functions{hash_functions.data(), hash_functions.size() - 2};
constexpr std::span kmacs{hash_functions.data() + functions.size(), 2};
constexpr const Function& sha256 = functions[1];
constexpr const Function& sha3_256 = functions[7];
constexpr const Function& shake_256 = functions[11];

Bytes digest(const char* name, const Bytes& message, size_t bytes) {
    const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{EVP_MD_fetch(nullptr, name, nullptr), &EVP_MD_free};
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    const bool extendable = (EVP_MD_get_flags(algorithm.get()) & EVP_MD_FLAG_XOF) != 0;
    Bytes result(std::max<size_t>(bytes, EVP_MAX_MD_SIZE));
    EXPECT_EQ(EVP_DigestInit_ex(context.get(), algorithm.get(), nullptr), 1);
    EXPECT_EQ(EVP_DigestUpdate(context.get(), message.data(), message.size()), 1);
    EXPECT_EQ(extendable ? EVP_DigestFinalXOF(context.get(), result.data(), bytes)
                         : EVP_DigestFinal_ex(context.get(), result.data(), nullptr),
              1);
    result.resize(bytes);
    return result;
}

// HMAC with a digest, KMAC without.
Bytes mac(const char* name, const char* digest_name, const Bytes& key, const Bytes& message, size_t bytes) {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> algorithm{EVP_MAC_fetch(nullptr, name, nullptr),
                                                                      &EVP_MAC_free};
    const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context{EVP_MAC_CTX_new(algorithm.get()),
                                                                            &EVP_MAC_CTX_free};
    std::string text = digest_name != nullptr ? digest_name : "";
    const std::array parameters{digest_name != nullptr
                                    ? OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, text.data(), 0)
                                    : OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &bytes),
                                OSSL_PARAM_construct_end()};
    Bytes result(std::max<size_t>(bytes, EVP_MAX_MD_SIZE));
    size_t length = 0;
    // No pointer means no key to OpenSSL, not an empty one.
    const uint8_t none = 0;
    EXPECT_EQ(EVP_MAC_init(context.get(), key.empty() ? &none : key.data(), key.size(), parameters.data()), 1);
    EXPECT_EQ(EVP_MAC_update(context.get(), message.data(), message.size()), 1);
    EXPECT_EQ(EVP_MAC_final(context.get(), result.data(), &length, result.size()), 1);
    result.resize(bytes);
    return result;
}

uint64_t address_of(const void* pointer) {
    return reinterpret_cast<uintptr_t>(pointer);
}

size_t number_from_environment(const char* name, size_t otherwise) {
    const char* text = std::getenv(name);
    return text != nullptr ? std::strtoul(text, nullptr, 0) : otherwise;
}

class DevHash : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_EQ(file_.open_errno(), 0) << "opening " << device_path;
        ASSERT_EQ(file_.create_queue(depth, -1, queue_), 0);
        ASSERT_EQ(file_.query(query_), 0);
    }

    uint32_t session(uint32_t hash) {
        uint32_t& id = sessions_[hash];
        if (id == 0) {
            EXPECT_EQ(file_.create_session(CCE_UAPI_MODE_HASH + hash, {}, 0, id), 0) << "function " << hash;
        }
        return id;
    }
    uint32_t hmac_session(uint32_t hash, const Bytes& key) {
        uint32_t id = 0;
        EXPECT_EQ(file_.create_session(CCE_UAPI_MODE_HASH + hash, key, 0, id, CCE_UAPI_SESSION_HMAC), 0)
            << "HMAC with function " << hash << ", key of " << key.size();
        return id;
    }

    Bytes random_bytes(size_t count) {
        Bytes bytes(count);
        std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<uint8_t>(random_()); });
        return bytes;
    }
    size_t below(size_t limit) { return std::uniform_int_distribution<size_t>{0, limit - 1}(random_); }

    static cce_uapi_request request(uint32_t session, uint16_t flags, std::span<const uint8_t> text, void* result,
                                    size_t output_bytes) {
        cce_uapi_request request{};
        request.session = session;
        request.flags = flags;
        request.length = static_cast<uint32_t>(text.size());
        request.source = address_of(text.data());
        request.destination = address_of(result);
        request.output_length = static_cast<uint32_t>(output_bytes);
        return request;
    }
    static void go_on(cce_uapi_request& request, std::span<const uint8_t> state) {
        request.aad = address_of(state.data());
        request.aad_length = static_cast<uint32_t>(state.size());
    }

    // The errno of a request, or of its submission.
    int run(const cce_uapi_request& request) {
        std::vector<cce_uapi_completion> completions;
        if (const int error = file_.submit(queue_, request); error != 0) return error;
        EXPECT_EQ(file_.collect(queue_, 1, 1, patience_ns, completions), 0);
        const cce_uapi_completion& completion = completions.at(0);
        EXPECT_EQ(completion.cookie, request.cookie);
        EXPECT_EQ(Bytes(completion.next_iv, completion.next_iv + 16), Bytes(16));
        return -completion.status;
    }

    // A message in pieces, what is `behind` it in the request's own place; the state goes from one memory to the other,
    // or stays where it is.
    Bytes in_pieces(const Function& function, uint32_t session, const Bytes& message, size_t pieces,
                    size_t output_bytes, const Bytes& behind = {}) {
        Bytes state;
        size_t place = 0;
        for (; pieces > 1 && message.size() - place >= function.block_bytes; --pieces) {
            const size_t blocks = 1 + below((message.size() - place) / function.block_bytes);
            const auto text = std::span{message}.subspan(place, blocks * function.block_bytes);
            Bytes next(function.saved_bytes() + guard_bytes, untouched);
            const bool same_place = !state.empty() && below(2) == 0;
            cce_uapi_request piece = request(session, state.empty() ? CCE_UAPI_REQUEST_FIRST : 0, text,
                                             same_place ? state.data() : next.data(), 0);
            go_on(piece, state);
            if (state.empty()) piece.aad = 0;
            EXPECT_EQ(run(piece), 0) << function.name;
            if (!same_place) {
                EXPECT_EQ(Bytes(next.end() - guard_bytes, next.end()), Bytes(guard_bytes, untouched));
                state.assign(next.begin(), next.end() - guard_bytes);
            }
            place += text.size();
        }
        Bytes result(output_bytes + guard_bytes, untouched);
        cce_uapi_request last = request(
            session, static_cast<uint16_t>(CCE_UAPI_REQUEST_LAST | (state.empty() ? CCE_UAPI_REQUEST_FIRST : 0)),
            std::span{message}.subspan(place), result.data(), output_bytes);
        if (!state.empty()) go_on(last, state);
        last.iv_bytes = static_cast<uint8_t>(behind.size());
        std::copy(behind.begin(), behind.end(), last.iv);
        EXPECT_EQ(run(last), 0) << function.name << ", " << message.size() << " bytes";
        EXPECT_EQ(Bytes(result.end() - guard_bytes, result.end()), Bytes(guard_bytes, untouched));
        result.resize(output_bytes);
        return result;
    }

    // Then there is HMAC with it, too.
    [[nodiscard]] bool cpu_has(const Function& function) const { return query_.hashes_on_cpu >> function.hash & 1; }

    size_t output_of(const Function& function) {
        return function.extendable() ? 1 + below(700) : 1 + below(function.digest_bytes);
    }

    static constexpr uint32_t depth = 32;
    std::mt19937_64 random_{number_from_environment("CCE_TEST_SEED", 1)};
    DeviceFile file_;
    cce_uapi_query query_{};
    uint32_t queue_{};
    std::map<uint32_t, uint32_t> sessions_;
};

TEST_F(DevHash, Query) {
    constexpr uint32_t sha2 = 0x3f, sha3 = 0xf00, extendable = 0xf000;
    EXPECT_EQ(query_.hashes, sha2 | sha3 | extendable);
    // What the kernel was built with. The CPU hashes HMAC's key.
    EXPECT_EQ(query_.hashes_on_cpu & ~(sha2 | sha3), 0U);
    if (const char* expected = std::getenv("CCE_DEV_CPU_HASHES"); expected != nullptr) {
        EXPECT_EQ(query_.hashes_on_cpu, std::strtoul(expected, nullptr, 0));
    }
    EXPECT_EQ(query_.hash_macs, query_.hashes_on_cpu);
    // Programs that know nothing of hash functions.
    struct {
        cce_uapi_query query;
        uint32_t behind;
    } argument{};
    std::memset(&argument, 0xa5, sizeof(argument));
    argument.query.size = offsetof(cce_uapi_query, hashes);
    argument.query.reserved = 0;
    EXPECT_EQ(file_.call(CCE_UAPI_QUERY, argument), 0);
    EXPECT_EQ(argument.query.size, offsetof(cce_uapi_query, hashes));
    EXPECT_EQ(argument.query.modes, query_.modes);
    EXPECT_EQ(argument.query.hashes, 0xa5a5a5a5U);
    argument.query.size = offsetof(cce_uapi_query, hashes) - 1;
    EXPECT_EQ(file_.call(CCE_UAPI_QUERY, argument), EINVAL);
    argument.query = {};
    argument.query.size = sizeof(argument.query);
    argument.query.reserved2 = 1;
    EXPECT_EQ(file_.call(CCE_UAPI_QUERY, argument), EINVAL);
}

TEST_F(DevHash, LengthsAroundBlocks) {
    for (const Function& function : functions) {
        const size_t block = function.block_bytes;
        const size_t bytes = function.extendable() ? 41 : function.digest_bytes;
        for (const size_t length : {size_t{0}, size_t{1}, size_t{55}, size_t{56}, size_t{111}, size_t{112}, block - 9,
                                    block - 8, block - 1, block, block + 1, 2 * block - 1, 2 * block, 5 * page + 3}) {
            const Bytes message = random_bytes(length);
            ASSERT_EQ(in_pieces(function, session(function.hash), message, 1, bytes),
                      digest(function.name, message, bytes))
                << function.name << " of " << length << " bytes";
        }
    }
}

TEST_F(DevHash, Pieces) {
    const size_t rounds = number_from_environment("CCE_DEV_REQUESTS", 12);
    for (size_t round = 0; round < rounds; ++round) {
        for (const Function& function : functions) {
            const Bytes message = random_bytes(below(round % 4 == 0 ? 60'000 : 3'000));
            const size_t bytes = output_of(function);
            const size_t behind = below(3) == 0 ? 1 + below(16) : 0;
            const Bytes end = random_bytes(behind);
            Bytes whole = message;
            whole.insert(whole.end(), end.begin(), end.end());
            ASSERT_EQ(in_pieces(function, session(function.hash), message, 1 + below(5), bytes, end),
                      digest(function.name, whole, bytes))
                << function.name << " of " << message.size() << " + " << behind << " bytes, round " << round;
        }
    }
}

TEST_F(DevHash, Hmac) {
    for (const Function& function : functions) {
        if (!cpu_has(function)) {
            uint32_t none = 0;
            EXPECT_EQ(
                file_.create_session(CCE_UAPI_MODE_HASH + function.hash, Bytes(16), 0, none, CCE_UAPI_SESSION_HMAC),
                EOPNOTSUPP);
            continue;
        }
        for (const size_t key_bytes : {size_t{0}, size_t{1}, size_t{20}, function.block_bytes - 1, function.block_bytes,
                                       function.block_bytes + 1, size_t{5000}, size_t{1} << 20}) {
            const Bytes key = random_bytes(key_bytes);
            const uint32_t id = hmac_session(function.hash, key);
            for (const size_t length : {size_t{0}, size_t{50}, below(1500)}) {
                const Bytes message = random_bytes(length);
                const size_t bytes = output_of(function);
                ASSERT_EQ(in_pieces(function, id, message, 1 + below(3), bytes),
                          mac("HMAC", function.name, key, message, bytes))
                    << function.name << ", key of " << key_bytes << ", " << length << " bytes";
            }
            ASSERT_EQ(file_.destroy(CCE_UAPI_SESSION_DESTROY, id), 0);
        }
    }
}

// SP 800-185, 2.3.
Bytes encode(uint64_t number, bool left) {
    Bytes bytes;
    for (uint64_t rest = number; rest != 0 || bytes.empty(); rest >>= 8)
        bytes.insert(bytes.begin(), static_cast<uint8_t>(rest));
    const auto count = static_cast<uint8_t>(bytes.size());
    bytes.insert(left ? bytes.begin() : bytes.end(), count);
    return bytes;
}
Bytes operator+(Bytes first, const Bytes& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}
Bytes encode_string(const Bytes& string) {
    return encode(8 * string.size(), true) + string;
}
Bytes bytepad(const Bytes& string, size_t width) {
    Bytes bytes = encode(width, true) + string;
    bytes.resize((bytes.size() + width - 1) / width * width);
    return bytes;
}

TEST_F(DevHash, Kmac) {
    for (const Function& function : kmacs) {
        for (const size_t length : {size_t{0}, size_t{7}, size_t{400}, size_t{10'000}}) {
            const Bytes key = random_bytes(32);
            const Bytes text = random_bytes(length);
            const size_t bytes = 1 + below(500);
            const Bytes message =
                bytepad(encode_string({'K', 'M', 'A', 'C'}) + encode_string({}), function.block_bytes) +
                bytepad(encode_string(key), function.block_bytes) + text;
            ASSERT_EQ(
                in_pieces(function, session(function.hash), message, 1 + below(4), bytes, encode(8 * bytes, false)),
                mac(function.name, nullptr, key, text, bytes))
                << function.name << " of " << length << " bytes";
        }
    }
}

TEST_F(DevHash, Squeezed) {
    for (const Function& function : functions) {
        if (!function.extendable()) continue;
        const size_t pair = 2 * function.block_bytes;
        const Bytes message = random_bytes(777);
        Bytes all, state;
        for (const size_t bytes : {pair, size_t{0}, 3 * pair, 200 * pair, pair}) {
            Bytes result(bytes + function.saved_bytes() + guard_bytes, untouched);
            const bool begins = state.empty();
            cce_uapi_request piece =
                request(session(function.hash),
                        static_cast<uint16_t>(CCE_UAPI_REQUEST_SQUEEZE | (begins ? CCE_UAPI_REQUEST_FIRST : 0)),
                        begins ? std::span<const uint8_t>{message} : std::span<const uint8_t>{}, result.data(), bytes);
            if (!begins) go_on(piece, state);
            ASSERT_EQ(run(piece), 0) << function.name << ", " << bytes;
            ASSERT_EQ(Bytes(result.end() - guard_bytes, result.end()), Bytes(guard_bytes, untouched));
            const auto end = result.begin() + static_cast<std::ptrdiff_t>(bytes);
            all.insert(all.end(), result.begin(), end);
            state.assign(end, result.end() - guard_bytes);
        }
        Bytes rest(100'001);
        cce_uapi_request last = request(session(function.hash), CCE_UAPI_REQUEST_LAST, {}, rest.data(), rest.size());
        go_on(last, state);
        ASSERT_EQ(run(last), 0) << function.name;
        all.insert(all.end(), rest.begin(), rest.end());
        EXPECT_TRUE(all == digest(function.name, message, all.size())) << function.name;
    }
}

// Regions for source, destination and state, at any offset; and a source that is its own destination.
TEST_F(DevHash, RegionsAndInPlace) {
    for (const Function& function : {sha256, sha3_256, shake_256}) {
        Bytes memory = random_bytes(64 * page);
        uint32_t region = 0, constant = 0;
        ASSERT_EQ(file_.create_region(memory.data() + 1, memory.size() - 1, 0, region), 0);
        ASSERT_EQ(file_.create_region(memory.data() + 1, memory.size() - 1, CCE_UAPI_REGION_READ_ONLY, constant), 0);
        const size_t text_bytes = 40 * function.block_bytes, state_at = 20'001, result_at = 30'003;
        const Bytes text(memory.begin() + 5001, memory.begin() + 5001 + static_cast<std::ptrdiff_t>(text_bytes));
        cce_uapi_request first = request(session(function.hash), CCE_UAPI_REQUEST_FIRST, text, nullptr, 0);
        first.source_region = constant;
        first.source = 5000;
        first.destination_region = region;
        first.destination = state_at - 1;
        ASSERT_EQ(run(first), 0);
        cce_uapi_request last = first;
        last.flags = CCE_UAPI_REQUEST_LAST;
        last.aad_region = constant;
        last.aad = state_at - 1;
        last.aad_length = static_cast<uint32_t>(function.saved_bytes());
        last.destination = result_at - 1;
        last.output_length = 32;
        ASSERT_EQ(run(last), 0);
        const auto result = memory.begin() + result_at;
        EXPECT_EQ(Bytes(result, result + 32), digest(function.name, text + text, 32)) << function.name;

        last = first;
        last.flags = CCE_UAPI_REQUEST_FIRST | CCE_UAPI_REQUEST_LAST;
        last.source_region = region;
        last.destination = last.source;
        last.output_length = 20;
        ASSERT_EQ(run(last), 0);
        EXPECT_EQ(Bytes(memory.begin() + 5001, memory.begin() + 5021), digest(function.name, text, 20));
        EXPECT_TRUE(std::equal(text.begin() + 20, text.end(), memory.begin() + 5021));
        if (function.extendable()) {
            // Of these functions an output may be longer than the text.
            std::copy(text.begin(), text.end(), memory.begin() + 5001);
            last.length = 300;
            last.output_length = 9000;
            ASSERT_EQ(run(last), 0);
            EXPECT_TRUE(Bytes(memory.begin() + 5001, memory.begin() + 14'001) ==
                        digest(function.name, Bytes(text.begin(), text.begin() + 300), 9000));
        }
        ASSERT_EQ(file_.destroy(CCE_UAPI_REGION_DESTROY, region), 0);
        ASSERT_EQ(file_.destroy(CCE_UAPI_REGION_DESTROY, constant), 0);
    }
}

// Many messages at a time, a piece of one after a piece of another: their states are this program's.
TEST_F(DevHash, ManyStreams) {
    struct Stream {
        const Function* function;
        uint32_t session;
        Bytes key, message, state, result;
        size_t place, under_way, output_bytes;
        bool last, done;
    };
    const size_t count = number_from_environment("CCE_DEV_STREAMS", 1000);
    std::map<uint32_t, std::pair<Bytes, uint32_t>> keyed;
    for (const Function& function : functions) {
        if (!cpu_has(function)) continue;
        Bytes key = random_bytes(1 + below(200));
        const uint32_t id = hmac_session(function.hash, key);
        keyed[function.hash] = {std::move(key), id};
    }
    std::vector<Stream> streams(count);
    for (Stream& stream : streams) {
        stream = {};
        stream.function = &functions[below(functions.size())];
        stream.session = session(stream.function->hash);
        if (cpu_has(*stream.function) && below(2) == 0)
            std::tie(stream.key, stream.session) = keyed[stream.function->hash];
        stream.message = random_bytes(below(1200));
        stream.output_bytes = output_of(*stream.function);
        stream.result.resize(std::max(stream.output_bytes, stream.function->saved_bytes()));
        stream.state.resize(stream.function->saved_bytes());
    }
    const auto next = [&](size_t number) {
        Stream& stream = streams[number];
        const size_t block = stream.function->block_bytes, left = stream.message.size() - stream.place;
        stream.last = left < block || below(3) == 0;
        stream.under_way = stream.last ? left : block * (1 + below(left / block));
        cce_uapi_request piece =
            request(stream.session, 0, std::span{stream.message}.subspan(stream.place, stream.under_way),
                    stream.last ? stream.result.data() : stream.state.data(), stream.last ? stream.output_bytes : 0);
        if (stream.place == 0)
            piece.flags |= CCE_UAPI_REQUEST_FIRST;
        else
            go_on(piece, stream.state);
        if (stream.last) piece.flags |= CCE_UAPI_REQUEST_LAST;
        piece.cookie = number;
        return piece;
    };
    std::vector<size_t> idle(count);
    for (size_t i = 0; i < count; ++i) idle[i] = i;
    size_t under_way = 0, done = 0, requests = 0;
    while (done < count) {
        std::vector<cce_uapi_request> batch;
        while (under_way + batch.size() < depth && !idle.empty()) {
            std::swap(idle[below(idle.size())], idle.back());
            batch.push_back(next(idle.back()));
            idle.pop_back();
        }
        if (!batch.empty()) {
            uint32_t accepted = 0;
            ASSERT_EQ(file_.submit(queue_, batch, accepted), 0);
            ASSERT_EQ(accepted, batch.size());
            under_way += batch.size();
            requests += batch.size();
        }
        std::vector<cce_uapi_completion> completions;
        ASSERT_EQ(file_.collect(queue_, 1, depth, patience_ns, completions), 0);
        for (const cce_uapi_completion& completion : completions) {
            Stream& stream = streams.at(completion.cookie);
            ASSERT_EQ(completion.status, 0) << stream.function->name;
            stream.place += stream.under_way;
            stream.done = stream.last;
            if (stream.done)
                ++done;
            else
                idle.push_back(completion.cookie);
        }
        under_way -= completions.size();
    }
    for (Stream& stream : streams) {
        stream.result.resize(stream.output_bytes);
        const bool is_mac = std::any_of(keyed.begin(), keyed.end(),
                                        [&](const auto& entry) { return entry.second.second == stream.session; });
        ASSERT_EQ(stream.result,
                  is_mac ? mac("HMAC", stream.function->name, stream.key, stream.message, stream.output_bytes)
                         : digest(stream.function->name, stream.message, stream.output_bytes))
            << stream.function->name << ", " << stream.message.size() << " bytes";
    }
    std::printf("%zu streams in %zu requests\n", count, requests);
}

// The longest request, in pages that are no neighbours, and in one that are.
TEST_F(DevHash, Scattered) {
    constexpr size_t pages = 256;
    // One page, many times.
    const int memory = memfd_create("page", MFD_CLOEXEC);
    ASSERT_GE(memory, 0);
    ASSERT_EQ(ftruncate(memory, page), 0);
    auto* const base = static_cast<uint8_t*>(
        mmap(nullptr, pages * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    ASSERT_NE(base, MAP_FAILED);
    for (size_t i = 0; i < pages; ++i) {
        ASSERT_NE(mmap(base + i * page, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, memory, 0), MAP_FAILED);
    }
    const Bytes content = random_bytes(page);
    std::copy(content.begin(), content.end(), base);
    Bytes result(32);
    const auto hash = [&](const Function& function, size_t bytes) {
        return run(request(session(function.hash), CCE_UAPI_REQUEST_FIRST | CCE_UAPI_REQUEST_LAST, {base, bytes},
                           result.data(), 32));
    };
    const auto expected = [&](const Function& function, size_t bytes) {
        return digest(function.name, Bytes(base, base + bytes), 32);
    };
    // More pieces than the engine takes: the CPU does it.
    for (const Function& function : {sha256, sha3_256}) {
        if (!cpu_has(function)) {
            EXPECT_EQ(hash(function, pages * page), EMSGSIZE);
            continue;
        }
        ASSERT_EQ(hash(function, pages * page), 0);
        EXPECT_EQ(result, expected(function, pages * page)) << function.name;
    }
    // Nobody else does this.
    EXPECT_EQ(hash(shake_256, pages * page), EMSGSIZE);
    ASSERT_EQ(hash(shake_256, CCE_UAPI_ENGINE_ONLY_BYTES), 0);
    EXPECT_EQ(result, expected(shake_256, CCE_UAPI_ENGINE_ONLY_BYTES));
    cce_uapi_request off_by_one = request(session(shake_256.hash), CCE_UAPI_REQUEST_FIRST | CCE_UAPI_REQUEST_LAST,
                                          {base + 1, CCE_UAPI_ENGINE_ONLY_BYTES}, result.data(), 32);
    off_by_one.iv_bytes = 16;
    EXPECT_EQ(run(off_by_one), 0);
    Bytes whole(base + 1, base + 1 + CCE_UAPI_ENGINE_ONLY_BYTES);
    whole.resize(whole.size() + 16);
    EXPECT_EQ(result, digest(shake_256.name, whole, 32));
    // Of the output the same holds.
    EXPECT_EQ(
        run(request(session(shake_256.hash), CCE_UAPI_REQUEST_FIRST | CCE_UAPI_REQUEST_LAST, content, base, 1 << 20)),
        EMSGSIZE);
    munmap(base, pages * page);
    close(memory);
}

// Each has its errno, and the engine never sees it.
TEST_F(DevHash, BadInput) {
    for (const Function& function : {sha256, functions[3], sha3_256, shake_256}) {
        SCOPED_TRACE(function.name);
        const Bytes block = random_bytes(function.block_bytes);
        Bytes good(function.saved_bytes()), result(4 * page);
        ASSERT_EQ(run(request(session(function.hash), CCE_UAPI_REQUEST_FIRST, block, good.data(), 0)), 0);
        const auto go_on_from = [&](Bytes state, const std::function<void(cce_uapi_request&)>& change = {}) {
            cce_uapi_request last = request(session(function.hash), CCE_UAPI_REQUEST_LAST, block, result.data(), 20);
            go_on(last, state);
            if (change) change(last);
            return run(last);
        };
        const auto with = [&](size_t at, uint8_t value) {
            Bytes state = good;
            state[at] = value;
            return go_on_from(state);
        };
        EXPECT_EQ(go_on_from(good), 0);
        // No state, and what is none.
        EXPECT_EQ(go_on_from({}), ENODATA);
        EXPECT_EQ(go_on_from(good, [](auto& r) { r.aad_length = 0; }), ENODATA);
        EXPECT_EQ(go_on_from(good, [](auto& r) { r.aad_length -= 1; }), EBADMSG);
        EXPECT_EQ(go_on_from(good, [](auto& r) { r.aad_length += 16; }), EBADMSG);
        EXPECT_EQ(go_on_from(good, [](auto& r) { r.aad = 8; }), EFAULT);
        EXPECT_EQ(go_on_from(Bytes(good.size())), EBADMSG);
        // Of another function, and corrupted: the header says what it is.
        EXPECT_EQ(with(1, static_cast<uint8_t>(function.hash ^ 1)), EBADMSG);
        for (const int format : {0, 1, 5, 0x82}) EXPECT_EQ(with(0, static_cast<uint8_t>(format)), EBADMSG) << format;
        EXPECT_EQ(with(2, 2), EBADMSG);
        EXPECT_EQ(with(2, 1), function.extendable() ? EINVAL : EBADMSG) << "text, while it is squeezed";
        for (const size_t reserved : {3, 4, 5, 6, 7}) EXPECT_EQ(with(reserved, 1), EBADMSG);
        if (function.sponge()) {
            EXPECT_EQ(with(good.size() - 1, 1), EBADMSG) << "behind the state's 200 bytes";
        } else {
            EXPECT_EQ(with(8, 1), EBADMSG) << "not whole blocks";
        }
        EXPECT_EQ(with(15, 0x10), EBADMSG) << "2^60 bytes";
        // A message that gets too long. The longest digest that can be made has the right length behind it.
        Bytes nearly = good;
        std::fill_n(nearly.begin() + 8, 8, 0xff);
        nearly[15] = 0x0f;
        nearly[8] = static_cast<uint8_t>(~(function.block_bytes - 1));
        if (function.sponge()) nearly[8] = 0xff;
        EXPECT_EQ(go_on_from(nearly), EOVERFLOW);
        EXPECT_EQ(go_on_from(nearly, [](auto& r) { r.length = 0; }), 0);
        EXPECT_EQ(go_on_from(nearly,
                             [&](auto& r) {
                                 r.length = function.sponge() ? 0 : static_cast<uint32_t>(function.block_bytes) - 1;
                                 r.iv_bytes = 1;
                             }),
                  EOVERFLOW);
        // Output.
        const uint32_t longest =
            function.extendable() ? query_.longest_request : static_cast<uint32_t>(function.digest_bytes);
        EXPECT_EQ(go_on_from(good, [](auto& r) { r.output_length = 0; }), EINVAL);
        EXPECT_EQ(go_on_from(good, [&](auto& r) { r.output_length = longest + 1; }), EMSGSIZE);
        EXPECT_EQ(go_on_from(good, [](auto& r) { r.output_length = ~0U; }), EMSGSIZE);
        EXPECT_EQ(go_on_from(good, [](auto& r) { r.flags = 0; }), EINVAL) << "output of a message that goes on";
        // Text.
        EXPECT_EQ(go_on_from(good, [&](auto& r) { r.length = query_.longest_request + 1; }), EMSGSIZE);
        const auto unfinished = [&](uint32_t length, uint16_t flags = 0) {
            return go_on_from(good, [&](auto& r) {
                r.flags = flags;
                r.length = length;
                r.output_length = 0;
            });
        };
        EXPECT_EQ(unfinished(static_cast<uint32_t>(function.block_bytes)), 0);
        EXPECT_EQ(unfinished(static_cast<uint32_t>(function.block_bytes) - 1), EINVAL);
        EXPECT_EQ(unfinished(0), EINVAL);
        EXPECT_EQ(unfinished(0, CCE_UAPI_REQUEST_SQUEEZE), function.extendable() ? 0 : EINVAL);
        // Flags, and fields that a hash doesn't have.
        for (const int flag :
             {CCE_UAPI_REQUEST_DECRYPT, CCE_UAPI_REQUEST_FIRST, CCE_UAPI_REQUEST_SQUEEZE, 0x10, 0x8000})
            EXPECT_EQ(go_on_from(good, [&](auto& r) { r.flags = static_cast<uint16_t>(r.flags | flag); }), EINVAL)
                << flag;
        EXPECT_EQ(go_on_from(good, [](auto& r) { r.reserved = 1; }), EINVAL);
        EXPECT_EQ(go_on_from(good, [](auto& r) { r.iv_bytes = 17; }), EINVAL);
        EXPECT_EQ(go_on_from(good, [](auto& r) { r.iv[0] = 1; }), EINVAL);
        EXPECT_EQ(go_on_from(good,
                             [&](auto& r) {
                                 r.flags = 0;
                                 r.output_length = 0;
                                 r.iv_bytes = 1;
                             }),
                  EINVAL)
            << "what is behind a text that goes on";
        EXPECT_EQ(go_on_from(good, [](auto& r) { r.destination = 8; }), EFAULT);
        EXPECT_EQ(go_on_from(good, [](auto& r) { r.source = 8; }), EFAULT);
        EXPECT_EQ(go_on_from(good, [&](auto& r) { r.destination = r.source + 1; }), EINVAL) << "overlap";
        EXPECT_EQ(go_on_from(good, [](auto& r) { r.aad_region = 999; }), ENOENT);
        if (function.extendable()) {
            EXPECT_EQ(go_on_from(good,
                                 [&](auto& r) {
                                     r.flags = CCE_UAPI_REQUEST_SQUEEZE;
                                     r.output_length = static_cast<uint32_t>(function.block_bytes);
                                 }),
                      EINVAL)
                << "not a pair of blocks";
            Bytes squeezed = good;
            squeezed[2] = 1;
            EXPECT_EQ(go_on_from(squeezed, [](auto& r) { r.length = 0; }), 0);
            EXPECT_EQ(go_on_from(squeezed,
                                 [](auto& r) {
                                     r.length = 0;
                                     r.iv_bytes = 1;
                                 }),
                      EINVAL);
            EXPECT_EQ(go_on_from(squeezed, [](auto& r) { r.flags = 0, r.output_length = 0; }), EINVAL);
        } else if (cpu_has(function)) {
            // HMAC's message begins behind the key block.
            cce_uapi_request keyed =
                request(hmac_session(function.hash, block), CCE_UAPI_REQUEST_LAST, block, result.data(), 20);
            go_on(keyed, good);
            EXPECT_EQ(run(keyed), 0);
            Bytes before = good;
            std::fill_n(before.begin() + 8, 8, 0);
            go_on(keyed, before);
            EXPECT_EQ(run(keyed), EBADMSG);
        }
    }
}

TEST_F(DevHash, BadSessions) {
    Bytes key((1 << 20) + 1);
    uint32_t id = 0;
    const auto create = [&](uint32_t mode, size_t key_bytes, uint32_t tag_bytes, uint32_t flags) {
        return file_.create_session(mode, std::span{key}.first(key_bytes), tag_bytes, id, flags);
    };
    constexpr uint32_t mode = CCE_UAPI_MODE_HASH + CCE_UAPI_HASH_SHA_256;
    for (const uint32_t none : {6U, 7U, 16U, 17U, 0x40U, 0xc0U, 0x100U, 0x10000U})
        EXPECT_EQ(create(CCE_UAPI_MODE_HASH + none, 0, 0, 0), EOPNOTSUPP) << none;
    EXPECT_EQ(create(mode, 1, 0, 0), EINVAL) << "a key of a function that has none";
    EXPECT_EQ(create(mode, 0, 32, 0), EINVAL) << "a tag";
    EXPECT_EQ(create(mode, 0, 0, 2), EINVAL);
    EXPECT_EQ(create(mode, 16, 0, 3), EINVAL);
    EXPECT_EQ(create(mode, (1 << 20) + 1, 0, CCE_UAPI_SESSION_HMAC), EINVAL);
    EXPECT_EQ(create(CCE_UAPI_MODE_CTR, 16, 0, CCE_UAPI_SESSION_HMAC), EINVAL);
    cce_uapi_session_create argument{sizeof(argument), mode, CCE_UAPI_SESSION_HMAC, 100, 0, 0, 8};
    EXPECT_EQ(file_.call(CCE_UAPI_SESSION_CREATE, argument), EFAULT);
}

TEST_F(DevHash, Uring) {
    io_uring ring{};
    ASSERT_EQ(io_uring_queue_init(8, &ring, IORING_SETUP_SQE128), 0);
    Bytes memory = random_bytes(16 * page);
    const iovec buffer{memory.data(), memory.size()};
    ASSERT_EQ(io_uring_register_buffers(&ring, &buffer, 1), 0);
    const auto result_of = [&](const cce_uapi_request& request, bool fixed) {
        io_uring_sqe* sqe = io_uring_get_sqe(&ring);
        if (sqe == nullptr) throw std::runtime_error{"the ring is full"};
        std::memset(sqe, 0, 2 * sizeof(*sqe));
        sqe->opcode = IORING_OP_URING_CMD;
        sqe->fd = file_.descriptor();
        sqe->cmd_op = CCE_UAPI_CMD_CIPHER;
        sqe->rw_flags = fixed ? IORING_URING_CMD_FIXED : 0;
        std::memcpy(sqe->cmd, &request, sizeof(request));
        EXPECT_EQ(io_uring_submit(&ring), 1);
        io_uring_cqe* cqe = nullptr;
        EXPECT_EQ(io_uring_wait_cqe(&ring, &cqe), 0);
        const int result = -cqe->res;
        io_uring_cqe_seen(&ring, cqe);
        return result;
    };
    for (const bool fixed : {false, true}) {
        for (const Function& function : functions) {
            const size_t bytes = output_of(function);
            const Bytes text(memory.begin() + 100,
                             memory.begin() + 100 + 20 * static_cast<std::ptrdiff_t>(function.block_bytes));
            uint8_t* const result = memory.data() + 40'000;
            Bytes state(memory.data() + 30'000, memory.data() + 30'000 + function.saved_bytes());
            cce_uapi_request piece = request(session(function.hash), CCE_UAPI_REQUEST_FIRST,
                                             {memory.data() + 100, text.size()}, memory.data() + 30'000, 0);
            ASSERT_EQ(result_of(piece, fixed), 0) << function.name;
            piece.flags = CCE_UAPI_REQUEST_LAST;
            piece.destination = address_of(result);
            piece.output_length = static_cast<uint32_t>(bytes);
            EXPECT_EQ(result_of(piece, fixed), ENODATA);
            go_on(piece, {memory.data() + 30'000, function.saved_bytes()});
            ASSERT_EQ(result_of(piece, fixed), 0) << function.name;
            EXPECT_EQ(Bytes(result, result + bytes), digest(function.name, text + text, bytes)) << function.name;
            memory[30'000] ^= 1;
            EXPECT_EQ(result_of(piece, fixed), EBADMSG);
        }
    }
    io_uring_queue_exit(&ring);
}

// An XOF must not be refused because the engine sleeps: nobody else can do it.
TEST_F(DevHash, Asleep) {
    const Bytes message = random_bytes(1000);
    EXPECT_EQ(in_pieces(shake_256, session(shake_256.hash), message, 1, 500), digest(shake_256.name, message, 500));
}

// The engine comes and goes: a digest is right, or there is an errno and nothing of it; what the CPU can do always
// succeeds.
TEST_F(DevHash, RemovalUnderLoad) {
    const uint32_t keyed = hmac_session(CCE_UAPI_HASH_SHA3_512, Bytes(100, 1));
    const uint32_t extendable = session(shake_256.hash), another = session(CCE_UAPI_HASH_SHA_512_256);
    const Bytes message = random_bytes(2000);
    const Bytes expected_mac = mac("HMAC", "SHA3-512", Bytes(100, 1), message, 64);
    const Bytes expected_digest = digest("SHA512-256", message, 32);
    run_until_removals_end(file_, CCE_UAPI_MODE_HASH + shake_256.hash, {}, digest(shake_256.name, message, 600),
                           untouched, "outputs of an XOF", [&](Bytes& output, int& error) {
                               ASSERT_EQ(in_pieces(functions[9], keyed, message, 1 + below(4), 64), expected_mac);
                               ASSERT_EQ(in_pieces(functions[5], another, message, 1 + below(4), 32), expected_digest);
                               error = run(request(extendable, CCE_UAPI_REQUEST_FIRST | CCE_UAPI_REQUEST_LAST, message,
                                                   output.data(), output.size()));
                           });
}

}  // namespace
}  // namespace cce::dev
