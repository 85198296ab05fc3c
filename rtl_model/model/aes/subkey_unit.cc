// SPDX-License-Identifier: Apache-2.0

#include "aes/subkey_unit.h"

#include "aes/block_functions.h"
#include "cce_contract.hpp"

namespace cce::model {

namespace {

bool is(std::uint8_t mode, contract::CipherMode which) {
    return mode == static_cast<std::uint8_t>(which);
}

void put(SlotMask& mask, unsigned slot, bool value) {
    mask = value ? mask | bit(slot) : mask & ~bit(slot);
}

}  // namespace

void SubkeyUnit::reset() {
    needs_hash_key_ = needs_mask_ = needs_tweak_ = 0;
    want_hash_key_ = want_mask_ = 0;
    busy_hash_key_ = busy_mask_ = 0;
    hash_key_valid_ = mask_valid_ = 0;
    slots_.reset();
}

bool SubkeyUnit::cipher_tweak() const {
    return is(requests_[issue_slot_].mode, contract::CipherMode::xts);
}

Block SubkeyUnit::cipher_block() const {
    const Request& request = requests_[issue_slot_];
    if (!issue_hash_ && is(request.mode, contract::CipherMode::gcm)) return first_gcm_counter(request.iv);
    if (!issue_hash_ || cipher_tweak()) return request.iv;  // A0: flags and nonce as they are, counter 0
    return {};
}

void SubkeyUnit::clock(const Inputs& inputs) {
    if (!inputs.start && !inputs.usable && !inputs.result_valid && !inputs.erase &&
        (want_hash_key_ | want_mask_) == 0) {
        return;
    }
    const SlotMask waiting = (want_hash_key_ | want_mask_) & ~inputs.abort;
    const SlotMask want_hash_key = want_hash_key_;
    const SlotMask want_mask = want_mask_;
    want_hash_key_ &= ~inputs.abort;
    want_mask_ &= ~inputs.abort;
    if (inputs.usable) {
        const SlotMask slot = bit(inputs.usable_slot);
        if (inputs.usable_tweak) {
            put(want_hash_key_, inputs.usable_slot, (needs_tweak_ & slot) != 0);
        } else {
            want_hash_key_ |= needs_hash_key_ & slot;
            put(want_mask_, inputs.usable_slot, (needs_mask_ & slot) != 0);
        }
    }
    if (inputs.cipher_grant) {
        const unsigned chosen = slots_.index(waiting);
        const SlotMask slot = bit(chosen);
        issue_hash_ = (want_hash_key & slot) != 0;
        issue_slot_ = chosen;
        if (issue_hash_) {
            want_hash_key_ &= ~slot;
            busy_hash_key_ |= slot;
        } else {
            want_mask_ &= ~slot;
            busy_mask_ |= slot;
        }
        if ((want_hash_key & want_mask & slot) == 0) slots_.take(chosen);
    }
    if (inputs.result_valid) {
        const SlotMask slot = bit(inputs.result_slot);
        if (inputs.result_step == subkey_step_hash) {
            hash_keys_[inputs.result_slot] = *inputs.result_block;
            busy_hash_key_ &= ~slot;
            hash_key_valid_ |= slot;
        } else {
            masks_[inputs.result_slot] = *inputs.result_block;
            busy_mask_ &= ~slot;
            mask_valid_ |= slot;
        }
    } else if (inputs.erase) {
        hash_keys_[inputs.erase_slot] = {};
        masks_[inputs.erase_slot] = {};
        hash_key_valid_ &= ~bit(inputs.erase_slot);
        mask_valid_ &= ~bit(inputs.erase_slot);
    }
    if (inputs.start) {
        const CipherRequest& request = *inputs.start_request;
        const bool gcm = is(request.mode, contract::CipherMode::gcm);
        put(needs_hash_key_, inputs.start_slot, gcm || is(request.mode, contract::CipherMode::cmac));
        put(needs_mask_, inputs.start_slot,
            (gcm && request.iv_length == 0) || is(request.mode, contract::CipherMode::ccm));
        put(needs_tweak_, inputs.start_slot, is(request.mode, contract::CipherMode::xts));
        requests_[inputs.start_slot] = {request.mode, request.iv};
    }
}

}  // namespace cce::model
