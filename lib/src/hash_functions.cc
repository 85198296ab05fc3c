// SPDX-License-Identifier: Apache-2.0

#include "hash_functions.h"

#include <algorithm>
#include <string>

#include "checks.h"

namespace cce::internal::hash_function {

namespace {

/// The contract's context_format hash_state.
constexpr std::uint8_t format = 2;

}  // namespace

void store_header(std::span<std::uint8_t> out, const StateHeader& header) {
    std::fill_n(out.begin(), context_bytes, std::uint8_t{0});
    out[0] = format;
    out[1] = static_cast<std::uint8_t>(header.hash);
    out[2] = header.squeezing ? 1 : 0;
    for (unsigned i = 0; i < 8; ++i) out[8 + i] = static_cast<std::uint8_t>(header.length >> (8 * i));
}

StateHeader load_header(std::span<const std::uint8_t> state, cce_hash hash) {
    require(state.size() >= context_bytes && state[0] == format, CCE_ERROR_STATE, "this is not the state of a hash");
    if (state[1] != static_cast<std::uint8_t>(hash)) {
        const char* const other = cce_hash_name(static_cast<cce_hash>(state[1] % CCE_HASH_COUNT));
        throw Failure(CCE_ERROR_STATE,
                      "this is the state of " +
                          (state[1] < CCE_HASH_COUNT && other != nullptr ? std::string(other) : "no hash function") +
                          "; the session is one of " + cce_hash_name(hash));
    }
    const auto reserved = state.subspan(3, 5);
    require(state[2] <= 1 && std::all_of(reserved.begin(), reserved.end(), [](std::uint8_t b) { return b == 0; }),
            CCE_ERROR_STATE, "the state is corrupted: reserved bytes are not zero");
    require(state[2] == 0 || is_extendable(hash), CCE_ERROR_STATE,
            "the state is corrupted: it squeezes, which this function cannot");
    StateHeader header{hash, state[2] == 1, 0};
    for (unsigned i = 0; i < 8; ++i) header.length |= std::uint64_t{state[8 + i]} << (8 * i);
    require(header.length < length_limit && (header.squeezing || header.length % block_bytes(hash) == 0),
            CCE_ERROR_STATE, "the state is corrupted: its length is not one of whole blocks below 2^60");
    return header;
}

}  // namespace cce::internal::hash_function

extern "C" {

const char* cce_hash_name(cce_hash hash) {
    switch (hash) {
        case CCE_HASH_SHA_224:
            return "sha224";
        case CCE_HASH_SHA_256:
            return "sha256";
        case CCE_HASH_SHA_384:
            return "sha384";
        case CCE_HASH_SHA_512:
            return "sha512";
        case CCE_HASH_SHA_512_224:
            return "sha512-224";
        case CCE_HASH_SHA_512_256:
            return "sha512-256";
        case CCE_HASH_SHA3_224:
            return "sha3-224";
        case CCE_HASH_SHA3_256:
            return "sha3-256";
        case CCE_HASH_SHA3_384:
            return "sha3-384";
        case CCE_HASH_SHA3_512:
            return "sha3-512";
        case CCE_HASH_SHAKE_128:
            return "shake128";
        case CCE_HASH_SHAKE_256:
            return "shake256";
        case CCE_HASH_CSHAKE_128:
            return "cshake128";
        case CCE_HASH_CSHAKE_256:
            return "cshake256";
    }
    return nullptr;
}

std::size_t cce_hash_digest_bytes(cce_hash hash) {
    return cce::internal::hash_function::digest_bytes(hash);
}

std::size_t cce_hash_block_bytes(cce_hash hash) {
    return cce_hash_name(hash) == nullptr ? 0 : cce::internal::hash_function::block_bytes(hash);
}

}  // extern "C"
