// SPDX-License-Identifier: Apache-2.0
//
// Serves one guest: its PCI accesses, its interrupts and its time. README.md explains the rules of time.
// Tested by test/device_server_test.cc.

#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "device/dma_host.h"
#include "device/fault_injection.h"
#include "device/fault_log.h"
#include "device/pci_endpoint.h"
#include "device/register_window.h"
#include "device/statistics.h"
#include "device/time_travel_calendar.h"
#include "device/unix_socket.h"
#include "device/vhost_user_server.h"
#include "engine/engine.h"

namespace cce::sim::device {

struct DeviceServerOptions {
    std::uint64_t cycle_ns = 4;
    std::uint16_t memory_latency = 20;
    FaultInjection injection;
    int stop_fd = -1;  ///< readable: stop; not owned
};

class DeviceServer final : private KickReceiver {
public:
    using EngineFactory = std::function<std::unique_ptr<Engine>(EngineHost&)>;

    /// Builds the engine; throws what the factory throws, and std::runtime_error if that is no engine of this contract.
    DeviceServer(const DeviceServerOptions& options, const EngineFactory& make_engine);

    /// Serves the guest that connects to both sockets. Returns when it is gone or when the stop descriptor is readable.
    /// Throws ProtocolError, EngineFault or std::system_error.
    void run(const UnixListener& device, const UnixListener& calendar);

    [[nodiscard]] const Engine& engine() const { return *engine_; }
    [[nodiscard]] const TimeTravelCalendar& calendar() const { return calendar_; }
    [[nodiscard]] const VhostUserServer& vhost_user() const { return vhost_user_; }
    [[nodiscard]] const FaultLog& faults() const { return faults_; }
    [[nodiscard]] const FaultInjection& injection() const { return options_.injection; }
    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    [[nodiscard]] std::uint64_t lost_interrupts() const { return endpoint_->lost_interrupts(); }

private:
    void kicked(unsigned queue) override;
    void serve(const UnixListener& device, const UnixListener& calendar);
    void disconnect();
    void execute_commands();
    /// Brings the engine to the guest's time.
    void catch_up();
    /// Hands the edges that are due to the function and collects the messages that come of it.
    void settle();
    /// Gives the waiting guest its interrupts or its time.
    void serve_waiting_guest();
    void deliver_messages();
    /// The time up to which no interrupt can come, whatever the guest does besides touching the function.
    [[nodiscard]] std::uint64_t quiet_until() const;
    [[nodiscard]] bool engine_rests() const { return window_->vanished() || engine_->idle(); }
    [[nodiscard]] std::uint64_t time_of(std::uint64_t cycle) const { return cycle * options_.cycle_ns; }
    [[nodiscard]] std::uint64_t time_of(const InterruptEdge& edge) const { return time_of(edge.cycle + 1); }
    /// Throws if the guest has gone or somebody wants this program to stop.
    void check_alive() const;

    DeviceServerOptions options_;
    FaultLog faults_;
    Statistics statistics_;
    VhostUserServer vhost_user_;
    TimeTravelCalendar calendar_;
    DmaHost host_;
    std::unique_ptr<Engine> engine_;
    unsigned vectors_ = 0;
    std::optional<RegisterWindow> window_;
    std::optional<PciEndpoint> endpoint_;
    std::deque<std::vector<std::byte>> messages_;  ///< interrupts for which the guest is to be called
};

}  // namespace cce::sim::device
