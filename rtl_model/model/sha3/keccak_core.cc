// SPDX-License-Identifier: Apache-2.0

#include "sha3/keccak_core.h"

#include <bit>
#include <cstring>

namespace cce::model {

namespace {

/// FIPS 202, 3.2.5.
constexpr std::array<std::uint64_t, 24> round_constants{
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/// 3.2.2: how far lane 5 * y + x is rotated.
constexpr std::array<int, 25> offsets{0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                                      25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};

}  // namespace

void KeccakCore::permute() {
    for (const std::uint64_t constant : round_constants) {
        std::array<std::uint64_t, 5> c;
        for (unsigned x = 0; x < 5; ++x) {
            c[x] = state_[x] ^ state_[5 + x] ^ state_[10 + x] ^ state_[15 + x] ^ state_[20 + x];
        }
        std::array<std::uint64_t, lanes> b;
        for (unsigned y = 0; y < 5; ++y) {
            for (unsigned x = 0; x < 5; ++x) {
                const std::uint64_t theta = state_[5 * y + x] ^ c[(x + 4) % 5] ^ std::rotl(c[(x + 1) % 5], 1);
                b[5 * ((2 * x + 3 * y) % 5) + y] = std::rotl(theta, offsets[5 * y + x]);
            }
        }
        for (unsigned y = 0; y < 5; ++y) {
            for (unsigned x = 0; x < 5; ++x) {
                state_[5 * y + x] = b[5 * y + x] ^ (~b[5 * y + (x + 1) % 5] & b[5 * y + (x + 2) % 5]);
            }
        }
        state_[0] ^= constant;
    }
}

Block KeccakCore::state(unsigned index) const {
    Block piece{};
    std::memcpy(piece.data(), &state_[2 * index], 2 * index + 1 == lanes ? 8 : 16);
    return piece;
}

void KeccakCore::clock(const Inputs& inputs) {
    if (inputs.clear) {
        reset();
        return;
    }
    const bool whole = count_ == inputs.rate;
    const bool absorb = whole && (!permuting_ || step_ == steps - 1);
    if (absorb) {
        for (unsigned i = 0; i < most_lanes; ++i) state_[i] ^= block_[i];
        block_ = {};
        block_[0] = rest_;
        count_ = rest_valid_ ? 1 : 0;
        rest_ = 0;
        rest_valid_ = false;
    } else if (inputs.valid && ready(inputs.rate)) {
        std::array<std::uint64_t, 2> words;
        std::memcpy(words.data(), inputs.data->data(), sizeof words);
        block_[count_++] = words[0];
        if (!inputs.half && count_ < inputs.rate) {
            block_[count_++] = words[1];
        } else if (!inputs.half) {
            rest_ = words[1];
            rest_valid_ = true;
        }
    }
    if (inputs.state_write) {
        std::memcpy(&state_[2 * inputs.state_index], inputs.state_data->data(),
                    2 * inputs.state_index + 1 == lanes ? 8 : 16);
    }
    if (absorb || inputs.permute) {
        permute();
        permuting_ = true;
        step_ = 0;
    } else if (permuting_) {
        permuting_ = ++step_ != steps;
    }
}

}  // namespace cce::model
