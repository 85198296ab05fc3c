// SPDX-License-Identifier: Apache-2.0
//
// What OpenSSL does for one request, in every mode of the engine and in its hashes: key set up beforehand, IV anew for
// each request. For timing; nothing here knows the engine.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cce::bench {

/// One kind of request: its text and all that it needs are in memory of its own.
class HostOperation {
public:
    HostOperation() = default;
    virtual ~HostOperation() = default;
    HostOperation(const HostOperation&) = delete;
    HostOperation& operator=(const HostOperation&) = delete;

    /// One request. Throws std::runtime_error if OpenSSL fails.
    virtual void run() = 0;
    /// What the last request wrote: ciphertext or text, and the tag, the MAC or the digest.
    [[nodiscard]] virtual std::vector<std::uint8_t> output() const = 0;
};

/// What can be timed. `bytes_maximum` is 0 where there is no limit below 1 GiB.
struct HostAlgorithm {
    std::string name;       ///< aes-256-gcm, sha-256, hmac-sha-256, memcpy
    std::string direction;  ///< encrypt, decrypt, or empty
    std::size_t bytes_maximum = 0;
};

/// All of them: AES with keys of 128, 192 and 256 bits in every mode, both directions where they differ in work; SHA-2,
/// SHA-3 and HMAC; memcpy, below which nothing that reads and writes can be.
[[nodiscard]] const std::vector<HostAlgorithm>& host_algorithms();

/// Throws std::invalid_argument if there is none such.
[[nodiscard]] std::unique_ptr<HostOperation> make_host_operation(const HostAlgorithm& algorithm, std::size_t bytes);

}  // namespace cce::bench
