// SPDX-License-Identifier: Apache-2.0
//
// AES (FIPS 197) with the host's AES instructions where it has them, else with OpenSSL.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "types.h"

struct evp_cipher_ctx_st;

namespace cce::model {

/// One key in one direction.
class HostAes {
public:
    /// Takes a key of 16, 24 or 32 bytes for the cipher or the inverse cipher.
    void set_key(std::span<const std::uint8_t> key, bool inverse);

    /// Erases the key.
    void clear();

    /// The block through the cipher, or through the inverse cipher.
    [[nodiscard]] Block apply(const Block& block) const;

    /// The same for several blocks; `out` may be `in`.
    void apply(std::span<const Block> in, std::span<Block> out) const;

    /// Keystream from consecutive counter blocks, combined with `in`. Of the counter the last 32 bits count (SP
    /// 800-38D, 6.2), or all 128 (SP 800-38A, B.1). Leaves the counter behind the last one used.
    void count(Block& counter, bool all_bits, std::span<const Block> in, std::span<Block> out) const;

private:
    static constexpr unsigned most_rounds = 14;

    struct ContextDeleter {
        void operator()(evp_cipher_ctx_st* context) const;
    };

    alignas(16) std::array<Block, most_rounds + 1> round_keys_{};
    unsigned rounds_ = 0;  ///< 0: no key
    bool inverse_ = false;
    std::unique_ptr<evp_cipher_ctx_st, ContextDeleter> context_;  ///< without AES instructions
};

}  // namespace cce::model
