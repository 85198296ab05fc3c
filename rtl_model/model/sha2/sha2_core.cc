// SPDX-License-Identifier: Apache-2.0

#include "sha2/sha2_core.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace cce::model {

namespace {

/// FIPS 180-4, 4.2.3; the high halves of the first 64 are those of 4.2.2.
constexpr std::array<std::uint64_t, 80> round_constants{
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
    0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
    0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
    0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
    0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
    0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
    0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
    0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
    0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
    0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

/// How far the functions of 4.1.2 and 4.1.3 rotate or, the last of the small ones, shift.
struct Distances {
    std::array<int, 3> big_0, big_1, small_0, small_1;
};
constexpr Distances narrow_distances{{2, 13, 22}, {6, 11, 25}, {7, 18, 3}, {17, 19, 10}};
constexpr Distances wide_distances{{28, 34, 39}, {14, 18, 41}, {1, 8, 7}, {19, 61, 6}};

template <class Word>
Word big_sigma(Word word, const std::array<int, 3>& by) {
    return std::rotr(word, by[0]) ^ std::rotr(word, by[1]) ^ std::rotr(word, by[2]);
}
template <class Word>
Word small_sigma(Word word, const std::array<int, 3>& by) {
    return std::rotr(word, by[0]) ^ std::rotr(word, by[1]) ^ (word >> by[2]);
}

template <class Word, unsigned Rounds>
void compress_words(std::array<std::uint64_t, 8>& state, const std::array<Block, 8>& block, const Distances& by) {
    std::array<Word, Rounds> w;
    for (unsigned t = 0; t < 16; ++t) {
        const std::uint8_t* const bytes = block[t * sizeof(Word) / 16].data() + t * sizeof(Word) % 16;
        w[t] = 0;
        for (unsigned i = 0; i < sizeof(Word); ++i) w[t] = static_cast<Word>(w[t] << 8 | bytes[i]);
    }
    for (unsigned t = 16; t < Rounds; ++t) {
        w[t] = small_sigma(w[t - 2], by.small_1) + w[t - 7] + small_sigma(w[t - 15], by.small_0) + w[t - 16];
    }
    std::array<Word, 8> v;
    for (unsigned i = 0; i < 8; ++i) v[i] = static_cast<Word>(state[i]);
    for (unsigned t = 0; t < Rounds; ++t) {
        const Word constant = static_cast<Word>(round_constants[t] >> (64 - 8 * sizeof(Word)));
        const Word t1 = v[7] + big_sigma(v[4], by.big_1) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + constant + w[t];
        const Word t2 = big_sigma(v[0], by.big_0) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        std::copy_backward(v.begin(), v.end() - 1, v.end());
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (unsigned i = 0; i < 8; ++i) state[i] = static_cast<Word>(static_cast<Word>(state[i]) + v[i]);
}

}  // namespace

void Sha2Core::compress(bool wide) {
    if (wide) {
        compress_words<std::uint64_t, 80>(state_, block_, wide_distances);
    } else {
        compress_words<std::uint32_t, 64>(state_, block_, narrow_distances);
    }
}

Block Sha2Core::state(bool wide, unsigned index) const {
    Block piece{};
    if (wide) {
        std::memcpy(piece.data(), &state_[2 * index], sizeof piece);
        return piece;
    }
    for (unsigned i = 0; i < 4; ++i) {
        const auto word = static_cast<std::uint32_t>(state_[4 * (index % 2) + i]);
        std::memcpy(piece.data() + 4 * i, &word, sizeof word);
    }
    return piece;
}

void Sha2Core::clock(const Inputs& inputs) {
    if (inputs.clear) {
        reset();
        return;
    }
    const bool feed = feeds(inputs.clear, inputs.valid);
    const bool take = ready(inputs.wide, inputs.valid);
    const bool first = next_ == 0;
    const bool last = next_ + step == (inputs.wide ? 80 : 64);
    if (add_) compress(inputs.wide);
    if (take) block_[next_ / words_of_beat(inputs.wide)] = *inputs.data;
    const bool was_add = add_;
    add_ = addend_valid_ && addend_last_;
    addend_valid_ = feed;
    addend_last_ = feed && last;
    if (feed) next_ = last ? 0 : next_ + step;
    if (feed && first) {
        busy_ = true;
    } else if (was_add) {
        busy_ = false;
    }
    if (!inputs.state_write) return;
    if (inputs.wide) {
        std::memcpy(&state_[2 * inputs.state_index], inputs.state_data->data(), sizeof(Block));
        return;
    }
    for (unsigned i = 0; i < 4; ++i) {
        std::uint32_t word = 0;
        std::memcpy(&word, inputs.state_data->data() + 4 * i, sizeof word);
        state_[4 * (inputs.state_index % 2) + i] = word;
    }
}

}  // namespace cce::model
