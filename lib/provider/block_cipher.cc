// SPDX-License-Identifier: Apache-2.0
//
// ECB and CBC with EVP's semantics: updates of any length, whole blocks out of them, PKCS #7 padding (RFC 5652, 6.3).
// CBC records of TLS, whose padding and MAC are to be checked in constant time together, are left to OpenSSL's code.

#include <openssl/core_names.h>

#include <algorithm>

#include "chained.h"
#include "parameters.h"

namespace cce::provider {

namespace {

class BlockCipher final : public ChainedCipher {
public:
    using ChainedCipher::ChainedCipher;
    BlockCipher(const BlockCipher& other)
        : ChainedCipher(other),
          padding_(other.padding_),
          number_(other.number_),
          buffer_(other.buffer_),
          buffered_(other.buffered_),
          tls_version_(other.tls_version_),
          tls_mac_bytes_(other.tls_mac_bytes_),
          tls_(Cpu::duplicate(other.tls_)) {}
    ~BlockCipher() override { cleanse(buffer_); }

    std::unique_ptr<CipherState> duplicate() const override { return std::make_unique<BlockCipher>(*this); }

    void initialize(bool encrypt, std::span<const std::uint8_t> key, std::span<const std::uint8_t> iv) override {
        buffered_ = 0;
        number_ = 0;
        begin(encrypt, key, iv);
        tls_.reset();
    }

    std::size_t update(std::uint8_t* out, std::size_t room, const std::uint8_t* in, std::size_t length) override {
        require_key();
        if (tls_version_ != 0) {
            return update_tls(out, room, in, length);
        }
        std::size_t written = 0;
        // A block that is begun comes first.
        if (buffered_ != 0 && length != 0) {
            const std::size_t taken = std::min(block_bytes - buffered_, length);
            std::copy_n(in, taken, buffer_.begin() + static_cast<std::ptrdiff_t>(buffered_));
            buffered_ += taken;
            in += taken;
            length -= taken;
        }
        // Decrypting with padding, the last block of a text stays here: finish() has to look into it.
        const bool holds_back = !encrypts() && padding_;
        if (buffered_ == block_bytes && !(holds_back && length == 0)) {
            require_room(room, block_bytes);
            // Where text is decrypted in place, the block's destination may be text that is still to be read.
            SecretBytes kept;
            if (length != 0 && overlaps(out, in, length)) {
                kept.append({in, length});
                in = kept.bytes().data();
            }
            run_blocks(buffer_.data(), buffer_.data(), block_bytes);
            std::copy(buffer_.begin(), buffer_.end(), out);
            buffered_ = 0;
            written += block_bytes;
            return written + update_whole(out + written, room - written, in, length, holds_back);
        }
        return written + update_whole(out, room, in, length, holds_back);
    }

    std::size_t finish(std::uint8_t* out, std::size_t room) override {
        require_key();
        require(tls_version_ == 0, Reason::cipher_operation_failed, "records of TLS have no end");
        if (encrypts()) {
            if (padding_) {
                const std::size_t fill = block_bytes - buffered_;
                std::fill(buffer_.begin() + static_cast<std::ptrdiff_t>(buffered_), buffer_.end(),
                          static_cast<std::uint8_t>(fill));
            } else if (buffered_ == 0) {
                return 0;
            } else {
                require(buffered_ == block_bytes, Reason::wrong_final_block_length);
            }
            require_room(room, block_bytes);
            run_blocks(buffer_.data(), buffer_.data(), block_bytes);
            std::copy(buffer_.begin(), buffer_.end(), out);
            buffered_ = 0;
            return block_bytes;
        }
        if (buffered_ == 0 && !padding_) {
            return 0;
        }
        require(buffered_ == block_bytes, Reason::wrong_final_block_length);
        run_blocks(buffer_.data(), buffer_.data(), block_bytes);
        const std::size_t text = padding_ ? block_bytes - padding_bytes() : block_bytes;
        require_room(room, text);
        std::copy_n(buffer_.begin(), text, out);
        buffered_ = 0;
        return text;
    }

    void set(const OSSL_PARAM params[]) override {
        if (const auto padding = number_in(params, OSSL_CIPHER_PARAM_PADDING); padding) {
            padding_ = *padding != 0;
        }
        if (const auto number = number_in(params, OSSL_CIPHER_PARAM_NUM); number) {
            number_ = *number;
        }
        if (algorithm().mode == CCE_MODE_CBC) {
            if (const auto version = number_in(params, OSSL_CIPHER_PARAM_TLS_VERSION); version) {
                tls_version_ = *version;
                tls_.reset();
            }
            if (const auto length = size_in(params, OSSL_CIPHER_PARAM_TLS_MAC_SIZE); length) {
                tls_mac_bytes_ = *length;
                tls_.reset();
            }
        }
    }

    void get(OSSL_PARAM params[]) override {
        get_chained(params);
        put_number(params, OSSL_CIPHER_PARAM_PADDING, padding_ ? 1 : 0);
        put_number(params, OSSL_CIPHER_PARAM_NUM, number_);
        if (OSSL_PARAM* mac = OSSL_PARAM_locate(params, OSSL_CIPHER_PARAM_TLS_MAC); mac != nullptr) {
            if (tls_) {
                std::array<OSSL_PARAM, 2> query{*mac, OSSL_PARAM_construct_end()};
                ensure(EVP_CIPHER_CTX_get_params(tls_.get(), query.data()), Reason::failed_to_set_parameter);
                *mac = query[0];
            } else {
                require(OSSL_PARAM_set_octet_ptr(mac, nullptr, 0) == 1, Reason::failed_to_set_parameter);
            }
        }
    }

private:
    /// Does `out`'s first block reach into the text that is still to be read?
    static bool overlaps(const std::uint8_t* out, const std::uint8_t* in, std::size_t length) {
        const auto from = reinterpret_cast<std::uintptr_t>(in);
        const auto to = reinterpret_cast<std::uintptr_t>(out);
        return to < from + length && from < to + block_bytes;
    }

    std::size_t update_whole(std::uint8_t* out, std::size_t room, const std::uint8_t* in, std::size_t length,
                             bool holds_back) {
        if (length == 0) {
            return 0;
        }
        std::size_t whole = length / block_bytes * block_bytes;
        if (holds_back && whole == length) {
            whole -= block_bytes;
        }
        require_room(room, whole);
        // What stays is taken first: in place, the destination may reach it.
        const std::size_t rest = length - whole;
        Block last{};
        std::copy_n(in + whole, rest, last.begin());
        if (whole != 0) {
            run_blocks(out, in, whole);
        }
        buffer_ = last;
        buffered_ = rest;
        cleanse(last);
        return whole;
    }

    /// The bytes of padding in the decrypted last block. What follows tells whether it was well formed: an oracle for
    /// whoever may try texts at will, as everywhere in EVP.
    std::size_t padding_bytes() const {
        const std::size_t fill = buffer_.back();
        require(fill != 0 && fill <= block_bytes, Reason::bad_decrypt);
        require(std::all_of(buffer_.end() - static_cast<std::ptrdiff_t>(fill), buffer_.end(),
                            [fill](std::uint8_t byte) { return byte == fill; }),
                Reason::bad_decrypt);
        return fill;
    }

    std::size_t update_tls(std::uint8_t* out, std::size_t room, const std::uint8_t* in, std::size_t length) {
        if (!tls_) {
            CipherContext context = provider().cpu.context(algorithm().cpu_name, encrypts());
            ensure(EVP_CipherInit_ex(context.get(), nullptr, nullptr, key()->bytes().data(), iv().data(), -1));
            const std::array<OSSL_PARAM, 3> params{
                OSSL_PARAM_construct_uint(OSSL_CIPHER_PARAM_TLS_VERSION, &tls_version_),
                OSSL_PARAM_construct_size_t(OSSL_CIPHER_PARAM_TLS_MAC_SIZE, &tls_mac_bytes_),
                OSSL_PARAM_construct_end()};
            ensure(EVP_CIPHER_CTX_set_params(context.get(), params.data()));
            ensure(EVP_CIPHER_CTX_set_padding(context.get(), padding_ ? 1 : 0));
            tls_ = std::move(context);
        }
        require_room(room, length);
        provider().report.on_cpu(OnCpu::tls_padding, length);
        int written = 0;
        ensure(EVP_CipherUpdate(tls_.get(), out, &written, in, static_cast<int>(length)));
        return static_cast<std::size_t>(written);
    }

    bool padding_ = true;
    unsigned number_ = 0;  ///< kept for whoever set it; without meaning for blocks
    Block buffer_{};       ///< the block that is begun, or held back
    std::size_t buffered_ = 0;
    unsigned tls_version_ = 0;  ///< not 0: updates are records
    std::size_t tls_mac_bytes_ = 0;
    CipherContext tls_;
};

}  // namespace

std::unique_ptr<CipherState> make_block_cipher(Provider& provider, const CipherAlgorithm& algorithm) {
    return std::make_unique<BlockCipher>(provider, algorithm);
}

}  // namespace cce::provider
