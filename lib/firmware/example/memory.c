/* SPDX-License-Identifier: Apache-2.0 */
/* What the compiler itself calls in freestanding programs (GCC manual, "Standards"). */

#include <stddef.h>
#include <stdint.h>

void* memset(void* destination, int value, size_t bytes);
void* memcpy(void* restrict destination, const void* restrict source, size_t bytes);

/* Words may alias anything: this is where bytes are moved. */
typedef uint64_t __attribute__((may_alias)) word;

void* memset(void* destination, int value, size_t bytes) {
    uint8_t* to = destination;
    const word pattern = (uint8_t)value * UINT64_C(0x0101010101010101);
    if ((uintptr_t)to % sizeof(word) == 0) {
        for (; bytes >= sizeof(word); bytes -= sizeof(word), to += sizeof(word)) {
            *(word*)(void*)to = pattern;
        }
    }
    while (bytes-- != 0) {
        *to++ = (uint8_t)value;
    }
    return destination;
}

void* memcpy(void* restrict destination, const void* restrict source, size_t bytes) {
    uint8_t* to = destination;
    const uint8_t* from = source;
    if (((uintptr_t)to | (uintptr_t)from) % sizeof(word) == 0) {
        for (; bytes >= sizeof(word); bytes -= sizeof(word), to += sizeof(word), from += sizeof(word)) {
            *(word*)(void*)to = *(const word*)(const void*)from;
        }
    }
    while (bytes-- != 0) {
        *to++ = *from++;
    }
    return destination;
}
