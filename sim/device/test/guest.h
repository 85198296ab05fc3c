// SPDX-License-Identifier: Apache-2.0
//
// A guest for tests: the front end's half of vhost-user, the commands of virtio_pcidev and the guest's half of the
// calendar, each as blocking calls. The server runs in another thread.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

#include "device/unix_socket.h"
#include "test_memory.h"

namespace cce::sim::device {

class Guest {
public:
    /// Connects to both sockets, sets up memory and queues, enables the function and its interrupts.
    Guest(const std::filesystem::path& device, const std::filesystem::path& calendar);

    [[nodiscard]] std::uint64_t now() const { return now_; }
    /// The time up to which the server lets the guest run on its own.
    [[nodiscard]] std::optional<std::uint64_t> granted() const { return granted_; }

    std::uint32_t read(std::uint8_t bar, std::uint64_t offset);
    void write(std::uint8_t bar, std::uint64_t offset, std::uint32_t value);
    /// A message whose payload the test makes up; waits for the acknowledgement.
    void send_raw(std::uint32_t request, std::span<const std::byte> payload);

    /// Lets time pass to `until`, as a guest does: freely if granted, else by asking. Returns the data of the interrupt
    /// that came first, if one did; now() is its time then.
    std::optional<std::uint32_t> sleep(std::uint64_t until);

private:
    std::optional<std::uint32_t> wait(std::uint64_t until);
    void transfer(std::uint8_t operation, std::uint8_t bar, std::uint64_t offset, std::uint32_t& value, bool reading);
    void kick(std::uint32_t queue);
    void offer_interrupt_buffer();
    std::uint64_t ask_calendar(std::uint32_t operation, std::uint64_t time);
    /// Waits for `stream`, serving the calendar meanwhile.
    void wait_readable(const UnixStream& stream);
    /// Receives one message of the calendar; returns its operation.
    std::uint32_t serve_calendar();
    void request(std::uint32_t number, std::span<const std::byte> payload, int fd = -1);
    /// Answers the server's notification and takes the interrupt.
    std::uint32_t take_interrupt();

    TestMemory memory_;
    UnixStream calendar_;
    UnixStream device_;
    UnixStream back_channel_;
    std::uint64_t now_ = 0;
    std::optional<std::uint64_t> granted_;
    std::uint32_t sequence_ = 0;
    std::uint64_t acknowledged_time_ = 0;
    std::uint16_t commands_ = 0;
    std::uint16_t interrupt_buffers_ = 0;
    std::uint16_t interrupts_ = 0;
};

}  // namespace cce::sim::device
