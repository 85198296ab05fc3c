// SPDX-License-Identifier: Apache-2.0
//
// The format of sealed files (docs/file-format.md): header, keys of a file, nonces of its chunks.

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "tool.h"

namespace cce::tool::sealed {

inline constexpr std::size_t magic_bytes = 8;
/// As in PNG: not text, and damaged by whatever changes line ends or strips the eighth bit.
inline constexpr std::array<std::uint8_t, magic_bytes> magic{0x89, 'C', 'C', 'E', '\r', '\n', 0x1a, '\n'};
inline constexpr std::uint8_t version = 1;
/// Chunks in AES-256-GCM with tags of 16 bytes, keys by SP 800-108 with CMAC-AES-256.
inline constexpr std::uint8_t algorithm_aes_256_gcm = 1;
inline constexpr std::size_t master_key_bytes = 32;
inline constexpr std::size_t salt_bytes = 32;
inline constexpr std::size_t tag_bytes = 16;
inline constexpr std::size_t nonce_bytes = 12;
/// What the header tag covers, and all of the header.
inline constexpr std::size_t covered_bytes = 16 + salt_bytes;
inline constexpr std::size_t header_bytes = covered_bytes + tag_bytes;
/// A chunk and its tag must fit into one submission to the library (CCE_SUBMIT_BYTES_MAX).
inline constexpr unsigned chunk_log2_minimum = 10;
inline constexpr unsigned chunk_log2_maximum = 23;
/// More are refused: 2^32 chunks of 8 MiB keep GCM's bound far from reach (docs/file-format.md).
inline constexpr std::uint64_t chunk_limit = std::uint64_t{1} << 32;
/// Most bytes of a context string.
inline constexpr std::size_t context_limit = 65536;

using HeaderBytes = std::array<std::uint8_t, header_bytes>;
using Nonce = std::array<std::uint8_t, nonce_bytes>;

/// What only one file has: the key of its chunks, and what its header must end with.
struct FileKeys {
    SecretBytes chunk_key{32};
    std::array<std::uint8_t, tag_bytes> header_tag{};
};

/// The keys of the file whose header begins with `covered`, by KDF in counter mode (SP 800-108r1, 4.1).
[[nodiscard]] FileKeys derive(std::span<const std::uint8_t> master_key, std::span<const std::uint8_t> covered,
                              const std::string& context);

/// A header with a new random salt, up to its tag, which is zero.
[[nodiscard]] HeaderBytes new_header(unsigned chunk_log2);

/// The header's chunk size, as log2. Throws ToolError if this is no header that this program can read; `name` is the
/// file's, for messages.
[[nodiscard]] unsigned check_header(std::span<const std::uint8_t> header, const std::string& name);

/// The chunk's nonce: 3 zero bytes, its number (64 bits, big-endian), 1 for the last chunk and 0 for others.
[[nodiscard]] Nonce nonce_of(std::uint64_t number, bool last);

/// Where chunk `number` begins in the file.
[[nodiscard]] constexpr std::uint64_t offset_of(std::uint64_t number, std::size_t chunk_bytes) {
    return header_bytes + number * (chunk_bytes + tag_bytes);
}

}  // namespace cce::tool::sealed
