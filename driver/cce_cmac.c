// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: CMAC of the crypto API.
 *
 * The engine makes the CMAC of a whole text. A text that comes in pieces is a CMAC for each piece,
 * by two identities of SP 800-38B, 6.2: the chaining value so far may as well be part of the next
 * block, since that is where it goes; and the subkey that the engine adds to the last block of a
 * piece is taken away by adding it beforehand. At least one byte is held back until more comes or
 * the text ends, for only then it is known which block is the last. The CPU does the same with its
 * own CMAC, so that each piece may be done by either.
 */
#include <crypto/aes.h>
#include <crypto/algapi.h>
#include <crypto/internal/hash.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/string.h>

#include "cce_algorithm.h"
#include "cce_compat.h"

/* One transformation (tfm). */
struct cce_cmac {
	struct crypto_shash *fallback;	/* on the CPU: what those of the keys are like */
	struct cce_key_slot key;
};

/* What is known of a text so far; exported as it is. */
struct cce_cmac_state {
	u8 chain[AES_BLOCK_SIZE];	/* chaining value behind the blocks done, zero before */
	u8 held[AES_BLOCK_SIZE];	/* bytes behind them */
	u8 held_bytes;
	u8 begun;			/* blocks have been done */
};

struct cce_cmac_request {
	struct cce_request request;
	struct cce_cmac_state state;
	struct cce_cmac_state next;	/* the state after an update, but for the chaining value */
	u8 first[AES_BLOCK_SIZE];	/* block in front of the source */
	u8 last[AES_BLOCK_SIZE];	/* block behind it */
	struct shash_desc fallback;	/* last: the fallback's own context follows */
};

struct cce_cmac_alg {
	struct cce_algorithm algorithm;
	struct ahash_alg alg;
};

static struct cce_cmac_alg *cce_cmac_alg_of(struct crypto_ahash *tfm)
{
	return container_of(crypto_hash_alg_common(tfm), struct cce_cmac_alg, alg.halg);
}

static struct ahash_request *cce_cmac_owner(struct cce_request *request)
{
	return container_of(request->owner, struct ahash_request, base);
}

/* The text of a piece is done: its CMAC is the answer, or the chaining value. */
static void cce_cmac_finish(struct cce_request *request)
{
	struct cce_cmac_request *context =
		container_of(request, struct cce_cmac_request, request);
	struct ahash_request *req = cce_cmac_owner(request);

	if (context->next.begun) {
		memcpy(context->next.chain, request->answer, AES_BLOCK_SIZE);
		context->state = context->next;
	} else {
		memcpy(req->result, request->answer, AES_BLOCK_SIZE);
	}
}

/*
 * An update leaves the state, the end of a text leaves nothing, nor does an error: but for want of
 * room, where the state is what it was and the owner may try again.
 */
static void cce_cmac_forget(struct cce_request *request, int error)
{
	struct cce_cmac_request *context =
		container_of(request, struct cce_cmac_request, request);

	if (error ? error != -ENOSPC : !context->next.begun)
		memzero_explicit(&context->state, sizeof(context->state));
	memzero_explicit(&context->next, sizeof(context->next));
	memzero_explicit(context->first, sizeof(context->first));
	memzero_explicit(context->last, sizeof(context->last));
}

static int cce_cmac_run_on_cpu(struct cce_request *request, bool may_sleep)
{
	struct cce_cmac_request *context =
		container_of(request, struct cce_cmac_request, request);
	struct shash_desc *desc = &context->fallback;
	int error;

	desc->tfm = request->key->fallback;
	error = crypto_shash_init(desc);
	if (!error)
		error = crypto_shash_update(desc, context->first, request->prefix_bytes);
	if (!error)
		error = cce_algorithm_update_source(request, desc);
	if (!error)
		error = crypto_shash_finup(desc, context->last, request->suffix_bytes,
					   request->answer);
	shash_desc_zero(desc);
	if (!error)
		cce_cmac_finish(request);
	return error;
}

static const struct cce_request_operations cce_cmac_operations = {
	.run_on_cpu = cce_cmac_run_on_cpu,
	.finish = cce_cmac_finish,
	.forget = cce_cmac_forget,
};

/* Bytes of the text not done yet, the held ones first, without changing anything. */
static void cce_cmac_peek(const struct cce_cmac_state *state, struct ahash_request *req,
			  unsigned int position, u8 *out, unsigned int bytes)
{
	unsigned int held = 0;

	if (position < state->held_bytes) {
		held = min_t(unsigned int, state->held_bytes - position, bytes);
		memcpy(out, state->held + position, held);
	}
	if (bytes > held)
		sg_pcopy_to_buffer(req->src, sg_nents(req->src), out + held, bytes - held,
				   position + held - state->held_bytes);
}

/*
 * Let the engine read the text from the held bytes on: a first block, if it must be changed or
 * isn't in the source, then the source.
 */
static void cce_cmac_set_text(struct cce_cmac_request *context, struct ahash_request *req,
			      unsigned int bytes)
{
	const struct cce_cmac_state *state = &context->state;
	struct cce_request *request = &context->request;
	unsigned int first = 0;

	if (state->begun || state->held_bytes) {
		first = min_t(unsigned int, bytes, AES_BLOCK_SIZE);
		cce_cmac_peek(state, req, 0, context->first, first);
		crypto_xor(context->first, state->chain, first);
	}
	*request = (struct cce_request){
		.operations = &cce_cmac_operations,
		.source = req->src,
		.source_skip = first - min_t(unsigned int, first, state->held_bytes),
		.source_bytes = bytes - first,
		.destination_bytes = AES_BLOCK_SIZE,
		.prefix = context->first,
		.suffix = context->last,
		.prefix_bytes = first,
		.text_length = bytes,
		.tag_length = AES_BLOCK_SIZE,
	};
}

/* The key's reference becomes the request's. */
static int cce_cmac_run(struct ahash_request *req, struct cce_key *key)
{
	struct cce_cmac_request *context = ahash_request_ctx(req);

	return cce_algorithm_run(&context->request, &req->base,
				 &cce_cmac_alg_of(crypto_ahash_reqtfm(req))->algorithm, key);
}

static int cce_cmac_update(struct ahash_request *req)
{
	struct cce_cmac *hash = crypto_ahash_ctx(crypto_ahash_reqtfm(req));
	struct cce_cmac_request *context = ahash_request_ctx(req);
	struct cce_cmac_state *state = &context->state;
	unsigned int bytes = state->held_bytes + req->nbytes;
	unsigned int now, last = 0;
	struct cce_key *key;

	if (!req->nbytes)
		return 0;
	if (bytes < req->nbytes)
		return -EINVAL;		/* the sum has wrapped */
	if (bytes <= AES_BLOCK_SIZE) {
		sg_copy_to_buffer(req->src, sg_nents(req->src), state->held + state->held_bytes,
				  req->nbytes);
		state->held_bytes = bytes;
		return 0;
	}

	key = cce_key_get(&hash->key);
	if (!key)
		return -ENOKEY;
	/* All complete blocks but the last byte's. */
	now = round_down(bytes - 1, AES_BLOCK_SIZE);
	context->next = (struct cce_cmac_state){ .begun = 1, .held_bytes = bytes - now };
	cce_cmac_peek(state, req, now, context->next.held, bytes - now);

	cce_cmac_set_text(context, req, now);
	if (now == AES_BLOCK_SIZE && context->request.prefix_bytes) {
		crypto_xor(context->first, key->subkey1, AES_BLOCK_SIZE);
	} else {
		last = AES_BLOCK_SIZE;
		cce_cmac_peek(state, req, now - last, context->last, last);
		crypto_xor(context->last, key->subkey1, last);
	}
	context->request.source_bytes -= last;
	context->request.suffix_bytes = last;
	return cce_cmac_run(req, key);
}

/* The text ends behind some more bytes of the source. */
static int cce_cmac_end(struct ahash_request *req, unsigned int more)
{
	struct cce_cmac *hash = crypto_ahash_ctx(crypto_ahash_reqtfm(req));
	struct cce_cmac_request *context = ahash_request_ctx(req);
	struct cce_cmac_state *state = &context->state;
	unsigned int bytes = state->held_bytes + more;
	struct cce_key *key;

	if (bytes < more)
		return -EINVAL;		/* the sum has wrapped */
	key = cce_key_get(&hash->key);
	if (!key)
		return -ENOKEY;
	memset(&context->next, 0, sizeof(context->next));
	cce_cmac_set_text(context, req, bytes);
	if (state->begun && bytes < AES_BLOCK_SIZE) {
		/* The chaining value is longer than the text: pad here (SP 800-38B, 6.2). */
		memset(context->first, 0, AES_BLOCK_SIZE);
		cce_cmac_peek(state, req, 0, context->first, bytes);
		context->first[bytes] = 0x80;
		crypto_xor(context->first, state->chain, AES_BLOCK_SIZE);
		crypto_xor(context->first, key->subkey2, AES_BLOCK_SIZE);
		crypto_xor(context->first, key->subkey1, AES_BLOCK_SIZE);
		context->request.prefix_bytes = AES_BLOCK_SIZE;
		context->request.text_length = AES_BLOCK_SIZE;
	}
	return cce_cmac_run(req, key);
}

static int cce_cmac_finup(struct ahash_request *req)
{
	return cce_cmac_end(req, req->nbytes);
}

static int cce_cmac_final(struct ahash_request *req)
{
	return cce_cmac_end(req, 0);
}

static int cce_cmac_init(struct ahash_request *req)
{
	struct cce_cmac_request *context = ahash_request_ctx(req);

	memset(&context->state, 0, sizeof(context->state));
	return 0;
}

static int cce_cmac_digest(struct ahash_request *req)
{
	return cce_cmac_init(req) ?: cce_cmac_finup(req);
}

static int cce_cmac_export(struct ahash_request *req, void *out)
{
	const struct cce_cmac_request *context = ahash_request_ctx(req);

	memcpy(out, &context->state, sizeof(context->state));
	return 0;
}

static int cce_cmac_import(struct ahash_request *req, const void *in)
{
	struct cce_cmac_request *context = ahash_request_ctx(req);
	const struct cce_cmac_state *state = in;	/* bytes only: needs no alignment */

	if (state->held_bytes > AES_BLOCK_SIZE || state->begun > 1 ||
	    (state->begun && !state->held_bytes))
		return -EINVAL;
	context->state = *state;
	return 0;
}

/* Doubling in GF(2^128), as SP 800-38B, 6.1 makes one subkey of the other. */
static void cce_cmac_double(u8 *out, const u8 *in)
{
	u8 carry = in[0] >> 7;
	unsigned int i;

	for (i = 0; i < AES_BLOCK_SIZE - 1; i++)
		out[i] = in[i] << 1 | in[i + 1] >> 7;
	out[i] = in[i] << 1 ^ (0x87 & -carry);
}

static int cce_cmac_make_subkeys(struct cce_key *new, const u8 *key, unsigned int key_bytes)
{
	u8 zero_encrypted[AES_BLOCK_SIZE] = { };
	struct cce_aes_schedule schedule;
	int error;

	error = cce_aes_prepare(&schedule, key, key_bytes);
	if (!error) {
		aes_encrypt(&schedule, zero_encrypted, zero_encrypted);
		cce_cmac_double(new->subkey1, zero_encrypted);
		cce_cmac_double(new->subkey2, new->subkey1);
	}
	memzero_explicit(&schedule, sizeof(schedule));
	memzero_explicit(zero_encrypted, sizeof(zero_encrypted));
	return error;
}

static void cce_cmac_free_fallback(void *fallback)
{
	crypto_free_shash(fallback);
}

/* Give a new key its transformation on the CPU. */
static int cce_cmac_set_fallback(struct cce_key *new, struct crypto_ahash *tfm, const u8 *key,
				 unsigned int key_bytes)
{
	struct cce_cmac *hash = crypto_ahash_ctx(tfm);
	struct crypto_shash *fallback;

	/* By its own name, so that it is no larger than there is room for in a request. */
	fallback = crypto_alloc_shash(crypto_shash_driver_name(hash->fallback), 0, 0);
	if (IS_ERR(fallback))
		return PTR_ERR(fallback);
	new->fallback = fallback;
	new->free_fallback = cce_cmac_free_fallback;
	crypto_shash_set_flags(fallback, crypto_ahash_get_flags(tfm) & CRYPTO_TFM_REQ_MASK);
	return crypto_shash_setkey(fallback, key, key_bytes);
}

static int cce_cmac_setkey(struct crypto_ahash *tfm, const u8 *key, unsigned int key_bytes)
{
	struct cce_cmac *hash = crypto_ahash_ctx(tfm);
	struct cce_key *new;
	int error;

	error = aes_check_keylen(key_bytes);
	if (error)
		return error;

	new = cce_key_create(cce_cmac_alg_of(tfm)->algorithm.rights, key, key_bytes, NULL);
	if (!new)
		return -ENOMEM;
	error = cce_cmac_make_subkeys(new, key, key_bytes) ?:
		cce_cmac_set_fallback(new, tfm, key, key_bytes);
	if (error)
		cce_key_put(new);
	else
		cce_key_replace(&hash->key, new);
	return error;
}

static int cce_cmac_init_tfm(struct crypto_ahash *tfm)
{
	struct cce_cmac *hash = crypto_ahash_ctx(tfm);

	hash->fallback = crypto_alloc_shash(crypto_tfm_alg_name(crypto_ahash_tfm(tfm)), 0,
					    CCE_FALLBACK_MASK);
	if (IS_ERR(hash->fallback))
		return PTR_ERR(hash->fallback);
	crypto_ahash_set_reqsize(tfm, sizeof(struct cce_cmac_request) +
					      crypto_shash_descsize(hash->fallback));
	return 0;
}

static void cce_cmac_exit_tfm(struct crypto_ahash *tfm)
{
	struct cce_cmac *hash = crypto_ahash_ctx(tfm);

	cce_key_replace(&hash->key, NULL);
	crypto_free_shash(hash->fallback);
}

static int cce_cmac_add(struct cce_algorithm *algorithm, int priority)
{
	struct cce_cmac_alg *row = container_of(algorithm, struct cce_cmac_alg, algorithm);

	row->alg.halg.base.cra_priority = priority;
	return cce_algorithm_need_cpu(row->alg.halg.base.cra_name, CRYPTO_ALG_TYPE_SHASH,
				      CRYPTO_ALG_TYPE_MASK) ?:
	       crypto_register_ahash(&row->alg);
}

static void cce_cmac_remove(struct cce_algorithm *algorithm)
{
	crypto_unregister_ahash(&container_of(algorithm, struct cce_cmac_alg, algorithm)->alg);
}

static struct cce_cmac_alg cce_cmac_aes = {
	.algorithm = {
		.add = cce_cmac_add,
		.remove = cce_cmac_remove,
		.capability = CCE_GLOBAL_ALGORITHMS_AES_CMAC_MASK,
		.rights = CCE_CONTEXT_RECORD_RIGHTS_CMAC,
		.opcode = CCE_OPCODE_CIPHER,
		.mode = CCE_CIPHER_MODE_CMAC,
	},
	.alg = {
		.halg.base.cra_name = "cmac(aes)",
		.halg.base.cra_driver_name = "cmac-aes-cce",
		.halg.base.cra_flags = CCE_AHASH_FLAGS,
		.halg.base.cra_blocksize = AES_BLOCK_SIZE,
		.halg.base.cra_ctxsize = sizeof(struct cce_cmac),
		.halg.base.cra_module = THIS_MODULE,
		.halg.digestsize = AES_BLOCK_SIZE,
		.halg.statesize = sizeof(struct cce_cmac_state),
		.init = cce_cmac_init,
		.update = cce_cmac_update,
		.final = cce_cmac_final,
		.finup = cce_cmac_finup,
		.digest = cce_cmac_digest,
		.export = cce_cmac_export,
		.import = cce_cmac_import,
		.setkey = cce_cmac_setkey,
		.init_tfm = cce_cmac_init_tfm,
		.exit_tfm = cce_cmac_exit_tfm,
	},
};

struct cce_algorithm *const cce_cmac_algorithms[] = { &cce_cmac_aes.algorithm };
