// SPDX-License-Identifier: Apache-2.0
//
// Unix sockets: owned descriptors, a listener that removes its socket file, and a stream that can receive descriptors.

#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

namespace cce::sim::device {

/// Owns a file descriptor.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int fd) : fd_(fd) {}
    FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    ~FileDescriptor();

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool valid() const { return fd_ >= 0; }

private:
    int fd_ = -1;
};

/// A connected stream. Whatever blocks also wakes up when the stop descriptor becomes readable, and throws Stopped.
class UnixStream {
public:
    UnixStream() = default;
    /// `stop_fd` is not owned; -1: nothing interrupts the stream.
    explicit UnixStream(FileDescriptor fd, int stop_fd = -1) : fd_(std::move(fd)), stop_fd_(stop_fd) {}

    [[nodiscard]] bool connected() const { return fd_.valid(); }
    [[nodiscard]] int fd() const { return fd_.get(); }

    /// Sends all of `data`. Throws PeerClosed if nobody will read it.
    void send(std::span<const std::byte> data);
    /// Fills `data`. Throws PeerClosed at the end of the stream, ProtocolError if that cuts `data` in two.
    void receive(std::span<std::byte> data);
    /// The same, and collects the descriptors that came along.
    void receive(std::span<std::byte> data, std::vector<FileDescriptor>& descriptors);
    /// True if the other side has closed its end. Does not block.
    [[nodiscard]] bool hung_up() const;

private:
    void wait_readable() const;

    FileDescriptor fd_;
    int stop_fd_ = -1;
};

/// A listening socket; its file goes when it goes.
class UnixListener {
public:
    /// Makes the socket. A dead socket file of this name is replaced. Throws std::system_error, or
    /// std::invalid_argument if the name is too long or belongs to something that is not a socket.
    explicit UnixListener(std::filesystem::path path);
    ~UnixListener();
    UnixListener(const UnixListener&) = delete;
    UnixListener& operator=(const UnixListener&) = delete;

    [[nodiscard]] int fd() const { return fd_.get(); }
    /// Takes the connection that is waiting.
    [[nodiscard]] UnixStream accept(int stop_fd) const;

private:
    std::filesystem::path path_;
    FileDescriptor fd_;
};

}  // namespace cce::sim::device
