// SPDX-License-Identifier: Apache-2.0
//
// How far a command has come, on standard error.

#pragma once

#include <cstdint>

namespace cce::tool {

/// A line that is rewritten, at most ten times a second, for work that takes more than a second: a bar and the time
/// left where the input is a regular file, else what was done so far. The rate is that of this process, by the host's
/// clock.
class Progress {
public:
    /// `descriptor` is the input, whose length is the whole work.
    Progress(bool wanted, int descriptor);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void show(std::uint64_t done);

private:
    bool wanted_;
    bool terminal_;
    std::uint64_t start_;
    std::uint64_t next_;
    std::uint64_t total_ = 0;
    bool shown_ = false;
};

}  // namespace cce::tool
