/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stand-in for the engine: takes descriptors when the test wants it to, and looks at no secret.
 */
#ifndef CCE_TEST_ENGINE_H
#define CCE_TEST_ENGINE_H

#include "kernel.h"

struct cce_queue;

/* Longest associated data, text and tag together. */
#define ENGINE_STREAM_BYTES 512

extern u8 engine_registers[];
extern struct cce_queue *engine_queue;
extern u8 engine_status;	/* of the requests to come: CCE_STATUS_OK, or one that ends them halfway */
extern bool engine_spares_ciphers;	/* requests of opcode cipher end well in any case */
extern u32 engine_public_bytes;	/* so many in front of a hash's text are no secret */
extern bool engine_stuck;	/* a submitter that polls waits in vain */
extern unsigned int engine_served, engine_lists_served;

void engine_reset(void);
/* Do all that the doorbell has told of. */
void engine_serve(void);

#endif
