// SPDX-License-Identifier: Apache-2.0
//
// Programs for the processor: ELF files of rv64, as the linker makes them.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cce::sim::systemc {

struct Program {
    struct Segment {
        std::uint64_t address = 0;
        std::vector<std::uint8_t> bytes;  ///< with the zeros that the file leaves out
    };
    std::uint64_t entry = 0;
    std::vector<Segment> segments;
};

/// Throws std::runtime_error that names the file and what is wrong with it.
[[nodiscard]] Program read_elf(const std::string& path);

}  // namespace cce::sim::systemc
