// SPDX-License-Identifier: Apache-2.0
//
// What a backend is to the rest of the library. api.cc checks arguments, keeps count of requests and turns exceptions
// into statuses; a backend only ciphers. One thread at a time, as for the device.

#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "cce/cce.h"
#include "secret.h"

namespace cce::internal {

using Iv = std::array<std::uint8_t, CCE_BLOCK_BYTES>;
using Ticket = std::uint32_t;
/// Point of host time until which to wait; empty: for as long as it takes.
using Deadline = std::optional<std::chrono::steady_clock::time_point>;

[[nodiscard]] inline bool passed(const Deadline& deadline) {
    return deadline && std::chrono::steady_clock::now() >= *deadline;
}

/// Ends a call: status, particulars, and what the device said (errno, the engine's code), 0 if nothing.
class Failure : public std::runtime_error {
public:
    Failure(cce_status status, const std::string& message, std::uint32_t device_status = 0)
        : std::runtime_error(message), status_(status), device_status_(device_status) {}
    [[nodiscard]] cce_status status() const noexcept { return status_; }
    [[nodiscard]] std::uint32_t device_status() const noexcept { return device_status_; }

private:
    cce_status status_;
    std::uint32_t device_status_;
};

/// What a session fixes.
struct CipherParameters {
    cce_mode mode;
    cce_direction direction;
    SecretKey key;  ///< of a length that the mode has; XTS: both keys
    bool equal_keys_allowed = false;
};

[[nodiscard]] inline bool is_aead(cce_mode mode) {
    return mode == CCE_MODE_GCM || mode == CCE_MODE_CCM;
}
[[nodiscard]] inline bool is_key_wrap(cce_mode mode) {
    return mode == CCE_MODE_KW || mode == CCE_MODE_KWP;
}
/// Modes that end with an IV that continues the stream.
[[nodiscard]] inline bool is_chained(cce_mode mode) {
    return mode == CCE_MODE_CBC || mode == CCE_MODE_CTR;
}

/// Engine cycles from the first descriptor's fetch to the last completion's write.
struct Cycles {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
};

/// What a request works on; api.cc has checked every length. Source and destination are the same or disjoint.
///
///     mode            iv         aad      source, destination                  expected_tag   tag
///     ECB, CBC, CTR   16 bytes   -        equally long, not empty              -              -
///     XTS             16 bytes   -        equally long, from 16 bytes          -              -
///     GCM, CCM        any        any      equally long, may be empty           decrypting     encrypting
///     CMAC            -          -        message, may be empty; -             decrypting     encrypting
///     KW, KWP         -          -        differ by a semiblock and padding    -              -
struct Text {
    std::vector<std::uint8_t> iv{};
    std::span<const std::uint8_t> aad{};
    std::span<const std::uint8_t> source{};
    std::span<std::uint8_t> destination{};
    std::span<const std::uint8_t> expected_tag{};  ///< to be compared with
    std::span<std::uint8_t> tag{};                 ///< to be written

    /// The IV of the modes that have one of 16 bytes; else zero.
    [[nodiscard]] Iv iv_block() const {
        Iv block{};
        if (iv.size() == block.size()) {
            std::copy(iv.begin(), iv.end(), block.begin());
        }
        return block;
    }
};

/// A successful request's results.
struct Result {
    Iv next_iv{};  ///< CBC, CTR; else zero
    std::optional<Cycles> cycles{};
    std::optional<std::size_t> key_length{};  ///< KWP, unwrapping
};

/// A key set up in a backend. Overwrites what it holds of the key when destroyed.
class Cipher {
public:
    virtual ~Cipher() = default;
    /// Does one request. Throws Failure; CCE_ERROR_TAG: a tag or an integrity check does not match, and `destination`
    /// may hold anything (api.cc wipes it).
    virtual Result run(const Text& text) = 0;
};

/// How a submitted request ended.
struct Answer {
    Ticket ticket = 0;
    cce_status status = CCE_OK;
    std::uint32_t device_status = 0;
    std::string message;
    Result result;
};

class Backend {
public:
    virtual ~Backend() = default;

    /// Fills in what the backend knows; `choice` is the caller's.
    virtual void describe(cce_information& out) = 0;
    /// Throws Failure; CCE_ERROR_UNSUPPORTED: not this mode or key length.
    virtual std::unique_ptr<Cipher> make_cipher(const CipherParameters& parameters) = 0;
    /// Takes a request, at most CCE_QUEUE_DEPTH at a time. `cipher` is one of this backend's, and stays until the
    /// answer was taken.
    virtual void submit(Ticket ticket, Cipher& cipher, const Text& text) = 0;
    /// The next answer. With `wait`, works or waits for it until `deadline`, but at least a little; without, takes only
    /// what `deadline` allows (simulated engine: what is there). Empty: no answer (yet).
    virtual std::optional<Answer> take(bool wait, const Deadline& deadline) = 0;
};

/// For backends without asynchronous calls: submitted requests wait here and are executed, in order, by take().
class SynchronousBackend : public Backend {
public:
    void submit(Ticket ticket, Cipher& cipher, const Text& text) override {
        waiting_.push_back({ticket, cipher, text});
    }
    std::optional<Answer> take(bool wait, const Deadline& deadline) override;

private:
    struct Waiting {
        Ticket ticket;
        std::reference_wrapper<Cipher> cipher;
        Text text;
    };
    std::deque<Waiting> waiting_;
};

/// Copies `text` into a C array, cut to fit, with a final zero.
template <std::size_t N>
void copy_text(char (&out)[N], const std::string& text) {
    const std::size_t length = std::min(text.size(), N - 1);
    std::copy_n(text.begin(), length, out);
    out[length] = '\0';
}

}  // namespace cce::internal
