/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: what the algorithms of the crypto API have in common.
 */
#ifndef CCE_ALGORITHM_H
#define CCE_ALGORITHM_H

#include <linux/crypto.h>
#include <linux/types.h>

#include "cce_device.h"
#include "cce_request.h"

/* The fallback must keep our promise not to allocate while it handles a request. */
#define CCE_FALLBACK_MASK	(CRYPTO_ALG_NEED_FALLBACK | CRYPTO_ALG_ALLOCATES_MEMORY)

#define CCE_ALGORITHM_FLAGS	(CRYPTO_ALG_ASYNC | CRYPTO_ALG_NEED_FALLBACK | \
				 CRYPTO_ALG_KERN_DRIVER_ONLY)

/**
 * struct cce_algorithm - what the driver knows of an algorithm besides what the kernel wants
 * @capability: bit of global.algorithms that the mode needs
 * @rights: the mode's bit in a context record's rights
 * @mode: &enum cce_cipher_mode
 * @registered: with the kernel
 */
struct cce_algorithm {
	u32 capability;
	u32 rights;
	u8 mode;
	bool registered;
};

/* Requests that went to the CPU before any engine was chosen. */
extern struct cce_fallback_counters cce_algorithm_fallbacks;

int cce_algorithm_run(struct cce_request *request, struct crypto_async_request *owner,
		      const struct cce_algorithm *algorithm, struct cce_key_slot *key_slot);
int cce_algorithm_register(u32 algorithms);
void cce_algorithm_unregister(void);

/* One of each for every kind of algorithm: see cce_algorithm_register(). */
int cce_skcipher_register(u32 algorithms, int priority);
void cce_skcipher_unregister(void);
int cce_aead_register(u32 algorithms, int priority);
void cce_aead_unregister(void);
int cce_hash_register(u32 algorithms, int priority);
void cce_hash_unregister(void);

#endif
