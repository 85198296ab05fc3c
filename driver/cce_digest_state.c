// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: how the CPU's implementations of this kernel export an unfinished hash.
 *
 * What ahash and shash export is the kernel's business, and has changed: the sizes tell which is
 * which. These are the structures of the kernel's own headers, at the time, with the CPU's byte
 * order where nothing else is said. They may lie at any address.
 *
 * So a hash can go from the engine to the CPU and back at any time, for this driver as well as for
 * everyone who exports and imports.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "cce_digest_state.h"

#define CCE_FUNCTION(MODE, name, block_bytes, digest_bytes, state_bytes) \
	[CCE_HASH_MODE_##MODE] = \
		{ name, CCE_HASH_MODE_##MODE, block_bytes, digest_bytes, state_bytes }

const struct cce_digest_function cce_digest_functions[CCE_DIGEST_FUNCTIONS] = {
	CCE_FUNCTION(SHA_224, "sha224", 64, 28, CCE_HASH_STATE_SHORT_BYTES),
	CCE_FUNCTION(SHA_256, "sha256", 64, 32, CCE_HASH_STATE_SHORT_BYTES),
	CCE_FUNCTION(SHA_384, "sha384", 128, 48, CCE_HASH_STATE_LONG_BYTES),
	CCE_FUNCTION(SHA_512, "sha512", 128, 64, CCE_HASH_STATE_LONG_BYTES),
	CCE_FUNCTION(SHA_512_224, "sha512", 128, 28, CCE_HASH_STATE_LONG_BYTES),
	CCE_FUNCTION(SHA_512_256, "sha512", 128, 32, CCE_HASH_STATE_LONG_BYTES),
	CCE_FUNCTION(SHA3_224, "sha3-224", 144, 28, CCE_HASH_STATE_SPONGE_BYTES),
	CCE_FUNCTION(SHA3_256, "sha3-256", 136, 32, CCE_HASH_STATE_SPONGE_BYTES),
	CCE_FUNCTION(SHA3_384, "sha3-384", 104, 48, CCE_HASH_STATE_SPONGE_BYTES),
	CCE_FUNCTION(SHA3_512, "sha3-512", 72, 64, CCE_HASH_STATE_SPONGE_BYTES),
	CCE_FUNCTION(SHAKE_128, NULL, 168, 0, CCE_HASH_STATE_SPONGE_BYTES),
	CCE_FUNCTION(SHAKE_256, NULL, 136, 0, CCE_HASH_STATE_SPONGE_BYTES),
	CCE_FUNCTION(CSHAKE_128, NULL, 168, 0, CCE_HASH_STATE_SPONGE_BYTES),
	CCE_FUNCTION(CSHAKE_256, NULL, 136, 0, CCE_HASH_STATE_SPONGE_BYTES),
};

/* SHA-224 and SHA-256: until 6.15 without the last member, and @length counts @held as well. */
struct cce_software_sha256 {
	u32 words[8];
	u64 length;
	u8 held[64];
	u8 held_bytes;
} __packed;

/* SHA-384 and SHA-512, the same. */
struct cce_software_sha512 {
	u64 words[8];
	u64 length;
	u64 length_high;
	u8 held[128];
	u8 held_bytes;
} __packed;

/* SHA-3 until 6.15. */
struct cce_software_sha3 {
	u64 words[25];
	u32 rate;
	u32 rate_words;
	u32 held_bytes;
	u8 held[144];
	u8 padding[4];
} __packed;

/* SHA-3 since 7.0: what is held has been added to the words. */
struct cce_software_sha3_sponge {
	__le64 words[25];
	u8 digest_bytes;
	u8 block_bytes;
	u8 absorbed;
	u8 squeezed;
	u8 padding[4];
} __packed;

static_assert(offsetof(struct cce_software_sha256, held) == 40);
static_assert(offsetof(struct cce_software_sha512, held) == 80);
static_assert(sizeof(struct cce_software_sha3) == CCE_SOFTWARE_STATE_BYTES);
static_assert(sizeof(struct cce_software_sha3_sponge) == 208);

/* Common to all: what the engine can't go on from is refused here, not there. */
static int cce_digest_check(const struct cce_digest_function *function,
			    const struct cce_digest_state *state)
{
	if (state->held_bytes >= function->block_bytes)
		return -EINVAL;
	return state->length < CCE_DIGEST_LENGTH_LIMIT ? 0 : -EOVERFLOW;
}

/* @length counts what is held, too: split it. */
static void cce_digest_split(const struct cce_digest_function *function,
			     struct cce_digest_state *state)
{
	/* A block of SHA-2 is a power of two. */
	state->held_bytes = state->length & (function->block_bytes - 1);
	state->length -= state->held_bytes;
}

static void cce_store_sha256(const struct cce_digest_function *function,
			     const struct cce_digest_state *state, void *out, bool core)
{
	struct cce_software_sha256 *software = out;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(software->words); i++)
		software->words[i] = le32_to_cpu(state->words32[i]);
	software->length = state->length;
	if (core)
		return;
	memcpy(software->held, state->held, sizeof(software->held));
	software->held_bytes = state->held_bytes;
}

static int cce_load_sha256(const struct cce_digest_function *function,
			   struct cce_digest_state *state, const void *in, bool core)
{
	const struct cce_software_sha256 *software = in;
	unsigned int i;

	*state = (struct cce_digest_state){ .length = software->length };
	for (i = 0; i < ARRAY_SIZE(software->words); i++)
		state->words32[i] = cpu_to_le32(software->words[i]);
	if (!core) {
		memcpy(state->held, software->held, sizeof(software->held));
		state->held_bytes = software->held_bytes;
	}
	if (state->length & (function->block_bytes - 1))
		return -EINVAL;
	return cce_digest_check(function, state);
}

static void cce_store_sha256_old(const struct cce_digest_function *function,
				 const struct cce_digest_state *state, void *out, bool core)
{
	struct cce_software_sha256 *software = out;

	cce_store_sha256(function, state, out, true);
	software->length += state->held_bytes;
	memcpy(software->held, state->held, sizeof(software->held));
}

static int cce_load_sha256_old(const struct cce_digest_function *function,
			       struct cce_digest_state *state, const void *in, bool core)
{
	const struct cce_software_sha256 *software = in;

	/* That the length isn't whole blocks doesn't matter here. */
	cce_load_sha256(function, state, in, true);
	cce_digest_split(function, state);
	memcpy(state->held, software->held, sizeof(software->held));
	return cce_digest_check(function, state);
}

static void cce_store_sha512(const struct cce_digest_function *function,
			     const struct cce_digest_state *state, void *out, bool core)
{
	struct cce_software_sha512 *software = out;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(software->words); i++)
		software->words[i] = le64_to_cpu(state->words64[i]);
	software->length = state->length;
	software->length_high = 0;
	if (core)
		return;
	memcpy(software->held, state->held, sizeof(software->held));
	software->held_bytes = state->held_bytes;
}

static int cce_load_sha512(const struct cce_digest_function *function,
			   struct cce_digest_state *state, const void *in, bool core)
{
	const struct cce_software_sha512 *software = in;
	unsigned int i;

	*state = (struct cce_digest_state){ .length = software->length };
	for (i = 0; i < ARRAY_SIZE(software->words); i++)
		state->words64[i] = cpu_to_le64(software->words[i]);
	if (!core) {
		memcpy(state->held, software->held, sizeof(software->held));
		state->held_bytes = software->held_bytes;
	}
	if (software->length_high)
		return -EOVERFLOW;
	if (state->length & (function->block_bytes - 1))
		return -EINVAL;
	return cce_digest_check(function, state);
}

static void cce_store_sha512_old(const struct cce_digest_function *function,
				 const struct cce_digest_state *state, void *out, bool core)
{
	struct cce_software_sha512 *software = out;

	cce_store_sha512(function, state, out, true);
	software->length += state->held_bytes;
	memcpy(software->held, state->held, sizeof(software->held));
}

static int cce_load_sha512_old(const struct cce_digest_function *function,
			       struct cce_digest_state *state, const void *in, bool core)
{
	const struct cce_software_sha512 *software = in;

	if (cce_load_sha512(function, state, in, true) == -EOVERFLOW)
		return -EOVERFLOW;
	cce_digest_split(function, state);
	memcpy(state->held, software->held, sizeof(software->held));
	return cce_digest_check(function, state);
}

static void cce_store_sha3(const struct cce_digest_function *function,
			   const struct cce_digest_state *state, void *out, bool core)
{
	struct cce_software_sha3 *software = out;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(software->words); i++)
		software->words[i] = le64_to_cpu(state->words64[i]);
	software->rate = function->block_bytes;
	software->rate_words = function->block_bytes / sizeof(u64);
	software->held_bytes = state->held_bytes;
	memcpy(software->held, state->held, sizeof(software->held));
	memset(software->padding, 0, sizeof(software->padding));
}

static int cce_load_sha3(const struct cce_digest_function *function,
			 struct cce_digest_state *state, const void *in, bool core)
{
	const struct cce_software_sha3 *software = in;
	unsigned int i;

	if (software->rate != function->block_bytes ||
	    software->rate_words != function->block_bytes / sizeof(u64) ||
	    software->held_bytes >= function->block_bytes)
		return -EINVAL;
	*state = (struct cce_digest_state){ .held_bytes = software->held_bytes };
	for (i = 0; i < ARRAY_SIZE(software->words); i++)
		state->words64[i] = cpu_to_le64(software->words[i]);
	memcpy(state->held, software->held, sizeof(software->held));
	return 0;
}

static void cce_store_sha3_sponge(const struct cce_digest_function *function,
				  const struct cce_digest_state *state, void *out, bool core)
{
	struct cce_software_sha3_sponge *software = out;
	u8 *bytes = out;
	unsigned int i;

	*software = (struct cce_software_sha3_sponge){
		.digest_bytes = function->digest_bytes,
		.block_bytes = function->block_bytes,
		.absorbed = state->held_bytes,
	};
	memcpy(software->words, state->words, sizeof(software->words));
	for (i = 0; i < state->held_bytes; i++)
		bytes[i] ^= state->held[i];
}

/* Held bytes that are part of the words already are the same as so many zeros that aren't. */
static int cce_load_sha3_sponge(const struct cce_digest_function *function,
				struct cce_digest_state *state, const void *in, bool core)
{
	const struct cce_software_sha3_sponge *software = in;

	if (software->digest_bytes != function->digest_bytes ||
	    software->block_bytes != function->block_bytes ||
	    software->absorbed >= function->block_bytes || software->squeezed)
		return -EINVAL;
	*state = (struct cce_digest_state){ .held_bytes = software->absorbed };
	memcpy(state->words, software->words, sizeof(software->words));
	return 0;
}

static const struct cce_digest_format cce_digest_formats[] = {
	{ CCE_HASH_MODE_SHA_224, CCE_HASH_MODE_SHA_256,
	  offsetof(struct cce_software_sha256, held_bytes), 0,
	  cce_store_sha256_old, cce_load_sha256_old },
	{ CCE_HASH_MODE_SHA_224, CCE_HASH_MODE_SHA_256,
	  sizeof(struct cce_software_sha256), offsetof(struct cce_software_sha256, held),
	  cce_store_sha256, cce_load_sha256 },
	{ CCE_HASH_MODE_SHA_384, CCE_HASH_MODE_SHA_512_256,
	  offsetof(struct cce_software_sha512, held_bytes), 0,
	  cce_store_sha512_old, cce_load_sha512_old },
	{ CCE_HASH_MODE_SHA_384, CCE_HASH_MODE_SHA_512_256,
	  sizeof(struct cce_software_sha512), offsetof(struct cce_software_sha512, held),
	  cce_store_sha512, cce_load_sha512 },
	{ CCE_HASH_MODE_SHA3_224, CCE_HASH_MODE_SHA3_512, sizeof(struct cce_software_sha3), 0,
	  cce_store_sha3, cce_load_sha3 },
	{ CCE_HASH_MODE_SHA3_224, CCE_HASH_MODE_SHA3_512,
	  sizeof(struct cce_software_sha3_sponge), 0,
	  cce_store_sha3_sponge, cce_load_sha3_sponge },
};

/**
 * cce_digest_save() - write what the engine goes on from
 * @function: the hash function
 * @words: of the state
 * @length: bytes that have gone into it
 * @saved: receives header and words: cce_digest_saved_bytes()
 *
 * Context: any.
 */
void cce_digest_save(const struct cce_digest_function *function, const u8 *words, u64 length,
		     u8 *saved)
{
	const struct cce_hash_context header = {
		.format = CCE_CONTEXT_FORMAT_HASH_STATE,
		.mode = function->mode,
		.length = cpu_to_le64(length),
	};

	memcpy(saved, &header, sizeof(header));
	memcpy(saved + sizeof(header), words, function->state_bytes);
}

/**
 * cce_digest_find_format() - how does an implementation of the CPU export a state?
 * @function: the hash function
 * @bytes: length of what it exports
 *
 * Context: any.
 * Return: the format, or NULL if this driver doesn't know one of that length.
 */
const struct cce_digest_format *
cce_digest_find_format(const struct cce_digest_function *function, unsigned int bytes)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cce_digest_formats); i++) {
		const struct cce_digest_format *format = &cce_digest_formats[i];

		if (function->mode >= format->first_mode && function->mode <= format->last_mode &&
		    format->bytes == bytes)
			return format;
	}
	return NULL;
}
