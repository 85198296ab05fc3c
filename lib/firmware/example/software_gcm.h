/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AES-GCM on the processor, for comparison with the engine: plain C for 64-bit processors, without tables and branches
 * that depend on secrets. Four blocks at a time, bitsliced; GHASH by integer multiplication. Not part of the driver.
 */

#ifndef SOFTWARE_GCM_H
#define SOFTWARE_GCM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SOFTWARE_GCM_ROUNDS_MAX 14

struct software_gcm {
    uint64_t round_keys[SOFTWARE_GCM_ROUNDS_MAX + 1][8]; /* bitsliced, for four blocks */
    uint64_t hash_key[2];                                /* of GHASH: the first eight bytes, the last eight */
    unsigned rounds;
};

/** `key_bytes`: 16, 24 or 32. */
void software_gcm_init(struct software_gcm* gcm, const uint8_t* key, size_t key_bytes);

/** Overwrites the round keys. */
void software_gcm_wipe(struct software_gcm* gcm);

/** Encrypts `length` bytes and makes the tag of 16 bytes (SP 800-38D, 7.1, IV of 12 bytes). */
void software_gcm_seal(const struct software_gcm* gcm, const uint8_t iv[12], const uint8_t* aad, size_t aad_length,
                       const uint8_t* source, size_t length, uint8_t* destination, uint8_t tag[16]);

#ifdef __cplusplus
}
#endif

#endif /* SOFTWARE_GCM_H */
