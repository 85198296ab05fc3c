/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: queue pairs.
 */
#ifndef CCE_QUEUE_H
#define CCE_QUEUE_H

#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "cce_contract.h"
#include "cce_device.h"
#include "cce_request.h"

#define CCE_LIST_ENTRIES	32
#define CCE_BOUNCE_COUNT	8
#define CCE_BOUNCE_BYTES	16384

enum cce_queue_mode {
	CCE_QUEUE_STOPPED,	/* being set up or reset: requests wait in the backlog */
	CCE_QUEUE_RUNNING,
	CCE_QUEUE_SUSPENDED,	/* asleep: requests go to the CPU */
	CCE_QUEUE_DEAD,		/* for good: requests go to the CPU */
};

/* What the engine reads and writes of a slot besides the descriptor; in coherent memory. */
struct cce_slot_memory {
	struct cce_key_record key;
	u8 prefix[CCE_FRONT_BYTES];
	u8 suffix[AES_BLOCK_SIZE];
	u8 result[CCE_RESULT_BYTES];
	u8 reserved[16];
	struct cce_list_entry source[CCE_LIST_ENTRIES];
	struct cce_list_entry destination[CCE_LIST_ENTRIES];
};

static_assert(CCE_PREFIX_BYTES <= CCE_FRONT_BYTES && AES_BLOCK_SIZE <= CCE_RESULT_BYTES);
static_assert(sizeof(struct cce_slot_memory) % CCE_CONTEXT_ALIGNMENT_BYTES == 0);
static_assert(offsetof(struct cce_slot_memory, source) % CCE_LIST_FETCH_BYTES == 0);
static_assert(offsetof(struct cce_slot_memory, destination) % CCE_LIST_FETCH_BYTES == 0);

/* A request in flight. Slots are taken and given back in any order, unlike descriptors. */
struct cce_slot {
	struct cce_request *request;	/* NULL: the slot is free */
	u32 cookie;			/* slot number below, use count above bit 16 */
	u16 index;			/* free-running index of its descriptor */
	unsigned long submitted;	/* jiffies */
};

struct cce_bounce {
	void *data;
	dma_addr_t address;
	unsigned int text;	/* offset of the destination's first byte */
	unsigned int used;	/* bytes to wipe */
};

/* Statuses that this contract knows; the last one counts those that it doesn't. */
#define CCE_STATUS_COUNTERS	(CCE_STATUS_EQUAL_KEYS + 2)

struct cce_queue_counters {
	u64 submitted;		/* given to the engine */
	u64 completed;		/* ended with status ok */
	u64 failed;		/* ended otherwise */
	u64 status[CCE_STATUS_COUNTERS];	/* completions by status */
	u64 rejected;		/* completions that named no request */
	u64 backlogged;		/* had to wait for room */
	u64 bounced;		/* went through a bounce buffer */
	u64 cycles;		/* engine cycles from fetch to completion, summed */
	u64 doorbells;		/* of the submission ring */
	u64 polls;		/* times that a lone request's submitter waited for it */
	u64 polls_won;		/* times that it saw the completion */
	u64 moderations;	/* changes of the interrupt's moderation */
	u64 reaped_by_submitters;	/* completions taken by a submission, polled or not */
	u64 in_flight_most;	/* high-water mark */
	u64 one_pass;		/* CBC encryptions with a hash in one pass */
	u64 two_passes;		/* ... by two requests, the second of which isn't counted here */
	u64 redone;		/* given to the CPU after a reset */
	u64 resets;
	u64 interrupts_lost;	/* times that the watchdog found completions */
};

/*
 * One queue pair. Indices into rings are free-running.
 *
 * A slot is taken when a request is posted and freed when its completion is taken, and there are as
 * many slots as entries in either ring: so the completion ring can't overflow.
 */
struct cce_queue {
	struct cce_device *cce;
	unsigned int index;		/* in the engine and in the register map */
	unsigned int ring_log2;		/* of the entries of both rings, and of the slots */
	int irq;			/* 0 while none is requested */
	char irq_name[32];		/* shown in /proc/interrupts */

	/* Protects what follows; in process and softirq context, never in the hard interrupt. */
	spinlock_t lock;
	enum cce_queue_mode mode;
	bool pumping;			/* someone works on the backlog, perhaps without the lock */
	bool busy;			/* interrupts are moderated: many completions each */

	struct cce_descriptor *submission;
	dma_addr_t submission_address;
	u16 submission_tail;		/* next descriptor to write */
	u16 submission_rung;		/* value of the last doorbell */
	u16 submission_head;		/* oldest descriptor that the engine may have to fetch */

	struct cce_completion *completion;
	dma_addr_t completion_address;
	u16 completion_head;		/* next completion entry to take */

	struct cce_slot *slot;		/* requests in flight */
	struct cce_slot_memory *slot_memory;
	dma_addr_t slot_memory_address;
	u16 *free_slots;		/* stack of free slot numbers */
	unsigned int free_slot_count;

	struct cce_bounce bounce[CCE_BOUNCE_COUNT];
	struct cce_bounce *free_bounces[CCE_BOUNCE_COUNT];	/* stack */
	unsigned int free_bounce_count;

	struct list_head backlog;	/* of cce_request.node, oldest first */
	unsigned int backlog_length;
	struct cce_queue_counters counters;

	/*
	 * Under cce->recovery instead: the first descriptor that the engine has never fetched and,
	 * as it is paused, won't; if known.
	 */
	u16 fetch_head;
	bool fetch_head_known;

	/* Under neither. */
	struct tasklet_struct tasklet;	/* takes completions */
	unsigned long interrupts;	/* written by the hard interrupt handler only */
	unsigned long attended;		/* bit 0: a submitter polls or takes completions */
};

static inline unsigned int cce_queue_entries(const struct cce_queue *queue)
{
	return 1U << queue->ring_log2;
}

static inline unsigned int cce_queue_in_flight(const struct cce_queue *queue)
{
	return cce_queue_entries(queue) - READ_ONCE(queue->free_slot_count);
}

static inline u32 cce_queue_read(const struct cce_queue *queue, u32 offset)
{
	return readl(queue->cce->registers + CCE_QUEUE_BASE + queue->index * CCE_QUEUE_STRIDE +
		     offset);
}

static inline void cce_queue_write(const struct cce_queue *queue, u32 offset, u32 value)
{
	writel(value,
	       queue->cce->registers + CCE_QUEUE_BASE + queue->index * CCE_QUEUE_STRIDE + offset);
}

static inline void cce_queue_doorbell(const struct cce_queue *queue, u32 offset, u16 value)
{
	void __iomem *page = queue->cce->registers + CCE_DOORBELL_BASE +
			     queue->index * CCE_DOORBELL_STRIDE;

	writel(value, page + offset);
}

int cce_queue_create(struct cce_queue *queue, struct cce_device *cce, unsigned int index);
void cce_queue_destroy(struct cce_queue *queue);
int cce_queue_start(struct cce_queue *queue);
void cce_queue_count(struct cce_queue *queue, u64 *counter);
void cce_queue_set_mode(struct cce_queue *queue, enum cce_queue_mode mode);

int cce_queue_request_irq(struct cce_queue *queue);
void cce_queue_free_irq(struct cce_queue *queue);

int cce_queue_submit(struct cce_queue *queue, struct cce_request *request);
void cce_queue_continue(struct cce_queue *queue, struct cce_request *request);
unsigned int cce_queue_process(struct cce_queue *queue, unsigned int budget);
void cce_queue_abort(struct cce_queue *queue, int error);
void cce_queue_pump(struct cce_queue *queue);
bool cce_queue_is_idle(struct cce_queue *queue);
bool cce_queue_oldest(struct cce_queue *queue, unsigned long *submitted);
void cce_queue_put_bounce(struct cce_queue *queue, struct cce_bounce *bounce);

#endif
