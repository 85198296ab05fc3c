// SPDX-License-Identifier: Apache-2.0

#include "cce/cce.h"

extern "C" const char* cce_version(void) {
    return CCE_VERSION_STRING;
}

extern "C" const char* cce_strerror(enum cce_status status) {
    switch (status) {
        case CCE_OK:
            return "success";
        case CCE_ERROR_ARGUMENT:
            return "an argument is null or out of range";
        case CCE_ERROR_KEY_LENGTH:
            return "the key is not 16, 24 or 32 bytes long";
        case CCE_ERROR_LENGTH:
            return "the length is not legal for this mode or call";
        case CCE_ERROR_OVERLAP:
            return "source and destination overlap without being the same";
        case CCE_ERROR_BACKEND_UNKNOWN:
            return "there is no such backend";
        case CCE_ERROR_BACKEND_UNAVAILABLE:
            return "the backend is not available";
        case CCE_ERROR_MEMORY:
            return "out of memory";
        case CCE_ERROR_QUEUE_FULL:
            return "too many requests are outstanding";
        case CCE_ERROR_BUSY:
            return "requests or sessions are still outstanding";
        case CCE_ERROR_REFUSED:
            return "the device refused or failed the request";
        case CCE_ERROR_TIMEOUT:
            return "the device did not answer in time";
        case CCE_ERROR_INTERNAL:
            return "internal error of the library";
    }
    return "unknown status";
}
