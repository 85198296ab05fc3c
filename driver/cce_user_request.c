// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: a request of /dev/cce, from what user space says to the kernel's crypto API.
 *
 * Text is read and written where it is, in pages that are pinned. Associated data is copied: the
 * crypto API lets an implementation write to its place in a destination, and user space may have
 * given memory that it must not write.
 */
#include <crypto/aead.h>
#include <crypto/aes.h>
#include <crypto/gcm.h>
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "cce_client.h"
#include "cce_compat.h"
#include "cce_contract.h"
#include "cce_request.h"

atomic64_t cce_user_begun;
atomic64_t cce_user_ended;

static_assert(sizeof(struct cce_uapi_request) == 80);
static_assert(sizeof(struct cce_uapi_completion) == 32);

/* Where user space says that something is. */
struct cce_user_range {
	u32 region;
	u64 start;
	unsigned int bytes;
	bool write;
};

/*
 * Fields of the request
 */

static bool cce_user_iv_fits(u8 mode, u8 iv_bytes)
{
	switch (mode) {
	case CCE_UAPI_MODE_CBC:
	case CCE_UAPI_MODE_CTR:
	case CCE_UAPI_MODE_XTS:
		return iv_bytes == AES_BLOCK_SIZE;
	case CCE_UAPI_MODE_GCM:
		return iv_bytes == GCM_AES_IV_SIZE;
	case CCE_UAPI_MODE_CCM:
		return iv_bytes >= 7 && iv_bytes <= 13;
	default:
		return !iv_bytes;
	}
}

/* SP 800-38F, 5.3.1, of the key; and not more than the engine takes. */
static bool cce_user_key_fits(u8 mode, u32 length, bool decrypt)
{
	unsigned int least = 1;

	if (mode == CCE_UAPI_MODE_KW)
		least = 2 * CCE_KEY_WRAP_OVERHEAD;
	else if (decrypt)
		least = CCE_KEY_WRAP_OVERHEAD;
	if (length < least || length > CCE_KEY_WRAP_LIMIT_BYTES)
		return false;
	/* Only with padding, and before it is there, may a semiblock be short. */
	return (mode == CCE_UAPI_MODE_KWP && !decrypt) || !(length % CCE_KEY_WRAP_OVERHEAD);
}

static bool cce_user_length_fits(u8 mode, u32 length, u8 iv_bytes, bool decrypt)
{
	unsigned int counter_bytes;

	switch (mode) {
	case CCE_UAPI_MODE_ECB:
	case CCE_UAPI_MODE_CBC:
		return !(length % AES_BLOCK_SIZE);
	case CCE_UAPI_MODE_XTS:
		/* IEEE 1619, 5.1: a data unit has at least one block. */
		return length >= AES_BLOCK_SIZE;
	case CCE_UAPI_MODE_CCM:
		/* SP 800-38C, A.1: the length has as many bytes as the nonce leaves. */
		counter_bytes = 15 - iv_bytes;
		return counter_bytes >= sizeof(length) || !(length >> (8 * counter_bytes));
	case CCE_UAPI_MODE_KW:
	case CCE_UAPI_MODE_KWP:
		return cce_user_key_fits(mode, length, decrypt);
	default:
		return true;
	}
}

static int cce_user_check(const struct cce_uapi_request *given, const struct cce_session *session)
{
	bool decrypt = given->flags & CCE_UAPI_REQUEST_DECRYPT;
	u8 mode = session->mode;

	if (cce_session_is_digest(session))
		return cce_user_digest_check(given, session);
	if (given->flags & ~CCE_UAPI_REQUEST_DECRYPT || given->reserved || given->output_length)
		return -EINVAL;
	if (mode == CCE_UAPI_MODE_CMAC && decrypt)
		return -EINVAL;
	if (!cce_user_iv_fits(mode, given->iv_bytes) ||
	    memchr_inv(given->iv + given->iv_bytes, 0, sizeof(given->iv) - given->iv_bytes))
		return -EINVAL;
	if ((given->aad_length || given->aad_region || given->aad) && !cce_session_is_aead(session))
		return -EINVAL;
	if ((u64)given->length + given->aad_length > CCE_USER_LONGEST)
		return -EMSGSIZE;
	if (!cce_user_length_fits(mode, given->length, given->iv_bytes, decrypt))
		return -EINVAL;
	return 0;
}

/*
 * Memory of user space
 */

static int cce_user_take_region(struct cce_user_memory *memory, struct cce_client *client,
				const struct cce_user_range *range)
{
	struct cce_region *region = cce_region_get(client, range->region);
	unsigned long start;

	if (!region)
		return -ENOENT;
	memory->region = region;
	if (range->write && region->read_only)
		return -EACCES;
	if (range->start > region->length || range->bytes > region->length - range->start)
		return -ERANGE;
	start = offset_in_page(region->address) + range->start;
	memory->pages = region->pages + (start >> PAGE_SHIFT);
	memory->offset = offset_in_page(start);
	return 0;
}

static int cce_user_take_address(struct cce_user_memory *memory, const struct cce_user_range *range,
				 const struct cce_user_fixed *fixed)
{
	unsigned int count = DIV_ROUND_UP(offset_in_page(range->start) + range->bytes, PAGE_SIZE);
	int error;

	if (!range->bytes)
		return 0;
	if (range->start > ULONG_MAX - range->bytes - PAGE_SIZE)
		return -EFAULT;
	memory->pages = memory->here;
	if (count > ARRAY_SIZE(memory->here)) {
		memory->pages = kvmalloc_array(count, sizeof(*memory->pages), GFP_KERNEL_ACCOUNT);
		if (!memory->pages)
			return -ENOMEM;
	}
	memory->offset = offset_in_page(range->start);
	memory->write = range->write;
	if (fixed)
		return fixed->list(fixed, range->start, range->bytes, memory->pages, count);
	error = cce_region_pin(range->start & PAGE_MASK, count, range->write ? FOLL_WRITE : 0,
			       memory->pages);
	if (!error)
		memory->page_count = count;
	return error;
}

/* After an error cce_user_give() is still to be called. */
static int cce_user_take(struct cce_user_memory *memory, struct cce_client *client,
			 const struct cce_user_range *range, const struct cce_user_fixed *fixed)
{
	/* Of two places for the same thing one must be wrong. */
	if (range->region && fixed)
		return -EINVAL;
	return range->region ? cce_user_take_region(memory, client, range) :
			       cce_user_take_address(memory, range, fixed);
}

static void cce_user_give(struct cce_user_memory *memory)
{
	if (memory->region) {
		cce_region_put(memory->region);
	} else {
		unpin_user_pages_dirty_lock(memory->pages, memory->page_count, memory->write);
		if (memory->pages != memory->here)
			kvfree(memory->pages);
	}
	memory->region = NULL;
	memory->pages = NULL;
	memory->page_count = 0;
}

/* Whose address space, and where in it? */
static u64 cce_user_position(const struct cce_user_memory *memory,
			     const struct cce_user_range *range, const struct mm_struct **mm)
{
	*mm = memory->region ? memory->region->mm : current->mm;
	return memory->region ? memory->region->address + range->start : range->start;
}

static bool cce_user_overlap(const struct cce_user_request *request,
			     const struct cce_user_range *source,
			     const struct cce_user_range *destination)
{
	const struct mm_struct *source_mm, *destination_mm;
	u64 from = cce_user_position(&request->source, source, &source_mm);
	u64 to = cce_user_position(&request->destination, destination, &destination_mm);

	return source_mm == destination_mm && source->bytes && destination->bytes &&
	       from < to + destination->bytes && to < from + source->bytes;
}

/* What encryption writes behind the text, and decryption reads there. */
static unsigned int cce_user_behind_text(const struct cce_session *session)
{
	if (cce_session_is_aead(session))
		return session->tag_bytes;
	return cce_session_is_key_wrap(session) ? CCE_KEY_WRAP_OVERHEAD : 0;
}

static int cce_user_take_text(struct cce_user_request *request, struct cce_client *client,
			      const struct cce_uapi_request *given,
			      const struct cce_user_fixed *fixed)
{
	const struct cce_session *session = request->session;
	unsigned int behind = cce_user_behind_text(session);
	struct cce_user_range source = {
		.region = given->source_region,
		.start = given->source,
		.bytes = given->length + (request->decrypt ? behind : 0),
	};
	struct cce_user_range destination = {
		.region = given->destination_region,
		.start = given->destination,
		.bytes = given->length + (request->decrypt ? 0 : behind),
		.write = true,
	};
	int error;

	if (cce_session_is_digest(session))
		destination.bytes = cce_user_digest_result_bytes(given, session);
	else if (session->mode == CCE_UAPI_MODE_CMAC)
		destination.bytes = session->tag_bytes;
	else if (session->mode == CCE_UAPI_MODE_KWP)
		destination.bytes = ALIGN(destination.bytes, CCE_KEY_WRAP_OVERHEAD);
	request->source_bytes = source.bytes;
	request->destination_bytes = destination.bytes;
	request->in_place = source.region == destination.region &&
			    source.start == destination.start && source.bytes && destination.bytes;
	if (request->in_place) {
		source.bytes = max(source.bytes, destination.bytes);
		source.write = true;
		return cce_user_take(&request->source, client, &source, fixed);
	}
	error = cce_user_take(&request->source, client, &source, fixed) ?:
		cce_user_take(&request->destination, client, &destination, fixed);
	if (!error && cce_user_overlap(request, &source, &destination))
		error = -EINVAL;
	return error;
}

static void cce_user_copy_from_pages(u8 *to, struct page **pages, unsigned int offset,
				     unsigned int bytes)
{
	for (; bytes; pages++) {
		unsigned int now = min_t(unsigned int, bytes, PAGE_SIZE - offset);

		memcpy_from_page(to, *pages, offset, now);
		to += now;
		bytes -= now;
		offset = 0;
	}
}

static int cce_user_copy(struct cce_client *client, const struct cce_user_range *range, u8 *to)
{
	struct cce_user_memory memory = { };
	int error;

	if (!range->region)
		return range->start > ULONG_MAX ||
		       copy_from_user(to, u64_to_user_ptr(range->start), range->bytes) ?
			       -EFAULT : 0;
	error = cce_user_take_region(&memory, client, range);
	if (!error)
		cce_user_copy_from_pages(to, memory.pages, memory.offset, range->bytes);
	if (memory.region)
		cce_region_put(memory.region);
	return error;
}

/* Associated data, or the state of a hash. */
static int cce_user_take_aad(struct cce_user_request *request, struct cce_client *client,
			     const struct cce_uapi_request *given)
{
	struct cce_user_range range = {
		.region = given->aad_region,
		.start = given->aad,
		.bytes = given->aad_length,
	};

	request->aad = request->aad_here;
	if (cce_session_is_digest(request->session))
		return (range.bytes ?
			cce_user_copy(client, &range, cce_user_digest_saved(request)) : 0) ?:
		       cce_user_digest_prepare(request, given);
	request->aad_bytes = range.bytes;
	if (range.bytes > sizeof(request->aad_here)) {
		request->aad = kvmalloc(range.bytes, GFP_KERNEL_ACCOUNT);
		if (!request->aad)
			return -ENOMEM;
	}
	return cce_user_copy(client, &range, request->aad);
}

/*
 * Scatterlists
 */

static unsigned int cce_user_pages_of(const struct cce_user_memory *memory, unsigned int bytes)
{
	return bytes ? DIV_ROUND_UP(memory->offset + bytes, PAGE_SIZE) : 0;
}

/* Returns the first unused entry. */
static struct scatterlist *cce_user_list_aad(struct scatterlist *entry,
					     const struct cce_user_request *request)
{
	unsigned int bytes = request->aad_bytes;
	const u8 *from = request->aad;

	if (!bytes)
		return entry;
	if (!is_vmalloc_addr(from)) {
		sg_set_buf(entry, from, bytes);
		return entry + 1;
	}
	while (bytes) {
		unsigned int now = min_t(unsigned int, bytes, PAGE_SIZE);

		sg_set_page(entry++, vmalloc_to_page(from), now, 0);
		from += now;
		bytes -= now;
	}
	return entry;
}

/* Pages that are neighbours become one entry. Returns the first unused one. */
static struct scatterlist *cce_user_list_text(struct scatterlist *entry,
					      const struct cce_user_memory *memory,
					      unsigned int bytes)
{
	unsigned int offset = memory->offset;
	struct page **page = memory->pages;
	bool first = true;

	for (; bytes; page++) {
		unsigned int now = min_t(unsigned int, bytes, PAGE_SIZE - offset);

		if (!first && page[0] == page[-1] + 1 &&
		    page_to_pfn(page[0]) == page_to_pfn(page[-1]) + 1)
			entry[-1].length += now;
		else
			sg_set_page(entry++, *page, now, offset);
		first = false;
		bytes -= now;
		offset = 0;
	}
	return entry;
}

static int cce_user_list_build(struct cce_user_list *list, struct cce_user_request *request,
			       const struct cce_user_memory *memory, unsigned int bytes)
{
	unsigned int count = cce_user_pages_of(memory, bytes);
	struct scatterlist *end;

	if (request->aad_bytes)
		count += is_vmalloc_addr(request->aad) ?
				 DIV_ROUND_UP(request->aad_bytes, PAGE_SIZE) : 1;
	/* A list has an entry, even if nobody reads it. */
	count = max(count, 1U);
	list->entries = list->here;
	if (count > ARRAY_SIZE(list->here)) {
		list->entries = kvmalloc_array(count, sizeof(*list->entries), GFP_KERNEL_ACCOUNT);
		if (!list->entries)
			return -ENOMEM;
	}
	sg_init_table(list->entries, count);
	end = cce_user_list_aad(list->entries, request);
	end = cce_user_list_text(end, memory, bytes);
	if (end == list->entries)
		sg_set_buf(end++, request->aad_here, 1);
	sg_mark_end(end - 1);
	return 0;
}

static void cce_user_list_free(struct cce_user_list *list)
{
	if (list->entries != list->here)
		kvfree(list->entries);
	list->entries = NULL;
}

static int cce_user_build_lists(struct cce_user_request *request)
{
	unsigned int source_bytes = request->source_bytes;
	int error;

	if (request->in_place)
		source_bytes = max(source_bytes, request->destination_bytes);
	error = cce_user_list_build(&request->source_list, request, &request->source,
				    source_bytes);
	if (!error && !request->in_place)
		error = cce_user_list_build(&request->destination_list, request,
					    &request->destination, request->destination_bytes);
	if (!error && cce_session_is_digest(request->session))
		error = cce_user_digest_check_lists(request);
	return error;
}

/*
 * The request as a whole
 */

/**
 * cce_user_request_alloc() - room for a request
 *
 * Context: process, sleeps.
 * Return: the request, or NULL.
 */
struct cce_user_request *cce_user_request_alloc(void)
{
	struct cce_user_request *request;

	request = kzalloc(sizeof(*request), GFP_KERNEL_ACCOUNT);
	if (request)
		INIT_LIST_HEAD(&request->node);
	return request;
}

/**
 * cce_user_request_free_all() - undo cce_user_request_alloc()
 * @requests: list of requests that are clean
 *
 * Context: process.
 */
void cce_user_request_free_all(struct list_head *requests)
{
	struct cce_user_request *request, *next;

	list_for_each_entry_safe(request, next, requests, node) {
		kfree_sensitive(request->crypto);
		kfree(request);
	}
}

/* The kernel's request has room, as a rule since an earlier one of this session. */
static int cce_user_reserve(struct cce_user_request *request)
{
	unsigned int bytes = request->session->request_bytes;

	if (request->crypto_bytes >= bytes)
		return 0;
	kfree_sensitive(request->crypto);
	request->crypto = kmalloc(bytes, GFP_KERNEL_ACCOUNT);
	request->crypto_bytes = request->crypto ? bytes : 0;
	return request->crypto ? 0 : -ENOMEM;
}

/* The kernel's IV of CCM is the first counter block (SP 800-38C, A.3). */
static void cce_user_set_iv(struct cce_user_request *request, const struct cce_uapi_request *given)
{
	memset(request->iv, 0, sizeof(request->iv));
	if (request->session->mode == CCE_UAPI_MODE_CCM) {
		request->iv[0] = 14 - given->iv_bytes;
		memcpy(request->iv + 1, given->iv, given->iv_bytes);
	} else {
		memcpy(request->iv, given->iv, given->iv_bytes);
	}
}

/**
 * cce_user_request_prepare() - make a request ready to run
 * @request: clean; @done and what that needs are set
 * @client: whose objects are named
 * @given: copy of what user space gave
 * @fixed: the buffer of io_uring that source and destination lie in, or NULL
 *
 * Context: process, of the memory's owner; sleeps.
 * Return: 0 or a negative errno, of which struct cce_uapi_submit tells the meaning; unless 0 the
 *	request is clean again.
 */
int cce_user_request_prepare(struct cce_user_request *request, struct cce_client *client,
			     const struct cce_uapi_request *given,
			     const struct cce_user_fixed *fixed)
{
	int error;

	request->session = cce_session_get(client, given->session);
	if (!request->session)
		return -ENOENT;
	error = cce_user_check(given, request->session);
	if (error)
		goto clean;
	request->cookie = given->cookie;
	request->length = given->length;
	request->decrypt = given->flags & CCE_UAPI_REQUEST_DECRYPT;
	request->key_bytes = 0;
	cce_user_set_iv(request, given);
	error = cce_user_reserve(request);
	if (error)
		goto clean;
	error = cce_user_take_text(request, client, given, fixed) ?:
		cce_user_take_aad(request, client, given) ?:
		cce_user_build_lists(request);
	if (!error)
		return 0;
	if (cce_session_is_digest(request->session))
		cce_user_digest_forget(request);
clean:
	cce_user_request_clean(request);
	return error;
}

/**
 * cce_user_request_clean() - give back what a request has taken
 * @request: request that has ended, or never ran
 *
 * Context: process, sleeps.
 */
void cce_user_request_clean(struct cce_user_request *request)
{
	cce_user_give(&request->source);
	cce_user_give(&request->destination);
	cce_user_list_free(&request->source_list);
	cce_user_list_free(&request->destination_list);
	if (request->aad != request->aad_here)
		kvfree(request->aad);
	request->aad = NULL;
	request->aad_bytes = 0;
	request->in_place = false;
	if (request->session)
		cce_session_put(request->session);
	request->session = NULL;
}

/* Softirqs disabled, or process context. The request belongs to its owner on return. */
static void cce_user_request_end(struct cce_user_request *request, int error)
{
	struct scatterlist *destination = cce_user_destination(request);
	const struct cce_session *session = request->session;

	if (!error && session->mode == CCE_UAPI_MODE_CMAC)
		sg_copy_from_buffer(destination, sg_nents(destination), request->mac,
				    session->tag_bytes);
	/* The CPU decrypts before it knows whether the tag is right. */
	if (error == -EBADMSG)
		sg_zero_buffer(destination, sg_nents(destination), request->length,
			       request->aad_bytes);
	if (cce_session_is_digest(session))
		cce_user_digest_end(request, error);
	memzero_explicit(request->mac, sizeof(request->mac));
	if (error || (session->mode != CCE_UAPI_MODE_CBC && session->mode != CCE_UAPI_MODE_CTR))
		memset(request->iv, 0, sizeof(request->iv));
	request->status = error ?: request->key_bytes;
	atomic64_inc(&cce_user_ended);
	request->done(request);
}

static void cce_user_request_called(cce_completion_argument argument, int error)
{
	/* It has left a backlog: nobody waits for that. */
	if (error != -EINPROGRESS)
		cce_user_request_end(cce_completion_owner(argument), error);
}

/**
 * cce_user_request_flags() - what may become of a request of the crypto API
 * @request: whose it is
 *
 * Context: any.
 * Return: CRYPTO_TFM_REQ_ and CCE_REQUEST_.
 */
u32 cce_user_request_flags(const struct cce_user_request *request)
{
	return CRYPTO_TFM_REQ_MAY_BACKLOG | CRYPTO_TFM_REQ_MAY_SLEEP |
	       (request->alone ? 0 : CCE_REQUEST_OTHERS_FOLLOW);
}

static int cce_user_run_skcipher(struct cce_user_request *request)
{
	struct skcipher_request *req = request->crypto;

	memset(req, 0, sizeof(*req));
	skcipher_request_set_tfm(req, request->session->skcipher);
	skcipher_request_set_callback(req, cce_user_request_flags(request),
				      cce_user_request_called, request);
	skcipher_request_set_crypt(req, request->source_list.entries,
				   cce_user_destination(request), request->length, request->iv);
	return request->decrypt ? crypto_skcipher_decrypt(req) : crypto_skcipher_encrypt(req);
}

static int cce_user_run_aead(struct cce_user_request *request)
{
	struct aead_request *req = request->crypto;
	unsigned int tag = request->decrypt ? request->session->tag_bytes : 0;

	memset(req, 0, sizeof(*req));
	aead_request_set_tfm(req, request->session->aead);
	aead_request_set_callback(req, cce_user_request_flags(request),
				  cce_user_request_called, request);
	aead_request_set_crypt(req, request->source_list.entries, cce_user_destination(request),
			       request->length + tag, request->iv);
	aead_request_set_ad(req, request->aad_bytes);
	return request->decrypt ? crypto_aead_decrypt(req) : crypto_aead_encrypt(req);
}

static int cce_user_run_ahash(struct cce_user_request *request)
{
	struct ahash_request *req = request->crypto;

	memset(req, 0, sizeof(*req));
	ahash_request_set_tfm(req, request->session->ahash);
	ahash_request_set_callback(req, cce_user_request_flags(request),
				   cce_user_request_called, request);
	ahash_request_set_crypt(req, request->source_list.entries, request->mac, request->length);
	return crypto_ahash_digest(req);
}

/**
 * cce_user_request_run() - hand a request to the crypto API
 * @request: prepared; belongs to its @done from here on
 *
 * Context: process, sleeps.
 */
void cce_user_request_run(struct cce_user_request *request)
{
	int error;

	atomic64_inc(&cce_user_begun);
	if (cce_session_is_aead(request->session))
		error = cce_user_run_aead(request);
	else if (request->session->mode == CCE_UAPI_MODE_CMAC)
		error = cce_user_run_ahash(request);
	else if (cce_session_is_key_wrap(request->session))
		error = cce_key_wrap_run(request, cce_user_request_called);
	else if (cce_session_is_digest(request->session))
		error = cce_user_digest_run(request, cce_user_request_called);
	else
		error = cce_user_run_skcipher(request);
	if (error != -EINPROGRESS && error != -EBUSY)
		cce_user_request_end(request, error);
}
