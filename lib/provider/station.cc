// SPDX-License-Identifier: Apache-2.0

#include "station.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <system_error>

namespace cce::provider {

namespace {

/// Milliseconds that the thread waits within the device while nothing new has come.
constexpr int poll_ms = 1;
constexpr const char* lost = "the device is lost";
/// Requests in flight at once.
constexpr std::size_t requests_at_most = 1024;
/// After so many failures in a row, a millisecond apart, the device counts as lost.
constexpr unsigned failed_polls_at_most = 100;

template <typename... Calls>
struct Overloaded : Calls... {
    using Calls::operator()...;
};

/// Starts a thread that takes none of the application's signals.
template <typename Call>
std::thread start_thread(Call call) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
        std::thread thread(call);
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        return thread;
    } catch (...) {
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        throw;
    }
}

}  // namespace

std::shared_ptr<Station> Station::open(const Configuration& configuration, Report& report) {
    std::shared_ptr<Station> station(new Station(configuration, report));
    try {
        station->thread_ = start_thread([raw = station.get()] { raw->work(); });
    } catch (const std::system_error& error) {
        throw Fault(Reason::device_not_available, std::string("no thread for it: ") + error.what());
    }
    return station;
}

Station::Station(const Configuration& configuration, Report& report) : report_(report), process_(::getpid()) {
    cce_options options = CCE_OPTIONS_INIT;
    options.backend = configuration.backend.empty() ? nullptr : configuration.backend.c_str();
    options.engine = configuration.engine.empty() ? nullptr : configuration.engine.c_str();
    options.cpu_below = 0;  // what is too short for the engine does not come here
    options.queue_depth = requests_at_most;
    cce_error error{};
    cce_device* device = nullptr;
    if (cce_open(&device, &options, &error) != CCE_OK) {
        throw Fault(Reason::device_not_available, error.message);
    }
    device_.reset(device);
    if (cce_query(device, &information_) != CCE_OK) {
        throw Fault(Reason::device_not_available, cce_error_message(device));
    }
    report_.set_device(information_);
}

Station::~Station() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
    }
    // A key that outlives its station finds its sessions gone.
    for (cce_session* session : sessions_) {
        static_cast<void>(cce_session_destroy(session));
    }
}

void Station::submit(Job& job) {
    {
        const std::lock_guard lock(mutex_);
        incoming_.push_back(&job);
    }
    changed_.notify_one();
}

void Station::retire(cce_session* session) noexcept {
    const std::lock_guard lock(sessions_mutex_);
    if (sessions_.erase(session) != 0) {
        static_cast<void>(cce_session_destroy(session));
    }
}

cce_completion Station::run(Key& key, cce_direction direction, Request& request, std::string& message) {
    cce_completion completion{};
    cce_status status = CCE_OK;
    if (broken_) {
        completion.status = CCE_ERROR_REFUSED;
        message = lost;
        return completion;
    }
    if (cce_session* session = session_of(key, direction, status); status == CCE_OK) {
        const bool encrypt = direction == CCE_ENCRYPT;
        std::size_t length = 0;
        status = std::visit(
            Overloaded{
                [&](cce_request& text) {
                    return cce_cipher_run(session, text.iv, text.source, text.destination, text.length, &completion);
                },
                [&](const cce_aead_request& text) {
                    return encrypt ? cce_aead_seal(session, &text, &completion)
                                   : cce_aead_open(session, &text, &completion);
                },
                [&](const cce_mac_request& text) { return cce_mac_generate(session, &text, &completion); },
                [&](const cce_key_wrap_request& text) {
                    return encrypt ? cce_key_wrap(session, &text, &length, &completion)
                                   : cce_key_unwrap(session, &text, &length, &completion);
                },
                [&](const cce_digest_request& text) { return cce_digest(session, &text, &completion); },
            },
            request);
    }
    completion.status = status;
    if (status != CCE_OK) {
        message = cce_error_message(device_.get());
    }
    return completion;
}

cce_status Station::start_stream(Key& key, cce_hash_stream*& stream, std::string& message) {
    if (broken_) {
        message = lost;
        return CCE_ERROR_REFUSED;
    }
    cce_status status = CCE_OK;
    if (cce_session* session = session_of(key, CCE_ENCRYPT, status); status == CCE_OK) {
        status = cce_hash_stream_create(&stream, session);
    }
    if (status != CCE_OK) {
        message = error_message();
    }
    return status;
}

bool Station::take_work() {
    std::unique_lock lock(mutex_);
    if (in_flight_.empty() && waiting_.empty()) {
        changed_.wait(lock, [this] { return ending_ || !incoming_.empty(); });
    }
    waiting_.insert(waiting_.end(), incoming_.begin(), incoming_.end());
    incoming_.clear();
    return !ending_ || !in_flight_.empty() || !waiting_.empty();
}

void Station::work() noexcept {
    while (take_work()) {
        while (!waiting_.empty() && in_flight_.size() < information_.queue_depth) {
            Job* job = waiting_.front();
            waiting_.pop_front();
            start(*job);
        }
        report_.in_flight(in_flight_.size());  // a thread that waits counts itself
        if (!in_flight_.empty()) {
            collect();
        }
    }
}

cce_status Station::create_session(const Key& key, cce_direction direction, cce_session*& session) {
    if (key.hash()) {
        const std::span<const std::uint8_t> customization = key.hash()->customization.bytes();
        cce_hash_options options = CCE_HASH_OPTIONS_INIT;
        options.kind = key.hash()->kind;
        options.direction = direction;
        options.key = key.bytes().data();
        options.key_length = key.bytes().size();
        options.customization = customization.data();
        options.customization_length = customization.size();
        return cce_hash_session_create(&session, device_.get(), key.hash()->hash, &options);
    }
    // Xts::initialize() says when equal halves are accepted.
    const bool decrypts_xts = key.mode() == CCE_MODE_XTS && direction == CCE_DECRYPT;
    const unsigned flags = decrypts_xts ? unsigned{CCE_SESSION_EQUAL_KEYS} : 0;
    return cce_session_create_with(&session, device_.get(), key.mode(), direction, key.bytes().data(),
                                   key.bytes().size(), flags);
}

cce_session* Station::session_of(Key& key, cce_direction direction, cce_status& status) {
    const std::lock_guard lock(sessions_mutex_);
    Key::Slot& slot = key.slots_.at(direction == CCE_ENCRYPT ? 0 : 1);
    if (slot.session != nullptr && slot.station.lock().get() == this) {
        return slot.session;
    }
    cce_session* session = nullptr;
    status = create_session(key, direction, session);
    if (status == CCE_OK) {
        sessions_.insert(session);
        slot.session = session;
        slot.station = weak_from_this();
    }
    return session;
}

void Station::refuse(Job& job, cce_status status) noexcept {
    cce_completion completion{};
    completion.status = status;
    std::string message;
    try {
        message = broken_ ? lost : cce_error_message(device_.get());
    } catch (const std::bad_alloc&) {
    }
    job.finish(completion, message);
}

void Station::start(Job& job) noexcept {
    cce_status status = broken_ ? CCE_ERROR_REFUSED : CCE_OK;
    try {
        if (broken_) {
            refuse(job, status);
            return;
        }
        in_flight_.insert(&job);
        if (cce_session* session = session_of(job.key(), job.direction(), status); status == CCE_OK) {
            const auto cookie = reinterpret_cast<std::uintptr_t>(&job);
            std::visit([cookie](auto& request) { request.cookie = cookie; }, job.request());
            status = std::visit(
                Overloaded{
                    [&](const cce_request& request) { return cce_submit(session, &request); },
                    [&](const cce_aead_request& request) { return cce_submit_aead(session, &request); },
                    [&](const cce_mac_request& request) { return cce_submit_mac(session, &request); },
                    [&](const cce_key_wrap_request& request) { return cce_submit_key_wrap(session, &request); },
                    [&](const cce_digest_request& request) { return cce_submit_digest(session, &request); },
                },
                job.request());
        }
    } catch (const std::bad_alloc&) {
        status = CCE_ERROR_MEMORY;
    }
    if (status != CCE_OK) {
        in_flight_.erase(&job);
        refuse(job, status);
    }
}

/// The device takes no more, and answers no more. It stays open: nobody knows what it still does.
void Station::give_up() noexcept {
    broken_ = true;
    static_cast<void>(device_.release());
    for (Job* job : in_flight_) {
        cce_completion completion{};
        completion.status = CCE_ERROR_REFUSED;
        job->finish(completion, lost);
    }
    in_flight_.clear();
    const std::lock_guard lock(sessions_mutex_);
    sessions_.clear();
}

void Station::collect() noexcept {
    bool more = false;
    {
        const std::lock_guard lock(mutex_);
        more = !incoming_.empty() || ending_;
    }
    std::array<cce_completion, 64> completions{};
    std::size_t count = 0;
    // A failure of this call itself fails no request by name.
    if (cce_poll(device_.get(), completions.data(), completions.size(), more ? 0 : poll_ms, &count) != CCE_OK) {
        if (++failed_polls_ >= failed_polls_at_most) {
            give_up();
        } else {
            std::this_thread::sleep_for(std::chrono::milliseconds(poll_ms));
        }
        return;
    }
    failed_polls_ = 0;
    for (const cce_completion& completion : std::span(completions).first(count)) {
        Job& job = *reinterpret_cast<Job*>(static_cast<std::uintptr_t>(completion.cookie));
        in_flight_.erase(&job);
        std::string message;
        if (completion.status != CCE_OK) {
            try {
                message = cce_strerror(completion.status);
                if (count == 1) {  // then the device's words are this request's
                    message = cce_error_message(device_.get());
                }
            } catch (const std::bad_alloc&) {
            }
        }
        job.finish(completion, message);
    }
}

}  // namespace cce::provider
