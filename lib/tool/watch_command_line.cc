// SPDX-License-Identifier: Apache-2.0
//
// Commands that look at engines.

#include "command_line.h"

namespace cce::tool {

namespace {

constexpr double clock_mhz_least = 1;
constexpr double clock_mhz_most = 10000;

/// The clock at which cycles are shown as time.
void add_clock_option(CLI::App& command, double& clock_mhz) {
    command.add_option("--clock-mhz", clock_mhz, "Clock at which engine cycles are shown as time; default: 250")
        ->check(quiet(CLI::Range(clock_mhz_least, clock_mhz_most)))
        ->type_name("NUMBER");
}

void add_key_bits_option(CLI::App& command, std::size_t& key_bits) {
    command.add_option("--key-bits", key_bits, "Bits of the key of AES; default: 256")
        ->check(CLI::IsMember({128, 192, 256}));
}

void add_bench_options(CLI::App& command, BenchOptions& options) {
    command
        .add_option("--mode", options.modes,
                    "Modes and hash functions, with commas between; default: "
                    "ctr,cbc,xts,gcm,ccm,cmac,sha256,sha3-256")
        ->delimiter(',')
        ->check(CLI::IsMember(request_modes));
    command.add_option("--size", options.sizes, "Bytes of a request, with commas between; default: 64,1KiB,16KiB")
        ->delimiter(',')
        ->transform(size_value())
        ->type_name("SIZE");
    command.add_option("--depth", options.depths, "Requests under way at once, 1 to 64; default: 1,8,64")
        ->delimiter(',')
        ->check(quiet(CLI::Range(1, CCE_QUEUE_DEPTH)))
        ->type_name("NUMBER");
    add_key_bits_option(command, options.key_bits);
    command.add_flag("--decrypt", options.decrypt, "Decrypt, verify, unwrap instead; hash functions: compare");
    CLI::Option* seconds =
        command.add_option("--seconds", options.seconds, "Host time of each row; default: 0.1. Not with in-process")
            ->check(quiet(CLI::Range(0.001, 3600.0)))
            ->type_name("NUMBER");
    command
        .add_option("--requests", options.requests,
                    "Requests of each row instead; default with in-process: 8, or twice the depth")
        ->check(quiet(CLI::Range(1, 100'000'000)))
        ->excludes(seconds)
        ->type_name("NUMBER");
    add_clock_option(command, options.clock_mhz);
    command.add_flag("--json", options.json, "Print JSON");
    command.add_flag("--quiet", options.quiet, "Say nothing but the table and errors");
    add_device_options(command, options.device);
    command.footer(
        "With --backend in-process the figures are the engine's own cycles, and host time is in none of them; with\n"
        "other backends they are host time. The table says which. The model (--engine model) is equal to the RTL in\n"
        "every cycle and much faster to wait for.\n\n"
        "Examples:\n"
        "  cce bench --backend software\n"
        "  cce bench --backend in-process --engine model --mode gcm,cbc --size 1420,16KiB --depth 1,32,64\n"
        "  cce bench --backend in-process --engine model --mode sha256,sha3-256,hmac-sha256 --size 64,64KiB\n"
        "  cce bench --backend af_alg --mode ctr,cbc --size 64KiB --depth 1 --json");
}

void add_top_options(CLI::App& command, TopOptions& options) {
    command.add_option("--interval", options.interval, "Seconds between samples; default: 1")
        ->check(quiet(CLI::Range(0.01, 86400.0)))
        ->type_name("NUMBER");
    CLI::Option* count = command.add_option("--count", options.count, "Samples, then end; default: until Ctrl-C")
                             ->check(quiet(CLI::Range(1, 1'000'000'000)))
                             ->type_name("NUMBER");
    command.add_flag("--once", options.once, "One sample, no rates")->excludes(count);
    command.add_flag("--json", options.json, "A line of JSON for each sample; with --once, one indented object");
    command
        .add_option("--root", options.root,
                    "The driver's folder in debugfs, or a copy of one; default: /sys/kernel/debug/cce")
        ->type_name("DIRECTORY");
    command
        .add_option("--sysfs", options.sysfs,
                    "Where pci/devices and platform/devices have the engines' health, or a copy; default: /sys/bus")
        ->type_name("DIRECTORY");
    command.footer(
        "Reads debugfs, which is root's. Counts are those since the driver was loaded; of the engine, since power-on.\n"
        "cycles/req.: engine cycles from the fetch of a request's descriptor to its completion, the mean since the\n"
        "sample before.\n\n"
        "Examples:\n"
        "  sudo cce top\n"
        "  sudo cce top --once --json\n"
        "  sudo cce top --interval 10 --count 6 --json >minute.jsonl");
}

void add_trace_commands(CLI::App& trace, CommandLine& options) {
    trace.require_subcommand(1);
    trace.footer(
        "The files are in the Trace Event Format: open them at https://ui.perfetto.dev (nothing is uploaded) or in\n"
        "chrome://tracing. Each row of a group holds requests one after the other; requests under way together are in\n"
        "different rows.\n\n"
        "Examples:\n"
        "  cce trace run --backend in-process --engine model --mode cbc --requests 64 --depth 32 --out cbc.json\n"
        "  sudo cce trace kernel --out driver.json");
    CLI::App* run = trace.add_subcommand("run", "Requests on a simulated engine, in its cycles");
    TraceRunOptions& o = options.trace_run;
    run->add_option("--mode", o.mode, "Mode of operation, or hash function")
        ->required()
        ->check(CLI::IsMember(request_modes));
    run->add_option("--size", o.size, "Bytes of a request; default: 4KiB")->transform(size_value())->type_name("SIZE");
    run->add_option("--depth", o.depth, "Requests under way at once, 1 to 64; default: 8")
        ->check(quiet(CLI::Range(1, CCE_QUEUE_DEPTH)))
        ->type_name("NUMBER");
    run->add_option("--requests", o.requests, "Requests in all; default: 64")
        ->check(quiet(CLI::Range(1, 1'000'000)))
        ->type_name("NUMBER");
    add_key_bits_option(*run, o.key_bits);
    run->add_flag("--decrypt", o.decrypt, "Decrypt, verify, unwrap instead; hash functions: compare");
    add_clock_option(*run, o.clock_mhz);
    run->add_option("--out", o.output, "File to write, appears when complete; default: standard output")
        ->type_name(type_file);
    run->add_flag("--quiet", o.quiet, "Say nothing but errors");
    add_device_options(*run, o.device);
    run->footer(
        "Each request is a span from the fetch of its descriptor to its completion entry; its arguments have the\n"
        "cycles themselves.\n\n"
        "Examples:\n"
        "  cce trace run --backend in-process --mode gcm --size 1420 --depth 16 --out gcm.json");

    CLI::App* kernel = trace.add_subcommand("kernel", "Requests of the driver, from its tracepoints");
    TraceKernelOptions& k = options.trace_kernel;
    kernel->add_option("--in", k.input, "Text of the trace, - for standard input; default: /sys/kernel/tracing/trace")
        ->type_name(type_file);
    add_clock_option(*kernel, k.clock_mhz);
    kernel->add_option("--out", k.output, "File to write, appears when complete; default: standard output")
        ->type_name(type_file);
    kernel->add_flag("--quiet", k.quiet, "Say nothing but errors");
    kernel->footer(
        "Two kinds of groups, never mixed: requests of a queue from submission to completion by the kernel's clock, "
        "and\n"
        "requests of an engine by its own cycles. Each group begins at 0. Record like this, as root:\n"
        "  echo 1 >/sys/kernel/tracing/events/cce/enable; WORK; echo 0 >/sys/kernel/tracing/events/cce/enable\n\n"
        "Examples:\n"
        "  sudo cce trace kernel --out driver.json\n"
        "  trace-cmd report | cce trace kernel --in - --clock-mhz 100 --out driver.json");
}

}  // namespace

void declare_watch_commands(CLI::App& app, CommandLine& options) {
    add_bench_options(*app.add_subcommand("bench", "A quick look at speed"), options.bench);
    add_top_options(*app.add_subcommand("top", "What the driver's queues are doing, live"), options.top);
    add_trace_commands(*app.add_subcommand("trace", "A timeline of requests, for Perfetto"), options);
    CLI::App* info = app.add_subcommand("info", "Show the backends, and what the engine says of itself");
    info->add_flag("--json", options.info_json, "Print JSON");
    add_device_options(*info, options.info_device);
    info->footer("Examples:\n  cce info\n  cce info --json --backend in-process");
    CLI::App* selftest = app.add_subcommand(
        "selftest", "Known answers for every mode and hash function, and random comparison with software");
    selftest->add_flag("--json", options.selftest_json, "Print JSON");
    add_device_options(*selftest, options.selftest_device);
    selftest->footer(
        "Modes and functions that the backend does not offer are named and left out.\n\n"
        "Examples:\n  cce selftest\n  cce selftest --json --backend af_alg");
}

void declare_command_line(CLI::App& app, CommandLine& options) {
    app.description("AES and hash functions on the Core Crypto Engine, or on what stands in for it");
    app.name("cce");
    app.require_subcommand(1);
    app.footer(
        "Examples:\n  cce info\n  cce selftest --backend software\n"
        "  cce seal --key-file key --in a --out a.cce\n"
        "  cce enc --mode gcm --key-file key --iv 000102030405060708090a0b --in a --out a.enc\n"
        "  cce dgst --check SHA256SUMS\n"
        "  cce mac --hmac sha256 --key-file key a\n"
        "  cce wrap --mode kwp --key-file kek --in key --out key.wrapped\n"
        "  cce bench --backend in-process --engine model\n\n"
        "Exit status: 0 success, 1 failure, 2 wrong usage; 128 + N, as shells show it: ended by signal N.\n"
        "More: cce COMMAND --help, and the manual page cce(1).");
    declare_text_commands(app, options);
    declare_watch_commands(app, options);
}

}  // namespace cce::tool
