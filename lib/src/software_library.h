// SPDX-License-Identifier: Apache-2.0
//
// OpenSSL's own code, in a library context of its own. The application's configuration (openssl.cnf) may put another
// provider in the place of OpenSSL's, one that stands on this library for one (lib/provider): what is to be done by the
// CPU must not come back here.

#pragma once

#include <openssl/evp.h>
#include <openssl/provider.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace cce::internal::software {

class Library {
public:
    /// Throws Failure.
    Library();

    /// The cipher of this name; lives as long as this object. May be called from any thread. Throws Failure.
    [[nodiscard]] const EVP_CIPHER* cipher(const char* name);
    /// The same for a hash function.
    [[nodiscard]] const EVP_MD* digest(const char* name);
    [[nodiscard]] OSSL_LIB_CTX* context() const { return context_.get(); }

private:
    struct Free {
        void operator()(OSSL_LIB_CTX* context) const noexcept { OSSL_LIB_CTX_free(context); }
        void operator()(OSSL_PROVIDER* provider) const noexcept { OSSL_PROVIDER_unload(provider); }
        void operator()(EVP_CIPHER* cipher) const noexcept { EVP_CIPHER_free(cipher); }
        void operator()(EVP_MD* digest) const noexcept { EVP_MD_free(digest); }
    };
    std::unique_ptr<OSSL_LIB_CTX, Free> context_;
    std::unique_ptr<OSSL_PROVIDER, Free> provider_;
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<EVP_CIPHER, Free>> ciphers_;
    std::map<std::string, std::unique_ptr<EVP_MD, Free>> digests_;
};

/// The one that all backends share, made for the first of them; each keeps it for as long as its ciphers live.
[[nodiscard]] std::shared_ptr<Library> library();

}  // namespace cce::internal::software
