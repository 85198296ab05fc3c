// SPDX-License-Identifier: Apache-2.0

#include "simulation.h"

#include <gtest/gtest.h>

namespace cce::example {

namespace {

class TestProcess : public sc_core::sc_module {
public:
    explicit TestProcess(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        SC_HAS_PROCESS(TestProcess);
        SC_THREAD(run);
        set_stack_size(stack_bytes);
    }
    [[nodiscard]] int result() const { return result_; }

private:
    /// In-process machines run on it too.
    static constexpr std::size_t stack_bytes = 4U << 20U;

    void run() {
        result_ = RUN_ALL_TESTS();
        sc_core::sc_stop();
    }

    int result_ = 1;
};

}  // namespace

int run_tests_in_simulation() {
    TestProcess process("tests");
    sc_core::sc_start();
    return process.result();
}

}  // namespace cce::example
