// SPDX-License-Identifier: Apache-2.0
//
// Hexadecimal digits and keys.

#include <openssl/crypto.h>

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "tool.h"

namespace cce::tool {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// A longer key of HMAC or KMAC is more likely another file.
constexpr std::size_t any_key_bytes_max = std::size_t{1} << 20;

/// Lengths of a key; of two for XTS.
bool is_key_length(std::size_t bytes, bool xts) {
    return xts ? bytes == 32 || bytes == 48 || bytes == 64 : bytes == 16 || bytes == 24 || bytes == 32;
}

/// How many hexadecimal digits the content is, with white space at the end or not; 0: it is something else.
std::size_t hexadecimal_digits(std::span<const std::uint8_t> content) {
    std::size_t digits = content.size();
    while (digits > 0 && std::isspace(content[digits - 1]) != 0) {
        --digits;
    }
    const auto text = content.first(digits);
    return std::all_of(text.begin(), text.end(), [](std::uint8_t c) { return hex_digit(static_cast<char>(c)) >= 0; })
               ? digits
               : 0;
}

/// An even number of digits, all good.
SecretBytes from_hexadecimal(std::span<const std::uint8_t> digits) {
    SecretBytes key(digits.size() / 2);
    for (std::size_t i = 0; i < digits.size(); ++i) {
        std::uint8_t& byte = key.bytes()[i / 2];
        byte = static_cast<std::uint8_t>(byte << 4 | hex_digit(static_cast<char>(digits[i])));
    }
    return key;
}

constexpr const char* no_key = "no key: give one of --key-file, --key-fd, -K";
constexpr const char* keys_exclude = "--key-file, --key-fd and -K exclude each other";

/// How many of the three are given.
int count_of(const KeyOptions& options) {
    return (options.file.empty() ? 0 : 1) + (options.descriptor < 0 ? 0 : 1) + (options.hex.empty() ? 0 : 1);
}

/// The key of -K, whose digits are overwritten; none: it is in a file. Exactly one of the three is given.
std::optional<SecretBytes> key_of_digits(KeyOptions& options) {
    const int given = count_of(options);
    if (given != 1) {
        throw ToolError(exit_usage, given == 0 ? no_key : keys_exclude);
    }
    if (options.hex.empty()) {
        return std::nullopt;
    }
    SecretBytes key = parse_hex(options.hex, "-K");
    OPENSSL_cleanse(options.hex.data(), options.hex.size());
    return key;
}

SecretBytes read_key(int descriptor, const std::string& name, bool xts) {
    SecretBytes raw(144);  // 128 digits, white space, and one more to notice a longer file
    const std::size_t bytes = read_fully(descriptor, raw.bytes(), name);
    const auto content = raw.bytes().first(bytes);
    const std::size_t digits = hexadecimal_digits(content);
    if (digits % 2 == 0 && is_key_length(digits / 2, xts)) {
        return from_hexadecimal(content.first(digits));
    }
    if (!is_key_length(bytes, xts)) {
        throw ToolError(exit_failure, name +
                                          (xts ? ": an XTS key has 32, 48 or 64 bytes, or 64, 96 or 128 hexadecimal "
                                                 "digits; found "
                                               : ": a key has 16, 24 or 32 bytes, or 32, 48 or 64 hexadecimal digits; "
                                                 "found ") +
                                          (bytes == raw.bytes().size() ? "more" : std::to_string(bytes) + " bytes"));
    }
    SecretBytes key(bytes);
    std::copy(content.begin(), content.end(), key.bytes().begin());
    return key;
}

}  // namespace

SecretBytes parse_hex(const std::string& text, const std::string& option, std::size_t wanted) {
    if (text.size() % 2 != 0) {
        throw ToolError(exit_usage,
                        option + ": an odd number of hexadecimal digits (" + std::to_string(text.size()) + ")");
    }
    SecretBytes result(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int digit = hex_digit(text[i]);
        if (digit < 0) {
            throw ToolError(exit_usage,
                            option + ": character " + std::to_string(i + 1) + " is not a hexadecimal digit");
        }
        std::uint8_t& byte = result.bytes()[i / 2];
        byte = static_cast<std::uint8_t>(byte << 4 | digit);
    }
    if (wanted != 0 && result.bytes().size() != wanted) {
        throw ToolError(exit_usage, option + ": " + std::to_string(wanted) + " bytes (" + std::to_string(2 * wanted) +
                                        " digits) are needed, " + std::to_string(result.bytes().size()) +
                                        " were given");
    }
    return result;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    static constexpr const char* digits = "0123456789abcdef";
    std::string result;
    for (const std::uint8_t byte : bytes) {
        result += digits[byte >> 4];
        result += digits[byte & 15];
    }
    return result;
}

SecretBytes read_key(KeyOptions& options, bool xts) {
    if (std::optional<SecretBytes> key = key_of_digits(options); key) {
        if (const std::size_t bytes = key->bytes().size(); !is_key_length(bytes, xts)) {
            throw ToolError(exit_usage, (xts ? "-K: an XTS key has 32, 48 or 64 bytes (64, 96 or 128 digits), not "
                                             : "-K: an AES key has 16, 24 or 32 bytes (32, 48 or 64 digits), not ") +
                                            std::to_string(bytes));
        }
        return std::move(*key);
    }
    if (!options.file.empty()) {
        const Descriptor file = open_input(options.file);
        return read_key(file.get(), options.file, xts);
    }
    return read_key(options.descriptor, "--key-fd " + std::to_string(options.descriptor), xts);
}

SecretBytes read_key_of_any_length(KeyOptions& options, bool as_is, bool quiet) {
    if (std::optional<SecretBytes> key = key_of_digits(options); key) {
        return std::move(*key);
    }
    std::optional<Descriptor> file;
    if (!options.file.empty()) {
        file.emplace(open_input(options.file));
    }
    const std::string name = file ? options.file : "--key-fd " + std::to_string(options.descriptor);
    SecretBytes content = read_all(file ? file->get() : options.descriptor, name, any_key_bytes_max);
    if (as_is) {
        return content;
    }
    const std::size_t digits = hexadecimal_digits(content.bytes());
    if (digits == 0 || digits % 2 != 0) {
        return content;
    }
    if (!quiet) {
        std::fprintf(stderr, "cce: %s: %zu hexadecimal digits, taken as a key of %zu bytes (--key-as-is: as text)\n",
                     name.c_str(), digits, digits / 2);
    }
    return from_hexadecimal(content.bytes().first(digits));
}

cce_mode mode_of(const std::string& name) {
    for (int mode = 0; mode < CCE_MODE_COUNT; ++mode) {
        if (name == cce_mode_name(static_cast<cce_mode>(mode))) {
            return static_cast<cce_mode>(mode);
        }
    }
    throw ToolError(exit_usage, "there is no mode " + name);
}

}  // namespace cce::tool
