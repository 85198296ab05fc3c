// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: what /dev/cce offers and the CPU can't do. Without an engine such a request
 * ends with an error.
 */
#include <linux/pm_runtime.h>

#include "cce_device.h"
#include "cce_engine_only.h"
#include "cce_queue.h"

/**
 * cce_engine_only_capabilities() - what the engines that take requests now can do
 *
 * Context: process, sleeps.
 * Return: bits as in global.algorithms.
 */
u32 cce_engine_only_capabilities(void)
{
	u32 engines, queue_pairs, algorithms;

	cce_registry_describe(&engines, &queue_pairs, &algorithms);
	return algorithms;
}

/**
 * cce_engine_only_refuse() - in the place of an algorithm's operation run_on_cpu
 * @request: request that an engine didn't take
 * @may_sleep: whether this may sleep
 *
 * There is nobody else; only whether another attempt is worth while can be told.
 *
 * Context: any.
 * Return: -ENODEV if there is no engine for it, else -EAGAIN.
 */
int cce_engine_only_refuse(struct cce_request *request, bool may_sleep)
{
	if (may_sleep && !(cce_engine_only_capabilities() & request->required))
		return -ENODEV;
	return -EAGAIN;
}

/**
 * cce_engine_only_wake() - before such a request: wait for an engine that sleeps to wake up
 *
 * Description: Other requests run on the CPU meanwhile.
 *
 * Context: process, sleeps.
 */
void cce_engine_only_wake(void)
{
	struct cce_queue *queue = cce_registry_get_queue();

	if (!queue)
		return;
	if (READ_ONCE(queue->mode) == CCE_QUEUE_SUSPENDED)
		pm_runtime_resume(queue->cce->dev);
	cce_registry_put_queue(queue);
}
