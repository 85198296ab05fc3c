// SPDX-License-Identifier: Apache-2.0
//
// The device's side of a split virtqueue (virtio 1.2, section 2.7), without indirect descriptors and event indices.
// Everything read from the rings is checked; what breaks the rules ends in a ProtocolError.
// Tested by test/split_virtqueue_test.cc.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "device/guest_memory.h"

namespace cce::sim::device {

/// One request of the guest: buffers to read, buffers to write.
struct Chain {
    std::uint16_t head = 0;
    std::vector<std::byte> request;  ///< the readable buffers, one behind the other (copied: the guest may change them)
    std::vector<std::span<std::byte>> answer;  ///< the writable buffers
    std::size_t answer_bytes = 0;              ///< their size altogether

    /// Copies `data` into the writable buffers. Throws ProtocolError if they are too small.
    void write(std::span<const std::byte> data) const;
};

class SplitVirtqueue {
public:
    SplitVirtqueue(const GuestMemory& memory, std::string name) : memory_(memory), name_(std::move(name)) {}

    /// Number of entries: a power of two up to 32768. Forgets the ring addresses.
    void set_size(std::uint32_t entries);
    /// Where the guest keeps descriptor table, available and used ring (addresses of its user address space).
    void set_addresses(std::uint64_t descriptors, std::uint64_t available, std::uint64_t used);
    /// Index of the next entry to take.
    void set_base(std::uint32_t index);
    [[nodiscard]] std::uint16_t base() const { return next_; }
    void set_enabled(bool enabled) { enabled_ = enabled; }
    /// Stops the queue and forgets its rings (the memory table has changed).
    void forget();

    /// True if the guest has made an entry available.
    [[nodiscard]] bool pending() const;
    /// The next available chain, or nothing.
    [[nodiscard]] std::optional<Chain> take();
    /// Gives a chain back, with the number of bytes written into it.
    void put(const Chain& chain, std::size_t written);

private:
    struct Descriptor {
        std::uint64_t address;
        std::uint32_t length;
        std::uint16_t flags;
        std::uint16_t next;
    };

    [[noreturn]] void fail(const std::string& text) const;
    [[nodiscard]] std::uint16_t available_index() const;
    void append(Chain& chain, const Descriptor& descriptor) const;

    const GuestMemory& memory_;
    std::string name_;
    std::uint16_t size_ = 0;
    std::uint16_t next_ = 0;
    bool enabled_ = false;
    std::span<std::byte> descriptors_;
    std::span<std::byte> available_;
    std::span<std::byte> used_;
};

}  // namespace cce::sim::device
