// SPDX-License-Identifier: Apache-2.0

#include "queue/completion_writer.h"

#include <cstring>

namespace cce::model {

using contract::Completion;
using contract::Status;

void CompletionWriter::reset() {
    writing_ = 0;
    request_ = false;
    slot_ = 0;
    queue_ = 0;
    entries_.clear();
    second_ = false;
    look_ = false;
    discard_ = false;
    slots_.reset();
}

DmaRequest CompletionWriter::request(std::uint64_t address) const {
    DmaRequest request;
    request.privileged = true;
    request.queue_index = static_cast<std::uint8_t>(queue_);
    request.address = address;
    request.bytes = sizeof(Completion);
    return request;
}

CompletionWriter::NextIvSource CompletionWriter::next_iv_source(Status status) const {
    const Request& request = requests_[slot_];
    NextIvSource source;
    if (!request.cipher || status != Status::ok) return source;
    source.stream = request.stream;
    source.key_wrap = !request.stream && request.key_wrap;
    source.hash = request.hash;
    source.lane = !request.stream && !request.key_wrap && !request.hash;
    return source;
}

Completion CompletionWriter::entry(Status status, std::uint16_t submission_head, bool phase) const {
    const Request& request = requests_[slot_];
    Completion entry;
    entry.cookie = request.cookie;
    entry.start_cycle = request.start_cycle;
    entry.end_cycle = end_cycle_;
    entry.submission_head = submission_head;
    entry.status = status;
    entry.phase = phase ? 1 : 0;
    return entry;
}

void CompletionWriter::beat_data(Beat& beat) const {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&entries_.data());
    std::memcpy(beat.data(), bytes + (second_ ? data_bytes_ : 0), data_bytes_);
}

void CompletionWriter::clock(const Inputs& inputs) {
    if (inputs.start) {
        const RequestDispatcher::Start& start = *inputs.start_request;
        requests_[inputs.start_slot] = {start.cookie, start.cycle,    start.bytes, start.cipher,
                                        start.stream, start.key_wrap, start.hash};
    }
    const SlotMask waiting = inputs.finished & ~writing_;
    if (waiting == 0 && idle() && !discard_ && !look_) return;

    const bool granted = request_valid() && inputs.request_ready;
    const Finish leaves = finish(inputs.done, inputs.done_slot, false);
    const bool take = waiting != 0 && !request_ && !discard_ && !look_;
    const bool discards = look_ && has(inputs.reset_pending, queue_);
    if (look_) request_ = !discards;
    look_ = false;
    if (take) {
        const unsigned chosen = slots_.index(waiting);
        slots_.take(chosen);
        slot_ = chosen;
        queue_ = inputs.slots->queue(chosen);
        end_cycle_ = inputs.timestamp;
        writing_ |= bit(chosen);
        look_ = inputs.reset_pending != 0;
        request_ = !look_;
    }
    if (granted) request_ = false;
    if (leaves.valid) writing_ &= ~bit(leaves.slot);
    if (discards) {
        discard_ = true;
    } else if (!inputs.done) {
        discard_ = false;
    }

    if (entries_.valid() && inputs.beat_ready) {
        if (data_bytes_ < sizeof(Completion) && !second_) {
            second_ = true;
        } else {
            second_ = false;
            entries_.pop();
        }
    }
    if (granted) entries_.push(*inputs.entry);
}

}  // namespace cce::model
