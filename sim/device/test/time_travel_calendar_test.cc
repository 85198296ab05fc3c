// SPDX-License-Identifier: Apache-2.0

#include "device/time_travel_calendar.h"

#include <gtest/gtest.h>
#include <linux/um_timetravel.h>
#include <sys/socket.h>

#include <array>

#include "device/errors.h"

namespace cce::sim::device {
namespace {

/// The guest's end is a socket into which its part is written before the calendar reads it.
class TimeTravelCalendarTest : public testing::Test {
protected:
    void SetUp() override {
        std::array<int, 2> ends{};
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
        guest_ = UnixStream(FileDescriptor(ends[0]));
        calendar_.connect(UnixStream(FileDescriptor(ends[1])));
    }
    void say(std::uint32_t operation, std::uint64_t time, std::uint32_t sequence = 1) {
        const um_timetravel_msg message{operation, sequence, time};
        guest_.send(std::as_bytes(std::span(&message, 1)));
    }
    um_timetravel_msg hear() {
        um_timetravel_msg message{};
        guest_.receive(std::as_writable_bytes(std::span(&message, 1)));
        return message;
    }
    /// The guest sends one message and hears its acknowledgement.
    std::uint64_t tell(std::uint32_t operation, std::uint64_t time) {
        say(operation, time, ++sequence_);
        calendar_.serve_one();
        const um_timetravel_msg answer = hear();
        EXPECT_EQ(answer.op, unsigned{UM_TIMETRAVEL_ACK});
        EXPECT_EQ(answer.seq, sequence_);
        return answer.time;
    }
    void expect(std::uint32_t operation, std::uint64_t time) {
        const um_timetravel_msg message = hear();
        EXPECT_EQ(message.op, operation);
        EXPECT_EQ(message.time, time);
    }
    [[nodiscard]] std::uint64_t grants() const { return calendar_.sent()[UM_TIMETRAVEL_FREE_UNTIL]; }

    UnixStream guest_;
    TimeTravelCalendar calendar_;
    std::uint32_t sequence_ = 100;
};

TEST_F(TimeTravelCalendarTest, TheGuestSetsAndAsksTheTime) {
    tell(UM_TIMETRAVEL_START, 0x1234);
    tell(UM_TIMETRAVEL_UPDATE, 500);
    EXPECT_EQ(calendar_.now(), 500U);
    EXPECT_EQ(tell(UM_TIMETRAVEL_GET, 0), 500U);
    calendar_.advance(400);
    EXPECT_EQ(calendar_.now(), 500U) << "time does not go back";
    EXPECT_GT(tell(UM_TIMETRAVEL_GET_TOD, 0), 1'600'000'000'000'000'000U);
}

TEST_F(TimeTravelCalendarTest, AWaitingGuestRunsAtTheTimeReached) {
    tell(UM_TIMETRAVEL_REQUEST, 700);
    EXPECT_FALSE(calendar_.waiting());
    tell(UM_TIMETRAVEL_WAIT, 0);
    EXPECT_TRUE(calendar_.waiting());
    EXPECT_EQ(calendar_.request(), 700U);
    calendar_.advance(700);
    say(UM_TIMETRAVEL_ACK, 0, 1);
    calendar_.run();
    expect(UM_TIMETRAVEL_RUN, 700);
    EXPECT_FALSE(calendar_.waiting());
}

TEST_F(TimeTravelCalendarTest, TheGuestIsServedWhileItsAcknowledgementIsAwaited) {
    say(UM_TIMETRAVEL_GET, 0, 7);
    say(UM_TIMETRAVEL_ACK, 0, 1);
    calendar_.grant(1000);
    expect(UM_TIMETRAVEL_FREE_UNTIL, 1000);
    EXPECT_EQ(hear().seq, 7U);
}

TEST_F(TimeTravelCalendarTest, OnlyAChangedGrantIsSent) {
    tell(UM_TIMETRAVEL_UPDATE, 100);
    calendar_.grant(100);
    EXPECT_EQ(grants(), 0U) << "a grant up to now is none";
    say(UM_TIMETRAVEL_ACK, 0, 1);
    calendar_.grant(TimeTravelCalendar::never);
    expect(UM_TIMETRAVEL_FREE_UNTIL, TimeTravelCalendar::never);
    calendar_.grant(TimeTravelCalendar::never);
    EXPECT_EQ(grants(), 1U);
    say(UM_TIMETRAVEL_ACK, 0, 2);
    calendar_.grant(100);
    expect(UM_TIMETRAVEL_FREE_UNTIL, 100);
    EXPECT_EQ(grants(), 2U) << "a grant is taken back";
}

TEST_F(TimeTravelCalendarTest, WaitingEndsAGrant) {
    say(UM_TIMETRAVEL_ACK, 0, 1);
    calendar_.grant(1000);
    expect(UM_TIMETRAVEL_FREE_UNTIL, 1000);
    tell(UM_TIMETRAVEL_WAIT, 0);
    say(UM_TIMETRAVEL_ACK, 0, 2);
    calendar_.grant(1000);
    expect(UM_TIMETRAVEL_FREE_UNTIL, 1000);
}

TEST_F(TimeTravelCalendarTest, RefusesWhatAGuestMustNotSay) {
    tell(UM_TIMETRAVEL_UPDATE, 100);
    say(UM_TIMETRAVEL_UPDATE, 99);
    EXPECT_THROW(calendar_.serve_one(), ProtocolError);
    say(UM_TIMETRAVEL_ACK, 0);
    EXPECT_THROW(calendar_.serve_one(), ProtocolError);
    say(UM_TIMETRAVEL_RUN, 0);
    EXPECT_THROW(calendar_.serve_one(), ProtocolError);
    say(99, 0);
    EXPECT_THROW(calendar_.serve_one(), ProtocolError);
}

TEST_F(TimeTravelCalendarTest, TellsAnEndFromACut) {
    guest_.send(std::array<std::byte, 3>{});
    guest_ = {};
    EXPECT_THROW(calendar_.serve_one(), ProtocolError);
    EXPECT_THROW(calendar_.serve_one(), PeerClosed);
}

}  // namespace
}  // namespace cce::sim::device
