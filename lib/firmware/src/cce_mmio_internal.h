/* SPDX-License-Identifier: Apache-2.0 */
/* What the driver's files share. */

#ifndef CCE_MMIO_INTERNAL_H
#define CCE_MMIO_INTERNAL_H

#include "cce_contract.h"
#include "cce_mmio.h"
#include "cce_mmio_port.h"

/* Engine registers, by the names of the contract. */
#define CCE_MMIO_FIELD(value, field) (((value)&field##_MASK) >> field##_SHIFT)

static inline uint32_t cce_mmio_read_global(const struct cce_mmio_engine* engine, uint32_t offset) {
    return cce_port_read32(engine->base + CCE_GLOBAL_BASE + offset);
}
static inline void cce_mmio_write_global(const struct cce_mmio_engine* engine, uint32_t offset, uint32_t value) {
    cce_port_write32(engine->base + CCE_GLOBAL_BASE + offset, value);
}
static inline uint32_t cce_mmio_read_queue(const struct cce_mmio_queue* queue, uint32_t offset) {
    return cce_port_read32(queue->engine->base + CCE_QUEUE_BASE + (uintptr_t)queue->index * CCE_QUEUE_STRIDE + offset);
}
static inline void cce_mmio_write_queue(const struct cce_mmio_queue* queue, uint32_t offset, uint32_t value) {
    cce_port_write32(queue->engine->base + CCE_QUEUE_BASE + (uintptr_t)queue->index * CCE_QUEUE_STRIDE + offset, value);
}
static inline void cce_mmio_ring(const struct cce_mmio_queue* queue, uint32_t doorbell, uint32_t value) {
    cce_port_write32(queue->engine->base + CCE_DOORBELL_BASE + (uintptr_t)queue->index * CCE_DOORBELL_STRIDE + doorbell,
                     value);
}

/** A moment, `timeout` ticks from now; the end of time if that is later. */
static inline uint64_t cce_mmio_deadline(uint64_t timeout) {
    const uint64_t now = cce_port_time();
    return timeout > UINT64_MAX - now ? UINT64_MAX : now + timeout;
}

/** Overwrites, also what nobody reads any more. */
static inline void cce_mmio_wipe(volatile void* pointer, size_t bytes) {
    volatile uint8_t* position = pointer;
    while (bytes-- != 0) {
        *position++ = 0;
    }
}

/** States of a queue. */
enum { CCE_MMIO_QUEUE_CLOSED = 0, CCE_MMIO_QUEUE_RUNNING = 1, CCE_MMIO_QUEUE_STALLED = 2 };
/** States of a slot. */
enum { CCE_MMIO_SLOT_FREE = 0, CCE_MMIO_SLOT_IN_FLIGHT = 1, CCE_MMIO_SLOT_LOST = 2 };

/** Modes beyond those of requests: opcodes that only the driver itself uses. */
enum { CCE_MMIO_LOAD = 0x80, CCE_MMIO_INVALIDATE = 0x81, CCE_MMIO_KEY_BLOCK = 0x82 };
/** Added to the mode of a slot: cipher and hash in one pass. */
enum { CCE_MMIO_ONE_PASS = 0x40 };

/** Whether the queue takes requests. */
enum cce_mmio_status cce_mmio_queue_usable(const struct cce_mmio_queue* queue);

/** The next descriptor of the ring, all zero, for cce_mmio_post(). Its slot is the first free one; nothing comes out.
 */
struct cce_descriptor* cce_mmio_next_descriptor(struct cce_mmio_queue* queue);

/** Takes the first free slot for the descriptor that was just written, and tells the engine of it. */
void cce_mmio_post(struct cce_mmio_queue* queue, struct cce_descriptor* descriptor);

/** Waits for the only outstanding request, and takes its completion; resets the queue if it does not come. */
enum cce_mmio_status cce_mmio_finish(struct cce_mmio_queue* queue, struct cce_mmio_completion* completion,
                                     uint64_t timeout);

/** Whether this is a hash function; and of one, the bytes of its digest, and what the engine must have for it in one
 * pass, as in the register `algorithms`. */
bool cce_mmio_hash_known(unsigned function);
uint32_t cce_mmio_hash_digest(unsigned function);
uint32_t cce_mmio_hash_needs(unsigned function);

/** Checks a request, and what of it does not fit the engine or the key. */
enum cce_mmio_status cce_mmio_check(const struct cce_mmio_engine* engine, const struct cce_mmio_request* request);

/** Bytes of text that come out of a request that cce_mmio_check() has passed. */
uint32_t cce_mmio_text_out(const struct cce_mmio_request* request);
/** Bytes of text that go into it, without a tag behind them. */
uint32_t cce_mmio_text_in(const struct cce_mmio_request* request);

#endif /* CCE_MMIO_INTERNAL_H */
