/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: from which length on is the engine worth it?
 */
#ifndef CCE_CALIBRATE_H
#define CCE_CALIBRATE_H

struct cce_device;

int cce_calibrate(struct cce_device *cce);

#endif
