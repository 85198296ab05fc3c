// SPDX-License-Identifier: Apache-2.0

#include "device/vfio_user_server.h"

#include <fmt/format.h>
#include <linux/vfio.h>
#include <poll.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <system_error>

#include "device/engine_identity.h"
#include "device/errors.h"

namespace cce::sim::device {

using vfio_user::Command;

namespace {

/// Cycles simulated between two looks at the socket.
constexpr std::uint64_t cycles_at_once = 500;
/// What a busy host may be behind real time.
constexpr std::chrono::milliseconds lag_maximum{200};
/// No register access takes longer.
constexpr std::uint64_t access_cycles_maximum = 64;
/// Writes by messages that may be unanswered while the engine advances.
constexpr std::uint64_t writes_under_way_maximum = 256;

template <typename T>
std::span<const std::byte> bytes_of(const T& value) {
    return std::as_bytes(std::span(&value, 1));
}

using std::chrono::nanoseconds;

/// `patience`: how long to wait; without one, for ever.
bool wait_readable(std::span<pollfd> polled, std::optional<nanoseconds> patience) {
    timespec time{};
    if (patience) {
        const auto seconds = std::chrono::floor<std::chrono::seconds>(*patience);
        time = {seconds.count(), (*patience - seconds).count()};
    }
    int ready = 0;
    while ((ready = ::ppoll(polled.data(), polled.size(), patience ? &time : nullptr, nullptr)) < 0) {
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
    }
    return ready > 0;
}

}  // namespace

VfioUserServer::VfioUserServer(const VfioUserServerOptions& options, const EngineFactory& make_engine)
    : options_(options),
      maps_(*this),
      host_(maps_, options_.injection, faults_, statistics_, options_.memory_latency),
      engine_(make_engine(host_)) {
    const unsigned queues = identified_queue_pairs(*engine_);
    vectors_ = 1 + queues;
    window_.emplace(*engine_, options_.injection, faults_, statistics_);
    window_->observe_writes(
        [this](std::uint32_t offset, std::uint32_t value) { host_.register_written(offset, value); });
    function_.emplace(*window_, host_, faults_, statistics_, vectors_);
    spdlog::info("engine {}: {} queue pairs, real time", engine_->name(), queues);
}

void VfioUserServer::run(const UnixListener& listener) {
    try {
        do {
            std::array<pollfd, 2> polled{{{options_.stop_fd, POLLIN, 0}, {listener.fd(), POLLIN, 0}}};
            wait_readable(polled, std::nullopt);
            if (polled[0].revents != 0) throw Stopped("asked to stop");
            connection_.connect(listener.accept(options_.stop_fd));
            try {
                serve_client();
            } catch (const PeerClosed& end) {
                spdlog::info("the client has gone: {}", end.what());
            }
            leave_client();
        } while (options_.serve_many);
    } catch (const Stopped& end) {
        spdlog::info("{}", end.what());
    } catch (...) {
        connection_.disconnect();
        throw;
    }
    leave_client();
}

void VfioUserServer::leave_client() {
    connection_.disconnect();
    maps_.clear();
    reset_device();
    negotiated_ = false;
}

void VfioUserServer::reset_device() {
    engine_->reset();
    host_.reset();
    maps_.forget();
    edges_.clear();
    deferred_.clear();
    function_->reset();
}

void VfioUserServer::serve_client() {
    for (;;) {
        settle();
        std::array<pollfd, 2> polled{{{options_.stop_fd, POLLIN, 0}, {connection_.stream().fd(), POLLIN, 0}}};
        const bool busy = can_advance();
        const bool ready = wait_readable(polled, busy ? std::optional(ahead()) : std::nullopt);
        // What an engine that has nothing to do misses is not made up for.
        if (!busy) due_ = std::chrono::steady_clock::now();
        if (polled[0].revents != 0) throw Stopped("asked to stop");
        if (ready) {
            // What a busy host keeps from the engine is made up for first: an access that comes late finds it further.
            if (busy && options_.cycle != nanoseconds::zero() && ahead() == nanoseconds::zero()) advance();
            serve_message();
        } else {
            advance();
        }
    }
}

bool VfioUserServer::can_advance() const {
    return !window_->vanished() && !engine_->idle() && !maps_.awaits_data() &&
           maps_.writes_sent() - maps_.writes_answered() < writes_under_way_maximum;
}

nanoseconds VfioUserServer::ahead() const {
    if (options_.cycle == nanoseconds::zero()) return nanoseconds::zero();
    return std::max<nanoseconds>(due_ - std::chrono::steady_clock::now(), nanoseconds::zero());
}

void VfioUserServer::advance() {
    const std::uint64_t before = engine_->cycle();
    // What a busy host keeps from an engine at work is: a stall has to end in time. But not without end.
    due_ = std::max(due_, std::chrono::steady_clock::now() - lag_maximum);
    engine_->advance(before + cycles_at_once);
    due_ += options_.cycle * (engine_->cycle() - before);
}

void VfioUserServer::settle() {
    maps_.send();
    std::deque<InterruptEdge>& edges = host_.edges();
    for (; !edges.empty(); edges.pop_front()) edges_.push_back({edges.front().vector, maps_.writes_sent()});
    for (; !edges_.empty() && edges_.front().writes <= maps_.writes_answered(); edges_.pop_front()) {
        function_->raise(edges_.front().vector);
    }
}

void VfioUserServer::serve_message() {
    VfioUserMessage message = connection_.receive();
    ++counts_[(message.is_reply() ? "reply_to_" : "") + message.name()];
    if (message.is_reply()) {
        take_reply(message);
        do_deferred_writes();
        return;
    }
    try {
        carry_out(message);
    } catch (const Refusal& refusal) {
        refusals_.record(refusal.what());
        connection_.refuse(message.header, refusal.error);
    } catch (const MapError& error) {
        refusals_.record(fmt::format("vfio-user: {}: {}", message.name(), error.what()));
        connection_.refuse(message.header, error.error);
    }
}

void VfioUserServer::take_reply(const VfioUserMessage& message) {
    const bool failed = (message.header.flags & vfio_user::flag_error) != 0;
    switch (static_cast<Command>(message.header.command)) {
        case Command::dma_read: {
            if (failed) {
                faults_.record(fmt::format("the client refused a DMA read: errno {}", message.header.error));
                maps_.fetched(message.header.id, std::nullopt);
                return;
            }
            if (message.payload.size() < sizeof(vfio_user::DmaAccess)) {
                throw ProtocolError(fmt::format("vfio-user: dma_read answered with {} bytes", message.payload.size()));
            }
            maps_.fetched(message.header.id, message.tail<vfio_user::DmaAccess>());
            return;
        }
        case Command::dma_write:
            if (failed) faults_.record(fmt::format("the client refused a DMA write: errno {}", message.header.error));
            maps_.stored(message.header.id);
            return;
        default:
            throw ProtocolError(fmt::format("vfio-user: a reply to {}, which was not sent", message.name()));
    }
}

void VfioUserServer::carry_out(VfioUserMessage& message) {
    const auto command = static_cast<Command>(message.header.command);
    if (!negotiated_ && command != Command::version) {
        throw Refusal(EINVAL, message.name() + " before version");
    }
    if (!message.descriptors.empty() && command != Command::dma_map && command != Command::device_set_irqs) {
        throw Refusal(EINVAL, fmt::format("{} with {} descriptors", message.name(), message.descriptors.size()));
    }
    switch (command) {
        case Command::version:
            return negotiate(message);
        case Command::dma_map:
            return map(message);
        case Command::dma_unmap:
            return unmap(message);
        case Command::device_get_info:
            return tell_device(message);
        case Command::device_get_region_info:
            return tell_region(message);
        case Command::device_get_irq_info:
            return tell_interrupt(message);
        case Command::device_set_irqs:
            return set_interrupts(message);
        case Command::region_read:
            return read_region(message);
        case Command::region_write:
            return write_region(message);
        case Command::device_reset:
            reset_device();
            return connection_.reply(message.header, {});
        case Command::device_get_region_io_fds:
        case Command::dma_read:
        case Command::dma_write:
        case Command::region_write_multi:
            break;
    }
    throw Refusal(ENOTSUP, message.name() + " is not offered");
}

void VfioUserServer::negotiate(const VfioUserMessage& message) {
    if (negotiated_) throw Refusal(EINVAL, "version for the second time");
    const auto version = message.head<vfio_user::Version>();
    if (version.major != 0) {
        throw Refusal(EINVAL, fmt::format("version {}.{}; 0.x is offered", version.major, version.minor));
    }
    data_maximum_ = vfio_user::data_default;
    const std::span<const std::byte> text = message.tail<vfio_user::Version>();
    if (!text.empty()) {
        const char* begin = reinterpret_cast<const char*>(text.data());
        const auto json = nlohmann::json::parse(begin, begin + text.size() - 1, nullptr, false);
        if (text.back() != std::byte{0} || json.is_discarded() || !json.is_object()) {
            throw Refusal(EINVAL, "version with something else than JSON and a zero byte");
        }
        const auto wanted = json.value("capabilities", nlohmann::json::object());
        const auto data = wanted.is_object() ? wanted.find("max_data_xfer_size") : wanted.end();
        if (data != wanted.end() && data->is_number_unsigned()) {
            data_maximum_ = static_cast<std::uint32_t>(
                std::min<std::uint64_t>(data->get<std::uint64_t>(), vfio_user::data_default));
        }
    }
    if (data_maximum_ == 0) throw Refusal(EINVAL, "version with max_data_xfer_size 0");
    data_maximum_ = std::min(data_maximum_, VfioUserConnection::data_maximum);
    const nlohmann::json offer{
        {"capabilities",
         {{"max_msg_fds", 8}, {"max_data_xfer_size", VfioUserConnection::data_maximum}, {"pgsizes", 4096}}}};
    const std::string offered = offer.dump();
    const vfio_user::Version ours{0, std::min<std::uint16_t>(version.minor, 0)};
    negotiated_ = true;
    connection_.reply(message.header, bytes_of(ours), std::as_bytes(std::span(offered.c_str(), offered.size() + 1)));
}

void VfioUserServer::map(VfioUserMessage& message) {
    const auto wanted = message.head<vfio_user::DmaMap>();
    constexpr std::uint32_t known = vfio_user::dma_map_read | vfio_user::dma_map_write;
    if ((wanted.flags & ~known) != 0 || (wanted.flags & known) == 0 || message.descriptors.size() > 1) {
        throw Refusal(EINVAL, fmt::format("dma_map with flags {:#x} and {} descriptors", wanted.flags,
                                          message.descriptors.size()));
    }
    const FileDescriptor* file = message.descriptors.empty() ? nullptr : &message.descriptors.front();
    maps_.add({wanted.address, wanted.size},
              {(wanted.flags & vfio_user::dma_map_read) != 0, (wanted.flags & vfio_user::dma_map_write) != 0}, file,
              wanted.offset);
    spdlog::debug("map {:#x}, {:#x} bytes{}", wanted.address, wanted.size, file != nullptr ? "" : ", by messages");
    connection_.reply(message.header, {});
}

void VfioUserServer::unmap(const VfioUserMessage& message) {
    const auto wanted = message.head<vfio_user::DmaUnmap>();
    if ((wanted.flags & ~vfio_user::dma_unmap_all) != 0) {
        throw Refusal(EINVAL, fmt::format("dma_unmap with flags {:#x}", wanted.flags));
    }
    if ((wanted.flags & vfio_user::dma_unmap_all) != 0) {
        if (wanted.address != 0 || wanted.size != 0)
            throw Refusal(EINVAL, "dma_unmap of all with an address or a size");
        maps_.remove_all();
    } else {
        maps_.remove({wanted.address, wanted.size});
    }
    spdlog::debug("unmap {:#x}, {:#x} bytes", wanted.address, wanted.size);
    connection_.reply(message.header, bytes_of(wanted));
}

void VfioUserServer::tell_device(const VfioUserMessage& message) {
    static_cast<void>(message.head<std::array<std::uint32_t, 2>>());
    const std::array<std::uint32_t, 4> info{16, VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET, VFIO_PCI_NUM_REGIONS,
                                            VFIO_PCI_NUM_IRQS};
    connection_.reply(message.header, bytes_of(info));
}

void VfioUserServer::tell_region(const VfioUserMessage& message) {
    auto info = message.head<vfio_region_info>();
    if (info.index >= VFIO_PCI_NUM_REGIONS) {
        throw Refusal(EINVAL, fmt::format("device_get_region_info: there is no region {}", info.index));
    }
    const std::uint64_t bytes = VfioFunction::region_bytes(info.index);
    info = {.argsz = sizeof info,
            .flags = bytes != 0 ? VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE : 0U,
            .index = info.index,
            .cap_offset = 0,
            .size = bytes,
            .offset = 0};
    connection_.reply(message.header, bytes_of(info));
}

void VfioUserServer::tell_interrupt(const VfioUserMessage& message) {
    auto info = message.head<vfio_irq_info>();
    if (info.index >= VFIO_PCI_NUM_IRQS) {
        throw Refusal(EINVAL, fmt::format("device_get_irq_info: there is no interrupt index {}", info.index));
    }
    const bool msix = info.index == VFIO_PCI_MSIX_IRQ_INDEX;
    info = {.argsz = sizeof info,
            .flags = msix ? VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE : 0U,
            .index = info.index,
            .count = msix ? function_->vectors() : 0};
    connection_.reply(message.header, bytes_of(info));
}

void VfioUserServer::set_interrupts(VfioUserMessage& message) {
    // Without its flexible array member.
    struct Request {
        std::uint32_t argsz, flags, index, start, count;
    };
    const auto wanted = message.head<Request>();
    const std::span<const std::byte> data = message.tail<Request>();
    const std::uint32_t kind = wanted.flags & VFIO_IRQ_SET_DATA_TYPE_MASK;
    const auto refuse = [&](const char* why) -> Refusal {
        return {EINVAL,
                fmt::format("device_set_irqs of index {}, vectors {} + {}, flags {:#x}, {} bytes, {} descriptors: {}",
                            wanted.index, wanted.start, wanted.count, wanted.flags, data.size(),
                            message.descriptors.size(), why)};
    };
    const unsigned offered = wanted.index == VFIO_PCI_MSIX_IRQ_INDEX ? function_->vectors() : 0;
    if (wanted.index >= VFIO_PCI_NUM_IRQS) throw refuse("there is no such index");
    if (wanted.start > offered || wanted.count > offered - wanted.start) throw refuse("there are not so many");
    if ((wanted.flags & VFIO_IRQ_SET_ACTION_TYPE_MASK) != VFIO_IRQ_SET_ACTION_TRIGGER) throw refuse("no such action");
    if (kind != VFIO_IRQ_SET_DATA_EVENTFD && !message.descriptors.empty()) throw refuse("nobody wants descriptors");
    switch (kind) {
        case VFIO_IRQ_SET_DATA_NONE:
            if (wanted.count == 0) {
                if (offered > 0) function_->clear_events(0, offered);
            } else {
                function_->trigger(wanted.start, std::vector<bool>(wanted.count, true));
            }
            break;
        case VFIO_IRQ_SET_DATA_BOOL: {
            if (data.size() != wanted.count) throw refuse("one byte for each vector is needed");
            std::vector<bool> chosen(wanted.count);
            for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = data[i] != std::byte{0};
            function_->trigger(wanted.start, chosen);
            break;
        }
        case VFIO_IRQ_SET_DATA_EVENTFD:
            // No descriptor at all: each of them is told nowhere from now on.
            if (message.descriptors.empty()) {
                function_->clear_events(wanted.start, wanted.count);
            } else if (message.descriptors.size() == wanted.count) {
                function_->set_events(wanted.start, std::move(message.descriptors));
            } else {
                throw refuse("one descriptor for each vector is needed");
            }
            break;
        default:
            throw refuse("one kind of data is needed");
    }
    connection_.reply(message.header, {});
}

/// Checks an access; its region has it all.
static vfio_user::RegionAccess checked_access(const VfioUserMessage& message) {
    const auto access = message.head<vfio_user::RegionAccess>();
    const std::uint64_t bytes = VfioFunction::region_bytes(access.region);
    if (access.count == 0 || access.count > VfioUserConnection::data_maximum || access.offset >= bytes ||
        access.count > bytes - access.offset) {
        throw Refusal(EINVAL, fmt::format("{} of {} bytes at {:#x} of region {}, which has {:#x}", message.name(),
                                          access.count, access.offset, access.region, bytes));
    }
    return access;
}

bool VfioUserServer::access_fits() const {
    const std::optional<std::uint64_t> deadline = maps_.deadline();
    return !deadline || engine_->cycle() + access_cycles_maximum < *deadline;
}

void VfioUserServer::read_region(const VfioUserMessage& message) {
    const vfio_user::RegionAccess access = checked_access(message);
    if (access.region == VFIO_PCI_BAR0_REGION_INDEX && !(deferred_.empty() && access_fits())) {
        // The client answers nobody before it has this.
        throw ProtocolError("vfio-user: too many register accesses while the client does not answer dma_read");
    }
    std::vector<std::byte> data(access.count);
    function_->read(access.region, access.offset, data);
    connection_.reply(message.header, bytes_of(access), data);
}

void VfioUserServer::write_region(VfioUserMessage& message) {
    const vfio_user::RegionAccess access = checked_access(message);
    const std::span<const std::byte> data = message.tail<vfio_user::RegionAccess>();
    if (data.size() != access.count) {
        throw Refusal(EINVAL, fmt::format("region_write of {} bytes with {}", access.count, data.size()));
    }
    if (access.region == VFIO_PCI_BAR0_REGION_INDEX && !(deferred_.empty() && access_fits())) {
        connection_.reply(message.header, bytes_of(access));
        deferred_.push_back(std::move(message));
        return;
    }
    write(access, data);
    connection_.reply(message.header, bytes_of(access));
}

void VfioUserServer::write(const vfio_user::RegionAccess& access, std::span<const std::byte> data) {
    function_->write(access.region, access.offset, data);
    if (access.region == VFIO_PCI_BAR0_REGION_INDEX) host_.guest_acted(engine_->cycle(), vectors_);
}

void VfioUserServer::do_deferred_writes() {
    for (; !deferred_.empty() && access_fits(); deferred_.pop_front()) {
        const VfioUserMessage& message = deferred_.front();
        const auto access = message.head<vfio_user::RegionAccess>();
        write(access, message.tail<vfio_user::RegionAccess>());
    }
}

std::uint16_t VfioUserServer::send_read(std::uint64_t address, std::uint32_t bytes) {
    const vfio_user::DmaAccess access{address, bytes};
    return connection_.send(Command::dma_read, bytes_of(access), {});
}

std::uint16_t VfioUserServer::send_write(std::uint64_t address, std::span<const std::byte> data) {
    const vfio_user::DmaAccess access{address, data.size()};
    return connection_.send(Command::dma_write, bytes_of(access), data);
}

}  // namespace cce::sim::device
