// SPDX-License-Identifier: Apache-2.0
//
// The hash functions of /dev/cce, for tests, by FIPS 180-4, FIPS 202 and SP 800-185.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "cce_uapi.h"

namespace cce::dev {

// Of SHA-3, the longest: 200 bytes, and zeros up to here.
inline constexpr size_t sponge_state_bytes = CCE_UAPI_STATE_BYTES - sizeof(cce_uapi_hash_context);

struct HashFunction {
    uint32_t hash;     // CCE_UAPI_HASH_...
    const char* name;  // OpenSSL's; of cSHAKE that of the KMAC
    size_t block_bytes, digest_bytes, state_bytes;
    [[nodiscard]] constexpr bool extendable() const { return digest_bytes == 0; }
    [[nodiscard]] constexpr bool sponge() const { return state_bytes == sponge_state_bytes; }
    [[nodiscard]] constexpr size_t saved_bytes() const { return sizeof(cce_uapi_hash_context) + state_bytes; }
};

// Those of cSHAKE are the last two.
inline constexpr std::array hash_functions{
    HashFunction{CCE_UAPI_HASH_SHA_224, "SHA224", 64, 28, 32},
    HashFunction{CCE_UAPI_HASH_SHA_256, "SHA256", 64, 32, 32},
    HashFunction{CCE_UAPI_HASH_SHA_384, "SHA384", 128, 48, 64},
    HashFunction{CCE_UAPI_HASH_SHA_512, "SHA512", 128, 64, 64},
    HashFunction{CCE_UAPI_HASH_SHA_512_224, "SHA512-224", 128, 28, 64},
    HashFunction{CCE_UAPI_HASH_SHA_512_256, "SHA512-256", 128, 32, 64},
    HashFunction{CCE_UAPI_HASH_SHA3_224, "SHA3-224", 144, 28, sponge_state_bytes},
    HashFunction{CCE_UAPI_HASH_SHA3_256, "SHA3-256", 136, 32, sponge_state_bytes},
    HashFunction{CCE_UAPI_HASH_SHA3_384, "SHA3-384", 104, 48, sponge_state_bytes},
    HashFunction{CCE_UAPI_HASH_SHA3_512, "SHA3-512", 72, 64, sponge_state_bytes},
    HashFunction{CCE_UAPI_HASH_SHAKE_128, "SHAKE128", 168, 0, sponge_state_bytes},
    HashFunction{CCE_UAPI_HASH_SHAKE_256, "SHAKE256", 136, 0, sponge_state_bytes},
    HashFunction{CCE_UAPI_HASH_CSHAKE_128, "KMAC128", 168, 0, sponge_state_bytes},
    HashFunction{CCE_UAPI_HASH_CSHAKE_256, "KMAC256", 136, 0, sponge_state_bytes}};

}  // namespace cce::dev
