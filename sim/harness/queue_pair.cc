// SPDX-License-Identifier: Apache-2.0

#include "harness/queue_pair.h"

#include <algorithm>

namespace cce::sim {

namespace doorbell = contract::doorbell_page;
namespace page = contract::queue_page;

QueuePair::QueuePair(Machine& machine, unsigned index, const QueueOptions& options)
    : machine_(machine),
      index_(index),
      options_(options),
      submission_base_(machine.memory().allocate(sizeof(contract::Descriptor) << options.submission_log2,
                                                 contract::ring_alignment_bytes,
                                                 "submission ring " + std::to_string(index))),
      completion_base_(machine.memory().allocate(sizeof(contract::Completion) << options.completion_log2,
                                                 contract::ring_alignment_bytes,
                                                 "completion ring " + std::to_string(index))) {}

std::uint32_t QueuePair::read_register(std::uint32_t offset) {
    return machine_.read_register(page::at(offset, index_));
}

void QueuePair::write_register(std::uint32_t offset, std::uint32_t value) {
    machine_.write_register(page::at(offset, index_), value);
}

std::uint32_t QueuePair::control_value() const {
    return page::control_enable.put(1) | page::control_interrupt_enable.put(options_.interrupt_enable ? 1 : 0);
}

void QueuePair::start() {
    submission_tail_ = submission_head_ = completion_head_ = 0;
    outstanding_ = 0;
    std::ranges::fill(machine_.memory().view(submission_base_, sizeof(contract::Descriptor) * submission_entries()),
                      std::uint8_t{0});
    std::ranges::fill(machine_.memory().view(completion_base_, sizeof(contract::Completion) * completion_entries()),
                      std::uint8_t{0});
    machine_.write_register64(page::at(page::submission_base_low, index_), submission_base_);
    machine_.write_register64(page::at(page::completion_base_low, index_), completion_base_);
    write_register(page::ring_size, page::ring_size_submission_log2.put(options_.submission_log2) |
                                        page::ring_size_completion_log2.put(options_.completion_log2));
    write_register(page::rights, page::rights_unrestricted.put(options_.unrestricted ? 1 : 0));
    write_register(page::interrupt_count, page::interrupt_count_completions.put(options_.interrupt_count));
    write_register(page::interrupt_time, options_.interrupt_time);
    write_register(page::control, control_value());
}

std::uint64_t QueuePair::slot_address(std::uint16_t position) const {
    return submission_base_ + sizeof(contract::Descriptor) * (position & (submission_entries() - 1));
}

std::uint64_t QueuePair::completion_address(std::uint16_t position) const {
    return completion_base_ + sizeof(contract::Completion) * (position & (completion_entries() - 1));
}

unsigned QueuePair::free_slots() const {
    return submission_entries() - static_cast<std::uint16_t>(submission_tail_ - submission_head_);
}

void QueuePair::post(const contract::Descriptor& descriptor) {
    if (free_slots() == 0) throw MachineError("the submission ring of queue " + std::to_string(index_) + " is full");
    machine_.memory().store(slot_address(submission_tail_), descriptor);
    ++submission_tail_;
    ++outstanding_;
}

void QueuePair::ring_submission() {
    machine_.write_register(doorbell::at(doorbell::submission_tail, index_), submission_tail_);
}

void QueuePair::submit(const contract::Descriptor& descriptor) {
    post(descriptor);
    ring_submission();
}

std::optional<contract::Completion> QueuePair::poll() {
    const auto entry = machine_.memory().load<contract::Completion>(completion_address(completion_head_));
    const unsigned pass = completion_head_ >> options_.completion_log2;
    if (entry.phase != ((pass & 1) ^ 1)) return std::nullopt;
    ++completion_head_;
    --outstanding_;
    submission_head_ = entry.submission_head;
    return entry;
}

void QueuePair::ring_completion() {
    machine_.write_register(doorbell::at(doorbell::completion_head, index_), completion_head_);
}

contract::Completion QueuePair::wait(std::uint64_t limit) {
    std::optional<contract::Completion> entry;
    machine_.run_until(
        [&] {
            entry = poll();
            return entry.has_value();
        },
        "completion on queue " + std::to_string(index_), limit);
    ring_completion();
    return *entry;
}

contract::Completion QueuePair::run(const contract::Descriptor& descriptor, std::uint64_t limit) {
    if (outstanding_ != 0) throw MachineError("QueuePair::run with requests outstanding");
    submit(descriptor);
    return wait(limit);
}

void QueuePair::pause(std::uint64_t limit) {
    write_register(page::control, control_value() | page::control_pause.put(1));
    machine_.run_until([&] { return status().state == contract::QueueState::paused; }, "pause", limit);
}

void QueuePair::resume() {
    write_register(page::control, control_value());
}

std::vector<contract::Completion> QueuePair::drain(std::uint64_t limit) {
    std::vector<contract::Completion> done;
    while (outstanding_ != 0) done.push_back(wait(limit));
    return done;
}

void QueuePair::reset(std::uint64_t limit) {
    write_register(page::control, page::control_reset.put(1));
    machine_.run_until([&] { return page::control_reset.get(read_register(page::control)) == 0; }, "end of the reset",
                       limit);
    submission_tail_ = submission_head_ = completion_head_ = 0;
    outstanding_ = 0;
}

QueueStatus QueuePair::status() {
    const std::uint32_t value = read_register(page::status);
    return {.state = static_cast<contract::QueueState>(page::status_state.get(value)),
            .busy = page::status_busy.get(value) != 0,
            .empty = page::status_empty.get(value) != 0,
            .stalled = page::status_stalled.get(value) != 0,
            .error = static_cast<contract::QueueError>(page::status_error.get(value))};
}

QueueCounters QueuePair::counters() {
    return {.completed = machine_.read_register64(page::at(page::completed_low, index_)),
            .failed = machine_.read_register64(page::at(page::failed_low, index_)),
            .bytes = machine_.read_register64(page::at(page::bytes_low, index_))};
}

QueueFault QueuePair::fault() {
    const std::uint32_t information = read_register(page::fault_information);
    return {.address = machine_.read_register64(page::at(page::fault_address_low, index_)),
            .reason = static_cast<contract::FaultReason>(page::fault_information_reason.get(information)),
            .write = page::fault_information_write.get(information) != 0};
}

}  // namespace cce::sim
