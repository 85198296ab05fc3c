// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: what happens when the engine doesn't answer.
 *
 * A ladder, one log line for each rung, so that a report from the field tells which one was
 * reached:
 *   1. The completion is in the ring and only its interrupt was lost: take it.
 *   2. Reset the queue pair. Of its requests in flight those that the engine can have begun fail,
 *      the others are done on the CPU. The backlog goes on.
 *   3. Reset the engine: the same for all its queue pairs.
 *   4. Give the engine up: no more bus mastering, what is in flight fails, all else runs on the
 *      CPU.
 * An engine that has left the bus (reads answer all ones) goes to rung 4 at once.
 *
 * A request that the engine may have begun to write is not redone on the CPU: a second pass over a
 * destination that overlaps its source would hand out keystream or wrong text. It fails, with a
 * wiped destination. The engine begins no request that it has not fetched, so its fetch head, read
 * once the queue pair is paused, tells what can be redone.
 *
 * Everything here runs in process context under cce->recovery.
 */
#include <linux/iopoll.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/pm_runtime.h>
#include <linux/string.h>

#include "cce_device.h"
#include "cce_queue.h"

#define CCE_RESET_POLL_US	100
#define CCE_RESET_TIMEOUT_US	200000

static unsigned int timeout_ms = 5000;
module_param(timeout_ms, uint, 0644);
MODULE_PARM_DESC(timeout_ms, "A request in flight for longer starts the recovery (default 5000)");

/**
 * cce_recovery_timeout() - how long a request may be in flight
 *
 * Context: any.
 * Return: jiffies, at least 1.
 */
unsigned long cce_recovery_timeout(void)
{
	return max(msecs_to_jiffies(READ_ONCE(timeout_ms)), 1UL);
}

/**
 * cce_recovery_watch() - something is in flight: look after it
 * @cce: engine
 *
 * Context: any; a queue's lock may be held. Does nothing if the watchdog is pending already.
 */
void cce_recovery_watch(struct cce_device *cce)
{
	queue_delayed_work(cce->workqueue, &cce->watchdog, cce_recovery_timeout());
}

/* Say what the engine knows about a queue pair. Returns its state. */
static u32 cce_recovery_report(struct cce_queue *queue)
{
	u32 status = cce_queue_read(queue, CCE_QUEUE_STATUS);
	u32 information = cce_queue_read(queue, CCE_QUEUE_FAULT_INFORMATION);
	u64 address = cce_queue_read(queue, CCE_QUEUE_FAULT_ADDRESS_LOW) |
		      (u64)cce_queue_read(queue, CCE_QUEUE_FAULT_ADDRESS_HIGH) << 32;
	u32 error = (status & CCE_QUEUE_STATUS_ERROR_MASK) >> CCE_QUEUE_STATUS_ERROR_SHIFT;
	u32 state = (status & CCE_QUEUE_STATUS_STATE_MASK) >> CCE_QUEUE_STATUS_STATE_SHIFT;

	dev_err(queue->cce->dev,
		"queue %u: state %s%s%s, error %s, last refused %s at %#llx by %s\n",
		queue->index, cce_queue_state_name(state),
		status & CCE_QUEUE_STATUS_BUSY_MASK ? ", busy" : "",
		status & CCE_QUEUE_STATUS_STALLED_MASK ? ", stalled" : "",
		cce_queue_error_name(error),
		information & CCE_QUEUE_FAULT_INFORMATION_WRITE_MASK ? "write" : "read", address,
		cce_fault_reason_name(information & CCE_QUEUE_FAULT_INFORMATION_REASON_MASK));
	return state;
}

/**
 * cce_recovery_reset_engine() - reset the whole engine and wait until its DMA has ended
 * @cce: engine; its queues aren't running
 *
 * Context: process, sleeps.
 * Return: 0, -ENODEV if the engine has left the bus, -ETIMEDOUT.
 */
int cce_recovery_reset_engine(struct cce_device *cce)
{
	u32 value;
	int error;

	cce_global_write(cce, CCE_GLOBAL_CONTROL, CCE_GLOBAL_CONTROL_RESET_MASK);
	error = readl_poll_timeout(cce->registers + CCE_GLOBAL_BASE + CCE_GLOBAL_CONTROL, value,
				   !(value & CCE_GLOBAL_CONTROL_RESET_MASK) || value == U32_MAX,
				   CCE_RESET_POLL_US, CCE_RESET_TIMEOUT_US);
	return value == U32_MAX ? -ENODEV : error;
}

/* The same for one queue pair. */
static int cce_recovery_reset_queue(struct cce_queue *queue)
{
	void __iomem *control = queue->cce->registers + CCE_QUEUE_BASE +
				queue->index * CCE_QUEUE_STRIDE + CCE_QUEUE_CONTROL;
	u32 value;
	int error;

	writel(CCE_QUEUE_CONTROL_RESET_MASK, control);
	error = readl_poll_timeout(control, value,
				   !(value & CCE_QUEUE_CONTROL_RESET_MASK) || value == U32_MAX,
				   CCE_RESET_POLL_US, CCE_RESET_TIMEOUT_US);
	return value == U32_MAX ? -ENODEV : error;
}

/* For people who ask for the engine's health; the log has the whole story. */
static void cce_recovery_note(struct cce_device *cce, const char *what)
{
	lockdep_assert_held(&cce->recovery);
	strscpy(cce->last_error, what, sizeof(cce->last_error));
}

/*
 * Hold a queue pair and learn which of its requests can't have begun. Until it is reset or bus
 * mastering is taken away, an engine that has paused fetches nothing.
 */
static void cce_recovery_freeze(struct cce_queue *queue)
{
	u32 fetch_head;

	cce_queue_set_mode(queue, CCE_QUEUE_STOPPED);
	cce_queue_write(queue, CCE_QUEUE_CONTROL,
			CCE_QUEUE_CONTROL_ENABLE_MASK | CCE_QUEUE_CONTROL_PAUSE_MASK |
				CCE_QUEUE_CONTROL_INTERRUPT_ENABLE_MASK);
	fetch_head = cce_queue_read(queue, CCE_QUEUE_FETCH_HEAD);
	queue->fetch_head = fetch_head;
	queue->fetch_head_known = queue->cce->tells_fetch_head && fetch_head != U32_MAX;
}

/* The rings begin anew, empty. */
static int cce_recovery_restart(struct cce_queue *queue, int error)
{
	int result;

	cce_queue_count(queue, &queue->counters.resets);
	queue->cce->resets++;
	cce_queue_abort(queue, error);
	result = cce_queue_start(queue);
	if (result)
		return result;
	cce_queue_set_mode(queue, CCE_QUEUE_RUNNING);
	cce_queue_pump(queue);
	return 0;
}

/**
 * cce_recovery_give_up() - rung 4: the engine is dead
 * @cce: engine
 * @why: for the log
 *
 * On return nothing is in flight, the backlogs have gone to the CPU, and so does each later
 * request. Final.
 *
 * Context: process, sleeps; cce->recovery held.
 */
void cce_recovery_give_up(struct cce_device *cce, const char *why)
{
	unsigned int i;

	lockdep_assert_held(&cce->recovery);

	if (cce->dead)
		return;
	dev_err(cce->dev, "%s: engine given up, requests run on the CPU\n", why);
	cce_recovery_note(cce, why);
	WRITE_ONCE(cce->dead, true);
	for (i = 0; i < cce->queue_count; i++)
		cce_queue_set_mode(&cce->queues[i], CCE_QUEUE_DEAD);

	/* What the engine tries from here on is dropped. */
	cce->bus->set_master(cce, false);

	for (i = 0; i < cce->queue_count; i++) {
		cce_queue_abort(&cce->queues[i], -EIO);
		cce_queue_pump(&cce->queues[i]);
	}
}

/* Rung 3. */
static void cce_recovery_engine(struct cce_device *cce, int error)
{
	unsigned int i;

	dev_err(cce->dev, "resetting the engine\n");
	for (i = 0; i < cce->queue_count; i++)
		if (!cce->queues[i].fetch_head_known)
			cce_recovery_freeze(&cce->queues[i]);

	if (cce_recovery_reset_engine(cce)) {
		cce_recovery_give_up(cce, "engine reset failed");
		return;
	}
	for (i = 0; i < cce->queue_count; i++) {
		if (cce_recovery_restart(&cce->queues[i], error)) {
			cce_recovery_give_up(cce, "queue failed to start after engine reset");
			return;
		}
	}
}

/* Rung 2, and up from there. */
static void cce_recovery_queue(struct cce_queue *queue, int error)
{
	struct cce_device *cce = queue->cce;

	lockdep_assert_held(&cce->recovery);

	dev_err(cce->dev, "queue %u: resetting\n", queue->index);
	cce_recovery_freeze(queue);

	switch (cce_recovery_reset_queue(queue)) {
	case 0:
		break;
	case -ENODEV:
		cce_recovery_give_up(cce, "no answer from the bus");
		return;
	default:
		dev_err(cce->dev, "queue %u: reset failed\n", queue->index);
		cce_recovery_engine(cce, error);
		return;
	}
	if (cce_recovery_restart(queue, error))
		cce_recovery_engine(cce, error);
}

static bool cce_recovery_overdue(struct cce_queue *queue)
{
	unsigned long submitted;

	return cce_queue_oldest(queue, &submitted) &&
	       time_after_eq(jiffies, submitted + cce_recovery_timeout());
}

/* Rung 1, and up from there. */
static void cce_recovery_check(struct cce_queue *queue)
{
	struct cce_device *cce = queue->cce;
	struct device *dev = cce->dev;
	unsigned int taken;

	if (cce->dead || !cce_recovery_overdue(queue))
		return;

	if (!cce_device_present(cce)) {
		cce_recovery_give_up(cce, "no answer from the bus");
		return;
	}

	taken = cce_queue_process(queue, cce_queue_entries(queue));
	if (taken) {
		cce_queue_count(queue, &queue->counters.interrupts_lost);
		dev_warn(dev, "queue %u: interrupt lost, took %u completions\n", queue->index,
			 taken);
		if (!cce_recovery_overdue(queue))
			return;
	}

	dev_err(dev, "queue %u: request timed out\n", queue->index);
	cce_recovery_note(cce, "request timed out");
	cce_recovery_report(queue);
	cce_recovery_queue(queue, -ETIMEDOUT);
}

static void cce_recovery_watchdog(struct work_struct *work)
{
	struct cce_device *cce = container_of(to_delayed_work(work), struct cce_device, watchdog);
	unsigned long deadline = 0, submitted, now;
	bool again = false;
	unsigned int i;

	mutex_lock(&cce->recovery);
	for (i = 0; i < cce->queue_count; i++)
		cce_recovery_check(&cce->queues[i]);

	/* Come back when the oldest request may become overdue. */
	for (i = 0; i < cce->queue_count; i++) {
		if (!cce_queue_oldest(&cce->queues[i], &submitted))
			continue;
		submitted += cce_recovery_timeout();
		if (!again || time_before(submitted, deadline))
			deadline = submitted;
		again = true;
	}
	now = jiffies;
	if (again) {
		queue_delayed_work(cce->workqueue, &cce->watchdog,
				   time_after(deadline, now) ? deadline - now : 1);
	} else {
		pm_runtime_mark_last_busy(cce->dev);
		pm_request_autosuspend(cce->dev);
	}
	mutex_unlock(&cce->recovery);
}

/* A queue pair stopped by itself: its event bit says which. */
static void cce_recovery_event(struct work_struct *work)
{
	struct cce_device *cce = container_of(work, struct cce_device, event);
	u32 low, high;
	unsigned int i;
	u64 events;

	mutex_lock(&cce->recovery);
	/* One that sleeps doesn't answer, and forgets its errors. */
	if (cce->dead || cce->asleep)
		goto unlock;
	if (!cce_device_present(cce)) {
		cce_recovery_give_up(cce, "no answer from the bus");
		goto unlock;
	}

	/* Clear first: an error from here on raises the event again. */
	low = cce_global_read(cce, CCE_GLOBAL_EVENT_LOW);
	high = cce_global_read(cce, CCE_GLOBAL_EVENT_HIGH);
	cce_global_write(cce, CCE_GLOBAL_EVENT_LOW, low);
	cce_global_write(cce, CCE_GLOBAL_EVENT_HIGH, high);
	events = (u64)high << 32 | low;

	for (i = 0; i < cce->queue_count && !cce->dead; i++) {
		if (!(events & BIT_ULL(i)))
			continue;
		/* A reset for another reason may have dealt with it meanwhile. */
		if (cce_recovery_report(&cce->queues[i]) != CCE_QUEUE_STATE_ERROR)
			continue;
		cce_recovery_note(cce, "queue pair stopped with an error");
		cce_recovery_queue(&cce->queues[i], -EIO);
	}
unlock:
	mutex_unlock(&cce->recovery);
}

/**
 * cce_recovery_init() - prepare an engine's watchdog and event work
 * @cce: zeroed engine
 *
 * Context: process.
 */
void cce_recovery_init(struct cce_device *cce)
{
	mutex_init(&cce->recovery);
	INIT_DELAYED_WORK(&cce->watchdog, cce_recovery_watchdog);
	INIT_WORK(&cce->event, cce_recovery_event);
}
