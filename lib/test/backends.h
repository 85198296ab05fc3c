// SPDX-License-Identifier: Apache-2.0
//
// The backends that can be opened here, as parameters of tests.

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cce/cce.h"

namespace cce::test {

inline std::vector<std::string> backends() {
    std::vector<std::string> result;
    for (const char* name : {"dev", "af_alg", "in-process", "software"}) {
        if (cce_probe(name, nullptr) == CCE_OK) result.emplace_back(name);
    }
    return result;
}

/// A parameter as part of a test's name.
inline std::string name_of(const ::testing::TestParamInfo<std::string>& backend) {
    std::string name = backend.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

}  // namespace cce::test
