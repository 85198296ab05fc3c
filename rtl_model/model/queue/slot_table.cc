// SPDX-License-Identifier: Apache-2.0

#include "queue/slot_table.h"

#include <algorithm>
#include <ranges>

namespace cce::model {

using contract::Status;

namespace {

/// From the first late port on.
constexpr std::uint32_t late_ports =
    (std::uint32_t{1} << Configuration::fault_ports) - (std::uint32_t{1} << Configuration::first_late_fault_port);

}  // namespace

void SlotTable::reset() {
    *this = SlotTable();
    of_queue_[0] = all;
}

SlotMask SlotTable::of_queues(QueueMask queue_reset_pending) const {
    SlotMask mask = 0;
    for (QueueMask rest = queue_reset_pending; rest != 0; rest &= rest - 1) {
        mask |= of_queue_[static_cast<unsigned>(std::countr_zero(rest))];
    }
    return mask;
}

/// Of faults in the same cycle the first port wins. The key's fault (port 0) counts even if text failed before: a
/// descriptor's faults are told in an order that does not depend on the bus.
void SlotTable::count(const std::array<Fault, Configuration::fault_ports>& faults, std::uint32_t ports,
                      SlotMask abort_before) {
    for (std::uint32_t rest = ports; rest != 0;) {
        const auto port = static_cast<unsigned>(std::bit_width(rest)) - 1;
        rest &= ~bit(port);
        const Fault& fault = faults[port];
        // Zeros that could not be written over the text of a wrong tag: it may have stayed.
        const bool unwiped = status_[fault.slot] == Status::tag && fault.status == Status::destination_access;
        if (!has(abort_before, fault.slot) || port == 0 || unwiped) {
            abort_ |= bit(fault.slot);
            status_[fault.slot] = fault.status;
        }
    }
}

void SlotTable::clock(const Inputs& inputs) {
    const unsigned start_slot = free_slot_;
    free_slot_ = lowest_free();
    discard_ = of_queues(inputs.queue_reset_pending);
    if (used_ == 0 && !inputs.start) return;
    const SlotMask abort_before = abort_;
    // Most requests end with the last response to the destination: its release counts in the same cycle.
    const SlotMask written = inputs.destination_release.valid ? bit(inputs.destination_release.slot) : 0;
    const SlotMask finished = used_ & ~(key_ | cipher_ | (destination_ & ~written) | erase_ | inputs.lists_busy);

    abort_ |= used_ & discard_;
    if (inputs.gates.aes || inputs.gates.hash) {
        const SlotMask closed = (inputs.gates.aes ? keyed_ : 0) | (inputs.gates.hash ? hashed_ : 0);
        const SlotMask gated = cipher_ & ~abort_before & closed;
        abort_ |= gated;
        for (SlotMask rest = gated; rest != 0; rest &= rest - 1) {
            status_[static_cast<unsigned>(std::countr_zero(rest))] = Status::gated;
        }
    }
    finished_ = finished;
    const std::uint32_t late = inputs.fault_ports & late_ports;
    if (late_ports_ != 0 || inputs.fault_ports != 0) {
        std::array<Fault, Configuration::fault_ports> faults = inputs.fault;
        std::ranges::copy(late_ | std::views::drop(Configuration::first_late_fault_port),
                          faults.begin() + Configuration::first_late_fault_port);
        count(faults, (inputs.fault_ports & ~late_ports) | late_ports_, abort_before);
        if (late != 0) late_ = inputs.fault;
    }
    late_ports_ = late;
    if (inputs.key_release.valid) key_ &= ~bit(inputs.key_release.slot);
    for (const Pulse& release : inputs.cipher_release) {
        if (release.valid) cipher_ &= ~bit(release.slot);
    }
    if (inputs.destination_release.valid) destination_ &= ~bit(inputs.destination_release.slot);
    if (inputs.erase_release.valid) erase_ &= ~bit(inputs.erase_release.slot);
    if (inputs.free.valid) {
        used_ &= ~bit(inputs.free.slot);
        finished_ &= ~bit(inputs.free.slot);
    }
    if (inputs.start) {
        const SlotMask mask = bit(start_slot);
        used_ |= mask;
        discard_ &= ~mask;
        of_queue_[queue_[start_slot]] &= ~mask;
        queue_[start_slot] = static_cast<std::uint8_t>(inputs.start_queue);
        of_queue_[inputs.start_queue] |= mask;
        status_[start_slot] = inputs.start_status;
        abort_ &= ~mask;
        key_ = (key_ & ~mask) | (inputs.start_key ? mask : 0);
        cipher_ = (cipher_ & ~mask) | (inputs.start_text ? mask : 0);
        destination_ = (destination_ & ~mask) | (inputs.start_text ? mask : 0);
        keyed_ = (keyed_ & ~mask) | (inputs.start_cipher ? mask : 0);
        hashed_ = (hashed_ & ~mask) | (inputs.start_hash ? mask : 0);
        erase_ = (erase_ & ~mask) | (inputs.start_cipher ? mask : 0);
        finished_ &= ~mask;
    }
}

}  // namespace cce::model
