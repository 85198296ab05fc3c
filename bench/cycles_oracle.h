// SPDX-License-Identifier: Apache-2.0
//
// What the engine must answer where its speed is measured, by OpenSSL: no figure comes from a wrong result.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cce_contract.hpp"

namespace cce::bench {

using Bytes = std::vector<std::uint8_t>;

/// What an encryption (or a MAC) takes.
struct PlainInput {
    contract::CipherMode mode = contract::CipherMode::ecb;
    Bytes key;
    Bytes tweak_key;  ///< XTS only
    Bytes iv;         ///< as sim::CipherRequest::iv takes it; ECB, CMAC, KW, KWP: empty
    Bytes aad;        ///< GCM, CCM
    Bytes text;
    std::size_t tag_length = 0;  ///< GCM, CCM, CMAC
};

/// What it answers.
struct SealedOutput {
    Bytes text;  ///< CMAC: empty
    Bytes tag;   ///< of tag_length bytes
};

/// Every mode: ECB, CBC, CTR, XTS, GCM, CCM, CMAC, KW, KWP. Throws std::invalid_argument for another one and
/// std::runtime_error if OpenSSL fails.
[[nodiscard]] SealedOutput seal(const PlainInput& input);

/// SHA-2, SHA-3, and SHAKE with 32 bytes of output. Throws std::invalid_argument for cSHAKE, which OpenSSL has not.
[[nodiscard]] Bytes digest(contract::HashMode mode, const Bytes& text);

/// HMAC with the function, which is not SHAKE.
[[nodiscard]] Bytes hmac(contract::HashMode mode, const Bytes& key, const Bytes& text);

}  // namespace cce::bench
