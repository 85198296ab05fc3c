// SPDX-License-Identifier: Apache-2.0
//
// With carry-less multiplication a block is turned end for end; then GHASH is POLYVAL with the key times x (RFC 8452,
// appendix A), whose product needs no shift by one: multiply(a, b) = a b x^-128 modulo x^128 + x^127 + x^126 + x^121
// + 1. Several blocks times several powers are summed before one reduction. Without it, the shift-and-add
// multiplication of SP 800-38D, 6.3, works on the blocks as they are.

#include "ghash/host_ghash.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace cce::model {

namespace {

/// Big-endian halves of a block.
struct Halves {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
};

Halves halves_of(const Block& block) {
    Halves halves;
    for (unsigned i = 0; i < 8; ++i) {
        halves.high = halves.high << 8 | block[i];
        halves.low = halves.low << 8 | block[8 + i];
    }
    return halves;
}

Block block_of(Halves halves) {
    Block block;
    for (unsigned i = 0; i < 8; ++i) {
        block[i] = static_cast<std::uint8_t>(halves.high >> (56 - 8 * i));
        block[8 + i] = static_cast<std::uint8_t>(halves.low >> (56 - 8 * i));
    }
    return block;
}

/// SP 800-38D, 6.3, algorithm 1, without branches on the operands.
Block multiply_portably(const Block& a, const Block& b) {
    const Halves x = halves_of(a);
    Halves v = halves_of(b);
    Halves z;
    for (unsigned i = 0; i < 128; ++i) {
        const std::uint64_t bit = (i < 64 ? x.high >> (63 - i) : x.low >> (127 - i)) & 1;
        z.high ^= v.high & -bit;
        z.low ^= v.low & -bit;
        const std::uint64_t carry = v.low & 1;
        v.low = v.low >> 1 | v.high << 63;
        v.high = (v.high >> 1) ^ (0xe100000000000000 & -carry);
    }
    return block_of(z);
}

Block sum_of(const Block& a, const Block& b) {
    Block result;
    for (unsigned i = 0; i < result.size(); ++i) result[i] = a[i] ^ b[i];
    return result;
}

#if defined(__x86_64__)

#define CCE_TARGET __attribute__((target("pclmul,ssse3,sse4.1")))

/// A product of 255 bits in three parts: low + middle x^64 + high x^128.
struct Product {
    __m128i low;
    __m128i middle;
    __m128i high;
};

CCE_TARGET inline __m128i load(const Block& block) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(block.data()));
}

CCE_TARGET inline void store(Block& block, __m128i value) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(block.data()), value);
}

CCE_TARGET inline __m128i turn(__m128i value) {
    return _mm_shuffle_epi8(value, _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}

CCE_TARGET inline Product multiply(__m128i a, __m128i b) {
    return {_mm_clmulepi64_si128(a, b, 0x00),
            _mm_xor_si128(_mm_clmulepi64_si128(a, b, 0x01), _mm_clmulepi64_si128(a, b, 0x10)),
            _mm_clmulepi64_si128(a, b, 0x11)};
}

CCE_TARGET inline void add(Product& sum, const Product& product) {
    sum.low = _mm_xor_si128(sum.low, product.low);
    sum.middle = _mm_xor_si128(sum.middle, product.middle);
    sum.high = _mm_xor_si128(sum.high, product.high);
}

/// Montgomery's reduction, 64 bits at a time.
CCE_TARGET inline __m128i reduce(const Product& product) {
    const __m128i polynomial = _mm_set_epi64x(0, static_cast<long long>(0xc200000000000000));
    __m128i low = _mm_xor_si128(product.low, _mm_slli_si128(product.middle, 8));
    const __m128i high = _mm_xor_si128(product.high, _mm_srli_si128(product.middle, 8));
    low = _mm_xor_si128(_mm_shuffle_epi32(low, 0x4e), _mm_clmulepi64_si128(low, polynomial, 0x00));
    low = _mm_xor_si128(_mm_shuffle_epi32(low, 0x4e), _mm_clmulepi64_si128(low, polynomial, 0x00));
    return _mm_xor_si128(low, high);
}

/// The key's first power: H turned, times x.
CCE_TARGET Block first_power(const Block& hash_key) {
    const __m128i key = turn(load(hash_key));
    const __m128i carry = _mm_srai_epi32(_mm_shuffle_epi32(key, 0xff), 31);
    __m128i doubled = _mm_or_si128(_mm_slli_epi64(key, 1), _mm_slli_si128(_mm_srli_epi64(key, 63), 8));
    doubled =
        _mm_xor_si128(doubled, _mm_and_si128(carry, _mm_set_epi64x(static_cast<long long>(0xc200000000000000), 1)));
    Block result;
    store(result, doubled);
    return result;
}

CCE_TARGET void make_powers(std::span<Block> powers) {
    const __m128i first = load(powers[0]);
    __m128i power = first;
    for (std::size_t i = 1; i < powers.size(); ++i) {
        power = reduce(multiply(power, first));
        store(powers[i], power);
    }
}

/// Blocks in batches of as many as there are powers, and a shorter one at the end: one reduction each.
CCE_TARGET void update_fast(Block& sum, std::span<const Block> powers, std::span<const Block> blocks) {
    __m128i value = load(sum);
    for (std::size_t done = 0; done < blocks.size();) {
        const std::size_t batch = std::min(powers.size(), blocks.size() - done);
        Product total = multiply(_mm_xor_si128(value, turn(load(blocks[done]))), load(powers[batch - 1]));
        for (std::size_t i = 1; i < batch; ++i) {
            add(total, multiply(turn(load(blocks[done + i])), load(powers[batch - 1 - i])));
        }
        value = reduce(total);
        done += batch;
    }
    store(sum, value);
}

CCE_TARGET Block turned(const Block& block) {
    Block result;
    store(result, turn(load(block)));
    return result;
}

// Four blocks a register, as many at once as there are powers.

#define CCE_WIDE __attribute__((target("vpclmulqdq,avx512f,avx512bw,avx512dq,avx512vl,pclmul,ssse3,sse4.1")))

/// The sum of a register's four parts.
CCE_WIDE inline __m128i sum_of_parts(__m512i value) {
    std::array<Block, 4> parts;
    _mm512_storeu_si512(parts.data(), value);
    return _mm_xor_si128(_mm_xor_si128(load(parts[0]), load(parts[1])), _mm_xor_si128(load(parts[2]), load(parts[3])));
}

/// Works on whole batches; returns how many blocks were done. The powers come as update_fast wants them, lowest first.
CCE_WIDE std::size_t update_wide(Block& sum, std::span<const Block> powers, std::span<const Block> blocks) {
    constexpr std::size_t registers = HostGhash::power_count / 4;
    const __m512i turned =
        _mm512_maskz_broadcast_i32x4(0xffff, _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    __m512i highest_first[registers];
    for (std::size_t i = 0; i < registers; ++i) {
        const __m512i four = _mm512_loadu_si512(powers[powers.size() - 4 * (i + 1)].data());
        highest_first[i] = _mm512_maskz_shuffle_i64x2(0xff, four, four, 0x1b);
    }
    __m128i value = load(sum);
    std::size_t done = 0;
    for (; blocks.size() - done >= HostGhash::power_count; done += HostGhash::power_count) {
        __m512i low = _mm512_setzero_si512();
        __m512i middle = low;
        __m512i high = low;
        for (std::size_t i = 0; i < registers; ++i) {
            __m512i four = _mm512_shuffle_epi8(_mm512_loadu_si512(blocks[done + 4 * i].data()), turned);
            if (i == 0) four = _mm512_xor_si512(four, _mm512_inserti64x2(_mm512_setzero_si512(), value, 0));
            const __m512i power = highest_first[i];
            low = _mm512_xor_si512(low, _mm512_clmulepi64_epi128(four, power, 0x00));
            high = _mm512_xor_si512(high, _mm512_clmulepi64_epi128(four, power, 0x11));
            middle = _mm512_ternarylogic_epi64(middle, _mm512_clmulepi64_epi128(four, power, 0x01),
                                               _mm512_clmulepi64_epi128(four, power, 0x10), 0x96);
        }
        value = reduce({sum_of_parts(low), sum_of_parts(middle), sum_of_parts(high)});
    }
    store(sum, value);
    return done;
}

#undef CCE_WIDE
#undef CCE_TARGET

const bool fast = __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("sse4.1") != 0;
const bool wide = fast && __builtin_cpu_supports("vpclmulqdq") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                  __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;

#endif

}  // namespace

void HostGhash::start(const Block& hash_key) {
    sum_ = {};
    more_powers_ = false;
#if defined(__x86_64__)
    if (fast) {
        powers_[0] = first_power(hash_key);
        return;
    }
#endif
    powers_[0] = hash_key;
}

void HostGhash::update(std::span<const Block> blocks) {
#if defined(__x86_64__)
    if (fast) {
        if (!more_powers_ && blocks.size() >= power_count) {
            make_powers(powers_);
            more_powers_ = true;
        }
        const std::size_t done = wide && blocks.size() >= power_count ? update_wide(sum_, powers_, blocks) : 0;
        const std::size_t powers = more_powers_ ? narrow_power_count : 1;
        update_fast(sum_, std::span(powers_).first(powers), blocks.subspan(done));
        return;
    }
#endif
    for (const Block& block : blocks) sum_ = multiply_portably(sum_of(sum_, block), powers_[0]);
}

Block HostGhash::sum() const {
#if defined(__x86_64__)
    if (fast) return turned(sum_);
#endif
    return sum_;
}

void HostGhash::clear() {
    powers_.fill({});
    sum_ = {};
    more_powers_ = false;
}

}  // namespace cce::model
