// SPDX-License-Identifier: Apache-2.0

#include "software_library.h"

#include <mutex>

#include "software.h"

namespace cce::internal::software {

Library::Library() : context_(OSSL_LIB_CTX_new()) {
    if (!context_) {
        throw std::bad_alloc();
    }
    provider_.reset(OSSL_PROVIDER_load(context_.get(), "default"));
    if (!provider_) {
        fail("its default provider cannot be loaded");
    }
}

const EVP_CIPHER* Library::cipher(const char* name) {
    const std::lock_guard lock(mutex_);
    auto& entry = ciphers_[name];
    if (!entry) {
        entry.reset(EVP_CIPHER_fetch(context_.get(), name, nullptr));
        if (!entry) {
            fail(std::string("it has no ") + name);
        }
    }
    return entry.get();
}

const EVP_MD* Library::digest(const char* name) {
    const std::lock_guard lock(mutex_);
    auto& entry = digests_[name];
    if (!entry) {
        entry.reset(EVP_MD_fetch(context_.get(), name, nullptr));
        if (!entry) {
            fail(std::string("it has no ") + name);
        }
    }
    return entry.get();
}

std::shared_ptr<Library> library() {
    static std::mutex mutex;
    static std::weak_ptr<Library> shared;
    const std::lock_guard lock(mutex);
    std::shared_ptr<Library> result = shared.lock();
    if (!result) {
        result = std::make_shared<Library>();
        shared = result;
    }
    return result;
}

}  // namespace cce::internal::software
