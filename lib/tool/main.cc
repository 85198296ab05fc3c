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

void add_key_options(CLI::App& command, KeyOptions& options) {
    command.add_option("--key-file", options.file,
                       "File with the key: 16, 24, 32 bytes (xts: 32, 48, 64), or as hexadecimal digits");
    command.add_option("--key-fd", options.descriptor, "Descriptor to read the key from, in the same forms")
        ->check(CLI::NonNegativeNumber);
    command.add_option("-K,--key", options.hex,
                       "Key in hexadecimal. Other users can see it (ps): prefer the two above");
}

void add_device_options(CLI::App& command, DeviceOptions& options) {
    command.add_option("--backend", options.backend, backend_help);
    command.add_option("--engine", options.engine, "in-process: which engine; default: $CCE_ENGINE, else rtl");
}

void add_cipher_options(CLI::App& command, CipherOptions& options) {
    command.add_option("--mode", options.mode, "Mode of operation")
        ->required()
        ->check(CLI::IsMember({"ctr", "cbc", "ecb", "xts", "gcm", "ccm"}));
    add_key_options(command, options.key);
    command.add_option(
        "--iv,--nonce", options.iv_hex,
        "cbc: IV, ctr: first counter block, xts: first tweak (32 hexadecimal digits each); gcm: IV of any "
        "length, best 12 bytes; ccm: nonce of 7 to 13 bytes. Never twice with one key");
    command.add_option("--aad", options.aad_hex, "gcm, ccm: associated data in hexadecimal, authenticated, not stored");
    command.add_option("--aad-file", options.aad_file, "gcm, ccm: the same from a file, as it is");
    command.add_option("--tag-length", options.tag_length,
                       "Bytes of the tag; gcm: 4, 8, 12 to 16, ccm: 4, 6, ... 16; default: 16");
    command
        .add_option("--data-unit", options.data_unit,
                    "xts: bytes of a data unit, e.g. 512; the tweak counts up. Default: all is one unit")
        ->transform(CLI::AsSizeValue(false));
    command.add_flag("--allow-equal-keys", options.equal_keys, "xts: accept a key whose halves are equal (insecure)");
    command.add_option("--in", options.input, "File to read; default: standard input");
    command.add_option("--out", options.output, "File to write, appears when complete; default: standard output");
    command
        .add_option("--chunk", options.chunk,
                    "ctr, cbc, ecb: bytes for each request to the library, e.g. 4KiB; default: 64KiB")
        ->transform(CLI::AsSizeValue(false));
    command.add_flag("--no-padding", options.no_padding, "ecb, cbc: no PKCS#7 padding, as openssl enc -nopad");
    command.add_option("--statistics", options.statistics, "File for latencies of the requests and more, as JSON");
    command.add_flag("--json", options.json, "Print the same JSON (on stderr if the text goes to stdout)");
    CLI::Option* progress = command.add_flag("--progress", options.progress, "Show progress even without a terminal");
    command.add_flag("--quiet", options.quiet, "Say nothing but errors")->excludes(progress);
    add_device_options(command, options.device);
    command.footer(
        "ctr, cbc, ecb: byte for byte compatible with openssl enc -aes-{128,192,256}-{ctr,cbc,ecb} -K -iv.\n"
        "gcm, ccm: the tag stands behind the ciphertext, at the end of the file. dec checks it before it writes "
        "anything;\n"
        "if it does not match, the exit status is 1 and there is no output. A text has at most 1 GiB.\n"
        "xts: 16 bytes at least, for the last data unit, too.\n"
        "Other modes without --out: bytes reach standard output before the end of the text was checked.\n\n"
        "Examples:\n"
        "  cce enc --mode ctr --key-file key --iv 000102030405060708090a0b0c0d0e0f --in a --out a.enc\n"
        "  cce dec --mode cbc --key-fd 3 --iv $IV --in a.enc --out a 3<key\n"
        "  tar c dir | cce enc --mode gcm --key-file key --iv $NONCE --aad-file name >dir.enc\n"
        "  cce enc --mode xts --key-file keys --iv 00000000000000000000000000000000 --data-unit 512 --in disk --out d");
}

void add_mac_options(CLI::App& command, MacOptions& options) {
    command.add_option("--mac", options.mac, "Which MAC")->required()->check(CLI::IsMember({"cmac", "gmac"}));
    add_key_options(command, options.key);
    command.add_option("--iv,--nonce", options.iv_hex, "gmac: IV, best of 12 bytes. Never twice with one key");
    command.add_option("--tag-length", options.tag_length,
                       "Bytes of the MAC; cmac: 1 to 16, gmac: 4, 8, 12 to 16; default: 16, or those of --verify");
    command.add_option("--verify", options.verify_hex, "Compare with this MAC (hexadecimal) and print none");
    command.add_option("--in,file", options.input, "File to read; default: standard input");
    command.add_flag("--json", options.json, "Print JSON");
    command.add_flag("--quiet", options.quiet, "Say nothing but the MAC and errors");
    add_device_options(command, options.device);
    command.footer(
        "Prints the MAC in hexadecimal. With --verify, exit status 0: it matches, 1: it does not.\n\n"
        "Examples:\n"
        "  cce mac --mac cmac --key-file key file\n"
        "  cce mac --mac gmac --key-file key --iv $NONCE --tag-length 12 <file\n"
        "  cce mac --mac cmac --key-file key --verify 070a16b46b4d4144f79bdd9dd04a287c file");
}

void add_key_wrap_options(CLI::App& command, KeyWrapOptions& options) {
    command.add_option("--mode", options.mode, "kw (RFC 3394) or kwp (with padding, RFC 5649)")
        ->required()
        ->check(CLI::IsMember({"kw", "kwp"}));
    add_key_options(command, options.key);
    command.add_option("--in", options.input, "File with the key to (un)wrap; default: standard input");
    command.add_option("--out", options.output, "File to write, appears when complete; default: standard output");
    command.add_flag("--hex", options.hex, "Input and output are hexadecimal digits, not bytes");
    command.add_flag("--json", options.json, "Print figures as JSON (on stderr if the key goes to stdout)");
    command.add_flag("--quiet", options.quiet, "Say nothing but errors");
    add_device_options(command, options.device);
    command.footer(
        "kw wraps 16 to 4096 bytes, a multiple of 8; kwp 1 to 4096. unwrap checks before it writes anything; if the\n"
        "check fails, the exit status is 1 and there is no output.\n\n"
        "Examples:\n"
        "  cce wrap --mode kwp --key-file kek --in key --out key.wrapped\n"
        "  cce unwrap --mode kwp --key-file kek --in key.wrapped --out key\n"
        "  echo 00112233445566778899aabbccddeeff | cce wrap --mode kw --key-file kek --hex");
}

int run(int argc, char** argv) {
    CLI::App app{"AES on the Core Crypto Engine, or on what stands in for it", "cce"};
    app.set_version_flag("--version", std::string("cce ") + cce_version());
    app.require_subcommand(1);
    app.footer(
        "Examples:\n  cce info\n  cce selftest --backend software\n"
        "  cce enc --mode gcm --key-file key --iv 000102030405060708090a0b --in a --out a.enc\n"
        "  cce mac --mac cmac --key-file key a\n"
        "  cce wrap --mode kwp --key-file kek --in key --out key.wrapped\n\n"
        "Exit status: 0 success, 1 failure, 2 wrong usage.");

    CipherOptions encrypt;
    CipherOptions decrypt;
    decrypt.decrypt = true;
    CLI::App* enc = app.add_subcommand("enc", "Encrypt a file or standard input");
    CLI::App* dec = app.add_subcommand("dec", "Decrypt a file or standard input");
    add_cipher_options(*enc, encrypt);
    add_cipher_options(*dec, decrypt);

    MacOptions mac_options;
    CLI::App* mac = app.add_subcommand("mac", "Compute or verify the MAC of a file: CMAC, GMAC");
    add_mac_options(*mac, mac_options);

    KeyWrapOptions wrap_options;
    KeyWrapOptions unwrap_options;
    unwrap_options.unwrap = true;
    CLI::App* wrap = app.add_subcommand("wrap", "Wrap a key under another key");
    CLI::App* unwrap = app.add_subcommand("unwrap", "Unwrap a key");
    add_key_wrap_options(*wrap, wrap_options);
    add_key_wrap_options(*unwrap, unwrap_options);

    bool json = false;
    DeviceOptions device;
    CLI::App* info = app.add_subcommand("info", "Show the backends, and what the engine says of itself");
    CLI::App* selftest =
        app.add_subcommand("selftest", "Known answers for every mode, and random comparison with software");
    for (CLI::App* command : {info, selftest}) {
        command->add_flag("--json", json, "Print JSON");
        add_device_options(*command, device);
    }
    info->footer("Examples:\n  cce info\n  cce info --json --backend in-process");
    selftest->footer(
        "Modes that the backend does not offer are named and left out.\n\n"
        "Examples:\n  cce selftest\n  cce selftest --json --backend af_alg");

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
    if (*mac) return run_mac(mac_options);
    if (*wrap) return run_key_wrap(wrap_options);
    if (*unwrap) return run_key_wrap(unwrap_options);
    if (*info) return run_info(json, device);
    return run_selftest(device, json);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const ToolError& error) {
        std::fprintf(stderr, "cce: %s\n", error.what());
        return error.exit_status();
    } catch (const cce::Error& error) {
        std::fprintf(stderr, "cce: %s%s\n", error.what(),
                     error.status() == CCE_ERROR_EQUAL_KEYS ? " (--allow-equal-keys)" : "");
        const cce_status status = error.status();
        const bool usage = status == CCE_ERROR_BACKEND_UNKNOWN || status == CCE_ERROR_ARGUMENT ||
                           status == CCE_ERROR_TAG_LENGTH || status == CCE_ERROR_IV_LENGTH;
        return usage ? exit_usage : exit_failure;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "cce: %s\n", error.what());
        return exit_failure;
    }
}
