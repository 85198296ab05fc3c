// SPDX-License-Identifier: Apache-2.0
//
// Takes the requests of modes KW and KWP to the one KeyWrap, in the order of their dispatch, and moves their text
// between its lanes' rings and KeyWrap.

#pragma once

#include <array>
#include <cstdint>

#include "aes/key_wrap.h"
#include "common/stream_fifo.h"
#include "configuration.h"
#include "types.h"

namespace cce::model {

/// Model of key_wrap_lane.sv.
class KeyWrapLane {
public:
    struct Inputs {
        bool start = false;  ///< a request of one of these modes
        unsigned start_slot = 0;
        const CipherRequest* start_request{};  ///< with start
        SlotMask abort = 0;
        SlotMask key_usable = 0;
        SlotMask ended = 0;
        SlotMask pending = 0;
        SlotMask available = 0;      ///< slots with blocks in the source buffer
        bool read_possible = false;  ///< lanes do not read in this cycle
        const Block& read_data;
        bool cipher_grant = false;
        bool result_valid = false;
        const Block& result_block;
        SlotMask room = 0;            ///< slots with room for two more blocks in the destination buffer
        bool write_possible = false;  ///< nobody else writes in this cycle
    };

    void reset();
    void clock(const Inputs& inputs);

    /// It would like to read: stream units wait meanwhile.
    [[nodiscard]] bool read_wanted() const { return wanted_; }
    /// Takes a block of the source in this cycle.
    [[nodiscard]] bool read(bool read_possible) const { return state_ == State::run && wanted_ && read_possible; }
    [[nodiscard]] unsigned slot() const { return jobs_.data().slot; }
    [[nodiscard]] unsigned read_block() const { return read_block_; }

    [[nodiscard]] bool cipher_request() const { return wrap_.cipher_valid() && !granted_; }
    [[nodiscard]] Block cipher_block() const { return wrap_.cipher_block(); }

    [[nodiscard]] bool write(bool write_possible) const { return wrap_.out_valid() && out_ready(write_possible); }
    [[nodiscard]] unsigned write_block() const { return write_block_; }
    [[nodiscard]] Block write_data() const { return wrap_.out_word(); }

    [[nodiscard]] std::uint32_t key_length(unsigned slot) const { return key_lengths_[slot]; }
    /// Status tag, of slot().
    [[nodiscard]] bool fault() const { return state_ == State::run && wrap_.done() && !wrap_.match(); }
    /// Done with slot().
    [[nodiscard]] bool release() const { return state_ == State::drain && (!aborted_ || drained_); }
    /// Forgets what is left in the source ring of slot().
    [[nodiscard]] bool clear() const { return release() && aborted_; }
    /// No outputs, and a clock edge without start changes nothing.
    [[nodiscard]] bool at_rest() const {
        return state_ == State::idle && idle() && !wanted_ && !fetched_ && !word_valid_ && !granted_ &&
               read_block_ == 0 && write_block_ == 0;
    }
    [[nodiscard]] bool idle() const { return !jobs_.valid() && !wrap_.busy(); }

private:
    enum class State : std::uint8_t { idle, key, run, drain };

    struct Job {
        std::uint8_t slot = 0;
        bool unwrap = false;
        bool padded = false;
        std::uint16_t length = 0;
    };

    [[nodiscard]] bool out_ready(bool write_possible) const { return write_possible && room_; }

    KeyWrap wrap_;
    StreamFifo<Job, Configuration::slot_count> jobs_;
    State state_ = State::idle;
    std::array<std::uint32_t, Configuration::slot_count> key_lengths_{};
    unsigned read_block_ = 0;
    unsigned write_block_ = 0;
    bool wanted_ = false;
    bool fetched_ = false;
    bool word_valid_ = false;
    bool granted_ = false;
    bool aborted_ = false;  ///< the job, in the cycle before
    bool drained_ = false;  ///< so is it, and nothing more of its source comes
    bool room_ = false;     ///< for a block of the job in the destination buffer
    Block word_{};
};

}  // namespace cce::model
