// SPDX-License-Identifier: Apache-2.0

#include "aes/aes_engine.h"

#include <algorithm>

namespace cce::model {

void AesEngine::reset() {
    cipher_.reset();
    arbiter_.reset();
    subkeys_.reset();
    issue_.reset();
    retire_.reset();
    lanes_.reset();
    wrap_.reset();
    eraser_.reset();
}

StreamRetire::Inputs AesEngine::retire_inputs(const Inputs& inputs) const {
    const unsigned slot = retire_.slot();
    return {.start = inputs.start_stream,
            .start_slot = inputs.start_slot,
            .start_request = inputs.start_request,
            .abort = inputs.abort,
            .hash_key_valid = subkeys_.hash_key_valid(),
            .mask_valid = subkeys_.mask_valid(),
            .hash_key = subkeys_.hash_key(slot),
            .mask = subkeys_.mask(slot),
            .result_valid = result_stream_,
            .result_block = result_block_,
            .result_step = result_tag_.step,
            .lane_result = result_lane_,
            .end_valid = issue_.end_valid(),
            .end_count = issue_.end_count(),
            .arrived = inputs.stream_arrived,
            .ended = inputs.source_ended,
            .pending = inputs.source_pending,
            .source_end_block = inputs.retire_end_block,
            .lane_reads = lanes_.read() || wrap_.read_wanted(),
            .source = inputs.source,
            .cipher = cipher_,
            .freed = inputs.stream_freed};
}

LaneUnit::Inputs AesEngine::lane_inputs(const Inputs& inputs) const {
    return {.start = inputs.start_lane,
            .start_slot = inputs.start_slot,
            .start_request = inputs.start_request,
            .start_prefix = inputs.start_prefix,
            .abort = inputs.abort,
            .key_usable = inputs.text_key_usable,
            .hash_key_valid = subkeys_.hash_key_valid(),
            .mask_valid = subkeys_.mask_valid(),
            .hash_key = subkeys_.hash_key(lanes_.cipher_slot()),
            .mask = subkeys_.mask(result_tag_.slot),
            .ended = inputs.source_ended,
            .pending = inputs.source_pending,
            .available = inputs.lane_available,
            .read_data = read_data_,
            .clear_possible = !wrap_clear_,
            .result_valid = result_lane_,
            .result_slot = result_tag_.slot,
            .result_step = result_tag_.step,
            .result_block = result_block_,
            .room = inputs.lane_room};
}

/// The buffers' ports: a lane's access comes first, then stream_retire's, then the others'.
void AesEngine::evaluate_ports(const Inputs& inputs, const StreamRetire::Signals& retire) {
    const bool lane_reads = lanes_.read();
    outputs_.lane_take = lane_reads;
    if (lane_reads) {
        outputs_.lane_take_slot = lanes_.read_slot();
        outputs_.lane_take_block = lanes_.read_block();
    }
    outputs_.write = outputs_.write_stream = retire.write;
    if (lanes_.write()) {
        outputs_.write = true;
        outputs_.write_slot = lanes_.write_slot();
        outputs_.write_block = lanes_.write_block();
        outputs_.write_data = lanes_.write_data();
    } else if (retire.write) {
        outputs_.write_block = retire_.produced();
        outputs_.write_data = retire.write_data;
    }
    if (!wrap_works_) return;
    wrap_read_possible_ = !lane_reads;
    wrap_write_possible_ = !outputs_.write;
    if (wrap_.read(wrap_read_possible_)) {
        outputs_.lane_take = true;
        outputs_.lane_take_slot = wrap_.slot();
        outputs_.lane_take_block = wrap_.read_block();
    }
    if (wrap_.write(wrap_write_possible_)) {
        outputs_.write = true;
        outputs_.write_slot = wrap_.slot();
        outputs_.write_block = wrap_.write_block();
        outputs_.write_data = wrap_.write_data();
    }
}

const AesEngine::Outputs& AesEngine::evaluate(const Inputs& inputs) {
    result_lane_ = result_key_wrap_ = result_subkey_ = result_stream_ = result_hash_ = false;
    if (cipher_.valid()) {
        result_tag_ = cipher_.tag();
        result_lane_ = result_tag_.user == CipherUser::lane;
        result_key_wrap_ = result_tag_.user == CipherUser::key_wrap;
        result_subkey_ = result_tag_.user == CipherUser::subkey;
        result_stream_ = result_tag_.user == CipherUser::stream;
        result_hash_ = result_tag_.user == CipherUser::hash;
        if (!result_stream_ || result_tag_.step != stream_step_text) result_block_ = cipher_.block();
    }
    // Units without work have no outputs, and are left out.
    lanes_work_ = !lanes_.idle() || inputs.start_lane;
    wrap_works_ = !wrap_.at_rest() || inputs.start_key_wrap;
    if (lanes_work_ || wrap_works_) read_data_ = inputs.source.read_data();
    wrap_clear_ = wrap_works_ && wrap_.clear();
    const StreamRetire::Signals& retire = retire_.evaluate(retire_inputs(inputs));
    retire_signals_ = &retire;

    requests_.lane_chosen = lanes_.chosen();
    requests_.key_wrap = wrap_works_ && wrap_.cipher_request();
    requests_.subkey = subkeys_.cipher_request(inputs.abort);
    requests_.hash = inputs.hash_request;
    requests_.stream = issue_.cipher_request(inputs.abort, inputs.stream_requested, inputs.stream_arrived,
                                             !lanes_.read() && !wrap_.read_wanted() && !retire.read);
    evaluate_ports(inputs, retire);

    outputs_.fault[0] = retire.fault;
    outputs_.release[0] = retire.end_take;
    outputs_.fault_slot[0] = outputs_.release_slot[0] = retire_.slot();
    outputs_.lane_clear = wrap_clear_;
    outputs_.lane_clear_slot = wrap_.slot();
    if (lanes_work_) {
        const LaneUnit::Signals& lane = lanes_.evaluate(lane_inputs(inputs));
        lane_signals_ = &lane;
        // Lane unit and key wrap lane never clear in the same cycle: the former waits.
        outputs_.lane_clear = lane.clear || wrap_clear_;
        if (!wrap_clear_) outputs_.lane_clear_slot = lane.release_slot;
        outputs_.fault[1] = lane.fault;
        outputs_.fault_slot[1] = result_tag_.slot;
        outputs_.release[1] = lane.release;
        outputs_.release_slot[1] = lane.release_slot;
    } else {
        outputs_.fault[1] = outputs_.release[1] = false;
    }
    outputs_.fault[2] = wrap_works_ && wrap_.fault();
    outputs_.release[2] = wrap_works_ && wrap_.release();
    outputs_.fault_slot[2] = outputs_.release_slot[2] = wrap_.slot();
    return outputs_;
}

/// What goes into the cipher: a lane's block, or that of who was granted in the cycle before.
void AesEngine::clock_cipher(const Inputs& inputs) {
    AesCipher::Inputs cipher;
    Block block;
    cipher.block = &block;
    if (lanes_.cipher_valid()) {
        cipher.valid = true;
        cipher.key_select = lanes_.cipher_slot();
        cipher.tag = {CipherUser::lane, lanes_.cipher_step(), static_cast<std::uint8_t>(cipher.key_select)};
        cipher.block = &lane_signals_->cipher_block;
    } else if (arbiter_.granted()) {
        cipher.valid = true;
        std::uint8_t step = 0;
        unsigned slot = 0;
        bool tweak = false;
        switch (arbiter_.user()) {
            case CipherUser::key_wrap:
                slot = wrap_.slot();
                block = wrap_.cipher_block();
                break;
            case CipherUser::subkey:
                slot = subkeys_.cipher_slot();
                step = subkeys_.cipher_step();
                tweak = subkeys_.cipher_tweak();
                block = subkeys_.cipher_block();
                break;
            case CipherUser::hash:
                slot = inputs.hash_slot;
                cipher.block = inputs.hash_block;
                break;
            default:
                slot = issue_.cipher_slot();
                step = issue_.cipher_step();
                cipher.block = &issue_.cipher_block();
                break;
        }
        cipher.key_select = slot + (tweak ? Configuration::slot_count : 0);
        cipher.tag = {arbiter_.user(), step, static_cast<std::uint8_t>(slot)};
    }
    cipher.key_valid = inputs.key_valid;
    cipher.key_index = inputs.key_index;
    cipher.key_inverse = inputs.key_inverse;
    cipher.key_length = inputs.key_length;
    cipher.key = inputs.key;
    cipher.erase_valid = eraser_.cipher_valid();
    cipher.erase_index = eraser_.cipher_key();
    cipher_.clock(cipher);
}

/// Who looks at another unit's registers comes before that unit.
void AesEngine::clock(const Inputs& inputs) {
    const bool start = inputs.start_stream || inputs.start_lane || inputs.start_key_wrap || inputs.start_hash;
    const bool cipher_erase_ready = cipher_.erase_ready();
    const bool subkey_erase_ready = SubkeyUnit::erase_ready(result_subkey_);
    const bool key_usable = cipher_.key_usable();
    const unsigned key_usable_index = cipher_.key_usable_index();
    const SlotMask erase_wanted = inputs.erase_wanted & ~subkeys_.busy();

    const StreamRetire::Inputs retire = retire_inputs(inputs);
    const StreamIssue::Inputs issue{.start = inputs.start_stream,
                                    .start_slot = inputs.start_slot,
                                    .start_request = inputs.start_request,
                                    .abort = inputs.abort,
                                    .key_usable = inputs.text_key_usable,
                                    .tweak_valid = subkeys_.hash_key_valid(),
                                    .ended = inputs.source_ended,
                                    .end_block = inputs.issue_end_block,
                                    .source = inputs.source,
                                    .cipher_grant = arbiter_.stream_grant(requests_),
                                    .retired = retire_signals_->retired,
                                    .end_take = retire_signals_->end_take,
                                    .counter_valid = retire_signals_->counter_valid,
                                    .counter = &retire_signals_->counter,
                                    .steal_valid = retire_signals_->steal_valid,
                                    .steal = &retire_signals_->steal,
                                    .steal_tweak = &retire_signals_->steal_tweak};
    clock_cipher(inputs);
    retire_.clock(retire);
    issue_.clock(issue);
    if (lanes_work_) lanes_.clock(lane_inputs(inputs));
    if (wrap_works_) {
        wrap_.clock({.start = inputs.start_key_wrap,
                     .start_slot = inputs.start_slot,
                     .start_request = inputs.start_request,
                     .abort = inputs.abort,
                     .key_usable = inputs.text_key_usable,
                     .ended = inputs.source_ended,
                     .pending = inputs.source_pending,
                     .available = inputs.lane_available,
                     .read_possible = wrap_read_possible_,
                     .read_data = read_data_,
                     .cipher_grant = CipherArbiter::key_wrap_grant(requests_),
                     .result_valid = result_key_wrap_,
                     .result_block = result_block_,
                     .room = inputs.lane_room,
                     .write_possible = wrap_write_possible_});
    }
    if (start || key_usable || result_subkey_ || eraser_.subkey_valid() || !subkeys_.at_rest()) {
        subkeys_.clock({.start = start,
                        .start_slot = inputs.start_slot,
                        .start_request = inputs.start_request,
                        .abort = inputs.abort,
                        .usable = key_usable,
                        .usable_tweak = key_usable_index >= Configuration::slot_count,
                        .usable_slot = key_usable_index % Configuration::slot_count,
                        .cipher_grant = CipherArbiter::subkey_grant(requests_),
                        .result_valid = result_subkey_,
                        .result_slot = result_tag_.slot,
                        .result_step = result_tag_.step,
                        .result_block = &result_block_,
                        .erase = eraser_.subkey_valid(),
                        .erase_slot = eraser_.subkey_slot()});
    }
    if (erase_wanted != 0 || !eraser_.at_rest()) {
        eraser_.clock({.wanted = erase_wanted, .cipher_ready = cipher_erase_ready, .subkey_ready = subkey_erase_ready});
    }
    arbiter_.clock(requests_);
}

AesEngine::Steady AesEngine::steady(const Inputs& inputs, bool arriving, bool arrives) {
    Steady steady;
    result_lane_ = result_key_wrap_ = result_subkey_ = result_stream_ = result_hash_ = false;
    if (inputs.key_valid || !subkeys_.at_rest() || !wrap_.at_rest()) return steady;
    if (!eraser_.at_rest() || (inputs.erase_wanted & ~subkeys_.busy()) != 0) return steady;
    if (!lanes_.at_rest(lane_inputs(inputs))) return steady;
    if (arbiter_.granted() && (arbiter_.user() != CipherUser::stream || !issue_.issues_text())) return steady;
    std::uint64_t cycles = cipher_.steady_cycles();
    if (cycles == 0) return steady;

    steady.retire = retire_.steady(retire_inputs(inputs), arriving, arrives);
    if (steady.retire.cycles == 0) return steady;
    StreamIssue::SteadyInputs issue;
    issue.abort = inputs.abort;
    issue.key_usable = inputs.text_key_usable;
    issue.tweak_valid = subkeys_.hash_key_valid();
    issue.ended = inputs.source_ended;
    issue.requested = inputs.stream_requested;
    issue.arrived = inputs.stream_arrived;
    issue.read_possible = !steady.retire.reading;
    issue.arriving = arriving;
    issue.arrives = arrives;
    issue.retiring = steady.retire.retiring;
    issue.granted =
        issue_.cipher_request(inputs.abort, inputs.stream_requested, inputs.stream_arrived, issue.read_possible);
    steady.granted = issue.granted;
    steady.input = {arbiter_.granted(), issue.granted};
    steady.cycles = std::min({cycles, steady.retire.cycles, issue_.steady_cycles(issue),
                              retire_.steady_results(steady.retire, cipher_, steady.input)});
    return steady;
}

void AesEngine::advance(const Steady& steady, std::uint64_t cycles, const SourceBuffer& source,
                        DestinationBuffer& destination) {
    retire_.advance(steady.retire, cycles, cipher_.results(cycles, steady.input), source, cipher_, destination);
    issue_.advance(steady.granted ? cycles : 0, steady.retire.retiring ? cycles : 0);
    cipher_.advance(cycles, steady.input);
    arbiter_.advance(steady.granted);
}

}  // namespace cce::model
