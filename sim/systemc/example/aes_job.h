// SPDX-License-Identifier: Apache-2.0
//
// An AES operation: as a request to the engine, and by OpenSSL.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bus.h"
#include "cce_contract.hpp"

namespace cce::example {

using Bytes = std::vector<std::uint8_t>;

/// CTR, XTS or GCM. What a mode does not use is empty.
struct AesJob {
    contract::CipherMode mode = contract::CipherMode::ctr;
    bool decrypt = false;
    Bytes key{};
    Bytes tweak_key{};  ///< XTS
    Bytes iv{};         ///< CTR: the first counter block; XTS: the tweak; GCM: 12 bytes
    Bytes aad{};        ///< GCM
    Bytes text{};
    Bytes tag{};  ///< GCM: decrypting: to be verified; encrypting: only its length counts

    /// A line that tells it from others.
    [[nodiscard]] std::string name() const;
};

/// What the engine must leave in the destination, by OpenSSL: the text and, if one is made, the tag. Throws
/// std::runtime_error if OpenSSL refuses, or if the tag is wrong.
[[nodiscard]] Bytes answer_of_openssl(const AesJob& job);

/// A job's context record, source and destination in memory.
class PlacedJob {
public:
    /// From `address` on, a multiple of 64; `gap`: bytes by which source and destination are off such multiples.
    PlacedJob(Bus& bus, const AesJob& job, std::uint64_t address, unsigned gap = 0);

    [[nodiscard]] contract::Descriptor descriptor(std::uint32_t cookie) const;
    [[nodiscard]] std::uint64_t destination() const { return destination_; }
    /// What the destination holds.
    [[nodiscard]] Bytes result() const;
    /// First address behind it, a multiple of 64.
    [[nodiscard]] std::uint64_t end() const;

private:
    Bus& bus_;
    AesJob job_;
    std::uint64_t context_;
    std::uint64_t source_ = 0;
    std::uint64_t destination_ = 0;
    std::size_t destination_bytes_ = 0;
};

}  // namespace cce::example
