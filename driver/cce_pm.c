// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: sleep and wake-up.
 *
 * Requests never wait for an engine to wake up: while it sleeps they run on the CPU, and the first
 * one asks for the wake-up. So an engine may be asleep whenever it is idle, and submission needs no
 * call that sleeps. Engine state is lost: on wake-up the engine is reset and its queue pairs start
 * with empty rings.
 */
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/pm_runtime.h>

#include "cce_device.h"
#include "cce_queue.h"

#define CCE_AUTOSUSPEND_MS	1000
#define CCE_DRAIN_POLL_US	1000

static void cce_pm_set_mode(struct cce_device *cce, enum cce_queue_mode mode)
{
	unsigned int i;

	for (i = 0; i < cce->queue_count; i++)
		cce_queue_set_mode(&cce->queues[i], mode);
}

static void cce_pm_pump(struct cce_device *cce)
{
	unsigned int i;

	for (i = 0; i < cce->queue_count; i++)
		cce_queue_pump(&cce->queues[i]);
}

static bool cce_pm_is_idle(struct cce_device *cce)
{
	unsigned int i;

	for (i = 0; i < cce->queue_count; i++)
		if (!cce_queue_is_idle(&cce->queues[i]))
			return false;
	return true;
}

/* One that can't even be reset is given up, and sleeps all the better. */
static void cce_pm_sleep(struct cce_device *cce)
{
	lockdep_assert_held(&cce->recovery);

	if (cce_recovery_reset_engine(cce))
		cce_recovery_give_up(cce, "engine reset failed");
	else
		cce->bus->set_master(cce, false);
	cce->asleep = !cce->dead;
}

/* Nothing new comes to the engine, and what it has ends. */
static int cce_pm_runtime_suspend(struct device *dev)
{
	struct cce_device *cce = dev_get_drvdata(dev);
	int error = 0;

	mutex_lock(&cce->recovery);
	if (!cce->dead && !cce->asleep) {
		cce_pm_set_mode(cce, CCE_QUEUE_SUSPENDED);
		if (cce_pm_is_idle(cce)) {
			cce_pm_sleep(cce);
		} else {
			/* A request was faster. */
			cce_pm_set_mode(cce, CCE_QUEUE_RUNNING);
			cce_pm_pump(cce);
			error = -EBUSY;
		}
	}
	mutex_unlock(&cce->recovery);
	return error;
}

static int cce_pm_resume(struct device *dev)
{
	struct cce_device *cce = dev_get_drvdata(dev);
	unsigned int i;
	int error;

	mutex_lock(&cce->recovery);
	if (cce->dead || !cce->asleep)
		goto unlock;

	cce->asleep = false;
	if (!cce_device_present(cce)) {
		cce_recovery_give_up(cce, "no answer from the bus");
		goto unlock;
	}
	error = cce_recovery_reset_engine(cce);
	cce->bus->set_master(cce, true);
	for (i = 0; i < cce->queue_count && !error; i++) {
		/* Nothing is in flight: this rewinds the rings. */
		cce_queue_abort(&cce->queues[i], -EIO);
		error = cce_queue_start(&cce->queues[i]);
	}
	if (error) {
		cce_recovery_give_up(cce, "engine failed to start after sleep");
		goto unlock;
	}
	cce_pm_set_mode(cce, CCE_QUEUE_RUNNING);
	cce_pm_pump(cce);
unlock:
	mutex_unlock(&cce->recovery);
	pm_runtime_mark_last_busy(dev);
	return 0;
}

/*
 * The machine sleeps. Its users are frozen, but not all of them need be idle: what is in flight may
 * take the time that the watchdog gives it, and what comes now runs on the CPU.
 */
static int cce_pm_suspend(struct device *dev)
{
	struct cce_device *cce = dev_get_drvdata(dev);
	unsigned long end = jiffies + 2 * cce_recovery_timeout() + HZ;
	bool idle;

	/* A recovery in between lets its queue pair run again: so each time anew. */
	for (;;) {
		mutex_lock(&cce->recovery);
		cce_pm_set_mode(cce, CCE_QUEUE_SUSPENDED);
		cce_pm_pump(cce);
		idle = cce_pm_is_idle(cce);
		if (idle || time_after_eq(jiffies, end))
			break;
		mutex_unlock(&cce->recovery);
		usleep_range(CCE_DRAIN_POLL_US, 2 * CCE_DRAIN_POLL_US);
	}
	if (!idle)
		cce_recovery_give_up(cce, "requests outlast the suspension");
	else if (!cce->dead && !cce->asleep)
		cce_pm_sleep(cce);
	mutex_unlock(&cce->recovery);
	return 0;
}

static int cce_pm_system_resume(struct device *dev)
{
	/* One that slept before sleeps on, until somebody needs it. */
	return pm_runtime_status_suspended(dev) ? 0 : cce_pm_resume(dev);
}

/**
 * cce_pm_enable() - let an idle engine sleep, if user space allows it
 * @cce: engine; its bus has runtime power management set up, and keeps it awake during the call
 *
 * Context: process.
 */
void cce_pm_enable(struct cce_device *cce)
{
	pm_runtime_set_autosuspend_delay(cce->dev, CCE_AUTOSUSPEND_MS);
	pm_runtime_use_autosuspend(cce->dev);
	pm_runtime_mark_last_busy(cce->dev);
}

/**
 * cce_pm_disable() - wake an engine up for good
 * @cce: engine; its bus must give back the hold that is taken here
 *
 * Context: process, sleeps.
 */
void cce_pm_disable(struct cce_device *cce)
{
	pm_runtime_get_sync(cce->dev);
	pm_runtime_dont_use_autosuspend(cce->dev);
}

const struct dev_pm_ops cce_pm_operations = {
	SYSTEM_SLEEP_PM_OPS(cce_pm_suspend, cce_pm_system_resume)
	RUNTIME_PM_OPS(cce_pm_runtime_suspend, cce_pm_resume, NULL)
};
