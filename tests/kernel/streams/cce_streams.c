// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hashes that move between the Core Crypto Engine and the CPU, in the middle of the message.
 *
 * Each message is hashed in pieces of random lengths; before any of them the hash may be exported
 * by one implementation and imported by the other, whose request held something else before. What
 * comes out is compared with what the CPU makes of the whole. All happens when the module is
 * loaded; what it found it tells the log, in lines that check_driver.py reads.
 */
#include <crypto/hash.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#define STREAMS_TEXT_BYTES	4096
#define STREAMS_KEY_BYTES	300
#define STREAMS_STATE_BYTES	512
#define STREAMS_POISON		0x5a

/* A length in a state that was imported: beyond what 32 bits hold, and what the engine refuses. */
#define STREAMS_LONG		(BIT_ULL(33) + 4096)
#define STREAMS_TOO_LONG	BIT_ULL(60)

static unsigned int messages = 200;
module_param(messages, uint, 0444);
MODULE_PARM_DESC(messages, "Messages for each algorithm");

static unsigned int seed = 1;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "Of all choices");

/**
 * struct streams_algorithm - what is tested
 * @driver: the engine's
 * @name: for an implementation on the CPU
 * @keyed: needs a key
 * @length_offset: of the message's length in an exported state; 0: it isn't there
 */
struct streams_algorithm {
	const char *driver;
	const char *name;
	bool keyed;
	unsigned int length_offset;
};

static const struct streams_algorithm streams_algorithms[] = {
	{ "sha224-cce", "sha224", false, 32 },
	{ "sha256-cce", "sha256", false, 32 },
	{ "sha384-cce", "sha384", false, 64 },
	{ "sha512-cce", "sha512", false, 64 },
	{ "sha3-224-cce", "sha3-224", false, 0 },
	{ "sha3-256-cce", "sha3-256", false, 0 },
	{ "sha3-384-cce", "sha3-384", false, 0 },
	{ "sha3-512-cce", "sha3-512", false, 0 },
	{ "hmac-sha224-cce", "hmac(sha224)", true, 32 },
	{ "hmac-sha256-cce", "hmac(sha256)", true, 32 },
	{ "hmac-sha384-cce", "hmac(sha384)", true, 64 },
	{ "hmac-sha512-cce", "hmac(sha512)", true, 64 },
	{ "hmac-sha3-224-cce", "hmac(sha3-224)", true, 0 },
	{ "hmac-sha3-256-cce", "hmac(sha3-256)", true, 0 },
	{ "hmac-sha3-384-cce", "hmac(sha3-384)", true, 0 },
	{ "hmac-sha3-512-cce", "hmac(sha3-512)", true, 0 },
};

enum streams_side { STREAMS_ENGINE, STREAMS_CPU, STREAMS_SIDES };

/* One algorithm, by both. */
struct streams_test {
	const struct streams_algorithm *algorithm;
	struct rnd_state random;
	struct crypto_ahash *tfm[STREAMS_SIDES];
	struct ahash_request *request[STREAMS_SIDES];
	struct crypto_wait wait[STREAMS_SIDES];
	enum streams_side side;		/* that has the hash */
	u8 text[STREAMS_TEXT_BYTES];
	u8 key[STREAMS_KEY_BYTES];
	u8 state[STREAMS_STATE_BYTES];
	u8 expected[HASH_MAX_DIGESTSIZE];
	u8 found[HASH_MAX_DIGESTSIZE];
	unsigned int moves[STREAMS_SIDES];	/* by where the hash went */
	unsigned int pieces[STREAMS_SIDES];	/* by who hashed it */
	unsigned int inside;			/* moves with an incomplete block */
	unsigned int wrong;
};

static unsigned int streams_below(struct streams_test *test, unsigned int limit)
{
	return prandom_u32_state(&test->random) % limit;
}

static int streams_wait(struct streams_test *test, int result)
{
	return crypto_wait_req(result, &test->wait[test->side]);
}

/* The text of a piece, in one segment or two. */
static struct ahash_request *streams_piece(struct streams_test *test, struct scatterlist *list,
					   u8 *text, unsigned int bytes)
{
	struct ahash_request *request = test->request[test->side];
	unsigned int first = streams_below(test, 2) ? bytes : streams_below(test, bytes + 1);

	sg_init_table(list, 2);
	sg_set_buf(&list[0], text, first);
	sg_set_buf(&list[1], text + first, bytes - first);
	if (first == bytes || !first)
		sg_init_one(list, text, bytes);
	ahash_request_set_crypt(request, list, test->found, bytes);
	return request;
}

/* What the other's request held before must not matter. */
static int streams_move(struct streams_test *test)
{
	enum streams_side other = 1 - test->side;
	int error;

	error = crypto_ahash_export(test->request[test->side], test->state);
	if (error)
		return error;
	test->side = other;
	memset(ahash_request_ctx(test->request[other]), STREAMS_POISON,
	       crypto_ahash_reqsize(test->tfm[other]));
	return crypto_ahash_import(test->request[other], test->state);
}

static int streams_whole(struct streams_test *test, unsigned int bytes)
{
	struct scatterlist list[2];
	int error;

	test->side = STREAMS_CPU;
	error = streams_wait(test, crypto_ahash_digest(streams_piece(test, list, test->text,
								     bytes)));
	memcpy(test->expected, test->found, sizeof(test->expected));
	return error;
}

static int streams_in_pieces(struct streams_test *test, unsigned int bytes)
{
	unsigned int block = crypto_ahash_blocksize(test->tfm[STREAMS_ENGINE]);
	unsigned int place = 0, piece;
	struct scatterlist list[2];
	int error;

	test->side = streams_below(test, STREAMS_SIDES);
	error = streams_wait(test, crypto_ahash_init(test->request[test->side]));
	while (!error && place < bytes) {
		if (streams_below(test, 2)) {
			error = streams_move(test);
			test->moves[test->side]++;
			test->inside += !!(place % block);
			if (error)
				break;
		}
		piece = 1 + streams_below(test, streams_below(test, 2) ? 20 : 700);
		piece = min(piece, bytes - place);
		test->pieces[test->side]++;
		error = streams_wait(test, crypto_ahash_update(streams_piece(test, list,
									     test->text + place,
									     piece)));
		place += piece;
	}
	if (!error && streams_below(test, 2))
		error = streams_move(test);
	if (error)
		return error;
	ahash_request_set_crypt(test->request[test->side], list, test->found, 0);
	sg_init_one(list, test->text, 1);
	return streams_wait(test, crypto_ahash_final(test->request[test->side]));
}

static int streams_set_key(struct streams_test *test)
{
	unsigned int bytes = 1 + streams_below(test, STREAMS_KEY_BYTES);

	if (!test->algorithm->keyed)
		return 0;
	prandom_bytes_state(&test->random, test->key, bytes);
	return crypto_ahash_setkey(test->tfm[STREAMS_ENGINE], test->key, bytes) ?:
	       crypto_ahash_setkey(test->tfm[STREAMS_CPU], test->key, bytes);
}

static int streams_message(struct streams_test *test)
{
	unsigned int bytes = streams_below(test, streams_below(test, 2) ? 300 : STREAMS_TEXT_BYTES);
	int error;

	prandom_bytes_state(&test->random, test->text, bytes);
	error = streams_set_key(test) ?: streams_whole(test, bytes) ?:
		streams_in_pieces(test, bytes);
	if (!error && memcmp(test->found, test->expected,
			     crypto_ahash_digestsize(test->tfm[STREAMS_ENGINE])))
		test->wrong++;
	return error;
}

/* Put another length into the state of a message without any text, and let one side end it. */
static int streams_end_after(struct streams_test *test, enum streams_side side, u64 length)
{
	struct ahash_request *request = test->request[side];
	struct scatterlist list[2];
	int error;

	test->side = STREAMS_CPU;
	error = streams_wait(test, crypto_ahash_init(test->request[STREAMS_CPU])) ?:
		crypto_ahash_export(test->request[STREAMS_CPU], test->state);
	if (error)
		return error;
	memcpy(test->state + test->algorithm->length_offset, &length, sizeof(length));
	test->side = side;
	return crypto_ahash_import(request, test->state) ?:
	       streams_wait(test, crypto_ahash_finup(streams_piece(test, list, test->text, 100)));
}

/* Messages of more bytes than there is time for, and of more than the engine can count. */
static int streams_long_message(struct streams_test *test)
{
	int error;

	if (!test->algorithm->length_offset)
		return 0;
	error = streams_end_after(test, STREAMS_CPU, STREAMS_LONG);
	memcpy(test->expected, test->found, sizeof(test->expected));
	error = error ?: streams_end_after(test, STREAMS_ENGINE, STREAMS_LONG);
	if (error)
		return error;
	if (memcmp(test->found, test->expected,
		   crypto_ahash_digestsize(test->tfm[STREAMS_ENGINE])))
		test->wrong++;
	error = streams_end_after(test, STREAMS_ENGINE, STREAMS_TOO_LONG);
	return error == -EOVERFLOW ? 0 : -EBADE;
}

static int streams_allocate(struct streams_test *test)
{
	unsigned int i;

	for (i = 0; i < STREAMS_SIDES; i++) {
		const char *name = i == STREAMS_ENGINE ? test->algorithm->driver :
							 test->algorithm->name;
		u32 mask = i == STREAMS_ENGINE ? 0 : CRYPTO_ALG_ASYNC;

		test->tfm[i] = crypto_alloc_ahash(name, 0, mask);
		if (IS_ERR(test->tfm[i]))
			return PTR_ERR(test->tfm[i]);
		test->request[i] = ahash_request_alloc(test->tfm[i], GFP_KERNEL);
		if (!test->request[i])
			return -ENOMEM;
		crypto_init_wait(&test->wait[i]);
		ahash_request_set_callback(test->request[i],
					   CRYPTO_TFM_REQ_MAY_BACKLOG | CRYPTO_TFM_REQ_MAY_SLEEP,
					   crypto_req_done, &test->wait[i]);
	}
	if (crypto_ahash_statesize(test->tfm[0]) != crypto_ahash_statesize(test->tfm[1]) ||
	    crypto_ahash_statesize(test->tfm[0]) > STREAMS_STATE_BYTES)
		return -EMSGSIZE;
	return 0;
}

static void streams_free(struct streams_test *test)
{
	unsigned int i;

	/* All of these take NULL, the last one error pointers, too. */
	for (i = 0; i < STREAMS_SIDES; i++) {
		ahash_request_free(test->request[i]);
		crypto_free_ahash(test->tfm[i]);
	}
	kfree(test);
}

static int streams_run(const struct streams_algorithm *algorithm)
{
	struct streams_test *test = kzalloc(sizeof(*test), GFP_KERNEL);
	unsigned int done = 0;
	int error;

	if (!test)
		return -ENOMEM;
	test->algorithm = algorithm;
	prandom_seed_state(&test->random, seed);
	error = streams_allocate(test);
	while (!error && done < messages) {
		error = streams_message(test);
		done += !error;
		cond_resched();
	}
	error = error ?: streams_long_message(test);
	pr_info("cce_streams: %s: messages %u, moves to engine %u, to cpu %u, inside a block %u, pieces by engine %u, by cpu %u, wrong %u, error %d\n",
		algorithm->driver, done, test->moves[STREAMS_ENGINE], test->moves[STREAMS_CPU],
		test->inside, test->pieces[STREAMS_ENGINE], test->pieces[STREAMS_CPU], test->wrong,
		error);
	error = error ?: test->wrong ? -EBADE : 0;
	streams_free(test);
	return error;
}

static int __init streams_init(void)
{
	unsigned int i;
	int error = 0;

	for (i = 0; i < ARRAY_SIZE(streams_algorithms); i++)
		error = streams_run(&streams_algorithms[i]) ?: error;
	return error;
}

static void __exit streams_exit(void)
{
}

module_init(streams_init);
module_exit(streams_exit);

MODULE_DESCRIPTION("Hashes that move between the Core Crypto Engine and the CPU");
MODULE_LICENSE("GPL");
