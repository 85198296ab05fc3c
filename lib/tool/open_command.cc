// SPDX-License-Identifier: Apache-2.0
//
// cce open: decrypts what cce seal has written. Nothing of a chunk is written before its tag was checked, and chunks
// are written in order.

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "progress.h"
#include "seal_common.h"

namespace cce::tool {

namespace {

using namespace sealed;

/// How far from its place a misplaced chunk is looked for.
constexpr std::uint64_t search_distance = 1024;

class Opener {
public:
    Opener(SealOptions& options, const Descriptor& input, const std::string& input_name)
        : options_(options),
          input_name_(input_name),
          input_(input),
          master_key_(read_master_key(options)),
          device_(open_gcm_device(options)) {}

    void run() {
        begin();
        output_.emplace(options_.output, options_.resume);
        if (options_.resume && output_->existing() == 0 && !options_.quiet) {
            std::fprintf(stderr, "cce: nothing to go on with; starting anew\n");
        }
        with_remains(*output_, [this] {
            try {
                work();
            } catch (const ToolError& error) {
                if (!output_->direct() || account_.text_bytes == 0) {
                    throw;
                }
                throw ToolError(error.exit_status(), std::string(error.what()) + "; " +
                                                         std::to_string(account_.text_bytes) +
                                                         " bytes of verified text were written before, to " +
                                                         output_->name() + ": they are not the whole text");
            }
        });
    }

private:
    /// The header, before there is any output.
    void begin() {
        HeaderBytes header{};
        const std::size_t bytes = read_fully(input_.get(), header, input_name_);
        chunk_bytes_ = std::size_t{1} << check_header(std::span(header).first(bytes), input_name_);
        check_chunk(device_.information(), chunk_bytes_);
        keys_ = derive(master_key_.bytes(), std::span(header).first(covered_bytes), options_.context);
        const auto tag = std::span(header).last(tag_bytes);
        if (!std::equal(tag.begin(), tag.end(), keys_.header_tag.begin())) {
            throw ToolError(exit_failure, input_name_ + ": wrong key or --context, or a damaged header (bytes 0 to " +
                                              std::to_string(header_bytes - 1) + "); nothing was written");
        }
    }

    void work() {
        const Information information = device_.information();
        Session opener(device_, CCE_MODE_GCM, CCE_DECRYPT, keys_.chunk_key.bytes());
        Progress progress(!options_.quiet && (options_.progress || isatty(STDERR_FILENO) != 0), input_.get());
        Timeline timeline(default_clock_mhz);
        ChunkPipeline pipeline(device_, options_.depth, chunk_bytes_, false);
        pipeline.set_timeline(options_.trace.empty() ? nullptr : &timeline);

        PieceReader reader(input_.get(), input_name_);
        bool all_read = false;
        std::optional<std::string> cut;  ///< what is wrong with the last piece, told once those before it are checked
        while ((!all_read && !cut) || !pipeline.empty()) {
            while (!all_read && !cut && !pipeline.full()) {
                Chunk& chunk = pipeline.next();
                const std::size_t bytes = reader.read(chunk.sealed.bytes());
                chunk.last = all_read = reader.ended();
                // Only an empty text has an empty chunk.
                if (bytes < tag_bytes + (chunk.number == 0 ? 0U : 1U)) {
                    cut = truncated(chunk.number, bytes);
                    break;
                }
                if (chunk.number >= chunk_limit) {
                    throw ToolError(exit_failure, input_name_ + " has more than 2^32 chunks");
                }
                chunk.text_length = bytes - tag_bytes;
                pipeline.submit_open(opener, chunk.sealed_bytes(), chunk.text_bytes());
            }
            if (pipeline.empty()) {
                break;
            }
            Chunk& chunk = pipeline.wait_for_oldest();
            if (chunk.completion->status == CCE_ERROR_TAG) {
                bad(diagnosis_of(chunk));
            }
            take(chunk);
            progress.show(offset_of(chunk.number, chunk_bytes_) + chunk.text_length + tag_bytes);
            pipeline.release_oldest();
        }
        if (cut) {
            bad(*cut);
        }
        if (output_->existing() > account_.text_bytes) {
            output_->truncate(account_.text_bytes);
        }
        output_->finish();
        report(options_, "open", account_, pipeline, chunk_bytes_, information, timeline);
    }

    /// Writes a text that was checked, unless an interrupted run has.
    void take(Chunk& chunk) {
        const std::uint64_t offset = chunk.number * chunk_bytes_;
        if (offset < output_->existing()) {
            const std::uint64_t left = output_->existing() - offset;
            SecretBytes written(static_cast<std::size_t>(std::min<std::uint64_t>(left, chunk.text_length)));
            output_->read(offset, written.bytes());
            const bool equal = std::equal(written.bytes().begin(), written.bytes().end(), chunk.text_bytes().begin());
            if (!equal && offset == 0) {
                throw ToolError(exit_failure, output_->name() + " is nothing of this text: remove it to start anew");
            }
            if (!equal || written.bytes().size() < chunk.text_length) {
                output_->truncate(offset);
            } else {
                account_.resumed_bytes += chunk.text_length;
            }
        }
        if (offset >= output_->existing()) {
            output_->write(offset, chunk.text_bytes());
            output_->keep();
        }
        account_.text_bytes += chunk.text_length;
        ++account_.chunks;
    }

    /// The input is not what was sealed: the part that was verified goes, too.
    [[noreturn]] void bad(const std::string& what) {
        output_->discard();
        throw ToolError(exit_failure, input_name_ + ": " + what + (output_->direct() ? "" : "; no output was left"));
    }

    [[nodiscard]] std::string place(std::uint64_t number, std::size_t bytes) const {
        const std::uint64_t offset = offset_of(number, chunk_bytes_);
        return "chunk " + std::to_string(number) + " (bytes " + std::to_string(offset) + " to " +
               std::to_string(offset + bytes - 1) + ")";
    }

    [[nodiscard]] std::string truncated(std::uint64_t number, std::size_t bytes) const {
        return "the file is cut off: it ends at byte " + std::to_string(offset_of(number, chunk_bytes_) + bytes) +
               ", " + (bytes == 0 ? "before" : "in") + " chunk " + std::to_string(number);
    }

    /// Why the chunk's tag does not match. On the CPU, whatever the device: it is a matter of a few chunks.
    [[nodiscard]] std::string diagnosis_of(Chunk& chunk) {
        Device software("software");
        Session session(software, CCE_MODE_GCM, CCE_DECRYPT, keys_.chunk_key.bytes());
        SecretBytes text(chunk.text_length);
        const auto opens_as = [&](std::uint64_t number, bool last) {
            const Nonce nonce = nonce_of(number, last);
            try {
                session.open(nonce, {}, chunk.sealed_bytes(), text.bytes(), tag_bytes);
            } catch (const Error& error) {
                if (error.status() != CCE_ERROR_TAG) {
                    throw;
                }
                return false;
            }
            return true;
        };
        const std::string here = place(chunk.number, chunk.text_length + tag_bytes);
        const std::uint64_t end = offset_of(chunk.number, chunk_bytes_) + chunk.text_length + tag_bytes;
        if (opens_as(chunk.number, !chunk.last)) {
            return chunk.last ? "the file is cut off behind " + here + ", which is not the last one"
                              : "the file goes on behind its last chunk: from byte " + std::to_string(end) +
                                    " on it was extended";
        }
        for (std::uint64_t distance = 1; distance <= search_distance; ++distance) {
            for (const bool before : {true, false}) {
                if (before && distance > chunk.number) {
                    continue;
                }
                const std::uint64_t number = before ? chunk.number - distance : chunk.number + distance;
                if (opens_as(number, false) || opens_as(number, true)) {
                    return "in the place of " + here + " is chunk " + std::to_string(number) +
                           (before ? ": chunks were duplicated or reordered" : ": chunks were removed or reordered");
                }
            }
        }
        return here + (chunk.last ? " is damaged, cut short, or extended" : " is damaged");
    }

    SealOptions& options_;
    std::string input_name_;
    const Descriptor& input_;
    SecretBytes master_key_;
    Device device_;
    FileKeys keys_;
    std::size_t chunk_bytes_ = 0;
    std::optional<ResumableFile> output_;
    Account account_;
};

}  // namespace

int run_open(SealOptions& options) {
    const Descriptor input = open_input(options.input);
    Opener opener(options, input, options.input.empty() ? "standard input" : options.input);
    opener.run();
    return 0;
}

}  // namespace cce::tool
