// SPDX-License-Identifier: Apache-2.0
//
// An engine that takes requests without looking at any secret: what stands behind the library's in-process backend
// while valgrind watches. (Both real engines are simulations, which may branch on what they simulate.) It does no
// cryptography: the text comes out as it went in, a tag that it makes is the beginning of the record that holds the
// key.

#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "cce_contract.hpp"
#include "engine/engine.h"

namespace cce::constant_time {

class BlindEngine final : public sim::Engine {
public:
    explicit BlindEngine(sim::EngineHost& host) : host_(host) {}

    [[nodiscard]] std::string name() const override { return "blind"; }
    [[nodiscard]] std::uint64_t cycle() const override { return cycle_; }
    [[nodiscard]] bool idle() const override { return true; }
    void reset() override {}
    sim::RegisterValue read_register(std::uint32_t offset) override;
    sim::RegisterValue write_register(std::uint32_t offset, std::uint32_t value) override;
    bool advance(std::uint64_t limit) override;
    void set_gate(bool /*closed*/) override {}
    [[nodiscard]] std::uint64_t simulated_cycles() const override { return cycle_; }

    /// How requests end from now on.
    static void answer_with(contract::Status status) { status_ = status; }
    /// Requests done, by all engines.
    [[nodiscard]] static unsigned requests() { return requests_; }
    /// Key bytes that came as secrets, by all engines.
    [[nodiscard]] static std::size_t secret_key_bytes() { return secret_key_bytes_; }

private:
    void serve(const contract::Descriptor& descriptor);
    /// Opcode cipher: takes the key, and moves the text.
    void take_key(const contract::Descriptor& descriptor);
    /// Opcode hash: makes something of the source that is as secret as the source.
    void move_message(const contract::Descriptor& descriptor);
    void move_text(const contract::Descriptor& descriptor, std::span<const std::uint8_t> record);
    [[nodiscard]] std::uint64_t pair_of_registers(std::uint32_t offset_low) const;

    static contract::Status status_;
    static unsigned requests_;
    static std::size_t secret_key_bytes_;

    sim::EngineHost& host_;
    std::map<std::uint32_t, std::uint32_t> registers_;
    std::uint16_t submission_head_ = 0;
    std::uint16_t completion_tail_ = 0;
    std::uint64_t cycle_ = 1;
};

}  // namespace cce::constant_time
