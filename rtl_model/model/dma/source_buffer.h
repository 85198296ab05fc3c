// SPDX-License-Identifier: Apache-2.0
//
// Where source text waits between the bus and the cipher: rings of 16-byte blocks, one long ring for the stream and a
// short one for each lane.

#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "configuration.h"
#include "types.h"

namespace cce::model {

/// Model of source_buffer.sv. A block of a lane comes in the cycle after `read`. The stream's units look at their
/// blocks directly: a block stays until its room is free, so that it does not matter when it is looked at.
class SourceBuffer {
public:
    /// A piece of a beat on its way into the buffer.
    struct Piece {
        bool valid = false;
        bool stream = false;  ///< into the stream's ring, else into the slot's
        std::uint8_t slot = 0;
        std::uint8_t lane = 0;       ///< lane of the piece's first byte in `data`
        std::uint8_t bytes = 0;      ///< 1 to the width of the bus
        std::uint16_t position = 0;  ///< byte of the ring for the piece's first byte
        const Beat* data{};          ///< with valid
    };

    struct Inputs {
        Piece write;
        bool read = false;  ///< a lane's block
        unsigned read_slot = 0;
        unsigned read_block = 0;
    };

    void clock(const Inputs& inputs) {
        // The reader sees what was there before the edge.
        if (inputs.read) {
            std::memcpy(read_data_.data(),
                        lanes_[inputs.read_slot][inputs.read_block % Configuration::lane_blocks].data(), sizeof(Block));
        }
        if (inputs.write.valid) {
            const Piece& piece = inputs.write;
            write(piece.stream, piece.slot, piece.position, piece.data->data() + piece.lane, piece.bytes);
        }
    }

    /// Puts bytes into a ring.
    void write(bool stream, unsigned slot, unsigned position, const std::uint8_t* data, std::size_t bytes) {
        std::uint8_t* ring = stream ? stream_[0].data() : lanes_[slot][0].data();
        const unsigned size = stream ? sizeof stream_ : sizeof lanes_[0];
        position &= size - 1;
        const std::size_t first = bytes < size - position ? bytes : size - position;
        std::memcpy(ring + position, data, first);
        if (first < bytes) std::memcpy(ring, data + first, bytes - first);
    }

    [[nodiscard]] const Block& read_data() const { return read_data_; }

    /// A block of the stream's ring, by its number.
    [[nodiscard]] const Block& stream_block(unsigned block) const {
        return stream_[block % Configuration::stream_blocks];
    }

private:
    using Ring = std::array<Block, Configuration::lane_blocks>;

    alignas(64) std::array<Block, Configuration::stream_blocks> stream_{};
    std::array<Ring, Configuration::slot_count> lanes_{};
    Block read_data_{};
};

}  // namespace cce::model
