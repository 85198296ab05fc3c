// SPDX-License-Identifier: GPL-2.0-only
/*
 * Core Crypto Engine: regions of /dev/cce, memory that is pinned once for many requests.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cce_client.h"
#include "cce_compat.h"

/* So many pages at a time, between which a signal ends it. */
#define CCE_REGION_BATCH	1024

/**
 * cce_region_pin() - pin memory of the running process, all of it or none
 * @start: address, aligned to a page
 * @count: pages
 * @flags: FOLL_
 * @pages: receives them
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int cce_region_pin(unsigned long start, unsigned int count, unsigned int flags,
		   struct page **pages)
{
	unsigned int have = 0;
	int pinned = 0;

	while (have < count) {
		if (fatal_signal_pending(current))
			pinned = -EINTR;
		else
			pinned = pin_user_pages_fast(start + (unsigned long)have * PAGE_SIZE,
						     min(count - have, CCE_REGION_BATCH), flags,
						     pages + have);
		if (pinned <= 0)
			break;
		have += pinned;
		cond_resched();
	}
	if (have == count)
		return 0;
	unpin_user_pages(pages, have);
	return pinned ?: -EFAULT;
}

/*
 * A region that is only read may be one of a file's that can't be written. But a private page must
 * be the process's own before it is pinned, else what the process writes later isn't seen.
 */
static int cce_region_pin_long(struct cce_region *region)
{
	unsigned long start = region->address & PAGE_MASK;
	int error;

	error = cce_region_pin(start, region->page_count,
			       FOLL_LONGTERM | (region->read_only ? CCE_FOLL_OWN : FOLL_WRITE),
			       region->pages);
	if (error == -EFAULT && region->read_only && CCE_FOLL_OWN)
		error = cce_region_pin(start, region->page_count, FOLL_LONGTERM, region->pages);
	return error;
}

static void cce_region_free(struct cce_region *region)
{
	account_locked_vm(region->mm, region->page_count, false);
	mmdrop(region->mm);
	cce_client_uncharge(region->account, CCE_QUOTA_REGIONS, 1);
	kvfree(region->pages);
	kfree(region);
}

static void cce_region_release(struct kref *refs)
{
	struct cce_region *region = container_of(refs, struct cce_region, refs);

	unpin_user_pages_dirty_lock(region->pages, region->page_count, !region->read_only);
	cce_region_free(region);
}

/**
 * cce_region_put() - give a reference back
 * @region: region, may be gone on return
 *
 * Context: process, sleeps.
 */
void cce_region_put(struct cce_region *region)
{
	kref_put(&region->refs, cce_region_release);
}

/**
 * cce_region_get() - find a region
 * @client: its owner
 * @id: of the region
 *
 * Context: process.
 * Return: the region, with a reference, or NULL.
 */
struct cce_region *cce_region_get(struct cce_client *client, u32 id)
{
	struct cce_region *region;

	xa_lock(&client->regions);
	region = xa_load(&client->regions, id);
	if (region)
		kref_get(&region->refs);
	xa_unlock(&client->regions);
	return region;
}

static int cce_region_check(const struct cce_uapi_region_create *argument)
{
	u64 end;

	if (argument->flags & ~CCE_UAPI_REGION_READ_ONLY || argument->reserved ||
	    !argument->length)
		return -EINVAL;
	if (check_add_overflow(argument->address, argument->length, &end) ||
	    end > ULONG_MAX - PAGE_SIZE)
		return -EFAULT;
	if (!access_ok(u64_to_user_ptr(argument->address), argument->length))
		return -EFAULT;
	/* More than there is can't be pinned, nor can the array of its pages be of any size. */
	if (argument->length >> PAGE_SHIFT >=
	    min_t(u64, totalram_pages(), INT_MAX / sizeof(struct page *)))
		return -ENOMEM;
	return 0;
}

/* Room for the pages, which count as locked from here on. */
static struct cce_region *cce_region_alloc(struct cce_client *client,
					   const struct cce_uapi_region_create *argument)
{
	struct cce_region *region;
	int error;

	region = kzalloc(sizeof(*region), GFP_KERNEL_ACCOUNT);
	if (!region)
		return ERR_PTR(-ENOMEM);
	kref_init(&region->refs);
	region->account = client->account;
	region->mm = current->mm;
	region->address = argument->address;
	region->length = argument->length;
	region->read_only = argument->flags & CCE_UAPI_REGION_READ_ONLY;
	region->page_count = DIV_ROUND_UP(offset_in_page(argument->address) + argument->length,
					  PAGE_SIZE);
	error = account_locked_vm(region->mm, region->page_count, true);
	if (error)
		goto free;
	/* What RLIMIT_MEMLOCK has no room for isn't even allocated. */
	region->pages = kvmalloc_array(region->page_count, sizeof(*region->pages),
				       GFP_KERNEL_ACCOUNT);
	if (!region->pages) {
		error = -ENOMEM;
		goto unaccount;
	}
	mmgrab(region->mm);
	return region;

unaccount:
	account_locked_vm(region->mm, region->page_count, false);
free:
	kfree(region);
	return ERR_PTR(error);
}

static struct cce_region *cce_region_make(struct cce_client *client,
					  const struct cce_uapi_region_create *argument)
{
	struct cce_region *region;
	int error;

	error = cce_client_charge(client->account, CCE_QUOTA_REGIONS, 1);
	if (error)
		return ERR_PTR(error);
	region = cce_region_alloc(client, argument);
	if (IS_ERR(region)) {
		cce_client_uncharge(client->account, CCE_QUOTA_REGIONS, 1);
		return region;
	}
	error = cce_region_pin_long(region);
	if (error) {
		cce_region_free(region);
		return ERR_PTR(error);
	}
	return region;
}

/**
 * cce_region_create() - ioctl CCE_UAPI_REGION_CREATE
 * @client: who asks
 * @user: address of struct cce_uapi_region_create
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int cce_region_create(struct cce_client *client, void __user *user)
{
	struct cce_uapi_region_create argument;
	struct cce_region *region;
	int error;

	error = cce_client_copy_argument(&argument, sizeof(argument), user) ?:
		cce_region_check(&argument);
	if (error)
		return error;
	region = cce_region_make(client, &argument);
	if (IS_ERR(region))
		return PTR_ERR(region);

	kref_get(&region->refs);	/* the client's */
	error = xa_alloc(&client->regions, &argument.region, region, xa_limit_31b,
			 GFP_KERNEL_ACCOUNT);
	if (error) {
		cce_region_put(region);
	} else {
		error = cce_client_return(user, &argument, sizeof(argument));
		/* Another thread may have guessed the id and destroyed it. */
		if (error && xa_cmpxchg(&client->regions, argument.region, region, NULL, 0) ==
				     region)
			cce_region_put(region);
	}
	cce_region_put(region);
	return error;
}

/**
 * cce_region_destroy() - ioctl CCE_UAPI_REGION_DESTROY
 * @client: who asks
 * @id: of the region
 *
 * Context: process, sleeps.
 * Return: 0 or -ENOENT.
 */
int cce_region_destroy(struct cce_client *client, u32 id)
{
	struct cce_region *region = xa_erase(&client->regions, id);

	if (!region)
		return -ENOENT;
	cce_region_put(region);
	return 0;
}
