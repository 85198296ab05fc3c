// SPDX-License-Identifier: Apache-2.0
//
// /dev/cce for tests: the interface as it is, with an errno for an answer, and nothing kept from the kernel's
// judgement.
#pragma once

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "cce_uapi.h"

namespace cce::dev {

inline constexpr const char* device_path = "/dev/cce";

class DeviceFile {
public:
    DeviceFile() : descriptor_{open(device_path, O_RDWR | O_CLOEXEC)}, open_errno_{descriptor_ < 0 ? errno : 0} {}
    DeviceFile(DeviceFile&& other) noexcept
        : descriptor_{std::exchange(other.descriptor_, -1)}, open_errno_{other.open_errno_} {}
    DeviceFile(const DeviceFile&) = delete;
    DeviceFile& operator=(const DeviceFile&) = delete;
    DeviceFile& operator=(DeviceFile&&) = delete;
    ~DeviceFile() { close(); }

    void close() {
        if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    }

    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] int open_errno() const { return open_errno_; }

    // The errno, or 0.
    template <typename Argument>
    [[nodiscard]] int call(unsigned long command, Argument& argument) const {
        return ioctl(descriptor_, command, &argument) < 0 ? errno : 0;
    }

    [[nodiscard]] int query(cce_uapi_query& query) const {
        query = {};
        query.size = sizeof(query);
        return call(CCE_UAPI_QUERY, query);
    }

    [[nodiscard]] int create_session(uint32_t mode, std::span<const uint8_t> key, uint32_t tag_bytes, uint32_t& id,
                                     uint32_t flags = 0) const {
        cce_uapi_session_create argument{};
        argument.size = sizeof(argument);
        argument.mode = mode;
        argument.flags = flags;
        argument.key_bytes = static_cast<uint32_t>(key.size());
        argument.tag_bytes = tag_bytes;
        argument.key = reinterpret_cast<uintptr_t>(key.data());
        const int error = call(CCE_UAPI_SESSION_CREATE, argument);
        id = argument.session;
        return error;
    }

    [[nodiscard]] int create_region(const void* address, uint64_t bytes, uint32_t flags, uint32_t& id) const {
        cce_uapi_region_create argument{};
        argument.size = sizeof(argument);
        argument.flags = flags;
        argument.address = reinterpret_cast<uintptr_t>(address);
        argument.length = bytes;
        const int error = call(CCE_UAPI_REGION_CREATE, argument);
        id = argument.region;
        return error;
    }

    [[nodiscard]] int create_queue(uint32_t depth, int eventfd, uint32_t& id) const {
        cce_uapi_queue_create argument{};
        argument.size = sizeof(argument);
        argument.depth = depth;
        argument.eventfd = eventfd;
        const int error = call(CCE_UAPI_QUEUE_CREATE, argument);
        id = argument.queue;
        return error;
    }

    [[nodiscard]] int destroy(unsigned long command, uint32_t id) const {
        cce_uapi_destroy argument{sizeof(argument), id};
        return call(command, argument);
    }

    [[nodiscard]] int submit(uint32_t queue, std::span<const cce_uapi_request> requests, uint32_t& accepted) const {
        cce_uapi_submit argument{};
        argument.size = sizeof(argument);
        argument.queue = queue;
        argument.count = static_cast<uint32_t>(requests.size());
        argument.requests = reinterpret_cast<uintptr_t>(requests.data());
        const int error = call(CCE_UAPI_SUBMIT, argument);
        accepted = argument.accepted;
        return error;
    }

    [[nodiscard]] int submit(uint32_t queue, const cce_uapi_request& request) const {
        uint32_t accepted = 0;
        return submit(queue, std::span{&request, 1}, accepted);
    }

    // What was collected is left in `completions`.
    [[nodiscard]] int collect(uint32_t queue, uint32_t minimum, uint32_t maximum, int64_t timeout_ns,
                              std::vector<cce_uapi_completion>& completions) const {
        completions.assign(maximum, {});
        cce_uapi_collect argument{};
        argument.size = sizeof(argument);
        argument.queue = queue;
        argument.minimum = minimum;
        argument.maximum = maximum;
        argument.timeout_ns = timeout_ns;
        argument.completions = reinterpret_cast<uintptr_t>(completions.data());
        const int error = call(CCE_UAPI_COLLECT, argument);
        completions.resize(error == 0 ? argument.count : 0);
        return error;
    }

private:
    int descriptor_;
    int open_errno_;
};

}  // namespace cce::dev
