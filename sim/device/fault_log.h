// SPDX-License-Identifier: Apache-2.0
//
// What the guest's driver did wrong, for the report at the end.

#pragma once

#include <spdlog/spdlog.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace cce::sim::device {

class FaultLog {
public:
    /// Notes one fault; only the first few keep their text.
    void record(std::string text) {
        spdlog::debug("fault: {}", text);
        ++count_;
        if (first_.size() < kept) first_.push_back(std::move(text));
    }
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] const std::vector<std::string>& first() const { return first_; }

private:
    static constexpr std::size_t kept = 16;
    std::uint64_t count_ = 0;
    std::vector<std::string> first_;
};

}  // namespace cce::sim::device
