// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>

#include "process.h"
#include "tool.h"

namespace cce::tool {

namespace {

/// What goes into locked memory: keys, tags, IVs.
constexpr std::size_t key_like_bytes = 256;

}  // namespace

ReadError::ReadError(std::string name, int error)
    : ToolError(exit_failure, "can't read " + name + ": " + std::strerror(error)),
      name_(std::move(name)),
      error_(error) {}

SecretBytes::SecretBytes(std::size_t bytes) : size_(bytes) {
    if (bytes == 0) {
        return;
    }
    void* memory = bytes <= key_like_bytes ? OPENSSL_secure_zalloc(bytes) : nullptr;
    if (memory == nullptr) {
        memory = OPENSSL_zalloc(bytes);
    }
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    data_ = static_cast<std::uint8_t*>(memory);
}

SecretBytes::~SecretBytes() {
    OPENSSL_secure_clear_free(data_, size_);
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
        throw ReadError(path, errno);
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
            throw ReadError(name, errno);
        }
        if (bytes == 0) {
            break;
        }
        done += static_cast<std::size_t>(bytes);
    }
    return done;
}

SecretBytes read_all(int descriptor, const std::string& name, std::size_t limit) {
    // Doubling copies what was read so far; each old copy is overwritten as it goes.
    std::size_t room = std::size_t{64} * 1024;
    struct stat status {};
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
        room = std::max<std::size_t>(room, static_cast<std::size_t>(status.st_size) + 1);
    }
    room = std::min(room, limit + 1);
    std::optional<SecretBytes> buffer(room);
    std::size_t bytes = 0;
    while (true) {
        bytes += read_fully(descriptor, buffer->bytes().subspan(bytes), name);
        if (bytes > limit) {
            throw ToolError(exit_failure,
                            name + " is longer than " + std::to_string(limit) + " bytes, the limit for this mode");
        }
        if (bytes < room) {
            break;
        }
        room = std::min(2 * room, limit + 1);
        SecretBytes larger(room);
        std::copy_n(buffer->bytes().begin(), bytes, larger.bytes().begin());
        buffer.emplace(std::move(larger));
    }
    SecretBytes result(bytes);
    std::copy_n(buffer->bytes().begin(), bytes, result.bytes().begin());
    return result;
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
    const SignalsHeld held;
    const int number = mkostemp(name.data(), O_CLOEXEC);
    if (number >= 0) {
        temporary = name;
        on_signal_remove(name);
        const mode_t mask = umask(0);
        umask(mask);
        static_cast<void>(fchmod(number, 0666 & ~mask));
    }
    return number;
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
        on_signal_forget(temporary_);
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
        const SignalsHeld held;
        if (rename(temporary_.c_str(), path_.c_str()) != 0) {
            fail(errno);
        }
        on_signal_forget(temporary_);
        temporary_.clear();
    }
}

}  // namespace cce::tool
