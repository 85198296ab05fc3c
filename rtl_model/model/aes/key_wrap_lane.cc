// SPDX-License-Identifier: Apache-2.0

#include "aes/key_wrap_lane.h"

namespace cce::model {

void KeyWrapLane::reset() {
    wrap_.reset();
    jobs_.clear();
    state_ = State::idle;
    read_block_ = 0;
    write_block_ = 0;
    wanted_ = fetched_ = word_valid_ = granted_ = aborted_ = drained_ = room_ = false;
}

void KeyWrapLane::clock(const Inputs& inputs) {
    if (state_ == State::idle && !inputs.start && idle()) {
        read_block_ = write_block_ = 0;
        wanted_ = fetched_ = word_valid_ = granted_ = aborted_ = drained_ = false;
        word_ = {};
        return;
    }
    const bool working = jobs_.valid();
    const Job job = jobs_.data();
    const bool start = state_ == State::key && !aborted_ && has(inputs.key_usable, job.slot) && !wrap_.busy();
    const bool reads = read(inputs.read_possible);
    const bool writes = write(inputs.write_possible);
    const bool released = release();
    const bool in_ready = wrap_.in_ready();
    const bool done = wrap_.done();
    const State state = state_;
    if (state == State::run && done) key_lengths_[job.slot] = wrap_.key_length();
    wrap_.clock({.start = start,
                 .unwrap = job.unwrap,
                 .padded = job.padded,
                 .length = job.length,
                 .abort = state == State::run && aborted_,
                 .in_valid = word_valid_,
                 .in_word = word_,
                 .cipher_ready = granted_,
                 .result_valid = inputs.result_valid,
                 .result_block = inputs.result_block,
                 .out_ready = out_ready(inputs.write_possible)});
    granted_ = inputs.cipher_grant;
    wanted_ =
        state == State::run && !aborted_ && !reads && !fetched_ && !word_valid_ && has(inputs.available, job.slot);
    if (fetched_) {
        word_valid_ = true;
    } else if (in_ready) {
        word_valid_ = false;
    }
    if (fetched_) {
        word_ = inputs.read_data;
    } else if (state == State::idle) {
        word_ = {};  // a key to be wrapped does not stay
    }
    fetched_ = reads;
    if (reads) read_block_ = (read_block_ + 1) % Configuration::lane_blocks;
    if (writes) write_block_ = (write_block_ + 1) % Configuration::lane_blocks;
    switch (state) {
        case State::idle:
            read_block_ = 0;
            write_block_ = 0;
            word_valid_ = false;
            if (jobs_.valid()) state_ = State::key;
            break;
        case State::key:
            if (aborted_) {
                state_ = State::drain;
            } else if (start) {
                state_ = State::run;
            }
            break;
        case State::run:
            if (done) state_ = State::drain;
            break;
        case State::drain:
            if (released) {
                state_ = State::idle;
                jobs_.pop();
            }
            break;
    }
    aborted_ = working && !released && has(inputs.abort, job.slot);
    drained_ = aborted_ && has(inputs.ended & ~inputs.pending, job.slot);
    room_ = has(inputs.room, job.slot) && !writes;
    if (inputs.start) {
        const CipherRequest& request = *inputs.start_request;
        const auto mode = static_cast<contract::CipherMode>(request.mode);
        jobs_.push({static_cast<std::uint8_t>(inputs.start_slot), request.decrypt, mode == contract::CipherMode::kwp,
                    static_cast<std::uint16_t>(request.text_length % 8192)});
    }
}

}  // namespace cce::model
