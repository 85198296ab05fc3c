// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's way of a key and a text, in a program under valgrind: setkey, descriptor, context record, bounce buffers,
 * completion, wiping. Keys and texts are marked as uninitialised, as ctgrind does, so that memcheck complains about every
 * branch and address that depends on them. The kernel around is kernel.h; the engine is here, and looks at no secret: the
 * text comes out as it went in.
 *
 * Exit status 0: all is well; 1: the driver did something wrong; valgrind's: see above.
 */
#include "kernel.h"

#include <valgrind/memcheck.h>

#include "cce_contract.h"
#include "cce_device.h"
#include "cce_queue.h"
#include "cce_recovery.h"
#include "cce_registry.h"
#include "cce_request.h"
#include "cce_skcipher.h"

#define TEXT_BYTES 160

static unsigned int failures;

#define expect(condition)                                                                                              \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			fprintf(stderr, "%s:%d: expected: %s\n", __FILE__, __LINE__, #condition);                      \
			failures++;                                                                                    \
		}                                                                                                      \
	} while (0)

/* ---- secrets */

static void fill_secret(u8 *bytes, size_t count, u8 first)
{
	size_t i;

	for (i = 0; i < count; i++)
		bytes[i] = (u8)(first + 7 * i);
	VALGRIND_MAKE_MEM_UNDEFINED(bytes, count);
}

/* Without valgrind nobody can tell. */
static bool all_secret(const void *memory, size_t count)
{
	size_t i;

	for (i = 0; RUNNING_ON_VALGRIND && i < count; i++) {
		u8 marks = 0;

		VALGRIND_GET_VBITS((const u8 *)memory + i, &marks, 1);
		if (marks != 0xff)
			return false;
	}
	return true;
}

/* Zero, and not because memcheck was told so: a secret that was left behind is complained about here. */
static bool all_zero(const void *memory, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (((const u8 *)memory)[i])
			return false;
	return true;
}

/* ---- the engine */

static u8 registers[CCE_REGISTER_SPACE_BYTES];
static struct pci_dev function;
static struct cce_device engine = { .pdev = &function, .registers = registers, .algorithms = ~0U };
static struct cce_queue queue_pair;
static u8 answer_status;
static unsigned int served, lists_served;
static u16 engine_head, engine_tail;

/* Byte `position` of a stream, as a descriptor tells where it lies. */
static u8 *stream_byte(u64 address, bool is_list, u32 position)
{
	const struct cce_list_entry *entry = (const struct cce_list_entry *)(uintptr_t)address;

	if (!is_list)
		return (u8 *)(uintptr_t)address + position;
	for (; position >= entry->length; entry++)
		position -= entry->length;
	return (u8 *)(uintptr_t)entry->address + position;
}

static void serve(const struct cce_descriptor *descriptor)
{
	const struct cce_context_record *context =
		(const struct cce_context_record *)(uintptr_t)descriptor->context_reference;
	struct cce_completion *entry = &queue_pair.completion[engine_tail % cce_queue_entries(&queue_pair)];
	bool source_list = descriptor->flags & CCE_DESCRIPTOR_FLAGS_SOURCE_LIST;
	bool destination_list = descriptor->flags & CCE_DESCRIPTOR_FLAGS_DESTINATION_LIST;
	u8 text[TEXT_BYTES];
	u32 i;

	/* Where, how much and how: never a matter of secrets. */
	VALGRIND_CHECK_MEM_IS_DEFINED(descriptor, sizeof(*descriptor));
	VALGRIND_CHECK_MEM_IS_DEFINED(context, offsetof(struct cce_context_record, key));
	expect(all_secret(context->key, context->key_length));
	served++;
	lists_served += source_list + destination_list;
	for (i = 0; i < descriptor->text_length; i++)
		text[i] = *stream_byte(descriptor->source, source_list, i);
	expect(all_secret(text, descriptor->text_length));
	/* A request that fails has written a part of its text. */
	for (i = 0; i < descriptor->text_length / (answer_status ? 2 : 1); i++)
		*stream_byte(descriptor->destination, destination_list, i) = text[i];

	memset(entry, 0, sizeof(*entry));
	memset(entry->next_iv, 0x77, sizeof(entry->next_iv));
	entry->cookie = descriptor->cookie;
	entry->submission_head = engine_head;
	entry->status = answer_status;
	entry->phase = !((engine_tail / cce_queue_entries(&queue_pair)) & 1);
	engine_tail++;
}

u32 readl(const void *address)
{
	u32 value;

	memcpy(&value, address, sizeof(value));
	return value;
}

void writel(u32 value, void *address)
{
	size_t offset = (size_t)((u8 *)address - registers);

	memcpy(address, &value, sizeof(value));
	if (offset == CCE_DOORBELL_BASE + CCE_DOORBELL_SUBMISSION_TAIL)
		for (; engine_head != (u16)value;)
			serve(&queue_pair.submission[engine_head++ % cce_queue_entries(&queue_pair)]);
}

void dma_free_coherent(struct device *dev, size_t bytes, void *memory, dma_addr_t address)
{
	(void)dev, (void)address;
	expect(all_zero(memory, bytes));
	free(memory);
}

/* ---- the rest of the driver, and of the kernel */

struct cce_queue *cce_registry_get_queue(void)
{
	return &queue_pair;
}

void cce_registry_put_queue(struct cce_queue *queue)
{
	(void)queue;
}

void cce_recovery_watch(struct cce_device *cce)
{
	(void)cce;
}

static struct skcipher_alg *algorithms[8];
static unsigned int algorithm_count;

int crypto_register_skcipher(struct skcipher_alg *alg)
{
	algorithms[algorithm_count++] = alg;
	return 0;
}

void crypto_unregister_skcipher(struct skcipher_alg *alg)
{
	(void)alg;
	algorithm_count--;
}

/* The fallback: takes keys, and leaves the text as it is. */
static struct skcipher_alg fallback_algorithm;
static unsigned int fallbacks;

struct crypto_skcipher *crypto_alloc_skcipher(const char *name, u32 type, u32 mask)
{
	struct crypto_skcipher *tfm = calloc(1, sizeof(*tfm));

	(void)name, (void)type, (void)mask;
	tfm->alg = &fallback_algorithm;
	return tfm;
}

void crypto_free_skcipher(struct crypto_skcipher *tfm)
{
	free(tfm);
}

int crypto_skcipher_setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int key_bytes)
{
	(void)tfm;
	expect(all_secret(key, key_bytes));
	return 0;
}

int crypto_skcipher_encrypt(struct skcipher_request *req)
{
	u8 text[TEXT_BYTES];

	fallbacks++;
	sg_copy_to_buffer(req->src, ~0U, text, req->cryptlen);
	sg_copy_from_buffer(req->dst, ~0U, text, req->cryptlen);
	return 0;
}

int crypto_skcipher_decrypt(struct skcipher_request *req)
{
	return crypto_skcipher_encrypt(req);
}

/* ---- requests */

static int completed_with;

static void completed(struct crypto_async_request *base, int error)
{
	(void)base;
	completed_with = error;
}

/* How a text lies in memory. */
enum layout {
	LAYOUT_DIRECT,
	LAYOUT_LIST,		/* aligned pieces */
	LAYOUT_RAGGED,		/* pieces that share a cache line: bounced */
	LAYOUT_EMPTY_ENTRY,	/* bounced, too */
	LAYOUT_SCRAPS,		/* more pieces than a slot's list takes: run on the CPU */
	LAYOUTS
};

static void lay_out(struct scatterlist *list, u8 *memory, enum layout layout)
{
	unsigned int pieces = layout == LAYOUT_DIRECT ? 1 : layout == LAYOUT_SCRAPS ? TEXT_BYTES / 4 : 3;
	unsigned int i, done = 0;

	for (i = 0; i < pieces; i++) {
		unsigned int length = TEXT_BYTES - done;

		if (i + 1 < pieces)
			length = layout == LAYOUT_LIST ? 64 : layout == LAYOUT_SCRAPS ? 4 : 40;
		if (layout == LAYOUT_EMPTY_ENTRY && i == 1)
			length = 0;
		/* Scraps stand a cache line apart. */
		list[i] = (struct scatterlist){ memory + (layout == LAYOUT_SCRAPS ? 64 * i : done), length,
						i + 1 == pieces };
		done += length;
	}
}

static void run_request(struct crypto_skcipher *tfm, enum layout layout, bool decrypt, bool in_place, int expected)
{
	static u8 source[64 * TEXT_BYTES / 4] __attribute__((aligned(64)));
	static u8 destination[64 * TEXT_BYTES / 4] __attribute__((aligned(64)));
	struct scatterlist from[TEXT_BYTES / 4], to[TEXT_BYTES / 4];
	u8 iv[AES_BLOCK_SIZE] = { 1, 2, 3 };
	struct skcipher_request req = { .tfm = tfm };
	u8 text[TEXT_BYTES], result[TEXT_BYTES];
	int status;
	unsigned int i;

	fill_secret(text, sizeof(text), 5);
	memset(destination, 0x55, sizeof(destination));
	lay_out(from, source, layout);
	lay_out(to, destination, layout);
	sg_copy_from_buffer(from, ~0U, text, sizeof(text));
	req.context = calloc(1, tfm->reqsize);
	skcipher_request_set_callback(&req, CRYPTO_TFM_REQ_MAY_BACKLOG, completed, NULL);
	skcipher_request_set_crypt(&req, from, in_place ? from : to, sizeof(text), iv);

	completed_with = 1;
	status = decrypt ? tfm->alg->decrypt(&req) : tfm->alg->encrypt(&req);
	if (layout == LAYOUT_SCRAPS) {
		expect(status == 0);
	} else {
		expect(status == -EINPROGRESS);
		expect(cce_queue_process(&queue_pair, 1) == 1);
		expect(completed_with == expected);
	}
	sg_copy_to_buffer(in_place ? from : to, ~0U, result, sizeof(result));
	if (layout == LAYOUT_SCRAPS || !expected) {
		VALGRIND_MAKE_MEM_DEFINED(text, sizeof(text));
		VALGRIND_MAKE_MEM_DEFINED(result, sizeof(result));
		expect(!memcmp(text, result, sizeof(text)));
	} else if (!(layout == LAYOUT_RAGGED || layout == LAYOUT_EMPTY_ENTRY)) {
		expect(all_zero(result, sizeof(result)));
	} else if (!in_place) {
		/* Of a bounced request that failed nothing reaches the destination. */
		for (i = 0; i < sizeof(result); i++)
			expect(result[i] == 0x55);
	}
	/* Nothing of the key stays in the slots, nothing of the text in the bounce buffers. */
	for (i = 0; i < cce_queue_entries(&queue_pair); i++)
		expect(all_zero(&queue_pair.slot_memory[i].context, sizeof(queue_pair.slot_memory[i].context)));
	for (i = 0; i < CCE_BOUNCE_COUNT; i++)
		expect(all_zero(queue_pair.bounce[i].data, CCE_BOUNCE_BYTES));
	free(req.context);
}

static void run_algorithm(struct skcipher_alg *alg)
{
	static const unsigned int key_lengths[] = { 32, 24, 16 };
	struct crypto_skcipher tfm = { .alg = alg };
	struct cce_skcipher *cipher;
	unsigned int i;

	tfm.context = calloc(1, alg->base.cra_ctxsize);
	cipher = tfm.context;
	expect(alg->init(&tfm) == 0);
	for (i = 0; i < ARRAY_SIZE(key_lengths); i++) {
		u8 key[32];
		int layout, variant;

		fill_secret(key, sizeof(key), 3);
		expect(alg->setkey(&tfm, key, key_lengths[i]) == 0);
		/* No byte of the longer key before stays behind. */
		expect(all_zero(cipher->key + key_lengths[i], sizeof(cipher->key) - key_lengths[i]));
		for (layout = 0; layout < LAYOUTS; layout++) {
			for (variant = 0; variant < 4; variant++) {
				answer_status = CCE_STATUS_OK;
				run_request(&tfm, layout, variant & 1, variant & 2, 0);
				answer_status = CCE_STATUS_DESTINATION_ACCESS;
				run_request(&tfm, layout, variant & 1, variant & 2, -EIO);
			}
		}
	}
	alg->exit(&tfm);
	expect(all_zero(tfm.context, alg->base.cra_ctxsize));
	free(tfm.context);
}

int main(void)
{
	u32 running = CCE_QUEUE_STATE_RUNNING << CCE_QUEUE_STATUS_STATE_SHIFT;
	unsigned int i, count;

	memcpy(registers + CCE_QUEUE_BASE + CCE_QUEUE_STATUS, &running, sizeof(running));
	expect(cce_queue_create(&queue_pair, &engine, 0) == 0);
	expect(cce_queue_start(&queue_pair) == 0);
	cce_queue_set_mode(&queue_pair, CCE_QUEUE_RUNNING);
	expect(cce_skcipher_register(~0U) == 0);
	count = algorithm_count;
	expect(count == 3);
	for (i = 0; i < count; i++)
		run_algorithm(algorithms[i]);
	cce_skcipher_unregister();
	expect(algorithm_count == 0);
	cce_queue_destroy(&queue_pair);
	/* Three algorithms and key lengths, four layouts that reach the engine, four variants, two endings. */
	expect(served == 3 * 3 * 4 * 4 * 2);
	expect(lists_served != 0);
	expect(fallbacks == 3 * 3 * 4 * 2);
	printf("%u requests served, %u on the CPU, %u failures\n", served, fallbacks, failures);
	return failures ? 1 : 0;
}
