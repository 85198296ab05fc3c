/* SPDX-License-Identifier: Apache-2.0 */
/* One request through the C API, and null arguments. */
#include <stdio.h>
#include <string.h>

#include "cce/cce.h"

#define CHECK(condition)                                            \
    do {                                                            \
        if (!(condition)) {                                         \
            fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
            return 1;                                               \
        }                                                           \
    } while (0)

int main(void) {
    struct cce_options options = CCE_OPTIONS_INIT;
    struct cce_error error;
    struct cce_device* device = NULL;
    struct cce_session* session = NULL;
    const uint8_t key[16] = {0};
    uint8_t text[16] = {0};
    const uint8_t expected[4] = {0x66, 0xe9, 0x4b, 0xd4}; /* AES-128 of zeros under a key of zeros */

    options.backend = "software";
    CHECK(cce_open(NULL, &options, &error) == CCE_ERROR_ARGUMENT);
    CHECK(cce_open(&device, &options, &error) == CCE_OK);
    CHECK(cce_session_create(&session, device, CCE_MODE_ECB, CCE_ENCRYPT, key, sizeof(key)) == CCE_OK);
    CHECK(cce_cipher_run(session, NULL, text, text, sizeof(text), NULL) == CCE_OK);
    CHECK(memcmp(text, expected, sizeof(expected)) == 0);
    CHECK(cce_close(device) == CCE_ERROR_BUSY);
    CHECK(cce_session_destroy(session) == CCE_OK);

    /* McGrew-Viega GCM, case 2; sealed, opened, forged. */
    {
        const uint8_t iv[12] = {0};
        const uint8_t cipher_start[4] = {0x03, 0x88, 0xda, 0xce};
        uint8_t sealed[16 + CCE_TAG_BYTES_MAX] = {0};
        struct cce_aead_request request = {0, iv, sizeof(iv), NULL, 0, sealed, 16, sealed, sizeof(sealed), 16};
        CHECK(cce_session_create(&session, device, CCE_MODE_GCM, CCE_ENCRYPT, key, sizeof(key)) == CCE_OK);
        CHECK(cce_aead_seal(session, &request, NULL) == CCE_OK);
        CHECK(memcmp(sealed, cipher_start, sizeof(cipher_start)) == 0);
        CHECK(cce_session_destroy(session) == CCE_OK);
        CHECK(cce_session_create(&session, device, CCE_MODE_GCM, CCE_DECRYPT, key, sizeof(key)) == CCE_OK);
        request.source_length = sizeof(sealed);
        request.destination = text;
        request.destination_length = sizeof(text);
        CHECK(cce_aead_open(session, &request, NULL) == CCE_OK);
        CHECK(text[0] == 0 && text[15] == 0);
        memset(text, 0xff, sizeof(text));
        sealed[31] ^= 1;
        CHECK(cce_aead_open(session, &request, NULL) == CCE_ERROR_TAG);
        CHECK(text[0] == 0 && text[15] == 0);
        CHECK(cce_session_destroy(session) == CCE_OK);
    }
    /* FIPS 180-4: SHA-256 of "abc", at once and in a stream; what is none of an enumeration. */
    {
        const uint8_t abc[3] = {'a', 'b', 'c'};
        const uint8_t start[4] = {0xba, 0x78, 0x16, 0xbf};
        uint8_t digest[32] = {0};
        struct cce_hash_options hash = CCE_HASH_OPTIONS_INIT;
        struct cce_hash_stream* stream = NULL;
        struct cce_digest_request request = {0, abc, sizeof(abc), digest, NULL, sizeof(digest)};
        hash.kind = (enum cce_hash_kind)4;
        CHECK(cce_hash_session_create(&session, device, CCE_HASH_SHA_256, &hash) == CCE_ERROR_ARGUMENT);
        hash.kind = CCE_HASH_PLAIN;
        hash.direction = (enum cce_direction)2;
        CHECK(cce_hash_session_create(&session, device, CCE_HASH_SHA_256, &hash) == CCE_ERROR_ARGUMENT);
        hash.direction = CCE_ENCRYPT;
        CHECK(cce_hash_session_create(&session, device, (enum cce_hash)CCE_HASH_COUNT, &hash) == CCE_ERROR_ARGUMENT);
        CHECK(cce_hash_session_create(&session, device, CCE_HASH_SHA_256, &hash) == CCE_OK);
        CHECK(cce_digest(session, &request, NULL) == CCE_OK);
        CHECK(memcmp(digest, start, sizeof(start)) == 0);
        memset(digest, 0, sizeof(digest));
        CHECK(cce_hash_stream_create(&stream, session) == CCE_OK);
        CHECK(cce_session_destroy(session) == CCE_ERROR_BUSY);
        CHECK(cce_hash_stream_update(stream, abc, 1) == CCE_OK);
        CHECK(cce_hash_stream_update(stream, abc + 1, 2) == CCE_OK);
        CHECK(cce_hash_stream_length(stream) == 3);
        CHECK(cce_hash_stream_finish(stream, digest, sizeof(digest)) == CCE_OK);
        CHECK(memcmp(digest, start, sizeof(start)) == 0);
        cce_hash_stream_destroy(stream);
        cce_hash_stream_destroy(NULL);
        CHECK(cce_session_destroy(session) == CCE_OK);
        CHECK(cce_hash_name((enum cce_hash)6) == NULL && cce_hash_block_bytes((enum cce_hash)6) == 0);
        CHECK(strcmp(cce_hash_name(CCE_HASH_SHA_512_256), "sha512-256") == 0);
        CHECK(cce_hash_digest_bytes(CCE_HASH_SHAKE_128) == 0 && cce_hash_block_bytes(CCE_HASH_SHAKE_128) == 168);
    }
    CHECK(cce_close(device) == CCE_OK);
    CHECK(cce_close(NULL) == CCE_OK && cce_session_destroy(NULL) == CCE_OK);
    return 0;
}
