// SPDX-License-Identifier: Apache-2.0
//
// BAR 0: turns accesses of any size into accesses of the engine's 32-bit registers.
// Tested by test/register_window_test.cc.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>

#include "device/fault_injection.h"
#include "device/fault_log.h"
#include "device/statistics.h"
#include "engine/engine.h"

namespace cce::sim::device {

class RegisterWindow {
public:
    RegisterWindow(Engine& engine, const FaultInjection& injection, FaultLog& faults, Statistics& statistics)
        : engine_(engine), injection_(injection), faults_(faults), statistics_(statistics) {}

    /// Fills `data`; each register that it touches is read once. What cannot be read gives ones and a fault.
    void read(std::uint64_t offset, std::span<std::byte> data);
    /// Writes whole registers; anything else is a fault.
    void write(std::uint64_t offset, std::span<const std::byte> data);

    /// Calls `observer` at each write of a register, with its offset and value.
    void observe_writes(std::function<void(std::uint32_t, std::uint32_t)> observer) { observer_ = std::move(observer); }

    /// True once the injected fault has taken the device away.
    [[nodiscard]] bool vanished() const { return vanished_; }

private:
    /// Counts an access; false if the device is not there any more.
    bool present();
    std::uint32_t read_word(std::uint32_t offset);

    Engine& engine_;
    const FaultInjection& injection_;
    FaultLog& faults_;
    Statistics& statistics_;
    std::function<void(std::uint32_t, std::uint32_t)> observer_;
    std::uint64_t accesses_ = 0;
    bool vanished_ = false;
};

}  // namespace cce::sim::device
