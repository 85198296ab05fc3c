// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <openssl/core_dispatch.h>

namespace cce::provider {

/// HMAC (FIPS 198-1) and KMAC (SP 800-185) with EVP_MAC's semantics, for mac_algorithms().
[[nodiscard]] const OSSL_DISPATCH* hmac_functions();
[[nodiscard]] const OSSL_DISPATCH* kmac_128_functions();
[[nodiscard]] const OSSL_DISPATCH* kmac_256_functions();

}  // namespace cce::provider
