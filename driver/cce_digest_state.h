/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: hash functions, and how the state of an unfinished hash is kept: by this
 * driver, and by the CPU's implementations in this kernel.
 */
#ifndef CCE_DIGEST_STATE_H
#define CCE_DIGEST_STATE_H

#include <linux/bits.h>
#include <linux/types.h>

#include "cce_contract.h"
#include "cce_key.h"
#include "cce_request.h"

#define CCE_DIGEST_LENGTH_LIMIT	BIT_ULL(60)	/* of hash_context.length */
#define CCE_SOFTWARE_STATE_BYTES	360	/* the longest that a format has */

/**
 * struct cce_digest_function - a hash function of FIPS 180-4, FIPS 202 or SP 800-185
 * @name: of the crypto API's function that has the same rounds: but for SHA-512/t, which is SHA-512
 *	with another initial value, the same function; NULL: it has none
 * @mode: &enum cce_hash_mode
 * @block_bytes: of a block; SHA-3: the rate
 * @digest_bytes: of the digest; 0: it has any length
 * @state_bytes: of the state's words in the engine's memory
 */
struct cce_digest_function {
	const char *name;
	u8 mode;
	u8 block_bytes;
	u8 digest_bytes;
	u8 state_bytes;
};

#define CCE_DIGEST_FUNCTIONS	(CCE_HASH_MODE_CSHAKE_256 + 1)

/* By &enum cce_hash_mode; a number that is no mode has no blocks. */
extern const struct cce_digest_function cce_digest_functions[CCE_DIGEST_FUNCTIONS];

/**
 * struct cce_digest_state - a hash whose message hasn't ended
 * @words: the standard's state words, little-endian, as the engine has them
 * @words32: the same, of SHA-224 and SHA-256
 * @words64: the same, of the others
 * @held: bytes of the message behind those in @words, less than a block
 * @length: bytes that have gone into @words, HMAC's key block included; SHA-3: 0 if it isn't known,
 *	since nobody needs it
 * @held_bytes: of @held
 * @fresh: nothing has gone into @words, and the engine needn't be told what they are
 */
struct cce_digest_state {
	union {
		u8 words[CCE_HASH_STATE_BYTES];
		__le32 words32[CCE_HASH_STATE_BYTES / sizeof(__le32)];
		__le64 words64[CCE_HASH_STATE_BYTES / sizeof(__le64)];
	};
	u8 held[CCE_HASH_BLOCK_BYTES];
	u64 length;
	u8 held_bytes;
	bool fresh;
};

/* Length of what the engine goes on from: header and words. */
static inline unsigned int cce_digest_saved_bytes(const struct cce_digest_function *function)
{
	return sizeof(struct cce_hash_context) + function->state_bytes;
}

/**
 * struct cce_digest_format - how implementations of some kernels export a state
 * @first_mode: the first function that it is for, &enum cce_hash_mode
 * @last_mode: the last one
 * @bytes: length of what is exported
 * @core_bytes: length without @held and its length, which then are the last bytes; 0: they aren't
 * @store: write @bytes, or only @core_bytes
 * @load: read them: -EINVAL if that is no state of this function, -EOVERFLOW if the engine can't go
 *	on from a message of such a length
 */
struct cce_digest_format {
	u8 first_mode, last_mode;
	unsigned int bytes;
	unsigned int core_bytes;
	void (*store)(const struct cce_digest_function *function,
		      const struct cce_digest_state *state, void *out, bool core);
	int (*load)(const struct cce_digest_function *function, struct cce_digest_state *state,
		    const void *in, bool core);
};

void cce_digest_save(const struct cce_digest_function *function, const u8 *words, u64 length,
		     u8 *saved);
const struct cce_digest_format *
cce_digest_find_format(const struct cce_digest_function *function, unsigned int bytes);

#endif
