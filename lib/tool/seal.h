// SPDX-License-Identifier: Apache-2.0
//
// cce seal, cce open: files in authenticated chunks (docs/file-format.md).

#pragma once

#include <string>

#include "tool.h"

namespace cce::tool {

inline constexpr std::size_t default_seal_chunk = 65536;
inline constexpr std::size_t default_seal_depth = 16;
inline constexpr double default_clock_mhz = 250;

/// Options of `cce seal` and `cce open`.
struct SealOptions {
    KeyOptions key;
    std::string context;
    std::string input;
    std::string output;
    std::optional<std::uint64_t> chunk;  ///< seal only
    std::size_t depth = default_seal_depth;
    bool resume = false;
    std::string trace;
    std::string statistics;
    bool json = false;
    bool progress = false;
    bool quiet = false;
    DeviceOptions device;
};

int run_seal(SealOptions& options);
int run_open(SealOptions& options);

}  // namespace cce::tool
