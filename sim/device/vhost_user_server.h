// SPDX-License-Identifier: Apache-2.0
//
// The back end of a vhost-user connection with in-band notifications, for a device with two virtqueues.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "device/guest_memory.h"
#include "device/split_virtqueue.h"
#include "device/unix_socket.h"

namespace cce::sim::device {

/// Receives the guest's notifications.
class KickReceiver {
public:
    virtual ~KickReceiver() = default;
    /// The guest has put something into `queue`. It waits until this returns.
    virtual void kicked(unsigned queue) = 0;
};

class VhostUserServer {
public:
    static constexpr unsigned command_queue = 0;
    static constexpr unsigned interrupt_queue = 1;

    explicit VhostUserServer(KickReceiver& receiver) : receiver_(receiver) {}

    /// Takes over the connection.
    void connect(UnixStream stream, int stop_fd);
    /// Hangs up: a guest that waits for an answer learns that none will come.
    void disconnect();
    [[nodiscard]] const UnixStream& stream() const { return stream_; }

    /// Receives one message, does what it says and answers it. Throws ProtocolError or PeerClosed.
    void serve_one();

    /// Tells the guest that `queue` has new used entries. The guest answers on back_channel(), for which the caller
    /// must wait with finish_call() (serving the calendar meanwhile: the guest may ask it first).
    void start_call(unsigned queue);
    void finish_call();
    [[nodiscard]] const UnixStream& back_channel() const { return back_channel_; }

    [[nodiscard]] GuestMemory& memory() { return memory_; }
    [[nodiscard]] const GuestMemory& memory() const { return memory_; }
    [[nodiscard]] SplitVirtqueue& queue(unsigned index) { return queues_.at(index); }
    /// Messages received, by their names.
    [[nodiscard]] const std::map<std::string, std::uint64_t>& counts() const { return counts_; }

private:
    struct Header {
        std::uint32_t request;
        std::uint32_t flags;
        std::uint32_t size;
    };

    /// What answers a message: nothing (or an acknowledgement on request), or these bytes.
    struct Payload {
        std::span<const std::byte> bytes;
        template <typename T>
        [[nodiscard]] T as(const char* name) const;
    };

    void reply(std::uint32_t request, std::span<const std::byte> payload);
    void reply(std::uint32_t request, std::uint64_t value);
    /// True if it has sent an answer of its own.
    bool handle(const Header& header, const Payload& payload, std::vector<FileDescriptor>& descriptors);
    void set_memory_table(const Payload& payload, std::vector<FileDescriptor>& descriptors);
    SplitVirtqueue& checked_queue(std::uint32_t index);

    KickReceiver& receiver_;
    UnixStream stream_;
    UnixStream back_channel_;
    int stop_fd_ = -1;
    GuestMemory memory_;
    std::array<SplitVirtqueue, 2> queues_{SplitVirtqueue{memory_, "command"}, SplitVirtqueue{memory_, "interrupt"}};
    std::map<std::string, std::uint64_t> counts_;
};

}  // namespace cce::sim::device
