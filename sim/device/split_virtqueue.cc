// SPDX-License-Identifier: Apache-2.0

#include "device/split_virtqueue.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>

#include "device/errors.h"

namespace cce::sim::device {

namespace {

constexpr std::uint16_t flag_next = 1;
constexpr std::uint16_t flag_write = 2;
constexpr std::uint16_t flag_indirect = 4;
constexpr std::uint32_t size_maximum = 32768;
/// Far more than a message about a 1 MiB BAR needs.
constexpr std::size_t request_maximum = 2U << 20U;
/// Both rings begin with 16 bits of flags and a 16-bit index.
constexpr std::size_t ring_header = 4;
constexpr std::size_t index_offset = 2;
constexpr std::size_t used_entry_bytes = 8;

std::uint16_t& index_of(std::span<std::byte> ring) {
    // The ring's alignment was checked when its address was set.
    return *reinterpret_cast<std::uint16_t*>(ring.data() + index_offset);
}

}  // namespace

void Chain::write(std::span<const std::byte> data) const {
    if (data.size() > answer_bytes) throw ProtocolError("virtqueue: the buffer for an answer is too small");
    for (const std::span<std::byte> buffer : answer) {
        const std::size_t bytes = std::min(buffer.size(), data.size());
        std::copy_n(data.begin(), bytes, buffer.begin());
        data = data.subspan(bytes);
    }
}

void SplitVirtqueue::fail(const std::string& text) const {
    throw ProtocolError("virtqueue " + name_ + ": " + text);
}

void SplitVirtqueue::forget() {
    enabled_ = false;
    descriptors_ = {};
    available_ = {};
    used_ = {};
}

void SplitVirtqueue::set_size(std::uint32_t entries) {
    if (!std::has_single_bit(entries) || entries > size_maximum) fail("size " + std::to_string(entries));
    forget();
    size_ = static_cast<std::uint16_t>(entries);
}

void SplitVirtqueue::set_base(std::uint32_t index) {
    if (index > 0xffff) fail("base index " + std::to_string(index));
    next_ = static_cast<std::uint16_t>(index);
}

void SplitVirtqueue::set_addresses(std::uint64_t descriptors, std::uint64_t available, std::uint64_t used) {
    if (size_ == 0) fail("addresses before the size");
    if (descriptors % 16 != 0 || available % 2 != 0 || used % 4 != 0) fail("a ring is not aligned");
    descriptors_ = memory_.user_view(descriptors, std::uint64_t{size_} * sizeof(Descriptor));
    available_ = memory_.user_view(available, ring_header + std::uint64_t{size_} * sizeof(std::uint16_t));
    used_ = memory_.user_view(used, ring_header + std::uint64_t{size_} * used_entry_bytes);
    if (descriptors_.empty() || available_.empty() || used_.empty()) fail("a ring lies outside the memory table");
    // Same alignment here as there, or the index could not be accessed atomically.
    if (std::bit_cast<std::uintptr_t>(available_.data()) % 2 != 0 ||
        std::bit_cast<std::uintptr_t>(used_.data()) % 4 != 0) {
        fail("the memory table maps a ring without its alignment");
    }
}

std::uint16_t SplitVirtqueue::available_index() const {
    return std::atomic_ref(index_of(available_)).load(std::memory_order_acquire);
}

bool SplitVirtqueue::pending() const {
    if (!enabled_ || available_.empty()) return false;
    const auto waiting = static_cast<std::uint16_t>(available_index() - next_);
    if (waiting > size_) fail("the available index is more than the ring ahead");
    return waiting != 0;
}

std::optional<Chain> SplitVirtqueue::take() {
    if (!pending()) return std::nullopt;
    const std::size_t slot = next_ % size_;
    Chain chain;
    std::memcpy(&chain.head, available_.data() + ring_header + slot * sizeof(std::uint16_t), sizeof chain.head);
    ++next_;

    std::uint16_t index = chain.head;
    // A chain without a loop has at most as many descriptors as the table.
    for (unsigned count = 0;; ++count) {
        if (index >= size_) fail("descriptor index " + std::to_string(index) + " beyond the table");
        if (count == size_) fail("a chain loops");
        Descriptor descriptor{};
        std::memcpy(&descriptor, descriptors_.data() + index * sizeof descriptor, sizeof descriptor);
        if ((descriptor.flags & flag_indirect) != 0) fail("an indirect descriptor, which was not negotiated");
        append(chain, descriptor);
        if ((descriptor.flags & flag_next) == 0) break;
        index = descriptor.next;
    }
    return chain;
}

void SplitVirtqueue::append(Chain& chain, const Descriptor& descriptor) const {
    const std::span<std::byte> buffer = memory_.view(descriptor.address, descriptor.length);
    if (descriptor.length == 0 || buffer.empty()) fail("a buffer is empty or outside the guest's memory");
    if ((descriptor.flags & flag_write) != 0) {
        chain.answer.push_back(buffer);
        chain.answer_bytes += buffer.size();
        return;
    }
    if (!chain.answer.empty()) fail("a readable buffer behind a writable one");
    if (chain.request.size() + buffer.size() > request_maximum) fail("a request is too long");
    chain.request.insert(chain.request.end(), buffer.begin(), buffer.end());
}

void SplitVirtqueue::put(const Chain& chain, std::size_t written) {
    std::atomic_ref index(index_of(used_));
    const std::uint16_t current = index.load(std::memory_order_relaxed);
    const std::array<std::uint32_t, 2> entry{chain.head, static_cast<std::uint32_t>(written)};
    const std::size_t slot = current % size_;
    std::memcpy(used_.data() + ring_header + slot * used_entry_bytes, entry.data(), used_entry_bytes);
    index.store(static_cast<std::uint16_t>(current + 1), std::memory_order_release);
}

}  // namespace cce::sim::device
