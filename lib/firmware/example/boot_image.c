/* SPDX-License-Identifier: Apache-2.0 */

#include "boot_image.h"

#include "cce_mmio_port.h"
#include "wipe.h"

enum { MAGIC_BYTES = 8, VERSION_OFFSET = 8, LENGTH_OFFSET = 12, COUNTER_OFFSET = 16 };

static const uint8_t magic[MAGIC_BYTES] = {'C', 'C', 'E', '-', 'B', 'O', 'O', 'T'};

static uint32_t load32(const uint8_t* bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void copy(uint8_t* to, const uint8_t* from, size_t bytes) {
    while (bytes-- != 0) {
        *to++ = *from++;
    }
}

void boot_image_header(uint8_t* header, uint32_t version, uint32_t text_bytes, const uint8_t* counter_block) {
    copy(header, magic, MAGIC_BYTES);
    for (unsigned i = 0; i < 4; ++i) {
        header[VERSION_OFFSET + i] = (uint8_t)(version >> (8 * i));
        header[LENGTH_OFFSET + i] = (uint8_t)(text_bytes >> (8 * i));
    }
    copy(header + COUNTER_OFFSET, counter_block, CCE_MMIO_BLOCK_BYTES);
}

enum boot_image_status boot_loader_open(struct boot_loader* loader, struct cce_mmio_queue* queue,
                                        const uint8_t* cipher_key, const uint8_t* mac_key, uint64_t timeout) {
    loader->engine_status =
        cce_mmio_key_set(&loader->cipher, CCE_MMIO_CTR, CCE_MMIO_MAY_DECRYPT, cipher_key, BOOT_IMAGE_KEY_BYTES);
    if (loader->engine_status == CCE_MMIO_OK) {
        loader->engine_status =
            cce_mmio_hash_set(queue, &loader->mac, CCE_MMIO_SHA_256, mac_key, BOOT_IMAGE_KEY_BYTES, timeout);
    }
    if (loader->engine_status != CCE_MMIO_OK) {
        boot_loader_close(loader); /* also what an earlier call has left */
        return BOOT_IMAGE_ENGINE;
    }
    return BOOT_IMAGE_OK;
}

enum boot_image_status boot_loader_load(struct boot_loader* loader, struct cce_mmio_queue* queue, const uint8_t* image,
                                        uint32_t image_bytes, uint32_t oldest, uint8_t* to, uint32_t room,
                                        uint32_t* text_bytes, uint64_t timeout) {
    loader->engine_status = CCE_MMIO_OK;
    if (image_bytes < BOOT_IMAGE_HEADER_BYTES + BOOT_IMAGE_TAG_BYTES) {
        return BOOT_IMAGE_FORMAT;
    }
    /* A copy: flash that answers otherwise the second time must not get another header past the tag. */
    copy(loader->header, image, BOOT_IMAGE_HEADER_BYTES);
    for (unsigned i = 0; i < MAGIC_BYTES; ++i) {
        if (loader->header[i] != magic[i]) {
            return BOOT_IMAGE_FORMAT;
        }
    }
    /* Nobody has verified the header yet: its length must fit what is there, and is used for nothing else. */
    const uint32_t length = load32(loader->header + LENGTH_OFFSET);
    if (length == 0 || length != image_bytes - BOOT_IMAGE_HEADER_BYTES - BOOT_IMAGE_TAG_BYTES) {
        return BOOT_IMAGE_FORMAT;
    }
    if (length > room) {
        return BOOT_IMAGE_ROOM;
    }
    const struct cce_mmio_request request = {
        .direction = CCE_MMIO_DECRYPT,
        .key = &loader->cipher,
        .hash = &loader->mac,
        .iv = loader->header + COUNTER_OFFSET,
        .iv_length = CCE_MMIO_BLOCK_BYTES,
        .aad = loader->header, /* version, length and counter block are authenticated, too */
        .aad_length = BOOT_IMAGE_HEADER_BYTES,
        .source = image + BOOT_IMAGE_HEADER_BYTES, /* ciphertext, and the tag behind it */
        .source_length = image_bytes - BOOT_IMAGE_HEADER_BYTES,
        .destination = to,
        .destination_length = length,
        .tag_length = BOOT_IMAGE_TAG_BYTES,
    };
    loader->engine_status = cce_mmio_run(queue, &request, NULL, timeout);
    if (loader->engine_status == CCE_MMIO_ERROR_TAG) {
        return BOOT_IMAGE_FORGED; /* the driver has overwritten the destination */
    }
    if (loader->engine_status != CCE_MMIO_OK) {
        return BOOT_IMAGE_ENGINE;
    }
    if (load32(loader->header + VERSION_OFFSET) < oldest) {
        wipe(to, length);
        cce_port_cache_clean(to, length);
        return BOOT_IMAGE_OLD;
    }
    *text_bytes = length;
    return BOOT_IMAGE_OK;
}

void boot_loader_close(struct boot_loader* loader) {
    cce_mmio_key_wipe(&loader->cipher);
    cce_mmio_hash_wipe(&loader->mac);
}
