// SPDX-License-Identifier: GPL-2.0-only
/*
 * Null transport: the engine's side, and the device that the driver binds to.
 *
 * A doorbell only notes how far the submission ring has been filled. The completion entries are written when the benchmark
 * says so, all with status ok and in order; no text is touched. So submission and completion can be timed apart, and
 * nothing of the engine is in the figures.
 */
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/vmalloc.h>

#include "cce_contract.h"
#include "cce_device.h"

#define NULL_QUEUES	4
#define NULL_VECTORS	(NULL_QUEUES + 1)

struct null_queue {
	u16 submission_tail, completion_tail;
	bool interrupt;
};

static u32 *null_registers;
static struct null_queue null_queues[NULL_QUEUES];
static int null_irq;

static u32 *null_register(unsigned long offset)
{
	return &null_registers[offset / sizeof(u32)];
}

static u32 *null_queue_register(unsigned int queue, unsigned long offset)
{
	return null_register(CCE_QUEUE_BASE + queue * CCE_QUEUE_STRIDE + offset);
}

u32 cce_null_read(const void __iomem *address)
{
	return *(const volatile u32 __force *)address;
}

void cce_null_write(u32 value, void __iomem *address)
{
	unsigned long offset = (unsigned long)((u8 __force *)address - (u8 *)null_registers);
	unsigned int queue;

	if (offset >= CCE_DOORBELL_BASE) {
		queue = (offset - CCE_DOORBELL_BASE) / CCE_DOORBELL_STRIDE;
		if ((offset & (CCE_DOORBELL_STRIDE - 1)) == CCE_DOORBELL_SUBMISSION_TAIL)
			null_queues[queue].submission_tail = value;
		return;
	}
	if (offset == CCE_GLOBAL_BASE + CCE_GLOBAL_CONTROL)
		value = 0;	/* reset is done at once */
	*null_register(offset) = value;
	if (offset < CCE_QUEUE_BASE || (offset & (CCE_QUEUE_STRIDE - 1)) != CCE_QUEUE_CONTROL)
		return;
	queue = (offset - CCE_QUEUE_BASE) / CCE_QUEUE_STRIDE;
	*null_register(offset) &= ~CCE_QUEUE_CONTROL_RESET_MASK;
	*null_queue_register(queue, CCE_QUEUE_STATUS) =
		value & CCE_QUEUE_CONTROL_ENABLE_MASK ? CCE_QUEUE_STATE_RUNNING : CCE_QUEUE_STATE_DISABLED;
	null_queues[queue] = (struct null_queue){ };
}

/* On a machine without an IOMMU, as User Mode Linux is, a bus address is a physical one. */
static void *null_ring(unsigned int queue, unsigned long low)
{
	return phys_to_virt(*null_queue_register(queue, low) |
			    (u64)*null_queue_register(queue, low + sizeof(u32)) << 32);
}

void cce_null_complete(void)
{
	unsigned int i;

	if (!null_registers)
		return;
	for (i = 0; i < NULL_QUEUES; i++) {
		struct null_queue *queue = &null_queues[i];
		u32 sizes = *null_queue_register(i, CCE_QUEUE_RING_SIZE);
		unsigned int log2 = (sizes & CCE_QUEUE_RING_SIZE_SUBMISSION_LOG2_MASK) >>
				    CCE_QUEUE_RING_SIZE_SUBMISSION_LOG2_SHIFT;
		struct cce_descriptor *submission;
		struct cce_completion *completion;

		for (; queue->completion_tail != queue->submission_tail; queue->completion_tail++) {
			unsigned int slot = queue->completion_tail & (BIT(log2) - 1);

			submission = null_ring(i, CCE_QUEUE_SUBMISSION_BASE_LOW);
			completion = null_ring(i, CCE_QUEUE_COMPLETION_BASE_LOW);
			completion[slot] = (struct cce_completion){
				.cookie = submission[slot].cookie,
				.submission_head = cpu_to_le16(queue->submission_tail),
				.phase = !((queue->completion_tail >> log2) & 1),
			};
			queue->interrupt = true;
		}
	}
}
EXPORT_SYMBOL_GPL(cce_null_complete);

void cce_null_interrupt(void)
{
	unsigned int i;

	for (i = 0; i < NULL_QUEUES; i++) {
		if (!null_queues[i].interrupt)
			continue;
		null_queues[i].interrupt = false;
		local_irq_disable();
		generic_handle_irq(null_irq + CCE_INTERRUPT_VECTOR_EVENT + 1 + i);
		local_irq_enable();
	}
}
EXPORT_SYMBOL_GPL(cce_null_interrupt);

static int null_bus_interrupt(struct cce_device *cce, unsigned int vector)
{
	return null_irq + vector;
}

static void null_bus_set_master(struct cce_device *cce, bool enable)
{
}

static const struct cce_bus null_bus = {
	.interrupt = null_bus_interrupt,
	.set_master = null_bus_set_master,
};

/* The standing engine may look once more before it is stopped. One processor, and it does not sleep while it looks. */
static void null_free(void)
{
	u32 *registers = null_registers;

	null_registers = NULL;
	vfree(registers);
	if (null_irq >= 0)
		irq_free_descs(null_irq, NULL_VECTORS);
}

static int null_probe(struct platform_device *pdev)
{
	struct cce_device *cce;
	unsigned int i;
	int error;

	cce = devm_kzalloc(&pdev->dev, sizeof(*cce), GFP_KERNEL);
	if (!cce)
		return -ENOMEM;
	null_registers = vzalloc(CCE_REGISTER_SPACE_BYTES);
	null_irq = irq_alloc_descs(-1, 1, NULL_VECTORS, NUMA_NO_NODE);
	if (!null_registers || null_irq < 0) {
		null_free();
		return -ENOMEM;
	}
	for (i = 0; i < NULL_VECTORS; i++)
		irq_set_chip_and_handler(null_irq + i, &dummy_irq_chip, handle_simple_irq);

	*null_register(CCE_GLOBAL_BASE + CCE_GLOBAL_IDENTIFICATION) = CCE_IDENTIFICATION_VALUE;
	*null_register(CCE_GLOBAL_BASE + CCE_GLOBAL_VERSION) = CCE_VERSION_MAJOR << CCE_GLOBAL_VERSION_MAJOR_SHIFT;
	*null_register(CCE_GLOBAL_BASE + CCE_GLOBAL_ALGORITHMS) = U32_MAX;
	*null_register(CCE_GLOBAL_BASE + CCE_GLOBAL_GEOMETRY) =
		NULL_QUEUES << CCE_GLOBAL_GEOMETRY_QUEUE_COUNT_SHIFT;

	cce->dev = &pdev->dev;
	cce->bus = &null_bus;
	cce->registers = (void __iomem __force *)null_registers;
	platform_set_drvdata(pdev, cce);
	dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	dma_set_max_seg_size(&pdev->dev, UINT_MAX);
	error = cce_device_identify(cce) ?: cce_device_add(cce);
	if (error)
		null_free();
	return error;
}

static int null_remove(struct platform_device *pdev)
{
	cce_device_remove(platform_get_drvdata(pdev));
	null_free();
	return 0;
}

struct platform_driver cce_platform_driver = {
	.probe = null_probe,
	.remove = null_remove,
	.driver.name = KBUILD_MODNAME,
	.driver.dev_groups = cce_sysfs_groups,
};

/* The module registers one of each kind; this one finds nothing. */
static const struct pci_device_id null_pci_ids[] = {
	{ }
};

struct pci_driver cce_pci_driver = {
	.name = KBUILD_MODNAME,
	.id_table = null_pci_ids,
};
