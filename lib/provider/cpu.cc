// SPDX-License-Identifier: Apache-2.0

#include "cpu.h"

#include <openssl/rand.h>

#include <algorithm>

namespace cce::provider {

Cpu::Cpu() : library_(OSSL_LIB_CTX_new()) {
    if (!library_) {
        throw std::bad_alloc();
    }
    default_.reset(OSSL_PROVIDER_load(library_.get(), "default"));
    require(default_ != nullptr, Reason::internal_error, "OpenSSL's default provider cannot be loaded");
}

const EVP_CIPHER* Cpu::cipher(const std::string& name) {
    const std::lock_guard lock(mutex_);
    auto& entry = ciphers_[name];
    if (!entry) {
        entry.reset(EVP_CIPHER_fetch(library_.get(), name.c_str(), nullptr));
    }
    if (!entry) {
        throw Fault(Reason::invalid_mode, "OpenSSL's default provider has no cipher " + name);
    }
    return entry.get();
}

CipherContext Cpu::context(const std::string& name, bool encrypt) {
    CipherContext context(EVP_CIPHER_CTX_new());
    if (!context) {
        throw std::bad_alloc();
    }
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    ensure(EVP_CipherInit_ex(context.get(), cipher(name), nullptr, nullptr, nullptr, encrypt ? 1 : 0));
    return context;
}

const EVP_MD* Cpu::digest(const std::string& name) {
    const std::lock_guard lock(mutex_);
    auto& entry = digests_[name];
    if (!entry) {
        entry.reset(EVP_MD_fetch(library_.get(), name.c_str(), nullptr));
    }
    return entry.get();
}

DigestContext Cpu::digest_context(const std::string& name) {
    const EVP_MD* found = digest(name);
    require(found != nullptr, Reason::internal_error, "OpenSSL's default provider lacks a digest");
    DigestContext context(EVP_MD_CTX_new());
    if (!context) {
        throw std::bad_alloc();
    }
    ensure(EVP_DigestInit_ex2(context.get(), found, nullptr), Reason::digest_operation_failed);
    return context;
}

MacContext Cpu::mac_context(const std::string& name) {
    const std::lock_guard lock(mutex_);
    auto& entry = macs_[name];
    if (!entry) {
        entry.reset(EVP_MAC_fetch(library_.get(), name.c_str(), nullptr));
        require(entry != nullptr, Reason::internal_error, "OpenSSL's default provider lacks a MAC");
    }
    MacContext context(EVP_MAC_CTX_new(entry.get()));
    if (!context) {
        throw std::bad_alloc();
    }
    return context;
}

CipherContext Cpu::duplicate(const CipherContext& context) {
    if (!context) {
        return {};
    }
    CipherContext result(EVP_CIPHER_CTX_new());
    if (!result) {
        throw std::bad_alloc();
    }
    ensure(EVP_CIPHER_CTX_copy(result.get(), context.get()));
    return result;
}

DigestContext Cpu::duplicate(const DigestContext& context) {
    DigestContext result(EVP_MD_CTX_new());
    if (!result) {
        throw std::bad_alloc();
    }
    ensure(EVP_MD_CTX_copy_ex(result.get(), context.get()), Reason::digest_operation_failed);
    return result;
}

MacContext Cpu::duplicate(const EVP_MAC_CTX* context) {
    if (context == nullptr) {
        return {};
    }
    MacContext result(EVP_MAC_CTX_dup(context));
    require(result != nullptr, Reason::cipher_operation_failed);
    return result;
}

void Cpu::randomize(std::span<std::uint8_t> bytes) {
    ensure(RAND_bytes_ex(library_.get(), bytes.data(), bytes.size(), 0));
}

void update_all(EVP_CIPHER_CTX* context, std::uint8_t* out, std::span<const std::uint8_t> in) {
    constexpr std::size_t at_most = std::size_t{1} << 30;
    while (!in.empty()) {
        const std::size_t length = std::min(in.size(), at_most);
        int written = 0;
        ensure(EVP_CipherUpdate(context, out, &written, in.data(), static_cast<int>(length)));
        in = in.subspan(length);
        out = out == nullptr ? nullptr : out + length;
    }
}

}  // namespace cce::provider
