// SPDX-License-Identifier: Apache-2.0
//
// Keccak-p[1600, 24] (FIPS 202, 3.3) as a sponge whose state can be taken out and put back in, which OpenSSL's cannot:
// what streams of SHA-3 need to move between the engine and the CPU. No branch and no address depends on the state.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "secret.h"

namespace cce::internal {

class Keccak {
public:
    static constexpr std::size_t state_bytes = 200;

    explicit Keccak(std::size_t rate) : rate_(rate) {}
    ~Keccak() { wipe({reinterpret_cast<std::uint8_t*>(lanes_.data()), state_bytes}); }
    Keccak(const Keccak&) = default;
    Keccak& operator=(const Keccak&) = default;

    /// Between two blocks.
    void load(std::span<const std::uint8_t, state_bytes> state);
    /// Between two blocks of the message, or of the output.
    void save(std::span<std::uint8_t, state_bytes> state);

    void absorb(std::span<const std::uint8_t> bytes);
    /// Ends the message: pad10*1 (FIPS 202, 5.1) behind the bits of `suffix`, whose first bit behind them is 1 already.
    void pad(std::uint8_t suffix);
    /// The next bytes of the output, after pad() or when such a state was loaded.
    void squeeze(std::span<std::uint8_t> output);

private:
    void permute();
    void add(std::size_t place, std::uint8_t byte) { lanes_[place / 8] ^= std::uint64_t{byte} << (8 * (place % 8)); }

    std::array<std::uint64_t, 25> lanes_{};  ///< lane (x, y) is number x + 5 y
    std::size_t rate_;
    std::size_t place_ = 0;  ///< in the block
};

}  // namespace cce::internal
