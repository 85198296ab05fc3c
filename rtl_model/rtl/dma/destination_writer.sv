// SPDX-License-Identifier: Apache-2.0
//
// Writes the results of all requests in flight from the destination buffer to memory.
//
// The destination of a request is up to two phases, one behind the other in memory: text, tag (encryption). Each phase
// begins at a block of the buffer. The stream's requests are written in the order of their dispatch, with long bursts
// that begin as soon as a few blocks are there; lanes take turns with short bursts that begin when all of their data are
// there. Between stream and lanes the bus is shared evenly, byte for byte.
// Of an aborted request nothing more is written: beats still owed to the bus have no strobes. If it was the decryption
// of an authenticated mode, its whole text is then overwritten with zeros before the slot is released.
// Throughput: a burst every 3 cycles, a beat a cycle without a gap between bursts. Latency: 2 cycles from a block in
// the buffer to its beat, if the burst's address is out.
// A burst that the write port has taken is checked in the cycle after: beats follow if it is granted, and a refusal comes
// a cycle later still.

`default_nettype none

module destination_writer #(
    parameter int unsigned DataWidth = 128,
    parameter int unsigned SlotCount = 32,
    parameter int unsigned StreamBlocks = 1024,
    parameter int unsigned LaneBlocks = 32,
    parameter int unsigned StreamBurstBytes = 4096,
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned Lanes = DataWidth / 8,
    localparam int unsigned LaneWidth = $clog2(Lanes),
    localparam int unsigned StreamBlockWidth = $clog2(StreamBlocks),
    localparam int unsigned PositionWidth = StreamBlockWidth + 4,   // byte in the ring
    localparam int unsigned PlaceWidth = PositionWidth + 1,         // byte, counted modulo two rings
    localparam int unsigned LaneCountWidth = $clog2(LaneBlocks) + 1
) (
    input  wire logic                                  clk_i,
    input  wire logic                                  rst_ni,

    input  wire logic                                  start_i,
    input  wire logic [SlotWidth-1:0]                  start_slot_i,
    input  wire cce_pkg::cipher_request_t              start_request_i,
    input  wire logic [SlotCount-1:0]                  abort_i,
    input  wire logic [SlotCount-1:0]                  discard_i,       // nothing more may be written, zeros neither
    input  wire logic [SlotCount-1:0]                  cipher_done_i,   // all that will come is in the buffer

    // Segment walker
    input  wire logic [SlotCount-1:0]                  segment_ready_i,
    input  wire logic [SlotCount-1:0]                  segment_busy_i,
    output logic [SlotCount-1:0]                       segment_stop_o,
    output logic                                       segment_restart_o,
    output logic [SlotWidth-1:0]                       segment_restart_slot_o,
    output logic [SlotWidth-1:0]                       segment_slot_o,
    input  wire logic [63:0]                           segment_address_i,
    input  wire logic [31:0]                           segment_left_i,
    input  wire logic [15:0]                           segment_region_i,
    input  wire logic                                  segment_unrestricted_i,
    input  wire logic [7:0]                            segment_queue_i,
    output logic                                       segment_take_o,
    output logic [12:0]                                segment_take_bytes_o,
    output logic                                       segment_take_more_o,
    input  wire logic                                  segment_error_i,
    input  wire logic [SlotWidth-1:0]                  segment_error_slot_i,

    // DMA write port
    output logic                                       request_valid_o,
    output cce_pkg::dma_request_t                      request_o,
    output logic [SlotWidth-1:0]                       request_tag_o,
    input  wire logic                                  request_ready_i,
    input  wire logic                                  granted_i,       // the request taken in the cycle before
    input  wire logic                                  denied_i,        // the one taken two cycles before
    input  wire logic [SlotWidth-1:0]                  denied_slot_i,
    output logic                                       beat_valid_o,
    input  wire logic                                  beat_ready_i,
    output logic [DataWidth-1:0]                       beat_data_o,
    output logic [Lanes-1:0]                           beat_strobe_o,
    input  wire logic                                  done_i,
    input  wire logic [SlotWidth-1:0]                  done_slot_i,
    input  wire logic                                  done_error_i,

    // Destination buffer
    output logic                                       read_o,
    output logic                                       read_stream_o,
    output logic [SlotWidth-1:0]                       read_slot_o,
    output logic [PositionWidth-1:0]                   read_position_o,
    output logic [LaneWidth-1:0]                       read_lane_o,
    input  wire logic [DataWidth-1:0]                  read_data_i,

    // What is in the buffer. Stream blocks are counted from reset, modulo 2 * StreamBlocks.
    input  wire logic [StreamBlockWidth:0]             stream_produced_i,  // blocks in the buffer
    output logic [SlotWidth-1:0]                        end_slot_o,        // where an ended stream request ends,
    input  wire logic [StreamBlockWidth:0]              end_block_i,       // for two of them
    output logic [SlotWidth-1:0]                        tail_slot_o,
    input  wire logic [StreamBlockWidth:0]              tail_end_block_i,
    output logic [StreamBlockWidth:0]                  stream_freed_o,     // blocks whose room is free again
    input  wire logic                                  lane_write_i,       // a block of a lane enters the buffer
    input  wire logic [SlotWidth-1:0]                  lane_write_slot_i,
    output logic [SlotCount-1:0][LaneCountWidth-1:0]   lane_filled_o,      // blocks whose room is not free

    output logic                                       request_error_o,    // status destination_access
    output logic [SlotWidth-1:0]                       request_error_slot_o,
    output logic                                       response_error_o,   // status destination_access
    output logic [SlotWidth-1:0]                       response_error_slot_o,
    output logic                                       release_o,          // done with the slot
    output logic [SlotWidth-1:0]                       release_slot_o
);

  localparam int unsigned BalanceWidth = 15;
  localparam int unsigned BurstCountWidth = 7;
  localparam int unsigned LengthsWidth = 1 + 1 + 32 + 7;
  localparam int unsigned ProgressWidth = 1 + 32 + PlaceWidth;
  // Blocks of the stream that must be there before its burst begins: a power of two.
  localparam int unsigned StartBlocks = 4;
  localparam int unsigned StartWidth = $clog2(StartBlocks);
  localparam int unsigned LaneBytesWidth = $clog2(cce_pkg::LaneBurstBytes + 15 + 15 + 1);
  localparam int unsigned LaneReadyNeeded = cce_pkg::LaneBurstBytes / 16 + 1;
  localparam logic [LaneCountWidth-1:0] LaneReadyNone = LaneCountWidth'(2 * LaneBlocks - LaneReadyNeeded);
  localparam int unsigned BurstDepth = 16;  // a power of two
  localparam int unsigned BurstIndexWidth = $clog2(BurstDepth);
  localparam int unsigned BurstWidth = 3 + SlotWidth + PlaceWidth + 13 + LaneWidth;
  localparam int unsigned BeatBlockWidth = $clog2(Lanes / 16 + 2);
  localparam int unsigned BeatEndWidth = LaneWidth + 2;
  localparam int unsigned BeatDepth = 4;

  typedef enum logic [1:0] {
    StateSelect,
    StateCompute,
    StateRequest
  } state_e;

  // Set at dispatch.
  logic [LengthsWidth-1:0] lengths_memory [SlotCount];
  // Written at each burst: phase, bytes left of it, place in the buffer.
  logic [ProgressWidth-1:0] progress_memory [SlotCount];
  logic [SlotCount-1:0] fresh_q;      // nothing in progress_memory yet
  logic [SlotCount-1:0] active_q;     // bursts are still to be made
  logic [SlotCount-1:0] lane_q;       // of these, those that take turns: a lane's request, or wiping
  logic [SlotCount-1:0] empty_q;      // nothing to write
  logic [SlotCount-1:0] wipe_q;       // a failure must be followed by overwriting the text
  logic [SlotCount-1:0] wiping_q;
  logic [SlotCount-1:0] wiped_q;
  logic [SlotCount-1:0] wipe_failed_q;
  logic [SlotCount-1:0] finishing_q;  // waits for responses
  // Counters of which it matters whether they have come to a limit are kept less the limit: their sign tells it.
  logic [SlotCount-1:0][BurstCountWidth-1:0] bursts_q;      // bursts without a response, less one
  logic [SlotCount-1:0] settled;                            // there are none
  logic [SlotCount-1:0][LaneCountWidth-1:0] lane_filled_q;  // blocks in the buffer
  logic [SlotCount-1:0][LaneCountWidth-1:0] lane_ready_q;   // of these not given to a burst, less LaneReadyNeeded
  logic [PlaceWidth-1:0] stream_place_q;                    // where the stream's next burst begins
  logic [StreamBlockWidth:0] stream_freed_q;

  // ------------------------------------------------------------------------------------------------- choice of a slot

  state_e state_q;
  logic [SlotWidth-1:0] slot_q;
  logic [SlotCount-1:0] slot_bits_q;          // the same, a bit for each slot
  logic stream_turn_q;
  logic yield_q;                              // the stream waited in vain: a lane first
  logic signed [BalanceWidth-1:0] balance_q;  // bytes that the stream is ahead of the lanes
  logic order_valid, order_pop;
  logic [SlotWidth-1:0] order_slot;
  logic [SlotWidth:0] order_count;
  logic stream_candidate, stream_waiting, stream_far, lane_candidate, choose_stream;
  logic [SlotCount-1:0] lane_requests;
  logic [SlotWidth-1:0] lane_choice;
  logic [SlotCount-1:0] lane_chosen;
  logic [StreamBlockWidth:0] lacking;        // negative: fewer are there than needed
  logic [StreamBlockWidth:0] stream_ready;   // blocks in the buffer, not given to a burst; or negative: given in advance
  logic feeder_idle;
  logic tail_q;                       // the stream's last burst may end beyond what its request will give
  logic [SlotWidth-1:0] tail_slot_q;  // that request
  logic tail_end;

  stream_fifo #(
      .Width(SlotWidth),
      .Depth(SlotCount)
  ) u_order (
      .clk_i,
      .rst_ni,
      .clear_i(1'b0),
      .push_i(start_i && start_request_i.stream),
      .data_i(start_slot_i),
      .undo_i(1'b0),
      .pop_i(order_pop),
      .valid_o(order_valid),
      .data_o(order_slot),
      .count_o(order_count)
  );

  assign stream_ready = stream_produced_i - stream_place_q[PlaceWidth-1:4];
  // Bursts are announced up to a quarter of the buffer ahead of their data, and the one that ends there: no more, for
  // places are counted modulo two buffers.
  assign stream_far = stream_ready[StreamBlockWidth] &&
                      stream_ready < (StreamBlockWidth + 1)'(2 * StreamBlocks - StreamBlocks / 4);
  always_comb begin
    stream_candidate = 1'b0;
    stream_waiting = 1'b0;
    if (order_valid && !tail_q) begin
      if (empty_q[order_slot]) stream_candidate = 1'b1;
      else if (abort_i[order_slot]) stream_candidate = cipher_done_i[order_slot] && feeder_idle;
      else begin
        stream_candidate = segment_ready_i[order_slot] && stream_ready != '0 && !stream_far;
        stream_waiting = segment_ready_i[order_slot];
      end
    end
  end
  always_comb begin
    for (int unsigned s = 0; s < SlotCount; s++) begin
      settled[s] = bursts_q[s][BurstCountWidth-1];
      lane_requests[s] = 1'b0;
      if (lane_q[s]) begin
        if (wiping_q[s]) lane_requests[s] = segment_ready_i[s] || wipe_failed_q[s] || discard_i[s];
        else if (empty_q[s]) lane_requests[s] = 1'b1;
        else if (abort_i[s]) lane_requests[s] = cipher_done_i[s] && settled[s];
        else lane_requests[s] = segment_ready_i[s] && (!lane_ready_q[s][LaneCountWidth-1] || cipher_done_i[s]);
      end
    end
  end
  round_robin_choice #(
      .Count(SlotCount)
  ) u_lanes (
      .clk_i,
      .rst_ni,
      .request_i(lane_requests),
      .take_i(state_q == StateSelect && lane_candidate && !choose_stream),
      .valid_o(lane_candidate),
      .chosen_o(lane_chosen),
      .index_o(lane_choice)
  );
  // With nothing else to do the stream's next burst is prepared before its data are there.
  assign choose_stream = lane_candidate ? stream_candidate && balance_q <= 0 && !yield_q :
                                          stream_candidate || stream_waiting;

  // ---------------------------------------------------------------------------------------------------- the next burst

  logic has_text, lane_now, fresh;
  logic [31:0] text_length;
  logic [6:0] tag_length;
  logic progress_tag, in_tag;
  logic [31:0] phase_left, progress_left;
  logic [PlaceWidth-1:0] place, progress_place, after, after_place;
  logic [12:0] before_boundary, bytes;
  logic phase_fits, phase_ends, segment_ends, request_ends, last_phase;
  // Where a lane's burst begins in its block, and the end of it; rounded up to a whole block if its phase ends.
  logic [4:0] lane_begin;
  logic [LaneBytesWidth-1:0] lane_end;
  logic [LaneCountWidth-1:0] lane_blocks;
  logic [StartWidth-1:0] needed;
  logic [SlotCount-1:0] over, given_up;
  logic ending, ends_early, granted, waiting, ends, give_up, refused, wiping;
  logic in_tag_q, last_phase_q, phase_ends_q, segment_ends_q;
  logic [31:0] phase_left_q, left_behind;
  logic [PlaceWidth-1:0] place_q;
  logic [12:0] to_boundary_q, segment_left_q;
  logic [StartWidth-1:0] phase_needed_q, segment_needed_q, boundary_needed_q;
  logic [63:0] address_q;
  logic [15:0] region_q;
  logic unrestricted_q, zero_q;
  logic [7:0] queue_q;
  logic bursts_full;
  logic asked_q, unanswered_q;   // a burst was taken in the cycle before, or in the one before that

  assign segment_slot_o = slot_q;
  assign end_slot_o = slot_q;
  assign tail_slot_o = tail_slot_q;
  assign fresh = (fresh_q & slot_bits_q) != '0;
  assign wiping = (wiping_q & slot_bits_q) != '0;
  assign {lane_now, has_text, text_length, tag_length} = lengths_memory[slot_q];
  assign {progress_tag, progress_left, progress_place} = progress_memory[slot_q];
  always_comb begin
    in_tag = fresh ? !has_text : progress_tag;
    if (!fresh) phase_left = progress_left;
    else if (has_text) phase_left = text_length;
    else phase_left = 32'(tag_length);
    if (stream_turn_q) place = stream_place_q;
    else place = fresh ? '0 : progress_place;
  end
  // How many blocks a burst of the stream needs behind its first one to begin; `more` bytes behind the first are given, or
  // there are `many`. (`begins`: where it begins in its block.)
  function automatic logic [StartWidth-1:0] blocks_behind(input logic many, input logic [StartWidth+3:0] more,
                                                          input logic [3:0] begins);
    logic [StartWidth+4:0] last;
    last = {1'b0, more} + (StartWidth + 5)'(begins);
    blocks_behind = many || last[StartWidth+4] ? '1 : last[StartWidth+3:4];
  endfunction

  // Bytes in front of the last one before a boundary.
  assign before_boundary = {1'b0, ~segment_address_i[11:0]} &
                           (lane_now && !wiping ? 13'(cce_pkg::LaneBurstBytes - 1) : 13'(StreamBurstBytes - 1));
  // The least of three. All are compared at once, and one is taken of them in the cycle after: the request's.
  // (`less`, negated, is a carry; `less or equal` would look at the whole difference.)
  assign phase_fits = phase_left[31:13] == '0 && !(before_boundary < phase_left[12:0] - 13'd1);
  assign phase_ends = phase_fits && !(segment_left_i < phase_left);
  assign segment_ends = !(32'(before_boundary) < segment_left_i);
  // Zeros overwrite the text alone; the tag of a decryption is not in the destination.
  assign last_phase = in_tag || tag_length == '0 || wiping;
  always_comb begin
    bytes = to_boundary_q;
    needed = boundary_needed_q;
    if (segment_ends_q) begin
      bytes = segment_left_q;
      needed = segment_needed_q;
    end
    if (phase_ends_q) begin
      bytes = phase_left_q[12:0];
      needed = phase_needed_q;
    end
  end
  assign request_ends = phase_ends_q && last_phase_q;
  // What progress_memory gets if the burst is granted: the place behind it.
  assign left_behind = phase_ends_q ? 32'(tag_length) : phase_left_q - 32'(bytes);
  assign after = place_q + PlaceWidth'(bytes);
  assign after_place = {after[PlaceWidth-1:4] + (StreamBlockWidth + 1)'(phase_ends_q && after[3:0] != '0),
                        phase_ends_q ? 4'd0 : after[3:0]};
  assign lane_begin = phase_ends_q ? {1'b0, place_q[3:0]} + 5'd15 : {1'b0, place_q[3:0]};
  assign lane_end = LaneBytesWidth'(bytes) + LaneBytesWidth'(lane_begin);
  assign lane_blocks = zero_q ? '0 : LaneCountWidth'(lane_end[LaneBytesWidth-1:4]);

  assign refused = denied_i && denied_slot_i == slot_q;
  // What becomes of each slot if it is the one, so that it is looked up once.
  always_comb begin
    for (int unsigned s = 0; s < SlotCount; s++) begin
      // Nothing more of an aborted request will come, and nothing of it, or before it, is still to leave the buffer.
      over[s] = wiping_q[s] ? wipe_failed_q[s] || discard_i[s] :
                              empty_q[s] || (abort_i[s] && cipher_done_i[s] && (lane_q[s] ? settled[s] : feeder_idle));
      given_up[s] = abort_i[s] && !wiping_q[s];
    end
  end
  assign ending = state_q == StateCompute && ((over & slot_bits_q) != '0 || (refused && wiping));
  assign ends_early = ending && stream_turn_q && (empty_q & slot_bits_q) == '0;
  // The stream's burst waits for its first blocks, and gives way to a lane meanwhile.
  // Not stream_ready <= needed, which would be a carry chain behind another.
  assign lacking = stream_produced_i - stream_place_q[PlaceWidth-1:4] - (StreamBlockWidth + 1)'(needed) -
                   (StreamBlockWidth + 1)'(1);
  assign waiting = stream_turn_q && (stream_far || (!stream_ready[StreamBlockWidth] && lacking[StreamBlockWidth]));
  assign give_up = (given_up & slot_bits_q) != '0 || (refused && !wiping);
  assign request_valid_o = state_q == StateRequest && !waiting && !give_up && !bursts_full;
  assign granted = request_valid_o && request_ready_i;
  assign ends = ending || (granted && request_ends);
  assign order_pop = ends && stream_turn_q;
  // A burst may be made before its data are there. The next request's place in the buffer is known when the request in
  // front of it has given all of its own, which is less than announced if it is aborted.
  // Of an aborted one all beats must have left first: only then is it known what they have not freed. Its last burst may
  // be refused: that aborts it.
  assign tail_end = tail_q && cipher_done_i[tail_slot_q] && !asked_q && !unanswered_q &&
                    (!abort_i[tail_slot_q] || settled[tail_slot_q]);

  always_comb begin
    request_o = '0;
    request_o.unrestricted = unrestricted_q;
    request_o.queue_index = queue_q;
    request_o.region = region_q;
    request_o.address = address_q;
    request_o.bytes = bytes;
  end
  assign request_tag_o = slot_q;
  assign request_error_o = denied_i;
  assign request_error_slot_o = denied_slot_i;
  assign segment_take_o = granted;
  assign segment_take_bytes_o = bytes;
  assign segment_take_more_o = !request_ends;
  // Wiping that ends early stops the list at once: else it could be asked for again when the slot has been released.
  assign segment_stop_o = abort_i & ~(wiping_q & ~wipe_failed_q & ~discard_i);

  // ------------------------------------------------------------------------------------------------- the end of a slot

  logic [SlotCount-1:0] finish_requests, finish_chosen;
  logic finish_valid, finish_valid_q, wipe_now;   // chosen; in the cycle after it is known whether to wipe
  logic [SlotWidth-1:0] finish_slot, finish_slot_q;
  logic [31:0] start_text;
  logic [6:0] start_tag;

  always_comb begin
    for (int unsigned s = 0; s < SlotCount; s++) begin
      finish_requests[s] = finishing_q[s] && settled[s] && cipher_done_i[s] && !segment_busy_i[s];
    end
  end
  round_robin_choice #(
      .Count(SlotCount)
  ) u_finish (
      .clk_i,
      .rst_ni,
      .request_i(finish_requests),
      .take_i(finish_valid),
      .valid_o(finish_valid),
      .chosen_o(finish_chosen),
      .index_o(finish_slot)
  );
  always_ff @(posedge clk_i) begin
    finish_valid_q <= rst_ni && finish_valid;
    finish_slot_q <= finish_slot;
  end
  assign wipe_now = finish_valid_q && wipe_q[finish_slot_q] && abort_i[finish_slot_q] && !discard_i[finish_slot_q] &&
                    !wiped_q[finish_slot_q];
  assign segment_restart_o = wipe_now;
  assign segment_restart_slot_o = finish_slot_q;
  assign release_o = finish_valid_q && !wipe_now;
  assign release_slot_o = finish_slot_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateSelect;
      slot_q <= '0;
      slot_bits_q <= SlotCount'(1);
      stream_turn_q <= 1'b0;
      yield_q <= 1'b0;
      balance_q <= '0;
      fresh_q <= '0;
      active_q <= '0;
      lane_q <= '0;
      empty_q <= '0;
      wipe_q <= '0;
      wiping_q <= '0;
      wiped_q <= '0;
      wipe_failed_q <= '0;
      finishing_q <= '0;
      bursts_q <= '1;
      stream_place_q <= '0;
      tail_q <= 1'b0;
      tail_slot_q <= '0;
      asked_q <= 1'b0;
      unanswered_q <= 1'b0;
    end else begin
      asked_q <= granted;
      unanswered_q <= asked_q;
      unique case (state_q)
        StateSelect: begin
          if (choose_stream || lane_candidate) begin
            slot_q <= choose_stream ? order_slot : lane_choice;
            slot_bits_q <= choose_stream ? SlotCount'(1) << order_slot : lane_chosen;
            stream_turn_q <= choose_stream;
            yield_q <= 1'b0;
            state_q <= StateCompute;
          end
        end
        StateCompute: state_q <= ending || give_up ? StateSelect : StateRequest;
        StateRequest: begin
          if (give_up || (request_valid_o && request_ready_i) || (waiting && lane_candidate)) state_q <= StateSelect;
          if (waiting && lane_candidate) yield_q <= 1'b1;
        end
        default: state_q <= StateSelect;
      endcase
      if (granted) begin
        fresh_q <= fresh_q & ~slot_bits_q;
        if (stream_turn_q) begin
          stream_place_q <= after_place;
          if (balance_q < 15'sd4096) balance_q <= balance_q + BalanceWidth'(bytes);
        end else begin
          if (balance_q > -15'sd4096) balance_q <= balance_q - BalanceWidth'(bytes);
        end
      end
      if (ends) begin
        active_q <= active_q & ~slot_bits_q;
        lane_q <= lane_q & ~slot_bits_q;
        if (ends_early) stream_place_q <= {end_block_i, 4'd0};
      end
      if (granted && request_ends && stream_turn_q) begin
        tail_q <= 1'b1;
        tail_slot_q <= slot_q;
      end else if (tail_end) begin
        tail_q <= 1'b0;
        stream_place_q <= {tail_end_block_i, 4'd0};
      end
      if (segment_error_i && wiping_q[segment_error_slot_i]) wipe_failed_q[segment_error_slot_i] <= 1'b1;
      if (denied_i && wiping_q[denied_slot_i]) wipe_failed_q[denied_slot_i] <= 1'b1;
      finishing_q <= (finishing_q | (ends ? slot_bits_q : '0)) & ~finish_chosen;
      if (finish_valid_q) begin
        wiping_q[finish_slot_q] <= wipe_now;
        if (wipe_now) begin
          wiped_q[finish_slot_q] <= 1'b1;
          active_q[finish_slot_q] <= 1'b1;
          lane_q[finish_slot_q] <= 1'b1;
          fresh_q[finish_slot_q] <= 1'b1;
        end
      end
      for (int unsigned s = 0; s < SlotCount; s++) begin
        logic asked, answered, denied;
        asked = granted && slot_bits_q[s];
        answered = done_i && done_slot_i == SlotWidth'(s);
        denied = denied_i && denied_slot_i == SlotWidth'(s);
        // Never denied and granted in one cycle: the choice of a burst takes longer than the answer.
        if (denied || asked != answered) begin
          bursts_q[s] <= bursts_q[s] + {{BurstCountWidth-1{answered || denied}}, !(answered && denied)};
        end
      end
      if (start_i) begin
        fresh_q[start_slot_i] <= 1'b1;
        active_q[start_slot_i] <= 1'b1;
        lane_q[start_slot_i] <= !start_request_i.stream;
        empty_q[start_slot_i] <= start_text == '0 && start_tag == '0;
        wipe_q[start_slot_i] <= start_request_i.decrypt && start_text != '0 && start_request_i.authenticated;
        wiping_q[start_slot_i] <= 1'b0;
        wiped_q[start_slot_i] <= 1'b0;
        wipe_failed_q[start_slot_i] <= 1'b0;
      end
    end
  end

  assign start_text = start_request_i.output_length;
  assign start_tag = start_request_i.decrypt ? 7'd0 : start_request_i.tag_length;

  always_ff @(posedge clk_i) begin
    if (state_q == StateCompute) begin
      in_tag_q <= in_tag;
      last_phase_q <= last_phase;
      phase_ends_q <= phase_ends;
      segment_ends_q <= segment_ends;
      phase_left_q <= phase_left;
      segment_left_q <= segment_left_i[12:0];
      to_boundary_q <= before_boundary + 13'd1;
      phase_needed_q <= blocks_behind(phase_left[31:StartWidth+4] != '0,
                                      phase_left[StartWidth+3:0] - (StartWidth + 4)'(1), stream_place_q[3:0]);
      segment_needed_q <= blocks_behind(segment_left_i[31:StartWidth+4] != '0,
                                        segment_left_i[StartWidth+3:0] - (StartWidth + 4)'(1), stream_place_q[3:0]);
      boundary_needed_q <= blocks_behind(before_boundary[12:StartWidth+4] != '0,
                                         before_boundary[StartWidth+3:0], stream_place_q[3:0]);
      place_q <= place;
      zero_q <= wiping;
      address_q <= segment_address_i;
      region_q <= segment_region_i;
      unrestricted_q <= segment_unrestricted_i;
      queue_q <= segment_queue_i;
    end
    if (granted) begin
      progress_memory[slot_q] <= {in_tag_q || phase_ends_q, left_behind, after_place};
    end
    if (start_i) lengths_memory[start_slot_i] <= {!start_request_i.stream, start_text != '0, start_text, start_tag};
  end

  // -------------------------------------------------------------------------------------- beats from buffer to bus

  // The burst whose beats leave is in registers, with all that its next beat needs. Those behind it are in a ring with
  // room for one more: a burst is written there while it is asked for, and counts when it has been granted.
  (* ram_style = "distributed" *)
  logic [BurstWidth-1:0] bursts_memory [BurstDepth];
  logic [BurstIndexWidth-1:0] bursts_head_q, bursts_tail_q;
  logic head_valid, push, load, begins;
  logic head_stream, head_zero, head_phase_ends;
  logic [SlotWidth-1:0] head_slot;
  logic [PlaceWidth-1:0] head_place;
  logic [12:0] head_bytes;
  logic [LaneWidth-1:0] head_lane;
  logic burst_valid_q;
  logic burst_stream_q, burst_zero_q, burst_phase_ends_q, phase_ends_now;
  logic [SlotWidth-1:0] burst_slot_q;
  logic [SlotCount-1:0] burst_bits_q;         // the same, a bit for each slot
  // The beat that is next, and the one behind it.
  logic [PlaceWidth-1:0] beat_place, beat_place_q;
  logic [12:0] beat_left, beat_left_q;
  logic [LaneWidth-1:0] beat_lane, beat_lane_q;
  logic [LaneWidth:0] beat_room, beat_count, beat_count_q;
  logic beat_last, beat_last_q;
  logic [BeatBlockWidth-1:0] beat_reach, beat_reach_q;   // blocks from its first to its last byte's
  logic [BeatBlockWidth-1:0] beat_frees, beat_frees_q;   // blocks of which it takes the last bytes
  logic [BeatEndWidth-1:0] last_end, full_end;           // from the beginning of its first block
  logic silent, beat_there, feed;
  logic [StreamBlockWidth:0] freed_block;
  logic [StreamBlockWidth:0] there;
  logic given;
  logic fetched_q;
  logic [Lanes-1:0] strobe, strobe_q;
  logic zero_data_q;
  logic [$clog2(BeatDepth+1)-1:0] beats_waiting;
  logic [DataWidth-1:0] fetched_data;

  assign push = granted_i;
  assign head_valid = bursts_head_q != bursts_tail_q || push;
  assign {head_stream, head_zero, head_phase_ends, head_slot, head_place, head_bytes, head_lane} =
      bursts_memory[bursts_head_q];
  assign bursts_full = bursts_head_q == bursts_tail_q + BurstIndexWidth'(1);
  assign feeder_idle = !burst_valid_q && !asked_q;

  assign begins = !burst_valid_q || beat_last_q;
  assign load = !burst_valid_q || feed;
  assign beat_place = begins ? head_place : beat_place_q + PlaceWidth'(beat_count_q);
  assign beat_left = begins ? head_bytes : beat_left_q - 13'(beat_count_q);
  assign beat_lane = begins ? head_lane : '0;
  assign phase_ends_now = begins ? head_phase_ends : burst_phase_ends_q;
  assign beat_room = (LaneWidth + 1)'(Lanes) - {1'b0, beat_lane};
  assign beat_last = !(13'(beat_room) < beat_left);
  assign beat_count = beat_last ? beat_left[LaneWidth:0] : beat_room;
  // As if it were the last beat, and as if not.
  assign last_end = BeatEndWidth'(beat_place[3:0]) + BeatEndWidth'(beat_left[LaneWidth:0]);
  assign full_end = BeatEndWidth'(beat_place[3:0]) + BeatEndWidth'(beat_room);
  assign beat_reach = BeatBlockWidth'((beat_last ? last_end - BeatEndWidth'(1) : full_end - BeatEndWidth'(1)) >> 4);
  assign beat_frees = BeatBlockWidth'((beat_last ? last_end + (phase_ends_now ? BeatEndWidth'(15) : '0) : full_end) >> 4);
  assign freed_block = beat_place_q[PlaceWidth-1:4] + (StreamBlockWidth + 1)'(beat_frees_q);
  // Beats of an aborted request may stand for blocks that never came, unless it had given all before it was aborted.
  assign given = (finishing_q & burst_bits_q) != '0 && !(tail_q && tail_slot_q == burst_slot_q);
  assign silent = (abort_i & burst_bits_q) != '0 && !burst_zero_q;
  // Blocks in the buffer behind the last one of this beat; a negative number if it is not there.
  assign there = stream_produced_i - (beat_place_q[PlaceWidth-1:4] + (StreamBlockWidth + 1)'(beat_reach_q)) -
                 (StreamBlockWidth + 1)'(1);
  assign beat_there = burst_zero_q || silent || !burst_stream_q || !there[StreamBlockWidth];
  assign feed = burst_valid_q && beat_there &&
                beats_waiting + ($clog2(BeatDepth + 1))'(fetched_q) < ($clog2(BeatDepth + 1))'(BeatDepth);
  always_comb begin
    for (int unsigned i = 0; i < Lanes; i++) begin
      strobe[i] = !silent && LaneWidth'(i) >= beat_lane_q && (LaneWidth + 1)'(i) < {1'b0, beat_lane_q} + beat_count_q;
    end
  end

  assign read_o = feed;
  assign read_stream_o = burst_stream_q;
  assign read_slot_o = burst_slot_q;
  assign read_position_o = beat_place_q[PositionWidth-1:0];
  assign read_lane_o = beat_lane_q;

  // Steps of the lanes' counters: where both ends of one meet in a slot, the second takes the first's along. One sum a
  // counter.
  logic lane_freed, lane_granted, lane_ends, filled_meets, ready_meets;
  logic [LaneCountWidth-1:0] filled_step, ready_step;
  assign lane_freed = feed && !burst_stream_q && !burst_zero_q;
  assign lane_granted = granted && !stream_turn_q;
  assign lane_ends = ending && !stream_turn_q && !wiping;
  assign filled_meets = lane_write_i && burst_slot_q == lane_write_slot_i;
  assign filled_step = LaneCountWidth'(filled_meets) - LaneCountWidth'(beat_frees_q);
  assign ready_meets = lane_write_i && slot_q == lane_write_slot_i;
  assign ready_step = LaneCountWidth'(ready_meets) - lane_blocks;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      burst_valid_q <= 1'b0;
      bursts_head_q <= '0;
      bursts_tail_q <= '0;
      fetched_q <= 1'b0;
      stream_freed_q <= '0;
      lane_filled_q <= '0;
      lane_ready_q <= {SlotCount{LaneReadyNone}};
    end else begin
      fetched_q <= feed;
      if (push) bursts_tail_q <= bursts_tail_q + BurstIndexWidth'(1);
      if (load && begins) begin
        burst_valid_q <= head_valid;
        if (head_valid) bursts_head_q <= bursts_head_q + BurstIndexWidth'(1);
      end
      if (ends_early) begin
        stream_freed_q <= end_block_i;  // what an aborted request left in the buffer
      end else if (tail_end && abort_i[tail_slot_q]) begin
        stream_freed_q <= tail_end_block_i;
      end else if (feed && burst_stream_q && !burst_zero_q && (!silent || given)) begin
        stream_freed_q <= freed_block;
      end
      for (int unsigned s = 0; s < SlotCount; s++) begin
        logic comes, leaves, given_away;
        comes = lane_write_i && lane_write_slot_i == SlotWidth'(s);
        leaves = lane_freed && burst_bits_q[s];
        given_away = lane_granted && slot_bits_q[s];
        // Blocks of a last burst that was refused are still counted when their request is over.
        if ((lane_ends && slot_bits_q[s]) || (start_i && start_slot_i == SlotWidth'(s))) begin
          lane_filled_q[s] <= '0;
          lane_ready_q[s] <= LaneReadyNone;
        end else begin
          if (comes || leaves) lane_filled_q[s] <= lane_filled_q[s] + (leaves ? filled_step : LaneCountWidth'(1));
          if (comes || given_away) lane_ready_q[s] <= lane_ready_q[s] + (given_away ? ready_step : LaneCountWidth'(1));
        end
      end
    end
    if (state_q == StateRequest) begin
      bursts_memory[bursts_tail_q] <= {stream_turn_q, zero_q, phase_ends_q, slot_q, place_q, bytes,
                                       address_q[LaneWidth-1:0]};
    end
    if (load) begin
      if (begins) begin
        burst_stream_q <= head_stream;
        burst_zero_q <= head_zero;
        burst_phase_ends_q <= head_phase_ends;
        burst_slot_q <= head_slot;
        burst_bits_q <= SlotCount'(1) << head_slot;
      end
      beat_place_q <= beat_place;
      beat_left_q <= beat_left;
      beat_lane_q <= beat_lane;
      beat_count_q <= beat_count;
      beat_last_q <= beat_last;
      beat_reach_q <= beat_reach;
      beat_frees_q <= beat_frees;
    end
    if (feed) begin
      strobe_q <= strobe;
      zero_data_q <= burst_zero_q || silent;
    end
  end

  assign fetched_data = zero_data_q ? '0 : read_data_i;
  stream_fifo #(
      .Width(DataWidth + Lanes),
      .Depth(BeatDepth)
  ) u_beats (
      .clk_i,
      .rst_ni,
      .clear_i(1'b0),
      .push_i(fetched_q),
      .data_i({fetched_data, strobe_q}),
      .undo_i(1'b0),
      .pop_i(beat_valid_o && beat_ready_i),
      .valid_o(beat_valid_o),
      .data_o({beat_data_o, beat_strobe_o}),
      .count_o(beats_waiting)
  );

  assign response_error_o = done_i && done_error_i;
  assign response_error_slot_o = done_slot_i;
  assign stream_freed_o = stream_freed_q;
  assign lane_filled_o = lane_filled_q;

  logic unused_bits;
  assign unused_bits = ^{lane_end, order_count, start_request_i, segment_address_i, finish_requests};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (slot_bits_q == SlotCount'(1) << slot_q);
      if (burst_valid_q) assert (burst_bits_q == SlotCount'(1) << burst_slot_q);
      if (start_i) assert (!active_q[start_slot_i] && !finishing_q[start_slot_i] && settled[start_slot_i]);
      if (done_i) assert (!settled[done_slot_i]);
      if (granted) assert (settled[slot_q] || bursts_q[slot_q][BurstCountWidth-2:0] != '1);
      if (granted_i) assert (asked_q && !(bursts_full && burst_valid_q));
      if (!burst_valid_q) assert (bursts_head_q == bursts_tail_q);
      if (denied_i) assert (unanswered_q && !granted && !settled[denied_slot_i]);
      if (granted && stream_turn_q) assert (!tail_q);
      if (tail_end && !abort_i[tail_slot_q]) assert (stream_place_q == {tail_end_block_i, 4'd0});
      if (lane_write_i) assert (lane_filled_q[lane_write_slot_i] < LaneCountWidth'(LaneBlocks));
    end
  end

endmodule

`default_nettype wire
