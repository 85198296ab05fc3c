// SPDX-License-Identifier: Apache-2.0
//
// Fetches the source text of a request, from a buffer or a scatter-gather list at byte granularity, and gives it as a
// stream of full words (only the last may be short).
//
// A burst is asked for only when the buffer behind the packer has room for all of it, so the read data channel never
// waits. Bursts end at multiples of their longest length: none crosses 4 KiB. One burst in flight.
// Throughput: BurstBeats words in BurstBeats + memory latency + a few cycles.

`default_nettype none

module dma_reader #(
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
    output logic                            idle_o,      // nothing to fetch and no burst in flight
    output logic                            list_access_error_o,
    output logic                            list_format_error_o,
    output logic                            data_error_o,        // all errors stay until abort

    output logic                            valid_o,
    input  wire logic                       ready_i,
    output logic [DataWidth-1:0]            data_o,
    output logic [BytesWidth-1:0]           bytes_o,
    output logic                            last_o,

    // DMA read port, client for lists
    output logic                            list_valid_o,
    output cce_pkg::dma_request_t           list_request_o,
    input  wire logic                       list_ready_i,
    input  wire logic                       list_denied_i,
    input  wire logic                       list_beat_valid_i,
    // DMA read port, client for data
    output logic                            data_valid_o,
    output cce_pkg::dma_request_t           data_request_o,
    input  wire logic                       data_ready_i,
    input  wire logic                       data_denied_i,
    input  wire logic                       data_beat_valid_i,
    // DMA read port, shared
    input  wire logic [DataWidth-1:0]       beat_data_i,
    input  wire logic                       beat_last_i,
    input  wire logic                       beat_error_i
);

  localparam int unsigned BurstBytes = cce_pkg::BurstBeats * Lanes;
  localparam int unsigned BurstWidth = $clog2(BurstBytes) + 1;
  localparam int unsigned FifoDepth = 2 * cce_pkg::BurstBeats;
  localparam int unsigned FifoCountWidth = $clog2(FifoDepth + 1);
  localparam int unsigned FifoWidth = DataWidth + BytesWidth + 1;

  typedef enum logic [2:0] {
    StateIdle,
    StateSegment,
    StateRequest,
    StateBeats,
    StateError
  } state_e;

  state_e state_q;
  logic walker_idle;
  logic segment_valid, segment_ready;
  logic [63:0] segment_address;
  logic [15:0] segment_region;
  logic [31:0] segment_bytes;
  logic [63:0] address_q;             // next byte of the segment to ask for
  logic [15:0] region_q;
  logic [31:0] segment_left_q;        // bytes of the segment not yet asked for
  logic [31:0] text_left_q;           // bytes of the text not yet received
  logic [BurstWidth-1:0] burst_left_q;  // bytes of the burst not yet received
  logic first_beat_q;
  logic [BurstWidth-1:0] burst_room, burst_bytes;
  logic fifo_has_room;
  logic [FifoCountWidth-1:0] fifo_count;
  logic [LaneWidth-1:0] lane;
  logic [BytesWidth-1:0] lanes_left, beat_bytes;
  logic push, packed_valid, packed_last;
  logic [DataWidth-1:0] packed_data;
  logic [BytesWidth-1:0] packed_bytes;
  logic [FifoWidth-1:0] fifo_out;
  logic received_all;

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
      .beat_data_i,
      .beat_error_i
  );

  assign segment_ready = state_q == StateSegment;

  // The next burst ends at the next multiple of BurstBytes, or with the segment.
  assign burst_room = BurstWidth'(BurstBytes) - {1'b0, address_q[BurstWidth-2:0]};
  assign burst_bytes = segment_left_q < 32'(burst_room) ? segment_left_q[BurstWidth-1:0] : burst_room;
  // A burst of n beats makes at most n words, and the packer's rest one more.
  assign fifo_has_room = fifo_count <= FifoCountWidth'(FifoDepth - cce_pkg::BurstBeats - 1);

  assign data_valid_o = state_q == StateRequest && fifo_has_room && !abort_i;
  always_comb begin
    data_request_o = '0;
    data_request_o.unrestricted = command_i.unrestricted;
    data_request_o.queue_index = command_i.queue_index;
    data_request_o.region = region_q;
    data_request_o.address = address_q;
    data_request_o.bytes = 13'(burst_bytes);
  end

  assign lane = first_beat_q ? address_q[LaneWidth-1:0] : '0;
  assign lanes_left = BytesWidth'(Lanes) - {1'b0, lane};
  assign beat_bytes = burst_left_q < BurstWidth'(lanes_left) ? burst_left_q[BytesWidth-1:0] : lanes_left;
  assign push = state_q == StateBeats && data_beat_valid_i && !beat_error_i && !data_error_o && !abort_i;
  assign received_all = text_left_q == 32'(beat_bytes);

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
        StateBeats: begin
          if (data_beat_valid_i) begin
            if (beat_error_i) data_error_o <= 1'b1;
            if (beat_last_i) begin
              if (abort_i) state_q <= StateIdle;
              else if (beat_error_i || data_error_o) state_q <= StateError;
              else if (received_all) state_q <= StateIdle;
              else if (segment_left_q == '0) state_q <= StateSegment;
              else state_q <= StateRequest;
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
    if (data_valid_o && data_ready_i) begin
      burst_left_q <= burst_bytes;
      segment_left_q <= segment_left_q - 32'(burst_bytes);
      first_beat_q <= 1'b1;
    end
    if (state_q == StateBeats && data_beat_valid_i) begin
      first_beat_q <= 1'b0;
      burst_left_q <= burst_left_q - BurstWidth'(beat_bytes);
      address_q <= address_q + 64'(beat_bytes);
      text_left_q <= text_left_q - 32'(beat_bytes);
    end
  end

  byte_packer #(
      .DataWidth(DataWidth)
  ) u_packer (
      .clk_i,
      .rst_ni,
      .clear_i(abort_i),
      .push_i(push),
      .data_i(beat_data_i >> {lane, 3'd0}),
      .bytes_i(beat_bytes),
      .final_i(received_all),
      .valid_o(packed_valid),
      .data_o(packed_data),
      .bytes_o(packed_bytes),
      .last_o(packed_last)
  );

  stream_fifo #(
      .Width(FifoWidth),
      .Depth(FifoDepth)
  ) u_fifo (
      .clk_i,
      .rst_ni,
      .clear_i(abort_i),
      .push_i(packed_valid),
      .data_i({packed_last, packed_bytes, packed_data}),
      .pop_i(valid_o && ready_i),
      .valid_o,
      .data_o(fifo_out),
      .count_o(fifo_count)
  );

  assign {last_o, bytes_o, data_o} = fifo_out;
  assign idle_o = state_q == StateIdle && walker_idle;

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      if (data_beat_valid_i) assert (state_q == StateBeats);
      if (state_q == StateBeats && data_beat_valid_i && beat_last_i) assert (burst_left_q == BurstWidth'(beat_bytes));
    end
  end

endmodule

`default_nettype wire
