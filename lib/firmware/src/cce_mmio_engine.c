/* SPDX-License-Identifier: Apache-2.0 */

#include <stddef.h>

#include "cce_mmio_internal.h"

enum cce_mmio_status cce_mmio_engine_open(struct cce_mmio_engine* engine, uintptr_t base) {
    if (engine == NULL || base % sizeof(uint32_t) != 0) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    struct cce_mmio_engine found = {.base = base};
    if (cce_mmio_read_global(&found, CCE_GLOBAL_IDENTIFICATION) != CCE_IDENTIFICATION_VALUE) {
        return CCE_MMIO_ERROR_UNAVAILABLE;
    }
    const uint32_t version = cce_mmio_read_global(&found, CCE_GLOBAL_VERSION);
    found.version_major = (uint16_t)CCE_MMIO_FIELD(version, CCE_GLOBAL_VERSION_MAJOR);
    found.version_minor = (uint16_t)CCE_MMIO_FIELD(version, CCE_GLOBAL_VERSION_MINOR);
    if (found.version_major != CCE_VERSION_MAJOR || found.version_minor < CCE_VERSION_MINOR) {
        return CCE_MMIO_ERROR_UNAVAILABLE;
    }
    found.algorithms = cce_mmio_read_global(&found, CCE_GLOBAL_ALGORITHMS);
    const uint32_t geometry = cce_mmio_read_global(&found, CCE_GLOBAL_GEOMETRY);
    found.queue_count = (uint8_t)CCE_MMIO_FIELD(geometry, CCE_GLOBAL_GEOMETRY_QUEUE_COUNT);
    found.context_count = (uint8_t)CCE_MMIO_FIELD(geometry, CCE_GLOBAL_GEOMETRY_CONTEXT_COUNT);
    found.region_count = (uint8_t)CCE_MMIO_FIELD(geometry, CCE_GLOBAL_GEOMETRY_REGION_COUNT);
    found.data_bytes = (uint8_t)CCE_MMIO_FIELD(geometry, CCE_GLOBAL_GEOMETRY_DATA_BYTES);
    const uint32_t capacity = cce_mmio_read_global(&found, CCE_GLOBAL_CAPACITY);
    found.request_count = (uint8_t)CCE_MMIO_FIELD(capacity, CCE_GLOBAL_CAPACITY_REQUEST_COUNT);
    *engine = found;
    return CCE_MMIO_OK;
}

enum cce_mmio_status cce_mmio_engine_reset(struct cce_mmio_engine* engine, uint64_t timeout) {
    if (engine == NULL) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    const uint64_t deadline = cce_mmio_deadline(timeout);
    /* From here on no queue may be used as if nothing had happened, whether the reset ends in time or not. */
    ++engine->resets;
    cce_mmio_write_global(engine, CCE_GLOBAL_CONTROL, CCE_GLOBAL_CONTROL_RESET_MASK);
    while ((cce_mmio_read_global(engine, CCE_GLOBAL_CONTROL) & CCE_GLOBAL_CONTROL_RESET_MASK) != 0) {
        if (cce_port_time() >= deadline) {
            return CCE_MMIO_ERROR_STALLED;
        }
    }
    return CCE_MMIO_OK;
}

uint64_t cce_mmio_engine_cycle(const struct cce_mmio_engine* engine) {
    uint32_t high = cce_mmio_read_global(engine, CCE_GLOBAL_CYCLE_HIGH);
    for (;;) {
        const uint32_t low = cce_mmio_read_global(engine, CCE_GLOBAL_CYCLE_LOW);
        const uint32_t again = cce_mmio_read_global(engine, CCE_GLOBAL_CYCLE_HIGH);
        if (again == high) {
            return (uint64_t)high << 32 | low;
        }
        high = again;
    }
}

enum cce_mmio_status cce_mmio_region_set(struct cce_mmio_engine* engine, uint8_t index,
                                         const struct cce_mmio_region* region, uint16_t* key) {
    if (engine == NULL || (region != NULL && (region->bytes == 0 || region->owner_queue >= engine->queue_count))) {
        return CCE_MMIO_ERROR_ARGUMENT;
    }
    if (index == 0 || index >= engine->region_count) {
        return CCE_MMIO_ERROR_UNSUPPORTED;
    }
    const uintptr_t page = engine->base + CCE_REGION_BASE + (uintptr_t)index * CCE_REGION_STRIDE;
    cce_port_write32(page + CCE_REGION_ACCESS, 0);
    if (region == NULL) {
        return CCE_MMIO_OK;
    }
    const uint64_t base = cce_port_bus_address(region->base);
    cce_port_write32(page + CCE_REGION_BASE_LOW, (uint32_t)base);
    cce_port_write32(page + CCE_REGION_BASE_HIGH, (uint32_t)(base >> 32));
    cce_port_write32(page + CCE_REGION_SIZE_LOW, (uint32_t)region->bytes);
    cce_port_write32(page + CCE_REGION_SIZE_HIGH, (uint32_t)(region->bytes >> 32));
    cce_port_write32(page + CCE_REGION_ACCESS,
                     CCE_REGION_ACCESS_VALID_MASK | (region->read ? CCE_REGION_ACCESS_READ_MASK : 0u) |
                         (region->write ? CCE_REGION_ACCESS_WRITE_MASK : 0u) |
                         (uint32_t)region->owner_queue << CCE_REGION_ACCESS_OWNER_QUEUE_SHIFT |
                         (uint32_t)region->tag << CCE_REGION_ACCESS_TAG_SHIFT);
    if (key != NULL) {
        *key = (uint16_t)(index | (unsigned)region->tag << (8 * offsetof(struct cce_region_key, tag)));
    }
    return CCE_MMIO_OK;
}

uint64_t cce_mmio_event_interrupt(struct cce_mmio_engine* engine) {
    const uint32_t low = cce_mmio_read_global(engine, CCE_GLOBAL_EVENT_LOW);
    const uint32_t high = cce_mmio_read_global(engine, CCE_GLOBAL_EVENT_HIGH);
    cce_mmio_write_global(engine, CCE_GLOBAL_EVENT_LOW, low);
    cce_mmio_write_global(engine, CCE_GLOBAL_EVENT_HIGH, high);
    return (uint64_t)high << 32 | low;
}
