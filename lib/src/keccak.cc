// SPDX-License-Identifier: Apache-2.0

#include "keccak.h"

#include <bit>

namespace cce::internal {

namespace {

/// FIPS 202, 3.2.5.
constexpr std::array<std::uint64_t, 24> round_constants{
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

/// FIPS 202, 3.2.2: of lane x + 5 y.
constexpr std::array<int, 25> offsets{0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                                      25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};

std::uint64_t load_lane(const std::uint8_t* bytes) {
    std::uint64_t lane = 0;
    for (unsigned i = 0; i < 8; ++i) lane |= std::uint64_t{bytes[i]} << (8 * i);
    return lane;
}

void store_lane(std::uint8_t* bytes, std::uint64_t lane) {
    for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(lane >> (8 * i));
}

}  // namespace

void Keccak::permute() {
    std::array<std::uint64_t, 25> a = lanes_;
    std::array<std::uint64_t, 25> b{};
    std::array<std::uint64_t, 5> c{}, d{};
    for (const std::uint64_t constant : round_constants) {
        // Theta.
#pragma GCC unroll 5
        for (std::size_t x = 0; x < 5; ++x) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
#pragma GCC unroll 5
        for (std::size_t x = 0; x < 5; ++x) d[x] = c[(x + 4) % 5] ^ std::rotl(c[(x + 1) % 5], 1);
            // Rho and pi: lane (x, y) goes to (y, 2x + 3y).
#pragma GCC unroll 25
        for (std::size_t i = 0; i < 25; ++i) {
            const std::size_t x = i % 5, y = i / 5;
            b[y + 5 * ((2 * x + 3 * y) % 5)] = std::rotl(a[i] ^ d[x], offsets[i]);
        }
        // Chi.
#pragma GCC unroll 25
        for (std::size_t i = 0; i < 25; ++i) {
            const std::size_t row = i / 5 * 5;
            a[i] = b[i] ^ (~b[row + (i + 1) % 5] & b[row + (i + 2) % 5]);
        }
        a[0] ^= constant;
    }
    lanes_ = a;
    wipe({reinterpret_cast<std::uint8_t*>(a.data()), state_bytes});
    wipe({reinterpret_cast<std::uint8_t*>(b.data()), state_bytes});
    wipe({reinterpret_cast<std::uint8_t*>(c.data()), sizeof(c)});
    wipe({reinterpret_cast<std::uint8_t*>(d.data()), sizeof(d)});
}

void Keccak::load(std::span<const std::uint8_t, state_bytes> state) {
    for (std::size_t i = 0; i < lanes_.size(); ++i) lanes_[i] = load_lane(&state[8 * i]);
    place_ = 0;
}

void Keccak::save(std::span<std::uint8_t, state_bytes> state) {
    if (place_ == rate_) {
        permute();
        place_ = 0;
    }
    for (std::size_t i = 0; i < lanes_.size(); ++i) store_lane(&state[8 * i], lanes_[i]);
}

void Keccak::absorb(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        if (place_ % 8 == 0 && bytes.size() >= 8) {
            lanes_[place_ / 8] ^= load_lane(bytes.data());
            bytes = bytes.subspan(8);
            place_ += 8;
        } else {
            add(place_++, bytes.front());
            bytes = bytes.subspan(1);
        }
        if (place_ == rate_) {
            permute();
            place_ = 0;
        }
    }
}

void Keccak::pad(std::uint8_t suffix) {
    add(place_, suffix);
    add(rate_ - 1, 0x80);
    permute();
    place_ = 0;
}

void Keccak::squeeze(std::span<std::uint8_t> output) {
    while (!output.empty()) {
        // Only now: what nobody wants need not be made.
        if (place_ == rate_) {
            permute();
            place_ = 0;
        }
        if (place_ % 8 == 0 && output.size() >= 8) {
            store_lane(output.data(), lanes_[place_ / 8]);
            output = output.subspan(8);
            place_ += 8;
        } else {
            output.front() = static_cast<std::uint8_t>(lanes_[place_ / 8] >> (8 * (place_ % 8)));
            output = output.subspan(1);
            ++place_;
        }
    }
}

}  // namespace cce::internal
