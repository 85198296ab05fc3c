/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of the kernel as cce_skcipher.c, cce_request.c and cce_queue.c need to run in a program, one thread, no
 * interrupts: for constant_time_test.c. CMakeLists.txt makes a header of each name that they include, which includes this.
 * What a device would see of memory is what a pointer points to: a bus address is a pointer.
 */
#ifndef CCE_TEST_KERNEL_H
#define CCE_TEST_KERNEL_H

#include <assert.h>
#include <errno.h>
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

#define __iomem
#define BIT(n) (1UL << (n))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max_t(type, a, b) ((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define IS_ALIGNED(number, of) (((number) & ((of) - 1)) == 0)
#define container_of(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))
#define READ_ONCE(object) (*(const volatile __typeof__(object) *)&(object))
#define WRITE_ONCE(object, value) (*(volatile __typeof__(object) *)&(object) = (value))
#define WARN_ON_ONCE(condition) assert(!(condition))
#define lower_32_bits(number) ((u32)(number))
#define upper_32_bits(number) ((u32)((u64)(number) >> 32))
#define cpu_to_le16(number) (number)
#define cpu_to_le32(number) (number)
#define cpu_to_le64(number) (number)
#define le16_to_cpu(number) (number)
#define le32_to_cpu(number) (number)
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

static inline void memzero_explicit(void *memory, size_t bytes)
{
	memset(memory, 0, bytes);
	__asm__ volatile("" : : "r"(memory) : "memory");
}

#define IS_ERR(pointer) ((uintptr_t)(pointer) >= (uintptr_t)-4095)
#define PTR_ERR(pointer) ((int)(intptr_t)(pointer))

/* ---- modules, locks, messages: nothing */

#define THIS_MODULE NULL
#define module_param(name, type, mode)                                                                                 \
	static const void *const module_param_##name __attribute__((unused)) = &name
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

typedef struct { long count; } atomic64_t;
#define atomic64_inc(counter) ((counter)->count++)
struct completion { int done; };
struct percpu_ref { long count; };
struct work_struct { int pending; };
struct delayed_work { int pending; };
struct workqueue_struct;
struct device { int nothing; };
struct pci_dev { struct device dev; };
static inline int pci_irq_vector(struct pci_dev *pdev, unsigned int number)
{
	(void)pdev;
	return (int)number;
}
static inline const char *pci_name(const struct pci_dev *pdev)
{
	(void)pdev;
	return "test";
}

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
#define from_tasklet(variable, tasklet, member) container_of(tasklet, __typeof__(*(variable)), member)
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
static inline void *kcalloc(size_t count, size_t bytes, int flags)
{
	(void)flags;
	return calloc(count, bytes);
}
#define kfree(memory) free(memory)

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
static inline unsigned int sg_nents_for_len(struct scatterlist *list, u64 bytes)
{
	unsigned int count = 0;

	for (; list; list = sg_next(list)) {
		count++;
		if (list->length >= bytes)
			break;
		bytes -= list->length;
	}
	return count;
}
static inline int dma_map_sg(struct device *dev, struct scatterlist *list, unsigned int count,
			     enum dma_data_direction direction)
{
	(void)dev, (void)list, (void)direction;
	return (int)count;
}
static inline void dma_unmap_sg(struct device *dev, struct scatterlist *list, unsigned int count,
				enum dma_data_direction direction)
{
	(void)dev, (void)list, (void)count, (void)direction;
}
/* Between a list and a buffer; with neither `to` nor `from`, zeros into the list. */
static inline void sg_move(struct scatterlist *list, unsigned int count, u8 *to, const u8 *from, size_t bytes)
{
	for (; count && list && bytes; list = sg_next(list), count--) {
		size_t part = min(list->length, bytes);

		if (to)
			to = (u8 *)memcpy(to, list->memory, part) + part;
		else if (from)
			memcpy(list->memory, from, part), from += part;
		else
			memset(list->memory, 0, part);
		bytes -= part;
	}
}
#define sg_copy_to_buffer(list, count, buffer, bytes) sg_move(list, count, buffer, NULL, bytes)
#define sg_copy_from_buffer(list, count, buffer, bytes) sg_move(list, count, NULL, buffer, bytes)
#define sg_zero_buffer(list, count, bytes, skip) sg_move(list, count, NULL, NULL, bytes)

/* ---- registers: the test's */

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
#define CRYPTO_ALG_ASYNC 0x80
#define CRYPTO_ALG_NEED_FALLBACK 0x100
#define CRYPTO_ALG_KERN_DRIVER_ONLY 0x1000
#define CRYPTO_ALG_ALLOCATES_MEMORY 0x10000
#define CRYPTO_TFM_REQ_MASK 0xfff00
#define CRYPTO_TFM_REQ_MAY_SLEEP 0x200
#define CRYPTO_TFM_REQ_MAY_BACKLOG 0x400

struct crypto_skcipher;
struct skcipher_request;
struct crypto_async_request {
	struct list_head list;
	void (*complete)(struct crypto_async_request *base, int error);
	void *data;
	u32 flags;
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
	struct {
		const char *cra_name, *cra_driver_name;
		u32 cra_flags;
		unsigned int cra_blocksize, cra_ctxsize;
		int cra_priority;
		void *cra_module;
	} base;
};
struct crypto_skcipher {
	struct skcipher_alg *alg;
	u32 flags;
	unsigned int reqsize;
	void *context;
};

int crypto_register_skcipher(struct skcipher_alg *alg);
void crypto_unregister_skcipher(struct skcipher_alg *alg);
struct crypto_skcipher *crypto_alloc_skcipher(const char *name, u32 type, u32 mask);
void crypto_free_skcipher(struct crypto_skcipher *tfm);
int crypto_skcipher_setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int key_bytes);
int crypto_skcipher_encrypt(struct skcipher_request *req);
int crypto_skcipher_decrypt(struct skcipher_request *req);

#define crypto_skcipher_alg(tfm_) ((tfm_)->alg)
#define crypto_skcipher_ctx(tfm_) ((tfm_)->context)
#define crypto_skcipher_ivsize(tfm_) ((tfm_)->alg->ivsize)
#define crypto_skcipher_blocksize(tfm_) ((tfm_)->alg->base.cra_blocksize)
#define crypto_skcipher_reqsize(tfm_) ((tfm_)->reqsize)
#define crypto_skcipher_set_reqsize(tfm_, bytes) ((tfm_)->reqsize = (unsigned int)(bytes))
#define crypto_skcipher_get_flags(tfm_) ((tfm_)->flags)
#define crypto_skcipher_set_flags(tfm_, flags_) ((tfm_)->flags |= (flags_))
#define crypto_skcipher_clear_flags(tfm_, flags_) ((tfm_)->flags &= ~(u32)(flags_))
#define crypto_skcipher_reqtfm(req) ((req)->tfm)
#define skcipher_request_ctx(req) ((req)->context)
#define skcipher_request_flags(req) ((req)->base.flags)
#define skcipher_request_cast(base_) container_of(base_, struct skcipher_request, base)
#define skcipher_request_complete(req, error) ((req)->base.complete(&(req)->base, error))
#define skcipher_request_set_tfm(req, tfm_) ((req)->tfm = (tfm_))
static inline void skcipher_request_set_callback(struct skcipher_request *req, u32 flags,
						 void (*complete)(struct crypto_async_request *, int), void *data)
{
	req->base.flags = flags;
	req->base.complete = complete;
	req->base.data = data;
}
static inline void skcipher_request_set_crypt(struct skcipher_request *req, struct scatterlist *src,
					      struct scatterlist *dst, unsigned int cryptlen, void *iv)
{
	req->src = src;
	req->dst = dst;
	req->cryptlen = cryptlen;
	req->iv = iv;
}
static inline int aes_check_keylen(unsigned int key_bytes)
{
	return key_bytes == 16 || key_bytes == 24 || key_bytes == 32 ? 0 : -EINVAL;
}

#endif
