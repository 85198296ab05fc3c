// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hands the resources of an engine's PCI function to a platform device: the driver's way of a system-on-chip, on
 * machines whose engine is on PCI. Load it before cce.ko, which then finds no PCI function without a driver. Only for
 * tests.
 */
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/string.h>

#include "cce_contract.h"

#define BRIDGE_QUEUES_MOST	64

static bool simulated = true;
module_param(simulated, bool, 0444);
MODULE_PARM_DESC(simulated, "Tell that the engine's time is not the CPU's (default: true)");

struct bridge {
	struct platform_device *platform;
	char names[BRIDGE_QUEUES_MOST + 1][8];
	struct resource resources[BRIDGE_QUEUES_MOST + 2];
};

static int bridge_add_device(struct bridge *bridge, struct pci_dev *pdev, int vectors)
{
	static const struct property_entry properties[] = {
		PROPERTY_ENTRY_BOOL("core-crypto-engine,simulated"),
		{ }
	};
	struct platform_device_info info = {
		.parent = &pdev->dev,
		.name = "cce",
		.id = PLATFORM_DEVID_AUTO,
		.res = bridge->resources,
		.num_res = vectors + 1,
		.dma_mask = DMA_BIT_MASK(64),
		.properties = simulated ? properties : NULL,
	};
	int i;

	bridge->resources[0] = (struct resource)DEFINE_RES_MEM(pci_resource_start(pdev, 0),
							       pci_resource_len(pdev, 0));
	bridge->resources[0].parent = &pdev->resource[0];
	for (i = 0; i < vectors; i++) {
		if (i == CCE_INTERRUPT_VECTOR_EVENT)
			strscpy(bridge->names[i], "event", sizeof(bridge->names[i]));
		else
			snprintf(bridge->names[i], sizeof(bridge->names[i]), "queue%d",
				 i - CCE_INTERRUPT_VECTOR_EVENT - 1);
		bridge->resources[i + 1] = (struct resource)DEFINE_RES_IRQ_NAMED(pci_irq_vector(pdev, i),
										 bridge->names[i]);
	}
	bridge->platform = platform_device_register_full(&info);
	return PTR_ERR_OR_ZERO(bridge->platform);
}

static int bridge_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct bridge *bridge;
	int vectors, error;

	bridge = devm_kzalloc(&pdev->dev, sizeof(*bridge), GFP_KERNEL);
	if (!bridge)
		return -ENOMEM;
	pci_set_drvdata(pdev, bridge);
	error = pci_enable_device_mem(pdev);
	if (error)
		return error;
	pci_set_master(pdev);
	vectors = pci_alloc_irq_vectors(pdev, 2, BRIDGE_QUEUES_MOST + 1, PCI_IRQ_MSIX);
	if (vectors < 0) {
		error = vectors;
		goto disable;
	}
	error = bridge_add_device(bridge, pdev, vectors);
	if (error)
		goto free_vectors;
	dev_info(&pdev->dev, "%s has its resources\n", dev_name(&bridge->platform->dev));
	return 0;

free_vectors:
	pci_free_irq_vectors(pdev);
disable:
	pci_disable_device(pdev);
	return error;
}

static void bridge_remove(struct pci_dev *pdev)
{
	struct bridge *bridge = pci_get_drvdata(pdev);

	platform_device_unregister(bridge->platform);
	pci_free_irq_vectors(pdev);
	pci_clear_master(pdev);
	pci_disable_device(pdev);
}

static const struct pci_device_id bridge_ids[] = {
	{ PCI_DEVICE(CCE_PCI_VENDOR, CCE_PCI_DEVICE) },
	{ }
};

static struct pci_driver bridge_driver = {
	.name = KBUILD_MODNAME,
	.id_table = bridge_ids,
	.probe = bridge_probe,
	.remove = bridge_remove,
};
module_pci_driver(bridge_driver);

MODULE_DESCRIPTION("Core Crypto Engine: a PCI function as a platform device, for tests");
MODULE_AUTHOR("Core Crypto Engine project");
MODULE_LICENSE("GPL");
