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
    CHECK(cce_close(device) == CCE_OK);
    CHECK(cce_close(NULL) == CCE_OK && cce_session_destroy(NULL) == CCE_OK);
    return 0;
}
