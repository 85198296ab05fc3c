// SPDX-License-Identifier: Apache-2.0
//
// Stores the result of a request into a buffer or a scatter-gather list at byte granularity.
//
// Takes a stream of full words (only the last may be short), cuts it to the destination's segments and byte lanes, and
// writes only bytes that belong to the destination. A burst is asked for only when all of its bytes are here, so the
// write data channel never waits for the cipher, and an aborted request leaves no burst half done.
// Bursts end at multiples of their longest length: none crosses 4 KiB. One burst in flight.
// Throughput: BurstBeats words in BurstBeats + response latency + a few cycles.

`default_nettype none

module dma_writer #(
    parameter int unsigned DataWidth = 128,
    localparam int unsigned Lanes = DataWidth / 8,
    localparam int unsigned LaneWidth = $clog2(Lanes),
    localparam int unsigned BytesWidth = LaneWidth + 1
) (
    input  wire logic                       clk_i,
    input  wire logic                       rst_ni,
    input  wire logic                       start_i,
    input  wire cce_pkg::stream_command_t   command_i,   // stable while not idle
    input  wire logic                       abort_i,     // hold until idle: forgets the text, ends a burst in flight
    output logic                            idle_o,      // all bytes of the text written and answered
    output logic                            list_access_error_o,
    output logic                            list_format_error_o,
    output logic                            data_error_o,        // all errors stay until abort

    input  wire logic                       valid_i,
    output logic                            ready_o,
    input  wire logic [DataWidth-1:0]       data_i,
    input  wire logic [BytesWidth-1:0]      bytes_i,

    // DMA read port, client for lists
    output logic                            list_valid_o,
    output cce_pkg::dma_request_t           list_request_o,
    input  wire logic                       list_ready_i,
    input  wire logic                       list_denied_i,
    input  wire logic                       list_beat_valid_i,
    input  wire logic [DataWidth-1:0]       list_beat_data_i,
    input  wire logic                       list_beat_error_i,
    // DMA write port, client for data
    output logic                            data_valid_o,
    output cce_pkg::dma_request_t           data_request_o,
    input  wire logic                       data_ready_i,
    input  wire logic                       data_denied_i,
    output logic                            beat_valid_o,
    input  wire logic                       beat_ready_i,
    output logic [DataWidth-1:0]            beat_data_o,
    output logic [Lanes-1:0]                beat_strobe_o,
    input  wire logic                       data_done_i,
    input  wire logic                       data_done_error_i
);

  localparam int unsigned BurstBytes = cce_pkg::BurstBeats * Lanes;
  localparam int unsigned BurstWidth = $clog2(BurstBytes) + 1;
  localparam int unsigned FifoDepth = 2 * cce_pkg::BurstBeats;
  localparam int unsigned FifoCountWidth = $clog2(FifoDepth + 1);
  localparam int unsigned FifoWidth = DataWidth + BytesWidth;
  localparam int unsigned HereWidth = $clog2((FifoDepth + 2) * Lanes) + 1;
  localparam int unsigned HoldWidth = LaneWidth + 2;

  typedef enum logic [2:0] {
    StateIdle,
    StateSegment,
    StateRequest,
    StateBeats,
    StateResponse,
    StateError
  } state_e;

  state_e state_q;
  logic walker_idle;
  logic segment_valid, segment_ready;
  logic [63:0] segment_address;
  logic [15:0] segment_region;
  logic [31:0] segment_bytes;
  logic [63:0] address_q;               // next byte of the segment to write
  logic [15:0] region_q;
  logic [31:0] segment_left_q;          // bytes of the segment not yet written
  logic [31:0] text_left_q;             // bytes of the text not yet written
  logic [BurstWidth-1:0] burst_left_q;  // bytes of the burst not yet given to the bus
  logic [BurstWidth-1:0] burst_room, burst_bytes;
  logic [HereWidth-1:0] here_q;         // bytes taken in and not yet given to the bus
  logic take, give, flush;

  // FIFO of words, then two words' worth of bytes from which each beat is cut.
  logic fifo_valid, fifo_pop;
  logic [FifoWidth-1:0] fifo_out;
  logic [FifoCountWidth-1:0] fifo_count;
  logic [DataWidth-1:0] fifo_data;
  logic [BytesWidth-1:0] fifo_bytes;
  logic [2*DataWidth-1:0] hold_q, hold_taken;
  logic [HoldWidth-1:0] hold_bytes_q, hold_bytes_taken;
  logic [LaneWidth-1:0] lane;
  logic [BytesWidth-1:0] lanes_left, beat_bytes;
  logic [Lanes-1:0] byte_mask;
  logic [DataWidth-1:0] bit_mask;

  segment_walker #(
      .DataWidth(DataWidth)
  ) u_walker (
      .clk_i,
      .rst_ni,
      .start_i,
      .command_i,
      .abort_i,
      .idle_o(walker_idle),
      .access_error_o(list_access_error_o),
      .format_error_o(list_format_error_o),
      .segment_valid_o(segment_valid),
      .segment_ready_i(segment_ready),
      .segment_address_o(segment_address),
      .segment_region_o(segment_region),
      .segment_bytes_o(segment_bytes),
      .request_valid_o(list_valid_o),
      .request_o(list_request_o),
      .request_ready_i(list_ready_i),
      .request_denied_i(list_denied_i),
      .beat_valid_i(list_beat_valid_i),
      .beat_data_i(list_beat_data_i),
      .beat_error_i(list_beat_error_i)
  );

  assign segment_ready = state_q == StateSegment;
  // A burst on the bus is completed with the bytes that are here for it; everything else is forgotten.
  assign flush = abort_i && state_q != StateBeats;

  assign take = valid_i && ready_o;
  assign ready_o = fifo_count != FifoCountWidth'(FifoDepth) && !abort_i;

  stream_fifo #(
      .Width(FifoWidth),
      .Depth(FifoDepth)
  ) u_fifo (
      .clk_i,
      .rst_ni,
      .clear_i(flush),
      .push_i(take),
      .data_i({bytes_i, data_i}),
      .pop_i(fifo_pop),
      .valid_o(fifo_valid),
      .data_o(fifo_out),
      .count_o(fifo_count)
  );
  assign {fifo_bytes, fifo_data} = fifo_out;

  assign burst_room = BurstWidth'(BurstBytes) - {1'b0, address_q[BurstWidth-2:0]};
  assign burst_bytes = segment_left_q < 32'(burst_room) ? segment_left_q[BurstWidth-1:0] : burst_room;

  assign data_valid_o = state_q == StateRequest && here_q >= HereWidth'(burst_bytes) && !abort_i;
  always_comb begin
    data_request_o = '0;
    data_request_o.unrestricted = command_i.unrestricted;
    data_request_o.queue_index = command_i.queue_index;
    data_request_o.region = region_q;
    data_request_o.address = address_q;
    data_request_o.bytes = 13'(burst_bytes);
  end

  // One beat: the lanes from the address on, as far as the burst goes.
  assign lane = address_q[LaneWidth-1:0];
  assign lanes_left = BytesWidth'(Lanes) - {1'b0, lane};
  assign beat_bytes = burst_left_q < BurstWidth'(lanes_left) ? burst_left_q[BytesWidth-1:0] : lanes_left;
  assign beat_valid_o = state_q == StateBeats && hold_bytes_q >= HoldWidth'(beat_bytes);
  assign give = beat_valid_o && beat_ready_i;
  always_comb begin
    for (int unsigned i = 0; i < Lanes; i++) begin
      byte_mask[i] = BytesWidth'(i) < beat_bytes;
      bit_mask[8*i +: 8] = {8{byte_mask[i]}};
    end
  end
  assign beat_strobe_o = byte_mask << lane;
  assign beat_data_o = (hold_q[DataWidth-1:0] & bit_mask) << {lane, 3'd0};

  // Give a beat away, then fill up from the FIFO if a whole word fits.
  assign hold_taken = give ? hold_q >> {beat_bytes, 3'd0} : hold_q;
  assign hold_bytes_taken = give ? hold_bytes_q - HoldWidth'(beat_bytes) : hold_bytes_q;
  assign fifo_pop = fifo_valid && hold_bytes_taken <= HoldWidth'(Lanes) && !flush;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || flush) begin
      hold_q <= '0;
      hold_bytes_q <= '0;
      here_q <= '0;
    end else begin
      hold_q <= hold_taken;
      hold_bytes_q <= hold_bytes_taken;
      if (fifo_pop) begin
        hold_q <= hold_taken | ((2 * DataWidth)'(fifo_data) << {hold_bytes_taken[LaneWidth:0], 3'd0});
        hold_bytes_q <= hold_bytes_taken + HoldWidth'(fifo_bytes);
      end
      here_q <= here_q + (take ? HereWidth'(bytes_i) : '0) - (give ? HereWidth'(beat_bytes) : '0);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StateIdle;
      data_error_o <= 1'b0;
    end else begin
      unique case (state_q)
        StateIdle: if (start_i && !abort_i) state_q <= StateSegment;
        StateSegment: begin
          if (abort_i) state_q <= StateIdle;
          else if (segment_valid) state_q <= StateRequest;
        end
        StateRequest: begin
          if (abort_i) state_q <= StateIdle;
          else if (data_valid_o && data_ready_i) begin
            if (data_denied_i) begin
              state_q <= StateError;
              data_error_o <= 1'b1;
            end else begin
              state_q <= StateBeats;
            end
          end
        end
        StateBeats: if (give && burst_left_q == BurstWidth'(beat_bytes)) state_q <= StateResponse;
        StateResponse: begin
          if (data_done_i) begin
            if (abort_i) begin
              state_q <= StateIdle;
            end else if (data_done_error_i) begin
              state_q <= StateError;
              data_error_o <= 1'b1;
            end else if (text_left_q == '0) begin
              state_q <= StateIdle;
            end else begin
              state_q <= segment_left_q == '0 ? StateSegment : StateRequest;
            end
          end
        end
        StateError: if (abort_i) state_q <= StateIdle;
        default: state_q <= StateIdle;
      endcase
      if (abort_i) data_error_o <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StateIdle && start_i) text_left_q <= command_i.length;
    if (state_q == StateSegment && segment_valid) begin
      address_q <= segment_address;
      region_q <= segment_region;
      segment_left_q <= segment_bytes;
    end
    if (data_valid_o && data_ready_i) burst_left_q <= burst_bytes;
    if (give) begin
      burst_left_q <= burst_left_q - BurstWidth'(beat_bytes);
      address_q <= address_q + 64'(beat_bytes);
      segment_left_q <= segment_left_q - 32'(beat_bytes);
      text_left_q <= text_left_q - 32'(beat_bytes);
    end
  end

  assign idle_o = state_q == StateIdle && walker_idle;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (data_done_i) assert (state_q == StateResponse);
      // The bytes of a burst are here before it is asked for, hence its beats never wait.
      if (state_q == StateBeats) assert (here_q >= HereWidth'(beat_bytes));
    end
  end

endmodule

`default_nettype wire
