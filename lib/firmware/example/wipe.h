/* SPDX-License-Identifier: Apache-2.0 */
/* For keys, and what is made of them. */

#ifndef CCE_EXAMPLE_WIPE_H
#define CCE_EXAMPLE_WIPE_H

#include <stddef.h>
#include <stdint.h>

/* Overwrites, also what nobody reads any more. */
static inline void wipe(volatile void* memory, size_t bytes) {
    volatile uint8_t* position = memory;
    while (bytes-- != 0) {
        *position++ = 0;
    }
}

#endif /* CCE_EXAMPLE_WIPE_H */
