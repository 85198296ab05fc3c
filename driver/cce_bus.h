/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: the ways that an engine is attached.
 */
#ifndef CCE_BUS_H
#define CCE_BUS_H

#include <linux/pci.h>
#include <linux/platform_device.h>

extern struct pci_driver cce_pci_driver;
extern struct platform_driver cce_platform_driver;

#endif
