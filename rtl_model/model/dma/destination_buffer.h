// SPDX-License-Identifier: Apache-2.0
//
// Where results wait between the cipher and the bus: rings of 16-byte blocks, one long ring for the stream and a short
// one for each lane.

#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "configuration.h"
#include "types.h"

namespace cce::model {

/// Model of destination_buffer.sv. A piece comes in the cycle after `read`; all lanes of the bus are filled, from the
/// ring's bytes around the piece, as in the RTL.
class DestinationBuffer {
public:
    struct Inputs {
        bool write = false;
        bool write_stream = false;
        unsigned write_slot = 0;
        unsigned write_block = 0;   ///< block of the ring
        const Block* write_data{};  ///< with write
        bool read = false;
        bool read_stream = false;
        unsigned read_slot = 0;
        unsigned read_position = 0;  ///< byte of the ring
        unsigned read_lane = 0;      ///< lane in which this byte is to appear
    };

    explicit DestinationBuffer(unsigned data_bytes) : data_bytes_(data_bytes) {}

    void clock(const Inputs& inputs) {
        if (inputs.read) read(inputs.read_stream, inputs.read_slot, inputs.read_position, inputs.read_lane);
        if (inputs.write) {
            Block& block = inputs.write_stream
                               ? stream_[inputs.write_block % Configuration::stream_blocks]
                               : lanes_[inputs.write_slot][inputs.write_block % Configuration::lane_blocks];
            block = *inputs.write_data;
        }
    }

    [[nodiscard]] const Beat& read_data() const { return read_data_; }

    /// Consecutive blocks of the stream's ring, to the end of the ring at most.
    [[nodiscard]] Block* stream_blocks(unsigned block) { return &stream_[block % Configuration::stream_blocks]; }
    [[nodiscard]] const Block* stream_blocks(unsigned block) const {
        return &stream_[block % Configuration::stream_blocks];
    }

    /// Bytes of the stream's ring from `position` on.
    void copy_stream(unsigned position, std::span<std::uint8_t> out) const {
        constexpr std::size_t size = 16 * Configuration::stream_blocks;
        const auto* const ring = stream_[0].data();
        const std::size_t from = position % size;
        const std::size_t first = out.size() < size - from ? out.size() : size - from;
        std::memcpy(out.data(), ring + from, first);
        if (first < out.size()) std::memcpy(out.data() + first, ring, out.size() - first);
    }
    /// A bulk advance read this piece last.
    void set_read_data(const Beat& data) { read_data_ = data; }

private:
    using Ring = std::array<Block, Configuration::lane_blocks>;

    /// Bank b of the RTL holds the bytes b, b + data_bytes, ... of a ring. It is read in the row of the piece's first
    /// byte, or in the next one if it lies before that byte; then the banks are rotated.
    void read(bool stream, unsigned slot, unsigned position, unsigned lane) {
        const std::uint8_t* ring = stream ? stream_[0].data() : lanes_[slot][0].data();
        const unsigned size = stream ? sizeof stream_ : sizeof lanes_[0];
        position &= size - 1;
        for (unsigned i = 0; i < data_bytes_;) {
            // Lane first_lane + i takes byte position + i, modulo bus and ring.
            const unsigned to = (lane + i) & (data_bytes_ - 1);
            const unsigned from = (position + i) & (size - 1);
            unsigned count = data_bytes_ - i;
            if (count > data_bytes_ - to) count = data_bytes_ - to;
            if (count > size - from) count = size - from;
            std::memcpy(read_data_.data() + to, ring + from, count);
            i += count;
        }
    }

    unsigned data_bytes_;
    alignas(64) std::array<Block, Configuration::stream_blocks> stream_{};
    std::array<Ring, Configuration::slot_count> lanes_{};
    Beat read_data_{};
};

}  // namespace cce::model
