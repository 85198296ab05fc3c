// SPDX-License-Identifier: Apache-2.0
//
// The slots of the requests in flight: who uses them, what is still working on them, how they ended.

#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "cce_contract.hpp"
#include "configuration.h"
#include "types.h"

namespace cce::model {

/// Model of slot_table.sv. A fault shows in the next cycle, one of a late port in the cycle after that.
class SlotTable {
public:
    /// A block tells something of a slot in this cycle.
    struct Pulse {
        bool valid = false;
        std::uint8_t slot = 0;
    };
    struct Fault {
        bool valid = false;
        std::uint8_t slot = 0;
        contract::Status status{};
    };

    struct Inputs {
        Gates gates;
        QueueMask queue_reset_pending = 0;
        bool start = false;
        unsigned start_queue = 0;
        contract::Status start_status{};
        bool start_text = false;    ///< works on text
        bool start_cipher = false;  ///< with a key, to be erased
        bool start_hash = false;    ///< the hash engine's
        bool start_key = false;
        Pulse key_release;
        std::array<Pulse, 4> cipher_release;  ///< stream unit, lane unit, key wrap, hash engine
        Pulse destination_release;
        Pulse erase_release;
        SlotMask lists_busy = 0;
        std::array<Fault, Configuration::fault_ports> fault;  ///< port 0 is the key loader's
        SlotMask fault_ports = 0;                             ///< bit f: fault[f] is valid
        Pulse free;
    };

    void reset();
    void clock(const Inputs& inputs);

    /// A clock edge without start, faults, releases, gate and resets changes nothing.
    [[nodiscard]] bool at_rest(SlotMask lists_busy) const {
        return finished_ == (used_ & ~(key_ | cipher_ | destination_ | erase_ | lists_busy)) && late_ports_ == 0 &&
               free_slot_ == lowest_free();
    }

    [[nodiscard]] bool free_valid() const { return used_ != all; }
    /// As chosen in the cycle before.
    [[nodiscard]] unsigned free_slot() const { return free_slot_; }
    [[nodiscard]] SlotMask used() const { return used_; }
    [[nodiscard]] SlotMask abort() const { return abort_; }
    /// Its queue is being reset: no completion.
    [[nodiscard]] SlotMask discard() const { return discard_; }
    [[nodiscard]] SlotMask cipher_done() const { return ~cipher_; }
    [[nodiscard]] SlotMask erase_wanted() const { return used_ & erase_ & ~cipher_ & ~key_; }
    [[nodiscard]] SlotMask finished() const { return finished_; }
    [[nodiscard]] contract::Status status(unsigned slot) const { return status_[slot]; }
    [[nodiscard]] unsigned queue(unsigned slot) const { return queue_[slot]; }

private:
    /// Slots whose queue is being reset.
    [[nodiscard]] SlotMask of_queues(QueueMask queue_reset_pending) const;

    static constexpr SlotMask all = ~SlotMask{0} >> (32 - Configuration::slot_count);

    [[nodiscard]] unsigned lowest_free() const {
        return free_valid() ? static_cast<unsigned>(std::countr_one(used_)) : 0;
    }
    void count(const std::array<Fault, Configuration::fault_ports>& faults, std::uint32_t ports, SlotMask abort_before);

    SlotMask used_ = 0;
    unsigned free_slot_ = 0;
    SlotMask abort_ = 0;
    SlotMask discard_ = 0;
    SlotMask key_ = 0;
    SlotMask cipher_ = 0;
    SlotMask destination_ = 0;
    SlotMask erase_ = 0;
    SlotMask keyed_ = 0;   ///< needs the AES engine
    SlotMask hashed_ = 0;  ///< needs the hash engine
    SlotMask finished_ = 0;
    std::uint32_t late_ports_ = 0;  ///< ports that told a fault in the cycle before, which counts in this one
    std::array<Fault, Configuration::fault_ports> late_{};
    std::array<contract::Status, Configuration::slot_count> status_{};
    std::array<std::uint8_t, Configuration::slot_count> queue_{};
    std::array<SlotMask, Configuration::queue_count> of_queue_{};  ///< slots whose queue_ is the index
};

}  // namespace cce::model
