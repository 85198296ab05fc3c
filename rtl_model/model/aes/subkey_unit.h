// SPDX-License-Identifier: Apache-2.0
//
// Makes the blocks that a request's mode derives from its key before any text: H = E(0) and E(J0) of GCM, L = E(0) of
// CMAC, E(A0) of CCM, the first tweak of XTS.

#pragma once

#include <array>
#include <cstdint>

#include "common/round_robin_arbiter.h"
#include "configuration.h"
#include "types.h"

namespace cce::model {

/// Model of subkey_unit.sv. A block is chosen in one cycle and goes to the cipher in the next.
class SubkeyUnit {
public:
    struct Inputs {
        bool start = false;
        unsigned start_slot = 0;
        const CipherRequest* start_request{};  ///< with start
        SlotMask abort = 0;
        bool usable = false;  ///< a key can be used (pulse)
        bool usable_tweak = false;
        unsigned usable_slot = 0;
        bool cipher_grant = false;
        bool result_valid = false;
        unsigned result_slot = 0;
        std::uint8_t result_step = 0;
        const Block* result_block{};  ///< with result_valid
        bool erase = false;
        unsigned erase_slot = 0;
    };

    void reset();
    void clock(const Inputs& inputs);

    [[nodiscard]] bool cipher_request(SlotMask abort) const { return ((want_hash_key_ | want_mask_) & ~abort) != 0; }
    /// The block chosen in the cycle before.
    [[nodiscard]] bool cipher_tweak() const;
    [[nodiscard]] unsigned cipher_slot() const { return issue_slot_; }
    [[nodiscard]] Block cipher_block() const;
    [[nodiscard]] std::uint8_t cipher_step() const { return issue_hash_ ? subkey_step_hash : subkey_step_mask; }

    [[nodiscard]] SlotMask hash_key_valid() const { return hash_key_valid_; }
    [[nodiscard]] SlotMask mask_valid() const { return mask_valid_; }
    /// H, L, or the first tweak.
    [[nodiscard]] const Block& hash_key(unsigned slot) const { return hash_keys_[slot]; }
    /// E(J0) or E(A0).
    [[nodiscard]] const Block& mask(unsigned slot) const { return masks_[slot]; }

    /// A clock edge without start, usable keys, results and erasure changes nothing.
    [[nodiscard]] bool at_rest() const { return (want_hash_key_ | want_mask_) == 0; }
    /// Blocks of the slot are wanted or in the cipher.
    [[nodiscard]] SlotMask busy() const { return want_hash_key_ | want_mask_ | busy_hash_key_ | busy_mask_; }
    [[nodiscard]] static bool erase_ready(bool result_valid) { return !result_valid; }

private:
    struct Request {
        std::uint8_t mode = 0;
        Block iv{};
    };

    std::array<Block, Configuration::slot_count> hash_keys_{};
    std::array<Block, Configuration::slot_count> masks_{};
    std::array<Request, Configuration::slot_count> requests_{};
    SlotMask needs_hash_key_ = 0;  ///< once the key can be used
    SlotMask needs_mask_ = 0;
    SlotMask needs_tweak_ = 0;
    SlotMask want_hash_key_ = 0;
    SlotMask want_mask_ = 0;
    SlotMask busy_hash_key_ = 0;
    SlotMask busy_mask_ = 0;
    SlotMask hash_key_valid_ = 0;
    SlotMask mask_valid_ = 0;
    bool issue_hash_ = false;
    unsigned issue_slot_ = 0;
    RoundRobinArbiter<Configuration::slot_count> slots_;
};

}  // namespace cce::model
