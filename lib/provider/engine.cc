// SPDX-License-Identifier: Apache-2.0

#include "engine.h"

#include <openssl/async.h>
#include <sched.h>
#include <unistd.h>

#include <string_view>

#include "hash_stream.h"
#include "station.h"

namespace cce::provider {

namespace {

/// How often a job that is resumed too early is paused again. An application that holds jobs from being paused
/// (ASYNC_block_pause(3)) looks the same: in the end the thread waits.
constexpr unsigned pauses_at_most = 1000;

constexpr std::size_t kernel_gcm_iv_bytes = 12;
constexpr std::size_t af_alg_whole_bytes_max = 65536;
/// What the driver takes at once through /dev/cce (CCE_UAPI_QUERY: longest_request). libcce cuts what may be cut, but
/// not what it is given without waiting.
constexpr std::size_t dev_whole_bytes_max = std::size_t{1} << 20;

std::size_t bytes_of(const Request& request) {
    struct {
        std::size_t operator()(const cce_request& value) const { return value.length; }
        std::size_t operator()(const cce_aead_request& value) const { return value.source_length; }
        std::size_t operator()(const cce_mac_request& value) const { return value.message_length; }
        std::size_t operator()(const cce_key_wrap_request& value) const { return value.source_length; }
        std::size_t operator()(const cce_digest_request& value) const { return value.message_length; }
    } measure;
    return std::visit(measure, request);
}

}  // namespace

Key::~Key() {
    for (Slot& slot : slots_) {
        if (slot.session == nullptr) {
            continue;
        }
        const std::shared_ptr<Station> station = slot.station.lock();
        if (station && station->process() == ::getpid()) {
            station->retire(slot.session);
        }
    }
}

void Job::finish(const cce_completion& completion, const std::string& message) noexcept {
    const std::shared_ptr<Event> event = event_;  // the job may be gone before it is woken
    {
        const std::lock_guard lock(mutex_);
        completion_ = completion;
        try {
            message_ = message;
        } catch (const std::bad_alloc&) {
        }
        done_ = true;
        changed_.notify_one();
    }
    event->signal();
}

bool Job::done() {
    const std::lock_guard lock(mutex_);
    return done_;
}

void Job::block() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
}

Engine::~Engine() {
    const std::unique_ptr<std::shared_ptr<Station>> held(station_.exchange(nullptr));
    if (held && (*held)->process() != ::getpid()) {
        // The parent's: its thread does not run here, and its locks may be held for ever.
        static_cast<void>(new std::shared_ptr<Station>(std::move(*held)));
    }
}

std::shared_ptr<Station> Engine::station() {
    const pid_t process = ::getpid();
    const auto ours = [&]() -> std::shared_ptr<Station> {
        const std::shared_ptr<Station>* held = station_.load(std::memory_order_acquire);
        return held != nullptr && (*held)->process() == process ? *held : nullptr;
    };
    if (auto station = ours()) {
        return station;
    }
    for (pid_t opener = 0; !opening_.compare_exchange_weak(opener, process);) {
        if (opener == process) {
            ::sched_yield();
            opener = 0;
        }
    }
    struct Release {
        std::atomic<pid_t>& opening;
        ~Release() { opening = 0; }
    } const release{opening_};
    if (auto station = ours()) {
        return station;
    }
    auto held = std::make_unique<std::shared_ptr<Station>>(Station::open(configuration_, report_));
    std::shared_ptr<Station> station = *held;
    // What stood there was the parent's, and is left alone.
    station_.store(held.release(), std::memory_order_release);
    return station;
}

bool Engine::offers(cce_mode mode, std::size_t key_bytes) {
    const cce_information& information = station()->information();
    if (information.mode_supported[mode] == 0) {
        return false;
    }
    const std::size_t length = mode == CCE_MODE_XTS ? key_bytes / 2 : key_bytes;
    return information.engine_known == 0 || information.key_bytes_supported[length / 8 - 2] != 0;
}

bool Engine::offers(const HashUse& use) {
    const cce_information& information = station()->information();
    return (use.kind == CCE_HASH_HMAC ? information.hmac_supported : information.hash_supported)[use.hash] != 0;
}

HashStream Engine::hash_stream(const std::shared_ptr<Key>& key) {
    return {station(), key, report_};
}

bool Engine::takes(cce_mode mode, std::size_t iv_bytes, std::size_t bytes) {
    const std::string_view backend = station()->information().backend;
    if (backend != "dev" && backend != "af_alg") {
        return true;
    }
    // The kernel's gcm(aes) has IVs of 12 bytes.
    if (mode == CCE_MODE_GCM && iv_bytes != kernel_gcm_iv_bytes) {
        return false;
    }
    const bool may_be_cut = mode == CCE_MODE_ECB || mode == CCE_MODE_CBC || mode == CCE_MODE_CTR;
    if (backend == "af_alg") {
        return may_be_cut || mode == CCE_MODE_CMAC || bytes <= af_alg_whole_bytes_max;
    }
    return (may_be_cut && ASYNC_get_current_job() == nullptr) || bytes <= dev_whole_bytes_max;
}

cce_completion Engine::run_in_job(Station& station, Job& job, Event& event) {
    station.submit(job);
    for (unsigned pauses = 0; pauses < pauses_at_most && !job.done(); ++pauses) {
        report_.paused();
        if (ASYNC_pause_job() != 1) {
            break;
        }
        if (station.process() != ::getpid()) {
            report_.engine_failed();
            throw Fault(Reason::device_failed, "the process was forked while the request was under way");
        }
    }
    job.block();
    event.drain();
    return job.completion();
}

cce_completion Engine::run(Key& key, cce_direction direction, const Request& request) {
    const std::shared_ptr<Station> station = this->station();
    cce_completion completion{};
    std::string message;
    if (const std::shared_ptr<Event> event = event_of_current_job(); event) {
        Job job(key, direction, request, event);
        completion = run_in_job(*station, job, *event);
        message = job.message();
    } else {
        struct Waiting {
            std::atomic<std::size_t>& threads;
            ~Waiting() { --threads; }
        };
        report_.in_flight(++waiting_threads_);
        const Waiting waiting{waiting_threads_};
        Request copy = request;
        completion = station->run(key, direction, copy, message);
    }
    if (completion.status != CCE_OK && completion.status != CCE_ERROR_TAG) {
        report_.engine_failed();
        throw Fault(Reason::device_failed, message);
    }
    if (key.hash()) {
        report_.on_engine(key.hash()->hash, bytes_of(request));
    } else {
        report_.on_engine(key.mode(), bytes_of(request));
    }
    return completion;
}

}  // namespace cce::provider
