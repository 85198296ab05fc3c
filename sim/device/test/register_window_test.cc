// SPDX-License-Identifier: Apache-2.0

#include "device/register_window.h"

#include <gtest/gtest.h>

#include "device/dma_host.h"
#include "fake_engine.h"
#include "test_memory.h"

namespace cce::sim::device {
namespace {

class RegisterWindowTest : public testing::Test {
protected:
    template <typename T>
    T read(std::uint64_t offset) {
        T value{};
        window_.read(offset, std::as_writable_bytes(std::span(&value, 1)));
        return value;
    }
    template <typename T>
    void write(std::uint64_t offset, T value) {
        window_.write(offset, std::as_bytes(std::span(&value, 1)));
    }

    GuestMemory memory_;
    FaultInjection injection_;
    FaultLog faults_;
    Statistics statistics_;
    DmaHost host_{memory_, injection_, faults_, statistics_, 0};
    FakeEngine engine_{host_};
    RegisterWindow window_{engine_, injection_, faults_, statistics_};
};

TEST_F(RegisterWindowTest, SplitsAndJoinsAccesses) {
    write<std::uint64_t>(FakeEngine::scratch, 0x1'4433'2211);
    EXPECT_EQ(statistics_.register_writes, 2U);
    EXPECT_EQ(read<std::uint8_t>(FakeEngine::scratch + 1), 0x22);
    EXPECT_EQ(read<std::uint16_t>(FakeEngine::scratch + 2), 0x4433);
    EXPECT_EQ(statistics_.register_reads, 2U);
    EXPECT_EQ(read<std::uint64_t>(FakeEngine::scratch), 0x4433'2211U);
    EXPECT_EQ(read<std::uint32_t>(FakeEngine::scratch - 2), 0x2211'0000U);
    EXPECT_EQ(faults_.count(), 0U);
}

TEST_F(RegisterWindowTest, CountsDoorbells) {
    write<std::uint32_t>(contract::doorbell_page::at(contract::doorbell_page::completion_head, 3), 1);
    EXPECT_EQ(statistics_.doorbell_writes, 1U);
}

TEST_F(RegisterWindowTest, LooksAtTheCompletedRequestsLeaveMarks) {
    namespace page = contract::queue_page;
    statistics_.bytes_read = 100;
    read<std::uint32_t>(page::at(page::completed_low, 0));
    statistics_.bytes_read = 300;
    statistics_.bytes_written = 7;
    read<std::uint32_t>(page::at(page::completed_high, 0));
    read<std::uint32_t>(page::at(page::completed_low, 1));
    read<std::uint32_t>(page::at(page::completed_low, 0));
    ASSERT_EQ(statistics_.marks.size(), 2U);
    EXPECT_EQ(statistics_.marks[0].read, 100U);
    EXPECT_EQ(statistics_.marks[1].read, 300U);
    EXPECT_EQ(statistics_.marks[1].written, 7U);
}

TEST_F(RegisterWindowTest, PartialWritesDoNothingAndAreFaults) {
    write<std::uint16_t>(FakeEngine::scratch, 0xffff);
    write<std::uint8_t>(FakeEngine::scratch, 0xff);
    write<std::uint32_t>(FakeEngine::scratch + 2, 0xff);
    EXPECT_EQ(read<std::uint32_t>(FakeEngine::scratch), 0U);
    EXPECT_EQ(faults_.count(), 3U);
}

TEST_F(RegisterWindowTest, BusErrorsAreFaults) {
    EXPECT_EQ(read<std::uint32_t>(FakeEngine::missing), 0xffff'ffff);
    write<std::uint32_t>(FakeEngine::missing, 1);
    EXPECT_EQ(read<std::uint32_t>(contract::register_space_bytes), 0xffff'ffff);
    EXPECT_EQ(read<std::uint64_t>(contract::register_space_bytes - 4), ~std::uint64_t{0});
    EXPECT_EQ(read<std::uint32_t>(~std::uint64_t{3}), 0xffff'ffff);
    EXPECT_EQ(faults_.count(), 5U);
}

TEST_F(RegisterWindowTest, AVanishedDeviceAnswersOnesWithoutFault) {
    injection_.add("vanish@2");
    EXPECT_EQ(read<std::uint32_t>(0), contract::identification_value);
    EXPECT_FALSE(window_.vanished());
    write<std::uint32_t>(FakeEngine::scratch, 1);
    EXPECT_TRUE(window_.vanished());
    EXPECT_EQ(read<std::uint32_t>(0), 0xffff'ffff);
    EXPECT_EQ(engine_.read_register(FakeEngine::scratch).value, 0U);
    EXPECT_EQ(faults_.count(), 0U);
}

}  // namespace
}  // namespace cce::sim::device
