// SPDX-License-Identifier: Apache-2.0
//
// Makes the results of the stream's requests, one request after the other: masks text with keystream (CTR, GCM),
// previous ciphertext (CBC) or tweak (XTS), hashes (GCM), makes or checks the tag.

#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "aes/aes_cipher.h"
#include "cce_contract.hpp"
#include "common/motion.h"
#include "common/stream_fifo.h"
#include "configuration.h"
#include "dma/destination_buffer.h"
#include "dma/source_buffer.h"
#include "ghash/ghash.h"
#include "types.h"

namespace cce::model {

/// Model of stream_retire.sv. Step A takes a result, step B, one cycle later, combines it.
///
/// Text goes through the cipher here, in step B: its block is still in the source buffer (the RTL counts it as consumed
/// in step A), and counter and tweak are known. So what comes from the cipher is only that a result is there.
class StreamRetire {
public:
    struct Inputs {
        bool start = false;
        unsigned start_slot = 0;
        const CipherRequest* start_request{};  ///< with start
        SlotMask abort = 0;
        SlotMask hash_key_valid = 0;
        SlotMask mask_valid = 0;
        const Block& hash_key;  ///< of slot()
        const Block& mask;      ///< of slot()
        bool result_valid = false;
        const Block& result_block;
        std::uint8_t result_step = 0;
        bool lane_result = false;  ///< a lane will write to the destination buffer
        bool end_valid = false;
        unsigned end_count = 0;  ///< with end_valid
        unsigned arrived = 0;
        SlotMask ended = 0;
        SlotMask pending = 0;
        unsigned source_end_block = 0;  ///< of slot()
        bool lane_reads = false;        ///< a lane reads the source buffer in this cycle
        const SourceBuffer& source;
        const AesCipher& cipher;
        unsigned freed = 0;
    };

    /// What depends on this cycle's inputs.
    struct Signals {
        bool retired = false;   ///< takes a result
        bool end_take = false;  ///< takes the end of the oldest request; releases slot()
        bool read = false;      ///< the source buffer's port is used
        bool write = false;
        bool fault = false;  ///< status tag
        bool counter_valid = false;
        bool steal_valid = false;
        Block write_data{};   ///< with write
        Block counter{};      ///< with counter_valid
        Block steal{};        ///< with steal_valid
        Block steal_tweak{};  ///< with steal_valid: the tweak of the block made with it
    };

    void reset();

    /// The signals of this cycle; then `clock` with the same inputs.
    const Signals& evaluate(const Inputs& inputs);
    void clock(const Inputs& inputs);

    /// Bulk advance: what this unit does in every cycle, so long as it does the same.
    struct Steady {
        std::uint64_t cycles = 0;
        bool taking = false;     ///< takes a block of the source in every cycle
        bool retiring = false;   ///< takes a result in every cycle
        bool reading = false;    ///< uses the source buffer's port in every cycle
        bool producing = false;  ///< writes to the destination buffer in the first cycle
    };
    /// `arriving`: a block or more of the source arrives in every cycle; `arrives`: blocks may arrive;
    /// `input`: what goes into the cipher.
    [[nodiscard]] Steady steady(const Inputs& inputs, bool arriving, bool arrives);
    /// Cycles in which results come as this unit needs them; of those that `steady` said.
    [[nodiscard]] std::uint64_t steady_results(const Steady& steady, const AesCipher& cipher,
                                               AesCipher::SteadyInput input) const;
    /// So many results came.
    void advance(const Steady& steady, std::uint64_t cycles, unsigned results, const SourceBuffer& source,
                 const AesCipher& cipher, DestinationBuffer& destination);
    /// Results written to the destination buffer in so many cycles.
    [[nodiscard]] unsigned produced_in(const Steady& steady, std::uint64_t cycles) const;

    /// What a bulk advance may change, but for what is made from the text.
    void visit(Motion& motion);
    /// Bytes of text not yet taken by step A; 0 if something else is.
    [[nodiscard]] std::uint32_t text_left() const { return state_ == State::text ? left_ : 0; }
    /// First block of the source's ring that step B has not worked on.
    [[nodiscard]] unsigned first_block() const { return (consumed_ - (b_ ? 1U : 0U)) % block_modulus; }
    /// The text of some periods through the cipher. It is `held` bytes of the source buffer, from first_block() on,
    /// then `in`, as far as that is for whole periods; it goes to `out`, and what has no place there to the destination
    /// buffer. Registers that `visit` moves stay as they are.
    /// `staged`: `out` may overlap `in`, but no byte is written before it is read.
    void repeat(std::span<const std::uint8_t> in, std::size_t held, std::span<std::uint8_t> out, bool staged,
                const SourceBuffer& source, const AesCipher& cipher, DestinationBuffer& destination);

    [[nodiscard]] unsigned slot() const { return slot_; }
    [[nodiscard]] unsigned consumed() const { return consumed_; }
    /// Gives up the source up to consumed().
    [[nodiscard]] bool skip() const { return state_ == State::skip; }
    [[nodiscard]] unsigned produced() const { return produced_; }
    [[nodiscard]] unsigned end_block(unsigned slot) const { return end_block_[slot]; }
    [[nodiscard]] const Block& next_iv(unsigned slot) const { return next_iv_[slot]; }

private:
    enum class State : std::uint8_t {
        idle,
        start,
        iv,
        iv_length,
        iv_result,
        aad,
        text,
        steal,
        length,
        tag,
        end,
        drain,
        skip
    };

    /// What step B does with a block.
    enum class Kind : std::uint8_t {
        hash,    ///< hash the source block
        text,    ///< text
        steal,   ///< keep the result: it lends its tail
        head,    ///< write the head of that result
        mask,    ///< E(J0)
        tag,     ///< write the tag
        compare  ///< compare the tag with the source block
    };

    static constexpr unsigned block_modulus = 2 * Configuration::stream_blocks;
    static constexpr unsigned result_count = 64;
    static constexpr unsigned result_modulus = 2 * result_count;

    struct Request {
        contract::CipherMode mode = contract::CipherMode::ecb;
        bool decrypt = false;
        std::uint8_t tag_length = 0;
        Block iv{};
        std::uint32_t iv_length = 0;
        std::uint32_t aad_length = 0;
        std::uint32_t text_length = 0;
    };
    struct Result {
        std::uint8_t step = stream_step_text;
        Block block{};  ///< not of text, see AesCipher::is_stream_text
    };
    /// Step A in this cycle.
    struct StepA {
        bool valid = false;
        Kind kind = Kind::hash;
        bool take_source = false;
        bool take_result = false;
    };

    [[nodiscard]] bool is_gcm() const { return request_.mode == contract::CipherMode::gcm; }
    [[nodiscard]] bool is_xts() const { return request_.mode == contract::CipherMode::xts; }
    [[nodiscard]] bool is_ctr() const { return request_.mode == contract::CipherMode::ctr; }
    [[nodiscard]] bool is_cbc() const { return request_.mode == contract::CipherMode::cbc; }
    [[nodiscard]] bool counting() const { return is_ctr() || is_gcm(); }
    [[nodiscard]] bool last() const { return left_ <= 16; }
    [[nodiscard]] const Result& head() const { return results_[head_ % result_count]; }

    void step_a(const Inputs& inputs);
    void step_b(const Inputs& inputs);
    void combine(const Inputs& inputs, const Block& source);
    void next_state(const Inputs& inputs);
    void transform(const HostAes& key, std::span<const Block> in, std::span<Block> out);
    void finish_b();
    void enter(State state) { state_ = state; }

    std::array<Request, Configuration::slot_count> requests_{};
    std::array<Result, result_count> results_{};
    std::array<Block, Configuration::slot_count> next_iv_{};
    std::array<std::uint16_t, Configuration::slot_count> end_block_{};

    State state_ = State::idle;
    unsigned slot_ = 0;
    Request request_;
    std::uint32_t left_ = 0;
    Block chain_{};    ///< CTR: counter of the next block; CBC: previous ciphertext; XTS: tweak
    Block counter_{};  ///< GCM: counter of the next block
    Block mask_{};     ///< E(J0)
    bool mask_known_ = false;
    Block steal_{};
    Block hashed_{};  ///< the last block of IV or AAD
    unsigned consumed_ = 0;
    unsigned produced_ = 0;
    unsigned head_ = 0;          ///< results taken
    unsigned tail_ = 0;          ///< results that came
    std::uint64_t special_ = 0;  ///< bit i: results_[i] is not of plain text

    // Step B
    bool b_ = false;
    Kind b_kind_ = Kind::hash;
    unsigned b_bytes_ = 0;
    bool b_stolen_ = false;
    Block b_result_{};

    // This cycle
    Signals signals_;
    StepA a_;
    bool hash_lengths_ = false;
    bool ghash_start_ = false;
    bool ghash_valid_ = false;
    Block ghash_block_{};
    Block source_{};        ///< the source block of step B, as long as it counts
    Block next_chain_{};    ///< chain_ behind the block in step B
    Block next_counter_{};  ///< counter_ behind it

    StreamFifo<std::uint8_t, Configuration::slot_count> order_;
    Ghash ghash_;
};

}  // namespace cce::model
