// SPDX-License-Identifier: Apache-2.0
//
// /dev/cce by io_uring: commands end in the ring, with the same answers and the same errno.
#include <gtest/gtest.h>
#include <liburing.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include "device_file.h"
#include "reference.h"

namespace cce::dev {
namespace {

constexpr size_t page = 4096;

class DevUring : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_EQ(file_.open_errno(), 0) << "opening " << device_path;
        ASSERT_EQ(io_uring_queue_init(64, &ring_, IORING_SETUP_SQE128), 0)
            << "this kernel has no io_uring, or forbids it";
        ring_is_open_ = true;
        ASSERT_EQ(file_.create_session(CCE_UAPI_MODE_CTR, key_, 0, session_), 0);
        memory_ = static_cast<uint8_t*>(
            mmap(nullptr, memory_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        ASSERT_NE(memory_, MAP_FAILED);
    }
    void TearDown() override {
        if (ring_is_open_) io_uring_queue_exit(&ring_);
        if (memory_ != nullptr) munmap(memory_, memory_bytes);
    }

    cce_uapi_request ctr(size_t offset, uint32_t length) const {
        cce_uapi_request request{};
        request.session = session_;
        request.iv_bytes = 16;
        request.length = length;
        request.source = request.destination = reinterpret_cast<uintptr_t>(memory_ + offset);
        return request;
    }

    static void prepare(io_uring_sqe* sqe, int descriptor, const cce_uapi_request& request, uint64_t user_data,
                        uint32_t operation = CCE_UAPI_CMD_CIPHER) {
        if (sqe == nullptr) throw std::runtime_error{"the ring is full"};
        // The command area of a wide entry is as long as a request.
        std::memset(sqe, 0, 2 * sizeof(*sqe));
        sqe->opcode = IORING_OP_URING_CMD;
        sqe->fd = descriptor;
        sqe->cmd_op = operation;
        sqe->user_data = user_data;
        std::memcpy(sqe->cmd, &request, sizeof(request));
    }

    // The errno, or less than 0: the negative of a length that is told.
    int result_of(const cce_uapi_request& request, uint32_t operation = CCE_UAPI_CMD_CIPHER, uint32_t flags = 0,
                  uint16_t buffer = 0) {
        io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
        prepare(sqe, file_.descriptor(), request, 1, operation);
        sqe->rw_flags = static_cast<int>(flags);
        sqe->buf_index = buffer;
        EXPECT_EQ(io_uring_submit(&ring_), 1);
        // It has been copied: nobody looks at it any more.
        std::memset(sqe, 0xff, 2 * sizeof(*sqe));
        io_uring_cqe* cqe = nullptr;
        EXPECT_EQ(io_uring_wait_cqe(&ring_, &cqe), 0);
        const int result = cqe->res;
        io_uring_cqe_seen(&ring_, cqe);
        return -result;
    }

    [[nodiscard]] Bytes answer(size_t bytes) const {
        ReferenceRequest reference;
        reference.mode = CCE_UAPI_MODE_CTR;
        reference.key = key_;
        reference.iv = Bytes(16);
        reference.source = Bytes(bytes);
        return *reference_answer(reference);
    }

    static constexpr size_t memory_bytes = 64 * page;
    const Bytes key_ = Bytes(16, 0x42);
    DeviceFile file_;
    io_uring ring_{};
    bool ring_is_open_{};
    uint32_t session_{};
    uint8_t* memory_{};
};

TEST_F(DevUring, ManyAtOnce) {
    constexpr size_t count = 64, length = 3000;
    for (int round = 0; round < 4; ++round) {
        std::fill_n(memory_, memory_bytes, 0);
        for (size_t i = 0; i < count; ++i)
            prepare(io_uring_get_sqe(&ring_), file_.descriptor(), ctr(i * page + i, length), i);
        ASSERT_EQ(io_uring_submit(&ring_), static_cast<int>(count));
        std::vector<int> seen(count);
        for (size_t i = 0; i < count; ++i) {
            io_uring_cqe* cqe = nullptr;
            ASSERT_EQ(io_uring_wait_cqe(&ring_, &cqe), 0);
            EXPECT_EQ(cqe->res, 0);
            ASSERT_LT(cqe->user_data, count);
            ++seen[cqe->user_data];
            io_uring_cqe_seen(&ring_, cqe);
        }
        EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), static_cast<std::ptrdiff_t>(count));
        const Bytes expected = answer(length);
        for (size_t i = 0; i < count; ++i)
            EXPECT_TRUE(std::equal(expected.begin(), expected.end(), memory_ + i * page + i)) << i;
    }
}

TEST_F(DevUring, RegionsAndTags) {
    uint32_t region = 0, gcm = 0;
    ASSERT_EQ(file_.create_region(memory_, memory_bytes, 0, region), 0);
    ASSERT_EQ(file_.create_session(CCE_UAPI_MODE_GCM, key_, 16, gcm), 0);
    cce_uapi_request request = ctr(0, 1000);
    request.session = gcm;
    request.iv_bytes = 12;
    request.source_region = request.destination_region = region;
    request.source = request.destination = 77;
    EXPECT_EQ(result_of(request), 0);
    request.flags = CCE_UAPI_REQUEST_DECRYPT;
    EXPECT_EQ(result_of(request), 0);
    EXPECT_TRUE(std::all_of(memory_ + 77, memory_ + 1077, [](uint8_t byte) { return byte == 0; }));
    // What is there now is text, and no tag's.
    EXPECT_EQ(result_of(request), EBADMSG);
}

TEST_F(DevUring, BadCommands) {
    const cce_uapi_request good = ctr(0, 64);
    EXPECT_EQ(result_of(good), 0);
    EXPECT_EQ(result_of(good, CCE_UAPI_SUBMIT), ENOTTY);
    EXPECT_EQ(result_of(good, 0), ENOTTY);
    EXPECT_EQ(result_of(good, CCE_UAPI_CMD_CIPHER, 2), EINVAL);
    cce_uapi_request bad = good;
    bad.session = 99;
    EXPECT_EQ(result_of(bad), ENOENT);
    bad = good;
    bad.output_length = 1;
    EXPECT_EQ(result_of(bad), EINVAL);
    bad = good;
    bad.source = bad.destination = 0;
    EXPECT_EQ(result_of(bad), EFAULT);
    bad = good;
    bad.length = ~0U;
    EXPECT_EQ(result_of(bad), EMSGSIZE);

    // An entry of ordinary size has no room for a request.
    io_uring narrow{};
    ASSERT_EQ(io_uring_queue_init(4, &narrow, 0), 0);
    io_uring_sqe* sqe = io_uring_get_sqe(&narrow);
    ASSERT_NE(sqe, nullptr);
    std::memset(sqe, 0, sizeof(*sqe));
    sqe->opcode = IORING_OP_URING_CMD;
    sqe->fd = file_.descriptor();
    sqe->cmd_op = CCE_UAPI_CMD_CIPHER;
    EXPECT_EQ(io_uring_submit(&narrow), 1);
    io_uring_cqe* cqe = nullptr;
    ASSERT_EQ(io_uring_wait_cqe(&narrow, &cqe), 0);
    EXPECT_EQ(cqe->res, -EINVAL);
    io_uring_queue_exit(&narrow);
}

TEST_F(DevUring, KeyWrap) {
    uint32_t kwp = 0;
    ASSERT_EQ(file_.create_session(CCE_UAPI_MODE_KWP, key_, 0, kwp), 0);
    std::fill_n(memory_, page, uint8_t{0x33});
    cce_uapi_request request = ctr(5, 21);
    request.session = kwp;
    request.iv_bytes = 0;
    EXPECT_EQ(result_of(request), 0);
    // Only now it is known how long the key is.
    request.flags = CCE_UAPI_REQUEST_DECRYPT;
    request.length = 24;
    EXPECT_EQ(result_of(request), -21);
    EXPECT_TRUE(std::all_of(memory_ + 5, memory_ + 26, [](uint8_t byte) { return byte == 0x33; }));
    EXPECT_TRUE(std::all_of(memory_ + 26, memory_ + 29, [](uint8_t byte) { return byte == 0; }));
    EXPECT_EQ(result_of(request), EBADMSG);
    EXPECT_TRUE(std::all_of(memory_ + 5, memory_ + 29, [](uint8_t byte) { return byte == 0; }));
}

// Source and destination in a buffer that is registered with the ring.
class DevUringFixed : public DevUring {
protected:
    static constexpr uint16_t first = 0, second = 1, empty = 2, none = 3;
    static constexpr size_t begin = 100, length = 20 * page, gap = 4 * page;

    void SetUp() override {
        DevUring::SetUp();
        ASSERT_FALSE(HasFatalFailure());
        // What stands at the begin and at the end of the first one is in pages of others, too.
        const iovec buffers[]{{memory_ + begin, length}, {memory_ + begin + length + gap, length}, {nullptr, 0}};
        ASSERT_EQ(io_uring_register_buffers(&ring_, buffers, 3), 0);
    }
    int fixed(const cce_uapi_request& request, uint16_t buffer = first) {
        return result_of(request, CCE_UAPI_CMD_CIPHER, IORING_URING_CMD_FIXED, buffer);
    }
    // From one place of the memory to another.
    [[nodiscard]] cce_uapi_request copy(size_t source, size_t destination, uint32_t bytes) const {
        cce_uapi_request request = ctr(source, bytes);
        request.destination = reinterpret_cast<uintptr_t>(memory_ + destination);
        return request;
    }
};

TEST_F(DevUringFixed, InPlaceAndApart) {
    for (const size_t bytes : {size_t{1}, size_t{64}, page, 3 * page + 77, 9 * page}) {
        const Bytes expected = answer(bytes);
        for (const size_t offset : {begin, begin + 1, page - 1, page, begin + length - bytes}) {
            std::fill_n(memory_, memory_bytes, 0);
            EXPECT_EQ(fixed(ctr(offset, static_cast<uint32_t>(bytes))), 0) << bytes << " at " << offset;
            EXPECT_TRUE(std::equal(expected.begin(), expected.end(), memory_ + offset)) << bytes << " at " << offset;
            EXPECT_EQ(std::count(memory_, memory_ + memory_bytes, 0),
                      std::count(expected.begin(), expected.end(), 0) + static_cast<ptrdiff_t>(memory_bytes - bytes));
        }
        std::fill_n(memory_, memory_bytes, 0);
        EXPECT_EQ(fixed(copy(begin + 3, begin + 10 * page, static_cast<uint32_t>(bytes))), 0);
        EXPECT_TRUE(std::equal(expected.begin(), expected.end(), memory_ + begin + 10 * page)) << bytes;
        const size_t other = begin + length + gap;
        EXPECT_EQ(fixed(copy(other, other + 10 * page, static_cast<uint32_t>(bytes)), second), 0);
        EXPECT_TRUE(std::equal(expected.begin(), expected.end(), memory_ + other + 10 * page)) << bytes;
    }
    // Longer than what a request has room for itself.
    const Bytes expected = answer(length);
    std::fill_n(memory_, memory_bytes, 0);
    EXPECT_EQ(fixed(ctr(begin, static_cast<uint32_t>(length))), 0);
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), memory_ + begin));
}

TEST_F(DevUringFixed, TagsAndAssociatedData) {
    uint32_t gcm = 0;
    ASSERT_EQ(file_.create_session(CCE_UAPI_MODE_GCM, key_, 16, gcm), 0);
    std::fill_n(memory_, memory_bytes, uint8_t{7});
    cce_uapi_request request = ctr(begin + length - 1016, 1000);
    request.session = gcm;
    request.iv_bytes = 12;
    // It lies where it likes.
    request.aad = reinterpret_cast<uintptr_t>(memory_ + 60 * page);
    request.aad_length = 300;
    EXPECT_EQ(fixed(request), 0);
    EXPECT_EQ(memory_[begin + length], 7);
    request.flags = CCE_UAPI_REQUEST_DECRYPT;
    EXPECT_EQ(fixed(request), 0);
    EXPECT_TRUE(std::all_of(memory_ + begin + length - 1016, memory_ + begin + length - 16,
                            [](uint8_t byte) { return byte == 7; }));
    EXPECT_EQ(fixed(request), EBADMSG);
    // The tag would lie behind the end.
    request.flags = 0;
    request.source = ++request.destination;
    EXPECT_EQ(fixed(request), EFAULT);
}

TEST_F(DevUringFixed, BadRanges) {
    const auto refused = [&](int error, const cce_uapi_request& request, uint16_t buffer, const char* what) {
        std::fill_n(memory_, memory_bytes, uint8_t{9});
        EXPECT_EQ(fixed(request, buffer), error) << what;
        EXPECT_TRUE(std::all_of(memory_, memory_ + memory_bytes, [](uint8_t byte) { return byte == 9; })) << what;
    };
    const size_t other = begin + length + gap;
    refused(EFAULT, ctr(begin - 1, 64), first, "begins before the buffer");
    refused(EFAULT, ctr(0, 64), first, "ends before the buffer");
    refused(EFAULT, ctr(begin + length - 63, 64), first, "ends behind the buffer");
    refused(EFAULT, ctr(begin + length, 64), first, "begins behind the buffer");
    refused(EFAULT, ctr(begin, static_cast<uint32_t>(length + 1)), first, "longer than the buffer");
    refused(EFAULT, ctr(other, 64), first, "in the other buffer");
    refused(EFAULT, copy(begin, other, 64), first, "destination in the other buffer");
    refused(EFAULT, copy(begin, other, 64), second, "source in the other buffer");
    refused(EFAULT, copy(begin, begin + length, 64), first, "destination in no buffer");
    refused(EFAULT, copy(0, begin, 64), first, "source in no buffer");
    refused(EFAULT, ctr(begin, 64), empty, "a buffer without memory");
    refused(EFAULT, ctr(begin, 64), none, "a buffer that is not registered");
    refused(EFAULT, ctr(begin, 64), 0xffff, "a buffer that is not registered");
    refused(EINVAL, copy(begin, begin + 1, 64), first, "overlap");
    refused(EMSGSIZE, ctr(begin, ~0U), first, "length");
    cce_uapi_request request = ctr(begin, 64);
    for (const uint64_t address : {uint64_t{0}, ~uint64_t{0}, ~uint64_t{0} - 63, uint64_t{1} << 63}) {
        request.source = request.destination = address;
        refused(EFAULT, request, first, "an address from nowhere");
    }
    uint32_t region = 0;
    ASSERT_EQ(file_.create_region(memory_, memory_bytes, 0, region), 0);
    request = copy(begin, begin + page, 64);
    request.source_region = region;
    refused(EINVAL, request, first, "source in a region, too");
    request = copy(begin, begin + page, 64);
    request.destination_region = region;
    refused(EINVAL, request, first, "destination in a region, too");
    request = ctr(begin, 64);
    request.source_region = request.destination_region = region;
    refused(EINVAL, request, first, "both in a region, too");
    // Nothing is nowhere.
    request = ctr(0, 0);
    EXPECT_EQ(fixed(request), 0);
    // Only memory that can be written can be registered.
    void* constant = mmap(nullptr, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const iovec buffer{constant, page};
    io_uring_unregister_buffers(&ring_);
    EXPECT_EQ(io_uring_register_buffers(&ring_, &buffer, 1), -EFAULT);
    refused(EFAULT, ctr(begin, 64), first, "nothing is registered any more");
    munmap(constant, page);
}

// Commands hold the buffer's pages: the memory, and the registration, may go.
TEST_F(DevUringFixed, MemoryMayGoMeanwhile) {
    for (int round = 0; round < 8; ++round) {
        for (size_t i = 0; i < 5; ++i) {
            io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
            prepare(sqe, file_.descriptor(), ctr(begin + i * 4 * page, 4 * page), i);
            sqe->rw_flags = static_cast<int>(IORING_URING_CMD_FIXED);
        }
        ASSERT_EQ(io_uring_submit(&ring_), 5);
        if (round == 7) {
            ASSERT_EQ(munmap(std::exchange(memory_, nullptr), memory_bytes), 0);
            EXPECT_EQ(io_uring_unregister_buffers(&ring_), 0);
        }
        for (size_t i = 0; i < 5; ++i) {
            io_uring_cqe* cqe = nullptr;
            ASSERT_EQ(io_uring_wait_cqe(&ring_, &cqe), 0);
            EXPECT_EQ(cqe->res, 0);
            io_uring_cqe_seen(&ring_, cqe);
        }
    }
}

TEST_F(DevUring, TheLimitIsTheProcesss) {
    uint32_t queue = 0;
    ASSERT_EQ(file_.create_queue(4096, -1, queue), 0);
    EXPECT_EQ(result_of(ctr(0, 64)), EBUSY);
    ASSERT_EQ(file_.destroy(CCE_UAPI_QUEUE_DESTROY, queue), 0);
    EXPECT_EQ(result_of(ctr(0, 64)), 0);
}

// Ring and process go with commands under way.
TEST_F(DevUring, Death) {
    for (const bool killed : {false, true}) {
        const pid_t child = fork();
        if (child == 0) {
            const DeviceFile own;
            io_uring ring{};
            uint32_t session = 0;
            if (io_uring_queue_init(64, &ring, IORING_SETUP_SQE128) != 0 ||
                own.create_session(CCE_UAPI_MODE_CTR, key_, 0, session) != 0)
                _exit(1);
            for (size_t i = 0; i < 32; ++i) {
                cce_uapi_request request = ctr(2 * i * page, 2 * page);
                request.session = session;
                prepare(io_uring_get_sqe(&ring), own.descriptor(), request, i);
            }
            if (io_uring_submit(&ring) != 32) _exit(2);
            if (killed) raise(SIGKILL);
            _exit(0);
        }
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        EXPECT_TRUE(killed ? WIFSIGNALED(status) : WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    }
}

}  // namespace
}  // namespace cce::dev
