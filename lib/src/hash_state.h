// SPDX-License-Identifier: Apache-2.0
//
// A hash function on the CPU, whose state can be taken out and put back in: SHA-2 by OpenSSL's functions, whose
// contexts are structures of the standard's words; SHA-3 by our own Keccak, since OpenSSL keeps the state to itself.

#pragma once

#include <openssl/sha.h>

#include <variant>

#include "hash_functions.h"
#include "keccak.h"

namespace cce::internal {

class HashState {
public:
    /// Before the first byte.
    explicit HashState(cce_hash hash);
    /// Goes on from hash_context and words. Throws Failure if it is not a state of `hash`.
    HashState(cce_hash hash, std::span<const std::uint8_t> state);
    ~HashState();
    HashState(const HashState&) = delete;
    HashState& operator=(const HashState&) = delete;

    void update(std::span<const std::uint8_t> bytes);
    /// Writes hash_context and words: of a message of whole blocks so far, or of whole blocks of output.
    void save(std::span<std::uint8_t> out);
    /// Ends the message and writes the beginning of the digest, or of the output.
    void finish(std::span<std::uint8_t> digest);
    /// XOF: the next bytes of output; ends the message before if it has not ended.
    void squeeze(std::span<std::uint8_t> output);
    [[nodiscard]] bool squeezing() const { return squeezing_; }

private:
    void load_words(std::span<const std::uint8_t> words);

    cce_hash hash_;
    bool squeezing_ = false;
    std::uint64_t length_ = 0;
    std::variant<SHA256_CTX, SHA512_CTX, Keccak> state_;
};

}  // namespace cce::internal
