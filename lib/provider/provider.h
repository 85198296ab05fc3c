// SPDX-License-Identifier: Apache-2.0
//
// What an instance of the provider consists of.

#pragma once

#include <array>
#include <memory>

#include "configuration.h"
#include "core.h"
#include "cpu.h"
#include "engine.h"
#include "report.h"

namespace cce::provider {

struct Provider {
    /// Throws Fault.
    Provider(const OSSL_CORE_HANDLE* handle, const OSSL_DISPATCH* functions)
        : core(handle, functions), configuration(Configuration::read(core)), engine(configuration, report) {}

    /// Shall the engine do a request of so many bytes, with an IV of so many, and so many bytes beside the text? If
    /// not, it is counted as the CPU's. Throws Fault.
    [[nodiscard]] bool offload(cce_mode mode, std::size_t key_bytes, std::size_t length,
                               std::size_t iv_bytes = CCE_BLOCK_BYTES, std::size_t beside = 0) {
        OnCpu reason{};
        if (length < configuration.cpu_below) {
            reason = OnCpu::below_threshold;
        } else if (length > CCE_SUBMIT_BYTES_MAX || beside > CCE_SUBMIT_BYTES_MAX - length) {
            reason = OnCpu::too_long;
        } else if (!engine.offers(mode, key_bytes) || !engine.takes(mode, iv_bytes, length + beside)) {
            reason = OnCpu::not_offered;
        } else {
            return true;
        }
        report.on_cpu(reason, length);
        return false;
    }

    /// Of a hash function without a key: one for all contexts.
    [[nodiscard]] const std::shared_ptr<Key>& plain_hash(cce_hash hash) const {
        return plain_hashes_.at(static_cast<std::size_t>(hash));
    }

    Core core;
    Configuration configuration;
    Report report;
    Cpu cpu;
    Engine engine;

private:
    std::array<std::shared_ptr<Key>, CCE_HASH_COUNT> plain_hashes_ = make_plain_hashes();
    static std::array<std::shared_ptr<Key>, CCE_HASH_COUNT> make_plain_hashes() {
        std::array<std::shared_ptr<Key>, CCE_HASH_COUNT> keys;
        for (std::size_t hash = 0; hash < keys.size(); ++hash) {
            keys.at(hash) = std::make_shared<Key>(HashUse{static_cast<cce_hash>(hash), CCE_HASH_PLAIN, {}});
        }
        return keys;
    }
};

/// The algorithms of the provider, for OSSL_FUNC_PROVIDER_QUERY_OPERATION.
[[nodiscard]] const OSSL_ALGORITHM* cipher_algorithms();
[[nodiscard]] const OSSL_ALGORITHM* digest_algorithms();
[[nodiscard]] const OSSL_ALGORITHM* mac_algorithms();

}  // namespace cce::provider
