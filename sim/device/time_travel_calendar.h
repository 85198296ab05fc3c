// SPDX-License-Identifier: Apache-2.0
//
// The calendar of a guest that runs with time-travel=ext (see <linux/um_timetravel.h>): the guest asks for each step of
// its time. Knows the protocol and the guest's state, not what the time is used for.
// Tested by test/time_travel_calendar_test.cc.

#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "device/unix_socket.h"

namespace cce::sim::device {

class TimeTravelCalendar {
public:
    /// A time that never comes; what a guest without timers asks for.
    static constexpr std::uint64_t never = INT64_MAX;
    /// Messages counted by their operation (um_timetravel_ops), UM_TIMETRAVEL_ACK to UM_TIMETRAVEL_GET_TOD.
    using Counts = std::array<std::uint64_t, 9>;

    /// Takes over the connection.
    void connect(UnixStream stream) { stream_ = std::move(stream); }
    /// Hangs up.
    void disconnect() { stream_ = {}; }
    [[nodiscard]] const UnixStream& stream() const { return stream_; }

    /// Receives and answers one message. Throws ProtocolError or PeerClosed.
    void serve_one();

    /// Guest time in nanoseconds, as far as it is known here: a guest with a grant may be ahead until its next access.
    [[nodiscard]] std::uint64_t now() const { return now_; }
    /// True from the guest's WAIT to our RUN.
    [[nodiscard]] bool waiting() const { return waiting_; }
    /// The time at which the guest wants to run again.
    [[nodiscard]] std::uint64_t request() const { return request_; }
    /// Moves time forward while the guest waits; no effect if `time` is not in the future.
    void advance(std::uint64_t time);

    /// Lets the waiting guest run from now(), which must not be beyond request().
    void run();
    /// Allows the guest to run on its own as long as its time is before `until`. A message is sent only if that differs
    /// from what the guest may do already.
    void grant(std::uint64_t until);

    [[nodiscard]] const Counts& received() const { return received_; }
    [[nodiscard]] const Counts& sent() const { return sent_; }

private:
    void send(std::uint32_t operation, std::uint32_t sequence, std::uint64_t time);
    /// Sends a message and serves the guest until it has acknowledged it.
    void command(std::uint32_t operation, std::uint64_t time);

    UnixStream stream_;
    std::uint64_t now_ = 0;
    std::uint64_t request_ = never;
    bool waiting_ = false;
    std::optional<std::uint64_t> granted_;  ///< nothing: the guest asks before each step
    std::uint32_t sequence_ = 0;
    std::optional<std::uint32_t> unacknowledged_;
    Counts received_{};
    Counts sent_{};
};

}  // namespace cce::sim::device
