/* SPDX-License-Identifier: Apache-2.0 */
/* Hash functions, and HMAC's key: what makes the tag of cipher and hash in one pass. */

#include "cce_mmio_internal.h"

_Static_assert((int)CCE_MMIO_SHA_224 == (int)CCE_HASH_MODE_SHA_224 &&
                   (int)CCE_MMIO_SHA_256 == (int)CCE_HASH_MODE_SHA_256 &&
                   (int)CCE_MMIO_SHA_384 == (int)CCE_HASH_MODE_SHA_384 &&
                   (int)CCE_MMIO_SHA_512 == (int)CCE_HASH_MODE_SHA_512 &&
                   (int)CCE_MMIO_SHA_512_224 == (int)CCE_HASH_MODE_SHA_512_224 &&
                   (int)CCE_MMIO_SHA_512_256 == (int)CCE_HASH_MODE_SHA_512_256 &&
                   (int)CCE_MMIO_SHA3_224 == (int)CCE_HASH_MODE_SHA3_224 &&
                   (int)CCE_MMIO_SHA3_256 == (int)CCE_HASH_MODE_SHA3_256 &&
                   (int)CCE_MMIO_SHA3_384 == (int)CCE_HASH_MODE_SHA3_384 &&
                   (int)CCE_MMIO_SHA3_512 == (int)CCE_HASH_MODE_SHA3_512,
               "the hash functions' values are the contract's");

struct properties {
    uint8_t digest; /* bytes; 0: no function */
    uint8_t block;  /* bytes */
    uint8_t state;  /* bytes in memory */
};

/* FIPS 180-4, figure 1; FIPS 202, 6.1: a block is 200 bytes less the capacity. */
static const struct properties functions[] = {
    [CCE_MMIO_SHA_224] = {28, 64, CCE_HASH_STATE_SHORT_BYTES},
    [CCE_MMIO_SHA_256] = {32, 64, CCE_HASH_STATE_SHORT_BYTES},
    [CCE_MMIO_SHA_384] = {48, 128, CCE_HASH_STATE_LONG_BYTES},
    [CCE_MMIO_SHA_512] = {64, 128, CCE_HASH_STATE_LONG_BYTES},
    [CCE_MMIO_SHA_512_224] = {28, 128, CCE_HASH_STATE_LONG_BYTES},
    [CCE_MMIO_SHA_512_256] = {32, 128, CCE_HASH_STATE_LONG_BYTES},
    [CCE_MMIO_SHA3_224] = {28, 144, CCE_HASH_STATE_SPONGE_BYTES},
    [CCE_MMIO_SHA3_256] = {32, 136, CCE_HASH_STATE_SPONGE_BYTES},
    [CCE_MMIO_SHA3_384] = {48, 104, CCE_HASH_STATE_SPONGE_BYTES},
    [CCE_MMIO_SHA3_512] = {64, 72, CCE_HASH_STATE_SPONGE_BYTES},
};

_Static_assert(sizeof(((struct cce_mmio_hash*)NULL)->front) >=
                   sizeof(struct cce_hash_context) + (size_t)2 * CCE_HASH_STATE_SPONGE_BYTES,
               "there is room for both states of every function");
_Static_assert(sizeof(((struct cce_mmio_hash*)NULL)->front) % _Alignof(struct cce_mmio_hash) == 0,
               "the states share no cache line with what the processor writes");

bool cce_mmio_hash_known(unsigned function) {
    return function < sizeof functions / sizeof functions[0] && functions[function].digest != 0;
}

uint32_t cce_mmio_hash_digest(unsigned function) {
    return functions[function].digest;
}

uint32_t cce_mmio_hash_needs(unsigned function) {
    return CCE_GLOBAL_ALGORITHMS_CIPHER_HASH_MASK |
           (functions[function].state == CCE_HASH_STATE_SPONGE_BYTES ? CCE_GLOBAL_ALGORITHMS_SHA3_MASK
                                                                     : CCE_GLOBAL_ALGORITHMS_SHA2_MASK);
}

/* The key, padded to a block, with `pad` over it: FIPS 198-1, 4. */
static void make_block(struct cce_mmio_hash* hash, uint8_t block_bytes, const uint8_t* key, size_t length,
                       uint8_t pad) {
    for (size_t i = 0; i < block_bytes; ++i) {
        hash->block[i] = i < length ? key[i] ^ pad : pad;
    }
    cce_port_cache_clean(hash->block, block_bytes);
}

/* Hashes the block as the beginning of a message: header and state behind it come out at `to`. Waits. */
static enum cce_mmio_status begin_message(struct cce_mmio_queue* queue, const struct cce_mmio_hash* hash,
                                          const struct properties* properties, uint8_t* to, uint64_t timeout) {
    struct cce_descriptor* const descriptor = cce_mmio_next_descriptor(queue);
    struct cce_mmio_slot* const slot = &queue->slots[queue->free];
    slot->mode = CCE_MMIO_KEY_BLOCK;
    slot->text = to;
    slot->output = (uint32_t)sizeof(struct cce_hash_context) + properties->state;
    descriptor->opcode = CCE_OPCODE_HASH;
    descriptor->mode = hash->function;
    descriptor->flags = CCE_DESCRIPTOR_FLAGS_STREAM_FIRST;
    descriptor->source = cce_port_bus_address(hash->block);
    descriptor->source_region = queue->region;
    descriptor->text_length = properties->block;
    descriptor->destination = cce_port_bus_address(to);
    descriptor->destination_region = queue->region;
    cce_port_cache_clean(to, slot->output);
    cce_mmio_post(queue, descriptor);
    struct cce_mmio_completion completion;
    return cce_mmio_finish(queue, &completion, timeout);
}

/*
 * The states behind both key blocks. A request wants header, inner state, outer state, in this order; the outer message
 * goes first, so that the inner state comes to lie over its header.
 */
static enum cce_mmio_status make_states(struct cce_mmio_queue* queue, struct cce_mmio_hash* hash, const uint8_t* key,
                                        size_t length, uint64_t timeout) {
    const struct properties* const properties = &functions[hash->function];
    make_block(hash, properties->block, key, length, 0x5c);
    enum cce_mmio_status status = begin_message(queue, hash, properties, hash->front + properties->state, timeout);
    if (status == CCE_MMIO_OK) {
        make_block(hash, properties->block, key, length, 0x36);
        status = begin_message(queue, hash, properties, hash->front, timeout);
    }
    cce_mmio_wipe(hash->block, sizeof hash->block);
    cce_port_cache_clean(hash->block, sizeof hash->block);
    hash->front_bytes = (uint16_t)(sizeof(struct cce_hash_context) + (size_t)2 * properties->state);
    return status;
}

enum cce_mmio_status cce_mmio_hash_set(struct cce_mmio_queue* queue, struct cce_mmio_hash* hash,
                                       enum cce_mmio_hash_function function, const uint8_t* key, size_t length,
                                       uint64_t timeout) {
    if (queue == NULL || hash == NULL || (uintptr_t)hash % _Alignof(struct cce_mmio_hash) != 0 ||
        !cce_mmio_hash_known((unsigned)function) || (key == NULL && length != 0)) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    if (key != NULL && (length == 0 || length > functions[function].block)) {
        return CCE_MMIO_ERROR_KEY_LENGTH;
    }
    enum cce_mmio_status status = cce_mmio_queue_usable(queue);
    if (status != CCE_MMIO_OK) {
        return status;
    }
    const uint32_t needed = cce_mmio_hash_needs((unsigned)function);
    if ((queue->engine->algorithms & needed) != needed) {
        return CCE_MMIO_ERROR_UNSUPPORTED;
    }
    if (key != NULL && queue->outstanding != 0) {
        return CCE_MMIO_ERROR_BUSY;
    }
    cce_mmio_hash_wipe(hash);
    hash->function = (uint8_t)function;
    if (key != NULL) {
        status = make_states(queue, hash, key, length, timeout);
        if (status != CCE_MMIO_OK) {
            cce_mmio_hash_wipe(hash);
            return status;
        }
    }
    hash->state = 1;
    return CCE_MMIO_OK;
}

void cce_mmio_hash_wipe(struct cce_mmio_hash* hash) {
    cce_mmio_wipe(hash, sizeof *hash);
    cce_port_cache_clean(hash, sizeof *hash);
}
