// SPDX-License-Identifier: Apache-2.0
//
// What the suites share: the oracle (OpenSSL), text in hexadecimal, seeds, ready-made machines.

#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cce_contract.hpp"
#include "harness/cipher_request.h"
#include "harness/machine.h"
#include "harness/queue_pair.h"

namespace cce::test {

using Bytes = std::vector<std::uint8_t>;

/// Bytes of a hexadecimal text. Throws std::invalid_argument for anything else.
Bytes from_hex(std::string_view text);
std::string to_hex(std::span<const std::uint8_t> bytes);

/// Bytes from `random`.
Bytes random_bytes(std::mt19937_64& random, std::size_t count);
/// A number from 0 to `limit` - 1.
std::uint32_t below(std::mt19937_64& random, std::uint32_t limit);

/// The seed of this run: CCE_TEST_SEED, or a fixed one; printed and recorded.
std::uint64_t test_seed();
/// True if the long form of the tests was asked for (CCE_TEST_ALL=1).
bool all_tests();

/// AES by OpenSSL, without padding; the next IV by SP 800-38A.
class Oracle {
public:
    Oracle(contract::CipherMode mode, bool decrypt, std::span<const std::uint8_t> key,
           std::span<const std::uint8_t> iv);
    Bytes process(std::span<const std::uint8_t> text);

    /// Text and next IV of one request.
    struct Answer {
        Bytes text;
        Bytes next_iv;
    };
    static Answer run(contract::CipherMode mode, bool decrypt, std::span<const std::uint8_t> key,
                      std::span<const std::uint8_t> iv, std::span<const std::uint8_t> text);

private:
    struct Free {
        void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
    };
    std::unique_ptr<EVP_CIPHER_CTX, Free> context_;
};

/// A machine with the engine at this width of the DMA bus.
sim::MachineOptions machine_options(unsigned data_width, const sim::MemoryTiming& timing = sim::MemoryTiming::ideal());

/// The bits of `iv` or `next_iv` as a container that compares with Bytes.
template <typename Array>
Bytes bytes_of(const Array& array) {
    return Bytes(array.begin(), array.end());
}

}  // namespace cce::test
