// SPDX-License-Identifier: Apache-2.0
//
// An open device: which thread does or waits for which request, what is outstanding, and what can be collected.
//
// Every request that was submitted, and every one that waits in an asynchronous backend, is a flight with a ticket. The
// answer of a submitted request becomes a completion in one of two lists; a waiting one's stays in its flight.
//
// Whoever waits works. With a synchronous backend and no worker threads, that means to take a request from the line and
// do it. With an asynchronous backend, one of the waiting threads leads: it waits in the backend, with no lock held,
// delivers what came, and gives the lead away; the others wait for that. A worker thread does the same for ever.

#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "backends.h"
#include "block_mode.h"
#include "scatter.h"

namespace cce::internal {

/// A cipher for many threads.
class SharedCipher {
public:
    explicit SharedCipher(std::unique_ptr<Cipher> cipher) : cipher_(std::move(cipher)) {}
    Result run(const Text& text) {
        const std::lock_guard lock(mutex_);
        return cipher_->run(text);
    }
    [[nodiscard]] std::unique_ptr<MessageStream> make_stream() {
        const std::lock_guard lock(mutex_);
        return cipher_->make_stream();
    }

private:
    std::mutex mutex_;
    std::unique_ptr<Cipher> cipher_;
};

}  // namespace cce::internal

struct cce_session {
    cce_device* device;
    cce::internal::Role role;
    std::unique_ptr<const cce::internal::HashParameters> hash;  ///< of a hash function; else null
    std::unique_ptr<cce::internal::SharedCipher> cipher;        ///< of a synchronous backend
    std::unique_ptr<cce::internal::Key> key;                    ///< of an asynchronous backend
    std::unique_ptr<cce::internal::SharedCipher> cpu;  ///< for requests below the threshold; null: there is none
    std::size_t users = 0;  ///< requests not ended or not collected, and streams; the device's lock
};

namespace cce::internal {

/// A request, checked.
struct Order {
    cce_session* session = nullptr;
    std::uint64_t cookie = 0;
    cce_callback callback = nullptr;
    void* callback_argument = nullptr;
    Text text{};
    std::unique_ptr<Bounce> bounce{};
    /// A digest that is compared: what with, and where it is made. Else empty.
    std::span<const std::uint8_t> expected{};
    SecretBytes made{};
};

/// A message that is to be verified (checked_digest) gets a destination.
void make_to_compare(Order& order);

[[nodiscard]] std::size_t output_length_of(const Text& text);
[[nodiscard]] cce_completion completion_of(const Answer& answer, std::uint64_t cookie, std::size_t output_length);

class Device {
public:
    Device(std::unique_ptr<Backend> backend, const Settings& settings, std::string choice);
    /// All sessions are gone.
    ~Device();
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    void describe(cce_information& out);
    [[nodiscard]] std::unique_ptr<cce_session> make_session(cce_device* handle, const CipherParameters& parameters);
    [[nodiscard]] std::unique_ptr<cce_session> make_hash_session(cce_device* handle, HashParameters parameters);
    /// A session has a stream more, which it must outlive, or one less.
    void add_stream(cce_session& session);
    void remove_stream(cce_session& session);
    /// False, and nothing was done: the session is in use.
    [[nodiscard]] bool remove_session(std::unique_ptr<cce_session>& session);
    [[nodiscard]] std::size_t sessions() const;

    /// Does one request and waits for it; the answer has its failure. Wipes what must not be seen.
    [[nodiscard]] Answer run(Order& order);
    /// Hands over a request. Throws Failure; then there will be no completion.
    void submit(Order order);
    /// After the last of several submissions.
    void flush();
    /// As cce_poll().
    [[nodiscard]] std::size_t poll(std::span<cce_completion> out, const Deadline& deadline);
    /// As cce_wait(). Empty: the deadline has passed.
    [[nodiscard]] std::optional<cce_completion> wait(std::uint64_t cookie, const Deadline& deadline);
    [[nodiscard]] int descriptor();
    [[nodiscard]] std::size_t outstanding() const;

    /// What the stream of such a session does its work with.
    [[nodiscard]] std::unique_ptr<MessageStream> make_stream(cce_session& session);

    [[nodiscard]] std::uint64_t number() const { return number_; }

private:
    using Lock = std::unique_lock<std::mutex>;
    struct Flight {
        Order order{};
        bool taken = false;              ///< in use
        bool waited_for = false;         ///< a call waits: the answer stays here
        std::optional<Answer> answer{};  ///< of such a call
    };
    struct Done {
        cce_completion completion{};
        cce_session* session = nullptr;
        cce_callback callback = nullptr;
        void* callback_argument = nullptr;
        std::string message{};
    };

    [[nodiscard]] bool below_threshold(const Order& order) const;
    [[nodiscard]] Ticket take_flight(Order order, bool waited_for);
    Order release_flight(Ticket ticket);
    /// Does a request on this thread.
    Answer execute(SharedCipher& cipher, cce_executor executor, const Text& text);
    /// Hands a waiting request over and waits for its answer.
    Answer run_asynchronously(cce_session& session, const Text& text);
    /// What a request's end means for its buffers.
    static void settle(Order& order, Answer& answer);
    /// The flight has ended with this answer.
    void deliver(Answer answer);
    /// Does something so that something gets done, or waits. False: the deadline has passed.
    bool step(Lock& lock, const Deadline& deadline);
    bool execute_next(Lock& lock);
    /// Waits in the backend, and delivers. The caller has found that nobody else does.
    void lead(Lock& lock, const Deadline& deadline);
    std::size_t collect_without_waiting(Lock& lock);
    void collect_beside_leader(Lock& lock);
    bool wait_for_change(Lock& lock, const Deadline& deadline);
    cce_completion hand_out(Done& done);
    void start_workers(unsigned count);
    void work();
    /// Makes the descriptor say what it shall.
    void update_descriptor(Lock& lock);
    void raise_descriptor();

    const std::uint64_t number_;
    const std::string choice_;
    const std::size_t depth_;
    const std::size_t cpu_below_;
    const std::unique_ptr<Backend> backend_;
    SynchronousBackend* const synchronous_;    ///< the backend, or null
    AsynchronousBackend* const asynchronous_;  ///< the other
    /// What does requests below the threshold; null: there is none. Ciphers need it as long as they live.
    const std::unique_ptr<SynchronousBackend> cpu_;
    std::atomic<std::uint64_t> backend_requests_{0};
    std::atomic<std::uint64_t> cpu_requests_{0};

    mutable std::mutex mutex_;  ///< for everything below
    std::condition_variable changed_;
    std::size_t sessions_ = 0;
    std::deque<Flight> flights_;  ///< by ticket; references stay valid
    std::vector<Ticket> free_flights_;
    std::deque<Ticket> line_;  ///< for a synchronous backend
    std::deque<Done> done_;
    std::deque<Done> done_with_callback_;
    std::size_t outstanding_ = 0;
    std::size_t outstanding_with_callback_ = 0;
    std::size_t in_backend_ = 0;  ///< requests that an asynchronous backend has
    bool leader_ = false;
    bool stop_ = false;
    int event_ = -1;  ///< eventfd
    bool signalled_ = false;
    bool backend_signals_ = false;
    std::vector<std::thread> workers_;
};

}  // namespace cce::internal

struct cce_device {
    cce::internal::Device device;
};
