// SPDX-License-Identifier: Apache-2.0
//
// Hash functions and HMAC of backend af_alg: whole messages, and streams whose state stays in the kernel, behind a
// socket of their own.

#pragma once

#include "backend.h"

namespace cce::internal {

/// `driver` is the kernel's name of it. Throws Failure.
[[nodiscard]] std::unique_ptr<Cipher> make_af_alg_hash(const std::string& driver, const HashParameters& parameters);

}  // namespace cce::internal
