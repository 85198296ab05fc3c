// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: the engines that take requests.
 *
 * The table is read on every request, under RCU. An arriving engine means a new table; a leaving
 * one is taken out in place. A reader that finds an engine takes a reference (struct cce_device,
 * @requests), which belongs to the request until the request has ended.
 */
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "cce_device.h"
#include "cce_queue.h"

struct cce_table {
	struct rcu_head rcu;
	unsigned int count;
	struct cce_device *device[];
};

static DEFINE_MUTEX(cce_table_lock);	/* serializes writers */
static struct cce_table __rcu *cce_table;

static void cce_registry_replace(struct cce_table *new)
{
	struct cce_table *old;

	old = rcu_replace_pointer(cce_table, new, lockdep_is_held(&cce_table_lock));
	if (old)
		kfree_rcu(old, rcu);
}

/**
 * cce_registry_add() - let an engine take requests
 * @cce: engine whose queues run
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int cce_registry_add(struct cce_device *cce)
{
	struct cce_table *old, *new;
	unsigned int count;

	mutex_lock(&cce_table_lock);
	old = rcu_dereference_protected(cce_table, lockdep_is_held(&cce_table_lock));
	count = old ? old->count : 0;

	new = kzalloc(struct_size(new, device, count + 1), GFP_KERNEL);
	if (!new) {
		mutex_unlock(&cce_table_lock);
		return -ENOMEM;
	}
	if (old)
		memcpy(new->device, old->device, count * sizeof(old->device[0]));
	new->device[count] = cce;
	new->count = count + 1;
	cce_registry_replace(new);
	mutex_unlock(&cce_table_lock);
	return 0;
}

/**
 * cce_registry_remove() - stop handing an engine out
 * @cce: engine; need not be in the table
 *
 * When this returns, no reader can find the engine any more. References that were taken before live
 * on.
 *
 * Removing must not fail for want of memory, so the table keeps its size and the last entry fills
 * the gap. A reader may see the last engine twice or the removed one once more meanwhile: both are
 * harmless.
 *
 * Context: process, sleeps.
 */
void cce_registry_remove(struct cce_device *cce)
{
	struct cce_table *table;
	unsigned int i;

	mutex_lock(&cce_table_lock);
	table = rcu_dereference_protected(cce_table, lockdep_is_held(&cce_table_lock));
	for (i = 0; table && i < table->count; i++) {
		if (table->device[i] != cce)
			continue;
		WRITE_ONCE(table->device[i], table->device[table->count - 1]);
		WRITE_ONCE(table->count, table->count - 1);
		break;
	}
	if (table && !table->count)
		cce_registry_replace(NULL);
	mutex_unlock(&cce_table_lock);
	synchronize_rcu();
}

static struct cce_device *cce_table_get(const struct cce_table *table, unsigned int first,
					bool dead)
{
	unsigned int count = READ_ONCE(table->count);
	unsigned int i;

	for (i = 0; i < count; i++) {
		struct cce_device *cce = READ_ONCE(table->device[(first + i) % count]);

		if (READ_ONCE(cce->dead) == dead && percpu_ref_tryget_live(&cce->requests))
			return cce;
	}
	return NULL;
}

/**
 * cce_registry_get_queue() - choose an engine and a queue pair for the running CPU
 *
 * Description: Spreads CPUs over engines first, then over the queue pairs of each. An engine that
 * was given up is chosen only if there is no other, so that its requests are counted where the
 * reason lies.
 *
 * Context: any.
 * Return: a queue pair, with a reference to give back through cce_registry_put_queue(), or NULL if
 *	there is no engine.
 */
struct cce_queue *cce_registry_get_queue(void)
{
	unsigned int cpu = raw_smp_processor_id();
	struct cce_queue *queue = NULL;
	struct cce_device *cce = NULL;
	struct cce_table *table;

	rcu_read_lock();
	table = rcu_dereference(cce_table);
	if (table) {
		cce = cce_table_get(table, cpu, false);
		if (!cce)
			cce = cce_table_get(table, cpu, true);
		if (cce)
			queue = &cce->queues[cpu / max(READ_ONCE(table->count), 1U) %
					     cce->queue_count];
	}
	rcu_read_unlock();
	return queue;
}

/**
 * cce_registry_put_queue() - the request has ended, or goes to the CPU
 * @queue: queue pair from cce_registry_get_queue()
 *
 * Context: any. The engine may be gone when this returns, unless the caller has another hold on it.
 */
void cce_registry_put_queue(struct cce_queue *queue)
{
	percpu_ref_put(&queue->cce->requests);
}

/**
 * cce_registry_describe() - what there is
 * @engines: receives how many there are, without those that were given up
 * @queue_pairs: receives their number
 * @algorithms: receives what at least one of them can do, as global.algorithms
 *
 * Context: process.
 */
void cce_registry_describe(u32 *engines, u32 *queue_pairs, u32 *algorithms)
{
	struct cce_table *table;
	unsigned int i;

	*engines = 0;
	*queue_pairs = 0;
	*algorithms = 0;
	mutex_lock(&cce_table_lock);
	table = rcu_dereference_protected(cce_table, lockdep_is_held(&cce_table_lock));
	for (i = 0; table && i < table->count; i++) {
		const struct cce_device *cce = table->device[i];

		if (READ_ONCE(cce->dead))
			continue;
		*engines += 1;
		*queue_pairs += cce->queue_count;
		*algorithms |= cce->algorithms;
	}
	mutex_unlock(&cce_table_lock);
}
