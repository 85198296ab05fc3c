// SPDX-License-Identifier: Apache-2.0

#include "hash_input.h"

#include <array>

#include "progress.h"
#include "read_ahead.h"

namespace cce::tool {

namespace {

/// A file up to this long is one request.
constexpr std::size_t short_bytes = std::size_t{128} * 1024;
/// Files under way at once: enough for an engine's lanes, and for the next ones to wait in its queue.
constexpr std::size_t files_under_way = 32;

}  // namespace

std::uint64_t take_in(HashStream& hash, int descriptor, const std::string& name, bool progress, std::uint64_t done) {
    Progress shown(progress, descriptor);
    ReadAhead input(descriptor, name);
    for (auto piece = input.next(); !piece.empty(); piece = input.next()) {
        hash.update(piece);
        done += piece.size();
        shown.show(done);
    }
    return done;
}

FileDigests::FileDigests(Device& device, bool progress, Done done)
    : device_(device), progress_(progress), done_(std::move(done)) {}

FileDigests::~FileDigests() {
    std::array<Completion, 8> completions{};
    try {
        while (device_.outstanding() > 0) {
            static_cast<void>(device_.poll(completions, std::chrono::milliseconds(-1)));
        }
    } catch (const Error&) {
        // A device that can't even be asked: its sessions stay behind, as cce.hpp says.
    }
}

void FileDigests::add(Session& session, const std::string& path, std::size_t digest_length) {
    while (items_.size() >= files_under_way) {
        report_oldest();
    }
    Item& item = items_.emplace_back();
    item.number = next_number_++;
    try {
        start(item, session, path, digest_length);
    } catch (const ReadError& error) {
        item.result.error = error.error();
        item.complete = true;
    }
}

void FileDigests::start(Item& item, Session& session, const std::string& path, std::size_t digest_length) {
    const std::string name = path.empty() ? "standard input" : path;
    const Descriptor input = open_input(path);
    item.message = SecretBytes(short_bytes);
    item.result.bytes = read_fully(input.get(), item.message.bytes(), name);
    item.result.digest.resize(digest_length);
    const auto message = std::span<const std::uint8_t>(item.message.bytes()).first(item.result.bytes);
    if (message.size() < short_bytes) {
        session.submit(DigestRequest{item.number, message.data(), message.size(), item.result.digest.data(), nullptr,
                                     digest_length});
        return;
    }
    // This one takes its time: what is known is told before.
    while (items_.size() > 1) {
        report_oldest();
    }
    HashStream hash(session);
    hash.update(message);
    item.result.bytes = take_in(hash, input.get(), name, progress_, message.size());
    hash.finish(item.result.digest);
    item.complete = true;
}

void FileDigests::report_oldest() {
    while (!items_.front().complete) {
        collect();
    }
    done_(items_.front().number, items_.front().result);
    items_.pop_front();
}

void FileDigests::finish() {
    while (!items_.empty()) {
        report_oldest();
    }
}

void FileDigests::collect() {
    std::array<Completion, 16> completions{};
    const std::span<Completion> found = device_.poll(completions, std::chrono::milliseconds(-1));
    if (found.empty()) {
        throw ToolError(exit_failure, "the device forgot a request");
    }
    for (const Completion& completion : found) {
        if (completion.status != CCE_OK) {
            throw Error(completion.status,
                        std::string(cce_strerror(completion.status)) + " (" + cce_error_message(device_.get()) + ")");
        }
        items_.at(completion.cookie - items_.front().number).complete = true;
    }
}

}  // namespace cce::tool
