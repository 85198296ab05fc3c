// SPDX-License-Identifier: Apache-2.0
//
// One vfio-user connection: whole messages in and out. Knows their frame, not what they mean.

#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "device/unix_socket.h"
#include "device/vfio_user_protocol.h"

namespace cce::sim::device {

/// A command that is not carried out: the client gets `error` (an errno), and the report at the end the text.
class Refusal : public std::runtime_error {
public:
    Refusal(int number, const std::string& text) : std::runtime_error("vfio-user: " + text), error(number) {}
    int error;
};

struct VfioUserMessage {
    vfio_user::Header header{};
    std::vector<std::byte> payload;
    std::vector<FileDescriptor> descriptors;

    [[nodiscard]] bool is_reply() const { return (header.flags & vfio_user::flag_type_mask) == vfio_user::type_reply; }
    [[nodiscard]] std::string name() const { return vfio_user::name_of(header.command); }
    /// The payload's first bytes. Throws Refusal if there are too few.
    template <typename T>
    [[nodiscard]] T head() const {
        if (payload.size() < sizeof(T)) {
            throw Refusal(EINVAL, name() + " with a payload of " + std::to_string(payload.size()) +
                                      " bytes, at least " + std::to_string(sizeof(T)) + " are needed");
        }
        T value;
        std::memcpy(&value, payload.data(), sizeof value);
        return value;
    }
    /// What stands behind them.
    template <typename T>
    [[nodiscard]] std::span<const std::byte> tail() const {
        return std::span(payload).subspan(sizeof(T));
    }
};

class VfioUserConnection {
public:
    /// Bytes of data that a message may have at most; what we announce.
    static constexpr std::uint32_t data_maximum = 65'536;

    void connect(UnixStream stream) { stream_ = std::move(stream); }
    void disconnect() { stream_ = {}; }
    [[nodiscard]] bool connected() const { return stream_.connected(); }
    [[nodiscard]] const UnixStream& stream() const { return stream_; }

    /// Throws ProtocolError if what comes is no message, PeerClosed if nothing comes any more.
    [[nodiscard]] VfioUserMessage receive();

    /// Answers a command, unless it wants no answer.
    void reply(const vfio_user::Header& command, std::span<const std::byte> head, std::span<const std::byte> tail = {});
    void refuse(const vfio_user::Header& command, int error);
    /// Sends a command of ours; returns its number, with which the answer will come.
    std::uint16_t send(vfio_user::Command command, std::span<const std::byte> head, std::span<const std::byte> tail);

private:
    void transmit(vfio_user::Header header, std::span<const std::byte> head, std::span<const std::byte> tail);

    UnixStream stream_;
    std::uint16_t next_id_ = 0;
};

}  // namespace cce::sim::device
