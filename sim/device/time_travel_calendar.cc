// SPDX-License-Identifier: Apache-2.0

#include "device/time_travel_calendar.h"

#include <linux/um_timetravel.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "device/errors.h"

namespace cce::sim::device {

namespace {

[[noreturn]] void fail(const std::string& text) {
    throw ProtocolError("time travel: " + text);
}

}  // namespace

void TimeTravelCalendar::send(std::uint32_t operation, std::uint32_t sequence, std::uint64_t time) {
    const um_timetravel_msg message{operation, sequence, time};
    ++sent_.at(operation);
    stream_.send(std::as_bytes(std::span(&message, 1)));
}

void TimeTravelCalendar::command(std::uint32_t operation, std::uint64_t time) {
    unacknowledged_ = ++sequence_;
    send(operation, sequence_, time);
    while (unacknowledged_) serve_one();
}

void TimeTravelCalendar::serve_one() {
    um_timetravel_msg message{};
    stream_.receive(std::as_writable_bytes(std::span(&message, 1)));
    if (message.op >= received_.size()) fail("unknown operation " + std::to_string(message.op));
    ++received_[message.op];
    std::uint64_t answer = 0;
    switch (message.op) {
        case UM_TIMETRAVEL_ACK:
            if (unacknowledged_ != message.seq) fail("an acknowledgement of nothing");
            unacknowledged_.reset();
            return;
        case UM_TIMETRAVEL_START:
            break;
        case UM_TIMETRAVEL_REQUEST:
            request_ = std::min<std::uint64_t>(message.time, never);
            break;
        case UM_TIMETRAVEL_WAIT:
            waiting_ = true;
            // The guest forgets its grant before it waits.
            granted_.reset();
            break;
        case UM_TIMETRAVEL_GET:
            answer = now_;
            break;
        case UM_TIMETRAVEL_UPDATE:
            if (message.time < now_) {
                fail("the guest goes back from " + std::to_string(now_) + " to " + std::to_string(message.time) +
                     " ns");
            }
            now_ = message.time;
            break;
        case UM_TIMETRAVEL_GET_TOD: {
            using std::chrono::nanoseconds;
            const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
            answer = static_cast<std::uint64_t>(std::chrono::duration_cast<nanoseconds>(since_epoch).count());
            break;
        }
        default:
            fail("operation " + std::to_string(message.op) + " from the guest");
    }
    send(UM_TIMETRAVEL_ACK, message.seq, answer);
}

void TimeTravelCalendar::advance(std::uint64_t time) {
    now_ = std::max(now_, time);
}

void TimeTravelCalendar::run() {
    waiting_ = false;
    command(UM_TIMETRAVEL_RUN, now_);
}

void TimeTravelCalendar::grant(std::uint64_t until) {
    // A grant that ends now is the same as none.
    const bool useful = until > now_;
    if (granted_ ? *granted_ == until : !useful) return;
    granted_ = until;
    command(UM_TIMETRAVEL_FREE_UNTIL, until);
}

}  // namespace cce::sim::device
