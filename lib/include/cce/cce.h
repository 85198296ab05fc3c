/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcce: AES on the Core Crypto Engine, or on what stands in for it.
 *
 * Conventions, valid for every function unless it says otherwise
 *
 *   Errors     Functions return an enum cce_status; CCE_OK is 0. Results come through `out` pointers, which are not
 *              touched when the function fails. cce_strerror() gives the sentence for a status, and
 *              cce_error_message() the particulars of the device's last failure.
 *   Ownership  The library copies what it is given, except source and destination buffers, which stay the caller's.
 *              A device outlives its sessions: destroy sessions first, then close.
 *   Lengths    Bytes. A block is 16 bytes (CCE_BLOCK_BYTES).
 *   Threads    A device and everything made from it belong to one thread at a time. Different devices are
 *              independent: open one for each thread. Functions without a device argument may be called anywhere.
 *   Keys       Copies of keys are overwritten when a session is destroyed. The kernel (af_alg) and OpenSSL (software)
 *              keep copies of their own and overwrite them when the session goes.
 *   Integrity  ECB, CBC and CTR protect no integrity, and a CTR counter block must never be used twice with one key.
 *              ECB shows equal blocks as equal. Both are here because Linux and its tests need them.
 *
 * Backends
 *
 *   af_alg      The engine behind the Linux driver, through AF_ALG (kernels up to 7.1). Uses the drivers
 *               `ecb-aes-cce`, `cbc-aes-cce` and `ctr-aes-cce` by name and no others, so that it is never
 *               quietly served by the CPU's own AES code. (The driver itself may hand a request back to the CPU, for
 *               instance below its threshold or after a reset.)
 *   in-process  The engine simulated in this process. Slow, meant for tests and for looking inside; used only when it
 *               is named, and says on stderr that it simulates. Absent if the library was built without it.
 *   software    OpenSSL on the CPU.
 *   auto        af_alg if /proc/crypto lists all three drivers, else software.
 */

#ifndef CCE_CCE_H
#define CCE_CCE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CCE_MUST_CHECK __attribute__((warn_unused_result))
#else
#define CCE_MUST_CHECK
#endif

#define CCE_BLOCK_BYTES 16 /**< bytes of an AES block and of an IV */
#define CCE_KEY_BYTES_MAX 32

/** Most requests submitted and not collected, for each device. */
#define CCE_QUEUE_DEPTH 64
/** Most bytes of one submitted request. cce_cipher_run() has no such limit. */
#define CCE_SUBMIT_BYTES_MAX (16u * 1024u * 1024u)

/** How a call, or a request, ended. The values are part of the ABI. */
enum cce_status {
    CCE_OK = 0,
    CCE_ERROR_ARGUMENT = 1,            /**< a pointer is null, or a value is none of its enum */
    CCE_ERROR_KEY_LENGTH = 2,          /**< the key is not 16, 24 or 32 bytes long */
    CCE_ERROR_LENGTH = 3,              /**< ECB, CBC: not whole blocks; or too long for a submitted request */
    CCE_ERROR_OVERLAP = 4,             /**< source and destination overlap without being the same */
    CCE_ERROR_BACKEND_UNKNOWN = 5,     /**< no backend has this name, or it was not built in */
    CCE_ERROR_BACKEND_UNAVAILABLE = 6, /**< the backend exists, but not on this machine at this time */
    CCE_ERROR_MEMORY = 7,              /**< out of memory */
    CCE_ERROR_QUEUE_FULL = 8,          /**< CCE_QUEUE_DEPTH requests are outstanding: collect some */
    CCE_ERROR_BUSY = 9,                /**< the session or device has requests that were not collected */
    CCE_ERROR_REFUSED = 10,            /**< the engine, the kernel or OpenSSL refused or failed a request */
    CCE_ERROR_TIMEOUT = 11,            /**< the engine did not answer in time */
    CCE_ERROR_INTERNAL = 12            /**< a defect of the library */
};

/** Mode of operation, SP 800-38A. */
enum cce_mode {
    CCE_MODE_ECB = 0,
    CCE_MODE_CBC = 1,
    CCE_MODE_CTR = 2 /**< the counter is the whole 128-bit block, big-endian, and wraps */
};

enum cce_direction { CCE_ENCRYPT = 0, CCE_DECRYPT = 1 };

/** An open backend. */
struct cce_device;
/** A key with its mode and direction, on one device. */
struct cce_session;

/** A status together with its particulars, for calls that have no device yet. */
struct cce_error {
    enum cce_status status;
    char message[256]; /**< a sentence with a final zero, in English */
};

/** How to open a device. Begin with CCE_OPTIONS_INIT; a null member means its default. */
struct cce_options {
    size_t struct_bytes; /**< sizeof(struct cce_options), so that the structure can grow */
    const char* backend; /**< "auto", "af_alg", "in-process", "software"; default: $CCE_BACKEND, else "auto" */
    const char* engine;  /**< in-process: "rtl"; default: $CCE_ENGINE, else "rtl" */
};
/* clang-format off */
#define CCE_OPTIONS_INIT {sizeof(struct cce_options), NULL, NULL}
/* clang-format on */

/** What a device says of itself. Names are zero-terminated. */
struct cce_information {
    char backend[16];       /**< "af_alg", "in-process", "software" */
    char choice[256];       /**< why this backend: who named it, or what the automatic choice found */
    char description[160];  /**< what stands behind it, e.g. OpenSSL's version or the kernel's */
    char driver[3][64];     /**< what serves each mode, indexed by enum cce_mode, e.g. "ctr-aes-cce" */
    int engine_known;       /**< not 0: the members below were read from the engine's registers */
    char engine[16];        /**< implementation: "rtl" or "model" */
    unsigned version_major; /**< version of the hardware/software contract */
    unsigned version_minor;
    int mode_supported[3];      /**< indexed by enum cce_mode */
    int key_bytes_supported[3]; /**< 16, 24, 32 bytes */
    unsigned queue_pairs;       /**< queue pairs of the engine */
    unsigned contexts;          /**< engine-held contexts */
    unsigned regions;           /**< memory regions, the unrestricted one included */
    unsigned data_bytes;        /**< bytes of a DMA beat */
    uint64_t cycle;             /**< the engine's cycle counter now */
    uint64_t simulated_cycles;  /**< clock cycles simulated so far, idle time skipped */
};

/** One request of a submission. */
struct cce_request {
    uint64_t cookie;             /**< returned in the completion; the library gives it no meaning */
    uint8_t iv[CCE_BLOCK_BYTES]; /**< CBC: the IV; CTR: the first counter block; ECB: ignored */
    const uint8_t* source;       /**< `length` bytes, valid and unchanged until the completion was collected */
    uint8_t* destination;        /**< `length` bytes: `source` itself (in place) or not overlapping it */
    size_t length;               /**< 0 to CCE_SUBMIT_BYTES_MAX; ECB and CBC: whole blocks */
};

/** One answer. */
struct cce_completion {
    uint64_t cookie;
    enum cce_status status;
    uint32_t device_status;           /**< af_alg: errno; in-process: the engine's status code; else 0 */
    uint8_t next_iv[CCE_BLOCK_BYTES]; /**< CBC, CTR: the IV that continues the stream; zero after an error */
    int cycles_known;                 /**< not 0: the cycles below are the engine's own */
    uint64_t start_cycle;             /**< engine cycle when it began to fetch the (first) descriptor */
    uint64_t end_cycle;               /**< engine cycle when it began to write the (last) completion entry */
};

/** cce_version returns the library's version, "MAJOR.MINOR.PATCH". Never null; not to be freed. */
const char* cce_version(void);

/** cce_strerror returns the sentence for `status`, also for unknown values. Never null; not to be freed. */
const char* cce_strerror(enum cce_status status);

/**
 * cce_probe tells whether `backend` ("af_alg", "in-process", "software") can be opened now.
 * CCE_OK: it can; CCE_ERROR_BACKEND_UNAVAILABLE or CCE_ERROR_BACKEND_UNKNOWN: it can't. `out`, if not null, gets the
 * same status and one sentence with the reason, in every case. Does not start a simulation.
 */
enum cce_status cce_probe(const char* backend, struct cce_error* out);

/**
 * cce_open opens a device and stores it in `*out`; cce_close() gives it back.
 * The backend is the one in `options`, else the one that the environment variable CCE_BACKEND names, else chosen
 * automatically; cce_query() tells which and why. A named backend is never replaced by another one.
 * `options` may be null. `error`, if not null, gets the particulars of a failure.
 */
enum cce_status cce_open(struct cce_device** out, const struct cce_options* options,
                         struct cce_error* error) CCE_MUST_CHECK;

/**
 * cce_close closes `device`; null is allowed and does nothing.
 * CCE_ERROR_BUSY, and nothing is closed, if sessions of the device still exist.
 */
enum cce_status cce_close(struct cce_device* device);

/** cce_error_message returns particulars of the last failed call on `device` or its sessions; empty before the first.
 * Valid until the next call on the device. */
const char* cce_error_message(const struct cce_device* device);

/** cce_query fills `*out`. For af_alg the engine's own members are unknown: the kernel's interface has no such call. */
enum cce_status cce_query(struct cce_device* device, struct cce_information* out);

/**
 * cce_session_create makes a session and stores it in `*out`; cce_session_destroy() gives it back.
 * `key_length` is 16, 24 or 32; the key is copied. Mode and direction never change.
 */
enum cce_status cce_session_create(struct cce_session** out, struct cce_device* device, enum cce_mode mode,
                                   enum cce_direction direction, const uint8_t* key, size_t key_length) CCE_MUST_CHECK;

/**
 * cce_session_destroy overwrites the key and frees `session`; null is allowed and does nothing.
 * CCE_ERROR_BUSY, and nothing is destroyed, while requests of the session are not collected.
 */
enum cce_status cce_session_destroy(struct cce_session* session);

/**
 * cce_cipher_run processes `length` bytes from `source` to `destination` and returns when that is done.
 *
 * `iv` is the IV (CBC) or the first counter block (CTR), and on success becomes the one that continues the stream, so
 * that a long text may be given in pieces. All pieces but the last must be whole blocks: after a CTR piece of 17
 * bytes, `iv` is two blocks further and the rest of the second block's keystream is lost. ECB ignores `iv`, which may
 * be null there. A length of 0 does nothing and succeeds.
 *
 * In place (`destination == source`) is allowed; any other overlap is CCE_ERROR_OVERLAP. After a failure `iv` is
 * unchanged and the contents of `destination` are unspecified.
 *
 * `completion`, if not null, gets device status and, where the engine tells, cycles (cookie 0); also on failure.
 */
enum cce_status cce_cipher_run(struct cce_session* session, uint8_t iv[CCE_BLOCK_BYTES], const uint8_t* source,
                               uint8_t* destination, size_t length, struct cce_completion* completion) CCE_MUST_CHECK;

/**
 * cce_submit hands over one request and does not wait for it. `request` itself is copied.
 * Wrong arguments fail here and yield no completion; every accepted request yields exactly one, from cce_poll().
 *
 * in-process puts the request into the simulated engine's queue. af_alg and software keep it and execute it, in order,
 * within cce_poll(): neither AF_ALG through libkcapi nor OpenSSL has a dependable asynchronous call, so that there
 * submitting many saves no time.
 */
enum cce_status cce_submit(struct cce_session* session, const struct cce_request* request) CCE_MUST_CHECK;

/**
 * cce_poll collects up to `maximum` completions (at least 1) into `out` and stores their number in `*num_out`.
 *
 * Waits until there is at least one, nothing is outstanding (then the number is 0), or `timeout_ms` milliseconds of
 * host time have passed (CCE_OK with the number 0); negative: for as long as it takes. Then takes what else is ready.
 * With timeout 0, in-process lets the engine run for a few cycles, and af_alg and software execute one request.
 * Completions may come in any order; the cookie names them. A failed request is told in its completion, not here.
 */
enum cce_status cce_poll(struct cce_device* device, struct cce_completion* out, size_t maximum, int timeout_ms,
                         size_t* num_out) CCE_MUST_CHECK;

/** cce_outstanding returns the number of requests submitted to `device` and not yet collected. */
size_t cce_outstanding(const struct cce_device* device);

#ifdef __cplusplus
}
#endif

#endif /* CCE_CCE_H */
