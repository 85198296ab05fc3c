/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: what the algorithms of authenticated encryption have in common.
 */
#ifndef CCE_AEAD_H
#define CCE_AEAD_H

#include <crypto/internal/aead.h>
#include <crypto/sha2.h>

#include "cce_algorithm.h"

/* One transformation (tfm). */
struct cce_aead {
	struct crypto_aead *fallback;	/* on the CPU: what those of the keys are like */
	struct cce_key_slot key;
};

struct cce_aead_request {
	struct cce_request request;
	u8 tag[SHA512_DIGEST_SIZE];	/* one that the engine doesn't write to the destination */
	u8 tag_bytes;			/* of it, if the tag has a request of its own */
	struct aead_request fallback;	/* last: the fallback's own context follows */
};

static_assert(sizeof_field(struct cce_aead_request, tag) <= CCE_RESULT_BYTES);

struct cce_aead_alg {
	struct cce_algorithm algorithm;
	struct aead_alg alg;
};

static inline struct cce_aead_alg *cce_aead_alg_of(struct crypto_aead *tfm)
{
	return container_of(crypto_aead_alg(tfm), struct cce_aead_alg, alg);
}

static inline struct aead_request *cce_aead_owner(const struct cce_request *request)
{
	return container_of(request->owner, struct aead_request, base);
}

struct cce_request *cce_aead_describe(struct aead_request *req, unsigned int prefix, bool decrypt);
int cce_aead_run_on_cpu(struct cce_request *request, bool may_sleep);
void cce_aead_finish(struct cce_request *request);
void cce_aead_forget(struct cce_request *request, int error);
int cce_aead_set_fallback(struct cce_key *new, struct crypto_aead *tfm, const u8 *key,
			  unsigned int key_bytes);
int cce_aead_setauthsize(struct crypto_aead *tfm, unsigned int tag_length);
int cce_aead_init(struct crypto_aead *tfm);
void cce_aead_exit(struct crypto_aead *tfm);
void cce_aead_remove(struct cce_algorithm *algorithm);

#endif
