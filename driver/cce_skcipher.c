// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: block ciphers of the crypto API.
 *
 * The algorithms belong to the module, not to an engine: they are registered when the first engine
 * that can do them appears, and stay until the module is unloaded. Without an engine, requests run
 * on the CPU.
 */
#include <crypto/internal/skcipher.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "cce_queue.h"
#include "cce_registry.h"
#include "cce_request.h"
#include "cce_skcipher.h"

static int priority = 90;
module_param(priority, int, 0444);
MODULE_PARM_DESC(priority, "Priority of the algorithms (default 90: below the generic ones)");

static unsigned int cpu_below;
module_param(cpu_below, uint, 0644);
MODULE_PARM_DESC(cpu_below, "Requests of fewer bytes run on the CPU (default 0: none)");

struct cce_fallback_counters cce_skcipher_fallbacks;

static void cce_skcipher_fallback_done(struct crypto_async_request *base, int error)
{
	struct skcipher_request *req = base->data;
	struct cce_request *request = skcipher_request_ctx(req);

	if (error == -EINPROGRESS) {
		/* The fallback's own backlog accepted it; our owner hears that once. */
		if (request->notified)
			return;
		request->notified = true;
	}
	skcipher_request_complete(req, error);
}

/**
 * cce_skcipher_fallback() - run a request on the CPU
 * @req: request that no engine holds
 * @may_sleep: the context allows it, if the request does
 *
 * Context: any.
 * Return: as crypto_skcipher_encrypt(). Only after -EINPROGRESS and -EBUSY is the request's owner
 *	called later.
 */
int cce_skcipher_fallback(struct skcipher_request *req, bool may_sleep)
{
	const struct cce_skcipher *cipher = crypto_skcipher_ctx(crypto_skcipher_reqtfm(req));
	struct cce_request *request = skcipher_request_ctx(req);
	struct skcipher_request *sub = &request->fallback;
	u32 flags = skcipher_request_flags(req);

	if (!may_sleep)
		flags &= ~CRYPTO_TFM_REQ_MAY_SLEEP;
	skcipher_request_set_tfm(sub, cipher->fallback);
	skcipher_request_set_callback(sub, flags, cce_skcipher_fallback_done, req);
	skcipher_request_set_crypt(sub, req->src, req->dst, req->cryptlen, req->iv);
	return request->decrypt ? crypto_skcipher_decrypt(sub) : crypto_skcipher_encrypt(sub);
}

static int cce_skcipher_crypt(struct skcipher_request *req, bool decrypt)
{
	struct crypto_skcipher *tfm = crypto_skcipher_reqtfm(req);
	struct cce_request *request = skcipher_request_ctx(req);
	struct cce_queue *queue;
	int result;

	if (!req->cryptlen)
		return 0;
	if (!IS_ALIGNED(req->cryptlen, crypto_skcipher_blocksize(tfm)))
		return -EINVAL;

	request->decrypt = decrypt;
	request->notified = false;

	if (req->cryptlen < READ_ONCE(cpu_below)) {
		cce_fallback_count(&cce_skcipher_fallbacks, CCE_FALLBACK_SHORT);
		return cce_skcipher_fallback(req, true);
	}

	queue = cce_registry_get_queue();
	if (!queue) {
		cce_fallback_count(&cce_skcipher_fallbacks, CCE_FALLBACK_NO_DEVICE);
		return cce_skcipher_fallback(req, true);
	}

	result = cce_queue_submit(queue, req);
	/* From here on the request may have ended, and the engine be gone. */
	if (result == -EINPROGRESS || result == -EBUSY)
		return result;

	if (result > 0)
		cce_fallback_count(&queue->cce->fallbacks, result);
	cce_registry_put_queue(queue);
	return result > 0 ? cce_skcipher_fallback(req, true) : result;
}

static int cce_skcipher_encrypt(struct skcipher_request *req)
{
	return cce_skcipher_crypt(req, false);
}

static int cce_skcipher_decrypt(struct skcipher_request *req)
{
	return cce_skcipher_crypt(req, true);
}

/*
 * One row for each algorithm: what it is called, what the engine must be able to do, and how the
 * engine calls it.
 */
struct cce_algorithm {
	u32 capability;
	u32 rights;
	u8 mode;
	bool registered;
	struct skcipher_alg alg;
};

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

static const struct cce_algorithm *cce_algorithm_of(struct crypto_skcipher *tfm)
{
	return container_of(crypto_skcipher_alg(tfm), struct cce_algorithm, alg);
}

static int cce_skcipher_setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int key_bytes)
{
	struct cce_skcipher *cipher = crypto_skcipher_ctx(tfm);
	int error;

	error = aes_check_keylen(key_bytes);
	if (error)
		return error;

	crypto_skcipher_clear_flags(cipher->fallback, CRYPTO_TFM_REQ_MASK);
	crypto_skcipher_set_flags(cipher->fallback,
				  crypto_skcipher_get_flags(tfm) & CRYPTO_TFM_REQ_MASK);
	error = crypto_skcipher_setkey(cipher->fallback, key, key_bytes);
	if (error)
		return error;

	/* No byte of a longer key stays behind. */
	memzero_explicit(cipher->key, sizeof(cipher->key));
	memcpy(cipher->key, key, key_bytes);
	cipher->key_bytes = key_bytes;
	cipher->required = cce_algorithm_of(tfm)->capability | cce_key_capability(key_bytes);
	return 0;
}

static int cce_skcipher_init(struct crypto_skcipher *tfm)
{
	const struct cce_algorithm *algorithm = cce_algorithm_of(tfm);
	struct cce_skcipher *cipher = crypto_skcipher_ctx(tfm);

	/* The fallback must keep our promise not to allocate while it handles a request. */
	cipher->fallback =
		crypto_alloc_skcipher(algorithm->alg.base.cra_name, 0,
				      CRYPTO_ALG_NEED_FALLBACK | CRYPTO_ALG_ALLOCATES_MEMORY);
	if (IS_ERR(cipher->fallback))
		return PTR_ERR(cipher->fallback);

	cipher->rights = algorithm->rights;
	cipher->mode = algorithm->mode;
	crypto_skcipher_set_reqsize(tfm, sizeof(struct cce_request) +
						 crypto_skcipher_reqsize(cipher->fallback));
	return 0;
}

static void cce_skcipher_exit(struct crypto_skcipher *tfm)
{
	struct cce_skcipher *cipher = crypto_skcipher_ctx(tfm);

	crypto_free_skcipher(cipher->fallback);
	memzero_explicit(cipher, sizeof(*cipher));
}

#define CCE_SKCIPHER_COMMON						\
	.min_keysize = AES_MIN_KEY_SIZE,				\
	.max_keysize = AES_MAX_KEY_SIZE,				\
	.setkey = cce_skcipher_setkey,					\
	.encrypt = cce_skcipher_encrypt,				\
	.decrypt = cce_skcipher_decrypt,				\
	.init = cce_skcipher_init,					\
	.exit = cce_skcipher_exit,					\
	.base.cra_flags = CRYPTO_ALG_ASYNC | CRYPTO_ALG_NEED_FALLBACK |	\
			  CRYPTO_ALG_KERN_DRIVER_ONLY,			\
	.base.cra_ctxsize = sizeof(struct cce_skcipher),		\
	.base.cra_module = THIS_MODULE

static DEFINE_MUTEX(cce_algorithm_lock);	/* protects cce_algorithm.registered */

static struct cce_algorithm cce_algorithms[] = {
	{
		.capability = CCE_GLOBAL_ALGORITHMS_AES_ECB_MASK,
		.rights = CCE_CONTEXT_RECORD_RIGHTS_ECB,
		.mode = CCE_CIPHER_MODE_ECB,
		.alg = {
			.base.cra_name = "ecb(aes)",
			.base.cra_driver_name = "ecb-aes-cce",
			.base.cra_blocksize = AES_BLOCK_SIZE,
			CCE_SKCIPHER_COMMON,
		},
	}, {
		.capability = CCE_GLOBAL_ALGORITHMS_AES_CBC_MASK,
		.rights = CCE_CONTEXT_RECORD_RIGHTS_CBC,
		.mode = CCE_CIPHER_MODE_CBC,
		.alg = {
			.base.cra_name = "cbc(aes)",
			.base.cra_driver_name = "cbc-aes-cce",
			.base.cra_blocksize = AES_BLOCK_SIZE,
			.ivsize = AES_BLOCK_SIZE,
			CCE_SKCIPHER_COMMON,
		},
	}, {
		.capability = CCE_GLOBAL_ALGORITHMS_AES_CTR_MASK,
		.rights = CCE_CONTEXT_RECORD_RIGHTS_CTR,
		.mode = CCE_CIPHER_MODE_CTR,
		.alg = {
			.base.cra_name = "ctr(aes)",
			.base.cra_driver_name = "ctr-aes-cce",
			.base.cra_blocksize = 1,
			.ivsize = AES_BLOCK_SIZE,
			.chunksize = AES_BLOCK_SIZE,
			CCE_SKCIPHER_COMMON,
		},
	},
};

/**
 * cce_skcipher_register() - register what an engine can do and is not registered yet
 * @algorithms: the engine's global.algorithms
 *
 * The kernel's self-tests run inside: an engine that can do it must be in the registry already.
 *
 * Context: process, sleeps.
 * Return: 0 or the first error; what was registered stays so.
 */
int cce_skcipher_register(u32 algorithms)
{
	unsigned int i;
	int error = 0;

	mutex_lock(&cce_algorithm_lock);
	for (i = 0; i < ARRAY_SIZE(cce_algorithms) && !error; i++) {
		struct cce_algorithm *algorithm = &cce_algorithms[i];

		if (algorithm->registered || !(algorithms & algorithm->capability))
			continue;
		algorithm->alg.base.cra_priority = priority;
		error = crypto_register_skcipher(&algorithm->alg);
		algorithm->registered = !error;
	}
	mutex_unlock(&cce_algorithm_lock);
	return error;
}

/**
 * cce_skcipher_unregister() - unregister all algorithms
 *
 * Each transformation in use holds the module, so none is left when this runs from the module's
 * exit.
 *
 * Context: process, sleeps.
 */
void cce_skcipher_unregister(void)
{
	unsigned int i;

	mutex_lock(&cce_algorithm_lock);
	for (i = 0; i < ARRAY_SIZE(cce_algorithms); i++) {
		if (!cce_algorithms[i].registered)
			continue;
		crypto_unregister_skcipher(&cce_algorithms[i].alg);
		cce_algorithms[i].registered = false;
	}
	mutex_unlock(&cce_algorithm_lock);
}
