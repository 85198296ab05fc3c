// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: /dev/cce, the file.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cce_algorithm.h"
#include "cce_client.h"
#include "cce_uring_compat.h"

static unsigned int client_sessions = 1024;
module_param(client_sessions, uint, 0644);
MODULE_PARM_DESC(client_sessions, "Most sessions of a process that uses /dev/cce (default 1024)");

static unsigned int client_regions = 64;
module_param(client_regions, uint, 0644);
MODULE_PARM_DESC(client_regions, "Most memory regions of a process that uses /dev/cce (default 64)");

static unsigned int client_requests = 4096;
module_param(client_requests, uint, 0644);
MODULE_PARM_DESC(client_requests, "Most requests of a process that uses /dev/cce (default 4096)");

static DEFINE_MUTEX(cce_accounts_lock);	/* protects the list, and @clients of each */
static LIST_HEAD(cce_accounts);

/**
 * cce_client_limit() - how many objects may a process have?
 * @quota: of which kind
 *
 * Context: any.
 * Return: the limit.
 */
unsigned int cce_client_limit(enum cce_quota quota)
{
	unsigned int limit;

	switch (quota) {
	case CCE_QUOTA_SESSIONS:
		limit = READ_ONCE(client_sessions);
		break;
	case CCE_QUOTA_REGIONS:
		limit = READ_ONCE(client_regions);
		break;
	default:
		limit = READ_ONCE(client_requests);
		break;
	}
	return min_t(unsigned int, limit, INT_MAX / 2);
}

/**
 * cce_client_charge() - a process wants to have more objects
 * @account: of the process
 * @quota: of which kind
 * @count: so many more, at most CCE_UAPI_QUEUE_DEPTH
 *
 * Context: any.
 * Return: 0, or -EDQUOT if that are too many.
 */
int cce_client_charge(struct cce_account *account, enum cce_quota quota, unsigned int count)
{
	int limit = cce_client_limit(quota);
	int used = atomic_read(&account->used[quota]);

	do {
		if (used + (int)count > limit)
			return -EDQUOT;
	} while (!atomic_try_cmpxchg(&account->used[quota], &used, used + count));
	return 0;
}

/**
 * cce_client_uncharge() - a process has fewer objects
 * @account: of the process
 * @quota: of which kind
 * @count: so many fewer
 *
 * Context: any.
 */
void cce_client_uncharge(struct cce_account *account, enum cce_quota quota, unsigned int count)
{
	atomic_sub(count, &account->used[quota]);
}

/**
 * cce_client_copy_grown() - get the argument of an ioctl, of which user space knows the size
 * @argument: receives it; begins with a u32, the size
 * @first: size that it had when there was no longer one
 * @known: size that we know
 * @user: its address
 * @size: receives the size that user space knows
 *
 * Context: process, sleeps.
 * Return: 0; -EFAULT; -EINVAL if it is too short; -E2BIG if it is longer and means something there.
 */
int cce_client_copy_grown(void *argument, size_t first, size_t known, void __user *user, u32 *size)
{
	if (get_user(*size, (u32 __user *)user))
		return -EFAULT;
	if (*size < first)
		return -EINVAL;
	/* What is there is looked at, but not more than a page. */
	if (*size > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_from_user(argument, known, user, *size);
}

/**
 * cce_client_copy_argument() - the same, of one that has not grown
 * @argument: receives it; begins with a u32, the size
 * @known: its size
 * @user: its address
 *
 * Context: process, sleeps.
 * Return: as cce_client_copy_grown().
 */
int cce_client_copy_argument(void *argument, size_t known, void __user *user)
{
	u32 size;

	return cce_client_copy_grown(argument, known, known, user, &size);
}

/**
 * cce_client_return() - hand the argument of an ioctl back
 * @user: its address
 * @argument: what it is now
 * @known: its size
 *
 * Context: process, sleeps.
 * Return: 0 or -EFAULT.
 */
int cce_client_return(void __user *user, const void *argument, size_t known)
{
	/* The size stays what user space has written there. */
	return copy_to_user(user + sizeof(u32), argument + sizeof(u32), known - sizeof(u32)) ?
		       -EFAULT : 0;
}

static int cce_client_query(void __user *user)
{
	struct cce_uapi_query query;
	u32 algorithms, size;
	unsigned int mode;
	int error;

	error = cce_client_copy_grown(&query, offsetof(struct cce_uapi_query, hashes),
				      sizeof(query), user, &size);
	if (error)
		return error;
	if (query.reserved || query.reserved2)
		return -EINVAL;
	query = (struct cce_uapi_query){
		.uapi_version = CCE_UAPI_VERSION,
		.contract_version = CCE_VERSION_MAJOR << 16 | CCE_VERSION_MINOR,
		.modes = cce_session_modes(),
		.sessions = cce_client_limit(CCE_QUOTA_SESSIONS),
		.regions = cce_client_limit(CCE_QUOTA_REGIONS),
		.requests = cce_client_limit(CCE_QUOTA_REQUESTS),
		.longest_request = CCE_USER_LONGEST,
		.hashes = cce_user_digest_functions(),
		.hash_macs = cce_user_digest_functions_of_hmac(),
		.hashes_on_cpu = cce_user_digest_functions_on_cpu(),
	};
	cce_registry_describe(&query.engines, &query.queue_pairs, &algorithms);
	/* Without an engine the CPU does them all. */
	if (!query.engines || algorithms & CCE_GLOBAL_ALGORITHMS_AES_128_MASK)
		query.key_sizes |= CCE_UAPI_KEY_SIZE_128;
	if (!query.engines || algorithms & CCE_GLOBAL_ALGORITHMS_AES_192_MASK)
		query.key_sizes |= CCE_UAPI_KEY_SIZE_192;
	if (!query.engines || algorithms & CCE_GLOBAL_ALGORITHMS_AES_256_MASK)
		query.key_sizes |= CCE_UAPI_KEY_SIZE_256;
	for (mode = 0; mode < CCE_UAPI_MODES; mode++)
		query.cpu_below[mode] = cce_algorithm_threshold(CCE_OPCODE_CIPHER, mode);
	for (mode = 0; mode < CCE_UAPI_HASHES; mode++)
		query.cpu_below_hash[mode] = cce_algorithm_threshold(CCE_OPCODE_HASH, mode);
	return cce_client_return(user, &query, min_t(size_t, size, sizeof(query)));
}

static int cce_client_destroy(struct cce_client *client, void __user *user,
			      int (*destroy)(struct cce_client *client, u32 id))
{
	struct cce_uapi_destroy argument;
	int error;

	error = cce_client_copy_argument(&argument, sizeof(argument), user);
	return error ?: destroy(client, argument.id);
}

static long cce_client_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct cce_client *client = file->private_data;
	void __user *user = (void __user *)argument;

	switch (command) {
	case CCE_UAPI_QUERY:
		return cce_client_query(user);
	case CCE_UAPI_SESSION_CREATE:
		return cce_session_create(client, user);
	case CCE_UAPI_SESSION_DESTROY:
		return cce_client_destroy(client, user, cce_session_destroy);
	case CCE_UAPI_REGION_CREATE:
		return cce_region_create(client, user);
	case CCE_UAPI_REGION_DESTROY:
		return cce_client_destroy(client, user, cce_region_destroy);
	case CCE_UAPI_QUEUE_CREATE:
		return cce_user_queue_create(client, user);
	case CCE_UAPI_QUEUE_DESTROY:
		return cce_client_destroy(client, user, cce_user_queue_destroy);
	case CCE_UAPI_SUBMIT:
		return cce_user_queue_submit(client, user);
	case CCE_UAPI_COLLECT:
		return cce_user_queue_collect(client, user);
	default:
		return -ENOTTY;
	}
}

static __poll_t cce_client_poll(struct file *file, poll_table *table)
{
	struct cce_client *client = file->private_data;

	poll_wait(file, &client->wait, table);
	return atomic_read(&client->ready) > 0 ? EPOLLIN | EPOLLRDNORM : 0;
}

static struct cce_account *cce_account_find(const struct pid *process)
{
	struct cce_account *account;

	lockdep_assert_held(&cce_accounts_lock);
	list_for_each_entry(account, &cce_accounts, node)
		if (account->process == process)
			return account;
	return NULL;
}

static int cce_client_counters_show(struct seq_file *file, void *unused)
{
	static const char *const names[CCE_QUOTAS] = {
		[CCE_QUOTA_SESSIONS] = "sessions",
		[CCE_QUOTA_REGIONS] = "regions",
		[CCE_QUOTA_REQUESTS] = "requests",
	};
	unsigned int clients = 0, used[CCE_QUOTAS] = { };
	struct cce_account *account;
	enum cce_quota quota;

	mutex_lock(&cce_accounts_lock);
	list_for_each_entry(account, &cce_accounts, node) {
		clients += account->clients;
		for (quota = 0; quota < CCE_QUOTAS; quota++)
			used[quota] += atomic_read(&account->used[quota]);
	}
	mutex_unlock(&cce_accounts_lock);

	seq_printf(file, "clients: %u\n", clients);
	for (quota = 0; quota < CCE_QUOTAS; quota++)
		seq_printf(file, "%s: %u\n", names[quota], used[quota]);
	/* In this order: what is told as ended has begun. */
	seq_printf(file, "ended: %lld\n", atomic64_read(&cce_user_ended));
	seq_printf(file, "begun: %lld\n", atomic64_read(&cce_user_begun));
	return 0;
}

static int cce_client_counters_open(struct inode *inode, struct file *file)
{
	return single_open(file, cce_client_counters_show, inode->i_private);
}

const struct file_operations cce_client_counters_fops = {
	.owner = THIS_MODULE,
	.open = cce_client_counters_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

/* The account of the running process, made if it has none; NULL without memory. */
static struct cce_account *cce_account_get(void)
{
	struct cce_account *account;

	mutex_lock(&cce_accounts_lock);
	account = cce_account_find(task_tgid(current));
	if (!account) {
		account = kzalloc(sizeof(*account), GFP_KERNEL_ACCOUNT);
		if (account) {
			account->process = get_pid(task_tgid(current));
			list_add(&account->node, &cce_accounts);
		}
	}
	if (account)
		account->clients++;
	mutex_unlock(&cce_accounts_lock);
	return account;
}

static void cce_account_put(struct cce_account *account)
{
	mutex_lock(&cce_accounts_lock);
	if (!--account->clients) {
		enum cce_quota quota;

		/* All objects have gone before. */
		for (quota = 0; quota < CCE_QUOTAS; quota++)
			WARN_ON_ONCE(atomic_read(&account->used[quota]));
		list_del(&account->node);
		put_pid(account->process);
		kfree(account);
	}
	mutex_unlock(&cce_accounts_lock);
}

static int cce_client_open(struct inode *inode, struct file *file)
{
	struct cce_client *client;

	client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);
	if (!client)
		return -ENOMEM;
	client->account = cce_account_get();
	if (!client->account) {
		kfree(client);
		return -ENOMEM;
	}
	xa_init_flags(&client->sessions, XA_FLAGS_ALLOC1);
	xa_init_flags(&client->regions, XA_FLAGS_ALLOC1);
	xa_init_flags(&client->queues, XA_FLAGS_ALLOC1);
	init_waitqueue_head(&client->wait);
	spin_lock_init(&client->commands.lock);
	INIT_LIST_HEAD(&client->commands.free);
	file->private_data = client;
	return nonseekable_open(inode, file);
}

/*
 * Nobody uses the file any more: neither a call nor a command of io_uring, which holds it. What is
 * in flight in queues is waited for, so nothing is left that the engine or the CPU could write to.
 */
static int cce_client_release(struct inode *inode, struct file *file)
{
	struct cce_client *client = file->private_data;
	unsigned long id;
	void *object;

	xa_for_each(&client->queues, id, object)
		cce_user_queue_destroy(client, id);
	cce_user_request_free_all(&client->commands.free);
	xa_for_each(&client->regions, id, object)
		cce_region_destroy(client, id);
	xa_for_each(&client->sessions, id, object)
		cce_session_destroy(client, id);
	xa_destroy(&client->queues);
	xa_destroy(&client->regions);
	xa_destroy(&client->sessions);
	cce_account_put(client->account);
	kfree(client);
	return 0;
}

static const struct file_operations cce_client_operations = {
	.owner = THIS_MODULE,
	.open = cce_client_open,
	.release = cce_client_release,
	.unlocked_ioctl = cce_client_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.poll = cce_client_poll,
#ifdef CCE_HAS_URING
	.uring_cmd = cce_uring_command,
#endif
};

static struct miscdevice cce_client_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "cce",
	.fops = &cce_client_operations,
	.mode = 0660,
};

/**
 * cce_client_init() - make /dev/cce
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int cce_client_init(void)
{
	return misc_register(&cce_client_device);
}

/**
 * cce_client_exit() - undo cce_client_init()
 *
 * Context: process, sleeps. No file is open: each holds the module.
 */
void cce_client_exit(void)
{
	misc_deregister(&cce_client_device);
}
