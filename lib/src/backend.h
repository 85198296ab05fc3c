// SPDX-License-Identifier: Apache-2.0
//
// What a backend is to the rest of the library. checks.cc checks arguments, device.cc keeps count of requests and
// completions, api.cc turns exceptions into statuses; a backend only ciphers.
//
// There are two kinds. A synchronous backend has ciphers that do a request when called; device.cc decides which thread
// calls. An asynchronous one takes requests and gives answers later; device.cc decides which thread waits for them.

#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
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
/// The length of a GCM IV that is the first counter block but for its counter, SP 800-38D, 7.1: the kernel takes no
/// other, and a descriptor has no room for others.
constexpr std::size_t gcm_iv_bytes = 12;
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

/// What a session of a hash function fixes.
struct HashParameters {
    cce_hash hash;  ///< cSHAKE without names is SHAKE
    cce_hash_kind kind;
    cce_direction direction;
    SecretBytes key;  ///< HMAC: K0 of FIPS 198-1, one block, which is as good as the key itself; else empty
    /// In front of every message: hash_context and words of the state behind the key block or the names, and for HMAC
    /// the words of the state behind the outer key block. Empty where the message begins with the message.
    SecretBytes front;
};

/// In the place of the mode, for sessions of hash functions.
constexpr auto mode_hash = static_cast<cce_mode>(CCE_MODE_COUNT);

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

/// What a request of a hash function does; as the contract's flags have it. In front of the text (`aad`) stand
/// hash_context and words of the state to go on from, and the words of HMAC's outer state: whatever is no plain first.
/// The destination gets
///
///     last       the digest, or output, as long as the destination
///     squeeze    output of whole pairs of blocks, then hash_context and words to go on from
///     neither    hash_context and words; the text is whole blocks
struct HashPart {
    bool first = true;     ///< the message begins here
    bool last = true;      ///< the message, or the output, ends here
    bool squeeze = false;  ///< the message ends here, and more output is wanted later
};

/// What a request works on; api.cc has checked every length. Source and destination are the same or disjoint.
///
///     mode            iv         aad      source, destination                  expected_tag   tag
///     ECB, CBC, CTR   16 bytes   -        equally long, not empty              -              -
///     XTS             16 bytes   -        equally long, from 16 bytes          -              -
///     GCM, CCM        any        any      equally long, may be empty           decrypting     encrypting
///     CMAC            -          -        message, may be empty; -             decrypting     encrypting
///     KW, KWP         -          -        differ by a semiblock and padding    -              -
///     hash            -          front    message; as HashPart has it          -              -
struct Text {
    std::vector<std::uint8_t> iv{};
    std::span<const std::uint8_t> aad{};
    std::span<const std::uint8_t> source{};
    std::span<std::uint8_t> destination{};
    std::span<const std::uint8_t> expected_tag{};  ///< to be compared with
    std::span<std::uint8_t> tag{};                 ///< to be written
    HashPart part{};                               ///< of a hash
    std::vector<std::uint8_t> behind{};            ///< of a hash: the message's last bytes (KMAC), behind the source

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
class Key {
public:
    Key() = default;
    virtual ~Key() = default;
    Key(const Key&) = delete;
    Key& operator=(const Key&) = delete;
};

/// A message that comes in pieces. One thread at a time. All throw Failure.
class MessageStream {
public:
    MessageStream() = default;
    virtual ~MessageStream() = default;
    MessageStream(const MessageStream&) = delete;
    MessageStream& operator=(const MessageStream&) = delete;

    virtual void update(std::span<const std::uint8_t> bytes) = 0;
    virtual void finish(std::span<std::uint8_t> digest) = 0;
    virtual void squeeze(std::span<std::uint8_t> output) = 0;
    virtual void reset() = 0;
    /// Another one, as far as this.
    [[nodiscard]] virtual std::unique_ptr<MessageStream> copy() = 0;
    /// Bytes written.
    [[nodiscard]] virtual std::size_t export_to(std::span<std::uint8_t> out) = 0;
    virtual void import_from(std::span<const std::uint8_t> state) = 0;
    /// Bytes of the message.
    [[nodiscard]] virtual std::uint64_t length() const = 0;
};

/// A key of a synchronous backend. One thread at a time.
class Cipher : public Key {
public:
    /// Of a hash function, where the backend does no requests of parts of messages (Backend::has_hash_parts): a stream
    /// whose state is somewhere else.
    [[nodiscard]] virtual std::unique_ptr<MessageStream> make_stream() { return nullptr; }
    /// Does one request. Throws Failure; CCE_ERROR_TAG: a tag or an integrity check does not match, and `destination`
    /// may hold anything (device.cc wipes it).
    virtual Result run(const Text& text) = 0;
};

/// How a request ended.
struct Answer {
    Ticket ticket = 0;
    cce_status status = CCE_OK;
    std::uint32_t device_status = 0;
    std::string message{};
    Result result{};
    cce_executor executor = CCE_EXECUTOR_NONE;
};

/// All functions of a backend may be called by any thread at any time, but where it says otherwise.
class Backend {
public:
    Backend() = default;
    virtual ~Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;

    /// Fills in what the backend knows; the rest is the caller's.
    virtual void describe(cce_information& out) = 0;
    /// Who does its requests. CCE_EXECUTOR_BACKEND: somebody other than the CPU, so that there may be a threshold.
    [[nodiscard]] virtual cce_executor executor() const { return CCE_EXECUTOR_BACKEND; }
    /// Whether it does requests of parts of messages (HashPart), of which streams are made here.
    [[nodiscard]] virtual bool has_hash_parts() const { return true; }

protected:
    [[noreturn]] void refuse(const HashParameters& parameters) {
        cce_information information{};
        describe(information);
        throw Failure(CCE_ERROR_UNSUPPORTED, std::string("backend ") + information.backend + " does not offer " +
                                                 (parameters.kind == CCE_HASH_HMAC ? "HMAC with " : "") +
                                                 cce_hash_name(parameters.hash));
    }
};

class SynchronousBackend : public Backend {
public:
    /// Throws Failure; CCE_ERROR_UNSUPPORTED: not this mode or key length.
    virtual std::unique_ptr<Cipher> make_cipher(const CipherParameters& parameters) = 0;
    /// The same for a hash function. `parameters` stay as long as what is made.
    virtual std::unique_ptr<Cipher> make_hash(const HashParameters& parameters) { refuse(parameters); }
};

class AsynchronousBackend : public Backend {
public:
    /// As SynchronousBackend::make_cipher.
    virtual std::unique_ptr<Key> make_key(const CipherParameters& parameters) = 0;
    /// As SynchronousBackend::make_hash.
    virtual std::unique_ptr<Key> make_hash_key(const HashParameters& parameters) { refuse(parameters); }
    /// Takes a request. `key` is one of this backend's; it and what `text` points to stay until the answer was taken.
    /// Throws Failure; then there will be no answer.
    virtual void submit(Ticket ticket, Key& key, const Text& text) = 0;
    /// What was submitted shall be on its way now.
    virtual void flush() {}
    /// Appends the answers that there are, without waiting.
    virtual void collect(std::vector<Answer>& out) = 0;
    /// Waits, until `deadline`, for something to collect; may return earlier. One thread at a time.
    virtual void wait(const Deadline& deadline) = 0;
    /// Lets a wait() that is under way, or else the next one, return.
    virtual void wake() {}
    /// From now on 1 is added to the eventfd when there is something to collect. False: the backend has no such thing,
    /// and somebody must call wait().
    virtual bool signal_to(int /*eventfd*/) { return false; }
    /// Longest piece in which a call that waits hands over a text of mode ECB, CBC or CTR, or a message to be hashed.
    [[nodiscard]] virtual std::size_t piece_bytes() const = 0;
    /// The same of this hash function's message, and of its output.
    [[nodiscard]] virtual std::size_t hash_piece_bytes(const HashParameters& /*parameters*/) const {
        return piece_bytes();
    }
};

/// Copies `text` into a C array, cut to fit, with a final zero.
template <std::size_t N>
void copy_text(char (&out)[N], const std::string& text) {
    const std::size_t length = std::min(text.size(), N - 1);
    std::copy_n(text.begin(), length, out);
    out[length] = '\0';
}

}  // namespace cce::internal
