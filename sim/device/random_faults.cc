// SPDX-License-Identifier: Apache-2.0

#include "device/random_faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <stdexcept>

namespace cce::sim::device {

namespace {

constexpr std::array<std::string_view, fault_kinds> names{
    "bus_error_descriptor",  "bus_error_context",    "bus_error_list", "bus_error_source",
    "bus_error_destination", "bus_error_completion", "interrupt_lost", "interrupt_spurious",
    "stall_short",           "stall_long",           "stall_stuck"};

/// How often each kind comes, beside the long stalls. Those that stop a queue pair end many requests at once.
constexpr std::array<unsigned, fault_kinds - 2> weights{30, 140, 140, 140, 140, 30, 130, 130, 98};

constexpr unsigned short_cycles_maximum = 2000;
/// A reset that waits for one stall must not meet the next one.
constexpr std::uint64_t cycles_between_long_stalls = 20'000;

constexpr std::size_t index(FaultKind kind) {
    return static_cast<std::size_t>(kind);
}

template <typename Number>
void set(Number& target, std::string_view text) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        throw std::invalid_argument(fmt::format("'{}' is no number", text));
    target = value;
}

}  // namespace

std::string_view name_of(FaultKind kind) {
    return names.at(index(kind));
}

RandomFaultOptions RandomFaultOptions::parse(std::string_view text) {
    RandomFaultOptions options;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        const std::size_t equals = word.find('=');
        const std::string_view name = word.substr(0, equals);
        const std::string_view value = equals == std::string_view::npos ? "" : word.substr(equals + 1);
        if (name == "seed") {
            set(options.seed, value);
        } else if (name == "mean") {
            set(options.mean, value);
        } else if (name == "count") {
            set(options.count, value);
        } else if (name == "long") {
            set(options.long_cycles, value);
        } else if (name == "stuck") {
            set(options.stuck_cycles, value);
        } else if (name == "release") {
            set(options.release_cycles.emplace(), value);
        } else if (name == "long-weight") {
            set(options.long_weight, value);
        } else if (name == "stuck-weight") {
            set(options.stuck_weight, value);
        } else {
            throw std::invalid_argument(
                fmt::format("'{}' is none of seed, mean, count, long, stuck, release, long-weight and "
                            "stuck-weight",
                            name));
        }
    }
    if (options.mean == 0) throw std::invalid_argument("mean is 0: no burst is without a fault");
    return options;
}

RandomFaults::RandomFaults(const RandomFaultOptions& options) : options_(options), random_(options.seed) {}

FaultKind RandomFaults::draw() {
    const unsigned often = std::accumulate(weights.begin(), weights.end(), 0U);
    std::uint64_t number = random_() % (often + options_.long_weight + options_.stuck_weight);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (number < weights.at(i)) return static_cast<FaultKind>(i);
        number -= weights.at(i);
    }
    return number < options_.long_weight ? FaultKind::stall_long : FaultKind::stall_stuck;
}

bool RandomFaults::take(FaultKind kind) {
    if (due_.at(index(kind)) == 0) return false;
    --due_.at(index(kind));
    ++done_.at(index(kind));
    return true;
}

unsigned RandomFaults::stall(std::uint64_t cycle) {
    if (cycle >= next_long_) {
        unsigned cycles = 0;
        if (take(FaultKind::stall_stuck)) {
            cycles = options_.stuck_cycles;
            ender_ = ResetScope::engine;
        } else if (take(FaultKind::stall_long)) {
            cycles = options_.long_cycles;
            ender_ = ResetScope::queue_pair;
        }
        if (cycles != 0) {
            long_end_ = cycle + cycles;
            next_long_ = long_end_ + cycles_between_long_stalls;
            reset_begun_ = false;
            release_.reset();
            return cycles;
        }
    }
    return take(FaultKind::stall_short) ? 1 + static_cast<unsigned>(random_() % short_cycles_maximum) : 0;
}

void RandomFaults::reset_begins(ResetScope scope) {
    if (scope == ResetScope::engine || scope == ender_) reset_begun_ = true;
}

bool RandomFaults::ends_stall(std::uint64_t cycle) {
    if (!options_.release_cycles || !reset_begun_ || cycle >= long_end_) return false;
    if (!release_) release_ = cycle + *options_.release_cycles;
    if (cycle < *release_) return false;
    next_long_ = std::min(next_long_, cycle + cycles_between_long_stalls);
    return true;
}

RandomFaults::Fate RandomFaults::burst(AccessKind kind, std::uint64_t cycle, bool may_fail) {
    if (drawn_ < options_.count && random_() % options_.mean == 0) {
        ++drawn_;
        ++due_.at(index(draw()));
    }
    Fate fate;
    fate.bus_error = may_fail && take(static_cast<FaultKind>(kind));
    fate.stall = stall(cycle);
    return fate;
}

std::optional<unsigned> RandomFaults::spurious_interrupt(unsigned vectors) {
    if (!take(FaultKind::interrupt_spurious)) return std::nullopt;
    return static_cast<unsigned>(random_() % vectors);
}

}  // namespace cce::sim::device
