// SPDX-License-Identifier: Apache-2.0

#include "af_alg_hash.h"

#include <linux/if_alg.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "checks.h"
#include "file.h"
#include "hash_functions.h"
#include "hash_session.h"

namespace cce::internal {

namespace {

[[noreturn]] void fail(const std::string& driver, const std::string& what) {
    const int number = errno;
    cce_status status = CCE_ERROR_REFUSED;
    if (number == ETIMEDOUT) status = CCE_ERROR_TIMEOUT;
    if (number == ENODEV) status = CCE_ERROR_DEVICE_GONE;
    throw Failure(status,
                  driver + ": " + what + ": " + std::strerror(number) + " (errno " + std::to_string(number) + ")",
                  static_cast<std::uint32_t>(number));
}

/// A transformation of the kernel: a bound AF_ALG socket, with a key if it has one.
class KernelDigest {
public:
    /// Throws Failure. An empty key: there is none.
    KernelDigest(const std::string& driver, std::span<const std::uint8_t> key)
        : driver_(driver), socket_(::socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) {
        if (socket_.get() < 0) fail(driver_, "there is no AF_ALG socket");
        sockaddr_alg address{};
        address.salg_family = AF_ALG;
        std::memcpy(address.salg_type, "hash", sizeof("hash"));
        std::copy_n(driver_.begin(), std::min(driver_.size(), sizeof(address.salg_name) - 1), address.salg_name);
        // The socket interface of the C library wants this cast.
        if (bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
            (!key.empty() &&
             setsockopt(socket_.get(), SOL_ALG, ALG_SET_KEY, key.data(), static_cast<socklen_t>(key.size())) != 0)) {
            fail(driver_, "the kernel did not open it, or refused the key");
        }
    }

    [[nodiscard]] const std::string& driver() const { return driver_; }
    [[nodiscard]] const File& socket() const { return socket_; }

private:
    std::string driver_;
    File socket_;
};

File accept_from(const KernelDigest& digest, const File& socket) {
    File stream(accept4(socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (stream.get() < 0) fail(digest.driver(), "there is no stream");
    return stream;
}

class KernelStream final : public MessageStream {
public:
    KernelStream(const KernelDigest& digest, const HashParameters& parameters, File socket)
        : digest_(digest), parameters_(parameters), socket_(std::move(socket)) {}

    void update(std::span<const std::uint8_t> bytes) override {
        require(!finished_, CCE_ERROR_STREAM, "update: the stream's message has ended");
        require(bytes.size() < hash_function::length_limit, CCE_ERROR_LENGTH, "a piece has fewer than 2^60 bytes");
        check_message_room(parameters_, length_ + bytes.size());
        while (!bytes.empty()) {
            const auto piece = bytes.first(std::min(bytes.size(), piece_bytes));
            begun_ = true;
            const ssize_t sent = send(socket_.get(), piece.data(), piece.size(), MSG_MORE);
            if (sent <= 0) fail(digest_.driver(), "a piece of " + std::to_string(piece.size()) + " bytes failed");
            bytes = bytes.subspan(static_cast<std::size_t>(sent));
            length_ += static_cast<std::uint64_t>(sent);
        }
    }

    void finish(std::span<std::uint8_t> digest) override {
        require(!finished_, CCE_ERROR_STREAM, "finish: the stream's message has ended");
        check_digest_length(parameters_, digest.size());
        SecretBytes whole(hash_function::digest_bytes(parameters_.hash));
        // What is read ends the message, also if nothing was sent.
        const ssize_t read = recv(socket_.get(), whole.bytes().data(), whole.bytes().size(), 0);
        if (read != static_cast<ssize_t>(whole.bytes().size())) fail(digest_.driver(), "there is no digest");
        std::ranges::copy(whole.bytes().first(digest.size()), digest.begin());
        finished_ = true;
        begun_ = false;
    }

    void squeeze(std::span<std::uint8_t>) override {
        throw Failure(CCE_ERROR_SESSION, "only XOFs and KMAC as an XOF can be squeezed");
    }

    void reset() override {
        if (begun_) {
            socket_ = accept_from(digest_, digest_.socket());
            begun_ = false;
        }
        finished_ = false;
        length_ = 0;
    }

    [[nodiscard]] std::unique_ptr<MessageStream> copy() override {
        // The kernel's copy goes as far as this one.
        auto result = std::make_unique<KernelStream>(digest_, parameters_,
                                                     accept_from(digest_, finished_ ? digest_.socket() : socket_));
        result->finished_ = finished_;
        result->begun_ = begun_;
        result->length_ = length_;
        return result;
    }

    [[nodiscard]] std::size_t export_to(std::span<std::uint8_t>) override { keeps_state(); }
    void import_from(std::span<const std::uint8_t>) override { keeps_state(); }
    [[nodiscard]] std::uint64_t length() const override { return length_; }

private:
    [[noreturn]] void keeps_state() const {
        throw Failure(CCE_ERROR_UNSUPPORTED, "backend af_alg: the kernel keeps the states of " + digest_.driver());
    }

    /// What AF_ALG takes at once.
    static constexpr std::size_t piece_bytes = 16 * 1024;
    const KernelDigest& digest_;
    const HashParameters& parameters_;
    File socket_;
    bool finished_ = false;
    bool begun_ = false;  ///< the kernel has a part of a message, which no other one may follow
    std::uint64_t length_ = 0;
};

class KernelHash final : public Cipher {
public:
    KernelHash(const std::string& driver, const HashParameters& parameters)
        : parameters_(parameters),
          digest_(driver, parameters.key.bytes()),
          whole_(digest_, parameters, accept_from(digest_, digest_.socket())) {}

    Result run(const Text& text) override {
        whole_.reset();
        whole_.update(text.source);
        whole_.finish(text.destination);
        return {};
    }

    [[nodiscard]] std::unique_ptr<MessageStream> make_stream() override {
        return std::make_unique<KernelStream>(digest_, parameters_, accept_from(digest_, digest_.socket()));
    }

private:
    const HashParameters& parameters_;
    KernelDigest digest_;
    KernelStream whole_;
};

}  // namespace

std::unique_ptr<Cipher> make_af_alg_hash(const std::string& driver, const HashParameters& parameters) {
    return std::make_unique<KernelHash>(driver, parameters);
}

}  // namespace cce::internal
