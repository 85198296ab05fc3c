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

struct shash_desc;

/* The fallback must keep our promise not to allocate while it handles a request. */
#define CCE_FALLBACK_MASK	(CRYPTO_ALG_NEED_FALLBACK | CRYPTO_ALG_ALLOCATES_MEMORY)

#define CCE_ALGORITHM_FLAGS	(CRYPTO_ALG_ASYNC | CRYPTO_ALG_NEED_FALLBACK | \
				 CRYPTO_ALG_KERN_DRIVER_ONLY)

/**
 * struct cce_algorithm - what the driver knows of an algorithm besides what the kernel wants
 * @add: register it with the kernel, at this priority; -ENOENT if the CPU does not have it
 * @remove: unregister it
 * @capability: bits of global.algorithms that the mode needs
 * @rights: the mode's bit in a context record's rights
 * @opcode: &enum cce_opcode
 * @mode: &enum cce_cipher_mode or &enum cce_hash_mode, or both
 * @keyless: has no key
 * @registered: with the kernel
 */
struct cce_algorithm {
	int (*add)(struct cce_algorithm *algorithm, int priority);
	void (*remove)(struct cce_algorithm *algorithm);
	u32 capability;
	u32 rights;
	u8 opcode;
	u8 mode;
	bool keyless;
	bool registered;
};

extern struct cce_algorithm *const cce_skcipher_algorithms[4];
extern struct cce_algorithm *const cce_aead_algorithms[2];
extern struct cce_algorithm *const cce_authenc_algorithms[9];
extern struct cce_algorithm *const cce_cmac_algorithms[1];
extern struct cce_algorithm *const cce_digest_algorithms[16];

/* What the kernel calls our algorithms, by &enum cce_cipher_mode. */
extern const char *const cce_driver_names[CCE_CIPHER_MODE_CMAC + 1];

/* Requests that went to the CPU before any engine was chosen. */
extern struct cce_fallback_counters cce_algorithm_fallbacks;

int cce_algorithm_run(struct cce_request *request, struct crypto_async_request *owner,
		      const struct cce_algorithm *algorithm, struct cce_key *key);
unsigned int cce_algorithm_cpu_below(u8 opcode, u8 mode, unsigned int bytes);
int cce_algorithm_update_source(const struct cce_request *request, struct shash_desc *desc);
u32 cce_algorithm_threshold(u8 opcode, unsigned int mode);
int cce_algorithm_need_cpu(const char *name, u32 type, u32 mask);
int cce_algorithm_register(u32 algorithms);
void cce_algorithm_unregister(void);

#endif
