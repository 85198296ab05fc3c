// SPDX-License-Identifier: Apache-2.0

#include "queue/descriptor_fetcher.h"

#include <cstring>

namespace cce::model {

void DescriptorFetcher::reset() {
    asked_ = arrived_ = taken_ = {};
    fence_ = failed_ = 0;
    beat_ = 0;
    queues_.reset();
    for (unsigned queue = 0; queue < Configuration::queue_count; ++queue) update_masks(queue);
}

void DescriptorFetcher::update_masks(unsigned queue) {
    const bool room = (asked_[queue] - taken_[queue] + count) % count < depth;
    room_ = (room_ & ~bit(queue)) | (room ? bit(queue) : 0);
    valid_ = (valid_ & ~bit(queue)) | (arrived_[queue] != taken_[queue] ? bit(queue) : 0);
}

QueueMask DescriptorFetcher::oldest_of(std::uint32_t entries) const {
    QueueMask mask = 0;
    for (unsigned queue = 0; queue < Configuration::queue_count; ++queue) {
        if (has(entries, queue * depth + taken_[queue] % depth)) mask |= bit(queue);
    }
    return mask;
}

DmaRequest DescriptorFetcher::request(unsigned queue, std::uint64_t address) {
    DmaRequest request;
    request.privileged = true;
    request.queue_index = static_cast<std::uint8_t>(queue);
    request.address = address;
    request.bytes = sizeof(contract::Descriptor);
    return request;
}

void DescriptorFetcher::clock(const Inputs& inputs) {
    if (inputs.request_ready && request_valid(inputs.ready)) {
        const unsigned queue = request_queue(inputs.ready);
        queues_.take(queue);
        entries_[request_tag(queue)].start_cycle = inputs.timestamp;
        asked_[queue] = static_cast<std::uint8_t>((asked_[queue] + 1U) % count);
        update_masks(queue);
    }
    if (inputs.beat_valid) {
        const auto entry = static_cast<unsigned>(inputs.beat_tag);
        const unsigned queue = beat_queue(inputs.beat_tag);
        if (inputs.beat_first) beat_ = 0;
        contract::Descriptor& descriptor = entries_[entry].descriptor;
        std::memcpy(reinterpret_cast<std::uint8_t*>(&descriptor) + beat_ * data_bytes_, inputs.beat_data->data(),
                    data_bytes_);
        ++beat_;
        if (inputs.beat_first) {
            const bool fence = (descriptor.flags & contract::Descriptor::flags_fence) != 0 ||
                               descriptor.opcode == contract::Opcode::context_load ||
                               descriptor.opcode == contract::Opcode::context_invalidate;
            fence_ = (fence_ & ~bit(entry)) | (fence ? bit(entry) : 0);
            failed_ &= ~bit(entry);
        }
        if (inputs.beat_error) failed_ |= bit(entry);
        if (inputs.beat_last) {
            arrived_[queue] = static_cast<std::uint8_t>((arrived_[queue] + 1U) % count);
            update_masks(queue);
        }
    }
    if (inputs.take) {
        taken_[inputs.queue] = static_cast<std::uint8_t>((taken_[inputs.queue] + 1U) % count);
        update_masks(inputs.queue);
    }
}

}  // namespace cce::model
