/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Secrets, as ctgrind marks them: uninitialised for memcheck.
 */
#ifndef CCE_TEST_SECRETS_H
#define CCE_TEST_SECRETS_H

#include "expect.h"
#include "kernel.h"

#include <valgrind/memcheck.h>

static inline void fill_secret(u8 *bytes, size_t count, u8 first)
{
	size_t i;

	for (i = 0; i < count; i++)
		bytes[i] = (u8)(first + 7 * i + (i >> 4));
	VALGRIND_MAKE_MEM_UNDEFINED(bytes, count);
}

/* How many of these bytes are secret; without valgrind nobody can tell: as many as are `expected`. */
static inline size_t secret_bytes(const void *memory, size_t count, size_t expected)
{
	size_t i, found = 0;

	if (!RUNNING_ON_VALGRIND)
		return expected;
	for (i = 0; i < count; i++) {
		u8 marks = 0;

		VALGRIND_GET_VBITS((const u8 *)memory + i, &marks, 1);
		found += marks != 0;
	}
	return found;
}
#define all_secret(memory, count) (secret_bytes(memory, count, count) == (count))
#define none_secret(memory, count) (secret_bytes(memory, count, 0) == 0)

/* Zero, and not because memcheck was told so: a secret that was left behind is complained about here. */
static inline bool all_zero(const void *memory, size_t count)
{
	const u8 *bytes = memory;
	u64 word;

	for (; count >= sizeof(word); count -= sizeof(word), bytes += sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		if (word)
			return false;
	}
	for (; count; count--)
		if (*bytes++)
			return false;
	return true;
}

/* Whether they are the same is no secret (a tag, the test's own comparisons); where they differ is one. */
static inline bool same_secret(const u8 *one, const u8 *other, size_t count)
{
	u8 difference = 0;
	size_t i;

	for (i = 0; i < count; i++)
		difference |= one[i] ^ other[i];
	VALGRIND_MAKE_MEM_DEFINED(&difference, sizeof(difference));
	return !difference;
}

#endif
