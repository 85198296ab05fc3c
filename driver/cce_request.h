/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: what one request needs on its way through the engine.
 */
#ifndef CCE_REQUEST_H
#define CCE_REQUEST_H

#include <crypto/aes.h>
#include <crypto/skcipher.h>
#include <linux/dma-direction.h>
#include <linux/types.h>

#include "cce_contract.h"

struct cce_bounce;
struct cce_queue;

/**
 * struct cce_request - driver's part of a skcipher request
 * @queue: queue pair that holds it; with a reference to its engine
 * @bounce: bounce buffer in use, or NULL
 * @source_entries: scatterlist entries given to dma_map_sg() for the source
 * @destination_entries: the same for the destination; 0 if it is the source
 * @source_direction: direction of the source's mapping
 * @destination_direction: direction of the destination's mapping
 * @decrypt: direction of the cipher
 * @notified: its owner knows that it has left the backlog
 * @may_have_begun: (after the end) the engine may have written part of the destination
 * @error: (after the end) 0 or a negative errno
 * @next_iv: (after the end, without error) what req->iv becomes
 * @fallback: sub-request for the CPU; last, because the fallback's own context follows it
 */
struct cce_request {
	struct cce_queue *queue;
	struct cce_bounce *bounce;
	unsigned int source_entries;
	unsigned int destination_entries;
	enum dma_data_direction source_direction;
	enum dma_data_direction destination_direction;
	bool decrypt;
	bool notified;
	bool may_have_begun;
	int error;
	u8 next_iv[AES_BLOCK_SIZE];
	struct skcipher_request fallback;
};

int cce_request_prepare(struct cce_queue *queue, unsigned int slot, struct skcipher_request *req,
			struct cce_descriptor *descriptor);
void cce_request_answer(struct skcipher_request *req, const struct cce_completion *completion);
void cce_request_finish(struct skcipher_request *req);

#endif
