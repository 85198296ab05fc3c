// SPDX-License-Identifier: Apache-2.0
//
// Requests by ioctl: batches into a queue of the driver, and out of it; poll(2) to wait.

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "dev.h"

namespace cce::internal::dev {

namespace {

std::uint64_t address_of(const void* pointer) {
    return reinterpret_cast<std::uintptr_t>(pointer);
}

class Queue final : public Transport {
public:
    Queue(const File& file, std::size_t most) : file_(file), bell_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
        if (bell_.get() < 0) throw Failure(CCE_ERROR_REFUSED, "eventfd: " + errno_text(errno));
        cce_uapi_queue_create create{};
        create.size = sizeof(create);
        create.depth = static_cast<std::uint32_t>(most);
        create.eventfd = -1;
        if (const int error = control(file_, CCE_UAPI_QUEUE_CREATE, &create); error != 0) {
            throw Failure(CCE_ERROR_BACKEND_UNAVAILABLE, "/dev/cce: no queue: " + errno_text(error),
                          static_cast<std::uint32_t>(error));
        }
        queue_ = create.queue;
    }
    ~Queue() override {
        cce_uapi_destroy destroy{sizeof(destroy), queue_};
        static_cast<void>(control(file_, CCE_UAPI_QUEUE_DESTROY, &destroy));
    }
    Queue(const Queue&) = delete;
    Queue& operator=(const Queue&) = delete;

    [[nodiscard]] const char* name() const override { return "ioctl"; }
    void push(const cce_uapi_request& request) override { staged_.push_back(request); }

    void flush() override {
        std::size_t sent = 0;
        while (sent < staged_.size()) {
            cce_uapi_submit submit{};
            submit.size = sizeof(submit);
            submit.queue = queue_;
            submit.count = static_cast<std::uint32_t>(staged_.size() - sent);
            submit.requests = address_of(&staged_[sent]);
            const int error = control(file_, CCE_UAPI_SUBMIT, &submit);
            if (error == EAGAIN) break;  // full until something is collected
            if (error != 0) {
                // That of the first request, which was not accepted.
                failed_.push_back(Outcome::of(staged_[sent].cookie, -error));
                ++sent;
                wake();
            } else {
                sent += submit.accepted;
            }
        }
        staged_.erase(staged_.begin(), staged_.begin() + static_cast<std::ptrdiff_t>(sent));
    }

    void collect(std::vector<Outcome>& out) override {
        out.insert(out.end(), failed_.begin(), failed_.end());
        failed_.clear();
        std::array<cce_uapi_completion, 64> completions{};
        while (true) {
            cce_uapi_collect collect{};
            collect.size = sizeof(collect);
            collect.queue = queue_;
            collect.maximum = completions.size();
            collect.completions = address_of(completions.data());
            if (const int error = control(file_, CCE_UAPI_COLLECT, &collect); error != 0) {
                if (error == ETIME || error == EAGAIN) break;
                throw Failure(error == ENODEV ? CCE_ERROR_DEVICE_GONE : CCE_ERROR_REFUSED,
                              "/dev/cce: collecting: " + errno_text(error), static_cast<std::uint32_t>(error));
            }
            for (std::size_t i = 0; i < collect.count; ++i) {
                out.push_back(Outcome::of(completions.at(i).cookie, completions.at(i).status));
            }
            if (collect.count < completions.size()) break;
        }
        flush();
    }

    void wait(const Deadline& deadline) override {
        std::array<pollfd, 2> descriptors{{{file_.get(), POLLIN, 0}, {bell_.get(), POLLIN, 0}}};
        timespec time{};
        if (deadline) {
            const auto left = std::max<std::chrono::nanoseconds>(*deadline - std::chrono::steady_clock::now(), {});
            time.tv_sec = left.count() / 1'000'000'000;
            time.tv_nsec = left.count() % 1'000'000'000;
        }
        if (ppoll(descriptors.data(), descriptors.size(), deadline ? &time : nullptr, nullptr) > 0 &&
            descriptors[1].revents != 0) {
            std::uint64_t count = 0;
            static_cast<void>(read(bell_.get(), &count, sizeof(count)));
        }
    }

    void wake() override {
        const std::uint64_t one = 1;
        static_cast<void>(write(bell_.get(), &one, sizeof(one)));
    }

    /// The driver would signal one that is named when the queue is made. A thread that waits does as well.
    bool signal_to(int /*eventfd*/) override { return false; }

private:
    const File& file_;
    File bell_;
    std::uint32_t queue_ = 0;
    std::vector<cce_uapi_request> staged_;
    std::vector<Outcome> failed_;
};

}  // namespace

std::unique_ptr<Transport> make_queue(const File& file, std::size_t most) {
    return std::make_unique<Queue>(file, most);
}

}  // namespace cce::internal::dev
