// SPDX-License-Identifier: Apache-2.0

#include "resumable_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "process.h"

namespace cce::tool {

namespace {

constexpr const char* suffix = ".partial";

bool is_file_to_be(const std::string& path) {
    struct stat status {};
    return !path.empty() && (stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode));
}

int open_straight(const std::string& path) {
    return path.empty() ? STDOUT_FILENO : open(path.c_str(), O_WRONLY | O_CLOEXEC);
}

}  // namespace

ResumableFile::ResumableFile(const std::string& path, bool resume)
    : path_(path),
      partial_(is_file_to_be(path) ? path + suffix : ""),
      name_(path.empty()       ? "standard output"
            : partial_.empty() ? path
                               : partial_),
      descriptor_(-1) {
    if (partial_.empty()) {
        if (resume) {
            throw ToolError(exit_usage,
                            "--resume: " + name_ + " is no file that could be gone on with; give --out FILE");
        }
        descriptor_ = Descriptor(open_straight(path));
        if (descriptor_.get() < 0) {
            fail(errno);
        }
        return;
    }
    const SignalsHeld held;
    // Not through a link that somebody else may have put there.
    const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
    descriptor_ = Descriptor(open(partial_.c_str(), flags | O_CREAT | O_EXCL, 0666));
    const bool created = descriptor_.get() >= 0;
    if (!created && errno == EEXIST) {
        if (!resume) {
            throw ToolError(exit_failure, partial_ +
                                              " exists: an interrupted run has left it. --resume goes on with it; to "
                                              "start anew, remove it");
        }
        descriptor_ = Descriptor(open(partial_.c_str(), flags));
    }
    if (descriptor_.get() < 0) {
        fail(errno);
    }
    if (flock(descriptor_.get(), LOCK_EX | LOCK_NB) != 0) {
        throw ToolError(exit_failure, partial_ + " is in use by another cce");
    }
    struct stat status {};
    if (fstat(descriptor_.get(), &status) != 0) {
        fail(errno);
    }
    if (!S_ISREG(status.st_mode)) {
        throw ToolError(exit_failure, partial_ + " is no regular file");
    }
    existing_ = static_cast<std::uint64_t>(status.st_size);
    if (created) {
        on_signal_remove(partial_);
    } else {
        keep();
    }
}

ResumableFile::~ResumableFile() {
    if (!partial_.empty() && !finished_) {
        if (!kept_ && descriptor_.get() >= 0) {
            unlink(partial_.c_str());
        }
        on_signal_forget(partial_);
    }
}

void ResumableFile::fail(int error) const {
    throw ToolError(exit_failure, "can't write " + name_ + ": " + std::strerror(error));
}

void ResumableFile::read(std::uint64_t offset, std::span<std::uint8_t> data) const {
    while (!data.empty()) {
        const ssize_t bytes = pread(descriptor_.get(), data.data(), data.size(), static_cast<off_t>(offset));
        if (bytes < 0 && errno == EINTR) {
            continue;
        }
        if (bytes <= 0) {
            throw ToolError(exit_failure,
                            "can't read " + name_ + ": " + (bytes < 0 ? std::strerror(errno) : "it became shorter"));
        }
        data = data.subspan(static_cast<std::size_t>(bytes));
        offset += static_cast<std::uint64_t>(bytes);
    }
}

void ResumableFile::write(std::uint64_t offset, std::span<const std::uint8_t> data) {
    while (!data.empty()) {
        const ssize_t bytes = partial_.empty()
                                  ? ::write(descriptor_.get(), data.data(), data.size())
                                  : pwrite(descriptor_.get(), data.data(), data.size(), static_cast<off_t>(offset));
        if (bytes < 0 && errno == EINTR) {
            continue;
        }
        if (bytes < 0) {
            fail(errno);
        }
        data = data.subspan(static_cast<std::size_t>(bytes));
        offset += static_cast<std::uint64_t>(bytes);
    }
}

void ResumableFile::truncate(std::uint64_t bytes) {
    if (ftruncate(descriptor_.get(), static_cast<off_t>(bytes)) != 0) {
        fail(errno);
    }
    existing_ = std::min(existing_, bytes);
}

void ResumableFile::keep() {
    if (!partial_.empty() && !kept_) {
        kept_ = true;
        on_signal_keep(partial_, remains());
    }
}

void ResumableFile::discard() {
    if (!partial_.empty()) {
        kept_ = false;
        on_signal_remove(partial_);
    }
}

std::string ResumableFile::remains() const {
    return kept_ && !finished_
               ? partial_ + " is kept: the same command with --resume goes on there; remove it to start anew"
               : "";
}

void ResumableFile::finish() {
    if (partial_.empty()) {
        if (const int error = descriptor_.close(); error != 0) {
            fail(error);
        }
        finished_ = true;
        return;
    }
    // What the disk refuses late (space, quota, errors) must not be missed, nor the name stand there without the bytes.
    if (fsync(descriptor_.get()) != 0) {
        fail(errno);
    }
    const SignalsHeld held;
    if (rename(partial_.c_str(), path_.c_str()) != 0) {
        fail(errno);
    }
    finished_ = true;
    on_signal_forget(partial_);
    static_cast<void>(descriptor_.close());
}

}  // namespace cce::tool
