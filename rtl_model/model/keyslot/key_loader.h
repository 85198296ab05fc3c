// SPDX-License-Identifier: Apache-2.0
//
// Brings keys to the cipher: from context records in memory or from engine-held contexts; loads and invalidates those.

#pragma once

#include <array>
#include <cstdint>

#include "cce_contract.hpp"
#include "common/stream_fifo.h"
#include "configuration.h"
#include "keyslot/context_store.h"
#include "types.h"

namespace cce::model {

/// Model of key_loader.sv. Works on the slots in the order of their dispatch.
class KeyLoader {
public:
    struct Inputs {
        bool start = false;
        unsigned start_slot = 0;
        const KeyRequest* start_request{};  ///< with start
        SlotMask abort = 0;
        bool erase_all = false;
        bool request_ready = false;
        bool denied = false;  ///< two cycles after it was taken
        bool beat_valid = false;
        const Beat* beat_data{};  ///< with beat_valid
        bool beat_last = false;
        bool beat_error = false;
        bool key_ready = false;
        bool key_usable = false;
        unsigned key_usable_index = 0;
    };

    explicit KeyLoader(unsigned data_bytes) : data_bytes_(data_bytes) {}

    void reset();
    void clock(const Inputs& inputs);

    [[nodiscard]] bool erasing() const { return contexts_.erasing(); }
    [[nodiscard]] std::uint32_t context_valid() const { return contexts_.valid_all(); }

    [[nodiscard]] bool request_valid() const {
        return fetches_.valid() && unit_room() && !denied_ && asked_before_ == 0;
    }
    /// Defined only with request_valid.
    [[nodiscard]] DmaRequest request() const;
    [[nodiscard]] ReadTag request_tag() const { return asked_ % unit_count; }

    [[nodiscard]] bool key_valid() const { return state_ == State::tweak_key || state_ == State::key; }
    /// {key of the tweak, slot}
    [[nodiscard]] unsigned key_index() const {
        return (state_ == State::tweak_key ? Configuration::slot_count : 0) + job_slot();
    }
    [[nodiscard]] bool key_inverse() const;
    [[nodiscard]] KeyLength key_length() const { return looked_at_.length; }
    [[nodiscard]] const Key& key() const { return state_ == State::tweak_key ? looked_at_.second_key : looked_at_.key; }
    /// Slots whose key of the text is usable in the cipher.
    [[nodiscard]] SlotMask usable() const { return usable_; }

    [[nodiscard]] bool fault() const { return state_ == State::refused && status_ != contract::Status::ok; }
    [[nodiscard]] unsigned fault_slot() const { return job_slot(); }
    [[nodiscard]] contract::Status fault_status() const { return status_; }
    /// The key loader is done with a slot.
    [[nodiscard]] bool release(bool key_ready) const { return job_pop(key_ready); }
    [[nodiscard]] unsigned release_slot() const { return job_slot(); }
    /// A clock edge without start, beats, an answered request, usable keys and erase_all changes nothing.
    [[nodiscard]] bool at_rest() const {
        if (erasing() || denied_ || asked_before_ != 0) return false;
        if (!jobs_.valid()) return state_ == State::idle;
        const KeyJob job = jobs_.data().request.job;
        const bool from_memory = job == KeyJob::record || job == KeyJob::load;
        return arrived_ == erased_ && ((state_ == State::idle && from_memory) || state_ == State::second);
    }
    [[nodiscard]] bool idle() const { return !jobs_.valid() && !fetches_.valid() && !erasing() && asked_ == erased_; }

private:
    enum class State : std::uint8_t { idle, second, compare, check, store, tweak_key, key, erase, refused };

    struct Job {
        std::uint8_t slot = 0;
        KeyRequest request;
    };
    using Unit = std::array<std::uint8_t, contract::context_unit_bytes>;

    static constexpr unsigned unit_count = Configuration::key_unit_count;

    /// Units are counted modulo twice their number.
    [[nodiscard]] static unsigned distance(unsigned later, unsigned earlier) {
        return (later - earlier) % (2 * unit_count);
    }
    [[nodiscard]] bool unit_room() const { return distance(asked_, erased_) < unit_count; }
    [[nodiscard]] unsigned job_slot() const { return jobs_.valid() ? jobs_.data().slot : 0; }
    [[nodiscard]] bool is_cipher(const KeyRequest& job) const {
        return job.job == KeyJob::held || job.job == KeyJob::record;
    }
    [[nodiscard]] contract::Status status() const;
    [[nodiscard]] bool job_pop(bool key_ready) const;
    [[nodiscard]] State looked_at(const KeyRequest& job) const;
    void look_at_record(const KeyRequest& job);
    void look_at_held(const KeyRequest& job);

    unsigned data_bytes_;

    // Fetching records
    StreamFifo<KeyRequest, Configuration::slot_count> fetches_;
    bool second_unit_ = false;  ///< the pair's second unit is to be asked for
    unsigned asked_ = 0;
    unsigned arrived_ = 0;
    unsigned erased_ = 0;
    bool denied_ = false;
    unsigned asked_before_ = 0;  ///< a unit was asked for in the cycle before (1), or in the one before that (2)
    std::uint32_t failed_ = 0;
    std::array<Unit, unit_count> units_{};
    Unit arriving_{};
    unsigned arriving_bytes_ = 0;
    bool arriving_failed_ = false;

    // The jobs
    State state_ = State::idle;
    contract::Status status_ = contract::Status::ok;  ///< with State::refused
    StreamFifo<Job, Configuration::slot_count> jobs_;
    ContextStore contexts_;
    HeldContext looked_at_;  ///< what the job's record or context says; its keys only while the job is worked on
    bool access_bad_ = false;
    bool second_access_bad_ = false;
    bool format_bad_ = false;
    bool length_bad_ = false;
    bool valid_ = false;
    SlotMask usable_ = 0;
};

}  // namespace cce::model
