/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: /dev/cce inside the driver.
 *
 * An open file is a client. It owns sessions, regions and queues; a request in flight holds its
 * session and its regions, so their ids may go at any time. What a request holds is given back in
 * process context, since unpinning sleeps: by who collects it, or by the task work of io_uring.
 */
#ifndef CCE_CLIENT_H
#define CCE_CLIENT_H

#include <linux/atomic.h>
#include <linux/crypto.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include "cce_uapi.h"

struct crypto_aead;
struct crypto_ahash;
struct crypto_skcipher;
struct cce_key;
struct cce_session_digest;
struct eventfd_ctx;
struct io_uring_cmd;

/*
 * Most bytes of text and associated data of a request. It bounds for how long the CPU is busy with
 * one in a recovery, where it can't sleep.
 */
#define CCE_USER_LONGEST	SZ_1M

/* A request of at most so many pages (and as much associated data) needs no memory of its own. */
#define CCE_USER_PAGES		17
#define CCE_USER_AAD_BYTES	64

/* What wrapping adds to a key: a semiblock (SP 800-38F, 4.2). */
#define CCE_KEY_WRAP_OVERHEAD	8

/* What is limited. */
enum cce_quota {
	CCE_QUOTA_SESSIONS,
	CCE_QUOTA_REGIONS,
	CCE_QUOTA_REQUESTS,
	CCE_QUOTAS
};

/**
 * struct cce_account - what a process has, through all its clients
 * @node: in the list of all accounts
 * @process: that opened the clients
 * @clients: that share it
 * @used: so many objects
 *
 * A mutex of cce_client.c protects all but @used.
 */
struct cce_account {
	struct list_head node;
	struct pid *process;
	unsigned int clients;
	atomic_t used[CCE_QUOTAS];
};

/**
 * struct cce_client - an open file
 * @account: of who opened it
 * @sessions: struct cce_session by id
 * @regions: struct cce_region by id
 * @queues: struct cce_user_queue by id
 * @ready: completions in all its queues
 * @wait: for @ready
 * @commands: requests for io_uring commands
 */
struct cce_client {
	struct cce_account *account;
	struct xarray sessions;
	struct xarray regions;
	struct xarray queues;
	atomic_t ready;
	wait_queue_head_t wait;
	struct {
		spinlock_t lock;	/* protects @free */
		struct list_head free;	/* of cce_user_request.node */
	} commands;
};

/**
 * struct cce_session - a key and what it is for
 * @refs: the client and requests
 * @account: that it counts in
 * @mode: CCE_UAPI_MODE_
 * @tag_bytes: of the tag or MAC
 * @request_bytes: that the kernel's request needs
 * @skcipher: transformation, in these modes
 * @aead: the same
 * @ahash: the same
 * @key: of key wrap, which has no transformation
 * @digest: of a hash function, the same
 */
struct cce_session {
	struct kref refs;
	struct cce_account *account;
	u8 mode;
	u8 tag_bytes;
	unsigned int request_bytes;
	union {
		struct crypto_skcipher *skcipher;
		struct crypto_aead *aead;
		struct crypto_ahash *ahash;
		struct cce_key *key;
		struct cce_session_digest *digest;
	};
};

static inline bool cce_session_is_aead(const struct cce_session *session)
{
	return session->mode == CCE_UAPI_MODE_GCM || session->mode == CCE_UAPI_MODE_CCM;
}

static inline bool cce_session_is_key_wrap(const struct cce_session *session)
{
	return session->mode == CCE_UAPI_MODE_KW || session->mode == CCE_UAPI_MODE_KWP;
}

static inline bool cce_session_is_digest(const struct cce_session *session)
{
	return session->mode >= CCE_UAPI_MODE_HASH;
}

/**
 * struct cce_region - pinned memory
 * @refs: the client and requests
 * @account: that it counts in
 * @mm: whose locked memory it is
 * @address: of the first byte, in @mm
 * @length: bytes
 * @read_only: not for destinations
 * @page_count: of @pages
 * @pages: pinned
 */
struct cce_region {
	struct kref refs;
	struct cce_account *account;
	struct mm_struct *mm;
	u64 address;
	u64 length;
	bool read_only;
	unsigned long page_count;
	struct page **pages;
};

/**
 * struct cce_user_memory - source or destination of a request
 * @region: with a reference; NULL: @pages are pinned for this request, or io_uring's
 * @pages: all of them, or the first of those of the region
 * @page_count: of @pages, if they are pinned for this request
 * @offset: of the first byte in the first page
 * @write: pinned to be written
 * @here: room for few pages
 */
struct cce_user_memory {
	struct cce_region *region;
	struct page **pages;
	unsigned int page_count;
	unsigned int offset;
	bool write;
	struct page *here[CCE_USER_PAGES];
};

/**
 * struct cce_user_fixed - a buffer that is registered with io_uring, where a request has its text
 * @list: tell which pages some bytes of it are: all of them, in the order of their addresses, or a
 *	negative errno. As long as the command lives, so do they.
 * @command: of io_uring
 * @issue_flags: of the ring
 */
struct cce_user_fixed {
	int (*list)(const struct cce_user_fixed *fixed, u64 start, unsigned int bytes,
		    struct page **pages, unsigned int count);
	struct io_uring_cmd *command;
	unsigned int issue_flags;
};

/* A scatterlist: associated data, then text. */
struct cce_user_list {
	struct scatterlist *entries;
	struct scatterlist here[CCE_USER_PAGES + 1];
};

/**
 * struct cce_user_request - a request of user space
 * @node: in a list of free or ended requests
 * @done: called at the end, softirqs disabled or process context, with @status set; must not sleep
 * @queue: of the request; NULL: it is a command of io_uring
 * @command: of io_uring
 * @cookie: for its owner
 * @alone: nothing else was submitted with it
 * @status: 0 or a negative errno; KWP, decrypting: the length of the key
 * @session: with a reference
 * @source: what is read
 * @destination: what is written; without pages of its own if it is the source
 * @in_place: it is
 * @decrypt: direction
 * @length: bytes of text
 * @source_bytes: bytes that are read
 * @destination_bytes: bytes that are written
 * @key_bytes: KWP, decrypting: of the key, without its padding
 * @aad_bytes: bytes of associated data
 * @aad: copy of it
 * @aad_here: room for few bytes
 * @source_list: for the kernel's request
 * @destination_list: the same
 * @iv: the same; afterwards the next IV; of a hash function, what stands behind the text
 * @mac: of CMAC
 * @crypto: the kernel's request, kept for the next one
 * @crypto_bytes: its room
 */
struct cce_user_request {
	struct list_head node;
	void (*done)(struct cce_user_request *request);
	struct cce_user_queue *queue;
	struct io_uring_cmd *command;
	u64 cookie;
	bool alone;
	int status;
	struct cce_session *session;
	struct cce_user_memory source;
	struct cce_user_memory destination;
	bool in_place;
	bool decrypt;
	unsigned int length;
	unsigned int source_bytes;
	unsigned int destination_bytes;
	unsigned int key_bytes;
	unsigned int aad_bytes;
	u8 *aad;
	u8 aad_here[CCE_USER_AAD_BYTES];
	struct cce_user_list source_list;
	struct cce_user_list destination_list;
	u8 iv[CCE_UAPI_IV_BYTES];
	u8 mac[CCE_UAPI_TAG_BYTES];
	void *crypto;
	unsigned int crypto_bytes;
};

static inline struct scatterlist *cce_user_destination(const struct cce_user_request *request)
{
	return request->in_place ? request->source_list.entries :
				   request->destination_list.entries;
}

/* Requests that were handed to the crypto API, and those of which it has told the end. */
extern atomic64_t cce_user_begun;
extern atomic64_t cce_user_ended;

/* cce_client.c */
extern const struct file_operations cce_client_counters_fops;
int cce_client_init(void);
void cce_client_exit(void);
int cce_client_charge(struct cce_account *account, enum cce_quota quota, unsigned int count);
void cce_client_uncharge(struct cce_account *account, enum cce_quota quota, unsigned int count);
unsigned int cce_client_limit(enum cce_quota quota);
int cce_client_copy_argument(void *argument, size_t known, void __user *user);
int cce_client_copy_grown(void *argument, size_t first, size_t known, void __user *user,
			  u32 *size);
int cce_client_return(void __user *user, const void *argument, size_t known);

/* cce_session.c */
u32 cce_session_modes(void);
int cce_session_create(struct cce_client *client, void __user *user);
int cce_session_destroy(struct cce_client *client, u32 id);
struct cce_session *cce_session_get(struct cce_client *client, u32 id);
void cce_session_put(struct cce_session *session);

/* cce_key_wrap.c */
u32 cce_key_wrap_modes(void);
int cce_key_wrap_prepare_session(struct cce_session *session, const u8 *key, unsigned int bytes);
int cce_key_wrap_run(struct cce_user_request *user, crypto_completion_t done);

/* cce_user_digest.c */
u32 cce_user_digest_functions(void);
u32 cce_user_digest_functions_on_cpu(void);
u32 cce_user_digest_functions_of_hmac(void);
int cce_user_digest_check_session(const struct cce_uapi_session_create *argument);
int cce_user_digest_prepare_session(struct cce_session *session, bool hmac, const u8 *key,
				    unsigned int bytes);
void cce_user_digest_free_session(struct cce_session *session);
int cce_user_digest_check(const struct cce_uapi_request *given, const struct cce_session *session);
unsigned int cce_user_digest_result_bytes(const struct cce_uapi_request *given,
					  const struct cce_session *session);
u8 *cce_user_digest_saved(struct cce_user_request *user);
int cce_user_digest_prepare(struct cce_user_request *user, const struct cce_uapi_request *given);
int cce_user_digest_check_lists(struct cce_user_request *user);
int cce_user_digest_run(struct cce_user_request *user, crypto_completion_t done);
void cce_user_digest_forget(struct cce_user_request *user);
void cce_user_digest_end(struct cce_user_request *user, int error);

/* cce_region.c */
int cce_region_create(struct cce_client *client, void __user *user);
int cce_region_destroy(struct cce_client *client, u32 id);
struct cce_region *cce_region_get(struct cce_client *client, u32 id);
void cce_region_put(struct cce_region *region);
int cce_region_pin(unsigned long start, unsigned int count, unsigned int flags,
		   struct page **pages);

/* cce_user_request.c */
struct cce_user_request *cce_user_request_alloc(void);
void cce_user_request_free_all(struct list_head *requests);
int cce_user_request_prepare(struct cce_user_request *request, struct cce_client *client,
			     const struct cce_uapi_request *given,
			     const struct cce_user_fixed *fixed);
u32 cce_user_request_flags(const struct cce_user_request *request);
void cce_user_request_run(struct cce_user_request *request);
void cce_user_request_clean(struct cce_user_request *request);

/* cce_user_queue.c */
int cce_user_queue_create(struct cce_client *client, void __user *user);
int cce_user_queue_destroy(struct cce_client *client, u32 id);
int cce_user_queue_submit(struct cce_client *client, void __user *user);
int cce_user_queue_collect(struct cce_client *client, void __user *user);

/* cce_uring.c */
int cce_uring_command(struct io_uring_cmd *command, unsigned int issue_flags);

#endif
