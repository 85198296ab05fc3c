// SPDX-License-Identifier: Apache-2.0

#include "queue/queue_pair.h"

#include "common/halves.h"

namespace cce::model {

using contract::QueueError;

namespace doorbell = contract::doorbell_page;
namespace page = contract::queue_page;

void QueuePair::reset() {
    *this = QueuePair();
}

std::uint64_t QueuePair::descriptor_address() const {
    return submission_base_ + sizeof(contract::Descriptor) * (fetch_head_ & (submission_size() - 1U));
}

std::uint64_t QueuePair::completion_address() const {
    return completion_base_ + sizeof(contract::Completion) * (completion_tail_ & (completion_size() - 1U));
}

bool QueuePair::enable_write(const Inputs& inputs) const {
    return inputs.write && inputs.offset == page::control && page::control_enable.get(inputs.data) != 0 && !enable_ &&
           !reset_ && !stopped();
}

bool QueuePair::ring_aligned() const {
    return ((submission_base_ | completion_base_) & (contract::ring_alignment_bytes - 1)) == 0;
}

bool QueuePair::ring_sized() const {
    const auto sized = [](unsigned log2) {
        return log2 >= contract::ring_log2_minimum && log2 <= contract::ring_log2_maximum;
    };
    return sized(submission_log2_) && sized(completion_log2_);
}

QueueError QueuePair::new_error(const Inputs& inputs) const {
    if (inputs.drop_failed) return QueueError::descriptor_access;
    if (completion_failed_) return QueueError::completion_access;
    if (enable_write(inputs)) {
        if (!ring_aligned()) return QueueError::ring_alignment;
        if (!ring_sized()) return QueueError::ring_size;
    }
    if (inputs.doorbell_write && doorbell_counts()) {
        const auto value = static_cast<std::uint16_t>(inputs.data);
        if (inputs.offset == doorbell::submission_tail && !submission_good(value)) return QueueError::doorbell;
        if (inputs.offset == doorbell::completion_head && !completion_good(value)) return QueueError::doorbell;
    }
    return QueueError::none;
}

InterruptModerator::Inputs QueuePair::moderator_inputs() const {
    InterruptModerator::Inputs inputs;
    inputs.enable = interrupt_enable_;
    inputs.count = interrupt_count_;
    inputs.time = interrupt_time_;
    inputs.caught_up = completion_head_ == completion_tail_;
    return inputs;
}

void QueuePair::write_register(const Inputs& inputs) {
    switch (inputs.offset) {
        case page::control: {
            const bool enables = enable_write(inputs) && ring_aligned() && ring_sized();
            pause_ = page::control_pause.get(inputs.data) != 0;
            interrupt_enable_ = page::control_interrupt_enable.get(inputs.data) != 0;
            if (page::control_reset.get(inputs.data) != 0) {
                reset_ = true;
            } else if (enables) {
                enable_ = true;
            }
            break;
        }
        case page::submission_base_low:
            if (!enable_) set_low(submission_base_, inputs.data);
            break;
        case page::submission_base_high:
            if (!enable_) set_high(submission_base_, inputs.data);
            break;
        case page::completion_base_low:
            if (!enable_) set_low(completion_base_, inputs.data);
            break;
        case page::completion_base_high:
            if (!enable_) set_high(completion_base_, inputs.data);
            break;
        case page::ring_size:
            if (!enable_) {
                submission_log2_ = static_cast<std::uint8_t>(page::ring_size_submission_log2.get(inputs.data));
                completion_log2_ = static_cast<std::uint8_t>(page::ring_size_completion_log2.get(inputs.data));
            }
            break;
        case page::rights:
            unrestricted_ = page::rights_unrestricted.get(inputs.data) != 0;
            break;
        case page::interrupt_count:
            interrupt_count_ = static_cast<std::uint16_t>(page::interrupt_count_completions.get(inputs.data));
            break;
        case page::interrupt_time:
            interrupt_time_ = inputs.data;
            break;
        default:
            break;  // read-only registers ignore writes
    }
}

void QueuePair::clock(const Inputs& inputs) {
    // All decisions of the cycle come from the registers as they were.
    const bool do_reset = reset_ && !busy() && !completion_failed_;
    const bool stops = event();
    const QueueError error = new_error_;
    new_error_ = new_error(inputs);
    completion_failed_ = inputs.finish_failed;
    const bool counts = doorbell_counts();
    const auto value = static_cast<std::uint16_t>(inputs.data);
    const bool submission_doorbell =
        inputs.doorbell_write && inputs.offset == doorbell::submission_tail && counts && submission_good(value);
    const bool completion_doorbell =
        inputs.doorbell_write && inputs.offset == doorbell::completion_head && counts && completion_good(value);
    InterruptModerator::Inputs moderator = moderator_inputs();
    moderator.clear = do_reset;
    moderator.completion = inputs.finish && inputs.finish_written;
    moderator_.clock(moderator);

    if (inputs.write) write_register(inputs);
    if (submission_doorbell) submission_tail_ = value;
    if (completion_doorbell) completion_head_ = value;
    if (inputs.fetch) ++fetch_head_;
    if (inputs.read) ++submission_head_;
    in_flight_ = static_cast<std::uint8_t>(in_flight_ + inputs.fetch - inputs.drop - inputs.finish);
    // A request that leaves without an entry (its queue is being reset) owes nothing any more: see do_reset.
    owed_ = static_cast<std::uint8_t>(owed_ + inputs.fetch - inputs.drop - inputs.issue);
    // Not at finish: software may see the entry, and ring the doorbell for it, before its write response is here.
    if (inputs.issue) ++completion_tail_;
    if (stops) error_ = error;
    if (inputs.engine_reset) reset_ = true;
    if (do_reset) {
        reset_ = false;
        enable_ = false;
        pause_ = false;
        error_ = QueueError::none;
        owed_ = 0;
        fetch_head_ = submission_head_ = submission_tail_ = 0;
        completion_head_ = completion_tail_ = 0;
    }

    if (written_.valid) {
        if (written_.ok) {
            ++completed_;
            bytes_ += written_.bytes;
        } else {
            ++failed_;
        }
    }
    written_ = {inputs.finish && inputs.finish_written, inputs.finish_ok, inputs.finish_bytes};
    if (inputs.fault.valid) fault_ = inputs.fault;
}

std::optional<std::uint32_t> QueuePair::read(std::uint32_t offset) const {
    using contract::QueueState;
    switch (offset) {
        case page::control:
            return page::control_enable.put(enable_) | page::control_pause.put(pause_) |
                   page::control_reset.put(reset_) | page::control_interrupt_enable.put(interrupt_enable_);
        case page::status: {
            QueueState state = QueueState::running;
            if (stopped()) {
                state = QueueState::error;
            } else if (!enable_) {
                state = QueueState::disabled;
            } else if (pause_ && !busy()) {
                state = QueueState::paused;
            }
            return page::status_state.put(static_cast<std::uint32_t>(state)) | page::status_busy.put(busy()) |
                   page::status_empty.put(!work()) | page::status_stalled.put(work() && !room()) |
                   page::status_error.put(static_cast<std::uint32_t>(error_));
        }
        case page::submission_base_low:
            return low(submission_base_);
        case page::submission_base_high:
            return high(submission_base_);
        case page::completion_base_low:
            return low(completion_base_);
        case page::completion_base_high:
            return high(completion_base_);
        case page::ring_size:
            return page::ring_size_submission_log2.put(submission_log2_) |
                   page::ring_size_completion_log2.put(completion_log2_);
        case page::rights:
            return page::rights_unrestricted.put(unrestricted_);
        case page::interrupt_count:
            return page::interrupt_count_completions.put(interrupt_count_);
        case page::interrupt_time:
            return interrupt_time_;
        case page::submission_head:
            return submission_head_;
        case page::submission_tail:
            return submission_tail_;
        case page::completion_head:
            return completion_head_;
        case page::completion_tail:
            return completion_tail_;
        case page::fault_address_low:
            return low(fault_.address);
        case page::fault_address_high:
            return high(fault_.address);
        case page::fault_information:
            return page::fault_information_reason.put(fault_.reason) | page::fault_information_write.put(fault_.write);
        case page::fetch_head:
            return fetch_head_;
        case page::completed_low:
            return low(completed_);
        case page::completed_high:
            return high(completed_);
        case page::failed_low:
            return low(failed_);
        case page::failed_high:
            return high(failed_);
        case page::bytes_low:
            return low(bytes_);
        case page::bytes_high:
            return high(bytes_);
        default:
            return std::nullopt;
    }
}

}  // namespace cce::model
