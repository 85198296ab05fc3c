// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: hash functions and HMAC by the CPU's implementations.
 *
 * The state comes in the engine's words and goes back in them, through what the CPU's
 * implementation imports and exports.
 */
#include <crypto/internal/hash.h>
#include <crypto/sha2.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cce_algorithm.h"
#include "cce_digest_software.h"

#define CCE_HMAC_INNER	0x36
#define CCE_HMAC_OUTER	0x5c

/* A state on its way from one implementation to the other. */
struct cce_digest_transfer {
	struct cce_digest_state state;
	u8 exported[CCE_SOFTWARE_STATE_BYTES];
	u8 block[CCE_HASH_BLOCK_BYTES];
	struct shash_desc desc;		/* last: its own context follows */
};

/**
 * cce_digest_software_open() - find the CPU's implementation
 * @software: receives it
 * @function: hash function
 *
 * Context: process, sleeps.
 * Return: 0; -ENOENT if there is none that this driver can use, or another negative errno.
 */
int cce_digest_software_open(struct cce_digest_software *software,
			     const struct cce_digest_function *function)
{
	struct crypto_shash *shash;

	*software = (struct cce_digest_software){ .function = function };
	if (!function->name)
		return -ENOENT;
	shash = crypto_alloc_shash(function->name, 0, CCE_FALLBACK_MASK);
	if (IS_ERR(shash))
		return PTR_ERR(shash);
	software->format = cce_digest_find_format(function, crypto_shash_statesize(shash));
	if (!software->format) {
		pr_warn("cce: %s exports %u bytes, which isn't known: it isn't used\n",
			crypto_shash_driver_name(shash), crypto_shash_statesize(shash));
		crypto_free_shash(shash);
		return -ENOENT;
	}
	software->shash = shash;
	return 0;
}

/**
 * cce_digest_software_close() - undo cce_digest_software_open()
 * @software: opened, or not
 *
 * Context: process, sleeps.
 */
void cce_digest_software_close(struct cce_digest_software *software)
{
	crypto_free_shash(software->shash);
	software->shash = NULL;
}

static struct cce_digest_transfer *cce_digest_transfer_create(struct crypto_shash *shash)
{
	struct cce_digest_transfer *transfer =
		kzalloc(sizeof(*transfer) + crypto_shash_descsize(shash), GFP_KERNEL);

	if (transfer)
		transfer->desc.tfm = shash;
	return transfer;
}

static void cce_digest_transfer_free(struct cce_digest_transfer *transfer)
{
	shash_desc_zero(&transfer->desc);
	kfree_sensitive(transfer);
}

/* Let the CPU's implementation begin from these words, behind so many bytes. */
static int cce_digest_begin(const struct cce_digest_software *software,
			    struct cce_digest_transfer *transfer, const u8 *words, u64 length)
{
	transfer->state = (struct cce_digest_state){ .length = length };
	memcpy(transfer->state.words, words, software->function->state_bytes);
	software->format->store(software->function, &transfer->state, transfer->exported, false);
	return crypto_shash_import(&transfer->desc, transfer->exported);
}

/* The words of the state in which it is. */
static int cce_digest_get_words(const struct cce_digest_software *software,
				struct cce_digest_transfer *transfer, u8 *words)
{
	int error;

	error = crypto_shash_export(&transfer->desc, transfer->exported) ?:
		software->format->load(software->function, &transfer->state, transfer->exported,
				       false);
	if (!error)
		memcpy(words, transfer->state.words, software->function->state_bytes);
	return error;
}

/*
 * FIPS 180-4, 5.3.6: SHA-512/t begins with the digest of its name by SHA-512, of whose initial
 * value each byte is changed. In all else it is SHA-512, which is what the CPU has.
 */
static int cce_digest_initial_of_t(const struct cce_digest_software *software,
				   struct cce_digest_transfer *transfer, u8 *words)
{
	bool is_224 = software->function->mode == CCE_HASH_MODE_SHA_512_224;
	const char *name = is_224 ? "SHA-512/224" : "SHA-512/256";
	__be64 digest[SHA512_DIGEST_SIZE / sizeof(__be64)];
	__le64 word;
	unsigned int i;
	int error;

	for (i = 0; i < software->function->state_bytes; i++)
		words[i] ^= 0xa5;
	error = cce_digest_begin(software, transfer, words, 0) ?:
		crypto_shash_finup(&transfer->desc, (const u8 *)name, strlen(name),
				   (u8 *)digest);
	for (i = 0; !error && i < ARRAY_SIZE(digest); i++) {
		word = cpu_to_le64(be64_to_cpu(digest[i]));
		memcpy(words + i * sizeof(word), &word, sizeof(word));
	}
	return error;
}

/**
 * cce_digest_software_initial() - the words of the state before any message
 * @software: opened
 * @words: receives them
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int cce_digest_software_initial(const struct cce_digest_software *software, u8 *words)
{
	struct cce_digest_transfer *transfer = cce_digest_transfer_create(software->shash);
	int error;

	if (!transfer)
		return -ENOMEM;
	error = crypto_shash_init(&transfer->desc) ?:
		cce_digest_get_words(software, transfer, words);
	if (!error && (software->function->mode == CCE_HASH_MODE_SHA_512_224 ||
		       software->function->mode == CCE_HASH_MODE_SHA_512_256))
		error = cce_digest_initial_of_t(software, transfer, words);
	cce_digest_transfer_free(transfer);
	return error;
}

/* The last bytes, and the digest: SHA-512/t is the begin of what the CPU makes. */
static int cce_digest_end(const struct cce_digest_software *software, struct shash_desc *desc,
			  const u8 *bytes, unsigned int count, u8 *digest)
{
	u8 whole[HASH_MAX_DIGESTSIZE];
	int error = count ? crypto_shash_finup(desc, bytes, count, whole) :
			    crypto_shash_final(desc, whole);

	if (!error)
		memcpy(digest, whole, software->function->digest_bytes);
	memzero_explicit(whole, sizeof(whole));
	return error;
}

/* The words of the state behind the key block with this pad. */
static int cce_hmac_make_words(const struct cce_digest_software *software,
			       struct cce_digest_transfer *transfer, const u8 *initial, u8 pad,
			       u8 *words)
{
	unsigned int block_bytes = software->function->block_bytes;
	unsigned int i;
	int error;

	for (i = 0; i < block_bytes; i++)
		transfer->block[i] ^= pad;
	error = cce_digest_begin(software, transfer, initial, 0) ?:
		crypto_shash_update(&transfer->desc, transfer->block, block_bytes) ?:
		cce_digest_get_words(software, transfer, words);
	for (i = 0; i < block_bytes; i++)
		transfer->block[i] ^= pad;
	return error;
}

/* A key longer than a block is its own digest (FIPS 198-1, 4, step 2). */
static int cce_hmac_make_block(const struct cce_digest_software *software,
			       struct cce_digest_transfer *transfer, const u8 *initial,
			       const u8 *key, unsigned int key_bytes)
{
	if (key_bytes > software->function->block_bytes)
		return cce_digest_begin(software, transfer, initial, 0) ?:
		       cce_digest_end(software, &transfer->desc, key, key_bytes, transfer->block);
	memcpy(transfer->block, key, key_bytes);
	return 0;
}

/**
 * cce_digest_software_set_key() - make the states behind HMAC's two key blocks
 * @software: opened
 * @initial: words of its initial state
 * @new: receives them
 * @key: key
 * @key_bytes: its length, any
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int cce_digest_software_set_key(const struct cce_digest_software *software, const u8 *initial,
				struct cce_key *new, const u8 *key, unsigned int key_bytes)
{
	struct cce_digest_transfer *transfer = cce_digest_transfer_create(software->shash);
	int error;

	if (!transfer)
		return -ENOMEM;
	error = cce_hmac_make_block(software, transfer, initial, key, key_bytes) ?:
		cce_hmac_make_words(software, transfer, initial, CCE_HMAC_INNER, new->inner) ?:
		cce_hmac_make_words(software, transfer, initial, CCE_HMAC_OUTER, new->outer);
	cce_digest_transfer_free(transfer);
	return error;
}

/* The end of a message: its digest, or with a key that of the outer state and that. */
static int cce_digest_end_message(const struct cce_digest_software *software,
				  const struct cce_digest_work *work)
{
	const struct cce_digest_function *function = software->function;
	struct cce_digest_state outer = { .length = function->block_bytes };
	u8 inner[HASH_MAX_DIGESTSIZE];
	int error;

	if (!work->outer)
		return cce_digest_end(software, work->desc, NULL, 0, work->digest);

	error = cce_digest_end(software, work->desc, NULL, 0, inner);
	if (!error) {
		memcpy(outer.words, work->outer, function->state_bytes);
		software->format->store(function, &outer, work->exported, false);
		memzero_explicit(&outer, sizeof(outer));
		error = crypto_shash_import(work->desc, work->exported) ?:
			cce_digest_end(software, work->desc, inner, function->digest_bytes,
				       work->digest);
	}
	memzero_explicit(inner, sizeof(inner));
	return error;
}

/**
 * cce_digest_software_run() - hash a piece of a message
 * @software: opened
 * @work: what
 *
 * Context: any.
 * Return: 0 or a negative errno.
 */
int cce_digest_software_run(const struct cce_digest_software *software,
			    const struct cce_digest_work *work)
{
	const struct cce_request *request = work->request;
	struct shash_desc *desc = work->desc;
	int error;

	desc->tfm = software->shash;
	software->format->store(software->function, work->state, work->exported, false);
	error = crypto_shash_import(desc, work->exported) ?:
		cce_algorithm_update_source(request, desc);
	if (!error && request->suffix_bytes)
		error = crypto_shash_update(desc, request->suffix, request->suffix_bytes);
	if (!error && work->digest)
		error = cce_digest_end_message(software, work);
	else if (!error)
		error = crypto_shash_export(desc, work->exported) ?:
			software->format->load(software->function, work->state, work->exported,
					       false);
	shash_desc_zero(desc);
	return error;
}
