// SPDX-License-Identifier: Apache-2.0

#include "hash_support.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace cce::test {

Bytes digest(const char* name, const Bytes& message, std::size_t bytes) {
    const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{EVP_MD_fetch(nullptr, name, nullptr), &EVP_MD_free};
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    const bool extendable = (EVP_MD_get_flags(algorithm.get()) & EVP_MD_FLAG_XOF) != 0;
    Bytes result(extendable ? bytes : static_cast<std::size_t>(EVP_MD_get_size(algorithm.get())));
    EXPECT_EQ(EVP_DigestInit_ex(context.get(), algorithm.get(), nullptr), 1);
    EXPECT_EQ(EVP_DigestUpdate(context.get(), message.data(), message.size()), 1);
    if (extendable) {
        EXPECT_EQ(EVP_DigestFinalXOF(context.get(), result.data(), result.size()), 1);
    } else {
        EXPECT_EQ(EVP_DigestFinal_ex(context.get(), result.data(), nullptr), 1);
    }
    result.resize(bytes);
    return result;
}

Bytes mac(const char* name, const char* digest_name, const Bytes& key, const Bytes& message, std::size_t bytes) {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> algorithm{EVP_MAC_fetch(nullptr, name, nullptr),
                                                                      &EVP_MAC_free};
    const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context{EVP_MAC_CTX_new(algorithm.get()),
                                                                            &EVP_MAC_CTX_free};
    std::vector<OSSL_PARAM> parameters;
    std::string text = digest_name != nullptr ? digest_name : "";
    if (digest_name != nullptr) {
        parameters.push_back(OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, text.data(), 0));
    } else {
        parameters.push_back(OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &bytes));
    }
    parameters.push_back(OSSL_PARAM_construct_end());
    Bytes result(std::max<std::size_t>(bytes, 64));
    std::size_t length = 0;
    // No pointer means no key to OpenSSL, not an empty one.
    const std::uint8_t none = 0;
    EXPECT_EQ(EVP_MAC_init(context.get(), key.empty() ? &none : key.data(), key.size(), parameters.data()), 1);
    EXPECT_EQ(EVP_MAC_update(context.get(), message.data(), message.size()), 1);
    EXPECT_EQ(EVP_MAC_final(context.get(), result.data(), &length, result.size()), 1);
    result.resize(bytes);
    return result;
}

sim::Shape random_shape(std::mt19937_64& random, std::uint32_t length) {
    if (length == 0 || below(random, 3) == 0) return sim::Shape::direct(length, below(random, 64));
    sim::Shape shape;
    shape.list = true;
    shape.list_gap = below(random, 4);
    while (length != 0) {
        const std::uint32_t piece = 1 + below(random, std::min<std::uint32_t>(length, 1 + below(random, 300)));
        shape.pieces.push_back({below(random, 64), piece});
        length -= piece;
    }
    return shape;
}

}  // namespace cce::test
