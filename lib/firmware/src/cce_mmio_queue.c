/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Queue pairs: set-up, rings, completions, resets.
 *
 * Rings and slots are as many, so that neither ring can overflow: a request has a slot from its submission to the
 * moment at which its completion was taken, and its ring entries lie within that time. The descriptor's cookie is the
 * slot's number and, above it, how often that was used.
 */

#include "cce_mmio_internal.h"

_Static_assert(CCE_MMIO_QUEUE_ALIGNMENT % CCE_RING_ALIGNMENT_BYTES == 0, "both rings are aligned");
_Static_assert(sizeof(struct cce_descriptor) == 64 && sizeof(struct cce_completion) == 32 &&
                   2 * CCE_LIST_FETCH_BYTES == 128,
               "CCE_MMIO_QUEUE_BYTES");

static uint32_t slot_count(const struct cce_mmio_queue* queue) {
    return UINT32_C(1) << queue->log2;
}

static struct cce_completion* completion_at(const struct cce_mmio_queue* queue, uint16_t index) {
    const size_t position = index & (slot_count(queue) - 1);
    return (struct cce_completion*)(void*)(queue->completions + position * sizeof(struct cce_completion));
}

enum cce_mmio_status cce_mmio_queue_usable(const struct cce_mmio_queue* queue) {
    if (queue->state == CCE_MMIO_QUEUE_CLOSED || queue->engine == NULL) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    if (queue->state == CCE_MMIO_QUEUE_STALLED) {
        return CCE_MMIO_ERROR_STALLED;
    }
    return queue->resets == queue->engine->resets ? CCE_MMIO_OK : CCE_MMIO_ERROR_RESET;
}

/** Empties the rings and starts the queue, which is disabled. */
static void start(struct cce_mmio_queue* queue) {
    queue->submission_tail = 0;
    queue->completion_head = 0;
    /* The phase of an empty entry is 0, that of the first pass 1. */
    cce_mmio_wipe(queue->submissions,
                  slot_count(queue) * (sizeof(struct cce_descriptor) + sizeof(struct cce_completion)));
    cce_port_cache_clean(queue->submissions,
                         slot_count(queue) * (sizeof(struct cce_descriptor) + sizeof(struct cce_completion)));
    const uint64_t submissions = cce_port_bus_address(queue->submissions);
    const uint64_t completions = cce_port_bus_address(queue->completions);
    cce_mmio_write_queue(queue, CCE_QUEUE_SUBMISSION_BASE_LOW, (uint32_t)submissions);
    cce_mmio_write_queue(queue, CCE_QUEUE_SUBMISSION_BASE_HIGH, (uint32_t)(submissions >> 32));
    cce_mmio_write_queue(queue, CCE_QUEUE_COMPLETION_BASE_LOW, (uint32_t)completions);
    cce_mmio_write_queue(queue, CCE_QUEUE_COMPLETION_BASE_HIGH, (uint32_t)(completions >> 32));
    cce_mmio_write_queue(queue, CCE_QUEUE_RING_SIZE,
                         (uint32_t)queue->log2 << CCE_QUEUE_RING_SIZE_SUBMISSION_LOG2_SHIFT |
                             (uint32_t)queue->log2 << CCE_QUEUE_RING_SIZE_COMPLETION_LOG2_SHIFT);
    cce_mmio_write_queue(queue, CCE_QUEUE_RIGHTS, queue->region == 0 ? CCE_QUEUE_RIGHTS_UNRESTRICTED_MASK : 0u);
    cce_mmio_write_queue(queue, CCE_QUEUE_INTERRUPT_COUNT, queue->interrupt_count);
    cce_mmio_write_queue(queue, CCE_QUEUE_INTERRUPT_TIME, queue->interrupt_time);
    cce_port_write_barrier();
    cce_mmio_write_queue(queue, CCE_QUEUE_CONTROL, queue->control);
    queue->resets = queue->engine->resets;
    queue->state = CCE_MMIO_QUEUE_RUNNING;
}

enum cce_mmio_status cce_mmio_queue_open(struct cce_mmio_queue* queue, struct cce_mmio_engine* engine, uint8_t index,
                                         const struct cce_mmio_queue_config* config) {
    if (queue == NULL || engine == NULL || config == NULL || config->memory == NULL ||
        (uintptr_t)config->memory % CCE_MMIO_QUEUE_ALIGNMENT != 0 || config->log2 < CCE_MMIO_LOG2_MIN ||
        config->log2 > CCE_MMIO_LOG2_MAX) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    if (index >= engine->queue_count) {
        return CCE_MMIO_ERROR_UNSUPPORTED;
    }
    if (config->memory_bytes < CCE_MMIO_QUEUE_BYTES(config->log2)) {
        return CCE_MMIO_ERROR_MEMORY;
    }
    struct cce_mmio_queue opened = {.engine = engine, .index = index, .log2 = config->log2};
    if (CCE_MMIO_FIELD(cce_mmio_read_queue(&opened, CCE_QUEUE_STATUS), CCE_QUEUE_STATUS_STATE) !=
        CCE_QUEUE_STATE_DISABLED) {
        return CCE_MMIO_ERROR_BUSY;
    }
    const size_t count = slot_count(&opened);
    opened.submissions = config->memory;
    opened.completions = opened.submissions + count * sizeof(struct cce_descriptor);
    opened.lists = opened.completions + count * sizeof(struct cce_completion);
    opened.slots = (struct cce_mmio_slot*)(void*)(opened.lists + count * 2 * CCE_LIST_FETCH_BYTES);
    opened.region = config->region;
    opened.interrupt_count = config->interrupt_count;
    opened.interrupt_time = config->interrupt_time;
    opened.control = CCE_QUEUE_CONTROL_ENABLE_MASK | (config->interrupt ? CCE_QUEUE_CONTROL_INTERRUPT_ENABLE_MASK : 0u);
    cce_mmio_wipe(opened.lists, CCE_MMIO_QUEUE_BYTES(config->log2) - (size_t)(opened.lists - opened.submissions));
    for (size_t i = 0; i < count; ++i) {
        opened.slots[i].next = (uint16_t)(i + 1);
    }
    *queue = opened;
    start(queue);
    return CCE_MMIO_OK;
}

struct cce_descriptor* cce_mmio_next_descriptor(struct cce_mmio_queue* queue) {
    const size_t position = queue->submission_tail & (slot_count(queue) - 1);
    struct cce_descriptor* const descriptor =
        (struct cce_descriptor*)(void*)(queue->submissions + position * sizeof(struct cce_descriptor));
    static const struct cce_descriptor empty;
    *descriptor = empty;
    struct cce_mmio_slot* const slot = &queue->slots[queue->free];
    slot->text = NULL;
    slot->text_out = 0;
    slot->output = 0;
    slot->tag = NULL;
    slot->tag_out = 0;
    slot->direction = CCE_MMIO_ENCRYPT;
    return descriptor;
}

void cce_mmio_post(struct cce_mmio_queue* queue, struct cce_descriptor* descriptor) {
    const uint16_t number = queue->free;
    struct cce_mmio_slot* const slot = &queue->slots[number];
    queue->free = slot->next;
    slot->state = CCE_MMIO_SLOT_IN_FLIGHT;
    ++slot->use;
    descriptor->cookie = (uint32_t)slot->use << 16 | number;
    cce_port_cache_clean(descriptor, sizeof *descriptor);
    ++queue->outstanding;
    ++queue->submission_tail;
    cce_port_write_barrier();
    cce_mmio_ring(queue, CCE_DOORBELL_SUBMISSION_TAIL, queue->submission_tail);
}

/** Whether the next entry of the completion ring is there. */
static bool completion_ready(const struct cce_mmio_queue* queue) {
    const struct cce_completion* const entry = completion_at(queue, queue->completion_head);
    cce_port_cache_invalidate(entry, sizeof *entry);
    const uint8_t phase = *(const volatile uint8_t*)&entry->phase;
    return phase == (((queue->completion_head >> queue->log2) & 1u) ^ 1u);
}

/** Zeros where a text or key that must not be seen would stand: SP 800-38D, 7.2; SP 800-38C, 6.2; SP 800-38F, 6. */
static void withhold(const struct cce_mmio_slot* slot) {
    const bool checked = slot->mode == CCE_MMIO_GCM || slot->mode == CCE_MMIO_CCM || slot->mode == CCE_MMIO_KW ||
                         slot->mode == CCE_MMIO_KWP || (slot->mode & CCE_MMIO_ONE_PASS) != 0;
    if (slot->direction == CCE_MMIO_DECRYPT && checked && slot->text_out != 0) {
        cce_mmio_wipe(slot->text, slot->text_out);
        cce_port_cache_clean(slot->text, slot->text_out);
    }
}

static enum cce_mmio_status status_of(uint8_t device_status) {
    switch (device_status) {
        case CCE_STATUS_OK:
            return CCE_MMIO_OK;
        case CCE_STATUS_TAG:
            return CCE_MMIO_ERROR_TAG;
        case CCE_STATUS_EQUAL_KEYS:
            return CCE_MMIO_ERROR_EQUAL_KEYS;
        default:
            return CCE_MMIO_ERROR_REFUSED;
    }
}

static void free_slot(struct cce_mmio_queue* queue, uint16_t number) {
    struct cce_mmio_slot* const slot = &queue->slots[number];
    slot->state = CCE_MMIO_SLOT_FREE;
    slot->next = queue->free;
    queue->free = number;
    --queue->outstanding;
}

static void clear(struct cce_mmio_completion* out) {
    out->cookie = 0;
    out->status = CCE_MMIO_OK;
    out->device_status = CCE_STATUS_OK;
    for (unsigned i = 0; i < sizeof out->next_iv; ++i) {
        out->next_iv[i] = 0;
    }
    out->output_length = 0;
    out->start_cycle = 0;
    out->end_cycle = 0;
}

/** What came out of a request that ended well. */
static void take_results(const struct cce_mmio_slot* slot, const volatile struct cce_completion* entry,
                         struct cce_mmio_completion* out) {
    if (slot->output != 0) {
        cce_port_cache_invalidate(slot->text, slot->output);
    }
    if (slot->tag_out != 0) {
        cce_port_cache_invalidate(slot->tag, slot->tag_out);
    }
    out->output_length = slot->output;
    const unsigned cipher = slot->mode & ~(unsigned)CCE_MMIO_ONE_PASS;
    if (cipher == CCE_MMIO_CBC || cipher == CCE_MMIO_CTR) {
        for (unsigned i = 0; i < sizeof out->next_iv; ++i) {
            out->next_iv[i] = entry->next_iv[i];
        }
    } else if (slot->mode == CCE_MMIO_KWP && slot->direction == CCE_MMIO_DECRYPT) {
        uint32_t length = entry->unwrapped_key.length;
        if (length > slot->output) {
            out->status = CCE_MMIO_ERROR_INTERNAL;
            length = 0;
        }
        out->output_length = length;
    }
}

/** Takes the entry at the ring's head. False: it answers no request. */
static bool take(struct cce_mmio_queue* queue, struct cce_mmio_completion* out) {
    const volatile struct cce_completion* const entry = completion_at(queue, queue->completion_head);
    ++queue->completion_head;
    const uint32_t cookie = entry->cookie;
    const uint16_t number = (uint16_t)cookie;
    if (number >= slot_count(queue)) {
        return false;
    }
    const struct cce_mmio_slot* const slot = &queue->slots[number];
    if (slot->state != CCE_MMIO_SLOT_IN_FLIGHT || slot->use != cookie >> 16) {
        return false;
    }
    clear(out);
    out->cookie = slot->cookie;
    out->device_status = entry->status;
    out->status = status_of(out->device_status);
    out->start_cycle = entry->start_cycle;
    out->end_cycle = entry->end_cycle;
    if (out->status == CCE_MMIO_OK) {
        take_results(slot, entry, out);
    }
    if (out->status != CCE_MMIO_OK) {
        withhold(slot);
    }
    free_slot(queue, number);
    return true;
}

/** Takes a request that a reset has ended. There is one. */
static void take_lost(struct cce_mmio_queue* queue, struct cce_mmio_completion* out) {
    uint16_t number = 0;
    while (queue->slots[number].state != CCE_MMIO_SLOT_LOST) {
        ++number;
    }
    clear(out);
    out->cookie = queue->slots[number].cookie;
    out->status = CCE_MMIO_ERROR_RESET;
    withhold(&queue->slots[number]);
    free_slot(queue, number);
    --queue->lost;
}

size_t cce_mmio_poll(struct cce_mmio_queue* queue, struct cce_mmio_completion* out, size_t maximum) {
    if (queue == NULL || out == NULL || cce_mmio_queue_usable(queue) != CCE_MMIO_OK) {
        return 0;
    }
    size_t taken = 0;
    while (taken < maximum && queue->lost != 0) {
        take_lost(queue, &out[taken++]);
    }
    const uint16_t head = queue->completion_head;
    /* Each entry once: an engine that writes without end must not keep the caller here. */
    for (uint32_t left = slot_count(queue); left != 0 && taken < maximum && completion_ready(queue); --left) {
        cce_port_read_barrier();
        if (take(queue, &out[taken])) {
            ++taken;
        }
    }
    if (queue->completion_head != head) {
        cce_mmio_ring(queue, CCE_DOORBELL_COMPLETION_HEAD, queue->completion_head);
    }
    return taken;
}

enum cce_mmio_status cce_mmio_wait(struct cce_mmio_queue* queue, uint64_t timeout) {
    if (queue == NULL) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    const uint64_t deadline = cce_mmio_deadline(timeout);
    for (;;) {
        const enum cce_mmio_status usable = cce_mmio_queue_usable(queue);
        if (usable != CCE_MMIO_OK) {
            return usable;
        }
        /* In this order: an interrupt that comes after the look at the ring ends the sleep. */
        const uint32_t seen = queue->interrupts;
        if (queue->lost != 0 || queue->outstanding == 0 || completion_ready(queue)) {
            return CCE_MMIO_OK;
        }
        const uint32_t status = cce_mmio_read_queue(queue, CCE_QUEUE_STATUS);
        if (CCE_MMIO_FIELD(status, CCE_QUEUE_STATUS_STATE) != CCE_QUEUE_STATE_RUNNING) {
            return CCE_MMIO_ERROR_REFUSED;
        }
        if (cce_port_time() >= deadline) {
            return CCE_MMIO_ERROR_TIMEOUT;
        }
        cce_port_wait_for_interrupt(&queue->interrupts, seen, deadline);
    }
}

/** Resets the queue in the engine: it is disabled then. */
static enum cce_mmio_status reset_hardware(struct cce_mmio_queue* queue, uint64_t timeout) {
    const uint64_t deadline = cce_mmio_deadline(timeout);
    cce_mmio_write_queue(queue, CCE_QUEUE_CONTROL, CCE_QUEUE_CONTROL_RESET_MASK);
    while ((cce_mmio_read_queue(queue, CCE_QUEUE_CONTROL) & CCE_QUEUE_CONTROL_RESET_MASK) != 0) {
        if (cce_port_time() >= deadline) {
            queue->state = CCE_MMIO_QUEUE_STALLED;
            return CCE_MMIO_ERROR_STALLED;
        }
    }
    return CCE_MMIO_OK;
}

/** What is in flight was forgotten by the engine. */
static void lose_all(struct cce_mmio_queue* queue) {
    for (uint32_t i = 0; i < slot_count(queue); ++i) {
        if (queue->slots[i].state == CCE_MMIO_SLOT_IN_FLIGHT) {
            queue->slots[i].state = CCE_MMIO_SLOT_LOST;
            ++queue->lost;
        }
    }
}

enum cce_mmio_status cce_mmio_queue_reset(struct cce_mmio_queue* queue, uint64_t timeout) {
    if (queue == NULL || queue->engine == NULL || queue->state == CCE_MMIO_QUEUE_CLOSED) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    const enum cce_mmio_status status = reset_hardware(queue, timeout);
    if (status == CCE_MMIO_OK) {
        lose_all(queue);
        start(queue);
    }
    return status;
}

enum cce_mmio_status cce_mmio_queue_restart(struct cce_mmio_queue* queue) {
    if (queue == NULL || queue->engine == NULL || queue->state == CCE_MMIO_QUEUE_CLOSED) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    if (queue->resets == queue->engine->resets) {
        return queue->state == CCE_MMIO_QUEUE_STALLED ? CCE_MMIO_ERROR_STALLED : CCE_MMIO_OK;
    }
    /* The engine's reset may have been one that did not end. */
    if ((cce_mmio_read_global(queue->engine, CCE_GLOBAL_CONTROL) & CCE_GLOBAL_CONTROL_RESET_MASK) != 0) {
        return CCE_MMIO_ERROR_STALLED;
    }
    lose_all(queue);
    start(queue);
    return CCE_MMIO_OK;
}

enum cce_mmio_status cce_mmio_queue_close(struct cce_mmio_queue* queue, uint64_t timeout) {
    if (queue == NULL || queue->engine == NULL || queue->state == CCE_MMIO_QUEUE_CLOSED) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    const enum cce_mmio_status status = reset_hardware(queue, timeout);
    if (status == CCE_MMIO_OK) {
        cce_mmio_wipe(queue->submissions, CCE_MMIO_QUEUE_BYTES(queue->log2));
        cce_port_cache_clean(queue->submissions, CCE_MMIO_QUEUE_BYTES(queue->log2));
        cce_mmio_wipe(queue, sizeof *queue);
    }
    return status;
}

/** A pair of registers that count. */
static uint64_t read_counter(const struct cce_mmio_queue* queue, uint32_t low, uint32_t high) {
    uint32_t above = cce_mmio_read_queue(queue, high);
    for (;;) {
        const uint32_t below = cce_mmio_read_queue(queue, low);
        const uint32_t again = cce_mmio_read_queue(queue, high);
        if (again == above) {
            return (uint64_t)above << 32 | below;
        }
        above = again;
    }
}

enum cce_mmio_status cce_mmio_queue_query(const struct cce_mmio_queue* queue, struct cce_mmio_queue_state* out) {
    if (queue == NULL || out == NULL || queue->engine == NULL) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    const uint32_t status = cce_mmio_read_queue(queue, CCE_QUEUE_STATUS);
    const uint32_t fault = cce_mmio_read_queue(queue, CCE_QUEUE_FAULT_INFORMATION);
    out->state = (uint8_t)CCE_MMIO_FIELD(status, CCE_QUEUE_STATUS_STATE);
    out->error = (uint8_t)CCE_MMIO_FIELD(status, CCE_QUEUE_STATUS_ERROR);
    out->fault_reason = (uint8_t)CCE_MMIO_FIELD(fault, CCE_QUEUE_FAULT_INFORMATION_REASON);
    out->fault_write = CCE_MMIO_FIELD(fault, CCE_QUEUE_FAULT_INFORMATION_WRITE) != 0;
    out->fault_address = read_counter(queue, CCE_QUEUE_FAULT_ADDRESS_LOW, CCE_QUEUE_FAULT_ADDRESS_HIGH);
    out->completed = read_counter(queue, CCE_QUEUE_COMPLETED_LOW, CCE_QUEUE_COMPLETED_HIGH);
    out->failed = read_counter(queue, CCE_QUEUE_FAILED_LOW, CCE_QUEUE_FAILED_HIGH);
    out->bytes = read_counter(queue, CCE_QUEUE_BYTES_LOW, CCE_QUEUE_BYTES_HIGH);
    return CCE_MMIO_OK;
}

enum cce_mmio_status cce_mmio_finish(struct cce_mmio_queue* queue, struct cce_mmio_completion* completion,
                                     uint64_t timeout) {
    clear(completion);
    const enum cce_mmio_status status = cce_mmio_wait(queue, timeout);
    if (status == CCE_MMIO_OK && cce_mmio_poll(queue, completion, 1) == 1) {
        return completion->status;
    }
    /* Whatever went wrong, the request must end before its buffers are the caller's again. */
    const enum cce_mmio_status reset =
        queue->resets == queue->engine->resets ? cce_mmio_queue_reset(queue, timeout) : cce_mmio_queue_restart(queue);
    if (reset != CCE_MMIO_OK) {
        return reset;
    }
    if (cce_mmio_poll(queue, completion, 1) == 1) {
        completion->status = status == CCE_MMIO_OK ? CCE_MMIO_ERROR_INTERNAL : status;
        return completion->status;
    }
    return CCE_MMIO_ERROR_INTERNAL;
}

enum cce_mmio_status cce_mmio_run(struct cce_mmio_queue* queue, const struct cce_mmio_request* request,
                                  struct cce_mmio_completion* completion, uint64_t timeout) {
    if (queue == NULL || request == NULL) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    if (queue->state == CCE_MMIO_QUEUE_RUNNING && queue->outstanding != 0) {
        return CCE_MMIO_ERROR_BUSY;
    }
    struct cce_mmio_completion answer;
    enum cce_mmio_status status = cce_mmio_submit(queue, request);
    if (status != CCE_MMIO_OK) {
        return status;
    }
    status = cce_mmio_finish(queue, &answer, timeout);
    if (status != CCE_MMIO_ERROR_STALLED && completion != NULL) {
        *completion = answer;
    }
    return status;
}

size_t cce_mmio_outstanding(const struct cce_mmio_queue* queue) {
    return queue->outstanding;
}

void cce_mmio_interrupt(struct cce_mmio_queue* queue) {
    queue->interrupts = queue->interrupts + 1;
}
