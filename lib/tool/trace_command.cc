// SPDX-License-Identifier: Apache-2.0
//
// cce trace: requests as a timeline for Perfetto. "run" makes requests on a simulated engine; "kernel" reads what the
// driver's tracepoints (driver/cce_trace.h) have left in tracefs, or what trace-cmd and perf print of them.

#include <cstdio>
#include <nlohmann/json.hpp>
#include <regex>

#include "timeline.h"
#include "watch.h"
#include "workload.h"

namespace cce::tool {

namespace {

constexpr std::size_t trace_limit = std::size_t{1} << 30;

/// Engine cycles of which only the low 32 bits are known, as a count that goes on: each lies less than 2^31 from the
/// one before.
class CycleCounter {
public:
    std::uint64_t full(std::uint32_t low) {
        if (!begun_) {
            begun_ = true;
            last_ = (std::uint64_t{1} << 32) + low;  // with room below for requests that began earlier
        } else {
            last_ += static_cast<std::uint64_t>(
                std::int64_t{static_cast<std::int32_t>(low - static_cast<std::uint32_t>(last_))});
        }
        return last_;
    }

private:
    bool begun_ = false;
    std::uint64_t last_ = 0;
};

struct Submission {
    double time_us;
    std::string name;
    nlohmann::json arguments;
};

std::string mode_name(unsigned mode) {
    return mode < CCE_MODE_COUNT ? cce_mode_name(static_cast<cce_mode>(mode)) : "mode " + std::to_string(mode);
}

/// Turns lines of a kernel trace into spans.
class KernelTrace {
public:
    KernelTrace(Timeline& timeline, std::string name) : timeline_(timeline), name_(std::move(name)) {}

    void line(const std::string& text, std::size_t number) {
        static const std::regex event(
            R"((\d{1,12}\.\d{1,9}): (?:cce:)?cce_(submit|complete): +(\S+) queue=(\d+) cookie=(\S+) (.*))");
        static const std::regex any_event(R"(cce_(submit|complete):)");
        static const std::regex lost(R"(LOST (\d+ )?EVENTS)");
        std::smatch parts;
        if (!std::regex_search(text, parts, event)) {
            if (std::regex_search(text, lost)) {
                ++lost_;
            } else if (std::regex_search(text, any_event)) {
                throw_bad(number);
            }
            return;
        }
        const double time_us = std::stod(parts[1]) * 1e6;
        const std::string queue = parts[3].str() + " queue " + parts[4].str();
        const std::string request = queue + " " + parts[5].str();
        if (parts[2] == "submit") {
            submit(queue, request, time_us, parts[6], number);
        } else {
            complete(parts[3], queue, request, time_us, parts[6], number);
        }
    }

    [[nodiscard]] std::size_t finished() const { return finished_; }
    [[nodiscard]] std::size_t unfinished() const { return open_.size() + replaced_; }
    [[nodiscard]] std::size_t without_submission() const { return without_submission_; }
    [[nodiscard]] std::size_t lost() const { return lost_; }

private:
    void submit(const std::string& queue, const std::string& request, double time_us, const std::string& details,
                std::size_t number) {
        static const std::regex format(
            R"(mode=(\d{1,3}) (encrypt|decrypt|hash) text=(\d{1,10}) aad=(\d{1,10}) in_flight=(\d{1,10})\s*)");
        std::smatch parts;
        if (!std::regex_match(details, parts, format)) {
            throw_bad(number);
        }
        const auto mode = static_cast<unsigned>(std::stoul(parts[1]));
        // Hashes have modes of their own.
        const std::string what =
            parts[2] == "hash" ? "hash mode " + std::to_string(mode) : mode_name(mode) + " " + parts[2].str();
        const Submission submission{time_us,
                                    what + " " + parts[3].str(),
                                    {{"queue", queue},
                                     {"text", std::stoull(parts[3])},
                                     {"aad", std::stoull(parts[4])},
                                     {"in_flight", std::stoull(parts[5])}}};
        if (!open_.insert_or_assign(request, submission).second) {
            ++replaced_;
        }
    }

    void complete(const std::string& device, const std::string& queue, const std::string& request, double time_us,
                  const std::string& details, std::size_t number) {
        static const std::regex format(R"(status=(\d{1,3}) start_cycle=(\d{1,10}) end_cycle=(\d{1,10})\s*)");
        std::smatch parts;
        if (!std::regex_match(details, parts, format)) {
            throw_bad(number);
        }
        const auto low = [](const std::string& digits) { return static_cast<std::uint32_t>(std::stoull(digits)); };
        CycleCounter& counter = counters_[device];
        const std::uint64_t end = counter.full(low(parts[3]));
        const std::uint64_t start = end - static_cast<std::uint32_t>(low(parts[3]) - low(parts[2]));
        const auto found = open_.find(request);
        Submission submission =
            found == open_.end() ? Submission{time_us, "request", {{"queue", queue}}} : found->second;
        submission.arguments["status"] = std::stoul(parts[1]);
        nlohmann::json arguments = submission.arguments;
        arguments["start_cycle"] = low(parts[2]);  // as traced: 32 bits
        arguments["end_cycle"] = low(parts[3]);
        arguments["cycles"] = end - start;
        timeline_.add_cycles("engine cycles, " + device, submission.name, start, end, std::move(arguments));
        if (found == open_.end()) {
            ++without_submission_;
        } else {
            timeline_.add_span("kernel time, " + queue, submission.name, submission.time_us, time_us,
                               submission.arguments);
            open_.erase(found);
        }
        ++finished_;
    }

    [[noreturn]] void throw_bad(std::size_t number) const {
        throw ToolError(exit_failure, name_ + ", line " + std::to_string(number) +
                                          ": an event of the driver in a form that this program does not know");
    }

    Timeline& timeline_;
    std::string name_;
    std::map<std::string, Submission> open_;
    std::map<std::string, CycleCounter> counters_;
    std::size_t finished_ = 0;
    std::size_t replaced_ = 0;
    std::size_t without_submission_ = 0;
    std::size_t lost_ = 0;
};

void say(bool quiet, const std::string& text) {
    if (!quiet) {
        std::fprintf(stderr, "cce: %s\n", text.c_str());
    }
}

}  // namespace

int run_trace_run(TraceRunOptions& options) {
    Device device = open_device(options.device, options.quiet);
    const Information information = device.information();
    if (information.engine_known == 0) {
        throw ToolError(exit_usage, std::string("trace run: backend ") + information.backend +
                                        " tells no engine cycles; take --backend in-process, or trace kernel for the "
                                        "driver's requests");
    }
    const Work work{options.mode, options.decrypt, options.key_bits, options.size,
                    std::min(options.depth, options.requests)};
    Workload workload(device, work);
    Timeline timeline(options.clock_mhz);
    std::size_t number = 0;
    workload.run([&options](std::size_t submitted) { return submitted < options.requests; },
                 [&](const Completion& completion, std::uint64_t) {
                     timeline.add_request(
                         options.mode + (options.decrypt ? " decrypt " : " encrypt ") + std::to_string(options.size),
                         completion, {{"completed_as", number++}, {"bytes", options.size}});
                 });
    timeline.write(options.output, {{"command", "cce trace run"},
                                    {"backend", information.backend},
                                    {"engine", information.engine},
                                    {"time", "engine cycles at the stated clock"}});
    say(options.quiet, std::to_string(timeline.spans()) + " requests; open the file at https://ui.perfetto.dev");
    return 0;
}

int run_trace_kernel(TraceKernelOptions& options) {
    const bool standard_input = options.input == "-";
    const std::string name = standard_input ? "standard input" : options.input;
    const Descriptor input = open_input(standard_input ? "" : options.input);
    const SecretBytes content = read_all(input.get(), name, trace_limit);
    Timeline timeline(options.clock_mhz);
    KernelTrace trace(timeline, name);
    std::size_t number = 0;
    std::string line;
    for (const std::uint8_t byte : content.bytes()) {
        if (byte != '\n') {
            line += static_cast<char>(byte);
            continue;
        }
        trace.line(line, ++number);
        line.clear();
    }
    trace.line(line, ++number);
    if (trace.finished() == 0) {
        throw ToolError(exit_failure, name +
                                          " holds no completed request of the driver: is "
                                          "/sys/kernel/tracing/events/cce/enable 1, and was there work since?");
    }
    timeline.write(options.output, {{"command", "cce trace kernel"},
                                    {"source", name},
                                    {"requests", trace.finished()},
                                    {"unfinished", trace.unfinished()},
                                    {"without_submission", trace.without_submission()},
                                    {"buffers_with_lost_events", trace.lost()},
                                    {"time",
                                     "kernel groups: the kernel's clock; engine groups: cycles at the stated "
                                     "clock; each group begins at 0"}});
    say(options.quiet, std::to_string(trace.finished()) + " requests, " + std::to_string(trace.unfinished()) +
                           " not completed, " + std::to_string(trace.without_submission()) +
                           " whose submission is missing" + (trace.lost() > 0 ? "; the kernel has lost events" : "") +
                           "; open the file at https://ui.perfetto.dev");
    return 0;
}

}  // namespace cce::tool
