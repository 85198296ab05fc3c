// SPDX-License-Identifier: Apache-2.0

#include "device/access_classifier.h"

#include <cstring>
#include <optional>

#include "cce_contract.hpp"

namespace cce::sim::device {

namespace {

/// More entries than any driver's list has: a list without an end must not be followed for ever.
constexpr std::uint64_t list_entries_maximum = 4096;

void set_low(std::uint64_t& address, std::uint32_t value) {
    address = (address & 0xffff'ffff'0000'0000) | value;
}

void set_high(std::uint64_t& address, std::uint32_t value) {
    address = (address & 0xffff'ffff) | static_cast<std::uint64_t>(value) << 32;
}

template <typename T>
std::optional<T> load(const DmaMemory& memory, std::uint64_t address) {
    const std::span<const std::byte> bytes = memory.view(Direction::read, address, sizeof(T));
    if (bytes.empty()) return std::nullopt;
    T value{};
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

std::uint64_t round_down(std::uint64_t address) {
    return address & ~std::uint64_t{contract::list_fetch_bytes - 1};
}

}  // namespace

AccessClassifier::Range AccessClassifier::QueuePair::submission() const {
    const std::uint32_t log2 = contract::queue_page::ring_size_submission_log2.get(ring_size);
    return {submission_base, submission_base + (sizeof(contract::Descriptor) << log2)};
}

AccessClassifier::Range AccessClassifier::QueuePair::completion() const {
    const std::uint32_t log2 = contract::queue_page::ring_size_completion_log2.get(ring_size);
    return {completion_base, completion_base + (sizeof(contract::Completion) << log2)};
}

void AccessClassifier::register_written(std::uint32_t offset, std::uint32_t value) {
    namespace page = contract::queue_page;
    if (offset < page::base || offset >= page::base + page::stride * contract::queue_limit) return;
    QueuePair& queue = queues_[(offset - page::base) / page::stride];
    switch ((offset - page::base) % page::stride) {
        case page::submission_base_low:
            set_low(queue.submission_base, value);
            break;
        case page::submission_base_high:
            set_high(queue.submission_base, value);
            break;
        case page::completion_base_low:
            set_low(queue.completion_base, value);
            break;
        case page::completion_base_high:
            set_high(queue.completion_base, value);
            break;
        case page::ring_size:
            queue.ring_size = value;
            break;
        case page::control:
            // A queue pair that begins anew has forgotten its descriptors.
            if (page::control_reset.get(value) != 0) queue.slots.clear();
            break;
        default:
            break;
    }
}

AccessClassifier::Range AccessClassifier::list(std::uint64_t address) const {
    std::uint64_t end = address;
    for (std::uint64_t i = 0; i < list_entries_maximum; ++i) {
        const auto entry = load<contract::ListEntry>(memory_, end);
        if (!entry) break;
        end += sizeof *entry;
        if ((entry->flags & contract::ListEntry::flags_last) != 0) break;
    }
    // Aligned units are fetched as a whole.
    return {round_down(address), round_down(end + contract::list_fetch_bytes - 1)};
}

void AccessClassifier::learn(QueuePair& queue, std::uint64_t address) {
    using contract::Descriptor;
    const auto descriptor = load<Descriptor>(memory_, address);
    if (!descriptor) return;
    Slot& slot = queue.slots[address];
    slot = {};
    if ((descriptor->flags & Descriptor::flags_context_held) == 0) {
        // A record may have a second unit, whatever it is for.
        slot.context = {descriptor->context_reference,
                        descriptor->context_reference + 2 * contract::context_unit_bytes};
    }
    if ((descriptor->flags & Descriptor::flags_source_list) != 0) slot.source_list = list(descriptor->source);
    if ((descriptor->flags & Descriptor::flags_destination_list) != 0)
        slot.destination_list = list(descriptor->destination);
}

AccessKind AccessClassifier::classify(const Burst& burst) {
    const std::uint64_t end = burst.beat_address(burst.beats);
    for (auto& [number, queue] : queues_) {
        if (burst.direction == Direction::write) {
            if (queue.completion().contains(burst.address)) return AccessKind::completion;
            continue;
        }
        if (queue.submission().contains(burst.address)) {
            for (std::uint64_t address = burst.address; address < end; address += sizeof(contract::Descriptor))
                learn(queue, address);
            return AccessKind::descriptor;
        }
        for (const auto& [address, slot] : queue.slots) {
            if (slot.context.contains(burst.address)) return AccessKind::context;
            if (slot.source_list.contains(burst.address) || slot.destination_list.contains(burst.address))
                return AccessKind::list;
        }
    }
    return burst.direction == Direction::write ? AccessKind::destination : AccessKind::source;
}

}  // namespace cce::sim::device
