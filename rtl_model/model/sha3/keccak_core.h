// SPDX-License-Identifier: Apache-2.0
//
// The sponge's inner part: absorbs blocks, permutes, holds the state (FIPS 202, 3.3 and 4).

#pragma once

#include <array>
#include <cstdint>

#include "configuration.h"
#include "types.h"

namespace cce::model {

/// Model of keccak_core.sv. A permutation is worked out at once, in the cycle in which it begins.
class KeccakCore {
public:
    struct Inputs {
        unsigned rate = 0;  ///< lanes of 8 bytes
        bool clear = false;
        bool state_write = false;
        unsigned state_index = 0;
        const Block* state_data{};  ///< with state_write
        bool valid = false;
        const Block* data{};  ///< with valid
        bool half = false;    ///< the beat has its first 8 bytes only
        bool permute = false;
    };

    void reset() { *this = KeccakCore(); }
    void clock(const Inputs& inputs);

    [[nodiscard]] bool ready(unsigned rate) const { return count_ != rate && !rest_valid_; }
    [[nodiscard]] bool busy() const { return permuting_ || count_ != 0; }
    /// Of the last of its 13 pieces only the first half is not zero.
    [[nodiscard]] Block state(unsigned index) const;

private:
    static constexpr unsigned lanes = 25;
    static constexpr unsigned most_lanes = 21;
    static constexpr unsigned steps = 24 / Configuration::hash_rounds_per_cycle;

    void permute();

    std::array<std::uint64_t, lanes> state_{};
    std::array<std::uint64_t, most_lanes> block_{};  ///< lanes that have come; the others are zero
    std::uint64_t rest_ = 0;                         ///< the second half of a beat, first lane of the next block
    bool rest_valid_ = false;
    unsigned count_ = 0;  ///< lanes of block_
    bool permuting_ = false;
    unsigned step_ = 0;
};

}  // namespace cce::model
