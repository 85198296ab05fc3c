// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's ciphers and hashes on the CPU: those of cipher.h and digest.h, too. They take keys, IVs and text as the
 * crypto API has them.
 */
#include "cipher.h"
#include "digest.h"
#include "engine.h"
#include "secrets.h"

#include <linux/rtnetlink.h>

/* ---- AES */

int aes_expandkey(struct crypto_aes_ctx *schedule, const u8 *key, unsigned int key_bytes)
{
	if (aes_check_keylen(key_bytes))
		return -EINVAL;
	memcpy(schedule->key, key, key_bytes);
	schedule->key_bytes = key_bytes;
	return 0;
}

void aes_encrypt(const struct crypto_aes_ctx *schedule, u8 *out, const u8 *in)
{
	cipher_block(schedule->key, schedule->key_bytes, out, in);
}

static int set_key(struct crypto_tfm *tfm, const u8 *key, unsigned int key_bytes)
{
	expect(all_secret(key, key_bytes));
	memcpy(tfm->key, key, key_bytes);
	tfm->key_bytes = key_bytes;
	return 0;
}

/* ---- block ciphers */

struct crypto_skcipher *crypto_alloc_skcipher(const char *name, u32 type, u32 mask)
{
	struct crypto_skcipher *tfm = calloc(1, sizeof(*tfm));

	(void)type, (void)mask;
	tfm->base.name = name;
	return tfm;
}

void crypto_free_skcipher(struct crypto_skcipher *tfm)
{
	free(tfm);
}

int crypto_skcipher_setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int key_bytes)
{
	return set_key(&tfm->base, key, key_bytes);
}

int crypto_skcipher_encrypt(struct skcipher_request *req)
{
	static const u8 no_iv[AES_BLOCK_SIZE];
	const struct crypto_tfm *tfm = &req->tfm->base;
	bool pair = !strncmp(tfm->name, "xts", 3);
	unsigned int key_bytes = pair ? tfm->key_bytes / 2 : tfm->key_bytes;
	const u8 *iv = strncmp(tfm->name, "ecb", 3) ? req->iv : no_iv;
	u8 text[ENGINE_STREAM_BYTES];

	sg_copy_to_buffer(req->src, ~0U, text, req->cryptlen);
	cipher_text(tfm->key, pair ? tfm->key + key_bytes : NULL, key_bytes, iv, text, req->cryptlen);
	sg_copy_from_buffer(req->dst, ~0U, text, req->cryptlen);
	return 0;
}

/* ---- authenc() */

/* A transformation's keys, as crypto_authenc_extractkeys() finds them. */
struct authenc {
	const struct digest_function *function;
	const u8 *hmac_key, *cipher_key, *nonce;
	unsigned int hmac_bytes, cipher_bytes;	/* of the keys */
	bool rfc3686;
};

static struct authenc authenc_of(const struct crypto_tfm *tfm)
{
	const struct rtattr *attribute = (const struct rtattr *)tfm->key;
	const struct crypto_authenc_key_param *parameter = RTA_DATA(attribute);
	struct authenc authenc = { .function = digest_find(tfm->name), .rfc3686 = strstr(tfm->name, "rfc3686") };

	expect(RTA_OK(attribute, (int)tfm->key_bytes) && RTA_PAYLOAD(attribute) == sizeof(*parameter));
	expect(attribute->rta_type == CRYPTO_AUTHENC_KEYA_PARAM);
	authenc.cipher_bytes = be32_to_cpu(parameter->enckeylen);
	authenc.hmac_bytes = tfm->key_bytes - attribute->rta_len - authenc.cipher_bytes;
	authenc.hmac_key = tfm->key + attribute->rta_len;
	authenc.cipher_key = authenc.hmac_key + authenc.hmac_bytes;
	if (authenc.rfc3686)
		authenc.cipher_bytes -= CTR_RFC3686_NONCE_SIZE;
	authenc.nonce = authenc.cipher_key + authenc.cipher_bytes;
	return authenc;
}

static int authenc_setkey(struct crypto_tfm *tfm, const u8 *key, unsigned int key_bytes)
{
	struct authenc authenc;

	assert(key_bytes <= sizeof(tfm->key));
	memcpy(tfm->key, key, key_bytes);
	tfm->key_bytes = key_bytes;
	authenc = authenc_of(tfm);
	expect(all_secret(authenc.hmac_key, authenc.hmac_bytes));
	expect(all_secret(authenc.cipher_key, authenc.cipher_bytes));
	return aes_check_keylen(authenc.cipher_bytes);
}

static void authenc_text(const struct authenc *authenc, const u8 *given, u8 *text, unsigned int bytes)
{
	u8 iv[AES_BLOCK_SIZE] = { 0 };

	if (authenc->rfc3686) {
		memcpy(iv, authenc->nonce, CTR_RFC3686_NONCE_SIZE);
		memcpy(iv + CTR_RFC3686_NONCE_SIZE, given, CTR_RFC3686_IV_SIZE);
		iv[AES_BLOCK_SIZE - 1] = 1;
	} else {
		memcpy(iv, given, sizeof(iv));
	}
	cipher_text(authenc->cipher_key, NULL, authenc->cipher_bytes, iv, text, bytes);
}

/* The associated data is copied, too. */
static int authenc_encrypt(struct aead_request *req)
{
	const struct authenc authenc = authenc_of(&req->tfm->base);
	unsigned int aad = req->assoclen, bytes = req->cryptlen;
	u8 data[ENGINE_STREAM_BYTES];

	sg_copy_to_buffer(req->src, ~0U, data, aad + bytes);
	authenc_text(&authenc, req->iv, data + aad, bytes);
	digest_hmac(authenc.function, authenc.hmac_key, authenc.hmac_bytes, data, aad + bytes, data + aad + bytes);
	sg_copy_from_buffer(req->dst, ~0U, data, aad + bytes + req->tfm->authsize);
	return 0;
}

/* Nothing is written if the tag is wrong. */
static int authenc_decrypt(struct aead_request *req)
{
	const struct authenc authenc = authenc_of(&req->tfm->base);
	unsigned int aad = req->assoclen, bytes = req->cryptlen - req->tfm->authsize;
	u8 data[ENGINE_STREAM_BYTES], tag[HASH_MAX_DIGESTSIZE];

	sg_copy_to_buffer(req->src, ~0U, data, aad + req->cryptlen);
	digest_hmac(authenc.function, authenc.hmac_key, authenc.hmac_bytes, data, aad + bytes, tag);
	if (!same_secret(tag, data + aad + bytes, req->tfm->authsize))
		return -EBADMSG;
	authenc_text(&authenc, req->iv, data + aad, bytes);
	sg_pcopy_from_buffer(req->dst, ~0U, data + aad, bytes, aad);
	return 0;
}

/* ---- authenticated encryption */

static bool is_authenc(const struct crypto_aead *tfm)
{
	return digest_find(tfm->base.name);
}

struct crypto_aead *crypto_alloc_aead(const char *name, u32 type, u32 mask)
{
	struct crypto_aead *tfm = calloc(1, sizeof(*tfm));

	(void)type, (void)mask;
	tfm->base.name = name;
	tfm->authsize = is_authenc(tfm) ? digest_find(name)->digest_bytes : AES_BLOCK_SIZE;
	return tfm;
}

void crypto_free_aead(struct crypto_aead *tfm)
{
	free(tfm);
}

int crypto_aead_setkey(struct crypto_aead *tfm, const u8 *key, unsigned int key_bytes)
{
	if (is_authenc(tfm))
		return authenc_setkey(&tfm->base, key, key_bytes);
	return set_key(&tfm->base, key, key_bytes);
}

int crypto_aead_setauthsize(struct crypto_aead *tfm, unsigned int bytes)
{
	tfm->authsize = bytes;
	return 0;
}

/* What the engine gets as IV; of CCM the kernel's has a counter behind the nonce, to be ignored. */
static void aead_iv(const struct aead_request *req, u8 *iv)
{
	bool counter_mode_mac = !strncmp(req->tfm->base.name, "ccm", 3);

	memset(iv, 0, AES_BLOCK_SIZE);
	memcpy(iv, req->iv, counter_mode_mac ? 15 - req->iv[0] : GCM_AES_IV_SIZE);
}

int crypto_aead_encrypt(struct aead_request *req)
{
	const struct crypto_tfm *tfm = &req->tfm->base;
	unsigned int aad = req->assoclen, bytes = req->cryptlen;
	u8 data[ENGINE_STREAM_BYTES], iv[AES_BLOCK_SIZE], tag[AES_BLOCK_SIZE];

	if (is_authenc(req->tfm))
		return authenc_encrypt(req);
	aead_iv(req, iv);
	sg_copy_to_buffer(req->src, ~0U, data, aad + bytes);
	cipher_tag(tfm->key, tfm->key_bytes, iv, data, aad, data + aad, bytes, tag);
	cipher_text(tfm->key, NULL, tfm->key_bytes, iv, data + aad, bytes);
	sg_pcopy_from_buffer(req->dst, ~0U, data + aad, bytes, aad);
	sg_pcopy_from_buffer(req->dst, ~0U, tag, req->tfm->authsize, aad + bytes);
	return 0;
}

int crypto_aead_decrypt(struct aead_request *req)
{
	const struct crypto_tfm *tfm = &req->tfm->base;
	unsigned int aad = req->assoclen, bytes = req->cryptlen - req->tfm->authsize;
	u8 data[ENGINE_STREAM_BYTES], iv[AES_BLOCK_SIZE], tag[AES_BLOCK_SIZE];
	bool right;

	if (is_authenc(req->tfm))
		return authenc_decrypt(req);
	aead_iv(req, iv);
	sg_copy_to_buffer(req->src, ~0U, data, aad + req->cryptlen);
	cipher_text(tfm->key, NULL, tfm->key_bytes, iv, data + aad, bytes);
	cipher_tag(tfm->key, tfm->key_bytes, iv, data, aad, data + aad, bytes, tag);
	right = same_secret(tag, data + aad + bytes, req->tfm->authsize);
	if (!right)
		memset(data + aad, 0, bytes);
	sg_pcopy_from_buffer(req->dst, ~0U, data + aad, bytes, aad);
	return right ? 0 : -EBADMSG;
}

/* ---- hashes */

struct crypto_shash *crypto_alloc_shash(const char *name, u32 type, u32 mask)
{
	struct crypto_shash *tfm = calloc(1, sizeof(*tfm));

	(void)type, (void)mask;
	tfm->base.name = name;
	return tfm;
}

void crypto_free_shash(struct crypto_shash *tfm)
{
	free(tfm);
}

int crypto_shash_setkey(struct crypto_shash *tfm, const u8 *key, unsigned int key_bytes)
{
	return set_key(&tfm->base, key, key_bytes);
}

/* Either of the two: CMAC, or a hash function. */
union hash_state {
	struct cipher_mac mac;
	struct digest digest;
};

static union hash_state *state_of(struct shash_desc *desc)
{
	return (union hash_state *)desc->context;
}

static const struct digest_function *function_of(const struct shash_desc *desc)
{
	return digest_find(desc->tfm->base.name);
}

unsigned int crypto_shash_descsize(struct crypto_shash *tfm)
{
	(void)tfm;
	return sizeof(union hash_state);
}

int crypto_shash_init(struct shash_desc *desc)
{
	memset(desc->context, 0, sizeof(union hash_state));
	if (function_of(desc))
		digest_init(&state_of(desc)->digest, function_of(desc));
	return 0;
}

int crypto_shash_update(struct shash_desc *desc, const u8 *data, unsigned int bytes)
{
	const struct crypto_tfm *tfm = &desc->tfm->base;

	if (function_of(desc))
		digest_update(&state_of(desc)->digest, data, bytes);
	else
		cipher_mac_update(tfm->key, tfm->key_bytes, &state_of(desc)->mac, data, bytes);
	return 0;
}

int crypto_shash_finup(struct shash_desc *desc, const u8 *data, unsigned int bytes, u8 *out)
{
	const struct crypto_tfm *tfm = &desc->tfm->base;

	crypto_shash_update(desc, data, bytes);
	if (function_of(desc))
		digest_final(&state_of(desc)->digest, out);
	else
		cipher_mac_final(tfm->key, tfm->key_bytes, &state_of(desc)->mac, out);
	return 0;
}

/* As Linux 6.1 exports hashes: words, the length of all (SHA-3: rate, its words, what is held), what is held. */
unsigned int crypto_shash_statesize(struct crypto_shash *tfm)
{
	const struct digest_function *function = digest_find(tfm->base.name);

	return function->sponge ? 360 : function->state_bytes == 32 ? 104 : 208;
}

int crypto_shash_export(struct shash_desc *desc, void *out)
{
	const struct digest *digest = &state_of(desc)->digest;
	const struct digest_function *function = function_of(desc);
	u64 length = digest->length + digest->held_bytes, none = 0;
	u32 numbers[3] = { function->block_bytes, function->block_bytes / 8, digest->held_bytes };
	u8 *to = out;

	memset(out, 0, crypto_shash_statesize(desc->tfm));
	memcpy(to, digest->words, function->sponge ? 200 : function->state_bytes);
	if (function->sponge) {
		memcpy(to + 200, numbers, sizeof(numbers));
		memcpy(to + 212, digest->held, digest->held_bytes);
		return 0;
	}
	to += function->state_bytes;
	memcpy(to, &length, sizeof(length));
	to += sizeof(length);
	if (function->state_bytes == 64)
		to = (u8 *)memcpy(to, &none, sizeof(none)) + sizeof(none);
	memcpy(to, digest->held, digest->held_bytes);
	return 0;
}

unsigned int failing_import;

int crypto_shash_import(struct shash_desc *desc, const void *in)
{
	const struct digest_function *function = function_of(desc);
	struct digest *digest = &state_of(desc)->digest;
	const u8 *from = in;
	u32 numbers[3];
	u64 length;

	if (failing_import && !--failing_import)
		return -EIO;
	digest_init(digest, function);
	memcpy(digest->words, from, function->sponge ? 200 : function->state_bytes);
	if (function->sponge) {
		memcpy(numbers, from + 200, sizeof(numbers));
		VALGRIND_CHECK_MEM_IS_DEFINED(numbers, sizeof(numbers));
		expect(numbers[0] == function->block_bytes && numbers[1] == function->block_bytes / 8);
		digest->held_bytes = numbers[2];
		memcpy(digest->held, from + 212, digest->held_bytes);
		return 0;
	}
	memcpy(&length, from + function->state_bytes, sizeof(length));
	VALGRIND_CHECK_MEM_IS_DEFINED(&length, sizeof(length));
	digest->held_bytes = length % function->block_bytes;
	digest->length = length - digest->held_bytes;
	memcpy(digest->held, from + (function->state_bytes == 64 ? 80 : 40), digest->held_bytes);
	return 0;
}

void shash_desc_zero(struct shash_desc *desc)
{
	memset(desc, 0, sizeof(*desc) + sizeof(union hash_state));
}
