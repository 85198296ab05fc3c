// SPDX-License-Identifier: Apache-2.0
//
// Guest memory for tests: one region in an anonymous file.

#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "device/guest_memory.h"

namespace cce::sim::device {

class TestMemory {
public:
    static constexpr std::uint64_t guest_base = 0x10'0000;
    static constexpr std::uint64_t user_base = 0x7000'0000;
    static constexpr std::uint64_t bytes = 0x1'0000;

    TestMemory() : file_(::memfd_create("guest", MFD_CLOEXEC)) {
        if (::ftruncate(file_.get(), bytes) != 0) throw std::runtime_error("ftruncate");
        memory_.add({guest_base, bytes, user_base, 0}, file_);
    }
    [[nodiscard]] GuestMemory& memory() { return memory_; }
    [[nodiscard]] const FileDescriptor& file() const { return file_; }

    /// `offset` counts from the beginning of the region.
    template <typename T>
    void store(std::uint64_t offset, const T& value) {
        std::memcpy(memory_.view(guest_base + offset, sizeof value).data(), &value, sizeof value);
    }
    template <typename T>
    [[nodiscard]] T load(std::uint64_t offset) const {
        T value{};
        std::memcpy(&value, memory_.view(guest_base + offset, sizeof value).data(), sizeof value);
        return value;
    }

private:
    FileDescriptor file_;
    GuestMemory memory_;
};

}  // namespace cce::sim::device
