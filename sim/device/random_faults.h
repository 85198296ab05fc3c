// SPDX-License-Identifier: Apache-2.0
//
// Faults of all kinds, at random times, the same ones for the same seed and the same accesses.
// Tested by test/random_faults_test.cc.

#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "device/access_classifier.h"

namespace cce::sim::device {

/// The first ones are bus errors, in the order of AccessKind.
enum class FaultKind : std::uint8_t {
    bus_error_descriptor,
    bus_error_context,
    bus_error_list,
    bus_error_source,
    bus_error_destination,
    bus_error_completion,
    interrupt_lost,
    interrupt_spurious,
    stall_short,
    stall_long,
    stall_stuck
};
inline constexpr std::size_t fault_kinds = 11;
[[nodiscard]] std::string_view name_of(FaultKind kind);

struct RandomFaultOptions {
    std::uint64_t seed = 1;
    std::uint64_t mean = 100;                                         ///< DMA bursts from one fault to the next
    std::uint64_t count = std::numeric_limits<std::uint64_t>::max();  ///< faults; then no more
    unsigned long_cycles = 130'000;                                   ///< of a stall that a driver should notice
    /// Of one that outlasts a reset of a queue pair. For a driver that waits for 100'000 cycles for a request and for
    /// 200'000 for each kind of reset: more than the first two of them, and less than the last two, since it may begin
    /// inside a reset that has another reason.
    unsigned stuck_cycles = 350'000;
    /// Given: such a stall ends so many cycles after the reset that it is meant to lead to, if not before.
    std::optional<unsigned> release_cycles;
    unsigned long_weight = 10;  ///< such stalls among about 1000 faults
    unsigned stuck_weight = 3;

    /// From "NAME=NUMBER,...". Throws std::invalid_argument.
    [[nodiscard]] static RandomFaultOptions parse(std::string_view text);
};

/// What a driver resets.
enum class ResetScope : std::uint8_t { queue_pair, engine };

/// A fault is due by chance, and happens at the next opportunity for its kind.
class RandomFaults {
public:
    explicit RandomFaults(const RandomFaultOptions& options);

    struct Fate {
        bool bus_error = false;
        unsigned stall = 0;  ///< cycles for which the address is not accepted
    };
    /// What happens to a burst, which the engine shows in `cycle`; `may_fail`: a bus error is possible.
    [[nodiscard]] Fate burst(AccessKind kind, std::uint64_t cycle, bool may_fail);
    /// A driver resets something.
    void reset_begins(ResetScope scope);
    /// Does a stall that is going on end in this cycle, before its time? Those of the other direction end with it.
    [[nodiscard]] bool ends_stall(std::uint64_t cycle);
    /// Is this interrupt lost?
    [[nodiscard]] bool drop_interrupt() { return take(FaultKind::interrupt_lost); }
    /// The vector, of so many, of an interrupt that nobody has asked for; not always.
    [[nodiscard]] std::optional<unsigned> spurious_interrupt(unsigned vectors);

    /// How often each kind has happened.
    [[nodiscard]] const std::array<std::uint64_t, fault_kinds>& counts() const { return done_; }

private:
    [[nodiscard]] FaultKind draw();
    /// True, and counted, if a fault of this kind is due.
    bool take(FaultKind kind);
    [[nodiscard]] unsigned stall(std::uint64_t cycle);

    RandomFaultOptions options_;
    std::mt19937_64 random_;
    std::uint64_t drawn_ = 0;
    std::uint64_t next_long_ = 0;  ///< cycle before which no long stall may begin
    std::uint64_t long_end_ = 0;   ///< of the last one
    ResetScope ender_{};           ///< what ends that early; the engine's reset ends every one
    bool reset_begun_ = false;     ///< that has come since
    std::optional<std::uint64_t> release_;
    std::array<std::uint64_t, fault_kinds> due_{};
    std::array<std::uint64_t, fault_kinds> done_{};
};

}  // namespace cce::sim::device
