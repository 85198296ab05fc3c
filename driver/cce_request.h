/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: what one request needs on its way through the engine, whatever its algorithm.
 */
#ifndef CCE_REQUEST_H
#define CCE_REQUEST_H

#include <crypto/aes.h>
#include <linux/crypto.h>
#include <linux/dma-direction.h>
#include <linux/list.h>
#include <linux/types.h>

#include "cce_contract.h"
#include "cce_key.h"

struct cce_bounce;
struct cce_queue;
struct cce_request;
struct scatterlist;

#define CCE_PREFIX_BYTES	64	/* copied: associated data, or the begin of a MAC's text */

/**
 * struct cce_request_operations - what an algorithm does with its requests
 * @run_on_cpu: do the request on the CPU. Returns as crypto_skcipher_encrypt(); after -EINPROGRESS
 *	and -EBUSY cce_request_cpu_done() is called. Sleeps only if told that it may. Any context.
 * @finish: the engine has done the request without error: hand out what isn't in its destination.
 *	Softirqs disabled.
 * @forget: the request is over, with 0 or a negative errno: wipe what was kept for it. Any context.
 *	May be NULL.
 */
struct cce_request_operations {
	int (*run_on_cpu)(struct cce_request *request, bool may_sleep);
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
 * @key: its key, with a reference
 * @source: scatterlist read from, or NULL
 * @destination: scatterlist written to; NULL: the answer goes to @answer
 * @source_skip: bytes of @source in front of what is read
 * @source_bytes: bytes that are read
 * @destination_skip: bytes of @destination in front of what is written
 * @destination_bytes: bytes that are written; without @destination at most AES_BLOCK_SIZE
 * @tail_bytes: bytes that are written behind them, to @answer; at most AES_BLOCK_SIZE
 * @prefix: what the engine reads in front of @source; NULL: the first @prefix_bytes of @source
 * @prefix_bytes: its length, at most CCE_PREFIX_BYTES
 * @suffix: what the engine reads behind @source
 * @suffix_bytes: its length, at most AES_BLOCK_SIZE
 * @required: capability bit (global.algorithms) of the mode
 * @text_length: as in the descriptor
 * @aad_length: as in the descriptor
 * @tag_length: as in the descriptor
 * @mode: &enum cce_cipher_mode
 * @decrypt: direction of the cipher
 * @iv: as in the descriptor
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
	u8 prefix_bytes;
	u8 suffix_bytes;
	u8 tail_bytes;
	u32 required;
	u32 text_length;
	u32 aad_length;
	u8 tag_length;
	u8 mode;
	bool decrypt;
	u8 iv[AES_BLOCK_SIZE];

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
	u8 answer[AES_BLOCK_SIZE];	/* IV that continues the stream, tag or MAC */
};

int cce_request_prepare(struct cce_queue *queue, unsigned int slot, struct cce_request *request,
			struct cce_descriptor *descriptor);
void cce_request_answer(struct cce_request *request, const struct cce_completion *completion,
			const u8 *result);
void cce_request_finish(struct cce_request *request);
void cce_request_notify(struct cce_request *request);
void cce_request_release(struct cce_request *request, int error);
void cce_request_end(struct cce_request *request, int error);
void cce_request_cpu_done(struct cce_request *request, int error);

#endif
