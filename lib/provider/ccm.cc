// SPDX-License-Identifier: Apache-2.0
//
// CCM with EVP's semantics: the length (or the text itself) first, AAD, then the text in one update, which also makes
// or checks the tag. So the engine can do every text.

#include <openssl/core_names.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "aead.h"
#include "parameters.h"

namespace cce::provider {

namespace {

constexpr std::size_t length_and_nonce_bytes = 15;  ///< SP 800-38C, A.1: q + n

class Ccm final : public CipherState {
public:
    using CipherState::CipherState;
    Ccm(const Ccm& other)
        : CipherState(other),
          encrypt_(other.encrypt_),
          key_(other.key_),
          nonce_(other.nonce_),
          nonce_bytes_(other.nonce_bytes_),
          nonce_set_(other.nonce_set_),
          tag_(other.tag_),
          tag_bytes_(other.tag_bytes_),
          tag_set_(other.tag_set_),
          tls_aad_(other.tls_aad_),
          length_(other.length_),
          aad_(other.aad_),
          sealed_(other.sealed_) {}

    std::unique_ptr<CipherState> duplicate() const override { return std::make_unique<Ccm>(*this); }

    void initialize(bool encrypt, std::span<const std::uint8_t> key, std::span<const std::uint8_t> iv) override {
        encrypt_ = encrypt;
        if (!iv.empty()) {
            require(iv.size() == nonce_bytes_, Reason::invalid_iv_length);
            std::copy(iv.begin(), iv.end(), nonce_.begin());
            nonce_set_ = true;
            forget_message();
        }
        if (!key.empty()) {
            key_ = make_key(key);
            forget_message();
        }
    }

    std::size_t update(std::uint8_t* out, std::size_t room, const std::uint8_t* in, std::size_t length) override {
        require(key_ != nullptr, Reason::no_key_set);
        if (tls_aad_) {
            return tls_record(out, room, in, length);
        }
        if (in == nullptr && out != nullptr) {
            return 0;  // the end, which has nothing to do
        }
        require(nonce_set_, Reason::no_iv_set);
        if (out == nullptr) {
            if (in == nullptr) {
                length_ = length;
            } else {
                require(length_ || length == 0, Reason::invalid_data, "the length of the text comes before AAD");
                aad_.insert(aad_.end(), in, in + length);
            }
            return length;
        }
        require_room(room, length);
        require(!length_ || *length_ == length, Reason::invalid_input_length,
                "CCM takes a text in one update, as long as was said");
        run(out, {in, length});
        return length;
    }

    std::size_t finish(std::uint8_t*, std::size_t) override {
        require(key_ != nullptr, Reason::no_key_set);
        return 0;
    }

    void set(const OSSL_PARAM params[]) override {
        if (const auto tag = octets_in(params, OSSL_CIPHER_PARAM_AEAD_TAG); tag) {
            require(tag->size % 2 == 0 && tag->size >= 4 && tag->size <= tag_.size(), Reason::invalid_tag_length);
            if (tag->data != nullptr) {
                require(!encrypt_, Reason::tag_not_needed);
                std::copy_n(tag->data, tag->size, tag_.begin());
                tag_set_ = true;
            }
            tag_bytes_ = tag->size;
        }
        if (const auto length = size_in(params, OSSL_CIPHER_PARAM_AEAD_IVLEN); length) {
            require(*length >= 7 && *length <= 13, Reason::invalid_iv_length);
            if (*length != nonce_bytes_) {
                nonce_bytes_ = *length;
                nonce_set_ = false;
            }
        }
        if (const auto aad = octets_in(params, OSSL_CIPHER_PARAM_AEAD_TLS1_AAD); aad) {
            tls_aad_ = tls_aad(aad->bytes(), encrypt_, tag_bytes_, Reason::invalid_data);
        }
        if (const auto fixed = octets_in(params, OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED); fixed) {
            require(fixed->data != nullptr && fixed->size == tls_fixed_iv_bytes, Reason::invalid_iv_length);
            std::copy_n(fixed->data, fixed->size, nonce_.begin());
        }
    }

    void get(OSSL_PARAM params[]) override {
        put_size(params, OSSL_CIPHER_PARAM_IVLEN, nonce_bytes_);
        put_size(params, OSSL_CIPHER_PARAM_AEAD_TAGLEN, tag_bytes_);
        put_size(params, OSSL_CIPHER_PARAM_AEAD_TLS1_AAD_PAD, tls_aad_ ? tag_bytes_ : 0);
        put_octets(params, OSSL_CIPHER_PARAM_IV, std::span(nonce_).first(nonce_bytes_));
        put_octets(params, OSSL_CIPHER_PARAM_UPDATED_IV, std::span(nonce_).first(nonce_bytes_));
        if (OSSL_PARAM* tag = OSSL_PARAM_locate(params, OSSL_CIPHER_PARAM_AEAD_TAG); tag != nullptr) {
            require(encrypt_ && tag_set_, Reason::tag_not_set);
            require(tag->data_size <= tag_bytes_ && tag->data_size != 0, Reason::invalid_tag_length);
            require(OSSL_PARAM_set_octet_string(tag, tag_.data(), tag->data_size) == 1,
                    Reason::failed_to_set_parameter);
            tag_set_ = false;
            nonce_set_ = false;
        }
    }

private:
    void forget_message() {
        length_.reset();
        aad_.clear();
    }

    [[nodiscard]] std::span<const std::uint8_t> nonce() const { return std::span(nonce_).first(nonce_bytes_); }

    void run(std::uint8_t* out, std::span<const std::uint8_t> in) {
        require(encrypt_ || tag_set_, Reason::tag_not_set);
        const std::vector<std::uint8_t> aad = std::exchange(aad_, {});
        length_.reset();
        const std::span<std::uint8_t> tag = std::span(tag_).first(tag_bytes_);
        if (!encrypt_) {
            tag_set_ = false;
            nonce_set_ = false;
        }
        if (offload(in.size(), nonce_bytes_, aad.size() + tag_bytes_)) {
            run_on_engine(out, in, aad, tag);
        } else {
            run_on_cpu(out, in, aad, tag);
        }
        tag_set_ = encrypt_;
    }

    [[nodiscard]] cce_aead_request engine_request(std::span<const std::uint8_t> aad) const {
        cce_aead_request request{};
        request.iv = nonce_.data();
        request.iv_length = nonce_bytes_;
        request.aad = aad.data();
        request.aad_length = aad.size();
        request.tag_length = tag_bytes_;
        return request;
    }

    void run_request(const cce_aead_request& request) {
        const cce_completion completion = provider().engine.run(*key_, direction_of(encrypt_), request);
        require(completion.status == CCE_OK, Reason::cipher_operation_failed, "the tag does not match");
    }

    void run_on_engine(std::uint8_t* out, std::span<const std::uint8_t> in, std::span<const std::uint8_t> aad,
                       std::span<std::uint8_t> tag) {
        const std::span<std::uint8_t> sealed = sealed_.reserve(in.size() + tag.size());
        const auto text_end = static_cast<std::ptrdiff_t>(in.size());
        cce_aead_request request = engine_request(aad);
        if (encrypt_) {
            request.source = in.data();
            request.source_length = in.size();
            request.destination = sealed.data();
            request.destination_length = sealed.size();
            run_request(request);
            std::copy_n(sealed.begin(), in.size(), out);
            std::copy(sealed.begin() + text_end, sealed.end(), tag.begin());
        } else {
            std::copy(in.begin(), in.end(), sealed.begin());
            std::copy(tag.begin(), tag.end(), sealed.begin() + text_end);
            request.source = sealed.data();
            request.source_length = sealed.size();
            request.destination = out;
            request.destination_length = in.size();
            run_request(request);
        }
    }

    /// EVP wants lengths before the key, and all of it again for each text.
    void run_on_cpu(std::uint8_t* out, std::span<const std::uint8_t> in, std::span<const std::uint8_t> aad,
                    std::span<std::uint8_t> tag) {
        const CipherContext context = provider().cpu.context(algorithm().cpu_name, encrypt_);
        const int tag_length = static_cast<int>(tag.size());
        int written = 0;
        ensure(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(nonce_bytes_), nullptr));
        ensure(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_length, encrypt_ ? nullptr : tag.data()));
        ensure(EVP_CipherInit_ex(context.get(), nullptr, nullptr, key_->bytes().data(), nonce_.data(), -1));
        ensure(EVP_CipherUpdate(context.get(), nullptr, &written, nullptr, static_cast<int>(in.size())));
        if (!aad.empty()) {
            ensure(EVP_CipherUpdate(context.get(), nullptr, &written, aad.data(), static_cast<int>(aad.size())));
        }
        const std::uint8_t none = 0;
        if (EVP_CipherUpdate(context.get(), out, &written, in.data() == nullptr ? &none : in.data(),
                             static_cast<int>(in.size())) != 1) {
            throw Fault(Reason::cipher_operation_failed, encrypt_ ? "" : "the tag does not match");
        }
        if (encrypt_) {
            ensure(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_length, tag.data()));
        }
    }

    /// RFC 6655: explicit IV (the record's number, which begins the AAD), text, tag; in place.
    std::size_t tls_record(std::uint8_t* out, std::size_t room, const std::uint8_t* in, std::size_t length) {
        const TlsAad aad = *tls_aad_;
        tls_aad_.reset();
        require(out != nullptr && out == in && length >= tls_explicit_iv_bytes + tag_bytes_,
                Reason::cipher_operation_failed, "a TLS record is done in place, with room for IV and tag");
        require_room(room, length);
        require(nonce_bytes_ == tls_fixed_iv_bytes + tls_explicit_iv_bytes, Reason::invalid_iv_length);
        if (encrypt_) {
            std::copy_n(aad.begin(), tls_explicit_iv_bytes, out);
        }
        std::copy_n(out, tls_explicit_iv_bytes, nonce_.begin() + tls_fixed_iv_bytes);
        std::uint8_t* text = out + tls_explicit_iv_bytes;
        const std::size_t text_bytes = length - tls_explicit_iv_bytes - tag_bytes_;
        const std::span<std::uint8_t> tag(text + text_bytes, tag_bytes_);
        if (offload(text_bytes, nonce_bytes_, tls_aad_bytes + tag_bytes_)) {
            cce_aead_request request = engine_request(aad);
            request.source = text;
            request.source_length = text_bytes + (encrypt_ ? 0 : tag_bytes_);
            request.destination = text;
            request.destination_length = text_bytes + (encrypt_ ? tag_bytes_ : 0);
            run_request(request);
        } else {
            run_on_cpu(text, {text, text_bytes}, aad, tag);
        }
        return encrypt_ ? length : text_bytes;
    }

    bool encrypt_ = true;
    std::shared_ptr<Key> key_;
    std::array<std::uint8_t, 13> nonce_{};
    std::size_t nonce_bytes_ = length_and_nonce_bytes - 8;  // as in OpenSSL
    bool nonce_set_ = false;
    Block tag_{};
    std::size_t tag_bytes_ = 12;  // as in OpenSSL
    bool tag_set_ = false;
    std::optional<TlsAad> tls_aad_;
    std::optional<std::size_t> length_;
    std::vector<std::uint8_t> aad_;
    SealedText sealed_;
};

}  // namespace

std::unique_ptr<CipherState> make_ccm(Provider& provider, const CipherAlgorithm& algorithm) {
    return std::make_unique<Ccm>(provider, algorithm);
}

}  // namespace cce::provider
