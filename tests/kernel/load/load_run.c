// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load for the Core Crypto Engine's driver: threads that keep requests in flight, and the account.
 *
 * A request's completion function gets a ticket, which lives until the end of the run: so a request
 * that ends twice, or never, is found out without looking at memory that is freed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "load.h"

#define LOAD_KEY_ATTEMPTS	100
#define LOAD_NAMED		8	/* requests with a defect that are named */

static const char * const load_names[LOAD_COUNTERS] = {
	[LOAD_OFFERED] = "offered",
	[LOAD_RIGHT] = "right",
	[LOAD_FORGED] = "forged",
	[LOAD_REFUSED] = "refused",
	[LOAD_FAILED] = "failed",
	[LOAD_WIPED] = "failed_wiped",
	[LOAD_UNTOUCHED] = "failed_untouched",
	[LOAD_TEXT_BYTES] = "text_bytes",
	[LOAD_SYNCHRONOUS] = "synchronous",
	[LOAD_QUEUED] = "queued",
	[LOAD_BACKLOGGED] = "backlogged",
	[LOAD_IN_PLACE] = "in_place",
	[LOAD_IN_PARTS] = "in_parts",
	[LOAD_REKEYED] = "rekeyed",
	[LOAD_REKEYED_IN_FLIGHT] = "rekeyed_in_flight",
	[LOAD_NO_MEMORY] = "no_memory",
	[LOAD_NO_CIPHER] = "defect.no_cipher",
	[LOAD_WRONG] = "defect.wrong",
	[LOAD_PARTIAL] = "defect.partial_output",
	[LOAD_PLAINTEXT] = "defect.plaintext_blocks",
	[LOAD_STRAY] = "defect.stray_write",
	[LOAD_SOURCE] = "defect.source_changed",
	[LOAD_LATE] = "defect.written_after_end",
	[LOAD_TWICE] = "defect.ended_twice",
	[LOAD_LOST] = "defect.lost",
	[LOAD_DISORDER] = "defect.backlog_order",
	[LOAD_NOTIFICATION] = "defect.notification",
};

static atomic64_t load_counters[LOAD_COUNTERS];
static atomic_t load_errnos[LOAD_ERRNOS];
static atomic_t load_deepest;
static atomic_t load_in_flight;
static u64 load_began_ns, load_ended_ns;	/* of the last run: first request, last end */
static struct load_run *load_running;
static DEFINE_MUTEX(load_lock);	/* protects @load_running */
static char load_named[LOAD_NAMED][160];
static atomic_t load_named_count;

/**
 * load_count() - count something once
 * @counter: what
 *
 * Context: any.
 */
void load_count(enum load_counter counter)
{
	atomic64_inc(&load_counters[counter]);
}

/**
 * load_count_more() - count something some times
 * @counter: what
 * @amount: how many times
 *
 * Context: any.
 */
void load_count_more(enum load_counter counter, unsigned int amount)
{
	atomic64_add(amount, &load_counters[counter]);
}

/**
 * load_count_errno() - count an error by its number
 * @error: positive errno
 *
 * Context: any.
 */
void load_count_errno(int error)
{
	atomic_inc(&load_errnos[clamp(error, 0, LOAD_ERRNOS - 1)]);
}

/**
 * load_name_defect() - count a defect, and say whose it is
 * @ticket: request
 * @defect: what is wrong
 * @error: how the request ended
 *
 * Context: any.
 */
void load_name_defect(const struct load_ticket *ticket, enum load_counter defect, int error)
{
	unsigned int line = atomic_inc_return(&load_named_count) - 1;

	load_count(defect);
	if (line >= LOAD_NAMED)
		return;
	snprintf(load_named[line], sizeof(load_named[line]),
		 "%s: thread %u request %u, %s, %s of %u bytes%s, returned %d, ended with %d",
		 load_names[defect], ticket->thread->number,
		 (unsigned int)(ticket - ticket->thread->tickets), ticket->algorithm->driver,
		 ticket->decrypt ? "decryption" : "encryption", ticket->bytes,
		 ticket->in_place ? " in place" : "", ticket->result, error);
}

/* The oldest grave makes room: nothing may have been written there since. */
static void load_bury(struct load_thread *thread, struct load_grave grave)
{
	struct load_grave old;
	unsigned long flags;

	spin_lock_irqsave(&thread->grave_lock, flags);
	old = thread->graves[thread->next_grave];
	thread->graves[thread->next_grave] = grave;
	thread->next_grave = (thread->next_grave + 1) % LOAD_GRAVES;
	spin_unlock_irqrestore(&thread->grave_lock, flags);
	if (old.buffer && !load_is_filled(old.buffer, LOAD_POISON_AFTER, old.bytes))
		load_count(LOAD_LATE);
	kfree(old.buffer);
}

/* A request is over. Every other one's destination is watched, the others are freed at once. */
static void load_finish(struct load_ticket *ticket, int error)
{
	struct load_thread *thread = ticket->thread;
	struct load_grave grave = { };
	bool watched = ticket->sequence & 1;

	load_flight_end(ticket->flight, error, watched ? &grave : NULL);
	if (watched)
		load_bury(thread, grave);
}

static void load_notified(struct load_ticket *ticket)
{
	struct load_run *run = ticket->thread->run;
	unsigned long flags;

	if (ticket->notified || atomic_read(&ticket->state) != LOAD_TICKET_UNDER_WAY)
		load_name_defect(ticket, LOAD_NOTIFICATION, -EINPROGRESS);
	ticket->notified = true;
	if (!run->options.order)
		return;
	spin_lock_irqsave(&run->order_lock, flags);
	if ((s32)(ticket->sequence - run->notified_last[ticket->cpu]) <= 0)
		load_name_defect(ticket, LOAD_DISORDER, -EINPROGRESS);
	run->notified_last[ticket->cpu] = ticket->sequence;
	spin_unlock_irqrestore(&run->order_lock, flags);
}

/**
 * load_ended() - completion function of all requests
 * @ticket: the request's
 * @error: how it ended, or -EINPROGRESS: it has left a backlog
 *
 * Context: softirq, or softirqs disabled.
 */
void load_ended(struct load_ticket *ticket, int error)
{
	struct load_thread *thread = ticket->thread;

	if (error == -EINPROGRESS) {
		load_notified(ticket);
		return;
	}
	if (atomic_cmpxchg(&ticket->state, LOAD_TICKET_UNDER_WAY, LOAD_TICKET_ENDED) !=
	    LOAD_TICKET_UNDER_WAY) {
		load_name_defect(ticket, LOAD_TWICE, error);
		return;
	}
	load_finish(ticket, error);
	WRITE_ONCE(load_ended_ns, ktime_get_ns());
	atomic_dec(&load_in_flight);
	atomic_dec(&thread->in_flight);
	wake_up(&thread->ended);
}

static void load_note_depth(void)
{
	int depth = atomic_inc_return(&load_in_flight);
	int deepest = atomic_read(&load_deepest);

	while (depth > deepest && !atomic_try_cmpxchg(&load_deepest, &deepest, depth))
		;
}

/*
 * Submit with a number among those of the CPU: so the number is the order in which the driver gets
 * the requests of this CPU.
 */
static int load_submit(struct load_ticket *ticket, struct load_flight *flight)
{
	struct load_thread *thread = ticket->thread;
	int result;

	ticket->flight = flight;
	ticket->algorithm = flight->cipher->algorithm;
	ticket->bytes = flight->text_bytes;
	ticket->decrypt = flight->decrypt;
	ticket->in_place = flight->source == flight->destination;
	flight->ticket = ticket;
	atomic_set(&ticket->state, LOAD_TICKET_UNDER_WAY);
	atomic_inc(&thread->in_flight);
	if (!READ_ONCE(load_began_ns))
		WRITE_ONCE(load_began_ns, ktime_get_ns());
	load_count(LOAD_OFFERED);
	load_count_more(LOAD_TEXT_BYTES, flight->text_bytes);
	load_note_depth();

	ticket->cpu = get_cpu();
	ticket->sequence = ++thread->run->sequence[ticket->cpu];
	result = load_flight_submit(flight);
	put_cpu();

	ticket->result = result;
	if (result == -EINPROGRESS) {
		load_count(LOAD_QUEUED);
	} else if (result == -EBUSY) {
		load_count(LOAD_BACKLOGGED);
	} else {
		load_count(LOAD_SYNCHRONOUS);
		local_bh_disable();
		load_ended(ticket, result);
		local_bh_enable();
	}
	return result;
}

static void load_rekey(struct load_thread *thread, struct load_cipher *cipher)
{
	unsigned int i;

	/* Whether the second part has the new key then is not defined. */
	if (atomic_read(&cipher->in_parts))
		return;
	load_count(LOAD_REKEYED);
	if (atomic_read(&thread->in_flight))
		load_count(LOAD_REKEYED_IN_FLIGHT);
	/* Without memory a transformation may be without a key: it must get one. */
	for (i = 0; i < LOAD_KEY_ATTEMPTS; i++) {
		if (!load_cipher_set_key(cipher, &thread->random))
			return;
		load_count(LOAD_NO_MEMORY);
	}
}

static struct load_cipher *load_choose_cipher(struct load_thread *thread)
{
	struct load_cipher *cipher;

	do {
		cipher = &thread->ciphers[load_random(&thread->random, load_algorithm_count)];
	} while (!cipher->algorithm);
	return cipher;
}

static void load_work(struct load_thread *thread)
{
	const struct load_options *options = &thread->run->options;
	unsigned long patience = options->patience_s * HZ;
	struct load_flight *flight;
	struct load_cipher *cipher;
	unsigned int i;
	int before;

	for (i = 0; i < options->requests && !READ_ONCE(thread->run->stop); i++) {
		if (!wait_event_timeout(thread->ended,
					atomic_read(&thread->in_flight) < options->depth, patience))
			break;
		cipher = load_choose_cipher(thread);
		if (options->rekey && !load_random(&thread->random, options->rekey))
			load_rekey(thread, cipher);
		flight = load_flight_make(thread, cipher);
		if (IS_ERR(flight)) {
			load_count(LOAD_NO_MEMORY);
			continue;
		}
		before = atomic_read(&thread->in_flight);
		if (load_submit(&thread->tickets[i], flight) == -ENOSPC) {
			wait_event_timeout(thread->ended,
					   atomic_read(&thread->in_flight) < before, 1);
			if (!before)
				usleep_range(100, 200);
		}
		if (options->pause_us)
			usleep_range(options->pause_us, options->pause_us + 1);
		cond_resched();
	}
	wait_event_timeout(thread->ended, !atomic_read(&thread->in_flight), patience);
}

static int load_thread_create_ciphers(struct load_thread *thread)
{
	unsigned int i, attempt;
	int error = 0;

	thread->ciphers = kcalloc(load_algorithm_count, sizeof(*thread->ciphers),
				  GFP_KERNEL | __GFP_NOFAIL);
	for (i = 0; i < load_algorithm_count; i++) {
		if (!(thread->run->options.algorithms & BIT(i)))
			continue;
		for (attempt = 0; attempt < LOAD_KEY_ATTEMPTS; attempt++) {
			error = load_cipher_create(&thread->ciphers[i], &load_algorithms[i],
						   &thread->random);
			if (!error)
				break;
			load_count(LOAD_NO_MEMORY);
			load_cipher_destroy(&thread->ciphers[i]);
		}
		if (error) {
			pr_err("%s: %d\n", load_algorithms[i].driver, error);
			return error;
		}
	}
	return 0;
}

static int load_thread(void *data)
{
	struct load_thread *thread = data;
	struct load_run *run = thread->run;

	if (load_thread_create_ciphers(thread))
		load_count(LOAD_NO_CIPHER);
	else
		load_work(thread);
	if (atomic_dec_and_test(&run->threads_left))
		complete(&run->done);
	return 0;
}

/* Who never ended, and who said what. */
static void load_audit(struct load_thread *thread, unsigned int number)
{
	const struct load_ticket *ticket = &thread->tickets[number];

	switch (atomic_read(&ticket->state)) {
	case LOAD_TICKET_UNUSED:
		return;
	case LOAD_TICKET_UNDER_WAY:
		load_name_defect(ticket, LOAD_LOST, -EINPROGRESS);
		return;
	default:
		if (ticket->notified != (ticket->result == -EBUSY))
			load_name_defect(ticket, LOAD_NOTIFICATION, 0);
	}
}

/* Takes the threads' memory back. False: some of it is still in use. */
static bool load_run_clean_up(struct load_run *run)
{
	bool complete = true;
	unsigned int i, j;

	for (i = 0; i < run->options.threads; i++) {
		struct load_thread *thread = &run->threads[i];

		for (j = 0; j < run->options.requests; j++)
			load_audit(thread, j);
		/* What is lost may still come: its memory stays. */
		if (atomic_read(&thread->in_flight)) {
			complete = false;
			continue;
		}
		for (j = 0; j < LOAD_GRAVES; j++)
			load_bury(thread, (struct load_grave){ });
		for (j = 0; thread->ciphers && j < load_algorithm_count; j++)
			load_cipher_destroy(&thread->ciphers[j]);
		kfree(thread->ciphers);
	}
	return complete;
}

static void load_run_free(struct load_run *run)
{
	kfree(run->notified_last);
	kfree(run->sequence);
	vfree(run->tickets);
	vfree(run->threads);
	kfree(run);
}

static struct load_run *load_run_allocate(const struct load_options *options)
{
	struct load_run *run = kzalloc(sizeof(*run), GFP_KERNEL);

	if (!run)
		return NULL;
	run->options = *options;
	run->threads = vzalloc(array_size(options->threads, sizeof(*run->threads)));
	run->tickets = vzalloc(array3_size(options->threads, options->requests,
					   sizeof(*run->tickets)));
	run->sequence = kcalloc(nr_cpu_ids, sizeof(*run->sequence), GFP_KERNEL);
	run->notified_last = kcalloc(nr_cpu_ids, sizeof(*run->notified_last), GFP_KERNEL);
	if (!run->threads || !run->tickets || !run->sequence || !run->notified_last) {
		load_run_free(run);
		return NULL;
	}
	spin_lock_init(&run->order_lock);
	init_completion(&run->done);
	atomic_set(&run->threads_left, options->threads);
	return run;
}

static void load_run_begin(struct load_run *run)
{
	unsigned int i, j;

	for (i = 0; i < run->options.threads; i++) {
		struct load_thread *thread = &run->threads[i];

		thread->run = run;
		thread->number = i;
		prandom_seed_state(&thread->random, ((u64)run->options.seed << 32) + i + 1);
		thread->tickets = &run->tickets[i * run->options.requests];
		for (j = 0; j < run->options.requests; j++)
			thread->tickets[j].thread = thread;
		spin_lock_init(&thread->grave_lock);
		init_waitqueue_head(&thread->ended);
	}
	for (i = 0; i < run->options.threads; i++) {
		struct task_struct *task;

		task = kthread_run(load_thread, &run->threads[i], "cce_load/%u", i);
		if (!IS_ERR(task))
			continue;
		load_count(LOAD_NO_MEMORY);
		if (atomic_dec_and_test(&run->threads_left))
			complete(&run->done);
	}
}

static void load_counters_reset(void)
{
	unsigned int i;

	for (i = 0; i < LOAD_COUNTERS; i++)
		atomic64_set(&load_counters[i], 0);
	for (i = 0; i < LOAD_ERRNOS; i++)
		atomic_set(&load_errnos[i], 0);
	WRITE_ONCE(load_began_ns, 0);
	WRITE_ONCE(load_ended_ns, 0);
	atomic_set(&load_deepest, 0);
	atomic_set(&load_named_count, 0);
}

static bool load_found_defects(void)
{
	unsigned int i;

	for (i = LOAD_FIRST_DEFECT; i < LOAD_COUNTERS; i++)
		if (atomic64_read(&load_counters[i]))
			return true;
	return false;
}

/* Does the sum of the ends make up for the requests offered? */
static bool load_adds_up(void)
{
	s64 ended = 0;
	unsigned int i;

	for (i = LOAD_RIGHT; i <= LOAD_FAILED; i++)
		ended += atomic64_read(&load_counters[i]);
	return ended + atomic64_read(&load_counters[LOAD_WRONG]) ==
	       atomic64_read(&load_counters[LOAD_OFFERED]);
}

/**
 * load_run_start() - begin a run
 * @options: what to do
 *
 * Context: process, sleeps.
 * Return: 0; -EBUSY if another run hasn't been ended, -EINVAL for options that can't be, -ENOMEM.
 */
int load_run_start(const struct load_options *options)
{
	struct load_run *run;
	int error = 0;

	if (!options->threads || !options->depth || !options->requests || !options->bytes ||
	    !(options->layouts & (BIT(LOAD_LAYOUTS) - 1)) ||
	    !(options->algorithms & (BIT(load_algorithm_count) - 1)))
		return -EINVAL;

	mutex_lock(&load_lock);
	if (load_running) {
		error = -EBUSY;
		goto unlock;
	}
	run = load_run_allocate(options);
	if (!run) {
		error = -ENOMEM;
		goto unlock;
	}
	load_counters_reset();
	load_running = run;
	load_run_begin(run);
unlock:
	mutex_unlock(&load_lock);
	return error;
}

/**
 * load_run_end() - wait for the end of the run under way, and audit it
 * @stop: no further request
 *
 * Context: process, sleeps.
 * Return: 0; -EIO if there was a defect, -ENOENT if there is no run, or somebody else waits for it.
 */
int load_run_end(bool stop)
{
	struct load_run *run;
	int error = 0;

	mutex_lock(&load_lock);
	run = load_running;
	if (run && stop)
		WRITE_ONCE(run->stop, true);
	if (!run || run->awaited) {
		mutex_unlock(&load_lock);
		return -ENOENT;
	}
	run->awaited = true;
	mutex_unlock(&load_lock);

	wait_for_completion(&run->done);

	mutex_lock(&load_lock);
	load_running = NULL;
	/* Lost requests may still come and use what they know of: then all stays, and so do we. */
	if (load_run_clean_up(run))
		load_run_free(run);
	else
		__module_get(THIS_MODULE);
	if (load_found_defects() || !load_adds_up())
		error = -EIO;
	mutex_unlock(&load_lock);
	return error;
}

/**
 * load_show_result() - the account of the last run, or of the present one up to now
 * @file: receives lines of "name: value"
 *
 * Context: process.
 */
void load_show_result(struct seq_file *file)
{
	unsigned int i, named = min(atomic_read(&load_named_count), LOAD_NAMED);

	for (i = 0; i < LOAD_COUNTERS; i++)
		seq_printf(file, "%s: %lld\n", load_names[i], atomic64_read(&load_counters[i]));
	for (i = 0; i < LOAD_ERRNOS; i++)
		if (atomic_read(&load_errnos[i]))
			seq_printf(file, "errno.%u: %d\n", i, atomic_read(&load_errnos[i]));
	seq_printf(file, "in_flight_most: %d\n", atomic_read(&load_deepest));
	seq_printf(file, "took_ns: %llu\n",
		   READ_ONCE(load_ended_ns) - READ_ONCE(load_began_ns));
	seq_printf(file, "adds_up: %d\n", load_adds_up());
	for (i = 0; i < named; i++)
		seq_printf(file, "named%u: %s\n", i, load_named[i]);
}

/**
 * load_show_progress() - how far is it?
 * @file: receives lines of "name: value"
 *
 * Context: process.
 */
void load_show_progress(struct seq_file *file)
{
	struct load_run *run;
	u64 all = 0;

	mutex_lock(&load_lock);
	run = load_running;
	if (run)
		all = (u64)run->options.threads * run->options.requests;
	mutex_unlock(&load_lock);
	seq_printf(file, "running: %d\n", !!run);
	seq_printf(file, "offered: %lld\n", atomic64_read(&load_counters[LOAD_OFFERED]));
	seq_printf(file, "of: %llu\n", all);
	seq_printf(file, "in_flight: %d\n", atomic_read(&load_in_flight));
}
