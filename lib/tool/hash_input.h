// SPDX-License-Identifier: Apache-2.0
//
// Inputs of any length through hash sessions: long ones as streams, read ahead; short ones as requests, many under way.

#pragma once

#include <deque>
#include <functional>

#include "tool.h"

namespace cce::tool {

/// Takes in what a descriptor still has, behind `done` bytes that were taken in before; returns the bytes of all.
std::uint64_t take_in(HashStream& hash, int descriptor, const std::string& name, bool progress, std::uint64_t done = 0);

/// What became of a file.
struct FileDigest {
    std::uint64_t bytes = 0;
    std::vector<std::uint8_t> digest;
    int error = 0;  ///< errno; 0: it was read
};

/// Digests of files, in the order in which the files are added.
class FileDigests {
public:
    /// `done` gets each file's number and result.
    using Done = std::function<void(std::size_t number, const FileDigest& result)>;
    FileDigests(Device& device, bool progress, Done done);
    /// Waits for what is under way: the buffers go now.
    ~FileDigests();
    FileDigests(const FileDigests&) = delete;
    FileDigests& operator=(const FileDigests&) = delete;

    /// The file `path`, standard input if that is empty; `session` stays until finish(). Files that can't be read are
    /// results, everything else is thrown.
    void add(Session& session, const std::string& path, std::size_t digest_length);
    void finish();

private:
    struct Item {
        std::size_t number = 0;
        SecretBytes message;
        FileDigest result;
        bool complete = false;
    };
    /// Reads, and submits what is short; else hashes it.
    void start(Item& item, Session& session, const std::string& path, std::size_t digest_length);
    void report_oldest();
    void collect();

    Device& device_;
    bool progress_;
    Done done_;
    std::deque<Item> items_;  ///< under way
    std::size_t next_number_ = 0;
};

}  // namespace cce::tool
