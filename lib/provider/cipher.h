// SPDX-License-Identifier: Apache-2.0
//
// What all ciphers of the provider have in common: the table of algorithms, and the shape of a context. cipher.cc turns
// it into the functions that libcrypto calls (provider-cipher(7)).

#pragma once

#include <openssl/evp.h>

#include <memory>
#include <span>
#include <string>

#include "provider.h"

namespace cce::provider {

/// What libcrypto asks of a cipher before there is a context, and what its contexts need to know.
struct CipherAlgorithm {
    const char* names;     ///< as in OpenSSL's default provider, separated by colons, the first one for messages
    const char* cpu_name;  ///< the same cipher in OpenSSL's default provider
    cce_mode mode;
    unsigned evp_mode;        ///< EVP_CIPH_...
    std::size_t key_bytes;    ///< XTS: of both keys
    std::size_t iv_bytes;     ///< if nothing else is set
    std::size_t block_bytes;  ///< 1: a stream
    bool aead;
    bool custom_iv;
};

/// A context of a cipher. Every function throws Fault; lengths are bytes.
class CipherState {
public:
    CipherState(Provider& provider, const CipherAlgorithm& algorithm) : provider_(provider), algorithm_(algorithm) {}
    virtual ~CipherState() = default;
    CipherState& operator=(const CipherState&) = delete;

    [[nodiscard]] virtual std::unique_ptr<CipherState> duplicate() const = 0;
    /// A new text. Key and IV may be missing (null): then the ones from before count.
    virtual void initialize(bool encrypt, std::span<const std::uint8_t> key, std::span<const std::uint8_t> iv) = 0;
    /// Returns the bytes written to `out`, which has room for so many.
    [[nodiscard]] virtual std::size_t update(std::uint8_t* out, std::size_t room, const std::uint8_t* in,
                                             std::size_t length) = 0;
    [[nodiscard]] virtual std::size_t finish(std::uint8_t* out, std::size_t room) = 0;
    virtual void set(const OSSL_PARAM params[]) = 0;
    virtual void get(OSSL_PARAM params[]) = 0;

    [[nodiscard]] Provider& provider() const noexcept { return provider_; }
    [[nodiscard]] const CipherAlgorithm& algorithm() const noexcept { return algorithm_; }

protected:
    CipherState(const CipherState&) = default;

    /// Checks the length and keeps a copy.
    [[nodiscard]] std::shared_ptr<Key> make_key(std::span<const std::uint8_t> key) const;
    [[nodiscard]] bool offload(std::size_t length, std::size_t iv_bytes = CCE_BLOCK_BYTES,
                               std::size_t beside = 0) const {
        return provider_.offload(algorithm_.mode, algorithm_.key_bytes, length, iv_bytes, beside);
    }
    static void require_room(std::size_t room, std::size_t needed) {
        require(room >= needed, Reason::output_buffer_too_small);
    }

private:
    Provider& provider_;
    const CipherAlgorithm& algorithm_;
};

[[nodiscard]] inline cce_direction direction_of(bool encrypt) {
    return encrypt ? CCE_ENCRYPT : CCE_DECRYPT;
}

[[nodiscard]] std::unique_ptr<CipherState> make_block_cipher(Provider&, const CipherAlgorithm&);    // ECB, CBC
[[nodiscard]] std::unique_ptr<CipherState> make_counter_cipher(Provider&, const CipherAlgorithm&);  // CTR
[[nodiscard]] std::unique_ptr<CipherState> make_xts(Provider&, const CipherAlgorithm&);
[[nodiscard]] std::unique_ptr<CipherState> make_gcm(Provider&, const CipherAlgorithm&);
[[nodiscard]] std::unique_ptr<CipherState> make_ccm(Provider&, const CipherAlgorithm&);
[[nodiscard]] std::unique_ptr<CipherState> make_key_wrap(Provider&, const CipherAlgorithm&);

}  // namespace cce::provider
