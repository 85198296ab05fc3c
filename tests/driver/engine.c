// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stand-in for the engine: descriptors, context records and lists as the contract has them, ciphers as cipher.h, hashes
 * as digest.h.
 */
#include "engine.h"

#include "cce_contract.h"
#include "cce_queue.h"
#include "cipher.h"
#include "digest.h"
#include "secrets.h"

u8 engine_registers[CCE_REGISTER_SPACE_BYTES];
struct cce_queue *engine_queue;
u8 engine_status;
bool engine_spares_ciphers, engine_stuck;
u32 engine_public_bytes;
unsigned int engine_served, engine_lists_served;
static u16 head, doorbell, completion_tail;

/* Source or destination of a request. */
struct stream {
	const struct cce_list_entry *entries;	/* NULL: one piece at `address` */
	u64 address;
};

static struct stream stream_of(u64 address, bool is_list, u32 bytes)
{
	const struct cce_list_entry *entry = (const struct cce_list_entry *)(uintptr_t)address;
	struct stream stream = { is_list ? entry : NULL, address };
	u64 found = 0;

	if (!is_list)
		return stream;
	engine_lists_served++;
	expect(IS_ALIGNED(address, CCE_LIST_ALIGNMENT_BYTES));
	for (;; entry++) {
		VALGRIND_CHECK_MEM_IS_DEFINED(entry, sizeof(*entry));
		expect(entry->length && !entry->region);
		found += entry->length;
		if (entry->flags)
			break;
	}
	expect(entry->flags == CCE_LIST_ENTRY_FLAGS_LAST);
	expect(found == bytes);
	return stream;
}

static u8 *stream_byte(const struct stream *stream, u32 position)
{
	const struct cce_list_entry *entry = stream->entries;

	if (!entry)
		return (u8 *)(uintptr_t)stream->address + position;
	for (; position >= entry->length; entry++)
		position -= entry->length;
	return (u8 *)(uintptr_t)entry->address + position;
}

static void check_record(const struct cce_key_record *record, u8 mode, bool decrypt)
{
	bool pair = mode == CCE_CIPHER_MODE_XTS;

	VALGRIND_CHECK_MEM_IS_DEFINED(record, offsetof(struct cce_context_record, key));
	expect(record->first.format == (pair ? CCE_CONTEXT_FORMAT_CIPHER_KEY_PAIR : CCE_CONTEXT_FORMAT_CIPHER_KEY));
	expect(record->first.units == (pair ? 2 : 1));
	expect(record->first.rights == (BIT(8 + mode) | (decrypt ? CCE_CONTEXT_RECORD_RIGHTS_DECRYPT :
							 CCE_CONTEXT_RECORD_RIGHTS_ENCRYPT)));
	expect(all_secret(record->first.key, record->first.key_length));
	expect(!pair || all_secret(record->second.key, record->first.key_length));
	/* No byte of another key is left behind this one. */
	expect(all_zero(record->first.key + record->first.key_length,
			sizeof(record->first.key) - record->first.key_length));
	expect(all_zero(record->second.key + (pair ? record->first.key_length : 0),
			sizeof(record->second.key) - (pair ? record->first.key_length : 0)));
}

static const struct digest_function *function_of(u8 mode)
{
	const struct digest_function *function = digest_functions;

	while (function->mode != mode)
		function++;
	return function;
}

/* What has become of a request with a destination: one that fails, but for its tag, has written a part of its text. */
static void put(const struct stream *out, const u8 *data, u32 bytes, u8 status)
{
	u32 i;

	if (status && status != CCE_STATUS_TAG)
		bytes /= 2;
	for (i = 0; i < bytes; i++)
		*stream_byte(out, i) = data[i];
}

static u8 serve_cipher(const struct cce_descriptor *descriptor)
{
	const struct cce_key_record *record =
		(const struct cce_key_record *)(uintptr_t)descriptor->context_reference;
	const u8 *key = record->first.key;
	const u8 *second_key = descriptor->mode == CCE_CIPHER_MODE_XTS ? record->second.key : NULL;
	bool decrypt = descriptor->flags & CCE_DESCRIPTOR_FLAGS_DECRYPT;
	bool mac = descriptor->mode == CCE_CIPHER_MODE_CMAC;
	u32 aad = descriptor->aad_length, text = descriptor->text_length, tag = descriptor->tag_length;
	u32 in_bytes = aad + text + (decrypt ? tag : 0);
	u32 out_bytes = mac ? tag : text + (decrypt ? 0 : tag);
	struct stream in = stream_of(descriptor->source, descriptor->flags & CCE_DESCRIPTOR_FLAGS_SOURCE_LIST,
				     in_bytes);
	struct stream out = stream_of(descriptor->destination,
				      descriptor->flags & CCE_DESCRIPTOR_FLAGS_DESTINATION_LIST, out_bytes);
	u8 data[ENGINE_STREAM_BYTES], made[AES_BLOCK_SIZE];
	struct cipher_mac state = { .block_bytes = 0 };
	u8 status = engine_spares_ciphers ? CCE_STATUS_OK : engine_status;
	u32 i;

	expect(in_bytes + AES_BLOCK_SIZE <= sizeof(data));
	check_record(record, descriptor->mode, decrypt);
	for (i = 0; i < in_bytes; i++)
		data[i] = *stream_byte(&in, i);
	expect(none_secret(data, aad));
	expect(all_secret(data + aad, in_bytes - aad));

	if (mac) {
		cipher_mac_update(key, record->first.key_length, &state, data, text);
		cipher_mac_final(key, record->first.key_length, &state, data);
	} else {
		if (tag && decrypt)
			cipher_text(key, NULL, record->first.key_length, descriptor->iv, data + aad, text);
		if (tag)
			cipher_tag(key, record->first.key_length, descriptor->iv, data, aad, data + aad, text, made);
		if (!decrypt || !tag)
			cipher_text(key, second_key, record->first.key_length, descriptor->iv, data + aad, text);
		if (tag && !decrypt)
			memcpy(data + aad + text, made, tag);
		if (tag && decrypt && !same_secret(made, data + aad + text, tag) && !status) {
			memset(data + aad, 0, text);
			status = CCE_STATUS_TAG;
		}
		memmove(data, data + aad, out_bytes);
	}
	put(&out, data, out_bytes, status);
	return status;
}

/* What stands in front of a hash's text. Returns its bytes; with a key `outer` is what the digest goes to. */
static u32 take_front(const struct cce_descriptor *descriptor, const struct digest_function *function,
		      const struct stream *in, struct digest *inner, struct digest *outer)
{
	bool keyed = descriptor->flags & CCE_DESCRIPTOR_FLAGS_KEYED;
	struct cce_hash_context context;
	u32 place = 0, i;

	if (descriptor->flags & CCE_DESCRIPTOR_FLAGS_STREAM_FIRST) {
		expect(!keyed);
		return 0;
	}
	for (; place < sizeof(context); place++)
		((u8 *)&context)[place] = *stream_byte(in, place);
	VALGRIND_CHECK_MEM_IS_DEFINED(&context, sizeof(context));
	expect(context.format == CCE_CONTEXT_FORMAT_HASH_STATE && context.mode == function->mode);
	expect(!context.squeezing && all_zero(context.reserved, sizeof(context.reserved)));
	expect(context.length < BIT_ULL(60));
	inner->length = context.length;
	for (i = 0; i < function->state_bytes; i++)
		inner->words[i] = *stream_byte(in, place++);
	for (i = 0; i < function->state_bytes && keyed; i++)
		outer->words[i] = *stream_byte(in, place++);
	outer->length = function->block_bytes;
	/* Behind SHA-3's words. */
	expect(!function->sponge || all_zero(inner->words + 200, 8));
	expect(!function->sponge || all_zero(outer->words + 200, 8));
	return place;
}

static u8 serve_hash(const struct cce_descriptor *descriptor)
{
	bool last = descriptor->flags & CCE_DESCRIPTOR_FLAGS_STREAM_LAST;
	bool keyed = descriptor->flags & CCE_DESCRIPTOR_FLAGS_KEYED;
	u32 in_bytes = descriptor->aad_length + descriptor->text_length, out_bytes, place, i;
	struct stream in = stream_of(descriptor->source, descriptor->flags & CCE_DESCRIPTOR_FLAGS_SOURCE_LIST, in_bytes);
	u8 *out = (u8 *)(uintptr_t)descriptor->destination;	/* in the slot: one piece */
	const struct digest_function *function = function_of(descriptor->mode);
	u8 data[ENGINE_STREAM_BYTES];
	struct digest inner, outer;

	expect(!(descriptor->flags & CCE_DESCRIPTOR_FLAGS_DESTINATION_LIST));
	expect(!descriptor->context_reference && !descriptor->tag_length);
	expect(descriptor->hash_output.length == (last ? function->digest_bytes : 0));
	expect(all_zero(descriptor->hash_output.reserved, sizeof(descriptor->hash_output.reserved)));
	digest_init(&inner, function);
	digest_init(&outer, function);
	place = take_front(descriptor, function, &in, &inner, &outer);
	expect(place == descriptor->aad_length);
	expect(last || (descriptor->text_length && descriptor->text_length % function->block_bytes == 0));
	for (i = 0; i < descriptor->text_length; i++)
		data[i] = *stream_byte(&in, place + i);
	expect(none_secret(data, engine_public_bytes));
	expect(all_secret(data + engine_public_bytes, descriptor->text_length - engine_public_bytes));
	digest_update(&inner, data, descriptor->text_length);
	if (last) {
		out_bytes = function->digest_bytes;
		if (keyed)
			digest_hmac_final(&inner, &outer, data);
		else
			digest_final(&inner, data);
	} else {
		struct cce_hash_context context = { .format = CCE_CONTEXT_FORMAT_HASH_STATE, .mode = function->mode,
						    .length = inner.length };

		out_bytes = sizeof(context) + function->state_bytes;
		memcpy(data, &context, sizeof(context));
		memcpy(data + sizeof(context), inner.words, function->state_bytes);
	}
	memcpy(out, data, engine_status ? out_bytes / 2 : out_bytes);
	return engine_status;
}

/* With HMAC over associated data and ciphertext. */
static u8 serve_cipher_hash(const struct cce_descriptor *descriptor)
{
	const struct cce_key_record *record =
		(const struct cce_key_record *)(uintptr_t)descriptor->context_reference;
	const struct digest_function *function = function_of(cce_hash_of(descriptor->mode));
	u16 lists = CCE_DESCRIPTOR_FLAGS_SOURCE_LIST | CCE_DESCRIPTOR_FLAGS_DESTINATION_LIST;
	bool decrypt = descriptor->flags & CCE_DESCRIPTOR_FLAGS_DECRYPT;
	u32 text = descriptor->text_length, tag = descriptor->tag_length;
	u32 in_bytes = descriptor->aad_length + text + (decrypt ? tag : 0);
	u32 out_bytes = text + (decrypt ? 0 : tag);
	struct stream in = stream_of(descriptor->source, descriptor->flags & CCE_DESCRIPTOR_FLAGS_SOURCE_LIST,
				     in_bytes);
	struct stream out = stream_of(descriptor->destination,
				      descriptor->flags & CCE_DESCRIPTOR_FLAGS_DESTINATION_LIST, out_bytes);
	u8 data[ENGINE_STREAM_BYTES], made[HASH_MAX_DIGESTSIZE];
	struct digest inner, outer;
	u8 status = engine_status;
	u32 front, aad, i;

	expect((descriptor->flags & ~lists) ==
	       (CCE_DESCRIPTOR_FLAGS_KEYED | (decrypt ? CCE_DESCRIPTOR_FLAGS_DECRYPT : 0)));
	expect(text && (cce_cipher_of(descriptor->mode) != CCE_CIPHER_MODE_CBC || IS_ALIGNED(text, AES_BLOCK_SIZE)));
	expect(tag && tag <= function->digest_bytes);
	check_record(record, cce_cipher_of(descriptor->mode), decrypt);
	digest_init(&inner, function);
	digest_init(&outer, function);
	front = take_front(descriptor, function, &in, &inner, &outer);
	expect(inner.length == function->block_bytes);
	aad = descriptor->aad_length - front;
	in_bytes -= front;
	expect(in_bytes + sizeof(made) <= sizeof(data));
	for (i = 0; i < in_bytes; i++)
		data[i] = *stream_byte(&in, front + i);
	expect(none_secret(data, aad));
	expect(all_secret(data + aad, in_bytes - aad));

	if (!decrypt)
		cipher_text(record->first.key, NULL, record->first.key_length, descriptor->iv, data + aad, text);
	digest_update(&inner, data, aad + text);
	digest_hmac_final(&inner, &outer, made);
	if (decrypt)
		cipher_text(record->first.key, NULL, record->first.key_length, descriptor->iv, data + aad, text);
	else
		memcpy(data + aad + text, made, tag);
	if (decrypt && !same_secret(made, data + aad + text, tag) && !status) {
		memset(data + aad, 0, text);
		status = CCE_STATUS_TAG;
	}
	put(&out, data + aad, out_bytes, status);
	return status;
}

static u8 serve_by_opcode(const struct cce_descriptor *descriptor)
{
	switch (descriptor->opcode) {
	case CCE_OPCODE_CIPHER:
		return serve_cipher(descriptor);
	case CCE_OPCODE_HASH:
		return serve_hash(descriptor);
	case CCE_OPCODE_CIPHER_HASH:
		return serve_cipher_hash(descriptor);
	default:
		expect(!"an opcode that the driver has a use for");
		return CCE_STATUS_OPCODE;
	}
}

static void serve(const struct cce_descriptor *descriptor)
{
	unsigned int entries = cce_queue_entries(engine_queue);
	struct cce_completion *entry = &engine_queue->completion[completion_tail % entries];

	/* Where, how much and how: never a matter of secrets. */
	VALGRIND_CHECK_MEM_IS_DEFINED(descriptor, sizeof(*descriptor));
	memset(entry, 0, sizeof(*entry));
	entry->status = serve_by_opcode(descriptor);
	memset(entry->next_iv, 0x77, sizeof(entry->next_iv));
	entry->cookie = descriptor->cookie;
	entry->submission_head = head;
	entry->phase = !((completion_tail / entries) & 1);
	completion_tail++;
	engine_served++;
}

void engine_serve(void)
{
	while (head != doorbell)
		serve(&engine_queue->submission[head++ % cce_queue_entries(engine_queue)]);
}

void engine_reset(void)
{
	u32 running = CCE_QUEUE_STATE_RUNNING << CCE_QUEUE_STATUS_STATE_SHIFT;

	head = doorbell = completion_tail = 0;
	memcpy(engine_registers + CCE_QUEUE_BASE + CCE_QUEUE_STATUS, &running, sizeof(running));
}

u32 readl(const void *address)
{
	u32 value;

	memcpy(&value, address, sizeof(value));
	return value;
}

void writel(u32 value, void *address)
{
	memcpy(address, &value, sizeof(value));
	if ((size_t)((u8 *)address - engine_registers) == CCE_DOORBELL_BASE + CCE_DOORBELL_SUBMISSION_TAIL)
		doorbell = (u16)value;
}

static u64 now;

u64 ktime_get_ns(void)
{
	return now;
}

void ndelay(unsigned long nanoseconds)
{
	now += nanoseconds;
	if (!engine_stuck)
		engine_serve();
}
