// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load for the Core Crypto Engine's driver: transformations, and what they should answer.
 */
#include <crypto/authenc.h>
#include <crypto/ctr.h>
#include <crypto/gcm.h>
#include <linux/crypto.h>
#include <linux/err.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "load.h"

/* An implementation that needs no other, and answers at once. */
#define LOAD_REFERENCE_MASK	(CRYPTO_ALG_ASYNC | CRYPTO_ALG_NEED_FALLBACK)
#define LOAD_CCM_IV_L		3	/* four bytes of length, less one */

const struct load_algorithm load_algorithms[] = {
	{ "ecb", "ecb-aes-cce", "ecb(aes)", LOAD_SKCIPHER, AES_BLOCK_SIZE, AES_BLOCK_SIZE, 0, 1 },
	{ "cbc", "cbc-aes-cce", "cbc(aes)", LOAD_SKCIPHER, AES_BLOCK_SIZE, AES_BLOCK_SIZE,
	  AES_BLOCK_SIZE, 1 },
	{ "ctr", "ctr-aes-cce", "ctr(aes)", LOAD_SKCIPHER, 1, 1, AES_BLOCK_SIZE, 1 },
	{ "xts", "xts-aes-cce", "xts(aes)", LOAD_SKCIPHER, 1, AES_BLOCK_SIZE, AES_BLOCK_SIZE, 2 },
	{ "gcm", "gcm-aes-cce", "gcm(aes)", LOAD_AEAD, 1, 0, GCM_AES_IV_SIZE, 1 },
	{ "ccm", "ccm-aes-cce", "ccm(aes)", LOAD_AEAD, 1, 0, AES_BLOCK_SIZE, 1 },
	{ "cmac", "cmac-aes-cce", "cmac(aes)", LOAD_HASH, 1, 1, 0, 1 },
	{ "sha256", "sha256-cce", "sha256", LOAD_HASH, 1, 0, 0, 0 },
	{ "sha512", "sha512-cce", "sha512", LOAD_HASH, 1, 0, 0, 0 },
	{ "sha3_256", "sha3-256-cce", "sha3-256", LOAD_HASH, 1, 0, 0, 0 },
	{ "hmac_sha256", "hmac-sha256-cce", "hmac(sha256)", LOAD_HASH, 1, 0, 0, 1 },
	{ "hmac_sha3_512", "hmac-sha3-512-cce", "hmac(sha3-512)", LOAD_HASH, 1, 0, 0, 1 },
	{ "authenc_cbc_sha256", "authenc-hmac-sha256-cbc-aes-cce",
	  "authenc(hmac(sha256),cbc(aes))", LOAD_AEAD, AES_BLOCK_SIZE, AES_BLOCK_SIZE,
	  AES_BLOCK_SIZE, 1, true },
	{ "authenc_cbc_sha512", "authenc-hmac-sha512-cbc-aes-cce",
	  "authenc(hmac(sha512),cbc(aes))", LOAD_AEAD, AES_BLOCK_SIZE, AES_BLOCK_SIZE,
	  AES_BLOCK_SIZE, 1, true },
	{ "authenc_ctr_sha384", "authenc-hmac-sha384-ctr-aes-cce",
	  "authenc(hmac(sha384),ctr(aes))", LOAD_AEAD, 1, 1, AES_BLOCK_SIZE, 1, true },
	{ "authenc_rfc3686_sha256", "authenc-hmac-sha256-rfc3686-ctr-aes-cce",
	  "authenc(hmac(sha256),rfc3686(ctr(aes)))", LOAD_AEAD, 1, 1, CTR_RFC3686_IV_SIZE, 1,
	  true, CTR_RFC3686_NONCE_SIZE },
};

const unsigned int load_algorithm_count = ARRAY_SIZE(load_algorithms);

static int load_cipher_allocate(struct load_cipher *cipher)
{
	const struct load_algorithm *algorithm = cipher->algorithm;

	switch (algorithm->kind) {
	case LOAD_SKCIPHER:
		cipher->tested.skcipher = crypto_alloc_skcipher(algorithm->driver, 0, 0);
		if (IS_ERR(cipher->tested.skcipher))
			return PTR_ERR(cipher->tested.skcipher);
		cipher->reference.skcipher =
			crypto_alloc_skcipher(algorithm->reference, 0, LOAD_REFERENCE_MASK);
		return PTR_ERR_OR_ZERO(cipher->reference.skcipher);
	case LOAD_AEAD:
		cipher->tested.aead = crypto_alloc_aead(algorithm->driver, 0, 0);
		if (IS_ERR(cipher->tested.aead))
			return PTR_ERR(cipher->tested.aead);
		cipher->reference.aead =
			crypto_alloc_aead(algorithm->reference, 0, LOAD_REFERENCE_MASK);
		return PTR_ERR_OR_ZERO(cipher->reference.aead);
	default:
		cipher->tested.hash = crypto_alloc_ahash(algorithm->driver, 0, 0);
		if (IS_ERR(cipher->tested.hash))
			return PTR_ERR(cipher->tested.hash);
		cipher->reference.hash =
			crypto_alloc_shash(algorithm->reference, 0, LOAD_REFERENCE_MASK);
		return PTR_ERR_OR_ZERO(cipher->reference.hash);
	}
}

/**
 * load_cipher_create() - a transformation, its reference, and a first key for both
 * @cipher: zeroed
 * @algorithm: which
 * @random: generator
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno. After an error, too, load_cipher_destroy() must be called.
 */
int load_cipher_create(struct load_cipher *cipher, const struct load_algorithm *algorithm,
		       struct rnd_state *random)
{
	unsigned int most;
	int error;

	cipher->algorithm = algorithm;
	error = load_cipher_allocate(cipher);
	if (error)
		return error;

	cipher->tag_bytes = AES_BLOCK_SIZE;
	if (algorithm->kind == LOAD_HASH) {
		cipher->tag_bytes = crypto_shash_digestsize(cipher->reference.hash);
	} else if (algorithm->kind == LOAD_AEAD) {
		most = crypto_aead_maxauthsize(cipher->tested.aead);
		if (algorithm->authenc)
			cipher->tag_bytes = 1 + load_random(random, most);
		else
			cipher->tag_bytes -= 4 * load_random(random, 3);
		error = crypto_aead_setauthsize(cipher->tested.aead, cipher->tag_bytes);
		if (!error)
			error = crypto_aead_setauthsize(cipher->reference.aead, cipher->tag_bytes);
	}
	return error ?: load_cipher_set_key(cipher, random);
}

/**
 * load_cipher_destroy() - free what load_cipher_create() made
 * @cipher: may be half created
 *
 * Context: process, sleeps.
 */
void load_cipher_destroy(struct load_cipher *cipher)
{
	if (!cipher->algorithm)
		return;
	/* All of them take NULL and error pointers. */
	switch (cipher->algorithm->kind) {
	case LOAD_SKCIPHER:
		crypto_free_skcipher(cipher->tested.skcipher);
		crypto_free_skcipher(cipher->reference.skcipher);
		break;
	case LOAD_AEAD:
		crypto_free_aead(cipher->tested.aead);
		crypto_free_aead(cipher->reference.aead);
		break;
	default:
		crypto_free_ahash(cipher->tested.hash);
		crypto_free_shash(cipher->reference.hash);
	}
	memset(cipher, 0, sizeof(*cipher));
}

static int load_cipher_set_aead_key(struct load_cipher *cipher, const u8 *key, unsigned int bytes)
{
	return crypto_aead_setkey(cipher->tested.aead, key, bytes) ?:
	       crypto_aead_setkey(cipher->reference.aead, key, bytes);
}

/* A key as authenc() wants it: the length of the cipher's, HMAC's, and the cipher's. */
static int load_cipher_set_key_pair(struct load_cipher *cipher, struct rnd_state *random,
				    unsigned int cipher_bytes)
{
	unsigned int hmac_bytes = load_random(random, LOAD_HMAC_KEY_BYTES + 1);
	struct {
		struct rtattr attribute;
		struct crypto_authenc_key_param parameter;
		u8 keys[LOAD_HMAC_KEY_BYTES + AES_MAX_KEY_SIZE + CTR_RFC3686_NONCE_SIZE];
	} pair = {
		.attribute.rta_len = RTA_LENGTH(sizeof(pair.parameter)),
		.attribute.rta_type = CRYPTO_AUTHENC_KEYA_PARAM,
		.parameter.enckeylen = cpu_to_be32(cipher_bytes),
	};
	int error;

	prandom_bytes_state(random, pair.keys, hmac_bytes + cipher_bytes);
	error = load_cipher_set_aead_key(cipher, (u8 *)&pair,
					 RTA_LENGTH(sizeof(pair.parameter)) + hmac_bytes +
						 cipher_bytes);
	memzero_explicit(&pair, sizeof(pair));
	return error;
}

/**
 * load_cipher_set_key() - give a transformation and its reference another key
 * @cipher: requests of it may be under way
 * @random: generator
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno; the two may differ then, until it succeeds.
 */
int load_cipher_set_key(struct load_cipher *cipher, struct rnd_state *random)
{
	unsigned int bytes = AES_KEYSIZE_128 + 8 * load_random(random, 3);
	u8 key[LOAD_KEY_BYTES];
	int error;

	if (!cipher->algorithm->keys)
		return 0;
	bytes *= cipher->algorithm->keys;
	if (cipher->algorithm->authenc)
		return load_cipher_set_key_pair(cipher, random,
						bytes + cipher->algorithm->nonce_bytes);
	prandom_bytes_state(random, key, bytes);
	switch (cipher->algorithm->kind) {
	case LOAD_SKCIPHER:
		error = crypto_skcipher_setkey(cipher->tested.skcipher, key, bytes);
		if (!error)
			error = crypto_skcipher_setkey(cipher->reference.skcipher, key, bytes);
		break;
	case LOAD_AEAD:
		error = load_cipher_set_aead_key(cipher, key, bytes);
		break;
	default:
		error = crypto_ahash_setkey(cipher->tested.hash, key, bytes);
		if (!error)
			error = crypto_shash_setkey(cipher->reference.hash, key, bytes);
	}
	memzero_explicit(key, sizeof(key));
	return error;
}

static int load_expect_skcipher(struct load_cipher *cipher, bool decrypt, u8 *text,
				unsigned int text_bytes, u8 *iv)
{
	struct skcipher_request *request;
	DECLARE_CRYPTO_WAIT(wait);
	struct scatterlist list;
	int error;

	request = skcipher_request_alloc(cipher->reference.skcipher, GFP_KERNEL | __GFP_NOWARN);
	if (!request)
		return -ENOMEM;
	sg_init_one(&list, text, text_bytes);
	skcipher_request_set_callback(request, 0, crypto_req_done, &wait);
	skcipher_request_set_crypt(request, &list, &list, text_bytes, iv);
	error = crypto_wait_req(decrypt ? crypto_skcipher_decrypt(request) :
					  crypto_skcipher_encrypt(request), &wait);
	skcipher_request_free(request);
	return error;
}

static int load_expect_aead(struct load_cipher *cipher, u8 *text, unsigned int aad_bytes,
			    unsigned int text_bytes, u8 *iv)
{
	struct aead_request *request;
	DECLARE_CRYPTO_WAIT(wait);
	struct scatterlist list;
	int error;

	request = aead_request_alloc(cipher->reference.aead, GFP_KERNEL | __GFP_NOWARN);
	if (!request)
		return -ENOMEM;
	sg_init_one(&list, text, aad_bytes + text_bytes + cipher->tag_bytes);
	aead_request_set_callback(request, 0, crypto_req_done, &wait);
	aead_request_set_crypt(request, &list, &list, text_bytes, iv);
	aead_request_set_ad(request, aad_bytes);
	error = crypto_wait_req(crypto_aead_encrypt(request), &wait);
	aead_request_free(request);
	return error;
}

static int load_expect_hash(struct load_cipher *cipher, u8 *text, unsigned int text_bytes)
{
	unsigned int bytes = sizeof(struct shash_desc) +
			     crypto_shash_descsize(cipher->reference.hash);
	struct shash_desc *desc = kmalloc(bytes, GFP_KERNEL | __GFP_NOWARN);
	u8 mac[HASH_MAX_DIGESTSIZE];
	int error;

	if (!desc)
		return -ENOMEM;
	desc->tfm = cipher->reference.hash;
	error = crypto_shash_digest(desc, text, text_bytes, mac);
	if (!error)
		memcpy(text, mac, cipher->tag_bytes);
	kfree(desc);
	return error;
}

/**
 * load_cipher_expect() - what should come out?
 * @cipher: with the key that the request will be submitted with
 * @decrypt: direction; authenticated encryption always encrypts, to have something to decrypt
 * @text: associated data, text, and room for the tag; becomes the result, in place. Of a hash the
 *	first bytes
 * @aad_bytes: of @text
 * @text_bytes: behind them
 * @iv: becomes the one that continues the stream, if there is one
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int load_cipher_expect(struct load_cipher *cipher, bool decrypt, u8 *text, unsigned int aad_bytes,
		       unsigned int text_bytes, u8 *iv)
{
	switch (cipher->algorithm->kind) {
	case LOAD_SKCIPHER:
		return load_expect_skcipher(cipher, decrypt, text, text_bytes, iv);
	case LOAD_AEAD:
		/* The fields of CCM's first counter block: L - 1, nonce, counter. */
		if (load_algorithm_is_ccm(cipher->algorithm)) {
			iv[0] = LOAD_CCM_IV_L;
			memset(iv + AES_BLOCK_SIZE - LOAD_CCM_IV_L - 1, 0, LOAD_CCM_IV_L + 1);
		}
		return load_expect_aead(cipher, text, aad_bytes, text_bytes, iv);
	default:
		return load_expect_hash(cipher, text, text_bytes);
	}
}
