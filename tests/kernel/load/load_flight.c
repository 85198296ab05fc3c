// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load for the Core Crypto Engine's driver: one request, from its making to its judgement.
 *
 * All that it needs is memory of its own, which is poisoned and freed as soon as the request has
 * ended: in its completion function.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/scatterwalk.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "load.h"
#include "load_compat.h"

#define LOAD_AAD_MOST	80

static void load_flight_done(load_completion_argument argument, int error)
{
	load_ended(load_completion_owner(argument), error);
}

/* The second part of a MAC's text. It may not wait: its owner has heard of a backlog already. */
static int load_flight_submit_rest(struct load_flight *flight)
{
	struct ahash_request *hash = flight->request.hash;

	ahash_request_set_callback(hash, 0, load_flight_done, flight->ticket);
	ahash_request_set_crypt(hash, flight->rest, sg_virt(flight->destination->list),
				flight->text_bytes - flight->part_bytes);
	return crypto_ahash_finup(hash);
}

static void load_flight_part_done(load_completion_argument argument, int error)
{
	struct load_ticket *ticket = load_completion_owner(argument);

	if (!error)
		error = load_flight_submit_rest(ticket->flight);
	else if (error == -EINPROGRESS)		/* a message, not an end */
		load_ended(ticket, error);
	if (error != -EINPROGRESS)
		load_ended(ticket, error);
}

static int load_flight_submit_part(struct load_flight *flight, u32 flags)
{
	struct ahash_request *hash = flight->request.hash;
	int error;

	ahash_request_set_callback(hash, flags, load_flight_part_done, flight->ticket);
	error = crypto_ahash_init(hash);
	if (error)
		return error;
	ahash_request_set_crypt(hash, flight->source->list, NULL, flight->part_bytes);
	return crypto_ahash_update(hash) ?: load_flight_submit_rest(flight);
}

static enum load_layout load_choose_layout(struct load_thread *thread, unsigned int bytes)
{
	/* Those that the engine takes as they are come more often. */
	static const enum load_layout often[] = {
		LOAD_CONTIGUOUS, LOAD_CONTIGUOUS, LOAD_CONTIGUOUS, LOAD_CONTIGUOUS,
		LOAD_PIECES, LOAD_PIECES, LOAD_PIECES, LOAD_PIECES, LOAD_PIECES, LOAD_PIECES,
		LOAD_RAGGED, LOAD_TOO_MANY,
	};
	unsigned int layouts = thread->run->options.layouts;
	enum load_layout layout;

	do {
		layout = often[load_random(&thread->random, ARRAY_SIZE(often))];
	} while (!(layouts & BIT(layout)));
	return bytes ? layout : LOAD_CONTIGUOUS;
}

/* Lengths: short ones are more frequent, and blocks' edges are. */
static unsigned int load_choose_bytes(struct load_thread *thread,
				      const struct load_algorithm *algorithm)
{
	const struct load_options *options = &thread->run->options;
	unsigned int bytes = options->bytes;

	if (!options->exact) {
		bytes = 1 + load_random(&thread->random, bytes);
		bytes = 1 + load_random(&thread->random, bytes);
		if (load_random(&thread->random, 2))
			bytes = round_up(bytes, AES_BLOCK_SIZE);
		if (algorithm->kind == LOAD_AEAD && !load_random(&thread->random, 16))
			bytes = 0;
	}
	return round_up(max(bytes, algorithm->shortest), algorithm->granule);
}

static int load_flight_allocate(struct load_flight *flight)
{
	struct load_cipher *cipher = flight->cipher;

	switch (cipher->algorithm->kind) {
	case LOAD_SKCIPHER:
		flight->request.skcipher = skcipher_request_alloc(cipher->tested.skcipher,
								  GFP_KERNEL | __GFP_NOWARN);
		break;
	case LOAD_AEAD:
		flight->request.aead = aead_request_alloc(cipher->tested.aead,
							  GFP_KERNEL | __GFP_NOWARN);
		break;
	default:
		flight->request.hash = ahash_request_alloc(cipher->tested.hash,
							   GFP_KERNEL | __GFP_NOWARN);
	}
	return flight->request.memory ? 0 : -ENOMEM;
}

/* Bytes of the source, and of the whole destination. */
static void load_flight_lengths(const struct load_flight *flight, unsigned int *source,
				unsigned int *destination)
{
	unsigned int tag = flight->cipher->tag_bytes;

	*source = flight->aad_bytes + flight->text_bytes;
	*destination = *source;
	switch (flight->cipher->algorithm->kind) {
	case LOAD_SKCIPHER:
		break;
	case LOAD_AEAD:
		if (flight->decrypt)
			*source += tag;
		else
			*destination += tag;
		break;
	default:
		*destination = tag;
	}
}

static int load_flight_make_memory(struct load_flight *flight, bool in_place)
{
	struct load_thread *thread = flight->thread;
	unsigned int source, destination;
	enum load_layout layout;
	int error;

	load_flight_lengths(flight, &source, &destination);
	if (in_place)
		source = max(source, destination);
	flight->source = &flight->memory[0];
	flight->destination = in_place ? &flight->memory[0] : &flight->memory[1];
	error = load_memory_make(flight->source, load_choose_layout(thread, source), source,
				 &thread->random);
	if (error || in_place)
		return error;
	/* A MAC isn't a scatterlist. */
	layout = flight->cipher->algorithm->kind == LOAD_HASH ?
			 LOAD_CONTIGUOUS : load_choose_layout(thread, destination);
	return load_memory_make(flight->destination, layout, destination, &thread->random);
}

/* What the destination should look like, but for what is written: there it has zeros. */
static void load_flight_take_image(struct load_flight *flight)
{
	struct load_memory *memory = flight->destination;

	sg_pcopy_to_buffer(memory->list, sg_nents(memory->list), flight->before, flight->written,
			   flight->skip);
	sg_zero_buffer(memory->list, sg_nents(memory->list), flight->written, flight->skip);
	memcpy(memory->image, memory->buffer, memory->bytes);
	sg_pcopy_from_buffer(memory->list, sg_nents(memory->list), flight->before,
			     flight->written, flight->skip);
}

/* Input and expected result. */
static int load_flight_fill(struct load_flight *flight, u8 *input, u8 *output)
{
	const struct load_algorithm *algorithm = flight->cipher->algorithm;
	unsigned int all = flight->aad_bytes + flight->text_bytes;
	struct rnd_state *random = &flight->thread->random;
	unsigned int tag = flight->cipher->tag_bytes;
	unsigned int source = all;
	int error;

	prandom_bytes_state(random, input, all);
	prandom_bytes_state(random, flight->iv, algorithm->iv_bytes);
	memcpy(output, input, all);
	memcpy(flight->next_iv, flight->iv, sizeof(flight->iv));
	error = load_cipher_expect(flight->cipher, flight->decrypt, output, flight->aad_bytes,
				   flight->text_bytes, flight->next_iv);
	if (error)
		return error;

	flight->skip = flight->aad_bytes;
	flight->written = flight->text_bytes;
	if (algorithm->kind == LOAD_HASH) {
		flight->written = tag;
	} else if (algorithm->kind == LOAD_AEAD) {
		/* No IV is handed out; CCM's has been completed, as it must be for the request. */
		if (load_algorithm_is_ccm(algorithm)) {
			memcpy(flight->iv, flight->next_iv,
			       AES_BLOCK_SIZE - 1 - flight->next_iv[0]);
			memset(flight->iv + AES_BLOCK_SIZE - 1 - flight->iv[0], 0,
			       flight->iv[0] + 1);
		}
		if (flight->decrypt) {
			swap(input, output);
			if (flight->forged)
				input[all + load_random(random, tag)] ^=
					1 << load_random(random, 8);
			source += tag;
		} else {
			flight->written += tag;
		}
		if (algorithm->authenc && !flight->decrypt &&
		    flight->source != flight->destination) {
			flight->copied = flight->aad_bytes;
			flight->written += flight->copied;
			flight->skip = 0;
		}
	}
	memcpy(flight->expected, output + flight->skip, flight->written);
	sg_copy_from_buffer(flight->source->list, sg_nents(flight->source->list), input, source);
	return 0;
}

static int load_flight_prepare(struct load_flight *flight, bool in_place)
{
	unsigned int most = flight->aad_bytes + flight->text_bytes + HASH_MAX_DIGESTSIZE;
	u8 *input, *output;
	int error = -ENOMEM;

	flight->before = kzalloc(most, GFP_KERNEL | __GFP_NOWARN);
	flight->expected = kzalloc(most, GFP_KERNEL | __GFP_NOWARN);
	flight->found = kzalloc(most, GFP_KERNEL | __GFP_NOWARN);
	input = kzalloc(most, GFP_KERNEL | __GFP_NOWARN);
	output = kzalloc(most, GFP_KERNEL | __GFP_NOWARN);
	if (flight->before && flight->expected && flight->found && input && output)
		error = load_flight_make_memory(flight, in_place);
	if (!error)
		error = load_flight_fill(flight, input, output);
	kfree_sensitive(input);
	kfree_sensitive(output);
	if (error)
		return error;

	if (!in_place)
		memcpy(flight->source->image, flight->source->buffer, flight->source->bytes);
	load_flight_take_image(flight);
	return load_flight_allocate(flight);
}

/**
 * load_flight_make() - make a request, all by chance
 * @thread: its owner
 * @cipher: its transformation
 *
 * Context: process, sleeps.
 * Return: the request, or an error pointer.
 */
struct load_flight *load_flight_make(struct load_thread *thread, struct load_cipher *cipher)
{
	const struct load_options *options = &thread->run->options;
	const struct load_algorithm *algorithm = cipher->algorithm;
	struct rnd_state *random = &thread->random;
	struct load_flight *flight;
	bool in_place;
	int error;

	flight = kzalloc(sizeof(*flight), GFP_KERNEL | __GFP_NOWARN);
	if (!flight)
		return ERR_PTR(-ENOMEM);
	flight->thread = thread;
	flight->cipher = cipher;
	flight->text_bytes = load_choose_bytes(thread, algorithm);
	flight->may_backlog = load_chance(random, options->backlog);
	in_place = load_chance(random, options->in_place) && algorithm->kind != LOAD_HASH;
	flight->decrypt = load_chance(random, options->decrypt) && algorithm->kind != LOAD_HASH;
	if (algorithm->kind == LOAD_AEAD) {
		flight->aad_bytes = load_random(random, LOAD_AAD_MOST + 1);
		flight->forged = flight->decrypt && load_chance(random, options->forge);
	}

	error = load_flight_prepare(flight, in_place);
	if (error) {
		load_flight_free(flight);
		return ERR_PTR(error);
	}
	if (in_place)
		load_count(LOAD_IN_PLACE);
	if (algorithm->kind == LOAD_HASH && flight->text_bytes > 1 &&
	    load_chance(random, options->parts)) {
		flight->part_bytes = 1 + load_random(random, flight->text_bytes - 1);
		flight->rest = scatterwalk_ffwd(flight->rest_space, flight->source->list,
						flight->part_bytes);
		atomic_inc(&cipher->in_parts);
		load_count(LOAD_IN_PARTS);
	}
	return flight;
}

static void load_flight_free_request(struct load_flight *flight)
{
	if (!flight->request.memory)
		return;
	switch (flight->cipher->algorithm->kind) {
	case LOAD_SKCIPHER:
		skcipher_request_free(flight->request.skcipher);
		break;
	case LOAD_AEAD:
		aead_request_free(flight->request.aead);
		break;
	default:
		ahash_request_free(flight->request.hash);
	}
}

/**
 * load_flight_free() - poison and free everything of a request
 * @flight: request that nobody holds, or half of one
 *
 * Context: any.
 */
void load_flight_free(struct load_flight *flight)
{
	if (flight->part_bytes)
		atomic_dec(&flight->cipher->in_parts);
	load_flight_free_request(flight);
	load_memory_free(&flight->memory[0]);
	load_memory_free(&flight->memory[1]);
	kfree_sensitive(flight->before);
	kfree_sensitive(flight->expected);
	kfree_sensitive(flight->found);
	memset(flight, LOAD_POISON_AFTER, sizeof(*flight));
	kfree(flight);
}

/**
 * load_flight_submit() - give a request to the crypto API
 * @flight: request with a ticket; may have ended, and be gone, on return
 *
 * Context: any.
 * Return: as crypto_skcipher_encrypt().
 */
int load_flight_submit(struct load_flight *flight)
{
	u32 flags = flight->may_backlog ? CRYPTO_TFM_REQ_MAY_BACKLOG : 0;
	struct scatterlist *source = flight->source->list;
	struct scatterlist *destination = flight->destination->list;
	unsigned int bytes = flight->text_bytes;
	struct skcipher_request *skcipher;
	struct aead_request *aead;
	struct ahash_request *hash;

	switch (flight->cipher->algorithm->kind) {
	case LOAD_SKCIPHER:
		skcipher = flight->request.skcipher;
		skcipher_request_set_callback(skcipher, flags, load_flight_done, flight->ticket);
		skcipher_request_set_crypt(skcipher, source, destination, bytes, flight->iv);
		return flight->decrypt ? crypto_skcipher_decrypt(skcipher) :
					 crypto_skcipher_encrypt(skcipher);
	case LOAD_AEAD:
		aead = flight->request.aead;
		if (flight->decrypt)
			bytes += flight->cipher->tag_bytes;
		aead_request_set_callback(aead, flags, load_flight_done, flight->ticket);
		aead_request_set_crypt(aead, source, destination, bytes, flight->iv);
		aead_request_set_ad(aead, flight->aad_bytes);
		return flight->decrypt ? crypto_aead_decrypt(aead) : crypto_aead_encrypt(aead);
	default:
		if (flight->part_bytes)
			return load_flight_submit_part(flight, flags);
		hash = flight->request.hash;
		ahash_request_set_callback(hash, flags, load_flight_done, flight->ticket);
		ahash_request_set_crypt(hash, source, sg_virt(destination), bytes);
		return crypto_ahash_digest(hash);
	}
}

/* Blocks of the plaintext that an encryption has left in its destination. */
static unsigned int load_plaintext_blocks(const struct load_flight *flight)
{
	unsigned int position, blocks = 0;

	if (flight->decrypt || flight->source != flight->destination)
		return 0;
	for (position = 0; position + AES_BLOCK_SIZE <= flight->text_bytes;
	     position += AES_BLOCK_SIZE)
		blocks += !memcmp(flight->found + position, flight->before + position,
				  AES_BLOCK_SIZE);
	return blocks;
}

/* A request that fails has copied all of the associated data, or none. */
static bool load_copy_is_whole(const struct load_flight *flight)
{
	return !memcmp(flight->found, flight->before, flight->copied) ||
	       !memcmp(flight->found, flight->expected, flight->copied);
}

/* What does the destination hold, byte by byte, of what it may? */
static void load_describe_partial(const struct load_flight *flight, int error)
{
	unsigned int i, zeros = 0, before = 0, expected = 0;

	for (i = 0; i < flight->written; i++) {
		zeros += !flight->found[i];
		before += flight->found[i] == flight->before[i];
		expected += flight->found[i] == flight->expected[i];
	}
	load_name_defect(flight->ticket, LOAD_PARTIAL, error);
	pr_err("request for %s that ended with %d: of %u bytes %u are 0, %u as before, %u as expected\n",
	       flight->cipher->algorithm->driver, error, flight->written, zeros, before, expected);
}

/* A request that failed leaves all of its destination as it was, or zeros. */
static void load_judge_failure(const struct load_flight *flight, int error)
{
	unsigned int copied = flight->copied;
	unsigned int bytes = flight->written - copied;
	bool whole = load_copy_is_whole(flight);

	if (whole && load_is_filled(flight->found + copied, 0, bytes)) {
		load_count(LOAD_WIPED);
	} else if (whole && !memcmp(flight->found + copied, flight->before + copied, bytes)) {
		load_count(LOAD_UNTOUCHED);
	} else {
		load_describe_partial(flight, error);
		load_count_more(LOAD_PLAINTEXT, load_plaintext_blocks(flight));
	}
}

/*
 * Of a wrong tag's text the engine leaves zeros; the CPU's code may leave it as it is, since the
 * crypto API doesn't say. Part of it is neither.
 */
static void load_judge_forged(const struct load_flight *flight, int error)
{
	if (!load_is_filled(flight->found, 0, flight->written) &&
	    memcmp(flight->found, flight->before, flight->written) &&
	    memcmp(flight->found, flight->expected, flight->written))
		load_describe_partial(flight, error);
	load_count(LOAD_FORGED);
}

static void load_judge(const struct load_flight *flight, int error)
{
	const struct load_algorithm *algorithm = flight->cipher->algorithm;
	bool hands_out_iv = algorithm->kind == LOAD_SKCIPHER &&
			    (algorithm->granule == AES_BLOCK_SIZE ||
			     !strcmp(algorithm->name, "ctr"));

	if (!error && !flight->forged) {
		bool right = !memcmp(flight->found, flight->expected, flight->written) &&
			     (!hands_out_iv || !memcmp(flight->iv, flight->next_iv,
						       algorithm->iv_bytes));

		if (right)
			load_count(LOAD_RIGHT);
		else
			load_name_defect(flight->ticket, LOAD_WRONG, error);
	} else if (error == -EBADMSG && flight->forged) {
		load_judge_forged(flight, error);
	} else if (!error || error == -EBADMSG) {
		load_name_defect(flight->ticket, LOAD_WRONG, error);
	} else if (error == -ENOSPC) {
		load_count(LOAD_REFUSED);
		if (memcmp(flight->found, flight->before, flight->written))
			load_describe_partial(flight, error);
	} else {
		load_count(LOAD_FAILED);
		load_count_errno(-error);
		load_judge_failure(flight, error);
	}
}

/**
 * load_flight_end() - judge a request that has ended, and free it
 * @flight: request, gone on return
 * @error: how it ended
 * @grave: receives the destination's memory, full of poison; or NULL
 *
 * Context: any.
 */
void load_flight_end(struct load_flight *flight, int error, struct load_grave *grave)
{
	struct load_memory *memory = flight->destination;

	sg_pcopy_to_buffer(memory->list, sg_nents(memory->list), flight->found, flight->written,
			   flight->skip);
	load_judge(flight, error);

	sg_zero_buffer(memory->list, sg_nents(memory->list), flight->written, flight->skip);
	if (memcmp(memory->buffer, memory->image, memory->bytes))
		load_name_defect(flight->ticket, LOAD_STRAY, error);
	if (flight->source != memory &&
	    memcmp(flight->source->buffer, flight->source->image, flight->source->bytes))
		load_name_defect(flight->ticket, LOAD_SOURCE, error);

	if (grave) {
		grave->buffer = memory->buffer;
		grave->bytes = memory->bytes;
		memset(memory->buffer, LOAD_POISON_AFTER, memory->bytes);
		memory->buffer = NULL;
	}
	load_flight_free(flight);
}
