/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Core Crypto Engine: tracepoints. A request can be followed by its cookie.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM cce

#if !defined(CCE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define CCE_TRACE_H

#include <linux/tracepoint.h>

#include "cce_compat.h"
#include "cce_queue.h"

TRACE_EVENT(cce_submit,
	TP_PROTO(const struct cce_queue *queue, u32 cookie, const struct cce_request *request),
	TP_ARGS(queue, cookie, request),
	TP_STRUCT__entry(
		__string(device, dev_name(queue->cce->dev))
		__field(unsigned int, queue)
		__field(u32, cookie)
		__field(u8, opcode)
		__field(u8, mode)
		__field(bool, decrypt)
		__field(u32, text)
		__field(u32, aad)
		__field(unsigned int, in_flight)
	),
	TP_fast_assign(
		cce_assign_string(device, dev_name(queue->cce->dev));
		__entry->queue = queue->index;
		__entry->cookie = cookie;
		__entry->opcode = request->opcode;
		__entry->mode = request->mode;
		__entry->decrypt = request->decrypt;
		__entry->text = request->text_length;
		__entry->aad = request->aad_length;
		__entry->in_flight = cce_queue_in_flight(queue);
	),
	TP_printk("%s queue=%u cookie=%#x mode=%u %s text=%u aad=%u in_flight=%u",
		  __get_str(device), __entry->queue, __entry->cookie, __entry->mode,
		  __entry->opcode == CCE_OPCODE_HASH ? "hash" :
		  __entry->decrypt ? "decrypt" : "encrypt",
		  __entry->text, __entry->aad, __entry->in_flight)
);

TRACE_EVENT(cce_complete,
	TP_PROTO(const struct cce_queue *queue, const struct cce_completion *completion),
	TP_ARGS(queue, completion),
	TP_STRUCT__entry(
		__string(device, dev_name(queue->cce->dev))
		__field(unsigned int, queue)
		__field(u32, cookie)
		__field(u8, status)
		__field(u32, start_cycle)
		__field(u32, end_cycle)
	),
	TP_fast_assign(
		cce_assign_string(device, dev_name(queue->cce->dev));
		__entry->queue = queue->index;
		__entry->cookie = le32_to_cpu(completion->cookie);
		__entry->status = completion->status;
		__entry->start_cycle = le32_to_cpu(completion->start_cycle);
		__entry->end_cycle = le32_to_cpu(completion->end_cycle);
	),
	TP_printk("%s queue=%u cookie=%#x status=%u start_cycle=%u end_cycle=%u",
		  __get_str(device), __entry->queue, __entry->cookie, __entry->status,
		  __entry->start_cycle, __entry->end_cycle)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE cce_trace
#include <trace/define_trace.h>
