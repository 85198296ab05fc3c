// SPDX-License-Identifier: Apache-2.0
//
// From what callers give to what backends get: every length and pointer is checked here, once for all backends, and
// what is wrong is named. Throws Failure.

#pragma once

#include "backend.h"

namespace cce::internal {

inline void require(bool condition, cce_status status, const char* message) {
    if (!condition) {
        throw Failure(status, message);
    }
}

/// Mode and direction are of their enums, the flags known, the key's length the mode's, and XTS keys distinct.
void check_session(cce_mode mode, cce_direction direction, std::span<const std::uint8_t> key, unsigned flags);

/// A session's mode and direction, with which a call must agree.
struct Role {
    cce_mode mode;
    cce_direction direction;
};

/// ECB, CBC, CTR, XTS.
[[nodiscard]] Text checked_cipher(Role role, const std::uint8_t* iv, const std::uint8_t* source,
                                  std::uint8_t* destination, std::size_t length);
/// GCM, CCM.
[[nodiscard]] Text checked_aead(Role role, const cce_aead_request* request);
/// CMAC, and GCM for GMAC: there the message is AAD.
[[nodiscard]] Text checked_mac(Role role, const cce_mac_request* request);
/// KW, KWP.
[[nodiscard]] Text checked_key_wrap(Role role, const cce_key_wrap_request* request);

/// Kind, key and names are ones that the function has.
void check_hash_options(cce_hash hash, const cce_hash_options& options);
/// A whole message. What it is to be compared with stands in `expected_tag`; then there is no destination yet.
[[nodiscard]] Text checked_digest(const HashParameters& parameters, const cce_digest_request* request);
/// The function has digests, or the call output, of this length.
void check_digest_length(const HashParameters& parameters, std::size_t length);

/// The call named `call` is one for sessions of this direction.
void require_direction(Role role, cce_direction direction, const char* call);

}  // namespace cce::internal
