// SPDX-License-Identifier: Apache-2.0
//
// The PCI function as its bus sees it: carries out virtio_pcidev commands (see <linux/virtio_pcidev.h>).
// Tested by test/pci_endpoint_test.cc.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "device/dma_host.h"
#include "device/msix.h"
#include "device/pci_function.h"
#include "device/register_window.h"

namespace cce::sim::device {

class PciEndpoint {
public:
    PciEndpoint(RegisterWindow& window, DmaHost& host, FaultLog& faults, Statistics& statistics, unsigned vectors)
        : window_(window), host_(host), faults_(faults), statistics_(statistics), function_(vectors), msix_(vectors) {}

    /// Carries out one command; returns the answer, at most `answer_bytes` long. Throws ProtocolError if the command is
    /// malformed. What is well-formed but wrong for this function is a fault of the driver.
    [[nodiscard]] std::vector<std::byte> execute(std::span<const std::byte> command, std::size_t answer_bytes);

    /// The engine's edges go in here.
    void raise(unsigned vector) { msix_.raise(vector); }
    /// The commands for the interrupt queue that are due now.
    [[nodiscard]] std::vector<std::vector<std::byte>> take_interrupt_commands();
    [[nodiscard]] std::uint64_t lost_interrupts() const { return msix_.lost(); }

private:
    void read_bar(unsigned bar, std::uint64_t offset, std::span<std::byte> data);
    void write_bar(unsigned bar, std::uint64_t offset, std::span<const std::byte> data);
    /// False, with a fault, if the function does not answer this access.
    [[nodiscard]] bool decodes(unsigned bar, std::uint64_t offset, std::size_t bytes);
    void update_gates();

    RegisterWindow& window_;
    DmaHost& host_;
    FaultLog& faults_;
    Statistics& statistics_;
    PciFunction function_;
    Msix msix_;
};

}  // namespace cce::sim::device
