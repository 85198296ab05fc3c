// SPDX-License-Identifier: Apache-2.0
//
// The compression function of SHA-224, SHA-256, SHA-384, SHA-512 and SHA-512/t (FIPS 180-4, 6.2.2 and 6.4.2).

#pragma once

#include <array>
#include <cstdint>

#include "configuration.h"
#include "types.h"

namespace cce::model {

/// Model of sha2_core.sv. A block is worked out at once, in the cycle in which the state changes.
class Sha2Core {
public:
    struct Inputs {
        bool wide = false;
        bool clear = false;
        bool state_write = false;
        unsigned state_index = 0;
        const Block* state_data{};  ///< with state_write
        bool valid = false;
        const Block* data{};  ///< with valid
    };

    void reset() { *this = Sha2Core(); }
    void clock(const Inputs& inputs);

    /// The beat that is shown is taken.
    [[nodiscard]] bool ready(bool wide, bool valid) const {
        return from_message() && feeds(false, valid) && next_ % words_of_beat(wide) + step == words_of_beat(wide);
    }
    [[nodiscard]] bool busy() const { return busy_; }
    [[nodiscard]] Block state(bool wide, unsigned index) const;

private:
    static constexpr unsigned step = Configuration::hash_rounds_per_cycle;

    [[nodiscard]] static unsigned words_of_beat(bool wide) { return wide ? 2 : 4; }
    [[nodiscard]] bool from_message() const { return next_ < 16; }
    [[nodiscard]] bool feeds(bool clear, bool valid) const {
        return !clear && (!from_message() || valid) && (next_ != 0 || !busy_ || add_);
    }
    void compress(bool wide);

    std::array<std::uint64_t, 8> state_{};
    std::array<Block, 8> block_{};  ///< the beats that were taken
    unsigned next_ = 0;             ///< number of the next word of the schedule
    bool addend_valid_ = false;
    bool addend_last_ = false;
    bool add_ = false;
    bool busy_ = false;
};

}  // namespace cce::model
