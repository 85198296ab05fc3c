// SPDX-License-Identifier: Apache-2.0
//
// The command line of cce: every command and option, declared once. The program parses with it; shell completion and
// manual pages are made from it (describe_command_line.cc).

#pragma once

#include <CLI/CLI.hpp>
#include <array>

#include "seal.h"
#include "tool.h"
#include "watch.h"

namespace cce::tool {

/// What the options of all commands set.
struct CommandLine {
    CipherOptions encrypt;
    CipherOptions decrypt;
    SealOptions seal;
    SealOptions open;
    DgstOptions dgst;
    MacOptions mac;
    KeyWrapOptions wrap;
    KeyWrapOptions unwrap;
    BenchOptions bench;
    TopOptions top;
    TraceRunOptions trace_run;
    TraceKernelOptions trace_kernel;
    bool info_json = false;
    DeviceOptions info_device;
    bool selftest_json = false;
    DeviceOptions selftest_device;
};

/// Types of values, as --help shows them; completion offers files, and backends, for these.
inline constexpr const char* type_file = "FILE";
inline constexpr const char* type_backend = "BACKEND";
inline constexpr const char* type_engine = "ENGINE";
inline constexpr std::array<const char*, 5> backend_names{"auto", "dev", "af_alg", "in-process", "software"};
inline constexpr std::array<const char*, 2> engine_names{"rtl", "model"};

/// Declares all commands on `app`; parsing fills `options`, which must live as long.
void declare_command_line(CLI::App& app, CommandLine& options);
/// Its parts: files and keys; looking at engines.
void declare_text_commands(CLI::App& app, CommandLine& options);
void declare_watch_commands(CLI::App& app, CommandLine& options);

/// A check that adds nothing to the help's type of the value: its description says what is legal.
[[nodiscard]] inline CLI::Validator quiet(CLI::Validator check) {
    return check.description("");
}
/// Bytes, also as 64KiB or 1MiB.
[[nodiscard]] inline CLI::Validator size_value() {
    return quiet(CLI::AsSizeValue(false));
}

/// `lengths` says how long a key is, for the help.
void add_key_options(CLI::App& command, KeyOptions& options, const std::string& lengths);
void add_device_options(CLI::App& command, DeviceOptions& options);

}  // namespace cce::tool
