// SPDX-License-Identifier: Apache-2.0
//
// Message numbers and layouts: the vhost-user specification (QEMU, docs/interop/vhost-user.rst).

#include "device/vhost_user_server.h"

#include <spdlog/spdlog.h>

#include <cstring>
#include <string_view>

#include "device/errors.h"

namespace cce::sim::device {

namespace {

enum class Request : std::uint32_t {
    get_features = 1,
    set_features = 2,
    set_owner = 3,
    reset_owner = 4,
    set_mem_table = 5,
    set_vring_num = 8,
    set_vring_addr = 9,
    set_vring_base = 10,
    get_vring_base = 11,
    set_vring_kick = 12,
    set_vring_call = 13,
    set_vring_err = 14,
    get_protocol_features = 15,
    set_protocol_features = 16,
    set_vring_enable = 18,
    set_back_channel = 21,
    vring_kick = 35,
};

std::string name_of(std::uint32_t request) {
    switch (static_cast<Request>(request)) {
        case Request::get_features:
            return "get_features";
        case Request::set_features:
            return "set_features";
        case Request::set_owner:
            return "set_owner";
        case Request::reset_owner:
            return "reset_owner";
        case Request::set_mem_table:
            return "set_mem_table";
        case Request::set_vring_num:
            return "set_vring_num";
        case Request::set_vring_addr:
            return "set_vring_addr";
        case Request::set_vring_base:
            return "set_vring_base";
        case Request::get_vring_base:
            return "get_vring_base";
        case Request::set_vring_kick:
            return "set_vring_kick";
        case Request::set_vring_call:
            return "set_vring_call";
        case Request::set_vring_err:
            return "set_vring_err";
        case Request::get_protocol_features:
            return "get_protocol_features";
        case Request::set_protocol_features:
            return "set_protocol_features";
        case Request::set_vring_enable:
            return "set_vring_enable";
        case Request::set_back_channel:
            return "set_back_channel";
        case Request::vring_kick:
            return "vring_kick";
    }
    return "request " + std::to_string(request);
}

constexpr std::uint32_t version = 1;
constexpr std::uint32_t version_mask = 3;
constexpr std::uint32_t flag_reply = 1U << 2U;
constexpr std::uint32_t flag_need_reply = 1U << 3U;
constexpr std::uint32_t back_channel_vring_call = 4;

constexpr std::uint64_t feature_version_1 = 1ULL << 32U;
constexpr std::uint64_t feature_protocol_features = 1ULL << 30U;
constexpr std::uint64_t features = feature_version_1 | feature_protocol_features;

constexpr std::uint64_t protocol_reply_ack = 1ULL << 3U;
constexpr std::uint64_t protocol_back_channel = 1ULL << 5U;
constexpr std::uint64_t protocol_inband_notifications = 1ULL << 14U;
constexpr std::uint64_t protocol_features = protocol_reply_ack | protocol_back_channel | protocol_inband_notifications;

constexpr std::size_t payload_maximum = 4096;
constexpr std::size_t regions_maximum = 8;

struct VringState {
    std::uint32_t index;
    std::uint32_t number;
};

struct VringAddresses {
    std::uint32_t index;
    std::uint32_t flags;
    std::uint64_t descriptors;
    std::uint64_t used;
    std::uint64_t available;
    std::uint64_t log;
};

struct MemoryTableHeader {
    std::uint32_t count;
    std::uint32_t padding;
};

struct Call {
    std::uint32_t request;
    std::uint32_t flags;
    std::uint32_t size;
    VringState state;
};
static_assert(sizeof(Call) == 20);

}  // namespace

template <typename T>
T VhostUserServer::Payload::as(const char* name) const {
    if (bytes.size() != sizeof(T)) {
        throw ProtocolError(std::string("vhost-user: ") + name + " with a payload of " + std::to_string(bytes.size()) +
                            " bytes");
    }
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

void VhostUserServer::connect(UnixStream stream, int stop_fd) {
    stream_ = std::move(stream);
    stop_fd_ = stop_fd;
}

void VhostUserServer::disconnect() {
    stream_ = {};
    back_channel_ = {};
}

SplitVirtqueue& VhostUserServer::checked_queue(std::uint32_t index) {
    if (index >= queues_.size()) throw ProtocolError("vhost-user: there is no virtqueue " + std::to_string(index));
    return queues_[index];
}

void VhostUserServer::reply(std::uint32_t request, std::span<const std::byte> payload) {
    const Header header{request, version | flag_reply, static_cast<std::uint32_t>(payload.size())};
    std::vector<std::byte> message(sizeof header + payload.size());
    std::memcpy(message.data(), &header, sizeof header);
    std::memcpy(message.data() + sizeof header, payload.data(), payload.size());
    stream_.send(message);
}

void VhostUserServer::reply(std::uint32_t request, std::uint64_t value) {
    reply(request, std::as_bytes(std::span(&value, 1)));
}

void VhostUserServer::serve_one() {
    Header header{};
    std::vector<FileDescriptor> descriptors;
    stream_.receive(std::as_writable_bytes(std::span(&header, 1)), descriptors);
    if ((header.flags & version_mask) != version || (header.flags & flag_reply) != 0) {
        throw ProtocolError("vhost-user: message flags 0x" + std::to_string(header.flags));
    }
    if (header.size > payload_maximum) {
        throw ProtocolError("vhost-user: a payload of " + std::to_string(header.size) + " bytes");
    }
    std::array<std::byte, payload_maximum> buffer;
    const auto payload = std::span(buffer).first(header.size);
    try {
        stream_.receive(payload, descriptors);
    } catch (const PeerClosed&) {
        throw ProtocolError("the guest closed a socket in the middle of a message");
    }
    ++counts_[name_of(header.request)];
    const bool answered = handle(header, {payload}, descriptors);
    if (!answered && (header.flags & flag_need_reply) != 0) reply(header.request, 0);
}

bool VhostUserServer::handle(const Header& header, const Payload& payload, std::vector<FileDescriptor>& descriptors) {
    switch (static_cast<Request>(header.request)) {
        case Request::get_features:
            reply(header.request, features);
            return true;
        case Request::get_protocol_features:
            reply(header.request, protocol_features);
            return true;
        case Request::set_features:
            if ((payload.as<std::uint64_t>("set_features") & ~features) != 0) {
                throw ProtocolError("vhost-user: set_features with a feature that was not offered");
            }
            return false;
        case Request::set_protocol_features:
            // Without the back channel and in-band kicks nothing here works: say so now instead of hanging later.
            if (payload.as<std::uint64_t>("set_protocol_features") != protocol_features) {
                throw ProtocolError("vhost-user: the guest does not support in-band notifications with replies");
            }
            return false;
        case Request::set_owner:
        case Request::reset_owner:
        // The descriptors of out-of-band notifications: not used, closed at once.
        case Request::set_vring_kick:
        case Request::set_vring_call:
        case Request::set_vring_err:
            return false;
        case Request::set_mem_table:
            set_memory_table(payload, descriptors);
            return false;
        case Request::set_vring_num: {
            const auto state = payload.as<VringState>("set_vring_num");
            checked_queue(state.index).set_size(state.number);
            return false;
        }
        case Request::set_vring_base: {
            const auto state = payload.as<VringState>("set_vring_base");
            checked_queue(state.index).set_base(state.number);
            return false;
        }
        case Request::get_vring_base: {
            auto state = payload.as<VringState>("get_vring_base");
            SplitVirtqueue& queue = checked_queue(state.index);
            queue.set_enabled(false);
            state.number = queue.base();
            reply(header.request, std::as_bytes(std::span(&state, 1)));
            return true;
        }
        case Request::set_vring_addr: {
            const auto addresses = payload.as<VringAddresses>("set_vring_addr");
            checked_queue(addresses.index).set_addresses(addresses.descriptors, addresses.available, addresses.used);
            return false;
        }
        case Request::set_vring_enable: {
            const auto state = payload.as<VringState>("set_vring_enable");
            checked_queue(state.index).set_enabled(state.number != 0);
            return false;
        }
        case Request::set_back_channel:
            if (descriptors.size() != 1) throw ProtocolError("vhost-user: set_back_channel without a descriptor");
            back_channel_ = UnixStream(std::move(descriptors.front()), stop_fd_);
            return false;
        case Request::vring_kick: {
            const auto state = payload.as<VringState>("vring_kick");
            checked_queue(state.index);
            receiver_.kicked(state.index);
            return false;
        }
    }
    throw ProtocolError("vhost-user: unknown request " + std::to_string(header.request));
}

void VhostUserServer::set_memory_table(const Payload& payload, std::vector<FileDescriptor>& descriptors) {
    MemoryTableHeader table{};
    if (payload.bytes.size() < sizeof table) throw ProtocolError("vhost-user: set_mem_table is too short");
    std::memcpy(&table, payload.bytes.data(), sizeof table);
    // The sender may always send its largest table; what lies behind `count` entries has no meaning.
    if (table.count > regions_maximum || table.count != descriptors.size() ||
        payload.bytes.size() < sizeof table + table.count * sizeof(MemoryRegion)) {
        throw ProtocolError("vhost-user: set_mem_table with " + std::to_string(table.count) + " regions, " +
                            std::to_string(descriptors.size()) + " descriptors and " +
                            std::to_string(payload.bytes.size()) + " bytes");
    }
    for (SplitVirtqueue& queue : queues_) queue.forget();
    memory_.clear();
    for (std::size_t i = 0; i < table.count; ++i) {
        MemoryRegion region;
        std::memcpy(&region, payload.bytes.data() + sizeof table + i * sizeof region, sizeof region);
        memory_.add(region, descriptors[i]);
        spdlog::debug("guest memory {:#x}..{:#x}", region.guest_address, region.guest_address + region.size - 1);
    }
}

void VhostUserServer::start_call(unsigned queue) {
    if (!back_channel_.connected()) throw ProtocolError("vhost-user: the guest has given no back channel");
    const Call call{back_channel_vring_call, version | flag_need_reply, sizeof(VringState), {queue, 0}};
    back_channel_.send(std::as_bytes(std::span(&call, 1)));
}

void VhostUserServer::finish_call() {
    struct {
        Header header;
        std::array<std::uint32_t, 2> value;
    } answer{};
    static_assert(sizeof answer == 20);
    back_channel_.receive(std::as_writable_bytes(std::span(&answer, 1)));
    if (answer.header.request != back_channel_vring_call || (answer.header.flags & flag_reply) == 0 ||
        answer.header.size != sizeof answer.value) {
        throw ProtocolError("vhost-user: the answer to a notification is malformed");
    }
    if (answer.value[0] != 0 || answer.value[1] != 0)
        throw ProtocolError("vhost-user: the guest refused a notification");
}

}  // namespace cce::sim::device
