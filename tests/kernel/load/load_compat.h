/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Load for the Core Crypto Engine's driver: what differs between the kernels from 6.1 on.
 */
#ifndef LOAD_COMPAT_H
#define LOAD_COMPAT_H

#include <linux/crypto.h>
#include <linux/version.h>

/* What a completion function is given: before 6.3 a request, whose @data is what its owner set. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define load_completion_argument struct crypto_async_request *
static inline void *load_completion_owner(struct crypto_async_request *base)
{
	return base->data;
}
#else
#define load_completion_argument void *
static inline void *load_completion_owner(void *data)
{
	return data;
}
#endif

#endif
