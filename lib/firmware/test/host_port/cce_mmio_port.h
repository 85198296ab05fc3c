/* SPDX-License-Identifier: Apache-2.0 */
/* The driver's port in its unit tests: a simulated machine (simulated_machine.cc). */

#ifndef CCE_MMIO_PORT_H
#define CCE_MMIO_PORT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

uint64_t cce_port_time(void);
uint32_t cce_port_read32(uintptr_t address);
void cce_port_write32(uintptr_t address, uint32_t value);
uint64_t cce_port_bus_address(const volatile void* pointer);
void cce_port_write_barrier(void);
void cce_port_read_barrier(void);
void cce_port_cache_clean(const volatile void* pointer, size_t bytes);
void cce_port_cache_invalidate(const volatile void* pointer, size_t bytes);
void cce_port_wait_for_interrupt(const volatile uint32_t* count, uint32_t seen, uint64_t deadline);

#ifdef __cplusplus
}
#endif

#endif /* CCE_MMIO_PORT_H */
