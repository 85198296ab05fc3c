/* SPDX-License-Identifier: Apache-2.0 */
/* From a request to a descriptor. */

#include "cce_mmio_internal.h"

_Static_assert((int)CCE_MMIO_KWP == (int)CCE_CIPHER_MODE_KWP && (int)CCE_MMIO_GCM == (int)CCE_CIPHER_MODE_GCM,
               "the modes' values are the contract's");

/** The length of a GCM IV that goes into the descriptor. */
#define GCM_IV_BYTES 12u
/** A source is at most IV or a hash's states, AAD, text, tag. */
#define PIECES_MAX 4u
_Static_assert(PIECES_MAX * sizeof(struct cce_list_entry) == CCE_LIST_FETCH_BYTES, "a list is one unit");

struct piece {
    const uint8_t* bytes;
    uint32_t length;
};

/**
 * The address of a stream of pieces: of the only one that is not empty, or of a list, which is written to `list`.
 * Returns whether it is a list.
 */
static bool stream_address(const struct piece* pieces, uint16_t region, struct cce_list_entry* list,
                           uint64_t* address) {
    unsigned count = 0;
    for (unsigned i = 0; i < PIECES_MAX; ++i) {
        if (pieces[i].length == 0) {
            continue;
        }
        list[count].address = cce_port_bus_address(pieces[i].bytes);
        list[count].length = pieces[i].length;
        list[count].region = region;
        list[count].flags = 0;
        ++count;
    }
    *address = 0;
    if (count == 0) {
        return false;
    }
    if (count == 1) {
        *address = list[0].address;
        return false;
    }
    list[count - 1].flags = CCE_LIST_ENTRY_FLAGS_LAST;
    cce_port_cache_clean(list, CCE_LIST_FETCH_BYTES);
    *address = cce_port_bus_address(list);
    return true;
}

/** The descriptor's IV field. Returns the piece of the source that is the IV; empty: it is in the field. */
static struct piece set_iv(struct cce_descriptor* descriptor, const struct cce_mmio_request* request) {
    const struct piece in_source = {request->iv, request->iv_length};
    const struct piece none = {NULL, 0};
    uint8_t* field = descriptor->iv;
    if (request->key->mode == CCE_MMIO_GCM && request->iv_length != GCM_IV_BYTES) {
        descriptor->iv_in_source.length = request->iv_length;
        descriptor->flags = (uint16_t)(descriptor->flags | CCE_DESCRIPTOR_FLAGS_IV_IN_SOURCE);
        return in_source;
    }
    if (request->key->mode == CCE_MMIO_CCM) {
        *field++ = (uint8_t)(14 - request->iv_length);
    }
    for (uint32_t i = 0; i < request->iv_length; ++i) {
        field[i] = request->iv[i];
    }
    return none;
}

/** Cipher and hash in one pass. Returns the piece of the source that is HMAC's states; empty: there is no key. */
static struct piece set_hash(struct cce_descriptor* descriptor, const struct cce_mmio_request* request) {
    const struct cce_mmio_hash* const hash = request->hash;
    const struct piece front = {hash->front, hash->front_bytes};
    descriptor->opcode = CCE_OPCODE_CIPHER_HASH;
    descriptor->mode = (uint8_t)(request->key->mode | (unsigned)hash->function << CCE_CIPHER_HASH_FUNCTION_LSB);
    descriptor->flags = (uint16_t)(descriptor->flags | (front.length != 0 ? CCE_DESCRIPTOR_FLAGS_KEYED : 0u) |
                                   (request->tag_over_plaintext ? CCE_DESCRIPTOR_FLAGS_TAG_OVER_PLAINTEXT : 0u));
    descriptor->aad_length += front.length;
    return front;
}

enum cce_mmio_status cce_mmio_submit(struct cce_mmio_queue* queue, const struct cce_mmio_request* request) {
    if (queue == NULL || request == NULL) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    enum cce_mmio_status status = cce_mmio_queue_usable(queue);
    if (status != CCE_MMIO_OK) {
        return status;
    }
    /* First: whoever fills the queue finds it full with each round. */
    if (queue->outstanding >> queue->log2 != 0) {
        return CCE_MMIO_ERROR_QUEUE_FULL;
    }
    status = cce_mmio_check(queue->engine, request);
    if (status != CCE_MMIO_OK) {
        return status;
    }
    const struct cce_mmio_key* const key = request->key;
    const bool decrypt = request->direction == CCE_MMIO_DECRYPT;
    const uint32_t text_in = cce_mmio_text_in(request);
    const uint32_t text_out = cce_mmio_text_out(request);
    const uint32_t tag_out = decrypt ? 0u : request->tag_length;
    const uint32_t output = text_out + (request->tag == NULL ? tag_out : 0u);

    struct cce_descriptor* const descriptor = cce_mmio_next_descriptor(queue);
    struct cce_mmio_slot* const slot = &queue->slots[queue->free];
    slot->cookie = request->cookie;
    slot->text = request->destination;
    slot->text_out = text_out;
    slot->output = output;
    slot->tag = decrypt ? NULL : request->tag;
    slot->tag_out = (uint8_t)(slot->tag == NULL ? 0u : tag_out);
    slot->mode = key->mode;
    slot->direction = (uint8_t)request->direction;

    descriptor->opcode = CCE_OPCODE_CIPHER;
    descriptor->mode = key->mode;
    unsigned flags = decrypt ? CCE_DESCRIPTOR_FLAGS_DECRYPT : 0u;
    if (key->mode == CCE_MMIO_XTS && (key->flags & CCE_MMIO_EQUAL_KEYS) == 0) {
        flags |= CCE_DESCRIPTOR_FLAGS_DISTINCT_KEYS;
    }
    if (key->held != 0) {
        flags |= CCE_DESCRIPTOR_FLAGS_CONTEXT_HELD;
        descriptor->context_reference = key->held - 1u;
    } else {
        cce_port_cache_clean(key->record, sizeof key->record);
        descriptor->context_reference = cce_port_bus_address(key->record);
        descriptor->context_region = queue->region;
    }
    struct piece front = set_iv(descriptor, request);
    descriptor->text_length = text_in;
    descriptor->aad_length = request->aad_length;
    if (request->hash != NULL) {
        front = set_hash(descriptor, request);
        slot->mode |= CCE_MMIO_ONE_PASS;
    }
    descriptor->tag_length = request->tag_length;

    struct cce_list_entry* const lists = (struct cce_list_entry*)(void*)(queue->lists + ((size_t)queue->free << 7));
    uint64_t address;
    const struct piece source[PIECES_MAX] = {
        front,
        {request->aad, request->aad_length},
        {request->source, request->source_length},
        {request->tag, decrypt && request->tag != NULL ? request->tag_length : 0u}};
    if (stream_address(source, queue->region, lists, &address)) {
        flags |= CCE_DESCRIPTOR_FLAGS_SOURCE_LIST;
    }
    descriptor->source = address;
    descriptor->source_region = queue->region;
    const struct piece destination[PIECES_MAX] = {
        {request->destination, output}, {request->tag, slot->tag_out}, {NULL, 0}, {NULL, 0}};
    if (stream_address(destination, queue->region, lists + PIECES_MAX, &address)) {
        flags |= CCE_DESCRIPTOR_FLAGS_DESTINATION_LIST;
    }
    descriptor->destination = address;
    descriptor->destination_region = queue->region;
    descriptor->flags = (uint16_t)(descriptor->flags | flags);

    for (unsigned i = 0; i < PIECES_MAX; ++i) {
        if (source[i].length != 0) {
            cce_port_cache_clean(source[i].bytes, source[i].length);
        }
    }
    /* No line of the destination may be written back over what the engine writes. */
    for (unsigned i = 0; i < PIECES_MAX; ++i) {
        if (destination[i].length != 0) {
            cce_port_cache_clean(destination[i].bytes, destination[i].length);
        }
    }
    cce_mmio_post(queue, descriptor);
    return CCE_MMIO_OK;
}
