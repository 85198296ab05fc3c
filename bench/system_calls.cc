// SPDX-License-Identifier: Apache-2.0

#include "system_calls.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <liburing.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdlib>

#include "time_stamp_counter.h"

namespace cce::bench {

namespace {

SystemCalls total;

/// The function of this name that this program's hides.
template <typename Function>
Function* hidden(const char* name) {
    void* const found = dlsym(RTLD_NEXT, name);
    if (found == nullptr) std::abort();
    return reinterpret_cast<Function*>(found);
}

/// Calls, and counts.
template <typename Function, typename... Arguments>
auto counted(Function* function, Arguments... arguments) {
    const std::uint64_t start = time_stamp();
    const auto result = function(arguments...);
    total.cycles += time_stamp() - start;
    ++total.count;
    return result;
}

}  // namespace

SystemCalls system_calls() {
    return total;
}

std::uint64_t empty_system_call() {
    const std::uint64_t start = time_stamp();
    static_cast<void>(syscall(SYS_getppid));
    return time_stamp() - start;
}

}  // namespace cce::bench

using cce::bench::counted;
using cce::bench::hidden;

extern "C" {

int ioctl(int file, unsigned long request, ...) noexcept {
    static const auto call = hidden<int(int, unsigned long, void*)>("ioctl");
    std::va_list arguments;
    va_start(arguments, request);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    return counted(call, file, request, argument);
}

int ppoll(pollfd* files, nfds_t count, const timespec* timeout, const sigset_t* mask) {
    static const auto call = hidden<decltype(ppoll)>("ppoll");
    return counted(call, files, count, timeout, mask);
}

ssize_t read(int file, void* buffer, std::size_t bytes) {
    static const auto call = hidden<decltype(read)>("read");
    return counted(call, file, buffer, bytes);
}

ssize_t write(int file, const void* buffer, std::size_t bytes) {
    static const auto call = hidden<decltype(write)>("write");
    return counted(call, file, buffer, bytes);
}

ssize_t send(int file, const void* buffer, std::size_t bytes, int flags) {
    static const auto call = hidden<decltype(send)>("send");
    return counted(call, file, buffer, bytes, flags);
}

ssize_t sendmsg(int file, const msghdr* message, int flags) {
    static const auto call = hidden<decltype(sendmsg)>("sendmsg");
    return counted(call, file, message, flags);
}

ssize_t recvmsg(int file, msghdr* message, int flags) {
    static const auto call = hidden<decltype(recvmsg)>("recvmsg");
    return counted(call, file, message, flags);
}

ssize_t vmsplice(int file, const iovec* vectors, std::size_t count, unsigned flags) {
    static const auto call = hidden<decltype(vmsplice)>("vmsplice");
    return counted(call, file, vectors, count, flags);
}

ssize_t splice(int in, off64_t* in_offset, int out, off64_t* out_offset, std::size_t bytes, unsigned flags) {
    static const auto call = hidden<decltype(splice)>("splice");
    return counted(call, in, in_offset, out, out_offset, bytes, flags);
}

int io_uring_submit(io_uring* ring) {
    static const auto call = hidden<decltype(io_uring_submit)>("io_uring_submit");
    return counted(call, ring);
}

int __io_uring_get_cqe(io_uring* ring, io_uring_cqe** completion, unsigned submit, unsigned wait, sigset_t* mask) {
    static const auto call = hidden<decltype(__io_uring_get_cqe)>("__io_uring_get_cqe");
    // To look is no system call, to wait is one.
    return wait == 0 ? call(ring, completion, submit, wait, mask) : counted(call, ring, completion, submit, wait, mask);
}

}  // extern "C"
