// SPDX-License-Identifier: Apache-2.0

#include "read_ahead.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "process.h"

namespace cce::tool {

namespace {

/// Long enough for the engine's and the disk's throughput, short enough to begin soon.
constexpr std::size_t piece_bytes = std::size_t{1} << 20;
/// One is worked on, one is ready, one is read into.
constexpr std::size_t piece_count = 3;

}  // namespace

ReadAhead::ReadAhead(int descriptor, std::string name)
    : descriptor_(descriptor), name_(std::move(name)), stop_(eventfd(0, EFD_CLOEXEC)) {
    if (stop_.get() < 0) {
        throw ToolError(exit_failure, std::string("can't read ahead: ") + std::strerror(errno));
    }
    for (std::size_t i = 0; i < piece_count; ++i) {
        pieces_.push_back({SecretBytes(piece_bytes), 0});
    }
    const SignalsHeld held;  // and so in the thread: signals are the main thread's
    thread_ = std::thread([this] { work(); });
}

ReadAhead::~ReadAhead() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    const std::uint64_t one = 1;
    static_cast<void>(!write(stop_.get(), &one, sizeof(one)));
    thread_.join();
}

bool ReadAhead::fill(Piece& piece) const {
    piece.bytes = 0;
    while (piece.bytes < piece_bytes) {
        std::array<pollfd, 2> ready{{{descriptor_, POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
        if (poll(ready.data(), ready.size(), -1) < 0) {
            if (errno == EINTR) continue;
            throw ReadError(name_, errno);
        }
        if (ready[1].revents != 0) {
            return false;
        }
        const ssize_t bytes = read(descriptor_, piece.buffer.bytes().data() + piece.bytes, piece_bytes - piece.bytes);
        if (bytes < 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (bytes < 0) {
            throw ReadError(name_, errno);
        }
        if (bytes == 0) {
            break;
        }
        piece.bytes += static_cast<std::size_t>(bytes);
    }
    return true;
}

void ReadAhead::work() noexcept {
    bool more = true;
    for (std::size_t number = 0; more; ++number) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return stopping_ || number - (taken_ == 0 ? 0 : taken_ - 1) < pieces_.size(); });
            if (stopping_) return;
        }
        std::exception_ptr failure;
        Piece& piece = pieces_[number % pieces_.size()];
        try {
            if (!fill(piece)) return;
        } catch (...) {
            failure = std::current_exception();
        }
        more = failure == nullptr && piece.bytes == piece_bytes;
        {
            const std::lock_guard lock(mutex_);
            failure_ = failure;
            ended_ = !more;
            read_ = number + 1;
        }
        changed_.notify_all();
    }
}

std::span<const std::uint8_t> ReadAhead::next() {
    std::unique_lock lock(mutex_);
    if (ended_ && taken_ == read_) {
        return {};
    }
    // The piece before is no longer in use.
    const std::size_t number = taken_++;
    changed_.notify_all();
    changed_.wait(lock, [&] { return read_ > number; });
    if (failure_ != nullptr && number + 1 == read_) {
        std::rethrow_exception(failure_);
    }
    const Piece& piece = pieces_[number % pieces_.size()];
    return piece.buffer.bytes().first(piece.bytes);
}

}  // namespace cce::tool
