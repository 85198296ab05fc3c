// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic of the modes that no backend should do twice: the IV that continues a stream.

#pragma once

#include "backend.h"

namespace cce::internal {

/// Adds `blocks` to the 128-bit big-endian counter, which wraps.
inline void add_to_counter(Iv& counter, std::uint64_t blocks) {
    unsigned carry = 0;
    for (std::size_t i = counter.size(); i-- > 0;) {
        const unsigned sum = counter[i] + static_cast<unsigned>(blocks & 0xff) + carry;
        counter[i] = static_cast<std::uint8_t>(sum);
        carry = sum >> 8;
        blocks >>= 8;
    }
}

/// Takes note, before a request runs, of what its next IV needs; in place, the source is gone afterwards.
class NextIv {
public:
    NextIv(cce_mode mode, cce_direction direction, const Text& text) : text_(text) {
        if (mode == CCE_MODE_CBC) {
            from_destination_ = direction == CCE_ENCRYPT;
            if (!from_destination_) {
                take_last_block(text.source);
            }
        } else if (mode == CCE_MODE_CTR) {
            iv_ = text.iv_block();
            add_to_counter(iv_, (text.source.size() + CCE_BLOCK_BYTES - 1) / CCE_BLOCK_BYTES);
        }
    }

    /// After the request has run. CBC: the last ciphertext block; CTR: the counter behind the last (even if partial)
    /// block; ECB: zero.
    [[nodiscard]] Iv get() {
        if (from_destination_) {
            take_last_block(text_.destination);
        }
        return iv_;
    }

private:
    void take_last_block(std::span<const std::uint8_t> ciphertext) {
        const auto last = ciphertext.last(CCE_BLOCK_BYTES);
        std::copy(last.begin(), last.end(), iv_.begin());
    }

    Text text_;
    bool from_destination_ = false;
    Iv iv_{};
};

/// ECB, CBC, CTR: runs `step` (Text -> Result) over `text` in pieces of `piece_bytes` (a multiple of the block),
/// chaining the IV.
template <typename Step>
Result run_in_pieces(const Text& text, std::size_t piece_bytes, Step step) {
    Result result;
    result.next_iv = text.iv_block();
    for (std::size_t done = 0; done < text.source.size();) {
        const std::size_t bytes = std::min(piece_bytes, text.source.size() - done);
        Text part;
        part.iv.assign(result.next_iv.begin(), result.next_iv.end());
        part.source = text.source.subspan(done, bytes);
        part.destination = text.destination.subspan(done, bytes);
        const Result piece = step(part);
        result.next_iv = piece.next_iv;
        if (piece.cycles) {
            const std::uint64_t start = result.cycles ? result.cycles->start : piece.cycles->start;
            result.cycles = Cycles{start, piece.cycles->end};
        }
        done += bytes;
    }
    return result;
}

}  // namespace cce::internal
