// SPDX-License-Identifier: Apache-2.0
//
// OpenSSL's own code for what stays on the CPU: its default provider in a library context of this provider's own, so
// that nothing comes back here, whatever the application's configuration prefers.

#pragma once

#include <openssl/evp.h>
#include <openssl/provider.h>

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "core.h"

namespace cce::provider {

struct FreeCpu {
    void operator()(OSSL_LIB_CTX* context) const noexcept { OSSL_LIB_CTX_free(context); }
    void operator()(OSSL_PROVIDER* provider) const noexcept { OSSL_PROVIDER_unload(provider); }
    void operator()(EVP_CIPHER* cipher) const noexcept { EVP_CIPHER_free(cipher); }
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
    void operator()(EVP_MD* digest) const noexcept { EVP_MD_free(digest); }
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
    void operator()(EVP_MAC* mac) const noexcept { EVP_MAC_free(mac); }
    void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCpu>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeCpu>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeCpu>;

/// Throws Fault unless an EVP call returned 1. OpenSSL's own error stays in the queue in front of ours.
inline void ensure(int result, Reason reason = Reason::cipher_operation_failed) {
    require(result == 1, reason);
}

class Cpu {
public:
    /// Throws Fault.
    Cpu();

    /// Lives as long as this object. Throws Fault.
    [[nodiscard]] const EVP_CIPHER* cipher(const std::string& name);
    /// A context with a cipher and no key. Throws Fault.
    [[nodiscard]] CipherContext context(const std::string& name, bool encrypt);
    /// Null: there is none of this name. Lives as long as this object.
    [[nodiscard]] const EVP_MD* digest(const std::string& name);
    /// A context at the beginning of a message. Throws Fault.
    [[nodiscard]] DigestContext digest_context(const std::string& name);
    /// The context of a MAC, "CMAC" for one. Throws Fault.
    [[nodiscard]] MacContext mac_context(const std::string& name);
    /// A copy, in the middle of a text, too. Throws Fault.
    [[nodiscard]] static CipherContext duplicate(const CipherContext& context);
    [[nodiscard]] static DigestContext duplicate(const DigestContext& context);
    [[nodiscard]] static MacContext duplicate(const EVP_MAC_CTX* context);
    /// Random bytes, for IVs. Throws Fault.
    void randomize(std::span<std::uint8_t> bytes);

private:
    std::unique_ptr<OSSL_LIB_CTX, FreeCpu> library_;
    std::unique_ptr<OSSL_PROVIDER, FreeCpu> default_;
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<EVP_CIPHER, FreeCpu>> ciphers_;
    std::map<std::string, std::unique_ptr<EVP_MD, FreeCpu>> digests_;
    std::map<std::string, std::unique_ptr<EVP_MAC, FreeCpu>> macs_;
};

/// Data of any length into an EVP context, whose updates count in int: `in` to `out`, which may be null (AAD).
void update_all(EVP_CIPHER_CTX* context, std::uint8_t* out, std::span<const std::uint8_t> in);

}  // namespace cce::provider
