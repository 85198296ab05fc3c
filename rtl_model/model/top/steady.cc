// SPDX-License-Identifier: Apache-2.0
//
// What CceTop does most of the time, when only text moves: a short clock edge, and the bulk advance. For the latter
// every block says for how many cycles it does the same as in the first one, or changes by counts alone; the smallest
// number of these is done at once.

#include <algorithm>
#include <bit>

#include "top/cce_top.h"

namespace cce::model {

namespace {

/// Cycles for which the choice of a burst can be foreseen: if the port may not take it, without that of the request.
template <class Choice>
std::uint64_t foreseen(const Choice& choice, bool taken) {
    return choice.asks && !taken ? choice.cycles - 1 : choice.cycles;
}

}  // namespace

/// Nothing happens, in this cycle, to registers, queues, dispatch, keys, slots and completions, as far as that does not
/// depend on the text, but that time goes by.
bool CceTop::control_at_rest(const EngineInputs& inputs) const {
    const RegisterPortInputs& port = inputs.registers;
    if (port.awvalid || port.wvalid || port.arvalid || !registers_bus_.at_rest() || !global_.idle()) return false;
    if (inputs.gate || global_.gate_aes() || global_.gate_hash()) return false;
    if (masks_.reset_pending != 0 || slots_.discard() != 0 || masks_.interrupt != 0) return false;
    if (read_port_.refusing() || write_port_.refusing() || !hash_.idle()) return false;
    if (dispatcher_.working() || fetcher_.request_valid(masks_.ready)) return false;
    if (!key_loader_.at_rest() || key_loader_.request_valid()) return false;
    if (!completion_writer_.at_rest(slots_.finished()) || completion_writer_.request_valid()) return false;
    if (!source_walker_.at_rest(slots_.abort()) ||
        !destination_walker_.at_rest(destination_writer_.segment_stop(slots_.abort(), 0))) {
        return false;
    }
    if (!slots_.at_rest(source_walker_.busy() | destination_walker_.busy() | source_reader_.active())) return false;
    return fetcher_.valid() == 0 || !dispatcher_
                                         .take({.valid = fetcher_.valid(),
                                                .failed = fetcher_.failed(),
                                                .fence = fetcher_.fence(),
                                                .reset_pending = masks_.reset_pending,
                                                .stopped = masks_.stopped,
                                                .free_valid = slots_.free_valid()})
                                         .take;
}

/// What the AES engine sees while nothing starts and no key is given to it.
AesEngine::Inputs CceTop::text_inputs(SlotMask abort) const {
    return {.abort = abort,
            .erase_wanted = slots_.erase_wanted(),
            .text_key_usable = key_loader_.usable(),
            .source_ended = source_reader_.ended(),
            .source_pending = source_reader_.pending(),
            .issue_end_block = source_reader_.end_block(aes_.issue_slot()),
            .retire_end_block = source_reader_.end_block(aes_.retire_slot()),
            .stream_requested = source_reader_.stream_requested(),
            .stream_arrived = source_reader_.stream_arrived(),
            .lane_available = source_reader_.lane_available(),
            .source = source_buffer_,
            .stream_freed = destination_writer_.stream_freed(),
            .lane_room = destination_writer_.lane_room()};
}

/// Cycles in which nothing but time happens to the queues.
std::uint64_t CceTop::queues_steady_cycles() const {
    std::uint64_t cycles = ~std::uint64_t{0};
    for (QueueMask rest = ~masks_.at_rest & (bit(queue_count) - 1); rest != 0; rest &= rest - 1) {
        cycles = std::min(cycles, queues_[static_cast<unsigned>(std::countr_zero(rest))].steady_cycles());
    }
    return cycles;
}

void CceTop::advance_queues(std::uint64_t cycles) {
    for (QueueMask rest = ~masks_.at_rest & (bit(queue_count) - 1); rest != 0; rest &= rest - 1) {
        const auto queue = static_cast<unsigned>(std::countr_zero(rest));
        queues_[queue].advance(cycles);
        update_masks(queue);
    }
}

/// The clock edge of a cycle in which only text moves: that is most cycles. Does nothing and returns false if more than
/// that happens.
bool CceTop::clock_text(const EngineInputs& inputs) {
    if (!control_at_rest(inputs) || aes_.erased() || aes_.key_usable()) return false;
    if (inputs.rvalid && (read_port_.beat_client() != read_client_data || inputs.rresp != 0)) return false;
    if (inputs.bvalid && (write_port_.done_client() != write_client_data || inputs.bresp != 0)) return false;
    if (write_port_.beat_wanted() && write_port_.beat_client() != write_client_data) return false;
    if (queues_steady_cycles() == 0) return false;
    const SlotMask abort = slots_.abort();
    const SlotMask cipher_done = slots_.cipher_done();
    if (destination_writer_.finish(abort, 0).valid) return false;
    const AesEngine::Inputs aes = text_inputs(abort);
    const AesEngine::Outputs& text = aes_.evaluate(aes);
    if (text.any_end()) return false;

    // The ports
    const unsigned stream_produced = aes_.stream_produced();
    DmaReadPort::Offer read_offer;
    read_offer.client = read_client_data;
    read_offer.valid = source_reader_.request_valid();
    if (read_offer.valid) {
        read_offer.request = source_reader_.request();
        read_offer.tag = source_reader_.request_tag();
    }
    DmaWritePort::Offer write_offer;
    write_offer.client = write_client_data;
    write_offer.valid = destination_writer_.request_valid(abort, stream_produced);
    if (write_offer.valid) {
        write_offer.request = destination_writer_.request();
        write_offer.tag = destination_writer_.request_tag();
    }
    const bool read_taken = read_port_.takes(read_offer.valid, inputs.arready);
    const bool write_taken = write_port_.takes(write_offer.valid, inputs.awready);

    // The clock edges, in the same order as in `clock`
    const Segment source_segment = source_walker_.query(source_reader_.segment_slot());
    const Segment destination_segment = destination_walker_.query(destination_writer_.segment_slot());
    const DestinationWriter::Read read = destination_writer_.read(abort, stream_produced);
    const bool beat_valid = destination_writer_.beat_valid();
    const unsigned stream_consumed = aes_.stream_consumed();
    const bool stream_skip = aes_.stream_skip();
    const unsigned end_block = aes_.stream_end_block(destination_writer_.segment_slot());
    const unsigned tail_end_block = aes_.stream_end_block(destination_writer_.tail_slot());
    const SlotMask destination_stop = destination_writer_.segment_stop(abort, 0);
    const unsigned destination_slot = destination_writer_.segment_slot();
    const unsigned destination_bytes = destination_writer_.segment_take_bytes();
    const bool destination_more = destination_writer_.segment_take_more();
    aes_.clock(aes);
    destination_writer_.clock({.abort = abort,
                               .cipher_done = cipher_done,
                               .segment_ready = destination_walker_.ready(),
                               .segment_busy = destination_walker_.busy(),
                               .segment = destination_segment,
                               .request_ready = write_taken,
                               .granted = write_port_.granted(write_client_data),
                               .beat_ready = write_port_.beat_ready(write_client_data, inputs.wready),
                               .done = inputs.bvalid,
                               .done_slot = inputs.bvalid ? write_port_.done_tag() : 0,
                               .read_data = destination_buffer_.read_data(),
                               .stream_produced = stream_produced,
                               .tail_end_block = tail_end_block,
                               .end_block = end_block,
                               .lane_write = text.write && !text.write_stream,
                               .lane_write_slot = text.write_slot});
    if (text.write || read.valid) {
        destination_buffer_.clock({.write = text.write,
                                   .write_stream = text.write_stream,
                                   .write_slot = text.write_slot,
                                   .write_block = text.write_block,
                                   .write_data = &text.write_data,
                                   .read = read.valid,
                                   .read_stream = read.stream,
                                   .read_slot = read.slot,
                                   .read_position = read.position,
                                   .read_lane = read.lane});
    }
    if (write_taken) {
        destination_walker_.clock({.stop = destination_stop,
                                   .query_slot = destination_slot,
                                   .take = true,
                                   .take_bytes = destination_bytes,
                                   .take_more = destination_more});
    }
    source_buffer_.clock({.write = source_reader_.write(),
                          .read = text.lane_take,
                          .read_slot = text.lane_take_slot,
                          .read_block = text.lane_take_block});
    const unsigned source_slot = source_reader_.segment_slot();
    const unsigned source_bytes = source_reader_.segment_take_bytes();
    const bool source_more = source_reader_.segment_take_more();
    source_reader_.clock({.abort = abort,
                          .segment_ready = source_walker_.ready(),
                          .segment = source_segment,
                          .request_ready = read_taken,
                          .beat_valid = inputs.rvalid,
                          .beat_tag = inputs.rvalid ? read_port_.beat_tag() : 0,
                          .beat_data = &inputs.rdata,
                          .beat_lane = inputs.rvalid ? read_port_.beat_lane() : 0,
                          .beat_first = read_port_.beat_first(),
                          .beat_last = inputs.rlast,
                          .stream_consumed = stream_consumed,
                          .stream_skip = stream_skip,
                          .lane_take = text.lane_take,
                          .lane_take_slot = text.lane_take_slot,
                          .lane_clear = text.lane_clear,
                          .lane_clear_slot = text.lane_clear_slot});
    if (read_taken) {
        source_walker_.clock({.stop = abort,
                              .query_slot = source_slot,
                              .take = true,
                              .take_bytes = source_bytes,
                              .take_more = source_more});
    }
    const RegionTable regions = region_table();
    read_port_.clock({.offer = read_offer,
                      .taken = read_taken,
                      .arready = inputs.arready,
                      .rvalid = inputs.rvalid,
                      .rlast = inputs.rlast},
                     regions);
    write_port_.clock({.offer = write_offer,
                       .taken = write_taken,
                       .awready = inputs.awready,
                       .beat_valid = beat_valid,
                       .wready = inputs.wready,
                       .bvalid = inputs.bvalid},
                      regions);
    if (masks_.at_rest != bit(queue_count) - 1) advance_queues(1);
    return true;
}

CceTop::Steady CceTop::steady(const EngineInputs& inputs, const SteadyBus& bus) {
    Steady plan;
    if ((read_port_.arvalid() && !bus.arready) || (write_port_.awvalid() && !bus.awready)) return plan;
    plan.read_accepted = read_port_.arvalid();
    plan.write_accepted = write_port_.awvalid();
    if (bus.rvalid) {
        if (read_port_.beat_client() != read_client_data) return plan;
        if (!SourceReader::is_stream(read_port_.beat_tag())) return plan;
    }
    const bool write_wanted = write_port_.beat_wanted();
    if (write_wanted && write_port_.beat_client() != write_client_data) return plan;
    const SlotMask abort = slots_.abort();
    if (aes_.lanes_work() || !control_at_rest(inputs)) return plan;
    std::uint64_t cycles = bus.cycles;
    const bool response = bus.response_cycle < cycles;
    if (response && write_port_.done_client() != write_client_data) cycles = bus.response_cycle;
    // The first burst accepted brings its first beat in the next cycle.
    if (plan.write_accepted && !write_wanted) cycles = std::min<std::uint64_t>(cycles, 1);
    cycles = std::min(cycles, queues_steady_cycles());
    if (cycles == 0) return plan;

    // The text's way.
    const bool arriving = bus.rvalid && source_reader_.arriving();
    const AesEngine::Inputs aes = text_inputs(abort);
    plan.aes = aes_.steady(aes, arriving, bus.rvalid || source_reader_.write().valid);
    if (plan.aes.cycles == 0) return plan;
    plan.source.abort = abort;
    plan.source.segment_ready = source_walker_.ready();
    plan.source.stream_consumed = aes_.stream_consumed();
    plan.source.consuming = plan.aes.retire.taking;
    plan.source.beats = bus.rvalid;
    if (bus.rvalid) {
        plan.source.first = read_port_.beat_first();
        plan.source.lane = read_port_.beat_lane();
        plan.source.tag = read_port_.beat_tag();
    }
    cycles = std::min({cycles, plan.aes.cycles, source_reader_.steady_cycles(plan.source)});
    plan.source_choice = source_reader_.steady_choice(plan.source);
    cycles = std::min(cycles, foreseen(plan.source_choice, read_port_.takes_later()));
    if (cycles == 0) return plan;
    DestinationWriter::SteadyInputs& out = plan.destination_inputs;
    out.abort = abort;
    out.discard = 0;
    out.cipher_done = slots_.cipher_done();
    out.segment_ready = destination_walker_.ready();
    out.segment_busy = destination_walker_.busy();
    out.stream_produced = aes_.stream_produced();
    out.producing_first = plan.aes.retire.producing;
    out.producing = plan.aes.retire.retiring;
    out.beat_wanted = write_wanted;
    out.beat_ready = bus.wready;
    out.beats_left = write_wanted ? std::min(write_port_.beats_left(), bus.write_beats) : 0;
    if (response) {
        // What depends on the last response of a slot is seen in the next cycle.
        out.done_slot = write_port_.done_tag();
        if (destination_writer_.last_response(out.done_slot)) cycles = std::min(cycles, bus.response_cycle + 1);
    }
    const DestinationWriter::SteadyChoice destination = destination_writer_.steady_choice(out, destination_walker_);
    cycles = std::min(cycles, foreseen(destination, write_port_.takes_later()));
    plan.destination = destination_writer_.steady(out, cycles);
    plan.cycles = plan.destination.cycles;
    plan.response = out.done = bus.response_cycle < plan.cycles;
    plan.write_beats = plan.destination.beats;
    plan.write_last = plan.write_beats != 0 && plan.write_beats == write_port_.beats_left();
    return plan;
}

void CceTop::advance(const Steady& steady, std::span<const std::uint8_t> rdata, std::span<std::uint8_t> wdata) {
    if (steady.read_accepted) read_port_.accepted();
    if (steady.write_accepted) write_port_.accepted();
    const bool asked_read =
        source_reader_.advance_choice(steady.source, steady.source_choice, steady.cycles, source_walker_);
    DestinationWriter::Steady destination = steady.destination;
    destination.granted =
        destination_writer_.advance_choice(steady.destination_inputs, steady.cycles, destination_walker_);
    // The text comes, is worked on, and leaves: a block that does all of it in these cycles finds its place that way.
    const bool last = source_reader_.advance(steady.source, rdata, source_buffer_);
    if (!rdata.empty()) read_port_.advance(last);
    aes_.advance(steady.aes, steady.cycles, source_buffer_, destination_buffer_);
    destination_writer_.advance(steady.destination_inputs, destination, destination_buffer_, wdata);
    if (steady.write_beats != 0 || steady.response) write_port_.advance(steady.write_beats, steady.response);
    // Bursts asked for in the last cycle.
    if (asked_read) {
        read_port_.take({true, read_client_data, source_reader_.request(), source_reader_.request_tag()},
                        region_table());
    }
    if (destination.granted) {
        write_port_.take({true, write_client_data, destination_writer_.request(), destination_writer_.request_tag()},
                         region_table());
    }
    advance_queues(steady.cycles);
}

}  // namespace cce::model
