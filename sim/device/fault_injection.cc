// SPDX-License-Identifier: Apache-2.0

#include "device/fault_injection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <stdexcept>

#include "cce_contract.hpp"

namespace cce::sim::device {

namespace {

namespace global = contract::global_page;

struct Named {
    std::string_view name;
    std::uint32_t value;
};

constexpr std::array registers{
    Named{"identification", global::at(global::identification)}, Named{"version", global::at(global::version)},
    Named{"algorithms", global::at(global::algorithms)}, Named{"geometry", global::at(global::geometry)}};
constexpr std::array fields{
    Named{"aes_ecb", global::algorithms_aes_ecb.put(1)}, Named{"aes_128", global::algorithms_aes_128.put(1)},
    Named{"aes_192", global::algorithms_aes_192.put(1)}, Named{"aes_256", global::algorithms_aes_256.put(1)}};

std::optional<std::uint32_t> find(std::span<const Named> table, std::string_view name) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const Named& one) { return one.name == name; });
    return found != table.end() ? std::optional(found->value) : std::nullopt;
}

/// A number in decimal or, behind 0x, hexadecimal digits, or names of fields joined by "+"; and nothing else.
std::optional<std::uint32_t> parse_value(std::string_view text) {
    if (find(fields, text.substr(0, text.find('+')))) {
        std::uint32_t sum = 0;
        for (;;) {
            const std::size_t end = std::min(text.find('+'), text.size());
            const auto field = find(fields, text.substr(0, end));
            if (!field) return std::nullopt;
            sum |= *field;
            if (end == text.size()) return sum;
            text.remove_prefix(end + 1);
        }
    }
    const bool hexadecimal = text.starts_with("0x");
    if (hexadecimal) text.remove_prefix(2);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// A whole number greater than 0, and nothing else.
template <typename Number>
std::optional<Number> parse(std::string_view text) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value == 0) return std::nullopt;
    return value;
}

}  // namespace

std::string FaultInjection::help() {
    return "stall-memory@N[+C]  from DMA burst N on, addresses are accepted C cycles late (without C: never)\n"
           "stall-once@N[+C]    the same for burst N alone\n"
           "drop-interrupt@N    interrupt edge N is lost\n"
           "bus-error@N         every beat of DMA burst N gets a bus error\n"
           "vanish@N            from register access N on, the device is gone: reads give ones, writes nothing\n"
           "answer:REGISTER=VALUE  reads of a global register (identification, version, algorithms, geometry) answer\n"
           "                    VALUE, a number or fields of algorithms joined by +: another engine than ours\n"
           "random:NAME=NUMBER,...  faults of all kinds, counted in the statistics: seed, mean (bursts from one fault "
           "to\n"
           "                    the next), count (then no more), long (cycles of a stall that a driver should "
           "notice),\n"
           "                    stuck (of one that outlasts a queue reset), release (cycles after that reset, or "
           "after\n"
           "                    the engine's, at which such a stall ends at the latest), long-weight, stuck-weight "
           "(those\n"
           "                    in about 1000)";
}

void FaultInjection::add(std::string_view specification) {
    const auto refuse = [&]() -> std::invalid_argument {
        return std::invalid_argument(fmt::format("'{}' is none of\n{}", specification, help()));
    };
    constexpr std::string_view random = "random:";
    if (specification.starts_with(random)) {
        random_.emplace(RandomFaultOptions::parse(specification.substr(random.size())));
        return;
    }
    constexpr std::string_view answer = "answer:";
    if (specification.starts_with(answer)) {
        const std::string_view pair = specification.substr(answer.size());
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const auto offset = find(registers, pair.substr(0, equals));
        const auto value = parse_value(pair.substr(std::min(equals + 1, pair.size())));
        if (!offset || !value) throw refuse();
        answers_[*offset] = *value;
        return;
    }
    const std::size_t at = specification.find('@');
    if (at == std::string_view::npos) throw refuse();
    const std::string_view kind = specification.substr(0, at);
    std::string_view argument = specification.substr(at + 1);

    unsigned cycles = forever;
    if (const std::size_t plus = argument.find('+'); plus != std::string_view::npos && kind.starts_with("stall-")) {
        const auto parsed = parse<unsigned>(argument.substr(plus + 1));
        if (!parsed) throw refuse();
        cycles = *parsed;
        argument = argument.substr(0, plus);
    }
    const auto number = parse<std::uint64_t>(argument);
    if (!number) throw refuse();

    if (kind == "stall-memory") {
        stall_ = number;
        stall_cycles_ = cycles;
        stall_once_ = false;
    } else if (kind == "stall-once") {
        stall_ = number;
        stall_cycles_ = cycles;
        stall_once_ = true;
    } else if (kind == "drop-interrupt") {
        drop_interrupt_ = number;
    } else if (kind == "bus-error") {
        bus_error_ = number;
    } else if (kind == "vanish") {
        vanish_ = number;
    } else {
        throw refuse();
    }
}

std::optional<std::uint32_t> FaultInjection::answer(std::uint32_t offset) const {
    const auto found = answers_.find(offset);
    return found != answers_.end() ? std::optional(found->second) : std::nullopt;
}

unsigned FaultInjection::memory_stall(std::uint64_t number) const {
    return stall_ && (stall_once_ ? number == *stall_ : number >= *stall_) ? stall_cycles_ : 0;
}

}  // namespace cce::sim::device
