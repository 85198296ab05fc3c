// SPDX-License-Identifier: Apache-2.0

#include "cce/cce.h"

extern "C" const char* cce_version(void) {
    return CCE_VERSION_STRING;
}

extern "C" const char* cce_mode_name(enum cce_mode mode) {
    switch (mode) {
        case CCE_MODE_ECB:
            return "ecb";
        case CCE_MODE_CBC:
            return "cbc";
        case CCE_MODE_CTR:
            return "ctr";
        case CCE_MODE_XTS:
            return "xts";
        case CCE_MODE_GCM:
            return "gcm";
        case CCE_MODE_CCM:
            return "ccm";
        case CCE_MODE_CMAC:
            return "cmac";
        case CCE_MODE_KW:
            return "kw";
        case CCE_MODE_KWP:
            return "kwp";
    }
    return nullptr;
}

extern "C" const char* cce_strerror(enum cce_status status) {
    switch (status) {
        case CCE_OK:
            return "success";
        case CCE_ERROR_ARGUMENT:
            return "an argument is null or out of range";
        case CCE_ERROR_KEY_LENGTH:
            return "the key has a length that the mode does not have";
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
        case CCE_ERROR_TAG:
            return "the tag, MAC or integrity of the wrapped key does not match";
        case CCE_ERROR_TAG_LENGTH:
            return "the tag has a length that the mode does not have";
        case CCE_ERROR_IV_LENGTH:
            return "the IV has a length that the mode does not have";
        case CCE_ERROR_EQUAL_KEYS:
            return "the two halves of the XTS key are equal";
        case CCE_ERROR_BUFFER:
            return "the destination is too small";
        case CCE_ERROR_SESSION:
            return "the call does not fit the session's mode or direction";
        case CCE_ERROR_UNSUPPORTED:
            return "the backend does not offer this mode or key length";
        case CCE_ERROR_PERMISSION:
            return "the operating system does not allow it";
        case CCE_ERROR_DEVICE_GONE:
            return "the device is not there any more";
        case CCE_ERROR_DIGEST_LENGTH:
            return "the digest has a length that the hash function does not have";
        case CCE_ERROR_STREAM:
            return "the hash stream has ended, or not yet, and does not take this call";
        case CCE_ERROR_STATE:
            return "not the state of a hash stream of this function, or corrupted";
    }
    return "unknown status";
}
