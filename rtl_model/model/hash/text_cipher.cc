// SPDX-License-Identifier: Apache-2.0

#include "hash/text_cipher.h"

#include "aes/block_functions.h"

namespace cce::model {

void TextCipher::start(const HashRequest& request) {
    ctr_ = request.ctr;
    chained_ = !request.ctr && !request.decrypt;
    chain_ = request.iv;
    read_left_ = give_left_ = request.cipher ? request.text_length : 0;
}

Block TextCipher::result() const {
    return keep_bytes(results_.data(), result_bytes());
}

void TextCipher::clock(const Inputs& inputs) {
    const bool result_comes = inputs.result_valid && !inputs.drop;
    const bool arrives = arrives_;
    const unsigned read_bytes = std::min<std::uint32_t>(read_left_, sizeof(Block));
    if (inputs.result_take) {
        give_left_ -= result_bytes();
        results_.pop();
    }
    if (result_comes) {
        results_.push(exclusive_or(*inputs.result_block, combine_.data()));
        combine_.pop();
    }
    shown_ = inputs.cipher_grant ? send_.data() : Block{};
    if (inputs.cipher_grant) {
        send_.pop();
        ++in_cipher_;
    }
    if (inputs.result_valid) --in_cipher_;
    if (arrives) {
        if (ctr_) {
            send_.push(chain_);
            combine_.push(inputs.read_data);
            chain_ = increment_counter(chain_, true);
        } else if (chained_) {
            // Combined with nothing: the text is in the block that is sent.
            send_.push(exclusive_or(inputs.read_data, chain_));
            combine_.push(Block{});
        } else {
            send_.push(inputs.read_data);
            combine_.push(chain_);
            chain_ = inputs.read_data;
        }
    }
    if (result_comes && chained_) chain_ = *inputs.result_block;
    arrives_ = inputs.read_grant;
    if (inputs.read_grant) {
        read_bytes_ = read_bytes;
        read_left_ -= read_bytes;
    }
    if (inputs.drop) {
        send_.clear();
        combine_.clear();
        results_.clear();
        chain_ = {};
        read_left_ = give_left_ = 0;
    }
}

}  // namespace cce::model
