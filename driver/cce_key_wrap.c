// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: key wrap for /dev/cce (SP 800-38F: modes KW and KWP).
 *
 * The kernel's crypto API has no such algorithm, so a session has a key of this driver's own, and
 * its requests go to the engine directly. The CPU has no part in them: without an engine they end
 * with an error.
 */
#include <linux/bits.h>
#include <linux/minmax.h>
#include <linux/refcount.h>
#include <linux/string.h>

#include "cce_algorithm.h"
#include "cce_client.h"
#include "cce_compat.h"
#include "cce_engine_only.h"
#include "cce_key.h"

/* What a request of user space has instead of one of the crypto API. */
struct cce_key_wrap_request {
	struct crypto_async_request owner;
	struct cce_request request;
};

static const struct cce_algorithm cce_key_wrap_kw = {
	.capability = CCE_GLOBAL_ALGORITHMS_AES_KW_MASK,
	.rights = CCE_CONTEXT_RECORD_RIGHTS_KW,
	.opcode = CCE_OPCODE_CIPHER,
	.mode = CCE_CIPHER_MODE_KW,
};

static const struct cce_algorithm cce_key_wrap_kwp = {
	.capability = CCE_GLOBAL_ALGORITHMS_AES_KWP_MASK,
	.rights = CCE_CONTEXT_RECORD_RIGHTS_KWP,
	.opcode = CCE_OPCODE_CIPHER,
	.mode = CCE_CIPHER_MODE_KWP,
};

static const struct cce_algorithm *cce_key_wrap_algorithm(const struct cce_session *session)
{
	return session->mode == CCE_UAPI_MODE_KWP ? &cce_key_wrap_kwp : &cce_key_wrap_kw;
}

/**
 * cce_key_wrap_modes() - which of the two may a session have now?
 *
 * Context: process, sleeps.
 * Return: a bit for each CCE_UAPI_MODE_.
 */
u32 cce_key_wrap_modes(void)
{
	u32 algorithms = cce_engine_only_capabilities();

	return (algorithms & cce_key_wrap_kw.capability ? BIT(CCE_UAPI_MODE_KW) : 0) |
	       (algorithms & cce_key_wrap_kwp.capability ? BIT(CCE_UAPI_MODE_KWP) : 0);
}

/**
 * cce_key_wrap_prepare_session() - give a session its key
 * @session: its mode is set
 * @key: the key
 * @bytes: its length
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int cce_key_wrap_prepare_session(struct cce_session *session, const u8 *key, unsigned int bytes)
{
	int error = session->tag_bytes ? -EINVAL : aes_check_keylen(bytes);

	if (error)
		return error;
	session->key = cce_key_create(cce_key_wrap_algorithm(session)->rights, key, bytes, NULL);
	session->request_bytes = sizeof(struct cce_key_wrap_request);
	return session->key ? 0 : -ENOMEM;
}

/* The length of a key that had padding is known to the engine only. */
static void cce_key_wrap_finish(struct cce_request *request)
{
	struct cce_user_request *user = request->owner->data;

	if (request->decrypt && request->mode == CCE_CIPHER_MODE_KWP)
		user->key_bytes = min(le32_to_cpu(request->unwrapped_key.length), user->length);
}

static const struct cce_request_operations cce_key_wrap_operations = {
	.run_on_cpu = cce_engine_only_refuse,
	.finish = cce_key_wrap_finish,
};

/**
 * cce_key_wrap_run() - hand a request to an engine
 * @user: prepared
 * @done: called at the end, as by the crypto API
 *
 * Context: process, sleeps.
 * Return: as crypto_skcipher_encrypt(); -EAGAIN or -ENODEV if no engine can take it.
 */
int cce_key_wrap_run(struct cce_user_request *user, crypto_completion_t done)
{
	struct cce_key_wrap_request *wrap = user->crypto;
	struct cce_key *key = user->session->key;

	wrap->owner = (struct crypto_async_request){
		.complete = done,
		.data = user,
		.flags = cce_user_request_flags(user),
	};
	wrap->request = (struct cce_request){
		.operations = &cce_key_wrap_operations,
		.source = user->source_list.entries,
		.source_bytes = user->source_bytes,
		.destination = cce_user_destination(user),
		.destination_bytes = user->destination_bytes,
		.text_length = user->source_bytes,
		.decrypt = user->decrypt,
	};
	cce_engine_only_wake();
	refcount_inc(&key->references);
	return cce_algorithm_run(&wrap->request, &wrap->owner,
				 cce_key_wrap_algorithm(user->session), key);
}
