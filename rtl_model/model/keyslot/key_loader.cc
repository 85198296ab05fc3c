// SPDX-License-Identifier: Apache-2.0

#include "keyslot/key_loader.h"

#include <algorithm>
#include <cstring>

#include "common/erase.h"

namespace cce::model {

namespace {

using contract::CipherMode;
using contract::ContextFormat;
using contract::ContextRecord;
using contract::Status;

/// Right of a mode: bit 8 + mode.
constexpr std::uint32_t mode_right(std::uint8_t mode) {
    return ContextRecord::rights_ecb << mode;
}

constexpr std::uint32_t known_rights =
    ContextRecord::rights_encrypt | ContextRecord::rights_decrypt | ContextRecord::rights_ecb |
    ContextRecord::rights_cbc | ContextRecord::rights_ctr | ContextRecord::rights_xts | ContextRecord::rights_gcm |
    ContextRecord::rights_ccm | ContextRecord::rights_cmac | ContextRecord::rights_kw | ContextRecord::rights_kwp;

/// Bytes behind a short key are dropped, so that they have no effect and need no care later.
void cut_key(Key& key, KeyLength length) {
    const std::size_t bytes = length == KeyLength::aes_128 ? 16 : length == KeyLength::aes_192 ? 24 : 32;
    std::fill(key.begin() + static_cast<std::ptrdiff_t>(bytes), key.end(), std::uint8_t{0});
}

}  // namespace

void KeyLoader::reset() {
    fetches_.clear();
    jobs_.clear();
    second_unit_ = false;
    asked_ = arrived_ = erased_ = 0;
    denied_ = false;
    asked_before_ = 0;
    failed_ = 0;
    erase(arriving_);
    arriving_bytes_ = 0;
    arriving_failed_ = false;
    state_ = State::idle;
    erase(looked_at_);
    usable_ = 0;
    contexts_.reset();
}

DmaRequest KeyLoader::request() const {
    const KeyRequest& fetch = fetches_.data();
    DmaRequest request;
    request.unrestricted = fetch.unrestricted;
    request.queue_index = fetch.queue_index;
    request.region = fetch.region;
    request.address = fetch.address + (second_unit_ ? contract::context_unit_bytes : 0);
    request.bytes = contract::context_unit_bytes;
    return request;
}

bool KeyLoader::key_inverse() const {
    if (state_ != State::key) return false;
    // Only some modes decrypt with the inverse cipher; key wrap may use it the other way round (SP 800-38F, 5.1).
    const KeyRequest& job = jobs_.data().request;
    switch (static_cast<CipherMode>(job.mode)) {
        case CipherMode::kw:
        case CipherMode::kwp:
            return job.decrypt != job.inverse_cipher;
        case CipherMode::ecb:
        case CipherMode::cbc:
        case CipherMode::xts:
            return job.decrypt;
        default:
            return false;
    }
}

// Faults in the order of their status codes' meaning: reading, format, key, rights.
Status KeyLoader::status() const {
    if (!jobs_.valid()) return Status::ok;
    const KeyRequest& job = jobs_.data().request;
    const bool cipher = is_cipher(job);
    const bool is_xts = job.mode == static_cast<std::uint8_t>(CipherMode::xts);
    if (access_bad_) return Status::context_access;
    if (format_bad_ || (cipher && valid_ && looked_at_.pair != is_xts)) return Status::context_format;
    if (second_access_bad_) return Status::context_access;
    if (length_bad_) return Status::key_size;
    if (job.job == KeyJob::held && !valid_) return Status::context_empty;
    if (cipher) {
        const std::uint32_t direction = job.decrypt ? ContextRecord::rights_decrypt : ContextRecord::rights_encrypt;
        const std::uint32_t wanted = direction | mode_right(job.mode);
        if ((looked_at_.rights & wanted) != wanted) return Status::key_rights;
        if (job.distinct_keys && looked_at_.key == looked_at_.second_key) return Status::equal_keys;
    }
    return Status::ok;
}

/// Both keys of a pair are there: comparing them takes a cycle.
KeyLoader::State KeyLoader::looked_at(const KeyRequest& job) const {
    return is_cipher(job) && job.distinct_keys ? State::compare : State::check;
}

bool KeyLoader::job_pop(bool key_ready) const {
    switch (state_) {
        case State::store:
        case State::erase:
        case State::refused:
            return true;
        case State::key:
            return key_ready;
        default:
            return false;
    }
}

void KeyLoader::look_at_record(const KeyRequest& job) {
    ContextRecord record;
    const Unit& unit = units_[erased_ % unit_count];
    std::memcpy(&record, unit.data(), sizeof(record));
    const bool pair = record.format == ContextFormat::cipher_key_pair;
    access_bad_ = has(failed_, erased_ % unit_count);
    second_access_bad_ = false;
    format_bad_ = (record.format != ContextFormat::cipher_key && !pair) || record.units != (job.two_units ? 2 : 1) ||
                  pair != job.two_units || record.reserved0 != 0 || record.reserved1 != 0 ||
                  (record.rights & ~known_rights) != 0;
    length_bad_ = false;
    looked_at_.length = KeyLength::aes_256;
    switch (record.key_length) {
        case 16:
            looked_at_.length = KeyLength::aes_128;
            break;
        case 24:
            looked_at_.length = KeyLength::aes_192;
            break;
        case 32:
            break;
        default:
            length_bad_ = true;
    }
    valid_ = true;
    looked_at_.pair = pair;
    looked_at_.rights = record.rights;
    looked_at_.key = record.key;
    cut_key(looked_at_.key, looked_at_.length);
    looked_at_.second_key = {};
    erase(record);
}

void KeyLoader::look_at_held(const KeyRequest& job) {
    const unsigned index = job.index % Configuration::context_count;
    access_bad_ = second_access_bad_ = format_bad_ = length_bad_ = false;
    valid_ = contexts_.valid(index);
    looked_at_ = contexts_.context(index);
}

void KeyLoader::clock(const Inputs& inputs) {
    if (inputs.key_usable && inputs.key_usable_index < Configuration::slot_count) {
        usable_ |= bit(inputs.key_usable_index);
    }
    if (inputs.start) usable_ &= ~bit(inputs.start_slot);
    if (!inputs.start && idle() && !inputs.erase_all) return;

    // All decisions of the cycle come from the registers as they were.
    const bool request_done = request_valid() && inputs.request_ready;
    const bool unit_there = arrived_ != erased_;
    const bool unit_done = inputs.beat_valid && inputs.beat_last;
    const bool working = jobs_.valid();
    const KeyRequest job = working ? jobs_.data().request : KeyRequest{};
    const bool held = job.job == KeyJob::held;
    const bool from_memory = job.job == KeyJob::record || job.job == KeyJob::load;
    const bool erasing_all = contexts_.erasing();
    // The buffer has one write port: an arriving unit goes first.
    const bool unit_erase =
        unit_there && !unit_done &&
        ((state_ == State::idle && working && from_memory && !erasing_all) || state_ == State::second);
    const bool pop = job_pop(inputs.key_ready);
    const unsigned erased_unit = erased_ % unit_count;

    ContextStore::Inputs store;
    store.write = state_ == State::store;
    store.erase = state_ == State::erase;
    store.index = job.index % Configuration::context_count;
    store.context = &looked_at_;
    store.erase_all = inputs.erase_all;

    State next = state_;
    switch (state_) {
        case State::idle:
            if (!working && inputs.start && !erasing_all && inputs.start_request->job == KeyJob::held) {
                // An engine-held context is looked up in the cycle of the dispatch already, if no other job waits.
                look_at_held(*inputs.start_request);
                next = looked_at(*inputs.start_request);
            } else if (working && !erasing_all) {
                if (from_memory) {
                    if (unit_erase) {
                        next = job.two_units ? State::second : State::check;
                        look_at_record(job);
                    }
                } else {
                    next = held ? looked_at(job) : State::erase;
                    if (held) look_at_held(job);
                }
            }
            break;
        case State::second:
            if (unit_erase) {
                second_access_bad_ = has(failed_, erased_unit);
                contract::ContextSecondKey second;
                std::memcpy(&second, units_[erased_unit].data(), sizeof(second));
                looked_at_.second_key = second.key;
                cut_key(looked_at_.second_key, looked_at_.length);
                erase(second);
                next = looked_at(job);
            }
            break;
        case State::compare:
            next = State::check;
            break;
        case State::check:
            status_ = status();
            if (status_ != Status::ok || has(inputs.abort, job_slot())) {
                next = State::refused;
            } else if (!is_cipher(job)) {
                next = State::store;
            } else {
                next = job.mode == static_cast<std::uint8_t>(CipherMode::xts) ? State::tweak_key : State::key;
            }
            break;
        case State::tweak_key:
            if (inputs.key_ready) next = State::key;
            break;
        case State::key:
            if (inputs.key_ready) next = State::idle;
            break;
        case State::store:
        case State::erase:
        case State::refused:
            next = State::idle;
            break;
    }
    state_ = next;
    contexts_.clock(store);
    if (pop) {
        erase(looked_at_.key);
        erase(looked_at_.second_key);
        jobs_.pop();
    }

    // Units: asked for, refused, arriving, erased.
    const unsigned asked_before = asked_;
    const bool refused = denied_ && distance(asked_, arrived_) == 1;
    if (request_done) {
        asked_ = (asked_ + 1) % (2 * unit_count);
        const bool two_units = fetches_.data().two_units;
        if (second_unit_ || !two_units) fetches_.pop();
        second_unit_ = two_units && !second_unit_;
    }
    asked_before_ = (asked_before_ << 1 & 3U) | (request_done ? 1U : 0U);
    if (inputs.denied) denied_ = true;
    // A refused unit counts as arrived, and failed, once all before it have arrived: so units stay in order.
    if (refused) {
        failed_ |= bit(arrived_ % unit_count);
        arrived_ = asked_before;
        denied_ = false;
    }
    if (inputs.beat_valid) {
        std::copy_n(inputs.beat_data->begin(), data_bytes_, arriving_.begin() + arriving_bytes_);
        arriving_bytes_ = (arriving_bytes_ + data_bytes_) % contract::context_unit_bytes;
        arriving_failed_ = arriving_failed_ || inputs.beat_error;
        if (inputs.beat_last) {
            const unsigned unit = arrived_ % unit_count;
            units_[unit] = arriving_;
            failed_ = (failed_ & ~bit(unit)) | (arriving_failed_ ? bit(unit) : 0);
            arrived_ = (arrived_ + 1) % (2 * unit_count);
            erase(arriving_);
            arriving_bytes_ = 0;
            arriving_failed_ = false;
        }
    }
    if (unit_erase) {
        erase(units_[erased_unit]);
        erased_ = (erased_ + 1) % (2 * unit_count);
    }
    if (inputs.start) {
        jobs_.push({static_cast<std::uint8_t>(inputs.start_slot), *inputs.start_request});
        if (inputs.start_request->job == KeyJob::record || inputs.start_request->job == KeyJob::load) {
            fetches_.push(*inputs.start_request);
        }
    }
}

}  // namespace cce::model
