/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: what differs between the kernels from 6.1 on, and nothing else.
 */
#ifndef CCE_COMPAT_H
#define CCE_COMPAT_H

#include <crypto/aes.h>
#include <crypto/algapi.h>
#include <crypto/internal/hash.h>
#include <linux/version.h>

/*
 * What a request's completion function is given: before 6.3 a request, whose @data is what its
 * owner set; since then @data itself.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define cce_completion_argument struct crypto_async_request *
static inline void *cce_completion_owner(struct crypto_async_request *base)
{
	return base->data;
}
#else
#define cce_completion_argument void *
static inline void *cce_completion_owner(void *data)
{
	return data;
}
#endif

/* Since 6.11 removing a platform device can't even pretend to fail. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
#define cce_platform_remove_result int
#define cce_platform_removed 0
#else
#define cce_platform_remove_result void
#define cce_platform_removed
#endif

/* Since 6.10 a tracepoint knows the string from its declaration. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define cce_assign_string(field, string) __assign_str(field, string)
#else
#define cce_assign_string(field, string) __assign_str(field)
#endif

/*
 * Since 6.16 the kernel has a fallback of its own for each ahash that is asynchronous, of a kind
 * that not every cmac(aes) is. This driver does without: it has a better one.
 */
#ifdef CRYPTO_ALG_NO_FALLBACK
#define CCE_AHASH_FLAGS (CRYPTO_ALG_ASYNC | CRYPTO_ALG_KERN_DRIVER_ONLY | CRYPTO_ALG_NO_FALLBACK)
#else
#define CCE_AHASH_FLAGS (CRYPTO_ALG_ASYNC | CRYPTO_ALG_KERN_DRIVER_ONLY | CRYPTO_ALG_NEED_FALLBACK)
#endif

/*
 * Since 6.16 the kernel can hold back what isn't a whole block, and wants states with and without
 * what is held back exported.
 */
#ifdef CRYPTO_AHASH_ALG_BLOCK_ONLY
#define CCE_AHASH_BLOCK_ONLY CRYPTO_AHASH_ALG_BLOCK_ONLY
static inline void cce_ahash_take_blocks(struct crypto_alg *base)
{
	base->cra_flags |= CRYPTO_AHASH_ALG_BLOCK_ONLY;
	base->cra_reqsize = 0;	/* registering adds to it, each time */
}

#define CCE_AHASH_CORE(export, import) .export_core = export, .import_core = import,
#else
#define CCE_AHASH_BLOCK_ONLY 0
static inline void cce_ahash_take_blocks(struct crypto_alg *base)
{
}

#define CCE_AHASH_CORE(export, import)
#endif

/*
 * AES encryption of single blocks on the CPU, in constant time: what its key schedule is called.
 * -EINVAL for a key of another length than 16, 24 or 32 bytes.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
#define cce_aes_schedule crypto_aes_ctx
#define cce_aes_prepare(schedule, key, key_bytes) aes_expandkey(schedule, key, key_bytes)
#else
#define cce_aes_schedule aes_enckey
#define cce_aes_prepare(schedule, key, key_bytes) aes_prepareenckey(schedule, key, key_bytes)
#endif

/* Since 6.8 an eventfd counts by one only. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define cce_eventfd_signal(eventfd) eventfd_signal(eventfd, 1)
#else
#define cce_eventfd_signal(eventfd) eventfd_signal(eventfd)
#endif

/*
 * For memory that is pinned for long, to be read: a private page must be the process's own. Since
 * 6.2 FOLL_LONGTERM sees to that.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define CCE_FOLL_OWN (FOLL_FORCE | FOLL_WRITE)
#else
#define CCE_FOLL_OWN 0
#endif

#endif
