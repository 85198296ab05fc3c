// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: queue pairs. Rings, submission, completion, backlog, interrupt.
 *
 * Producers: any number, in process or softirq context, each under queue->lock.
 * Consumers: the tasklet, and recovery in process context; both under queue->lock. Owners are
 * called without it.
 *
 * What the engine writes (completion entries) is read once, after its phase, and checked before
 * use.
 */
#include <crypto/internal/skcipher.h>
#include <linux/dma-mapping.h>
#include <linux/iopoll.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cce_queue.h"
#include "cce_recovery.h"
#include "cce_registry.h"
#include "cce_request.h"
#include "cce_skcipher.h"

#define CCE_RING_ENTRIES_MAXIMUM	1024U
#define CCE_REAP_BUDGET			64
#define CCE_START_POLL_US		10
#define CCE_START_TIMEOUT_US		10000

static unsigned int ring_entries = 128;
module_param(ring_entries, uint, 0444);
MODULE_PARM_DESC(ring_entries, "Entries of each ring: a power of two, 2 to 1024 (default 128)");

static ushort interrupt_count = 1;
module_param(interrupt_count, ushort, 0444);
MODULE_PARM_DESC(interrupt_count, "Interrupt after this many completions (default 1)");

static uint interrupt_time = 2000;
module_param(interrupt_time, uint, 0444);
MODULE_PARM_DESC(interrupt_time, "... or this many engine cycles after the first (default 2000)");

/* Index into a ring of a free-running index. */
static unsigned int cce_queue_wrap(const struct cce_queue *queue, u16 index)
{
	return index & (cce_queue_entries(queue) - 1);
}

/* Descriptors that the engine may still have to fetch. */
static u16 cce_queue_unfetched(const struct cce_queue *queue)
{
	return queue->submission_tail - queue->submission_head;
}

static bool cce_queue_has_room(const struct cce_queue *queue)
{
	lockdep_assert_held(&queue->lock);
	return queue->free_slot_count && cce_queue_unfetched(queue) < cce_queue_entries(queue);
}

/*
 * Give a request to the engine. Return as cce_request_prepare(), with -ENOSPC also for want of a
 * slot or descriptor.
 */
static int cce_queue_post(struct cce_queue *queue, struct skcipher_request *req)
{
	struct cce_descriptor *descriptor;
	struct cce_slot *slot;
	u16 number;
	int result;

	lockdep_assert_held(&queue->lock);

	if (!cce_queue_has_room(queue))
		return -ENOSPC;

	number = queue->free_slots[queue->free_slot_count - 1];
	descriptor = &queue->submission[cce_queue_wrap(queue, queue->submission_tail)];
	result = cce_request_prepare(queue, number, req, descriptor);
	if (result)
		return result;

	slot = &queue->slot[number];
	slot->cookie += BIT(16);	/* the next use of this slot */
	slot->request = req;
	slot->submitted = jiffies;
	descriptor->cookie = cpu_to_le32(slot->cookie);

	queue->free_slot_count--;
	queue->submission_tail++;
	queue->counters.submitted++;
	if (cce_queue_in_flight(queue) == 1)
		cce_recovery_watch(queue->cce);

	/* writel() comes after earlier writes to coherent memory: the descriptor is complete. */
	cce_queue_doorbell(queue, CCE_DOORBELL_SUBMISSION_TAIL, queue->submission_tail);
	return 0;
}

/**
 * cce_queue_submit() - give a request to the engine, or let it wait for room
 * @queue: queue pair, with a reference to its engine
 * @req: request; its context's @decrypt and @notified are set
 *
 * Multi producer. Never overtakes the backlog.
 *
 * Context: process or softirq; not the hard interrupt.
 * Return: -EINPROGRESS if the engine has it; -EBUSY if it waits in the backlog (its owner hears
 *	-EINPROGRESS when it leaves it). In both cases the reference belongs to the request now,
 *	which may even have ended already. Otherwise the reference stays with the caller: -ENOSPC
 *	if there is no room and the request may not wait,
 *	-EINVAL if it is malformed, a positive &enum cce_fallback_reason if it must run on the CPU.
 */
int cce_queue_submit(struct cce_queue *queue, struct skcipher_request *req)
{
	struct cce_request *request = skcipher_request_ctx(req);
	int result;

	request->queue = queue;

	/* The engine can't go before spin_unlock_bh() has returned: see cce_remove(). */
	spin_lock_bh(&queue->lock);
	if (queue->mode == CCE_QUEUE_DEAD)
		result = CCE_FALLBACK_DEVICE_DEAD;
	else if (queue->mode == CCE_QUEUE_STOPPED || queue->pumping || !list_empty(&queue->backlog))
		result = -ENOSPC;
	else
		result = cce_queue_post(queue, req);

	if (!result) {
		result = -EINPROGRESS;
	} else if (result == -ENOSPC &&
		   (skcipher_request_flags(req) & CRYPTO_TFM_REQ_MAY_BACKLOG)) {
		list_add_tail(&req->base.list, &queue->backlog);
		queue->backlog_length++;
		queue->counters.backlogged++;
		result = -EBUSY;
	}
	spin_unlock_bh(&queue->lock);
	return result;
}

/* A request, whose end is noted in it, leaves its slot: nothing of its key stays behind. */
static void cce_queue_free_slot(struct cce_queue *queue, unsigned int number,
				struct list_head *done)
{
	struct cce_slot *slot = &queue->slot[number];
	struct skcipher_request *req = slot->request;
	struct cce_request *request = skcipher_request_ctx(req);

	lockdep_assert_held(&queue->lock);

	memzero_explicit(&queue->slot_memory[number].context,
			 sizeof(queue->slot_memory[number].context));
	slot->request = NULL;
	queue->free_slots[queue->free_slot_count++] = number;
	if (request->error)
		queue->counters.failed++;
	else
		queue->counters.completed++;
	list_add_tail(&req->base.list, done);
}

/* One completion entry, copied. Trust nothing in it. */
static void cce_queue_take(struct cce_queue *queue, const struct cce_completion *completion,
			   struct list_head *done)
{
	struct device *dev = &queue->cce->pdev->dev;
	u32 cookie = le32_to_cpu(completion->cookie);
	u16 head = le16_to_cpu(completion->submission_head);
	unsigned int number = cookie & 0xffff;

	lockdep_assert_held(&queue->lock);

	if (number >= cce_queue_entries(queue) || !queue->slot[number].request ||
	    queue->slot[number].cookie != cookie) {
		queue->counters.rejected++;
		dev_warn_ratelimited(dev, "queue %u: completion for unknown request %#x rejected\n",
				     queue->index, cookie);
		return;
	}

	if ((u16)(head - queue->submission_head) <= cce_queue_unfetched(queue))
		queue->submission_head = head;
	else
		dev_warn_ratelimited(dev, "queue %u: submission head %u outside %u..%u ignored\n",
				     queue->index, head, queue->submission_head,
				     queue->submission_tail);

	queue->counters.cycles += le32_to_cpu(completion->end_cycle) -
				  le32_to_cpu(completion->start_cycle);
	cce_request_answer(queue->slot[number].request, completion);
	cce_queue_free_slot(queue, number, done);
}

/* Take up to budget completion entries. Returns how many there were. */
static unsigned int cce_queue_reap(struct cce_queue *queue, unsigned int budget,
				   struct list_head *done)
{
	unsigned int count;

	lockdep_assert_held(&queue->lock);

	for (count = 0; count < budget; count++) {
		const struct cce_completion *entry =
			&queue->completion[cce_queue_wrap(queue, queue->completion_head)];
		u8 phase = !((queue->completion_head >> queue->ring_log2) & 1);
		struct cce_completion copy;

		if (READ_ONCE(entry->phase) != phase)
			break;
		/* The engine writes the phase last: read the rest after the phase. */
		dma_rmb();
		memcpy(&copy, entry, sizeof(copy));
		queue->completion_head++;
		cce_queue_take(queue, &copy, done);
	}
	return count;
}

/* End the requests of a list, without the lock; gives their references back. */
static void cce_queue_finish(struct cce_queue *queue, struct list_head *done)
{
	struct crypto_async_request *base, *next;

	/* Owners expect to be called as from a softirq. */
	local_bh_disable();
	list_for_each_entry_safe(base, next, done, list) {
		list_del(&base->list);
		cce_request_finish(skcipher_request_cast(base));
		cce_registry_put_queue(queue);
	}
	local_bh_enable();
}

/* A request has left the backlog, but not for the engine. */
static void cce_queue_divert(struct cce_queue *queue, struct skcipher_request *req, int result)
{
	if (result > 0) {
		cce_fallback_count(&queue->cce->fallbacks, result);
		result = cce_skcipher_fallback(req, false);
	}
	/* -EINPROGRESS or, as our owner allowed waiting, -EBUSY: the fallback calls back. */
	if (result != -EINPROGRESS && result != -EBUSY)
		skcipher_request_complete(req, result);
	cce_registry_put_queue(queue);
}

/**
 * cce_queue_pump() - move requests from the backlog to the engine while there is room
 * @queue: queue pair
 *
 * Must be called after anything that makes room or changes the mode. Only one caller pumps at a
 * time: the others leave it to the first, which looks again under the lock before it stops.
 *
 * A request's owner hears -EINPROGRESS before the engine gets it, so that this can't come after its
 * end.
 *
 * Context: process or softirq; @queue->lock not held. The caller has a hold on the engine besides
 *	the backlog's.
 */
void cce_queue_pump(struct cce_queue *queue)
{
	struct crypto_async_request *base;
	struct skcipher_request *req;
	struct cce_request *request;
	int result;

	local_bh_disable();
	spin_lock(&queue->lock);
	if (queue->pumping)
		goto unlock;

	queue->pumping = true;
	while (!list_empty(&queue->backlog)) {
		if (queue->mode == CCE_QUEUE_STOPPED ||
		    (queue->mode == CCE_QUEUE_RUNNING && !cce_queue_has_room(queue)))
			break;

		base = list_first_entry(&queue->backlog, struct crypto_async_request, list);
		req = skcipher_request_cast(base);
		request = skcipher_request_ctx(req);
		list_del(&req->base.list);
		queue->backlog_length--;

		if (!request->notified) {
			request->notified = true;
			spin_unlock(&queue->lock);
			skcipher_request_complete(req, -EINPROGRESS);
			spin_lock(&queue->lock);
		}

		/* The mode may have changed meanwhile; room can only have grown. */
		if (queue->mode == CCE_QUEUE_RUNNING)
			result = cce_queue_post(queue, req);
		else
			result = queue->mode == CCE_QUEUE_DEAD ? CCE_FALLBACK_DEVICE_DEAD : -ENOSPC;

		if (result == -ENOSPC) {
			/* Also for want of a bounce buffer: whoever returns one calls us. */
			list_add(&req->base.list, &queue->backlog);
			queue->backlog_length++;
			break;
		}
		if (result) {
			spin_unlock(&queue->lock);
			cce_queue_divert(queue, req, result);
			spin_lock(&queue->lock);
		}
	}
	queue->pumping = false;
unlock:
	spin_unlock(&queue->lock);
	local_bh_enable();
}

/**
 * cce_queue_process() - take completions, end their requests, fill up from the backlog
 * @queue: queue pair
 * @budget: most completions to take
 *
 * Context: process or softirq; @queue->lock not held. The caller has a hold on the engine besides
 *	the requests'.
 * Return: completions taken; fewer than @budget if there were no more.
 */
unsigned int cce_queue_process(struct cce_queue *queue, unsigned int budget)
{
	unsigned int count = 0;
	LIST_HEAD(done);

	spin_lock_bh(&queue->lock);
	if (queue->mode == CCE_QUEUE_RUNNING) {
		count = cce_queue_reap(queue, budget, &done);
		/* Tells the engine that these are seen: a later one raises the interrupt again. */
		if (count)
			cce_queue_doorbell(queue, CCE_DOORBELL_COMPLETION_HEAD,
					   queue->completion_head);
	}
	spin_unlock_bh(&queue->lock);

	cce_queue_finish(queue, &done);
	cce_queue_pump(queue);
	return count;
}

/* Both sides of both rings back to the beginning. */
static void cce_queue_rewind(struct cce_queue *queue)
{
	memset(queue->submission, 0, cce_queue_entries(queue) * sizeof(*queue->submission));
	memset(queue->completion, 0, cce_queue_entries(queue) * sizeof(*queue->completion));
	queue->submission_tail = 0;
	queue->submission_head = 0;
	queue->completion_head = 0;
}

/**
 * cce_queue_abort() - end all requests in flight
 * @queue: queue pair that isn't running, and whose engine does no DMA for it any more
 * @error: negative errno for the requests whose completion isn't in the ring
 *
 * Requests that the engine had completed before it stopped end as it said. The rings are rewound;
 * the backlog stays.
 *
 * Context: process, @queue->lock not held.
 */
void cce_queue_abort(struct cce_queue *queue, int error)
{
	unsigned int number;
	LIST_HEAD(done);

	spin_lock_bh(&queue->lock);
	WARN_ON_ONCE(queue->mode == CCE_QUEUE_RUNNING);
	cce_queue_reap(queue, cce_queue_entries(queue), &done);
	for (number = 0; number < cce_queue_entries(queue); number++) {
		struct cce_request *request;

		if (!queue->slot[number].request)
			continue;
		request = skcipher_request_ctx(queue->slot[number].request);
		request->error = error;
		request->may_have_begun = true;
		cce_queue_free_slot(queue, number, &done);
	}
	cce_queue_rewind(queue);
	spin_unlock_bh(&queue->lock);

	cce_queue_finish(queue, &done);
}

/**
 * cce_queue_oldest() - when was the oldest request in flight given to the engine?
 * @queue: queue pair
 * @submitted: receives the time in jiffies
 *
 * Context: process, @queue->lock not held.
 * Return: false if nothing is in flight.
 */
bool cce_queue_oldest(struct cce_queue *queue, unsigned long *submitted)
{
	bool found = false;
	unsigned int i;

	spin_lock_bh(&queue->lock);
	for (i = 0; i < cce_queue_entries(queue) && cce_queue_in_flight(queue); i++) {
		const struct cce_slot *slot = &queue->slot[i];

		if (!slot->request || (found && !time_before(slot->submitted, *submitted)))
			continue;
		*submitted = slot->submitted;
		found = true;
	}
	spin_unlock_bh(&queue->lock);
	return found;
}

/**
 * cce_queue_put_bounce() - give a bounce buffer back
 * @queue: queue pair it belongs to
 * @bounce: buffer, wiped
 *
 * Context: softirqs disabled, @queue->lock not held. The caller must call cce_queue_pump()
 *	afterwards.
 */
void cce_queue_put_bounce(struct cce_queue *queue, struct cce_bounce *bounce)
{
	spin_lock_bh(&queue->lock);
	queue->free_bounces[queue->free_bounce_count++] = bounce;
	spin_unlock_bh(&queue->lock);
}

/**
 * cce_queue_set_mode() - let requests through, hold them back, or send them to the CPU
 * @queue: queue pair
 * @mode: from now on; CCE_QUEUE_DEAD is final
 *
 * Context: process, @queue->lock not held. Call cce_queue_pump() afterwards unless the mode is
 *	CCE_QUEUE_STOPPED.
 */
void cce_queue_set_mode(struct cce_queue *queue, enum cce_queue_mode mode)
{
	spin_lock_bh(&queue->lock);
	if (queue->mode != CCE_QUEUE_DEAD)
		queue->mode = mode;
	spin_unlock_bh(&queue->lock);
}

/**
 * cce_queue_start() - set the engine's side up and enable it
 * @queue: queue pair, reset and rewound; its mode isn't changed
 *
 * Context: process, sleeps.
 * Return: 0, or -EIO if the engine refuses (its reason is logged).
 */
int cce_queue_start(struct cce_queue *queue)
{
	struct cce_device *cce = queue->cce;
	u32 status, state;

	cce_queue_write(queue, CCE_QUEUE_SUBMISSION_BASE_LOW,
			lower_32_bits(queue->submission_address));
	cce_queue_write(queue, CCE_QUEUE_SUBMISSION_BASE_HIGH,
			upper_32_bits(queue->submission_address));
	cce_queue_write(queue, CCE_QUEUE_COMPLETION_BASE_LOW,
			lower_32_bits(queue->completion_address));
	cce_queue_write(queue, CCE_QUEUE_COMPLETION_BASE_HIGH,
			upper_32_bits(queue->completion_address));
	cce_queue_write(queue, CCE_QUEUE_RING_SIZE,
			queue->ring_log2 << CCE_QUEUE_RING_SIZE_SUBMISSION_LOG2_SHIFT |
			queue->ring_log2 << CCE_QUEUE_RING_SIZE_COMPLETION_LOG2_SHIFT);
	cce_queue_write(queue, CCE_QUEUE_RIGHTS, CCE_QUEUE_RIGHTS_UNRESTRICTED_MASK);
	cce_queue_write(queue, CCE_QUEUE_INTERRUPT_COUNT,
			interrupt_count << CCE_QUEUE_INTERRUPT_COUNT_COMPLETIONS_SHIFT);
	cce_queue_write(queue, CCE_QUEUE_INTERRUPT_TIME, interrupt_time);
	cce_queue_write(queue, CCE_QUEUE_CONTROL,
			CCE_QUEUE_CONTROL_ENABLE_MASK | CCE_QUEUE_CONTROL_INTERRUPT_ENABLE_MASK);

	/* Checking the ring registers may take the engine a moment. */
	readl_poll_timeout(cce->registers + CCE_QUEUE_BASE + queue->index * CCE_QUEUE_STRIDE +
			   CCE_QUEUE_STATUS, status, status & CCE_QUEUE_STATUS_STATE_MASK,
			   CCE_START_POLL_US, CCE_START_TIMEOUT_US);
	state = (status & CCE_QUEUE_STATUS_STATE_MASK) >> CCE_QUEUE_STATUS_STATE_SHIFT;
	if (state != CCE_QUEUE_STATE_RUNNING) {
		dev_err(&cce->pdev->dev, "queue %u: doesn't start, status %#x\n",
			queue->index, status);
		return -EIO;
	}
	return 0;
}

static void cce_queue_tasklet(struct tasklet_struct *tasklet)
{
	struct cce_queue *queue = from_tasklet(queue, tasklet, tasklet);

	if (cce_queue_process(queue, CCE_REAP_BUDGET) == CCE_REAP_BUDGET)
		tasklet_schedule(&queue->tasklet);
}

static irqreturn_t cce_queue_interrupt(int irq, void *data)
{
	struct cce_queue *queue = data;

	WRITE_ONCE(queue->interrupts, queue->interrupts + 1);
	tasklet_schedule(&queue->tasklet);
	return IRQ_HANDLED;
}

/**
 * cce_queue_request_irq() - connect the queue pair's interrupt
 * @queue: queue pair; the function's vectors are allocated
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int cce_queue_request_irq(struct cce_queue *queue)
{
	struct pci_dev *pdev = queue->cce->pdev;
	int irq, error;

	irq = pci_irq_vector(pdev, CCE_INTERRUPT_VECTOR_EVENT + 1 + queue->index);
	if (irq < 0)
		return irq;
	snprintf(queue->irq_name, sizeof(queue->irq_name), "cce-%s-q%u", pci_name(pdev),
		 queue->index);
	error = request_irq(irq, cce_queue_interrupt, 0, queue->irq_name, queue);
	if (error)
		return error;
	queue->irq = irq;
	return 0;
}

/**
 * cce_queue_free_irq() - disconnect the interrupt; no tasklet runs or is scheduled afterwards
 * @queue: queue pair, whose interrupt need not be connected
 *
 * Context: process, sleeps.
 */
void cce_queue_free_irq(struct cce_queue *queue)
{
	if (queue->irq)
		free_irq(queue->irq, queue);
	queue->irq = 0;
	tasklet_kill(&queue->tasklet);
}

static int cce_queue_create_bounces(struct cce_queue *queue)
{
	struct device *dev = &queue->cce->pdev->dev;
	unsigned int i;

	for (i = 0; i < CCE_BOUNCE_COUNT; i++) {
		struct cce_bounce *bounce = &queue->bounce[i];

		bounce->data =
			dma_alloc_coherent(dev, CCE_BOUNCE_BYTES, &bounce->address, GFP_KERNEL);
		if (!bounce->data)
			return -ENOMEM;
		queue->free_bounces[queue->free_bounce_count++] = bounce;
	}
	return 0;
}

/**
 * cce_queue_create() - allocate a queue pair; the engine isn't touched
 * @queue: zeroed
 * @cce: its engine
 * @index: its number
 *
 * Context: process, sleeps.
 * Return: 0, -EINVAL if the parameter ring_entries is out of range, or -ENOMEM. After an error,
 *	too, cce_queue_destroy() must be called.
 */
int cce_queue_create(struct cce_queue *queue, struct cce_device *cce, unsigned int index)
{
	struct device *dev = &cce->pdev->dev;
	unsigned int entries = ring_entries;
	unsigned int i;

	queue->cce = cce;
	queue->index = index;
	spin_lock_init(&queue->lock);
	INIT_LIST_HEAD(&queue->backlog);
	tasklet_setup(&queue->tasklet, cce_queue_tasklet);

	if (!is_power_of_2(entries) || entries < BIT(CCE_RING_LOG2_MINIMUM) ||
	    entries > CCE_RING_ENTRIES_MAXIMUM) {
		dev_err(dev, "ring_entries=%u is not a power of two from %lu to %u\n", entries,
			BIT(CCE_RING_LOG2_MINIMUM), CCE_RING_ENTRIES_MAXIMUM);
		return -EINVAL;
	}
	queue->ring_log2 = ilog2(entries);

	queue->submission = dma_alloc_coherent(dev, entries * sizeof(*queue->submission),
					       &queue->submission_address, GFP_KERNEL);
	queue->completion = dma_alloc_coherent(dev, entries * sizeof(*queue->completion),
					       &queue->completion_address, GFP_KERNEL);
	queue->slot_memory = dma_alloc_coherent(dev, entries * sizeof(*queue->slot_memory),
						&queue->slot_memory_address, GFP_KERNEL);
	queue->slot = kcalloc(entries, sizeof(*queue->slot), GFP_KERNEL);
	queue->free_slots = kcalloc(entries, sizeof(*queue->free_slots), GFP_KERNEL);
	if (!queue->submission || !queue->completion || !queue->slot_memory || !queue->slot ||
	    !queue->free_slots)
		return -ENOMEM;

	for (i = 0; i < entries; i++) {
		queue->slot[i].cookie = i;
		queue->free_slots[queue->free_slot_count++] = entries - 1 - i;
	}
	return cce_queue_create_bounces(queue);
}

/* Coherent memory holds keys, IVs or text: wipe it before somebody else gets it. */
static void cce_wipe_and_free(struct device *dev, size_t bytes, void *data, dma_addr_t address)
{
	if (!data)
		return;
	memzero_explicit(data, bytes);
	dma_free_coherent(dev, bytes, data, address);
}

/**
 * cce_queue_destroy() - wipe and free a queue pair
 * @queue: queue pair without requests, interrupt or running DMA; may be half created
 *
 * Context: process, sleeps.
 */
void cce_queue_destroy(struct cce_queue *queue)
{
	unsigned int entries = cce_queue_entries(queue);
	struct device *dev = &queue->cce->pdev->dev;
	unsigned int i;

	for (i = 0; i < CCE_BOUNCE_COUNT; i++)
		cce_wipe_and_free(dev, CCE_BOUNCE_BYTES, queue->bounce[i].data,
				  queue->bounce[i].address);
	cce_wipe_and_free(dev, entries * sizeof(*queue->slot_memory), queue->slot_memory,
			  queue->slot_memory_address);
	cce_wipe_and_free(dev, entries * sizeof(*queue->completion), queue->completion,
			  queue->completion_address);
	cce_wipe_and_free(dev, entries * sizeof(*queue->submission), queue->submission,
			  queue->submission_address);
	kfree(queue->free_slots);
	kfree(queue->slot);
}
