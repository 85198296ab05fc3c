// SPDX-License-Identifier: Apache-2.0
//
// The cce program: from the command line to the commands, and from errors to exit statuses (1: failed at work, 2: wrong
// usage).

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "command_line.h"
#include "process.h"

namespace {

using namespace cce::tool;

int run(const CLI::App& app, CommandLine& options) {
    const auto chosen = [&app](const char* command) { return app.got_subcommand(command); };
    if (chosen("enc")) return run_cipher(options.encrypt);
    if (chosen("dec")) return run_cipher(options.decrypt);
    if (chosen("seal")) return run_seal(options.seal);
    if (chosen("open")) return run_open(options.open);
    if (chosen("dgst")) return run_dgst(options.dgst);
    if (chosen("mac")) return run_mac(options.mac);
    if (chosen("wrap")) return run_key_wrap(options.wrap);
    if (chosen("unwrap")) return run_key_wrap(options.unwrap);
    if (chosen("bench")) return run_bench(options.bench);
    if (chosen("top")) return run_top(options.top);
    if (chosen("trace")) {
        const bool kernel = app.get_subcommand("trace")->got_subcommand("kernel");
        return kernel ? run_trace_kernel(options.trace_kernel) : run_trace_run(options.trace_run);
    }
    if (chosen("info")) return run_info(options.info_json, options.info_device);
    return run_selftest(options.selftest_device, options.selftest_json);
}

int parse_and_run(int argc, char** argv) {
    protect_process();
    CLI::App app;
    CommandLine options;
    app.set_version_flag("--version", std::string("cce ") + cce_version());
    declare_command_line(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& error) {
        const bool unknown_command = app.get_subcommands().empty() && argc > 1 && *argv[1] != '-';
        const std::string message = unknown_command ? "there is no command " + std::string(argv[1]) : error.what();
        std::fprintf(stderr, "cce: %s\nTry: cce --help\n", message.c_str());
        return exit_usage;
    }
    for (const KeyOptions* key : {&options.encrypt.key, &options.decrypt.key, &options.seal.key, &options.open.key,
                                  &options.mac.key, &options.wrap.key, &options.unwrap.key}) {
        hide_in_arguments(argc, argv, key->hex);
    }
    return run(app, options);
}

/// What was printed must have arrived: a closed pipe, a full disk.
int checked(int status) {
    const bool fails = std::fflush(stdout) != 0;
    const int error = errno;
    if (status == 0 && (fails || std::ferror(stdout) != 0)) {
        std::fprintf(stderr, "cce: can't write standard output: %s\n",
                     fails ? std::strerror(error) : "an earlier write has failed");
        return exit_failure;
    }
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return checked(parse_and_run(argc, argv));
    } catch (const ToolError& error) {
        std::fprintf(stderr, "cce: %s\n", error.what());
        return error.exit_status();
    } catch (const cce::Error& error) {
        std::fprintf(stderr, "cce: %s%s\n", error.what(),
                     error.status() == CCE_ERROR_EQUAL_KEYS ? " (--allow-equal-keys)" : "");
        const cce_status status = error.status();
        const bool usage = status == CCE_ERROR_BACKEND_UNKNOWN || status == CCE_ERROR_ARGUMENT ||
                           status == CCE_ERROR_TAG_LENGTH || status == CCE_ERROR_IV_LENGTH ||
                           status == CCE_ERROR_DIGEST_LENGTH;
        return usage ? exit_usage : exit_failure;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cce: %s\n", error.what());
        return exit_failure;
    }
}
