// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: commands of io_uring for /dev/cce.
 *
 * A command is a request without a queue: its completion goes to the ring. It ends in task work of
 * who submitted it, where what it holds can be given back, since that may sleep.
 */
#include <linux/bvec.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "cce_client.h"
#include "cce_uring_compat.h"

#ifdef CCE_HAS_URING

/* In the command, while it is under way. */
struct cce_uring_private {
	struct cce_user_request *request;
};

static struct cce_uring_private *cce_uring_private_of(struct io_uring_cmd *command)
{
	static_assert(sizeof(struct cce_uring_private) <= sizeof(command->pdu));
	return (struct cce_uring_private *)command->pdu;
}

static struct cce_client *cce_uring_client_of(struct io_uring_cmd *command)
{
	return command->file->private_data;
}

/* A request, as a rule one that was used before; its place is charged. */
static struct cce_user_request *cce_uring_take(struct cce_client *client)
{
	struct cce_user_request *request;

	spin_lock(&client->commands.lock);
	request = list_first_entry_or_null(&client->commands.free, struct cce_user_request, node);
	if (request)
		list_del_init(&request->node);
	spin_unlock(&client->commands.lock);
	return request ?: cce_user_request_alloc();
}

static void cce_uring_give(struct cce_client *client, struct cce_user_request *request)
{
	spin_lock(&client->commands.lock);
	list_add(&request->node, &client->commands.free);
	spin_unlock(&client->commands.lock);
	cce_client_uncharge(client->account, CCE_QUOTA_REQUESTS, 1);
}

/* Process context. The command, and with it the client, may be gone on return. */
static void cce_uring_finish(struct io_uring_cmd *command, unsigned int issue_flags)
{
	struct cce_user_request *request = cce_uring_private_of(command)->request;
	int status = request->status;

	cce_user_request_clean(request);
	cce_uring_give(cce_uring_client_of(command), request);
	cce_uring_cmd_done(command, status, issue_flags);
}

CCE_URING_TASK_WORK(cce_uring_task_work, cce_uring_finish)

static void cce_uring_done(struct cce_user_request *request)
{
	io_uring_cmd_complete_in_task(request->command, cce_uring_task_work);
}

/*
 * Pages of a registered buffer. Source or destination, the buffer must allow both: io_uring has
 * some that are others' memory, for one direction only.
 */
static int cce_uring_list_fixed(const struct cce_user_fixed *fixed, u64 start, unsigned int bytes,
				struct page **pages, unsigned int count)
{
	struct bvec_iter position, begin = { };
	struct iov_iter iterator;
	unsigned int found = 0;
	struct bio_vec part;
	int error;

	error = cce_uring_import(fixed->command, start, bytes, WRITE, &iterator,
				 fixed->issue_flags) ?:
		cce_uring_import(fixed->command, start, bytes, READ, &iterator,
				 fixed->issue_flags);
	if (error)
		return error;
	begin.bi_size = iov_iter_count(&iterator);
	begin.bi_bvec_done = iterator.iov_offset;
	/* Each part lies in one page; between the first byte and the last there must be no gap. */
	for_each_bvec(part, iterator.bvec, position, begin) {
		if (found == count || part.bv_offset != offset_in_page(start) ||
		    part.bv_len != min_t(unsigned int, bytes, PAGE_SIZE - offset_in_page(start)))
			return -EINVAL;
		pages[found++] = part.bv_page;
		start += part.bv_len;
		bytes -= part.bv_len;
	}
	return bytes ? -EFAULT : 0;
}

/**
 * cce_uring_command() - file operation uring_cmd
 * @command: of io_uring
 * @issue_flags: of the ring
 *
 * Context: process, sleeps.
 * Return: -EIOCBQUEUED; the command ends later. Else a negative errno.
 */
int cce_uring_command(struct io_uring_cmd *command, unsigned int issue_flags)
{
	struct cce_client *client = cce_uring_client_of(command);
	struct cce_user_request *request;
	struct cce_uapi_request given;
	const struct cce_user_fixed fixed = {
		.list = cce_uring_list_fixed,
		.command = command,
		.issue_flags = issue_flags,
	};
	int error;

	if (command->cmd_op != CCE_UAPI_CMD_CIPHER)
		return -ENOTTY;
	if (!cce_uring_is_wide(issue_flags) || cce_uring_flags(command) & ~IORING_URING_CMD_FIXED)
		return -EINVAL;
	/* User space may write to it meanwhile: what was checked must be what is done. */
	memcpy(&given, cce_uring_payload(command), sizeof(given));

	/* Never -EAGAIN: io_uring would try again, in a thread. */
	if (cce_client_charge(client->account, CCE_QUOTA_REQUESTS, 1))
		return -EBUSY;
	request = cce_uring_take(client);
	if (!request) {
		cce_client_uncharge(client->account, CCE_QUOTA_REQUESTS, 1);
		return -ENOMEM;
	}
	request->command = command;
	request->done = cce_uring_done;
	cce_uring_private_of(command)->request = request;
	error = cce_user_request_prepare(request, client, &given,
					 cce_uring_flags(command) ? &fixed : NULL);
	if (error) {
		cce_uring_give(client, request);
		return error == -EAGAIN ? -EBUSY : error;
	}
	cce_user_request_run(request);
	return -EIOCBQUEUED;
}

#endif /* CCE_HAS_URING */
