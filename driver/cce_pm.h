/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: sleep and wake-up.
 */
#ifndef CCE_PM_H
#define CCE_PM_H

#include <linux/pm.h>

struct cce_device;

extern const struct dev_pm_ops cce_pm_operations;

void cce_pm_enable(struct cce_device *cce);
void cce_pm_disable(struct cce_device *cce);
void cce_pm_idle(struct cce_device *cce);
void cce_pm_wake(struct cce_device *cce);

#endif
