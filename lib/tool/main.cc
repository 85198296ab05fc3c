// SPDX-License-Identifier: Apache-2.0
//
// The cce program: command line, and errors to exit statuses (1: failed at work, 2: wrong usage).

#include <CLI/CLI.hpp>
#include <cstdio>

#include "tool.h"

namespace {

using namespace cce::tool;

const std::string backend_help =
    "auto, af_alg, in-process (a simulation) or software; default: $CCE_BACKEND, else auto";

void add_cipher_options(CLI::App& command, CipherOptions& options) {
    command.add_option("--mode", options.mode, "Mode of operation")
        ->required()
        ->check(CLI::IsMember({"ctr", "cbc", "ecb"}));
    command.add_option("--key-file", options.key_file, "File with the key: 16, 24, 32 bytes, or as hexadecimal digits");
    command.add_option("--key-fd", options.key_descriptor, "Descriptor to read the key from, in the same forms")
        ->check(CLI::NonNegativeNumber);
    command.add_option("-K", options.key_hex, "Key in hexadecimal. Other users can see it (ps): prefer the two above");
    command.add_option("--iv", options.iv_hex, "IV (cbc) or first counter block (ctr), 32 hexadecimal digits");
    command.add_option("--in", options.input, "File to read; default: standard input");
    command.add_option("--out", options.output, "File to write, appears when complete; default: standard output");
    command.add_option("--chunk", options.chunk, "Bytes for each request to the library, e.g. 4KiB; default: 64KiB")
        ->transform(CLI::AsSizeValue(false));
    command.add_flag("--no-padding", options.no_padding, "ecb, cbc: no PKCS#7 padding, as openssl enc -nopad");
    command.add_option("--statistics", options.statistics, "File for latencies of the requests and more, as JSON");
    command.add_flag("--json", options.json, "Print the same JSON (on stderr if the text goes to stdout)");
    CLI::Option* progress = command.add_flag("--progress", options.progress, "Show progress even without a terminal");
    command.add_flag("--quiet", options.quiet, "Say nothing but errors")->excludes(progress);
    command.add_option("--backend", options.backend, backend_help);
    command.footer(
        "Byte for byte compatible with openssl enc -aes-{128,192,256}-{ctr,cbc,ecb} -K -iv.\n"
        "Without --out, bytes reach standard output before the end of the text was checked.\n\n"
        "Examples:\n"
        "  cce enc --mode ctr --key-file key --iv 000102030405060708090a0b0c0d0e0f --in a --out a.enc\n"
        "  cce dec --mode cbc --key-fd 3 --iv $IV --in a.enc --out a 3<key\n"
        "  tar c dir | cce enc --mode ctr --key-file key --iv $IV >dir.enc");
}

int run(int argc, char** argv) {
    CLI::App app{"AES on the Core Crypto Engine, or on what stands in for it", "cce"};
    app.set_version_flag("--version", std::string("cce ") + cce_version());
    app.require_subcommand(1);
    app.footer(
        "Examples:\n  cce info\n  cce selftest --backend software\n"
        "  cce enc --mode ctr --key-file key --iv 000102030405060708090a0b0c0d0e0f --in a --out a.enc\n\n"
        "Exit status: 0 success, 1 failure, 2 wrong usage.");

    CipherOptions encrypt;
    CipherOptions decrypt;
    decrypt.decrypt = true;
    CLI::App* enc = app.add_subcommand("enc", "Encrypt a file or standard input");
    CLI::App* dec = app.add_subcommand("dec", "Decrypt a file or standard input");
    add_cipher_options(*enc, encrypt);
    add_cipher_options(*dec, decrypt);

    bool json = false;
    std::string backend;
    CLI::App* info = app.add_subcommand("info", "Show the backends, and what the engine says of itself");
    CLI::App* selftest =
        app.add_subcommand("selftest", "Known answers (FIPS 197, SP 800-38A) and comparison with software");
    for (CLI::App* command : {info, selftest}) {
        command->add_flag("--json", json, "Print JSON");
        command->add_option("--backend", backend, backend_help);
    }
    info->footer("Examples:\n  cce info\n  cce info --json --backend in-process");
    selftest->footer("Examples:\n  cce selftest\n  cce selftest --json --backend af_alg");

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
    if (*enc) return run_cipher(encrypt);
    if (*dec) return run_cipher(decrypt);
    if (*info) return run_info(json, backend);
    return run_selftest(backend, json);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const ToolError& error) {
        std::fprintf(stderr, "cce: %s\n", error.what());
        return error.exit_status();
    } catch (const cce::Error& error) {
        std::fprintf(stderr, "cce: %s\n", error.what());
        const bool usage = error.status() == CCE_ERROR_BACKEND_UNKNOWN || error.status() == CCE_ERROR_ARGUMENT;
        return usage ? exit_usage : exit_failure;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cce: %s\n", error.what());
        return exit_failure;
    }
}
