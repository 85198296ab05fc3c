/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the driver needs of the machine: a RISC-V processor in machine mode, in a computer without virtual addresses and
 * with coherent DMA. The firmware supplies cce_port_time() and cce_port_arm_timer().
 *
 * A port for another machine is a header of this name with these functions, in front of this one on the include path.
 */

#ifndef CCE_MMIO_PORT_H
#define CCE_MMIO_PORT_H

#include <stddef.h>
#include <stdint.h>

/** Ticks of a clock that never goes back. Supplied by the firmware. */
uint64_t cce_port_time(void);

/** Sees to it that a timer interrupt becomes pending at `deadline` (of cce_port_time) at the latest, and is enabled in
 * mie. Supplied by the firmware; whoever lets timeouts be as long as it takes may leave it empty. */
void cce_port_arm_timer(uint64_t deadline);

/** One 32-bit access to a register, in program order with the other ones. */
static inline uint32_t cce_port_read32(uintptr_t address) {
    return *(const volatile uint32_t*)address;
}
static inline void cce_port_write32(uintptr_t address, uint32_t value) {
    *(volatile uint32_t*)address = value;
}

/** The address that the engine must use to reach what the processor has at `pointer`. */
static inline uint64_t cce_port_bus_address(const volatile void* pointer) {
    return (uint64_t)(uintptr_t)pointer;
}

/** What was written to memory before is seen by the engine no later than the register writes that follow. */
static inline void cce_port_write_barrier(void) {
    __asm__ volatile("fence w, ow" ::: "memory");
}
/** What is read from memory later is no older than what was read from memory or registers before. */
static inline void cce_port_read_barrier(void) {
    __asm__ volatile("fence ir, r" ::: "memory");
}

/** Caches: what the processor has written reaches memory (clean); what the engine has written is seen (invalidate). */
static inline void cce_port_cache_clean(const volatile void* pointer, size_t bytes) {
    (void)pointer;
    (void)bytes;
}
static inline void cce_port_cache_invalidate(const volatile void* pointer, size_t bytes) {
    (void)pointer;
    (void)bytes;
}

/**
 * Sleeps until `*count` is no longer `seen`, or the deadline has passed, or anything else has happened: may return at
 * any time, but must not sleep through an interrupt that came after the caller read `*count`. Polling firmware may do
 * nothing here.
 *
 * wfi ends when an interrupt is pending and enabled in mie, also while mstatus.MIE is 0 (privileged specification,
 * 3.3.3). So: look with interrupts off, sleep, and let the handler run after it. If they were off to begin with, they
 * stay off, and the interrupt stays pending: then every call returns at once.
 */
static inline void cce_port_wait_for_interrupt(const volatile uint32_t* count, uint32_t seen, uint64_t deadline) {
    uintptr_t status;
    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(status)::"memory");
    if (*count == seen) {
        cce_port_arm_timer(deadline);
        __asm__ volatile("wfi" ::: "memory");
    }
    __asm__ volatile("csrs mstatus, %0" ::"r"(status & 8u) : "memory");
}

#endif /* CCE_MMIO_PORT_H */
