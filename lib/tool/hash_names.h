// SPDX-License-Identifier: Apache-2.0
//
// Hash functions by the names that programs have for them.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "cce/cce.h"

namespace cce::tool {

/// The function of any spelling that is in use: sha256, SHA-256, SHA2-256, SHA512/256, shake-128. None: there is none.
[[nodiscard]] std::optional<cce_hash> find_hash(std::string_view name);
/// The same for an option's value. Throws ToolError with the names that there are.
[[nodiscard]] cce_hash hash_of(const std::string& name, const std::string& option);

/// Does it take an output length?
[[nodiscard]] bool is_xof(cce_hash hash);
[[nodiscard]] bool is_cshake(cce_hash hash);

/// "SHA256", as `sha256sum --tag` has it.
[[nodiscard]] std::string tag_name(cce_hash hash);
/// "SHA2-256", as `openssl dgst` of OpenSSL 3 has it.
[[nodiscard]] std::string openssl_name(cce_hash hash);

}  // namespace cce::tool
