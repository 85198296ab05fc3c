/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: what happens when the engine doesn't answer.
 */
#ifndef CCE_RECOVERY_H
#define CCE_RECOVERY_H

#include <linux/types.h>

struct cce_device;
struct cce_queue;

void cce_recovery_init(struct cce_device *cce);
unsigned long cce_recovery_timeout(void);
void cce_recovery_watch(struct cce_device *cce);
int cce_recovery_reset_engine(struct cce_device *cce);
void cce_recovery_give_up(struct cce_device *cce, const char *why);

#endif
