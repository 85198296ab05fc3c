// SPDX-License-Identifier: Apache-2.0
//
// Erases what is left of a request's keys in the cipher and in the subkey unit when nothing needs them any more.

#pragma once

#include <cstdint>

#include "common/round_robin_arbiter.h"
#include "common/stream_fifo.h"
#include "configuration.h"
#include "types.h"

namespace cce::model {

/// Model of key_eraser.sv. A slot is released when the erasing wave has passed through the cipher.
class KeyEraser {
public:
    struct Inputs {
        SlotMask wanted = 0;
        bool cipher_ready = false;
        bool subkey_ready = false;
    };

    void reset();
    void clock(const Inputs& inputs);

    [[nodiscard]] bool cipher_valid() const { return state_ == State::key || state_ == State::tweak_key; }
    [[nodiscard]] bool cipher_key_tweak() const { return state_ == State::tweak_key; }
    /// {key of the tweak, slot}
    [[nodiscard]] unsigned cipher_key() const { return (cipher_key_tweak() ? Configuration::slot_count : 0) + slot_; }
    [[nodiscard]] bool subkey_valid() const { return state_ == State::subkeys; }
    [[nodiscard]] unsigned subkey_slot() const { return slot_; }
    [[nodiscard]] bool release() const { return (wave_ >> (wave_cycles - 1) & 1) != 0; }
    [[nodiscard]] unsigned release_slot() const { return wave_slots_.valid() ? wave_slots_.data() : 0; }
    /// True if a clock edge changes nothing as long as nothing is wanted.
    [[nodiscard]] bool at_rest() const { return state_ == State::idle && wave_ == 0; }

private:
    enum class State : std::uint8_t { idle, key, tweak_key, subkeys };

    static constexpr unsigned wave_cycles = 20;  ///< WaveCycles

    State state_ = State::idle;
    unsigned slot_ = 0;
    SlotMask taken_ = 0;      ///< begun and not released
    std::uint32_t wave_ = 0;  ///< bit i: a slot whose subkeys were erased i + 1 cycles ago
    StreamFifo<unsigned, Configuration::slot_count> wave_slots_;  ///< whose they are, oldest first
    RoundRobinArbiter<Configuration::slot_count> slots_;
};

}  // namespace cce::model
