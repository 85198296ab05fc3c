// SPDX-License-Identifier: Apache-2.0
//
// Parts of the backend dev: the file /dev/cce, and the two ways in which requests reach the driver behind it.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "backend.h"
#include "cce_uapi.h"
#include "file.h"

namespace cce::internal::dev {

[[nodiscard]] std::string errno_text(int number);

/// ioctl(); 0, or the errno. Begins again when a signal came.
[[nodiscard]] int control(const File& file, unsigned long command, void* argument);

/// How one request ended.
struct Outcome {
    std::uint64_t cookie = 0;
    int error = 0;               ///< 0 or an errno
    std::uint32_t key_length{};  ///< KWP, unwrapping

    /// From what the driver says: a status, or an io_uring result.
    [[nodiscard]] static Outcome of(std::uint64_t cookie, std::int32_t status) {
        return {cookie, status < 0 ? -status : 0, status > 0 ? static_cast<std::uint32_t>(status) : 0};
    }
};

/// Requests to the driver and their completions back. One thread at a time, but for wait() and wake().
class Transport {
public:
    Transport() = default;
    virtual ~Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// Its name, as in cce_options.
    [[nodiscard]] virtual const char* name() const = 0;
    /// Takes a request, which flush() sends.
    virtual void push(const cce_uapi_request& request) = 0;
    /// Requests that could not be sent have an outcome like others.
    virtual void flush() = 0;
    virtual void collect(std::vector<Outcome>& out) = 0;
    /// As AsynchronousBackend's. wait() may be called beside any other function.
    virtual void wait(const Deadline& deadline) = 0;
    virtual void wake() = 0;
    virtual bool signal_to(int eventfd) = 0;
};

/// Both take at most `most` requests at a time. Throw Failure if the kernel does not have or allow it.
[[nodiscard]] std::unique_ptr<Transport> make_ring(const File& file, std::size_t most);
[[nodiscard]] std::unique_ptr<Transport> make_queue(const File& file, std::size_t most);

}  // namespace cce::internal::dev
