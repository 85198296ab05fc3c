// SPDX-License-Identifier: Apache-2.0
//
// cce seal: encrypts a file in authenticated chunks, many of them under way at once.
//
// Going on with an interrupted run must not use a nonce for a second text. A chunk's nonce is its number, so what the
// interrupted run has written is opened and compared with the input, chunk by chunk, and the beginning of a chunk that
// was cut off is compared with what the input gives now. If anything differs, nothing is written.

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdio>

#include "progress.h"
#include "seal_common.h"

namespace cce::tool {

namespace {

using namespace sealed;

class Sealer {
public:
    Sealer(SealOptions& options, const Descriptor& input, const std::string& input_name)
        : options_(options),
          input_name_(input_name),
          input_(input),
          master_key_(read_master_key(options)),
          device_(open_gcm_device(options)),
          output_(options.output, options.resume) {}

    void run() {
        with_remains(output_, [this] { work(); });
    }

private:
    void work() {
        begin();
        const Information information = device_.information();
        const bool comparing = whole_ > 0;
        Session sealer(device_, CCE_MODE_GCM, CCE_ENCRYPT, keys_.chunk_key.bytes());
        std::optional<Session> opener;
        if (comparing) {
            opener.emplace(device_, CCE_MODE_GCM, CCE_DECRYPT, keys_.chunk_key.bytes());
        }
        Progress progress(!options_.quiet && (options_.progress || isatty(STDERR_FILENO) != 0), input_.get());
        Timeline timeline(default_clock_mhz);
        ChunkPipeline pipeline(device_, options_.depth, chunk_bytes_, comparing);
        pipeline.set_timeline(options_.trace.empty() ? nullptr : &timeline);

        PieceReader reader(input_.get(), input_name_);
        bool all_read = false;
        while (!all_read || !pipeline.empty()) {
            while (!all_read && !pipeline.full()) {
                Chunk& chunk = pipeline.next();
                chunk.text_length = reader.read(chunk.text.bytes());
                chunk.last = all_read = reader.ended();
                chunk.comparing = chunk.number < whole_;
                if (chunk.number >= chunk_limit) {
                    throw ToolError(exit_failure, input_name_ + " is too long for chunks of " +
                                                      std::to_string(chunk_bytes_) + " bytes: --chunk with more");
                }
                if (!chunk.comparing) {
                    pipeline.submit_seal(sealer);
                    continue;
                }
                if (chunk.text_length < chunk_bytes_) {
                    refuse("has become shorter");
                }
                output_.read(offset_of(chunk.number, chunk_bytes_), chunk.sealed_bytes());
                pipeline.submit_open(*opener, chunk.sealed_bytes(), chunk.opened_bytes());
            }
            Chunk& chunk = pipeline.wait_for_oldest();
            take(chunk);
            progress.show(account_.text_bytes);
            pipeline.release_oldest();
        }
        if (end_ < output_.existing()) {
            refuse("has become shorter");
        }
        output_.finish();
        report(options_, "seal", account_, pipeline, chunk_bytes_, information, timeline);
    }

    /// The header: written, or that of the interrupted run.
    void begin() {
        HeaderBytes header{};
        const bool resumed = output_.existing() >= header_bytes;
        if (resumed) {
            output_.read(0, header);
            chunk_bytes_ = std::size_t{1} << check_header(header, output_.name());
            if (options_.chunk && *options_.chunk != chunk_bytes_) {
                throw ToolError(exit_usage, "--chunk: " + output_.name() + " was begun with chunks of " +
                                                std::to_string(chunk_bytes_) + " bytes");
            }
        } else {
            chunk_bytes_ = options_.chunk.value_or(default_chunk(device_.information()));
            header = new_header(static_cast<unsigned>(std::countr_zero(chunk_bytes_)));
        }
        check_chunk(device_.information(), chunk_bytes_);
        const std::span<const std::uint8_t> covered = std::span(header).first(covered_bytes);
        keys_ = derive(master_key_.bytes(), covered, options_.context);
        const auto tag = std::span(header).last(tag_bytes);
        if (resumed) {
            if (!std::equal(tag.begin(), tag.end(), keys_.header_tag.begin())) {
                throw ToolError(exit_failure, output_.name() +
                                                  " was begun with another key or --context, or its header is "
                                                  "damaged: remove it to start anew");
            }
            const std::uint64_t sealed_chunk = chunk_bytes_ + tag_bytes;
            whole_ = (output_.existing() - header_bytes) / sealed_chunk;
            tail_bytes_ = static_cast<std::size_t>((output_.existing() - header_bytes) % sealed_chunk);
        } else {
            if (options_.resume && !options_.quiet) {
                std::fprintf(stderr, "cce: nothing to go on with; starting anew\n");
            }
            std::copy(keys_.header_tag.begin(), keys_.header_tag.end(), tag.begin());
            // Less than a header holds no chunk: no nonce was used under its salt.
            if (output_.existing() > 0) {
                output_.truncate(0);
            }
            output_.write(0, header);
        }
        end_ = header_bytes;
    }

    /// Compares or writes a chunk that is complete.
    void take(Chunk& chunk) {
        const std::uint64_t offset = offset_of(chunk.number, chunk_bytes_);
        if (chunk.comparing) {
            if (chunk.completion->status == CCE_ERROR_TAG) {
                throw ToolError(exit_failure, output_.name() + ": chunk " + std::to_string(chunk.number) +
                                                  " (at byte " + std::to_string(offset) +
                                                  ") is damaged, or the input has become longer or shorter there: it "
                                                  "can't be gone on with; remove it to start anew");
            }
            const auto text = chunk.text_bytes();
            const auto difference = std::mismatch(text.begin(), text.end(), chunk.opened_bytes().begin());
            if (difference.first != text.end()) {
                refuse("differs at byte " +
                       std::to_string(chunk.number * chunk_bytes_ +
                                      static_cast<std::uint64_t>(difference.first - text.begin())));
            }
            account_.resumed_bytes += chunk.text_length;
        } else {
            if (chunk.completion->status != CCE_OK) {
                throw ToolError(exit_failure, "the device answered an encryption with a wrong tag");
            }
            if (chunk.number == whole_ && tail_bytes_ > 0) {
                compare_tail(chunk, offset);
            }
            output_.write(offset, chunk.sealed_bytes());
            output_.keep();
        }
        account_.text_bytes += chunk.text_length;
        ++account_.chunks;
        end_ = offset + chunk.text_length + tag_bytes;
    }

    /// The chunk in whose middle the interrupted run ended: what is there must be what would be written.
    void compare_tail(Chunk& chunk, std::uint64_t offset) {
        SecretBytes tail(tail_bytes_);
        output_.read(offset, tail.bytes());
        const auto sealed = chunk.sealed_bytes();
        if (tail_bytes_ > sealed.size() || !std::equal(tail.bytes().begin(), tail.bytes().end(), sealed.begin())) {
            refuse("differs, or has another length, from byte " + std::to_string(chunk.number * chunk_bytes_) + " on");
        }
    }

    [[noreturn]] void refuse(const std::string& what) const {
        throw ToolError(exit_failure, input_name_ + " is not what " + output_.name() + " was begun with: it " + what +
                                          ". Going on would use nonces twice; remove " + output_.name() +
                                          " to start anew");
    }

    SealOptions& options_;
    std::string input_name_;
    const Descriptor& input_;
    SecretBytes master_key_;
    Device device_;
    ResumableFile output_;
    FileKeys keys_;
    std::size_t chunk_bytes_ = 0;
    std::uint64_t whole_ = 0;     ///< chunks that the interrupted run has written as a whole
    std::size_t tail_bytes_ = 0;  ///< and what is behind them
    std::uint64_t end_ = 0;       ///< of the output so far
    Account account_;
};

}  // namespace

int run_seal(SealOptions& options) {
    if (options.chunk && (!std::has_single_bit(*options.chunk) || *options.chunk < (1U << chunk_log2_minimum) ||
                          *options.chunk > (1U << chunk_log2_maximum))) {
        throw ToolError(exit_usage, "--chunk: a power of two from 1 KiB to 8 MiB is needed");
    }
    const Descriptor input = open_input(options.input);
    Sealer sealer(options, input, options.input.empty() ? "standard input" : options.input);
    sealer.run();
    return 0;
}

}  // namespace cce::tool
