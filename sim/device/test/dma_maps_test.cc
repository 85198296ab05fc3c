// SPDX-License-Identifier: Apache-2.0

#include "device/dma_maps.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "device/errors.h"

namespace cce::sim::device {
namespace {

constexpr std::uint64_t page = 0x1000;

/// Notes what is sent; the test answers.
class NotedMessages final : public DmaMessenger {
public:
    struct Sent {
        bool write;
        std::uint64_t address;
        std::size_t bytes;
        std::vector<std::byte> data;
    };
    std::uint16_t send_read(std::uint64_t address, std::uint32_t bytes) override {
        sent.push_back({false, address, bytes, {}});
        return static_cast<std::uint16_t>(sent.size() - 1);
    }
    std::uint16_t send_write(std::uint64_t address, std::span<const std::byte> data) override {
        sent.push_back({true, address, data.size(), {data.begin(), data.end()}});
        return static_cast<std::uint16_t>(sent.size() - 1);
    }
    [[nodiscard]] std::uint32_t data_maximum() const override { return maximum; }

    std::vector<Sent> sent;
    std::uint32_t maximum = 65'536;
};

class DmaMapsTest : public testing::Test {
protected:
    DmaMapsTest() : file_(::memfd_create("guest", MFD_CLOEXEC)) {
        if (::ftruncate(file_.get(), 16 * page) != 0) throw std::runtime_error("ftruncate");
    }
    int error_of(const std::function<void()>& call) {
        try {
            call();
        } catch (const MapError& error) {
            return error.error;
        }
        return 0;
    }
    void add(std::uint64_t address, std::uint64_t size, std::uint64_t offset = 0,
             DmaMaps::Access access = {true, true}) {
        maps_.add({address, size}, access, &file_, offset);
    }
    static Burst read_burst(std::uint64_t address, unsigned beats) {
        return {Direction::read, address, beats, 16, 0, 100};
    }

    FileDescriptor file_;
    NotedMessages messages_;
    DmaMaps maps_{messages_};
    std::array<std::uint8_t, 64> data_{};
};

TEST_F(DmaMapsTest, AnAddressIsAPlaceInAFile) {
    add(0xffff'0000, page, 3 * page);
    data_.fill(0x5a);
    EXPECT_TRUE(maps_.write(0xffff'0010, data_));
    std::array<std::uint8_t, 64> there{};
    ASSERT_EQ(::pread(file_.get(), there.data(), there.size(), 3 * page + 0x10), 64);
    EXPECT_EQ(there, data_);
    EXPECT_EQ(maps_.view(Direction::read, 0xffff'0010, 64).size(), 64U);
    EXPECT_TRUE(messages_.sent.empty());
}

TEST_F(DmaMapsTest, WhatIsMappedNowhereIsRefused) {
    add(page, page);
    EXPECT_FALSE(maps_.read(page - 1, data_));
    EXPECT_FALSE(maps_.read(2 * page - 63, data_));
    EXPECT_FALSE(maps_.write(2 * page, data_));
    EXPECT_FALSE(maps_.read(~std::uint64_t{0} - 8, data_)) << "the end of the address space";
    EXPECT_TRUE(maps_.read(2 * page - 64, data_));
}

TEST_F(DmaMapsTest, AWriteThatIsNotMappedInFullWritesNothing) {
    add(page, page);
    data_.fill(0x77);
    EXPECT_FALSE(maps_.write(2 * page - 32, data_));
    EXPECT_EQ(maps_.view(Direction::read, 2 * page - 32, 1)[0], std::byte{0});
}

TEST_F(DmaMapsTest, NeighboursAreOne) {
    // In the file they are the other way round.
    add(page, page, page);
    add(2 * page, page, 0);
    for (std::size_t i = 0; i < data_.size(); ++i) data_[i] = static_cast<std::uint8_t>(i);
    EXPECT_TRUE(maps_.write(2 * page - 24, data_));
    std::array<std::uint8_t, 64> back{};
    EXPECT_TRUE(maps_.read(2 * page - 24, back));
    EXPECT_EQ(back, data_);
    EXPECT_TRUE(maps_.view(Direction::read, 2 * page - 24, 64).empty()) << "it is not in one piece";
}

TEST_F(DmaMapsTest, DirectionsAreKept) {
    add(page, page, 0, {.read = true, .write = false});
    add(2 * page, page, page, {.read = false, .write = true});
    EXPECT_TRUE(maps_.read(page, data_));
    EXPECT_FALSE(maps_.write(page, data_));
    EXPECT_FALSE(maps_.read(2 * page, data_));
    EXPECT_TRUE(maps_.write(2 * page, data_));
    EXPECT_TRUE(maps_.view(Direction::write, page, 16).empty());
    EXPECT_FALSE(maps_.view(Direction::write, 2 * page, 16).empty());
}

TEST_F(DmaMapsTest, AfterUnmappingTheMemoryIsGone) {
    add(page, page);
    add(2 * page, page);
    maps_.remove({page, page});
    EXPECT_FALSE(maps_.read(page, data_));
    EXPECT_TRUE(maps_.read(2 * page, data_));
    maps_.remove({0, ~std::uint64_t{0}});
    EXPECT_EQ(maps_.count(), 0U);
    EXPECT_EQ(maps_.count_peak(), 2U);
    maps_.remove({page, page});
}

TEST_F(DmaMapsTest, BadMapsAreRefused) {
    add(4 * page, 2 * page);
    EXPECT_EQ(error_of([&] { add(page, 0); }), EINVAL);
    EXPECT_EQ(error_of([&] { add(~std::uint64_t{0} - page, 2 * page); }), EINVAL);
    EXPECT_EQ(error_of([&] { add(5 * page, page); }), EEXIST);
    EXPECT_EQ(error_of([&] { add(3 * page, 2 * page); }), EEXIST);
    EXPECT_EQ(error_of([&] { add(page, 16 * page); }), EEXIST);
    EXPECT_EQ(error_of([&] { add(0, page, 16 * page); }), EINVAL) << "behind the end of the file";
    EXPECT_EQ(error_of([&] { add(0, page, ~std::uint64_t{0} - page); }), EINVAL);
    EXPECT_EQ(error_of([&] { add(0, page, 8); }), EINVAL) << "mmap wants whole pages";
    EXPECT_EQ(error_of([&] { maps_.remove({4 * page, page}); }), EINVAL) << "half of a map";
    EXPECT_EQ(error_of([&] { maps_.remove({5 * page, page}); }), EINVAL);
    EXPECT_EQ(error_of([&] { maps_.remove({0, 0}); }), EINVAL);
    EXPECT_EQ(error_of([&] { maps_.remove({2 * page, ~std::uint64_t{0}}); }), EINVAL);
    EXPECT_EQ(maps_.count(), 1U);
}

/// Maps without a file.
class DmaMessagesTest : public DmaMapsTest {
protected:
    DmaMessagesTest() { maps_.add({page, 4 * page}, {true, true}, nullptr, 0); }
    std::vector<std::byte> pattern(std::size_t bytes, unsigned first) {
        std::vector<std::byte> result(bytes);
        for (std::size_t i = 0; i < bytes; ++i) result[i] = static_cast<std::byte>(first + i);
        return result;
    }
};

TEST_F(DmaMessagesTest, ABurstIsAskedForWhenItIsAnnounced) {
    EXPECT_EQ(maps_.announced(read_burst(page + 8, 4), true), DmaMaps::message_latency);
    EXPECT_TRUE(maps_.awaits_data());
    maps_.send();
    ASSERT_EQ(messages_.sent.size(), 1U);
    EXPECT_EQ(messages_.sent[0].address, page + 8);
    EXPECT_EQ(messages_.sent[0].bytes, 56U) << "to the end of the last beat";
    EXPECT_EQ(maps_.deadline(), 100U + DmaMaps::message_latency);
    maps_.fetched(0, pattern(56, 1));
    EXPECT_FALSE(maps_.awaits_data());
    EXPECT_EQ(maps_.deadline(), std::nullopt);
    EXPECT_TRUE(maps_.read(page + 8, std::span(data_).first(8)));
    EXPECT_EQ(data_[7], 8);
    EXPECT_TRUE(maps_.read(page + 16, std::span(data_).first(16)));
    EXPECT_EQ(data_[0], 9);
    maps_.read_ended();
    EXPECT_FALSE(maps_.read(page + 8, std::span(data_).first(8))) << "the burst has ended";
}

TEST_F(DmaMessagesTest, DataThatAreNotThereAreAnErrorAndNeverZeros) {
    (void)maps_.announced(read_burst(page, 1), true);
    maps_.send();
    EXPECT_THROW((void)maps_.read(page, std::span(data_).first(16)), ProtocolError);
}

TEST_F(DmaMessagesTest, UnmappedWhileInFlight) {
    (void)maps_.announced(read_burst(page, 2), true);
    maps_.send();
    maps_.remove({page, 4 * page});
    maps_.fetched(0, pattern(32, 1));
    EXPECT_FALSE(maps_.read(page, std::span(data_).first(16)))
        << "the data came, but the driver has taken the map away";
    maps_.read_ended();
    EXPECT_FALSE(maps_.write(page, data_));
    maps_.send();
    EXPECT_EQ(messages_.sent.size(), 1U);
}

TEST_F(DmaMessagesTest, ARefusedReadIsABusError) {
    (void)maps_.announced(read_burst(page, 2), true);
    maps_.send();
    maps_.fetched(0, std::nullopt);
    EXPECT_FALSE(maps_.read(page, std::span(data_).first(16)));
}

TEST_F(DmaMessagesTest, LongBurstsGoInPieces) {
    messages_.maximum = 100;
    (void)maps_.announced(read_burst(page, 16), true);
    maps_.send();
    ASSERT_EQ(messages_.sent.size(), 3U);
    EXPECT_EQ(messages_.sent[2].address, page + 200);
    EXPECT_EQ(messages_.sent[2].bytes, 56U);
    maps_.fetched(2, pattern(56, 200));
    maps_.fetched(0, pattern(100, 0));
    EXPECT_TRUE(maps_.awaits_data());
    maps_.fetched(1, pattern(100, 100));
    EXPECT_FALSE(maps_.awaits_data());
    EXPECT_TRUE(maps_.read(page + 192, data_));
    EXPECT_EQ(data_[63], 255);
}

TEST_F(DmaMessagesTest, WritesGoInOrderAndInFrontOfReads) {
    (void)maps_.announced(read_burst(page, 1), true);
    data_.fill(1);
    EXPECT_TRUE(maps_.write(2 * page, std::span(data_).first(16)));
    data_.fill(2);
    EXPECT_TRUE(maps_.write(2 * page + 16, std::span(data_).first(16)));
    EXPECT_TRUE(maps_.write(3 * page, std::span(data_).first(16)));
    maps_.send();
    ASSERT_EQ(messages_.sent.size(), 3U);
    EXPECT_TRUE(messages_.sent[0].write);
    EXPECT_EQ(messages_.sent[0].address, 2 * page);
    EXPECT_EQ(messages_.sent[0].bytes, 32U) << "what follows one another is one message";
    EXPECT_EQ(messages_.sent[0].data[16], std::byte{2});
    EXPECT_EQ(messages_.sent[1].address, 3 * page);
    EXPECT_FALSE(messages_.sent[2].write);
    EXPECT_EQ(maps_.writes_sent(), 2U);
    maps_.stored(0);
    EXPECT_EQ(maps_.writes_answered(), 1U);
}

TEST_F(DmaMessagesTest, AnswersThatNobodyWaitsFor) {
    EXPECT_THROW(maps_.fetched(7, pattern(16, 0)), ProtocolError);
    EXPECT_THROW(maps_.stored(7), ProtocolError);
    (void)maps_.announced(read_burst(page, 1), true);
    maps_.send();
    EXPECT_THROW(maps_.fetched(0, pattern(15, 0)), ProtocolError) << "too short";
}

TEST_F(DmaMessagesTest, AfterAResetOldAnswersAreForgotten) {
    (void)maps_.announced(read_burst(page, 1), true);
    maps_.send();
    EXPECT_TRUE(maps_.write(2 * page, data_));
    maps_.forget();
    EXPECT_FALSE(maps_.awaits_data());
    (void)maps_.announced(read_burst(page, 1), true);
    maps_.send();
    ASSERT_EQ(messages_.sent.size(), 2U) << "the write of before the reset is not sent";
    maps_.fetched(0, pattern(16, 1));
    EXPECT_TRUE(maps_.awaits_data()) << "that was the answer to the other one";
    maps_.fetched(1, pattern(16, 9));
    EXPECT_TRUE(maps_.read(page, std::span(data_).first(16)));
    EXPECT_EQ(data_[0], 9);
}

TEST_F(DmaMessagesTest, WithoutBusMasteringNothingIsAskedFor) {
    EXPECT_EQ(maps_.announced(read_burst(page, 1), false), 0U);
    maps_.send();
    EXPECT_TRUE(messages_.sent.empty());
}

}  // namespace
}  // namespace cce::sim::device
