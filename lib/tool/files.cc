// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "tool.h"

namespace cce::tool {

SecretBytes::~SecretBytes() {
    OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

Descriptor::~Descriptor() {
    static_cast<void>(close());
}

int Descriptor::close() {
    const int number = std::exchange(number_, -1);
    return number > STDERR_FILENO && ::close(number) != 0 ? errno : 0;
}

Descriptor open_input(const std::string& path) {
    if (path.empty()) {
        return Descriptor(STDIN_FILENO);
    }
    const int number = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (number < 0) {
        throw ToolError(exit_failure, "can't read " + path + ": " + std::strerror(errno));
    }
    return Descriptor(number);
}

std::size_t read_fully(int descriptor, std::span<std::uint8_t> buffer, const std::string& name) {
    std::size_t done = 0;
    while (done < buffer.size()) {
        const ssize_t bytes = read(descriptor, buffer.data() + done, buffer.size() - done);
        if (bytes < 0 && errno == EINTR) {
            continue;
        }
        if (bytes < 0) {
            throw ToolError(exit_failure, "can't read " + name + ": " + std::strerror(errno));
        }
        if (bytes == 0) {
            break;
        }
        done += static_cast<std::size_t>(bytes);
    }
    return done;
}

namespace {

/// Opens the file to write to; `temporary` gets its name if it is to be renamed.
int open_output(const std::string& path, std::string& temporary) {
    if (path.empty()) {
        return STDOUT_FILENO;
    }
    struct stat status {};
    if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
        return open(path.c_str(), O_WRONLY | O_CLOEXEC);
    }
    std::string name = path + ".XXXXXX";
    const int number = mkostemp(name.data(), O_CLOEXEC);
    if (number >= 0) {
        temporary = name;
        const mode_t mask = umask(0);
        umask(mask);
        static_cast<void>(fchmod(number, 0666 & ~mask));
    }
    return number;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

OutputFile::OutputFile(const std::string& path)
    : path_(path), name_(path.empty() ? "standard output" : path), descriptor_(open_output(path, temporary_)) {
    if (descriptor_.get() < 0) {
        fail(errno);
    }
}

OutputFile::~OutputFile() {
    if (!temporary_.empty()) {
        unlink(temporary_.c_str());
    }
}

void OutputFile::fail(int error) const {
    throw ToolError(exit_failure, "can't write " + name_ + ": " + std::strerror(error));
}

void OutputFile::write(std::span<const std::uint8_t> data) {
    while (!data.empty()) {
        const ssize_t bytes = ::write(descriptor_.get(), data.data(), data.size());
        if (bytes < 0 && errno == EINTR) {
            continue;
        }
        if (bytes < 0) {
            fail(errno);
        }
        data = data.subspan(static_cast<std::size_t>(bytes));
    }
}

void OutputFile::finish() {
    if (const int error = descriptor_.close(); error != 0) {
        fail(error);
    }
    if (!temporary_.empty()) {
        if (rename(temporary_.c_str(), path_.c_str()) != 0) {
            fail(errno);
        }
        temporary_.clear();
    }
}

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

SecretBytes read_key(int descriptor, const std::string& name) {
    SecretBytes raw(80);  // 64 digits, white space, and one more to notice a longer file
    const std::size_t bytes = read_fully(descriptor, raw.bytes(), name);
    const auto content = raw.bytes().first(bytes);
    std::size_t digits = bytes;
    while (digits > 0 && std::isspace(content[digits - 1]) != 0) {
        --digits;
    }
    const bool hexadecimal = std::all_of(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(digits),
                                         [](std::uint8_t c) { return hex_digit(static_cast<char>(c)) >= 0; });
    if (hexadecimal && (digits == 32 || digits == 48 || digits == 64)) {
        SecretBytes key(digits / 2);
        for (std::size_t i = 0; i < digits; ++i) {
            std::uint8_t& byte = key.bytes()[i / 2];
            byte = static_cast<std::uint8_t>(byte << 4 | hex_digit(static_cast<char>(content[i])));
        }
        return key;
    }
    if (bytes != 16 && bytes != 24 && bytes != 32) {
        throw ToolError(exit_failure, name +
                                          ": a key has 16, 24 or 32 bytes, or 32, 48 or 64 hexadecimal digits; found " +
                                          (bytes == raw.bytes().size() ? "more" : std::to_string(bytes) + " bytes"));
    }
    SecretBytes key(bytes);
    std::copy(content.begin(), content.end(), key.bytes().begin());
    return key;
}

}  // namespace cce::tool
