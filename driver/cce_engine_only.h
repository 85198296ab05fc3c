/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: what /dev/cce offers and the CPU can't do.
 */
#ifndef CCE_ENGINE_ONLY_H
#define CCE_ENGINE_ONLY_H

#include <linux/types.h>

struct cce_request;

u32 cce_engine_only_capabilities(void);
int cce_engine_only_refuse(struct cce_request *request, bool may_sleep);
void cce_engine_only_wake(void);

#endif
