// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: from a skcipher request to a descriptor, and from a completion entry to its
 * end.
 */
#include <crypto/internal/skcipher.h>
#include <linux/cache.h>
#include <linux/dma-mapping.h>
#include <linux/pci.h>
#include <linux/scatterlist.h>
#include <linux/string.h>

#include "cce_device.h"
#include "cce_queue.h"
#include "cce_request.h"
#include "cce_skcipher.h"

/* The part of a scatterlist that covers a request. */
struct cce_extent {
	unsigned int entries;	/* scatterlist entries */
	bool exact;		/* the last entry ends with the text */
	bool empty_entry;	/* an entry has no bytes: not every DMA mapping takes that */
};

static int cce_extent_measure(struct scatterlist *list, unsigned int bytes,
			      struct cce_extent *extent)
{
	unsigned int left = bytes;
	struct scatterlist *sg;

	*extent = (struct cce_extent){ };
	for (sg = list; sg; sg = sg_next(sg)) {
		extent->entries++;
		if (!sg->length)
			extent->empty_entry = true;
		if (sg->length >= left) {
			extent->exact = sg->length == left;
			return 0;
		}
		left -= sg->length;
	}
	return -EINVAL;
}

static phys_addr_t cce_cache_line(phys_addr_t address)
{
	return address & ~(phys_addr_t)(max_t(int, dma_get_cache_alignment(), L1_CACHE_BYTES) - 1);
}

static bool cce_segment_is_ragged(struct scatterlist *sg)
{
	phys_addr_t start = sg_phys(sg);
	phys_addr_t end = start + sg->length;

	return cce_cache_line(start) != start || cce_cache_line(end) != end;
}

/*
 * Do two segments of a destination share a cache line? If so they can't be mapped: on a machine
 * whose DMA isn't coherent, taking one segment back from the engine would drop what it wrote to the
 * other, and DMA debugging objects. Two segments can share a line only if both have an unaligned
 * edge, so that page lists cost one pass.
 */
static bool cce_segments_share_lines(struct scatterlist *list, unsigned int entries)
{
	struct scatterlist *sg, *other;
	unsigned int i, j, ragged = 0;

	for_each_sg(list, sg, entries, i)
		ragged += cce_segment_is_ragged(sg);
	if (ragged < 2)
		return false;

	for_each_sg(list, sg, entries, i) {
		phys_addr_t first = cce_cache_line(sg_phys(sg));
		phys_addr_t last = cce_cache_line(sg_phys(sg) + sg->length - 1);

		if (!cce_segment_is_ragged(sg))
			continue;
		for (other = sg_next(sg), j = i + 1; j < entries; other = sg_next(other), j++) {
			phys_addr_t other_first = cce_cache_line(sg_phys(other));
			phys_addr_t other_last = cce_cache_line(sg_phys(other) + other->length - 1);

			if (first <= other_last && other_first <= last)
				return true;
		}
	}
	return false;
}

/*
 * Describe a mapped scatterlist to the engine: one segment directly, several through the slot's
 * list. Returns false if the list is too short for them. The last segment is trimmed to the text.
 */
static bool cce_describe(struct scatterlist *list, unsigned int segments, unsigned int bytes,
			 struct cce_list_entry *entry, dma_addr_t entry_address,
			 __le64 *address, bool *is_list)
{
	unsigned int i, used = 0;
	struct scatterlist *sg;

	for_each_sg(list, sg, segments, i) {
		unsigned int length = min(sg_dma_len(sg), bytes);

		if (!bytes)
			break;
		if (!length)
			continue;
		if (used == CCE_LIST_ENTRIES)
			return false;
		bytes -= length;
		entry[used++] = (struct cce_list_entry){
			.address = cpu_to_le64(sg_dma_address(sg)),
			.length = cpu_to_le32(length),
			.region = cpu_to_le16(CCE_REGION_UNRESTRICTED),
			.flags = cpu_to_le16(bytes ? 0 : CCE_LIST_ENTRY_FLAGS_LAST),
		};
	}

	*is_list = used > 1;
	*address = used > 1 ? cpu_to_le64(entry_address) : entry[0].address;
	return true;
}

static void cce_request_unmap(struct cce_queue *queue, struct skcipher_request *req)
{
	struct cce_request *request = skcipher_request_ctx(req);
	struct device *dev = &queue->cce->pdev->dev;

	if (request->destination_entries)
		dma_unmap_sg(dev, req->dst, request->destination_entries,
			     request->destination_direction);
	if (request->source_entries)
		dma_unmap_sg(dev, req->src, request->source_entries, request->source_direction);
	request->destination_entries = 0;
	request->source_entries = 0;
}

/* Source and destination become one bounce buffer. -ENOSPC: all are in use. */
static int cce_request_bounce(struct cce_queue *queue, struct skcipher_request *req,
			      unsigned int source_entries, struct cce_descriptor *descriptor)
{
	struct cce_request *request = skcipher_request_ctx(req);
	struct cce_bounce *bounce;

	lockdep_assert_held(&queue->lock);

	if (req->cryptlen > CCE_BOUNCE_BYTES)
		return CCE_FALLBACK_BOUNCE_SIZE;
	if (!queue->free_bounce_count)
		return -ENOSPC;

	bounce = queue->free_bounces[--queue->free_bounce_count];
	sg_copy_to_buffer(req->src, source_entries, bounce->data, req->cryptlen);
	request->bounce = bounce;
	descriptor->source = cpu_to_le64(bounce->address);
	descriptor->destination = cpu_to_le64(bounce->address);
	queue->counters.bounced++;
	return 0;
}

/* The engine reads and writes the caller's memory. */
static int cce_request_map(struct cce_queue *queue, unsigned int slot, struct skcipher_request *req,
			   const struct cce_extent *source, const struct cce_extent *destination,
			   struct cce_descriptor *descriptor, u16 *flags)
{
	dma_addr_t memory_address =
		queue->slot_memory_address + slot * sizeof(struct cce_slot_memory);
	struct cce_slot_memory *memory = &queue->slot_memory[slot];
	struct cce_request *request = skcipher_request_ctx(req);
	struct device *dev = &queue->cce->pdev->dev;
	bool in_place = req->src == req->dst;
	bool source_is_list, destination_is_list;
	int segments;

	request->source_direction = in_place ? DMA_BIDIRECTIONAL : DMA_TO_DEVICE;
	/* Bytes behind the text, in the last mapped entry, must survive unwritten. */
	request->destination_direction = destination->exact ? DMA_FROM_DEVICE : DMA_BIDIRECTIONAL;

	segments = dma_map_sg(dev, req->src, source->entries, request->source_direction);
	if (!segments)
		return CCE_FALLBACK_MAPPING;
	request->source_entries = source->entries;

	if (!cce_describe(req->src, segments, req->cryptlen, memory->source,
			  memory_address + offsetof(struct cce_slot_memory, source),
			  &descriptor->source, &source_is_list))
		goto too_many;

	if (in_place) {
		descriptor->destination = descriptor->source;
		destination_is_list = source_is_list;
	} else {
		segments = dma_map_sg(dev, req->dst, destination->entries,
				      request->destination_direction);
		if (!segments) {
			cce_request_unmap(queue, req);
			return CCE_FALLBACK_MAPPING;
		}
		request->destination_entries = destination->entries;
		if (!cce_describe(req->dst, segments, req->cryptlen, memory->destination,
				  memory_address + offsetof(struct cce_slot_memory, destination),
				  &descriptor->destination, &destination_is_list))
			goto too_many;
	}

	if (source_is_list)
		*flags |= CCE_DESCRIPTOR_FLAGS_SOURCE_LIST;
	if (destination_is_list)
		*flags |= CCE_DESCRIPTOR_FLAGS_DESTINATION_LIST;
	return 0;

too_many:
	cce_request_unmap(queue, req);
	return CCE_FALLBACK_SEGMENTS;
}

static void cce_context_fill(struct cce_context_record *context, const struct cce_skcipher *cipher,
			     bool decrypt)
{
	u32 rights = cipher->rights;

	rights |= decrypt ? CCE_CONTEXT_RECORD_RIGHTS_DECRYPT : CCE_CONTEXT_RECORD_RIGHTS_ENCRYPT;
	context->format = CCE_CONTEXT_FORMAT_CIPHER_KEY;
	context->key_length = cipher->key_bytes;
	context->units = sizeof(*context) / CCE_CONTEXT_UNIT_BYTES;
	context->rights = cpu_to_le32(rights);
	memcpy(context->key, cipher->key, cipher->key_bytes);
}

/**
 * cce_request_prepare() - make a request ready for the engine
 * @queue: queue pair that will take it
 * @slot: number of a free slot; its memory is overwritten
 * @req: request with at least one byte
 * @descriptor: receives everything but the cookie
 *
 * Context: @queue->lock held. Doesn't allocate and doesn't sleep.
 * Return: 0; -ENOSPC if it must be bounced and no buffer is free; -EINVAL if a scatterlist is
 *	shorter than the text; a positive &enum cce_fallback_reason if the engine can't take it.
 *	Unless 0, nothing is held afterwards.
 */
int cce_request_prepare(struct cce_queue *queue, unsigned int slot, struct skcipher_request *req,
			struct cce_descriptor *descriptor)
{
	struct crypto_skcipher *tfm = crypto_skcipher_reqtfm(req);
	const struct cce_skcipher *cipher = crypto_skcipher_ctx(tfm);
	struct cce_request *request = skcipher_request_ctx(req);
	struct cce_extent source, destination;
	u16 flags = request->decrypt ? CCE_DESCRIPTOR_FLAGS_DECRYPT : 0;
	int result;

	lockdep_assert_held(&queue->lock);

	request->bounce = NULL;
	request->source_entries = 0;
	request->destination_entries = 0;

	if (cipher->required & ~queue->cce->algorithms)
		return CCE_FALLBACK_CAPABILITY;
	if (cce_extent_measure(req->src, req->cryptlen, &source) ||
	    cce_extent_measure(req->dst, req->cryptlen, &destination))
		return -EINVAL;

	*descriptor = (struct cce_descriptor){
		.opcode = CCE_OPCODE_CIPHER,
		.mode = cipher->mode,
		.context_reference = cpu_to_le64(queue->slot_memory_address +
						 slot * sizeof(struct cce_slot_memory) +
						 offsetof(struct cce_slot_memory, context)),
		.text_length = cpu_to_le32(req->cryptlen),
		.context_region = cpu_to_le16(CCE_REGION_UNRESTRICTED),
		.source_region = cpu_to_le16(CCE_REGION_UNRESTRICTED),
		.destination_region = cpu_to_le16(CCE_REGION_UNRESTRICTED),
	};
	/* Copied, never mapped: req->iv may lie on a stack. */
	memcpy(descriptor->iv, req->iv, crypto_skcipher_ivsize(tfm));

	if (source.empty_entry || destination.empty_entry ||
	    cce_segments_share_lines(req->dst, destination.entries))
		result = cce_request_bounce(queue, req, source.entries, descriptor);
	else
		result = cce_request_map(queue, slot, req, &source, &destination, descriptor,
					 &flags);
	if (result)
		return result;

	descriptor->flags = cpu_to_le16(flags);
	cce_context_fill(&queue->slot_memory[slot].context, cipher, request->decrypt);
	return 0;
}

/*
 * The one place where an engine's status becomes an errno.
 *
 * Policy (a closed gate, a key without the right) is told apart from faults, so that nobody retries
 * it as an I/O error. -EFAULT stays reserved for user space pointers: a refused DMA access is -EIO.
 */
static int cce_status_errno(u8 status, bool *known)
{
	*known = true;
	switch (status) {
	case CCE_STATUS_OK:
		return 0;
	case CCE_STATUS_LENGTH_ZERO:
	case CCE_STATUS_LENGTH:
	case CCE_STATUS_KEY_SIZE:
		return -EINVAL;
	case CCE_STATUS_KEY_RIGHTS:
	case CCE_STATUS_GATED:
		return -EACCES;
	case CCE_STATUS_OPCODE:
	case CCE_STATUS_MODE:
	case CCE_STATUS_FLAGS:
	case CCE_STATUS_CONTEXT_ADDRESS:
	case CCE_STATUS_CONTEXT_ACCESS:
	case CCE_STATUS_CONTEXT_FORMAT:
	case CCE_STATUS_CONTEXT_EMPTY:
	case CCE_STATUS_SOURCE_ACCESS:
	case CCE_STATUS_SOURCE_LIST_ACCESS:
	case CCE_STATUS_SOURCE_LIST_FORMAT:
	case CCE_STATUS_DESTINATION_ACCESS:
	case CCE_STATUS_DESTINATION_LIST_ACCESS:
	case CCE_STATUS_DESTINATION_LIST_FORMAT:
		return -EIO;
	default:
		*known = false;
		return -EIO;
	}
}

/* May the engine have written to the destination before this status? In doubt, yes. */
static bool cce_status_may_have_begun(u8 status)
{
	switch (status) {
	case CCE_STATUS_OPCODE:
	case CCE_STATUS_MODE:
	case CCE_STATUS_FLAGS:
	case CCE_STATUS_LENGTH_ZERO:
	case CCE_STATUS_LENGTH:
	case CCE_STATUS_CONTEXT_ADDRESS:
	case CCE_STATUS_CONTEXT_ACCESS:
	case CCE_STATUS_CONTEXT_FORMAT:
	case CCE_STATUS_CONTEXT_EMPTY:
	case CCE_STATUS_KEY_SIZE:
	case CCE_STATUS_KEY_RIGHTS:
		return false;
	default:
		return true;
	}
}

/**
 * cce_request_answer() - note how the engine ended a request
 * @req: request, found by its cookie
 * @completion: copy of the completion entry
 *
 * Context: any, the queue's lock held.
 */
void cce_request_answer(struct skcipher_request *req, const struct cce_completion *completion)
{
	struct cce_request *request = skcipher_request_ctx(req);
	struct device *dev = &request->queue->cce->pdev->dev;
	bool known;

	request->error = cce_status_errno(completion->status, &known);
	request->may_have_begun = cce_status_may_have_begun(completion->status);
	memcpy(request->next_iv, completion->next_iv, sizeof(request->next_iv));

	if (!known)
		dev_err_ratelimited(dev, "queue %u: request %#x ended with unknown status %u\n",
				    request->queue->index, le32_to_cpu(completion->cookie),
				    completion->status);
	else if (request->error)
		dev_err_ratelimited(dev, "queue %u: request %#x ended with status %s\n",
				    request->queue->index, le32_to_cpu(completion->cookie),
				    cce_status_name(completion->status));
}

/**
 * cce_request_finish() - end a request that the engine holds no more
 * @req: request; its slot has been freed and its end been noted
 *
 * Takes the memory back, hands out the result and calls the owner, who may free or reuse @req: it
 * is gone on return. A failed request leaves no partial output: the text that came out so far may
 * be plaintext or, with the input, a stretch of keystream.
 *
 * Context: softirqs disabled, @req's queue not locked.
 */
void cce_request_finish(struct skcipher_request *req)
{
	unsigned int iv_bytes = crypto_skcipher_ivsize(crypto_skcipher_reqtfm(req));
	struct cce_request *request = skcipher_request_ctx(req);
	struct cce_queue *queue = request->queue;
	int error = request->error;

	cce_request_unmap(queue, req);

	if (request->bounce) {
		struct cce_bounce *bounce = request->bounce;

		/* Partial output never leaves the buffer. */
		if (!error)
			sg_copy_from_buffer(req->dst, sg_nents_for_len(req->dst, req->cryptlen),
					    bounce->data, req->cryptlen);
		memzero_explicit(bounce->data, req->cryptlen);
		request->bounce = NULL;
		cce_queue_put_bounce(queue, bounce);
	} else if (error && request->may_have_begun) {
		sg_zero_buffer(req->dst, sg_nents_for_len(req->dst, req->cryptlen), req->cryptlen,
			       0);
	}

	if (!error)
		memcpy(req->iv, request->next_iv, iv_bytes);
	skcipher_request_complete(req, error);
}
