/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Null transport: an engine that is nothing but memory, for the cost of the driver alone. Included in front of every
 * source of the driver, it takes the place of the register accesses.
 */
#ifndef CCE_NULL_TRANSPORT_H
#define CCE_NULL_TRANSPORT_H

#include <linux/io.h>
#include <linux/types.h>

u32 cce_null_read(const void __iomem *address);
void cce_null_write(u32 value, void __iomem *address);

#undef readl
#undef writel
#define readl(address) cce_null_read(address)
#define writel(value, address) cce_null_write(value, address)

/* Let the engine complete what was submitted, without an interrupt. */
void cce_null_complete(void);
/* Let it raise the interrupt of every queue pair that has completed something: softirqs disabled. */
void cce_null_interrupt(void);

#endif
