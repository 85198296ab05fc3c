// SPDX-License-Identifier: Apache-2.0
//
// libcce for C++20: the C API (cce.h) with owners, spans and exceptions. Header only; what cce.h says holds here too.
//
//     cce::Device device;                                        // automatic choice, or Device("software")
//     cce::Session session(device, CCE_MODE_CTR, CCE_ENCRYPT, key);
//     session.run(iv, text, text);                               // in place; iv continues the stream
//
//     cce::Session sealer(device, CCE_MODE_GCM, CCE_ENCRYPT, key);
//     sealer.seal(nonce, aad, text, sealed);                     // sealed: text.size() + 16 bytes
//
//     cce::Session hash(device, CCE_HASH_SHA_256);
//     hash.digest(text, digest);                                 // digest: 32 bytes
//     cce::HashStream stream(hash);                              // in pieces, and many of them at once
//     stream.update(text);
//     stream.finish(digest);
//
//     cce::Dispatcher dispatcher(device);                        // futures; owns a thread that collects
//     std::future<cce::Completion> done = dispatcher.submit(session, iv, text, text);
//     done.get();                                                // throws Error if the request failed

#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cce/cce.h"

namespace cce {

using Iv = std::array<std::uint8_t, CCE_BLOCK_BYTES>;
using Information = cce_information;
using Request = cce_request;
using AeadRequest = cce_aead_request;
using MacRequest = cce_mac_request;
using KeyWrapRequest = cce_key_wrap_request;
using DigestRequest = cce_digest_request;
using HashOptions = cce_hash_options;
using Completion = cce_completion;
using Operation = cce_operation;
using Segment = cce_segment;
using Options = cce_options;

/// A failed call: its status, and in what() the particulars.
class Error : public std::runtime_error {
public:
    Error(cce_status status, const std::string& message) : std::runtime_error(message), status_(status) {}
    [[nodiscard]] cce_status status() const noexcept { return status_; }

private:
    cce_status status_;
};

/// An open backend. Movable; must outlive its sessions.
class Device {
public:
    /// `backend` and `engine` as in cce_options; empty: $CCE_BACKEND, else automatic; $CCE_ENGINE, else "rtl". Throws
    /// Error.
    explicit Device(const std::string& backend = {}, const std::string& engine = {}) {
        Options options = CCE_OPTIONS_INIT;
        options.backend = backend.empty() ? nullptr : backend.c_str();
        options.engine = engine.empty() ? nullptr : engine.c_str();
        open(options);
    }
    /// Begin with CCE_OPTIONS_INIT.
    explicit Device(const Options& options) { open(options); }

    [[nodiscard]] Information information() const {
        Information result{};
        check(cce_query(handle_.get(), &result));
        return result;
    }

    /// Collects up to `out.size()` completions; a negative timeout waits for as long as it takes.
    [[nodiscard]] std::span<Completion> poll(std::span<Completion> out, std::chrono::milliseconds timeout) {
        std::size_t num = 0;
        check(cce_poll(handle_.get(), out.data(), out.size(), static_cast<int>(timeout.count()), &num));
        return out.first(num);
    }

    /// Completion of the request submitted with this cookie. Throws Error with CCE_ERROR_TIMEOUT.
    [[nodiscard]] Completion wait(std::uint64_t cookie, std::chrono::milliseconds timeout) {
        Completion completion{};
        check(cce_wait(handle_.get(), cookie, static_cast<int>(timeout.count()), &completion));
        return completion;
    }

    /// Hands over what is accepted, and returns how many that were: fewer only if the device is full. Else throws
    /// Error.
    [[nodiscard]] std::size_t submit(std::span<const Operation> operations) {
        std::size_t accepted = 0;
        const cce_status status = cce_submit_batch(handle_.get(), operations.data(), operations.size(), &accepted);
        if (status != CCE_ERROR_QUEUE_FULL) check(status);
        return accepted;
    }

    /// Readable when poll() would collect something without waiting.
    [[nodiscard]] int descriptor() {
        int result = -1;
        check(cce_descriptor(handle_.get(), &result));
        return result;
    }

    [[nodiscard]] std::size_t outstanding() const noexcept { return cce_outstanding(handle_.get()); }
    /// The C handle; stays this object's.
    [[nodiscard]] cce_device* get() const noexcept { return handle_.get(); }

    /// Throws Error with this device's message unless `status` is CCE_OK.
    void check(cce_status status) const {
        if (status != CCE_OK) {
            throw Error(status, cce_error_message(handle_.get()));
        }
    }

private:
    void open(const Options& options) {
        cce_error error{};
        cce_device* handle = nullptr;
        if (const cce_status status = cce_open(&handle, &options, &error); status != CCE_OK) {
            throw Error(status, error.message);
        }
        handle_.reset(handle);
    }
    struct Closer {
        void operator()(cce_device* handle) const noexcept { static_cast<void>(cce_close(handle)); }
    };
    std::unique_ptr<cce_device, Closer> handle_;
};

/// A key with its mode and direction, or a hash function. Movable. Collect all its requests before it goes: a session
/// that is busy when destroyed leaks, and its device with it, rather than let the engine write into freed memory.
class Session {
public:
    /// `flags`: 0 or of enum cce_session_flags.
    Session(Device& device, cce_mode mode, cce_direction direction, std::span<const std::uint8_t> key,
            unsigned flags = 0)
        : device_(device.get()) {
        cce_session* handle = nullptr;
        check(cce_session_create_with(&handle, device_, mode, direction, key.data(), key.size(), flags));
        handle_.reset(handle);
    }

    /// A hash function, alone or with a key. Begin with CCE_HASH_OPTIONS_INIT, or see hmac().
    Session(Device& device, cce_hash hash, const HashOptions& options) : device_(device.get()) {
        cce_session* handle = nullptr;
        check(cce_hash_session_create(&handle, device_, hash, &options));
        handle_.reset(handle);
    }
    Session(Device& device, cce_hash hash) : Session(device, hash, HashOptions CCE_HASH_OPTIONS_INIT) {}
    /// HMAC of a hash function.
    [[nodiscard]] static Session hmac(Device& device, cce_hash hash, std::span<const std::uint8_t> key,
                                      cce_direction direction = CCE_ENCRYPT) {
        HashOptions options = CCE_HASH_OPTIONS_INIT;
        options.kind = CCE_HASH_HMAC;
        options.direction = direction;
        options.key = key.data();
        options.key_length = key.size();
        return {device, hash, options};
    }

    /// One request; `iv` becomes the one that continues the stream. The spans must be equally long.
    void run(Iv& iv, std::span<const std::uint8_t> source, std::span<std::uint8_t> destination,
             Completion* completion = nullptr) {
        if (source.size() != destination.size()) {
            throw Error(CCE_ERROR_LENGTH, "source and destination differ in length");
        }
        check(cce_cipher_run(handle_.get(), iv.data(), source.data(), destination.data(), source.size(), completion));
    }

    /// AEAD: `destination` gets the ciphertext and behind it the tag; bytes of both are returned.
    std::size_t seal(std::span<const std::uint8_t> iv, std::span<const std::uint8_t> aad,
                     std::span<const std::uint8_t> text, std::span<std::uint8_t> destination,
                     std::size_t tag_length = CCE_TAG_BYTES_MAX, Completion* completion = nullptr) {
        const AeadRequest request = aead_request(iv, aad, text, destination, tag_length);
        check(cce_aead_seal(handle_.get(), &request, completion));
        return text.size() + tag_length;
    }
    /// AEAD: `sealed` is the ciphertext and behind it the tag; the bytes of text are returned. A forgery throws Error
    /// with CCE_ERROR_TAG and leaves zeros.
    std::size_t open(std::span<const std::uint8_t> iv, std::span<const std::uint8_t> aad,
                     std::span<const std::uint8_t> sealed, std::span<std::uint8_t> destination,
                     std::size_t tag_length = CCE_TAG_BYTES_MAX, Completion* completion = nullptr) {
        const AeadRequest request = aead_request(iv, aad, sealed, destination, tag_length);
        check(cce_aead_open(handle_.get(), &request, completion));
        return sealed.size() - tag_length;
    }

    /// CMAC (with an empty `iv`) or GMAC of `message`, as long as `mac`.
    void generate_mac(std::span<const std::uint8_t> iv, std::span<const std::uint8_t> message,
                      std::span<std::uint8_t> mac, Completion* completion = nullptr) {
        MacRequest request = mac_request(iv, message, mac.size());
        request.mac = mac.data();
        check(cce_mac_generate(handle_.get(), &request, completion));
    }
    /// Throws Error with CCE_ERROR_TAG if the MAC is another one.
    void verify_mac(std::span<const std::uint8_t> iv, std::span<const std::uint8_t> message,
                    std::span<const std::uint8_t> mac, Completion* completion = nullptr) {
        MacRequest request = mac_request(iv, message, mac.size());
        request.expected = mac.data();
        check(cce_mac_verify(handle_.get(), &request, completion));
    }

    /// Hash function, HMAC or KMAC of `message`, as long as `digest`.
    void digest(std::span<const std::uint8_t> message, std::span<std::uint8_t> digest,
                Completion* completion = nullptr) {
        const DigestRequest request{0, message.data(), message.size(), digest.data(), nullptr, digest.size()};
        check(cce_digest(handle_.get(), &request, completion));
    }
    /// Throws Error with CCE_ERROR_TAG if the digest or MAC is another one.
    void verify_digest(std::span<const std::uint8_t> message, std::span<const std::uint8_t> expected,
                       Completion* completion = nullptr) {
        const DigestRequest request{0, message.data(), message.size(), nullptr, expected.data(), expected.size()};
        check(cce_digest(handle_.get(), &request, completion));
    }

    /// Bytes of the wrapped key are returned.
    std::size_t wrap(std::span<const std::uint8_t> key, std::span<std::uint8_t> destination,
                     Completion* completion = nullptr) {
        const KeyWrapRequest request{0, key.data(), key.size(), destination.data(), destination.size()};
        std::size_t num = 0;
        check(cce_key_wrap(handle_.get(), &request, &num, completion));
        return num;
    }
    /// Bytes of the key are returned; `destination` has room for 8 bytes fewer than `wrapped`, also if the key is
    /// shorter. A forgery throws Error with CCE_ERROR_TAG and leaves zeros.
    std::size_t unwrap(std::span<const std::uint8_t> wrapped, std::span<std::uint8_t> destination,
                       Completion* completion = nullptr) {
        const KeyWrapRequest request{0, wrapped.data(), wrapped.size(), destination.data(), destination.size()};
        std::size_t num = 0;
        check(cce_key_unwrap(handle_.get(), &request, &num, completion));
        return num;
    }

    void submit(const Request& request) { check(cce_submit(handle_.get(), &request)); }
    void submit(const AeadRequest& request) { check(cce_submit_aead(handle_.get(), &request)); }
    void submit(const MacRequest& request) { check(cce_submit_mac(handle_.get(), &request)); }
    void submit(const KeyWrapRequest& request) { check(cce_submit_key_wrap(handle_.get(), &request)); }
    void submit(const DigestRequest& request) { check(cce_submit_digest(handle_.get(), &request)); }
    /// The C handle; stays this object's.
    [[nodiscard]] cce_session* get() const noexcept { return handle_.get(); }
    /// Of the device; stays that object's.
    [[nodiscard]] cce_device* device() const noexcept { return device_; }

private:
    struct Destroyer {
        void operator()(cce_session* handle) const noexcept { static_cast<void>(cce_session_destroy(handle)); }
    };
    static AeadRequest aead_request(std::span<const std::uint8_t> iv, std::span<const std::uint8_t> aad,
                                    std::span<const std::uint8_t> source, std::span<std::uint8_t> destination,
                                    std::size_t tag_length) {
        return {0,
                iv.data(),
                iv.size(),
                aad.data(),
                aad.size(),
                source.data(),
                source.size(),
                destination.data(),
                destination.size(),
                tag_length};
    }
    static MacRequest mac_request(std::span<const std::uint8_t> iv, std::span<const std::uint8_t> message,
                                  std::size_t mac_length) {
        return {0, iv.data(), iv.size(), message.data(), message.size(), nullptr, nullptr, mac_length};
    }
    void check(cce_status status) const {
        if (status != CCE_OK) {
            throw Error(status, cce_error_message(device_));
        }
    }
    cce_device* device_;
    std::unique_ptr<cce_session, Destroyer> handle_;
};

/// A message that is hashed in pieces. Movable; must go before its session.
class HashStream {
public:
    explicit HashStream(const Session& session) : device_(session.device()) {
        cce_hash_stream* handle = nullptr;
        check(cce_hash_stream_create(&handle, session.get()));
        handle_.reset(handle);
    }

    void update(std::span<const std::uint8_t> bytes) {
        check(cce_hash_stream_update(handle_.get(), bytes.data(), bytes.size()));
    }
    void finish(std::span<std::uint8_t> digest) {
        check(cce_hash_stream_finish(handle_.get(), digest.data(), digest.size()));
    }
    /// Throws Error with CCE_ERROR_TAG if the digest or MAC is another one.
    void verify(std::span<const std::uint8_t> expected) {
        check(cce_hash_stream_verify(handle_.get(), expected.data(), expected.size()));
    }
    void squeeze(std::span<std::uint8_t> output) {
        check(cce_hash_stream_squeeze(handle_.get(), output.data(), output.size()));
    }
    void reset() { check(cce_hash_stream_reset(handle_.get())); }
    [[nodiscard]] HashStream copy() const {
        cce_hash_stream* handle = nullptr;
        check(cce_hash_stream_copy(&handle, handle_.get()));
        return HashStream(device_, handle);
    }
    /// How far the stream has come, for import_state() on any device.
    [[nodiscard]] std::vector<std::uint8_t> export_state() const {
        std::vector<std::uint8_t> state(CCE_HASH_STATE_BYTES_MAX);
        std::size_t num = 0;
        check(cce_hash_stream_export(handle_.get(), state.data(), state.size(), &num));
        state.resize(num);
        return state;
    }
    void import_state(std::span<const std::uint8_t> state) {
        check(cce_hash_stream_import(handle_.get(), state.data(), state.size()));
    }
    /// Bytes of the message so far.
    [[nodiscard]] std::uint64_t length() const noexcept { return cce_hash_stream_length(handle_.get()); }
    /// The C handle; stays this object's.
    [[nodiscard]] cce_hash_stream* get() const noexcept { return handle_.get(); }

private:
    HashStream(cce_device* device, cce_hash_stream* handle) : device_(device), handle_(handle) {}
    struct Destroyer {
        void operator()(cce_hash_stream* handle) const noexcept { cce_hash_stream_destroy(handle); }
    };
    void check(cce_status status) const {
        if (status != CCE_OK) {
            throw Error(status, cce_error_message(device_));
        }
    }
    cce_device* device_;
    std::unique_ptr<cce_hash_stream, Destroyer> handle_;
};

/// A piece of a destination.
[[nodiscard]] inline Segment segment(std::span<std::uint8_t> bytes) {
    return {bytes.data(), bytes.size()};
}
/// A piece of a source, which is only read.
[[nodiscard]] inline Segment segment(std::span<const std::uint8_t> bytes) {
    return {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
}

/// A request of any mode on scatter lists, which must stay until it is handed over.
[[nodiscard]] inline Operation operation(const Session& session, std::span<const std::uint8_t> iv,
                                         std::span<const Segment> source, std::span<const Segment> destination,
                                         std::span<const Segment> aad = {}, std::size_t tag_length = 0) {
    Operation result{};
    result.session = session.get();
    result.iv = iv.data();
    result.iv_length = iv.size();
    result.aad = aad.data();
    result.aad_count = aad.size();
    result.source = source.data();
    result.source_count = source.size();
    result.destination = destination.data();
    result.destination_count = destination.size();
    result.tag_length = tag_length;
    return result;
}

/// Futures. Owns a thread that collects the completions of its own requests (and of others with a callback), and no
/// others. Goes when all its requests have ended; the device must outlive it.
class Dispatcher {
public:
    explicit Dispatcher(Device& device) : device_(device.get()), thread_([this] { collect(); }) {}
    ~Dispatcher() {
        {
            const std::lock_guard lock(mutex_);
            stop_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    /// Throws Error if the request is not accepted. The future gets the completion of a success, else Error. What the
    /// request's strings point to stays until then; its lists may go. Its callback is the dispatcher's.
    [[nodiscard]] std::future<Completion> submit(Operation operation) {
        auto pending = std::make_unique<Pending>(*this);
        std::future<Completion> result = pending->promise.get_future();
        operation.callback = &Dispatcher::completed;
        operation.callback_argument = pending.get();
        {
            const std::lock_guard lock(mutex_);
            ++pending_;
        }
        std::size_t accepted = 0;
        const cce_status status = cce_submit_batch(device_, &operation, 1, &accepted);
        if (status != CCE_OK) {
            const std::lock_guard lock(mutex_);
            --pending_;
            throw Error(status, cce_error_message(device_));
        }
        static_cast<void>(pending.release());  // completed() takes it back
        changed_.notify_all();
        return result;
    }
    /// One piece each.
    [[nodiscard]] std::future<Completion> submit(const Session& session, std::span<const std::uint8_t> iv,
                                                 std::span<const std::uint8_t> source,
                                                 std::span<std::uint8_t> destination,
                                                 std::span<const std::uint8_t> aad = {}, std::size_t tag_length = 0) {
        const std::array<Segment, 3> list{segment(source), segment(destination), segment(aad)};
        const std::span<const Segment> all(list);
        return submit(
            cce::operation(session, iv, all.first(1), all.subspan(1, 1), all.last(aad.empty() ? 0 : 1), tag_length));
    }

private:
    struct Pending {
        explicit Pending(Dispatcher& owner) : dispatcher(owner) {}
        Dispatcher& dispatcher;
        std::promise<Completion> promise{};
    };

    /// In whichever thread polls.
    static void completed(void* argument, const cce_completion* completion) {
        const std::unique_ptr<Pending> pending(static_cast<Pending*>(argument));
        Dispatcher& dispatcher = pending->dispatcher;
        if (completion->status == CCE_OK) {
            pending->promise.set_value(*completion);
        } else {
            pending->promise.set_exception(
                std::make_exception_ptr(Error(completion->status, cce_error_message(dispatcher.device_))));
        }
        const std::lock_guard lock(dispatcher.mutex_);
        --dispatcher.pending_;
        dispatcher.changed_.notify_all();
    }

    void collect() {
        std::unique_lock lock(mutex_);
        while (true) {
            changed_.wait(lock, [this] { return stop_ || pending_ != 0; });
            if (pending_ == 0) return;
            lock.unlock();
            std::size_t num = 0;
            // A failure of the device itself comes back until the device answers again.
            if (cce_poll(device_, nullptr, 0, -1, &num) != CCE_OK || num == 0) std::this_thread::yield();
            lock.lock();
        }
    }

    cce_device* device_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t pending_ = 0;
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace cce
