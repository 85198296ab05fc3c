/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Something that takes the place of AES and its modes for a test that must look at no secret: neither a branch nor an
 * address here depends on one. Worthless as ciphers, but whoever mixes up keys, IVs or bytes gets another result.
 */
#ifndef CCE_TEST_CIPHER_H
#define CCE_TEST_CIPHER_H

#include "kernel.h"

/* In place of AES. */
static inline void cipher_block(const u8 *key, unsigned int key_bytes, u8 *out, const u8 *in)
{
	u8 state[AES_BLOCK_SIZE];
	unsigned int round, i;

	memcpy(state, in, sizeof(state));
	for (round = 0; round < 2; round++) {
		for (i = 0; i < AES_BLOCK_SIZE; i++) {
			u8 byte = state[i] ^ key[(i + AES_BLOCK_SIZE * round) % key_bytes];

			byte = (u8)(byte << 3 | byte >> 5);
			state[i] = (u8)(byte + 5 * state[(i + 15) % AES_BLOCK_SIZE] + i);
		}
	}
	memcpy(out, state, sizeof(state));
}

/* In place of ECB, CBC, CTR, XTS (with a second key), and of what encrypts in GCM and CCM: its own inverse. */
static inline void cipher_text(const u8 *key, const u8 *second_key, unsigned int key_bytes, const u8 *iv, u8 *text,
			       unsigned int bytes)
{
	unsigned int i;

	for (i = 0; i < bytes; i++)
		text[i] ^= 0x5a ^ key[i % key_bytes] ^ (second_key ? second_key[(i + 1) % key_bytes] : 0) ^
			   iv[i % AES_BLOCK_SIZE];
}

/* CMAC, as SP 800-38B, 6.2 has it, of the block cipher above. */
struct cipher_mac {
	u8 chain[AES_BLOCK_SIZE];
	u8 block[AES_BLOCK_SIZE];
	unsigned int block_bytes;
};

static inline void cipher_mac_update(const u8 *key, unsigned int key_bytes, struct cipher_mac *mac, const u8 *data,
				     unsigned int bytes)
{
	unsigned int i;

	while (bytes--) {
		if (mac->block_bytes == AES_BLOCK_SIZE) {
			for (i = 0; i < AES_BLOCK_SIZE; i++)
				mac->chain[i] ^= mac->block[i];
			cipher_block(key, key_bytes, mac->chain, mac->chain);
			mac->block_bytes = 0;
		}
		mac->block[mac->block_bytes++] = *data++;
	}
}

static inline void cipher_mac_final(const u8 *key, unsigned int key_bytes, struct cipher_mac *mac, u8 *out)
{
	u8 subkey[AES_BLOCK_SIZE] = { 0 };
	unsigned int i, doublings = mac->block_bytes == AES_BLOCK_SIZE ? 1 : 2;

	cipher_block(key, key_bytes, subkey, subkey);
	while (doublings--) {
		u8 carry = subkey[0] >> 7;

		for (i = 0; i < AES_BLOCK_SIZE; i++)
			subkey[i] = (u8)(subkey[i] << 1 | (i < 15 ? subkey[i + 1] >> 7 : 0));
		subkey[15] ^= (u8)(0x87 * carry);
	}
	for (i = mac->block_bytes; i < AES_BLOCK_SIZE; i++)
		mac->block[i] = i == mac->block_bytes ? 0x80 : 0;
	for (i = 0; i < AES_BLOCK_SIZE; i++)
		mac->chain[i] ^= mac->block[i] ^ subkey[i];
	cipher_block(key, key_bytes, out, mac->chain);
}

/* In place of the tags of GCM and CCM: of IV, associated data and text. */
static inline void cipher_tag(const u8 *key, unsigned int key_bytes, const u8 *iv, const u8 *aad,
			      unsigned int aad_bytes, const u8 *text, unsigned int text_bytes, u8 *tag)
{
	struct cipher_mac mac = { .block_bytes = 0 };

	cipher_mac_update(key, key_bytes, &mac, iv, AES_BLOCK_SIZE);
	cipher_mac_update(key, key_bytes, &mac, aad, aad_bytes);
	cipher_mac_update(key, key_bytes, &mac, text, text_bytes);
	cipher_mac_final(key, key_bytes, &mac, tag);
}

#endif
