/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Load for the Core Crypto Engine's driver, through the crypto API: all is accounted for.
 */
#ifndef LOAD_H
#define LOAD_H

#include <crypto/aead.h>
#include <crypto/aes.h>
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/prandom.h>
#include <linux/scatterlist.h>
#include <linux/types.h>
#include <linux/wait.h>

#define LOAD_KEY_BYTES		(2 * AES_MAX_KEY_SIZE)
#define LOAD_HMAC_KEY_BYTES	150	/* longer than a block of any hash of authenc() */
#define LOAD_GRAVES		32
#define LOAD_ERRNOS		256

struct load_flight;
struct load_run;

/* Each is a counter; each from LOAD_FIRST_DEFECT on must be 0. */
enum load_counter {
	LOAD_OFFERED,		/* requests given to the crypto API */
	LOAD_RIGHT,		/* ... that ended right */
	LOAD_FORGED,		/* ... with a wrong tag, that ended with -EBADMSG */
	LOAD_REFUSED,		/* ... refused with -ENOSPC */
	LOAD_FAILED,		/* ... that ended with another errno */
	LOAD_WIPED,		/* destinations of those that failed: zero */
	LOAD_UNTOUCHED,		/* ... or as they were before */
	LOAD_TEXT_BYTES,	/* bytes of the texts of those offered */
	LOAD_SYNCHRONOUS,	/* ended before the call returned */
	LOAD_QUEUED,		/* the call returned -EINPROGRESS */
	LOAD_BACKLOGGED,	/* the call returned -EBUSY */
	LOAD_IN_PLACE,		/* source and destination were one */
	LOAD_IN_PARTS,		/* MACs whose text came in two parts, one behind the other's end */
	LOAD_REKEYED,		/* keys replaced, with requests under way or not */
	LOAD_REKEYED_IN_FLIGHT,	/* ... with some under way */
	LOAD_NO_MEMORY,		/* allocations of this module, or of setkey(), that failed */

	LOAD_FIRST_DEFECT,
	LOAD_NO_CIPHER = LOAD_FIRST_DEFECT,	/* threads that got no transformations */
	LOAD_WRONG,		/* ended without error, or with -EBADMSG, but isn't right */
	LOAD_PARTIAL,		/* failed, its destination holds neither zeros nor what it did */
	LOAD_PLAINTEXT,		/* blocks of plaintext in those */
	LOAD_STRAY,		/* wrote outside its destination */
	LOAD_SOURCE,		/* wrote to its source */
	LOAD_LATE,		/* memory was written after the request's end */
	LOAD_TWICE,		/* ended again */
	LOAD_LOST,		/* never ended */
	LOAD_DISORDER,		/* left the backlog before an older one of the same CPU */
	LOAD_NOTIFICATION,	/* left the backlog without saying so, or said so without */
	LOAD_COUNTERS
};

/* How the bytes of a scatterlist lie in memory. */
enum load_layout {
	LOAD_CONTIGUOUS,	/* one piece, at any address */
	LOAD_PIECES,		/* some pieces, each with lines of memory of its own */
	LOAD_TOO_MANY,		/* more of those than the driver's lists hold */
	LOAD_RAGGED,		/* some pieces that share lines */
	LOAD_LAYOUTS
};

/**
 * struct load_memory - bytes behind a scatterlist
 * @buffer: holds all pieces, and poison between them
 * @image: what @buffer should hold, but for what the request writes
 * @bytes: of @buffer
 * @list: the pieces
 */
struct load_memory {
	u8 *buffer;
	u8 *image;
	unsigned int bytes;
	struct scatterlist *list;
};

enum load_kind {
	LOAD_SKCIPHER,
	LOAD_AEAD,
	LOAD_HASH,
};

/**
 * struct load_algorithm - what is asked for
 * @name: for users of this module
 * @driver: driver name
 * @reference: algorithm name, for an implementation on the CPU
 * @kind: which interface
 * @granule: lengths are a multiple of it
 * @shortest: least length
 * @iv_bytes: of an IV
 * @keys: AES keys of a key; 0: it has none
 * @authenc: LOAD_AEAD: has a key for HMAC, too, and encryption copies associated data
 * @nonce_bytes: at a key's end
 */
struct load_algorithm {
	const char *name;
	const char *driver;
	const char *reference;
	enum load_kind kind;
	unsigned int granule;
	unsigned int shortest;
	unsigned int iv_bytes;
	unsigned int keys;
	bool authenc;
	unsigned int nonce_bytes;
};

/* Its IV is the first counter block, of which the last bytes are the counter. */
static inline bool load_algorithm_is_ccm(const struct load_algorithm *algorithm)
{
	return algorithm->kind == LOAD_AEAD && !algorithm->authenc &&
	       algorithm->iv_bytes == AES_BLOCK_SIZE;
}

extern const struct load_algorithm load_algorithms[];
extern const unsigned int load_algorithm_count;

/* A transformation under test, and the same on the CPU. Both always have the same key. */
struct load_cipher {
	const struct load_algorithm *algorithm;
	union {
		struct crypto_skcipher *skcipher;
		struct crypto_aead *aead;
		struct crypto_ahash *hash;
	} tested;
	union {
		struct crypto_skcipher *skcipher;
		struct crypto_aead *aead;
		struct crypto_shash *hash;
	} reference;
	unsigned int tag_bytes;	/* of a hash: of its digest */
	atomic_t in_parts;	/* MACs in two parts under way: no other key meanwhile */
};

/* What one run is to do: see the module's parameters. */
struct load_options {
	unsigned int threads;
	unsigned int depth;
	unsigned int requests;
	unsigned int bytes;
	bool exact;
	unsigned int backlog;
	unsigned int rekey;
	unsigned int in_place;
	unsigned int decrypt;
	unsigned int forge;
	unsigned int parts;
	unsigned int layouts;
	unsigned int algorithms;
	unsigned int pause_us;
	unsigned int patience_s;
	unsigned int seed;
	bool order;
};

/**
 * struct load_ticket - account of one request; outlives it
 * @state: &enum load_ticket_state
 * @notified: its owner heard that it has left the backlog
 * @result: what the call returned
 * @cpu: which submitted it
 * @sequence: its number among those of the CPU
 * @thread: its owner
 * @flight: the request, while it is under way
 * @algorithm: for reports
 * @bytes: the same
 * @decrypt: the same
 * @in_place: the same
 */
struct load_ticket {
	atomic_t state;
	bool notified;
	bool decrypt;
	bool in_place;
	int result;
	int cpu;
	u32 sequence;
	unsigned int bytes;
	struct load_thread *thread;
	struct load_flight *flight;
	const struct load_algorithm *algorithm;
};

enum load_ticket_state {
	LOAD_TICKET_UNUSED,
	LOAD_TICKET_UNDER_WAY,
	LOAD_TICKET_ENDED,
};

/* Memory of an ended request, watched for a while instead of being freed at once. */
struct load_grave {
	u8 *buffer;
	unsigned int bytes;
};

struct load_thread {
	struct load_run *run;
	unsigned int number;
	struct rnd_state random;
	struct load_cipher *ciphers;
	struct load_ticket *tickets;
	atomic_t in_flight;
	wait_queue_head_t ended;
	spinlock_t grave_lock;	/* protects the graves */
	struct load_grave graves[LOAD_GRAVES];
	unsigned int next_grave;
};

struct load_run {
	struct load_options options;
	struct load_thread *threads;
	struct load_ticket *tickets;
	atomic_t threads_left;
	struct completion done;
	bool stop;
	bool awaited;
	spinlock_t order_lock;	/* protects @notified_last */
	u32 *sequence;		/* of each CPU */
	u32 *notified_last;	/* the same */
};

/* One request. */
struct load_flight {
	struct load_thread *thread;
	struct load_ticket *ticket;
	struct load_cipher *cipher;
	union {
		struct skcipher_request *skcipher;
		struct aead_request *aead;
		struct ahash_request *hash;
		void *memory;
	} request;
	struct load_memory memory[2];
	struct load_memory *source;
	struct load_memory *destination;
	u8 *before;		/* what the destination held, made of one piece */
	u8 *expected;		/* what it shall hold */
	u8 *found;		/* what it holds */
	unsigned int skip;	/* bytes of the destination in front of what is written */
	unsigned int written;	/* bytes that are */
	unsigned int copied;	/* of these, the first, that are associated data */
	unsigned int text_bytes;
	unsigned int aad_bytes;
	unsigned int part_bytes;	/* of a MAC's text, submitted first; 0: all at once */
	struct scatterlist *rest;	/* what comes behind them */
	struct scatterlist rest_space[2];
	bool decrypt;
	bool forged;
	bool may_backlog;
	u8 iv[AES_BLOCK_SIZE];
	u8 next_iv[AES_BLOCK_SIZE];
};

/* load_memory.c */
int load_memory_make(struct load_memory *memory, enum load_layout layout, unsigned int bytes,
		     struct rnd_state *random);
void load_memory_free(struct load_memory *memory);
unsigned int load_random(struct rnd_state *random, unsigned int limit);
bool load_chance(struct rnd_state *random, unsigned int percent);
bool load_is_filled(const u8 *data, u8 value, unsigned int bytes);

#define LOAD_POISON_BEFORE	0xa5
#define LOAD_POISON_AFTER	0x6b

/* load_cipher.c */
int load_cipher_create(struct load_cipher *cipher, const struct load_algorithm *algorithm,
		       struct rnd_state *random);
void load_cipher_destroy(struct load_cipher *cipher);
int load_cipher_set_key(struct load_cipher *cipher, struct rnd_state *random);
int load_cipher_expect(struct load_cipher *cipher, bool decrypt, u8 *text, unsigned int aad_bytes,
		       unsigned int text_bytes, u8 *iv);

/* load_flight.c */
struct load_flight *load_flight_make(struct load_thread *thread, struct load_cipher *cipher);
void load_flight_free(struct load_flight *flight);
int load_flight_submit(struct load_flight *flight);
void load_flight_end(struct load_flight *flight, int error, struct load_grave *grave);

/* load_run.c */
void load_count(enum load_counter counter);
void load_count_more(enum load_counter counter, unsigned int amount);
void load_count_errno(int error);
void load_name_defect(const struct load_ticket *ticket, enum load_counter defect, int error);
void load_ended(struct load_ticket *ticket, int error);
int load_run_start(const struct load_options *options);
int load_run_end(bool stop);
void load_show_result(struct seq_file *file);
void load_show_progress(struct seq_file *file);

#endif
