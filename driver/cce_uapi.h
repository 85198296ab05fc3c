/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Core Crypto Engine: /dev/cce, as user space sees it. docs/dev-cce.md tells how it is used.
 *
 * One open file is one client; whoever inherits the file is the same client. Sessions, regions and
 * queues are objects of the client, with ids that are never 0. They go when the file goes.
 *
 * Every structure looks the same to 32-bit and 64-bit programs and has no hidden padding. Members
 * named reserved must be zero, and so must be all bits of flags that have no name here: -EINVAL
 * otherwise. The structures of ioctls begin with their size, so that they can grow: a kernel that
 * knows less takes a longer one if what it doesn't know is zero (else -E2BIG).
 */
#ifndef CCE_UAPI_H
#define CCE_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#include "cce_uapi_contract.h"

/* 0: may change from release to release, until queue pairs can be mapped into a process. */
#define CCE_UAPI_VERSION	0

#define CCE_UAPI_MAGIC		0xCE

#define CCE_UAPI_MODES		16	/* for which struct cce_uapi_query has room */
#define CCE_UAPI_KEY_BYTES	64	/* of the longest key: two of 32, mode XTS */
#define CCE_UAPI_IV_BYTES	16
#define CCE_UAPI_TAG_BYTES	16	/* of the longest tag or MAC */
#define CCE_UAPI_QUEUE_DEPTH	4096	/* of the deepest queue */
#define CCE_UAPI_HASHES		16	/* the same for hash functions */
#define CCE_UAPI_STATE_BYTES	224	/* of struct cce_uapi_hash_context and the longest state */

/* With a function (CCE_UAPI_HASH_...) added, the mode of a session that hashes. */
#define CCE_UAPI_MODE_HASH	0x40

/*
 * A function that the engine alone does takes so many bytes of text, and of output, wherever they
 * are; more, if they lie in fewer pieces of memory: else -EMSGSIZE.
 */
#define CCE_UAPI_ENGINE_ONLY_BYTES	114688

/**
 * struct cce_uapi_query - argument of CCE_UAPI_QUERY: what there is
 * @size: of this structure
 * @uapi_version: out: CCE_UAPI_VERSION of the driver
 * @contract_version: out: major number << 16 | minor number of the contract that the driver knows
 * @engines: out: engines that take requests now; without one, requests run on the CPU, but for
 *	modes KW and KWP and hash functions that the CPU doesn't have
 * @queue_pairs: out: their queue pairs
 * @modes: out: bit CCE_UAPI_MODE_...: a session may have this mode, KW and KWP as long as there is
 *	an engine for it
 * @key_sizes: out: bits CCE_UAPI_KEY_SIZE_...
 * @sessions: out: most sessions of a process
 * @regions: out: most regions of a process
 * @requests: out: most requests of a process: the depths of its queues, and what is in flight
 *	through io_uring, together
 * @longest_request: out: most bytes of text and associated data, together
 * @reserved: 0
 * @cpu_below: out, by mode: requests of fewer bytes run on the CPU
 * @hashes: out: bit CCE_UAPI_HASH_...: a session may have this function
 * @hash_macs: out: the same: with CCE_UAPI_SESSION_HMAC
 * @hashes_on_cpu: out: the same: without an engine, requests run on the CPU; a function that has no
 *	bit here is the engine's alone, and there as long as there is an engine for it
 * @reserved2: 0
 * @cpu_below_hash: out, by function: requests of fewer bytes run on the CPU
 *
 * Structures of drivers that had no hash functions end before @hashes; such a size is accepted.
 */
struct cce_uapi_query {
	__u32 size;
	__u32 uapi_version;
	__u32 contract_version;
	__u32 engines;
	__u32 queue_pairs;
	__u32 modes;
	__u32 key_sizes;
	__u32 sessions;
	__u32 regions;
	__u32 requests;
	__u32 longest_request;
	__u32 reserved;
	__u32 cpu_below[CCE_UAPI_MODES];
	__u32 hashes;
	__u32 hash_macs;
	__u32 hashes_on_cpu;
	__u32 reserved2;
	__u32 cpu_below_hash[CCE_UAPI_HASHES];
};

#define CCE_UAPI_KEY_SIZE_128	0x1
#define CCE_UAPI_KEY_SIZE_192	0x2
#define CCE_UAPI_KEY_SIZE_256	0x4

/**
 * struct cce_uapi_session_create - argument of CCE_UAPI_SESSION_CREATE: a key, and what it is for
 * @size: of this structure
 * @mode: CCE_UAPI_MODE_...; CCE_UAPI_MODE_HASH + CCE_UAPI_HASH_...
 * @flags: CCE_UAPI_SESSION_...
 * @key_bytes: length of the key; mode XTS: of both together; a hash function: 0, HMAC: any up to
 *	the longest request
 * @tag_bytes: modes GCM (4, 8, 12 to 16), CCM (4, 6, ... 16), CMAC (1 to 16); else 0
 * @session: out: id
 * @key: address of the key, which is copied and never returned
 *
 * -EOPNOTSUPP: no engine offers the mode, or it has no HMAC; -EINVAL: a key or tag of this length
 * is not possible; -EDQUOT: too many sessions.
 */
struct cce_uapi_session_create {
	__u32 size;
	__u32 mode;
	__u32 flags;
	__u32 key_bytes;
	__u32 tag_bytes;
	__u32 session;
	__aligned_u64 key;
};

#define CCE_UAPI_SESSION_HMAC	0x1	/* with a hash function whose digest has a fixed length */

/**
 * struct cce_uapi_region_create - argument of CCE_UAPI_REGION_CREATE: memory that stays in place
 * @size: of this structure
 * @flags: CCE_UAPI_REGION_...
 * @address: first byte, any alignment
 * @length: bytes, at least 1
 * @region: out: id
 * @reserved: 0
 *
 * Its pages are pinned, and count as locked memory (RLIMIT_MEMLOCK) of the process that creates it.
 * -ENOMEM: more than that allows; -EFAULT: not all of it is mapped, or it can't be written;
 * -EDQUOT: too many regions.
 */
struct cce_uapi_region_create {
	__u32 size;
	__u32 flags;
	__aligned_u64 address;
	__aligned_u64 length;
	__u32 region;
	__u32 reserved;
};

#define CCE_UAPI_REGION_READ_ONLY	0x1	/* for sources only */

/**
 * struct cce_uapi_queue_create - argument of CCE_UAPI_QUEUE_CREATE: a place for requests
 * @size: of this structure
 * @flags: 0
 * @depth: requests that it holds, 1 to CCE_UAPI_QUEUE_DEPTH: submitted and not collected yet
 * @eventfd: an eventfd to which 1 is added for each completion; -1: none
 * @queue: out: id
 * @reserved: 0
 *
 * -EDQUOT: too many requests; -EBADF, -EINVAL: not an eventfd.
 */
struct cce_uapi_queue_create {
	__u32 size;
	__u32 flags;
	__u32 depth;
	__s32 eventfd;
	__u32 queue;
	__u32 reserved;
};

/**
 * struct cce_uapi_destroy - argument of CCE_UAPI_..._DESTROY
 * @size: of this structure
 * @id: of the object
 *
 * A session or region goes with the last request that uses it, its id at once. A queue is gone on
 * return, after its requests in flight; what has not been collected is lost. -ENOENT: no such
 * object.
 */
struct cce_uapi_destroy {
	__u32 size;
	__u32 id;
};

/**
 * struct cce_uapi_request - one request; also what an io_uring command holds
 * @session: id
 * @flags: CCE_UAPI_REQUEST_...
 * @iv_bytes: bytes of @iv: CBC, CTR, XTS 16; GCM 12; CCM 7 to 13 (the nonce); a hash function, with
 *	LAST or SQUEEZE: 0 to 16, of what stands behind the text; else 0
 * @reserved: 0
 * @length: bytes of text, without the tag; of a key, without the 8 bytes that wrapping adds: KW 16
 *	to 4096, in eights; KWP 1 to 4096, to be decrypted 8 to 4096, in eights, with its padding
 * @aad_length: bytes of associated data, modes GCM and CCM; of the state to go on from, a hash
 *	function without FIRST; else 0
 * @source_region: region of the source; 0: none
 * @destination_region: region of the destination; 0: none
 * @aad_region: region of the associated data; 0: none
 * @output_length: a hash function, with LAST: bytes of output: 1 to the digest's; SHAKE and cSHAKE
 *	1 to the longest request; with SQUEEZE: 0 or whole pairs of blocks; else 0
 * @source: offset in its region; without one an address
 * @destination: the same
 * @aad: the same
 * @iv: first byte first, the rest zero. A hash function: the message's last bytes, behind the text
 * @cookie: returned in the completion
 *
 * Text and tag are one string (RFC 5116): encryption writes the tag behind the text, decryption
 * reads it there. CMAC reads text and writes the MAC.
 *
 * A key and what wrapping adds to it are one string, too, 8 bytes longer than the key; for KWP,
 * than the key with zeros up to a multiple of 8. Unwrapping KWP writes these zeros as well.
 *
 * A hash function takes a message in one request, FIRST and LAST, or in several: one that isn't
 * FIRST goes on from the state at @aad, one that isn't LAST writes the state to go on from to the
 * destination: struct cce_uapi_hash_context, and behind it the words. Its text is then whole
 * blocks, at least one, unless it has SQUEEZE. LAST writes the output, SQUEEZE output and state.
 * With a state that is squeezing already there is no text, and LAST or SQUEEZE is set.
 *
 * What the session's key adds to a state is the driver's affair: HMAC's state is that of the inner
 * hash, key block included. The state may be read and written at the same place.
 *
 * The destination is the source, from its first byte on, or doesn't overlap it (-EINVAL). Memory
 * that is no region is pinned until the request's completion is collected.
 */
struct cce_uapi_request {
	__u32 session;
	__u16 flags;
	__u8 iv_bytes;
	__u8 reserved;
	__u32 length;
	__u32 aad_length;
	__u32 source_region;
	__u32 destination_region;
	__u32 aad_region;
	__u32 output_length;
	__aligned_u64 source;
	__aligned_u64 destination;
	__aligned_u64 aad;
	__u8 iv[CCE_UAPI_IV_BYTES];
	__aligned_u64 cookie;
};

#define CCE_UAPI_REQUEST_DECRYPT	0x1	/* not with CMAC, nor with a hash function */
#define CCE_UAPI_REQUEST_FIRST		0x2	/* a hash function: the message begins here */
#define CCE_UAPI_REQUEST_LAST		0x4	/* the same: message and output end here */
#define CCE_UAPI_REQUEST_SQUEEZE	0x8	/* SHAKE, cSHAKE: only the message does */

/**
 * struct cce_uapi_completion - how a request ended
 * @cookie: of the request
 * @status: 0, or for KWP, decrypting, the length of the key without its padding; or a negative
 *	errno: -EBADMSG: the tag, or what wrapping adds to a key, doesn't match; -ETIMEDOUT, -EIO:
 *	the engine failed; -ENOMEM; modes KW and KWP and hash functions that the CPU doesn't do:
 *	-ENODEV: there is no engine for it; -EAGAIN: the engine was reset before it began, or could
 *	not take the request now: submit it again. The destination of a request that failed holds
 *	nothing of the result.
 * @flags: 0
 * @next_iv: CBC and CTR: the IV that continues the stream; else zero
 */
struct cce_uapi_completion {
	__aligned_u64 cookie;
	__s32 status;
	__u32 flags;
	__u8 next_iv[CCE_UAPI_IV_BYTES];
};

/**
 * struct cce_uapi_submit - argument of CCE_UAPI_SUBMIT: put requests into a queue
 * @size: of this structure
 * @queue: id
 * @count: requests, at least 1
 * @flags: 0
 * @requests: address of an array of struct cce_uapi_request
 * @accepted: out: so many were accepted, the first of the array
 * @reserved: 0
 *
 * Never waits. Stops at the first request that can't be accepted; if that is the very first, its
 * error is returned:
 *
 * -EAGAIN: the queue is full until something is collected from it
 * -ENOENT: no such queue, session or region
 * -EINVAL: a flag, length, IV or a pair of ranges that isn't possible
 * -EMSGSIZE: longer than the longest request; output longer than that, or than the digest
 * -ENODATA: a message goes on, but there is no state
 * -EBADMSG: what it shall go on from is no state, that of another function, or corrupted
 * -EOVERFLOW: a message of 2^60 bytes or more
 * -EACCES: the destination is in a region that is READ_ONLY
 * -ERANGE: not inside its region
 * -EFAULT: not mapped, or not writable
 * -ENOMEM: no memory
 */
struct cce_uapi_submit {
	__u32 size;
	__u32 queue;
	__u32 count;
	__u32 flags;
	__aligned_u64 requests;
	__u32 accepted;
	__u32 reserved;
};

/**
 * struct cce_uapi_collect - argument of CCE_UAPI_COLLECT: take completions out of a queue
 * @size: of this structure
 * @queue: id
 * @minimum: wait for so many, not more than the queue's depth; 0: don't wait
 * @maximum: room in @completions; not less than @minimum, and at least 1
 * @flags: 0
 * @count: out: so many were taken
 * @timeout_ns: of the wait; -1: none
 * @completions: address of an array of struct cce_uapi_completion
 *
 * When the time is over or a signal comes, fewer than @minimum are returned; -ETIME, -EINTR: none.
 * -ENOENT: no such queue. Nothing is lost by an error.
 */
struct cce_uapi_collect {
	__u32 size;
	__u32 queue;
	__u32 minimum;
	__u32 maximum;
	__u32 flags;
	__u32 count;
	__s64 timeout_ns;
	__aligned_u64 completions;
};

/* The numbers stay when structures grow. */
#define CCE_UAPI_QUERY			_IO(CCE_UAPI_MAGIC, 0x00)
#define CCE_UAPI_SESSION_CREATE		_IO(CCE_UAPI_MAGIC, 0x01)
#define CCE_UAPI_SESSION_DESTROY	_IO(CCE_UAPI_MAGIC, 0x02)
#define CCE_UAPI_REGION_CREATE		_IO(CCE_UAPI_MAGIC, 0x03)
#define CCE_UAPI_REGION_DESTROY		_IO(CCE_UAPI_MAGIC, 0x04)
#define CCE_UAPI_QUEUE_CREATE		_IO(CCE_UAPI_MAGIC, 0x05)
#define CCE_UAPI_QUEUE_DESTROY		_IO(CCE_UAPI_MAGIC, 0x06)
#define CCE_UAPI_SUBMIT			_IO(CCE_UAPI_MAGIC, 0x07)
#define CCE_UAPI_COLLECT		_IO(CCE_UAPI_MAGIC, 0x08)

/*
 * cmd_op of IORING_OP_URING_CMD, on a ring with IORING_SETUP_SQE128: the command area holds struct
 * cce_uapi_request, of a session of whatever mode; the result is the status, or a negative errno of
 * struct cce_uapi_submit, or -EBUSY: too many requests.
 *
 * With IORING_URING_CMD_FIXED, source and destination are addresses that both lie in the buffer
 * buf_index of those that are registered with the ring: -EFAULT otherwise. They can't be in a
 * region then (-EINVAL); associated data is where it is without the flag.
 */
#define CCE_UAPI_CMD_CIPHER		_IO(CCE_UAPI_MAGIC, 0x40)

#endif /* CCE_UAPI_H */
