// SPDX-License-Identifier: Apache-2.0

#include "counters.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "tool.h"

namespace cce::tool {

namespace {

constexpr std::size_t file_limit = std::size_t{1} << 20;
constexpr unsigned queue_limit = 64;

/// The lines of a file, or an errno.
int read_lines(const std::string& path, std::vector<std::string>& lines) {
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        return errno;
    }
    try {
        const SecretBytes content = read_all(file.get(), path, file_limit);
        std::string line;
        for (const std::uint8_t byte : content.bytes()) {
            if (byte == '\n') {
                lines.push_back(std::exchange(line, {}));
            } else {
                line += static_cast<char>(byte);
            }
        }
        if (!line.empty()) {
            lines.push_back(line);
        }
    } catch (const ToolError&) {
        return EIO;  // an engine that has gone answers so
    }
    return 0;
}

void add(Counters& counters, const std::string& name, const std::string& value, const std::string& path) {
    if (name.empty() || value.empty()) {
        throw ToolError(exit_failure, path + ": not as the driver writes it: \"" + name + ": " + value + "\"");
    }
    std::uint64_t number = 0;
    const char* end = value.data() + value.size();
    if (const auto [rest, error] = std::from_chars(value.data(), end, number); error == std::errc() && rest == end) {
        counters.numbers[name] = number;
    } else {
        counters.texts[name] = value;
    }
}

/// Splits "name: value".
std::pair<std::string, std::string> split(const std::string& line) {
    const auto colon = line.find(": ");
    return colon == std::string::npos ? std::pair(line, std::string())
                                      : std::pair(line.substr(0, colon), line.substr(colon + 2));
}

Counters read_counters(const std::string& path, const std::string& part, std::map<std::string, std::string>& unread) {
    std::vector<std::string> lines;
    Counters counters;
    if (const int error = read_lines(path, lines); error != 0) {
        unread[part] = std::strerror(error);
        return counters;
    }
    for (const std::string& line : lines) {
        const auto [name, value] = split(line);
        add(counters, name, value, path);
    }
    return counters;
}

/// "queue3.submitted: 5" is counter "submitted" of queue 3.
std::vector<Counters> read_queues(const std::string& path, std::map<std::string, std::string>& unread) {
    std::vector<std::string> lines;
    std::vector<Counters> queues;
    if (const int error = read_lines(path, lines); error != 0) {
        unread["queues"] = std::strerror(error);
        return queues;
    }
    for (const std::string& line : lines) {
        const auto [name, value] = split(line);
        unsigned index = 0;
        int used = 0;
        if (std::sscanf(name.c_str(), "queue%u.%n", &index, &used) != 1 || used == 0 || index >= queue_limit) {
            throw ToolError(exit_failure, path + ": not as the driver writes it: \"" + line + "\"");
        }
        queues.resize(std::max<std::size_t>(queues.size(), index + 1));
        add(queues.at(index), name.substr(static_cast<std::size_t>(used)), value, path);
    }
    return queues;
}

/// The files of an engine's folder `health`, each with one line; the engine is a PCI function or a platform device.
Counters read_health(const std::string& sysfs, const std::string& device, std::map<std::string, std::string>& unread) {
    Counters health;
    int error = 0;
    for (const char* bus : {"pci", "platform"}) {
        const std::string folder = sysfs + "/" + bus + "/devices/" + device + "/health";
        for (const char* name : {"state", "resets", "last_error"}) {
            std::vector<std::string> lines;
            error = read_lines(folder + "/" + name, lines);
            if (error != 0) {
                break;
            }
            add(health, name, lines.empty() ? "" : lines.front(), folder);
        }
        if (error == 0) {
            return health;
        }
    }
    unread["health"] = std::strerror(error);
    return health;
}

/// Why the driver's folder can't be listed, and what to do.
[[noreturn]] void explain(const std::string& root, int error) {
    const std::filesystem::path parent = std::filesystem::path(root).parent_path();
    if (error == EACCES || error == EPERM) {
        throw ToolError(exit_failure, root + ": no permission; debugfs is root's: sudo cce top");
    }
    struct statfs file_system {};
    const int parent_error = statfs(parent.c_str(), &file_system) == 0 ? 0 : errno;
    if (parent == "/sys/kernel/debug") {
        if (parent_error == 0 && file_system.f_type != DEBUGFS_MAGIC) {
            throw ToolError(exit_failure,
                            "debugfs is not mounted: as root, mount -t debugfs debugfs /sys/kernel/debug");
        }
        if (parent_error == ENOENT) {
            throw ToolError(exit_failure, "there is no /sys/kernel/debug: this kernel has no debugfs");
        }
        if (parent_error == 0 && error == ENOENT) {
            throw ToolError(exit_failure, root + ": not there: the driver is not loaded (modprobe cce)");
        }
    }
    throw ToolError(exit_failure, "can't read " + root + ": " + std::strerror(error));
}

}  // namespace

std::uint64_t Counters::number(const std::string& name) const {
    const auto found = numbers.find(name);
    return found == numbers.end() ? 0 : found->second;
}

std::string Counters::text(const std::string& name) const {
    const auto found = texts.find(name);
    return found == texts.end() ? "" : found->second;
}

Sample read_sample(const std::string& root, const std::string& sysfs) {
    Sample sample;
    sample.time_ns = monotonic_nanoseconds();
    std::vector<std::string> names;
    std::error_code error;
    for (auto entry = std::filesystem::directory_iterator(root, error);
         !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        if (entry->is_directory()) {
            names.push_back(entry->path().filename().string());
        }
    }
    if (error) {
        explain(root, error.value());
    }
    std::sort(names.begin(), names.end());
    std::map<std::string, std::string> unread;
    sample.module_fallbacks = read_counters(root + "/fallbacks", "fallbacks", unread);
    if (!unread.empty()) {
        throw ToolError(exit_failure, "can't read " + root + "/fallbacks: " + unread["fallbacks"] +
                                          " (is this the driver's folder?)");
    }
    for (const std::string& name : names) {
        const std::string folder = root + "/" + name;
        DeviceCounters device;
        device.name = name;
        device.queues = read_queues(folder + "/queues", device.unread);
        device.health = read_health(sysfs, name, device.unread);
        device.fallbacks = read_counters(folder + "/fallbacks", "fallbacks", device.unread);
        const Counters engine = read_counters(folder + "/engine", "engine", device.unread);
        if (!device.unread.contains("engine")) {
            device.engine = engine;
        }
        // One that was removed while it was read is no engine any more.
        if (!device.unread.contains("queues") || std::filesystem::exists(folder, error)) {
            sample.devices.push_back(std::move(device));
        }
    }
    return sample;
}

}  // namespace cce::tool
