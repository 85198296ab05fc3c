/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: keys of transformations.
 */
#ifndef CCE_KEY_H
#define CCE_KEY_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "cce_contract.h"

/* What a context record of either format looks like in memory. */
struct cce_key_record {
	struct cce_context_record first;
	struct cce_context_second_key second;
};

/**
 * struct cce_key - a key as the engine wants it; never changed once a transformation has it
 * @references: one of the transformation, one of each request under way
 * @rcu: a reader may still look at @references of a key that has gone
 * @required: capability bits (global.algorithms) that the key's size needs
 * @bytes: bytes of @record that the engine reads
 * @record: context record, without the direction among its rights; wiped with the last reference
 */
struct cce_key {
	refcount_t references;
	struct rcu_head rcu;
	u32 required;
	unsigned int bytes;
	struct cce_key_record record;
};

/* The key of a transformation, which setkey() may replace while requests with the old one run. */
struct cce_key_slot {
	struct cce_key __rcu *key;
};

struct cce_key *cce_key_create(u32 rights, const u8 *key, unsigned int key_bytes,
			       const u8 *second_key);
void cce_key_put(struct cce_key *key);
void cce_key_replace(struct cce_key_slot *slot, struct cce_key *key);
struct cce_key *cce_key_get(struct cce_key_slot *slot);
bool cce_key_is_current(struct cce_key_slot *slot, const struct cce_key *key);

#endif
