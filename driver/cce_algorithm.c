// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: what the algorithms of the crypto API have in common.
 *
 * The algorithms belong to the module, not to an engine: they are registered when the first engine
 * that can do them appears, and stay until the module is unloaded. Without an engine, requests run
 * on the CPU.
 */
#include <crypto/internal/hash.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pm_runtime.h>
#include <linux/scatterlist.h>

#include "cce_algorithm.h"
#include "cce_queue.h"

static int priority = 90;
module_param(priority, int, 0444);
MODULE_PARM_DESC(priority, "Priority of the algorithms (default 90: below the generic ones)");

/* Indexed by enum cce_cipher_mode. */
static unsigned int cpu_below[] = {
	[CCE_CIPHER_MODE_ECB] = 0,
	[CCE_CIPHER_MODE_CBC] = 0,
	[CCE_CIPHER_MODE_CTR] = 0,
	[CCE_CIPHER_MODE_XTS] = 0,
	[CCE_CIPHER_MODE_GCM] = 0,
	[CCE_CIPHER_MODE_CCM] = 0,
	[CCE_CIPHER_MODE_CMAC] = 0,
};
module_param_array(cpu_below, uint, NULL, 0644);
MODULE_PARM_DESC(cpu_below, "Requests of fewer bytes run on the CPU: ecb,cbc,ctr,xts,gcm,ccm,cmac (default all 0: none)");

/* Of HMAC, too. */
static unsigned int cpu_below_hash[8];
module_param_array(cpu_below_hash, uint, NULL, 0644);
MODULE_PARM_DESC(cpu_below_hash, "The same: sha224,sha256,sha384,sha512,sha3-224,sha3-256,sha3-384,sha3-512 (default all 0: none)");

/* With any cipher. */
static unsigned int cpu_below_authenc[3];
module_param_array(cpu_below_authenc, uint, NULL, 0644);
MODULE_PARM_DESC(cpu_below_authenc, "The same of authenc with HMAC: sha256,sha384,sha512 (default all 0: none)");

const char *const cce_driver_names[] = {
	[CCE_CIPHER_MODE_ECB] = "ecb-aes-cce",
	[CCE_CIPHER_MODE_CBC] = "cbc-aes-cce",
	[CCE_CIPHER_MODE_CTR] = "ctr-aes-cce",
	[CCE_CIPHER_MODE_XTS] = "xts-aes-cce",
	[CCE_CIPHER_MODE_GCM] = "gcm-aes-cce",
	[CCE_CIPHER_MODE_CCM] = "ccm-aes-cce",
	[CCE_CIPHER_MODE_CMAC] = "cmac-aes-cce",
};

struct cce_fallback_counters cce_algorithm_fallbacks;

static DEFINE_MUTEX(cce_algorithm_lock);	/* protects cce_algorithm.registered */

/* Where the length of a mode is kept; NULL: nowhere, it has none. */
static unsigned int *cce_algorithm_parameter(u8 opcode, unsigned int mode)
{
	if (opcode == CCE_OPCODE_CIPHER)
		return mode < ARRAY_SIZE(cpu_below) ? &cpu_below[mode] : NULL;
	if (opcode == CCE_OPCODE_CIPHER_HASH)
		return &cpu_below_authenc[cce_hash_of(mode) - CCE_HASH_MODE_SHA_256];
	if (mode <= CCE_HASH_MODE_SHA_512)
		return &cpu_below_hash[mode];
	if (mode >= CCE_HASH_MODE_SHA3_224 && mode <= CCE_HASH_MODE_SHA3_512)
		return &cpu_below_hash[mode - CCE_HASH_MODE_SHA3_224 + CCE_HASH_MODE_SHA_512 + 1];
	return NULL;
}

/**
 * cce_algorithm_cpu_below() - set the length below which requests of a mode run on the CPU
 * @opcode: CCE_OPCODE_CIPHER, CCE_OPCODE_HASH or CCE_OPCODE_CIPHER_HASH
 * @mode: as in a descriptor; one that has such a length
 * @bytes: text and associated data
 *
 * Context: any.
 * Return: the length so far.
 */
unsigned int cce_algorithm_cpu_below(u8 opcode, u8 mode, unsigned int bytes)
{
	return xchg(cce_algorithm_parameter(opcode, mode), bytes);
}

/*
 * Ask an engine. Returns as cce_queue_submit(), but a positive &enum cce_fallback_reason is
 * counted, where it belongs, and no reference is left unless the request has one.
 */
static int cce_algorithm_offer(struct cce_request *request)
{
	u32 bytes = request->text_length + request->aad_length - request->front_bytes;
	struct cce_queue *queue;
	int result;

	if (request->unfit) {
		cce_fallback_count(&cce_algorithm_fallbacks, CCE_FALLBACK_UNFIT);
		return CCE_FALLBACK_UNFIT;
	}
	if (bytes < cce_algorithm_threshold(request->opcode, request->mode)) {
		cce_fallback_count(&cce_algorithm_fallbacks, CCE_FALLBACK_SHORT);
		return CCE_FALLBACK_SHORT;
	}
	queue = cce_registry_get_queue();
	if (!queue) {
		cce_fallback_count(&cce_algorithm_fallbacks, CCE_FALLBACK_NO_DEVICE);
		return CCE_FALLBACK_NO_DEVICE;
	}
	result = cce_queue_submit(queue, request);
	/* From here on the request may have ended, and the engine be gone. */
	if (result == -EINPROGRESS || result == -EBUSY)
		return result;

	if (result > 0)
		cce_fallback_count(&queue->cce->fallbacks, result);
	if (result == CCE_FALLBACK_SUSPENDED)
		pm_request_resume(queue->cce->dev);
	cce_registry_put_queue(queue);
	return result;
}

/**
 * cce_algorithm_run() - do a request, on an engine or on the CPU
 * @request: its algorithm has set what the kernel-doc of struct cce_request says, but what follows
 * @owner: the request of the crypto API
 * @algorithm: its algorithm
 * @key: its transformation's key, whose reference becomes the request's; NULL if there is none,
 *	which is right for an algorithm without keys only
 *
 * Context: any but the hard interrupt.
 * Return: as crypto_skcipher_encrypt(): 0 or an errno if it is over, -ENOSPC if there is no room,
 *	-EINPROGRESS and -EBUSY if the owner hears of it later.
 */
int cce_algorithm_run(struct cce_request *request, struct crypto_async_request *owner,
		      const struct cce_algorithm *algorithm, struct cce_key *key)
{
	int result;

	request->owner = owner;
	request->required = algorithm->capability;
	request->opcode = algorithm->opcode;
	request->mode = algorithm->mode;
	request->notified = false;
	request->key = key;
	if (!key && !algorithm->keyless)
		return -ENOKEY;

	result = cce_algorithm_offer(request);
	if (result > 0)
		result = request->operations->run_on_cpu(request, true);
	if (result != -EINPROGRESS && result != -EBUSY)
		cce_request_release(request, result);
	return result;
}

/**
 * cce_algorithm_update_source() - let the CPU hash what the engine would read of the source
 * @request: its source, how much of it to skip, and how much to take
 * @desc: hash under way
 *
 * Context: any but the hard interrupt.
 * Return: 0 or a negative errno: -EINVAL if the scatterlist is shorter.
 */
int cce_algorithm_update_source(const struct cce_request *request, struct shash_desc *desc)
{
	unsigned int left = request->source_bytes;
	struct sg_mapping_iter iterator;
	int error = 0;

	if (!left)
		return 0;
	sg_miter_start(&iterator, request->source, sg_nents(request->source),
		       SG_MITER_ATOMIC | SG_MITER_FROM_SG);
	if (sg_miter_skip(&iterator, request->source_skip)) {
		while (!error && left && sg_miter_next(&iterator)) {
			unsigned int bytes = min_t(size_t, iterator.length, left);

			error = crypto_shash_update(desc, iterator.addr, bytes);
			left -= bytes;
		}
	}
	sg_miter_stop(&iterator);
	if (!error && left)
		error = -EINVAL;
	return error;
}

/**
 * cce_algorithm_threshold() - of fewer bytes, requests run on the CPU
 * @opcode: CCE_OPCODE_CIPHER, CCE_OPCODE_HASH or CCE_OPCODE_CIPHER_HASH
 * @mode: as in a descriptor; with the first two another number, too
 *
 * Context: any.
 * Return: bytes.
 */
u32 cce_algorithm_threshold(u8 opcode, unsigned int mode)
{
	const unsigned int *parameter = cce_algorithm_parameter(opcode, mode);

	return parameter ? READ_ONCE(*parameter) : 0;
}

/**
 * cce_algorithm_need_cpu() - have the CPU's implementation registered before ours
 * @name: of the algorithm
 * @type: kind of the CPU's implementation, CRYPTO_ALG_TYPE_
 * @mask: bits of @type that count
 *
 * The kernel makes an instance of a template, or loads a module, only for a name that has no
 * algorithm yet. Were ours the first, whoever asks for that name would get it, whatever its
 * priority.
 *
 * Context: process, sleeps.
 * Return: 0, or -ENOENT if the CPU has none.
 */
int cce_algorithm_need_cpu(const char *name, u32 type, u32 mask)
{
	if (crypto_has_alg(name, type, mask | CCE_FALLBACK_MASK))
		return 0;
	pr_info("cce: this kernel has no %s for the CPU, so it isn't offered\n", name);
	return -ENOENT;
}

static int cce_algorithm_add(struct cce_algorithm *const *algorithm, unsigned int count,
			     u32 capabilities)
{
	int error = 0;

	for (; count && !error; algorithm++, count--) {
		if ((*algorithm)->registered || (*algorithm)->capability & ~capabilities)
			continue;
		error = (*algorithm)->add(*algorithm, priority);
		/* Whoever asks for the modes has no lock. */
		WRITE_ONCE((*algorithm)->registered, !error);
		if (error == -ENOENT)
			error = 0;
	}
	return error;
}

static void cce_algorithm_remove(struct cce_algorithm *const *algorithm, unsigned int count)
{
	for (; count; algorithm++, count--) {
		if ((*algorithm)->registered)
			(*algorithm)->remove(*algorithm);
		WRITE_ONCE((*algorithm)->registered, false);
	}
}

/**
 * cce_algorithm_register() - register what an engine can do and is not registered yet
 * @algorithms: the engine's global.algorithms
 *
 * The kernel's self-tests run inside: an engine that can do it must be in the registry already.
 *
 * Context: process, sleeps.
 * Return: 0 or the first error; what was registered stays so.
 */
int cce_algorithm_register(u32 algorithms)
{
	int error;

	mutex_lock(&cce_algorithm_lock);
	error = cce_algorithm_add(cce_skcipher_algorithms, ARRAY_SIZE(cce_skcipher_algorithms),
				  algorithms) ?:
		cce_algorithm_add(cce_aead_algorithms, ARRAY_SIZE(cce_aead_algorithms),
				  algorithms) ?:
		cce_algorithm_add(cce_authenc_algorithms, ARRAY_SIZE(cce_authenc_algorithms),
				  algorithms) ?:
		cce_algorithm_add(cce_cmac_algorithms, ARRAY_SIZE(cce_cmac_algorithms),
				  algorithms) ?:
		cce_algorithm_add(cce_digest_algorithms, ARRAY_SIZE(cce_digest_algorithms),
				  algorithms);
	mutex_unlock(&cce_algorithm_lock);
	return error;
}

/**
 * cce_algorithm_unregister() - unregister all algorithms
 *
 * Description: Each transformation in use holds the module, so none is left when this runs from the
 * module's exit.
 *
 * Context: process, sleeps.
 */
void cce_algorithm_unregister(void)
{
	mutex_lock(&cce_algorithm_lock);
	cce_algorithm_remove(cce_digest_algorithms, ARRAY_SIZE(cce_digest_algorithms));
	cce_algorithm_remove(cce_cmac_algorithms, ARRAY_SIZE(cce_cmac_algorithms));
	cce_algorithm_remove(cce_authenc_algorithms, ARRAY_SIZE(cce_authenc_algorithms));
	cce_algorithm_remove(cce_aead_algorithms, ARRAY_SIZE(cce_aead_algorithms));
	cce_algorithm_remove(cce_skcipher_algorithms, ARRAY_SIZE(cce_skcipher_algorithms));
	mutex_unlock(&cce_algorithm_lock);
}
