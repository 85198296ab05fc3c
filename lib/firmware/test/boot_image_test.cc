// SPDX-License-Identifier: Apache-2.0
//
// The example boot loader on images that OpenSSL has made: genuine ones, and every way in which one is not.

#include "boot_image.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <tuple>

#include "cce_contract.hpp"
#include "reference.h"
#include "station.h"

namespace cce::firmware {
namespace {

using reference::Bytes;
namespace global = contract::global_page;

constexpr std::uint32_t version = 7;
constexpr std::size_t text_bytes = 3001;

class BootImage : public ::testing::TestWithParam<std::tuple<std::string, bool>> {
protected:
    void SetUp() override {
        for (std::size_t i = 0; i < text_bytes; ++i) text_.push_back(static_cast<std::uint8_t>(i * 11 + i / 251));
        image_ = image(cipher_key_, mac_key_);
        to_ = station_.machine().allocate(4096, 64);
        flash_ = station_.machine().allocate(8192, 64);
    }

    /// By the table in boot_image.h, not by its functions.
    [[nodiscard]] Bytes image(const Bytes& cipher_key, const Bytes& mac_key) const {
        Bytes bytes{'C', 'C', 'E', '-', 'B', 'O', 'O', 'T'};
        for (const std::size_t number : {std::size_t{version}, text_bytes}) {
            for (unsigned i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
        }
        const Bytes counter(16, 0xa5);
        bytes.insert(bytes.end(), counter.begin(), counter.end());
        const Bytes ciphertext = reference::cbc_or_ctr(true, cipher_key, counter, text_, true);
        bytes.insert(bytes.end(), ciphertext.begin(), ciphertext.end());
        const Bytes tag = reference::hmac("SHA256", mac_key, bytes, BOOT_IMAGE_TAG_BYTES);
        bytes.insert(bytes.end(), tag.begin(), tag.end());
        return bytes;
    }

    boot_image_status open() {
        return boot_loader_open(&loader_, &station_.queue(), cipher_key_.data(), mac_key_.data(), Station::patience);
    }
    boot_image_status load(const Bytes& image, std::uint32_t oldest = 0, std::uint32_t room = 4096) {
        std::ranges::copy(image, flash_.begin());
        std::ranges::fill(to_, std::uint8_t{0xee});
        loaded_ = 0;
        return boot_loader_load(&loader_, &station_.queue(), flash_.data(), static_cast<std::uint32_t>(image.size()),
                                oldest, to_.data(), room, &loaded_, Station::patience);
    }
    /// What processor and engine see at the destination: this, and behind it what was there.
    void expect_memory(const Bytes& text) {
        Bytes expected(to_.size(), 0xee);
        std::ranges::copy(text, expected.begin());
        EXPECT_EQ(Bytes(to_.begin(), to_.end()), expected);
        const std::uint64_t address = station_.machine().bus_address(to_.data());
        const auto view = station_.machine().machine().memory().view(address, text.size());
        EXPECT_EQ(Bytes(view.begin(), view.end()), text);
    }

    Station station_{std::get<0>(GetParam()), std::get<1>(GetParam())};
    boot_loader& loader_ = station_.machine().make<boot_loader>();
    Bytes cipher_key_ = Bytes(BOOT_IMAGE_KEY_BYTES, 0x21);
    Bytes mac_key_ = Bytes(BOOT_IMAGE_KEY_BYTES, 0x43);
    Bytes text_, image_;
    std::uint32_t loaded_ = 0;
    std::span<std::uint8_t> to_, flash_;
};

std::string name_of(const ::testing::TestParamInfo<BootImage::ParamType>& instance) {
    const auto& [engine, coherent] = instance.param;
    return engine + (coherent ? "" : "_incoherent");
}

INSTANTIATE_TEST_SUITE_P(, BootImage, ::testing::Combine(::testing::Values("rtl", "model"), ::testing::Bool()),
                         name_of);

TEST_P(BootImage, TheHeaderIsThatOfTheFormat) {
    Bytes header(BOOT_IMAGE_HEADER_BYTES);
    boot_image_header(header.data(), version, text_bytes, image_.data() + 16);
    EXPECT_EQ(header, Bytes(image_.begin(), image_.begin() + BOOT_IMAGE_HEADER_BYTES));
}

TEST_P(BootImage, AGenuineImageIsLoadedInOneRequest) {
    ASSERT_EQ(open(), BOOT_IMAGE_OK);
    cce_mmio_queue_state before{};
    ASSERT_EQ(cce_mmio_queue_query(&station_.queue(), &before), CCE_MMIO_OK);
    ASSERT_EQ(load(image_, version, text_bytes), BOOT_IMAGE_OK);
    EXPECT_EQ(loaded_, text_bytes);
    expect_memory(text_);
    cce_mmio_queue_state after{};
    ASSERT_EQ(cce_mmio_queue_query(&station_.queue(), &after), CCE_MMIO_OK);
    EXPECT_EQ(after.completed - before.completed, 1U);
}

TEST_P(BootImage, WhatWasChangedAnywhereIsRefused) {
    ASSERT_EQ(open(), BOOT_IMAGE_OK);
    for (const std::size_t position :
         {std::size_t{8}, std::size_t{16}, std::size_t{31}, std::size_t{32}, std::size_t{1500},
          image_.size() - BOOT_IMAGE_TAG_BYTES - 1, image_.size() - BOOT_IMAGE_TAG_BYTES, image_.size() - 1}) {
        Bytes forged = image_;
        forged.at(position) ^= 0x10;
        EXPECT_EQ(load(forged), BOOT_IMAGE_FORGED) << position;
        EXPECT_EQ(loaded_, 0U);
        expect_memory(Bytes(text_bytes));
    }
    EXPECT_EQ(load(image(cipher_key_, Bytes(BOOT_IMAGE_KEY_BYTES, 0x44))), BOOT_IMAGE_FORGED) << "another's key";
    EXPECT_EQ(load(image_), BOOT_IMAGE_OK) << "and the next one is genuine";
}

TEST_P(BootImage, WhatIsNoImageIsRefusedUnread) {
    ASSERT_EQ(open(), BOOT_IMAGE_OK);
    for (const std::size_t position : {0U, 7U, 12U, 15U}) {
        Bytes other = image_;
        other.at(position) ^= 1;
        EXPECT_EQ(load(other), BOOT_IMAGE_FORMAT) << position;
        expect_memory({});
    }
    Bytes shorter = image_, longer = image_;
    shorter.pop_back();
    longer.push_back(0);
    EXPECT_EQ(load(shorter), BOOT_IMAGE_FORMAT);
    EXPECT_EQ(load(longer), BOOT_IMAGE_FORMAT);
    EXPECT_EQ(load(Bytes(image_.begin(), image_.begin() + 63)), BOOT_IMAGE_FORMAT);
    EXPECT_EQ(load(image_, 0, text_bytes - 1), BOOT_IMAGE_ROOM);
    expect_memory({});
}

TEST_P(BootImage, AnOldImageIsRefused) {
    ASSERT_EQ(open(), BOOT_IMAGE_OK);
    EXPECT_EQ(load(image_, version + 1), BOOT_IMAGE_OLD);
    EXPECT_EQ(loaded_, 0U);
    expect_memory(Bytes(text_bytes));
}

TEST_P(BootImage, WithoutTheEnginesHelpNothingIsLeft) {
    const auto view = [&](const void* begin, std::size_t bytes) {
        const auto* const first = static_cast<const std::uint8_t*>(begin);
        return Bytes(first, first + bytes);
    };
    const auto expect_closed = [&] {
        EXPECT_EQ(view(&loader_.cipher, sizeof loader_.cipher), Bytes(sizeof loader_.cipher));
        EXPECT_EQ(view(&loader_.mac, sizeof loader_.mac), Bytes(sizeof loader_.mac));
    };
    ASSERT_EQ(open(), BOOT_IMAGE_OK);
    const std::uint32_t all = station_.engine().algorithms;
    station_.engine().algorithms = all & ~global::algorithms_cipher_hash.mask;
    EXPECT_EQ(open(), BOOT_IMAGE_ENGINE);
    EXPECT_EQ(loader_.engine_status, CCE_MMIO_ERROR_UNSUPPORTED);
    expect_closed();
    station_.engine().algorithms = all;

    ASSERT_EQ(open(), BOOT_IMAGE_OK);
    auto& memory = station_.machine().machine().memory();
    memory.inject_error(sim::Direction::read, station_.machine().bus_address(flash_.data()) + 2000, 1);
    EXPECT_EQ(load(image_), BOOT_IMAGE_ENGINE);
    EXPECT_EQ(loader_.engine_status, CCE_MMIO_ERROR_REFUSED);
    memory.clear_errors();
    expect_memory(Bytes(text_bytes));
    boot_loader_close(&loader_);
    expect_closed();
}

}  // namespace
}  // namespace cce::firmware
