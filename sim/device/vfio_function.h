// SPDX-License-Identifier: Apache-2.0
//
// The PCI function as VFIO shows it: regions and interrupts. Its client owns BAR addresses, the MSI-X table and the
// masking of vectors; an interrupt is a write to an event descriptor. Tested by test/vfio_function_test.cc.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "device/dma_host.h"
#include "device/fault_log.h"
#include "device/pci_function.h"
#include "device/register_window.h"
#include "device/statistics.h"
#include "device/unix_socket.h"

namespace cce::sim::device {

class VfioFunction {
public:
    VfioFunction(RegisterWindow& window, DmaHost& host, FaultLog& faults, Statistics& statistics, unsigned vectors)
        : window_(window),
          host_(host),
          faults_(faults),
          statistics_(statistics),
          function_(vectors),
          vectors_(vectors) {}

    [[nodiscard]] unsigned vectors() const { return static_cast<unsigned>(vectors_.size()); }
    /// Bytes of a region (VFIO_PCI_BAR0_REGION_INDEX, ...), 0: there is none.
    [[nodiscard]] static std::uint64_t region_bytes(std::uint32_t region);

    /// An access that lies in the region.
    void read(std::uint32_t region, std::uint64_t offset, std::span<std::byte> data);
    void write(std::uint32_t region, std::uint64_t offset, std::span<const std::byte> data);

    /// Where vector `first` + i is to be told; an invalid descriptor: nowhere. An edge that has waited for it goes out.
    void set_events(unsigned first, std::vector<FileDescriptor> events);
    /// The same for `count` vectors that are to be told nowhere.
    void clear_events(unsigned first, unsigned count);
    /// Raises vectors on the client's behalf.
    void trigger(unsigned first, const std::vector<bool>& chosen);

    /// An interrupt edge. Without MSI-X it is lost; while bus mastering is off, or nobody is to be told, it waits.
    void raise(unsigned vector);
    /// Power-on state; nobody is told of anything any more.
    void reset();

    [[nodiscard]] std::uint64_t lost_interrupts() const { return lost_; }

private:
    struct Vector {
        FileDescriptor event;
        bool pending = false;
    };

    /// False, with a fault, if the function does not answer accesses to its registers.
    [[nodiscard]] bool decodes(std::uint64_t offset);
    void update_gates();
    void release();

    RegisterWindow& window_;
    DmaHost& host_;
    FaultLog& faults_;
    Statistics& statistics_;
    PciFunction function_;
    std::vector<Vector> vectors_;
    std::uint64_t lost_ = 0;
};

}  // namespace cce::sim::device
