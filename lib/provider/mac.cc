// SPDX-License-Identifier: Apache-2.0
//
// CMAC (SP 800-38B) and GMAC (SP 800-38D) with EVP_MAC's semantics. The engine takes a message whole, so that updates
// are gathered, up to a limit; what is longer, or below the threshold, is the CPU's. So is a CMAC of another cipher
// than AES.

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "cipher.h"
#include "functions.h"
#include "hash_mac.h"
#include "parameters.h"

namespace cce::provider {

namespace {

/// Longer messages are not gathered.
constexpr std::size_t gathered_bytes_max = std::size_t{1} << 20;
constexpr std::size_t mac_bytes = 16;

class Mac {
public:
    Mac(Provider& provider, cce_mode mode) : provider_(provider), mode_(mode) {}
    Mac(const Mac& other)
        : provider_(other.provider_),
          mode_(other.mode_),
          cipher_(other.cipher_),
          aes_key_bytes_(other.aes_key_bytes_),
          size_(other.size_),
          key_(other.key_),
          other_key_(other.other_key_),
          iv_(other.iv_),
          message_(other.message_),
          cpu_(Cpu::duplicate(other.cpu_.get())) {}
    Mac& operator=(const Mac&) = delete;

    [[nodiscard]] Provider& provider() const noexcept { return provider_; }

    [[nodiscard]] std::unique_ptr<Mac> clone() const { return std::make_unique<Mac>(*this); }

    void initialize(const std::uint8_t* key, std::size_t key_length, const OSSL_PARAM params[]) {
        set(params);
        if (key != nullptr && key_length != 0) {
            set_key({key, key_length});
        }
        message_.clear();
        cpu_.reset();
    }

    void update(std::span<const std::uint8_t> more) {
        require(has_key(), Reason::no_key_set);
        if (!cpu_ && aes_key_bytes_ == 0) {
            provider_.report.on_cpu(OnCpu::not_offered, more.size());
            start_cpu();
        } else if (!cpu_ && message_.size() + more.size() > gathered_bytes_max) {
            provider_.report.on_cpu(OnCpu::too_long, message_.size() + more.size());
            start_cpu();
        }
        if (cpu_) {
            ensure(EVP_MAC_update(cpu_.get(), more.data(), more.size()));
        } else {
            message_.append(more);
        }
    }

    std::size_t finish(std::span<std::uint8_t> out) {
        require(has_key(), Reason::no_key_set);
        require(mode_ != CCE_MODE_GCM || !iv_.empty(), Reason::no_iv_set);
        require(out.size() >= size_, Reason::output_buffer_too_small);
        if (!cpu_ && aes_key_bytes_ != 0 &&
            provider_.offload(mode_, aes_key_bytes_, message_.size(), iv_.size(), mac_bytes)) {
            cce_mac_request request{};
            if (mode_ == CCE_MODE_GCM) {
                request.iv = iv_.data();
                request.iv_length = iv_.size();
            }
            request.message = message_.bytes().data();
            request.message_length = message_.size();
            request.mac = out.data();
            request.mac_length = mac_bytes;
            static_cast<void>(provider_.engine.run(*key_, CCE_ENCRYPT, request));
        } else {
            if (!cpu_) {
                start_cpu();
            }
            std::size_t written = 0;
            ensure(EVP_MAC_final(cpu_.get(), out.data(), &written, out.size()));
        }
        cpu_.reset();
        message_.clear();
        iv_.clear();  // never again with this key
        return size_;
    }

    void set(const OSSL_PARAM params[]) {
        if (const auto name = text_in(params, OSSL_MAC_PARAM_CIPHER); name) {
            set_cipher(*name);
        }
        if (const auto key = octets_in(params, OSSL_MAC_PARAM_KEY); key) {
            set_key(key->bytes());
        }
        if (mode_ == CCE_MODE_GCM) {
            if (const auto iv = octets_in(params, OSSL_MAC_PARAM_IV); iv) {
                require(iv->data != nullptr && iv->size != 0 && iv->size <= 128, Reason::invalid_iv_length);
                iv_.assign(iv->data, iv->data + iv->size);
            }
        }
    }

    void get(OSSL_PARAM params[]) const {
        put_size(params, OSSL_MAC_PARAM_SIZE, size_);
        put_size(params, OSSL_MAC_PARAM_BLOCK_SIZE, size_);
    }

private:
    [[nodiscard]] bool has_key() const { return key_ != nullptr || other_key_.size() != 0; }

    void set_cipher(const std::string& name) {
        const EVP_CIPHER* cipher = provider_.cpu.cipher(name);
        const int wanted = mode_ == CCE_MODE_GCM ? EVP_CIPH_GCM_MODE : EVP_CIPH_CBC_MODE;
        require(EVP_CIPHER_get_mode(cipher) == wanted, Reason::invalid_mode,
                mode_ == CCE_MODE_GCM ? "GMAC is for a cipher in GCM" : "CMAC is for a cipher in CBC");
        cipher_ = name;
        aes_key_bytes_ = 0;
        const char* mode_name = mode_ == CCE_MODE_GCM ? "GCM" : "CBC";
        for (const unsigned bits : {128U, 192U, 256U}) {
            if (EVP_CIPHER_is_a(cipher, ("AES-" + std::to_string(bits) + "-" + mode_name).c_str()) == 1) {
                aes_key_bytes_ = bits / 8;
            }
        }
        size_ = mode_ == CCE_MODE_GCM ? mac_bytes : static_cast<std::size_t>(EVP_CIPHER_get_block_size(cipher));
        key_.reset();
        other_key_.clear();
    }

    void set_key(std::span<const std::uint8_t> key) {
        require(!cipher_.empty(), Reason::invalid_mode, "the cipher is set before the key");
        const EVP_CIPHER* cipher = provider_.cpu.cipher(cipher_);
        require(key.size() == static_cast<std::size_t>(EVP_CIPHER_get_key_length(cipher)), Reason::invalid_key_length);
        if (aes_key_bytes_ != 0) {
            key_ = std::make_shared<Key>(mode_, key);
        } else {
            other_key_.clear();
            other_key_.append(key);
        }
    }

    void start_cpu() {
        MacContext context = provider_.cpu.mac_context(mode_ == CCE_MODE_GCM ? "GMAC" : "CMAC");
        const std::span<const std::uint8_t> key = key_ != nullptr ? key_->bytes() : other_key_.bytes();
        std::vector<OSSL_PARAM> params{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher_.data(), 0)};
        if (mode_ == CCE_MODE_GCM) {
            require(!iv_.empty(), Reason::no_iv_set);
            params.push_back(OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_IV, iv_.data(), iv_.size()));
        }
        params.push_back(OSSL_PARAM_construct_end());
        ensure(EVP_MAC_init(context.get(), key.data(), key.size(), params.data()));
        if (message_.size() != 0) {
            ensure(EVP_MAC_update(context.get(), message_.bytes().data(), message_.size()));
        }
        message_.clear();
        cpu_ = std::move(context);
    }

    Provider& provider_;
    cce_mode mode_;
    std::string cipher_;
    std::size_t aes_key_bytes_ = 0;  ///< 0: the cipher is not AES
    std::size_t size_ = 0;           ///< of the MAC; 0: there is no cipher yet
    std::shared_ptr<Key> key_;       ///< of AES
    SecretBytes other_key_;          ///< of another cipher
    std::vector<std::uint8_t> iv_;
    SecretBytes message_;
    MacContext cpu_;  ///< has what came so far, then message_ is empty
};

// ---- the functions that libcrypto calls (provider-mac(7)) -----------------------------------------------------------

using Functions = MacFunctions<Mac>;

template <cce_mode Mode>
void* new_context(void* context) {
    return Functions::create(context, [](Provider& provider) { return std::make_unique<Mac>(provider, Mode); });
}

template <cce_mode Mode>
const OSSL_PARAM* settable_params(void*, void*) {
    static constexpr std::array list{
        described(OSSL_MAC_PARAM_CIPHER, OSSL_PARAM_UTF8_STRING),
        described(OSSL_MAC_PARAM_PROPERTIES, OSSL_PARAM_UTF8_STRING),
        described(OSSL_MAC_PARAM_KEY, OSSL_PARAM_OCTET_STRING),
        Mode == CCE_MODE_GCM ? described(OSSL_MAC_PARAM_IV, OSSL_PARAM_OCTET_STRING) : end_of_list,
        end_of_list,
    };
    return list.data();
}

template <cce_mode Mode>
const OSSL_DISPATCH* functions() {
    static const auto table = Functions::table(new_context<Mode>, settable_params<Mode>);
    return table.data();
}

}  // namespace

const OSSL_ALGORITHM* mac_algorithms() {
    static const std::array<OSSL_ALGORITHM, 6> algorithms{
        OSSL_ALGORITHM{"CMAC", "provider=cce", functions<CCE_MODE_CMAC>(), "AES-CMAC on the Core Crypto Engine"},
        OSSL_ALGORITHM{"GMAC:1.0.9797.3.4", "provider=cce", functions<CCE_MODE_GCM>(),
                       "AES-GMAC on the Core Crypto Engine"},
        OSSL_ALGORITHM{"HMAC", "provider=cce", hmac_functions(), "HMAC on the Core Crypto Engine"},
        OSSL_ALGORITHM{"KMAC-128:KMAC128:2.16.840.1.101.3.4.2.19", "provider=cce", kmac_128_functions(),
                       "KMAC128 on the Core Crypto Engine"},
        OSSL_ALGORITHM{"KMAC-256:KMAC256:2.16.840.1.101.3.4.2.20", "provider=cce", kmac_256_functions(),
                       "KMAC256 on the Core Crypto Engine"},
        OSSL_ALGORITHM{nullptr, nullptr, nullptr, nullptr},
    };
    return algorithms.data();
}

}  // namespace cce::provider
