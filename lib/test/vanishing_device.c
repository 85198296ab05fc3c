/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For LD_PRELOAD: a device that is slow, or gone in the middle of a run. CCE_TEST_POLL_MS: each cce_poll() takes so
 * many milliseconds more. CCE_TEST_GONE_AFTER: so many completions are as they should be, those that follow failed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "cce/cce.h"

static long number_of(const char* name, long otherwise) {
    const char* text = getenv(name);
    return text == NULL ? otherwise : strtol(text, NULL, 10);
}

enum cce_status cce_poll(struct cce_device* device, struct cce_completion* out, size_t maximum, int timeout_ms,
                         size_t* num_out) {
    static long done;
    enum cce_status (*poll)(struct cce_device*, struct cce_completion*, size_t, int, size_t*);
    const long delay = number_of("CCE_TEST_POLL_MS", 0);
    const long gone_after = number_of("CCE_TEST_GONE_AFTER", -1);
    const struct timespec time = {delay / 1000, delay % 1000 * 1000000};
    enum cce_status status;

    *(void**)&poll = dlsym(RTLD_NEXT, "cce_poll");
    if (poll == NULL) {
        abort();
    }
    nanosleep(&time, NULL);
    status = poll(device, out, maximum, timeout_ms, num_out);
    for (size_t i = 0; status == CCE_OK && i < *num_out; ++i) {
        if (gone_after >= 0 && done++ >= gone_after) {
            out[i].status = CCE_ERROR_REFUSED;
            out[i].device_status = ENODEV;
            out[i].output_length = 0;
        }
    }
    return status;
}
