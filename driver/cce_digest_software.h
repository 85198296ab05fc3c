/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: hash functions and HMAC by the CPU's implementations, from and to the states
 * that the engine has.
 */
#ifndef CCE_DIGEST_SOFTWARE_H
#define CCE_DIGEST_SOFTWARE_H

#include <linux/types.h>

#include "cce_digest_state.h"

struct crypto_shash;
struct shash_desc;

/**
 * struct cce_digest_software - a hash function on the CPU
 * @function: which
 * @format: how @shash exports a state
 * @shash: without a key; NULL: the CPU doesn't have it
 */
struct cce_digest_software {
	const struct cce_digest_function *function;
	const struct cce_digest_format *format;
	struct crypto_shash *shash;
};

/**
 * struct cce_digest_work - a piece of a message, or all of it
 * @desc: room for the CPU's implementation
 * @exported: room for CCE_SOFTWARE_STATE_BYTES, on the way there and back; the caller wipes it
 * @state: to go on from; afterwards, unless the message ends, what it has become
 * @request: its source and what stands behind that are hashed
 * @outer: HMAC, whose message ends: words of the state behind the outer key block; else NULL
 * @digest: receives the digest; NULL: the message doesn't end
 */
struct cce_digest_work {
	struct shash_desc *desc;
	u8 *exported;
	struct cce_digest_state *state;
	const struct cce_request *request;
	const u8 *outer;
	u8 *digest;
};

int cce_digest_software_open(struct cce_digest_software *software,
			     const struct cce_digest_function *function);
void cce_digest_software_close(struct cce_digest_software *software);
int cce_digest_software_initial(const struct cce_digest_software *software, u8 *words);
int cce_digest_software_set_key(const struct cce_digest_software *software, const u8 *initial,
				struct cce_key *new, const u8 *key, unsigned int key_bytes);
int cce_digest_software_run(const struct cce_digest_software *software,
			    const struct cce_digest_work *work);

#endif
