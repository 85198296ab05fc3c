// SPDX-License-Identifier: Apache-2.0
//
// The part of cce selftest for hash functions, HMAC and KMAC: known answers, then random messages against the software
// backend, whole and in pieces; and forgeries, which must be noticed.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cce/cce.hpp"

namespace cce::tool {

struct HashSelftest {
    unsigned passed = 0;
    std::vector<std::string> failures;
    std::vector<std::string> not_offered;
};

[[nodiscard]] HashSelftest test_hashes(Device& device, std::uint32_t seed);

}  // namespace cce::tool
