// SPDX-License-Identifier: Apache-2.0
//
// XTS with EVP's semantics: each update is a data unit, and begins with the tweak that was set (IEEE 1619, 5.3).

#include <openssl/core_names.h>

#include <algorithm>

#include "cipher.h"
#include "parameters.h"

namespace cce::provider {

namespace {

class Xts final : public CipherState {
public:
    using CipherState::CipherState;
    Xts(const Xts& other)
        : CipherState(other),
          encrypt_(other.encrypt_),
          key_(other.key_),
          equal_keys_(other.equal_keys_),
          tweak_(other.tweak_),
          tweak_set_(other.tweak_set_) {}

    std::unique_ptr<CipherState> duplicate() const override { return std::make_unique<Xts>(*this); }

    void initialize(bool encrypt, std::span<const std::uint8_t> key, std::span<const std::uint8_t> iv) override {
        if (encrypt != encrypt_ || !key.empty()) {
            cpu_.reset();
        }
        encrypt_ = encrypt;
        if (!iv.empty()) {
            require(iv.size() == tweak_.size(), Reason::invalid_iv_length);
            std::copy(iv.begin(), iv.end(), tweak_.begin());
            tweak_set_ = true;
        }
        if (!key.empty()) {
            require(key.size() == algorithm().key_bytes, Reason::invalid_key_length);
            const std::size_t half = key.size() / 2;
            // SP 800-38E with FIPS 140 IG C.I. As in OpenSSL, what was once encrypted so can be decrypted.
            equal_keys_ = CRYPTO_memcmp(key.data(), key.data() + half, half) == 0;
            key_ = make_key(key);
        }
        require(!encrypt_ || key_ == nullptr || !equal_keys_, Reason::xts_duplicated_keys);
    }

    std::size_t update(std::uint8_t* out, std::size_t room, const std::uint8_t* in, std::size_t length) override {
        require(key_ != nullptr, Reason::no_key_set);
        require(tweak_set_, Reason::no_iv_set);
        require_room(room, length);
        require(in != nullptr && out != nullptr && length >= block_bytes, Reason::cipher_operation_failed,
                "an XTS data unit has at least 16 bytes");
        require(length <= CCE_XTS_BYTES_MAX, Reason::xts_data_unit_is_too_large);
        if (overlap_in_part(out, in, length)) {
            const SecretBytes copy(std::span(in, length));
            return update(out, room, copy.bytes().data(), length);
        }
        if (offload(length)) {
            cce_request request{};
            std::copy(tweak_.begin(), tweak_.end(), request.iv);
            request.source = in;
            request.destination = out;
            request.length = length;
            static_cast<void>(provider().engine.run(*key_, direction_of(encrypt_), request));
        } else {
            if (!cpu_) {
                CipherContext context = provider().cpu.context(algorithm().cpu_name, encrypt_);
                ensure(EVP_CipherInit_ex(context.get(), nullptr, nullptr, key_->bytes().data(), nullptr, -1));
                cpu_ = std::move(context);
            }
            ensure(EVP_CipherInit_ex(cpu_.get(), nullptr, nullptr, nullptr, tweak_.data(), -1));
            update_all(cpu_.get(), out, {in, length});
        }
        return length;
    }

    std::size_t finish(std::uint8_t*, std::size_t) override { return 0; }

    void set(const OSSL_PARAM[]) override {}

    void get(OSSL_PARAM params[]) override {
        put_size(params, OSSL_CIPHER_PARAM_IVLEN, tweak_.size());
        put_octets(params, OSSL_CIPHER_PARAM_IV, tweak_);
        put_octets(params, OSSL_CIPHER_PARAM_UPDATED_IV, tweak_);
        put_number(params, OSSL_CIPHER_PARAM_NUM, 0);
        put_number(params, OSSL_CIPHER_PARAM_PADDING, 1);
    }

private:
    bool encrypt_ = true;
    std::shared_ptr<Key> key_;
    bool equal_keys_ = false;
    Block tweak_{};
    bool tweak_set_ = false;
    CipherContext cpu_;
};

}  // namespace

std::unique_ptr<CipherState> make_xts(Provider& provider, const CipherAlgorithm& algorithm) {
    return std::make_unique<Xts>(provider, algorithm);
}

}  // namespace cce::provider
