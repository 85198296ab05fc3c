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

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
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
using Completion = cce_completion;

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
        cce_options options = CCE_OPTIONS_INIT;
        options.backend = backend.empty() ? nullptr : backend.c_str();
        options.engine = engine.empty() ? nullptr : engine.c_str();
        cce_error error{};
        cce_device* handle = nullptr;
        if (const cce_status status = cce_open(&handle, &options, &error); status != CCE_OK) {
            throw Error(status, error.message);
        }
        handle_.reset(handle);
    }

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
    struct Closer {
        void operator()(cce_device* handle) const noexcept { static_cast<void>(cce_close(handle)); }
    };
    std::unique_ptr<cce_device, Closer> handle_;
};

/// A key with its mode and direction. Movable. Collect all its requests before it goes: a session that is busy when
/// destroyed leaks, and its device with it, rather than let the engine write into freed memory.
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
    /// The C handle; stays this object's.
    [[nodiscard]] cce_session* get() const noexcept { return handle_.get(); }

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

}  // namespace cce
