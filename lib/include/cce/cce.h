/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcce: AES and hash functions on the Core Crypto Engine, or on what stands in for it.
 *
 * Conventions, valid for every function unless it says otherwise
 *
 *   Errors     Functions return an enum cce_status; CCE_OK is 0. Results come through `out` pointers, which are not
 *              touched when the function fails. cce_strerror() gives the sentence for a status, and
 *              cce_error_message() the particulars of the calling thread's last failure.
 *   Ownership  The library copies what it is given, except source and destination buffers, which stay the caller's.
 *              A device outlives its sessions: destroy sessions first, then close.
 *   Lengths    Bytes. A block is 16 bytes (CCE_BLOCK_BYTES).
 *   Threads    Any function may be called by any thread at any time, also with the same device and the same session:
 *              calls that wait do not hold each other up, but for requests of one session of backends af_alg and
 *              software, which are done one after the other. What is given back must not be in use: a session whose
 *              requests another thread waits for cannot be destroyed (CCE_ERROR_BUSY), but nothing protects a handle
 *              that was destroyed. A child of fork() must not use its parent's devices, nor close them.
 *   Who works  in-process: the engine's clock runs in the threads that are in a call of the library that waits.
 *              af_alg, software: requests that were submitted are done by the threads that call cce_poll() or
 *              cce_wait(). For these three, cce_descriptor() or the option `workers` starts threads that do the work
 *              instead. dev: the kernel works. Requests below the threshold are done in the call that submits them.
 *   Keys       Copies of keys are overwritten when a session is destroyed. The kernel (dev, af_alg) and OpenSSL
 *              (software) keep copies of their own and overwrite them when the session goes.
 *   Buffers    Where the library gathers a scatter list into a buffer of its own, that is overwritten, too.
 *   Integrity  ECB, CBC, CTR and XTS protect no integrity, and a CTR counter block must never be used twice with one
 *              key. ECB shows equal blocks as equal. Take GCM or CCM unless something else is prescribed.
 *   Nonces     The same IV twice with one key breaks GCM altogether (both texts, and the key of its tags) and CCM's
 *              secrecy. The library cannot know and does not count: the caller sees to it.
 *   Tags       AEAD texts are one string, the ciphertext and behind it the tag, as RFC 5116 has it: `length` bytes of
 *              text become `length + tag_length`. MACs stand alone.
 *   Hashes     SHA-2, SHA-3 and their XOFs are no MACs: whoever changes a text makes its digest, too. What protects is
 *              HMAC or KMAC, sessions of a hash function with a key.
 *   Forgeries  Where a tag, a MAC or the integrity of a wrapped key does not match, the status is CCE_ERROR_TAG, and
 *              the destination has been overwritten with zeros; in place, the source with it. Of a digest that is
 *              compared there is no destination.
 *
 * Which call for which mode
 *
 *   ECB, CBC, CTR, XTS   cce_cipher_run(), cce_submit()
 *   GCM, CCM             cce_aead_seal(), cce_aead_open(), cce_submit_aead()
 *   CMAC; GMAC (GCM)     cce_mac_generate(), cce_mac_verify(), cce_submit_mac()
 *   KW, KWP              cce_key_wrap(), cce_key_unwrap(), cce_submit_key_wrap()
 *   SHA-2, SHA-3, SHAKE, cSHAKE, HMAC, KMAC
 *                        cce_hash_session_create(), then cce_digest(), cce_submit_digest(), or in pieces:
 *                        cce_hash_stream_create() and what follows
 *   all                  cce_run(), cce_submit_batch(): scatter lists, many at once, callbacks
 *
 * Backends
 *
 *   dev         The engine behind the Linux driver, through /dev/cce: requests go to the driver by io_uring, or by
 *               ioctl where io_uring is not allowed, and many are in flight at once. GCM with IVs of 12 bytes.
 *               KW and KWP are done by the engine only: without one, CCE_ERROR_UNSUPPORTED, or CCE_ERROR_DEVICE_GONE if
 *               it goes; CCE_ERROR_REFUSED if it is reset before it has begun, so that another attempt may succeed.
 *               Of hash functions the same holds for the XOFs and KMAC; a submission of those has at most 112 KiB of
 *               text and of output, unless it lies in few pieces of physical memory. Others are the driver's to do on
 *               the CPU where there is no engine.
 *   af_alg      The same driver through AF_ALG (kernels up to 7.1). Uses the drivers `ecb-aes-cce`, `cbc-aes-cce` and
 *               so on by name and no others, so that it is never quietly served by the CPU's own AES code. (The driver
 *               itself may hand a request back to the CPU, for instance below its threshold or after a reset.) One
 *               request at a time for each session. Not KW and KWP; GCM with IVs of 12 bytes; a text of XTS and, with
 *               its AAD and tag, of GCM or CCM has at most 64 KiB. Hashes: SHA-224 to SHA-512, SHA3-224 to SHA3-512 and
 *               HMAC with them (`sha256-cce`, `hmac-sha256-cce` and so on), without export and import.
 *   in-process  The engine simulated in this process. Slow, meant for tests and for looking inside; used only when it
 *               is named, and says on stderr that it simulates. Offers the modes that the engine says it has. Absent
 *               if the library was built without it.
 *   software    OpenSSL on the CPU. All modes. SHA-3 in streams or with a key is done by the library's own code, since
 *               OpenSSL keeps its state to itself.
 *   auto        dev if /dev/cce can be opened, else af_alg if /proc/crypto lists its drivers, else software. The choice
 *               does not depend on the mode: a device of backend af_alg answers CCE_ERROR_UNSUPPORTED rather than turn
 *               to software.
 *
 * Threshold
 *
 *   A request to an engine costs time that a short text is not worth. With the option `cpu_below`, or the environment
 *   variable CCE_CPU_BELOW, requests of fewer bytes are done by OpenSSL at once, with a copy of the session's key: text
 *   and AAD together; of a hash the message, of XOFs the output if that is longer. Every completion says who did the
 *   work, and cce_query() counts. Without, nothing is.
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

/** Most bytes of a digest of fixed length, of a key, function name or customization of a hash session, and of the
 * output of one call: XOFs and KMAC. A message has fewer than 2^60 bytes. */
#define CCE_DIGEST_BYTES_MAX 64
#define CCE_HASH_STRING_BYTES_MAX (1024u * 1024u * 1024u)
#define CCE_HASH_OUTPUT_BYTES_MAX (1024u * 1024u * 1024u)
/** Most bytes that cce_hash_stream_export() writes. */
#define CCE_HASH_STATE_BYTES_MAX 560

/** Most requests submitted and not collected, for each device, unless cce_options says otherwise; and what it may say.
 */
#define CCE_QUEUE_DEPTH 64
#define CCE_QUEUE_DEPTH_MAX 4096
/** Most pieces of a scatter list. */
#define CCE_SEGMENTS_MAX 256
/** Most threads that a device starts. */
#define CCE_WORKERS_MAX 64
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
    CCE_ERROR_QUEUE_FULL = 8,          /**< as many requests as the device takes are outstanding: collect some */
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
    CCE_ERROR_UNSUPPORTED = 19,        /**< the backend does not offer this mode or key length */
    CCE_ERROR_PERMISSION = 20,         /**< the operating system does not allow it */
    CCE_ERROR_DEVICE_GONE = 21,        /**< the device is not there any more */
    CCE_ERROR_DIGEST_LENGTH = 22,      /**< no output is wanted, or more than the hash function or call has */
    CCE_ERROR_STREAM = 23,             /**< the hash stream has ended, or not yet, and does not take this call */
    CCE_ERROR_STATE = 24               /**< not the state of a hash stream, of another function, or corrupted */
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

/** Hash function. The values are those of the hardware/software contract. */
enum cce_hash {
    CCE_HASH_SHA_224 = 0,     /**< FIPS 180-4 */
    CCE_HASH_SHA_256 = 1,     /**< FIPS 180-4 */
    CCE_HASH_SHA_384 = 2,     /**< FIPS 180-4 */
    CCE_HASH_SHA_512 = 3,     /**< FIPS 180-4 */
    CCE_HASH_SHA_512_224 = 4, /**< FIPS 180-4 */
    CCE_HASH_SHA_512_256 = 5, /**< FIPS 180-4 */
    CCE_HASH_SHA3_224 = 8,    /**< FIPS 202 */
    CCE_HASH_SHA3_256 = 9,    /**< FIPS 202 */
    CCE_HASH_SHA3_384 = 10,   /**< FIPS 202 */
    CCE_HASH_SHA3_512 = 11,   /**< FIPS 202 */
    CCE_HASH_SHAKE_128 = 12,  /**< FIPS 202: XOF, an output of any length */
    CCE_HASH_SHAKE_256 = 13,  /**< FIPS 202: XOF */
    CCE_HASH_CSHAKE_128 = 14, /**< SP 800-185: XOF with names; without any it is SHAKE128. With KMAC: KMAC128 */
    CCE_HASH_CSHAKE_256 = 15  /**< SP 800-185: XOF with names; without any it is SHAKE256. With KMAC: KMAC256 */
};
#define CCE_HASH_COUNT 16 /**< one more than the greatest; 6 and 7 are none */

/** What a hash session does with its function. */
enum cce_hash_kind {
    CCE_HASH_PLAIN = 0,   /**< the function itself, without a key */
    CCE_HASH_HMAC = 1,    /**< FIPS 198-1: of SHA-2 and SHA-3 with a digest of fixed length */
    CCE_HASH_KMAC = 2,    /**< SP 800-185, 4: of cSHAKE; a MAC of another length is another MAC */
    CCE_HASH_KMAC_XOF = 3 /**< SP 800-185, 4.3.1: of cSHAKE; a longer MAC begins with the shorter */
};

/** What a session does. AEAD: seal or open; MAC and hash: generate or verify; key wrap: wrap or unwrap. */
enum cce_direction { CCE_ENCRYPT = 0, CCE_DECRYPT = 1 };

/** Options of a session, to be combined with `|`. */
enum cce_session_flags {
    /** XTS: accept a key whose halves are equal. Such a key is insecure (SP 800-38E with FIPS 140 IG C.I); old data and
     * test vectors may need it. */
    CCE_SESSION_EQUAL_KEYS = 1
};

/** Who did a request. */
enum cce_executor {
    CCE_EXECUTOR_NONE = 0,    /**< nobody: it failed before, or had no bytes */
    CCE_EXECUTOR_BACKEND = 1, /**< the backend: the engine, or the kernel that it was given to */
    CCE_EXECUTOR_CPU = 2      /**< OpenSSL on the CPU: backend software, or a request below the threshold */
};

/** An open backend. */
struct cce_device;
/** A key with its mode and direction, or a hash function, on one device. */
struct cce_session;
/** A message that is hashed in pieces. */
struct cce_hash_stream;

/** A status together with its particulars, for calls that have no device yet. */
struct cce_error {
    enum cce_status status;
    char message[256]; /**< a sentence with a final zero, in English */
};

/** How to open a device. Begin with CCE_OPTIONS_INIT; a member that is null, or 0, means its default. */
struct cce_options {
    size_t struct_bytes; /**< sizeof(struct cce_options), so that the structure can grow */
    const char* backend; /**< "auto", "dev", "af_alg", "in-process", "software"; default: $CCE_BACKEND, else "auto" */
    const char* engine;  /**< in-process: the engine's name, "rtl" for one; default: $CCE_ENGINE, else "rtl" */
    size_t queue_depth; /**< requests submitted and not collected: 1 to CCE_QUEUE_DEPTH_MAX; default: CCE_QUEUE_DEPTH */
    unsigned workers;   /**< threads to be started now, to CCE_WORKERS_MAX; in-process: 1; dev: none; default: none */
    const char* transport; /**< dev: "io_uring" or "ioctl"; default: $CCE_DEV_TRANSPORT, else io_uring where it works */
    int64_t cpu_below;     /**< the threshold in bytes, 0: none; default, negative: $CCE_CPU_BELOW, else none */
};
/* clang-format off */
#define CCE_OPTIONS_INIT {sizeof(struct cce_options), NULL, NULL, 0, 0, NULL, -1}
/* clang-format on */

/** What a device says of itself. Names are zero-terminated. */
struct cce_information {
    char backend[16];      /**< "dev", "af_alg", "in-process", "software" */
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
    size_t queue_depth;         /**< most requests submitted and not collected */
    size_t cpu_below;           /**< requests of fewer bytes are done by the CPU; 0: none */
    unsigned workers;           /**< threads that the device has started */
    uint64_t backend_requests;  /**< requests that the backend ended so far, failed ones included */
    uint64_t cpu_requests;      /**< requests that OpenSSL on the CPU ended */
    /** What serves each hash function, indexed by enum cce_hash, alone and as HMAC; empty: it is not offered. cSHAKE
     * serves KMAC. */
    char hash_driver[CCE_HASH_COUNT][64];
    char hmac_driver[CCE_HASH_COUNT][64];
    int hash_supported[CCE_HASH_COUNT]; /**< not 0: this device offers the function; indexed by enum cce_hash */
    int hmac_supported[CCE_HASH_COUNT]; /**< not 0: and HMAC with it */
    int hash_streams_supported;         /**< not 0: cce_hash_stream_create() works with what is offered */
    int hash_states_supported;          /**< not 0: and cce_hash_stream_export() and cce_hash_stream_import() */
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

/**
 * How to make a hash session. Begin with CCE_HASH_OPTIONS_INIT, which is a session without a key that generates. All
 * strings are copied, and may be null if their length is 0.
 */
struct cce_hash_options {
    size_t struct_bytes;          /**< sizeof(struct cce_hash_options), so that the structure can grow */
    enum cce_hash_kind kind;      /**< default: CCE_HASH_PLAIN */
    enum cce_direction direction; /**< CCE_ENCRYPT, the default: make digests or MACs; CCE_DECRYPT: verify them */
    const uint8_t* key;           /**< HMAC, KMAC; else there is none */
    size_t key_length;            /**< 0 to CCE_HASH_STRING_BYTES_MAX; as long as the MAC is best */
    const uint8_t* function_name; /**< cSHAKE, plain: N of SP 800-185, for functions that NIST defines; else none */
    size_t function_name_length;  /**< 0 to CCE_HASH_STRING_BYTES_MAX */
    const uint8_t* customization; /**< cSHAKE, KMAC: S of SP 800-185; else none */
    size_t customization_length;  /**< 0 to CCE_HASH_STRING_BYTES_MAX */
};
/* clang-format off */
#define CCE_HASH_OPTIONS_INIT {sizeof(struct cce_hash_options), CCE_HASH_PLAIN, CCE_ENCRYPT, NULL, 0, NULL, 0, NULL, 0}
/* clang-format on */

/** One message to be hashed, for a session of a hash function. */
struct cce_digest_request {
    uint64_t cookie;        /**< of a submission; else ignored */
    const uint8_t* message; /**< may be null if its length is 0; a submission needs it unchanged until its completion */
    size_t message_length;  /**< fewer than 2^60 bytes */
    uint8_t* digest;        /**< generate: gets `digest_length` bytes, not overlapping `message`; verify: ignored */
    const uint8_t* expected; /**< verify: `digest_length` bytes to compare with, as for `message`; generate: ignored */
    /** SHA-2, SHA-3, HMAC: 1 to the function's digest, of which it is the beginning. XOF, KMAC: 1 to
     * CCE_HASH_OUTPUT_BYTES_MAX. A MAC of few bytes may be guessed. */
    size_t digest_length;
};

/** A piece of a scatter list. A source is only read. */
struct cce_segment {
    void* data;    /**< may be null if the length is 0 */
    size_t length; /**< bytes */
};

struct cce_completion;
/**
 * A function to be told of the end of a request. It is called in cce_poll(), by the thread that called that, with no
 * lock held: it may call any function of the library, cce_close() of this device excepted.
 */
typedef void (*cce_callback)(void* argument, const struct cce_completion* completion);

/**
 * One request of any mode, whose source and destination may lie in pieces. The session's mode and direction tell what
 * source and destination are; lengths and rules are those of the structures above.
 *
 *     mode           source                            destination
 *     ECB to XTS     text                              text, as long
 *     GCM, CCM       seal: text; open: text, then tag  seal: text, then tag; open: text
 *     CMAC           message; verify: then the MAC     generate: the MAC; verify: nothing
 *     KW, KWP        key, or wrapped key               the other
 *     a hash         message; verify: then the digest  generate: the digest or MAC; verify: nothing
 *
 * GMAC is GCM without text: the message is the AAD, the tag the MAC. The destination may have more room than the result
 * needs. In place: each byte of the source lies where the byte of the same place in the destination does; pieces may be
 * cut differently. All other overlaps are CCE_ERROR_OVERLAP. Lists and IV are copied by the call, and may go
 * afterwards. No backend of this version takes lists: more than one piece is gathered in a buffer of the library.
 */
struct cce_operation {
    struct cce_session* session;
    uint64_t cookie;               /**< returned in the completion; the library gives it no meaning */
    const uint8_t* iv;             /**< CBC, CTR, XTS: 16 bytes; GCM, CCM: as in struct cce_aead_request */
    size_t iv_length;              /**< bytes of it; modes without: 0 */
    const struct cce_segment* aad; /**< GCM, CCM */
    size_t aad_count;              /**< pieces of it, to CCE_SEGMENTS_MAX */
    const struct cce_segment* source;
    size_t source_count;
    const struct cce_segment* destination;
    size_t destination_count;
    size_t tag_length;     /**< GCM, CCM, CMAC; a hash: bytes of the digest; else 0 */
    cce_callback callback; /**< null: the completion goes to cce_poll()'s `out`. Of a submission */
    void* callback_argument;
};

/** One answer. */
struct cce_completion {
    uint64_t cookie;
    enum cce_status status;
    uint32_t device_status;           /**< dev, af_alg: errno; in-process: the engine's status code; else 0 */
    uint8_t next_iv[CCE_BLOCK_BYTES]; /**< CBC, CTR: the IV that continues the stream; else, and after an error, zero */
    size_t output_length;             /**< bytes of the result, at `destination` or `mac`; 0 after an error */
    int cycles_known;                 /**< not 0: the cycles below are the engine's own */
    uint64_t start_cycle;             /**< engine cycle when it began to fetch the (first) descriptor */
    uint64_t end_cycle;               /**< engine cycle when it began to write the (last) completion entry */
    enum cce_executor executed_by;    /**< who did the work */
};

/** cce_version returns the library's version, "MAJOR.MINOR.PATCH". Never null; not to be freed. */
const char* cce_version(void);

/** cce_mode_name returns the mode's name in lower case, "gcm" for one; null for no mode. Not to be freed. */
const char* cce_mode_name(enum cce_mode mode);

/** cce_hash_name returns the function's name in lower case, "sha256", "sha512-256", "sha3-256", "shake128", "cshake128"
 * for some; null for no function. Not to be freed. */
const char* cce_hash_name(enum cce_hash hash);

/** cce_hash_digest_bytes returns the bytes of the function's digest; 0: it is an XOF, which has any length, or none. */
size_t cce_hash_digest_bytes(enum cce_hash hash);

/** cce_hash_block_bytes returns the bytes of the function's block (SHA-3 and XOFs: its rate); 0 for no function. */
size_t cce_hash_block_bytes(enum cce_hash hash);

/** cce_strerror returns the sentence for `status`, also for unknown values. Never null; not to be freed. */
const char* cce_strerror(enum cce_status status);

/**
 * cce_probe tells whether `backend` ("dev", "af_alg", "in-process", "software") can be opened now.
 * CCE_OK: it can; CCE_ERROR_BACKEND_UNAVAILABLE, CCE_ERROR_PERMISSION or CCE_ERROR_BACKEND_UNKNOWN: it can't. `out`, if
 * not null, gets the same status and one sentence with the reason, in every case. Does not start a simulation.
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

/** cce_error_message returns particulars of the calling thread's last failed call, if that was on `device` or its
 * sessions; else it is empty. Valid until the thread's next call of the library. */
const char* cce_error_message(const struct cce_device* device);

/** cce_query fills `*out`. For af_alg and dev the engine's own members are unknown: the kernel's interfaces do not tell
 * them. For dev, `description` has what the driver says of itself. */
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
 * cce_hash_session_create makes a session of a hash function and stores it in `*out`; cce_session_destroy() gives it
 * back. `options` may be null: the function itself, without a key. The key is hashed once, here: no request of the
 * session spends time on it. CCE_ERROR_ARGUMENT: an option that the function or kind does not have;
 * CCE_ERROR_KEY_LENGTH: a key or name is too long; CCE_ERROR_UNSUPPORTED: the backend does not offer the function, or
 * HMAC with it.
 */
enum cce_status cce_hash_session_create(struct cce_session** out, struct cce_device* device, enum cce_hash hash,
                                        const struct cce_hash_options* options) CCE_MUST_CHECK;

/**
 * cce_session_destroy overwrites the key and frees `session`; null is allowed and does nothing.
 * CCE_ERROR_BUSY, and nothing is destroyed, while requests of the session are not collected, or it has hash streams.
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
 * cce_digest makes the digest or MAC of one message (session of CCE_ENCRYPT), or compares it in constant time (of
 * CCE_DECRYPT: CCE_ERROR_TAG if it is another one), and returns when that is done. CCE_ERROR_DIGEST_LENGTH: the length
 * of the digest is not one that the function has. `completion` as for cce_cipher_run().
 */
enum cce_status cce_digest(struct cce_session* session, const struct cce_digest_request* request,
                           struct cce_completion* completion) CCE_MUST_CHECK;

/**
 * cce_hash_stream_create begins a message that is given in pieces, of a session of a hash function, and stores it in
 * `*out`; cce_hash_stream_destroy() gives it back. Any number of streams may be under way at once, as long as there is
 * memory: what a stream needs is its state, which lies in the library, and a buffer of some KiB, in which short pieces
 * are gathered until they are worth a request. Calls wait until their requests have ended; calls of one stream are done
 * one after the other. A call that fails leaves the stream as it was, or with a part of the piece taken in, which
 * cce_hash_stream_length() tells; a destination's contents are then unspecified.
 * With af_alg each stream has a socket, and its state lies in the kernel.
 */
enum cce_status cce_hash_stream_create(struct cce_hash_stream** out, struct cce_session* session) CCE_MUST_CHECK;

/**
 * cce_hash_stream_update continues the message with `length` bytes, of any number. CCE_ERROR_STREAM: the message has
 * ended; CCE_ERROR_LENGTH: it would have 2^60 bytes or more, and nothing was taken in.
 */
enum cce_status cce_hash_stream_update(struct cce_hash_stream* stream, const uint8_t* bytes,
                                       size_t length) CCE_MUST_CHECK;

/**
 * cce_hash_stream_finish ends the message; `digest` gets `length` bytes, as in struct cce_digest_request. The session
 * is one of CCE_ENCRYPT. CCE_ERROR_STREAM: the message has ended before. Afterwards the stream may be begun anew by
 * cce_hash_stream_reset(), or destroyed.
 */
enum cce_status cce_hash_stream_finish(struct cce_hash_stream* stream, uint8_t* digest, size_t length) CCE_MUST_CHECK;

/** cce_hash_stream_verify ends the message and compares its digest or MAC with `expected`, in constant time. The
 * session is one of CCE_DECRYPT. CCE_ERROR_TAG: it is another one; the message has ended nevertheless. */
enum cce_status cce_hash_stream_verify(struct cce_hash_stream* stream, const uint8_t* expected,
                                       size_t length) CCE_MUST_CHECK;

/**
 * cce_hash_stream_squeeze ends the message, if it has not been ended by this call before, and stores the next `length`
 * bytes of output, 0 too. After a failure it is unspecified how much of the output is gone. XOFs and CCE_HASH_KMAC_XOF,
 * sessions of CCE_ENCRYPT; else CCE_ERROR_SESSION.
 */
enum cce_status cce_hash_stream_squeeze(struct cce_hash_stream* stream, uint8_t* output, size_t length) CCE_MUST_CHECK;

/** cce_hash_stream_reset begins a new message, with the session's key and names. Cannot fail but for null. */
enum cce_status cce_hash_stream_reset(struct cce_hash_stream* stream);

/** cce_hash_stream_copy makes another stream of the same session, which has come just as far, and stores it in `*out`.
 */
enum cce_status cce_hash_stream_copy(struct cce_hash_stream** out, struct cce_hash_stream* stream) CCE_MUST_CHECK;

/**
 * cce_hash_stream_export stores in `out`, which has room for `room` bytes, how far the stream has come, and in
 * `*num_out` how many bytes that is, at most CCE_HASH_STATE_BYTES_MAX. The stream may go on. cce_hash_stream_import()
 * takes it, on any backend but af_alg and in any process, so that a message begun on the engine can be ended on the
 * CPU, and back.
 *
 *     offset  bytes
 *     0       1      2: the format
 *     1       1      the function, as in enum cce_hash; cSHAKE without names is SHAKE
 *     2       1      0; 1: the message has ended, and output is squeezed
 *     3       5      0
 *     8       8      bytes that have gone into the state, those of the key and the names included; little-endian
 *     16      n      the state. SHA-224 and SHA-256: 8 words of 4 bytes; other SHA-2: 8 words of 8 bytes, all
 *                    little-endian; SHA-3, SHAKE and cSHAKE: 200 bytes of the state, then 8 zeros
 *     16 + n  any    the bytes of the message behind them, fewer than a block; once the message has ended, the bytes of
 *                    output in front of the state's that were not squeezed yet, fewer than two blocks
 *
 * The first 16 + n bytes are the engine's own (hash_context in the contract). The key is not in it, but with the state
 * of an HMAC or KMAC anybody can make MACs of messages that begin like this one: keep it as you keep the key.
 * CCE_ERROR_STREAM: the message has been finished; CCE_ERROR_BUFFER: there is too little room; CCE_ERROR_UNSUPPORTED:
 * the kernel keeps the state (af_alg).
 */
enum cce_status cce_hash_stream_export(struct cce_hash_stream* stream, uint8_t* out, size_t room,
                                       size_t* num_out) CCE_MUST_CHECK;

/**
 * cce_hash_stream_import puts what cce_hash_stream_export() stored in the place of what the stream has. The session
 * must have the same function, kind, key and names; of these only the function can be checked. CCE_ERROR_STATE: it is
 * not such a state, not of this function, or corrupted, so far as that can be seen; the stream is as it was.
 */
enum cce_status cce_hash_stream_import(struct cce_hash_stream* stream, const uint8_t* state,
                                       size_t length) CCE_MUST_CHECK;

/** cce_hash_stream_length returns the bytes of the message so far. */
uint64_t cce_hash_stream_length(struct cce_hash_stream* stream);

/** cce_hash_stream_destroy overwrites the stream's state and frees it; null is allowed and does nothing. */
void cce_hash_stream_destroy(struct cce_hash_stream* stream);

/**
 * cce_submit hands over one request and does not wait for it. `request` itself is copied.
 * Wrong arguments fail here and yield no completion; every accepted request yields exactly one, from cce_poll().
 *
 * dev and in-process put the request into the engine's queue. af_alg and software keep it; who does it later is said
 * above under "Who works": neither AF_ALG through libkcapi nor OpenSSL has a dependable asynchronous call.
 */
enum cce_status cce_submit(struct cce_session* session, const struct cce_request* request) CCE_MUST_CHECK;

/**
 * cce_submit_aead is cce_submit() for GCM and CCM. The session's direction tells what is done. Text and AAD: together
 * at most CCE_SUBMIT_BYTES_MAX bytes. What comes out is as long as the completion says in `output_length`.
 */
enum cce_status cce_submit_aead(struct cce_session* session, const struct cce_aead_request* request) CCE_MUST_CHECK;

/** cce_submit_mac is cce_submit() for CMAC and GMAC. A message has at most CCE_SUBMIT_BYTES_MAX bytes. */
enum cce_status cce_submit_mac(struct cce_session* session, const struct cce_mac_request* request) CCE_MUST_CHECK;

/** cce_submit_digest is cce_submit() for hash sessions. Message and output: at most CCE_SUBMIT_BYTES_MAX bytes each. */
enum cce_status cce_submit_digest(struct cce_session* session, const struct cce_digest_request* request) CCE_MUST_CHECK;

/** cce_submit_key_wrap is cce_submit() for KW and KWP; lengths as for cce_key_wrap(). */
enum cce_status cce_submit_key_wrap(struct cce_session* session,
                                    const struct cce_key_wrap_request* request) CCE_MUST_CHECK;

/**
 * cce_run does one request of any mode, and returns when that is done. `cookie` and `callback` are ignored. After a
 * failure the contents of the destination are as the mode's own call leaves them. `completion`, if not null, gets the
 * next IV of CBC and CTR, and the length of what came out.
 */
enum cce_status cce_run(const struct cce_operation* operation, struct cce_completion* completion) CCE_MUST_CHECK;

/**
 * cce_submit_batch hands over `count` requests of sessions of `device`, in one go, as cce_submit() does one. Stops at
 * the first that is not accepted and returns its error; `*accepted` tells how many were, in every case but a null
 * argument. Text and AAD of each: together at most CCE_SUBMIT_BYTES_MAX bytes, and at most as many of a hash's output.
 */
enum cce_status cce_submit_batch(struct cce_device* device, const struct cce_operation* operations, size_t count,
                                 size_t* accepted) CCE_MUST_CHECK;

/**
 * cce_poll collects up to `maximum` completions (at least 1) into `out` and stores their number in `*num_out`.
 *
 * Waits until there is at least one, nothing is outstanding (then the number is 0), or `timeout_ms` milliseconds of
 * host time have passed (CCE_OK with the number 0); negative: for as long as it takes. Then takes what else is ready.
 * With timeout 0 and without worker threads, in-process lets the engine run for a few cycles, and af_alg and software
 * execute one request. Completions may come in any order; the cookie names them. A failed request is told in its
 * completion, not here.
 *
 * Completions of requests with a callback go to the callback instead of `out`: up to `maximum` of them too, before
 * cce_poll returns; they are not in `*num_out`, and end the wait as well (a failed one's particulars are to be had by
 * cce_error_message() in the callback). With `maximum` 0 and
 * `out` null only they are waited for and called, as many as there are.
 */
enum cce_status cce_poll(struct cce_device* device, struct cce_completion* out, size_t maximum, int timeout_ms,
                         size_t* num_out) CCE_MUST_CHECK;

/**
 * cce_wait collects one completion, that of the request submitted with `cookie` and without a callback; of several,
 * any. Waits as cce_poll() does. CCE_ERROR_TIMEOUT: `timeout_ms` milliseconds have passed, and the request is still
 * outstanding; CCE_ERROR_ARGUMENT: no outstanding request has this cookie.
 */
enum cce_status cce_wait(struct cce_device* device, uint64_t cookie, int timeout_ms,
                         struct cce_completion* out) CCE_MUST_CHECK;

/**
 * cce_descriptor stores in `*out` a descriptor for poll(2), epoll(7) and the like, which is readable when cce_poll()
 * with timeout 0 would collect something. Do not read from it, and do not close it: it is the device's. It may also be
 * readable for nothing, when another thread was quicker or is in a call that waits; cce_poll() then collects nothing
 * and makes it unreadable. The first call starts a thread where that is needed: see "Who works" above.
 */
enum cce_status cce_descriptor(struct cce_device* device, int* out) CCE_MUST_CHECK;

/** cce_outstanding returns the number of requests submitted to `device` and not yet collected. */
size_t cce_outstanding(const struct cce_device* device);

#ifdef __cplusplus
}
#endif

#endif /* CCE_CCE_H */
