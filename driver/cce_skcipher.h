/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: block ciphers of the crypto API.
 */
#ifndef CCE_SKCIPHER_H
#define CCE_SKCIPHER_H

#include <crypto/aes.h>
#include <linux/types.h>

#include "cce_device.h"

struct crypto_skcipher;
struct skcipher_request;

/**
 * struct cce_skcipher - one transformation (tfm)
 * @fallback: the same cipher on the CPU
 * @required: capability bits (global.algorithms) that mode and key size need
 * @rights: the mode's bit in a context record's rights
 * @mode: &enum cce_cipher_mode
 * @key_bytes: bytes of @key in use, 0 before the first setkey
 * @key: wiped by cce_skcipher_exit()
 */
struct cce_skcipher {
	struct crypto_skcipher *fallback;
	u32 required;
	u32 rights;
	u8 mode;
	u8 key_bytes;
	u8 key[AES_MAX_KEY_SIZE];
};

/* Requests that went to the CPU before any engine was chosen. */
extern struct cce_fallback_counters cce_skcipher_fallbacks;

int cce_skcipher_fallback(struct skcipher_request *req, bool may_sleep);
int cce_skcipher_register(u32 algorithms);
void cce_skcipher_unregister(void);

#endif
