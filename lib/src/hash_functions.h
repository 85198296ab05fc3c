// SPDX-License-Identifier: Apache-2.0
//
// What the hash functions differ in, and how their state lies in memory: the contract's hash_context and behind it the
// words.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "cce/cce.h"
#include "cce_contract.hpp"

namespace cce::internal::hash_function {

/// FIPS 202.
[[nodiscard]] constexpr bool is_sponge(cce_hash hash) {
    return hash >= CCE_HASH_SHA3_224;
}
/// An output of any length.
[[nodiscard]] constexpr bool is_extendable(cce_hash hash) {
    return hash >= CCE_HASH_SHAKE_128;
}
[[nodiscard]] constexpr bool is_cshake(cce_hash hash) {
    return hash >= CCE_HASH_CSHAKE_128;
}
/// SHA-2 with words of 8 bytes.
[[nodiscard]] constexpr bool is_wide(cce_hash hash) {
    return !is_sponge(hash) && hash >= CCE_HASH_SHA_384;
}
/// SP 800-185, 3.3: what cSHAKE without names is.
[[nodiscard]] constexpr cce_hash without_names(cce_hash hash) {
    if (hash == CCE_HASH_CSHAKE_128) return CCE_HASH_SHAKE_128;
    return hash == CCE_HASH_CSHAKE_256 ? CCE_HASH_SHAKE_256 : hash;
}

[[nodiscard]] constexpr std::size_t digest_bytes(cce_hash hash) {
    switch (hash) {
        case CCE_HASH_SHA_224:
        case CCE_HASH_SHA_512_224:
        case CCE_HASH_SHA3_224:
            return 28;
        case CCE_HASH_SHA_256:
        case CCE_HASH_SHA_512_256:
        case CCE_HASH_SHA3_256:
            return 32;
        case CCE_HASH_SHA_384:
        case CCE_HASH_SHA3_384:
            return 48;
        case CCE_HASH_SHA_512:
        case CCE_HASH_SHA3_512:
            return 64;
        default:
            return 0;
    }
}

/// SHA-3: the rate, 200 less the capacity, which is twice the digest or the strength (FIPS 202, 6.1 and 6.2).
[[nodiscard]] constexpr std::size_t block_bytes(cce_hash hash) {
    if (!is_sponge(hash)) return is_wide(hash) ? 128 : 64;
    if (!is_extendable(hash)) return 200 - 2 * digest_bytes(hash);
    return hash == CCE_HASH_SHAKE_128 || hash == CCE_HASH_CSHAKE_128 ? 168 : 136;
}

/// Messages have fewer bytes: what hash_context has room for.
constexpr std::uint64_t length_limit = std::uint64_t{1} << 60;

constexpr std::size_t context_bytes = sizeof(contract::HashContext);
[[nodiscard]] constexpr std::size_t words_bytes(cce_hash hash) {
    if (is_sponge(hash)) return contract::hash_state_sponge_bytes;
    return is_wide(hash) ? contract::hash_state_long_bytes : contract::hash_state_short_bytes;
}
/// Both together.
[[nodiscard]] constexpr std::size_t state_bytes(cce_hash hash) {
    return context_bytes + words_bytes(hash);
}
/// Output is squeezed in whole pairs of blocks as long as more is to follow: the contract's flag squeeze.
[[nodiscard]] constexpr std::size_t pair_bytes(cce_hash hash) {
    return 2 * block_bytes(hash);
}

static_assert(CCE_HASH_STATE_BYTES_MAX >= state_bytes(CCE_HASH_SHAKE_128) + pair_bytes(CCE_HASH_SHAKE_128));

/// hash_context, with `length` bytes gone into the state.
struct StateHeader {
    cce_hash hash = CCE_HASH_SHA_224;
    bool squeezing = false;
    std::uint64_t length = 0;
};
void store_header(std::span<std::uint8_t> out, const StateHeader& header);
/// Throws Failure with CCE_ERROR_STATE if it is not one of `hash`.
[[nodiscard]] StateHeader load_header(std::span<const std::uint8_t> state, cce_hash hash);

}  // namespace cce::internal::hash_function
