/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: keys of transformations.
 */
#ifndef CCE_KEY_H
#define CCE_KEY_H

#include <crypto/aes.h>
#include <crypto/ctr.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "cce_contract.h"

/* Words of a hash's state, the longest. */
#define CCE_HASH_STATE_BYTES	CCE_HASH_STATE_SPONGE_BYTES

/* What a context record of either format looks like in memory. */
struct cce_key_record {
	struct cce_context_record first;
	struct cce_context_second_key second;
};

/**
 * struct cce_key - a key as engine and CPU want it; not changed once a transformation has it
 * @references: one of the transformation, one of each request under way
 * @work: frees it, when no reader looks at @references any more
 * @fallback: transformation on the CPU that has this key
 * @free_fallback: for @fallback; sleeps
 * @required: capability bits (global.algorithms) that the key's size needs
 * @bytes: bytes of @record that the engine reads
 * @record: context record, without the direction among its rights; wiped with the last reference
 * @nonce: RFC 3686: the first bytes of each counter block; wiped like @record
 * @subkey1: CMAC: K1 of SP 800-38B, 6.1; wiped like @record
 * @subkey2: CMAC: K2
 * @inner: HMAC, instead of these: words of the state behind the inner key block (FIPS 198-1, 4); as
 *	the engine wants them; wiped like @record
 * @outer: HMAC: the same of the outer one
 */
struct cce_key {
	refcount_t references;
	struct rcu_work work;
	void *fallback;
	void (*free_fallback)(void *fallback);
	u32 required;
	unsigned int bytes;
	struct cce_key_record record;
	u8 nonce[CTR_RFC3686_NONCE_SIZE];
	union {
		struct {
			u8 subkey1[AES_BLOCK_SIZE];
			u8 subkey2[AES_BLOCK_SIZE];
		};
		struct {
			u8 inner[CCE_HASH_STATE_BYTES];
			u8 outer[CCE_HASH_STATE_BYTES];
		};
	};
};

/* The key of a transformation, which setkey() may replace while requests with the old one run. */
struct cce_key_slot {
	struct cce_key __rcu *key;
};

struct cce_key *cce_key_allocate(void);
void cce_key_set_record(struct cce_key *new, u32 rights, const u8 *key, unsigned int key_bytes,
			const u8 *second_key);
struct cce_key *cce_key_create(u32 rights, const u8 *key, unsigned int key_bytes,
			       const u8 *second_key);
void cce_key_put(struct cce_key *key);
void cce_key_replace(struct cce_key_slot *slot, struct cce_key *key);
struct cce_key *cce_key_get(struct cce_key_slot *slot);
int cce_key_init(void);
void cce_key_exit(void);

#endif
