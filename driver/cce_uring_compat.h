/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: what differs in io_uring's commands between the kernels from 6.1 on.
 */
#ifndef CCE_URING_COMPAT_H
#define CCE_URING_COMPAT_H

#include <linux/io_uring.h>
#include <linux/version.h>
#include <uapi/linux/io_uring.h>

/* A completion must be able to tell in which context it runs: since 6.3, and since 6.1.22. */
#if IS_ENABLED(CONFIG_IO_URING)
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define CCE_HAS_URING
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 22) && \
	LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define CCE_HAS_URING
#endif
#endif

#ifdef CCE_HAS_URING

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#include <linux/io_uring/cmd.h>
#endif

/* Where the 80 bytes of a command are. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define cce_uring_payload(command) ((command)->cmd)
#else
/* By its offset: as a member it has no length. */
#define cce_uring_payload(command)								\
	((const void *)((command)->sqe) + offsetof(struct io_uring_sqe, cmd))
#endif

/* Since 6.18 a second result has a function of its own. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define cce_uring_cmd_done(command, result, flags) io_uring_cmd_done(command, result, 0, flags)
#else
#define cce_uring_cmd_done(command, result, flags) io_uring_cmd_done(command, result, flags)
#endif

/* CCE_URING_TASK_WORK(): a function for io_uring_cmd_complete_in_task() that calls another. */
#ifdef IO_URING_CMD_TASK_WORK_ISSUE_FLAGS
#define CCE_URING_TASK_WORK(name, finish)							\
	static void name(struct io_tw_req request, io_tw_token_t token)				\
	{											\
		finish(io_uring_cmd_from_tw(request), IO_URING_CMD_TASK_WORK_ISSUE_FLAGS);	\
	}
#else
#define CCE_URING_TASK_WORK(name, finish)							\
	static void name(struct io_uring_cmd *command, unsigned int issue_flags)		\
	{											\
		finish(command, issue_flags);							\
	}
#endif

/* Fixed buffers and the like; the uppermost two bits are io_uring's own. */
#define cce_uring_flags(command) ((command)->flags & 0x3fffffff)

/* Since 6.15 a buffer is looked up here, which needs to know about the ring's lock. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
#define cce_uring_import(command, address, bytes, direction, iterator, flags)			\
	io_uring_cmd_import_fixed(address, bytes, direction, iterator, command)
#else
#define cce_uring_import(command, address, bytes, direction, iterator, flags)			\
	io_uring_cmd_import_fixed(address, bytes, direction, iterator, command, flags)
#endif

#define cce_uring_is_wide(issue_flags) ((issue_flags) & IO_URING_F_SQE128)

#endif /* CCE_HAS_URING */

#endif
