// SPDX-License-Identifier: Apache-2.0
//
// The whole server against a guest in another thread: who may be where in time, and when interrupts come.

#include "device/device_server.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <exception>
#include <thread>

#include "device/errors.h"
#include "fake_engine.h"
#include "guest.h"

namespace cce::sim::device {
namespace {

constexpr std::uint64_t cycle_ns = 4;
constexpr std::uint64_t doorbell = contract::doorbell_page::base;
constexpr std::uint64_t second = 1'000'000'000;
/// The vector that the fake engine raises, and what it is programmed to say.
constexpr std::uint64_t table_entry = 16;
constexpr std::uint32_t message_data = 42;

class DeviceServerTest : public testing::Test {
protected:
    void SetUp() override {
        const std::string name = testing::TempDir() + "cce" + std::to_string(::getpid());
        device_path_ = name + ".device";
        calendar_path_ = name + ".calendar";
    }
    void TearDown() override { finish(); }

    Guest& start(const char* injection = nullptr) {
        DeviceServerOptions options;
        options.cycle_ns = cycle_ns;
        options.stop_fd = stop_.get();
        if (injection != nullptr) options.injection.add(injection);
        server_.emplace(options, [](EngineHost& host) { return std::make_unique<FakeEngine>(host); });
        device_.emplace(device_path_);
        calendar_.emplace(calendar_path_);
        thread_ = std::thread([this] {
            try {
                server_->run(*device_, *calendar_);
            } catch (...) {
                error_ = std::current_exception();
            }
        });
        guest_.emplace(device_path_, calendar_path_);
        guest_->write(2, table_entry + 8, message_data);
        guest_->write(2, table_entry + 12, 0);
        return *guest_;
    }
    void finish() {
        guest_.reset();
        if (thread_.joinable()) thread_.join();
    }

    std::filesystem::path device_path_;
    std::filesystem::path calendar_path_;
    FileDescriptor stop_{::eventfd(0, EFD_CLOEXEC)};
    std::optional<DeviceServer> server_;
    std::optional<UnixListener> device_;
    std::optional<UnixListener> calendar_;
    std::optional<Guest> guest_;
    std::exception_ptr error_;
    std::thread thread_;
};

TEST_F(DeviceServerTest, AnInterruptComesAtItsCycle) {
    Guest& guest = start();
    guest.sleep(5000);
    ASSERT_EQ(guest.now(), 5000U);
    guest.write(0, doorbell, 1);
    EXPECT_EQ(guest.sleep(second), message_data);
    EXPECT_EQ(guest.now(), 5000 + (FakeEngine::access_cycles + FakeEngine::work_cycles) * cycle_ns);
}

TEST_F(DeviceServerTest, AnIdleEngineLeavesTheGuestAlone) {
    Guest& guest = start();
    guest.read(0, 0);
    ASSERT_TRUE(guest.granted());
    EXPECT_GE(*guest.granted(), std::uint64_t{TimeTravelCalendar::never});
    const std::uint64_t before = server_->calendar().received()[3];
    for (int i = 1; i < 1000; ++i) guest.sleep(static_cast<std::uint64_t>(i) * second);
    guest.read(0, 0);
    EXPECT_EQ(server_->calendar().now(), 999 * second);
    EXPECT_EQ(server_->calendar().received()[3], before) << "no WAIT was needed";
}

TEST_F(DeviceServerTest, ADoorbellTakesTheGrantBack) {
    Guest& guest = start();
    guest.read(0, 0);
    guest.write(0, doorbell, 1);
    ASSERT_TRUE(guest.granted());
    const std::uint64_t engine_time = server_->engine().cycle() * cycle_ns;
    EXPECT_LE(*guest.granted(), engine_time);
    // In small steps the guest meets the interrupt neither early nor late.
    const std::uint64_t due = engine_time + FakeEngine::work_cycles * cycle_ns;
    std::optional<std::uint32_t> interrupt;
    while (!interrupt && guest.now() < 2 * due) interrupt = guest.sleep(guest.now() + 7);
    EXPECT_EQ(interrupt, message_data);
    EXPECT_EQ(guest.now(), due);
}

TEST_F(DeviceServerTest, AMaskedInterruptComesWhenTheMaskGoes) {
    Guest& guest = start();
    guest.write(2, table_entry + 12, 1);
    guest.write(0, doorbell, 1);
    EXPECT_EQ(guest.sleep(10'000), std::nullopt);
    EXPECT_EQ(guest.read(2, PciFunction::msix_pending_offset), 2U);
    guest.write(2, table_entry + 12, 0);
    EXPECT_EQ(guest.sleep(second), message_data);
    EXPECT_EQ(guest.now(), 10'000U);
    EXPECT_EQ(guest.read(2, PciFunction::msix_pending_offset), 0U);
}

TEST_F(DeviceServerTest, ManyInterruptsGoThroughAFewBuffers) {
    Guest& guest = start();
    for (int i = 0; i < 20; ++i) {
        guest.write(0, doorbell, 1);
        ASSERT_EQ(guest.sleep(guest.now() + second), message_data);
    }
    finish();
    EXPECT_EQ(server_->statistics().interrupt_messages, 20U);
    EXPECT_EQ(server_->faults().count(), 0U);
    EXPECT_FALSE(error_);
}

TEST_F(DeviceServerTest, ALostInterruptIsLost) {
    Guest& guest = start("drop-interrupt@1");
    guest.write(0, doorbell, 1);
    EXPECT_EQ(guest.sleep(second), std::nullopt);
    EXPECT_EQ(guest.now(), second);
    guest.write(0, doorbell, 1);
    EXPECT_EQ(guest.sleep(2 * second), message_data);
}

TEST_F(DeviceServerTest, AVanishedDeviceNeverInterrupts) {
    Guest& guest = start("vanish@2");
    guest.write(0, doorbell, 1);
    EXPECT_EQ(guest.read(0, 0), 0xffff'ffff);
    EXPECT_EQ(guest.sleep(second), std::nullopt);
    EXPECT_EQ(guest.now(), second);
}

TEST_F(DeviceServerTest, AMalformedMessageEndsTheServerWithItsName) {
    Guest& guest = start();
    const std::array<std::uint32_t, 2> kick_of_queue_7{7, 0};
    EXPECT_THROW(guest.send_raw(35, std::as_bytes(std::span(kick_of_queue_7))), PeerClosed);
    finish();
    ASSERT_TRUE(error_);
    try {
        std::rethrow_exception(error_);
    } catch (const ProtocolError& error) {
        EXPECT_STREQ(error.what(), "vhost-user: there is no virtqueue 7");
    }
}

TEST_F(DeviceServerTest, StopsWhenAsked) {
    start();
    ASSERT_EQ(::eventfd_write(stop_.get(), 1), 0);
    thread_.join();
    EXPECT_FALSE(error_);
}

}  // namespace
}  // namespace cce::sim::device
