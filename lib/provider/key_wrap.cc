// SPDX-License-Identifier: Apache-2.0
//
// KW and KWP (SP 800-38F, RFC 3394 and 5649) with EVP's semantics: a key is wrapped or unwrapped in one update. The
// engine has the standard's initial values; with one of the caller's, and beyond libcce's longest key, the CPU does it.

#include <openssl/core_names.h>

#include <algorithm>
#include <array>
#include <optional>

#include "cipher.h"
#include "parameters.h"

namespace cce::provider {

namespace {

constexpr std::size_t semiblock = CCE_KEY_WRAP_OVERHEAD;

class KeyWrap final : public CipherState {
public:
    using CipherState::CipherState;
    KeyWrap(const KeyWrap& other)
        : CipherState(other),
          encrypt_(other.encrypt_),
          key_(other.key_),
          initial_value_(other.initial_value_),
          initial_value_set_(other.initial_value_set_) {}

    std::unique_ptr<CipherState> duplicate() const override { return std::make_unique<KeyWrap>(*this); }

    void initialize(bool encrypt, std::span<const std::uint8_t> key, std::span<const std::uint8_t> iv) override {
        encrypt_ = encrypt;
        if (!iv.empty()) {
            require(iv.size() == algorithm().iv_bytes, Reason::invalid_iv_length);
            std::copy(iv.begin(), iv.end(), initial_value_.begin());
            initial_value_set_ = true;
        }
        if (!key.empty()) {
            key_ = make_key(key);
        }
    }

    std::size_t update(std::uint8_t* out, std::size_t room, const std::uint8_t* in, std::size_t length) override {
        if (length == 0) {
            return 0;
        }
        require(key_ != nullptr, Reason::no_key_set);
        require(in != nullptr, Reason::invalid_data);
        const bool padded = algorithm().mode == CCE_MODE_KWP;
        require(encrypt_ || (length >= 2 * semiblock && length % semiblock == 0), Reason::invalid_input_length);
        require(padded || length % semiblock == 0, Reason::invalid_input_length);
        const std::size_t whole = (length + semiblock - 1) / semiblock * semiblock;
        const std::size_t result = encrypt_ ? whole + semiblock : whole - semiblock;
        if (out == nullptr) {
            return result;
        }
        // As in OpenSSL: EVP does not know how much room there is, and names less than wrapping with padding may need.
        require_room(room, length);
        if (on_engine(length)) {
            cce_key_wrap_request request{};
            request.source = in;
            request.source_length = length;
            request.destination = out;
            request.destination_length = result;
            const cce_completion completion = provider().engine.run(*key_, direction_of(encrypt_), request);
            require(completion.status == CCE_OK, Reason::cipher_operation_failed, "the wrapped key is not intact");
            return completion.output_length;
        }
        const CipherContext context = provider().cpu.context(algorithm().cpu_name, encrypt_);
        ensure(EVP_CipherInit_ex(context.get(), nullptr, nullptr, key_->bytes().data(),
                                 initial_value_set_ ? initial_value_.data() : nullptr, -1));
        int written = 0;
        ensure(EVP_CipherUpdate(context.get(), out, &written, in, static_cast<int>(length)));
        return static_cast<std::size_t>(written);
    }

    std::size_t finish(std::uint8_t*, std::size_t) override { return 0; }

    void set(const OSSL_PARAM[]) override {}

    void get(OSSL_PARAM params[]) override {
        const std::span<const std::uint8_t> value = std::span(initial_value_).first(algorithm().iv_bytes);
        put_size(params, OSSL_CIPHER_PARAM_IVLEN, value.size());
        put_octets(params, OSSL_CIPHER_PARAM_IV, value);
        put_octets(params, OSSL_CIPHER_PARAM_UPDATED_IV, value);
        put_number(params, OSSL_CIPHER_PARAM_NUM, 0);
        put_number(params, OSSL_CIPHER_PARAM_PADDING, algorithm().mode == CCE_MODE_KWP ? 1 : 0);
    }

private:
    [[nodiscard]] bool standard_initial_value() const {
        static constexpr std::array<std::uint8_t, 8> wrap{0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6};
        static constexpr std::array<std::uint8_t, 4> wrap_padded{0xa6, 0x59, 0x59, 0xa6};
        return !initial_value_set_ ||
               (algorithm().mode == CCE_MODE_KW
                    ? std::equal(wrap.begin(), wrap.end(), initial_value_.begin())
                    : std::equal(wrap_padded.begin(), wrap_padded.end(), initial_value_.begin()));
    }

    bool on_engine(std::size_t length) {
        if (!offload(length)) {
            return false;
        }
        std::optional<OnCpu> reason;
        // SP 800-38F, 5.3.1: KW has at least two semiblocks of text. OpenSSL does not refuse one.
        const std::size_t shortest = algorithm().mode == CCE_MODE_KW ? (encrypt_ ? 2 : 3) * semiblock : 1;
        if (!standard_initial_value() || length < shortest) {
            reason = OnCpu::not_offered;
        } else if (length > CCE_KEY_WRAP_BYTES_MAX + (encrypt_ ? 0 : semiblock)) {
            reason = OnCpu::too_long;
        }
        if (reason) {
            provider().report.on_cpu(*reason, length);
        }
        return !reason;
    }

    bool encrypt_ = true;
    std::shared_ptr<Key> key_;
    std::array<std::uint8_t, 8> initial_value_{};
    bool initial_value_set_ = false;
};

}  // namespace

std::unique_ptr<CipherState> make_key_wrap(Provider& provider, const CipherAlgorithm& algorithm) {
    return std::make_unique<KeyWrap>(provider, algorithm);
}

}  // namespace cce::provider
