// SPDX-License-Identifier: Apache-2.0

#include "hash/hash_functions.h"

#include <cstring>

namespace cce::model::hash_function {

namespace {

using Words = std::array<std::uint64_t, 8>;

/// FIPS 180-4, 5.3.5; the high halves are those of SHA-256 (5.3.3).
constexpr Words initial_sha_512{
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};
/// 5.3.4; the low halves are those of SHA-224 (5.3.2).
constexpr Words initial_sha_384{
    0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
    0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4,
};
/// 5.3.6.1 and 5.3.6.2.
constexpr Words initial_sha_512_224{
    0x8c3d37c819544da2, 0x73e1996689dcd4d6, 0x1dfab7ae32ff9c82, 0x679dd514582f9fcf,
    0x0f6d2b697bd44da8, 0x77e36f7304c48942, 0x3f9d85a86a1d36c8, 0x1112e6ad91d692a1,
};
constexpr Words initial_sha_512_256{
    0x22312194fc2bf72c, 0x9f555fa3c84c64c2, 0x2393b86b6f53b151, 0x963877195940eabd,
    0x96283ee2a88effe3, 0xbe5e1e2553863992, 0x2b0199fc2c85b8aa, 0x0eb72ddc81c52ca2,
};

constexpr bool known_are_the_contracts() {
    for (unsigned mode = 0; mode < 256; ++mode) {
        const auto value = static_cast<std::uint8_t>(mode);
        if (known(value) != (contract::name_of(static_cast<HashMode>(value)) != "unknown")) return false;
    }
    return true;
}
static_assert(known_are_the_contracts());

const Words& initial_words(HashMode mode) {
    switch (mode) {
        case HashMode::sha_224:
        case HashMode::sha_384:
            return initial_sha_384;
        case HashMode::sha_512_224:
            return initial_sha_512_224;
        case HashMode::sha_512_256:
            return initial_sha_512_256;
        default:
            return initial_sha_512;
    }
}

}  // namespace

Block initial_piece(HashMode mode, unsigned index) {
    const Words& words = initial_words(mode);
    Block piece{};
    if (wide(mode)) {
        std::memcpy(piece.data(), &words[2 * index], sizeof piece);
        return piece;
    }
    for (unsigned i = 0; i < 4; ++i) {
        const std::uint64_t word = words[4 * index + i];
        const auto half = static_cast<std::uint32_t>(mode == HashMode::sha_224 ? word : word >> 32);
        std::memcpy(piece.data() + 4 * i, &half, sizeof half);
    }
    return piece;
}

Block digest_piece(HashMode mode, const Block& piece) {
    if (sponge(mode)) return piece;
    Block digest;
    for (unsigned i = 0; i < 16; ++i) digest[i] = piece[i ^ (wide(mode) ? 7U : 3U)];
    return digest;
}

}  // namespace cce::model::hash_function
