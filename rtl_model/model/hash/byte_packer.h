// SPDX-License-Identifier: Apache-2.0
//
// Joins pieces of 1 to 16 bytes to blocks of 16.

#pragma once

#include <algorithm>
#include <array>
#include <optional>

#include "types.h"

namespace cce::model {

/// Model of byte_packer.sv: a piece in and a block out at each clock edge.
class BytePacker {
public:
    void clear() {
        carry_ = {};
        count_ = 0;
    }

    /// The block that is full with the first `bytes` bytes of `piece`, if one is.
    std::optional<Block> join(const Block& piece, unsigned bytes) {
        std::array<std::uint8_t, 2 * sizeof(Block)> joined{};
        std::copy_n(carry_.begin(), count_, joined.begin());
        std::copy_n(piece.begin(), bytes, joined.begin() + count_);
        count_ += bytes;
        const bool full = count_ >= sizeof(Block);
        if (full) count_ -= 16;
        std::copy_n(joined.begin() + (full ? sizeof(Block) : 0), sizeof(Block), carry_.begin());
        if (!full) return {};
        Block block;
        std::copy_n(joined.begin(), sizeof block, block.begin());
        return block;
    }

    /// What waits, with zeros behind it, if anything does.
    std::optional<Block> flush() {
        if (count_ == 0) return {};
        const Block block = carry_;
        clear();
        return block;
    }

private:
    Block carry_{};       ///< zero behind what waits
    unsigned count_ = 0;  ///< bytes that wait
};

}  // namespace cce::model
