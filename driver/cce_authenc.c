// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: encryption with HMAC over associated data and ciphertext, in one pass.
 *
 * The algorithms that the kernel's template authenc() would make of a cipher and an HMAC, each of
 * which would go over the text for itself. Tag and associated data are as with the template, which
 * is what the CPU has: in a destination of its own, too, stands the associated data after
 * encryption.
 *
 * A source is what HMAC goes on from, associated data, text and, to decrypt, the tag.
 *
 * In one pass a lane of the engine's hash waits while the one block of a CBC encryption is in the
 * cipher. So many of these at once end sooner as two requests of the engine each: the cipher's,
 * which has far more lanes, then HMAC's over what came out. The second follows the first from its
 * completion, and is the same request to its owner, to the queue pair and to a reset.
 */
#include <crypto/aes.h>
#include <crypto/authenc.h>
#include <crypto/ctr.h>
#include <crypto/internal/hash.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <linux/scatterlist.h>
#include <linux/string.h>

#include "cce_aead.h"
#include "cce_digest_software.h"

static unsigned int one_pass_most = 4;
module_param(one_pass_most, uint, 0644);
MODULE_PARM_DESC(one_pass_most, "So many CBC encryptions with HMAC an engine does at once in one pass, more in two: its hash lanes, of which its registers don't tell (default 4)");

/* From about there on the engine saves what the second request costs the CPU: docs/one-pass.md. */
static unsigned int two_passes_from = 1024;
module_param(two_passes_from, uint, 0644);
MODULE_PARM_DESC(two_passes_from, "Texts of fewer bytes are encrypted in one pass in any case (default 1024)");

/* One transformation (tfm). */
struct cce_authenc {
	struct cce_aead aead;			/* first */
	struct cce_digest_software software;	/* of the hash function */
};

/* What HMAC on the CPU needs, in the place of the fallback's request. */
struct cce_authenc_hmac {
	struct cce_digest_state state;
	u8 exported[CCE_SOFTWARE_STATE_BYTES];
	struct shash_desc desc;			/* last: its own context follows */
};

static_assert(!offsetof(struct cce_authenc, aead));
static_assert(offsetof(struct cce_aead_request, fallback) %
	      __alignof__(struct cce_authenc_hmac) == 0);

/**
 * struct cce_authenc_alg - an algorithm of the crypto API
 * @aead: as all authenticated encryption
 * @function: hash function of the HMAC
 * @rfc3686: the counter block is made of the key's nonce, a request's IV, and 1
 * @initial: words of the state before any message; known when the algorithm is added
 */
struct cce_authenc_alg {
	struct cce_aead_alg aead;
	const struct cce_digest_function *function;
	bool rfc3686;
	u8 initial[CCE_HASH_STATE_BYTES];
};

static struct cce_authenc_alg *cce_authenc_alg_of(struct crypto_aead *tfm)
{
	return container_of(cce_aead_alg_of(tfm), struct cce_authenc_alg, aead);
}

static const struct cce_digest_function *cce_authenc_function(const struct cce_request *request)
{
	return cce_authenc_alg_of(crypto_aead_reqtfm(cce_aead_owner(request)))->function;
}

/* What HMAC goes on from: the inner state, and the outer one. */
static unsigned int cce_authenc_front_bytes(const struct cce_digest_function *function)
{
	return cce_digest_saved_bytes(function) + function->state_bytes;
}

/* Behind the states comes the associated data that is copied. */
static void cce_authenc_write_prefix(const struct cce_request *request, u8 *prefix)
{
	const struct cce_digest_function *function = cce_authenc_function(request);

	cce_digest_save(function, request->key->inner, function->block_bytes, prefix);
	memcpy(prefix + cce_digest_saved_bytes(function), request->key->outer,
	       function->state_bytes);
	sg_copy_to_buffer(request->source, sg_nents(request->source),
			  prefix + request->front_bytes,
			  request->prefix_bytes - request->front_bytes);
}

static void cce_authenc_copy_aad(struct aead_request *req)
{
	unsigned int done, bytes;
	u8 piece[CCE_PREFIX_BYTES];

	for (done = 0; done < req->assoclen; done += bytes) {
		bytes = min_t(unsigned int, req->assoclen - done, sizeof(piece));
		sg_pcopy_to_buffer(req->src, sg_nents(req->src), piece, bytes, done);
		sg_pcopy_from_buffer(req->dst, sg_nents(req->dst), piece, bytes, done);
	}
}

static void cce_authenc_finish(struct cce_request *request)
{
	struct aead_request *req = cce_aead_owner(request);

	if (!request->decrypt && req->src != req->dst)
		cce_authenc_copy_aad(req);
	cce_aead_finish(request);
}

/* The tag, after the second of two requests: ciphertext and associated data are there. */
static void cce_authenc_finish_hmac(struct cce_request *request)
{
	struct aead_request *req = cce_aead_owner(request);
	const struct cce_aead_request *context = aead_request_ctx(req);

	sg_pcopy_from_buffer(req->dst, sg_nents(req->dst), context->tag, context->tag_bytes,
			     req->assoclen + req->cryptlen);
}

/* As in one pass, nothing is left of a request that the engine has begun and that fails. */
static void cce_authenc_forget(struct cce_request *request, int error)
{
	struct aead_request *req = cce_aead_owner(request);
	struct cce_aead_request *context = aead_request_ctx(req);

	memzero_explicit(context->tag, sizeof(context->tag));
	if (error && (request->opcode == CCE_OPCODE_HASH || request->may_have_begun))
		sg_zero_buffer(req->dst, sg_nents(req->dst), req->cryptlen + context->tag_bytes,
			       req->assoclen);
}

/* There is no way back to the plaintext: the CPU does what the engine has left to do. */
static int cce_authenc_run_hmac_on_cpu(struct cce_request *request, bool may_sleep)
{
	const struct cce_digest_function *function = cce_authenc_function(request);
	struct aead_request *req = cce_aead_owner(request);
	struct cce_authenc *authenc = crypto_aead_ctx(crypto_aead_reqtfm(req));
	struct cce_aead_request *context = aead_request_ctx(req);
	struct cce_authenc_hmac *hmac = (struct cce_authenc_hmac *)&context->fallback;
	const struct cce_digest_work work = {
		.desc = &hmac->desc,
		.exported = hmac->exported,
		.state = &hmac->state,
		.request = request,
		.outer = request->key->outer,
		.digest = context->tag,
	};
	int error;

	hmac->state = (struct cce_digest_state){ .length = function->block_bytes };
	memcpy(hmac->state.words, request->key->inner, function->state_bytes);
	/* Nothing of it stands in a slot. */
	request->source_skip = 0;
	request->source_bytes = req->assoclen + req->cryptlen;
	error = cce_digest_software_run(&authenc->software, &work);
	if (!error)
		cce_authenc_finish_hmac(request);
	memzero_explicit(hmac, sizeof(*hmac));
	return error;
}

static const struct cce_request_operations cce_authenc_hmac_operations = {
	.run_on_cpu = cce_authenc_run_hmac_on_cpu,
	.write_prefix = cce_authenc_write_prefix,
	.finish = cce_authenc_finish_hmac,
	.forget = cce_authenc_forget,
};

/* The second request: HMAC of what is in the destination now. */
static void cce_authenc_next(struct cce_request *request)
{
	const struct cce_digest_function *function = cce_authenc_function(request);
	unsigned int front = cce_authenc_front_bytes(function);
	struct aead_request *req = cce_aead_owner(request);
	unsigned int prefix = req->assoclen <= CCE_PREFIX_BYTES ? req->assoclen : 0;

	if (req->src != req->dst)
		cce_authenc_copy_aad(req);
	request->operations = &cce_authenc_hmac_operations;
	request->opcode = CCE_OPCODE_HASH;
	request->mode = function->mode;
	request->flags = CCE_DESCRIPTOR_FLAGS_KEYED | CCE_DESCRIPTOR_FLAGS_STREAM_LAST;
	request->hash_output = (struct cce_hash_output){
		.length = cpu_to_le32(function->digest_bytes),
	};
	request->source = req->dst;
	request->source_skip = prefix;
	request->source_bytes = req->assoclen - prefix + req->cryptlen;
	request->destination = NULL;
	request->destination_skip = 0;
	request->destination_bytes = function->digest_bytes;
	request->prefix_bytes = front + prefix;
	request->front_bytes = front;
	request->aad_length = front;
	request->text_length = req->assoclen + req->cryptlen;
}

static const struct cce_request_operations cce_authenc_cipher_operations = {
	.run_on_cpu = cce_aead_run_on_cpu,
	.next = cce_authenc_next,
	.forget = cce_authenc_forget,
};

/* The first request: the cipher's, if the engine has as many of these as it has hash lanes. */
static void cce_authenc_split(struct cce_request *request, struct cce_device *cce)
{
	struct aead_request *req = cce_aead_owner(request);
	struct cce_aead_request *context = aead_request_ctx(req);
	u64 bytes = (u64)req->assoclen + req->cryptlen + request->tag_length;

	if (!request->cbc_hmac_encryption || request->text_length < READ_ONCE(two_passes_from) ||
	    (unsigned int)atomic_read(&cce->cbc_hmac_encryptions) < READ_ONCE(one_pass_most))
		return;
	/* In one pass it is an error before anything is written. */
	if (sg_nents_for_len(req->dst, bytes) < 0)
		return;
	context->tag_bytes = request->tag_length;
	request->operations = &cce_authenc_cipher_operations;
	request->opcode = CCE_OPCODE_CIPHER;
	request->mode = cce_cipher_of(request->mode);
	request->flags = 0;
	request->source_skip = req->assoclen;
	request->source_bytes = req->cryptlen;
	request->destination_bytes = req->cryptlen;
	request->tail_bytes = 0;
	request->prefix_bytes = 0;
	request->front_bytes = 0;
	request->aad_length = 0;
	request->tag_length = 0;
}

static const struct cce_request_operations cce_authenc_operations = {
	.run_on_cpu = cce_aead_run_on_cpu,
	.split = cce_authenc_split,
	.write_prefix = cce_authenc_write_prefix,
	.finish = cce_authenc_finish,
	.forget = cce_aead_forget,
};

/*
 * The engine wants text, CBC whole blocks of it, and counts message and states in 32 bits. Of the
 * rest the CPU knows, too, which error comes first: that of the length or that of the tag.
 */
static bool cce_authenc_is_unfit(const struct cce_request *request, unsigned int front)
{
	return !request->text_length ||
	       (cce_cipher_of(request->mode) == CCE_CIPHER_MODE_CBC &&
		!IS_ALIGNED(request->text_length, AES_BLOCK_SIZE)) ||
	       (u64)front + request->aad_length + request->text_length > U32_MAX;
}

/* RFC 3686, 4: nonce, IV, and a counter that begins with 1. */
static void cce_authenc_rfc3686_iv(u8 *iv, const u8 *nonce, const u8 *given)
{
	const __be32 counter = cpu_to_be32(1);

	memcpy(iv, nonce, CTR_RFC3686_NONCE_SIZE);
	memcpy(iv + CTR_RFC3686_NONCE_SIZE, given, CTR_RFC3686_IV_SIZE);
	memcpy(iv + CTR_RFC3686_NONCE_SIZE + CTR_RFC3686_IV_SIZE, &counter, sizeof(counter));
}

static int cce_authenc_crypt(struct aead_request *req, bool decrypt)
{
	struct crypto_aead *tfm = crypto_aead_reqtfm(req);
	const struct cce_authenc_alg *row = cce_authenc_alg_of(tfm);
	const struct cce_algorithm *algorithm = &row->aead.algorithm;
	bool is_cbc = cce_cipher_of(algorithm->mode) == CCE_CIPHER_MODE_CBC;
	unsigned int front = cce_authenc_front_bytes(row->function);
	unsigned int prefix = req->assoclen <= CCE_PREFIX_BYTES ? req->assoclen : 0;
	struct cce_request *request = cce_aead_describe(req, prefix, decrypt);
	struct cce_aead *aead = crypto_aead_ctx(tfm);
	struct cce_key *key = cce_key_get(&aead->key);

	if (!key)
		return -ENOKEY;
	request->operations = &cce_authenc_operations;
	request->flags = CCE_DESCRIPTOR_FLAGS_KEYED;
	request->mode = algorithm->mode;
	request->cbc_hmac_encryption = is_cbc && !decrypt;
	request->unfit = cce_authenc_is_unfit(request, front);
	request->front_bytes = front;
	request->prefix_bytes += front;
	request->aad_length += front;
	if (row->rfc3686)
		cce_authenc_rfc3686_iv(request->iv, key->nonce, req->iv);
	else
		memcpy(request->iv, req->iv, AES_BLOCK_SIZE);
	return cce_algorithm_run(request, &req->base, algorithm, key);
}

static int cce_authenc_encrypt(struct aead_request *req)
{
	return cce_authenc_crypt(req, false);
}

static int cce_authenc_decrypt(struct aead_request *req)
{
	return cce_authenc_crypt(req, true);
}

/*
 * Both keys, from one that the CPU's implementation has taken: the length of the cipher's, HMAC's
 * key, and the cipher's, with the nonce if there is one.
 */
static int cce_authenc_set_keys(struct crypto_aead *tfm, struct cce_key *new, const u8 *key,
				unsigned int key_bytes)
{
	const struct cce_authenc_alg *row = cce_authenc_alg_of(tfm);
	struct cce_authenc *authenc = crypto_aead_ctx(tfm);
	const struct rtattr *attribute = (const struct rtattr *)key;
	const struct crypto_authenc_key_param *parameter = RTA_DATA(attribute);
	unsigned int cipher_bytes = be32_to_cpu(parameter->enckeylen);
	unsigned int hmac_bytes = key_bytes - attribute->rta_len - cipher_bytes;
	const u8 *hmac_key = key + attribute->rta_len;
	const u8 *cipher_key = hmac_key + hmac_bytes;

	if (row->rfc3686) {
		cipher_bytes -= CTR_RFC3686_NONCE_SIZE;
		memcpy(new->nonce, cipher_key + cipher_bytes, CTR_RFC3686_NONCE_SIZE);
	}
	cce_key_set_record(new, row->aead.algorithm.rights, cipher_key, cipher_bytes, NULL);
	return cce_digest_software_set_key(&authenc->software, row->initial, new, hmac_key,
					   hmac_bytes);
}

static int cce_authenc_setkey(struct crypto_aead *tfm, const u8 *key, unsigned int key_bytes)
{
	struct cce_aead *aead = crypto_aead_ctx(tfm);
	struct cce_key *new = cce_key_allocate();
	int error;

	if (!new)
		return -ENOMEM;
	error = cce_aead_set_fallback(new, tfm, key, key_bytes) ?:
		cce_authenc_set_keys(tfm, new, key, key_bytes);
	if (error)
		cce_key_put(new);
	else
		cce_key_replace(&aead->key, new);
	return error;
}

static int cce_authenc_init(struct crypto_aead *tfm)
{
	const struct cce_authenc_alg *row = cce_authenc_alg_of(tfm);
	struct cce_authenc *authenc = crypto_aead_ctx(tfm);
	unsigned int bytes;
	int error;

	error = cce_digest_software_open(&authenc->software, row->function);
	if (error)
		return error;
	error = cce_aead_init(tfm);
	if (error) {
		cce_digest_software_close(&authenc->software);
		return error;
	}
	if (cce_cipher_of(row->aead.algorithm.mode) != CCE_CIPHER_MODE_CBC)
		return 0;
	bytes = offsetof(struct cce_aead_request, fallback) + sizeof(struct cce_authenc_hmac) +
		crypto_shash_descsize(authenc->software.shash);
	crypto_aead_set_reqsize(tfm, max(bytes, crypto_aead_reqsize(tfm)));
	return 0;
}

static void cce_authenc_exit(struct crypto_aead *tfm)
{
	struct cce_authenc *authenc = crypto_aead_ctx(tfm);

	cce_aead_exit(tfm);
	cce_digest_software_close(&authenc->software);
}

/* The priority that the template gives itself over both of our parts, and one more. */
static int cce_authenc_priority(int priority)
{
	return priority * 10 + priority + 1;
}

static int cce_authenc_add(struct cce_algorithm *algorithm, int priority)
{
	struct cce_aead_alg *aead = container_of(algorithm, struct cce_aead_alg, algorithm);
	struct cce_authenc_alg *row = container_of(aead, struct cce_authenc_alg, aead);
	struct cce_digest_software software;
	int error;

	error = cce_algorithm_need_cpu(aead->alg.base.cra_name, CRYPTO_ALG_TYPE_AEAD,
				       CRYPTO_ALG_TYPE_MASK) ?:
		cce_digest_software_open(&software, row->function);
	if (error)
		return error;
	error = cce_digest_software_initial(&software, row->initial);
	cce_digest_software_close(&software);
	if (error)
		return error;

	aead->alg.maxauthsize = row->function->digest_bytes;
	aead->alg.base.cra_priority = cce_authenc_priority(priority);
	return crypto_register_aead(&aead->alg);
}

#define CCE_AUTHENC(HASH, CIPHER, name, driver, block, iv, is_rfc3686) {	\
	.function = &cce_digest_functions[CCE_HASH_MODE_##HASH],		\
	.rfc3686 = is_rfc3686,							\
	.aead.algorithm = {							\
		.add = cce_authenc_add,						\
		.remove = cce_aead_remove,					\
		.capability = CCE_GLOBAL_ALGORITHMS_CIPHER_HASH_MASK |		\
			      CCE_GLOBAL_ALGORITHMS_AES_##CIPHER##_MASK |	\
			      CCE_GLOBAL_ALGORITHMS_SHA2_MASK,			\
		.rights = CCE_CONTEXT_RECORD_RIGHTS_##CIPHER,			\
		.opcode = CCE_OPCODE_CIPHER_HASH,				\
		.mode = CCE_CIPHER_MODE_##CIPHER |				\
			CCE_HASH_MODE_##HASH << CCE_CIPHER_HASH_FUNCTION_LSB,	\
	},									\
	.aead.alg = {								\
		.base.cra_name = name,						\
		.base.cra_driver_name = driver,					\
		.base.cra_flags = CCE_ALGORITHM_FLAGS,				\
		.base.cra_blocksize = block,					\
		.base.cra_ctxsize = sizeof(struct cce_authenc),			\
		.base.cra_module = THIS_MODULE,					\
		.ivsize = iv,							\
		.chunksize = AES_BLOCK_SIZE,					\
		.setkey = cce_authenc_setkey,					\
		.setauthsize = cce_aead_setauthsize,				\
		.encrypt = cce_authenc_encrypt,					\
		.decrypt = cce_authenc_decrypt,					\
		.init = cce_authenc_init,					\
		.exit = cce_authenc_exit,					\
	},									\
}

#define CCE_AUTHENC_CBC(HASH, name, driver) \
	CCE_AUTHENC(HASH, CBC, name, driver, AES_BLOCK_SIZE, AES_BLOCK_SIZE, false)
#define CCE_AUTHENC_CTR(HASH, name, driver) \
	CCE_AUTHENC(HASH, CTR, name, driver, 1, AES_BLOCK_SIZE, false)
#define CCE_AUTHENC_RFC3686(HASH, name, driver) \
	CCE_AUTHENC(HASH, CTR, name, driver, 1, CTR_RFC3686_IV_SIZE, true)

static struct cce_authenc_alg cce_authenc_algs[] = {
	CCE_AUTHENC_CBC(SHA_256, "authenc(hmac(sha256),cbc(aes))",
			"authenc-hmac-sha256-cbc-aes-cce"),
	CCE_AUTHENC_CBC(SHA_384, "authenc(hmac(sha384),cbc(aes))",
			"authenc-hmac-sha384-cbc-aes-cce"),
	CCE_AUTHENC_CBC(SHA_512, "authenc(hmac(sha512),cbc(aes))",
			"authenc-hmac-sha512-cbc-aes-cce"),
	CCE_AUTHENC_CTR(SHA_256, "authenc(hmac(sha256),ctr(aes))",
			"authenc-hmac-sha256-ctr-aes-cce"),
	CCE_AUTHENC_CTR(SHA_384, "authenc(hmac(sha384),ctr(aes))",
			"authenc-hmac-sha384-ctr-aes-cce"),
	CCE_AUTHENC_CTR(SHA_512, "authenc(hmac(sha512),ctr(aes))",
			"authenc-hmac-sha512-ctr-aes-cce"),
	CCE_AUTHENC_RFC3686(SHA_256, "authenc(hmac(sha256),rfc3686(ctr(aes)))",
			    "authenc-hmac-sha256-rfc3686-ctr-aes-cce"),
	CCE_AUTHENC_RFC3686(SHA_384, "authenc(hmac(sha384),rfc3686(ctr(aes)))",
			    "authenc-hmac-sha384-rfc3686-ctr-aes-cce"),
	CCE_AUTHENC_RFC3686(SHA_512, "authenc(hmac(sha512),rfc3686(ctr(aes)))",
			    "authenc-hmac-sha512-rfc3686-ctr-aes-cce"),
};

struct cce_algorithm *const cce_authenc_algorithms[] = {
	&cce_authenc_algs[0].aead.algorithm,
	&cce_authenc_algs[1].aead.algorithm,
	&cce_authenc_algs[2].aead.algorithm,
	&cce_authenc_algs[3].aead.algorithm,
	&cce_authenc_algs[4].aead.algorithm,
	&cce_authenc_algs[5].aead.algorithm,
	&cce_authenc_algs[6].aead.algorithm,
	&cce_authenc_algs[7].aead.algorithm,
	&cce_authenc_algs[8].aead.algorithm,
};
