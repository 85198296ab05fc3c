// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the CPU's implementations export of an unfinished hash, in every kernel that the driver knows: cce_digest_state.c
 * against images that are put together here, byte by byte, as the kernels' headers have them. A guest runs one kernel, and
 * so sees one of the two formats that each family of functions has.
 *
 * Exit status 0: all is well; 1: something is wrong.
 */
#include "cce_digest_state.h"
#include "expect.h"

unsigned int failures;

#define ROOM 512
#define UNTOUCHED 0xa5
#define LENGTH 0x123456789a00ULL	/* whole blocks of every function */

enum kernel { SHA2_UNTIL_6_15, SHA2_SINCE_6_16, SHA3_UNTIL_6_15, SHA3_SINCE_7_0 };

/* Offsets in what is exported; words come first. */
struct format {
	enum kernel kernel;
	const char *name;
	u8 first_mode, last_mode;
	unsigned int bytes, core_bytes;
	unsigned int word_bytes, words;
	unsigned int held;
};

static const struct format formats[] = {
	{ SHA2_UNTIL_6_15, "until 6.15", CCE_HASH_MODE_SHA_224, CCE_HASH_MODE_SHA_256, 104, 0, 4, 8, 40 },
	{ SHA2_SINCE_6_16, "since 6.16", CCE_HASH_MODE_SHA_224, CCE_HASH_MODE_SHA_256, 105, 40, 4, 8, 40 },
	{ SHA2_UNTIL_6_15, "until 6.15", CCE_HASH_MODE_SHA_384, CCE_HASH_MODE_SHA_512_256, 208, 0, 8, 8, 80 },
	{ SHA2_SINCE_6_16, "since 6.16", CCE_HASH_MODE_SHA_384, CCE_HASH_MODE_SHA_512_256, 209, 80, 8, 8, 80 },
	{ SHA3_UNTIL_6_15, "until 6.15", CCE_HASH_MODE_SHA3_224, CCE_HASH_MODE_SHA3_512, 360, 0, 8, 25, 212 },
	{ SHA3_SINCE_7_0, "since 7.0", CCE_HASH_MODE_SHA3_224, CCE_HASH_MODE_SHA3_512, 208, 0, 8, 25, 0 },
};

static bool has(const struct format *format, unsigned int mode)
{
	return mode >= format->first_mode && mode <= format->last_mode;
}

static bool is_sponge(const struct format *format)
{
	return format->words == 25;
}

static void put(u8 *image, unsigned int offset, unsigned int bytes, u64 number)
{
	memcpy(image + offset, &number, bytes);	/* little-endian, as the CPU of this test */
}

static struct cce_digest_state make_state(const struct cce_digest_function *function, const struct format *format,
					  unsigned int held_bytes)
{
	struct cce_digest_state state = { .length = is_sponge(format) ? 0 : LENGTH, .held_bytes = held_bytes };
	unsigned int i;

	for (i = 0; i < format->words * format->word_bytes; i++)
		state.words[i] = (u8)(3 * i + function->mode);
	for (i = 0; i < held_bytes; i++)
		state.held[i] = (u8)(0x80 + 5 * i);
	return state;
}

/* What a kernel would export of the state. */
static void make_image(const struct cce_digest_function *function, const struct format *format,
		       const struct cce_digest_state *state, u8 *image)
{
	unsigned int i, words = format->words * format->word_bytes;

	memset(image, 0, format->bytes);
	memcpy(image, state->words, words);
	if (format->held)
		memcpy(image + format->held, state->held, state->held_bytes);
	switch (format->kernel) {
	case SHA2_UNTIL_6_15:
		put(image, words, 8, state->length + state->held_bytes);
		break;
	case SHA2_SINCE_6_16:
		put(image, words, 8, state->length);
		image[format->bytes - 1] = state->held_bytes;
		break;
	case SHA3_UNTIL_6_15:
		put(image, 200, 4, function->block_bytes);
		put(image, 204, 4, function->block_bytes / 8);
		put(image, 208, 4, state->held_bytes);
		break;
	case SHA3_SINCE_7_0:
		for (i = 0; i < state->held_bytes; i++)
			image[i] ^= state->held[i];
		image[200] = function->digest_bytes;
		image[201] = function->block_bytes;
		image[202] = state->held_bytes;
		break;
	}
}

/* FIPS 202, 4: a sponge's state is the same whether what is held has been added to it or not. */
static void absorb(struct cce_digest_state *state)
{
	unsigned int i;

	for (i = 0; i < state->held_bytes; i++) {
		state->words[i] ^= state->held[i];
		state->held[i] = 0;
	}
}

static bool same(const struct cce_digest_state *a, const struct cce_digest_state *b, bool with_held)
{
	return !memcmp(a->words, b->words, sizeof(a->words)) && a->length == b->length &&
	       (!with_held || (a->held_bytes == b->held_bytes && !memcmp(a->held, b->held, a->held_bytes)));
}

static bool untouched(const u8 *bytes, unsigned int count)
{
	while (count--)
		if (*bytes++ != UNTOUCHED)
			return false;
	return true;
}

static void check_both_ways(const struct cce_digest_function *function, const struct cce_digest_format *driver,
			    const struct format *format, unsigned int held_bytes)
{
	struct cce_digest_state state = make_state(function, format, held_bytes), loaded;
	u8 room[ROOM], *image = room + 1, expected[ROOM];	/* not aligned */

	make_image(function, format, &state, expected);
	memset(room, UNTOUCHED, sizeof(room));
	driver->store(function, &state, image, false);
	expect(!memcmp(image, expected, format->bytes));
	expect(room[0] == UNTOUCHED && untouched(image + format->bytes, ROOM - 1 - format->bytes));

	expect(driver->load(function, &loaded, image, false) == 0);
	if (format->kernel == SHA3_SINCE_7_0)
		absorb(&state);
	expect(same(&loaded, &state, true));
	expect(!loaded.fresh);
}

/* Without what is held, as the crypto API has it since 6.16. */
static void check_core(const struct cce_digest_function *function, const struct cce_digest_format *driver,
		       const struct format *format)
{
	struct cce_digest_state state = make_state(function, format, 7), loaded;
	u8 image[ROOM], expected[ROOM];

	make_image(function, format, &state, expected);
	memset(image, UNTOUCHED, sizeof(image));
	driver->store(function, &state, image, true);
	expect(!memcmp(image, expected, format->core_bytes));
	expect(untouched(image + format->core_bytes, ROOM - format->core_bytes));
	expect(driver->load(function, &loaded, image, true) == 0);
	expect(same(&loaded, &state, false) && loaded.held_bytes == 0);
}

/* One field is changed, and changed back. */
static void check_refused(const struct cce_digest_function *function, const struct cce_digest_format *driver, u8 *image,
			  unsigned int offset, unsigned int bytes, u64 number, int error)
{
	struct cce_digest_state state;
	u8 before[ROOM];

	memcpy(before, image, sizeof(before));
	put(image, offset, bytes, number);
	expect(driver->load(function, &state, image, false) == error);
	memcpy(image, before, sizeof(before));
	expect(driver->load(function, &state, image, false) == 0);
}

static void check_all_refused(const struct cce_digest_function *function, const struct cce_digest_format *driver,
			      const struct format *format)
{
	struct cce_digest_state state = make_state(function, format, 7);
	unsigned int words = format->words * format->word_bytes;
	u8 image[ROOM] = { 0 };

	make_image(function, format, &state, image);
	switch (format->kernel) {
	case SHA2_SINCE_6_16:
		check_refused(function, driver, image, format->bytes - 1, 1, function->block_bytes, -EINVAL);
		check_refused(function, driver, image, words, 8, LENGTH + 1, -EINVAL);
		check_refused(function, driver, image, words, 8, CCE_DIGEST_LENGTH_LIMIT, -EOVERFLOW);
		break;
	case SHA2_UNTIL_6_15:
		check_refused(function, driver, image, words, 8, CCE_DIGEST_LENGTH_LIMIT + 5, -EOVERFLOW);
		break;
	case SHA3_UNTIL_6_15:
		check_refused(function, driver, image, 200, 4, function->block_bytes + 8, -EINVAL);
		check_refused(function, driver, image, 204, 4, function->block_bytes, -EINVAL);
		check_refused(function, driver, image, 208, 4, function->block_bytes, -EINVAL);
		break;
	case SHA3_SINCE_7_0:
		check_refused(function, driver, image, 200, 1, function->digest_bytes + 1, -EINVAL);
		check_refused(function, driver, image, 201, 1, function->block_bytes - 8, -EINVAL);
		check_refused(function, driver, image, 202, 1, function->block_bytes, -EINVAL);
		check_refused(function, driver, image, 203, 1, 1, -EINVAL);
		break;
	}
	/* FIPS 180-4, 5.1.2: the length of a long message has 128 bits. */
	if (format->words == 8 && format->word_bytes == 8)
		check_refused(function, driver, image, words + 8, 8, 1, -EOVERFLOW);
}

/* By its length, and by nothing that only looks like it. */
static void check_found(const struct cce_digest_function *function)
{
	unsigned int bytes, i;

	for (bytes = 0; bytes < ROOM; bytes++) {
		const struct cce_digest_format *found = cce_digest_find_format(function, bytes);
		const struct format *wanted = NULL;

		for (i = 0; i < ARRAY_SIZE(formats); i++)
			if (has(&formats[i], function->mode) && formats[i].bytes == bytes)
				wanted = &formats[i];
		expect(!found == !wanted);
		if (found && wanted)
			expect(found->bytes == bytes && found->core_bytes == wanted->core_bytes);
	}
}

int main(void)
{
	unsigned int mode, i, held_bytes, images = 0;

	for (mode = 0; mode < CCE_DIGEST_FUNCTIONS; mode++) {
		const struct cce_digest_function *function = &cce_digest_functions[mode];

		if (!function->block_bytes)
			continue;
		check_found(function);
		for (i = 0; i < ARRAY_SIZE(formats); i++) {
			const struct cce_digest_format *driver = cce_digest_find_format(function, formats[i].bytes);

			if (!has(&formats[i], mode) || !driver)
				continue;
			for (held_bytes = 0; held_bytes < function->block_bytes; held_bytes++, images++)
				check_both_ways(function, driver, &formats[i], held_bytes);
			if (formats[i].core_bytes)
				check_core(function, driver, &formats[i]);
			check_all_refused(function, driver, &formats[i]);
			if (failures)
				fprintf(stderr, "%s as kernels %s export it: %u failures so far\n",
					function->name, formats[i].name, failures);
		}
	}
	printf("%u exported states, %u failures\n", images, failures);
	return failures || !images;
}
