/* SPDX-License-Identifier: GPL-2.0-only */
/* What a test expects of the driver; it goes on all the same. */
#ifndef CCE_TEST_EXPECT_H
#define CCE_TEST_EXPECT_H

#include <stdio.h>

extern unsigned int failures;

#define expect(condition)                                                                                              \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			fprintf(stderr, "%s:%d: expected: %s\n", __FILE__, __LINE__, #condition);                      \
			failures++;                                                                                    \
		}                                                                                                      \
	} while (0)

#endif
