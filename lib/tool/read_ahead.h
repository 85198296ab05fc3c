// SPDX-License-Identifier: Apache-2.0
//
// An input that is read while what was read before is worked on.

#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tool.h"

namespace cce::tool {

/// Owns a thread that reads. The descriptor must stay open for as long.
class ReadAhead {
public:
    ReadAhead(int descriptor, std::string name);
    /// Does not wait for an input that gives nothing.
    ~ReadAhead();
    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;

    /// The next bytes, which stay until the following call; none at the end. Throws what reading threw.
    [[nodiscard]] std::span<const std::uint8_t> next();

private:
    struct Piece {
        SecretBytes buffer;
        std::size_t bytes = 0;
    };
    void work() noexcept;
    /// Fills a piece as far as the input goes; false: the reader is to end.
    [[nodiscard]] bool fill(Piece& piece) const;

    int descriptor_;
    std::string name_;
    Descriptor stop_;  ///< readable once the reader is to end
    std::vector<Piece> pieces_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t read_ = 0;   ///< pieces that were read; piece n lies in pieces_[n % size]
    std::size_t taken_ = 0;  ///< pieces that were given out; the last of them may be in use
    bool ended_ = false;
    bool stopping_ = false;
    std::exception_ptr failure_;

    std::thread thread_;
};

}  // namespace cce::tool
