/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: counters for people and tests.
 */
#ifndef CCE_DEBUGFS_H
#define CCE_DEBUGFS_H

struct cce_device;

void cce_debugfs_init(void);
void cce_debugfs_exit(void);
void cce_debugfs_add(struct cce_device *cce);
void cce_debugfs_remove(struct cce_device *cce);

#endif
