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

struct attribute_group;
struct cce_device;
struct cce_queue;
struct dentry;

/* Why a request went to the CPU instead of the engine. Never 0: see cce_queue_submit(). */
enum cce_fallback_reason {
	CCE_FALLBACK_NO_DEVICE = 1,	/* no engine is bound */
	CCE_FALLBACK_SHORT,		/* fewer bytes than the algorithm's parameter cpu_below */
	CCE_FALLBACK_UNFIT,		/* no engine does requests of such a length */
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

/* One engine. */
struct cce_device {
	struct device *dev;		/* PCI function or platform device */
	const struct cce_bus *bus;
	void __iomem *registers;
	u32 algorithms;			/* global.algorithms, read once */
	unsigned int queue_count;	/* queue pairs in use */
	struct cce_queue *queues;
	bool tells_fetch_head;		/* its queue pairs have the register fetch_head */
	u32 cycle_ps;			/* of an engine cycle; 0: that can't be told */
	bool simulated;			/* its time is not the CPU's */

	struct percpu_ref requests;	/* one for each that the engine or a backlog holds */
	struct completion drained;	/* @requests has run dry after percpu_ref_kill() */

	struct workqueue_struct *workqueue;	/* ordered; runs these two: */
	struct delayed_work watchdog;	/* pending while something is in flight */
	struct work_struct event;	/* a queue pair reported an error */

	/*
	 * Serializes resets and changes of power, and protects what follows; outermost lock, in
	 * process context only.
	 */
	struct mutex recovery;
	bool dead;			/* given up; read anywhere */
	bool asleep;			/* its registers can't be reached */
	unsigned int resets;		/* of a queue pair or of all, since it was bound */
	char last_error[64];		/* what led to the last one */

	atomic_t cbc_hmac_encryptions;	/* that it has, in one pass or in two */
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

/* cce_pci.c and cce_platform.c */
extern struct pci_driver cce_pci_driver;
extern struct platform_driver cce_platform_driver;

/* cce_main.c */
int cce_device_identify(struct cce_device *cce);
int cce_device_add(struct cce_device *cce);
void cce_device_remove(struct cce_device *cce);
void cce_device_shut_down(struct cce_device *cce);

/* cce_registry.c */
int cce_registry_add(struct cce_device *cce);
void cce_registry_remove(struct cce_device *cce);
struct cce_queue *cce_registry_get_queue(void);
void cce_registry_put_queue(struct cce_queue *queue);
void cce_registry_describe(u32 *engines, u32 *queue_pairs, u32 *algorithms);

/* cce_recovery.c */
void cce_recovery_init(struct cce_device *cce);
unsigned long cce_recovery_timeout(void);
void cce_recovery_watch(struct cce_device *cce);
int cce_recovery_reset_engine(struct cce_device *cce);
void cce_recovery_give_up(struct cce_device *cce, const char *why);

/* cce_pm.c */
extern const struct dev_pm_ops cce_pm_operations;
void cce_pm_enable(struct cce_device *cce);
void cce_pm_disable(struct cce_device *cce);

/* cce_sysfs.c */
extern const struct attribute_group *cce_sysfs_groups[];

/* cce_debugfs.c */
void cce_debugfs_init(void);
void cce_debugfs_exit(void);
void cce_debugfs_add(struct cce_device *cce);
void cce_debugfs_remove(struct cce_device *cce);

#endif
