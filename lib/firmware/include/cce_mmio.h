/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `mmio` backend: the Core Crypto Engine driven by firmware, without an operating system.
 *
 * Freestanding C11. No heap, no C library, no recursion, a bounded stack; what the machine has to do (register
 * accesses, bus addresses, barriers, caches, sleep, time) comes from the header cce_mmio_port.h, which the firmware
 * supplies: see port/ for what it must contain. docs/firmware.md walks through an example.
 *
 * Conventions, valid for every function unless it says otherwise
 *
 * - Errors: functions return an enum cce_mmio_status; CCE_MMIO_OK is 0. Results come through pointers, which are not
 *   touched when the function fails. cce_mmio_strerror() gives the sentence for a status.
 * - Ownership: all structures and all memory are the caller's. Their members are the driver's: read nothing but what is
 *   said to be readable. A structure must not be moved or copied while it is in use.
 * - Buffers: each buffer of a request (iv of GCM if it is not 12 bytes long, aad, source, destination, tag) must be
 *   contiguous for the bus, and stay valid and unchanged until the request's completion was taken. Where caches are not
 *   coherent, a destination and a tag must not share cache lines with anything else.
 * - Lengths: bytes. A block is 16 bytes.
 * - Time: timeouts are counts of cce_port_time()'s ticks. A timeout of 0 looks once.
 * - Concurrency: a queue, its keys and its memory belong to one flow of control at a time; different queues are
 *   independent. cce_mmio_interrupt() and cce_mmio_event_interrupt() alone may be called at any moment, from interrupt
 *   handlers and from other processors. cce_mmio_engine_open() and cce_mmio_engine_reset() may not run while another
 *   flow of control uses a queue of the engine.
 * - Secrets: no branch and no address depends on keys or texts. cce_mmio_key_wipe() overwrites a key.
 * - Forgeries: where a tag, a MAC or the integrity of a wrapped key does not match, the status is CCE_MMIO_ERROR_TAG,
 *   and the destination has been overwritten with zeros, by the engine and by the driver; so it is after every other
 *   failure of a decryption with GCM, CCM, KW or KWP, or in one pass with a hash.
 * - Nonces: the same IV twice with one key breaks GCM altogether, and CCM's and CTR's secrecy. The driver does not
 *   count: the caller sees to it.
 * - Hashes: a digest without HMAC's key protects no integrity by itself: whoever changes a text makes its digest, too.
 *   It must come from elsewhere, out of a signed list for one.
 */

#ifndef CCE_MMIO_H
#define CCE_MMIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CCE_MMIO_MUST_CHECK __attribute__((warn_unused_result))
#else
#define CCE_MMIO_MUST_CHECK
#endif

#ifdef __cplusplus
#define CCE_MMIO_ALIGNED(bytes) alignas(bytes)
#else
#define CCE_MMIO_ALIGNED(bytes) _Alignas(bytes)
#endif

#define CCE_MMIO_BLOCK_BYTES 16u
#define CCE_MMIO_XTS_BYTES_MAX (16u * 1024u * 1024u)
#define CCE_MMIO_MESSAGE_BYTES_MAX (1024u * 1024u * 1024u)
#define CCE_MMIO_KEY_WRAP_BYTES_MAX 4096u
#define CCE_MMIO_KEY_WRAP_OVERHEAD 8u

/** How a call, or a request, ended. The numbers up to 63 are those of enum cce_status in cce/cce.h. */
enum cce_mmio_status {
    CCE_MMIO_OK = 0,
    CCE_MMIO_ERROR_ARGUMENT = 1,     /**< a pointer is null or not aligned, or a value is out of range */
    CCE_MMIO_ERROR_KEY_LENGTH = 2,   /**< the key is not 16, 24 or 32 bytes long; XTS: 32, 48 or 64; HMAC: see there */
    CCE_MMIO_ERROR_LENGTH = 3,       /**< the text's, AAD's or wrapped key's length is not legal for the mode */
    CCE_MMIO_ERROR_OVERLAP = 4,      /**< source and destination overlap without being the same, or aad or tag does */
    CCE_MMIO_ERROR_UNAVAILABLE = 6,  /**< there is no engine at this address, or it speaks another contract */
    CCE_MMIO_ERROR_MEMORY = 7,       /**< the memory given for the queue is too small */
    CCE_MMIO_ERROR_QUEUE_FULL = 8,   /**< as many requests are outstanding as the queue has slots: take completions */
    CCE_MMIO_ERROR_BUSY = 9,         /**< completions of this queue have not been taken */
    CCE_MMIO_ERROR_REFUSED = 10,     /**< the engine refused or failed the request, or stopped the queue */
    CCE_MMIO_ERROR_TIMEOUT = 11,     /**< the engine did not answer in time */
    CCE_MMIO_ERROR_INTERNAL = 12,    /**< the engine answered what it was not asked */
    CCE_MMIO_ERROR_TAG = 13,         /**< a tag, a MAC or the integrity of a wrapped key does not match */
    CCE_MMIO_ERROR_TAG_LENGTH = 14,  /**< the tag or MAC has a length that the mode does not allow */
    CCE_MMIO_ERROR_IV_LENGTH = 15,   /**< the IV or nonce has a length that the mode does not allow */
    CCE_MMIO_ERROR_EQUAL_KEYS = 16,  /**< XTS: the two halves of the key are equal */
    CCE_MMIO_ERROR_BUFFER = 17,      /**< the destination is too small for the result */
    CCE_MMIO_ERROR_SESSION = 18,     /**< the key may not be used like that: its rights, or it or the hash was wiped */
    CCE_MMIO_ERROR_UNSUPPORTED = 19, /**< the engine does not offer this mode, key length, hash, queue or region */
    CCE_MMIO_ERROR_RESET = 64,       /**< a reset ended the request, or stopped the queue: cce_mmio_queue_restart() */
    CCE_MMIO_ERROR_STALLED = 65      /**< a reset did not end: the engine may still use every buffer handed over */
};

/** Mode of operation. The values are those of the hardware/software contract and of cce/cce.h. */
enum cce_mmio_mode {
    CCE_MMIO_ECB = 0,  /**< SP 800-38A */
    CCE_MMIO_CBC = 1,  /**< SP 800-38A */
    CCE_MMIO_CTR = 2,  /**< SP 800-38A; the counter is the whole 128-bit block, big-endian, and wraps */
    CCE_MMIO_XTS = 3,  /**< SP 800-38E, IEEE 1619: a data unit of 16 bytes or more; the IV is the tweak */
    CCE_MMIO_GCM = 4,  /**< SP 800-38D; without text it is GMAC of the AAD */
    CCE_MMIO_CCM = 5,  /**< SP 800-38C */
    CCE_MMIO_CMAC = 6, /**< SP 800-38B */
    CCE_MMIO_KW = 7,   /**< SP 800-38F, RFC 3394 */
    CCE_MMIO_KWP = 8   /**< SP 800-38F, RFC 5649 */
};

enum cce_mmio_direction { CCE_MMIO_ENCRYPT = 0, CCE_MMIO_DECRYPT = 1 };

/** Hash function. The values are those of the hardware/software contract and of cce/cce.h. */
enum cce_mmio_hash_function {
    CCE_MMIO_SHA_224 = 0,     /**< FIPS 180-4 */
    CCE_MMIO_SHA_256 = 1,     /**< FIPS 180-4 */
    CCE_MMIO_SHA_384 = 2,     /**< FIPS 180-4 */
    CCE_MMIO_SHA_512 = 3,     /**< FIPS 180-4 */
    CCE_MMIO_SHA_512_224 = 4, /**< FIPS 180-4 */
    CCE_MMIO_SHA_512_256 = 5, /**< FIPS 180-4 */
    CCE_MMIO_SHA3_224 = 8,    /**< FIPS 202 */
    CCE_MMIO_SHA3_256 = 9,    /**< FIPS 202 */
    CCE_MMIO_SHA3_384 = 10,   /**< FIPS 202 */
    CCE_MMIO_SHA3_512 = 11    /**< FIPS 202 */
};

/** What a key may be used for; to be combined with `|`. */
enum cce_mmio_key_flags {
    CCE_MMIO_MAY_ENCRYPT = 1,
    CCE_MMIO_MAY_DECRYPT = 2,
    /** XTS: accept a key whose halves are equal. Such a key is insecure (SP 800-38E with FIPS 140 IG C.I). */
    CCE_MMIO_EQUAL_KEYS = 4
};

/** An engine. All members may be read. */
struct cce_mmio_engine {
    uintptr_t base;         /**< address of the register space */
    uint32_t algorithms;    /**< register `algorithms`: bit m: mode m; bits 16, 17, 18: keys of 16, 24, 32 bytes;
                                 bits 20, 21, 22: SHA-2, SHA-3, cipher and hash in one pass */
    uint16_t version_major; /**< of the contract */
    uint16_t version_minor;
    uint8_t queue_count;   /**< queue pairs */
    uint8_t context_count; /**< engine-held contexts */
    uint8_t region_count;  /**< memory regions, the unrestricted one included */
    uint8_t data_bytes;    /**< bytes of a DMA beat */
    uint8_t request_count; /**< requests that can be in flight at once: a queue with more slots hides its latency */
    uint32_t resets;       /**< done by cce_mmio_engine_reset() */
};

/** A key with its mode and rights. Lies where the engine's DMA reads. */
struct cce_mmio_key {
    CCE_MMIO_ALIGNED(64) uint8_t record[128]; /**< the context record */
    uint8_t mode;                             /**< enum cce_mmio_mode */
    uint8_t flags;                            /**< enum cce_mmio_key_flags; 0: no key */
    uint8_t key_bytes;                        /**< of one AES key */
    uint8_t held;                             /**< not 0: the engine holds the key, in context `held` - 1 */
};

/** A hash function, and the states that HMAC's key leaves: of a session of cipher and hash in one pass. Lies where the
 * engine's DMA reads and writes. */
struct cce_mmio_hash {
    CCE_MMIO_ALIGNED(64) uint8_t front[448]; /**< what stands in front of the AAD: header, inner state, outer state */
    uint8_t block[144];                      /**< HMAC's key block, while the states are made */
    uint16_t front_bytes;                    /**< 0: no key */
    uint8_t function;                        /**< enum cce_mmio_hash_function */
    uint8_t state;                           /**< 0: no hash */
};

/** Slot of a request in a queue; the driver's. */
struct cce_mmio_slot {
    uint8_t* text;     /**< where the text comes out */
    uint8_t* tag;      /**< where the tag comes out, if not behind the text */
    uint32_t cookie;   /**< the caller's */
    uint32_t text_out; /**< bytes of text that come out */
    uint32_t output;   /**< bytes at the destination in all */
    uint16_t next;     /**< free: the next free one */
    uint16_t use;      /**< how often it was used: an answer to an earlier use is not one to this */
    uint8_t tag_out;   /**< bytes of the tag that come out */
    uint8_t mode;
    uint8_t direction;
    uint8_t state;
};

#define CCE_MMIO_LOG2_MIN 1u
#define CCE_MMIO_LOG2_MAX 8u
#define CCE_MMIO_QUEUE_ALIGNMENT 64u
/** Bytes of memory that a queue with 2^log2 slots needs: rings, scatter-gather lists, slots. */
#define CCE_MMIO_QUEUE_BYTES(log2) ((64u + 32u + 128u + sizeof(struct cce_mmio_slot)) << (log2))

/** How a queue is to be. Zero means the default of every member but the first three. */
struct cce_mmio_queue_config {
    void* memory;        /**< aligned to CCE_MMIO_QUEUE_ALIGNMENT, contiguous for the bus; until the queue is closed */
    size_t memory_bytes; /**< at least CCE_MMIO_QUEUE_BYTES(log2) */
    uint8_t log2;        /**< log2 of the slots, CCE_MMIO_LOG2_MIN to CCE_MMIO_LOG2_MAX */
    bool interrupt;      /**< raise the queue's interrupt at completions */
    uint16_t interrupt_count; /**< at this many unseen completions; 0 and 1: at each */
    uint32_t interrupt_time;  /**< and at the latest so many engine cycles after the first unseen one; 0: no limit */
    uint16_t region; /**< 0: the unrestricted region; else a key of cce_mmio_region_set(): all buffers, keys and
                          the queue's lists must lie in that region */
};

/** A queue pair; the driver's. */
struct cce_mmio_queue {
    struct cce_mmio_engine* engine;
    uint8_t* submissions; /**< descriptors */
    uint8_t* completions; /**< completion entries */
    uint8_t* lists;       /**< for each slot 64 bytes of source list and 64 of destination list */
    struct cce_mmio_slot* slots;
    volatile uint32_t interrupts; /**< counted by cce_mmio_interrupt() */
    uint32_t resets;              /**< of the engine, when the queue was started */
    uint32_t control;             /**< value of the control register while it runs */
    uint32_t interrupt_time;
    uint16_t interrupt_count;
    uint16_t region;
    uint16_t submission_tail; /**< free-running indices */
    uint16_t completion_head;
    uint16_t outstanding; /**< submitted and not taken */
    uint16_t lost;        /**< of these, ended by a reset */
    uint16_t free;        /**< first free slot */
    uint8_t index;
    uint8_t log2;
    uint8_t state;
};

/** One request. Zero where a member is not used. */
struct cce_mmio_request {
    uint32_t cookie;                   /**< returned in the completion; the driver gives it no meaning */
    enum cce_mmio_direction direction; /**< encrypt, seal, generate, wrap; or decrypt, open, verify, unwrap */
    const struct cce_mmio_key* key;    /**< unchanged until the completion was taken */
    /** CBC: IV; CTR: first counter block; XTS: tweak: 16 bytes each. GCM: 12 bytes, or any number up to
     * CCE_MMIO_MESSAGE_BYTES_MAX; CCM: nonce of 7 to 13. ECB, CMAC, KW, KWP: none. */
    const uint8_t* iv;
    uint32_t iv_length;
    const uint8_t* aad; /**< GCM, CCM, with `hash`: associated data; authenticated, not copied */
    uint32_t aad_length;
    const uint8_t* source; /**< the text; decrypting with `tag` null: and behind it the tag */
    uint32_t source_length;
    uint8_t* destination;        /**< `source` itself (in place) or apart from it */
    uint32_t destination_length; /**< room for what comes out: the text; encrypting with `tag` null: and the tag */
    uint8_t* tag;                /**< the tag or MAC, if it lies apart; decrypting, it is read only */
    uint8_t tag_length;          /**< GCM: 4, 8, 12 to 16; CCM: 4, 6, ... 16; CMAC: 1 to 16; with `hash`: 1 to the bytes
                                      of the digest (a MAC: not less than half of them, RFC 2104, 5); other modes: 0 */
    /** CBC, CTR: cipher and hash in one pass. The tag is the first bytes of the hash, or HMAC, of AAD and ciphertext;
     * the AAD and the text have at most CCE_MMIO_MESSAGE_BYTES_MAX bytes each. Unchanged until the completion was
     * taken. */
    const struct cce_mmio_hash* hash;
    bool tag_over_plaintext; /**< with `hash`: of AAD and plaintext instead, where a format prescribes that */
};

/** One answer. */
struct cce_mmio_completion {
    uint32_t cookie;
    enum cce_mmio_status status;
    uint8_t device_status;  /**< the engine's status code: cce_mmio_device_status_name() */
    uint8_t next_iv[16];    /**< CBC, CTR: the IV that continues the stream; else, and after an error, zero */
    uint32_t output_length; /**< bytes at the destination; KWP, unwrapping: of the key itself; 0 after an error */
    uint32_t start_cycle;   /**< engine cycle (low 32 bits) when it began to fetch the descriptor */
    uint32_t end_cycle;     /**< engine cycle (low 32 bits) when it began to write the completion entry */
};

/** What the engine says of a queue. */
struct cce_mmio_queue_state {
    uint8_t state;          /**< enum cce_queue_state of the contract: 0 disabled, 1 running, 2 paused, 3 error */
    uint8_t error;          /**< enum cce_queue_error of the contract */
    uint8_t fault_reason;   /**< enum cce_fault_reason of the contract, of the last refused DMA access */
    bool fault_write;       /**< it was a write */
    uint64_t fault_address; /**< its address */
    uint64_t completed;     /**< requests completed with status ok since power-on */
    uint64_t failed;        /**< with another status */
    uint64_t bytes;         /**< text of those completed */
};

/** A memory region of the engine. */
struct cce_mmio_region {
    const void* base; /**< its first byte, as the processor sees it */
    uint64_t bytes;
    bool read;  /**< the engine may read it */
    bool write; /**< the engine may write it */
    uint8_t owner_queue;
    uint8_t tag; /**< of the key; change it with every new use of the region */
};

/** cce_mmio_strerror returns the sentence for `status`, also for unknown values. Never null. */
const char* cce_mmio_strerror(enum cce_mmio_status status);

/** cce_mmio_device_status_name returns the contract's name of an engine status, "source_access" for one. Never null. */
const char* cce_mmio_device_status_name(uint8_t device_status);

/**
 * cce_mmio_engine_open checks that there is an engine at `base` (aligned to 4 bytes) whose contract this driver knows,
 * and reads what it can do. Touches nothing else of it.
 */
enum cce_mmio_status cce_mmio_engine_open(struct cce_mmio_engine* engine, uintptr_t base) CCE_MMIO_MUST_CHECK;

/**
 * cce_mmio_engine_reset resets all queues and erases the contexts that the engine holds. When it has returned
 * CCE_MMIO_OK, no DMA follows. Each queue of the engine then answers CCE_MMIO_ERROR_RESET until it was restarted.
 * CCE_MMIO_ERROR_STALLED: it did not end within `timeout`.
 */
enum cce_mmio_status cce_mmio_engine_reset(struct cce_mmio_engine* engine, uint64_t timeout) CCE_MMIO_MUST_CHECK;

/** cce_mmio_engine_cycle returns the engine's cycle counter. */
uint64_t cce_mmio_engine_cycle(const struct cce_mmio_engine* engine);

/**
 * cce_mmio_region_set makes region `index` (1 to region_count - 1) and stores its key in `*key`, for
 * cce_mmio_queue_config. Nothing of the queue may be in flight. A null `region` takes the region away; `key` may be
 * null.
 */
enum cce_mmio_status cce_mmio_region_set(struct cce_mmio_engine* engine, uint8_t index,
                                         const struct cce_mmio_region* region, uint16_t* key) CCE_MMIO_MUST_CHECK;

/**
 * cce_mmio_key_set makes a key. `bytes` are copied: 16, 24 or 32; for XTS twice that, the key of the data, then that of
 * the tweak. `flags`: enum cce_mmio_key_flags. Touches no register. The bytes at `bytes` stay: wipe them.
 */
enum cce_mmio_status cce_mmio_key_set(struct cce_mmio_key* key, enum cce_mmio_mode mode, unsigned flags,
                                      const uint8_t* bytes, size_t length) CCE_MMIO_MUST_CHECK;

/** cce_mmio_key_wipe overwrites a key. No request with it may be outstanding. What the engine holds stays there. */
void cce_mmio_key_wipe(struct cce_mmio_key* key);

/**
 * cce_mmio_key_hold has the engine take the key into its context `context` (0 to context_count - 1), and wipes the copy
 * in memory: requests then name the context. Waits; nothing may be outstanding on the queue (CCE_MMIO_ERROR_BUSY).
 * Another key in that context is replaced. If it fails, the copy in memory stays, and after CCE_MMIO_ERROR_TIMEOUT,
 * _RESET or _STALLED the engine may have taken the key all the same: hold it again, or reset the engine.
 */
enum cce_mmio_status cce_mmio_key_hold(struct cce_mmio_queue* queue, struct cce_mmio_key* key, uint8_t context,
                                       uint64_t timeout) CCE_MMIO_MUST_CHECK;

/** cce_mmio_key_release erases the context of a key that the engine holds, and wipes the key. Waits, as above. */
enum cce_mmio_status cce_mmio_key_release(struct cce_mmio_queue* queue, struct cce_mmio_key* key,
                                          uint64_t timeout) CCE_MMIO_MUST_CHECK;

/**
 * cce_mmio_hash_set makes a hash for requests in one pass. `key` null and `length` 0: the function itself; nothing is
 * sent. Else HMAC (FIPS 198-1): the engine hashes both key blocks, here, once; no request spends time on that. The key
 * is copied; it has at least a byte, and at most those of the function's block (SHA-224, SHA-256: 64; other SHA-2: 128;
 * SHA3-224, 256, 384, 512: 144, 136, 104, 72), else CCE_MMIO_ERROR_KEY_LENGTH. Waits; nothing may be outstanding on the
 * queue (CCE_MMIO_ERROR_BUSY). Once the arguments were accepted, a failure leaves the hash wiped; after
 * CCE_MMIO_ERROR_STALLED wipe it again when a reset has ended. The bytes at `key` stay: wipe them.
 */
enum cce_mmio_status cce_mmio_hash_set(struct cce_mmio_queue* queue, struct cce_mmio_hash* hash,
                                       enum cce_mmio_hash_function function, const uint8_t* key, size_t length,
                                       uint64_t timeout) CCE_MMIO_MUST_CHECK;

/** cce_mmio_hash_wipe overwrites a hash: HMAC's states are as good as its key. No request with it may be outstanding.
 */
void cce_mmio_hash_wipe(struct cce_mmio_hash* hash);

/** cce_mmio_queue_open sets up queue pair `index` and starts it. It must be disabled: the engine was reset, or the
 * queue closed (else CCE_MMIO_ERROR_BUSY). */
enum cce_mmio_status cce_mmio_queue_open(struct cce_mmio_queue* queue, struct cce_mmio_engine* engine, uint8_t index,
                                         const struct cce_mmio_queue_config* config) CCE_MMIO_MUST_CHECK;

/**
 * cce_mmio_queue_reset forgets all requests in flight, and starts the queue again. When it has returned CCE_MMIO_OK, no
 * DMA of them follows; each of them still gets a completion from cce_mmio_poll(), with CCE_MMIO_ERROR_RESET.
 * CCE_MMIO_ERROR_STALLED: the reset did not end within `timeout`; the queue can't be used. Call again, or reset the
 * engine: until one of the two has ended, the engine may still read and write the buffers of all requests.
 */
enum cce_mmio_status cce_mmio_queue_reset(struct cce_mmio_queue* queue, uint64_t timeout) CCE_MMIO_MUST_CHECK;

/** cce_mmio_queue_restart starts the queue again after cce_mmio_engine_reset(). Requests outstanding get a completion
 * with CCE_MMIO_ERROR_RESET. Does nothing if there was no reset. */
enum cce_mmio_status cce_mmio_queue_restart(struct cce_mmio_queue* queue) CCE_MMIO_MUST_CHECK;

/** cce_mmio_queue_close resets the queue, leaves it disabled, and clears its memory. What was outstanding gets no
 * completion. After CCE_MMIO_ERROR_STALLED nothing was cleared, and the memory is still in use. */
enum cce_mmio_status cce_mmio_queue_close(struct cce_mmio_queue* queue, uint64_t timeout) CCE_MMIO_MUST_CHECK;

/** cce_mmio_queue_query reads the queue's registers. */
enum cce_mmio_status cce_mmio_queue_query(const struct cce_mmio_queue* queue,
                                          struct cce_mmio_queue_state* out) CCE_MMIO_MUST_CHECK;

/**
 * cce_mmio_submit hands over one request and does not wait for it; `request` itself is copied. Wrong arguments fail
 * here and yield no completion; every accepted request yields exactly one. Costs one register write.
 */
enum cce_mmio_status cce_mmio_submit(struct cce_mmio_queue* queue,
                                     const struct cce_mmio_request* request) CCE_MMIO_MUST_CHECK;

/**
 * cce_mmio_poll takes up to `maximum` completions that are there, without waiting, and returns their number. They come
 * in any order. A failed request is told in its completion. Entries that answer no request are passed over; it looks at
 * no more entries than the queue has slots. Reads memory alone; writes one register if it took any.
 */
size_t cce_mmio_poll(struct cce_mmio_queue* queue, struct cce_mmio_completion* out, size_t maximum);

/**
 * cce_mmio_wait returns when cce_mmio_poll() has something to take, or nothing is outstanding. Sleeps by
 * cce_port_wait_for_interrupt(). CCE_MMIO_ERROR_TIMEOUT: neither within `timeout`; requests stay outstanding.
 * CCE_MMIO_ERROR_REFUSED: the engine has stopped the queue: cce_mmio_queue_query() says why, and
 * cce_mmio_queue_reset() sets it going again. CCE_MMIO_ERROR_RESET: see cce_mmio_engine_reset().
 */
enum cce_mmio_status cce_mmio_wait(struct cce_mmio_queue* queue, uint64_t timeout) CCE_MMIO_MUST_CHECK;

/**
 * cce_mmio_run does one request and waits for it. Nothing else may be outstanding (CCE_MMIO_ERROR_BUSY).
 * The request's own status is returned, and stands in `*completion`, which may be null.
 * CCE_MMIO_ERROR_TIMEOUT: the engine did not answer within `timeout`; the queue was reset, and the buffers are the
 * caller's again. CCE_MMIO_ERROR_STALLED: nor did the reset end within `timeout`; see cce_mmio_queue_reset().
 */
enum cce_mmio_status cce_mmio_run(struct cce_mmio_queue* queue, const struct cce_mmio_request* request,
                                  struct cce_mmio_completion* completion, uint64_t timeout) CCE_MMIO_MUST_CHECK;

/** cce_mmio_outstanding returns the number of requests submitted and not taken. */
size_t cce_mmio_outstanding(const struct cce_mmio_queue* queue);

/** cce_mmio_interrupt is to be called by the handler of the queue's interrupt (vector 1 + index). Wakes
 * cce_mmio_wait(); touches no register: the interrupts are edges. */
void cce_mmio_interrupt(struct cce_mmio_queue* queue);

/** cce_mmio_event_interrupt is to be called by the handler of the engine's interrupt for events (vector 0), which says
 * that queues were stopped by errors. Returns and clears them: bit q is queue q. cce_mmio_wait() of such a queue sees
 * it by itself; call cce_mmio_interrupt() for it to wake that. */
uint64_t cce_mmio_event_interrupt(struct cce_mmio_engine* engine);

#ifdef __cplusplus
}
#endif

#endif /* CCE_MMIO_H */
