// SPDX-License-Identifier: Apache-2.0
//
// cce top: what each queue of each engine does, from the driver's counters, again and again.

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>

#include "counters.h"
#include "watch.h"

namespace cce::tool {

namespace {

const DeviceCounters* find(const std::optional<Sample>& sample, const std::string& name) {
    if (sample) {
        for (const DeviceCounters& device : sample->devices) {
            if (device.name == name) {
                return &device;
            }
        }
    }
    return nullptr;
}

/// How fast a counter grew from `before` to `now`; none if it began anew in between.
std::optional<double> rate(std::uint64_t before, std::uint64_t now, double seconds) {
    return now < before || seconds <= 0 ? std::nullopt : std::optional(static_cast<double>(now - before) / seconds);
}

nlohmann::json to_json(const Counters& counters) {
    nlohmann::json result = nlohmann::json::object();
    for (const auto& [name, value] : counters.texts) {
        result[name] = value;
    }
    for (const auto& [name, value] : counters.numbers) {
        result[name] = value;
    }
    return result;
}

/// The rates that are shown, of a queue.
constexpr std::array<const char*, 5> rated{"submitted", "completed", "failed", "interrupts", "doorbells"};

nlohmann::json rates_of(const Counters* before, const Counters& now, double seconds) {
    nlohmann::json result = nlohmann::json::object();
    if (before != nullptr) {
        for (const char* name : rated) {
            if (const auto value = rate(before->number(name), now.number(name), seconds)) {
                result[name] = *value;
            }
        }
    }
    return result;
}

/// Engine cycles of a request, the mean of those completed since `before`; none if there were none.
std::optional<double> cycles_of_request(const Counters* before, const Counters& now) {
    if (before == nullptr || now.number("completed") <= before->number("completed") ||
        now.number("cycles") < before->number("cycles")) {
        return std::nullopt;
    }
    return static_cast<double>(now.number("cycles") - before->number("cycles")) /
           static_cast<double>(now.number("completed") - before->number("completed"));
}

double seconds_between(const std::optional<Sample>& before, const Sample& now) {
    return before ? static_cast<double>(now.time_ns - before->time_ns) * 1e-9 : 0;
}

nlohmann::json to_json(const std::optional<Sample>& before, const Sample& now) {
    const double seconds = seconds_between(before, now);
    nlohmann::json result{{"time_ns", now.time_ns},
                          {"clock", "CLOCK_MONOTONIC"},
                          {"module_fallbacks", to_json(now.module_fallbacks)},
                          {"devices", nlohmann::json::array()}};
    if (before) {
        result["interval_s"] = seconds;
    }
    for (const DeviceCounters& device : now.devices) {
        const DeviceCounters* old = find(before, device.name);
        nlohmann::json queues = nlohmann::json::array();
        for (std::size_t i = 0; i < device.queues.size(); ++i) {
            nlohmann::json queue = to_json(device.queues[i]);
            queue["queue"] = i;
            if (old != nullptr) {
                const Counters* old_queue = i < old->queues.size() ? &old->queues[i] : nullptr;
                queue["per_second"] = rates_of(old_queue, device.queues[i], seconds);
                if (const auto cycles = cycles_of_request(old_queue, device.queues[i])) {
                    queue["cycles_per_request"] = *cycles;
                }
            }
            queues.push_back(std::move(queue));
        }
        nlohmann::json entry{{"device", device.name},
                             {"health", to_json(device.health)},
                             {"fallbacks", to_json(device.fallbacks)},
                             {"queues", std::move(queues)},
                             {"unread", device.unread}};
        if (device.engine) {
            entry["engine"] = to_json(*device.engine);
            if (old != nullptr && old->engine) {
                if (const auto bytes = rate(old->engine->number("bytes"), device.engine->number("bytes"), seconds)) {
                    entry["engine"]["bytes_per_second"] = *bytes;
                }
            }
        }
        result["devices"].push_back(std::move(entry));
    }
    return result;
}

std::string number_or_dash(const std::optional<double>& number) {
    if (!number) {
        return "-";
    }
    char text[32];
    std::snprintf(text, sizeof(text), "%.0f", *number);
    return text;
}

std::string number_or_dash(const nlohmann::json& rates, const char* name) {
    return number_or_dash(rates.contains(name) ? std::optional(rates[name].get<double>()) : std::nullopt);
}

void print_fallbacks(const char* what, const Counters& fallbacks) {
    std::string text;
    for (const auto& [reason, count] : fallbacks.numbers) {
        if (count > 0) {
            text += " " + reason + " " + std::to_string(count);
        }
    }
    std::printf("%s%s\n", what, text.empty() ? " none" : text.c_str());
}

void print_device(const DeviceCounters& device, const DeviceCounters* before, double seconds) {
    std::printf("%s: %s, %llu resets, last error: %s\n", device.name.c_str(), device.health.text("state").c_str(),
                static_cast<unsigned long long>(device.health.number("resets")),
                device.health.text("last_error").c_str());
    if (device.engine) {
        std::printf("  engine, since power-on: %llu completed, %llu failed, %llu bytes",
                    static_cast<unsigned long long>(device.engine->number("completed")),
                    static_cast<unsigned long long>(device.engine->number("failed")),
                    static_cast<unsigned long long>(device.engine->number("bytes")));
        if (before != nullptr && before->engine) {
            if (const auto bytes = rate(before->engine->number("bytes"), device.engine->number("bytes"), seconds)) {
                std::printf("; now %.2f MB/s", *bytes / 1e6);
            }
        }
        std::printf("\n");
    }
    for (const auto& [part, reason] : device.unread) {
        std::printf("  %s: can't be read: %s\n", part.c_str(), reason.c_str());
    }
    print_fallbacks("  on the CPU instead:", device.fallbacks);
    std::printf("  %5s %-9s %9s %8s %12s %12s %8s %11s %11s %11s %10s\n", "queue", "state", "in flight", "backlog",
                "submitted", "completed", "failed", "subm./s", "compl./s", "cycles/req.", "irq/s");
    for (std::size_t i = 0; i < device.queues.size(); ++i) {
        const Counters& queue = device.queues[i];
        const Counters* old = before != nullptr && i < before->queues.size() ? &before->queues[i] : nullptr;
        const nlohmann::json rates = rates_of(old, queue, seconds);
        std::printf("  %5zu %-9s %9llu %8llu %12llu %12llu %8llu %11s %11s %11s %10s\n", i, queue.text("state").c_str(),
                    static_cast<unsigned long long>(queue.number("in_flight")),
                    static_cast<unsigned long long>(queue.number("backlog")),
                    static_cast<unsigned long long>(queue.number("submitted")),
                    static_cast<unsigned long long>(queue.number("completed")),
                    static_cast<unsigned long long>(queue.number("failed")), number_or_dash(rates, "submitted").c_str(),
                    number_or_dash(rates, "completed").c_str(), number_or_dash(cycles_of_request(old, queue)).c_str(),
                    number_or_dash(rates, "interrupts").c_str());
    }
}

void print(const std::optional<Sample>& before, const Sample& now) {
    const double seconds = seconds_between(before, now);
    if (now.devices.empty()) {
        std::printf("The driver is loaded and has no engine.\n");
    }
    for (const DeviceCounters& device : now.devices) {
        print_device(device, find(before, device.name), seconds);
    }
    print_fallbacks("on the CPU before an engine was chosen:", now.module_fallbacks);
}

void wait(double seconds) {
    double whole = 0;
    const double part = std::modf(seconds, &whole);
    timespec time{static_cast<time_t>(whole), static_cast<long>(part * 1e9)};
    while (nanosleep(&time, &time) != 0 && errno == EINTR) {
    }
}

}  // namespace

int run_top(TopOptions& options) {
    const std::size_t count = options.once ? 1 : options.count;
    const bool screen = !options.json && count != 1 && isatty(STDOUT_FILENO) != 0;
    std::optional<Sample> before;
    for (std::size_t number = 0; count == 0 || number < count; ++number) {
        if (number > 0) {
            wait(options.interval);
        }
        Sample now = read_sample(options.root, options.sysfs);
        if (options.json) {
            // A line for each sample, so that a reader need not wait for the end.
            std::printf("%s\n", to_json(before, now).dump(options.once ? 2 : -1).c_str());
        } else {
            if (screen) {
                std::fputs("\033[H\033[J", stdout);
                std::printf("cce top, every %g s; Ctrl-C ends it\n\n", options.interval);
            } else if (number > 0) {
                std::printf("\n");
            }
            print(before, now);
        }
        if (std::fflush(stdout) != 0) {
            throw ToolError(exit_failure, std::string("can't write standard output: ") + std::strerror(errno));
        }
        before = std::move(now);
    }
    return 0;
}

}  // namespace cce::tool
