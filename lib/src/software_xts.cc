// SPDX-License-Identifier: Apache-2.0
//
// XTS on the CPU: OpenSSL's where it has it, else IEEE 1619, 5.3 and 5.4, on OpenSSL's AES. OpenSSL has no XTS with
// 192-bit keys, and refuses equal keys.

#include "secret.h"
#include "software.h"

namespace cce::internal::software {

namespace {

using Block = Iv;

class EvpXts final : public Cipher {
public:
    explicit EvpXts(const CipherParameters& parameters)
        : context_(make_context(library()->cipher(parameters.key.bytes().size() == 32 ? "AES-128-XTS" : "AES-256-XTS"),
                                parameters.key.bytes(), parameters.direction == CCE_ENCRYPT)) {}

    Result run(const Text& text) override {
        if (EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr, text.iv.data(), -1) != 1) {
            fail("the tweak was not accepted");
        }
        run_blocks(*context_, text.source, text.destination);
        return {};
    }

private:
    Context context_;
};

/// Multiplies by alpha in GF(2^128), IEEE 1619, 5.2. No branch on the tweak, which is secret.
void multiply_by_alpha(Block& tweak) {
    unsigned carry = 0;
    for (std::uint8_t& byte : tweak) {
        const unsigned doubled = (static_cast<unsigned>(byte) << 1) | carry;
        byte = static_cast<std::uint8_t>(doubled);
        carry = doubled >> 8;
    }
    tweak[0] = static_cast<std::uint8_t>(tweak[0] ^ ((0U - carry) & 0x87U));
}

/// destination ^= mask
void add(std::span<std::uint8_t> destination, std::span<const std::uint8_t> mask) {
    for (std::size_t i = 0; i < destination.size(); ++i) {
        destination[i] = static_cast<std::uint8_t>(destination[i] ^ mask[i]);
    }
}

class BlockCipherXts final : public Cipher {
public:
    explicit BlockCipherXts(const CipherParameters& parameters)
        : encrypt_(parameters.direction == CCE_ENCRYPT),
          data_(make_block_cipher(parameters.key.bytes().first(parameters.key.bytes().size() / 2), encrypt_)),
          tweak_(make_block_cipher(parameters.key.bytes().last(parameters.key.bytes().size() / 2), true)) {}

    Result run(const Text& text) override {
        Block tweak = text.iv_block();
        run_blocks(*tweak_, tweak, tweak);
        const std::size_t rest = text.source.size() % sizeof(Block);
        const std::size_t whole = text.source.size() - rest - (rest == 0 ? 0 : sizeof(Block));
        for (std::size_t done = 0; done < whole;) {
            const std::size_t bytes = std::min(tweaks_.size(), whole - done);
            run_whole(tweak, text.source.subspan(done, bytes), text.destination.subspan(done, bytes));
            done += bytes;
        }
        if (rest != 0) {
            steal(tweak, text.source.subspan(whole), text.destination.subspan(whole));
        }
        wipe(tweak);
        wipe(tweaks_);
        return {};
    }

private:
    /// Whole blocks, at most as many as there is room for tweaks; leaves the next block's tweak in `tweak`.
    void run_whole(Block& tweak, std::span<const std::uint8_t> source, std::span<std::uint8_t> destination) {
        const auto tweaks = std::span(tweaks_).first(source.size());
        for (std::size_t i = 0; i < source.size(); i += sizeof(Block)) {
            std::copy(tweak.begin(), tweak.end(), tweaks.begin() + static_cast<std::ptrdiff_t>(i));
            multiply_by_alpha(tweak);
        }
        if (destination.data() != source.data()) {
            std::copy(source.begin(), source.end(), destination.begin());
        }
        add(destination, tweaks);
        run_blocks(*data_, destination, destination);
        add(destination, tweaks);
    }

    void run_block(const Block& tweak, Block& block) {
        add(block, tweak);
        run_blocks(*data_, block, block);
        add(block, tweak);
    }

    /// The last whole block and the partial one behind it. Decrypting, their tweaks are used in the other order.
    void steal(Block tweak, std::span<const std::uint8_t> source, std::span<std::uint8_t> destination) {
        const std::size_t rest = source.size() - sizeof(Block);
        Block following = tweak;
        multiply_by_alpha(following);
        Block whole{};
        Block joined{};
        std::copy_n(source.begin(), sizeof(Block), whole.begin());
        run_block(encrypt_ ? tweak : following, whole);
        std::copy_n(source.begin() + sizeof(Block), rest, joined.begin());
        std::copy(whole.begin() + static_cast<std::ptrdiff_t>(rest), whole.end(),
                  joined.begin() + static_cast<std::ptrdiff_t>(rest));
        run_block(encrypt_ ? following : tweak, joined);
        std::copy(joined.begin(), joined.end(), destination.begin());
        std::copy_n(whole.begin(), rest, destination.begin() + sizeof(Block));
        for (Block* secret : {&tweak, &following, &whole, &joined}) {
            wipe(*secret);
        }
    }

    bool encrypt_;
    Context data_;
    Context tweak_;
    std::array<std::uint8_t, 4096> tweaks_{};
};

}  // namespace

std::unique_ptr<Cipher> make_xts(const CipherParameters& parameters) {
    const std::size_t bytes = parameters.key.bytes().size();
    // Equal keys may come only where they were allowed; that they are is no secret then.
    if (bytes == 48 || parameters.equal_keys_allowed) {
        return std::make_unique<BlockCipherXts>(parameters);
    }
    return std::make_unique<EvpXts>(parameters);
}

}  // namespace cce::internal::software
