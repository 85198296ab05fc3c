// SPDX-License-Identifier: Apache-2.0
//
// The AES block cipher of the engine: keys by index, a block a cycle, results in order 29 cycles later (FIPS 197).

#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "aes/host_aes.h"
#include "common/motion.h"
#include "configuration.h"
#include "types.h"

namespace cce::model {

/// Model of aes_cipher.sv with the pipelined cipher (aes_cipher_pipelined.sv, aes_key_expander.sv).
///
/// A key taken in cycle a is expanded in a to a + Nr, one round key a cycle; it is usable from cycle a + 2 for a
/// forward key (blocks follow close behind the expansion), from a + Nr + 2 for an inverse one. An erasure taken in
/// cycle e zeroes the positions of the pipeline from e + 2 on, but a position that is being written follows later, and
/// a key under expansion when that is over. After reset all keys are erased, one a cycle.
///
/// The results of the stream's text are not computed here: stream_retire does that when it combines them, from the
/// source buffer, in which the text stays until then.
class AesCipher {
public:
    struct Inputs {
        bool key_valid = false;
        unsigned key_index = 0;
        bool key_inverse = false;
        KeyLength key_length = KeyLength::aes_128;
        const Key* key{};  ///< with key_valid
        bool erase_valid = false;
        unsigned erase_index = 0;
        bool valid = false;
        unsigned key_select = 0;
        const Block* block{};  ///< with valid, but for the stream's text
        CipherTag tag;
    };

    void reset();
    void clock(const Inputs& inputs);

    [[nodiscard]] bool key_ready(bool erase_valid) const { return !expanding_ && erase_pending_ == 0 && !erase_valid; }
    /// Blocks may use the key in the next cycle and later.
    [[nodiscard]] bool key_usable() const { return usable_; }
    [[nodiscard]] unsigned key_usable_index() const { return expanding_index_; }
    [[nodiscard]] bool erase_ready() const { return erase_pending_ == 0; }

    [[nodiscard]] bool valid() const { return (valid_ >> (latency - 1) & 1) != 0; }
    [[nodiscard]] const Block& block() const { return oldest().block; }
    [[nodiscard]] CipherTag tag() const {
        if ((special_ >> (latency - 1) & 1) == 0) return {CipherUser::stream, stream_step_text, 0};
        return oldest().tag;
    }
    [[nodiscard]] bool idle() const { return valid_ == 0 && !expanding_ && erase_pending_ == 0; }

    /// Is the block one whose result stream_retire computes?
    [[nodiscard]] static bool is_stream_text(CipherTag tag) {
        return tag.user == CipherUser::stream && (tag.step == stream_step_text || tag.step == stream_step_steal);
    }
    /// A key held, for the stream's text.
    [[nodiscard]] const HostAes& key(unsigned index) const { return keys_[index]; }

    /// What goes in during some cycles of bulk advance: the stream's text, or nothing, in the first one and in all
    /// later ones.
    struct SteadyInput {
        bool first = false;
        bool later = false;
    };
    /// Cycles in which nothing happens but that the stream's text goes through.
    [[nodiscard]] std::uint64_t steady_cycles() const;
    /// From this cycle on, the cycles without a gap in which a result comes, or in which none comes.
    [[nodiscard]] std::uint64_t steady_results(SteadyInput input, bool valid) const;
    /// Results that come in the next cycles.
    [[nodiscard]] unsigned results(std::uint64_t cycles, SteadyInput input) const;
    void advance(std::uint64_t cycles, SteadyInput input);
    /// What a bulk advance may change.
    void visit(Motion& motion) {
        motion.expect(special_ == 0);  // so that stages_ holds nothing
        motion.constant(valid_);
        motion.cycles(next_, ring_size);
    }

private:
    static constexpr unsigned key_count = 2 * Configuration::slot_count;
    static constexpr unsigned rounds_maximum = 14;
    static constexpr std::uint16_t all_positions = (1U << (rounds_maximum + 1)) - 1;
    static constexpr unsigned latency = 1 + rounds_maximum * Configuration::stages_per_round;
    static constexpr unsigned ring_size = 32;
    static constexpr std::uint32_t all_stages = (1U << latency) - 1;

    struct Stage {
        Block block{};  ///< the result already
        CipherTag tag;
    };

    [[nodiscard]] const Stage& oldest() const { return stages_[(next_ - latency) % ring_size]; }
    void clock_keys(const Inputs& inputs);
    void clock_blocks(const Inputs& inputs);
    /// Bits of valid_ that have gone in after some cycles, not more than there are stages.
    [[nodiscard]] static std::uint32_t entered(unsigned cycles, SteadyInput input);

    std::array<HostAes, key_count> keys_;

    // Key expansion
    bool expanding_ = false;
    bool usable_ = false;
    bool inverse_ = false;
    unsigned expanding_index_ = 0;
    unsigned round_ = 0;   ///< number of the round key being made
    unsigned rounds_ = 0;  ///< Nr

    // Erasure
    std::uint16_t erase_pending_ = all_positions;
    unsigned erase_index_ = 0;
    bool erase_all_ = true;  ///< after reset

    // The pipeline: bit k of valid_ is stage k; a ring instead of blocks that move. Of the stream's text that nothing
    // is to be known of but where it is, only that is kept.
    std::uint32_t valid_ = 0;
    std::uint32_t special_ = 0;  ///< stages that hold anything else
    unsigned next_ = 0;
    std::array<Stage, ring_size> stages_{};
};

}  // namespace cce::model
