// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: keys of transformations.
 *
 * A request holds the key that it was submitted with until its end: one that waits in a backlog
 * while setkey() runs still gets the old key, on the engine or on the CPU, never a mixture. Hence
 * each key has a transformation on the CPU of its own.
 */
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cce_key.h"

static struct workqueue_struct *cce_key_workqueue;

static u32 cce_key_capability(unsigned int key_bytes)
{
	switch (key_bytes) {
	case AES_KEYSIZE_128:
		return CCE_GLOBAL_ALGORITHMS_AES_128_MASK;
	case AES_KEYSIZE_192:
		return CCE_GLOBAL_ALGORITHMS_AES_192_MASK;
	default:
		return CCE_GLOBAL_ALGORITHMS_AES_256_MASK;
	}
}

/**
 * cce_key_allocate() - an empty key
 *
 * Context: process, sleeps.
 * Return: the key, with one reference, or NULL for want of memory.
 */
struct cce_key *cce_key_allocate(void)
{
	struct cce_key *new = kzalloc(sizeof(*new), GFP_KERNEL);

	if (new)
		refcount_set(&new->references, 1);
	return new;
}

/**
 * cce_key_set_record() - make a context record of a key
 * @new: receives it; nobody else has it yet
 * @rights: rights of the record, without the direction
 * @key: AES key
 * @key_bytes: its length: 16, 24 or 32
 * @second_key: second key of the same length (XTS), or NULL
 *
 * Context: any.
 */
void cce_key_set_record(struct cce_key *new, u32 rights, const u8 *key, unsigned int key_bytes,
			const u8 *second_key)
{
	new->required = cce_key_capability(key_bytes);
	new->bytes = second_key ? sizeof(new->record) : sizeof(new->record.first);
	new->record.first.format = second_key ? CCE_CONTEXT_FORMAT_CIPHER_KEY_PAIR :
						CCE_CONTEXT_FORMAT_CIPHER_KEY;
	new->record.first.key_length = key_bytes;
	new->record.first.units = new->bytes / CCE_CONTEXT_UNIT_BYTES;
	new->record.first.rights = cpu_to_le32(rights);
	memcpy(new->record.first.key, key, key_bytes);
	if (second_key)
		memcpy(new->record.second.key, second_key, key_bytes);
}

/**
 * cce_key_create() - a key with a context record
 * @rights: rights of the record, without the direction
 * @key: AES key
 * @key_bytes: its length: 16, 24 or 32
 * @second_key: second key of the same length (XTS), or NULL
 *
 * Context: process, sleeps.
 * Return: the key, with one reference but without fallback, or NULL for want of memory.
 */
struct cce_key *cce_key_create(u32 rights, const u8 *key, unsigned int key_bytes,
			       const u8 *second_key)
{
	struct cce_key *new = cce_key_allocate();

	if (new)
		cce_key_set_record(new, rights, key, key_bytes, second_key);
	return new;
}

static void cce_key_free(struct work_struct *work)
{
	struct cce_key *key = container_of(to_rcu_work(work), struct cce_key, work);

	if (key->fallback)
		key->free_fallback(key->fallback);
	kfree(key);
}

/**
 * cce_key_put() - give a reference back
 * @key: key, or NULL
 *
 * Context: any.
 */
void cce_key_put(struct cce_key *key)
{
	if (!key || !refcount_dec_and_test(&key->references))
		return;
	memzero_explicit(&key->record, sizeof(key->record));
	memzero_explicit(key->nonce, sizeof(key->nonce));
	memzero_explicit(key->subkey1, sizeof(key->subkey1));
	memzero_explicit(key->subkey2, sizeof(key->subkey2));
	memzero_explicit(key->inner, sizeof(key->inner));
	memzero_explicit(key->outer, sizeof(key->outer));
	INIT_RCU_WORK(&key->work, cce_key_free);
	queue_rcu_work(cce_key_workqueue, &key->work);
}

/**
 * cce_key_replace() - give a transformation a key
 * @slot: the transformation's
 * @key: key, whose reference becomes the slot's; or NULL
 *
 * Context: any.
 */
void cce_key_replace(struct cce_key_slot *slot, struct cce_key *key)
{
	/* Users may call setkey() from anywhere: no lock of ours orders them. */
	cce_key_put(unrcu_pointer(xchg(&slot->key, RCU_INITIALIZER(key))));
}

/**
 * cce_key_get() - the key of a transformation
 * @slot: the transformation's
 *
 * Context: any.
 * Return: the key, with a reference for the caller, or NULL if none was set.
 */
struct cce_key *cce_key_get(struct cce_key_slot *slot)
{
	struct cce_key *key;

	rcu_read_lock();
	do {
		key = rcu_dereference(slot->key);
		/* A key without references has been replaced meanwhile. */
	} while (key && !refcount_inc_not_zero(&key->references));
	rcu_read_unlock();
	return key;
}

/**
 * cce_key_init() - before any key is made
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int cce_key_init(void)
{
	cce_key_workqueue = alloc_workqueue("cce-keys", WQ_UNBOUND, 0);
	return cce_key_workqueue ? 0 : -ENOMEM;
}

/**
 * cce_key_exit() - after the last reference of the last key; all are freed on return
 *
 * Context: process, sleeps.
 */
void cce_key_exit(void)
{
	/* What waits for readers is on the work queue then. */
	rcu_barrier();
	destroy_workqueue(cce_key_workqueue);
}
