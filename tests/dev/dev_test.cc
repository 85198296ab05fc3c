// SPDX-License-Identifier: Apache-2.0
//
// /dev/cce in a guest kernel: what it does right, and what it refuses with which errno. Jobs below tests/kernel/jobs/
// choose among the tests: those named Stalled expect an engine whose memory has stopped answering, those named
// Removal one that comes and goes.
#include <grp.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "device_file.h"
#include "reference.h"

namespace cce::dev {
namespace {

constexpr int64_t second_ns = 1'000'000'000;
constexpr size_t page = 4096;
constexpr uid_t nobody = 65534;

uint32_t number_from_environment(const char* name, uint32_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : static_cast<uint32_t>(std::strtoul(text, nullptr, 0));
}

uint32_t seed() {
    static const uint32_t value = number_from_environment("CCE_TEST_SEED", 1);
    return value;
}

// Anonymous memory in whole pages.
class Memory {
public:
    explicit Memory(size_t bytes, int protection = PROT_READ | PROT_WRITE)
        : bytes_{(bytes + page - 1) / page * page},
          data_{static_cast<uint8_t*>(mmap(nullptr, bytes_, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))} {
        if (data_ == MAP_FAILED) throw std::bad_alloc{};
    }
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    ~Memory() { unmap(); }

    void unmap() {
        if (data_ != nullptr) munmap(std::exchange(data_, nullptr), bytes_);
    }
    [[nodiscard]] uint8_t* data() const { return data_; }
    [[nodiscard]] size_t size() const { return bytes_; }
    [[nodiscard]] std::span<uint8_t> all() const { return {data_, bytes_}; }

private:
    size_t bytes_;
    uint8_t* data_;
};

uint64_t address_of(const void* pointer) {
    return reinterpret_cast<uintptr_t>(pointer);
}

Bytes random_bytes(std::mt19937& random, size_t count) {
    Bytes bytes(count);
    std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<uint8_t>(random()); });
    return bytes;
}

size_t below(std::mt19937& random, size_t limit) {
    return std::uniform_int_distribution<size_t>{0, limit - 1}(random);
}

template <typename Value>
Value one_of(std::mt19937& random, std::initializer_list<Value> values) {
    return *(values.begin() + below(random, values.size()));
}

bool is_aead(uint32_t mode) {
    return mode == CCE_UAPI_MODE_GCM || mode == CCE_UAPI_MODE_CCM;
}

bool is_key_wrap(uint32_t mode) {
    return mode == CCE_UAPI_MODE_KW || mode == CCE_UAPI_MODE_KWP;
}

// Bytes that encryption puts behind the text, or adds to a key.
size_t added_bytes(const ReferenceRequest& reference) {
    if (is_key_wrap(reference.mode)) return 8;
    return is_aead(reference.mode) ? reference.tag_bytes : 0;
}

// The exit status of a child that runs `body`; 200 + the signal if one killed it.
int in_child(const std::function<int()>& body) {
    const pid_t child = fork();
    if (child == 0) _exit(body());
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 200 + WTERMSIG(status);
}

bool become_nobody() {
    return setgroups(0, nullptr) == 0 && setgid(nobody) == 0 && setuid(nobody) == 0;
}

class Dev : public testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(file_.open_errno(), 0) << "opening " << device_path; }

    uint32_t session(uint32_t mode = CCE_UAPI_MODE_CTR, size_t key_bytes = 16, uint32_t tag_bytes = 0) {
        Bytes key(key_bytes, 0x42);
        if (mode == CCE_UAPI_MODE_XTS) key.back() ^= 1;
        uint32_t id = 0;
        EXPECT_EQ(file_.create_session(mode, key, tag_bytes, id), 0);
        EXPECT_NE(id, 0U);
        return id;
    }
    uint32_t queue(uint32_t depth = 8, int eventfd = -1) {
        uint32_t id = 0;
        EXPECT_EQ(file_.create_queue(depth, eventfd, id), 0);
        return id;
    }
    uint32_t region(const void* address, uint64_t bytes, uint32_t flags = 0) {
        uint32_t id = 0;
        EXPECT_EQ(file_.create_region(address, bytes, flags, id), 0);
        return id;
    }
    // CTR of a few bytes within `memory`.
    static cce_uapi_request ctr(uint32_t session, const Memory& memory, uint32_t length = 64) {
        cce_uapi_request request{};
        request.session = session;
        request.iv_bytes = 16;
        request.length = length;
        request.source = address_of(memory.data());
        request.destination = address_of(memory.data());
        request.cookie = 0x123456789abcdef0;
        return request;
    }
    int status_of(uint32_t queue, const cce_uapi_request& request) {
        std::vector<cce_uapi_completion> completions;
        if (const int error = file_.submit(queue, request); error != 0) return error;
        EXPECT_EQ(file_.collect(queue, 1, 1, 30 * second_ns, completions), 0);
        EXPECT_EQ(completions.size(), 1U);
        EXPECT_EQ(completions.at(0).cookie, request.cookie);
        return -completions.at(0).status;
    }

    DeviceFile file_;
};

TEST_F(Dev, Query) {
    cce_uapi_query query{};
    ASSERT_EQ(file_.query(query), 0);
    EXPECT_EQ(query.size, sizeof(query));
    EXPECT_EQ(query.uapi_version, static_cast<uint32_t>(CCE_UAPI_VERSION));
    EXPECT_EQ(query.modes, 0x1ffU);
    EXPECT_EQ(query.key_sizes, 7U);
    EXPECT_EQ(query.engines, 1U);
    EXPECT_GE(query.queue_pairs, 1U);
    EXPECT_EQ(query.sessions, 1024U);
    EXPECT_EQ(query.regions, 64U);
    EXPECT_EQ(query.requests, 4096U);
    EXPECT_GE(query.longest_request, 1U << 20);
}

TEST_F(Dev, StructuresMayGrow) {
    struct Grown {
        cce_uapi_destroy known;
        uint8_t more[64];
    } grown{};
    grown.known = {sizeof(grown), session()};
    EXPECT_EQ(file_.call(CCE_UAPI_SESSION_DESTROY, grown), 0);
    grown.known.id = session();
    grown.more[63] = 1;
    EXPECT_EQ(file_.call(CCE_UAPI_SESSION_DESTROY, grown), E2BIG);
    for (const uint32_t size : {0U, 1U, 7U}) {
        cce_uapi_destroy shorter{size, grown.known.id};
        EXPECT_EQ(file_.call(CCE_UAPI_SESSION_DESTROY, shorter), EINVAL) << size;
    }
    cce_uapi_destroy huge{~0U, grown.known.id};
    EXPECT_EQ(file_.call(CCE_UAPI_SESSION_DESTROY, huge), E2BIG);
    EXPECT_EQ(ioctl(file_.descriptor(), CCE_UAPI_QUERY, 8), -1);
    EXPECT_EQ(errno, EFAULT);
    EXPECT_EQ(file_.call(_IO(CCE_UAPI_MAGIC, 0x3f), grown), ENOTTY);
    EXPECT_EQ(file_.call(_IO('x', 0), grown), ENOTTY);
}

// One request of any kind, against OpenSSL. What stands around the destination must survive.
struct Placement {
    bool source_in_region;
    bool destination_in_region;
    bool aad_in_region;
    bool in_place;
};

class DevModes : public Dev, public testing::WithParamInterface<uint32_t> {
protected:
    struct Live {
        ReferenceRequest reference;
        Placement placement;
        size_t source_offset, destination_offset, aad_offset;
        bool spoiled;
        std::unique_ptr<Memory> source, destination, aad;
        Bytes destination_before;
        uint32_t session, regions[3];
    };

    static size_t length_for(std::mt19937& random, uint32_t mode) {
        const size_t length = one_of<size_t>(random, {below(random, 64), below(random, 600), below(random, 20000)});
        if (mode == CCE_UAPI_MODE_ECB || mode == CCE_UAPI_MODE_CBC) return length / 16 * 16;
        if (mode == CCE_UAPI_MODE_XTS) return length + 16;
        if (mode == CCE_UAPI_MODE_KW) return (16 + length % 4081) / 8 * 8;
        if (mode == CCE_UAPI_MODE_KWP) return 1 + length % 4096;
        return length;
    }

    static ReferenceRequest make(std::mt19937& random, uint32_t mode) {
        ReferenceRequest reference;
        reference.mode = mode;
        reference.decrypt = mode != CCE_UAPI_MODE_CMAC && random() % 2 != 0;
        reference.key = random_bytes(random, one_of<size_t>(random, {16, 24, 32}));
        if (mode == CCE_UAPI_MODE_XTS) reference.key = random_bytes(random, one_of<size_t>(random, {32, 64}));
        size_t iv_bytes = 16;
        if (mode == CCE_UAPI_MODE_ECB || mode == CCE_UAPI_MODE_CMAC || is_key_wrap(mode)) iv_bytes = 0;
        if (mode == CCE_UAPI_MODE_GCM) {
            iv_bytes = 12;
            reference.tag_bytes = one_of<size_t>(random, {4, 8, 12, 13, 16});
        }
        if (mode == CCE_UAPI_MODE_CCM) {
            iv_bytes = 7 + below(random, 7);
            reference.tag_bytes = 4 + 2 * below(random, 7);
        }
        if (mode == CCE_UAPI_MODE_CMAC) reference.tag_bytes = 1 + below(random, 16);
        reference.iv = random_bytes(random, iv_bytes);
        reference.source = random_bytes(random, length_for(random, mode));
        if (is_aead(mode))
            reference.aad = random_bytes(random, one_of<size_t>(random, {0, below(random, 64), below(random, 9000)}));
        if (reference.decrypt && (is_aead(mode) || is_key_wrap(mode))) {
            reference.decrypt = false;
            reference.source = *reference_answer(reference);
            reference.decrypt = true;
        }
        return reference;
    }

    // Puts a request together and submits it.
    void begin(std::mt19937& random, uint32_t queue, Live& live, uint64_t cookie) {
        ReferenceRequest& reference = live.reference;
        reference = make(random, GetParam());
        const size_t tag = added_bytes(reference);
        const size_t text = reference.source.size() - (reference.decrypt ? tag : 0);
        size_t answer =
            reference.mode == CCE_UAPI_MODE_CMAC ? reference.tag_bytes : text + (reference.decrypt ? 0 : tag);
        if (reference.mode == CCE_UAPI_MODE_KWP) answer = (answer + 7) / 8 * 8;
        live.spoiled = tag != 0 && reference.decrypt && random() % 4 == 0;
        if (live.spoiled) reference.source[below(random, reference.source.size())] ^= 0x10;
        live.placement = {random() % 2 != 0, random() % 2 != 0, random() % 2 != 0, random() % 3 == 0};
        // Regions begin at the second byte.
        live.source_offset = 1 + below(random, 5000);
        live.destination_offset = live.placement.in_place ? live.source_offset : 1 + below(random, 5000);
        live.aad_offset = 1 + below(random, 5000);
        if (live.placement.in_place) live.placement.destination_in_region = live.placement.source_in_region;

        const size_t room = std::max(reference.source.size(), answer);
        live.source = std::make_unique<Memory>(live.source_offset + room + 100);
        live.destination = std::make_unique<Memory>(live.destination_offset + room + 100);
        live.aad = std::make_unique<Memory>(live.aad_offset + reference.aad.size() + 1);
        for (const Memory* memory : {live.source.get(), live.destination.get()})
            std::generate(memory->all().begin(), memory->all().end(), [&] { return static_cast<uint8_t>(random()); });
        std::copy(reference.source.begin(), reference.source.end(), live.source->data() + live.source_offset);
        std::copy(reference.aad.begin(), reference.aad.end(), live.aad->data() + live.aad_offset);
        const Memory& destination = live.placement.in_place ? *live.source : *live.destination;
        live.destination_before.assign(destination.all().begin(), destination.all().end());

        ASSERT_EQ(file_.create_session(reference.mode, reference.key, static_cast<uint32_t>(reference.tag_bytes),
                                       live.session),
                  0);
        cce_uapi_request request{};
        request.session = live.session;
        request.flags = reference.decrypt ? CCE_UAPI_REQUEST_DECRYPT : 0;
        request.iv_bytes = static_cast<uint8_t>(reference.iv.size());
        std::copy(reference.iv.begin(), reference.iv.end(), request.iv);
        request.length = static_cast<uint32_t>(text);
        request.aad_length = static_cast<uint32_t>(reference.aad.size());
        request.cookie = cookie;
        const auto place = [&](bool in_region, const Memory& memory, size_t offset, uint32_t flags,
                               uint32_t& region_kept, uint32_t& region_field, __u64& field) {
            region_kept = in_region ? region(memory.data() + 1, memory.size() - 1, flags) : 0;
            region_field = region_kept;
            field = in_region ? offset - 1 : address_of(memory.data() + offset);
        };
        place(live.placement.source_in_region, *live.source, live.source_offset,
              live.placement.in_place ? 0 : CCE_UAPI_REGION_READ_ONLY, live.regions[0], request.source_region,
              request.source);
        if (live.placement.in_place) {
            request.destination_region = request.source_region;
            request.destination = request.source;
            live.regions[1] = 0;
        } else {
            place(live.placement.destination_in_region, *live.destination, live.destination_offset, 0, live.regions[1],
                  request.destination_region, request.destination);
        }
        live.regions[2] = 0;
        if (!reference.aad.empty())
            place(live.placement.aad_in_region, *live.aad, live.aad_offset, CCE_UAPI_REGION_READ_ONLY, live.regions[2],
                  request.aad_region, request.aad);
        ASSERT_EQ(file_.submit(queue, request), 0);
        // A request keeps what it uses.
        for (const uint32_t id : live.regions) {
            if (id != 0) {
                ASSERT_EQ(file_.destroy(CCE_UAPI_REGION_DESTROY, id), 0);
            }
        }
        ASSERT_EQ(file_.destroy(CCE_UAPI_SESSION_DESTROY, live.session), 0);
    }

    static void judge(const Live& live, const cce_uapi_completion& completion) {
        const ReferenceRequest& reference = live.reference;
        const Memory& destination = live.placement.in_place ? *live.source : *live.destination;
        const std::optional<Bytes> answer = reference_answer(reference);
        ASSERT_EQ(answer.has_value(), !live.spoiled);
        // The length of a key that had padding is told.
        const bool tells_length = reference.mode == CCE_UAPI_MODE_KWP && reference.decrypt && answer;
        EXPECT_EQ(completion.status, live.spoiled ? -EBADMSG : tells_length ? static_cast<int>(answer->size()) : 0);
        EXPECT_EQ(completion.flags, 0U);
        Bytes expected = live.destination_before;
        Bytes written = live.spoiled ? Bytes{} : *answer;
        if (live.spoiled || tells_length) written.resize(reference.source.size() - added_bytes(reference));
        std::copy(written.begin(), written.end(), expected.begin() + static_cast<ptrdiff_t>(live.destination_offset));
        EXPECT_TRUE(std::equal(expected.begin(), expected.end(), destination.data()))
            << "mode " << reference.mode << (reference.decrypt ? " decrypt" : " encrypt") << ", "
            << reference.source.size() << " bytes, AAD " << reference.aad.size()
            << (live.placement.in_place ? ", in place" : "")
            << (live.placement.source_in_region ? ", source in a region" : "")
            << (live.placement.destination_in_region ? ", destination in a region" : "");
        if (!live.placement.in_place) {
            EXPECT_TRUE(
                std::equal(reference.source.begin(), reference.source.end(), live.source->data() + live.source_offset));
        }
        const Bytes next(completion.next_iv, completion.next_iv + 16);
        if (reference.mode == CCE_UAPI_MODE_CBC) {
            const Bytes& ciphertext = reference.decrypt ? reference.source : *answer;
            EXPECT_EQ(next, ciphertext.size() < 16 ? reference.iv : Bytes(ciphertext.end() - 16, ciphertext.end()));
        } else if (reference.mode == CCE_UAPI_MODE_CTR) {
            Bytes counter = reference.iv;
            for (size_t blocks = (reference.source.size() + 15) / 16; blocks > 0; --blocks)
                for (size_t i = 16; i-- > 0 && ++counter[i] == 0;) {
                }
            EXPECT_EQ(next, counter);
        } else {
            EXPECT_EQ(next, Bytes(16));
        }
    }
};

TEST_P(DevModes, AgainstOpenssl) {
    const uint32_t requests = number_from_environment("CCE_DEV_REQUESTS", 40);
    constexpr uint32_t depth = 8;
    std::mt19937 random{seed() * 16 + GetParam()};
    SCOPED_TRACE("CCE_TEST_SEED=" + std::to_string(seed()));
    const uint32_t queue_id = queue(depth);
    std::map<uint64_t, Live> live;
    uint32_t begun = 0, wrong_tags = 0;
    while (begun < requests || !live.empty()) {
        while (begun < requests && live.size() < depth) {
            ASSERT_NO_FATAL_FAILURE(begin(random, queue_id, live[begun], begun));
            ++begun;
        }
        std::vector<cce_uapi_completion> completions;
        ASSERT_EQ(file_.collect(queue_id, 1, depth, 30 * second_ns, completions), 0);
        for (const cce_uapi_completion& completion : completions) {
            ASSERT_TRUE(live.contains(completion.cookie));
            ASSERT_NO_FATAL_FAILURE(judge(live[completion.cookie], completion));
            wrong_tags += live[completion.cookie].spoiled;
            live.erase(completion.cookie);
        }
    }
    if ((is_aead(GetParam()) || is_key_wrap(GetParam())) && requests >= 40) {
        EXPECT_GT(wrong_tags, 0U);
    }
}

INSTANTIATE_TEST_SUITE_P(All, DevModes,
                         testing::Values(CCE_UAPI_MODE_ECB, CCE_UAPI_MODE_CBC, CCE_UAPI_MODE_CTR, CCE_UAPI_MODE_XTS,
                                         CCE_UAPI_MODE_GCM, CCE_UAPI_MODE_CCM, CCE_UAPI_MODE_CMAC, CCE_UAPI_MODE_KW,
                                         CCE_UAPI_MODE_KWP));

TEST_F(Dev, BadSessions) {
    Bytes key(64, 7);
    uint32_t id = 0;
    const auto create = [&](uint32_t mode, uint32_t key_bytes, uint32_t tag_bytes) {
        return file_.create_session(mode, std::span{key}.first(key_bytes), tag_bytes, id);
    };
    for (const uint32_t key_bytes : {0U, 1U, 15U, 17U, 33U, 64U})
        EXPECT_EQ(create(CCE_UAPI_MODE_CTR, key_bytes, 0), EINVAL);
    for (const uint32_t key_bytes : {16U, 24U, 33U, 63U}) EXPECT_EQ(create(CCE_UAPI_MODE_XTS, key_bytes, 0), EINVAL);
    EXPECT_EQ(create(CCE_UAPI_MODE_CTR, 16, 16), EINVAL);
    for (const uint32_t tag : {0U, 3U, 5U, 11U, 17U, ~0U}) EXPECT_EQ(create(CCE_UAPI_MODE_GCM, 16, tag), EINVAL) << tag;
    for (const uint32_t tag : {0U, 2U, 5U, 15U, 18U}) EXPECT_EQ(create(CCE_UAPI_MODE_CCM, 16, tag), EINVAL) << tag;
    for (const uint32_t tag : {0U, 17U}) EXPECT_EQ(create(CCE_UAPI_MODE_CMAC, 16, tag), EINVAL) << tag;
    for (const uint32_t mode : {uint32_t{CCE_UAPI_MODE_KW}, uint32_t{CCE_UAPI_MODE_KWP}}) {
        for (const uint32_t key_bytes : {0U, 8U, 17U, 33U, 64U}) EXPECT_EQ(create(mode, key_bytes, 0), EINVAL);
        for (const uint32_t tag : {8U, 16U}) EXPECT_EQ(create(mode, 16, tag), EINVAL) << tag;
    }
    for (const uint32_t mode : {9U, 31U, 32U, CCE_UAPI_MODE_HASH - 1U, ~0U})
        EXPECT_EQ(create(mode, 16, 0), EOPNOTSUPP) << mode;

    cce_uapi_session_create argument{sizeof(argument), CCE_UAPI_MODE_CTR, 1, 16, 0, 0, address_of(key.data())};
    EXPECT_EQ(file_.call(CCE_UAPI_SESSION_CREATE, argument), EINVAL);
    argument.flags = 0;
    argument.key_bytes = ~0U;
    EXPECT_EQ(file_.call(CCE_UAPI_SESSION_CREATE, argument), EINVAL);
    argument.key_bytes = 16;
    for (const uint64_t address : {uint64_t{0}, uint64_t{8}, ~uint64_t{0}, uint64_t{1} << 63}) {
        argument.key = address;
        EXPECT_EQ(file_.call(CCE_UAPI_SESSION_CREATE, argument), EFAULT);
    }
    for (const uint32_t unknown : {0U, 1U, ~0U}) EXPECT_EQ(file_.destroy(CCE_UAPI_SESSION_DESTROY, unknown), ENOENT);
}

TEST_F(Dev, BadRegions) {
    const Memory memory{4 * page};
    uint32_t id = 0;
    EXPECT_EQ(file_.create_region(memory.data(), 0, 0, id), EINVAL);
    EXPECT_EQ(file_.create_region(memory.data(), page, 2, id), EINVAL);
    cce_uapi_region_create argument{sizeof(argument), 0, address_of(memory.data()), page, 0, 1};
    EXPECT_EQ(file_.call(CCE_UAPI_REGION_CREATE, argument), EINVAL);
    EXPECT_EQ(file_.create_region(nullptr, page, 0, id), EFAULT);
    EXPECT_EQ(file_.create_region(memory.data(), ~uint64_t{0}, 0, id), EFAULT);
    EXPECT_EQ(file_.create_region(reinterpret_cast<void*>(~uintptr_t{0}), 1, 0, id), EFAULT);
    {
        // More than the machine has, but all of it addresses of this process: addresses that only begin in it are
        // EFAULT, and how near to the end of all addresses memory lies is chosen at random.
        const Memory reserved{size_t{1} << 36, PROT_NONE};
        EXPECT_EQ(file_.create_region(reserved.data(), uint64_t{1} << 36, 0, id), ENOMEM);
    }
    const Memory read_only{page, PROT_READ};
    EXPECT_EQ(file_.create_region(read_only.data(), page, 0, id), EFAULT);
    EXPECT_EQ(file_.create_region(read_only.data(), page, CCE_UAPI_REGION_READ_ONLY, id), 0);
    // A hole in the middle: the pages before it are given back.
    ASSERT_EQ(munmap(memory.data() + 2 * page, page), 0);
    EXPECT_EQ(file_.create_region(memory.data(), 4 * page, 0, id), EFAULT);
    for (const uint32_t unknown : {0U, ~0U}) EXPECT_EQ(file_.destroy(CCE_UAPI_REGION_DESTROY, unknown), ENOENT);
}

TEST_F(Dev, BadQueues) {
    uint32_t id = 0;
    for (const uint32_t depth : {0U, 4097U, ~0U}) EXPECT_EQ(file_.create_queue(depth, -1, id), EINVAL) << depth;
    EXPECT_EQ(file_.create_queue(1, -2, id), EINVAL);
    EXPECT_EQ(file_.create_queue(1, 1000, id), EBADF);
    EXPECT_EQ(file_.create_queue(1, file_.descriptor(), id), EINVAL);
    cce_uapi_queue_create argument{sizeof(argument), 1, 1, -1, 0, 0};
    EXPECT_EQ(file_.call(CCE_UAPI_QUEUE_CREATE, argument), EINVAL);
    argument = {sizeof(argument), 0, 1, -1, 0, 1};
    EXPECT_EQ(file_.call(CCE_UAPI_QUEUE_CREATE, argument), EINVAL);
    EXPECT_EQ(file_.destroy(CCE_UAPI_QUEUE_DESTROY, 77), ENOENT);
}

TEST_F(Dev, BadRequests) {
    const Memory memory{8 * page};
    const uint32_t queue_id = queue();
    const uint32_t sessions[] = {
        session(CCE_UAPI_MODE_ECB),          session(CCE_UAPI_MODE_CBC),         session(CCE_UAPI_MODE_CTR),
        session(CCE_UAPI_MODE_XTS, 32),      session(CCE_UAPI_MODE_GCM, 16, 16), session(CCE_UAPI_MODE_CCM, 16, 8),
        session(CCE_UAPI_MODE_CMAC, 16, 16), session(CCE_UAPI_MODE_KW),          session(CCE_UAPI_MODE_KWP, 32)};
    const uint32_t writable = region(memory.data(), page);
    const uint32_t read_only = region(memory.data(), page, CCE_UAPI_REGION_READ_ONLY);
    const auto expect = [&](int error, const char* what, uint32_t mode,
                            const std::function<void(cce_uapi_request&)>& change) {
        cce_uapi_request request = ctr(sessions[mode], memory);
        if (mode == CCE_UAPI_MODE_ECB || mode == CCE_UAPI_MODE_CMAC || is_key_wrap(mode)) request.iv_bytes = 0;
        if (mode == CCE_UAPI_MODE_GCM || mode == CCE_UAPI_MODE_CCM) request.iv_bytes = 12;
        EXPECT_EQ(status_of(queue_id, request), 0) << "without: " << what;
        change(request);
        EXPECT_EQ(status_of(queue_id, request), error) << what;
    };
    const uint32_t plain = CCE_UAPI_MODE_CTR;
    expect(ENOENT, "session", plain, [](auto& r) { r.session = 999; });
    expect(EINVAL, "flag", plain, [](auto& r) { r.flags = 2; });
    expect(EINVAL, "flag", plain, [](auto& r) { r.flags = 0x8000; });
    expect(EINVAL, "reserved", plain, [](auto& r) { r.reserved = 1; });
    expect(EINVAL, "output_length", plain, [](auto& r) { r.output_length = 1U << 31; });
    for (const int iv_bytes : {0, 8, 15, 17, 255})
        expect(EINVAL, "IV", plain, [&](auto& r) { r.iv_bytes = static_cast<uint8_t>(iv_bytes); });
    expect(EINVAL, "IV of ECB", CCE_UAPI_MODE_ECB, [](auto& r) { r.iv_bytes = 16; });
    expect(EINVAL, "IV of ECB", CCE_UAPI_MODE_ECB, [](auto& r) { r.iv[15] = 1; });
    expect(EINVAL, "IV of GCM", CCE_UAPI_MODE_GCM, [](auto& r) { r.iv_bytes = 16; });
    expect(EINVAL, "IV of GCM", CCE_UAPI_MODE_GCM, [](auto& r) { r.iv[12] = 1; });
    expect(EINVAL, "IV of CCM", CCE_UAPI_MODE_CCM, [](auto& r) { r.iv_bytes = 6; });
    expect(EINVAL, "IV of CCM", CCE_UAPI_MODE_CCM, [](auto& r) { r.iv_bytes = 14; });
    expect(EINVAL, "IV of CMAC", CCE_UAPI_MODE_CMAC, [](auto& r) { r.iv_bytes = 1; });
    expect(EINVAL, "direction of CMAC", CCE_UAPI_MODE_CMAC, [](auto& r) { r.flags = CCE_UAPI_REQUEST_DECRYPT; });
    expect(EINVAL, "AAD of CTR", plain, [](auto& r) { r.aad_length = 1; });
    expect(EINVAL, "AAD of CTR", plain, [](auto& r) { r.aad = 1; });
    expect(EINVAL, "AAD of CTR", plain, [&](auto& r) { r.aad_region = writable; });
    expect(EINVAL, "length of ECB", CCE_UAPI_MODE_ECB, [](auto& r) { r.length = 17; });
    expect(EINVAL, "length of CBC", CCE_UAPI_MODE_CBC, [](auto& r) { r.length = 15; });
    expect(EINVAL, "length of XTS", CCE_UAPI_MODE_XTS, [](auto& r) { r.length = 15; });
    expect(EINVAL, "length of XTS", CCE_UAPI_MODE_XTS, [](auto& r) { r.length = 0; });
    expect(EINVAL, "length of CCM", CCE_UAPI_MODE_CCM, [](auto& r) {
        r.iv_bytes = 13;
        r.length = 65536;
    });
    for (const uint32_t mode : {uint32_t{CCE_UAPI_MODE_KW}, uint32_t{CCE_UAPI_MODE_KWP}}) {
        const bool padded = mode == CCE_UAPI_MODE_KWP;
        const auto with_length = [&](int error, uint32_t length, uint16_t flags) {
            expect(error, ("key of " + std::to_string(length) + " bytes").c_str(), mode, [&](auto& r) {
                r.length = length;
                r.flags = flags;
            });
        };
        for (const uint32_t length : {0U, 4097U, 4104U, 65536U}) with_length(EINVAL, length, 0);
        for (const uint32_t length : {1U, 8U, 15U, 17U, 4095U}) with_length(padded ? 0 : EINVAL, length, 0);
        for (const uint32_t length : {0U, 1U, 9U, 4095U, 4104U}) with_length(EINVAL, length, CCE_UAPI_REQUEST_DECRYPT);
        with_length(padded ? EBADMSG : EINVAL, 8, CCE_UAPI_REQUEST_DECRYPT);
        with_length(EBADMSG, 4096, CCE_UAPI_REQUEST_DECRYPT);
        with_length(0, 4096, 0);
        expect(EINVAL, "IV of key wrap", mode, [](auto& r) { r.iv_bytes = 8; });
        expect(EINVAL, "IV of key wrap", mode, [](auto& r) { r.iv[0] = 1; });
        expect(EINVAL, "AAD of key wrap", mode, [](auto& r) { r.aad_length = 1; });
        expect(EFAULT, "destination of key wrap", mode, [](auto& r) { r.destination = 0; });
        // It is longer than the source.
        expect(ERANGE, "destination of key wrap", mode, [&](auto& r) {
            r.source += 2 * page;
            r.destination_region = writable;
            r.destination = page - 64;
        });
        expect(EINVAL, "overlap of key wrap", mode, [](auto& r) { r.source = r.destination + 71; });
    }
    expect(EMSGSIZE, "length", plain, [](auto& r) { r.length = (16U << 20) + 1; });
    expect(EMSGSIZE, "length", plain, [](auto& r) { r.length = ~0U; });
    expect(EMSGSIZE, "lengths", CCE_UAPI_MODE_GCM, [](auto& r) { r.aad_length = ~0U; });
    for (const uint64_t address : {uint64_t{0}, ~uint64_t{0}, uint64_t{1} << 63, ~uint64_t{0} - 8192}) {
        expect(EFAULT, "source", plain, [&](auto& r) { r.source = address; });
        expect(EFAULT, "destination", plain, [&](auto& r) { r.destination = address; });
        expect(EFAULT, "AAD", CCE_UAPI_MODE_GCM, [&](auto& r) {
            r.aad = address;
            r.aad_length = 20;
        });
        expect(EFAULT, "long AAD", CCE_UAPI_MODE_GCM, [&](auto& r) {
            r.aad = address;
            r.aad_length = 5000;
        });
    }
    expect(ENOENT, "source region", plain, [](auto& r) { r.source_region = 999; });
    expect(ENOENT, "destination region", plain, [](auto& r) { r.destination_region = ~0U; });
    expect(ENOENT, "AAD region", CCE_UAPI_MODE_GCM, [](auto& r) {
        r.aad_region = 999;
        r.aad_length = 1;
    });
    expect(EACCES, "read-only region", plain, [&](auto& r) {
        r.destination_region = read_only;
        r.destination = 0;
        r.source += 2 * page;
    });
    expect(EACCES, "in place in a read-only region", plain, [&](auto& r) {
        r.source_region = r.destination_region = read_only;
        r.source = r.destination = 0;
    });
    for (const uint64_t offset :
         {uint64_t{page - 63}, uint64_t{page}, uint64_t{page + 1}, ~uint64_t{0}, ~uint64_t{0} - 62}) {
        expect(ERANGE, "source offset", plain, [&](auto& r) {
            r.source_region = writable;
            r.source = offset;
            r.destination += 2 * page;
        });
        expect(ERANGE, "destination offset", plain, [&](auto& r) {
            r.destination_region = writable;
            r.destination = offset;
            r.source += 2 * page;
        });
        expect(ERANGE, "AAD offset", CCE_UAPI_MODE_CCM, [&](auto& r) {
            r.aad_region = writable;
            r.aad = offset;
            r.aad_length = 64;
        });
    }
    for (const int distance : {-63, -1, 1, 63})
        expect(EINVAL, "overlap", plain, [&](auto& r) {
            r.source += page;
            r.destination = r.source + static_cast<uint64_t>(static_cast<int64_t>(distance));
        });
    expect(EINVAL, "overlap of region and address", plain, [&](auto& r) {
        r.source_region = writable;
        r.source = 0;
    });
    expect(EINVAL, "overlap of two regions", plain, [&](auto& r) {
        r.source_region = read_only;
        r.destination_region = writable;
        r.source = r.destination = 32;
    });
    const Memory constant{page, PROT_READ};
    expect(EFAULT, "destination that can't be written", plain,
           [&](auto& r) { r.destination = address_of(constant.data()); });
    expect(0, "source that can't be written", plain, [&](auto& r) { r.source = address_of(constant.data()); });
    expect(0, "side by side", plain, [&](auto& r) { r.destination = r.source + 64; });
    expect(0, "nothing, from nowhere", plain, [](auto& r) {
        r.length = 0;
        r.source = r.destination = 0;
    });
    expect(0, "an empty message", CCE_UAPI_MODE_GCM, [](auto& r) {
        r.length = 0;
        r.source = 0;
    });
    expect(0, "an empty message", CCE_UAPI_MODE_CMAC, [](auto& r) {
        r.length = 0;
        r.source = 0;
    });

    // Of a batch, what stands before the bad one is accepted.
    std::vector<cce_uapi_request> batch(4, ctr(sessions[plain], memory));
    for (size_t i = 0; i < batch.size(); ++i)
        batch[i].source = batch[i].destination = address_of(memory.data() + i * page);
    batch[2].flags = 4;
    uint32_t accepted = 0;
    EXPECT_EQ(file_.submit(queue_id, batch, accepted), 0);
    EXPECT_EQ(accepted, 2U);
    std::vector<cce_uapi_completion> completions;
    EXPECT_EQ(file_.collect(queue_id, 2, 2, second_ns, completions), 0);

    cce_uapi_submit argument{sizeof(argument), queue_id, 0, 0, address_of(batch.data()), 0, 0};
    EXPECT_EQ(file_.call(CCE_UAPI_SUBMIT, argument), EINVAL);
    argument = {sizeof(argument), queue_id, 1, 1, address_of(batch.data()), 0, 0};
    EXPECT_EQ(file_.call(CCE_UAPI_SUBMIT, argument), EINVAL);
    argument = {sizeof(argument), queue_id, 1, 0, address_of(batch.data()), 0, 1};
    EXPECT_EQ(file_.call(CCE_UAPI_SUBMIT, argument), EINVAL);
    argument = {sizeof(argument), 99, 1, 0, address_of(batch.data()), 0, 0};
    EXPECT_EQ(file_.call(CCE_UAPI_SUBMIT, argument), ENOENT);
    argument = {sizeof(argument), queue_id, 1, 0, 8, 0, 0};
    EXPECT_EQ(file_.call(CCE_UAPI_SUBMIT, argument), EFAULT);
}

TEST_F(Dev, BadCollections) {
    const Memory memory{page};
    const uint32_t queue_id = queue();
    const uint32_t session_id = session();
    cce_uapi_completion completion{};
    const cce_uapi_collect good{sizeof(good), queue_id, 1, 1, 0, 0, second_ns, address_of(&completion)};
    const auto expect = [&](int error, const std::function<void(cce_uapi_collect&)>& change) {
        cce_uapi_collect argument = good;
        change(argument);
        EXPECT_EQ(file_.call(CCE_UAPI_COLLECT, argument), error);
        EXPECT_EQ(argument.count, 0U);
    };
    expect(EINVAL, [](auto& a) { a.flags = 1; });
    expect(EINVAL, [](auto& a) { a.maximum = 0; });
    expect(EINVAL, [](auto& a) { a.minimum = 2; });
    expect(EINVAL, [](auto& a) { a.minimum = a.maximum = 9; });
    expect(EINVAL, [](auto& a) { a.timeout_ns = -2; });
    expect(ENOENT, [](auto& a) { a.queue = 0; });
    expect(ETIME, [](auto& a) { a.timeout_ns = 0; });
    expect(ETIME, [](auto& a) { a.timeout_ns = 1'000'000; });
    expect(0, [](auto& a) { a.minimum = 0; });
    // A completion that can't be told is not lost.
    ASSERT_EQ(file_.submit(queue_id, ctr(session_id, memory)), 0);
    expect(EFAULT, [](auto& a) { a.completions = 8; });
    cce_uapi_collect argument = good;
    EXPECT_EQ(file_.call(CCE_UAPI_COLLECT, argument), 0);
    EXPECT_EQ(argument.count, 1U);
    EXPECT_EQ(completion.cookie, 0x123456789abcdef0U);
}

TEST_F(Dev, QueueIsFullUntilCollected) {
    const Memory memory{8 * page};
    const uint32_t queue_id = queue(4);
    std::vector<cce_uapi_request> batch(8, ctr(session(), memory));
    for (size_t i = 0; i < batch.size(); ++i) {
        batch[i].source = batch[i].destination = address_of(memory.data() + i * page);
        batch[i].cookie = i;
    }
    uint32_t accepted = 0;
    ASSERT_EQ(file_.submit(queue_id, batch, accepted), 0);
    EXPECT_EQ(accepted, 4U);
    EXPECT_EQ(file_.submit(queue_id, batch, accepted), EAGAIN);
    EXPECT_EQ(accepted, 0U);
    std::vector<cce_uapi_completion> completions;
    ASSERT_EQ(file_.collect(queue_id, 4, 8, second_ns, completions), 0);
    ASSERT_EQ(completions.size(), 4U);
    std::vector<uint64_t> cookies;
    for (const auto& completion : completions) cookies.push_back(completion.cookie);
    std::sort(cookies.begin(), cookies.end());
    EXPECT_EQ(cookies, (std::vector<uint64_t>{0, 1, 2, 3}));
    ASSERT_EQ(file_.submit(queue_id, std::span{batch}.subspan(4), accepted), 0);
    EXPECT_EQ(accepted, 4U);
    ASSERT_EQ(file_.collect(queue_id, 4, 4, second_ns, completions), 0);
    EXPECT_EQ(file_.destroy(CCE_UAPI_QUEUE_DESTROY, queue_id), 0);
    EXPECT_EQ(file_.submit(queue_id, batch[0]), ENOENT);
}

TEST_F(Dev, PollAndEventfd) {
    const Memory memory{page};
    const int event = eventfd(0, EFD_NONBLOCK);
    const uint32_t queue_id = queue(4, event);
    const uint32_t other = queue(4);
    const uint32_t session_id = session();
    pollfd polled{file_.descriptor(), POLLIN, 0};
    EXPECT_EQ(poll(&polled, 1, 0), 0);
    ASSERT_EQ(file_.submit(queue_id, ctr(session_id, memory)), 0);
    EXPECT_EQ(poll(&polled, 1, 1000), 1);
    EXPECT_EQ(polled.revents, POLLIN);
    uint64_t count = 0;
    EXPECT_EQ(read(event, &count, sizeof(count)), static_cast<ssize_t>(sizeof(count)));
    EXPECT_EQ(count, 1U);
    std::vector<cce_uapi_completion> completions;
    ASSERT_EQ(file_.collect(queue_id, 1, 1, 0, completions), 0);
    EXPECT_EQ(poll(&polled, 1, 0), 0);
    // The other queue has no eventfd, but the file is the same.
    ASSERT_EQ(file_.submit(other, ctr(session_id, memory)), 0);
    EXPECT_EQ(poll(&polled, 1, 1000), 1);
    EXPECT_EQ(read(event, &count, sizeof(count)), -1);
    EXPECT_EQ(file_.destroy(CCE_UAPI_QUEUE_DESTROY, other), 0);
    EXPECT_EQ(poll(&polled, 1, 0), 0);
    close(event);
}

TEST_F(Dev, Limits) {
    uint32_t id = 0;
    const Bytes key(16, 1);
    std::vector<uint32_t> sessions;
    while (sessions.size() < 2000 && file_.create_session(CCE_UAPI_MODE_ECB, key, 0, id) == 0) sessions.push_back(id);
    EXPECT_EQ(sessions.size(), 1024U);
    EXPECT_EQ(file_.create_session(CCE_UAPI_MODE_ECB, key, 0, id), EDQUOT);
    // The limit is the process's, not the file's.
    {
        const DeviceFile second;
        EXPECT_EQ(second.create_session(CCE_UAPI_MODE_ECB, key, 0, id), EDQUOT);
        EXPECT_EQ(in_child([&] {
                      const DeviceFile own;
                      return own.create_session(CCE_UAPI_MODE_ECB, key, 0, id);
                  }),
                  0);
    }
    EXPECT_EQ(file_.destroy(CCE_UAPI_SESSION_DESTROY, sessions.back()), 0);
    EXPECT_EQ(file_.create_session(CCE_UAPI_MODE_ECB, key, 0, id), 0);

    const Memory memory{page};
    uint32_t regions = 0;
    while (regions < 100 && file_.create_region(memory.data(), page, 0, id) == 0) ++regions;
    EXPECT_EQ(regions, 64U);
    EXPECT_EQ(file_.create_region(memory.data(), page, 0, id), EDQUOT);

    EXPECT_EQ(file_.create_queue(4000, -1, id), 0);
    uint32_t rest = 0;
    EXPECT_EQ(file_.create_queue(97, -1, rest), EDQUOT);
    EXPECT_EQ(file_.create_queue(96, -1, rest), 0);
    EXPECT_EQ(file_.create_queue(1, -1, rest), EDQUOT);
    EXPECT_EQ(file_.destroy(CCE_UAPI_QUEUE_DESTROY, id), 0);
    EXPECT_EQ(file_.create_queue(4000, -1, id), 0);
}

TEST_F(Dev, LockedMemoryIsLimited) {
    const Memory memory{16 * page};
    EXPECT_EQ(in_child([&] {
                  const rlimit limit{8 * page, 8 * page};
                  if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0 || !become_nobody()) return 1;
                  uint32_t id = 0, small = 0;
                  if (file_.create_region(memory.data(), 9 * page, 0, id) != ENOMEM) return 2;
                  // Two pages, for it is not aligned.
                  if (file_.create_region(memory.data() + page - 1, 2, 0, small) != 0) return 3;
                  if (file_.create_region(memory.data(), 7 * page, 0, id) != ENOMEM) return 4;
                  if (file_.create_region(memory.data(), 6 * page, 0, id) != 0) return 5;
                  if (file_.destroy(CCE_UAPI_REGION_DESTROY, small) != 0) return 6;
                  if (file_.create_region(memory.data(), 2 * page, CCE_UAPI_REGION_READ_ONLY, id) != 0) return 7;
                  return file_.create_region(memory.data(), 1, 0, id) == ENOMEM ? 0 : 8;
              }),
              0);
}

TEST_F(Dev, NobodyMayOpenIt) {
    EXPECT_EQ(in_child([] {
                  if (!become_nobody()) return 1;
                  const DeviceFile other;
                  return other.open_errno() == EACCES ? 0 : 2;
              }),
              0);
}

TEST_F(Dev, AForkedChildUsesItsOwnMemory) {
    const Memory memory{2 * page}, shared_text{page};
    const uint32_t session_id = session();
    const uint32_t queue_id = queue();
    std::fill(memory.all().begin(), memory.all().end(), 0);
    std::fill(shared_text.all().begin(), shared_text.all().end(), 0);
    const uint32_t region_id = region(memory.data(), memory.size());
    cce_uapi_request in_region = ctr(session_id, memory);
    in_region.source_region = in_region.destination_region = region_id;
    in_region.source = in_region.destination = page;
    // The child's addresses are the child's memory, the region stays the parent's.
    EXPECT_EQ(in_child([&] {
                  if (status_of(queue_id, ctr(session_id, shared_text)) != 0) return 1;
                  if (shared_text.data()[0] == 0) return 2;
                  if (status_of(queue_id, in_region) != 0) return 3;
                  return memory.data()[page] == 0 ? 0 : 4;
              }),
              0);
    EXPECT_EQ(shared_text.data()[0], 0);
    EXPECT_NE(memory.data()[page], 0);
}

TEST_F(Dev, MemoryMayBeUnmappedMeanwhile) {
    const uint32_t session_id = session();
    const uint32_t queue_id = queue(16);
    for (int round = 0; round < 16; ++round) {
        Memory source{5 * page}, destination{5 * page};
        cce_uapi_request request = ctr(session_id, source, 5 * page);
        request.destination = address_of(destination.data());
        ASSERT_EQ(file_.submit(queue_id, request), 0);
        source.unmap();
        destination.unmap();
    }
    std::vector<cce_uapi_completion> completions;
    ASSERT_EQ(file_.collect(queue_id, 16, 16, 10 * second_ns, completions), 0);
    for (const auto& completion : completions) EXPECT_EQ(completion.status, 0);
}

TEST_F(Dev, ObjectsGoWhileTheyAreUsed) {
    const Memory memory{16 * page};
    const uint32_t queue_id = queue(32);
    const uint32_t session_id = session();
    const uint32_t region_id = region(memory.data(), memory.size());
    std::vector<cce_uapi_request> batch(16, ctr(session_id, memory, page));
    for (size_t i = 0; i < batch.size(); ++i) {
        batch[i].source_region = batch[i].destination_region = region_id;
        batch[i].source = batch[i].destination = i * page;
    }
    uint32_t accepted = 0;
    ASSERT_EQ(file_.submit(queue_id, batch, accepted), 0);
    ASSERT_EQ(accepted, 16U);
    EXPECT_EQ(file_.destroy(CCE_UAPI_SESSION_DESTROY, session_id), 0);
    EXPECT_EQ(file_.destroy(CCE_UAPI_REGION_DESTROY, region_id), 0);
    EXPECT_EQ(file_.destroy(CCE_UAPI_SESSION_DESTROY, session_id), ENOENT);
    EXPECT_EQ(file_.submit(queue_id, batch[0]), ENOENT);
    EXPECT_EQ(file_.destroy(CCE_UAPI_QUEUE_DESTROY, queue_id), 0);
    EXPECT_TRUE(std::all_of(batch.begin(), batch.end(), [&](const auto& r) { return memory.data()[r.source] != 0; }));
}

TEST_F(Dev, ASignalEndsAWait) {
    const uint32_t queue_id = queue();
    EXPECT_EQ(in_child([&] {
                  struct sigaction action {};
                  action.sa_handler = [](int) {};
                  sigaction(SIGALRM, &action, nullptr);
                  // Again and again: one signal may come before the wait has begun.
                  const itimerval soon{{0, 10'000}, {0, 10'000}};
                  std::vector<cce_uapi_completion> completions;
                  setitimer(ITIMER_REAL, &soon, nullptr);
                  if (file_.collect(queue_id, 1, 1, -1, completions) != EINTR) return 1;
                  return file_.collect(queue_id, 1, 1, 100 * second_ns, completions) == EINTR ? 0 : 2;
              }),
              0);
}

TEST_F(Dev, ManyThreads) {
    const uint32_t session_id = session(CCE_UAPI_MODE_GCM, 32, 16);
    const uint32_t queue_id = queue(32);
    constexpr uint32_t threads = 4, each = 50;
    std::atomic<size_t> collected{0}, bad{0};
    // Whoever comes collects, anybody's.
    const auto collect = [&](uint32_t minimum) {
        std::vector<cce_uapi_completion> completions;
        if (file_.collect(queue_id, minimum, 4, minimum * 10'000'000, completions) != 0) return;
        bad += static_cast<size_t>(std::ranges::count_if(completions, [](const auto& c) { return c.status != 0; }));
        collected += completions.size();
    };
    std::vector<std::thread> crowd;
    for (uint32_t t = 0; t < threads; ++t)
        crowd.emplace_back([&] {
            const Memory memory{each * page};
            for (uint32_t i = 0; i < each; ++i) {
                cce_uapi_request request = ctr(session_id, memory, 1000);
                request.source = request.destination = address_of(memory.data() + i * page);
                request.iv_bytes = 12;
                while (file_.submit(queue_id, request) == EAGAIN) collect(1);
                collect(0);
            }
            // The memory is in use until all have ended.
            while (collected < threads * each) collect(1);
        });
    for (std::thread& thread : crowd) thread.join();
    EXPECT_EQ(collected, threads * each);
    EXPECT_EQ(bad, 0U);
}

// A process is killed while its requests are with an engine that doesn't answer.
TEST_F(Dev, StalledDeath) {
    const uint32_t timeout_ms = number_from_environment("CCE_DEV_TIMEOUT_MS", 0);
    ASSERT_NE(timeout_ms, 0U);
    file_.close();
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        DeviceFile own;
        uint32_t session_id = 0, queue_id = 0, region_id = 0, accepted = 0;
        const Memory memory{64 * page};
        const Bytes key(16, 3);
        if (own.create_session(CCE_UAPI_MODE_CTR, key, 0, session_id) != 0 || own.create_queue(64, -1, queue_id) != 0 ||
            own.create_region(memory.data(), memory.size(), 0, region_id) != 0)
            _exit(1);
        std::vector<cce_uapi_request> batch(64, ctr(session_id, memory, page));
        for (size_t i = 0; i < batch.size(); ++i) {
            batch[i].source_region = batch[i].destination_region = i % 2 != 0 ? region_id : 0;
            batch[i].source = batch[i].destination = i * page + (i % 2 != 0 ? 0 : address_of(memory.data()));
        }
        const char status = own.submit(queue_id, batch, accepted) == 0 && accepted == 64 ? '1' : '0';
        if (write(ready[1], &status, 1) != 1) _exit(2);
        pause();
        _exit(3);
    }
    close(ready[1]);
    char status = 0;
    ASSERT_EQ(read(ready[0], &status, 1), 1);
    EXPECT_EQ(status, '1');
    close(ready[0]);
    const auto begin = std::chrono::steady_clock::now();
    kill(child, SIGKILL);
    int result = 0;
    ASSERT_EQ(waitpid(child, &result, 0), child);
    EXPECT_TRUE(WIFSIGNALED(result));
    const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    // The watchdog looks every half of it, and resets take their time.
    EXPECT_LE(taken.count(), 2 * timeout_ms + 1000);
    EXPECT_GE(taken.count(), 1) << "the engine had nothing in flight: the test tests nothing";
    std::printf("a killed process was gone after %lld ms, with a timeout of %u ms\n",
                static_cast<long long>(taken.count()), timeout_ms);
}

// The engine comes and goes, until a file says that it is enough. Each request ends once, rightly or with an errno.
TEST_F(Dev, RemovalUnderLoad) {
    const char* until = std::getenv("CCE_DEV_UNTIL");
    ASSERT_NE(until, nullptr);
    const uint32_t session_id = session();
    const uint32_t queue_id = queue(16);
    const Memory memory{32 * page};
    std::vector<cce_uapi_request> batch(16, ctr(session_id, memory, page));
    for (size_t i = 0; i < batch.size(); ++i) {
        batch[i].source = address_of(memory.data() + i * page);
        batch[i].destination = address_of(memory.data() + (16 + i) * page);
        batch[i].cookie = i;
    }
    const ReferenceRequest reference{
        .mode = CCE_UAPI_MODE_CTR, .key = Bytes(16, 0x42), .iv = Bytes(16), .aad = {}, .source = Bytes(page)};
    const Bytes answer = *reference_answer(reference);
    uint32_t good = 0, failed = 0;
    while (access(until, F_OK) != 0) {
        uint32_t accepted = 0;
        ASSERT_EQ(file_.submit(queue_id, batch, accepted), 0);
        ASSERT_EQ(accepted, 16U);
        std::vector<cce_uapi_completion> completions;
        ASSERT_EQ(file_.collect(queue_id, 16, 16, 60 * second_ns, completions), 0);
        ASSERT_EQ(completions.size(), 16U);
        for (const auto& completion : completions) {
            const uint8_t* destination = memory.data() + (16 + completion.cookie) * page;
            if (completion.status == 0) {
                ++good;
                ASSERT_TRUE(std::equal(answer.begin(), answer.end(), destination));
            } else {
                ++failed;
                ASSERT_TRUE(completion.status == -EIO || completion.status == -ETIMEDOUT) << completion.status;
            }
        }
        std::fill_n(memory.data() + 16 * page, 16 * page, 0);
        // Time stands still in a guest that never sleeps.
        std::this_thread::sleep_for(std::chrono::microseconds{100});
    }
    EXPECT_GT(good, 16U);
    std::printf("%u requests ended well, %u failed\n", good, failed);
}

}  // namespace
}  // namespace cce::dev
