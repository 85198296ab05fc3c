// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: hash functions and HMAC for /dev/cce.
 *
 * A message is one request or several; between them its state is in the program's memory, as the
 * contract has it: struct hash_context and the standard's words. So there are as many messages at a
 * time as the program likes, and each piece goes to whoever does it, engine or CPU. That is why the
 * crypto API has no part in it: what its algorithms export is the CPU's, and it has no XOFs.
 *
 * What the program gives as a state is checked here, but its words can't be: a state whose words
 * were changed gives another digest, as a text would.
 */
#include <crypto/internal/hash.h>
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cce_algorithm.h"
#include "cce_client.h"
#include "cce_digest_software.h"
#include "cce_engine_only.h"
#include "cce_key.h"
#include "cce_queue.h"

#define CCE_SHA3_WORDS_BYTES	200	/* FIPS 202, 3.1: of the state; zeros follow */

static_assert(sizeof(struct cce_uapi_hash_context) == sizeof(struct cce_hash_context));
static_assert(CCE_UAPI_STATE_BYTES == CCE_HASH_SAVED_BYTES);
static_assert(CCE_UAPI_HASHES >= CCE_DIGEST_FUNCTIONS);
/* With what stands in front of the text and behind it, and pages that are used in part. */
static_assert(CCE_UAPI_ENGINE_ONLY_BYTES / 4096 + 1 + 2 <= CCE_LIST_ENTRIES);

/**
 * struct cce_session_digest - the hash function of a session
 * @function: which
 * @algorithm: as all algorithms, but never registered
 * @software: the same on the CPU, if the CPU has it
 * @key: HMAC's; else NULL
 * @initial: words of the initial state; with @software
 */
struct cce_session_digest {
	const struct cce_digest_function *function;
	struct cce_algorithm algorithm;
	struct cce_digest_software software;
	struct cce_key *key;
	u8 initial[CCE_HASH_STATE_BYTES];
};

/**
 * struct cce_user_digest - a request
 * @owner: what it has instead of a request of the crypto API
 * @request: driver's part
 * @saved: what the message goes on from: header and words
 * @output: the result, if it isn't longer
 * @state: @saved for the CPU, and what becomes of it
 * @exported: to or from the CPU's code
 * @desc: the CPU's own
 */
struct cce_user_digest {
	struct crypto_async_request owner;
	struct cce_request request;
	u8 saved[CCE_HASH_SAVED_BYTES];
	u8 output[CCE_HASH_SAVED_BYTES];
	struct cce_digest_state state;
	u8 exported[CCE_SOFTWARE_STATE_BYTES];
	struct shash_desc desc;		/* last: its own context follows */
};

/*
 * What there is
 */

static u32 cce_user_digest_capability(unsigned int mode)
{
	return mode < CCE_HASH_MODE_SHA3_224 ? CCE_GLOBAL_ALGORITHMS_SHA2_MASK :
					       CCE_GLOBAL_ALGORITHMS_SHA3_MASK;
}

/* An algorithm of the crypto API is there since an engine has offered it, and the CPU has it. */
static bool cce_user_digest_is_registered(const char *name)
{
	unsigned int i;

	for (i = 0; name && i < ARRAY_SIZE(cce_digest_algorithms); i++) {
		const struct cce_algorithm *algorithm = cce_digest_algorithms[i];

		if (READ_ONCE(algorithm->registered) &&
		    !strcmp(cce_digest_functions[algorithm->mode].name, name))
			return true;
	}
	return false;
}

/**
 * cce_user_digest_functions_on_cpu() - which functions does the CPU do without an engine?
 *
 * Context: any.
 * Return: a bit for each CCE_UAPI_HASH_.
 */
u32 cce_user_digest_functions_on_cpu(void)
{
	u32 functions = 0;
	unsigned int mode;

	for (mode = 0; mode < CCE_DIGEST_FUNCTIONS; mode++)
		if (cce_user_digest_is_registered(cce_digest_functions[mode].name))
			functions |= BIT(mode);
	return functions;
}

/**
 * cce_user_digest_functions() - which functions may a session have now?
 *
 * Context: process, sleeps.
 * Return: a bit for each CCE_UAPI_HASH_.
 */
u32 cce_user_digest_functions(void)
{
	u32 capabilities = cce_engine_only_capabilities();
	u32 functions = cce_user_digest_functions_on_cpu();
	unsigned int mode;

	for (mode = 0; mode < CCE_DIGEST_FUNCTIONS; mode++)
		if (cce_digest_functions[mode].block_bytes &&
		    capabilities & cce_user_digest_capability(mode))
			functions |= BIT(mode);
	return functions;
}

/**
 * cce_user_digest_functions_of_hmac() - which of them may be HMAC's? The CPU hashes the key.
 *
 * Context: any.
 * Return: a bit for each CCE_UAPI_HASH_.
 */
u32 cce_user_digest_functions_of_hmac(void)
{
	return cce_user_digest_functions_on_cpu();
}

/*
 * Sessions
 */

/**
 * cce_user_digest_check_session() - may there be such a session?
 * @argument: of CCE_UAPI_SESSION_CREATE, whose mode is one of a hash
 *
 * Context: process, sleeps.
 * Return: 0, -EINVAL or -EOPNOTSUPP.
 */
int cce_user_digest_check_session(const struct cce_uapi_session_create *argument)
{
	u32 mode = argument->mode - CCE_UAPI_MODE_HASH;
	bool hmac = argument->flags & CCE_UAPI_SESSION_HMAC;
	u32 functions;

	if (mode >= CCE_DIGEST_FUNCTIONS)
		return -EOPNOTSUPP;
	if (argument->flags & ~CCE_UAPI_SESSION_HMAC || argument->tag_bytes ||
	    argument->key_bytes > (hmac ? CCE_USER_LONGEST : 0))
		return -EINVAL;
	functions = hmac ? cce_user_digest_functions_of_hmac() : cce_user_digest_functions();
	return functions & BIT(mode) ? 0 : -EOPNOTSUPP;
}

static int cce_user_digest_make_key(struct cce_session_digest *digest, const u8 *key,
				    unsigned int bytes)
{
	struct cce_key *new;
	int error;

	if (!digest->software.shash)
		return -EOPNOTSUPP;
	new = cce_key_allocate();
	if (!new)
		return -ENOMEM;
	error = cce_digest_software_set_key(&digest->software, digest->initial, new, key, bytes);
	if (error)
		cce_key_put(new);
	else
		digest->key = new;
	return error;
}

/**
 * cce_user_digest_prepare_session() - give a session its function, and its key
 * @session: its mode is set
 * @hmac: it is HMAC
 * @key: the key
 * @bytes: its length
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int cce_user_digest_prepare_session(struct cce_session *session, bool hmac, const u8 *key,
				    unsigned int bytes)
{
	unsigned int mode = session->mode - CCE_UAPI_MODE_HASH;
	struct cce_session_digest *digest;
	int error;

	digest = kzalloc(sizeof(*digest), GFP_KERNEL_ACCOUNT);
	if (!digest)
		return -ENOMEM;
	session->digest = digest;
	digest->function = &cce_digest_functions[mode];
	digest->algorithm = (struct cce_algorithm){
		.capability = cce_user_digest_capability(mode),
		.opcode = CCE_OPCODE_HASH,
		.mode = mode,
		.keyless = !hmac,
	};
	session->request_bytes = sizeof(struct cce_user_digest);
	error = cce_digest_software_open(&digest->software, digest->function);
	if (!error) {
		session->request_bytes += crypto_shash_descsize(digest->software.shash);
		error = cce_digest_software_initial(&digest->software, digest->initial);
	} else if (error == -ENOENT) {
		error = 0;	/* the engine's alone */
	}
	if (!error && hmac)
		error = cce_user_digest_make_key(digest, key, bytes);
	if (error)
		cce_user_digest_free_session(session);
	return error;
}

/**
 * cce_user_digest_free_session() - undo cce_user_digest_prepare_session()
 * @session: session without requests
 *
 * Context: process, sleeps.
 */
void cce_user_digest_free_session(struct cce_session *session)
{
	cce_key_put(session->digest->key);
	cce_digest_software_close(&session->digest->software);
	kfree(session->digest);
}

/*
 * What a request says
 */

static bool cce_user_digest_ends(u16 flags)
{
	return flags & (CCE_UAPI_REQUEST_LAST | CCE_UAPI_REQUEST_SQUEEZE);
}

static int cce_user_digest_check_flags(const struct cce_uapi_request *given,
				       const struct cce_digest_function *function)
{
	u16 known = CCE_UAPI_REQUEST_FIRST | CCE_UAPI_REQUEST_LAST;

	if (!function->digest_bytes)
		known |= CCE_UAPI_REQUEST_SQUEEZE;
	if (given->flags & ~known || given->reserved)
		return -EINVAL;
	if (given->flags & CCE_UAPI_REQUEST_LAST && given->flags & CCE_UAPI_REQUEST_SQUEEZE)
		return -EINVAL;
	/* What there is to go on from. */
	if (given->flags & CCE_UAPI_REQUEST_FIRST)
		return given->aad_length || given->aad_region || given->aad ? -EINVAL : 0;
	if (!given->aad_length)
		return -ENODATA;
	return given->aad_length == cce_digest_saved_bytes(function) ? 0 : -EBADMSG;
}

static int cce_user_digest_check_text(const struct cce_uapi_request *given,
				      const struct cce_digest_function *function)
{
	bool ends = cce_user_digest_ends(given->flags);

	if (given->iv_bytes > (ends ? sizeof(given->iv) : 0) ||
	    memchr_inv(given->iv + given->iv_bytes, 0, sizeof(given->iv) - given->iv_bytes))
		return -EINVAL;
	if (given->length > CCE_USER_LONGEST)
		return -EMSGSIZE;
	if (!ends && (!given->length || given->length % function->block_bytes))
		return -EINVAL;
	return 0;
}

static int cce_user_digest_check_output(const struct cce_uapi_request *given,
					const struct cce_digest_function *function)
{
	u32 longest = function->digest_bytes ?: CCE_USER_LONGEST;
	u32 wanted = given->output_length;

	if (!cce_user_digest_ends(given->flags))
		return wanted ? -EINVAL : 0;
	if (wanted > longest)
		return -EMSGSIZE;
	if (given->flags & CCE_UAPI_REQUEST_SQUEEZE)
		return wanted % (2 * function->block_bytes) ? -EINVAL : 0;
	return wanted ? 0 : -EINVAL;
}

/**
 * cce_user_digest_check() - are the fields of a request possible?
 * @given: what user space gave
 * @session: session of a hash function
 *
 * Context: any.
 * Return: 0 or a negative errno, of which struct cce_uapi_submit tells the meaning.
 */
int cce_user_digest_check(const struct cce_uapi_request *given, const struct cce_session *session)
{
	const struct cce_digest_function *function = session->digest->function;

	return cce_user_digest_check_flags(given, function) ?:
	       cce_user_digest_check_text(given, function) ?:
	       cce_user_digest_check_output(given, function);
}

/**
 * cce_user_digest_result_bytes() - what a request writes
 * @given: what user space gave, checked
 * @session: session of a hash function
 *
 * Context: any.
 * Return: bytes of the destination.
 */
unsigned int cce_user_digest_result_bytes(const struct cce_uapi_request *given,
					  const struct cce_session *session)
{
	if (given->flags & CCE_UAPI_REQUEST_LAST)
		return given->output_length;
	return given->output_length + cce_digest_saved_bytes(session->digest->function);
}

/**
 * cce_user_digest_saved() - where a request has what it goes on from
 * @user: its session is set, and it has room
 *
 * Context: any.
 * Return: room for CCE_HASH_SAVED_BYTES.
 */
u8 *cce_user_digest_saved(struct cce_user_request *user)
{
	struct cce_user_digest *digest = user->crypto;

	return digest->saved;
}

/* The header of a state from user space. The engine knows fewer reasons to refuse one. */
static int cce_user_digest_check_saved(const struct cce_session_digest *session, const u8 *saved,
				       const struct cce_uapi_request *given)
{
	const struct cce_digest_function *function = session->function;
	bool sponge = function->mode >= CCE_HASH_MODE_SHA3_224;
	struct cce_hash_context header;
	u64 length;

	memcpy(&header, saved, sizeof(header));
	saved += sizeof(header);
	length = le64_to_cpu(header.length);
	if (header.format != CCE_CONTEXT_FORMAT_HASH_STATE || header.mode != function->mode ||
	    header.squeezing > !function->digest_bytes ||
	    memchr_inv(header.reserved, 0, sizeof(header.reserved)))
		return -EBADMSG;
	/* A block of SHA-2 is a power of two. */
	if (length >= CCE_DIGEST_LENGTH_LIMIT ||
	    (!sponge && length & (function->block_bytes - 1)) ||
	    (session->key && length < function->block_bytes))
		return -EBADMSG;
	if (sponge && memchr_inv(saved + CCE_SHA3_WORDS_BYTES, 0,
				 function->state_bytes - CCE_SHA3_WORDS_BYTES))
		return -EBADMSG;
	if (header.squeezing &&
	    (!cce_user_digest_ends(given->flags) || given->length || given->iv_bytes))
		return -EINVAL;
	if (length + given->length + given->iv_bytes >= CCE_DIGEST_LENGTH_LIMIT)
		return -EOVERFLOW;
	return 0;
}

static void cce_user_digest_write_prefix(const struct cce_request *request, u8 *prefix)
{
	const struct cce_user_digest *digest =
		container_of(request, const struct cce_user_digest, request);
	const struct cce_digest_function *function = &cce_digest_functions[request->mode];
	unsigned int saved_bytes = cce_digest_saved_bytes(function);

	if (!request->aad_length)
		return;
	memcpy(prefix, digest->saved, saved_bytes);
	if (request->key)
		memcpy(prefix + saved_bytes, request->key->outer, function->state_bytes);
}

static int cce_user_digest_run_on_cpu(struct cce_request *request, bool may_sleep)
{
	struct cce_user_digest *digest = container_of(request, struct cce_user_digest, request);
	const struct cce_user_request *user = request->owner->data;
	const struct cce_session_digest *session = user->session->digest;
	bool ends = request->flags & CCE_DESCRIPTOR_FLAGS_STREAM_LAST;
	const struct cce_digest_work work = {
		.desc = &digest->desc,
		.exported = digest->exported,
		.state = &digest->state,
		.request = request,
		.outer = request->key ? request->key->outer : NULL,
		.digest = ends ? digest->output : NULL,
	};
	struct cce_hash_context header = { };
	u64 length;
	int error;

	if (!session->software.shash)
		return cce_engine_only_refuse(request, may_sleep);
	if (request->aad_length)
		memcpy(&header, digest->saved, sizeof(header));
	length = le64_to_cpu(header.length);
	digest->state = (struct cce_digest_state){ .length = length };
	memcpy(digest->state.words,
	       request->aad_length ? digest->saved + sizeof(header) : session->initial,
	       session->function->state_bytes);
	error = cce_digest_software_run(&session->software, &work);
	/* The message goes on from what the CPU has made. */
	if (!error && !ends)
		cce_digest_save(session->function, digest->state.words,
				length + request->text_length, digest->output);
	return error;
}

/* What isn't in the destination already is put there at the end, whoever has made it. */
static void cce_user_digest_finish(struct cce_request *request)
{
}

static const struct cce_request_operations cce_user_digest_operations = {
	.run_on_cpu = cce_user_digest_run_on_cpu,
	.write_prefix = cce_user_digest_write_prefix,
	.finish = cce_user_digest_finish,
};

/**
 * cce_user_digest_prepare() - make a request for the engine of what user space gave
 * @user: its session is set, and its state, if it goes on from one, is there
 * @given: checked
 *
 * Context: any.
 * Return: 0 or a negative errno, of which struct cce_uapi_submit tells the meaning.
 */
int cce_user_digest_prepare(struct cce_user_request *user, const struct cce_uapi_request *given)
{
	const struct cce_session_digest *session = user->session->digest;
	const struct cce_digest_function *function = session->function;
	bool first = given->flags & CCE_UAPI_REQUEST_FIRST;
	struct cce_user_digest *digest = user->crypto;
	unsigned int front = 0;
	int error;

	if (!first) {
		error = cce_user_digest_check_saved(session, digest->saved, given);
		if (error)
			return error;
	} else if (session->key) {
		/* HMAC's message begins behind the inner key block. */
		cce_digest_save(function, session->key->inner, function->block_bytes,
				digest->saved);
	}
	if (!first || session->key)
		front = cce_digest_saved_bytes(function);
	if (session->key)
		front += function->state_bytes;
	digest->request = (struct cce_request){
		.operations = &cce_user_digest_operations,
		.source_bytes = user->source_bytes,
		.destination_bytes = user->destination_bytes,
		.result = digest->output,
		.prefix_bytes = front,
		.suffix = user->iv,
		.suffix_bytes = given->iv_bytes,
		.text_length = given->length + given->iv_bytes,
		.aad_length = front,
		.front_bytes = front,
		.flags = (first ? CCE_DESCRIPTOR_FLAGS_STREAM_FIRST : 0) |
			 (given->flags & CCE_UAPI_REQUEST_LAST ?
				  CCE_DESCRIPTOR_FLAGS_STREAM_LAST : 0) |
			 (given->flags & CCE_UAPI_REQUEST_SQUEEZE ?
				  CCE_DESCRIPTOR_FLAGS_SQUEEZE : 0) |
			 (session->key ? CCE_DESCRIPTOR_FLAGS_KEYED : 0),
		.hash_output.length = cpu_to_le32(given->output_length),
	};
	return 0;
}

/**
 * cce_user_digest_check_lists() - can an engine take text and output, if nobody else can?
 * @user: its lists are there
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int cce_user_digest_check_lists(struct cce_user_request *user)
{
	if (user->session->digest->software.shash)
		return 0;
	/* The source's list has what stands in front of the text and behind it, too. */
	if (user->source_bytes && sg_nents(user->source_list.entries) > CCE_LIST_ENTRIES - 2)
		return -EMSGSIZE;
	return sg_nents(cce_user_destination(user)) > CCE_LIST_ENTRIES ? -EMSGSIZE : 0;
}

/**
 * cce_user_digest_run() - hand a request to an engine or to the CPU
 * @user: prepared
 * @done: called at the end, as by the crypto API
 *
 * Context: process, sleeps.
 * Return: as crypto_ahash_digest(); -EAGAIN or -ENODEV if no engine can take what is its alone.
 */
int cce_user_digest_run(struct cce_user_request *user, crypto_completion_t done)
{
	const struct cce_session_digest *session = user->session->digest;
	struct cce_user_digest *digest = user->crypto;

	digest->owner = (struct crypto_async_request){
		.complete = done,
		.data = user,
		.flags = cce_user_request_flags(user),
	};
	if (user->source_bytes)
		digest->request.source = user->source_list.entries;
	/* What is longer is an XOF's, which the CPU doesn't have. */
	if (user->destination_bytes > sizeof(digest->output))
		digest->request.destination = cce_user_destination(user);
	if (!session->software.shash)
		cce_engine_only_wake();
	if (session->key)
		refcount_inc(&session->key->references);
	return cce_algorithm_run(&digest->request, &digest->owner, &session->algorithm,
				 session->key);
}

/**
 * cce_user_digest_forget() - leave nothing of a state in a request, nor of HMAC's key
 * @user: request that is over, or was refused; it has room
 *
 * Context: any.
 */
void cce_user_digest_forget(struct cce_user_request *user)
{
	struct cce_user_digest *digest = user->crypto;

	memzero_explicit(digest->saved, sizeof(digest->saved));
	memzero_explicit(digest->output, sizeof(digest->output));
	memzero_explicit(&digest->state, sizeof(digest->state));
	memzero_explicit(digest->exported, sizeof(digest->exported));
}

/**
 * cce_user_digest_end() - hand out the result
 * @user: request that is over
 * @error: how it has ended
 *
 * Context: softirqs disabled, or process.
 */
void cce_user_digest_end(struct cce_user_request *user, int error)
{
	struct scatterlist *destination = cce_user_destination(user);
	struct cce_user_digest *digest = user->crypto;

	if (!error && !digest->request.destination)
		sg_copy_from_buffer(destination, sg_nents(destination), digest->output,
				    user->destination_bytes);
	cce_user_digest_forget(user);
}
