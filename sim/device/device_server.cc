// SPDX-License-Identifier: Apache-2.0

#include "device/device_server.h"

#include <poll.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "device/engine_identity.h"
#include "device/errors.h"

namespace cce::sim::device {

namespace {

/// Cycles simulated between two looks at the sockets.
constexpr std::uint64_t cycles_at_once = 50'000;

void wait(std::span<pollfd> polled) {
    while (::poll(polled.data(), polled.size(), -1) < 0) {
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
    }
}

}  // namespace

DeviceServer::DeviceServer(const DeviceServerOptions& options, const EngineFactory& make_engine)
    : options_(options),
      vhost_user_(*this),
      host_(vhost_user_.memory(), options_.injection, faults_, statistics_, options_.memory_latency),
      engine_(make_engine(host_)) {
    const unsigned queues = identified_queue_pairs(*engine_);
    window_.emplace(*engine_, options_.injection, faults_, statistics_);
    window_->observe_writes(
        [this](std::uint32_t offset, std::uint32_t value) { host_.register_written(offset, value); });
    vectors_ = 1 + queues;
    endpoint_.emplace(*window_, host_, faults_, statistics_, vectors_);
    spdlog::info("engine {}: {} queue pairs, {} ns a cycle", engine_->name(), queues, options_.cycle_ns);
}

void DeviceServer::run(const UnixListener& device, const UnixListener& calendar) {
    try {
        serve(device, calendar);
    } catch (const PeerClosed& end) {
        spdlog::info("the guest has ended: {}", end.what());
    } catch (const Stopped& end) {
        spdlog::info("{}", end.what());
    } catch (...) {
        disconnect();
        throw;
    }
    disconnect();
}

void DeviceServer::disconnect() {
    vhost_user_.disconnect();
    calendar_.disconnect();
}

void DeviceServer::serve(const UnixListener& device, const UnixListener& calendar) {
    for (;;) {
        if (calendar_.waiting()) serve_waiting_guest();
        const bool has_device = vhost_user_.stream().connected();
        const bool has_calendar = calendar_.stream().connected();
        std::array<pollfd, 3> polled{{{options_.stop_fd, POLLIN, 0},
                                      {has_device ? vhost_user_.stream().fd() : device.fd(), POLLIN, 0},
                                      {has_calendar ? calendar_.stream().fd() : calendar.fd(), POLLIN, 0}}};
        wait(polled);
        if (polled[0].revents != 0) throw Stopped("asked to stop");
        // The calendar first: what the guest says of its time was said before it closed the other socket.
        if (polled[2].revents != 0) {
            if (has_calendar) {
                calendar_.serve_one();
            } else {
                calendar_.connect(calendar.accept(options_.stop_fd));
            }
        } else if (polled[1].revents != 0) {
            if (has_device) {
                vhost_user_.serve_one();
            } else {
                vhost_user_.connect(device.accept(options_.stop_fd), options_.stop_fd);
            }
        }
    }
}

void DeviceServer::kicked(unsigned queue) {
    if (!calendar_.stream().connected()) throw ProtocolError("the guest uses the device without the calendar");
    catch_up();
    if (queue == VhostUserServer::command_queue) execute_commands();
    host_.guest_acted(engine_->cycle(), vectors_);
    settle();
    // The guest may hold a grant from before this access.
    calendar_.grant(quiet_until());
}

void DeviceServer::execute_commands() {
    SplitVirtqueue& queue = vhost_user_.queue(VhostUserServer::command_queue);
    while (const std::optional<Chain> chain = queue.take()) {
        const std::vector<std::byte> answer = endpoint_->execute(chain->request, chain->answer_bytes);
        chain->write(answer);
        queue.put(*chain, answer.size());
    }
}

void DeviceServer::catch_up() {
    const std::uint64_t cycle = calendar_.now() / options_.cycle_ns;
    while (!window_->vanished() && engine_->cycle() < cycle) engine_->advance(cycle);
    settle();
}

void DeviceServer::settle() {
    std::deque<InterruptEdge>& edges = host_.edges();
    while (!edges.empty() && time_of(edges.front()) <= calendar_.now()) {
        endpoint_->raise(edges.front().vector);
        edges.pop_front();
    }
    for (std::vector<std::byte>& message : endpoint_->take_interrupt_commands())
        messages_.push_back(std::move(message));
}

std::uint64_t DeviceServer::quiet_until() const {
    if (!messages_.empty()) return calendar_.now();
    const std::deque<InterruptEdge>& edges = host_.edges();
    if (!edges.empty()) return time_of(edges.front());
    return engine_rests() ? TimeTravelCalendar::never : time_of(engine_->cycle());
}

void DeviceServer::serve_waiting_guest() {
    for (;;) {
        settle();
        if (!messages_.empty() && vhost_user_.queue(VhostUserServer::interrupt_queue).pending()) {
            deliver_messages();
            continue;
        }
        const std::uint64_t wanted = std::max(calendar_.request(), calendar_.now());
        const std::deque<InterruptEdge>& edges = host_.edges();
        if (!edges.empty() && time_of(edges.front()) <= wanted) {
            calendar_.advance(time_of(edges.front()));
            continue;
        }
        if (!engine_rests() && engine_->cycle() < wanted / options_.cycle_ns) {
            check_alive();
            engine_->advance(std::min(wanted / options_.cycle_ns, engine_->cycle() + cycles_at_once));
            continue;
        }
        if (wanted == TimeTravelCalendar::never) {
            spdlog::debug("the guest waits for an interrupt, and the engine has nothing to do");
            return;
        }
        calendar_.advance(wanted);
        calendar_.grant(quiet_until());
        calendar_.run();
        return;
    }
}

void DeviceServer::deliver_messages() {
    SplitVirtqueue& queue = vhost_user_.queue(VhostUserServer::interrupt_queue);
    while (!messages_.empty()) {
        const std::optional<Chain> chain = queue.take();
        if (!chain) break;
        chain->write(messages_.front());
        queue.put(*chain, messages_.front().size());
        messages_.pop_front();
        ++statistics_.interrupt_messages;
    }
    vhost_user_.start_call(VhostUserServer::interrupt_queue);
    // Before it answers, the guest asks for the time and requests to run.
    for (;;) {
        std::array<pollfd, 3> polled{{{options_.stop_fd, POLLIN, 0},
                                      {vhost_user_.back_channel().fd(), POLLIN, 0},
                                      {calendar_.stream().fd(), POLLIN, 0}}};
        wait(polled);
        if (polled[0].revents != 0) throw Stopped("asked to stop");
        if (polled[2].revents != 0) {
            calendar_.serve_one();
        } else if (polled[1].revents != 0) {
            vhost_user_.finish_call();
            return;
        }
    }
}

void DeviceServer::check_alive() const {
    pollfd polled{options_.stop_fd, POLLIN, 0};
    if (::poll(&polled, 1, 0) > 0) throw Stopped("asked to stop");
    if (calendar_.stream().hung_up()) throw PeerClosed("the guest has closed a socket");
}

}  // namespace cce::sim::device
