// SPDX-License-Identifier: Apache-2.0
//
// Requests by io_uring: IORING_OP_URING_CMD, 128-byte entries.

#include <liburing.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "dev.h"

namespace cce::internal::dev {

namespace {

/// Entries of the submission queue; it is sent when it is full.
constexpr unsigned submission_entries = 256;
/// user_data of what only wakes; cookies are below 2^32.
constexpr std::uint64_t wake_mark = ~std::uint64_t{0};

static_assert(offsetof(io_uring_sqe, cmd) + sizeof(cce_uapi_request) <= 2 * sizeof(io_uring_sqe));

class Ring final : public Transport {
public:
    Ring(const File& file, std::size_t most) : file_(file) {
        io_uring_params parameters{};
        parameters.flags = IORING_SETUP_SQE128 | IORING_SETUP_CQSIZE;
        parameters.cq_entries = submission_entries;
        // Room for every completion, and for those that wake.
        while (parameters.cq_entries < most + submission_entries) parameters.cq_entries *= 2;
        if (const int error = io_uring_queue_init_params(submission_entries, &ring_, &parameters); error != 0) {
            throw Failure(CCE_ERROR_BACKEND_UNAVAILABLE, "io_uring: " + errno_text(-error),
                          static_cast<std::uint32_t>(-error));
        }
        try {
            try_command();
        } catch (...) {
            io_uring_queue_exit(&ring_);
            throw;
        }
    }
    ~Ring() override { io_uring_queue_exit(&ring_); }
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;

    [[nodiscard]] const char* name() const override { return "io_uring"; }

    void push(const cce_uapi_request& request) override {
        io_uring_sqe* const entry = free_entry();
        if (entry == nullptr) {
            failed_.push_back(Outcome::of(request.cookie, -EBUSY));
            return;
        }
        prepare(*entry, request);
    }

    void flush() override {
        // What the kernel did not take stays in the queue and goes with the next call; there is one, because those who
        // wait call.
        while (io_uring_sq_ready(&ring_) != 0) {
            if (const int sent = io_uring_submit(&ring_); sent <= 0 && sent != -EINTR) break;
        }
    }

    void collect(std::vector<Outcome>& out) override {
        flush();
        out.insert(out.end(), failed_.begin(), failed_.end());
        failed_.clear();
        io_uring_cqe* completion = nullptr;
        while (io_uring_peek_cqe(&ring_, &completion) == 0) {
            if (completion->user_data != wake_mark) {
                out.push_back(Outcome::of(completion->user_data, completion->res));
            }
            io_uring_cqe_seen(&ring_, completion);
        }
    }

    void wait(const Deadline& deadline) override {
        // Looks at the completion queue and changes nothing. Another thread may empty it at the same time.
        io_uring_cqe* completion = nullptr;
        if (!deadline) {
            static_cast<void>(io_uring_wait_cqe(&ring_, &completion));
            return;
        }
        const auto left = std::max<std::chrono::nanoseconds>(*deadline - std::chrono::steady_clock::now(), {});
        if (left.count() == 0) return;
        __kernel_timespec time{};
        time.tv_sec = left.count() / 1'000'000'000;
        time.tv_nsec = left.count() % 1'000'000'000;
        static_cast<void>(io_uring_wait_cqe_timeout(&ring_, &completion, &time));
    }

    void wake() override {
        if (io_uring_sqe* const entry = free_entry()) {
            io_uring_prep_nop(entry);
            entry->user_data = wake_mark;
            flush();
        }
    }

    bool signal_to(int eventfd) override { return io_uring_register_eventfd(&ring_, eventfd) == 0; }

private:
    io_uring_sqe* free_entry() {
        io_uring_sqe* entry = io_uring_get_sqe(&ring_);
        if (entry == nullptr) {
            flush();
            entry = io_uring_get_sqe(&ring_);
        }
        return entry;
    }

    void prepare(io_uring_sqe& entry, const cce_uapi_request& request) const {
        // An entry is twice the structure, IORING_SETUP_SQE128.
        std::memset(static_cast<void*>(&entry), 0, 2 * sizeof(entry));
        entry.opcode = IORING_OP_URING_CMD;
        entry.fd = file_.get();
        entry.cmd_op = CCE_UAPI_CMD_CIPHER;
        entry.user_data = request.cookie;
        std::memcpy(reinterpret_cast<unsigned char*>(&entry) + offsetof(io_uring_sqe, cmd), &request, sizeof(request));
    }

    /// Does the kernel know the command? One of a session that there cannot be tells.
    void try_command() {
        cce_uapi_request request{};
        request.session = ~0U;
        prepare(*io_uring_get_sqe(&ring_), request);
        io_uring_cqe* completion = nullptr;
        int error = io_uring_submit_and_wait(&ring_, 1);
        if (error >= 0) error = io_uring_wait_cqe(&ring_, &completion);
        if (error >= 0) {
            error = completion->res;
            io_uring_cqe_seen(&ring_, completion);
        }
        if (error != -ENOENT) {
            throw Failure(CCE_ERROR_BACKEND_UNAVAILABLE,
                          "io_uring: /dev/cce does not take commands: " + errno_text(-error),
                          static_cast<std::uint32_t>(-error));
        }
    }

    const File& file_;
    io_uring ring_{};
    std::vector<Outcome> failed_;
};

}  // namespace

std::unique_ptr<Transport> make_ring(const File& file, std::size_t most) {
    return std::make_unique<Ring>(file, most);
}

}  // namespace cce::internal::dev
