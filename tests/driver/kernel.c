// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's ciphers and hashes on the CPU: those of cipher.h and digest.h, too. They take keys, IVs and text as the
 * crypto API has them.
 */
#include "cipher.h"
#include "digest.h"
#include "engine.h"
#include "secrets.h"

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

/* ---- authenticated encryption */

struct crypto_aead *crypto_alloc_aead(const char *name, u32 type, u32 mask)
{
	struct crypto_aead *tfm = calloc(1, sizeof(*tfm));

	(void)type, (void)mask;
	tfm->base.name = name;
	tfm->authsize = AES_BLOCK_SIZE;
	return tfm;
}

void crypto_free_aead(struct crypto_aead *tfm)
{
	free(tfm);
}

int crypto_aead_setkey(struct crypto_aead *tfm, const u8 *key, unsigned int key_bytes)
{
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
