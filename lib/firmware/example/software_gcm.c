/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bit b of the byte in row r and column c (FIPS 197, 3.4) of block k is bit 16 r + 4 c + k of plane b.
 * So a row is 16 bits of a plane: ShiftRows rotates within them, MixColumns rotates planes by multiples of 16.
 */

#include "software_gcm.h"

#include "wipe.h"

enum { BLOCK_BYTES = 16, BLOCKS = 4 };

/* The S-box in a composite field, with the networks of rtl_model/rtl/aes/aes_sbox_composite.sv; a pair of bits is
 * {low, high}, a nibble {p, q} pairs with q low. Names and representation are explained there. */

struct nibble {
    uint64_t bit[4];
};

/* In GF(2^2): both bits of the product. */
static inline void multiply_4(const uint64_t* x, const uint64_t* y, uint64_t* out) {
    const uint64_t common = (x[1] ^ x[0]) & (y[1] ^ y[0]);
    const uint64_t low = (x[0] & y[0]) ^ common;
    const uint64_t high = (x[1] & y[1]) ^ common;
    out[0] = low;
    out[1] = high;
}

static inline struct nibble multiply_16(struct nibble x, struct nibble y) {
    const uint64_t x_sum[2] = {x.bit[2] ^ x.bit[0], x.bit[3] ^ x.bit[1]};
    const uint64_t y_sum[2] = {y.bit[2] ^ y.bit[0], y.bit[3] ^ y.bit[1]};
    uint64_t high[2], low[2], middle[2];
    multiply_4(&x.bit[2], &y.bit[2], high);
    multiply_4(&x.bit[0], &y.bit[0], low);
    multiply_4(x_sum, y_sum, middle);
    const uint64_t scaled[2] = {middle[1], middle[0] ^ middle[1]};
    const struct nibble product = {{low[0] ^ scaled[0], low[1] ^ scaled[1], high[0] ^ scaled[0], high[1] ^ scaled[1]}};
    return product;
}

static inline struct nibble invert_16(struct nibble x) {
    const uint64_t sum[2] = {x.bit[2] ^ x.bit[0], x.bit[3] ^ x.bit[1]};
    uint64_t norm[2];
    multiply_4(&x.bit[2], &x.bit[0], norm);
    /* N times the square of the sum; a square swaps the bits, N adds the higher one to the lower one's place. */
    norm[0] ^= sum[0];
    norm[1] ^= sum[1] ^ sum[0];
    const uint64_t inverse[2] = {norm[1], norm[0]};
    struct nibble result;
    multiply_4(&x.bit[2], inverse, &result.bit[0]);
    multiply_4(&x.bit[0], inverse, &result.bit[2]);
    return result;
}

static void sub_bytes(uint64_t d[8]) {
    const uint64_t f0 = d[0] ^ d[6];
    const uint64_t f1 = d[1] ^ f0;
    const uint64_t f2 = d[4] ^ d[7];
    const uint64_t f3 = d[5] ^ f0;
    const uint64_t f4 = d[5] ^ f1;
    const uint64_t f5 = d[3] ^ f1;
    const uint64_t f6 = d[2] ^ d[7];
    const uint64_t f7 = d[0] ^ d[3];
    const uint64_t f10 = f4 ^ f6;
    const uint64_t f11 = f2 ^ f7;
    const uint64_t f12 = d[7] ^ f3;
    const uint64_t f15 = d[4] ^ f3;
    const uint64_t f17 = d[2] ^ f5;
    const uint64_t f19 = d[1] ^ f11;
    const struct nibble a = {{f3, f17, f19, d[0]}};
    const struct nibble b = {{f4, f12, f10, f15}};

    const struct nibble sum = {{a.bit[0] ^ b.bit[0], a.bit[1] ^ b.bit[1], a.bit[2] ^ b.bit[2], a.bit[3] ^ b.bit[3]}};
    struct nibble norm = multiply_16(a, b);
    norm.bit[0] ^= sum.bit[0] ^ sum.bit[1];
    norm.bit[1] ^= sum.bit[1];
    norm.bit[2] ^= sum.bit[1] ^ sum.bit[3];
    norm.bit[3] ^= sum.bit[0] ^ sum.bit[2];
    const struct nibble inverse = invert_16(norm);
    const struct nibble high = multiply_16(b, inverse);
    const struct nibble low = multiply_16(a, inverse);
    const uint64_t i0 = low.bit[0], i1 = low.bit[1], i2 = low.bit[2], i3 = low.bit[3];
    const uint64_t i4 = high.bit[0], i5 = high.bit[1], i6 = high.bit[2], i7 = high.bit[3];

    const uint64_t b0 = i0 ^ i6;
    const uint64_t b1 = i3 ^ b0;
    const uint64_t b2 = i1 ^ i4;
    const uint64_t b3 = i7 ^ b1;
    const uint64_t b4 = i2 ^ b1;
    const uint64_t b5 = i0 ^ b2;
    const uint64_t b6 = i5 ^ b3;
    const uint64_t b7 = i2 ^ i6;
    const uint64_t b10 = i3 ^ b2;
    const uint64_t b13 = i1 ^ b4;
    const uint64_t b17 = i3 ^ i5;
    const uint64_t b18 = i2 ^ b0;
    d[0] = ~b10; /* 0x63, FIPS 197, equation 5.2 */
    d[1] = ~b5;
    d[2] = b6;
    d[3] = b13;
    d[4] = b18;
    d[5] = ~b17;
    d[6] = ~b7;
    d[7] = b0;
}

static inline uint64_t rotate(uint64_t x, unsigned by) {
    return x >> by | x << (64 - by);
}

static inline uint64_t shift_row_bits(uint64_t x) {
    return (x & UINT64_C(0x000000000000ffff)) | (x >> 4 & UINT64_C(0x000000000fff0000)) |
           (x << 12 & UINT64_C(0x00000000f0000000)) | (x >> 8 & UINT64_C(0x000000ff00000000)) |
           (x << 8 & UINT64_C(0x0000ff0000000000)) | (x >> 12 & UINT64_C(0x000f000000000000)) |
           (x << 4 & UINT64_C(0xfff0000000000000));
}

static void shift_rows(uint64_t q[8]) {
    for (unsigned i = 0; i < 8; ++i) {
        q[i] = shift_row_bits(q[i]);
    }
}

/* Row r becomes 2 a(r) + 3 a(r+1) + a(r+2) + a(r+3) = 2 t(r) + a(r+1) + t(r+2), t(r) = a(r) + a(r+1). */
static void mix_columns(uint64_t q[8]) {
    uint64_t next[8], sum[8];
    for (unsigned i = 0; i < 8; ++i) {
        next[i] = rotate(q[i], 16);
        sum[i] = q[i] ^ next[i];
    }
    for (unsigned i = 0; i < 8; ++i) {
        uint64_t twice = i == 0 ? sum[7] : sum[i - 1];
        if (i == 1 || i == 3 || i == 4) {
            twice ^= sum[7];
        }
        q[i] = twice ^ next[i] ^ rotate(sum[i], 32);
    }
}

static void add_round_key(uint64_t q[8], const uint64_t key[8]) {
    for (unsigned i = 0; i < 8; ++i) {
        q[i] ^= key[i];
    }
}

static void encrypt_planes(const struct software_gcm* gcm, uint64_t q[8]) {
    add_round_key(q, gcm->round_keys[0]);
    for (unsigned round = 1; round < gcm->rounds; ++round) {
        sub_bytes(q);
        shift_rows(q);
        mix_columns(q);
        add_round_key(q, gcm->round_keys[round]);
    }
    sub_bytes(q);
    shift_rows(q);
    add_round_key(q, gcm->round_keys[gcm->rounds]);
}

/* Bits in place of one another: those of x under `mask`, and those `by` above. */
static inline uint64_t exchange(uint64_t x, unsigned by, uint64_t mask) {
    const uint64_t difference = (x >> by ^ x) & mask;
    return x ^ difference ^ difference << by;
}

/* An 8 by 8 matrix of bits. */
static inline uint64_t transpose(uint64_t x) {
    x = exchange(x, 7, UINT64_C(0x00aa00aa00aa00aa));
    x = exchange(x, 14, UINT64_C(0x0000cccc0000cccc));
    return exchange(x, 28, UINT64_C(0x00000000f0f0f0f0));
}

/* Bytes of eight words as a matrix; the same both ways. */
static void transpose_bytes(uint64_t w[8]) {
    static const uint64_t masks[3] = {UINT64_C(0x00ff00ff00ff00ff), UINT64_C(0x0000ffff0000ffff),
                                      UINT64_C(0x00000000ffffffff)};
    for (unsigned step = 0; step < 3; ++step) {
        const unsigned distance = 1u << step;
        const unsigned bits = 8u * distance;
        for (unsigned i = 0; i < 8; ++i) {
            if ((i & distance) != 0) {
                continue;
            }
            const uint64_t low = w[i], high = w[i + distance];
            w[i] = (low & masks[step]) | (high & masks[step]) << bits;
            w[i + distance] = (low >> bits & masks[step]) | (high & ~masks[step]);
        }
    }
}

/* Word j holds the bytes at positions 8 j to 8 j + 7 of the planes: row j / 2, columns 2 (j % 2) and the next one. */
static void to_planes(const uint8_t blocks[BLOCKS][BLOCK_BYTES], uint64_t q[8]) {
    for (unsigned j = 0; j < 8; ++j) {
        uint64_t word = 0;
        for (unsigned t = 0; t < 8; ++t) {
            const unsigned column = 2 * (j % 2) + t / 4;
            word |= (uint64_t)blocks[t % 4][4 * column + j / 2] << (8 * t);
        }
        q[j] = transpose(word);
    }
    transpose_bytes(q);
}

static void from_planes(uint64_t q[8], uint8_t blocks[BLOCKS][BLOCK_BYTES]) {
    transpose_bytes(q);
    for (unsigned j = 0; j < 8; ++j) {
        const uint64_t word = transpose(q[j]);
        for (unsigned t = 0; t < 8; ++t) {
            const unsigned column = 2 * (j % 2) + t / 4;
            blocks[t % 4][4 * column + j / 2] = (uint8_t)(word >> (8 * t));
        }
    }
}

static void encrypt_blocks(const struct software_gcm* gcm, uint8_t blocks[BLOCKS][BLOCK_BYTES]) {
    uint64_t q[8];
    to_planes((const uint8_t(*)[BLOCK_BYTES])blocks, q);
    encrypt_planes(gcm, q);
    from_planes(q, blocks);
}

/* FIPS 197, 5.2. */
static void expand_key(struct software_gcm* gcm, const uint8_t* key, unsigned key_bytes) {
    uint8_t words[4 * 4 * (SOFTWARE_GCM_ROUNDS_MAX + 1)];
    const unsigned total = 16 * (gcm->rounds + 1);
    uint8_t constant = 1;
    for (unsigned i = 0; i < key_bytes; ++i) {
        words[i] = key[i];
    }
    for (unsigned i = key_bytes; i < total; i += 4) {
        uint8_t blocks[BLOCKS][BLOCK_BYTES] = {{0}};
        uint8_t* const word = blocks[0];
        const unsigned place = i % key_bytes;
        for (unsigned b = 0; b < 4; ++b) {
            word[b] = words[i - 4 + (place == 0 ? (b + 1) % 4 : b)];
        }
        if (place == 0 || (key_bytes == 32 && place == 16)) {
            uint64_t q[8];
            to_planes((const uint8_t(*)[BLOCK_BYTES])blocks, q);
            sub_bytes(q);
            from_planes(q, blocks);
            wipe(q, sizeof q);
        }
        if (place == 0) {
            word[0] = (uint8_t)(word[0] ^ constant);
            constant = (uint8_t)((unsigned)constant << 1 ^ (constant >> 7) * 0x1bu);
        }
        for (unsigned b = 0; b < 4; ++b) {
            words[i + b] = words[i + b - key_bytes] ^ word[b];
        }
        wipe(blocks, sizeof blocks);
    }
    for (unsigned round = 0; round <= gcm->rounds; ++round) {
        uint8_t blocks[BLOCKS][BLOCK_BYTES];
        for (unsigned i = 0; i < BLOCKS * BLOCK_BYTES; ++i) {
            blocks[i / BLOCK_BYTES][i % BLOCK_BYTES] = words[16 * round + i % BLOCK_BYTES];
        }
        to_planes((const uint8_t(*)[BLOCK_BYTES])blocks, gcm->round_keys[round]);
        wipe(blocks, sizeof blocks);
    }
    wipe(words, sizeof words);
}

static uint64_t load_big_endian(const uint8_t* bytes) {
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static void store_big_endian(uint8_t* bytes, uint64_t value) {
    for (unsigned i = 0; i < 8; ++i) {
        bytes[i] = (uint8_t)(value >> (56 - 8 * i));
    }
}

/* The low half of a carry-less product, by integer products of every fourth bit: the sums in the holes between them
 * stay below 16, or reach it only above bit 63. */
static uint64_t multiply_low(uint64_t x, uint64_t y) {
    static const uint64_t every_fourth = UINT64_C(0x1111111111111111);
    const uint64_t x0 = x & every_fourth, x1 = x & every_fourth << 1, x2 = x & every_fourth << 2,
                   x3 = x & every_fourth << 3;
    const uint64_t y0 = y & every_fourth, y1 = y & every_fourth << 1, y2 = y & every_fourth << 2,
                   y3 = y & every_fourth << 3;
    const uint64_t z0 = (x0 * y0) ^ (x1 * y3) ^ (x2 * y2) ^ (x3 * y1);
    const uint64_t z1 = (x0 * y1) ^ (x1 * y0) ^ (x2 * y3) ^ (x3 * y2);
    const uint64_t z2 = (x0 * y2) ^ (x1 * y1) ^ (x2 * y0) ^ (x3 * y3);
    const uint64_t z3 = (x0 * y3) ^ (x1 * y2) ^ (x2 * y1) ^ (x3 * y0);
    return (z0 & every_fourth) | (z1 & every_fourth << 1) | (z2 & every_fourth << 2) | (z3 & every_fourth << 3);
}

static uint64_t reverse(uint64_t x) {
    x = (x & UINT64_C(0x5555555555555555)) << 1 | (x >> 1 & UINT64_C(0x5555555555555555));
    x = (x & UINT64_C(0x3333333333333333)) << 2 | (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x & UINT64_C(0x0f0f0f0f0f0f0f0f)) << 4 | (x >> 4 & UINT64_C(0x0f0f0f0f0f0f0f0f));
    x = (x & UINT64_C(0x00ff00ff00ff00ff)) << 8 | (x >> 8 & UINT64_C(0x00ff00ff00ff00ff));
    x = (x & UINT64_C(0x0000ffff0000ffff)) << 16 | (x >> 16 & UINT64_C(0x0000ffff0000ffff));
    return x << 32 | x >> 32;
}

/* The high half: the low half of the mirrored factors, mirrored. */
static uint64_t multiply_high(uint64_t mirrored_x, uint64_t mirrored_y) {
    return reverse(multiply_low(mirrored_x, mirrored_y)) >> 1;
}

struct hash {
    uint64_t y[2];
};

/* SP 800-38D, 6.4, for a text that is filled up with zeros; three products by Karatsuba, then the reduction modulo
 * x^128 + x^7 + x^2 + x + 1 in mirrored order (6.3). */
static void hash_text(const struct software_gcm* gcm, struct hash* hash, const uint8_t* text, size_t length) {
    const uint64_t h1 = gcm->hash_key[0], h0 = gcm->hash_key[1];
    const uint64_t h1_mirrored = reverse(h1), h0_mirrored = reverse(h0);
    uint64_t y1 = hash->y[0], y0 = hash->y[1];
    while (length != 0) {
        uint8_t last[BLOCK_BYTES] = {0};
        const uint8_t* block = text;
        size_t taken = BLOCK_BYTES;
        if (length < BLOCK_BYTES) {
            for (size_t i = 0; i < length; ++i) {
                last[i] = text[i];
            }
            block = last;
            taken = length;
        }
        y1 ^= load_big_endian(block);
        y0 ^= load_big_endian(block + 8);
        text += taken;
        length -= taken;

        const uint64_t y1_mirrored = reverse(y1), y0_mirrored = reverse(y0);
        const uint64_t low_low = multiply_low(y0, h0), low_high = multiply_high(y0_mirrored, h0_mirrored);
        const uint64_t high_low = multiply_low(y1, h1), high_high = multiply_high(y1_mirrored, h1_mirrored);
        const uint64_t middle_low = multiply_low(y0 ^ y1, h0 ^ h1) ^ low_low ^ high_low;
        const uint64_t middle_high =
            multiply_high(y0_mirrored ^ y1_mirrored, h0_mirrored ^ h1_mirrored) ^ low_high ^ high_high;
        uint64_t v0 = low_low, v1 = low_high ^ middle_low, v2 = high_low ^ middle_high, v3 = high_high;
        v3 = v3 << 1 | v2 >> 63;
        v2 = v2 << 1 | v1 >> 63;
        v1 = v1 << 1 | v0 >> 63;
        v0 = v0 << 1;
        v2 ^= v0 ^ v0 >> 1 ^ v0 >> 2 ^ v0 >> 7;
        v1 ^= v0 << 63 ^ v0 << 62 ^ v0 << 57;
        v3 ^= v1 ^ v1 >> 1 ^ v1 >> 2 ^ v1 >> 7;
        v2 ^= v1 << 63 ^ v1 << 62 ^ v1 << 57;
        y1 = v3;
        y0 = v2;
    }
    hash->y[0] = y1;
    hash->y[1] = y0;
}

void software_gcm_init(struct software_gcm* gcm, const uint8_t* key, size_t key_bytes) {
    uint8_t blocks[BLOCKS][BLOCK_BYTES] = {{0}};
    gcm->rounds = 6 + (unsigned)key_bytes / 4;
    expand_key(gcm, key, (unsigned)key_bytes);
    encrypt_blocks(gcm, blocks);
    gcm->hash_key[0] = load_big_endian(blocks[0]);
    gcm->hash_key[1] = load_big_endian(blocks[0] + 8);
    wipe(blocks, sizeof blocks);
}

void software_gcm_wipe(struct software_gcm* gcm) {
    wipe(gcm, sizeof *gcm);
}

/* IV and a 32-bit counter, big-endian. */
static void counter_block(const uint8_t iv[12], uint32_t counter, uint8_t block[BLOCK_BYTES]) {
    for (unsigned i = 0; i < 12; ++i) {
        block[i] = iv[i];
    }
    for (unsigned i = 0; i < 4; ++i) {
        block[12 + i] = (uint8_t)(counter >> (24 - 8 * i));
    }
}

void software_gcm_seal(const struct software_gcm* gcm, const uint8_t iv[12], const uint8_t* aad, size_t aad_length,
                       const uint8_t* source, size_t length, uint8_t* destination, uint8_t tag[16]) {
    uint8_t stream[BLOCKS][BLOCK_BYTES];
    uint8_t mask[BLOCK_BYTES]; /* of the tag: the first counter block's */
    uint32_t counter = 1;
    struct hash hash = {{0, 0}};
    size_t done = 0;
    for (;;) {
        for (unsigned k = 0; k < BLOCKS; ++k) {
            counter_block(iv, counter + k, stream[k]);
        }
        encrypt_blocks(gcm, stream);
        const uint8_t* keystream = stream[0];
        size_t available = sizeof stream;
        if (counter == 1) {
            for (unsigned i = 0; i < BLOCK_BYTES; ++i) {
                mask[i] = *keystream++;
            }
            available -= BLOCK_BYTES;
        }
        counter += BLOCKS;
        const size_t taken = length - done < available ? length - done : available;
        for (size_t i = 0; i < taken; ++i) {
            destination[done + i] = source[done + i] ^ keystream[i];
        }
        done += taken;
        if (done == length) {
            break;
        }
    }
    hash_text(gcm, &hash, aad, aad_length);
    hash_text(gcm, &hash, destination, length);
    uint8_t lengths[BLOCK_BYTES];
    store_big_endian(lengths, (uint64_t)aad_length * 8);
    store_big_endian(lengths + 8, (uint64_t)length * 8);
    hash_text(gcm, &hash, lengths, sizeof lengths);
    store_big_endian(tag, hash.y[0]);
    store_big_endian(tag + 8, hash.y[1]);
    for (unsigned i = 0; i < BLOCK_BYTES; ++i) {
        tag[i] ^= mask[i];
    }
    wipe(stream, sizeof stream);
    wipe(mask, sizeof mask);
}
