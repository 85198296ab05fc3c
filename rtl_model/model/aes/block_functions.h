// SPDX-License-Identifier: Apache-2.0
//
// What the modes of operation do with single blocks: the functions of cce_pkg.sv.

#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "types.h"

namespace cce::model {

static_assert(std::endian::native == std::endian::little);

/// A block as two numbers, byte 0 in the lowest bits of the first.
struct BlockWords {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
};

[[nodiscard]] inline BlockWords words_of(const Block& block) {
    BlockWords words;
    std::memcpy(&words, block.data(), block.size());
    return words;
}

[[nodiscard]] inline Block block_of(BlockWords words) {
    Block block;
    std::memcpy(block.data(), &words, block.size());
    return block;
}

[[nodiscard]] inline Block exclusive_or(const Block& a, const Block& b) {
    const BlockWords x = words_of(a);
    const BlockWords y = words_of(b);
    return block_of({x.first ^ y.first, x.second ^ y.second});
}

[[nodiscard]] inline bool is_zero(const Block& block) {
    const BlockWords words = words_of(block);
    return (words.first | words.second) == 0;
}

/// The first `bytes` bytes of a block (0 to 16 or more), the rest zero.
[[nodiscard]] inline Block keep_bytes(const Block& block, unsigned bytes) {
    BlockWords words = words_of(block);
    if (bytes < 8) words.first &= (std::uint64_t{1} << 8 * bytes) - 1;
    if (bytes <= 8) {
        words.second = 0;
    } else if (bytes < 16) {
        words.second &= (std::uint64_t{1} << 8 * (bytes - 8)) - 1;
    }
    return block_of(words);
}

/// Adds 1 to the last 32 bits of a counter block (SP 800-38D, 6.2), or to all 128 (SP 800-38A, B.1).
[[nodiscard]] inline Block increment_counter(const Block& counter, bool all_bits) {
    const BlockWords words = words_of(counter);
    std::uint64_t low = __builtin_bswap64(words.second);
    std::uint64_t high = __builtin_bswap64(words.first);
    if (all_bits) {
        ++low;
        if (low == 0) ++high;
    } else {
        low = (low & ~std::uint64_t{0xffffffff}) | static_cast<std::uint32_t>(low + 1);
    }
    return block_of({__builtin_bswap64(high), __builtin_bswap64(low)});
}

/// Multiplication of an XTS tweak by the primitive element (IEEE 1619, 5.2): the block is one little-endian number.
[[nodiscard]] inline Block next_tweak(const Block& tweak) {
    const BlockWords words = words_of(tweak);
    const std::uint64_t carry = words.second >> 63;
    return block_of({words.first << 1 ^ (0x87 & -carry), words.second << 1 | words.first >> 63});
}

/// Doubling of a CMAC subkey (SP 800-38B, 6.1): the block is one big-endian number.
[[nodiscard]] inline Block double_subkey(const Block& subkey) {
    const BlockWords words = words_of(subkey);
    const std::uint64_t high = __builtin_bswap64(words.first);
    const std::uint64_t low = __builtin_bswap64(words.second);
    const std::uint64_t carry = high >> 63;
    return block_of({__builtin_bswap64(high << 1 | low >> 63), __builtin_bswap64(low << 1 ^ (0x87 & -carry))});
}

/// J0 of GCM for an IV of 96 bits (SP 800-38D, 7.1, step 2): IV and a counter of 1.
[[nodiscard]] inline Block first_gcm_counter(const Block& iv) {
    Block counter = iv;
    counter[12] = counter[13] = counter[14] = 0;
    counter[15] = 1;
    return counter;
}

}  // namespace cce::model
