/* SPDX-License-Identifier: Apache-2.0 */

#include "cce_mmio_internal.h"

const char* cce_mmio_strerror(enum cce_mmio_status status) {
    switch (status) {
        case CCE_MMIO_OK:
            return "success";
        case CCE_MMIO_ERROR_ARGUMENT:
            return "a pointer is null or not aligned, or a value is out of range";
        case CCE_MMIO_ERROR_KEY_LENGTH:
            return "the key has a length that the mode does not have";
        case CCE_MMIO_ERROR_LENGTH:
            return "the length is not legal for this mode";
        case CCE_MMIO_ERROR_OVERLAP:
            return "source and destination overlap without being the same, or AAD or tag overlaps the destination";
        case CCE_MMIO_ERROR_UNAVAILABLE:
            return "there is no engine at this address, or its contract is another version's";
        case CCE_MMIO_ERROR_MEMORY:
            return "the memory for the queue is too small: CCE_MMIO_QUEUE_BYTES";
        case CCE_MMIO_ERROR_QUEUE_FULL:
            return "all slots of the queue are outstanding: take completions";
        case CCE_MMIO_ERROR_BUSY:
            return "requests are still outstanding, or the queue is in use";
        case CCE_MMIO_ERROR_REFUSED:
            return "the engine refused or failed the request, or stopped the queue";
        case CCE_MMIO_ERROR_TIMEOUT:
            return "the engine did not answer in time";
        case CCE_MMIO_ERROR_INTERNAL:
            return "the engine answered what it was not asked";
        case CCE_MMIO_ERROR_TAG:
            return "the tag, MAC or integrity of the wrapped key does not match";
        case CCE_MMIO_ERROR_TAG_LENGTH:
            return "the tag has a length that the mode does not have";
        case CCE_MMIO_ERROR_IV_LENGTH:
            return "the IV has a length that the mode does not have";
        case CCE_MMIO_ERROR_EQUAL_KEYS:
            return "the two halves of the XTS key are equal";
        case CCE_MMIO_ERROR_BUFFER:
            return "the destination is too small";
        case CCE_MMIO_ERROR_SESSION:
            return "the key may not be used like that, or it or the hash was wiped";
        case CCE_MMIO_ERROR_UNSUPPORTED:
            return "the engine does not offer this mode, key length, hash, queue, context or region";
        case CCE_MMIO_ERROR_RESET:
            return "a reset ended the request or stopped the queue";
        case CCE_MMIO_ERROR_STALLED:
            return "the reset did not end: the engine may still use the buffers";
    }
    return "unknown status";
}

const char* cce_mmio_device_status_name(uint8_t device_status) {
    return cce_status_name(device_status);
}
