// SPDX-License-Identifier: Apache-2.0
//
// The parameters of the modelled engine: the defaults of cce_top, but for SlotCount, which the build chooses. The width
// of the DMA bus (16 or 32 bytes) is a run-time parameter, the constructor argument `data_bytes` of the blocks that see
// the bus.

#pragma once

#include <bit>
#include <cstdint>

namespace cce::model {

/// Parameters of cce_top; see rtl_model/rtl/top/cce_top.sv for what each one means.
struct Configuration {
    static constexpr unsigned slot_count = CCE_SLOT_COUNT;  ///< the build's: 16 or 32
    static constexpr unsigned queue_count = 4;
    static constexpr unsigned context_count = 32;
    static constexpr unsigned region_count = 2;
    static constexpr unsigned stream_blocks = 1024;
    static constexpr unsigned lane_blocks = 32;
    static constexpr unsigned stream_burst_bytes = 4096;
    static constexpr unsigned lane_burst_bytes = 256;
    static constexpr unsigned fetch_depth = 4;
    static constexpr unsigned stages_per_round = 2;
    static constexpr unsigned key_unit_count = 8;       ///< UnitCount of key_loader
    static constexpr unsigned data_bytes_maximum = 32;  ///< widest modelled bus
    static constexpr unsigned sha2_lanes = 4;
    static constexpr unsigned sha3_lanes = 1;
    static constexpr unsigned hash_rounds_per_cycle = 2;
    static constexpr unsigned fault_ports = 13;
    /// From here on a fault counts a cycle later: wrong tags. (In the RTL the stream's is a register of its block.)
    static constexpr unsigned first_late_fault_port = 10;
    static constexpr unsigned read_clients = 5;
    static constexpr unsigned write_clients = 2;

    static constexpr unsigned slot_width = std::bit_width(slot_count) - 1;
    static constexpr unsigned queue_width = std::bit_width(queue_count) - 1;
    static constexpr unsigned block_width = std::bit_width(stream_blocks) - 1;
    static constexpr unsigned lane_count_width = std::bit_width(lane_blocks);
};

}  // namespace cce::model
