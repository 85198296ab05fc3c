/* SPDX-License-Identifier: Apache-2.0 */

#include "cce_mmio_internal.h"

_Static_assert(sizeof(((struct cce_mmio_key*)NULL)->record) ==
                   sizeof(struct cce_context_record) + sizeof(struct cce_context_second_key),
               "a key has room for both units of a context record");

/* Right of a mode: bit 8 + mode, as the contract says of each. */
_Static_assert(CCE_CONTEXT_RECORD_RIGHTS_ECB << CCE_MMIO_KWP == CCE_CONTEXT_RECORD_RIGHTS_KWP,
               "the rights are in the order of the modes");

static void copy(uint8_t* to, const uint8_t* from, size_t bytes) {
    while (bytes-- != 0) {
        *to++ = *from++;
    }
}

enum cce_mmio_status cce_mmio_key_set(struct cce_mmio_key* key, enum cce_mmio_mode mode, unsigned flags,
                                      const uint8_t* bytes, size_t length) {
    const unsigned all = CCE_MMIO_MAY_ENCRYPT | CCE_MMIO_MAY_DECRYPT | CCE_MMIO_EQUAL_KEYS;
    if (key == NULL || bytes == NULL || (uintptr_t)key % CCE_CONTEXT_ALIGNMENT_BYTES != 0 ||
        (unsigned)mode > CCE_MMIO_KWP || (flags & ~all) != 0 ||
        (flags & (CCE_MMIO_MAY_ENCRYPT | CCE_MMIO_MAY_DECRYPT)) == 0) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    const bool pair = mode == CCE_MMIO_XTS;
    const size_t key_bytes = pair ? length / 2 : length;
    if ((key_bytes != 16 && key_bytes != 24 && key_bytes != 32) || (pair && length % 2 != 0)) {
        return CCE_MMIO_ERROR_KEY_LENGTH;
    }
    cce_mmio_key_wipe(key);
    struct cce_context_record* const record = (struct cce_context_record*)(void*)key->record;
    record->format = pair ? CCE_CONTEXT_FORMAT_CIPHER_KEY_PAIR : CCE_CONTEXT_FORMAT_CIPHER_KEY;
    record->key_length = (uint8_t)key_bytes;
    record->units = pair ? 2 : 1;
    record->rights = (uint32_t)CCE_CONTEXT_RECORD_RIGHTS_ECB << mode |
                     ((flags & CCE_MMIO_MAY_ENCRYPT) != 0 ? CCE_CONTEXT_RECORD_RIGHTS_ENCRYPT : 0u) |
                     ((flags & CCE_MMIO_MAY_DECRYPT) != 0 ? CCE_CONTEXT_RECORD_RIGHTS_DECRYPT : 0u);
    copy(record->key, bytes, key_bytes);
    if (pair) {
        struct cce_context_second_key* const second =
            (struct cce_context_second_key*)(void*)(key->record + sizeof(struct cce_context_record));
        copy(second->key, bytes + key_bytes, key_bytes);
    }
    key->mode = (uint8_t)mode;
    key->flags = (uint8_t)flags;
    key->key_bytes = (uint8_t)key_bytes;
    return CCE_MMIO_OK;
}

void cce_mmio_key_wipe(struct cce_mmio_key* key) {
    cce_mmio_wipe(key, sizeof *key);
    cce_port_cache_clean(key, sizeof *key);
}

/* Sends the descriptor of a context operation, and waits. */
static enum cce_mmio_status context_operation(struct cce_mmio_queue* queue, const struct cce_mmio_key* key,
                                              enum cce_opcode opcode, uint8_t context, uint64_t timeout) {
    struct cce_descriptor* const descriptor = cce_mmio_next_descriptor(queue);
    struct cce_mmio_slot* const slot = &queue->slots[queue->free];
    descriptor->opcode = (uint8_t)opcode;
    descriptor->context_reference = context;
    slot->mode = CCE_MMIO_INVALIDATE;
    if (opcode == CCE_OPCODE_CONTEXT_LOAD) {
        slot->mode = CCE_MMIO_LOAD;
        const uint32_t bytes = (uint32_t)(sizeof(struct cce_context_record) +
                                          (key->mode == CCE_MMIO_XTS ? sizeof(struct cce_context_second_key) : 0));
        cce_port_cache_clean(key->record, bytes);
        descriptor->source = cce_port_bus_address(key->record);
        descriptor->source_region = queue->region;
        descriptor->text_length = bytes;
    }
    cce_mmio_post(queue, descriptor);
    struct cce_mmio_completion completion;
    return cce_mmio_finish(queue, &completion, timeout);
}

enum cce_mmio_status cce_mmio_key_hold(struct cce_mmio_queue* queue, struct cce_mmio_key* key, uint8_t context,
                                       uint64_t timeout) {
    if (queue == NULL || key == NULL) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    if (key->flags == 0 || key->held != 0) {
        return CCE_MMIO_ERROR_SESSION;
    }
    const enum cce_mmio_status usable = cce_mmio_queue_usable(queue);
    if (usable != CCE_MMIO_OK) {
        return usable;
    }
    if (context >= queue->engine->context_count) {
        return CCE_MMIO_ERROR_UNSUPPORTED;
    }
    if (queue->outstanding != 0) {
        return CCE_MMIO_ERROR_BUSY;
    }
    const enum cce_mmio_status status = context_operation(queue, key, CCE_OPCODE_CONTEXT_LOAD, context, timeout);
    if (status == CCE_MMIO_OK) {
        key->held = (uint8_t)(context + 1u);
        cce_mmio_wipe(key->record, sizeof key->record);
        cce_port_cache_clean(key->record, sizeof key->record);
    }
    return status;
}

enum cce_mmio_status cce_mmio_key_release(struct cce_mmio_queue* queue, struct cce_mmio_key* key, uint64_t timeout) {
    if (queue == NULL || key == NULL) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    if (key->held == 0) {
        return CCE_MMIO_ERROR_SESSION;
    }
    const enum cce_mmio_status usable = cce_mmio_queue_usable(queue);
    if (usable != CCE_MMIO_OK) {
        return usable;
    }
    if (queue->outstanding != 0) {
        return CCE_MMIO_ERROR_BUSY;
    }
    const enum cce_mmio_status status =
        context_operation(queue, key, CCE_OPCODE_CONTEXT_INVALIDATE, (uint8_t)(key->held - 1u), timeout);
    if (status == CCE_MMIO_OK) {
        cce_mmio_key_wipe(key);
    }
    return status;
}
