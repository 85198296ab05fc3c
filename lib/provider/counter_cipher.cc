// SPDX-License-Identifier: Apache-2.0
//
// CTR with EVP's semantics: a stream, in updates of any length.

#include <openssl/core_names.h>

#include "chained.h"
#include "parameters.h"

namespace cce::provider {

namespace {

class CounterCipher final : public ChainedCipher {
public:
    using ChainedCipher::ChainedCipher;
    CounterCipher(const CounterCipher&) = default;
    ~CounterCipher() override { cleanse(keystream_); }

    std::unique_ptr<CipherState> duplicate() const override { return std::make_unique<CounterCipher>(*this); }

    void initialize(bool encrypt, std::span<const std::uint8_t> key, std::span<const std::uint8_t> iv) override {
        used_ = 0;
        begin(encrypt, key, iv);
    }

    std::size_t update(std::uint8_t* out, std::size_t room, const std::uint8_t* in, std::size_t length) override {
        require_key();
        require_room(room, length);
        if (length > 0 && overlap_in_part(out, in, length)) {
            const SecretBytes copy(std::span(in, length));
            return update(out, room, copy.bytes().data(), length);
        }
        std::size_t done = 0;
        while (used_ != 0 && done < length) {
            apply(out, in, done);
        }
        const std::size_t whole = (length - done) / block_bytes * block_bytes;
        if (whole != 0) {
            run_blocks(out + done, in + done, whole);
            done += whole;
        }
        if (done < length) {
            // The keystream of a block that is not full: a block of zeros, encrypted.
            keystream_.fill(0);
            run_blocks(keystream_.data(), keystream_.data(), keystream_.size());
            while (done < length) {
                apply(out, in, done);
            }
        }
        return length;
    }

    std::size_t finish(std::uint8_t*, std::size_t) override {
        require_key();
        return 0;
    }

    void set(const OSSL_PARAM params[]) override {
        if (const auto number = number_in(params, OSSL_CIPHER_PARAM_NUM); number) {
            require(*number < block_bytes, Reason::invalid_data, "a block has 16 bytes of keystream");
            used_ = *number;
        }
    }

    void get(OSSL_PARAM params[]) override {
        get_chained(params);
        put_number(params, OSSL_CIPHER_PARAM_NUM, static_cast<unsigned>(used_));
        put_number(params, OSSL_CIPHER_PARAM_PADDING, 1);  // as OpenSSL's own: accepted, without meaning
    }

private:
    void apply(std::uint8_t* out, const std::uint8_t* in, std::size_t& position) {
        out[position] = static_cast<std::uint8_t>(in[position] ^ keystream_[used_]);
        used_ = (used_ + 1) % block_bytes;
        ++position;
    }

    Block keystream_{};
    std::size_t used_ = 0;  ///< bytes of keystream_ that are spent; 0: all
};

}  // namespace

std::unique_ptr<CipherState> make_counter_cipher(Provider& provider, const CipherAlgorithm& algorithm) {
    return std::make_unique<CounterCipher>(provider, algorithm);
}

}  // namespace cce::provider
