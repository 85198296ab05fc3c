// SPDX-License-Identifier: Apache-2.0
//
// An output that an interrupted run leaves behind, for another one to go on with.

#pragma once

#include <string>

#include "tool.h"

namespace cce::tool {

/// Written as PATH.partial, renamed to PATH when complete. Standard output (empty path), and targets that are no
/// regular files (a pipe, a device), are written straight and can't be resumed.
class ResumableFile {
public:
    /// Opens it, and locks it against other runs. Not `resume`: there must not be a partial file yet.
    ResumableFile(const std::string& path, bool resume);
    /// An unfinished one is removed, unless keep() was called.
    ~ResumableFile();
    ResumableFile(const ResumableFile&) = delete;
    ResumableFile& operator=(const ResumableFile&) = delete;

    /// Bytes that an interrupted run has left.
    [[nodiscard]] std::uint64_t existing() const { return existing_; }
    /// PATH.partial, or "standard output".
    [[nodiscard]] const std::string& name() const { return name_; }
    /// It is not a file that can be gone on with.
    [[nodiscard]] bool direct() const { return partial_.empty(); }

    /// Reads so many bytes that an interrupted run has left; all must be there.
    void read(std::uint64_t offset, std::span<std::uint8_t> data) const;
    /// Writes behind what was written last, which is at `offset`.
    void write(std::uint64_t offset, std::span<const std::uint8_t> data);
    void truncate(std::uint64_t bytes);

    /// From here on an interruption leaves the partial file for --resume, and says so.
    void keep();
    /// ... or no longer: it must not stay.
    void discard();
    /// Empty, or what to tell of a file that stays behind.
    [[nodiscard]] std::string remains() const;
    /// On the disk, and under its name.
    void finish();

private:
    [[noreturn]] void fail(int error) const;

    std::string path_;
    std::string partial_;  ///< empty: written straight
    std::string name_;
    Descriptor descriptor_;
    std::uint64_t existing_ = 0;
    bool kept_ = false;
    bool finished_ = false;
};

}  // namespace cce::tool
