// SPDX-License-Identifier: Apache-2.0

#include "chained.h"

#include <openssl/core_names.h>

#include <algorithm>

#include "parameters.h"

namespace cce::provider {

namespace {

/// SP 800-38A, B.1: the counter is the whole block, big-endian.
void add_blocks(Block& counter, std::size_t blocks) {
    std::uint64_t carry = blocks;
    for (std::size_t i = counter.size(); i-- > 0 && carry != 0;) {
        carry += counter[i];
        counter[i] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
    }
}

Block last_block(const std::uint8_t* text, std::size_t length) {
    Block block;
    std::copy_n(text + length - block.size(), block.size(), block.begin());
    return block;
}

}  // namespace

ChainedCipher::ChainedCipher(const ChainedCipher& other)
    : CipherState(other),
      encrypt_(other.encrypt_),
      key_(other.key_),
      iv_set_(other.iv_set_),
      first_iv_(other.first_iv_),
      iv_(other.iv_) {}

void ChainedCipher::begin(bool encrypt, std::span<const std::uint8_t> key, std::span<const std::uint8_t> iv) {
    if (encrypt != encrypt_ || !key.empty()) {
        cpu_.reset();
    }
    encrypt_ = encrypt;
    cpu_follows_ = false;
    if (!iv.empty() && algorithm().iv_bytes != 0) {
        require(iv.size() == algorithm().iv_bytes, Reason::invalid_iv_length);
        std::copy(iv.begin(), iv.end(), first_iv_.begin());
        iv_ = first_iv_;
        iv_set_ = true;
    } else if (iv_set_ && algorithm().mode == CCE_MODE_CBC) {
        iv_ = first_iv_;
    }
    if (!key.empty()) {
        key_ = make_key(key);
    }
}

void ChainedCipher::run_blocks(std::uint8_t* out, const std::uint8_t* in, std::size_t length) {
    if (overlap_in_part(out, in, length)) {
        // The parts of a text that are shifted by what waits in a buffer: neither the engine nor CBC can bear that.
        const SecretBytes copy(std::span(in, length));
        run_blocks(out, copy.bytes().data(), length);
        return;
    }
    constexpr std::size_t piece_bytes = CCE_SUBMIT_BYTES_MAX;
    while (length > 0) {
        const std::size_t piece = std::min(length, piece_bytes);
        if (offload(piece)) {
            run_on_engine(out, in, piece);
        } else {
            run_on_cpu(out, in, piece);
        }
        out += piece;
        in += piece;
        length -= piece;
    }
}

void ChainedCipher::run_on_engine(std::uint8_t* out, const std::uint8_t* in, std::size_t length) {
    cce_request request{};
    std::copy(iv_.begin(), iv_.end(), request.iv);
    request.source = in;
    request.destination = out;
    request.length = length;
    cpu_follows_ = false;
    const cce_completion completion = provider().engine.run(*key_, direction_of(encrypt_), request);
    if (algorithm().mode != CCE_MODE_ECB) {
        std::copy(std::begin(completion.next_iv), std::end(completion.next_iv), iv_.begin());
    }
}

void ChainedCipher::run_on_cpu(std::uint8_t* out, const std::uint8_t* in, std::size_t length) {
    if (!cpu_) {
        CipherContext context = provider().cpu.context(algorithm().cpu_name, encrypt_);
        ensure(EVP_CipherInit_ex(context.get(), nullptr, nullptr, key_->bytes().data(), nullptr, -1));
        ensure(EVP_CIPHER_CTX_set_padding(context.get(), 0));
        cpu_ = std::move(context);
    }
    if (!cpu_follows_ && algorithm().mode != CCE_MODE_ECB) {
        ensure(EVP_CipherInit_ex(cpu_.get(), nullptr, nullptr, nullptr, iv_.data(), -1));
    }
    cpu_follows_ = false;
    if (algorithm().mode == CCE_MODE_CBC && !encrypt_) {
        const Block next = last_block(in, length);
        update_all(cpu_.get(), out, {in, length});
        iv_ = next;
    } else {
        update_all(cpu_.get(), out, {in, length});
        if (algorithm().mode == CCE_MODE_CBC) {
            iv_ = last_block(out, length);
        } else if (algorithm().mode == CCE_MODE_CTR) {
            add_blocks(iv_, length / block_bytes);
        }
    }
    cpu_follows_ = true;
}

void ChainedCipher::get_chained(OSSL_PARAM params[]) const {
    put_size(params, OSSL_CIPHER_PARAM_IVLEN, algorithm().iv_bytes);
    put_octets(params, OSSL_CIPHER_PARAM_IV, std::span(first_iv_).first(algorithm().iv_bytes));
    put_octets(params, OSSL_CIPHER_PARAM_UPDATED_IV, std::span(iv_).first(algorithm().iv_bytes));
}

}  // namespace cce::provider
