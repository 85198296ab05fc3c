// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: queues of /dev/cce. Not to be taken for the engine's queue pairs: which of
 * those a request goes to is cce_registry.c's choice.
 *
 * A queue has its requests from the beginning. One that has ended keeps what it holds until it is
 * collected: only who collects may sleep, and unpinning does.
 */
#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/ktime.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cce_client.h"
#include "cce_compat.h"

/* Completions are copied to user space so many at a time. */
#define CCE_COLLECT_BATCH	16

/**
 * struct cce_user_queue - a queue
 * @refs: the client and calls under way; a request has none
 * @client: its owner
 * @depth: requests
 * @eventfd: to signal, or NULL
 * @wait: for completions, and for @in_flight to become 0
 * @lock: protects what follows; softirqs disabled. Who waits reads @ended_count and @closed without
 *	it
 * @free: requests that nobody uses
 * @ended: requests to be collected, oldest first
 * @ended_count: of them
 * @in_flight: requests of which the crypto API has not yet told the end
 * @closed: takes none any more
 */
struct cce_user_queue {
	struct kref refs;
	struct cce_client *client;
	unsigned int depth;
	struct eventfd_ctx *eventfd;
	wait_queue_head_t wait;
	spinlock_t lock;		/* see above */
	struct list_head free;
	struct list_head ended;
	unsigned int ended_count;
	unsigned int in_flight;
	bool closed;
};

/*
 * All within the lock: when cce_user_queue_close() has had it after the last request in flight, the
 * queue may go, and the client, too.
 */
static void cce_user_queue_done(struct cce_user_request *request)
{
	struct cce_user_queue *queue = request->queue;
	struct cce_client *client = queue->client;

	spin_lock_bh(&queue->lock);
	list_add_tail(&request->node, &queue->ended);
	WRITE_ONCE(queue->ended_count, queue->ended_count + 1);
	queue->in_flight--;
	atomic_inc(&client->ready);
	if (wq_has_sleeper(&queue->wait))
		wake_up(&queue->wait);
	if (wq_has_sleeper(&client->wait))
		wake_up_poll(&client->wait, EPOLLIN | EPOLLRDNORM);
	if (queue->eventfd)
		cce_eventfd_signal(queue->eventfd);
	spin_unlock_bh(&queue->lock);
}

/* A free request, which counts as in flight from now on; or an errno. */
static struct cce_user_request *cce_user_queue_take(struct cce_user_queue *queue)
{
	struct cce_user_request *request;

	spin_lock_bh(&queue->lock);
	if (queue->closed) {
		request = ERR_PTR(-ENOENT);
	} else if (list_empty(&queue->free)) {
		request = ERR_PTR(-EAGAIN);
	} else {
		request = list_first_entry(&queue->free, struct cce_user_request, node);
		list_del_init(&request->node);
		queue->in_flight++;
	}
	spin_unlock_bh(&queue->lock);
	return request;
}

/* It didn't run after all. */
static void cce_user_queue_untake(struct cce_user_queue *queue, struct cce_user_request *request)
{
	spin_lock_bh(&queue->lock);
	list_add(&request->node, &queue->free);
	queue->in_flight--;
	wake_up(&queue->wait);
	spin_unlock_bh(&queue->lock);
}

static bool cce_user_queue_idle(struct cce_user_queue *queue)
{
	bool idle;

	spin_lock_bh(&queue->lock);
	idle = !queue->in_flight;
	spin_unlock_bh(&queue->lock);
	return idle;
}

/* At most @count ended requests, oldest first. */
static unsigned int cce_user_queue_harvest(struct cce_user_queue *queue,
					   struct list_head *requests, unsigned int count)
{
	unsigned int taken = 0;

	spin_lock_bh(&queue->lock);
	for (; taken < count && !list_empty(&queue->ended); taken++)
		list_move_tail(queue->ended.next, requests);
	WRITE_ONCE(queue->ended_count, queue->ended_count - taken);
	atomic_sub(taken, &queue->client->ready);
	spin_unlock_bh(&queue->lock);
	return taken;
}

/* They could not be told to user space. */
static void cce_user_queue_unharvest(struct cce_user_queue *queue, struct list_head *requests,
				     unsigned int count)
{
	spin_lock_bh(&queue->lock);
	list_splice(requests, &queue->ended);
	WRITE_ONCE(queue->ended_count, queue->ended_count + count);
	atomic_add(count, &queue->client->ready);
	wake_up(&queue->wait);
	wake_up_poll(&queue->client->wait, EPOLLIN | EPOLLRDNORM);
	spin_unlock_bh(&queue->lock);
}

/* What they hold is given back, and they are free. */
static void cce_user_queue_recycle(struct cce_user_queue *queue, struct list_head *requests)
{
	struct cce_user_request *request;

	list_for_each_entry(request, requests, node)
		cce_user_request_clean(request);
	spin_lock_bh(&queue->lock);
	list_splice(requests, &queue->free);
	spin_unlock_bh(&queue->lock);
}

/* Forget what has ended and was not collected. */
static void cce_user_queue_forget(struct cce_user_queue *queue)
{
	LIST_HEAD(ended);

	cce_user_queue_harvest(queue, &ended, UINT_MAX);
	cce_user_queue_recycle(queue, &ended);
}

static void cce_user_queue_release(struct kref *refs)
{
	struct cce_user_queue *queue = container_of(refs, struct cce_user_queue, refs);

	/* Who could not tell completions has put them back since the queue was closed. */
	cce_user_queue_forget(queue);
	if (queue->eventfd)
		eventfd_ctx_put(queue->eventfd);
	cce_user_request_free_all(&queue->free);
	cce_client_uncharge(queue->client->account, CCE_QUOTA_REQUESTS, queue->depth);
	kfree(queue);
}

static void cce_user_queue_put(struct cce_user_queue *queue)
{
	kref_put(&queue->refs, cce_user_queue_release);
}

static struct cce_user_queue *cce_user_queue_get(struct cce_client *client, u32 id)
{
	struct cce_user_queue *queue;

	xa_lock(&client->queues);
	queue = xa_load(&client->queues, id);
	if (queue)
		kref_get(&queue->refs);
	xa_unlock(&client->queues);
	return queue;
}

/*
 * The end of a queue that nobody finds any more. The wait needs no bound: the engine, its recovery
 * or the CPU ends each request.
 */
static void cce_user_queue_close(struct cce_user_queue *queue)
{
	spin_lock_bh(&queue->lock);
	WRITE_ONCE(queue->closed, true);
	wake_up_all(&queue->wait);
	spin_unlock_bh(&queue->lock);

	wait_event(queue->wait, cce_user_queue_idle(queue));
	cce_user_queue_forget(queue);
	cce_user_queue_put(queue);
}

static int cce_user_queue_fill(struct cce_user_queue *queue)
{
	unsigned int i;

	for (i = 0; i < queue->depth; i++) {
		struct cce_user_request *request = cce_user_request_alloc();

		if (!request)
			return -ENOMEM;
		request->queue = queue;
		request->done = cce_user_queue_done;
		list_add(&request->node, &queue->free);
	}
	return 0;
}

static int cce_user_queue_set_eventfd(struct cce_user_queue *queue, int fd)
{
	struct eventfd_ctx *eventfd;

	if (fd == -1)
		return 0;
	eventfd = eventfd_ctx_fdget(fd);
	if (IS_ERR(eventfd))
		return PTR_ERR(eventfd);
	queue->eventfd = eventfd;
	return 0;
}

/* Its requests have been charged; an error gives that back. */
static struct cce_user_queue *cce_user_queue_make(struct cce_client *client,
						  const struct cce_uapi_queue_create *argument)
{
	struct cce_user_queue *queue;
	int error;

	queue = kzalloc(sizeof(*queue), GFP_KERNEL_ACCOUNT);
	if (!queue) {
		cce_client_uncharge(client->account, CCE_QUOTA_REQUESTS, argument->depth);
		return ERR_PTR(-ENOMEM);
	}
	kref_init(&queue->refs);
	queue->client = client;
	queue->depth = argument->depth;
	init_waitqueue_head(&queue->wait);
	spin_lock_init(&queue->lock);
	INIT_LIST_HEAD(&queue->free);
	INIT_LIST_HEAD(&queue->ended);
	error = cce_user_queue_set_eventfd(queue, argument->eventfd) ?:
		cce_user_queue_fill(queue);
	if (error) {
		cce_user_queue_put(queue);
		return ERR_PTR(error);
	}
	return queue;
}

/**
 * cce_user_queue_create() - ioctl CCE_UAPI_QUEUE_CREATE
 * @client: who asks
 * @user: address of struct cce_uapi_queue_create
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int cce_user_queue_create(struct cce_client *client, void __user *user)
{
	struct cce_uapi_queue_create argument;
	struct cce_user_queue *queue;
	int error;

	error = cce_client_copy_argument(&argument, sizeof(argument), user);
	if (error)
		return error;
	if (argument.flags || argument.reserved || !argument.depth ||
	    argument.depth > CCE_UAPI_QUEUE_DEPTH || argument.eventfd < -1)
		return -EINVAL;
	error = cce_client_charge(client->account, CCE_QUOTA_REQUESTS, argument.depth);
	if (error)
		return error;
	queue = cce_user_queue_make(client, &argument);
	if (IS_ERR(queue))
		return PTR_ERR(queue);

	kref_get(&queue->refs);		/* the client's */
	error = xa_alloc(&client->queues, &argument.queue, queue, xa_limit_31b,
			 GFP_KERNEL_ACCOUNT);
	if (error) {
		cce_user_queue_put(queue);
	} else {
		error = cce_client_return(user, &argument, sizeof(argument));
		/* Another thread may have guessed the id and destroyed it. */
		if (error && xa_cmpxchg(&client->queues, argument.queue, queue, NULL, 0) == queue)
			cce_user_queue_close(queue);
	}
	cce_user_queue_put(queue);
	return error;
}

/**
 * cce_user_queue_destroy() - ioctl CCE_UAPI_QUEUE_DESTROY
 * @client: who asks
 * @id: of the queue
 *
 * Context: process, sleeps until nothing is in flight.
 * Return: 0 or -ENOENT.
 */
int cce_user_queue_destroy(struct cce_client *client, u32 id)
{
	struct cce_user_queue *queue = xa_erase(&client->queues, id);

	if (!queue)
		return -ENOENT;
	cce_user_queue_close(queue);
	return 0;
}

static int cce_user_queue_submit_one(struct cce_user_queue *queue,
				     const struct cce_uapi_request __user *user, bool alone)
{
	struct cce_uapi_request given;
	struct cce_user_request *request;
	int error;

	if (copy_from_user(&given, user, sizeof(given)))
		return -EFAULT;
	request = cce_user_queue_take(queue);
	if (IS_ERR(request))
		return PTR_ERR(request);
	request->alone = alone;
	error = cce_user_request_prepare(request, queue->client, &given, NULL);
	if (error)
		cce_user_queue_untake(queue, request);
	else
		cce_user_request_run(request);
	return error;
}

/**
 * cce_user_queue_submit() - ioctl CCE_UAPI_SUBMIT
 * @client: who asks
 * @user: address of struct cce_uapi_submit
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int cce_user_queue_submit(struct cce_client *client, void __user *user)
{
	const struct cce_uapi_request __user *requests;
	struct cce_uapi_submit argument;
	struct cce_user_queue *queue;
	int error;

	error = cce_client_copy_argument(&argument, sizeof(argument), user);
	if (error)
		return error;
	if (argument.flags || argument.reserved || !argument.count)
		return -EINVAL;
	queue = cce_user_queue_get(client, argument.queue);
	if (!queue)
		return -ENOENT;

	requests = u64_to_user_ptr(argument.requests);
	for (argument.accepted = 0; argument.accepted < argument.count; argument.accepted++) {
		/* Another signal must not look like the fault of a request. */
		if (fatal_signal_pending(current)) {
			error = -EINTR;
			break;
		}
		error = cce_user_queue_submit_one(queue, requests + argument.accepted,
						  argument.count == 1);
		if (error)
			break;
		cond_resched();
	}
	cce_user_queue_put(queue);
	if (argument.accepted)
		error = 0;
	return cce_client_return(user, &argument, sizeof(argument)) ?: error;
}

/* Whether who waits has waited enough. */
static bool cce_user_queue_has(struct cce_user_queue *queue, unsigned int minimum)
{
	return READ_ONCE(queue->ended_count) >= minimum || READ_ONCE(queue->closed);
}

static int cce_user_queue_wait(struct cce_user_queue *queue, unsigned int minimum, s64 timeout_ns)
{
	if (cce_user_queue_has(queue, minimum))
		return 0;
	if (timeout_ns == -1)
		return wait_event_interruptible(queue->wait, cce_user_queue_has(queue, minimum)) ?
			       -EINTR : 0;
	if (!timeout_ns)
		return -ETIME;
	/* -ERESTARTSYS would begin the whole time again. */
	return wait_event_interruptible_hrtimeout(queue->wait, cce_user_queue_has(queue, minimum),
						  ns_to_ktime(timeout_ns)) == -ETIME ?
		       -ETIME : cce_user_queue_has(queue, minimum) ? 0 : -EINTR;
}

static int cce_user_queue_tell(struct list_head *requests,
			       struct cce_uapi_completion __user *user)
{
	struct cce_uapi_completion completions[CCE_COLLECT_BATCH];
	struct cce_user_request *request;
	unsigned int count = 0;

	list_for_each_entry(request, requests, node) {
		struct cce_uapi_completion *completion = &completions[count++];

		*completion = (struct cce_uapi_completion){
			.cookie = request->cookie,
			.status = request->status,
		};
		memcpy(completion->next_iv, request->iv, sizeof(completion->next_iv));
	}
	return copy_to_user(user, completions, count * sizeof(*completions)) ? -EFAULT : 0;
}

/* Take what has ended. An error only if nothing was told. */
static int cce_user_queue_drain(struct cce_user_queue *queue, struct cce_uapi_collect *argument)
{
	struct cce_uapi_completion __user *user = u64_to_user_ptr(argument->completions);
	int error = 0;

	while (!error && argument->count < argument->maximum) {
		LIST_HEAD(requests);
		unsigned int count;

		count = cce_user_queue_harvest(queue, &requests,
					       min_t(unsigned int, CCE_COLLECT_BATCH,
						     argument->maximum - argument->count));
		if (!count)
			break;
		error = cce_user_queue_tell(&requests, user + argument->count);
		if (error) {
			cce_user_queue_unharvest(queue, &requests, count);
		} else {
			cce_user_queue_recycle(queue, &requests);
			argument->count += count;
		}
		cond_resched();
	}
	return argument->count ? 0 : error;
}

/**
 * cce_user_queue_collect() - ioctl CCE_UAPI_COLLECT
 * @client: who asks
 * @user: address of struct cce_uapi_collect
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int cce_user_queue_collect(struct cce_client *client, void __user *user)
{
	struct cce_uapi_collect argument;
	struct cce_user_queue *queue;
	int waited, error;

	error = cce_client_copy_argument(&argument, sizeof(argument), user);
	if (error)
		return error;
	if (argument.flags || !argument.maximum || argument.minimum > argument.maximum ||
	    argument.timeout_ns < -1)
		return -EINVAL;
	queue = cce_user_queue_get(client, argument.queue);
	if (!queue)
		return -ENOENT;

	argument.count = 0;
	if (argument.minimum > queue->depth) {
		error = -EINVAL;	/* it would wait for ever */
	} else {
		waited = cce_user_queue_wait(queue, argument.minimum, argument.timeout_ns);
		error = READ_ONCE(queue->closed) ? -ENOENT :
						   cce_user_queue_drain(queue, &argument);
		if (!error && !argument.count)
			error = waited;
	}
	cce_user_queue_put(queue);
	return cce_client_return(user, &argument, sizeof(argument)) ?: error;
}
