// SPDX-License-Identifier: Apache-2.0

#include "async_event.h"

#include <openssl/async.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include "core.h"

namespace cce::provider {

namespace {

/// The key of our descriptor among a job's; only its address counts.
constexpr char wait_key = 0;

/// libcrypto is done with the wait context. A request that is still under way keeps the event.
void release(ASYNC_WAIT_CTX*, const void*, OSSL_ASYNC_FD, void* custom) {
    const std::unique_ptr<std::shared_ptr<Event>> held(static_cast<std::shared_ptr<Event>*>(custom));
}

}  // namespace

Event::Event() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0) {
        throw std::system_error(errno, std::generic_category(), "eventfd");
    }
}

Event::~Event() {
    ::close(descriptor_);
}

void Event::signal() noexcept {
    const std::uint64_t one = 1;
    // It can only fail when the count is at its end, and then the descriptor is readable anyway.
    [[maybe_unused]] const ssize_t written = ::write(descriptor_, &one, sizeof(one));
}

void Event::drain() noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t taken = ::read(descriptor_, &count, sizeof(count));
}

std::shared_ptr<Event> event_of_current_job() {
    ASYNC_JOB* job = ASYNC_get_current_job();
    if (job == nullptr) {
        return nullptr;
    }
    ASYNC_WAIT_CTX* context = ASYNC_get_wait_ctx(job);
    if (context == nullptr) {
        return nullptr;
    }
    OSSL_ASYNC_FD descriptor = -1;
    void* custom = nullptr;
    if (ASYNC_WAIT_CTX_get_fd(context, &wait_key, &descriptor, &custom) == 1) {
        return *static_cast<std::shared_ptr<Event>*>(custom);
    }
    auto held = std::make_unique<std::shared_ptr<Event>>(std::make_shared<Event>());
    std::shared_ptr<Event> event = *held;
    if (ASYNC_WAIT_CTX_set_wait_fd(context, &wait_key, event->descriptor(), held.get(), release) != 1) {
        throw Fault(Reason::internal_error, "the wait descriptor of an asynchronous job was not accepted");
    }
    static_cast<void>(held.release());  // release() has it now
    return event;
}

}  // namespace cce::provider
