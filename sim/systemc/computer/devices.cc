// SPDX-License-Identifier: Apache-2.0

#include "devices.h"

namespace cce::computer {

InterruptController::InterruptController(const sc_core::sc_module_name& name, unsigned count,
                                         const sc_core::sc_time& latency)
    : RegisterTarget(name, latency), lines("line", count), output("output") {
    SC_HAS_PROCESS(InterruptController);
    SC_METHOD(see_lines);
    dont_initialize();
    for (auto& line : lines) sensitive << line.pos();
    SC_METHOD(drive);
    sensitive << changed_;
}

void InterruptController::see_lines() {
    for (unsigned i = 0; i < lines.size(); ++i) {
        if (lines[i].posedge()) pending_ |= 1U << i;
    }
    changed_.notify();
}

void InterruptController::drive() {
    output.write((pending_ & enable_) != 0);
}

std::optional<std::uint64_t> InterruptController::read_register(std::uint64_t offset, unsigned bytes) {
    if (bytes != 4 || offset > 4) return std::nullopt;
    return offset == 0 ? pending_ : enable_;
}

bool InterruptController::write_register(std::uint64_t offset, unsigned bytes, std::uint64_t value) {
    if (bytes != 4 || offset > 4) return false;
    if (offset == 0) {
        pending_ &= ~static_cast<std::uint32_t>(value);
    } else {
        enable_ = static_cast<std::uint32_t>(value);
    }
    changed_.notify();
    return true;
}

Timer::Timer(const sc_core::sc_module_name& name, const sc_core::sc_time& clock_period, const sc_core::sc_time& latency)
    : RegisterTarget(name, latency), output("output"), clock_period_(clock_period) {
    SC_HAS_PROCESS(Timer);
    SC_METHOD(drive);
    sensitive << changed_;
}

std::uint64_t Timer::now() const {
    return sc_core::sc_time_stamp().value() / clock_period_.value();
}

void Timer::drive() {
    const std::uint64_t time = now();
    output.write(time >= compare_);
    if (time >= compare_) return;
    // Beyond what SystemC can count, it never comes.
    const std::uint64_t limit = (sc_core::sc_max_time() - sc_core::sc_time_stamp()).value() / clock_period_.value();
    if (compare_ - time < limit) {
        changed_.notify(sc_core::sc_time::from_value(compare_ * clock_period_.value()) - sc_core::sc_time_stamp());
    }
}

std::optional<std::uint64_t> Timer::read_register(std::uint64_t offset, unsigned bytes) {
    if (bytes != 8 || offset > 8) return std::nullopt;
    return offset == 0 ? now() : compare_;
}

bool Timer::write_register(std::uint64_t offset, unsigned bytes, std::uint64_t value) {
    if (bytes != 8 || offset != 8) return false;
    compare_ = value;
    changed_.cancel();
    changed_.notify();
    return true;
}

Console::Console(const sc_core::sc_module_name& name, std::ostream& stream, const sc_core::sc_time& latency)
    : RegisterTarget(name, latency), stream_(stream) {}

std::optional<std::uint64_t> Console::read_register(std::uint64_t, unsigned) {
    return std::nullopt;
}

bool Console::write_register(std::uint64_t offset, unsigned bytes, std::uint64_t value) {
    if (bytes != 4 || offset > 4) return false;
    if (offset == 0) {
        stream_ << static_cast<char>(value);
        if (value == '\n') stream_.flush();
    } else {
        exit_status_ = static_cast<std::uint32_t>(value);
        sc_core::sc_stop();
    }
    return true;
}

}  // namespace cce::computer
