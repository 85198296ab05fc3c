// SPDX-License-Identifier: Apache-2.0

#include "device/unix_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "device/errors.h"

namespace cce::sim::device {

namespace {

/// More descriptors than any vhost-user message carries.
constexpr std::size_t descriptors_maximum = 16;

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

bool closed_by_peer(int error) {
    return error == ECONNRESET || error == EPIPE;
}

void collect(const msghdr& message, std::vector<FileDescriptor>& descriptors) {
    // The macros of the socket interface want a mutable header.
    msghdr header = message;
    for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr; control = CMSG_NXTHDR(&header, control)) {
        if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(control) + i * sizeof(int), sizeof fd);
            descriptors.emplace_back(fd);
        }
    }
}

}  // namespace

FileDescriptor::~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
}

void UnixStream::wait_readable() const {
    std::array<pollfd, 2> polled{{{fd_.get(), POLLIN, 0}, {stop_fd_, POLLIN, 0}}};
    while (::poll(polled.data(), polled.size(), -1) < 0) {
        if (errno != EINTR) fail("poll");
    }
    if (polled[1].revents != 0) throw Stopped("asked to stop");
}

bool UnixStream::hung_up() const {
    pollfd polled{fd_.get(), POLLRDHUP, 0};
    return ::poll(&polled, 1, 0) > 0;
}

void UnixStream::send(std::span<const std::byte> data) {
    while (!data.empty()) {
        const ssize_t sent = ::send(fd_.get(), data.data(), data.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            data = data.subspan(static_cast<std::size_t>(sent));
        } else if (closed_by_peer(errno)) {
            throw PeerClosed("the guest has closed a socket");
        } else if (errno != EINTR) {
            fail("send");
        }
    }
}

void UnixStream::receive(std::span<std::byte> data) {
    std::vector<FileDescriptor> descriptors;
    receive(data, descriptors);
    if (!descriptors.empty()) throw ProtocolError("a message came with descriptors that it must not have");
}

void UnixStream::receive(std::span<std::byte> data, std::vector<FileDescriptor>& descriptors) {
    const std::size_t wanted = data.size();
    while (!data.empty()) {
        iovec vector{data.data(), data.size()};
        alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(descriptors_maximum * sizeof(int))> control{};
        msghdr message{};
        message.msg_iov = &vector;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t count = ::recvmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (count > 0) {
            collect(message, descriptors);
            if ((message.msg_flags & MSG_CTRUNC) != 0) throw ProtocolError("a message came with too many descriptors");
            data = data.subspan(static_cast<std::size_t>(count));
        } else if (count == 0 || closed_by_peer(errno)) {
            if (data.size() != wanted) throw ProtocolError("the guest closed a socket in the middle of a message");
            throw PeerClosed("the guest has closed a socket");
        } else if (errno == EAGAIN) {
            wait_readable();
        } else if (errno != EINTR) {
            fail("recvmsg");
        }
    }
}

UnixListener::UnixListener(std::filesystem::path path) : path_(std::move(path)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path_.native().size() >= sizeof address.sun_path) {
        throw std::invalid_argument("the socket name '" + path_.string() + "' is too long");
    }
    std::memcpy(address.sun_path, path_.c_str(), path_.native().size());
    if (std::filesystem::exists(path_)) {
        if (!std::filesystem::is_socket(path_)) {
            throw std::invalid_argument("'" + path_.string() + "' exists and is not a socket");
        }
        std::filesystem::remove(path_);
    }
    fd_ = FileDescriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd_.valid()) fail("socket");
    if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        fail("bind to '" + path_.string() + "'");
    }
    if (::listen(fd_.get(), 1) != 0) {
        const int error = errno;
        ::unlink(path_.c_str());
        errno = error;
        fail("listen on '" + path_.string() + "'");
    }
}

UnixListener::~UnixListener() {
    ::unlink(path_.c_str());
}

UnixStream UnixListener::accept(int stop_fd) const {
    FileDescriptor connection(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection.valid()) fail("accept on '" + path_.string() + "'");
    return UnixStream(std::move(connection), stop_fd);
}

}  // namespace cce::sim::device
