// SPDX-License-Identifier: Apache-2.0
//
// Faults that a test asks for, so that a driver's error paths run. Tested by test/fault_injection_test.cc.

#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "device/random_faults.h"

namespace cce::sim::device {

/// Events are counted from 1.
class FaultInjection {
public:
    /// Adds one fault, e.g. "stall-memory@7+100". Throws std::invalid_argument with an explanation.
    void add(std::string_view specification);
    /// The specifications, explained for --help.
    [[nodiscard]] static std::string help();

    /// Cycles for which the address of DMA burst `number` is not accepted.
    [[nodiscard]] unsigned memory_stall(std::uint64_t number) const;
    [[nodiscard]] bool bus_error(std::uint64_t number) const { return bus_error_ == number; }
    [[nodiscard]] bool drop_interrupt(std::uint64_t number) const { return drop_interrupt_ == number; }
    /// Faults at random, if they were asked for.
    [[nodiscard]] RandomFaults* random() { return random_ ? &*random_ : nullptr; }
    [[nodiscard]] const RandomFaults* random() const { return random_ ? &*random_ : nullptr; }
    /// What a read of the register at `offset` answers instead of the register's value.
    [[nodiscard]] std::optional<std::uint32_t> answer(std::uint32_t offset) const;
    /// True if the device is gone at register access `number`.
    [[nodiscard]] bool vanished(std::uint64_t number) const { return vanish_ && number >= *vanish_; }

private:
    static constexpr unsigned forever = std::numeric_limits<unsigned>::max();

    std::optional<std::uint64_t> stall_;
    unsigned stall_cycles_ = forever;
    bool stall_once_ = false;
    std::optional<std::uint64_t> drop_interrupt_;
    std::optional<std::uint64_t> bus_error_;
    std::optional<std::uint64_t> vanish_;
    std::map<std::uint32_t, std::uint32_t> answers_;
    std::optional<RandomFaults> random_;
};

}  // namespace cce::sim::device
