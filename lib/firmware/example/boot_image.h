/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A boot loader's work: an image that is encrypted and authenticated goes from flash to the memory in which it is to
 * run, decrypted and verified by the engine in one pass. The image is read once, so that what was verified is what was
 * decrypted; nothing of it stays that was not verified.
 *
 *     offset  bytes
 *     0       8      "CCE-BOOT"
 *     8       4      version, little-endian: grows, so that old images can be refused
 *     12      4      bytes of text, little-endian
 *     16      16     first counter block of AES-256-CTR; never the same twice with one key
 *     32      n      ciphertext
 *     32 + n  32     HMAC-SHA-256 of all bytes before it
 */

#ifndef CCE_EXAMPLE_BOOT_IMAGE_H
#define CCE_EXAMPLE_BOOT_IMAGE_H

#include "cce_mmio.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BOOT_IMAGE_HEADER_BYTES 32u
#define BOOT_IMAGE_TAG_BYTES 32u
#define BOOT_IMAGE_KEY_BYTES 32u

enum boot_image_status {
    BOOT_IMAGE_OK = 0,
    BOOT_IMAGE_ENGINE = 1, /**< the engine refused the work or did not do it: `engine_status` of the loader */
    BOOT_IMAGE_FORMAT = 2, /**< this is no image, or not as long as it says */
    BOOT_IMAGE_ROOM = 3,   /**< the text has no room at its destination */
    BOOT_IMAGE_FORGED = 4, /**< the tag does not match */
    BOOT_IMAGE_OLD = 5     /**< the image is genuine, and older than allowed */
};

/** boot_image_header writes the header of an image, BOOT_IMAGE_HEADER_BYTES: for whoever makes images. */
void boot_image_header(uint8_t* header, uint32_t version, uint32_t text_bytes, const uint8_t* counter_block);

/** Both keys, and the header of an image; for the engine's DMA. */
struct boot_loader {
    struct cce_mmio_key cipher;
    struct cce_mmio_hash mac;
    CCE_MMIO_ALIGNED(64) uint8_t header[64];
    enum cce_mmio_status engine_status; /**< of the last call; may be read */
};

/**
 * boot_loader_open takes both keys, of BOOT_IMAGE_KEY_BYTES each. They are two, neither derived from the other, and
 * stay in `loader` until boot_loader_close(), whatever comes of the images. If it fails, `loader` holds none; but for
 * CCE_MMIO_ERROR_STALLED, after which the engine may still write: reset the computer.
 */
enum boot_image_status boot_loader_open(struct boot_loader* loader, struct cce_mmio_queue* queue,
                                        const uint8_t* cipher_key, const uint8_t* mac_key,
                                        uint64_t timeout) CCE_MMIO_MUST_CHECK;

/**
 * boot_loader_load decrypts and verifies the image of `image_bytes` at `image`, and stores the bytes of its text in
 * `*text_bytes`. The text comes to `to`, which has room for `room` bytes. Unless BOOT_IMAGE_OK is returned, nothing of
 * the text is there; but for CCE_MMIO_ERROR_STALLED, after which the engine may still write: reset the computer.
 * `oldest` is the lowest version that may run.
 */
enum boot_image_status boot_loader_load(struct boot_loader* loader, struct cce_mmio_queue* queue, const uint8_t* image,
                                        uint32_t image_bytes, uint32_t oldest, uint8_t* to, uint32_t room,
                                        uint32_t* text_bytes, uint64_t timeout) CCE_MMIO_MUST_CHECK;

/** boot_loader_close overwrites keys and states: what runs next finds none. */
void boot_loader_close(struct boot_loader* loader);

#ifdef __cplusplus
}
#endif

#endif /* CCE_EXAMPLE_BOOT_IMAGE_H */
