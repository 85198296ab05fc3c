// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: authenticated encryption of the crypto API: what all of it has in common, GCM
 * and CCM.
 *
 * A source is associated data, text and, to decrypt, the tag, as the engine wants it. In a
 * destination the text stands behind the room for the associated data, which the engine doesn't
 * copy: it is told where the text goes.
 */
#include <crypto/aes.h>
#include <crypto/gcm.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/string.h>

#include "cce_aead.h"
#include "cce_compat.h"

static void cce_aead_cpu_done(cce_completion_argument argument, int error)
{
	cce_request_cpu_done(cce_completion_owner(argument), error);
}

/**
 * cce_aead_run_on_cpu() - &cce_request_operations.run_on_cpu
 * @request: request
 * @may_sleep: it may
 *
 * Context: any.
 * Return: as crypto_aead_encrypt().
 */
int cce_aead_run_on_cpu(struct cce_request *request, bool may_sleep)
{
	struct aead_request *req = cce_aead_owner(request);
	struct cce_aead_request *context = aead_request_ctx(req);
	struct aead_request *sub = &context->fallback;
	u32 flags = aead_request_flags(req);

	if (!may_sleep)
		flags &= ~CRYPTO_TFM_REQ_MAY_SLEEP;
	aead_request_set_tfm(sub, request->key->fallback);
	aead_request_set_callback(sub, flags, cce_aead_cpu_done, request);
	aead_request_set_crypt(sub, req->src, req->dst, req->cryptlen, req->iv);
	aead_request_set_ad(sub, req->assoclen);
	return request->decrypt ? crypto_aead_decrypt(sub) : crypto_aead_encrypt(sub);
}

/**
 * cce_aead_finish() - &cce_request_operations.finish
 * @request: all that an engine returns is in the destination, but for a tag that is apart
 *
 * Context: softirqs disabled.
 */
void cce_aead_finish(struct cce_request *request)
{
	struct aead_request *req = cce_aead_owner(request);

	if (request->tail_bytes)
		sg_pcopy_from_buffer(req->dst, sg_nents(req->dst), request->result,
				     request->tail_bytes, req->assoclen + req->cryptlen);
}

/**
 * cce_aead_forget() - &cce_request_operations.forget
 * @request: request
 * @error: 0 or a negative errno
 *
 * Context: any.
 */
void cce_aead_forget(struct cce_request *request, int error)
{
	memzero_explicit(request->result, request->tail_bytes);
}

static const struct cce_request_operations cce_aead_operations = {
	.run_on_cpu = cce_aead_run_on_cpu,
	.finish = cce_aead_finish,
	.forget = cce_aead_forget,
};

/*
 * The kernel's IV of CCM is the first counter block (SP 800-38C, A.3): L - 1, nonce, counter. The
 * engine's is the same without a counter.
 */
static int cce_aead_ccm_iv(u8 *iv, const u8 *given, u32 text_length)
{
	unsigned int counter_bytes;

	if (given[0] < 1 || given[0] > 7)
		return -EINVAL;
	counter_bytes = given[0] + 1;
	if (counter_bytes < sizeof(text_length) && text_length >> (8 * counter_bytes))
		return -EOVERFLOW;
	memcpy(iv, given, AES_BLOCK_SIZE - counter_bytes);
	return 0;
}

/*
 * Associated data that can be copied to the slot should be: it may lie in a line of memory with
 * something that the CPU writes meanwhile, as that of rfc4106() does. Not where source and
 * text are one piece: that is one piece for the engine, too.
 */
static unsigned int cce_aead_prefix(const struct aead_request *req)
{
	if (!req->assoclen || req->assoclen > CCE_PREFIX_BYTES ||
	    req->src->length >= req->assoclen + req->cryptlen)
		return 0;
	return req->assoclen;
}

/*
 * A tag that has an entry for itself may share its line of memory with what other requests and the
 * CPU write meanwhile: dm-crypt packs the tags of a bio's sectors. It is not written by DMA.
 */
static bool cce_aead_tag_is_apart(const struct aead_request *req)
{
	unsigned int position = req->assoclen + req->cryptlen;
	struct scatterlist *entry;

	for (entry = req->dst; entry; entry = sg_next(entry)) {
		if (position < entry->length)
			return !position;
		position -= entry->length;
	}
	return false;
}

/**
 * cce_aead_describe() - where the parts of a request are, and how long
 * @req: request of the crypto API
 * @prefix: bytes of associated data that are copied
 * @decrypt: direction
 *
 * Context: any.
 * Return: the driver's part of it, complete but for operations and IV.
 */
struct cce_request *cce_aead_describe(struct aead_request *req, unsigned int prefix, bool decrypt)
{
	struct cce_aead_request *context = aead_request_ctx(req);
	unsigned int tag_length = crypto_aead_authsize(crypto_aead_reqtfm(req));
	u32 text_length = decrypt ? req->cryptlen - tag_length : req->cryptlen;
	unsigned int tail = !decrypt && cce_aead_tag_is_apart(req) ? tag_length : 0;

	context->request = (struct cce_request){
		.source = req->src,
		.source_skip = prefix,
		.source_bytes = req->assoclen - prefix + req->cryptlen,
		.destination = req->dst,
		.destination_skip = req->assoclen,
		.destination_bytes = decrypt ? text_length : text_length + tag_length - tail,
		.tail_bytes = tail,
		.result = context->tag,
		.prefix_bytes = prefix,
		.text_length = text_length,
		.aad_length = req->assoclen,
		.tag_length = tag_length,
		.decrypt = decrypt,
	};
	return &context->request;
}

static int cce_aead_crypt(struct aead_request *req, bool decrypt)
{
	struct crypto_aead *tfm = crypto_aead_reqtfm(req);
	struct cce_aead *aead = crypto_aead_ctx(tfm);
	const struct cce_algorithm *algorithm = &cce_aead_alg_of(tfm)->algorithm;
	struct cce_request *request = cce_aead_describe(req, cce_aead_prefix(req), decrypt);
	int error;

	request->operations = &cce_aead_operations;
	if (algorithm->mode == CCE_CIPHER_MODE_CCM) {
		error = cce_aead_ccm_iv(request->iv, req->iv, request->text_length);
		if (error)
			return error;
	} else {
		memcpy(request->iv, req->iv, GCM_AES_IV_SIZE);
	}
	return cce_algorithm_run(request, &req->base, algorithm, cce_key_get(&aead->key));
}

static int cce_aead_encrypt(struct aead_request *req)
{
	return cce_aead_crypt(req, false);
}

static int cce_aead_decrypt(struct aead_request *req)
{
	return cce_aead_crypt(req, true);
}

static void cce_aead_free_fallback(void *fallback)
{
	crypto_free_aead(fallback);
}

/**
 * cce_aead_set_fallback() - give a new key its transformation on the CPU, which judges it, too
 * @new: key; nobody else has it yet
 * @tfm: transformation that will have it
 * @key: as setkey() has got it
 * @key_bytes: its length
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int cce_aead_set_fallback(struct cce_key *new, struct crypto_aead *tfm, const u8 *key,
			  unsigned int key_bytes)
{
	struct cce_aead *aead = crypto_aead_ctx(tfm);
	struct crypto_aead *fallback;

	/* By its own name, so that it is no larger than there is room for in a request. */
	fallback = crypto_alloc_aead(crypto_tfm_alg_driver_name(crypto_aead_tfm(aead->fallback)),
				     0, 0);
	if (IS_ERR(fallback))
		return PTR_ERR(fallback);
	new->fallback = fallback;
	new->free_fallback = cce_aead_free_fallback;
	crypto_aead_set_flags(fallback, crypto_aead_get_flags(tfm) & CRYPTO_TFM_REQ_MASK);
	return crypto_aead_setauthsize(fallback, crypto_aead_authsize(aead->fallback)) ?:
	       crypto_aead_setkey(fallback, key, key_bytes);
}

static int cce_aead_setkey(struct crypto_aead *tfm, const u8 *key, unsigned int key_bytes)
{
	struct cce_aead *aead = crypto_aead_ctx(tfm);
	struct cce_key *new;
	int error;

	error = aes_check_keylen(key_bytes);
	if (error)
		return error;

	new = cce_key_create(cce_aead_alg_of(tfm)->algorithm.rights, key, key_bytes, NULL);
	if (!new)
		return -ENOMEM;
	error = cce_aead_set_fallback(new, tfm, key, key_bytes);
	if (error)
		cce_key_put(new);
	else
		cce_key_replace(&aead->key, new);
	return error;
}

/**
 * cce_aead_setauthsize() - &aead_alg.setauthsize
 * @tfm: transformation
 * @tag_length: of tags
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int cce_aead_setauthsize(struct crypto_aead *tfm, unsigned int tag_length)
{
	struct cce_aead *aead = crypto_aead_ctx(tfm);
	struct cce_key *key;
	int error;

	/* SP 800-38D, 5.2.1.2, and SP 800-38C, A.1: the fallback allows just those. */
	error = crypto_aead_setauthsize(aead->fallback, tag_length);
	key = error ? NULL : cce_key_get(&aead->key);
	if (!key)
		return error;
	error = crypto_aead_setauthsize(key->fallback, tag_length);
	cce_key_put(key);
	return error;
}

/**
 * cce_aead_init() - &aead_alg.init
 * @tfm: transformation
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int cce_aead_init(struct crypto_aead *tfm)
{
	struct cce_aead *aead = crypto_aead_ctx(tfm);

	aead->fallback = crypto_alloc_aead(crypto_tfm_alg_name(crypto_aead_tfm(tfm)), 0,
					   CCE_FALLBACK_MASK);
	if (IS_ERR(aead->fallback))
		return PTR_ERR(aead->fallback);
	crypto_aead_set_reqsize(tfm, sizeof(struct cce_aead_request) +
					     crypto_aead_reqsize(aead->fallback));
	return 0;
}

/**
 * cce_aead_exit() - &aead_alg.exit
 * @tfm: transformation
 *
 * Context: process, sleeps.
 */
void cce_aead_exit(struct crypto_aead *tfm)
{
	struct cce_aead *aead = crypto_aead_ctx(tfm);

	cce_key_replace(&aead->key, NULL);
	crypto_free_aead(aead->fallback);
}

static int cce_aead_add(struct cce_algorithm *algorithm, int priority)
{
	struct cce_aead_alg *row = container_of(algorithm, struct cce_aead_alg, algorithm);

	row->alg.base.cra_priority = priority;
	return cce_algorithm_need_cpu(row->alg.base.cra_name, CRYPTO_ALG_TYPE_AEAD,
				      CRYPTO_ALG_TYPE_MASK) ?:
	       crypto_register_aead(&row->alg);
}

/**
 * cce_aead_remove() - &cce_algorithm.remove
 * @algorithm: of a &struct cce_aead_alg
 *
 * Context: process, sleeps.
 */
void cce_aead_remove(struct cce_algorithm *algorithm)
{
	crypto_unregister_aead(&container_of(algorithm, struct cce_aead_alg, algorithm)->alg);
}

#define CCE_AEAD(name, driver, MODE, iv) {					\
	.algorithm = {								\
		.add = cce_aead_add,						\
		.remove = cce_aead_remove,					\
		.capability = CCE_GLOBAL_ALGORITHMS_AES_##MODE##_MASK,		\
		.rights = CCE_CONTEXT_RECORD_RIGHTS_##MODE,			\
		.opcode = CCE_OPCODE_CIPHER,					\
		.mode = CCE_CIPHER_MODE_##MODE,					\
	},									\
	.alg = {								\
		.base.cra_name = name,						\
		.base.cra_driver_name = driver,					\
		.base.cra_flags = CCE_ALGORITHM_FLAGS,				\
		.base.cra_blocksize = 1,					\
		.base.cra_ctxsize = sizeof(struct cce_aead),			\
		.base.cra_module = THIS_MODULE,					\
		.ivsize = iv,							\
		.chunksize = AES_BLOCK_SIZE,					\
		.maxauthsize = AES_BLOCK_SIZE,					\
		.setkey = cce_aead_setkey,					\
		.setauthsize = cce_aead_setauthsize,				\
		.encrypt = cce_aead_encrypt,					\
		.decrypt = cce_aead_decrypt,					\
		.init = cce_aead_init,						\
		.exit = cce_aead_exit,						\
	},									\
}

static struct cce_aead_alg cce_aead_algs[] = {
	CCE_AEAD("gcm(aes)", "gcm-aes-cce", GCM, GCM_AES_IV_SIZE),
	CCE_AEAD("ccm(aes)", "ccm-aes-cce", CCM, AES_BLOCK_SIZE),
};

struct cce_algorithm *const cce_aead_algorithms[] = {
	&cce_aead_algs[0].algorithm,
	&cce_aead_algs[1].algorithm,
};
