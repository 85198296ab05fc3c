// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's way of a key and a text, in a program under valgrind: setkey, descriptor, context record, bounce buffers,
 * completion, reset, wiping. Keys, texts and tags are marked as uninitialised, as ctgrind does, so that memcheck complains
 * about every branch and address that depends on them. The kernel around is kernel.h and kernel.c, the engine engine.c, and
 * what they do to a text cipher.h.
 *
 * Exit status 0: all is well; 1: the driver did something wrong; valgrind's: see above.
 */
#include "cce_algorithm.h"
#include "cce_contract.h"
#include "cce_device.h"
#include "cce_queue.h"
#include "cce_request.h"
#include "cipher.h"
#include "digest.h"
#include "engine.h"
#include "secrets.h"

#include <linux/rtnetlink.h>

#define TEXT_BYTES 160
#define AAD_BYTES 100
#define STREAM_BYTES (AAD_BYTES + TEXT_BYTES + HASH_MAX_DIGESTSIZE)
#define SCRAP_BYTES 4
#define MAC_KEY_BYTES 150
/* authenc(): length, HMAC's key, the cipher's, nonce; longer than XTS's two. */
#define KEY_BYTES \
	(RTA_SPACE(sizeof(struct crypto_authenc_key_param)) + MAC_KEY_BYTES + AES_MAX_KEY_SIZE + CTR_RFC3686_NONCE_SIZE)
#define SCRAPS (STREAM_BYTES / SCRAP_BYTES)

unsigned int failures;

/* ---- the rest of the driver, and of the kernel */

static struct device device;
static struct cce_device engine = { .dev = &device, .registers = engine_registers, .algorithms = ~0U };
static struct cce_queue queue_pair;
static bool no_engine;

struct cce_queue *cce_registry_get_queue(void)
{
	if (no_engine)
		return NULL;
	engine.requests.count++;
	return &queue_pair;
}

void cce_registry_put_queue(struct cce_queue *queue)
{
	(void)queue;
	engine.requests.count--;
}

void cce_recovery_watch(struct cce_device *cce)
{
	(void)cce;
}

void dma_free_coherent(struct device *dev, size_t bytes, void *memory, dma_addr_t address)
{
	(void)dev, (void)address;
	expect(all_zero(memory, bytes));
	free(memory);
}

static unsigned int keys_set, keys_freed;

void key_released(struct rcu_work *work)
{
	struct cce_key *key = container_of(work, struct cce_key, work);

	expect(all_zero(&key->record, sizeof(key->record)));
	expect(all_zero(key->nonce, sizeof(key->nonce)));
	expect(all_zero(key->subkey1, sizeof(key->subkey1)));
	expect(all_zero(key->subkey2, sizeof(key->subkey2)));
	expect(all_zero(key->inner, sizeof(key->inner)));
	expect(all_zero(key->outer, sizeof(key->outer)));
	expect(none_secret(key, sizeof(*key)));
	keys_freed++;
}

static struct skcipher_alg *skciphers[8];
static struct aead_alg *aeads[16];
static struct ahash_alg *hashes[32];
static unsigned int skcipher_count, aead_count, hash_count;

int crypto_register_skcipher(struct skcipher_alg *alg)
{
	skciphers[skcipher_count++] = alg;
	return 0;
}

void crypto_unregister_skcipher(struct skcipher_alg *alg)
{
	(void)alg;
	skcipher_count--;
}

int crypto_register_aead(struct aead_alg *alg)
{
	aeads[aead_count++] = alg;
	return 0;
}

void crypto_unregister_aead(struct aead_alg *alg)
{
	(void)alg;
	aead_count--;
}

int crypto_register_ahash(struct ahash_alg *alg)
{
	hashes[hash_count++] = alg;
	return 0;
}

void crypto_unregister_ahash(struct ahash_alg *alg)
{
	(void)alg;
	hash_count--;
}

/* ---- how a text lies in memory */

enum layout {
	LAYOUT_DIRECT,
	LAYOUT_LIST,		/* aligned pieces */
	LAYOUT_RAGGED,		/* pieces that share a cache line: bounced if written */
	LAYOUT_EMPTY_ENTRY,	/* bounced, too */
	LAYOUT_SCRAPS,		/* more pieces than a slot's list takes: run on the CPU */
	LAYOUTS
};

/* Scraps stand a cache line apart. */
struct memory {
	u8 bytes[SCRAPS * L1_CACHE_BYTES] __attribute__((aligned(L1_CACHE_BYTES)));
	struct scatterlist list[SCRAPS + 1];
};

static void lay_out(struct memory *memory, unsigned int bytes, enum layout layout)
{
	unsigned int piece = layout == LAYOUT_DIRECT ? max(bytes, 1U) :
			     layout == LAYOUT_LIST   ? 64 :
			     layout == LAYOUT_SCRAPS ? SCRAP_BYTES :
						       40;
	unsigned int count = 0, done = 0;

	do {
		unsigned int length = min(bytes - done, piece);

		if (layout == LAYOUT_EMPTY_ENTRY && count == 1)
			length = 0;
		memory->list[count] = (struct scatterlist){
			memory->bytes + (layout == LAYOUT_SCRAPS ? L1_CACHE_BYTES * count : done), length, false };
		count++;
		done += length;
	} while (done < bytes);
	memory->list[count - 1].last = true;
}

/* ---- requests, whatever their algorithm */

#define UNFINISHED 1
static int completed_with;
static unsigned int notified;

static void completed(struct crypto_async_request *base, int error)
{
	(void)base;
	if (error == -EINPROGRESS)
		notified++;
	else
		completed_with = error;
}

/* Nothing of the key stays in the slots, nothing of the text in the slots or bounce buffers. */
static void check_wiped(void)
{
	unsigned int i;

	for (i = 0; i < cce_queue_entries(&queue_pair); i++)
		expect(all_zero(&queue_pair.slot_memory[i], offsetof(struct cce_slot_memory, source)));
	for (i = 0; i < CCE_BOUNCE_COUNT; i++)
		expect(all_zero(queue_pair.bounce[i].data, CCE_BOUNCE_BYTES));
	expect(engine.requests.count == 0);
	expect(queue_pair.free_bounce_count == CCE_BOUNCE_COUNT);
}

/* CBC encryption with HMAC is two requests of the engine: see set_two_passes(). */
static bool two_passes;

/*
 * A status from the driver: what the request ended with, when it has. Every other lone request is polled for, of two the
 * first.
 */
static int await(int status)
{
	if (status != -EINPROGRESS)
		return status;
	if (completed_with == UNFINISHED) {
		expect(!engine.cycle_ps || two_passes);
		do {
			engine_serve();
		} while (cce_queue_process(&queue_pair, 1) == 1 && completed_with == UNFINISHED);
		expect(completed_with != UNFINISHED);
	}
	return completed_with;
}

static void prepare_to_await(void)
{
	completed_with = UNFINISHED;
	engine.cycle_ps = engine.cycle_ps ? 0 : 4000;
}

/* ---- ciphers, with and without authentication */

/* One of the two kinds. */
struct cipher {
	struct skcipher_alg *alg;
	struct aead_alg *aead_alg;
	struct crypto_skcipher tfm;
	struct crypto_aead aead_tfm;
	const struct digest_function *function;	/* of authenc(), else NULL */
	u8 key[KEY_BYTES] __attribute__((aligned(RTA_ALIGNTO)));	/* as set last */
	unsigned int key_bytes;
	const u8 *cipher_key, *hmac_key, *nonce;	/* parts of it; of XTS the first key */
	unsigned int cipher_key_bytes, hmac_key_bytes;
};

struct trial {
	enum layout layout;
	unsigned int aad, text, tag;
	bool decrypt;
	bool in_place;
	u8 status;	/* CCE_STATUS_TAG: the tag is wrong */
};

/* One trial on its way. */
struct run {
	struct trial trial;
	struct skcipher_request req;
	struct aead_request aead_req;
	struct memory source, destination;
	u8 iv[AES_BLOCK_SIZE];
	u8 in[STREAM_BYTES];		/* what the source is at the beginning */
	u8 before[STREAM_BYTES];	/* what the destination is at the beginning */
	u8 out[STREAM_BYTES];		/* what the engine should write */
	u64 bounced;
};

static const char *cipher_name(const struct cipher *cipher)
{
	return cipher->alg ? cipher->alg->base.cra_name : cipher->aead_alg->base.cra_name;
}

static bool cipher_is(const struct cipher *cipher, const char *mode)
{
	return !strncmp(cipher_name(cipher), mode, strlen(mode));
}

static bool cipher_has_nonce(const struct cipher *cipher)
{
	return strstr(cipher_name(cipher), "rfc3686");
}

static void cipher_open(struct cipher *cipher)
{
	cipher->function = digest_find(cipher_name(cipher));
	cipher->tfm.alg = cipher->alg;
	cipher->aead_tfm.alg = cipher->aead_alg;
	cipher->tfm.base.name = cipher->aead_tfm.base.name = cipher_name(cipher);
	if (cipher->alg) {
		cipher->tfm.base.context = calloc(1, cipher->alg->base.cra_ctxsize);
		expect(cipher->alg->init(&cipher->tfm) == 0);
	} else {
		cipher->aead_tfm.authsize = cipher->aead_alg->maxauthsize;
		cipher->aead_tfm.base.context = calloc(1, cipher->aead_alg->base.cra_ctxsize);
		expect(cipher->aead_alg->init(&cipher->aead_tfm) == 0);
	}
}

static void cipher_close(struct cipher *cipher)
{
	if (cipher->alg)
		cipher->alg->exit(&cipher->tfm);
	else
		cipher->aead_alg->exit(&cipher->aead_tfm);
	free(cipher->tfm.base.context);
	free(cipher->aead_tfm.base.context);
}

/*
 * As crypto_authenc_extractkeys() and rfc3686() want it. The lengths are public, and the nonce behind the cipher's key, which
 * needn't be secret (RFC 3686, 4).
 */
static void cipher_make_authenc_key(struct cipher *cipher, unsigned int key_bytes, u8 first)
{
	unsigned int nonce_bytes = cipher_has_nonce(cipher) ? CTR_RFC3686_NONCE_SIZE : 0;
	const struct crypto_authenc_key_param parameter = { cpu_to_be32(key_bytes + nonce_bytes) };
	const struct rtattr attribute = { RTA_LENGTH(sizeof(parameter)), CRYPTO_AUTHENC_KEYA_PARAM };
	u8 *part = cipher->key;
	unsigned int i;

	memcpy(part, &attribute, sizeof(attribute));
	memcpy(RTA_DATA(part), &parameter, sizeof(parameter));
	part += attribute.rta_len;
	/* Longer than a block, or as RFC 4868, 2.1.1 has it. */
	cipher->hmac_key_bytes = key_bytes == AES_KEYSIZE_192 ? MAC_KEY_BYTES : cipher->function->digest_bytes;
	fill_secret(part, cipher->hmac_key_bytes + key_bytes, first);
	cipher->hmac_key = part;
	cipher->cipher_key = part + cipher->hmac_key_bytes;
	part += cipher->hmac_key_bytes + key_bytes;
	for (i = 0; i < nonce_bytes; i++)
		part[i] = (u8)(first + 3 * i);
	cipher->nonce = part;
	cipher->key_bytes = (unsigned int)(part + nonce_bytes - cipher->key);
}

static void cipher_make_key(struct cipher *cipher, unsigned int key_bytes, u8 first)
{
	cipher->cipher_key_bytes = key_bytes;
	if (cipher->function) {
		cipher_make_authenc_key(cipher, key_bytes, first);
		return;
	}
	cipher->key_bytes = cipher_is(cipher, "xts") ? 2 * key_bytes : key_bytes;
	fill_secret(cipher->key, cipher->key_bytes, first);
	cipher->cipher_key = cipher->key;
}

static void cipher_set_key(struct cipher *cipher, unsigned int key_bytes, u8 first)
{
	cipher_make_key(cipher, key_bytes, first);
	if (cipher->alg)
		expect(cipher->alg->setkey(&cipher->tfm, cipher->key, cipher->key_bytes) == 0);
	else
		expect(cipher->aead_alg->setkey(&cipher->aead_tfm, cipher->key, cipher->key_bytes) == 0);
	keys_set++;
}

static void cipher_set_tag_bytes(struct cipher *cipher, unsigned int bytes)
{
	expect(cipher->aead_alg->setauthsize(&cipher->aead_tfm, bytes) == 0);
	cipher->aead_tfm.authsize = bytes;
}

/* What the engine should get as IV. */
static void run_make_iv(const struct run *run, const struct cipher *cipher, u8 *iv)
{
	memset(iv, 0, AES_BLOCK_SIZE);
	if (cipher_has_nonce(cipher)) {
		memcpy(iv, cipher->nonce, CTR_RFC3686_NONCE_SIZE);
		memcpy(iv + CTR_RFC3686_NONCE_SIZE, run->iv, CTR_RFC3686_IV_SIZE);
		iv[AES_BLOCK_SIZE - 1] = 1;
	} else if (!cipher_is(cipher, "ecb")) {
		memcpy(iv, run->iv, cipher_is(cipher, "ccm") || cipher_is(cipher, "gcm") ? 12 : 16);
	}
}

/* Source, destination and what should come out. */
static void run_make_texts(struct run *run, const struct cipher *cipher)
{
	const struct trial *trial = &run->trial;
	unsigned int key_bytes = cipher->cipher_key_bytes;
	const u8 *key = cipher->cipher_key;
	const u8 *second_key = cipher_is(cipher, "xts") ? key + key_bytes : NULL;
	unsigned int aad = trial->aad, total = aad + trial->text + trial->tag;
	u8 plain[STREAM_BYTES], iv[AES_BLOCK_SIZE];
	u8 *tag = plain + aad + trial->text;

	memset(run->iv, 0x31, sizeof(run->iv));
	if (cipher_is(cipher, "ccm"))
		run->iv[0] = 3;	/* a counter of four bytes, whose value doesn't matter */
	run_make_iv(run, cipher, iv);

	for (unsigned int i = 0; i < aad; i++)
		plain[i] = (u8)(3 * i);
	fill_secret(plain + aad, trial->text, 5);
	memcpy(run->in, plain, aad + trial->text);
	cipher_text(key, second_key, key_bytes, iv, run->in + aad, trial->text);
	if (cipher->function)
		digest_hmac(cipher->function, cipher->hmac_key, cipher->hmac_key_bytes, run->in, aad + trial->text, tag);
	else if (trial->tag)
		cipher_tag(key, key_bytes, iv, plain, aad, plain + aad, trial->text, tag);
	memcpy(run->in + aad + trial->text, tag, trial->tag);

	if (trial->decrypt) {
		memcpy(run->out, plain + aad, trial->text);
		if (trial->status == CCE_STATUS_TAG) {
			run->in[total - 1] ^= 1;
			memset(run->out, 0, trial->text);
		}
	} else {
		memcpy(run->out, run->in + aad, trial->text + trial->tag);
		memcpy(run->in, plain, aad + trial->text);
		/* Room for the tag. */
		memset(run->in + aad + trial->text, 0x55, trial->tag);
	}

	lay_out(&run->source, total, trial->layout);
	lay_out(&run->destination, total, trial->layout);
	sg_copy_from_buffer(run->source.list, ~0U, run->in, total);
	memset(run->before, 0x55, sizeof(run->before));
	sg_copy_from_buffer(run->destination.list, ~0U, run->before, total);
	if (trial->in_place)
		memcpy(run->before, run->in, total);
}

static struct run *run_start(struct cipher *cipher, const struct trial *trial, u32 flags, int *status)
{
	struct run *run = aligned_alloc(L1_CACHE_BYTES, sizeof(*run));
	struct scatterlist *destination = trial->in_place ? run->source.list : run->destination.list;
	unsigned int bytes = trial->text + (trial->decrypt ? trial->tag : 0);

	memset(run, 0, sizeof(*run));
	run->trial = *trial;
	run_make_texts(run, cipher);
	prepare_to_await();
	engine_status = trial->status == CCE_STATUS_TAG ? CCE_STATUS_OK : trial->status;
	engine_public_bytes = trial->aad;
	run->bounced = queue_pair.counters.bounced;
	if (cipher->alg) {
		run->req.tfm = &cipher->tfm;
		run->req.context = calloc(1, cipher->tfm.base.reqsize);
		skcipher_request_set_callback(&run->req, flags, completed, NULL);
		skcipher_request_set_crypt(&run->req, run->source.list, destination, bytes, run->iv);
		*status = trial->decrypt ? cipher->alg->decrypt(&run->req) : cipher->alg->encrypt(&run->req);
	} else {
		run->aead_req.tfm = &cipher->aead_tfm;
		run->aead_req.context = calloc(1, cipher->aead_tfm.base.reqsize);
		aead_request_set_callback(&run->aead_req, flags, completed, NULL);
		aead_request_set_crypt(&run->aead_req, run->source.list, destination, bytes, run->iv);
		aead_request_set_ad(&run->aead_req, trial->aad);
		*status = trial->decrypt ? cipher->aead_alg->decrypt(&run->aead_req) :
					   cipher->aead_alg->encrypt(&run->aead_req);
	}
	run->bounced = queue_pair.counters.bounced - run->bounced;
	return run;
}

/* What became of the request's destination. */
enum fate {
	FATE_UNTOUCHED,
	FATE_WRITTEN,
	FATE_WIPED,
	FATE_WIPED_LATE,	/* of two requests the second failed: associated data is there already */
};

static void run_end(struct run *run, const struct cipher *cipher, enum fate fate)
{
	const struct trial *trial = &run->trial;
	unsigned int total = trial->aad + trial->text + trial->tag;
	unsigned int written = trial->text + (trial->decrypt ? 0 : trial->tag);
	u8 after[STREAM_BYTES], expected[STREAM_BYTES];

	memcpy(expected, run->before, total);
	if (fate == FATE_WRITTEN)
		memcpy(expected + trial->aad, run->out, written);
	else if (fate != FATE_UNTOUCHED)
		memset(expected + trial->aad, 0, written);
	/* authenc() encrypts so. */
	if (cipher->function && !trial->decrypt && (fate == FATE_WRITTEN || fate == FATE_WIPED_LATE))
		memcpy(expected, run->in, trial->aad);
	sg_copy_to_buffer(trial->in_place ? run->source.list : run->destination.list, ~0U, after, total);
	expect(same_secret(after, expected, total));
	if (!trial->in_place) {
		sg_copy_to_buffer(run->source.list, ~0U, after, total);
		expect(same_secret(after, run->in, total));
	}
	check_wiped();
	if (cipher->alg)
		expect(none_secret(run->req.context, cipher->tfm.base.reqsize));
	else
		expect(none_secret(run->aead_req.context, cipher->aead_tfm.base.reqsize));
	free(run->req.context);
	free(run->aead_req.context);
	free(run);
}

static unsigned int on_cpu, on_engine;

static void run_trial(struct cipher *cipher, const struct trial *trial)
{
	bool cpu = trial->layout == LAYOUT_SCRAPS || (cipher->function && !trial->text);
	bool failing = trial->status && trial->status != CCE_STATUS_TAG;
	int status, expected = trial->status == CCE_STATUS_TAG ? -EBADMSG : failing && !cpu ? -EIO : 0;
	struct run *run = run_start(cipher, trial, CRYPTO_TFM_REQ_MAY_SLEEP, &status);

	expect((status == -EINPROGRESS) == !cpu);
	status = await(status);
	expect(status == expected);
	/* The second of two may be, too. */
	expect(!!run->bounced == (trial->layout == LAYOUT_RAGGED || trial->layout == LAYOUT_EMPTY_ENTRY));
	if (cpu)
		on_cpu++;
	else
		on_engine++;
	/* Only those two hand their IV on. */
	if (!cpu && !failing)
		expect(run->iv[1] == (cipher_is(cipher, "cbc") || cipher_is(cipher, "ctr") ? 0x77 : 0x31));
	/* The CPU's authenc() looks at the tag first. */
	if (cpu && cipher->function && trial->status == CCE_STATUS_TAG)
		run_end(run, cipher, FATE_UNTOUCHED);
	else
		run_end(run, cipher, cpu || !failing ? FATE_WRITTEN : engine_spares_ciphers ? FATE_WIPED_LATE : FATE_WIPED);
}

static void run_variants(struct cipher *cipher, struct trial trial)
{
	int variant;

	for (variant = 0; variant < 4; variant++) {
		trial.decrypt = variant & 1;
		trial.in_place = variant & 2;
		trial.status = CCE_STATUS_OK;
		run_trial(cipher, &trial);
		trial.status = CCE_STATUS_DESTINATION_ACCESS;
		run_trial(cipher, &trial);
		if (two_passes && !trial.decrypt) {
			engine_spares_ciphers = true;
			trial.status = CCE_STATUS_SOURCE_ACCESS;
			run_trial(cipher, &trial);
			engine_spares_ciphers = false;
		}
		if (!trial.tag || !trial.decrypt)
			continue;
		trial.status = CCE_STATUS_TAG;
		run_trial(cipher, &trial);
	}
}

/*
 * A request that waits has its key, whatever setkey() does meanwhile. The engine gets it, or, asleep, the CPU.
 */
static void run_waiting(struct cipher *cipher, struct trial trial, bool new_key, bool to_cpu)
{
	unsigned int freed = keys_freed;
	struct run *run;
	int status;

	cce_queue_set_mode(&queue_pair, CCE_QUEUE_STOPPED);
	notified = 0;
	run = run_start(cipher, &trial, CRYPTO_TFM_REQ_MAY_BACKLOG, &status);
	expect(status == -EBUSY);
	if (new_key)
		cipher_set_key(cipher, 16, 0x80 + keys_set);
	expect(keys_freed == freed);
	cce_queue_set_mode(&queue_pair, to_cpu ? CCE_QUEUE_SUSPENDED : CCE_QUEUE_RUNNING);
	cce_queue_pump(&queue_pair);
	expect(notified == 1);
	do {
		engine_serve();
		expect(cce_queue_process(&queue_pair, 1) == !to_cpu);
	} while (two_passes && !to_cpu && completed_with == UNFINISHED);
	expect(completed_with == 0);
	expect(keys_freed == freed + new_key);
	run_end(run, cipher, FATE_WRITTEN);
	cce_queue_set_mode(&queue_pair, CCE_QUEUE_RUNNING);
	run_trial(cipher, &trial);
}

static void start_again(void)
{
	engine_reset();
	expect(cce_queue_start(&queue_pair) == 0);
	cce_queue_set_mode(&queue_pair, CCE_QUEUE_RUNNING);
	cce_queue_pump(&queue_pair);
}

/* Resets with a request in flight, which the engine may have begun, or hasn't. */
static void run_with_reset(struct cipher *cipher, struct trial trial)
{
	enum { BEGUN, NOT_BEGUN, NOT_BEGUN_NEW_KEY, ENDINGS } ending;

	for (ending = 0; ending < ENDINGS; ending++) {
		struct run *run;
		int status;

		engine_stuck = true;
		run = run_start(cipher, &trial, 0, &status);
		engine_stuck = false;
		expect(status == -EINPROGRESS && completed_with == UNFINISHED);
		cce_queue_set_mode(&queue_pair, CCE_QUEUE_STOPPED);
		queue_pair.fetch_head = queue_pair.submission_tail - 1;
		queue_pair.fetch_head_known = ending != BEGUN;
		if (ending == NOT_BEGUN_NEW_KEY)
			cipher_set_key(cipher, 32, 0x40);
		cce_queue_abort(&queue_pair, -EIO);
		expect(completed_with == (ending == BEGUN ? -EIO : 0));
		run_end(run, cipher, ending != BEGUN ? FATE_WRITTEN : FATE_WIPED);
		start_again();
	}
}

/*
 * The engine has done the first of two requests when it is reset, or goes to sleep: the CPU does the second, also of an
 * owner that would not wait for the engine. If it fails, nothing is left.
 */
static void run_second_of_two(struct cipher *cipher, struct trial trial)
{
	enum { BEGUN, NOT_BEGUN, NOT_BEGUN_NEW_KEY, ASLEEP, ASLEEP_CPU_FAILED, ENDINGS } ending;

	for (ending = 0; ending < ENDINGS; ending++) {
		bool reset = ending < ASLEEP, failing = ending == ASLEEP_CPU_FAILED;
		struct run *run;
		int status;

		notified = 0;
		run = run_start(cipher, &trial, 0, &status);
		expect(status == -EINPROGRESS && completed_with == UNFINISHED);
		engine_serve();
		if (!reset)
			cce_queue_set_mode(&queue_pair, CCE_QUEUE_SUSPENDED);
		/* HMAC's second one is that of the outer state. */
		failing_import = failing ? 2 : 0;
		expect(cce_queue_process(&queue_pair, 1) == 1);
		if (reset) {
			expect(completed_with == UNFINISHED && atomic_read(&engine.cbc_hmac_encryptions) == 1);
			cce_queue_set_mode(&queue_pair, CCE_QUEUE_STOPPED);
			queue_pair.fetch_head = queue_pair.submission_tail - 1;
			queue_pair.fetch_head_known = ending != BEGUN;
			if (ending == NOT_BEGUN_NEW_KEY)
				cipher_set_key(cipher, 32, 0x40);
			cce_queue_abort(&queue_pair, -EIO);
		}
		expect(completed_with == (failing ? -EIO : 0) && !notified);
		run_end(run, cipher, failing ? FATE_WIPED_LATE : FATE_WRITTEN);
		if (reset)
			start_again();
		else
			cce_queue_set_mode(&queue_pair, CCE_QUEUE_RUNNING);
	}
}

/* The CPU's code fails at HMAC's key of more than a block, then at each state: the new key goes, the old one stays. */
static void run_failing_keys(struct cipher *cipher, const struct trial *trial)
{
	unsigned int turn, freed = keys_freed;
	struct cipher other = *cipher;

	cipher_make_key(&other, AES_KEYSIZE_192, 0x60);
	for (turn = 1; turn <= 3; turn++) {
		failing_import = turn;
		expect(cipher->aead_alg->setkey(&cipher->aead_tfm, other.key, other.key_bytes) == -EIO);
		expect(!failing_import);
		keys_set++;
		expect(keys_freed == freed + turn);
		run_trial(cipher, trial);
	}
}

static void run_cipher(struct cipher *cipher)
{
	static const unsigned int key_lengths[] = { 32, 24, 16 };
	static const unsigned int aad_lengths[] = { AAD_BYTES, 20, 0 };	/* mapped, copied if it stands alone, none */
	unsigned int tag_lengths[] = { 16, 8, 12 };
	unsigned int i, j, layout;

	cipher_open(cipher);
	if (cipher->function) {
		tag_lengths[0] = cipher->function->digest_bytes;
		tag_lengths[1] = cipher->function->digest_bytes / 2;
	}
	for (i = 0; i < ARRAY_SIZE(key_lengths); i++) {
		struct trial trial = { .text = TEXT_BYTES };

		cipher_set_key(cipher, key_lengths[i], 3);
		if (cipher->aead_alg) {
			trial.tag = tag_lengths[i];
			cipher_set_tag_bytes(cipher, trial.tag);
		}
		for (j = 0; j < (cipher->aead_alg ? ARRAY_SIZE(aad_lengths) : 1); j++) {
			trial.aad = cipher->aead_alg ? aad_lengths[j] : 0;
			for (layout = 0; layout < LAYOUTS; layout++) {
				trial.layout = layout;
				run_variants(cipher, trial);
			}
			trial.layout = LAYOUT_DIRECT;
			run_waiting(cipher, trial, false, true);
			run_waiting(cipher, trial, true, false);
			run_waiting(cipher, trial, true, true);
			for (layout = LAYOUT_DIRECT; layout < LAYOUT_SCRAPS; layout++) {
				trial.layout = layout;
				trial.in_place = false;
				run_with_reset(cipher, trial);
				if (two_passes)
					run_second_of_two(cipher, trial);
				trial.in_place = true;
				run_with_reset(cipher, trial);
				if (two_passes)
					run_second_of_two(cipher, trial);
			}
			trial.in_place = false;
			/* Authentication only. */
			trial.text = cipher->aead_alg ? 0 : TEXT_BYTES;
			for (layout = LAYOUT_DIRECT; layout <= LAYOUT_LIST; layout++) {
				trial.layout = layout;
				run_variants(cipher, trial);
			}
			trial.text = TEXT_BYTES;
		}
	}
	if (cipher->function) {
		struct trial trial = { .aad = AAD_BYTES, .text = TEXT_BYTES, .tag = cipher->aead_tfm.authsize };

		run_failing_keys(cipher, &trial);
	}
	cipher_close(cipher);
}

/* ---- message authentication codes and hashes */

/* CMAC, or with a function that, or HMAC with it. */
struct mac {
	struct ahash_alg *alg;
	struct crypto_ahash tfm;
	struct ahash_request req;
	const struct digest_function *function;
	u8 key[MAC_KEY_BYTES];
	unsigned int key_bytes;
	struct memory source;
};

static void mac_set_key(struct mac *mac, unsigned int bytes, u8 first)
{
	mac->key_bytes = bytes;
	if (!mac->alg->setkey)
		return;
	fill_secret(mac->key, bytes, first);
	expect(mac->alg->setkey(&mac->tfm, mac->key, bytes) == 0);
	keys_set++;
}

/* What should come out. */
static void mac_expect(const struct mac *mac, const u8 *text, unsigned int bytes, u8 *expected)
{
	struct cipher_mac reference = { .block_bytes = 0 };
	struct digest digest;

	if (!mac->function) {
		cipher_mac_update(mac->key, mac->key_bytes, &reference, text, bytes);
		cipher_mac_final(mac->key, mac->key_bytes, &reference, expected);
		return;
	}
	if (mac->alg->setkey) {
		digest_hmac(mac->function, mac->key, mac->key_bytes, text, bytes, expected);
		return;
	}
	digest_init(&digest, mac->function);
	digest_update(&digest, text, bytes);
	digest_final(&digest, expected);
}

/* How a text comes. */
enum delivery {
	DELIVERY_DIGEST,
	DELIVERY_FINUP,		/* the last piece with the end */
	DELIVERY_FINAL,		/* the end alone */
	DELIVERY_EXPORT,	/* the same, each piece to another request */
	DELIVERY_ALTERNATE,	/* every other piece on the CPU */
	DELIVERIES
};

static void mac_open_request(struct mac *mac)
{
	mac->req = (struct ahash_request){ .tfm = &mac->tfm, .context = calloc(1, mac->tfm.base.reqsize) };
	mac->req.base.complete = completed;
	mac->req.base.flags = CRYPTO_TFM_REQ_MAY_SLEEP;
}

static void mac_close_request(struct mac *mac)
{
	free(mac->req.context);
}

static void mac_set_piece(struct mac *mac, const u8 *data, unsigned int bytes, enum layout layout)
{
	lay_out(&mac->source, bytes, layout);
	sg_copy_from_buffer(mac->source.list, ~0U, data, bytes);
	mac->req.src = mac->source.list;
	mac->req.nbytes = bytes;
}

static int mac_do(struct mac *mac, int (*operation)(struct ahash_request *req))
{
	int status;

	prepare_to_await();
	status = await(operation(&mac->req));
	check_wiped();
	return status;
}

/* To another request; what the first one had stays its owner's. */
static void mac_move(struct mac *mac)
{
	u8 state[400];

	assert(mac->alg->halg.statesize <= sizeof(state));
	expect(mac->alg->export(&mac->req, state) == 0);
	mac_close_request(mac);
	mac_open_request(mac);
	expect(mac->alg->import(&mac->req, state) == 0);
}

static void mac_text(struct mac *mac, unsigned int bytes, unsigned int piece, enum layout layout,
		     enum delivery delivery)
{
	u8 text[TEXT_BYTES], expected[HASH_MAX_DIGESTSIZE], result[HASH_MAX_DIGESTSIZE];
	unsigned int done = 0;

	fill_secret(text, bytes, 9);
	memset(result, 0x55, sizeof(result));
	mac_expect(mac, text, bytes, expected);

	mac_open_request(mac);
	mac->req.result = result;
	if (delivery == DELIVERY_DIGEST) {
		mac_set_piece(mac, text, bytes, layout);
		expect(mac_do(mac, mac->alg->digest) == 0);
	} else {
		expect(mac_do(mac, mac->alg->init) == 0);
		while (done < bytes && (delivery != DELIVERY_FINUP || bytes - done > piece)) {
			unsigned int part = min(bytes - done, piece);

			mac_set_piece(mac, text + done, part, layout);
			expect(mac_do(mac, mac->alg->update) == 0);
			done += part;
			if (delivery == DELIVERY_EXPORT)
				mac_move(mac);
			if (delivery == DELIVERY_ALTERNATE)
				no_engine = !no_engine;
		}
		mac->req.result = result;
		if (delivery == DELIVERY_FINUP) {
			mac_set_piece(mac, text + done, bytes - done, layout);
			expect(mac_do(mac, mac->alg->finup) == 0);
		} else {
			mac->req.src = NULL;
			mac->req.nbytes = 0;
			expect(mac_do(mac, mac->alg->final) == 0);
		}
	}
	no_engine = false;
	expect(same_secret(result, expected, mac->alg->halg.digestsize));
	expect(none_secret(mac->req.context, mac->tfm.base.reqsize));
	mac_close_request(mac);
}

/*
 * There is no room at first, the engine or the CPU's code fails, or the engine is reset: what was of the text and the code
 * so far is gone with the end. A hash can be ended again after an error.
 */
static void mac_failures(struct mac *mac)
{
	u8 text[TEXT_BYTES], result[HASH_MAX_DIGESTSIZE], expected[HASH_MAX_DIGESTSIZE] = { 0 };
	enum { NO_ROOM, UPDATE_FAILED, FAILED, CPU_FAILED, BEGUN, NOT_BEGUN, NOT_BEGUN_NEW_KEY, ENDINGS } ending;

	fill_secret(text, sizeof(text), 11);
	mac_expect(mac, text, 159, expected);
	for (ending = 0; ending < ENDINGS; ending++) {
		memset(result, 0x55, sizeof(result));
		mac_open_request(mac);
		mac->req.result = result;
		expect(mac_do(mac, mac->alg->init) == 0);
		mac_set_piece(mac, text, 40, LAYOUT_DIRECT);
		expect(mac_do(mac, mac->alg->update) == 0);
		mac_set_piece(mac, text + 40, 119, LAYOUT_DIRECT);
		if (ending == NO_ROOM) {
			cce_queue_set_mode(&queue_pair, CCE_QUEUE_STOPPED);
			expect(mac_do(mac, mac->alg->finup) == -ENOSPC);
			cce_queue_set_mode(&queue_pair, CCE_QUEUE_RUNNING);
			expect(mac_do(mac, mac->alg->finup) == 0);
		} else if (ending == UPDATE_FAILED || ending == FAILED) {
			engine_status = CCE_STATUS_SOURCE_ACCESS;
			expect(mac_do(mac, ending == FAILED ? mac->alg->finup : mac->alg->update) == -EIO);
			engine_status = CCE_STATUS_OK;
			expect(none_secret(result, sizeof(result)) && result[0] == 0x55);
			if (mac->function)
				expect(mac_do(mac, mac->alg->finup) == 0);
		} else if (ending == CPU_FAILED) {
			if (mac->function) {
				/* HMAC's second one is that of the outer state. */
				failing_import = mac->alg->setkey ? 2 : 1;
				no_engine = true;
				expect(mac_do(mac, mac->alg->finup) == -EIO);
				no_engine = false;
				expect(none_secret(result, sizeof(result)) && result[0] == 0x55);
			}
			expect(mac_do(mac, mac->alg->finup) == 0);
		} else {
			prepare_to_await();
			engine_stuck = true;
			expect(mac->alg->finup(&mac->req) == -EINPROGRESS);
			engine_stuck = false;
			cce_queue_set_mode(&queue_pair, CCE_QUEUE_STOPPED);
			queue_pair.fetch_head = queue_pair.submission_tail - 1;
			queue_pair.fetch_head_known = ending != BEGUN;
			if (ending == NOT_BEGUN_NEW_KEY) {
				mac_set_key(mac, mac->key_bytes, 0x40);
			}
			cce_queue_abort(&queue_pair, -EIO);
			/* Nothing was written but to the slot: so it is done again, begun or not. */
			expect(completed_with == 0);
			start_again();
			check_wiped();
		}
		if (mac->function || (ending != UPDATE_FAILED && ending != FAILED))
			expect(same_secret(result, expected, mac->alg->halg.digestsize));
		expect(none_secret(mac->req.context, mac->tfm.base.reqsize));
		mac_close_request(mac);
	}
}

static void run_mac(struct ahash_alg *alg)
{
	static const unsigned int cipher_keys[] = { 32, 24, 16 }, hash_keys[] = { 20, MAC_KEY_BYTES };
	static const unsigned int cipher_lengths[] = { 0, 1, 15, 16, 17, 31, 32, 33, 48, 100, TEXT_BYTES };
	static const unsigned int hash_lengths[] = { 0, 1, 63, 64, 65, 72, 104, 128, 136, 144, TEXT_BYTES };
	const struct digest_function *function = digest_find(alg->halg.base.cra_name);
	const unsigned int *key_lengths = function ? hash_keys : cipher_keys;
	unsigned int key_count = !alg->setkey ? 1 : function ? ARRAY_SIZE(hash_keys) : ARRAY_SIZE(cipher_keys);
	const unsigned int *lengths = function ? hash_lengths : cipher_lengths;
	static const unsigned int pieces[] = { 3, 16, 17, 40, TEXT_BYTES };
	static struct mac mac;
	unsigned int i, j, k, layout, delivery;

	_Static_assert(ARRAY_SIZE(hash_lengths) == ARRAY_SIZE(cipher_lengths), "there is one count of both");
	mac = (struct mac){ .alg = alg, .function = function, .tfm.common = &alg->halg, .tfm.base.name = alg->halg.base.cra_name };
	mac.tfm.base.context = calloc(1, alg->halg.base.cra_ctxsize);
	expect(alg->init_tfm(&mac.tfm) == 0);
	engine_status = CCE_STATUS_OK;
	for (i = 0; i < key_count; i++) {
		mac_set_key(&mac, key_lengths[i], 3);
		for (j = 0; j < ARRAY_SIZE(cipher_lengths); j++) {
			for (layout = 0; layout < LAYOUTS; layout++)
				mac_text(&mac, lengths[j], 0, layout, DELIVERY_DIGEST);
			/* Every layout with some pieces, every delivery with all of them. */
			for (k = 0; k < ARRAY_SIZE(pieces); k++)
				for (delivery = DELIVERY_FINUP; delivery < DELIVERIES; delivery++)
					mac_text(&mac, lengths[j], pieces[k], (i + j + k + delivery) % LAYOUTS,
						 delivery);
		}
		mac_failures(&mac);
	}
	alg->exit_tfm(&mac.tfm);
	expect(none_secret(mac.tfm.base.context, alg->halg.base.cra_ctxsize));
	free(mac.tfm.base.context);
}

/* Whatever the engine has under way, and however short the text. */
static void set_two_passes(bool always)
{
	extern void *const module_param_one_pass_most, *const module_param_two_passes_from;

	two_passes = always;
	*(unsigned int *)module_param_one_pass_most = always ? 0 : ~0U;
	*(unsigned int *)module_param_two_passes_from = 0;
}

/* In one pass and, CBC with HMAC, in two. */
static void run_aead(struct aead_alg *alg)
{
	set_two_passes(false);
	run_cipher(&(struct cipher){ .aead_alg = alg });
	if (!strstr(alg->base.cra_name, "cbc"))
		return;
	set_two_passes(true);
	run_cipher(&(struct cipher){ .aead_alg = alg });
	set_two_passes(false);
}

int main(void)
{
	unsigned int i;

	engine_queue = &queue_pair;
	engine_reset();
	expect(cce_queue_create(&queue_pair, &engine, 0) == 0);
	expect(cce_queue_start(&queue_pair) == 0);
	cce_queue_set_mode(&queue_pair, CCE_QUEUE_RUNNING);
	expect(cce_algorithm_register(~0U) == 0);
	expect(skcipher_count == 4 && aead_count == 11 && hash_count == 17);
	for (i = 0; i < 4; i++)
		run_cipher(&(struct cipher){ .alg = skciphers[i] });
	for (i = 0; i < 11; i++)
		run_aead(aeads[i]);
	engine_public_bytes = 0;
	for (i = 0; i < 17; i++)
		run_mac(hashes[i]);
	cce_algorithm_unregister();
	expect(!skcipher_count && !aead_count && !hash_count);
	cce_queue_destroy(&queue_pair);
	expect(keys_freed == keys_set);
	expect(on_engine && on_cpu && engine_lists_served);
	expect(queue_pair.counters.one_pass && queue_pair.counters.two_passes && !atomic_read(&engine.cbc_hmac_encryptions));
	expect(queue_pair.counters.polls_won && queue_pair.counters.polls_won < queue_pair.counters.polls);
	printf("%u requests served, %u failures\n", engine_served, failures);
	return failures ? 1 : 0;
}
