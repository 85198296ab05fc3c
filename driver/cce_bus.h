/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: the ways that an engine is attached.
 */
#ifndef CCE_BUS_H
#define CCE_BUS_H

int cce_pci_register(void);
void cce_pci_unregister(void);
int cce_platform_register(void);
void cce_platform_unregister(void);

#endif
