// SPDX-License-Identifier: Apache-2.0
//
// What only an engine can do, while the engine comes and goes.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <span>
#include <thread>

#include "device_file.h"
#include "reference.h"

namespace cce::dev {

// Calls `request` until the job ends it. It is given a destination full of `untouched` and leaves there what became of
// it, and the errno: the result is right, or there is an errno and nothing of it. Sessions of `mode` are asked for all
// the time, and refused at times.
inline void run_until_removals_end(const DeviceFile& file, uint32_t mode, std::span<const uint8_t> key,
                                   const Bytes& expected, uint8_t untouched, const char* what,
                                   const std::function<void(Bytes& destination, int& error)>& request) {
    const char* until = std::getenv("CCE_DEV_UNTIL");
    ASSERT_NE(until, nullptr);
    std::map<int, unsigned> failures;
    unsigned good = 0, refused_sessions = 0;
    while (access(until, F_OK) != 0) {
        Bytes destination(expected.size(), untouched);
        int error = 0;
        ASSERT_NO_FATAL_FAILURE(request(destination, error));
        if (error == 0) {
            ++good;
            ASSERT_EQ(destination, expected);
        } else {
            ++failures[error];
            ASSERT_TRUE(destination[0] == 0 || destination[0] == untouched);
            ASSERT_EQ(destination, Bytes(expected.size(), destination[0]));
        }
        uint32_t id = 0;
        const int refused = file.create_session(mode, key, 0, id);
        ASSERT_TRUE(refused == 0 || refused == EOPNOTSUPP) << refused;
        refused_sessions += refused != 0;
        if (refused == 0) {
            ASSERT_EQ(file.destroy(CCE_UAPI_SESSION_DESTROY, id), 0);
        }
        // Time stands still in a guest that never sleeps.
        std::this_thread::sleep_for(std::chrono::microseconds{100});
    }
    EXPECT_GT(good, 1U);
    EXPECT_GT(failures[ENODEV], 0U);
    EXPECT_GT(refused_sessions, 0U);
    std::printf("%u %s; sessions refused %u;", good, what, refused_sessions);
    for (const auto& [error, count] : failures) {
        std::printf(" %u with errno %d", count, error);
        EXPECT_TRUE(error == ENODEV || error == EAGAIN || error == EIO || error == ETIMEDOUT) << error;
    }
    std::printf("\n");
}

}  // namespace cce::dev
