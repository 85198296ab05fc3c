// SPDX-License-Identifier: Apache-2.0

#include "guest.h"

#include <linux/um_timetravel.h>
#include <linux/virtio_pcidev.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <atomic>
#include <vector>

namespace cce::sim::device {

namespace {

// The layout of the guest's memory: rings of queue 0 and 1, then buffers.
constexpr std::uint16_t ring_size = 4;
constexpr std::uint64_t ring_stride = 0x3000;
constexpr std::uint64_t available = 0x1000;
constexpr std::uint64_t used = 0x2000;
constexpr std::uint64_t command_buffer = 0x8000;
constexpr std::uint64_t answer_buffer = 0x8100;
constexpr std::uint64_t interrupt_buffer = 0x8200;
constexpr std::uint32_t command_bytes = 16;
constexpr std::uint32_t interrupt_bytes = 20;

struct Descriptor {
    std::uint64_t address;
    std::uint32_t length;
    std::uint16_t flags;
    std::uint16_t next;
};

struct Header {
    std::uint32_t request;
    std::uint32_t flags;
    std::uint32_t size;
};

template <typename T>
std::span<const std::byte> bytes_of(const T& value) {
    return std::as_bytes(std::span(&value, 1));
}

UnixStream connect_to(const std::filesystem::path& path) {
    FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.native().size());
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error("connect");
    }
    return UnixStream(std::move(fd));
}

}  // namespace

Guest::Guest(const std::filesystem::path& device, const std::filesystem::path& calendar)
    : calendar_(connect_to(calendar)), device_(connect_to(device)) {
    ask_calendar(UM_TIMETRAVEL_START, 0);
    request(3, {});
    request(2, bytes_of(std::uint64_t{1} << 30U | std::uint64_t{1} << 32U));
    request(16, bytes_of(std::uint64_t{1} << 3U | std::uint64_t{1} << 5U | std::uint64_t{1} << 14U));
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) throw std::runtime_error("socketpair");
    back_channel_ = UnixStream(FileDescriptor(ends[0]));
    const FileDescriptor other(ends[1]);
    request(21, {}, other.get());
    const std::array<std::uint64_t, 5> table{1, TestMemory::guest_base, TestMemory::bytes, TestMemory::user_base, 0};
    request(5, bytes_of(table), memory_.file().get());
    for (std::uint32_t queue = 0; queue < 2; ++queue) {
        const std::uint64_t base = TestMemory::user_base + queue * ring_stride;
        request(8, bytes_of(std::array{queue, std::uint32_t{ring_size}}));
        request(10, bytes_of(std::array{queue, 0U}));
        request(9, bytes_of(std::array<std::uint64_t, 5>{queue, base, base + used, base + available, 0}));
        request(18, bytes_of(std::array{queue, 1U}));
    }
    for (unsigned i = 0; i < ring_size; ++i) offer_interrupt_buffer();
    kick(1);
    std::uint32_t command = 0x6;
    transfer(VIRTIO_PCIDEV_OP_CFG_WRITE, 0, 4, command, false);
    std::uint32_t msix = 0x8000'0000;
    transfer(VIRTIO_PCIDEV_OP_CFG_WRITE, 0, 0x40, msix, false);
}

void Guest::request(std::uint32_t number, std::span<const std::byte> payload, int fd) {
    constexpr std::uint32_t version_1_need_reply = 1 | 1U << 3U;
    const Header header{number, version_1_need_reply, static_cast<std::uint32_t>(payload.size())};
    std::vector<std::byte> message(sizeof header + payload.size());
    std::memcpy(message.data(), &header, sizeof header);
    if (!payload.empty()) std::memcpy(message.data() + sizeof header, payload.data(), payload.size());
    iovec vector{message.data(), message.size()};
    msghdr out{};
    out.msg_iov = &vector;
    out.msg_iovlen = 1;
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof fd)> control{};
    if (fd >= 0) {
        out.msg_control = control.data();
        out.msg_controllen = control.size();
        cmsghdr* rights = CMSG_FIRSTHDR(&out);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof fd);
        std::memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    }
    if (::sendmsg(device_.fd(), &out, MSG_NOSIGNAL) < 0) throw std::runtime_error("sendmsg");
    wait_readable(device_);
    std::array<std::byte, sizeof(Header) + 8> answer{};
    device_.receive(answer);
}

void Guest::send_raw(std::uint32_t number, std::span<const std::byte> payload) {
    request(number, payload);
}

void Guest::wait_readable(const UnixStream& stream) {
    for (;;) {
        std::array<pollfd, 2> polled{{{stream.fd(), POLLIN, 0}, {calendar_.fd(), POLLIN, 0}}};
        if (::poll(polled.data(), polled.size(), -1) < 0) throw std::runtime_error("poll");
        if (polled[0].revents != 0) return;
        serve_calendar();
    }
}

std::uint32_t Guest::serve_calendar() {
    um_timetravel_msg message{};
    calendar_.receive(std::as_writable_bytes(std::span(&message, 1)));
    if (message.op == UM_TIMETRAVEL_ACK) {
        acknowledged_time_ = message.time;
        return message.op;
    }
    if (message.op == UM_TIMETRAVEL_FREE_UNTIL) granted_ = message.time;
    if (message.op == UM_TIMETRAVEL_RUN) {
        if (message.time < now_) throw std::runtime_error("time goes backwards");
        now_ = message.time;
    }
    const um_timetravel_msg answer{UM_TIMETRAVEL_ACK, message.seq, 0};
    calendar_.send(bytes_of(answer));
    return message.op;
}

std::uint64_t Guest::ask_calendar(std::uint32_t operation, std::uint64_t time) {
    const um_timetravel_msg message{operation, ++sequence_, time};
    calendar_.send(bytes_of(message));
    while (serve_calendar() != UM_TIMETRAVEL_ACK) {
    }
    return acknowledged_time_;
}

void Guest::kick(std::uint32_t queue) {
    ask_calendar(UM_TIMETRAVEL_UPDATE, now_);
    request(35, bytes_of(std::array{queue, 0U}));
}

void Guest::transfer(std::uint8_t operation, std::uint8_t bar, std::uint64_t offset, std::uint32_t& value,
                     bool reading) {
    memory_.store(command_buffer, std::array<std::uint8_t, 4>{operation, bar, 0, 0});
    memory_.store(command_buffer + 4, std::uint32_t{sizeof value});
    memory_.store(command_buffer + 8, offset);
    memory_.store(command_buffer + command_bytes, value);
    const std::uint32_t bytes = reading ? command_bytes : command_bytes + 4;
    memory_.store(
        0, Descriptor{TestMemory::guest_base + command_buffer, bytes, static_cast<std::uint16_t>(reading ? 1 : 0), 1});
    memory_.store(16, Descriptor{TestMemory::guest_base + answer_buffer, sizeof value, 2, 0});
    memory_.store(available + 4 + 2 * (commands_ % ring_size), std::uint16_t{0});
    memory_.store(available + 2, ++commands_);
    kick(0);
    if (memory_.load<std::uint16_t>(used + 2) != commands_) throw std::runtime_error("the command is not done");
    if (reading) value = memory_.load<std::uint32_t>(answer_buffer);
}

std::uint32_t Guest::read(std::uint8_t bar, std::uint64_t offset) {
    std::uint32_t value = 0;
    transfer(VIRTIO_PCIDEV_OP_MMIO_READ, bar, offset, value, true);
    return value;
}

void Guest::write(std::uint8_t bar, std::uint64_t offset, std::uint32_t value) {
    transfer(VIRTIO_PCIDEV_OP_MMIO_WRITE, bar, offset, value, false);
}

void Guest::offer_interrupt_buffer() {
    const auto index = static_cast<std::uint16_t>(interrupt_buffers_ % ring_size);
    memory_.store(ring_stride + 16ULL * index,
                  Descriptor{TestMemory::guest_base + interrupt_buffer + 32ULL * index, interrupt_bytes, 2, 0});
    memory_.store(ring_stride + available + 4 + 2ULL * index, index);
    memory_.store(ring_stride + available + 2, ++interrupt_buffers_);
}

std::uint32_t Guest::take_interrupt() {
    std::array<std::uint32_t, 5> call{};
    back_channel_.receive(std::as_writable_bytes(std::span(call)));
    // As the kernel does: first the time, then a request to run the handler at it, then the answer.
    now_ = ask_calendar(UM_TIMETRAVEL_GET, 0);
    ask_calendar(UM_TIMETRAVEL_REQUEST, now_);
    const std::array<std::uint32_t, 5> answer{call[0], 1 | 1U << 2U, 8, 0, 0};
    back_channel_.send(bytes_of(answer));
    const auto index = static_cast<std::uint16_t>(interrupts_++ % ring_size);
    return memory_.load<std::uint32_t>(interrupt_buffer + 32ULL * index + 16);
}

std::optional<std::uint32_t> Guest::sleep(std::uint64_t until) {
    if (granted_ && until < *granted_) {
        now_ = until;
        return std::nullopt;
    }
    return wait(until);
}

std::optional<std::uint32_t> Guest::wait(std::uint64_t until) {
    ask_calendar(UM_TIMETRAVEL_REQUEST, until);
    granted_.reset();
    ask_calendar(UM_TIMETRAVEL_WAIT, 0);
    std::optional<std::uint32_t> interrupt;
    for (;;) {
        std::array<pollfd, 2> polled{{{back_channel_.fd(), POLLIN, 0}, {calendar_.fd(), POLLIN, 0}}};
        if (::poll(polled.data(), polled.size(), -1) < 0) throw std::runtime_error("poll");
        if (polled[0].revents != 0) {
            interrupt = take_interrupt();
        } else if (serve_calendar() == UM_TIMETRAVEL_RUN) {
            break;
        }
    }
    if (interrupt) {
        offer_interrupt_buffer();
        kick(1);
    }
    return interrupt;
}

}  // namespace cce::sim::device
