// SPDX-License-Identifier: Apache-2.0
//
// The cipher's part of a request that is enciphered or deciphered and hashed in one pass: CBC and CTR.

#pragma once

#include <algorithm>
#include <cstdint>

#include "common/stream_fifo.h"
#include "hash/hash_functions.h"
#include "types.h"

namespace cce::model {

/// Model of text_cipher.sv. `depth`: blocks under way.
class TextCipher {
public:
    struct Inputs {
        bool stop = false;  ///< sends nothing more to the cipher
        bool drop = false;  ///< and forgets what there is, results that come included
        bool read_grant = false;
        const Block& read_data;
        bool cipher_grant = false;
        bool result_valid = false;
        const Block* result_block{};  ///< with result_valid
        bool result_take = false;
    };

    explicit TextCipher(unsigned depth) : depth_(depth) {}
    void start(const HashRequest& request);
    void clock(const Inputs& inputs);

    /// `possible`: the ring has a block, and the hash has room if it wants it.
    [[nodiscard]] bool read_request(bool possible) const {
        return possible && read_left_ != 0 && place() && send_.count() + (arrives_ ? 1 : 0) < send_depth;
    }
    [[nodiscard]] bool text_valid() const { return arrives_; }
    [[nodiscard]] unsigned text_bytes() const { return read_bytes_; }
    [[nodiscard]] bool cipher_request(bool key_usable, bool stop) const { return send_.valid() && key_usable && !stop; }
    /// In the cycle after its grant.
    [[nodiscard]] const Block& cipher_block() const { return shown_; }
    [[nodiscard]] bool result_valid() const { return results_.valid(); }
    /// Bytes behind the text's end are zero.
    [[nodiscard]] Block result() const;
    [[nodiscard]] unsigned result_bytes() const { return std::min<std::uint32_t>(give_left_, sizeof(Block)); }
    [[nodiscard]] bool all_read() const { return read_left_ == 0 && !arrives_; }
    [[nodiscard]] bool all_given() const { return give_left_ == 0; }
    [[nodiscard]] bool quiet() const { return in_cipher_ == 0; }
    [[nodiscard]] const Block& next_iv() const { return chain_; }

private:
    static constexpr unsigned send_depth = 4;
    static constexpr unsigned depth_maximum = 32;

    [[nodiscard]] bool place() const {
        if (chained_) return !arrives_ && send_.count() == 0 && in_cipher_ == 0 && results_.count() != depth_;
        return (arrives_ ? 1 : 0) + send_.count() + in_cipher_ + results_.count() < depth_;
    }

    unsigned depth_;
    bool ctr_ = false;
    bool chained_ = false;         ///< CBC encryption; neither: CBC decryption
    Block chain_{};                ///< the next counter block, or the ciphertext before
    std::uint32_t read_left_ = 0;  ///< bytes
    std::uint32_t give_left_ = 0;
    bool arrives_ = false;     ///< a block comes in this cycle
    unsigned read_bytes_ = 0;  ///< of it
    Block shown_{};
    unsigned in_cipher_ = 0;
    StreamFifo<Block, send_depth> send_;
    StreamFifo<Block, depth_maximum> combine_;
    StreamFifo<Block, depth_maximum> results_;
};

}  // namespace cce::model
