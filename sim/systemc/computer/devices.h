// SPDX-License-Identifier: Apache-2.0
//
// The simple devices of the computer: interrupt controller, timer, console. Their registers are also described for the
// firmware, in lib/firmware/example/computer.h.

#pragma once

#include <cstdint>
#include <ostream>
#include <systemc>

#include "register_target.h"

namespace cce::computer {

/// Turns edges into a level: remembers which lines have risen, and raises `output` while one of these is enabled.
///
/// 0x0 pending: bit i: line i has risen; write 1 to clear. 0x4 enable: bit i.
class InterruptController : public RegisterTarget {
public:
    InterruptController(const sc_core::sc_module_name& name, unsigned lines, const sc_core::sc_time& latency);

    sc_core::sc_vector<sc_core::sc_in<bool>> lines;
    sc_core::sc_out<bool> output;

protected:
    std::optional<std::uint64_t> read_register(std::uint64_t offset, unsigned bytes) override;
    bool write_register(std::uint64_t offset, unsigned bytes, std::uint64_t value) override;

private:
    void see_lines();
    void drive();

    std::uint32_t pending_ = 0;
    std::uint32_t enable_ = 0;
    sc_core::sc_event changed_;
};

/// Counts periods of the clock since the simulation began.
///
/// 0x0 time (64 bits, read-only). 0x8 compare (64 bits): `output` is high while time >= compare. Both by 8 bytes.
class Timer : public RegisterTarget {
public:
    Timer(const sc_core::sc_module_name& name, const sc_core::sc_time& clock_period, const sc_core::sc_time& latency);

    sc_core::sc_out<bool> output;

protected:
    std::optional<std::uint64_t> read_register(std::uint64_t offset, unsigned bytes) override;
    bool write_register(std::uint64_t offset, unsigned bytes, std::uint64_t value) override;

private:
    [[nodiscard]] std::uint64_t now() const;
    void drive();

    sc_core::sc_time clock_period_;
    std::uint64_t compare_ = ~std::uint64_t{0};
    sc_core::sc_event changed_;
};

/// 0x0: writes a character to a stream. 0x4: ends the simulation; what is written is the program's exit status.
class Console : public RegisterTarget {
public:
    Console(const sc_core::sc_module_name& name, std::ostream& stream, const sc_core::sc_time& latency);

    /// The program's exit status, once it has ended.
    [[nodiscard]] std::optional<std::uint32_t> exit_status() const { return exit_status_; }

protected:
    std::optional<std::uint64_t> read_register(std::uint64_t offset, unsigned bytes) override;
    bool write_register(std::uint64_t offset, unsigned bytes, std::uint64_t value) override;

private:
    std::ostream& stream_;
    std::optional<std::uint32_t> exit_status_;
};

}  // namespace cce::computer
