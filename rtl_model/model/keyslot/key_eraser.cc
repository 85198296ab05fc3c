// SPDX-License-Identifier: Apache-2.0

#include "keyslot/key_eraser.h"

namespace cce::model {

void KeyEraser::reset() {
    state_ = State::idle;
    slot_ = 0;
    taken_ = 0;
    wave_ = 0;
    wave_slots_.clear();
    slots_.reset();
}

void KeyEraser::clock(const Inputs& inputs) {
    const SlotMask waiting = inputs.wanted & ~taken_;
    if (at_rest() && waiting == 0) return;
    const bool erased = subkey_valid() && inputs.subkey_ready;
    const bool released = release();
    const unsigned erased_slot = slot_;
    switch (state_) {
        case State::idle:
            if (waiting != 0) {
                slot_ = slots_.index(waiting);
                slots_.take(slot_);
                taken_ |= bit(slot_);
                state_ = State::key;
            }
            break;
        case State::key:
            if (inputs.cipher_ready) state_ = State::tweak_key;
            break;
        case State::tweak_key:
            if (inputs.cipher_ready) state_ = State::subkeys;
            break;
        case State::subkeys:
            if (inputs.subkey_ready) state_ = State::idle;
            break;
    }
    wave_ = (wave_ << 1 | (erased ? 1U : 0U)) & ((1U << wave_cycles) - 1);
    if (released) {
        taken_ &= ~bit(wave_slots_.data());
        wave_slots_.pop();
    }
    if (erased) wave_slots_.push(erased_slot);
}

}  // namespace cce::model
