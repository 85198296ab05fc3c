/* SPDX-License-Identifier: Apache-2.0 */

#include "console.h"

#include "computer.h"

static void put(char character) {
    write32(CONSOLE_BASE + CONSOLE_CHARACTER, (uint8_t)character);
}

void print(const char* text) {
    while (*text != '\0') {
        put(*text++);
    }
}

static void print_digits(uint64_t value, unsigned base, unsigned width, char fill) {
    char digits[20];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    for (unsigned i = count; i < width; ++i) {
        put(fill);
    }
    while (count != 0) {
        put(digits[--count]);
    }
}

void print_number(uint64_t value, unsigned width) {
    print_digits(value, 10, width, ' ');
}

void print_quotient(uint64_t dividend, uint64_t divisor, unsigned width) {
    const uint64_t parts = (dividend * 10000 + divisor / 2) / divisor;
    print_digits(parts / 10000, 10, width > 5 ? width - 5 : 0, ' ');
    put('.');
    print_digits(parts % 10000, 10, 4, '0');
}

void print_hexadecimal(uint64_t value) {
    print("0x");
    print_digits(value, 16, 0, ' ');
}

void finish(int status) {
    write32(CONSOLE_BASE + CONSOLE_EXIT, (uint32_t)status);
    for (;;) {
    }
}
