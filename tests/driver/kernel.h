/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of the kernel as the driver's algorithms, requests, keys and queues need to run in a program, one thread, no
 * interrupts: for constant_time_test.c. CMakeLists.txt makes a header of each name that they include, which includes this.
 * What a device would see of memory is what a pointer points to: a bus address is a pointer. What is only declared here is
 * in kernel.c, engine.c or the test. Where kernels differ (cce_compat.h), this one is 6.1.
 */
#ifndef CCE_TEST_KERNEL_H
#define CCE_TEST_KERNEL_H

#include <assert.h>
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- types and arithmetic */

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef u64 dma_addr_t;
typedef u64 phys_addr_t;
typedef unsigned short ushort;
typedef unsigned int uint;

#define LINUX_VERSION_CODE KERNEL_VERSION(6, 1, 0)
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))
#define NSEC_PER_USEC 1000L

#define __iomem
#define __rcu
#define BIT(n) (1UL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define __packed __attribute__((packed))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define max_t(type, a, b) ((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define IS_ALIGNED(number, of) (((number) & ((of) - 1)) == 0)
#define round_down(number, to) ((number) & ~((__typeof__(number))(to) - 1))
#define div_u64(number, by) ((u64)(number) / (u32)(by))
#define container_of(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))
#define READ_ONCE(object) (*(const volatile __typeof__(object) *)&(object))
#define data_race(expression) (expression)
#define WRITE_ONCE(object, value) (*(volatile __typeof__(object) *)&(object) = (value))
#define WARN_ON_ONCE(condition) assert(!(condition))
#define lower_32_bits(number) ((u32)(number))
#define upper_32_bits(number) ((u32)((u64)(number) >> 32))
#define cpu_to_le16(number) (number)
#define cpu_to_le32(number) (number)
#define cpu_to_le64(number) (number)
#define le16_to_cpu(number) (number)
#define le32_to_cpu(number) (number)
#define le64_to_cpu(number) (number)
#define cpu_to_be32(number) __builtin_bswap32(number)
#define be32_to_cpu(number) __builtin_bswap32(number)
#define be64_to_cpu(number) __builtin_bswap64(number)
#define U32_MAX UINT32_MAX
#define L1_CACHE_BYTES 64
#define jiffies 0UL
#define time_before(a, b) ((long)((a) - (b)) < 0)
#define dma_rmb() __asm__ volatile("" ::: "memory")

static inline bool is_power_of_2(unsigned long number)
{
	return number && !(number & (number - 1));
}

static inline unsigned int ilog2(unsigned long number)
{
	return 63 - (unsigned int)__builtin_clzl(number);
}

/* The fault CCE_PLANTED_LEFTOVER is for the test that must fail: nothing is wiped. */
static inline void memzero_explicit(void *memory, size_t bytes)
{
#ifndef CCE_PLANTED_LEFTOVER
	memset(memory, 0, bytes);
#endif
	__asm__ volatile("" : : "r"(memory) : "memory");
}

#define IS_ERR(pointer) ((uintptr_t)(pointer) >= (uintptr_t)-4095)
#define PTR_ERR(pointer) ((int)(intptr_t)(pointer))

/* ---- modules, locks, messages: nothing */

#define THIS_MODULE NULL
/* A test finds a parameter so. */
#define module_param(name, type, mode) void *const module_param_##name = &name
#define module_param_array(name, type, count, mode) module_param(name, type, mode)
#define MODULE_PARM_DESC(name, text) _Static_assert(sizeof(text) > 1, "")
typedef struct { int held; } spinlock_t;
struct mutex { int held; };
#define DEFINE_MUTEX(name) struct mutex name
#define mutex_lock(lock) ((lock)->held++)
#define mutex_unlock(lock) ((lock)->held--)
#define spin_lock_init(lock) ((lock)->held = 0)
#define spin_lock(lock) ((lock)->held++)
#define spin_unlock(lock) ((lock)->held--)
#define spin_lock_bh(lock) spin_lock(lock)
#define spin_unlock_bh(lock) spin_unlock(lock)
#define lockdep_assert_held(lock) assert((lock)->held == 1)
#define local_bh_disable() ((void)0)
#define local_bh_enable() ((void)0)
#define dev_err(device, ...) ((void)(device), fprintf(stderr, __VA_ARGS__))
/* Most requests of the test that fail are meant to. */
#define dev_err_ratelimited(device, ...) ((void)(device), (void)(0 ? fprintf(stderr, __VA_ARGS__) : 0))
#define dev_warn_ratelimited(device, ...) ((void)(device), fprintf(stderr, __VA_ARGS__))

/* Tracepoints become empty functions. */
#define TP_PROTO(...) __VA_ARGS__
#define TRACE_EVENT(name, proto, ...)                                                                                  \
	static inline void trace_##name(proto)                                                                         \
	{                                                                                                              \
	}

/* ---- counters, bits, RCU, time: one thread */

typedef struct { int count; } atomic_t;
#define atomic_read(counter) ((counter)->count)
#define atomic_inc(counter) ((counter)->count++)
#define atomic_dec(counter) (assert((counter)->count > 0), (counter)->count--)
typedef struct { long count; } atomic64_t;
#define atomic64_inc(counter) ((counter)->count++)
typedef struct { int count; } refcount_t;
#define refcount_set(counter, number) ((counter)->count = (number))
#define refcount_inc_not_zero(counter) ((counter)->count && ++(counter)->count)
#define refcount_dec_and_test(counter) (assert((counter)->count > 0), !--(counter)->count)
struct percpu_ref { long count; };
#define percpu_ref_get(reference) ((reference)->count++)
static inline bool test_and_set_bit_lock(unsigned int number, unsigned long *bits)
{
	bool was = *bits & BIT(number);

	*bits |= BIT(number);
	return was;
}
#define clear_bit_unlock(number, bits) (*(bits) &= ~BIT(number))

struct rcu_head { int nothing; };
#define rcu_read_lock() ((void)0)
#define rcu_read_unlock() ((void)0)
#define rcu_dereference(pointer) (pointer)
#define rcu_access_pointer(pointer) (pointer)
#define unrcu_pointer(pointer) (pointer)
#define RCU_INITIALIZER(pointer) (pointer)
#define xchg(object, value) __atomic_exchange_n(object, value, __ATOMIC_SEQ_CST)

#define in_task() true
#define need_resched() false
u64 ktime_get_ns(void);
/* Here the engine works. */
void ndelay(unsigned long nanoseconds);

struct completion { int done; };
struct work_struct { int pending; };
/* Only keys are freed so, at once: no reader is in the middle of anything. The test is asked whether it was wiped. */
struct rcu_work {
	struct work_struct work;
	void (*function)(struct work_struct *work);
};
void key_released(struct rcu_work *work);
#define WQ_UNBOUND 0
#define alloc_workqueue(name, flags, active) ((struct workqueue_struct *)(name))
#define destroy_workqueue(queue) ((void)(queue))
#define rcu_barrier() ((void)0)
#define to_rcu_work(work_) container_of(work_, struct rcu_work, work)
#define INIT_RCU_WORK(work_, function_) ((work_)->function = (function_))
#define queue_rcu_work(queue, work_) ((void)(queue), key_released(work_), (work_)->function(&(work_)->work))
struct delayed_work { int pending; };
struct workqueue_struct;
struct device { int nothing; };
#define pm_request_resume(device) ((void)(device))
#define pr_info(...) fprintf(stderr, __VA_ARGS__)
#define pr_warn(...) fprintf(stderr, __VA_ARGS__)
#define dev_name(device) ((void)(device), "test")

typedef int irqreturn_t;
#define IRQ_HANDLED 1
static inline int request_irq(int irq, irqreturn_t (*handler)(int, void *), unsigned long flags, const char *name,
			      void *data)
{
	(void)irq, (void)handler, (void)flags, (void)name, (void)data;
	return 0;
}
static inline void free_irq(int irq, void *data)
{
	(void)irq, (void)data;
}

/* A tasklet runs when the test wants it to. */
struct tasklet_struct {
	void (*function)(struct tasklet_struct *tasklet);
	bool scheduled;
};
static inline void tasklet_setup(struct tasklet_struct *tasklet, void (*function)(struct tasklet_struct *))
{
	tasklet->function = function;
}
static inline void tasklet_schedule(struct tasklet_struct *tasklet)
{
	tasklet->scheduled = true;
}
static inline void tasklet_kill(struct tasklet_struct *tasklet)
{
	tasklet->scheduled = false;
}

/* ---- lists */

struct list_head {
	struct list_head *next, *prev;
};
#define LIST_HEAD(name) struct list_head name = { &(name), &(name) }
static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list->prev = list;
}
static inline bool list_empty(const struct list_head *list)
{
	return list->next == list;
}
static inline void list_add(struct list_head *entry, struct list_head *list)
{
	entry->next = list->next;
	entry->prev = list;
	list->next->prev = entry;
	list->next = entry;
}
static inline void list_add_tail(struct list_head *entry, struct list_head *list)
{
	list_add(entry, list->prev);
}
static inline void list_del(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
}
#define list_first_entry(list, type, member) container_of((list)->next, type, member)
#define list_for_each_entry_safe(entry, following, list, member)                                                       \
	for (entry = list_first_entry(list, __typeof__(*entry), member),                                               \
	    following = list_first_entry(&entry->member, __typeof__(*entry), member);                                  \
	     &entry->member != (list);                                                                                 \
	     entry = following, following = list_first_entry(&following->member, __typeof__(*entry), member))

/* ---- memory */

#define GFP_KERNEL 0
#define kzalloc(bytes, flags) kcalloc(1, bytes, flags)
static inline void *kcalloc(size_t count, size_t bytes, int flags)
{
	(void)flags;
	return calloc(count, bytes);
}
#define kfree(memory) free(memory)
static inline void kfree_sensitive(void *memory)
{
	if (memory)
		memzero_explicit(memory, malloc_usable_size(memory));
	free(memory);
}

static inline void *dma_alloc_coherent(struct device *dev, size_t bytes, dma_addr_t *address, int flags)
{
	void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);

	(void)dev, (void)flags;
	memset(memory, 0, bytes);
	*address = (dma_addr_t)(uintptr_t)memory;
	return memory;
}
/* Asks the test whether it was wiped. */
void dma_free_coherent(struct device *dev, size_t bytes, void *memory, dma_addr_t address);

enum dma_data_direction { DMA_BIDIRECTIONAL, DMA_TO_DEVICE, DMA_FROM_DEVICE };
#define dma_get_cache_alignment() 1

struct scatterlist {
	void *memory;
	unsigned int length;
	bool last;
};
#define sg_dma_address(sg) ((dma_addr_t)(uintptr_t)(sg)->memory)
#define sg_dma_len(sg) ((sg)->length)
#define sg_phys(sg) ((phys_addr_t)(uintptr_t)(sg)->memory)
#define for_each_sg(list, sg, count, i) for (i = 0, sg = (list); i < (count); i++, sg = sg_next(sg))
static inline struct scatterlist *sg_next(struct scatterlist *sg)
{
	return sg->last ? NULL : sg + 1;
}
static inline int dma_map_sg(struct device *dev, struct scatterlist *list, unsigned int count,
			     enum dma_data_direction direction)
{
	unsigned int i;

	(void)dev, (void)direction;
	/* Not every DMA mapping takes an entry without bytes. */
	for (i = 0; i < count; i++)
		assert(list[i].length);
	return (int)count;
}
static inline void dma_unmap_sg(struct device *dev, struct scatterlist *list, unsigned int count,
				enum dma_data_direction direction)
{
	(void)dev, (void)list, (void)count, (void)direction;
}
static inline int sg_nents(struct scatterlist *list)
{
	int count = 0;

	for (; list; list = sg_next(list))
		count++;
	return count;
}
static inline int sg_nents_for_len(struct scatterlist *list, u64 bytes)
{
	int count = 0;
	u64 found = 0;

	for (; list && found < bytes; list = sg_next(list), count++)
		found += list->length;
	return found < bytes ? -EINVAL : count;
}
/* Between a list and a buffer; with neither `to` nor `from`, zeros into the list. */
static inline void sg_move(struct scatterlist *list, unsigned int count, u8 *to, const u8 *from, size_t bytes, size_t skip)
{
	for (; count && list && bytes; list = sg_next(list), count--) {
		size_t skipped = min(list->length, skip);
		size_t part = min(list->length - skipped, bytes);
		u8 *memory = (u8 *)list->memory + skipped;

		if (to)
			to = (u8 *)memcpy(to, memory, part) + part;
		else if (from)
			memcpy(memory, from, part), from += part;
		else
			memset(memory, 0, part);
		skip -= skipped;
		bytes -= part;
	}
	assert(!bytes);
}
#define sg_copy_to_buffer(list, count, buffer, bytes) sg_move(list, count, buffer, NULL, bytes, 0)
#define sg_copy_from_buffer(list, count, buffer, bytes) sg_move(list, count, NULL, buffer, bytes, 0)
#define sg_pcopy_to_buffer(list, count, buffer, bytes, skip) sg_move(list, count, buffer, NULL, bytes, skip)
#define sg_pcopy_from_buffer(list, count, buffer, bytes, skip) sg_move(list, count, NULL, buffer, bytes, skip)
#define sg_zero_buffer(list, count, bytes, skip) sg_move(list, count, NULL, NULL, bytes, skip)

struct sg_mapping_iter {
	void *addr;
	size_t length;
	struct scatterlist *following;
	size_t skip;
};
#define SG_MITER_ATOMIC 0
#define SG_MITER_FROM_SG 0
static inline void sg_miter_start(struct sg_mapping_iter *iterator, struct scatterlist *list, unsigned int count, int flags)
{
	(void)count, (void)flags;
	*iterator = (struct sg_mapping_iter){ .following = list };
}
static inline bool sg_miter_skip(struct sg_mapping_iter *iterator, size_t bytes)
{
	for (; iterator->following && bytes >= iterator->following->length;
	     iterator->following = sg_next(iterator->following))
		bytes -= iterator->following->length;
	iterator->skip = bytes;
	return !bytes || iterator->following;
}
static inline bool sg_miter_next(struct sg_mapping_iter *iterator)
{
	struct scatterlist *now = iterator->following;

	while (now && now->length == iterator->skip)
		now = sg_next(now), iterator->skip = 0;
	if (!now)
		return false;
	iterator->addr = (u8 *)now->memory + iterator->skip;
	iterator->length = now->length - iterator->skip;
	iterator->skip = 0;
	iterator->following = sg_next(now);
	return true;
}
#define sg_miter_stop(iterator) ((void)(iterator))

/* ---- registers: the engine's */

u32 readl(const void *address);
void writel(u32 value, void *address);
#define readl_poll_timeout(address, value, condition, delay_us, timeout_us)                                            \
	do {                                                                                                           \
		(value) = readl(address);                                                                              \
	} while (!(condition))

/* ---- crypto API */

#define AES_BLOCK_SIZE 16
#define AES_KEYSIZE_128 16
#define AES_KEYSIZE_192 24
#define AES_KEYSIZE_256 32
#define AES_MIN_KEY_SIZE 16
#define AES_MAX_KEY_SIZE 32
#define GCM_AES_IV_SIZE 12
#define CTR_RFC3686_NONCE_SIZE 4
#define CTR_RFC3686_IV_SIZE 8
#define CRYPTO_ALG_ASYNC 0x80
#define CRYPTO_ALG_NEED_FALLBACK 0x100
#define CRYPTO_ALG_KERN_DRIVER_ONLY 0x1000
#define CRYPTO_ALG_ALLOCATES_MEMORY 0x10000
#define CRYPTO_ALG_TYPE_AEAD 0x3
#define CRYPTO_ALG_TYPE_SKCIPHER 0x5
#define CRYPTO_ALG_TYPE_SHASH 0xe
#define CRYPTO_ALG_TYPE_MASK 0xf
/* The CPU has them all. */
#define crypto_has_alg(name, type, mask) ((void)(name), (void)(type), true)
#define CRYPTO_TFM_REQ_MASK 0xfff00
#define CRYPTO_TFM_REQ_MAY_SLEEP 0x200
#define CRYPTO_TFM_REQ_MAY_BACKLOG 0x400

struct crypto_alg {
	const char *cra_name, *cra_driver_name;
	u32 cra_flags;
	unsigned int cra_blocksize, cra_ctxsize;
	int cra_priority;
	void *cra_module;
};
/* Of every transformation; the key is what those on the CPU keep, see kernel.c. */
struct crypto_tfm {
	const char *name;
	u32 flags;
	unsigned int reqsize;
	void *context;
	u8 key[256];
	unsigned int key_bytes;
};
#define crypto_tfm_alg_name(tfm) ((tfm)->name)
#define crypto_tfm_alg_driver_name(tfm) ((tfm)->name)

struct crypto_async_request {
	void (*complete)(struct crypto_async_request *base, int error);
	void *data;
	u32 flags;
};
#define crypto_request_complete(owner, error) ((owner)->complete(owner, error))

static inline int aes_check_keylen(unsigned int key_bytes)
{
	return key_bytes == 16 || key_bytes == 24 || key_bytes == 32 ? 0 : -EINVAL;
}
struct crypto_aes_ctx {
	u8 key[AES_MAX_KEY_SIZE];
	unsigned int key_bytes;
};
int aes_expandkey(struct crypto_aes_ctx *schedule, const u8 *key, unsigned int key_bytes);
void aes_encrypt(const struct crypto_aes_ctx *schedule, u8 *out, const u8 *in);

static inline void crypto_xor(u8 *to, const u8 *from, unsigned int bytes)
{
	while (bytes--)
		*to++ ^= *from++;
}

/* ---- crypto API: block ciphers */

struct crypto_skcipher {
	struct crypto_tfm base;
	struct skcipher_alg *alg;
};
struct skcipher_request {
	unsigned int cryptlen;
	u8 *iv;
	struct scatterlist *src, *dst;
	struct crypto_skcipher *tfm;
	struct crypto_async_request base;
	void *context;
};
struct skcipher_alg {
	int (*setkey)(struct crypto_skcipher *tfm, const u8 *key, unsigned int key_bytes);
	int (*encrypt)(struct skcipher_request *req);
	int (*decrypt)(struct skcipher_request *req);
	int (*init)(struct crypto_skcipher *tfm);
	void (*exit)(struct crypto_skcipher *tfm);
	unsigned int min_keysize, max_keysize, ivsize, chunksize;
	struct crypto_alg base;
};

int crypto_register_skcipher(struct skcipher_alg *alg);
void crypto_unregister_skcipher(struct skcipher_alg *alg);
struct crypto_skcipher *crypto_alloc_skcipher(const char *name, u32 type, u32 mask);
void crypto_free_skcipher(struct crypto_skcipher *tfm);
int crypto_skcipher_setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int key_bytes);
int crypto_skcipher_encrypt(struct skcipher_request *req);
#define crypto_skcipher_decrypt(req) crypto_skcipher_encrypt(req)

#define crypto_skcipher_tfm(tfm_) (&(tfm_)->base)
#define crypto_skcipher_alg(tfm_) ((tfm_)->alg)
#define crypto_skcipher_ctx(tfm_) ((tfm_)->base.context)
#define crypto_skcipher_ivsize(tfm_) ((tfm_)->alg->ivsize)
#define crypto_skcipher_blocksize(tfm_) ((tfm_)->alg->base.cra_blocksize)
#define crypto_skcipher_reqsize(tfm_) ((tfm_)->base.reqsize)
#define crypto_skcipher_set_reqsize(tfm_, bytes) ((tfm_)->base.reqsize = (unsigned int)(bytes))
#define crypto_skcipher_driver_name(tfm_) ((tfm_)->base.name)
#define crypto_skcipher_get_flags(tfm_) ((tfm_)->base.flags)
#define crypto_skcipher_set_flags(tfm_, flags_) ((tfm_)->base.flags |= (flags_))
#define crypto_skcipher_clear_flags(tfm_, flags_) ((tfm_)->base.flags &= ~(u32)(flags_))
#define crypto_skcipher_reqtfm(req) ((req)->tfm)
#define skcipher_request_ctx(req) ((req)->context)
#define skcipher_request_flags(req) ((req)->base.flags)
#define skcipher_request_cast(base_) container_of(base_, struct skcipher_request, base)
#define skcipher_request_set_tfm(req, tfm_) ((req)->tfm = (tfm_))
#define skcipher_request_set_callback(req, flags_, complete_, data_)                                                   \
	((req)->base = (struct crypto_async_request){ complete_, data_, flags_ })
#define skcipher_request_set_crypt(req, src_, dst_, bytes, iv_)                                                        \
	((req)->src = (src_), (req)->dst = (dst_), (req)->cryptlen = (bytes), (req)->iv = (iv_))
static inline int xts_verify_key(struct crypto_skcipher *tfm, const u8 *key, unsigned int key_bytes)
{
	(void)tfm, (void)key;
	return key_bytes % 2 ? -EINVAL : 0;
}

/* ---- crypto API: authenticated encryption */

struct crypto_aead {
	struct crypto_tfm base;
	struct aead_alg *alg;
	unsigned int authsize;
};
struct aead_request {
	unsigned int assoclen, cryptlen;
	u8 *iv;
	struct scatterlist *src, *dst;
	struct crypto_aead *tfm;
	struct crypto_async_request base;
	void *context;
};
struct aead_alg {
	int (*setkey)(struct crypto_aead *tfm, const u8 *key, unsigned int key_bytes);
	int (*setauthsize)(struct crypto_aead *tfm, unsigned int bytes);
	int (*encrypt)(struct aead_request *req);
	int (*decrypt)(struct aead_request *req);
	int (*init)(struct crypto_aead *tfm);
	void (*exit)(struct crypto_aead *tfm);
	unsigned int ivsize, maxauthsize, chunksize;
	struct crypto_alg base;
};

int crypto_register_aead(struct aead_alg *alg);
void crypto_unregister_aead(struct aead_alg *alg);
struct crypto_aead *crypto_alloc_aead(const char *name, u32 type, u32 mask);
void crypto_free_aead(struct crypto_aead *tfm);
int crypto_aead_setkey(struct crypto_aead *tfm, const u8 *key, unsigned int key_bytes);
int crypto_aead_setauthsize(struct crypto_aead *tfm, unsigned int bytes);
int crypto_aead_encrypt(struct aead_request *req);
int crypto_aead_decrypt(struct aead_request *req);

#define crypto_aead_tfm(tfm_) (&(tfm_)->base)
#define crypto_aead_alg(tfm_) ((tfm_)->alg)
#define crypto_aead_ctx(tfm_) ((tfm_)->base.context)
#define crypto_aead_authsize(tfm_) ((tfm_)->authsize)
#define crypto_aead_reqsize(tfm_) ((tfm_)->base.reqsize)
#define crypto_aead_set_reqsize(tfm_, bytes) ((tfm_)->base.reqsize = (unsigned int)(bytes))
#define crypto_aead_get_flags(tfm_) ((tfm_)->base.flags)
#define crypto_aead_set_flags(tfm_, flags_) ((tfm_)->base.flags |= (flags_))
#define crypto_aead_clear_flags(tfm_, flags_) ((tfm_)->base.flags &= ~(u32)(flags_))
#define crypto_aead_reqtfm(req) ((req)->tfm)
#define aead_request_ctx(req) ((req)->context)
#define aead_request_flags(req) ((req)->base.flags)
#define aead_request_set_tfm(req, tfm_) ((req)->tfm = (tfm_))
#define aead_request_set_callback(req, flags_, complete_, data_)                                                       \
	skcipher_request_set_callback(req, flags_, complete_, data_)
#define aead_request_set_crypt(req, src_, dst_, bytes, iv_) skcipher_request_set_crypt(req, src_, dst_, bytes, iv_)
#define aead_request_set_ad(req, bytes) ((req)->assoclen = (bytes))

/* authenc(): what the length of the cipher's key is told in; in front of it stands an rtattr. */
enum {
	CRYPTO_AUTHENC_KEYA_UNSPEC,
	CRYPTO_AUTHENC_KEYA_PARAM,
};
struct crypto_authenc_key_param {
	u32 enckeylen;	/* big-endian */
};

/* ---- crypto API: hashes */

#define HASH_MAX_DIGESTSIZE 64
#define SHA512_DIGEST_SIZE 64

struct hash_alg_common {
	unsigned int digestsize, statesize;
	struct crypto_alg base;
};
struct crypto_ahash {
	struct crypto_tfm base;
	struct hash_alg_common *common;
};
struct ahash_request {
	unsigned int nbytes;
	struct scatterlist *src;
	u8 *result;
	struct crypto_ahash *tfm;
	struct crypto_async_request base;
	void *context;
};
struct ahash_alg {
	int (*init)(struct ahash_request *req);
	int (*update)(struct ahash_request *req);
	int (*final)(struct ahash_request *req);
	int (*finup)(struct ahash_request *req);
	int (*digest)(struct ahash_request *req);
	int (*export)(struct ahash_request *req, void *out);
	int (*import)(struct ahash_request *req, const void *in);
	int (*setkey)(struct crypto_ahash *tfm, const u8 *key, unsigned int key_bytes);
	int (*init_tfm)(struct crypto_ahash *tfm);
	void (*exit_tfm)(struct crypto_ahash *tfm);
	struct hash_alg_common halg;
};
struct crypto_shash {
	struct crypto_tfm base;
};
struct shash_desc {
	struct crypto_shash *tfm;
	void *context[] __attribute__((aligned(16)));
};

int crypto_register_ahash(struct ahash_alg *alg);
void crypto_unregister_ahash(struct ahash_alg *alg);
struct crypto_shash *crypto_alloc_shash(const char *name, u32 type, u32 mask);
void crypto_free_shash(struct crypto_shash *tfm);
int crypto_shash_setkey(struct crypto_shash *tfm, const u8 *key, unsigned int key_bytes);
unsigned int crypto_shash_descsize(struct crypto_shash *tfm);
unsigned int crypto_shash_statesize(struct crypto_shash *tfm);
int crypto_shash_init(struct shash_desc *desc);
int crypto_shash_update(struct shash_desc *desc, const u8 *data, unsigned int bytes);
int crypto_shash_finup(struct shash_desc *desc, const u8 *data, unsigned int bytes, u8 *out);
int crypto_shash_export(struct shash_desc *desc, void *out);
int crypto_shash_import(struct shash_desc *desc, const void *in);
void shash_desc_zero(struct shash_desc *desc);
extern unsigned int failing_import;	/* so many imports from now on, the last of them fails; 0: none */
#define crypto_shash_final(desc, out) crypto_shash_finup(desc, NULL, 0, out)

#define crypto_shash_driver_name(tfm_) ((tfm_)->base.name)
#define crypto_shash_set_flags(tfm_, flags_) ((tfm_)->base.flags |= (flags_))
#define crypto_shash_clear_flags(tfm_, flags_) ((tfm_)->base.flags &= ~(u32)(flags_))
#define crypto_ahash_tfm(tfm_) (&(tfm_)->base)
#define crypto_ahash_ctx(tfm_) ((tfm_)->base.context)
#define crypto_ahash_get_flags(tfm_) ((tfm_)->base.flags)
#define crypto_ahash_set_reqsize(tfm_, bytes) ((tfm_)->base.reqsize = (unsigned int)(bytes))
#define crypto_hash_alg_common(tfm_) ((tfm_)->common)
#define crypto_ahash_reqtfm(req) ((req)->tfm)
#define ahash_request_ctx(req) ((req)->context)

#endif
