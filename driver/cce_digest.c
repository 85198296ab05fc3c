// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: hash functions and HMAC of the crypto API.
 *
 * The engine takes whole blocks, or the end of a message. What is left of an update is held back,
 * by this driver or, where the kernel has CRYPTO_AHASH_ALG_BLOCK_ONLY and its own implementations
 * export as that does, by the kernel. Between requests the state is here, in the engine's words:
 * each request may be done by the engine or by the CPU, and what is exported is what the CPU's
 * implementation exports, so that anybody else can go on with it.
 *
 * HMAC (FIPS 198-1): the states behind the two key blocks are made once, by setkey(). A message
 * begins with the inner one; the outer one is what its last request needs besides.
 */
#include <crypto/internal/hash.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cce_algorithm.h"
#include "cce_compat.h"
#include "cce_digest_software.h"

/* One transformation (tfm). */
struct cce_digest {
	struct cce_digest_software software;
	struct cce_key_slot key;	/* HMAC's */
};

struct cce_digest_request {
	struct cce_request request;
	struct cce_digest_state state;
	unsigned int rest;		/* bytes of the source that an update leaves for later */
	bool ends;			/* with this request the message does */
	union {
		u8 output[CCE_HASH_SAVED_BYTES];		/* from the engine */
		u8 exported[CCE_SOFTWARE_STATE_BYTES];		/* to or from the CPU's code */
	};
	struct shash_desc software;	/* last: its own context follows */
};

/**
 * struct cce_digest_alg - an algorithm of the crypto API
 * @algorithm: as all algorithms
 * @alg: as the kernel wants it
 * @function: hash function
 * @format: how the CPU's implementation exports a state; known when the algorithm is added
 * @initial: words of the state before any message; known then, too
 */
struct cce_digest_alg {
	struct cce_algorithm algorithm;
	struct ahash_alg alg;
	const struct cce_digest_function *function;
	const struct cce_digest_format *format;
	u8 initial[CCE_HASH_STATE_BYTES];
};

static struct cce_digest_alg *cce_digest_alg_of(struct crypto_ahash *tfm)
{
	return container_of(crypto_hash_alg_common(tfm), struct cce_digest_alg, alg.halg);
}

static struct ahash_request *cce_digest_owner(struct cce_request *request)
{
	return container_of(request->owner, struct ahash_request, base);
}

static struct cce_digest_request *cce_digest_request_of(struct cce_request *request)
{
	return container_of(request, struct cce_digest_request, request);
}

static struct cce_digest_alg *cce_digest_row(struct cce_request *request)
{
	return cce_digest_alg_of(crypto_ahash_reqtfm(cce_digest_owner(request)));
}

/* Does the kernel hold back what isn't a whole block? */
static bool cce_digest_is_block_only(const struct cce_digest_alg *row)
{
	return row->alg.halg.base.cra_flags & CCE_AHASH_BLOCK_ONLY;
}

/* Bytes of hash_context and states in front of the next request's text. */
static unsigned int cce_digest_front_bytes(const struct cce_digest_alg *row,
					   const struct cce_digest_state *state)
{
	if (state->fresh)
		return 0;
	return cce_digest_saved_bytes(row->function) +
	       (row->algorithm.keyless ? 0 : row->function->state_bytes);
}

static void cce_digest_write_prefix(const struct cce_request *request, u8 *prefix)
{
	const struct cce_digest_request *context =
		container_of(request, const struct cce_digest_request, request);
	const struct cce_digest_state *state = &context->state;
	const struct cce_digest_function *function = &cce_digest_functions[request->mode];

	if (request->aad_length) {
		cce_digest_save(function, state->words, state->length, prefix);
		if (request->key)
			memcpy(prefix + cce_digest_saved_bytes(function), request->key->outer,
			       function->state_bytes);
	}
	memcpy(prefix + request->aad_length, state->held, state->held_bytes);
}

/* An update's whole blocks have gone into the state: keep what is left, unless the kernel does. */
static void cce_digest_keep_rest(struct cce_digest_request *context)
{
	struct ahash_request *req = cce_digest_owner(&context->request);
	struct cce_digest_state *state = &context->state;

	state->held_bytes = 0;
	if (cce_digest_is_block_only(cce_digest_row(&context->request)))
		return;
	if (context->rest)
		sg_pcopy_to_buffer(req->src, sg_nents(req->src), state->held, context->rest,
				   req->nbytes - context->rest);
	state->held_bytes = context->rest;
}

static void cce_digest_finish(struct cce_request *request)
{
	struct cce_digest_request *context = cce_digest_request_of(request);
	const struct cce_digest_function *function = cce_digest_row(request)->function;

	if (context->ends) {
		memcpy(cce_digest_owner(request)->result, context->output, function->digest_bytes);
		return;
	}
	memcpy(context->state.words, context->output + sizeof(struct cce_hash_context),
	       function->state_bytes);
	context->state.length += request->text_length;
	context->state.fresh = false;
	cce_digest_keep_rest(context);
}

/* An error changes no state: its owner may try again. */
static void cce_digest_forget(struct cce_request *request, int error)
{
	struct cce_digest_request *context = cce_digest_request_of(request);

	if (!error && context->ends)
		memzero_explicit(&context->state, sizeof(context->state));
	memzero_explicit(context->exported, sizeof(context->exported));
}

static int cce_digest_run_on_cpu(struct cce_request *request, bool may_sleep)
{
	struct cce_digest_request *context = cce_digest_request_of(request);
	struct ahash_request *req = cce_digest_owner(request);
	const struct cce_digest *digest = crypto_ahash_ctx(crypto_ahash_reqtfm(req));
	const struct cce_digest_work work = {
		.desc = &context->software,
		.exported = context->exported,
		.state = &context->state,
		.request = request,
		.outer = request->key ? request->key->outer : NULL,
		.digest = context->ends ? req->result : NULL,
	};
	int error;

	error = cce_digest_software_run(&digest->software, &work);
	if (!error && !context->ends)
		cce_digest_keep_rest(context);
	return error;
}

static const struct cce_request_operations cce_digest_operations = {
	.run_on_cpu = cce_digest_run_on_cpu,
	.write_prefix = cce_digest_write_prefix,
	.finish = cce_digest_finish,
	.forget = cce_digest_forget,
};

/* So many bytes, the held ones first, go into the state, or are the rest of the message. */
static int cce_digest_run(struct ahash_request *req, unsigned int bytes, bool ends)
{
	struct crypto_ahash *tfm = crypto_ahash_reqtfm(req);
	struct cce_digest_request *context = ahash_request_ctx(req);
	struct cce_digest *digest = crypto_ahash_ctx(tfm);
	const struct cce_digest_alg *row = cce_digest_alg_of(tfm);
	const struct cce_digest_function *function = row->function;
	const struct cce_digest_state *state = &context->state;
	unsigned int front = cce_digest_front_bytes(row, state);
	bool keyless = row->algorithm.keyless;

	if (state->length >= CCE_DIGEST_LENGTH_LIMIT - bytes)
		return -EOVERFLOW;
	context->ends = ends;
	context->rest = state->held_bytes + req->nbytes - bytes;
	context->request = (struct cce_request){
		.operations = &cce_digest_operations,
		.source = req->src,
		.source_bytes = bytes - state->held_bytes,
		.destination_bytes = ends ? function->digest_bytes :
				     cce_digest_saved_bytes(function),
		.result = context->output,
		.prefix_bytes = front + state->held_bytes,
		.text_length = bytes,
		.aad_length = front,
		.front_bytes = front,
		.flags = (state->fresh ? CCE_DESCRIPTOR_FLAGS_STREAM_FIRST : 0) |
			 (ends ? CCE_DESCRIPTOR_FLAGS_STREAM_LAST : 0) |
			 (keyless ? 0 : CCE_DESCRIPTOR_FLAGS_KEYED),
		.hash_output.length = cpu_to_le32(ends ? function->digest_bytes : 0),
		.told = cce_digest_is_block_only(row) ? context->rest : 0,
	};
	return cce_algorithm_run(&context->request, &req->base, &row->algorithm,
				 keyless ? NULL : cce_key_get(&digest->key));
}

static int cce_digest_update(struct ahash_request *req)
{
	const struct cce_digest_alg *row = cce_digest_alg_of(crypto_ahash_reqtfm(req));
	struct cce_digest_request *context = ahash_request_ctx(req);
	struct cce_digest_state *state = &context->state;
	unsigned int bytes = state->held_bytes + req->nbytes;
	unsigned int rest = bytes % row->function->block_bytes;
	int error;

	if (bytes < req->nbytes)
		return -EINVAL;		/* the sum has wrapped */
	if (rest == bytes && !cce_digest_is_block_only(row)) {
		sg_copy_to_buffer(req->src, sg_nents(req->src), state->held + state->held_bytes,
				  req->nbytes);
		state->held_bytes = bytes;
		return 0;
	}
	error = cce_digest_run(req, bytes - rest, false);
	return error || !cce_digest_is_block_only(row) ? error : rest;
}

static int cce_digest_finup(struct ahash_request *req)
{
	struct cce_digest_request *context = ahash_request_ctx(req);
	unsigned int bytes = context->state.held_bytes + req->nbytes;

	if (bytes < req->nbytes)
		return -EINVAL;		/* the sum has wrapped */
	return cce_digest_run(req, bytes, true);
}

static int cce_digest_final(struct ahash_request *req)
{
	req->nbytes = 0;
	return cce_digest_finup(req);
}

static int cce_digest_init(struct ahash_request *req)
{
	struct crypto_ahash *tfm = crypto_ahash_reqtfm(req);
	const struct cce_digest_alg *row = cce_digest_alg_of(tfm);
	struct cce_digest_request *context = ahash_request_ctx(req);
	struct cce_digest_state *state = &context->state;
	struct cce_digest *digest = crypto_ahash_ctx(tfm);
	struct cce_key *key;

	*state = (struct cce_digest_state){ .fresh = row->algorithm.keyless };
	if (row->algorithm.keyless) {
		memcpy(state->words, row->initial, row->function->state_bytes);
		return 0;
	}
	key = cce_key_get(&digest->key);
	if (!key)
		return -ENOKEY;
	memcpy(state->words, key->inner, row->function->state_bytes);
	state->length = row->function->block_bytes;
	cce_key_put(key);
	return 0;
}

static int cce_digest_digest(struct ahash_request *req)
{
	return cce_digest_init(req) ?: cce_digest_finup(req);
}

static int cce_digest_export(struct ahash_request *req, void *out)
{
	const struct cce_digest_alg *row = cce_digest_alg_of(crypto_ahash_reqtfm(req));
	const struct cce_digest_request *context = ahash_request_ctx(req);

	row->format->store(row->function, &context->state, out, cce_digest_is_block_only(row));
	return 0;
}

static int cce_digest_import(struct ahash_request *req, const void *in)
{
	const struct cce_digest_alg *row = cce_digest_alg_of(crypto_ahash_reqtfm(req));
	struct cce_digest_request *context = ahash_request_ctx(req);

	return row->format->load(row->function, &context->state, in,
				 cce_digest_is_block_only(row));
}

static int cce_hmac_setkey(struct crypto_ahash *tfm, const u8 *key, unsigned int key_bytes)
{
	struct cce_digest *digest = crypto_ahash_ctx(tfm);
	struct cce_key *new = cce_key_allocate();
	int error;

	if (!new)
		return -ENOMEM;
	error = cce_digest_software_set_key(&digest->software, cce_digest_alg_of(tfm)->initial,
					    new, key, key_bytes);
	if (error)
		cce_key_put(new);
	else
		cce_key_replace(&digest->key, new);
	return error;
}

static int cce_digest_init_tfm(struct crypto_ahash *tfm)
{
	const struct cce_digest_alg *row = cce_digest_alg_of(tfm);
	struct cce_digest *digest = crypto_ahash_ctx(tfm);
	unsigned int bytes;
	int error;

	error = cce_digest_software_open(&digest->software, row->function);
	if (error)
		return error;
	/* Not the one that there was when the algorithm was added? */
	if (digest->software.format != row->format) {
		cce_digest_software_close(&digest->software);
		return -ENOENT;
	}
	bytes = sizeof(struct cce_digest_request) + crypto_shash_descsize(digest->software.shash);
	/* There the kernel keeps what it holds back. */
	if (cce_digest_is_block_only(row))
		bytes += row->function->block_bytes + 1;
	crypto_ahash_set_reqsize(tfm, bytes);
	return 0;
}

static void cce_digest_exit_tfm(struct crypto_ahash *tfm)
{
	struct cce_digest *digest = crypto_ahash_ctx(tfm);

	cce_key_replace(&digest->key, NULL);
	cce_digest_software_close(&digest->software);
}

static int cce_digest_add(struct cce_algorithm *algorithm, int priority)
{
	struct cce_digest_alg *row = container_of(algorithm, struct cce_digest_alg, algorithm);
	struct crypto_alg *base = &row->alg.halg.base;
	struct cce_digest_software software;
	int error;

	error = cce_algorithm_need_cpu(base->cra_name, CRYPTO_ALG_TYPE_SHASH,
				       CRYPTO_ALG_TYPE_MASK);
	if (error)
		return error;
	error = cce_digest_software_open(&software, row->function);
	if (error)
		return error;
	row->format = software.format;
	error = cce_digest_software_initial(&software, row->initial);
	cce_digest_software_close(&software);
	if (error)
		return error;

	base->cra_priority = priority;
	base->cra_blocksize = row->function->block_bytes;
	base->cra_flags = CCE_ALGORITHM_FLAGS;
	row->alg.halg.digestsize = row->function->digest_bytes;
	row->alg.halg.statesize = row->format->bytes;
	if (CCE_AHASH_BLOCK_ONLY && row->format->core_bytes) {
		/* The kernel adds what it holds back. */
		cce_ahash_take_blocks(base);
		row->alg.halg.statesize = row->format->core_bytes;
	}
	return crypto_register_ahash(&row->alg);
}

static void cce_digest_remove(struct cce_algorithm *algorithm)
{
	crypto_unregister_ahash(&container_of(algorithm, struct cce_digest_alg, algorithm)->alg);
}

#define CCE_DIGEST(MODE, FAMILY, KEYLESS, set_key, name, driver) {	\
	.function = &cce_digest_functions[CCE_HASH_MODE_##MODE],		\
	.algorithm = {								\
		.add = cce_digest_add,						\
		.remove = cce_digest_remove,					\
		.capability = CCE_GLOBAL_ALGORITHMS_##FAMILY##_MASK,		\
		.opcode = CCE_OPCODE_HASH,					\
		.mode = CCE_HASH_MODE_##MODE,					\
		.keyless = KEYLESS,						\
	},									\
	.alg = {								\
		.halg.base.cra_name = name,					\
		.halg.base.cra_driver_name = driver,				\
		.halg.base.cra_ctxsize = sizeof(struct cce_digest),		\
		.halg.base.cra_module = THIS_MODULE,				\
		.init = cce_digest_init,					\
		.update = cce_digest_update,					\
		.final = cce_digest_final,					\
		.finup = cce_digest_finup,					\
		.digest = cce_digest_digest,					\
		.export = cce_digest_export,					\
		.import = cce_digest_import,					\
		CCE_AHASH_CORE(cce_digest_export, cce_digest_import)		\
		.setkey = set_key,						\
		.init_tfm = cce_digest_init_tfm,				\
		.exit_tfm = cce_digest_exit_tfm,				\
	},									\
}

#define CCE_HASH(MODE, FAMILY, name, driver) \
	CCE_DIGEST(MODE, FAMILY, true, NULL, name, driver)
#define CCE_HMAC(MODE, FAMILY, name, driver) \
	CCE_DIGEST(MODE, FAMILY, false, cce_hmac_setkey, name, driver)

static struct cce_digest_alg cce_digest_algs[] = {
	CCE_HASH(SHA_224, SHA2, "sha224", "sha224-cce"),
	CCE_HASH(SHA_256, SHA2, "sha256", "sha256-cce"),
	CCE_HASH(SHA_384, SHA2, "sha384", "sha384-cce"),
	CCE_HASH(SHA_512, SHA2, "sha512", "sha512-cce"),
	CCE_HASH(SHA3_224, SHA3, "sha3-224", "sha3-224-cce"),
	CCE_HASH(SHA3_256, SHA3, "sha3-256", "sha3-256-cce"),
	CCE_HASH(SHA3_384, SHA3, "sha3-384", "sha3-384-cce"),
	CCE_HASH(SHA3_512, SHA3, "sha3-512", "sha3-512-cce"),
	CCE_HMAC(SHA_224, SHA2, "hmac(sha224)", "hmac-sha224-cce"),
	CCE_HMAC(SHA_256, SHA2, "hmac(sha256)", "hmac-sha256-cce"),
	CCE_HMAC(SHA_384, SHA2, "hmac(sha384)", "hmac-sha384-cce"),
	CCE_HMAC(SHA_512, SHA2, "hmac(sha512)", "hmac-sha512-cce"),
	CCE_HMAC(SHA3_224, SHA3, "hmac(sha3-224)", "hmac-sha3-224-cce"),
	CCE_HMAC(SHA3_256, SHA3, "hmac(sha3-256)", "hmac-sha3-256-cce"),
	CCE_HMAC(SHA3_384, SHA3, "hmac(sha3-384)", "hmac-sha3-384-cce"),
	CCE_HMAC(SHA3_512, SHA3, "hmac(sha3-512)", "hmac-sha3-512-cce"),
};

struct cce_algorithm *const cce_digest_algorithms[] = {
	&cce_digest_algs[0].algorithm,
	&cce_digest_algs[1].algorithm,
	&cce_digest_algs[2].algorithm,
	&cce_digest_algs[3].algorithm,
	&cce_digest_algs[4].algorithm,
	&cce_digest_algs[5].algorithm,
	&cce_digest_algs[6].algorithm,
	&cce_digest_algs[7].algorithm,
	&cce_digest_algs[8].algorithm,
	&cce_digest_algs[9].algorithm,
	&cce_digest_algs[10].algorithm,
	&cce_digest_algs[11].algorithm,
	&cce_digest_algs[12].algorithm,
	&cce_digest_algs[13].algorithm,
	&cce_digest_algs[14].algorithm,
	&cce_digest_algs[15].algorithm,
};
