/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: what one request needs on its way through the engine, whatever its algorithm.
 */
#ifndef CCE_REQUEST_H
#define CCE_REQUEST_H

#include <crypto/aes.h>
#include <linux/bits.h>
#include <linux/crypto.h>
#include <linux/dma-direction.h>
#include <linux/list.h>
#include <linux/types.h>

#include "cce_contract.h"
#include "cce_key.h"

struct cce_bounce;
struct cce_device;
struct cce_queue;
struct cce_request;
struct scatterlist;

#define CCE_PREFIX_BYTES	64	/* copied: associated data, or the begin of a MAC's text */

/* What a hash goes on from, in the engine's memory, the longest. */
#define CCE_HASH_SAVED_BYTES	(sizeof(struct cce_hash_context) + CCE_HASH_STATE_BYTES)
#define CCE_HASH_BLOCK_BYTES	144	/* of the crypto API's functions, the longest: SHA3-224 */

/* The longest prefix: what a hash goes on from, HMAC's outer state, and less than a block. */
#define CCE_FRONT_BYTES		(CCE_HASH_SAVED_BYTES + CCE_HASH_STATE_BYTES + CCE_HASH_BLOCK_BYTES)

/* The longest result in a slot: what a hash goes on from. */
#define CCE_RESULT_BYTES	CCE_HASH_SAVED_BYTES

/* The parts of a mode of opcode cipher_hash. */
static inline u8 cce_cipher_of(u8 mode)
{
	return mode & (BIT(CCE_CIPHER_HASH_FUNCTION_LSB) - 1);
}

static inline u8 cce_hash_of(u8 mode)
{
	return mode >> CCE_CIPHER_HASH_FUNCTION_LSB;
}

/**
 * struct cce_request_operations - what an algorithm does with its requests
 * @run_on_cpu: do the request on the CPU. Returns as crypto_skcipher_encrypt(); after -EINPROGRESS
 *	and -EBUSY cce_request_cpu_done() is called. Sleeps only if told that it may. Any context.
 * @split: the engine gets the request next: make the first of two requests of it, if they end
 *	sooner. Any context, the queue pair's lock held. May be NULL.
 * @write_prefix: write what the engine reads in front of the source, @prefix_bytes of the request,
 *	to the memory given. Any context, the queue pair's lock held. NULL: see @prefix there.
 * @next: the engine has done the first of two without error: describe the second one. Softirqs
 *	disabled. NULL: no other follows.
 * @finish: the engine has done the request without error, of two the second: hand out what isn't in
 *	its destination. Softirqs disabled.
 * @forget: the request is over, with 0 or a negative errno: wipe what was kept for it. Any context.
 *	May be NULL.
 */
struct cce_request_operations {
	int (*run_on_cpu)(struct cce_request *request, bool may_sleep);
	void (*split)(struct cce_request *request, struct cce_device *cce);
	void (*write_prefix)(const struct cce_request *request, u8 *prefix);
	void (*next)(struct cce_request *request);
	void (*finish)(struct cce_request *request);
	void (*forget)(struct cce_request *request, int error);
};

/*
 * Flag of the crypto API's request, beside the API's own: others may follow before its owner waits.
 * Only /dev/cce sets it.
 */
#define CCE_REQUEST_OTHERS_FOLLOW	BIT(31)

/**
 * struct cce_request - driver's part of a request of the crypto API
 * @owner: the request of the crypto API
 * @operations: its algorithm's
 * @key: its key, with a reference; NULL: an algorithm without keys
 * @source: scatterlist read from, or NULL
 * @destination: scatterlist written to; NULL: what is written goes to @result. Then the request can
 *	be done again on the CPU even if the engine has begun it
 * @source_skip: bytes of @source in front of what is read
 * @source_bytes: bytes that are read
 * @destination_skip: bytes of @destination in front of what is written
 * @destination_bytes: bytes that are written; without @destination as @tail_bytes
 * @tail_bytes: bytes that are written behind them, to @result: at most CCE_RESULT_BYTES
 * @result: receives these; NULL: at most AES_BLOCK_SIZE of them go to @answer
 * @prefix: what the engine reads in front of @source; NULL: the first @prefix_bytes of @source,
 *	unless the algorithm has its own operation
 * @prefix_bytes: its length, at most CCE_FRONT_BYTES
 * @suffix: what the engine reads behind @source
 * @suffix_bytes: its length, at most AES_BLOCK_SIZE
 * @required: capability bits (global.algorithms) of the mode
 * @text_length: as in the descriptor
 * @aad_length: as in the descriptor
 * @front_bytes: of these hash_context and states, which are no part of the message
 * @tag_length: as in the descriptor
 * @flags: as in the descriptor, besides the direction and those for lists
 * @opcode: &enum cce_opcode
 * @mode: &enum cce_cipher_mode or &enum cce_hash_mode, or both
 * @decrypt: direction of the cipher
 * @cbc_hmac_encryption: CBC encryption with HMAC, in one pass or in two: the engine's are counted
 * @unfit: no engine does requests of such a length
 * @iv: as in the descriptor
 * @hash_output: as in the descriptor, with CCE_OPCODE_HASH in place of @iv
 * @told: what the owner is told instead of 0 if it hears later that all went well
 *
 * All this the algorithm sets before cce_algorithm_run(), but for what that sets itself. The rest
 * belongs to cce_queue.c and cce_request.c.
 */
struct cce_request {
	struct crypto_async_request *owner;
	const struct cce_request_operations *operations;
	struct cce_key *key;
	struct scatterlist *source;
	struct scatterlist *destination;
	unsigned int source_skip;
	unsigned int source_bytes;
	unsigned int destination_skip;
	unsigned int destination_bytes;
	const u8 *prefix;
	const u8 *suffix;
	u8 *result;
	u16 prefix_bytes;
	u16 front_bytes;
	u8 suffix_bytes;
	u8 tail_bytes;
	u32 required;
	u32 text_length;
	u32 aad_length;
	u16 flags;
	u8 tag_length;
	u8 opcode;
	u8 mode;
	bool decrypt;
	bool cbc_hmac_encryption;
	bool unfit;
	union {
		u8 iv[AES_BLOCK_SIZE];
		struct cce_hash_output hash_output;
	};
	int told;

	/* private: */
	struct list_head node;		/* in a backlog, or in a list of ended requests */
	struct cce_queue *queue;	/* holds it; with a reference to its engine */
	struct cce_bounce *bounce;	/* in use, or NULL */
	struct scatterlist *source_map;		/* first entry that is mapped */
	struct scatterlist *destination_map;
	unsigned int source_entries;		/* given to dma_map_sg() */
	unsigned int destination_entries;	/* 0 if it is the source */
	enum dma_data_direction source_direction;
	enum dma_data_direction destination_direction;
	bool notified;			/* its owner knows that it has left a backlog */

	/* After the end: */
	bool may_have_begun;		/* part of the destination may have been written */
	bool redo;			/* it has not begun: to be done on the CPU */
	int error;			/* 0 or a negative errno */
	union {
		u8 answer[AES_BLOCK_SIZE];	/* IV that continues the stream, tag or MAC */
		struct cce_unwrapped_key unwrapped_key;
	};
};

int cce_request_prepare(struct cce_queue *queue, unsigned int slot, struct cce_request *request,
			struct cce_descriptor *descriptor);
void cce_request_wipe_slot(struct cce_queue *queue, unsigned int slot,
			   const struct cce_request *request);
void cce_request_answer(struct cce_request *request, const struct cce_completion *completion,
			const u8 *result);
void cce_request_finish(struct cce_request *request);
void cce_request_notify(struct cce_request *request);
void cce_request_release(struct cce_request *request, int error);
void cce_request_end(struct cce_request *request, int error);
void cce_request_cpu_done(struct cce_request *request, int error);

#endif
