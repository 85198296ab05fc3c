/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Something that takes the place of SHA-2 and SHA-3, as cipher.h of AES: no branch and no address depends on a text.
 * Blocks, states and lengths are the real ones', so whoever loses or swaps bytes gets another digest.
 */
#ifndef CCE_TEST_DIGEST_H
#define CCE_TEST_DIGEST_H

#include "kernel.h"

#include "cce_contract.h"

struct digest_function {
	const char *name;
	u8 mode;
	unsigned int block_bytes, digest_bytes, state_bytes;
	bool sponge;
};

static const struct digest_function digest_functions[] = {
	{ "sha224", CCE_HASH_MODE_SHA_224, 64, 28, 32, false },
	{ "sha256", CCE_HASH_MODE_SHA_256, 64, 32, 32, false },
	{ "sha384", CCE_HASH_MODE_SHA_384, 128, 48, 64, false },
	{ "sha512", CCE_HASH_MODE_SHA_512, 128, 64, 64, false },
	{ "sha3-224", CCE_HASH_MODE_SHA3_224, 144, 28, 208, true },
	{ "sha3-256", CCE_HASH_MODE_SHA3_256, 136, 32, 208, true },
	{ "sha3-384", CCE_HASH_MODE_SHA3_384, 104, 48, 208, true },
	{ "sha3-512", CCE_HASH_MODE_SHA3_512, 72, 64, 208, true },
};

/* Of the algorithm with this name, or of HMAC or authenc() with it; NULL: it is none. */
static inline const struct digest_function *digest_find(const char *name)
{
	unsigned int i;

	if (!strncmp(name, "authenc(", 8))
		name += 8;
	if (!strncmp(name, "hmac(", 5))
		name += 5;
	for (i = 0; i < ARRAY_SIZE(digest_functions); i++)
		if (!strncmp(name, digest_functions[i].name, strlen(digest_functions[i].name)))
			return &digest_functions[i];
	return NULL;
}

struct digest {
	const struct digest_function *function;
	u8 words[208];
	u8 held[144];
	unsigned int held_bytes;
	u64 length;	/* gone into the words; unknown to a sponge */
};

static inline void digest_init(struct digest *digest, const struct digest_function *function)
{
	unsigned int i;

	*digest = (struct digest){ .function = function };
	for (i = 0; i < function->state_bytes && !function->sponge; i++)
		digest->words[i] = (u8)(17 * function->mode + i);
}

static inline void digest_block(struct digest *digest)
{
	unsigned int words = digest->function->sponge ? 200 : digest->function->state_bytes, i;

	for (i = 0; i < 2 * digest->function->block_bytes; i++) {
		u8 byte = digest->words[i % words] ^ digest->held[i % digest->function->block_bytes];

		byte = (u8)(byte << 3 | byte >> 5);
		digest->words[i % words] = (u8)(byte + 5 * digest->words[(i + 1) % words] + i);
	}
	digest->length += digest->function->block_bytes;
	digest->held_bytes = 0;
}

static inline void digest_update(struct digest *digest, const u8 *data, unsigned int bytes)
{
	while (bytes--) {
		digest->held[digest->held_bytes++] = *data++;
		if (digest->held_bytes == digest->function->block_bytes)
			digest_block(digest);
	}
}

static inline void digest_final(struct digest *digest, u8 *out)
{
	u64 length = digest->function->sponge ? 0 : digest->length + digest->held_bytes;
	unsigned int i;

	for (i = digest->held_bytes; i < digest->function->block_bytes; i++)
		digest->held[i] = i == digest->held_bytes ? 0x86 : (u8)(length + i);
	digest_block(digest);
	memcpy(out, digest->words, digest->function->digest_bytes);
}

/* FIPS 198-1, 4: what stands in front of the message, or of the inner digest. */
static inline void digest_key(struct digest *digest, const struct digest_function *function, const u8 *key,
			      unsigned int key_bytes, u8 pad)
{
	u8 block[144] = { 0 };
	unsigned int i;

	digest_init(digest, function);
	if (key_bytes > function->block_bytes) {
		digest_update(digest, key, key_bytes);
		digest_final(digest, block);
		digest_init(digest, function);
	} else {
		memcpy(block, key, key_bytes);
	}
	for (i = 0; i < function->block_bytes; i++)
		block[i] ^= pad;
	digest_update(digest, block, function->block_bytes);
}

/* The rest of it: `outer` goes on with the digest of the message. */
static inline void digest_hmac_final(struct digest *inner, struct digest *outer, u8 *out)
{
	digest_final(inner, out);
	digest_update(outer, out, inner->function->digest_bytes);
	digest_final(outer, out);
}

static inline void digest_hmac(const struct digest_function *function, const u8 *key, unsigned int key_bytes,
			       const u8 *text, unsigned int bytes, u8 *out)
{
	struct digest inner, outer;

	digest_key(&inner, function, key, key_bytes, 0x36);
	digest_key(&outer, function, key, key_bytes, 0x5c);
	digest_update(&inner, text, bytes);
	digest_hmac_final(&inner, &outer, out);
}

#endif
