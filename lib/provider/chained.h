// SPDX-License-Identifier: Apache-2.0
//
// Whole blocks of ECB, CBC and CTR, by the engine or by the CPU, whichever is to do a piece; the IV goes on from one to
// the other.

#pragma once

#include "cipher.h"

namespace cce::provider {

class ChainedCipher : public CipherState {
public:
    using CipherState::CipherState;

protected:
    /// A duplicate makes a context for the CPU of its own when it needs one.
    ChainedCipher(const ChainedCipher& other);

    /// A new text; what is missing stays. Without an IV, CBC begins again with the one that was set.
    void begin(bool encrypt, std::span<const std::uint8_t> key, std::span<const std::uint8_t> iv);
    void require_key() const { require(key_ != nullptr, Reason::no_key_set); }
    /// `length` is a multiple of 16, `out` may be `in`.
    void run_blocks(std::uint8_t* out, const std::uint8_t* in, std::size_t length);

    [[nodiscard]] bool encrypts() const { return encrypt_; }
    [[nodiscard]] const std::shared_ptr<Key>& key() const { return key_; }
    [[nodiscard]] const Block& iv() const { return iv_; }
    void get_chained(OSSL_PARAM params[]) const;

private:
    void run_on_engine(std::uint8_t* out, const std::uint8_t* in, std::size_t length);
    void run_on_cpu(std::uint8_t* out, const std::uint8_t* in, std::size_t length);

    bool encrypt_ = true;
    std::shared_ptr<Key> key_;
    bool iv_set_ = false;
    Block first_iv_{};
    Block iv_{};  ///< of the next block: CBC: the last ciphertext block; CTR: the counter block
    CipherContext cpu_;
    bool cpu_follows_ = false;  ///< the CPU's context stands where iv_ does
};

}  // namespace cce::provider
