// SPDX-License-Identifier: Apache-2.0
//
// Commands that work on files and keys.

#include "command_line.h"

namespace cce::tool {

namespace {

const std::string backend_help =
    "auto, dev, af_alg, in-process (a simulation) or software; default: $CCE_BACKEND, else auto";

}  // namespace

void add_key_options(CLI::App& command, KeyOptions& options, const std::string& lengths) {
    command.add_option("--key-file", options.file, "File with the key: " + lengths + ", or as hexadecimal digits")
        ->type_name(type_file);
    command.add_option("--key-fd", options.descriptor, "Descriptor to read the key from, in the same forms")
        ->check(quiet(CLI::NonNegativeNumber))
        ->type_name("NUMBER");
    command
        .add_option(
            "-K,--key", options.hex,
            "Key in hexadecimal. Other users may see it (ps) before it is hidden, and shells keep it: prefer the "
            "two above")
        ->type_name("HEX");
}

void add_device_options(CLI::App& command, DeviceOptions& options) {
    command.add_option("--backend", options.backend, backend_help)->type_name(type_backend);
    command
        .add_option("--engine", options.engine,
                    "in-process: which engine, rtl or model; default: $CCE_ENGINE, else rtl")
        ->type_name(type_engine);
}

namespace {

void add_cipher_options(CLI::App& command, CipherOptions& options) {
    command.add_option("--mode", options.mode, "Mode of operation")
        ->required()
        ->check(CLI::IsMember({"ctr", "cbc", "ecb", "xts", "gcm", "ccm"}));
    add_key_options(command, options.key, "16, 24, 32 bytes (xts: 32, 48, 64)");
    command
        .add_option("--iv,--nonce", options.iv_hex,
                    "cbc: IV, ctr: first counter block, xts: first tweak (32 hexadecimal digits each); gcm: IV of any "
                    "length, best 12 bytes; ccm: nonce of 7 to 13 bytes. Never twice with one key")
        ->type_name("HEX");
    command.add_option("--aad", options.aad_hex, "gcm, ccm: associated data in hexadecimal, authenticated, not stored")
        ->type_name("HEX");
    command.add_option("--aad-file", options.aad_file, "gcm, ccm: the same from a file, as it is")
        ->type_name(type_file);
    command
        .add_option("--tag-length", options.tag_length,
                    "Bytes of the tag; gcm: 4, 8, 12 to 16, ccm: 4, 6, ... 16; default: 16")
        ->type_name("NUMBER");
    command
        .add_option("--data-unit", options.data_unit,
                    "xts: bytes of a data unit, e.g. 512; the tweak counts up. Default: all is one unit")
        ->transform(size_value())
        ->type_name("SIZE");
    command.add_flag("--allow-equal-keys", options.equal_keys, "xts: accept a key whose halves are equal (insecure)");
    command.add_option("--in", options.input, "File to read; default: standard input")->type_name(type_file);
    command.add_option("--out", options.output, "File to write, appears when complete; default: standard output")
        ->type_name(type_file);
    command
        .add_option("--chunk", options.chunk,
                    "ctr, cbc, ecb: bytes for each request to the library, e.g. 4KiB; default: 64KiB")
        ->transform(size_value())
        ->type_name("SIZE");
    command.add_flag("--no-padding", options.no_padding, "ecb, cbc: no PKCS#7 padding, as openssl enc -nopad");
    command.add_option("--statistics", options.statistics, "File for latencies of the requests and more, as JSON")
        ->type_name(type_file);
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
        "Other modes without --out: bytes reach standard output before the end of the text was checked.\n"
        "Large files, in chunks, resumable: cce seal.\n\n"
        "Examples:\n"
        "  cce enc --mode ctr --key-file key --iv 000102030405060708090a0b0c0d0e0f --in a --out a.enc\n"
        "  cce dec --mode cbc --key-fd 3 --iv $IV --in a.enc --out a 3<key\n"
        "  tar c dir | cce enc --mode gcm --key-file key --iv $NONCE --aad-file name >dir.enc\n"
        "  cce enc --mode xts --key-file keys --iv 00000000000000000000000000000000 --data-unit 512 --in disk --out d");
}

void add_seal_options(CLI::App& command, SealOptions& options, bool seal) {
    add_key_options(command, options.key, "32 bytes");
    command
        .add_option("--context", options.context,
                    "A text that binds the file to its purpose: cce open needs the same. Authenticated, not stored")
        ->type_name("TEXT");
    command.add_option("--in", options.input, "File to read; default: standard input")->type_name(type_file);
    command
        .add_option("--out", options.output,
                    "File to write: FILE.partial until it is complete; default: standard output")
        ->type_name(type_file);
    command.add_flag("--resume", options.resume, "Go on with the FILE.partial of an interrupted run");
    if (seal) {
        command
            .add_option(
                "--chunk", options.chunk,
                "Bytes of a chunk, a power of two from 1 KiB to 8 MiB, e.g. 1MiB; default: 64KiB, with af_alg 32KiB")
            ->transform(size_value())
            ->type_name("SIZE");
    }
    command.add_option("--depth", options.depth, "Most chunks under way at once, 1 to 64; default: 16")
        ->check(quiet(CLI::Range(1, CCE_QUEUE_DEPTH)))
        ->type_name("NUMBER");
    command
        .add_option("--trace", options.trace,
                    "File for a timeline of the chunks' requests in engine cycles, as of cce trace (in-process)")
        ->type_name(type_file);
    command.add_option("--statistics", options.statistics, "File for figures of the run, as JSON")
        ->type_name(type_file);
    command.add_flag("--json", options.json, "Print the same JSON (on stderr if the output goes to stdout)");
    CLI::Option* progress = command.add_flag("--progress", options.progress, "Show progress even without a terminal");
    command.add_flag("--quiet", options.quiet, "Say nothing but errors")->excludes(progress);
    add_device_options(command, options.device);
    command.footer(
        seal ? "AES-256-GCM in chunks, each with its own tag, under a key that only this file has; the user's key has "
               "32\n"
               "bytes. Nothing but the key must be kept or chosen, and one key may seal any number of files. The\n"
               "format: docs/file-format.md. An interrupted run leaves FILE.partial; --resume compares it with the\n"
               "input and goes on behind it.\n\n"
               "Examples:\n"
               "  cce seal --key-file key --in disk.img --out disk.img.cce\n"
               "  cce seal --key-file key --in disk.img --out disk.img.cce --resume\n"
               "  tar c dir | cce seal --key-file key --context backup-7 >dir.tar.cce"
             : "Every chunk is checked before any of it is written. A file that is damaged, cut off, extended, or has\n"
               "chunks in the wrong place is refused (exit status 1) with the number and place of the chunk, and no\n"
               "output is left. Without --out, the chunks before were written: check the exit status.\n\n"
               "Examples:\n"
               "  cce open --key-file key --in disk.img.cce --out disk.img\n"
               "  cce open --key-file key --context backup-7 <dir.tar.cce | tar x   # and look at the exit status");
}

void add_dgst_options(CLI::App& command, DgstOptions& options) {
    command
        .add_option(
            "-a,--algorithm", options.algorithm,
            "Hash function: sha224, sha256 (default), sha384, sha512, sha512-224, sha512-256, sha3-224, sha3-256, "
            "sha3-384, sha3-512, shake128, shake256, cshake128, cshake256; other spellings, too")
        ->type_name("NAME");
    command.add_option("--length", options.length, "shake, cshake: bytes of output wanted; they have no default")
        ->type_name("NUMBER");
    command
        .add_option("--function-name", options.function_name,
                    "cshake: N of SP 800-185, for functions that NIST defines")
        ->type_name("TEXT");
    command.add_option("--customization", options.customization, "cshake: S of SP 800-185")->type_name("TEXT");
    command.add_option("files", options.files, "Files to read, - for standard input; default: standard input")
        ->type_name(type_file);
    CLI::Option* format =
        command
            .add_option("--format", options.format,
                        "sum: as sha256sum (default); tag: as sha256sum --tag and BSD; openssl, openssl-r: as openssl "
                        "dgst and its -r; hex: the digits alone; raw: the bytes alone")
            ->check(CLI::IsMember({"sum", "tag", "openssl", "openssl-r", "hex", "raw"}));
    CLI::Option* tag = command.add_flag("--tag", options.tag, "The same as --format tag");
    CLI::Option* zero =
        command.add_flag("-z,--zero", options.zero, "End lines with a zero byte, and leave names as they are");
    CLI::Option* check = command
                             .add_flag("-c,--check", options.check,
                                       "The files are lists of checksums in any format but hex and raw: check what "
                                       "they list")
                             ->excludes(format)
                             ->excludes(tag)
                             ->excludes(zero);
    command.add_flag("--ignore-missing", options.ignore_missing, "--check: pass over files that are not there")
        ->needs(check);
    command.add_flag("--status", options.status, "--check: print nothing, the exit status tells")->needs(check);
    command.add_flag("--strict", options.strict, "--check: a line that is no checksum is a failure, too")->needs(check);
    command.add_flag("-w,--warn", options.warn, "--check: tell each line that is no checksum")->needs(check);
    command.add_flag("--json", options.json, "Print JSON");
    CLI::Option* progress =
        command.add_flag("--progress", options.progress, "Show progress of long files even without a terminal");
    command.add_flag("--quiet", options.quiet, "Say nothing but digests and errors; --check: nothing of what is good")
        ->excludes(progress);
    add_device_options(command, options.device);
    command.footer(
        "Output and exit status are those of sha256sum (GNU coreutils): 1 if a file can't be read, or, with --check,\n"
        "does not match or is missing. Lines with a function's name in them are checked with that function, others\n"
        "with --algorithm. Files are read while others are hashed; many short ones are under way at once.\n"
        "Whoever can change a file can change its digest, too: against that, cce mac --hmac.\n\n"
        "Examples:\n"
        "  cce dgst *.iso >SHA256SUMS\n"
        "  cce dgst --check SHA256SUMS\n"
        "  cce dgst -a sha3-512 --tag file\n"
        "  cce dgst -a shake256 --length 64 --format hex <file\n"
        "  cce dgst -a sha512 --format openssl file              # as openssl dgst -sha512 file");
}

void add_mac_options(CLI::App& command, MacOptions& options) {
    CLI::Option* aes = command.add_option("--mac", options.mac, "MAC made of AES: cmac or gmac")
                           ->check(CLI::IsMember({"cmac", "gmac"}));
    CLI::Option* hmac =
        command.add_option("--hmac", options.hmac, "HMAC with this hash function, as cce dgst has them: sha256, ...")
            ->type_name("NAME")
            ->excludes(aes);
    CLI::Option* kmac = command.add_option("--kmac", options.kmac, "KMAC128 or KMAC256 (SP 800-185)")
                            ->check(CLI::IsMember({"128", "256"}))
                            ->excludes(aes)
                            ->excludes(hmac);
    add_key_options(command, options.key, "16, 24, 32 bytes, for --hmac and --kmac any number");
    command
        .add_flag("--key-as-is", options.key_as_is,
                  "--hmac, --kmac: a key file of hexadecimal digits is not those bytes, but that text")
        ->excludes(aes);
    command.add_option("--iv,--nonce", options.iv_hex, "gmac: IV, best of 12 bytes. Never twice with one key")
        ->type_name("HEX");
    command.add_option("--customization", options.customization, "--kmac: S of SP 800-185")
        ->type_name("TEXT")
        ->needs(kmac);
    command.add_flag("--xof", options.xof, "--kmac: KMACXOF, whose longer MACs begin with the shorter ones")
        ->needs(kmac);
    command
        .add_option("--tag-length", options.tag_length,
                    "Bytes of the MAC; cmac: 1 to 16, gmac: 4, 8, 12 to 16, --hmac: 1 to those of the digest, --kmac: "
                    "any, and each another MAC. Default: those of --verify, else 16; --hmac: all; --kmac: 32, 64")
        ->type_name("NUMBER");
    command.add_option("--verify", options.verify_hex, "Compare with this MAC (hexadecimal) and print none")
        ->type_name("HEX");
    command.add_option("--in,file", options.input, "File to read; default: standard input")->type_name(type_file);
    command.add_flag("--json", options.json, "Print JSON");
    CLI::Option* progress =
        command.add_flag("--progress", options.progress, "--hmac, --kmac: show progress even without a terminal")
            ->excludes(aes);
    command.add_flag("--quiet", options.quiet, "Say nothing but the MAC and errors")->excludes(progress);
    add_device_options(command, options.device);
    command.footer(
        "Prints the MAC in hexadecimal. With --verify, exit status 0: it matches, 1: it does not. cmac, gmac: a text\n"
        "of up to 1 GiB; --hmac, --kmac: of any length. They are the MACs of openssl mac and openssl dgst -hmac.\n\n"
        "Examples:\n"
        "  cce mac --mac cmac --key-file key file\n"
        "  cce mac --mac gmac --key-file key --iv $NONCE --tag-length 12 <file\n"
        "  cce mac --mac cmac --key-file key --verify 070a16b46b4d4144f79bdd9dd04a287c file\n"
        "  cce mac --hmac sha256 --key-file key file\n"
        "  cce mac --hmac sha512 --key-as-is --key-file secret file   # as openssl dgst -sha512 -hmac SECRET\n"
        "  cce mac --kmac 256 --key-file key --customization 'backup, 26 November' file");
}

void add_key_wrap_options(CLI::App& command, KeyWrapOptions& options) {
    command.add_option("--mode", options.mode, "kw (RFC 3394) or kwp (with padding, RFC 5649)")
        ->required()
        ->check(CLI::IsMember({"kw", "kwp"}));
    add_key_options(command, options.key, "16, 24, 32 bytes");
    command.add_option("--in", options.input, "File with the key to (un)wrap; default: standard input")
        ->type_name(type_file);
    command.add_option("--out", options.output, "File to write, appears when complete; default: standard output")
        ->type_name(type_file);
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

}  // namespace

void declare_text_commands(CLI::App& app, CommandLine& options) {
    options.decrypt.decrypt = true;
    options.unwrap.unwrap = true;
    add_cipher_options(*app.add_subcommand("enc", "Encrypt a file or standard input, as openssl enc does"),
                       options.encrypt);
    add_cipher_options(*app.add_subcommand("dec", "Decrypt a file or standard input, as openssl enc does"),
                       options.decrypt);
    add_seal_options(*app.add_subcommand("seal", "Encrypt a file of any length in authenticated chunks"), options.seal,
                     true);
    add_seal_options(*app.add_subcommand("open", "Check and decrypt what cce seal has written"), options.open, false);
    add_dgst_options(*app.add_subcommand("dgst", "Digests of files: SHA-2, SHA-3, SHAKE; and lists of them checked"),
                     options.dgst);
    add_mac_options(*app.add_subcommand("mac", "Compute or verify the MAC of a file: CMAC, GMAC, HMAC, KMAC"),
                    options.mac);
    add_key_wrap_options(*app.add_subcommand("wrap", "Wrap a key under another key"), options.wrap);
    add_key_wrap_options(*app.add_subcommand("unwrap", "Unwrap a key"), options.unwrap);
}

}  // namespace cce::tool
