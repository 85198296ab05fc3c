// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: module, PCI function, set-up and teardown of an engine.
 */
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "cce_debugfs.h"
#include "cce_device.h"
#include "cce_queue.h"
#include "cce_recovery.h"
#include "cce_registry.h"
#include "cce_skcipher.h"

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

/* Is this an engine that we can drive? Reads what must be known of it. */
static int cce_identify(struct cce_device *cce)
{
	struct device *dev = &cce->pdev->dev;
	u32 version, geometry, major;

	if (!cce_device_present(cce)) {
		dev_err(dev, "identification is %#x\n",
			cce_global_read(cce, CCE_GLOBAL_IDENTIFICATION));
		return -ENODEV;
	}

	version = cce_global_read(cce, CCE_GLOBAL_VERSION);
	major = (version & CCE_GLOBAL_VERSION_MAJOR_MASK) >> CCE_GLOBAL_VERSION_MAJOR_SHIFT;
	if (major != CCE_VERSION_MAJOR) {
		dev_err(dev, "contract version %u isn't supported, only %u\n", major,
			CCE_VERSION_MAJOR);
		return -ENODEV;
	}

	cce->algorithms = cce_global_read(cce, CCE_GLOBAL_ALGORITHMS);
	geometry = cce_global_read(cce, CCE_GLOBAL_GEOMETRY);
	cce->queue_count = (geometry & CCE_GLOBAL_GEOMETRY_QUEUE_COUNT_MASK) >>
			   CCE_GLOBAL_GEOMETRY_QUEUE_COUNT_SHIFT;
	if (!cce->queue_count || cce->queue_count > CCE_QUEUE_LIMIT) {
		dev_err(dev, "%u queue pairs aren't possible\n", cce->queue_count);
		return -ENODEV;
	}
	if (queues)
		cce->queue_count = min(cce->queue_count, queues);
	return 0;
}

static int cce_set_up_pci(struct cce_device *cce)
{
	struct pci_dev *pdev = cce->pdev;
	int error;

	error = pcim_enable_device(pdev);
	if (error)
		return error;
	if (pci_resource_len(pdev, 0) < CCE_REGISTER_SPACE_BYTES)
		return -ENODEV;
	error = pcim_iomap_regions(pdev, BIT(0), KBUILD_MODNAME);
	if (error)
		return error;
	cce->registers = pcim_iomap_table(pdev)[0];

	error = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (error)
		error = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32));
	if (error)
		return error;
	/* A segment may have any length, and cross any boundary. */
	dma_set_max_seg_size(&pdev->dev, UINT_MAX);
	dma_set_seg_boundary(&pdev->dev, ULONG_MAX);
	return 0;
}

/* cce_release_interrupts() undoes it; after an error there is nothing to undo. */
static int cce_request_interrupts(struct cce_device *cce)
{
	struct pci_dev *pdev = cce->pdev;
	unsigned int i;
	int error;

	error = request_irq(pci_irq_vector(pdev, CCE_INTERRUPT_VECTOR_EVENT), cce_event_interrupt,
			    0, "cce-event", cce);
	if (error)
		return error;
	for (i = 0; i < cce->queue_count && !error; i++)
		error = cce_queue_request_irq(&cce->queues[i]);
	if (error) {
		while (i--)
			cce_queue_free_irq(&cce->queues[i]);
		free_irq(pci_irq_vector(pdev, CCE_INTERRUPT_VECTOR_EVENT), cce);
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
	free_irq(pci_irq_vector(cce->pdev, CCE_INTERRUPT_VECTOR_EVENT), cce);
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
		dev_err(&cce->pdev->dev, "engine reset failed\n");
		return error;
	}
	pci_set_master(cce->pdev);
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

	if (!cce->dead && cce_recovery_reset_engine(cce))
		dev_err(&cce->pdev->dev, "engine reset failed\n");
	pci_clear_master(cce->pdev);
}

static int cce_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct device *dev = &pdev->dev;
	struct cce_device *cce;
	int vectors, error;

	cce = devm_kzalloc(dev, sizeof(*cce), GFP_KERNEL);
	if (!cce)
		return -ENOMEM;
	cce->pdev = pdev;
	init_completion(&cce->drained);
	cce_recovery_init(cce);
	pci_set_drvdata(pdev, cce);

	error = cce_set_up_pci(cce);
	if (error)
		return error;
	error = cce_identify(cce);
	if (error)
		return error;

	vectors = pci_alloc_irq_vectors(pdev, CCE_INTERRUPT_VECTOR_EVENT + 2,
					CCE_INTERRUPT_VECTOR_EVENT + 1 + cce->queue_count,
					PCI_IRQ_MSIX);
	if (vectors < 0)
		return dev_err_probe(dev, vectors, "no MSI-X vectors\n");
	cce->queue_count = vectors - CCE_INTERRUPT_VECTOR_EVENT - 1;

	error = percpu_ref_init(&cce->requests, cce_requests_release, 0, GFP_KERNEL);
	if (error)
		goto free_vectors;
	/* Disks may wait for us, and memory for the disks. */
	cce->workqueue = alloc_ordered_workqueue("cce-%s", WQ_MEM_RECLAIM, pci_name(pdev));
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

	cce_debugfs_add(cce);
	dev_info(dev, "%u queue pairs, algorithms %#x\n", cce->queue_count, cce->algorithms);

	/* Last: the self-tests inside need the engine. */
	error = cce_skcipher_register(cce->algorithms);
	if (error) {
		dev_err(dev, "registering the algorithms failed: %d\n", error);
		cce_debugfs_remove(cce);
		cce_retire(cce);
		goto release_interrupts;
	}
	return 0;

stop:
	cce_recovery_reset_engine(cce);
	pci_clear_master(pdev);
release_interrupts:
	cce_release_interrupts(cce);
destroy_queues:
	cce_destroy_queues(cce);
destroy_workqueue:
	destroy_workqueue(cce->workqueue);
exit_requests:
	percpu_ref_exit(&cce->requests);
free_vectors:
	pci_free_irq_vectors(pdev);
	return error;
}

/*
 * Who may still hold the engine, and why each of them runs dry:
 *
 * - Readers of the registry: cce_registry_remove() waits for them (RCU).
 * - Requests, in flight or in a backlog: cce_retire() waits until their references are gone. A
 *   reference is given back after the request's owner was called.
 * - A submitter that has just posted its request and still is inside spin_unlock_bh(): softirqs are
 *   off there, so it is an RCU reader, and references can't run dry before percpu_ref_kill() has
 *   seen a grace period go by.
 * - Interrupt handlers: free_irq() waits for them. Only they schedule tasklets and the event work.
 * - Tasklets, which touch their queue after having ended its last request: tasklet_kill(), after
 *   free_irq(), waits.
 * - The event work: cancelled, with waiting, when no handler can queue it any more.
 * - The watchdog: queued by submissions, of which there are none after cce_retire(), and by itself
 *   only while something is in flight; cancelled, with waiting.
 * - Readers of debugfs: cce_debugfs_remove() waits for them.
 * - The engine's DMA: cce_retire() has reset the engine, and has taken bus mastering away. Only
 *   then are rings freed.
 * - Transformations (tfm) hold the module but no engine.
 */
static void cce_remove(struct pci_dev *pdev)
{
	struct cce_device *cce = pci_get_drvdata(pdev);

	cce_debugfs_remove(cce);
	cce_retire(cce);
	cce_release_interrupts(cce);
	cce_destroy_queues(cce);
	destroy_workqueue(cce->workqueue);
	percpu_ref_exit(&cce->requests);
	pci_free_irq_vectors(pdev);
}

/* The machine goes down or another kernel takes over: the engine must not write any more. */
static void cce_shutdown(struct pci_dev *pdev)
{
	cce_retire(pci_get_drvdata(pdev));
}

static const struct pci_device_id cce_ids[] = {
	{ PCI_DEVICE(CCE_PCI_VENDOR, CCE_PCI_DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, cce_ids);

static struct pci_driver cce_driver = {
	.name = KBUILD_MODNAME,
	.id_table = cce_ids,
	.probe = cce_probe,
	.remove = cce_remove,
	.shutdown = cce_shutdown,
};

static int __init cce_init(void)
{
	int error;

	cce_debugfs_init();
	error = pci_register_driver(&cce_driver);
	if (error) {
		cce_skcipher_unregister();
		cce_debugfs_exit();
	}
	return error;
}

static void __exit cce_exit(void)
{
	/* In this order: a probe registers algorithms. No transformation or request is left. */
	pci_unregister_driver(&cce_driver);
	cce_skcipher_unregister();
	cce_debugfs_exit();
}

module_init(cce_init);
module_exit(cce_exit);

MODULE_DESCRIPTION("Core Crypto Engine");
MODULE_AUTHOR("Core Crypto Engine project");
MODULE_LICENSE("GPL");
