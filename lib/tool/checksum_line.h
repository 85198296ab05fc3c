// SPDX-License-Identifier: Apache-2.0
//
// Lines of checksums: those of sha256sum and its kin (GNU coreutils), of BSD, of `openssl dgst`; written and read.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tool.h"

namespace cce::tool {

/// How digests are printed.
enum class DigestFormat : std::uint8_t {
    sum,        ///< sha256sum: "DIGEST  FILE"
    tag,        ///< sha256sum --tag, BSD: "SHA256 (FILE) = DIGEST"
    openssl,    ///< openssl dgst: "SHA2-256(FILE)= DIGEST"
    openssl_r,  ///< openssl dgst -r: "DIGEST *FILE"
    hex,        ///< the digest's digits, nothing else
    raw,        ///< the digest's bytes
};

/// A file's line, its end included: a newline, or with `zero` a zero, and then names are as they are. `name` is "-" for
/// standard input.
[[nodiscard]] std::string checksum_line(DigestFormat format, cce_hash hash, const std::string& name,
                                        std::span<const std::uint8_t> digest, bool zero);

/// A name as sha256sum -c shows it in front of the result: as it is, unless there is a newline in it.
[[nodiscard]] std::string result_name(const std::string& name);

/// What a line says.
struct Checksum {
    cce_hash hash = CCE_HASH_SHA_256;
    std::vector<std::uint8_t> digest;
    std::string name;
};

/// Reads lines in any of the formats with a name.
class ChecksumReader {
public:
    /// A line that does not name its function is taken as one of `hash`; one that names another one is no checksum if
    /// `only` that is wanted.
    ChecksumReader(cce_hash hash, bool only) : hash_(hash), only_(only) {}

    /// A line without its end. None: it is no checksum.
    [[nodiscard]] std::optional<Checksum> read(std::string_view line);

private:
    struct Parts {
        std::string_view name;
        std::string_view digits;
        cce_hash hash;
    };
    [[nodiscard]] static std::optional<Parts> tagged(std::string_view line);
    [[nodiscard]] std::optional<Parts> plain(std::string_view line);

    cce_hash hash_;
    bool only_;
    std::optional<bool> one_blank_;  ///< between digest and name; unknown before the first line
};

}  // namespace cce::tool
