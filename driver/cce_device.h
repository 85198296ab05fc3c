/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: one engine, as the driver sees it.
 */
#ifndef CCE_DEVICE_H
#define CCE_DEVICE_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/io.h>
#include <linux/mutex.h>
#include <linux/percpu-refcount.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "cce_contract.h"

struct cce_device;
struct cce_queue;
struct dentry;

/* Why a request went to the CPU instead of the engine. Never 0: see cce_queue_submit(). */
enum cce_fallback_reason {
	CCE_FALLBACK_NO_DEVICE = 1,	/* no engine is bound */
	CCE_FALLBACK_SHORT,		/* fewer bytes than the algorithm's parameter cpu_below */
	CCE_FALLBACK_CAPABILITY,	/* this engine lacks the mode or key size */
	CCE_FALLBACK_SEGMENTS,		/* more segments than a slot's list holds */
	CCE_FALLBACK_BOUNCE_SIZE,	/* must be bounced, but is larger than a buffer */
	CCE_FALLBACK_MAPPING,		/* the DMA mapping failed */
	CCE_FALLBACK_SUSPENDED,		/* the engine sleeps, or is about to */
	CCE_FALLBACK_RESET,		/* the engine was reset before it began the request */
	CCE_FALLBACK_DEVICE_DEAD,	/* the engine stopped answering */
	CCE_FALLBACK_REASONS
};

struct cce_fallback_counters {
	atomic64_t reason[CCE_FALLBACK_REASONS];
};

/**
 * struct cce_bus - what differs between the ways that an engine is attached
 * @interrupt: Linux interrupt number of the engine's vector @vector, or a negative errno
 * @set_master: let the engine do DMA, or stop it for good: what it tries is dropped on return
 *
 * Process context.
 */
struct cce_bus {
	int (*interrupt)(struct cce_device *cce, unsigned int vector);
	void (*set_master)(struct cce_device *cce, bool enable);
};

/**
 * struct cce_device - one engine
 * @dev: PCI function or platform device
 * @bus: how it is attached
 * @registers: its register space
 * @algorithms: global.algorithms, read once
 * @queue_count: queue pairs in use
 * @queues: array of @queue_count queue pairs
 * @tells_fetch_head: it has the register fetch_head of its queue pairs
 * @cycle_ps: picoseconds of an engine cycle; 0 if the engine's clock can't be told
 * @requests: one reference for each request that the engine or a backlog holds
 * @drained: completed when @requests has run dry after percpu_ref_kill()
 * @workqueue: ordered; runs @watchdog and @event
 * @watchdog: pending only while something is in flight
 * @event: a queue pair reported an error
 * @recovery: serializes resets and changes of power; outermost lock, in process context only
 * @dead: the engine is given up; written under @recovery, read anywhere
 * @resets: resets of a queue pair or of the engine since it was bound; under @recovery
 * @last_error: what led to the last one, or an empty string; under @recovery
 * @fallbacks: requests that this engine could have had, by reason
 * @asleep: its registers can't be reached; under @recovery
 * @debugfs: this engine's directory
 */
struct cce_device {
	struct device *dev;
	const struct cce_bus *bus;
	void __iomem *registers;
	u32 algorithms;
	unsigned int queue_count;
	struct cce_queue *queues;
	bool tells_fetch_head;
	u32 cycle_ps;

	struct percpu_ref requests;
	struct completion drained;

	struct workqueue_struct *workqueue;
	struct delayed_work watchdog;
	struct work_struct event;
	struct mutex recovery;		/* see the kernel-doc above */
	bool dead;
	unsigned int resets;
	char last_error[64];
	bool asleep;

	struct cce_fallback_counters fallbacks;
	struct dentry *debugfs;
};

static inline u32 cce_global_read(struct cce_device *cce, u32 offset)
{
	return readl(cce->registers + CCE_GLOBAL_BASE + offset);
}

static inline void cce_global_write(struct cce_device *cce, u32 offset, u32 value)
{
	writel(value, cce->registers + CCE_GLOBAL_BASE + offset);
}

/* False when the engine has left the bus (reads answer all ones) or is not ours any more. */
static inline bool cce_device_present(struct cce_device *cce)
{
	return cce_global_read(cce, CCE_GLOBAL_IDENTIFICATION) == CCE_IDENTIFICATION_VALUE;
}

static inline void cce_fallback_count(struct cce_fallback_counters *counters,
				      enum cce_fallback_reason reason)
{
	atomic64_inc(&counters->reason[reason]);
}

int cce_device_identify(struct cce_device *cce);
int cce_device_add(struct cce_device *cce);
void cce_device_remove(struct cce_device *cce);
void cce_device_shut_down(struct cce_device *cce);

#endif
