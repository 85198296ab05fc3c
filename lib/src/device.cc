// SPDX-License-Identifier: Apache-2.0

#include "device.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "hash_functions.h"
#include "hash_pieces.h"
#include "hash_session.h"
#include "hash_stream.h"
#include "message.h"

namespace cce::internal {

namespace {

/// Modes for which a request of no bytes is done at once, and reaches no backend.
bool is_chained_or_ecb(cce_mode mode) {
    return mode == CCE_MODE_ECB || is_chained(mode);
}

bool is_empty(const Order& order) {
    return order.text.source.empty() && is_chained_or_ecb(order.session->role.mode);
}

Answer answer_of_empty(const Text& text) {
    Answer answer;
    answer.result.next_iv = text.iv_block();
    return answer;
}

/// What must not be seen of `text` if the request fails: text that was not authenticated, keys.
std::span<std::uint8_t> secret_of(Role role, const Text& text) {
    const bool opens = role.direction == CCE_DECRYPT && (is_aead(role.mode) || is_key_wrap(role.mode));
    return opens ? text.destination : std::span<std::uint8_t>();
}

std::atomic<std::uint64_t> devices_opened{0};

/// Runs `call`; what it throws becomes the answer.
template <typename Call>
void answered(Answer& answer, Call call) {
    const auto fail = [&answer](cce_status status, const std::string& message, std::uint32_t device_status = 0) {
        answer.status = status;
        answer.message = message;
        answer.device_status = device_status;
    };
    try {
        call();
    } catch (const Failure& failure) {
        fail(failure.status(), failure.what(), failure.device_status());
    } catch (const std::bad_alloc&) {
        fail(CCE_ERROR_MEMORY, cce_strerror(CCE_ERROR_MEMORY));
    } catch (const std::exception& error) {
        fail(CCE_ERROR_INTERNAL, std::string("internal error: ") + error.what());
    }
}

}  // namespace

cce_completion completion_of(const Answer& answer, std::uint64_t cookie, std::size_t output_length) {
    cce_completion out{};
    out.cookie = cookie;
    out.status = answer.status;
    out.device_status = answer.device_status;
    out.executed_by = answer.executor;
    if (answer.status == CCE_OK) {
        std::copy(answer.result.next_iv.begin(), answer.result.next_iv.end(), out.next_iv);
        out.output_length = answer.result.key_length.value_or(output_length);
    }
    if (answer.result.cycles) {
        out.cycles_known = 1;
        out.start_cycle = answer.result.cycles->start;
        out.end_cycle = answer.result.cycles->end;
    }
    return out;
}

void make_to_compare(Order& order) {
    if (order.text.expected_tag.empty()) return;
    order.expected = std::exchange(order.text.expected_tag, {});
    order.made = SecretBytes(order.expected.size());
    order.text.destination = order.made.bytes();
}

std::size_t output_length_of(const Text& text) {
    return text.destination.size() + text.tag.size();
}

Device::Device(std::unique_ptr<Backend> backend, const Settings& settings, std::string choice)
    : number_(++devices_opened),
      choice_(std::move(choice)),
      depth_(settings.queue_depth),
      cpu_below_(backend->executor() == CCE_EXECUTOR_CPU ? 0 : settings.cpu_below),
      backend_(std::move(backend)),
      synchronous_(dynamic_cast<SynchronousBackend*>(backend_.get())),
      asynchronous_(dynamic_cast<AsynchronousBackend*>(backend_.get())),
      cpu_(cpu_below_ != 0 ? make_software() : nullptr) {
    start_workers(settings.workers);
}

Device::~Device() {
    {
        const Lock lock(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
    if (asynchronous_ != nullptr && !workers_.empty()) asynchronous_->wake();
    for (std::thread& worker : workers_) worker.join();
    if (event_ >= 0) close(event_);
}

void Device::describe(cce_information& out) {
    backend_->describe(out);
    const bool any_hash = std::any_of(std::begin(out.hash_supported), std::end(out.hash_supported),
                                      [](int supported) { return supported != 0; });
    out.hash_streams_supported = any_hash ? 1 : 0;
    out.hash_states_supported = any_hash && backend_->has_hash_parts() ? 1 : 0;
    copy_text(out.choice, choice_);
    out.queue_depth = depth_;
    out.cpu_below = cpu_below_;
    out.backend_requests = backend_requests_;
    out.cpu_requests = cpu_requests_;
    const Lock lock(mutex_);
    out.workers = static_cast<unsigned>(workers_.size());
}

std::unique_ptr<cce_session> Device::make_session(cce_device* handle, const CipherParameters& parameters) {
    auto session = std::make_unique<cce_session>(
        cce_session{handle, Role{parameters.mode, parameters.direction}, {}, {}, {}, {}, 0});
    if (synchronous_ != nullptr) {
        session->cipher = std::make_unique<SharedCipher>(synchronous_->make_cipher(parameters));
    } else {
        session->key = asynchronous_->make_key(parameters);
    }
    if (cpu_) {
        session->cpu = std::make_unique<SharedCipher>(cpu_->make_cipher(parameters));
    }
    const Lock lock(mutex_);
    ++sessions_;
    return session;
}

std::unique_ptr<cce_session> Device::make_hash_session(cce_device* handle, HashParameters parameters) {
    auto session =
        std::make_unique<cce_session>(cce_session{handle, Role{mode_hash, parameters.direction}, {}, {}, {}, {}, 0});
    session->hash = std::make_unique<const HashParameters>(std::move(parameters));
    if (synchronous_ != nullptr) {
        session->cipher = std::make_unique<SharedCipher>(synchronous_->make_hash(*session->hash));
    } else {
        session->key = asynchronous_->make_hash_key(*session->hash);
    }
    if (cpu_) {
        session->cpu = std::make_unique<SharedCipher>(cpu_->make_hash(*session->hash));
    }
    const Lock lock(mutex_);
    ++sessions_;
    return session;
}

std::unique_ptr<MessageStream> Device::make_stream(cce_session& session) {
    if (!backend_->has_hash_parts()) return session.cipher->make_stream();
    return std::make_unique<HashStream>(*session.hash, [this, &session](const Text& text) {
        Order order;
        order.session = &session;
        order.text = text;
        const Answer answer = run(order);
        if (answer.status != CCE_OK) throw Failure(answer.status, answer.message, answer.device_status);
    });
}

void Device::add_stream(cce_session& session) {
    const Lock lock(mutex_);
    ++session.users;
}

void Device::remove_stream(cce_session& session) {
    const Lock lock(mutex_);
    --session.users;
}

bool Device::remove_session(std::unique_ptr<cce_session>& session) {
    {
        const Lock lock(mutex_);
        if (session->users != 0) return false;
        --sessions_;
    }
    session.reset();
    return true;
}

std::size_t Device::sessions() const {
    const Lock lock(mutex_);
    return sessions_;
}

std::size_t Device::outstanding() const {
    const Lock lock(mutex_);
    return outstanding_;
}

bool Device::below_threshold(const Order& order) const {
    if (!order.session->cpu) return false;
    const Text& text = order.text;
    const HashParameters* const hash = order.session->hash.get();
    if (hash == nullptr) return text.source.size() + text.aad.size() < cpu_below_;
    // An XOF's output is as much work as its message.
    const std::size_t output = hash_function::is_extendable(hash->hash) ? text.destination.size() : 0;
    return std::max(text.source.size(), output) < cpu_below_;
}

Ticket Device::take_flight(Order order, bool waited_for) {
    Ticket ticket = 0;
    if (free_flights_.empty()) {
        ticket = static_cast<Ticket>(flights_.size());
        // So that giving it back needs no memory.
        if (free_flights_.capacity() <= flights_.size()) free_flights_.reserve(2 * flights_.size() + 1);
        flights_.emplace_back();
    } else {
        ticket = free_flights_.back();
        free_flights_.pop_back();
    }
    flights_[ticket] = Flight{std::move(order), true, waited_for, std::nullopt};
    return ticket;
}

Order Device::release_flight(Ticket ticket) {
    Order order = std::move(flights_[ticket].order);
    flights_[ticket] = Flight{};
    free_flights_.push_back(ticket);
    return order;
}

Answer Device::execute(SharedCipher& cipher, cce_executor executor, const Text& text) {
    Answer answer;
    answer.executor = executor;
    answered(answer, [&] { answer.result = cipher.run(text); });
    ++(executor == CCE_EXECUTOR_CPU ? cpu_requests_ : backend_requests_);
    return answer;
}

Answer Device::run_asynchronously(cce_session& session, const Text& text) {
    Order order;
    order.session = &session;
    Lock lock(mutex_);
    const Ticket ticket = take_flight(std::move(order), true);
    ++in_backend_;
    lock.unlock();
    try {
        asynchronous_->submit(ticket, *session.key, text);
        asynchronous_->flush();
    } catch (...) {
        lock.lock();
        --in_backend_;
        static_cast<void>(release_flight(ticket));
        throw;
    }
    lock.lock();
    while (!flights_[ticket].answer) step(lock, std::nullopt);
    Answer answer = std::move(*flights_[ticket].answer);
    static_cast<void>(release_flight(ticket));
    return answer;
}

void Device::settle(Order& order, Answer& answer) {
    if (answer.status == CCE_OK && !order.expected.empty()) {
        if (!digests_match(order.text.destination, order.expected)) {
            answer.status = CCE_ERROR_TAG;
            answer.message = digest_mismatch;
        }
        order.text.destination = {};
    }
    if (answer.status == CCE_OK) {
        if (order.bounce) order.bounce->scatter(output_length_of(order.text));
        return;
    }
    const std::span<std::uint8_t> secret = secret_of(order.session->role, order.text);
    wipe(secret);
    if (order.bounce) order.bounce->wipe_destination(secret.size());
}

Answer Device::run(Order& order) {
    cce_session& session = *order.session;
    Answer answer;
    if (is_empty(order)) {
        return answer_of_empty(order.text);
    }
    Lock lock(mutex_);
    ++session.users;
    lock.unlock();
    if (below_threshold(order)) {
        answer = execute(*session.cpu, CCE_EXECUTOR_CPU, order.text);
    } else if (synchronous_ != nullptr) {
        answer = execute(*session.cipher, backend_->executor(), order.text);
    } else {
        const auto one = [&](const Text& text) {
            answer = run_asynchronously(session, text);
            if (answer.status != CCE_OK) throw Failure(answer.status, answer.message, answer.device_status);
            return answer.result;
        };
        answered(answer, [&] {
            if (session.hash) {
                answer.result =
                    hash_in_pieces(*session.hash, order.text, asynchronous_->hash_piece_bytes(*session.hash), one);
            } else {
                const std::size_t piece = asynchronous_->piece_bytes();
                answer.result =
                    is_chained_or_ecb(session.role.mode) ? run_in_pieces(order.text, piece, one) : one(order.text);
            }
        });
    }
    settle(order, answer);
    lock.lock();
    --session.users;
    return answer;
}

void Device::submit(Order order) {
    Lock lock(mutex_);
    if (outstanding_ >= depth_) {
        throw Failure(CCE_ERROR_QUEUE_FULL, std::to_string(depth_) +
                                                " requests are outstanding, as many as the device was opened for: "
                                                "collect some with cce_poll");
    }
    cce_session& session = *order.session;
    const bool has_callback = order.callback != nullptr;
    const bool empty = is_empty(order);
    const bool by_cpu = !empty && below_threshold(order);
    const Ticket ticket = take_flight(std::move(order), false);
    Flight& flight = flights_[ticket];
    ++outstanding_;
    outstanding_with_callback_ += has_callback ? 1 : 0;
    ++session.users;
    if (empty || by_cpu) {
        lock.unlock();
        Answer answer =
            empty ? answer_of_empty(flight.order.text) : execute(*session.cpu, CCE_EXECUTOR_CPU, flight.order.text);
        answer.ticket = ticket;
        settle(flight.order, answer);
        lock.lock();
        deliver(std::move(answer));
        raise_descriptor();
        changed_.notify_all();
        const bool wake = leader_;
        lock.unlock();
        if (wake) asynchronous_->wake();
        return;
    }
    if (synchronous_ != nullptr) {
        line_.push_back(ticket);
        lock.unlock();
        changed_.notify_all();
        return;
    }
    ++in_backend_;
    lock.unlock();
    try {
        asynchronous_->submit(ticket, *session.key, flight.order.text);
    } catch (...) {
        lock.lock();
        static_cast<void>(release_flight(ticket));
        --in_backend_;
        --outstanding_;
        outstanding_with_callback_ -= has_callback ? 1 : 0;
        --session.users;
        changed_.notify_all();
        throw;
    }
}

void Device::flush() {
    if (asynchronous_ == nullptr) return;
    asynchronous_->flush();
    // Those who wait for requests that were not there before: one of them has to lead.
    changed_.notify_all();
}

/// The flight's buffers are settled.
void Device::deliver(Answer answer) {
    Flight& flight = flights_[answer.ticket];
    if (flight.waited_for) {
        flight.answer = std::move(answer);
        return;
    }
    const std::size_t output_length = output_length_of(flight.order.text);
    const Order order = release_flight(answer.ticket);
    Done done{completion_of(answer, order.cookie, output_length), order.session, order.callback,
              order.callback_argument, std::move(answer.message)};
    (done.callback != nullptr ? done_with_callback_ : done_).push_back(std::move(done));
}

bool Device::execute_next(Lock& lock) {
    if (line_.empty()) return false;
    const Ticket ticket = line_.front();
    line_.pop_front();
    Flight& flight = flights_[ticket];
    lock.unlock();
    Answer answer = execute(*flight.order.session->cipher, backend_->executor(), flight.order.text);
    answer.ticket = ticket;
    settle(flight.order, answer);
    lock.lock();
    deliver(std::move(answer));
    raise_descriptor();
    changed_.notify_all();
    return true;
}

bool Device::wait_for_change(Lock& lock, const Deadline& deadline) {
    if (!deadline) {
        changed_.wait(lock);
        return true;
    }
    return changed_.wait_until(lock, *deadline) == std::cv_status::no_timeout;
}

std::size_t Device::collect_without_waiting(Lock& lock) {
    lock.unlock();
    std::vector<Answer> answers;
    try {
        asynchronous_->collect(answers);
    } catch (...) {
        lock.lock();
        throw;
    }
    lock.lock();
    if (answers.empty()) return 0;
    // Flights stay where they are without the lock, but finding them needs it.
    std::vector<Flight*> flights;
    flights.reserve(answers.size());
    for (const Answer& answer : answers) flights.push_back(&flights_[answer.ticket]);
    lock.unlock();
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (!flights[i]->waited_for) settle(flights[i]->order, answers[i]);
        answers[i].executor = CCE_EXECUTOR_BACKEND;
    }
    backend_requests_ += answers.size();
    lock.lock();
    in_backend_ -= answers.size();
    for (Answer& answer : answers) deliver(std::move(answer));
    raise_descriptor();
    changed_.notify_all();
    return answers.size();
}

void Device::collect_beside_leader(Lock& lock) {
    // The leader may wait in the backend for what has been collected here.
    if (collect_without_waiting(lock) != 0 && leader_) asynchronous_->wake();
}

void Device::lead(Lock& lock, const Deadline& deadline) {
    leader_ = true;
    const auto give_away = [&] {
        leader_ = false;
        changed_.notify_all();
    };
    try {
        if (collect_without_waiting(lock) == 0) {
            lock.unlock();
            try {
                asynchronous_->wait(deadline);
            } catch (...) {
                lock.lock();
                throw;
            }
            lock.lock();
            collect_without_waiting(lock);
        }
    } catch (...) {
        give_away();
        throw;
    }
    give_away();
}

bool Device::step(Lock& lock, const Deadline& deadline) {
    if (synchronous_ != nullptr) {
        if (workers_.empty() && execute_next(lock)) return true;
        return wait_for_change(lock, deadline);
    }
    if (leader_ || in_backend_ == 0) return wait_for_change(lock, deadline);
    lead(lock, deadline);
    return !passed(deadline);
}

cce_completion Device::hand_out(Done& done) {
    --outstanding_;
    outstanding_with_callback_ -= done.callback != nullptr ? 1 : 0;
    --done.session->users;
    if (done.completion.status != CCE_OK) LastMessage::note(number_, done.message);
    return done.completion;
}

std::size_t Device::poll(std::span<cce_completion> out, const Deadline& deadline) {
    std::size_t num = 0;
    std::vector<Done> called;
    Lock lock(mutex_);
    const bool only_callbacks = out.empty();
    for (bool again = true; again;) {
        const std::size_t most = only_callbacks ? done_with_callback_.size() : out.size();
        while (called.size() < most && !done_with_callback_.empty()) {
            called.push_back(std::move(done_with_callback_.front()));
            done_with_callback_.pop_front();
            static_cast<void>(hand_out(called.back()));
        }
        for (; num < out.size() && !done_.empty(); done_.pop_front()) out[num++] = hand_out(done_.front());
        if (num != 0 || !called.empty()) break;
        if ((only_callbacks ? outstanding_with_callback_ : outstanding_) == 0) break;
        again = step(lock, deadline);
        // What the last step brought is taken in any case.
        if (!again && (!done_with_callback_.empty() || (!only_callbacks && !done_.empty()))) again = true;
    }
    update_descriptor(lock);
    lock.unlock();
    for (const Done& done : called) {
        if (done.completion.status != CCE_OK) LastMessage::note(number_, done.message);
        done.callback(done.callback_argument, &done.completion);
    }
    return num;
}

std::optional<cce_completion> Device::wait(std::uint64_t cookie, const Deadline& deadline) {
    const auto has_cookie = [cookie](const Done& done) { return done.completion.cookie == cookie; };
    const auto flies = [cookie](const Flight& flight) {
        return flight.taken && !flight.waited_for && flight.order.callback == nullptr && flight.order.cookie == cookie;
    };
    Lock lock(mutex_);
    for (bool again = true; again;) {
        const auto found = std::find_if(done_.begin(), done_.end(), has_cookie);
        if (found != done_.end()) {
            const cce_completion completion = hand_out(*found);
            done_.erase(found);
            update_descriptor(lock);
            return completion;
        }
        require(std::any_of(flights_.begin(), flights_.end(), flies), CCE_ERROR_ARGUMENT,
                "no outstanding request has this cookie, and no callback");
        again = step(lock, deadline);
        if (!again && std::any_of(done_.begin(), done_.end(), has_cookie)) again = true;
    }
    update_descriptor(lock);
    return std::nullopt;
}

void Device::raise_descriptor() {
    if (event_ < 0 || signalled_ || (done_.empty() && done_with_callback_.empty())) return;
    signalled_ = true;
    const std::uint64_t one = 1;
    // Cannot fail: the counter is far from its end.
    static_cast<void>(write(event_, &one, sizeof(one)));
}

void Device::update_descriptor(Lock& lock) {
    if (event_ < 0) return;
    if (done_.empty() && done_with_callback_.empty()) {
        std::uint64_t count = 0;
        static_cast<void>(read(event_, &count, sizeof(count)));  // does not block
        signalled_ = false;
        // What came between the last look and now has lost its signal.
        if (backend_signals_) collect_beside_leader(lock);
    }
    raise_descriptor();
}

int Device::descriptor() {
    Lock lock(mutex_);
    if (event_ < 0) {
        event_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (event_ < 0) {
            const int number = errno;
            throw Failure(CCE_ERROR_REFUSED, std::string("eventfd: ") + std::strerror(number),
                          static_cast<std::uint32_t>(number));
        }
        backend_signals_ = asynchronous_ != nullptr && asynchronous_->signal_to(event_);
        if (backend_signals_) {
            collect_beside_leader(lock);
        } else if (workers_.empty()) {
            start_workers(1);
        }
        raise_descriptor();
    }
    return event_;
}

void Device::start_workers(unsigned count) {
    for (unsigned i = 0; i < count; ++i) workers_.emplace_back([this] { work(); });
}

void Device::work() {
    Lock lock(mutex_);
    while (!stop_) {
        if (synchronous_ != nullptr) {
            if (!execute_next(lock)) changed_.wait(lock);
        } else if (leader_ || in_backend_ == 0) {
            changed_.wait(lock);
        } else {
            try {
                lead(lock, std::nullopt);
            } catch (const Failure&) {
                // Whoever waits is told the same.
                changed_.wait(lock);
            }
        }
    }
}

}  // namespace cce::internal
