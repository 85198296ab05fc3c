// SPDX-License-Identifier: Apache-2.0
//
// A vfio-user client for tests: builds any message, right or wrong. The server runs in another thread.

#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <vector>

#include "device/vfio_user_connection.h"

namespace cce::sim::device {

class VfioClient {
public:
    explicit VfioClient(const std::filesystem::path& path) {
        FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.c_str(), path.native().size());
        if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            throw std::runtime_error("connect");
        }
        socket_ = fd.get();
        connection_.connect(UnixStream(std::move(fd)));
    }

    /// Sends these bytes, with these descriptors.
    void send_raw(std::span<const std::byte> bytes, const std::vector<int>& descriptors = {}) {
        iovec vector{const_cast<std::byte*>(bytes.data()), bytes.size()};
        msghdr out{};
        out.msg_iov = &vector;
        out.msg_iovlen = 1;
        alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(16 * sizeof(int))> control{};
        if (!descriptors.empty()) {
            const std::size_t size = descriptors.size() * sizeof(int);
            out.msg_control = control.data();
            out.msg_controllen = CMSG_SPACE(size);
            cmsghdr* rights = CMSG_FIRSTHDR(&out);
            rights->cmsg_level = SOL_SOCKET;
            rights->cmsg_type = SCM_RIGHTS;
            rights->cmsg_len = CMSG_LEN(size);
            std::memcpy(CMSG_DATA(rights), descriptors.data(), size);
        }
        if (::sendmsg(socket_, &out, MSG_NOSIGNAL) < 0) throw std::runtime_error("sendmsg");
    }

    template <typename T>
    static void append(std::vector<std::byte>& bytes, const T& value) {
        const std::size_t before = bytes.size();
        bytes.resize(before + sizeof value);
        std::memcpy(&bytes[before], &value, sizeof value);
    }

    /// A message with this payload, whatever its size says.
    std::vector<std::byte> message(vfio_user::Command command, std::span<const std::byte> payload,
                                   std::uint32_t flags = vfio_user::type_command) {
        const auto size = static_cast<std::uint32_t>(sizeof(vfio_user::Header) + payload.size());
        const vfio_user::Header header{++id_, static_cast<std::uint16_t>(command), size, flags, 0};
        std::vector<std::byte> bytes(size);
        std::memcpy(bytes.data(), &header, sizeof header);
        if (!payload.empty()) std::memcpy(bytes.data() + sizeof header, payload.data(), payload.size());
        return bytes;
    }

    /// Sends a command and waits for its answer, whose errno it returns; what else the server sends meanwhile is kept.
    int command(vfio_user::Command command, std::span<const std::byte> payload,
                const std::vector<int>& descriptors = {}) {
        send_raw(message(command, payload), descriptors);
        for (;;) {
            VfioUserMessage answer = connection_.receive();
            if (!answer.is_reply()) {
                from_server.push_back(std::move(answer));
                continue;
            }
            EXPECT_EQ(answer.header.id, id_);
            EXPECT_EQ(answer.header.command, static_cast<std::uint16_t>(command));
            payload_ = std::move(answer.payload);
            const bool failed = (answer.header.flags & vfio_user::flag_error) != 0;
            return failed ? static_cast<int>(answer.header.error) : 0;
        }
    }
    template <typename T>
    int command(vfio_user::Command name, const T& payload, const std::vector<int>& descriptors = {}) {
        return command(name, std::as_bytes(std::span(&payload, 1)), descriptors);
    }
    /// What came with the last answer.
    [[nodiscard]] const std::vector<std::byte>& payload() const { return payload_; }

    int negotiate() {
        std::vector<std::byte> payload;
        append(payload, vfio_user::Version{0, 0});
        const std::string text = R"({"capabilities":{"max_data_xfer_size":4096}})";
        payload.insert(payload.end(), reinterpret_cast<const std::byte*>(text.c_str()),
                       reinterpret_cast<const std::byte*>(text.c_str()) + text.size() + 1);
        return command(vfio_user::Command::version, std::span<const std::byte>(payload));
    }

    int write(std::uint32_t region, std::uint64_t offset, std::uint32_t value) {
        return command(vfio_user::Command::region_write, std::span<const std::byte>(access(region, offset, value)));
    }
    void post(std::uint32_t region, std::uint64_t offset, std::uint32_t value) {
        send_raw(message(vfio_user::Command::region_write, access(region, offset, value),
                         vfio_user::type_command | vfio_user::flag_no_reply));
    }
    std::uint32_t read(std::uint32_t region, std::uint64_t offset) {
        std::uint32_t value = 0;
        EXPECT_EQ(command(vfio_user::Command::region_read, vfio_user::RegionAccess{offset, region, 4}), 0);
        EXPECT_EQ(payload_.size(), sizeof(vfio_user::RegionAccess) + sizeof value);
        std::memcpy(&value, payload_.data() + sizeof(vfio_user::RegionAccess), sizeof value);
        return value;
    }

    /// The next message of the server.
    VfioUserMessage receive() {
        if (from_server.empty()) return connection_.receive();
        VfioUserMessage first = std::move(from_server.front());
        from_server.erase(from_server.begin());
        return first;
    }
    void answer(const VfioUserMessage& question, std::span<const std::byte> payload) {
        connection_.reply(question.header, payload);
    }
    void refuse(const VfioUserMessage& question, int error) { connection_.refuse(question.header, error); }

    std::vector<VfioUserMessage> from_server;

private:
    static std::vector<std::byte> access(std::uint32_t region, std::uint64_t offset, std::uint32_t value) {
        std::vector<std::byte> payload;
        append(payload, vfio_user::RegionAccess{offset, region, sizeof value});
        append(payload, value);
        return payload;
    }

    VfioUserConnection connection_;
    int socket_ = -1;
    std::uint16_t id_ = 0;
    std::vector<std::byte> payload_;
};

}  // namespace cce::sim::device
