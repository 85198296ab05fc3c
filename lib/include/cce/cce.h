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
 *   Integrity  ECB, CBC, CTR and XTS protect no integrity, and a CTR counter block must never be used twice with one
 *              key. ECB shows equal blocks as equal. Take GCM or CCM unless something else is prescribed.
 *   Nonces     The same IV twice with one key breaks GCM altogether (both texts, and the key of its tags) and CCM's
 *              secrecy. The library cannot know and does not count: the caller sees to it.
 *   Tags       AEAD texts are one string, the ciphertext and behind it the tag, as RFC 5116 has it: `length` bytes of
 *              text become `length + tag_length`. MACs stand alone.
 *   Forgeries  Where a tag, a MAC or the integrity of a wrapped key does not match, the status is CCE_ERROR_TAG, and
 *              the destination has been overwritten with zeros; in place, the source with it.
 *
 * Which call for which mode
 *
 *   ECB, CBC, CTR, XTS   cce_cipher_run(), cce_submit()
 *   GCM, CCM             cce_aead_seal(), cce_aead_open(), cce_submit_aead()
 *   CMAC; GMAC (GCM)     cce_mac_generate(), cce_mac_verify(), cce_submit_mac()
 *   KW, KWP              cce_key_wrap(), cce_key_unwrap(), cce_submit_key_wrap()
 *
 * Backends
 *
 *   af_alg      The engine behind the Linux driver, through AF_ALG (kernels up to 7.1). Uses the drivers
 *               `ecb-aes-cce`, `cbc-aes-cce` and `ctr-aes-cce` by name and no others, so that it is never
 *               quietly served by the CPU's own AES code. (The driver itself may hand a request back to the CPU, for
 *               instance below its threshold or after a reset.) Other modes: CCE_ERROR_UNSUPPORTED.
 *   in-process  The engine simulated in this process. Slow, meant for tests and for looking inside; used only when it
 *               is named, and says on stderr that it simulates. Offers the modes that the engine says it has. Absent
 *               if the library was built without it.
 *   software    OpenSSL on the CPU. All modes.
 *   auto        af_alg if /proc/crypto lists all three drivers, else software. The choice does not depend on the mode:
 *               a device of backend af_alg answers CCE_ERROR_UNSUPPORTED rather than turn to software.
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
#define CCE_TAG_BYTES_MAX 16
#define CCE_KEY_BYTES_MAX 64 /**< XTS with two keys of 32 bytes */

/** Most bytes of an XTS data unit: 2^20 blocks, SP 800-38E, 4. */
#define CCE_XTS_BYTES_MAX (16u * 1024u * 1024u)
/** Most bytes of text, and of AAD, of an AEAD request, and of the message of a MAC. */
#define CCE_MESSAGE_BYTES_MAX (1024u * 1024u * 1024u)
/** Most bytes of a key to be wrapped, and bytes (a semiblock, SP 800-38F) that wrapping adds. */
#define CCE_KEY_WRAP_BYTES_MAX 4096
#define CCE_KEY_WRAP_OVERHEAD 8

/** Most requests submitted and not collected, for each device. */
#define CCE_QUEUE_DEPTH 64
/** Most bytes of one submitted request. The calls that wait have no such limit. */
#define CCE_SUBMIT_BYTES_MAX (16u * 1024u * 1024u)

/** How a call, or a request, ended. The values are part of the ABI. */
enum cce_status {
    CCE_OK = 0,
    CCE_ERROR_ARGUMENT = 1,        /**< a pointer is null, or a value is none of its enum */
    CCE_ERROR_KEY_LENGTH = 2,      /**< the key is not 16, 24 or 32 bytes long; XTS: 32, 48 or 64 */
    CCE_ERROR_LENGTH = 3,          /**< the text's, AAD's or wrapped key's length is not legal for the mode or call */
    CCE_ERROR_OVERLAP = 4,         /**< source and destination overlap without being the same */
    CCE_ERROR_BACKEND_UNKNOWN = 5, /**< no backend has this name, or it was not built in */
    CCE_ERROR_BACKEND_UNAVAILABLE = 6, /**< the backend exists, but not on this machine at this time */
    CCE_ERROR_MEMORY = 7,              /**< out of memory */
    CCE_ERROR_QUEUE_FULL = 8,          /**< CCE_QUEUE_DEPTH requests are outstanding: collect some */
    CCE_ERROR_BUSY = 9,                /**< the session or device has requests that were not collected */
    CCE_ERROR_REFUSED = 10,            /**< the engine, the kernel or OpenSSL refused or failed a request */
    CCE_ERROR_TIMEOUT = 11,            /**< the engine did not answer in time */
    CCE_ERROR_INTERNAL = 12,           /**< a defect of the library */
    CCE_ERROR_TAG = 13,                /**< a tag, a MAC or the integrity of a wrapped key does not match */
    CCE_ERROR_TAG_LENGTH = 14,         /**< the tag or MAC has a length that the mode does not allow */
    CCE_ERROR_IV_LENGTH = 15,          /**< the IV or nonce has a length that the mode does not allow */
    CCE_ERROR_EQUAL_KEYS = 16,         /**< XTS: the two halves of the key are equal */
    CCE_ERROR_BUFFER = 17,             /**< the destination is too small for the result */
    CCE_ERROR_SESSION = 18,            /**< the call does not fit the session's mode or direction */
    CCE_ERROR_UNSUPPORTED = 19         /**< the backend does not offer this mode or key length */
};

/** Mode of operation. The values are those of the hardware/software contract. */
enum cce_mode {
    CCE_MODE_ECB = 0,  /**< SP 800-38A */
    CCE_MODE_CBC = 1,  /**< SP 800-38A */
    CCE_MODE_CTR = 2,  /**< SP 800-38A; the counter is the whole 128-bit block, big-endian, and wraps */
    CCE_MODE_XTS = 3,  /**< SP 800-38E, IEEE 1619: texts of any length from 16 bytes; the IV is the tweak */
    CCE_MODE_GCM = 4,  /**< SP 800-38D: AEAD; in the calls for MACs it is GMAC */
    CCE_MODE_CCM = 5,  /**< SP 800-38C: AEAD */
    CCE_MODE_CMAC = 6, /**< SP 800-38B */
    CCE_MODE_KW = 7,   /**< SP 800-38F, RFC 3394: key wrap */
    CCE_MODE_KWP = 8   /**< SP 800-38F, RFC 5649: key wrap with padding */
};
#define CCE_MODE_COUNT 9

/** What a session does. AEAD: seal or open; MAC: generate or verify; key wrap: wrap or unwrap. */
enum cce_direction { CCE_ENCRYPT = 0, CCE_DECRYPT = 1 };

/** Options of a session, to be combined with `|`. */
enum cce_session_flags {
    /** XTS: accept a key whose halves are equal. Such a key is insecure (SP 800-38E with FIPS 140 IG C.I); old data and
     * test vectors may need it. */
    CCE_SESSION_EQUAL_KEYS = 1
};

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
    const char* engine;  /**< in-process: the engine's name, "rtl" for one; default: $CCE_ENGINE, else "rtl" */
};
/* clang-format off */
#define CCE_OPTIONS_INIT {sizeof(struct cce_options), NULL, NULL}
/* clang-format on */

/** What a device says of itself. Names are zero-terminated. */
struct cce_information {
    char backend[16];      /**< "af_alg", "in-process", "software" */
    char choice[256];      /**< why this backend: who named it, or what the automatic choice found */
    char description[160]; /**< what stands behind it, e.g. OpenSSL's version or the kernel's */
    /** What serves each mode, indexed by enum cce_mode, e.g. "ctr-aes-cce"; empty: the mode is not offered. */
    char driver[CCE_MODE_COUNT][64];
    int mode_supported[CCE_MODE_COUNT]; /**< not 0: this device offers the mode; indexed by enum cce_mode */
    int engine_known;                   /**< not 0: the members below were read from the engine's registers */
    char engine[16];                    /**< implementation: "rtl" or "model" */
    unsigned version_major;             /**< version of the hardware/software contract */
    unsigned version_minor;
    int key_bytes_supported[3]; /**< 16, 24, 32 bytes */
    unsigned queue_pairs;       /**< queue pairs of the engine */
    unsigned contexts;          /**< engine-held contexts */
    unsigned regions;           /**< memory regions, the unrestricted one included */
    unsigned data_bytes;        /**< bytes of a DMA beat */
    uint64_t cycle;             /**< the engine's cycle counter now */
    uint64_t simulated_cycles;  /**< clock cycles simulated so far, idle time skipped */
};

/** One request for cce_submit(). */
struct cce_request {
    uint64_t cookie;             /**< returned in the completion; the library gives it no meaning */
    uint8_t iv[CCE_BLOCK_BYTES]; /**< CBC: the IV; CTR: the first counter block; XTS: the tweak; ECB: ignored */
    const uint8_t* source;       /**< `length` bytes, valid and unchanged until the completion was collected */
    uint8_t* destination;        /**< `length` bytes: `source` itself (in place) or not overlapping it */
    size_t length;               /**< ECB, CBC, CTR: 0 to CCE_SUBMIT_BYTES_MAX; XTS: 16 to CCE_XTS_BYTES_MAX */
};

/**
 * One AEAD request, GCM or CCM. A pointer may be null where its length is 0. The AAD is authenticated and not copied.
 * In place: `destination == source`, in a buffer that has room for the tag when sealing. Other overlaps of the two are
 * CCE_ERROR_OVERLAP; the AAD must not overlap the destination.
 */
struct cce_aead_request {
    uint64_t cookie;           /**< of a submission; else ignored */
    const uint8_t* iv;         /**< IV or nonce; copied by the call */
    size_t iv_length;          /**< GCM: 1 to CCE_MESSAGE_BYTES_MAX, 12 is best; CCM: 7 to 13 */
    const uint8_t* aad;        /**< associated data; a submission needs it unchanged until its completion */
    size_t aad_length;         /**< 0 to CCE_MESSAGE_BYTES_MAX */
    const uint8_t* source;     /**< seal: the text; open: ciphertext, then tag; as for `aad` */
    size_t source_length;      /**< of the text: 0 to CCE_MESSAGE_BYTES_MAX; CCM: below 2^(8 * (15 - iv_length)) */
    uint8_t* destination;      /**< seal: gets ciphertext, then tag; open: gets the text */
    size_t destination_length; /**< room; at least what comes out, else CCE_ERROR_BUFFER */
    size_t tag_length;         /**< GCM: 4, 8, 12 to 16; CCM: 4, 6, ... 16. 16 unless there are reasons */
};

/** One request for a MAC: session mode CMAC, or GCM for GMAC. */
struct cce_mac_request {
    uint64_t cookie;        /**< of a submission; else ignored */
    const uint8_t* iv;      /**< GMAC: the IV, never used twice with one key; copied. CMAC: ignored */
    size_t iv_length;       /**< GMAC: as for GCM. CMAC: must be 0 */
    const uint8_t* message; /**< may be null if its length is 0; a submission needs it unchanged until its completion */
    size_t message_length;  /**< 0 to CCE_MESSAGE_BYTES_MAX */
    uint8_t* mac;           /**< generate: gets `mac_length` bytes; verify: ignored */
    const uint8_t* expected; /**< verify: `mac_length` bytes to compare with, as for `message`; generate: ignored */
    size_t mac_length;       /**< CMAC: 1 to 16, below 8 a guess may succeed; GMAC: 4, 8, 12 to 16 */
};

/** One request to wrap or unwrap a key. Overlaps as for AEAD; in place, room for CCE_KEY_WRAP_OVERHEAD more bytes. */
struct cce_key_wrap_request {
    uint64_t cookie;       /**< of a submission; else ignored */
    const uint8_t* source; /**< wrap: the key; unwrap: the wrapped key */
    size_t source_length;  /**< KW: key 16 to 4096, wrapped 24 to 4104, multiples of 8; KWP: 1 to 4096, 16 to 4104 */
    uint8_t* destination;  /**< gets the result */
    size_t destination_length; /**< room. Wrap: the key, for KWP rounded up to 8 bytes, and 8; unwrap: 8 fewer than
                                    the source. Unwrapping KWP fills what is behind the key with zeros */
};

/** One answer. */
struct cce_completion {
    uint64_t cookie;
    enum cce_status status;
    uint32_t device_status;           /**< af_alg: errno; in-process: the engine's status code; else 0 */
    uint8_t next_iv[CCE_BLOCK_BYTES]; /**< CBC, CTR: the IV that continues the stream; else, and after an error, zero */
    size_t output_length;             /**< bytes of the result, at `destination` or `mac`; 0 after an error */
    int cycles_known;                 /**< not 0: the cycles below are the engine's own */
    uint64_t start_cycle;             /**< engine cycle when it began to fetch the (first) descriptor */
    uint64_t end_cycle;               /**< engine cycle when it began to write the (last) completion entry */
};

/** cce_version returns the library's version, "MAJOR.MINOR.PATCH". Never null; not to be freed. */
const char* cce_version(void);

/** cce_mode_name returns the mode's name in lower case, "gcm" for one; null for no mode. Not to be freed. */
const char* cce_mode_name(enum cce_mode mode);

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
 * The key is copied. `key_length` is 16, 24 or 32; for XTS twice that: the key of the data, then that of the tweak,
 * which must differ (else CCE_ERROR_EQUAL_KEYS; see cce_session_create_with()). Mode and direction never change.
 * CCE_ERROR_UNSUPPORTED: the backend does not offer the mode.
 */
enum cce_status cce_session_create(struct cce_session** out, struct cce_device* device, enum cce_mode mode,
                                   enum cce_direction direction, const uint8_t* key, size_t key_length) CCE_MUST_CHECK;

/** cce_session_create_with is cce_session_create() with options: `flags` is 0 or of enum cce_session_flags. */
enum cce_status cce_session_create_with(struct cce_session** out, struct cce_device* device, enum cce_mode mode,
                                        enum cce_direction direction, const uint8_t* key, size_t key_length,
                                        unsigned flags) CCE_MUST_CHECK;

/**
 * cce_session_destroy overwrites the key and frees `session`; null is allowed and does nothing.
 * CCE_ERROR_BUSY, and nothing is destroyed, while requests of the session are not collected.
 */
enum cce_status cce_session_destroy(struct cce_session* session);

/**
 * cce_cipher_run processes `length` bytes from `source` to `destination` and returns when that is done.
 *
 * ECB, CBC, CTR: `iv` is the IV (CBC) or the first counter block (CTR), and on success becomes the one that continues
 * the stream, so that a long text may be given in pieces. All pieces but the last must be whole blocks: after a CTR
 * piece of 17 bytes, `iv` is two blocks further and the rest of the second block's keystream is lost. ECB ignores `iv`,
 * which may be null there. A length of 0 does nothing and succeeds.
 *
 * XTS: the call does one data unit of 16 to CCE_XTS_BYTES_MAX bytes; `iv` is its tweak (a sector number: little-endian,
 * IEEE 1619, 5.1) and is left as it is.
 *
 * In place (`destination == source`) is allowed; any other overlap is CCE_ERROR_OVERLAP. After a failure `iv` is
 * unchanged and the contents of `destination` are unspecified.
 *
 * `completion`, if not null, gets device status and, where the engine tells, cycles (cookie 0); also on failure.
 */
enum cce_status cce_cipher_run(struct cce_session* session, uint8_t iv[CCE_BLOCK_BYTES], const uint8_t* source,
                               uint8_t* destination, size_t length, struct cce_completion* completion) CCE_MUST_CHECK;

/**
 * cce_aead_seal encrypts and authenticates one text, and returns when that is done. The session is one of GCM or CCM
 * and CCE_ENCRYPT. After a failure the contents of the destination are unspecified. `completion` as for
 * cce_cipher_run().
 */
enum cce_status cce_aead_seal(struct cce_session* session, const struct cce_aead_request* request,
                              struct cce_completion* completion) CCE_MUST_CHECK;

/**
 * cce_aead_open checks and decrypts one text. The session is one of GCM or CCM and CCE_DECRYPT.
 * CCE_ERROR_TAG: key, IV, AAD, ciphertext or tag is not what was sealed. After that and every other failure that comes
 * once the arguments were accepted, the destination is zero where the text would be.
 */
enum cce_status cce_aead_open(struct cce_session* session, const struct cce_aead_request* request,
                              struct cce_completion* completion) CCE_MUST_CHECK;

/**
 * cce_mac_generate computes the CMAC (session of CMAC and CCE_ENCRYPT) or the GMAC (of GCM and CCE_ENCRYPT) of a
 * message.
 */
enum cce_status cce_mac_generate(struct cce_session* session, const struct cce_mac_request* request,
                                 struct cce_completion* completion) CCE_MUST_CHECK;

/** cce_mac_verify compares a MAC, in constant time; CCE_DECRYPT. CCE_ERROR_TAG: it does not match. */
enum cce_status cce_mac_verify(struct cce_session* session, const struct cce_mac_request* request,
                               struct cce_completion* completion) CCE_MUST_CHECK;

/** cce_key_wrap wraps a key (session of KW or KWP and CCE_ENCRYPT); stores the result's length in `*num_out`. */
enum cce_status cce_key_wrap(struct cce_session* session, const struct cce_key_wrap_request* request, size_t* num_out,
                             struct cce_completion* completion) CCE_MUST_CHECK;

/**
 * cce_key_unwrap unwraps a key (CCE_DECRYPT); stores the key's length in `*num_out`. Failures as for cce_aead_open():
 * CCE_ERROR_TAG: the integrity check does not match.
 */
enum cce_status cce_key_unwrap(struct cce_session* session, const struct cce_key_wrap_request* request, size_t* num_out,
                               struct cce_completion* completion) CCE_MUST_CHECK;

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
 * cce_submit_aead, cce_submit_mac and cce_submit_key_wrap are cce_submit() for the other kinds of modes. The session's
 * direction tells what is done. Text, AAD, message and key: together at most CCE_SUBMIT_BYTES_MAX bytes. What comes out
 * is as long as the completion says in `output_length`.
 */
enum cce_status cce_submit_aead(struct cce_session* session, const struct cce_aead_request* request) CCE_MUST_CHECK;
enum cce_status cce_submit_mac(struct cce_session* session, const struct cce_mac_request* request) CCE_MUST_CHECK;
enum cce_status cce_submit_key_wrap(struct cce_session* session,
                                    const struct cce_key_wrap_request* request) CCE_MUST_CHECK;

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
