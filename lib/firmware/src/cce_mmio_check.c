/* SPDX-License-Identifier: Apache-2.0 */
/* What is legal in which mode. The engine checks it too; here it gets its own status before anything is handed over. */

#include "cce_mmio_internal.h"

static bool is_aead(unsigned mode) {
    return mode == CCE_MMIO_GCM || mode == CCE_MMIO_CCM;
}
static bool is_key_wrap(unsigned mode) {
    return mode == CCE_MMIO_KW || mode == CCE_MMIO_KWP;
}

static bool share_bytes(const uint8_t* a, uint32_t a_bytes, const uint8_t* b, uint32_t b_bytes) {
    if (a_bytes == 0 || b_bytes == 0) {
        return false;
    }
    const uintptr_t from_a = (uintptr_t)a;
    const uintptr_t from_b = (uintptr_t)b;
    return from_a >= from_b ? from_a - from_b < b_bytes : from_b - from_a < a_bytes;
}

static bool is_tag_length(const struct cce_mmio_request* request) {
    const uint8_t length = request->tag_length;
    if (request->hash != NULL) {
        return length >= 1 && length <= cce_mmio_hash_digest(request->hash->function);
    }
    switch (request->key->mode) {
        case CCE_MMIO_GCM: /* SP 800-38D, 5.2.1.2 */
            return length == 4 || length == 8 || (length >= 12 && length <= 16);
        case CCE_MMIO_CCM: /* SP 800-38C, A.1 */
            return length >= 4 && length <= 16 && length % 2 == 0;
        case CCE_MMIO_CMAC: /* SP 800-38B, 5.5 */
            return length >= 1 && length <= 16;
        default:
            return length == 0;
    }
}

static bool is_iv_length(unsigned mode, uint32_t length) {
    switch (mode) {
        case CCE_MMIO_CBC:
        case CCE_MMIO_CTR:
        case CCE_MMIO_XTS:
            return length == CCE_MMIO_BLOCK_BYTES;
        case CCE_MMIO_GCM: /* SP 800-38D, 5.2.1.1 */
            return length >= 1 && length <= CCE_MMIO_MESSAGE_BYTES_MAX;
        case CCE_MMIO_CCM: /* SP 800-38C, A.1 */
            return length >= 7 && length <= 13;
        default:
            return length == 0;
    }
}

static bool is_text_length(const struct cce_mmio_request* request, uint32_t length) {
    const bool wrap = request->direction == CCE_MMIO_ENCRYPT;
    const uint32_t semiblock = CCE_MMIO_KEY_WRAP_OVERHEAD;
    /* AAD and text in one pass are one message, of fewer than 2^32 bytes; and text and tag have a length, too. */
    if (request->hash != NULL && length > CCE_MMIO_MESSAGE_BYTES_MAX) {
        return false;
    }
    switch (request->key->mode) {
        case CCE_MMIO_ECB:
        case CCE_MMIO_CBC:
            return length != 0 && length % CCE_MMIO_BLOCK_BYTES == 0;
        case CCE_MMIO_CTR:
            return length != 0;
        case CCE_MMIO_XTS: /* SP 800-38E, 4 */
            return length >= CCE_MMIO_BLOCK_BYTES && length <= CCE_MMIO_XTS_BYTES_MAX;
        case CCE_MMIO_CCM: { /* SP 800-38C, A.2.1: the length is written in the bytes that the nonce leaves */
            const uint32_t length_bits = 8 * (15 - request->iv_length);
            return length <= CCE_MMIO_MESSAGE_BYTES_MAX && (length_bits >= 32 || length >> length_bits == 0);
        }
        case CCE_MMIO_KW: /* SP 800-38F, 5.3.1 */
            return length % semiblock == 0 && length >= (wrap ? 2 : 3) * semiblock &&
                   length <= CCE_MMIO_KEY_WRAP_BYTES_MAX + (wrap ? 0 : semiblock);
        case CCE_MMIO_KWP:
            return wrap ? length >= 1 && length <= CCE_MMIO_KEY_WRAP_BYTES_MAX
                        : length % semiblock == 0 && length >= 2 * semiblock &&
                              length <= CCE_MMIO_KEY_WRAP_BYTES_MAX + semiblock;
        default:
            return length <= CCE_MMIO_MESSAGE_BYTES_MAX;
    }
}

uint32_t cce_mmio_text_in(const struct cce_mmio_request* request) {
    const bool tag_behind = request->direction == CCE_MMIO_DECRYPT && request->tag == NULL;
    return request->source_length - (tag_behind ? request->tag_length : 0u);
}

uint32_t cce_mmio_text_out(const struct cce_mmio_request* request) {
    const uint32_t length = cce_mmio_text_in(request);
    if (request->key->mode == CCE_MMIO_CMAC) {
        return 0;
    }
    if (!is_key_wrap(request->key->mode)) {
        return length;
    }
    const uint32_t semiblock = CCE_MMIO_KEY_WRAP_OVERHEAD;
    return request->direction == CCE_MMIO_ENCRYPT ? (length + semiblock - 1) / semiblock * semiblock + semiblock
                                                  : length - semiblock;
}

/* Null pointers, and who overlaps whom. */
static enum cce_mmio_status check_buffers(const struct cce_mmio_request* request) {
    const uint32_t text_out = cce_mmio_text_out(request);
    const bool tag_comes_out = request->direction == CCE_MMIO_ENCRYPT && request->tag_length != 0;
    const uint32_t output = text_out + (tag_comes_out && request->tag == NULL ? request->tag_length : 0u);
    if ((request->source == NULL && request->source_length != 0) ||
        (request->aad == NULL && request->aad_length != 0) || (request->iv == NULL && request->iv_length != 0) ||
        (request->destination == NULL && output != 0)) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    if (request->destination_length < output) {
        return CCE_MMIO_ERROR_BUFFER;
    }
    if ((request->source != request->destination &&
         share_bytes(request->source, request->source_length, request->destination, output)) ||
        share_bytes(request->aad, request->aad_length, request->destination, output)) {
        return CCE_MMIO_ERROR_OVERLAP;
    }
    const uint32_t tag = request->tag == NULL ? 0u : request->tag_length;
    if (share_bytes(request->tag, tag, request->destination, output)) {
        return CCE_MMIO_ERROR_OVERLAP;
    }
    if (tag_comes_out && (share_bytes(request->tag, tag, request->source, request->source_length) ||
                          share_bytes(request->tag, tag, request->aad, request->aad_length))) {
        return CCE_MMIO_ERROR_OVERLAP;
    }
    return CCE_MMIO_OK;
}

/* The hash, if there is one, and who may have it. */
static enum cce_mmio_status check_hash(const struct cce_mmio_engine* engine, const struct cce_mmio_request* request) {
    const struct cce_mmio_hash* const hash = request->hash;
    if (hash == NULL) {
        return request->tag_over_plaintext ? CCE_MMIO_ERROR_ARGUMENT : CCE_MMIO_OK;
    }
    if (request->key->mode != CCE_MMIO_CBC && request->key->mode != CCE_MMIO_CTR) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    if (hash->state == 0) {
        return CCE_MMIO_ERROR_SESSION;
    }
    const uint32_t needed = cce_mmio_hash_needs(hash->function);
    return (engine->algorithms & needed) == needed ? CCE_MMIO_OK : CCE_MMIO_ERROR_UNSUPPORTED;
}

enum cce_mmio_status cce_mmio_check(const struct cce_mmio_engine* engine, const struct cce_mmio_request* request) {
    const struct cce_mmio_key* const key = request->key;
    if (key == NULL || (request->direction != CCE_MMIO_ENCRYPT && request->direction != CCE_MMIO_DECRYPT)) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    const unsigned right = request->direction == CCE_MMIO_ENCRYPT ? CCE_MMIO_MAY_ENCRYPT : CCE_MMIO_MAY_DECRYPT;
    if ((key->flags & right) == 0) {
        return CCE_MMIO_ERROR_SESSION;
    }
    const uint32_t needed = UINT32_C(1) << key->mode | UINT32_C(1) << (14 + key->key_bytes / 8);
    _Static_assert(CCE_GLOBAL_ALGORITHMS_AES_KWP_SHIFT == CCE_MMIO_KWP && CCE_GLOBAL_ALGORITHMS_AES_128_SHIFT == 16 &&
                       CCE_GLOBAL_ALGORITHMS_AES_256_SHIFT == 18,
                   "bits of the modes, and of the keys in steps of 8 bytes");
    if ((engine->algorithms & needed) != needed) {
        return CCE_MMIO_ERROR_UNSUPPORTED;
    }
    const enum cce_mmio_status hash = check_hash(engine, request);
    if (hash != CCE_MMIO_OK) {
        return hash;
    }
    if (!is_tag_length(request)) {
        return CCE_MMIO_ERROR_TAG_LENGTH;
    }
    if (!is_iv_length(key->mode, request->iv_length)) {
        return CCE_MMIO_ERROR_IV_LENGTH;
    }
    const bool tag_behind = request->direction == CCE_MMIO_DECRYPT && request->tag == NULL;
    if ((tag_behind && request->source_length < request->tag_length) ||
        !is_text_length(request, cce_mmio_text_in(request)) ||
        request->aad_length > (is_aead(key->mode) || request->hash != NULL ? CCE_MMIO_MESSAGE_BYTES_MAX : 0u)) {
        return CCE_MMIO_ERROR_LENGTH;
    }
    return check_buffers(request);
}
