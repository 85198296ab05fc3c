/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the driver needs of the machine: an Arm Cortex-M without data cache (M0 to M4, M33), and coherent DMA. For an M7
 * with its cache on, give cce_port_cache_clean() and cce_port_cache_invalidate() their CMSIS counterparts. The firmware
 * supplies cce_port_time() and cce_port_arm_timer(). port/riscv/cce_mmio_port.h says what each function must do.
 */

#ifndef CCE_MMIO_PORT_H
#define CCE_MMIO_PORT_H

#include <stddef.h>
#include <stdint.h>

uint64_t cce_port_time(void);

/** A periodic tick (SysTick) that goes on by itself makes this an empty function. */
void cce_port_arm_timer(uint64_t deadline);

static inline uint32_t cce_port_read32(uintptr_t address) {
    return *(const volatile uint32_t*)address;
}
static inline void cce_port_write32(uintptr_t address, uint32_t value) {
    *(volatile uint32_t*)address = value;
}

static inline uint64_t cce_port_bus_address(const volatile void* pointer) {
    return (uint64_t)(uintptr_t)pointer;
}

static inline void cce_port_write_barrier(void) {
    __asm__ volatile("dmb" ::: "memory");
}
static inline void cce_port_read_barrier(void) {
    __asm__ volatile("dmb" ::: "memory");
}

static inline void cce_port_cache_clean(const volatile void* pointer, size_t bytes) {
    (void)pointer;
    (void)bytes;
}
static inline void cce_port_cache_invalidate(const volatile void* pointer, size_t bytes) {
    (void)pointer;
    (void)bytes;
}

/** wfi ends when an interrupt is pending, also while PRIMASK is set (Armv7-M Architecture Reference Manual, B1.5.19).
 */
static inline void cce_port_wait_for_interrupt(const volatile uint32_t* count, uint32_t seen, uint64_t deadline) {
    uint32_t masked;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(masked)::"memory");
    if (*count == seen) {
        cce_port_arm_timer(deadline);
        __asm__ volatile("dsb\n\twfi" ::: "memory");
    }
    __asm__ volatile("msr primask, %0" ::"r"(masked) : "memory");
}

#endif /* CCE_MMIO_PORT_H */
