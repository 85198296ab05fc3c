// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: from a request to a descriptor, and from a completion entry to its end.
 */
#include <linux/cache.h>
#include <linux/dma-mapping.h>
#include <linux/scatterlist.h>
#include <linux/string.h>

#include "cce_compat.h"
#include "cce_device.h"
#include "cce_queue.h"
#include "cce_request.h"

/* The part of a scatterlist that covers some of its bytes. */
struct cce_extent {
	struct scatterlist *first;	/* the entry with the first byte */
	unsigned int offset;		/* of the first byte in @first */
	unsigned int entries;		/* scatterlist entries from @first on */
	bool exact;			/* no byte in the entries but those */
	bool empty_entry;		/* an entry has no bytes: some DMA mappings object */
};

static int cce_extent_measure(struct scatterlist *list, unsigned int skip, unsigned int bytes,
			      struct cce_extent *extent)
{
	struct scatterlist *sg = list;
	u64 left;

	*extent = (struct cce_extent){ };
	if (!bytes)
		return 0;

	while (sg && skip >= sg->length) {
		skip -= sg->length;
		sg = sg_next(sg);
	}
	extent->first = sg;
	extent->offset = skip;
	left = (u64)skip + bytes;
	for (; sg; sg = sg_next(sg)) {
		extent->entries++;
		if (!sg->length)
			extent->empty_entry = true;
		if (sg->length >= left) {
			extent->exact = !skip && sg->length == left;
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

/* A list for the engine, as it grows in a slot's memory. */
struct cce_list {
	struct cce_list_entry *entry;
	unsigned int used;
};

static bool cce_list_add(struct cce_list *list, dma_addr_t address, unsigned int length)
{
	if (!length)
		return true;
	if (list->used == CCE_LIST_ENTRIES)
		return false;
	list->entry[list->used++] = (struct cce_list_entry){
		.address = cpu_to_le64(address),
		.length = cpu_to_le32(length),
		.region = cpu_to_le16(CCE_REGION_UNRESTRICTED),
	};
	return true;
}

/* Add bytes of a mapped scatterlist. False: they have too many segments. */
static bool cce_list_add_mapped(struct cce_list *list, struct scatterlist *first,
				unsigned int segments, unsigned int skip, unsigned int bytes)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sg(first, sg, segments, i) {
		unsigned int offset = min(sg_dma_len(sg), skip);
		unsigned int length = min(sg_dma_len(sg) - offset, bytes);

		if (!bytes)
			break;
		if (!cce_list_add(list, sg_dma_address(sg) + offset, length))
			return false;
		skip -= offset;
		bytes -= length;
	}
	return true;
}

/*
 * One segment is described directly, several by the list. Returns what the descriptor says; sets
 * @flag in @flags for a list.
 */
static __le64 cce_list_close(struct cce_list *list, dma_addr_t address, u16 flag, u16 *flags)
{
	if (!list->used)
		return 0;
	if (list->used == 1)
		return list->entry[0].address;
	list->entry[list->used - 1].flags = cpu_to_le16(CCE_LIST_ENTRY_FLAGS_LAST);
	*flags |= flag;
	return cpu_to_le64(address);
}

/* Where the engine finds a request's parts. */
struct cce_segments {
	struct scatterlist *source;
	unsigned int source_segments;
	unsigned int source_skip;
	struct scatterlist *destination;
	unsigned int destination_segments;
	unsigned int destination_skip;
};

static dma_addr_t cce_slot_address(const struct cce_queue *queue, unsigned int slot)
{
	return queue->slot_memory_address + slot * sizeof(struct cce_slot_memory);
}

/*
 * Tell the engine where source and destination are: in the slot's memory, in what is mapped, or
 * in the bounce buffer. False: too many segments.
 */
static bool cce_request_describe(struct cce_queue *queue, unsigned int slot,
				 struct cce_request *request, const struct cce_segments *segments,
				 struct cce_descriptor *descriptor, u16 *flags)
{
	struct cce_slot_memory *memory = &queue->slot_memory[slot];
	dma_addr_t address = cce_slot_address(queue, slot);
	struct cce_list source = { .entry = memory->source };
	struct cce_list destination = { .entry = memory->destination };
	struct cce_bounce *bounce = request->bounce;
	bool fits;

	fits = cce_list_add(&source, address + offsetof(struct cce_slot_memory, prefix),
			    request->prefix_bytes);
	if (bounce)
		fits = fits && cce_list_add(&source, bounce->address, request->source_bytes);
	else
		fits = fits && cce_list_add_mapped(&source, segments->source,
						   segments->source_segments,
						   segments->source_skip, request->source_bytes);
	fits = fits && cce_list_add(&source, address + offsetof(struct cce_slot_memory, suffix),
				    request->suffix_bytes);

	if (!request->destination)
		fits = fits && cce_list_add(&destination,
					    address + offsetof(struct cce_slot_memory, result),
					    request->destination_bytes);
	else if (bounce)
		fits = fits && cce_list_add(&destination, bounce->address + bounce->text,
					    request->destination_bytes);
	else
		fits = fits && cce_list_add_mapped(&destination, segments->destination,
						   segments->destination_segments,
						   segments->destination_skip,
						   request->destination_bytes);
	fits = fits && cce_list_add(&destination,
				    address + offsetof(struct cce_slot_memory, result),
				    request->tail_bytes);

	descriptor->source = cce_list_close(&source,
					    address + offsetof(struct cce_slot_memory, source),
					    CCE_DESCRIPTOR_FLAGS_SOURCE_LIST, flags);
	descriptor->destination =
		cce_list_close(&destination,
			       address + offsetof(struct cce_slot_memory, destination),
			       CCE_DESCRIPTOR_FLAGS_DESTINATION_LIST, flags);
	return fits;
}

static void cce_request_unmap(struct cce_queue *queue, struct cce_request *request)
{
	struct device *dev = queue->cce->dev;

	if (request->destination_entries)
		dma_unmap_sg(dev, request->destination_map, request->destination_entries,
			     request->destination_direction);
	if (request->source_entries)
		dma_unmap_sg(dev, request->source_map, request->source_entries,
			     request->source_direction);
	request->destination_entries = 0;
	request->source_entries = 0;
}

/* Source and destination become one bounce buffer. -ENOSPC: all are in use. */
static int cce_request_bounce(struct cce_queue *queue, unsigned int slot,
			      struct cce_request *request, struct cce_descriptor *descriptor,
			      u16 *flags)
{
	/* Associated data stands in front of the text, and isn't copied to the destination. */
	unsigned int text = request->aad_length > request->prefix_bytes ?
				    request->aad_length - request->prefix_bytes : 0;
	unsigned int bytes = max(request->source_bytes, text + request->destination_bytes);
	const struct cce_segments none = { };
	struct cce_bounce *bounce;

	lockdep_assert_held(&queue->lock);

	if (bytes > CCE_BOUNCE_BYTES)
		return CCE_FALLBACK_BOUNCE_SIZE;
	if (!queue->free_bounce_count)
		return -ENOSPC;

	bounce = queue->free_bounces[--queue->free_bounce_count];
	bounce->text = text;
	bounce->used = bytes;
	sg_pcopy_to_buffer(request->source, sg_nents(request->source), bounce->data,
			   request->source_bytes, request->source_skip);
	request->bounce = bounce;
	queue->counters.bounced++;
	/* At most three segments: they fit. */
	cce_request_describe(queue, slot, request, &none, descriptor, flags);
	return 0;
}

/* Map @count entries from @first on; 0 segments if there are none. */
static int cce_map(struct device *dev, struct scatterlist *first, unsigned int count,
		   enum dma_data_direction direction, unsigned int *segments)
{
	*segments = count ? dma_map_sg(dev, first, count, direction) : 0;
	return count && !*segments ? CCE_FALLBACK_MAPPING : 0;
}

/*
 * The engine reads and writes the caller's memory. Where source and destination are one scatterlist
 * it is mapped once, as the source.
 */
static int cce_request_map(struct cce_queue *queue, unsigned int slot, struct cce_request *request,
			   const struct cce_extent *source, const struct cce_extent *destination,
			   bool in_place, struct cce_descriptor *descriptor, u16 *flags)
{
	struct device *dev = queue->cce->dev;
	struct cce_segments segments = {
		.source = source->first,
		.source_skip = source->offset,
		.destination = destination->first,
		.destination_skip = destination->offset,
	};
	int result;

	request->source_map = source->first;
	request->destination_map = destination->first;
	request->source_direction = in_place ? DMA_BIDIRECTIONAL : DMA_TO_DEVICE;
	/* Bytes around the text, in the first and last mapped entry, must survive unwritten. */
	request->destination_direction = destination->exact ? DMA_FROM_DEVICE : DMA_BIDIRECTIONAL;

	result = cce_map(dev, source->first, source->entries, request->source_direction,
			 &segments.source_segments);
	if (result)
		return result;
	request->source_entries = source->entries;
	if (in_place) {
		segments.destination_segments = segments.source_segments;
	} else {
		result = cce_map(dev, destination->first, destination->entries,
				 request->destination_direction, &segments.destination_segments);
		if (!result)
			request->destination_entries = destination->entries;
	}
	if (!result &&
	    !cce_request_describe(queue, slot, request, &segments, descriptor, flags))
		result = CCE_FALLBACK_SEGMENTS;
	if (result)
		cce_request_unmap(queue, request);
	return result;
}

/* Let the engine at source and destination. Returns as cce_request_prepare(). */
static int cce_request_attach(struct cce_queue *queue, unsigned int slot,
			      struct cce_request *request, struct cce_descriptor *descriptor,
			      u16 *flags)
{
	bool in_place = request->source == request->destination && request->source_bytes &&
			request->destination_bytes;
	struct cce_extent source, destination = { };
	unsigned int skip, end;
	int error;

	if (in_place) {
		skip = min(request->source_skip, request->destination_skip);
		end = max(request->source_skip + request->source_bytes,
			  request->destination_skip + request->destination_bytes);
		error = cce_extent_measure(request->source, skip, end - skip, &source);
		destination = source;
		source.offset += request->source_skip - skip;
		destination.offset += request->destination_skip - skip;
	} else {
		error = cce_extent_measure(request->source, request->source_skip,
					   request->source_bytes, &source);
		if (!error && request->destination)
			error = cce_extent_measure(request->destination, request->destination_skip,
						   request->destination_bytes, &destination);
	}
	if (error)
		return error;

	if (source.empty_entry || destination.empty_entry ||
	    cce_segments_share_lines(destination.first, destination.entries))
		return cce_request_bounce(queue, slot, request, descriptor, flags);
	return cce_request_map(queue, slot, request, &source, &destination, in_place, descriptor,
			       flags);
}

/* Does the engine read a context record, with the key of a cipher? */
static bool cce_request_has_record(const struct cce_request *request)
{
	return request->opcode == CCE_OPCODE_CIPHER || request->opcode == CCE_OPCODE_CIPHER_HASH;
}

/* What the engine reads of the slot besides the lists. */
static void cce_request_fill_slot(struct cce_slot_memory *memory, const struct cce_request *request)
{
	if (cce_request_has_record(request)) {
		memcpy(&memory->key, &request->key->record, request->key->bytes);
		memory->key.first.rights |= cpu_to_le32(request->decrypt ?
							CCE_CONTEXT_RECORD_RIGHTS_DECRYPT :
							CCE_CONTEXT_RECORD_RIGHTS_ENCRYPT);
	}
	if (request->operations->write_prefix)
		request->operations->write_prefix(request, memory->prefix);
	else if (request->prefix)
		memcpy(memory->prefix, request->prefix, request->prefix_bytes);
	else if (request->prefix_bytes)
		sg_copy_to_buffer(request->source, sg_nents(request->source), memory->prefix,
				  request->prefix_bytes);
	if (request->suffix_bytes)
		memcpy(memory->suffix, request->suffix, request->suffix_bytes);
}

/**
 * cce_request_prepare() - make a request ready for the engine
 * @queue: queue pair that will take it
 * @slot: number of a free slot; its memory is overwritten
 * @request: request
 * @descriptor: receives everything but the cookie
 *
 * Context: @queue->lock held. Doesn't allocate and doesn't sleep.
 * Return: 0; -ENOSPC if it must be bounced and no buffer is free; -EINVAL if a scatterlist is
 *	shorter than the text; a positive &enum cce_fallback_reason if the engine can't take it.
 *	Unless 0, nothing is held afterwards.
 */
int cce_request_prepare(struct cce_queue *queue, unsigned int slot, struct cce_request *request,
			struct cce_descriptor *descriptor)
{
	u16 flags = request->flags | (request->decrypt ? CCE_DESCRIPTOR_FLAGS_DECRYPT : 0);
	u32 required = request->required | (request->key ? request->key->required : 0);
	int result;

	lockdep_assert_held(&queue->lock);

	request->bounce = NULL;
	request->source_entries = 0;
	request->destination_entries = 0;

	if (required & ~queue->cce->algorithms)
		return CCE_FALLBACK_CAPABILITY;

	*descriptor = (struct cce_descriptor){
		.opcode = request->opcode,
		.mode = request->mode,
		.text_length = cpu_to_le32(request->text_length),
		.aad_length = cpu_to_le32(request->aad_length),
		.context_region = cpu_to_le16(CCE_REGION_UNRESTRICTED),
		.source_region = cpu_to_le16(CCE_REGION_UNRESTRICTED),
		.destination_region = cpu_to_le16(CCE_REGION_UNRESTRICTED),
		.tag_length = request->tag_length,
	};
	memcpy(descriptor->iv, request->iv, sizeof(descriptor->iv));
	if (cce_request_has_record(request))
		descriptor->context_reference =
			cpu_to_le64(cce_slot_address(queue, slot) +
				    offsetof(struct cce_slot_memory, key));

	result = cce_request_attach(queue, slot, request, descriptor, &flags);
	if (result)
		return result;

	descriptor->flags = cpu_to_le16(flags);
	cce_request_fill_slot(&queue->slot_memory[slot], request);
	return 0;
}

/* Bytes that the engine writes to the slot. */
static unsigned int cce_request_result_bytes(const struct cce_request *request)
{
	return request->destination ? request->tail_bytes : request->destination_bytes;
}

/**
 * cce_request_wipe_slot() - leave nothing of a request's key or text in its slot
 * @queue: queue pair
 * @slot: number of the slot
 * @request: request that had it
 *
 * Context: any, @queue->lock held.
 */
void cce_request_wipe_slot(struct cce_queue *queue, unsigned int slot,
			   const struct cce_request *request)
{
	struct cce_slot_memory *memory = &queue->slot_memory[slot];

	lockdep_assert_held(&queue->lock);

	/* The lists hold no secrets. */
	memzero_explicit(&memory->key, sizeof(memory->key));
	memzero_explicit(memory->prefix, request->prefix_bytes);
	memzero_explicit(memory->suffix, sizeof(memory->suffix));
	memzero_explicit(memory->result, cce_request_result_bytes(request));
}

/* What a status means for the request's owner, and for its destination. */
struct cce_status_meaning {
	bool known;
	bool untouched;		/* nothing was written */
	int error;
};

/*
 * The one place where an engine's status becomes an errno.
 *
 * Policy (a closed gate, a key without the right) is told apart from faults, so that nobody retries
 * it as an I/O error. -EFAULT stays reserved for user space pointers: a refused DMA access is -EIO.
 */
static const struct cce_status_meaning cce_statuses[] = {
	[CCE_STATUS_OK] = { true, true, 0 },
	[CCE_STATUS_OPCODE] = { true, true, -EIO },
	[CCE_STATUS_MODE] = { true, true, -EIO },
	[CCE_STATUS_FLAGS] = { true, true, -EIO },
	[CCE_STATUS_LENGTH_ZERO] = { true, true, -EINVAL },
	[CCE_STATUS_LENGTH] = { true, true, -EINVAL },
	[CCE_STATUS_CONTEXT_ADDRESS] = { true, true, -EIO },
	[CCE_STATUS_CONTEXT_ACCESS] = { true, true, -EIO },
	[CCE_STATUS_CONTEXT_FORMAT] = { true, true, -EIO },
	[CCE_STATUS_CONTEXT_EMPTY] = { true, true, -EIO },
	[CCE_STATUS_KEY_SIZE] = { true, true, -EINVAL },
	[CCE_STATUS_KEY_RIGHTS] = { true, true, -EACCES },
	[CCE_STATUS_SOURCE_ACCESS] = { true, false, -EIO },
	[CCE_STATUS_SOURCE_LIST_ACCESS] = { true, false, -EIO },
	[CCE_STATUS_SOURCE_LIST_FORMAT] = { true, false, -EIO },
	[CCE_STATUS_DESTINATION_ACCESS] = { true, false, -EIO },
	[CCE_STATUS_DESTINATION_LIST_ACCESS] = { true, false, -EIO },
	[CCE_STATUS_DESTINATION_LIST_FORMAT] = { true, false, -EIO },
	[CCE_STATUS_GATED] = { true, false, -EACCES },
	[CCE_STATUS_TAG] = { true, false, -EBADMSG },
	[CCE_STATUS_TAG_LENGTH] = { true, true, -EINVAL },
	[CCE_STATUS_IV] = { true, true, -EINVAL },
	[CCE_STATUS_EQUAL_KEYS] = { true, true, -EINVAL },
};

static_assert(ARRAY_SIZE(cce_statuses) == CCE_STATUS_COUNTERS - 1);

/**
 * cce_request_answer() - note how the engine ended a request
 * @request: request, found by its cookie
 * @completion: copy of the completion entry
 * @result: what the engine wrote to the slot's memory
 *
 * Context: any, the queue's lock held.
 */
void cce_request_answer(struct cce_request *request, const struct cce_completion *completion,
			const u8 *result)
{
	struct cce_status_meaning meaning = { .error = -EIO };
	struct device *dev = request->queue->cce->dev;

	if (completion->status < ARRAY_SIZE(cce_statuses))
		meaning = cce_statuses[completion->status];
	request->error = meaning.error;
	/*
	 * What the engine has decrypted without being sure of the tag it wipes itself, but it can't
	 * if the bus refuses that: so whatever the status, text may be there.
	 */
	request->may_have_begun = !meaning.untouched || (request->decrypt && request->tag_length);
	request->redo = false;
	if (request->result)
		memcpy(request->result, result, cce_request_result_bytes(request));
	else
		memcpy(request->answer,
		       request->destination && !request->tail_bytes ? completion->next_iv : result,
		       sizeof(request->answer));

	if (!meaning.known)
		dev_err_ratelimited(dev, "queue %u: request %#x ended with unknown status %u\n",
				    request->queue->index, le32_to_cpu(completion->cookie),
				    completion->status);
	else if (request->error && request->error != -EBADMSG)
		dev_err_ratelimited(dev, "queue %u: request %#x ended with status %s\n",
				    request->queue->index, le32_to_cpu(completion->cookie),
				    cce_status_name(completion->status));
}

/* Bounce buffer back to the queue, wiped; its text to the destination if the request went well. */
static void cce_request_unbounce(struct cce_queue *queue, struct cce_request *request)
{
	struct cce_bounce *bounce = request->bounce;

	/* Partial output never leaves the buffer, nor does what the engine hasn't begun. */
	if (request->destination && !request->redo && !request->error)
		sg_pcopy_from_buffer(request->destination, sg_nents(request->destination),
				     bounce->data + bounce->text, request->destination_bytes,
				     request->destination_skip);
	memzero_explicit(bounce->data, bounce->used);
	request->bounce = NULL;
	cce_queue_put_bounce(queue, bounce);
}

/**
 * cce_request_finish() - end a request that the engine holds no more
 * @request: request; its slot has been freed and its end been noted
 *
 * Takes the memory back, hands out the result and calls the owner, who may free or reuse it: it
 * is gone on return, unless it is to be done again on the CPU, and that calls back later, or the
 * engine shall have a second request of it. A failed
 * request leaves no partial output: the text that came out so far may be plaintext or, with the
 * input, a stretch of keystream.
 *
 * Context: softirqs disabled, @request's queue not locked. The caller must call cce_queue_pump()
 *	afterwards.
 */
void cce_request_finish(struct cce_request *request)
{
	struct cce_queue *queue = request->queue;
	int error = request->error;

	cce_request_unmap(queue, request);
	if (request->bounce)
		cce_request_unbounce(queue, request);
	if (error && request->may_have_begun && request->destination)
		sg_zero_buffer(request->destination, sg_nents(request->destination),
			       request->destination_bytes + request->tail_bytes,
			       request->destination_skip);

	if (request->redo) {
		cce_fallback_count(&queue->cce->fallbacks, CCE_FALLBACK_RESET);
		error = request->operations->run_on_cpu(request, false);
		/* Its owner allowed waiting, or was told so: cce_request_cpu_done() follows. */
		if (error == -EINPROGRESS || error == -EBUSY)
			return;
	} else if (!error && request->operations->next) {
		request->operations->next(request);
		cce_queue_continue(queue, request);
		return;
	} else if (!error) {
		request->operations->finish(request);
	}
	cce_request_end(request, error);
}

/**
 * cce_request_cpu_done() - the CPU's implementation calls back
 * @request: request
 * @error: 0, -EINPROGRESS or another negative errno
 *
 * Context: softirqs disabled.
 */
void cce_request_cpu_done(struct cce_request *request, int error)
{
	if (error == -EINPROGRESS)
		cce_request_notify(request);
	else
		cce_request_end(request, error);
}

/**
 * cce_request_notify() - tell the owner, once, that the request has left the backlog
 * @request: request
 *
 * Context: softirqs disabled.
 */
void cce_request_notify(struct cce_request *request)
{
	if (request->notified)
		return;
	request->notified = true;
	crypto_request_complete(request->owner, -EINPROGRESS);
}

/**
 * cce_request_release() - give back and forget what a request has
 * @request: request that is over, of which its owner doesn't know yet
 * @error: 0 or a negative errno
 *
 * Context: any.
 */
void cce_request_release(struct cce_request *request, int error)
{
	if (request->operations->forget)
		request->operations->forget(request, error);
	memzero_explicit(request->answer, sizeof(request->answer));
	cce_key_put(request->key);
	request->key = NULL;
}

/**
 * cce_request_end() - tell the owner that it is over
 * @request: request, gone on return
 * @error: 0 or a negative errno
 *
 * Context: softirqs disabled.
 */
void cce_request_end(struct cce_request *request, int error)
{
	int told = error ?: request->told;

	cce_request_release(request, error);
	crypto_request_complete(request->owner, told);
}
