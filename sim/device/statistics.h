// SPDX-License-Identifier: Apache-2.0
//
// Counters of one run.

#pragma once

#include <cstdint>
#include <vector>

namespace cce::sim::device {

struct Statistics {
    std::uint64_t register_reads = 0;
    std::uint64_t register_writes = 0;  ///< doorbells included
    std::uint64_t doorbell_writes = 0;
    std::uint64_t configuration_accesses = 0;
    std::uint64_t interrupt_edges = 0;
    std::uint64_t interrupt_messages = 0;
    std::uint64_t read_bursts = 0;
    std::uint64_t write_bursts = 0;
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_written = 0;

    /// Bytes that DMA had moved so far.
    struct Mark {
        std::uint64_t read = 0;
        std::uint64_t written = 0;
    };
    /// One for each read of the first queue's counter of completed requests: whoever reads the counters on the other
    /// side, as the driver's debugfs file `engine` does, finds here what DMA has done between two such looks.
    std::vector<Mark> marks;
};

}  // namespace cce::sim::device
