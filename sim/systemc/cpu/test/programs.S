/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs for riscv_cpu_test.cc, which looks at what they record. The table in front has their entries, in the order of
 * that file's enum. s11: the device; see there.
 */

#define EXTERNAL 0x00		/* store n: the external interrupt's line rises n cycles later; 0: falls */
#define TIMER 0x08		/* the same */
#define RECORD 0x10
#define SLOW 0x18		/* takes 100 cycles */
#define REFUSED 0x20
#define END 0x28
#define LEND 0x30		/* store 0: the data memory takes its DMI back; 1: lends itself again */

#define DATA_MEMORY 0x90000000
#define NOBODY 0x50000000	/* an address that nobody has */

	.section .text.start, "ax"
	.balign 8
	.quad	counters, taken, masked, nested, wfi_taken, wfi_masked, exceptions, widths, waits, vectored, lent

	.text

	.macro begin handler=unexpected
	li	s11, 0x10000000
	la	t0, \handler
	csrw	mtvec, t0
	.endm

	.macro record register
	sd	\register, RECORD(s11)
	.endm

	.macro record_csr name
	csrr	t6, \name
	record	t6
	.endm

	.macro end
	sd	zero, END(s11)
	.endm

	.macro enable_interrupts lines
	li	t0, \lines
	csrw	mie, t0
	csrsi	mstatus, 8
	.endm

	.balign 4
unexpected:
	li	t6, 0xbad
	record	t6
	record_csr mcause
	record_csr mepc
	end

/* Cycles and instructions are the same here: 11 between the two readings of each. */
counters:
	begin
	csrr	t0, mcycle
	csrr	t1, minstret
	.rept 10
	addi	t2, t2, 1
	.endr
	csrr	t3, mcycle
	csrr	t4, minstret
	sub	t3, t3, t0
	sub	t4, t4, t1
	record	t3
	record	t4
	li	t0, 1000
	csrw	mcycle, t0
	csrr	t1, mcycle
	record	t1
	csrr	t0, cycle
	csrr	t1, mcycle
	sub	t1, t1, t0
	record	t1
	csrr	t2, minstret
	csrrwi	zero, minstret, 5
	csrr	t1, minstret
	record	t1
	csrr	t0, instret
	csrr	t1, instret
	sub	t1, t1, t0
	record	t1
	end

	.balign 4
external_handler:
	sd	zero, EXTERNAL(s11)
	record_csr mcause
	record_csr mepc
	record_csr mstatus
	record_csr mip
	li	s0, 1
	mret

/* Taken while the program spins; mret returns to where it was. */
taken:
	begin external_handler
	enable_interrupts 1 << 11
	li	s0, 0
	li	t0, 50
	sd	t0, EXTERNAL(s11)
	la	t1, 1f
	record	t1
1:	beqz	s0, 1b
	record_csr mstatus
	record	s0
	end

/* Not taken with MIE 0, although pending; taken behind the instruction that sets MIE. */
masked:
	begin external_handler
	li	t0, 1 << 11
	csrw	mie, t0
	li	s0, 0
	li	t0, 1
	sd	t0, EXTERNAL(s11)
	li	t1, 2000
1:	addi	t1, t1, -1
	bnez	t1, 1b
	record	s0
	record_csr mip
	la	t1, 2f
	record	t1
	csrsi	mstatus, 8
2:	nop
	record	s0
	/* Nor with mie 0. */
	csrw	mie, zero
	li	s0, 0
	li	t0, 1
	sd	t0, EXTERNAL(s11)
	li	t1, 2000
3:	addi	t1, t1, -1
	bnez	t1, 3b
	record	s0
	end

/* The handler of the external interrupt lets the timer's in. */
	.balign 4
nesting_handler:
	csrr	t2, mcause
	andi	t2, t2, 0xff
	record	t2
	li	t3, 7
	beq	t2, t3, 2f
	sd	zero, EXTERNAL(s11)
	csrr	s2, mepc
	csrr	s3, mstatus
	li	t3, 1
	sd	t3, TIMER(s11)
	csrsi	mstatus, 8
	li	t3, 2000
1:	addi	t3, t3, -1
	bnez	t3, 1b
	csrci	mstatus, 8
	record	s1
	csrw	mstatus, s3
	csrw	mepc, s2
	li	s0, 1
	li	t3, 99
	record	t3
	mret
2:	sd	zero, TIMER(s11)
	li	s1, 1
	mret

nested:
	begin nesting_handler
	enable_interrupts 1 << 11 | 1 << 7
	li	s0, 0
	li	s1, 0
	li	t0, 30
	sd	t0, EXTERNAL(s11)
1:	beqz	s0, 1b
	record_csr mstatus
	end

/* wfi sleeps until the interrupt, which is taken behind it. */
wfi_taken:
	begin external_handler
	enable_interrupts 1 << 11
	la	t1, 1f
	record	t1
	li	t0, 5000
	csrr	s4, mcycle
	csrr	s5, minstret
	sd	t0, EXTERNAL(s11)
	wfi
1:	csrr	t0, mcycle
	csrr	t1, minstret
	sub	t0, t0, s4
	sub	t1, t1, s5
	record	t0
	record	t1
	end

/* With MIE 0 wfi ends too, and nothing is taken; a line that is not enabled does not end it. */
wfi_masked:
	begin
	li	t0, 1 << 11
	csrw	mie, t0
	li	t0, 1000
	sd	t0, TIMER(s11)
	li	t0, 5000
	csrr	s4, mcycle
	sd	t0, EXTERNAL(s11)
	wfi
	csrr	t0, mcycle
	sub	t0, t0, s4
	record	t0
	record_csr mip
	/* And at once if one is pending already. */
	csrr	s4, mcycle
	wfi
	csrr	t0, mcycle
	sub	t0, t0, s4
	record	t0
	end

/* Records cause, address and value, and returns to s9. */
	.balign 4
exception_handler:
	record_csr mcause
	record_csr mepc
	record_csr mtval
	csrw	mepc, s9
	mret

	.macro expect_exception instruction:vararg
	la	s9, 3f
	la	t0, 2f
	record	t0
	.option push
	.option norvc
2:	\instruction
	.option pop
3:
	.endm

exceptions:
	begin exception_handler
	expect_exception ecall
	expect_exception ebreak
	expect_exception .2byte 0x9002	/* c.ebreak */
	expect_exception .4byte 0xffffffff
	expect_exception .2byte 0x0000
	expect_exception csrw cycle, t0
	expect_exception sret
	li	s10, 0x1234
	expect_exception ld s10, REFUSED(s11)
	record	s10			/* unchanged */
	expect_exception sd s10, REFUSED(s11)
	li	t1, NOBODY
	expect_exception lw s10, 8(t1)
	record	s10
	expect_exception sw s10, 8(t1)
	/* A jump to nowhere is done: it is there that nothing can be fetched. */
	la	s9, 4f
	li	t1, NOBODY
	record	t1
	jr	t1
4:	end

widths:
	begin
	li	t0, 0x8877665544332211
	sd	t0, RECORD(s11)
	sw	t0, RECORD(s11)
	sh	t0, RECORD(s11)
	sb	t0, RECORD(s11)
	lbu	t1, RECORD(s11)
	record	t1
	ld	t1, RECORD(s11)
	record	t1
	end

/* What transactions take, the program waits. */
waits:
	begin
	csrr	t0, mcycle
	sd	zero, SLOW(s11)
	csrr	t1, mcycle
	sub	t1, t1, t0
	record	t1
	record	t1
	.rept 20
	addi	t2, t2, 1
	.endr
	record	t1
	end

	.balign 64
vector_table:
	.option push
	.option norvc
	.rept 7
	j	unexpected
	.endr
	j	1f
	.rept 3
	j	unexpected
	.endr
	j	2f
	.option pop
1:	sd	zero, TIMER(s11)
	li	t0, 7
	record	t0
	addi	s0, s0, 1
	mret
2:	sd	zero, EXTERNAL(s11)
	li	t0, 11
	record	t0
	addi	s0, s0, 1
	mret

/* Vectored; of two that are pending the external one comes first. */
vectored:
	begin
	la	t0, vector_table + 1
	csrw	mtvec, t0
	li	t0, 1 << 11 | 1 << 7
	csrw	mie, t0
	li	s0, 0
	li	t0, 1
	sd	t0, TIMER(s11)
	sd	t0, EXTERNAL(s11)
	sd	zero, SLOW(s11)
	csrsi	mstatus, 8
	li	t1, 2
1:	bne	s0, t1, 1b
	end

/* A memory that takes its DMI back is reached by transactions, with its latency; and lends itself again. */
lent:
	begin
	li	s1, DATA_MEMORY
	li	s2, 0x0123456789abcdef
	sd	s2, 64(s1)
	csrr	t0, mcycle
	ld	t2, 64(s1)
	csrr	t1, mcycle
	record	t2
	sub	t1, t1, t0
	record	t1
	sd	zero, LEND(s11)
	csrr	t0, mcycle
	ld	t2, 64(s1)
	csrr	t1, mcycle
	record	t2
	sub	t1, t1, t0
	record	t1
	addi	s2, s2, 1
	sd	s2, 72(s1)
	li	t0, 1
	sd	t0, LEND(s11)
	ld	t2, 72(s1)
	record	t2
	csrr	t0, mcycle
	ld	t2, 72(s1)
	csrr	t1, mcycle
	record	t2
	sub	t1, t1, t0
	record	t1
	end
