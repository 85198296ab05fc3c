// SPDX-License-Identifier: Apache-2.0
//
// The engine, as the provider's ciphers see it: they hand over a request and come back when it is done, in whatever
// thread or asynchronous job they run. Behind it stands a station: a device of libcce, and a thread for asynchronous
// jobs. A process gets its station with its first request to the engine, and after a fork a new one.

#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "async_event.h"
#include "cce/cce.h"
#include "configuration.h"
#include "report.h"
#include "secret_bytes.h"

namespace cce::provider {

class Station;

/// What a session of a hash function is made of, besides the key.
struct HashUse {
    cce_hash hash = CCE_HASH_SHA_256;
    cce_hash_kind kind = CCE_HASH_PLAIN;
    SecretBytes customization;  ///< KMAC
};

/// A key for a mode, or a hash function with or without a key, shared by the contexts that were duplicated from one
/// another. Never changes. The station that first needs it gives it a session for each direction.
class Key {
public:
    Key(cce_mode mode, std::span<const std::uint8_t> bytes) : mode_(mode), bytes_(bytes) {}
    explicit Key(HashUse use, std::span<const std::uint8_t> bytes = {}) : hash_(std::move(use)), bytes_(bytes) {}
    ~Key();
    Key(const Key&) = delete;
    Key& operator=(const Key&) = delete;

    /// Of a key of AES.
    [[nodiscard]] cce_mode mode() const noexcept { return mode_; }
    [[nodiscard]] const std::optional<HashUse>& hash() const noexcept { return hash_; }
    [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept { return bytes_.bytes(); }

private:
    friend class Station;
    /// A station's session for this key; the station's lock guards it.
    struct Slot {
        cce_session* session = nullptr;
        std::weak_ptr<Station> station;
    };
    cce_mode mode_ = CCE_MODE_ECB;
    std::optional<HashUse> hash_;
    SecretBytes bytes_;
    std::array<Slot, 2> slots_;
};

using Request = std::variant<cce_request, cce_aead_request, cce_mac_request, cce_key_wrap_request, cce_digest_request>;

class HashStream;

/// A request of an asynchronous job. Belongs to the caller, who stays until it is done.
class Job {
public:
    Job(Key& key, cce_direction direction, const Request& request, std::shared_ptr<Event> event)
        : key_(key), direction_(direction), request_(request), event_(std::move(event)) {}

    [[nodiscard]] Key& key() const noexcept { return key_; }
    [[nodiscard]] cce_direction direction() const noexcept { return direction_; }
    [[nodiscard]] Request& request() noexcept { return request_; }

    /// The station's: nothing may touch the job afterwards.
    void finish(const cce_completion& completion, const std::string& message) noexcept;

    [[nodiscard]] bool done();
    void block();
    [[nodiscard]] const cce_completion& completion() const noexcept { return completion_; }
    [[nodiscard]] const std::string& message() const noexcept { return message_; }

private:
    Key& key_;
    cce_direction direction_;
    Request request_;
    std::shared_ptr<Event> event_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool done_ = false;
    cce_completion completion_{};
    std::string message_;
};

class Engine {
public:
    Engine(const Configuration& configuration, Report& report) : configuration_(configuration), report_(report) {}
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Does the engine have this mode, with keys of so many bytes? Opens the device. Throws Fault.
    [[nodiscard]] bool offers(cce_mode mode, std::size_t key_bytes);

    [[nodiscard]] bool offers(const HashUse& use);
    /// A stream of a message that is longer than a request should be. Calls wait, in asynchronous jobs, too.
    [[nodiscard]] HashStream hash_stream(const std::shared_ptr<Key>& key);

    /// Does the way to the engine take such a request, of a mode that it offers? `bytes`: of text, AAD and tag. The
    /// Linux driver is limited by the kernel's interfaces.
    [[nodiscard]] bool takes(cce_mode mode, std::size_t iv_bytes, std::size_t bytes);

    /// Does one request and counts it: in an asynchronous job it is paused meanwhile, else the thread waits. The status
    /// of the completion is CCE_OK or CCE_ERROR_TAG; everything else throws Fault.
    [[nodiscard]] cce_completion run(Key& key, cce_direction direction, const Request& request);

private:
    std::shared_ptr<Station> station();
    cce_completion run_in_job(Station& station, Job& job, Event& event);

    const Configuration& configuration_;
    Report& report_;
    /// Of the process that made it; a forked child leaves its parent's alone and makes its own.
    std::atomic<std::shared_ptr<Station>*> station_ = nullptr;
    /// The process that is opening a device just now, or 0. A child that was forked meanwhile need not wait for it.
    std::atomic<pid_t> opening_ = 0;
    std::atomic<std::size_t> waiting_threads_ = 0;
};

}  // namespace cce::provider
