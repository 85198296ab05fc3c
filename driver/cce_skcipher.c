// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: block ciphers of the crypto API.
 */
#include <crypto/aes.h>
#include <crypto/internal/skcipher.h>
#include <crypto/xts.h>
#include <linux/module.h>
#include <linux/string.h>

#include "cce_algorithm.h"
#include "cce_compat.h"

/* One transformation (tfm). */
struct cce_skcipher {
	struct crypto_skcipher *fallback;	/* on the CPU: what those of the keys are like */
	struct cce_key_slot key;
};

struct cce_skcipher_request {
	struct cce_request request;
	struct skcipher_request fallback;	/* last: the fallback's own context follows */
};

struct cce_skcipher_alg {
	struct cce_algorithm algorithm;
	struct skcipher_alg alg;
};

static struct cce_skcipher_alg *cce_skcipher_alg_of(struct crypto_skcipher *tfm)
{
	return container_of(crypto_skcipher_alg(tfm), struct cce_skcipher_alg, alg);
}

static struct skcipher_request *cce_skcipher_owner(struct cce_request *request)
{
	return skcipher_request_cast(request->owner);
}

static void cce_skcipher_cpu_done(cce_completion_argument argument, int error)
{
	cce_request_cpu_done(cce_completion_owner(argument), error);
}

static int cce_skcipher_run_on_cpu(struct cce_request *request, bool may_sleep)
{
	struct skcipher_request *req = cce_skcipher_owner(request);
	struct cce_skcipher_request *context = skcipher_request_ctx(req);
	struct skcipher_request *sub = &context->fallback;
	u32 flags = skcipher_request_flags(req);

	if (!may_sleep)
		flags &= ~CRYPTO_TFM_REQ_MAY_SLEEP;
	skcipher_request_set_tfm(sub, request->key->fallback);
	skcipher_request_set_callback(sub, flags, cce_skcipher_cpu_done, request);
	skcipher_request_set_crypt(sub, req->src, req->dst, req->cryptlen, req->iv);
	return request->decrypt ? crypto_skcipher_decrypt(sub) : crypto_skcipher_encrypt(sub);
}

static void cce_skcipher_finish(struct cce_request *request)
{
	struct skcipher_request *req = cce_skcipher_owner(request);

	/* In the other modes an IV stands for one request only. */
	if (request->mode == CCE_CIPHER_MODE_CBC || request->mode == CCE_CIPHER_MODE_CTR)
		memcpy(req->iv, request->answer, AES_BLOCK_SIZE);
}

static const struct cce_request_operations cce_skcipher_operations = {
	.run_on_cpu = cce_skcipher_run_on_cpu,
	.finish = cce_skcipher_finish,
};

static int cce_skcipher_crypt(struct skcipher_request *req, bool decrypt)
{
	struct crypto_skcipher *tfm = crypto_skcipher_reqtfm(req);
	struct cce_skcipher_request *context = skcipher_request_ctx(req);
	struct cce_skcipher *cipher = crypto_skcipher_ctx(tfm);
	struct cce_algorithm *algorithm = &cce_skcipher_alg_of(tfm)->algorithm;

	if (algorithm->mode == CCE_CIPHER_MODE_XTS) {
		/* IEEE 1619, 5.1: a data unit has at least one block; the last may be partial. */
		if (req->cryptlen < AES_BLOCK_SIZE)
			return -EINVAL;
	} else if (!IS_ALIGNED(req->cryptlen, crypto_skcipher_blocksize(tfm))) {
		return -EINVAL;
	}
	if (!req->cryptlen)
		return 0;

	context->request = (struct cce_request){
		.operations = &cce_skcipher_operations,
		.source = req->src,
		.source_bytes = req->cryptlen,
		.destination = req->dst,
		.destination_bytes = req->cryptlen,
		.text_length = req->cryptlen,
		.decrypt = decrypt,
	};
	/* Copied, never mapped: req->iv may lie on a stack. */
	memcpy(context->request.iv, req->iv, crypto_skcipher_ivsize(tfm));
	return cce_algorithm_run(&context->request, &req->base, algorithm,
				 cce_key_get(&cipher->key));
}

static int cce_skcipher_encrypt(struct skcipher_request *req)
{
	return cce_skcipher_crypt(req, false);
}

static int cce_skcipher_decrypt(struct skcipher_request *req)
{
	return cce_skcipher_crypt(req, true);
}

static void cce_skcipher_free_fallback(void *fallback)
{
	crypto_free_skcipher(fallback);
}

/* Give a new key its transformation on the CPU, which also judges whether the key is weak. */
static int cce_skcipher_set_fallback(struct cce_key *new, struct crypto_skcipher *tfm,
				     const u8 *key, unsigned int key_bytes)
{
	struct cce_skcipher *cipher = crypto_skcipher_ctx(tfm);
	struct crypto_skcipher *fallback;

	/* By its own name, so that it is no larger than there is room for in a request. */
	fallback = crypto_alloc_skcipher(crypto_skcipher_driver_name(cipher->fallback), 0, 0);
	if (IS_ERR(fallback))
		return PTR_ERR(fallback);
	new->fallback = fallback;
	new->free_fallback = cce_skcipher_free_fallback;
	crypto_skcipher_set_flags(fallback, crypto_skcipher_get_flags(tfm) & CRYPTO_TFM_REQ_MASK);
	return crypto_skcipher_setkey(fallback, key, key_bytes);
}

static int cce_skcipher_setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int key_bytes)
{
	const struct cce_algorithm *algorithm = &cce_skcipher_alg_of(tfm)->algorithm;
	struct cce_skcipher *cipher = crypto_skcipher_ctx(tfm);
	bool pair = algorithm->mode == CCE_CIPHER_MODE_XTS;
	unsigned int half = pair ? key_bytes / 2 : key_bytes;
	struct cce_key *new;
	int error;

	error = pair ? xts_verify_key(tfm, key, key_bytes) : 0;
	if (!error)
		error = aes_check_keylen(half);
	if (error)
		return error;

	new = cce_key_create(algorithm->rights, key, half, pair ? key + half : NULL);
	if (!new)
		return -ENOMEM;
	error = cce_skcipher_set_fallback(new, tfm, key, key_bytes);
	if (error)
		cce_key_put(new);
	else
		cce_key_replace(&cipher->key, new);
	return error;
}

static int cce_skcipher_init(struct crypto_skcipher *tfm)
{
	struct cce_skcipher *cipher = crypto_skcipher_ctx(tfm);

	cipher->fallback = crypto_alloc_skcipher(crypto_tfm_alg_name(crypto_skcipher_tfm(tfm)), 0,
						 CCE_FALLBACK_MASK);
	if (IS_ERR(cipher->fallback))
		return PTR_ERR(cipher->fallback);
	crypto_skcipher_set_reqsize(tfm, sizeof(struct cce_skcipher_request) +
						 crypto_skcipher_reqsize(cipher->fallback));
	return 0;
}

static void cce_skcipher_exit(struct crypto_skcipher *tfm)
{
	struct cce_skcipher *cipher = crypto_skcipher_ctx(tfm);

	cce_key_replace(&cipher->key, NULL);
	crypto_free_skcipher(cipher->fallback);
}

static int cce_skcipher_add(struct cce_algorithm *algorithm, int priority)
{
	struct cce_skcipher_alg *row = container_of(algorithm, struct cce_skcipher_alg, algorithm);

	row->alg.base.cra_priority = priority;
	/* Since 6.7 some of the CPU's are of the kind below, 4: the lowest bit doesn't count. */
	return cce_algorithm_need_cpu(row->alg.base.cra_name, CRYPTO_ALG_TYPE_SKCIPHER,
				      CRYPTO_ALG_TYPE_MASK & ~1) ?:
	       crypto_register_skcipher(&row->alg);
}

static void cce_skcipher_remove(struct cce_algorithm *algorithm)
{
	struct cce_skcipher_alg *row = container_of(algorithm, struct cce_skcipher_alg, algorithm);

	crypto_unregister_skcipher(&row->alg);
}

#define CCE_SKCIPHER(name, driver, MODE, block, iv, least_key, most_key) {	\
	.algorithm = {								\
		.add = cce_skcipher_add,					\
		.remove = cce_skcipher_remove,					\
		.capability = CCE_GLOBAL_ALGORITHMS_AES_##MODE##_MASK,		\
		.rights = CCE_CONTEXT_RECORD_RIGHTS_##MODE,			\
		.opcode = CCE_OPCODE_CIPHER,					\
		.mode = CCE_CIPHER_MODE_##MODE,					\
	},									\
	.alg = {								\
		.base.cra_name = name,						\
		.base.cra_driver_name = driver,					\
		.base.cra_flags = CCE_ALGORITHM_FLAGS,				\
		.base.cra_blocksize = block,					\
		.base.cra_ctxsize = sizeof(struct cce_skcipher),		\
		.base.cra_module = THIS_MODULE,					\
		.min_keysize = least_key,					\
		.max_keysize = most_key,					\
		.ivsize = iv,							\
		.chunksize = AES_BLOCK_SIZE,					\
		.setkey = cce_skcipher_setkey,					\
		.encrypt = cce_skcipher_encrypt,				\
		.decrypt = cce_skcipher_decrypt,				\
		.init = cce_skcipher_init,					\
		.exit = cce_skcipher_exit,					\
	},									\
}

static struct cce_skcipher_alg cce_skcipher_algs[] = {
	CCE_SKCIPHER("ecb(aes)", "ecb-aes-cce", ECB, AES_BLOCK_SIZE, 0,
		     AES_MIN_KEY_SIZE, AES_MAX_KEY_SIZE),
	CCE_SKCIPHER("cbc(aes)", "cbc-aes-cce", CBC, AES_BLOCK_SIZE, AES_BLOCK_SIZE,
		     AES_MIN_KEY_SIZE, AES_MAX_KEY_SIZE),
	CCE_SKCIPHER("ctr(aes)", "ctr-aes-cce", CTR, 1, AES_BLOCK_SIZE,
		     AES_MIN_KEY_SIZE, AES_MAX_KEY_SIZE),
	CCE_SKCIPHER("xts(aes)", "xts-aes-cce", XTS, AES_BLOCK_SIZE, AES_BLOCK_SIZE,
		     2 * AES_MIN_KEY_SIZE, 2 * AES_MAX_KEY_SIZE),
};

struct cce_algorithm *const cce_skcipher_algorithms[] = {
	&cce_skcipher_algs[0].algorithm,
	&cce_skcipher_algs[1].algorithm,
	&cce_skcipher_algs[2].algorithm,
	&cce_skcipher_algs[3].algorithm,
};
