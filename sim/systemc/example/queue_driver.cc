// SPDX-License-Identifier: Apache-2.0

#include "queue_driver.h"

#include <stdexcept>

namespace cce::example {

namespace doorbell = contract::doorbell_page;
namespace global = contract::global_page;
namespace page = contract::queue_page;

namespace {

constexpr unsigned word_bits = 32;
constexpr unsigned entries = 1U << QueueDriver::ring_log2;

}  // namespace

QueueDriver::QueueDriver(Bus& bus, unsigned queue, std::uint64_t rings)
    : bus_(bus), queue_(queue), submission_base_(rings), completion_base_(rings + submission_bytes) {}

void QueueDriver::start() {
    submission_tail_ = completion_head_ = 0;
    // A completion entry of phase 0 has not been written yet: that matters. Unused descriptors are not looked at.
    bus_.store(completion_base_, std::vector<std::uint8_t>(completion_bytes));
    const auto write = [this](std::uint32_t offset, std::uint32_t value) {
        bus_.write_register(page::at(offset, queue_), value);
    };
    write(page::submission_base_low, static_cast<std::uint32_t>(submission_base_));
    write(page::submission_base_high, static_cast<std::uint32_t>(submission_base_ >> word_bits));
    write(page::completion_base_low, static_cast<std::uint32_t>(completion_base_));
    write(page::completion_base_high, static_cast<std::uint32_t>(completion_base_ >> word_bits));
    write(page::ring_size,
          page::ring_size_submission_log2.put(ring_log2) | page::ring_size_completion_log2.put(ring_log2));
    write(page::rights, page::rights_unrestricted.put(1));
    write(page::control, page::control_enable.put(1) | page::control_interrupt_enable.put(1));
}

void QueueDriver::submit(const std::vector<contract::Descriptor>& descriptors) {
    if (descriptors.size() > entries) throw std::invalid_argument("QueueDriver::submit: more than a ring full");
    for (const contract::Descriptor& descriptor : descriptors) {
        bus_.store_object(submission_base_ + sizeof descriptor * (submission_tail_ % entries), descriptor);
        ++submission_tail_;
    }
    doorbell_cycle_ = bus_.read_register(global::at(global::cycle_low));
    bus_.write_register(doorbell::at(doorbell::submission_tail, queue_), submission_tail_);
}

std::optional<contract::Completion> QueueDriver::poll() {
    const auto entry = bus_.load_object<contract::Completion>(completion_base_ + sizeof(contract::Completion) *
                                                                                     (completion_head_ % entries));
    const unsigned pass = completion_head_ >> ring_log2;
    if (entry.phase != ((pass & 1) ^ 1)) return std::nullopt;
    ++completion_head_;
    return entry;
}

std::vector<contract::Completion> QueueDriver::wait(std::size_t count) {
    std::vector<contract::Completion> done;
    for (;;) {
        while (done.size() < count) {
            const auto entry = poll();
            if (!entry) break;
            done.push_back(*entry);
        }
        if (done.size() == count) break;
        bus_.wait_interrupt(1 + queue_);
    }
    bus_.write_register(doorbell::at(doorbell::completion_head, queue_), completion_head_);
    return done;
}

}  // namespace cce::example
