// SPDX-License-Identifier: Apache-2.0

#include "checksum_line.h"

#include <algorithm>
#include <cctype>

#include "hash_names.h"

namespace cce::tool {

namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/// With \, newline and carriage return escaped.
std::string escaped(const std::string& name) {
    std::string result;
    for (const char c : name) {
        switch (c) {
            case '\\':
                result += "\\\\";
                break;
            case '\n':
                result += "\\n";
                break;
            case '\r':
                result += "\\r";
                break;
            default:
                result += c;
        }
    }
    return result;
}

/// The other way round; none: a backslash in front of something else.
std::optional<std::string> unescaped(std::string_view name) {
    std::string result;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] != '\\') {
            result += name[i];
            continue;
        }
        const char c = ++i < name.size() ? name[i] : '\0';
        if (c != '\\' && c != 'n' && c != 'r') {
            return std::nullopt;
        }
        result += c == 'n' ? '\n' : c == 'r' ? '\r' : '\\';
    }
    return result;
}

/// Hexadecimal digits of a digest of `hash`; for an XOF, of any number of bytes.
std::optional<std::vector<std::uint8_t>> digest_of(std::string_view digits, cce_hash hash) {
    const bool hexadecimal =
        std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
    const std::size_t bytes = cce_hash_digest_bytes(hash);
    if (!hexadecimal || digits.empty() || digits.size() % 2 != 0 || (bytes != 0 && digits.size() != 2 * bytes)) {
        return std::nullopt;
    }
    const SecretBytes digest = parse_hex(std::string(digits), "digest");
    return std::vector<std::uint8_t>(digest.bytes().begin(), digest.bytes().end());
}

}  // namespace

std::string result_name(const std::string& name) {
    return name.find('\n') == std::string::npos ? name : "\\" + escaped(name);
}

std::string checksum_line(DigestFormat format, cce_hash hash, const std::string& name,
                          std::span<const std::uint8_t> digest, bool zero) {
    const std::string digits = to_hex(digest);
    const std::string end(1, zero ? '\0' : '\n');
    const std::string shown = zero ? name : escaped(name);
    const std::string mark = shown == name ? "" : "\\";
    const std::string openssl_shown = name == "-" ? "stdin" : name;
    switch (format) {
        case DigestFormat::sum:
            return mark + digits + "  " + shown + end;
        case DigestFormat::tag:
            return mark + tag_name(hash) + " (" + shown + ") = " + digits + end;
        case DigestFormat::openssl:
            return openssl_name(hash) + "(" + openssl_shown + ")= " + digits + end;
        case DigestFormat::openssl_r:
            return (name == "-" ? digits + " *stdin" : mark + digits + " *" + shown) + end;
        case DigestFormat::hex:
            return digits + end;
        case DigestFormat::raw:
            break;
    }
    return {digest.begin(), digest.end()};
}

/// "SHA256 (FILE) = DIGEST", blanks as they come.
std::optional<ChecksumReader::Parts> ChecksumReader::tagged(std::string_view line) {
    const std::size_t open = line.find('(');
    const std::size_t close = line.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        return std::nullopt;
    }
    std::string_view function = line.substr(0, open);
    while (!function.empty() && is_blank(function.back())) function.remove_suffix(1);
    std::string_view rest = line.substr(close + 1);
    const auto skip_blanks = [&rest] {
        while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
    };
    skip_blanks();
    const auto hash = find_hash(function);
    if (!hash || rest.empty() || rest.front() != '=') {
        return std::nullopt;
    }
    rest.remove_prefix(1);
    skip_blanks();
    return Parts{line.substr(open + 1, close - open - 1), rest, *hash};
}

/// "DIGEST  FILE", "DIGEST *FILE", and with one blank as of `md5 -r`. As with sha256sum, a list has the one or the
/// other: else who may rename a file could have another one checked in its place.
std::optional<ChecksumReader::Parts> ChecksumReader::plain(std::string_view line) {
    const auto end = std::find_if(line.begin(), line.end(), is_blank);
    const auto digits = static_cast<std::size_t>(end - line.begin());
    if (digits + 1 >= line.size()) {
        return std::nullopt;
    }
    const char kind = line[digits + 1];
    std::size_t name = digits + 1;
    if ((kind != ' ' && kind != '*') || digits + 2 == line.size()) {
        if (one_blank_ == false) {
            return std::nullopt;
        }
        one_blank_ = true;
    } else if (one_blank_ != true) {
        one_blank_ = false;
        ++name;
    }
    return Parts{line.substr(name), line.substr(0, digits), hash_};
}

std::optional<Checksum> ChecksumReader::read(std::string_view line) {
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    const bool with_escapes = !line.empty() && line.front() == '\\';
    if (with_escapes) line.remove_prefix(1);
    std::optional<Parts> parts = tagged(line);
    if (parts && only_ && parts->hash != hash_) {
        return std::nullopt;
    }
    if (!parts) {
        parts = plain(line);
    }
    if (!parts || parts->name.empty()) {
        return std::nullopt;
    }
    auto digest = digest_of(parts->digits, parts->hash);
    std::optional<std::string> name = with_escapes ? unescaped(parts->name) : std::string(parts->name);
    if (!digest || !name || name->find('\0') != std::string::npos) {
        return std::nullopt;
    }
    return Checksum{parts->hash, std::move(*digest), std::move(*name)};
}

}  // namespace cce::tool
