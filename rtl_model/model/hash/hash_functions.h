// SPDX-License-Identifier: Apache-2.0
//
// What the hash functions differ in, and a request as the dispatcher hands it to the hash engine: hash_pkg.sv in C++.

#pragma once

#include <array>
#include <cstdint>

#include "cce_contract.hpp"
#include "types.h"

namespace cce::model {

/// All has been checked against the contract.
struct HashRequest {
    contract::HashMode mode{};
    bool first = false;    ///< the message begins here
    bool last = false;     ///< and ends here
    bool keyed = false;    ///< HMAC
    bool squeeze = false;  ///< ends here, but more output is wanted later
    bool cipher = false;   ///< the text goes through the cipher, too: in one pass
    bool ctr = false;      ///< CTR, else CBC
    bool decrypt = false;
    bool over_plaintext = false;  ///< plaintext is hashed, else ciphertext
    Block iv{};
    std::uint32_t aad_length = 0;  ///< bytes of the message in front of the text
    std::uint32_t text_length = 0;
    std::uint32_t output_length = 0;  ///< bytes of the destination; with cipher of the tag
};

namespace hash_function {

using contract::HashMode;

[[nodiscard]] constexpr bool known(std::uint8_t mode) {
    const auto value = static_cast<HashMode>(mode);
    return value <= HashMode::sha_512_256 || (value >= HashMode::sha3_224 && value <= HashMode::cshake_256);
}
[[nodiscard]] constexpr bool sponge(HashMode mode) {
    return mode >= HashMode::sha3_224;
}
/// An output of any length.
[[nodiscard]] constexpr bool extendable(HashMode mode) {
    return mode >= HashMode::shake_128;
}
/// SHA-2 with words of 8 bytes.
[[nodiscard]] constexpr bool wide(HashMode mode) {
    return mode >= HashMode::sha_384 && !sponge(mode);
}

[[nodiscard]] constexpr unsigned digest_bytes(HashMode mode) {
    switch (mode) {
        case HashMode::sha_224:
        case HashMode::sha_512_224:
        case HashMode::sha3_224:
            return 28;
        case HashMode::sha_384:
        case HashMode::sha3_384:
            return 48;
        case HashMode::sha_512:
        case HashMode::sha3_512:
            return 64;
        default:
            return 32;
    }
}

/// Pieces of 16 bytes that the state has in memory.
[[nodiscard]] constexpr unsigned state_pieces(HashMode mode) {
    if (sponge(mode)) return contract::hash_state_sponge_bytes / 16;
    return (wide(mode) ? contract::hash_state_long_bytes : contract::hash_state_short_bytes) / 16;
}

/// SHA-3: lanes of 8 bytes that a block has.
[[nodiscard]] constexpr unsigned rate(HashMode mode) {
    switch (mode) {
        case HashMode::sha3_224:
            return 18;
        case HashMode::sha3_384:
            return 13;
        case HashMode::sha3_512:
            return 9;
        case HashMode::shake_128:
        case HashMode::cshake_128:
            return 21;
        default:
            return 17;
    }
}

/// Bytes of a block.
[[nodiscard]] constexpr unsigned block_bytes(HashMode mode) {
    if (sponge(mode)) return 8 * rate(mode);
    return wide(mode) ? 128 : 64;
}

/// SHA-3: what follows the message, and the first bit of the padding.
[[nodiscard]] constexpr std::uint8_t suffix(HashMode mode) {
    if (!extendable(mode)) return 0x06;
    return mode >= HashMode::cshake_128 ? 0x04 : 0x1f;
}

/// Bytes of hash_context and states in front of the message.
[[nodiscard]] constexpr unsigned front_bytes(HashMode mode, bool first, bool keyed) {
    if (first && !keyed) return 0;
    return static_cast<unsigned>(sizeof(contract::HashContext)) + (keyed ? 2 : 1) * 16 * state_pieces(mode);
}

/// SHA-2: piece i of the initial state (FIPS 180-4, 5.3).
[[nodiscard]] Block initial_piece(HashMode mode, unsigned index);

/// SHA-2: a piece of the state as a piece of the digest.
[[nodiscard]] Block digest_piece(HashMode mode, const Block& piece);

}  // namespace hash_function

}  // namespace cce::model
