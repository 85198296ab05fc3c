// SPDX-License-Identifier: Apache-2.0
//
// Configuration space of the PCI function: identity, BAR 0 (registers), BAR 2 (MSI-X), command register, MSI-X
// capability. Tested by test/pci_function_test.cc.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace cce::sim::device {

class PciFunction {
public:
    static constexpr std::size_t bytes = 256;  ///< of configuration space
    static constexpr unsigned register_bar = 0;
    static constexpr unsigned msix_bar = 2;
    static constexpr std::uint32_t msix_bar_bytes = 0x1000;
    static constexpr std::uint32_t msix_table_offset = 0;
    static constexpr std::uint32_t msix_pending_offset = 0x800;

    /// A function with this many MSI-X vectors.
    explicit PciFunction(unsigned vectors);

    /// Fills `data` from the space; what lies beyond its 256 bytes reads as ones.
    void read(std::uint64_t offset, std::span<std::byte> data) const;
    /// Writes the bits that software may write.
    void write(std::uint64_t offset, std::span<const std::byte> data);

    [[nodiscard]] bool memory_enabled() const;
    [[nodiscard]] bool bus_master() const;
    [[nodiscard]] bool msix_enabled() const;
    [[nodiscard]] bool msix_function_masked() const;

private:
    void set(std::size_t offset, std::uint32_t value, std::uint32_t writable);
    [[nodiscard]] std::uint16_t word(std::size_t offset) const;

    std::array<std::byte, bytes> values_{};
    std::array<std::byte, bytes> writable_{};
};

}  // namespace cce::sim::device
