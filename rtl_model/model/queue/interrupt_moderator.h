// SPDX-License-Identifier: Apache-2.0
//
// Decides when a queue pair raises its interrupt: at a number of unseen completions, or a time after the first of them.

#pragma once

#include <cstdint>
#include <limits>

namespace cce::model {

/// Model of interrupt_moderator.sv.
class InterruptModerator {
public:
    struct Inputs {
        bool clear = false;
        bool enable = false;
        std::uint16_t count = 0;
        std::uint32_t time = 0;
        bool completion = false;
        bool caught_up = false;
    };

    void reset() {
        unseen_ = 0;
        timer_ = 0;
    }

    void clock(const Inputs& inputs) {
        if (inputs.clear) {
            reset();
        } else if (inputs.caught_up || interrupt(inputs)) {
            unseen_ = inputs.completion ? 1 : 0;
            timer_ = 0;
        } else {
            const bool counting = unseen_ != 0;
            if (inputs.completion && unseen_ != std::numeric_limits<std::uint16_t>::max()) ++unseen_;
            if (counting && timer_ != std::numeric_limits<std::uint32_t>::max()) ++timer_;
        }
    }

    /// Cycles until something else than the timer changes, without a further completion.
    [[nodiscard]] std::uint64_t steady_cycles(const Inputs& inputs) const {
        constexpr std::uint64_t forever = std::numeric_limits<std::uint64_t>::max();
        if (unseen_ == 0) return forever;
        if (inputs.caught_up || interrupt(inputs)) return 0;
        return inputs.enable ? inputs.time - timer_ : forever;
    }
    /// So many cycles without a completion.
    void advance(std::uint64_t cycles) {
        constexpr std::uint32_t last = std::numeric_limits<std::uint32_t>::max();
        if (unseen_ != 0) timer_ = cycles < last - timer_ ? timer_ + static_cast<std::uint32_t>(cycles) : last;
    }

    /// One-cycle pulse. `completion` is not looked at.
    [[nodiscard]] bool interrupt(const Inputs& inputs) const {
        return unseen_ != 0 && (unseen_ >= inputs.count || timer_ >= inputs.time) && inputs.enable && !inputs.caught_up;
    }
    /// Nothing will be raised without a further event.
    [[nodiscard]] bool idle(bool enable) const { return unseen_ == 0 || !enable; }
    /// A clock edge without inputs changes nothing.
    [[nodiscard]] bool at_rest() const { return unseen_ == 0; }

private:
    std::uint16_t unseen_ = 0;
    std::uint32_t timer_ = 0;
};

}  // namespace cce::model
