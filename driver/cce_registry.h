/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: the engines that take requests.
 */
#ifndef CCE_REGISTRY_H
#define CCE_REGISTRY_H

struct cce_device;
struct cce_queue;

int cce_registry_add(struct cce_device *cce);
void cce_registry_remove(struct cce_device *cce);
struct cce_queue *cce_registry_get_queue(void);
void cce_registry_put_queue(struct cce_queue *queue);

#endif
