// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: from which length on is the engine worth it? Measured when somebody asks.
 *
 * Requests that come one at a time end sooner on a CPU with AES instructions, whatever their
 * length; so what counts is how soon many end that were submitted together.
 */
#include <crypto/aead.h>
#include <crypto/authenc.h>
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/rtnetlink.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cce_algorithm.h"
#include "cce_calibrate.h"

#define CCE_TRIAL_REQUESTS	16
#define CCE_TRIAL_REPETITIONS	8
#define CCE_TRIAL_MINIMUM	64
#define CCE_TRIAL_MAXIMUM	65536

/*
 * CCE_TRIAL_HASH has no key, CCE_TRIAL_MAC is the same with one; CCE_TRIAL_AUTHENC is
 * CCE_TRIAL_AEAD with two.
 */
enum cce_trial_kind {
	CCE_TRIAL_SKCIPHER,
	CCE_TRIAL_AEAD,
	CCE_TRIAL_AUTHENC,
	CCE_TRIAL_MAC,
	CCE_TRIAL_HASH,
};

/* As authenc() wants them. */
struct cce_trial_key_pair {
	struct rtattr attribute;
	struct crypto_authenc_key_param parameter;
	u8 hmac[AES_MAX_KEY_SIZE];
	u8 cipher[AES_MAX_KEY_SIZE];
};

struct cce_trial_algorithm {
	const char *name;
	const char *driver;
	enum cce_trial_kind kind;
	u8 mode, key_bytes;
};

#define CCE_TRIAL_AUTHENC_MODE(HASH) \
	(CCE_CIPHER_MODE_CBC | CCE_HASH_MODE_##HASH << CCE_CIPHER_HASH_FUNCTION_LSB)

static const struct cce_trial_algorithm cce_trial_algorithms[] = {
	{ "ecb(aes)", "ecb-aes-cce", CCE_TRIAL_SKCIPHER, CCE_CIPHER_MODE_ECB, 32 },
	{ "cbc(aes)", "cbc-aes-cce", CCE_TRIAL_SKCIPHER, CCE_CIPHER_MODE_CBC, 32 },
	{ "ctr(aes)", "ctr-aes-cce", CCE_TRIAL_SKCIPHER, CCE_CIPHER_MODE_CTR, 32 },
	{ "xts(aes)", "xts-aes-cce", CCE_TRIAL_SKCIPHER, CCE_CIPHER_MODE_XTS, 64 },
	{ "gcm(aes)", "gcm-aes-cce", CCE_TRIAL_AEAD, CCE_CIPHER_MODE_GCM, 32 },
	{ "ccm(aes)", "ccm-aes-cce", CCE_TRIAL_AEAD, CCE_CIPHER_MODE_CCM, 32 },
	{ "cmac(aes)", "cmac-aes-cce", CCE_TRIAL_MAC, CCE_CIPHER_MODE_CMAC, 32 },
	{ "authenc(hmac(sha256),cbc(aes))", "authenc-hmac-sha256-cbc-aes-cce", CCE_TRIAL_AUTHENC,
	  CCE_TRIAL_AUTHENC_MODE(SHA_256), 32 },
	{ "authenc(hmac(sha384),cbc(aes))", "authenc-hmac-sha384-cbc-aes-cce", CCE_TRIAL_AUTHENC,
	  CCE_TRIAL_AUTHENC_MODE(SHA_384), 32 },
	{ "authenc(hmac(sha512),cbc(aes))", "authenc-hmac-sha512-cbc-aes-cce", CCE_TRIAL_AUTHENC,
	  CCE_TRIAL_AUTHENC_MODE(SHA_512), 32 },
	{ "sha224", "sha224-cce", CCE_TRIAL_HASH, CCE_HASH_MODE_SHA_224, 0 },
	{ "sha256", "sha256-cce", CCE_TRIAL_HASH, CCE_HASH_MODE_SHA_256, 0 },
	{ "sha384", "sha384-cce", CCE_TRIAL_HASH, CCE_HASH_MODE_SHA_384, 0 },
	{ "sha512", "sha512-cce", CCE_TRIAL_HASH, CCE_HASH_MODE_SHA_512, 0 },
	{ "sha3-224", "sha3-224-cce", CCE_TRIAL_HASH, CCE_HASH_MODE_SHA3_224, 0 },
	{ "sha3-256", "sha3-256-cce", CCE_TRIAL_HASH, CCE_HASH_MODE_SHA3_256, 0 },
	{ "sha3-384", "sha3-384-cce", CCE_TRIAL_HASH, CCE_HASH_MODE_SHA3_384, 0 },
	{ "sha3-512", "sha3-512-cce", CCE_TRIAL_HASH, CCE_HASH_MODE_SHA3_512, 0 },
};

/* One implementation, and requests of it. */
struct cce_trial {
	const struct cce_trial_algorithm *algorithm;
	union {
		struct crypto_skcipher *skcipher;
		struct crypto_aead *aead;
		struct crypto_ahash *hash;
	};
	void *requests[CCE_TRIAL_REQUESTS];
	struct crypto_wait waits[CCE_TRIAL_REQUESTS];
	struct scatterlist list[CCE_TRIAL_REQUESTS];
	u8 *text[CCE_TRIAL_REQUESTS];
	u8 iv[CCE_TRIAL_REQUESTS][AES_BLOCK_SIZE];
	u8 digest[CCE_TRIAL_REQUESTS][HASH_MAX_DIGESTSIZE];
};

static bool cce_trial_is_aead(const struct cce_trial *trial)
{
	return trial->algorithm->kind == CCE_TRIAL_AEAD ||
	       trial->algorithm->kind == CCE_TRIAL_AUTHENC;
}

static int cce_trial_set_key_pair(struct cce_trial *trial, const u8 *key, unsigned int bytes)
{
	struct cce_trial_key_pair pair = {
		.attribute.rta_len = RTA_LENGTH(sizeof(pair.parameter)),
		.attribute.rta_type = CRYPTO_AUTHENC_KEYA_PARAM,
		.parameter.enckeylen = cpu_to_be32(bytes),
	};

	memcpy(pair.cipher, key, bytes);
	return crypto_aead_setkey(trial->aead, (const u8 *)&pair,
				  offsetof(struct cce_trial_key_pair, cipher) + bytes);
}

/* The key is no secret, but a pair for XTS must differ. */
static int cce_trial_allocate(struct cce_trial *trial, const char *name, u32 mask)
{
	u8 bytes = trial->algorithm->key_bytes;
	u8 key[2 * AES_MAX_KEY_SIZE];
	unsigned int i;

	for (i = 0; i < sizeof(key); i++)
		key[i] = i;
	switch (trial->algorithm->kind) {
	case CCE_TRIAL_SKCIPHER:
		trial->skcipher = crypto_alloc_skcipher(name, 0, mask);
		return PTR_ERR_OR_ZERO(trial->skcipher) ?:
		       crypto_skcipher_setkey(trial->skcipher, key, bytes);
	case CCE_TRIAL_AUTHENC:
		trial->aead = crypto_alloc_aead(name, 0, mask);
		return PTR_ERR_OR_ZERO(trial->aead) ?:
		       cce_trial_set_key_pair(trial, key, bytes) ?:
		       crypto_aead_setauthsize(trial->aead, AES_BLOCK_SIZE);
	case CCE_TRIAL_AEAD:
		trial->aead = crypto_alloc_aead(name, 0, mask);
		return PTR_ERR_OR_ZERO(trial->aead) ?:
		       crypto_aead_setkey(trial->aead, key, bytes) ?:
		       crypto_aead_setauthsize(trial->aead, AES_BLOCK_SIZE);
	default:
		trial->hash = crypto_alloc_ahash(name, 0, mask);
		return PTR_ERR_OR_ZERO(trial->hash) ?:
		       (bytes ? crypto_ahash_setkey(trial->hash, key, bytes) : 0);
	}
}

static int cce_trial_allocate_requests(struct cce_trial *trial)
{
	unsigned int i;

	for (i = 0; i < CCE_TRIAL_REQUESTS; i++) {
		crypto_init_wait(&trial->waits[i]);
		/* Authenticated encryption puts its tag behind the text. */
		trial->text[i] = kzalloc(CCE_TRIAL_MAXIMUM + AES_BLOCK_SIZE, GFP_KERNEL);
		if (trial->algorithm->kind == CCE_TRIAL_SKCIPHER)
			trial->requests[i] = skcipher_request_alloc(trial->skcipher, GFP_KERNEL);
		else if (cce_trial_is_aead(trial))
			trial->requests[i] = aead_request_alloc(trial->aead, GFP_KERNEL);
		else
			trial->requests[i] = ahash_request_alloc(trial->hash, GFP_KERNEL);
		if (!trial->text[i] || !trial->requests[i])
			return -ENOMEM;
		sg_init_one(&trial->list[i], trial->text[i], CCE_TRIAL_MAXIMUM + AES_BLOCK_SIZE);
		trial->iv[i][0] = 2;	/* CCM: length field of three bytes */
	}
	return 0;
}

/* All of these take NULL and error pointers; requests may hold what comes from the key. */
static void cce_trial_destroy(struct cce_trial *trial)
{
	unsigned int i;

	for (i = 0; i < CCE_TRIAL_REQUESTS; i++) {
		kfree_sensitive(trial->requests[i]);
		kfree(trial->text[i]);
	}
	if (trial->algorithm->kind == CCE_TRIAL_SKCIPHER)
		crypto_free_skcipher(trial->skcipher);
	else if (cce_trial_is_aead(trial))
		crypto_free_aead(trial->aead);
	else
		crypto_free_ahash(trial->hash);
	kfree(trial);
}

static struct cce_trial *cce_trial_create(const struct cce_trial_algorithm *algorithm,
					  const char *name, u32 mask)
{
	struct cce_trial *trial = kzalloc(sizeof(*trial), GFP_KERNEL);
	int error;

	if (!trial)
		return ERR_PTR(-ENOMEM);
	trial->algorithm = algorithm;
	error = cce_trial_allocate(trial, name, mask) ?: cce_trial_allocate_requests(trial);
	if (!error)
		return trial;
	cce_trial_destroy(trial);
	return ERR_PTR(error);
}

static int cce_trial_submit(struct cce_trial *trial, unsigned int i, unsigned int bytes)
{
	const u32 flags = CRYPTO_TFM_REQ_MAY_BACKLOG;
	struct crypto_wait *wait = &trial->waits[i];
	struct scatterlist *list = &trial->list[i];
	void *request = trial->requests[i];

	switch (trial->algorithm->kind) {
	case CCE_TRIAL_SKCIPHER:
		skcipher_request_set_callback(request, flags, crypto_req_done, wait);
		skcipher_request_set_crypt(request, list, list, bytes, trial->iv[i]);
		return crypto_skcipher_encrypt(request);
	case CCE_TRIAL_AEAD:
	case CCE_TRIAL_AUTHENC:
		aead_request_set_callback(request, flags, crypto_req_done, wait);
		aead_request_set_crypt(request, list, list, bytes, trial->iv[i]);
		aead_request_set_ad(request, 0);
		return crypto_aead_encrypt(request);
	default:
		ahash_request_set_callback(request, flags, crypto_req_done, wait);
		ahash_request_set_crypt(request, list, trial->digest[i], bytes);
		return crypto_ahash_digest(request);
	}
}

/* Least time of all requests together, in nanoseconds, or a negative errno. */
static s64 cce_trial_time(struct cce_trial *trial, unsigned int bytes)
{
	int results[CCE_TRIAL_REQUESTS], error = 0;
	unsigned int repetition, i;
	s64 least = S64_MAX;
	ktime_t start;

	for (repetition = 0; repetition < CCE_TRIAL_REPETITIONS && !error; repetition++) {
		start = ktime_get();
		for (i = 0; i < CCE_TRIAL_REQUESTS; i++)
			results[i] = cce_trial_submit(trial, i, bytes);
		for (i = 0; i < CCE_TRIAL_REQUESTS; i++)
			error = crypto_wait_req(results[i], &trial->waits[i]) ?: error;
		least = min(least, ktime_to_ns(ktime_sub(ktime_get(), start)));
		cond_resched();
	}
	return error ?: least;
}

/* Shortest length from which on the engine is faster at all that follow; UINT_MAX: none. */
static int cce_trial_compare(struct device *dev, struct cce_trial *engine, struct cce_trial *cpu,
			     unsigned int *threshold)
{
	unsigned int bytes;

	*threshold = UINT_MAX;
	for (bytes = CCE_TRIAL_MAXIMUM; bytes >= CCE_TRIAL_MINIMUM; bytes /= 2) {
		s64 engine_ns = cce_trial_time(engine, bytes);
		s64 cpu_ns = cce_trial_time(cpu, bytes);

		if (engine_ns < 0 || cpu_ns < 0)
			return engine_ns < 0 ? engine_ns : cpu_ns;
		dev_dbg(dev, "%s, %u requests of %u bytes: engine %lld ns, CPU %lld ns\n",
			engine->algorithm->name, CCE_TRIAL_REQUESTS, bytes, engine_ns, cpu_ns);
		if (engine_ns >= cpu_ns)
			return 0;
		*threshold = bytes;
	}
	*threshold = 0;
	return 0;
}

static u8 cce_trial_opcode(const struct cce_trial_algorithm *algorithm)
{
	switch (algorithm->kind) {
	case CCE_TRIAL_HASH:
		return CCE_OPCODE_HASH;
	case CCE_TRIAL_AUTHENC:
		return CCE_OPCODE_CIPHER_HASH;
	default:
		return CCE_OPCODE_CIPHER;
	}
}

static int cce_calibrate_algorithm(struct device *dev, const struct cce_trial_algorithm *algorithm)
{
	u8 opcode = cce_trial_opcode(algorithm);
	unsigned int before = cce_algorithm_cpu_below(opcode, algorithm->mode, 0);
	struct cce_trial *engine, *cpu;
	unsigned int threshold;
	int error;

	engine = cce_trial_create(algorithm, algorithm->driver, 0);
	cpu = cce_trial_create(algorithm, algorithm->name, CRYPTO_ALG_ASYNC | CCE_FALLBACK_MASK);
	error = PTR_ERR_OR_ZERO(engine) ?: PTR_ERR_OR_ZERO(cpu);
	if (!error)
		error = cce_trial_compare(dev, engine, cpu, &threshold);
	if (!IS_ERR(cpu))
		cce_trial_destroy(cpu);
	if (!IS_ERR(engine))
		cce_trial_destroy(engine);
	cce_algorithm_cpu_below(opcode, algorithm->mode, error ? before : threshold);
	if (error)
		dev_err(dev, "%s wasn't measured: %d\n", algorithm->name, error);
	else
		dev_info(dev, "%s: below %u bytes on the CPU\n", algorithm->name, threshold);
	return error;
}

/**
 * cce_calibrate() - measure from which length on requests are worth the engine, and set cpu_below
 * @cce: engine; its requests may go to another one as well, if there are several
 *
 * Takes some seconds, and all of the CPU that it runs on. Meanwhile requests of the algorithm that
 * is being measured go to the engine, whatever their length.
 *
 * Context: process, sleeps. One at a time: the caller sees to it.
 * Return: 0; -EOPNOTSUPP if the engine is simulated, so that times mean nothing; or an error,
 *	whose algorithm keeps the length that it had.
 */
int cce_calibrate(struct cce_device *cce)
{
	unsigned int i;
	int error = 0;

	if (cce->simulated) {
		dev_err(cce->dev, "the engine is simulated: its times can't be measured\n");
		return -EOPNOTSUPP;
	}
	for (i = 0; i < ARRAY_SIZE(cce_trial_algorithms); i++) {
		/* Not offered by any engine, or not by this kernel. */
		if (!crypto_has_alg(cce_trial_algorithms[i].driver, 0, 0))
			continue;
		error = cce_calibrate_algorithm(cce->dev, &cce_trial_algorithms[i]) ?: error;
	}
	return error;
}
