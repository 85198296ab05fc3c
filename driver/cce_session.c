// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: sessions of /dev/cce.
 *
 * A session is a transformation of the kernel's crypto API, asked for by the name of this driver's
 * own algorithm: so keys, the threshold of the CPU, recovery and wiping are those of all users. But
 * for key wrap, which the crypto API does not have, and hash functions, of which it has some, and
 * none whose state is the contract's.
 */
#include <crypto/aead.h>
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cce_algorithm.h"
#include "cce_client.h"
#include "cce_key.h"

static u32 cce_session_modes_of(struct cce_algorithm *const *algorithm, unsigned int count)
{
	u32 modes = 0;

	for (; count; algorithm++, count--)
		if (READ_ONCE((*algorithm)->registered))
			modes |= BIT((*algorithm)->mode);
	return modes;
}

/**
 * cce_session_modes() - which modes may a session have?
 *
 * Context: process, sleeps.
 * Return: a bit for each CCE_UAPI_MODE_.
 */
u32 cce_session_modes(void)
{
	return cce_session_modes_of(cce_skcipher_algorithms, ARRAY_SIZE(cce_skcipher_algorithms)) |
	       cce_session_modes_of(cce_aead_algorithms, ARRAY_SIZE(cce_aead_algorithms)) |
	       cce_session_modes_of(cce_cmac_algorithms, ARRAY_SIZE(cce_cmac_algorithms)) |
	       cce_key_wrap_modes();
}

static void cce_session_free_transformation(struct cce_session *session)
{
	if (cce_session_is_aead(session))
		crypto_free_aead(session->aead);
	else if (session->mode == CCE_UAPI_MODE_CMAC)
		crypto_free_ahash(session->ahash);
	else if (cce_session_is_key_wrap(session))
		cce_key_put(session->key);
	else if (cce_session_is_digest(session))
		cce_user_digest_free_session(session);
	else
		crypto_free_skcipher(session->skcipher);
}

static int cce_session_make_aead(struct cce_session *session, const u8 *key, unsigned int bytes)
{
	struct crypto_aead *aead;
	int error;

	aead = crypto_alloc_aead(cce_driver_names[session->mode], 0, 0);
	if (IS_ERR(aead))
		return PTR_ERR(aead);
	session->aead = aead;
	session->request_bytes = sizeof(struct aead_request) + crypto_aead_reqsize(aead);
	error = session->tag_bytes ? crypto_aead_setauthsize(aead, session->tag_bytes) : -EINVAL;
	if (!error)
		error = crypto_aead_setkey(aead, key, bytes);
	if (error)
		crypto_free_aead(aead);
	return error;
}

static int cce_session_make_ahash(struct cce_session *session, const u8 *key, unsigned int bytes)
{
	struct crypto_ahash *ahash;
	int error;

	if (!session->tag_bytes || session->tag_bytes > CCE_UAPI_TAG_BYTES)
		return -EINVAL;
	ahash = crypto_alloc_ahash(cce_driver_names[session->mode], 0, 0);
	if (IS_ERR(ahash))
		return PTR_ERR(ahash);
	session->ahash = ahash;
	session->request_bytes = sizeof(struct ahash_request) + crypto_ahash_reqsize(ahash);
	error = crypto_ahash_setkey(ahash, key, bytes);
	if (error)
		crypto_free_ahash(ahash);
	return error;
}

static int cce_session_make_skcipher(struct cce_session *session, const u8 *key,
				     unsigned int bytes)
{
	struct crypto_skcipher *skcipher;
	int error;

	if (session->tag_bytes)
		return -EINVAL;
	skcipher = crypto_alloc_skcipher(cce_driver_names[session->mode], 0, 0);
	if (IS_ERR(skcipher))
		return PTR_ERR(skcipher);
	session->skcipher = skcipher;
	session->request_bytes = sizeof(struct skcipher_request) +
				 crypto_skcipher_reqsize(skcipher);
	error = crypto_skcipher_setkey(skcipher, key, bytes);
	if (error)
		crypto_free_skcipher(skcipher);
	return error;
}

/* The key is nowhere on return but in the transformation. */
static int cce_session_make_transformation(struct cce_session *session,
					   const struct cce_uapi_session_create *argument)
{
	bool hmac = argument->flags & CCE_UAPI_SESSION_HMAC;
	unsigned int bytes = argument->key_bytes;
	u8 *key;
	int error;

	key = vmemdup_user(u64_to_user_ptr(argument->key), bytes);
	if (IS_ERR(key))
		return PTR_ERR(key);
	if (cce_session_is_aead(session))
		error = cce_session_make_aead(session, key, bytes);
	else if (session->mode == CCE_UAPI_MODE_CMAC)
		error = cce_session_make_ahash(session, key, bytes);
	else if (cce_session_is_key_wrap(session))
		error = cce_key_wrap_prepare_session(session, key, bytes);
	else if (cce_session_is_digest(session))
		error = cce_user_digest_prepare_session(session, hmac, key, bytes);
	else
		error = cce_session_make_skcipher(session, key, bytes);
	kvfree_sensitive(key, bytes);
	return error;
}

static void cce_session_release(struct kref *refs)
{
	struct cce_session *session = container_of(refs, struct cce_session, refs);

	cce_session_free_transformation(session);
	cce_client_uncharge(session->account, CCE_QUOTA_SESSIONS, 1);
	kfree(session);
}

/**
 * cce_session_put() - give a reference back
 * @session: session, may be gone on return
 *
 * Context: process, sleeps.
 */
void cce_session_put(struct cce_session *session)
{
	kref_put(&session->refs, cce_session_release);
}

/**
 * cce_session_get() - find a session
 * @client: its owner
 * @id: of the session
 *
 * Context: process.
 * Return: the session, with a reference, or NULL.
 */
struct cce_session *cce_session_get(struct cce_client *client, u32 id)
{
	struct cce_session *session;

	xa_lock(&client->sessions);
	session = xa_load(&client->sessions, id);
	if (session)
		kref_get(&session->refs);
	xa_unlock(&client->sessions);
	return session;
}

static int cce_session_check(const struct cce_uapi_session_create *argument)
{
	if (argument->mode >= CCE_UAPI_MODE_HASH)
		return cce_user_digest_check_session(argument);
	if (argument->flags || !argument->key_bytes || argument->key_bytes > CCE_UAPI_KEY_BYTES ||
	    argument->tag_bytes > CCE_UAPI_TAG_BYTES)
		return -EINVAL;
	if (argument->mode > CCE_UAPI_MODE_KWP ||
	    !(cce_session_modes() & BIT(argument->mode)))
		return -EOPNOTSUPP;
	return 0;
}

/* A session with a charge, which becomes its owner's. */
static struct cce_session *cce_session_make(struct cce_client *client,
					    const struct cce_uapi_session_create *argument)
{
	struct cce_session *session;
	int error;

	session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);
	if (!session)
		return ERR_PTR(-ENOMEM);
	kref_init(&session->refs);
	session->account = client->account;
	session->mode = argument->mode;
	session->tag_bytes = argument->tag_bytes;
	error = cce_session_make_transformation(session, argument);
	if (error) {
		kfree(session);
		return ERR_PTR(error);
	}
	return session;
}

/**
 * cce_session_create() - ioctl CCE_UAPI_SESSION_CREATE
 * @client: who asks
 * @user: address of struct cce_uapi_session_create
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int cce_session_create(struct cce_client *client, void __user *user)
{
	struct cce_uapi_session_create argument;
	struct cce_session *session;
	int error;

	error = cce_client_copy_argument(&argument, sizeof(argument), user) ?:
		cce_session_check(&argument) ?:
		cce_client_charge(client->account, CCE_QUOTA_SESSIONS, 1);
	if (error)
		return error;
	session = cce_session_make(client, &argument);
	if (IS_ERR(session)) {
		cce_client_uncharge(client->account, CCE_QUOTA_SESSIONS, 1);
		return PTR_ERR(session);
	}
	kref_get(&session->refs);	/* the client's */
	error = xa_alloc(&client->sessions, &argument.session, session, xa_limit_31b,
			 GFP_KERNEL_ACCOUNT);
	if (error) {
		cce_session_put(session);
	} else {
		error = cce_client_return(user, &argument, sizeof(argument));
		/* Another thread may have guessed the id and destroyed it. */
		if (error && xa_cmpxchg(&client->sessions, argument.session, session, NULL, 0) ==
				     session)
			cce_session_put(session);
	}
	cce_session_put(session);
	return error;
}

/**
 * cce_session_destroy() - ioctl CCE_UAPI_SESSION_DESTROY
 * @client: who asks
 * @id: of the session
 *
 * Context: process, sleeps.
 * Return: 0 or -ENOENT.
 */
int cce_session_destroy(struct cce_client *client, u32 id)
{
	struct cce_session *session = xa_erase(&client->sessions, id);

	if (!session)
		return -ENOENT;
	cce_session_put(session);
	return 0;
}
