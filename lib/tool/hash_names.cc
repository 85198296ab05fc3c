// SPDX-License-Identifier: Apache-2.0

#include "hash_names.h"

#include <algorithm>
#include <cctype>

#include "tool.h"

namespace cce::tool {

namespace {

/// Calls `call` with every function and its name until that returns true.
template <typename Call>
void each_hash(Call call) {
    for (int number = 0; number < CCE_HASH_COUNT; ++number) {
        const auto hash = static_cast<cce_hash>(number);
        if (const char* name = cce_hash_name(hash); name != nullptr && call(hash, std::string_view(name))) {
            return;
        }
    }
}

std::string upper_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

/// `text` with `with` in the place of a leading `prefix`.
std::string with_prefix(const std::string& text, std::string_view prefix, std::string_view with) {
    return text.starts_with(prefix) ? std::string(with) + text.substr(prefix.size()) : text;
}

}  // namespace

std::optional<cce_hash> find_hash(std::string_view name) {
    std::string wanted(name);
    std::transform(wanted.begin(), wanted.end(), wanted.begin(),
                   [](unsigned char c) { return c == '/' || c == '_' ? '-' : static_cast<char>(std::tolower(c)); });
    wanted = with_prefix(wanted, "sha2-", "sha");
    wanted = with_prefix(wanted, "sha-", "sha");
    wanted = with_prefix(wanted, "shake-", "shake");
    wanted = with_prefix(wanted, "cshake-", "cshake");
    std::optional<cce_hash> found;
    each_hash([&](cce_hash hash, std::string_view known) {
        if (known == wanted) found = hash;
        return found.has_value();
    });
    return found;
}

cce_hash hash_of(const std::string& name, const std::string& option) {
    if (const auto hash = find_hash(name); hash) {
        return *hash;
    }
    std::string names;
    each_hash([&](cce_hash, std::string_view known) {
        names += (names.empty() ? "" : ", ") + std::string(known);
        return false;
    });
    throw ToolError(exit_usage, option + ": there is no hash function " + name + "; there are " + names);
}

bool is_xof(cce_hash hash) {
    return cce_hash_digest_bytes(hash) == 0;
}

bool is_cshake(cce_hash hash) {
    return hash == CCE_HASH_CSHAKE_128 || hash == CCE_HASH_CSHAKE_256;
}

std::string tag_name(cce_hash hash) {
    return upper_case(cce_hash_name(hash));
}

std::string openssl_name(cce_hash hash) {
    std::string name = tag_name(hash);
    if (is_xof(hash)) {
        return name.insert(name.find("SHAKE") + 5, "-");
    }
    if (name.starts_with("SHA3-")) {
        return name;
    }
    std::replace(name.begin(), name.end(), '-', '/');
    return "SHA2-" + name.substr(3);
}

}  // namespace cce::tool
