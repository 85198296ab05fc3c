// SPDX-License-Identifier: Apache-2.0
//
// What a session of a hash function does once for all its messages: the key block or the names are hashed, by the CPU.

#pragma once

#include "backend.h"

namespace cce::internal {

/// The options have been checked.
[[nodiscard]] HashParameters make_hash_parameters(cce_hash hash, const cce_hash_options& options);

/// The front with which a message begins, and how it begins and ends; `output_bytes` are wanted of it (KMAC).
[[nodiscard]] Text text_of_message(const HashParameters& parameters, std::size_t output_bytes);
/// KMAC: right_encode() of the output's length, SP 800-185, 4.3; of others nothing.
[[nodiscard]] std::vector<std::uint8_t> end_of_message(const HashParameters& parameters, std::size_t output_bytes);

/// Bytes in the state before the message begins.
[[nodiscard]] std::uint64_t bytes_in_front(const HashParameters& parameters);
/// A message of `length` bytes is not too long. Throws Failure with CCE_ERROR_LENGTH.
void check_message_room(const HashParameters& parameters, std::uint64_t length);

/// In constant time.
[[nodiscard]] bool digests_match(std::span<const std::uint8_t> made, std::span<const std::uint8_t> expected);
constexpr const char* digest_mismatch = "the digest or MAC does not match";

}  // namespace cce::internal
