// SPDX-License-Identifier: Apache-2.0
//
// Serves one vfio-user client after another: the engine as a PCI function, in real time. The engine's cycles pass as
// fast as they can, or no faster than they are to, while it has something to do, and not at all while it has not.
// Tested by test/vfio_user_server_test.cc.

#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "device/dma_host.h"
#include "device/dma_maps.h"
#include "device/fault_injection.h"
#include "device/fault_log.h"
#include "device/register_window.h"
#include "device/statistics.h"
#include "device/unix_socket.h"
#include "device/vfio_function.h"
#include "device/vfio_user_connection.h"
#include "engine/engine.h"

namespace cce::sim::device {

struct VfioUserServerOptions {
    std::uint16_t memory_latency = 20;
    FaultInjection injection;
    bool serve_many = false;            ///< wait for the next client when one has gone
    int stop_fd = -1;                   ///< readable: stop; not owned
    std::chrono::nanoseconds cycle{0};  ///< least time of an engine cycle
};

class VfioUserServer final : private DmaMessenger {
public:
    using EngineFactory = std::function<std::unique_ptr<Engine>(EngineHost&)>;

    /// Builds the engine; throws what the factory throws, and std::runtime_error if that is no engine of this contract.
    VfioUserServer(const VfioUserServerOptions& options, const EngineFactory& make_engine);

    /// Serves the client that connects. Returns when it is gone (serve_many: never), or when the stop descriptor is
    /// readable. Throws ProtocolError, EngineFault or std::system_error.
    void run(const UnixListener& listener);

    [[nodiscard]] const Engine& engine() const { return *engine_; }
    [[nodiscard]] const FaultLog& faults() const { return faults_; }
    /// Commands that were refused.
    [[nodiscard]] const FaultLog& refusals() const { return refusals_; }
    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    [[nodiscard]] const FaultInjection& injection() const { return options_.injection; }
    [[nodiscard]] const DmaMaps& maps() const { return maps_; }
    [[nodiscard]] const std::map<std::string, std::uint64_t>& counts() const { return counts_; }
    [[nodiscard]] std::uint64_t lost_interrupts() const { return function_->lost_interrupts(); }

private:
    /// An edge that must not overtake the engine's writes.
    struct HeldEdge {
        unsigned vector;
        std::uint64_t writes;  ///< goes out when so many writes by messages have been answered
    };

    std::uint16_t send_read(std::uint64_t address, std::uint32_t bytes) override;
    std::uint16_t send_write(std::uint64_t address, std::span<const std::byte> data) override;
    [[nodiscard]] std::uint32_t data_maximum() const override { return data_maximum_; }

    void serve_client();
    void leave_client();
    void serve_message();
    void take_reply(const VfioUserMessage& message);
    void carry_out(VfioUserMessage& message);
    void negotiate(const VfioUserMessage& message);
    void map(VfioUserMessage& message);
    void unmap(const VfioUserMessage& message);
    void tell_device(const VfioUserMessage& message);
    void tell_region(const VfioUserMessage& message);
    void tell_interrupt(const VfioUserMessage& message);
    void set_interrupts(VfioUserMessage& message);
    void read_region(const VfioUserMessage& message);
    void write_region(VfioUserMessage& message);
    void write(const vfio_user::RegionAccess& access, std::span<const std::byte> data);
    void reset_device();

    [[nodiscard]] bool can_advance() const;
    /// How long the engine has to wait for real time.
    [[nodiscard]] std::chrono::nanoseconds ahead() const;
    void advance();
    /// Sends what the engine asked for and wrote, and the interrupts that are due.
    void settle();
    /// Is there time for a register access before the engine needs data that are still on their way?
    [[nodiscard]] bool access_fits() const;
    void do_deferred_writes();

    VfioUserServerOptions options_;
    FaultLog faults_;
    FaultLog refusals_;
    Statistics statistics_;
    VfioUserConnection connection_;
    DmaMaps maps_;
    DmaHost host_;
    std::unique_ptr<Engine> engine_;
    unsigned vectors_ = 0;
    std::optional<RegisterWindow> window_;
    std::optional<VfioFunction> function_;
    std::deque<HeldEdge> edges_;
    std::deque<VfioUserMessage> deferred_;       ///< posted register writes that have to wait
    std::chrono::steady_clock::time_point due_;  ///< of the engine's next cycle
    bool negotiated_ = false;
    std::uint32_t data_maximum_ = 0;
    std::map<std::string, std::uint64_t> counts_;
};

}  // namespace cce::sim::device
