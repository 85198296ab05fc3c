// SPDX-License-Identifier: Apache-2.0
//
// An engine that is only a few registers: a write to the first submission doorbell keeps it busy for a while and then
// raises interrupt 1.

#pragma once

#include <optional>

#include "cce_contract.hpp"
#include "engine/engine.h"

namespace cce::sim::device {

class FakeEngine final : public Engine {
public:
    static constexpr std::uint64_t work_cycles = 1000;
    static constexpr std::uint64_t access_cycles = 3;
    static constexpr std::uint32_t scratch = contract::global_page::base + contract::global_page::gate;
    static constexpr std::uint32_t missing = 0x0f000;

    explicit FakeEngine(EngineHost& host) : host_(host) {}

    [[nodiscard]] std::string name() const override { return "fake"; }
    [[nodiscard]] std::uint64_t cycle() const override { return cycle_; }
    [[nodiscard]] bool idle() const override { return !done_at_; }
    void reset() override { done_at_.reset(); }

    RegisterValue read_register(std::uint32_t offset) override {
        namespace page = contract::global_page;
        step();
        if (offset == page::base + page::identification) return {contract::identification_value, false};
        if (offset == page::base + page::geometry) return {page::geometry_queue_count.put(4), false};
        if (offset == scratch) return {scratch_, false};
        return {0, offset == missing};
    }

    RegisterValue write_register(std::uint32_t offset, std::uint32_t value) override {
        step();
        if (offset == scratch) scratch_ = value;
        if (offset == contract::doorbell_page::base) done_at_ = cycle_ + work_cycles;
        return {value, offset == missing};
    }

    bool advance(std::uint64_t limit) override {
        if (limit <= cycle_) return false;
        if (!done_at_ || *done_at_ > limit) {
            cycle_ = limit;
            return false;
        }
        cycle_ = *done_at_;
        done_at_.reset();
        host_.interrupt(1, cycle_ - 1);
        return true;
    }

    void set_gate(bool /*closed*/) override {}
    [[nodiscard]] std::uint64_t simulated_cycles() const override { return cycle_; }

private:
    void step() { advance(cycle_ + access_cycles); }

    EngineHost& host_;
    std::uint64_t cycle_ = 0;
    std::optional<std::uint64_t> done_at_;
    std::uint32_t scratch_ = 0;
};

}  // namespace cce::sim::device
