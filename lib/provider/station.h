// SPDX-License-Identifier: Apache-2.0
//
// A device of libcce. Threads that wait work with it themselves; asynchronous jobs, which cannot wait, hand their
// requests to a thread of the station: it keeps as many in flight as the device takes, and tells each when it is done.

#pragma once

#include <sys/types.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_set>

#include "engine.h"

namespace cce::provider {

class Station : public std::enable_shared_from_this<Station> {
public:
    /// Opens a device and starts its thread. Throws Fault.
    [[nodiscard]] static std::shared_ptr<Station> open(const Configuration& configuration, Report& report);
    /// Ends the thread and closes the device. Not in a process that did not open it.
    ~Station();
    Station(const Station&) = delete;
    Station& operator=(const Station&) = delete;

    [[nodiscard]] pid_t process() const noexcept { return process_; }
    [[nodiscard]] const cce_information& information() const noexcept { return information_; }
    /// Does a request in the calling thread. If it fails, `message` says why.
    [[nodiscard]] cce_completion run(Key& key, cce_direction direction, Request& request, std::string& message);
    /// `job` is finished later, exactly once.
    void submit(Job& job);
    /// Begins a hash stream in the calling thread. If that fails, `message` says why.
    [[nodiscard]] cce_status start_stream(Key& key, cce_hash_stream*& stream, std::string& message);
    /// Particulars of the calling thread's last failed call.
    [[nodiscard]] std::string error_message() const { return cce_error_message(device_.get()); }
    /// The device is lost.
    [[nodiscard]] bool broken() const noexcept { return broken_; }
    /// The key of this session is no longer needed.
    void retire(cce_session* session) noexcept;

private:
    Station(const Configuration& configuration, Report& report);

    void work() noexcept;
    /// Waits for something to do, and takes it. False: the end.
    bool take_work();
    void start(Job& job) noexcept;
    void collect() noexcept;
    void give_up() noexcept;
    [[nodiscard]] cce_status create_session(const Key& key, cce_direction direction, cce_session*& session);
    cce_session* session_of(Key& key, cce_direction direction, cce_status& status);
    void refuse(Job& job, cce_status status) noexcept;

    struct Closer {
        void operator()(cce_device* device) const noexcept { static_cast<void>(cce_close(device)); }
    };

    Report& report_;
    const pid_t process_;
    std::unique_ptr<cce_device, Closer> device_;
    cce_information information_{};

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job*> incoming_;
    bool ending_ = false;

    std::mutex sessions_mutex_;
    std::unordered_set<cce_session*> sessions_;

    // The thread's own.
    std::deque<Job*> waiting_;
    std::unordered_set<Job*> in_flight_;
    unsigned failed_polls_ = 0;
    std::atomic<bool> broken_ = false;

    std::thread thread_;
};

}  // namespace cce::provider
