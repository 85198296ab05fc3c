// SPDX-License-Identifier: Apache-2.0

#include "hash_functions.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "checks.h"

namespace cce::internal::hash_function {

namespace {

using contract::ContextFormat;
using contract::HashContext;
using contract::HashMode;

constexpr bool same(HashMode mode, cce_hash hash) {
    return static_cast<unsigned>(mode) == static_cast<unsigned>(hash);
}
static_assert(same(HashMode::sha_224, CCE_HASH_SHA_224) && same(HashMode::sha_256, CCE_HASH_SHA_256) &&
                  same(HashMode::sha_384, CCE_HASH_SHA_384) && same(HashMode::sha_512, CCE_HASH_SHA_512) &&
                  same(HashMode::sha_512_224, CCE_HASH_SHA_512_224) &&
                  same(HashMode::sha_512_256, CCE_HASH_SHA_512_256) && same(HashMode::sha3_224, CCE_HASH_SHA3_224) &&
                  same(HashMode::sha3_256, CCE_HASH_SHA3_256) && same(HashMode::sha3_384, CCE_HASH_SHA3_384) &&
                  same(HashMode::sha3_512, CCE_HASH_SHA3_512) && same(HashMode::shake_128, CCE_HASH_SHAKE_128) &&
                  same(HashMode::shake_256, CCE_HASH_SHAKE_256) && same(HashMode::cshake_128, CCE_HASH_CSHAKE_128) &&
                  same(HashMode::cshake_256, CCE_HASH_CSHAKE_256),
              "the hash functions' values are the contract's");

}  // namespace

void store_header(std::span<std::uint8_t> out, const StateHeader& header) {
    HashContext context;
    context.format = ContextFormat::hash_state;
    context.mode = static_cast<HashMode>(header.hash);
    context.squeezing = header.squeezing ? 1 : 0;
    context.length = header.length;
    std::memcpy(out.first(context_bytes).data(), &context, sizeof(context));
}

StateHeader load_header(std::span<const std::uint8_t> state, cce_hash hash) {
    HashContext context;
    if (state.size() >= context_bytes) std::memcpy(&context, state.data(), sizeof(context));
    require(context.format == ContextFormat::hash_state, CCE_ERROR_STATE, "this is not the state of a hash");
    if (!same(context.mode, hash)) {
        const auto number = static_cast<unsigned>(context.mode);
        const char* const other = number < CCE_HASH_COUNT ? cce_hash_name(static_cast<cce_hash>(number)) : nullptr;
        throw Failure(CCE_ERROR_STATE, "this is the state of " +
                                           (other != nullptr ? std::string(other) : "no hash function") +
                                           "; the session is one of " + cce_hash_name(hash));
    }
    require(context.squeezing <= 1 && std::ranges::all_of(context.reserved, [](std::uint8_t b) { return b == 0; }),
            CCE_ERROR_STATE, "the state is corrupted: reserved bytes are not zero");
    require(context.squeezing == 0 || is_extendable(hash), CCE_ERROR_STATE,
            "the state is corrupted: it squeezes, which this function cannot");
    const StateHeader header{hash, context.squeezing == 1, context.length};
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
