/* SPDX-License-Identifier: Apache-2.0 */
/* Text to the console. */

#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdint.h>

void print(const char* text);
/** In decimal; right-aligned in `width` characters if it is shorter. */
void print_number(uint64_t value, unsigned width);
/** A quotient with four digits behind the point. */
void print_quotient(uint64_t dividend, uint64_t divisor, unsigned width);
void print_hexadecimal(uint64_t value);

/** Ends the program. */
__attribute__((noreturn)) void finish(int status);

#endif /* CONSOLE_H */
