// SPDX-License-Identifier: Apache-2.0

#include "aes/host_aes.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "aes/block_functions.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace cce::model {

namespace {

/// Blocks that are under way in the host's cipher at once: its latency times its throughput.
constexpr std::size_t batch = 8;

#if defined(__x86_64__)

#define CCE_TARGET __attribute__((target("aes,ssse3,sse4.1")))

/// Blocks stay in registers only if the loops over them are unrolled.
#define CCE_UNROLL _Pragma("GCC unroll 16")

using RoundKeys = std::span<const Block>;

CCE_TARGET inline __m128i load(const Block& block) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(block.data()));
}

CCE_TARGET inline void store(Block& block, __m128i value) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(block.data()), value);
}

/// SubWord() (FIPS 197, 5.2).
CCE_TARGET std::uint32_t substitute_word(std::uint32_t word) {
    const __m128i assisted = _mm_aeskeygenassist_si128(_mm_set1_epi32(static_cast<int>(word)), 0);
    return static_cast<std::uint32_t>(_mm_cvtsi128_si32(assisted));
}

/// KeyExpansion() (FIPS 197, 5.2); for the equivalent inverse cipher (5.3.5) in the order of its rounds.
CCE_TARGET void expand(std::span<const std::uint8_t> key, bool inverse, std::span<Block> round_keys) {
    std::array<std::uint32_t, 4 * 15> words{};
    const std::size_t key_words = key.size() / 4;
    const std::size_t word_count = 4 * round_keys.size();
    std::memcpy(words.data(), key.data(), key.size());
    std::uint32_t constant = 1;
    for (std::size_t i = key_words; i < word_count; ++i) {
        std::uint32_t word = words[i - 1];
        if (i % key_words == 0) {
            word = substitute_word(word);
            word = (word >> 8 | word << 24) ^ constant;
            constant = (constant << 1) ^ ((constant >> 7) * 0x11b);
        } else if (key_words == 8 && i % key_words == 4) {
            word = substitute_word(word);
        }
        words[i] = words[i - key_words] ^ word;
    }
    const std::size_t last = round_keys.size() - 1;
    for (std::size_t round = 0; round <= last; ++round) {
        std::memcpy(round_keys[inverse ? last - round : round].data(), &words[4 * round], 16);
    }
    if (inverse) {
        for (std::size_t round = 1; round < last; ++round) {
            store(round_keys[round], _mm_aesimc_si128(load(round_keys[round])));
        }
    }
    OPENSSL_cleanse(words.data(), sizeof words);
}

/// Blocks in the host's registers.
template <std::size_t count>
struct State {
    __m128i blocks[count];
};

template <std::size_t count>
CCE_TARGET inline void cipher(State<count>& state, RoundKeys round_keys) {
    const __m128i first = load(round_keys.front());
    CCE_UNROLL
    for (auto& block : state.blocks) block = _mm_xor_si128(block, first);
    for (std::size_t round = 1; round + 1 < round_keys.size(); ++round) {
        const __m128i key = load(round_keys[round]);
        CCE_UNROLL
        for (auto& block : state.blocks) block = _mm_aesenc_si128(block, key);
    }
    const __m128i last = load(round_keys.back());
    CCE_UNROLL
    for (auto& block : state.blocks) block = _mm_aesenclast_si128(block, last);
}

template <std::size_t count>
CCE_TARGET inline void inverse_cipher(State<count>& state, RoundKeys round_keys) {
    const __m128i first = load(round_keys.front());
    CCE_UNROLL
    for (auto& block : state.blocks) block = _mm_xor_si128(block, first);
    for (std::size_t round = 1; round + 1 < round_keys.size(); ++round) {
        const __m128i key = load(round_keys[round]);
        CCE_UNROLL
        for (auto& block : state.blocks) block = _mm_aesdec_si128(block, key);
    }
    const __m128i last = load(round_keys.back());
    CCE_UNROLL
    for (auto& block : state.blocks) block = _mm_aesdeclast_si128(block, last);
}

template <std::size_t count>
CCE_TARGET inline void some(RoundKeys round_keys, bool inverse, const Block* in, Block* out) {
    State<count> state;
    CCE_UNROLL
    for (std::size_t i = 0; i < count; ++i) state.blocks[i] = load(in[i]);
    if (inverse) {
        inverse_cipher(state, round_keys);
    } else {
        cipher(state, round_keys);
    }
    CCE_UNROLL
    for (std::size_t i = 0; i < count; ++i) store(out[i], state.blocks[i]);
}

CCE_TARGET void apply_fast(RoundKeys round_keys, bool inverse, std::span<const Block> in, std::span<Block> out) {
    std::size_t done = 0;
    for (; in.size() - done >= batch; done += batch) some<batch>(round_keys, inverse, &in[done], &out[done]);
    for (; done < in.size(); ++done) some<1>(round_keys, inverse, &in[done], &out[done]);
}

CCE_TARGET void count_fast(RoundKeys round_keys, Block& counter, bool all_bits, std::span<const Block> in,
                           std::span<Block> out) {
    std::size_t done = 0;
    while (done < in.size()) {
        const std::size_t now = std::min(batch, in.size() - done);
        State<batch> state;
        std::uint32_t low;
        std::memcpy(&low, &counter[12], 4);
        low = __builtin_bswap32(low);
        const __m128i begin = load(counter);
        if (low <= 0xffffffffU - batch) {
            CCE_UNROLL
            for (std::size_t i = 0; i < batch; ++i) {
                const std::uint32_t number = __builtin_bswap32(low + static_cast<std::uint32_t>(i));
                state.blocks[i] = _mm_insert_epi32(begin, static_cast<int>(number), 3);
            }
            const std::uint32_t number = __builtin_bswap32(low + static_cast<std::uint32_t>(now));
            std::memcpy(&counter[12], &number, 4);
        } else {
            CCE_UNROLL
            for (std::size_t i = 0; i < batch; ++i) {
                state.blocks[i] = load(counter);
                if (i < now) counter = increment_counter(counter, all_bits);
            }
        }
        cipher(state, round_keys);
        for (std::size_t i = 0; i < now; ++i) {
            store(out[done + i], _mm_xor_si128(state.blocks[i], load(in[done + i])));
        }
        done += now;
    }
}

// Four blocks a register, sixteen at once.

#define CCE_WIDE __attribute__((target("vaes,avx512f,avx512bw,avx512dq,avx512vl,aes,ssse3,sse4.1")))

constexpr std::size_t wide_registers = 4;
constexpr std::size_t wide_blocks = 4;
constexpr std::size_t wide_batch = wide_registers * wide_blocks;

template <unsigned rounds>
struct WideKey {
    __m512i round_keys[rounds + 1];
};

template <unsigned rounds>
CCE_WIDE inline WideKey<rounds> widen(RoundKeys round_keys) {
    WideKey<rounds> key;
    CCE_UNROLL
    for (unsigned round = 0; round <= rounds; ++round) {
        key.round_keys[round] = _mm512_maskz_broadcast_i32x4(0xffff, load(round_keys[round]));
    }
    return key;
}

template <unsigned rounds, bool inverse>
CCE_WIDE inline void cipher_wide(__m512i (&state)[wide_registers], const WideKey<rounds>& key) {
    CCE_UNROLL
    for (auto& blocks : state) blocks = _mm512_xor_si512(blocks, key.round_keys[0]);
    CCE_UNROLL
    for (unsigned round = 1; round < rounds; ++round) {
        CCE_UNROLL
        for (auto& blocks : state) {
            blocks = inverse ? _mm512_aesdec_epi128(blocks, key.round_keys[round])
                             : _mm512_aesenc_epi128(blocks, key.round_keys[round]);
        }
    }
    CCE_UNROLL
    for (auto& blocks : state) {
        blocks = inverse ? _mm512_aesdeclast_epi128(blocks, key.round_keys[rounds])
                         : _mm512_aesenclast_epi128(blocks, key.round_keys[rounds]);
    }
}

/// Works on whole batches; returns how many blocks were done.
template <unsigned rounds, bool inverse>
CCE_WIDE std::size_t apply_wide(RoundKeys round_keys, std::span<const Block> in, std::span<Block> out) {
    const WideKey<rounds> key = widen<rounds>(round_keys);
    std::size_t done = 0;
    for (; in.size() - done >= wide_batch; done += wide_batch) {
        __m512i state[wide_registers];
        CCE_UNROLL
        for (std::size_t i = 0; i < wide_registers; ++i) {
            state[i] = _mm512_loadu_si512(in[done + wide_blocks * i].data());
        }
        cipher_wide<rounds, inverse>(state, key);
        CCE_UNROLL
        for (std::size_t i = 0; i < wide_registers; ++i) {
            _mm512_storeu_si512(out[done + wide_blocks * i].data(), state[i]);
        }
    }
    return done;
}

/// The same for counter blocks; ends before the last 32 bits of the counter overflow.
template <unsigned rounds>
CCE_WIDE std::size_t count_wide(RoundKeys round_keys, Block& counter, std::span<const Block> in, std::span<Block> out) {
    const WideKey<rounds> key = widen<rounds>(round_keys);
    std::uint32_t low;
    std::memcpy(&low, &counter[12], 4);
    low = __builtin_bswap32(low);
    // Bytes 12 to 15 of each block are the number; turned around, they are one that can be added to.
    const __m512i turn =
        _mm512_maskz_broadcast_i32x4(0xffff, _mm_set_epi8(12, 13, 14, 15, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    const __m512i four = _mm512_maskz_broadcast_i32x4(0xffff, _mm_set_epi32(wide_blocks, 0, 0, 0));
    const __m512i first = _mm512_set_epi32(3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
    __m512i next =
        _mm512_add_epi32(_mm512_shuffle_epi8(_mm512_maskz_broadcast_i32x4(0xffff, load(counter)), turn), first);
    std::size_t done = 0;
    for (; in.size() - done >= wide_batch && low <= 0xffffffffU - wide_batch; done += wide_batch, low += wide_batch) {
        __m512i state[wide_registers];
        CCE_UNROLL
        for (auto& blocks : state) {
            blocks = _mm512_shuffle_epi8(next, turn);
            next = _mm512_add_epi32(next, four);
        }
        cipher_wide<rounds, false>(state, key);
        CCE_UNROLL
        for (std::size_t i = 0; i < wide_registers; ++i) {
            const __m512i text = _mm512_loadu_si512(in[done + wide_blocks * i].data());
            _mm512_storeu_si512(out[done + wide_blocks * i].data(), _mm512_xor_si512(state[i], text));
        }
    }
    const std::uint32_t number = __builtin_bswap32(low);
    std::memcpy(&counter[12], &number, 4);
    return done;
}

std::size_t apply_wide(RoundKeys round_keys, bool inverse, std::span<const Block> in, std::span<Block> out) {
    switch (round_keys.size() - 1) {
        case 10:
            return inverse ? apply_wide<10, true>(round_keys, in, out) : apply_wide<10, false>(round_keys, in, out);
        case 12:
            return inverse ? apply_wide<12, true>(round_keys, in, out) : apply_wide<12, false>(round_keys, in, out);
        default:
            return inverse ? apply_wide<14, true>(round_keys, in, out) : apply_wide<14, false>(round_keys, in, out);
    }
}

std::size_t count_wide(RoundKeys round_keys, Block& counter, std::span<const Block> in, std::span<Block> out) {
    switch (round_keys.size() - 1) {
        case 10:
            return count_wide<10>(round_keys, counter, in, out);
        case 12:
            return count_wide<12>(round_keys, counter, in, out);
        default:
            return count_wide<14>(round_keys, counter, in, out);
    }
}

#undef CCE_WIDE
#undef CCE_TARGET
#undef CCE_UNROLL

const bool fast = __builtin_cpu_supports("aes") != 0 && __builtin_cpu_supports("sse4.1") != 0;
const bool wide = fast && __builtin_cpu_supports("vaes") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                  __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;

#endif

const EVP_CIPHER* cipher_of(std::size_t key_bytes) {
    switch (key_bytes) {
        case 16:
            return EVP_aes_128_ecb();
        case 24:
            return EVP_aes_192_ecb();
        default:
            return EVP_aes_256_ecb();
    }
}

}  // namespace

void HostAes::ContextDeleter::operator()(evp_cipher_ctx_st* context) const {
    EVP_CIPHER_CTX_free(context);
}

void HostAes::set_key(std::span<const std::uint8_t> key, bool inverse) {
    rounds_ = static_cast<unsigned>(key.size() / 4 + 6);
    inverse_ = inverse;
#if defined(__x86_64__)
    if (fast) {
        expand(key, inverse, std::span(round_keys_).first(rounds_ + 1));
        return;
    }
#endif
    context_.reset(EVP_CIPHER_CTX_new());
    if (!context_ ||
        EVP_CipherInit_ex(context_.get(), cipher_of(key.size()), nullptr, key.data(), nullptr, inverse ? 0 : 1) != 1) {
        throw std::runtime_error("OpenSSL does not take an AES key");
    }
    EVP_CIPHER_CTX_set_padding(context_.get(), 0);
}

void HostAes::clear() {
    OPENSSL_cleanse(round_keys_.data(), sizeof round_keys_);
    rounds_ = 0;
    context_.reset();
}

Block HostAes::apply(const Block& block) const {
    Block result = block;
    apply(std::span(&result, 1), std::span(&result, 1));
    return result;
}

void HostAes::apply(std::span<const Block> in, std::span<Block> out) const {
    if (rounds_ == 0) {  // the RTL ciphers with whatever the memory of the round keys holds; nobody uses that
        std::fill_n(out.begin(), in.size(), Block{});
        return;
    }
#if defined(__x86_64__)
    if (fast) {
        const RoundKeys round_keys = std::span(round_keys_).first(rounds_ + 1);
        const std::size_t done = wide && in.size() >= wide_batch ? apply_wide(round_keys, inverse_, in, out) : 0;
        apply_fast(round_keys, inverse_, in.subspan(done), out.subspan(done));
        return;
    }
#endif
    int given = 0;
    if (EVP_CipherUpdate(context_.get(), out.front().data(), &given, in.front().data(),
                         static_cast<int>(16 * in.size())) != 1) {
        throw std::runtime_error("OpenSSL's AES failed");
    }
}

void HostAes::count(Block& counter, bool all_bits, std::span<const Block> in, std::span<Block> out) const {
#if defined(__x86_64__)
    if (fast && rounds_ != 0) {
        const RoundKeys round_keys = std::span(round_keys_).first(rounds_ + 1);
        const std::size_t done = wide && in.size() >= wide_batch ? count_wide(round_keys, counter, in, out) : 0;
        count_fast(round_keys, counter, all_bits, in.subspan(done), out.subspan(done));
        return;
    }
#endif
    for (std::size_t i = 0; i < in.size(); ++i) {
        const Block keystream = apply(counter);
        counter = increment_counter(counter, all_bits);
        for (unsigned b = 0; b < 16; ++b) out[i][b] = in[i][b] ^ keystream[b];
    }
}

}  // namespace cce::model
