// SPDX-License-Identifier: Apache-2.0
//
// KW and KWP on the CPU: SP 800-38F on OpenSSL's AES. OpenSSL 3.0 has both, but on its AES in tables, whose indices are
// made of the keys (found by lib/test/constant_time); its ECB uses the CPU's AES instructions, or none of such tables.
// Nothing here branches on a key, but for the integrity check's answer.

#include "secret.h"
#include "software.h"

namespace cce::internal::software {

namespace {

using Block = Iv;

constexpr std::size_t semiblock = CCE_KEY_WRAP_OVERHEAD;
constexpr std::array<std::uint8_t, semiblock> integrity_value_1{0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6};
constexpr std::array<std::uint8_t, 4> integrity_value_2{0xa6, 0x59, 0x59, 0xa6};

/// All bits of the result are 1 if `a` is less than `b`, else 0. Both are below 2^31.
std::uint32_t less_than(std::uint32_t a, std::uint32_t b) {
    return 0U - ((a - b) >> 31);
}

class KeyWrap final : public Cipher {
public:
    explicit KeyWrap(const CipherParameters& parameters)
        : wrap_(parameters.direction == CCE_ENCRYPT),
          padded_(parameters.mode == CCE_MODE_KWP),
          context_(make_block_cipher(parameters.key.bytes(), wrap_)) {}
    ~KeyWrap() override { wipe(scratch_); }
    KeyWrap(const KeyWrap&) = delete;
    KeyWrap& operator=(const KeyWrap&) = delete;

    Result run(const Text& text) override {
        const std::size_t bytes = text.source.size();
        const std::size_t whole = (bytes + semiblock - 1) / semiblock * semiblock;
        // A, then R[1] to R[m].
        const auto all = std::span(scratch_).first(wrap_ ? whole + semiblock : whole);
        Result result;
        bool good = true;
        if (wrap_) {
            start(all, bytes);
            std::copy(text.source.begin(), text.source.end(), all.begin() + semiblock);
            wrap(all);
            std::copy(all.begin(), all.end(), text.destination.begin());
        } else {
            std::copy(text.source.begin(), text.source.end(), all.begin());
            unwrap(all);
            std::uint32_t length = 0;
            // The answer is the request's, and so is the length of a key that is given out.
            good = released(padded_ ? padded_integrity(all, length) : integrity(all));
            if (good) {
                std::copy(all.begin() + semiblock, all.end(), text.destination.begin());
                if (padded_) {
                    result.key_length = released(length);
                }
            }
        }
        wipe(all);
        if (!good) {
            throw Failure(CCE_ERROR_TAG, "the integrity check of the wrapped key does not match");
        }
        return result;
    }

private:
    /// SP 800-38F, 6.2 step 1 and 6.3 steps 1 to 4: the integrity check value, and zeros for what comes behind.
    void start(std::span<std::uint8_t> all, std::size_t bytes) const {
        std::fill(all.begin(), all.end(), std::uint8_t{0});
        if (!padded_) {
            std::copy(integrity_value_1.begin(), integrity_value_1.end(), all.begin());
            return;
        }
        std::copy(integrity_value_2.begin(), integrity_value_2.end(), all.begin());
        for (std::size_t i = 0; i < 4; ++i) {
            all[4 + i] = static_cast<std::uint8_t>(bytes >> (24 - 8 * i));
        }
    }

    /// A ^= t, big-endian.
    static void add_step(std::span<std::uint8_t> a, std::uint64_t t) {
        for (std::size_t i = 0; i < semiblock; ++i) {
            a[i] = static_cast<std::uint8_t>(a[i] ^ (t >> (56 - 8 * i)));
        }
    }

    /// The block cipher on A and R[i].
    void step(std::span<std::uint8_t> all, std::size_t i) {
        const auto a = all.first(semiblock);
        const auto r = all.subspan(semiblock * i, semiblock);
        std::copy(a.begin(), a.end(), block_.begin());
        std::copy(r.begin(), r.end(), block_.begin() + semiblock);
        run_blocks(*context_, block_, block_);
        std::copy_n(block_.begin(), semiblock, a.begin());
        std::copy_n(block_.begin() + semiblock, semiblock, r.begin());
    }

    /// SP 800-38F, 6.1, algorithm 1; one block alone is only enciphered (6.3, step 5).
    void wrap(std::span<std::uint8_t> all) {
        const std::size_t count = all.size() / semiblock - 1;
        if (count == 1) {
            run_blocks(*context_, all, all);
            return;
        }
        for (std::uint64_t t = 1; t <= 6 * count; ++t) {
            step(all, (t - 1) % count + 1);
            add_step(all.first(semiblock), t);
        }
        wipe(block_);
    }

    /// Algorithm 2.
    void unwrap(std::span<std::uint8_t> all) {
        const std::size_t count = all.size() / semiblock - 1;
        if (count == 1) {
            run_blocks(*context_, all, all);
            return;
        }
        for (std::uint64_t t = 6 * count; t >= 1; --t) {
            add_step(all.first(semiblock), t);
            step(all, (t - 1) % count + 1);
        }
        wipe(block_);
    }

    /// SP 800-38F, 6.2, step 3 of KW-AD.
    static bool integrity(std::span<const std::uint8_t> all) {
        return CRYPTO_memcmp(all.data(), integrity_value_1.data(), integrity_value_1.size()) == 0;
    }

    /// SP 800-38F, 6.3, steps 3 to 7 of KWP-AD, all of them whatever the first ones say. Gives the length of the key.
    static bool padded_integrity(std::span<const std::uint8_t> all, std::uint32_t& length) {
        const auto room = static_cast<std::uint32_t>(all.size() - semiblock);
        length = 0;
        for (std::size_t i = 4; i < semiblock; ++i) {
            length = length << 8 | all[i];
        }
        std::uint32_t bad = 0U - (length >> 31);
        bad |=
            static_cast<std::uint32_t>(CRYPTO_memcmp(all.data(), integrity_value_2.data(), integrity_value_2.size()));
        const std::uint32_t number = length & 0x7fff'ffffU;
        bad |= less_than(room, number);
        bad |= ~less_than(room - static_cast<std::uint32_t>(semiblock), number);
        // Padding can only be in the last semiblock; what is behind the key must be zero.
        for (std::uint32_t at = room - static_cast<std::uint32_t>(semiblock); at < room; ++at) {
            bad |= all[semiblock + at] & ~less_than(at, number);
        }
        return bad == 0;
    }

    bool wrap_;
    bool padded_;
    Context context_;
    Block block_{};
    std::array<std::uint8_t, CCE_KEY_WRAP_BYTES_MAX + 2 * CCE_KEY_WRAP_OVERHEAD> scratch_{};
};

}  // namespace

std::unique_ptr<Cipher> make_key_wrap(const CipherParameters& parameters) {
    return std::make_unique<KeyWrap>(parameters);
}

}  // namespace cce::internal::software
