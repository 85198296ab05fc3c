// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load for the Core Crypto Engine's driver: scatterlists of all shapes.
 */
#include <linux/cache.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "load.h"

#define LOAD_PIECES_MOST	40
#define LOAD_LINE		64

/**
 * load_random() - a random number
 * @random: generator
 * @limit: more than 0
 *
 * Return: 0 to @limit - 1.
 */
unsigned int load_random(struct rnd_state *random, unsigned int limit)
{
	return prandom_u32_state(random) % limit;
}

/**
 * load_chance() - shall it be so?
 * @random: generator
 * @percent: how often
 *
 * Return: true so often.
 */
bool load_chance(struct rnd_state *random, unsigned int percent)
{
	return load_random(random, 100) < percent;
}

/**
 * load_is_filled() - are all bytes the same?
 * @data: bytes
 * @value: the one
 * @bytes: how many
 *
 * Return: whether they are.
 */
bool load_is_filled(const u8 *data, u8 value, unsigned int bytes)
{
	return !memchr_inv(data, value, bytes);
}

/* Where each piece lies. */
struct load_plan {
	unsigned int pieces;
	unsigned int length[LOAD_PIECES_MOST];
	unsigned int gap[LOAD_PIECES_MOST];	/* in front of it */
	bool aligned;
};

/* Cut bytes into so many pieces of the same length, but for the last one. */
static void load_plan_cut(struct load_plan *plan, unsigned int bytes, unsigned int pieces,
			  unsigned int granule)
{
	unsigned int length = max(round_up(DIV_ROUND_UP(bytes, pieces), granule), granule);

	for (plan->pieces = 0; bytes; plan->pieces++) {
		plan->length[plan->pieces] = min(bytes, length);
		bytes -= plan->length[plan->pieces];
	}
}

static void load_plan_make(struct load_plan *plan, enum load_layout layout, unsigned int bytes,
			   struct rnd_state *random)
{
	unsigned int i, most, more;

	memset(plan, 0, sizeof(*plan));
	switch (layout) {
	case LOAD_PIECES:
		load_plan_cut(plan, bytes, 2 + load_random(random, 20), LOAD_LINE);
		plan->aligned = true;
		break;
	case LOAD_TOO_MANY:
		/* Pieces of the same length are fewer than asked for where it doesn't divide. */
		load_plan_cut(plan, bytes, LOAD_PIECES_MOST, 1);
		plan->aligned = true;
		break;
	case LOAD_RAGGED:
		most = min(bytes, 2 + load_random(random, 7));
		for (i = 0; i < most; i++) {
			more = most - i - 1;	/* pieces behind this one: a byte at least */
			plan->length[i] = more ? 1 + load_random(random, bytes - more) : bytes;
			bytes -= plan->length[i];
			plan->gap[i] = load_random(random, 8);
		}
		plan->pieces = most;
		break;
	default:
		load_plan_cut(plan, bytes, 1, 1);
		plan->gap[0] = load_random(random, 16);
	}
}

/**
 * load_memory_make() - memory for a request, full of poison
 * @memory: receives it
 * @layout: how the bytes lie
 * @bytes: how many; may be 0
 * @random: generator
 *
 * Context: process, sleeps.
 * Return: 0 or -ENOMEM, with nothing held.
 */
int load_memory_make(struct load_memory *memory, enum load_layout layout, unsigned int bytes,
		     struct rnd_state *random)
{
	bool backwards = load_random(random, 2);
	unsigned int i, place, position = 0;
	struct load_plan plan;
	unsigned int entries;

	load_plan_make(&plan, layout, bytes, random);
	for (i = 0; i < plan.pieces; i++)
		position += plan.aligned ? round_up(plan.length[i], LOAD_LINE) :
					   plan.gap[i] + plan.length[i];
	entries = max(plan.pieces, 1U);

	memory->bytes = round_up(position + 1, LOAD_LINE);
	memory->buffer = kmalloc(roundup_pow_of_two(memory->bytes), GFP_KERNEL | __GFP_NOWARN);
	memory->image = kmalloc(memory->bytes, GFP_KERNEL | __GFP_NOWARN);
	memory->list = kmalloc_array(entries, sizeof(*memory->list), GFP_KERNEL | __GFP_NOWARN);
	if (!memory->buffer || !memory->image || !memory->list) {
		load_memory_free(memory);
		return -ENOMEM;
	}
	memset(memory->buffer, LOAD_POISON_BEFORE, memory->bytes);

	sg_init_table(memory->list, entries);
	if (!plan.pieces)
		sg_set_buf(memory->list, memory->buffer, 0);
	for (position = 0, i = 0; i < plan.pieces; i++) {
		place = backwards ? plan.pieces - 1 - i : i;
		position += plan.gap[place];
		sg_set_buf(&memory->list[place], memory->buffer + position, plan.length[place]);
		position += plan.aligned ? round_up(plan.length[place], LOAD_LINE) :
					   plan.length[place];
	}
	return 0;
}

/**
 * load_memory_free() - poison and free
 * @memory: memory, or what is there of it
 *
 * Context: any.
 */
void load_memory_free(struct load_memory *memory)
{
	if (memory->buffer)
		memset(memory->buffer, LOAD_POISON_AFTER, memory->bytes);
	kfree(memory->buffer);
	kfree(memory->image);
	kfree(memory->list);
	memset(memory, 0, sizeof(*memory));
}
