// SPDX-License-Identifier: Apache-2.0
//
// What the suites of hash functions share: the functions by OpenSSL's names, the oracle of digests and MACs, shapes.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

#include "cce_contract.hpp"
#include "harness/cipher_request.h"
#include "support.h"

namespace cce::test {

struct HashFunction {
    contract::HashMode mode;
    const char* name;  ///< OpenSSL's
};
/// All that OpenSSL has: cSHAKE is not among them.
inline constexpr std::array hash_functions{HashFunction{contract::HashMode::sha_224, "SHA224"},
                                           HashFunction{contract::HashMode::sha_256, "SHA256"},
                                           HashFunction{contract::HashMode::sha_384, "SHA384"},
                                           HashFunction{contract::HashMode::sha_512, "SHA512"},
                                           HashFunction{contract::HashMode::sha_512_224, "SHA512-224"},
                                           HashFunction{contract::HashMode::sha_512_256, "SHA512-256"},
                                           HashFunction{contract::HashMode::sha3_224, "SHA3-224"},
                                           HashFunction{contract::HashMode::sha3_256, "SHA3-256"},
                                           HashFunction{contract::HashMode::sha3_384, "SHA3-384"},
                                           HashFunction{contract::HashMode::sha3_512, "SHA3-512"},
                                           HashFunction{contract::HashMode::shake_128, "SHAKE128"},
                                           HashFunction{contract::HashMode::shake_256, "SHAKE256"}};
/// Those with a digest: what HMAC and opcode cipher_hash take.
inline constexpr std::span<const HashFunction, 10> digest_functions = std::span(hash_functions).first<10>();

/// The first `bytes` bytes of the digest, or of the output, by OpenSSL.
Bytes digest(const char* name, const Bytes& message, std::size_t bytes);
/// The same of OpenSSL's MAC `name`; `digest_name`: HMAC's function, else nullptr.
Bytes mac(const char* name, const char* digest_name, const Bytes& key, const Bytes& message, std::size_t bytes);

/// A stream of `length` bytes, in one buffer or in a list of short pieces.
sim::Shape random_shape(std::mt19937_64& random, std::uint32_t length);

}  // namespace cce::test
