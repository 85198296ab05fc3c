// SPDX-License-Identifier: Apache-2.0
//
// MSI-X table and pending bits (PCI 3.0, section 6.8.2). An edge that comes while its vector is masked waits in the
// pending bit and is delivered when the mask goes. Tested by test/msix_test.cc.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cce::sim::device {

/// What the table says an interrupt is: a write of `data` to `address`.
struct MsixMessage {
    std::uint64_t address = 0;
    std::uint32_t data = 0;
    bool operator==(const MsixMessage&) const = default;
};

class Msix {
public:
    explicit Msix(unsigned vectors);

    /// Reads from the BAR that holds table and pending bits. What is neither reads as zero.
    void read(std::uint64_t offset, std::span<std::byte> data) const;
    /// Writes to the table, in whole 32-bit words; false if it is not that. Pending bits are read-only.
    [[nodiscard]] bool write(std::uint64_t offset, std::span<const std::byte> data);

    /// Says whether messages can go out at all now (enabled, no function mask, bus master), and whether edges count
    /// (MSI-X enabled).
    void set_gates(bool enabled, bool open);
    /// An interrupt edge. Without MSI-X enabled it is lost.
    void raise(unsigned vector);
    /// Messages that can go out now; the caller takes them.
    [[nodiscard]] std::vector<MsixMessage> take_messages();

    [[nodiscard]] bool pending(unsigned vector) const { return entries_.at(vector).pending; }
    [[nodiscard]] std::uint64_t lost() const { return lost_; }

private:
    struct Entry {
        MsixMessage message;
        bool masked = true;
        bool pending = false;
    };

    [[nodiscard]] std::uint32_t read_word(std::uint64_t offset) const;
    void write_word(std::uint64_t offset, std::uint32_t value);

    std::vector<Entry> entries_;
    std::vector<MsixMessage> outgoing_;
    bool enabled_ = false;
    bool open_ = false;
    std::uint64_t lost_ = 0;

    void release();
};

}  // namespace cce::sim::device
