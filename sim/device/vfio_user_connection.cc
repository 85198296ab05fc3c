// SPDX-License-Identifier: Apache-2.0

#include "device/vfio_user_connection.h"

#include <fmt/format.h>

#include "device/errors.h"

namespace cce::sim::device {

using vfio_user::Header;

namespace {

/// The largest structure in front of data is far smaller.
constexpr std::uint32_t size_maximum = VfioUserConnection::data_maximum + 4096;

}  // namespace

VfioUserMessage VfioUserConnection::receive() {
    VfioUserMessage message;
    Header& header = message.header;
    stream_.receive(std::as_writable_bytes(std::span(&header, 1)), message.descriptors);
    if (header.size < sizeof header || header.size > size_maximum) {
        throw ProtocolError(fmt::format("vfio-user: {} with a size of {} bytes; {} to {} are possible", message.name(),
                                        header.size, sizeof header, size_maximum));
    }
    const std::uint32_t type = header.flags & vfio_user::flag_type_mask;
    if (type != vfio_user::type_command && type != vfio_user::type_reply) {
        throw ProtocolError(
            fmt::format("vfio-user: {} is of type {}, neither command nor reply", message.name(), type));
    }
    message.payload.resize(header.size - sizeof header);
    try {
        stream_.receive(message.payload, message.descriptors);
    } catch (const PeerClosed&) {
        throw ProtocolError(
            fmt::format("vfio-user: {}: the guest closed a socket in the middle of a message", message.name()));
    } catch (const ProtocolError& error) {
        throw ProtocolError(fmt::format("vfio-user: {}: {}", message.name(), error.what()));
    }
    return message;
}

void VfioUserConnection::transmit(Header header, std::span<const std::byte> head, std::span<const std::byte> tail) {
    header.size = static_cast<std::uint32_t>(sizeof header + head.size() + tail.size());
    std::vector<std::byte> message(header.size);
    std::memcpy(message.data(), &header, sizeof header);
    if (!head.empty()) std::memcpy(message.data() + sizeof header, head.data(), head.size());
    if (!tail.empty()) std::memcpy(message.data() + sizeof header + head.size(), tail.data(), tail.size());
    stream_.send(message);
}

void VfioUserConnection::reply(const Header& command, std::span<const std::byte> head,
                               std::span<const std::byte> tail) {
    if ((command.flags & vfio_user::flag_no_reply) != 0) return;
    transmit({command.id, command.command, 0, vfio_user::type_reply, 0}, head, tail);
}

void VfioUserConnection::refuse(const Header& command, int error) {
    if ((command.flags & vfio_user::flag_no_reply) != 0) return;
    transmit({command.id, command.command, 0, vfio_user::type_reply | vfio_user::flag_error,
              static_cast<std::uint32_t>(error)},
             {}, {});
}

std::uint16_t VfioUserConnection::send(vfio_user::Command command, std::span<const std::byte> head,
                                       std::span<const std::byte> tail) {
    const std::uint16_t id = next_id_++;
    transmit({id, static_cast<std::uint16_t>(command), 0, vfio_user::type_command, 0}, head, tail);
    return id;
}

}  // namespace cce::sim::device
