// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: an engine on a system-on-chip's bus, from the device tree or a board file.
 * Its interrupts are named: "event", and "queue0" and so on.
 */
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/property.h>

#include "cce_compat.h"
#include "cce_device.h"

static int cce_platform_interrupt(struct cce_device *cce, unsigned int vector)
{
	struct platform_device *pdev = to_platform_device(cce->dev);
	char name[16];

	if (vector == CCE_INTERRUPT_VECTOR_EVENT)
		return platform_get_irq_byname(pdev, "event");
	snprintf(name, sizeof(name), "queue%u", vector - CCE_INTERRUPT_VECTOR_EVENT - 1);
	return platform_get_irq_byname(pdev, name);
}

/* Here nothing stands between the engine and memory: resetting it must do. */
static void cce_platform_set_master(struct cce_device *cce, bool enable)
{
}

static const struct cce_bus cce_platform_bus = {
	.interrupt = cce_platform_interrupt,
	.set_master = cce_platform_set_master,
};

/* A queue pair without an interrupt is not used. */
static int cce_platform_count_queues(struct cce_device *cce, struct platform_device *pdev)
{
	unsigned int i;
	char name[16];
	int irq;

	for (i = 0; i < cce->queue_count; i++) {
		snprintf(name, sizeof(name), "queue%u", i);
		irq = platform_get_irq_byname_optional(pdev, name);
		if (irq == -EPROBE_DEFER)
			return irq;
		if (irq < 0)
			break;
	}
	if (!i)
		return dev_err_probe(&pdev->dev, -EINVAL, "no interrupt named queue0\n");
	cce->queue_count = i;
	return 0;
}

static int cce_platform_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct cce_device *cce;
	struct resource *resource;
	int error;

	cce = devm_kzalloc(dev, sizeof(*cce), GFP_KERNEL);
	if (!cce)
		return -ENOMEM;
	cce->dev = dev;
	cce->bus = &cce_platform_bus;
	cce->simulated = device_property_read_bool(dev, "core-crypto-engine,simulated");
	platform_set_drvdata(pdev, cce);

	cce->registers = devm_platform_get_and_ioremap_resource(pdev, 0, &resource);
	if (IS_ERR(cce->registers))
		return PTR_ERR(cce->registers);
	if (resource_size(resource) < CCE_REGISTER_SPACE_BYTES)
		return dev_err_probe(dev, -EINVAL, "%pR is smaller than the register space\n",
				     resource);
	error = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (error)
		return error;
	dma_set_max_seg_size(dev, UINT_MAX);
	dma_set_seg_boundary(dev, ULONG_MAX);

	pm_runtime_get_noresume(dev);
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);
	error = cce_device_identify(cce);
	if (!error)
		error = cce_platform_count_queues(cce, pdev);
	if (!error)
		error = cce_device_add(cce);
	if (error) {
		pm_runtime_disable(dev);
		pm_runtime_put_noidle(dev);
		return error;
	}
	pm_runtime_put_autosuspend(dev);
	return 0;
}

static cce_platform_remove_result cce_platform_remove(struct platform_device *pdev)
{
	struct cce_device *cce = platform_get_drvdata(pdev);

	cce_device_remove(cce);
	pm_runtime_disable(&pdev->dev);
	pm_runtime_set_suspended(&pdev->dev);
	pm_runtime_put_noidle(&pdev->dev);
	return cce_platform_removed;
}

static void cce_platform_shutdown(struct platform_device *pdev)
{
	cce_device_shut_down(platform_get_drvdata(pdev));
}

static const struct of_device_id cce_platform_of_ids[] = {
	{ .compatible = "core-crypto-engine,cce" },
	{ }
};
MODULE_DEVICE_TABLE(of, cce_platform_of_ids);

static const struct platform_device_id cce_platform_ids[] = {
	{ "cce" },
	{ }
};
MODULE_DEVICE_TABLE(platform, cce_platform_ids);

struct platform_driver cce_platform_driver = {
	.probe = cce_platform_probe,
	.remove = cce_platform_remove,
	.shutdown = cce_platform_shutdown,
	.id_table = cce_platform_ids,
	.driver = {
		.name = KBUILD_MODNAME,
		.of_match_table = cce_platform_of_ids,
		.pm = pm_ptr(&cce_pm_operations),
		.dev_groups = cce_sysfs_groups,
	},
};
