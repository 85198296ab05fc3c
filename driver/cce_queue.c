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
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/iopoll.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cce_queue.h"
#include "cce_request.h"
#include "cce_trace.h"

#define CCE_RING_ENTRIES_MAXIMUM	1024U
#define CCE_REAP_BUDGET			64
#define CCE_SUBMITTER_BUDGET		16
/* So many in flight make a queue pair busy, so few make it idle again. */
#define CCE_BUSY_IN_FLIGHT		8
#define CCE_IDLE_IN_FLIGHT		3
#define CCE_POLL_STEP_NS		100
/* A lone request: cycles from doorbell to completion entry, beside those for its bytes. */
#define CCE_LATENCY_CYCLES		600
#define CCE_START_POLL_US		10
#define CCE_START_TIMEOUT_US		10000

static unsigned int ring_entries = 128;
module_param(ring_entries, uint, 0444);
MODULE_PARM_DESC(ring_entries, "Entries of each ring: a power of two, 2 to 1024 (default 128)");

static ushort interrupt_count = 8;
module_param(interrupt_count, ushort, 0444);
MODULE_PARM_DESC(interrupt_count, "Busy queue pair: interrupt after so many completions (default 8)");

static uint interrupt_time = 2000;
module_param(interrupt_time, uint, 0444);
MODULE_PARM_DESC(interrupt_time, "... or so many engine cycles after the first (default 2000)");

static uint poll_us = 20;
module_param(poll_us, uint, 0644);
MODULE_PARM_DESC(poll_us, "A lone request that should take no longer is polled for (default 20; 0: none)");

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

/* Tell the engine about the descriptors written since the last time. */
static void cce_queue_ring(struct cce_queue *queue)
{
	lockdep_assert_held(&queue->lock);

	if (queue->submission_rung == queue->submission_tail)
		return;
	queue->submission_rung = queue->submission_tail;
	queue->counters.doorbells++;
	/* writel() comes after earlier writes to coherent memory: the descriptors are complete. */
	cce_queue_doorbell(queue, CCE_DOORBELL_SUBMISSION_TAIL, queue->submission_tail);
}

/* The engine has one more CBC encryption with HMAC. */
static void cce_queue_count_cbc_hmac(struct cce_queue *queue, const struct cce_request *request)
{
	lockdep_assert_held(&queue->lock);

	atomic_inc(&queue->cce->cbc_hmac_encryptions);
	if (request->opcode == CCE_OPCODE_CIPHER_HASH)
		queue->counters.one_pass++;
	else if (request->opcode == CCE_OPCODE_CIPHER)
		queue->counters.two_passes++;
}

/*
 * Write a request's descriptor; cce_queue_ring() gives it to the engine. Return as
 * cce_request_prepare(), with -ENOSPC also for want of a slot or descriptor.
 */
static int cce_queue_post(struct cce_queue *queue, struct cce_request *request)
{
	struct cce_descriptor *descriptor;
	struct cce_slot *slot;
	u16 number;
	int result;

	lockdep_assert_held(&queue->lock);

	if (!cce_queue_has_room(queue))
		return -ENOSPC;
	if (request->operations->split)
		request->operations->split(request, queue->cce);

	number = queue->free_slots[queue->free_slot_count - 1];
	descriptor = &queue->submission[cce_queue_wrap(queue, queue->submission_tail)];
	result = cce_request_prepare(queue, number, request, descriptor);
	if (result)
		return result;

	slot = &queue->slot[number];
	slot->cookie += BIT(16);	/* the next use of this slot */
	slot->request = request;
	slot->index = queue->submission_tail;
	slot->submitted = jiffies;
	descriptor->cookie = cpu_to_le32(slot->cookie);
	trace_cce_submit(queue, slot->cookie, request);

	WRITE_ONCE(queue->free_slot_count, queue->free_slot_count - 1);
	queue->submission_tail++;
	queue->counters.submitted++;
	if (request->cbc_hmac_encryption)
		cce_queue_count_cbc_hmac(queue, request);
	queue->counters.in_flight_most = max_t(u64, queue->counters.in_flight_most,
					       cce_queue_in_flight(queue));
	if (cce_queue_in_flight(queue) == 1)
		cce_recovery_watch(queue->cce);
	return 0;
}

/* Is there a completion entry to take? Without the lock a hint, with it the truth. */
static bool cce_queue_has_completion(const struct cce_queue *queue)
{
	u16 head = READ_ONCE(queue->completion_head);
	u8 phase = !((head >> queue->ring_log2) & 1);

	return READ_ONCE(queue->completion[cce_queue_wrap(queue, head)].phase) == phase;
}

/* Nanoseconds that a request alone in the engine should take; 0: not known. */
static u64 cce_queue_predict(const struct cce_queue *queue, const struct cce_request *request)
{
	u64 bytes = (u64)request->text_length + request->aad_length;
	u64 cycles = CCE_LATENCY_CYCLES;
	u8 mode = request->mode;

	if (request->opcode == CCE_OPCODE_HASH) {
		/* Two rounds a cycle: SHA-256 has 64 for 64 bytes, SHA-3 24 for 72 and more. */
		cycles += mode < CCE_HASH_MODE_SHA3_224 ? bytes / 2 : bytes / 6;
		return div_u64(cycles * queue->cce->cycle_ps, 1000);
	}
	if (request->opcode == CCE_OPCODE_CIPHER_HASH) {
		/* The slower of both: the hash, unless each block of a cipher waits for another. */
		if (request->decrypt || cce_cipher_of(mode) != CCE_CIPHER_MODE_CBC)
			return div_u64((cycles + bytes / 2) * queue->cce->cycle_ps, 1000);
		mode = CCE_CIPHER_MODE_CBC;
	}
	switch (mode) {
	case CCE_CIPHER_MODE_CBC:
	case CCE_CIPHER_MODE_CCM:
	case CCE_CIPHER_MODE_CMAC:
		cycles += 2 * bytes;	/* each block waits for the one before */
		break;
	case CCE_CIPHER_MODE_KW:
	case CCE_CIPHER_MODE_KWP:
		cycles += 24 * bytes;	/* so does each of six steps for 8 bytes */
		break;
	default:
		cycles += bytes / 8;
	}
	return div_u64(cycles * queue->cce->cycle_ps, 1000);
}

/*
 * Spin until the only request in flight should be done, or isn't alone any more. Without the lock:
 * no other submission waits for this one.
 */
static void cce_queue_spin(struct cce_queue *queue, u64 patience_ns)
{
	u64 deadline = ktime_get_ns() + patience_ns;

	while (!cce_queue_has_completion(queue)) {
		if (cce_queue_in_flight(queue) != 1 || need_resched() ||
		    ktime_get_ns() >= deadline)
			return;
		ndelay(CCE_POLL_STEP_NS);
	}
}

/*
 * A submitter looks after its queue pair: it waits for its request if that is the only one and
 * short, and takes what has completed. Owners called here may submit again, and come back here: the
 * bit keeps that from nesting.
 */
static void cce_queue_attend(struct cce_queue *queue, u64 patience_ns)
{
	unsigned int taken;

	if (patience_ns)
		cce_queue_spin(queue, patience_ns);
	if (cce_queue_has_completion(queue)) {
		taken = cce_queue_process(queue, CCE_SUBMITTER_BUDGET);
		spin_lock_bh(&queue->lock);
		queue->counters.reaped_by_submitters += taken;
		if (patience_ns && taken)
			queue->counters.polls_won++;
		spin_unlock_bh(&queue->lock);
	}
	clear_bit_unlock(0, &queue->attended);
}

/* How long should the submitter of a request just posted wait for it? 0: not at all. */
static u64 cce_queue_patience(struct cce_queue *queue, const struct cce_request *request)
{
	u64 predicted;

	lockdep_assert_held(&queue->lock);

	/* Who must not sleep does not wait for its request, and may have others for the engine. */
	if (cce_queue_in_flight(queue) != 1 || !in_task() ||
	    !(request->owner->flags & CRYPTO_TFM_REQ_MAY_SLEEP) ||
	    (request->owner->flags & CCE_REQUEST_OTHERS_FOLLOW))
		return 0;
	predicted = cce_queue_predict(queue, request);
	if (predicted > (u64)READ_ONCE(poll_us) * NSEC_PER_USEC)
		return 0;
	if (predicted)
		queue->counters.polls++;
	return predicted;
}

/**
 * cce_queue_submit() - give a request to the engine, or let it wait for room
 * @queue: queue pair, with a reference to its engine
 * @request: request, as the algorithm has set it up
 *
 * Multi producer. Never overtakes the backlog. Other requests, and this one too, may end before it
 * returns, with their owners called: by the interrupt, or from here.
 *
 * Context: process or softirq; not the hard interrupt.
 * Return: -EINPROGRESS if the engine has it; -EBUSY if it waits in the backlog (its owner hears
 *	-EINPROGRESS when it leaves it). In both cases the reference belongs to the request now,
 *	which may even have ended already. Otherwise the reference stays with the caller: -ENOSPC
 *	if there is no room and the request may not wait,
 *	-EINVAL if it is malformed, a positive &enum cce_fallback_reason if it must run on the CPU.
 */
int cce_queue_submit(struct cce_queue *queue, struct cce_request *request)
{
	bool attend = false;
	u64 patience = 0;
	int result;

	request->queue = queue;

	/* The engine can't go before spin_unlock_bh() has returned: see cce_device_remove(). */
	spin_lock_bh(&queue->lock);
	if (queue->mode == CCE_QUEUE_DEAD)
		result = CCE_FALLBACK_DEVICE_DEAD;
	else if (queue->mode == CCE_QUEUE_SUSPENDED)
		result = CCE_FALLBACK_SUSPENDED;
	else if (queue->mode == CCE_QUEUE_STOPPED || queue->pumping || !list_empty(&queue->backlog))
		result = -ENOSPC;
	else
		result = cce_queue_post(queue, request);

	if (!result) {
		cce_queue_ring(queue);
		result = -EINPROGRESS;
		attend = !test_and_set_bit_lock(0, &queue->attended);
		if (attend) {
			patience = cce_queue_patience(queue, request);
			/* A hold on the engine of our own: the request's may go. */
			percpu_ref_get(&queue->cce->requests);
		}
	} else if (result == -ENOSPC && (request->owner->flags & CRYPTO_TFM_REQ_MAY_BACKLOG)) {
		list_add_tail(&request->node, &queue->backlog);
		queue->backlog_length++;
		queue->counters.backlogged++;
		result = -EBUSY;
	}
	spin_unlock_bh(&queue->lock);

	if (attend) {
		cce_queue_attend(queue, patience);
		cce_registry_put_queue(queue);
	}
	return result;
}

/**
 * cce_queue_continue() - give the engine the second request of one whose first it has done
 * @queue: queue pair that had the first
 * @request: described anew; may have ended, and be gone, on return
 *
 * If there is no room now, it waits whatever its owner allows, in front of the backlog: it is older
 * than those, and its owner has heard that the engine has it.
 *
 * Context: softirqs disabled, @queue->lock not held. The caller has a hold on the engine, and must
 *	call cce_queue_pump() afterwards, which tells the engine.
 */
void cce_queue_continue(struct cce_queue *queue, struct cce_request *request)
{
	request->notified = true;
	percpu_ref_get(&queue->cce->requests);

	spin_lock(&queue->lock);
	/* Whatever is amiss, cce_queue_pump() meets it again, and deals with it. */
	if (queue->mode != CCE_QUEUE_RUNNING || queue->pumping || !list_empty(&queue->backlog) ||
	    cce_queue_post(queue, request)) {
		list_add(&request->node, &queue->backlog);
		queue->backlog_length++;
	}
	spin_unlock(&queue->lock);
}

/* A request, whose end is noted in it, leaves its slot: nothing of its key or text stays behind. */
static void cce_queue_free_slot(struct cce_queue *queue, unsigned int number,
				struct list_head *done)
{
	struct cce_slot *slot = &queue->slot[number];
	struct cce_request *request = slot->request;

	lockdep_assert_held(&queue->lock);

	cce_request_wipe_slot(queue, number, request);
	slot->request = NULL;
	queue->free_slots[queue->free_slot_count] = number;
	WRITE_ONCE(queue->free_slot_count, queue->free_slot_count + 1);
	if (request->cbc_hmac_encryption)
		atomic_dec(&queue->cce->cbc_hmac_encryptions);
	if (request->redo)
		queue->counters.redone++;
	else if (request->error)
		queue->counters.failed++;
	else
		queue->counters.completed++;
	list_add_tail(&request->node, done);
}

/* One completion entry, copied. Trust nothing in it. */
static void cce_queue_take(struct cce_queue *queue, const struct cce_completion *completion,
			   struct list_head *done)
{
	struct device *dev = queue->cce->dev;
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
	queue->counters.status[min_t(u8, completion->status, CCE_STATUS_COUNTERS - 1)]++;
	trace_cce_complete(queue, completion);
	cce_request_answer(queue->slot[number].request, completion,
			   queue->slot_memory[number].result);
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
		struct cce_completion copy;

		if (!cce_queue_has_completion(queue))
			break;
		/* The engine writes the phase last: read the rest after the phase. */
		dma_rmb();
		memcpy(&copy, entry, sizeof(copy));
		WRITE_ONCE(queue->completion_head, queue->completion_head + 1);
		cce_queue_take(queue, &copy, done);
	}
	return count;
}

/*
 * End the requests of a list, without the lock; gives their references back. The caller must call
 * cce_queue_pump() afterwards.
 */
static void cce_queue_finish(struct cce_queue *queue, struct list_head *done)
{
	struct cce_request *request, *next;

	/* Owners expect to be called as from a softirq. */
	local_bh_disable();
	list_for_each_entry_safe(request, next, done, node) {
		list_del(&request->node);
		cce_request_finish(request);
		cce_registry_put_queue(queue);
	}
	local_bh_enable();
}

/* A request has left the backlog, but not for the engine. */
static void cce_queue_divert(struct cce_queue *queue, struct cce_request *request, int result)
{
	if (result > 0) {
		cce_fallback_count(&queue->cce->fallbacks, result);
		result = request->operations->run_on_cpu(request, false);
	}
	/* -EINPROGRESS or, as our owner allowed waiting, -EBUSY: the CPU's code calls back. */
	if (result != -EINPROGRESS && result != -EBUSY)
		cce_request_end(request, result);
	cce_registry_put_queue(queue);
}

/* What becomes of the oldest request of the backlog now? As cce_queue_post(). */
static int cce_queue_advance(struct cce_queue *queue, struct cce_request *request)
{
	switch (queue->mode) {
	case CCE_QUEUE_RUNNING:
		return cce_queue_post(queue, request);
	case CCE_QUEUE_SUSPENDED:
		return CCE_FALLBACK_SUSPENDED;
	case CCE_QUEUE_DEAD:
		return CCE_FALLBACK_DEVICE_DEAD;
	default:
		return -ENOSPC;
	}
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

		request = list_first_entry(&queue->backlog, struct cce_request, node);
		list_del(&request->node);
		queue->backlog_length--;

		if (!request->notified) {
			cce_queue_ring(queue);
			spin_unlock(&queue->lock);
			cce_request_notify(request);
			spin_lock(&queue->lock);
		}

		/* The mode may have changed meanwhile; room can only have grown. */
		result = cce_queue_advance(queue, request);
		if (result == -ENOSPC) {
			/* Also for want of a bounce buffer: whoever returns one calls us. */
			list_add(&request->node, &queue->backlog);
			queue->backlog_length++;
			break;
		}
		if (result) {
			cce_queue_ring(queue);
			spin_unlock(&queue->lock);
			cce_queue_divert(queue, request, result);
			spin_lock(&queue->lock);
		}
	}
	cce_queue_ring(queue);
	queue->pumping = false;
unlock:
	spin_unlock(&queue->lock);
	local_bh_enable();
}

/* How many completions may wait for an interrupt: many when many are under way, else none. */
static void cce_queue_moderate(struct cce_queue *queue)
{
	unsigned int in_flight = cce_queue_in_flight(queue);
	bool busy = queue->busy ? in_flight > CCE_IDLE_IN_FLIGHT : in_flight >= CCE_BUSY_IN_FLIGHT;

	lockdep_assert_held(&queue->lock);

	if (busy == queue->busy)
		return;
	queue->busy = busy;
	queue->counters.moderations++;
	cce_queue_write(queue, CCE_QUEUE_INTERRUPT_COUNT,
			(u32)(busy ? interrupt_count : 1)
				<< CCE_QUEUE_INTERRUPT_COUNT_COMPLETIONS_SHIFT);
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
	/* What is in flight when it shall sleep ends as usual. */
	if (queue->mode == CCE_QUEUE_RUNNING || queue->mode == CCE_QUEUE_SUSPENDED) {
		count = cce_queue_reap(queue, budget, &done);
		/* Tells the engine that these are seen: a later one raises the interrupt again. */
		if (count) {
			cce_queue_moderate(queue);
			cce_queue_doorbell(queue, CCE_DOORBELL_COMPLETION_HEAD,
					   queue->completion_head);
		}
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
	/* A submitter that polls may look at a phase meanwhile: for a hint, which may be wrong. */
	data_race(memset(queue->completion, 0,
			 cce_queue_entries(queue) * sizeof(*queue->completion)));
	queue->submission_tail = 0;
	queue->submission_rung = 0;
	queue->submission_head = 0;
	WRITE_ONCE(queue->completion_head, 0);
}

/**
 * cce_queue_abort() - end all requests in flight
 * @queue: queue pair that isn't running, and whose engine does no DMA for it any more
 * @error: negative errno for the requests whose completion isn't in the ring
 *
 * Requests that the engine had completed before it stopped end as it said. Those that it has never
 * fetched, if @fetch_head of the queue pair is known, are done on the CPU, and so are those that
 * write nothing but an answer, begun or not. The rings are rewound, and @fetch_head forgotten; the
 * backlog stays, and gets the second requests of those whose first the engine had completed.
 *
 * Context: process, @queue->lock not held.
 */
void cce_queue_abort(struct cce_queue *queue, int error)
{
	u16 unfetched = queue->submission_tail - queue->fetch_head;
	unsigned int number;
	LIST_HEAD(done);

	spin_lock_bh(&queue->lock);
	WARN_ON_ONCE(queue->mode == CCE_QUEUE_RUNNING);
	cce_queue_reap(queue, cce_queue_entries(queue), &done);
	for (number = 0; number < cce_queue_entries(queue); number++) {
		struct cce_request *request = queue->slot[number].request;
		bool unfetched_known;
		u16 behind;

		if (!request)
			continue;
		behind = queue->submission_tail - queue->slot[number].index;
		/* An index outside the ring is not to be believed. */
		unfetched_known = queue->fetch_head_known && behind <= unfetched &&
				  unfetched <= cce_queue_unfetched(queue);
		request->redo = unfetched_known || !request->destination;
		request->error = request->redo ? 0 : error;
		request->may_have_begun = !request->redo;
		cce_queue_free_slot(queue, number, &done);
	}
	cce_queue_rewind(queue);
	queue->fetch_head_known = false;
	spin_unlock_bh(&queue->lock);

	cce_queue_finish(queue, &done);
}

/**
 * cce_queue_is_idle() - is nothing in flight and nothing waiting?
 * @queue: queue pair
 *
 * Context: process, @queue->lock not held.
 * Return: whether it was idle a moment ago; it stays so only if it isn't running.
 */
bool cce_queue_is_idle(struct cce_queue *queue)
{
	bool idle;

	spin_lock_bh(&queue->lock);
	idle = !cce_queue_in_flight(queue) && list_empty(&queue->backlog) && !queue->pumping;
	spin_unlock_bh(&queue->lock);
	return idle;
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
 * cce_queue_count() - one more, of something that happens without the lock
 * @queue: queue pair
 * @counter: one of its counters
 *
 * Context: process, @queue->lock not held.
 */
void cce_queue_count(struct cce_queue *queue, u64 *counter)
{
	spin_lock_bh(&queue->lock);
	(*counter)++;
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
	queue->busy = false;
	cce_queue_write(queue, CCE_QUEUE_INTERRUPT_COUNT,
			1 << CCE_QUEUE_INTERRUPT_COUNT_COMPLETIONS_SHIFT);
	cce_queue_write(queue, CCE_QUEUE_INTERRUPT_TIME, interrupt_time);
	cce_queue_write(queue, CCE_QUEUE_CONTROL,
			CCE_QUEUE_CONTROL_ENABLE_MASK | CCE_QUEUE_CONTROL_INTERRUPT_ENABLE_MASK);

	/* Checking the ring registers may take the engine a moment. */
	readl_poll_timeout(cce->registers + CCE_QUEUE_BASE + queue->index * CCE_QUEUE_STRIDE +
			   CCE_QUEUE_STATUS, status, status & CCE_QUEUE_STATUS_STATE_MASK,
			   CCE_START_POLL_US, CCE_START_TIMEOUT_US);
	state = (status & CCE_QUEUE_STATUS_STATE_MASK) >> CCE_QUEUE_STATUS_STATE_SHIFT;
	if (state != CCE_QUEUE_STATE_RUNNING) {
		dev_err(cce->dev, "queue %u: doesn't start, status %#x\n",
			queue->index, status);
		return -EIO;
	}
	return 0;
}

static void cce_queue_tasklet(struct tasklet_struct *tasklet)
{
	struct cce_queue *queue = container_of(tasklet, struct cce_queue, tasklet);

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
 * @queue: queue pair; its engine's vectors are allocated
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int cce_queue_request_irq(struct cce_queue *queue)
{
	struct cce_device *cce = queue->cce;
	int irq, error;

	irq = cce->bus->interrupt(cce, CCE_INTERRUPT_VECTOR_EVENT + 1 + queue->index);
	if (irq < 0)
		return irq;
	snprintf(queue->irq_name, sizeof(queue->irq_name), "cce-%s-q%u", dev_name(cce->dev),
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
	struct device *dev = queue->cce->dev;
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
	struct device *dev = cce->dev;
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
	struct device *dev = queue->cce->dev;
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
