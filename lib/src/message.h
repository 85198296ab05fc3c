// SPDX-License-Identifier: Apache-2.0
//
// The particulars of a thread's last failure, for cce_error_message().

#pragma once

#include <cstdint>
#include <new>
#include <string>

namespace cce::internal {

/// What one thread remembers.
class LastMessage {
public:
    static void note(std::uint64_t device, const std::string& text) noexcept {
        LastMessage& last = of_this_thread();
        try {
            last.device_ = device;
            last.text_ = text;
        } catch (const std::bad_alloc&) {
            last.text_.clear();
        }
    }
    /// Empty if the last failure was not on this device. Valid until the next note().
    [[nodiscard]] static const char* of(std::uint64_t device) noexcept {
        const LastMessage& last = of_this_thread();
        return last.device_ == device ? last.text_.c_str() : "";
    }

private:
    static LastMessage& of_this_thread() noexcept {
        thread_local LastMessage last;
        return last;
    }
    std::uint64_t device_ = 0;  ///< its number, which is never 0
    std::string text_;
};

}  // namespace cce::internal
