// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: counters for people and tests. Every line reads "name: value".
 *
 *   cce/clients                what /dev/cce is used for
 *   cce/fallbacks              requests that went to the CPU before an engine was chosen, by reason
 *   cce/<device>/fallbacks     requests of this engine that went to the CPU, by reason
 *   cce/<device>/queues        the driver's view of each queue pair
 *   cce/<device>/engine        the engine's own counters, summed over the queue pairs (MMIO)
 */
#include <linux/debugfs.h>
#include <linux/pm_runtime.h>
#include <linux/seq_file.h>

#include "cce_client.h"
#include "cce_device.h"
#include "cce_queue.h"
#include "cce_algorithm.h"

static struct dentry *cce_debugfs_root;

static const char * const cce_fallback_names[CCE_FALLBACK_REASONS] = {
	[CCE_FALLBACK_NO_DEVICE] = "no_device",
	[CCE_FALLBACK_SHORT] = "short",
	[CCE_FALLBACK_UNFIT] = "unfit",
	[CCE_FALLBACK_CAPABILITY] = "capability",
	[CCE_FALLBACK_SEGMENTS] = "segments",
	[CCE_FALLBACK_BOUNCE_SIZE] = "bounce_size",
	[CCE_FALLBACK_MAPPING] = "mapping",
	[CCE_FALLBACK_SUSPENDED] = "suspended",
	[CCE_FALLBACK_RESET] = "reset",
	[CCE_FALLBACK_DEVICE_DEAD] = "device_dead",
};

static const char * const cce_mode_names[] = {
	[CCE_QUEUE_STOPPED] = "stopped",
	[CCE_QUEUE_RUNNING] = "running",
	[CCE_QUEUE_SUSPENDED] = "suspended",
	[CCE_QUEUE_DEAD] = "dead",
};

static int cce_fallbacks_show(struct seq_file *file, void *unused)
{
	struct cce_fallback_counters *counters = file->private;
	unsigned int reason;

	for (reason = CCE_FALLBACK_NO_DEVICE; reason < CCE_FALLBACK_REASONS; reason++)
		seq_printf(file, "%s: %lld\n", cce_fallback_names[reason],
			   atomic64_read(&counters->reason[reason]));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cce_fallbacks);

static void cce_queue_show(struct seq_file *file, struct cce_queue *queue)
{
	struct cce_queue_counters counters;
	unsigned int in_flight, backlog, status;
	enum cce_queue_mode mode;

	spin_lock_bh(&queue->lock);
	counters = queue->counters;
	in_flight = cce_queue_in_flight(queue);
	backlog = queue->backlog_length;
	mode = queue->mode;
	spin_unlock_bh(&queue->lock);

	seq_printf(file, "queue%u.state: %s\n", queue->index, cce_mode_names[mode]);
	seq_printf(file, "queue%u.in_flight: %u\n", queue->index, in_flight);
	seq_printf(file, "queue%u.backlog: %u\n", queue->index, backlog);
	seq_printf(file, "queue%u.submitted: %llu\n", queue->index, counters.submitted);
	seq_printf(file, "queue%u.completed: %llu\n", queue->index, counters.completed);
	seq_printf(file, "queue%u.failed: %llu\n", queue->index, counters.failed);
	seq_printf(file, "queue%u.rejected: %llu\n", queue->index, counters.rejected);
	seq_printf(file, "queue%u.backlogged: %llu\n", queue->index, counters.backlogged);
	seq_printf(file, "queue%u.bounced: %llu\n", queue->index, counters.bounced);
	seq_printf(file, "queue%u.cycles: %llu\n", queue->index, counters.cycles);
	seq_printf(file, "queue%u.resets: %llu\n", queue->index, counters.resets);
	seq_printf(file, "queue%u.interrupts: %lu\n", queue->index, READ_ONCE(queue->interrupts));
	seq_printf(file, "queue%u.in_flight_most: %llu\n", queue->index, counters.in_flight_most);
	seq_printf(file, "queue%u.doorbells: %llu\n", queue->index, counters.doorbells);
	seq_printf(file, "queue%u.polls: %llu\n", queue->index, counters.polls);
	seq_printf(file, "queue%u.polls_won: %llu\n", queue->index, counters.polls_won);
	seq_printf(file, "queue%u.reaped_by_submitters: %llu\n", queue->index,
		   counters.reaped_by_submitters);
	seq_printf(file, "queue%u.moderations: %llu\n", queue->index, counters.moderations);
	seq_printf(file, "queue%u.one_pass: %llu\n", queue->index, counters.one_pass);
	seq_printf(file, "queue%u.two_passes: %llu\n", queue->index, counters.two_passes);
	seq_printf(file, "queue%u.redone: %llu\n", queue->index, counters.redone);
	for (status = 0; status < CCE_STATUS_COUNTERS; status++) {
		if (!counters.status[status])
			continue;
		seq_printf(file, "queue%u.status.%s: %llu\n", queue->index,
			   status < CCE_STATUS_COUNTERS - 1 ? cce_status_name(status) : "unknown",
			   counters.status[status]);
	}
	seq_printf(file, "queue%u.interrupts_lost: %llu\n", queue->index, counters.interrupts_lost);
}

static int cce_queues_show(struct seq_file *file, void *unused)
{
	struct cce_device *cce = file->private;
	unsigned int i;

	for (i = 0; i < cce->queue_count; i++)
		cce_queue_show(file, &cce->queues[i]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cce_queues);

/* A 64-bit counter in two registers, read high, low, high. */
static u64 cce_counter_read(const struct cce_queue *queue, u32 low_offset, u32 high_offset)
{
	u32 high = cce_queue_read(queue, high_offset);
	u32 low = cce_queue_read(queue, low_offset);
	u32 again = cce_queue_read(queue, high_offset);

	if (again != high)	/* it carried in between, so it stands just above the carry */
		low = cce_queue_read(queue, low_offset);
	return (u64)again << 32 | low;
}

static int cce_engine_show(struct seq_file *file, void *unused)
{
	struct cce_device *cce = file->private;
	u64 completed = 0, failed = 0, bytes = 0;
	unsigned int i;

	if (pm_runtime_resume_and_get(cce->dev) < 0)
		return -ENODEV;
	if (!cce_device_present(cce)) {
		pm_runtime_put_autosuspend(cce->dev);
		return -ENODEV;
	}

	for (i = 0; i < cce->queue_count; i++) {
		const struct cce_queue *queue = &cce->queues[i];

		completed +=
			cce_counter_read(queue, CCE_QUEUE_COMPLETED_LOW, CCE_QUEUE_COMPLETED_HIGH);
		failed += cce_counter_read(queue, CCE_QUEUE_FAILED_LOW, CCE_QUEUE_FAILED_HIGH);
		bytes += cce_counter_read(queue, CCE_QUEUE_BYTES_LOW, CCE_QUEUE_BYTES_HIGH);
	}
	pm_runtime_put_autosuspend(cce->dev);
	seq_printf(file, "completed: %llu\n", completed);
	seq_printf(file, "failed: %llu\n", failed);
	seq_printf(file, "bytes: %llu\n", bytes);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cce_engine);

/**
 * cce_debugfs_init() - make the module's directory
 *
 * Context: process.
 */
void cce_debugfs_init(void)
{
	cce_debugfs_root = debugfs_create_dir("cce", NULL);
	debugfs_create_file("fallbacks", 0444, cce_debugfs_root, &cce_algorithm_fallbacks,
			    &cce_fallbacks_fops);
	debugfs_create_file("clients", 0444, cce_debugfs_root, NULL, &cce_client_counters_fops);
}

/**
 * cce_debugfs_exit() - remove the module's directory
 *
 * Context: process.
 */
void cce_debugfs_exit(void)
{
	debugfs_remove_recursive(cce_debugfs_root);
}

/**
 * cce_debugfs_add() - make an engine's directory
 * @cce: engine
 *
 * Context: process.
 */
void cce_debugfs_add(struct cce_device *cce)
{
	cce->debugfs = debugfs_create_dir(dev_name(cce->dev), cce_debugfs_root);
	debugfs_create_file("queues", 0444, cce->debugfs, cce, &cce_queues_fops);
	debugfs_create_file("engine", 0400, cce->debugfs, cce, &cce_engine_fops);
	debugfs_create_file("fallbacks", 0444, cce->debugfs, &cce->fallbacks, &cce_fallbacks_fops);
}

/**
 * cce_debugfs_remove() - remove an engine's directory; no reader is left on return
 * @cce: engine
 *
 * Context: process, sleeps.
 */
void cce_debugfs_remove(struct cce_device *cce)
{
	debugfs_remove_recursive(cce->debugfs);
	cce->debugfs = NULL;
}
