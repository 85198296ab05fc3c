// SPDX-License-Identifier: Apache-2.0
//
// OpenSSL's objects and answers in C++.

#pragma once

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace cce::bench {

/// Throws unless OpenSSL answered 1.
inline void demand(int result, const char* what) {
    if (result != 1) throw std::runtime_error(std::string("OpenSSL: ") + what + " failed");
}

template <auto function>
struct Free {
    template <typename T>
    void operator()(T* object) const noexcept {
        function(object);
    }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX_free>>;
using Cipher = std::unique_ptr<EVP_CIPHER, Free<EVP_CIPHER_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Free<EVP_MAC_CTX_free>>;
using Mac = std::unique_ptr<EVP_MAC, Free<EVP_MAC_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD, Free<EVP_MD_free>>;

}  // namespace cce::bench
