// SPDX-License-Identifier: Apache-2.0
//
// Fetches the source text of all requests in flight into the source buffer.
//
// The source of a request is up to four phases, one behind the other in memory: IV (GCM with iv_in_source), AAD, text,
// tag (decryption). Each phase begins at a block of the buffer, so its last block may be short; bytes behind it are
// garbage. In CCM the AAD begins `prefix` bytes later, behind its own length (SP 800-38C, A.2.2).
// A burst is asked for only when the buffer has room for all of it. The stream's requests are read one after the other
// in the order of their dispatch, with long bursts; lanes take turns with short ones; between stream and lanes the bus
// is shared evenly, byte for byte.
// An aborted request ends where it is: `ended_o` tells that no more of it will be asked for, `pending_o` that some of it
// is still under way, and `issue_end_block_o`, `retire_end_block_o` where in the stream's ring it ends.
// Throughput: a burst every 3 cycles. Latency: 2 cycles from dispatch to request; 2 from the bus to the buffer.

`default_nettype none

module source_reader #(
    parameter int unsigned DataWidth = 128,
    parameter int unsigned SlotCount = 32,
    parameter int unsigned StreamBlocks = 1024,
    parameter int unsigned LaneBlocks = 32,
    parameter int unsigned StreamBurstBytes = 4096,  // longest burst of the stream: a power of two
    localparam int unsigned SlotWidth = $clog2(SlotCount),
    localparam int unsigned Lanes = DataWidth / 8,
    localparam int unsigned LaneWidth = $clog2(Lanes),
    localparam int unsigned StreamBlockWidth = $clog2(StreamBlocks),
    localparam int unsigned PositionWidth = StreamBlockWidth + 4,       // byte in the ring
    localparam int unsigned PlaceWidth = PositionWidth + 1,             // byte, counted modulo two rings
    localparam int unsigned LaneCountWidth = $clog2(LaneBlocks) + 1,
    localparam int unsigned TagWidth = cce_pkg::ReadTagWidth
) (
    input  wire logic                                  clk_i,
    input  wire logic                                  rst_ni,

    input  wire logic                                  start_i,
    input  wire logic [SlotWidth-1:0]                  start_slot_i,
    input  wire cce_pkg::cipher_request_t              start_request_i,
    input  wire logic [2:0]                            start_prefix_i,
    input  wire logic [SlotCount-1:0]                  abort_i,

    // Segment walker
    input  wire logic [SlotCount-1:0]                  segment_ready_i,
    output logic [SlotWidth-1:0]                       segment_slot_o,
    input  wire logic [63:0]                           segment_address_i,
    input  wire logic [31:0]                           segment_left_i,
    input  wire logic [15:0]                           segment_region_i,
    input  wire logic                                  segment_unrestricted_i,
    input  wire logic [7:0]                            segment_queue_i,
    output logic                                       segment_take_o,
    output logic [12:0]                                segment_take_bytes_o,
    output logic                                       segment_take_more_o,

    // DMA read port
    output logic                                       request_valid_o,
    output cce_pkg::dma_request_t                      request_o,
    output logic [TagWidth-1:0]                        request_tag_o,
    input  wire logic                                  request_ready_i,
    input  wire logic                                  denied_i,            // two cycles after it was taken
    input  wire logic [TagWidth-1:0]                   denied_tag_i,
    input  wire logic                                  beat_valid_i,
    input  wire logic [TagWidth-1:0]                   beat_tag_i,
    input  wire logic [DataWidth-1:0]                  beat_data_i,
    input  wire logic [LaneWidth-1:0]                  beat_lane_i,
    input  wire logic                                  beat_first_i,
    input  wire logic                                  beat_last_i,
    input  wire logic                                  beat_error_i,

    // Source buffer
    output logic                                       write_o,
    output logic                                       write_stream_o,
    output logic [SlotWidth-1:0]                       write_slot_o,
    output logic [PositionWidth-1:0]                   write_position_o,
    output logic [DataWidth-1:0]                       write_data_o,
    output logic [LaneWidth-1:0]                       write_lane_o,
    output logic [LaneWidth:0]                         write_bytes_o,

    // What is there. Stream blocks are counted from reset, modulo 2 * StreamBlocks.
    output logic [SlotCount-1:0]                       active_o,            // more of the request may be asked for
    output logic [SlotCount-1:0]                       ended_o,
    input  wire logic [SlotWidth-1:0]                  issue_slot_i,        // stream_issue's and stream_retire's
    output logic [StreamBlockWidth:0]                  issue_end_block_o,   // request: where it ended
    input  wire logic [SlotWidth-1:0]                  retire_slot_i,
    output logic [StreamBlockWidth:0]                  retire_end_block_o,
    output logic [StreamBlockWidth:0]                  stream_requested_o,  // blocks asked for
    output logic [StreamBlockWidth:0]                  stream_arrived_o,    // blocks in the buffer
    input  wire logic [StreamBlockWidth:0]             stream_consumed_i,   // blocks whose room is free again
    output logic [SlotCount-1:0][LaneCountWidth-1:0]   lane_available_o,    // blocks in the buffer, not taken
    output logic [SlotCount-1:0]                       pending_o,           // bursts of the slot are under way
    input  wire logic                                  stream_skip_i,       // the stream's blocks up to this one are
    input  wire logic [StreamBlockWidth:0]             stream_skip_block_i, // given up: none of them will be completed
    input  wire logic                                  lane_take_i,         // a block of the lane is taken
    input  wire logic [SlotWidth-1:0]                  lane_take_slot_i,
    input  wire logic                                  lane_clear_i,        // forgets the lane's blocks, none pending
    input  wire logic [SlotWidth-1:0]                  lane_clear_slot_i,

    output logic                                       request_error_o,     // status source_access
    output logic [SlotWidth-1:0]                       request_error_slot_o,
    output logic                                       beat_error_o,        // status source_access
    output logic [SlotWidth-1:0]                       beat_error_slot_o
);

  localparam int unsigned BalanceWidth = 15;
  localparam int unsigned LengthsWidth = 4 + 1 + 3 + 32 + 32 + 32 + 7;
  localparam int unsigned ProgressWidth = 2 + 32 + PlaceWidth;
  localparam int unsigned LaneBytesWidth = $clog2(cce_pkg::LaneBurstBytes + 15 + 15 + 1);
  localparam int unsigned BurstCountWidth = 7;  // bursts of a slot under way: as many as the read port can hold
  localparam int unsigned StreamRoomNeeded = StreamBurstBytes / 16 + 1;
  // A block that was begun is counted already; the first burst, which may begin one (prefix), finds its ring empty.
  localparam int unsigned LaneRoomNeeded = cce_pkg::LaneBurstBytes / 16;
  localparam logic [LaneCountWidth-1:0] LaneUsedNone = LaneCountWidth'(LaneBlocks + LaneRoomNeeded - 1);
  localparam logic [1:0] PhaseIv = 2'd0;
  localparam logic [1:0] PhaseAad = 2'd1;
  localparam logic [1:0] PhaseText = 2'd2;
  localparam logic [1:0] PhaseTag = 2'd3;

  typedef enum logic [1:0] {
    StateSelect,
    StateCompute,
    StateRequest
  } state_e;

  // Set at dispatch: what the request's phases are.
  logic [LengthsWidth-1:0] lengths_memory [SlotCount];
  // Written at each burst: where the request stands.
  logic [ProgressWidth-1:0] progress_memory [SlotCount];
  logic [SlotCount-1:0] fresh_q;    // nothing in progress_memory yet
  logic [SlotCount-1:0] active_q;   // not ended
  logic [SlotCount-1:0] lane_q;     // a lane's request
  logic [SlotCount-1:0] empty_q;    // nothing to fetch
  logic [SlotCount-1:0] ended_q;
  (* ram_style = "distributed" *)
  logic [StreamBlockWidth:0] end_block_memory [SlotCount];  // of slots that have ended
  // Counters of which it matters whether they have come to a limit are kept less the limit: their sign tells it.
  logic [SlotCount-1:0][LaneCountWidth-1:0] lane_used_q;       // blocks asked for, not taken, less those that are too many
  logic [SlotCount-1:0][LaneCountWidth-1:0] lane_available_q;
  logic [SlotCount-1:0][BurstCountWidth-1:0] bursts_q;         // bursts under way, less one
  logic [StreamBlockWidth:0] stream_requested_q, stream_arrived_q;

  // ------------------------------------------------------------------------------------------------- choice of a slot

  state_e state_q;
  logic [SlotWidth-1:0] slot_q;
  logic stream_turn_q;
  logic signed [BalanceWidth-1:0] balance_q;  // bytes that the stream is ahead of the lanes
  logic order_valid, order_pop;
  logic [SlotWidth-1:0] order_slot;
  logic [SlotWidth:0] order_count;
  logic stream_candidate, lane_candidate, choose_stream;
  logic [SlotCount-1:0] lane_requests;
  logic [SlotWidth-1:0] lane_choice;
  logic [StreamBlockWidth:0] stream_used;

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

  assign stream_used = stream_requested_q - stream_consumed_i;
  assign stream_candidate = order_valid && (empty_q[order_slot] || abort_i[order_slot] ||
                            (segment_ready_i[order_slot] &&
                             stream_used <= (StreamBlockWidth + 1)'(StreamBlocks - StreamRoomNeeded)));
  always_comb begin
    for (int unsigned s = 0; s < SlotCount; s++) begin
      lane_requests[s] = active_q[s] && lane_q[s] &&
                         (empty_q[s] || abort_i[s] ||
                          (segment_ready_i[s] && lane_used_q[s][LaneCountWidth-1]));
    end
  end
  round_robin_arbiter #(
      .Count(SlotCount)
  ) u_lanes (
      .clk_i,
      .rst_ni,
      .request_i(lane_requests),
      .take_i(state_q == StateSelect && lane_candidate && !choose_stream),
      .valid_o(lane_candidate),
      .index_o(lane_choice)
  );
  assign choose_stream = stream_candidate && (!lane_candidate || balance_q <= 0);

  // ---------------------------------------------------------------------------------------------------- the next burst

  logic [SlotWidth-1:0] denied_slot;
  logic has_iv, has_aad, has_text, has_tag, lane_now, first_of_phase, last_phase;
  logic [2:0] prefix;
  logic [31:0] iv_length, aad_length, text_length;
  logic [6:0] tag_length;
  logic [1:0] phase, progress_phase, first_phase, next_phase;
  logic [31:0] phase_left, progress_left, first_left, next_left;
  logic [PlaceWidth-1:0] position, progress_position, after;
  logic [12:0] before_boundary, bytes;
  logic phase_fits, phase_ends, segment_ends, source_ends;
  logic [StreamBlockWidth:0] after_blocks;   // whole and begun blocks up to the end of the burst
  // Of a lane's burst: where it begins in its block, and its end, rounded up; behind the begun block that is counted.
  logic [4:0] lane_begin;
  logic [LaneBytesWidth-1:0] lane_end;
  logic [LaneCountWidth-1:0] lane_blocks;    // blocks that the burst begins
  logic [1:0] phase_q;
  logic [31:0] phase_left_q;
  logic [PlaceWidth-1:0] position_q;
  logic [12:0] to_boundary_q, segment_left_q;
  logic phase_ends_q, segment_ends_q, last_phase_q, first_of_phase_q;
  logic [63:0] address_q;
  logic [15:0] region_q;
  logic unrestricted_q;
  logic [7:0] queue_q;
  logic ending, granted, ends;

  assign segment_slot_o = slot_q;
  assign {has_iv, has_aad, has_text, has_tag, lane_now, prefix, iv_length, aad_length, text_length, tag_length} =
      lengths_memory[slot_q];
  assign {progress_phase, progress_left, progress_position} = progress_memory[slot_q];

  always_comb begin
    // The first phase of the request, and the one behind the present one.
    first_phase = PhaseTag;
    first_left = 32'(tag_length);
    if (has_iv) begin
      first_phase = PhaseIv;
      first_left = iv_length;
    end else if (has_aad) begin
      first_phase = PhaseAad;
      first_left = aad_length;
    end else if (has_text) begin
      first_phase = PhaseText;
      first_left = text_length;
    end
    phase = fresh_q[slot_q] ? first_phase : progress_phase;
    phase_left = fresh_q[slot_q] ? first_left : progress_left;
    last_phase = phase == PhaseTag || (!has_tag && (phase == PhaseText || (!has_text && (phase == PhaseAad || !has_aad))));
    next_phase = PhaseTag;
    next_left = 32'(tag_length);
    if (phase_q == PhaseIv && has_aad) begin
      next_phase = PhaseAad;
      next_left = aad_length;
    end else if (phase_q <= PhaseAad && has_text) begin
      next_phase = PhaseText;
      next_left = text_length;
    end
    // A stream's request goes on where the one before ended.
    if (!fresh_q[slot_q]) position = progress_position;
    else if (lane_now) position = phase == PhaseAad ? PlaceWidth'(prefix) : '0;
    else position = {stream_requested_q, 4'd0};
  end
  // Bytes in front of the last one before a boundary.
  assign before_boundary = {1'b0, ~segment_address_i[11:0]} &
                           (lane_now ? 13'(cce_pkg::LaneBurstBytes - 1) : 13'(StreamBurstBytes - 1));
  // The least of three. All are compared at once, and one is taken of them in the cycle after: the request's.
  // (`less`, negated, is a carry; `less or equal` would look at the whole difference.)
  assign phase_fits = phase_left[31:13] == '0 && !(before_boundary < phase_left[12:0] - 13'd1);
  assign phase_ends = phase_fits && !(segment_left_i < phase_left);
  assign segment_ends = !(32'(before_boundary) < segment_left_i);
  // Blocks already counted: at the beginning of a phase none of it, else also the begun one.
  assign first_of_phase = position[3:0] == '0 || fresh_q[slot_q];
  always_comb begin
    bytes = to_boundary_q;
    if (segment_ends_q) bytes = segment_left_q;
    if (phase_ends_q) bytes = phase_left_q[12:0];
  end
  assign source_ends = phase_ends_q && last_phase_q;
  assign after = position_q + PlaceWidth'(bytes);
  assign after_blocks = after[PlaceWidth-1:4] + (StreamBlockWidth + 1)'(after[3:0] != '0);
  assign lane_begin = first_of_phase_q ? {1'b0, position_q[3:0]} + 5'd15 : {1'b0, position_q[3:0]} - 5'd1;
  assign lane_end = LaneBytesWidth'(bytes) + LaneBytesWidth'(lane_begin);
  assign lane_blocks = LaneCountWidth'(lane_end[LaneBytesWidth-1:4]);

  assign ending = state_q == StateCompute &&
                  (empty_q[slot_q] || abort_i[slot_q] || (denied_i && denied_slot == slot_q));
  assign request_valid_o = state_q == StateRequest;
  assign granted = request_valid_o && request_ready_i;
  assign ends = ending || (granted && source_ends);
  assign order_pop = ends && stream_turn_q;

  always_comb begin
    request_o = '0;
    request_o.unrestricted = unrestricted_q;
    request_o.queue_index = queue_q;
    request_o.region = region_q;
    request_o.address = address_q;
    request_o.bytes = bytes;
  end
  assign request_tag_o = TagWidth'({stream_turn_q, slot_q, position_q, bytes, phase_ends_q});
  // A refused burst is one that never comes: its request is aborted, and ends as with bursts that have come.
  assign request_error_o = denied_i;
  assign request_error_slot_o = denied_slot;
  assign segment_take_o = granted;
  assign segment_take_bytes_o = bytes;
  assign segment_take_more_o = !source_ends;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateSelect;
      slot_q <= '0;
      stream_turn_q <= 1'b0;
      balance_q <= '0;
      fresh_q <= '0;
      active_q <= '0;
      lane_q <= '0;
      empty_q <= '0;
      ended_q <= '0;
      stream_requested_q <= '0;
    end else begin
      unique case (state_q)
        StateSelect: begin
          if (stream_candidate || lane_candidate) begin
            slot_q <= choose_stream ? order_slot : lane_choice;
            stream_turn_q <= choose_stream;
            state_q <= StateCompute;
          end
        end
        StateCompute: state_q <= ending ? StateSelect : StateRequest;
        StateRequest: if (request_ready_i) state_q <= StateSelect;
        default: state_q <= StateSelect;
      endcase
      if (granted) begin
        fresh_q[slot_q] <= 1'b0;
        if (stream_turn_q) begin
          stream_requested_q <= after_blocks;
          if (balance_q < 15'sd4096) balance_q <= balance_q + BalanceWidth'(bytes);
        end else begin
          if (balance_q > -15'sd4096) balance_q <= balance_q - BalanceWidth'(bytes);
        end
      end
      if (ends) begin
        active_q[slot_q] <= 1'b0;
        ended_q[slot_q] <= 1'b1;
      end
      if (start_i) begin
        fresh_q[start_slot_i] <= 1'b1;
        active_q[start_slot_i] <= 1'b1;
        lane_q[start_slot_i] <= !start_request_i.stream;
        empty_q[start_slot_i] <= start_request_i.iv_length == '0 && start_request_i.aad_length == '0 &&
                                 start_request_i.text_length == '0 &&
                                 (start_request_i.tag_length == '0 || !start_request_i.decrypt);
        ended_q[start_slot_i] <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StateCompute) begin
      phase_q <= phase;
      phase_left_q <= phase_left;
      position_q <= position;
      first_of_phase_q <= first_of_phase;
      last_phase_q <= last_phase;
      phase_ends_q <= phase_ends;
      segment_ends_q <= segment_ends;
      segment_left_q <= segment_left_i[12:0];
      to_boundary_q <= before_boundary + 13'd1;
      address_q <= segment_address_i;
      region_q <= segment_region_i;
      unrestricted_q <= segment_unrestricted_i;
      queue_q <= segment_queue_i;
    end
    if (granted) begin
      // The place behind the burst.
      progress_memory[slot_q] <= phase_ends_q ? {next_phase, next_left, after_blocks, 4'd0} :
                                                {phase_q, phase_left_q - 32'(bytes), after};
    end
    if (ends) end_block_memory[slot_q] <= granted ? after_blocks : stream_requested_q;
    if (start_i) begin
      lengths_memory[start_slot_i] <= {start_request_i.iv_length != '0, start_request_i.aad_length != '0,
                                       start_request_i.text_length != '0,
                                       start_request_i.decrypt && start_request_i.tag_length != '0,
                                       !start_request_i.stream, start_prefix_i, start_request_i.iv_length,
                                       start_request_i.aad_length, start_request_i.text_length,
                                       start_request_i.decrypt ? start_request_i.tag_length : 7'd0};
    end
  end

  // ------------------------------------------------------------------------------------------------- beats to the buffer

  logic tag_stream, tag_phase_ends;
  logic [SlotWidth-1:0] tag_slot;
  logic [PlaceWidth-1:0] tag_position, place, place_q;
  logic [12:0] tag_bytes, left, left_q;
  logic [LaneWidth-1:0] lane;
  logic [LaneWidth:0] room;
  logic [LaneWidth:0] count;
  logic write_q, write_stream_q, write_ends_q, write_last_q;
  logic [SlotWidth-1:0] write_slot_q;
  logic [PlaceWidth-1:0] write_position_q;
  logic [StreamBlockWidth:0] write_after;    // blocks of the ring that are there behind this piece
  logic [DataWidth-1:0] write_data_q;
  logic [LaneWidth-1:0] write_lane_q;
  logic [LaneWidth:0] write_bytes_q;
  logic [StreamBlockWidth:0] write_blocks;   // blocks completed by this piece
  logic [StreamBlockWidth:0] skip_distance;

  assign {tag_stream, tag_slot, tag_position, tag_bytes, tag_phase_ends} =
      beat_tag_i[SlotWidth+PlaceWidth+14:0];
  assign denied_slot = denied_tag_i[PlaceWidth+14 +: SlotWidth];
  assign place = beat_first_i ? tag_position : place_q;
  assign left = beat_first_i ? tag_bytes : left_q;
  assign lane = beat_first_i ? beat_lane_i : '0;
  assign room = (LaneWidth + 1)'(Lanes) - {1'b0, lane};
  assign count = 13'(room) < left ? room : left[LaneWidth:0];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) write_q <= 1'b0;
    else write_q <= beat_valid_i;
    if (beat_valid_i) begin
      place_q <= place + PlaceWidth'(count);
      left_q <= left - 13'(count);
      write_stream_q <= tag_stream;
      write_slot_q <= tag_slot;
      write_position_q <= place;
      write_data_q <= beat_data_i;
      write_lane_q <= lane;
      write_bytes_q <= count;
      write_ends_q <= beat_last_i && tag_phase_ends;
      write_last_q <= beat_last_i;
    end
  end

  assign write_o = write_q;
  assign write_stream_o = write_stream_q;
  assign write_slot_o = write_slot_q;
  assign write_position_o = write_position_q[PositionWidth-1:0];
  assign write_data_o = write_data_q;
  assign write_lane_o = write_lane_q;
  assign write_bytes_o = write_bytes_q;

  // A block is there when all its bytes are, or when its phase ends in it.
  assign write_after = (StreamBlockWidth + 1)'((write_position_q + PlaceWidth'(write_bytes_q) +
                                                (write_ends_q ? PlaceWidth'(15) : '0)) >> 4);
  assign write_blocks = write_after - write_position_q[PlaceWidth-1:4];

  // Steps of the counters: where both ends of one meet in a slot, the second takes the first's along. One sum a counter.
  logic arrives, bursts_meet, used_meet, available_meet;
  logic [LaneCountWidth-1:0] used_step, available_step;
  assign arrives = write_q && write_last_q;
  assign bursts_meet = granted && arrives && slot_q == write_slot_q;
  assign used_meet = lane_take_i && slot_q == lane_take_slot_i;
  assign used_step = lane_blocks - LaneCountWidth'(used_meet);
  assign available_meet = lane_take_i && write_slot_q == lane_take_slot_i;
  assign available_step = LaneCountWidth'(available_meet ? write_blocks - (StreamBlockWidth + 1)'(1) : write_blocks);

  // Negative: the stream has not come as far as the blocks that are given up.
  assign skip_distance = stream_arrived_q - stream_skip_block_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      stream_arrived_q <= '0;
      bursts_q <= '1;
      lane_used_q <= {SlotCount{LaneUsedNone}};
      lane_available_q <= '0;
    end else begin
      if (write_q && write_stream_q) begin
        stream_arrived_q <= write_after;
      end else if (stream_skip_i && skip_distance[StreamBlockWidth]) begin
        stream_arrived_q <= stream_skip_block_i;
      end
      for (int unsigned s = 0; s < SlotCount; s++) begin
        logic asked, came, refused, more, taken;
        asked = granted && slot_q == SlotWidth'(s);
        refused = denied_i && denied_slot == SlotWidth'(s);
        came = arrives && write_slot_q == SlotWidth'(s);
        more = write_q && !write_stream_q && write_slot_q == SlotWidth'(s);
        taken = lane_take_i && lane_take_slot_i == SlotWidth'(s);
        // Never refused and granted in one cycle: the choice of a burst takes longer than the answer.
        if ((asked || came || refused) && !bursts_meet) begin
          bursts_q[s] <= bursts_q[s] + {{BurstCountWidth-1{came || refused}}, !(came && refused)};
        end
        if ((asked && !stream_turn_q) || taken) begin
          lane_used_q[s] <= lane_used_q[s] + (asked && !stream_turn_q ? used_step : '1);
        end
        if (more || taken) lane_available_q[s] <= lane_available_q[s] + (more ? available_step : '1);
        if (lane_clear_i && lane_clear_slot_i == SlotWidth'(s)) begin
          lane_used_q[s] <= LaneUsedNone;
          lane_available_q[s] <= '0;
        end
      end
    end
  end

  assign beat_error_o = beat_valid_i && beat_error_i;
  assign beat_error_slot_o = tag_slot;

  assign active_o = active_q;
  assign ended_o = ended_q;
  assign issue_end_block_o = end_block_memory[issue_slot_i];
  assign retire_end_block_o = end_block_memory[retire_slot_i];
  assign stream_requested_o = stream_requested_q;
  assign stream_arrived_o = stream_arrived_q;
  assign lane_available_o = lane_available_q;
  always_comb begin
    for (int unsigned s = 0; s < SlotCount; s++) pending_o[s] = !bursts_q[s][BurstCountWidth-1];
  end

  logic unused_bits;
  assign unused_bits = ^{lane_end, write_blocks, order_count, beat_tag_i, denied_tag_i, start_request_i,
                         segment_address_i};

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (lane_take_i) assert (lane_available_q[lane_take_slot_i] != '0);
      if (lane_clear_i) assert (!pending_o[lane_clear_slot_i]);
      if (denied_i) assert (!granted && pending_o[denied_slot]);
      if (granted) assert (!pending_o[slot_q] || bursts_q[slot_q][BurstCountWidth-2:0] != '1 || bursts_meet);
      if (start_i) assert (!active_q[start_slot_i] && lane_used_q[start_slot_i] == LaneUsedNone);
      if (beat_valid_i) assert (beat_last_i == (left == 13'(count)));
      assert (stream_used <= (StreamBlockWidth + 1)'(StreamBlocks));
    end
  end

endmodule

`default_nettype wire
