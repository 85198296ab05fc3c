// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: an engine that is a PCI function. Vector 0 tells of errors, vector 1 + q of
 * completions of queue pair q.
 */
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>

#include "cce_device.h"

#define CCE_BAR	0

static int cce_pci_interrupt(struct cce_device *cce, unsigned int vector)
{
	return pci_irq_vector(to_pci_dev(cce->dev), vector);
}

static void cce_pci_set_master(struct cce_device *cce, bool enable)
{
	struct pci_dev *pdev = to_pci_dev(cce->dev);
	u16 status;

	if (enable) {
		pci_set_master(pdev);
		return;
	}
	/* The bridge drops what the engine tries from here on; the read flushes. */
	pci_clear_master(pdev);
	pci_read_config_word(pdev, PCI_STATUS, &status);
}

static const struct cce_bus cce_pci_bus = {
	.interrupt = cce_pci_interrupt,
	.set_master = cce_pci_set_master,
};

static int cce_pci_set_up(struct cce_device *cce, struct pci_dev *pdev)
{
	struct device *dev = &pdev->dev;
	int error;

	if (pci_resource_len(pdev, CCE_BAR) < CCE_REGISTER_SPACE_BYTES) {
		dev_err(dev, "BAR %d is smaller than the register space\n", CCE_BAR);
		return -ENODEV;
	}
	cce->registers = pci_iomap(pdev, CCE_BAR, CCE_REGISTER_SPACE_BYTES);
	if (!cce->registers)
		return -ENOMEM;

	error = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (error)
		return error;
	/* A segment may have any length, and cross any boundary. */
	dma_set_max_seg_size(dev, UINT_MAX);
	dma_set_seg_boundary(dev, ULONG_MAX);
	return 0;
}

/* One vector a queue pair, spread over the CPUs as queue pairs are chosen. */
static int cce_pci_allocate_vectors(struct cce_device *cce, struct pci_dev *pdev)
{
	struct irq_affinity affinity = { .pre_vectors = CCE_INTERRUPT_VECTOR_EVENT + 1 };
	int vectors;

	vectors = pci_alloc_irq_vectors_affinity(pdev, affinity.pre_vectors + 1,
						 affinity.pre_vectors + cce->queue_count,
						 PCI_IRQ_MSIX | PCI_IRQ_AFFINITY, &affinity);
	if (vectors < 0)
		return dev_err_probe(&pdev->dev, vectors, "no MSI-X vectors\n");
	cce->queue_count = vectors - affinity.pre_vectors;
	return 0;
}

static int cce_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct cce_device *cce;
	int error;

	cce = devm_kzalloc(&pdev->dev, sizeof(*cce), GFP_KERNEL);
	if (!cce)
		return -ENOMEM;
	cce->dev = &pdev->dev;
	cce->bus = &cce_pci_bus;
	cce->simulated = pdev->subsystem_device == CCE_PCI_SUBSYSTEM_SIMULATED;
	pci_set_drvdata(pdev, cce);

	error = pci_enable_device_mem(pdev);
	if (error)
		return error;
	error = pci_request_mem_regions(pdev, KBUILD_MODNAME);
	if (error)
		goto disable;
	error = cce_pci_set_up(cce, pdev);
	if (!error)
		error = cce_device_identify(cce);
	if (error)
		goto unmap;
	error = cce_pci_allocate_vectors(cce, pdev);
	if (error)
		goto unmap;
	error = cce_device_add(cce);
	if (error)
		goto free_vectors;
	/* The PCI core holds it awake until here. */
	pm_runtime_put_autosuspend(&pdev->dev);
	return 0;

free_vectors:
	pci_free_irq_vectors(pdev);
unmap:
	if (cce->registers)
		pci_iounmap(pdev, cce->registers);
	pci_release_mem_regions(pdev);
disable:
	pci_disable_device(pdev);
	return error;
}

static void cce_pci_remove(struct pci_dev *pdev)
{
	struct cce_device *cce = pci_get_drvdata(pdev);

	/* Takes the hold that the PCI core gives back. */
	cce_device_remove(cce);
	pci_free_irq_vectors(pdev);
	pci_iounmap(pdev, cce->registers);
	pci_release_mem_regions(pdev);
	pci_disable_device(pdev);
}

static void cce_pci_shutdown(struct pci_dev *pdev)
{
	cce_device_shut_down(pci_get_drvdata(pdev));
}

static const struct pci_device_id cce_pci_ids[] = {
	{ PCI_DEVICE(CCE_PCI_VENDOR, CCE_PCI_DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, cce_pci_ids);

struct pci_driver cce_pci_driver = {
	.name = KBUILD_MODNAME,
	.id_table = cce_pci_ids,
	.probe = cce_pci_probe,
	.remove = cce_pci_remove,
	.shutdown = cce_pci_shutdown,
	.driver.pm = pm_ptr(&cce_pm_operations),
	.dev_groups = cce_sysfs_groups,
};
