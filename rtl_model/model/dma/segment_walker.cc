// SPDX-License-Identifier: Apache-2.0

#include "dma/segment_walker.h"

#include <cstring>

namespace cce::model {

void SegmentWalker::reset() {
    state_ = State::idle;
    error_ = false;
    slot_ = 0;
    fresh_ = ready_ = want_ = cached_ = fetching_ = 0;
    wanting_.reset();
}

Segment SegmentWalker::query(unsigned slot) const {
    const Start& start = start_[slot];
    const Progress& progress = progress_[slot];
    Segment segment;
    segment.address = has(fresh_, slot) ? start.address : progress.address;
    segment.left = start.list ? progress.left : 0xffffffff;  // a buffer has no end of its own
    segment.region = start.list ? progress.region : start.region;
    segment.unrestricted = start.unrestricted;
    segment.queue_index = start.queue_index;
    return segment;
}

contract::Status SegmentWalker::look_error() const {
    if (!has(fresh_, slot_) && progress_[slot_].last) return list_format_;  // the list ends before the text
    if (work_address() % entry_bytes != 0) return list_access_;
    if (has(cached_, slot_)) {
        const CachedEntry& looked_at = entry();
        if (looked_at.failed) return list_access_;
        if (looked_at.entry.length == 0 || (looked_at.entry.flags & ~contract::ListEntry::flags_last) != 0) {
            return list_format_;
        }
    }
    return contract::Status::ok;
}

DmaRequest SegmentWalker::request() const {
    const Start& start = start_[slot_];
    DmaRequest request;
    request.unrestricted = start.unrestricted;
    request.queue_index = start.queue_index;
    request.region = start.region;
    request.address = work_address() / unit_bytes * unit_bytes;
    request.bytes = unit_bytes;
    return request;
}

void SegmentWalker::clock(const Inputs& inputs) {
    const SlotMask waiting = want_ & ~fetching_ & ~inputs.stop;
    want_ &= ~inputs.stop;
    error_ = false;
    if (state_ == State::idle && waiting == 0 && !inputs.start && !inputs.take && !inputs.restart &&
        !inputs.beat_valid) {
        return;
    }
    // All of what follows looks at the registers as they are before the edge.
    const bool query_fresh = has(fresh_, inputs.query_slot);
    const bool restart_list = start_[inputs.restart_slot].list;
    const unsigned worked_on = slot_;
    switch (state_) {
        case State::idle:
            if (waiting != 0) {
                slot_ = wanting_.index(waiting);
                wanting_.take(slot_);
                state_ = State::read;
            }
            break;
        case State::read:
            state_ = State::look;
            break;
        case State::look:
            if (const contract::Status wrong = look_error(); wrong != contract::Status::ok) {
                tell(wrong);
                want_ &= ~bit(worked_on);
                state_ = State::idle;
            } else if (!has(cached_, worked_on)) {
                state_ = State::fetch;
            } else if (!inputs.take) {  // the memory of the segments has one write port
                const contract::ListEntry next = entry().entry;
                const std::uint64_t address = work_address();
                const bool unit_ends = entry_index() == unit_entries - 1;
                progress_[worked_on] = {next.address, next.length, next.region,
                                        (next.flags & contract::ListEntry::flags_last) != 0, address + entry_bytes};
                if (unit_ends) cached_ &= ~bit(worked_on);
                want_ &= ~bit(worked_on);
                ready_ |= bit(worked_on);
                fresh_ &= ~bit(worked_on);
                state_ = State::idle;
            }
            break;
        case State::fetch:
            if (inputs.request_ready) {
                state_ = State::asked;
                fetching_ |= bit(worked_on);
            }
            break;
        case State::asked:
            state_ = State::answer;
            break;
        case State::answer:
            state_ = State::idle;
            if (inputs.denied) {
                tell(list_access_);
                want_ &= ~bit(worked_on);
                fetching_ &= ~bit(worked_on);
            }
            break;
    }
    if (inputs.beat_valid) {
        const unsigned slot = static_cast<unsigned>(inputs.beat_tag) % Configuration::slot_count;
        const unsigned entries = data_bytes_ / entry_bytes;
        const unsigned beat = inputs.beat_first ? 0 : beat_;
        for (unsigned i = 0; i < entries; ++i) {
            CachedEntry& cached = units_[slot][(beat * entries + i) % unit_entries];
            std::memcpy(&cached.entry, inputs.beat_data->data() + entry_bytes * i, entry_bytes);
            cached.failed = inputs.beat_error;
        }
        beat_ = beat + 1;
        if (inputs.beat_last) {
            fetching_ &= ~bit(slot);
            cached_ |= bit(slot);
        }
    }
    if (inputs.take) {
        const SlotMask slot = bit(inputs.query_slot);
        Progress& progress = progress_[inputs.query_slot];
        const Start& start = start_[inputs.query_slot];
        fresh_ &= ~slot;
        if (!inputs.take_more) {
            ready_ &= ~slot;
        } else if (start.list && progress.left == inputs.take_bytes) {
            ready_ &= ~slot;
            want_ |= slot;
        }
        progress.address = (query_fresh ? start.address : progress.address) + inputs.take_bytes;
        progress.left -= inputs.take_bytes;
    }
    if (inputs.restart) {
        const SlotMask slot = bit(inputs.restart_slot);
        fresh_ |= slot;
        ready_ = restart_list ? ready_ & ~slot : ready_ | slot;
        want_ = restart_list ? want_ | slot : want_ & ~slot;
        cached_ &= ~slot;
    }
    if (inputs.start) {
        const SlotMask slot = bit(inputs.start_slot);
        const bool list = inputs.start_needed && inputs.start_list;
        const bool buffer = inputs.start_needed && !inputs.start_list;
        fresh_ |= slot;
        ready_ = buffer ? ready_ | slot : ready_ & ~slot;
        want_ = list ? want_ | slot : want_ & ~slot;
        cached_ &= ~slot;
        start_[inputs.start_slot] = {inputs.start_list, inputs.start_address, inputs.start_region,
                                     inputs.start_unrestricted, inputs.start_queue};
    }
}

}  // namespace cce::model
