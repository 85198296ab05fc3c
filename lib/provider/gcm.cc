// SPDX-License-Identifier: Apache-2.0
//
// GCM with EVP's semantics. EVP gives and takes text in updates, the engine takes a text whole. What most callers do,
// TLS 1.3 among them, is one update for each text; so the engine gets the first update as if it were all. If a second
// one comes, the CPU redoes the first and goes on, and from then on keeps the context's texts. Opening, the engine
// needs the tag before the text; if it does not match, there may be more text to come, or it is a forgery: the CPU
// redoes what there is, and decides at the end.

#include <openssl/core_names.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "aead.h"
#include "parameters.h"

namespace cce::provider {

namespace {

constexpr std::size_t tag_bytes_max = CCE_TAG_BYTES_MAX;
constexpr std::size_t iv_bytes_max = 128;          ///< as in OpenSSL
constexpr std::size_t iv_bytes_least_random = 12;  ///< SP 800-38D, 8.2.2
/// AAD beyond is not gathered for the engine.
constexpr std::size_t aad_bytes_max = CCE_SUBMIT_BYTES_MAX / 2;

class Gcm final : public CipherState {
public:
    using CipherState::CipherState;
    Gcm(const Gcm& other)
        : CipherState(other),
          encrypt_(other.encrypt_),
          key_(other.key_),
          iv_(other.iv_),
          text_iv_(other.text_iv_),
          iv_bytes_(other.iv_bytes_),
          iv_state_(other.iv_state_),
          iv_generated_(other.iv_generated_),
          tag_(other.tag_),
          tag_bytes_(other.tag_bytes_),
          tag_is_new_(other.tag_is_new_),
          tls_aad_(other.tls_aad_),
          tls_records_(other.tls_records_),
          place_(other.place_),
          streams_(other.streams_),
          mismatch_(other.mismatch_),
          aad_(other.aad_),
          text_bytes_(other.text_bytes_),
          sealed_(other.sealed_),
          cpu_(other.place_ == Place::cpu ? Cpu::duplicate(other.cpu_) : nullptr) {}

    std::unique_ptr<CipherState> duplicate() const override { return std::make_unique<Gcm>(*this); }

    void initialize(bool encrypt, std::span<const std::uint8_t> key, std::span<const std::uint8_t> iv) override {
        if (encrypt != encrypt_ || !key.empty()) {
            cpu_.reset();
            streams_ = false;
        }
        encrypt_ = encrypt;
        forget_message();
        if (!iv.empty()) {
            require(iv.size() <= iv_.size(), Reason::invalid_iv_length);
            iv_bytes_ = iv.size();
            std::copy(iv.begin(), iv.end(), iv_.begin());
            iv_state_ = IvState::set;
        }
        if (!key.empty()) {
            key_ = make_key(key);
            tls_records_ = 0;
        }
    }

    std::size_t update(std::uint8_t* out, std::size_t room, const std::uint8_t* in, std::size_t length) override {
        if (length == 0 && !tls_aad_) {
            return 0;
        }
        require(key_ != nullptr, Reason::no_key_set);
        if (tls_aad_) {
            return tls_record(out, room, in, length);
        }
        require_room(room, length);
        begin_message();
        if (out == nullptr) {
            add_aad({in, length});
        } else {
            add_text(out, {in, length});
        }
        return length;
    }

    std::size_t finish(std::uint8_t*, std::size_t) override {
        require(key_ != nullptr, Reason::no_key_set);
        require(!tls_aad_, Reason::cipher_operation_failed, "the TLS record has not come");
        begin_message();
        require(encrypt_ || tag_bytes_, Reason::tag_not_set);
        if (place_ == Place::open) {
            std::uint8_t nothing = 0;
            if (!on_engine(aad_.size()) || !run_on_engine(&nothing, {})) {
                start_cpu();
            }
        }
        if (place_ == Place::cpu) {
            finish_on_cpu();
        }
        if (encrypt_) {
            tag_bytes_ = tag_bytes_max;
        }
        tag_is_new_ = false;
        iv_state_ = IvState::spent;  // never again with this key
        forget_message();
        return 0;
    }

    void set(const OSSL_PARAM params[]) override {
        if (const auto tag = octets_in(params, OSSL_CIPHER_PARAM_AEAD_TAG); tag) {
            require(!encrypt_ && tag->size != 0 && tag->size <= tag_.size() && tag->data != nullptr,
                    Reason::invalid_tag);
            std::copy_n(tag->data, tag->size, tag_.begin());
            tag_bytes_ = tag->size;
            tag_is_new_ = true;
        }
        if (const auto length = size_in(params, OSSL_CIPHER_PARAM_AEAD_IVLEN); length) {
            require(*length != 0 && *length <= iv_.size(), Reason::invalid_iv_length);
            if (*length != iv_bytes_) {
                iv_bytes_ = *length;
                if (iv_state_ != IvState::missing) {
                    iv_state_ = IvState::spent;
                }
            }
        }
        if (const auto aad = octets_in(params, OSSL_CIPHER_PARAM_AEAD_TLS1_AAD); aad) {
            tls_aad_ = tls_aad(aad->bytes(), encrypt_, tag_bytes_max, Reason::invalid_aad);
        }
        if (const auto fixed = octets_in(params, OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED); fixed) {
            set_fixed_iv(*fixed);
        }
        if (const auto invocation = octets_in(params, OSSL_CIPHER_PARAM_AEAD_TLS1_SET_IV_INV); invocation) {
            set_invocation(invocation->bytes());
        }
    }

    void get(OSSL_PARAM params[]) override {
        put_size(params, OSSL_CIPHER_PARAM_IVLEN, iv_bytes_);
        put_size(params, OSSL_CIPHER_PARAM_AEAD_TAGLEN, tag_bytes_.value_or(tag_bytes_max));
        put_size(params, OSSL_CIPHER_PARAM_AEAD_TLS1_AAD_PAD, tls_aad_ ? tag_bytes_max : 0);
        for (const char* name : {OSSL_CIPHER_PARAM_IV, OSSL_CIPHER_PARAM_UPDATED_IV}) {
            if (OSSL_PARAM_locate(params, name) != nullptr) {
                require(iv_state_ != IvState::missing, Reason::no_iv_set);
                put_octets(params, name, iv());
            }
        }
        if (OSSL_PARAM* tag = OSSL_PARAM_locate(params, OSSL_CIPHER_PARAM_AEAD_TAG); tag != nullptr) {
            const std::size_t length = tag->data_size;
            require(encrypt_ && tag_bytes_ && length != 0 && length <= tag_.size(), Reason::invalid_tag);
            require(OSSL_PARAM_set_octet_string(tag, tag_.data(), length) == 1, Reason::failed_to_set_parameter);
        }
        if (OSSL_PARAM* out = OSSL_PARAM_locate(params, OSSL_CIPHER_PARAM_AEAD_TLS1_GET_IV_GEN); out != nullptr) {
            require(out->data_type == OSSL_PARAM_OCTET_STRING && out->data != nullptr, Reason::failed_to_set_parameter);
            next_invocation({static_cast<std::uint8_t*>(out->data), out->data_size});
        }
    }

private:
    enum class IvState {
        missing,
        set,
        in_use,  ///< a text has begun
        spent
    };
    /// Who does the text that has begun.
    enum class Place {
        open,    ///< nothing but AAD so far
        engine,  ///< the engine has done the first update as if it were all
        cpu
    };

    [[nodiscard]] std::span<const std::uint8_t> iv() const { return std::span(iv_).first(iv_bytes_); }
    [[nodiscard]] std::span<const std::uint8_t> text_iv() const { return std::span(text_iv_).first(iv_bytes_); }

    void forget_message() {
        place_ = Place::open;
        aad_.clear();
        text_bytes_ = 0;
        mismatch_ = false;
    }

    void begin_message() {
        require(iv_state_ != IvState::spent, Reason::no_iv_set, "an IV is for one text");
        if (iv_state_ == IvState::missing) {
            require(encrypt_ && iv_bytes_ >= iv_bytes_least_random, Reason::no_iv_set);
            provider().cpu.randomize(std::span(iv_).first(iv_bytes_));
        }
        if (iv_state_ != IvState::in_use) {
            text_iv_ = iv_;
            iv_state_ = IvState::in_use;
        }
    }

    void add_aad(std::span<const std::uint8_t> more) {
        require(place_ != Place::engine, Reason::cipher_operation_failed, "AAD comes before the text");
        if (place_ == Place::open && aad_.size() + more.size() > aad_bytes_max) {
            provider().report.on_cpu(OnCpu::too_long, aad_.size());
            start_cpu();
        }
        if (place_ == Place::cpu) {
            update_all(cpu_.get(), nullptr, more);
        } else {
            aad_.insert(aad_.end(), more.begin(), more.end());
        }
    }

    void add_text(std::uint8_t* out, std::span<const std::uint8_t> in) {
        if (overlap_in_part(out, in.data(), in.size())) {
            const SecretBytes copy(in);
            add_text(out, copy.bytes());
            return;
        }
        if (place_ == Place::engine) {
            require(encrypt_, Reason::cipher_operation_failed, "the tag belongs to the text before this one");
            catch_up();
        } else if (place_ == Place::cpu) {
            streams_ = streams_ || mismatch_;
        } else if (on_engine(in.size())) {
            if (run_on_engine(out, in)) {
                return;
            }
            start_cpu();
            // In place, the source has been overwritten; this is a copy of it.
            in = sealed_.bytes().first(in.size());
        } else {
            start_cpu();
        }
        update_all(cpu_.get(), out, in);
    }

    /// Shall the engine do this text, the first of the message? If not, the reason is counted.
    bool on_engine(std::size_t length) {
        const std::size_t tag_bytes = encrypt_ ? tag_bytes_max : tag_bytes_.value_or(0);
        if (!offload(length, iv_bytes_, aad_.size() + tag_bytes)) {
            return false;
        }
        std::optional<OnCpu> reason;
        if (streams_) {
            reason = OnCpu::streamed;
        } else if (!encrypt_ && !tag_is_new_) {
            reason = OnCpu::tag_late;
        } else if (tag_bytes != 4 && tag_bytes != 8 && tag_bytes < 12) {  // SP 800-38D, 5.2.1.2
            reason = OnCpu::not_offered;
        }
        if (reason) {
            provider().report.on_cpu(*reason, length);
        }
        return !reason;
    }

    /// False: the tag does not match (so far).
    bool run_on_engine(std::uint8_t* out, std::span<const std::uint8_t> in) {
        const std::size_t tag_bytes = encrypt_ ? tag_bytes_max : *tag_bytes_;
        const std::span<std::uint8_t> sealed = sealed_.reserve(in.size() + tag_bytes);
        cce_aead_request request = engine_request(aad_, tag_bytes);
        if (encrypt_) {
            request.source = in.data();
            request.source_length = in.size();
            request.destination = sealed.data();
            request.destination_length = sealed.size();
        } else {
            std::copy(in.begin(), in.end(), sealed.begin());
            std::copy_n(tag_.begin(), tag_bytes, sealed.begin() + static_cast<std::ptrdiff_t>(in.size()));
            request.source = sealed.data();
            request.source_length = sealed.size();
            request.destination = out;
            request.destination_length = in.size();
        }
        const cce_completion completion = provider().engine.run(*key_, direction_of(encrypt_), request);
        if (completion.status != CCE_OK) {
            mismatch_ = true;
            provider().report.on_cpu(OnCpu::tag_mismatch, in.size());
            return false;
        }
        if (encrypt_) {
            std::copy_n(sealed.begin(), in.size(), out);
            std::copy_n(sealed.begin() + static_cast<std::ptrdiff_t>(in.size()), tag_bytes, tag_.begin());
        }
        text_bytes_ = in.size();
        place_ = Place::engine;
        return true;
    }

    [[nodiscard]] cce_aead_request engine_request(std::span<const std::uint8_t> aad, std::size_t tag_bytes) const {
        cce_aead_request request{};
        request.iv = text_iv_.data();
        request.iv_length = iv_bytes_;
        request.aad = aad.data();
        request.aad_length = aad.size();
        request.tag_length = tag_bytes;
        return request;
    }

    [[nodiscard]] CipherContext keyed_context(bool encrypt) const {
        CipherContext context = provider().cpu.context(algorithm().cpu_name, encrypt);
        ensure(EVP_CipherInit_ex(context.get(), nullptr, nullptr, key_->bytes().data(), nullptr, -1));
        return context;
    }
    static void set_iv(EVP_CIPHER_CTX* context, std::span<const std::uint8_t> iv) {
        ensure(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(iv.size()), nullptr));
        ensure(EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, iv.data(), -1));
    }

    /// The CPU takes the message, as far as AAD goes.
    void start_cpu() {
        if (!cpu_) {
            cpu_ = keyed_context(encrypt_);
        }
        set_iv(cpu_.get(), text_iv());
        update_all(cpu_.get(), nullptr, aad_);
        aad_.clear();
        place_ = Place::cpu;
    }

    /// Encrypting, the text goes on after the engine has done a part as if it were all. The CPU does it again; the
    /// caller's text may be gone, but its ciphertext is here.
    void catch_up() {
        streams_ = true;
        provider().report.on_cpu(OnCpu::streamed, text_bytes_);
        const CipherContext decryption = keyed_context(false);
        set_iv(decryption.get(), text_iv());
        start_cpu();
        SecretBytes part;
        constexpr std::size_t part_bytes = 4096;
        part.append(std::vector<std::uint8_t>(part_bytes));
        std::span<const std::uint8_t> rest = sealed_.bytes().first(text_bytes_);
        std::vector<std::uint8_t> again(part_bytes);
        while (!rest.empty()) {
            const std::size_t length = std::min(rest.size(), part_bytes);
            update_all(decryption.get(), part.bytes().data(), rest.first(length));
            update_all(cpu_.get(), again.data(), part.bytes().first(length));
            rest = rest.subspan(length);
        }
    }

    void finish_on_cpu() {
        std::array<std::uint8_t, block_bytes> nothing{};
        int written = 0;
        if (!encrypt_) {
            ensure(EVP_CIPHER_CTX_ctrl(cpu_.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(*tag_bytes_), tag_.data()));
        }
        if (EVP_CipherFinal_ex(cpu_.get(), nothing.data(), &written) != 1) {
            iv_state_ = IvState::spent;
            throw Fault(Reason::cipher_operation_failed, "the tag does not match");
        }
        if (encrypt_) {
            ensure(EVP_CIPHER_CTX_ctrl(cpu_.get(), EVP_CTRL_AEAD_GET_TAG, tag_bytes_max, tag_.data()));
        }
    }

    // ---- records of TLS 1.2, RFC 5288 -------------------------------------------------------------------------------

    void set_fixed_iv(const Octets& fixed) {
        require(fixed.data != nullptr, Reason::failed_to_get_parameter);
        if (fixed.size == static_cast<std::size_t>(-1)) {  // the whole IV, from a saved state
            std::copy_n(fixed.data, iv_bytes_, iv_.begin());
        } else {
            require(fixed.size >= tls_fixed_iv_bytes && fixed.size + tls_explicit_iv_bytes <= iv_bytes_,
                    Reason::failed_to_get_parameter, "the fixed part of an IV has 4 bytes");
            std::copy_n(fixed.data, fixed.size, iv_.begin());
            if (encrypt_) {
                provider().cpu.randomize(std::span(iv_).first(iv_bytes_).subspan(fixed.size));
            }
        }
        iv_generated_ = true;
        iv_state_ = IvState::set;
    }

    /// The invocation field of the next text goes to `out`; the one after it is the next number.
    void next_invocation(std::span<std::uint8_t> out) {
        require(iv_generated_ && key_ != nullptr, Reason::no_iv_set);
        const std::size_t length = out.empty() || out.size() > iv_bytes_ ? iv_bytes_ : out.size();
        require(out.size() >= length, Reason::invalid_iv_length);
        std::copy_n(iv_.begin() + static_cast<std::ptrdiff_t>(iv_bytes_ - length), length, out.begin());
        text_iv_ = iv_;
        for (std::size_t i = iv_bytes_; i-- > iv_bytes_ - tls_explicit_iv_bytes;) {
            if (++iv_[i] != 0) {
                break;
            }
        }
        iv_state_ = IvState::in_use;
    }

    void set_invocation(std::span<const std::uint8_t> invocation) {
        require(iv_generated_ && key_ != nullptr && !encrypt_ && !invocation.empty() && invocation.size() <= iv_bytes_,
                Reason::failed_to_get_parameter);
        std::copy(invocation.begin(), invocation.end(),
                  iv_.begin() + static_cast<std::ptrdiff_t>(iv_bytes_ - invocation.size()));
        text_iv_ = iv_;
        iv_state_ = IvState::in_use;
    }

    std::size_t tls_record(std::uint8_t* out, std::size_t room, const std::uint8_t* in, std::size_t length) {
        const TlsAad aad = *tls_aad_;
        tls_aad_.reset();
        require(out != nullptr && out == in && length >= tls_explicit_iv_bytes + tag_bytes_max,
                Reason::cipher_operation_failed, "a TLS record is done in place, with room for IV and tag");
        require_room(room, length);
        require(!encrypt_ || ++tls_records_ != 0, Reason::too_many_records);
        if (encrypt_) {
            next_invocation({out, tls_explicit_iv_bytes});
        } else {
            set_invocation({out, tls_explicit_iv_bytes});
        }
        iv_state_ = IvState::spent;
        std::uint8_t* text = out + tls_explicit_iv_bytes;
        const std::size_t text_bytes = length - tls_explicit_iv_bytes - tag_bytes_max;
        if (offload(text_bytes, iv_bytes_, tls_aad_bytes + tag_bytes_max)) {
            cce_aead_request request = engine_request(aad, tag_bytes_max);
            request.source = text;
            request.source_length = text_bytes + (encrypt_ ? 0 : tag_bytes_max);
            request.destination = text;
            request.destination_length = text_bytes + (encrypt_ ? tag_bytes_max : 0);
            const cce_completion completion = provider().engine.run(*key_, direction_of(encrypt_), request);
            require(completion.status == CCE_OK, Reason::cipher_operation_failed, "the tag does not match");
        } else {
            tls_record_on_cpu(aad, text, text_bytes);
        }
        return encrypt_ ? length : text_bytes;
    }

    void tls_record_on_cpu(std::span<const std::uint8_t> aad, std::uint8_t* text, std::size_t text_bytes) {
        if (!cpu_) {
            cpu_ = keyed_context(encrypt_);
        }
        set_iv(cpu_.get(), text_iv());
        update_all(cpu_.get(), nullptr, aad);
        update_all(cpu_.get(), text, {text, text_bytes});
        std::uint8_t* tag = text + text_bytes;
        std::array<std::uint8_t, block_bytes> nothing{};
        int written = 0;
        if (!encrypt_) {
            ensure(EVP_CIPHER_CTX_ctrl(cpu_.get(), EVP_CTRL_AEAD_SET_TAG, tag_bytes_max, tag));
        }
        if (EVP_CipherFinal_ex(cpu_.get(), nothing.data(), &written) != 1) {
            cleanse({text, text_bytes});
            throw Fault(Reason::cipher_operation_failed, "the tag does not match");
        }
        if (encrypt_) {
            ensure(EVP_CIPHER_CTX_ctrl(cpu_.get(), EVP_CTRL_AEAD_GET_TAG, tag_bytes_max, tag));
        }
    }

    bool encrypt_ = true;
    std::shared_ptr<Key> key_;
    std::array<std::uint8_t, iv_bytes_max> iv_{};       ///< of the next text
    std::array<std::uint8_t, iv_bytes_max> text_iv_{};  ///< of the text that has begun
    std::size_t iv_bytes_ = 12;
    IvState iv_state_ = IvState::missing;
    bool iv_generated_ = false;  ///< fixed part and invocation field, which counts
    Block tag_{};
    std::optional<std::size_t> tag_bytes_;
    bool tag_is_new_ = false;  ///< set since the last text
    std::optional<TlsAad> tls_aad_;
    std::uint64_t tls_records_ = 0;

    Place place_ = Place::open;
    bool streams_ = false;   ///< this context's texts come in several updates
    bool mismatch_ = false;  ///< the engine found another tag for the first update
    std::vector<std::uint8_t> aad_;
    std::size_t text_bytes_ = 0;  ///< that the engine has done
    SealedText sealed_;
    CipherContext cpu_;
};

}  // namespace

std::unique_ptr<CipherState> make_gcm(Provider& provider, const CipherAlgorithm& algorithm) {
    return std::make_unique<Gcm>(provider, algorithm);
}

}  // namespace cce::provider
