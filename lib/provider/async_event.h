// SPDX-License-Identifier: Apache-2.0
//
// The descriptor that wakes a paused asynchronous job (ASYNC_start_job(3)).

#pragma once

#include <memory>

namespace cce::provider {

/// An eventfd. Any thread may signal it.
class Event {
public:
    /// Throws std::system_error.
    Event();
    ~Event();
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    void signal() noexcept;
    /// Makes the descriptor unreadable again.
    void drain() noexcept;

private:
    int descriptor_;
};

/// The event of the asynchronous job that runs in this thread, whose descriptor the application waits for; null: there
/// is no job. Throws Fault.
[[nodiscard]] std::shared_ptr<Event> event_of_current_job();

}  // namespace cce::provider
