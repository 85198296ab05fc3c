/* SPDX-License-Identifier: Apache-2.0 */
/* The computer of sim/systemc/computer, as its firmware sees it. */

#ifndef COMPUTER_H
#define COMPUTER_H

#include <stdint.h>

#define TIMER_BASE UINT64_C(0x02000000)                /* 64-bit registers */
#define TIMER_TIME 0x0                                 /* periods of the clock */
#define TIMER_COMPARE 0x8                              /* the interrupt is pending from this time on */
#define INTERRUPT_CONTROLLER_BASE UINT64_C(0x0c000000) /* 32-bit registers */
#define INTERRUPT_CONTROLLER_PENDING 0x0               /* bit i: line i has risen; write 1 to clear */
#define INTERRUPT_CONTROLLER_ENABLE 0x4                /* bit i */
#define CONSOLE_BASE UINT64_C(0x10000000)              /* 32-bit registers */
#define CONSOLE_CHARACTER 0x0                          /* write: prints it */
#define CONSOLE_EXIT 0x4                               /* write: ends the program with this status */
#define ENGINE_BASE UINT64_C(0x40000000)

/* Interrupts of a hart: bits of mie and mip, and causes. */
#define INTERRUPT_TIMER 7u
#define INTERRUPT_EXTERNAL 11u

static inline uint32_t read32(uint64_t address) {
    return *(const volatile uint32_t*)address;
}
static inline void write32(uint64_t address, uint32_t value) {
    *(volatile uint32_t*)address = value;
}
static inline void write64(uint64_t address, uint64_t value) {
    *(volatile uint64_t*)address = value;
}

#define READ_CSR(name)                                                \
    __extension__({                                                   \
        uint64_t value_;                                              \
        __asm__ volatile("csrr %0, " #name : "=r"(value_)::"memory"); \
        value_;                                                       \
    })
#define SET_CSR(name, bits) __asm__ volatile("csrs " #name ", %0" ::"r"((uint64_t)(bits)) : "memory")
#define CLEAR_CSR(name, bits) __asm__ volatile("csrc " #name ", %0" ::"r"((uint64_t)(bits)) : "memory")

#endif /* COMPUTER_H */
