// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <gtest/gtest.h>

#include "cce/cce.hpp"

namespace cce::test {

/// The call fails so, and says why.
template <typename Call>
void expect_status(cce_status wanted, Call call) {
    try {
        call();
        ADD_FAILURE() << "succeeded; wanted: " << cce_strerror(wanted);
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), wanted) << error.what();
        EXPECT_STRNE(error.what(), "");
    }
}

}  // namespace cce::test
