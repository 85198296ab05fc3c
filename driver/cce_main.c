// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: module, set-up and teardown of an engine.
 */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#define CREATE_TRACE_POINTS
#include "cce_trace.h"

#include "cce_algorithm.h"
#include "cce_client.h"
#include "cce_device.h"
#include "cce_key.h"
#include "cce_queue.h"

#define CCE_CLOCK_MEASURE_US	20
#define CCE_CYCLE_PS_MINIMUM	100
#define CCE_CYCLE_PS_MAXIMUM	1000000

#define CCE_KEY_SIZES	(CCE_GLOBAL_ALGORITHMS_AES_128_MASK | \
			 CCE_GLOBAL_ALGORITHMS_AES_192_MASK | \
			 CCE_GLOBAL_ALGORITHMS_AES_256_MASK)

static unsigned int queues;
module_param(queues, uint, 0444);
MODULE_PARM_DESC(queues, "Queue pairs to use of each engine (default 0: all)");

static irqreturn_t cce_event_interrupt(int irq, void *data)
{
	struct cce_device *cce = data;

	queue_work(cce->workqueue, &cce->event);
	return IRQ_HANDLED;
}

static void cce_requests_release(struct percpu_ref *requests)
{
	struct cce_device *cce = container_of(requests, struct cce_device, requests);

	complete(&cce->drained);
}

/*
 * How long is a cycle of the engine? Only a clock that runs while the engine is idle, and at the
 * same speed for us, can tell: else nothing is polled for.
 */
static void cce_measure_clock(struct cce_device *cce)
{
	u64 start, ns;
	u32 cycles;

	cycles = cce_global_read(cce, CCE_GLOBAL_CYCLE_LOW);
	start = ktime_get_ns();
	udelay(CCE_CLOCK_MEASURE_US);
	cycles = cce_global_read(cce, CCE_GLOBAL_CYCLE_LOW) - cycles;
	ns = ktime_get_ns() - start;
	if (!cycles || ns > 100 * CCE_CLOCK_MEASURE_US * NSEC_PER_USEC)
		return;
	ns = div_u64(ns * 1000, cycles);
	if (ns >= CCE_CYCLE_PS_MINIMUM && ns <= CCE_CYCLE_PS_MAXIMUM)
		cce->cycle_ps = ns;
}

/**
 * cce_device_identify() - is this an engine that we can drive? Reads what must be known of it
 * @cce: engine; @dev, @bus and @registers are set
 *
 * Context: process.
 * Return: 0, or -ENODEV; why is logged.
 */
int cce_device_identify(struct cce_device *cce)
{
	struct device *dev = cce->dev;
	u32 version, geometry, major, identification;

	identification = cce_global_read(cce, CCE_GLOBAL_IDENTIFICATION);
	if (identification != CCE_IDENTIFICATION_VALUE) {
		dev_err(dev, "identification is %#x, not %#x%s\n", identification,
			CCE_IDENTIFICATION_VALUE,
			identification == U32_MAX ? ": nothing answers" : "");
		return -ENODEV;
	}

	version = cce_global_read(cce, CCE_GLOBAL_VERSION);
	major = (version & CCE_GLOBAL_VERSION_MAJOR_MASK) >> CCE_GLOBAL_VERSION_MAJOR_SHIFT;
	if (major != CCE_VERSION_MAJOR) {
		dev_err(dev, "contract version %u isn't supported, only %u\n", major,
			CCE_VERSION_MAJOR);
		return -ENODEV;
	}
	/* The register came with version 0.3. */
	cce->tells_fetch_head = major || (version & CCE_GLOBAL_VERSION_MINOR_MASK) >= 3;

	cce->algorithms = cce_global_read(cce, CCE_GLOBAL_ALGORITHMS);
	geometry = cce_global_read(cce, CCE_GLOBAL_GEOMETRY);
	cce->queue_count = (geometry & CCE_GLOBAL_GEOMETRY_QUEUE_COUNT_MASK) >>
			   CCE_GLOBAL_GEOMETRY_QUEUE_COUNT_SHIFT;
	if (!cce->queue_count || cce->queue_count > CCE_QUEUE_LIMIT) {
		dev_err(dev, "%u queue pairs aren't possible\n", cce->queue_count);
		return -ENODEV;
	}
	if (!(cce->algorithms & CCE_KEY_SIZES)) {
		dev_err(dev, "no key size among its capabilities, %#x\n", cce->algorithms);
		return -ENODEV;
	}
	if (queues)
		cce->queue_count = min(cce->queue_count, queues);
	cce_measure_clock(cce);
	return 0;
}

/* cce_release_interrupts() undoes it; after an error there is nothing to undo. */
static int cce_request_interrupts(struct cce_device *cce)
{
	int irq = cce->bus->interrupt(cce, CCE_INTERRUPT_VECTOR_EVENT);
	unsigned int i;
	int error;

	if (irq < 0)
		return irq;
	error = request_irq(irq, cce_event_interrupt, 0, "cce-event", cce);
	if (error)
		return error;
	for (i = 0; i < cce->queue_count && !error; i++)
		error = cce_queue_request_irq(&cce->queues[i]);
	if (error) {
		while (i--)
			cce_queue_free_irq(&cce->queues[i]);
		free_irq(irq, cce);
		cancel_work_sync(&cce->event);
	}
	return error;
}

/* No handler, tasklet or work of ours runs or is scheduled on return. */
static void cce_release_interrupts(struct cce_device *cce)
{
	unsigned int i;

	for (i = 0; i < cce->queue_count; i++)
		cce_queue_free_irq(&cce->queues[i]);
	free_irq(cce->bus->interrupt(cce, CCE_INTERRUPT_VECTOR_EVENT), cce);
	cancel_work_sync(&cce->event);
	cancel_delayed_work_sync(&cce->watchdog);
}

static int cce_create_queues(struct cce_device *cce)
{
	unsigned int i;
	int error = 0;

	cce->queues = kcalloc(cce->queue_count, sizeof(*cce->queues), GFP_KERNEL);
	if (!cce->queues)
		return -ENOMEM;
	for (i = 0; i < cce->queue_count && !error; i++)
		error = cce_queue_create(&cce->queues[i], cce, i);
	if (error) {
		while (i--)
			cce_queue_destroy(&cce->queues[i]);
		kfree(cce->queues);
	}
	return error;
}

static void cce_destroy_queues(struct cce_device *cce)
{
	unsigned int i;

	for (i = 0; i < cce->queue_count; i++)
		cce_queue_destroy(&cce->queues[i]);
	kfree(cce->queues);
}

static int cce_start_queues(struct cce_device *cce)
{
	unsigned int i;
	int error;

	/* Whoever had the engine before us, say a crashed kernel, may have left it running. */
	error = cce_recovery_reset_engine(cce);
	if (error) {
		dev_err(cce->dev, "engine reset failed\n");
		return error;
	}
	cce->bus->set_master(cce, true);
	for (i = 0; i < cce->queue_count; i++) {
		error = cce_queue_start(&cce->queues[i]);
		if (error)
			return error;
		cce_queue_set_mode(&cce->queues[i], CCE_QUEUE_RUNNING);
	}
	return 0;
}

/*
 * Take the engine out of service: no request of it is left on return, and it does no DMA.
 *
 * Nobody finds the engine any more once it has left the registry; requests that found it before
 * hold references. As long as the engine answers, those in flight and in the backlog end by
 * themselves, and the watchdog ends those that don't. Whatever is left after that, or if
 * the engine has gone already, ends by giving the engine up: what is in flight fails, the backlog
 * goes to the CPU. Either way the references run dry: the final wait needs no bound.
 */
static void cce_retire(struct cce_device *cce)
{
	/* The watchdog gets its chance: twice the timeout, and time for its resets. */
	unsigned long patience = 2 * cce_recovery_timeout() + HZ;
	const char *why = NULL;

	if (percpu_ref_is_dying(&cce->requests))
		return;		/* shut down, then removed */

	cce_registry_remove(cce);
	percpu_ref_kill(&cce->requests);

	if (!cce_device_present(cce))
		why = "no answer from the bus";
	else if (!wait_for_completion_timeout(&cce->drained, patience))
		why = "requests outlast the removal";
	if (why) {
		mutex_lock(&cce->recovery);
		if (!completion_done(&cce->drained))
			cce_recovery_give_up(cce, why);
		mutex_unlock(&cce->recovery);
		wait_for_completion(&cce->drained);
	}

	if (!READ_ONCE(cce->dead) && cce_recovery_reset_engine(cce))
		dev_err(cce->dev, "engine reset failed\n");
	cce->bus->set_master(cce, false);
}

/**
 * cce_device_add() - put an engine to work
 * @cce: zeroed engine, but for what its bus and cce_device_identify() have set; its driver data is
 *	set, and its interrupts can be requested
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int cce_device_add(struct cce_device *cce)
{
	struct device *dev = cce->dev;
	int error;

	init_completion(&cce->drained);
	cce_recovery_init(cce);

	error = percpu_ref_init(&cce->requests, cce_requests_release, 0, GFP_KERNEL);
	if (error)
		return error;
	/* Disks may wait for us, and memory for the disks. */
	cce->workqueue = alloc_ordered_workqueue("cce-%s", WQ_MEM_RECLAIM, dev_name(dev));
	if (!cce->workqueue) {
		error = -ENOMEM;
		goto exit_requests;
	}
	error = cce_create_queues(cce);
	if (error)
		goto destroy_workqueue;
	error = cce_request_interrupts(cce);
	if (error)
		goto destroy_queues;
	error = cce_start_queues(cce);
	if (error)
		goto stop;
	error = cce_registry_add(cce);
	if (error)
		goto stop;

	cce_pm_enable(cce);
	cce_debugfs_add(cce);
	dev_info(dev, "%u queue pairs, algorithms %#x, %u ps a cycle\n", cce->queue_count,
		 cce->algorithms, cce->cycle_ps);

	/* Last: the self-tests inside need the engine. */
	error = cce_algorithm_register(cce->algorithms);
	if (error) {
		dev_err(dev, "registering the algorithms failed: %d\n", error);
		cce_debugfs_remove(cce);
		pm_runtime_dont_use_autosuspend(dev);
		cce_retire(cce);
		goto release_interrupts;
	}
	return 0;

stop:
	cce_recovery_reset_engine(cce);
	cce->bus->set_master(cce, false);
release_interrupts:
	cce_release_interrupts(cce);
destroy_queues:
	cce_destroy_queues(cce);
destroy_workqueue:
	destroy_workqueue(cce->workqueue);
exit_requests:
	percpu_ref_exit(&cce->requests);
	return error;
}

/**
 * cce_device_remove() - take an engine out of service and free what cce_device_add() made
 * @cce: engine; its registers need not answer any more
 *
 * Who may still hold the engine, and why each of them runs dry:
 *
 * - Readers of the registry: cce_registry_remove() waits for them (RCU).
 * - Requests, in flight or in a backlog: cce_retire() waits until their references are gone. A
 *   reference is given back after the request's owner was called.
 * - A submitter that has just posted its request and still is inside spin_unlock_bh(): softirqs are
 *   off there, so it is an RCU reader, and references can't run dry before percpu_ref_kill() has
 *   seen a grace period go by. One that polls or takes completions holds a reference of its own.
 * - Interrupt handlers: free_irq() waits for them. Only they schedule tasklets and the event work.
 * - Tasklets, which touch their queue after having ended its last request: tasklet_kill(), after
 *   free_irq(), waits.
 * - The event work: cancelled, with waiting, when no handler can queue it any more.
 * - The watchdog: queued by submissions, of which there are none after cce_retire(), and by itself
 *   only while something is in flight; cancelled, with waiting.
 * - Power management: cce_pm_disable() has woken the engine up, and holds it awake.
 * - Readers of debugfs: cce_debugfs_remove() waits for them.
 * - The engine's DMA: cce_retire() has reset the engine, and has taken bus mastering away. Only
 *   then are rings freed.
 * - Transformations (tfm) hold the module but no engine.
 *
 * Context: process, sleeps.
 */
void cce_device_remove(struct cce_device *cce)
{
	cce_debugfs_remove(cce);
	cce_pm_disable(cce);
	cce_retire(cce);
	cce_release_interrupts(cce);
	cce_destroy_queues(cce);
	destroy_workqueue(cce->workqueue);
	percpu_ref_exit(&cce->requests);
}

/**
 * cce_device_shut_down() - the machine goes down or another kernel takes over: no DMA any more
 * @cce: engine
 *
 * Context: process, sleeps.
 */
void cce_device_shut_down(struct cce_device *cce)
{
	pm_runtime_get_sync(cce->dev);
	cce_retire(cce);
}

static int __init cce_init(void)
{
	int error;

	error = cce_key_init();
	if (error)
		return error;
	cce_debugfs_init();
	error = pci_register_driver(&cce_pci_driver);
	if (!error) {
		error = platform_driver_register(&cce_platform_driver);
		if (!error) {
			error = cce_client_init();
			if (error)
				platform_driver_unregister(&cce_platform_driver);
		}
		if (error)
			pci_unregister_driver(&cce_pci_driver);
	}
	if (error) {
		cce_algorithm_unregister();
		cce_debugfs_exit();
		cce_key_exit();
	}
	return error;
}

static void __exit cce_exit(void)
{
	/* In this order: a probe registers algorithms. No file, transformation, request is left. */
	cce_client_exit();
	platform_driver_unregister(&cce_platform_driver);
	pci_unregister_driver(&cce_pci_driver);
	cce_algorithm_unregister();
	cce_debugfs_exit();
	cce_key_exit();
}

module_init(cce_init);
module_exit(cce_exit);

MODULE_DESCRIPTION("Core Crypto Engine");
MODULE_AUTHOR("Core Crypto Engine project");
MODULE_LICENSE("GPL");
