// SPDX-License-Identifier: Apache-2.0
//
// A clock edge: first every signal of the cycle is worked out from the registers and the inputs, in the order of their
// dependencies; then every block gets its clock edge. Blocks that look at another one's data by reference come before
// it: aes and hash before source_buffer, source_buffer before source_reader, destination_writer before
// destination_buffer.

#include "top/cce_top.h"

#include <bit>

#include "common/halves.h"

namespace cce::model {

using contract::Status;

namespace {

constexpr std::uint32_t page_mask = contract::page_bytes - 1;
constexpr std::uint8_t response_error_bit = 2;  // SLVERR and DECERR (AXI4, A3.4.4)

/// Does `address` lie in a page of the queue pairs that there are, in the block of pages that begins at `base`?
bool in_queue_pages(std::uint32_t address, std::uint32_t base) {
    return address >= base && address < base + Configuration::queue_count * contract::page_bytes;
}

void set_bit(QueueMask& mask, unsigned index, bool value) {
    mask = (mask & ~bit(index)) | (value ? bit(index) : 0);
}

bool destination_needed(const CipherRequest& request) {
    return request.output_length != 0 || (request.tag_length != 0 && !request.decrypt);
}

bool source_needed(const CipherRequest& request) {
    return request.iv_length != 0 || request.aad_length != 0 || request.text_length != 0 ||
           (request.tag_length != 0 && request.decrypt);
}

}  // namespace

CceTop::CceTop(unsigned data_bytes)
    : data_bytes_(data_bytes),
      global_(data_bytes),
      fetcher_(data_bytes),
      key_loader_(data_bytes),
      completion_writer_(data_bytes),
      read_port_(data_bytes),
      write_port_(data_bytes),
      source_walker_(data_bytes, Status::source_list_access, Status::source_list_format),
      source_reader_(data_bytes),
      destination_walker_(data_bytes, Status::destination_list_access, Status::destination_list_format),
      destination_writer_(data_bytes),
      destination_buffer_(data_bytes) {
    reset();
}

void CceTop::reset() {
    registers_bus_.reset();
    global_.reset();
    regions_.reset();
    fetcher_.reset();
    dispatcher_.reset();
    slots_.reset();
    key_loader_.reset();
    completion_writer_.reset();
    read_port_.reset();
    write_port_.reset();
    source_walker_.reset();
    source_reader_.reset();
    aes_.reset();
    hash_.reset();
    destination_walker_.reset();
    destination_writer_.reset();
    for (unsigned queue = 0; queue < queue_count; ++queue) {
        queues_[queue].reset();
        update_masks(queue);
    }
}

void CceTop::update_masks(unsigned queue) {
    const QueuePair& pair = queues_[queue];
    set_bit(masks_.ready, queue, pair.ready());
    set_bit(masks_.reset_pending, queue, pair.reset_pending());
    set_bit(masks_.stopped, queue, pair.stopped());
    set_bit(masks_.unrestricted, queue, pair.unrestricted());
    set_bit(masks_.interrupt, queue, pair.interrupt());
    set_bit(masks_.idle, queue, pair.idle());
    set_bit(masks_.at_rest, queue, pair.at_rest());
}

// ------------------------------------------------------------------------------------------------------------ outputs

bool CceTop::engine_idle() const {
    return slots_.used() == 0 && masks_.idle == bit(queue_count) - 1 && dispatcher_.idle(fetcher_.valid()) &&
           completion_writer_.idle() && read_port_.idle() && write_port_.idle();
}

std::uint32_t CceTop::interrupt() const {
    return masks_.interrupt << 1 | (global_.interrupt() ? 1U : 0U);
}

AddressOutputs CceTop::ar() const {
    AddressOutputs channel;
    channel.valid = read_port_.arvalid();
    channel.address = read_port_.araddr();
    channel.length = read_port_.arlen();
    channel.size = static_cast<std::uint8_t>(std::countr_zero(data_bytes_));
    return channel;
}

AddressOutputs CceTop::aw() const {
    AddressOutputs channel;
    channel.valid = write_port_.awvalid();
    channel.address = write_port_.awaddr();
    channel.length = write_port_.awlen();
    channel.size = static_cast<std::uint8_t>(std::countr_zero(data_bytes_));
    return channel;
}

void CceTop::settle(const EngineInputs& inputs, EngineOutputs& outputs) const {
    outputs.idle = idle(inputs.registers);
    outputs.interrupt = interrupt();

    outputs.registers.awready = registers_bus_.awready(inputs.registers);
    outputs.registers.wready = registers_bus_.wready(inputs.registers);
    outputs.registers.bvalid = registers_bus_.bvalid();
    outputs.registers.bresp = registers_bus_.bresp();
    outputs.registers.arready = registers_bus_.arready(inputs.registers);
    outputs.registers.rvalid = registers_bus_.rvalid();
    outputs.registers.rdata = registers_bus_.rdata();
    outputs.registers.rresp = registers_bus_.rresp();

    outputs.ar = ar();
    outputs.aw = aw();

    outputs.wvalid = false;
    if (!write_port_.beat_wanted()) return;
    if (write_port_.beat_client() == write_client_completion) {
        outputs.wvalid = completion_writer_.beat_valid();
        if (!outputs.wvalid) return;
        completion_writer_.beat_data(outputs.wdata);
        outputs.wstrb = static_cast<std::uint32_t>((std::uint64_t{1} << data_bytes_) - 1);
    } else {
        outputs.wvalid = destination_writer_.beat_valid();
        if (!outputs.wvalid) return;
        outputs.wdata = destination_writer_.beat_data();
        outputs.wstrb = destination_writer_.beat_strobe();
    }
    outputs.wlast = write_port_.wlast();
}

// ---------------------------------------------------------------------------------------------------------- registers

std::optional<std::uint32_t> CceTop::read_register(std::uint32_t address, std::uint64_t timestamp) const {
    const std::uint32_t page = address & ~page_mask;
    const std::uint32_t offset = address & page_mask;
    if (page == contract::global_page::base) return global_.read(offset, timestamp, engine_idle());
    if (page == contract::region_page::base) return regions_.read(offset);
    if (page == contract::context_page::base) {
        if (offset == contract::context_page::valid_low) return key_loader_.context_valid();
        if (offset == contract::context_page::valid_high) return 0;
        return std::nullopt;
    }
    if (in_queue_pages(address, contract::queue_page::base)) {
        return queues_[(address - contract::queue_page::base) / contract::page_bytes].read(offset);
    }
    if (in_queue_pages(address, contract::doorbell_page::base) && QueuePair::doorbell_known(offset)) {
        return 0;  // doorbells read as 0
    }
    return std::nullopt;
}

CceTop::RegisterWrite CceTop::register_write() const {
    RegisterWrite write;
    if (!registers_bus_.write()) return write;
    const std::uint32_t address = registers_bus_.address();
    const std::uint32_t page = address & ~page_mask;
    write.offset = address & page_mask;
    write.data = registers_bus_.data();
    if (page == contract::global_page::base) {
        write.global = true;
    } else if (page == contract::region_page::base) {
        write.region = true;
    } else if (in_queue_pages(address, contract::queue_page::base)) {
        write.queue = bit((address - contract::queue_page::base) / contract::page_bytes);
    } else if (in_queue_pages(address, contract::doorbell_page::base)) {
        write.doorbell = bit((address - contract::doorbell_page::base) / contract::page_bytes);
    }
    return write;
}

void CceTop::clock_registers(const EngineInputs& inputs, const RegisterWrite& write, QueueMask queue_event,
                             bool erasing_contexts) {
    const RegisterPortInputs& port = inputs.registers;
    if (!registers_bus_.at_rest() || port.arvalid || port.awvalid) {
        AxiLiteSubordinate::Inputs bus;
        bus.port = port;
        if (registers_bus_.looking()) {
            const std::optional<std::uint32_t> content = read_register(registers_bus_.address(), inputs.timestamp);
            bus.known = content.has_value();
            bus.data = content.value_or(0);
        }
        registers_bus_.clock(bus);
    }
    global_.clock({.write = write.global,
                   .offset = write.offset,
                   .data = write.data,
                   .queue_event = queue_event,
                   .queue_reset_pending = masks_.reset_pending,
                   .erasing_contexts = erasing_contexts});
    if (write.region) regions_.clock({.write = true, .offset = write.offset, .data = write.data});
}

// ---------------------------------------------------------------------------------------------------------- DMA ports

void CceTop::offer_read(DmaReadPort::Offer& offer) const {
    offer.valid = true;
    if (fetcher_.request_valid(masks_.ready)) {
        const unsigned queue = fetcher_.request_queue(masks_.ready);
        offer.client = read_client_descriptor;
        offer.request = DescriptorFetcher::request(queue, queues_[queue].descriptor_address());
        offer.tag = fetcher_.request_tag(queue);
    } else if (key_loader_.request_valid()) {
        offer.client = read_client_context;
        offer.request = key_loader_.request();
        offer.tag = key_loader_.request_tag();
    } else if (source_walker_.request_valid()) {
        offer.client = read_client_source_list;
        offer.request = source_walker_.request();
        offer.tag = source_walker_.request_tag();
    } else if (destination_walker_.request_valid()) {
        offer.client = read_client_destination_list;
        offer.request = destination_walker_.request();
        offer.tag = destination_walker_.request_tag();
    } else if (source_reader_.request_valid()) {
        offer.client = read_client_data;
        offer.request = source_reader_.request();
        offer.tag = source_reader_.request_tag();
    } else {
        offer.valid = false;
    }
}

void CceTop::offer_write(DmaWritePort::Offer& offer) const {
    offer.valid = true;
    if (completion_writer_.request_valid()) {
        offer.client = write_client_completion;
        offer.request = completion_writer_.request(queues_[completion_writer_.request_queue()].completion_address());
        offer.tag = completion_writer_.request_tag();
    } else if (destination_writer_.request_valid(slots_.abort(), aes_.stream_produced())) {
        offer.client = write_client_data;
        offer.request = destination_writer_.request();
        offer.tag = destination_writer_.request_tag();
    } else {
        offer.valid = false;
    }
}

contract::Completion CceTop::completion_entry() const {
    const unsigned slot = completion_writer_.next_iv_slot();
    const QueuePair& queue = queues_[completion_writer_.request_queue()];
    const Status status = slots_.status(slot);
    contract::Completion entry = completion_writer_.entry(status, queue.submission_head(), queue.completion_phase());
    const CompletionWriter::NextIvSource source = completion_writer_.next_iv_source(status);
    if (source.stream) {
        entry.next_iv = aes_.stream_next_iv(slot);
    } else if (source.lane) {
        entry.next_iv = aes_.lane_next_iv(slot);
    } else if (source.hash) {
        entry.next_iv = hash_.next_iv(slot);
    } else if (source.key_wrap) {
        entry.set_unwrapped_key({.length = aes_.key_length(slot)});
    }
    return entry;
}

// ---------------------------------------------------------------------------------------------------------- the clock

void CceTop::clock(const EngineInputs& inputs) {
    if (clock_text(inputs)) return;
    const Gates gates{inputs.gate || global_.gate_aes(), inputs.gate || global_.gate_hash()};
    const SlotMask abort = slots_.abort();
    const SlotMask discard = slots_.discard();
    const SlotMask cipher_done = slots_.cipher_done();
    const RegisterWrite write = register_write();

    // What the ports take and give
    DmaReadPort::Offer read_offer;
    offer_read(read_offer);
    const bool read_taken = read_port_.takes(read_offer.valid, inputs.arready);
    const bool read_error = (inputs.rresp & response_error_bit) != 0;
    const DmaFault read_fault = read_port_.fault();
    const DmaRefusal<ReadTag> read_refusal = read_port_.refusal();
    const auto read_taken_of = [&](unsigned client) { return read_taken && read_offer.client == client; };
    const auto read_denied = [&](unsigned client) { return read_refusal.valid && read_refusal.client == client; };
    const unsigned beat_client = inputs.rvalid ? read_port_.beat_client() : Configuration::read_clients;
    const ReadTag beat_tag = inputs.rvalid ? read_port_.beat_tag() : 0;
    const unsigned beat_lane = inputs.rvalid ? read_port_.beat_lane() : 0;
    const bool beat_first = read_port_.beat_first();

    DmaWritePort::Offer write_offer;
    offer_write(write_offer);
    const bool write_taken = write_port_.takes(write_offer.valid, inputs.awready);
    const bool write_error = (inputs.bresp & response_error_bit) != 0;
    const DmaFault write_fault = write_port_.fault();
    const bool completion_taken = write_taken && write_offer.client == write_client_completion;
    const bool destination_taken = write_taken && write_offer.client == write_client_data;
    const bool destination_granted = write_port_.granted(write_client_data);
    const bool destination_denied = write_port_.refusal().valid;  // of nobody else's
    const unsigned denied_slot = write_port_.refusal().tag;
    const bool completion_done = inputs.bvalid && write_port_.done_client() == write_client_completion;
    const bool destination_done = inputs.bvalid && write_port_.done_client() == write_client_data;
    const unsigned done_slot = inputs.bvalid ? write_port_.done_tag() : 0;
    const bool completion_beat_ready = write_port_.beat_ready(write_client_completion, inputs.wready);
    const bool destination_beat_ready = write_port_.beat_ready(write_client_data, inputs.wready);
    const bool write_beat_valid = write_port_.beat_wanted() && (write_port_.beat_client() == write_client_completion
                                                                    ? completion_writer_.beat_valid()
                                                                    : destination_writer_.beat_valid());

    // Dispatch
    RequestDispatcher::Inputs dispatch;
    if (fetcher_.valid() != 0) {
        dispatch.taken = dispatcher_.take({.valid = fetcher_.valid(),
                                           .failed = fetcher_.failed(),
                                           .fence = fetcher_.fence(),
                                           .reset_pending = masks_.reset_pending,
                                           .stopped = masks_.stopped,
                                           .free_valid = slots_.free_valid()});
    }
    const bool start = dispatcher_.start();
    const unsigned start_slot = slots_.free_slot();
    if (start) dispatcher_.describe_start(masks_.unrestricted, start_);
    const bool start_text = start && start_.text;
    const CipherRequest& request = start_.cipher_request;

    // The text's way
    const Segment source_segment = source_walker_.query(source_reader_.segment_slot());
    const Segment destination_segment = destination_walker_.query(destination_writer_.segment_slot());
    const bool source_list_error = source_walker_.error();
    const bool destination_list_error = destination_walker_.error();
    const bool source_denied = read_denied(read_client_data);
    const unsigned source_denied_slot = SourceReader::slot_of(read_refusal.tag);
    const SlotMask lists_busy = source_walker_.busy() | destination_walker_.busy() | source_reader_.active();

    const bool key_valid = key_loader_.key_valid();
    const bool key_ready = aes_.key_ready();
    const AesEngine::Inputs aes{.start_stream = start && start_.stream,
                                .start_lane = start && start_.lane,
                                .start_key_wrap = start && start_.key_wrap,
                                .start_hash = start && start_.hash && start_.cipher,
                                .start_slot = start_slot,
                                .start_request = &request,
                                .start_prefix = start_.prefix,
                                .abort = abort,
                                .erase_wanted = slots_.erase_wanted(),
                                .key_valid = key_valid,
                                .key_index = key_loader_.key_index(),
                                .key_inverse = key_loader_.key_inverse(),
                                .key_length = key_loader_.key_length(),
                                .key = &key_loader_.key(),
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
                                .lane_room = destination_writer_.lane_room(),
                                .hash_request = hash_.cipher_request(abort, key_loader_.usable()),
                                .hash_slot = hash_.cipher_slot(),
                                .hash_block = &hash_.cipher_block()};
    const AesEngine::Outputs& text = aes_.evaluate(aes);
    // The buffers' ports: what the AES engine leaves, the hash engine gets.
    static constexpr HashEngine::Outputs no_hash{};
    const bool hash_works = !hash_.idle() || (start && start_.hash);
    const HashEngine::Inputs hash_inputs{.start = start && start_.hash,
                                         .start_slot = start_slot,
                                         .start_request = &start_.hash_request,
                                         .abort = abort,
                                         .source_ended = source_reader_.ended(),
                                         .source_pending = source_reader_.pending(),
                                         .available = source_reader_.lane_available(),
                                         .read_possible = hash_works && !aes_.reads(),
                                         .read_data = source_buffer_.read_data(),
                                         .clear_possible = !text.lane_clear,
                                         .room = destination_writer_.lane_room(),
                                         .write_possible = !text.write,
                                         .key_usable = key_loader_.usable(),
                                         .cipher_grant = aes_.hash_grant(),
                                         .result_valid = aes_.hash_result_valid(),
                                         .result_slot = aes_.hash_result_slot(),
                                         .result_block = &aes_.hash_result_block()};
    const HashEngine::Outputs& hash = hash_works ? hash_.evaluate(hash_inputs) : no_hash;
    const bool lane_take = text.lane_take || hash.read;
    const unsigned lane_take_slot = hash.read ? hash.read_slot : text.lane_take_slot;
    const unsigned lane_take_block = hash.read ? hash.read_block : text.lane_take_block;
    const bool lane_clear = text.lane_clear || hash.clear;
    const unsigned lane_clear_slot = hash.clear ? hash.clear_slot : text.lane_clear_slot;
    const bool result_write = text.write || hash.write;
    const bool result_write_stream = text.write_stream && !hash.write;
    const unsigned result_write_slot = hash.write ? hash.write_slot : text.write_slot;
    const unsigned stream_consumed = aes_.stream_consumed();
    const unsigned stream_produced = aes_.stream_produced();
    const bool stream_skip = aes_.stream_skip();
    const bool key_usable = aes_.key_usable();
    const unsigned key_usable_index = aes_.key_usable_index();

    const DestinationWriter::Finish destination_finish = destination_writer_.finish(abort, discard);
    const DestinationWriter::Read destination_read = destination_writer_.read(abort, stream_produced);

    // Ends
    const bool source_beat = beat_client == read_client_data;
    SlotTable::Inputs& slots = slot_inputs_;
    slots.fault_ports = 0;
    slots.gates = gates;
    slots.queue_reset_pending = masks_.reset_pending;
    slots.start = start;
    slots.start_queue = start_.queue;
    slots.start_status = start_.status;
    slots.start_text = start_text;
    slots.start_cipher = start && start_.cipher;
    slots.start_hash = start && start_.hash;
    slots.start_key = start && start_.key;
    slots.lists_busy = lists_busy;
    slots.key_release = {key_loader_.release(key_ready), static_cast<std::uint8_t>(key_loader_.release_slot())};
    slots.destination_release = {destination_finish.valid && !destination_finish.wipe,
                                 static_cast<std::uint8_t>(destination_finish.slot)};
    slots.erase_release = {aes_.erased(), static_cast<std::uint8_t>(aes_.erased_slot())};
    const auto fault = [&](unsigned port, bool valid, unsigned slot, Status status) {
        if (!valid) return;
        slots.fault_ports |= bit(port);
        slots.fault[port] = {true, static_cast<std::uint8_t>(slot), status};
    };
    fault(0, key_loader_.fault(), key_loader_.fault_slot(), key_loader_.fault_status());
    fault(1, source_list_error, source_walker_.error_slot(), source_walker_.error_status());
    fault(2, destination_list_error, destination_walker_.error_slot(), destination_walker_.error_status());
    fault(3, source_denied, source_denied_slot, Status::source_access);
    fault(4, source_beat && read_error, SourceReader::slot_of(beat_tag), Status::source_access);
    fault(5, destination_denied, denied_slot, Status::destination_access);
    fault(6, destination_done && write_error, done_slot, Status::destination_access);
    for (unsigned unit = 0; unit < text.fault.size(); ++unit) {
        fault(Configuration::first_late_fault_port + unit, text.fault[unit], text.fault_slot[unit], Status::tag);
        slots.cipher_release[unit] = {text.release[unit], static_cast<std::uint8_t>(text.release_slot[unit])};
    }

    fault(7, hash.context_fault, hash.fault_slot, Status::context_format);
    fault(8, hash.length_fault, hash.fault_slot, Status::length);
    fault(9, hash.tag_fault, hash.fault_slot, Status::tag);
    slots.cipher_release[3] = {hash.release, static_cast<std::uint8_t>(hash.release_slot)};

    const CompletionWriter::Finish finish = completion_writer_.finish(completion_done, done_slot, write_error);
    slots.free = {finish.valid, static_cast<std::uint8_t>(finish.slot)};
    contract::Completion entry;
    const bool issued = completion_taken;
    const unsigned issue_queue = completion_writer_.request_queue();
    if (issued) entry = completion_entry();

    // Queue pairs: most of the time nothing happens to them.
    const QueueMask fetch = read_taken_of(read_client_descriptor) ? bit(fetcher_.request_queue(masks_.ready)) : 0;
    const QueueMask read =
        beat_client == read_client_descriptor && inputs.rlast ? bit(DescriptorFetcher::beat_queue(beat_tag)) : 0;
    const QueueMask drop = dispatch.taken.drop ? bit(dispatch.taken.queue) : 0;
    const QueueMask issue = issued ? bit(issue_queue) : 0;
    const QueueMask finished = finish.valid ? bit(slots_.queue(finish.slot)) : 0;
    QueueMask events = fetch | read | drop | issue | finished | write.queue | write.doorbell;
    if (read_fault.valid) events |= bit(read_fault.queue_index % queue_count);
    if (write_fault.valid) events |= bit(write_fault.queue_index % queue_count);
    const bool engine_reset = global_.reset_queues();
    const QueueMask all_queues = bit(queue_count) - 1;
    const QueueMask clocked = engine_reset ? all_queues : events | (~masks_.at_rest & all_queues);

    // The clock edges. First of those who look at others' registers, the queues' events: they need nothing clocked.
    const unsigned source_slot = source_reader_.segment_slot();
    const bool source_take = read_taken_of(read_client_data);
    const unsigned source_take_bytes = source_reader_.segment_take_bytes();
    const bool source_take_more = source_reader_.segment_take_more();
    const unsigned destination_slot = destination_writer_.segment_slot();
    const bool destination_take = destination_taken;
    const unsigned destination_take_bytes = destination_writer_.segment_take_bytes();
    const bool destination_take_more = destination_writer_.segment_take_more();
    const SlotMask destination_stop = destination_writer_.segment_stop(abort, discard);
    const unsigned destination_end_block = aes_.stream_end_block(destination_slot);
    const unsigned destination_tail_end_block = aes_.stream_end_block(destination_writer_.tail_slot());
    const bool erase_contexts = global_.erase_contexts();
    const bool erasing_contexts = key_loader_.erasing();
    const std::uint32_t finish_bytes = completion_writer_.bytes(finish.slot);
    const bool finish_ok = slots_.status(finish.slot) == Status::ok;

    QueueMask queue_event = 0;
    for (QueueMask rest = clocked; rest != 0; rest &= rest - 1) {
        const auto queue = static_cast<unsigned>(std::countr_zero(rest));
        QueuePair::Inputs& in = queue_inputs_[queue];
        in.engine_reset = engine_reset;
        in.write = has(write.queue, queue);
        in.doorbell_write = has(write.doorbell, queue);
        in.offset = write.offset;
        in.data = write.data;
        in.fetch = has(fetch, queue);
        in.read = has(read, queue);
        in.drop = has(drop, queue);
        in.drop_failed = in.drop && dispatch.taken.drop_failed;
        in.issue = has(issue, queue);
        in.finish = has(finished, queue);
        in.finish_written = finish.written;
        in.finish_ok = finish_ok;
        in.finish_bytes = finish_bytes;
        in.finish_failed = in.finish && finish.failed;
        // A refused write counts before a refused read of the same cycle.
        if (write_fault.valid && write_fault.queue_index == queue) {
            in.fault = write_fault;
        } else if (read_fault.valid && read_fault.queue_index == queue) {
            in.fault = read_fault;
        } else {
            in.fault.valid = false;
        }
        if (queues_[queue].event()) queue_event |= bit(queue);
    }
    // Registers are read before anything else moves.
    clock_registers(inputs, write, queue_event, erasing_contexts);
    aes_.clock(aes);
    if (hash_works) hash_.clock(hash_inputs);

    destination_writer_.clock({.start = start_text,
                               .start_slot = start_slot,
                               .start_request = &request,
                               .abort = abort,
                               .discard = discard,
                               .cipher_done = cipher_done,
                               .segment_ready = destination_walker_.ready(),
                               .segment_busy = destination_walker_.busy(),
                               .segment = destination_segment,
                               .segment_error = destination_list_error,
                               .segment_error_slot = destination_walker_.error_slot(),
                               .request_ready = destination_taken,
                               .granted = destination_granted,
                               .denied = destination_denied,
                               .denied_slot = denied_slot,
                               .beat_ready = destination_beat_ready,
                               .done = destination_done,
                               .done_slot = done_slot,
                               .read_data = destination_buffer_.read_data(),
                               .stream_produced = stream_produced,
                               .tail_end_block = destination_tail_end_block,
                               .end_block = destination_end_block,
                               .lane_write = result_write && !result_write_stream,
                               .lane_write_slot = result_write_slot});
    if (result_write || destination_read.valid) {
        destination_buffer_.clock({.write = result_write,
                                   .write_stream = result_write_stream,
                                   .write_slot = result_write_slot,
                                   .write_block = hash.write ? hash.write_block : text.write_block,
                                   .write_data = hash.write ? &hash.write_data : &text.write_data,
                                   .read = destination_read.valid,
                                   .read_stream = destination_read.stream,
                                   .read_slot = destination_read.slot,
                                   .read_position = destination_read.position,
                                   .read_lane = destination_read.lane});
    }
    destination_walker_.clock({.start = start_text,
                               .start_slot = start_slot,
                               .start_needed = start_text && destination_needed(request),
                               .start_list = request.destination_list,
                               .start_address = request.destination,
                               .start_region = request.destination_region,
                               .start_unrestricted = request.unrestricted,
                               .start_queue = request.queue_index,
                               .restart = destination_finish.valid && destination_finish.wipe,
                               .restart_slot = destination_finish.slot,
                               .stop = destination_stop,
                               .query_slot = destination_slot,
                               .take = destination_take,
                               .take_bytes = destination_take_bytes,
                               .take_more = destination_take_more,
                               .request_ready = read_taken_of(read_client_destination_list),
                               .denied = read_denied(read_client_destination_list),
                               .beat_valid = beat_client == read_client_destination_list,
                               .beat_tag = beat_tag,
                               .beat_data = &inputs.rdata,
                               .beat_first = beat_first,
                               .beat_last = inputs.rlast,
                               .beat_error = read_error});
    source_buffer_.clock({.write = source_reader_.write(),
                          .read = lane_take,
                          .read_slot = lane_take_slot,
                          .read_block = lane_take_block});
    source_reader_.clock({.start = start_text,
                          .start_slot = start_slot,
                          .start_request = &request,
                          .start_prefix = start_.prefix,
                          .abort = abort,
                          .segment_ready = source_walker_.ready(),
                          .segment = source_segment,
                          .request_ready = read_taken_of(read_client_data),
                          .denied = source_denied,
                          .denied_slot = source_denied_slot,
                          .beat_valid = source_beat,
                          .beat_tag = beat_tag,
                          .beat_data = &inputs.rdata,
                          .beat_lane = beat_lane,
                          .beat_first = beat_first,
                          .beat_last = inputs.rlast,
                          .stream_consumed = stream_consumed,
                          .stream_skip = stream_skip,
                          .lane_take = lane_take,
                          .lane_take_slot = lane_take_slot,
                          .lane_clear = lane_clear,
                          .lane_clear_slot = lane_clear_slot});
    source_walker_.clock({.start = start_text,
                          .start_slot = start_slot,
                          .start_needed = start_text && source_needed(request),
                          .start_list = request.source_list,
                          .start_address = request.source,
                          .start_region = request.source_region,
                          .start_unrestricted = request.unrestricted,
                          .start_queue = request.queue_index,
                          .restart = false,
                          .restart_slot = 0,
                          .stop = abort,
                          .query_slot = source_slot,
                          .take = source_take,
                          .take_bytes = source_take_bytes,
                          .take_more = source_take_more,
                          .request_ready = read_taken_of(read_client_source_list),
                          .denied = read_denied(read_client_source_list),
                          .beat_valid = beat_client == read_client_source_list,
                          .beat_tag = beat_tag,
                          .beat_data = &inputs.rdata,
                          .beat_first = beat_first,
                          .beat_last = inputs.rlast,
                          .beat_error = read_error});

    key_loader_.clock({.start = start && start_.key,
                       .start_slot = start_slot,
                       .start_request = &start_.key_request,
                       .abort = abort,
                       .erase_all = erase_contexts,
                       .request_ready = read_taken_of(read_client_context),
                       .denied = read_denied(read_client_context),
                       .beat_valid = beat_client == read_client_context,
                       .beat_data = &inputs.rdata,
                       .beat_last = inputs.rlast,
                       .beat_error = read_error,
                       .key_ready = key_ready,
                       .key_usable = key_usable,
                       .key_usable_index = key_usable_index});
    completion_writer_.clock({.timestamp = low(inputs.timestamp),
                              .start = start,
                              .start_slot = start_slot,
                              .start_request = &start_,
                              .finished = slots_.finished(),
                              .reset_pending = masks_.reset_pending,
                              .slots = &slots_,
                              .request_ready = completion_taken,
                              .entry = &entry,
                              .beat_ready = completion_beat_ready,
                              .done = completion_done,
                              .done_slot = done_slot});
    slots_.clock(slots);

    if (dispatch.taken.take) {
        dispatch.descriptor = &fetcher_.descriptor(dispatch.taken.queue);
        dispatch.start_cycle = fetcher_.start_cycle(dispatch.taken.queue);
    }
    dispatch.freed = finished;
    dispatch.gates = gates;
    dispatcher_.clock(dispatch);
    fetcher_.clock({.timestamp = low(inputs.timestamp),
                    .ready = masks_.ready,
                    .request_ready = read_taken_of(read_client_descriptor),
                    .beat_valid = beat_client == read_client_descriptor,
                    .beat_tag = beat_tag,
                    .beat_data = &inputs.rdata,
                    .beat_first = beat_first,
                    .beat_last = inputs.rlast,
                    .beat_error = read_error,
                    .take = dispatch.taken.take,
                    .queue = dispatch.taken.queue});

    const RegionTable regions = region_table();  // behind the clock edge of the registers
    read_port_.clock({.offer = read_offer,
                      .taken = read_taken,
                      .arready = inputs.arready,
                      .rvalid = inputs.rvalid,
                      .rerror = read_error,
                      .rlast = inputs.rlast},
                     regions);
    write_port_.clock({.offer = write_offer,
                       .taken = write_taken,
                       .awready = inputs.awready,
                       .beat_valid = write_beat_valid,
                       .wready = inputs.wready,
                       .bvalid = inputs.bvalid,
                       .berror = write_error},
                      regions);

    for (QueueMask rest = clocked; rest != 0; rest &= rest - 1) {
        const auto queue = static_cast<unsigned>(std::countr_zero(rest));
        queues_[queue].clock(queue_inputs_[queue]);
        update_masks(queue);
    }
}

}  // namespace cce::model
